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

#[test]
fn only_the_demo_lets_people_choose_who_they_are() {
    let workshop = one();
    workshop.interpret(PEOPLE).succeeded();
    let refused = workshop.run("serve --data house --demo");
    assert!(!refused.ok && refused.err.contains("--demo"), "{}", refused.err);
    let identity = |issuer: &str, secret: &str| {
        format!(
            "[identity]\nissuer = \"{issuer}\"\nclient_id = \"indgang\"\n{secret}\n\
             redirect_url = \"http://127.0.0.1:8080/sign-in/callback\"\n\
             [[identity.role]]\nvalue = \"a\"\nrole = \"auditor\"\n"
        )
    };
    let file = "client_secret_file = \"secret\"";
    for (text, parts) in [
        (identity("demo", file), &["indgang.toml", "`issuer = \"demo\"` is not an address"][..]),
        (identity("http://login.example", file), &["would send tokens in clear"]),
        (identity("https://login.example", "client_secret = \"canary\""), &["indgang.toml", "unknown field"]),
        (identity("https://login.example", file), &["cannot read the client's secret", "secret"]),
        ("[identity]\nprovider = \"demo\"".to_owned(), &["unknown field `provider`"]),
        ("[demo]".to_owned(), &["unknown field `demo`"]),
    ] {
        workshop.write("house/indgang.toml", &text);
        workshop.run("serve --data house --port 0").refused_with(parts);
    }
    workshop.run("serve --data house --config nowhere.toml").refused_with(&["cannot read `nowhere.toml`"]);
    workshop.run("user disable nobody --data house").refused_with(&["there is no user `nobody`"]);
}
