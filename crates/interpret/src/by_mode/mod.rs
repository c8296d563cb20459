//! Every candidate by mode of inheritance, without phenotype: the lines of `indgang inheritance`.
//!
//! A file may hold several families; each is treated by itself, in one pass over the file.
//! Single variants are written as they come, then pairs, gene by gene in order of place. Where the whole file shows that a
//! pedigree is not what it says, the file is to be read again with the family in parts.

mod couples;
mod gathered;
mod lines;

pub use gathered::{Gathered, Judgement};

use crate::intake::{EffectSources, changes_product};
use crate::large::CopyNumbers;
use crate::score::frequency_limit;
use couples::{Carried, Couples};
use indgang_genomics::annotation::Compounds;
use indgang_genomics::call::{Call, Genotype};
use indgang_genomics::consequence::Consequence;
use indgang_genomics::de_novo::Noise;
use indgang_genomics::frequency::FrequencyFields;
use indgang_genomics::inheritance::{ModeHit, Stream};
use indgang_genomics::pedigree::Family;
use indgang_genomics::profile::Profile;
use indgang_genomics::quality::Quality;
use indgang_genomics::site::Event;
use indgang_genomics::structural::{Kind, stretch};
use indgang_genomics::vcf::{Alternate, Header, Record, VcfError};
use indgang_knowledge::{Knowledge, PartError};
use indgang_model::{Affected, Assembly, ModeOfInheritance, Region, Variant};
use lines::{Alleles, Line, LineWriter};
use std::borrow::Cow;

/// Pairs of one gene that are written at most; more are counted and flagged.
pub const MOST_PAIRS: usize = 100_000;

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
    streams: Vec<Stream<'a>>,
    /// By family: whose copies tell what a `<CNV>` is.
    asked: Vec<Vec<usize>>,
    writers: Vec<LineWriter>,
    /// What carrier couples are looked for with, where a family is one.
    couples: Option<Couples<'a>>,
    /// The file says nothing of genes: they are taken from the place.
    by_place: bool,
}

/// Lines, and how many they are.
#[derive(Debug, Clone, Default)]
struct Lines {
    text: Vec<u8>,
    count: u64,
}

/// What a block of records gave.
pub struct ModeBlock<'k> {
    /// JSON lines of single variants.
    pub lines: Vec<u8>,
    /// Number of them.
    pub count: u64,
    /// By family.
    quality: Vec<Quality>,
    /// Alternates that are no allele, or lie outside the primary assembly.
    pub set_aside: u64,
    pairable: Vec<Pairable<'k>>,
    carried: Vec<Carried>,
    genes: Vec<(Consequence, &'k str)>,
    genotypes: Vec<Genotype>,
    calls: Vec<Call>,
    hits: Vec<ModeHit>,
    /// Line of the record that is looked at.
    line: u64,
}

/// A variant that may be one of two.
struct Pairable<'k> {
    family: usize,
    role: Role,
    genes: Vec<Cow<'k, str>>,
    variant: Variant,
    calls: Box<[Call]>,
    /// Line of the file: alternates of one record lie on different copies.
    line: u64,
}

/// What a variant may be one of two of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Role {
    /// A pair of compound heterozygotes.
    pair: bool,
    /// The small variant over an inherited deletion.
    over_deletion: bool,
    /// The deletion, with its last base.
    deletion: Option<u32>,
}

