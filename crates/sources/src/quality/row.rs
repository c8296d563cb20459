//! A row as a QuestionnaireResponse.

use super::cell;
use super::mapping::{Column, Mapping, same, tag};
use crate::delimited::Record;
use crate::descriptor::{Mapped, NotThis};
use crate::hl7::{self, identifier, object};
use indgang_model::PersonalNumber;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Makes responses of rows.
pub struct Reader<'m> {
    mapping: &'m Mapping,
    /// Fields of the header.
    width: usize,
    person: usize,
    date: usize,
    id: Option<usize>,
    /// Each column with its place.
    columns: Vec<(usize, &'m Column)>,
    /// The line of each id.
    ids: HashMap<String, u64>,
}

impl<'m> Reader<'m> {
    /// Finds the mapping's columns in the header.
    pub fn new(mapping: &'m Mapping, header: &Record) -> Result<Self, NotThis> {
        let at = |what: String| NotThis(format!("line {}: {what}", header.line));
        for (place, name) in header.fields.iter().enumerate() {
            if !mapping.knows(name) {
                let what = "stands in the header and not in the mapping; add a `[[column]]`, or name it in `left_out`";
                return Err(at(format!("column `{name}` {what}")));
            }
            if header.fields[..place].iter().any(|other| same(other, name)) {
                return Err(at(format!("column `{name}` stands in the header twice; name each once")));
            }
        }
        let place = |name: &str| {
            let found = header.fields.iter().position(|field| same(name, field));
            let what =
                || at(format!("there is no column `{name}`, which the mapping names; add it, or correct the mapping"));
            found.ok_or_else(what)
        };
        let columns = mapping.columns.iter().map(|column| Ok((place(&column.name)?, column)));
        Ok(Self {
            mapping,
            width: header.fields.len(),
            person: place(&mapping.person)?,
            date: place(&mapping.date)?,
            id: mapping.id.as_deref().map(place).transpose()?,
            columns: columns.collect::<Result<_, NotThis>>()?,
            ids: HashMap::new(),
        })
    }

    /// A row's response, or why there is none.
    pub fn row(&mut self, record: &Record) -> Mapped {
        Mapped { line: record.line, resource: self.response(record) }
    }

    fn response(&mut self, record: &Record) -> Result<Value, String> {
        let Record { line, fields } = record;
        if fields.len() != self.width {
            return Err(format!("the line has {} fields and the header {}; mend it", fields.len(), self.width));
        }
        let of = |place: usize| fields.get(place).map(String::as_str).unwrap_or_default();
        let number = number(of(self.person)).map_err(|what| format!("column `{}` {what}", self.mapping.person))?;
        let at =
            cell::moment(of(self.date)).ok_or_else(|| format!("column `{}` {}", self.mapping.date, cell::NO_MOMENT))?;
        let own = self.id.map(of);
        if let (Some(""), Some(name)) = (own, &self.mapping.id) {
            return Err(format!("column `{name}` is empty; give the registration its id"));
        }
        let items: Vec<Value> = self
            .columns
            .iter()
            .filter_map(|(place, column)| self.item(column, of(*place)).transpose())
            .collect::<Result<_, String>>()?;
        if let Some(before) = own.and_then(|own| self.ids.insert(own.to_owned(), *line)) {
            return Err(format!("its id stands in line {before} too; give each registration its own"));
        }
        let shown = json!({ "extension": [{
            "url": "http://hl7.org/fhir/StructureDefinition/display", "valueString": self.mapping.database }] });
        // An id means something within a database, and a source may deliver several.
        let id = own.map(|own| hl7::id(&format!("{} {own}", self.mapping.url)));
        Ok(object([
            ("resourceType", json!("QuestionnaireResponse")),
            ("id", json!(id)),
            ("meta", tag()),
            ("identifier", own.map_or(Value::Null, |own| identifier(&self.mapping.url, own))),
            ("questionnaire", json!(self.mapping.canonical())),
            ("_questionnaire", shown),
            ("status", json!("completed")),
            ("subject", json!({ "identifier": number })),
            ("authored", json!(at)),
            ("item", json!(items)),
        ]))
    }

    fn item(&self, column: &Column, text: &str) -> Result<Option<Value>, String> {
        let wrong = |what: &str| format!("column `{}` {what}", column.name);
        if text.is_empty() || self.mapping.missing.contains(text) || column.missing.contains(text) {
            return match column.required {
                true => Err(wrong("has no value, and the mapping says `required`; fill it in")),
                false => Ok(None),
            };
        }
        let answer = cell::answer(self.mapping, column, text).map_err(wrong)?;
        Ok(Some(object([("linkId", json!(column.link_id)), ("text", json!(column.text)), ("answer", json!([answer]))])))
    }
}

/// The identifier of a person.
fn number(text: &str) -> Result<Value, &'static str> {
    let plain = text.replace(['-', ' '], "");
    if plain.len() == 9 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("has nine digits: a spreadsheet has taken the zero before them away; put it back");
    }
    let number = plain.parse::<PersonalNumber>().ok().and_then(|number| number.oid());
    let oid = number.ok_or("is no CPR number; write ten digits, with or without a hyphen")?;
    Ok(identifier(&format!("urn:oid:{oid}"), &plain))
}
