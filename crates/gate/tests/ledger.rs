//! What must hold of the ledger of choices, whatever is entered and whatever the clock does.

use indgang_gate::ledger::{ConsentKind, Draft, Ledger, LedgerError, Refusal, Statement, TemplateVersion};
use indgang_gate::log::Tree;
use indgang_gate::{
    Activity, Actor, BlockTarget, BreakingGlass, BreakingGlassGround, CareContact, CareContactKind, Decision, Facts,
    Grant, Grounds, Permit, Recipient, Request, UserId, decide,
};
use indgang_model::{Category, PermitId, PersonId, PlaceId, Purpose, Role, SecondaryFindingWish, Timestamp, Wishes};
use proptest::prelude::*;
use proptest::sample::select;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_772_366_400 + hours * 3600).unwrap()
}

const NOW: i64 = 100;

fn person() -> PersonId {
    PersonId("p".into())
}

fn user(id: &str) -> UserId {
    UserId(id.into())
}

fn recipient() -> impl Strategy<Value = Recipient> {
    prop_oneof![
        select(vec!["doctor", "other"]).prop_map(|id| Recipient::Professional(user(id))),
        select(vec!["unit", "elsewhere"]).prop_map(|id| Recipient::Place(PlaceId(id.into()))),
    ]
}

fn consent() -> impl Strategy<Value = Statement> {
    let kinds = vec![
        (ConsentKind::LookUp, "look-up"),
        (ConsentKind::LookUp, "look-up"),
        (ConsentKind::Quality, "quality"),
        (ConsentKind::Disclosure, "disclosure"),
        (ConsentKind::Examination, "genetic-examination"),
    ];
    (select(kinds), recipient()).prop_map(|((kind, id), recipient)| Statement::Consent {
        kind,
        recipient: Some(recipient),
        template: TemplateVersion { id: id.into(), version: 1 },
    })
}

/// What closes doors.
fn closing() -> impl Strategy<Value = Statement> {
    prop_oneof![
        select(vec!["doctor", "other"]).prop_map(|id| Statement::Block(BlockTarget::Professional(user(id)))),
        select(vec!["unit", "elsewhere"]).prop_map(|id| Statement::Block(BlockTarget::Place(PlaceId(id.into())))),
        select(Category::ALL.to_vec()).prop_map(|category| Statement::Block(BlockTarget::Category(category))),
        Just(Statement::Block(BlockTarget::Everybody)),
        (0..50i64, 51..90i64)
            .prop_map(|(from, until)| { Statement::Block(BlockTarget::Period { from: at(from), until: at(until) }) }),
        select(Refusal::ALL.to_vec()).prop_map(Statement::Refusal),
    ]
}

fn statement() -> impl Strategy<Value = Statement> {
    let wishes = any::<bool>().prop_map(|yes| {
        let secondary_findings = if yes { SecondaryFindingWish::All } else { SecondaryFindingWish::None };
        Statement::Wishes(Wishes { secondary_findings, recontact: yes, ..Wishes::default() })
    });
    let proxy = Just(Statement::PowerOfAttorney(PersonId("friend".into())));
    prop_oneof![3 => consent(), 1 => closing(), 1 => wishes, 1 => proxy, 2 => (1..8u64).prop_map(Statement::Withdrawal)]
}

/// A statement with when it is valid and when it was recorded, in hours; the clock goes both ways.
fn step() -> impl Strategy<Value = (Statement, i64, Option<i64>, i64)> {
    (statement(), 0..120i64, proptest::option::weighted(0.3, 1..200i64), 0..NOW)
}

/// A ledger of what could be entered of the steps.
fn ledger() -> impl Strategy<Value = Ledger> {
    proptest::collection::vec(step(), 0..14).prop_map(|steps| {
        let mut ledger = Ledger::new(person(), Vec::new()).unwrap();
        for (statement, from, length, recorded) in steps {
            let draft = Draft { statement, from: at(from), until: length.map(|length| at(from + length)) };
            if let Ok(longer) = ledger.clone().with(draft, &user("p-user"), at(recorded)) {
                ledger = longer;
            }
        }
        ledger
    })
}

