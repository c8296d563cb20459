//! Places in a genome and changes at them.

use serde::{Deserialize, Serialize};

/// A genome build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Assembly {
    /// hg19, b37.
    GRCh37,
    /// hg38.
    GRCh38,
}

/// Why a text is not an assembly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an assembly this house knows; write GRCh37 or GRCh38")]
pub struct ParseAssemblyError(pub String);

impl std::str::FromStr for Assembly {
    type Err = ParseAssemblyError;

    fn from_str(text: &str) -> Result<Self, ParseAssemblyError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "grch37" | "hg19" | "b37" => Ok(Self::GRCh37),
            "grch38" | "hg38" | "b38" => Ok(Self::GRCh38),
            _ => Err(ParseAssemblyError(text.to_owned())),
        }
    }
}

impl std::fmt::Display for Assembly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::GRCh37 => "GRCh37",
            Self::GRCh38 => "GRCh38",
        })
    }
}

/// A chromosome of the primary assembly. Ordered 1–22, X, Y, MT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Chromosome(u8);

/// The name is not one of a primary assembly's chromosomes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a chromosome of the primary assembly (1–22, X, Y, MT, with or without `chr`, or NC_0000xx)")]
pub struct ParseChromosomeError(pub String);

impl Chromosome {
    /// Chromosome X.
    pub const X: Self = Self(23);
    /// Chromosome Y.
    pub const Y: Self = Self(24);
    /// The mitochondrial genome.
    pub const MT: Self = Self(25);

    /// The `n`th autosome, 1 to 22.
    pub const fn autosome(n: u8) -> Option<Self> {
        if n >= 1 && n <= 22 { Some(Self(n)) } else { None }
    }

    /// All 25, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=25).map(Self)
    }

    /// 1 to 25: 23 is X, 24 is Y, 25 is MT.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The chromosome of a number 1 to 25.
    pub const fn from_number(n: u8) -> Option<Self> {
        if n >= 1 && n <= 25 { Some(Self(n)) } else { None }
    }

    /// True for 1 to 22.
    pub const fn is_autosome(self) -> bool {
        self.0 <= 22
    }

    /// The name without `chr`: `1` … `22`, `X`, `Y`, `MT`.
    pub const fn name(self) -> &'static str {
        const NAMES: [&str; 26] = [
            "", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18",
            "19", "20", "21", "22", "X", "Y", "MT",
        ];
        NAMES[self.0 as usize]
    }

    /// Reads any usual name: `1`, `chr1`, `Chr1`, `CHR1`, `NC_000001.10`, `M`, `MT`, `chrM`, `NC_012920.1`.
    /// `None` for contigs outside the primary assembly.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        if let Some(accession) = name.strip_prefix(b"NC_") {
            let digits = accession.split(|b| *b == b'.').next()?;
            let n: u32 = std::str::from_utf8(digits).ok()?.parse().ok()?;
            return match n {
                1..=24 => Some(Self(u8::try_from(n).ok()?)),
                12920 | 1807 => Some(Self::MT),
                _ => None,
            };
        }
        let name = match name {
            [b'c' | b'C', b'h' | b'H', b'r' | b'R', rest @ ..] => rest,
            _ => name,
        };
        match name {
            b"X" | b"x" => Some(Self::X),
            b"Y" | b"y" => Some(Self::Y),
            b"M" | b"MT" | b"m" | b"mt" => Some(Self::MT),
            // PLINK numbers the sex chromosomes and the mitochondrial genome.
            b"23" => Some(Self::X),
            b"24" => Some(Self::Y),
            b"25" | b"26" => Some(Self::MT),
            [a @ b'1'..=b'9'] => Some(Self(a - b'0')),
            [a @ b'1'..=b'2', b @ b'0'..=b'9'] => Self::autosome((a - b'0') * 10 + b - b'0'),
            _ => None,
        }
    }
}

impl std::fmt::Display for Chromosome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Chromosome {
    type Err = ParseChromosomeError;

    fn from_str(text: &str) -> Result<Self, ParseChromosomeError> {
        Self::from_name(text.as_bytes()).ok_or_else(|| ParseChromosomeError(text.to_owned()))
    }
}

impl TryFrom<String> for Chromosome {
    type Error = ParseChromosomeError;

    fn try_from(text: String) -> Result<Self, ParseChromosomeError> {
        text.parse()
    }
}

impl From<Chromosome> for String {
    fn from(chromosome: Chromosome) -> Self {
        chromosome.name().to_owned()
    }
}

/// How a place is inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// Two copies in everyone.
    Autosome,
    /// On X or Y within a pseudo-autosomal region: inherited as an autosome.
    PseudoAutosomal,
    /// X outside the pseudo-autosomal regions.
    X,
    /// Y outside the pseudo-autosomal regions.
    Y,
    /// The mitochondrial genome.
    Mitochondrial,
}

