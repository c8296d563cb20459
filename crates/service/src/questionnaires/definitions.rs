//! The questionnaires of the house: those that ship, and those that sources have delivered.

use super::QuestionnaireForm;
use crate::Error;
use indgang_fhir::questionnaire::Questionnaire;
use indgang_model::hex;
use indgang_store::{House, resources};
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::sync::LazyLock;

const TEXTS: [&str; 3] = [
    include_str!("../../../../questionnaires/phq-9.json"),
    include_str!("../../../../questionnaires/gad-7.json"),
    include_str!("../../../../questionnaires/pain.json"),
];

/// Those that ship. What cannot be read is none; a test reads each.
static SHIPPED: LazyLock<Vec<Questionnaire>> =
    LazyLock::new(|| TEXTS.iter().filter_map(|text| Questionnaire::read(text).ok()).collect());

/// Every questionnaire that can be read, those of sources after those that ship.
pub(crate) async fn all(house: &House) -> Result<Vec<Questionnaire>, Error> {
    let delivered = resources::questionnaires(house).await?;
    let delivered = delivered.iter().filter_map(|(_, body)| Questionnaire::read(body).ok());
    Ok(SHIPPED.iter().cloned().chain(delivered).collect())
}

/// A questionnaire of the house, for who looks after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    /// Address and version.
    pub canonical: String,
    /// What it is called.
    pub title: String,
    /// Why it is not offered as a form; `None` where it is.
    pub not_offered: Option<String>,
}

/// Every questionnaire of the house in every version: nobody's data.
///
/// # Errors
/// When the store fails.
pub async fn instruments(house: &House) -> Result<Vec<Instrument>, Error> {
    let all = all(house).await?;
    let offered: Vec<String> =
        latest(all.clone()).iter().filter(|q| is_open(q)).map(Questionnaire::canonical).collect();
    let instrument = |questionnaire: &Questionnaire| {
        let canonical = questionnaire.canonical();
        let why = match questionnaire.fillable() {
            Err(error) => Some(error.to_string()),
            Ok(()) if questionnaire.status != "active" => Some(format!("is {}", questionnaire.status)),
            Ok(()) if !offered.contains(&canonical) => Some("another version is offered".to_owned()),
            Ok(()) => None,
        };
        Instrument { title: questionnaire.title.text.clone(), not_offered: why, canonical }
    };
    Ok(all.iter().map(instrument).collect())
}

/// A name for an address by which forms are found.
pub(super) fn key(url: &str) -> String {
    hex(&Sha256::digest(url)[..8])
}

/// Whether it can be filled in now.
pub(super) fn is_open(questionnaire: &Questionnaire) -> bool {
    questionnaire.status == "active" && questionnaire.fillable().is_ok()
}

/// Every form that can be filled in now.
pub(super) fn open_forms(all: Vec<Questionnaire>) -> Vec<QuestionnaireForm> {
    let forms = latest(all).into_iter().filter(is_open);
    forms.map(|questionnaire| QuestionnaireForm { key: key(&questionnaire.url), questionnaire, open: true }).collect()
}

/// Of the versions of each questionnaire the one to be filled in: the latest that is open, else the latest; a
/// delivered one goes before one that ships.
pub(super) fn latest(all: Vec<Questionnaire>) -> Vec<Questionnaire> {
    let mut latest: Vec<Questionnaire> = Vec::new();
    for questionnaire in all {
        match latest.iter_mut().find(|known| known.url == questionnaire.url) {
            None => latest.push(questionnaire),
            Some(known) => {
                let order = is_open(&questionnaire)
                    .cmp(&is_open(known))
                    .then_with(|| versions(&questionnaire.version, &known.version));
                if order != Ordering::Less {
                    *known = questionnaire;
                }
            }
        }
    }
    latest
}

/// The questionnaire that a response names; without a version the latest of the address.
pub(crate) fn named<'q>(all: &'q [Questionnaire], url: &str, version: Option<&str>) -> Option<&'q Questionnaire> {
    let of_address = all.iter().filter(|questionnaire| questionnaire.url == url);
    match version {
        Some(version) => of_address.rev().find(|questionnaire| questionnaire.version == version),
        None => of_address.max_by(|a, b| versions(&a.version, &b.version)),
    }
}

/// Versions part by part, numbers by their value.
fn versions(a: &str, b: &str) -> Ordering {
    let part = |text: &str| text.parse::<u64>().map_or_else(|_| (1, 0, text.to_owned()), |n| (0, n, String::new()));
    let parts = |text: &str| text.split('.').map(part).collect::<Vec<_>>();
    parts(a).cmp(&parts(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(version: &str, status: &str) -> Questionnaire {
        let text = format!(
            r#"{{"resourceType":"Questionnaire","url":"urn:q","version":"{version}","status":"{status}","item":[{{"linkId":"a","type":"string"}}]}}"#
        );
        Questionnaire::read(&text).unwrap()
    }

    #[test]
    fn what_ships_can_be_read() {
        assert_eq!(SHIPPED.len(), TEXTS.len());
        assert!(SHIPPED.iter().all(is_open));
    }

    #[test]
    fn the_latest_open_version_is_filled_in_and_the_named_one_is_read() {
        for (versions, chosen) in [
            (vec![("1", "active"), ("2", "active")], "2"),
            (vec![("1.10", "active"), ("1.9", "active")], "1.10"),
            (vec![("1", "active"), ("2", "draft")], "1"),
            (vec![("1", "retired"), ("2", "retired")], "2"),
        ] {
            let all: Vec<_> = versions.iter().map(|(version, status)| made(version, status)).collect();
            let found = latest(all.clone());
            assert_eq!((found.len(), found[0].version.as_str()), (1, chosen), "{versions:?}");
            assert_eq!(
                named(&all, "urn:q", Some("1")).map(|q| q.version.as_str()),
                all.iter().find(|q| q.version == "1").map(|_| "1")
            );
            assert!(named(&all, "urn:q", Some("7")).is_none() && named(&all, "urn:other", None).is_none());
        }
    }
}
