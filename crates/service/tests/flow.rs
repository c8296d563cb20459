//! A family's way through the house: taken in, opened, concluded, signed, seen by the citizen, and every attempt logged.

mod house;

use house::{clock, family, first, open, operator, session};
use indgang_gate::{Activity, Actor, Facts, Grounds, Reason, Request, decide};
use indgang_interpret::acmg::{Code, Setting, Strength};
use indgang_interpret::reanalysis::{Alert, Change, Priority};
use indgang_interpret::report::ResultKind;
use indgang_model::{CaseId, Category, FixedClock, PersonId, Purpose, Role, SecondaryFindingWish, Wishes};
use indgang_service::*;
use std::collections::BTreeMap;

fn fam() -> CaseId {
    CaseId("fam".into())
}

async fn ingested(folder: &std::path::Path) -> House {
    let house = open(folder).await;
    assert_eq!(ingest_case(&house, &clock(), &operator(), &family()).await.unwrap(), Ingested::New(fam()));
    house
}

#[tokio::test]
async fn a_case_is_concluded_signed_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let lab = session(&house, "geneticist").await;
    let mother = session(&house, "mother").await;

    let lines = list_cases(&house, &clock(), &lab).await.unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].proband.as_ref().unwrap().expose(), "Kanarie boy");
    assert_eq!((lines[0].result, lines[0].milliseconds), (Some(ResultKind::Diagnostic), 700));
    assert_eq!(lines[0].first_finding.as_ref().unwrap().gene, "FGFR2planted");
    assert!(!lines[0].concluded);

    // Not signed: the citizen sees that there is a case, and nothing of it.
    let seen = citizen_result(&house, &clock(), &mother).await.unwrap();
    assert_eq!(
        seen.people.iter().map(|p| (p.id.0.as_str(), p.herself)).collect::<Vec<_>>(),
        [("mother", true), ("boy", false)]
    );
    assert!(seen.people.iter().all(|person| person.cases.len() == 1 && person.cases[0].signed.is_none()));

    assert!(matches!(sign_report(&house, &clock(), &lab, &fam()).await, Err(Error::NoConclusion)));
    assert!(matches!(conclude(&house, &clock(), &lab, &fam(), "  ", &first()).await, Err(Error::EmptyConclusion)));
    conclude(&house, &clock(), &lab, &fam(), "første", &first()).await.unwrap();
    conclude(&house, &clock(), &lab, &fam(), "Sikkert fund i FGFR2.", &first()).await.unwrap();
    assert!(list_cases(&house, &clock(), &lab).await.unwrap()[0].concluded);
    let view = open_case(&house, &clock(), &lab, &fam()).await.unwrap();
    assert!(view.may_conclude);
    assert_eq!(view.conclusions.len(), 2);
    assert_eq!(view.conclusions[1].author_name, "Medarbejder geneticist");
    let signature = sign_report(&house, &clock(), &lab, &fam()).await.unwrap();
    assert!(matches!(sign_report(&house, &clock(), &lab, &fam()).await, Err(Error::AlreadySigned)));
    assert!(matches!(conclude(&house, &clock(), &lab, &fam(), "mere", &first()).await, Err(Error::AlreadySigned)));
    let view = open_case(&house, &clock(), &lab, &fam()).await.unwrap();
    assert_eq!((view.status, view.may_conclude, view.signature), (CaseStatus::Signed, false, Some(signature.clone())));
    assert_eq!(view.conclusions.len(), 2);

    let seen = citizen_result(&house, &clock(), &mother).await.unwrap();
    let own = seen.people[0].cases[0].signed.clone().unwrap();
    assert_eq!((own.result, own.conclusion), (None, None)); // the question was her son's
    assert_eq!(own.secondary_findings[0].gene, "BRCA1planted");
    let boys = seen.people[1].cases[0].signed.clone().unwrap();
    assert_eq!(boys.result, Some(ResultKind::Diagnostic));
    assert_eq!(boys.findings[0].mode_of_inheritance, "de_novo");
    assert_eq!(boys.conclusion.unwrap().expose(), "Sikkert fund i FGFR2.");
    assert!(boys.secondary_findings.is_empty());
    assert_eq!(boys.signature, signature);

    // The father has no custody in the house and wished nothing: he sees that he takes part.
    let father = session(&house, "father").await;
    let seen = citizen_result(&house, &clock(), &father).await.unwrap();
    assert_eq!(seen.people.len(), 1);
    assert!(seen.people[0].cases[0].signed.as_ref().unwrap().secondary_findings.is_empty());
    assert!(verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().holds());
}

