//! How frequent an allele is in populations, as the file's INFO says.
//!
//! Never INFO/AF alone: that is the frequency in the file itself, that is, in the family.

mod names;

use crate::annotation::{Alleles, AnnotationFields};
use crate::vcf::{Header, Record};
use names::Meaning;

/// The INFO fields of a file that hold population frequencies or counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrequencyFields {
    fields: Vec<(Box<str>, Meaning)>,
    /// Set when the annotation has frequency columns.
    annotations: Option<AnnotationFields>,
}

/// What a line's fields say about one alternate allele.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PopulationFrequency<'a> {
    /// The highest frequency, 0 to 1; `None` when no field says one. Of equals the first on the line.
    pub max: Option<f64>,
    /// The INFO field, or the column of the annotation, that says it.
    pub source: Option<&'a str>,
    /// The highest count of homozygous persons.
    pub homozygotes: Option<u32>,
    /// The highest count of hemizygous persons.
    pub hemizygotes: Option<u32>,
    /// Values that were passed over: not a number, outside 0 to 1, or not as many as the line has alleles.
    pub ignored: u32,
}

impl FrequencyFields {
    /// The fields a header declares.
    pub fn from_header(header: &Header) -> Self {
        Self::from_ids(header.infos.iter().map(|info| info.id.as_str()), &AnnotationFields::from_header(header))
    }

    /// Everything known about the alternate of this index (0 is the first).
    pub fn of<'a>(&'a self, record: &Record<'a>, index: usize) -> PopulationFrequency<'a> {
        self.read(record.info_raw(), Alleles::of(record, index))
    }

    /// The highest population frequency of one alternate, 0 to 1, and the field that says it; `None` when none does.
    pub fn max<'a>(&'a self, record: &Record<'a>, index: usize) -> Option<(f64, &'a str)> {
        let found = self.of(record, index);
        found.max.zip(found.source)
    }

    /// Picks the known fields among a header's INFO identifiers; `annotations` adds the frequency columns of a CSQ field.
    pub fn from_ids<'h>(ids: impl IntoIterator<Item = &'h str>, annotations: &AnnotationFields) -> Self {
        let fields = ids.into_iter().filter_map(|id| Some((id.into(), Meaning::of(id)?))).collect();
        let in_columns = annotations.layouts().iter().any(|layout| layout.has_frequencies());
        Self { fields, annotations: in_columns.then(|| annotations.clone()) }
    }

    /// The INFO fields in use.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(id, _)| &**id)
    }

    /// True when the file says nothing about populations.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.annotations.is_none()
    }

    /// Reads everything known about one alternate from the INFO column as written, in one pass.
    pub fn read<'a>(&'a self, info: &'a [u8], alleles: Alleles<'a>) -> PopulationFrequency<'a> {
        let mut found = PopulationFrequency::default();
        if self.is_empty() {
            return found;
        }
        let count = alleles.alternates.split(|b| *b == b',').count();
        let mut rest = info;
        while !rest.is_empty() {
            let end = memchr::memchr(b';', rest).unwrap_or(rest.len());
            if let Some((id, meaning, value)) = self.field(&rest[..end]) {
                found.take(id, meaning, value, count, alleles.index);
            }
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        if let Some(annotations) = &self.annotations {
            annotations.for_alternate_in(
                |key| value_of(info, key),
                alleles,
                |tc| {
                    if let Some((frequency, column)) = tc.max_frequency() {
                        found.raise(frequency, column);
                    }
                },
            );
        }
        found
    }

    /// The known field that `entry` (`KEY=VALUE`) holds.
    fn field<'a>(&'a self, entry: &'a [u8]) -> Option<(&'a str, Meaning, &'a [u8])> {
        // No known name is longer; long values need not be searched for the sign.
        let equals = memchr::memchr(b'=', &entry[..entry.len().min(64)])?;
        let (id, meaning) = self.fields.iter().find(|(id, _)| id.as_bytes() == &entry[..equals])?;
        Some((id, *meaning, &entry[equals + 1..]))
    }
}

impl<'a> PopulationFrequency<'a> {
    fn take(&mut self, id: &'a str, meaning: Meaning, value: &[u8], alternates: usize, index: usize) {
        let cell = match pick(value, meaning, alternates, index) {
            Some(b"." | b"") => return,
            Some(cell) => std::str::from_utf8(cell).unwrap_or_default(),
            None => return self.ignored += 1,
        };
        let number = cell.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
        match (meaning, number) {
            (Meaning::Frequency | Meaning::ReferenceFirst, Some(frequency)) if frequency <= 1.0 => {
                self.raise(frequency, id);
            }
            // slivar writes counts as floats; -1 for a variant that the resource does not have.
            (Meaning::Homozygotes, Some(n)) => self.homozygotes = self.homozygotes.max(Some(n as u32)),
            (Meaning::Hemizygotes, Some(n)) => self.hemizygotes = self.hemizygotes.max(Some(n as u32)),
            (_, _) if cell.starts_with("-1") => {}
            _ => self.ignored += 1,
        }
    }

