//! What a resource says in one line of a person's story.

use super::{Coding, Span, codings, each, is_quality, span, text};
use crate::json::{Json, Kind, Node};

/// The kinds of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names of FHIR's resources, together where they say the same")]
pub enum LineKind {
    Condition,
    Encounter,
    Procedure,
    Observation,
    Medication,
    Immunization,
    Allergy,
    Report,
    Document,
    Imaging,
    Specimen,
    Questionnaire,
    Quality,
    CarePlan,
}

impl LineKind {
    /// Each once, in the order in which a form offers them.
    pub const ALL: [Self; 14] = [
        Self::Condition,
        Self::Encounter,
        Self::Procedure,
        Self::Observation,
        Self::Medication,
        Self::Immunization,
        Self::Allergy,
        Self::Report,
        Self::Document,
        Self::Imaging,
        Self::Specimen,
        Self::Questionnaire,
        Self::Quality,
        Self::CarePlan,
    ];
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its kind.
    pub kind: LineKind,
    /// Its codes, the first first.
    pub codes: Vec<Coding>,
    /// Words for it; empty where the resource has none.
    pub title: String,
    /// When.
    pub span: Option<Span>,
    /// FHIR's word for how it stands; empty where there is none.
    pub status: String,
    /// What was measured.
    pub readings: Vec<Reading>,
    /// A word more: dosage, conclusion, place.
    pub note: String,
    /// The resource that holds the medicine's name, where the line has it from elsewhere.
    pub medication: Option<String>,
}

/// Something measured: the observation itself, or one of its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What; empty for the observation itself.
    pub codes: Vec<Coding>,
    /// Words for it.
    pub title: String,
    /// The value.
    pub value: Measured,
    /// Least and most of the reference range, in the same unit.
    pub range: (Option<f64>, Option<f64>),
    /// FHIR's code of interpretation: `H`, `L`, `N` …; empty where there is none.
    pub interpretation: String,
}

/// A value that was measured.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured {
    /// A number with its unit; `text` has the digits as written, with a comparator before them.
    Quantity {
        /// For plots.
        number: f64,
        /// As written.
        text: String,
        /// The unit, for people.
        unit: String,
    },
    /// Words, a code, a truth.
    Words(String),
    /// Nothing, and perhaps why.
    Absent,
}

/// Words for what a canonical address names.
const DISPLAY: &str = "http://hl7.org/fhir/StructureDefinition/display";

/// The line of a resource; `None` for what is no matter of its own in a person's story (a claim, a provenance).
#[must_use]
pub fn line(json: Json<'_>, node: Node) -> Option<Line> {
    let kind = match kind(&text(json, node, "resourceType"))? {
        LineKind::Questionnaire if is_quality(json, node) => LineKind::Quality,
        kind => kind,
    };
    let (codes, mut title) = concept(json, node, kind);
    if title.is_empty() {
        title = fallback(json, node, kind);
    }
    let medication = json.member(node, "medicationReference").map(|node| text(json, node, "reference").into_owned());
    if let Some(inner) = medication.as_deref().and_then(|target| target.strip_prefix('#')) {
        let medicine = each(json, node, "contained").find(|node| text(json, *node, "id") == inner);
        let code = medicine.and_then(|node| json.member(node, "code"));
        title = code.map_or(title, |code| words(json, code));
    }
    Some(Line {
        kind,
        codes,
        title,
        span: medicine_span(json, node, kind).or_else(|| span(json, node)),
        status: status(json, node),
        readings: if kind == LineKind::Quality { registered(json, node) } else { readings(json, node) },
        note: note(json, node, kind),
        medication,
    })
}

