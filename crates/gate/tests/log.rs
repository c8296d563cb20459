//! The log's tree against published vectors, a tree built by definition, and every proof of every small size.

use indgang_gate::log::{
    Checkpoint, Hash, Nodes, SigningKey, Tile, TileId, Tiled, Tree, empty_root, leaf_hash, node_hash,
    verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

/// RFC 6962 § 2.1, written as the definition stands.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let k = (0..).map(|bit| 1 << bit).take_while(|k| *k < leaves.len()).last().unwrap();
            node_hash(&by_definition(&leaves[..k]), &by_definition(&leaves[k..]))
        }
    }
}

fn hashes(n: u64) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

#[test]
fn published_roots() {
    // The eight leaves and roots that Certificate Transparency's reference implementations share.
    let leaves: [&[u8]; 8] = [b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    assert_eq!(empty_root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    let mut tree = Tree::default();
    assert_eq!(tree.root(), empty_root());
    for (leaf, root) in leaves.iter().zip(roots) {
        tree.extend([leaf_hash(leaf)]);
        assert_eq!(tree.root().to_string(), root);
    }
}

#[test]
fn every_inclusion_proof_up_to_70_verifies_and_no_other_leaf_place_or_root_does() {
    let leaves = hashes(70);
    let tree = Tree::from_hashes(leaves.iter().copied());
    let other = leaf_hash(b"another");
    for size in 1..=70 {
        let root = by_definition(&leaves[..size as usize]);
        assert_eq!(tree.root_at(size), Some(root));
        for index in 0..size {
            let path = tree.inclusion(index, size).unwrap();
            let leaf = leaves[index as usize];
            assert!(verify_inclusion(&leaf, index, size, &path, &root), "{index} of {size}");
            assert!(!verify_inclusion(&other, index, size, &path, &root));
            assert!(!verify_inclusion(&leaf, index, size, &path, &other));
            assert!(!verify_inclusion(&leaf, index + 1, size, &path, &root));
            if let [shorter @ .., _] = &path[..] {
                assert!(!verify_inclusion(&leaf, index, size, shorter, &root));
            }
            let longer: Vec<Hash> = path.iter().copied().chain([other]).collect();
            assert!(!verify_inclusion(&leaf, index, size, &longer, &root));
        }
        assert_eq!(tree.inclusion(size, size), None);
    }
    assert_eq!(tree.inclusion(0, 71), None);
}

#[test]
fn every_pair_of_sizes_up_to_70_is_consistent_and_a_changed_past_is_not() {
    let leaves = hashes(70);
    let tree = Tree::from_hashes(leaves.iter().copied());
    let other = leaf_hash(b"another");
    for new in 1..=70 {
        for old in 1..=new {
            let (old_root, new_root) = (tree.root_at(old).unwrap(), tree.root_at(new).unwrap());
            let path = tree.consistency(old, new).unwrap();
            assert!(verify_consistency(old, &old_root, new, &new_root, &path), "{old} to {new}");
            assert!(!verify_consistency(old, &other, new, &new_root, &path));
            assert!(!verify_consistency(old, &old_root, new, &other, &path));
        }
    }
    assert_eq!(tree.consistency(0, 70), None);
    assert_eq!(tree.consistency(71, 70), None);
}

/// A tree with more than two levels of tiles, and its complete tiles as they are stored.
fn tiled(size: u64) -> (Tree, Vec<(TileId, Vec<u8>)>) {
    let mut tree = Tree::from_hashes(hashes(size));
    let tiles = tree.take_complete();
    (tree, tiles.iter().map(|tile| (tile.id, tile.to_bytes())).collect())
}

#[test]
fn proofs_out_of_tiles_verify_at_every_seam() {
    let size = 256 * 256 + 256 + 3;
    let (tree, tiles) = tiled(size);
    assert_eq!(tiles.len(), 256 + 1 + 1); // 257 of leaves, one of roots
    let read = |wanted: std::collections::BTreeSet<TileId>| {
        assert!(wanted.len() <= 4, "{wanted:?}");
        let stored = tiles.iter().filter(|(id, _)| wanted.contains(id));
        Tiled::new(&tree, stored.map(|(id, bytes)| Tile::from_bytes(*id, bytes).unwrap()).collect::<Vec<_>>())
    };
    let root_at = |at: u64| read(Tiled::wanted(&tree, |nodes| nodes.root_at(at))).root_at(at).unwrap();
    assert_eq!(root_at(size), tree.root());
    let seams = [1, 2, 255, 256, 257, 300, 511, 512, 4096, 65535, 65536, 65537, 65792, 65793, size - 1, size];
    for at in seams {
        let root = by_definition(&hashes(at));
        assert_eq!(root_at(at), root, "{at}");
        for index in seams.iter().map(|seam| seam - 1).filter(|index| *index < at) {
            let path = read(Tiled::wanted(&tree, |nodes| nodes.inclusion(index, at))).inclusion(index, at).unwrap();
            assert!(verify_inclusion(&leaf_hash(&index.to_be_bytes()), index, at, &path, &root), "{index} of {at}");
        }
        let path = read(Tiled::wanted(&tree, |nodes| nodes.consistency(at, size))).consistency(at, size).unwrap();
        assert!(verify_consistency(at, &root, size, &tree.root(), &path), "{at}");
    }
}

#[test]
fn a_tree_goes_on_from_its_edge() {
    for size in [0, 1, 255, 256, 257, 700, 65535, 65536, 65537, 66000] {
        let leaves = hashes(size);
        let mut tiles = Tree::from_hashes(leaves.iter().copied()).take_complete();
        tiles.sort_by_key(|tile| tile.id);
        let mut edge = Vec::new();
        let mut below: Vec<Hash> = leaves;
        while !below.is_empty() {
            let roots: Vec<Hash> = tiles.iter().filter(|t| t.id.level == edge.len() as u32).map(|t| t.root).collect();
            edge.push((roots.len() as u64, below.split_off(256 * roots.len())));
            below = roots;
        }
        let mut again = Tree::from_edge(edge.clone()).unwrap();
        assert_eq!(again.root(), Tree::from_hashes(hashes(size)).root(), "{size}");
        again.extend(hashes(size + 600).into_iter().skip(size as usize));
        let whole = Tree::from_hashes(hashes(size + 600));
        assert_eq!((again.size(), again.root()), (size + 600, whole.root()), "{size}");
        if let Some((tiles, _)) = edge.first_mut() {
            *tiles += 1;
            assert!(Tree::from_edge(edge).is_none(), "{size}");
        }
    }
    assert!(Tile::from_bytes(TileId { level: 0, index: 0 }, &[0; 31]).is_none());
}

#[test]
fn checkpoints_are_signed_over_size_root_and_time() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let checkpoint = Checkpoint { size: 3, root: leaf_hash(b"root"), at: "2026-01-02T03:04:05Z".parse().unwrap() };
    let signed = key.sign(checkpoint.clone());
    assert!(signed.verify(&key.public()));
    assert!(!signed.verify(&SigningKey::from_bytes(&[8; 32]).public()));
    for changed in [
        Checkpoint { size: 4, ..checkpoint.clone() },
        Checkpoint { root: leaf_hash(b"other"), ..checkpoint.clone() },
        Checkpoint { at: "2026-01-02T03:04:06Z".parse().unwrap(), ..checkpoint.clone() },
    ] {
        let mut forged = signed.clone();
        forged.checkpoint = changed;
        assert!(!forged.verify(&key.public()));
    }
    assert_eq!(format!("{key:?}"), "SigningKey(redacted)");
}

proptest! {
    #[test]
    fn a_tree_is_what_the_definition_says(n in 0u64..1200) {
        let leaves = hashes(n);
        let tree = Tree::from_hashes(leaves.iter().copied());
        prop_assert_eq!(tree.size(), n);
        prop_assert_eq!(tree.root(), by_definition(&leaves));
    }

    #[test]
    fn any_changed_leaf_changes_the_root(n in 1u64..200, at in 0u64..200, salt in any::<u64>()) {
        let mut leaves = hashes(n);
        let root = Tree::from_hashes(leaves.iter().copied()).root();
        let at = (at % n) as usize;
        leaves[at] = leaf_hash(&[&salt.to_be_bytes()[..], b"changed"].concat());
        prop_assert_ne!(Tree::from_hashes(leaves).root(), root);
    }
}
