//! Which findings of which cases ask what of the knowledge.

use super::Release;
use crate::intake::NEIGHBOURHOOD;
use crate::report::Finding;
use indgang_knowledge::Difference;
use indgang_model::{Chromosome, Variant};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A finding of a case, by their places in the lists they were indexed from.
pub type Place = (u32, u32);

/// The findings of many cases by what they ask: places, codons and genes.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// Places of variants, sorted when first asked.
    places: BTreeMap<(Chromosome, u32), Vec<Place>>,
    codons: HashMap<String, HashMap<u32, Vec<Place>>>,
    genes: HashMap<String, Vec<Place>>,
}

impl Index {
    /// Adds a case's findings. `case` is whatever number the caller knows it by.
    pub fn add(&mut self, case: u32, findings: &[Finding]) {
        for (place, finding) in findings.iter().zip(0u32..).map(|(finding, i)| ((case, i), finding)) {
            let symbol = &finding.gene.symbol;
            entry(&mut self.genes, symbol).push(place);
            for one in &finding.variants {
                let Variant { chrom, pos, .. } = one.variant;
                self.places.entry((chrom, pos)).or_default().push(place);
                // ClinVar's record of an allele stands at its trimmed place, which the neighbourhood is wide enough for
                // unless the alleles are long.
                let trimmed = indgang_knowledge::clinvar::trim(pos, &one.variant.reference, &one.variant.alternate).0;
                if trimmed != pos {
                    self.places.entry((chrom, trimmed)).or_default().push(place);
                }
                if let Some((codon, _)) = one.assessed.and_then(|kept| kept.amino_acid) {
                    entry(&mut self.codons, symbol).entry(codon).or_default().push(place);
                }
            }
        }
    }

    /// The findings whose judgement may differ, each once, in order.
    pub fn touched(&self, difference: &Difference, before: &Release<'_>, now: &Release<'_>) -> BTreeSet<Place> {
        let mut touched = BTreeSet::new();
        for Variant { chrom, pos, .. } in &difference.alleles {
            let around = (*chrom, pos.saturating_sub(NEIGHBOURHOOD))..=(*chrom, pos.saturating_add(NEIGHBOURHOOD));
            touched.extend(self.places.range(around).flat_map(|(_, places)| places));
        }
        for (gene, codon) in &difference.codons {
            touched.extend(self.codons.get(gene).and_then(|codons| codons.get(codon)).into_iter().flatten());
        }
        for (symbol, places) in &self.genes {
            // A symbol of a report may have become another gene's alias: what it stands for is asked in both releases.
            let name = |release: &Release<'_>| release.genes.by_symbol(symbol).map(|gene| gene.symbol.to_string());
            let (old, new) = (name(before), name(now));
            let differs = |gene: &Option<String>| gene.as_ref().is_some_and(|gene| difference.genes.contains(gene));
            if (old != new || differs(&old) || differs(&new)) && before.facts(symbol) != now.facts(symbol) {
                touched.extend(places);
            }
        }
        touched
    }
}

fn entry<'m, V: Default>(map: &'m mut HashMap<String, V>, key: &str) -> &'m mut V {
    if !map.contains_key(key) {
        map.insert(key.to_owned(), V::default());
    }
    map.get_mut(key).expect("it was inserted above")
}
