//! Diseases that another catalogue describes for the same gene: Orphanet's beside OMIM's.
//!
//! The catalogues hold much the same diseases under other numbers, with signs of their own curators.
//! No table says which are the same, so that each disease of a shared gene counts by how alike the names are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indgang_knowledge::Genes;
use indgang_knowledge::phenotype::{Disease, DiseaseAnnotations, DiseaseDatabase};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

/// What sharing a gene counts beside a likeness of names between 0 and 1, squared.
const SHARED_GENE: f32 = 0.1;

/// For each of `candidates`, its kin with shares that sum to 1; empty when it has none.
pub(super) fn of<'k>(
    candidates: &[Option<&'k Disease>],
    annotations: &'k DiseaseAnnotations,
    genes: Option<&Genes>,
    names: &Names,
) -> Vec<Vec<(&'k Disease, f32)>> {
    let Some(genes) = genes else { return vec![Vec::new(); candidates.len()] };
    let kin = |disease: &'k Disease| {
        let id = disease.id.to_string();
        let others: BTreeSet<&str> = genes
            .genes_of(&id)
            .flat_map(|gene| genes.diseases_of(gene))
            .map(|link| &*link.disease)
            .filter(|other| other.starts_with("ORPHA:"))
            .collect();
        let mut kin: Vec<(&Disease, f32)> = others
            .iter()
            .filter_map(|other| annotations.get(other.parse().ok()?))
            .map(|other| (other, SHARED_GENE + names.likeness(&disease.name, &other.name).powi(2)))
            .collect();
        let sum: f32 = kin.iter().map(|(_, share)| share).sum();
        kin.iter_mut().for_each(|(_, share)| *share /= sum);
        kin
    };
    candidates
        .par_iter()
        .map(|d| d.filter(|d| d.id.database == DiseaseDatabase::Omim).map(kin).unwrap_or_default())
        .collect()
}

/// How rare each word is among the names of diseases.
pub(super) struct Names {
    names: f32,
    with: HashMap<String, u32>,
}

impl Names {
    pub(super) fn new(annotations: &DiseaseAnnotations) -> Self {
        Self::counted(annotations.diseases().iter().map(|disease| &*disease.name))
    }

    pub(super) fn counted<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let (mut with, mut all) = (HashMap::<String, u32>::new(), 0u32);
        for name in names {
            all += 1;
            words(name).into_iter().for_each(|word| *with.entry(word).or_default() += 1);
        }
        Self { names: all as f32, with }
    }

    /// −ln(share of the names with the word); 0 or more.
    pub(super) fn rarity(&self, word: &str) -> f32 {
        (self.names / self.with.get(word).copied().unwrap_or(1) as f32).ln()
    }

    /// Cosine of the names' words, each weighing its rarity; 0 to 1.
    fn likeness(&self, a: &str, b: &str) -> f32 {
        let weigh = |name: &str| -> BTreeMap<String, f32> {
            words(name).into_iter().map(|word| (word.clone(), self.rarity(&word))).collect()
        };
        let (a, b) = (weigh(a), weigh(b));
        let length = |words: &BTreeMap<String, f32>| words.values().map(|w| w * w).sum::<f32>().sqrt();
        let shared: f32 = a.iter().filter_map(|(word, weight)| Some(weight * b.get(word)?)).sum();
        let lengths = length(&a) * length(&b);
        if lengths > 0.0 { (shared / lengths).min(1.0) } else { 0.0 }
    }
}

/// The words of a name, in lower case, each once.
pub(super) fn words(name: &str) -> BTreeSet<String> {
    name.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_same_disease_are_alike() {
        let rows = ["Noonan syndrome 1", "Noonan syndrome", "Costello syndrome", "Deafness"];
        let text: String = (1..)
            .zip(rows)
            .map(|(n, name)| format!("ORPHA:{n}\t{name}\t\tHP:0000118\tORPHA:{n}\tTAS\t\t\t\t\tP\tx\n"))
            .collect();
        let names = Names::new(&DiseaseAnnotations::from_hpoa(&text).unwrap());
        assert_eq!(names.likeness("Deafness", "deafness"), 1.0);
        assert!(names.likeness(rows[0], rows[1]) > names.likeness(rows[0], rows[2]));
        assert_eq!(names.likeness(rows[0], rows[3]), 0.0);
    }
}
