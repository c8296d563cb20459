//! The log's tree as it is stored: complete tiles of 256 hashes, so that a proof reads a few of them and opening a house
//! reads the right edge only, however long the log is.
//!
//! The layout is that of C2SP's tlog-tiles; a tile that is not complete is not stored, since the leaves' own hashes and
//! the roots of the tiles below give it.

use crate::error::{signed, stored, unsigned};
use crate::{Connection, StoreError, log};
use indgang_gate::log::{Edge, Hash, Nodes, Tile, TileId, Tree};
use std::collections::BTreeSet;

const WHAT: &str = "log_tiles";
/// Leaves taken in at a time.
const PAGE: u64 = 8192;

pub(crate) async fn insert(tx: &mut Connection, tiles: &[Tile]) -> Result<(), StoreError> {
    for tile in tiles {
        sqlx::query("insert into log_tiles (level, tile, root, hashes) values ($1, $2, $3, $4)")
            .bind(i64::from(tile.id.level))
            .bind(signed(WHAT, tile.id.index)?)
            .bind(tile.root.to_string())
            .bind(tile.to_bytes())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// The tiles with these places, as far as they are there.
pub(crate) async fn read(tx: &mut Connection, wanted: BTreeSet<TileId>) -> Result<Vec<Tile>, StoreError> {
    let mut tiles = Vec::with_capacity(wanted.len());
    for id in wanted {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("select hashes from log_tiles where level = $1 and tile = $2")
            .bind(i64::from(id.level))
            .bind(signed(WHAT, id.index)?)
            .fetch_optional(&mut *tx)
            .await?;
        if let Some((bytes,)) = row {
            tiles.push(Tile::from_bytes(id, &bytes).ok_or(StoreError::Corrupt(WHAT))?);
        }
    }
    Ok(tiles)
}

/// The tree's right edge, held against the last checkpoint.
pub(crate) async fn load(tx: &mut Connection) -> Result<Tree, StoreError> {
    let mut edge: Edge = Vec::new();
    loop {
        let level = edge.len() as i64;
        let tiles = count(tx, level).await?;
        let hashes = match level {
            0 => log::hashes(tx, 256 * tiles, 256).await?,
            _ => roots(tx, level - 1, 256 * tiles).await?,
        };
        let last = hashes.is_empty() && tiles == 0;
        if last && level > 0 {
            break;
        }
        edge.push((tiles, hashes));
        if last {
            break;
        }
    }
    let tree = Tree::from_edge(edge).ok_or(StoreError::LogChanged)?;
    let last = log::last_checkpoint(tx).await?.map(|signed| signed.checkpoint);
    let same = last.map_or(tree.size() == 0, |last| last.size == tree.size() && last.root == tree.root());
    if same { Ok(tree) } else { Err(StoreError::LogChanged) }
}

/// Makes the tiles of a log that has none: one that was begun before there were any, or that came out of an archive.
pub(crate) async fn complete(tx: &mut Connection) -> Result<(), StoreError> {
    if count(tx, 0).await? > 0 {
        return Ok(());
    }
    log::fill_columns(tx).await?;
    if log::size(tx).await? < 256 {
        return Ok(());
    }
    let mut tree = Tree::default();
    loop {
        let hashes = log::hashes(tx, tree.size(), PAGE).await?;
        if hashes.is_empty() {
            return Ok(());
        }
        tree.extend(hashes);
        insert(tx, &tree.take_complete()).await?;
    }
}

/// How many tiles of a level are stored.
pub(crate) async fn count(tx: &mut Connection, level: i64) -> Result<u64, StoreError> {
    let (count,): (i64,) = sqlx::query_as("select coalesce(max(tile) + 1, 0) from log_tiles where level = $1")
        .bind(level)
        .fetch_one(tx)
        .await?;
    unsigned(WHAT, count)
}

async fn roots(tx: &mut Connection, level: i64, from: u64) -> Result<Vec<Hash>, StoreError> {
    let rows: Vec<(String,)> =
        sqlx::query_as("select root from log_tiles where level = $1 and tile >= $2 order by tile limit 256")
            .bind(level)
            .bind(signed(WHAT, from)?)
            .fetch_all(tx)
            .await?;
    rows.iter().map(|(root,)| stored(WHAT, root)).collect()
}
