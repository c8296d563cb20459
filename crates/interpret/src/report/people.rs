//! Whose genotypes a secondary finding shows.

use super::{FindingVariant, SecondaryFinding};
use indgang_model::SecondaryFindingWish;

impl SecondaryFinding {
    /// Gene, disease and variants: what tells it from the other secondary findings of a person, whatever their order.
    pub fn name(&self) -> String {
        let variants = self.variants.iter().map(|one| format!(" {}", one.variant));
        format!("{} {}{}", self.gene.symbol, self.disease.id, variants.collect::<String>())
    }

    /// Whether it is told to a person who wished so. Every gene of the ACMG list is on it because its disease can be treated
    /// or prevented; what is on no list is not known to be, and is told to who wished all.
    pub fn is_told(&self, wish: SecondaryFindingWish) -> bool {
        match wish {
            SecondaryFindingWish::None => false,
            SecondaryFindingWish::TreatableOrPreventable => !self.list_version.trim().is_empty(),
            SecondaryFindingWish::All => true,
        }
    }

    /// Takes out what its variants say of anybody to whom it would not be told of herself: what a person did not wish to
    /// know must not stand in a relative's answer.
    pub fn show_as_wished(&mut self, wish_of: impl Fn(&str) -> SecondaryFindingWish) {
        let mut variants = std::mem::take(&mut self.variants);
        variants.iter_mut().for_each(|variant| variant.show_only(|sample| self.is_told(wish_of(sample))));
        self.variants = variants;
    }
}

impl FindingVariant {
    fn show_only(&mut self, told: impl Fn(&str) -> bool) {
        let people = self.genotypes.len();
        self.genotypes.retain(|sample, _| told(sample));
        self.calls.retain(|sample, _| told(sample));
        if let Some(large) = &mut self.structural {
            large.copies.retain(|sample, _| told(sample));
        }
        if self.genotypes.len() < people {
            // From which parent it came tells what that parent has.
            self.origin = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn finding() -> SecondaryFinding {
        let call = json!({"depth": 30, "reference_depth": 15, "alternate_depth": 15, "allele_balance": 0.5, "genotype_quality": 99.0});
        serde_json::from_value(json!({
            "gene": {"symbol": "LDLR", "hgnc_id": null},
            "disease": {"id": "OMIM:143890", "label": "Familial hypercholesterolemia"},
            "category": "cardiovascular",
            "variants": [{
                "chrom": "19", "pos": 11_200_000, "ref": "G", "alt": "A", "event": {"kind": "small"},
                "genotypes": {"child": "0/1", "father": "0/0", "mother": "0/1"},
                "calls": {"child": call, "father": call, "mother": call},
                "consequence": "splice_donor_variant", "hgvs": null, "transcript": null, "max_frequency": null,
                "max_frequency_source": null, "own_cohort": null, "clinvar": null, "origin": "mother",
                "de_novo_score": null, "filters": [],
                "structural": {"kind": "loss", "length": 9, "copies": {"child": 1, "father": 2, "mother": 1}, "genes": [], "class": null},
            }],
            "acmg": {"classification": "pathogenic", "points": 10, "criteria": []},
            "list_version": "3.1", "needs_confirmation": true,
        }))
        .unwrap()
    }

    #[test]
    fn nothing_is_left_of_who_is_not_told() {
        use SecondaryFindingWish::{All, None, TreatableOrPreventable};
        let mut all = finding();
        all.show_as_wished(|sample| if sample == "father" { TreatableOrPreventable } else { All });
        assert_eq!(all, finding());
        let of_child = |sample: &str| if sample == "child" { All } else { None };
        let mut one = finding();
        one.show_as_wished(of_child);
        let text = serde_json::to_string(&one).unwrap();
        assert!(text.contains("child") && !text.contains("mother") && !text.contains("father"), "{text}");
        // A second time it takes no more.
        let before = one.clone();
        one.show_as_wished(of_child);
        assert_eq!(one, before);
        // What is on no list is told to who wished all.
        let mut unlisted = SecondaryFinding { list_version: String::new(), ..finding() };
        unlisted.show_as_wished(|sample| if sample == "child" { All } else { TreatableOrPreventable });
        assert_eq!(unlisted.variants[0].genotypes.keys().collect::<Vec<_>>(), ["child"]);
    }

    #[test]
    fn a_name_is_gene_disease_and_variants() {
        assert_eq!(finding().name(), "LDLR OMIM:143890 19-11200000-G-A");
    }
}
