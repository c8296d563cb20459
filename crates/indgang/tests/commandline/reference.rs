//! `interpret --reference`: alleles are left-aligned as `bcftools norm` does it, whatever stands in the file; and what a
//! wider profile lets through.

use crate::workshop::{Workshop, vcf};
use std::collections::BTreeSet;
use std::path::Path;

/// The file, the sequence and what bcftools makes of both (`crates/genomics/tests/data/norm/README.md`).
fn stored(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../genomics/tests/data/norm");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The stored file with a gene of its own for each alternate allele, so that each is a finding of its own.
fn annotated(lines: usize) -> String {
    let mut text = String::new();
    for (number, line) in stored("input.vcf").lines().enumerate() {
        if line.starts_with("#CHROM") {
            text += "##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Consequence annotations from Ensembl VEP. Format: Allele|ALLELE_NUM|Consequence|SYMBOL\">\n";
        }
        let mut cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        if cells.len() > 7 && !line.starts_with('#') {
            let entry = |n: usize| format!("X|{n}|frameshift_variant|MADEUP{number}N{n}");
            let entries: Vec<String> = (1..=cells[4].split(',').count()).map(entry).collect();
            let before = if cells[7] == "." { String::new() } else { format!("{};", cells[7]) };
            cells[7] = format!("{before}CSQ={}", entries.join(","));
        }
        text += &format!("{}\n", cells.join("\t"));
        if number > lines {
            break;
        }
    }
    text
}

/// Places and alleles of all small findings.
fn found(workshop: &Workshop, words: &str) -> BTreeSet<String> {
    let report = workshop.report(&format!("--vcf n.vcf --ped n.ped --assembly GRCh37 --profile none {words}"));
    let variants = report["findings"].as_array().unwrap().iter().flat_map(|f| f["variants"].as_array().unwrap());
    let small = variants.filter(|v| v["event"]["kind"] == "small");
    small.map(|v| format!("1\t{}\t{}\t{}", v["pos"], v["ref"].as_str().unwrap(), v["alt"].as_str().unwrap())).collect()
}

#[test]
fn alleles_are_where_bcftools_puts_them() {
    let workshop = Workshop::new();
    workshop.write("n.vcf", annotated(150)).write("n.ped", "f\ta\t0\t0\t2\t2\n").write("n.fa", stored("reference.fa"));
    let expected = stored("expected.tsv");
    let expected: BTreeSet<String> =
        expected.lines().map(|line| line.split('\t').take(4).collect::<Vec<_>>().join("\t")).collect();
    let aligned = found(&workshop, "--reference n.fa");
    assert!(aligned.len() > 60, "only {}: the example tests nothing", aligned.len());
    assert_eq!(aligned.difference(&expected).collect::<Vec<_>>(), Vec::<&String>::new());
    // Without the sequence they are only trimmed, and the report says so.
    let trimmed = found(&workshop, "");
    assert!(trimmed.difference(&expected).count() > 10, "{}", trimmed.difference(&expected).count());
    let warnings = workshop.json("out/report.json")["warnings"].to_string();
    assert!(warnings.contains("trimmed but not left-aligned"), "{warnings}");
}

#[test]
fn a_wider_profile_tells_thinner_calls() {
    // No record of ClinVar's, which would be told with a reservation whatever its reads.
    let whole = vcf(&["only"], &["1 115256500 C A 0/1"]);
    for (reads, filter, standard, sensitive) in [
        ("20,20:40:99", "PASS", true, true),
        ("4,3:7:30", "PASS", false, true),
        ("17,3:20:50", "PASS", false, true),
        ("20,20:40:99", "LowQual", false, true),
        ("2,2:4:30", "PASS", false, false),
        ("20,20:40:10", "PASS", false, false),
    ] {
        let workshop = Workshop::new();
        let text = whole.replace("20,20:40:99", reads).replace("PASS", filter);
        workshop.write("one.vcf", text);
        for (profile, expected) in [("standard", standard), ("sensitive", sensitive), ("none", true)] {
            let report = workshop.report(&format!("--vcf one.vcf --hpo HP:0000465 --profile {profile}"));
            let told = report["findings"].as_array().unwrap().iter().any(|f| f["gene"]["symbol"] == "NRAS");
            assert_eq!(told, expected, "{reads} {filter} {profile}");
        }
    }
}
