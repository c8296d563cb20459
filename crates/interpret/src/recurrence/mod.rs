//! Recurrence risk: in numbers by the genotypes that were found in the parents, and in plain words.
//!
//! Numbers are the Mendelian segregation ratios of the parents' genotypes; the figure for germline mosaicism after an
//! apparent de novo variant (about 1 %) follows the ranges given in Rahbari et al., Nat Genet 2016;48:126–133.

mod passing;
#[cfg(test)]
mod tests;
mod wording;

pub(crate) use passing::inherited;

use crate::report::RecurrenceRisk;
use indgang_model::{ModeOfInheritance as M, Sex};

/// The risk for the next child after an apparent de novo variant.
const AFTER_NEW: f64 = 0.01;

/// What is known of a parent (of one of a couple for [`M::CarrierCouple`]).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Parent {
    /// The chance that an egg or sperm cell holds a changed copy: 0, one half or 1. Of a man's X, the chance that a
    /// daughter gets it; of his Y, a son. `None` when no call tells.
    pub passes: Option<f64>,
    /// The parent has the disease.
    pub affected: bool,
    /// The parent was examined, but the call is missing or too poor to build on.
    pub doubtful: bool,
}

/// What the risk follows from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inherited {
    /// How the finding is inherited.
    pub mode: M,
    /// True for a finding on X outside the pseudo-autosomal regions.
    pub on_x: bool,
    /// The proband's sex.
    pub proband: Sex,
    /// True when every copy of the proband's is changed: homozygous, hemizygous, or a different change on each copy.
    pub every_copy: bool,
    /// The father.
    pub father: Parent,
    /// The mother.
    pub mother: Parent,
}

/// The risk for the next child of the same parents, and what the proband passes on.
pub fn recurrence_risk(found: &Inherited) -> RecurrenceRisk {
    let risk = risk(found);
    let words = wording::words(found, risk);
    RecurrenceRisk { next_child: risk.number(found.mode), text: words.en, text_da: words.da }
}

/// The chance that the next child has the genotype that the mode asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Risk {
    /// The same for sons and daughters.
    Each(f64),
    /// Sons and daughters apart.
    BySex { sons: f64, daughters: f64 },
    /// At least this much: a parent's genotype is not known.
    AtLeast(f64),
    /// Not to be said in a number.
    Unsaid,
}

impl Risk {
    /// For the report: a number only where it is the risk of the disease.
    fn number(self, mode: M) -> Option<f64> {
        if mode == M::AutosomalDominantIncompletePenetrance {
            return None;
        }
        match self {
            Self::Each(risk) => Some(risk),
            Self::BySex { sons, daughters } => Some(f64::midpoint(sons, daughters)),
            Self::AtLeast(_) | Self::Unsaid => None,
        }
    }
}

/// Two changed copies on an autosome.
fn is_recessive(mode: M) -> bool {
    matches!(
        mode,
        M::AutosomalRecessiveHomozygous | M::AutosomalRecessiveCompoundHeterozygous | M::AutosomalRecessiveOverDeletion
    )
}

impl Inherited {
    /// True where what the risk follows from is a parent's call that is missing or poor. In dominant inheritance the other
    /// parent's call may tell enough.
    fn is_doubtful(&self) -> bool {
        let father = self.father.doubtful;
        match self.mode {
            mode if is_recessive(mode) => father || self.mother.doubtful,
            M::XLinkedRecessive | M::XLinkedCompoundHeterozygous | M::XLinkedDominant => {
                self.mother.doubtful || (father && self.proband != Sex::Male)
            }
            M::YLinked => father,
            M::AutosomalDominant | M::AutosomalDominantIncompletePenetrance => {
                (father || self.mother.doubtful) && matches!(dominant(self), Risk::Unsaid | Risk::AtLeast(_))
            }
            _ => false,
        }
    }
}

fn risk(found: &Inherited) -> Risk {
    if found.is_doubtful() {
        return Risk::Unsaid;
    }
    match found.mode {
        M::DeNovo | M::XLinkedDeNovo | M::UniparentalDisomy => Risk::Each(AFTER_NEW),
        M::MosaicDeNovo => Risk::Each(0.0),
        M::PossibleDeNovo | M::ParentalMosaic | M::Mitochondrial => Risk::Unsaid,
        M::AutosomalDominant | M::AutosomalDominantIncompletePenetrance => dominant(found),
        M::AutosomalRecessiveHomozygous
        | M::AutosomalRecessiveCompoundHeterozygous
        | M::AutosomalRecessiveOverDeletion => recessive(found),
        M::XLinkedRecessive | M::XLinkedCompoundHeterozygous => x_recessive(found),
        M::XLinkedDominant => x_dominant(found),
        M::YLinked => y_linked(found),
        M::CarrierCouple if found.on_x => Risk::BySex { sons: found.mother.passes.unwrap_or(0.5), daughters: 0.0 },
        M::CarrierCouple => Risk::Each(found.father.passes.unwrap_or(0.5) * found.mother.passes.unwrap_or(0.5)),
    }
}

