//! Where the records are: a file of SQLite or a server of PostgreSQL, reached through one kind of connection.
//!
//! The SQL of this crate is written once, with `$1` parameters, for both. Where a text must differ, it stands here.

use crate::StoreError;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The address of a house's records. Neither `Display` nor `Debug` shows a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Database {
    engine: Engine,
    /// The file of SQLite as it was given; the URL of PostgreSQL.
    place: String,
}

/// The program that keeps the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// Why a text is no address of a database. The text is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseDatabaseError {
    /// Another kind of address.
    #[error("a database is `sqlite:FILE` or `postgres://USER@HOST/NAME`")]
    Kind,
    /// Not a URL.
    #[error("the address of the PostgreSQL database is not a URL; write `postgres://USER@HOST/NAME`")]
    Url,
}

/// How long one waits for another writer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// Name of the lock that writers of the log take on PostgreSQL: `indgang` in ASCII.
const WRITERS: i64 = 0x69_6e64_6761_6e67;

impl Database {
    /// The file `house.db` in a data folder.
    pub fn in_folder(data_dir: &Path) -> Self {
        Self::file(&data_dir.join("house.db"))
    }

    /// A file of SQLite.
    pub fn file(path: &Path) -> Self {
        Self { engine: Engine::Sqlite, place: path.to_string_lossy().into_owned() }
    }

    /// Which program keeps the records.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// The file, when it is one.
    pub fn path(&self) -> Option<PathBuf> {
        (self.engine == Engine::Sqlite).then(|| PathBuf::from(&self.place))
    }

    /// Opens connections for reading and writing; a file of SQLite is made when it is not there.
    pub(crate) async fn connect(&self) -> Result<AnyPool, StoreError> {
        self.pool("rwc", 4).await
    }

    /// Opens one connection for reading. A file of SQLite must be there.
    pub(crate) async fn connect_to_read(&self) -> Result<AnyPool, StoreError> {
        if let Some(path) = self.path().filter(|path| !path.is_file()) {
            return Err(StoreError::File { path, source: std::io::ErrorKind::NotFound.into() });
        }
        self.pool("ro", 1).await
    }

