//! Places of alleles on one assembly, as sorted columns.

use crate::StringPool;
use crate::clinvar::partition;
use indgang_model::{Assembly, Chromosome, Variant};
use serde::{Deserialize, Serialize};

/// Places and alleles, sorted by chromosome, position and alleles; each points to its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    pub(crate) assembly: Assembly,
    /// True when the places were lifted from the file's assembly.
    pub(crate) lifted: bool,
    /// Chromosome `n` has `start[n - 1]..start[n]`; 26 entries.
    pub(crate) start: Vec<u32>,
    pub(crate) pos: Vec<u32>,
    /// Index into `alleles` of `REF>ALT`.
    pub(crate) allele: Vec<u32>,
    pub(crate) record: Vec<u32>,
    pub(crate) alleles: StringPool,
}

impl Places {
    /// Number of alleles.
    pub fn len(&self) -> usize {
        self.pos.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.pos.is_empty()
    }

    /// Sorts trimmed alleles into columns; of two equal alleles the first stays.
    pub(crate) fn of(assembly: Assembly, lifted: bool, mut rows: Vec<(Variant, u32)>) -> Self {
        rows.sort();
        rows.dedup_by(|b, a| a.0 == b.0);
        let texts: Vec<String> = rows.iter().map(|(v, _)| format!("{}>{}", v.reference, v.alternate)).collect();
        let mut unique: Vec<&str> = texts.iter().map(String::as_str).collect();
        unique.sort_unstable();
        unique.dedup();
        let start = (0u8..=25)
            .map(|n| rows.partition_point(|(v, _)| v.chrom.number() <= n))
            .map(|i| u32::try_from(i).expect("fewer alleles than 4 G"))
            .collect();
        let index = |text: &str| unique.binary_search(&text).ok().and_then(|i| u32::try_from(i).ok());
        Self {
            assembly,
            lifted,
            start,
            pos: rows.iter().map(|(v, _)| v.pos).collect(),
            allele: texts.iter().map(|t| index(t).expect("every text is in its own list")).collect(),
            record: rows.iter().map(|(_, record)| *record).collect(),
            alleles: unique.iter().copied().collect(),
        }
    }

    pub(crate) fn find(&self, variant: &Variant) -> Option<usize> {
        let (pos, reference, alternate) = trim(variant.pos, &variant.reference, &variant.alternate);
        self.range(variant.chrom, pos, pos).find(|i| self.alleles_of(*i) == Some((reference, alternate)))
    }

    /// Indices of alleles whose position lies in `first..=last`.
    pub(crate) fn range(&self, chrom: Chromosome, first: u32, last: u32) -> std::ops::Range<usize> {
        let n = usize::from(chrom.number());
        let bounds = self.start.get(n - 1).zip(self.start.get(n)).map(|(a, b)| *a as usize..*b as usize);
        let Some(pos) = bounds.clone().and_then(|b| self.pos.get(b)) else { return 0..0 };
        let offset = bounds.map_or(0, |b| b.start);
        let start = partition(pos.len(), |i| pos[i] < first);
        let end = start + partition(pos.len() - start, |i| pos[start + i] <= last);
        offset + start..offset + end
    }

    pub(crate) fn record(&self, index: usize) -> Option<usize> {
        self.record.get(index).map(|r| *r as usize)
    }

    pub(crate) fn variant(&self, index: usize) -> Option<Variant> {
        let (reference, alternate) = self.alleles_of(index)?;
        let number = self.start.partition_point(|s| *s as usize <= index);
        Some(Variant {
            chrom: Chromosome::from_number(u8::try_from(number).ok()?)?,
            pos: *self.pos.get(index)?,
            reference: reference.into(),
            alternate: alternate.into(),
        })
    }

    fn alleles_of(&self, index: usize) -> Option<(&str, &str)> {
        self.alleles.get(*self.allele.get(index)?)?.split_once('>')
    }
}

/// Trims shared bases from the end, then from the start, and keeps at least one base of each allele.
/// Returns the position of the trimmed reference allele (1-based) with the alleles.
pub fn trim<'a>(pos: u32, reference: &'a str, alternate: &'a str) -> (u32, &'a str, &'a str) {
    let (mut r, mut a, mut pos) = (reference.as_bytes(), alternate.as_bytes(), pos);
    if !r.iter().chain(a).all(u8::is_ascii_alphabetic) {
        return (pos, reference, alternate); // symbolic alleles and breakends stay as they are
    }
    let mut end = 0;
    while let ([_, .., x], [_, .., y]) = (r, a) {
        if x != y {
            break;
        }
        (r, a, end) = (&r[..r.len() - 1], &a[..a.len() - 1], end + 1);
    }
    let mut start = 0;
    while let ([x, _, ..], [y, _, ..]) = (r, a) {
        if x != y {
            break;
        }
        (r, a, start, pos) = (&r[1..], &a[1..], start + 1, pos + 1);
    }
    (pos, &reference[start..reference.len() - end], &alternate[start..alternate.len() - end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alleles_trim_to_one_anchor() {
        for (given, expected) in [
            ((100, "A", "G"), (100, "A", "G")),
            ((100, "CAG", "CTG"), (101, "A", "T")),
            ((100, "CAA", "CA"), (100, "CA", "C")),
            ((100, "TCA", "TCAA"), (101, "C", "CA")),
            ((100, "A", "<DEL>"), (100, "A", "<DEL>")),
            ((100, "A", "A"), (100, "A", "A")),
        ] {
            assert_eq!(trim(given.0, given.1, given.2), expected, "{given:?}");
        }
    }

    #[test]
    fn places_come_back() {
        let v = |chrom: &str, pos, r: &str, a: &str| Variant {
            chrom: chrom.parse().expect("a chromosome"),
            pos,
            reference: r.into(),
            alternate: a.into(),
        };
        let rows = vec![(v("X", 5, "A", "C"), 2), (v("1", 9, "A", "AT"), 0), (v("1", 9, "A", "C"), 1)];
        let places = Places::of(Assembly::GRCh37, false, rows);
        assert_eq!(places.find(&v("1", 8, "GA", "GC")).and_then(|i| places.record(i)), Some(1));
        assert_eq!(places.find(&v("X", 5, "A", "C")).and_then(|i| places.record(i)), Some(2));
        assert_eq!(places.find(&v("2", 9, "A", "C")), None);
        assert_eq!(places.variant(2), Some(v("X", 5, "A", "C")));
        assert_eq!(places.range(v("1", 1, "A", "C").chrom, 9, 20), 0..2);
    }
}