fn kind(resource_type: &str) -> Option<LineKind> {
    Some(match resource_type {
        "Condition" => LineKind::Condition,
        "Encounter" | "EpisodeOfCare" => LineKind::Encounter,
        "Procedure" => LineKind::Procedure,
        "Observation" => LineKind::Observation,
        "MedicationRequest" | "MedicationStatement" | "MedicationAdministration" | "MedicationDispense" => {
            LineKind::Medication
        }
        "Immunization" => LineKind::Immunization,
        "AllergyIntolerance" => LineKind::Allergy,
        "DiagnosticReport" => LineKind::Report,
        "DocumentReference" | "Composition" => LineKind::Document,
        "ImagingStudy" => LineKind::Imaging,
        "Specimen" => LineKind::Specimen,
        "QuestionnaireResponse" => LineKind::Questionnaire,
        "CarePlan" => LineKind::CarePlan,
        _ => return None,
    })
}

/// The codes of what it is about, and words for them.
fn concept(json: Json<'_>, node: Node, kind: LineKind) -> (Vec<Coding>, String) {
    let names: &[&str] = match kind {
        LineKind::Encounter => &["type", "serviceType", "reasonCode"],
        LineKind::Medication => &["medicationCodeableConcept", "medicationReference"],
        LineKind::Immunization => &["vaccineCode"],
        LineKind::Document | LineKind::Specimen => &["type"],
        LineKind::Imaging => &["procedureCode", "modality", "reasonCode"],
        LineKind::CarePlan => &["category"],
        _ => &["code"],
    };
    for name in names {
        let mut concepts = each(json, node, name);
        // The last category of a plan is the most particular.
        let chosen = if kind == LineKind::CarePlan { concepts.last() } else { concepts.next() };
        if let Some(concept) = chosen {
            let title = words(json, concept);
            let mut codes: Vec<Coding> = codings(json, concept).collect();
            if codes.is_empty() && json.member(concept, "code").is_some() {
                codes.push(Coding {
                    system: text(json, concept, "system").into_owned(),
                    code: text(json, concept, "code").into_owned(),
                    display: text(json, concept, "display").into_owned(),
                });
            }
            if !codes.is_empty() || !title.is_empty() {
                return (codes, title);
            }
        }
    }
    (Vec::new(), String::new())
}

/// The codes and words of a CodeableConcept that is a member of a node; empty where it has none.
#[must_use]
pub fn concept_of(json: Json<'_>, node: Node, name: &str) -> (Vec<Coding>, String) {
    match json.member(node, name) {
        Some(concept) => (codings(json, concept).collect(), words(json, concept)),
        None => (Vec::new(), String::new()),
    }
}

/// Words of a CodeableConcept, Coding or Reference.
fn words(json: Json<'_>, concept: Node) -> String {
    let whole = text(json, concept, "text");
    if !whole.is_empty() {
        return whole.into_owned();
    }
    let first = codings(json, concept).find(|coding| !coding.display.is_empty());
    first.map_or_else(|| text(json, concept, "display").into_owned(), |coding| coding.display)
}

fn fallback(json: Json<'_>, node: Node, kind: LineKind) -> String {
    let of = |names: &[&str]| {
        names.iter().map(|name| text(json, node, name)).find(|t| !t.is_empty()).unwrap_or_default().into_owned()
    };
    match kind {
        LineKind::Encounter => json.member(node, "class").map(|class| words(json, class)).unwrap_or_default(),
        LineKind::Document | LineKind::CarePlan | LineKind::Imaging => of(&["title", "description"]),
        LineKind::Questionnaire | LineKind::Quality => {
            let shadow = json.member(node, "_questionnaire").into_iter().flat_map(|s| each(json, s, "extension"));
            let mut display = shadow.filter(|e| text(json, *e, "url") == DISPLAY);
            let display = display.find_map(|e| json.member_string(e, "valueString"));
            display.map_or_else(|| of(&["questionnaire"]), std::borrow::Cow::into_owned)
        }
        _ => String::new(),
    }
}

