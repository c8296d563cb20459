//! From candidates to ranked findings: by gene, by mode of inheritance, each with its disease, score and reason.

mod compose;
mod disease;
mod drafts;
mod evidence;
mod large;
mod records;
mod special;

pub(crate) use compose::{deciding, variant_for_report};
pub use disease::{Diseases, fits};
pub(crate) use evidence::{is_recessive, known_codon, loss_of_function};
pub(crate) use large::is_pathogenic as is_pathogenic_by_size;
pub(crate) use special::{causal, is_recessive_gene};

use crate::acmg::{Rules, is_pathogenic};
use crate::case::Case;
use crate::intake::{Candidate, GeneEffect};
use crate::report::{Finding, FindingVariant};
use crate::score::ClinVarVerdict;
use drafts::Draft;
use indgang_knowledge::phenotype::DiseaseAnnotations;
use indgang_knowledge::{ClinVar, GeneCounts, Genes};
use indgang_model::ModeOfInheritance;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Findings in the report at most.
const MOST_FINDINGS: usize = 200;
/// Findings of one gene and one mode at most.
const MOST_PER_MODE: usize = 3;

/// What the findings are made from.
pub struct Context<'a> {
    /// The question, of the family as it may be read.
    pub case: &'a Case,
    /// Genes and their diseases.
    pub genes: &'a Genes,
    /// ClinVar on the case's assembly.
    pub clinvar: ClinVar<'a>,
    /// How the signs fit each disease.
    pub diseases: Diseases<'a>,
    /// What is known of each disease's course.
    pub annotations: &'a DiseaseAnnotations,
    /// True when population frequencies were there at all.
    pub frequencies_known: bool,
    /// True when kinship was tested and agrees, so that a de novo is confirmed (PS2) rather than assumed (PM6).
    pub parentage_confirmed: bool,
    /// True when the pedigree and the file disagree: the proband is read without parents.
    pub trio_refused: bool,
    /// ClinVar's records by gene, counted once for all: most genes of an exome are asked for.
    pub counts: HashMap<&'a str, GeneCounts>,
    /// ACMG rules of single genes.
    pub rules: &'a Rules,
}

impl Context<'_> {
    /// ClinVar's records of a gene, by what they change and say.
    fn counts(&self, symbol: &str) -> GeneCounts {
        self.counts.get(symbol).copied().unwrap_or_default()
    }

    /// Truncating variants of a gene that ClinVar has as (likely) pathogenic.
    fn truncating(&self, symbol: &str) -> u32 {
        self.counts(symbol).pathogenic_truncating
    }
}

/// Ranked findings, best first, and the number of alleles that fit some mode in what is told.
pub fn findings(context: &Context<'_>, candidates: &[Candidate]) -> (Vec<Finding>, u64) {
    let mut fitting = vec![false; candidates.len()];
    let mut findings = Vec::new();
    for (symbol, members) in by_gene(context, candidates) {
        let mut drafts = drafts::of_gene(context, candidates, (symbol, &members));
        drafts.extend(special::over_deletions(context, candidates, &members));
        special::without_second_copies(&mut drafts);
        drafts.extend(special::carriers(context, candidates, symbol, &members));
        let members: BTreeSet<usize> = drafts.iter().flat_map(|draft| &draft.members).copied().collect();
        let (unasked, told): (Vec<Finding>, Vec<Finding>) =
            best_of_gene(context, candidates, symbol, drafts).into_iter().partition(|one| is_unasked(context, one));
        // INVARIANT: what is not told is not counted either, or the count would tell of it.
        let of = |findings: &[Finding], member: usize| {
            let site = &candidates[member].site;
            let is = |v: &FindingVariant| v.variant == site.variant && v.event == site.event;
            findings.iter().flat_map(|finding| &finding.variants).any(is)
        };
        let counted =
            |member: &usize| unasked.is_empty() || of(&told, *member) || (!told.is_empty() && !of(&unasked, *member));
        members.iter().filter(|member| counted(member)).for_each(|member| fitting[*member] = true);
        findings.extend(told);
    }
    findings.sort_by(order);
    large::one_finding_an_event(&mut findings);
    findings.truncate(MOST_FINDINGS);
    for (rank, finding) in (1..).zip(&mut findings) {
        finding.rank = rank;
    }
    (findings, fitting.iter().filter(|f| **f).count() as u64)
}

