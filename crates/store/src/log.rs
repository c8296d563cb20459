//! Leaves and checkpoints of the log, reading of one's own lines, and proofs.

use crate::database::places;
use crate::error::{self, signed, stored, unsigned};
use crate::queue::Line as NewLine;
use crate::{Connection, House, Passage, StoreError, tiles};
use indgang_gate::log::{Checkpoint, Hash, Nodes, SignedCheckpoint, Tiled, Tree};
use indgang_gate::{AuditEvent, Grant, NotCovered, UserId};
use indgang_model::{Category, PersonId, Purpose, Timestamp};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

pub use crate::verify::verify;

/// A line of the log with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Place.
    pub index: u64,
    /// The event.
    pub event: AuditEvent,
}

/// Which lines, newest first. The default is the newest hundred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Only what these users did; nothing when there are none of them.
    pub who: Option<BTreeSet<UserId>>,
    /// Only what was done for this purpose.
    pub purpose: Option<Purpose>,
    /// At most so many.
    pub limit: u32,
    /// Only those before this place: that of the last line of the page before.
    pub before: Option<u64>,
    /// Only those at this time or later.
    pub from: Option<Timestamp>,
    /// Only those before this time.
    pub until: Option<Timestamp>,
    /// Only what was permitted, or only what was refused.
    pub permitted: Option<bool>,
}

impl Default for Page {
    fn default() -> Self {
        let (before, from, until, permitted) = Default::default();
        Self { who: None, purpose: None, limit: 100, before, from, until, permitted }
    }
}

/// Every line about every person whose log the grant opens, newest first.
///
/// # Errors
/// When the database fails or a leaf cannot be read.
pub async fn lines(house: &House, grant: &Grant) -> Result<Vec<Line>, StoreError> {
    page(house, grant, &Page { limit: u32::MAX, ..Page::default() }).await
}

/// A page of the lines about every person whose log the grant opens, newest first.
///
/// # Errors
/// When the database fails or a leaf cannot be read.
pub async fn page(house: &House, grant: &Grant, page: &Page) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::new();
    let parts = parts(page)?;
    let sql: Arc<str> = selection(OF_PERSON, &parts).into();
    for person in grant.subjects().filter(|person| grant.covers(person, Category::AuditEvent)) {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(Arc::clone(&sql)))
            .bind(&person.0)
            .bind(page.before.map_or(Ok(i64::MAX), |place| signed("log_leaves", place))?)
            .bind(page.from.map_or(i64::MIN, |at| at.as_microsecond()))
            .bind(page.until.map_or(i64::MAX, |at| at.as_microsecond()))
            .bind(page.permitted.map_or(2, |permitted| i64::from(!permitted)))
            .bind(i64::from(page.limit));
        for part in parts.iter().flatten() {
            query = query.bind(part);
        }
        let rows: Vec<(i64, String)> = query.fetch_all(&house.pool).await?;
        for (index, leaf) in rows {
            let event = AuditEvent::parse(&leaf).map_err(|_| StoreError::Corrupt("log_leaves"))?;
            lines.push(Line { index: unsigned("log_leaves", index)?, event });
        }
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.index));
    lines.truncate(page.limit as usize);
    Ok(lines)
}

/// What the leaf's bytes must hold: of each list one. A leaf is canonical JSON, in which a text that somebody wrote holds
/// no unescaped quotation mark, so these bytes stand at their place in the leaf and nowhere else.
pub(crate) fn parts(page: &Page) -> Result<Vec<Vec<String>>, StoreError> {
    let mut parts = Vec::new();
    if let Some(purpose) = page.purpose {
        parts.push(vec![format!(",\"purpose\":\"{}\",\"categories\":", error::to_word("log_leaves", &purpose)?)]);
    }
    if let Some(who) = &page.who {
        let part = |user: &UserId| Ok(format!(",\"who\":{},\"role\":", error::to_json("log_leaves", user)?));
        parts.push(who.iter().map(part).collect::<Result<_, StoreError>>()?);
    }
    Ok(parts)
}

/// Whose lines: those of one person, and those that name nobody (bound with an empty text).
pub(crate) const OF_PERSON: &str = "subject = $1";
pub(crate) const OF_NOBODY: &str = "subject is null and $1 = ''";