/// Requests that choices bear on.
fn request() -> impl Strategy<Value = Request> {
    let asked = select(vec![
        (Role::AuthorisedHealthProfessional, Activity::LookUp, Purpose::Treatment),
        (Role::AuthorisedHealthProfessional, Activity::OpenCase, Purpose::Treatment),
        (Role::AuthorisedHealthProfessional, Activity::Recontact, Purpose::Treatment),
        (Role::AuthorisedHealthProfessional, Activity::ReadRecord, Purpose::QualityAndPlanning),
        (Role::AuthorisedHealthProfessional, Activity::ReadRecord, Purpose::ResearchAndStatistics),
        (Role::Researcher, Activity::Query, Purpose::ResearchAndStatistics),
        (Role::Citizen, Activity::ReadResult, Purpose::OwnAccess),
        (Role::Citizen, Activity::SetChoices, Purpose::OwnAccess),
    ]);
    let categories = proptest::collection::btree_set(select(Category::ALL.to_vec()), 1..5);
    let glass =
        select(vec![None, Some(BreakingGlassGround::PatientPermits), Some(BreakingGlassGround::EssentialInterest)]);
    (asked, categories, select(vec!["p", "friend"]), glass).prop_map(
        |((role, activity, purpose), categories, who, glass)| Request {
            actor: Actor {
                user: user("doctor"),
                person: (role == Role::Citizen).then(|| PersonId(who.into())),
                role,
                profession: None,
                organisation: "house".into(),
                place: Some(PlaceId("unit".into())),
                on_responsibility_of: None,
            },
            activity,
            purpose,
            categories,
            subjects: [person()].into(),
            case: None,
            grounds: Grounds {
                breaking_glass: glass.map(|ground| BreakingGlass {
                    ground,
                    reason: "unconscious on arrival".into(),
                    stepped_up: true,
                }),
                declares_treatment: false,
                permit: Some(PermitId("permit".into())),
                ..Grounds::default()
            },
            at: at(NOW),
        },
    )
}

fn facts(ledger: &Ledger, in_treatment: bool) -> Facts {
    let mut facts = Facts { places: [PlaceId("unit".into())].into(), ..Facts::default() };
    facts.born.insert(person(), (1990, 1, 1));
    if in_treatment {
        facts.care_contacts.insert(CareContact {
            kind: CareContactKind::Course,
            person: person(),
            professional: Some(user("doctor")),
            place: None,
            from: at(0),
            until: None,
        });
    }
    facts.permits.insert(Permit {
        id: PermitId("permit".into()),
        purpose: Purpose::ResearchAndStatistics,
        member: user("doctor"),
        categories: Category::ALL.into(),
        site_permission: true,
        scope: indgang_gate::Scope::default(),
        from: at(0),
        until: at(10_000),
    });
    ledger.present(at(NOW)).tell(at(NOW), &mut facts);
    facts
}

fn told(request: &Request, facts: &Facts) -> Decision {
    let pending = decide(request, facts);
    let receipt = Tree::default().append(pending.leaves()).after_commit(Ok::<_, ()>(())).unwrap();
    pending.recorded(&receipt).unwrap()
}

/// True when everything the narrow answer opens, the wide one opens too.
fn within(narrow: &Decision, wide: &Decision) -> bool {
    let Decision::Permit { grant: narrow, .. } = narrow else { return true };
    let Decision::Permit { grant: wide, .. } = wide else { return false };
    let p = person();
    let opens = |grant: &Grant, category| grant.covers(&p, category);
    Category::ALL.into_iter().all(|category| !opens(narrow, category) || opens(wide, category))
        && (0..NOW).all(|hour| !wide.withholds_time(&p, at(hour)) || narrow.withholds_time(&p, at(hour)))
}

