//! How often an allele is seen in the house's own cohort, and when that may speak against it.
//!
//! Method card: `docs/methods/own-cohort.md`.

use crate::report::OwnCohortFrequency;
use crate::words::Words;
use indgang_genomics::cohort::{Bin, CallSet, CohortError, Counts, Tally};
use indgang_model::Variant;
use std::collections::BTreeMap;

/// The persons of the house on one genome build, without the family whose case is interpreted.
///
/// Counted is who has been taken in, not who was read at a place: who is not seen to carry an allele is not known to
/// lack it. The share of carriers is therefore a lower limit, and absence is no evidence of rarity.
#[derive(Debug, Clone, Default)]
pub struct OwnCohort {
    counts: BTreeMap<Bin, Counts>,
    people: u32,
    independent: f64,
}

/// One allele in the own cohort.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Seen {
    tally: Tally,
    people: u32,
    independent: f64,
}

/// Quantile of the normal distribution for a one-sided bound of 95 %.
const Z: f64 = 1.644_853_626_951_472_7;

/// The widest limit of the profiles, for recessive alleles: a cohort that cannot tell this filters nothing.
const WIDEST_LIMIT: f64 = 0.01;

impl OwnCohort {
    /// From the counts of everybody, the persons of each other family, and the call sets of the case's own family, who
    /// are counted and are taken out here.
    ///
    /// # Errors
    /// [`CohortError::NotCounted`] when the own family is not in the counts.
    pub fn new(mut counts: BTreeMap<Bin, Counts>, others: &[u32], own_family: &[CallSet]) -> Result<Self, CohortError> {
        for (bin, carried) in own_family.iter().flat_map(CallSet::bins) {
            counts.get_mut(&bin).ok_or(CohortError::NotCounted)?.subtract(carried)?;
        }
        Ok(Self { counts, people: others.iter().sum(), independent: independent(others) })
    }

    /// How many persons are counted.
    pub const fn people(&self) -> u32 {
        self.people
    }

    /// What the reader of a report must know of it.
    pub(crate) fn words(&self) -> Words {
        let (people, unrelated) = (self.people, self.independent.floor());
        let (da, en) = if resolves(self.independent, WIDEST_LIMIT) {
            (
                "alleler, som dér sikkert er hyppigere, end nedarvningen tillader, er udeladt".to_owned(),
                "alleles that are surely more frequent there than a mode allows are left out".to_owned(),
            )
        } else {
            (
                format!(
                    "det svarer til {unrelated} ubeslægtede, og der skal 150 til at sortere ved 1 %, så tallene vises kun"
                ),
                format!(
                    "that is as good as {unrelated} unrelated ones, and it takes 150 to filter at 1 %, so the counts are shown only"
                ),
            )
        };
        Words::new(
            format!(
                "Husets egen kohorte har {people} personer fra andre familier på dette genom-build: {da}. Hvem der ikke er set som bærer af en allel, vides ikke at mangle den."
            ),
            format!(
                "The house's own cohort has {people} persons of other families on this genome build: {en}. Who is not seen to carry an allele is not known to lack it."
            ),
        )
    }

    /// How often an allele of the case is seen.
    pub fn of(&self, variant: &Variant) -> OwnCohortFrequency {
        self.seen(variant).for_report()
    }

    pub(crate) fn seen(&self, variant: &Variant) -> Seen {
        let tally =
            self.counts.get(&Bin::of(variant.chrom, variant.pos)).map_or_else(Tally::default, |c| c.get(variant));
        Seen { tally, people: self.people, independent: self.independent }
    }
}

impl Seen {
    /// True when the cohort is large enough to tell, and tells that the allele is more frequent than `limit`.
    pub(crate) fn exceeds(&self, limit: f64) -> bool {
        resolves(self.independent, limit) && self.least_frequency() > limit
    }

    /// As the report shows it.
    pub(crate) fn for_report(&self) -> OwnCohortFrequency {
        OwnCohortFrequency {
            carriers: self.tally.carriers,
            homozygotes: self.tally.homozygotes,
            people: self.people,
            least_frequency: resolves(self.independent, WIDEST_LIMIT).then(|| self.least_frequency()),
        }
    }

