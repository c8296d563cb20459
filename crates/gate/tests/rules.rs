//! The rules, one line a case; and the seal.

use indgang_gate::log::Tree;
use indgang_gate::{
    Activity, Actor, Assignment, CareContact, CareContactKind, Custody, Decision, Facts, Grounds, Guarded, Matter,
    Obligation, Policy, Proxy, Reason, Representation, RepresentationKind, Request, UserId, decide, decide_by, policy,
};
use indgang_model::{CaseId, Category, PersonId, Purpose, Role, SecondaryFindingWish, Timestamp, Wishes};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn person(id: &str) -> PersonId {
    PersonId(id.into())
}

/// A child born 2020, her mother, and an adult daughter; the doctor treats child and mother; the laboratory has case `c`.
fn house() -> Facts {
    let relation = |person| CareContact {
        kind: CareContactKind::Course,
        professional: Some(UserId("doctor".into())),
        place: None,
        person,
        from: at("2026-01-01T00:00:00Z"),
        until: Some(at("2026-07-01T00:00:00Z")),
    };
    let custody = |child| Custody { holder: person("mother"), child };
    let all = Wishes { secondary_findings: SecondaryFindingWish::All, recontact: true, ..Wishes::default() };
    Facts {
        care_contacts: [relation(person("child")), relation(person("mother"))].into(),
        responsible: ["doctor", "colleague"].map(|user| (UserId(user.into()), [].into())).into(),
        assignments: ["geneticist", "bioinformatician"]
            .map(|user| Assignment { user: UserId(user.into()), case: CaseId("c".into()) })
            .into(),
        members: [(CaseId("c".into()), [person("child"), person("mother")].into())].into(),
        custody: [custody(person("child")), custody(person("daughter"))].into(),
        born: [(person("child"), (2020, 1, 1)), (person("mother"), (1985, 5, 5)), (person("daughter"), (2010, 3, 1))]
            .into(),
        wishes: [(person("mother"), all)].into(),
        held_by_operator: [person("file")].into(),
        ..Facts::default()
    }
}

fn ask(who: &str, role: Role, activity: Activity, purpose: Purpose, subjects: &[&str]) -> Request {
    let citizen = role == Role::Citizen;
    let helper = matches!(role, Role::LaboratoryGeneticist | Role::Bioinformatician);
    Request {
        actor: Actor {
            user: UserId(who.into()),
            person: citizen.then(|| person(who)),
            role,
            profession: None,
            place: None,
            organisation: "Genetics".into(),
            on_responsibility_of: helper.then(|| UserId("doctor".into())),
        },
        activity,
        purpose,
        categories: [Category::DiagnosticReport].into(),
        subjects: subjects.iter().map(|id| person(id)).collect(),
        case: (activity == Activity::OpenCase).then(|| CaseId("c".into())),
        grounds: Grounds::default(),
        at: at("2026-03-01T12:00:00Z"),
    }
}

fn told(request: &Request, facts: &Facts) -> Decision {
    tell(decide(request, facts))
}

fn tell(pending: indgang_gate::Pending) -> Decision {
    let receipt = Tree::default().append(pending.leaves()).after_commit(Ok::<_, ()>(())).unwrap();
    pending.recorded(&receipt).unwrap()
}

fn short(decision: &Decision) -> (&str, Option<Reason>) {
    match decision {
        Decision::Permit { rule, .. } => (&rule.rule, None),
        Decision::Deny { rule, reason, .. } => (&rule.rule, Some(*reason)),
    }
}

