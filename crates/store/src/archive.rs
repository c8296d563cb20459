//! A house in one file: a consistent copy while it is in use, that comes up again on either database.
//!
//! The file is compressed (zstd, with a checksum) and holds JSON, one value a line: what it is, the log's key, each
//! table with its columns and then its rows, and how many rows there were. Tables are found in the database's own
//! catalogue, in the order they were made, so that one refers only to those before it; a new table needs no line here.
//! Tiles of the log are left out, since they follow from its leaves. The lake's files follow the tables, each with its
//! name and then its bytes.

use crate::archived_files::{self, Coming};
use crate::catalogue::{self, Kind, Table};
use crate::{Connection, Database, StoreError, house, key, tiles};
use futures_util::TryStreamExt;
use indgang_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::fs::File;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::sync::Arc;

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Number of the last migration of the house it was made of.
    pub schema: i64,
    /// When it was made.
    pub at: Timestamp,
    /// Tables.
    pub tables: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Files of the lake.
    pub files: u64,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    House {
        format: u32,
        schema: i64,
        at: Timestamp,
        log_key: String,
    },
    Table {
        name: String,
        columns: Vec<String>,
    },
    Row(Vec<Value>),
    /// A file of the lake.
    File(String),
    /// The next bytes of it, as hexadecimal digits.
    Bytes(String),
    End {
        tables: u64,
        rows: u64,
        #[serde(default)]
        files: u64,
    },
}

/// The format this program writes; 1 had no files.
const FORMAT: u32 = 2;
const LEVEL: i32 = 3;

/// Writes a house into a new file, as it is at one moment; others go on reading and writing meanwhile. The file holds
/// persons' data and the log's key, and is readable by its owner only.
///
/// `progress` hears how many rows are written.
///
/// # Errors
/// When the file exists, cannot be written, or the house cannot be read; there is then no file of that name.
pub async fn backup(
    data_dir: &Path,
    database: &Database,
    out: &Path,
    at: Timestamp,
    progress: impl FnMut(u64) + Send,
) -> Result<Archived, StoreError> {
    let file = |source| StoreError::File { path: out.to_owned(), source };
    if out.exists() {
        return Err(file(std::io::ErrorKind::AlreadyExists.into()));
    }
    let beside = out.with_added_extension("part");
    let written = async {
        let part = key::private_file(&beside, true).map_err(file)?;
        let mut encoder = zstd::Encoder::new(part, LEVEL).map_err(file)?;
        encoder.include_checksum(true).map_err(file)?;
        let archived = write(data_dir, database, &mut encoder, at, progress).await?;
        let part = encoder.finish().map_err(file)?;
        part.sync_all().map_err(file)?;
        // A link does not replace a file that has come meanwhile.
        std::fs::hard_link(&beside, out).map_err(file)?;
        Ok(archived)
    };
    let written = written.await;
    let _ = std::fs::remove_file(&beside);
    written
}

/// Brings a house up out of a file, in a place where there is none: all of it or nothing. The log is the same to the
/// byte, under the same key.
///
/// `progress` hears how many rows are read.
///
/// # Errors
/// When there is a house already, the file is damaged or of a newer program, or the place cannot be written.
pub async fn restore(
    data_dir: &Path,
    database: &Database,
    from: &Path,
    progress: impl FnMut(u64) + Send,
) -> Result<Archived, StoreError> {
    let unreadable = |source| StoreError::File { path: from.to_owned(), source };
    let file = File::open(from).map_err(unreadable)?;
    let decoder = zstd::Decoder::new(file).map_err(unreadable)?;
    let mut archive = Reader { lines: BufReader::new(decoder).lines(), from };
    let Line::House { format: 1..=FORMAT, schema, at, log_key } = archive.next()? else {
        return Err(archive.damaged());
    };
    let log_key: [u8; 32] = from_hex(&log_key).and_then(|key| key.try_into().ok()).ok_or_else(|| archive.damaged())?;
    if key::is_here(data_dir) {
        return Err(StoreError::NotEmpty);
    }
    let made = database.path().filter(|path| !path.exists());
    let restored = fill(data_dir, database, &mut archive, (schema, &log_key), progress).await;
    if restored.is_err()
        && let Some(path) = made
    {
        // A file that this made is no house: it would be opened as an empty one.
        for file in ["", "-wal", "-shm"].map(|end| format!("{}{end}", path.display())) {
            let _ = std::fs::remove_file(file);
        }
    }
    let (tables, rows, files) = restored?;
    Ok(Archived { schema, at, tables, rows, files })
}

