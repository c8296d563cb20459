//! A document: what each of its entries has of it, and the forms that entries share.

use crate::descriptor::NotThis;
use crate::hl7::{self, ACT_STATUS, RELATIONSHIP, SKS, concept, identifier, object};
use crate::xml::Element;
use serde_json::{Value, json};

/// Before each template of the profile.
const PROFILE: &str = "1.2.208.176.7.1.";

/// A document.
pub struct Document<'d> {
    root: &'d Element,
    subject: Value,
    meta: Value,
    /// When its author wrote it; null where it is not told.
    pub written: Value,
}

/// Whether an element says that it follows a template of the profile: `10.74`.
pub fn is_template(element: &Element, template: &str) -> bool {
    let named = |id: &Element| id.attribute("root").and_then(|root| root.strip_prefix(PROFILE)) == Some(template);
    element.all("templateId").any(named)
}

/// Elements of a template among the clinical statements and participants that belong to an element.
pub fn parts<'e>(element: &'e Element, template: &'e str) -> impl Iterator<Item = &'e Element> {
    let inside = element.children().iter().flat_map(|child| match child.name.as_str() {
        "entryRelationship" | "component" | "reference" => child.children(),
        _ => std::slice::from_ref(child),
    });
    inside.filter(move |part| is_template(part, template))
}

impl<'d> Document<'d> {
    pub fn read(root: &'d Element) -> Result<Self, NotThis> {
        if root.name != "ClinicalDocument" || !is_template(root, "10.71") {
            let what = "not an LPR3 document: a ClinicalDocument of template 1.2.208.176.7.1.10.71 is read here";
            return Err(NotThis(what.to_owned()));
        }
        let missing = |what: &str| NotThis(format!("the document has no {what}: send it whole"));
        let set = root.at("setId").ok_or_else(|| missing("setId"))?;
        let set = joined(set).ok_or_else(|| missing("setId"))?;
        let own = root.at("id").and_then(|id| id.attribute("extension").or(id.attribute("root")));
        let own = own.ok_or_else(|| missing("id"))?;
        let version = root.at("versionNumber").and_then(|version| version.attribute("value"));
        let version: i64 =
            version.and_then(|v| v.parse().ok()).ok_or_else(|| missing("versionNumber that is a whole number"))?;
        let replaces = root.all("relatedDocument").any(|related| related.attribute("typeCode") == Some("RPLC"));
        let tags = if replaces { json!([hl7::coding(RELATIONSHIP, "RPLC", None)]) } else { Value::Null };
        Ok(Self {
            root,
            subject: subject(root).ok_or_else(|| missing("patient's number"))?,
            meta: object([
                ("source", json!(format!("{set}#{}", own.to_ascii_lowercase()))),
                ("versionId", json!(version.to_string())),
                ("tag", tags),
            ]),
            written: time(root.at("author/time")),
        })
    }

    /// Its clinical statements.
    pub fn entries(&self) -> impl Iterator<Item = &'d Element> {
        let body = self.root.all("component").flat_map(|component| component.all("structuredBody"));
        let sections = body.flat_map(|body| body.all("component")).flat_map(|component| component.all("section"));
        let entries = sections.flat_map(|section| section.all("entry"));
        entries.flat_map(Element::children).filter(|child| child.name != "templateId")
    }

    /// The patient, by her number.
    pub fn subject(&self) -> Value {
        self.subject.clone()
    }

    /// Where a resource comes from and which version it is.
    pub fn meta(&self) -> Value {
        self.meta.clone()
    }
}

/// A root, with its extension where it has one, as a system and value in one.
fn joined(id: &Element) -> Option<String> {
    let system = hl7::system(id.attribute("root")?);
    Some(id.attribute("extension").map_or(system.clone(), |value| format!("{system}:{value}")))
}

fn subject(root: &Element) -> Option<Value> {
    let id = root.at("recordTarget/patientRole/id")?;
    let (system, number) = (hl7::system(id.attribute("root")?), id.attribute("extension")?);
    let number = number.replace('-', "");
    // Documents give the system of CPR to X-eCPR numbers too; the number itself tells what it is.
    let own = number.parse::<indgang_model::PersonalNumber>().ok().and_then(|number| number.oid());
    let system = match own {
        Some(oid) if system == hl7::CPR => format!("urn:oid:{oid}"),
        _ => system,
    };
    Some(json!({ "identifier": identifier(&system, &number) }))
}

