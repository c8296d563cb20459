//! The same family written in other ways gives the same answer.

use crate::workshop::{Workshop, bgzf, demo_text, gzip};
use serde_json::{Value, json};
use std::fmt::Write as _;

const STANDARD: &str = "--vcf family.vcf.gz --ped family.ped --phenopacket case.json --wishes wishes.toml";

/// The trio's file with every tenth record and the planted one.
fn thinned() -> String {
    let text = demo_text("ashkenazi-trio/family.vcf.gz");
    let mut records = 0;
    let kept = text.lines().filter(|line| {
        records += usize::from(!line.starts_with('#'));
        line.starts_with('#') || records % 10 == 0 || line.contains(";PLANTED")
    });
    kept.fold(String::new(), |text, line| text + line + "\n")
}

fn trio(vcf: impl AsRef<[u8]>) -> Workshop {
    let workshop = Workshop::family("ashkenazi-trio");
    workshop.write("family.vcf.gz", vcf);
    workshop
}

#[test]
fn plain_gzip_and_bgzf_read_the_same() {
    let text = thinned();
    let outputs = [text.clone().into_bytes(), gzip(text.as_bytes()), bgzf(text.as_bytes())].map(|bytes| {
        let workshop = trio(bytes);
        workshop.interpret(STANDARD).succeeded();
        (workshop.read("out/report.json"), workshop.read("out/report.html"))
    });
    assert!(outputs[0].0.contains("NRAS"));
    assert!(outputs[0] == outputs[1] && outputs[1] == outputs[2]);
}

#[test]
fn other_names_of_the_chromosomes_read_the_same() {
    let text = thinned();
    let renamed = |one: &str, two: &str| {
        text.lines().fold(String::new(), |mut out, line| {
            let line = match line.split_once('\t') {
                Some(("1", rest)) => format!("{one}\t{rest}"),
                Some(("2", rest)) => format!("{two}\t{rest}"),
                _ => line.replace("<ID=1,", &format!("<ID={one},")).replace("<ID=2,", &format!("<ID={two},")),
            };
            writeln!(out, "{line}").unwrap();
            out
        })
    };
    let reports = [text.clone(), renamed("chr1", "chr2"), renamed("NC_000001.10", "NC_000002.11")]
        .map(|text| trio(text).report(STANDARD));
    assert_eq!(reports[0]["findings"][0]["gene"]["symbol"], "NRAS");
    assert!(reports[0] == reports[1] && reports[1] == reports[2]);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let outputs = ["1", "2", "7"].map(|threads| {
        let workshop = Workshop::family("ashkenazi-trio");
        workshop.interpret(&format!("{STANDARD} --threads {threads}")).succeeded();
        let inherited = "inheritance --data house --vcf family.vcf.gz --ped family.ped --out all.jsonl --profile none";
        workshop.run(&format!("{inherited} --threads {threads}")).succeeded();
        (workshop.read("out/report.json"), workshop.read("out/report.html"), workshop.read("all.jsonl"))
    });
    assert!(outputs[0] == outputs[1] && outputs[1] == outputs[2]);
}

/// One sample's columns; `keep` says which genotypes get a line.
fn of_one_person(text: &str, sample: &str, keep: impl Fn(&str) -> bool) -> String {
    let names = text.lines().find(|l| l.starts_with("#CHROM")).unwrap();
    let column = names.split('\t').position(|name| name == sample).unwrap();
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with("##") {
            writeln!(out, "{line}").unwrap();
            continue;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        if line.starts_with('#') || keep(columns[column].split(':').next().unwrap()) {
            writeln!(out, "{}\t{}", columns[..9].join("\t"), columns[column]).unwrap();
        }
    }
    out
}

fn split(keep: impl Fn(&str) -> bool + Copy) -> Value {
    let text = thinned();
    let workshop = trio(&text);
    for sample in ["HG002", "HG003", "HG004"] {
        workshop.write(&format!("{sample}.vcf"), of_one_person(&text, sample, keep));
    }
    workshop.report(
        "--vcf HG002.vcf --vcf HG003.vcf --vcf HG004.vcf --ped family.ped --phenopacket case.json --wishes wishes.toml",
    )
}

#[test]
fn one_file_a_person_does_not_take_absence_for_reference() {
    let report = split(|gt| gt.contains('1'));
    crate::contract::check(&report);
    let first = &report["findings"][0];
    assert_eq!((&first["gene"]["symbol"], &first["mode_of_inheritance"]), (&json!("NRAS"), &json!("possible_de_novo")));
    assert_eq!(first["variants"][0]["genotypes"], json!({"HG002": "0/1", "HG003": "./.", "HG004": "./."}));
    for finding in report["findings"].as_array().unwrap() {
        assert_ne!(finding["mode_of_inheritance"], "de_novo", "{finding}");
    }
}

#[test]
fn one_file_a_person_with_reference_lines_is_the_family() {
    let report = split(|_| true);
    let together = trio(thinned()).report(STANDARD);
    let short = |report: &Value| -> Vec<Value> {
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .map(|f| json!([f["gene"]["symbol"], f["mode_of_inheritance"], f["variants"][0]["genotypes"], f["scores"]]))
            .collect()
    };
    assert_eq!(short(&report), short(&together));
    assert_eq!(report["secondary_findings"], together["secondary_findings"]);
}
