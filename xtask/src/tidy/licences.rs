//! Data that came from elsewhere stands in DATA-LICENCES.md.

use super::{Finding, Tree};

const TABLE: &str = "DATA-LICENCES.md";

/// Endings of files that we write ourselves, or that are licences.
const OURS: [&str; 3] = [".md", ".rs", ".snap"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let table = tree.texts.get(TABLE).map_or("", String::as_str);
    let rows: Vec<String> = table.lines().filter(|l| l.starts_with('|')).flat_map(patterns).collect();
    let data = tree.paths.iter().filter(|path| is_data(path));
    data.filter(|path| !rows.iter().any(|row| matches(row, path)))
        .map(|path| {
            Finding::new(path, 1, format!("data without a licence: add a row with source and licence to {TABLE}"))
        })
        .collect()
}

fn is_data(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let place = path.contains("/tests/data/") || path.starts_with("knowledge/") || path.starts_with("static/vendor/");
    let demo = path.starts_with("demo/") && (name.ends_with(".gz") || name == "citizens.toml");
    (place || demo) && !OURS.iter().any(|end| name.ends_with(end)) && !name.starts_with("LICENSE")
}

/// The paths of a row's first cell, each in back quotes; a name without a folder is beside the one before it.
fn patterns(row: &str) -> Vec<String> {
    let cell = row.split('|').nth(1).unwrap_or_default();
    let mut folder = String::new();
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted
        .map(|path| match path.rsplit_once('/') {
            Some((in_folder, _)) => {
                in_folder.clone_into(&mut folder);
                path.to_owned()
            }
            None => format!("{folder}/{path}"),
        })
        .collect()
}

/// `*` stands for any text, also for folders; a pattern that names a folder holds for everything in it.
fn matches(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_end_matches('/');
    let glob = |pattern: &str| {
        let mut parts = pattern.split('*');
        let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
        let mut last = None;
        for part in parts {
            let Some(at) = rest.rfind(part) else { return false };
            rest = &rest[at + part.len()..];
            last = Some(part);
        }
        rest.is_empty() || last == Some("") || rest.starts_with('/')
    };
    glob(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_without_a_row_is_found() {
        let table = "| path | what |\n|---|---|\n| `demo/a/family.vcf.gz`, `other.vcf.gz` | x |\n| `demo/*/citizens.toml` | x |\n| `crates/x/tests/data/peer` | x |\n";
        for (path, number) in [
            ("demo/a/family.vcf.gz", 0),
            ("demo/a/other.vcf.gz", 0),
            ("demo/b/family.vcf.gz", 1),
            ("demo/b/citizens.toml", 0),
            ("crates/x/tests/data/peer/a.vcf", 0),
            ("crates/x/tests/data/peers.vcf", 1),
            ("crates/x/tests/data/README.md", 0),
            ("crates/x/tests/a.rs", 0),
            ("knowledge/snapshot.bin", 1),
        ] {
            assert_eq!(check(&Tree::of(&[(TABLE, table), (path, "")])).len(), number, "{path}");
        }
    }
}
