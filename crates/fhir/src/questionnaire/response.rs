//! QuestionnaireResponses of R4: read against their Questionnaire, and made of answers.

use super::read::answer;
use super::{Answer, Answers, Fault, FaultKind, Item, Kind, Questionnaire, Words};
use crate::json::{Json, Node};
use crate::record::{each, text};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a response says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Its id; may be empty.
    pub id: String,
    /// The address of its Questionnaire, without a version.
    pub questionnaire: String,
    /// The version of its Questionnaire, where it tells.
    pub version: Option<String>,
    /// `completed`, `in-progress` …
    pub status: String,
}

/// What an item of a response tells, whatever its Questionnaire is.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The item.
    pub link_id: String,
    /// Its text there; may be empty.
    pub text: String,
    /// Its answers.
    pub answers: Vec<Answer>,
}

/// Who answers, and when.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The id of the response.
    pub id: &'a str,
    /// The id of the Patient whom it is about.
    pub patient: &'a str,
    /// When it was answered, as an instant of FHIR.
    pub at: &'a str,
    /// The language in which the questions were read.
    pub language: &'a str,
    /// Who answered, where it was not she herself.
    pub instead: Option<&'a str>,
}

impl Response {
    /// Reads what a resource says; `None` for what is no QuestionnaireResponse.
    #[must_use]
    pub fn read(json: Json<'_>, node: Node) -> Option<Self> {
        (text(json, node, "resourceType") == "QuestionnaireResponse").then_some(())?;
        let canonical = text(json, node, "questionnaire");
        let (url, version) =
            canonical.split_once('|').map_or((&*canonical, None), |(url, v)| (url, Some(v.to_owned())));
        Some(Self {
            id: text(json, node, "id").into_owned(),
            questionnaire: url.to_owned(),
            version,
            status: text(json, node, "status").into_owned(),
        })
    }

    /// The items of a response in their order, an item before those within it.
    #[must_use]
    pub fn told(json: Json<'_>, node: Node) -> Vec<Told> {
        let mut all = Vec::new();
        tell(json, node, &mut all);
        all
    }

    /// Whether all that must be answered should be.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self.status.as_str(), "completed" | "amended")
    }
}

impl Questionnaire {
    /// The answers of a response, and what is wrong with them.
    #[must_use]
    pub fn check(&self, json: Json<'_>, node: Node) -> (Answers, Vec<Fault>) {
        let mut reading = Reading { json, answers: Answers::new(), faults: Vec::new(), places: BTreeMap::new() };
        reading.items(&self.items, node, "QuestionnaireResponse");
        let Reading { answers, mut faults, places, .. } = reading;
        let complete = Response::read(json, node).is_some_and(|response| response.is_complete());
        // What a program calculates may be left to it, and what it has calculated may stand there.
        for mut fault in self.judge(&answers, complete) {
            fault.expression =
                places.get(&fault.link_id).cloned().unwrap_or_else(|| "QuestionnaireResponse".to_owned());
            faults.push(fault);
        }
        faults.sort_by(|a, b| a.expression.cmp(&b.expression).then(a.kind.cmp(&b.kind)));
        faults.dedup();
        (answers, faults)
    }

    /// A completed response of the answers to enabled items.
    #[must_use]
    pub fn response(&self, answers: &Answers, author: &Author<'_>) -> Value {
        let patient = format!("Patient/{}", author.patient);
        let source = match author.instead {
            None => json!({ "reference": patient }),
            Some(display) => json!({ "type": "RelatedPerson", "display": display }),
        };
        let title = self.title.in_language(author.language).0;
        let mut response = json!({
            "resourceType": "QuestionnaireResponse", "id": author.id, "language": author.language,
            "questionnaire": self.canonical(),
            "status": "completed", "subject": { "reference": patient }, "authored": author.at, "source": source,
            "item": self.answered(answers, author.language, false),
        });
        if !title.is_empty() {
            let shown = json!({ "url": "http://hl7.org/fhir/StructureDefinition/display", "valueString": title });
            response["_questionnaire"] = json!({ "extension": [shown] });
        }
        response
    }

    /// The answers to enabled items as items of a response, with the weights of options where they are wanted.
    pub(super) fn answered(&self, answers: &Answers, language: &str, weights: bool) -> Value {
        let enabled = self.enabled(answers);
        let writing = Writing { answers, enabled, language, weights };
        Value::Array(self.items.iter().filter_map(|item| writing.item(item)).collect())
    }
}

