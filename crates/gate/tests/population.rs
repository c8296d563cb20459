//! Questions about everybody: one leaf, nobody named, and who says no is left out.

use indgang_gate::log::Tree;
use indgang_gate::{
    Activity, Actor, AuditEvent, Block, BlockTarget, Decision, Facts, Grant, Grounds, Obligation, Permit, Reason,
    Refusals, Request, Scope, UserId, decide_population, opened_by_population,
};
use indgang_model::{Category, PermitId, PersonId, Purpose, Role, Timestamp};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn person(id: &str) -> PersonId {
    PersonId(id.into())
}

fn ask(role: Role, purpose: Purpose, categories: &[Category], apart: &[&str]) -> Request {
    Request {
        actor: Actor {
            user: UserId("researcher".into()),
            person: None,
            role,
            profession: None,
            organisation: "university".into(),
            place: None,
            on_responsibility_of: None,
        },
        activity: Activity::Query,
        purpose,
        categories: categories.iter().copied().collect(),
        subjects: apart.iter().map(|id| person(id)).collect(),
        case: None,
        grounds: Grounds { permit: Some(PermitId("p".into())), ..Grounds::default() },
        at: at("2026-03-01T12:00:00Z"),
    }
}

fn house(purpose: Purpose) -> Facts {
    let mut facts = Facts::default();
    facts.permits.insert(Permit {
        id: PermitId("p".into()),
        purpose,
        member: UserId("researcher".into()),
        categories: [Category::Laboratory, Category::Medication, Category::Genome].into(),
        site_permission: false,
        scope: Scope { rows: true, ..Scope::default() },
        from: at("2026-01-01T00:00:00Z"),
        until: at("2027-01-01T00:00:00Z"),
    });
    let refuses = |secondary_use, genetic| Refusals { secondary_use, genetic, ..Refusals::default() };
    facts.refusals.insert(person("out"), refuses(true, false));
    facts.refusals.insert(person("genetic"), refuses(false, true));
    for (id, target) in [
        ("everybody", BlockTarget::Everybody),
        ("laboratory", BlockTarget::Category(Category::Laboratory)),
        ("period", BlockTarget::Period { from: at("2020-01-01T00:00:00Z"), until: at("2021-01-01T00:00:00Z") }),
    ] {
        facts.blocks.insert(Block { person: person(id), target, from: at("2026-01-01T00:00:00Z"), until: None });
    }
    facts
}

fn told(request: &Request, facts: &Facts) -> Decision {
    let pending = decide_population(request, facts);
    assert_eq!(pending.leaves().len(), 1);
    let receipt = Tree::default().append(pending.leaves()).after_commit(Ok::<_, ()>(())).unwrap();
    pending.recorded(&receipt).unwrap()
}

fn grant(request: &Request, facts: &Facts) -> Grant {
    match told(request, facts) {
        Decision::Permit { grant, .. } => grant,
        Decision::Deny { rule, reason, .. } => panic!("{} {reason}", rule.rule),
    }
}

const RESEARCH: Purpose = Purpose::ResearchAndStatistics;
const APART: [&str; 6] = ["out", "genetic", "everybody", "laboratory", "period", "silent"];

#[test]
fn each_is_left_out_as_far_as_she_said() {
    let categories = [Category::Laboratory, Category::Medication, Category::Genome];
    let grant = grant(&ask(Role::Researcher, RESEARCH, &categories, &APART), &house(RESEARCH));
    let population = grant.population().unwrap();
    assert_eq!(
        population.categories().iter().copied().collect::<Vec<_>>(),
        [Category::Genome, Category::Laboratory, Category::Medication]
    );
    let withheld =
        |id: &str| population.apart().get(&person(id)).map(|apart| apart.withheld.iter().copied().collect::<Vec<_>>());
    for (id, expected) in [
        ("out", Some(vec![Category::Genome, Category::Laboratory, Category::Medication])),
        ("everybody", Some(vec![Category::Genome, Category::Laboratory, Category::Medication])),
        ("genetic", Some(vec![Category::Genome])),
        ("laboratory", Some(vec![Category::Laboratory])),
        ("period", Some(vec![])),
        ("silent", None),
    ] {
        assert_eq!(withheld(id), expected, "{id}");
    }
    assert_eq!(population.apart()[&person("period")].periods.len(), 1);
    assert!(grant.obliges(Obligation::MinimumCell) && grant.obliges(Obligation::Pseudonymise));
    assert!(population.scope().rows && population.pseudonym_domain() == "permit p");
    assert_eq!(grant.expires(), Some(at("2027-01-01T00:00:00Z")));
}

