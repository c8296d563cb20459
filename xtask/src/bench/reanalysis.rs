//! Many stored trios under a release that differs in many rows. Both are made up from the shipped knowledge.

use super::random::Random;
use anyhow::{Context, Result, ensure};
use indgang_genomics::site::Event;
use indgang_interpret::reanalysis::{Alert, Index, Place, Release, changed};
use indgang_interpret::report::{Acmg, Assessed, Finding, FindingVariant, Gene, RecurrenceRisk, Scores};
use indgang_knowledge::build::clinvar::{ClinVarSources, Hgvs, clinvar};
use indgang_knowledge::{ClinVarRecord, Difference, Knowledge, MolecularEffect, Part, Significance, pack};
use indgang_model::{Assembly, Chromosome, ModeOfInheritance, Variant};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Instant;

/// Trios in the house.
pub const TRIOS: u32 = 10_000;
/// Findings of each.
pub const FINDINGS: usize = 100;
/// Rows of ClinVar that the new release has otherwise.
pub const ROWS: usize = 50_000;

/// Seconds, and what was found in them.
pub struct Measured {
    /// Comparing the releases.
    pub difference: f64,
    /// Indexing the reports.
    pub index: f64,
    /// Judging what is touched.
    pub touched: f64,
    /// Judging all findings.
    pub all: f64,
    /// Rows that differ: alleles, codons and genes.
    pub rows: usize,
    /// Findings touched.
    pub findings: usize,
    /// Alerts; the same by either way.
    pub alerts: usize,
}

type Known = (Variant, String, MolecularEffect, Option<(u32, char)>);

/// Times it, and holds judging what is touched against judging all.
pub fn measure() -> Result<Measured> {
    let mut random = Random::new(17);
    let shipped = Knowledge::shipped();
    let known = known(shipped)?;
    let altered: BTreeSet<usize> = {
        let mut chosen = BTreeSet::new();
        while chosen.len() < ROWS.min(known.len()) {
            chosen.insert(random.below(known.len() as u64) as usize);
        }
        chosen
    };
    let (old, new) = (release(shipped, &BTreeSet::new())?, release(shipped, &altered)?);
    let cases: Vec<Vec<Finding>> =
        (0..TRIOS).map(|_| (0..FINDINGS).map(|_| finding(&known, &mut random)).collect()).collect();
    let (before, now) = (Release::of(&old, Assembly::GRCh37)?, Release::of(&new, Assembly::GRCh37)?);
    let timed = Instant::now();
    let difference = Difference::between(&old, &new, Assembly::GRCh37)?;
    let between = timed.elapsed().as_secs_f64();
    let timed = Instant::now();
    let mut index = Index::default();
    for (case, findings) in (0u32..).zip(&cases) {
        index.add(case, findings);
    }
    let indexed = timed.elapsed().as_secs_f64();
    let timed = Instant::now();
    let touched = index.touched(&difference, &before, &now);
    let findings = touched.len();
    let by_difference = told(&cases, touched, &before, &now)?;
    let judged = timed.elapsed().as_secs_f64();
    let timed = Instant::now();
    let places = (0u32..).zip(&cases).flat_map(|(case, all)| (0u32..).zip(all).map(move |(i, _)| (case, i)));
    let by_all = told(&cases, places, &before, &now)?;
    let all = timed.elapsed().as_secs_f64();
    ensure!(by_difference == by_all, "judging what is touched and judging all tell different alerts");
    let alerts = by_all.values().map(Vec::len).sum();
    let rows = difference.len();
    Ok(Measured { difference: between, index: indexed, touched: judged, all, rows, findings, alerts })
}

fn told(
    cases: &[Vec<Finding>],
    places: impl IntoIterator<Item = Place>,
    before: &Release<'_>,
    now: &Release<'_>,
) -> Result<BTreeMap<Place, Vec<Alert>>> {
    let mut all = BTreeMap::new();
    for place in places {
        let finding = cases.get(place.0 as usize).and_then(|findings| findings.get(place.1 as usize));
        let alerts = finding.and_then(|finding| changed(finding, before, now)).context("a finding cannot be judged")?;
        if !alerts.is_empty() {
            all.insert(place, alerts);
        }
    }
    Ok(all)
}

fn records(knowledge: &Knowledge) -> Result<Vec<(Variant, ClinVarRecord<'_>)>> {
    let clinvar = knowledge.clinvar(Assembly::GRCh37)?;
    Ok(Chromosome::all().flat_map(|chrom| clinvar.within(chrom, 1, u32::MAX)).collect())
}

