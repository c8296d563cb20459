//! Canonical JSON, as FHIR defines it: no whitespace, members sorted by name. Digits of numbers stay as written.

use super::{Json, Kind, Node};
use crate::view::write_json_text;

/// The canonical text of a value: the same for the same content, however it was laid out.
#[must_use]
pub fn canonical(json: Json<'_>, node: Node) -> String {
    let mut out = String::with_capacity(json.raw(node).len());
    write(json, node, &mut out);
    out
}

fn write(json: Json<'_>, node: Node, out: &mut String) {
    match json.kind(node) {
        Kind::Object => {
            let mut members: Vec<Node> = json.children(node).collect();
            members.sort_by_key(|member| json.key(*member));
            out.push('{');
            for (at, member) in members.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push('"');
                out.push_str(json.key(member));
                out.push_str("\":");
                write(json, member, out);
            }
            out.push('}');
        }
        Kind::Array => {
            out.push('[');
            for (at, item) in json.children(node).enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(json, item, out);
            }
            out.push(']');
        }
        Kind::String => write_json_text(&json.string(node).unwrap_or_default(), out),
        _ => out.push_str(json.raw(node)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;

    #[test]
    fn layout_and_order_are_gone_and_digits_stay() {
        for (text, expected) in [
            (r#"{ "b" : 1.50, "a": [ true , null ,{}] }"#, r#"{"a":[true,null,{}],"b":1.50}"#),
            ("{\"x\":\"\\u00e6\\/\\n\\\"\"}", "{\"x\":\"æ/\\n\\\"\"}"),
            ("[ ]", "[]"),
            (r#"{"_a":1,"a":2,"B":3}"#, r#"{"B":3,"_a":1,"a":2}"#),
        ] {
            let (mut first, mut second) = (Tape::new(), Tape::new());
            let once = canonical(first.read(text).unwrap(), Json::ROOT);
            assert_eq!(once, expected);
            assert_eq!(canonical(second.read(&once).unwrap(), Json::ROOT), once);
        }
    }
}
