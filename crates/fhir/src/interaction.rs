//! Bundles of interactions: what each entry of a batch or transaction asks for, and a resource with the id and references it gets.

use crate::json::{Json, Kind, Node};
use crate::model::r4;
use crate::record::text;
use crate::view::write_json_text;
use std::collections::BTreeMap;

/// Whether the entries stand or fall together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleKind {
    /// Each by itself.
    Batch,
    /// All or none.
    Transaction,
}

/// What an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// To be read: an address relative to the base.
    Get(String),
    /// To be created, unless there is one with this identifier: system and value.
    Create {
        /// The type.
        resource_type: String,
        /// The identifier.
        unless: Option<(String, String)>,
    },
    /// To be kept under this id, where it is known in this version.
    Update {
        /// Type and id.
        reference: String,
        /// The version that it must have.
        if_match: Option<u64>,
    },
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// By what other entries refer to it.
    pub full_url: Option<String>,
    /// What it asks for.
    pub asks: Asks,
    /// The resource as written; empty for a reading.
    pub resource: String,
}

/// Why something cannot be asked for. No value of a resource is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InteractionError(pub String);

fn wrong<T>(message: &str) -> Result<T, InteractionError> {
    Err(InteractionError(message.to_owned()))
}

/// The entries of a Bundle of type batch or transaction; each entry of a batch may be wrong by itself.
///
/// # Errors
/// When it is no such Bundle.
pub fn interactions(
    json: Json<'_>,
) -> Result<(BundleKind, Vec<Result<Interaction, InteractionError>>), InteractionError> {
    if json.kind(Json::ROOT) != Kind::Object || text(json, Json::ROOT, "resourceType") != "Bundle" {
        return wrong("the body is a Bundle of type `batch` or `transaction`");
    }
    let kind = match text(json, Json::ROOT, "type").as_ref() {
        "batch" => BundleKind::Batch,
        "transaction" => BundleKind::Transaction,
        _ => return wrong("the Bundle's type is `batch` or `transaction`: no other asks for anything"),
    };
    let list = json.member(Json::ROOT, "entry");
    let entries = list.into_iter().flat_map(|list| json.children(list)).map(|node| entry(json, node)).collect();
    Ok((kind, entries))
}

fn entry(json: Json<'_>, node: Node) -> Result<Interaction, InteractionError> {
    let request = json.member(node, "request").filter(|request| json.kind(*request) == Kind::Object);
    let Some(request) = request else { return wrong("the entry has no `request`") };
    let (method, url) = (text(json, request, "method"), text(json, request, "url"));
    let header = |name| json.member_string(request, name);
    for name in ["ifNoneMatch", "ifModifiedSince"] {
        if json.member(request, name).is_some() {
            return Err(InteractionError(format!("`{name}` is not known: leave it out")));
        }
    }
    let resource = json.member(node, "resource").filter(|resource| json.kind(*resource) == Kind::Object);
    let full_url = json.member_string(node, "fullUrl").map(std::borrow::Cow::into_owned).filter(|url| !url.is_empty());
    let asks = match (method.as_ref(), resource) {
        ("GET", _) => Asks::Get(url.into_owned()),
        ("POST" | "PUT", None) => return wrong("the entry has no resource"),
        ("POST", Some(resource)) => create(json, resource, &url, header("ifNoneExist").as_deref())?,
        ("PUT", Some(resource)) => update(json, resource, &url, header("ifMatch").as_deref())?,
        _ => return wrong("the method is GET, POST or PUT: nothing is deleted or patched here"),
    };
    let resource = match asks {
        Asks::Get(_) => String::new(),
        _ => resource.map_or_else(String::new, |resource| json.raw(resource).to_owned()),
    };
    Ok(Interaction { full_url, asks, resource })
}

/// What a POST of the resource to its type asks for; `if_none_exist` as the header has it.
///
/// # Errors
/// Another type, or a condition that is no identifier.
pub fn create(
    json: Json<'_>,
    resource: Node,
    resource_type: &str,
    if_none_exist: Option<&str>,
) -> Result<Asks, InteractionError> {
    let own = text(json, resource, "resourceType");
    if own != resource_type || !r4().resources().any(|name| name == own) {
        return wrong("a resource is created at the address of its type");
    }
    let unless = match if_none_exist {
        None => None,
        Some(condition) => {
            let token = condition.trim_start_matches('?').strip_prefix("identifier=").filter(|t| !t.contains('&'));
            let identifier = token.and_then(|token| token.split_once('|')).filter(|(_, value)| !value.is_empty());
            let Some((system, value)) = identifier else {
                return wrong("a condition is `identifier=system|value`: no other is known");
            };
            Some((system.to_owned(), value.to_owned()))
        }
    };
    Ok(Asks::Create { resource_type: own.into_owned(), unless })
}

