//! Text that does not belong in the repository: somebody's machine, a registry's host, files too long to read.

use super::{Finding, Tree};

/// Roots of somebody's own machine. A path of a container or of a standard place (`/usr`, `/etc`, `/tmp`) is no secret.
const MACHINES: [&str; 5] = ["/home/", "/root/", "/Users/", "/work/", "C:\\Users"];

/// Where packages are fetched from is the machine's configuration.
const REGISTRIES: [&str; 8] = [
    "index.crates.io",
    "static.crates.io",
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "pypi.org/simple",
    "files.pythonhosted.org",
    "proxy.golang.org",
    "/artifactory/",
];

const LONGEST: usize = 500;

pub fn check(tree: &Tree) -> Vec<Finding> {
    // This file has to write what it looks for.
    let files = tree.texts.iter().filter(|(path, _)| *path != "xtask/src/tidy/text.rs");
    files.flat_map(|(path, text)| lines(path, text).into_iter().chain(length(path, text))).collect()
}

fn lines(path: &str, text: &str) -> Vec<Finding> {
    // What a publisher's data file says about the publisher's machine is the publisher's.
    let data = path.starts_with("demo/") || path.contains("/tests/data/") || path.starts_with("knowledge/");
    let mut findings = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if !data && let Some(root) = MACHINES.iter().find(|root| names_a_path(line, root)) {
            let remedy = format!("a path of one machine (`{root}…`): make it relative, or a setting");
            findings.push(Finding::new(path, i + 1, remedy));
        }
        if let Some(host) = REGISTRIES.iter().find(|host| line.contains(**host)) {
            findings.push(Finding::new(
                path,
                i + 1,
                format!("a registry's host (`{host}`): leave it to the machine's configuration"),
            ));
        }
    }
    findings
}

/// The root where an absolute path begins: not inside a longer path or an address.
fn names_a_path(line: &str, root: &str) -> bool {
    line.match_indices(root).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '}' | ')' | '~' | '*'))
    })
}

fn length(path: &str, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    let long = path.ends_with(".rs") && lines > LONGEST;
    long.then(|| Finding::new(path, LONGEST, format!("{lines} lines, more than {LONGEST}: split it by concern")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_and_registries_are_found() {
        for (path, line, number) in [
            ("README.md", "see /home/anna/indgang", 1),
            ("a.sh", "cd \"/root/x\"", 1),
            ("a.rs", "open(\"/work/shared/x\")", 1),
            ("a.md", "the folder crates/work/x and https://example.org/home/x", 0),
            ("a.sh", "\"$HOME/.cache/indgang\"", 0),
            ("package-lock.json", "\"resolved\": \"https://registry.npmjs.org/x\"", 1),
            ("demo/x.vcf", "##reference=file:///home/anna/x.fa", 0),
        ] {
            assert_eq!(check(&Tree::of(&[(path, line)])).len(), number, "{path}: {line}");
        }
    }

    #[test]
    fn long_sources_are_found() {
        let text = "x\n".repeat(501);
        assert_eq!(check(&Tree::of(&[("a.rs", &text)])).len(), 1);
        assert_eq!(check(&Tree::of(&[("a.rs", &text[2..]), ("a.css", &text)])), []);
    }
}
