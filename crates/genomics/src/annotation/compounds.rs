//! Changes that bcftools csq writes together, at one of their lines; the others point there with `@position`.

use super::{AnnotationFields, Annotator, Layout, TranscriptConsequence};
use crate::vcf::{Reader, Record, VcfError};
use indgang_model::Chromosome;
use std::collections::{HashMap, HashSet};
use std::io::Read;

/// The entries of several changes in a file, by the line that holds them. A pointer leads forwards or backwards, so they
/// are gathered from the whole file before any pointer is followed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compounds {
    /// Entries, separated by commas as in the file.
    entries: HashMap<(Chromosome, u32), Vec<u8>>,
    /// Where pointers lead.
    pointed_at: HashSet<(Chromosome, u32)>,
}

impl Compounds {
    /// True when some field of a file may point at other lines: who has no such file need not gather.
    pub fn may_be_in(fields: &AnnotationFields) -> bool {
        fields.layouts().iter().any(|layout| layout.annotator() == Annotator::BcftoolsCsq)
    }

    /// Reads a whole file for them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn gather<R: Read + Send>(fields: &AnnotationFields, reader: Reader<R>) -> Result<Self, VcfError> {
        let mut all = Self::default();
        let look = |some: &mut Self, record: &Record<'_>| {
            some.add(fields, record);
            Ok(())
        };
        reader.fold_blocks(Self::default, look, |some| all.merge(some))?;
        Ok(all)
    }

    /// Takes from a record what others may point at, and where it points itself.
    fn add(&mut self, fields: &AnnotationFields, record: &Record<'_>) {
        let Some(chromosome) = record.chromosome() else { return };
        for position in fields.references_in(|key| record.info(key)) {
            self.pointed_at.insert((chromosome, position));
        }
        let Some((layout, value)) = fields.first_present(|key| record.info(key)).filter(|(layout, _)| points(layout))
        else {
            return;
        };
        for entry in layout.entries_of_several(value) {
            let entries = self.entries.entry((chromosome, record.position())).or_default();
            entries.extend_from_slice(entry);
            entries.push(b',');
        }
    }

    /// Adds what another part of the file holds.
    fn merge(&mut self, other: Self) {
        for (place, mut entries) in other.entries {
            self.entries.entry(place).or_default().append(&mut entries);
        }
        self.pointed_at.extend(other.pointed_at);
    }

    /// Places that lines point at and where no line holds what several changes do together: it was filtered away.
    pub fn missing(&self) -> usize {
        self.pointed_at.iter().filter(|place| !self.entries.contains_key(place)).count()
    }

    /// Calls `each` for every transcript that the lines pointed at name for this alternate (0 is the first).
    /// False when a line pointed at is not in the file.
    pub fn follow<'a>(
        &'a self,
        fields: &'a AnnotationFields,
        record: &Record<'a>,
        index: usize,
        mut each: impl FnMut(TranscriptConsequence<'a>),
    ) -> bool {
        let Some(chromosome) = record.chromosome() else { return true };
        let Some((layout, _)) = fields.first_present(|key| record.info(key)) else { return true };
        let mut complete = true;
        for position in fields.references_in(|key| record.info(key)) {
            match self.entries.get(&(chromosome, position)) {
                Some(value) => layout.for_pointer(value, super::Alleles::of(record, index), &mut each),
                None => complete = false,
            }
        }
        complete
    }
}

fn points(layout: &Layout) -> bool {
    layout.annotator() == Annotator::BcftoolsCsq
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vcf::ReadOptions;

    /// Made by bcftools csq; see `DATA-LICENCES.md`.
    const FILE: &[u8] = include_bytes!("../../tests/data/annotation/bcsq_compound.vcf");

    fn file(text: &[u8]) -> Reader<&[u8]> {
        Reader::open(text, ReadOptions::default()).expect("a file")
    }

    fn gathered(text: &[u8]) -> (AnnotationFields, Compounds) {
        let fields = AnnotationFields::from_header(file(text).header());
        let compounds = Compounds::gather(&fields, file(text)).expect("records");
        (fields, compounds)
    }

    /// (position, terms and change of what its pointers lead to, whether all lead somewhere) of each record.
    fn followed(text: &[u8]) -> Vec<(u32, Vec<String>, bool)> {
        let (fields, compounds) = gathered(text);
        let mut found = Vec::new();
        let each = |record: &Record<'_>| {
            let mut told = Vec::new();
            let complete = compounds.follow(&fields, record, 0, |tc| {
                told.push(format!("{} {}", tc.consequence.term(), tc.protein_change.unwrap_or_default()));
            });
            found.push((record.position(), told, complete));
            Ok(())
        };
        file(text).for_each(each).expect("records");
        found
    }

    #[test]
    fn pointers_lead_forwards_and_backwards() {
        let one = |text: &str| vec![text.to_owned()];
        assert_eq!(
            followed(FILE),
            [
                (5500, vec![], true),
                (5501, one("missense_variant 56R>56Y"), true), // back to 5500
                (14_483, vec![], true),
                (53_592, one("frameshift_variant 216LLR..1334>216I*"), true), // on to 53595
                (53_595, vec![], true),
            ]
        );
    }

    #[test]
    fn a_line_that_was_filtered_away_is_told() {
        let text = String::from_utf8_lossy(FILE);
        let kept: Vec<&str> = text.split_inclusive('\n').filter(|line| !line.contains("\t53595\t")).collect();
        let kept = kept.concat();
        assert_eq!(followed(kept.as_bytes())[3], (53_592, vec![], false));
        assert_eq!((gathered(FILE).1.missing(), gathered(kept.as_bytes()).1.missing()), (0, 1));
    }

    #[test]
    fn parts_of_a_file_together_are_the_file() {
        let text = String::from_utf8_lossy(FILE);
        let head: String = text.split_inclusive('\n').filter(|line| line.starts_with('#')).collect();
        let mut merged = Compounds::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            merged.merge(gathered(format!("{head}{line}\n").as_bytes()).1);
        }
        assert_eq!(merged, gathered(FILE).1);
    }
}