/// What a PUT of the resource to its address asks for; `if_match` as the header has it.
///
/// # Errors
/// An address that is not the resource's, or a tag that is no version.
pub fn update(json: Json<'_>, resource: Node, address: &str, if_match: Option<&str>) -> Result<Asks, InteractionError> {
    if address.contains('?') {
        return wrong("an update is of a resource by its id: no condition in its place is known");
    }
    let own = text(json, resource, "resourceType");
    let Some((resource_type, id)) = address.split_once('/') else { return wrong("an update is at `TYPE/ID`") };
    if own != resource_type || !r4().resources().any(|name| name == own) || !is_id(id) {
        return wrong(
            "an update is at `TYPE/ID`: the type of the resource, and an id of 1 to 64 letters, digits, `-` and `.`",
        );
    }
    if json.member_string(resource, "id").is_some_and(|own| own != id) {
        return wrong("the id of the resource is another than that of the address");
    }
    let if_match = match if_match {
        None => None,
        Some(tag) => {
            let version = tag.trim().strip_prefix("W/").unwrap_or(tag.trim()).trim_matches('"').parse().ok();
            if version.is_none() {
                return wrong("`If-Match` is a version: `W/\"3\"`");
            }
            version
        }
    };
    Ok(Asks::Update { reference: address.to_owned(), if_match })
}

/// Whether a text is an id of FHIR.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// The resource with this id, and everything else as written.
#[must_use]
pub fn with_id(json: Json<'_>, id: &str) -> String {
    let whole = json.raw(Json::ROOT);
    let begins = json.offset(Json::ROOT);
    match json.member(Json::ROOT, "id") {
        Some(node) => {
            let (from, to) = quoted(json, node);
            let (from, to) = (from - begins, to - begins);
            format!("{}\"{id}\"{}", &whole[..from], &whole[to..])
        }
        None => {
            let comma = if json.children(Json::ROOT).next().is_some() { "," } else { "" };
            format!("{{\"id\":\"{id}\"{comma}{}", &whole[1..])
        }
    }
}

/// The resource with references to what `known` names in place of the addresses there, and everything else as written.
#[must_use]
pub fn with_references(json: Json<'_>, known: &BTreeMap<String, String>) -> String {
    let mut found = Vec::new();
    references(json, Json::ROOT, &mut found);
    let begins = json.offset(Json::ROOT);
    let whole = json.raw(Json::ROOT);
    let (mut out, mut at) = (String::with_capacity(whole.len()), 0);
    for node in found {
        let Some(target) = json.string(node).and_then(|written| known.get(written.as_ref())) else { continue };
        let (from, to) = quoted(json, node);
        out.push_str(&whole[at..from - begins]);
        write_json_text(target, &mut out);
        at = to - begins;
    }
    out.push_str(&whole[at..]);
    out
}

/// Where a value begins and ends in the text, a string with its quotation marks.
fn quoted(json: Json<'_>, node: Node) -> (usize, usize) {
    let (from, length) = (json.offset(node), json.raw(node).len());
    if json.kind(node) == Kind::String { (from - 1, from + length + 1) } else { (from, from + length) }
}