/// One changed copy or more.
fn dominant(found: &Inherited) -> Risk {
    let (father, mother) = (found.father, found.mother);
    // Both copies of a homozygote came from somewhere: a parent of whom nothing is known carries one at least.
    // So does a parent who has the disease, when no call says otherwise.
    let least = |p: Parent| p.passes.or((found.every_copy || p.affected).then_some(0.5));
    let one_of = |f: f64, m: f64| 1.0 - (1.0 - f) * (1.0 - m);
    match (least(father), least(mother)) {
        (Some(f), Some(m)) if f + m == 0.0 => Risk::Each(AFTER_NEW),
        // A copy of a homozygote that no parent shows is new, or hidden by a deletion.
        (Some(f), Some(m)) if found.every_copy && f * m == 0.0 => Risk::AtLeast(one_of(f, m)),
        (Some(f), Some(m)) if found.every_copy && (father.passes.is_none() || mother.passes.is_none()) => {
            Risk::AtLeast(one_of(f, m))
        }
        (Some(f), Some(m)) => Risk::Each(one_of(f, m)),
        // One carrier explains the proband's one copy; that the other is one as well is unlikely for a rare variant.
        (Some(p), None) | (None, Some(p)) if p > 0.0 => Risk::Each(p),
        _ => Risk::Unsaid,
    }
}

/// A changed copy from each parent.
fn recessive(found: &Inherited) -> Risk {
    match (found.father.of_recessive(), found.mother.of_recessive()) {
        // A parent without it cannot have given it: a new change, or one that the calls do not show.
        (f, m) if f * m == 0.0 => Risk::Unsaid,
        (f, m) => Risk::Each(f * m),
    }
}

impl Parent {
    /// A parent of whom no call tells is a carrier, since the child has a copy from her; who has the disease has two.
    fn of_recessive(self) -> f64 {
        self.passes.unwrap_or(if self.affected { 1.0 } else { 0.5 })
    }

    /// A father of whom no call tells has a change on his one X when he has the disease.
    fn on_one_x(self) -> f64 {
        self.passes.unwrap_or(f64::from(u8::from(self.affected)))
    }
}

/// A son's only X, both of a daughter's.
fn x_recessive(found: &Inherited) -> Risk {
    let mother = match (found.mother.passes, found.proband) {
        (Some(passes), _) => passes,
        (None, _) if found.mother.affected => 1.0,
        // A girl has one of her two changed copies from her mother.
        (None, Sex::Female) => 0.5,
        (None, Sex::Male | Sex::Unknown) => return Risk::Unsaid,
    };
    if mother == 0.0 {
        return Risk::Unsaid;
    }
    // A girl's other changed copy is her father's, whether he is said to have the disease or not.
    let father =
        if found.proband == Sex::Female { found.father.passes.unwrap_or(1.0) } else { found.father.on_one_x() };
    Risk::BySex { sons: mother, daughters: father * mother }
}

/// A son's only X, one or both of a daughter's.
fn x_dominant(found: &Inherited) -> Risk {
    let father = found.father.on_one_x();
    let mother = match found.mother.passes {
        Some(passes) => passes,
        None if found.mother.affected || (found.every_copy && found.proband == Sex::Female) => 0.5,
        // The change came from the father, as far as is known.
        None if found.father.passes == Some(1.0) => 0.0,
        None => return Risk::Unsaid,
    };
    if father + mother == 0.0 {
        return if found.father.passes.is_some() || found.proband == Sex::Male {
            Risk::Each(AFTER_NEW)
        } else {
            Risk::Unsaid
        };
    }
    Risk::BySex { sons: mother, daughters: 1.0 - (1.0 - father) * (1.0 - mother) }
}

fn y_linked(found: &Inherited) -> Risk {
    match found.father.passes {
        Some(0.0) => Risk::Each(AFTER_NEW),
        Some(passes) => Risk::BySex { sons: passes, daughters: 0.0 },
        None if found.father.affected => Risk::BySex { sons: 1.0, daughters: 0.0 },
        None => Risk::Unsaid,
    }
}
