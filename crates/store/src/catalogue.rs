//! The tables of a database as its own catalogue tells them.

use crate::database::places;
use crate::{Connection, Engine, StoreError};

/// A table to be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<(String, Kind)>,
}

/// What a column holds, besides null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Bytes,
}

impl Table {
    /// The table with these columns only, in this order; `None` when it has not all of them.
    pub(crate) fn only(&self, columns: &[String]) -> Option<Self> {
        let column = |name: &String| self.columns.iter().find(|(own, _)| own == name).cloned();
        let columns = columns.iter().map(column).collect::<Option<_>>()?;
        Some(Self { name: self.name.clone(), columns })
    }

    /// `select` of every row.
    pub(crate) fn selection(&self) -> String {
        format!("select {} from {}", self.names(), quoted(&self.name))
    }

    /// `insert` of a number of rows.
    pub(crate) fn insertion(&self, connection: &Connection, rows: usize) -> String {
        let places = places(connection, rows, self.columns.len());
        format!("insert into {} ({}) values {places}", quoted(&self.name), self.names())
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|(name, _)| quoted(name)).collect();
        names.join(", ")
    }
}

/// The tables that are copied, in the order they were made, so that each refers to earlier ones only.
pub(crate) async fn tables(engine: Engine, tx: &mut Connection) -> Result<Vec<Table>, StoreError> {
    let names: Vec<(String,)> = sqlx::query_as(match engine {
        Engine::Sqlite => {
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by rowid"
        }
        Engine::Postgres => {
            "select relname::text from pg_class where relkind = 'r' \
             and relnamespace = current_schema()::regnamespace order by oid"
        }
    })
    .fetch_all(&mut *tx)
    .await?;
    let mut tables = Vec::new();
    for (name,) in names {
        // The one is the migrations' own, the other follows from the log's leaves.
        if name == "_sqlx_migrations" || name == "log_tiles" {
            continue;
        }
        let columns: Vec<(String, String)> = sqlx::query_as(match engine {
            Engine::Sqlite => "select name, lower(type) from pragma_table_info($1) order by cid",
            Engine::Postgres => {
                "select column_name::text, data_type::text from information_schema.columns \
                 where table_schema = current_schema() and table_name = $1 order by ordinal_position"
            }
        })
        .bind(&name)
        .fetch_all(&mut *tx)
        .await?;
        let columns = columns.into_iter().map(|(name, kind)| Ok((name, kind_of(&kind)?)));
        let columns = columns.collect::<Result<_, StoreError>>()?;
        tables.push(Table { name, columns });
    }
    Ok(tables)
}

/// How many rows a table has.
pub(crate) async fn rows(tx: &mut Connection, table: &Table) -> Result<i64, StoreError> {
    let sql = format!("select count(*) from {}", quoted(&table.name));
    let (rows,): (i64,) = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(tx).await?;
    Ok(rows)
}

fn kind_of(declared: &str) -> Result<Kind, StoreError> {
    match declared {
        "text" => Ok(Kind::Text),
        "bigint" => Ok(Kind::Number),
        "bytea" => Ok(Kind::Bytes),
        _ => Err(StoreError::Corrupt("a column that is neither text, bigint nor bytea")),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
