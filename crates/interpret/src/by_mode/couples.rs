//! Carrier couples: what a woman and a man who are not ill carry in one gene, as the findings of a case see it.

use super::lines::{Alleles, Line, LineWriter};
use super::{ByMode, Followed, ModeBlock};
use crate::acmg::is_loss_of_function;
use crate::findings::{causal, hit_genes, is_recessive_gene};
use crate::intake::{rare, verdict};
use crate::score::ClinVarVerdict;
use indgang_genomics::call::Call;
use indgang_genomics::inheritance::{Flags, carrier_couple};
use indgang_genomics::profile::Expected;
use indgang_genomics::site::Event;
use indgang_genomics::vcf::{Record, VcfError};
use indgang_knowledge::{ClinVar, Genes, Knowledge, PartError};
use indgang_model::{Assembly, Chromosome, ModeOfInheritance, Region, Variant};
use std::collections::BTreeMap;

/// What is known of genes and variants; opened only where a family is a couple.
pub(super) struct Couples<'a> {
    /// By family.
    pairs: Vec<Option<(usize, usize)>>,
    clinvar: ClinVar<'a>,
    genes: &'a Genes,
}

/// A variant that is likely to cause disease, in one gene.
pub(super) struct Carried {
    family: usize,
    symbol: String,
    variant: Variant,
    calls: Box<[Call]>,
}

impl<'a> Couples<'a> {
    /// `None` when no family is a couple.
    pub fn of(families: &[Followed], assembly: Assembly, knowledge: &'a Knowledge) -> Result<Option<Self>, PartError> {
        let pairs: Vec<_> = families.iter().map(|f| f.family.couple()).collect();
        if pairs.iter().all(Option::is_none) {
            return Ok(None);
        }
        Ok(Some(Self { pairs, clinvar: knowledge.clinvar(assembly)?, genes: knowledge.genes()? }))
    }

    /// Keeps what is likely to cause disease in a couple. `block` holds the genotypes of the family.
    pub fn look(
        &self,
        by_mode: &ByMode<'_>,
        block: &mut ModeBlock<'_>,
        record: &Record<'_>,
        (index, family, passed): (usize, usize, bool),
    ) -> Result<(), VcfError> {
        if self.pairs[family].is_none() || !block.genotypes.iter().any(|g| g.carries()) {
            return Ok(());
        }
        let Some((variant, event)) = record.place(index + 1, None)? else { return Ok(()) };
        if matches!(&event, Event::Repeat { status: Some(status), .. } if status == "normal") {
            return Ok(());
        }
        let known = self.clinvar.get(&variant).as_ref().and_then(verdict);
        let pathogenic = known == Some(ClinVarVerdict::Pathogenic);
        let frequency = by_mode.frequencies.max(record, index).map(|(f, _)| f);
        if rare(by_mode.profile, frequency, pathogenic).is_none() {
            return Ok(());
        }
        let region = Region::of(by_mode.assembly, variant.chrom, record.position());
        record.calls(index + 1, &by_mode.families[family].columns, &mut block.calls)?;
        by_mode.copy_numbers(family).complete(record, index + 1, region, &mut block.calls)?;
        let good = |c: &Call| c.genotype.carries() && by_mode.profile.accepts(c, Expected::Any);
        let doubtful = !passed || !block.calls.iter().any(good);
        let kind = by_mode.copy_numbers(family).kind(record, (&variant, &event), region)?;
        let effects = by_mode.effects.of_kind(record, index + 1, (&variant, &event, kind), None);
        for effect in hit_genes(&effects, known) {
            let damaging = is_loss_of_function(effect.consequence) && !doubtful;
            if causal(by_mode.profile, known, frequency, damaging) {
                let (symbol, calls) = (effect.symbol.clone(), block.calls.as_slice().into());
                block.carried.push(Carried { family, symbol, variant: variant.clone(), calls });
            }
        }
        Ok(())
    }

    /// The lines of every gene of which both are carriers (on X the woman): each of hers with each of his.
    pub fn lines(&self, by_mode: &ByMode<'_>, carried: &[Carried], mut write: impl FnMut(&LineWriter, &Line<'_>)) {
        let mut genes: BTreeMap<(usize, Chromosome, &str), Vec<&Carried>> = BTreeMap::new();
        for one in carried {
            genes.entry((one.family, one.variant.chrom, &one.symbol)).or_default().push(one);
        }
        for ((family, chromosome, symbol), members) in genes {
            let Some((woman, man)) = self.pairs[family] else { continue };
            let region = Region::of(by_mode.assembly, chromosome, members[0].variant.pos);
            if !is_recessive_gene(self.genes, symbol, region) {
                continue;
            }
            let sites: Vec<(Call, Call)> = members.iter().map(|m| (m.calls[woman], m.calls[man])).collect();
            let Some(couple) = carrier_couple(&sites, region, by_mode.profile) else { continue };
            for hers in &couple.woman {
                let alone = couple.man.is_empty().then_some(*hers);
                for his in couple.man.iter().copied().chain(alone) {
                    let both = [members[*hers], members[his]];
                    let both = if *hers == his { &both[..1] } else { &both[..] };
                    let variants: Vec<Alleles<'_>> = both.iter().map(|m| Alleles::from(&m.variant)).collect();
                    let calls: Vec<&[Call]> = both.iter().map(|m| &*m.calls).collect();
                    let line = Line {
                        mode: ModeOfInheritance::CarrierCouple,
                        gene: Some(symbol),
                        variants: &variants,
                        calls: &calls,
                        flags: Flags::NONE,
                        de_novo_score: None,
                    };
                    write(&by_mode.writers[family], &line);
                }
            }
        }
    }
}