impl Role {
    fn any(self) -> bool {
        self.pair || self.over_deletion || self.deletion.is_some()
    }
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
        let effects = EffectSources::of_symbols(header, assembly, knowledge)?;
        Ok(Self {
            families,
            profile,
            assembly,
            asked: families.iter().map(|f| asked(&f.family)).collect(),
            streams: families.iter().map(|f| Stream::new(&f.family, profile)).collect(),
            writers: families.iter().map(|f| LineWriter::new(&f.family)).collect(),
            by_place: effects.fields().layouts().is_empty(),
            couples: Couples::of(families, assembly, knowledge)?,
            effects,
            frequencies: FrequencyFields::from_header(header),
        })
    }

    /// Gives what the lines of the file say of each other's changes.
    pub fn with_compounds(self, compounds: Compounds) -> Self {
        Self { effects: self.effects.with_compounds(compounds), ..self }
    }

    /// An empty block.
    pub fn block(&self) -> ModeBlock<'a> {
        ModeBlock {
            lines: Vec::new(),
            count: 0,
            quality: self.families.iter().map(|f| Quality::new(&f.family)).collect(),
            set_aside: 0,
            pairable: Vec::new(),
            carried: Vec::new(),
            genes: Vec::new(),
            genotypes: Vec::new(),
            calls: Vec::new(),
            hits: Vec::new(),
            line: 0,
        }
    }

    /// Looks at one record.
    ///
    /// # Errors
    /// What is wrong with the record.
    pub fn step(&self, block: &mut ModeBlock<'a>, record: &Record<'_>) -> Result<(), VcfError> {
        let Some(chromosome) = record.chromosome() else {
            block.set_aside += 1;
            return Ok(());
        };
        let region = Region::of(self.assembly, chromosome, record.position());
        let passed = self.profile.filtered_sites || record.filters().next().is_none();
        block.line = record.line_number();
        for (index, alternate) in record.alternates().enumerate() {
            if matches!(alternate, Alternate::SpanningDeletion | Alternate::Unspecified | Alternate::None) {
                block.set_aside += u64::from(passed);
                continue;
            }
            for family in 0..self.families.len() {
                // What is cheap is asked first: genotypes, then calls, then frequencies, then genes.
                record.genotypes(index + 1, &self.families[family].columns, &mut block.genotypes)?;
                self.complete(block, record, (index, family), region)?;
                if let Alternate::Sequence(bases) = &alternate {
                    // Quality is counted over all small alleles, as for a report: filtered ones, too.
                    let snv = record.alternate_count() == 1 && record.reference().len() == 1 && bases.len() == 1;
                    block.quality[family].add_genotypes(chromosome, region, snv, &block.genotypes);
                }
                if let Some(couples) = &self.couples {
                    couples.look(self, block, record, (index, family, passed))?;
                }
                if passed {
                    self.allele(block, record, index, family, region)?;
                }
            }
        }
        Ok(())
    }

    fn copy_numbers(&self, family: usize) -> CopyNumbers<'_> {
        let Followed { family: people, columns } = &self.families[family];
        CopyNumbers { family: people, columns, asked: &self.asked[family] }
    }

    /// Genotypes by number of copies, where the line has no others.
    fn complete(
        &self,
        block: &mut ModeBlock<'a>,
        record: &Record<'_>,
        (index, family): (usize, usize),
        region: Region,
    ) -> Result<(), VcfError> {
        if !CopyNumbers::may_tell(record, record.alternate(index + 1)?) {
            return Ok(());
        }
        record.calls(index + 1, &self.families[family].columns, &mut block.calls)?;
        self.copy_numbers(family).complete(record, index + 1, region, &mut block.calls)?;
        block.genotypes.clear();
        block.genotypes.extend(block.calls.iter().map(|call| call.genotype));
        Ok(())
    }

    fn allele(
        &self,
        block: &mut ModeBlock<'a>,
        record: &Record<'_>,
        index: usize,
        family: usize,
        region: Region,
    ) -> Result<(), VcfError> {
        let columns = &self.families[family].columns;
        let stream = &self.streams[family];
        if !block.genotypes.iter().any(|g| g.carries()) || !stream.may_fit(&block.genotypes, region) {
            return Ok(());
        }
        record.calls(index + 1, columns, &mut block.calls)?;
        self.copy_numbers(family).complete(record, index + 1, region, &mut block.calls)?;
        block.hits.clear();
        let class = stream.look(&block.calls, region, noise(record, index), &mut block.hits);
        let symbolic = matches!(record.alternates().nth(index), Some(Alternate::Symbolic(_)));
        let over_deletion = !symbolic && stream.may_lie_over_deletion(&block.calls, region);
        if block.hits.is_empty() && class.is_none() && !over_deletion && !symbolic {
            return Ok(());
        }
        let frequency = if self.profile.quality { self.frequencies.max(record, index).map(|(f, _)| f) } else { None };
        let rare = |mode| frequency.is_none_or(|f| frequency_limit(self.profile, mode).is_none_or(|limit| f <= limit));
        block.hits.retain(|hit| rare(hit.mode));
        let over = rare(ModeOfInheritance::AutosomalRecessiveOverDeletion);
        let role = Role {
            pair: class.is_some() && rare(ModeOfInheritance::AutosomalRecessiveCompoundHeterozygous),
            over_deletion: over_deletion && over,
            deletion: None,
        };
        if block.hits.is_empty() && !role.any() && !(symbolic && over) {
            return Ok(());
        }
        match (record.chromosome(), substitution(record)) {
            (Some(chromosome), Some(alleles)) if self.by_place => {
                self.substituted(block, Alleles::of(chromosome, record.position(), alleles), family, role);
            }
            _ => self.placed(block, record, index, family, role)?,
        }
        Ok(())
    }

    /// A substitution of one base, whose genes its place tells: nothing is owned but what may be one of a pair.
    fn substituted(&self, block: &mut ModeBlock<'a>, at: Alleles<'_>, family: usize, role: Role) {
        let alleles = (at.reference.as_bytes(), at.alternate.as_bytes());
        self.effects.genes_by_position((at.chromosome, at.position), alleles, &mut block.genes);
        let first = block.genes.first().map(|(_, symbol)| *symbol);
        self.write(block, at, family, first);
        if role.any() {
            let kept = block.genes.iter().filter(|(consequence, _)| self.may_pair(changes_product(consequence.term())));
            let genes: Vec<_> = kept.map(|(_, symbol)| Cow::Borrowed(*symbol)).collect();
            keep(block, (family, role), genes, || at.owned());
        }
    }

    /// Whatever needs trimming, is structural, or has annotations.
    fn placed(
        &self,
        block: &mut ModeBlock<'a>,
        record: &Record<'_>,
        index: usize,
        family: usize,
        role: Role,
    ) -> Result<(), VcfError> {
        let Some((variant, event)) = record.place(index + 1, None)? else { return Ok(()) };
        if self.by_place && event == Event::Small {
            self.substituted(block, Alleles::from(&variant), family, role);
            return Ok(());
        }
        let region = Region::of(self.assembly, variant.chrom, record.position());
        let kind = self.copy_numbers(family).kind(record, (&variant, &event), region)?;
        let effects = self.effects.of_kind(record, index + 1, (&variant, &event, kind), None);
        self.write(block, Alleles::from(&variant), family, effects.first().map(|e| e.symbol.as_str()));
        let lost = kind == Some(Kind::Loss) && !matches!(event, Event::Breakend { .. });
        let role = Role { deletion: lost.then(|| stretch(&variant, &event, Kind::Loss).1), ..role };
        if role.any() {
            let kept = effects.into_iter().filter(|e| self.may_pair(e.changes_product()));
            let genes: Vec<_> = kept.map(|e| Cow::Owned(e.symbol)).collect();
            keep(block, (family, role), genes, || variant);
        }
        Ok(())
    }

    fn may_pair(&self, changes_product: bool) -> bool {
        !self.profile.quality || changes_product
    }

    /// A line for each hit.
    fn write(&self, block: &mut ModeBlock<'a>, at: Alleles<'_>, family: usize, gene: Option<&str>) {
        let ModeBlock { lines, count, hits, calls, .. } = block;
        for hit in hits.iter() {
            let line = Line {
                mode: hit.mode,
                gene,
                variants: &[at],
                calls: &[calls],
                flags: hit.flags,
                de_novo_score: hit.de_novo_score,
            };
            self.writers[family].write(lines, &line);
            *count += 1;
        }
    }
}

