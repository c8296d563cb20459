//! Does the file show the family that the pedigree names?

use super::Quality;
use crate::pedigree::Family;
use indgang_model::Sex;

/// Sites that a relation can be judged by.
const ENOUGH_SITES: u64 = 1000;
/// Kinship of parent and child is a quarter; half-way to second degree is 0.177 (Manichaikul 2010).
const FIRST_DEGREE: f64 = 0.177;
/// Half-way between first degree and identity.
const IDENTICAL: f64 = 0.354;
/// Half-way between second and third degree: nobody said to be unrelated is as close.
const SECOND_DEGREE: f64 = 0.0884;
/// Errors above this share of sites are no child of these parents.
const ERROR_RATE: f64 = 0.05;

/// What does not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// X says another sex than the pedigree.
    Sex,
    /// The father is not the child's father by the file.
    Paternity,
    /// The mother is not the child's mother by the file.
    Maternity,
    /// Two persons are one sample, or identical twins.
    Identical,
    /// Said to be unrelated, yet close.
    UnexpectedRelation,
    /// Too many sites cannot be inherited.
    MendelianErrors,
}

/// One disagreement, by member index.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    /// What.
    pub relation: Relation,
    /// The person, the child of a parent, or the first of a pair.
    pub member: usize,
    /// The parent, or the second of a pair.
    pub other: Option<usize>,
    /// In plain words, with ids and numbers.
    pub reason: String,
    /// True: for the laboratory role only. Everybody else is told that the samples must be checked.
    pub laboratory_only: bool,
    /// True: modes that rest on both parents are not to be trusted.
    pub refuses_trio: bool,
}

/// What the file says about the pedigree.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Empty when nothing speaks against the pedigree.
    pub disagreements: Vec<Disagreement>,
}

impl Verdict {
    /// Nothing speaks against the pedigree.
    pub fn agrees(&self) -> bool {
        self.disagreements.is_empty()
    }

    /// The reason to refuse modes that rest on the parents of this child, when there is one.
    pub fn refuses_trio_of(&self, child: usize) -> Option<&Disagreement> {
        self.disagreements.iter().find(|d| d.refuses_trio && (d.member == child || d.other == Some(child)))
    }
}

/// Compares what was gathered with the pedigree. Says nothing where there are too few sites.
pub fn verdict(family: &Family, quality: &Quality) -> Verdict {
    let mut disagreements = Vec::new();
    sexes(family, quality, &mut disagreements);
    pairs(family, quality, &mut disagreements);
    for tally in &quality.mendelian.children {
        let rate = tally.error_rate().filter(|r| tally.sites >= ENOUGH_SITES && *r > ERROR_RATE);
        if let Some(rate) = rate {
            disagreements.push(Disagreement {
                relation: Relation::MendelianErrors,
                member: tally.trio.0,
                other: None,
                reason: format!(
                    "{:.1} % of {} sites of `{}` cannot be inherited from the parents",
                    rate * 100.0,
                    tally.sites,
                    family.members[tally.trio.0].id
                ),
                laboratory_only: true,
                refuses_trio: true,
            });
        }
    }
    Verdict { disagreements }
}

fn sexes(family: &Family, quality: &Quality, out: &mut Vec<Disagreement>) {
    for (i, (member, tally)) in family.members.iter().zip(&quality.samples.by_member).enumerate() {
        let seen = tally.observed_sex();
        if member.sex == Sex::Unknown || seen == Sex::Unknown || seen == member.sex {
            continue;
        }
        let word = |s| if s == Sex::Male { "male" } else { "female" };
        out.push(Disagreement {
            relation: Relation::Sex,
            member: i,
            other: None,
            reason: format!(
                "`{}` is {} in the pedigree, but {} of {} variants on X are heterozygous, as in a {}",
                member.id,
                word(member.sex),
                tally.x_heterozygous,
                tally.x_carried,
                word(seen)
            ),
            laboratory_only: true,
            refuses_trio: true,
        });
    }
}

fn pairs(family: &Family, quality: &Quality, out: &mut Vec<Disagreement>) {
    for (a, b, pair) in quality.relatedness.pairs() {
        let Some(kinship) = pair.kinship().filter(|_| pair.sites >= ENOUGH_SITES) else { continue };
        let expected = family.expected_kinship(a, b);
        let parent = |child: usize, p: usize| {
            let m = &family.members[child];
            if m.father == Some(p) {
                Some(Relation::Paternity)
            } else if m.mother == Some(p) {
                Some(Relation::Maternity)
            } else {
                None
            }
        };
        let role = parent(a, b).map(|r| (r, a, b)).or_else(|| parent(b, a).map(|r| (r, b, a)));
        let (relation, member, other) = match role {
            _ if kinship > IDENTICAL => (Relation::Identical, a, b),
            Some((relation, child, p)) if kinship < FIRST_DEGREE => (relation, child, p),
            None if expected == 0.0 && kinship > SECOND_DEGREE => (Relation::UnexpectedRelation, a, b),
            _ => continue,
        };
        let name = |i: usize| &family.members[i].id;
        out.push(Disagreement {
            relation,
            member,
            other: Some(other),
            reason: format!(
                "kinship of `{}` and `{}` is {kinship:.3} over {} sites where the pedigree implies {expected:.3}",
                name(member),
                name(other),
                pair.sites
            ),
            laboratory_only: true,
            // Identical twins are no reason to refuse their parents; a parent identical with the child is.
            refuses_trio: matches!(relation, Relation::Paternity | Relation::Maternity)
                || (relation == Relation::Identical && role.is_some()),
        });
    }
}
