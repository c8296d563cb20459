//! Every reading passes the gate of the house in the data folder, and the passage is in its log.

use crate::workshop::{Workshop, vcf};

const PEOPLE: &str = "--vcf one.vcf --hpo HP:0001156";

fn one() -> Workshop {
    let workshop = Workshop::new();
    workshop.write("one.vcf", vcf(&["only"], &["10 123256215 T G 0/1"]));
    workshop
}

/// Lines, permitted, refused.
fn counts(workshop: &Workshop) -> Vec<usize> {
    let run = workshop.run("verify-log --data house").succeeded();
    let first = run.out.lines().next().unwrap();
    first.split(' ').filter_map(|word| word.parse().ok()).take(3).collect()
}

#[test]
fn interpret_and_inheritance_leave_lines() {
    let workshop = one();
    workshop.report(PEOPLE);
    let before = counts(&workshop);
    workshop.report(PEOPLE);
    let after = counts(&workshop);
    assert!(after[0] > before[0] && after[1] > before[1] && after[2] == 0, "{before:?} {after:?}");
    workshop.write("one.ped", "f\tonly\t0\t0\t0\t2\n");
    workshop.run("inheritance --data house --vcf one.vcf --ped one.ped --out a.jsonl").succeeded();
    assert!(counts(&workshop)[0] > after[0]);
}

#[test]
fn without_a_responsible_professional_the_reading_is_refused_and_logged() {
    let workshop = one();
    let run: crate::workshop::Run = workshop
        .command(&format!("interpret --data house --out out {PEOPLE}"))
        .args(["--responsible", ""])
        .output()
        .unwrap()
        .into();
    run.refused_with(&["the gate refused the reading", "--responsible"]);
    assert_eq!(workshop.files(), ["one.vcf"]);
    assert_eq!(counts(&workshop)[2], 1);
}

#[test]
fn a_folder_that_is_no_house_is_refused() {
    let workshop = one();
    workshop.write("house", "a file");
    workshop.interpret(PEOPLE).refused_with(&["cannot open the house in `house`", "--data"]);
    workshop.run("serve --data nowhere").refused_with(&["there is no house in `nowhere`", "indgang demo"]);
    workshop.run("verify-log --data nowhere").refused_with(&["`nowhere`", "--data"]);
    assert!(!workshop.path().join("nowhere").exists());
}
