//! From the lines of a VCF to the few alleles worth a thought.
//!
//! Each record is looked at once, on whichever thread has it; what is cheap is asked first.
//! Nothing is dropped in silence: every step counts what is left, and every kind of allele that is set aside is named.

mod candidate;
mod effects;
mod known;
mod large;
mod second_look;
mod waterfall;

pub(crate) use candidate::changes_product;
pub use candidate::{Candidate, GeneEffect};
pub use effects::EffectSources;
pub(crate) use known::{NEIGHBOURHOOD, neighbours, rare, verdict};
pub(crate) use second_look::second_look;
pub use waterfall::Waterfall;

use crate::acmg::Rules;
use crate::annotation_table::AnnotationTable;
use crate::case::Case;
use crate::large::{Dosage, Range, RepeatReading, StructuralLine};
use crate::own_cohort::OwnCohort;
use crate::predictors::Predictors;
use crate::score::ClinVarVerdict;
use crate::words::Words;
use indgang_genomics::annotation::Compounds;
use indgang_genomics::call::Call;
use indgang_genomics::cohort::Carried;
use indgang_genomics::frequency::FrequencyFields;
use indgang_genomics::pedigree::Family;
use indgang_genomics::profile::Expected;
use indgang_genomics::quality::Quality;
use indgang_genomics::reference::ReferenceSequence;
use indgang_genomics::site::Event;
use indgang_genomics::vcf::{Alternate, Header, Record, VcfError};
use indgang_knowledge::phenotype::Pmid;
use indgang_knowledge::{ClinVar, Genes, Knowledge, PartError};
use indgang_model::{Affected, Region, SecondaryFindingWish, Variant};
use std::collections::{BTreeMap, HashSet};
use waterfall::Reached;

/// What is known of a case from itself, and left out to measure how right an answer is without.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    /// Alleles whose own ClinVar records are not to be known.
    pub variants: HashSet<Variant>,
    /// Publications whose annotations of diseases are not to be known.
    pub publications: Vec<Pmid>,
}

/// What stands beside the VCF.
#[derive(Default, Clone, Copy)]
pub struct Beside<'a> {
    /// Frequencies and consequences in a table.
    pub table: Option<&'a AnnotationTable>,
    /// The reference sequence.
    pub reference: Option<&'a dyn ReferenceSequence>,
    /// The house's own cohort, without this family.
    pub cohort: Option<&'a OwnCohort>,
    /// What is left out, when the case's answer is known and the method is measured.
    pub left_out: Option<&'a LeftOut>,
    /// ACMG rules of single genes; those that come with the program when not given.
    pub rules: Option<&'a Rules>,
    /// ClinGen's dosage sensitivity map.
    pub dosage: Option<&'a Dosage>,
    /// Imported scores of predictors.
    pub predictors: Option<&'a Predictors>,
}

/// Everything needed to look at one record of one file.
pub struct Intake<'a> {
    case: &'a Case,
    columns: Vec<Option<usize>>,
    /// Members the question is about: the affected, else everybody.
    focus: Vec<usize>,
    /// Members who wish to be told of secondary findings.
    wishing: Vec<usize>,
    /// Both, the former first: whose copies tell what a `<CNV>` is.
    asked: Vec<usize>,
    frequencies: FrequencyFields,
    effects: EffectSources<'a>,
    clinvar: ClinVar<'a>,
    genes: &'a Genes,
    beside: Beside<'a>,
    /// Whether everything that everybody carries is kept, for the house's cohort.
    call_sets: bool,
}

/// What a block of records gave.
pub struct Block {
    /// What came through.
    pub candidates: Vec<Candidate>,
    /// Alleles left after each step.
    pub waterfall: Waterfall,
    /// Quality of samples and pedigree.
    pub quality: Quality,
    /// Alternates that are no allele to interpret, by kind.
    pub set_aside: BTreeMap<&'static str, u64>,
    /// What each member carries, when it is asked for.
    pub carried: Vec<Vec<Carried>>,
    calls: Vec<Call>,
}

impl Block {
    /// An empty block for a family, of whose files this is one of `several`.
    pub fn new(family: &Family, several: bool) -> Self {
        Self {
            candidates: Vec::new(),
            waterfall: Waterfall::new(several),
            quality: Quality::new(family),
            set_aside: BTreeMap::new(),
            carried: vec![Vec::new(); family.members.len()],
            calls: Vec::new(),
        }
    }
}

