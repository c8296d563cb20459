//! Each repository says the same on both databases: what was written is read again, in the same order.

use crate::ground::{Ground, on_both};
use crate::log::{add, at, ingest};
use indgang_gate::ledger::{Draft, Statement};
use indgang_gate::{Decision, Facts, Request, UserId, decide};
use indgang_model::{CaseId, PersonId, SecondaryFindingWish, Wishes};
use indgang_store::cases::{self, Case, CaseStatus, InputFile, Member};
use indgang_store::{House, Writer, choices, persons};

on_both!(a_family_is_written_and_read_again, lists_sort_by_bytes);

fn person(id: &str) -> PersonId {
    PersonId(id.into())
}

/// Takes people in as one case, with what else is written in the same transaction.
pub async fn take_in(house: &House, case: &str, people: &[(&str, &str)]) {
    let ids: Vec<&str> = people.iter().map(|(id, _)| *id).collect();
    let mut logged = house.passage().await.unwrap().log(decide_ingest(case, &ids)).await.unwrap();
    for (id, cpr) in people {
        add(&mut logged, id, cpr).await.unwrap();
    }
    let mut writer = logged.writer().await.unwrap().unwrap();
    let members = people.iter().map(|(id, _)| Member { person: person(id), sample: id.to_uppercase() }).collect();
    let inputs = [InputFile { name: "vcf".into(), sha256: format!("{case:0>64}") }];
    let case = Case {
        id: CaseId(case.into()),
        label: "familie Æ".into(),
        label_en: "family".into(),
        proband: person(people[0].0),
        status: CaseStatus::Interpreted,
        created: at(),
        milliseconds: 700,
        members,
    };
    writer.add_case(&case, &inputs).await.unwrap();
    relate(&mut writer, &case, &ids).await;
    logged.commit(at()).await.unwrap();
}

pub fn decide_ingest(case: &str, people: &[&str]) -> indgang_gate::Pending {
    let (request, facts) = ingest(case, people);
    decide(&request, &facts)
}

async fn relate(writer: &mut Writer<'_>, case: &Case, people: &[&str]) {
    for (n, id) in people.iter().enumerate() {
        let id = person(id);
        writer.add_custody(&person(people[0]), &id).await.unwrap();
        writer.add_custody(&person(people[0]), &id).await.unwrap(); // said twice, held once
        writer.begin_treatment(&UserId("doctor".into()), &id, at()).await.unwrap();
        let wish = if n == 0 { SecondaryFindingWish::All } else { SecondaryFindingWish::None };
        let wishes = Wishes { secondary_findings: wish, ..Wishes::default() };
        let ledger = writer.ledger(&id).await.unwrap();
        let draft = Draft::from(Statement::Wishes(wishes), at());
        writer.add_choice(&ledger.next(draft, &UserId("operator".into()), at()).unwrap()).await.unwrap();
    }
    for user in ["zeta", "alpha"] {
        writer.assign(&UserId(user.into()), &case.id).await.unwrap();
    }
}

async fn a_family_is_written_and_read_again(ground: Ground) {
    let house = ground.open().await;
    take_in(&house, "one", &[("child", "0101204995"), ("mother", "0202829996")]).await;
    house.close().await;
    let house = ground.open().await;
    let mut passage = house.passage().await.unwrap();
    let doctor = UserId("doctor".into());
    assert_eq!(passage.children_of(&person("child")).await.unwrap(), [person("child"), person("mother")]);
    assert_eq!(passage.patients_of(&doctor).await.unwrap(), [person("child"), person("mother")]);
    assert_eq!(passage.members_of(&CaseId("one".into())).await.unwrap(), [person("child"), person("mother")]);
    assert_eq!(passage.cases_near(&doctor).await.unwrap(), [(CaseId("one".into()), person("child"))]);
    let near = passage.cases_near(&UserId("alpha".into())).await.unwrap();
    assert_eq!(near, [(CaseId("one".into()), person("child"))]);
    let (request, facts): (Request, Facts) = ingest("one", &["child", "mother"]);
    let gathered = passage.facts(&request).await.unwrap();
    assert_eq!(gathered.born[&person("mother")], (1982, 2, 2));
    assert_eq!(gathered.wishes[&person("child")].secondary_findings, SecondaryFindingWish::All);
    assert_eq!(gathered.custody.len(), 2);
    let Decision::Permit { grant, .. } =
        passage.log(decide(&request, &facts)).await.unwrap().commit(at()).await.unwrap()
    else {
        panic!("refused")
    };
    let identity = persons::identity(&house, &grant, &person("child")).await.unwrap().unwrap();
    assert_eq!((identity.name.expose().as_str(), identity.cpr.expose()), ("child", "0101204995"));
    assert_eq!(persons::identity(&house, &grant, &person("mother")).await.unwrap().unwrap().cpr.expose(), "0202829996");
    let case = cases::by_id(&house, &grant, &CaseId("one".into())).await.unwrap().unwrap();
    assert_eq!((case.label.as_str(), case.milliseconds, case.members.len()), ("familie Æ", 700, 2));
    assert_eq!(case.created, at());
    let inputs = [InputFile { name: "vcf".into(), sha256: format!("{:0>64}", "one") }];
    assert_eq!(cases::by_inputs(&house, &inputs).await.unwrap(), Some(CaseId("one".into())));
    let ledger = choices::ledger(&house, &grant, &person("mother")).await.unwrap();
    assert_eq!(ledger.entries().iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [1]);
    assert!(ground.verify().await.holds());
}

/// A language would put these in another order.
async fn lists_sort_by_bytes(ground: Ground) {
    let house = ground.open().await;
    let people = ["b", "A", "a-2", "a1", "ø", "Z"];
    let numbers = ["0101204995", "0101809995", "0202829996", "0101014992", "0101024998", "0101034993"];
    let family: Vec<(&str, &str)> = people.iter().copied().zip(numbers).collect();
    take_in(&house, "one", &family).await;
    let children = house.passage().await.unwrap().children_of(&person("b")).await.unwrap();
    let mut sorted: Vec<PersonId> = people.iter().map(|id| person(id)).collect();
    sorted.sort();
    assert_eq!(children, sorted);
}
