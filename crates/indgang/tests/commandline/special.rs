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

/// A file of GRCh37 with these lines: `CHROM POS REF ALT INFO FORMAT child father mother`.
fn lines(records: &[&str]) -> String {
    let mut text = String::from(
        "##fileformat=VCFv4.2\n##contig=<ID=1,length=249250621>\n##contig=<ID=MT,length=16569>\n\
         ##INFO=<ID=END,Number=1,Type=Integer,Description=\"End\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tchild\tfather\tmother\n",
    );
    for record in records {
        let words: Vec<&str> = record.split_whitespace().collect();
        let [chrom, pos, reference, alternate, info, rest @ ..] = &words[..] else { panic!("{record}") };
        let rest = rest.join("\t");
        text.push_str(&format!("{chrom}\t{pos}\t.\t{reference}\t{alternate}\t99\tPASS\t{info}\t{rest}\n"));
    }
    text
}

/// `gene mode place[+place]` of every line that `inheritance` writes.
fn told(records: &[&str]) -> Vec<String> {
    let workshop = Workshop::new();
    workshop.write("f.vcf", lines(records)).write("f.ped", TRIO);
    workshop.run("inheritance --data house --vcf f.vcf --ped f.ped --profile standard --out f.jsonl").succeeded();
    let tell = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let places: Vec<String> = places(&line["variants"]).iter().map(u64::to_string).collect();
        let gene = line["gene"].as_str().unwrap_or("-");
        format!("{gene} {} {}", line["mode"].as_str().unwrap(), places.join("+"))
    };
    workshop.read("f.jsonl").lines().map(tell).collect()
}

#[test]
fn lines_without_genotypes_are_read_by_copies_and_mitochondrial_ones_have_genes() {
    for (records, expected) in [
        (&["17 29500000 N <CNV> SVTYPE=CNV;END=29560000 CN 1 2 2"][..], &["NF1 de_novo 29500000"][..]),
        (
            &["17 29500000 N <CNV> SVTYPE=CNV;END=29560000 GT:CN ./.:1 ./.:1 ./.:2"],
            &["NF1 autosomal_dominant_incomplete_penetrance 29500000"],
        ),
        (&["17 29500000 N <CNV> SVTYPE=CNV;END=29560000 CN 2 1 2"], &[]), // the father's alone
        (&["MT 3243 A G . GT:AD:AF 0/1:300,700:0.7 0/0:900,0:0 0/1:900,100:0.1"], &["MT-TL1 mitochondrial 3243"]),
        (
            &["MT 8482 C <DEL> SVTYPE=DEL;END=13459 GT:AD:AF 0/1:300,700:0.7 0/0:900,0:0 0/1:900,100:0.1"],
            &["MT-ATP6 mitochondrial 8482"],
        ),
        // A deletion takes a copy of CFTR by its number; the small variant within is the only copy.
        (
            &["7 117190000 N <CNV> SVTYPE=CNV;END=117210000 CN 1 2 2", "7 117199644 ATCT A . GT 1/1 0/0 0/1"],
            &["CFTR autosomal_recessive_over_deletion 117199644+117190000"],
        ),
    ] {
        let found = told(records);
        for line in expected {
            assert!(found.iter().any(|l| l == line), "{line}: {found:?}");
        }
        assert!(!expected.is_empty() || found.is_empty(), "{found:?}");
    }
}

#[test]
fn two_calls_of_one_deletion_are_no_pair() {
    let pairs = |records: &[&str]| told(records).into_iter().filter(|l| l.contains('+')).count();
    let first = "7 117140000 G <DEL> SVTYPE=DEL;END=117160000 GT 0/1 ./. ./.";
    assert_eq!(pairs(&[first, "7 117140009 T <DEL> SVTYPE=DEL;END=117160012 GT 0/1 ./. ./."]), 0);
    assert_eq!(pairs(&[first, "7 117150000 T <DEL> SVTYPE=DEL;END=117200000 GT 0/1 ./. ./."]), 1);
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
