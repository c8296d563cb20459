//! From the lines of a VCF to the few alleles worth a thought.
//!
//! Each record is looked at once, on whichever thread has it; what is cheap is asked first.
//! Nothing is dropped in silence: every step counts what is left, and every kind of allele that is set aside is named.

mod candidate;
mod effects;
mod known;
mod second_look;

pub(crate) use candidate::changes_product;
pub use candidate::{Candidate, GeneEffect};
pub use effects::EffectSources;
pub(crate) use known::{NEIGHBOURHOOD, neighbours, rare, verdict};
pub(crate) use second_look::second_look;

use crate::acmg::Rules;
use crate::annotation_table::AnnotationTable;
use crate::case::Case;
use crate::own_cohort::OwnCohort;
use crate::report::FilterStep;
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
}

/// Everything needed to look at one record of one file.
pub struct Intake<'a> {
    case: &'a Case,
    columns: Vec<Option<usize>>,
    /// Members the question is about: the affected, else everybody.
    focus: Vec<usize>,
    /// Members who wish to be told of secondary findings.
    wishing: Vec<usize>,
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
    /// Alleles left after each step, in the order of [`STEPS`].
    pub kept: [u64; STEPS.len()],
    /// Quality of samples and pedigree.
    pub quality: Quality,
    /// Alternates that are no allele to interpret, by kind.
    pub set_aside: BTreeMap<&'static str, u64>,
    /// What each member carries, when it is asked for.
    pub carried: Vec<Vec<Carried>>,
    calls: Vec<Call>,
}

impl Block {
    /// An empty block for a family.
    pub fn new(family: &Family) -> Self {
        Self {
            candidates: Vec::new(),
            kept: [0; STEPS.len()],
            quality: Quality::new(family),
            set_aside: BTreeMap::new(),
            carried: vec![Vec::new(); family.members.len()],
            calls: Vec::new(),
        }
    }
}

/// The waterfall's steps.
pub const STEPS: [&str; 6] = ["read", "primary_assembly", "carried_by_affected", "quality", "frequency", "consequence"];

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
        let wishing = (0..members.len())
            .filter(|m| case.wishes_of(&members[*m].id).secondary_findings != SecondaryFindingWish::None)
            .collect();
        let genes = knowledge.genes()?;
        let effects = EffectSources::new(header, case.assembly, knowledge, beside.table)?;
        Ok(Self {
            case,
            columns,
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
            block.kept[0] += 1;
            let Some(chromosome) = record.chromosome() else {
                *block.set_aside.entry("alleles on contigs outside the primary assembly").or_default() += 1;
                continue;
            };
            block.kept[1] += 1;
            let region = Region::of(self.case.assembly, chromosome, record.position());
            self.allele(block, record, index + 1, region)?;
        }
        Ok(())
    }

    fn allele(&self, block: &mut Block, record: &Record<'_>, allele: usize, region: Region) -> Result<(), VcfError> {
        record.calls(allele, &self.columns, &mut block.calls)?;
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
            return Ok(());
        }
        block.kept[2] += u64::from(primary);
        let Some(site) = record.site(allele, &self.columns, self.beside.reference)? else { return Ok(()) };
        if matches!(&site.event, Event::Repeat { status: Some(status), .. } if status == "normal") {
            *block.set_aside.entry("repeat alleles of normal length").or_default() += 1;
            return Ok(());
        }
        let record_of_allele = self.clinvar.get(&site.variant);
        let left_out = self.beside.left_out.is_some_and(|left_out| left_out.variants.contains(&site.variant));
        let clinvar = record_of_allele.as_ref().filter(|_| !left_out);
        let verdict = clinvar.and_then(verdict);
        let known_pathogenic = verdict == Some(ClinVarVerdict::Pathogenic);
        let low_quality = self.low_quality(record, &block.calls);
        if low_quality && !known_pathogenic {
            return Ok(());
        }
        block.kept[3] += u64::from(primary);
        let row = self.beside.table.and_then(|t| t.get(&site.variant));
        let population = self.frequencies.of(record, allele - 1);
        let (max_frequency, max_frequency_source) = known::highest([
            population.max.map(|f| (f, population.source.unwrap_or_default().to_owned())),
            row.and_then(|r| r.max_frequency).map(|f| (f, "annotation table".to_owned())),
        ]);
        let Some(rescued) = rare(&self.case.profile, max_frequency, known_pathogenic) else { return Ok(()) };
        let small = matches!(site.event, Event::Small);
        let own_cohort = self.beside.cohort.filter(|_| small).map(|cohort| cohort.seen(&site.variant));
        let limit = self.case.profile.frequency_recessive;
        if own_cohort.is_some_and(|own| limit.is_some_and(|limit| own.exceeds(limit))) && !rescued {
            return Ok(());
        }
        block.kept[4] += u64::from(primary);
        let effects = self.effects.of(record, allele, (&site.variant, &site.event), row);
        if !rescued && !effects.iter().any(GeneEffect::changes_product) {
            return Ok(());
        }
        block.kept[5] += u64::from(primary);
        if !primary && !effects.iter().any(|e| known::is_secondary_gene(self.genes, &e.symbol)) {
            return Ok(());
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
            site,
        });
        Ok(())
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

    /// True when the record is filtered, or nobody concerned carries it with enough reads and quality.
    fn low_quality(&self, record: &Record<'_>, calls: &[Call]) -> bool {
        let profile = &self.case.profile;
        let filtered = !profile.filtered_sites && record.filters().next().is_some();
        let good = |m: &usize| calls[*m].genotype.carries() && profile.accepts(&calls[*m], Expected::Any);
        filtered || !self.focus.iter().chain(&self.wishing).any(good)
    }
}

/// The waterfall of several blocks together, for the report.
pub fn waterfall(kept: &[u64; STEPS.len()]) -> Vec<FilterStep> {
    STEPS.iter().zip(kept).map(|(name, kept)| FilterStep { name: (*name).to_owned(), kept: *kept }).collect()
}
