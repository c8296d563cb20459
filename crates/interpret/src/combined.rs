//! How the parts of a finding are put together: a logistic of what bears on it, with weights that are versioned data.
//!
//! The shape (a logistic of phenotype and variant score) is that published for Exomiser (Robinson et al., Genome Res
//! 2014;24:340). The weights are fitted by `cargo xtask fit finding` on planted development cases as a conditional logit,
//! except those of what such cases cannot tell: see `docs/methods/finding-score.md`.

use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What bears on a finding, each on a scale of its own.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bearing {
    /// How well the signs fit the gene's disease, 0 to 1; 0 when there is none to compare.
    pub phenotype: f64,
    /// ln(belief in the disease × diseases that compete); 0 when there is none to compare.
    pub belief: f64,
    /// 1 when the gene has a disease, but none whose signs are known.
    pub signs_unknown: f64,
    /// 1 when the gene has no disease.
    pub no_disease: f64,
    /// How damaging and rare the variants are, 0 to 1.
    pub variant: f64,
    /// log10 of how often the allele is seen in 100,000, at least one, where one copy is enough; else 0.
    pub seen: f64,
    /// 1 when the disease is known by the mode found here.
    pub mode_known: f64,
    /// 1 when the disease is known by other modes only.
    pub mode_other: f64,
    /// 1 when ClinGen calls the link of gene and disease moderate, strong or definitive.
    pub validity: f64,
    /// 1 − LOEUF, −0.5 to 1, for one copy that loses its function; else 0.
    pub intolerance_of_loss: f64,
    /// 1 − LOEUF, −0.5 to 1, for one copy with another change; else 0.
    pub intolerance_of_change: f64,
    /// ln(1 + pathogenic ClinVar records of the gene whose change is of the same kind), the variant's own left out; of a
    /// pair the mean.
    pub kind_known: f64,
    /// ln(1 + the gene's pathogenic ClinVar records of whatever kind), the variant's own left out; of a pair the mean.
    pub gene_known: f64,
    /// ln((1 + pathogenic) / (1 + benign)) of ClinVar's missense records within 25 bases; of a pair the mean.
    pub neighbours: f64,
    /// Share of the alleles whose codon another pathogenic ClinVar record changes.
    pub codon_known: f64,
    /// What is set by judgement, in log odds: how new the variant is and how sure its phase.
    pub mode_found: f64,
    /// The same of a disputed or limited link of gene and disease.
    pub disputed: f64,
    /// The same of doubtful calls.
    pub quality: f64,
}

/// How many weights are fitted.
pub const FITTED: usize = 15;

impl Bearing {
    /// What the fitted weights meet, in the order of [`Weights::to_array`].
    pub const fn fitted(&self) -> [f64; FITTED] {
        [
            self.phenotype,
            self.belief,
            self.signs_unknown,
            self.no_disease,
            self.variant,
            self.seen,
            self.mode_known,
            self.mode_other,
            self.validity,
            self.intolerance_of_loss,
            self.intolerance_of_change,
            self.kind_known,
            self.gene_known,
            self.neighbours,
            self.codon_known,
        ]
    }

    /// The sum of what is set by judgement, in log odds.
    pub const fn judged(&self) -> f64 {
        self.mode_found + self.disputed + self.quality
    }
}

/// Weights of what bears on a finding; the names are those of [`Bearing`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the weight of the part of the same name, which says what it is")]
pub struct Weights {
    pub phenotype: f64,
    pub belief: f64,
    pub signs_unknown: f64,
    pub no_disease: f64,
    pub variant: f64,
    pub seen: f64,
    pub mode_known: f64,
    pub mode_other: f64,
    pub validity: f64,
    pub intolerance_of_loss: f64,
    pub intolerance_of_change: f64,
    pub kind_known: f64,
    pub gene_known: f64,
    pub neighbours: f64,
    pub codon_known: f64,
}

impl Weights {
    /// In the order of [`Bearing::fitted`].
    pub const fn to_array(self) -> [f64; FITTED] {
        [
            self.phenotype,
            self.belief,
            self.signs_unknown,
            self.no_disease,
            self.variant,
            self.seen,
            self.mode_known,
            self.mode_other,
            self.validity,
            self.intolerance_of_loss,
            self.intolerance_of_change,
            self.kind_known,
            self.gene_known,
            self.neighbours,
            self.codon_known,
        ]
    }

