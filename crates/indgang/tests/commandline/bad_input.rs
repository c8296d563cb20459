//! Bad input: one clear message with file, line, value and remedy, a non-zero exit, and nothing half-written.

use crate::workshop::{Run, Workshop, bgzf, demo_file, vcf};
use std::fs;

const PED: &str = "f\tchild\tfather\tmother\t1\t2\nf\tfather\t0\t0\t1\t1\nf\tmother\t0\t0\t2\t1\n";
const FAMILY: &str = "--vcf f.vcf --ped f.ped --hpo HP:0001156";

fn records() -> String {
    vcf(
        &["child", "father", "mother"],
        &["1 1000 A C 0/1 0/1 0/0", "1 115256562 G A 0/1 0/0 0/0", "2 500 A C 0/1 0/1 0/0"],
    )
}

fn family() -> Workshop {
    let workshop = Workshop::new();
    workshop.write("f.vcf", records()).write("f.ped", PED);
    workshop
}

impl Workshop {
    /// Refuses the same files by `interpret`, and by `inheritance` when `both`; neither leaves a file.
    #[track_caller]
    fn refuses(&self, words: &str, parts: &[&str]) {
        let before = self.files();
        self.interpret(words).refused_with(parts);
        assert_eq!(self.files(), before);
    }

    #[track_caller]
    fn inheritance_refuses(&self, words: &str, parts: &[&str]) {
        let before = self.files();
        self.run(&format!("inheritance --data house --out out.jsonl {words}")).refused_with(parts);
        assert_eq!(self.files(), before);
    }
}

#[test]
fn the_family_is_good_before_it_is_spoilt() {
    family().interpret(FAMILY).succeeded();
}

#[test]
fn a_vcf_that_is_cut_or_damaged() {
    let workshop = family();
    let whole = fs::read(demo_file("scout-trio/family.vcf.gz")).unwrap();
    workshop.take("scout-trio/family.ped", "s.ped");
    for (name, bytes) in [
        ("middle.vcf.gz", &whole[..whole.len() / 2]),
        ("no-end.vcf.gz", &whole[..whole.len() - 29]),
        ("last-byte.vcf.gz", &whole[..whole.len() - 1]),
    ] {
        workshop.write(name, bytes);
        workshop.refuses(&format!("--vcf {name} --ped s.ped"), &[name, "cut", "copy it again"]);
        workshop.inheritance_refuses(&format!("--vcf {name} --ped s.ped"), &[name, "cut", "copy it again"]);
    }
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0xff;
    workshop.write("flipped.vcf.gz", &flipped);
    workshop.refuses("--vcf flipped.vcf.gz --ped s.ped", &["`flipped.vcf.gz`", "damaged"]);
    workshop.write("cut.vcf.gz", &bgzf(records().as_bytes())[..60]);
    workshop.refuses("--vcf cut.vcf.gz --ped f.ped", &["`cut.vcf.gz`", "cut"]);
}

#[test]
fn a_vcf_with_a_wrong_line() {
    let text = records();
    for (from, to, parts) in [
        (
            "\t0/1:20,20:40:99\t0/0:40,0:40:99\t0/0:40,0:40:99\n",
            "\t0/1:20,20:40:99\t0/0:40,0:40:99\n",
            vec!["line 10 has 11 columns", "12"],
        ),
        ("1\t115256562", "1\t999", vec!["line 10", "position 999", "after 1000", "bcftools sort"]),
        ("2\t500", "1\t500", vec!["line 11", "500", "bcftools sort"]),
        ("115256562", "somewhere", vec!["line 10", "`somewhere`", "whole number"]),
        ("\tG\tA\t", "\tQ\tA\t", vec!["line 10", "REF is `Q`"]),
        ("\tG\tA\t", "\tG\tJ\t", vec!["line 10", "ALT is `J`"]),
        ("\tGT:AD:DP:GQ\t0/1", "\tGT:AD:DP:GQ\t0/7", vec!["line 9", "0/7"]),
        ("##fileformat=VCFv4.2", "##fileformat=VCFv3.3", vec!["`VCFv3.3`", "VCFv4.2"]),
        ("##fileformat=VCFv4.2\n", "", vec!["line 1", "is this a VCF?"]),
        ("\tchild\tfather\tmother\n", "\tchild\tchild\tmother\n", vec!["line 8", "`child`", "two columns"]),
    ] {
        let workshop = family();
        assert!(text.contains(from), "{from}");
        workshop.write("f.vcf", text.replacen(from, to, 1));
        let parts = [&["`f.vcf`"][..], &parts].concat();
        workshop.refuses(FAMILY, &parts);
        workshop.inheritance_refuses("--vcf f.vcf --ped f.ped --profile none", &parts);
    }
    for (content, part) in [("", "empty"), ("BAM\u{1}", "line 1"), ("{}", "line 1")] {
        let workshop = family();
        workshop.write("f.vcf", content);
        workshop.refuses(FAMILY, &["`f.vcf`", part, "VCF"]);
    }
}