#[test]
fn each_role_purpose_and_person() {
    use Activity::*;
    use Purpose::*;
    use Reason::{
        CategoryNotOpen, DecidesHerself, NoSubject, NoTreatmentRelation, NotAssigned, NotOpen, NotWished, Under15,
    };
    use Role::*;
    let doctor = AuthorisedHealthProfessional;
    let lab = LaboratoryGeneticist;
    for (who, role, activity, purpose, subjects, rule, reason) in [
        ("doctor", doctor, OpenCase, Treatment, &["child", "mother"][..], "DK-42a", None),
        ("doctor", doctor, OpenCase, Treatment, &["daughter"], "DK-42a", Some(NoTreatmentRelation)),
        ("colleague", doctor, OpenCase, Treatment, &["child"], "DK-42a", Some(NoTreatmentRelation)),
        ("doctor", doctor, OpenCase, ResearchAndStatistics, &["child"], "DK-40", Some(NotOpen)),
        ("doctor", doctor, ReadLog, Treatment, &["child"], "DK-40", Some(NotOpen)),
        ("doctor", doctor, Recontact, Treatment, &["mother"], "DK-42a", None),
        ("doctor", doctor, Recontact, Treatment, &["child"], "DK-15", Some(NotWished)),
        ("doctor", doctor, OpenCase, Treatment, &[], "DK-42a", Some(NoSubject)),
        ("geneticist", lab, OpenCase, Treatment, &["child", "mother"], "DK-6", None),
        ("geneticist", lab, SignReport, Treatment, &["child"], "DK-6", None),
        ("geneticist", lab, OpenCase, Treatment, &["daughter"], "DK-6", Some(NotAssigned)),
        ("another", lab, OpenCase, Treatment, &["child"], "DK-6", Some(NotAssigned)),
        ("operator", lab, Interpret, Treatment, &["file"], "DK-6-files", None),
        ("operator", lab, Interpret, Treatment, &["file", "child"], "DK-6-files", Some(NotAssigned)),
        ("bioinformatician", Bioinformatician, SignReport, Treatment, &["child"], "DK-40", Some(NotOpen)),
        (
            "bioinformatician",
            Bioinformatician,
            OpenCase,
            Treatment,
            &["child"],
            "DK-6-bioinformatician",
            Some(CategoryNotOpen),
        ),
        ("mother", Citizen, ReadResult, OwnAccess, &["mother", "child"], "DK-17", None),
        ("mother", Citizen, ReadResult, OwnAccess, &["daughter"], "DK-17", Some(DecidesHerself)), // 16 years
        ("daughter", Citizen, ReadResult, OwnAccess, &["daughter"], "DK-37", None),
        ("child", Citizen, ReadResult, OwnAccess, &["child"], "DK-17", Some(Under15)),
        ("daughter", Citizen, OpenCase, OwnAccess, &["child", "mother"], "DK-40", Some(NotOpen)),
        ("mother", Citizen, OpenCase, OwnAccess, &["mother"], "DK-40", Some(NotOpen)), // her result, not the workbench
        ("auditor", Auditor, VerifyLog, OversightAndAdministration, &["child"], "DK-43", Some(CategoryNotOpen)),
        ("auditor", Auditor, OpenCase, OversightAndAdministration, &["child"], "DK-40", Some(NotOpen)),
        ("insurer", Outsider, OpenCase, Treatment, &["child"], "DK-EMP", Some(Reason::Outsider)),
        ("engineer", Engineer, OpenCase, Treatment, &["child"], "DK-40", Some(NotOpen)),
        ("researcher", Researcher, OpenCase, ResearchAndStatistics, &["child"], "DK-40", Some(NotOpen)),
    ] {
        let decision = told(&ask(who, role, activity, purpose, subjects), &house());
        assert_eq!(short(&decision), (rule, reason), "{who} {activity:?} {subjects:?}");
    }
}

#[test]
fn a_relation_holds_from_its_beginning_to_its_end() {
    for (moment, open) in [
        ("2025-12-31T23:59:59Z", false),
        ("2026-01-01T00:00:00Z", true),
        ("2026-06-30T23:59:59Z", true),
        ("2026-07-01T00:00:00Z", false),
    ] {
        let mut request =
            ask("doctor", Role::AuthorisedHealthProfessional, Activity::OpenCase, Purpose::Treatment, &["child"]);
        request.at = at(moment);
        assert_eq!(short(&told(&request, &house())).1.is_none(), open, "{moment}");
    }
}

#[test]
fn a_helper_without_a_named_professional_is_refused() {
    let mut request = ask("geneticist", Role::LaboratoryGeneticist, Activity::OpenCase, Purpose::Treatment, &["child"]);
    for nobody in [None, Some(UserId(String::new())), Some(UserId("  ".into()))] {
        request.actor.on_responsibility_of = nobody;
        assert_eq!(short(&told(&request, &house())).1, Some(Reason::NoResponsibleProfessional));
    }
    request.actor.on_responsibility_of = Some(UserId("colleague".into()));
    assert_eq!(short(&told(&request, &house())).1, Some(Reason::NoTreatmentRelation));
}

