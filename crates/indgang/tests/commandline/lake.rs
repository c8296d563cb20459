//! Registers from the files of an extract to an answer, by commands alone.

use crate::workshop::{Run, Workshop};
use std::fmt::Write as _;

pub const PERMIT: &str = r#"
id = "p1"
purpose = "research_and_statistics"
categories = ["encounter", "laboratory", "medication"]
from = "2020-01-01T00:00:00Z"
until = "2200-01-01T00:00:00Z"
members = ["researcher"]

[scope]
until = "2024-01-01"

[[users]]
id = "researcher"
name = "Forsker"
role = "researcher"
organisation = "university"
"#;

fn registers() -> Workshop {
    let workshop = Workshop::new();
    let (mut bef, mut lmdb) = ("pnr;koen;foed_dato\n".to_owned(), "pnr;eksd;atc;volume;apk;indo\n".to_owned());
    for person in 0..60 {
        writeln!(bef, "canary{person};{};01-02-{}", 1 + person % 2, 1940 + person).unwrap();
        writeln!(lmdb, "canary{person};2023-05-0{};A10BA02;16,5;2;", 1 + person % 9).unwrap();
    }
    lmdb.push_str("canary1;2023-13-01;A10BA02;1;1;\n");
    std::fs::create_dir(workshop.path().join("extract")).unwrap();
    workshop.write("extract/bef.csv", bef).write("extract/lmdb.csv", lmdb).write("permit.toml", PERMIT);
    workshop
}

pub fn ask(workshop: &Workshop, options: &str, sql: &str) -> Run {
    let words = format!("sql --data house --as researcher --purpose research_and_statistics {options}");
    workshop.command(&words).arg(sql).output().unwrap().into()
}

#[test]
fn from_an_extract_to_an_answer() {
    let workshop = registers();
    let run = workshop.run("ingest registers --data house extract").succeeded();
    for part in ["lmdb", "60 rows, 1 rejected", "persons", "snapshot                    1", "quarantine"] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    assert!(workshop.run("ingest registers --data house extract").succeeded().out.contains("nothing has changed"));
    workshop.run("permit --data house permit.toml").succeeded();
    let counts =
        ask(&workshop, "--permit p1 --format csv", "select koen, count(*) as n from bef group by koen order by koen");
    assert_eq!(counts.succeeded().out, "koen,n\n1,30\n2,30\n");
    // Everybody has one row there, so that under p1 the sum would follow from the counts by whom it is of.
    workshop.write("sums.toml", workshop.read("permit.toml").replace("\"p1\"", "\"p4\""));
    workshop.run("permit --data house sums.toml").succeeded();
    ask(&workshop, "--permit p4 --out sums.csv", "select sum(volume * apk) as ddd from lmdb").succeeded();
    assert_eq!(workshop.read("sums.csv"), "ddd\n1980.0\n");
    let plan = ask(&workshop, "--permit p1", "explain select count(*) from lmdb").succeeded().out;
    assert!(plan.contains("GrantedScan: table=lmdb") && plan.contains("granted days=[any, 2024-01-01)"), "{plan}");
    let open =
        workshop.run("sql --data house --as researcher --purpose research_and_statistics --permit p1").succeeded().out;
    assert!(open.contains("lmdb") && open.contains("day it was dispensed"), "{open}");
    let small =
        ask(&workshop, "--permit p1 --format csv", "select foed_dato, count(*) as n from bef group by foed_dato")
            .succeeded();
    assert!(
        small.out == "foed_dato,n\n" && small.err.contains("some cells are left out"),
        "{} {}",
        small.out,
        small.err
    );

    let rejected = workshop.run("ingest quarantine --data house").succeeded().out;
    assert!(rejected.contains("lmdb.csv, line 62, column `eksd`: `2023-13-01` is no day"), "{rejected}");
    let batch = rejected.split_whitespace().next().unwrap();
    let file = format!("house/lake/quarantine/{batch}/lmdb.csv");
    workshop.write(&file, workshop.read(&file).replace("-13-", "-12-"));
    workshop.run(&format!("ingest retry --data house {batch}")).succeeded();
    assert_eq!(workshop.run("ingest quarantine --data house").succeeded().out, "");
    // One row more than what was told before is one person's; another permit was told nothing before.
    let counts = ask(&workshop, "--permit p1 --format csv", "select count(*) as n from lmdb").succeeded();
    assert_eq!(counts.out, "n\n");
    workshop.write("another.toml", workshop.read("permit.toml").replace("\"p1\"", "\"p3\""));
    workshop.run("permit --data house another.toml").succeeded();
    let counts = ask(&workshop, "--permit p3 --format csv", "select count(*) as n from lmdb").succeeded();
    assert_eq!(counts.out, "n\n61\n");
    workshop.write("before.toml", workshop.read("permit.toml").replace("\"p1\"", "\"p5\""));
    workshop.run("permit --data house before.toml").succeeded();
    let before = ask(&workshop, "--permit p5 --snapshot 1 --format csv", "select count(*) as n from lmdb").succeeded();
    assert_eq!(before.out, "n\n60\n");
    assert!(workshop.run("verify-log --data house").succeeded().out.contains("whole"));
}

#[test]
fn a_refusal_says_which_rule_and_what_would_be_allowed() {
    let workshop = registers();
    ask(&workshop, "--permit p1", "select 1").refused_with(&["there is no house in `house`", "--data"]);
    workshop.run("ingest registers --data house extract").succeeded();
    ask(&workshop, "--permit p1", "select 1").refused_with(&["there is no user `researcher`"]);
    workshop.run("permit --data house permit.toml").succeeded();
    for (options, sql, parts) in [
        ("", "select count(*) from bef", &["refused by", "§ 46", "no permit in force"][..]),
        ("--permit p2", "select count(*) from bef", &["no permit in force"]),
        ("--permit p1", "select pnr from bef", &["refused by lake-rows", "opens counts only", "group by"]),
        ("--permit p1", "select max(foed_dato) from bef", &["`max` tells one person's value; use count"]),
        ("--permit p1", "copy bef to 'x.csv'", &["only questions are open", "select"]),
        ("--permit p1", "selec", &["the question cannot be read"]),
        ("--permit p1 --snapshot 7", "select 1", &["no snapshot 7", "ingest snapshots"]),
    ] {
        ask(&workshop, options, sql).refused_with(parts);
    }
    workshop.run("ingest registers --data house nowhere").refused_with(&["`nowhere`", "check that it exists"]);
    workshop.run("ingest retry --data house nobatch").refused_with(&["no batch `nobatch`", "ingest quarantine"]);
    workshop.write("permit.toml", PERMIT.replace("2200", "2019"));
    workshop.run("permit --data house permit.toml").refused_with(&["ends before it begins"]);
}
