//! Modes that need more than one look at a variant: a small variant over a deletion, and couples who are carriers.

use super::Context;
use super::drafts::{Draft, region};
use crate::acmg::is_loss_of_function;
use crate::intake::Candidate;
use crate::score::{self, ClinVarVerdict};
use indgang_genomics::call::Call;
use indgang_genomics::inheritance;
use indgang_genomics::site::Event;
use indgang_knowledge::Mode;
use indgang_model::{Affected, ModeOfInheritance as M, Region, Sex};

/// A small variant that looks homozygous because an inherited deletion takes the other copy.
pub(super) fn over_deletions(context: &Context<'_>, candidates: &[Candidate], members: &[usize]) -> Vec<Draft> {
    let one = |m: &usize| candidates.get(*m).map(|c| (*m, c));
    let deletions = members
        .iter()
        .filter_map(one)
        .filter(|(_, c)| matches!(&c.site.event, Event::Structural { sv_type, .. } if sv_type.starts_with("DEL")));
    let mut drafts = Vec::new();
    for (deletion, gone) in deletions {
        let Event::Structural { end, .. } = &gone.site.event else { continue };
        let inside = |c: &Candidate| gone.site.variant.pos < c.site.variant.pos && c.site.variant.pos <= *end;
        let small = members.iter().filter_map(one).filter(|(_, c)| matches!(c.site.event, Event::Small) && inside(c));
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

/// Couple screening: a family in which nobody is affected, with one woman and one man who are the couple.
/// Only what is likely to cause disease counts: (likely) pathogenic in ClinVar, or loss of function, in a gene with a
/// recessive (for the woman also X-linked) disease.
pub(super) fn carriers(
    context: &Context<'_>,
    candidates: &[Candidate],
    symbol: &str,
    members: &[usize],
) -> Option<Draft> {
    let (woman, man) = couple(context)?;
    let gene = context.genes.by_symbol(symbol)?;
    let modes = context.genes.modes_of(gene);
    let causal: Vec<usize> = members.iter().copied().filter(|m| causal(context, &candidates[*m], symbol)).collect();
    let place = region(context, candidates.get(*causal.first()?)?);
    let recessive = modes.iter().any(|(mode, _)| match place {
        Region::X => matches!(mode, Mode::XLinked | Mode::XLinkedRecessive),
        _ => matches!(mode, Mode::AutosomalRecessive | Mode::SemiDominant),
    });
    if !recessive {
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

fn causal(context: &Context<'_>, candidate: &Candidate, symbol: &str) -> bool {
    let damaging = candidate.effects.iter().any(|e| e.symbol == symbol && is_loss_of_function(e.consequence));
    let limit = score::frequency_limit(&context.case.profile, M::CarrierCouple);
    let rare = candidate.max_frequency.is_none_or(|f| limit.is_none_or(|limit| f <= limit));
    match candidate.verdict {
        Some(ClinVarVerdict::Pathogenic) => true,
        Some(ClinVarVerdict::Benign) => false,
        None => damaging && rare && !candidate.low_quality,
    }
}

/// The only sequenced woman and the only sequenced man of a family in which nobody is affected, unless one is the
/// other's child or they share a parent.
fn couple(context: &Context<'_>) -> Option<(usize, usize)> {
    let family = &context.case.family;
    if family.members.iter().any(|m| m.affected == Affected::Affected) {
        return None;
    }
    let only = |sex| {
        let mut of_sex = family.members.iter().enumerate().filter(|(_, m)| m.sequenced && m.sex == sex);
        of_sex.next().filter(|_| of_sex.next().is_none()).map(|(i, _)| i)
    };
    let (woman, man) = (only(Sex::Female)?, only(Sex::Male)?);
    (family.expected_kinship(woman, man) == 0.0).then_some((woman, man))
}
