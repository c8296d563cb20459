//! The index of images: metadata of DICOM as JSON (PS3.18, annex F) become ImagingStudy; pixels are never read.

mod dataset;

use crate::descriptor::{Descriptor, Mapped, NotThis};
use crate::hl7::{coding, concept, identifier, object};
use dataset::Dataset;
use indgang_model::PersonalNumber;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The source.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "imaging",
    title: "Images (DICOM JSON)",
    about: &[
        "Metadata of DICOM instances, series or studies as JSON (PS3.18, annex F): what a DICOMweb server answers to `/metadata` and to a search (QIDO-RS); an array or one data set; compressed or not.",
        "FHIR ImagingStudy itself comes by `indgang ingest fhir`.",
        "The data sets of a study in one file become one ImagingStudy, whose id is the Study Instance UID: the file of a study is sent whole, and a later one is a new version.",
        "The patient is Patient ID (0010,0020): a CPR number, with or without a dash, or an X-eCPR number; another waits in quarantine.",
    ],
    kept: &[
        (
            "study: instance UID, accession number, date and time (with time zone), description, modalities, numbers of series and instances, procedure code",
            "ImagingStudy: id and identifier, started, description, modality, numberOfSeries, numberOfInstances, procedureCode",
        ),
        (
            "series: instance UID, number, modality, description, body part, date and time",
            "series: uid, number, modality, description, bodySite, started",
        ),
        ("instance: SOP instance and class UID, number", "series.instance: uid, sopClass, number"),
        ("Patient ID", "subject"),
    ],
    left_out: &[
        ("name, sex and day of birth of the patient", "who is who is known by her number"),
        ("pixels, acquisition and equipment", "the house indexes images and does not hold them"),
        ("physicians and institution", "not modelled"),
    ],
};

const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";

/// The resources of a file.
pub fn map(bytes: &[u8]) -> Result<Vec<Mapped>, NotThis> {
    let value: Value =
        serde_json::from_slice(bytes).map_err(|error| NotThis(format!("{error}: get the whole file again")))?;
    let sets: Vec<Dataset<'_>> = match &value {
        Value::Array(items) => items.iter().map(Dataset).collect(),
        one => vec![Dataset(one)],
    };
    let mut studies: BTreeMap<&str, Vec<Dataset<'_>>> = BTreeMap::new();
    let mut mapped = Vec::new();
    for set in sets {
        match set.text("0020000D") {
            Some(uid) => studies.entry(uid).or_default().push(set),
            None => {
                let what =
                    "a data set without a Study Instance UID (0020,000D): ask the server for the metadata of a study";
                mapped.push(Mapped { line: 1, resource: Err(what.to_owned()) });
            }
        }
    }
    mapped.extend(studies.into_iter().map(|(uid, sets)| Mapped { line: 1, resource: study(uid, &sets) }));
    Ok(mapped)
}

fn study(uid: &str, sets: &[Dataset<'_>]) -> Result<Value, String> {
    let patients: Vec<&str> = sets.iter().filter_map(|set| set.text("00100020")).collect();
    if patients.iter().any(|patient| Some(patient) != patients.first()) {
        return Err("the data sets of a study name different patients (0010,0020): correct them".to_owned());
    }
    let Some(first) = sets.first() else { return Err("a study without data sets".to_owned()) };
    let text = |tag: &str| sets.iter().find_map(|set| set.text(tag));
    let mut by_series: BTreeMap<&str, Vec<Dataset<'_>>> = BTreeMap::new();
    for set in sets {
        if let Some(series) = set.text("0020000E") {
            by_series.entry(series).or_default().push(*set);
        }
    }
    let series: Vec<Value> = by_series.iter().map(|(uid, sets)| series(uid, sets)).collect();
    let instances: usize = by_series.values().flatten().filter(|set| set.text("00080018").is_some()).count();
    // What a search answers about the study as a whole, else what is in the file.
    let counted = |tag: &str, found: usize| {
        let told = sets.iter().find_map(|set| set.number(tag));
        told.map_or_else(|| if found == 0 { Value::Null } else { json!(found) }, |told| json!(told))
    };
    let mut modalities: Vec<&str> =
        sets.iter().flat_map(|set| set.texts("00080061").chain(set.texts("00080060"))).collect();
    modalities.sort_unstable();
    modalities.dedup();
    let modality: Vec<Value> = modalities.into_iter().map(|code| coding(DCM, code, None)).collect();
    let accession = text("00080050").map(|number| json!({ "type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "ACSN", None), "value": number }));
    let identifiers = [Some(identifier("urn:dicom:uid", &format!("urn:oid:{uid}"))), accession];
    let procedure =
        first.item("00081032").and_then(|code| Some(concept("", code.text("00080100")?, code.text("00080104"))));
    Ok(object([
        ("resourceType", json!("ImagingStudy")),
        ("id", json!(crate::hl7::id(uid))),
        ("identifier", json!(identifiers.into_iter().flatten().collect::<Vec<_>>())),
        ("status", json!("available")),
        ("modality", json!(modality)),
        ("subject", subject(patients.first().copied())),
        ("started", json!(first.moment("00080020", "00080030"))),
        ("numberOfSeries", counted("00201206", series.len())),
        ("numberOfInstances", counted("00201208", instances)),
        ("procedureCode", json!(procedure.map(|code| json!([code])))),
        ("description", json!(text("00081030"))),
        ("series", json!(series)),
    ]))
}

/// The patient by her number; what is none stays as written, for validation to find.
fn subject(patient: Option<&str>) -> Value {
    let Some(patient) = patient else { return Value::Null };
    let number = patient.replace('-', "");
    let oid = number.parse::<PersonalNumber>().ok().and_then(|number| number.oid()).unwrap_or("1.2.208.176.1.2");
    json!({ "identifier": identifier(&format!("urn:oid:{oid}"), &number) })
}

fn series(uid: &str, sets: &[Dataset<'_>]) -> Value {
    let text = |tag: &str| sets.iter().find_map(|set| set.text(tag));
    let body = text("00180015").map(|part| json!({ "display": part }));
    let instances: Vec<Value> = sets.iter().filter_map(instance).collect();
    object([
        ("uid", json!(uid)),
        ("number", json!(sets.iter().find_map(|set| set.number("00200011")))),
        ("modality", text("00080060").map_or(Value::Null, |code| coding(DCM, code, None))),
        ("description", json!(text("0008103E"))),
        ("numberOfInstances", if instances.is_empty() { Value::Null } else { json!(instances.len()) }),
        ("bodySite", json!(body)),
        ("started", json!(sets.iter().find_map(|set| set.moment("00080021", "00080031")))),
        ("instance", json!(instances)),
    ])
}

fn instance(set: &Dataset<'_>) -> Option<Value> {
    let uid = set.text("00080018")?;
    let class = set.text("00080016").map(|class| coding("urn:ietf:rfc:3986", &format!("urn:oid:{class}"), None));
    Some(object([("uid", json!(uid)), ("sopClass", json!(class)), ("number", json!(set.number("00200013")))]))
}

#[cfg(test)]
mod tests;
