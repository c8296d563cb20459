//! Releases of the knowledge from publishers' files, and what is answered by them; imported scores.

use crate::workshop::{Workshop, gzip};
use std::fmt::Write as _;

/// ClinVar as published, on GRCh37, with one record: the cause of the demo's second family.
fn clinvar(significance: &str) -> String {
    format!(
        "##fileformat=VCFv4.1\n##fileDate=2026-09-05\n##source=ClinVar\n##reference=GRCh37\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n\
         10\t123256215\t13275\tT\tG\t.\t.\tALLELEID=1;CLNDN=Pfeiffer_syndrome;\
         CLNREVSTAT=criteria_provided,_multiple_submitters,_no_conflicts;CLNSIG={significance};\
         GENEINFO=FGFR2:2263;MC=SO:0001583|missense_variant\n"
    )
}

const FAMILY: &str = "--vcf family.vcf.gz --ped family.ped --phenopacket case.json";

#[test]
fn a_release_is_built_and_answers() {
    let workshop = Workshop::family("pfeiffer");
    workshop.write("clinvar.vcf.gz", gzip(clinvar("Pathogenic").as_bytes()));
    let build = "knowledge build --clinvar clinvar.vcf.gz";
    // One record for so many: refused, and nothing is left behind.
    let before = workshop.files();
    let refused = workshop.run(&format!("{build} --out release"));
    refused.refused_with(&["records of the part `clinvar-records` fall from", "to 1", "--allow-fall"]);
    assert_eq!(workshop.files(), before);
    let out = workshop.run(&format!("{build} --out release --allow-fall --name 2026-09 --json told.json"));
    let out = out.succeeded().out;
    assert!(out.contains("clinvar              2016-09 -> 2026-09-05"), "{out}");
    assert!(out.contains("release 2026-09 in `release`"), "{out}");
    let told = workshop.json("told.json");
    assert_eq!(told["release"], "2026-09");
    assert_eq!(told["difference"]["genes"]["added"], serde_json::json!([]));
    assert!(told["difference"]["clinvar"]["withdrawn"].as_array().unwrap().len() > 100_000);
    // The same files give the same bytes, whatever the folder is called.
    workshop.run(&format!("{build} --out again --allow-fall --name 2026-09")).succeeded();
    for file in workshop.files().iter().filter_map(|file| file.strip_prefix("release/")) {
        let read = |folder: &str| std::fs::read(workshop.path().join(folder).join(file)).unwrap();
        assert_eq!(read("release"), read("again"), "{file}");
    }
    // A report names the release and says by it.
    let report = workshop.report(&format!("{FAMILY} --knowledge release"));
    assert_eq!(report["versions"]["knowledge"], "2026-09");
    assert_eq!(report["versions"]["clinvar"], "2026-09-05");
    let known = &report["findings"][0]["variants"][0]["clinvar"];
    assert_eq!((&known["stars"], &known["version"]), (&2.into(), &"2026-09-05".into()), "{known}");
    let out = workshop.run("doctor --data house --knowledge release").succeeded().out;
    assert!(out.contains("Knowledge in `release`") && out.contains("2026-09-05"), "{out}");
    // It is the base of the next, and is never written over.
    workshop.write("next.vcf", clinvar("Benign"));
    let next = "knowledge build --base release --clinvar next.vcf --json next.json";
    workshop.run(&format!("{next} --out release")).refused_with(&["`release` is there already"]);
    workshop
        .run(&format!("{next} --out next"))
        .refused_with(&["pathogenic of the part `clinvar-records` fall from 1 to 0"]);
    workshop.run(&format!("{next} --out next --allow-fall")).succeeded();
    let down = &workshop.json("next.json")["difference"]["downgrades"];
    assert_eq!((&down[0]["gene"], &down[0]["before"]), (&"FGFR2".into(), &"Pathogenic (2/4)".into()), "{down}");
    // A part that is not what the manifest says is refused.
    workshop.write("release/genes.bin", b"x");
    workshop.interpret(&format!("{FAMILY} --knowledge release")).refused_with(&["genes.bin", "MANIFEST.toml"]);
}

#[test]
fn a_bad_file_is_named_and_nothing_is_written() {
    let workshop = Workshop::new();
    workshop.write("broken.vcf", clinvar("Pathogenic").replace("criteria_provided", "dreamt"));
    workshop.write("genes_to_disease.txt", "ncbi_gene_id\tgene_symbol\tassociation_type\tdisease_id\tsource\n");
    let before = workshop.files();
    for (words, parts) in [
        ("--clinvar broken.vcf", ["`broken.vcf`", "line 6"]),
        ("--clinvar absent.vcf", ["absent.vcf", "check the path"]),
        ("--gene-diseases genes_to_disease.txt", ["`genes_to_disease.txt`", "no rows were found"]),
        ("--clinvar broken.vcf --source-version hpo=1", ["--source-version names `hpo`", "no such file"]),
        ("--clinvar broken.vcf --base nowhere", ["`nowhere` is no release", "MANIFEST.toml"]),
        ("", ["no file was given", "--clinvar"]),
    ] {
        workshop.run(&format!("knowledge build --out release {words}")).refused_with(&parts);
    }
    assert_eq!(workshop.files(), before);
}

#[test]
fn imported_scores_are_evidence() {
    let workshop = Workshop::family("ashkenazi-trio");
    let plain = workshop.report(FAMILY);
    let said = |report: &serde_json::Value| report["warnings"].to_string();
    assert!(said(&plain).contains("No scores of REVEL and SpliceAI"), "{}", said(&plain));
    // A change of NRAS that the file calls missense, without saying which amino acid is new: all rows agree.
    let mut revel = String::from("chr,hg19_pos,grch38_pos,ref,alt,aaref,aaalt,REVEL,Ensembl_transcriptid\n");
    for acid in "ACDEFGHIKLMNPQRSTVWY".chars() {
        writeln!(revel, "1,115256562,114713940,G,A,Q,{acid},0.951,ENST1").unwrap();
    }
    workshop.write("revel.csv", &revel);
    workshop.run("knowledge import revel revel.csv --out scores --source-version 1.3").succeeded();
    let report = workshop.report(&format!("{FAMILY} --scores scores"));
    assert_eq!(report["versions"]["REVEL"], "1.3");
    assert!(said(&report).contains("No scores of SpliceAI"), "{}", said(&report));
    let nras = report["findings"].as_array().unwrap().iter().find(|f| f["gene"]["symbol"] == "NRAS").unwrap();
    let met = nras["acmg"]["criteria"].as_array().unwrap().iter().find(|c| c["code"] == "PP3").unwrap();
    let told = ["value", "source", "version", "strength"].map(|field| met[field].as_str().unwrap());
    assert_eq!(told, ["0.951", "REVEL", "1.3", "strong"]);
    // What is wrong is named, and nothing is left.
    let before = workshop.files();
    workshop.write("revel.csv", revel.replacen("0.951", "high", 1));
    let again = workshop.run("knowledge import revel revel.csv --out other --source-version 1.3");
    again.refused_with(&["`revel.csv`", "line 2: `high` is not a score"]);
    assert_eq!(workshop.files(), before);
    workshop.interpret(&format!("{FAMILY} --scores house")).refused_with(&["`house` holds no scores"]);
}
