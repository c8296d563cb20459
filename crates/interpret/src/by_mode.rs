//! Every candidate by mode of inheritance, without phenotype: the lines of `indgang inheritance`.
//!
//! A file may hold several families; each is treated by itself, in one pass over the file.
//! Single variants are written as they come; pairs when the whole file is read, gene by gene in order of place.

use crate::intake::{EffectSources, changes_product};
use crate::score::frequency_limit;
use indgang_genomics::call::{Call, Genotype};
use indgang_genomics::frequency::FrequencyFields;
use indgang_genomics::inheritance::{self, ModeHit};
use indgang_genomics::pedigree::Family;
use indgang_genomics::profile::Profile;
use indgang_genomics::vcf::{Alternate, Header, Record, VcfError};
use indgang_knowledge::{Knowledge, PartError};
use indgang_model::{Assembly, ModeOfInheritance, Region, Variant};
use serde::Serialize;
use std::collections::BTreeMap;

/// Pairs of one gene that are written at most; more are counted and flagged.
pub const MOST_PAIRS: usize = 100_000;

/// One candidate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line<'a> {
    /// The family in the pedigree.
    pub family: &'a str,
    /// The mode it fits.
    pub mode: ModeOfInheritance,
    /// Gene symbol; `null` between genes.
    pub gene: Option<&'a str>,
    /// One variant, or the two of a pair.
    pub variants: Vec<&'a Variant>,
    /// Genotypes by sample, one for each variant.
    pub samples: BTreeMap<&'a str, Vec<String>>,
    /// Reservations.
    pub flags: Vec<&'static str>,
    /// Phred-scaled, where the likelihoods allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub de_novo_score: Option<f64>,
}

/// One family with its columns of the file.
pub struct Followed {
    /// The family.
    pub family: Family,
    /// Column of each member.
    pub columns: Vec<Option<usize>>,
}

/// What is needed to look at one record.
pub struct ByMode<'a> {
    families: &'a [Followed],
    profile: &'a Profile,
    assembly: Assembly,
    effects: EffectSources<'a>,
    frequencies: FrequencyFields,
}

/// What a block of records gave.
#[derive(Default)]
pub struct ModeBlock {
    /// JSON lines of single variants.
    pub lines: Vec<u8>,
    /// Number of them.
    pub count: u64,
    /// Alternates that are no allele, or lie outside the primary assembly.
    pub set_aside: u64,
    pairable: Vec<Pairable>,
    genotypes: Vec<Genotype>,
    calls: Vec<Call>,
    hits: Vec<ModeHit>,
}

/// A variant that may be one of a pair.
struct Pairable {
    family: usize,
    genes: Vec<String>,
    variant: Variant,
    calls: Box<[Call]>,
}

impl<'a> ByMode<'a> {
    /// Prepares for one file.
    ///
    /// # Errors
    /// When a part of the knowledge cannot be opened.
    pub fn new(
        families: &'a [Followed],
        profile: &'a Profile,
        assembly: Assembly,
        header: &Header,
        knowledge: &'a Knowledge,
    ) -> Result<Self, PartError> {
        Ok(Self {
            families,
            profile,
            assembly,
            effects: EffectSources::new(header, assembly, knowledge, None)?,
            frequencies: FrequencyFields::from_header(header),
        })
    }

    /// Looks at one record.
    ///
    /// # Errors
    /// What is wrong with the record.
    pub fn step(&self, block: &mut ModeBlock, record: &Record<'_>) -> Result<(), VcfError> {
        let Some(chromosome) = record.chromosome() else {
            block.set_aside += 1;
            return Ok(());
        };
        if !self.profile.filtered_sites && record.filters().next().is_some() {
            return Ok(());
        }
        let region = Region::of(self.assembly, chromosome, record.position());
        for (index, alternate) in record.alternates().enumerate() {
            if matches!(alternate, Alternate::SpanningDeletion | Alternate::Unspecified | Alternate::None) {
                block.set_aside += 1;
                continue;
            }
            for family in 0..self.families.len() {
                self.allele(block, record, index, family, region)?;
            }
        }
        Ok(())
    }

