//! Genes in which the least functional allele of each strand decides (DPYD, RYR1).
//!
//! Their variants were studied one by one, and a strand may carry several: each allele that a strand can carry is found by
//! its own positions. Where the phase is known each strand counts by its lowest; where it is not, the two lowest of
//! all count, as if on different strands.

use super::matcher::{Sites, allows};
use super::observe::GeneSeen;
use indgang_genomics::vcf::Phase;
use indgang_knowledge::pgx::{Definition, Phenotypes};
use std::cmp::Ordering;

/// The genes.
pub const GENES: [&str; 2] = ["DPYD", "RYR1"];

/// HapB3: the intronic variant does the harm, the exonic one is its proxy.
const HAPB3: &str = "c.1129-5923C>G, c.1236G>A (HapB3)";
const HAPB3_INTRON: &str = "rs75017182";
const HAPB3_EXON: &str = "rs56038477";

/// What a sample carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// The phase is known or does not matter: the alleles of each strand (none: the reference); one strand with one copy.
    Strands(Vec<Vec<usize>>),
    /// The phase is not known: every allele, twice when both copies have it.
    Listed(Vec<usize>),
}

/// What HapB3's two variants say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HapB3 {
    /// Nothing to mind.
    Plain,
    /// The intronic variant was not seen: the exonic one stands for it.
    ExonOnly,
    /// The exonic variant is there more often than the intronic one, which decides.
    Disagree,
}

/// The answer.
#[derive(Debug)]
pub struct Lowest {
    /// What is carried; `None` when the file contradicts itself or nothing was seen.
    pub carried: Option<Carried>,
    /// Alleles of which no deciding position was seen.
    pub not_callable: Vec<usize>,
    /// Alleles whose deciding position is missing, where another in its place has the reference (HapB3).
    pub not_ruled_out: Vec<usize>,
    /// Only for DPYD.
    pub hapb3: HapB3,
    /// Places of variants that no found allele explains.
    pub unexplained: Vec<usize>,
}

/// Finds what is carried.
pub fn find(definition: &Definition, seen: &GeneSeen) -> Lowest {
    let (seen, hapb3, by_proxy) = one_hapb3(definition, seen);
    let sites = Sites::new(definition, &seen, true);
    let reference = definition.alleles.iter().find(|a| a.reference);
    // A position tells an allele only where the allele excludes the reference's base.
    let tells = |allele: usize, place: usize| {
        let needs = definition.alleles[allele].needs[place];
        needs != 0 && reference.is_none_or(|r| needs & r.needs[place] == 0)
    };
    let (mut found, mut not_callable) = (Vec::new(), Vec::new());
    for number in (0..definition.alleles.len()).filter(|n| !definition.alleles[*n].reference) {
        if !sites.seen.iter().any(|(place, _)| tells(number, *place)) {
            not_callable.push(number);
            continue;
        }
        let needs = &definition.alleles[number].needs;
        if let Some(ways) = sites.ways(|place, a| needs[place] == 0 || allows(needs[place], a)) {
            let both = ways[0] == ways[1];
            found.push((number, ways, both));
        }
    }
    let within = |inner: usize, outer: usize| {
        let (inner, outer) = (&definition.alleles[inner].needs, &definition.alleles[outer].needs);
        inner != outer && inner.iter().zip(outer).all(|(i, o)| *i == 0 || *o != 0)
    };
    let most = |carried: Vec<usize>| -> Vec<usize> {
        let outer = |a: usize| carried.iter().any(|b| within(a, *b));
        carried.iter().copied().filter(|a| !outer(*a)).collect()
    };
    let carried = if sites.contradicts || sites.seen.is_empty() || sites.block_count > 256 {
        None
    } else if sites.is_phased() {
        let whole = u64::from(sites.block_count > 0);
        let strand = |way: usize| most(found.iter().filter(|(_, w, _)| w[way][0] == whole).map(|f| f.0).collect());
        Some(Carried::Strands((0..if sites.haploid { 1 } else { 2 }).map(strand).collect()))
    } else {
        let all = most(found.iter().map(|f| f.0).collect());
        let twice = |n: usize| found.iter().any(|(number, _, both)| *number == n && *both);
        Some(Carried::Listed(
            all.into_iter().flat_map(|n| std::iter::repeat_n(n, if twice(n) { 2 } else { 1 })).collect(),
        ))
    };
    let explained = |place: usize| found.iter().any(|f| definition.alleles[f.0].needs[place] != 0);
    let varies = |(_, alleles): &&(usize, [u8; 2])| alleles.iter().any(|a| *a != 0);
    let unexplained = sites.seen.iter().filter(varies).map(|(place, _)| *place).filter(|p| !explained(*p)).collect();
    let not_ruled_out = by_proxy.into_iter().filter(|n| found.iter().all(|f| f.0 != *n)).collect();
    Lowest { carried, not_callable, not_ruled_out, hapb3, unexplained }
}

/// Lets one variant speak for HapB3: the intronic one where it was seen, else the exonic one in its place; then the
/// allele is given too, which the exonic one does not rule out.
fn one_hapb3(definition: &Definition, seen: &GeneSeen) -> (GeneSeen, HapB3, Option<usize>) {
    let place = |rsid: &str| definition.positions.iter().position(|p| p.rsid.as_deref() == Some(rsid));
    let (Some(intron), Some(exon)) = (place(HAPB3_INTRON), place(HAPB3_EXON)) else {
        return (seen.clone(), HapB3::Plain, None);
    };
    let Some(allele) = definition.alleles.iter().position(|a| &*a.name == HAPB3) else {
        return (seen.clone(), HapB3::Plain, None);
    };
    let mut seen = seen.clone();
    let carried = |s: &super::observe::Seen| s.alleles.iter().filter(|a| **a == 1).count();
    let (i, e) = (seen.seen[intron], seen.seen[exon]);
    if i.copies == 0 {
        let said = if carried(&e) > 0 { HapB3::ExonOnly } else { HapB3::Plain };
        // The definition writes one alternate at each of the two.
        seen.seen.swap(intron, exon);
        return (seen, said, (e.copies > 0).then_some(allele));
    }
    let strands_known = e.phase != Phase::Unphased && e.phase == i.phase;
    let without = |(exon, intron): (&u8, &u8)| *exon == 1 && *intron != 1;
    let disagree =
        e.copies > 0 && (carried(&e) > carried(&i) || strands_known && e.alleles.iter().zip(&i.alleles).any(without));
    seen.seen[exon] = super::observe::Seen::nothing(e.note);
    (seen, if disagree { HapB3::Disagree } else { HapB3::Plain }, None)
}

/// The alleles by how much function they leave, least first: by activity value, else by function; then by name.
pub fn order(definition: &Definition, phenotypes: &Phenotypes, a: usize, b: usize) -> Ordering {
    let rank = |n: usize| {
        let function = phenotypes.function(&definition.alleles[n].name);
        let activity = function.and_then(|f| f.activity.as_deref()?.parse::<f64>().ok());
        // Without a value, what is known to do harm comes first, what is known to be normal last.
        let word = function.map_or(1, |f| match &*f.function {
            w if w.starts_with("Malignant") || w == "No function" => 0,
            "Normal function" => 2,
            _ => 1,
        });
        (activity, word)
    };
    let ((a_value, a_word), (b_value, b_word)) = (rank(a), rank(b));
    let by_value = match (a_value, b_value) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => Ordering::Equal,
    };
    by_value
        .then(a_word.cmp(&b_word))
        .then_with(|| super::names::compare(&definition.alleles[a].name, &definition.alleles[b].name))
}
