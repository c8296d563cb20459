//! One finding, from a draft: score, disease, evidence, explanation.

use super::Context;
use super::disease::Fit;
use super::drafts::{Draft, region};
use super::evidence;
use super::records::{self, Records};
use crate::acmg::{self, is_pathogenic};
use crate::combined::{Bearing, FindingModel};
use crate::explain::{Facts, explain};
use crate::intake::{Candidate, GeneEffect};
use crate::large;
use crate::large::onset::Spared;
use crate::recurrence::{inherited, recurrence_risk};
use crate::report::{Acmg, CallEvidence, Explanation, Finding, FindingVariant, Gene, RecurrenceRisk, Scores};
use crate::score;
use crate::words::Words;
use indgang_genomics::call::Call;
use indgang_genomics::pedigree::Family;
use indgang_knowledge::{GeneRecord, Validity};
use indgang_model::{Chromosome, ModeOfInheritance, Region};
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
    let unbalanced = unbalanced(context, draft, &parts);
    let copy = imprinted(context, fit.as_ref(), &parts);
    let spared = spared(context, draft, fit.as_ref(), &parts);
    let bearing = bearing(context, draft, fit.as_ref(), gene, &parts, variant, (low_quality, unbalanced))
        .with_imprinting(draft, copy)
        .with_spared(spared.as_ref());
    let odds = FindingModel::shipped().weigh(&bearing);
    let acmg = strongest(context, &parts, (gene, fit.as_ref()), draft);
    let clinvar = parts.iter().filter_map(|(c, _)| c.clinvar.as_ref()).max_by_key(|c| c.stars);
    let mut flags = draft.flags.clone();
    if low_quality {
        flags.push("low_quality".to_owned());
    }
    if unbalanced < 0.0 {
        flags.push("unbalanced_reads".to_owned());
    }
    flags.extend(copy.map(|copy| copy.flag().to_owned()));
    flags.extend(spared.as_ref().map(|spared| spared.flag().to_owned()));
    if parts.iter().any(|(c, _)| c.copies_are_presumed()) {
        flags.push("copies_presumed".to_owned());
    }
    let facts = Facts {
        mode: draft.mode,
        mode_known: fit.as_ref().and_then(|f| f.mode_known),
        consequences: parts.iter().map(|(_, e)| e.consequence).collect(),
        frequencies: parts.iter().map(|(c, _)| c.max_frequency).collect(),
        clinvar,
        disease: fit.as_ref().map(|f| (&f.disease, f.place)),
        validity: fit.as_ref().and_then(|f| f.validity).map(|v| (validity_words(v), "ClinGen")),
        constraint: gene.and_then(|g| g.loeuf).map(f64::from),
        low_quality,
        unbalanced: unbalanced < 0.0,
        records: records::words(&bearing),
        signs: context.case.features.iter().filter(|f| !f.excluded).count(),
    };
    let mut explanation = explain(&facts, &odds);
    let variants: Vec<FindingVariant> = parts.iter().map(|(c, e)| reported(context, c, e, draft)).collect();
    explanation.extend(variants.iter().flat_map(beyond_small));
    explanation.extend(spared.map(|spared| unweighed("late_onset", spared.words())));
    Finding {
        rank: 0,
        gene: Gene { symbol: symbol.to_owned(), hgnc_id: gene.and_then(|g| g.hgnc_id).map(|id| id.to_string()) },
        disease: fit.as_ref().map(|f| f.disease.clone()),
        mode_of_inheritance: draft.mode,
        variants,
        scores: Scores { combined: odds.probability(), phenotype: fit.as_ref().map_or(0.0, |f| f.phenotype), variant },
        explanation,
        signs: fit.as_ref().map(|f| context.diseases.signs(f)).unwrap_or_default(),
        bearing,
        acmg,
        recurrence_risk: recurrence(context, &parts, draft.mode),
        flags,
    }
}

