//! Resources as parts of a person's record: whose each is, which kind of data, when it was, and what it says in one line.

mod category;
mod document;
mod line;
mod quality;
mod when;
mod whose;

pub use category::{category, is_shared};
pub use document::{Document, document, is_removal};
pub use line::{Line, LineKind, Measured, Reading, concept_of, line};
pub use quality::{QUALITY_TAG, as_quality, is_quality};
pub use when::{Span, span};
pub(crate) use whose::SUBJECTS;
pub use whose::{Number, Pointer, patient_name, patient_numbers, pointers};

use crate::json::{Json, Node};
use std::borrow::Cow;

/// The code in a CodeableConcept, with its system and words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coding {
    /// The system; empty where none is given.
    pub system: String,
    /// The code; empty where none is given.
    pub code: String,
    /// Words for it; empty where none are given.
    pub display: String,
}

/// All codings of a CodeableConcept.
fn codings(json: Json<'_>, concept: Node) -> impl Iterator<Item = Coding> {
    let list = json.member(concept, "coding");
    list.into_iter().flat_map(move |list| json.children(list)).map(move |node| Coding {
        system: text(json, node, "system").into_owned(),
        code: text(json, node, "code").into_owned(),
        display: text(json, node, "display").into_owned(),
    })
}

/// Each item of a member that is a list, or the member itself.
pub(crate) fn each<'a>(json: Json<'a>, node: Node, name: &str) -> impl Iterator<Item = Node> + use<'a> {
    let member = json.member(node, name);
    let is_list = member.is_some_and(|member| json.kind(member) == crate::json::Kind::Array);
    let items = member.filter(|_| is_list).into_iter().flat_map(move |list| json.children(list));
    member.filter(|_| !is_list).into_iter().chain(items)
}

pub(crate) fn text<'a>(json: Json<'a>, node: Node, name: &str) -> Cow<'a, str> {
    json.member_string(node, name).unwrap_or_default()
}
