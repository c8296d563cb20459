//! Responses that another system delivers: held against their questionnaires, and given the scores that these calculate.
//!
//! A response to a questionnaire that the house knows in that version is checked; one to another is kept as it is.

use super::{definitions, new_resource};
use crate::Error;
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::questionnaire::{Author, Fault, FaultKind, Questionnaire, Response};
use indgang_fhir::record;
use indgang_model::PersonId;
use indgang_sources::descriptor::Format;
use indgang_sources::resources::{DeliveryError, Incoming, Survey, read};
use indgang_store::House;
use indgang_store::resources::NewResource;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Most faults that are told of one response.
const MOST_TOLD: usize = 5;

/// What a delivery of patient-reported outcomes is held against.
#[derive(Default)]
pub(crate) struct Delivered {
    questionnaires: Vec<Questionnaire>,
    /// Responses of which the file itself tells an observation.
    told: BTreeSet<String>,
}

impl Delivered {
    /// Looks the file through, and adds to its faults what is wrong with questionnaires and responses. Nothing is
    /// looked at in a delivery of another kind.
    pub(crate) async fn survey(
        house: &House,
        (file, format): (PathBuf, &Format),
        survey: &mut Survey,
    ) -> Result<Self, Error> {
        if !matches!(format, Format::Pro | Format::Quality(None)) {
            return Ok(Self::default());
        }
        let known = definitions::all(house).await?;
        let looked = tokio::task::spawn_blocking(move || look(&file, known)).await;
        let (delivered, faults) =
            looked.map_err(|_| Error::Input("reading the file was given up; try again".to_owned()))??;
        for (ordinal, reason) in faults {
            survey.faults.entry(ordinal).or_insert(reason);
        }
        Ok(delivered)
    }

    /// The observations that a response's questionnaire makes of it; none where the file tells them itself.
    pub(crate) fn scores(&self, text: &str, of: &NewResource, person: &PersonId) -> Vec<NewResource> {
        let mut tape = Tape::new();
        let Ok(json) = tape.read(text) else { return Vec::new() };
        if record::is_quality(json, Json::ROOT) {
            return Vec::new();
        }
        let Some(response) = Response::read(json, Json::ROOT) else { return Vec::new() };
        if self.told.contains(&of.reference) || !(response.is_complete() || response.status == "entered-in-error") {
            return Vec::new();
        }
        let Some(questionnaire) = named(&self.questionnaires, &response) else { return Vec::new() };
        let answers = questionnaire.calculated(&questionnaire.check(json, Json::ROOT).0).0;
        let at = record::span(json, Json::ROOT).map(|span| span.start).unwrap_or_default();
        let id = of.reference.split_once('/').map_or("", |(_, id)| id);
        let language = json.member_string(Json::ROOT, "language").unwrap_or_default();
        let author = Author { id, patient: "", at: &at, language: &language, instead: None };
        let subject = json.member(Json::ROOT, "subject").and_then(|n| serde_json::from_str::<Value>(json.raw(n)).ok());
        let made = questionnaire.observations(&answers, &author).into_iter().filter_map(|mut observation| {
            observation["subject"] = subject.clone()?;
            if !response.is_complete() {
                observation["status"] = "entered-in-error".into();
            }
            if at.is_empty() {
                observation.as_object_mut()?.remove("effectiveDateTime");
            }
            let resource = new_resource(&observation.to_string(), person).ok()?;
            Some(NewResource { place: of.place.clone(), ..resource })
        });
        made.collect()
    }
}

type Looked = (Delivered, BTreeMap<u64, String>);

fn look(file: &Path, known: Vec<Questionnaire>) -> Result<Looked, DeliveryError> {
    let mut delivered = Delivered { questionnaires: known, told: BTreeSet::new() };
    let mut faults = BTreeMap::new();
    each(file, "Questionnaire", |incoming, _| match Questionnaire::read(&incoming.text) {
        Ok(questionnaire) => delivered.questionnaires.push(questionnaire),
        Err(error) => drop(faults.insert(incoming.ordinal, error.to_string())),
    })?;
    each(file, "Observation", |_, json| {
        let derived = json.member(Json::ROOT, "derivedFrom").into_iter().flat_map(|list| json.children(list));
        delivered.told.extend(derived.filter_map(|node| Some(json.member_string(node, "reference")?.into_owned())));
    })?;
    each(file, "QuestionnaireResponse", |incoming, json| {
        let response = Response::read(json, Json::ROOT);
        let Some(questionnaire) = response.and_then(|response| named(&delivered.questionnaires, &response)) else {
            return;
        };
        let found = questionnaire.check(json, Json::ROOT).1;
        if !found.is_empty() {
            let told: Vec<String> = found.iter().take(MOST_TOLD).map(fault).collect();
            let more = found.len().saturating_sub(MOST_TOLD);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            faults.insert(incoming.ordinal, format!("{}{more}", told.join("; ")));
        }
    })?;
    Ok((delivered, faults))
}

/// Of a response that names a version that very one; one that names none is held against the only there is.
fn named<'q>(all: &'q [Questionnaire], response: &Response) -> Option<&'q Questionnaire> {
    definitions::named(all, &response.questionnaire, response.version.as_deref())
}

fn each(file: &Path, wanted: &str, mut then: impl FnMut(&Incoming, Json<'_>)) -> Result<(), DeliveryError> {
    let mut tape = Tape::new();
    read(file, &Format::Pro, |incoming| {
        if incoming.resource.as_ref().is_some_and(|resource| resource.resource_type == wanted)
            && let Ok(json) = tape.read(&incoming.text)
        {
            then(&incoming, json);
        }
        true
    })
}

/// A fault with its place and a remedy; never with an answer.
fn fault(fault: &Fault) -> String {
    let item = if fault.link_id.is_empty() { String::new() } else { format!(" (`{}`)", fault.link_id) };
    let what = match fault.kind {
        FaultKind::UnknownItem => "the questionnaire has no such item here: correct `linkId` or the version",
        FaultKind::WrongType => "an answer of another type than the item: correct the answer",
        FaultKind::NotAnOption => "an answer that is none of the options: correct its system and code",
        FaultKind::Disabled => "an answer to an item that `enableWhen` disables: leave it out",
        FaultKind::Missing => "no answer to an item that must have one: add it, or send the response as `in-progress`",
        FaultKind::TooMany => "several answers to an item that has one: keep one",
        FaultKind::TooLong => "a text longer than `maxLength`: shorten it",
        FaultKind::OutOfRange => "a number outside of what the item allows: correct it",
    };
    format!("{}{item}: {what}", fault.expression)
}
