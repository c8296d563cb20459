//! One sample's call, as seen from one alternate allele.

use serde::{Deserialize, Serialize};

/// One allele of a genotype, as seen from one alternate allele of a site.
/// "Other" is another alternate allele of a split multi-allelic site; taking it for the reference would invent de novos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum AlleleCode {
    /// The reference allele.
    Reference,
    /// The alternate allele in question.
    Alternate,
    /// Another alternate allele of the same place (also `*` and `<NON_REF>`).
    Other,
    /// No call. Never the reference.
    Missing,
}

/// A genotype as seen from one alternate allele.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Genotype {
    /// The alleles in file order; with one copy the second repeats the first.
    pub alleles: [AlleleCode; 2],
    /// Copies that the file writes: 1 or 2; 0 when the sample has no genotype at all.
    pub copies: u8,
    /// True when every separator is `|` (and there are two copies).
    pub phased: bool,
}

impl Genotype {
    /// No genotype.
    pub const MISSING: Self = Self { alleles: [AlleleCode::Missing; 2], copies: 0, phased: false };

    /// Number of copies of the alternate allele (0, 1 or 2); `None` when any copy is missing.
    pub fn alternate_copies(self) -> Option<u8> {
        if self.copies == 0 || self.alleles.contains(&AlleleCode::Missing) {
            return None;
        }
        let count = self.alleles.iter().filter(|a| **a == AlleleCode::Alternate).count();
        Some(if self.copies == 1 { count.min(1) as u8 } else { count as u8 })
    }

    /// True when at least one copy is the alternate, whatever the other is (`1/.` carries too).
    pub fn carries(self) -> bool {
        self.copies > 0 && self.alleles.contains(&AlleleCode::Alternate)
    }

    /// Every copy is the reference: `0/0`, `0|0` or haploid `0`.
    pub fn is_reference(self) -> bool {
        self.copies > 0 && self.alleles == [AlleleCode::Reference; 2]
    }

    /// Exactly one of two copies is the alternate; the other is called (reference or other).
    pub fn is_heterozygous(self) -> bool {
        self.copies == 2 && self.alternate_copies() == Some(1)
    }

    /// Every copy is the alternate: `1/1` or haploid `1`.
    pub fn is_homozygous_alternate(self) -> bool {
        self.copies > 0 && self.alleles == [AlleleCode::Alternate; 2]
    }

    /// Some copy is missing, or there is no genotype.
    pub fn is_missing(self) -> bool {
        self.copies == 0 || self.alleles.contains(&AlleleCode::Missing)
    }
}

/// Writes VCF text with the alternate in question as `1` and other alternates as `2`, as in `0/1`, `1|2`, `./.`, `1`.
impl std::fmt::Display for Genotype {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |a| match a {
            AlleleCode::Reference => "0",
            AlleleCode::Alternate => "1",
            AlleleCode::Other => "2",
            AlleleCode::Missing => ".",
        };
        match self.copies {
            0 => f.write_str("./."),
            1 => f.write_str(text(self.alleles[0])),
            _ => {
                write!(f, "{}{}{}", text(self.alleles[0]), if self.phased { '|' } else { '/' }, text(self.alleles[1]))
            }
        }
    }
}

/// One sample's call of one alternate allele. Absent fields are `None`, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// GT.
    pub genotype: Genotype,
    /// PS, or the position part of PID with PGT.
    pub phase_set: Option<u32>,
    /// DP of the sample.
    pub depth: Option<u32>,
    /// AD of the reference (or RO, or from DV/DP).
    pub reference_depth: Option<u32>,
    /// AD of this alternate (or AO).
    pub alternate_depth: Option<u32>,
    /// Sum of AD over the other alternates; 0 at a biallelic site with AD.
    pub other_depth: Option<u32>,
    /// GQ, phred.
    pub genotype_quality: Option<f32>,
    /// PL of reference/reference, reference/alternate, alternate/alternate, phred; (GL is converted).
    pub likelihoods: Option<[u32; 3]>,
    /// Heteroplasmy or allele fraction written by the caller (AF, VAF, HF); on MT preferred to AD.
    pub allele_fraction: Option<f32>,
}

impl Call {
    /// Nothing known.
    pub const MISSING: Self = Self {
        genotype: Genotype::MISSING,
        phase_set: None,
        depth: None,
        reference_depth: None,
        alternate_depth: None,
        other_depth: None,
        genotype_quality: None,
        likelihoods: None,
        allele_fraction: None,
    };

