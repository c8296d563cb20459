//! A second look at one file for what other files found: what does it say of its own people there?
//!
//! Where each person has a file, an allele stands in the files of those who carry it. That another person is without it is
//! known only where her own file says so: in a line with that allele, in a line of reference calls over the place (of one
//! base, or a block that ends at END), or in a line with other alleles there, as joint calling would write them in one.
//! Where her file says nothing she has no call.

use super::Candidate;
use crate::large::{CopyNumbers, StructuralLine, same_event};
use indgang_genomics::call::{AlleleCode, Call};
use indgang_genomics::pedigree::Family;
use indgang_genomics::reference::ReferenceSequence;
use indgang_genomics::site::Event;
use indgang_genomics::vcf::{Alternate, Reader, Record, VcfError};
use indgang_model::{Assembly, Chromosome, Region, Variant};
use std::collections::HashSet;
use std::io::Read;

/// How far an insertion or deletion is looked for from where a reference sequence puts it.
const SHIFTED: u32 = 1000;

/// Completes the candidates with what a file says of its people (`columns` by member) whom no file called there so far.
/// Of a structural variant a line is asked that is likely of the same event.
///
/// # Errors
/// What is wrong with the file.
pub fn second_look<R: Read + Send>(
    candidates: &mut [Candidate],
    (family, assembly): (&Family, Assembly),
    columns: &[Option<usize>],
    reference: Option<&dyn ReferenceSequence>,
    open: impl FnOnce() -> Result<Reader<R>, VcfError>,
) -> Result<(), VcfError> {
    let asked: Vec<usize> = (0..columns.len()).filter(|m| columns[*m].is_some()).collect();
    let copies = CopyNumbers { family, columns, asked: &asked };
    let look = Look::new(candidates, copies, assembly, reference);
    if look.wanted.is_empty() && look.structural.is_empty() {
        return Ok(());
    }
    let mut found: Vec<Found> = Vec::new();
    open()?.fold_blocks(Vec::new, |some, record| look.step(some, record), |some| found.extend(some))?;
    let own: HashSet<usize> = found.iter().filter(|f| f.own).map(|f| f.candidate).collect();
    found.retain(|f| f.own || !own.contains(&f.candidate));
    // Of two lines at one place the one that calls another allele says more than the one that calls none.
    for with_other in [true, false] {
        for found in &found {
            for (known, call) in candidates[found.candidate].site.calls.iter_mut().zip(&found.calls) {
                let other = call.genotype.alleles.contains(&AlleleCode::Other);
                if known.genotype.copies == 0 && call.genotype.copies > 0 && other == with_other {
                    *known = *call;
                }
            }
        }
    }
    Ok(())
}

/// The calls of one line.
struct Found {
    candidate: usize,
    /// The line has the allele itself: no other line of the file is asked.
    own: bool,
    calls: Vec<Call>,
}

struct Look<'a> {
    /// What nobody of the file is called for yet, by place.
    wanted: Vec<(Chromosome, u32, usize)>,
    /// The same of structural variants, whose place may differ a little.
    structural: Vec<usize>,
    candidates: &'a [Candidate],
    copies: CopyNumbers<'a>,
    assembly: Assembly,
    reference: Option<&'a dyn ReferenceSequence>,
}

impl<'a> Look<'a> {
    fn new(
        candidates: &'a [Candidate],
        copies: CopyNumbers<'a>,
        assembly: Assembly,
        reference: Option<&'a dyn ReferenceSequence>,
    ) -> Self {
        let unknown = |c: &Candidate| {
            c.site.calls.iter().zip(copies.columns).any(|(call, column)| column.is_some() && call.genotype.copies == 0)
        };
        let (mut wanted, mut structural) = (Vec::new(), Vec::new());
        for (i, candidate) in candidates.iter().enumerate().filter(|(_, c)| unknown(c)) {
            match candidate.large {
                Some(_) => structural.push(i),
                None => wanted.push((candidate.site.variant.chrom, candidate.site.variant.pos, i)),
            }
        }
        wanted.sort_unstable();
        Self { wanted, structural, candidates, copies, assembly, reference }
    }

