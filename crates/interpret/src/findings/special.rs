//! Modes that need more than one look at a variant: a small variant over a deletion, and couples who are carriers.

use super::Context;
use super::drafts::{Draft, region};
use crate::acmg::is_loss_of_function;
use crate::intake::Candidate;
use crate::score::{self, ClinVarVerdict};
use indgang_genomics::call::Call;
use indgang_genomics::inheritance::{self, lies_in_deletion};
use indgang_genomics::profile::Profile;
use indgang_knowledge::{Genes, Mode};
use indgang_model::{ModeOfInheritance as M, Region};

/// A small variant that looks homozygous because a deletion takes the other copy.
pub(super) fn over_deletions(context: &Context<'_>, candidates: &[Candidate], members: &[usize]) -> Vec<Draft> {
    let one = |m: &usize| candidates.get(*m).map(|c| (*m, c));
    let deletions = members.iter().filter_map(one).filter_map(|(m, c)| Some((m, c, c.lost()?)));
    let mut drafts = Vec::new();
    for (deletion, gone, (first, last)) in deletions {
        let inside = |c: &Candidate| lies_in_deletion(c.site.variant.pos, (first.saturating_sub(1), last));
        let small =
            members.iter().filter_map(one).filter(|(_, c)| c.large.is_none() && c.repeat.is_none() && inside(c));
        for (index, candidate) in small {
            let hit = inheritance::over_deletion(
                &context.case.family,
                &candidate.site.calls,
                &gone.site.calls,
                region(context, candidate),
                &context.case.profile,
            );
            drafts.extend(hit.map(|hit| Draft {
                mode: hit.mode,
                members: vec![index, deletion],
                flags: hit.flags.names().map(str::to_owned).collect(),
                de_novo_score: None,
                unaffected_carriers: 0,
            }));
        }
    }
    drafts
}

/// Takes away what a small variant over a deletion would be told as if the deletion were not known: two copies.
pub(super) fn without_second_copies(drafts: &mut Vec<Draft>) {
    let over: Vec<usize> = drafts
        .iter()
        .filter(|draft| draft.mode == M::AutosomalRecessiveOverDeletion)
        .filter_map(|draft| draft.members.first().copied())
        .collect();
    let two_copies = |draft: &Draft| match draft.mode {
        M::UniparentalDisomy | M::AutosomalRecessiveHomozygous => true,
        M::PossibleDeNovo => draft.flags.iter().any(|flag| flag == "mendelian_error"),
        _ => false,
    };
    drafts.retain(|draft| !(matches!(&draft.members[..], [one] if over.contains(one)) && two_copies(draft)));
}

/// Couple screening: a family in which nobody is affected, with one woman and one man who are the couple.
/// Only what is likely to cause disease counts: (likely) pathogenic in ClinVar, or loss of function, in a gene with a
/// recessive (for the woman also X-linked) disease.
pub(super) fn carriers(
    context: &Context<'_>,
    candidates: &[Candidate],
    symbol: &str,
    members: &[usize],
) -> Option<Draft> {
    let (woman, man) = context.case.family.couple()?;
    let causal: Vec<usize> =
        members.iter().copied().filter(|m| of_candidate(context, &candidates[*m], symbol)).collect();
    let place = region(context, candidates.get(*causal.first()?)?);
    if !is_recessive_gene(context.genes, symbol, place) {
        return None;
    }
    let sites: Vec<(Call, Call)> =
        causal.iter().map(|m| (candidates[*m].site.calls[woman], candidates[*m].site.calls[man])).collect();
    let found = inheritance::carrier_couple(&sites, place, &context.case.profile)?;
    let first = |sites: &[usize]| sites.first().map(|site| causal[*site]);
    let mut pair: Vec<usize> = [first(&found.woman), first(&found.man)].into_iter().flatten().collect();
    pair.dedup();
    Some(Draft {
        mode: M::CarrierCouple,
        members: pair,
        flags: Vec::new(),
        de_novo_score: None,
        unaffected_carriers: 2,
    })
}

fn of_candidate(context: &Context<'_>, candidate: &Candidate, symbol: &str) -> bool {
    let damaging = candidate.effects.iter().any(|e| e.symbol == symbol && is_loss_of_function(e.consequence));
    let counts = damaging && !candidate.low_quality;
    causal(&context.case.profile, candidate.verdict, candidate.max_frequency, counts)
}

/// True of what is likely to cause disease: (likely) pathogenic in ClinVar, or rare, well called loss of function
/// (`damaging`) that is not benign there.
pub(crate) fn causal(
    profile: &Profile,
    verdict: Option<ClinVarVerdict>,
    max_frequency: Option<f64>,
    damaging: bool,
) -> bool {
    let limit = score::frequency_limit(profile, M::CarrierCouple);
    match verdict {
        Some(ClinVarVerdict::Pathogenic) => true,
        Some(ClinVarVerdict::Benign) => false,
        None => damaging && max_frequency.is_none_or(|f| limit.is_none_or(|limit| f <= limit)),
    }
}

/// True of a gene with a recessive disease, on X with an X-linked one.
pub(crate) fn is_recessive_gene(genes: &Genes, symbol: &str, region: Region) -> bool {
    genes.by_symbol(symbol).is_some_and(|gene| {
        genes.modes_of(gene).iter().any(|(mode, _)| match region {
            Region::X => matches!(mode, Mode::XLinked | Mode::XLinkedRecessive),
            _ => matches!(mode, Mode::AutosomalRecessive | Mode::SemiDominant),
        })
    })
}