/// Fit of the signs under which a gene was not looked for.
const POINTED_TO: f64 = 0.3;

/// True of what would be a secondary finding: a (likely) pathogenic variant in a gene of the ACMG list, or an expanded
/// repeat, that nobody asked about. It is told as such to who wished it, and is no finding of the case.
fn is_unasked(context: &Context<'_>, finding: &Finding) -> bool {
    !is_asked(context, finding) && (is_listed(context, finding) || finding.variants.iter().any(|v| v.repeat.is_some()))
}

/// Asked is what the signs point to, what the panel names, and what a couple could pass on to a child. Without signs nothing
/// points anywhere.
fn is_asked(context: &Context<'_>, finding: &Finding) -> bool {
    let signs = context.case.features.iter().any(|sign| !sign.excluded);
    let by_signs = signs && finding.scores.phenotype >= POINTED_TO;
    by_signs || context.case.panel.is_some() || finding.mode_of_inheritance == ModeOfInheritance::CarrierCouple
}

/// (Likely) pathogenic in a gene of the ACMG list.
fn is_listed(context: &Context<'_>, finding: &Finding) -> bool {
    let listed =
        context.genes.by_symbol(&finding.gene.symbol).is_some_and(|g| context.genes.secondary_finding(g).is_some());
    let said = finding.variants.iter().filter_map(|v| v.clinvar.as_ref());
    let in_clinvar = said
        .filter_map(|record| ClinVarVerdict::of_words(&record.significance))
        .any(|verdict| verdict == ClinVarVerdict::Pathogenic);
    listed && (in_clinvar || is_pathogenic(&finding.acmg) || large::is_pathogenic(&finding.variants))
}

/// Primary candidates by the genes they change.
fn by_gene<'c>(context: &Context<'_>, candidates: &'c [Candidate]) -> BTreeMap<&'c str, Vec<usize>> {
    let mut genes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate().filter(|(_, c)| c.primary) {
        for effect in hit_genes(&candidate.effects, candidate.verdict) {
            if in_panel(context.case, &effect.symbol) {
                genes.entry(&effect.symbol).or_default().push(index);
            }
        }
    }
    genes
}

/// The genes whose product an allele changes. What is pathogenic without changing any product is the most severely hit
/// gene's, not its neighbours'.
pub(crate) fn hit_genes(effects: &[GeneEffect], verdict: Option<ClinVarVerdict>) -> impl Iterator<Item = &GeneEffect> {
    let hit = effects.iter().filter(|e| e.changes_product());
    let severest = effects.first().filter(|e| !e.changes_product());
    hit.chain(severest.filter(move |_| verdict == Some(ClinVarVerdict::Pathogenic)))
}

fn in_panel(case: &Case, symbol: &str) -> bool {
    case.panel.as_ref().is_none_or(|panel| panel.contains(symbol))
}

/// Of each mode the best few; a set of variants stands once, under the mode that fits best.
fn best_of_gene(context: &Context<'_>, candidates: &[Candidate], symbol: &str, drafts: Vec<Draft>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        drafts.iter().map(|draft| compose::finding(context, candidates, symbol, draft)).collect();
    findings.sort_by(order);
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        let same = |other: &&mut Finding| {
            other.variants.len() == finding.variants.len()
                && other
                    .variants
                    .iter()
                    .zip(&finding.variants)
                    .all(|(a, b)| a.variant == b.variant && a.event == b.event)
        };
        if let Some(better) = kept.iter_mut().find(same) {
            better.flags.push(format!("also_{}", compose::mode_key(finding.mode_of_inheritance)));
        } else if kept.iter().filter(|k| k.mode_of_inheritance == finding.mode_of_inheritance).count() < MOST_PER_MODE {
            kept.push(finding);
        }
    }
    kept
}

/// Best first; equal scores by variant score, then by gene and place, so that the order never depends on luck.
fn order(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let place = |f: &Finding| f.variants.first().map(|v| (v.variant.chrom, v.variant.pos));
    b.scores
        .combined
        .total_cmp(&a.scores.combined)
        .then(b.scores.variant.total_cmp(&a.scores.variant))
        .then_with(|| a.gene.symbol.cmp(&b.gene.symbol))
        .then_with(|| place(a).cmp(&place(b)))
        .then_with(|| a.mode_of_inheritance.cmp(&b.mode_of_inheritance))
}