impl Region {
    /// The region of a 1-based position. Pseudo-autosomal bounds: Genome Reference Consortium.
    pub fn of(assembly: Assembly, chromosome: Chromosome, position: u32) -> Self {
        // (PAR1 first, PAR1 last, PAR2 first, PAR2 last), 1-based and inclusive.
        let (x, y) = match assembly {
            Assembly::GRCh37 => {
                ((60_001, 2_699_520, 154_931_044, 155_260_560), (10_001, 2_649_520, 59_034_050, 59_363_566))
            }
            Assembly::GRCh38 => {
                ((10_001, 2_781_479, 155_701_383, 156_030_895), (10_001, 2_781_479, 56_887_903, 57_217_415))
            }
        };
        let within =
            |b: (u32, u32, u32, u32)| (position >= b.0 && position <= b.1) || (position >= b.2 && position <= b.3);
        match chromosome.0 {
            23 => {
                if within(x) {
                    Self::PseudoAutosomal
                } else {
                    Self::X
                }
            }
            24 => {
                if within(y) {
                    Self::PseudoAutosomal
                } else {
                    Self::Y
                }
            }
            25 => Self::Mitochondrial,
            _ => Self::Autosome,
        }
    }
}

/// A small variant: VCF coordinates, 1-based, one alternate allele, upper-case ACGTN, at least one anchoring base.
/// Structural alleles keep their VCF text in `alternate` (`<DEL>`, `N[chr2:321681[`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Variant {
    /// The chromosome, by its plain name.
    pub chrom: Chromosome,
    /// 1-based position of the first base of `reference`.
    pub pos: u32,
    /// Reference allele.
    #[serde(rename = "ref")]
    pub reference: Box<str>,
    /// Alternate allele.
    #[serde(rename = "alt")]
    pub alternate: Box<str>,
}

impl std::fmt::Display for Variant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}-{}", self.chrom, self.pos, self.reference, self.alternate)
    }
}

/// How a finding is, or would be, inherited in this family. The names are those of `report.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeOfInheritance {
    /// New in the child; both parents are confidently reference (HP:0025352).
    DeNovo,
    /// New in the child as far as known; a parent is missing or has no confident call.
    PossibleDeNovo,
    /// New after conception: allele balance far under one half (HP:0001442).
    MosaicDeNovo,
    /// Inherited from a parent who carries it in a part of her cells.
    ParentalMosaic,
    /// One copy suffices (HP:0000006); every affected carries it and no unaffected does.
    AutosomalDominant,
    /// As above, but some unaffected person carries it (HP:0003829).
    AutosomalDominantIncompletePenetrance,
    /// Two equal copies (HP:0000007).
    AutosomalRecessiveHomozygous,
    /// Two different variants of one gene, one on each copy (HP:0000007).
    AutosomalRecessiveCompoundHeterozygous,
    /// A small variant over an inherited deletion of the other copy.
    AutosomalRecessiveOverDeletion,
    /// One copy on X suffices (HP:0001423).
    XLinkedDominant,
    /// The only copy in a male, both copies in a female (HP:0001419).
    XLinkedRecessive,
    /// Two different variants of one X-linked gene in a female, one on each copy (HP:0001419).
    XLinkedCompoundHeterozygous,
    /// New on X.
    XLinkedDeNovo,
    /// From father to son (HP:0001450).
    YLinked,
    /// From the mother (HP:0001427).
    Mitochondrial,
    /// Both copies from one parent.
    UniparentalDisomy,
    /// Both of a couple carry a recessive variant of one gene, or the woman an X-linked one.
    CarrierCouple,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chromosome_aliases() {
        for (name, expected) in [
            ("1", Some("1")),
            ("chr22", Some("22")),
            ("NC_000023.10", Some("X")),
            ("NC_000024.10", Some("Y")),
            ("NC_012920.1", Some("MT")),
            ("chrM", Some("MT")),
            ("M", Some("MT")),
            ("0", None),
            ("27", None),
            ("chrUn_GL000220v1", None),
            ("GL000191.1", None),
            ("1_random", None),
        ] {
            assert_eq!(Chromosome::from_name(name.as_bytes()).map(Chromosome::name), expected, "{name}");
        }
    }

    #[test]
    fn pseudo_autosomal_bounds() {
        for (assembly, chromosome, position, region) in [
            (Assembly::GRCh37, Chromosome::X, 60_000, Region::X),
            (Assembly::GRCh37, Chromosome::X, 60_001, Region::PseudoAutosomal),
            (Assembly::GRCh37, Chromosome::X, 2_699_521, Region::X),
            (Assembly::GRCh38, Chromosome::X, 155_701_383, Region::PseudoAutosomal),
            (Assembly::GRCh38, Chromosome::Y, 2_781_480, Region::Y),
            (Assembly::GRCh37, Chromosome::MT, 1, Region::Mitochondrial),
        ] {
            assert_eq!(Region::of(assembly, chromosome, position), region);
        }
    }
}
