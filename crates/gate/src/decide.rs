//! The ruling: which rule opens the door, or which one keeps it closed.

use crate::grant::Coverage;
use crate::pending::Ruling;
use crate::rules::{Policy, Rule, rule};
use crate::{Activity, AuditEvent, Facts, Leaf, Obligation, Pending, Reason, Request};
use indgang_model::{Category, PersonId, Purpose, Role, SecondaryFindingWish};
use std::collections::{BTreeMap, BTreeSet};

/// Rules on a request with every rule in force. Closed unless a rule opens; the outcome is told by [`Pending::recorded`].
pub fn decide(request: &Request, facts: &Facts) -> Pending {
    decide_by(&Policy::default(), request, facts)
}

/// Rules on a request by a policy.
pub fn decide_by(policy: &Policy, request: &Request, facts: &Facts) -> Pending {
    let case = Case { policy, request, facts };
    let (ruling, rule) = match case.rule() {
        Ok((id, obligations)) => (Ruling::Permit(case.coverage(obligations)), id),
        Err((id, reason)) => (Ruling::Deny(reason), id),
    };
    let leaves = case.leaves(&ruling, rule);
    Pending { ruling, rule: rule.basis(), leaves }
}

type Answer = Result<(&'static Rule, BTreeSet<Obligation>), (&'static Rule, Reason)>;

struct Case<'a> {
    policy: &'a Policy,
    request: &'a Request,
    facts: &'a Facts,
}

