//! Each dependency of the workspace has its reason in the decision record.

use super::{Finding, Tree};

const RECORD: &str = "docs/decisions/0002-dependencies.md";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let record = tree.texts.get(RECORD).map_or("", String::as_str);
    let Some(manifest) = tree.texts.get("Cargo.toml") else { return Vec::new() };
    let begin = manifest.lines().position(|line| line == "[workspace.dependencies]").map_or(0, |at| at + 1);
    let section = manifest.lines().enumerate().skip(begin).take_while(|(_, line)| !line.starts_with('['));
    section
        .filter_map(|(i, line)| Some((i + 1, line.split_once([' ', '=', '.'])?.0)))
        .filter(|(_, name)| !name.is_empty() && !name.starts_with(['#']) && !name.starts_with("indgang"))
        .filter(|(_, name)| !record.contains(&format!("`{name}`")))
        .map(|(line, name)| {
            Finding::new("Cargo.toml", line, format!("`{name}` has no reason: say in {RECORD} what it replaces"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let manifest = "[workspace]\n[workspace.dependencies]\nindgang-model = { path = \"x\" }\nserde = \"1\"\nrand = \"1\"\n\n[profile.dev]\nx = 1\n";
        let findings = check(&Tree::of(&[("Cargo.toml", manifest), (RECORD, "| `serde` | JSON |")]));
        assert_eq!((findings.len(), findings[0].line), (1, 5), "{findings:?}");
    }
}