fn status(json: Json<'_>, node: Node) -> String {
    let verified = json.member(node, "verificationStatus").and_then(|concept| codings(json, concept).next());
    if let Some(coding) = verified.filter(|coding| coding.code == "entered-in-error" || coding.code == "refuted") {
        return coding.code;
    }
    let plain = text(json, node, "status");
    if !plain.is_empty() {
        return plain.into_owned();
    }
    let clinical = json.member(node, "clinicalStatus").and_then(|concept| codings(json, concept).next());
    clinical.map(|coding| coding.code).unwrap_or_default()
}

/// How long a prescription runs, where its dosage tells.
fn medicine_span(json: Json<'_>, node: Node, kind: LineKind) -> Option<Span> {
    if kind != LineKind::Medication {
        return None;
    }
    let bounded = each(json, node, "dosageInstruction").find_map(|dosage| {
        let repeat = json.member(json.member(dosage, "timing")?, "repeat")?;
        json.member(repeat, "boundsPeriod")
    });
    let dispensed = json.member(node, "dispenseRequest").and_then(|request| json.member(request, "validityPeriod"));
    let period = bounded.or(dispensed)?;
    let found = Span { start: text(json, period, "start").into_owned(), end: text(json, period, "end").into_owned() };
    found.seconds().map(|_| found)
}

fn note(json: Json<'_>, node: Node, kind: LineKind) -> String {
    match kind {
        LineKind::Medication => each(json, node, "dosageInstruction")
            .chain(each(json, node, "dosage"))
            .map(|d| text(json, d, "text").into_owned())
            .find(|t| !t.is_empty())
            .unwrap_or_default(),
        LineKind::Report => text(json, node, "conclusion").into_owned(),
        LineKind::Encounter => {
            json.member(node, "serviceProvider").map(|p| text(json, p, "display").into_owned()).unwrap_or_default()
        }
        LineKind::Condition | LineKind::Allergy | LineKind::Procedure => {
            each(json, node, "note").map(|n| text(json, n, "text").into_owned()).next().unwrap_or_default()
        }
        LineKind::Document => text(json, node, "description").into_owned(),
        LineKind::Specimen => sample_note(json, node),
        _ => String::new(),
    }
}

/// Where a sample is from and how it is kept: by MIABIS on FHIR its storage temperature, else its container.
fn sample_note(json: Json<'_>, node: Node) -> String {
    let site = json.member(node, "collection").and_then(|collection| json.member(collection, "bodySite"));
    let stored = each(json, node, "processing")
        .flat_map(|step| each(json, step, "extension"))
        .filter(|extension| text(json, *extension, "url").ends_with("/miabis-sample-storage-temperature-extension"));
    let stored = stored.filter_map(|extension| json.member(extension, "valueCodeableConcept"));
    let stored = stored.map(|concept| {
        let words = words(json, concept);
        let code = || codings(json, concept).next().map(|coding| coding.code).unwrap_or_default();
        if words.is_empty() { code() } else { words }
    });
    let kept = each(json, node, "container").filter_map(|container| json.member(container, "type"));
    let parts = site.into_iter().map(|site| words(json, site)).chain(stored);
    let parts = parts.chain(kept.map(|kind| words(json, kind))).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(", ")
}

/// The observation's value, then those of its components; none for what is no observation.
fn readings(json: Json<'_>, node: Node) -> Vec<Reading> {
    if text(json, node, "resourceType") != "Observation" {
        return Vec::new();
    }
    let own = reading(json, node, Vec::new(), String::new());
    let components = each(json, node, "component").filter_map(|part| {
        let code = json.member(part, "code")?;
        reading(json, part, codings(json, code).collect(), words(json, code))
    });
    own.into_iter().chain(components).collect()
}

/// What a clinical quality database has registered, item by item in its order.
fn registered(json: Json<'_>, node: Node) -> Vec<Reading> {
    let mut all = Vec::new();
    for item in each(json, node, "item") {
        let words = text(json, item, "text");
        let title = if words.is_empty() { text(json, item, "linkId") } else { words };
        for answer in each(json, item, "answer") {
            all.extend(reading(json, answer, Vec::new(), title.clone().into_owned()));
            all.extend(registered(json, answer));
        }
        all.extend(registered(json, item));
    }
    all
}

