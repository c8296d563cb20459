//! Leaves and checkpoints of the log, reading of one's own lines, and verification of the whole.

use crate::error::{signed, stored, unsigned};
use crate::{Connection, Database, House, Passage, StoreError, key};
use indgang_gate::log::{Appended, Checkpoint, Hash, PublicKey, SignedCheckpoint, Tree, leaf_hash};
use indgang_gate::{AuditEvent, Grant, Leaf};
use indgang_model::{Category, PersonId};
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

/// A line of the log with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Place.
    pub index: u64,
    /// The event.
    pub event: AuditEvent,
}

/// The lines about every person whose log the grant opens, newest first.
///
/// # Errors
/// When the database fails or a leaf cannot be read.
pub async fn lines(house: &House, grant: &Grant) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::new();
    for person in grant.subjects().filter(|person| grant.covers(person, Category::AuditEvent)) {
        let rows: Vec<(i64, String)> = sqlx::query_as("select leaf_index, leaf from log_leaves where subject = $1")
            .bind(&person.0)
            .fetch_all(&house.pool)
            .await?;
        for (index, leaf) in rows {
            let event = AuditEvent::parse(&leaf).map_err(|_| StoreError::Corrupt("log_leaves"))?;
            lines.push(Line { index: unsigned("log_leaves", index)?, event });
        }
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.index));
    Ok(lines)
}

/// A leaf's text, when it is about a person whose log the grant opens.
///
/// # Errors
/// When the database fails, or the grant does not cover the person.
pub async fn leaf(house: &House, grant: &Grant, index: u64) -> Result<Option<String>, StoreError> {
    let row: Option<(Option<String>, String)> =
        sqlx::query_as("select subject, leaf from log_leaves where leaf_index = $1")
            .bind(signed("log_leaves", index)?)
            .fetch_optional(&house.pool)
            .await?;
    let Some((subject, leaf)) = row else { return Ok(None) };
    let covered = subject.is_some_and(|subject| grant.covers(&PersonId(subject), Category::AuditEvent));
    if covered { Ok(Some(leaf)) } else { Err(indgang_gate::NotCovered { category: Category::AuditEvent }.into()) }
}

/// The latest signed checkpoint with the inclusion proof of a leaf under it; `None` when the leaf is not under it.
///
/// # Errors
/// When the database fails.
pub async fn inclusion(house: &House, index: u64) -> Result<Option<(SignedCheckpoint, Vec<Hash>)>, StoreError> {
    let mut passage = house.passage().await?;
    let row: Option<CheckpointRow> =
        sqlx::query_as("select size, root, signed_at, signature from log_checkpoints order by size desc limit 1")
            .fetch_optional(passage.connection())
            .await?;
    let Some(row) = row else { return Ok(None) };
    let checkpoint = checkpoint(row)?;
    let path = passage.tree().inclusion(index, checkpoint.checkpoint.size);
    passage.abandon().await?;
    Ok(path.map(|path| (checkpoint, path)))
}

impl Passage {
    /// Whose line a leaf is, for the question that is put to the gate before it is read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subject_of_leaf(&mut self, index: u64) -> Result<Option<PersonId>, StoreError> {
        let Ok(index) = i64::try_from(index) else { return Ok(None) };
        let row: Option<(Option<String>,)> = sqlx::query_as("select subject from log_leaves where leaf_index = $1")
            .bind(index)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.and_then(|(subject,)| subject).map(PersonId))
    }
}

/// Verifies a house's log from the bytes of its leaves: every hash, every checkpoint's root and signature, every
/// leaf's shape and index. Reads no person data but the leaves, and tells numbers only.
///
/// # Errors
/// When the house cannot be read; what does not hold is in `problems`.
pub async fn verify(data_dir: &Path, database: &Database) -> Result<LogVerification, StoreError> {
    let pool = database.connect_to_read().await?;
    let key = key::existing_key(data_dir)?.public();
    // One transaction, so that leaves and checkpoints are of the same moment while others write.
    let mut tx = database.begin_to_read(&pool).await?;
    let mut check = Check { tree: Tree::default(), permitted: 0, refused: 0, checkpoints: 0, problems: Vec::new() };
    check.leaves(&mut tx).await?;
    check.checkpoints(&mut tx, &key).await?;
    tx.rollback().await?;
    pool.close().await;
    check.problems.truncate(100);
    Ok(LogVerification {
        leaves: check.tree.size(),
        permitted: check.permitted,
        refused: check.refused,
        checkpoints: check.checkpoints,
        root: check.tree.root().to_string(),
        public_key: key.to_string(),
        problems: check.problems,
    })
}

struct Check {
    tree: Tree,
    permitted: u64,
    refused: u64,
    checkpoints: u64,
    problems: Vec<String>,
}

