//! What another system asks, read from AuthZEN's JSON. A value that does not fit is named, and none is repeated.

use indgang_gate::{Activity, UserId};
use indgang_model::{CaseId, Category, PermitId, PersonId, Purpose};
use indgang_service::Evaluation;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The most questions at once.
pub(super) const MOST: usize = 50;
/// The longest identifier, in characters.
pub(super) const LONGEST_ID: usize = 64;
/// The signs of an identifier beside letters and digits.
pub(super) const ID_SIGNS: &str = "_.:@-";
/// The parts of a question.
pub(super) const PARTS: [&str; 4] = ["subject", "action", "resource", "context"];

/// When a batch ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Semantic {
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

impl Semantic {
    pub(super) const ALL: [(&'static str, Self); 3] = [
        ("execute_all", Self::ExecuteAll),
        ("deny_on_first_deny", Self::DenyOnFirstDeny),
        ("permit_on_first_permit", Self::PermitOnFirstPermit),
    ];
}

/// Many questions.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) questions: Vec<Evaluation>,
    pub(super) semantic: Semantic,
    /// True when there was no list: it is one question, and is answered as one.
    pub(super) single: bool,
}

/// One question; parts it lacks are taken from `defaults`.
pub(super) fn evaluation_of(body: &Value, defaults: Option<&Value>) -> Result<Evaluation, String> {
    if !body.is_object() {
        return Err("a question must be an object".to_owned());
    }
    let part = |name: &str| {
        let found = body.get(name).or_else(|| defaults.and_then(|defaults| defaults.get(name)));
        found.filter(|part| part.is_object()).ok_or_else(|| format!("`{name}` must be an object"))
    };
    let [subject, action, resource, context] = PARTS.map(part);
    let (subject, action, resource, context) = (subject?, action?, resource?, context?);
    is(subject, "subject.type", "type", "user")?;
    is(resource, "resource.type", "type", "person")?;
    let properties = resource.get("properties").filter(|properties| properties.is_object());
    let properties = properties.ok_or("`resource.properties` must be an object")?;
    Ok(Evaluation {
        user: UserId(id(subject, "subject.id", "id")?),
        activity: word::<Activity>(action, "action.name", "name")?,
        purpose: word::<Purpose>(context, "context.purpose", "purpose")?,
        person: PersonId(id(resource, "resource.id", "id")?),
        categories: [word::<Category>(properties, "resource.properties.category", "category")?].into(),
        case: optional(context, "context.case", "case")?.map(CaseId),
        permit: optional(context, "context.permit", "permit")?.map(PermitId),
    })
}

/// The questions of a batch. Nothing of it can be decided unless all of it can be read.
pub(super) fn batch_of(body: &Value) -> Result<Batch, String> {
    if !body.is_object() {
        return Err("the body must be an object".to_owned());
    }
    for part in PARTS.iter().filter_map(|name| body.get(*name).map(|part| (name, part))) {
        if !part.1.is_object() {
            return Err(format!("`{}` must be an object", part.0));
        }
    }
    let semantic = semantic(body)?;
    let list = match body.get("evaluations") {
        None => &[],
        Some(Value::Array(list)) => list.as_slice(),
        Some(_) => return Err("`evaluations` must be a list".to_owned()),
    };
    if list.len() > MOST {
        return Err(format!("at most {MOST} questions can be asked at once"));
    }
    if list.is_empty() {
        return Ok(Batch { questions: vec![evaluation_of(body, None)?], semantic, single: true });
    }
    let read = |(number, question)| {
        evaluation_of(question, Some(body)).map_err(|error| format!("evaluations[{number}]: {error}"))
    };
    let questions = list.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    Ok(Batch { questions, semantic, single: false })
}

fn semantic(body: &Value) -> Result<Semantic, String> {
    let options = match body.get("options") {
        None => return Ok(Semantic::ExecuteAll),
        Some(options) if options.is_object() => options,
        Some(_) => return Err("`options` must be an object".to_owned()),
    };
    let Some(named) = options.get("evaluations_semantic") else { return Ok(Semantic::ExecuteAll) };
    let found = Semantic::ALL.into_iter().find(|(name, _)| named.as_str() == Some(name));
    let names = Semantic::ALL.map(|(name, _)| format!("`{name}`")).join(", ");
    found.map(|(_, semantic)| semantic).ok_or(format!("`options.evaluations_semantic` must be one of {names}"))
}