fn reading(json: Json<'_>, node: Node, codes: Vec<Coding>, title: String) -> Option<Reading> {
    let value = measured(json, node)?;
    let range = each(json, node, "referenceRange").next();
    let limit = |name: &str| {
        let quantity = json.member(range?, name)?;
        json.raw(json.member(quantity, "value")?).parse().ok()
    };
    let interpretation = each(json, node, "interpretation").flat_map(|concept| codings(json, concept)).next();
    Some(Reading {
        codes,
        title,
        value,
        range: (limit("low"), limit("high")),
        interpretation: interpretation.map(|coding| coding.code).unwrap_or_default(),
    })
}

fn measured(json: Json<'_>, node: Node) -> Option<Measured> {
    if let Some(quantity) = json.member(node, "valueQuantity") {
        let digits = json.raw(json.member(quantity, "value")?);
        let unit = text(json, quantity, "unit");
        let unit = if unit.is_empty() { text(json, quantity, "code") } else { unit };
        let shown = format!("{}{digits}", text(json, quantity, "comparator"));
        return Some(Measured::Quantity { number: digits.parse().ok()?, text: shown, unit: unit.into_owned() });
    }
    for name in ["valueInteger", "valueDecimal"] {
        if let Some(number) = json.member(node, name).filter(|n| json.kind(*n) == Kind::Number) {
            let digits = json.raw(number);
            return Some(Measured::Quantity {
                number: digits.parse().ok()?,
                text: digits.to_owned(),
                unit: String::new(),
            });
        }
    }
    if let Some(concept) = json.member(node, "valueCodeableConcept") {
        let words = words(json, concept);
        // A code without words is shown as it is.
        let code = || codings(json, concept).next().map(|coding| coding.code).unwrap_or_default();
        return Some(Measured::Words(if words.is_empty() { code() } else { words }));
    }
    if let Some(coding) = json.member(node, "valueCoding") {
        let words = text(json, coding, "display");
        return Some(Measured::Words(if words.is_empty() { text(json, coding, "code") } else { words }.into_owned()));
    }
    for name in ["valueString", "valueDateTime", "valueDate", "valueTime"] {
        if let Some(words) = json.member_string(node, name) {
            return Some(Measured::Words(words.into_owned()));
        }
    }
    let truth = json.member(node, "valueBoolean").map(|truth| Measured::Words(json.raw(truth).to_owned()));
    let absent = json.member(node, "dataAbsentReason").map(|_| Measured::Absent);
    truth.or(absent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;

    fn of(text: &str) -> Option<Line> {
        let mut tape = Tape::new();
        line(tape.read(text).unwrap(), Json::ROOT)
    }

    #[test]
    fn titles_times_and_states() {
        for (text, kind, title, start, status) in [
            (
                r#"{"resourceType":"Condition","code":{"coding":[{"system":"s","code":"DE10","display":"Type 1-diabetes"}]},"onsetDateTime":"2020-01","clinicalStatus":{"coding":[{"code":"active"}]}}"#,
                LineKind::Condition,
                "Type 1-diabetes",
                "2020-01",
                "active",
            ),
            (
                r#"{"resourceType":"Encounter","status":"finished","class":{"code":"AMB","display":"ambulant"},"period":{"start":"2020-01-01"}}"#,
                LineKind::Encounter,
                "ambulant",
                "2020-01-01",
                "finished",
            ),
            (
                r#"{"resourceType":"MedicationRequest","status":"active","medicationCodeableConcept":{"text":"Metformin"},"authoredOn":"2020-02-02"}"#,
                LineKind::Medication,
                "Metformin",
                "2020-02-02",
                "active",
            ),
            (
                r##"{"resourceType":"MedicationStatement","status":"completed","medicationReference":{"reference":"#m"},"contained":[{"resourceType":"Medication","id":"m","code":{"text":"Insulin"}}],"effectivePeriod":{"start":"2020","end":"2021"}}"##,
                LineKind::Medication,
                "Insulin",
                "2020",
                "completed",
            ),
        ] {
            let line = of(text).unwrap();
            let start_found = line.span.as_ref().map_or("", |span| span.start.as_str());
            assert_eq!(
                (line.kind, line.title.as_str(), start_found, line.status.as_str()),
                (kind, title, start, status)
            );
        }
        assert_eq!(of(r#"{"resourceType":"Claim"}"#), None);
        let wrong = of(
            r#"{"resourceType":"Condition","clinicalStatus":{"coding":[{"code":"active"}]},"verificationStatus":{"coding":[{"code":"entered-in-error"}]}}"#,
        );
        assert_eq!(wrong.unwrap().status, "entered-in-error");
    }

    #[test]
    fn a_registration_tells_what_was_registered() {
        let text = r#"{"resourceType":"QuestionnaireResponse","meta":{"tag":[{"system":"urn:indgang:kind","code":"clinical-quality"}]},
            "status":"completed","questionnaire":"urn:q","authored":"2026-01-02","item":[
            {"linkId":"side","text":"Side","answer":[{"valueCoding":{"code":"2","display":"right"}}]},
            {"linkId":"g","item":[{"linkId":"bmi","answer":[{"valueQuantity":{"value":27.5,"unit":"kg/m2"}}]},
            {"linkId":"on","answer":[{"valueDate":"2026-01-01"}]}]}]}"#;
        let line = of(text).unwrap();
        assert_eq!((line.kind, line.title.as_str()), (LineKind::Quality, "urn:q"));
        let told: Vec<(&str, &Measured)> = line.readings.iter().map(|r| (r.title.as_str(), &r.value)).collect();
        let number = Measured::Quantity { number: 27.5, text: "27.5".into(), unit: "kg/m2".into() };
        let words = |text: &str| Measured::Words(text.to_owned());
        assert_eq!(told, [("Side", &words("right")), ("bmi", &number), ("on", &words("2026-01-01"))]);
        let own = of(&text.replace("clinical-quality", "other")).unwrap();
        assert!(own.kind == LineKind::Questionnaire && own.readings.is_empty());
    }

    #[test]
    fn values_keep_their_digits_and_their_range() {
        let text = r#"{"resourceType":"Observation","status":"final","code":{"text":"HbA1c"},
            "valueQuantity":{"value":48.0,"comparator":"<","unit":"mmol/mol"},"interpretation":[{"coding":[{"code":"H"}]}],
            "referenceRange":[{"low":{"value":20},"high":{"value":42}}]}"#;
        let readings = of(text).unwrap().readings;
        let expected = Measured::Quantity { number: 48.0, text: "<48.0".to_owned(), unit: "mmol/mol".to_owned() };
        assert_eq!((&readings[0].value, readings[0].range), (&expected, (Some(20.0), Some(42.0))));
        assert_eq!(readings[0].interpretation, "H");
        let coded = of(
            r#"{"resourceType":"Observation","valueCodeableConcept":{"coding":[{"system":"s","code":"RGAA0006"}]}}"#,
        );
        assert_eq!(coded.unwrap().readings[0].value, Measured::Words("RGAA0006".to_owned()));
        let parts = of(r#"{"resourceType":"Observation","code":{"text":"BP"},"component":[
            {"code":{"text":"systolic"},"valueQuantity":{"value":120,"unit":"mm[Hg]"}},
            {"code":{"text":"diastolic"},"valueQuantity":{"value":80,"unit":"mm[Hg]"}}]}"#);
        assert_eq!(
            parts.unwrap().readings.iter().map(|r| r.title.as_str()).collect::<Vec<_>>(),
            ["systolic", "diastolic"]
        );
    }
}
