//! Numbers that stand where a CPR number stands: the number itself, and those given to persons who have none.

use crate::cpr::{ParseCprError, born, date, ten_characters};
use crate::{Cpr, Sex};

/// A CPR number or a number given in place of one.
///
/// The formats are those of DK Core: X-eCPR `ddmmyy[17]AA9` (national eCPR service), D-eCPR `ddmmyy[056]AA9` (given by
/// a region). A number whose day is raised by 60 is an administrative one of the older kind, which test systems use for
/// persons who do not exist: no CPR number can ever look like it.
/// `Debug` is redacted and there is no `Display`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonalNumber {
    /// A CPR number.
    Cpr(Cpr),
    /// Given by the national eCPR service.
    XEcpr(Replacement),
    /// Given by a region; it means something together with the region's OID only.
    DEcpr(Replacement),
    /// The day is raised by 60: given by a local system, or to a made-up citizen (`indgang synth`).
    Raised(Replacement),
}

/// Ten characters in place of a CPR number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Replacement([u8; 10]);

impl Replacement {
    /// The ten characters.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Debug for Replacement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Replacement(redacted)")
    }
}

impl PersonalNumber {
    /// The ten characters.
    pub fn expose(&self) -> &str {
        match self {
            Self::Cpr(cpr) => cpr.expose(),
            Self::XEcpr(number) | Self::DEcpr(number) | Self::Raised(number) => number.expose(),
        }
    }

    /// Year, month and day of birth, by the seventh character's century as in a CPR number.
    pub fn birth_date(&self) -> (u16, u8, u8) {
        match self {
            Self::Cpr(cpr) => cpr.birth_date(),
            Self::XEcpr(number) | Self::DEcpr(number) => born(&number.0),
            Self::Raised(number) => {
                let (year, month, day) = born(&number.0);
                (year, month, day.saturating_sub(RAISE))
            }
        }
    }

    /// An odd last digit is a male's.
    pub fn sex(&self) -> Sex {
        let last = self.expose().bytes().last().unwrap_or(b'0');
        if last % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// The OID of the system that gives such numbers; none where the number alone does not tell the system.
    /// A D-eCPR has its region's (`1.2.208.176.1.6.1.3.177` and others), which is not in the number.
    pub const fn oid(&self) -> Option<&'static str> {
        match self {
            Self::Cpr(_) => Some("1.2.208.176.1.2"),
            Self::XEcpr(_) => Some("1.2.208.176.1.6.1.1"),
            Self::DEcpr(_) | Self::Raised(_) => None,
        }
    }
}

/// What is added to the day.
const RAISE: u8 = 60;

impl std::str::FromStr for PersonalNumber {
    type Err = ParseCprError;

    fn from_str(text: &str) -> Result<Self, ParseCprError> {
        let number = ten_characters(text)?;
        let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        if digits(&number) {
            let (year, month, day) = born(&number);
            return match day.checked_sub(RAISE) {
                Some(day) => date(year, month, day).map(|()| Self::Raised(Replacement(number))),
                None => text.parse().map(Self::Cpr),
            };
        }
        let letters = number[7..9].iter().all(u8::is_ascii_uppercase);
        if !digits(&number[..7]) || !letters || !digits(&number[9..]) {
            return Err(ParseCprError::Digits);
        }
        let (year, month, day) = born(&number);
        date(year, month, day)?;
        match number[6] {
            b'1' | b'7' => Ok(Self::XEcpr(Replacement(number))),
            b'0' | b'5' | b'6' => Ok(Self::DEcpr(Replacement(number))),
            _ => Err(ParseCprError::Digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Known = (&'static str, (u16, u8, u8), Sex);

    fn kind(text: &str) -> Result<Known, ParseCprError> {
        let number: PersonalNumber = text.parse()?;
        assert_eq!(number.expose(), text.replace('-', ""));
        assert!(!format!("{number:?}").contains(&text[..6]));
        let kind = match number {
            PersonalNumber::Cpr(_) => "cpr",
            PersonalNumber::XEcpr(_) => "x",
            PersonalNumber::DEcpr(_) => "d",
            PersonalNumber::Raised(_) => "raised",
        };
        Ok((kind, number.birth_date(), number.sex()))
    }

    #[test]
    fn each_kind_is_known_by_its_form() {
        for (text, expected) in [
            ("0201609995", Ok(("cpr", (1960, 1, 2), Sex::Male))),
            ("1206550VK9", Ok(("d", (1955, 6, 12), Sex::Male))), // DK Core's example
            ("0703921VJ4", Ok(("x", (1992, 3, 7), Sex::Female))), // DK Core's example
            ("120655-5VK8", Ok(("d", (2055, 6, 12), Sex::Female))),
            ("1206586VK8", Ok(("d", (1858, 6, 12), Sex::Female))),
            ("0101247AB1", Ok(("x", (2024, 1, 1), Sex::Male))),
            ("6201609995", Ok(("raised", (1960, 1, 2), Sex::Male))),
            ("9112601234", Ok(("raised", (1960, 12, 31), Sex::Female))),
            ("6000001234", Err(ParseCprError::Date)), // day 0 raised
            ("9011601234", Ok(("raised", (1960, 11, 30), Sex::Female))),
            ("9111601234", Err(ParseCprError::Date)), // 31 November
            ("3201601234", Err(ParseCprError::Date)),
            ("2902911AB1", Err(ParseCprError::Date)), // no leap year
            ("0101242AB1", Err(ParseCprError::Digits)),
            ("0101247ab1", Err(ParseCprError::Digits)),
            ("0101247A11", Err(ParseCprError::Digits)),
            ("0101247ABC", Err(ParseCprError::Digits)),
            ("æ10124AB11", Err(ParseCprError::Digits)),
            ("", Err(ParseCprError::Digits)),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn what_stands_in_for_a_cpr_number_is_none() {
        for text in ["1206550VK9", "0703921VJ4", "6201609995"] {
            assert!(text.parse::<Cpr>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_system_is_named_where_the_number_tells_it() {
        let oid = |text: &str| text.parse::<PersonalNumber>().unwrap().oid();
        assert_eq!(oid("0201609995"), Some("1.2.208.176.1.2"));
        assert_eq!(oid("0703921VJ4"), Some("1.2.208.176.1.6.1.1"));
        assert_eq!(oid("1206550VK9"), None);
    }
}
