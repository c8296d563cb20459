//! X, Y and the mitochondrial genome.

use super::Flags;
use super::ModeHit;
use super::family::{Place, Source};
use super::single::{affected_share, hit};
use super::state::State;
use indgang_model::ModeOfInheritance as Mode;
use indgang_model::{Affected, Sex};

pub(super) fn x(place: &Place<'_>, out: &mut Vec<ModeHit>) {
    x_dominant(place, out);
    x_recessive(place, out);
}

fn x_dominant(place: &Place<'_>, out: &mut Vec<ModeHit>) {
    let child = place.proband;
    if place.givers(child).all(|s| s == State::Reference) || !affected_share(place) {
        return;
    }
    // Skewed inactivation can spare a woman with one copy, never a man nor a woman with two. It is looked for only where
    // somebody is affected by one copy of two: what affects men and spares women is recessive.
    let one_of_two = place.with_status(Affected::Affected).any(|(_, s)| s == State::Het);
    let fits = place
        .with_status(Affected::Unaffected)
        .all(|(i, s)| !s.carries() || (one_of_two && s == State::Het && place.sex(i) == Sex::Female));
    if fits {
        let spared = place.unaffected_carriers() > 0;
        let flags = place.flags(child) | Flags::INCOMPLETE_PENETRANCE.when(spared);
        out.push(hit(place, Mode::XLinkedDominant, flags, None));
    }
}

fn x_recessive(place: &Place<'_>, out: &mut Vec<ModeHit>) {
    let child = place.proband;
    if place.state(child) != State::Hom {
        return;
    }
    let affected = place.with_status(Affected::Affected).all(|(i, s)| {
        let copies = s.unknown() || matches!(s, State::Hom | State::Partial);
        // A woman needs a copy from each; a man's may be new.
        copies && (place.sex(i) == Sex::Male || !place.givers(i).any(State::lacks))
    });
    let unaffected = place.with_status(Affected::Unaffected).all(|(i, s)| s != State::Hom || father_of_sons(place, i));
    if affected && unaffected {
        let new = place.with_status(Affected::Affected).any(|(i, s)| s.carries() && place.source(i) == Source::New);
        let affected_parent =
            place.givers(child).count() == 2 && place.parents(child).any(|p| place.status(p) == Affected::Affected);
        let flags = place.flags(child) | Flags::DE_NOVO.when(new) | Flags::PSEUDO_DOMINANT.when(affected_parent);
        out.push(hit(place, Mode::XLinkedRecessive, flags, None));
    }
}

/// The father of an affected son, whose X went to none of the affected, not by a daughter either.
fn father_of_sons(place: &Place<'_>, man: usize) -> bool {
    let affected = || place.with_status(Affected::Affected).map(|(i, _)| i);
    affected().any(|i| place.family.members[i].father == Some(man)) && !affected().any(|i| has_x_of(place, i, man))
}

/// True when a copy of X can have come down from the man: to daughters, and from women to every child.
fn has_x_of(place: &Place<'_>, person: usize, man: usize) -> bool {
    let member = &place.family.members[person];
    let father = member.father.filter(|_| place.sex(person) != Sex::Male);
    father == Some(man) || [father, member.mother].into_iter().flatten().any(|p| has_x_of(place, p, man))
}

pub(super) fn y(place: &Place<'_>, out: &mut Vec<ModeHit>) {
    let child = place.proband;
    // A woman has no Y: what is written for her is noise, and her disease has another cause.
    let affected = place.with_status(Affected::Affected).all(|(i, s)| place.sex(i) != Sex::Female && !s.lacks());
    let unaffected = place.with_status(Affected::Unaffected).all(|(i, s)| place.sex(i) == Sex::Female || !s.carries());
    if affected && unaffected && place.source(child) != Source::New {
        out.push(hit(place, Mode::YLinked, place.flags(child), None));
    }
}

pub(super) fn mitochondrial(place: &Place<'_>, out: &mut Vec<ModeHit>) {
    let child = place.proband;
    let fits = place.with_status(Affected::Affected).all(|(i, s)| !place.in_line(i) || i == child || !s.lacks());
    if fits && place.source(child) != Source::New {
        // The share of molecules differs between people: a carrier may be well.
        let flags = place.flags(child) | Flags::INCOMPLETE_PENETRANCE.when(place.unaffected_carriers() > 0);
        out.push(hit(place, Mode::Mitochondrial, flags, None));
    }
}
