//! New knowledge against the demo's cases: what changes is told once, a second run goes on from the first.

use crate::workshop::Workshop;
use indgang_interpret::reanalysis::Release;
use indgang_interpret::report::{Acmg, Report};
use indgang_knowledge::build::clinvar::{ClinVarSources, Hgvs, clinvar};
use indgang_knowledge::{Knowledge, Part, pack};
use indgang_model::{Assembly, Chromosome};
use std::fmt::Write as _;
use std::fs;

/// Writes a release into a folder: the shipped one, with `significance` for the cause of the demo's second family, FGFR2
/// 10:123256215 T>G.
fn release(workshop: &Workshop, name: &str, significance: &str) {
    let shipped = Knowledge::shipped();
    let genes = shipped.genes().unwrap();
    let known = shipped.clinvar(Assembly::GRCh37).unwrap();
    let (mut vcf, mut table) = (String::from("#CHROM\n"), String::from("header\n"));
    let mut found = 0;
    for (variant, record) in Chromosome::all().flat_map(|chrom| known.within(chrom, 1, u32::MAX)) {
        let place = format!("{}\t{}", variant.chrom, variant.pos);
        let alleles = format!("{}\t{}", variant.reference, variant.alternate);
        let cause = place == "10\t123256215" && alleles == "T\tG";
        found += usize::from(cause);
        let words = if cause { significance } else { record.significance_words };
        let review = ["no_assertion_criteria_provided", "criteria_provided..single_submitter"];
        writeln!(
            vcf,
            "{place}\t.\t{alleles}\t.\t.\tMUT=ALT;MEASURESET_ID={};SYMBOL={};CLINICAL_SIGNIFICANCE={words};\
             REVIEW_STATUS={};ALL_TRAITS=x",
            record.variation_id,
            record.gene,
            review[usize::from(record.stars >= 1 || cause)],
        )
        .unwrap();
        let (c, p) = (record.hgvs_c.unwrap_or_default(), record.hgvs_p.unwrap_or_default());
        writeln!(table, "{place}\t{alleles}\t\t\t\t\t\t{c}\t{p}").unwrap();
    }
    assert_eq!(found, 1);
    let (version, assembly) = (Some("made up"), Some(Assembly::GRCh37));
    let hgvs = Hgvs::of_table(&table).unwrap();
    let sources = ClinVarSources { vcf: &mut vcf.as_bytes(), version, assembly, hgvs };
    let parts = clinvar(sources, genes, |_, _| None).unwrap();
    let folder = workshop.path().join(name);
    fs::create_dir_all(&folder).unwrap();
    let files = [
        (Part::Genes, pack(Part::Genes, genes, 1).unwrap()),
        (Part::ClinVarRecords, pack(Part::ClinVarRecords, &parts.records, 1).unwrap()),
        (Part::ClinVarGRCh37, pack(Part::ClinVarGRCh37, &parts.places, 1).unwrap()),
        (Part::ClinVarGRCh38, pack(Part::ClinVarGRCh38, &parts.lifted, 1).unwrap()),
    ];
    for (part, bytes) in files {
        fs::write(folder.join(format!("{}.bin", part.name())), bytes).unwrap();
    }
    let source = format!(
        "format = 1\n\n[[source]]\nname = \"clinvar\"\ntitle = \"x\"\nversion = \"{name}\"\nlicence = \"x\"\nfile = \"x\"\n\
         sha256 = \"x\"\n"
    );
    fs::write(folder.join("MANIFEST.toml"), source).unwrap();
}

/// The number behind a word of the command's answer.
fn number(out: &str, word: &str) -> u64 {
    let line = out.lines().find(|line| line.starts_with(word)).unwrap_or_else(|| panic!("no `{word}`: {out}"));
    line.split_whitespace().last().unwrap().parse().unwrap()
}

#[test]
fn what_a_release_changes_is_told_once() {
    let workshop = Workshop::new();
    workshop.run("demo --data house --no-serve").succeeded();
    for (name, significance) in
        [("first", "Pathogenic"), ("second", "Benign"), ("third", "Pathogenic"), ("fourth", "Pathogenic")]
    {
        release(&workshop, name, significance);
    }
    let reanalyse = |since: &str, now: &str, operator: &str| {
        let who = format!("--operator {operator} --responsible clinical-geneticist");
        workshop.run(&format!("reanalyse --data house --since {since} --knowledge {now} {who}"))
    };
    let told = |since: &str, now: &str| {
        let out = reanalyse(since, now, "laboratory-geneticist").succeeded().out;
        ["cases", "done before", "closed", "alerts"].map(|word| number(&out, word))
    };
    // The same record said otherwise, and a second run that finds everything done.
    let [cases, before, closed, alerts] = told("first", "second");
    assert_eq!((cases, before, closed), (3, 0, 0));
    assert!(alerts >= 1, "{alerts}");
    assert_eq!(told("first", "second"), [0, 3, 0, 0]);
    // It turns back, which is another change; a later release that says the same tells nothing again.
    assert!(told("second", "third")[3] >= 1);
    assert_eq!(told("second", "fourth"), [3, 0, 0, 0]);
    // Who is assigned to no case looks at none.
    let out = reanalyse("first", "second", "nobody").succeeded().out;
    assert_eq!((number(&out, "cases"), number(&out, "alerts")), (0, 0));
    assert!(workshop.run("verify-log --data house").succeeded().out.ends_with("the log is whole\n"));
    reanalyse("first", "nowhere", "laboratory-geneticist")
        .refused_with(&["`nowhere` is no release of the knowledge", "MANIFEST.toml"]);
}

/// What a report keeps is all that its criteria rest on: judged by the knowledge it was made with, they come out again.
#[test]
fn a_report_judged_by_its_own_knowledge_has_its_own_criteria() {
    let release = Release::of(Knowledge::shipped(), Assembly::GRCh37).unwrap();
    let mut judged = 0;
    for family in ["ashkenazi-trio", "pfeiffer", "scout-trio"] {
        let workshop = Workshop::family(family);
        let words = "--vcf family.vcf.gz --ped family.ped --phenopacket case.json --wishes wishes.toml";
        let report: Report = serde_json::from_value(workshop.report(words)).unwrap();
        for finding in &report.findings {
            let again = release.judge(finding).unwrap();
            let met = |acmg: &Acmg| -> Vec<(String, i32, String)> {
                acmg.criteria.iter().map(|c| (c.code.clone(), c.points, c.reason.clone())).collect()
            };
            assert_eq!(met(&again.acmg), met(&finding.acmg), "{family}: {}", finding.name());
            judged += 1;
        }
    }
    assert!(judged > 50, "{judged}");
}
