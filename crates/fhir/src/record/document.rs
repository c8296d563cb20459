//! What a source tells of the document that a resource came in: its set, its version there, and what it takes away.
//!
//! `meta.source` is `SET#DOCUMENT` and `meta.versionId` a whole number; the tag `RPLC` (v3-ActRelationshipType) says that the
//! document replaces all of its set. A Basic resource of code `nullified` (v3-ActStatus) takes away what has its id.

use super::{codings, each, text};
use crate::json::{Json, Node};

const RELATIONSHIP: &str = "http://terminology.hl7.org/CodeSystem/v3-ActRelationshipType";
const ACT_STATUS: &str = "http://terminology.hl7.org/CodeSystem/v3-ActStatus";

/// A version of a set of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The set.
    pub set: String,
    /// The later is the greater.
    pub version: i64,
    /// Whether it replaces what earlier versions of the set have told.
    pub replaces: bool,
}

/// The document of a resource; `None` where it names no set or its version is no whole number.
#[must_use]
pub fn document(json: Json<'_>, node: Node) -> Option<Document> {
    let meta = json.member(node, "meta")?;
    let source = text(json, meta, "source");
    let (set, _) = source.split_once('#').filter(|(set, _)| !set.is_empty())?;
    let version = text(json, meta, "versionId").parse().ok()?;
    let is_tag = |tag| text(json, tag, "system") == RELATIONSHIP && text(json, tag, "code") == "RPLC";
    Some(Document { set: set.to_owned(), version, replaces: each(json, meta, "tag").any(is_tag) })
}

/// Whether a resource says nothing but that what has its id was sent by mistake.
#[must_use]
pub fn is_removal(json: Json<'_>, node: Node) -> bool {
    let code = json.member(node, "code").filter(|_| text(json, node, "resourceType") == "Basic");
    code.is_some_and(|code| codings(json, code).any(|c| c.system == ACT_STATUS && c.code == "nullified"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;

    #[test]
    fn a_document_has_a_set_and_a_whole_number() {
        let meta = |meta: &str| format!(r#"{{"resourceType":"Encounter","meta":{{{meta}}}}}"#);
        let tagged = |code: &str| {
            format!(r#""source":"urn:uuid:s#d","versionId":"-2","tag":[{{"system":"{RELATIONSHIP}","code":"{code}"}}]"#)
        };
        let found = |version, replaces| Some(Document { set: "urn:uuid:s".to_owned(), version, replaces });
        for (text, expected) in [
            (meta(r#""source":"urn:uuid:s#d","versionId":"3""#), found(3, false)),
            (meta(&tagged("RPLC")), found(-2, true)),
            (meta(&tagged("APND")), found(-2, false)),
            (meta(r##""source":"#d","versionId":"3""##), None),
            (meta(r#""source":"s","versionId":"3""#), None),
            (meta(r#""source":"s#d","versionId":"a""#), None),
            ("{}".to_owned(), None),
        ] {
            let mut tape = Tape::new();
            assert_eq!(document(tape.read(&text).unwrap(), Json::ROOT), expected, "{text}");
        }
    }

    #[test]
    fn a_notice_of_removal() {
        let basic = |kind: &str, code: &str| {
            format!(
                r#"{{"resourceType":"{kind}","id":"a","code":{{"coding":[{{"system":"{ACT_STATUS}","code":"{code}"}}]}}}}"#
            )
        };
        for (text, expected) in [
            (basic("Basic", "nullified"), true),
            (basic("Basic", "active"), false),
            (basic("Observation", "nullified"), false),
        ] {
            let mut tape = Tape::new();
            assert_eq!(is_removal(tape.read(&text).unwrap(), Json::ROOT), expected, "{text}");
        }
    }
}
