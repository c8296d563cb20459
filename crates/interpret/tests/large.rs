//! Structural variants, repeats and mitochondrial variants of made-up families, from file to finding. GRCh37.
#![allow(clippy::unwrap_used, reason = "a test")]

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

/// A file: `CHROM POS REF ALT INFO child father mother`, calls with their own FORMAT in front where it is not GT.
fn file(records: &[String]) -> String {
    let mut text = String::from(
        "##fileformat=VCFv4.2\n##contig=<ID=1,length=249250621>\n##INFO=<ID=END,Number=1,Type=Integer,Description=\"End\">\n\
         ##INFO=<ID=AF_gnomAD,Number=A,Type=Float,Description=\"Frequency\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tchild\tfather\tmother\n",
    );
    for record in records {
        let words: Vec<&str> = record.split_whitespace().collect();
        let [chrom, pos, reference, alternate, info, rest @ ..] = &words[..] else { panic!("{record}") };
        let (format, calls) = if rest.len() == 4 { (rest[0], &rest[1..]) } else { ("GT", rest) };
        let calls = calls.join("\t");
        text.push_str(&format!("{chrom}\t{pos}\t.\t{reference}\t{alternate}\t99\tPASS\t{info}\t{format}\t{calls}\n"));
    }
    text
}

#[derive(Default)]
struct Asked<'a> {
    ped: &'a str,
    files: &'a [&'a [String]],
    signs: &'a [u32],
    wish: SecondaryFindingWish,
    dosage: Option<&'a Dosage>,
}

