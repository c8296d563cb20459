//! Thresholds on calls and frequencies, gathered under a name.
//!
//! Defaults chosen here; which of them slivar publishes too (Pedersen et al. 2021, npj Genom Med) is told in
//! `docs/methods/inheritance.md`.

use crate::call::Call;

/// Which calls count, and how common a variant may be.
/// `None` in a field switches that rule off; `quality` off switches every rule on reads off.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// `none`, `standard` or `sensitive`.
    pub name: &'static str,
    /// False: genotypes decide alone, as the file writes them.
    pub quality: bool,
    /// Least GQ, phred.
    pub genotype_quality: f32,
    /// Least reads at a place.
    pub depth: u32,
    /// Allele balance of a heterozygote, lowest and highest, both inclusive.
    pub heterozygous_balance: (f32, f32),
    /// Allele balance of a homozygous reference call is under this.
    pub reference_balance: f32,
    /// Allele balance of a homozygous alternate call is at least this.
    pub homozygous_balance: f32,
    /// Whether sites with a FILTER other than PASS count (used by the caller, who sees the site).
    pub filtered_sites: bool,
    /// Least heteroplasmy of a mitochondrial variant; 0 lets the genotype decide.
    pub heteroplasmy: f32,
    /// Least alternate reads from which a share of molecules tells a carrier, where reads are told.
    pub heteroplasmy_reads: u32,
    /// Least alternate reads in the child for a de novo.
    pub de_novo_alternate_reads: u32,
    /// Alternate reads in both parents together must be fewer than this for a de novo …
    pub parental_alternate_reads: u32,
    /// Least phred of the de novo likelihood, where it can be computed.
    pub de_novo_phred: f64,
    /// Highest population frequency of a de novo candidate.
    pub frequency_de_novo: Option<f64>,
    /// Highest population frequency of a dominant candidate.
    pub frequency_dominant: Option<f64>,
    /// Highest population frequency of a recessive candidate.
    pub frequency_recessive: Option<f64>,
    /// Highest population frequency of a mitochondrial candidate.
    pub frequency_mitochondrial: Option<f64>,
    /// Most homozygotes in the population for a recessive candidate.
    pub population_homozygotes: Option<u32>,
}

/// The name is not a profile's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a profile; write none, standard or sensitive")]
pub struct ParseProfileError(pub String);

/// Why a call does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Homozygous (or hemizygous) reference.
    Reference,
    /// One alternate of two copies.
    Heterozygous,
    /// Every copy alternate.
    Homozygous,
    /// Balance says nothing (mitochondrial, partial calls).
    Any,
}

impl Profile {
    /// No threshold at all: genotypes as written.
    pub const fn none() -> Self {
        Self {
            name: "none",
            quality: false,
            genotype_quality: 0.0,
            depth: 0,
            heterozygous_balance: (0.0, 1.0),
            reference_balance: 1.0,
            homozygous_balance: 0.0,
            filtered_sites: true,
            heteroplasmy: 0.0,
            heteroplasmy_reads: 0,
            de_novo_alternate_reads: 0,
            parental_alternate_reads: u32::MAX,
            de_novo_phred: 0.0,
            frequency_de_novo: None,
            frequency_dominant: None,
            frequency_recessive: None,
            frequency_mitochondrial: None,
            population_homozygotes: None,
        }
    }

    /// The laboratory's everyday profile.
    pub const fn standard() -> Self {
        Self {
            name: "standard",
            quality: true,
            genotype_quality: 20.0,
            depth: 10,
            heterozygous_balance: (0.20, 0.80),
            reference_balance: 0.02,
            homozygous_balance: 0.98,
            filtered_sites: false,
            heteroplasmy: 0.05,
            heteroplasmy_reads: 5,
            de_novo_alternate_reads: 5,
            parental_alternate_reads: 2,
            de_novo_phred: 13.0,
            frequency_de_novo: Some(1e-3),
            frequency_dominant: Some(1e-3),
            frequency_recessive: Some(1e-2),
            frequency_mitochondrial: Some(2e-3),
            population_homozygotes: Some(5),
        }
    }

    /// Wider: thinner coverage, skewed balance and filtered sites are let through.
    pub const fn sensitive() -> Self {
        Self {
            name: "sensitive",
            depth: 6,
            heterozygous_balance: (0.15, 0.85),
            homozygous_balance: 0.85,
            filtered_sites: true,
            ..Self::standard()
        }
    }

    /// True when the call's reads and quality support what is expected of it.
    /// A field that the file does not have is not held against the call.
    pub fn accepts(&self, call: &Call, expected: Expected) -> bool {
        if !self.quality {
            return true;
        }
        let enough = call.genotype_quality.is_none_or(|q| q >= self.genotype_quality)
            && call.total_depth().is_none_or(|d| d >= self.depth);
        enough
            && call.allele_balance().is_none_or(|balance| match expected {
                // A single stray read in thin coverage is not two per cent of a person.
                Expected::Reference => balance < self.reference_balance || call.alternate_depth.is_some_and(|a| a < 2),
                Expected::Heterozygous => {
                    balance >= self.heterozygous_balance.0 && balance <= self.heterozygous_balance.1
                }
                Expected::Homozygous => balance >= self.homozygous_balance,
                Expected::Any => true,
            })
    }
}

impl std::str::FromStr for Profile {
    type Err = ParseProfileError;

    fn from_str(text: &str) -> Result<Self, ParseProfileError> {
        match text {
            "none" => Ok(Self::none()),
            "standard" => Ok(Self::standard()),
            "sensitive" => Ok(Self::sensitive()),
            _ => Err(ParseProfileError(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{AlleleCode::*, Genotype};

    #[test]
    fn thresholds() {
        let call = |reference, alternate, quality| Call {
            reference_depth: Some(reference),
            alternate_depth: Some(alternate),
            genotype_quality: quality,
            ..Call::of(Genotype { alleles: [Reference, Alternate], copies: 2, phased: false })
        };
        use Expected as E;
        for (profile, call, expected, accepted) in [
            (Profile::standard(), call(10, 10, Some(20.0)), E::Heterozygous, true), // bounds are inclusive
            (Profile::standard(), call(10, 10, Some(19.9)), E::Heterozygous, false), // GQ
            (Profile::standard(), call(10, 10, None), E::Heterozygous, true),       // absent GQ is not low GQ
            (Profile::standard(), call(16, 4, None), E::Heterozygous, true),        // exactly 0.20
            (Profile::standard(), call(17, 3, None), E::Heterozygous, false),
            (Profile::sensitive(), call(17, 3, None), E::Heterozygous, true), // exactly 0.15
            (Profile::standard(), call(5, 4, None), E::Heterozygous, false),  // depth 9
            (Profile::standard(), call(30, 1, None), E::Reference, true),     // one stray read
            (Profile::standard(), call(30, 2, None), E::Reference, false),
            (Profile::standard(), call(1, 99, None), E::Homozygous, true),
            (Profile::standard(), call(3, 97, None), E::Homozygous, false),
            (Profile::none(), call(99, 1, Some(0.0)), E::Homozygous, true), // genotypes alone
        ] {
            assert_eq!(profile.accepts(&call, expected), accepted, "{} {call:?} {expected:?}", profile.name);
        }
        assert!(Profile::standard().accepts(&Call::MISSING, E::Any));
        assert_eq!("lax".parse::<Profile>(), Err(ParseProfileError("lax".into())));
    }
}
