//! Annotations that stand beside a VCF instead of in it: one row an allele, as Exomiser's variants table has them.

use indgang_model::{Chromosome, Variant};
use std::collections::HashMap;

/// What a row says of an allele.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    /// Gene symbol, when the allele is in one.
    pub gene: Option<String>,
    /// Sequence Ontology term.
    pub consequence: String,
    /// Transcript and HGVS text.
    pub hgvs: Option<String>,
    /// Highest population frequency, 0 to 1; `None` when no population source has the allele.
    pub max_frequency: Option<f64>,
    /// Damage as the mean of the predictors present, 0 to 1.
    pub predictor: Option<f64>,
}

/// Rows by allele.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnnotationTable {
    rows: HashMap<Variant, TableRow>,
}

/// What is wrong with a table of annotations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnnotationTableError {
    /// A needed column is missing.
    #[error(
        "line 1: there is no column `{0}`; a table of annotations has #CHROM, POS, REF, ALT, FUNCTIONAL_CLASS, HGVS, EXOMISER_GENE and MAX_FREQUENCY (in percent), separated by tabs"
    )]
    Column(&'static str),
    /// A row that cannot be read.
    #[error("line {line}: {field} is `{value}`; {remedy}")]
    Row {
        /// 1-based.
        line: usize,
        /// The column.
        field: &'static str,
        /// What it holds.
        value: String,
        /// What it should hold.
        remedy: &'static str,
    },
}

impl AnnotationTable {
    /// Reads the table. Frequencies in the file are percent; `.` is unknown.
    pub fn parse(text: &str) -> Result<Self, AnnotationTableError> {
        let mut lines = text.lines().enumerate();
        let header: Vec<&str> = lines.next().map(|(_, l)| l.split('\t').collect()).unwrap_or_default();
        let column = |name: &'static str| {
            header.iter().position(|h| h.split('(').next() == Some(name)).ok_or(AnnotationTableError::Column(name))
        };
        let columns = Columns {
            chrom: column("#CHROM")?,
            pos: column("POS")?,
            reference: column("REF")?,
            alternate: column("ALT")?,
            class: column("FUNCTIONAL_CLASS")?,
            hgvs: column("HGVS")?,
            gene: column("EXOMISER_GENE")?,
            frequency: column("MAX_FREQUENCY")?,
            // The frequencies behind the maximum: all unknown means that the maximum of 0 is an absence.
            sources: header
                .iter()
                .enumerate()
                .filter(|(_, h)| h.contains("_FREQ") && !h.starts_with("MAX_"))
                .map(|(i, _)| i)
                .collect(),
            polyphen: column("POLYPHEN").ok(),
            sift: column("SIFT").ok(),
            taster: column("MUTATIONTASTER").ok(),
        };
        let mut rows = HashMap::new();
        for (number, line) in lines.filter(|(_, l)| !l.is_empty() && !l.starts_with('#')) {
            if let Some((variant, row)) = columns.row(number + 1, line)? {
                rows.insert(variant, row);
            }
        }
        Ok(Self { rows })
    }

    /// What the table says of an allele.
    pub fn get(&self, variant: &Variant) -> Option<&TableRow> {
        self.rows.get(variant)
    }

    /// Number of alleles.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

struct Columns {
    chrom: usize,
    pos: usize,
    reference: usize,
    alternate: usize,
    class: usize,
    hgvs: usize,
    gene: usize,
    frequency: usize,
    sources: Vec<usize>,
    polyphen: Option<usize>,
    sift: Option<usize>,
    taster: Option<usize>,
}

