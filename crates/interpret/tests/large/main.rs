//! Structural variants, repeats and mitochondrial variants of made-up families, from file to finding. GRCh37.
#![allow(clippy::unwrap_used, reason = "a test")]

mod events;
mod repeats;

use indgang_genomics::pedigree::Pedigree;
use indgang_genomics::profile::Profile;
use indgang_genomics::vcf::ReadOptions;
use indgang_interpret::analysis::{Input, analyse};
use indgang_interpret::case::Case;
use indgang_interpret::intake::Beside;
use indgang_interpret::large::Dosage;
use indgang_interpret::phenotype::{Basis, Options, PhenotypeRanker};
use indgang_interpret::report::{Finding, Report};
use indgang_knowledge::Knowledge;
use indgang_model::{Assembly, HpoId, PhenotypicFeature, SecondaryFindingWish, Wishes};
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

const GIRL: &str = "f\tchild\tfather\tmother\t2\t2\nf\tfather\t0\t0\t1\t1\nf\tmother\t0\t0\t2\t1\n";
const BOY: &str = "f\tchild\tfather\tmother\t1\t2\nf\tfather\t0\t0\t1\t1\nf\tmother\t0\t0\t2\t1\n";
const ILL_FATHER: &str = "f\tchild\tfather\tmother\t2\t2\nf\tfather\t0\t0\t1\t2\nf\tmother\t0\t0\t2\t1\n";
const PHE508DEL: &str = "7 117199644 ATCT A .";

static RANKER: LazyLock<PhenotypeRanker<'static>> =
    LazyLock::new(|| PhenotypeRanker::new(&Basis::of(Knowledge::shipped()).unwrap(), Options::default()));

const TRIO: [&str; 3] = ["child", "father", "mother"];

/// A file: `CHROM POS REF ALT INFO` and the calls of the samples, with their own FORMAT in front where it is not GT, and
/// their own ID as `ID=…;` in front of INFO.
fn file(samples: &[&str], records: &[String]) -> String {
    let mut text = String::from(
        "##fileformat=VCFv4.2\n##contig=<ID=1,length=249250621>\n##INFO=<ID=END,Number=1,Type=Integer,Description=\"End\">\n\
         ##INFO=<ID=AF_gnomAD,Number=A,Type=Float,Description=\"Frequency\">\n\
         ##contig=<ID=MT,length=16569>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t",
    );
    text.push_str(&samples.join("\t"));
    text.push('\n');
    for record in records {
        let words: Vec<&str> = record.split_whitespace().collect();
        let [chrom, pos, reference, alternate, info, rest @ ..] = &words[..] else { panic!("{record}") };
        let (id, info) = info.strip_prefix("ID=").and_then(|text| text.split_once(';')).unwrap_or((".", info));
        let (format, calls) = if rest.len() > samples.len() { (rest[0], &rest[1..]) } else { ("GT", rest) };
        let calls = calls.join("\t");
        text.push_str(&format!(
            "{chrom}\t{pos}\t{id}\t{reference}\t{alternate}\t99\tPASS\t{info}\t{format}\t{calls}\n"
        ));
    }
    text
}

#[derive(Default)]
struct Asked<'a> {
    ped: &'a str,
    files: &'a [&'a [String]],
    signs: &'a [u32],
    age: Option<u32>,
    panel: &'a [&'a str],
    wish: SecondaryFindingWish,
    dosage: Option<&'a Dosage>,
}

fn interpreted(asked: &Asked<'_>) -> Report {
    interpreted_texts(asked, asked.files.iter().map(|records| file(&TRIO, records)).collect())
}

fn interpreted_texts(asked: &Asked<'_>, texts: Vec<String>) -> Report {
    let wishes = Wishes { secondary_findings: asked.wish, ..Wishes::default() };
    let sign = |id: &u32| PhenotypicFeature { id: HpoId(*id), label: String::new(), excluded: false };
    let case = Case {
        id: "made-up".into(),
        family: Pedigree::parse(asked.ped).unwrap().families.remove(0),
        features: asked.signs.iter().map(sign).collect(),
        age: asked.age,
        wishes: BTreeMap::from([("child".to_owned(), wishes)]),
        assembly: Assembly::GRCh37,
        profile: Profile::standard(),
        panel: (!asked.panel.is_empty()).then(|| asked.panel.iter().map(|gene| (*gene).to_owned()).collect()),
        warnings: Vec::new(),
    };
    let input = |text: &'static str| Input {
        name: "made-up".into(),
        open: Box::new(move || Ok(Box::new(text.as_bytes()) as Box<dyn Read + Send>)),
        options: ReadOptions::default(),
    };
    let inputs = texts.into_iter().map(|text| input(text.leak())).collect();
    let beside = Beside { dosage: asked.dosage, ..Beside::default() };
    analyse(case, inputs, Knowledge::shipped(), &RANKER, beside, "").unwrap()
}