fn reported(context: &Context<'_>, candidate: &Candidate, effect: &GeneEffect, draft: &Draft) -> FindingVariant {
    let family = &context.case.family;
    let assessed = evidence::kept(context, candidate, effect, draft);
    FindingVariant {
        structural: large::classified(candidate, family, assessed.de_novo, evidence::is_recessive(draft.mode)),
        assessed: Some(assessed),
        ..variant_for_report(family, candidate, effect, draft.de_novo_score)
    }
}

/// What is said of a structural variant or a repeat. It adds nothing to the score of its own.
fn beyond_small(variant: &FindingVariant) -> impl Iterator<Item = Explanation> {
    let large = large::words(variant.structural.as_ref(), variant.repeat.as_ref());
    let calls = variant.structural.as_ref().and_then(large::same_event::words).map(|words| ("structural_calls", words));
    [large, calls].into_iter().flatten().map(|(key, words)| unweighed(key, words))
}

fn unweighed(key: &str, words: Words) -> Explanation {
    Explanation { key: key.to_owned(), text: words.en, text_da: words.da, contribution: 0.0 }
}

/// Why healthy carriers of a dominant repeat do not speak against it, where they do not.
fn spared(
    context: &Context<'_>,
    draft: &Draft,
    fit: Option<&Fit>,
    parts: &[(&Candidate, &GeneEffect)],
) -> Option<Spared> {
    let [(candidate, _)] = parts else { return None };
    let inherited = draft.mode == ModeOfInheritance::AutosomalDominantIncompletePenetrance;
    let (family, disease) = (&context.case.family, fit.map(|fit| &*fit.disease.id));
    Spared::of(candidate, family, context.annotations, disease, context.case.age).filter(|_| inherited)
}

/// The mean over the alleles of a pair; one allele stands for itself.
fn variant_score(parts: &[(&Candidate, &GeneEffect)]) -> f64 {
    let sum: f64 = parts
        .iter()
        .map(|(c, e)| {
            score::variant((e.consequence, e.severity()), c.max_frequency, e.revel.or(e.predictor), c.verdict)
        })
        .sum();
    sum / parts.len().max(1) as f64
}

/// Which copy of an imprinted gene is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ImprintedCopy {
    /// The one that is read: he who got it from his mother carries it without being affected.
    Read,
    /// The silent one: it cannot cause the disease in the proband.
    Silent,
}

impl ImprintedCopy {
    const fn flag(self) -> &'static str {
        match self {
            Self::Read => "imprinted_copy_read",
            Self::Silent => "imprinted_copy_silent",
        }
    }

    /// Where only the father's copy is read, by the parent from whom the variant came; `None` when that is not known.
    fn of_origin(origin: &str) -> Option<Self> {
        match origin {
            "father" => Some(Self::Read),
            "mother" => Some(Self::Silent),
            _ => None,
        }
    }
}

fn imprinted(context: &Context<'_>, fit: Option<&Fit>, parts: &[(&Candidate, &GeneEffect)]) -> Option<ImprintedCopy> {
    let [(candidate, _)] = parts else { return None };
    fit.filter(|fit| fit.maternal_imprinting)?;
    ImprintedCopy::of_origin(origin(&context.case.family, &candidate.site.calls)?)
}

impl Bearing {
    /// A healthy carrier before the age of onset, or of a shorter repeat, says nothing.
    fn with_spared(self, spared: Option<&Spared>) -> Self {
        if spared.is_some() { Self { mode_found: 0.0, ..self } } else { self }
    }

    /// An unaffected carrier of an imprinted gene's variant is no surprise; a change of its silent copy is no cause.
    fn with_imprinting(self, draft: &Draft, copy: Option<ImprintedCopy>) -> Self {
        let inherited = draft.mode == ModeOfInheritance::AutosomalDominantIncompletePenetrance;
        match copy {
            Some(ImprintedCopy::Read) if inherited => Self { mode_found: 0.0, ..self },
            Some(ImprintedCopy::Silent) => Self { mode_known: 0.0, mode_other: 1.0, ..self },
            _ => self,
        }
    }
}