    /// From the order of [`Bearing::fitted`].
    pub const fn from_array(weights: [f64; FITTED]) -> Self {
        let [
            phenotype,
            belief,
            signs_unknown,
            no_disease,
            variant,
            seen,
            mode_known,
            mode_other,
            validity,
            intolerance_of_loss,
            intolerance_of_change,
            kind_known,
            gene_known,
            neighbours,
            codon_known,
        ] = weights;
        Self {
            phenotype,
            belief,
            signs_unknown,
            no_disease,
            variant,
            seen,
            mode_known,
            mode_other,
            validity,
            intolerance_of_loss,
            intolerance_of_change,
            kind_known,
            gene_known,
            neighbours,
            codon_known,
        }
    }
}

/// Weights with their version, as `cargo xtask fit finding` writes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingModel {
    /// What it was fitted with.
    pub version: String,
    /// The cases it was fitted on.
    pub fitted_on: String,
    /// Log odds of a finding of which nothing is known: most candidates are not the answer.
    pub intercept: f64,
    /// Weights of what bears on a finding.
    pub weights: Weights,
}

impl FindingModel {
    /// The model that is compiled into the program.
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<FindingModel> = LazyLock::new(|| {
            serde_json::from_str(include_str!("../data/finding-model.json"))
                .expect("the shipped model is checked by a test of this module")
        });
        &SHIPPED
    }

    /// What each part adds to the log odds.
    pub fn weigh(&self, bearing: &Bearing) -> LogOdds {
        let Weights { phenotype, belief, signs_unknown, no_disease, variant, seen, mode_known, mode_other, .. } =
            self.weights;
        let Weights { validity, intolerance_of_loss, intolerance_of_change, .. } = self.weights;
        let Weights { kind_known, gene_known, neighbours, codon_known, .. } = self.weights;
        LogOdds {
            intercept: self.intercept,
            phenotype: phenotype * bearing.phenotype
                + belief * bearing.belief
                + signs_unknown * bearing.signs_unknown
                + no_disease * bearing.no_disease,
            variant: variant * bearing.variant + seen * bearing.seen,
            mode_of_inheritance: mode_known * bearing.mode_known + mode_other * bearing.mode_other + bearing.mode_found,
            validity: validity * bearing.validity + bearing.disputed,
            constraint: intolerance_of_loss * bearing.intolerance_of_loss
                + intolerance_of_change * bearing.intolerance_of_change,
            records: kind_known * bearing.kind_known
                + gene_known * bearing.gene_known
                + neighbours * bearing.neighbours
                + codon_known * bearing.codon_known,
            quality: bearing.quality,
        }
    }
}

/// The parts of a finding's log odds. Each field is already on the log-odds scale.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LogOdds {
    /// Of a finding of which nothing is known.
    pub intercept: f64,
    /// How well the signs fit.
    pub phenotype: f64,
    /// How damaging and rare the variants are.
    pub variant: f64,
    /// Whether the mode found here is one the gene's disease is known by, and how sure it is.
    pub mode_of_inheritance: f64,
    /// How well established the gene–disease link is.
    pub validity: f64,
    /// Whether the gene tolerates such variants.
    pub constraint: f64,
    /// What ClinVar holds of the gene's other variants.
    pub records: f64,
    /// Doubtful calls.
    pub quality: f64,
}

impl LogOdds {
    /// The sum.
    pub fn total(&self) -> f64 {
        self.intercept
            + self.phenotype
            + self.variant
            + self.mode_of_inheritance
            + self.validity
            + self.constraint
            + self.records
            + self.quality
    }

    /// The combined score, 0 to 1.
    pub fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.total()).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_can_be_read_and_orders_as_it_should() {
        let model = FindingModel::shipped();
        let weigh = |bearing: Bearing| model.weigh(&bearing).probability();
        let best = Bearing { phenotype: 1.0, belief: 8.0, variant: 1.0, mode_known: 1.0, ..Bearing::default() };
        let nothing = Bearing { no_disease: 1.0, ..Bearing::default() };
        assert!(weigh(best) > 0.9, "{}", weigh(best));
        assert!(weigh(nothing) < 0.001, "{}", weigh(nothing));
        let weights = model.weights;
        assert!(weights.variant > 0.0 && weights.phenotype + weights.belief > 0.0);
        assert!(weights.mode_other < weights.mode_known);
    }

    #[test]
    fn weights_keep_their_order() {
        let mut numbers = [0.0; FITTED];
        (1u8..).zip(&mut numbers).for_each(|(n, weight)| *weight = f64::from(n));
        assert_eq!(Weights::from_array(numbers).to_array(), numbers);
        let bearing = Bearing { seen: 1.0, ..Bearing::default() };
        let model = FindingModel {
            version: String::new(),
            fitted_on: String::new(),
            intercept: 0.0,
            weights: Weights::from_array(numbers),
        };
        let by_order: f64 = bearing.fitted().iter().zip(numbers).map(|(part, weight)| part * weight).sum();
        assert!((model.weigh(&bearing).total() - by_order).abs() < 1e-12);
    }
}
