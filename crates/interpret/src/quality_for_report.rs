//! What was gathered of samples and pedigree, in the report's shape, and what it means for the modes of inheritance.

use crate::report;
use crate::words::Words;
use indgang_genomics::pedigree::Family;
use indgang_genomics::quality::{DisomyKind, ParentalOrigin, Quality, Verdict, verdict};

/// Sites under which kinship is not called tested.
const ENOUGH_SITES: u64 = 1000;
/// Shortest run of homozygosity in the report, in bases.
const SHORTEST_RUN: u32 = 5_000_000;
/// Weakest uniparental disomy in the report, after the number of chromosomes.
const DISOMY_P: f64 = 1e-4;

/// The quality of a case, judged.
pub(crate) struct Judged<'a> {
    family: &'a Family,
    quality: &'a Quality,
    verdict: Verdict,
}

impl<'a> Judged<'a> {
    pub(crate) fn new(family: &'a Family, quality: &'a Quality) -> Self {
        Self { family, quality, verdict: verdict(family, quality) }
    }

    /// True when modes that rest on the proband's parents are not to be used.
    pub(crate) fn trio_refused(&self) -> bool {
        self.verdict.refuses_trio_of(self.family.proband()).is_some()
    }

    /// The family as it may be read, the proband's part first; see [`Verdict::readings`].
    pub(crate) fn readings(&self) -> Vec<Family> {
        self.verdict.readings(self.family)
    }

    /// True when both parents' kinship with the proband was tested and agrees.
    pub(crate) fn parentage_confirmed(&self) -> bool {
        let proband = self.family.proband();
        let tested = |parent: usize| {
            self.quality.relatedness.pairs().any(|(a, b, pair)| {
                (a.min(b), a.max(b)) == (parent.min(proband), parent.max(proband)) && pair.sites >= ENOUGH_SITES
            })
        };
        let member = &self.family.members[proband];
        !self.trio_refused() && member.father.is_some_and(tested) && member.mother.is_some_and(tested)
    }

    /// What does not agree, without telling of whom: nobody's sample is named where it is shown.
    pub(crate) fn disagreements(&self) -> Vec<&'static str> {
        use indgang_genomics::quality::Relation as R;
        let words = self.verdict.disagreements.iter().map(|d| match d.relation {
            R::Sex => "sex",
            R::Paternity | R::Maternity | R::Identical | R::UnexpectedRelation => "kinship",
            R::MendelianErrors => "Mendelian errors",
        });
        let mut words: Vec<_> = words.collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// What everybody who reads the report is told. What disagrees, and how,
    /// is for the laboratory alone: see the relations.
    pub(crate) fn warnings(&self) -> Vec<Words> {
        let mut warnings = Vec::new();
        if self.verdict.disagreements.iter().any(|d| d.laboratory_only) {
            warnings.push(Words::new(
                "Prøverne og stamtræet stemmer ikke overens. Laboratoriet skal kontrollere prøverne, før svaret bruges.",
                "The samples and the pedigree do not agree. The laboratory must check the samples before the answer is used.",
            ));
        }
        let proband = &self.family.members[self.family.proband()];
        if self.trio_refused() && (proband.father.is_some() || proband.mother.is_some()) {
            warnings.push(Words::new(
                "Nedarvninger, der hviler på begge forældre, er ikke brugt: barnet er læst uden forældre.",
                "Modes of inheritance that rest on both parents were not used: the child is read without parents.",
            ));
        }
        warnings
    }

    pub(crate) fn for_report(&self) -> report::Quality {
        report::Quality {
            samples: self.samples(),
            relations: self.relations(),
            mendelian: self.mendelian(),
            pedigree_agrees: self.verdict.agrees(),
            runs_of_homozygosity: self.runs(),
            uniparental_disomy: self.disomies(),
        }
    }

    fn name(&self, member: usize) -> String {
        self.family.members[member].id.clone()
    }

    fn samples(&self) -> Vec<report::SampleQuality> {
        let sequenced = self.family.members.iter().zip(&self.quality.samples.by_member).filter(|(m, _)| m.sequenced);
        sequenced
            .map(|(member, tally)| report::SampleQuality {
                sample: member.id.clone(),
                variants: tally.carried,
                median_depth: tally.median_depth(),
                x_heterozygosity: tally.x_heterozygosity(),
                observed_sex: tally.observed_sex(),
                missing_rate: tally.missing_rate(),
            })
            .collect()
    }

    fn relations(&self) -> Vec<report::RelationQuality> {
        let sequenced = |i: usize| self.family.members[i].sequenced;
        let pairs = self.quality.relatedness.pairs().filter(|(a, b, _)| sequenced(*a) && sequenced(*b));
        pairs
            .map(|(a, b, pair)| report::RelationQuality {
                a: self.name(a),
                b: self.name(b),
                kinship: pair.kinship(),
                expected: self.family.expected_kinship(a, b),
                sites: pair.sites,
                agrees: !self
                    .verdict
                    .disagreements
                    .iter()
                    .any(|d| d.other.is_some_and(|other| (d.member, other) == (a, b) || (d.member, other) == (b, a))),
            })
            .collect()
    }

    fn mendelian(&self) -> Vec<report::MendelianErrors> {
        let tested = self.quality.mendelian.children.iter().filter(|t| t.sites > 0);
        tested
            .map(|t| report::MendelianErrors { child: self.name(t.trio.0), sites: t.sites, errors: t.errors })
            .collect()
    }

    fn runs(&self) -> Vec<report::RunOfHomozygosity> {
        let runs = self.quality.runs.runs(SHORTEST_RUN).into_iter();
        runs.map(|r| report::RunOfHomozygosity {
            sample: self.name(r.member),
            chrom: r.chrom,
            start: r.start,
            end: r.end,
            sites: r.sites,
        })
        .collect()
    }

    fn disomies(&self) -> Vec<report::UniparentalDisomy> {
        let of_child = |t: &indgang_genomics::quality::MendelTally| {
            let child = self.name(t.trio.0);
            t.disomies().into_iter().map(move |d| (child.clone(), d)).collect::<Vec<_>>()
        };
        let all = self.quality.mendelian.children.iter().flat_map(of_child).filter(|(_, d)| d.p_value < DISOMY_P);
        all.map(|(child, d)| report::UniparentalDisomy {
            child,
            chrom: d.chrom,
            from: match d.from {
                ParentalOrigin::Father => "father",
                ParentalOrigin::Mother => "mother",
            }
            .to_owned(),
            kind: match d.kind {
                DisomyKind::Isodisomy => "isodisomy",
                DisomyKind::Heterodisomy => "heterodisomy",
                DisomyKind::Mixed => "mixed",
            }
            .to_owned(),
            sites: u32::try_from(d.sites).unwrap_or(u32::MAX),
            p_value: d.p_value,
        })
        .collect()
    }
}