fn references(json: Json<'_>, node: Node, found: &mut Vec<Node>) {
    for child in json.children(node) {
        match json.kind(child) {
            Kind::Object | Kind::Array => references(json, child, found),
            Kind::String if json.key(child) == "reference" => found.push(child),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;

    fn asked(entry: &str) -> Result<Asks, String> {
        let bundle = format!(r#"{{"resourceType":"Bundle","type":"batch","entry":[{entry}]}}"#);
        let mut tape = Tape::new();
        let (_, entries) = interactions(tape.read(&bundle).unwrap()).unwrap();
        entries.into_iter().next().unwrap().map(|entry| entry.asks).map_err(|error| error.0)
    }

    #[test]
    fn entries_ask_or_are_wrong() {
        let with = |resource: &str, request: &str| format!(r#"{{"resource":{resource},"request":{{{request}}}}}"#);
        let own = r#"{"resourceType":"Observation","id":"a"}"#;
        let create = |unless: Option<(&str, &str)>| Asks::Create {
            resource_type: "Observation".to_owned(),
            unless: unless.map(|(system, value)| (system.to_owned(), value.to_owned())),
        };
        let update = |if_match| Asks::Update { reference: "Observation/a".to_owned(), if_match };
        for (entry, expected) in [
            (r#"{"request":{"method":"GET","url":"Patient/p"}}"#.to_owned(), Ok(Asks::Get("Patient/p".to_owned()))),
            (with(own, r#""method":"POST","url":"Observation""#), Ok(create(None))),
            (
                with(own, r#""method":"POST","url":"Observation","ifNoneExist":"identifier=urn:x|1""#),
                Ok(create(Some(("urn:x", "1")))),
            ),
            (with(own, r#""method":"POST","url":"Observation","ifNoneExist":"code=x""#), Err("a condition is")),
            (with(own, r#""method":"POST","url":"Condition""#), Err("at the address of its type")),
            (
                with(r#"{"resourceType":"Canary"}"#, r#""method":"POST","url":"Canary""#),
                Err("at the address of its type"),
            ),
            (with(own, r#""method":"PUT","url":"Observation/a""#), Ok(update(None))),
            (with(own, r#""method":"PUT","url":"Observation/a","ifMatch":"W/\"3\"""#), Ok(update(Some(3)))),
            (with(own, r#""method":"PUT","url":"Observation/a","ifMatch":"x""#), Err("is a version")),
            (with(own, r#""method":"PUT","url":"Observation/b""#), Err("another than that of the address")),
            (with(own, r#""method":"PUT","url":"Observation?identifier=x""#), Err("no condition")),
            (with(own, r#""method":"PUT","url":"Observation/a b""#), Err("an update is at")),
            (with(own, r#""method":"DELETE","url":"Observation/a""#), Err("nothing is deleted")),
            (with(own, r#""method":"PUT","url":"Observation/a","ifNoneMatch":"*""#), Err("`ifNoneMatch`")),
            (r#"{"request":{"method":"POST","url":"Observation"}}"#.to_owned(), Err("no resource")),
            (r#"{"resource":{"resourceType":"Observation"}}"#.to_owned(), Err("no `request`")),
        ] {
            match (asked(&entry), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{entry}"),
                (Err(found), Err(part)) => assert!(found.contains(part), "{entry}: {found}"),
                (found, _) => panic!("{entry}: {found:?}"),
            }
        }
        for body in ["[]", r#"{"resourceType":"Bundle","type":"collection"}"#, r#"{"resourceType":"Patient"}"#] {
            assert!(interactions(Tape::new().read(body).unwrap()).is_err(), "{body}");
        }
    }

    #[test]
    fn ids_and_references_are_set_and_all_else_stays() {
        let known: BTreeMap<String, String> = [("urn:uuid:a".to_owned(), "Patient/1".to_owned())].into();
        for (text, with, expected) in [
            (
                r#" { "resourceType":"X", "id" : "old", "v":1.50 }"#,
                "new",
                r#"{ "resourceType":"X", "id" : "new", "v":1.50 }"#,
            ),
            (r#"{"v":1.50}"#, "new", r#"{"id":"new","v":1.50}"#),
            ("{}", "new", r#"{"id":"new"}"#),
            (r#"{"id":7}"#, "new", r#"{"id":"new"}"#),
            (r#"{"a":{"id":"x"}}"#, "new", r#"{"id":"new","a":{"id":"x"}}"#),
        ] {
            assert_eq!(with_id(Tape::new().read(text).unwrap(), with), expected, "{text}");
        }
        for (text, expected) in [
            (
                r#" {"s":{"reference":"urn:uuid:a"},"l":[{"reference" : "urn:uuid:a"},{"reference":"urn:uuid:b"}],"x":"urn:uuid:a"}"#,
                r#"{"s":{"reference":"Patient/1"},"l":[{"reference" : "Patient/1"},{"reference":"urn:uuid:b"}],"x":"urn:uuid:a"}"#,
            ),
            ("{}", "{}"),
        ] {
            assert_eq!(with_references(Tape::new().read(text).unwrap(), &known), expected, "{text}");
        }
    }
}
