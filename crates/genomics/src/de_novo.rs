//! How likely it is that a variant is new in a child.
//!
//! Question: given the reads of child and parents, how much of the probability rests on a mutation?
//! Method: all genotypes of the parents and the child are summed, weighted by likelihood, prior of the parents and
//! transmission with at most one mutation (the model of `bcftools +trio-dnm2`, written anew from its description).
//! Answer: phred of the share that needs no mutation; 13 is one in twenty.

use crate::call::Call;
use indgang_model::{Region, Sex, Variant};

/// Chance of a mutation at one base in one transmission.
const MUTATION: f64 = 1e-8;
/// Prior of a parent with 0, 1 or 2 copies of a rare allele.
const PRIOR: [f64; 3] = [0.998, 0.001_99, 0.000_01];

/// Chance that a read shows the wrong allele.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise(pub f64);

impl Noise {
    /// Substitutions.
    pub const SNV: Self = Self(0.005);
    /// Insertions and deletions.
    pub const INDEL: Self = Self(0.045);

    /// Of substitutions, of one base or of several, the first; of whatever changes the length, the second.
    /// Symbolic alleles and breakends, whose reads are seldom counted alike, count as changing it.
    pub fn of(variant: &Variant) -> Self {
        let is_bases = |allele: &str| allele.bytes().all(|b| b.is_ascii_alphabetic());
        let same_length = variant.reference.len() == variant.alternate.len();
        if same_length && is_bases(&variant.reference) && is_bases(&variant.alternate) {
            Self::SNV
        } else {
            Self::INDEL
        }
    }
}

/// Phred-scaled score that the variant is new in the child; `None` when somebody who matters has neither PL nor AD.
/// On X a son is compared with his mother only, on MT everybody is; on Y with his father.
pub fn score(child: &Call, father: &Call, mother: &Call, region: Region, sex: Sex, noise: Noise) -> Option<f64> {
    let male = sex == Sex::Male;
    let (child_copies, parents): (usize, [Option<(&Call, usize)>; 2]) = match region {
        Region::Autosome | Region::PseudoAutosomal => (2, [Some((father, 2)), Some((mother, 2))]),
        Region::X if male => (1, [Some((mother, 2)), None]),
        Region::X => (2, [Some((father, 1)), Some((mother, 2))]),
        Region::Y => (1, [Some((father, 1)), None]),
        Region::Mitochondrial => (1, [Some((mother, 1)), None]),
    };
    let child = likelihood(child, child_copies, noise, false)?;
    let [first, second] = parents;
    let (first, first_copies) = first?;
    let one = gametes(&likelihood(first, first_copies, noise, true)?, first_copies);
    let (mut inherited, mut new) = (0.0, 0.0);
    match second {
        None => {
            for (copies, likelihood) in child.iter().take(2).enumerate() {
                inherited += likelihood * one.0[copies];
                new += likelihood * one.1[copies];
            }
        }
        Some((second, second_copies)) => {
            let two = gametes(&likelihood(second, second_copies, noise, true)?, second_copies);
            for a in 0..2 {
                for b in 0..2 {
                    inherited += child[a + b] * one.0[a] * two.0[b];
                    new += child[a + b] * (one.1[a] * two.0[b] + one.0[a] * two.1[b]);
                }
            }
        }
    }
    let all = inherited + new;
    (all > 0.0).then(|| (-10.0 * (inherited / all).max(1e-30).log10()).max(0.0))
}

/// Weight of a gamete without and with the allele: inherited as it is, and after one mutation.
fn gametes(likelihood: &[f64; 3], copies: usize) -> ([f64; 2], [f64; 2]) {
    let mut plain = [0.0; 2];
    for (genotype, l) in likelihood.iter().enumerate().take(copies + 1) {
        // A haploid parent's prior is that of a chromosome: one copy is as rare as a heterozygote.
        let share = genotype as f64 / copies as f64;
        let weight = l * PRIOR[genotype];
        plain[0] += weight * (1.0 - share);
        plain[1] += weight * share;
    }
    (plain.map(|w| w * (1.0 - MUTATION)), [plain[1] * MUTATION, plain[0] * MUTATION])
}

/// Likelihood of 0, 1, 2 copies, the best of them 1: from PL, else from AD.
/// A parent's stray reads may be noise although PL holds them for an allele: the better of the two says reference.
fn likelihood(call: &Call, copies: usize, noise: Noise, parent: bool) -> Option<[f64; 3]> {
    let reads = call.reference_depth.zip(call.alternate_depth).filter(|(r, a)| r + a > 0);
    let of_reads = reads.map(|(r, a)| {
        let ln = |p: f64| f64::from(a) * p.ln() + f64::from(r) * (1.0 - p).ln();
        let by = [ln(noise.0), ln(0.5), ln(1.0 - noise.0)];
        if copies == 1 { [by[0], by[2], f64::NEG_INFINITY] } else { by }
    });
    let of_pl = call.likelihoods.filter(|pl| pl.iter().any(|p| *p > 0)).map(|pl| {
        let by = pl.map(|p| -f64::from(p) * std::f64::consts::LN_10 / 10.0);
        if copies == 1 { [by[0], by[2], f64::NEG_INFINITY] } else { by }
    });
    let scaled = |by: [f64; 3]| {
        let best = by.into_iter().fold(f64::NEG_INFINITY, f64::max);
        by.map(|l| (l - best).exp())
    };
    match (of_pl.map(scaled), of_reads.map(scaled)) {
        (Some(mut pl), Some(reads)) if parent => {
            pl[0] = pl[0].max(reads[0]);
            Some(pl)
        }
        (Some(pl), _) => Some(pl),
        (None, reads) => reads,
    }
}

