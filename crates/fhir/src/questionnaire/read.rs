//! A Questionnaire of R4, as far as it is used here.

use super::{Answer, Choice, Condition, Item, Kind, Operator, Questionnaire, Unusable, Words};
use crate::json::{Json, Kind as JsonKind, Node, Tape, canonical};
use crate::path::Path;
use crate::record::{Coding, each, is_quality, text};
use std::collections::BTreeSet;

const CORE: &str = "http://hl7.org/fhir/StructureDefinition/";
const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";
/// Most items of one Questionnaire.
const MOST_ITEMS: usize = 2000;

impl Questionnaire {
    /// Reads a resource.
    ///
    /// # Errors
    /// What is no Questionnaire, has no address, or does not hang together.
    pub fn read(source: &str) -> Result<Self, Unusable> {
        let mut tape = Tape::new();
        let json = tape.read(source).map_err(|error| Unusable(error.to_string()))?;
        let unusable = |what: &str| Err(Unusable(what.to_owned()));
        if text(json, Json::ROOT, "resourceType") != "Questionnaire" {
            return unusable("this is no Questionnaire");
        }
        let url = text(json, Json::ROOT, "url").into_owned();
        if url.is_empty() {
            return unusable("a Questionnaire without `url`: responses cannot name it");
        }
        let reading = Reading { json, language: text(json, Json::ROOT, "language").into_owned() };
        let made = Self {
            url,
            version: text(json, Json::ROOT, "version").into_owned(),
            status: text(json, Json::ROOT, "status").into_owned(),
            title: reading.words(Json::ROOT, "title"),
            description: reading.words(Json::ROOT, "description"),
            copyright: text(json, Json::ROOT, "copyright").into_owned(),
            quality: is_quality(json, Json::ROOT),
            items: reading.items(Json::ROOT)?,
            source: source.to_owned(),
        };
        let mut known = BTreeSet::new();
        for item in made.each() {
            if !known.insert(item.link_id.as_str()) {
                return Err(Unusable(format!("`{}` is the `linkId` of two items: give each its own", item.link_id)));
            }
        }
        if known.len() > MOST_ITEMS {
            return Err(Unusable(format!("more than {MOST_ITEMS} items: divide it")));
        }
        made.hangs_together()?;
        Ok(made)
    }
}

struct Reading<'a> {
    json: Json<'a>,
    language: String,
}

