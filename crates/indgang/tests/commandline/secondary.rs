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

/// Secondary findings by person.
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

#[test]
fn who_wished_nothing_is_nowhere_in_a_relatives_finding() {
    for (wishes, whose, shown, origin) in [
        (ALL, "child", vec!["child", "father", "mother"], Some("mother")),
        ("[child]\nsecondary_findings = \"all\"\n", "child", vec!["child"], None),
        ("[mother]\nsecondary_findings = \"treatable_or_preventable\"\n", "mother", vec!["mother"], None),
        (
            "[child]\nsecondary_findings = \"all\"\n[father]\nsecondary_findings = \"all\"\n",
            "child",
            vec!["child", "father"],
            None,
        ),
    ] {
        let told = told(&[(BRCA1, "0/1 0/0 0/1")], wishes);
        let variant = &told[whose][0]["variants"][0];
        for part in ["genotypes", "calls"] {
            let people: Vec<&String> = variant[part].as_object().unwrap().keys().collect();
            assert_eq!(people, shown, "{wishes} {part}");
        }
        // From which parent it came tells what that parent has.
        assert_eq!(variant["origin"].as_str(), origin, "{wishes}");
        assert!(variant.to_string().contains("41197774"));
    }
}

/// A family in which the child has one expanded repeat of HTT, and what is asked and wished.
fn with_expansion(question: &str, wishes: &str) -> (Value, String) {
    let workshop = Workshop::new();
    let text = vcf(&["child", "father", "mother"], &["4 3076603 C <STR45> 0/1 0/1 0/0"]);
    let text = text.replace("<STR45>\t500\tPASS\t.", "<STR45>\t500\tPASS\tRU=CAG;REPID=HTT");
    let header = "##INFO=<ID=REPID,Number=1,Type=String,Description=\"Locus\">\n#CHROM";
    workshop.write("f.vcf", text.replacen("#CHROM", header, 1)).write("f.ped", PED).write("w.toml", wishes);
    workshop.write("genes.txt", "HTT\n");
    let run = workshop.interpret(&format!("--vcf f.vcf --ped f.ped --wishes w.toml {question}")).succeeded();
    (workshop.json("out/report.json"), run.out)
}

const CLEFT_PALATE: &str = "--hpo HP:0000175";
const CHOREA: &str = "--hpo HP:0002072";

#[test]
fn an_expansion_that_nobody_asked_about_is_told_to_who_wished_all_and_nowhere_else() {
    let child = "[child]\nsecondary_findings = \"all\"\n";
    let father = "[father]\nsecondary_findings = \"all\"\n";
    let treatable = "[child]\nsecondary_findings = \"treatable_or_preventable\"\n";
    for (question, wishes, main, of_child, of_father) in [
        (CLEFT_PALATE, "", false, None, None),
        (CLEFT_PALATE, treatable, false, Some(0), None),
        (CLEFT_PALATE, child, false, Some(1), None),
        (CLEFT_PALATE, father, false, None, Some(1)),
        // Without signs nothing points to it.
        ("", "", false, None, None),
        ("", child, false, Some(1), None),
        // Asked by its signs, or by name: the child's answer, and the father's own as he wished.
        (CHOREA, "", true, None, None),
        (CHOREA, child, true, Some(0), None),
        ("--panel genes.txt", father, true, None, Some(1)),
    ] {
        let (report, said) = with_expansion(question, wishes);
        let case = format!("{question} {wishes}");
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.iter().any(|f| f["gene"]["symbol"] == "HTT"), main, "{case}");
        let secondary = &report["secondary_findings"];
        let count = |person: &str| genes(secondary, person).map(|genes| genes.len());
        assert_eq!((count("child"), count("father")), (of_child, of_father), "{case}");
        // What is not told is not counted, and table and counts say the same.
        let last = report["filters"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (last["name"].as_str(), last["kept"].as_u64()),
            (Some("inheritance"), Some(u64::from(main))),
            "{case}"
        );
        assert_eq!(said.contains("no variant was left after the filters"), !main, "{case}: {said}");
        if of_child == Some(1) {
            let finding = &secondary["child"][0];
            assert_eq!((&finding["list_version"], &finding["category"]), (&"".into(), &"repeat_expansion".into()));
            assert_eq!(finding["disease"]["label"], "Huntington disease");
            assert_eq!(finding["variants"][0]["genotypes"].as_object().unwrap().len(), 1);
        }
    }
}

#[test]
fn a_listed_variant_without_signs_is_no_finding_of_the_case() {
    for (wishes, secondary) in [("", None), (ALL, Some(1))] {
        let workshop = Workshop::new();
        let text = vcf(&["child", "father", "mother"], &["17 41197774 A T 0/1 0/0 0/1"]);
        workshop.write("f.vcf", text).write("f.ped", PED).write("w.toml", wishes);
        let run = workshop.interpret("--vcf f.vcf --ped f.ped --wishes w.toml").succeeded();
        let report = workshop.json("out/report.json");
        assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{wishes}");
        assert_eq!(genes(&report["secondary_findings"], "child").map(|g| g.len()), secondary, "{wishes}");
        assert_eq!(report["filters"].as_array().unwrap().last().unwrap()["kept"], 0);
        assert!(run.out.contains("no variant was left after the filters"), "{}", run.out);
    }
}

#[test]
fn a_diagnosis_says_what_makes_it_sure() {
    // Pathogenic in ClinVar with stars; without frequencies and parents the criteria do not reach a class.
    let workshop = Workshop::new();
    workshop.write("one.vcf", vcf(&["only"], &["10 123256215 T G 0/1"]));
    let words = "--vcf one.vcf --hpo HP:0001156,HP:0001363,HP:0011304,HP:0010055";
    let report = workshop.report(words);
    assert_eq!(report["result"], "diagnostic");
    let first = &report["findings"][0];
    let certain = |f: &Value| f["explanation"].as_array().unwrap().iter().find(|e| e["key"] == "certainty").cloned();
    let said = certain(first).expect("a diagnosis says why");
    let class = first["acmg"]["classification"].as_str().unwrap();
    let alone = class == "uncertain_significance";
    let expected = if alone { "by ClinVar alone" } else { "by the ACMG criteria" };
    assert!(said["text"].as_str().unwrap().contains(expected), "{class}: {said}");
    let page = workshop.read("out/report.html");
    assert!(page.contains(said["text"].as_str().unwrap()) && page.contains(said["text_da"].as_str().unwrap()));
    // What is not sure does not say that it is.
    let report = workshop.report("--vcf one.vcf");
    assert_eq!(report["result"], "uncertain");
    assert_eq!(certain(&report["findings"][0]), None);
}
