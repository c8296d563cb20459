//! The Danish personal identification number (CPR).

use crate::Sex;

/// A CPR number: ten digits, a real date, a century that fits.
///
/// Modulus 11 is deliberately not required: numbers without it are issued since 2007, and it is only a quality flag.
/// `Debug` is redacted and there is no `Display`; use [`Cpr::expose`] where the digits must be written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cpr([u8; 10]);

/// Why a text is not a CPR number. The text itself is not repeated: it may be a person's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseCprError {
    /// Not ten digits (a hyphen after the sixth is allowed).
    #[error("a CPR number has ten digits, with or without a hyphen after the sixth")]
    Digits,
    /// The first six digits with the seventh are not a date.
    #[error("the first six digits of a CPR number must be a date (ddmmyy)")]
    Date,
}

impl Cpr {
    /// The ten digits.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Year, month and day of birth; the seventh digit gives the century.
    pub fn birth_date(&self) -> (u16, u8, u8) {
        born(&self.0)
    }

    /// An odd last digit is a male's.
    pub fn sex(&self) -> Sex {
        if (self.0[9] - b'0') % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// Whether the number satisfies modulus 11: a quality flag, never a reason to refuse.
    pub fn satisfies_modulus_11(&self) -> bool {
        let weights = [4u32, 3, 2, 7, 6, 5, 4, 3, 2, 1];
        let sum: u32 = self.0.iter().zip(weights).map(|(d, w)| u32::from(d - b'0') * w).sum();
        sum.is_multiple_of(11)
    }
}

/// Year, month and day of birth in a number whose first seven characters are digits.
pub fn born(number: &[u8; 10]) -> (u16, u8, u8) {
    let pair = |i: usize| (number[i] - b'0') * 10 + (number[i + 1] - b'0');
    (full_year(pair(4), number[6] - b'0'), pair(2), pair(0))
}

/// The ten characters of a number, without the hyphen that may stand after the sixth.
pub fn ten_characters(text: &str) -> Result<[u8; 10], ParseCprError> {
    let characters = match text.trim().as_bytes() {
        bytes if bytes.len() == 11 && bytes[6] == b'-' => [&bytes[..6], &bytes[7..]].concat(),
        bytes => bytes.to_vec(),
    };
    characters.try_into().map_err(|_| ParseCprError::Digits)
}

/// Refuses what is no day of the calendar.
pub fn date(year: u16, month: u8, day: u8) -> Result<(), ParseCprError> {
    if day == 0 || day > days_in_month(year, month) { Err(ParseCprError::Date) } else { Ok(()) }
}

fn full_year(two_digits: u8, seventh: u8) -> u16 {
    let yy = u16::from(two_digits);
    match (seventh, two_digits) {
        (0..=3, _) => 1900 + yy,
        (4 | 9, 0..=36) => 2000 + yy,
        (4 | 9, _) => 1900 + yy,
        (_, 0..=57) => 2000 + yy,
        _ => 1800 + yy,
    }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400) => 29,
        2 => 28,
        _ => 0,
    }
}

impl std::str::FromStr for Cpr {
    type Err = ParseCprError;

    fn from_str(text: &str) -> Result<Self, ParseCprError> {
        let digits = ten_characters(text)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(ParseCprError::Digits);
        }
        let cpr = Self(digits);
        let (year, month, day) = cpr.birth_date();
        date(year, month, day)?;
        Ok(cpr)
    }
}

impl TryFrom<String> for Cpr {
    type Error = ParseCprError;

    fn try_from(text: String) -> Result<Self, ParseCprError> {
        text.parse()
    }
}

impl From<Cpr> for String {
    fn from(cpr: Cpr) -> Self {
        cpr.expose().to_owned()
    }
}

impl std::fmt::Debug for Cpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cpr(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn official_test_numbers_parse() {
        for (text, date, sex) in [
            ("0201609995", (1960, 1, 2), Sex::Male),
            ("020160-9996", (1960, 1, 2), Sex::Female),
            ("0504909995", (1990, 4, 5), Sex::Male),
        ] {
            let cpr: Cpr = text.parse().unwrap();
            assert_eq!(cpr.birth_date(), date);
            assert_eq!(cpr.sex(), sex);
        }
    }

    /// MedCom's official test citizens, as DK Core lists them.
    #[test]
    fn every_official_test_citizen_has_her_sex_and_century() {
        let citizens = include_str!("../tests/data/medcom-test-citizens.tsv").lines().skip(1);
        let mut count = 0;
        for line in citizens {
            let [number, sex, born] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let cpr: Cpr = number.parse().unwrap();
            let (year, month, day) = cpr.birth_date();
            assert_eq!(format!("{year}-{month:02}-{day:02}"), born);
            assert_eq!(cpr.sex(), if sex == "male" { Sex::Male } else { Sex::Female }, "{number}");
            // None of them satisfies modulus 11: it must not be asked for.
            assert!(!cpr.satisfies_modulus_11(), "{number}");
            count += 1;
        }
        assert_eq!(count, 78);
    }

    #[test]
    fn modulus_11_is_only_told() {
        for (text, satisfied) in [
            ("0707614285", true), // the example of the CPR office
            ("0201609995", false),
            ("0101000000", false),
        ] {
            assert_eq!(text.parse::<Cpr>().unwrap().satisfies_modulus_11(), satisfied, "{text}");
        }
    }

    #[test]
    fn century_follows_the_seventh_digit() {
        for (yy, seventh, year) in
            [(60, 0, 1960), (36, 4, 2036), (37, 4, 1937), (57, 5, 2057), (58, 8, 1858), (0, 9, 2000)]
        {
            assert_eq!(full_year(yy, seventh), year);
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for (text, error) in [
            ("020160999", ParseCprError::Digits),
            ("02016099956", ParseCprError::Digits),
            ("020160999X", ParseCprError::Digits),
            ("3002609995", ParseCprError::Date), // 30 February
            ("0013609995", ParseCprError::Date),
        ] {
            assert_eq!(text.parse::<Cpr>(), Err(error));
        }
    }
}