    fn allele(
        &self,
        block: &mut ModeBlock,
        record: &Record<'_>,
        index: usize,
        family: usize,
        region: Region,
    ) -> Result<(), VcfError> {
        let Followed { family: people, columns } = &self.families[family];
        record.genotypes(index + 1, columns, &mut block.genotypes)?;
        if !block.genotypes.iter().any(|g| g.carries()) {
            return Ok(());
        }
        record.calls(index + 1, columns, &mut block.calls)?;
        block.hits.clear();
        inheritance::single_variant(people, &block.calls, region, self.profile, &mut block.hits);
        let class = inheritance::can_be_compound(people, &block.calls, region, self.profile);
        if block.hits.is_empty() && class.is_none() {
            return Ok(());
        }
        let frequency = if self.profile.quality { self.frequencies.max(record, index).map(|(f, _)| f) } else { None };
        let rare = |mode| frequency.is_none_or(|f| frequency_limit(self.profile, mode).is_none_or(|limit| f <= limit));
        block.hits.retain(|hit| rare(hit.mode));
        let pairable = class.is_some() && rare(ModeOfInheritance::AutosomalRecessiveCompoundHeterozygous);
        if block.hits.is_empty() && !pairable {
            return Ok(());
        }
        let Some(site) = record.site(index + 1, columns, None)? else { return Ok(()) };
        let effects = self.effects.of(record, index + 1, &site, None);
        for hit in &block.hits {
            let line = Line {
                family: &people.id,
                mode: hit.mode,
                gene: effects.first().map(|e| e.symbol.as_str()),
                variants: vec![&site.variant],
                samples: samples(people, &[&block.calls]),
                flags: hit.flags.names().collect(),
                de_novo_score: hit.de_novo_score,
            };
            write_line(&mut block.lines, &line);
            block.count += 1;
        }
        if pairable {
            let counts = |consequence: &str| if self.profile.quality { changes_product(consequence) } else { true };
            let genes: Vec<String> = effects.into_iter().filter(|e| counts(e.consequence)).map(|e| e.symbol).collect();
            if !genes.is_empty() {
                block.pairable.push(Pairable { family, genes, variant: site.variant, calls: site.calls });
            }
        }
        Ok(())
    }
}

/// The pairs of a whole file.
#[derive(Default)]
pub struct Pairs {
    pairable: Vec<Pairable>,
}

impl Pairs {
    /// Takes a block's share; blocks come in file order.
    pub fn take(&mut self, block: &mut ModeBlock) {
        self.pairable.append(&mut block.pairable);
    }

    /// Calls `write` with the JSON lines of each gene; gives the number of lines and, by gene, the pairs left out beyond [`MOST_PAIRS`].
    ///
    /// # Errors
    /// What `write` gives.
    pub fn write<E>(
        &self,
        by_mode: &ByMode<'_>,
        mut write: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(u64, BTreeMap<String, u64>), E> {
        let mut genes: BTreeMap<(usize, indgang_model::Chromosome, &str), Vec<&Pairable>> = BTreeMap::new();
        for one in &self.pairable {
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
            let compounds = inheritance::compound_heterozygotes(people, &calls, region, by_mode.profile);
            lines.clear();
            for (pair, (a, b, flags)) in compounds.pairs().enumerate() {
                if pair >= MOST_PAIRS {
                    *left_out.entry(gene.to_owned()).or_insert(0) += 1;
                    continue;
                }
                let line = Line {
                    family: &people.id,
                    mode: compounds.mode,
                    gene: Some(gene),
                    variants: vec![&members[a].variant, &members[b].variant],
                    samples: samples(people, &[calls[a], calls[b]]),
                    flags: flags.names().collect(),
                    de_novo_score: None,
                };
                write_line(&mut lines, &line);
                count += 1;
            }
            write(&lines)?;
        }
        Ok((count, left_out))
    }
}

fn samples<'f>(family: &'f Family, variants: &[&[Call]]) -> BTreeMap<&'f str, Vec<String>> {
    let genotypes = |member: usize| variants.iter().map(|calls| calls[member].genotype.to_string()).collect();
    family.members.iter().enumerate().filter(|(_, m)| m.sequenced).map(|(i, m)| (m.id.as_str(), genotypes(i))).collect()
}

fn write_line(lines: &mut Vec<u8>, line: &Line<'_>) {
    // A vector takes everything, and a line holds only text and numbers: neither can fail.
    if serde_json::to_writer(&mut *lines, line).is_ok() {
        lines.push(b'\n');
    }
}
