//! The policy: the rules of `policies/indgang.cedar`, evaluated by Cedar.
//!
//! A ruling depends on a [`Situation`] and on nothing else, so an answer that Cedar gave once holds for the same
//! situation ever after: answers are kept in a table of fixed size, and the time of a decision does not grow with
//! citizens, professionals or permits.

mod cedar;
mod explain;
mod matrix;
mod remembered;
mod rule;
mod situation;

pub use explain::Missing;
pub use matrix::{Cell, Opening, Row, matrix, rows, shipped_rows};
pub use rule::{Obligation, RULES_DATE, Rule};
pub use situation::{Condition, Conditions, Situation};

use crate::Reason;
use remembered::Remembered;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// The text of the policies.
pub const POLICIES: &str = include_str!("../../../../policies/indgang.cedar");

/// The text of their schema.
pub const SCHEMA: &str = include_str!("../../../../policies/indgang.cedarschema");

/// The rules in force. A rule that opens doors can be switched off; what closes them cannot. Cheap to clone.
#[derive(Clone)]
pub struct Policy {
    inner: Arc<Inner>,
}

struct Inner {
    rules: Vec<Rule>,
    engine: cedar::Engine,
    remembered: Remembered,
}

/// What the rules say of one situation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// A rule opens.
    Open(&'a Rule),
    /// A rule closes, whatever opens.
    Forbidden(&'a Rule),
    /// No rule opens.
    Closed,
}

/// Why the policies cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The text is not Cedar, or does not fit the schema.
    #[error("the policies cannot be used: {0}")]
    Invalid(String),
    /// A rule lacks what each must have.
    #[error("the rule `{rule}` has no usable `@{annotation}`")]
    Annotation {
        /// The rule.
        rule: String,
        /// What is missing or wrong.
        annotation: &'static str,
    },
    /// No such rule, or one that closes.
    #[error("`{0}` cannot be switched off: it is no rule of the house, or one that closes doors")]
    NotSwitchable(String),
}

impl Policy {
    /// The policy that ships with the house.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Policy> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            Self::new(POLICIES, &BTreeSet::new()).expect("a test validates the policies that are compiled in")
        })
    }

    /// A policy from its text, strictly validated against the schema, without the permits named in `off`.
    ///
    /// # Errors
    /// When the text is not valid, a rule lacks an annotation, or `off` names what cannot be switched off.
    pub fn new(text: &str, off: &BTreeSet<String>) -> Result<Self, PolicyError> {
        let (engine, rules) = cedar::Engine::new(text, SCHEMA)?;
        for id in off {
            if !rules.iter().any(|rule| rule.id == *id && rule.opens) {
                return Err(PolicyError::NotSwitchable(id.clone()));
            }
        }
        let rules: Vec<Rule> =
            rules.into_iter().map(|rule| Rule { in_force: !off.contains(&rule.id), ..rule }).collect();
        Ok(Self { inner: Arc::new(Inner { rules, engine, remembered: Remembered::default() }) })
    }

    /// Every rule, in the order of the policies' text.
    pub fn rules(&self) -> &[Rule] {
        &self.inner.rules
    }

    /// A rule by its identifier; also the rule that what none opens is closed.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules().iter().find(|rule| rule.id == id).or_else(|| (Rule::closed().id == id).then(Rule::closed))
    }

    /// What the rules say of a situation.
    pub fn verdict(&self, situation: &Situation) -> Verdict<'_> {
        let inner = &*self.inner;
        let packed = situation.packed();
        let answer = inner.remembered.get(packed).unwrap_or_else(|| {
            let answer = inner.engine.answer(situation, &inner.rules);
            inner.remembered.put(packed, answer);
            answer
        });
        self.named(answer)
    }

    /// What Cedar says of a situation, without the table of answers; for tests and measurements.
    pub fn verdict_afresh(&self, situation: &Situation) -> Verdict<'_> {
        self.named(self.inner.engine.answer(situation, &self.inner.rules))
    }

    fn named(&self, answer: cedar::Answer) -> Verdict<'_> {
        let rule = |position: u8| &self.inner.rules[usize::from(position)];
        match answer {
            cedar::Answer::Open(position) => Verdict::Open(rule(position)),
            cedar::Answer::Forbidden(position) => Verdict::Forbidden(rule(position)),
            cedar::Answer::Closed => Verdict::Closed,
        }
    }
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policy").field("rules", &self.rules().len()).finish_non_exhaustive()
    }
}

impl Verdict<'_> {
    /// True when the door is open.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open(_))
    }

    /// What a forbid answers; `None` for the others.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Forbidden(rule) => rule.reason,
            _ => None,
        }
    }
}