/// The statement for a page, whose lines hold one of each list. Both databases find bytes by `replace`, and tell upper
/// from lower case in it.
pub(crate) fn selection(whose: &str, parts: &[Vec<String>]) -> String {
    let mut number = 6;
    let mut holds = |_: &String| {
        number += 1;
        format!("replace(leaf, ${number}, '') <> leaf")
    };
    let mut sql = format!(
        "select leaf_index, leaf from log_leaves where {whose} and leaf_index < $2 \
         and happened_at >= $3 and happened_at < $4 and permitted <> $5"
    );
    for list in parts {
        let any: Vec<String> = list.iter().map(&mut holds).collect();
        // Nobody of that name: no line.
        sql += &if any.is_empty() { " and 1 = 0".to_owned() } else { format!(" and ({})", any.join(" or ")) };
    }
    sql + " order by leaf_index desc limit $6"
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
    if covered { Ok(Some(leaf)) } else { Err(NotCovered { category: Category::AuditEvent }.into()) }
}

/// The latest signed checkpoint with the inclusion proof of a leaf under it; `None` when the leaf is not under it.
///
/// # Errors
/// When the database fails.
pub async fn inclusion(house: &House, index: u64) -> Result<Option<(SignedCheckpoint, Vec<Hash>)>, StoreError> {
    let Some(checkpoint) = checkpoint(house, None).await? else { return Ok(None) };
    let size = checkpoint.checkpoint.size;
    let path = asked(house, size, |nodes| nodes.inclusion(index, size)).await?;
    Ok(path.map(|path| (checkpoint, path)))
}

/// The consistency proof from the first `old` leaves to the first `new`; `None` when `old` is 0 or more than `new`, or
/// the log has never had so many.
///
/// # Errors
/// When the database fails.
pub async fn consistency(house: &House, old: u64, new: u64) -> Result<Option<Vec<Hash>>, StoreError> {
    asked(house, new, |nodes| nodes.consistency(old, new)).await
}

/// The signed checkpoint at a size, or the latest; `None` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn checkpoint(house: &House, size: Option<u64>) -> Result<Option<SignedCheckpoint>, StoreError> {
    let mut connection = house.pool.acquire().await?;
    match size {
        None => last_checkpoint(&mut connection).await,
        Some(size) => {
            let Ok(size) = i64::try_from(size) else { return Ok(None) };
            let row: Option<CheckpointRow> =
                sqlx::query_as("select size, root, signed_at, signature from log_checkpoints where size = $1")
                    .bind(size)
                    .fetch_optional(&mut *connection)
                    .await?;
            row.map(read_checkpoint).transpose()
        }
    }
}

/// Checkpoints, newest first, before a size.
///
/// # Errors
/// When the database fails.
pub async fn checkpoints(house: &House, before: Option<u64>, limit: u32) -> Result<Vec<SignedCheckpoint>, StoreError> {
    let rows: Vec<CheckpointRow> = sqlx::query_as(
        "select size, root, signed_at, signature from log_checkpoints where size < $1 order by size desc limit $2",
    )
    .bind(before.map_or(Ok(i64::MAX), |size| signed("log_checkpoints", size))?)
    .bind(i64::from(limit))
    .fetch_all(&house.pool)
    .await?;
    rows.into_iter().map(read_checkpoint).collect()
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

/// Answers from the tree of at least `size` leaves, reading the tiles that the question needs.
async fn asked<T>(house: &House, size: u64, ask: impl Fn(&dyn Nodes) -> Option<T>) -> Result<Option<T>, StoreError> {
    let mut tree = house.tree();
    if tree.size() < size {
        // Another process has committed since.
        let mut tx = house.database.begin_to_read(&house.pool).await?;
        tree = Arc::new(tiles::load(&mut tx).await?);
        tx.rollback().await?;
    }
    let wanted = Tiled::wanted(&tree, &ask);
    let mut connection = house.pool.acquire().await?;
    Ok(ask(&Tiled::new(&tree, tiles::read(&mut connection, wanted).await?)))
}

pub(crate) type CheckpointRow = (i64, String, String, String);

pub(crate) fn read_checkpoint((size, root, at, signature): CheckpointRow) -> Result<SignedCheckpoint, StoreError> {
    const WHAT: &str = "log_checkpoints";
    let checkpoint = Checkpoint { size: unsigned(WHAT, size)?, root: stored(WHAT, &root)?, at: stored(WHAT, &at)? };
    Ok(SignedCheckpoint { checkpoint, signature })
}

pub(crate) async fn last_checkpoint(tx: &mut Connection) -> Result<Option<SignedCheckpoint>, StoreError> {
    let row: Option<CheckpointRow> =
        sqlx::query_as("select size, root, signed_at, signature from log_checkpoints order by size desc limit 1")
            .fetch_optional(tx)
            .await?;
    row.map(read_checkpoint).transpose()
}

/// Number of leaves.
pub(crate) async fn size(tx: &mut Connection) -> Result<u64, StoreError> {
    let (size,): (i64,) =
        sqlx::query_as("select coalesce(max(leaf_index) + 1, 0) from log_leaves").fetch_one(tx).await?;
    unsigned("log_leaves", size)
}

/// Hashes of at most `limit` leaves from a place on, in order.
pub(crate) async fn hashes(tx: &mut Connection, from: u64, limit: u64) -> Result<Vec<Hash>, StoreError> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("select leaf_index, hash from log_leaves where leaf_index >= $1 order by leaf_index limit $2")
            .bind(signed("log_leaves", from)?)
            .bind(signed("log_leaves", limit)?)
            .fetch_all(tx)
            .await?;
    let hash = |(place, (index, hash)): (u64, &(i64, String))| match u64::try_from(*index) {
        Ok(index) if index == place => stored("log_leaves", hash),
        _ => Err(StoreError::LogChanged),
    };
    (from..).zip(&rows).map(hash).collect()
}

