//! Which kind of a person's data a resource is, in the words of the gate.

use super::{codings, each, is_quality, text};
use crate::json::{Json, Node};
use indgang_model::Category;

/// What is said of the health service and not of a patient. A device may be either.
const SHARED: [&str; 22] = [
    "ActivityDefinition",
    "CodeSystem",
    "ConceptMap",
    "Device",
    "DeviceDefinition",
    "Endpoint",
    "HealthcareService",
    "Location",
    "Measure",
    "Medication",
    "MedicationKnowledge",
    "Organization",
    "OrganizationAffiliation",
    "PlanDefinition",
    "Practitioner",
    "PractitionerRole",
    "Questionnaire",
    "ResearchStudy",
    "Schedule",
    "Slot",
    "Substance",
    "ValueSet",
];

/// Whether a resource of this type may stand without a patient.
#[must_use]
pub fn is_shared(resource_type: &str) -> bool {
    SHARED.contains(&resource_type)
}

/// The kind of data of a patient's resource. Contacts, with their diagnoses and procedures, are what is left.
#[must_use]
pub fn category(json: Json<'_>, node: Node) -> Category {
    match text(json, node, "resourceType").as_ref() {
        "Patient" | "RelatedPerson" | "Person" | "Coverage" => Category::Identity,
        "AllergyIntolerance" | "FamilyMemberHistory" => Category::Phenotype,
        "Observation" => observation(json, node),
        "DiagnosticReport" => report(json, node),
        "DocumentReference" | "Composition" => Category::DiagnosticReport,
        "MedicationRequest"
        | "MedicationStatement"
        | "MedicationAdministration"
        | "MedicationDispense"
        | "Immunization"
        | "ImmunizationRecommendation"
        | "ImmunizationEvaluation" => Category::Medication,
        // A registration of treatment, which goes with the contact.
        "QuestionnaireResponse" if is_quality(json, node) => Category::Encounter,
        "QuestionnaireResponse" => Category::PatientReportedOutcome,
        "Task" if is_to_be_answered(json, node) => Category::PatientReportedOutcome,
        "ImagingStudy" | "Media" => Category::Imaging,
        "Specimen" | "BodyStructure" => Category::Specimen,
        "MolecularSequence" => Category::Genome,
        "Consent" => Category::Wish,
        _ => Category::Encounter,
    }
}

/// Whether a Task asks its person to answer a questionnaire (Structured Data Capture).
fn is_to_be_answered(json: Json<'_>, node: Node) -> bool {
    each(json, node, "code").flat_map(|code| codings(json, code)).any(|coding| coding.code == "complete-questionnaire")
}

/// By `category` (observation-category of HL7); what has none is a laboratory's.
fn observation(json: Json<'_>, node: Node) -> Category {
    let code = |code: &str| match code {
        "vital-signs" | "exam" | "social-history" => Some(Category::Phenotype),
        "survey" => Some(Category::PatientReportedOutcome),
        "imaging" => Some(Category::Imaging),
        "activity" => Some(Category::Wearable),
        "procedure" | "therapy" => Some(Category::Encounter),
        "genomics" | "GE" => Some(Category::Genome),
        _ => None,
    };
    by_code(json, node, code).unwrap_or(Category::Laboratory)
}

/// By `category` (table 0074 of HL7 v2).
fn report(json: Json<'_>, node: Node) -> Category {
    let code = |code: &str| match code {
        "GE" => Some(Category::Genome),
        "LAB" | "HM" | "CH" | "MB" | "IMM" | "TX" | "BLB" => Some(Category::Laboratory),
        "RAD" | "IMG" | "CT" | "RUS" | "NMR" | "NMS" | "RX" | "CUS" | "XRC" => Some(Category::Imaging),
        _ => None,
    };
    by_code(json, node, code).unwrap_or(Category::DiagnosticReport)
}

/// The first kind that a code of `category` tells; genetic data are genetic whatever else they are.
fn by_code(json: Json<'_>, node: Node, kind: impl Fn(&str) -> Option<Category>) -> Option<Category> {
    let codes = each(json, node, "category").flat_map(|concept| codings(json, concept));
    let kinds: Vec<Category> = codes.filter_map(|coding| kind(&coding.code)).collect();
    kinds.iter().find(|kind| **kind == Category::Genome).or(kinds.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;

    #[test]
    fn each_kind() {
        let coded = |resource: &str, codes: &[&str]| {
            let codings: Vec<String> = codes.iter().map(|c| format!(r#"{{"coding":[{{"code":"{c}"}}]}}"#)).collect();
            format!(r#"{{"resourceType":"{resource}","category":[{}]}}"#, codings.join(","))
        };
        for (text, expected) in [
            (coded("Observation", &[]), Category::Laboratory),
            (coded("Observation", &["laboratory"]), Category::Laboratory),
            (coded("Observation", &["vital-signs"]), Category::Phenotype),
            (coded("Observation", &["laboratory", "GE"]), Category::Genome),
            (coded("Observation", &["survey"]), Category::PatientReportedOutcome),
            (coded("Observation", &["activity"]), Category::Wearable),
            (coded("DiagnosticReport", &["LAB"]), Category::Laboratory),
            (coded("DiagnosticReport", &["LAB", "GE"]), Category::Genome),
            (coded("DiagnosticReport", &["LP29684-5"]), Category::DiagnosticReport),
            (coded("Condition", &["encounter-diagnosis"]), Category::Encounter),
            (coded("MedicationRequest", &[]), Category::Medication),
            (
                r#"{"resourceType":"Task","code":{"coding":[{"code":"complete-questionnaire"}]}}"#.to_owned(),
                Category::PatientReportedOutcome,
            ),
            (r#"{"resourceType":"Task","code":{"coding":[{"code":"fulfill"}]}}"#.to_owned(), Category::Encounter),
            (r#"{"resourceType":"AllergyIntolerance","category":["food"]}"#.to_owned(), Category::Phenotype),
        ] {
            let mut tape = Tape::new();
            assert_eq!(category(tape.read(&text).unwrap(), Json::ROOT), expected, "{text}");
        }
    }
}