    /// Lower bound (Wilson, one-sided 95 %) of the allele's frequency, over as many alleles as independent persons have.
    fn least_frequency(&self) -> f64 {
        let alleles = 2.0 * self.independent;
        if self.people == 0 || alleles <= 0.0 {
            return 0.0;
        }
        let seen = f64::from(self.tally.carriers) + f64::from(self.tally.homozygotes);
        let share = (seen / (2.0 * f64::from(self.people))).min(1.0);
        let spread = (share * (1.0 - share) / alleles + Z * Z / (4.0 * alleles * alleles)).sqrt();
        ((share + Z * Z / (2.0 * alleles) - Z * spread) / (1.0 + Z * Z / alleles)).max(0.0)
    }
}

/// Persons over the design effect of families (Kish 1965, at the highest correlation within a family): relatives share
/// their alleles, and five of one family do not speak for five.
fn independent(families: &[u32]) -> f64 {
    let people: f64 = families.iter().map(|n| f64::from(*n)).sum();
    let squares: f64 = families.iter().map(|n| f64::from(*n).powi(2)).sum();
    if squares > 0.0 { people * people / squares } else { 0.0 }
}

/// Enough persons that an allele which none of them carries would be rarer than `limit` with 95 % confidence.
fn resolves(independent: f64, limit: f64) -> bool {
    limit > 0.0 && limit < 1.0 && 2.0 * independent >= 0.05f64.ln() / (1.0 - limit).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_genomics::call::{AlleleCode::*, Genotype};
    use indgang_genomics::cohort::Carried;

    fn seen(carriers: u32, homozygotes: u32, families: &[u32]) -> Seen {
        let people = families.iter().sum();
        Seen { tally: Tally { carriers, homozygotes }, people, independent: independent(families) }
    }

    #[test]
    fn when_the_cohort_may_speak() {
        let singles = |n| vec![1; n];
        for (carriers, homozygotes, families, limit, exceeds) in [
            (100, 0, singles(149), 0.01, false), // one person too few to tell 1 %
            (6, 0, singles(150), 0.01, true),
            (5, 0, singles(150), 0.01, false),
            (3, 3, singles(150), 0.01, true), // on both copies: two alleles each
            (0, 0, singles(150), 0.01, false),
            (150, 0, vec![3; 50], 0.01, false), // 150 persons of trios speak for 50
            (450, 0, vec![3; 150], 0.01, true),
            (6, 0, vec![3; 150], 0.01, false),
            (7, 0, singles(1497), 0.001, false),
            (7, 0, singles(1498), 0.001, true),
            (10, 0, vec![], 0.01, false),
        ] {
            let seen = seen(carriers, homozygotes, &families);
            assert_eq!(seen.exceeds(limit), exceeds, "{carriers} {homozygotes} of {} at {limit}", families.len());
        }
    }

    /// Wilson's bound by another way: the share at which the observed one lies exactly Z standard errors above.
    #[test]
    fn the_bound_is_wilsons() {
        for (carriers, people) in [(1, 150), (6, 150), (40, 200), (150, 150)] {
            let seen = seen(carriers, 0, &vec![1; people]);
            let (bound, alleles) = (seen.least_frequency(), 2.0 * people as f64);
            let observed = f64::from(carriers) / alleles;
            let errors = (observed - bound) / (bound * (1.0 - bound) / alleles).sqrt();
            assert!((errors - Z).abs() < 1e-9, "{carriers} of {people}: {bound}");
        }
    }

    #[test]
    fn the_family_itself_is_left_out() {
        let v = Variant { chrom: "2".parse().unwrap(), pos: 5, reference: "A".into(), alternate: "G".into() };
        let het = Genotype { alleles: [Reference, Alternate], copies: 2, phased: false };
        let carrier = CallSet::new(Carried::of(&v, het).into_iter().collect());
        let mut counts: BTreeMap<Bin, Counts> = BTreeMap::new();
        for _ in 0..3 {
            for (bin, carried) in carrier.bins() {
                counts.entry(bin).or_default().add(carried);
            }
        }
        // Three carriers in the counts, two of them the child and her mother; one person of another family remains.
        let cohort = OwnCohort::new(counts.clone(), &[1], &[carrier.clone(), carrier.clone()]).unwrap();
        let expected = OwnCohortFrequency { carriers: 1, homozygotes: 0, people: 1, least_frequency: None };
        assert_eq!(cohort.of(&v), expected);
        let never = OwnCohort::new(BTreeMap::new(), &[1], &[carrier]);
        assert_eq!(never.err(), Some(CohortError::NotCounted));
    }
}