impl Reading<'_> {
    fn items(&self, of: Node) -> Result<Vec<Item>, Unusable> {
        each(self.json, of, "item").map(|node| self.item(node)).collect()
    }

    fn item(&self, node: Node) -> Result<Item, Unusable> {
        let json = self.json;
        let link_id = text(json, node, "linkId").into_owned();
        if link_id.is_empty() {
            return Err(Unusable("an item without `linkId`: give each its own".to_owned()));
        }
        let unusable = |what: &str| Unusable(format!("`{link_id}` {what}"));
        let kind = kind(&text(json, node, "type"))
            .ok_or_else(|| unusable("has a type that R4 does not know: correct `type`"))?;
        let conditions = each(json, node, "enableWhen")
            .map(|when| self.condition(when))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| unusable("has a condition without question, operator or answer: correct `enableWhen`"))?;
        let any = match (conditions.len(), text(json, node, "enableBehavior").as_ref()) {
            (0 | 1, _) | (_, "all") => false,
            (_, "any") => true,
            _ => {
                return Err(unusable(
                    "has several conditions and does not say whether all or any are to hold: add `enableBehavior`",
                ));
            }
        };
        let (options, options_elsewhere) = self.options(node);
        let limit = |name: &str| {
            let value = self.extension(node, &format!("{CORE}{name}"))?;
            ["valueInteger", "valueDecimal"].iter().find_map(|of| json.raw(json.member(value, of)?).parse().ok())
        };
        let unit = self.extension(node, &format!("{CORE}questionnaire-unit"));
        let unit = unit.and_then(|unit| json.member(unit, "valueCoding")).map(|coding| {
            let display = text(json, coding, "display");
            if display.is_empty() { text(json, coding, "code").into_owned() } else { display.into_owned() }
        });
        Ok(Item {
            prefix: text(json, node, "prefix").into_owned(),
            text: self.words(node, "text"),
            kind,
            required: self.is(node, "required"),
            repeats: self.is(node, "repeats"),
            read_only: self.is(node, "readOnly"),
            hidden: self.says(node, &format!("{CORE}questionnaire-hidden")),
            longest: json.member(node, "maxLength").and_then(|n| json.raw(n).parse().ok()),
            options,
            options_elsewhere,
            conditions,
            any,
            range: (limit("minValue"), limit("maxValue")),
            unit: unit.unwrap_or_default(),
            calculated: self.calculated(node, &link_id)?,
            is_observation: self.says(node, &format!("{SDC}observationExtract")),
            codes: each(json, node, "code").map(|code| self.coding(code)).collect(),
            items: self.items(node)?,
            link_id,
        })
    }

    fn calculated(&self, node: Node, link_id: &str) -> Result<Option<String>, Unusable> {
        let Some(found) = self.extension(node, &format!("{SDC}calculatedExpression")) else { return Ok(None) };
        let unusable = |what: String| Err(Unusable(format!("`{link_id}` is calculated by {what}")));
        let Some(expression) = self.json.member(found, "valueExpression") else {
            return unusable("no expression: add `valueExpression`".to_owned());
        };
        let language = text(self.json, expression, "language");
        if language != "text/fhirpath" {
            return unusable("another language than FHIRPath: write it in `text/fhirpath`".to_owned());
        }
        let expression = text(self.json, expression, "expression").into_owned();
        let path = match Path::parse(&expression) {
            Ok(path) => path,
            Err(error) => return unusable(format!("what is no FHIRPath: {error}")),
        };
        let known = [("questionnaire".to_owned(), crate::path::Value::Boolean(true))];
        match path.undefined(&known) {
            Some(name) => unusable(format!("the variable `%{name}`, which is not known here: write it out")),
            None => Ok(Some(expression)),
        }
    }

    /// The options, and whether they stand elsewhere.
    fn options(&self, node: Node) -> (Vec<Choice>, bool) {
        let json = self.json;
        let own: Vec<Choice> = each(json, node, "answerOption").filter_map(|option| self.option(option)).collect();
        let set = text(json, node, "answerValueSet");
        if !own.is_empty() || set.is_empty() {
            return (own, false);
        }
        let contained = set
            .strip_prefix('#')
            .and_then(|id| each(json, Json::ROOT, "contained").find(|resource| text(json, *resource, "id") == id));
        let Some(set) = contained else { return (Vec::new(), true) };
        let mut found = Vec::new();
        if let Some(compose) = json.member(set, "compose") {
            for include in each(json, compose, "include") {
                let system = text(json, include, "system");
                found.extend(each(json, include, "concept").map(|concept| self.concept(concept, &system)));
            }
        }
        if let Some(expansion) = json.member(set, "expansion") {
            let of = |concept| self.concept(concept, &text(json, concept, "system"));
            if found.is_empty() {
                found.extend(each(json, expansion, "contains").map(of));
            }
        }
        let elsewhere = found.is_empty();
        (found, elsewhere)
    }

    fn concept(&self, node: Node, system: &str) -> Choice {
        let words = self.words(node, "display");
        let coding = Coding {
            system: system.to_owned(),
            code: text(self.json, node, "code").into_owned(),
            display: words.text.clone(),
        };
        Choice { answer: Answer::Coding(coding), words, weight: self.weight(node) }
    }

    fn option(&self, node: Node) -> Option<Choice> {
        let answer = answer(self.json, node, "value")?;
        let coding = self.json.member(node, "valueCoding");
        let words = match (&answer, coding) {
            (Answer::Coding(_), Some(coding)) => self.words(coding, "display"),
            (Answer::Text(text), _) => {
                let words = self.words(node, "valueString");
                Words { text: text.clone(), ..words }
            }
            (Answer::Integer(number), _) => Words { text: number.to_string(), ..Words::default() },
            (Answer::Date(text) | Answer::Time(text), _) => Words { text: text.clone(), ..Words::default() },
            _ => Words::default(),
        };
        Some(Choice { answer, words, weight: self.weight(node).or_else(|| self.weight(coding?)) })
    }

    fn weight(&self, node: Node) -> Option<String> {
        let found = ["itemWeight", "ordinalValue"].iter().find_map(|n| self.extension(node, &format!("{CORE}{n}")))?;
        Some(self.json.raw(self.json.member(found, "valueDecimal")?).to_owned())
    }

    fn condition(&self, node: Node) -> Option<Condition> {
        let operator = match text(self.json, node, "operator").as_ref() {
            "exists" => Operator::Exists,
            "=" => Operator::Equal,
            "!=" => Operator::NotEqual,
            ">" => Operator::Greater,
            "<" => Operator::Less,
            ">=" => Operator::AtLeast,
            "<=" => Operator::AtMost,
            _ => return None,
        };
        let question = text(self.json, node, "question").into_owned();
        let answer = answer(self.json, node, "answer")?;
        (!question.is_empty()).then_some(Condition { question, operator, answer })
    }

    fn coding(&self, node: Node) -> Coding {
        let of = |name| text(self.json, node, name).into_owned();
        Coding { system: of("system"), code: of("code"), display: of("display") }
    }

    fn is(&self, node: Node, name: &str) -> bool {
        self.json.member(node, name).is_some_and(|value| self.json.kind(value) == JsonKind::True)
    }

    fn says(&self, node: Node, url: &str) -> bool {
        self.extension(node, url).is_some_and(|found| self.is(found, "valueBoolean"))
    }

    fn extension(&self, node: Node, url: &str) -> Option<Node> {
        each(self.json, node, "extension").find(|found| text(self.json, *found, "url") == url)
    }

    /// A text with the translations that its shadow holds.
    fn words(&self, node: Node, name: &str) -> Words {
        let shadow = self.json.member(node, &format!("_{name}"));
        let translation = format!("{CORE}translation");
        let others = shadow.into_iter().flat_map(|shadow| each(self.json, shadow, "extension")).filter_map(|found| {
            (text(self.json, found, "url") == translation).then_some(())?;
            let part = |url: &str, value: &str| {
                let part = each(self.json, found, "extension").find(|part| text(self.json, *part, "url") == url)?;
                self.json.member_string(part, value).map(std::borrow::Cow::into_owned)
            };
            let content = part("content", "valueString").or_else(|| part("content", "valueMarkdown"))?;
            Some((part("lang", "valueCode")?, content))
        });
        Words {
            text: text(self.json, node, name).into_owned(),
            language: self.language.clone(),
            others: others.collect(),
        }
    }
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "group" => Kind::Group,
        "display" => Kind::Display,
        "boolean" => Kind::Boolean,
        "decimal" => Kind::Decimal,
        "integer" => Kind::Integer,
        "date" => Kind::Date,
        "dateTime" => Kind::DateTime,
        "time" => Kind::Time,
        "string" => Kind::String,
        "text" => Kind::Text,
        "url" => Kind::Url,
        "choice" => Kind::Choice,
        "open-choice" => Kind::OpenChoice,
        "quantity" | "attachment" | "reference" => Kind::Other,
        _ => return None,
    })
}

