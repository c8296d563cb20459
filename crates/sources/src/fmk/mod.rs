//! FMK (Fælles Medicinkort): answers of the Shared Medication Record of Denmark, in its XML of 2015/06/01.
//!
//! The elements are those of the examples of `Sundhedsdatastyrelsen/ehdsi` (see DATA-LICENCES.md).

mod dosage;
mod medicine;

use crate::descriptor::{Descriptor, Mapped, NotThis};
use crate::hl7::{self, identifier, object};
use crate::xml::Element;
use medicine::{by, drug, indication};
use serde_json::{Value, json};

/// The source.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "fmk",
    title: "FMK medicine cards",
    about: &[
        "Answers of the Shared Medication Record (Fælles Medicinkort), XML of 2015/06/01, of any sub-version: `GetMedicineCardResponse`, `GetDrugMedicationResponse`, `GetPrescriptionResponse`; one answer a file, compressed or not.",
        "ATC codes have the system `http://www.whocc.no/atc`; codes of Medicinpriser, whose system has no address of its own, stand with their words and without a system.",
        "`Identifier` is the id and `Version` the version: an older version that comes late goes into the history and never before a newer one.",
        "A treatment with an end on or before the day of its version is completed; else it is active, as of that version.",
        "An answer without an element that was in an earlier one takes nothing away: FMK ends a treatment by a new version of it.",
    ],
    kept: &[
        (
            "DrugMedication: Identifier, Version, Type, BeginEndDate, Modified",
            "MedicationStatement: id and identifier, meta.versionId, category, effectivePeriod and status, dateAsserted, informationSource",
        ),
        (
            "Drug: ATC, Identifier, Name, Form, Strength, DetailedDrugText, Substances",
            "medicationCodeableConcept: ATC code, drug id, text of name, strength and form; of what has no name its substances",
        ),
        ("Indication: Code, Text, FreeText", "reasonCode"),
        (
            "Dosage: structures with days, doses and times; free text; translations; as needed; supplementary text; unit",
            "dosage: timing (period, frequency, when, bounds), doseAndRate, text, asNeededBoolean, patientInstruction, route",
        ),
        (
            "Prescription: Identifier, Version, Status, AuthorisationDateTime, Created, DosageText, validity, package, substitution, the medication it belongs to, why that ended",
            "MedicationRequest: id and identifier, meta.versionId, status, authoredOn, requester, dosageInstruction, dispenseRequest, substitution, supportingInformation, statusReason",
        ),
        (
            "Order: Identifier, Status, OrderedAtPharmacy, DeliveryInstructionText",
            "MedicationDispense: id and identifier, status, performer, note",
        ),
        ("PersonIdentifier", "subject"),
    ],
    left_out: &[
        ("name, sex, day of birth and address of the patient", "who is who is known by her number"),
        (
            "Created of a DrugMedication, the reviewer, addresses and telephone numbers of organisations",
            "the one who changed it last is kept, by name and number",
        ),
        ("PrivateDrugMedication", "the citizen has made it private: the answer holds its number only"),
        (
            "PatientOrganisationRelation, HasOpenDosageDispensingPrescriptions, OrderedPrescriptionsExist, Version and PreviousVersion of the card",
            "they tell of the card and not of a treatment",
        ),
        ("FollowUpDates, SubstitutionAllowed of a DrugMedication", "MedicationStatement has no place for them"),
        (
            "codes and numbers of strength, form and package; combined translations of a dosage; Type of a dosage",
            "the words of the parts are kept",
        ),
        (
            "Created and Modified of an Order and of a card; CreatedFromDrugMedicationVersion, PreviousVersion",
            "an order has no time of delivery here; versions are told by their number",
        ),
        ("days of a dosage that differ from each other", "the words of the dosage are kept, and no timing"),
    ],
};

const ANSWERS: [&str; 3] = ["GetMedicineCardResponse", "GetDrugMedicationResponse", "GetPrescriptionResponse"];
const NAMESPACE: &str = "http://www.dkma.dk/medicinecard/xml.schema/2015/06/01";

