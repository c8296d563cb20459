//! The length of a repeat against the ranges of its locus.
//!
//! What the file says comes first (the limits and the status that Stranger writes in INFO), then the published ranges of
//! `data/repeat-ranges.tsv`, each row with its source.

use indgang_genomics::site::Event;
use indgang_genomics::vcf::Record;
use indgang_knowledge::{Genes, HgncId};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Where a repeat's length lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// As in people without the disease.
    Normal,
    /// Between normal and pathogenic: a premutation, a mutable or uncertain allele.
    Intermediate,
    /// Some of those who carry it become ill.
    ReducedPenetrance,
    /// Pathogenic.
    Full,
}

impl Range {
    /// Name in `report.json`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Intermediate => "intermediate",
            Self::ReducedPenetrance => "reduced_penetrance",
            Self::Full => "full",
        }
    }

    /// How damaging it is by itself, 0 to 1; by judgement, as a longer element is where it is pathogenic.
    pub(crate) const fn severity(self) -> f64 {
        match self {
            Self::Normal => 0.0,
            Self::Intermediate => 0.3,
            Self::ReducedPenetrance => 0.8,
            Self::Full => 0.95,
        }
    }
}

/// How the locus's disease is inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inheritance {
    /// One copy suffices.
    AutosomalDominant,
    /// Both copies.
    AutosomalRecessive,
    /// On X.
    XLinked,
}

impl Inheritance {
    fn of(code: &str) -> Option<Self> {
        match code {
            "AD" => Some(Self::AutosomalDominant),
            "AR" => Some(Self::AutosomalRecessive),
            "XL" | "XR" | "XD" | "XLR" | "XLD" => Some(Self::XLinked),
            _ => None,
        }
    }
}

/// What a repeat's length says, and who says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatReading {
    /// The locus as the file names it.
    pub locus: String,
    /// The unit that is repeated.
    pub unit: String,
    /// Copies of the unit in this allele.
    pub copies: u32,
    /// Where that lies.
    pub range: Range,
    /// Most copies of a normal allele, where a limit is known.
    pub normal_max: Option<u32>,
    /// Fewest copies of a pathogenic allele, where a limit is known.
    pub pathologic_min: Option<u32>,
    /// How the locus's disease is inherited.
    pub inheritance: Option<Inheritance>,
    /// Whence the range is: fields of the file, or a publication.
    pub source: String,
    /// The gene by its approved symbol.
    #[serde(skip)]
    pub(crate) gene: String,
}

