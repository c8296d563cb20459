//! FHIR resources on their way into the house: a file is surveyed first (who is in it, what cannot be taken in and why),
//! and then read again, resource by resource. Neither holds more than a few blocks of it in memory.

use crate::compressed;
use crate::descriptor::Format;
use crate::fhir::{Block, FhirFile, FhirFileError, Found, Place, Unreadable};
use indgang_fhir::json::{Json, Tape, canonical};
use indgang_fhir::record::{self, Document, Number, Pointer};
use indgang_fhir::validate;
use indgang_model::{Category, Sensitive, hex};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Why a file is not taken in at all.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// It cannot be read to its end.
    #[error(transparent)]
    File(#[from] FhirFileError),
    /// One value over many lines that is not whole.
    #[error("`{}`: {reason}; nothing of it was taken in: get the whole file again", path.display())]
    Cut {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        reason: String,
    },
    /// Not what it is said to be.
    #[error("`{}`: {reason}; nothing of it was taken in", path.display())]
    NotThis {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The operating system.
    #[error("`{}`: {source}; check the path", path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// Its reason.
        source: std::io::Error,
    },
}

/// What was found in a file.
#[derive(Debug, Default)]
pub struct Survey {
    /// SHA-256 of its bytes, as hexadecimal digits.
    pub sha256: String,
    /// Resources and what was to be one.
    pub resources: u64,
    /// Its Patients.
    pub patients: Vec<Patient>,
    /// What its other resources name as their patient.
    pub pointers: BTreeSet<Pointer>,
    /// What cannot be taken in, by its number in the file.
    pub faults: BTreeMap<u64, String>,
}

/// A Patient.
#[derive(Debug)]
pub struct Patient {
    /// Its number in the file, from 0.
    pub ordinal: u64,
    /// By what others refer to it.
    pub references: Vec<String>,
    /// Her numbers, at least one; the CPR number first.
    pub numbers: Vec<Number>,
    /// Her name; may be empty.
    pub name: Sensitive<String>,
}

/// One of a file, in its order.
#[derive(Debug)]
pub struct Incoming {
    /// Its number in the file, from 0.
    pub ordinal: u64,
    /// Where it stands.
    pub place: Place,
    /// The `fullUrl` of its entry.
    pub full_url: Option<String>,
    /// The resource in canonical form, or the text that is none.
    pub text: String,
    /// What is known of it; `None` for a text that is no resource.
    pub resource: Option<Resource>,
}

/// What is known of a resource.
#[derive(Debug)]
pub struct Resource {
    /// Its type.
    pub resource_type: String,
    /// Type and id: `Observation/7`. Without an id it is that of its `fullUrl`, or made of its content.
    pub reference: String,
    /// What it names as its patient, or what others name it by when it is one.
    pub pointers: Vec<Pointer>,
    /// The kind of a patient's data; `None` when it names no patient and needs none.
    pub category: Option<Category>,
    /// First and last second of its matter, from 1970 in UTC.
    pub seconds: Option<(i64, i64)>,
    /// SHA-256 of its canonical form, as hexadecimal digits.
    pub hash: String,
    /// The set of documents it comes in and its version there, where it tells.
    pub document: Option<Document>,
    /// True for a notice that takes away what is known by its id.
    pub removes: bool,
}

/// Finds out what is in a file.
///
/// # Errors
/// When the file cannot be read to its end.
pub fn survey(path: &Path, format: &Format) -> Result<Survey, DeliveryError> {
    let mut survey = Survey { sha256: sha256(path)?, ..Survey::default() };
    each_block(path, format, judge, |judged: Judged| {
        let ordinal = survey.resources;
        survey.resources += 1;
        match judged {
            Judged::Cut(reason) => return Err(DeliveryError::Cut { path: path.to_owned(), reason }),
            Judged::Fault(reason) => drop(survey.faults.insert(ordinal, reason)),
            Judged::Patient(patient) => survey.patients.push(Patient { ordinal, ..patient }),
            Judged::Other(pointers) => survey.pointers.extend(pointers),
        }
        Ok(())
    })?;
    Ok(survey)
}