#[test]
fn secondary_findings_open_as_each_wished() {
    let mut request =
        ask("geneticist", Role::LaboratoryGeneticist, Activity::OpenCase, Purpose::Treatment, &["child", "mother"]);
    request.categories = [Category::Genome, Category::SecondaryFinding].into();
    let Decision::Permit { grant, obligations, .. } = told(&request, &house()) else { panic!("refused") };
    assert_eq!(obligations, [Obligation::OnResponsibility]);
    assert!(grant.covers(&person("child"), Category::Genome));
    assert!(!grant.covers(&person("child"), Category::SecondaryFinding)); // she never said anything
    assert_eq!(grant.secondary_findings(&person("mother")), SecondaryFindingWish::All);
    assert_eq!(grant.secondary_findings(&person("child")), SecondaryFindingWish::None);
    let ours = Guarded::new([person("mother")].into(), Category::SecondaryFinding, "BRCA1");
    assert_eq!(ours.open(&grant), Ok(&"BRCA1"));
    let both = Guarded::new([person("mother"), person("child")].into(), Category::SecondaryFinding, "BRCA1");
    assert!(both.open(&grant).is_err());
    assert!(Guarded::new([].into(), Category::Genome, "nobody's").open(&grant).is_err());
    assert!(!format!("{both:?}{grant:?}").contains("BRCA1"));
}

#[test]
fn a_rule_that_is_switched_off_opens_nothing() {
    let request = ask("mother", Role::Citizen, Activity::ReadResult, Purpose::OwnAccess, &["mother"]);
    let policy = Policy::new(policy::POLICIES, &["DK-37".to_owned()].into()).unwrap();
    assert!(matches!(tell(decide_by(&policy, &request, &house())), Decision::Deny { .. }));
}

#[test]
fn a_receipt_of_another_passage_tells_nothing() {
    let facts = house();
    let mine = ask("mother", Role::Citizen, Activity::ReadResult, Purpose::OwnAccess, &["mother"]);
    let other = ask("mother", Role::Citizen, Activity::ReadLog, Purpose::OwnAccess, &["mother"]);
    let appended = Tree::default().append(decide(&other, &facts).leaves());
    assert!(decide(&mine, &facts).writing(&appended).is_err());
    let receipt = appended.after_commit(Ok::<_, ()>(())).unwrap();
    assert!(decide(&mine, &facts).recorded(&receipt).is_err());
}

#[test]
fn a_failed_commit_gives_no_receipt() {
    let request = ask("mother", Role::Citizen, Activity::ReadResult, Purpose::OwnAccess, &["mother"]);
    let pending = decide(&request, &house());
    assert_eq!(Tree::default().append(pending.leaves()).after_commit(Err("disk full")).unwrap_err(), "disk full");
}

#[test]
fn a_leaf_is_about_one_person_and_a_changed_one_is_not_read() {
    let request = ask("mother", Role::Citizen, Activity::ReadResult, Purpose::OwnAccess, &["mother", "child"]);
    let pending = decide(&request, &house());
    let texts: Vec<&str> = pending.leaves().iter().map(|leaf| leaf.text()).collect();
    assert_eq!(texts[0].matches("\"child\"").count(), 1);
    assert!(!texts[0].contains("\"subject\":\"mother\""));
    assert_eq!(
        texts[0],
        "{\"version\":4,\"at\":\"2026-03-01T12:00:00Z\",\"who\":\"mother\",\"role\":\"citizen\",\
         \"organisation\":\"Genetics\",\"on_responsibility_of\":null,\"activity\":\"read_result\",\
         \"purpose\":\"own_access\",\"categories\":[\"diagnostic_report\"],\"subject\":\"child\",\"case\":null,\
         \"permitted\":true,\"rule\":\"DK-17\",\"paragraph\":\"Sundhedsloven § 17, jf. §§ 37 og 39 a-b\"}"
    );
    for changed in [texts[0].replace(":true", ":1"), texts[0].replace(":4,", ":5,"), texts[0].replace(',', ", ")] {
        assert!(indgang_gate::AuditEvent::parse(&changed).is_err());
    }
}