/// The findings of a family whose files have these records, one file for each list.
fn findings(ped: &str, files: &[&[String]]) -> Vec<Finding> {
    interpreted(&Asked { ped, files, ..Asked::default() }).findings
}

fn mode(finding: &Finding) -> String {
    serde_json::to_value(finding.mode_of_inheritance).unwrap().as_str().unwrap().to_owned()
}

/// `gene mode consequence[+consequence]`.
fn told(finding: &Finding) -> String {
    let consequences: Vec<&str> = finding.variants.iter().map(|v| v.consequence.as_str()).collect();
    format!("{} {} {}", finding.gene.symbol, mode(finding), consequences.join("+"))
}

#[test]
fn structural_variants_by_family() {
    for (ped, record, expected) in [
        // Exons 2 and 3 of CFTR lost on both copies; on one it is no disease but a candidate of another mode.
        (
            GIRL,
            "7 117140000 G <DEL> SVTYPE=DEL;END=117160000 1/1 0/1 0/1",
            Some("CFTR autosomal_recessive_homozygous splice_acceptor_variant"),
        ),
        (
            GIRL,
            "7 117100000 G <DEL> SVTYPE=DEL;SVLEN=-220000 1/1 0/1 0/1",
            Some("CFTR autosomal_recessive_homozygous transcript_ablation"),
        ),
        (GIRL, "17 29400000 G <DEL> SVTYPE=DEL;END=29720000 0/1 0/0 0/0", Some("NF1 de_novo transcript_ablation")),
        (
            ILL_FATHER,
            "17 29500000 G <DEL> SVTYPE=DEL;END=29560000 0/1 0/1 0/0",
            Some("NF1 autosomal_dominant splice_acceptor_variant"),
        ),
        // A boy's only X, from his mother.
        (
            BOY,
            "X 31750000 G <DEL> SVTYPE=DEL;END=31960000 1 0 0/1",
            Some("DMD x_linked_recessive splice_acceptor_variant"),
        ),
        // By copy number alone.
        (
            GIRL,
            "17 29400000 G <CNV> SVTYPE=CNV;END=29720000 GT:CN ./.:1 ./.:2 ./.:2",
            Some("NF1 de_novo transcript_ablation"),
        ),
        (
            BOY,
            "X 31750000 G <CNV> SVTYPE=CNV;END=31960000 GT:CN .:0 .:1 ./.:1",
            Some("DMD x_linked_recessive splice_acceptor_variant"),
        ),
        (GIRL, "17 29400000 G <CNV> SVTYPE=CNV;END=29720000 GT:CN ./.:2 ./.:1 ./.:2", None), // the father's alone
        // A broken gene.
        (GIRL, "17 29600000 G G]5:1000000] SVTYPE=BND 0/1 0/0 0/0", Some("NF1 de_novo feature_truncation")),
        (GIRL, "17 29600000 G <INV> SVTYPE=INV;END=31000000 0/1 0/0 0/0", Some("NF1 de_novo feature_truncation")),
        (GIRL, "17 29300000 G <INV> SVTYPE=INV;END=31000000 0/1 0/0 0/0", None), // turned whole
        (
            GIRL,
            "17 29500000 G <DUP:TANDEM> SVTYPE=DUP;END=29560000 0/1 0/0 0/0",
            Some("NF1 de_novo feature_elongation"),
        ),
        (GIRL, "17 29300000 G <DUP:TANDEM> SVTYPE=DUP;END=29560000 0/1 0/0 0/0", None), // a whole copy is left of NF1
        // Common.
        (GIRL, "17 29400000 G <DEL> SVTYPE=DEL;END=29720000;AF_gnomAD=0.04 0/1 0/0 0/0", None),
    ] {
        let found = findings(ped, &[&[record.to_owned()]]);
        let gene = ["CFTR", "NF1", "DMD"];
        let first = found.iter().find(|f| gene.contains(&f.gene.symbol.as_str()));
        assert_eq!(first.map(told).as_deref(), expected, "{record}");
        assert!(first.is_none_or(|f| f.variants[0].structural.is_some()));
    }
}