fn interpreted(asked: &Asked<'_>) -> Report {
    let wishes = Wishes { secondary_findings: asked.wish, ..Wishes::default() };
    let sign = |id: &u32| PhenotypicFeature { id: HpoId(*id), label: String::new(), excluded: false };
    let case = Case {
        id: "made-up".into(),
        family: Pedigree::parse(asked.ped).unwrap().families.remove(0),
        features: asked.signs.iter().map(sign).collect(),
        wishes: BTreeMap::from([("child".to_owned(), wishes)]),
        assembly: Assembly::GRCh37,
        profile: Profile::standard(),
        panel: None,
        warnings: Vec::new(),
    };
    let texts: Vec<String> = asked.files.iter().map(|records| file(records)).collect();
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
fn a_lost_copy_and_a_small_variant_are_one_pair() {
    let lost = "7 117140000 G <DEL> SVTYPE=DEL;END=117160000";
    for (small, deletion, expected) in [
        ("0/1 0/0 0/1", "0/1 0/1 0/0", Some("")),
        ("0/1 0/1 0/0", "0/1 0/0 0/1", Some("")),
        ("0/1 0/0 0/1", "0/1 0/0 0/1", None), // both from the mother
        ("0/1 0/1 0/0", "0/1 0/0 0/0", Some("phase_unknown")), // the deletion is new
        ("0/1 ./. ./.", "0/1 ./. ./.", Some("phase_unknown")),
    ] {
        let (snv, sv) = ([format!("{PHE508DEL} {small}")], [format!("{lost} {deletion}")]);
        // In either order of the files.
        for files in [&[&snv[..], &sv[..]][..], &[&sv[..], &snv[..]][..]] {
            let found = findings(GIRL, files);
            let pair = found.iter().find(|f| f.variants.len() == 2);
            assert_eq!(pair.is_some(), expected.is_some(), "{small} {deletion}");
            let Some((pair, flag)) = pair.zip(expected) else { continue };
            assert_eq!(told(pair).split_once(' ').unwrap().0, "CFTR");
            assert_eq!(mode(pair), "autosomal_recessive_compound_heterozygous");
            let flags = pair.flags.iter().any(|f| f == "phase_unknown");
            assert_eq!(flags, flag == "phase_unknown", "{small} {deletion}: {:?}", pair.flags);
            let alone = found.iter().filter(|f| f.variants.len() == 1 && f.gene.symbol == "CFTR");
            let before = alone.map(|f| (f.rank, f.mode_of_inheritance, f.scores.combined)).find(|f| f.0 < pair.rank);
            assert!(
                !flag.is_empty() || before.is_none(),
                "{small} {deletion}: {before:?} before {}",
                pair.scores.combined
            );
        }
    }
}

#[test]
fn a_small_variant_on_one_of_two_copies_within_a_deletion_is_doubted() {
    let lost = "7 117190000 G <DEL> SVTYPE=DEL;END=117210000 0/1 0/1 0/0".to_owned();
    let found = findings(GIRL, &[&[lost, format!("{PHE508DEL} 0/1 0/0 0/1")]]);
    let pair = found.iter().find(|f| f.variants.len() == 2).unwrap();
    assert!(pair.flags.iter().any(|f| f == "heterozygous_in_deletion"), "{:?}", pair.flags);
    // As a sequence the deletion is the same: a hemizygous small variant lies over it.
    let written = format!("7 117199600 {} A . 0/1 0/1 0/0", "A".repeat(100));
    let found = findings(GIRL, &[&[written, format!("{PHE508DEL} 1/1 0/0 0/1")]]);
    assert!(found.iter().any(|f| mode(f) == "autosomal_recessive_over_deletion"), "{:?}", found.first().map(told));
}

#[test]
fn ends_of_one_junction_are_no_pair_and_deletions_of_one_beginning_are_two() {
    let junction =
        ["7 117150000 G G]7:117250000] SVTYPE=BND 0/1 ./. ./.", "7 117250000 G G]7:117150000] SVTYPE=BND 0/1 ./. ./."];
    let found = findings(GIRL, &[&junction.map(str::to_owned)]);
    assert!(found.iter().all(|f| f.variants.len() == 1) && !found.is_empty());
    let both = [
        "7 117140000 G <DEL> SVTYPE=DEL;END=117160000 0/1 0/1 0/0",
        "7 117140000 G <DEL> SVTYPE=DEL;END=117200000 0/1 0/0 0/1",
    ];
    let found = findings(GIRL, &[&both.map(str::to_owned)]);
    assert!(found.iter().any(|f| f.variants.len() == 2 && f.gene.symbol == "CFTR"));
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

/// Calls of child, father and mother at one locus; alternates as in ALT.
fn repeat(locus: &str, alternates: &str, calls: &str) -> String {
    let place = match locus {
        "HTT" => "4 3076603 C",
        "FXN" => "9 71652202 A",
        "FMR1" => "X 146993568 G",
        other => panic!("{other}"),
    };
    format!("{place} {alternates} RU=CAG;REPID={locus} {calls}")
}

#[test]
fn repeats_by_length_and_family() {
    for (ped, record, expected) in [
        (ILL_FATHER, repeat("HTT", "<STR45>", "0/1 0/1 0/0"), Some("HTT autosomal_dominant full")),
        // From another length of the father's: it has grown, and is not new.
        (ILL_FATHER, repeat("HTT", "<STR60>,<STR42>", "0/1 0/2 0/0"), Some("HTT autosomal_dominant full")),
        (
            GIRL,
            repeat("HTT", "<STR45>,<STR30>", "0/1 0/2 0/0"),
            Some("HTT autosomal_dominant_incomplete_penetrance full"),
        ),
        (GIRL, repeat("HTT", "<STR45>,<STR20>", "0/1 0/2 0/0"), Some("HTT de_novo full")), // normal in both parents
        (GIRL, repeat("HTT", "<STR45>", "0/1 ./. ./."), Some("HTT autosomal_dominant full")),
        (GIRL, repeat("HTT", "<STR38>", "0/1 ./. ./."), Some("HTT autosomal_dominant reduced_penetrance")),
        (GIRL, repeat("HTT", "<STR25>", "0/1 0/1 0/0"), None),
        (GIRL, repeat("FXN", "<STR700>", "1/1 0/1 0/1"), Some("FXN autosomal_recessive_homozygous full")),
        (
            GIRL,
            repeat("FXN", "<STR700>,<STR900>", "1/2 0/1 0/2"),
            Some("FXN autosomal_recessive_compound_heterozygous full+full"),
        ),
        (GIRL, repeat("FXN", "<STR700>", "0/1 0/1 0/0"), None), // one copy does nothing
        (BOY, repeat("FMR1", "<STR300>,<STR90>", "1 0 0/2"), Some("FMR1 x_linked_recessive full")),
        (BOY, repeat("FMR1", "<STR90>", "1 0 0/1"), Some("FMR1 x_linked_recessive intermediate")),
    ] {
        let found = findings(ped, &[std::slice::from_ref(&record)]);
        let tell = |f: &Finding| {
            let ranges: Vec<&str> = f.variants.iter().map(|v| v.repeat.as_ref().unwrap().range.key()).collect();
            format!("{} {} {}", f.gene.symbol, mode(f), ranges.join("+"))
        };
        assert_eq!(found.first().map(tell).as_deref(), expected, "{record}");
    }
}

#[test]
fn an_expansion_and_a_small_variant_are_one_pair() {
    // A change in the fourth exon of FXN, from the mother.
    let records = [repeat("FXN", "<STR700>", "0/1 0/1 0/0"), "9 71679946 G T . 0/1 0/0 0/1".to_owned()];
    let found = findings(GIRL, &[&records[..1], &records[1..]]);
    let pair = found.iter().find(|f| f.variants.len() == 2).unwrap();
    assert_eq!((pair.gene.symbol.as_str(), mode(pair).as_str()), ("FXN", "autosomal_recessive_compound_heterozygous"));
}

#[test]
fn an_expansion_that_the_signs_do_not_point_to_is_told_only_to_who_wished_all() {
    let records = [repeat("HTT", "<STR45>", "0/1 ./. ./.")];
    // Cleft palate says nothing of Huntington's disease; chorea does.
    for (signs, wish, expected) in [
        (&[175][..], SecondaryFindingWish::None, false),
        (&[175], SecondaryFindingWish::TreatableOrPreventable, false),
        (&[175], SecondaryFindingWish::All, true),
        (&[2072], SecondaryFindingWish::None, true),
        (&[], SecondaryFindingWish::None, true),
    ] {
        let report = interpreted(&Asked { ped: GIRL, files: &[&records], signs, wish, ..Asked::default() });
        assert_eq!(report.findings.iter().any(|f| f.gene.symbol == "HTT"), expected, "{signs:?} {wish:?}");
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
    let repeats: Vec<String> = report
        .findings
        .iter()
        .flat_map(|f| f.variants.iter().filter_map(|v| v.repeat.as_ref()))
        .map(|r| format!("{} {} {} {}", r.locus, r.copies, r.range.key(), r.source))
        .collect();
    for expected in ["ATXN3 67 full STR_STATUS", "ATXN3 59 intermediate STR_STATUS"] {
        assert!(repeats.iter().any(|r| r == expected), "{repeats:?}");
    }
    assert!(
        report.warnings.iter().any(|w| w == "Set aside: 19 repeat alleles of normal length."),
        "{:?}",
        report.warnings
    );
    let structural: Vec<&Finding> = report.findings.iter().filter(|f| f.variants[0].structural.is_some()).collect();
    // 54 coding bases of PER3 are lost in frame; TRAPPC9's deletion lies within an intron, whatever its annotation says.
    assert!(structural.iter().any(|f| f.gene.symbol == "PER3"), "{:?}", structural.iter().map(|f| &f.gene.symbol));
    assert!(structural.iter().all(|f| f.gene.symbol != "TRAPPC9" && f.gene.symbol != "SLC9A3"));
    // Encephalopathy and seizures do not point to ATXN3: who did not wish all is not told.
    let report = told(SecondaryFindingWish::TreatableOrPreventable);
    assert!(report.findings.iter().all(|f| f.gene.symbol != "ATXN3"));
    assert!(report.warnings.iter().any(|w| w.contains("expanded repeats")));
}
