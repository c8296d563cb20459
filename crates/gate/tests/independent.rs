//! Proofs of the log, checked by a verifier that shares nothing with the house's: it follows the recursive definitions
//! of PATH and SUBPROOF (RFC 9162 § 2.1.3.1 and § 2.1.4.1) backwards, where the house's counts bits.
//! Both are held against the test vectors of `transparency-dev/merkle`, of which most must fail.

use indgang_gate::log::{Hash, Nodes, Tree, leaf_hash, verify_consistency, verify_inclusion};
use proptest::prelude::*;
use serde::Deserialize;
use sha2::{Digest, Sha256};

type Digest32 = [u8; 32];

fn node(left: &Digest32, right: &Digest32) -> Digest32 {
    let bytes = [&[1][..], left, right].concat();
    Sha256::digest(bytes).into()
}

/// The greatest power of two less than `n`, for `n > 1`, found by doubling.
fn k_of(n: u64) -> u64 {
    let mut k = 1;
    while u128::from(k) * 2 < u128::from(n) {
        k *= 2;
    }
    k
}

/// The root over `n` leaves of which number `m` has this hash: PATH(m, D[n]) read from its end, where the root is near.
fn root_by_path(leaf: &Digest32, m: u64, n: u64, path: &[Digest32]) -> Option<Digest32> {
    if n == 0 || m >= n {
        return None;
    }
    if n == 1 {
        return path.is_empty().then_some(*leaf);
    }
    let (last, rest) = path.split_last()?;
    let k = k_of(n);
    Some(if m < k {
        node(&root_by_path(leaf, m, k, rest)?, last)
    } else {
        node(last, &root_by_path(leaf, m - k, n - k, rest)?)
    })
}

/// The roots over the first `m` and over all `n` leaves: SUBPROOF(m, D[n], whole) read from its end.
fn roots_by_subproof(
    m: u64,
    n: u64,
    whole: bool,
    old_root: &Digest32,
    path: &[Digest32],
) -> Option<(Digest32, Digest32)> {
    if m == n {
        return match (whole, path) {
            (true, []) => Some((*old_root, *old_root)),
            (false, [one]) => Some((*one, *one)),
            _ => None,
        };
    }
    let (last, rest) = path.split_last()?;
    let k = k_of(n);
    Some(if m <= k {
        let (old, new) = roots_by_subproof(m, k, whole, old_root, rest)?;
        (old, node(&new, last))
    } else {
        let (old, new) = roots_by_subproof(m - k, n - k, false, old_root, rest)?;
        (node(last, &old), node(last, &new))
    })
}

fn included(leaf: &Digest32, m: u64, n: u64, path: &[Digest32], root: &Digest32) -> bool {
    root_by_path(leaf, m, n, path).as_ref() == Some(root)
}

fn consistent(m: u64, old: &Digest32, n: u64, new: &Digest32, path: &[Digest32]) -> bool {
    m > 0 && m <= n && roots_by_subproof(m, n, true, old, path) == Some((*old, *new))
}

#[derive(Deserialize)]
struct Vectors {
    inclusion: Vec<Inclusion>,
    consistency: Vec<Consistency>,
}

#[derive(Deserialize)]
struct Inclusion {
    name: String,
    holds: bool,
    index: u64,
    size: u64,
    leaf_hash: String,
    root: String,
    path: Vec<String>,
}

#[derive(Deserialize)]
struct Consistency {
    name: String,
    holds: bool,
    old: u64,
    new: u64,
    old_root: String,
    new_root: String,
    path: Vec<String>,
}

/// `None` when one of them is no hash: some vectors have an empty root.
fn hashes<'t>(texts: impl IntoIterator<Item = &'t String>) -> Option<Vec<Hash>> {
    texts.into_iter().map(|text| text.parse().ok()).collect()
}

fn raw(hashes: &[Hash]) -> Vec<Digest32> {
    hashes.iter().map(|hash| hash.0).collect()
}

#[test]
fn both_verifiers_say_of_every_published_vector_what_it_says_of_itself() {
    let vectors: Vectors = serde_json::from_str(include_str!("data/merkle-vectors.json")).unwrap();
    assert_eq!((vectors.inclusion.len(), vectors.consistency.len()), (98, 97));
    for v in vectors.inclusion {
        let said = hashes([&v.leaf_hash, &v.root]).zip(hashes(&v.path)).map(|(ends, path)| {
            let ours = verify_inclusion(&ends[0], v.index, v.size, &path, &ends[1]);
            (ours, included(&ends[0].0, v.index, v.size, &raw(&path), &ends[1].0))
        });
        assert_eq!(said.unwrap_or_default(), (v.holds, v.holds), "{}", v.name);
    }
    for v in vectors.consistency {
        let said = hashes([&v.old_root, &v.new_root]).zip(hashes(&v.path)).map(|(ends, path)| {
            let ours = verify_consistency(v.old, &ends[0], v.new, &ends[1], &path);
            (ours, consistent(v.old, &ends[0].0, v.new, &ends[1].0, &raw(&path)))
        });
        assert_eq!(said.unwrap_or_default(), (v.holds, v.holds), "{}", v.name);
    }
}

#[test]
fn the_trees_proofs_up_to_130_leaves_satisfy_the_independent_verifier() {
    let tree = Tree::from_hashes((0..130u64).map(|i| leaf_hash(&i.to_be_bytes())));
    for size in 1..=130u64 {
        let root = tree.root_at(size).unwrap().0;
        for index in 0..size {
            let path = raw(&tree.inclusion(index, size).unwrap());
            assert!(included(&leaf_hash(&index.to_be_bytes()).0, index, size, &path, &root), "{index} of {size}");
        }
        for old in 1..=size {
            let path = raw(&tree.consistency(old, size).unwrap());
            assert!(consistent(old, &tree.root_at(old).unwrap().0, size, &root, &path), "{old} to {size}");
        }
    }
}

proptest! {
    #[test]
    fn both_verifiers_agree_on_a_proof_that_was_meddled_with(
        (size, a, b) in (1u64..200, any::<u64>(), any::<u64>()),
        (at, bit, cut, longer) in (any::<usize>(), 0u8..8, any::<bool>(), any::<bool>()),
        (index_off, size_off) in (-2i64..3, -2i64..3),
    ) {
        let tree = Tree::from_hashes((0..size).map(|i| leaf_hash(&i.to_be_bytes())));
        let (index, old) = (a % size, b % size + 1);
        let meddle = |mut path: Vec<Hash>| {
            if !path.is_empty() {
                let place = at % path.len();
                path[place].0[at % 32] ^= if index_off == 0 && size_off == 0 { 1 << bit } else { 0 };
                if cut { path.pop(); }
            }
            if longer { path.push(leaf_hash(b"longer")); }
            path
        };
        let root = tree.root();
        let leaf = leaf_hash(&index.to_be_bytes());
        let path = meddle(tree.inclusion(index, size).unwrap());
        let (i, n) = (index.saturating_add_signed(index_off), size.saturating_add_signed(size_off));
        prop_assert_eq!(
            verify_inclusion(&leaf, i, n, &path, &root),
            included(&leaf.0, i, n, &raw(&path), &root.0)
        );
        let old_root = tree.root_at(old).unwrap();
        let path = meddle(tree.consistency(old, size).unwrap());
        let (m, n) = (old.saturating_add_signed(index_off), size.saturating_add_signed(size_off));
        prop_assert_eq!(
            verify_consistency(m, &old_root, n, &root, &path),
            consistent(m, &old_root.0, n, &root.0, &raw(&path))
        );
    }
}
