//! One place in one family: who carries, who does not, from whom.

use super::Flags;
use super::state::{State, has_one_copy};
use crate::call::Call;
use crate::pedigree::Family;
use crate::profile::Profile;
use indgang_model::{Affected, Region, Sex};

/// A family's calls at a place.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub family: &'a Family,
    pub calls: &'a [Call],
    pub region: Region,
    pub profile: &'a Profile,
    pub proband: usize,
    /// States of the first members, which are asked for again and again.
    states: [State; KEPT],
}

/// Members whose state is kept.
const KEPT: usize = 8;

/// Where a child's allele comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A parent who matters carries.
    Inherited,
    /// Every parent who matters is reference.
    New,
    /// No parent who matters is known to carry, not all are known to be reference, and one of them is in the file.
    PossiblyNew,
    /// No parent who matters is in the file.
    Unknown,
}

impl<'a> Place<'a> {
    pub fn new(family: &'a Family, calls: &'a [Call], region: Region, profile: &'a Profile) -> Self {
        Self::with_proband(family, family.proband(), calls, region, profile)
    }

    /// As [`Place::new`] where the proband is known already.
    pub fn with_proband(
        family: &'a Family,
        proband: usize,
        calls: &'a [Call],
        region: Region,
        profile: &'a Profile,
    ) -> Self {
        let mut states = [State::Absent; KEPT];
        for (state, (member, call)) in states.iter_mut().zip(family.members.iter().zip(calls)) {
            *state = State::of(member, call, region, profile);
        }
        Self { family, calls, region, profile, proband, states }
    }

    pub fn state(&self, i: usize) -> State {
        if let Some(state) = self.states.get(i) {
            return *state;
        }
        match (self.family.members.get(i), self.calls.get(i)) {
            (Some(member), Some(call)) => State::of(member, call, self.region, self.profile),
            _ => State::Absent,
        }
    }

    /// Status; in a family where nobody is affected the proband of unknown status is the one the case is about.
    pub fn status(&self, i: usize) -> Affected {
        match self.family.members[i].affected {
            Affected::Unknown
                if i == self.proband && self.family.members.iter().all(|m| m.affected != Affected::Affected) =>
            {
                Affected::Affected
            }
            status => status,
        }
    }

    pub fn people(&self) -> std::ops::Range<usize> {
        0..self.family.members.len()
    }

