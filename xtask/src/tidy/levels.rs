//! Dependencies between crates point down.

use super::{Finding, Tree};

/// Level of each crate; a crate may depend on lower ones. The same table stands in ARCHITECTURE.md.
/// `xtask` builds the knowledge from the publishers' files and measures the methods on cases of others,
/// so it stands above the rooms that it builds and measures.
pub const LEVELS: &[(&str, u8)] = &[
    ("indgang", 7),
    ("indgang-portal", 6),
    ("indgang-service", 5),
    ("xtask", 5),
    ("indgang-store", 4),
    ("indgang-sources", 4),
    ("indgang-lake", 4),
    ("indgang-interpret", 3),
    ("indgang-fhir", 2),
    ("indgang-gate", 2),
    ("indgang-knowledge", 2),
    ("indgang-synth", 2),
    ("indgang-genomics", 2),
    ("indgang-analysis", 2),
    ("indgang-terminology", 1),
    ("indgang-model", 0),
];

/// Edges within a level: from, to, why.
const SIDEWAYS: [(&str, &str, &str); 1] =
    [("indgang-knowledge", "indgang-genomics", "transcripts and chains are knowledge in genomic coordinates")];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let manifests =
        tree.ending("Cargo.toml").filter(|(path, _)| path.starts_with("crates/") || *path == "xtask/Cargo.toml");
    manifests.flat_map(|(path, text)| manifest(path, text)).collect()
}

fn manifest(path: &str, source: &str) -> Vec<Finding> {
    let table: toml::Table = match source.parse() {
        Ok(table) => table,
        Err(error) => return vec![Finding::new(path, 1, format!("not a TOML file: {error}"))],
    };
    let Some(name) = table.get("package").and_then(|p| p.get("name")).and_then(|n| n.as_str()) else {
        return vec![Finding::new(path, 1, "no package name: add `name` under [package]")];
    };
    let Some(from) = level(name) else {
        let text =
            format!("crate `{name}` has no level: give it one in xtask/src/tidy/levels.rs and in ARCHITECTURE.md");
        return vec![Finding::new(path, line_of("name", source, 1), text)];
    };
    ["dependencies", "build-dependencies", "dev-dependencies"]
        .iter()
        .filter_map(|section| Some((*section, table.get(*section)?.as_table()?)))
        .flat_map(|(section, entries)| entries.keys().map(move |to| (section, to.as_str())))
        .filter_map(|(section, to)| Some((edge(name, from, section, to)?, to)))
        .map(|(problem, to)| Finding::new(path, line_of(to, source, 1), problem))
        .collect()
}

fn edge(name: &str, from: u8, section: &str, to: &str) -> Option<String> {
    if to == "xtask" {
        return Some("nothing depends on `xtask`: move what is needed into a crate".to_owned());
    }
    if !to.starts_with("indgang") {
        return None;
    }
    let Some(level) = level(to) else {
        return Some(format!("dependency `{to}` has no level: give it one in xtask/src/tidy/levels.rs"));
    };
    let sideways = SIDEWAYS.iter().any(|(a, b, _)| (*a, *b) == (name, to));
    let test_only = section == "dev-dependencies" && level <= from;
    if level < from || sideways || test_only {
        return None;
    }
    let way = if level == from { "sideways" } else { "up" };
    Some(format!(
        "`{name}` (level {from}) depends on `{to}` (level {level}): the edge points {way}. \
         Move what is shared into a lower crate, or pass it as a parameter"
    ))
}

fn level(name: &str) -> Option<u8> {
    LEVELS.iter().find(|(n, _)| *n == name).map(|(_, level)| *level)
}

/// First line that begins with the word, else `otherwise`.
fn line_of(word: &str, text: &str, otherwise: usize) -> usize {
    let begins = |line: &str| {
        let rest = line.trim_start().strip_prefix(word);
        rest.is_some_and(|r| r.starts_with(['.', ' ', '=']))
    };
    text.lines().position(begins).map_or(otherwise, |i| i + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, section: &str, to: &str) -> Vec<Finding> {
        let text = format!("[package]\nname = \"{name}\"\n\n[{section}]\n{to}.workspace = true\nserde = \"1\"\n");
        check(&Tree::of(&[("crates/x/Cargo.toml", &text)]))
    }

    #[test]
    fn edges_down_pass_and_others_are_found() {
        for (name, section, to, part) in [
            ("indgang-portal", "dependencies", "indgang-service", None),
            ("indgang-knowledge", "dependencies", "indgang-genomics", None), // the named exception
            ("indgang-store", "dev-dependencies", "indgang-sources", None),
            ("indgang-model", "dependencies", "indgang-gate", Some("points up")),
            ("indgang-genomics", "dependencies", "indgang-knowledge", Some("points sideways")),
            ("indgang-store", "dependencies", "indgang-sources", Some("points sideways")),
            ("indgang-model", "dev-dependencies", "indgang-gate", Some("points up")),
            ("indgang-model", "dependencies", "indgang-cellar", Some("has no level")),
            ("indgang-cellar", "dependencies", "serde_json", Some("has no level")),
            ("indgang-model", "build-dependencies", "xtask", Some("nothing depends on")),
            ("xtask", "dependencies", "indgang-knowledge", None),
            ("xtask", "dependencies", "indgang-portal", Some("points up")),
        ] {
            let findings = found(name, section, to);
            match part {
                None => assert_eq!(findings, [], "{name} -> {to}"),
                Some(part) => assert!(findings.len() == 1 && findings[0].text.contains(part), "{name}: {findings:?}"),
            }
        }
    }

    #[test]
    fn the_line_is_that_of_the_dependency() {
        assert_eq!(found("indgang-model", "dependencies", "indgang-gate")[0].line, 5);
    }

    #[test]
    fn what_is_not_toml_is_found() {
        assert_eq!(check(&Tree::of(&[("crates/x/Cargo.toml", "[package")])).len(), 1);
        assert_eq!(check(&Tree::of(&[("crates/x/Cargo.toml", "[package]\n")])).len(), 1);
    }
}
