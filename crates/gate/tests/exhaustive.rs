//! Every class of request, tried: role × purpose × kind of data × relation grade × consent × block × broken glass × age.
//!
//! The snapshot is read when the policies change; the properties hold of every one of the situations. They are tried
//! with everything else in favour (assigned, on responsibility, under a permit …), so that nothing is closed for
//! another reason than the one under test, and with nothing else in favour. Age and custody are tried where they can
//! matter, for citizens; that they matter to nobody else is proved in `proofs/`.

use indgang_gate::policy::{Cell, Condition, Conditions, Situation, Verdict};
use indgang_gate::{Activity, BreakingGlassGround, Obligation, Policy, RelationGrade};
use indgang_model::{Category, Purpose, Role};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What is read for each purpose, and what is chosen.
const READINGS: [(Purpose, Activity); 13] = [
    (Purpose::Treatment, Activity::OpenCase),
    (Purpose::Treatment, Activity::ReadRecord),
    (Purpose::Treatment, Activity::Query),
    (Purpose::QualityAndPlanning, Activity::ReadRecord),
    (Purpose::QualityAndPlanning, Activity::Query),
    (Purpose::OversightAndAdministration, Activity::ReadRecord),
    (Purpose::ResearchAndStatistics, Activity::ReadRecord),
    (Purpose::ResearchAndStatistics, Activity::Query),
    (Purpose::OwnAccess, Activity::ReadRecord),
    (Purpose::OwnAccess, Activity::ReadLog),
    (Purpose::OwnAccess, Activity::SetTreatmentChoices),
    (Purpose::OwnAccess, Activity::SetChoices),
    (Purpose::OwnAccess, Activity::SetWishes),
];
const GLASS: [Option<BreakingGlassGround>; 3] =
    [None, Some(BreakingGlassGround::PatientPermits), Some(BreakingGlassGround::EssentialInterest)];
const BLOCKS: [Option<Condition>; 3] = [None, Some(Condition::Blocked), Some(Condition::BlockedCategory)];
const AGES: [Option<Condition>; 3] = [None, Some(Condition::Under15), Some(Condition::Turned15)];
/// What else may be in favour; the capacities exclude each other, so each is tried.
const FAVOUR: [&[Condition]; 6] = [
    &[],
    &[
        Condition::Own,
        Condition::Responsible,
        Condition::Assigned,
        Condition::Held,
        Condition::ForAPatient,
        Condition::WishesRecontact,
        Condition::WishesSecondaryFindings,
        Condition::Permit,
        Condition::SitePermission,
        Condition::LearningProfession,
        Condition::TookPart,
        Condition::Mandate,
    ],
    &[Condition::Custody, Condition::WishesSecondaryFindings],
    &[Condition::Proxy, Condition::WishesSecondaryFindings],
    &[Condition::Guardian, Condition::WishesSecondaryFindings],
    &[Condition::NextOfKin, Condition::WishesSecondaryFindings],
];

/// One point of the space but for what the properties change.
struct Class {
    situation: Situation,
    favour: usize,
}

fn classes(role: Role) -> impl Iterator<Item = Class> {
    let readings = READINGS.into_iter().filter(move |(_, activity)| is_tried(role, *activity));
    let readings = readings.flat_map(|reading| Category::ALL.map(|category| (reading, category)));
    readings.flat_map(move |((purpose, activity), category)| {
        let grades = RelationGrade::ALL.into_iter().flat_map(|relation| GLASS.map(|glass| (relation, glass)));
        grades.flat_map(move |(relation, breaking_glass)| {
            let (favours, ages) = if role == Role::Citizen { (FAVOUR.len(), &AGES[..]) } else { (2, &AGES[..1]) };
            let rest = (0..favours).flat_map(move |favour| ages.iter().map(move |age| (favour, *age)));
            rest.map(move |(favour, age)| {
                let holding = FAVOUR[favour].iter().copied().chain(age).chain([Condition::NamesSomebody]);
                let conditions = Conditions::of(holding);
                let category = Some(category);
                Class {
                    situation: Situation { role, activity, purpose, category, relation, breaking_glass, conditions },
                    favour,
                }
            })
        })
    })
}

