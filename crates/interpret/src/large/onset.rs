//! When a repeat's disease begins: a carrier who is healthy may be too young to be ill.
//!
//! What the Human Phenotype Ontology's annotations say of the disease comes first (aspect C, onset), then the usual onset
//! of `data/repeat-ranges.tsv`.

use super::repeats::usual_onset;
use super::{Range, RepeatReading};
use crate::intake::Candidate;
use crate::words::Words;
use indgang_genomics::pedigree::Family;
use indgang_knowledge::phenotype::DiseaseAnnotations;
use indgang_model::{Affected, HpoId};

/// Ages of onset, in years, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Onset {
    /// From.
    pub(crate) from: u32,
    /// Usually not after; `None` is not limited.
    pub(crate) to: Option<u32>,
    /// Whence it is known.
    pub(crate) source: String,
}

/// HPO's terms of an onset in adults, with their ages in years.
const ADULT: [(u32, u32, Option<u32>); 7] = [
    (3581, 16, None),       // Adult onset
    (11_462, 16, Some(40)), // Young adult onset
    (25_708, 16, Some(19)), // Early young adult onset
    (25_709, 19, Some(25)), // Intermediate young adult onset
    (25_710, 25, Some(40)), // Late young adult onset
    (3596, 40, Some(60)),   // Middle age onset
    (3584, 60, None),       // Late onset
];

/// Age, in years, up to which a disease begins that is of late onset: about that of having children.
const LATE: u32 = 30;
/// A parent is at least so many years older than the child.
const GENERATION: u32 = 15;

impl Onset {
    /// Of a disease, else of a locus; `None` where nobody says.
    pub(crate) fn of(annotations: &DiseaseAnnotations, disease: Option<&str>, repeat: &RepeatReading) -> Option<Self> {
        let known = disease.and_then(|id| annotations.get(id.parse().ok()?));
        let told = known.into_iter().flat_map(|known| &known.course);
        let mut ages = told.filter_map(|HpoId(term)| ADULT.iter().find(|(id, ..)| id == term));
        if let Some((_, from, to)) = ages.next() {
            let range = ages.fold((*from, *to), |(from, to), (_, other, until)| {
                ((from).min(*other), to.zip(*until).map(|(a, b)| a.max(b)))
            });
            let source = format!("phenotype.hpoa {}", annotations.version());
            return Some(Self { from: range.0, to: range.1, source });
        }
        let ((from, to), source) = usual_onset(&repeat.locus)?;
        Some(Self { from, to: Some(to), source: source.to_owned() })
    }

    /// True where it begins so late that a healthy carrier tells nothing. `age` is the proband's, in years: where a parent
    /// of hers must be older than the disease usually begins, the parent's health does tell.
    fn is_late(&self, age: Option<u32>) -> bool {
        self.to.is_none_or(|to| to > LATE && age.is_none_or(|age| age + GENERATION <= to))
    }
}

/// Why unaffected carriers of a repeat do not speak against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spared {
    /// The disease begins late.
    Late(Onset),
    /// Their own alleles are shorter than where the disease begins.
    Shorter,
}

impl Spared {
    /// Of a repeat that unaffected relatives carry; `None` where their health speaks against it.
    pub(crate) fn of(
        candidate: &Candidate,
        family: &Family,
        annotations: &DiseaseAnnotations,
        disease: Option<&str>,
        age: Option<u32>,
    ) -> Option<Self> {
        let repeat = candidate.repeat.as_ref()?;
        let own = |member: usize| {
            candidate.repeat_ranges.get(member).into_iter().flatten().flatten().copied().max().unwrap_or(Range::Normal)
        };
        let healthy = (0..family.members.len()).filter(|m| family.members[*m].affected == Affected::Unaffected);
        let carriers: Vec<Range> = healthy.map(own).filter(|range| *range > Range::Normal).collect();
        if !carriers.is_empty()
            && carriers.iter().all(|range| *range == Range::Intermediate)
            && repeat.range > Range::Intermediate
        {
            return Some(Self::Shorter);
        }
        Onset::of(annotations, disease, repeat).filter(|onset| onset.is_late(age)).map(Self::Late)
    }

    /// Name among the finding's flags.
    pub(crate) const fn flag(&self) -> &'static str {
        match self {
            Self::Late(_) => "late_onset",
            Self::Shorter => "shorter_in_carriers",
        }
    }

    /// In words for the explanation.
    pub(crate) fn words(&self) -> Words {
        match self {
            Self::Late(Onset { from, to, source }) => {
                let (da, en) = to.map_or_else(
                    || (format!("fra {from} år"), format!("from {from} years")),
                    |to| (format!("ved {from}–{to} år"), format!("at {from}–{to} years")),
                );
                Words::new(
                    format!(
                        "Sygdommen begynder som regel {da} ({source}): at en slægtning med gentagelsen er rask, taler ikke imod den; alderen skal oplyses"
                    ),
                    format!(
                        "The disease usually begins {en} ({source}): that a relative with the repeat is healthy does not speak against it; ask for the age"
                    ),
                )
            }
            Self::Shorter => Words::new(
                "Raske slægtninge har en kortere gentagelse, som ikke gør syg: den er vokset på vejen",
                "Healthy relatives have a shorter repeat that makes nobody ill: it has grown on the way",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parents_age_is_at_least_fifteen_years_more_than_the_childs() {
        let onset = |from, to| Onset { from, to, source: String::new() };
        for (onset, age, late) in [
            (onset(35, Some(44)), None, true),
            (onset(35, Some(44)), Some(8), true),
            (onset(35, Some(44)), Some(29), true),
            (onset(35, Some(44)), Some(30), false), // the parent is 45 at least
            (onset(16, None), Some(80), true),
            (onset(10, Some(15)), None, false),
            (onset(16, Some(19)), Some(2), false),
        ] {
            assert_eq!(onset.is_late(age), late, "{onset:?} {age:?}");
        }
    }
}
