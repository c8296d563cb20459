//! How long lines of the log are kept, and the signed statement that lines were erased because they had been.
//!
//! What is erased of a line is its content; its hash stays, so that the tree and every proof that was given out hold.

use super::{PublicKey, SigningKey};
use indgang_model::{Purpose, Timestamp};

/// How long lines of one purpose are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The purpose a line tells.
    pub purpose: Purpose,
    /// Years from the line's time, at least [`SHORTEST_YEARS`].
    pub years: i16,
    /// Why so long.
    pub why: &'static str,
}

/// No line is erased before.
pub const SHORTEST_YEARS: i16 = 5;

/// The table: a row a purpose. What a citizen did with her own data goes with the shortest; what an authority or an
/// auditor did, and research, whose permits run for years, stay twice as long.
pub const RETENTION: [Retention; 5] = [
    row(Purpose::Treatment, 5, "to follow up, and to show the citizen who has read"),
    row(Purpose::QualityAndPlanning, 5, "to follow up, and to show the citizen who has read"),
    row(Purpose::OversightAndAdministration, 10, "who oversees is overseen; limitation of claims runs up to ten years"),
    row(Purpose::ResearchAndStatistics, 10, "permits run for years, and results are judged after them"),
    row(Purpose::OwnAccess, 5, "to show the citizen, and who holds her power of attorney, what was done in her name"),
];

const fn row(purpose: Purpose, years: i16, why: &'static str) -> Retention {
    assert!(years >= SHORTEST_YEARS, "a line is kept for five years at least");
    Retention { purpose, years, why }
}

/// The first moment at which a line of this purpose and time may be erased; `None` beyond the calendar.
pub fn kept_until(purpose: Purpose, at: Timestamp) -> Option<Timestamp> {
    let longest = RETENTION.iter().map(|row| row.years).max();
    let years = RETENTION.iter().find(|row| row.purpose == purpose).map(|row| row.years).or(longest)?;
    years_after(at, years)
}

/// The moment so many years later, or earlier when they are negative (UTC); `None` beyond the calendar.
pub fn years_after(at: Timestamp, years: i16) -> Option<Timestamp> {
    let zoned = at.to_zoned(jiff::tz::TimeZone::UTC);
    Some(zoned.checked_add(jiff::Span::new().try_years(years).ok()?).ok()?.timestamp())
}

/// That lines before a place were erased, at a time at which they had been kept long enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Lines before this place only. A root was signed at this size, [`SHORTEST_YEARS`] before `at` or earlier.
    pub size: u64,
    /// When.
    pub at: Timestamp,
}

/// An erasure with the signature of the log's key, 128 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedErasure {
    /// What is stated.
    pub erasure: Erasure,
    /// Ed25519 over [`Erasure::text`].
    pub signature: String,
}

impl Erasure {
    /// The signed text: purpose, size and time, one a line.
    pub fn text(&self) -> String {
        format!("indgang log erasure v1\n{}\n{}\n", self.size, self.at)
    }
}

impl SigningKey {
    /// Signs that lines were erased.
    pub fn sign_erasure(&self, erasure: Erasure) -> SignedErasure {
        let signature = self.sign_text(&erasure.text());
        SignedErasure { erasure, signature }
    }
}

impl SignedErasure {
    /// True when the key of the log signed it.
    pub fn verify(&self, key: &PublicKey) -> bool {
        key.signed_text(&self.erasure.text(), &self.signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn every_purpose_has_its_row_of_five_years_at_least() {
        for purpose in Purpose::ALL {
            assert_eq!(RETENTION.iter().filter(|row| row.purpose == purpose).count(), 1, "{purpose:?}");
        }
        for (purpose, line, until) in [
            (Purpose::Treatment, "2020-03-01T12:00:00Z", "2025-03-01T12:00:00Z"),
            (Purpose::Treatment, "2020-02-29T12:00:00Z", "2025-02-28T12:00:00Z"),
            (Purpose::ResearchAndStatistics, "2020-03-01T12:00:00Z", "2030-03-01T12:00:00Z"),
        ] {
            assert_eq!(kept_until(purpose, at(line)), Some(at(until)), "{purpose:?} {line}");
        }
        assert_eq!(kept_until(Purpose::Treatment, Timestamp::MAX), None);
    }

    #[test]
    fn a_changed_statement_is_not_signed() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let signed = key.sign_erasure(Erasure { size: 7, at: at("2026-01-01T00:00:00Z") });
        assert!(signed.verify(&key.public()) && !signed.verify(&SigningKey::from_bytes(&[4; 32]).public()));
        for changed in [
            SignedErasure { erasure: Erasure { size: 8, ..signed.erasure.clone() }, ..signed.clone() },
            SignedErasure {
                erasure: Erasure { at: Timestamp::UNIX_EPOCH, ..signed.erasure.clone() },
                ..signed.clone()
            },
            SignedErasure { signature: "00".repeat(64), ..signed.clone() },
            SignedErasure { signature: String::new(), ..signed.clone() },
        ] {
            assert!(!changed.verify(&key.public()), "{changed:?}");
        }
    }
}
