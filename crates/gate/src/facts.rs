//! What the house knows that bears on a request.

use crate::UserId;
use indgang_model::{CaseId, PersonId, Timestamp, Wishes};
use std::collections::{BTreeMap, BTreeSet};

/// An authorised professional has a person in current treatment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreatmentRelation {
    /// The authorised professional.
    pub professional: UserId,
    /// The person in treatment.
    pub person: PersonId,
    /// First moment of the course.
    pub from: Timestamp,
    /// First moment after the course, when it has ended.
    pub until: Option<Timestamp>,
}

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

/// The facts a decision rests on. What is not here is not so: an empty value opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Treatment relations of the subjects.
    pub treatment_relations: BTreeSet<TreatmentRelation>,
    /// Assignments of the case.
    pub assignments: BTreeSet<Assignment>,
    /// Members of each case.
    pub members: BTreeMap<CaseId, BTreeSet<PersonId>>,
    /// Custody of the subjects.
    pub custody: BTreeSet<Custody>,
    /// Birth dates of the subjects: year, month, day.
    pub born: BTreeMap<PersonId, (u16, u8, u8)>,
    /// Wishes of the subjects; who has no entry has said no to everything.
    pub wishes: BTreeMap<PersonId, Wishes>,
    /// Subjects whose files the operator of the command line herself holds and puts before the program.
    pub held_by_operator: BTreeSet<PersonId>,
}

impl Facts {
    /// True when the professional has the person in treatment at the moment.
    pub fn treats(&self, professional: &UserId, person: &PersonId, at: Timestamp) -> bool {
        self.treatment_relations.iter().any(|relation| {
            relation.professional == *professional
                && relation.person == *person
                && relation.from <= at
                && relation.until.is_none_or(|until| at < until)
        })
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
    pub(crate) fn has_custody(&self, holder: &PersonId, child: &PersonId) -> bool {
        self.custody.iter().any(|custody| custody.holder == *holder && custody.child == *child)
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
