//! Questionnaires and what is answered to them: which items are enabled, what is wrong with answers, what they are
//! worth.
//!
//! An instrument is data: items, conditions (`enableWhen`), weights of options (`ordinalValue`, `itemWeight`) and scores
//! (`calculatedExpression` of Structured Data Capture, in FHIRPath) all stand in the Questionnaire. Nothing here knows
//! an instrument by name.

mod enable;
mod judge;
mod read;
mod response;
mod score;
mod task;

pub use judge::{Fault, FaultKind};
pub use response::{Author, Response, Told};
pub use score::Score;
pub use task::Task;

use crate::record::Coding;
use std::collections::BTreeMap;

/// Answers by the `linkId` of their item; several where an item or a group around it repeats.
pub type Answers = BTreeMap<String, Vec<Answer>>;

/// Why a Questionnaire cannot be used. Names its place by `linkId`, with a remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(pub String);

/// A text with its translations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// The text itself.
    pub text: String,
    /// Its language, `en`; empty where the resource does not tell.
    pub language: String,
    /// Translations by language.
    pub others: Vec<(String, String)>,
}

/// A Questionnaire.
#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    /// Canonical address, without a version.
    pub url: String,
    /// Version; may be empty.
    pub version: String,
    /// `active`, `retired` …
    pub status: String,
    /// What it is called.
    pub title: Words,
    /// What it is for.
    pub description: Words,
    /// Whose it is, and on which terms.
    pub copyright: String,
    /// Whether a clinical quality database is registered with it, which nobody fills in here.
    pub quality: bool,
    /// The outermost items.
    pub items: Vec<Item>,
    /// The resource itself, which `%questionnaire` is in expressions.
    pub source: String,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Holds items.
    Group,
    /// Is read, not answered.
    Display,
    /// Yes or no.
    Boolean,
    /// A number.
    Decimal,
    /// A whole number.
    Integer,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// A time of day.
    Time,
    /// A line of text.
    String,
    /// Text.
    Text,
    /// An address.
    Url,
    /// One of the options.
    Choice,
    /// One of the options, or a text.
    OpenChoice,
    /// A quantity, attachment or reference: kept in responses, not filled in here.
    Other,
}

/// An item with its items.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its name within the Questionnaire.
    pub link_id: String,
    /// What stands before the text: `1a`.
    pub prefix: String,
    /// What is asked or told.
    pub text: Words,
    /// What it is.
    pub kind: Kind,
    /// Whether it must be answered where it is enabled.
    pub required: bool,
    /// Whether it may have several answers.
    pub repeats: bool,
    /// Whether only the program answers it.
    pub read_only: bool,
    /// Whether it is shown to nobody who answers.
    pub hidden: bool,
    /// Most characters.
    pub longest: Option<usize>,
    /// What may be chosen.
    pub options: Vec<Choice>,
    /// True where the options stand in a value set that is not within the Questionnaire.
    pub options_elsewhere: bool,
    /// When it is enabled; always, where there is none.
    pub conditions: Vec<Condition>,
    /// Whether one of the conditions is enough.
    pub any: bool,
    /// Least and most, for numbers.
    pub range: (Option<f64>, Option<f64>),
    /// The unit, for numbers.
    pub unit: String,
    /// How its answer is calculated, in FHIRPath.
    pub calculated: Option<String>,
    /// Whether its answer is an observation of its own.
    pub is_observation: bool,
    /// What it is about.
    pub codes: Vec<Coding>,
    /// The items within.
    pub items: Vec<Item>,
}

/// One of the options of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What is answered.
    pub answer: Answer,
    /// Words for it.
    pub words: Words,
    /// What it is worth, as written.
    pub weight: Option<String>,
}

/// One condition of `enableWhen`.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The `linkId` whose answers are looked at.
    pub question: String,
    /// How.
    pub operator: Operator,
    /// What they are held against.
    pub answer: Answer,
}

/// Operators of `enableWhen`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Whether there is an answer.
    Exists,
    /// Some answer is this.
    Equal,
    /// No answer is this.
    NotEqual,
    /// Some answer is greater.
    Greater,
    /// Some answer is less.
    Less,
    /// Some answer is no less.
    AtLeast,
    /// Some answer is no greater.
    AtMost,
}

