//! Verification of the whole log from the bytes of its leaves, as a stream: no more than some pages are in memory.

use crate::log::{self, CheckpointRow, read_checkpoint};
use crate::{Connection, Database, StoreError, erasure, error, key, tiles};
use indgang_gate::AuditEvent;
use indgang_gate::log::{Erasure, Nodes, PublicKey, SHORTEST_YEARS, Tile, Tree, leaf_hash, years_after};
use std::path::Path;

/// The outcome of verifying a house's log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LogVerification {
    /// Leaves read.
    pub leaves: u64,
    /// Of them, permitted passages.
    pub permitted: u64,
    /// Of them, refused passages.
    pub refused: u64,
    /// Of them, those whose content was erased since they had been kept long enough.
    pub erased: u64,
    /// Checkpoints whose signature and root were checked.
    pub checkpoints: u64,
    /// The root, 64 hexadecimal digits.
    pub root: String,
    /// The log's public key, hexadecimal.
    pub public_key: String,
    /// What does not hold, one sentence each; the first hundred.
    pub problems: Vec<String>,
}

impl LogVerification {
    /// True when everything holds.
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Verifies a house's log from the bytes of its leaves: every hash, every checkpoint's root and signature, every
/// leaf's shape and index, every stored tile. Reads no person data but the leaves, and tells numbers only.
///
/// `progress` hears how many leaves of how many are read.
///
/// # Errors
/// When the house cannot be read; what does not hold is in `problems`.
pub async fn verify(
    data_dir: &Path,
    database: &Database,
    progress: impl FnMut(u64, u64) + Send,
) -> Result<LogVerification, StoreError> {
    let pool = database.connect_to_read().await?;
    let key = key::existing_key(data_dir)?.public();
    // One transaction, so that leaves and checkpoints are of the same moment while others write.
    let mut tx = database.begin_to_read(&pool).await?;
    let mut check = Check::new(key);
    check.all(&mut tx, progress).await?;
    tx.rollback().await?;
    pool.close().await;
    let Check { tree, key, permitted, refused, erased, checkpoints, problems, .. } = check;
    Ok(LogVerification {
        leaves: tree.size(),
        permitted,
        refused,
        erased,
        checkpoints,
        root: tree.root().to_string(),
        public_key: key.to_string(),
        problems,
    })
}

struct Check {
    tree: Tree,
    key: PublicKey,
    /// The place after the last leaf: that of the tree, unless leaves are missing.
    place: u64,
    /// The last size whose signed root the leaves gave.
    proved: u64,
    diverged: bool,
    permitted: u64,
    refused: u64,
    erased: u64,
    checkpoints: u64,
    problems: Vec<String>,
    /// Lines before this place may be empty: the largest size of a statement that holds.
    erasable: u64,
}

/// Rows read at a time.
const PAGE: i64 = 4096;
/// Problems that are told.
const TOLD: usize = 100;

type LeafRow = (i64, String, Option<String>, String, Option<i64>, Option<i64>);

impl Check {
    fn new(key: PublicKey) -> Self {
        let (tree, problems) = (Tree::default(), Vec::new());
        let (place, proved, permitted, refused, erased, checkpoints, erasable) = Default::default();
        let diverged = false;
        Self { tree, key, place, proved, diverged, permitted, refused, erased, checkpoints, problems, erasable }
    }

    async fn all(&mut self, tx: &mut Connection, mut progress: impl FnMut(u64, u64)) -> Result<(), StoreError> {
        self.erasures(tx).await?;
        let total = log::size(tx).await?;
        let mut checkpoints = Checkpoints { rows: Vec::new().into_iter(), read: -1 };
        let mut due = checkpoints.next(tx).await?;
        let mut last = 0;
        let mut next = 0;
        loop {
            let leaves = self.page(tx, next).await?;
            let Some((index, ..)) = leaves.last() else { break };
            next = index + 1;
            for leaf in leaves {
                self.leaf(leaf);
                while let Some(row) = due.take_if(|row| row.0 <= self.place as i64) {
                    last = row.0;
                    self.checkpoint(row);
                    due = checkpoints.next(tx).await?;
                }
            }
            self.tiles(tx).await?;
            progress(self.place, total);
        }
        self.end(tx, last, due).await
    }

    async fn page(&self, tx: &mut Connection, next: i64) -> Result<Vec<LeafRow>, StoreError> {
        Ok(sqlx::query_as(
            "select leaf_index, hash, subject, leaf, happened_at, permitted from log_leaves where leaf_index >= $1 \
             order by leaf_index limit $2",
        )
        .bind(next)
        .bind(PAGE)
        .fetch_all(tx)
        .await?)
    }

    /// What may be gone: what lies before a size at which a root was signed long enough before the key's owner stated
    /// that it was erased.
    async fn erasures(&mut self, tx: &mut Connection) -> Result<(), StoreError> {
        for signed in erasure::statements(tx).await? {
            let Erasure { size, at } = signed.erasure;
            let row: Option<CheckpointRow> =
                sqlx::query_as("select size, root, signed_at, signature from log_checkpoints where size = $1")
                    .bind(error::signed("log_erasures", size)?)
                    .fetch_optional(&mut *tx)
                    .await?;
            let root = row.and_then(|row| read_checkpoint(row).ok()).filter(|root| root.verify(&self.key));
            let kept = root.and_then(|root| years_after(root.checkpoint.at, SHORTEST_YEARS));
            if !signed.verify(&self.key) {
                self.problem(format!("the erasure before leaf {size} is not signed by the log's key"));
            } else if kept.is_none_or(|until| at < until) {
                self.problem(format!("the erasure before leaf {size} came before its lines had been kept long enough"));
            } else {
                self.erasable = self.erasable.max(size);
            }
        }
        Ok(())
    }

