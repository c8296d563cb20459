//! Proofs checked by the program that a citizen can run: `docs/reference/verify_log_proof.py`.

use indgang_gate::log::{Checkpoint, Nodes, SignedCheckpoint, SigningKey, Tree, leaf_hash};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Status and words of the program; `None` where there is no Python.
fn verify(name: &str, proof: &Value, key: &str) -> Option<(i32, String)> {
    let file = std::env::temp_dir().join(format!("indgang-proof-{}-{name}.json", std::process::id()));
    std::fs::write(&file, proof.to_string()).unwrap();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/verify_log_proof.py");
    let done = Command::new("python3").arg("-I").arg(program).args(["--key", key]).arg(&file).output();
    std::fs::remove_file(&file).unwrap();
    let Ok(done) = done else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "python3 is missing, and CI demands it");
        println!("SKIPPED the program for proofs: python3 is missing");
        return None;
    };
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    Some((done.status.code().unwrap(), said))
}

fn leaf(number: u64) -> String {
    format!("{{\"line\":{number},\"who\":\"Lis Læge\"}}")
}

fn signed(tree: &Tree, size: u64, key: &SigningKey) -> SignedCheckpoint {
    key.sign(Checkpoint { size, root: tree.root_at(size).unwrap(), at: "2026-01-02T03:04:05Z".parse().unwrap() })
}

fn told(signed: &SignedCheckpoint) -> Value {
    let Checkpoint { size, root, at } = &signed.checkpoint;
    json!({ "size": size, "root": root.to_string(), "signed_at": at.to_string(), "signature": signed.signature })
}

#[test]
fn a_proof_holds_and_a_tampered_one_does_not() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = key.public().to_string();
    let tree = Tree::from_hashes((0..13).map(|number| leaf_hash(leaf(number).as_bytes())));
    let texts = |path: Vec<indgang_gate::log::Hash>| path.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut inclusion = told(&signed(&tree, 13, &key));
    inclusion["leaf"] = leaf(5).into();
    inclusion["index"] = 5.into();
    inclusion["path"] = texts(tree.inclusion(5, 13).unwrap()).into();
    inclusion["public_key"] = public.as_str().into();
    let consistency = json!({
        "old": told(&signed(&tree, 6, &key)), "new": told(&signed(&tree, 13, &key)),
        "path": texts(tree.consistency(6, 13).unwrap()), "public_key": public,
    });
    let Some((status, said)) = verify("inclusion", &inclusion, &public) else { return };
    assert!(status == 0 && said.contains("holds: line 5 of 13"), "{said}");
    let (status, said) = verify("consistency", &consistency, &public).unwrap();
    assert!(status == 0 && said.contains("begins with the log of 6 lines"), "{said}");
    assert_eq!(verify("other-key", &inclusion, &"ab".repeat(32)).unwrap().0, 1);
    let other = "01".repeat(32);
    for (name, proof, pointer, value, status) in [
        ("leaf", &inclusion, "/leaf", json!(leaf(6)), 1),
        ("index", &inclusion, "/index", json!(6), 1),
        ("size", &inclusion, "/size", json!(14), 1),
        ("root", &inclusion, "/root", json!(other), 1),
        ("path", &inclusion, "/path/1", json!(other), 1),
        ("short", &inclusion, "/path", json!([]), 1),
        ("time", &inclusion, "/signed_at", json!("2026-01-02T03:04:06Z"), 1),
        ("signature", &inclusion, "/signature", json!("02".repeat(64)), 1),
        ("negative", &inclusion, "/index", json!(-1), 2),
        ("kind", &inclusion, "/leaf", json!(7), 2),
        ("digits", &inclusion, "/root", json!("AB"), 2),
        ("old", &consistency, "/old/root", json!(other), 1),
        ("new", &consistency, "/new/root", json!(other), 1),
        ("order", &consistency, "/old/size", json!(14), 1),
        ("hash", &consistency, "/path/0", json!(other), 1),
    ] {
        let mut tampered = proof.clone();
        *tampered.pointer_mut(pointer).unwrap() = value;
        let (found, said) = verify(name, &tampered, &public).unwrap();
        assert_eq!(found, status, "{name}: {said}");
    }
}
