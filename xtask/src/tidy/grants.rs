//! Person data is read with a grant, and a grant comes from the gate.
//!
//! That a `Grant` or `Receipt` cannot be made outside the gate is held by their private fields.
//! Two things types cannot hold, and are looked for here:
//! the gate trusts the one who calls `after_commit` to have committed, so it is called in one file of the store only;
//! and a function of the store or of the sources that hands out a person's data must ask for a `&Grant`,
//! unless what it hands out is `Guarded`, or the line above says `// tidy: no grant, because …`.

use super::{Finding, Tree, is_test, program_lines};

/// The file that commits passages, and so may tell the gate that leaves are written.
const COMMITS: &str = "crates/store/src/passage.rs";

/// Types that carry a person's data.
const PERSON_TYPES: [&str; 18] = [
    "Citizen",
    "Cpr",
    "Person",
    "PersonRecord",
    "Patient",
    "Case",
    "CaseRecord",
    "Report",
    "SignedReport",
    "PhenotypicFeature",
    "Wishes",
    "AuditEvent",
    "Identity",
    "Conclusion",
    "SecondaryFinding",
    "KeptSecondaryFinding",
    "WishVersion",
    "Resource",
];

/// What a reviewer wrote when a function gives person data without a grant for a reason.
const EXCUSE: &str = "// tidy: no grant, because ";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let sources: Vec<_> = tree.ending(".rs").filter(|(path, _)| !is_test(path)).collect();
    let commits = sources.iter().flat_map(|(path, text)| commits(path, text));
    let readers = sources
        .iter()
        .filter(|(path, _)| path.starts_with("crates/store/src/") || path.starts_with("crates/sources/src/"))
        .flat_map(|(path, text)| readers(path, text));
    commits.chain(readers).collect()
}

fn commits(path: &str, text: &str) -> Vec<Finding> {
    if path == COMMITS || path.starts_with("crates/gate/") || path.starts_with("xtask/") {
        return Vec::new();
    }
    let calls = program_lines(text).filter(|(_, line)| line.contains("after_commit("));
    let remedy = format!(
        "`after_commit` tells the gate that leaves are durable: only {COMMITS} may; ask the store to record the passage"
    );
    calls.map(|(number, _)| Finding::new(path, number, remedy.clone())).collect()
}

fn readers(path: &str, text: &str) -> Vec<Finding> {
    let lines: Vec<&str> = text.lines().collect();
    program_lines(text)
        .filter(|(_, line)| is_public_function(line))
        .filter(|(number, _)| !excused(&lines[..number - 1]))
        .filter_map(|(number, line)| {
            let signature = signature(&lines[number - 1..]);
            let (parameters, answer) = signature.rsplit_once("->")?;
            let person = person_type(answer)?;
            let asks = parameters.contains("Grant") || answer.contains("Guarded<");
            (!asks).then(|| {
                let name = line.split("fn ").nth(1)?.split(['(', '<']).next()?;
                Some(Finding::new(
                    path,
                    number,
                    format!("`{name}` gives `{person}` and asks for no `&Grant`: take one, or return `Guarded<…>`"),
                ))
            })?
        })
        .collect()
}

fn is_public_function(line: &str) -> bool {
    ["pub fn ", "pub async fn ", "pub const fn "].iter().any(|start| line.trim_start().starts_with(start))
}

/// Whether the comments and attributes right above say why no grant is needed.
fn excused(above: &[&str]) -> bool {
    above
        .iter()
        .rev()
        .take_while(|line| line.trim_start().starts_with(['/', '#']))
        .any(|line| line.trim_start().strip_prefix(EXCUSE).is_some_and(|reason| reason.trim().len() > 10))
}

/// From the function's first line to its body.
fn signature(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(line.trim());
        text.push(' ');
        if line.trim_end().ends_with(['{', ';']) || line.contains(" where") {
            break;
        }
    }
    text
}

fn person_type(answer: &str) -> Option<&'static str> {
    let words: Vec<&str> = answer.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    PERSON_TYPES.into_iter().find(|name| words.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<usize> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|f| f.line).collect()
    }

    #[test]
    fn a_reading_without_a_grant_is_found() {
        let store = "crates/store/src/cases.rs";
        for (text, lines) in [
            ("pub async fn case(&self, grant: &Grant, id: &CaseId) -> Result<Option<Case>, StoreError> {", &[][..]),
            ("pub async fn case(&self, id: &CaseId) -> Result<Option<Case>, StoreError> {", &[1]),
            ("pub async fn case(&self, id: &CaseId) -> Result<Guarded<Case>, StoreError> {", &[]),
            ("pub async fn count(&self) -> Result<u64, StoreError> {", &[]),
            ("pub fn ids(&self) -> Vec<CaseId> {", &[]), // an identifier is no person data
            ("async fn case(&self) -> Case {", &[]),     // not public
            ("\npub async fn case(\n    &self,\n    id: &CaseId,\n) -> Result<Case, StoreError> {", &[2]),
            ("// tidy: no grant, because it is the writer's own input\npub fn f(x: &str) -> Wishes {", &[]),
            ("// tidy: no grant, because \npub fn f(x: &str) -> Wishes {", &[2]),
            ("#[cfg(test)]\npub fn f() -> Case {", &[]),
        ] {
            assert_eq!(found(store, text), lines, "{text}");
        }
        assert_eq!(found("crates/interpret/src/a.rs", "pub fn f() -> Report {"), [0usize; 0]);
    }

    #[test]
    fn only_the_passage_commits() {
        let text = "let receipt = appended.after_commit(result)?;";
        assert_eq!(found("crates/store/src/passage.rs", text), [0usize; 0]);
        assert_eq!(found("crates/service/src/a.rs", text), [1]);
        assert_eq!(found("crates/service/tests/a.rs", text), [0usize; 0]);
    }
}
