//! PharmCAT 2.6.0's own cases: its matcher's tests, its pipeline's tests and its example. Each answer that differs is
//! named here with its reason; one that stops differing fails too.

use super::builder::{File, of_gene};
use indgang_interpret::pgx::report::{GeneReport, Report};
use std::collections::BTreeSet;

const CASES: &str = include_str!("../data/pharmcat/cases.txt");

const HAPB3: &str =
    "2.6.0 wants both of HapB3's variants; the intronic one decides, as in PharmCAT since 2.9 (hapb3.tsv)";
const LISTED: &str = "PharmCAT lists what it found; here one heterozygous allele is its pair with the reference";
/// Case, expectations (their first word and subject), reason.
const DEVIATIONS: &[(&str, &[&str], &str)] = &[
    (
        "PipelineTest.testUndocumentedVariationsWithTreatAsReferenceAndCombo",
        &["source RYR1", "lookup RYR1"],
        "alleles put together out of parts are a research mode of PharmCAT's, which this program does not have",
    ),
    ("PipelineTest.testUncallable", &["call DPYD"], HAPB3),
    (
        "PipelineTest.testSlco1b1UncalledOverride",
        &["source SLCO1B1", "call SLCO1B1"],
        "the alleles that rs4149056 stands for are named, where PharmCAT prints the variant",
    ),
    (
        "PipelineTest.testCyp2b6star1star34AllMatch",
        &["call CYP2B6", "lookup CYP2B6"],
        "run with all matches: *33/*36 fits with a lower score and stands among other_diplotypes",
    ),
    (
        "DpydTest.testDpydUnphasedMultiple2",
        &["lookup DPYD"],
        "c.1314T>G and c.2846A>T have the same activity value; PharmCAT prefers the one that DPWG names",
    ),
    ("DpydTest.testDpydHapB3_het_wobble_het", &["source DPYD", "call DPYD"], LISTED),
    ("DpydTest.testDpydHapB3_rs75017182_missing", &["source DPYD", "call DPYD"], LISTED),
    ("DpydTest.testDpydHapB3_noCall_only_wobble_T_hom", &["source DPYD", "call DPYD", "lookup DPYD"], HAPB3),
    ("DpydTest.testDpydHapB3_noCall_only_wobble_het", &["source DPYD", "call DPYD", "lookup DPYD"], HAPB3),
    ("DpydTest.testDpydHapB3_noCall_wobble_het_nonRef_hom_normal", &["source DPYD", "call DPYD", "lookup DPYD"], HAPB3),
    ("DpydTest.testDpydHapB3_noCall_wobble_het_nonRef_het_normal", &["source DPYD", "call DPYD", "lookup DPYD"], HAPB3),
    ("DpydTest.testDpydHapB3_wobble_het_nonRef", &["source DPYD", "call DPYD", "lookup DPYD"], HAPB3),
    ("DpydTest.testDpydHapB3_wobble_het_nonRef_c2846AT", &["source DPYD", "call DPYD", "lookup DPYD"], HAPB3),
    ("DpydTest.testDpydHapB3_wobble_het_nonRef_9A_homo_c2846AT", &["source DPYD", "call DPYD", "lookup DPYD"], HAPB3),
    ("DpydTest.testDpydHapB3_wobble_het_nonRef_9A_c2846AT", &["source DPYD", "call DPYD", "lookup DPYD"], HAPB3),
    ("DpydTest.testDpydHapB3_wobble_het_nonRef_c61CT_9A_homo_c2846AT", &["source DPYD", "call DPYD"], HAPB3),
    (
        "DpydTest.testDpydHapB3_wobble_het_nonRef_c61CT_9A",
        &["source DPYD", "call DPYD", "lookup DPYD"],
        "the normal allele *9A is listed too; the two that count are the same",
    ),
    (
        "ToxicGenesTest.testRyr1Het",
        &["source RYR1", "call RYR1"],
        "without phase the two may lie on one copy: they are listed, as in PharmCAT since 2.8",
    ),
    (
        "docs/examples/pharmcat.example",
        &["cpic carbamazepine"],
        "CPIC has rows for HLA-B without a result of HLA-A; PharmCAT asks for both",
    ),
];

struct Case<'a> {
    name: &'a str,
    file: File,
    outside: String,
    expected: Vec<&'a str>,
}

fn chromosome(name: &str) -> u8 {
    match name.trim_start_matches("chr") {
        "X" => 23,
        number => number.parse().expect("a chromosome"),
    }
}

fn cases() -> Vec<Case<'static>> {
    let blocks = CASES.split("case ").skip(1);
    blocks
        .map(|block| {
            let mut lines = block.lines();
            let mut case = Case {
                name: lines.next().expect("a name"),
                file: File::default(),
                outside: String::new(),
                expected: Vec::new(),
            };
            let lines: Vec<&str> = lines.filter(|l| !l.is_empty()).collect();
            let (phased, male) = (lines.contains(&"phased"), lines.contains(&"male"));
            for line in &lines {
                let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
                let fields: Vec<&str> = rest.split(' ').collect();
                match word {
                    "ref" => case.file.reference(
                        rest,
                        match (rest, phased, male) {
                            ("G6PD", _, true) => "0",
                            (_, true, _) => "0|0",
                            _ => "0/0",
                        },
                    ),
                    "at" => {
                        let call = fields.get(5).map_or(fields[4].to_owned(), |set| format!("{}:{set}", fields[4]));
                        case.file.set(
                            chromosome(fields[0]),
                            fields[1].parse().expect("a position"),
                            fields[2],
                            fields[3],
                            &call,
                        );
                    }
                    "no" => {
                        _ = case.file.lines.remove(&(chromosome(fields[0]), fields[1].parse().expect("a position")))
                    }
                    "outside" => case.outside += &format!("{rest}\n"),
                    "phased" | "male" => {}
                    _ => case.expected.push(line),
                }
            }
            case
        })
        .collect()
}

