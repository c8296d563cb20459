//! Places at which a test lets the store fail, from a plan of its own. A program that ships has none of this: it stands
//! behind the feature `faults`.

#[cfg(not(feature = "faults"))]
use crate::{House, StoreError};

#[cfg(feature = "faults")]
pub use planned::{DurableLeaf, Fault, Plan, durable_leaves};

/// A step of a passage, in the order in which they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A transaction is begun.
    Begin,
    /// What bears on a decision is gathered.
    Facts,
    /// Something is about to be written with the leaves.
    Write,
    /// The leaves are about to be written.
    Leaves,
    /// The signed checkpoint is about to be written.
    Checkpoint,
    /// The transaction is about to be committed.
    Commit,
    /// It is committed, and nobody has been told.
    Committed,
}

#[cfg(not(feature = "faults"))]
impl House {
    /// Nothing fails by a plan.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same as with the feature")]
    pub(crate) const fn step(&self, _: Step) -> Result<bool, StoreError> {
        Ok(false)
    }
}

#[cfg(feature = "faults")]
mod planned {
    use super::Step;
    use crate::error::unsigned;
    use crate::{Database, House, StoreError};
    use indgang_model::Timestamp;
    use std::sync::Arc;

    /// What happens at a step.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Fault {
        /// The database does not let anybody write.
        Busy,
        /// The disk is full.
        DiskFull,
        /// The database goes away; at [`Step::Committed`] nobody learns what became of the transaction.
        Lost,
        /// At [`Step::Commit`] only: the transaction is taken back, and success is told. No database does so; a harness that
        /// does not notice this proves nothing.
        Lie,
    }

    /// Which fault, if any, at each visit of a step.
    pub type Plan = Arc<dyn Fn(Step) -> Option<Fault> + Send + Sync>;

    /// A leaf as it stands in the database, without what it says of anybody.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct DurableLeaf {
        /// Place.
        pub index: u64,
        /// When.
        pub at: Timestamp,
        /// Outcome.
        pub permitted: bool,
    }

    /// Every leaf that is in the database, read over a connection of its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn durable_leaves(database: &Database) -> Result<Vec<DurableLeaf>, StoreError> {
        const WHAT: &str = "log_leaves";
        let pool = database.connect_to_read().await?;
        let rows: Vec<(i64, i64, i64)> =
            sqlx::query_as("select leaf_index, happened_at, permitted from log_leaves order by leaf_index")
                .fetch_all(&pool)
                .await?;
        pool.close().await;
        let leaf = |(index, at, permitted): (i64, i64, i64)| {
            let at = Timestamp::from_microsecond(at).map_err(|_| StoreError::Corrupt(WHAT))?;
            Ok(DurableLeaf { index: unsigned(WHAT, index)?, at, permitted: permitted == 1 })
        };
        rows.into_iter().map(leaf).collect()
    }

    impl House {
        /// The same house, which fails by a plan.
        #[must_use]
        pub fn failing(mut self, plan: Plan) -> Self {
            self.plan = Some(plan);
            self
        }

        /// Fails when the plan says so; true when success is to be told of what is taken back.
        pub(crate) fn step(&self, step: Step) -> Result<bool, StoreError> {
            let lost = || std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            match self.plan.as_ref().and_then(|plan| plan(step)) {
                None => Ok(false),
                Some(Fault::Lie) => Ok(step == Step::Commit),
                Some(Fault::Busy) => Err(StoreError::Busy),
                Some(Fault::DiskFull) => Err(StoreError::DiskFull),
                Some(Fault::Lost) => Err(sqlx::Error::Io(lost()).into()),
            }
        }
    }
}