    /// The calls of a line's structural alleles.
    fn structural(&self, found: &mut Vec<Found>, record: &Record<'_>, chromosome: Chromosome) -> Result<(), VcfError> {
        let near = |i: &&usize| self.candidates[**i].site.variant.chrom == chromosome;
        if !self.structural.iter().any(|i| near(&i)) {
            return Ok(());
        }
        let region = Region::of(self.assembly, chromosome, record.position());
        for allele in 1..=record.alternate_count() {
            let Some((variant, event)) = record.place(allele, self.reference)? else { continue };
            let Some(kind) = self.copies.kind(record, (&variant, &event), region)? else { continue };
            let ends = StructuralLine::of(record, allele).ends;
            for candidate in self.structural.iter().filter(near) {
                if !same_event::is_of_event(&self.candidates[*candidate], (&variant, &event, kind), ends) {
                    continue;
                }
                let mut calls = Vec::new();
                record.calls(allele, self.copies.columns, &mut calls)?;
                self.copies.complete(record, allele, region, &mut calls)?;
                found.push(Found { candidate: *candidate, own: true, calls });
            }
        }
        Ok(())
    }

    fn step(&self, found: &mut Vec<Found>, record: &Record<'_>) -> Result<(), VcfError> {
        let Some(chromosome) = record.chromosome() else { return Ok(()) };
        self.structural(found, record, chromosome)?;
        let shifted = if self.reference.is_some() { SHIFTED } else { 0 };
        let from = (chromosome, record.position().saturating_sub(shifted), 0);
        let (last, block) = extent(record);
        let first = self.wanted.partition_point(|place| *place < from);
        let near = self.wanted[first..].iter().take_while(|(c, pos, _)| (*c, *pos) <= (chromosome, last));
        for (_, position, candidate) in near {
            let wanted = &self.candidates[*candidate].site;
            let (mut calls, mut beside) = (Vec::new(), block && record.position() <= *position);
            let mut own = false;
            for allele in 1..=record.alternate_count() {
                let Some((variant, event)) = record.place(allele, self.reference)? else { continue };
                // Two deletions may begin at one base.
                if variant == wanted.variant && event.end() == wanted.event.end() {
                    own = true;
                    record.calls(allele, self.copies.columns, &mut calls)?;
                    break;
                }
                beside |= of_one_record(&variant, &wanted.variant);
            }
            if !own && beside && wanted.event == Event::Small {
                record.calls_beside(self.copies.columns, &mut calls)?;
            }
            if !calls.is_empty() {
                found.push(Found { candidate: *candidate, own, calls });
            }
        }
        Ok(())
    }
}

/// The last base of a line, and whether it is one of reference calls: without any allele but `.`, `<NON_REF>` and `<*>`.
/// Only such a line reaches to END.
fn extent(record: &Record<'_>) -> (u32, bool) {
    let block = record.alternates().all(|a| matches!(a, Alternate::Unspecified | Alternate::None));
    let bases = u32::try_from(record.reference().len()).unwrap_or(u32::MAX);
    let last = record.position().saturating_add(bases.saturating_sub(1));
    let end = record.info("END").filter(|_| block).and_then(|end| std::str::from_utf8(end).ok()?.parse().ok());
    (end.unwrap_or(last).max(last), block)
}

