//! What a citizen chooses, for whom, and that it decides at once.

mod house;

use house::{clock, family, open, operator, session};
use indgang_gate::ledger::{LedgerError, TemplateVersion};
use indgang_gate::{
    BlockTarget, Matter, Reason, Recipient, Refusals, Representation, RepresentationError, RepresentationKind, UserId,
};
use indgang_model::{CaseId, Category, FixedClock, PersonId, PlaceId};
use indgang_service::{
    Capacity, ChoiceState, Error, House, LogFilter, Place, citizen_log, export_choices, give_consent, import_choices,
    ingest_case, my_choices, open_case, set_block, set_refusals, undo_choice,
};

async fn ingested(folder: &std::path::Path) -> House {
    let house = open(folder).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    house
}

fn person(id: &str) -> PersonId {
    PersonId(id.into())
}

fn professional(id: &str) -> BlockTarget {
    BlockTarget::Professional(UserId(id.into()))
}

fn later(text: &str) -> FixedClock {
    FixedClock(text.parse().unwrap())
}

#[tokio::test]
async fn a_block_closes_at_once_and_is_undone() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let (mother, doctor) = (session(&house, "mother").await, session(&house, "doctor").await);
    let (own, fam) = (person("mother"), CaseId("fam".into()));
    indgang_store::places::register(
        &house,
        &[
            Place { id: PlaceId("ward".into()), name: "Ward".into(), parent: Some(PlaceId("hospital".into())) },
            Place { id: PlaceId("hospital".into()), name: "Hospital".into(), parent: None },
        ],
    )
    .await
    .unwrap();
    open_case(&house, &clock(), &doctor, &fam).await.unwrap();
    for target in [professional("doctor"), BlockTarget::Place(PlaceId("hospital".into())), BlockTarget::Everybody] {
        let number = set_block(&house, &clock(), &mother, &own, target.clone(), None).await.unwrap()[0];
        assert_eq!(
            set_block(&house, &clock(), &mother, &own, target.clone(), None).await.unwrap(),
            [0u64; 0],
            "said already"
        );
        let refused = open_case(&house, &clock(), &doctor, &fam).await.unwrap_err();
        let Error::Refused(refusal) = refused else { panic!("{target:?}: {refused}") };
        assert_eq!(refusal.reason, Reason::Blocked, "{target:?}");
        let choices = my_choices(&house, &clock(), &mother).await.unwrap();
        let choice = &choices.people[0].choices[usize::try_from(number).unwrap() - 1];
        assert!(choice.state == ChoiceState::Holds && choice.may_undo && choice.by_the_reader);
        let lifted = undo_choice(&house, &clock(), &mother, &own, number).await.unwrap()[0];
        open_case(&house, &clock(), &doctor, &fam).await.unwrap();
        // Undone by mistake: said again, and lifted again.
        let again = undo_choice(&house, &clock(), &mother, &own, lifted).await.unwrap()[0];
        assert!(open_case(&house, &clock(), &doctor, &fam).await.is_err());
        undo_choice(&house, &clock(), &mother, &own, again).await.unwrap();
    }
    // A kind of data is left out rather than the passage refused.
    let genome = BlockTarget::Category(Category::Genome);
    let until = Some("2026-04-01T00:00:00Z".parse().unwrap());
    set_block(&house, &clock(), &mother, &own, genome, until).await.unwrap();
    let withheld = open_case(&house, &clock(), &doctor, &fam).await.unwrap_err();
    assert!(matches!(withheld, Error::Withheld), "the report needs everybody's genome: {withheld}");
    open_case(&house, &later("2026-04-01T00:00:00Z"), &doctor, &fam).await.unwrap();
    let missing = undo_choice(&house, &clock(), &mother, &own, 999).await.unwrap_err();
    assert!(matches!(missing, Error::Choice(LedgerError::NothingToWithdraw(999))));
    let log = citizen_log(&house, &clock(), &mother, &LogFilter::default()).await.unwrap();
    let chosen = [indgang_gate::Activity::SetChoices, indgang_gate::Activity::SetTreatmentChoices];
    assert!(log.iter().filter(|line| chosen.contains(&line.activity)).count() >= 13);
}

