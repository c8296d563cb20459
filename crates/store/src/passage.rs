//! One passage through the gate: the transaction that holds its leaves and what is written on the strength of it.

use crate::{Connection, House, StoreError, error, facts, log};
use indgang_gate::log::{Appended, Checkpoint, SigningKey, Tree};
use indgang_gate::{Decision, Facts, Pending, Request, WriteGrant};
use indgang_model::Timestamp;
use sqlx::{Any, Transaction};
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

/// An open transaction, before anything is decided. Dropped, it leaves no trace.
pub struct Passage {
    tx: Transaction<'static, Any>,
    tree: Uncommitted,
    key: Arc<SigningKey>,
}

/// A passage whose leaves are written and not yet committed.
pub struct Logged {
    passage: Passage,
    pending: Pending,
    appended: Appended,
}

/// Writes in the transaction that holds the leaves. Each entity's module adds its own functions.
pub struct Writer<'a> {
    pub(crate) grant: WriteGrant<'a>,
    pub(crate) tx: &'a mut Connection,
}

/// The tree with the leaves of a transaction that is still open; dropped before the commit, it forgets them.
struct Uncommitted {
    tree: OwnedMutexGuard<Tree>,
    committed: u64,
}

impl Drop for Uncommitted {
    fn drop(&mut self) {
        self.tree.truncate(self.committed);
    }
}

impl House {
    /// Begins a passage. Passages follow each other, within this process and with other processes.
    ///
    /// # Errors
    /// When the database is held by another process for more than 10 seconds, or fails.
    pub async fn passage(&self) -> Result<Passage, StoreError> {
        let tree = Arc::clone(&self.tree).lock_owned().await;
        let mut tree = Uncommitted { committed: tree.size(), tree };
        let mut tx = self.begin().await?;
        tree.catch_up(&mut tx).await?;
        Ok(Passage { tx, tree, key: Arc::clone(&self.key) })
    }

    /// Begins a transaction of what needs no line in the log.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        self.database.begin(&self.pool).await
    }
}

impl Passage {
    /// What the house knows that bears on a request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts(&mut self, request: &Request) -> Result<Facts, StoreError> {
        facts::gather(&mut self.tx, request).await
    }

    /// Writes a ruling's leaves.
    ///
    /// # Errors
    /// When the database fails; nothing is then written.
    pub async fn log(mut self, pending: Pending) -> Result<Logged, StoreError> {
        let appended = self.tree.tree.append(pending.leaves());
        log::insert(&mut self.tx, &appended, pending.leaves()).await?;
        Ok(Logged { passage: self, pending, appended })
    }

    /// Writes the leaves of many rulings in one transaction and tells the decisions, in order.
    ///
    /// # Errors
    /// When the database fails; nothing is then written or told.
    pub async fn log_all(mut self, pending: Vec<Pending>, at: Timestamp) -> Result<Vec<Decision>, StoreError> {
        let mut all = Vec::with_capacity(pending.len());
        for pending in pending {
            let appended = self.tree.tree.append(pending.leaves());
            all.push((pending, appended));
        }
        for (pending, appended) in &all {
            log::insert(&mut self.tx, appended, pending.leaves()).await?;
        }
        self.commit(all, at).await
    }

    /// Ends the passage without a trace.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn abandon(self) -> Result<(), StoreError> {
        Ok(self.tx.rollback().await?)
    }

    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.tx
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree.tree
    }

    /// The one place where leaves become receipts: after the commit of the transaction that wrote them.
    async fn commit(self, all: Vec<(Pending, Appended)>, at: Timestamp) -> Result<Vec<Decision>, StoreError> {
        let Self { mut tx, mut tree, key } = self;
        let checkpoint = Checkpoint { size: tree.tree.size(), root: tree.tree.root(), at };
        log::insert_checkpoint(&mut tx, &key.sign(checkpoint)).await?;
        let committed = tx.commit().await;
        if committed.is_ok() {
            tree.committed = tree.tree.size();
        }
        let mut outcome = committed.map_err(StoreError::from);
        let mut decisions = Vec::with_capacity(all.len());
        for (pending, appended) in all {
            let result = std::mem::replace(&mut outcome, Ok(()));
            decisions.push(pending.recorded(&appended.after_commit(result)?)?);
        }
        Ok(decisions)
    }
}

impl Logged {
    /// The right to write in this transaction; `None` when the ruling is a refusal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn writer(&mut self) -> Result<Option<Writer<'_>>, StoreError> {
        let grant = self.pending.writing(&self.appended)?;
        Ok(grant.map(|grant| Writer { grant, tx: &mut self.passage.tx }))
    }

    /// Commits leaves and writings together, with a signed checkpoint, and tells the decision.
    ///
    /// # Errors
    /// When the commit fails; nothing is then written and nothing is told.
    pub async fn commit(self, at: Timestamp) -> Result<Decision, StoreError> {
        let Self { passage, pending, appended } = self;
        let mut decisions = passage.commit(vec![(pending, appended)], at).await?;
        decisions.pop().ok_or(StoreError::Corrupt("decision"))
    }
}

impl Uncommitted {
    /// Takes in what other processes have committed since.
    async fn catch_up(&mut self, tx: &mut Connection) -> Result<(), StoreError> {
        let (stored,): (i64,) =
            sqlx::query_as("select coalesce(max(leaf_index) + 1, 0) from log_leaves").fetch_one(&mut *tx).await?;
        let stored = error::unsigned("log_leaves", stored)?;
        if stored < self.committed {
            return Err(StoreError::LogChanged);
        }
        if stored > self.committed {
            let hashes = log::hashes_from(tx, self.committed).await?;
            self.tree.extend(hashes);
            if self.tree.size() != stored {
                return Err(StoreError::LogChanged);
            }
            self.committed = stored;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Passage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passage")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_gate::{Activity, Actor, UserId, decide};
    use indgang_model::{Purpose, Role};

    fn refused(organisation: String) -> Pending {
        let actor = Actor {
            user: UserId("someone".into()),
            person: None,
            role: Role::Outsider,
            profession: None,
            organisation,
            place: None,
            on_responsibility_of: None,
        };
        let (categories, subjects) = Default::default();
        let at = Timestamp::UNIX_EPOCH;
        let (activity, purpose) = (Activity::OpenCase, Purpose::Treatment);
        let grounds = indgang_gate::Grounds::default();
        decide(&Request { actor, activity, purpose, categories, subjects, case: None, grounds, at }, &Facts::default())
    }

    #[tokio::test]
    async fn a_full_disk_tells_nothing_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let house = House::open(folder.path(), [3; 32]).await.unwrap();
        let at = Timestamp::UNIX_EPOCH;
        house.passage().await.unwrap().log(refused("small".into())).await.unwrap().commit(at).await.unwrap();
        let mut passage = house.passage().await.unwrap();
        // The database may not grow: what a full disk says, on this connection only.
        sqlx::query("pragma max_page_count = 1").execute(passage.connection()).await.unwrap();
        let full = passage.log(refused("x".repeat(1_000_000))).await;
        assert!(matches!(full, Err(StoreError::DiskFull)), "{:?}", full.err());
        house.close().await;
        let house = House::open(folder.path(), [3; 32]).await.unwrap();
        house.passage().await.unwrap().log(refused("after".into())).await.unwrap().commit(at).await.unwrap();
        let outcome = log::verify(folder.path(), house.database()).await.unwrap();
        assert!(outcome.holds(), "{:?}", outcome.problems);
        assert_eq!(outcome.leaves, 2);
    }
}
