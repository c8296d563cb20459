//! The page of the lines and the code name the same flags.
#![allow(clippy::unwrap_used, reason = "a test")]

use indgang_genomics::inheritance::Flags;
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../docs/reference/inheritance.md");

/// Names between backticks in the first column of the table of flags.
fn documented() -> BTreeSet<&'static str> {
    let table = PAGE.split_once("## Flags").unwrap().1;
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2)).collect()
}

#[test]
fn every_flag_is_documented_and_nothing_else() {
    let code: BTreeSet<&str> = Flags::all_names().chain(["also_<mode>"]).collect();
    assert_eq!(documented(), code);
}
