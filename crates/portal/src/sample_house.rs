//! A house with one made-up family, for tests and for looking at the portal without interpreting anything.
//!
//! The report is invented; the CPR numbers are MedCom's official test numbers (CC0). `indgang demo` has the real demo.

use crate::sample;
use indgang_gate::UserId;
use indgang_model::{CaseId, Clock, Cpr, PersonId, Role, SecondaryFindingWish, Sensitive, Wishes};
use indgang_service::{Error, House, InputFile, NewCase, NewPerson, NewUser, Operator};

/// The sample family's case.
pub const CASE: &str = "sample-family";

/// Takes the sample users and family into a house. Twice does no more than once.
///
/// # Errors
/// When the service refuses or fails.
pub async fn furnish(house: &House, clock: &dyn Clock) -> Result<(), Error> {
    indgang_service::register_users(house, &users()).await?;
    let operator = Operator {
        user: UserId("laboratory".to_owned()),
        organisation: "Testkøbing Hospital".to_owned(),
        on_responsibility_of: UserId("clinician".to_owned()),
    };
    indgang_service::ingest_case(house, clock, &operator, &case()?).await.map(drop)
}

fn users() -> Vec<NewUser> {
    let user = |id: &str, name: &str, role, person: Option<&str>, responsible: Option<&str>| NewUser {
        id: UserId(id.to_owned()),
        display_name: name.to_owned(),
        role,
        person: person.map(|p| PersonId(p.to_owned())),
        profession: None,
        place: None,
        organisation: if role == Role::Citizen { String::new() } else { "Testkøbing Hospital".to_owned() },
        on_responsibility_of: responsible.map(|r| UserId(r.to_owned())),
    };
    vec![
        user("laboratory", "Gry Genetiker", Role::LaboratoryGeneticist, None, Some("clinician")),
        user("clinician", "Lis Læge", Role::AuthorisedHealthProfessional, None, None),
        user("other-clinician", "Ole Overlæge", Role::AuthorisedHealthProfessional, None, None),
        user("bioinformatician", "Bo Bioinformatiker", Role::Bioinformatician, None, Some("clinician")),
        user("auditor", "Rosa Revisor", Role::Auditor, None, None),
        user("researcher", "Frida Forsker", Role::Researcher, None, None),
        user("insurer", "Finn Forsikring", Role::Outsider, None, None),
        user("asta", "Asta Prøve", Role::Citizen, Some("p-child"), None),
        user("cilje", "Cilje Prøve", Role::Citizen, Some("p-mother"), None),
    ]
}

fn case() -> Result<NewCase, Error> {
    let all = Wishes { secondary_findings: SecondaryFindingWish::All, ..Wishes::default() };
    let people = [
        ("p-child", "child", "Asta Prøve", "0201919990", Wishes::default()),
        ("p-brother", "brother", "Ejnar Prøve", "0504909995", Wishes::default()),
        ("p-father", "father", "Bo Prøve", "0201609995", Wishes::default()),
        ("p-mother", "mother", "Cilje Prøve", "0201609996", all),
    ];
    let people = people
        .into_iter()
        .map(|(id, sample, name, cpr, wishes)| {
            Ok(NewPerson {
                id: PersonId(id.to_owned()),
                sample: sample.to_owned(),
                name: Sensitive::new(name.to_owned()),
                cpr: cpr.parse::<Cpr>().map_err(|error| Error::Input(error.to_string()))?,
                wishes,
                call_set: None,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let mut report = sample::report();
    report.secondary_findings = [("mother".to_owned(), vec![sample::secondary()])].into();
    Ok(NewCase {
        id: CaseId(CASE.to_owned()),
        label: "Trio: brede tommelfingre, for tidligt lukkede sømme i kraniet".to_owned(),
        label_en: "Trio: broad thumbs, early closed seams of the skull".to_owned(),
        proband: PersonId("p-child".to_owned()),
        people,
        custody: Vec::new(),
        assigned_to: vec![UserId("laboratory".to_owned()), UserId("bioinformatician".to_owned())],
        treated_by: vec![UserId("clinician".to_owned())],
        inputs: vec![InputFile { name: "sample".to_owned(), sha256: "5a".repeat(32) }],
        report,
        milliseconds: 1,
    })
}