#[test]
fn a_vcf_without_a_variant_is_no_negative_answer() {
    let people = ["child", "father", "mother"];
    for records in [vec![], vec!["1 1000 A . 0/0 0/0 0/0"], vec!["1 1000 A <NON_REF> 0/0 0/0 0/0"]] {
        let workshop = family();
        workshop.write("f.vcf", vcf(&people, &records));
        workshop.refuses(FAMILY, &["`f.vcf`", "no allele to interpret", "filtered too much"]);
    }
    // A caller of structural variants may find none.
    let workshop = family();
    workshop.write("sv.vcf", vcf(&people, &[]));
    workshop.interpret(&format!("{FAMILY} --vcf sv.vcf")).succeeded();
}

#[test]
fn a_vcf_given_twice() {
    family().refuses(&format!("{FAMILY} --vcf ./f.vcf"), &["`./f.vcf`", "given twice", "each file once"]);
}

#[test]
fn a_pedigree_that_cannot_be() {
    for (ped, parts) in [
        (format!("{PED}f\taunt\t0\t0\t2\t2\n"), vec!["`aunt`", "not a sample of the VCF"]),
        (
            PED.replace("mother\t0\t0", "mother\t0\tchild")
                .replace("child\tfather\tmother\t1", "child\tfather\tmother\t2"),
            vec!["line 1", "own ancestor", "columns 3 and 4"],
        ),
        (
            PED.replace("f\tmother\t0\t0\t2", "f\tmother\t0\t0\t1"),
            vec!["line 1", "`mother`", "male by line 3", "column 5"],
        ),
        (PED.replace("f\tfather\t0\t0\t1", "f\tfather\t0\t0\t2"), vec!["line 1", "`father`", "female by line 2"]),
        (PED.replace("child\tfather", "child\tstranger"), vec!["line 1", "`stranger`", "no line", "write 0"]),
        (PED.replace("father\tmother", "father\tfather"), vec!["line 1", "both father and mother"]),
        (PED.replace("\t1\t2\n", "\tx\t2\n"), vec!["line 1, column 5", "`x`", "1 for male"]),
        (PED.replace("\t1\t2\n", "\t1\tyes\n"), vec!["line 1, column 6", "`yes`"]),
        (PED.replace("\t1\t2\n", "\t1\n"), vec!["line 1", "5 columns", "six"]),
        (format!("{PED}f\tchild\t0\t0\t1\t2\n"), vec!["line 4", "`child`", "line 1"]),
        (String::new(), vec!["names nobody"]),
    ] {
        let workshop = family();
        workshop.write("f.ped", &ped);
        let parts = [&["`f.ped`"][..], &parts].concat();
        workshop.refuses(FAMILY, &parts);
        workshop.inheritance_refuses("--vcf f.vcf --ped f.ped", &parts);
    }
}

