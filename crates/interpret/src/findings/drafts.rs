//! Which modes of inheritance the alleles of one gene fit, before anything is scored.

use super::{Context, large};
use crate::intake::Candidate;
use crate::large::same_event;
use crate::score::{self, frequency_limit};
use indgang_genomics::call::Call;
use indgang_genomics::inheritance::{self, Flags, ModeHit};
use indgang_genomics::site::Event;
use indgang_model::{ModeOfInheritance as M, Region};
use std::borrow::Cow;

/// Pairs of one gene that are looked at closer, best first.
const MOST_PAIRS: usize = 20;

/// Alleles of one gene that fit one mode.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub(super) mode: M,
    /// Indices of candidates: one, or two for a pair.
    pub(super) members: Vec<usize>,
    pub(super) flags: Vec<String>,
    pub(super) de_novo_score: Option<f64>,
    pub(super) unaffected_carriers: u8,
}

/// Every mode that alleles of one gene fit. `members` are indices into `candidates`.
pub(super) fn of_gene(
    context: &Context<'_>,
    candidates: &[Candidate],
    (symbol, members): (&str, &[usize]),
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut hits = Vec::new();
    for index in members {
        let Some(candidate) = candidates.get(*index) else { continue };
        hits.clear();
        let calls = large::calls(context, candidate);
        inheritance::single_variant_for(
            &candidate.site.variant,
            &context.case.family,
            &calls,
            region(context, candidate),
            &context.case.profile,
            &mut hits,
        );
        let inherited = hits.iter().any(|h| h.mode == M::AutosomalDominant);
        let fitting = hits.iter().filter(|h| usable(context, candidate, h.mode));
        let fitting = fitting.filter(|h| large::of_repeat(candidate.repeat.as_ref(), h.mode, inherited));
        drafts.extend(fitting.map(|h| draft(h, vec![*index])));
    }
    drafts.extend(pairs(context, candidates, (symbol, members)));
    drafts
}

pub(super) fn region(context: &Context<'_>, candidate: &Candidate) -> Region {
    Region::of(context.case.assembly, candidate.site.variant.chrom, candidate.site.variant.pos)
}

fn draft(hit: &ModeHit, members: Vec<usize>) -> Draft {
    Draft {
        mode: hit.mode,
        members,
        flags: hit.flags.names().map(str::to_owned).collect(),
        de_novo_score: hit.de_novo_score,
        unaffected_carriers: hit.unaffected_carriers,
    }
}

/// Rare enough for the mode.
/// What ClinVar knows as pathogenic may be as common as its disease's founder variants are.
fn usable(context: &Context<'_>, candidate: &Candidate, mode: M) -> bool {
    let limit = match candidate.verdict {
        Some(score::ClinVarVerdict::Pathogenic) => Some(0.05),
        _ => frequency_limit(&context.case.profile, mode),
    };
    let within = |limit: f64| {
        candidate.max_frequency.is_none_or(|f| f <= limit)
            && !candidate.own_cohort.is_some_and(|own| own.exceeds(limit))
    };
    limit.is_none_or(within)
}

/// Compound heterozygotes, the best pairs by the variants' own scores.
fn pairs(context: &Context<'_>, candidates: &[Candidate], (symbol, members): (&str, &[usize])) -> Vec<Draft> {
    // A whole extra copy leaves the gene's two as they are.
    let breaks = |c: &Candidate| {
        usable(context, c, M::AutosomalRecessiveCompoundHeterozygous) && !large::is_extra_copy(c, symbol)
    };
    let members: Vec<usize> = members.iter().copied().filter(|m| candidates.get(*m).is_some_and(breaks)).collect();
    let Some(first) = members.first().and_then(|m| candidates.get(*m)) else { return Vec::new() };
    if members.len() < 2 {
        return Vec::new();
    }
    let region = region(context, first);
    let judged: Vec<Cow<'_, [Call]>> = members.iter().map(|m| large::calls(context, &candidates[*m])).collect();
    let calls: Vec<&[Call]> = judged.iter().map(|calls| &**calls).collect();
    let worth: Vec<f64> = members.iter().map(|m| worth(&candidates[*m])).collect();
    let records = records(candidates, &members);
    let compounds = inheritance::compound_heterozygotes_of_records(
        &context.case.family,
        &calls,
        &records,
        region,
        &context.case.profile,
    );
    let mode =
        if region == Region::X { M::XLinkedCompoundHeterozygous } else { M::AutosomalRecessiveCompoundHeterozygous };
    let one_locus = |a: usize, b: usize| large::calls_of_pair(context, &candidates[a], &candidates[b]);
    let mut pairs: Vec<(usize, usize, Flags)> = compounds
        .best_few(MOST_PAIRS, |site| worth[site])
        .into_iter()
        .map(|(a, b, flags)| (members[a], members[b], flags))
        .filter(|(a, b, _)| !large::are_mates(&candidates[*a], &candidates[*b]) && one_locus(*a, *b).is_none())
        .collect();
    // Two expanded alleles of one locus: what a relative's other lengths are follows from both.
    for (n, a) in members.iter().enumerate() {
        for b in &members[n + 1..] {
            let Some([first, second]) = one_locus(*a, *b) else { continue };
            let calls = [&first[..], &second[..]];
            let found = inheritance::compound_heterozygotes_of_records(
                &context.case.family,
                &calls,
                &[0, 0],
                region,
                &context.case.profile,
            );
            pairs.extend(found.pairs().map(|(_, _, flags)| (*a, *b, flags)));
        }
    }
    pairs
        .into_iter()
        .map(|(a, b, flags)| {
            let (first, second) = (&candidates[a], &candidates[b]);
            let within = large::heterozygous_in_deletion(context, first, second);
            let one_event = same_event::are_one_event(first, second);
            let names = flags
                .names()
                .chain(within.then_some("heterozygous_in_deletion"))
                .chain(one_event.then_some("perhaps_one_event"));
            Draft {
                mode,
                members: vec![a, b],
                flags: names.map(str::to_owned).collect(),
                de_novo_score: None,
                unaffected_carriers: 0,
            }
        })
        .collect()
}

/// Which record each member was split from, as numbers that are equal for one record. Lines of two files may be equal
/// by chance, so the places must be near each other, too.
fn records(candidates: &[Candidate], members: &[usize]) -> Vec<u64> {
    const SAME_RECORD: u32 = 1000;
    let same = |a: usize, b: usize| {
        let (a, b) = (&candidates[a].site, &candidates[b].site);
        a.line == b.line && a.variant.pos.abs_diff(b.variant.pos) < SAME_RECORD
    };
    members.iter().map(|m| members.iter().position(|first| same(*first, *m)).unwrap_or(0) as u64).collect()
}

fn worth(candidate: &Candidate) -> f64 {
    let effect = candidate.effects.iter().map(|e| {
        score::variant((e.consequence, e.severity()), candidate.max_frequency, e.predictor, candidate.verdict)
    });
    let large = if matches!(candidate.site.event, Event::Small) { 0.0 } else { 0.1 };
    effect.fold(0.0, f64::max) + large
}