    /// A call of which only the genotype is known.
    pub const fn of(genotype: Genotype) -> Self {
        Self { genotype, ..Self::MISSING }
    }

    /// Reads of this alternate over all counted reads; `None` without AD or without reads.
    pub fn allele_balance(&self) -> Option<f32> {
        let alternate = self.alternate_depth?;
        let total = alternate + self.reference_depth? + self.other_depth.unwrap_or(0);
        if total == 0 { None } else { Some(alternate as f32 / total as f32) }
    }

    /// How far the reads of this alternate lie from the half that a heterozygous call should have, in standard deviations
    /// of a beta-binomial draw; `None` when not heterozygous, or without AD or reads.
    ///
    /// Copies of paralogues that were mapped to one place share their reads unequally, as do false insertions and
    /// deletions. Reads are not quite independent: their intraclass correlation is taken as 0.01, under which one in a
    /// thousand single-base calls of a real exome lies beyond 3.5.
    pub fn imbalance(&self) -> Option<f64> {
        const CORRELATION: f64 = 0.01;
        if !self.genotype.is_heterozygous() {
            return None;
        }
        let alternate = f64::from(self.alternate_depth?);
        let total = alternate + f64::from(self.reference_depth?) + f64::from(self.other_depth.unwrap_or(0));
        let variance = total / 4.0 * (1.0 + (total - 1.0) * CORRELATION);
        (total > 0.0).then(|| (alternate - total / 2.0) / variance.sqrt())
    }

    /// DP, else the sum of AD.
    pub fn total_depth(&self) -> Option<u32> {
        self.depth.or_else(|| Some(self.reference_depth? + self.alternate_depth? + self.other_depth.unwrap_or(0)))
    }
}

impl From<Call> for Genotype {
    fn from(call: Call) -> Self {
        call.genotype
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AlleleCode::{Alternate, Missing, Other, Reference};

    #[test]
    fn missing_is_never_reference_and_other_is_never_reference() {
        let diploid = |a, b| Genotype { alleles: [a, b], copies: 2, phased: false };
        for (genotype, reference, heterozygous, homozygous, carries, missing) in [
            (diploid(Reference, Reference), true, false, false, false, false),
            (diploid(Reference, Alternate), false, true, false, true, false),
            (diploid(Alternate, Other), false, true, false, true, false), // 1/2 seen from 1
            (diploid(Reference, Other), false, false, false, false, false), // 0/2 seen from 1
            (diploid(Reference, Missing), false, false, false, false, true),
            (diploid(Alternate, Missing), false, false, false, true, true),
            (diploid(Alternate, Alternate), false, false, true, true, false),
            (Genotype::MISSING, false, false, false, false, true),
        ] {
            assert_eq!(genotype.is_reference(), reference, "{genotype}");
            assert_eq!(genotype.is_heterozygous(), heterozygous, "{genotype}");
            assert_eq!(genotype.is_homozygous_alternate(), homozygous, "{genotype}");
            assert_eq!(genotype.carries(), carries, "{genotype}");
            assert_eq!(genotype.is_missing(), missing, "{genotype}");
        }
    }

    #[test]
    fn unequal_shares_of_reads() {
        let heterozygous = Genotype { alleles: [Reference, Alternate], copies: 2, phased: false };
        let homozygous = Genotype { alleles: [Alternate, Alternate], copies: 2, phased: false };
        for (genotype, reference, alternate, expected) in [
            (heterozygous, Some(20), Some(20), Some(0.0)),
            // (3 − 5) / √(2.5 · 1.09)
            (heterozygous, Some(7), Some(3), Some(-1.2116)),
            // A false stop in KMT2C: (60 − 125) / √(62.5 · 3.49)
            (heterozygous, Some(190), Some(60), Some(-4.4011)),
            (heterozygous, Some(0), Some(0), None),
            (heterozygous, None, Some(9), None),
            (homozygous, Some(2), Some(9), None),
        ] {
            let call = Call { reference_depth: reference, alternate_depth: alternate, ..Call::of(genotype) };
            match (call.imbalance(), expected) {
                (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-4, "{found} for {expected}"),
                (found, expected) => assert_eq!(found, expected),
            }
        }
    }
}