#[test]
fn copy_number_has_points_and_one_event_one_finding() {
    let table = "#FILE CREATED: 2026-06-21\n#Gene Symbol\tHaploinsufficiency Score\tTriplosensitivity Score\nPMP22\t3\t3\nNF1\t3\t0\n";
    let dosage = Dosage::parse(table).unwrap();
    let classes = |record: &str, dosage: Option<&Dosage>| {
        let records = [record.to_owned()];
        let report = interpreted(&Asked { ped: GIRL, files: &[&records], dosage, ..Asked::default() });
        assert_eq!(report.versions.get("clingen_dosage").map(String::as_str), dosage.map(|_| "2026-06-21"));
        assert_eq!(report.warnings.iter().any(|w| w.starts_with("ClinGen's dosage")), dosage.is_none());
        let events: Vec<&Finding> = report.findings.iter().filter(|f| f.variants[0].structural.is_some()).collect();
        assert_eq!(events.len(), 1, "{:?}", events.iter().map(|f| told(f)).collect::<Vec<_>>());
        let large = events[0].variants[0].structural.clone().unwrap();
        let class = large.class.unwrap();
        let codes: Vec<String> = class.criteria.iter().map(|c| c.code.clone()).collect();
        (class.classification, class.points, codes.join(" "), large.genes.len())
    };
    let (class, points, codes, genes) =
        classes("17 14100000 G <DUP> SVTYPE=DUP;END=15450000 0/1 0/0 0/0", Some(&dosage));
    assert_eq!((class.as_str(), codes.as_str(), genes > 3), ("pathogenic", "1A 2A 3A 5A", true));
    assert!((points - 1.10).abs() < 1e-9, "{points}");
    // Without the map nobody says that a copy more of PMP22 matters.
    let (class, points, ..) = classes("17 14100000 G <DUP> SVTYPE=DUP;END=15450000 0/1 0/0 0/0", None);
    assert_eq!((class.as_str(), (points * 100.0).round()), ("uncertain_significance", 10.0));
    // NF1 stands on the list of 2018, too.
    for dosage in [None, Some(&dosage)] {
        let (class, _, codes, _) = classes("17 29400000 G <DEL> SVTYPE=DEL;END=29720000 0/1 0/0 0/0", dosage);
        assert_eq!((class.as_str(), codes.as_str()), ("pathogenic", "1A 2A 3A 5A"));
    }
}

#[test]
fn a_mitochondrial_deletion_across_the_first_base_takes_both_sides() {
    let calls = "GT:AD:AF 0/1:500,500:0.5 0/0:900,0:0 0/0:900,0:0";
    for info in ["SVTYPE=DEL;END=700", "SVTYPE=DEL;SVLEN=-2269"] {
        let found = findings(GIRL, &[&[format!("MT 15000 C <DEL> {info} {calls}")]]);
        let large = found.first().and_then(|f| f.variants[0].structural.clone()).unwrap_or_else(|| panic!("{info}"));
        let genes: Vec<&str> = large.genes.iter().map(|g| g.symbol.as_str()).collect();
        assert_eq!((large.length, genes), (Some(2269), vec!["MT-TF", "MT-RNR1", "MT-CYB", "MT-TT", "MT-TP"]), "{info}");
    }
}

#[test]
fn the_risk_for_the_next_child_rests_on_no_doubtful_call_of_a_parent() {
    for (calls, expected) in [
        ("GT:GQ 1/1:99 0/1:99 0/1:99", Some(0.25)),
        ("GT:GQ 1/1:99 0/1:99 1/1:5", None),
        ("GT:DP 1/1:40 0/1:40 1/1:2", None),
        ("GT 1/1 0/1 ./.", None),
    ] {
        let found = findings(GIRL, &[&[format!("{PHE508DEL} {calls}")]]);
        let cftr = found.iter().find(|f| mode(f) == "autosomal_recessive_homozygous").unwrap();
        let (risk, text) = (cftr.recurrence_risk.next_child, &cftr.recurrence_risk.text);
        assert_eq!(risk, expected, "{calls}: {text}");
        assert_eq!(text.contains("doubtful or missing"), expected.is_none(), "{calls}: {text}");
        assert!(!text.contains("one parent shows none"), "{text}");
    }
    // One copy is enough: the father's clear call tells, a doubtful one of both does not.
    for (calls, expected) in [
        ("GT:GQ 0/1:99 0/1:99 0/0:99", Some(0.5)),
        ("GT:GQ 0/1:99 0/1:99 0/1:3", Some(0.5)),
        ("GT:GQ 0/1:99 0/1:3 0/0:99", None),
    ] {
        let ped = if calls.contains("0/1:3 0/0") { GIRL } else { ILL_FATHER };
        let found = findings(ped, &[&[format!("17 29553478 G GC . {calls}")]]);
        let nf1 = found.iter().find(|f| f.gene.symbol == "NF1").unwrap();
        assert_eq!(nf1.recurrence_risk.next_child, expected, "{calls}: {} {}", mode(nf1), nf1.recurrence_risk.text);
    }
}