impl Columns {
    fn row(&self, line: usize, text: &str) -> Result<Option<(Variant, TableRow)>, AnnotationTableError> {
        let cells: Vec<&str> = text.split('\t').collect();
        let cell = |i: usize| cells.get(i).copied().unwrap_or(".");
        let error =
            |field, value: &str, remedy| AnnotationTableError::Row { line, field, value: value.to_owned(), remedy };
        let pos = cell(self.pos).parse().map_err(|_| error("POS", cell(self.pos), "write a position from 1"))?;
        let Some(chrom) = Chromosome::from_name(cell(self.chrom).as_bytes()) else { return Ok(None) };
        let percent = |i: usize| -> Result<Option<f64>, AnnotationTableError> {
            match cell(i) {
                "." | "" => Ok(None),
                text => match text.parse::<f64>() {
                    Ok(p) if (0.0..=100.0).contains(&p) => Ok(Some(p / 100.0)),
                    _ => Err(error("MAX_FREQUENCY", text, "write percent from 0 to 100, or `.` when unknown")),
                },
            }
        };
        let known = self.sources.is_empty() || self.sources.iter().any(|i| !matches!(cell(*i), "." | ""));
        let number = |i: Option<usize>| i.and_then(|i| cell(i).parse::<f64>().ok()).filter(|p| (0.0..=1.0).contains(p));
        let predictors: Vec<f64> = [number(self.polyphen), number(self.taster), number(self.sift).map(|s| 1.0 - s)]
            .into_iter()
            .flatten()
            .collect();
        let mean = predictors.iter().sum::<f64>() / predictors.len().max(1) as f64;
        let some = |text: &str| (!matches!(text, "." | "")).then(|| text.to_owned());
        Ok(Some((
            Variant {
                chrom,
                pos,
                reference: cell(self.reference).to_ascii_uppercase().into(),
                alternate: cell(self.alternate).to_ascii_uppercase().into(),
            },
            TableRow {
                gene: some(cell(self.gene)).filter(|_| cell(self.class) != "intergenic_variant"),
                consequence: sequence_ontology(cell(self.class)).to_owned(),
                hgvs: some(cell(self.hgvs)),
                max_frequency: if known { percent(self.frequency)? } else { None },
                predictor: (!predictors.is_empty()).then_some(mean),
            },
        )))
    }
}

/// Jannovar's classes that are not Sequence Ontology terms of the Ensembl set, in that set's words.
fn sequence_ontology(class: &str) -> &str {
    match class {
        "coding_transcript_intron_variant" => "intron_variant",
        "non_coding_transcript_intron_variant" => "intron_variant",
        "disruptive_inframe_deletion" => "inframe_deletion",
        "disruptive_inframe_insertion" => "inframe_insertion",
        "frameshift_elongation" | "frameshift_truncation" => "frameshift_variant",
        "3_prime_utr_variant" => "3_prime_UTR_variant",
        "5_prime_utr_variant" => "5_prime_UTR_variant",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "#CHROM\tPOS\tREF\tALT\tFUNCTIONAL_CLASS\tHGVS\tEXOMISER_GENE\tPOLYPHEN(>0.956|>0.446)\tSIFT(<0.06)\tMAX_FREQUENCY\tEXAC_NFE_FREQ";

    #[test]
    fn percent_becomes_a_fraction_and_unknown_stays_unknown() {
        let table = AnnotationTable::parse(&format!(
            "{HEADER}\n10\t123256215\tT\tG\tmissense_variant\tFGFR2:x\tFGFR2\t0.998\t0.01\t0.0\t.\n4\t10\tC\tG\tframeshift_truncation\t.\tFAT4\t.\t.\t21.5\t21.5\n"
        ))
        .unwrap();
        let get = |chrom: &str, pos, reference: &str, alternate: &str| {
            table.get(&Variant {
                chrom: chrom.parse().unwrap(),
                pos,
                reference: reference.into(),
                alternate: alternate.into(),
            })
        };
        let fgfr2 = get("10", 123_256_215, "T", "G").unwrap();
        assert_eq!((fgfr2.max_frequency, fgfr2.gene.as_deref()), (None, Some("FGFR2")));
        assert!((fgfr2.predictor.unwrap() - 0.994).abs() < 1e-9);
        let fat4 = get("4", 10, "C", "G").unwrap();
        assert_eq!((fat4.max_frequency, fat4.consequence.as_str()), (Some(0.215), "frameshift_variant"));
        assert_eq!(get("4", 11, "C", "G"), None);
    }

    #[test]
    fn mistakes_name_line_and_remedy() {
        for (text, part) in [
            ("CHROM\tPOS\n".to_owned(), "there is no column `#CHROM`"),
            (format!("{HEADER}\n10\tx\tT\tG\tm\t.\t.\t.\t.\t0\t0\n"), "line 2: POS is `x`"),
            (format!("{HEADER}\n10\t1\tT\tG\tm\t.\t.\t.\t.\t101\t0\n"), "line 2: MAX_FREQUENCY is `101`"),
        ] {
            let message = AnnotationTable::parse(&text).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
    }
}