/// A citizen's own log and choices are tried for citizens; that they open to nobody else is proved in `proofs/`.
fn is_tried(role: Role, activity: Activity) -> bool {
    let citizens = [Activity::ReadLog, Activity::SetTreatmentChoices, Activity::SetChoices, Activity::SetWishes]
        .contains(&activity);
    role == Role::Citizen || !citizens
}

fn with(situation: &Situation, conditions: impl IntoIterator<Item = Condition>) -> Situation {
    let set = conditions.into_iter().fold(situation.conditions, |set, condition| set.with(condition, true));
    Situation { conditions: set, ..*situation }
}

fn word(verdict: Verdict<'_>) -> String {
    match verdict {
        Verdict::Open(rule) => rule.id.clone(),
        Verdict::Forbidden(rule) => format!("({})", rule.id),
        Verdict::Closed => "-".to_owned(),
    }
}

/// What is told of one role: for each reading, which rules answer how many situations, and for which kinds of data.
fn try_role(policy: &Policy, role: Role) -> String {
    let mut tally: BTreeMap<(usize, Category), BTreeMap<String, usize>> = BTreeMap::new();
    for Class { situation, favour } in classes(role) {
        let plain = policy.verdict_afresh(&situation).is_open();
        let reading = READINGS.iter().position(|r| *r == (situation.purpose, situation.activity)).expect("one of them");
        let category = situation.category.expect("given");
        for consent in [None, Some(Condition::Consent)] {
            for block in BLOCKS {
                let blocked = with(&situation, consent.into_iter().chain(block));
                let verdict = policy.verdict_afresh(&blocked);
                *tally.entry((reading, category)).or_default().entry(word(verdict)).or_default() += 1;
                holds(policy, &situation, &blocked, plain, verdict, favour);
            }
        }
    }
    told(role, &tally)
}

/// The algebra, at one point.
fn holds(
    policy: &Policy,
    plain: &Situation,
    blocked: &Situation,
    plain_open: bool,
    verdict: Verdict<'_>,
    favour: usize,
) {
    let open = verdict.is_open();
    let block = blocked.conditions.has(Condition::Blocked) || blocked.conditions.has(Condition::BlockedCategory);
    let consent = blocked.conditions.has(Condition::Consent);
    assert!(!open || blocked.role != Role::Outsider, "an outsider is permitted: {blocked:?}");
    assert!(!plain_open || block || open, "a consent closes a door: {blocked:?}");
    if open && block {
        let unblocked = blocked.conditions.with(Condition::Blocked, false).with(Condition::BlockedCategory, false);
        assert!(
            policy.verdict(&Situation { conditions: unblocked, ..*blocked }).is_open(),
            "a block opens: {blocked:?}"
        );
        let lawful = matches!(blocked.role, Role::Citizen | Role::Auditor)
            || (blocked.purpose == Purpose::Treatment && blocked.breaking_glass.is_some() && followed_up(verdict))
            || (blocked.role == Role::AuthorityOfficer && favour == 1);
        assert!(lawful, "what is blocked is read without lawfully breaking the glass: {blocked:?}");
    }
    if open && !consent {
        for refusal in [Condition::TissueRefused, Condition::GeneticRefused, Condition::SecondaryUseRefused] {
            let refused = with(blocked, [refusal]);
            let own = matches!(plain.purpose, Purpose::OwnAccess | Purpose::OversightAndAdministration)
                || (plain.purpose == Purpose::Treatment && plain.activity != Activity::Query);
            let about = match refusal {
                Condition::TissueRefused => plain.category.is_some_and(Category::is_tissue) && !own,
                Condition::GeneticRefused => plain.category.is_some_and(Category::is_genetic) && !own,
                _ => matches!(plain.purpose, Purpose::ResearchAndStatistics | Purpose::QualityAndPlanning),
            };
            assert_eq!(policy.verdict(&refused).is_open(), !about, "{refusal:?}: {refused:?}");
        }
    }
}