#[tokio::test]
async fn each_refusal_is_its_own_and_withdrawn_by_leaving_it_out() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let mother = session(&house, "mother").await;
    let own = person("mother");
    for (tissue, genetic, secondary_use, entries) in [
        (true, true, false, 2),
        (true, true, false, 0),
        (false, true, true, 2),
        (false, false, false, 2),
        (true, false, false, 1),
    ] {
        let refusals = Refusals { tissue, genetic, secondary_use };
        let said = set_refusals(&house, &clock(), &mother, &own, refusals).await.unwrap();
        assert_eq!(said.len(), entries, "{refusals:?}");
        assert_eq!(my_choices(&house, &clock(), &mother).await.unwrap().people[0].refusals, refusals);
    }
}

#[tokio::test]
async fn a_consent_stands_on_a_text_and_is_withdrawn() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let mother = session(&house, "mother").await;
    let own = person("mother");
    let text = |id: &str, version| TemplateVersion { id: id.into(), version };
    let colleague = || Some(Recipient::Professional(UserId("colleague".into())));
    let number = give_consent(&house, &clock(), &mother, &own, text("look-up", 1), colleague()).await.unwrap()[0];
    let unknown = give_consent(&house, &clock(), &mother, &own, text("look-up", 9), colleague()).await.unwrap_err();
    assert!(matches!(unknown, Error::Choice(LedgerError::UnknownTemplate(..))));
    let nobody = give_consent(&house, &clock(), &mother, &own, text("quality", 1), None).await.unwrap_err();
    assert!(matches!(nobody, Error::Choice(LedgerError::NoRecipient)));
    let held = async |clock: FixedClock| {
        let choices = my_choices(&house, &clock, &mother).await.unwrap();
        let choices = choices.people.into_iter().next().unwrap().choices;
        choices.into_iter().find(|choice| choice.sequence == number).unwrap().state
    };
    assert_eq!(held(clock()).await, ChoiceState::Holds);
    undo_choice(&house, &clock(), &mother, &own, number).await.unwrap();
    assert_eq!(held(clock()).await, ChoiceState::Ended);
}

#[tokio::test]
async fn parents_decide_for_a_child_under_15_and_nobody_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let block = || professional("colleague");
    for (user, whose, at, permitted) in [
        ("mother", "boy", "2026-03-01T12:00:00Z", true),
        ("mother", "mother", "2026-03-01T12:00:00Z", true),
        ("mother", "father", "2026-03-01T12:00:00Z", false),
        ("father", "boy", "2026-03-01T12:00:00Z", false), // no custody
        ("mother", "boy", "2034-12-31T12:00:00Z", true),
        ("mother", "boy", "2035-01-01T12:00:00Z", false), // 15 that day
        ("doctor", "mother", "2026-03-01T12:00:00Z", false),
        ("insurer", "mother", "2026-03-01T12:00:00Z", false),
    ] {
        let who = session(&house, user).await;
        let outcome = set_block(&house, &later(at), &who, &person(whose), block(), None).await;
        assert_eq!(outcome.is_ok(), permitted, "{user} for {whose} at {at}");
        assert!(permitted || matches!(outcome, Err(Error::Refused(_))));
    }
}