#[test]
fn mitochondrial_variants_have_genes_heteroplasmy_and_a_mothers_line() {
    let depths = |child: &str, father: &str, mother: &str| {
        format!("MT 3243 A G . GT:AD:AF 0/1:{child} 0/0:{father} 0/1:{mother}")
    };
    let found = findings(GIRL, &[&[depths("300,700:0.7", "1000,0:0", "900,100:0.1")]]);
    let first = found.first().unwrap();
    assert_eq!((first.gene.symbol.as_str(), mode(first).as_str()), ("MT-TL1", "mitochondrial"));
    let shares: Vec<Option<f32>> = first.variants[0].calls.values().map(|call| call.heteroplasmy).collect();
    assert_eq!(shares, [Some(0.7), Some(0.0), Some(0.1)]);
    // Under five per cent nobody carries it.
    assert!(findings(GIRL, &[&[depths("980,20:0.02", "1000,0:0", "1000,0:0")]]).is_empty());
    // A large deletion of the mitochondrial genome.
    let deletion = "MT 8482 C <DEL> SVTYPE=DEL;END=13459 GT:AD:AF 0/1:500,500:0.5 0/0:900,0:0 0/0:900,0:0".to_owned();
    let found = findings(GIRL, &[&[deletion]]);
    assert!(found.iter().any(|f| f.gene.symbol.starts_with("MT-")), "{:?}", found.first().map(told));
}

/// The files of the demo's trio as Scout publishes them (`demo/scout-trio/README.md`): Manta's structural variants and
/// ExpansionHunter's repeats with Stranger's status.
#[test]
fn scouts_trio_has_an_expanded_atxn3_and_no_truncation_within_introns() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/scout-trio");
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let told = |wish: SecondaryFindingWish| {
        let sign = |id: u32| PhenotypicFeature { id: HpoId(id), label: String::new(), excluded: false };
        let wishes = Wishes { secondary_findings: wish, ..Wishes::default() };
        let case = Case {
            id: "scout-trio".into(),
            family: Pedigree::parse(&text("family.ped")).unwrap().families.remove(0),
            features: vec![sign(1298), sign(1250)],
            age: None,
            wishes: BTreeMap::from([("ADM1059A2".to_owned(), wishes)]),
            assembly: Assembly::GRCh37,
            profile: Profile::standard(),
            panel: None,
            warnings: Vec::new(),
        };
        let input = |name: &str| {
            let path = folder.join(name);
            Input {
                name: name.to_owned(),
                open: Box::new(move || Ok(Box::new(std::fs::File::open(&path)?) as Box<dyn Read + Send>)),
                options: ReadOptions::default(),
            }
        };
        let inputs = ["family.vcf.gz", "family.sv.vcf.gz", "family.str.vcf.gz"].map(input).into();
        analyse(case, inputs, Knowledge::shipped(), &RANKER, Beside::default(), "").unwrap()
    };
    let report = told(SecondaryFindingWish::All);
    // Encephalopathy and seizures do not point to ATXN3: it is no finding of the case.
    let repeats: Vec<String> = report.secondary_findings["ADM1059A2"]
        .iter()
        .flat_map(|f| f.variants.iter().filter_map(|v| v.repeat.as_ref()))
        .map(|r| format!("{} {} {} {}", r.locus, r.copies, r.range.key(), r.source))
        .collect();
    assert_eq!(repeats, ["ATXN3 67 full STR_STATUS"]);
    assert!(report.findings.iter().all(|f| f.gene.symbol != "ATXN3"));
    assert!(
        report.warnings.iter().any(|w| w == "Set aside: 19 repeat alleles of normal length."),
        "{:?}",
        report.warnings
    );
    let structural: Vec<&Finding> = report.findings.iter().filter(|f| f.variants[0].structural.is_some()).collect();
    // 54 coding bases of PER3 are lost in frame; TRAPPC9's deletion lies within an intron, whatever its annotation says.
    assert!(structural.iter().any(|f| f.gene.symbol == "PER3"), "{:?}", structural.iter().map(|f| &f.gene.symbol));
    assert!(structural.iter().all(|f| f.gene.symbol != "TRAPPC9" && f.gene.symbol != "SLC9A3"));
    let report = told(SecondaryFindingWish::TreatableOrPreventable);
    assert!(report.findings.iter().all(|f| f.gene.symbol != "ATXN3"));
    assert_eq!(report.secondary_findings["ADM1059A2"], []);
    assert!(report.warnings.iter().any(|w| w.contains("expanded repeats")));
}