/// The resources of a file.
pub fn map(bytes: &[u8]) -> Result<Vec<Mapped>, NotThis> {
    let root = Element::read(bytes).map_err(|error| NotThis(error.to_string()))?;
    answer(&root)
}

fn answer(root: &Element) -> Result<Vec<Mapped>, NotThis> {
    if !ANSWERS.contains(&root.name.as_str()) {
        return Err(NotThis(format!("not an answer of FMK: one of {} is read here", ANSWERS.join(", "))));
    }
    let card = root.at("MedicineCard").unwrap_or(root);
    let number = card.at("Patient/Person/PersonIdentifier").or(card.at("PersonIdentifier"));
    let subject = number.and_then(subject).ok_or_else(|| {
        NotThis(
            "the answer has no PersonIdentifier of source CPR: ask FMK for the card of a person with a CPR number"
                .to_owned(),
        )
    })?;
    let mut mapped = Vec::new();
    for element in card.children() {
        let made = match element.name.as_str() {
            "DrugMedication" => vec![statement(&subject, element)],
            "Prescription" => prescription(&subject, element),
            _ => continue,
        };
        mapped.extend(made.into_iter().map(|resource| Mapped { line: element.line, resource: Ok(resource) }));
    }
    Ok(mapped)
}

fn subject(number: &Element) -> Option<Value> {
    let source = number.attribute("source");
    let value = number.text()?.replace('-', "");
    (source == Some("CPR")).then(|| json!({ "identifier": identifier(hl7::CPR, &value) }))
}

/// A version of something of FMK: `what` tells its versions from those of other things.
fn meta(element: &Element, what: &str) -> Value {
    object([("source", json!(format!("{NAMESPACE}#{what}"))), ("versionId", json!(element.text_at("Version")))])
}

fn own_id(prefix: &str, number: Option<&str>) -> Value {
    json!(number.map(|number| hl7::id(&format!("{prefix}-{number}"))))
}

fn own_identifier(what: &str, number: Option<&str>) -> Value {
    number.map_or(Value::Null, |number| json!([identifier(&format!("{NAMESPACE}#{what}"), number)]))
}

fn statement(subject: &Value, element: &Element) -> Value {
    let number = element.text_at("Identifier");
    let modified = element.text_at("Modified/DateTime");
    let (start, end) =
        (element.text_at("BeginEndDate/TreatmentStartDate"), element.text_at("BeginEndDate/TreatmentEndDate"));
    // Dates are written alike, so that their texts sort as they do.
    let ended = end.zip(modified).is_some_and(|(end, modified)| end <= modified.get(..10).unwrap_or(modified));
    object([
        ("resourceType", json!("MedicationStatement")),
        ("id", own_id("medication", number)),
        ("meta", meta(element, "DrugMedication")),
        ("identifier", own_identifier("DrugMedication", number)),
        ("status", json!(if ended { "completed" } else { "active" })),
        ("category", object([("text", json!(element.text_at("Type")))])),
        ("medicationCodeableConcept", drug(element.at("Drug"))),
        ("subject", subject.clone()),
        ("effectivePeriod", object([("start", json!(start)), ("end", json!(end))])),
        ("dateAsserted", json!(modified)),
        ("informationSource", by(element.at("Modified/By"))),
        ("reasonCode", indication(element.at("Indication"))),
        ("dosage", json!(dosage::dosages(element))),
    ])
}

