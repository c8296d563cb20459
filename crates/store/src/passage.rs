//! One passage through the gate: the transaction that holds its leaves and what is written on the strength of it.

use crate::faults::Step;
use crate::queue::Turn;
use crate::{Connection, House, StoreError, facts};
use indgang_gate::log::Appended;
use indgang_gate::{Decision, Facts, Pending, Request, WriteGrant};
use indgang_model::Timestamp;

/// An open transaction, before anything is decided. Dropped, it leaves no trace.
pub struct Passage {
    turn: Turn,
}

/// A passage whose leaves have their place and are not yet committed.
pub struct Logged {
    turn: Turn,
    pending: Pending,
    appended: Appended,
}

/// Writes in the transaction that holds the leaves. Each entity's module adds its own functions.
pub struct Writer<'a> {
    pub(crate) grant: WriteGrant<'a>,
    pub(crate) tx: &'a mut Connection,
}

impl House {
    /// Begins a passage. Passages follow each other, within this process and with other processes; those that meet
    /// while a commit is under way are committed together.
    ///
    /// # Errors
    /// When the database is held by another process for more than 10 seconds, or fails.
    pub async fn passage(&self) -> Result<Passage, StoreError> {
        Ok(Passage { turn: self.turn().await? })
    }
}

impl Passage {
    /// What the house knows that bears on a request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts(&mut self, request: &Request) -> Result<Facts, StoreError> {
        self.turn.step(Step::Facts)?;
        facts::gather(&mut self.turn, request).await
    }

    /// What bears on a request of another time, as it was known at that time: choices by when they were recorded,
    /// treatment relations by when they were valid. Of the rest the house keeps no past; the present stands for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts_known_at(&mut self, request: &Request, known: Timestamp) -> Result<Facts, StoreError> {
        facts::gather_known_at(&mut self.turn, request, known).await
    }

    /// Gives a ruling's leaves their places in the log.
    ///
    /// # Errors
    /// When the database fails; nothing is then written.
    pub async fn log(mut self, pending: Pending) -> Result<Logged, StoreError> {
        let appended = self.turn.append(pending.leaves());
        Ok(Logged { turn: self.turn, pending, appended })
    }

    /// Writes the leaves of many rulings in one transaction and tells the decisions, in order.
    ///
    /// # Errors
    /// When the database fails; nothing is then written or told.
    pub async fn log_all(mut self, pending: Vec<Pending>, at: Timestamp) -> Result<Vec<Decision>, StoreError> {
        let mut all = Vec::with_capacity(pending.len());
        for pending in pending {
            let appended = self.turn.append(pending.leaves());
            all.push((pending, appended));
        }
        committed(self.turn, all, at).await
    }

    /// Ends the passage without a trace.
    ///
    /// # Errors
    /// None: it is gone when it is dropped.
    pub async fn abandon(self) -> Result<(), StoreError> {
        drop(self);
        Ok(())
    }

    /// For reading only: what is written here would stay in the group when the passage is given up.
    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.turn
    }
}

/// The one place where leaves become receipts: after the commit of the transaction that wrote them.
async fn committed(turn: Turn, all: Vec<(Pending, Appended)>, at: Timestamp) -> Result<Vec<Decision>, StoreError> {
    let mut outcome = turn.end(at).await;
    let mut decisions = Vec::with_capacity(all.len());
    for (pending, appended) in all {
        let result = std::mem::replace(&mut outcome, Ok(()));
        decisions.push(pending.recorded(&appended.after_commit(result)?)?);
    }
    Ok(decisions)
}

impl Logged {
    /// The right to write in this transaction; `None` when the ruling is a refusal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn writer(&mut self) -> Result<Option<Writer<'_>>, StoreError> {
        let Some(grant) = self.pending.writing(&self.appended)? else { return Ok(None) };
        self.turn.savepoint().await?;
        Ok(Some(Writer { grant, tx: &mut self.turn }))
    }

    /// The leaves of this passage with their places in the log.
    pub(crate) fn leaves(&self) -> Vec<(u64, String)> {
        (self.appended.first()..).zip(self.pending.leaves().iter().map(|leaf| leaf.text().to_owned())).collect()
    }

    /// For what is written with the leaves and is taken back with them.
    pub(crate) async fn writing(&mut self) -> Result<&mut Connection, StoreError> {
        self.turn.savepoint().await?;
        Ok(&mut self.turn)
    }

    /// Commits leaves and writings together, under a signed checkpoint, and tells the decision.
    ///
    /// # Errors
    /// When the commit fails; nothing is then written and nothing is told.
    pub async fn commit(self, at: Timestamp) -> Result<Decision, StoreError> {
        let Self { turn, pending, appended } = self;
        let mut decisions = committed(turn, vec![(pending, appended)], at).await?;
        decisions.pop().ok_or(StoreError::Corrupt("decision"))
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
    use crate::log;
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
        let full = passage.log(refused("x".repeat(1_000_000))).await.unwrap().commit(at).await;
        assert!(matches!(full, Err(StoreError::DiskFull)), "{:?}", full.err());
        house.close().await;
        let house = House::open(folder.path(), [3; 32]).await.unwrap();
        house.passage().await.unwrap().log(refused("after".into())).await.unwrap().commit(at).await.unwrap();
        let outcome = log::verify(folder.path(), house.database(), |_, _| {}).await.unwrap();
        assert!(outcome.holds(), "{:?}", outcome.problems);
        assert_eq!(outcome.leaves, 2);
    }
}
