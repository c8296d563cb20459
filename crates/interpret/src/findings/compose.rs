//! One finding, from a draft: score, disease, evidence, explanation.

use super::Context;
use super::disease::Fit;
use super::drafts::{Draft, region};
use super::evidence;
use crate::acmg::{self, is_pathogenic};
use crate::explain::{Facts, explain};
use crate::intake::{Candidate, GeneEffect};
use crate::recurrence::{inherited, recurrence_risk};
use crate::report::{Acmg, CallEvidence, Finding, FindingVariant, Gene, RecurrenceRisk, Scores};
use crate::score::{self, LogOdds};
use indgang_genomics::call::Call;
use indgang_genomics::pedigree::Family;
use indgang_knowledge::{GeneRecord, Validity};
use indgang_model::{ModeOfInheritance, Region};
use std::collections::BTreeMap;

pub(super) fn finding(context: &Context<'_>, candidates: &[Candidate], symbol: &str, draft: &Draft) -> Finding {
    let gene = context.genes.by_symbol(symbol);
    let parts: Vec<(&Candidate, &GeneEffect)> = draft
        .members
        .iter()
        .filter_map(|m| candidates.get(*m))
        .filter_map(|c| Some((c, c.effects.iter().find(|e| e.symbol == symbol)?)))
        .collect();
    let fit = gene.and_then(|g| context.diseases.best_fit(context.genes, g, draft.mode));
    let variant = variant_score(&parts);
    let low_quality = parts.iter().any(|(c, _)| c.low_quality);
    let odds = log_odds(draft, fit.as_ref(), gene, &parts, variant, low_quality);
    let acmg = strongest(context, &parts, gene, draft);
    let clinvar = parts.iter().filter_map(|(c, _)| c.clinvar.as_ref()).max_by_key(|c| c.stars);
    let mut flags = draft.flags.clone();
    if low_quality {
        flags.push("low_quality".to_owned());
    }
    let facts = Facts {
        mode: draft.mode,
        mode_known: fit.as_ref().and_then(|f| f.mode_known),
        consequences: parts.iter().map(|(_, e)| e.consequence).collect(),
        frequencies: parts.iter().map(|(c, _)| c.max_frequency).collect(),
        clinvar,
        disease: fit.as_ref().map(|f| &f.disease),
        validity: fit.as_ref().and_then(|f| f.validity).map(|v| (validity_words(v), "ClinGen")),
        constraint: gene.and_then(|g| g.loeuf).map(f64::from),
        low_quality,
        signs: context.case.features.iter().filter(|f| !f.excluded).count(),
    };
    let explanation = explain(&facts, &odds);
    Finding {
        rank: 0,
        gene: Gene { symbol: symbol.to_owned(), hgnc_id: gene.and_then(|g| g.hgnc_id).map(|id| id.to_string()) },
        disease: fit.as_ref().map(|f| f.disease.clone()),
        mode_of_inheritance: draft.mode,
        variants: parts
            .iter()
            .map(|(c, e)| variant_for_report(&context.case.family, c, e, draft.de_novo_score))
            .collect(),
        scores: Scores { combined: odds.probability(), phenotype: fit.as_ref().map_or(0.0, |f| f.phenotype), variant },
        explanation,
        signs: fit.as_ref().map(|f| context.diseases.signs(f)).unwrap_or_default(),
        acmg,
        recurrence_risk: recurrence(context, &parts, draft.mode),
        flags,
    }
}

/// The mean over the alleles of a pair; one allele stands for itself.
fn variant_score(parts: &[(&Candidate, &GeneEffect)]) -> f64 {
    let sum: f64 = parts
        .iter()
        .map(|(c, e)| score::variant(e.consequence, c.max_frequency, e.revel.or(e.predictor), c.verdict))
        .sum();
    sum / parts.len().max(1) as f64
}

fn log_odds(
    draft: &Draft,
    fit: Option<&Fit>,
    gene: Option<&GeneRecord>,
    parts: &[(&Candidate, &GeneEffect)],
    variant: f64,
    low_quality: bool,
) -> LogOdds {
    use ModeOfInheritance as M;
    let known = match fit.map(|f| f.mode_known) {
        Some(Some(true)) => 0.5,
        Some(Some(false)) => -2.5,
        Some(None) | None => -0.5,
    };
    // A trio's exome holds about one new coding variant, but hundreds of inherited rare ones: being new is strong evidence.
    let mode = match draft.mode {
        M::DeNovo | M::XLinkedDeNovo => 2.0,
        // Two copies where a parent has none to give: as for disomy, a wrong genotype is likelier.
        M::PossibleDeNovo if draft.flags.iter().any(|f| f == "mendelian_error") => -1.5,
        M::MosaicDeNovo | M::PossibleDeNovo => 0.5,
        M::AutosomalDominantIncompletePenetrance => -1.0 - 0.5 * f64::from(draft.unaffected_carriers),
        M::AutosomalRecessiveCompoundHeterozygous | M::XLinkedCompoundHeterozygous => {
            if draft.flags.iter().any(|f| f == "phase_unknown") { -0.7 } else { 0.5 }
        }
        M::AutosomalRecessiveHomozygous | M::AutosomalRecessiveOverDeletion | M::XLinkedRecessive => 0.5,
        M::UniparentalDisomy => -1.5,
        M::XLinkedDominant => -0.5 * f64::from(draft.unaffected_carriers),
        _ => 0.0,
    };
    let validity = match fit.and_then(|f| f.validity) {
        Some(Validity::Definitive) => 0.8,
        Some(Validity::Strong) => 0.6,
        Some(Validity::Moderate) => 0.3,
        Some(Validity::Limited) => -0.5,
        Some(Validity::Disputed | Validity::Refuted | Validity::NoKnownRelationship) => -3.0,
        None => 0.0,
    };
    let constraint = match gene.and_then(|g| g.loeuf) {
        Some(loeuf)
            if !evidence::is_recessive(draft.mode)
                && parts.iter().any(|(_, e)| acmg::is_loss_of_function(e.consequence)) =>
        {
            if loeuf < 0.35 {
                0.7
            } else if loeuf > 1.0 {
                -0.7
            } else {
                0.0
            }
        }
        _ => 0.0,
    };
    let quality = if low_quality { -1.5 } else { 0.0 };
    let phenotype = fit.map_or(0.0, |f| f.phenotype);
    LogOdds { mode_of_inheritance: known + mode, validity, constraint, quality, ..LogOdds::of(phenotype, variant) }
}

