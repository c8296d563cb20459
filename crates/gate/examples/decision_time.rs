//! How long a decision takes with the facts at hand: `cargo run --release -p indgang-gate --example decision_time`.
//!
//! A house of 1,000,000 citizens, 10,000 professionals and, in turn, 50, 500 and 5,000 permits is made up in memory
//! with indexes as the store has them; each of 200,000 passages gathers its facts from them and is ruled upon, its leaf
//! included. Prints one JSON object a line: what was measured, and the median, the 99th percentile and the greatest
//! of the times in microseconds. `cold` is the first passages of a policy that has answered nothing yet; `cedar alone`
//! is Cedar's evaluation of the same requests, their situations at hand, without remembered answers.

use indgang_gate::{
    Activity, Actor, Block, BlockTarget, CareContact, CareContactKind, Consent, Facts, Grounds, Permit, Policy,
    Refusals, Request, UserId, decide_by, policy::POLICIES, situations,
};
use indgang_model::{Category, PermitId, PersonId, PlaceId, Profession, Purpose, Role, Timestamp, Wishes};
use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

const CITIZENS: u64 = 1_000_000;
const PROFESSIONALS: u64 = 10_000;
const PLACES: u64 = 1_000;
const PASSAGES: u64 = 200_000;
/// Passages of those that are put to a policy that remembers nothing, and to Cedar alone.
const COLD: usize = 20;
const ALONE: usize = 20_000;

/// Numbers that are the same in every run (SplitMix64).
fn number(of: u64, salt: u64, below: u64) -> u64 {
    let mut z = (of ^ salt << 40).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % below
}

/// What the store knows, indexed by citizen.
struct House {
    now: Timestamp,
    contacts: Vec<[(u32, u32); 2]>,
    blocks: HashMap<u64, BlockTarget>,
    refusals: HashMap<u64, Refusals>,
    consents: HashMap<u64, u32>,
    permits: HashMap<String, Permit>,
}

fn user(n: u64) -> UserId {
    UserId(format!("professional-{n}"))
}

fn person(n: u64) -> PersonId {
    PersonId(format!("citizen-{n}"))
}

fn place(n: u64) -> PlaceId {
    PlaceId(format!("{}", 10_000_000_000 + n))
}

impl House {
    fn new(permits: u64) -> Self {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().expect("a time");
        let contact = |citizen, salt| {
            let professional = number(citizen, salt, PROFESSIONALS);
            (professional as u32, (professional % PLACES) as u32)
        };
        let target = |n| match number(n, 9, 4) {
            0 => BlockTarget::Professional(user(number(n, 10, PROFESSIONALS))),
            1 => BlockTarget::Place(place(number(n, 11, PLACES))),
            2 => BlockTarget::Category(Category::Genome),
            _ => BlockTarget::Everybody,
        };
        let some = |one_in| (0..CITIZENS).filter(move |n| number(*n, one_in, one_in) == 0);
        let permit = |n: u64| {
            let permit = Permit {
                id: PermitId(format!("permit-{n}")),
                purpose: Purpose::ResearchAndStatistics,
                member: user(n % PROFESSIONALS),
                categories: [Category::Genome, Category::Laboratory, Category::Encounter].into(),
                site_permission: n.is_multiple_of(3),
                scope: indgang_gate::Scope::default(),
                from: "2026-01-01T00:00:00Z".parse().expect("a time"),
                until: "2027-01-01T00:00:00Z".parse().expect("a time"),
            };
            (permit.id.0.clone(), permit)
        };
        Self {
            now,
            contacts: (0..CITIZENS).map(|n| [contact(n, 1), contact(n, 2)]).collect(),
            blocks: some(50).map(|n| (n, target(n))).collect(),
            refusals: some(40).map(|n| (n, Refusals { genetic: true, ..Refusals::default() })).collect(),
            consents: some(20).map(|n| (n, number(n, 12, PROFESSIONALS) as u32)).collect(),
            permits: (0..permits).map(permit).collect(),
        }
    }

