//! What only certain crates may name: the database, the file system, the clock of the machine.

use super::{Finding, Tree, is_test, program_lines};

struct Rule {
    /// Texts that betray it.
    words: &'static [&'static str],
    /// Paths that may.
    allowed: &'static [&'static str],
    remedy: &'static str,
}

const RULES: [Rule; 4] = [
    Rule {
        words: &["sqlx::", "sqlx."],
        allowed: &["crates/store/", "xtask/"],
        remedy: "only the store speaks SQL: add a function there",
    },
    Rule {
        words: &["File::open", "File::create", "fs::read", "fs::write", "OpenOptions", "fs::remove", "fs::rename"],
        allowed: &["crates/lake/", "crates/sources/", "crates/store/", "crates/indgang/", "xtask/"],
        remedy: "only sources, store, lake and the binary touch files: take `&[u8]` or `impl Read`",
    },
    Rule {
        words: &["datafusion::", "parquet::", "arrow::"],
        allowed: &["crates/lake/", "xtask/"],
        remedy: "only the lake speaks to the query engine: add a function there",
    },
    Rule {
        words: &["thread_rng", "rand::rng(", "OsRng", "getrandom::"],
        // The portal draws session tokens and hands them down.
        allowed: &["crates/portal/", "crates/store/", "crates/indgang/", "xtask/"],
        remedy: "chance is a parameter: take the bytes or a seed",
    },
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let sources = tree.ending(".rs").filter(|(path, _)| !is_test(path));
    let code = sources.flat_map(|(path, text)| program_lines(text).map(move |(n, line)| (path, n, line)));
    let manifests = tree.ending("/Cargo.toml").flat_map(|(path, text)| sqlx_dependency(path, text));
    code.flat_map(|(path, number, line)| offences(path, number, line)).chain(manifests).collect()
}

fn offences(path: &str, number: usize, line: &str) -> Vec<Finding> {
    RULES
        .iter()
        .filter(|rule| !rule.allowed.iter().any(|a| path.starts_with(a)))
        .filter_map(|rule| Some((rule, rule.words.iter().find(|w| line.contains(**w))?)))
        .map(|(rule, word)| Finding::new(path, number, format!("`{word}`: {}", rule.remedy)))
        .collect()
}

fn sqlx_dependency(path: &str, text: &str) -> Option<Finding> {
    if path.starts_with("crates/store/") {
        return None;
    }
    let line = text.lines().position(|l| l.trim_start().starts_with("sqlx"))?;
    Some(Finding::new(path, line + 1, "`sqlx` as a dependency: only the store has it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_finds_its_word_where_it_is_not_allowed() {
        for (path, line, number) in [
            ("crates/service/src/a.rs", "sqlx::query(\"\")", 1),
            ("crates/store/src/a.rs", "sqlx::query(\"\")", 0),
            ("crates/genomics/src/a.rs", "let f = std::fs::File::open(p)?;", 1),
            ("crates/portal/src/a.rs", "let f = fs::read_to_string(p)?;", 1),
            ("crates/sources/src/a.rs", "let f = File::open(p)?;", 0),
            ("crates/genomics/tests/a.rs", "let f = File::open(p)?;", 0),
            ("crates/genomics/src/a.rs", "// File::open is for sources", 0),
            ("crates/genomics/src/a.rs", "#[cfg(test)]\nmod tests { File::open }", 0),
            ("crates/service/src/a.rs", "use datafusion::prelude::SessionContext;", 1),
            ("crates/lake/src/a.rs", "use datafusion::prelude::SessionContext;", 0),
            ("crates/gate/src/a.rs", "let mut rng = OsRng;", 1),
        ] {
            assert_eq!(check(&Tree::of(&[(path, line)])).len(), number, "{path}: {line}");
        }
    }

    #[test]
    fn sqlx_is_a_dependency_of_the_store_only() {
        let text = "[dependencies]\nsqlx.workspace = true\n";
        assert_eq!(check(&Tree::of(&[("crates/store/Cargo.toml", text)])), []);
        let findings = check(&Tree::of(&[("crates/service/Cargo.toml", text)]));
        assert_eq!((findings.len(), findings[0].line), (1, 2));
    }
}