/// Gives each resource of a file, in its order, until the one who receives says that it is enough.
///
/// # Errors
/// When the file cannot be read to its end.
pub fn read(path: &Path, format: &Format, mut sink: impl FnMut(Incoming) -> bool) -> Result<(), DeliveryError> {
    let mut next = 0;
    let mut going = true;
    let quality = matches!(format, Format::Quality(_));
    each_block(
        path,
        format,
        |block, out| incoming(block, quality, out),
        |found: Incoming| {
            going = going && sink(Incoming { ordinal: next, ..found });
            next += 1;
            Ok(())
        },
    )
}

/// A resource that comes by itself, with the `fullUrl` of its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Single {
    /// By what others refer to it.
    pub full_url: Option<String>,
    /// Its JSON.
    pub text: String,
}

/// Finds out what is in resources that come one by one.
#[must_use]
pub fn survey_singles(singles: &[Single]) -> Survey {
    let mut survey = Survey { resources: singles.len() as u64, ..Survey::default() };
    let (mut tape, mut hasher) = (Tape::new(), Sha256::new());
    for (ordinal, single) in (0..).zip(singles) {
        hasher.update(&single.text);
        let judged = match tape.read(&single.text) {
            Ok(json) => judge_resource(json, single.full_url.as_deref()),
            Err(error) => Judged::Fault(error.to_string()),
        };
        match judged {
            Judged::Cut(reason) | Judged::Fault(reason) => drop(survey.faults.insert(ordinal, reason)),
            Judged::Patient(patient) => survey.patients.push(Patient { ordinal, ..patient }),
            Judged::Other(pointers) => survey.pointers.extend(pointers),
        }
    }
    survey.sha256 = hex(&hasher.finalize());
    survey
}

/// Resources that come one by one, in their order.
#[must_use]
pub fn read_singles(singles: &[Single]) -> Vec<Incoming> {
    let mut tape = Tape::new();
    let incoming = |(index, single): (usize, &Single)| {
        let place = Place { line: 1, entry: Some(index) };
        let full_url = single.full_url.as_deref().map(Into::into);
        let found = Found { text: &single.text, full_url };
        let read = match tape.read(&single.text) {
            Ok(json) => given(place, &found, json),
            Err(_) => unreadable(place, single.text.clone()),
        };
        Incoming { ordinal: index as u64, ..read }
    };
    singles.iter().enumerate().map(incoming).collect()
}

/// Works on as many blocks at once as there are threads; what they give stays in the order of the file.
fn each_block<T: Send>(
    path: &Path,
    format: &Format,
    work: impl Fn(&Block, &mut Vec<T>) + Sync,
    mut then: impl FnMut(T) -> Result<(), DeliveryError>,
) -> Result<(), DeliveryError> {
    if format.is_mapped() {
        let mut out = Vec::new();
        work(&mapped(path, format)?, &mut out);
        return out.into_iter().try_for_each(&mut then);
    }
    let mut file = FhirFile::open(path)?;
    loop {
        let blocks = file.blocks()?;
        if blocks.is_empty() {
            return Ok(());
        }
        let done = blocks.par_iter().map(|block| {
            let mut out = Vec::new();
            work(block, &mut out);
            out
        });
        let done: Vec<Vec<T>> = done.collect();
        done.into_iter().flatten().try_for_each(&mut then)?;
    }
}

/// Largest file that a mapping reads, which holds it in memory.
const LARGEST: u64 = 256 << 20;

/// The whole of a file as the resources that its mapping makes of it.
fn mapped(path: &Path, format: &Format) -> Result<Block, DeliveryError> {
    let mut bytes = Vec::new();
    let failed = |source| FhirFileError::Read { path: path.to_owned(), line: 0, source };
    let input = compressed::open(path).map_err(FhirFileError::Open)?;
    let read = input.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    let not_this = |reason| DeliveryError::NotThis { path: path.to_owned(), reason };
    if read as u64 > LARGEST {
        return Err(not_this("larger than 256 MB: send a file for each person".to_owned()));
    }
    let mapped = format.map(&bytes).map_err(|error| not_this(error.to_string()))?;
    Ok(Block::mapped(mapped))
}

enum Judged {
    Cut(String),
    Fault(String),
    Patient(Patient),
    Other(Vec<Pointer>),
}