/// A prescription, then the orders of it.
fn prescription(subject: &Value, element: &Element) -> Vec<Value> {
    let number = element.text_at("Identifier");
    let status = match element.text_at("Status") {
        Some("åben") => "active",
        Some("annulleret" | "tilbagekaldt") => "cancelled",
        Some("afsluttet" | "lukket" | "udleveret") => "completed",
        _ => "unknown",
    };
    let medication = element.text_at("AttachedToDrugMedicationIdentifier");
    let belongs = medication
        .map(|of| json!([{ "reference": format!("MedicationStatement/{}", hl7::id(&format!("medication-{of}"))) }]));
    let substitution =
        element.text_at("SubstitutionAllowed").map(|allowed| json!({ "allowedBoolean": allowed == "true" }));
    let text = element.text_at("DosageText").map(|text| json!([{ "text": text }]));
    let own = object([
        ("resourceType", json!("MedicationRequest")),
        ("id", own_id("prescription", number)),
        ("meta", meta(element, "Prescription")),
        ("identifier", own_identifier("Prescription", number)),
        ("status", json!(status)),
        ("statusReason", object([("text", json!(element.text_at("DrugMedicationEnded")))])),
        ("intent", json!("order")),
        ("medicationCodeableConcept", drug(element.at("Drug"))),
        ("subject", subject.clone()),
        ("supportingInformation", json!(belongs)),
        ("authoredOn", json!(element.text_at("AuthorisationDateTime"))),
        ("requester", by(element.at("Created/By"))),
        ("reasonCode", indication(element.at("Indication"))),
        ("dosageInstruction", json!(text)),
        ("dispenseRequest", dispense_request(element)),
        ("substitution", json!(substitution)),
    ]);
    let orders = element.all("Order").map(|order| dispense(subject, element, order));
    [own].into_iter().chain(orders).collect()
}

fn dispense_request(element: &Element) -> Value {
    let package = element.at("PackageRestriction");
    let text = |path: &str| package.and_then(|package| package.text_at(path));
    let number = |path: &str| text(path).and_then(|text| serde_json::from_str::<serde_json::Number>(text).ok());
    let packages = number("PackageQuantity").and_then(|n| n.as_f64()).unwrap_or(1.0);
    let size = number("PackageSize/Value").and_then(|n| n.as_f64());
    // A package without a size in numbers is told by its words.
    let unit = text("PackageSize/UnitText").or(text("PackageSize/PackageSizeText"));
    let quantity = match size {
        Some(size) => object([("value", json!(size * packages)), ("unit", json!(unit))]),
        None => object([("unit", json!(unit))]),
    };
    let every = match (number("IterationInterval"), text("IterationIntervalUnit")) {
        (Some(every), Some("dage")) => {
            json!({ "value": every, "unit": "dage", "system": "http://unitsofmeasure.org", "code": "d" })
        }
        (Some(every), unit) => object([("value", json!(every)), ("unit", json!(unit))]),
        (None, _) => Value::Null,
    };
    let validity = [("start", json!(element.text_at("ValidFromDate"))), ("end", json!(element.text_at("ValidToDate")))];
    object([
        ("dispenseInterval", every),
        ("validityPeriod", object(validity)),
        ("numberOfRepeatsAllowed", json!(number("IterationNumber"))),
        ("quantity", quantity),
    ])
}

fn dispense(subject: &Value, prescription: &Element, order: &Element) -> Value {
    let number = order.text_at("Identifier");
    let status = match order.text_at("Status") {
        Some("Ekspedition påbegyndt") => "in-progress",
        Some("Ekspedition afsluttet" | "Udleveret") => "completed",
        Some("Bestilt") => "preparation",
        _ => "unknown",
    };
    let of = prescription
        .text_at("Identifier")
        .map(|of| json!([{ "reference": format!("MedicationRequest/prescription-{of}") }]));
    let pharmacy = medicine::organisation(order.at("OrderedAtPharmacy"));
    let performer = if pharmacy.is_null() { Value::Null } else { json!([{ "actor": pharmacy }]) };
    let words: Vec<&str> = order.all("DeliveryInstructionText").filter_map(Element::text).collect();
    let note = if words.is_empty() { Value::Null } else { json!([{ "text": words.join(" ") }]) };
    object([
        ("resourceType", json!("MedicationDispense")),
        ("id", own_id("order", number)),
        ("meta", object([("source", json!(format!("{NAMESPACE}#Order")))])),
        ("identifier", own_identifier("Order", number)),
        ("status", json!(status)),
        ("medicationCodeableConcept", drug(prescription.at("Drug"))),
        ("subject", subject.clone()),
        ("performer", performer),
        ("authorizingPrescription", json!(of)),
        ("note", note),
    ])
}

#[cfg(test)]
mod tests;