/// The value of a choice element: `valueInteger` of `value`, `answerCoding` of `answer`.
pub(super) fn answer(json: Json<'_>, node: Node, name: &str) -> Option<Answer> {
    let found = json.children(node).find(|child| {
        json.key(*child).strip_prefix(name).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    })?;
    let string = || json.string(found).map(std::borrow::Cow::into_owned);
    let number = || (json.kind(found) == JsonKind::Number).then(|| json.raw(found));
    Some(match &json.key(found)[name.len()..] {
        "Boolean" if json.kind(found) == JsonKind::True => Answer::Boolean(true),
        "Boolean" if json.kind(found) == JsonKind::False => Answer::Boolean(false),
        "Boolean" => return None,
        "Integer" => Answer::Integer(number()?.parse().ok()?),
        "Decimal" => Answer::Decimal(number()?.to_owned()),
        "Date" => Answer::Date(string()?),
        "DateTime" => Answer::DateTime(string()?),
        "Time" => Answer::Time(string()?),
        "String" | "Uri" => Answer::Text(string()?),
        "Coding" => {
            let of = |name| text(json, found, name).into_owned();
            Answer::Coding(Coding { system: of("system"), code: of("code"), display: of("display") })
        }
        other => Answer::Other(other.to_owned(), canonical(json, found)),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A Questionnaire of these items.
    pub(in crate::questionnaire) fn questionnaire(items: &str) -> Result<Questionnaire, Unusable> {
        Questionnaire::read(&format!(
            r#"{{"resourceType":"Questionnaire","url":"urn:q","version":"1","status":"active","language":"en","item":[{items}]}}"#
        ))
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_place() {
        let calculated = |language: &str, expression: &str| {
            format!(
                r#"{{"linkId":"sum","type":"integer","extension":[{{"url":"{SDC}calculatedExpression",
                "valueExpression":{{"language":"{language}","expression":"{expression}"}}}}]}}"#
            )
        };
        let twice = r#"{"question":"a","operator":"exists","answerBoolean":true}"#;
        for (items, part) in [
            (r#"{"type":"string"}"#.to_owned(), "without `linkId`"),
            (r#"{"linkId":"a","type":"question"}"#.to_owned(), "`a` has a type"),
            (r#"{"linkId":"a","type":"string"},{"linkId":"a","type":"string"}"#.to_owned(), "two items"),
            (
                r#"{"linkId":"a","type":"string","enableWhen":[{"question":"b","operator":"~","answerBoolean":true}]}"#
                    .to_owned(),
                "`a` has a condition",
            ),
            (
                format!(
                    r#"{{"linkId":"a","type":"string"}},{{"linkId":"b","type":"string","enableWhen":[{twice},{twice}]}}"#
                ),
                "`enableBehavior`",
            ),
            (calculated("text/cql", "1"), "another language"),
            (calculated("text/fhirpath", "1 +"), "no FHIRPath"),
            (calculated("text/fhirpath", "%score + 1"), "`%score`"),
        ] {
            let error = questionnaire(&items).unwrap_err();
            assert!(error.0.contains(part), "{error}");
        }
    }

    #[test]
    fn words_options_and_weights() {
        let made = questionnaire(
            r#"{"linkId":"a","type":"choice","text":"Pain","_text":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation",
                "extension":[{"url":"lang","valueCode":"da-DK"},{"url":"content","valueString":"Smerte"}]}]},
              "answerOption":[{"valueCoding":{"system":"s","code":"1","display":"some",
                "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/ordinalValue","valueDecimal":0.250}]}},
                {"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/itemWeight","valueDecimal":2}],"valueInteger":7}]},
              {"linkId":"b","type":"choice","answerValueSet":"http://elsewhere"}"#,
        )
        .unwrap();
        let item = made.item("a").unwrap();
        assert_eq!(item.text.in_language("da"), ("Smerte", "da"));
        assert_eq!(item.text.in_language("en"), ("Pain", "en"));
        assert_eq!(item.text.in_language("fo"), ("Pain", "en"));
        assert_eq!(item.options[0].weight.as_deref(), Some("0.250"));
        assert_eq!((item.options[1].words.text.as_str(), item.options[1].weight.as_deref()), ("7", Some("2")));
        assert!(made.fillable().unwrap_err().0.contains("`b`"));
    }
}
