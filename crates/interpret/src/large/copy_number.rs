//! Evidence on a lost or gained stretch as points of the ACMG/ClinGen standard for copy number variants (Riggs et al.,
//! Genet Med 2020;22:245): the criteria that data can tell.
//!
//! Computed: 1A/1B (genes within), 2A–2E and 2I (genes and regions of established dosage sensitivity), 3 (number of genes),
//! 4O (common in the population), 5A and 5C (new, or from an unaffected parent, at the points for a phenotype that is not
//! specific). Not computed, and said so: what needs the literature (4A–4N), lists that are not at hand (2F, 2G, 2H), and
//! how specific the signs are (5B, 5D–5H).

use super::{LargeVariant, OverlappedGene};
use crate::words::{Words, decimal_comma};
use indgang_genomics::structural::{Extent, Kind};
use serde::{Deserialize, Serialize};

/// One criterion that is met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CopyNumberCriterion {
    /// `1A`, `2A`, `3B` …
    pub code: String,
    /// Points, negative for benign.
    pub points: f64,
    /// Why, in words, English.
    pub reason: String,
    /// The same in Danish.
    pub reason_da: String,
    /// Whence: a source by its name in the report's `versions`, `position`, `genotypes`, a field of the file.
    pub source: String,
}

/// Class, points and criteria of a copy number variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CopyNumberClass {
    /// `pathogenic`, `likely_pathogenic`, `uncertain_significance`, `likely_benign`, `benign`.
    pub classification: String,
    /// Sum of points.
    pub points: f64,
    /// Criteria met, those of no points included.
    pub criteria: Vec<CopyNumberCriterion>,
    /// Criteria that cannot be computed here.
    pub not_assessed: Vec<String>,
}

const NOT_ASSESSED: [&str; 6] = ["2F", "2G", "2H", "4A–4N", "5B", "5D–5H"];

/// What of the family and the population bears on it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Circumstances<'a> {
    /// New in the child: with parentage confirmed, or assumed.
    pub(crate) de_novo: Option<bool>,
    /// From an unaffected parent.
    pub(crate) from_unaffected: bool,
    /// Highest population frequency, and the field that said it.
    pub(crate) frequency: Option<(f64, &'a str)>,
}

/// Assesses a loss or gain; `None` of any other kind.
pub(crate) fn assess(large: &LargeVariant, circumstances: Circumstances<'_>) -> Option<CopyNumberClass> {
    if !matches!(large.kind, Kind::Loss | Kind::Gain) {
        return None;
    }
    let mut criteria = vec![content(large)];
    criteria.extend(dosage(large));
    criteria.push(number_of_genes(large));
    criteria.extend(circumstances.common());
    criteria.extend(circumstances.inheritance());
    // To two decimals, as the standard writes points: sums of binary fractions are not exact.
    let points = (criteria.iter().map(|c| c.points).sum::<f64>() * 100.0).round() / 100.0;
    let classification = match points {
        p if p >= 0.99 => "pathogenic",
        p if p >= 0.90 => "likely_pathogenic",
        p if p > -0.90 => "uncertain_significance",
        p if p > -0.99 => "likely_benign",
        _ => "benign",
    };
    let not_assessed = NOT_ASSESSED.map(str::to_owned).to_vec();
    Some(CopyNumberClass { classification: classification.to_owned(), points, criteria, not_assessed })
}

fn met(code: &str, points: f64, source: &str, (da, en): (String, String)) -> CopyNumberCriterion {
    CopyNumberCriterion { code: code.to_owned(), points, reason: en, reason_da: da, source: source.to_owned() }
}

fn coding(large: &LargeVariant) -> usize {
    large.genes.iter().filter(|gene| gene.protein).count()
}

fn content(large: &LargeVariant) -> CopyNumberCriterion {
    if coding(large) > 0 {
        let words = ("gener, der koder for protein, er berørt", "genes of proteins are touched");
        return met("1A", 0.0, "position", (words.0.to_owned(), words.1.to_owned()));
    }
    let words = ("intet gen, der koder for protein, er berørt", "no gene of a protein is touched");
    met("1B", -0.60, "position", (words.0.to_owned(), words.1.to_owned()))
}

