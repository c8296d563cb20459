//! What is looked at of structural variants and repeats beside what is looked at of every allele.

use super::Intake;
use crate::large::{CopyNumbers, DosageSources, LargeVariant, OverlappedGene, Range, RepeatReading, mitochondria};
use indgang_genomics::call::{AlleleCode, Call};
use indgang_genomics::site::Event;
use indgang_genomics::structural::{Kind, stretch};
use indgang_genomics::vcf::{Record, VcfError};
use indgang_model::{Chromosome, Variant};

impl Intake<'_> {
    /// The family's numbers of copies in this file.
    pub(super) fn copy_numbers(&self) -> CopyNumbers<'_> {
        CopyNumbers { family: &self.case.family, columns: &self.columns, asked: &self.asked }
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
            _ if mitochondria::lies_across_origin(variant, event) => {
                let places = mitochondria::places(variant, event, Some(kind));
                Some(places.iter().map(|(first, last)| last - first + 1).sum())
            }
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
    /// Gives the ranges of every member's two alleles; a copy of the reference is normal.
    pub(super) fn of_normal_length_as_reference(
        &self,
        record: &Record<'_>,
        allele: usize,
        calls: &mut [Call],
    ) -> Result<Vec<[Option<Range>; 2]>, VcfError> {
        let mut ranges: Vec<[Option<Range>; 2]> = calls
            .iter()
            .map(|call| call.genotype.alleles.map(|code| (code == AlleleCode::Reference).then_some(Range::Normal)))
            .collect();
        let mut seen = Vec::new();
        for other in 1..=record.alternate_count() {
            let Some((_, event)) = record.place(other, None)? else { continue };
            let range = RepeatReading::of(record, other, &event, self.genes).map_or(Range::Normal, |r| r.range);
            record.calls(other, &self.columns, &mut seen)?;
            for ((ranges, call), seen) in ranges.iter_mut().zip(calls.iter_mut()).zip(&seen) {
                for (slot, code) in seen.genotype.alleles.iter().enumerate() {
                    if *code != AlleleCode::Alternate {
                        continue;
                    }
                    ranges[slot] = Some(range);
                    if other != allele && range == Range::Normal {
                        call.genotype.alleles[slot] = AlleleCode::Reference;
                    }
                }
            }
        }
        Ok(ranges)
    }
}

/// Where a symbolic allele ends must be told: one base would be a guess.
pub(super) fn without_end(record: &Record<'_>, allele: usize, event: &Event) -> bool {
    let Event::Structural { sv_type, .. } = event else { return false };
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.trim_start_matches('-').parse::<u32>().ok();
    // The mitochondrial genome is a circle.
    let circle = record.chromosome() == Some(Chromosome::MT);
    let end = record.info("END").and_then(number).is_some_and(|end| end >= record.position() || (circle && end > 0));
    let length = record.info_at("SVLEN", allele - 1).and_then(number).is_some();
    !sv_type.starts_with("INS") && !end && !length
}
