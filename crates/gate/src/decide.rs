//! The ruling: each person and each kind of data a passage concerns is put before the rules.

use crate::choices::BlockTarget;
use crate::grant::Coverage;
use crate::pending::Ruling;
use crate::policy::{Condition, Conditions, Policy, Rule, Situation, Verdict};
use crate::{
    Activity, Actor, Apart, AuditEvent, Facts, Grounds, Leaf, Pending, Population, Reason, RelationGrade, Request,
    UserId,
};
use indgang_model::{Category, PersonId, PlaceId, Role, SecondaryFindingWish, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Rules on a request by the policy that ships with the house. Closed unless a rule opens; the outcome is told by
/// [`Pending::recorded`].
pub fn decide(request: &Request, facts: &Facts) -> Pending {
    decide_by(Policy::shipped(), request, facts)
}

/// Rules on a question about everybody in the registers. The subjects of the request are those of whom the facts say
/// something that may bear on it; everybody else is taken for somebody of whom nothing is known.
///
/// Who may not be asked about is left out, and never refuses the passage nor widens it. One leaf stands for it.
pub fn decide_population(request: &Request, facts: &Facts) -> Pending {
    let policy = Policy::shipped();
    let everybody = Request { subjects: [PersonId(String::new())].into(), ..request.clone() };
    let (ruling, rules) = match (Case { policy, request: &everybody, facts }).judge() {
        Ok(opened) => {
            let case = Case { policy, request, facts };
            let (coverage, rules) = (Case { policy, request: &everybody, facts }).coverage(opened);
            // The rule of nobody in particular is not one of a person's.
            (Ruling::Permit(Box::new(case.population(coverage))), Rules { last: rules.last, of: BTreeMap::new() })
        }
        Err((rule, reason)) => (Ruling::Deny(reason), Rules { last: rule, of: BTreeMap::new() }),
    };
    let nobody = Request { subjects: BTreeSet::new(), ..request.clone() };
    let leaves = (Case { policy, request: &nobody, facts }).population_leaves(&ruling, &rules);
    Pending { ruling, rule: rules.last.basis(), leaves }
}

/// The kinds of a person's data that a question about everybody opened, by its line in the log and by what is known of
/// her choices as of then; `place` is the unit of the one who asked. None for any other line, and for a refusal.
pub fn opened_by_population(
    event: &AuditEvent,
    place: Option<&PlaceId>,
    person: &PersonId,
    facts: &Facts,
) -> BTreeSet<Category> {
    if event.activity != Activity::Query || !event.permitted || event.subject.is_some() {
        return BTreeSet::new();
    }
    let actor = Actor {
        user: event.who.clone(),
        person: None,
        role: event.role,
        profession: None,
        organisation: event.organisation.clone(),
        place: place.cloned(),
        on_responsibility_of: event.on_responsibility_of.clone(),
    };
    let request = Request {
        actor,
        activity: event.activity,
        purpose: event.purpose,
        categories: event.categories.clone(),
        subjects: [person.clone()].into(),
        case: event.case.clone(),
        grounds: Grounds::default(),
        at: event.at,
    };
    let policy = Policy::shipped();
    let case = Case { policy, request: &request, facts };
    let base = case.situation(Some(person));
    // What opened for everybody opens for her, unless a rule closes for her.
    let closes = |category: &Category| {
        matches!(policy.verdict(&case.about(base, Some(person), Some(*category))), Verdict::Forbidden(_))
    };
    request.categories.iter().filter(|category| !closes(category)).copied().collect()
}

/// Rules on a request by a policy.
pub fn decide_by(policy: &Policy, request: &Request, facts: &Facts) -> Pending {
    let case = Case { policy, request, facts };
    let (ruling, rules) = match case.judge() {
        Ok(opened) => {
            let (coverage, rules) = case.coverage(opened);
            (Ruling::Permit(Box::new(coverage)), rules)
        }
        Err((rule, reason)) => (Ruling::Deny(reason), Rules { last: rule, of: BTreeMap::new() }),
    };
    let leaves = case.leaves(&ruling, &rules);
    Pending { ruling, rule: rules.last.basis(), leaves }
}

/// The situations that a request puts before the rules: one for each person and each kind of data it concerns.
pub fn situations(request: &Request, facts: &Facts) -> Vec<Situation> {
    let case = Case { policy: Policy::shipped(), request, facts };
    let nobody = request.subjects.is_empty().then_some(None);
    let mut all = Vec::new();
    for person in request.subjects.iter().map(Some).chain(nobody) {
        let base = case.situation(person);
        let none = request.categories.is_empty().then_some(None);
        let categories = request.categories.iter().copied().map(Some).chain(none);
        all.extend(categories.map(|category| case.about(base, person, category)));
    }
    all
}

struct Case<'a> {
    policy: &'a Policy,
    request: &'a Request,
    facts: &'a Facts,
}