#[tokio::test]
async fn who_has_power_of_attorney_reads_and_decides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let (mother, friend) = (session(&house, "mother").await, session(&house, "friend").await);
    let own = person("mother");
    assert!(my_choices(&house, &clock(), &friend).await.is_err(), "the house does not know her age");
    let father = session(&house, "father").await;
    let code = indgang_service::offer_to_hold_power(&house, &clock(), &father, [5; 32]).await.unwrap();
    let eighth = later("2026-03-08T12:00:00Z");
    let late = indgang_service::give_power_of_attorney(&house, &eighth, &mother, &own, code.expose()).await;
    assert!(matches!(late, Err(Error::NoSuchCode)), "a week old, and used up by the attempt");
    let code = indgang_service::offer_to_hold_power(&house, &clock(), &father, [6; 32]).await.unwrap();
    for (session, person) in [(&father, &own), (&friend, &own), (&mother, &person("father"))] {
        let given = indgang_service::give_power_of_attorney(&house, &clock(), session, person, code.expose()).await;
        assert!(matches!(given, Err(Error::Refused(_))), "not hers to give");
    }
    let given = indgang_service::give_power_of_attorney(&house, &clock(), &mother, &own, &code.expose().to_lowercase())
        .await
        .unwrap();
    assert!(matches!(
        indgang_service::give_power_of_attorney(&house, &clock(), &mother, &own, code.expose()).await,
        Err(Error::NoSuchCode)
    ));
    let seen = my_choices(&house, &clock(), &father).await.unwrap().people;
    assert_eq!(
        seen.iter().map(|p| (p.id.0.as_str(), p.may_choose)).collect::<Vec<_>>(),
        [("father", true), ("mother", false)]
    );
    let hers = my_choices(&house, &clock(), &mother).await.unwrap().people.remove(0).holders;
    assert_eq!(hers.values().map(|name| name.expose().as_str()).collect::<Vec<_>>(), ["Kanarie father"]);
    let outcome = set_block(&house, &clock(), &father, &own, professional("doctor"), None).await;
    assert!(matches!(outcome, Err(Error::Refused(_))));
    undo_choice(&house, &clock(), &mother, &own, given[0]).await.unwrap();
    assert_eq!(my_choices(&house, &clock(), &father).await.unwrap().people.len(), 1);
}

#[tokio::test]
async fn choices_go_to_another_house_and_come_from_one() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (ingested(one.path()).await, ingested(other.path()).await);
    let (mother, there) = (session(&one, "mother").await, session(&other, "mother").await);
    let own = person("mother");
    set_block(&one, &clock(), &mother, &own, professional("doctor"), None).await.unwrap();
    set_refusals(&one, &clock(), &mother, &own, Refusals { genetic: true, ..Refusals::default() }).await.unwrap();
    let text = export_choices(&one, &clock(), &mother, &own).await.unwrap();
    assert_eq!(import_choices(&other, &clock(), &there, &own, &text).await.unwrap().len(), 2);
    assert_eq!(import_choices(&other, &clock(), &there, &own, &text).await.unwrap(), [0u64; 0], "it holds already");
    // Numbers and times are each house's own; what is said is the same.
    let said = |text: &str| indgang_gate::fhir::read(text, &own, clock().0).unwrap();
    assert_eq!(said(&export_choices(&other, &clock(), &there, &own).await.unwrap()), said(&text));
    let doctor = session(&other, "doctor").await;
    assert!(open_case(&other, &clock(), &doctor, &CaseId("fam".into())).await.is_err());
    for (who, whose) in [(&there, "father"), (&doctor, "mother")] {
        let outcome = export_choices(&other, &clock(), who, &person(whose)).await;
        assert!(matches!(outcome, Err(Error::Refused(_))), "{whose}");
    }
    let others = import_choices(&other, &clock(), &there, &person("boy"), &text).await;
    assert!(matches!(others, Err(Error::Input(_))), "it is about the mother");
}

/// The father is the mother's guardian, entered at the command line on evidence.
fn guardianship(matters: &[Matter], kind: RepresentationKind) -> Representation {
    Representation {
        holder: person("father"),
        person: person("mother"),
        kind,
        matters: matters.iter().copied().collect(),
        from: "2026-02-01T00:00:00Z".parse().unwrap(),
        until: None,
    }
}