/// Fills empty tables out of an archive, in one transaction.
async fn fill(
    data_dir: &Path,
    database: &Database,
    archive: &mut Reader<'_>,
    (schema, log_key): (i64, &[u8; 32]),
    progress: impl FnMut(u64),
) -> Result<(u64, u64, u64), StoreError> {
    let mut coming = Coming::begin(data_dir)?;
    let pool = house::connect_here(data_dir, database).await?;
    let (_, newest) = database.migrate(&pool).await?;
    if schema > newest {
        return Err(StoreError::ArchiveNewer { schema, newest });
    }
    let mut tx = database.begin(&pool).await?;
    let tables = catalogue::tables(database.engine(), &mut tx).await?;
    for table in &tables {
        if catalogue::rows(&mut tx, table).await? > 0 {
            return Err(StoreError::NotEmpty);
        }
    }
    let (seen, rows) = read(archive, &mut tx, &tables, &mut coming, progress).await?;
    let files = coming.files;
    coming.place()?;
    tiles::complete(&mut tx).await?;
    tiles::load(&mut tx).await?;
    key::place(data_dir, log_key)?;
    if let Err(error) = tx.commit().await {
        key::remove(data_dir);
        return Err(error.into());
    }
    coming.keep();
    pool.close().await;
    Ok((seen, rows, files))
}

async fn write(
    data_dir: &Path,
    database: &Database,
    out: &mut (impl Write + Send),
    at: Timestamp,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Archived, StoreError> {
    let pool = database.connect_to_read().await?;
    let log_key = to_hex(&key::existing_bytes(data_dir)?);
    let schema = database.schema(&pool).await?;
    let mut tx = database.begin_to_read(&pool).await?;
    put(out, &Line::House { format: FORMAT, schema, at, log_key })?;
    let (mut tables, mut rows) = (0, 0);
    for table in catalogue::tables(database.engine(), &mut tx).await? {
        let columns = table.columns.iter().map(|(name, _)| name.clone()).collect();
        put(out, &Line::Table { name: table.name.clone(), columns })?;
        tables += 1;
        let mut stream = sqlx::query(sqlx::AssertSqlSafe(table.selection())).fetch(&mut *tx);
        while let Some(row) = stream.try_next().await? {
            let cells: Result<_, sqlx::Error> =
                table.columns.iter().enumerate().map(|(i, (_, kind))| cell(&row, i, *kind)).collect();
            put(out, &Line::Row(cells?))?;
            rows += 1;
            if rows % 1000 == 0 {
                progress(rows);
            }
        }
    }
    // The records are of one moment: the files that they name are there, and none of them changes.
    let mut files = 0;
    for name in archived_files::list(data_dir)? {
        put(out, &Line::File(name.clone()))?;
        archived_files::read(data_dir, &name, |piece| put(out, &Line::Bytes(to_hex(piece))))?;
        files += 1;
    }
    put(out, &Line::End { tables, rows, files })?;
    tx.rollback().await?;
    pool.close().await;
    Ok(Archived { schema, at, tables, rows, files })
}

async fn read(
    archive: &mut Reader<'_>,
    tx: &mut Connection,
    tables: &[Table],
    coming: &mut Coming,
    mut progress: impl FnMut(u64),
) -> Result<(u64, u64), StoreError> {
    let mut filling: Option<Filling> = None;
    let (mut seen, mut rows) = (0, 0);
    loop {
        match archive.next()? {
            Line::Table { name, columns } => {
                if let Some(last) = &mut filling {
                    last.write(tx, 1).await?;
                }
                let table = tables.iter().find(|table| table.name == name).and_then(|table| table.only(&columns));
                filling = Some(Filling { table: table.ok_or_else(|| archive.damaged())?, rows: Vec::new() });
                seen += 1;
            }
            Line::Row(row) => {
                let fits = |filling: &&mut Filling| filling.table.columns.len() == row.len();
                let filling = filling.as_mut().filter(fits).ok_or_else(|| archive.damaged())?;
                filling.rows.push(row);
                if filling.rows.len() == TOGETHER {
                    filling.write(tx, TOGETHER).await?;
                }
                rows += 1;
                if rows % 1000 == 0 {
                    progress(rows);
                }
            }
            Line::File(name) => {
                if !coming.file(&name)? {
                    return Err(archive.damaged());
                }
            }
            Line::Bytes(hex) => {
                let bytes = from_hex(&hex).ok_or_else(|| archive.damaged())?;
                if !coming.piece(&bytes)? {
                    return Err(archive.damaged());
                }
            }
            Line::End { tables, rows: told, files } if (tables, told, files) == (seen, rows, coming.files) => {
                if let Some(last) = &mut filling {
                    last.write(tx, 1).await?;
                }
                archive.ended()?;
                return Ok((tables, rows));
            }
            Line::End { .. } | Line::House { .. } => return Err(archive.damaged()),
        }
    }
}

/// Rows that go in with one statement.
const TOGETHER: usize = 32;

/// A table that is being filled, and the rows that wait for it.
struct Filling {
    table: Table,
    rows: Vec<Vec<Value>>,
}

impl Filling {
    /// Writes the rows that wait, so many with a statement.
    async fn write(&mut self, tx: &mut Connection, together: usize) -> Result<(), StoreError> {
        let sql: Arc<str> = self.table.insertion(tx, together).into();
        for rows in self.rows.chunks(together) {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(Arc::clone(&sql)));
            for (value, (_, kind)) in rows.iter().flat_map(|row| row.iter().zip(&self.table.columns)) {
                // A null has a type too, which PostgreSQL holds against the column's.
                query = match (kind, value) {
                    (Kind::Text, Value::Null) => query.bind(None::<String>),
                    (Kind::Number, Value::Null) => query.bind(None::<i64>),
                    (Kind::Bytes, Value::Null) => query.bind(None::<Vec<u8>>),
                    (Kind::Text, Value::String(text)) => query.bind(text.clone()),
                    (Kind::Number, Value::Number(number)) => {
                        query.bind(number.as_i64().ok_or(StoreError::Corrupt("archive"))?)
                    }
                    (Kind::Bytes, Value::String(hex)) => {
                        query.bind(from_hex(hex).ok_or(StoreError::Corrupt("archive"))?)
                    }
                    _ => return Err(StoreError::Corrupt("archive")),
                };
            }
            query.execute(&mut *tx).await?;
        }
        self.rows.clear();
        Ok(())
    }
}