fn bearing(
    context: &Context<'_>,
    draft: &Draft,
    fit: Option<&Fit>,
    gene: Option<&GeneRecord>,
    parts: &[(&Candidate, &GeneEffect)],
    variant: f64,
    (low_quality, unbalanced): (bool, f64),
) -> Bearing {
    let one = |is: bool| f64::from(u8::from(is));
    let known = |is: bool| one(fit.is_some_and(|f| f.mode_known == Some(is)));
    let validity = fit.and_then(|f| f.validity);
    let intolerance = gene
        .and_then(|g| g.loeuf)
        .filter(|_| !evidence::is_recessive(draft.mode))
        .map_or(0.0, |loeuf| (1.0 - f64::from(loeuf)).clamp(-0.5, 1.0));
    let others = Records::of(context, parts);
    let loses = parts.iter().any(|(_, e)| acmg::is_loss_of_function(e.consequence));
    Bearing {
        phenotype: fit.map_or(0.0, |f| f.phenotype),
        belief: fit.map_or(0.0, |f| f.belief),
        signs_unknown: one(fit.is_some_and(|f| !f.compared)),
        no_disease: one(fit.is_none()),
        variant,
        seen: if evidence::is_recessive(draft.mode) { 0.0 } else { seen(parts) },
        mode_known: known(true),
        mode_other: known(false),
        validity: one(matches!(validity, Some(Validity::Definitive | Validity::Strong | Validity::Moderate))),
        intolerance_of_loss: if loses { intolerance } else { 0.0 },
        intolerance_of_change: if loses { 0.0 } else { intolerance },
        kind_known: others.kind,
        gene_known: others.gene,
        neighbours: others.neighbours,
        codon_known: others.codon,
        mode_found: mode_found(draft),
        disputed: match validity {
            Some(Validity::Limited) => -0.5,
            Some(Validity::Disputed | Validity::Refuted | Validity::NoKnownRelationship) => -3.0,
            _ => 0.0,
        },
        quality: unbalanced + if low_quality { -1.5 } else { 0.0 },
    }
}

/// Log odds against a heterozygous call whose reads are shared unequally, 0 to −6: what such a share speaks against a
/// true call (half its square in standard deviations), beyond what one true call in 370 has by chance. A mosaic variant
/// is expected to be so.
fn unbalanced(context: &Context<'_>, draft: &Draft, parts: &[(&Candidate, &GeneEffect)]) -> f64 {
    const BY_CHANCE: f64 = 3.0;
    if matches!(draft.mode, ModeOfInheritance::MosaicDeNovo) {
        return 0.0;
    }
    let proband = context.case.family.proband();
    let against = |candidate: &Candidate| {
        // A share of the mitochondria is no share of two copies.
        if candidate.site.variant.chrom == Chromosome::MT {
            return 0.0;
        }
        let deviations = candidate.site.calls.get(proband).and_then(Call::imbalance).unwrap_or(0.0);
        ((BY_CHANCE.powi(2) - deviations.powi(2)) / 2.0).clamp(-6.0, 0.0)
    };
    parts.iter().map(|(candidate, _)| against(candidate)).fold(0.0, f64::min)
}

/// log10 of how often the most common allele is seen in 100,000, at least one. What ClinVar knows as pathogenic may be
/// as common as its disease's founder variants are.
fn seen(parts: &[(&Candidate, &GeneEffect)]) -> f64 {
    let unknown = parts.iter().filter(|(c, _)| c.verdict != Some(score::ClinVarVerdict::Pathogenic));
    let highest = unknown.filter_map(|(c, _)| c.max_frequency).fold(0.0, f64::max);
    (highest * 1e5).max(1.0).log10()
}

