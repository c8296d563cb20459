//! Every text in both languages, and every key the portal uses.

use super::{Finding, Tree, program_lines};
use std::collections::BTreeMap;

const LANGUAGES: [&str; 2] = ["da", "en"];

type Keys<'a> = BTreeMap<&'a str, (&'a str, usize)>;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let keys = LANGUAGES.map(|language| keys(tree, language));
    let mut findings = Vec::new();
    for (here, there) in [(0, 1), (1, 0)] {
        for (key, (file, line)) in keys[here].iter().filter(|(key, _)| !keys[there].contains_key(*key)) {
            let remedy =
                format!("`{key}` has no text in `{}`: add it in locales/{}/", LANGUAGES[there], LANGUAGES[there]);
            findings.push(Finding::new(file, *line, remedy));
        }
    }
    let portal = tree.ending(".rs").filter(|(path, _)| path.starts_with("crates/portal/src/"));
    for (path, text) in portal {
        for (line, key) in used(text).into_iter().filter(|(_, key)| !keys[0].contains_key(key)) {
            findings.push(Finding::new(
                path,
                line,
                format!("`{key}` is used and has no text: add it in locales/da/ and locales/en/"),
            ));
        }
    }
    findings
}

/// Messages of a language: a line that begins with a letter and has ` = ` or ends with `=`.
fn keys<'a>(tree: &'a Tree, language: &str) -> Keys<'a> {
    let folder = format!("locales/{language}/");
    let files = tree.ending(".ftl").filter(|(path, _)| path.starts_with(&folder)).collect::<Vec<_>>();
    let messages = files.into_iter().flat_map(|(path, text)| {
        text.lines().enumerate().filter_map(move |(i, line)| {
            let (key, _) = line.split_once('=')?;
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            let key = key.trim_end();
            let valid = line.starts_with(|c: char| c.is_ascii_alphabetic()) && key.chars().all(plain);
            valid.then_some((key, (path, i + 1)))
        })
    });
    messages.collect()
}

/// Keys given as a literal to `t`, `tf`. Keys that are put together at run time cannot be seen; the page tests see them.
fn used(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in program_lines(text) {
        for call in [".t(\"", ".tf(\""] {
            for (at, _) in line.match_indices(call) {
                if let Some((key, _)) = line[at + call.len()..].split_once('"') {
                    found.push((number, key));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(da: &str, en: &str, code: &str) -> Vec<(String, usize)> {
        let tree =
            Tree::of(&[("locales/da/a.ftl", da), ("locales/en/b.ftl", en), ("crates/portal/src/pages/a.rs", code)]);
        check(&tree).into_iter().map(|f| (f.file, f.line)).collect()
    }

    #[test]
    fn keys_must_be_the_same_and_used_ones_present() {
        let da = "# sager\ncases = Sager\ncases-none =\n    Ingen = tomt\n";
        let en = "cases = Cases\ncases-none = None\n";
        assert_eq!(found(da, en, "html! { (l.t(\"cases\")) (l.tf(\"cases-none\", &[])) }"), []);
        assert_eq!(found(da, "cases = Cases\n", ""), [("locales/da/a.ftl".to_owned(), 3)]);
        assert_eq!(found("cases = Sager\n", en, ""), [("locales/en/b.ftl".to_owned(), 2)]);
        assert_eq!(found(da, en, "\n(l.t(\"absent\"))"), [("crates/portal/src/pages/a.rs".to_owned(), 2)]);
    }
}