    fn raise(&mut self, frequency: f64, source: &'a str) {
        if self.max.is_none_or(|max| frequency > max) {
            (self.max, self.source) = (Some(frequency), Some(source));
        }
    }
}

/// The value for one alternate; `None` when their number fits nothing.
fn pick(value: &[u8], meaning: Meaning, alternates: usize, index: usize) -> Option<&[u8]> {
    let value = value.strip_prefix(b"[").and_then(|v| v.strip_suffix(b"]")).unwrap_or(value);
    let count = value.split(|b| *b == b',').count();
    let place = match (meaning, count) {
        (Meaning::ReferenceFirst, n) if n == alternates + 1 => index + 1,
        (Meaning::ReferenceFirst, _) => return if value == b"." { Some(value) } else { None },
        (_, n) if n == alternates => index,
        // One value for the whole line, as vcfanno writes it.
        (_, 1) => 0,
        _ => return None,
    };
    value.split(|b| *b == b',').nth(place)
}

fn value_of<'a>(info: &'a [u8], key: &str) -> Option<&'a [u8]> {
    info.split(|b| *b == b';').find_map(|entry| entry.strip_prefix(key.as_bytes())?.strip_prefix(b"="))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(
        fields: &'a FrequencyFields,
        info: &'a str,
        alternates: &'a str,
        index: usize,
    ) -> PopulationFrequency<'a> {
        let alleles = Alleles { position: 1, reference: b"A", alternates: alternates.as_bytes(), index };
        fields.read(info.as_bytes(), alleles)
    }

    #[test]
    fn the_highest_frequency_of_known_fields() {
        let ids = ["AF", "GNOMADAF", "GNOMADAF_popmax", "1000GAF", "CAF", "MLEAF", "gnomad_n_homalt", "SWEGENAAC_Hemi"];
        let fields = FrequencyFields::from_ids(ids, &AnnotationFields::default());
        for (info, alternates, index, max, source, ignored) in [
            ("AF=0.5;MLEAF=0.5", "C", 0, None, None, 0), // the family's own
            ("AF=0.5;GNOMADAF=0.01;1000GAF=0.02", "C", 0, Some(0.02), Some("1000GAF"), 0),
            ("GNOMADAF=0.01,0.2;DB", "C,G", 1, Some(0.2), Some("GNOMADAF"), 0), // Number=A
            ("GNOMADAF=0.01,0.2", "C,G", 0, Some(0.01), Some("GNOMADAF"), 0),
            ("1000GAF=0.3", "C,G", 1, Some(0.3), Some("1000GAF"), 0), // one for the line
            ("CAF=0.9,0.06,0.04", "C,G", 1, Some(0.04), Some("CAF"), 0), // the reference first
            ("CAF=[0.9,0.1]", "C", 0, Some(0.1), Some("CAF"), 0),     // dbSNP before 2014
            ("CAF=0.9,.", "C", 0, None, None, 0),
            ("CAF=.", "C", 0, None, None, 0),
            ("GNOMADAF=.;GNOMADAF_popmax=1.5e-05", "C", 0, Some(1.5e-5), Some("GNOMADAF_popmax"), 0),
            ("GNOMADAF=1.5", "C", 0, None, None, 1),
            ("GNOMADAF=nan", "C", 0, None, None, 1),
            ("GNOMADAF=0.1,0.2,0.3", "C", 0, None, None, 1), // of which alleles?
            ("GNOMADAF=-1", "C", 0, None, None, 0),          // slivar: not in the resource
            ("GNOMADAF=0", "C", 0, Some(0.0), Some("GNOMADAF"), 0), // seen by nobody, and that is known
        ] {
            let found = read(&fields, info, alternates, index);
            assert_eq!((found.max, found.source, found.ignored), (max, source, ignored), "{info}");
        }
        let found = read(&fields, "gnomad_n_homalt=3.0;SWEGENAAC_Hemi=2", "C", 0);
        assert_eq!((found.homozygotes, found.hemizygotes), (Some(3), Some(2)));
    }

    #[test]
    fn frequencies_of_the_annotation_columns() {
        let description =
            "Consequence annotations from Ensembl VEP. Format: Allele|Consequence|AF|gnomADe_NFE_AF|MAX_AF|GMAF";
        let annotations = AnnotationFields::from_descriptions(|key| (key == "CSQ").then_some(description));
        let fields = FrequencyFields::from_ids(["CSQ", "DP"], &annotations);
        for (info, max, source) in [
            ("DP=3;CSQ=C|intron_variant|0.1|0.2&0.3|0.25|", Some(0.3), Some("gnomADe_NFE_AF")),
            ("CSQ=G|intron_variant|0.1|||,C|intron_variant|0.2|||", Some(0.2), Some("AF")), // the 1000 Genomes' in CSQ
            ("CSQ=C|intron_variant||||G:0.4&C:0.01", Some(0.01), Some("GMAF")),
            ("CSQ=C|intron_variant||||", None, None),
        ] {
            let found = read(&fields, info, "C", 0);
            assert_eq!((found.max, found.source), (max, source), "{info}");
        }
    }
}
