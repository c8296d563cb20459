//! Choices, places, relations, permits and mandates: written, read back, and gathered as facts.

use crate::ground::{Ground, on_both};
use crate::log::at;
use indgang_gate::ledger::{ConsentKind, Draft, Ledger, Refusal, Statement, TemplateVersion};
use indgang_gate::{
    Activity, Actor, BlockTarget, CareContact, CareContactKind, Decision, Facts, Grant, Grounds, Mandate, Matter,
    Recipient, RelationGrade, Representation, RepresentationKind, Request, UserId, decide,
};
use indgang_model::{
    Category, PermitId, PersonId, PlaceId, Purpose, Role, SecondaryFindingWish, Sensitive, Timestamp, Wishes,
};
use indgang_store::permits::NewPermit;
use indgang_store::persons::Identity;
use indgang_store::places::Place;
use indgang_store::users::User;
use indgang_store::{
    House, StoreError, Writer, choices, follow_ups, mandates, permits, places, representations, users,
};

fn person(id: &str) -> PersonId {
    PersonId(id.into())
}

fn user(id: &str) -> UserId {
    UserId(id.into())
}

fn place(id: &str) -> PlaceId {
    PlaceId(id.into())
}

fn actor(id: &str, role: Role, person: Option<PersonId>, unit: Option<&str>) -> Actor {
    let place = unit.map(place);
    Actor {
        user: user(id),
        person,
        role,
        profession: None,
        organisation: "house".into(),
        place,
        on_responsibility_of: None,
    }
}

fn request(actor: Actor, activity: Activity, purpose: Purpose, who: &str, at: Timestamp) -> Request {
    let categories = [Category::Identity, Category::Wish].into();
    let subjects = [person(who)].into();
    Request { actor, activity, purpose, categories, subjects, case: None, grounds: Grounds::default(), at }
}

/// A passage with facts made for the purpose: who holds the files may take a family in.
fn taking_in(who: &str) -> (Request, Facts) {
    let mut actor = actor("lab", Role::LaboratoryGeneticist, None, None);
    actor.on_responsibility_of = Some(user("doctor"));
    let facts = Facts {
        held_by_operator: [person(who)].into(),
        responsible: [(user("doctor"), [].into())].into(),
        ..Facts::default()
    };
    (request(actor, Activity::Ingest, Purpose::Treatment, who, at()), facts)
}

