//! What clinical quality databases tell: registrations of treatment that stand in QuestionnaireResponses, though nobody has
//! asked the patient. A tag tells them from her own answers.

use super::{each, text};
use crate::json::{Json, Node, Tape, canonical};

/// System and code of the tag (`meta.tag`).
pub const QUALITY_TAG: (&str, &str) = ("urn:indgang:kind", "clinical-quality");

/// Whether a Questionnaire or QuestionnaireResponse is of a clinical quality database.
#[must_use]
pub fn is_quality(json: Json<'_>, node: Node) -> bool {
    let tags = json.member(node, "meta").into_iter().flat_map(|meta| each(json, meta, "tag"));
    tags.into_iter().any(|tag| (&*text(json, tag, "system"), &*text(json, tag, "code")) == QUALITY_TAG)
}

/// A Questionnaire or QuestionnaireResponse with the tag, all else as written; `None` for what has it, or is something else.
#[must_use]
pub fn as_quality(json: Json<'_>, node: Node) -> Option<String> {
    let is_one = ["Questionnaire", "QuestionnaireResponse"].contains(&&*text(json, node, "resourceType"));
    if !is_one || is_quality(json, node) {
        return None;
    }
    let members = |of: Option<Node>, but: &str| {
        let children = of.into_iter().flat_map(|of| json.children(of)).filter(|child| json.key(*child) != but);
        children.map(|child| format!("\"{}\":{}", json.key(child), canonical(json, child))).collect::<Vec<_>>()
    };
    let meta = json.member(node, "meta");
    let (system, code) = QUALITY_TAG;
    let mut tags: Vec<String> =
        meta.into_iter().flat_map(|meta| each(json, meta, "tag")).map(|tag| canonical(json, tag)).collect();
    tags.push(format!("{{\"code\":\"{code}\",\"system\":\"{system}\"}}"));
    let mut meta = members(meta, "tag");
    meta.push(format!("\"tag\":[{}]", tags.join(",")));
    let mut all = members(Some(node), "meta");
    all.push(format!("\"meta\":{{{}}}", meta.join(",")));
    let text = format!("{{{}}}", all.join(","));
    let mut tape = Tape::new();
    tape.read(&text).ok().map(|json| canonical(json, Json::ROOT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_put_beside_what_is_there() {
        for (text, expected) in [
            (
                r#"{"resourceType":"QuestionnaireResponse","x":1.50}"#,
                Some(
                    r#"{"meta":{"tag":[{"code":"clinical-quality","system":"urn:indgang:kind"}]},"resourceType":"QuestionnaireResponse","x":1.50}"#,
                ),
            ),
            (
                r#"{"resourceType":"Questionnaire","meta":{"versionId":"2","tag":[{"code":"a\"b"}]}}"#,
                Some(
                    r#"{"meta":{"tag":[{"code":"a\"b"},{"code":"clinical-quality","system":"urn:indgang:kind"}],"versionId":"2"},"resourceType":"Questionnaire"}"#,
                ),
            ),
            (r#"{"resourceType":"Patient"}"#, None),
        ] {
            let mut tape = Tape::new();
            let made = as_quality(tape.read(text).unwrap(), Json::ROOT);
            assert_eq!(made.as_deref(), expected);
            if let Some(made) = made {
                let mut tape = Tape::new();
                let json = tape.read(&made).unwrap();
                assert!(is_quality(json, Json::ROOT) && as_quality(json, Json::ROOT).is_none());
            }
        }
    }
}