fn cell(row: &AnyRow, column: usize, kind: Kind) -> Result<Value, sqlx::Error> {
    Ok(match kind {
        Kind::Text => row.try_get::<Option<String>, _>(column)?.map_or(Value::Null, Value::String),
        Kind::Number => row.try_get::<Option<i64>, _>(column)?.map_or(Value::Null, Value::from),
        Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(column)?.map_or(Value::Null, |b| Value::String(to_hex(&b))),
    })
}

fn put(out: &mut impl Write, line: &Line) -> Result<(), StoreError> {
    let written =
        serde_json::to_writer(&mut *out, line).map_err(std::io::Error::from).and_then(|()| out.write_all(b"\n"));
    written.map_err(|source| StoreError::File { path: "the archive".into(), source })
}

struct Reader<'f> {
    lines: Lines<BufReader<zstd::Decoder<'static, BufReader<File>>>>,
    from: &'f Path,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Line, StoreError> {
        let line = self.lines.next().and_then(Result::ok).ok_or_else(|| self.damaged())?;
        serde_json::from_str(&line).map_err(|_| self.damaged())
    }

    /// Reads on to the checksum, which stands behind the last line.
    fn ended(&mut self) -> Result<(), StoreError> {
        if self.lines.next().is_none() { Ok(()) } else { Err(self.damaged()) }
    }

    fn damaged(&self) -> StoreError {
        StoreError::Archive(self.from.to_owned())
    }
}

fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digit = |byte: u8| char::from(DIGITS[usize::from(byte & 15)]);
    let mut text = String::with_capacity(2 * bytes.len());
    bytes.iter().for_each(|byte| text.extend([digit(byte >> 4), digit(*byte)]));
    text
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
