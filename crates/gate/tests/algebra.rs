//! What must hold of every ruling, whatever is asked and whatever is known.

use indgang_gate::log::Tree;
use indgang_gate::{
    Activity, Actor, Assignment, AuditEvent, CareContact, CareContactKind, Custody, Decision, Facts, Grant, Grounds,
    Matter, Policy, Representation, RepresentationKind, Request, UserId, decide,
};
use indgang_model::{CaseId, Category, PersonId, Purpose, Role, SecondaryFindingWish, Timestamp, Wishes};
use proptest::collection::{btree_map, btree_set};
use proptest::prelude::*;
use proptest::sample::select;

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn person() -> impl Strategy<Value = PersonId> {
    select(vec!["p0", "p1", "p2"]).prop_map(|id| PersonId(id.into()))
}

fn user() -> impl Strategy<Value = UserId> {
    select(vec!["u0", "u1"]).prop_map(|id| UserId(id.into()))
}

fn case() -> impl Strategy<Value = CaseId> {
    select(vec!["c0", "c1"]).prop_map(|id| CaseId(id.into()))
}

fn wishes() -> impl Strategy<Value = Wishes> {
    use SecondaryFindingWish::{All, None, TreatableOrPreventable};
    (select(vec![All, TreatableOrPreventable, None]), any::<bool>())
        .prop_map(|(secondary_findings, recontact)| Wishes { secondary_findings, recontact, ..Wishes::default() })
}

/// Requests that are often of the kind some rule opens, so that permits are met too.
fn request() -> impl Strategy<Value = Request> {
    let likely = select(vec![
        (Role::AuthorisedHealthProfessional, Activity::OpenCase, Purpose::Treatment),
        (Role::AuthorisedHealthProfessional, Activity::Recontact, Purpose::Treatment),
        (Role::LaboratoryGeneticist, Activity::OpenCase, Purpose::Treatment),
        (Role::LaboratoryGeneticist, Activity::Interpret, Purpose::Treatment),
        (Role::Bioinformatician, Activity::OpenCase, Purpose::Treatment),
        (Role::Citizen, Activity::ReadResult, Purpose::OwnAccess),
        (Role::Citizen, Activity::SetTreatmentChoices, Purpose::OwnAccess),
        (Role::Auditor, Activity::VerifyLog, Purpose::OversightAndAdministration),
    ]);
    let any_way = (select(Role::ALL.to_vec()), select(Activity::ALL.to_vec()), select(Purpose::ALL.to_vec()));
    (
        prop_oneof![3 => likely, 1 => any_way],
        user(),
        proptest::option::of(person()),
        proptest::option::of(user()),
        btree_set(select(Category::ALL.to_vec()), 0..4),
        btree_set(person(), 0..3),
        proptest::option::of(case()),
    )
        .prop_map(|((role, activity, purpose), user, person, on_responsibility_of, categories, subjects, case)| {
            let organisation = "house".into();
            let (profession, place, grounds) = (None, None, Grounds::default());
            let actor = Actor { user, person, role, profession, organisation, place, on_responsibility_of };
            Request { actor, activity, purpose, categories, subjects, case, grounds, at: now() }
        })
}

fn representation() -> impl Strategy<Value = Representation> {
    (person(), person(), select(RepresentationKind::ALL.to_vec()), any::<bool>(), any::<bool>()).prop_map(
        |(holder, person, kind, health, ended)| Representation {
            holder,
            person,
            kind,
            matters: [if health { Matter::Health } else { Matter::Financial }].into(),
            from: "2026-01-01T00:00:00Z".parse().unwrap(),
            until: ended.then(|| "2026-02-01T00:00:00Z".parse().unwrap()),
        },
    )
}

fn facts() -> impl Strategy<Value = Facts> {
    let from = select(vec!["2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"]);
    let until = select(vec![None, Some("2026-02-01T00:00:00Z"), Some("2026-12-01T00:00:00Z")]);
    let relation = (user(), person(), from, until).prop_map(|(professional, person, from, until)| CareContact {
        kind: CareContactKind::Course,
        professional: Some(professional),
        place: None,
        person,
        from: from.parse().unwrap(),
        until: until.map(|until| until.parse().unwrap()),
    });
    (
        btree_set(relation, 0..8),
        btree_set((user(), case()).prop_map(|(user, case)| Assignment { user, case }), 0..4),
        btree_map(case(), btree_set(person(), 0..4), 0..3),
        btree_set((person(), person()).prop_map(|(holder, child)| Custody { holder, child }), 0..4),
        btree_map(person(), (1990u16..2026, 1u8..13, 1u8..29), 0..4),
        btree_map(person(), wishes(), 0..4),
        btree_set(person(), 0..4),
        btree_set(representation(), 0..4),
    )
        .prop_map(
            |(care_contacts, assignments, members, custody, born, wishes, held_by_operator, representations)| Facts {
                representations,
                care_contacts,
                responsible: ["u0", "u1"].map(|user| (UserId(user.into()), [].into())).into(),
                assignments,
                members,
                custody,
                born,
                wishes,
                held_by_operator,
                ..Facts::default()
            },
        )
}

fn told(request: &Request, facts: &Facts) -> Decision {
    let pending = decide(request, facts);
    let receipt = Tree::default().append(pending.leaves()).after_commit(Ok::<_, ()>(())).unwrap();
    pending.recorded(&receipt).unwrap()
}

