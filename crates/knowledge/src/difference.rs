//! What differs between two releases of the knowledge, as far as it bears on a case that was interpreted by the first.

mod told;

pub use told::{Association, Came, Reclassified, SourceChange, Told};

use crate::{ClinVar, ClinVarRecord, GeneCounts, GeneDisease, GeneRecord, Genes, Knowledge, PartError};
use indgang_model::{Assembly, Chromosome, Variant};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The rows that differ, on one assembly.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Alleles of which ClinVar says something else, or something now, or nothing any more; by place.
    pub alleles: BTreeSet<Variant>,
    /// Gene and codon of which a ClinVar record says something else.
    pub codons: BTreeSet<(String, u32)>,
    /// Approved symbols of genes whose record, diseases or number of truncating pathogenic ClinVar records differ.
    pub genes: BTreeSet<String>,
}

impl Difference {
    /// Compares two releases.
    ///
    /// # Errors
    /// When a part of either cannot be opened.
    pub fn between(old: &Knowledge, new: &Knowledge, assembly: Assembly) -> Result<Self, PartError> {
        let (before, after) = (old.clinvar(assembly)?, new.clinvar(assembly)?);
        Ok(Self {
            alleles: differing(places(&before), places(&after)),
            codons: differing(codons(&before), codons(&after)),
            genes: differing(genes(old.genes()?, &before), genes(new.genes()?, &after)),
        })
    }

    /// How many rows differ.
    pub fn len(&self) -> usize {
        self.alleles.len() + self.codons.len() + self.genes.len()
    }

    /// True when the releases say the same.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The keys whose values differ, or that one side lacks.
fn differing<K: Ord + std::hash::Hash + Eq, V: PartialEq>(
    mut before: HashMap<K, V>,
    after: HashMap<K, V>,
) -> BTreeSet<K> {
    let mut keys = BTreeSet::new();
    for (key, value) in after {
        if before.remove(&key).as_ref() != Some(&value) {
            keys.insert(key);
        }
    }
    keys.extend(before.into_keys());
    keys
}

/// What a record says that anybody draws a conclusion from.
type Said = (u32, crate::Significance, u8, crate::MolecularEffect);

fn said(record: &ClinVarRecord<'_>) -> Said {
    (record.variation_id, record.significance, record.stars, record.effect)
}

fn places(clinvar: &ClinVar<'_>) -> HashMap<Variant, Said> {
    let all = Chromosome::all().flat_map(|chrom| clinvar.within(chrom, 1, u32::MAX));
    all.map(|(variant, record)| (variant, said(&record))).collect()
}

/// Of each codon what its records say, whether or not they have a place on the assembly.
fn codons(clinvar: &ClinVar<'_>) -> HashMap<(String, u32), Vec<(u8, Said)>> {
    let mut all: HashMap<(String, u32), Vec<(u8, Said)>> = HashMap::new();
    for record in clinvar.records() {
        if let Some(change) = &record.protein {
            all.entry((record.gene.to_owned(), change.position)).or_default().push((change.to, said(&record)));
        }
    }
    all.values_mut().for_each(|records| records.sort_unstable());
    all
}

/// What is said of a gene as one value; the order and texts of what says the same do not matter.
type OfGene<'k> = (Option<&'k GeneRecord>, BTreeMap<&'k str, Vec<&'k GeneDisease>>, u32);

fn genes<'k>(genes: &'k Genes, clinvar: &ClinVar<'k>) -> HashMap<String, OfGene<'k>> {
    let counts: HashMap<&str, GeneCounts> = clinvar.gene_counts();
    let truncating = |symbol: &str| counts.get(symbol).map_or(0, |counts| counts.pathogenic_truncating);
    let of = |gene: &'k GeneRecord| {
        let mut diseases: BTreeMap<&str, Vec<&GeneDisease>> = BTreeMap::new();
        for link in genes.diseases_of(gene) {
            diseases.entry(&link.disease).or_default().push(link);
        }
        (gene.symbol.to_string(), (Some(gene), diseases, truncating(&gene.symbol)))
    };
    genes.all().iter().map(of).collect()
}
