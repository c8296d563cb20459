//! One entry of the ledger, and what it can say.

use super::{LedgerError, TemplateVersion, template};
use crate::UserId;
use crate::choices::{BlockTarget, Recipient};
use indgang_model::{PersonId, Purpose, Timestamp, Wishes};
use serde::{Deserialize, Serialize};

/// One entry: what somebody said, when it is valid, when it was recorded, by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the person's ledger; the first is 1.
    pub sequence: u64,
    /// Whose ledger.
    pub person: PersonId,
    /// What is said.
    pub statement: Statement,
    /// First moment at which it is valid; in the future, it holds only from then.
    pub from: Timestamp,
    /// First moment after it, when it was given an end.
    pub until: Option<Timestamp>,
    /// When it was recorded, by the clock of the house.
    pub recorded_at: Timestamp,
    /// Who recorded it: the person herself, or who decides for her.
    pub recorded_by: UserId,
}

/// Something to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What is said.
    pub statement: Statement,
    /// First moment at which it is valid.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Option<Timestamp>,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// She consents.
    Consent {
        /// To what kind of thing.
        kind: ConsentKind,
        /// To whom; `None` where the kind names nobody.
        recipient: Option<Recipient>,
        /// The text she read.
        template: TemplateVersion,
    },
    /// She blocks.
    Block(BlockTarget),
    /// She refuses.
    Refusal(Refusal),
    /// What she wishes, all of it: of what was said at different times, the last holds.
    Wishes(Wishes),
    /// She gives a person power of attorney to read for her.
    PowerOfAttorney(PersonId),
    /// She withdraws the entry of this number, from the moment at which the withdrawal is valid.
    Withdrawal(u64),
}

/// What is refused outside her own treatment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Use of her tissue (Vævsanvendelsesregisteret).
    Tissue,
    /// Use of her genetic data (Vævsanvendelsesregisteret).
    Genetic,
    /// Secondary use of her data (Regulation (EU) 2025/327, Article 71).
    SecondaryUse,
}

impl Statement {
    /// True for what another may say in the place of an adult who cannot: consents to be examined and to be looked up for
    /// treatment, and blocks.
    pub const fn on_treatment(&self) -> bool {
        match self {
            Self::Consent { kind, .. } => matches!(kind, ConsentKind::Examination | ConsentKind::LookUp),
            Self::Block(_) => true,
            _ => false,
        }
    }
}

impl Refusal {
    /// Each once.
    pub const ALL: [Self; 3] = [Self::Tissue, Self::Genetic, Self::SecondaryUse];
}

/// Kinds of consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// To be examined. Opens no look-up.
    Examination,
    /// To a look-up for her treatment by somebody whom the law does not let in without.
    LookUp,
    /// To a look-up for quality assurance.
    Quality,
    /// To her data being passed on for another purpose than treatment.
    Disclosure,
}

/// What the law says of a kind of consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentRule {
    /// The kind.
    pub kind: ConsentKind,
    /// The purpose it opens a look-up for; `None` when it opens none.
    pub purpose: Option<Purpose>,
    /// True when it is given to a named professional or place.
    pub to_somebody: bool,
    /// After how many months it lapses; `None` when it holds until it is withdrawn.
    pub months: Option<i32>,
    /// The paragraph.
    pub paragraph: &'static str,
}

/// The rules of the kinds of consent. What the law lets last longest is counted as a year where the text leaves doubt.
pub const CONSENT_RULES: [ConsentRule; 4] = [
    rule(ConsentKind::Examination, None, false, None, "Sundhedsloven § 15, stk. 1-3"),
    rule(ConsentKind::LookUp, Some(Purpose::Treatment), true, None, "Sundhedsloven § 42 a, stk. 3"),
    rule(
        ConsentKind::Quality,
        Some(Purpose::QualityAndPlanning),
        true,
        Some(12),
        "Sundhedsloven § 42 d, stk. 1, jf. §§ 43-44",
    ),
    rule(ConsentKind::Disclosure, None, true, Some(12), "Sundhedsloven § 43, stk. 1, jf. § 44"),
];

const fn rule(
    kind: ConsentKind,
    purpose: Option<Purpose>,
    to_somebody: bool,
    months: Option<i32>,
    paragraph: &'static str,
) -> ConsentRule {
    ConsentRule { kind, purpose, to_somebody, months, paragraph }
}

impl ConsentKind {
    /// Each once.
    pub const ALL: [Self; 4] = [Self::Examination, Self::LookUp, Self::Quality, Self::Disclosure];

    /// What the law says of it.
    pub fn rule(self) -> &'static ConsentRule {
        CONSENT_RULES.iter().find(|rule| rule.kind == self).expect("a test finds a rule for each kind")
    }

    /// When a consent that is valid from a moment lapses; `None` when it holds until it is withdrawn.
    pub fn lapses(self, from: Timestamp) -> Option<Timestamp> {
        let months = self.rule().months?;
        let later = jiff::Span::new()
            .try_months(months)
            .and_then(|span| from.to_zoned(jiff::tz::TimeZone::UTC).checked_add(span).map(|zoned| zoned.timestamp()));
        // Past the end of the calendar: it lapses at once rather than never.
        Some(later.unwrap_or(from))
    }
}

impl Draft {
    /// A statement that is valid from a moment on.
    pub const fn from(statement: Statement, from: Timestamp) -> Self {
        Self { statement, from, until: None }
    }

    pub(super) fn check(&self, person: &PersonId) -> Result<(), LedgerError> {
        if self.until.is_some_and(|until| until <= self.from) {
            return Err(LedgerError::NoTime);
        }
        match &self.statement {
            Statement::Block(BlockTarget::Period { from, until }) if until <= from => Err(LedgerError::NoPeriod),
            Statement::PowerOfAttorney(holder) if holder == person => Err(LedgerError::Herself),
            Statement::Consent { kind, recipient, template } => check_consent(*kind, recipient.is_some(), template),
            _ => Ok(()),
        }
    }
}

fn check_consent(kind: ConsentKind, to_somebody: bool, version: &TemplateVersion) -> Result<(), LedgerError> {
    let unknown = || LedgerError::UnknownTemplate(version.id.clone(), version.version);
    if template(version).ok_or_else(unknown)?.kind != kind {
        return Err(LedgerError::OtherKind(version.id.clone()));
    }
    if kind.rule().to_somebody && !to_somebody { Err(LedgerError::NoRecipient) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_rule_and_lapses_by_it() {
        for (kind, from, lapses) in [
            (ConsentKind::Examination, "2026-03-01T10:00:00Z", None),
            (ConsentKind::LookUp, "2026-03-01T10:00:00Z", None),
            (ConsentKind::Quality, "2026-03-01T10:00:00Z", Some("2027-03-01T10:00:00Z")),
            (ConsentKind::Disclosure, "2028-02-29T00:00:00Z", Some("2029-02-28T00:00:00Z")),
        ] {
            assert_eq!(kind.rule().kind, kind);
            let lapses = lapses.map(|text: &str| text.parse().unwrap());
            assert_eq!(kind.lapses(from.parse().unwrap()), lapses, "{kind:?}");
        }
        assert_eq!(ConsentKind::Quality.lapses(Timestamp::MAX), Some(Timestamp::MAX));
        assert!(ConsentKind::ALL.iter().all(|kind| !kind.rule().paragraph.is_empty()));
    }
}