/// Two alleles that joint calling writes in one line: both at one place, and both of one length or both of two.
fn of_one_record(a: &Variant, b: &Variant) -> bool {
    let substitutes = |v: &Variant| v.reference.len() == v.alternate.len();
    (a.chrom, a.pos) == (b.chrom, b.pos) && substitutes(a) == substitutes(b) && !a.alternate.starts_with('<')
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_genomics::pedigree::Pedigree;
    use indgang_genomics::vcf::ReadOptions;

    fn file(sample: &str, lines: &str) -> String {
        let lines: Vec<String> = lines
            .lines()
            .map(|line| {
                let [pos, reference, alternate, genotype, info] = line.split_whitespace().collect::<Vec<_>>()[..]
                else {
                    panic!("{line}")
                };
                format!("1\t{pos}\t.\t{reference}\t{alternate}\t50\tPASS\t{info}\tGT:DP\t{genotype}:30\n")
            })
            .collect();
        format!(
            "##fileformat=VCFv4.2\n##contig=<ID=1,length=249250621>\n\
             #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample}\n{}",
            lines.concat()
        )
    }

    fn family() -> Family {
        Pedigree::parse("f child 0 mother 1 2\nf mother 0 0 2 1").expect("a pedigree").families.remove(0)
    }

    fn open(text: &str) -> Result<Reader<&[u8]>, VcfError> {
        Reader::open(text.as_bytes(), ReadOptions::default())
    }

    fn candidates(text: &str, columns: &[Option<usize>]) -> Vec<Candidate> {
        let mut all = Vec::new();
        let each = |record: &Record<'_>| {
            let site = record.site(1, columns, None)?.expect("an alternate");
            all.push(Candidate {
                site,
                effects: Vec::new(),
                max_frequency: None,
                max_frequency_source: None,
                homozygotes: None,
                own_cohort: None,
                clinvar: None,
                clinvar_id: None,
                clinvar_pathogenic: false,
                verdict: None,
                neighbours: None,
                low_quality: false,
                primary: true,
                large: None,
                line: None,
                repeat: None,
                repeat_ranges: Vec::new(),
            });
            Ok(())
        };
        open(text).expect("a file").for_each(each).expect("records");
        all
    }

    /// The child's variants, the lines of the mother's own file, and the mother's call of each. The expected calls are
    /// those of `bcftools merge -g` 1.16, but that at 15000, where `bcftools merge` without `-g` joins the two lines.
    #[test]
    fn another_file_is_read_as_bcftools_merges_it() {
        let child = "1000 A G 0/1 .\n2000 A G 0/1 .\n3000 A G 0/1 .\n4000 A G 0/1 .\n5000 A G 0/1 .\n6000 AT A 0/1 .\n\
                     7000 A AT 0/1 .\n8000 A G 0/1 .\n9000 AC GT 0/1 .\n10000 ATTT A 0/1 .\n11000 A G 0/1 .\n\
                     12000 A G 0/1 .\n13000 AT A 0/1 .\n14000 A G 0/1 .\n15000 AT A 0/1 .";
        let mother = "2000 A G 0/1 .\n3000 A T 0/1 .\n4000 A . 0/0 .\n4990 C <NON_REF> 0/0 END=5010\n6000 ATT A 0/1 .\n\
                      7000 A G 0/1 .\n8000 A AC 0/1 .\n9000 A G 0/1 .\n9999 CATTT C 0/1 .\n\
                      11000 A <NON_REF> ./. END=11100\n12000 A G 0/0 .\n12990 C <*> 0/0 END=13000\n\
                      14000 A T,<NON_REF> 0/1 .\n15000 A . 0/0 .";
        let mut found = candidates(&file("child", child), &[Some(0), None]);
        let mother = file("mother", mother);
        second_look(&mut found, (&family(), Assembly::GRCh37), &[None, Some(0)], None, || open(&mother))
            .expect("records");
        let told: Vec<_> = found
            .iter()
            .map(|c| {
                let [child, mother] = c.site.calls[..] else { panic!("two people") };
                assert_eq!(child.genotype.to_string(), "0/1");
                assert_eq!(mother.depth.is_some(), mother.genotype.copies > 0, "{mother:?}");
                (c.site.variant.pos, mother.genotype.to_string())
            })
            .collect();
        let expected = [
            (1000, "./."), // nothing is said: not reference
            (2000, "0/1"),
            (3000, "0/2"), // another allele of the place
            (4000, "0/0"), // a line of reference
            (5000, "0/0"), // within a block
            (6000, "0/2"),
            (7000, "./."), // a substitution tells nothing of an insertion
            (8000, "./."),
            (9000, "0/2"),
            (10_000, "./."), // another deletion, at another place
            (11_000, "./."), // a block without a call
            (12_000, "0/0"), // her own line of the allele
            (13_000, "0/0"), // the block's last base
            (14_000, "0/2"),
            (15_000, "0/0"),
        ];
        assert_eq!(told, expected.map(|(pos, call)| (pos, call.to_owned())));
    }

    #[test]
    fn a_known_call_is_kept_and_a_line_with_another_allele_says_more_than_a_block() {
        let child = file("child", "100 A G 0/1 .\n200 A G 0/1 .");
        let mut found = candidates(&child, &[Some(0), None]);
        let again = file("child", "100 A G 1/1 .");
        second_look(&mut found, (&family(), Assembly::GRCh37), &[Some(0), None], None, || open(&again))
            .expect("records");
        assert_eq!(found[0].site.calls[0].genotype.to_string(), "0/1");
        let mother = file("mother", "90 C . 0/0 END=300\n200 A T 0/1 .");
        second_look(&mut found, (&family(), Assembly::GRCh37), &[None, Some(0)], None, || open(&mother))
            .expect("records");
        assert_eq!(found.iter().map(|c| c.site.calls[1].genotype.to_string()).collect::<Vec<_>>(), ["0/0", "0/2"]);
    }
}