/// An answer. Numbers and times are as written.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number, its digits as written.
    Decimal(String),
    /// A day, of any precision.
    Date(String),
    /// A moment, of any precision.
    DateTime(String),
    /// A time of day.
    Time(String),
    /// Text or an address.
    Text(String),
    /// A code.
    Coding(Coding),
    /// What is kept and not looked into: its member and JSON.
    Other(String, String),
}

impl Words {
    /// The text in a language, else as it stands; with the language it is in.
    #[must_use]
    pub fn in_language<'w>(&'w self, language: &'w str) -> (&'w str, &'w str) {
        let other = self.others.iter().find(|(of, _)| of == language || of.split('-').next() == Some(language));
        match other {
            Some((_, text)) if self.language != language => (text, language),
            _ => (&self.text, &self.language),
        }
    }
}

impl Questionnaire {
    /// Each item, an item before those within it.
    pub fn each(&self) -> impl Iterator<Item = &Item> {
        let mut open: Vec<&Item> = self.items.iter().rev().collect();
        std::iter::from_fn(move || {
            let item = open.pop()?;
            open.extend(item.items.iter().rev());
            Some(item)
        })
    }

    /// The item of a `linkId`.
    #[must_use]
    pub fn item(&self, link_id: &str) -> Option<&Item> {
        self.each().find(|item| item.link_id == link_id)
    }

    /// Address and version as a response names them.
    #[must_use]
    pub fn canonical(&self) -> String {
        if self.version.is_empty() { self.url.clone() } else { format!("{}|{}", self.url, self.version) }
    }

    /// Whether a person can fill it in on a form.
    ///
    /// # Errors
    /// The item that stands in the way, and why.
    pub fn fillable(&self) -> Result<(), Unusable> {
        if self.quality {
            return Err(Unusable("is of a clinical quality database: no citizen fills it in".to_owned()));
        }
        for item in self.each().filter(|item| item.calculated.is_none() && !item.hidden) {
            let why = match item.kind {
                Kind::Group if item.repeats => "is a group that repeats",
                Kind::Other => "asks for a quantity, attachment or reference",
                Kind::Choice | Kind::OpenChoice if item.options_elsewhere => {
                    "has its options in a value set elsewhere: put it into `contained`"
                }
                _ => continue,
            };
            return Err(Unusable(format!("`{}` {why}", item.link_id)));
        }
        Ok(())
    }
}

impl Item {
    /// Whether somebody answers it herself.
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        !matches!(self.kind, Kind::Group | Kind::Display)
            && self.calculated.is_none()
            && !self.read_only
            && !self.hidden
    }

    /// Whether it is shown because of an answer, and answered by nobody: where help is, what to do next.
    #[must_use]
    pub fn is_advice(&self) -> bool {
        self.kind == Kind::Display && !self.conditions.is_empty() && !self.hidden
    }

    /// The option that an answer is.
    #[must_use]
    pub fn option(&self, answer: &Answer) -> Option<&Choice> {
        self.options.iter().find(|option| option.answer.is(answer))
    }
}

impl Answer {
    /// Whether both mean the same: codes by system and code, numbers by value, moments by time.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Coding(a), Self::Coding(b)) => a.code == b.code && a.system == b.system,
            _ => self.compared(other) == Some(std::cmp::Ordering::Equal),
        }
    }

    /// The answer as a text that anybody can read.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Boolean(truth) => truth.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Decimal(text) | Self::Date(text) | Self::DateTime(text) | Self::Time(text) | Self::Text(text) => {
                text.clone()
            }
            Self::Coding(coding) if coding.display.is_empty() => coding.code.clone(),
            Self::Coding(coding) => coding.display.clone(),
            Self::Other(_, json) => json.clone(),
        }
    }

    /// The number it is.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "answers of persons, far under 2^52")]
            Self::Integer(number) => Some(*number as f64),
            Self::Decimal(digits) => digits.parse().ok(),
            _ => None,
        }
    }
}
