//! The tree, appended to at the right.

use super::{Hash, Nodes, TileId, empty_root, node_hash};
use crate::Leaf;

/// A Merkle tree of which only the right edge is in memory, at most some 50 kB; what is complete leaves it as [`Tile`]s.
///
/// INVARIANT: `levels[k]` holds the complete nodes of level `k` that are in no complete tile.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    levels: Vec<Level>,
    complete: Vec<Tile>,
}

#[derive(Debug, Clone, Default)]
struct Level {
    /// Number of the first node here.
    first: u64,
    nodes: Vec<Hash>,
}

/// Hashes of a complete tile.
const WIDTH: usize = 256;

/// 256 neighbouring nodes of a level that is a multiple of 8, as in the tiles of C2SP's tlog-tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Its place.
    pub id: TileId,
    /// Hash over all of it: an entry of a tile one level up.
    pub root: Hash,
    hashes: Vec<Hash>,
}

/// What a tree was written down as: for each level of tiles, how many are complete, and the hashes after them.
pub type Edge = Vec<(u64, Vec<Hash>)>;

/// Leaves with their places in the log, which may still be lost with the transaction that writes them.
#[derive(Debug)]
#[must_use = "appended leaves become a receipt when their transaction is committed"]
pub struct Appended {
    first: u64,
    hashes: Vec<Hash>,
}

/// Proof, within the program, that leaves were committed.
///
/// Only [`Appended::after_commit`] makes one.
#[derive(Debug)]
pub struct Receipt {
    first: u64,
    hashes: Vec<Hash>,
}

impl Appended {
    /// A passage's leaves at the places from `first` on.
    pub fn at(first: u64, leaves: &[Leaf]) -> Self {
        Self { first, hashes: leaves.iter().map(Leaf::hash).collect() }
    }

    /// The receipt, when the transaction that wrote the leaves was committed.
    ///
    /// This is the one place where the gate has to trust its caller: `result` must be the result of committing the
    /// transaction that wrote these leaves. Only `crates/store/src/passage.rs` may call it; `cargo xtask tidy` looks.
    ///
    /// # Errors
    /// The commit's own; the leaves are then not in the log and there is no receipt.
    pub fn after_commit<E>(self, result: Result<(), E>) -> Result<Receipt, E> {
        result.map(|()| Receipt { first: self.first, hashes: self.hashes })
    }

    /// Index of the first leaf.
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// Hashes of the leaves in order.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }
}

impl Receipt {
    /// Index of the first leaf.
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// Hashes of the leaves in order.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }
}

impl Tile {
    /// A tile as it was stored: 256 hashes of 32 bytes one after the other; `None` when it is not that long.
    pub fn from_bytes(id: TileId, bytes: &[u8]) -> Option<Self> {
        let (hashes, []) = bytes.as_chunks::<32>() else { return None };
        let hashes: Vec<Hash> = hashes.iter().map(|bytes| Hash(*bytes)).collect();
        (hashes.len() == WIDTH).then(|| Self { id, root: fold(&hashes), hashes })
    }

    /// The hashes one after the other, 8192 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| hash.0).collect()
    }

    /// The hash of a node within, `height` above the tile's own level.
    pub(super) fn node(&self, height: u32, index: u64) -> Option<Hash> {
        let start = usize::try_from(index << height).ok()? % WIDTH;
        self.hashes.get(start..start + (1 << height)).map(fold)
    }
}

/// Hash over a number of neighbours that is a power of two.
fn fold(hashes: &[Hash]) -> Hash {
    match hashes {
        [hash] => *hash,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&fold(left), &fold(right))
        }
    }
}

impl Tree {
    /// A tree of leaves whose hashes are known, in order.
    pub fn from_hashes(hashes: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::default();
        tree.extend(hashes);
        tree
    }

    /// A tree that was written down; `None` when the levels do not fit each other.
    pub fn from_edge(edge: Edge) -> Option<Self> {
        let mut tree = Self::default();
        for (level, (tiles, hashes)) in edge.iter().enumerate() {
            let above = edge.get(level + 1).map_or(0, |(tiles, hashes)| (tiles << 8) + hashes.len() as u64);
            if hashes.len() >= WIDTH || *tiles != above {
                return None;
            }
            for height in 0..8 {
                tree.levels.push(Level { first: (tiles << 8) >> height, nodes: Vec::new() });
            }
            for hash in hashes {
                tree.push(8 * level, *hash);
            }
        }
        Some(tree)
    }

    /// Appends a passage's leaves, in order.
    pub fn append(&mut self, leaves: &[Leaf]) -> Appended {
        let appended = Appended::at(self.size(), leaves);
        self.extend(appended.hashes.iter().copied());
        appended
    }

    /// Appends leaves by their hashes.
    pub fn extend(&mut self, hashes: impl IntoIterator<Item = Hash>) {
        for hash in hashes {
            self.push(0, hash);
            self.complete();
        }
    }

    /// The tiles that have become complete since this was last asked, to be stored.
    pub fn take_complete(&mut self) -> Vec<Tile> {
        std::mem::take(&mut self.complete)
    }

    /// The root of the whole tree.
    pub fn root(&self) -> Hash {
        // The edge holds every complete node that the root is made of.
        self.root_at(self.size()).unwrap_or_else(empty_root)
    }

    /// Puts a node at the end of its level, and the parents that it completes.
    fn push(&mut self, mut level: usize, mut hash: Hash) {
        loop {
            if self.levels.len() == level {
                self.levels.push(Level::default());
            }
            let Level { first, nodes } = &mut self.levels[level];
            nodes.push(hash);
            if !(*first + nodes.len() as u64).is_multiple_of(2) {
                return;
            }
            hash = node_hash(&nodes[nodes.len() - 2], &hash);
            level += 1;
        }
    }

    /// Takes complete tiles out of the edge.
    fn complete(&mut self) {
        for level in (0..self.levels.len()).step_by(8) {
            if self.levels[level].nodes.len() < WIDTH {
                return;
            }
            // The last of 256 nodes has completed its parents up to the tile's root, 8 levels above.
            let root = self.levels[level + 8].nodes.last().copied().unwrap_or_else(empty_root);
            let id = TileId { level: level as u32 / 8, index: self.levels[level].first >> 8 };
            let hashes = std::mem::take(&mut self.levels[level].nodes);
            for (height, within) in self.levels[level..level + 8].iter_mut().enumerate() {
                within.first = ((id.index + 1) << 8) >> height;
                within.nodes.clear();
            }
            self.complete.push(Tile { id, root, hashes });
        }
    }
}

impl Nodes for Tree {
    fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.first + leaves.nodes.len() as u64)
    }

    fn node(&self, level: u32, index: u64) -> Option<Hash> {
        let Level { first, nodes } = self.levels.get(level as usize)?;
        nodes.get(usize::try_from(index.checked_sub(*first)?).ok()?).copied()
    }
}
