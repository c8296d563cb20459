//! Roots and proofs of a tree, from whatever holds its nodes.

use super::{Hash, Tile, Tree, empty_root, node_hash};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The complete nodes of a tree of [`size`](Nodes::size) leaves, and what follows from them.
pub trait Nodes {
    /// Number of leaves.
    fn size(&self) -> u64;

    /// The hash over leaves `index·2^level .. (index+1)·2^level`; `None` when it is not at hand.
    fn node(&self, level: u32, index: u64) -> Option<Hash>;

    /// The root when the tree had `size` leaves; `None` when it never had so many, or a node is not at hand.
    fn root_at(&self, size: u64) -> Option<Hash> {
        if size == 0 { Some(empty_root()) } else { range(self, 0, size) }
    }

    /// Inclusion proof (RFC 6962 § 2.1.1) of a leaf in the tree of the first `size` leaves.
    fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        if index >= size || size > self.size() {
            return None;
        }
        let mut path = Vec::new();
        let (mut start, mut end) = (0, size);
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(range(self, middle, end)?);
                end = middle;
            } else {
                path.push(range(self, start, middle)?);
                start = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// Consistency proof (RFC 6962 § 2.1.2) from the first `old` leaves to the first `new`.
    fn consistency(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        if old == 0 || old > new || new > self.size() {
            return None;
        }
        let mut path = Vec::new();
        let (mut start, mut end, mut whole) = (0, new, true);
        while old < end {
            let middle = start + split(end - start);
            if old <= middle {
                path.push(range(self, middle, end)?);
                end = middle;
            } else {
                path.push(range(self, start, middle)?);
                start = middle;
                whole = false;
            }
        }
        if !whole {
            path.push(range(self, start, end)?);
        }
        path.reverse();
        Some(path)
    }
}

/// The place of a tile: it holds the nodes of level `8·level` from number `256·index` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TileId {
    /// 0 holds hashes of leaves, 1 the roots of tiles of level 0, and so on.
    pub level: u32,
    /// Number within its level.
    pub index: u64,
}

/// A tree's edge together with some complete tiles from where they are stored.
#[derive(Debug)]
pub struct Tiled<'t> {
    edge: &'t Tree,
    tiles: BTreeMap<TileId, Tile>,
}

impl<'t> Tiled<'t> {
    /// The complete tiles that an answer about a tree is made of, beside its edge.
    ///
    /// `ask` is the question itself: a call of one of the methods of [`Nodes`].
    pub fn wanted<T>(edge: &'t Tree, ask: impl Fn(&dyn Nodes) -> T) -> BTreeSet<TileId> {
        let wanted = Wanted { edge, tiles: RefCell::default() };
        ask(&wanted);
        wanted.tiles.into_inner()
    }

    /// Nodes of the edge and of these tiles.
    pub fn new(edge: &'t Tree, tiles: impl IntoIterator<Item = Tile>) -> Self {
        Self { edge, tiles: tiles.into_iter().map(|tile| (tile.id, tile)).collect() }
    }
}

impl Nodes for Tiled<'_> {
    fn size(&self) -> u64 {
        self.edge.size()
    }

    fn node(&self, level: u32, index: u64) -> Option<Hash> {
        self.edge.node(level, index).or_else(|| self.tiles.get(&tile_of(level, index))?.node(level % 8, index))
    }
}

/// Writes down which tiles are asked for.
struct Wanted<'t> {
    edge: &'t Tree,
    tiles: RefCell<BTreeSet<TileId>>,
}

impl Nodes for Wanted<'_> {
    fn size(&self) -> u64 {
        self.edge.size()
    }

    fn node(&self, level: u32, index: u64) -> Option<Hash> {
        self.edge.node(level, index).or_else(|| {
            self.tiles.borrow_mut().insert(tile_of(level, index));
            Some(empty_root())
        })
    }
}

const fn tile_of(level: u32, index: u64) -> TileId {
    TileId { level: level / 8, index: index >> (8 - level % 8) }
}

/// Hash over leaves `start..end`, where `start` is a multiple of the greatest power of two that is at least the
/// length, as every range of the recursion is.
fn range<N: Nodes + ?Sized>(nodes: &N, start: u64, end: u64) -> Option<Hash> {
    let length = end.checked_sub(start)?;
    if length == 0 || end > nodes.size() {
        return None;
    }
    if length.is_power_of_two() {
        let level = length.trailing_zeros();
        return nodes.node(level, start >> level);
    }
    let middle = start + split(length);
    Some(node_hash(&range(nodes, start, middle)?, &range(nodes, middle, end)?))
}

/// The greatest power of two less than `n`, for `n > 1`.
const fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}
