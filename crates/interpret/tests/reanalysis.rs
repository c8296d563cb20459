//! Cases under a new release: judging what the difference touches tells the same as judging all again.

use indgang_interpret::reanalysis::{Alert, Change, Index, Place, Release, changed};
use indgang_interpret::report::{Acmg, Assessed, Finding, FindingVariant, Gene, RecurrenceRisk, Scores};
use indgang_knowledge::build::{clinvar, genes};
use indgang_knowledge::phenotype::DiseaseAnnotations;
use indgang_knowledge::{Difference, Knowledge, Part, pack};
use indgang_model::{Assembly, Chromosome, ModeOfInheritance, Variant};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const AMINO_ACIDS: [(&str, char); 4] = [("Ala", 'A'), ("Gly", 'G'), ("Val", 'V'), ("Ter", '*')];
const CLASSES: [&str; 6] =
    ["Pathogenic", "Likely_pathogenic", "Uncertain_significance", "Benign", "Benign|Pathogenic", "not_provided"];
const REVIEWS: [&str; 3] =
    ["no_assertion_criteria_provided", "criteria_provided..single_submitter", "reviewed_by_expert_panel"];
const VALIDITIES: [&str; 3] = ["Limited", "Moderate", "Definitive"];
const MODES: [&str; 3] = ["AD", "AR", "XL"];

/// One record of a made-up ClinVar.
#[derive(Debug, Clone)]
struct Row {
    pos: u32,
    alternate: usize,
    gene: usize,
    class: usize,
    review: usize,
    codon: u32,
    to: usize,
}

/// One made-up release: records, links between genes and diseases, LOEUF by gene, haploinsufficient genes.
#[derive(Debug, Clone)]
struct Made {
    rows: Vec<Row>,
    links: Vec<(usize, usize, usize, usize)>,
    loeuf: Vec<u8>,
    haploinsufficient: Vec<bool>,
}

const GENES: usize = 5;

fn row() -> impl Strategy<Value = Row> {
    // Few places, codons and genes, so that much is near much else.
    (0u32..120, 0..3usize, 0..GENES, 0..CLASSES.len(), 0..REVIEWS.len(), 1u32..12, 0..AMINO_ACIDS.len()).prop_map(
        |(pos, alternate, gene, class, review, codon, to)| Row {
            pos: 1000 + pos,
            alternate,
            gene,
            class,
            review,
            codon,
            to,
        },
    )
}

fn made() -> impl Strategy<Value = Made> {
    let links = prop::collection::vec((0..GENES, 0..4usize, 0..VALIDITIES.len(), 0..MODES.len()), 1..8);
    let constraint = prop::collection::vec(1u8..12, GENES);
    (prop::collection::vec(row(), 1..60), links, constraint, prop::collection::vec(prop::bool::weighted(0.2), GENES))
        .prop_map(|(rows, links, loeuf, haploinsufficient)| Made { rows, links, loeuf, haploinsufficient })
}

/// The same release with some of it otherwise.
fn altered(made: &Made, other: &Made, every: usize) -> Made {
    let mut new = made.clone();
    for (i, row) in other.rows.iter().enumerate() {
        if i % every == 0 {
            match new.rows.get_mut(i) {
                Some(old) if i % 2 == 0 => *old = Row { class: row.class, review: row.review, ..old.clone() },
                Some(old) => *old = row.clone(),
                None => new.rows.push(row.clone()),
            }
        }
    }
    if every == 1 {
        new.links.clone_from(&other.links);
    } else if every == 2 {
        new.loeuf.clone_from(&other.loeuf);
    } else {
        new.links.extend(other.links.first());
    }
    new
}

