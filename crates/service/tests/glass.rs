//! Breaking the glass: who may, what it opens, for how long, and that it is told and followed up.

mod house;

use house::{clock, family, open, operator, session};
use indgang_gate::{
    Activity, Actor, BreakingGlassGround, CareContact, CareContactKind, Facts, Grounds, Reason, Request, UserId, decide,
};
use indgang_model::{CaseId, Category, Clock, FixedClock, PersonId, Purpose, Role};
use indgang_service::*;
use jiff::SignedDuration;

const ESSENTIAL: Declaration = Declaration::BreakingGlass(BreakingGlassGround::EssentialInterest);
const REASON: &str = "bevidstløs på akutmodtagelsen";

/// The session of a user who has just proved again who she is.
async fn stepped_up(house: &House, user: &str, secret: u8) -> Session {
    let id = UserId(user.into());
    let signed_in = sign_in(house, &clock(), &id, [secret; 32]).await.unwrap();
    let limits = SessionLimits::default();
    let token = step_up(house, &clock(), signed_in.token.expose(), &limits, [secret + 1; 32]).await.unwrap();
    resume(house, &clock(), token.expose()).await.unwrap()
}

#[tokio::test]
async fn the_glass_is_broken_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    let fam = CaseId("fam".into());
    let refused = |outcome: Result<(), Error>, reason| match outcome {
        Err(Error::Refused(refusal)) => assert_eq!(refusal.reason, reason),
        other => panic!("{other:?}"),
    };

    let colleague = stepped_up(&house, "colleague", 100).await;
    refused(open_case(&house, &clock(), &colleague, &fam).await.map(drop), Reason::NoTreatmentRelation);

    // Nothing is asked of the gate before the declaration is whole.
    let plain = session(&house, "colleague").await;
    let lines = verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().leaves;
    assert!(matches!(declare(&house, &clock(), &plain, &fam, (ESSENTIAL, REASON)).await, Err(Error::NotSteppedUp)));
    for short in ["", "kort", "   kort      "] {
        let outcome = declare(&house, &clock(), &colleague, &fam, (ESSENTIAL, short)).await;
        assert!(matches!(outcome, Err(Error::ShortReason)), "{short}");
    }
    let late = FixedClock(clock().now().checked_add(SignedDuration::from_mins(5)).unwrap());
    assert!(matches!(declare(&house, &late, &colleague, &fam, (ESSENTIAL, REASON)).await, Err(Error::NotSteppedUp)));
    let insurer = stepped_up(&house, "insurer", 110).await;
    assert!(matches!(declare(&house, &clock(), &insurer, &fam, (ESSENTIAL, REASON)).await, Err(Error::NotSteppedUp)));
    assert_eq!(verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().leaves, lines);

    // Nothing binds them in the registers: that she declares a treatment is not enough, and opens no follow-up.
    let treatment = (Declaration::CurrentTreatment, REASON);
    refused(declare(&house, &clock(), &colleague, &fam, treatment).await, Reason::NoTreatmentRelation);
    assert_eq!(indgang_store::follow_ups::waiting(&house).await.unwrap(), 0);

    declare(&house, &clock(), &colleague, &fam, (ESSENTIAL, REASON)).await.unwrap();
    assert_eq!(indgang_store::follow_ups::waiting(&house).await.unwrap(), 3, "one for each person of the case");
    let view = open_case(&house, &clock(), &colleague, &fam).await.unwrap();
    assert_eq!(view.rule.rule, "DK-42a-2");
    assert_eq!(
        indgang_store::follow_ups::waiting(&house).await.unwrap(),
        3,
        "one declaration, however often the case is opened"
    );

    // This session only, and not for ever.
    let other = stepped_up(&house, "colleague", 120).await;
    refused(open_case(&house, &clock(), &other, &fam).await.map(drop), Reason::NoTreatmentRelation);
    let hour = FixedClock(clock().now().checked_add(SignedDuration::from_mins(GLASS_MINUTES)).unwrap());
    refused(open_case(&house, &hour, &colleague, &fam).await.map(drop), Reason::NoTreatmentRelation);

    // The citizen reads who, on which ground and why.
    let mother = session(&house, "mother").await;
    let log = citizen_log(&house, &clock(), &mother, &LogFilter::default()).await.unwrap();
    let told = log.iter().filter_map(|line| line.breaking_glass.as_ref()).collect::<Vec<_>>();
    assert!(told.iter().any(|broken| broken.reason == REASON), "{}", told.len());
    assert!(verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().holds());
}