impl Case<'_> {
    fn rule(&self) -> Answer {
        match self.request.actor.role {
            Role::Outsider => refuse("DK-EMP", Reason::Outsider),
            Role::AuthorisedHealthProfessional => self.treatment(),
            Role::LaboratoryGeneticist | Role::Bioinformatician => self.on_responsibility(),
            Role::Citizen => self.own_access(),
            Role::Auditor => self.audit(),
            _ => refuse("DK-40", Reason::NotOpen),
        }
    }

    /// DK-42a: an authorised professional and the patients in her current treatment.
    fn treatment(&self) -> Answer {
        use Activity::{Conclude, ListCases, OpenCase, Recontact, SignReport};
        self.in_force("DK-42a")?;
        self.asks("DK-42a", Purpose::Treatment, &[ListCases, OpenCase, Conclude, SignReport, Recontact], &CARE)?;
        let actor = &self.request.actor;
        if !self.all(|person| self.facts.treats(&actor.user, person, self.request.at)) {
            return refuse("DK-42a", Reason::NoTreatmentRelation);
        }
        self.recontact_as_wished()?;
        permit("DK-42a", [Obligation::WithholdRelations])
    }

    /// DK-6: a clinical academic on a named authorised professional's responsibility, in an assigned case; or with
    /// files that she herself puts before the program on the command line.
    fn on_responsibility(&self) -> Answer {
        use Activity::{Conclude, Ingest, Interpret, ListCases, OpenCase, Recontact, SignReport};
        self.in_force("DK-6")?;
        let actor = &self.request.actor;
        let laboratory = actor.role == Role::LaboratoryGeneticist;
        let (activities, categories): (&[Activity], &[Category]) = if laboratory {
            (&[ListCases, OpenCase, Interpret, Ingest, Conclude, SignReport, Recontact], &CARE)
        } else {
            (&[ListCases, OpenCase, Interpret], &[Category::Phenotype, Category::Genome])
        };
        self.asks("DK-6", Purpose::Treatment, activities, categories)?;
        let Some(professional) = actor.on_responsibility_of.as_ref().filter(|user| !user.0.trim().is_empty()) else {
            return refuse("DK-6", Reason::NoResponsibleProfessional);
        };
        let obligations = if laboratory { &[][..] } else { &[Obligation::Pseudonymise][..] };
        let obligations = obligations.iter().copied().chain([Obligation::OnResponsibility]);
        if matches!(self.request.activity, Interpret | Ingest) {
            if !self.all(|person| self.facts.held_by_operator.contains(person)) {
                return refuse("DK-6", Reason::NotAssigned);
            }
            return permit("DK-6", obligations);
        }
        let assigned = match &self.request.case {
            Some(case) => {
                let members = self.facts.members.get(case);
                self.facts.assigned(&actor.user, case) && self.all(|p| members.is_some_and(|m| m.contains(p)))
            }
            None => self.all(|person| self.facts.member_of_assigned(&actor.user, person)),
        };
        if !assigned {
            return refuse("DK-6", Reason::NotAssigned);
        }
        if !self.all(|person| self.facts.treats(professional, person, self.request.at)) {
            return refuse("DK-42a", Reason::NoTreatmentRelation);
        }
        self.recontact_as_wished()?;
        permit("DK-6", obligations)
    }

    /// DK-37 with DK-17: the citizen's own data from 15, and those of a child under 15 in her custody.
    fn own_access(&self) -> Answer {
        use Activity::{ReadLog, ReadResult, ReadWishes, SetWishes};
        self.in_force("DK-37")?;
        let Some(own) = &self.request.actor.person else { return refuse("DK-37", Reason::NotOwnData) };
        if self.request.subjects.iter().any(|p| p != own && !self.facts.has_custody(own, p)) {
            return refuse("DK-40", Reason::NotOwnData);
        }
        self.asks("DK-37", Purpose::OwnAccess, &[ReadResult, ReadLog, ReadWishes, SetWishes], &OWN)?;
        for person in &self.request.subjects {
            match (person == own, self.facts.has_turned(15, person, self.request.at)) {
                (true, Some(true)) | (false, Some(false)) => {}
                (true, _) => return refuse("DK-17", Reason::Under15),
                (false, _) => return refuse("DK-17", Reason::DecidesHerself),
            }
        }
        permit("DK-37", [Obligation::SignedOnly, Obligation::WithholdRelations])
    }

    /// DK-43: the log's wholeness, nobody's data.
    fn audit(&self) -> Answer {
        self.in_force("DK-43")?;
        let request = self.request;
        if request.purpose != Purpose::OversightAndAdministration || request.activity != Activity::VerifyLog {
            return refuse("DK-40", Reason::NotOpen);
        }
        if !request.subjects.is_empty() || !request.categories.is_empty() {
            return refuse("DK-43", Reason::CategoryNotOpen);
        }
        permit("DK-43", [])
    }

    fn in_force(&self, id: &'static str) -> Result<(), (&'static Rule, Reason)> {
        if self.policy.is_on(id) { Ok(()) } else { Err((named("DK-40"), Reason::NotOpen)) }
    }

    /// Purpose, activity, categories and at least one person; listing one's own empty list needs nobody.
    fn asks(
        &self,
        id: &'static str,
        purpose: Purpose,
        activities: &[Activity],
        categories: &[Category],
    ) -> Result<(), (&'static Rule, Reason)> {
        let request = self.request;
        if request.purpose != purpose || !activities.contains(&request.activity) {
            return Err((named("DK-40"), Reason::NotOpen));
        }
        if request.categories.is_empty() || request.categories.iter().any(|asked| !categories.contains(asked)) {
            return Err((named(id), Reason::CategoryNotOpen));
        }
        if request.subjects.is_empty() && request.activity != Activity::ListCases {
            return Err((named("DK-40"), Reason::NoSubject));
        }
        Ok(())
    }

    /// DK-15: nobody is contacted about new knowledge who did not wish it.
    fn recontact_as_wished(&self) -> Result<(), (&'static Rule, Reason)> {
        if self.request.activity == Activity::Recontact && !self.all(|person| self.facts.wishes_of(person).recontact) {
            return Err((named("DK-15"), Reason::NotWished));
        }
        Ok(())
    }

    fn all(&self, test: impl FnMut(&PersonId) -> bool) -> bool {
        self.request.subjects.iter().all(test)
    }

    /// What a permit opens: the categories asked for, but secondary findings only of those who wished them.
    fn coverage(&self, obligations: BTreeSet<Obligation>) -> Coverage {
        let mut covered = BTreeMap::new();
        let mut secondary_findings = BTreeMap::new();
        for person in &self.request.subjects {
            let mut categories = self.request.categories.clone();
            let wish = self.facts.wishes_of(person).secondary_findings;
            if wish == SecondaryFindingWish::None {
                categories.remove(&Category::SecondaryFinding);
            }
            covered.insert(person.clone(), categories);
            secondary_findings.insert(person.clone(), wish);
        }
        let Request { purpose, case, .. } = self.request;
        Coverage { covered, secondary_findings, obligations, purpose: *purpose, case: case.clone() }
    }

    fn leaves(&self, ruling: &Ruling, rule: &Rule) -> Vec<Leaf> {
        let subjects: Vec<Option<&PersonId>> = match self.request.subjects.is_empty() {
            true => vec![None],
            false => self.request.subjects.iter().map(Some).collect(),
        };
        subjects.into_iter().map(|subject| Leaf::new(&self.event(ruling, rule, subject))).collect()
    }

    fn event(&self, ruling: &Ruling, rule: &Rule, subject: Option<&PersonId>) -> AuditEvent {
        let request = self.request;
        let opened = match ruling {
            Ruling::Permit(coverage) => subject.and_then(|person| coverage.covered.get(person)),
            Ruling::Deny(_) => None,
        };
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
            permitted: matches!(ruling, Ruling::Permit(_)),
            rule: rule.id.to_owned(),
            paragraph: rule.paragraph.to_owned(),
        }
    }
}

/// What is needed to interpret and answer a case.
const CARE: [Category; 6] = [
    Category::Identity,
    Category::Phenotype,
    Category::Genome,
    Category::SecondaryFinding,
    Category::DiagnosticReport,
    Category::Wish,
];

/// What the citizen sees of her own.
const OWN: [Category; 5] =
    [Category::Identity, Category::SecondaryFinding, Category::DiagnosticReport, Category::Wish, Category::AuditEvent];

fn permit(id: &'static str, obligations: impl IntoIterator<Item = Obligation>) -> Answer {
    Ok((named(id), obligations.into_iter().collect()))
}

fn refuse(id: &'static str, reason: Reason) -> Answer {
    Err((named(id), reason))
}

fn named(id: &'static str) -> &'static Rule {
    rule(id).expect("the rules named in this file stand in the table; a test walks every answer")
}