/// The affected, else everybody.
fn asked(family: &Family) -> Vec<usize> {
    let affected = |m: &usize| family.members[*m].affected == Affected::Affected;
    let all = 0..family.members.len();
    if all.clone().any(|m| affected(&m)) { all.filter(affected).collect() } else { all.collect() }
}

/// Keeps what has a gene to be paired in.
fn keep<'k>(
    block: &mut ModeBlock<'k>,
    (family, role): (usize, Role),
    genes: Vec<Cow<'k, str>>,
    variant: impl FnOnce() -> Variant,
) {
    if !genes.is_empty() {
        let (calls, line) = (block.calls.as_slice().into(), block.line);
        block.pairable.push(Pairable { family, role, genes, variant: variant(), calls, line });
    }
}

/// The noise of an alternate's reads: whatever is not bases of the reference's length counts as changing it.
fn noise(record: &Record<'_>, index: usize) -> Noise {
    match record.alternates().nth(index) {
        Some(Alternate::Sequence(bases)) if bases.len() == record.reference().len() => Noise::SNV,
        _ => Noise::INDEL,
    }
}

/// The bases of a record that changes one base into one other, both written as the house writes them.
fn substitution<'r>(record: &Record<'r>) -> Option<(&'r str, &'r str)> {
    let base = |text: &'r [u8]| {
        let [b'A' | b'C' | b'G' | b'T' | b'N'] = text else { return None };
        std::str::from_utf8(text).ok()
    };
    let (reference, alternate) = (base(record.reference())?, base(record.alternates_raw())?);
    (reference != alternate).then_some((reference, alternate))
}