#[test]
fn what_closes_cannot_be_switched_off() {
    for id in ["DK-EMP", "DK-42a-5", "nonsense"] {
        assert!(Policy::new(policy::POLICIES, &[id.to_owned()].into()).is_err(), "{id}");
    }
}

#[test]
fn a_citizen_inserts_what_she_tells_herself_and_nothing_else() {
    use Category::*;
    use Role::*;
    let until = Some(at("2027-01-01T00:00:00Z"));
    let proxy = Proxy { holder: person("daughter"), person: person("mother"), from: at("2026-01-01T00:00:00Z"), until };
    let facts = Facts { proxies: [proxy].into(), ..house() };
    for (who, role, purpose, category, subject, opens) in [
        ("mother", Citizen, Purpose::OwnAccess, PatientReportedOutcome, "mother", true),
        ("mother", Citizen, Purpose::OwnAccess, Wearable, "mother", true),
        ("mother", Citizen, Purpose::OwnAccess, PatientReportedOutcome, "child", true),
        ("daughter", Citizen, Purpose::OwnAccess, PatientReportedOutcome, "daughter", true),
        // Who has turned 15 answers herself; who is younger has a parent do it; a power of attorney reads.
        ("mother", Citizen, Purpose::OwnAccess, PatientReportedOutcome, "daughter", false),
        ("child", Citizen, Purpose::OwnAccess, PatientReportedOutcome, "child", false),
        ("daughter", Citizen, Purpose::OwnAccess, PatientReportedOutcome, "mother", false),
        ("daughter", Citizen, Purpose::OwnAccess, PatientReportedOutcome, "child", false),
        ("mother", Citizen, Purpose::OwnAccess, Laboratory, "mother", false),
        ("mother", Citizen, Purpose::OwnAccess, Identity, "mother", false),
        ("mother", Citizen, Purpose::OwnAccess, DiagnosticReport, "mother", false),
        ("mother", Citizen, Purpose::Treatment, PatientReportedOutcome, "mother", false),
        ("doctor", AuthorisedHealthProfessional, Purpose::Treatment, PatientReportedOutcome, "child", false),
        ("geneticist", LaboratoryGeneticist, Purpose::Treatment, PatientReportedOutcome, "child", false),
        ("insurer", Outsider, Purpose::OwnAccess, PatientReportedOutcome, "mother", false),
    ] {
        let mut request = ask(who, role, Activity::Donate, purpose, &[subject]);
        request.categories = [category].into();
        let decision = told(&request, &facts);
        assert_eq!(matches!(decision, Decision::Permit { .. }), opens, "{who} {purpose:?} {category:?} {subject}");
    }
}

/// An old man with a guardian for personal matters and health, one for money, a co-guardian, a son who consents while he is
/// in hospital; a girl of 16 who cannot decide, whose mother does in one situation.
fn represented() -> Facts {
    use Matter::{Financial, Health, Personal};
    use RepresentationKind::*;
    let acts = |holder, of, kind, matters: &[Matter], until: Option<&str>| Representation {
        holder: person(holder),
        person: person(of),
        kind,
        matters: matters.iter().copied().collect(),
        from: at("2026-01-01T00:00:00Z"),
        until: until.map(at),
    };
    let house = house();
    let born = [(person("old"), (1940, 1, 1)), (person("girl"), (2010, 1, 1))];
    Facts {
        representations: [
            acts("guardian", "old", Guardian, &[Personal, Health], None),
            acts("attorney", "old", FutureAttorney, &[Health], None),
            acts("banker", "old", GuardianLegallyIncapacitated, &[Financial], None),
            acts("helper", "old", CoGuardian, &[Financial], None),
            acts("son", "old", NextOfKin, &[Health], Some("2026-04-01T00:00:00Z")),
            acts("former", "old", Guardian, &[Health], Some("2026-02-01T00:00:00Z")),
            acts("mother", "girl", HolderOfCustody, &[Health], Some("2026-04-01T00:00:00Z")),
            acts("stranger", "girl", HolderOfCustody, &[Health], Some("2026-04-01T00:00:00Z")),
            acts("guardian", "child", Guardian, &[Health], None),
        ]
        .into(),
        custody: house
            .custody
            .into_iter()
            .chain([Custody { holder: person("mother"), child: person("girl") }])
            .collect(),
        born: house.born.into_iter().chain(born).collect(),
        ..house
    }
}

