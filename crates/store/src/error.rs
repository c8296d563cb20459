//! What can go wrong with the records. No message repeats a value of the records.

use indgang_gate::{NotCovered, WrongReceipt};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

/// A fault of the store. Not found is `Option`, a refusal is a `Decision`; this is neither.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file of the data folder.
    #[error("cannot use `{path}`: {source}; check that the data folder exists, is yours and has room")]
    File {
        /// Which file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The key of the log is not a key.
    #[error("`{0}` must hold exactly 32 bytes; restore it from a backup")]
    KeyLength(PathBuf),
    /// There is a log but no key.
    #[error("`{0}` is missing, but the log has been signed with it; restore it from a backup")]
    KeyMissing(PathBuf),
    /// The disk is full.
    #[error("the disk is full; nothing was written. Make room and do it again")]
    DiskFull,
    /// The disk failed, or a file came to its largest size.
    #[error("the database's file could not be read or written ({0}); is the disk full, or does it fail?")]
    Disk(#[source] Arc<sqlx::Error>),
    /// Another process holds the house.
    #[error("another process is writing to the house and did not finish in time; try again")]
    Busy,
    /// The connection to the database broke or could not be made.
    #[error(
        "the connection to the database was lost ({0}); nothing is left half-written. Check that it runs, and try again"
    )]
    Disconnected(#[source] Arc<sqlx::Error>),
    /// The database.
    #[error("the database failed: {0}")]
    Database(#[source] Arc<sqlx::Error>),
    /// No archive.
    #[error("`{0}` is not an archive of a house, or it is damaged; nothing was restored. Take another backup")]
    Archive(PathBuf),
    /// An archive of a newer program.
    #[error("the archive has tables up to number `{schema}` and this program knows `{newest}`; use a newer program")]
    ArchiveNewer {
        /// Number of the last migration of the archived house.
        schema: i64,
        /// Number of the last migration of this program.
        newest: i64,
    },
    /// A house is there.
    #[error("there is a house here already; restore into an empty data folder and an empty database")]
    NotEmpty,
    /// The program ends.
    #[error("the house is being closed; nothing was written. Open it and do it again")]
    Closing,
    /// The migrations.
    #[error("the database's tables cannot be brought up to date: {0}; is it of a newer program?")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A record that this program cannot have written.
    #[error("a record of `{0}` cannot be read; the database was changed by another program or is of a newer one")]
    Corrupt(&'static str),
    /// The log in the database and the log in memory differ.
    #[error("the log in the database is not the log this process knows; stop and run `indgang verify-log`")]
    LogChanged,
    /// The grant at hand does not cover it.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
    /// A receipt of another passage.
    #[error(transparent)]
    WrongReceipt(#[from] WrongReceipt),
    /// A record with this identity exists with other content.
    #[error("a record of `{0}` with this identifier exists already with other content; choose another identifier")]
    Exists(&'static str),
}

impl StoreError {
    /// The same for another one whose writing was lost in the same commit.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::DiskFull => Self::DiskFull,
            Self::Disk(error) => Self::Disk(Arc::clone(error)),
            Self::Busy => Self::Busy,
            Self::LogChanged => Self::LogChanged,
            Self::Disconnected(error) => Self::Disconnected(Arc::clone(error)),
            Self::Database(error) => Self::Database(Arc::clone(error)),
            Self::Corrupt(what) => Self::Corrupt(what),
            // No other is met between the last statement of a turn and the commit.
            _ => Self::Closing,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        if matches!(error, E::Io(_) | E::Protocol(_) | E::PoolTimedOut | E::WorkerCrashed | E::Tls(_)) {
            return Self::Disconnected(Arc::new(error));
        }
        let Some(code) = error.as_database_error().and_then(|e| e.code()).map(Cow::into_owned) else {
            return Self::Database(Arc::new(error));
        };
        // PostgreSQL's SQLSTATE has five places; SQLite's extended result codes have at most four, and the primary
        // code in their lowest byte: 13 is FULL, 10 is IOERR, 5 is BUSY.
        match (code.as_str(), code.parse::<u32>().map(|code| code & 0xff)) {
            ("53100", _) => Self::DiskFull,
            ("55P03" | "40P01", _) => Self::Busy,
            (state, _) if state.starts_with("57P") || state.starts_with("08") => Self::Disconnected(Arc::new(error)),
            (state, Ok(13)) if state.len() < 5 => Self::DiskFull,
            (state, Ok(10)) if state.len() < 5 => Self::Disk(Arc::new(error)),
            (state, Ok(5)) if state.len() < 5 => Self::Busy,
            _ => Self::Database(Arc::new(error)),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError as M;
        match error {
            // What went wrong lies under the migration: a full disk is no newer program.
            M::Execute(cause) | M::ExecuteMigration(cause, _) => Self::from(cause),
            other => Self::Migration(other),
        }
    }
}

/// Reads a stored text into its type.
pub(crate) fn stored<T: std::str::FromStr>(what: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(what))
}

/// Reads a stored JSON text into its type.
pub(crate) fn stored_json<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt(what))
}

/// Writes a value as JSON text.
pub(crate) fn to_json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt(what))
}

/// The bare word of a unit variant that serialises as a string, such as a role.
pub(crate) fn to_word<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Corrupt(what)),
    }
}

/// Reads a bare word into its unit variant.
pub(crate) fn from_word<T: serde::de::DeserializeOwned>(what: &'static str, word: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|_| StoreError::Corrupt(what))
}

/// An unsigned number as the database holds it, and back.
pub(crate) fn signed(what: &'static str, number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Corrupt(what))
}

pub(crate) fn unsigned(what: &'static str, number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Corrupt(what))
}