/// Section 2: the criterion with most points among genes and regions of established sensitivity.
fn dosage(large: &LargeVariant) -> Option<CopyNumberCriterion> {
    let genes = large.genes.iter().filter_map(|gene| of_gene(large.kind, gene));
    let regions = large.regions.iter().filter_map(|region| {
        let sufficient = match large.kind {
            Kind::Loss => region.haploinsufficient,
            _ => region.triplosensitive,
        };
        sufficient.then(|| {
            let name = &region.name;
            if region.whole {
                let words = (
                    format!("hele området {name}, hvis dosis vides at betyde noget, er med"),
                    format!("all of the dosage-sensitive region {name} is within"),
                );
                met("2A", 1.0, "clingen_dosage", words)
            } else {
                let words = (
                    format!("en del af området {name}, hvis dosis vides at betyde noget, er med"),
                    format!("a part of the dosage-sensitive region {name} is within"),
                );
                met("2B", 0.0, "clingen_dosage", words)
            }
        })
    });
    genes.chain(regions).max_by(|a, b| a.points.total_cmp(&b.points))
}

fn of_gene(kind: Kind, gene: &OverlappedGene) -> Option<CopyNumberCriterion> {
    let (code, points, da, en) = match kind {
        Kind::Loss if gene.haploinsufficient => of_loss(gene),
        Kind::Gain if gene.triplosensitive && gene.extent == Extent::Whole => (
            "2A",
            1.0,
            "hele genet er med, og det tåler ikke en kopi mere",
            "all of the triplosensitive gene is within",
        ),
        Kind::Gain if gene.haploinsufficient && gene.extent == Extent::Coding && !gene.with_start && !gene.with_end => {
            (
                "2I",
                0.45,
                "begge ender ligger i et haploinsufficient gen; i tandem ødelægger det genet",
                "both ends lie within a haploinsufficient gene; in tandem it breaks the gene",
            )
        }
        _ => return None,
    };
    Some(met(code, points, &gene.dosage_source, (format!("{}: {da}", gene.symbol), format!("{}: {en}", gene.symbol))))
}

fn of_loss(gene: &OverlappedGene) -> (&'static str, f64, &'static str, &'static str) {
    let last_only = gene.exons.is_some_and(|[first, last]| first == last);
    match (gene.extent, gene.with_start, gene.with_end) {
        (Extent::Whole, ..) => {
            ("2A", 1.0, "hele det haploinsufficiente gen er tabt", "all of the haploinsufficient gene is lost")
        }
        (Extent::Coding, true, _) => (
            "2C-1",
            0.90,
            "begyndelsen af det haploinsufficiente gen er tabt med kodende sekvens",
            "the beginning of the haploinsufficient gene is lost with coding sequence",
        ),
        (_, true, _) => (
            "2C-2",
            0.0,
            "begyndelsen af det haploinsufficiente gen er tabt uden kodende sekvens",
            "the beginning of the haploinsufficient gene is lost without coding sequence",
        ),
        (Extent::Coding, _, true) if last_only => (
            "2D-3",
            0.30,
            "kun det sidste exon af det haploinsufficiente gen er tabt",
            "the last exon alone of the haploinsufficient gene is lost",
        ),
        (Extent::Coding, _, true) => (
            "2D-4",
            0.90,
            "slutningen af det haploinsufficiente gen er tabt med flere exoner",
            "the end of the haploinsufficient gene is lost with several exons",
        ),
        (_, _, true) => (
            "2D-1",
            0.0,
            "slutningen af det haploinsufficiente gen er tabt uden kodende sekvens",
            "the end of the haploinsufficient gene is lost without coding sequence",
        ),
        (Extent::Coding, false, false) if gene.escapes_decay => (
            "2E",
            0.45,
            "begge ender ligger i det haploinsufficiente gen; læserammen er bevaret (PVS1 stærk)",
            "both ends lie within the haploinsufficient gene; the frame is kept (PVS1 strong)",
        ),
        (Extent::Coding, false, false) => (
            "2E",
            0.90,
            "begge ender ligger i det haploinsufficiente gen; læserammen er brudt (PVS1)",
            "both ends lie within the haploinsufficient gene; the frame is lost (PVS1)",
        ),
        _ => (
            "2E",
            0.0,
            "begge ender ligger i det haploinsufficiente gen; ingen kodende sekvens er berørt",
            "both ends lie within the haploinsufficient gene; no coding sequence is touched",
        ),
    }
}