fn withdrawn(ledger: &Ledger, sequence: u64) -> Option<Ledger> {
    ledger.clone().with(Draft::from(Statement::Withdrawal(sequence), at(NOW)), &user("p-user"), at(NOW)).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn withdrawing_a_consent_never_opens_a_door(ledger in ledger(), request in request(), in_treatment: bool) {
        let before = told(&request, &facts(&ledger, in_treatment));
        for entry in ledger.entries().iter().filter(|entry| matches!(entry.statement, Statement::Consent { .. })) {
            if let Some(after) = withdrawn(&ledger, entry.sequence) {
                prop_assert!(within(&told(&request, &facts(&after, in_treatment)), &before));
            }
        }
    }

    #[test]
    fn a_block_or_a_refusal_never_opens_a_door(
        ledger in ledger(), closing in closing(), request in request(), in_treatment: bool, from in 0..120i64,
    ) {
        let after = ledger.clone().with(Draft::from(closing, at(from)), &user("p-user"), at(NOW)).unwrap();
        let before = told(&request, &facts(&ledger, in_treatment));
        prop_assert!(within(&told(&request, &facts(&after, in_treatment)), &before));
    }

    #[test]
    fn what_was_known_then_is_what_the_ledger_said_then(ledger in ledger(), t in 0..200i64, k in 0..NOW) {
        let now = ledger.standing(at(t), at(k));
        // The ledger as it was: every entry recorded before the first that the house's clock puts after `k`.
        let until = ledger.entries().iter().take_while(|entry| entry.recorded_at <= at(k)).count();
        let then = Ledger::new(person(), ledger.entries()[..until].to_vec()).unwrap();
        prop_assert_eq!(&now, &then.standing(at(t), Timestamp::MAX));
        prop_assert_eq!(ledger.known_at(at(k)), then.entries());
    }

    #[test]
    fn the_order_in_which_entries_are_read_does_not_matter(ledger in ledger(), t in 0..200i64) {
        let mut turned = ledger.entries().to_vec();
        turned.reverse();
        let turned = Ledger::new(person(), turned).unwrap();
        prop_assert_eq!(turned.standing(at(t), Timestamp::MAX), ledger.standing(at(t), Timestamp::MAX));
    }

    #[test]
    fn taking_back_what_was_said_last_restores_what_held(ledger in ledger(), closing in closing()) {
        let said = Draft::from(closing, at(NOW));
        prop_assume!(!ledger.says_already(&said));
        let after = ledger.clone().with(said, &user("p-user"), at(NOW)).unwrap();
        let last = after.entries().last().unwrap().sequence;
        let undo = after.undoing(last, at(NOW + 1)).unwrap();
        let back = after.with(undo, &user("p-user"), at(NOW + 1)).unwrap();
        let then = at(NOW + 2);
        let held = |ledger: &Ledger| {
            let mut facts = Facts::default();
            ledger.present(then).tell(then, &mut facts);
            facts
        };
        prop_assert_eq!(held(&back), held(&ledger));
    }
}

fn wishes(recontact: bool) -> Statement {
    Statement::Wishes(Wishes { recontact, ..Wishes::default() })
}

/// A ledger of statements, each with the hours at which it is valid and was recorded.
fn of(steps: Vec<(Statement, i64, i64)>) -> Ledger {
    steps.into_iter().fold(Ledger::new(person(), vec![]).unwrap(), |ledger, (statement, from, recorded)| {
        ledger.with(Draft::from(statement, at(from)), &user("p-user"), at(recorded)).unwrap()
    })
}

