//! LPR3: the Danish National Patient Register's reports, as CDA documents.
//!
//! Templates, meanings and rules of update: `scandihealth/lpr3-docs` (MIT) and its schematron 1.1.

mod contact;
mod document;
mod episode;
mod findings;

use crate::descriptor::{Descriptor, Mapped, NotThis};
use crate::xml::Element;
use document::{Document, is_template};

/// The source.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "lpr3",
    title: "LPR3 documents",
    about: &[
        "CDA documents of the National Patient Register (Landspatientregisteret, version 3): one document a file, XML, compressed or not.",
        "The SKS codes have the system `urn:oid:1.2.208.176.2.4`, units of SOR `urn:oid:1.2.208.176.1.1`; what FHIR has no element for is an extension whose address is the OID of its template.",
        "**Corrections.** An entry that comes again with the same id is a new version.",
        "`setId` and `versionNumber` tell the order: an older version that comes late goes into the history and never before a newer one.",
        "A document that replaces its set (`relatedDocument` `RPLC`) takes away what the set said before and does not say again; an appendix (`APND`) changes what it names only.",
        "**Removals.** What is nullified is no longer read, shown or counted; its versions and the removal stay in its history.",
        "A removal of what is not known, or of another person's, waits in quarantine: after the entry has come, `indgang ingest retry` removes it.",
        "A removed entry that an older document tells of late stays removed.",
        "**Whose.** The CPR number, or one in its place: X-eCPR as it is; a region's number is known together with the region, which the document must name by an OID under `1.2.208.176.1.6.1.3`.",
    ],
    kept: &[
        (
            "encounter (10.74): id, code, low and high, priority, responsible unit, stays (10.50), reason (10.48)",
            "Encounter: id and identifier, type, period (status by high), priority, serviceProvider, location, reasonCode",
        ),
        (
            "reference to an episode (10.72, 10.69)",
            "Encounter.episodeOfCare; of a procedure the extension workflow-episodeOfCare",
        ),
        (
            "episode of care (10.80): id, low and high, responsible unit, clinical theme (10.81)",
            "EpisodeOfCare: id and identifier, period (status by high), managingOrganization, type",
        ),
        (
            "its referral (10.51): time, referring unit (10.52, 10.49), cause (10.55), free choice (10.53), manner (10.54)",
            "ServiceRequest: authoredOn, requester, reasonCode, category",
        ),
        ("its markers (10.82)", "Observation of category procedure, with the EpisodeOfCare as focus"),
        ("its links to other episodes (10.83, 10.128) and completion (10.105)", "extension of EpisodeOfCare"),
        (
            "procedure (10.25, 10.29): id, code, low and high, performer (10.16), substances (10.2), cause (10.19), status (10.22)",
            "Procedure: id and identifier, code, performedPeriod (status by high), performer, usedCode, reasonCode, extension",
        ),
        (
            "condition (10.36, main 10.45, minor 10.46): id, code, site, negation, kind (10.43)",
            "Condition: id and identifier, code, bodySite, verificationStatus (refuted where negated), category; recordedDate is the author's time",
        ),
        ("metastases (10.37), local recurrence (10.40), additional codes (10.5)", "extension of what they belong to"),
        (
            "result report (10.90, 10.88): id, code, unit; its results (10.89): code, time, value",
            "Observation with a component for each result: an SKS code is a valueCodeableConcept, a number a valueQuantity without unit, a time a valueDateTime; results of different times keep theirs in an extension",
        ),
        ("payment contract (10.7) and specialization level (10.10): codes", "extension of Encounter or Procedure"),
        ("document: setId, id, versionNumber, relatedDocument", "meta.source, meta.versionId, meta.tag"),
        ("removal (10.118)", "takes away; kept as Basic in the history"),
    ],
    left_out: &[
        ("name, address, sex of the patient (10.107)", "who is who is known by her number"),
        ("custodian, author's organisation, title, confidentiality", "they tell of the report and not of the patient"),
        ("payer, time and id of the payment contract (10.7, 10.8)", "settlement is not modelled"),
        ("status of a result report", "the register's own state of reporting"),
        ("an entry of another template", "is told in quarantine"),
    ],
};

/// The resources of a file.
pub fn map(bytes: &[u8]) -> Result<Vec<Mapped>, NotThis> {
    let root = Element::read(bytes).map_err(|error| NotThis(error.to_string()))?;
    entries(&root)
}

fn entries(root: &Element) -> Result<Vec<Mapped>, NotThis> {
    let document = Document::read(root)?;
    let mut mapped = Vec::new();
    for entry in document.entries() {
        let made = match entry {
            e if is_template(e, "10.74") => vec![contact::encounter(&document, e)],
            e if is_template(e, "10.25") || is_template(e, "10.29") => vec![contact::procedure(&document, e)],
            e if is_template(e, "10.36") => vec![findings::condition(&document, e)],
            e if is_template(e, "10.80") => episode::episode(&document, e),
            e if is_template(e, "10.90") => findings::results(&document, e),
            e if is_template(e, "10.118") => document::removals(&document, e),
            e => {
                let what =
                    "an entry of a template that is not known here; see docs/reference/sources.md for those that are";
                mapped.push(Mapped { line: e.line, resource: Err(what.to_owned()) });
                continue;
            }
        };
        mapped.extend(made.into_iter().map(|resource| Mapped { line: entry.line, resource: Ok(resource) }));
    }
    Ok(mapped)
}

#[cfg(test)]
mod tests;