    async fn pool(&self, mode: &str, connections: u32) -> Result<AnyPool, StoreError> {
        sqlx::any::install_default_drivers();
        let (url, settings) = match self.engine {
            Engine::Sqlite => (
                format!("sqlite:{}?mode={mode}", percent_encoded(&self.place)),
                // What a reader may not set, an opened house has set already: the journal is a property of the file.
                if mode == "ro" {
                    "pragma busy_timeout = 10000"
                } else {
                    "pragma busy_timeout = 10000; pragma journal_mode = wal; pragma synchronous = full; \
                     pragma foreign_keys = on"
                },
            ),
            Engine::Postgres if mode == "ro" => (self.place.clone(), "set default_transaction_read_only = on"),
            // A commit is told when it is on the disk, whatever the server's default says.
            Engine::Postgres => (self.place.clone(), "set synchronous_commit = on; set lock_timeout = '10s'"),
        };
        let options = AnyConnectOptions::from_str(&url).map_err(StoreError::from)?;
        // A pool tries again until its patience ends, and does not say what failed. So the first connection tells its
        // failure here, and the pool is closed before anybody uses it.
        let opening = Arc::new(Mutex::new(Some(None)));
        let told = Arc::clone(&opening);
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            // A file does not hang up; a server that was started anew has.
            .test_before_acquire(self.engine == Engine::Postgres)
            .after_connect(move |connection, _| {
                let told = Arc::clone(&told);
                Box::pin(async move {
                    let Err(error) = connection.execute(settings).await else { return Ok(()) };
                    match told.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                        Some(first) => {
                            *first = Some(error);
                            Ok(())
                        }
                        None => Err(error),
                    }
                })
            });
        let pool = pool.connect_with(options).await?;
        let failed = opening.lock().unwrap_or_else(PoisonError::into_inner).take().flatten();
        match failed {
            None => Ok(pool),
            Some(error) => {
                pool.close().await;
                Err(error.into())
            }
        }
    }

    /// Begins a transaction that is alone in writing the log, among all processes.
    pub(crate) async fn begin(&self, pool: &AnyPool) -> Result<Transaction<'static, Any>, StoreError> {
        match self.engine {
            Engine::Sqlite => Ok(pool.begin_with("BEGIN IMMEDIATE").await?),
            Engine::Postgres => {
                let mut tx = pool.begin().await?;
                sqlx::query("select pg_advisory_xact_lock($1)").bind(WRITERS).execute(&mut *tx).await?;
                Ok(tx)
            }
        }
    }

    /// Begins a transaction that sees one moment of the house while others write.
    pub(crate) async fn begin_to_read(&self, pool: &AnyPool) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(pool
            .begin_with(match self.engine {
                Engine::Sqlite => "BEGIN",
                Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            })
            .await?)
    }

    /// Brings the tables up to date. Says the number of the last migration before and after.
    pub(crate) async fn migrate(&self, pool: &AnyPool) -> Result<(i64, i64), StoreError> {
        let before = self.schema(pool).await?;
        sqlx::migrate!("./migrations").run(pool).await?;
        if self.engine == Engine::Postgres {
            sort_text_by_bytes(pool).await?;
        }
        Ok((before, self.schema(pool).await?))
    }

    /// Number of the last migration; 0 in a database without tables.
    pub(crate) async fn schema(&self, pool: &AnyPool) -> Result<i64, StoreError> {
        let exists = match self.engine {
            Engine::Sqlite => "select count(*) from sqlite_master where name = '_sqlx_migrations'",
            Engine::Postgres => {
                "select count(*) from pg_tables where schemaname = current_schema() and tablename = '_sqlx_migrations'"
            }
        };
        let (exists,): (i64,) = sqlx::query_as(exists).fetch_one(pool).await?;
        if exists == 0 {
            return Ok(0);
        }
        let (schema,): (i64,) =
            sqlx::query_as("select coalesce(max(version), 0) from _sqlx_migrations").fetch_one(pool).await?;
        Ok(schema)
    }

    /// The engine's version, and how it makes a commit durable.
    pub(crate) async fn versions(&self, pool: &AnyPool) -> Result<(String, String), StoreError> {
        let (version, durability) = match self.engine {
            Engine::Sqlite => ("select 'SQLite ' || sqlite_version()", "pragma journal_mode"),
            Engine::Postgres => (
                "select 'PostgreSQL ' || current_setting('server_version')",
                "select 'fsync ' || current_setting('fsync')",
            ),
        };
        let (version,): (String,) = sqlx::query_as(version).fetch_one(pool).await?;
        let (durability,): (String,) = sqlx::query_as(durability).fetch_one(pool).await?;
        Ok((version, durability))
    }
}

