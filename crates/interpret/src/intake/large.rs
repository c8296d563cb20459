//! What is looked at of structural variants and repeats beside what is looked at of every allele.

use super::Intake;
use crate::large::{DosageSources, LargeVariant, OverlappedGene, Range, RepeatReading};
use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::site::Event;
use indgang_genomics::structural::{Kind, stretch};
use indgang_genomics::vcf::{Alternate, Record, VcfError};
use indgang_model::{Chromosome, Region, Sex, Variant};

impl Intake<'_> {
    /// Copies that a member has of an undisturbed place; `None` where her sex must be known and is not.
    fn usual_copies(&self, member: usize, region: Region) -> Option<u32> {
        match (region, self.case.family.members[member].sex) {
            (Region::Autosome | Region::PseudoAutosomal, _) | (Region::X, Sex::Female) => Some(2),
            (Region::X | Region::Y, Sex::Male) => Some(1),
            _ => None,
        }
    }

    /// Copies, and the usual ones, of the first whom the question is about, or who wishes to be told, and who differs.
    fn differing(&self, told: &[Option<u32>], region: Region) -> Option<(u32, u32)> {
        let of = |m: &usize| Some((told[*m]?, self.usual_copies(*m, region)?));
        self.focus.iter().chain(&self.wishing).filter_map(of).find(|(has, usual)| has != usual)
    }

    /// Callers of copy number write CN and often no genotype: a loss is then carried on as many copies as are gone, a
    /// gain on one, or on both from two copies more.
    pub(super) fn complete_by_copies(
        &self,
        record: &Record<'_>,
        allele: usize,
        region: Region,
        calls: &mut [Call],
    ) -> Result<(), VcfError> {
        let Alternate::Symbolic(symbol) = record.alternate(allele)? else { return Ok(()) };
        let counted = [&b"<DEL"[..], b"<DUP", b"<CNV"].iter().any(|name| symbol.starts_with(name));
        let unknown = |call: &Call| call.genotype.alleles.iter().all(|a| *a == AlleleCode::Missing);
        if !counted || !calls.iter().any(unknown) || record.alternate_count() != 1 {
            return Ok(());
        }
        let told = record.copy_numbers(&self.columns)?;
        // Of a `<CNV>` the allele is what the first concerned has: who has more is no carrier of the same as who has less.
        let (mut losses, mut gains) = (!symbol.starts_with(b"<DUP"), !symbol.starts_with(b"<DEL"));
        if let (true, true, Some((has, usual))) = (losses, gains, self.differing(&told, region)) {
            (losses, gains) = (has < usual, has > usual);
        }
        for (member, (call, copies)) in calls.iter_mut().zip(told).enumerate() {
            let (Some(has), Some(usual)) = (copies, self.usual_copies(member, region)) else { continue };
            if unknown(call) {
                let changed = (has < usual && losses) || (has > usual && gains);
                call.genotype = genotype(usual, if changed { has.abs_diff(usual) } else { 0 });
                if has != usual && !changed {
                    call.genotype.alleles[1] = AlleleCode::Other;
                }
            }
        }
        Ok(())
    }

    /// What kind of structural variant an allele is; of a `<CNV>` by the copies of those whom the question is about.
    pub(super) fn kind(
        &self,
        record: &Record<'_>,
        (variant, event): (&Variant, &Event),
        region: Region,
    ) -> Result<Option<Kind>, VcfError> {
        if *event != Event::Small && Kind::of(variant, event, None).is_none() {
            let told = record.copy_numbers(&self.columns)?;
            return Ok(Kind::of(variant, event, self.differing(&told, region)));
        }
        Ok(Kind::of(variant, event, None))
    }

    /// What a structural variant is and touches.
    pub(super) fn large(
        &self,
        record: &Record<'_>,
        allele: usize,
        (variant, event): (&Variant, &Event),
        kind: Kind,
    ) -> Result<LargeVariant, VcfError> {
        let overlaps = self.effects.overlaps(variant, event, kind);
        let (first, last) = stretch(variant, event, kind);
        let told = || {
            let text = std::str::from_utf8(record.info_at("SVLEN", allele - 1)?).ok()?;
            text.trim_start_matches('-').parse().ok()
        };
        let length = match (kind, event) {
            (Kind::Breakend, _) => None,
            (Kind::Insertion, Event::Small) => {
                Some(variant.alternate.len().saturating_sub(variant.reference.len()) as u32)
            }
            (Kind::Insertion, _) => told(),
            _ => Some(last - first + 1),
        };
        let members = self.case.family.members.iter().zip(record.copy_numbers(&self.columns)?);
        let copies = members.filter_map(|(member, copies)| Some((member.id.clone(), copies?))).collect();
        let sources = DosageSources { genes: self.genes, map: self.beside.dosage };
        let mut large = sources.large((kind, length), (variant.chrom, (first, last)), &overlaps, copies);
        if variant.chrom == Chromosome::MT && large.genes.is_empty() {
            let genes = self.effects.of_mitochondria(variant, event, Some(kind));
            large.genes = genes
                .iter()
                .map(|gene| {
                    let whole = matches!(gene.consequence, "transcript_ablation" | "transcript_amplification");
                    OverlappedGene::mitochondrial(&gene.symbol, gene.consequence, whole)
                })
                .collect();
        }
        Ok(large)
    }

    /// Every length of a repeat is an allele of its own. Seen from an expanded one those of normal length are reference.
    pub(super) fn of_normal_length_as_reference(
        &self,
        record: &Record<'_>,
        allele: usize,
        calls: &mut [Call],
    ) -> Result<(), VcfError> {
        let mut expanded = vec![false; calls.len()];
        let mut others = Vec::new();
        for other in (1..=record.alternate_count()).filter(|other| *other != allele) {
            let Some((_, event)) = record.place(other, None)? else { continue };
            let reading = RepeatReading::of(record, other, &event, self.genes);
            if reading.is_none_or(|reading| reading.range == Range::Normal) {
                continue;
            }
            record.calls(other, &self.columns, &mut others)?;
            for (expanded, call) in expanded.iter_mut().zip(&others) {
                *expanded |= call.genotype.carries();
            }
        }
        for (call, expanded) in calls.iter_mut().zip(expanded) {
            let others = call.genotype.alleles.iter_mut().filter(|code| **code == AlleleCode::Other);
            others.filter(|_| !expanded).for_each(|code| *code = AlleleCode::Reference);
        }
        Ok(())
    }
}

/// Where a symbolic allele ends must be told: one base would be a guess.
pub(super) fn without_end(record: &Record<'_>, allele: usize, event: &Event) -> bool {
    let Event::Structural { sv_type, .. } = event else { return false };
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.trim_start_matches('-').parse::<u32>().ok();
    let end = record.info("END").and_then(number).is_some_and(|end| end >= record.position());
    let length = record.info_at("SVLEN", allele - 1).and_then(number).is_some();
    !sv_type.starts_with("INS") && !end && !length
}

/// A genotype of so many copies, some of which are changed.
fn genotype(usual: u32, changed: u32) -> Genotype {
    let code = |place: u32| if changed > place { AlleleCode::Alternate } else { AlleleCode::Reference };
    if usual == 1 {
        Genotype { alleles: [code(0); 2], copies: 1, phased: false }
    } else {
        Genotype { alleles: [code(1), code(0)], copies: 2, phased: false }
    }
}