#[tokio::test]
async fn a_criterion_is_set_by_hand_and_the_class_follows() {
    use Setting::{Automatic, Met};
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let lab = session(&house, "geneticist").await;
    let name = house::report().findings[0].name();
    let set = |criterion: &str, setting| CriterionSetting {
        finding: name.clone(),
        criterion: Code::from_name(criterion).unwrap(),
        setting,
    };
    let why = "planted: set i en funktionel prøve";
    let class = |view: &CaseView| -> (String, i32) {
        let acmg = &view.report.findings[0].acmg;
        (acmg.classification.clone(), acmg.points)
    };
    for (setting, expected) in [
        (set("PVS1", Met(Strength::VeryStrong)), ("likely_pathogenic", 8)),
        (set("PS3", Met(Strength::Moderate)), ("pathogenic", 10)),
        (set("PVS1", Met(Strength::Strong)), ("likely_pathogenic", 6)),
        (set("PS3", Automatic), ("uncertain_significance", 4)),
    ] {
        set_criterion(&house, &clock(), &lab, &fam(), &setting, why).await.unwrap();
        let view = open_case(&house, &clock(), &lab, &fam()).await.unwrap();
        assert_eq!(class(&view), (expected.0.to_owned(), expected.1), "{setting:?}");
        // Another finding of the case stays what it was.
        assert_eq!(view.report.findings[1].acmg, (&house::report().findings[1].acmg).into());
    }
    let view = open_case(&house, &clock(), &lab, &fam()).await.unwrap();
    assert_eq!(view.criteria.len(), 4);
    assert_eq!(
        (view.criteria[0].change.by.as_str(), view.criteria[0].change.at),
        ("Medarbejder geneticist", clock().0)
    );
    // The treating doctor sees the same class; who works without the laboratory's words sees the program's.
    let doctor = session(&house, "doctor").await;
    assert_eq!(class(&open_case(&house, &clock(), &doctor, &fam()).await.unwrap()).1, 4);
    let bioinformatician = session(&house, "bioinformatician").await;
    let pseudonymised = open_case(&house, &clock(), &bioinformatician, &fam()).await.unwrap();
    assert_eq!((pseudonymised.criteria.len(), class(&pseudonymised).1), (0, 0));

    // What cannot be set is said, and nothing is written; every attempt that reached the gate stands in the log.
    let mothers = session(&house, "mother").await;
    let before = doctor_state(&house).await;
    let short = set_criterion(&house, &clock(), &lab, &fam(), &set("PM2", Met(Strength::Supporting)), " nej ").await;
    assert!(matches!(short, Err(Error::ShortReason)));
    let strength = set_criterion(&house, &clock(), &lab, &fam(), &set("BA1", Met(Strength::Strong)), why).await;
    assert!(matches!(strength, Err(Error::NoSuchStrength)));
    assert_eq!(doctor_state(&house).await, before);
    let refused = set_criterion(&house, &clock(), &mothers, &fam(), &set("PVS1", Automatic), why).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    let nowhere = CriterionSetting { finding: "NOGENE de_novo".into(), ..set("PVS1", Automatic) };
    let nowhere = set_criterion(&house, &clock(), &lab, &fam(), &nowhere, why).await;
    assert!(matches!(nowhere, Err(Error::NoSuchFinding)));
    assert!(doctor_state(&house).await > before);
    assert_eq!(open_case(&house, &clock(), &lab, &fam()).await.unwrap().criteria.len(), 4);

    // What is signed is not changed.
    conclude(&house, &clock(), &lab, &fam(), "Sikkert fund.", &first()).await.unwrap();
    sign_report(&house, &clock(), &lab, &fam()).await.unwrap();
    let late = set_criterion(&house, &clock(), &lab, &fam(), &set("PVS1", Automatic), why).await;
    assert!(matches!(late, Err(Error::AlreadySigned)));
    assert_eq!(class(&open_case(&house, &clock(), &lab, &fam()).await.unwrap()).1, 4);
    assert!(verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().holds());
}