    /// The question of one passage, and whom it is about: treatment by one who treats, by another, or research.
    fn request(&self, n: u64) -> (Request, u64) {
        let citizen = number(n, 3, CITIZENS);
        let treats = u64::from(self.contacts[citizen as usize][0].0);
        let (who, purpose, activity, permit) = match number(n, 4, 4) {
            0 | 1 => (treats, Purpose::Treatment, Activity::OpenCase, None),
            2 => (number(n, 5, PROFESSIONALS), Purpose::Treatment, Activity::ReadRecord, None),
            _ => {
                let permit = number(n, 6, self.permits.len() as u64);
                let id = PermitId(format!("permit-{permit}"));
                (permit % PROFESSIONALS, Purpose::ResearchAndStatistics, Activity::Query, Some(id))
            }
        };
        let actor = Actor {
            user: user(who),
            person: None,
            role: Role::AuthorisedHealthProfessional,
            profession: Profession::all().nth(12),
            organisation: "Hospital".to_owned(),
            place: Some(place(who % PLACES)),
            on_responsibility_of: None,
        };
        let request = Request {
            actor,
            activity,
            purpose,
            categories: [Category::Genome].into(),
            subjects: [person(citizen)].into(),
            case: None,
            grounds: Grounds { permit, ..Grounds::default() },
            at: self.now,
        };
        (request, citizen)
    }

    fn facts(&self, request: &Request, citizen: u64) -> Facts {
        let id = person(citizen);
        let contact = |(professional, at): (u32, u32)| CareContact {
            kind: CareContactKind::Encounter,
            person: id.clone(),
            professional: Some(user(professional.into())),
            place: Some(place(at.into())),
            from: "2026-01-01T00:00:00Z".parse().expect("a time"),
            until: None,
        };
        let until = "2027-01-01T00:00:00Z".parse().expect("a time");
        let consent = |_: &u32| Consent {
            person: id.clone(),
            purpose: Purpose::Treatment,
            recipient: None,
            from: self.now,
            until,
        };
        let block =
            |target: &BlockTarget| Block { person: id.clone(), target: target.clone(), from: self.now, until: None };
        Facts {
            care_contacts: self.contacts[citizen as usize].map(contact).into(),
            places: request.actor.place.iter().cloned().collect::<BTreeSet<_>>(),
            wishes: [(id.clone(), Wishes::default())].into(),
            blocks: self.blocks.get(&citizen).map(block).into_iter().collect(),
            refusals: self.refusals.get(&citizen).map(|refusals| (id.clone(), *refusals)).into_iter().collect(),
            consents: self.consents.get(&citizen).map(consent).into_iter().collect(),
            permits: request.grounds.permit.iter().filter_map(|id| self.permits.get(&id.0)).cloned().collect(),
            ..Facts::default()
        }
    }
}

fn tell(what: &str, permits: u64, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "{{\"what\": \"{what}\", \"permits\": {permits}, \"n\": {}, \"p50_us\": {:.2}, \"p99_us\": {:.2}, \"max_us\": {:.2}}}",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn timed<T>(what: impl FnOnce() -> T) -> (T, f64) {
    let begun = Instant::now();
    let done = what();
    (done, begun.elapsed().as_secs_f64() * 1e6)
}

fn main() {
    let passages_of = |house: &House| (0..PASSAGES).map(|n| house.request(n)).collect::<Vec<_>>();
    for permits in [50, 500, 5_000] {
        let house = House::new(permits);
        let mut leaves = 0;
        // Cold: the first passages of a policy that has answered nothing yet.
        let passages = passages_of(&house);
        let fresh = Policy::new(POLICIES, &BTreeSet::new()).expect("the shipped policies are valid");
        let mut rule = |policy: &Policy, (request, citizen): &(Request, u64)| {
            let (pending, time) = timed(|| decide_by(policy, request, &house.facts(request, *citizen)));
            leaves += pending.leaves().len() as u64;
            time
        };
        tell("cold", permits, passages.iter().take(COLD).map(|passage| rule(&fresh, passage)).collect());
        tell("warm", permits, passages.iter().map(|passage| rule(&fresh, passage)).collect());
        assert_eq!(leaves, PASSAGES + COLD as u64);
        let alone = passages.iter().take(ALONE).map(|(request, citizen)| {
            let asked = situations(request, &house.facts(request, *citizen));
            let (open, time) = timed(|| asked.iter().all(|situation| fresh.verdict_afresh(situation).is_open()));
            std::hint::black_box(open);
            time
        });
        tell("cedar alone", permits, alone.collect());
    }
}