fn known(knowledge: &Knowledge) -> Result<Vec<Known>> {
    let of = |(variant, record): (Variant, ClinVarRecord<'_>)| {
        let change = record.protein.as_ref().map(|change| (change.position, char::from(change.to)));
        (variant, record.gene.to_owned(), record.effect, change)
    };
    Ok(records(knowledge)?.into_iter().map(of).collect())
}

/// The shipped release written as the publisher's files and built again, some records with another significance.
fn release(shipped: &Knowledge, altered: &BTreeSet<usize>) -> Result<Knowledge> {
    const REVIEWS: [&str; 5] = [
        "no_assertion_criteria_provided",
        "criteria_provided..single_submitter",
        "criteria_provided..multiple_submitters..no_conflicts",
        "reviewed_by_expert_panel",
        "practice_guideline",
    ];
    let (mut vcf, mut table) = (String::from("#CHROM\n"), String::from("header\n"));
    for (i, (variant, record)) in records(shipped)?.iter().enumerate() {
        let words = match (altered.contains(&i), record.significance) {
            (false, _) => record.significance_words,
            (true, Significance::Uncertain) => "Pathogenic",
            (true, s) if s.is_pathogenic() => "Uncertain_significance",
            (true, s) if s.is_benign() => "Uncertain_significance",
            (true, _) => "Likely_pathogenic",
        };
        let Variant { chrom, pos, reference, alternate } = variant;
        let (id, gene) = (record.variation_id, record.gene);
        let review = REVIEWS.get(usize::from(record.stars)).context("stars above four")?;
        writeln!(
            vcf,
            "{chrom}\t{pos}\t.\t{reference}\t{alternate}\t.\t.\tMUT=ALT;MEASURESET_ID={id};SYMBOL={gene};\
             CLINICAL_SIGNIFICANCE={words};REVIEW_STATUS={review};ALL_TRAITS=x"
        )?;
        let (c, p) = (record.hgvs_c.unwrap_or_default(), record.hgvs_p.unwrap_or_default());
        writeln!(table, "{chrom}\t{pos}\t{reference}\t{alternate}\t\t\t\t\t\t{c}\t{p}")?;
    }
    let genes = shipped.genes()?;
    let (version, assembly) = (Some("made up"), Some(Assembly::GRCh37));
    let sources = ClinVarSources { vcf: &mut vcf.as_bytes(), version, assembly, hgvs: Hgvs::of_table(&table)? };
    let parts = clinvar(sources, genes, |_, _| None)?;
    Ok(Knowledge::from_parts(
        String::new(),
        [
            (Part::Genes, pack(Part::Genes, genes, 1)?),
            (Part::ClinVarRecords, pack(Part::ClinVarRecords, &parts.records, 1)?),
            (Part::ClinVarGRCh37, pack(Part::ClinVarGRCh37, &parts.places, 1)?),
        ],
    ))
}

/// A finding at a place that ClinVar knows, or a few bases beside one.
fn finding(known: &[Known], random: &mut Random) -> Finding {
    let (variant, gene, effect, amino_acid) = &known[random.below(known.len() as u64) as usize];
    let mut variant = variant.clone();
    if random.chance(0.8) {
        variant.pos += 1 + random.below(40) as u32;
    }
    let consequence = match effect {
        MolecularEffect::Nonsense => "stop_gained",
        MolecularEffect::Frameshift => "frameshift_variant",
        MolecularEffect::SpliceSite => "splice_donor_variant",
        MolecularEffect::Synonymous => "synonymous_variant",
        _ => "missense_variant",
    };
    let modes = [ModeOfInheritance::DeNovo, ModeOfInheritance::AutosomalDominant];
    Finding {
        rank: 1,
        gene: Gene { symbol: gene.clone(), hgnc_id: None },
        disease: None,
        mode_of_inheritance: modes[random.below(2) as usize],
        variants: vec![FindingVariant {
            variant,
            event: Event::Small,
            genotypes: BTreeMap::new(),
            calls: BTreeMap::new(),
            consequence: consequence.to_owned(),
            hgvs: None,
            protein_change: None,
            transcript: None,
            max_frequency: None,
            max_frequency_source: None,
            own_cohort: None,
            clinvar: None,
            origin: None,
            de_novo_score: None,
            filters: Vec::new(),
            assessed: Some(Assessed {
                frequencies_known: true,
                de_novo: random.chance(0.1).then_some(true),
                amino_acid: amino_acid.filter(|_| consequence == "missense_variant"),
                ..Assessed::default()
            }),
            structural: None,
            repeat: None,
        }],
        scores: Scores { combined: 0.5, phenotype: 0.5, variant: 0.5 },
        explanation: Vec::new(),
        signs: Vec::new(),
        acmg: Acmg::default(),
        recurrence_risk: RecurrenceRisk::default(),
        flags: Vec::new(),
        bearing: Default::default(),
    }
}