/// The id of FHIR of an `id`: extensions are unique among all that is reported.
pub fn own_id(element: &Element) -> Option<String> {
    let id = element.at("id")?;
    id.attribute("extension").or_else(|| id.attribute("root")).map(hl7::id)
}

/// The Identifier of an `id`.
pub fn own_identifier(element: &Element) -> Value {
    let parts = element.at("id").and_then(|id| Some((id.attribute("root")?, id.attribute("extension"))));
    match parts {
        Some((root, Some(value))) => json!([identifier(&hl7::system(root), value)]),
        Some((root, None)) => json!([identifier("urn:ietf:rfc:3986", &hl7::system(root))]),
        None => Value::Null,
    }
}

/// The CodeableConcept of a coded element such as `code`; null where it says nothing.
pub fn code(coded: Option<&Element>) -> Value {
    let Some(coded) = coded else { return Value::Null };
    let display = coded.attribute("displayName");
    match coded.attribute("code") {
        Some(code) => {
            let system = coded.attribute("codeSystem").map_or_else(|| SKS.to_owned(), hl7::system);
            concept(&system, code, display)
        }
        None => object([("text", json!(display))]),
    }
}

/// The time of a `value`.
pub fn time(at: Option<&Element>) -> Value {
    json!(at.and_then(|at| at.attribute("value")).map(hl7::moment))
}

/// The Period of an interval, or of the moment in its place.
pub fn period(interval: Option<&Element>) -> Value {
    let Some(interval) = interval else { return Value::Null };
    if interval.attribute("value").is_some() {
        return object([("start", time(Some(interval))), ("end", time(Some(interval)))]);
    }
    object([("start", time(interval.at("low"))), ("end", time(interval.at("high")))])
}

/// Whether an interval has an end.
pub fn is_ended(element: &Element) -> bool {
    element.at("effectiveTime").is_some_and(|at| at.attribute("value").is_some() || !time(at.at("high")).is_null())
}

/// The organisation of a participant: its unit in SOR, or as the participant names it.
pub fn unit(participant: Option<&Element>) -> Value {
    let id = participant.and_then(|p| p.at("participantRole/scopingEntity/id"));
    let told = id.and_then(|id| Some((hl7::system(id.attribute("root")?), id.attribute("extension")?)));
    told.map_or(Value::Null, |(system, value)| json!({ "identifier": identifier(&system, value) }))
}

/// Extensions for codes that FHIR has no element for, one for each part of the templates.
pub fn extensions(element: &Element, templates: &[&str]) -> Vec<Value> {
    let mut all = Vec::new();
    for template in templates {
        for part in parts(element, template) {
            let address = format!("urn:oid:{PROFILE}{template}");
            let code = code(part.at("code"));
            if !code.is_null() {
                all.push(json!({ "url": address, "valueCodeableConcept": code }));
            }
            all.extend(extensions(part, &["10.10", "10.5"]));
        }
    }
    all
}

/// A Reference of a source to a resource of its own, by the `id` of what refers.
pub fn to(resource_type: &str, target: &Element) -> Value {
    own_id(target).map_or(Value::Null, |id| json!({ "reference": format!("{resource_type}/{id}") }))
}

/// The encounter that something belongs to: in the document (10.77) or in another (10.78).
pub fn encounter_of(element: &Element) -> Value {
    let inside = parts(element, "10.77").chain(parts(element, "10.78")).next();
    inside.map_or(Value::Null, |target| to("Encounter", target))
}

/// The episode that something belongs to: in the document (10.72) or in another (10.65).
pub fn episode_of(element: &Element) -> Value {
    let inside = parts(element, "10.72").chain(parts(element, "10.65")).next();
    inside.map_or(Value::Null, |target| to("EpisodeOfCare", target))
}

/// What an act of nullification takes away, one notice for each.
pub fn removals(document: &Document<'_>, act: &Element) -> Vec<Value> {
    let status = act.at("statusCode").and_then(|status| status.attribute("code"));
    let targets = act.all("reference").flat_map(Element::children).filter(|child| child.name.starts_with("external"));
    let notice = |target| {
        let id = own_id(target)?;
        Some(object([
            ("resourceType", json!("Basic")),
            ("id", json!(id)),
            ("meta", document.meta()),
            ("identifier", own_identifier(target)),
            ("code", concept(ACT_STATUS, status.unwrap_or("nullified"), None)),
            ("subject", document.subject()),
        ]))
    };
    targets.filter_map(notice).collect()
}