/// One row of the table.
struct Published {
    locus: &'static str,
    gene: &'static str,
    normal: u32,
    reduced: Option<u32>,
    full: Option<u32>,
    inheritance: Inheritance,
    source: &'static str,
    /// Usual ages of onset, in years, and who says so.
    onset: Option<((u32, u32), &'static str)>,
}

static PUBLISHED: LazyLock<Vec<Published>> = LazyLock::new(|| {
    let rows = include_str!("../../data/repeat-ranges.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| published(row).expect("the shipped table is checked by a test of this module")).collect()
});

fn published(row: &'static str) -> Option<Published> {
    let mut fields = row.split('\t');
    let mut next = || fields.next();
    let (locus, gene, normal) = (next()?, next()?, next()?.parse().ok()?);
    let (reduced, full) = (limit(next()?)?, limit(next()?)?);
    let (inheritance, source) = (Inheritance::of(next()?)?, next()?);
    let ages = next()?.split_once('-').filter(|(from, to)| !from.is_empty() && !to.is_empty());
    let ages = ages.map(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    let (ages, onset_source) = (if let Some(ages) = ages { Some(ages?) } else { None }, next()?);
    let onset = ages.map(|ages| (ages, onset_source));
    Some(Published { locus, gene, normal, reduced, full, inheritance, source, onset })
}

/// Usual ages of onset of a locus's disease, in years, and who says so.
pub(super) fn usual_onset(locus: &str) -> Option<((u32, u32), &'static str)> {
    PUBLISHED.iter().find(|row| row.locus.eq_ignore_ascii_case(locus))?.onset
}

/// `-` is no limit.
fn limit(text: &str) -> Option<Option<u32>> {
    if text == "-" { Some(None) } else { text.parse().ok().map(Some) }
}

impl RepeatReading {
    /// Reads one allele (1-based) of a line; `None` when it is no repeat, or nobody knows a range of its locus.
    pub(crate) fn of(record: &Record<'_>, allele: usize, event: &Event, genes: &Genes) -> Option<Self> {
        let Event::Repeat { unit, copies, locus, status, .. } = event else { return None };
        let info = |key: &str| record.info_at(key, allele - 1).and_then(|text| std::str::from_utf8(text).ok());
        let number = |key: &str| info(key).and_then(|text| text.parse::<u32>().ok());
        let known = PUBLISHED.iter().find(|row| row.locus.eq_ignore_ascii_case(locus));
        let limits = (number("STR_NORMAL_MAX"), number("STR_PATHOLOGIC_MIN"));
        let (range, limits, source) = of_file(*copies, limits, status.as_deref(), info("SourceDisplay"))
            .or_else(|| known.map(|row| row.read(*copies)))?;
        let by_number = number("HGNCId").and_then(|id| genes.by_hgnc(HgncId(id)));
        let gene = by_number
            .or_else(|| genes.by_symbol(known.map_or(locus.as_str(), |row| row.gene)))
            .map_or_else(|| locus.clone(), |gene| gene.symbol.to_string());
        let (normal_max, pathologic_min) = limits;
        Some(Self {
            locus: locus.clone(),
            unit: unit.clone(),
            copies: *copies,
            range,
            normal_max,
            pathologic_min,
            inheritance: info("InheritanceMode").and_then(Inheritance::of).or(known.map(|row| row.inheritance)),
            source,
            gene,
        })
    }
}

type Told = (Range, (Option<u32>, Option<u32>), String);

/// By the limits of the file, else by its status.
fn of_file(
    copies: u32,
    limits: (Option<u32>, Option<u32>),
    status: Option<&str>,
    source: Option<&str>,
) -> Option<Told> {
    let named = |fields: &str| source.map_or_else(|| fields.to_owned(), |source| format!("{fields}: {source}"));
    if let (Some(normal), Some(pathologic)) = limits {
        let range = match copies {
            n if n <= normal => Range::Normal,
            n if n >= pathologic => Range::Full,
            _ => Range::Intermediate,
        };
        return Some((range, limits, named("STR_NORMAL_MAX, STR_PATHOLOGIC_MIN")));
    }
    let range = match status? {
        "normal" => Range::Normal,
        "pre_mutation" => Range::Intermediate,
        "full_mutation" => Range::Full,
        _ => return None,
    };
    Some((range, limits, named("STR_STATUS")))
}

impl Published {
    fn read(&self, copies: u32) -> Told {
        let from = |limit: Option<u32>| limit.is_some_and(|limit| copies >= limit);
        let range = match copies {
            n if n <= self.normal => Range::Normal,
            _ if from(self.full) => Range::Full,
            _ if from(self.reduced) => Range::ReducedPenetrance,
            _ => Range::Intermediate,
        };
        (range, (Some(self.normal), self.reduced.or(self.full)), self.source.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_genomics::vcf::{ReadOptions, Reader};
    use indgang_knowledge::Knowledge;

    /// Range and source of the first allele of a line.
    fn read(alternate: &str, info: &str) -> Option<RepeatReading> {
        let text = format!(
            "##fileformat=VCFv4.2\n##contig=<ID=1,length=249250621>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n\
             1\t100\t.\tC\t{alternate}\t.\tPASS\tEND=160;RU=CAG;{info}\tGT\t0/1\n"
        );
        let genes = Knowledge::shipped().genes().expect("the shipped part");
        let mut found = None;
        let mut each = |record: &Record<'_>| {
            let (_, event) = record.place(1, None)?.expect("an allele");
            found = RepeatReading::of(record, 1, &event, genes);
            Ok(())
        };
        Reader::open(text.as_bytes(), ReadOptions::default()).expect("a file").for_each(&mut each).expect("a line");
        found
    }

    #[test]
    fn lengths_against_published_ranges() {
        use Range::{Full, Intermediate, Normal, ReducedPenetrance};
        for (locus, copies, expected) in [
            ("HTT", 26, Normal),
            ("HTT", 27, Intermediate),
            ("HTT", 36, ReducedPenetrance),
            ("HTT", 39, ReducedPenetrance),
            ("HTT", 40, Full),
            ("ATXN3", 44, Normal),
            ("ATXN3", 60, Intermediate),
            ("ATXN3", 61, Full),
            ("FMR1", 55, Intermediate),
            ("FMR1", 200, Intermediate),
            ("FMR1", 201, Full),
            ("ATXN8OS", 200, ReducedPenetrance),
            ("FXN", 33, Normal),
            ("FXN", 55, Intermediate),
            ("FXN", 56, ReducedPenetrance),
            ("FXN", 66, Full),
            ("FMR1", 44, Normal),
            ("FMR1", 45, Intermediate),
            ("C9ORF72", 24, Normal),
            ("C9ORF72", 60, Intermediate),
            ("C9ORF72", 61, Full),
            ("AR", 34, Normal),
            ("AR", 35, Intermediate),
            ("AR", 36, ReducedPenetrance),
            ("AR", 38, Full),
        ] {
            let reading = read(&format!("<STR{copies}>"), &format!("REPID={locus}")).expect("a known locus");
            assert_eq!(reading.range, expected, "{locus} {copies}");
            assert!(!reading.source.is_empty() && reading.gene.eq_ignore_ascii_case(locus), "{reading:?}");
        }
    }

    #[test]
    fn what_the_file_says_comes_first() {
        for (copies, info, range, source) in [
            (30, "REPID=HTT;STR_STATUS=full_mutation", Some(Range::Full), "STR_STATUS"),
            (
                30,
                "REPID=HTT;STR_NORMAL_MAX=34;STR_PATHOLOGIC_MIN=36",
                Some(Range::Normal),
                "STR_NORMAL_MAX, STR_PATHOLOGIC_MIN",
            ),
            (
                35,
                "REPID=HTT;STR_STATUS=normal;STR_NORMAL_MAX=34;STR_PATHOLOGIC_MIN=36;SourceDisplay=GeneReviews",
                Some(Range::Intermediate),
                "STR_NORMAL_MAX, STR_PATHOLOGIC_MIN: GeneReviews",
            ),
            (36, "VARID=HTT", Some(Range::ReducedPenetrance), "ACMG, Genetics in Medicine 2014;16:e2"),
            (99, "REPID=HTT_CCG", None, ""),
            (99, "REPID=NOBODY", None, ""),
        ] {
            let reading = read(&format!("<STR{copies}>"), info);
            assert_eq!(reading.as_ref().map(|r| r.range), range, "{info}");
            assert_eq!(reading.map_or(String::new(), |r| r.source), source, "{info}");
        }
    }

    #[test]
    fn the_gene_and_its_inheritance() {
        for (info, gene, inheritance) in [
            ("REPID=C9ORF72", "C9orf72", Some(Inheritance::AutosomalDominant)),
            (
                "REPID=FRDA;HGNCId=3951;InheritanceMode=AR;STR_STATUS=full_mutation",
                "FXN",
                Some(Inheritance::AutosomalRecessive),
            ),
            ("REPID=FMR1", "FMR1", Some(Inheritance::XLinked)),
            ("REPID=CBL;STR_STATUS=full_mutation", "CBL", None),
        ] {
            let reading = read("<STR900>", info).expect("a range");
            assert_eq!((reading.gene.as_str(), reading.inheritance), (gene, inheritance), "{info}");
        }
    }

    #[test]
    fn every_row_is_of_a_gene_with_a_disease_and_its_limits_ascend() {
        let genes = Knowledge::shipped().genes().expect("the shipped part");
        for row in PUBLISHED.iter() {
            let gene = genes.by_symbol(row.gene).filter(|gene| *gene.symbol == *row.gene);
            assert!(gene.is_some(), "{}", row.gene);
            let limits: Vec<u32> = [Some(row.normal), row.reduced, row.full].into_iter().flatten().collect();
            assert!(limits.len() >= 2 && limits.is_sorted() && !row.source.is_empty(), "{}", row.locus);
            assert!(row.onset.is_none_or(|((from, to), source)| from < to && source.len() > 3), "{}", row.locus);
        }
    }
}
