//! What the house knows that bears on a request.

use crate::choices::{Block, BlockTarget, Consent, Refusals};
use crate::relation::{CareContact, RelationGrade, grade};
use crate::representation::{Representation, RepresentationKind};
use crate::{Actor, Scope, UserId};
use indgang_model::{CaseId, Category, PermitId, PersonId, PlaceId, Purpose, Timestamp, Wishes};
use std::collections::{BTreeMap, BTreeSet};

/// A case is assigned to a user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assignment {
    /// Who works on it.
    pub user: UserId,
    /// The case.
    pub case: CaseId,
}

/// A person has custody of a child.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Custody {
    /// Who has it.
    pub holder: PersonId,
    /// The child.
    pub child: PersonId,
}

/// A person has given another power of attorney to act for her (*digital fuldmagt*).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proxy {
    /// Who acts.
    pub holder: PersonId,
    /// For whom.
    pub person: PersonId,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Option<Timestamp>,
}

/// A permit to use data for research, statistics or planning (Sundhedsloven §§ 46-48), as it bears on one member of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permit {
    /// The permit.
    pub id: PermitId,
    /// Research and statistics, or quality and planning.
    pub purpose: Purpose,
    /// A member of the project.
    pub member: UserId,
    /// The kinds of data it covers.
    pub categories: BTreeSet<Category>,
    /// True when the management of the site where the data were registered has permitted it (§ 46, § 42 d, stk. 2).
    pub site_permission: bool,
    /// How far it reaches within them.
    pub scope: Scope,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}

/// An authority's reasoned demand for one person's data in one matter (Sundhedsloven § 43, stk. 2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mandate {
    /// The officer.
    pub officer: UserId,
    /// The person.
    pub person: PersonId,
    /// The kinds of data.
    pub categories: BTreeSet<Category>,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}

/// The facts a decision rests on. What is not here is not so: an empty value opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// What binds the subjects to those who treat them.
    pub care_contacts: BTreeSet<CareContact>,
    /// The unit of the one who asks and every unit above it.
    pub places: BTreeSet<PlaceId>,
    /// The authorised professionals among those on whose responsibility somebody acts, with their units and those above.
    pub responsible: BTreeMap<UserId, BTreeSet<PlaceId>>,
    /// Assignments of the case.
    pub assignments: BTreeSet<Assignment>,
    /// Members of each case.
    pub members: BTreeMap<CaseId, BTreeSet<PersonId>>,
    /// Custody of the subjects.
    pub custody: BTreeSet<Custody>,
    /// Powers of attorney the subjects have given.
    pub proxies: BTreeSet<Proxy>,
    /// Who acts for the subjects by law, of any time.
    pub representations: BTreeSet<Representation>,
    /// Birth dates of the subjects: year, month, day.
    pub born: BTreeMap<PersonId, (u16, u8, u8)>,
    /// Wishes of the subjects; who has no entry has said no to everything.
    pub wishes: BTreeMap<PersonId, Wishes>,
    /// Blocks of the subjects, of any time.
    pub blocks: BTreeSet<Block>,
    /// Refusals of the subjects that hold; who has no entry has refused nothing.
    pub refusals: BTreeMap<PersonId, Refusals>,
    /// Consents of the subjects, of any time.
    pub consents: BTreeSet<Consent>,
    /// The permit of the request, for the one who asks.
    pub permits: BTreeSet<Permit>,
    /// Mandates of the one who asks.
    pub mandates: BTreeSet<Mandate>,
    /// Subjects of whose data a reading is to be followed up.
    pub to_be_followed_up: BTreeSet<PersonId>,
    /// Subjects whose files the operator of the command line herself holds and puts before the program.
    pub held_by_operator: BTreeSet<PersonId>,
}

impl Facts {
    /// How surely a professional, who acts within some places, has a person in treatment at the moment.
    pub fn relation(
        &self,
        professional: &UserId,
        places: &BTreeSet<PlaceId>,
        person: &PersonId,
        at: Timestamp,
    ) -> RelationGrade {
        grade(&self.care_contacts, professional, places, person, at)
    }

    /// True when the professional took part in a contact of the person that still runs or ended within six months.
    pub(crate) fn took_part(&self, actor: &Actor, person: &PersonId, at: Timestamp) -> bool {
        self.care_contacts.iter().any(|contact| contact.person == *person && contact.took_part(actor, at))
    }