#[test]
fn who_acts_by_law_does_what_the_office_covers_and_no_more() {
    use Activity::*;
    const READS: [Activity; 4] = [ReadResult, ReadLog, ReadChoices, ReadRecord];
    let facts = represented();
    let opens = |who: &str, activity, of: &str, at_: &str| {
        let mut request = ask(who, Role::Citizen, activity, Purpose::OwnAccess, &[of]);
        request.at = at(at_);
        let decision = told(&request, &facts);
        let (rule, reason) = short(&decision);
        if reason.is_none() { rule.to_owned() } else { "-".to_owned() }
    };
    let now = "2026-03-01T12:00:00Z";
    for who in ["guardian", "attorney"] {
        for activity in READS.into_iter().chain([SetTreatmentChoices]) {
            assert_eq!(opens(who, activity, "old", now), "DK-18-guardian", "{who} {activity:?}");
        }
    }
    for activity in [ReadResult, ReadChoices, ReadRecord, SetTreatmentChoices] {
        assert_eq!(opens("son", activity, "old", now), "DK-18-kin", "{activity:?}");
        assert_eq!(opens("mother", activity, "girl", now), "DK-18-kin", "{activity:?}");
    }
    // What stays the person's own, whoever acts for her; and a log that is not needed in one situation.
    for who in ["guardian", "attorney", "son"] {
        for activity in [SetChoices, SetWishes, Donate, Query, ExportRows, OpenCase, EnterRepresentation] {
            assert_eq!(opens(who, activity, "old", now), "-", "{who} {activity:?}");
        }
    }
    assert_eq!(opens("son", ReadLog, "old", now), "-");
    // Money is not health; an office that has ended or not begun, one that is not hers, and a child are not opened.
    for (who, of, time) in [
        ("banker", "old", now),
        ("helper", "old", now),
        ("former", "old", now),
        ("nobody", "old", now),
        ("guardian", "mother", now),
        ("guardian", "child", now),
        ("stranger", "girl", now),
        ("guardian", "old", "2025-12-31T23:59:59Z"),
        ("son", "old", "2026-04-01T00:00:00Z"),
        ("mother", "girl", "2028-01-01T00:00:00Z"),
    ] {
        for activity in READS.into_iter().chain([SetTreatmentChoices]) {
            assert_eq!(opens(who, activity, of, time), "-", "{who} {of} {time} {activity:?}");
        }
    }
    assert_eq!(opens("former", ReadResult, "old", "2026-01-31T23:59:59Z"), "DK-18-guardian");
    // The genome's rows are for nobody at home.
    let mut genome = ask("guardian", Role::Citizen, ReadRecord, Purpose::OwnAccess, &["old"]);
    genome.categories = [Category::Genome].into();
    assert!(matches!(told(&genome, &facts), Decision::Deny { .. }));
}

#[test]
fn only_who_runs_the_house_enters_who_acts_and_reads_nothing_by_it() {
    use indgang_gate::{Block, BlockTarget};
    let purpose = Purpose::OversightAndAdministration;
    let block = Block {
        person: person("mother"),
        target: BlockTarget::Everybody,
        from: at("2026-01-01T00:00:00Z"),
        until: None,
    };
    let facts = Facts { blocks: [block].into(), ..house() };
    for role in Role::ALL {
        let mut request = ask("x", role, Activity::EnterRepresentation, purpose, &["mother", "daughter"]);
        request.categories.clear();
        let decision = told(&request, &facts);
        match (role, &decision) {
            (Role::Engineer, Decision::Permit { grant, .. }) => {
                assert!(Category::ALL.iter().all(|category| !grant.covers(&person("mother"), *category)));
            }
            (_, decision) => assert!(role != Role::Engineer && matches!(decision, Decision::Deny { .. }), "{role:?}"),
        }
        for category in Category::ALL {
            request.categories = [category].into();
            assert!(matches!(told(&request, &facts), Decision::Deny { .. }), "{role:?} {category:?}");
        }
    }
}
