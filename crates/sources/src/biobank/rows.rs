//! Samples out of delimited text or JSON, each with its donor and its event.

use super::attributes::Attribute;
use crate::delimited::{self, Record};
use crate::descriptor::NotThis;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// What is told of a sample; nothing is empty.
pub type Sample = BTreeMap<Attribute, String>;

/// A sample where it was found.
pub struct Found {
    /// The line, from 1; of JSON the first.
    pub line: u64,
    /// It, or why it cannot be read.
    pub sample: Result<Sample, String>,
}

/// The samples of a file.
///
/// # Errors
/// When it is neither, or names no sample.
pub fn read(bytes: &[u8]) -> Result<Vec<Found>, NotThis> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| NotThis("not UTF-8: convert the file".to_owned()))?;
    match text.trim_start().chars().next() {
        Some('[' | '{') => of_json(text),
        Some(_) => of_text(text),
        None => Err(NotThis("the file is empty".to_owned())),
    }
}

fn of_json(text: &str) -> Result<Vec<Found>, NotThis> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| NotThis(format!("{error}: get the whole file again")))?;
    if value.get("resourceType").is_some() {
        return Err(NotThis("is FHIR: take it in with `indgang ingest fhir`".to_owned()));
    }
    let list = |name: &str| value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (samples, donors, events) = match &value {
        Value::Array(samples) => (samples.as_slice(), &[][..], &[][..]),
        _ if value.get("samples").is_some() => (list("samples"), list("donors"), list("events")),
        _ => return Err(NotThis("holds no list of samples: write an array, or an object with `samples`".to_owned())),
    };
    let donors = by(donors, Attribute::DonorId);
    let events = by(events, Attribute::SampleId);
    let found = samples.iter().map(|sample| {
        let sample = sample.as_object().ok_or("a sample is no JSON object; mend it".to_owned()).map(attributes);
        let sample = sample.map(|mut sample| {
            // Its own words hold before those of its donor and event.
            let donor = sample.get(&Attribute::DonorId).and_then(|id| donors.get(id)).cloned();
            let event = sample.get(&Attribute::SampleId).and_then(|id| events.get(id)).cloned();
            for (attribute, text) in donor.into_iter().chain(event).flatten() {
                sample.entry(attribute).or_insert(text);
            }
            sample
        });
        Found { line: 1, sample }
    });
    Ok(found.collect())
}

/// Donors or events by the id that a sample names them by, the first of each.
fn by(list: &[Value], key: Attribute) -> HashMap<String, Sample> {
    let mut found = HashMap::new();
    for told in list.iter().filter_map(Value::as_object).map(attributes) {
        if let Some(id) = told.get(&key).cloned() {
            found.entry(id).or_insert(told);
        }
    }
    found
}

fn attributes(members: &Map<String, Value>) -> Sample {
    let told = members.iter().filter_map(|(name, value)| Some((Attribute::named(name)?, words(value))));
    told.filter(|(_, text)| !text.is_empty()).collect()
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join("; "),
        Value::Null | Value::Object(_) => String::new(),
        other => other.to_string(),
    }
}

fn of_text(text: &str) -> Result<Vec<Found>, NotThis> {
    let delimiter = delimited::delimiter(text, |name| Attribute::named(name).is_some());
    let mut records = delimited::records(text, delimiter)?.into_iter();
    let names: Vec<Option<Attribute>> =
        records.next().iter().flat_map(|record| &record.fields).map(|name| Attribute::named(name)).collect();
    for (attribute, name) in [(Attribute::SampleId, "Sample ID"), (Attribute::DonorId, "Sample donor ID")] {
        if !names.contains(&Some(attribute)) {
            return Err(NotThis(format!("line 1: there is no column `{name}` of MIABIS; name it so")));
        }
    }
    let found = |record: Record| {
        let Record { line, fields } = record;
        let sample = match fields.len() == names.len() {
            true => Ok(names
                .iter()
                .zip(fields)
                .filter_map(|(name, field)| Some(((*name)?, field)))
                .filter(|(_, f)| !f.is_empty())
                .collect()),
            false => Err(format!("the line has {} fields and the header {}; mend it", fields.len(), names.len())),
        };
        Found { line, sample }
    };
    Ok(records.map(found).collect())
}
