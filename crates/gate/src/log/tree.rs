//! The tree, appended to at the right.

use super::{Hash, empty_root, leaf_hash, node_hash};
use crate::Leaf;

/// A Merkle tree with every complete node in memory: 64 bytes a leaf.
///
/// INVARIANT: `levels[k][i]` is the hash over leaves `i·2^k .. (i+1)·2^k`, and only complete nodes are held.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    levels: Vec<Vec<Hash>>,
}

/// Leaves that stand in the tree but may still be lost with the transaction that writes them.
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

impl Tree {
    /// A tree of leaves whose hashes are known, in order.
    pub fn from_hashes(hashes: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::default();
        tree.extend(hashes);
        tree
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Appends a passage's leaves, in order.
    pub fn append(&mut self, leaves: &[Leaf]) -> Appended {
        let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf.text().as_bytes())).collect();
        let first = self.size();
        self.extend(hashes.iter().copied());
        Appended { first, hashes }
    }

    /// Appends leaves that another process has committed.
    pub fn extend(&mut self, hashes: impl IntoIterator<Item = Hash>) {
        for hash in hashes {
            self.push(0, hash);
        }
    }

    /// Forgets the leaves from `size` on: their transaction was rolled back.
    pub fn truncate(&mut self, size: u64) {
        for (level, nodes) in self.levels.iter_mut().enumerate() {
            nodes.truncate(usize::try_from(size >> level).unwrap_or(usize::MAX));
        }
    }

    /// Hash of a leaf.
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        self.levels.first()?.get(usize::try_from(index).ok()?).copied()
    }

    /// The root of the whole tree.
    pub fn root(&self) -> Hash {
        self.range(0, self.size()).unwrap_or_else(empty_root)
    }

    /// The root when the tree had `size` leaves; `None` when it never had so many.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        if size == 0 { Some(empty_root()) } else { self.range(0, size) }
    }

    /// Inclusion proof (RFC 6962 § 2.1.1) of a leaf in the tree of the first `size` leaves.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        if index >= size || size > self.size() {
            return None;
        }
        let mut path = Vec::new();
        let (mut start, mut end) = (0, size);
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(self.range(middle, end)?);
                end = middle;
            } else {
                path.push(self.range(start, middle)?);
                start = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// Consistency proof (RFC 6962 § 2.1.2) from the first `old` leaves to the first `new`.
    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        if old == 0 || old > new || new > self.size() {
            return None;
        }
        let mut path = Vec::new();
        let (mut start, mut end, mut whole) = (0, new, true);
        while old < end {
            let middle = start + split(end - start);
            if old <= middle {
                path.push(self.range(middle, end)?);
                end = middle;
            } else {
                path.push(self.range(start, middle)?);
                start = middle;
                whole = false;
            }
        }
        if !whole {
            path.push(self.range(start, end)?);
        }
        path.reverse();
        Some(path)
    }

    fn push(&mut self, level: usize, hash: Hash) {
        if self.levels.len() == level {
            self.levels.push(Vec::new());
        }
        let nodes = &mut self.levels[level];
        nodes.push(hash);
        if nodes.len().is_multiple_of(2) {
            let parent = node_hash(&nodes[nodes.len() - 2], &nodes[nodes.len() - 1]);
            self.push(level + 1, parent);
        }
    }

    /// Hash over leaves `start..end`, where `start` is a multiple of the greatest power of two that is at least the
    /// length, as every range of the recursion is.
    fn range(&self, start: u64, end: u64) -> Option<Hash> {
        let length = end.checked_sub(start)?;
        if length == 0 || end > self.size() {
            return None;
        }
        if length.is_power_of_two() {
            let level = length.trailing_zeros();
            return self.levels.get(level as usize)?.get(usize::try_from(start >> level).ok()?).copied();
        }
        let middle = start + split(length);
        Some(node_hash(&self.range(start, middle)?, &self.range(middle, end)?))
    }
}

/// The greatest power of two less than `n`, for `n > 1`.
const fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}