fn judge(block: &Block, out: &mut Vec<Judged>) {
    let mut tape = Tape::new();
    block.each(&mut |_, found| {
        let judged = match found {
            Err(Unreadable::Unmapped(reason)) => Judged::Fault(reason),
            Err(error) if block.is_lines() => Judged::Fault(format!("{error}; mend the line")),
            Err(error) => Judged::Cut(error.to_string()),
            Ok(found) => match tape.read(found.text) {
                Err(error) if block.is_lines() => Judged::Fault(format!("{error}; mend the line")),
                Err(error) => Judged::Cut(error.to_string()),
                Ok(json) => judge_resource(json, found.full_url.as_deref()),
            },
        };
        out.push(judged);
    });
}

/// Most faults that are told of one resource.
const MOST_TOLD: usize = 3;

fn judge_resource(json: Json<'_>, full_url: Option<&str>) -> Judged {
    let issues = validate::resource(json, Json::ROOT);
    if validate::has_errors(&issues) {
        let errors = issues.iter().filter(|issue| issue.severity == validate::Severity::Error);
        let told: Vec<String> =
            errors.take(MOST_TOLD).map(|issue| format!("{}: {}", issue.expression, issue.diagnostics)).collect();
        return Judged::Fault(told.join("; "));
    }
    let resource_type = json.member_string(Json::ROOT, "resourceType").unwrap_or_default();
    match resource_type.as_ref() {
        "Bundle" => Judged::Fault("a Bundle within a Bundle: send its entries by themselves".to_owned()),
        "Patient" => patient(json, full_url),
        other => {
            let pointers = record::pointers(json, Json::ROOT);
            if pointers.is_empty() && !record::is_shared(other) {
                return Judged::Fault("names no patient: add `subject` or `patient` with a reference".to_owned());
            }
            Judged::Other(pointers)
        }
    }
}

fn patient(json: Json<'_>, full_url: Option<&str>) -> Judged {
    let numbers = record::patient_numbers(json, Json::ROOT);
    if numbers.is_empty() {
        let what = "a Patient without a CPR number: add an identifier of system `urn:oid:1.2.208.176.1.2`, or an X-eCPR or D-eCPR";
        return Judged::Fault(what.to_owned());
    }
    let name = record::patient_name(json, Json::ROOT);
    Judged::Patient(Patient { ordinal: 0, references: patient_references(json, full_url), numbers, name })
}

/// By what others refer to a Patient: type and id, and the address of its entry.
fn patient_references(json: Json<'_>, full_url: Option<&str>) -> Vec<String> {
    let by_id = json.member_string(Json::ROOT, "id").map(|id| format!("Patient/{id}"));
    let by_url = full_url.map(|url| resolved(url).to_owned());
    by_id.into_iter().chain(by_url).collect()
}

/// A reference without the version it may name.
#[must_use]
pub fn resolved(reference: &str) -> &str {
    reference.split_once("/_history/").map_or(reference, |(before, _)| before)
}

/// With `quality`, a questionnaire and a response get the tag of a clinical quality database.
fn incoming(block: &Block, quality: bool, out: &mut Vec<Incoming>) {
    let (mut tape, mut again) = (Tape::new(), Tape::new());
    block.each(&mut |place, found| {
        let given = match found {
            Ok(found) => match tape.read(found.text) {
                Ok(json) => match quality.then(|| record::as_quality(json, Json::ROOT)).flatten() {
                    Some(tagged) => match again.read(&tagged) {
                        Ok(json) => given(place, &found, json),
                        Err(_) => unreadable(place, tagged),
                    },
                    None => given(place, &found, json),
                },
                Err(_) => unreadable(place, found.text.to_owned()),
            },
            Err(_) => unreadable(place, block.line(place.line).into_owned()),
        };
        out.push(given);
    });
}

fn unreadable(place: Place, text: String) -> Incoming {
    Incoming { ordinal: 0, place, full_url: None, text, resource: None }
}