    /// True when the case is assigned to the user.
    pub(crate) fn assigned(&self, user: &UserId, case: &CaseId) -> bool {
        self.assignments.iter().any(|assignment| assignment.user == *user && assignment.case == *case)
    }

    /// True when some case assigned to the user has the person as a member.
    pub(crate) fn member_of_assigned(&self, user: &UserId, person: &PersonId) -> bool {
        self.members.iter().any(|(case, members)| members.contains(person) && self.assigned(user, case))
    }

    /// True when the holder has custody of the child.
    pub fn has_custody(&self, holder: &PersonId, child: &PersonId) -> bool {
        self.custody.iter().any(|custody| custody.holder == *holder && custody.child == *child)
    }

    /// True when the holder has the person's power of attorney at the moment.
    pub fn is_proxy(&self, holder: &PersonId, person: &PersonId, at: Timestamp) -> bool {
        self.proxies.iter().any(|proxy| {
            proxy.holder == *holder
                && proxy.person == *person
                && proxy.from <= at
                && proxy.until.is_none_or(|until| at < until)
        })
    }

    /// True when the holder is the person's guardian, or her attorney by a future power of attorney in force, in what
    /// concerns her health.
    pub fn is_guardian(&self, holder: &PersonId, person: &PersonId, at: Timestamp) -> bool {
        self.represents(holder, person, at).any(|own| !own.kind.in_a_situation())
    }

    /// True when the holder is registered as who consents for the person in a treatment situation that runs.
    pub fn is_next_of_kin(&self, holder: &PersonId, person: &PersonId, at: Timestamp) -> bool {
        let custody = self.has_custody(holder, person);
        self.represents(holder, person, at)
            .any(|own| own.kind == RepresentationKind::NextOfKin || (own.kind.in_a_situation() && custody))
    }

    /// What holds of it and covers her health.
    fn represents<'a>(
        &'a self,
        holder: &'a PersonId,
        person: &'a PersonId,
        at: Timestamp,
    ) -> impl Iterator<Item = &'a Representation> {
        self.representations.iter().filter(move |own| {
            own.holder == *holder
                && own.person == *person
                && own.holds(at)
                && own.in_health()
                && own.of_age(|years| self.has_turned(years, person, at))
        })
    }

    /// True when the person has blocked the one who asks, on whose responsibility she acts, a place of either, or
    /// everybody.
    pub fn is_blocked(&self, actor: &Actor, person: &PersonId, at: Timestamp) -> bool {
        let responsible = actor.on_responsibility_of.as_ref();
        let places = responsible.and_then(|user| self.responsible.get(user));
        self.blocks.iter().filter(|block| block.person == *person && block.holds(at)).any(|block| match &block.target {
            BlockTarget::Professional(user) => *user == actor.user || responsible == Some(user),
            BlockTarget::Place(place) => {
                self.places.contains(place) || places.is_some_and(|places| places.contains(place))
            }
            BlockTarget::Everybody => true,
            BlockTarget::Category(_) | BlockTarget::Period { .. } => false,
        })
    }

    /// Whether the person has turned `years` at the moment (date in UTC); `None` when the birth date is not known.
    pub fn has_turned(&self, years: u16, person: &PersonId, at: Timestamp) -> Option<bool> {
        let (year, month, day) = *self.born.get(person)?;
        let today = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let today = (i32::from(today.year()), today.month(), today.day());
        let month = i8::try_from(month).ok()?;
        let day = i8::try_from(day).ok()?;
        Some(today >= (i32::from(year) + i32::from(years), month, day))
    }

    /// The wishes that hold for a person.
    pub(crate) fn wishes_of(&self, person: &PersonId) -> Wishes {
        self.wishes.get(person).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_is_reached_on_the_birthday() {
        let child = PersonId("child".into());
        let facts = Facts { born: [(child.clone(), (2010, 3, 1))].into(), ..Facts::default() };
        for (at, turned) in [
            ("2025-02-28T23:59:59Z", false),
            ("2025-03-01T00:00:00Z", true),
            ("2024-12-31T12:00:00Z", false),
            ("2026-01-01T00:00:00Z", true),
        ] {
            assert_eq!(facts.has_turned(15, &child, at.parse().unwrap()), Some(turned), "{at}");
        }
        assert_eq!(facts.has_turned(15, &PersonId("other".into()), "2025-01-01T00:00:00Z".parse().unwrap()), None);
    }
}