/// Lines of the log.
async fn doctor_state(house: &House) -> u64 {
    doctor(house).await.unwrap().counts.leaves
}

/// Writes alerts into the case, as `reanalyse` does.
async fn alert(house: &House, alerts: Vec<Alert>) -> u64 {
    let people = ["boy", "father", "mother"].map(|id| PersonId(id.into()));
    let request = Request {
        actor: Actor {
            user: operator().user,
            person: None,
            role: Role::LaboratoryGeneticist,
            profession: None,
            place: None,
            organisation: operator().organisation,
            on_responsibility_of: Some(operator().on_responsibility_of),
        },
        activity: Activity::Ingest,
        purpose: Purpose::Treatment,
        categories: [Category::Genome].into(),
        subjects: people.clone().into(),
        case: Some(fam()),
        grounds: Grounds::default(),
        at: clock().0,
    };
    let responsible = [(operator().on_responsibility_of, Default::default())].into();
    let facts = Facts { held_by_operator: people.into(), responsible, ..Facts::default() };
    let mut logged = house.passage().await.unwrap().log(decide(&request, &facts)).await.unwrap();
    let mut writer = logged.writer().await.unwrap().expect("permitted");
    let added = writer.add_alerts(&fam(), "clinvar 2026-09", alerts, clock().0).await.unwrap();
    logged.commit(clock().0).await.unwrap();
    added
}

#[tokio::test]
async fn alerts_are_listed_for_who_works_on_the_case_with_the_persons_wish() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let one = Alert {
        finding: house::report().findings[0].name(),
        rank: 1,
        subject: "class".into(),
        change: Change::Upgrade,
        priority: Priority::Primary,
        before: "uncertain_significance (5)".into(),
        now: "likely_pathogenic (7)".into(),
        criteria: vec!["+PM5 moderate".into()],
    };
    assert_eq!(alert(&house, vec![one.clone()]).await, 1);
    assert_eq!(alert(&house, vec![one.clone()]).await, 0);
    let lab = session(&house, "geneticist").await;
    let lines = list_alerts(&house, &clock(), &lab).await.unwrap();
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&line.alert, &line.case, line.release.as_str()), (&one, &fam(), "clinvar 2026-09"));
    assert!(!line.wishes_recontact);
    let mother = session(&house, "mother").await;
    let wishes = Wishes { recontact: true, ..Wishes::default() };
    set_wishes(&house, &clock(), &mother, &PersonId("boy".into()), wishes).await.unwrap();
    assert!(list_alerts(&house, &clock(), &lab).await.unwrap()[0].wishes_recontact);
    // Neither a citizen nor an outsider has such a list, and who works without names or wishes sees none.
    for user in ["mother", "insurer"] {
        let session = session(&house, user).await;
        assert!(matches!(list_alerts(&house, &clock(), &session).await, Err(Error::Refused(_))), "{user}");
    }
    let bioinformatician = session(&house, "bioinformatician").await;
    let pseudonymised = list_alerts(&house, &clock(), &bioinformatician).await;
    assert!(
        matches!(&pseudonymised, Ok(lines) if lines.is_empty()) || matches!(&pseudonymised, Err(Error::Refused(_)))
    );
}