/// Leaves read at a time.
const PAGE: i64 = 10_000;

impl Check {
    async fn leaves(&mut self, tx: &mut Connection) -> Result<(), StoreError> {
        let mut next = 0;
        loop {
            let rows: Vec<(i64, String, Option<String>, String)> = sqlx::query_as(
                "select leaf_index, hash, subject, leaf from log_leaves where leaf_index >= $1 order by leaf_index limit $2",
            )
            .bind(next)
            .bind(PAGE)
            .fetch_all(&mut *tx)
            .await?;
            let Some((last, ..)) = rows.last() else { return Ok(()) };
            next = last + 1;
            for (index, hash, subject, leaf) in rows {
                self.leaf(index, &hash, subject, &leaf);
            }
        }
    }

    fn leaf(&mut self, index: i64, hash: &str, subject: Option<String>, leaf: &str) {
        if u64::try_from(index) != Ok(self.tree.size()) {
            self.problems.push(format!("leaf {} is missing: the next one is number {index}", self.tree.size()));
        }
        let computed = leaf_hash(leaf.as_bytes());
        if hash.parse() != Ok(computed) {
            self.problems.push(format!("leaf {index} does not have the hash that was recorded"));
        }
        match AuditEvent::parse(leaf) {
            Ok(event) => {
                *(if event.permitted { &mut self.permitted } else { &mut self.refused }) += 1;
                if event.subject.map(|person| person.0) != subject {
                    self.problems.push(format!("leaf {index} is filed under another person than it names"));
                }
            }
            Err(error) => self.problems.push(format!("leaf {index}: {error}")),
        }
        self.tree.extend([computed]);
    }

    async fn checkpoints(&mut self, tx: &mut Connection, key: &PublicKey) -> Result<(), StoreError> {
        let rows: Vec<CheckpointRow> =
            sqlx::query_as("select size, root, signed_at, signature from log_checkpoints order by size")
                .fetch_all(&mut *tx)
                .await?;
        let mut last = 0;
        for row in rows {
            let size = row.0;
            let Ok(signed) = checkpoint(row) else {
                self.problems.push(format!("the checkpoint at {size} cannot be read"));
                continue;
            };
            self.checkpoints += 1;
            last = signed.checkpoint.size;
            if !signed.verify(key) {
                self.problems.push(format!("the checkpoint at {size} is not signed by the log's key"));
            }
            if self.tree.root_at(last) != Some(signed.checkpoint.root) {
                self.problems.push(format!("the leaves do not give the root that was signed at {size}"));
            }
        }
        if last != self.tree.size() {
            self.problems.push(format!("{} leaves, but the last checkpoint is at {last}", self.tree.size()));
        }
        Ok(())
    }
}

type CheckpointRow = (i64, String, String, String);

fn checkpoint((size, root, at, signature): CheckpointRow) -> Result<SignedCheckpoint, StoreError> {
    const WHAT: &str = "log_checkpoints";
    let checkpoint = Checkpoint { size: unsigned(WHAT, size)?, root: stored(WHAT, &root)?, at: stored(WHAT, &at)? };
    Ok(SignedCheckpoint { checkpoint, signature })
}

/// Writes leaves at the places they were appended to.
pub(crate) async fn insert(tx: &mut Connection, appended: &Appended, leaves: &[Leaf]) -> Result<(), StoreError> {
    for ((index, hash), leaf) in (appended.first()..).zip(appended.hashes()).zip(leaves) {
        sqlx::query("insert into log_leaves (leaf_index, hash, subject, leaf) values ($1, $2, $3, $4)")
            .bind(signed("log_leaves", index)?)
            .bind(hash.to_string())
            .bind(leaf.subject().map(|person| person.0.as_str()))
            .bind(leaf.text())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

pub(crate) async fn insert_checkpoint(
    tx: &mut Connection,
    signed_checkpoint: &SignedCheckpoint,
) -> Result<(), StoreError> {
    let Checkpoint { size, root, at } = &signed_checkpoint.checkpoint;
    sqlx::query("insert into log_checkpoints (size, root, signed_at, signature) values ($1, $2, $3, $4)")
        .bind(signed("log_checkpoints", *size)?)
        .bind(root.to_string())
        .bind(at.to_string())
        .bind(&signed_checkpoint.signature)
        .execute(tx)
        .await?;
    Ok(())
}

/// Hashes of the leaves from an index on, in order.
pub(crate) async fn hashes_from(tx: &mut Connection, from: u64) -> Result<Vec<Hash>, StoreError> {
    let rows: Vec<(String,)> = sqlx::query_as("select hash from log_leaves where leaf_index >= $1 order by leaf_index")
        .bind(signed("log_leaves", from)?)
        .fetch_all(tx)
        .await?;
    rows.iter().map(|(hash,)| stored("log_leaves", hash)).collect()
}