#[test]
fn names_that_do_not_meet() {
    let workshop = family();
    workshop.write("f.ped", "g\tA\tB\tC\t1\t2\ng\tB\t0\t0\t1\t1\ng\tC\t0\t0\t2\t1\n");
    workshop.refuses(FAMILY, &["`f.ped`", "A, B, C", "child, father, mother", "make the names agree"]);
    workshop.inheritance_refuses("--vcf f.vcf --ped f.ped", &["`f.ped`", "`A`"]);
    workshop.refuses("--vcf f.vcf --hpo HP:0001156", &["3 samples (child, father, mother)", "--ped"]);
    let workshop = family();
    workshop.write("other.vcf", vcf(&["somebody"], &["1 5 A C 0/1"]));
    workshop.refuses(&format!("{FAMILY} --vcf other.vcf"), &["`other.vcf`", "somebody", "make the names agree"]);
    workshop.write("none.vcf", vcf(&[], &[]).replace("\tFORMAT\n", "\n"));
    workshop.refuses("--vcf none.vcf", &["`none.vcf`", "no sample", "genotypes"]);
    let two = "f\tchild\t0\t0\t1\t2\ng\tfather\t0\t0\t1\t2\n";
    workshop.write("two.ped", two);
    workshop.refuses("--vcf f.vcf --ped two.ped", &["`two.ped`", "2 families", "(f, g)", "one at a time"]);
}

#[test]
fn a_sign_that_is_not_known() {
    let workshop = family();
    let files = "--vcf f.vcf --ped f.ped";
    workshop.refuses(&format!("{files} --hpo HP:9999999"), &["--hpo", "`HP:9999999`", "nearest"]);
    workshop.refuses(&format!("{files} --hpo seizure"), &["--hpo", "`seizure`", "HP:"]);
    workshop.refuses(&format!("{files} --not-hpo HP:12"), &["`HP:12`"]);
    let packet = r#"{"id":"x","subject":{"id":"child"},"phenotypicFeatures":[{"type":{"id":"HP:9999999","label":"Brachydactily"}}]}"#;
    workshop.write("case.json", packet);
    workshop.refuses(
        &format!("{files} --phenopacket case.json"),
        &["`case.json`", "sign 1", "`HP:9999999` (Brachydactily)", "nearest", "HP:0001156", "Brachydactyly"],
    );
}

#[test]
fn an_obsolete_sign_is_mapped_and_said() {
    let workshop = family();
    // HP:0000057 was merged: Clitoromegaly is HP:0008665 today.
    let report = workshop.report("--vcf f.vcf --ped f.ped --hpo HP:0000057");
    assert_eq!(report["phenotypic_features"][0]["id"], "HP:0008665");
    let warnings = report["warnings"].to_string();
    assert!(warnings.contains("`HP:0000057` is no longer in use; read as HP:0008665"), "{warnings}");
    assert!(workshop.read("out/report.html").contains("HP:0000057"));
}