/// P(X ≤ k) of a binomial of n trials with chance p.
pub(crate) fn binomial_at_most(k: u32, n: u32, p: f64) -> f64 {
    // Terms by recurrence in logarithms, so that n in the tens of thousands neither under- nor overflows.
    let (mut term, mut sum) = (f64::from(n) * (1.0 - p).ln(), 0.0);
    for i in 0..=k.min(n) {
        sum += term.exp();
        term += (f64::from(n - i) / f64::from(i + 1)).ln() + (p / (1.0 - p)).ln();
    }
    sum.min(1.0)
}

/// P(X ≥ k), summed from its own end so that small values keep their digits.
pub(crate) fn binomial_at_least(k: u32, n: u32, p: f64) -> f64 {
    if k > n { 0.0 } else { binomial_at_most(n - k, n, 1.0 - p) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(reference: u32, alternate: u32) -> Call {
        Call { reference_depth: Some(reference), alternate_depth: Some(alternate), ..Call::MISSING }
    }

    #[test]
    fn new_or_inherited() {
        let of = |c, f, m| score(&c, &f, &m, Region::Autosome, Sex::Female, Noise::SNV).expect("all have reads");
        assert!(of(reads(20, 20), reads(40, 0), reads(40, 0)) > 30.0); // clean
        assert!(of(reads(20, 20), reads(60, 1), reads(60, 0)) > 30.0); // one stray read does not kill it
        assert!(of(reads(20, 20), reads(20, 18), reads(40, 0)) < 0.1); // inherited
        assert!(of(reads(20, 20), reads(4, 0), reads(4, 0)) < 1.0); // thin parents: a het missed is likelier
        assert!(of(reads(40, 1), reads(40, 0), reads(40, 0)) < 0.1); // the child is reference
    }

    #[test]
    fn likelihoods_of_the_file_come_first() {
        let pl = |pl| Call { likelihoods: Some(pl), ..Call::MISSING };
        let of = |c: Call, f: Call, m: Call| score(&c, &f, &m, Region::Autosome, Sex::Male, Noise::SNV);
        assert!(of(pl([500, 0, 500]), pl([0, 120, 900]), pl([0, 120, 900])).is_some_and(|s| s > 20.0));
        assert!(of(pl([500, 0, 500]), pl([300, 0, 300]), pl([0, 120, 900])).is_some_and(|s| s < 0.1));
        assert_eq!(of(Call::MISSING, pl([0, 120, 900]), pl([0, 120, 900])), None);
        // By hand, parents certain: de novo 2μ·p0²·L… against nothing inherited but the child's error.
        let hand = of(pl([200, 0, 200]), pl([0, 2000, 2000]), pl([0, 2000, 2000])).expect("has PL");
        let expected = -10.0 * (1e-20_f64 / (1e-20 + 2e-8)).log10();
        assert!((hand - expected).abs() < 1e-3, "{hand} {expected}");
    }

    #[test]
    fn sex_chromosomes_and_mitochondria_ask_the_right_parent() {
        let (carrier, clean) = (reads(0, 40), reads(40, 0));
        for (region, sex, father, mother, new) in [
            (Region::X, Sex::Male, carrier, clean, true), // the father gives a son no X
            (Region::X, Sex::Male, clean, reads(20, 20), false),
            (Region::Y, Sex::Male, clean, carrier, true),
            (Region::Mitochondrial, Sex::Female, carrier, clean, true),
            (Region::Mitochondrial, Sex::Female, clean, carrier, false),
        ] {
            let s = score(&reads(0, 40), &father, &mother, region, sex, Noise::SNV).expect("reads");
            assert_eq!(s > 13.0, new, "{region:?} {sex:?} {s}");
        }
    }

    #[test]
    fn noise_by_length() {
        for (reference, alternate, noise) in [
            ("A", "G", Noise::SNV),
            ("AC", "GT", Noise::SNV),
            ("A", "AT", Noise::INDEL),
            ("AT", "A", Noise::INDEL),
            ("A", "*", Noise::INDEL),
            ("A", "<DEL>", Noise::INDEL),
            ("ACGTA", "<DEL>", Noise::INDEL),
        ] {
            let variant = Variant {
                chrom: indgang_model::Chromosome::X,
                pos: 1,
                reference: reference.into(),
                alternate: alternate.into(),
            };
            assert_eq!(Noise::of(&variant), noise, "{variant}");
        }
    }

    #[test]
    fn binomial_tails() {
        assert!((binomial_at_most(1, 4, 0.5) - 5.0 / 16.0).abs() < 1e-12);
        assert!((binomial_at_least(3, 4, 0.5) - 5.0 / 16.0).abs() < 1e-12);
        assert!((binomial_at_least(1, 10, 0.005) - (1.0 - 0.995f64.powi(10))).abs() < 1e-12);
        assert_eq!(binomial_at_least(5, 4, 0.5), 0.0);
    }
}