impl Made {
    fn knowledge(&self) -> Knowledge {
        let mut hgnc = String::from("entrez_id\tsymbol\tchromosome\tcytoband\ttype\tsynonyms\thgnc_id\tensembl_id\t\n");
        let (mut constraint, mut insufficient) =
            (String::from("#gene\ttranscript\tpLI\toe_lof\toe_lof_lower\toe_lof_upper\n"), String::new());
        for gene in 0..GENES {
            writeln!(hgnc, "{gene}\tG{gene}\t1\t1p1\tprotein-coding\t\tHGNC:{gene}\tENSG0000000000{gene}\t").unwrap();
            let loeuf = f64::from(self.loeuf[gene]) / 10.0;
            writeln!(constraint, "G{gene}\tENST1\t9.9e-01\t0\t0\t{loeuf:e}").unwrap();
            if self.haploinsufficient[gene] {
                writeln!(insufficient, "G{gene}").unwrap();
            }
        }
        let mut clingen = String::from("\"A1\",\"B\"\n");
        for (gene, disease, validity, mode) in &self.links {
            let (validity, mode) = (VALIDITIES[*validity], MODES[*mode]);
            writeln!(
                clingen,
                "\"G{gene}\",\"HGNC:{gene}\",\"D{disease}\",\"MONDO:000000{disease}\",\"{mode}\",\"SOP8\",\"{validity}\",\
                 \"x/CGGV:assertion_1\",\"2020-01-02T16:00:00.000Z\",\"Panel\""
            )
            .unwrap();
        }
        let hpoa = "OMIM:101600\tPfeiffer syndrome\t\tHP:0000006\tOMIM:101600\tIEA\t\t\t\t\tI\tHPO:x\n";
        let sources = genes::GeneSources {
            hgnc: Some(&hgnc),
            constraint: Some(&constraint),
            mane: None,
            clingen: Some(&clingen),
            acmg: Some(("header\nHGNC:1\tE\t1\tG1\t1\tBreast cancer\t604370\tCancer\tAD \t1.0\tAll P and LP\n", "3.1")),
            gene_links: Some("#Format\n1\tG1\tHP:0000006\tx\t-\t\t-\tmim2gene\tOMIM:101600\n"),
            diseases: &DiseaseAnnotations::from_hpoa(hpoa).expect("annotations"),
            new_diseases: true,
            mode_lists: None,
            haploinsufficient: Some(&insufficient),
        };
        let genes = genes::genes(&sources, None).expect("genes").0;
        let (vcf, table) = self.clinvar();
        let sources = clinvar::ClinVarSources {
            vcf: &mut vcf.as_bytes(),
            version: Some("made up"),
            assembly: Some(Assembly::GRCh37),
            hgvs: clinvar::Hgvs::of_table(&table).expect("HGVS"),
        };
        let parts = clinvar::clinvar(sources, &genes, |_, _: &Variant| None).expect("ClinVar");
        Knowledge::from_parts(
            String::new(),
            [
                (Part::Genes, pack(Part::Genes, &genes, 1).expect("packs")),
                (Part::ClinVarRecords, pack(Part::ClinVarRecords, &parts.records, 1).expect("packs")),
                (Part::ClinVarGRCh37, pack(Part::ClinVarGRCh37, &parts.places, 1).expect("packs")),
            ],
        )
    }

    fn clinvar(&self) -> (String, String) {
        let (mut vcf, mut table) = (String::from("##x\n#CHROM\n"), String::from("header\n"));
        for (i, row) in self.rows.iter().enumerate() {
            let (pos, alternate) = (row.pos, ["C", "G", "T"][row.alternate]);
            let (class, review) = (CLASSES[row.class], REVIEWS[row.review]);
            writeln!(
                vcf,
                "1\t{pos}\t.\tA\t{alternate}\t.\t.\tMUT=ALT;MEASURESET_ID={i};SYMBOL=G{};CLINICAL_SIGNIFICANCE={class};\
                 REVIEW_STATUS={review};ALL_TRAITS=x",
                row.gene
            )
            .unwrap();
            let to = AMINO_ACIDS[row.to].0;
            writeln!(table, "1\t{pos}\tA\t{alternate}\t\t\t\t\t\tNM_1:c.1A>G\tNP_1:p.Leu{}{to}", row.codon).unwrap();
        }
        (vcf, table)
    }
}

fn variant() -> impl Strategy<Value = FindingVariant> {
    let consequence = prop::sample::select(vec!["missense_variant", "stop_gained", "synonymous_variant", "start_lost"]);
    let kept = (any::<bool>(), prop::option::of(0u64..5), prop::option::of(any::<bool>()), any::<bool>());
    (0u32..120, 0..3usize, consequence, (1u32..12, 0..3usize), prop::option::of(0.0..0.06f64), kept).prop_map(
        |(pos, alternate, consequence, (codon, to), max_frequency, (known, homozygotes, de_novo, escapes_decay))| {
            FindingVariant {
                variant: Variant {
                    chrom: Chromosome::from_name(b"1").unwrap(),
                    pos: 1000 + pos,
                    reference: "A".into(),
                    alternate: ["C", "G", "T"][alternate].into(),
                },
                event: indgang_genomics::site::Event::Small,
                genotypes: BTreeMap::new(),
                calls: BTreeMap::new(),
                consequence: consequence.to_owned(),
                hgvs: None,
                protein_change: None,
                transcript: None,
                max_frequency,
                max_frequency_source: None,
                own_cohort: None,
                clinvar: None,
                origin: None,
                de_novo_score: None,
                filters: Vec::new(),
                assessed: Some(Assessed {
                    frequencies_known: known,
                    homozygotes,
                    de_novo,
                    escapes_decay,
                    amino_acid: (consequence == "missense_variant").then(|| (codon, AMINO_ACIDS[to].1)),
                    revel: None,
                    splice_ai: None,
                }),
                structural: None,
                repeat: None,
            }
        },
    )
}

