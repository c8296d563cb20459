//! What is told when the whole file is read: whether the pedigrees hold, and pairs.

use super::couples::Carried;
use super::lines::{Alleles, Line};
use super::{ByMode, Followed, Lines, MOST_PAIRS, ModeBlock, Pairable};
use crate::quality_for_report::Judged;
use indgang_genomics::call::Call;
use indgang_genomics::inheritance::{self, lies_in_deletion};
use indgang_genomics::quality::Quality;
use indgang_genomics::structural::{self, Kind};
use indgang_model::{Chromosome, Region};
use std::collections::BTreeMap;

/// What blocks gave that can be told only when all of them are read.
pub struct Gathered<'k> {
    pairable: Vec<Pairable<'k>>,
    /// Of those, the deletions.
    deletions: Vec<usize>,
    carried: Vec<Carried>,
    quality: Vec<Quality>,
}

/// What the file says of one family's pedigree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The family in the pedigree.
    pub family: String,
    /// What does not agree (`sex`, `kinship`, `Mendelian errors`), without telling of whom; empty when nothing.
    pub disagreements: Vec<&'static str>,
    /// True when somebody is to be read without parents, because the file does not show them.
    pub refused: bool,
}

/// True of two calls of one deletion a few bases apart, which are no pair.
fn are_one_event(a: &Pairable<'_>, b: &Pairable<'_>) -> bool {
    let (Some(a_end), Some(b_end)) = (a.role.deletion, b.role.deletion) else { return false };
    let ends = structural::Ends::default();
    structural::same_event(Kind::Loss, ((a.variant.pos, a_end), ends), ((b.variant.pos, b_end), ends))
}

impl<'k> Gathered<'k> {
    /// Nothing seen yet.
    pub fn new(by_mode: &ByMode<'_>) -> Self {
        let quality = by_mode.block().quality;
        Self { pairable: Vec::new(), deletions: Vec::new(), carried: Vec::new(), quality }
    }

    /// Takes a block's share; blocks come in file order.
    pub fn take(&mut self, block: ModeBlock<'k>) {
        for one in block.pairable {
            // Places come in order: a deletion that goes on here has come before.
            if one.role.pair || one.role.deletion.is_some() || self.deletions_over(&one).next().is_some() {
                self.deletions.extend(one.role.deletion.map(|_| self.pairable.len()));
                self.pairable.push(one);
            }
        }
        self.carried.extend(block.carried);
        self.quality.iter_mut().zip(block.quality).for_each(|(all, quality)| all.merge(quality));
    }

    /// Judges each family's pedigree by the whole file. Gives the families of which something is to be told and, where one
    /// is not what the file says, all families as they may be read: nothing of this reading is then to be used.
    pub fn judge(&self, by_mode: &ByMode<'_>) -> (Vec<Judgement>, Option<Vec<Followed>>) {
        let (mut judgements, mut readable, mut again) = (Vec::new(), Vec::new(), false);
        for (followed, quality) in by_mode.families.iter().zip(&self.quality) {
            let judged = Judged::new(&followed.family, quality);
            let readings = judged.readings();
            let refused = readings != [followed.family.clone()];
            again |= refused;
            readable.extend(readings.into_iter().map(|family| Followed { family, columns: followed.columns.clone() }));
            let disagreements = judged.disagreements();
            if !disagreements.is_empty() {
                judgements.push(Judgement { family: followed.family.id.clone(), disagreements, refused });
            }
        }
        (judgements, again.then_some(readable))
    }

    /// The deletions seen so far in which a small variant of the same family lies.
    fn deletions_over(&self, small: &Pairable<'_>) -> impl Iterator<Item = &Pairable<'k>> {
        let over = small.role.over_deletion;
        let (family, chrom, pos) = (small.family, small.variant.chrom, small.variant.pos);
        self.deletions.iter().map(|d| &self.pairable[*d]).filter(move |d| {
            let within = |end| lies_in_deletion(pos, (d.variant.pos, end));
            over && d.family == family && d.variant.chrom == chrom && d.role.deletion.is_some_and(within)
        })
    }

    /// Calls `write` with the lines of small variants over inherited deletions and of carrier couples; gives their number.
    ///
    /// # Errors
    /// What `write` gives.
    pub fn special<E>(&self, by_mode: &ByMode<'_>, mut write: impl FnMut(&[u8]) -> Result<(), E>) -> Result<u64, E> {
        let mut lines = Lines::default();
        for small in self.pairable.iter().filter(|p| p.role.over_deletion) {
            let family = &by_mode.families[small.family].family;
            let region = Region::of(by_mode.assembly, small.variant.chrom, small.variant.pos);
            for deletion in self.deletions_over(small) {
                let hit = inheritance::over_deletion(family, &small.calls, &deletion.calls, region, by_mode.profile);
                let Some(hit) = hit else { continue };
                for gene in small.genes.iter().filter(|gene| deletion.genes.contains(gene)) {
                    let line = Line {
                        mode: hit.mode,
                        gene: Some(gene),
                        variants: &[Alleles::from(&small.variant), Alleles::from(&deletion.variant)],
                        calls: &[&small.calls, &deletion.calls],
                        flags: hit.flags,
                        de_novo_score: None,
                    };
                    by_mode.writers[small.family].write(&mut lines.text, &line);
                    lines.count += 1;
                }
            }
        }
        if let Some(couples) = &by_mode.couples {
            couples.lines(by_mode, &self.carried, |writer, line| {
                writer.write(&mut lines.text, line);
                lines.count += 1;
            });
        }
        write(&lines.text)?;
        Ok(lines.count)
    }

    /// Calls `write` with the JSON lines of each gene's pairs; gives the number of lines and, by gene, the pairs left out beyond [`MOST_PAIRS`].
    ///
    /// # Errors
    /// What `write` gives.
    pub fn pairs<E>(
        &self,
        by_mode: &ByMode<'_>,
        mut write: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(u64, BTreeMap<String, u64>), E> {
        let mut genes: BTreeMap<(usize, Chromosome, &str), Vec<&Pairable<'_>>> = BTreeMap::new();
        for one in self.pairable.iter().filter(|one| one.role.pair) {
            for gene in &one.genes {
                genes.entry((one.family, one.variant.chrom, gene)).or_default().push(one);
            }
        }
        let (mut count, mut left_out) = (0, BTreeMap::new());
        let mut lines = Vec::new();
        for ((family, chromosome, gene), members) in genes {
            let people = &by_mode.families[family].family;
            let calls: Vec<&[Call]> = members.iter().map(|m| &*m.calls).collect();
            let region = Region::of(by_mode.assembly, chromosome, members[0].variant.pos);
            let records: Vec<u64> = members.iter().map(|m| m.line).collect();
            let compounds =
                inheritance::compound_heterozygotes_of_records(people, &calls, &records, region, by_mode.profile);
            lines.clear();
            let pairs = compounds.pairs().filter(|(a, b, _)| !are_one_event(members[*a], members[*b]));
            for (pair, (a, b, flags)) in pairs.enumerate() {
                if pair >= MOST_PAIRS {
                    *left_out.entry(gene.to_owned()).or_insert(0) += 1;
                    continue;
                }
                let line = Line {
                    mode: compounds.mode,
                    gene: Some(gene),
                    variants: &[Alleles::from(&members[a].variant), Alleles::from(&members[b].variant)],
                    calls: &[calls[a], calls[b]],
                    flags,
                    de_novo_score: None,
                };
                by_mode.writers[family].write(&mut lines, &line);
                count += 1;
            }
            write(&lines)?;
        }
        Ok((count, left_out))
    }
}