#[tokio::test]
async fn a_broken_glass_is_judged_and_the_citizen_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    let fam = CaseId("fam".into());
    let colleague = stepped_up(&house, "colleague", 130).await;
    declare(&house, &clock(), &colleague, &fam, (ESSENTIAL, REASON)).await.unwrap();

    let (auditor, mother) = (session(&house, "auditor").await, session(&house, "mother").await);
    for other in ["doctor", "geneticist", "mother", "insurer"] {
        let session = session(&house, other).await;
        assert!(matches!(follow_ups(&house, &clock(), &session, None).await, Err(Error::Refused(_))), "{other}");
    }
    let listed = follow_ups(&house, &clock(), &auditor, None).await.unwrap();
    assert_eq!((listed.lines.len(), listed.waiting, listed.more), (3, 3, false));
    assert!(listed.lines.iter().all(|line| line.kind == FollowUpKind::BreakingGlass && line.is_case));

    let lines = |log: Vec<LogLine>| log.into_iter().filter(|line| line.person.0 == "mother").collect::<Vec<_>>();
    let hers = lines(citizen_log(&house, &clock(), &mother, &LogFilter::default()).await.unwrap());
    let leaf = hers.iter().find(|line| line.breaking_glass.is_some()).unwrap().index;
    let case = open_follow_up(&house, &clock(), &auditor, leaf).await.unwrap();
    assert_eq!(
        (case.reason.as_str(), case.who_name.as_str(), case.person.0.as_str()),
        (REASON, "Medarbejder colleague", "mother")
    );
    let why = "ingen forbindelse til patienten";
    for (session, leaf) in [(&mother, leaf), (&colleague, leaf), (&auditor, 7_777)] {
        assert!(matches!(open_follow_up(&house, &clock(), session, leaf).await, Err(Error::Refused(_))));
        let judged = judge_follow_up(&house, &clock(), session, leaf, (false, why)).await;
        assert!(matches!(judged, Err(Error::Refused(_))), "{judged:?}");
    }
    assert!(matches!(
        judge_follow_up(&house, &clock(), &auditor, leaf, (true, "  ok ")).await,
        Err(Error::ShortReason)
    ));

    // Two at once: one judgement stands.
    let now = clock();
    let (a, b) = tokio::join!(
        judge_follow_up(&house, &now, &auditor, leaf, (false, why)),
        judge_follow_up(&house, &now, &auditor, leaf, (true, "alt er fuldt i orden")),
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert!(matches!(a.and(b), Err(Error::NothingToJudge | Error::Refused(_))));
    assert_eq!(follow_ups(&house, &clock(), &auditor, None).await.unwrap().waiting, 2);
    let log = lines(citizen_log(&house, &clock(), &mother, &LogFilter::default()).await.unwrap());
    let judged = log.iter().find(|line| line.index == leaf).unwrap();
    let judgement = judged.judgement.as_ref().unwrap();
    assert!(judgement.reason == why && judgement.outcome == FollowUpOutcome::NotInOrder);
    assert_eq!(judged.judged_by_name.as_deref(), Some("Medarbejder auditor"));
    assert!(
        log.iter()
            .any(|line| line.activity == Activity::FollowUp && line.permitted && line.rule.rule == "DK-43-follow-up")
    );
    assert!(verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().holds());
}