/// What a permit rests on: the rule of each person, and of them the one that goes furthest.
struct Rules<'a> {
    last: &'a Rule,
    of: BTreeMap<PersonId, &'a Rule>,
}

/// What the rules open and withhold of one person; `None` stands for a passage that concerns nobody.
struct Opened<'a> {
    person: Option<&'a PersonId>,
    open: BTreeMap<Option<Category>, &'a Rule>,
    withheld: BTreeSet<Category>,
}

impl<'a> Case<'a> {
    /// What is opened, or the first thing that keeps the door closed.
    fn judge(&self) -> Result<Vec<Opened<'a>>, (&'a Rule, Reason)> {
        let nobody = self.request.subjects.is_empty().then_some(None);
        self.request.subjects.iter().map(Some).chain(nobody).map(|person| self.judge_person(person)).collect()
    }

    fn judge_person(&self, person: Option<&'a PersonId>) -> Result<Opened<'a>, (&'a Rule, Reason)> {
        let mut opened = Opened { person, open: BTreeMap::new(), withheld: BTreeSet::new() };
        let mut withheld_by = None;
        let base = self.situation(person);
        let none = self.request.categories.is_empty().then_some(None);
        for category in self.request.categories.iter().copied().map(Some).chain(none) {
            let situation = self.about(base, person, category);
            match self.policy.verdict(&situation) {
                // What a person withholds is left out of a passage that is open without it, and opens none itself.
                Verdict::Forbidden(rule) if rule.withholds => {
                    self.opens(&situation.as_if_nothing_were_withheld())?;
                    withheld_by = withheld_by.or(Some(rule));
                    opened.withheld.extend(category);
                }
                _ => {
                    opened.open.insert(category, self.opens(&situation)?);
                }
            }
        }
        match withheld_by {
            // Secondary findings alone may be asked for of those who wished none: the answer is empty, as it must be.
            Some(rule) if opened.open.is_empty() && rule.reason != Some(Reason::NotWished) => {
                Err((rule, rule.reason.unwrap_or(Reason::NotOpen)))
            }
            _ => Ok(opened),
        }
    }

    /// The rule that opens, or what keeps the door closed.
    fn opens(&self, situation: &Situation) -> Result<&'a Rule, (&'a Rule, Reason)> {
        match self.policy.verdict(situation) {
            Verdict::Open(rule) => Ok(rule),
            Verdict::Forbidden(rule) => Err((rule, rule.reason.unwrap_or(Reason::NotOpen))),
            Verdict::Closed => {
                let missing = self.policy.missing(situation);
                Err((missing.rule, missing.reason))
            }
        }
    }

    /// Everything that does not depend on the kind of data.
    fn situation(&self, person: Option<&PersonId>) -> Situation {
        let Request { actor, activity, purpose, grounds, at, .. } = self.request;
        let breaking_glass = grounds.breaking_glass.as_ref().filter(|breaking| breaking.is_complete());
        let mut holding = vec![
            (Condition::DeclaresTreatment, grounds.declares_treatment),
            (Condition::Responsible, self.responsible().is_some()),
            (Condition::LearningProfession, actor.profession.is_some_and(|profession| profession.may_learn())),
            (Condition::ForAPatient, self.for_a_patient()),
        ];
        if let Some(person) = person {
            holding.extend(self.about_person(person));
        }
        Situation {
            role: actor.role,
            activity: *activity,
            purpose: *purpose,
            category: None,
            relation: person.map_or(RelationGrade::E, |person| self.relation(person, *at)),
            breaking_glass: breaking_glass.map(|breaking| breaking.ground),
            conditions: Conditions::of(holding.into_iter().filter(|(_, holds)| *holds).map(|(condition, _)| condition)),
        }
    }

    fn about_person(&self, person: &PersonId) -> Vec<(Condition, bool)> {
        let (facts, at) = (self.facts, self.request.at);
        let actor = &self.request.actor;
        let own = actor.person.as_ref();
        let wishes = facts.wishes_of(person);
        let refusals = facts.refusals.get(person).copied().unwrap_or_default();
        let age = facts.has_turned(15, person, at);
        vec![
            (Condition::NamesSomebody, true),
            (Condition::Assigned, self.assigned(person)),
            (Condition::Held, facts.held_by_operator.contains(person)),
            (Condition::Own, own == Some(person)),
            (Condition::Custody, own.is_some_and(|own| facts.has_custody(own, person))),
            (Condition::Proxy, own.is_some_and(|own| facts.is_proxy(own, person, at))),
            (Condition::Guardian, own.is_some_and(|own| facts.is_guardian(own, person, at))),
            (Condition::NextOfKin, own.is_some_and(|own| facts.is_next_of_kin(own, person, at))),
            (Condition::Turned15, age == Some(true)),
            (Condition::Under15, age == Some(false)),
            (Condition::Blocked, facts.is_blocked(actor, person, at)),
            (Condition::TissueRefused, refusals.tissue),
            (Condition::GeneticRefused, refusals.genetic),
            (Condition::SecondaryUseRefused, refusals.secondary_use),
            (Condition::WishesRecontact, wishes.recontact),
            (Condition::WishesSecondaryFindings, wishes.secondary_findings != SecondaryFindingWish::None),
            (Condition::Consent, self.consented(person)),
            (Condition::ToBeFollowedUp, facts.to_be_followed_up.contains(person)),
            (Condition::TookPart, facts.took_part(actor, person, at)),
        ]
    }

    /// The situation of one kind of the person's data.
    fn about(&self, base: Situation, person: Option<&PersonId>, category: Option<Category>) -> Situation {
        let permit = self.permit(category);
        let mut conditions = base.conditions.with(Condition::Permit, permit.is_some());
        conditions = conditions.with(Condition::SitePermission, permit.is_some_and(|permit| permit.site_permission));
        if let (Some(person), Some(category)) = (person, category) {
            conditions = conditions.with(Condition::BlockedCategory, self.blocks_category(person, category));
            conditions = conditions.with(Condition::Mandate, self.mandated(person, category));
        }
        Situation { category, conditions, ..base }
    }

    /// The authorised professional on whose responsibility she acts, with her places.
    fn responsible(&self) -> Option<(&UserId, &BTreeSet<PlaceId>)> {
        self.facts.responsible.get_key_value(self.request.actor.on_responsibility_of.as_ref()?)
    }

    fn relation(&self, person: &PersonId, at: Timestamp) -> RelationGrade {
        let actor = &self.request.actor;
        match (actor.role, self.responsible()) {
            (Role::AuthorisedHealthProfessional, _) => self.facts.relation(&actor.user, &self.facts.places, person, at),
            (_, Some((professional, places))) => self.facts.relation(professional, places, person, at),
            _ => RelationGrade::E,
        }
    }

    fn assigned(&self, person: &PersonId) -> bool {
        let user = &self.request.actor.user;
        match &self.request.case {
            Some(case) => {
                self.facts.assigned(user, case) && self.facts.members.get(case).is_some_and(|m| m.contains(person))
            }
            None => self.facts.member_of_assigned(user, person),
        }
    }

    fn for_a_patient(&self) -> bool {
        let members = self.request.case.as_ref().and_then(|case| self.facts.members.get(case));
        members.is_some_and(|all| all.iter().any(|p| self.relation(p, self.request.at) >= RelationGrade::B))
    }

    fn blocks_category(&self, person: &PersonId, category: Category) -> bool {
        self.blocks_of(person).any(|target| *target == BlockTarget::Category(category))
    }

    fn blocks_of(&self, person: &PersonId) -> impl Iterator<Item = &BlockTarget> {
        let holds = move |block: &&crate::Block| block.person == *person && block.holds(self.request.at);
        self.facts.blocks.iter().filter(holds).map(|block| &block.target)
    }

    fn consented(&self, person: &PersonId) -> bool {
        let Request { actor, purpose, at, .. } = self.request;
        self.facts.consents.iter().any(|consent| {
            consent.person == *person
                && consent.purpose == *purpose
                && consent.holds(*at)
                && match &consent.recipient {
                    None => true,
                    Some(crate::Recipient::Professional(user)) => *user == actor.user,
                    Some(crate::Recipient::Place(place)) => self.facts.places.contains(place),
                }
        })
    }

    fn permit(&self, category: Option<Category>) -> Option<&crate::Permit> {
        let Request { actor, purpose, grounds, at, .. } = self.request;
        let named = grounds.permit.as_ref()?;
        self.facts.permits.iter().find(|permit| {
            permit.id == *named
                && permit.member == actor.user
                && permit.purpose == *purpose
                && category.is_some_and(|category| permit.categories.contains(&category))
                && permit.from <= *at
                && *at < permit.until
        })
    }

    fn mandated(&self, person: &PersonId, category: Category) -> bool {
        let Request { actor, at, .. } = self.request;
        self.facts.mandates.iter().any(|mandate| {
            mandate.officer == actor.user
                && mandate.person == *person
                && mandate.categories.contains(&category)
                && mandate.from <= *at
                && *at < mandate.until
        })
    }

    /// What a permit opens, with every obligation of every rule it rests on.
    fn coverage(&self, opened: Vec<Opened<'a>>) -> (Coverage, Rules<'a>) {
        let Request { purpose, case, at, .. } = self.request;
        let mut coverage = Coverage::of(*purpose, case.clone());
        let mut rules = Rules { last: Rule::closed(), of: BTreeMap::new() };
        let mut furthest = None;
        for Opened { person, open, withheld } in opened {
            for rule in open.values().copied() {
                coverage.obligations.extend(rule.obligations.iter().copied());
                let position = self.position(rule);
                if furthest <= position {
                    (furthest, rules.last) = (position, rule);
                }
            }
            let Some(person) = person else { continue };
            if let Some(rule) = open.values().copied().max_by_key(|rule| self.position(rule)) {
                rules.of.insert(person.clone(), rule);
            }
            coverage.covered.insert(person.clone(), open.into_keys().flatten().collect());
            coverage.secondary_findings.insert(person.clone(), self.facts.wishes_of(person).secondary_findings);
            if !withheld.is_empty() {
                coverage.withheld.insert(person.clone(), withheld);
            }
            let periods = self.withheld_periods(person, *at);
            if !periods.is_empty() {
                coverage.withheld_periods.insert(person.clone(), periods);
            }
        }
        coverage.expires =
            coverage.obligations.contains(&crate::Obligation::Expires).then(|| self.permit_ends()).flatten();
        (coverage, rules)
    }

    /// The grant of everybody, less what is closed of those apart: it covers no named person.
    fn population(&self, everybody: Coverage) -> Coverage {
        let categories: BTreeSet<Category> = everybody.covered.into_values().flatten().collect();
        let mut obligations = everybody.obligations;
        let mut apart = BTreeMap::new();
        for person in &self.request.subjects {
            let opened = self.judge_person(person.into()).map(|opened| opened.open).unwrap_or_default();
            obligations.extend(opened.values().flat_map(|rule| rule.obligations.iter().copied()));
            let withheld = categories.iter().filter(|c| !opened.contains_key(&Some(**c))).copied().collect();
            let left_out = Apart { withheld, periods: self.blocked_periods(person, self.request.at) };
            if left_out != Apart::default() {
                apart.insert(person.clone(), left_out);
            }
        }
        let named = self.request.grounds.permit.as_ref();
        let permits = categories.iter().filter_map(|category| self.permit(Some(*category)));
        let scope = permits.map(|permit| permit.scope.clone()).next().unwrap_or_default();
        let domain = match (named, &self.request.case) {
            (Some(permit), _) => format!("permit {}", permit.0),
            (None, Some(case)) => format!("case {}", case.0),
            (None, None) => format!("user {}", self.request.actor.user),
        };
        let population = Some(Population { categories, apart, scope, domain });
        let none = BTreeMap::new();
        Coverage { covered: BTreeMap::new(), secondary_findings: none, obligations, population, ..everybody }
    }

    fn population_leaves(&self, ruling: &Ruling, rules: &Rules<'_>) -> Vec<Leaf> {
        let mut event = self.event(ruling, rules, None);
        if let Ruling::Permit(coverage) = ruling
            && let Some(population) = &coverage.population
        {
            event.categories.clone_from(&population.categories);
        }
        vec![Leaf::new(&event)]
    }

    fn position(&self, rule: &Rule) -> Option<usize> {
        self.policy.rules().iter().position(|other| other.id == rule.id)
    }

    fn permit_ends(&self) -> Option<Timestamp> {
        let named = self.request.grounds.permit.as_ref()?;
        self.facts.permits.iter().filter(|permit| permit.id == *named).map(|permit| permit.until).min()
    }

    /// Periods the person has blocked; not for herself, nor for one who lawfully breaks the glass.
    fn withheld_periods(&self, person: &PersonId, at: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let Request { actor, grounds, .. } = self.request;
        let breaks = grounds.breaking_glass.as_ref().is_some_and(crate::BreakingGlass::is_complete);
        if breaks || matches!(actor.role, Role::Citizen | Role::Auditor | Role::AuthorityOfficer) {
            return Vec::new();
        }
        self.blocked_periods(person, at)
    }

    fn blocked_periods(&self, person: &PersonId, at: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let held = self.facts.blocks.iter().filter(|block| block.person == *person && block.holds(at));
        held.filter_map(|block| match block.target {
            BlockTarget::Period { from, until } => Some((from, until)),
            _ => None,
        })
        .collect()
    }

    fn leaves(&self, ruling: &Ruling, rules: &Rules<'_>) -> Vec<Leaf> {
        let nobody = self.request.subjects.is_empty().then_some(None);
        let subjects = self.request.subjects.iter().map(Some).chain(nobody);
        subjects.map(|subject| Leaf::new(&self.event(ruling, rules, subject))).collect()
    }

    fn event(&self, ruling: &Ruling, rules: &Rules<'_>, subject: Option<&PersonId>) -> AuditEvent {
        let request = self.request;
        let coverage = match ruling {
            Ruling::Permit(coverage) => Some(&**coverage),
            Ruling::Deny(_) => None,
        };
        let opened = coverage.and_then(|coverage| coverage.covered.get(subject?));
        let withheld = coverage.and_then(|coverage| coverage.withheld.get(subject?));
        let rule = subject.and_then(|person| rules.of.get(person).copied()).unwrap_or(rules.last);
        AuditEvent {
            version: AuditEvent::VERSION,
            at: request.at,
            who: request.actor.user.clone(),
            role: request.actor.role,
            organisation: request.actor.organisation.clone(),
            on_responsibility_of: request.actor.on_responsibility_of.clone(),
            activity: request.activity,
            purpose: request.purpose,
            categories: opened.unwrap_or(&request.categories).clone(),
            subject: subject.cloned(),
            case: request.case.clone(),
            permitted: coverage.is_some(),
            rule: rule.id.clone(),
            paragraph: rule.paragraph.clone(),
            withheld: withheld.cloned().unwrap_or_default(),
            breaking_glass: self.broken_glass(subject),
            permit: request.grounds.permit.clone(),
            asked_by: request.grounds.asked_by.clone(),
            delivered: request.grounds.delivered.clone(),
            follow_up: coverage.is_some() && rule.obligations.contains(&crate::Obligation::FollowUp),
        }
    }

    /// The ground and the reason the professional gave, also when she was refused.
    fn broken_glass(&self, subject: Option<&PersonId>) -> Option<crate::BrokenGlass> {
        subject?;
        let breaking = self.request.grounds.breaking_glass.as_ref()?;
        Some(crate::BrokenGlass { ground: breaking.ground, reason: breaking.reason.trim().to_owned() })
    }
}