#[tokio::test]
async fn the_citizen_is_told_what_the_geneticist_judged() {
    use ResultKind::{Diagnostic, Negative, Uncertain};
    let nobody: &[&str] = &[];
    for (result, causes, cause_elsewhere, told) in [
        (Diagnostic, vec![1], false, Ok(&["FGFR2planted"][..])),
        (Diagnostic, vec![2], false, Ok(&["TTNplanted"][..])), // not the program's first
        (Diagnostic, vec![2, 1, 2], false, Ok(&["FGFR2planted", "TTNplanted"][..])),
        (Diagnostic, vec![], true, Ok(nobody)),
        (Diagnostic, vec![], false, Err("names its cause")),
        (Diagnostic, vec![1], true, Err("does not go with the result")),
        (Uncertain, vec![], false, Ok(nobody)),
        (Uncertain, vec![2], false, Ok(nobody)),
        (Negative, vec![], false, Ok(nobody)),
        (Negative, vec![1], false, Err("does not go with the result")),
        (Negative, vec![], true, Err("does not go with the result")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let house = ingested(folder.path()).await;
        let lab = session(&house, "geneticist").await;
        conclude(&house, &clock(), &lab, &fam(), "fra først af", &first()).await.unwrap();
        let judged = Judgement { result, causes: causes.clone(), cause_elsewhere };
        conclude(&house, &clock(), &lab, &fam(), "ved nærmere eftersyn", &judged).await.unwrap();
        let view = open_case(&house, &clock(), &lab, &fam()).await.unwrap();
        let kept: std::collections::BTreeSet<u32> = causes.into_iter().collect();
        assert_eq!(view.conclusions[1].causes, kept.into_iter().collect::<Vec<_>>());
        assert_eq!((view.conclusions[1].result, view.conclusions[1].cause_elsewhere), (Some(result), cause_elsewhere));
        assert_eq!(view.report.result, Diagnostic); // the program's suggestion stays what it was
        match (sign_report(&house, &clock(), &lab, &fam()).await, told) {
            (Ok(_), Ok(genes)) => {
                let seen = citizen_result(&house, &clock(), &session(&house, "mother").await).await.unwrap();
                let told = seen.people[1].cases[0].signed.clone().unwrap();
                let named: Vec<&str> = told.findings.iter().map(|f| f.gene.as_str()).collect();
                assert_eq!((told.result, named.as_slice()), (Some(result), genes), "{judged:?}");
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (done, expected) => panic!("{judged:?}: {done:?}, expected {expected:?}"),
        }
    }
}

#[tokio::test]
async fn a_finding_that_the_report_has_not_is_no_cause() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let lab = session(&house, "geneticist").await;
    for rank in [0, 3, u32::MAX] {
        let judged = Judgement { causes: vec![1, rank], ..first() };
        let done = conclude(&house, &clock(), &lab, &fam(), "x", &judged).await;
        assert!(matches!(done, Err(Error::NoSuchFinding)), "{rank}: {done:?}");
    }
    assert!(open_case(&house, &clock(), &lab, &fam()).await.unwrap().conclusions.is_empty());
}

#[tokio::test]
async fn each_role_sees_its_part_of_a_case() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    for (user, relations, names, secondary_of) in [
        ("geneticist", true, true, vec!["mother"]),
        ("doctor", false, true, vec!["mother"]),
        ("bioinformatician", true, false, vec![]),
    ] {
        let view = open_case(&house, &clock(), &session(&house, user).await, &fam()).await.unwrap();
        assert_eq!(view.relations_visible, relations, "{user}");
        assert_eq!(view.report.quality.relations.is_empty(), !relations, "{user}");
        assert_eq!(view.report.quality.mendelian.is_empty(), !relations, "{user}");
        assert!(view.report.secondary_findings.is_empty(), "{user}");
        assert!(view.people.iter().all(|p| p.name.is_some() == names && p.cpr.is_some() == names), "{user}");
        let told: Vec<&str> =
            view.people.iter().filter(|p| !p.secondary_findings.is_empty()).map(|p| p.id.0.as_str()).collect();
        assert_eq!(told, secondary_of, "{user}"); // the father's TP53 is told to nobody
    }
    for user in ["colleague", "mother", "father", "stranger", "insurer", "auditor"] {
        let session = session(&house, user).await;
        for case in [fam(), CaseId("no such case".into())] {
            let refused = open_case(&house, &clock(), &session, &case).await;
            assert!(matches!(refused, Err(Error::Refused(_))), "{user}");
            assert!(
                matches!(conclude(&house, &clock(), &session, &case, "x", &first()).await, Err(Error::Refused(_))),
                "{user}"
            );
            assert!(matches!(sign_report(&house, &clock(), &session, &case).await, Err(Error::Refused(_))), "{user}");
        }
    }
    let colleague = session(&house, "colleague").await;
    assert_eq!(list_cases(&house, &clock(), &colleague).await.unwrap(), []);
    let insurer = session(&house, "insurer").await;
    assert!(matches!(list_cases(&house, &clock(), &insurer).await, Err(Error::Refused(_))));
    assert!(matches!(citizen_result(&house, &clock(), &insurer).await, Err(Error::Refused(_))));
    assert!(matches!(citizen_log(&house, &clock(), &insurer, &LogFilter::default()).await, Err(Error::Refused(_))));
}