/// What the registers come to know: a contact of a person with a professional.
async fn registered(house: &House, contact: CareContact) {
    let Operator { user, organisation, on_responsibility_of } = operator();
    let actor = Actor {
        user,
        person: None,
        role: Role::LaboratoryGeneticist,
        profession: None,
        organisation,
        place: None,
        on_responsibility_of: Some(on_responsibility_of.clone()),
    };
    let request = Request {
        actor,
        activity: Activity::Ingest,
        purpose: Purpose::Treatment,
        categories: [Category::Identity].into(),
        subjects: [contact.person.clone()].into(),
        case: None,
        grounds: Grounds::default(),
        at: clock().now(),
    };
    let facts = Facts {
        held_by_operator: request.subjects.clone(),
        responsible: [(on_responsibility_of, [].into())].into(),
        ..Facts::default()
    };
    let mut logged = house.passage().await.unwrap().log(decide(&request, &facts)).await.unwrap();
    logged.writer().await.unwrap().expect("permitted").add_care_contact(&contact).await.unwrap();
    logged.commit(clock().now()).await.unwrap();
}

#[tokio::test]
async fn a_declared_treatment_is_held_against_the_registers_until_the_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    let (fam, now) = (CaseId("fam".into()), clock().now());
    let days = |days: i64| now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap();
    let contact = |person: &str, from, until| CareContact {
        kind: CareContactKind::Encounter,
        person: PersonId(person.into()),
        professional: Some(UserId("colleague".into())),
        place: None,
        from,
        until,
    };
    for person in ["boy", "father", "mother"] {
        registered(&house, contact(person, days(-200), Some(days(-100)))).await;
    }
    let colleague = stepped_up(&house, "colleague", 140).await;
    declare(&house, &clock(), &colleague, &fam, (Declaration::CurrentTreatment, REASON)).await.unwrap();
    let auditor = session(&house, "auditor").await;
    let listed = follow_ups(&house, &clock(), &auditor, None).await.unwrap().lines;
    assert!(
        listed.len() == 3 && listed.iter().all(|line| line.kind == FollowUpKind::DeclaresTreatment && !line.is_case)
    );
    let early = judge_follow_up(&house, &clock(), &auditor, listed[0].leaf, (true, "alt er fuldt i orden")).await;
    assert!(matches!(early, Err(Error::NothingToJudge)), "{early:?}");

    let told = |confirmed, waiting, overdue| Rechecked { confirmed, waiting, overdue };
    let recheck = async |days: i64| {
        let clock = FixedClock(now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap());
        recheck_follow_ups_as_operator(&house, &clock, &UserId("nightly".into())).await.unwrap()
    };
    assert_eq!(recheck(1).await, told(0, 3, 0), "nothing new in the registers");
    // One contact that began before the reading and has ended since, one that began after it.
    registered(&house, contact("boy", days(-1), Some(days(1)))).await;
    registered(&house, contact("mother", days(2), None)).await;
    assert_eq!(recheck(1).await, told(1, 2, 0));
    assert_eq!(recheck(29).await, told(1, 1, 0));
    assert_eq!(recheck(30).await, told(0, 0, 1), "the deadline has come");
    registered(&house, contact("father", days(-1), None)).await;
    assert_eq!(recheck(31).await, told(0, 0, 1), "too late to be confirmed");

    let late = FixedClock(days(31));
    assert!(matches!(recheck_follow_ups(&house, &clock(), &colleague).await, Err(Error::Refused(_))));
    let left = indgang_store::follow_ups::open_ones(&house, None, 9).await.unwrap();
    assert!(left.len() == 1 && left[0].is_case(late.now()));
    let mother = session(&house, "mother").await;
    let log = citizen_log(&house, &clock(), &mother, &LogFilter::default()).await.unwrap();
    let grades: Vec<_> = log
        .iter()
        .filter_map(|line| line.judgement.as_ref())
        .map(|judgement| (judgement.outcome, judgement.reason.as_str(), judgement.by.0.as_str()))
        .collect();
    assert_eq!(grades, [(FollowUpOutcome::Confirmed, "A", "nightly"); 2], "hers and her son's");
    assert!(verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().holds());
}
