//! Secondary findings: by person and by wish, each gene by the list's own rule.
//!
//! The places are of ClinVar's release 2016-09 on GRCh37 (public domain), with one star or more.

use crate::workshop::{Workshop, vcf};
use serde_json::Value;

const BRCA1: &str = "17 41197774 A T";
const MUTYH: [&str; 2] = ["1 45797752 G A", "1 45798112 G A"];
const C282Y: &str = "6 26093141 G A";
const TTN_TRUNCATING: &str = "2 179486244 G A";
const TTN_MISSENSE: &str = "2 179494980 G C";

const PED: &str = "f\tchild\tfather\tmother\t2\t2\nf\tfather\t0\t0\t1\t1\nf\tmother\t0\t0\t2\t1\n";

fn told(records: &[(&str, &str)], wishes: &str) -> Value {
    // What was looked for comes first and is another gene.
    let looked_for = ("1 115256562 G A", "0/1 0/0 0/0");
    let mut lines: Vec<String> =
        records.iter().chain([&looked_for]).map(|(place, genotypes)| format!("{place} {genotypes}")).collect();
    let order = |line: &String| {
        let mut words = line.split(' ').map(|w| w.parse::<u32>().unwrap_or(0));
        (words.next(), words.next())
    };
    lines.sort_by_key(order);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let workshop = Workshop::new();
    workshop.write("f.vcf", vcf(&["child", "father", "mother"], &lines)).write("f.ped", PED).write("w.toml", wishes);
    let report = workshop.report("--vcf f.vcf --ped f.ped --wishes w.toml --hpo HP:0000465,HP:0032152,HP:0001639");
    crate::contract::check(&report);
    assert_eq!(report["findings"][0]["variants"][0]["pos"], 115_256_562);
    report["secondary_findings"].clone()
}

/// Genes told to a person; `None` without an entry.
fn genes(told: &Value, person: &str) -> Option<Vec<String>> {
    let list = told.get(person)?.as_array().unwrap();
    Some(list.iter().map(|f| f["gene"]["symbol"].as_str().unwrap().to_owned()).collect())
}

const ALL: &str = "[child]\nsecondary_findings = \"all\"\n[father]\nsecondary_findings = \"all\"\n[mother]\nsecondary_findings = \"all\"\n";

#[test]
fn told_to_whom_wished_and_to_nobody_else() {
    // The mother and the child carry it. The father wished it and has none; the mother carries it and did not wish.
    for (wishes, child, father, mother) in [
        (ALL, Some(1), Some(0), Some(1)),
        ("[child]\nsecondary_findings = \"treatable_or_preventable\"\n", Some(1), None, None),
        ("[child]\nsecondary_findings = \"none\"\n[father]\nsecondary_findings = \"all\"\n", None, Some(0), None),
        ("[mother]\nsecondary_findings = \"all\"\n[child]\nrecontact = true\n", None, None, Some(1)),
        ("", None, None, None),
    ] {
        let told = told(&[(BRCA1, "0/1 0/0 0/1")], wishes);
        let count = |person: &str| genes(&told, person).map(|g| g.len());
        assert_eq!((count("child"), count("father"), count("mother")), (child, father, mother), "{wishes}");
    }
}

#[test]
fn each_gene_by_its_own_rule() {
    let both = [MUTYH[0], MUTYH[1]];
    for (name, records, expected) in [
        ("BRCA1, one copy", vec![(BRCA1, "0/1 0/0 0/0")], vec!["BRCA1"]),
        ("MUTYH, one hit", vec![(both[0], "0/1 0/0 0/0")], vec![]),
        ("MUTYH, two hits", vec![(both[0], "0/1 0/1 0/0"), (both[1], "0/1 0/0 0/1")], vec!["MUTYH"]),
        ("MUTYH, two copies", vec![(both[0], "1/1 0/1 0/1")], vec!["MUTYH"]),
        ("MUTYH, both from the father", vec![(both[0], "0/1 0/1 0/0"), (both[1], "0/1 0/1 0/0")], vec![]),
        ("HFE C282Y, one copy", vec![(C282Y, "0/1 0/1 0/0")], vec![]),
        ("HFE C282Y, two copies", vec![(C282Y, "1/1 0/1 0/1")], vec!["HFE"]),
        ("TTN, truncating", vec![(TTN_TRUNCATING, "0/1 0/0 0/0")], vec!["TTN"]),
        ("TTN, missense", vec![(TTN_MISSENSE, "0/1 0/0 0/0")], vec![]),
        ("no call", vec![(BRCA1, "./. 0/0 0/0")], vec![]),
        ("reference", vec![(BRCA1, "0/0 0/1 0/1")], vec![]),
    ] {
        assert_eq!(genes(&told(&records, ALL), "child").unwrap(), expected, "{name}");
    }
}

#[test]
fn a_finding_says_what_it_is() {
    let told = told(&[(BRCA1, "0/1 0/0 0/1")], ALL);
    let finding = &told["mother"][0];
    assert_eq!(finding["variants"][0]["genotypes"]["mother"], "0/1");
    assert_eq!(finding["category"], "cancer");
    assert_eq!(finding["needs_confirmation"], true);
    assert_eq!(finding["list_version"], "3.1");
    assert!(finding["variants"][0]["clinvar"]["stars"].as_u64().unwrap() >= 1, "{finding}");
}