impl<'a> Intake<'a> {
    /// Prepares for one file.
    ///
    /// # Errors
    /// When a part of the knowledge cannot be opened.
    pub fn new(
        case: &'a Case,
        header: &Header,
        columns: Vec<Option<usize>>,
        knowledge: &'a Knowledge,
        beside: Beside<'a>,
    ) -> Result<Self, PartError> {
        let members = &case.family.members;
        let affected: Vec<usize> = (0..members.len()).filter(|m| members[*m].affected == Affected::Affected).collect();
        let focus = if affected.is_empty() { (0..members.len()).collect() } else { affected };
        let wishing: Vec<usize> = (0..members.len())
            .filter(|m| case.wishes_of(&members[*m].id).secondary_findings != SecondaryFindingWish::None)
            .collect();
        let genes = knowledge.genes()?;
        let effects = EffectSources::new(header, case.assembly, knowledge, beside.table)?;
        Ok(Self {
            case,
            columns,
            asked: focus.iter().chain(&wishing).copied().collect(),
            focus,
            wishing,
            frequencies: FrequencyFields::from_header(header),
            effects,
            clinvar: knowledge.clinvar(case.assembly)?,
            genes,
            beside,
            call_sets: false,
        })
    }

    /// Keeps all that everybody carries, as the file calls it: also filtered calls, since what the house's own
    /// sequencing gets wrong again and again is common in its cohort, too.
    pub fn keep_call_sets(&mut self) {
        self.call_sets = true;
    }

    /// Gives what the lines of the file say of each other's changes.
    pub fn with_compounds(self, compounds: Compounds) -> Self {
        Self { effects: self.effects.with_compounds(compounds), ..self }
    }

    /// True when the file, or the table beside it, carries population frequencies.
    pub fn has_frequencies(&self) -> bool {
        !self.frequencies.is_empty() || self.beside.table.is_some()
    }

    /// Where consequences come from, in words for the report.
    pub fn consequence_source(&self) -> Words {
        self.effects.describe()
    }

    /// Looks at one record.
    ///
    /// # Errors
    /// What is wrong with the record.
    pub fn step(&self, block: &mut Block, record: &Record<'_>) -> Result<(), VcfError> {
        for (index, alternate) in record.alternates().enumerate() {
            // A kind has its Danish in `analysis`.
            let aside = match alternate {
                Alternate::SpanningDeletion => Some("spanning deletions (*)"),
                Alternate::Unspecified => Some("unspecified alleles (<NON_REF>, <*>)"),
                Alternate::None => Some("records without an alternate allele"),
                _ => None,
            };
            if let Some(kind) = aside {
                *block.set_aside.entry(kind).or_default() += 1;
                continue;
            }
            let reached = match record.chromosome() {
                Some(chromosome) => {
                    let region = Region::of(self.case.assembly, chromosome, record.position());
                    self.allele(block, record, index + 1, region)?
                }
                None => {
                    *block.set_aside.entry("alleles on contigs outside the primary assembly").or_default() += 1;
                    Reached::Read
                }
            };
            block.waterfall.count(record, alternate, reached);
        }
        Ok(())
    }