#[tokio::test]
async fn a_refused_attempt_shows_in_the_others_log_with_its_proof() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let stranger = session(&house, "stranger").await;
    let Err(Error::Refused(refusal)) = open_case(&house, &clock(), &stranger, &fam()).await else { panic!("opened") };
    assert_eq!((refusal.rule.rule.as_str(), refusal.reason), ("DK-40", Reason::NotOpen));
    let mother = session(&house, "mother").await;
    let lines = citizen_log(&house, &clock(), &mother, &LogFilter::default()).await.unwrap();
    let refused: Vec<_> = lines.iter().filter(|line| !line.permitted).collect();
    assert_eq!(refused.len(), 2); // hers and her son's; the father's is his
    let line = refused.iter().find(|line| line.person.0 == "mother").unwrap();
    assert_eq!((line.who.0.as_str(), line.role, line.activity), ("stranger", Role::Citizen, Activity::OpenCase));
    assert_eq!((&line.rule, &line.who_name), (&refusal.rule, &None)); // a citizen's name is not shown
    assert!(lines.iter().any(|line| line.activity == Activity::Ingest && line.permitted));
    assert!(lines.windows(2).all(|pair| pair[0].index > pair[1].index));

    let proof = log_proof(&house, &clock(), &mother, line.index).await.unwrap();
    let key = house.public_key().to_string();
    assert!(proof.verify(&key));
    assert!(!LogProof { leaf: proof.leaf.replace("false", "true"), ..proof.clone() }.verify(&key));
    assert!(!LogProof { index: proof.index + 1, ..proof.clone() }.verify(&key));
    let fathers = citizen_log(&house, &clock(), &session(&house, "father").await, &LogFilter::default()).await.unwrap();
    let not_hers = fathers.iter().find(|line| !line.permitted).unwrap().index;
    for index in [not_hers, 9_999, u64::MAX] {
        assert!(matches!(log_proof(&house, &clock(), &mother, index).await, Err(Error::Refused(_))), "{index}");
    }
}

#[tokio::test]
async fn wishes_are_hers_and_take_effect_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    let mother = session(&house, "mother").await;
    let lab = session(&house, "geneticist").await;
    let boy = PersonId("boy".into());
    let own = PersonId("mother".into());
    set_wishes(&house, &clock(), &mother, &own, Wishes::default()).await.unwrap();
    let view = open_case(&house, &clock(), &lab, &fam()).await.unwrap();
    assert!(view.people.iter().all(|person| person.secondary_findings.is_empty()));
    let narrow = Wishes {
        secondary_findings: SecondaryFindingWish::TreatableOrPreventable,
        recontact: true,
        ..Wishes::default()
    };
    set_wishes(&house, &clock(), &mother, &boy, narrow).await.unwrap();
    let wishes = my_choices(&house, &clock(), &mother).await.unwrap();
    assert_eq!(
        wishes.people.iter().map(|w| (w.herself, w.wishes)).collect::<Vec<_>>(),
        [(true, Wishes::default()), (false, narrow)]
    );
    let father = PersonId("father".into());
    assert!(matches!(set_wishes(&house, &clock(), &mother, &father, narrow).await, Err(Error::Refused(_))));
    assert!(matches!(set_wishes(&house, &clock(), &lab, &own, narrow).await, Err(Error::Refused(_))));
    // From 15 the boy decides for himself (born 2020).
    let later = FixedClock("2035-01-02T00:00:00Z".parse().unwrap());
    assert!(matches!(set_wishes(&house, &later, &mother, &boy, narrow).await, Err(Error::Refused(_))));
    assert_eq!(my_choices(&house, &later, &mother).await.unwrap().people.len(), 1);
}

