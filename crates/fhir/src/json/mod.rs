//! JSON as a tape over the text it was read from: no tree of values, no copy of strings, digits of numbers as written.
//!
//! A [`Tape`] is filled again and again; [`Json`] lends text and tape together. What a [`Projection`] does not name is skipped
//! while reading.

mod canonical;
mod projection;
mod read;

pub use canonical::canonical;
pub use projection::Projection;
pub use read::{DEEPEST, JsonError};

use std::borrow::Cow;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of JSON")]
pub enum Kind {
    Null,
    False,
    True,
    Number,
    String,
    Array,
    Object,
}

/// A node's place on the tape.
pub type Node = u32;

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// The value's text without quotation marks.
    start: u32,
    end: u32,
    /// The member's name without quotation marks; empty in an array.
    key_start: u32,
    key_end: u32,
    /// The slot after this value.
    next: Node,
    kind: Kind,
    escaped: bool,
}

/// The nodes of one JSON text, in its order.
#[derive(Debug, Default)]
pub struct Tape {
    slots: Vec<Slot>,
}

impl Tape {
    /// An empty tape.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a text, forgetting the last.
    ///
    /// # Errors
    ///
    /// What is not JSON, nested deeper than [`DEEPEST`], or longer than 4 GB; with line and column.
    pub fn read<'a>(&'a mut self, text: &'a str) -> Result<Json<'a>, JsonError> {
        self.read_only(text, &Projection::Whole)
    }

    /// Reads what the projection names; the rest is passed over, with only its brackets and strings looked at.
    ///
    /// # Errors
    ///
    /// As [`Tape::read`].
    pub fn read_only<'a>(&'a mut self, text: &'a str, projection: &Projection) -> Result<Json<'a>, JsonError> {
        read::fill(&mut self.slots, text, projection)?;
        Ok(Json { text, slots: &self.slots })
    }
}

/// A text with its tape.
#[derive(Debug, Clone, Copy)]
pub struct Json<'a> {
    text: &'a str,
    slots: &'a [Slot],
}

impl<'a> Json<'a> {
    /// The outermost value.
    pub const ROOT: Node = 0;

    /// What the node is.
    #[must_use]
    pub fn kind(self, node: Node) -> Kind {
        self.slots[node as usize].kind
    }

    /// The name under which the node stands in its object.
    #[must_use]
    pub fn key(self, node: Node) -> &'a str {
        let slot = &self.slots[node as usize];
        &self.text[slot.key_start as usize..slot.key_end as usize]
    }

    /// The text of the value as written, of a string without its quotation marks.
    #[must_use]
    pub fn raw(self, node: Node) -> &'a str {
        let slot = &self.slots[node as usize];
        &self.text[slot.start as usize..slot.end as usize]
    }

    /// Bytes before the value.
    #[must_use]
    pub fn offset(self, node: Node) -> usize {
        self.slots[node as usize].start as usize
    }

    /// The string, its escapes resolved; `None` for what is not a string.
    #[must_use]
    pub fn string(self, node: Node) -> Option<Cow<'a, str>> {
        let slot = &self.slots[node as usize];
        if slot.kind != Kind::String {
            return None;
        }
        let raw = self.raw(node);
        Some(if slot.escaped { Cow::Owned(read::unescape(raw)) } else { Cow::Borrowed(raw) })
    }

    /// Members of an object or items of an array.
    pub fn children(self, node: Node) -> impl Iterator<Item = Node> + use<'a> {
        let slot = &self.slots[node as usize];
        let end = if matches!(slot.kind, Kind::Array | Kind::Object) { slot.next } else { node + 1 };
        let slots = self.slots;
        let mut at = node + 1;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let child = at;
            at = slots[child as usize].next;
            Some(child)
        })
    }

    /// The member with this name.
    #[must_use]
    pub fn member(self, node: Node, name: &str) -> Option<Node> {
        if self.kind(node) != Kind::Object {
            return None;
        }
        let end = self.slots[node as usize].next;
        let mut at = node + 1;
        while at < end {
            let slot = &self.slots[at as usize];
            if self.is_key(slot, 0, name.as_bytes()) {
                return Some(at);
            }
            at = slot.next;
        }
        None
    }

    /// The member with this name, and the one with `_` before it.
    pub(crate) fn member_and_sibling(self, node: Node, name: &str) -> (Option<Node>, Option<Node>) {
        let (mut member, mut sibling) = (None, None);
        let end = self.slots[node as usize].next;
        let mut at = node + 1;
        while at < end {
            let slot = &self.slots[at as usize];
            if self.is_key(slot, 0, name.as_bytes()) {
                member = Some(at);
            } else if self.text.as_bytes()[slot.key_start as usize] == b'_' && self.is_key(slot, 1, name.as_bytes()) {
                sibling = Some(at);
            }
            at = slot.next;
        }
        (member, sibling)
    }

    #[inline]
    fn is_key(self, slot: &Slot, skip: usize, name: &[u8]) -> bool {
        let (from, to) = (slot.key_start as usize + skip, slot.key_end as usize);
        to >= from && to - from == name.len() && self.text.as_bytes()[from..to] == *name
    }

    /// The string of a member with this name.
    #[must_use]
    pub fn member_string(self, node: Node, name: &str) -> Option<Cow<'a, str>> {
        self.string(self.member(node, name)?)
    }
}