/// A diplotype's name with its two sides in bytewise order.
fn unordered(name: &str) -> String {
    let mut sides: Vec<&str> = name.split('/').collect();
    sides.sort_unstable();
    sides.join("/")
}

/// As PharmCAT prints it: genes in which only differences are of interest name those.
fn printed(gene: &GeneReport) -> BTreeSet<String> {
    let references = ["Reference", "ivacaftor non-responsive CFTR sequence"];
    let label = |name: &str| {
        let sides: Vec<&str> = name.split('/').collect();
        let others: Vec<&str> = sides.iter().copied().filter(|s| !references.contains(s)).collect();
        match (gene.gene.as_str(), others.as_slice()) {
            ("CFTR" | "RYR1" | "CACNA1S", []) => "No CPIC variants found".to_owned(),
            ("CFTR" | "RYR1" | "CACNA1S", [one]) => format!("{one} (heterozygous)"),
            _ => unordered(name),
        }
    };
    gene.diplotypes.iter().flat_map(|d| d.name.split("; ").map(label)).collect()
}

/// What was found, where it is not what is expected.
fn differs(expected: &str, report: &Report) -> Option<String> {
    let (head, rest) = expected.split_once('\t').unwrap_or((expected, ""));
    let (word, subject) = head.split_once(' ').expect("an expectation");
    let values: Vec<&str> = rest.split('\t').filter(|v| !v.is_empty()).collect();
    let drug = || report.drugs.iter().find(|d| d.drug == subject);
    // An algorithm instead of rows is one annotation.
    let count = || {
        drug().map_or(0, |d| {
            if d.recommendations.is_empty() { usize::from(d.note.is_some()) } else { d.recommendations.len() }
        })
    };
    let gene = || of_gene(report.clone(), subject);
    let wanted: BTreeSet<String> = values.iter().map(|v| unordered(v)).collect();
    let found: BTreeSet<String> = match word {
        "all" => gene()
            .diplotypes
            .iter()
            .map(|d| &d.name)
            .chain(gene().other_diplotypes.iter().map(|d| &d.name))
            .map(|n| unordered(n))
            .collect(),
        "top" => gene().diplotypes.iter().map(|d| unordered(&d.name)).collect(),
        "call" | "source" => printed(&gene()),
        "score" => {
            let is = |d: &indgang_interpret::pgx::report::DiplotypeReport| {
                d.name == values[0] && d.score.is_none_or(|s| s.to_string() == values[1])
            };
            return (!gene().diplotypes.iter().any(is)).then(|| format!("{:?}", gene().diplotypes));
        }
        "lookup" => {
            let sorted = |mut names: Vec<String>| {
                names.sort();
                names
            };
            let wanted = sorted(values.iter().map(|v| (*v).to_owned()).collect());
            let pairs: Vec<Vec<String>> =
                gene().diplotypes.iter().map(|d| sorted(d.alleles.iter().map(|a| a.name.clone()).collect())).collect();
            return (!pairs.contains(&wanted)).then(|| format!("{pairs:?}"));
        }
        "phenotype" | "key" => {
            let mut said = gene().diplotypes.into_iter().flat_map(|d| d.phenotype.into_iter().chain(d.lookup_keys));
            return (!said.any(|s| s == values[0])).then(|| format!("{:?}", gene().diplotypes));
        }
        "cpic" => return (count().to_string() != values[0]).then(|| format!("{} recommendations", count())),
        "some" => return (count() == 0).then(|| "no recommendation".to_owned()),
        "none" => return (count() > 0).then(|| format!("{} recommendations", count())),
        "rec" => {
            let is = |r: &indgang_interpret::pgx::report::RecommendationReport| {
                r.classification == values[0]
                    && r.population == values[1].trim()
                    && r.recommendation.starts_with(values.get(2).unwrap_or(&""))
            };
            let found = drug().is_some_and(|d| d.recommendations.iter().any(is) || d.note.is_some());
            return (!found).then(|| format!("{:?}", drug().map(|d| &d.recommendations)));
        }
        _ => panic!("`{word}` is no expectation"),
    };
    (found != wanted).then(|| format!("{found:?}"))
}

#[test]
fn pharmcats_cases_have_pharmcats_answers() {
    let (mut faults, mut checked, mut deviations) = (Vec::new(), 0, BTreeSet::<(&str, &str)>::new());
    for case in cases() {
        let report = case.file.answer(&case.outside);
        for expected in &case.expected {
            checked += 1;
            let head = expected.split('\t').next().unwrap_or(expected);
            let named = DEVIATIONS.iter().any(|(name, what, _)| *name == case.name && what.contains(&head));
            match differs(expected, &report) {
                Some(_) if named => _ = deviations.insert((case.name, head)),
                Some(found) => faults.push(format!("{}: {expected}\n    found {found}", case.name)),
                None => {}
            }
        }
    }
    for (name, what, _) in DEVIATIONS {
        for what in what.iter().filter(|what| !deviations.contains(&(*name, **what))) {
            faults.push(format!("{name}: {what} no longer differs"));
        }
    }
    assert!(faults.is_empty(), "{} of {checked}:\n{}", faults.len(), faults.join("\n"));
    assert!(checked > 600, "{checked}");
}