#[tokio::test]
async fn a_guardian_reads_and_decides_on_treatment_and_on_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let (mother, father) = (session(&house, "mother").await, session(&house, "father").await);
    let (own, admin) = (person("mother"), UserId("admin".into()));
    let text = |id: &str| TemplateVersion { id: id.into(), version: 1 };
    let hers = set_block(&house, &clock(), &mother, &own, professional("doctor"), None).await.unwrap()[0];
    let refused = set_block(&house, &clock(), &father, &own, BlockTarget::Everybody, None).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "nobody's guardian");

    let new = guardianship(&[Matter::Personal, Matter::Health], RepresentationKind::Guardian);
    for (wrong, evidence, says) in [
        (new.clone(), " ", RepresentationError::NoEvidence),
        (Representation { holder: own.clone(), ..new.clone() }, "court", RepresentationError::Herself),
        (Representation { person: person("boy"), ..new.clone() }, "court", RepresentationError::WrongAge("18 years")),
    ] {
        let outcome = indgang_service::enter_representation(&house, &clock(), &admin, &wrong, evidence).await;
        assert!(matches!(&outcome, Err(Error::Representation(error)) if *error == says), "{outcome:?}");
    }
    let nobody = Representation { holder: person("nobody"), ..new.clone() };
    let outcome = indgang_service::enter_representation(&house, &clock(), &admin, &nobody, "court").await;
    assert!(matches!(outcome, Err(Error::UnknownPerson(_))));
    indgang_service::enter_representation(&house, &clock(), &admin, &new, "Familieretshuset").await.unwrap();

    // He reads what is hers, is told as what, and sees that her own block is not his to lift.
    let seen = my_choices(&house, &clock(), &father).await.unwrap().people;
    assert_eq!(
        seen.iter().map(|p| (p.id.0.as_str(), p.capacity, p.may_choose, p.may_choose_treatment)).collect::<Vec<_>>(),
        [("father", None, true, true), ("mother", Some(Capacity::Guardian), false, true)]
    );
    assert!(seen[1].choices.iter().all(|choice| !choice.may_undo));
    let results = indgang_service::citizen_result(&house, &clock(), &father).await.unwrap();
    assert!(results.people.iter().any(|person| person.id == own));
    indgang_service::timeline(&house, &clock(), &father, Some(&own), &Default::default()).await.unwrap();
    // Treatment is his to decide, and another's consent to be taken back by him.
    let consented = give_consent(&house, &clock(), &father, &own, text("genetic-examination"), None).await.unwrap()[0];
    let blocked = set_block(&house, &clock(), &father, &own, professional("colleague"), None).await.unwrap()[0];
    undo_choice(&house, &clock(), &father, &own, consented).await.unwrap();
    // Wishes, refusals, research, powers of attorney, and what she said herself, are not.
    let refused = Refusals { tissue: true, ..Refusals::default() };
    let wishes = indgang_model::Wishes { research: true, ..Default::default() };
    for (what, outcome) in [
        ("refusals", set_refusals(&house, &clock(), &father, &own, refused).await.err()),
        ("wishes", indgang_service::set_wishes(&house, &clock(), &father, &own, wishes).await.err()),
        ("her block", undo_choice(&house, &clock(), &father, &own, hers).await.err()),
        ("an unknown entry", undo_choice(&house, &clock(), &father, &own, 99).await.err()),
        (
            "disclosure",
            give_consent(
                &house,
                &clock(),
                &father,
                &own,
                text("disclosure"),
                Some(Recipient::Professional(UserId("doctor".into()))),
            )
            .await
            .err(),
        ),
        (
            "a power of attorney",
            indgang_service::give_power_of_attorney(&house, &clock(), &father, &own, "X").await.err(),
        ),
        ("choices from elsewhere", {
            let text = export_choices(&house, &clock(), &father, &own).await.unwrap();
            import_choices(&house, &clock(), &father, &own, &text).await.err()
        }),
    ] {
        assert!(matches!(outcome, Some(Error::Refused(_))), "{what}: {outcome:?}");
    }
    // She sees who acts for her and on what, who entered it, and each thing he did, by name and paragraph.
    let shown = my_choices(&house, &clock(), &mother).await.unwrap().people.remove(0);
    let acts = &shown.represented_by[0];
    assert_eq!((acts.name.expose().as_str(), acts.evidence.as_str()), ("Kanarie father", "Familieretshuset"));
    assert_eq!(acts.state, ChoiceState::Holds);
    let log = citizen_log(&house, &clock(), &mother, &LogFilter::default()).await.unwrap();
    let line = |activity| {
        log.iter()
            .find(|l| l.activity == activity && l.permitted && l.person == own && l.who != UserId("mother".into()))
    };
    let entered = line(indgang_gate::Activity::EnterRepresentation).unwrap();
    assert_eq!((entered.who.0.as_str(), entered.rule.rule.as_str()), ("admin", "DK-43-representation"));
    let acted = line(indgang_gate::Activity::SetTreatmentChoices).unwrap();
    assert_eq!(acted.who_name.as_deref(), Some("Kanarie father"));
    assert_eq!(acted.rule.rule, "DK-18-guardian");
    assert!(
        log.iter().any(|l| !l.permitted && l.activity == indgang_gate::Activity::SetWishes),
        "refused attempts too"
    );
    // He reads her log as her guardian; who entered it stands in his own log too.
    let his = citizen_log(&house, &clock(), &father, &LogFilter::default()).await.unwrap();
    assert!(his.iter().any(|l| l.person == own && l.capacity == Some(Capacity::Guardian)));
    assert!(
        his.iter().any(|l| l.person == person("father") && l.activity == indgang_gate::Activity::EnterRepresentation)
    );

    // She is of age and has not lost her own rights: she lifts what he blocked.
    undo_choice(&house, &clock(), &mother, &own, blocked).await.unwrap();
    let both = (&own, &person("father"));
    assert_eq!(indgang_service::end_representation(&house, &clock(), &admin, both, None).await.unwrap(), 1);
    let outcome = indgang_service::end_representation(&house, &clock(), &admin, both, None).await;
    assert!(matches!(outcome, Err(Error::NotRepresented { .. })));
    assert_eq!(my_choices(&house, &clock(), &father).await.unwrap().people.len(), 1);
    let ended = my_choices(&house, &clock(), &mother).await.unwrap().people.remove(0).represented_by;
    assert_eq!(ended[0].state, ChoiceState::Ended);
}

