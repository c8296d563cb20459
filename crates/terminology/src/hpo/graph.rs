//! The transitive closure, both ways, in two flat lists.

use super::{Term, TermIndex};

/// Ancestors and descendants of every term, each term among its own.
#[derive(Debug, Clone)]
pub(super) struct Closure {
    up: Lists,
    down: Lists,
}

#[derive(Debug, Clone)]
struct Lists {
    starts: Vec<u32>,
    items: Vec<TermIndex>,
}

impl Lists {
    fn of(&self, index: TermIndex) -> &[TermIndex] {
        &self.items[self.starts[index.usize()] as usize..self.starts[index.usize() + 1] as usize]
    }
}

impl Closure {
    /// `terms` in topological order: every parent stands before its children.
    pub(super) fn new(terms: &[Term]) -> Self {
        let up = ancestors(terms);
        let down = invert(&up, terms.len());
        Self { up, down }
    }

    pub(super) fn ancestors(&self, index: TermIndex) -> &[TermIndex] {
        self.up.of(index)
    }

    pub(super) fn descendants(&self, index: TermIndex) -> &[TermIndex] {
        self.down.of(index)
    }
}

fn ancestors(terms: &[Term]) -> Lists {
    let mut lists = Lists { starts: vec![0], items: Vec::with_capacity(terms.len() * 12) };
    let mut scratch: Vec<TermIndex> = Vec::new();
    for (i, term) in terms.iter().enumerate() {
        scratch.clear();
        for parent in &term.parents {
            scratch.extend_from_slice(lists.of(*parent));
        }
        scratch.sort_unstable();
        scratch.dedup();
        // The term itself stands after all its ancestors.
        scratch.push(TermIndex(i as u32));
        lists.items.extend_from_slice(&scratch);
        lists.starts.push(lists.items.len() as u32);
    }
    lists
}

fn invert(up: &Lists, n: usize) -> Lists {
    let mut starts = vec![0u32; n + 1];
    for ancestor in &up.items {
        starts[ancestor.usize() + 1] += 1;
    }
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut items = vec![TermIndex(0); up.items.len()];
    for i in 0..n {
        for ancestor in up.of(TermIndex(i as u32)) {
            items[next[ancestor.usize()] as usize] = TermIndex(i as u32);
            next[ancestor.usize()] += 1;
        }
    }
    Lists { starts, items }
}
