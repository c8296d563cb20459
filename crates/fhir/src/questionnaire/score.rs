//! Scores: what a Questionnaire calculates of answers, by its own expressions.
//!
//! `%resource` is the response with what has been calculated before, `%questionnaire` the Questionnaire; an option's
//! weight is what `weight()` and `ordinal()` give for its answer. A score that cannot be worked out is no score: an
//! expression decides itself what a missing answer means.

use super::response::digits;
use super::{Answer, Answers, Author, Item, Kind, Questionnaire, Words};
use crate::json::{Json, Tape};
use crate::path::{Context, Element, Path, Value};
use crate::record::{Coding, text};
use serde_json::json;

/// A calculated answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Its item.
    pub link_id: String,
    /// What it is called.
    pub title: Words,
    /// The value.
    pub answer: Answer,
    /// Words for it, where it is one of options.
    pub words: Option<Words>,
    /// Least and most that it can be, where the item tells.
    pub range: (Option<f64>, Option<f64>),
    /// The unit.
    pub unit: String,
}

impl Questionnaire {
    /// The answers with every calculated item worked out anew, each with those before it; what could not be worked out
    /// is absent, and named with the reason.
    #[must_use]
    pub fn calculated(&self, answers: &Answers) -> (Answers, Vec<(String, String)>) {
        let mut all = answers.clone();
        let calculated: Vec<&Item> = self.each().filter(|item| item.calculated.is_some()).collect();
        for item in &calculated {
            all.remove(&item.link_id);
        }
        let mut failed = Vec::new();
        for item in calculated {
            match self.value(item, &all) {
                Ok(Some(answer)) => drop(all.insert(item.link_id.clone(), vec![answer])),
                Ok(None) => {}
                Err(reason) => failed.push((item.link_id.clone(), reason)),
            }
        }
        (all, failed)
    }

    /// The scores among answers, in the order of the Questionnaire.
    #[must_use]
    pub fn scores(&self, answers: &Answers) -> Vec<Score> {
        let enabled = self.enabled(answers);
        let of = |item: &Item| {
            let answer = answers.get(&item.link_id)?.first()?.clone();
            Some(Score {
                link_id: item.link_id.clone(),
                title: item.text.clone(),
                words: item.option(&answer).map(|option| option.words.clone()),
                range: item.range,
                unit: item.unit.clone(),
                answer,
            })
        };
        let calculated =
            self.each().filter(|item| item.calculated.is_some() && enabled.contains(item.link_id.as_str()));
        calculated.filter_map(of).collect()
    }

    /// An Observation for each answered item that is to be one, in the language of the one who answered.
    #[must_use]
    pub fn observations(&self, answers: &Answers, author: &Author<'_>) -> Vec<serde_json::Value> {
        let enabled = self.enabled(answers);
        let wanted = self.each().filter(|item| item.is_observation && enabled.contains(item.link_id.as_str()));
        wanted.filter_map(|item| observation(item, answers.get(&item.link_id)?.first()?, author)).collect()
    }

    fn value(&self, item: &Item, answers: &Answers) -> Result<Option<Answer>, String> {
        let Some(expression) = &item.calculated else { return Ok(None) };
        let path = Path::parse(expression).map_err(|error| error.to_string())?;
        let document = json!({
            "resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": self.canonical(),
            "contained": [serde_json::from_str::<serde_json::Value>(&self.source).map_err(|error| error.to_string())?],
            "item": self.answered(answers, "", true),
        });
        let document = document.to_string();
        let mut tape = Tape::new();
        let json = tape.read(&document).map_err(|error| error.to_string())?;
        let contained = json.member(Json::ROOT, "contained").and_then(|list| json.children(list).next());
        let questionnaire = contained.map(|node| Value::Element(Element::resource(json, node)));
        let variables: Vec<_> = questionnaire.map(|value| ("questionnaire".to_owned(), value)).into_iter().collect();
        let context = Context { variables: &variables, ..Context::of(json) };
        let values = path.evaluate(&context).map_err(|error| error.to_string())?;
        match values.as_slice() {
            [] => Ok(None),
            [value] => {
                item.taken(json, value).map(Some).ok_or_else(|| "the value is of another type than the item".to_owned())
            }
            _ => Err("the expression gives several values".to_owned()),
        }
    }
}

impl Item {
    /// A value as an answer of this item.
    fn taken(&self, json: Json<'_>, value: &Value<'_>) -> Option<Answer> {
        let node = match value {
            Value::Element(element) => element.node(),
            _ => None,
        };
        if matches!(self.kind, Kind::Choice | Kind::OpenChoice) {
            let of = |name| node.map(|node| text(json, node, name).into_owned()).unwrap_or_default();
            let code = match value {
                Value::String(code) => code.to_string(),
                _ => of("code"),
            };
            let same = |option: &&super::Choice| match &option.answer {
                Answer::Coding(Coding { system, code: own, .. }) => {
                    *own == code && (node.is_none() || *system == of("system"))
                }
                _ => false,
            };
            return self.options.iter().find(same).map(|option| option.answer.clone());
        }
        let value = match value {
            Value::Element(element) => &crate::path::system(json, *element)?,
            value => value,
        };
        Some(match (self.kind, value) {
            (Kind::Integer, Value::Integer(number)) => Answer::Integer(*number),
            (Kind::Integer, Value::Decimal(number)) => Answer::Integer(number.to_integer()?),
            (Kind::Decimal, Value::Integer(number)) => Answer::Decimal(number.to_string()),
            (Kind::Decimal, Value::Decimal(number)) => Answer::Decimal(number.to_string()),
            (Kind::Boolean, Value::Boolean(value)) => Answer::Boolean(*value),
            (Kind::String | Kind::Text, Value::String(text)) => Answer::Text(text.to_string()),
            _ => return None,
        })
    }
}

fn observation(item: &Item, answer: &Answer, author: &Author<'_>) -> Option<serde_json::Value> {
    let value = match answer {
        Answer::Integer(number) => json!({ "value": number }),
        Answer::Decimal(text) => json!({ "value": digits(text) }),
        _ => return None,
    };
    let codings: Vec<_> = item.codes.iter().map(|code| json!({ "system": code.system, "code": code.code })).collect();
    (!codings.is_empty()).then_some(())?;
    let patient = json!({ "reference": format!("Patient/{}", author.patient) });
    let mut quantity = value;
    if !item.unit.is_empty() {
        quantity["unit"] = item.unit.as_str().into();
    }
    let survey = json!({ "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey" });
    let suffix: String = item.link_id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let mut id = format!("{}-{suffix}", author.id);
    id.truncate(64);
    Some(json!({
        "resourceType": "Observation", "id": id, "status": "final",
        "category": [{ "coding": [survey] }],
        "code": { "coding": codings, "text": item.text.in_language(author.language).0 },
        "subject": patient, "effectiveDateTime": author.at, "valueQuantity": quantity,
        "derivedFrom": [{ "reference": format!("QuestionnaireResponse/{}", author.id) }],
    }))
}
