//! One passage through the gate, as it is written in the log.

use crate::log::{Hash, leaf_hash};
use crate::{Activity, BreakingGlassGround, UserId};
use indgang_model::{CaseId, Category, PermitId, PersonId, Purpose, Role, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One passage of one person's data through the gate, permitted or refused.
///
/// A passage that concerns several persons leaves one event for each, so that each can be shown and can verify her own
/// line without being told about the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEvent {
    /// Version of this shape.
    pub version: u8,
    /// When.
    pub at: Timestamp,
    /// Who asked.
    pub who: UserId,
    /// In which capacity.
    pub role: Role,
    /// Within which organisation.
    pub organisation: String,
    /// On whose responsibility (Sundhedsloven § 6).
    pub on_responsibility_of: Option<UserId>,
    /// What she wanted to do.
    pub activity: Activity,
    /// Why.
    pub purpose: Purpose,
    /// Kinds of data: what was opened when permitted, what was asked for when refused.
    pub categories: BTreeSet<Category>,
    /// Whose data; `null` when a passage concerns nobody's.
    pub subject: Option<PersonId>,
    /// In which case.
    pub case: Option<CaseId>,
    /// Outcome.
    pub permitted: bool,
    /// The rule that decided.
    pub rule: String,
    /// Its paragraph.
    pub paragraph: String,
    /// Kinds of data that were asked for and left out, because the person blocked, refused or did not wish them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub withheld: BTreeSet<Category>,
    /// How the glass was broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaking_glass: Option<BrokenGlass>,
    /// The permit it was done under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit: Option<PermitId>,
    /// True when somebody must judge the reading afterwards.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub follow_up: bool,
    /// The system of an institution that put the question in her name, when she did not put it herself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// What was taken into the lake.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delivered: Vec<Delivered>,
}

/// A register's file that was taken into the lake. Nothing of it tells of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// The register.
    pub register: String,
    /// SHA-256 of the file, as hexadecimal digits.
    pub sha256: String,
    /// Rows taken in.
    pub rows: u64,
    /// Rows rejected.
    pub rejected: u64,
}

/// The ground on which a professional broke the glass, and why, in her own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokenGlass {
    /// Which of the two lawful grounds.
    pub ground: BreakingGlassGround,
    /// Why.
    pub reason: String,
}

impl AuditEvent {
    /// The version this code writes.
    pub const VERSION: u8 = 4;

    /// The versions it reads: 1 had neither withheld kinds, broken glass, permit nor follow-up, 2 not who asked, 3 not what
    /// was delivered.
    const READABLE: [u8; 4] = [1, 2, 3, 4];

    /// The canonical bytes, which are what the log's leaf holds: JSON without spaces, fields in the order of this
    /// struct, sets sorted, time in UTC.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).expect("an event has only strings, numbers and lists, which serialise")
    }

    /// Reads the canonical bytes.
    ///
    /// # Errors
    /// When the text is not an event of a version this code knows, or is not canonical.
    pub fn parse(text: &str) -> Result<Self, ParseAuditEventError> {
        let event: Self =
            serde_json::from_str(text).map_err(|error| ParseAuditEventError::Shape { column: error.column() })?;
        if !Self::READABLE.contains(&event.version) {
            return Err(ParseAuditEventError::Version(event.version));
        }
        if event.canonical() != text {
            return Err(ParseAuditEventError::NotCanonical);
        }
        Ok(event)
    }
}

/// Why a text is not an audit event. The text itself is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseAuditEventError {
    /// Not the shape.
    #[error("the leaf is not an audit event (column {column}); the log has been changed or is of another program")]
    Shape {
        /// Where.
        column: usize,
    },
    /// Another version.
    #[error("the leaf has version `{0}`, which this program does not know; use a newer program")]
    Version(u8),
    /// The same event written in another way.
    #[error("the leaf is not in canonical form; the log has been changed")]
    NotCanonical,
}

/// The bytes of one event on their way into the log. Made only by [`crate::decide`].
#[derive(Clone, PartialEq, Eq)]
pub struct Leaf {
    text: String,
    hash: Hash,
    subject: Option<PersonId>,
    at: Timestamp,
    permitted: bool,
}

impl Leaf {
    pub(crate) fn new(event: &AuditEvent) -> Self {
        let text = event.canonical();
        let hash = leaf_hash(text.as_bytes());
        Self { text, hash, subject: event.subject.clone(), at: event.at, permitted: event.permitted }
    }

    /// The hash of its bytes in the log's tree, worked out once: nothing changes a leaf.
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// The canonical bytes as text; for the store that writes them.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whose line it is; for the store's index.
    pub const fn subject(&self) -> Option<&PersonId> {
        self.subject.as_ref()
    }

    /// When; for the store's index.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The outcome; for the store's index, which nobody reads before the commit.
    pub const fn permitted(&self) -> bool {
        self.permitted
    }
}

impl std::fmt::Debug for Leaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Leaf(redacted)")
    }
}