#[test]
fn a_phenopacket_of_another_kind() {
    for (json, parts) in [
        (
            r#"{"id":"x","subject":{"id":"child"},"phenotypicFeatures":[],"metaData":{"phenopacketSchemaVersion":"1.0.0"}}"#,
            vec!["`1.0.0`", "only version 2", "phenopacket-tools"],
        ),
        (r#"{"id":"x","subject":{"id":"child"},"genes":[],"variants":[]}"#, vec!["`genes` at top level", "version 1"]),
        (r#"{"id":"x","members":[]}"#, vec!["cohort"]),
        (r#"{"resourceType":"Patient"}"#, vec!["not a phenopacket", "version 2"]),
        ("{\n\"id\": }", vec!["line 2", "not a phenopacket in JSON"]),
        (
            r#"{"id":"x","subject":{"id":"child"},"phenotypicFeatures":[],"metaData":{"phenopacketSchemaVersion":"3.0"}}"#,
            vec!["`3.0`", "only version 2"],
        ),
        ("", vec!["the file is empty", "JSON object"]),
        ("[]", vec!["the file is a list", "JSON object", "version 2"]),
    ] {
        let workshop = family();
        workshop.write("case.json", json);
        let parts = [&["`case.json`"][..], &parts].concat();
        workshop.refuses("--vcf f.vcf --ped f.ped --phenopacket case.json", &parts);
    }
    // Without a version, and with a subject whom nobody knows, it is used and said.
    let workshop = family();
    workshop.write("case.json", r#"{"id":"x","subject":{"id":"P17"},"phenotypicFeatures":[]}"#);
    let warnings = workshop.report("--vcf f.vcf --ped f.ped --phenopacket case.json")["warnings"].to_string();
    for part in [
        "`case.json`: `metaData.phenopacketSchemaVersion` is absent",
        "subject `P17` is not in the pedigree",
        "No sign was given",
    ] {
        assert!(warnings.contains(part), "{warnings}");
    }
    // Signs of somebody else are not the proband's.
    let workshop = family();
    workshop.write("case.json", r#"{"id":"x","subject":{"id":"father"},"phenotypicFeatures":[]}"#);
    workshop.refuses("--vcf f.vcf --ped f.ped --phenopacket case.json", &["`case.json`", "`father`", "`child`"]);
}

#[test]
fn one_header_of_two_assemblies() {
    let workshop = family();
    let mixed = records().replacen("#CHROM", "##contig=<ID=2,length=242193529>\n#CHROM", 1);
    workshop.write("f.vcf", &mixed);
    workshop.refuses(FAMILY, &["`f.vcf`", "two assemblies", "GRCh37", "GRCh38"]);
    // The lengths are hardest to get wrong: the words beside them are contradicted aloud.
    workshop.write("f.vcf", records().replace("##reference=GRCh37", "##reference=GRCh38"));
    let report = workshop.report(FAMILY);
    assert_eq!(report["assembly"], "GRCh37");
    let warnings = report["warnings"].to_string();
    assert!(
        warnings.contains("`f.vcf`: the header's words say GRCh38, but its contigs have the lengths of GRCh37"),
        "{warnings}"
    );
}

#[test]
fn two_assemblies() {
    let workshop = family();
    let newer = records().replace("GRCh37", "GRCh38").replace("249250621", "248956422");
    workshop.write("new.vcf", &newer);
    workshop.refuses(&format!("{FAMILY} --vcf new.vcf"), &["`new.vcf`", "GRCh38", "`f.vcf`", "GRCh37", "one assembly"]);
    workshop.refuses(&format!("{FAMILY} --assembly GRCh38"), &["`f.vcf`", "GRCh37", "--assembly says GRCh38"]);
    workshop.inheritance_refuses("--vcf f.vcf --ped f.ped --assembly GRCh38", &["`f.vcf`", "GRCh37", "GRCh38"]);
    let silent: String = records().lines().filter(|l| !l.contains("37")).map(|l| format!("{l}\n")).collect();
    workshop.write("silent.vcf", silent);
    workshop.refuses("--vcf silent.vcf --ped f.ped", &["silent.vcf", "assembly", "--assembly GRCh37"]);
    workshop.report("--vcf silent.vcf --ped f.ped --assembly GRCh37");
}

#[test]
fn a_wish_of_nobody() {
    for (wishes, parts) in [
        ("[child]\n\n[aunt]\nsecondary_findings = \"all\"\n", vec!["line 3", "`aunt`", "child, father, mother"]),
        ("[child]\nsecondary_findings = \"some\"\n", vec!["line 2", "some", "treatable_or_preventable"]),
        ("[child]\nfavourite = true\n", vec!["line 2", "favourite"]),
        ("nonsense", vec!["line 1"]),
    ] {
        let workshop = family();
        workshop.write("w.toml", wishes);
        let parts = [&["`w.toml`"][..], &parts].concat();
        workshop.refuses(&format!("{FAMILY} --wishes w.toml"), &parts);
    }
}

#[test]
fn a_panel_or_a_table_that_is_none() {
    let workshop = family();
    workshop.write("panel.txt", "# nothing\n");
    workshop.refuses(&format!("{FAMILY} --panel panel.txt"), &["`panel.txt`", "names no gene"]);
    workshop.write("table.tsv", "some\twords\n1\t2\n");
    workshop.refuses(&format!("{FAMILY} --annotations table.tsv"), &["`table.tsv`", "line 1"]);
    workshop.write("ref.fa", "ACGT\n");
    workshop.refuses(&format!("{FAMILY} --reference ref.fa"), &["`ref.fa`"]);
}

#[test]
fn files_that_are_not_there() {
    let workshop = family();
    for (words, file) in [
        ("--vcf no.vcf --ped f.ped", "`no.vcf`"),
        ("--vcf f.vcf --ped no.ped", "`no.ped`"),
        ("--vcf f.vcf --ped f.ped --phenopacket no.json", "`no.json`"),
        ("--vcf f.vcf --ped f.ped --wishes no.toml", "`no.toml`"),
        ("--vcf f.vcf --ped f.ped --panel no.txt", "`no.txt`"),
        ("--vcf f.vcf --ped f.ped --annotations no.tsv", "`no.tsv`"),
        ("--vcf f.vcf --ped f.ped --reference no.fa", "`no.fa`"),
    ] {
        workshop.refuses(words, &[file, "No such file", "check"]);
    }
    workshop.refuses("--vcf . --ped f.ped", &["`.`", "folder"]);
    workshop.inheritance_refuses("--vcf no.vcf --ped f.ped", &["`no.vcf`", "check"]);
    workshop.run("rank --cases no.jsonl --out r.jsonl").refused_with(&["`no.jsonl`", "check"]);
}

#[test]
fn places_where_nothing_can_be_written() {
    let workshop = family();
    workshop.write("taken", "a file");
    for out in ["taken", "taken/below", "/proc/nowhere"] {
        let run = workshop.run(&format!("interpret --data house --out {out} {FAMILY}"));
        run.refused_with(&["cannot make the folder", out, "--out"]);
    }
    for out in ["absent/a.jsonl", "taken/a.jsonl"] {
        let words = format!("inheritance --data house --vcf f.vcf --ped f.ped --out {out}");
        workshop.run(&words).refused_with(&["cannot write", out, "folder"]);
    }
    workshop.write("cases.jsonl", r#"{"id":"x","subject":{"id":"1"},"phenotypicFeatures":[]}"#);
    workshop.run("rank --cases cases.jsonl --out absent/r.jsonl").refused_with(&["absent/r.jsonl", "folder"]);
    assert_eq!(workshop.files(), ["cases.jsonl", "f.ped", "f.vcf", "taken"]);
}

/// Runs with files limited to so many blocks of 512 bytes, which meets a write as a full disk does.
pub fn with_little_room(workshop: &Workshop, blocks: u32, words: &str) -> Run {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = workshop.command_by("sh", "-c");
    command.arg(script).arg(env!("CARGO_BIN_EXE_indgang")).args(words.split_whitespace());
    command.output().unwrap().into()
}

#[test]
fn a_disk_that_fills_while_the_house_is_made() {
    for blocks in [0, 2, 16, 40] {
        let workshop = family();
        let before = workshop.files();
        let run = with_little_room(&workshop, blocks, &format!("interpret --data house --out out {FAMILY}"));
        assert!(!run.err.contains("newer program"), "{blocks}: {}", run.err);
        run.refused_with(&["`house`", "disk"]);
        assert_eq!(workshop.files(), before, "{blocks}");
    }
}

#[test]
fn a_disk_that_fills() {
    let workshop = Workshop::family("ashkenazi-trio");
    let files = "--vcf family.vcf.gz --ped family.ped";
    workshop.report(&format!("{files} --phenopacket case.json"));
    let earlier = workshop.read("out/report.json");
    assert!(earlier.len() > 500_000);
    let all = workshop.files();
    // Room for the house and not for the report: the earlier report stays as it was.
    let run = with_little_room(&workshop, 500, &format!("interpret --data house --out out {files} --hpo HP:0000465"));
    run.refused_with(&["cannot write `out/report.json`", "disk"]);
    assert_eq!((workshop.files(), workshop.read("out/report.json")), (all.clone(), earlier));
    let words = format!("inheritance --data house --out all.jsonl --profile none {files}");
    with_little_room(&workshop, 500, &words).refused_with(&["cannot write `all.jsonl`", "disk"]);
    let case = r#"{"id":"x","subject":{"id":"1"},"phenotypicFeatures":[{"type":{"id":"HP:0001363"}}]}"#;
    workshop.write("cases.jsonl", format!("{case}\n").repeat(300));
    with_little_room(&workshop, 500, "rank --data house --cases cases.jsonl --out ranks.jsonl")
        .refused_with(&["`ranks.jsonl`", "disk"]);
    fs::remove_file(workshop.path().join("cases.jsonl")).unwrap();
    assert_eq!(workshop.files(), all);
    // No room for the house itself.
    let run = with_little_room(&workshop, 8, &format!("interpret --data house2 --out out2 {files}"));
    run.refused_with(&["`house2`"]);
    assert!(!workshop.path().join("out2").exists());
}
