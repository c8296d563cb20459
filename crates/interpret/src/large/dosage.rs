//! ClinGen's dosage sensitivity map, read from the publisher's table when it is given (`--dosage`).

use indgang_model::Chromosome;
use std::collections::HashMap;

/// The score that ClinGen gives for sufficient evidence.
pub(crate) const SUFFICIENT: u8 = 3;

/// Scores of haploinsufficiency and triplosensitivity: 0 to 3, 30 (recessive gene), 40 (unlikely).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sensitivity {
    /// Of one copy lost.
    pub haploinsufficiency: Option<u8>,
    /// Of one copy more.
    pub triplosensitivity: Option<u8>,
}

/// A region of the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DosageRegion {
    /// Its name.
    pub name: String,
    chrom: Chromosome,
    first: u32,
    last: u32,
    /// Its scores.
    pub sensitivity: Sensitivity,
}

/// Genes and regions with their scores.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dosage {
    /// The publisher's date, as the file's head says it; empty when it does not.
    pub version: String,
    genes: HashMap<String, Sensitivity>,
    regions: Vec<DosageRegion>,
}

/// What is wrong with a dosage table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DosageError {
    /// No line of column names.
    #[error(
        "there is no line with the columns `Haploinsufficiency Score` and `Triplosensitivity Score`; give ClinGen_gene_curation_list or ClinGen_region_curation_list (TSV)"
    )]
    Header,
    /// A row that cannot be read.
    #[error("line {line}: {what}")]
    Row {
        /// 1-based.
        line: usize,
        /// What is wrong, with the value.
        what: String,
    },
}

struct Columns {
    symbol: Option<usize>,
    region: Option<usize>,
    place: usize,
    haploinsufficiency: usize,
    triplosensitivity: usize,
}

impl Dosage {
    /// Reads one table of ClinGen's, of genes or of regions; the head's lines begin with `#`, the last of them names the
    /// columns. Scores that are no number (`Not yet evaluated`) are not known.
    ///
    /// # Errors
    /// When the columns are missing or a row has too few.
    pub fn parse(text: &str) -> Result<Self, DosageError> {
        let mut dosage = Self::default();
        let mut columns = None;
        for (line, row) in (1..).zip(text.lines()) {
            if let Some(head) = row.strip_prefix('#') {
                columns = columns_of(head).or(columns);
                if let Some(date) = dated(head) {
                    dosage.version = date.to_owned();
                }
                continue;
            }
            if row.trim().is_empty() {
                continue;
            }
            let columns = columns.as_ref().ok_or(DosageError::Header)?;
            dosage.row(columns, row).map_err(|what| DosageError::Row { line, what })?;
        }
        if columns.is_none() { Err(DosageError::Header) } else { Ok(dosage) }
    }

    fn row(&mut self, columns: &Columns, row: &str) -> Result<(), String> {
        let fields: Vec<&str> = row.split('\t').collect();
        let field = |index: usize| {
            fields.get(index).map(|f| f.trim()).ok_or_else(|| {
                format!("{} tab-separated fields where at least {} are expected", fields.len(), index + 1)
            })
        };
        let score = |index: usize| field(index).map(|text| text.parse::<u8>().ok());
        let sensitivity = Sensitivity {
            haploinsufficiency: score(columns.haploinsufficiency)?,
            triplosensitivity: score(columns.triplosensitivity)?,
        };
        if let Some(symbol) = columns.symbol {
            self.genes.insert(field(symbol)?.to_owned(), sensitivity);
        } else if let Some(region) = columns.region {
            let place = field(columns.place)?;
            // A region that is not placed yet (`tbd`) says nothing of any change.
            if let Some((chrom, first, last)) = placed(place) {
                self.regions.push(DosageRegion { name: field(region)?.to_owned(), chrom, first, last, sensitivity });
            } else if place.contains("chr") {
                return Err(format!("the place `{place}` is not like chr1:145386507-146048495"));
            }
        }
        Ok(())
    }

    /// Both tables together; the rows of `other` come first.
    pub fn with(mut self, other: Self) -> Self {
        self.genes.extend(other.genes);
        self.regions.extend(other.regions);
        if self.version.is_empty() {
            self.version = other.version;
        }
        self
    }

    /// The scores of a gene.
    pub fn gene(&self, symbol: &str) -> Option<Sensitivity> {
        self.genes.get(symbol).copied()
    }

