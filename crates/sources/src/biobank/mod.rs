//! The biobank: samples with donor and event by MIABIS become FHIR Specimen.
//!
//! Attributes: MIABIS Core 3 and Sample, Sample donor, Event 1.1 (`BBMRI-ERIC/miabis`). Addresses and codes of MIABIS on FHIR
//! are those that `miabis-on-fhir` 1.4.0 (MIT) writes.

mod attributes;
mod rows;

use crate::descriptor::{Descriptor, Mapped, NotThis};
use crate::hl7::{self, coding, identifier, object};
use attributes::Attribute;
use indgang_model::PersonalNumber;
use rows::Sample;
use serde_json::{Value, json};

/// The source.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "biobank",
    title: "Biobank (MIABIS)",
    about: &[
        "Samples of a biobank by the attributes of MIABIS (Sample, Sample donor and Event 1.1): delimited text with a sample a line, a JSON array of samples, or a JSON object with the lists `donors`, `samples` and `events`; compressed or not.",
        "A column or member is named by the attribute's code (`MIABIS-SAMPLE-02`) or name (`Sample type`), in whatever letters and with any signs between the words; a donor's and an event's stand in the sample's line, or in lists of their own that name the donor or the sample by its id.",
        "FHIR Specimen itself, with or without the profiles of MIABIS on FHIR, comes by `indgang ingest fhir`.",
        "The donor is a CPR number, with or without a dash, or an X-eCPR number; another donor id is what the source's Patient of that id tells, and waits in quarantine until there is one.",
        "Samples are of the kind specimen at the gate, with all that is said of them: whoever has entered Vævsanvendelsesregisteret is in no research answer of that kind (DK-29-tissue).",
    ],
    kept: &[
        ("Sample ID", "Specimen: id and identifier"),
        ("Sample type", "type: the code of MIABIS on FHIR, where the name is one of MIABIS, and the name"),
        (
            "Sample storage temperature",
            "processing.extension (miabis-sample-storage-temperature-extension): code and words",
        ),
        ("Event date and time; without one, Sample creation date and time", "collection.collectedDateTime"),
        ("Sample creation date and time", "processing.timeDateTime"),
        ("Anatomical site: ontology, code, description, free text", "collection.bodySite"),
        ("Collection ID", "extension (miabis-sample-collection-extension)"),
        ("Sample content diagnosis, Use and access conditions, Age at event", "note"),
        ("Sample donor ID", "subject"),
    ],
    left_out: &[
        ("Sex and birth date of the donor", "who is who is known by her number"),
        ("Dataset type of the donor", "it tells of other data, which come by themselves"),
        ("version of the ontology of the site", "FHIR's coding has the ontology's name or address only"),
        ("samples of animals, food and the environment", "they are nobody's: told in quarantine"),
        ("biobanks, collections and networks of MIABIS Core", "they are no person's records"),
    ],
};

const BASE: &str = "https://fhir.bbmri-eric.eu";
const SITES: [(&str, &str); 4] = [
    ("snomed", "http://snomed.info/sct"),
    ("icd-o-3", "http://terminology.hl7.org/CodeSystem/icd-o-3"),
    ("icdo3", "http://terminology.hl7.org/CodeSystem/icd-o-3"),
    ("sks", hl7::SKS),
];

/// The resources of a file.
pub fn map(bytes: &[u8]) -> Result<Vec<Mapped>, NotThis> {
    let samples = rows::read(bytes)?;
    let made =
        samples.into_iter().map(|found| Mapped { line: found.line, resource: found.sample.and_then(|s| specimen(&s)) });
    Ok(made.collect())
}