fn opened(decision: &Decision) -> Option<&Grant> {
    match decision {
        Decision::Permit { grant, .. } => Some(grant),
        Decision::Deny { .. } => None,
    }
}

/// True when everything the narrow grant opens, the wide one opens too.
fn within(narrow: Option<&Grant>, wide: Option<&Grant>) -> bool {
    let Some(narrow) = narrow else { return true };
    let Some(wide) = wide else { return false };
    narrow.subjects().all(|person| Category::ALL.iter().all(|c| !narrow.covers(person, *c) || wide.covers(person, *c)))
        && narrow.subjects().all(|p| breadth(narrow.secondary_findings(p)) <= breadth(wide.secondary_findings(p)))
}

fn breadth(wish: SecondaryFindingWish) -> u8 {
    match wish {
        SecondaryFindingWish::None => 0,
        SecondaryFindingWish::TreatableOrPreventable => 1,
        SecondaryFindingWish::All => 2,
    }
}

fn narrower(wish: SecondaryFindingWish) -> SecondaryFindingWish {
    match wish {
        SecondaryFindingWish::All => SecondaryFindingWish::TreatableOrPreventable,
        _ => SecondaryFindingWish::None,
    }
}

#[test]
fn the_likely_requests_do_meet_permits() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let permitted = (0..4000)
        .filter(|_| {
            let request = request().new_tree(&mut runner).unwrap().current();
            let facts = facts().new_tree(&mut runner).unwrap().current();
            opened(&told(&request, &facts)).is_some()
        })
        .count();
    assert!(permitted >= 40, "the properties below would say little: only {permitted} of 4000 were permitted");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_known_opens_nobodys_data(request in request()) {
        let decision = told(&request, &Facts::default());
        prop_assert!(request.subjects.is_empty() || opened(&decision).is_none());
    }

    #[test]
    fn no_outsider_is_ever_permitted(mut request in request(), facts in facts()) {
        request.actor.role = Role::Outsider;
        prop_assert!(opened(&told(&request, &facts)).is_none());
    }

    #[test]
    fn an_auditor_reads_nobodys_data(mut request in request(), facts in facts()) {
        request.actor.role = Role::Auditor;
        let decision = told(&request, &facts);
        let log_only = |grant: &Grant| {
            Category::ALL.iter().all(|c| *c == Category::AuditEvent || grant.subjects().all(|person| !grant.covers(person, *c)))
        };
        prop_assert!(opened(&decision).is_none_or(log_only));
    }

    #[test]
    fn a_restriction_never_opens_a_door(request in request(), facts in facts(), whose in person(), which in 0..8) {
        let mut restricted = facts.clone();
        match which {
            0 => { restricted.wishes.remove(&whose); }
            1 => {
                let wishes = restricted.wishes.entry(whose).or_default();
                wishes.secondary_findings = narrower(wishes.secondary_findings);
            }
            2 => restricted.wishes.entry(whose).or_default().recontact = false,
            3 => restricted.care_contacts.retain(|relation| relation.person != whose),
            4 => restricted.assignments.clear(),
            5 => restricted.custody.retain(|custody| custody.child != whose),
            6 => restricted.representations.retain(|acts| acts.person != whose),
            _ => { restricted.born.remove(&whose); restricted.held_by_operator.remove(&whose); }
        }
        let (before, after) = (told(&request, &facts), told(&request, &restricted));
        prop_assert!(within(opened(&after), opened(&before)));
    }

    #[test]
    fn a_grant_opens_no_more_than_was_asked(request in request(), facts in facts()) {
        let decision = told(&request, &facts);
        if let Some(grant) = opened(&decision) {
            prop_assert!(grant.subjects().all(|person| request.subjects.contains(person)));
            for person in &request.subjects {
                for category in Category::ALL {
                    prop_assert!(!grant.covers(person, category) || request.categories.contains(&category));
                }
                let declined = facts.wishes.get(person).copied().unwrap_or_default().secondary_findings == SecondaryFindingWish::None;
                prop_assert!(!declined || !grant.covers(person, Category::SecondaryFinding));
            }
        }
    }

    #[test]
    fn every_answer_has_a_paragraph_and_a_line_for_each_person(request in request(), facts in facts()) {
        let pending = decide(&request, &facts);
        let events: Vec<AuditEvent> =
            pending.leaves().iter().map(|leaf| AuditEvent::parse(leaf.text()).unwrap()).collect();
        let decision = told(&request, &facts);
        let (basis, permitted) = match &decision {
            Decision::Permit { rule, .. } => (rule, true),
            Decision::Deny { rule, .. } => (rule, false),
        };
        prop_assert!(!basis.paragraph.is_empty() && Policy::shipped().rule(&basis.rule).is_some());
        prop_assert_eq!(events.len(), request.subjects.len().max(1));
        for event in &events {
            let rule = Policy::shipped().rule(&event.rule);
            prop_assert!(rule.is_some_and(|rule| rule.paragraph == event.paragraph && !event.paragraph.is_empty()));
            prop_assert_eq!(event.permitted, permitted);
        }
        prop_assert!(events.iter().any(|event| event.rule == basis.rule));
        let subjects: std::collections::BTreeSet<_> = events.iter().filter_map(|event| event.subject.clone()).collect();
        prop_assert_eq!(subjects, request.subjects);
    }
}
