//! The professions that the Danish Patient Safety Authority authorises.

use serde::{Deserialize, Serialize};

/// A profession by its code in the authorisation register (dk-core `DkCoreProfessionGroupCodes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "&'static str")]
pub struct Profession(&'static Row);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Row {
    code: &'static str,
    da: &'static str,
    en: &'static str,
    listed_2019: bool,
}

/// The register's professions in the order of their Danish names: code, Danish name, English name, and whether the
/// profession was among the 19 of 2019 (before behandlerfarmaceut and ambulancebehandler were added).
const ROWS: [Row; 21] = [
    row("C511", "Ambulancebehandler", "paramedic", false),
    row("9495", "Bandagist", "prosthetist and orthotist", true),
    row("B511", "Behandlerfarmaceut", "prescribing pharmacist", false),
    row("5159", "Bioanalytiker", "biomedical laboratory scientist", true),
    row("5153", "Ergoterapeut", "occupational therapist", true),
    row("5155", "Fodterapeut", "podiatrist", true),
    row("5151", "Fysioterapeut", "physiotherapist", true),
    row("5175", "Jordemoder", "midwife", true),
    row("5265", "Kiropraktor", "chiropractor", true),
    row("5451", "Klinisk diætist", "clinical dietitian", true),
    row("5432", "Klinisk tandtekniker", "clinical dental technician", true),
    row("5176a", "Kontaktlinseoptiker", "contact lens optician", true),
    row("7170", "Læge", "doctor", true),
    row("4498", "Optiker", "optician", true),
    row("5176b", "Optometrist", "optometrist", true),
    row("A511", "Osteopat", "osteopath", true),
    row("5158", "Radiograf", "radiographer", true),
    row("5152", "Social- og sundhedsassistent", "social and health care assistant", true),
    row("5166", "Sygeplejerske", "nurse", true),
    row("5433", "Tandlæge", "dentist", true),
    row("5431", "Tandplejer", "dental hygienist", true),
];

/// Doctor, dentist, midwife and nurse: who may look up for her own learning (Sundhedsloven § 42 d, stk. 2, nr. 1).
const LEARNING: [&str; 4] = ["7170", "5433", "5175", "5166"];

const fn row(code: &'static str, da: &'static str, en: &'static str, listed_2019: bool) -> Row {
    Row { code, da, en, listed_2019 }
}

/// A code that is not in the register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a profession of the authorisation register; use its code, for example `7170` for a doctor")]
pub struct UnknownProfession(pub String);

impl Profession {
    /// Every profession, in the order of the Danish names.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(Self)
    }

    /// The register's code.
    pub const fn code(self) -> &'static str {
        self.0.code
    }

    /// The Danish name.
    pub const fn name_da(self) -> &'static str {
        self.0.da
    }

    /// The English name.
    pub const fn name_en(self) -> &'static str {
        self.0.en
    }

    /// True for the 19 professions of the list of 2019.
    pub const fn listed_2019(self) -> bool {
        self.0.listed_2019
    }

    /// True for those who may look up for their own learning (Sundhedsloven § 42 d, stk. 2, nr. 1).
    pub fn may_learn(self) -> bool {
        LEARNING.contains(&self.0.code)
    }
}

impl std::str::FromStr for Profession {
    type Err = UnknownProfession;

    fn from_str(code: &str) -> Result<Self, UnknownProfession> {
        Self::all().find(|profession| profession.code() == code).ok_or_else(|| UnknownProfession(code.to_owned()))
    }
}

impl From<Profession> for &'static str {
    fn from(profession: Profession) -> Self {
        profession.code()
    }
}

impl<'de> Deserialize<'de> for Profession {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_has_21_and_the_list_of_2019_had_19() {
        assert_eq!(Profession::all().count(), 21);
        assert_eq!(Profession::all().filter(|p| p.listed_2019()).count(), 19);
        assert_eq!(Profession::all().filter(|p| p.may_learn()).count(), 4);
        assert_eq!("7170".parse::<Profession>().map(Profession::name_da), Ok("Læge"));
        assert!("".parse::<Profession>().is_err());
    }
}