fn given(place: Place, found: &Found<'_>, json: Json<'_>) -> Incoming {
    let text = canonical(json, Json::ROOT);
    let full_url = found.full_url.as_deref().map(str::to_owned);
    let resource = json.member_string(Json::ROOT, "resourceType").map(|resource_type| {
        let hash = hex(&Sha256::digest(&text));
        let of_url = full_url.as_deref().and_then(|url| url.strip_prefix("urn:uuid:"));
        let id = json.member_string(Json::ROOT, "id");
        let id = id.as_deref().or(of_url).unwrap_or(&hash[..32]);
        let is_patient = resource_type == "Patient";
        let pointers = match is_patient {
            true => record::patient_numbers(json, Json::ROOT).into_iter().map(Pointer::Number).collect(),
            false => record::pointers(json, Json::ROOT),
        };
        let is_somebodys = !pointers.is_empty();
        Resource {
            reference: format!("{resource_type}/{id}"),
            resource_type: resource_type.into_owned(),
            category: is_somebodys.then(|| record::category(json, Json::ROOT)),
            pointers,
            document: record::document(json, Json::ROOT),
            removes: record::is_removal(json, Json::ROOT),
            seconds: record::span(json, Json::ROOT).and_then(|span| span.seconds()),
            hash,
        }
    });
    Incoming { ordinal: 0, place, full_url, text, resource }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        self.entry.map_or(Ok(()), |entry| write!(f, ", entry {entry}"))
    }
}

fn sha256(path: &Path) -> Result<String, DeliveryError> {
    let failed = |source| DeliveryError::System { path: path.to_owned(), source };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENT: &str = r#"{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"0201609995"}],"name":[{"family":"Canary"}]}"#;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn faults_are_told_by_their_number_and_never_with_a_value() {
        let lines = [
            PATIENT,
            r#"{"resourceType":"Patient","id":"q","name":[{"family":"Canary"}]}"#,
            r#"{"resourceType":"Canary"}"#,
            r#"{"resourceType":"Observation","id":"Canary"#,
            r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"Canary"},"subject":{"reference":"Patient/p"}}"#,
            r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"Canary"}}"#,
            r#"{"resourceType":"Organization","id":"x","name":"Canary"}"#,
        ];
        let (_folder, path) = file(&lines.join("\n"));
        let survey = survey(&path, &Format::Fhir).unwrap();
        assert_eq!((survey.resources, survey.patients.len()), (7, 1));
        assert_eq!(survey.faults.keys().copied().collect::<Vec<_>>(), [1, 2, 3, 5]);
        assert_eq!(survey.pointers.iter().collect::<Vec<_>>(), [&Pointer::Reference("Patient/p".to_owned())]);
        assert!(!format!("{:?} {survey:?}", survey.faults).contains("Canary"), "{survey:?}");
        let mut seen = Vec::new();
        read(&path, &Format::Fhir, |found| {
            seen.push((found.ordinal, found.place.line, found.resource.map(|resource| resource.reference)));
            true
        })
        .unwrap();
        assert_eq!(seen.len(), 7);
        assert_eq!(seen[4], (4, 5, Some("Observation/o".to_owned())));
        assert_eq!(seen[3], (3, 4, None));
    }

    #[test]
    fn what_has_no_id_is_known_by_its_address_or_its_content() {
        let bundle = format!(
            r#"{{"resourceType":"Bundle","type":"transaction","entry":[
                {{"fullUrl":"urn:uuid:1-2","resource":{}}},
                {{"resource":{{"resourceType":"Organization","name":"x"}}}}]}}"#,
            PATIENT.replace(r#""id":"p","#, "")
        );
        let (_folder, path) = file(&bundle);
        let survey = survey(&path, &Format::Fhir).unwrap();
        assert_eq!(survey.patients[0].references, ["urn:uuid:1-2"]);
        let mut references = Vec::new();
        let keep = |found: Incoming| {
            references.push(found.resource.unwrap().reference);
            true
        };
        read(&path, &Format::Fhir, keep).unwrap();
        assert_eq!(references[0], "Patient/1-2");
        assert_eq!(references[1].len(), "Organization/".len() + 32);
    }

    #[test]
    fn a_bundle_cut_in_the_middle_is_not_taken_in() {
        let bundle = format!("{{\"resourceType\":\"Bundle\",\n\"entry\":[{{\"resource\":{PATIENT}}},\n{{\"resour");
        let (_folder, path) = file(&bundle);
        let message = survey(&path, &Format::Fhir).unwrap_err().to_string();
        assert!(message.contains("was cut") && message.contains("line 3") && !message.contains("Canary"), "{message}");
    }
}
