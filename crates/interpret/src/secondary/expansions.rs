//! Expanded repeats that nobody asked about: most such diseases come late and cannot be treated, and no list says who is to
//! be told. They are told to who wished all.

use crate::findings::{Context, fits, variant_for_report};
use crate::intake::{Candidate, GeneEffect};
use crate::large::{Inheritance, Range, RepeatReading};
use crate::report::{Acmg, Disease, Gene, SecondaryFinding};
use indgang_knowledge::GeneRecord;
use indgang_model::ModeOfInheritance;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What a repeat's secondary finding is filed under, beside the categories of the ACMG list.
const CATEGORY: &str = "repeat_expansion";

struct Expanded<'c> {
    candidate: &'c Candidate,
    effect: &'c GeneEffect,
    copies: u8,
}

/// A person's repeats of pathogenic length, by gene: one copy, or both where the disease asks for both.
pub(super) fn of_person(context: &Context<'_>, candidates: &[Candidate], person: usize) -> Vec<SecondaryFinding> {
    let mut genes: BTreeMap<&str, Vec<Expanded<'_>>> = BTreeMap::new();
    for candidate in candidates.iter().filter(|candidate| !candidate.low_quality) {
        let Some(repeat) = candidate.repeat.as_ref().filter(|repeat| is_pathogenic(repeat)) else { continue };
        let Some(effect) = candidate.effects.iter().find(|effect| effect.symbol == repeat.gene) else { continue };
        let Some(call) = candidate.site.calls.get(person).filter(|call| call.genotype.carries()) else { continue };
        let copies = if call.genotype.copies == 1 { 1 } else { call.genotype.alternate_copies().unwrap_or(1) };
        genes.entry(&repeat.gene).or_default().push(Expanded { candidate, effect, copies });
    }
    genes.into_iter().filter_map(|(symbol, expanded)| of_gene(context, symbol, &expanded)).collect()
}

fn is_pathogenic(repeat: &RepeatReading) -> bool {
    matches!(repeat.range, Range::Full | Range::ReducedPenetrance)
}

fn of_gene(context: &Context<'_>, symbol: &str, expanded: &[Expanded<'_>]) -> Option<SecondaryFinding> {
    let repeat = expanded.first()?.candidate.repeat.as_ref()?;
    let recessive = repeat.inheritance == Some(Inheritance::AutosomalRecessive);
    if recessive && expanded.iter().map(|one| one.copies).sum::<u8>() < 2 {
        return None;
    }
    let gene = context.genes.by_symbol(symbol);
    let disease = gene.and_then(|gene| disease(context, gene, repeat.inheritance));
    Some(SecondaryFinding {
        gene: Gene { symbol: symbol.to_owned(), hgnc_id: gene.and_then(|g| g.hgnc_id).map(|id| id.to_string()) },
        disease: disease.unwrap_or_else(|| Disease { id: String::new(), label: repeat.locus.clone() }),
        category: CATEGORY.to_owned(),
        variants: expanded
            .iter()
            .map(|one| variant_for_report(&context.case.family, one.candidate, one.effect, None))
            .collect(),
        // The length decides, and is no ACMG criterion.
        acmg: Acmg::default(),
        list_version: String::new(),
        needs_confirmation: true,
    })
}

/// The gene's disease that is inherited as the locus's is; the best established one of several.
fn disease(context: &Context<'_>, gene: &GeneRecord, inheritance: Option<Inheritance>) -> Option<Disease> {
    let mode = match inheritance {
        Some(Inheritance::AutosomalRecessive) => ModeOfInheritance::AutosomalRecessiveHomozygous,
        Some(Inheritance::XLinked) => ModeOfInheritance::XLinkedRecessive,
        Some(Inheritance::AutosomalDominant) | None => ModeOfInheritance::AutosomalDominant,
    };
    let known = context.genes.diseases_of(gene).iter();
    let best = known.max_by_key(|d| (d.modes.iter().any(|m| fits(*m, mode)), d.validity, Reverse(&d.disease)))?;
    Some(Disease { id: best.disease.to_string(), label: best.label.to_string() })
}