#[tokio::test]
async fn a_guardian_of_money_sees_nothing_and_next_of_kin_only_for_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let father = session(&house, "father").await;
    let (own, admin) = (person("mother"), UserId("admin".into()));
    for kind in [RepresentationKind::Guardian, RepresentationKind::CoGuardian] {
        let money = guardianship(&[Matter::Financial], kind);
        indgang_service::enter_representation(&house, &clock(), &admin, &money, "court").await.unwrap();
    }
    assert_eq!(my_choices(&house, &clock(), &father).await.unwrap().people.len(), 1);
    let kin = guardianship(&[Matter::Health], RepresentationKind::NextOfKin);
    let endless = indgang_service::enter_representation(&house, &clock(), &admin, &kin, "ward").await;
    assert!(matches!(endless, Err(Error::Representation(RepresentationError::TooLong))));
    let until = Some("2026-03-08T00:00:00Z".parse().unwrap());
    indgang_service::enter_representation(&house, &clock(), &admin, &Representation { until, ..kin }, "ward")
        .await
        .unwrap();
    let seen = my_choices(&house, &clock(), &father).await.unwrap().people;
    assert_eq!(seen[1].capacity, Some(Capacity::NextOfKin));
    set_block(&house, &clock(), &father, &own, professional("doctor"), None).await.unwrap();
    // Her log is not needed to consent, so it is not in his.
    let his = citizen_log(&house, &clock(), &father, &LogFilter::default()).await.unwrap();
    assert!(his.iter().all(|line| line.person == person("father")));
    let eighth = later("2026-03-08T00:00:00Z");
    let again = session(&house, "father").await;
    assert_eq!(my_choices(&house, &eighth, &again).await.unwrap().people.len(), 1);
}