#[tokio::test]
async fn taking_in_is_once_only_and_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let house = ingested(folder.path()).await;
    assert_eq!(known_inputs(&house, &family().inputs).await.unwrap(), Some(fam()));
    let before = doctor(&house).await.unwrap();
    assert_eq!(before.journal_mode, "wal");
    let renamed = NewCase { id: CaseId("again".into()), ..family() };
    assert_eq!(ingest_case(&house, &clock(), &operator(), &renamed).await.unwrap(), Ingested::Already(fam()));
    let other = vec![InputFile { name: "vcf".into(), sha256: "cd".repeat(32) }];
    // The same identifier, other inputs: refused, and nothing of it is kept, nor its line.
    let taken = NewCase { inputs: other.clone(), ..family() };
    assert!(matches!(
        ingest_case(&house, &clock(), &operator(), &taken).await,
        Err(Error::Store(StoreError::Exists("cases")))
    ));
    // A person who is another person: the people before her are not kept either.
    let mut stolen = NewCase { id: CaseId("c2".into()), inputs: other.clone(), ..family() };
    stolen.people[0].id = PersonId("new".into());
    stolen.people[0].cpr = "0303051234".parse().unwrap();
    stolen.people[2].cpr = "0404051234".parse().unwrap();
    stolen.proband = PersonId("new".into());
    stolen.custody.clear();
    assert!(matches!(
        ingest_case(&house, &clock(), &operator(), &stolen).await,
        Err(Error::Store(StoreError::Exists("persons")))
    ));
    let mut stranger = family();
    stranger.inputs = other;
    stranger.proband = PersonId("nobody".into());
    let error = ingest_case(&house, &clock(), &operator(), &stranger).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the case cannot be taken in: the proband `nobody` is not one of the family; add her to the people"
    );
    assert_eq!(doctor(&house).await.unwrap(), before);
}

#[tokio::test]
async fn the_command_line_reads_on_a_named_responsibility() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    let wishes = Wishes { secondary_findings: SecondaryFindingWish::All, ..Wishes::default() };
    let subjects = BTreeMap::from([(PersonId("NA1".into()), wishes), (PersonId("NA2".into()), Wishes::default())]);
    let grant = begin_reading(&house, &clock(), &operator(), &subjects).await.unwrap();
    use indgang_model::Category;
    assert!(grant.covers(&PersonId("NA1".into()), Category::Genome));
    assert!(!grant.covers(&PersonId("NA3".into()), Category::Genome));
    assert_eq!(grant.secondary_findings(&PersonId("NA1".into())), SecondaryFindingWish::All);
    assert!(!grant.covers(&PersonId("NA2".into()), Category::SecondaryFinding));
    let alone = Operator { on_responsibility_of: indgang_gate::UserId(String::new()), ..operator() };
    assert!(matches!(
        begin_reading(&house, &clock(), &alone, &subjects).await,
        Err(Error::Refused(Refusal { reason: Reason::NoResponsibleProfessional, .. }))
    ));
    assert!(matches!(begin_reading(&house, &clock(), &operator(), &BTreeMap::new()).await, Err(Error::Refused(_))));
    assert_eq!(doctor(&house).await.unwrap().counts.leaves, 5);
}

#[tokio::test]
async fn a_session_ends() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    let id = indgang_gate::UserId("mother".into());
    let signed_in = sign_in(&house, &clock(), &id, [77; 32]).await.unwrap();
    let token = signed_in.token.expose();
    assert_eq!(resume(&house, &clock(), token).await.unwrap().user(), &id);
    assert!(matches!(resume(&house, &clock(), "").await, Err(Error::SignedOut)));
    assert!(matches!(resume(&house, &FixedClock(signed_in.expires), token).await, Err(Error::SignedOut)));
    sign_out(&house, token).await.unwrap();
    assert!(matches!(resume(&house, &clock(), token).await, Err(Error::SignedOut)));
    let nobody = sign_in(&house, &clock(), &indgang_gate::UserId("nobody".into()), [78; 32]).await;
    assert!(matches!(nobody, Err(Error::UnknownUser(_))));
    assert_eq!(demo_users(&house).await.unwrap().len(), 10);
}