    /// Regions that a stretch shares bases with, and whether it holds all of each.
    pub fn regions(&self, chrom: Chromosome, (first, last): (u32, u32)) -> impl Iterator<Item = (&DosageRegion, bool)> {
        let touched = self.regions.iter().filter(move |r| r.chrom == chrom && r.first <= last && first <= r.last);
        touched.map(move |r| (r, first <= r.first && r.last <= last))
    }
}

fn columns_of(head: &str) -> Option<Columns> {
    let names: Vec<&str> = head.split('\t').map(str::trim).collect();
    let find = |name: &str| names.iter().position(|n| n.eq_ignore_ascii_case(name));
    Some(Columns {
        symbol: find("Gene Symbol"),
        region: find("ISCA Region Name"),
        place: find("Genomic Location").unwrap_or(usize::MAX),
        haploinsufficiency: find("Haploinsufficiency Score")?,
        triplosensitivity: find("Triplosensitivity Score")?,
    })
}

/// `FILE CREATED: 2026-06-21` or a bare `21 Jun,2026`.
fn dated(head: &str) -> Option<&str> {
    let head = head.trim();
    if head.contains('\t') {
        return None;
    }
    let (_, date) = head.split_once(':').filter(|(key, _)| key.to_ascii_lowercase().contains("created"))?;
    Some(date.trim())
}

/// `chr1:145386507-146048495`.
fn placed(text: &str) -> Option<(Chromosome, u32, u32)> {
    let (chrom, range) = text.split_once(':')?;
    let (first, last) = range.split_once('-')?;
    Some((chrom.trim().parse().ok()?, first.trim().parse().ok()?, last.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENES: &str = "#ClinGen Gene Curation Results,GRCh37\n#FILE CREATED: 2026-06-21\n\
        #Gene Symbol\tGene ID\tcytoBand\tGenomic Location\tHaploinsufficiency Score\tHaploinsufficiency Description\tTriplosensitivity Score\n\
        A4GALT\t53947\t22q13.2\tchr22:43088127-43117307\t30\tGene associated with autosomal recessive phenotype\t0\n\
        MECP2\t4204\tXq28\tchrX:153287264-153363188\t3\tSufficient\t3\n\
        AAGAB\t79719\t15q23\tchr15:1-2\t3\tSufficient\tNot yet evaluated\n";
    const REGIONS: &str = "#ISCA ID\tISCA Region Name\tcytoBand\tGenomic Location\tHaploinsufficiency Score\tTriplosensitivity Score\n\
        ISCA-37408\t2p15-p16.1 deletion region\t2p16\tchr2:59139200-62488871\t3\t0\n\
        ISCA-1\tnot placed\t1p\ttbd\t1\t0\n";

    #[test]
    fn both_tables_of_the_publisher() {
        let dosage = Dosage::parse(GENES).expect("genes").with(Dosage::parse(REGIONS).expect("regions"));
        assert_eq!(dosage.version, "2026-06-21");
        for (gene, expected) in [
            ("A4GALT", Some((Some(30), Some(0)))),
            ("MECP2", Some((Some(3), Some(3)))),
            ("AAGAB", Some((Some(3), None))),
            ("TTN", None),
        ] {
            let found = dosage.gene(gene).map(|s| (s.haploinsufficiency, s.triplosensitivity));
            assert_eq!(found, expected, "{gene}");
        }
        let two = "2".parse().expect("a chromosome");
        for (stretch, expected) in [
            ((59_000_000, 63_000_000), vec![("2p15-p16.1 deletion region", true)]),
            ((60_000_000, 61_000_000), vec![("2p15-p16.1 deletion region", false)]),
            ((1, 59_139_199), vec![]),
        ] {
            let found: Vec<_> = dosage.regions(two, stretch).map(|(r, whole)| (r.name.as_str(), whole)).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, expected) in [
            ("A\tB\n", "there is no line with the columns"),
            ("", "there is no line with the columns"),
            (
                "#Gene Symbol\tHaploinsufficiency Score\tTriplosensitivity Score\nTTN\t3\n",
                "line 2: 2 tab-separated fields",
            ),
            (
                "#ISCA Region Name\tGenomic Location\tHaploinsufficiency Score\tTriplosensitivity Score\nX\tchr2:a-b\t3\t0\n",
                "line 2: the place `chr2:a-b`",
            ),
        ] {
            let error = Dosage::parse(text).expect_err(text).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
