//! Modes of inheritance as the sources write them.

use indgang_model::HpoId;
use serde::{Deserialize, Serialize};

/// How a disease is said to be inherited, or a circumstance of its inheritance. Names follow the HPO's inheritance terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// HP:0000006, ClinGen AD.
    AutosomalDominant,
    /// HP:0000007, ClinGen AR.
    AutosomalRecessive,
    /// HP:0032113, ClinGen SD: one copy causes disease, two copies a graver one.
    SemiDominant,
    /// HP:0001417, ClinGen XL: not said whether dominant or recessive.
    XLinked,
    /// HP:0001423.
    XLinkedDominant,
    /// HP:0001419.
    XLinkedRecessive,
    /// HP:0001450.
    YLinked,
    /// HP:0001427, ClinGen MT.
    Mitochondrial,
    /// HP:0012275.
    AutosomalDominantMaternalImprinting,
    /// HP:0010984.
    Digenic,
    /// HP:0010983.
    Oligogenic,
    /// HP:0010982.
    Polygenic,
    /// HP:0001426.
    NonMendelian,
    /// HP:0003745.
    Sporadic,
    /// HP:0001428 (obsolete since).
    SomaticMutation,
    /// HP:0001444 (obsolete since).
    AutosomalDominantSomatic,
    /// HP:0001466.
    ContiguousGeneSyndrome,
    /// HP:0032382 and HP:0032384.
    UniparentalDisomy,
    /// HP:0025352: typically de novo. A circumstance.
    TypicallyDeNovo,
    /// HP:0001442: typified by somatic mosaicism. A circumstance.
    SomaticMosaicism,
    /// HP:0003829. A circumstance.
    IncompletePenetrance,
    /// HP:0003743. A circumstance.
    Anticipation,
    /// HP:0003744. A circumstance.
    PaternalAnticipation,
    /// HP:0001470. A circumstance.
    SexLimited,
    /// HP:0001475. A circumstance.
    MaleLimited,
    /// HP:0034344. A circumstance.
    FemaleLimited,
    /// ClinGen UD: undetermined.
    Undetermined,
}

impl Mode {
    /// The mode of an HPO inheritance term; `None` for a term that is not one of those in the shipped annotations.
    pub fn from_hpo(term: HpoId) -> Option<Self> {
        Some(match term.0 {
            6 => Self::AutosomalDominant,
            7 => Self::AutosomalRecessive,
            1417 => Self::XLinked,
            1419 => Self::XLinkedRecessive,
            1423 => Self::XLinkedDominant,
            1426 => Self::NonMendelian,
            1427 => Self::Mitochondrial,
            1428 => Self::SomaticMutation,
            1442 => Self::SomaticMosaicism,
            1444 => Self::AutosomalDominantSomatic,
            1450 => Self::YLinked,
            1466 => Self::ContiguousGeneSyndrome,
            1470 => Self::SexLimited,
            1475 => Self::MaleLimited,
            3743 => Self::Anticipation,
            3744 => Self::PaternalAnticipation,
            3745 => Self::Sporadic,
            3829 => Self::IncompletePenetrance,
            10_982 => Self::Polygenic,
            10_983 => Self::Oligogenic,
            10_984 => Self::Digenic,
            12_275 => Self::AutosomalDominantMaternalImprinting,
            25_352 => Self::TypicallyDeNovo,
            32_113 => Self::SemiDominant,
            32_382 | 32_384 => Self::UniparentalDisomy,
            34_344 => Self::FemaleLimited,
            _ => return None,
        })
    }

    /// The mode of a two-letter code of ClinGen or of the ACMG list: AD, AR, XL, SD, MT, UD.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code.trim() {
            "AD" => Self::AutosomalDominant,
            "AR" => Self::AutosomalRecessive,
            "SD" => Self::SemiDominant,
            "XL" => Self::XLinked,
            "MT" => Self::Mitochondrial,
            "UD" => Self::Undetermined,
            _ => return None,
        })
    }

    /// True when one changed copy may cause disease (autosomal dominant in any form, or semi-dominant).
    pub const fn is_dominant(self) -> bool {
        matches!(self, Self::AutosomalDominant | Self::SemiDominant | Self::AutosomalDominantMaternalImprinting)
    }

    /// True when both copies must be changed (autosomal).
    pub const fn is_recessive(self) -> bool {
        matches!(self, Self::AutosomalRecessive | Self::SemiDominant)
    }

    /// True for any X-linked mode.
    pub const fn is_x_linked(self) -> bool {
        matches!(self, Self::XLinked | Self::XLinkedDominant | Self::XLinkedRecessive)
    }

    /// True for a circumstance (penetrance, anticipation, limitation to a sex …) that by itself says no mode.
    pub const fn is_circumstance(self) -> bool {
        matches!(
            self,
            Self::TypicallyDeNovo
                | Self::SomaticMosaicism
                | Self::IncompletePenetrance
                | Self::Anticipation
                | Self::PaternalAnticipation
                | Self::SexLimited
                | Self::MaleLimited
                | Self::FemaleLimited
                | Self::Undetermined
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_terms() {
        for (code, mode) in [
            ("AD", Some(Mode::AutosomalDominant)),
            ("AD ", Some(Mode::AutosomalDominant)), // the ACMG table has a trailing blank
            ("XL", Some(Mode::XLinked)),
            ("BIALLELIC", None),
        ] {
            assert_eq!(Mode::from_code(code), mode, "{code}");
        }
        assert_eq!(Mode::from_hpo(HpoId(7)), Some(Mode::AutosomalRecessive));
        assert_eq!(Mode::from_hpo(HpoId(118)), None);
        assert!(Mode::IncompletePenetrance.is_circumstance() && !Mode::AutosomalDominant.is_circumstance());
    }
}
