//! Cohorts of the house's own tables: the same as from the files, less whom a grant leaves out, and counted.

use crate::lake::{Asking, Lake, ask, key, lake, lines, told};
use indgang_lake::cohort::{self, Definition};
use indgang_lake::{LakeError, Registers};
use std::collections::BTreeMap;

fn osdc() -> Definition {
    cohort::named("osdc").unwrap().unwrap()
}

/// The cohort from the files that the tables were made of, with keys.
async fn from_files(lake: &Lake, definition: &Definition, set: &BTreeMap<String, String>) -> Vec<String> {
    let registers = Registers::open(lake.source.path()).await.unwrap();
    lines(&cohort::run(definition, &registers, set).await.unwrap())
}

fn without_person(rows: &[String]) -> Vec<String> {
    let mut rows: Vec<String> = rows.iter().map(|row| row.split_once(',').unwrap().1.to_owned()).collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn a_cohort_leaves_out_whom_the_grant_leaves_out() {
    let lake = lake(600, 21).await;
    let all = from_files(&lake, &osdc(), &BTreeMap::new()).await;
    assert!(all.len() > 60, "{}", all.len());
    let refused: Vec<u32> = (0..600).filter(|n| n % 3 == 0).collect();
    let open: Vec<String> =
        all.iter().filter(|row| !refused.iter().any(|n| row.starts_with(&key(*n)))).cloned().collect();
    assert!(open.len() < all.len());
    let question = cohort::question(&osdc(), &BTreeMap::new(), &[]).unwrap();
    for (refused, expected) in [(Vec::new(), &all), (refused, &open)] {
        let asking = Asking { refused, ..Asking::rows() };
        assert_eq!(without_person(&told(&asking.view(&lake), &question).await), without_person(expected));
    }
}

#[tokio::test]
async fn a_permit_for_counts_counts_a_cohort() {
    let lake = lake(600, 22).await;
    let view = Asking::counts().view(&lake);
    let rows = cohort::question(&osdc(), &BTreeMap::new(), &[]).unwrap();
    assert!(matches!(ask(&view, &rows).await, Err(LakeError::Refused { rule: "lake-rows", .. })));
    let mut expected: BTreeMap<String, u32> = BTreeMap::new();
    for row in from_files(&lake, &osdc(), &BTreeMap::new()).await {
        *expected.entry(row.split(',').nth(3).unwrap().to_owned()).or_default() += 1;
    }
    assert!(expected.len() == 2 && expected.values().all(|persons| *persons >= 5), "{expected:?}");
    let expected: Vec<String> = expected.iter().map(|(type_1, persons)| format!("{type_1},{persons}")).collect();
    let counts = cohort::question(&osdc(), &BTreeMap::new(), &["has_t1d".to_owned()]).unwrap();
    assert_eq!(told(&view, &counts).await, expected);
    let error = cohort::question(&osdc(), &BTreeMap::new(), &["koen".to_owned()]).unwrap_err().to_string();
    assert!(error.contains("`koen` is no column of cohort `osdc`; it has pnr"), "{error}");
}

#[tokio::test]
async fn what_is_shown_of_occurrence_is_what_the_files_say() {
    let lake = lake(900, 23).await;
    let definition = cohort::named("occurrence").unwrap().unwrap();
    let set = [("code", "DE10"), ("year_from", "2005"), ("year_to", "2006")];
    let set: BTreeMap<String, String> = set.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let all = from_files(&lake, &definition, &set).await;
    let question = cohort::question(&definition, &set, &[]).unwrap();
    let answer = ask(&Asking::counts().view(&lake), &question).await.unwrap();
    let shown = lines(&answer.rows);
    assert!(all.len() == 4 && shown.iter().all(|row| all.contains(row)), "{shown:?} of {all:?}");
    assert!(answer.left_out || shown == all, "{shown:?}");
}
