//! The description of the machine door (OpenAPI 3.1), from the same lists that questions are read by.

use super::question::{ID_SIGNS, LONGEST_ID, MOST, PARTS, Semantic};
use super::{CONFIGURATION, EVALUATION, EVALUATIONS, LONGEST_BODY, OPENAPI, fhir};
use indgang_gate::Activity;
use indgang_model::{Category, Purpose};
use serde_json::{Map, Value, json};

/// The whole description.
pub(super) fn description() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Indgang: access decisions and FHIR",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "May a user of an institution do something to a kind of a person's data, for a purpose? \
                AuthZEN Authorization API 1.0. Each decision stands in the log that the person can read.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths(),
        "components": {
            "securitySchemes": { "system": { "type": "http", "scheme": "bearer", "description": "the token of a registered system" } },
            "schemas": schemas(),
        },
    })
}

fn paths() -> Value {
    json!({
        EVALUATION: { "post": post("evaluation", "Decides one question.", "Evaluation", "Decision") },
        EVALUATIONS: { "post": post(
            "evaluations",
            "Decides many questions. What a question lacks is taken from the whole. Nothing is decided unless all of \
             them can be read.",
            "Evaluations",
            "Decisions",
        ) },
        CONFIGURATION: { "get": get("configuration", "Where the endpoints are.", "Configuration") },
        OPENAPI: { "get": get("description", "This description.", "Description") },
        fhir::METADATA: { "get": get_fhir("fhirMetadata", "The CapabilityStatement.", &[], &[], false) },
        fhir::PATIENT: {
            "get": get_fhir("fhirPatient", "Who a person is to the house.", &["person"], &[], true),
            "put": write_fhir("fhirUpdatePatient", "Updates a Patient of the system's own source.", &["person"]),
        },
        fhir::EVERYTHING: { "get": get_fhir(
            "fhirEverything",
            "A person's resources, each as its source sent it.",
            &["person"],
            &["start", "end", "_since", "_count", "_offset"],
            true,
        ) },
        fhir::TYPE: { "get": get_fhir(
            "fhirSearch",
            "A person's resources of a type; the CapabilityStatement names all parameters.",
            &["type"],
            &["patient", "code", "date", "_lastUpdated", "_count", "_offset"],
            true,
        ), "post": write_fhir("fhirCreate", "Creates a resource in the system's own source.", &["type"]) },
        fhir::OWN: {
            "get": get_fhir("fhirReadOwn", "A resource that the system has sent.", &["type", "id"], &[], true),
            "put": write_fhir("fhirUpdate", "Updates a resource of the system's own source.", &["type", "id"]),
        },
        fhir::READ: {
            "get": get_fhir("fhirRead", "A resource of a source.", &["source", "type", "id"], &[], true),
            "put": write_fhir("fhirUpdateRead", "Updates a resource where it was read.", &["source", "type", "id"]),
        },
        fhir::VREAD: { "get": get_fhir(
            "fhirVread",
            "A version of a resource of a source.",
            &["source", "type", "id", "version"],
            &[],
            true,
        ) },
    })
}

/// A date of FHIR to the year, month, day or second, as a regular expression; leap days apart, which no expression tells.
const DATE: &str = "[12][0-9]{3}(-(0[1-9]|1[0-2])|-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|\
    (0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))\
    (T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]))?)?";

/// FHIR over HTTP: parts of the address, parameters of the question, and whether it is a passage at the gate.
fn get_fhir(id: &str, summary: &str, parts: &[&str], questions: &[&str], passage: bool) -> Value {
    let parameter = |place: &'static str, required: bool| {
        move |name: &&str| {
            let schema = match *name {
                "_count" | "_offset" | "version" => json!({ "type": "integer", "minimum": 0, "maximum": i32::MAX }),
                "date" | "_lastUpdated" => json!({ "type": "string", "pattern": format!("^(eq|ge|gt|le|lt)?{DATE}$") }),
                "start" | "end" | "_since" => json!({ "type": "string", "pattern": format!("^{DATE}$") }),
                fhir::ON_BEHALF_OF => reference("Id"),
                _ => json!({ "type": "string" }),
            };
            json!({ "name": name, "in": place, "required": required, "schema": schema })
        }
    };
    let mut parameters: Vec<Value> = parts.iter().map(parameter("path", true)).collect();
    parameters.extend(questions.iter().map(parameter("query", false)));
    let mut statuses = vec![("200", "what was asked for")];
    if passage {
        parameters.push(parameter("header", true)(&fhir::ON_BEHALF_OF));
        statuses.extend([
            ("400", "the question cannot be read; nothing was asked of the gate"),
            ("401", "the token is missing or nobody's"),
            ("403", "the gate refused, or the system's right to ask has been withdrawn"),
            ("404", "there is no such resource, or none that is open"),
            ("500", "the house could not answer"),
        ]);
    }
    let resource = |(status, what): (&str, &str)| {
        let content = json!({ "application/fhir+json": { "schema": { "type": "object" } } });
        (status.to_owned(), json!({ "description": what, "content": content }))
    };
    let responses: Map<String, Value> = statuses.into_iter().map(resource).collect();
    let mut operation =
        json!({ "operationId": id, "summary": summary, "parameters": parameters, "responses": responses });
    if passage {
        operation["security"] = json!([{ "system": [] }]);
    }
    operation
}

