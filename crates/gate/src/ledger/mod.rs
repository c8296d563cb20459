//! The ledger of a person's choices: append-only, and bitemporal.
//!
//! Nothing is changed or taken out: what is no longer to hold is withdrawn by a new entry. Each entry has the time in
//! which it is valid and the time at which it was recorded, so that one can ask what held at a time *t* as it was known
//! at a time *k*. The order of a person's entries is their sequence number; no clock can change it.

mod entry;
mod standing;
mod template;

pub use entry::{CONSENT_RULES, ConsentKind, ConsentRule, Draft, Entry, Refusal, Statement};
pub use standing::{Held, Standing};
pub use template::{Template, TemplateVersion, Wording, latest_templates, template, templates};

use crate::UserId;
use indgang_model::{PersonId, Timestamp};

/// One person's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    person: PersonId,
    entries: Vec<Entry>,
}

/// Why something cannot be entered, or a ledger cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Entries are missing, or there are two of one number.
    #[error("entries of the ledger are missing or stand twice; it was changed by another program")]
    Broken,
    /// A time that ends before it begins.
    #[error("it would end before it begins; give an end after the beginning")]
    NoTime,
    /// A block of data from a period that ends before it begins.
    #[error("the period ends before it begins; give a last day that is not before the first")]
    NoPeriod,
    /// Nothing to withdraw.
    #[error("there is no entry `{0}` that can be withdrawn; it may be withdrawn already")]
    NothingToWithdraw(u64),
    /// No such text.
    #[error("there is no consent text `{0}` of version `{1}`; use one of the texts the house has")]
    UnknownTemplate(String, u32),
    /// The text is for another kind of consent.
    #[error("the consent text `{0}` is for another kind of consent")]
    OtherKind(String),
    /// To nobody.
    #[error("this kind of consent is given to somebody; name a professional or a place")]
    NoRecipient,
    /// A power of attorney to herself.
    #[error("nobody gives herself a power of attorney; name another person")]
    Herself,
}

impl Ledger {
    /// The ledger of a person, from her entries in any order.
    ///
    /// # Errors
    /// [`LedgerError::Broken`] unless the sequence numbers are 1, 2, … without gaps.
    pub fn new(person: PersonId, mut entries: Vec<Entry>) -> Result<Self, LedgerError> {
        entries.sort_by_key(|entry| entry.sequence);
        let whole = (1..).zip(&entries).all(|(number, entry)| entry.sequence == number);
        if whole { Ok(Self { person, entries }) } else { Err(LedgerError::Broken) }
    }

    /// Whose it is.
    pub const fn person(&self) -> &PersonId {
        &self.person
    }

    /// Every entry, in the order in which they were recorded.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// One entry by its number.
    pub fn entry(&self, sequence: u64) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.sequence == sequence)
    }

    /// What was known at a moment: always the first entries of the ledger. Where the clock stepped back between two
    /// entries, the later counts as known from when the earlier was, since it was recorded after it.
    pub fn known_at(&self, k: Timestamp) -> &[Entry] {
        let mut latest = Timestamp::MIN;
        let unknown = self.entries.iter().position(|entry| {
            latest = latest.max(entry.recorded_at);
            latest > k
        });
        &self.entries[..unknown.unwrap_or(self.entries.len())]
    }

    /// What held at the time `t` as it was known at the time `k`.
    pub fn standing(&self, t: Timestamp, k: Timestamp) -> Standing<'_> {
        Standing::of(&self.person, self.known_at(k), t)
    }

    /// What holds now, as far as is known. A clock that has stepped back does not undo what was recorded meanwhile:
    /// the present is never before the last entry was recorded.
    pub fn present(&self, now: Timestamp) -> Standing<'_> {
        let recorded = self.entries.iter().map(|entry| entry.recorded_at).max();
        Standing::of(&self.person, &self.entries, recorded.map_or(now, |recorded| recorded.max(now)))
    }

    /// The entry that a draft becomes, after everything that is recorded.
    ///
    /// # Errors
    /// When the draft does not hang together: see [`LedgerError`].
    pub fn next(&self, draft: Draft, by: &UserId, at: Timestamp) -> Result<Entry, LedgerError> {
        draft.check(&self.person)?;
        if let Statement::Withdrawal(sequence) = draft.statement
            && !self.may_withdraw(sequence)
        {
            return Err(LedgerError::NothingToWithdraw(sequence));
        }
        Ok(Entry {
            sequence: self.entries.last().map_or(1, |last| last.sequence + 1),
            person: self.person.clone(),
            statement: draft.statement,
            from: draft.from,
            until: draft.until,
            recorded_at: at,
            recorded_by: by.clone(),
        })
    }

    /// The same with the entry added.
    ///
    /// # Errors
    /// Those of [`Ledger::next`].
    pub fn with(mut self, draft: Draft, by: &UserId, at: Timestamp) -> Result<Self, LedgerError> {
        let entry = self.next(draft, by, at)?;
        self.entries.push(entry);
        Ok(self)
    }

    /// True when the draft says nothing that does not hold already, for at least as long.
    pub fn says_already(&self, draft: &Draft) -> bool {
        let standing = Standing::of(&self.person, &self.entries, draft.from);
        let longer = |held: &Held<'_>| match (held.entry.until, draft.until) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(held), Some(wanted)) => held >= wanted,
        };
        // A consent is given anew each time: it begins its year again, and stands on the text that was read.
        !matches!(draft.statement, Statement::Consent { .. })
            && standing.held().any(|held| held.entry.statement == draft.statement && longer(held))
    }

    /// What takes back an entry that was recorded: a withdrawal of it, or, where it is itself a withdrawal, what had
    /// been withdrawn said again. `None` when it is withdrawn already, or stood on a consent text that has a newer
    /// version: such a consent is given anew, after reading.
    pub fn undoing(&self, sequence: u64, now: Timestamp) -> Option<Draft> {
        let entry = self.entry(sequence)?;
        let Statement::Withdrawal(withdrawn) = entry.statement else {
            return self.may_withdraw(sequence).then(|| Draft::from(Statement::Withdrawal(sequence), now));
        };
        let before = self.entry(withdrawn)?;
        if let Statement::Consent { template, .. } = &before.statement
            && !latest_templates().any(|latest| latest.version() == *template)
        {
            return None;
        }
        let draft = Draft { statement: before.statement.clone(), from: now.max(before.from), until: before.until };
        (draft.until.is_none_or(|until| draft.from < until) && !self.says_already(&draft)).then_some(draft)
    }

    fn may_withdraw(&self, sequence: u64) -> bool {
        let withdrawn = Statement::Withdrawal(sequence);
        let there = self.entry(sequence).is_some_and(|entry| !matches!(entry.statement, Statement::Withdrawal(_)));
        there && !self.entries.iter().any(|entry| entry.statement == withdrawn)
    }
}
