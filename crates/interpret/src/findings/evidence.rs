//! What the ACMG criteria look at, gathered for one variant of a draft.

use super::Context;
use super::disease::Fit;
use super::drafts::Draft;
use crate::acmg::{Evidence, Mechanism, mechanism};
use crate::intake::{Candidate, GeneEffect};
use crate::report::Assessed;
use crate::score::ClinVarVerdict;
use crate::secondary::by_other_mechanism;
use indgang_knowledge::{ClinVar, ClinVarRecord, GeneRecord};
use indgang_model::ModeOfInheritance as M;

/// Evidence for one variant, in its gene for the disease that the signs fit. `partner` is the other allele of a pair.
pub(super) fn of(
    context: &Context<'_>,
    candidate: &Candidate,
    effect: &GeneEffect,
    (gene, disease): (Option<&GeneRecord>, Option<&Fit>),
    draft: &Draft,
    partner: Option<&Candidate>,
) -> Evidence {
    let kept = kept(context, candidate, effect, draft);
    let recessive = is_recessive(draft.mode);
    let (same_amino_acid, other_amino_acid) = known_codon(
        context.clinvar,
        &effect.symbol,
        kept.amino_acid,
        effect.consequence,
        candidate.clinvar_id.as_deref(),
    );
    Evidence {
        gene: effect.symbol.clone(),
        clinvar_id: candidate.clinvar_id.clone(),
        consequence: effect.consequence.to_owned(),
        loss_of_function_gene: gene
            .filter(|gene| !by_other_mechanism(context.genes, gene, disease.map(|fit| &fit.disease)))
            .and_then(|gene| loss_of_function(context, gene, recessive)),
        escapes_decay: kept.escapes_decay,
        max_frequency: candidate.max_frequency,
        frequency_source: candidate.max_frequency_source.clone(),
        frequencies_known: kept.frequencies_known,
        homozygotes: kept.homozygotes,
        recessive,
        de_novo: kept.de_novo,
        pathogenic_partner: partner
            .filter(|p| p.verdict == Some(ClinVarVerdict::Pathogenic))
            .map(|_| !draft.flags.iter().any(|f| f == "phase_unknown")),
        same_amino_acid,
        other_amino_acid,
        neighbours: candidate.neighbours,
        revel: kept.revel,
        splice_ai: kept.splice_ai,
    }
}

/// What of a variant's evidence the report keeps.
pub(super) fn kept(context: &Context<'_>, candidate: &Candidate, effect: &GeneEffect, draft: &Draft) -> Assessed {
    let new = matches!(draft.mode, M::DeNovo | M::XLinkedDeNovo | M::MosaicDeNovo);
    Assessed {
        frequencies_known: context.frequencies_known,
        homozygotes: candidate.homozygotes,
        de_novo: new.then_some(context.parentage_confirmed),
        escapes_decay: effect.escapes_decay,
        amino_acid: effect.amino_acid.map(|(position, to)| (position, char::from(to))),
        revel: effect.revel,
        splice_ai: effect.splice_ai,
    }
}

pub(crate) fn is_recessive(mode: M) -> bool {
    matches!(
        mode,
        M::AutosomalRecessiveHomozygous
            | M::AutosomalRecessiveCompoundHeterozygous
            | M::AutosomalRecessiveOverDeletion
            | M::XLinkedRecessive
            | M::XLinkedCompoundHeterozygous
            | M::UniparentalDisomy
            | M::CarrierCouple
    )
}

/// Why loss of function is known to cause disease in a gene.
pub(crate) fn loss_of_function(context: &Context<'_>, gene: &GeneRecord, recessive: bool) -> Option<Mechanism> {
    mechanism(gene, context.truncating(&gene.symbol), recessive)
}

pub(crate) type Known = Option<(String, u8)>;

/// PS1 and PM5: pathogenic records of the same codon, the variant's own record left out.
pub(crate) fn known_codon(
    clinvar: ClinVar<'_>,
    gene: &str,
    amino_acid: Option<(u32, char)>,
    consequence: &str,
    own: Option<&str>,
) -> (Known, Known) {
    let Some((position, to)) = amino_acid.filter(|_| consequence == "missense_variant") else {
        return (None, None);
    };
    let best = |same: bool| {
        clinvar
            .by_protein(gene, position, None)
            .into_iter()
            .filter(|r| r.significance.is_pathogenic() && Some(r.variation_id.to_string().as_str()) != own)
            .filter(|r| r.protein.as_ref().is_some_and(|p| p.to != b'*' && (char::from(p.to) == to) == same))
            .map(|r: ClinVarRecord<'_>| (r.variation_id.to_string(), r.stars))
            .max_by_key(|(_, stars)| *stars)
    };
    (best(true), best(false))
}
