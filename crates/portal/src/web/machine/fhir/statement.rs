//! What can be asked: the CapabilityStatement, made of what is searched by.

use super::outcome::answer;
use crate::web::PortalState;
use crate::web::machine::base;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use indgang_fhir::search::{GENERAL, ParameterKind, parameters, searched};
use serde_json::{Value, json};

/// `GET /fhir/R4/metadata`.
pub(in crate::web) async fn metadata(State(state): State<PortalState>, headers: HeaderMap) -> Response {
    let resources: Vec<Value> = searched().into_iter().map(resource).collect();
    let mut rest = json!({
        "mode": "server",
        "documentation": "A search is for the resources of one person: `patient`, or `patient.identifier` with her CPR number. \
            Each source is a base of its own, `sources/SOURCE`; a system writes in its own only, and `TYPE/ID` means that.",
        "security": { "description": "A bearer token of a registered system, and the user it asks for in `X-On-Behalf-Of`. \
            Each answer is a passage at the gate, with a line in the person's log." },
        "resource": resources,
        "interaction": [{ "code": "transaction" }, { "code": "batch" }],
    });
    if state.provider.is_some() {
        let system = "http://terminology.hl7.org/CodeSystem/restful-security-service";
        rest["security"]["service"] = json!([{ "coding": [{ "system": system, "code": "SMART-on-FHIR" }] }]);
    }
    let statement = json!({
        "resourceType": "CapabilityStatement", "status": "active", "date": "2026-11-23", "kind": "instance",
        "software": { "name": "Indgang", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Indgang", "url": format!("{}/fhir/R4", base(&headers)) },
        "fhirVersion": "4.0.1", "format": ["application/fhir+json"], "rest": [rest],
    });
    answer(StatusCode::OK, statement.to_string())
}

fn resource(resource_type: &'static str) -> Value {
    let own = parameters(resource_type).iter().map(|parameter| (parameter.name, parameter.kind));
    let general = GENERAL.into_iter().filter(|(name, _)| own.clone().all(|(other, _)| other != *name));
    let all: Vec<Value> = own
        .clone()
        .chain(general)
        .map(|(name, kind)| match name {
            "date" if own.clone().all(|(other, _)| other != "date") => {
                json!({ "name": name, "type": kind.word(), "documentation": "the resource's clinical time" })
            }
            _ => json!({ "name": name, "type": kind.word() }),
        })
        .collect();
    let references = parameters(resource_type).iter().filter(|parameter| parameter.kind == ParameterKind::Reference);
    let includes: Vec<String> = references
        .map(|parameter| parameter.name)
        .chain(["patient"])
        .map(|name| format!("{resource_type}:{name}"))
        .collect();
    let interactions = ["read", "vread", "search-type", "create", "update"].map(|code| json!({ "code": code }));
    let mut resource = json!({
        "type": resource_type, "interaction": interactions, "versioning": "versioned",
        "updateCreate": true, "conditionalCreate": true, "searchParam": all, "searchInclude": includes, "searchRevInclude": ["Provenance:target"],
    });
    if resource_type == "Patient" {
        let definition = "http://hl7.org/fhir/OperationDefinition/Patient-everything";
        resource["operation"] = json!([{ "name": "everything", "definition": definition }]);
    }
    resource
}
