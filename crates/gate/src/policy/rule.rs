//! A rule as data: what its annotations say.

use super::PolicyError;
use crate::Reason;
use indgang_model::LegalBasis;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The date of the consolidated health act that most paragraphs are counted in.
pub const RULES_DATE: &str = "2025-03-12";

/// One rule of the house.
///
/// Software design material, not legal advice: the wording of each must be checked by a lawyer before use in care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Identifier, as it stands in the log.
    pub id: String,
    /// The paragraph.
    pub paragraph: String,
    /// What it opens or closes, in English.
    pub says_en: String,
    /// The same in Danish.
    pub says_da: String,
    /// Where it was read.
    pub source: String,
    /// Date of the text that the paragraph is counted in: `yyyy-mm-dd`, or the year.
    pub date: String,
    /// True when the wording was read in the source; false when it is background knowledge not verified again.
    pub read_in_source: bool,
    /// True for a permit, false for a forbid.
    pub opens: bool,
    /// False when it is switched off.
    pub in_force: bool,
    /// What goes with a permit.
    pub obligations: BTreeSet<Obligation>,
    /// What a forbid answers.
    pub reason: Option<Reason>,
    /// True for a forbid that leaves the kind of data out of the answer rather than refusing the passage.
    pub withholds: bool,
}

/// What goes with a permit and must be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obligation {
    /// Relatedness and Mendelian errors, which can reveal non-paternity, and the small counts of the house's own cohort
    /// must be left out: they are the laboratory's.
    WithholdRelations,
    /// Only what is signed may be shown.
    SignedOnly,
    /// Names and CPR numbers must be left out: the work is pseudonymised.
    Pseudonymise,
    /// The reading stands in the log of the responsible professional too (helper's log, Sundhedsloven § 6).
    OnResponsibility,
    /// Somebody judges the reading afterwards.
    FollowUp,
    /// The citizen is told, not only shown in her log.
    TellCitizen,
    /// Counts under the minimum cell are suppressed.
    MinimumCell,
    /// Only counts and other aggregates come out.
    AggregateOnly,
    /// Only what was registered at the own site within five years.
    OwnSiteFiveYears,
    /// What comes out carries the mark of who asked and when.
    Watermark,
    /// The grant ends with its permit.
    Expires,
}

impl Rule {
    /// The rule that what no rule opens is closed.
    pub fn closed() -> &'static Self {
        static CLOSED: OnceLock<Rule> = OnceLock::new();
        CLOSED.get_or_init(|| Self {
            id: "DK-40".to_owned(),
            paragraph: "Sundhedsloven § 40, stk. 1".to_owned(),
            says_en: "health data are confidential: what no rule opens is closed".to_owned(),
            says_da: "helbredsoplysninger er fortrolige: det, ingen regel åbner, er lukket".to_owned(),
            source: "LBK 275 of 12 March 2025".to_owned(),
            date: RULES_DATE.to_owned(),
            read_in_source: false,
            opens: false,
            in_force: true,
            obligations: BTreeSet::new(),
            reason: Some(Reason::NotOpen),
            withholds: false,
        })
    }

    /// The rule as it stands in an answer.
    pub fn basis(&self) -> LegalBasis {
        LegalBasis { rule: self.id.clone(), paragraph: self.paragraph.clone() }
    }

    pub(super) fn read(policy: &cedar_policy::Policy) -> Result<Self, PolicyError> {
        let id = policy.annotation("id").unwrap_or_default().to_owned();
        let missing = |annotation| PolicyError::Annotation { rule: id.clone(), annotation };
        let text = |annotation: &'static str| match policy.annotation(annotation).map(str::trim) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(missing(annotation)),
        };
        let opens = policy.effect() == cedar_policy::Effect::Permit;
        let word = |text: &str| serde_json::Value::String(text.to_owned());
        Ok(Self {
            id: text("id")?,
            paragraph: text("paragraph")?,
            says_en: text("says_en")?,
            says_da: text("says_da")?,
            source: text("source")?,
            date: text("date")?,
            read_in_source: match policy.annotation("read") {
                Some("source") => true,
                Some("background") => false,
                _ => return Err(missing("read")),
            },
            opens,
            in_force: true,
            obligations: match policy.annotation("obligations") {
                Some(words) => words
                    .split_whitespace()
                    .map(|name| serde_json::from_value(word(name)).map_err(|_| missing("obligations")))
                    .collect::<Result<_, _>>()?,
                None if opens => return Err(missing("obligations")),
                None => BTreeSet::new(),
            },
            reason: match opens {
                true => None,
                false => Some(serde_json::from_value(word(&text("reason")?)).map_err(|_| missing("reason"))?),
            },
            withholds: policy.annotation("withholds").is_some(),
        })
    }
}
