//! Links between documents lead somewhere.

use super::{Finding, Tree};

pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.ending(".md").flat_map(|(path, text)| document(tree, path, text)).collect()
}

fn document(tree: &Tree, path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut code = false;
    for (i, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            code = !code;
        }
        if code {
            continue;
        }
        for target in targets(line) {
            if let Some(problem) = problem(tree, path, text, target) {
                findings.push(Finding::new(path, i + 1, problem));
            }
        }
    }
    findings
}

/// The targets of `[text](target)` in a line, spans of code left out.
fn targets(line: &str) -> Vec<&str> {
    let outside = line.split('`').step_by(2);
    outside
        .flat_map(|part| part.match_indices("](").map(move |(at, _)| &part[at + 2..]))
        .filter_map(|rest| rest.split([')', ' ']).next())
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

fn problem(tree: &Tree, path: &str, text: &str, target: &str) -> Option<String> {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let resolved = if file.is_empty() { path.to_owned() } else { resolve(path, file)? };
    if !tree.exists(&resolved) {
        return Some(format!("the link `{target}` leads nowhere: `{resolved}` is not in the tree"));
    }
    let other = if file.is_empty() { Some(text) } else { tree.texts.get(&resolved).map(String::as_str) };
    let found = anchor.is_empty() || !resolved.ends_with(".md") || other.is_some_and(|t| has_heading(t, anchor));
    (!found).then(|| format!("the link `{target}` leads nowhere: `{resolved}` has no heading for `#{anchor}`"))
}

fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Some("..".to_owned());
                }
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

fn has_heading(text: &str, anchor: &str) -> bool {
    text.lines().filter(|l| l.starts_with('#')).any(|l| slug(l.trim_start_matches('#').trim()) == anchor)
}

/// A heading's anchor as forges make it: lower case, spaces to hyphens, punctuation dropped.
fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_nowhere_are_found() {
        for (line, number) in [
            ("[a](docs/a.md)", 0),
            ("[a](./docs/a.md#the-way-in)", 0),
            ("[a](docs)", 0),
            ("[a](#here)\n# Here", 0),
            ("[a](https://example.org/x)", 0),
            ("`[a](no.md)`", 0),
            ("```\n[a](no.md)\n```", 0),
            ("[a](no.md)", 1),
            ("![picture](docs/no.png) and [b](nor/this)", 2),
            ("[a](docs/a.md#no)", 1),
            ("[a](../outside.md)", 1),
        ] {
            let tree = Tree::of(&[("README.md", line), ("docs/a.md", "# A\n\n## The way in\n")]);
            assert_eq!(check(&tree).len(), number, "{line}");
        }
    }

    #[test]
    fn a_link_is_read_from_its_own_folder() {
        let tree =
            Tree::of(&[("docs/a.md", "[up](../README.md) [beside](b.md)"), ("README.md", ""), ("docs/b.md", "")]);
        assert_eq!(check(&tree), []);
    }
}
