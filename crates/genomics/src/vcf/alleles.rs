//! The samples' calls by the numbers of their alleles, for what looks at all alleles of a line at once.

use super::error::{VcfError, shown};
use super::layout::{AD, DP, Fields, GT, PGT, PID, PS};
use super::numbers::unsigned;
use super::record::Record;

/// How a call's two alleles lie to those of other lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Not known.
    Unphased,
    /// Known along the whole chromosome: `|` without a phase set.
    Chromosome,
    /// Known among the calls of one set (PS, or GATK's PID).
    Set(u32),
}

/// A call by the numbers of its alleles: 0 is the reference, 1 the first alternate. A missing copy is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlleleCall {
    /// Alleles in file order; with one copy the second is `None`.
    pub alleles: [Option<u16>; 2],
    /// Copies that the file writes: 1 or 2; 0 when there is no genotype, or more than two copies.
    pub copies: u8,
    /// How the two lie to those of other lines. With alleles that are equal it says nothing.
    pub phase: Phase,
    /// Reads that were seen (DP), when the file says.
    pub depth: Option<u32>,
    /// True when two different alleles are called, and reads (AD) stand behind one allele only.
    pub one_sided: bool,
}

impl Record<'_> {
    /// The call of a sample (0-based).
    ///
    /// # Errors
    /// When a genotype is malformed or names an allele the line does not have, or the file has no such sample.
    pub fn allele_call(&self, column: usize) -> Result<AlleleCall, VcfError> {
        let mut layout = self.scratch.layout.borrow_mut();
        layout.follow(self);
        let fields = Fields::of(&layout, self.sample(column)?);
        let text = fields.get(GT).unwrap_or(b".");
        let (mut alleles, copies) = self.numbers(text)?;
        let mut phase = Phase::Unphased;
        if copies == 2 && !text.contains(&b'/') {
            phase = fields.get(PS).map_or(Phase::Chromosome, |set| Phase::Set(number_of(set)));
        } else if let ([Some(a), Some(b)], Some(physical), Some(set)) = (alleles, fields.get(PGT), fields.get(PID))
            && (a == 0) != (b == 0)
            && matches!(physical, b"0|1" | b"1|0")
        {
            if (a == 0) != (physical == b"0|1") {
                alleles.swap(0, 1);
            }
            phase = Phase::Set(number_of(set));
        }
        let different = copies == 2 && alleles[0] != alleles[1] && !alleles.contains(&None);
        let one_sided = different
            && fields.get(AD).is_some_and(|text| {
                let depths: Vec<u32> = text.split(|b| *b == b',').filter_map(unsigned).collect();
                depths.len() > 1 && depths.iter().filter(|d| **d > 0).count() == 1
            });
        let depth = fields.get(DP).and_then(unsigned);
        Ok(AlleleCall { alleles, copies, phase, depth, one_sided })
    }

    fn numbers(&self, text: &[u8]) -> Result<([Option<u16>; 2], u8), VcfError> {
        if text == b"." {
            return Ok(([None; 2], 0));
        }
        let inner = text.strip_prefix(b"/").or_else(|| text.strip_prefix(b"|")).unwrap_or(text);
        let (mut alleles, mut copies, most) = ([None; 2], 0usize, self.alternate_count());
        for part in inner.split(|b| matches!(b, b'/' | b'|')) {
            let allele = if part == b"." {
                None
            } else {
                let expected = "allele numbers or `.` between `/` or `|`";
                let allele = unsigned(part).ok_or_else(|| self.value("GT", text, expected))?;
                let known = u16::try_from(allele).ok().filter(|a| usize::from(*a) <= most);
                Some(known.ok_or_else(|| VcfError::AlleleIndex {
                    line: self.number,
                    value: shown(text),
                    allele,
                    alternates: most,
                })?)
            };
            if let Some(slot) = alleles.get_mut(copies) {
                *slot = allele;
            }
            copies += 1;
        }
        if copies > 2 {
            self.scratch.polyploid.set(self.scratch.polyploid.get() + 1);
            return Ok(([None; 2], 0));
        }
        let copies = if alleles == [None; 2] { 0 } else { copies as u8 };
        Ok((alleles, copies))
    }
}

/// The number of a phase set; a set that is named otherwise (PID, PS as text) gets one from its bytes (FNV-1a).
fn number_of(set: &[u8]) -> u32 {
    let hashed = || set.iter().fold(0x811c_9dc5_u32, |hash, b| (hash ^ u32::from(*b)).wrapping_mul(0x0100_0193));
    unsigned(set).unwrap_or_else(hashed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vcf::{ReadOptions, Reader};

    fn call(format: &str, sample: &str) -> Result<AlleleCall, VcfError> {
        let text = format!(
            "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n1\t9\t.\tA\tC,G\t.\t.\t.\t{format}\t{sample}\n"
        );
        let mut found = None;
        Reader::open(text.as_bytes(), ReadOptions::default())?.for_each(|record| {
            found = Some(record.allele_call(0)?);
            Ok(())
        })?;
        Ok(found.expect("one line"))
    }

    #[test]
    fn calls_are_read_as_written() {
        use Phase::{Chromosome, Set, Unphased};
        let cases = [
            ("GT", "0/1", [Some(0), Some(1)], 2, Unphased, false),
            ("GT", "2|0", [Some(2), Some(0)], 2, Chromosome, false),
            ("GT:PS", "0|1:77", [Some(0), Some(1)], 2, Set(77), false),
            ("GT:PS", "0/1:77", [Some(0), Some(1)], 2, Unphased, false),
            ("GT:PGT:PID", "0/1:1|0:5_A_C", [Some(1), Some(0)], 2, Set(number_of(b"5_A_C")), false),
            ("GT", "1", [Some(1), None], 1, Unphased, false),
            ("GT", "./1", [None, Some(1)], 2, Unphased, false),
            ("GT", "./.", [None, None], 0, Unphased, false),
            ("GT", "0/1/1", [None, None], 0, Unphased, false),
            ("GT:AD", "0/1:0,9,0", [Some(0), Some(1)], 2, Unphased, true),
            ("GT:AD", "0/1:8,9,0", [Some(0), Some(1)], 2, Unphased, false),
            ("GT:AD", "1/1:0,9,0", [Some(1), Some(1)], 2, Unphased, false),
        ];
        for (format, sample, alleles, copies, phase, one_sided) in cases {
            let seen = call(format, sample).expect("reads");
            assert_eq!(
                (seen.alleles, seen.copies, seen.phase, seen.one_sided),
                (alleles, copies, phase, one_sided),
                "{sample}"
            );
        }
        for wrong in ["0/3", "a/1"] {
            assert!(call("GT", wrong).is_err(), "{wrong}");
        }
    }
}