/// The assessment with most points among the alleles; for a pair the weaker allele decides what the pair can be.
fn strongest(
    context: &Context<'_>,
    parts: &[(&Candidate, &GeneEffect)],
    gene: Option<&GeneRecord>,
    draft: &Draft,
) -> Acmg {
    let assessed = parts.iter().enumerate().map(|(i, (candidate, effect))| {
        let partner = if parts.len() == 2 { parts.get(1 - i).map(|p| p.0) } else { None };
        acmg::assess(&evidence::of(context, candidate, effect, gene, draft, partner))
    });
    let assessed: Vec<Acmg> = assessed.collect();
    let all_pathogenic = assessed.iter().all(is_pathogenic);
    let pick = if all_pathogenic || parts.len() < 2 {
        assessed.into_iter().max_by_key(|a| a.points)
    } else {
        assessed.into_iter().min_by_key(|a| a.points)
    };
    pick.unwrap_or_default()
}

/// One variant with everybody's calls.
pub(crate) fn variant_for_report(
    family: &Family,
    candidate: &Candidate,
    effect: &GeneEffect,
    de_novo_score: Option<f64>,
) -> FindingVariant {
    let sequenced = || family.members.iter().zip(&candidate.site.calls).filter(|(m, _)| m.sequenced);
    let mut genotypes = BTreeMap::new();
    let mut calls = BTreeMap::new();
    for (member, call) in sequenced() {
        genotypes.insert(member.id.clone(), call.genotype.to_string());
        calls.insert(member.id.clone(), call_evidence(call));
    }
    FindingVariant {
        variant: candidate.site.variant.clone(),
        event: candidate.site.event.clone(),
        genotypes,
        calls,
        consequence: effect.consequence.to_owned(),
        hgvs: effect.hgvs.clone(),
        protein_change: effect.protein_change.clone(),
        transcript: effect.transcript.clone(),
        max_frequency: candidate.max_frequency,
        max_frequency_source: candidate.max_frequency_source.clone(),
        own_cohort: candidate.own_cohort.map(|seen| seen.for_report()),
        clinvar: candidate.clinvar.clone(),
        origin: origin(family, &candidate.site.calls).map(str::to_owned),
        de_novo_score,
        filters: candidate.site.filters.iter().map(|f| f.to_string()).collect(),
    }
}

fn call_evidence(call: &Call) -> CallEvidence {
    CallEvidence {
        depth: call.total_depth(),
        reference_depth: call.reference_depth,
        alternate_depth: call.alternate_depth,
        allele_balance: call.allele_balance(),
        genotype_quality: call.genotype_quality,
    }
}

/// From which parent the proband has the allele, when both parents' calls tell it.
fn origin(family: &Family, calls: &[Call]) -> Option<&'static str> {
    let proband = family.members.get(family.proband())?;
    let (father, mother) = (calls.get(proband.father?)?.genotype, calls.get(proband.mother?)?.genotype);
    let copies = calls.get(family.proband())?.genotype.alternate_copies()?;
    match (father.carries(), mother.carries()) {
        (true, true) if copies == 2 => Some("both"),
        (true, false) if mother.is_reference() => Some("father"),
        (false, true) if father.is_reference() => Some("mother"),
        (false, false) if father.is_reference() && mother.is_reference() => Some("new"),
        _ => None,
    }
}

fn recurrence(context: &Context<'_>, parts: &[(&Candidate, &GeneEffect)], mode: ModeOfInheritance) -> RecurrenceRisk {
    let candidates: Vec<&Candidate> = parts.iter().map(|(candidate, _)| *candidate).collect();
    let place = candidates.first().map_or(Region::Autosome, |candidate| region(context, candidate));
    recurrence_risk(&inherited(&context.case.family, &candidates, mode, place, !context.trio_refused))
}

/// The machine key of a mode, as in `report.json`.
pub(super) fn mode_key(mode: ModeOfInheritance) -> String {
    serde_json::to_value(mode).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn validity_words(validity: Validity) -> &'static str {
    match validity {
        Validity::Definitive => "Definitive",
        Validity::Strong => "Strong",
        Validity::Moderate => "Moderate",
        Validity::Limited => "Limited",
        Validity::Disputed => "Disputed",
        Validity::Refuted => "Refuted",
        Validity::NoKnownRelationship => "No Known Disease Relationship",
    }
}
