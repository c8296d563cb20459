//! The data folder: the database, the key of the log, and the log's tree in memory.

use crate::StoreError;
use indgang_gate::log::{PublicKey, SigningKey, Tree};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// An open house. Cheap to clone.
#[derive(Clone)]
pub struct House {
    pub(crate) pool: SqlitePool,
    pub(crate) key: Arc<SigningKey>,
    /// The log's tree; who holds it is the only writer of this process.
    pub(crate) tree: Arc<Mutex<Tree>>,
    folder: Arc<Path>,
}

const DATABASE: &str = "house.db";
const KEY: &str = "log.key";
const LOCK: &str = "house.lock";

impl House {
    /// Opens the house in a data folder, or makes one there.
    ///
    /// `fresh` is 32 secret random bytes, used as the log's key when the house has none yet.
    ///
    /// # Errors
    /// When the folder cannot be written, the database is of a newer program, or the key of an existing log is gone.
    pub async fn open(data_dir: &Path, fresh: [u8; 32]) -> Result<Self, StoreError> {
        create_folder(data_dir)?;
        let database = data_dir.join(DATABASE);
        private_file(&database, false).map_err(|source| StoreError::File { path: database.clone(), source })?;
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options(&database)).await?;
        // Two processes may make the same house at once; SQLite's migrations do not wait for each other.
        let lock = migration_lock(&data_dir.join(LOCK))?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        drop(lock);
        let (checkpoints,): (i64,) = sqlx::query_as("select count(*) from log_checkpoints").fetch_one(&pool).await?;
        let key = signing_key(&data_dir.join(KEY), checkpoints > 0, fresh)?;
        let house = Self { pool, key: Arc::new(key), tree: Arc::default(), folder: data_dir.into() };
        // Reads the log once, so that the first passage does not pay for it.
        house.passage().await?.abandon().await?;
        Ok(house)
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The log's public key.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Closes the database after what is under way.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Number of the last migration, SQLite's version and the journal mode.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn versions(&self) -> Result<(i64, String, String), StoreError> {
        let (schema,): (i64,) =
            sqlx::query_as("select coalesce(max(version), 0) from _sqlx_migrations").fetch_one(&self.pool).await?;
        let (database,): (String,) = sqlx::query_as("select sqlite_version()").fetch_one(&self.pool).await?;
        let (mode,): (String,) = sqlx::query_as("pragma journal_mode").fetch_one(&self.pool).await?;
        Ok((schema, database, mode))
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

impl std::fmt::Debug for House {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("House").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Opens an existing house's database for reading only.
pub(crate) async fn open_read_only(data_dir: &Path) -> Result<SqlitePool, StoreError> {
    let path = data_dir.join(DATABASE);
    if !path.is_file() {
        let source = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(StoreError::File { path, source });
    }
    let options = SqliteConnectOptions::new().filename(&path).read_only(true).busy_timeout(Duration::from_secs(10));
    Ok(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?)
}

/// The key of an existing house.
pub(crate) fn existing_key(data_dir: &Path) -> Result<SigningKey, StoreError> {
    let path = data_dir.join(KEY);
    match std::fs::read(&path) {
        Ok(bytes) => key_from(&path, &bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(StoreError::KeyMissing(path)),
        Err(source) => Err(StoreError::File { path, source }),
    }
}

fn options(database: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
}

/// Waits for other processes that open the same house; freed when the file is dropped, and by the system at a kill.
fn migration_lock(path: &Path) -> Result<std::fs::File, StoreError> {
    let file = |source| StoreError::File { path: path.to_owned(), source };
    let lock = private_file(path, false).map_err(file)?;
    lock.lock().map_err(file)?;
    Ok(lock)
}

fn signing_key(path: &Path, must_exist: bool, fresh: [u8; 32]) -> Result<SigningKey, StoreError> {
    let file = |source| StoreError::File { path: path.to_owned(), source };
    match std::fs::read(path) {
        Ok(bytes) => key_from(path, &bytes),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file(error)),
        Err(_) if must_exist => Err(StoreError::KeyMissing(path.to_owned())),
        Err(_) => {
            write_key(path, &fresh).map_err(file)?;
            // Another process may have been first: what stands in the file holds.
            key_from(path, &std::fs::read(path).map_err(file)?)
        }
    }
}

fn key_from(path: &Path, bytes: &[u8]) -> Result<SigningKey, StoreError> {
    let bytes: &[u8; 32] = bytes.try_into().map_err(|_| StoreError::KeyLength(path.to_owned()))?;
    Ok(SigningKey::from_bytes(bytes))
}

/// Writes beside and links into place: a key is there whole or not at all, and never replaces another.
fn write_key(path: &Path, bytes: &[u8; 32]) -> std::io::Result<()> {
    use std::io::Write;
    let beside: PathBuf = path.with_extension(format!("key.{}", std::process::id()));
    let mut file = private_file(&beside, true)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&beside, path);
    std::fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn create_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| StoreError::File { path: folder.to_owned(), source })
}

/// A file that only its owner reads and writes.
fn private_file(path: &Path, truncate: bool) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(truncate);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