fn tell(json: Json<'_>, of: Node, all: &mut Vec<Told>) {
    for item in each(json, of, "item") {
        all.push(Told {
            link_id: text(json, item, "linkId").into_owned(),
            text: text(json, item, "text").into_owned(),
            answers: each(json, item, "answer").filter_map(|given| answer(json, given, "value")).collect(),
        });
        tell(json, item, all);
        each(json, item, "answer").for_each(|given| tell(json, given, all));
    }
}

struct Reading<'a> {
    json: Json<'a>,
    answers: Answers,
    faults: Vec<Fault>,
    places: BTreeMap<String, String>,
}

impl Reading<'_> {
    fn items(&mut self, expected: &[Item], of: Node, at: &str) {
        let json = self.json;
        for (number, node) in each(json, of, "item").enumerate() {
            let place = format!("{at}.item[{number}]");
            let link_id = text(json, node, "linkId");
            let Some(item) = expected.iter().find(|item| item.link_id == link_id) else {
                let (link_id, kind) = (String::new(), FaultKind::UnknownItem);
                self.faults.push(Fault { link_id, expression: place, kind });
                continue;
            };
            self.places.entry(item.link_id.clone()).or_insert_with(|| place.clone());
            if item.kind == Kind::Group {
                self.items(&item.items, node, &place);
            }
            for (number, given) in each(json, node, "answer").enumerate() {
                if let Some(value) = answer(json, given, "value") {
                    self.answers.entry(item.link_id.clone()).or_default().push(value);
                }
                self.items(&item.items, given, &format!("{place}.answer[{number}]"));
            }
        }
    }
}

struct Writing<'a> {
    answers: &'a Answers,
    enabled: BTreeSet<&'a str>,
    language: &'a str,
    weights: bool,
}

impl Writing<'_> {
    fn item(&self, item: &Item) -> Option<Value> {
        self.enabled.contains(item.link_id.as_str()).then_some(())?;
        let within: Vec<Value> = item.items.iter().filter_map(|inner| self.item(inner)).collect();
        let mut made = json!({ "linkId": item.link_id });
        let words = item.text.in_language(self.language).0;
        if !words.is_empty() {
            made["text"] = words.into();
        }
        if item.kind == Kind::Group {
            (!within.is_empty()).then_some(())?;
            made["item"] = within.into();
            return Some(made);
        }
        let given = self.answers.get(&item.link_id).filter(|given| !given.is_empty())?;
        let mut answers: Vec<Value> = given.iter().map(|answer| self.answer(item, answer)).collect();
        if let Some(first) = answers.first_mut().filter(|_| !within.is_empty()) {
            first["item"] = within.into();
        }
        made["answer"] = answers.into();
        Some(made)
    }

    fn answer(&self, item: &Item, answer: &Answer) -> Value {
        let option = item.option(answer);
        let mut made = Map::new();
        let (name, mut value) = answer.member(item.kind, option.map(|option| &option.words), self.language);
        if let Some(weight) = option.and_then(|option| option.weight.as_deref()).filter(|_| self.weights) {
            let worth =
                json!({ "url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": digits(weight) });
            if value.is_object() {
                value["extension"] = json!([worth]);
            } else {
                made.insert(format!("_{name}"), json!({ "extension": [worth] }));
            }
        }
        made.insert(name, value);
        Value::Object(made)
    }
}

impl Answer {
    /// Its member in a response, and the value.
    pub(super) fn member(&self, kind: Kind, words: Option<&Words>, language: &str) -> (String, Value) {
        let (name, value) = match self {
            Self::Boolean(value) => ("Boolean", json!(value)),
            Self::Integer(value) => ("Integer", json!(value)),
            Self::Decimal(text) => ("Decimal", digits(text)),
            Self::Date(text) => ("Date", json!(text)),
            Self::DateTime(text) => ("DateTime", json!(text)),
            Self::Time(text) => ("Time", json!(text)),
            Self::Text(text) if kind == Kind::Url => ("Uri", json!(text)),
            Self::Text(text) => ("String", json!(text)),
            Self::Coding(coding) => {
                let display = words.map_or(coding.display.as_str(), |words| words.in_language(language).0);
                let members = [("system", coding.system.as_str()), ("code", &coding.code), ("display", display)];
                let told = members.into_iter().filter(|(_, text)| !text.is_empty());
                ("Coding", Value::Object(told.map(|(name, text)| (name.to_owned(), text.into())).collect()))
            }
            Self::Other(name, text) => (name.as_str(), serde_json::from_str(text).unwrap_or_default()),
        };
        (format!("value{name}"), value)
    }
}