async fn write<T>(house: &House, who: &str, act: impl AsyncFnOnce(&mut Writer<'_>) -> T) -> (T, Grant) {
    let (request, facts) = taking_in(who);
    let mut logged = house.passage().await.unwrap().log(decide(&request, &facts)).await.unwrap();
    let done = act(&mut logged.writer().await.unwrap().unwrap()).await;
    match logged.commit(at()).await.unwrap() {
        Decision::Permit { grant, .. } => (done, grant),
        Decision::Deny { rule, .. } => panic!("refused by {}", rule.rule),
    }
}

async fn gathered(house: &House, request: &Request) -> Facts {
    let mut passage = house.passage().await.unwrap();
    let facts = passage.facts(request).await.unwrap();
    passage.abandon().await.unwrap();
    facts
}

async fn furnished(ground: &Ground) -> House {
    let house = ground.open().await;
    let one = |id: &str, parent: Option<&str>| Place { id: place(id), name: id.into(), parent: parent.map(place) };
    // Two that lie under each other, as a faulty register may say, do not hang the house.
    let all = [one("hospital", None), one("ward", Some("hospital")), one("a", Some("b")), one("b", Some("a"))];
    places::register(&house, &all).await.unwrap();
    places::register(&house, &all).await.unwrap();
    assert_eq!(places::all(&house).await.unwrap().len(), 4);
    let doctor = User {
        id: user("doctor"),
        display_name: "D".into(),
        role: Role::AuthorisedHealthProfessional,
        person: None,
        organisation: "house".into(),
        on_responsibility_of: None,
        profession: Some("7170".parse().unwrap()),
        place: Some(place("ward")),
    };
    users::register(&house, std::slice::from_ref(&doctor)).await.unwrap();
    assert!(users::by_id(&house, &user("doctor")).await.unwrap() == Some(doctor));
    for (id, cpr) in [("p", "0201609996"), ("child", "0101204995")] {
        let identity = Identity { name: Sensitive::new(id.into()), cpr: cpr.parse().unwrap() };
        write(&house, id, async |writer| writer.add_person(&person(id), &identity).await.unwrap()).await;
    }
    house
}

on_both!(
    who_acts_by_law_is_kept_with_its_end,
    a_ledger_is_read_as_it_was_entered_and_gathered_as_facts,
    a_number_is_entered_once_and_nothing_without_a_grant,
    places_relations_permits_and_mandates_are_gathered,
    wishes_of_an_older_house_are_the_first_entries,
);

fn said(statement: Statement) -> Draft {
    Draft::from(statement, at())
}

async fn enter(writer: &mut Writer<'_>, who: &str, draft: Draft) {
    let entry = writer.ledger(&person(who)).await.unwrap().next(draft, &user("p-user"), at()).unwrap();
    writer.add_choice(&entry).await.unwrap();
}

async fn a_ledger_is_read_as_it_was_entered_and_gathered_as_facts(ground: Ground) {
    let house = furnished(&ground).await;
    let consent = Statement::Consent {
        kind: ConsentKind::LookUp,
        recipient: Some(Recipient::Place(place("hospital"))),
        template: TemplateVersion { id: "look-up".into(), version: 1 },
    };
    let wishes = Wishes { secondary_findings: SecondaryFindingWish::All, ..Wishes::default() };
    let drafts = [
        said(consent),
        said(Statement::Block(BlockTarget::Professional(user("other")))),
        said(Statement::Refusal(Refusal::Genetic)),
        said(Statement::Wishes(wishes)),
        said(Statement::PowerOfAttorney(person("friend"))),
        said(Statement::Block(BlockTarget::Everybody)),
        said(Statement::Withdrawal(6)),
        Draft { until: Some("2027-01-01T00:00:00Z".parse().unwrap()), ..said(Statement::Refusal(Refusal::Tissue)) },
    ];
    let mut expected = Ledger::new(person("p"), vec![]).unwrap();
    let (_, grant) = write(&house, "p", async |writer| {
        for draft in drafts {
            expected = expected.clone().with(draft.clone(), &user("p-user"), at()).unwrap();
            enter(writer, "p", draft).await;
        }
    })
    .await;
    assert_eq!(choices::ledger(&house, &grant, &person("p")).await.unwrap(), expected);
    assert!(choices::ledger(&house, &grant, &person("child")).await.is_err(), "another's is not opened");
    let doctor = actor("doctor", Role::AuthorisedHealthProfessional, None, Some("ward"));
    let asked = request(doctor, Activity::LookUp, Purpose::Treatment, "p", at());
    let mut told = Facts::default();
    expected.present(at()).tell(at(), &mut told);
    let facts = gathered(&house, &asked).await;
    assert_eq!(
        (&facts.blocks, &facts.consents, &facts.proxies, &facts.refusals, &facts.wishes),
        (&told.blocks, &told.consents, &told.proxies, &told.refusals, &told.wishes)
    );
    assert!(facts.places == [place("ward"), place("hospital")].into() && facts.consents.len() == 1);
    let mut passage = house.passage().await.unwrap();
    assert_eq!(passage.principals_of(&person("friend")).await.unwrap(), [person("p")]);
    assert_eq!(passage.principals_of(&person("p")).await.unwrap(), []);
}

async fn a_number_is_entered_once_and_nothing_without_a_grant(ground: Ground) {
    let house = furnished(&ground).await;
    let refusal = || said(Statement::Refusal(Refusal::Tissue));
    let (outcomes, _) = write(&house, "p", async |writer| {
        let ledger = writer.ledger(&person("p")).await.unwrap();
        let entry = ledger.next(refusal(), &user("p-user"), at()).unwrap();
        let childs = Ledger::new(person("child"), vec![]).unwrap().next(refusal(), &user("p-user"), at()).unwrap();
        let first = writer.add_choice(&entry).await;
        (first, writer.add_choice(&entry).await, writer.add_choice(&childs).await)
    })
    .await;
    assert!(matches!(outcomes, (Ok(()), Err(StoreError::Exists("choices")), Err(StoreError::NotCovered(_)))));
}

async fn places_relations_permits_and_mandates_are_gathered(ground: Ground) {
    let house = furnished(&ground).await;
    let until = "2027-01-01T00:00:00Z".parse().unwrap();
    let contact = CareContact {
        kind: CareContactKind::Referral,
        person: person("p"),
        professional: None,
        place: Some(place("hospital")),
        from: at(),
        until: None,
    };
    write(&house, "p", async |writer| {
        writer.add_care_contact(&contact).await.unwrap();
        writer.add_care_contact(&contact).await.unwrap();
        writer.begin_treatment(&user("doctor"), &person("p"), at()).await.unwrap();
        writer.begin_treatment(&user("doctor"), &person("p"), at()).await.unwrap();
    })
    .await;
    write(&house, "child", async |writer| writer.add_custody(&person("p"), &person("child")).await.unwrap()).await;
    let categories: std::collections::BTreeSet<_> = [Category::Genome, Category::Phenotype].into();
    let permit = NewPermit {
        id: PermitId("permit".into()),
        purpose: Purpose::ResearchAndStatistics,
        categories: categories.clone(),
        site_permission: true,
        scope: indgang_gate::Scope::default(),
        from: at(),
        until,
        members: [user("doctor")].into(),
    };
    permits::register(&house, &permit).await.unwrap();
    permits::register(&house, &permit).await.unwrap();
    let mandate = Mandate { officer: user("officer"), person: person("p"), categories, from: at(), until };
    mandates::register(&house, &mandate).await.unwrap();

    let doctor = actor("doctor", Role::AuthorisedHealthProfessional, None, Some("ward"));
    let mut asked = request(doctor, Activity::LookUp, Purpose::Treatment, "p", at());
    asked.grounds.permit = Some(PermitId("permit".into()));
    let facts = gathered(&house, &asked).await;
    let grade = |who: &str| facts.relation(&user(who), &facts.places, &person("p"), at());
    assert_eq!((grade("doctor"), grade("other")), (RelationGrade::APlusPlus, RelationGrade::B));
    assert_eq!(facts.care_contacts.len(), 2);
    assert!(facts.permits.iter().all(|permit| permit.site_permission && permit.until == until));
    assert_eq!((facts.permits.len(), facts.mandates.len()), (1, 0));

    let mut lab = actor("lab", Role::LaboratoryGeneticist, None, Some("a"));
    lab.on_responsibility_of = Some(user("doctor"));
    asked.actor = lab;
    asked.subjects = [person("child")].into();
    let facts = gathered(&house, &asked).await;
    assert_eq!(facts.places, [place("a"), place("b")].into());
    assert_eq!(facts.responsible, [(user("doctor"), [place("ward"), place("hospital")].into())].into());
    assert!(facts.permits.is_empty() && facts.custody.len() == 1 && facts.born.len() == 1);

    asked.actor = actor("officer", Role::AuthorityOfficer, None, None);
    asked.subjects = [person("p")].into();
    assert_eq!(gathered(&house, &asked).await.mandates, [mandate].into());
    assert!(gathered(&house, &asked).await.to_be_followed_up.is_empty());
    assert!(follow_ups::open_ones(&house, None, 9).await.unwrap().is_empty());
    ground
        .by_hand(
            "insert into follow_ups (person_id, leaf_index, reason, opened_at, deadline) \
             values ('p', 0, 'because', '2026-03-01T12:00:00Z', '2026-04-01T12:00:00Z')",
        )
        .await;
    assert_eq!(gathered(&house, &asked).await.to_be_followed_up, [person("p")].into());
    assert_eq!(follow_ups::open_ones(&house, None, 9).await.unwrap().len(), 1);
}

async fn wishes_of_an_older_house_are_the_first_entries(ground: Ground) {
    let house = furnished(&ground).await;
    house.close().await;
    // The tables as they were before this migration, with wishes of two versions.
    ground
        .by_hand(
            "drop table choices; drop table places; drop table care_contacts; drop table permit_members; \
             drop table permits; drop table mandates; \
             create table wishes (person_id text not null references persons (id), version bigint not null, \
             recorded_at text not null, recorded_by text not null, wishes text not null, primary key (person_id, version)); \
             insert into wishes values ('p', 1, '2026-01-01T00:00:00Z', 'operator', '{\"secondary_findings\":\"none\"}'); \
             insert into wishes values ('p', 2, '2026-02-01T00:00:00Z', 'p-user', '{\"secondary_findings\":\"all\",\"recontact\":true}'); \
             delete from _sqlx_migrations where version = 11",
        )
        .await;
    let house = ground.open().await;
    let (_, grant) = write(&house, "p", async |_| ()).await;
    let ledger = choices::ledger(&house, &grant, &person("p")).await.unwrap();
    assert_eq!(ledger.entries().len(), 2);
    let wishes = |time: &str| ledger.standing(time.parse().unwrap(), Timestamp::MAX).wishes().map(|w| w.recontact);
    assert_eq!(
        [wishes("2025-12-31T00:00:00Z"), wishes("2026-01-15T00:00:00Z"), wishes("2026-03-01T00:00:00Z")],
        [None, Some(false), Some(true)]
    );
}

async fn who_acts_by_law_is_kept_with_its_end(ground: Ground) {
    let house = furnished(&ground).await;
    let (until, later): (Timestamp, Timestamp) =
        ("2026-09-01T00:00:00Z".parse().unwrap(), "2026-05-01T00:00:00Z".parse().unwrap());
    let new = Representation {
        holder: person("child"),
        person: person("p"),
        kind: RepresentationKind::Guardian,
        matters: [Matter::Personal, Matter::Health].into(),
        from: at(),
        until: Some(until),
    };
    // The grant of another passage does not let it be written.
    let (refused, _) =
        write(&house, "p", async |writer| writer.enter_representation(&new, "court", (&user("admin"), at())).await)
            .await;
    assert!(matches!(refused, Err(StoreError::NotCovered(_))), "{refused:?}");
    let entering = |when| {
        let mut asked = request(
            actor("admin", Role::Engineer, None, None),
            Activity::EnterRepresentation,
            Purpose::OversightAndAdministration,
            "p",
            when,
        );
        asked.categories.clear();
        asked.subjects.insert(person("child"));
        asked
    };
    let passing =
        async |when| house.passage().await.unwrap().log(decide(&entering(when), &Facts::default())).await.unwrap();
    let mut logged = passing(at()).await;
    let mut writer = logged.writer().await.unwrap().unwrap();
    writer.enter_representation(&new, "court | of 2026", (&user("admin"), at())).await.unwrap();
    let twice = writer.enter_representation(&new, "again", (&user("admin"), at())).await;
    assert!(matches!(twice, Err(StoreError::Exists(_))));
    let other = Representation { person: person("q"), ..new.clone() };
    assert!(writer.enter_representation(&other, "court", (&user("admin"), at())).await.is_err(), "not of this passage");
    logged.commit(at()).await.unwrap();

    let citizen = actor("c", Role::Citizen, Some(person("p")), None);
    let asked = request(citizen, Activity::ReadChoices, Purpose::OwnAccess, "p", at());
    assert_eq!(gathered(&house, &asked).await.representations, [new.clone()].into());
    let mut passage = house.passage().await.unwrap();
    assert_eq!(passage.represented_by(&person("child")).await.unwrap(), [person("p")]);
    assert!(passage.knows(&person("p")).await.unwrap() && !passage.knows(&person("nobody")).await.unwrap());
    let before: Timestamp = "2026-02-28T00:00:00Z".parse().unwrap();
    assert!(passage.facts_known_at(&asked, before).await.unwrap().representations.is_empty(), "not known yet");
    drop(passage);

    let mut logged = passing(later).await;
    let mut writer = logged.writer().await.unwrap().unwrap();
    let both = (person("p"), person("child"));
    assert_eq!(writer.end_representations(&both.0, &both.1, later, (&user("admin"), later)).await.unwrap(), 1);
    assert_eq!(writer.end_representations(&both.0, &both.1, until, (&user("admin"), later)).await.unwrap(), 0, "ended");
    logged.commit(later).await.unwrap();
    let ended = Representation { until: Some(later), ..new.clone() };
    assert_eq!(gathered(&house, &asked).await.representations, [ended.clone()].into());
    // As it was known before it was ended, it had its own end.
    let mut passage = house.passage().await.unwrap();
    assert_eq!(passage.facts_known_at(&asked, at()).await.unwrap().representations, [new].into());
    drop(passage);
    let ((), grant) = write(&house, "p", async |_| ()).await;
    let shown = representations::of_person(&house, &grant, &person("p")).await.unwrap();
    assert_eq!(shown.iter().map(|one| &one.representation).collect::<Vec<_>>(), [&ended]);
    assert_eq!(shown[0].evidence, "court | of 2026");
    let ((), others) = write(&house, "child", async |_| ()).await;
    assert!(representations::of_person(&house, &others, &person("p")).await.is_err());
    house.close().await;
}