/// Rows that go in with one statement: the powers of two from 2⁰ on. Both databases prepare each once, and a batch goes in
/// with as many of the largest as fit and at most one of each smaller.
const SIZES: usize = 11;

/// The statement for `2^power` rows, written once for each kind of database.
fn insertion(tx: &Connection, power: usize) -> Arc<str> {
    static WRITTEN: [[OnceLock<Arc<str>>; SIZES]; 2] = [const { [const { OnceLock::new() }; SIZES] }; 2];
    let kind = usize::from(tx.backend_name() == "SQLite");
    let write = || {
        let rows = places(tx, 1 << power, 6);
        format!("insert into log_leaves (leaf_index, hash, subject, leaf, happened_at, permitted) values {rows}").into()
    };
    Arc::clone(WRITTEN[kind][power].get_or_init(write))
}

/// Writes leaves at the places from `first` on.
pub(crate) async fn insert(tx: &mut Connection, first: u64, mut lines: &[NewLine]) -> Result<(), StoreError> {
    let mut place = signed("log_leaves", first)?;
    for power in (0..SIZES).rev() {
        while let Some((together, rest)) = lines.split_at_checked(1 << power) {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(insertion(tx, power)));
            for NewLine { hash, leaf } in together {
                query = query
                    .bind(place)
                    .bind(hash.to_string())
                    .bind(leaf.subject().map(|person| person.0.as_str()))
                    .bind(leaf.text())
                    .bind(leaf.at().as_microsecond())
                    .bind(i64::from(leaf.permitted()));
                place += 1;
            }
            query.execute(&mut *tx).await?;
            lines = rest;
        }
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

/// Fills the columns that a page is found by, where a log was begun before there were any.
pub(crate) async fn fill_columns(tx: &mut Connection) -> Result<(), StoreError> {
    let mut next = 0;
    loop {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "select leaf_index, leaf from log_leaves where leaf_index >= $1 and happened_at is null order by leaf_index limit 1000",
        )
        .bind(next)
        .fetch_all(&mut *tx)
        .await?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        next = last + 1;
        for (index, leaf) in rows {
            // One that cannot be read is for verify-log to name.
            let Ok(event) = AuditEvent::parse(&leaf) else { continue };
            sqlx::query("update log_leaves set happened_at = $1, permitted = $2 where leaf_index = $3")
                .bind(event.at.as_microsecond())
                .bind(i64::from(event.permitted))
                .bind(index)
                .execute(&mut *tx)
                .await?;
        }
    }
}

impl House {
    /// The tree as this process last saw it committed.
    fn tree(&self) -> Arc<Tree> {
        Arc::clone(&self.published.borrow())
    }

    pub(crate) fn publish(&self, tree: &Arc<Tree>) {
        self.published.send_replace(Arc::clone(tree));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_is_read_along_the_index_of_its_person() {
        let folder = tempfile::tempdir().unwrap();
        let house = House::open(folder.path(), [3; 32]).await.unwrap();
        let some = vec![vec!["a".to_owned(), "b".to_owned()], vec![]];
        for (whose, parts) in [(OF_PERSON, vec![]), (OF_PERSON, some.clone()), (OF_NOBODY, some)] {
            let explain = format!("explain query plan {}", selection(whose, &parts));
            let mut query =
                sqlx::query_as(sqlx::AssertSqlSafe(explain)).bind("p").bind(9).bind(0).bind(9).bind(2).bind(9);
            for part in parts.iter().flatten() {
                query = query.bind(part);
            }
            let plan: Vec<(i64, i64, i64, String)> = query.fetch_all(&house.pool).await.unwrap();
            let steps: Vec<&str> = plan.iter().map(|(.., step)| step.as_str()).collect();
            // Newest first is the index's own order: nothing is sorted, and no more is read than is shown.
            assert_eq!(steps, ["SEARCH log_leaves USING INDEX log_leaves_subject (subject=? AND leaf_index<?)"]);
        }
    }
}