/// The rule that opens has the reading followed up and the citizen told.
fn followed_up(verdict: Verdict<'_>) -> bool {
    let Verdict::Open(rule) = verdict else { return false };
    [Obligation::FollowUp, Obligation::TellCitizen].iter().all(|obligation| rule.obligations.contains(obligation))
}

fn told(role: Role, tally: &BTreeMap<(usize, Category), BTreeMap<String, usize>>) -> String {
    let mut text = String::new();
    for (reading, (purpose, activity)) in READINGS.iter().enumerate() {
        if !is_tried(role, *activity) {
            continue;
        }
        let mut same: Vec<(&BTreeMap<String, usize>, Vec<Category>)> = Vec::new();
        for category in Category::ALL {
            let counts = &tally[&(reading, category)];
            match same.iter_mut().find(|(known, _)| *known == counts) {
                Some((_, categories)) => categories.push(category),
                None => same.push((counts, vec![category])),
            }
        }
        for (counts, categories) in same {
            let counts: Vec<String> = counts.iter().map(|(rule, times)| format!("{rule} {times}")).collect();
            let kinds = if categories.len() == Category::ALL.len() {
                "every kind".to_owned()
            } else {
                format!("{categories:?}")
            };
            writeln!(text, "{role:?} {purpose:?} {activity:?} {kinds}\n    {}", counts.join(", ")).expect("text");
        }
    }
    text
}

#[test]
fn every_class_of_request() {
    let policy = Policy::shipped();
    let (even, odd): (Vec<_>, Vec<_>) = Role::ALL.into_iter().enumerate().partition(|(n, _)| n % 2 == 0);
    let run = |roles: Vec<(usize, Role)>| -> Vec<(usize, String)> {
        roles.into_iter().map(|(n, role)| (n, try_role(policy, role))).collect()
    };
    let mut told = std::thread::scope(|scope| {
        let other = scope.spawn(|| run(odd));
        let mut told = run(even);
        told.extend(other.join().expect("the other half"));
        told
    });
    told.sort();
    let text: Vec<String> = told.into_iter().map(|(_, text)| text).collect();
    insta::assert_snapshot!(text.join(""));
}

/// The remembered answer is Cedar's own, for situations that press each other out of their places too.
#[test]
fn what_is_remembered_is_what_cedar_says() {
    let policy = Policy::shipped();
    for Class { situation, .. } in classes(Role::AuthorisedHealthProfessional).step_by(7) {
        let first = policy.verdict(&situation);
        assert_eq!(first, policy.verdict(&situation));
        assert_eq!(first, policy.verdict_afresh(&situation));
    }
}

#[test]
fn the_matrix_says_what_the_rules_do() {
    let policy = Policy::shipped();
    let cells = indgang_gate::policy::matrix(policy);
    assert_eq!(cells.len(), 12 * 5 * 14);
    for cell in &cells {
        assert_eq!(cell.openings.is_empty(), cell.closed_by.is_some());
        if cell.role == Role::Outsider {
            assert_eq!(cell.closed_by.as_deref(), Some("DK-EMP"));
        }
        for opening in &cell.openings {
            let rule = policy.rule(&opening.rule).expect("a rule of the house");
            assert!(rule.opens && !opening.activities.is_empty());
            for activity in &opening.activities {
                let conditions = Conditions::of(opening.conditions.iter().copied());
                let Cell { role, purpose, category, .. } = *cell;
                let situation = Situation {
                    role,
                    activity: *activity,
                    purpose,
                    category: Some(category),
                    relation: opening.relation,
                    breaking_glass: opening.breaking_glass,
                    conditions,
                };
                assert!(policy.verdict(&situation).is_open(), "{opening:?} does not open {situation:?}");
            }
        }
    }
    // Every permit that names a person's data opens some cell: no rule is dead.
    let names_no_data = ["DK-43", "DK-43-deliver", "DK-43-representation"];
    for rule in policy.rules().iter().filter(|rule| rule.opens && !names_no_data.contains(&rule.id.as_str())) {
        assert!(cells.iter().any(|cell| cell.openings.iter().any(|opening| opening.rule == rule.id)), "{}", rule.id);
    }
}
