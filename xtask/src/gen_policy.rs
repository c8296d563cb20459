//! `cargo xtask gen policy`: the permission matrix and the rules, as the policies themselves tell them.
//!
//! The words are those of the portal's page (`locales/en`), so that page and file say the same.

use anyhow::{Context, Result, bail};
use indgang_gate::RelationGrade;
use indgang_gate::policy::{Condition, Opening, Policy, Row, Rule, rows};
use indgang_model::{Purpose, Role};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

const MATRIX: &str = "docs/reference/permission-matrix.md";
const RULES: &str = "docs/reference/rules.md";
const LOCALES: [&str; 3] = ["auditor", "shell", "words"];
const NOTE: &str = "Written by `cargo xtask gen policy` from `policies/indgang.cedar`; do not edit.\n\
    Software design material, not legal advice.\n";

/// Writes both files, or compares them with what is committed.
pub fn run(root: &Path, check: bool) -> Result<()> {
    let words = Words::read(root)?;
    let policy = Policy::shipped();
    let mut stale = Vec::new();
    for (file, text) in [(MATRIX, matrix(policy, &words)?), (RULES, rules(policy, &words)?)] {
        let path = root.join(file);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        if check {
            stale.push(file);
        } else {
            std::fs::write(&path, text).with_context(|| format!("writing {file}"))?;
            println!("{file} written");
        }
    }
    if !stale.is_empty() {
        bail!("{} is not what the policies say: run `cargo xtask gen policy`", stale.join(" and "));
    }
    Ok(())
}

/// The portal's English texts.
struct Words(BTreeMap<String, String>);

impl Words {
    fn read(root: &Path) -> Result<Self> {
        let mut words = BTreeMap::new();
        for name in LOCALES {
            let file = format!("locales/en/{name}.ftl");
            let text = std::fs::read_to_string(root.join(&file)).with_context(|| format!("reading {file}"))?;
            words.extend(text.lines().filter_map(|line| line.split_once(" = ")).map(|(k, v)| (k.into(), v.into())));
        }
        Ok(Self(words))
    }

    fn of(&self, prefix: &str, value: &impl Serialize) -> Result<String> {
        let value = serde_json::to_value(value)?;
        self.key(&format!("{prefix}-{}", value.as_str().context("a word of the model is a string")?))
    }

    fn key(&self, key: &str) -> Result<String> {
        self.0.get(key).cloned().with_context(|| format!("locales/en has no text for `{key}`"))
    }

    fn list<'v, T: Serialize + 'v>(&self, prefix: &str, values: impl IntoIterator<Item = &'v T>) -> Result<String> {
        let all: Vec<String> = values.into_iter().map(|value| self.of(prefix, value)).collect::<Result<_>>()?;
        Ok(if all.is_empty() { "–".to_owned() } else { all.join(", ") })
    }
}

fn matrix(policy: &Policy, words: &Words) -> Result<String> {
    let rows = rows(policy);
    let mut out = format!(
        "# Permission matrix\n\n{NOTE}What no row opens is closed.\n[Rules](rules.md) has each rule's wording.\n"
    );
    for role in Role::ALL {
        write!(out, "\n## {}\n", capital(&words.of("role", &role)?))?;
        for purpose in Purpose::ALL {
            write!(out, "\n### {}\n\n", capital(&words.of("purpose", &purpose)?))?;
            out.push_str("| kinds of data | may | when | conditions of use | rule |\n|---|---|---|---|---|\n");
            for row in rows.iter().filter(|row| row.role == role && row.purpose == purpose) {
                lines(&mut out, policy, words, row)?;
            }
        }
    }
    Ok(out)
}

fn lines(out: &mut String, policy: &Policy, words: &Words, row: &Row) -> Result<()> {
    let data = words.list("category", &row.categories)?;
    for opening in &row.openings {
        let may = words.list("may", &opening.activities)?;
        let then = words.list("obligation", &opening.obligations)?;
        let (when, basis) = (when(words, opening)?, basis(policy, &opening.rule));
        writeln!(out, "| {data} | {may} | {when} | {then} | {basis} |")?;
    }
    if let Some(rule) = &row.closed_by {
        writeln!(out, "| {data} | closed | – | – | {} |", basis(policy, rule))?;
    }
    Ok(())
}

fn when(words: &Words, opening: &Opening) -> Result<String> {
    let mut all = Vec::new();
    for condition in opening.conditions.iter().filter(|condition| **condition != Condition::NamesSomebody) {
        all.push(words.key(&format!("condition-{}", condition.attribute()))?);
    }
    if opening.relation > RelationGrade::E {
        all.push(words.key("rules-relation")?.replace("{ $grade }", opening.relation.name()));
    }
    if let Some(ground) = opening.breaking_glass {
        all.push(words.key("rules-glass")?.replace("{ $ground }", &words.of("glass", &ground)?));
    }
    if all.is_empty() { words.key("rules-always") } else { Ok(all.join("; ")) }
}

fn basis(policy: &Policy, id: &str) -> String {
    let paragraph = policy.rule(id).map_or("", |rule| rule.paragraph.as_str());
    format!("`{id}` {paragraph}")
}

fn rules(policy: &Policy, words: &Words) -> Result<String> {
    let mut out = format!(
        "# Rules\n\n{NOTE}A rule that closes goes before one that opens.\n\
         The [permission matrix](permission-matrix.md) is worked out from them.\n\n\
         | rule | | paragraph | says | source | date | wording |\n|---|---|---|---|---|---|---|\n"
    );
    for rule in policy.rules().iter().chain([Rule::closed()]) {
        let effect = words.key(if rule.opens { "rules-rules-opens" } else { "rules-rules-closes" })?;
        let read = words.key(if rule.read_in_source { "rules-read-source" } else { "rules-read-background" })?;
        let Rule { id, paragraph, says_en, source, date, .. } = rule;
        writeln!(out, "| `{id}` | {effect} | {paragraph} | {says_en} | {source} | {date} | {read} |")?;
    }
    Ok(out)
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_committed_is_what_the_policies_say() {
        run(&crate::root().unwrap(), true).unwrap();
    }

    #[test]
    fn a_stale_file_is_found_and_every_role_is_told() {
        let folder = tempfile();
        assert!(run(&folder, true).unwrap_err().to_string().contains("permission-matrix.md"));
        run(&folder, false).unwrap();
        run(&folder, true).unwrap();
        let text = std::fs::read_to_string(folder.join(MATRIX)).unwrap();
        assert_eq!(text.matches("\n## ").count(), Role::ALL.len());
        std::fs::write(folder.join(MATRIX), text.replace("closed", "open")).unwrap();
        assert!(run(&folder, true).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }

    /// A folder with the locales and nothing else.
    fn tempfile() -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("indgang-gen-policy-{}", std::process::id()));
        let (from, to) = (crate::root().unwrap().join("locales/en"), folder.join("locales/en"));
        std::fs::create_dir_all(&to).unwrap();
        std::fs::create_dir_all(folder.join("docs/reference")).unwrap();
        for name in LOCALES {
            std::fs::copy(from.join(format!("{name}.ftl")), to.join(format!("{name}.ftl"))).unwrap();
        }
        folder
    }
}
