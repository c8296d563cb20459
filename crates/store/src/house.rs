//! An open house: the database, the key of the log, and the log's tree in memory.

use crate::queue::Queue;
use crate::{Database, StoreError, key, reports, tiles};
use indgang_gate::log::{PublicKey, SigningKey, Tree};
use sqlx::AnyPool;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, watch};

/// An open house. Cheap to clone.
#[derive(Clone)]
pub struct House {
    pub(crate) pool: AnyPool,
    pub(crate) database: Arc<Database>,
    pub(crate) key: Arc<SigningKey>,
    /// Who holds it is the only writer of this process.
    pub(crate) queue: Arc<Mutex<Queue>>,
    /// How many stand in line for it.
    pub(crate) in_line: Arc<AtomicUsize>,
    /// The log's tree as it was last committed, for those who read.
    pub(crate) published: Arc<watch::Sender<Arc<Tree>>>,
    /// Where commits are carried through whatever becomes of the request.
    pub(crate) runtime: Handle,
    folder: Arc<Path>,
    #[cfg(feature = "faults")]
    pub(crate) plan: Option<crate::faults::Plan>,
}

impl House {
    /// Opens the house in a data folder with its records in SQLite, or makes one there; see [`House::open_at`].
    ///
    /// # Errors
    /// Those of [`House::open_at`].
    pub async fn open(data_dir: &Path, fresh: [u8; 32]) -> Result<Self, StoreError> {
        Self::open_at(data_dir, Database::in_folder(data_dir), fresh).await
    }

    /// Opens a house whose key lies in a data folder and whose records are in a database, or makes one.
    ///
    /// `fresh` is 32 secret random bytes, used as the log's key when the house has none yet.
    ///
    /// # Errors
    /// When the folder cannot be written, the database does not answer or is of a newer program, or the key of an
    /// existing log is gone.
    pub async fn open_at(data_dir: &Path, database: Database, fresh: [u8; 32]) -> Result<Self, StoreError> {
        let pool = connect_here(data_dir, &database).await?;
        bring_up_to_date(data_dir, &database, &pool).await?;
        let (checkpoints,): (i64,) = sqlx::query_as("select count(*) from log_checkpoints").fetch_one(&pool).await?;
        let key = key::signing_key(data_dir, checkpoints > 0, fresh)?;
        let database = Arc::new(database);
        let (queue, published) = (Arc::default(), Arc::new(watch::Sender::new(Arc::default())));
        let (folder, runtime) = (data_dir.into(), Handle::current());
        let house = Self {
            pool,
            database,
            key: Arc::new(key),
            queue,
            in_line: Arc::default(),
            published,
            runtime,
            folder,
            #[cfg(feature = "faults")]
            plan: None,
        };
        let mut tx = house.database.begin(&house.pool).await?;
        tiles::complete(&mut tx).await?;
        reports::take_apart(&mut tx).await?;
        tx.commit().await?;
        // Reads the log's edge, so that the first passage does not pay for it.
        house.passage().await?.abandon().await?;
        house.close_group().await;
        Ok(house)
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the records are.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The log's public key.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Closes the database after what is under way.
    pub async fn close(&self) {
        self.close_group().await;
        self.pool.close().await;
    }

    /// Number of the last migration, the database's name and version, and how it makes a commit durable.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn versions(&self) -> Result<(i64, String, String), StoreError> {
        let (version, durability) = self.database.versions(&self.pool).await?;
        Ok((self.database.schema(&self.pool).await?, version, durability))
    }

    /// How many persons, users, cases, signed cases and leaves there are. Numbers only.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn counts(&self) -> Result<[u64; 5], StoreError> {
        let (persons, users, cases, signed, leaves): (i64, i64, i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from persons), (select count(*) from users), (select count(*) from cases), \
             (select count(*) from signatures), (select count(*) from log_leaves)",
        )
        .fetch_one(&self.pool)
        .await?;
        let mut counts = [0; 5];
        for (count, number) in counts.iter_mut().zip([persons, users, cases, signed, leaves]) {
            *count = crate::error::unsigned("counts", number)?;
        }
        Ok(counts)
    }
}

/// Brings the tables of a house up to date, or makes them where there are none. Says the number of the last migration
/// before and after; a second time they are the same.
///
/// # Errors
/// When the folder cannot be written, or the database does not answer or is of a newer program.
pub async fn migrate(data_dir: &Path, database: &Database) -> Result<(i64, i64), StoreError> {
    let pool = connect_here(data_dir, database).await?;
    let numbers = bring_up_to_date(data_dir, database, &pool).await?;
    pool.close().await;
    Ok(numbers)
}

/// Connects to the records of a folder, which is made if need be.
pub(crate) async fn connect_here(data_dir: &Path, database: &Database) -> Result<AnyPool, StoreError> {
    key::create_folder(data_dir)?;
    if let Some(path) = database.path() {
        key::private_file(&path, false).map_err(|source| StoreError::File { path, source })?;
    }
    database.connect().await
}

async fn bring_up_to_date(data_dir: &Path, database: &Database, pool: &AnyPool) -> Result<(i64, i64), StoreError> {
    // Two processes may make the same house at once; SQLite's migrations do not wait for each other.
    let lock = key::migration_lock(data_dir)?;
    let numbers = database.migrate(pool).await?;
    drop(lock);
    Ok(numbers)
}

impl std::fmt::Debug for House {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("House").field("folder", &self.folder).finish_non_exhaustive()
    }
}
