//! A change of sequence, trimmed to what differs.

/// A change of sequence without the bases that both alleles share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    /// First changed base; for an insertion the base after it. 1-based.
    pub start: u32,
    /// Last changed base; for an insertion the base before it, that is, `start - 1`.
    pub end: u32,
    /// The bases taken away; empty for an insertion, and unknown (empty too) for a structural deletion.
    pub deleted: &'a [u8],
    /// The bases put in; empty for a deletion.
    pub inserted: &'a [u8],
}

impl<'a> Change<'a> {
    /// Trims what the alleles of a VCF line share, at the end first. `None` for symbolic alleles, `*`, alleles
    /// with other letters than ACGTN, and for equal alleles.
    pub fn new(position: u32, reference: &'a [u8], alternate: &'a [u8]) -> Option<Self> {
        let is_sequence = |allele: &[u8]| {
            !allele.is_empty()
                && allele.iter().all(|b| matches!(b.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T' | b'N'))
        };
        if !is_sequence(reference) || !is_sequence(alternate) || reference.eq_ignore_ascii_case(alternate) {
            return None;
        }
        let same = |(a, b): &(&u8, &u8)| a.eq_ignore_ascii_case(b);
        // One base stays while the lengths differ, as every VCF writer keeps one in front: the front goes first.
        let prefix = reference.iter().zip(alternate).take_while(same).count();
        let (deleted, inserted) = (&reference[prefix..], &alternate[prefix..]);
        let suffix = deleted.iter().rev().zip(inserted.iter().rev()).take_while(same).count();
        let (deleted, inserted) = (&deleted[..deleted.len() - suffix], &inserted[..inserted.len() - suffix]);
        let start = position.checked_add(u32::try_from(prefix).ok()?)?;
        let end = start.checked_add(u32::try_from(deleted.len()).ok()?)?.checked_sub(1)?;
        Some(Self { start, end, deleted, inserted })
    }

    /// A structural deletion of `start..=end`.
    pub const fn deletion(start: u32, end: u32) -> Self {
        Self { start, end, deleted: b"", inserted: b"" }
    }

    /// True when nothing is taken away.
    pub const fn is_insertion(&self) -> bool {
        self.end < self.start
    }

    /// Bases taken away.
    pub const fn deleted_length(&self) -> u32 {
        self.end + 1 - self.start
    }

    /// True when it touches `first..=last`; an insertion must have both neighbours in it.
    pub(super) const fn touches(&self, first: u32, last: u32) -> bool {
        self.end >= first && self.start <= last
    }

    /// True when it lies within `first..=last`; an insertion must have both neighbours in it.
    pub(super) const fn within(&self, first: u32, last: u32) -> bool {
        if self.is_insertion() { self.touches(first, last) } else { self.start >= first && self.end <= last }
    }

    /// True when nothing of `first..=last` is left out.
    pub(super) const fn covers(&self, first: u32, last: u32) -> bool {
        self.start <= first && self.end >= last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alleles_are_trimmed() {
        for (position, reference, alternate, expected) in [
            (10, "A", "C", Some((10, 10, "A", "C"))),
            (10, "AT", "A", Some((11, 11, "T", ""))),
            (10, "A", "AT", Some((11, 10, "", "T"))),
            (10, "CAG", "CTG", Some((11, 11, "A", "T"))),
            (10, "AGG", "AG", Some((12, 12, "G", ""))),
            (10, "a", "A", None),
            (10, "A", "*", None),
            (10, "A", "<DEL>", None),
            (10, "A", "", None),
            (0, "A", "AT", Some((1, 0, "", "T"))),
        ] {
            let change = Change::new(position, reference.as_bytes(), alternate.as_bytes());
            let expected = expected.map(|(start, end, deleted, inserted)| Change {
                start,
                end,
                deleted: str::as_bytes(deleted),
                inserted: str::as_bytes(inserted),
            });
            assert_eq!(change, expected, "{reference} {alternate}");
        }
    }
}