/// How new and how sure, in log odds, by judgement.
/// A trio's exome holds about one new coding variant, but hundreds of inherited rare ones: being new is strong evidence.
fn mode_found(draft: &Draft) -> f64 {
    use ModeOfInheritance as M;
    let flagged = |name: &str| draft.flags.iter().any(|f| f == name);
    match draft.mode {
        M::DeNovo | M::XLinkedDeNovo => 2.0,
        // Two copies where a parent has none to give: as for disomy, a wrong genotype is likelier.
        M::PossibleDeNovo if flagged("mendelian_error") => -1.5,
        M::MosaicDeNovo | M::PossibleDeNovo => 0.5,
        M::AutosomalDominantIncompletePenetrance => -1.0 - 0.5 * f64::from(draft.unaffected_carriers),
        M::AutosomalRecessiveCompoundHeterozygous | M::XLinkedCompoundHeterozygous => {
            if flagged("phase_unknown") || flagged("perhaps_one_event") { -0.7 } else { 0.5 }
        }
        // A new deletion is as telling with the variant under it as alone.
        M::AutosomalRecessiveOverDeletion if flagged("de_novo") => 2.0,
        M::AutosomalRecessiveHomozygous | M::AutosomalRecessiveOverDeletion | M::XLinkedRecessive => 0.5,
        M::UniparentalDisomy => -1.5,
        M::XLinkedDominant => -0.5 * f64::from(draft.unaffected_carriers),
        _ => 0.0,
    }
}

/// The assessment with most points among the alleles; for a pair the weaker allele decides what the pair can be.
fn strongest(
    context: &Context<'_>,
    parts: &[(&Candidate, &GeneEffect)],
    gene: (Option<&GeneRecord>, Option<&Fit>),
    draft: &Draft,
) -> Acmg {
    let assessed = parts.iter().enumerate().map(|(i, (candidate, effect))| {
        let partner = if parts.len() == 2 { parts.get(1 - i).map(|p| p.0) } else { None };
        acmg::assess(&evidence::of(context, candidate, effect, gene, draft, partner), context.rules)
    });
    deciding(assessed.collect())
}

/// Of the assessments of a finding's alleles the one that decides its class.
pub(crate) fn deciding(assessed: Vec<Acmg>) -> Acmg {
    let all_pathogenic = assessed.iter().all(is_pathogenic);
    let pick = if all_pathogenic || assessed.len() < 2 {
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
        let mitochondrial = candidate.site.variant.chrom == Chromosome::MT;
        calls.insert(member.id.clone(), call_evidence(call, mitochondrial));
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
        assessed: None,
        structural: candidate.large.clone(),
        repeat: candidate.repeat.clone(),
    }
}

fn call_evidence(call: &Call, mitochondrial: bool) -> CallEvidence {
    let share = call.allele_fraction.or_else(|| call.allele_balance());
    CallEvidence {
        depth: call.total_depth(),
        reference_depth: call.reference_depth,
        alternate_depth: call.alternate_depth,
        allele_balance: call.allele_balance(),
        genotype_quality: call.genotype_quality,
        heteroplasmy: share.filter(|_| mitochondrial),
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
    if candidates.iter().any(|candidate| candidate.repeat.is_some()) {
        return large::recurrence_of_repeat();
    }
    // However it was found, what lies in the mitochondria comes from the mother.
    let mitochondrial = candidates.iter().any(|candidate| candidate.site.variant.chrom == Chromosome::MT);
    let mode = if mitochondrial { ModeOfInheritance::Mitochondrial } else { mode };
    let place = candidates.first().map_or(Region::Autosome, |candidate| region(context, candidate));
    let family = (&context.case.family, &context.case.profile);
    recurrence_risk(&inherited(family, &candidates, mode, place, !context.trio_refused))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imprinting_asks_from_whom_the_copy_came() {
        let draft = Draft {
            mode: ModeOfInheritance::AutosomalDominantIncompletePenetrance,
            members: vec![0],
            flags: Vec::new(),
            de_novo_score: None,
            unaffected_carriers: 1,
        };
        let bearing = Bearing { mode_known: 1.0, mode_found: mode_found(&draft), ..Bearing::default() };
        for (origin, found, known, other) in
            [("father", 0.0, 1.0, 0.0), ("mother", -1.5, 0.0, 1.0), ("new", -1.5, 1.0, 0.0), ("both", -1.5, 1.0, 0.0)]
        {
            let with = bearing.with_imprinting(&draft, ImprintedCopy::of_origin(origin));
            assert_eq!((with.mode_found, with.mode_known, with.mode_other), (found, known, other), "{origin}");
        }
    }
}