fn is(of: &Value, path: &str, name: &str, expected: &str) -> Result<(), String> {
    let same = of.get(name).and_then(Value::as_str) == Some(expected);
    if same { Ok(()) } else { Err(format!("`{path}` must be `{expected}`")) }
}

fn id(of: &Value, path: &str, name: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || ID_SIGNS.contains(c);
    let text = of.get(name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty() && text.len() <= LONGEST_ID && text.chars().all(plain))
        .map(str::to_owned)
        .ok_or_else(|| format!("`{path}` must be 1 to {LONGEST_ID} letters, digits or signs of `{ID_SIGNS}`"))
}

fn optional(of: &Value, path: &str, name: &str) -> Result<Option<String>, String> {
    of.get(name).map(|_| id(of, path, name)).transpose()
}

fn word<T: DeserializeOwned>(of: &Value, path: &str, name: &str) -> Result<T, String> {
    let found = of.get(name).filter(|value| value.is_string()).cloned();
    found
        .and_then(|value| serde_json::from_value(value).ok())
        .ok_or_else(|| format!("`{path}` must be one of the words in the description"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn whole() -> Value {
        json!({
            "subject": { "type": "user", "id": "doctor" },
            "action": { "name": "read_record" },
            "resource": { "type": "person", "id": "boy", "properties": { "category": "phenotype" } },
            "context": { "purpose": "treatment", "time": "1999-01-01T00:00:00Z" },
        })
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert!(evaluation_of(&whole(), None).is_ok());
        for (pointer, value, named) in [
            ("/subject", json!(null), "`subject`"),
            ("/subject/type", json!("group"), "`subject.type`"),
            ("/subject/id", json!("a b"), "`subject.id`"),
            ("/subject/id", json!("x".repeat(65)), "`subject.id`"),
            ("/subject/id", json!(7), "`subject.id`"),
            ("/action/name", json!("steal"), "`action.name`"),
            ("/resource/type", json!("case"), "`resource.type`"),
            ("/resource/id", json!(""), "`resource.id`"),
            ("/resource/properties", json!([]), "`resource.properties`"),
            ("/resource/properties/category", json!(["genome"]), "`resource.properties.category`"),
            ("/context/purpose", json!("fun"), "`context.purpose`"),
        ] {
            let mut body = whole();
            *body.pointer_mut(pointer).unwrap() = value;
            let error = evaluation_of(&body, None).unwrap_err();
            assert!(error.contains(named), "{pointer}: {error}");
        }
        let mut body = whole();
        body["context"]["case"] = json!(null);
        assert!(evaluation_of(&body, None).unwrap_err().contains("`context.case`"));
    }

    #[test]
    fn a_batch_takes_what_its_questions_lack_from_the_whole() {
        let mut body = whole();
        assert!(batch_of(&body).unwrap().single);
        body["evaluations"] = json!([
            { "resource": { "type": "person", "id": "mother", "properties": { "category": "genome" } } },
            {},
        ]);
        body["options"] = json!({ "evaluations_semantic": "deny_on_first_deny" });
        let batch = batch_of(&body).unwrap();
        let people: Vec<&str> = batch.questions.iter().map(|question| question.person.0.as_str()).collect();
        assert_eq!((people, batch.semantic, batch.single), (vec!["mother", "boy"], Semantic::DenyOnFirstDeny, false));
        for (key, value, named) in [
            ("evaluations", json!({}), "`evaluations`"),
            ("evaluations", json!([{ "action": { "name": "steal" } }]), "evaluations[0]: `action.name`"),
            ("evaluations", json!(vec![json!({}); MOST + 1]), "at most"),
            ("options", json!({ "evaluations_semantic": "sometimes" }), "`options.evaluations_semantic`"),
            ("options", json!([]), "`options`"),
            ("subject", json!(1), "`subject`"),
        ] {
            let mut body = body.clone();
            body[key] = value;
            let error = batch_of(&body).unwrap_err();
            assert!(error.contains(named), "{key}: {error}");
        }
    }
}