fn specimen(sample: &Sample) -> Result<Value, String> {
    let text = |attribute: Attribute| sample.get(&attribute).map(String::as_str);
    let id = text(Attribute::SampleId).ok_or("the sample has no `Sample ID` (MIABIS-SAMPLE-01); give it one")?;
    let kind = text(Attribute::SampleType)
        .ok_or("the sample has no `Sample type` (MIABIS-SAMPLE-02); write it, or `Other`")?;
    let donor = text(Attribute::DonorId)
        .ok_or("the sample has no `Sample donor ID` (MIABIS-SAMPLEDONOR-01); say whose it is")?;
    if text(Attribute::SampleSource).is_some_and(|source| !source.eq_ignore_ascii_case("human")) {
        return Err("the sample is not of a human (MIABIS-SAMPLE-12); leave it out".to_owned());
    }
    let created = text(Attribute::Created).map(moment);
    let collected = text(Attribute::EventDate).map(moment).or_else(|| created.clone());
    let code = attributes::sample_type(kind).map_or(Value::Null, |(code, name)| {
        json!([coding(&format!("{BASE}/CodeSystem/miabis-detailed-samply-type-cs"), code, Some(name))])
    });
    let collection = text(Attribute::CollectionId).map(|id| {
        let url = format!("{BASE}/StructureDefinition/miabis-sample-collection-extension");
        json!([{ "url": url, "valueIdentifier": { "value": id } }])
    });
    let processing = object([
        ("extension", text(Attribute::Storage).map_or(Value::Null, |words| json!([storage(words)]))),
        ("timeDateTime", json!(created)),
    ]);
    let notes: Vec<Value> = notes(sample).into_iter().map(|text| json!({ "text": text })).collect();
    let list =
        |value: Value| if value.as_object().is_some_and(|o| o.is_empty()) { Value::Null } else { json!([value]) };
    Ok(object([
        ("resourceType", json!("Specimen")),
        ("id", json!(hl7::id(id))),
        ("meta", json!({ "profile": [format!("{BASE}/StructureDefinition/miabis-sample")] })),
        ("extension", json!(collection)),
        ("identifier", json!([{ "value": id }])),
        ("status", json!("available")),
        ("type", object([("coding", code), ("text", json!(kind))])),
        ("subject", subject(donor)),
        ("collection", object([("collectedDateTime", json!(collected)), ("bodySite", site(sample))])),
        ("processing", list(processing)),
        ("note", json!(notes)),
    ]))
}

/// A date of ISO 8601, of any precision; with a time but no zone it is Danish civil time.
fn moment(text: &str) -> String {
    let day = text.len() <= 10 || text.ends_with('Z') || text.get(19..).is_some_and(|rest| rest.contains(['+', '-']));
    if day {
        return text.to_owned();
    }
    hl7::moment(&text.replace(['-', ':', 'T', ' '], ""))
}

/// The donor by her number, or by her id within the source.
fn subject(donor: &str) -> Value {
    let number = donor.replace('-', "");
    match number.parse::<PersonalNumber>().ok().and_then(|number| number.oid()) {
        Some(oid) => json!({ "identifier": identifier(&format!("urn:oid:{oid}"), &number) }),
        None => json!({ "reference": format!("Patient/{}", hl7::id(donor)) }),
    }
}

fn storage(words: &str) -> Value {
    let code = attributes::storage(words).map_or(Value::Null, |code| {
        json!([coding(&format!("{BASE}/CodeSystem/miabis-storage-temperature-cs"), code, None)])
    });
    json!({
        "url": format!("{BASE}/StructureDefinition/miabis-sample-storage-temperature-extension"),
        "valueCodeableConcept": object([("coding", code), ("text", json!(words))]),
    })
}

fn site(sample: &Sample) -> Value {
    let text = |attribute: Attribute| sample.get(&attribute).map(String::as_str);
    let ontology = text(Attribute::SiteOntology).unwrap_or_default();
    let known = SITES.iter().find(|(name, _)| ontology.to_lowercase().replace(' ', "-").starts_with(name));
    // An ontology that has no address here is named with its code in words.
    let system = known.map(|(_, system)| *system).or_else(|| ontology.contains(':').then_some(ontology));
    let code = text(Attribute::SiteCode);
    let coded = system.zip(code).map(|(system, code)| json!([coding(system, code, text(Attribute::SiteDescription))]));
    let words = text(Attribute::SiteText).or(text(Attribute::SiteDescription)).map(str::to_owned);
    let words = words.or_else(|| (coded.is_none()).then(|| code.map(|code| format!("{ontology} {code}")))?);
    object([("coding", json!(coded)), ("text", json!(words.map(|words| words.trim().to_owned())))])
}

/// What has no place of its own, and must be closed with the sample.
fn notes(sample: &Sample) -> Vec<String> {
    let of = |attribute: Attribute, what: &str| sample.get(&attribute).map(|text| format!("{what}: {text}"));
    let age = sample.get(&Attribute::Age).map(|age| {
        let unit = sample.get(&Attribute::AgeUnit).map_or("", String::as_str);
        format!("Age at event: {age} {unit}").trim_end().to_owned()
    });
    [of(Attribute::Diagnosis, "Diagnosis"), of(Attribute::Use, "Use and access"), age].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