#[test]
fn of_two_at_the_same_instant_and_of_a_clock_that_steps_back_the_later_said_holds() {
    for (case, ledger, recontact) in [
        ("same instant", of(vec![(wishes(true), 5, 5), (wishes(false), 5, 5)]), Some(false)),
        ("clock stepped back", of(vec![(wishes(false), 9, 9), (wishes(true), 3, 3)]), Some(true)),
        ("in the future", of(vec![(wishes(false), 5, 5), (wishes(true), 50, 6)]), Some(false)),
        ("only the future", of(vec![(wishes(true), 50, 6)]), None),
    ] {
        assert_eq!(ledger.present(at(10)).wishes().map(|wishes| wishes.recontact), recontact, "{case}");
    }
    let blocked = of(vec![(Statement::Block(BlockTarget::Everybody), 9, 9)]);
    let mut facts = Facts::default();
    blocked.present(at(3)).tell(at(3), &mut facts);
    assert!(facts.blocks.iter().all(|block| block.holds(at(3))) && facts.blocks.len() == 1, "the clock stepped back");
}

#[test]
fn a_written_consent_for_another_purpose_lapses_after_a_year() {
    let quality = Statement::Consent {
        kind: ConsentKind::Quality,
        recipient: Some(Recipient::Professional(user("doctor"))),
        template: TemplateVersion { id: "quality".into(), version: 1 },
    };
    let ledger = of(vec![(quality, 0, 0)]);
    for (hours, held) in [(0, 1), (365 * 24 - 1, 1), (365 * 24, 0)] {
        assert_eq!(ledger.present(at(hours)).held().count(), held, "{hours}");
    }
}

#[test]
fn what_does_not_hang_together_is_not_entered() {
    let consent = |kind, recipient, id: &str, version| Statement::Consent {
        kind,
        recipient,
        template: TemplateVersion { id: id.into(), version },
    };
    let somebody = || Some(Recipient::Professional(user("doctor")));
    let ledger = of(vec![(wishes(true), 0, 0), (wishes(false), 1, 1), (Statement::Withdrawal(1), 2, 2)]);
    for (statement, error) in [
        (consent(ConsentKind::LookUp, None, "look-up", 1), LedgerError::NoRecipient),
        (consent(ConsentKind::LookUp, somebody(), "look-up", 9), LedgerError::UnknownTemplate("look-up".into(), 9)),
        (consent(ConsentKind::Quality, somebody(), "look-up", 1), LedgerError::OtherKind("look-up".into())),
        (Statement::Withdrawal(1), LedgerError::NothingToWithdraw(1)),
        (Statement::Withdrawal(3), LedgerError::NothingToWithdraw(3)),
        (Statement::Withdrawal(4), LedgerError::NothingToWithdraw(4)),
        (Statement::PowerOfAttorney(person()), LedgerError::Herself),
        (Statement::Block(BlockTarget::Period { from: at(2), until: at(2) }), LedgerError::NoPeriod),
    ] {
        assert_eq!(ledger.next(Draft::from(statement, at(5)), &user("p-user"), at(5)), Err(error));
    }
    let backwards = Draft { statement: wishes(true), from: at(5), until: Some(at(5)) };
    assert_eq!(ledger.next(backwards, &user("p-user"), at(5)), Err(LedgerError::NoTime));
    let gap = ledger.entries()[1..].to_vec();
    assert_eq!(Ledger::new(person(), gap), Err(LedgerError::Broken));
}

#[test]
fn the_requests_do_meet_doors_that_a_consent_opens() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut opened = 0;
    for _ in 0..4000 {
        let request = request().new_tree(&mut runner).unwrap().current();
        let ledger = ledger().new_tree(&mut runner).unwrap().current();
        let permitted = matches!(told(&request, &facts(&ledger, false)), Decision::Permit { .. });
        let consents: Vec<u64> = ledger.entries().iter().map(|entry| entry.sequence).collect();
        let bare = consents.into_iter().fold(ledger, |ledger, n| withdrawn(&ledger, n).unwrap_or(ledger));
        opened += usize::from(permitted && matches!(told(&request, &facts(&bare, false)), Decision::Deny { .. }));
    }
    assert!(opened >= 100, "the properties above would say little: a consent opened only {opened} of 4000");
}
