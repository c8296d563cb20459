//! What of a ledger holds at one moment.

use super::{Entry, Refusal, Statement};
use crate::choices::{Block, Consent, Refusals};
use crate::{Facts, Proxy};
use indgang_model::{PersonId, Timestamp, Wishes};

/// What holds of a ledger at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'a> {
    person: &'a PersonId,
    at: Timestamp,
    held: Vec<Held<'a>>,
}

/// An entry that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// First moment after it, as far as is known: its own end, a withdrawal, or the law's.
    pub until: Option<Timestamp>,
}

impl<'a> Standing<'a> {
    /// Replays the known entries; the later of two wishes holds, by their order in the ledger.
    pub(super) fn of(person: &'a PersonId, known: &'a [Entry], at: Timestamp) -> Self {
        let holds = |entry: &'a Entry| {
            let until = end(known, entry);
            let now = entry.from <= at && until.is_none_or(|until| at < until);
            (now && !matches!(entry.statement, Statement::Withdrawal(_))).then_some(Held { entry, until })
        };
        let mut held: Vec<Held<'a>> = known.iter().filter_map(holds).collect();
        let is_wishes = |held: &Held<'_>| matches!(held.entry.statement, Statement::Wishes(_));
        let last = held.iter().filter(|held| is_wishes(held)).map(|held| held.entry.sequence).max();
        held.retain(|held| !is_wishes(held) || Some(held.entry.sequence) == last);
        Self { person, at, held }
    }

    /// The moment.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The entries that hold, in the order of the ledger.
    pub fn held(&self) -> impl Iterator<Item = &Held<'a>> {
        self.held.iter()
    }

    /// What she wishes; `None` when nothing was ever said.
    pub fn wishes(&self) -> Option<Wishes> {
        self.held.iter().rev().find_map(|held| match held.entry.statement {
            Statement::Wishes(wishes) => Some(wishes),
            _ => None,
        })
    }

    /// What she refuses.
    pub fn refusals(&self) -> Refusals {
        let refuses = |what| self.held.iter().any(|held| held.entry.statement == Statement::Refusal(what));
        Refusals {
            tissue: refuses(Refusal::Tissue),
            genetic: refuses(Refusal::Genetic),
            secondary_use: refuses(Refusal::SecondaryUse),
        }
    }

    /// Adds what holds to the facts of a decision at `now`. When `now` is before this standing's moment because the
    /// clock stepped back, what closes a door holds all the same, and what opens one waits.
    pub fn tell(&self, now: Timestamp, facts: &mut Facts) {
        facts.refusals.insert(self.person.clone(), self.refusals());
        if let Some(wishes) = self.wishes() {
            facts.wishes.insert(self.person.clone(), wishes);
        }
        for held in &self.held {
            let (person, from, until) = (self.person.clone(), held.entry.from, held.until);
            match &held.entry.statement {
                Statement::Block(target) => {
                    facts.blocks.insert(Block { person, target: target.clone(), from: from.min(now), until });
                }
                Statement::Consent { kind, recipient, .. } => {
                    if let Some(purpose) = kind.rule().purpose {
                        let until = until.unwrap_or(Timestamp::MAX);
                        facts.consents.insert(Consent { person, purpose, recipient: recipient.clone(), from, until });
                    }
                }
                Statement::PowerOfAttorney(holder) => {
                    facts.proxies.insert(Proxy { holder: holder.clone(), person, from, until });
                }
                Statement::Refusal(_) | Statement::Wishes(_) | Statement::Withdrawal(_) => {}
            }
        }
    }
}

/// First moment after an entry, by what is known.
fn end(known: &[Entry], entry: &Entry) -> Option<Timestamp> {
    let lapses = match entry.statement {
        Statement::Consent { kind, .. } => kind.lapses(entry.from),
        _ => None,
    };
    let withdrawal = Statement::Withdrawal(entry.sequence);
    let withdrawn = known.iter().filter(|other| other.statement == withdrawal).map(|other| other.from).min();
    [entry.until, lapses, withdrawn].into_iter().flatten().min()
}