    /// Takes an allele in, or not; gives the last step that it came through by what the affected carry: what a relative
    /// wishes to know changes no count.
    fn allele(
        &self,
        block: &mut Block,
        record: &Record<'_>,
        allele: usize,
        region: Region,
    ) -> Result<Reached, VcfError> {
        record.calls(allele, &self.columns, &mut block.calls)?;
        self.copy_numbers().complete(record, allele, region, &mut block.calls)?;
        if let (Some(chromosome), Some(Alternate::Sequence(alternate))) =
            (record.chromosome(), record.alternates().nth(allele - 1))
        {
            let biallelic_snv = record.alternate_count() == 1 && record.reference().len() == 1 && alternate.len() == 1;
            block.quality.add(chromosome, record.position(), region, biallelic_snv, &block.calls);
        }
        if self.call_sets {
            self.carried(block, record, allele)?;
        }
        let carries = |members: &[usize]| members.iter().any(|m| block.calls[*m].genotype.carries());
        let primary = carries(&self.focus);
        let told = carries(&self.wishing);
        if !primary && !told {
            return Ok(Reached::PrimaryAssembly);
        }
        let left = if primary { Reached::CarriedByAffected } else { Reached::PrimaryAssembly };
        let Some(mut site) = record.site(allele, &self.columns, self.beside.reference)? else { return Ok(left) };
        let repeat = RepeatReading::of(record, allele, &site.event, self.genes);
        let endless = large::without_end(record, allele, &site.event)
            .then_some("structural alleles without a readable END or SVLEN");
        if let Some(kind) = endless.or_else(|| set_aside(&site.event, repeat.as_ref())) {
            *block.set_aside.entry(kind).or_default() += 1;
            return Ok(left);
        }
        let mut repeat_ranges = Vec::new();
        if repeat.is_some() {
            repeat_ranges = self.of_normal_length_as_reference(record, allele, &mut site.calls)?;
        } else if site.event != Event::Small {
            site.calls.copy_from_slice(&block.calls);
        }
        let kind = self.copy_numbers().kind(record, (&site.variant, &site.event), region)?;
        let record_of_allele = self.clinvar.get(&site.variant);
        let left_out = self.beside.left_out.is_some_and(|left_out| left_out.variants.contains(&site.variant));
        let clinvar = record_of_allele.as_ref().filter(|_| !left_out);
        let verdict = clinvar.and_then(verdict);
        let known_pathogenic = verdict == Some(ClinVarVerdict::Pathogenic);
        let good = |members: &[usize]| self.good_quality(record, &block.calls, members);
        let (good_primary, good_told) = (good(&self.focus), good(&self.wishing));
        let primary = primary && (good_primary || known_pathogenic);
        let told = told && (good_told || known_pathogenic);
        if !primary && !told {
            return Ok(left);
        }
        let low_quality = !if primary { good_primary } else { good_told };
        let left = if primary { Reached::Quality } else { left };
        let row = self.beside.table.and_then(|t| t.get(&site.variant));
        let population = self.frequencies.of(record, allele - 1);
        let (max_frequency, max_frequency_source) = known::highest([
            population.max.map(|f| (f, population.source.unwrap_or_default().to_owned())),
            row.and_then(|r| r.max_frequency).map(|f| (f, "annotation table".to_owned())),
        ]);
        let Some(rescued) = rare(&self.case.profile, max_frequency, known_pathogenic) else { return Ok(left) };
        let small = matches!(site.event, Event::Small);
        let own_cohort = self.beside.cohort.filter(|_| small).map(|cohort| cohort.seen(&site.variant));
        let limit = self.case.profile.frequency_recessive;
        if own_cohort.is_some_and(|own| limit.is_some_and(|limit| own.exceeds(limit))) && !rescued {
            return Ok(left);
        }
        let left = if primary { Reached::Frequency } else { left };
        let effects = self.effects.of_kind(record, allele, (&site.variant, &site.event, kind), row);
        if !rescued && !effects.iter().any(GeneEffect::changes_product) {
            return Ok(left);
        }
        let left = if primary { Reached::Consequence } else { left };
        let secondary = || repeat.is_some() || effects.iter().any(|e| known::is_secondary_gene(self.genes, &e.symbol));
        if !primary && !secondary() {
            return Ok(left);
        }
        let neighbours = neighbours(&self.clinvar, &site.variant, record_of_allele.as_ref());
        block.candidates.push(Candidate {
            effects,
            max_frequency,
            max_frequency_source,
            homozygotes: population.homozygotes.or(population.hemizygotes).map(u64::from),
            own_cohort,
            clinvar: clinvar.map(known::for_report),
            clinvar_id: record_of_allele.as_ref().map(|record| record.variation_id.to_string()),
            clinvar_pathogenic: record_of_allele.as_ref().is_some_and(|record| record.significance.is_pathogenic()),
            verdict,
            neighbours,
            low_quality,
            primary,
            large: kind.map(|kind| self.large(record, allele, (&site.variant, &site.event), kind)).transpose()?,
            line: kind.map(|_| StructuralLine::of(record, allele)),
            repeat,
            repeat_ranges,
            site,
        });
        Ok(left)
    }

    /// Who carries the allele, when it is a small variant.
    fn carried(&self, block: &mut Block, record: &Record<'_>, allele: usize) -> Result<(), VcfError> {
        if !block.calls.iter().any(|call| call.genotype.carries()) {
            return Ok(());
        }
        if let Some((variant, Event::Small)) = record.place(allele, self.beside.reference)? {
            for (carried, call) in block.carried.iter_mut().zip(&block.calls) {
                carried.extend(Carried::of(&variant, call.genotype));
            }
        }
        Ok(())
    }

    /// True when the record is not filtered, and one of these carries it with enough reads and quality.
    fn good_quality(&self, record: &Record<'_>, calls: &[Call], members: &[usize]) -> bool {
        let profile = &self.case.profile;
        let filtered = !profile.filtered_sites && record.filters().next().is_some();
        !filtered && members.iter().any(|m| calls[*m].genotype.carries() && profile.accepts(&calls[*m], Expected::Any))
    }
}

/// The kind of a repeat that is no candidate.
fn set_aside(event: &Event, repeat: Option<&RepeatReading>) -> Option<&'static str> {
    match (event, repeat) {
        (Event::Repeat { .. }, None) => Some("repeat alleles of a locus without a known range"),
        (_, Some(repeat)) if repeat.range == Range::Normal => Some("repeat alleles of normal length"),
        _ => None,
    }
}