/// A resource or Bundle from a system that was registered to write.
fn write_fhir(id: &str, summary: &str, parts: &[&str]) -> Value {
    let mut operation = get_fhir(id, summary, parts, &[], true);
    let content = json!({ "application/fhir+json": { "schema": { "type": "object" } } });
    for (status, what) in [
        ("201", "created"),
        ("409", "it was created with other content"),
        ("412", "another version is the newest, or several match"),
        ("413", "the body is too long"),
        ("415", "the body is no FHIR in JSON"),
        ("422", "it cannot be taken in; nothing was written"),
    ] {
        operation["responses"][status] = json!({ "description": what, "content": content });
    }
    operation["requestBody"] = json!({ "required": true, "content": content });
    operation
}

fn post(id: &str, summary: &str, question: &str, answer: &str) -> Value {
    let mut responses = json!({ "200": response("the decision, which stands in the log", answer) });
    let longest = format!("the body is longer than {LONGEST_BODY} bytes");
    for (status, what) in [
        ("400", "the question cannot be read; nothing was decided"),
        ("401", "the token is missing or nobody's"),
        ("403", "the system's right to ask has been withdrawn"),
        ("413", &longest),
        ("500", "the house could not answer; nothing was decided"),
    ] {
        responses[status] = response(what, "Failure");
    }
    json!({
        "operationId": id,
        "summary": summary,
        "security": [{ "system": [] }],
        "requestBody": { "required": true, "content": { "application/json": { "schema": reference(question) } } },
        "responses": responses,
    })
}

fn get(id: &str, summary: &str, answer: &str) -> Value {
    json!({ "operationId": id, "summary": summary, "responses": { "200": response(summary, answer) } })
}

fn response(description: &str, schema: &str) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": reference(schema) } } })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn schemas() -> Value {
    let signs = ID_SIGNS.replace('.', "\\.").replace('-', "\\-");
    let text = json!({ "type": "string" });
    let url = json!({ "type": "string", "format": "uri" });
    let names = PARTS.into_iter().zip(["Subject", "Action", "Resource", "Context"]);
    let parts = || names.clone().map(|(part, name)| (part.to_owned(), reference(name))).collect::<Map<_, _>>();
    let semantics = Semantic::ALL.map(|(name, _)| name);
    let mut batch = parts();
    batch.insert(
        "evaluations".into(),
        json!({ "type": "array", "maxItems": MOST, "items": { "type": "object", "properties": parts() } }),
    );
    batch.insert(
        "options".into(),
        json!({ "type": "object", "properties": { "evaluations_semantic": { "enum": semantics } } }),
    );
    // A part stands in the whole, or in each question.
    let whole_or_each = PARTS.map(|part| {
        let each = json!({ "type": "array", "minItems": 1, "items": { "type": "object", "required": [part] } });
        json!({ "anyOf": [
            { "required": [part] },
            { "required": ["evaluations"], "properties": { "evaluations": each } },
        ] })
    });
    json!({
        "Id": { "type": "string", "pattern": format!("^[A-Za-z0-9{signs}]{{1,{LONGEST_ID}}}$") },
        "Subject": object(json!({ "type": { "const": "user" }, "id": reference("Id") }), &["type", "id"]),
        "Action": object(json!({ "name": { "enum": Activity::ALL } }), &["name"]),
        "Resource": object(
            json!({
                "type": { "const": "person" },
                "id": reference("Id"),
                "properties": object(json!({ "category": { "enum": Category::ALL } }), &["category"]),
            }),
            &["type", "id", "properties"],
        ),
        "Context": object(
            json!({ "purpose": { "enum": Purpose::ALL }, "case": reference("Id"), "permit": reference("Id") }),
            &["purpose"],
        ),
        "Evaluation": { "type": "object", "properties": parts(), "required": PARTS },
        "Evaluations": { "type": "object", "properties": batch, "allOf": whole_or_each },
        "Decision": object(
            json!({
                "decision": { "type": "boolean" },
                "context": object(
                    json!({
                        "rule": text, "paragraph": text,
                        "obligations": { "type": "array", "items": text },
                        "categories": { "type": "array", "items": { "enum": Category::ALL } },
                        "log_index": { "type": "integer", "minimum": 0 },
                        "reason_admin": object(json!({ "code": text, "en": text }), &["code", "en"]),
                        "reason_user": object(json!({ "da": text, "en": text }), &["da", "en"]),
                    }),
                    &["rule", "paragraph", "obligations", "categories", "log_index"],
                ),
            }),
            &["decision", "context"],
        ),
        "Decisions": { "anyOf": [
            object(json!({ "evaluations": { "type": "array", "items": reference("Decision") } }), &["evaluations"]),
            reference("Decision"),
        ] },
        "Configuration": object(
            json!({
                "policy_decision_point": url, "access_evaluation_endpoint": url, "access_evaluations_endpoint": url,
            }),
            &["policy_decision_point", "access_evaluation_endpoint", "access_evaluations_endpoint"],
        ),
        "Description": object(json!({ "openapi": text }), &["openapi"]),
        "Failure": object(json!({ "status": { "type": "integer" }, "message": text }), &["status", "message"]),
    })
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}