fn finding() -> impl Strategy<Value = Finding> {
    use ModeOfInheritance as M;
    let mode = prop::sample::select(vec![M::DeNovo, M::AutosomalDominant, M::AutosomalRecessiveCompoundHeterozygous]);
    (0..GENES, mode, variant(), variant(), any::<bool>()).prop_map(|(gene, mode, first, second, phased)| {
        let pair = mode == M::AutosomalRecessiveCompoundHeterozygous;
        Finding {
            rank: 1,
            gene: Gene { symbol: format!("G{gene}"), hgnc_id: None },
            disease: None,
            mode_of_inheritance: mode,
            variants: if pair { vec![first, second] } else { vec![first] },
            scores: Scores { combined: 0.5, phenotype: 0.5, variant: 0.5 },
            explanation: Vec::new(),
            signs: Vec::new(),
            acmg: Acmg::default(),
            recurrence_risk: RecurrenceRisk::default(),
            flags: if phased { Vec::new() } else { vec!["phase_unknown".to_owned()] },
            bearing: Default::default(),
        }
    })
}

type Told = BTreeMap<Place, Vec<Alert>>;

fn told(cases: &[Vec<Finding>], places: impl IntoIterator<Item = Place>, old: &Release<'_>, new: &Release<'_>) -> Told {
    let alerts = |place: Place| {
        let finding = &cases[place.0 as usize][place.1 as usize];
        (place, changed(finding, old, new).expect("its report holds what is asked"))
    };
    places.into_iter().map(alerts).filter(|(_, alerts)| !alerts.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn judging_what_is_touched_tells_what_judging_all_tells(
        base in made(),
        other in made(),
        every in 1usize..6,
        cases in prop::collection::vec(prop::collection::vec(finding(), 0..6), 1..8),
    ) {
        let (old, new) = (base.knowledge(), altered(&base, &other, every).knowledge());
        let difference = Difference::between(&old, &new, Assembly::GRCh37).unwrap();
        let (before, now) = (Release::of(&old, Assembly::GRCh37).unwrap(), Release::of(&new, Assembly::GRCh37).unwrap());
        let mut index = Index::default();
        let mut all = Vec::new();
        for (findings, case) in cases.iter().zip(0u32..) {
            index.add(case, findings);
            all.extend((0u32..).zip(findings).map(|(i, _)| (case, i)));
        }
        let touched = index.touched(&difference, &before, &now);
        prop_assert_eq!(told(&cases, touched, &before, &now), told(&cases, all, &before, &now));
    }

    #[test]
    fn the_same_release_touches_nothing(base in made(), findings in prop::collection::vec(finding(), 1..6)) {
        let (old, new) = (base.knowledge(), base.knowledge());
        let difference = Difference::between(&old, &new, Assembly::GRCh37).unwrap();
        prop_assert!(difference.is_empty());
        let (before, now) = (Release::of(&old, Assembly::GRCh37).unwrap(), Release::of(&new, Assembly::GRCh37).unwrap());
        let mut index = Index::default();
        index.add(0, &findings);
        prop_assert!(index.touched(&difference, &before, &now).is_empty());
    }
}

/// One record that becomes pathogenic, and one gene that gets a disease.
#[test]
fn what_changes_is_told_with_its_reason() {
    let row = Row { pos: 1010, alternate: 1, gene: 0, class: 2, review: 2, codon: 5, to: 0 };
    let old = Made {
        rows: vec![row.clone()],
        links: vec![(0, 0, 0, 0)],
        loeuf: vec![9; GENES],
        haploinsufficient: vec![false; GENES],
    };
    let new = Made { rows: vec![Row { class: 0, ..row }], links: vec![(0, 0, 2, 0)], ..old.clone() };
    let (old, new) = (old.knowledge(), new.knowledge());
    let (before, now) = (Release::of(&old, Assembly::GRCh37).unwrap(), Release::of(&new, Assembly::GRCh37).unwrap());
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut finding = finding().new_tree(&mut runner).unwrap().current();
    finding.gene.symbol = "G0".into();
    finding.mode_of_inheritance = ModeOfInheritance::DeNovo;
    finding.variants.truncate(1);
    let one = &mut finding.variants[0];
    (one.variant.pos, one.variant.alternate, one.max_frequency) = (1010, "G".into(), None);
    let alerts = changed(&finding, &before, &now).unwrap();
    let told: Vec<_> = alerts.iter().map(|a| (a.subject.as_str(), a.change)).collect();
    assert_eq!(told, [("class", Change::Upgrade), ("MONDO:0000000", Change::NewDisease)]);
    assert!(alerts[0].before.contains("Uncertain_significance (3/4)") && alerts[0].now.contains("Pathogenic (3/4)"));
    let back = changed(&finding, &now, &before).unwrap();
    assert_eq!(back.iter().map(|a| a.change).collect::<Vec<_>>(), [Change::Downgrade, Change::DiseaseWithdrawn]);
    // A report of an older program does not hold what is asked.
    finding.variants[0].assessed = None;
    assert_eq!(changed(&finding, &before, &now), None);
}
