//! The treatment relation: how surely a professional has a person in treatment, told from what the house knows.
//!
//! The grades carry the names of the national treatment relation service (BRS, `urn:dk:healthcare:brs:A++` … `E`);
//! their meaning here is ours and stands at each.

use crate::{Actor, UserId};
use indgang_model::{PersonId, PlaceId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Something that binds a person to those who treat her.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CareContact {
    /// What it is.
    pub kind: CareContactKind,
    /// The person in treatment.
    pub person: PersonId,
    /// The professional, when it names one.
    pub professional: Option<UserId>,
    /// The unit, when it names one.
    pub place: Option<PlaceId>,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it, when it has ended.
    pub until: Option<Timestamp>,
}

/// Where the house knows of the contact from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CareContactKind {
    /// A course of treatment in which the professional herself is named, registered in the house.
    Course,
    /// A contact (LPR3 *kontakt*): an admission or an outpatient course.
    Encounter,
    /// A referral that has been received.
    Referral,
    /// The person is listed with the practice as her own general practitioner.
    Listing,
    /// A service paid by the health insurance (SSSY).
    Service,
}

/// How sure the relation is, from none to certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum RelationGrade {
    /// Nothing binds them, or what did ended six months (183 days) ago or more.
    #[default]
    E,
    /// What bound them ended less than six months ago.
    D,
    /// What bound them ended less than 30 days ago, or a service was given at the professional's unit.
    C,
    /// A referral to her unit that is open.
    B,
    /// A running contact at her unit, or a listing with her practice.
    A,
    /// A running course in which she herself is named.
    #[serde(rename = "A++")]
    APlusPlus,
}

impl RelationGrade {
    /// From none to certain.
    pub const ALL: [Self; 6] = [Self::E, Self::D, Self::C, Self::B, Self::A, Self::APlusPlus];

    /// The grade as a number, 0 (E) to 5 (A++): what the policy compares.
    pub const fn rank(self) -> u8 {
        self as u8
    }

    /// The service's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::E => "E",
            Self::D => "D",
            Self::C => "C",
            Self::B => "B",
            Self::A => "A",
            Self::APlusPlus => "A++",
        }
    }
}

impl std::fmt::Display for RelationGrade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The best grade that the contacts give between a professional, who acts within some places, and a person.
pub fn grade(
    contacts: &BTreeSet<CareContact>,
    professional: &UserId,
    places: &BTreeSet<PlaceId>,
    person: &PersonId,
    at: Timestamp,
) -> RelationGrade {
    contacts
        .iter()
        .filter(|contact| contact.person == *person)
        .map(|contact| contact.grade(professional, places, at))
        .max()
        .unwrap_or_default()
}

/// Days after its end within which a contact still counts for a grade.
const DAYS: [(i64, RelationGrade); 2] = [(30, RelationGrade::C), (183, RelationGrade::D)];

impl CareContact {
    fn grade(&self, professional: &UserId, places: &BTreeSet<PlaceId>, at: Timestamp) -> RelationGrade {
        let named = self.professional.as_ref() == Some(professional);
        let here = self.place.as_ref().is_some_and(|place| places.contains(place));
        if at < self.from || !(named || here) {
            return RelationGrade::E;
        }
        let Some(ended) = self.until.filter(|until| *until <= at) else { return self.running(named) };
        let days = at.duration_since(ended).as_hours() / 24;
        DAYS.iter().find(|(within, _)| days < *within).map_or(RelationGrade::E, |(_, grade)| *grade)
    }

    const fn running(&self, named: bool) -> RelationGrade {
        match self.kind {
            CareContactKind::Course if named => RelationGrade::APlusPlus,
            CareContactKind::Course | CareContactKind::Encounter | CareContactKind::Listing => RelationGrade::A,
            CareContactKind::Referral => RelationGrade::B,
            CareContactKind::Service => RelationGrade::C,
        }
    }

    /// True when the professional took part in it and it ended no more than six months (183 days) ago, or still runs.
    pub fn took_part(&self, actor: &Actor, at: Timestamp) -> bool {
        let recent = self.until.is_none_or(|until| at.duration_since(until).as_hours() < 183 * 24);
        self.professional.as_ref() == Some(&actor.user) && self.from <= at && recent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn each_grade_by_what_binds() {
        use CareContactKind::{Course, Encounter, Listing, Referral, Service};
        use RelationGrade::{A, APlusPlus, B, C, D, E};
        let (running, april) = (None, Some("2026-04-01T00:00:00Z"));
        for (kind, named, place, until, now, grade) in [
            (Course, true, "other", running, "2026-05-01T00:00:00Z", APlusPlus),
            (Course, false, "unit", running, "2026-05-01T00:00:00Z", A),
            (Encounter, true, "unit", running, "2026-05-01T00:00:00Z", A),
            (Listing, false, "unit", running, "2026-05-01T00:00:00Z", A),
            (Referral, false, "unit", running, "2026-05-01T00:00:00Z", B),
            (Service, false, "unit", running, "2026-05-01T00:00:00Z", C),
            (Encounter, false, "other", running, "2026-05-01T00:00:00Z", E),
            (Encounter, false, "unit", running, "2025-12-31T23:59:59Z", E), // not begun
            (Encounter, false, "unit", april, "2026-03-31T23:59:59Z", A),   // its last moment
            (Encounter, false, "unit", april, "2026-04-01T00:00:00Z", C),
            (Course, true, "other", april, "2026-04-30T23:59:59Z", C), // day 29
            (Encounter, false, "unit", april, "2026-05-01T00:00:00Z", D), // day 30
            (Encounter, false, "unit", april, "2026-09-30T23:59:59Z", D), // day 182
            (Encounter, false, "unit", april, "2026-10-01T00:00:00Z", E), // day 183
        ] {
            let contact = CareContact {
                kind,
                person: PersonId("p".into()),
                professional: named.then(|| UserId("doctor".into())),
                place: Some(PlaceId(place.into())),
                from: at("2026-01-01T00:00:00Z"),
                until: until.map(at),
            };
            let places = [PlaceId("unit".into())].into();
            let found =
                super::grade(&[contact].into(), &UserId("doctor".into()), &places, &PersonId("p".into()), at(now));
            assert_eq!(found, grade, "{kind:?} {place} {now}");
        }
    }
}