    /// A line of which the hash is left; what it was is no longer known, and no checkpoint's root can be without it.
    fn gone(&mut self, (index, hash, subject, _, at, permitted): LeafRow) {
        self.erased += 1;
        if index as u64 >= self.erasable {
            self.problem(format!("leaf {index} is empty, and no erasure that the log's key signed is of it"));
        }
        if subject.is_some() || at.is_some() || permitted.is_some() {
            self.problem(format!("leaf {index} is empty and filed under a person, a time or an outcome"));
        }
        match hash.parse() {
            Ok(hash) => self.tree.extend([hash]),
            Err(_) => self.problem(format!("leaf {index} is empty and its hash cannot be read")),
        }
    }

    fn leaf(&mut self, row: LeafRow) {
        let index = row.0;
        if index as u64 != self.place {
            self.problem(format!("leaf {} is missing: the next one is number {index}", self.place));
        }
        self.place = index as u64 + 1;
        if row.3.is_empty() {
            return self.gone(row);
        }
        let (_, hash, subject, leaf, at, permitted) = row;
        let computed = leaf_hash(leaf.as_bytes());
        if hash.parse() != Ok(computed) {
            self.problem(format!("leaf {index} does not have the hash that was recorded"));
        }
        match AuditEvent::parse(&leaf) {
            Ok(event) => {
                *(if event.permitted { &mut self.permitted } else { &mut self.refused }) += 1;
                if event.subject.map(|person| person.0) != subject {
                    self.problem(format!("leaf {index} is filed under another person than it names"));
                }
                // A log of an older program has no such columns filled until it is opened to be written.
                let filed = at.is_none_or(|at| at == event.at.as_microsecond());
                if !filed || permitted.is_some_and(|permitted| permitted != i64::from(event.permitted)) {
                    self.problem(format!("leaf {index} is filed under another time or outcome than it tells"));
                }
            }
            Err(error) => self.problem(format!("leaf {index}: {error}")),
        }
        self.tree.extend([computed]);
    }

    fn checkpoint(&mut self, row: CheckpointRow) {
        let size = row.0;
        let Ok(signed) = read_checkpoint(row) else {
            return self.problem(format!("the checkpoint at {size} cannot be read"));
        };
        self.checkpoints += 1;
        if !signed.verify(&self.key) {
            self.problem(format!("the checkpoint at {size} is not signed by the log's key"));
        }
        if signed.checkpoint.size == self.tree.size() && signed.checkpoint.root == self.tree.root() {
            self.proved = signed.checkpoint.size;
        } else if !std::mem::replace(&mut self.diverged, true) {
            // What is signed later goes wrong with it, so it is told once.
            let proved = self.proved;
            self.problem(format!("the leaves do not give the root that was signed at {size}; they did at {proved}"));
        }
    }

    /// Holds the stored tiles against those that the leaves have given.
    async fn tiles(&mut self, tx: &mut Connection) -> Result<(), StoreError> {
        for tile in self.tree.take_complete() {
            let row: Option<(String, Vec<u8>)> =
                sqlx::query_as("select root, hashes from log_tiles where level = $1 and tile = $2")
                    .bind(i64::from(tile.id.level))
                    .bind(i64::try_from(tile.id.index).unwrap_or(i64::MAX))
                    .fetch_optional(&mut *tx)
                    .await?;
            let same = |(root, bytes): (String, Vec<u8>)| {
                root.parse() == Ok(tile.root) && Tile::from_bytes(tile.id, &bytes).as_ref() == Some(&tile)
            };
            let (level, index) = (tile.id.level, tile.id.index);
            match row.map(same) {
                Some(true) => {}
                Some(false) => self.problem(format!("tile {index} of level {level} is not that of the leaves")),
                None => self.problem(format!("tile {index} of level {level} is missing")),
            }
        }
        Ok(())
    }

    /// What stands beyond the last leaf.
    async fn end(&mut self, tx: &mut Connection, last: i64, due: Option<CheckpointRow>) -> Result<(), StoreError> {
        let size = self.place;
        if let Some((signed, ..)) = due {
            self.problem(format!("the tail is cut off: {size} leaves, but {signed} were signed"));
        } else if last as u64 != size {
            self.problem(format!("{size} leaves, but the last checkpoint is at {last}"));
        }
        let tiles = tiles::count(tx, 0).await?;
        if 256 * tiles > size {
            self.problem(format!("the tail is cut off: {size} leaves, but tiles for {}", 256 * tiles));
        }
        Ok(())
    }

    fn problem(&mut self, problem: String) {
        if self.problems.len() < TOLD {
            self.problems.push(problem);
        }
    }
}

/// The checkpoints by size, a page at a time.
struct Checkpoints {
    rows: std::vec::IntoIter<CheckpointRow>,
    read: i64,
}

impl Checkpoints {
    async fn next(&mut self, tx: &mut Connection) -> Result<Option<CheckpointRow>, StoreError> {
        if self.rows.len() == 0 {
            let rows: Vec<CheckpointRow> = sqlx::query_as(
                "select size, root, signed_at, signature from log_checkpoints where size > $1 order by size limit $2",
            )
            .bind(self.read)
            .bind(PAGE)
            .fetch_all(tx)
            .await?;
            self.rows = rows.into_iter();
        }
        let row = self.rows.next();
        self.read = row.as_ref().map_or(self.read, |row| row.0);
        Ok(row)
    }
}