    pub fn with_status(&self, status: Affected) -> impl Iterator<Item = (usize, State)> + '_ {
        self.people().filter(move |i| self.status(*i) == status).map(|i| (i, self.state(i)))
    }

    /// Recorded sex. On X a person of unknown sex without another copy than the variant is read as a man: the modes of
    /// one copy do not need a father's.
    pub fn sex(&self, i: usize) -> Sex {
        match self.family.members[i].sex {
            Sex::Unknown if self.region == Region::X && self.state(i) == State::Hom => Sex::Male,
            sex => sex,
        }
    }

    /// The parents who can have given the child a copy here, father first; `None` is one who is not in the pedigree.
    pub fn giving(&self, child: usize) -> impl Iterator<Item = Option<usize>> + use<> {
        let member = &self.family.members[child];
        let father = match self.region {
            Region::Mitochondrial => false,
            Region::X => self.sex(child) != Sex::Male,
            _ => true,
        };
        let mother = self.region != Region::Y;
        [father.then_some(member.father), mother.then_some(member.mother)].into_iter().flatten()
    }

    /// Their states.
    pub fn givers(&self, child: usize) -> impl Iterator<Item = State> + '_ {
        self.giving(child).map(|p| p.map_or(State::Absent, |p| self.state(p)))
    }

    pub fn source(&self, child: usize) -> Source {
        if self.givers(child).any(State::carries) {
            Source::Inherited
        } else if self.region != Region::Mitochondrial
            && self.giving(child).flatten().any(|p| self.calls.get(p).is_some_and(|c| c.genotype.carries()))
        {
            // A parent's call of the allele that does not meet the profile is no proof of carrying, but it speaks against new.
            // Not so in mitochondria, where a share under the least heteroplasmy is no carrying.
            Source::Unknown
        } else if self.givers(child).all(|s| s == State::Reference) {
            Source::New
        } else if self.givers(child).any(|s| s != State::Absent) {
            Source::PossiblyNew
        } else {
            Source::Unknown
        }
    }

    pub fn parents(&self, child: usize) -> impl Iterator<Item = usize> + use<> {
        let member = &self.family.members[child];
        [member.father, member.mother].into_iter().flatten()
    }

    /// What the reader must know about the parents' calls.
    pub fn parent_flags(&self, child: usize) -> Flags {
        let mut flags = Flags::NONE;
        for state in self.givers(child) {
            flags |= match state {
                State::Absent if self.givers(child).all(|s| s == State::Absent) => Flags::PARENTS_MISSING,
                State::Absent => Flags::PARENT_MISSING,
                State::NoCall => Flags::PARENT_NO_CALL,
                State::LowQuality => Flags::LOW_QUALITY,
                State::Partial => Flags::PARTIAL_CALL,
                State::Other => Flags::OTHER_ALLELE,
                State::Reference | State::Het | State::Hom => Flags::NONE,
            };
        }
        flags
    }

    /// The same about everybody else of known status, and about the child.
    pub fn flags(&self, child: usize) -> Flags {
        let mut flags = self.parent_flags(child)
            | Flags::PARTIAL_CALL.when(self.state(child) == State::Partial)
            | Flags::PSEUDO_AUTOSOMAL.when(self.region == Region::PseudoAutosomal)
            | Flags::MENDELIAN_ERROR.when(self.mendelian_error(child))
            | Flags::SEX_UNKNOWN
                .when(self.family.members[child].sex == Sex::Unknown && matches!(self.region, Region::X | Region::Y));
        for i in self.people() {
            let call = self.calls.get(i).map(|c| c.genotype);
            flags |= Flags::HETEROZYGOUS_MALE.when(
                self.family.members[i].sex == Sex::Male
                    && has_one_copy(Sex::Male, self.region)
                    && call.is_some_and(|g| g.carries() && !g.is_homozygous_alternate()),
            );
            if i == child || self.status(i) == Affected::Unknown || self.parents(child).any(|p| p == i) {
                continue;
            }
            flags |= match self.state(i) {
                State::NoCall | State::Partial => Flags::RELATIVE_NO_CALL,
                State::LowQuality => Flags::LOW_QUALITY,
                _ => Flags::NONE,
            };
        }
        flags
    }

    /// True when no gametes of the called parents make the child's two copies.
    pub fn mendelian_error(&self, child: usize) -> bool {
        if self.one_copy(child) {
            return false; // a new allele is told as new
        }
        match self.state(child) {
            State::Hom => self.givers(child).any(State::lacks),
            State::Het => self.givers(child).all(|s| s == State::Hom),
            _ => false,
        }
    }

    /// True where the person's copy is her only one.
    pub fn one_copy(&self, i: usize) -> bool {
        self.region == Region::Mitochondrial || has_one_copy(self.sex(i), self.region)
    }

    /// Unaffected persons who carry.
    pub fn unaffected_carriers(&self) -> u8 {
        let carriers = self.with_status(Affected::Unaffected).filter(|(i, s)| s.carries() && self.in_line(*i));
        u8::try_from(carriers.count()).unwrap_or(u8::MAX)
    }

    /// False for a father whose mitochondria are not the proband's: he has his own mother's, and gave none.
    pub fn in_line(&self, i: usize) -> bool {
        let is_father = || self.family.members.iter().any(|m| m.father == Some(i));
        self.region != Region::Mitochondrial || !is_father() || self.first_mother(i) == self.first_mother(self.proband)
    }

    /// The first of a person's mothers' line whom the pedigree names.
    fn first_mother(&self, mut i: usize) -> usize {
        while let Some(mother) = self.family.members[i].mother {
            i = mother;
        }
        i
    }
}