/// Section 3; the limits are those of losses and of gains.
fn number_of_genes(large: &LargeVariant) -> CopyNumberCriterion {
    let count = coding(large);
    let [some, many] = if large.kind == Kind::Loss { [25, 35] } else { [35, 50] };
    let (code, points) = match count {
        n if n >= many => ("3C", 0.90),
        n if n >= some => ("3B", 0.45),
        _ => ("3A", 0.0),
    };
    let words = (format!("{count} gener, der koder for protein"), format!("{count} genes of proteins"));
    met(code, points, "position", words)
}

impl Circumstances<'_> {
    fn common(self) -> Option<CopyNumberCriterion> {
        const COMMON: f64 = 0.01;
        let (frequency, source) = self.frequency.filter(|(f, _)| *f > COMMON)?;
        let percent = format!("{:.1}", frequency * 100.0);
        let words = (
            format!("almindelig i befolkningen: {} %", decimal_comma(&percent)),
            format!("common in the population: {percent} %"),
        );
        Some(met("4O", -1.0, source, words))
    }

    fn inheritance(self) -> Option<CopyNumberCriterion> {
        let told = |code, points, words: Words| Some(met(code, points, "genotypes", (words.da, words.en)));
        match self.de_novo {
            Some(true) => told(
                "5A",
                0.15,
                Words::new("ny hos barnet, slægtskabet stemmer", "new in the child, parentage confirmed"),
            ),
            Some(false) => {
                told("5A", 0.10, Words::new("formentlig ny hos barnet", "new in the child, parentage assumed"))
            }
            None if self.from_unaffected => {
                told("5C", -0.15, Words::new("fra en forælder uden sygdommen", "from an unaffected parent"))
            }
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::large::DosageOverlap;

    fn gene(symbol: &str, extent: Extent, ends: (bool, bool)) -> OverlappedGene {
        OverlappedGene {
            symbol: symbol.to_owned(),
            transcript: "NM_1.1".to_owned(),
            consequence: "transcript_ablation".to_owned(),
            extent,
            exons: Some([3, 4]),
            protein: true,
            haploinsufficient: false,
            triplosensitive: false,
            dosage_source: "clingen_dosage".to_owned(),
            with_start: ends.0,
            with_end: ends.1,
            escapes_decay: false,
        }
    }

    fn large(kind: Kind, genes: Vec<OverlappedGene>) -> LargeVariant {
        LargeVariant {
            kind,
            length: Some(1),
            copies: Default::default(),
            genes,
            regions: Vec::new(),
            other_calls: Vec::new(),
            callers_disagree: false,
            class: None,
        }
    }

    fn told(large: &LargeVariant, circumstances: Circumstances<'_>) -> (Vec<String>, f64, String) {
        let class = assess(large, circumstances).expect("a copy number variant");
        (class.criteria.iter().map(|c| c.code.clone()).collect(), class.points, class.classification)
    }

    #[test]
    fn section_2_of_losses_and_gains() {
        use Extent::{Coding, Exonic, Intronic, Whole};
        let hi = |extent, ends| OverlappedGene { haploinsufficient: true, ..gene("HI", extent, ends) };
        let last = |gene: OverlappedGene| OverlappedGene { exons: Some([4, 4]), ..gene };
        let framed = |gene: OverlappedGene| OverlappedGene { escapes_decay: true, ..gene };
        let ts = |extent, ends| OverlappedGene { triplosensitive: true, ..gene("TS", extent, ends) };
        for (kind, gene, code, points, class) in [
            (Kind::Loss, hi(Whole, (true, true)), Some("2A"), 1.0, "pathogenic"),
            (Kind::Loss, hi(Coding, (true, false)), Some("2C-1"), 0.90, "likely_pathogenic"),
            (Kind::Loss, hi(Exonic, (true, false)), Some("2C-2"), 0.0, "uncertain_significance"),
            (Kind::Loss, last(hi(Coding, (false, true))), Some("2D-3"), 0.30, "uncertain_significance"),
            (Kind::Loss, hi(Coding, (false, true)), Some("2D-4"), 0.90, "likely_pathogenic"),
            (Kind::Loss, hi(Exonic, (false, true)), Some("2D-1"), 0.0, "uncertain_significance"),
            (Kind::Loss, hi(Coding, (false, false)), Some("2E"), 0.90, "likely_pathogenic"),
            (Kind::Loss, framed(hi(Coding, (false, false))), Some("2E"), 0.45, "uncertain_significance"),
            (Kind::Loss, hi(Intronic, (false, false)), Some("2E"), 0.0, "uncertain_significance"),
            (Kind::Loss, ts(Whole, (true, true)), None, 0.0, "uncertain_significance"), // no sensitivity to a loss
            (Kind::Gain, ts(Whole, (true, true)), Some("2A"), 1.0, "pathogenic"),
            (Kind::Gain, hi(Whole, (true, true)), None, 0.0, "uncertain_significance"),
            (Kind::Gain, hi(Coding, (false, false)), Some("2I"), 0.45, "uncertain_significance"),
            (Kind::Gain, hi(Coding, (true, false)), None, 0.0, "uncertain_significance"), // a whole copy is left
        ] {
            let expected: Vec<&str> = ["1A"].into_iter().chain(code).chain(["3A"]).collect();
            let found = told(&large(kind, vec![gene.clone()]), Circumstances::default());
            assert_eq!(
                (found.0, found.2.as_str()),
                (expected.iter().map(ToString::to_string).collect(), class),
                "{gene:?}"
            );
            assert!((found.1 - points).abs() < 1e-9, "{} for {points}", found.1);
        }
    }

    #[test]
    fn genes_are_counted_and_the_best_of_section_2_stands_once() {
        let many = |n: usize| (0..n).map(|i| gene(&i.to_string(), Extent::Whole, (true, true))).collect::<Vec<_>>();
        for (kind, n, code, points) in [
            (Kind::Loss, 0, "3A", -0.60),
            (Kind::Loss, 24, "3A", 0.0),
            (Kind::Loss, 25, "3B", 0.45),
            (Kind::Loss, 34, "3B", 0.45),
            (Kind::Loss, 35, "3C", 0.90),
            (Kind::Gain, 34, "3A", 0.0),
            (Kind::Gain, 35, "3B", 0.45),
            (Kind::Gain, 50, "3C", 0.90),
        ] {
            let found = told(&large(kind, many(n)), Circumstances::default());
            assert!(found.0.iter().any(|c| c == code) && (found.1 - points).abs() < 1e-9, "{kind:?} {n}: {found:?}");
        }
        let mut two = large(Kind::Loss, many(2));
        two.genes.iter_mut().for_each(|gene| gene.haploinsufficient = true);
        two.regions.push(DosageOverlap {
            name: "16p11.2".into(),
            whole: true,
            haploinsufficient: true,
            triplosensitive: false,
        });
        let found = told(&two, Circumstances::default());
        assert_eq!((found.0.iter().filter(|c| *c == "2A").count(), found.2.as_str()), (1, "pathogenic"));
    }

    #[test]
    fn family_and_population() {
        let one = large(Kind::Loss, vec![gene("G", Extent::Whole, (true, true))]);
        for (circumstances, points, class) in [
            (Circumstances { de_novo: Some(true), ..Circumstances::default() }, 0.15, "uncertain_significance"),
            (Circumstances { de_novo: Some(false), ..Circumstances::default() }, 0.10, "uncertain_significance"),
            (Circumstances { from_unaffected: true, ..Circumstances::default() }, -0.15, "uncertain_significance"),
            (Circumstances { frequency: Some((0.02, "AF")), ..Circumstances::default() }, -1.0, "benign"),
            (
                Circumstances { frequency: Some((0.01, "AF")), ..Circumstances::default() },
                0.0,
                "uncertain_significance",
            ),
        ] {
            let found = told(&one, circumstances);
            assert!((found.1 - points).abs() < 1e-9 && found.2 == class, "{circumstances:?}: {found:?}");
        }
        for kind in [Kind::Inversion, Kind::Insertion, Kind::Breakend] {
            assert!(assess(&large(kind, Vec::new()), Circumstances::default()).is_none());
        }
    }
}