/// PostgreSQL sorts text by the language of the database unless the column says otherwise; SQLite sorts bytes.
/// Lists and comparisons are the same on both when the columns say so.
async fn sort_text_by_bytes(pool: &AnyPool) -> Result<(), StoreError> {
    let mut tx = pool.begin().await?;
    sqlx::query("select pg_advisory_xact_lock($1)").bind(WRITERS).execute(&mut *tx).await?;
    let columns: Vec<(String,)> = sqlx::query_as(
        "select 'alter table ' || string_agg(change, ' ' ) from ( \
         select quote_ident(table_name) as house, quote_ident(table_name) || ' ' || \
         string_agg('alter column ' || quote_ident(column_name) || ' type text collate \"C\"', ', ') as change \
         from information_schema.columns join pg_tables on schemaname = table_schema and tablename = table_name \
         where table_schema = current_schema() and data_type = 'text' and collation_name is null \
         and table_name <> '_sqlx_migrations' group by table_name) tables group by house",
    )
    .fetch_all(&mut *tx)
    .await?;
    for (change,) in columns {
        sqlx::raw_sql(sqlx::AssertSqlSafe(change)).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

/// The bytes of a path as they stand in a URL.
fn percent_encoded(path: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    if path.bytes().all(plain) {
        return path.into();
    }
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

impl FromStr for Database {
    type Err = ParseDatabaseError;

    fn from_str(text: &str) -> Result<Self, ParseDatabaseError> {
        if let Some(file) = text.strip_prefix("sqlite:").filter(|file| !file.is_empty()) {
            return Ok(Self { engine: Engine::Sqlite, place: file.strip_prefix("//").unwrap_or(file).to_owned() });
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            AnyConnectOptions::from_str(text).map_err(|_| ParseDatabaseError::Url)?;
            return Ok(Self { engine: Engine::Postgres, place: text.to_owned() });
        }
        Err(ParseDatabaseError::Kind)
    }
}

impl std::fmt::Display for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.engine {
            Engine::Sqlite => f.write_str(&self.place),
            // All between the slashes and the last at-sign, and all after a question mark, may be secret.
            Engine::Postgres => {
                let place = self.place.split('?').next().unwrap_or_default();
                let place = place.split_once("://").map_or(place, |(_, rest)| rest);
                write!(f, "postgres://{}", place.rsplit_once('@').map_or(place, |(_, host)| host))
            }
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({self})")
    }
}

/// One connection, of either kind.
pub(crate) type Connection = AnyConnection;

/// The places for so many rows of so many values, bound one after the other: `($1, $2), ($3, $4)`.
///
/// To SQLite `$1` is a name, looked for among all names of the statement at each binding: with a hundred rows of sixteen
/// values that took a third of the time of what was written. A bare `?` has no name.
pub(crate) fn places(connection: &Connection, rows: usize, values: usize) -> String {
    use std::fmt::Write as _;
    let named = connection.backend_name() != "SQLite";
    let mut places = String::with_capacity(rows * values * 6);
    for row in 0..rows {
        for value in 0..values {
            places.push_str(match (value, row) {
                (0, 0) => "(",
                (0, _) => "), (",
                _ => ", ",
            });
            if named {
                // Writing into a text does not fail.
                let _ = write!(places, "${}", row * values + value + 1);
            } else {
                places.push('?');
            }
        }
    }
    places.push(')');
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_shown_without_its_secrets() {
        for (text, shown) in [
            ("sqlite:/a/house.db", Ok("/a/house.db")),
            ("sqlite:///a/house.db", Ok("/a/house.db")),
            ("sqlite:house.db", Ok("house.db")),
            ("postgres://me:canary@db.example/house", Ok("postgres://db.example/house")),
            ("postgresql://me:can@ary@db.example:5433/house", Ok("postgres://db.example:5433/house")),
            ("postgres:///house?host=/run/pg&password=canary", Ok("postgres:///house")),
            ("postgres://[", Err(ParseDatabaseError::Url)),
            ("sqlite:", Err(ParseDatabaseError::Kind)),
            ("mysql://canary", Err(ParseDatabaseError::Kind)),
            ("", Err(ParseDatabaseError::Kind)),
        ] {
            let database = text.parse::<Database>();
            assert_eq!(database.as_ref().map(ToString::to_string).map_err(|e| *e), shown.map(str::to_owned), "{text}");
            assert!(!format!("{database:?}").contains("canary"), "{text}");
        }
    }

    #[tokio::test]
    async fn rows_are_written_by_place_to_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let pool = Database::file(&folder.path().join("house.db")).connect().await.unwrap();
        let mut connection = pool.acquire().await.unwrap();
        for (rows, values, expected) in [(1, 1, "(?)"), (1, 3, "(?, ?, ?)"), (3, 2, "(?, ?), (?, ?), (?, ?)")] {
            assert_eq!(places(&connection, rows, values), expected);
        }
        sqlx::query("create table t (a bigint, b text)").execute(&mut *connection).await.unwrap();
        let sql = format!("insert into t values {}", places(&connection, 2, 2));
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(1_i64).bind("one").bind(2_i64).bind(None::<String>);
        query.execute(&mut *connection).await.unwrap();
        let rows: Vec<(i64, Option<String>)> =
            sqlx::query_as("select a, b from t order by a").fetch_all(&mut *connection).await.unwrap();
        assert_eq!(rows, [(1, Some("one".to_owned())), (2, None)]);
    }

    #[tokio::test]
    async fn a_file_may_be_called_anything() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a b.db", "100%.db", "what?.db", "#1.db", "æøå.db", "a&b=c.db"] {
            let path = folder.path().join(name);
            let pool = Database::file(&path).connect().await.unwrap();
            sqlx::query("create table t (n bigint)").execute(&pool).await.unwrap();
            pool.close().await;
            assert!(path.is_file(), "{name}");
        }
    }
}