#[test]
fn the_line_tells_each_what_was_opened_of_hers() {
    let facts = house(RESEARCH);
    for categories in [&[Category::Laboratory, Category::Medication, Category::Genome][..], &[Category::Laboratory]] {
        let request = ask(Role::Researcher, RESEARCH, categories, &APART);
        let line = decide_population(&request, &facts).leaves()[0].text().to_owned();
        let event = AuditEvent::parse(&line).unwrap();
        let grant = grant(&request, &facts);
        let population = grant.population().unwrap();
        for id in APART {
            let withheld = population.apart().get(&person(id)).map(|apart| apart.withheld.clone()).unwrap_or_default();
            let left = population.categories().difference(&withheld).copied().collect();
            assert_eq!(opened_by_population(&event, None, &person(id), &facts), left, "{id}");
        }
        // No other line tells of everybody.
        for other in [
            AuditEvent { permitted: false, ..event.clone() },
            AuditEvent { activity: Activity::ReadRecord, ..event.clone() },
            AuditEvent { subject: Some(person("silent")), ..event },
        ] {
            assert!(opened_by_population(&other, None, &person("silent"), &facts).is_empty());
        }
    }
}

#[test]
fn it_opens_no_named_person() {
    let request = ask(Role::Researcher, RESEARCH, &[Category::Laboratory], &APART);
    let grant = grant(&request, &house(RESEARCH));
    assert_eq!(grant.subjects().count(), 0);
    for id in APART.iter().chain(&["", "somebody"]) {
        assert!(!grant.covers(&person(id), Category::Laboratory), "{id}");
    }
}

#[test]
fn what_the_rules_close_stays_closed() {
    let facts = house(RESEARCH);
    for (role, purpose, categories, reason) in [
        (Role::Outsider, RESEARCH, &[Category::Laboratory][..], Reason::Outsider),
        (Role::Citizen, RESEARCH, &[Category::Laboratory], Reason::NotOpen),
        (Role::Researcher, RESEARCH, &[Category::Encounter], Reason::NoPermit), // the permit does not cover it
        (Role::Researcher, RESEARCH, &[Category::Identity], Reason::CategoryNotOpen),
        (Role::Researcher, Purpose::QualityAndPlanning, &[Category::Laboratory], Reason::NotOpen),
        (Role::Statistician, Purpose::QualityAndPlanning, &[Category::Laboratory], Reason::NoPermit), // another purpose
    ] {
        let request = ask(role, purpose, categories, &APART);
        let decision = told(&request, &facts);
        assert!(matches!(decision, Decision::Deny { .. }), "{role:?} {purpose:?} {categories:?}");
        if let Decision::Deny { reason: got, .. } = decision {
            assert_eq!(got, reason, "{role:?} {purpose:?} {categories:?}");
        }
    }
    let late =
        Request { at: at("2027-01-01T00:00:00Z"), ..ask(Role::Researcher, RESEARCH, &[Category::Laboratory], &[]) };
    assert!(matches!(told(&late, &facts), Decision::Deny { reason: Reason::NoPermit, .. }));
    let export =
        Request { activity: Activity::ExportRows, ..ask(Role::Researcher, RESEARCH, &[Category::Laboratory], &[]) };
    assert!(matches!(told(&export, &facts), Decision::Deny { .. }));
}

#[test]
fn planning_is_for_counts() {
    let purpose = Purpose::QualityAndPlanning;
    let grant = grant(&ask(Role::Statistician, purpose, &[Category::Laboratory], &[]), &house(purpose));
    assert!(grant.obliges(Obligation::AggregateOnly));
}

#[test]
fn the_leaf_names_nobody_and_the_permit() {
    let pending =
        decide_population(&ask(Role::Researcher, RESEARCH, &[Category::Laboratory], &APART), &house(RESEARCH));
    let text = pending.leaves()[0].text();
    assert!(text.contains("\"permit\":\"p\"") && text.contains("\"query\""), "{text}");
    for id in APART {
        assert!(!text.contains(&format!("\"{id}\"")) || id == "laboratory", "{text}");
    }
}