/// A number of JSON; nothing for what is none.
pub(super) fn digits(text: &str) -> Value {
    serde_json::from_str(text).ok().filter(Value::is_number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;
    use crate::questionnaire::read::tests::questionnaire;
    use crate::validate;

    const ITEMS: &str = r#"{"linkId":"g","type":"group","item":[
            {"linkId":"a","type":"choice","required":true,"answerOption":[
                {"valueCoding":{"system":"s","code":"x","display":"X"}},{"valueCoding":{"system":"s","code":"y"}}],
             "item":[{"linkId":"a1","type":"string"}]},
            {"linkId":"n","type":"decimal","enableWhen":[{"question":"a","operator":"=","answerCoding":{"system":"s","code":"x"}}]}]},
        {"linkId":"day","type":"date"},{"linkId":"web","type":"url"}"#;

    fn faults(items: &str, status: &str) -> Vec<(String, FaultKind)> {
        let made = questionnaire(ITEMS).unwrap();
        let text = format!(
            r#"{{"resourceType":"QuestionnaireResponse","questionnaire":"urn:q|1","status":"{status}","item":[{items}]}}"#
        );
        let mut tape = Tape::new();
        let found = made.check(tape.read(&text).unwrap(), Json::ROOT).1;
        found.into_iter().map(|fault| (fault.expression, fault.kind)).collect()
    }

    #[test]
    fn faults_are_told_at_their_item() {
        let within = |answer: &str| format!(r#"{{"linkId":"g","item":[{{"linkId":"a","answer":[{answer}]}}]}}"#);
        let x = r#"{"valueCoding":{"system":"s","code":"x"}}"#;
        let y = r#"{"valueCoding":{"system":"s","code":"y"}}"#;
        let a = "QuestionnaireResponse.item[0].item[0]";
        for (items, status, expected) in [
            (within(x), "completed", vec![]),
            (String::new(), "in-progress", vec![]),
            (String::new(), "completed", vec![("QuestionnaireResponse", FaultKind::Missing)]),
            (within(r#"{"valueCoding":{"system":"s","code":"z"}}"#), "completed", vec![(a, FaultKind::NotAnOption)]),
            (within(r#"{"valueBoolean":true}"#), "completed", vec![(a, FaultKind::WrongType)]),
            (within(&format!("{x},{y}")), "completed", vec![(a, FaultKind::TooMany)]),
            (
                format!(r#"{},{{"linkId":"canary"}}"#, within(x)),
                "completed",
                vec![("QuestionnaireResponse.item[1]", FaultKind::UnknownItem)],
            ),
            // An item of another place is none of this place.
            (
                format!(r#"{},{{"linkId":"n","answer":[{{"valueDecimal":1}}]}}"#, within(x)),
                "completed",
                vec![("QuestionnaireResponse.item[1]", FaultKind::UnknownItem)],
            ),
            (
                format!(
                    r#"{{"linkId":"g","item":[{{"linkId":"a","answer":[{y}]}},{{"linkId":"n","answer":[{{"valueDecimal":1}}]}}]}}"#
                ),
                "completed",
                vec![("QuestionnaireResponse.item[0].item[1]", FaultKind::Disabled)],
            ),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(at, kind)| (at.to_owned(), kind)).collect();
            assert_eq!(faults(&items, status), expected, "{items}");
        }
    }

    #[test]
    fn what_is_made_is_valid_and_reads_back_without_what_is_disabled() {
        let made = questionnaire(ITEMS).unwrap();
        let coding = |code: &str| {
            made.item("a")
                .unwrap()
                .options
                .iter()
                .find(|o| matches!(&o.answer, Answer::Coding(c) if c.code == code))
                .unwrap()
                .answer
                .clone()
        };
        let all = |code: &str| -> Answers {
            [
                ("a", coding(code)),
                ("a1", Answer::Text("words".into())),
                ("n", Answer::Decimal("1.25".into())),
                ("day", Answer::Date("2026-02-03".into())),
                ("web", Answer::Text("urn:x".into())),
            ]
            .into_iter()
            .map(|(of, answer)| (of.to_owned(), vec![answer]))
            .collect()
        };
        let author = Author { id: "r1", patient: "p", at: "2026-11-23T10:00:00Z", language: "en", instead: None };
        for (code, kept) in [("x", 5), ("y", 4)] {
            let response = made.response(&all(code), &author).to_string();
            let mut tape = Tape::new();
            let json = tape.read(&response).unwrap();
            assert_eq!(validate::resource(json, Json::ROOT), [], "{response}");
            let (answers, faults) = made.check(json, Json::ROOT);
            assert_eq!((answers.len(), faults), (kept, vec![]), "{response}");
            assert_eq!(answers["day"], all(code)["day"]);
        }
    }
}
