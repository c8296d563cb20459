//! `inheritance` lists what takes a deletion or a couple, as `interpret` finds it: CFTR on GRCh37.

use crate::workshop::{Workshop, vcf};
use serde_json::Value;

const TRIO: &str = "f\tchild\tfather\tmother\t2\t2\nf\tfather\t0\t0\t1\t1\nf\tmother\t0\t0\t2\t1\n";
const COUPLE: &str = "f\twoman\t0\t0\t2\t1\nf\tman\t0\t0\t1\t1\n";
/// p.Phe508del and p.Gly551Asp.
const PHE508DEL: &str = "7 117199644 ATCT A";
const GLY551ASP: &str = "7 117227860 G A";

/// Each variant as `pos`.
fn places(variants: &Value) -> Vec<u64> {
    variants.as_array().unwrap().iter().map(|v| v["pos"].as_u64().unwrap()).collect()
}

/// The variants of every line of this mode by `inheritance`, and of every finding of it by `interpret`.
fn both(vcf: &str, ped: &str, profile: &str, mode: &str) -> (Vec<Vec<u64>>, Vec<Vec<u64>>) {
    let workshop = Workshop::new();
    workshop.write("f.vcf", vcf).write("f.ped", ped);
    let files = format!("--vcf f.vcf --ped f.ped --profile {profile}");
    workshop.run(&format!("inheritance --data house {files} --out f.jsonl")).succeeded();
    let lines = workshop.read("f.jsonl");
    let lines = lines.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).filter(|l| l["mode"] == mode);
    let lines: Vec<Vec<u64>> = lines
        .map(|line| {
            assert_eq!(line["gene"], "CFTR", "{line}");
            places(&line["variants"])
        })
        .collect();
    let report = workshop.report(&files);
    let findings = report["findings"].as_array().unwrap().iter();
    let also = format!("also_{mode}");
    let of_mode = findings.filter(|f| {
        f["mode_of_inheritance"] == mode || f["flags"].as_array().unwrap().iter().any(|flag| *flag == also.as_str())
    });
    (lines, of_mode.map(|f| places(&f["variants"])).collect())
}

#[test]
fn a_small_variant_over_an_inherited_deletion() {
    let mode = "autosomal_recessive_over_deletion";
    // Small variant and deletion in child, father, mother; whether the two are the child's disease.
    for (small, deletion, expected) in [
        ("1/1 0/0 0/1", "0/1 0/1 0/0", true),
        ("1/1 0/1 0/0", "0/1 0/0 0/1", true),
        ("1/1 0/0 0/1", "0/1 0/0 0/1", false), // the deletion from who gave the variant
        ("1/1 0/0 0/1", "0/0 0/1 0/0", false), // no deletion in the child
        ("0/1 0/0 0/1", "0/1 0/1 0/0", false), // both copies are there
    ] {
        let records = [format!("7 117190000 G <DEL> {deletion}"), format!("{PHE508DEL} {small}")];
        let text = vcf(&["child", "father", "mother"], &[&records[0], &records[1]]);
        let text = text.replace("\tPASS\t.\t", "\tPASS\tSVTYPE=DEL;END=117210000\t");
        let info = "##INFO=<ID=END,Number=1,Type=Integer,Description=\"End\">\n#CHROM";
        let text = text.replace("#CHROM", info);
        for profile in ["none", "standard"] {
            let (lines, findings) = both(&text, TRIO, profile, mode);
            let wanted = if expected { vec![vec![117_199_644, 117_190_000]] } else { vec![] };
            assert_eq!(lines, wanted, "{profile} {small} {deletion}");
            assert_eq!(findings, wanted, "{profile} {small} {deletion}");
        }
    }
}

#[test]
fn a_couple_of_carriers() {
    // Genotypes of woman and man at the two places; the pairs.
    for (first, second, expected) in [
        ("0/1 0/1", "0/0 0/0", vec![vec![117_199_644]]),
        ("0/1 0/0", "0/0 0/1", vec![vec![117_199_644, 117_227_860]]),
        ("0/1 0/0", "0/1 0/0", vec![]),
        ("0/0 0/1", "0/1 0/0", vec![vec![117_227_860, 117_199_644]]),
    ] {
        let records = [format!("{PHE508DEL} {first}"), format!("{GLY551ASP} {second}")];
        let text = vcf(&["woman", "man"], &[&records[0], &records[1]]);
        let (lines, findings) = both(&text, COUPLE, "standard", "carrier_couple");
        assert_eq!(lines, expected, "{first} {second}");
        assert_eq!(findings, expected, "{first} {second}");
    }
}
