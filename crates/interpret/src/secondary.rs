//! Secondary findings: told only to the person who wished it, by the ACMG list and each gene's own rule.
//!
//! List: Miller et al., Genet Med 2022;24:1407 (ACMG SF v3.1). Every gene on it is there because disease can be treated or
//! prevented. Who wished *all* is also told of expanded repeats, which stand on no list.

mod expansions;

use crate::acmg::{self, Evidence, is_pathogenic};
use crate::findings::{Context, loss_of_function, variant_for_report};
use crate::intake::{Candidate, GeneEffect};
use crate::report::{Disease, Gene, SecondaryFinding};
use crate::score::ClinVarVerdict;
use indgang_genomics::call::Genotype;
use indgang_knowledge::genes::{ReportRule, SecondaryFindingGene};
use indgang_knowledge::{GeneRecord, Genes, Mode};
use indgang_model::SecondaryFindingWish;
use std::collections::{BTreeMap, BTreeSet};

/// For each person who wished it, her findings; a person who wished none has no entry.
/// `looked_for` are the genes of the case's own answer: what was looked for is no secondary finding in the proband.
pub(crate) fn secondary_findings(
    context: &Context<'_>,
    candidates: &[Candidate],
    looked_for: &BTreeSet<String>,
) -> BTreeMap<String, Vec<SecondaryFinding>> {
    let family = &context.case.family;
    let wish_of = |sample: &str| context.case.wishes_of(sample).secondary_findings;
    let mut told = BTreeMap::new();
    for (index, member) in family.members.iter().enumerate().filter(|(_, m)| m.sequenced) {
        let wish = wish_of(&member.id);
        if wish == SecondaryFindingWish::None {
            continue;
        }
        let asked = |symbol: &str| index == family.proband() && looked_for.contains(symbol);
        let mut found = Vec::new();
        for (gene, rows) in context.genes.secondary_findings() {
            if asked(&gene.symbol) {
                continue;
            }
            let carried = carried(context, candidates, gene, index);
            found.extend(rows.iter().filter_map(|row| of_gene(context, gene, row, index, &carried)));
        }
        found.extend(expansions::of_person(context, candidates, index).into_iter().filter(|f| !asked(&f.gene.symbol)));
        found.retain(|finding| finding.is_told(wish));
        found.iter_mut().for_each(|finding| finding.show_as_wished(wish_of));
        told.insert(member.id.clone(), found);
    }
    told
}

/// An allele of a person in a gene of the list.
struct Carried<'c> {
    candidate: &'c Candidate,
    effect: &'c GeneEffect,
    copies: u8,
    only_copy: bool,
    acmg: crate::report::Acmg,
    pathogenic: bool,
}

fn carried<'c>(
    context: &Context<'_>,
    candidates: &'c [Candidate],
    gene: &GeneRecord,
    person: usize,
) -> Vec<Carried<'c>> {
    let of_person = candidates.iter().filter_map(|candidate| {
        let call = candidate.site.calls.get(person)?;
        let copies = call.genotype.alternate_copies().unwrap_or(u8::from(call.genotype.carries()));
        let effect = candidate.effects.iter().find(|e| e.symbol == *gene.symbol)?;
        if copies == 0 || candidate.low_quality {
            return None;
        }
        let acmg = acmg::assess(&evidence(context, candidate, effect, gene), context.rules);
        // One star at least: a single submitter's word without criteria is not told to anyone who did not ask.
        let in_clinvar = candidate.verdict == Some(ClinVarVerdict::Pathogenic)
            && candidate.clinvar.as_ref().is_some_and(|c| c.stars >= 1);
        // ClinVar's submitters differ on HFE p.Cys282Tyr, because one copy is none; the list names it, and its rule asks for two.
        let named = is_c282y(candidate);
        let pathogenic =
            named || in_clinvar || (is_pathogenic(&acmg) && candidate.verdict != Some(ClinVarVerdict::Benign));
        Some(Carried { candidate, effect, copies, only_copy: call.genotype.copies == 1, acmg, pathogenic })
    });
    of_person.filter(|c| c.pathogenic).collect()
}

fn evidence(context: &Context<'_>, candidate: &Candidate, effect: &GeneEffect, gene: &GeneRecord) -> Evidence {
    let recessive = context
        .genes
        .secondary_finding(gene)
        .is_some_and(|rows| rows.iter().all(|r| r.inheritance == Mode::AutosomalRecessive));
    Evidence {
        gene: effect.symbol.clone(),
        clinvar_id: candidate.clinvar_id.clone(),
        consequence: effect.consequence.to_owned(),
        loss_of_function_gene: (!BY_OTHER_MECHANISM.contains(&&*gene.symbol))
            .then(|| loss_of_function(context, gene, recessive))
            .flatten(),
        escapes_decay: effect.escapes_decay,
        max_frequency: candidate.max_frequency,
        frequency_source: candidate.max_frequency_source.clone(),
        frequencies_known: context.frequencies_known,
        homozygotes: candidate.homozygotes,
        recessive,
        neighbours: candidate.neighbours,
        revel: effect.revel,
        splice_ai: effect.splice_ai,
        ..Evidence::default()
    }
}

/// Genes whose disease on the list comes of a changed protein (gain of function, dominant negative), or of which it is
/// not established that a lost copy causes it: a truncating variant there is no evidence for that disease (PVS1 asks for
/// loss of function as a known mechanism; Abou Tayoun et al., Hum Mutat 2018;39:1517). APOB lost gives low cholesterol,
/// RET lost Hirschsprung's disease. By ClinGen's dosage map and gene–disease curations as the list's working group cites
/// them; such a variant is still told when ClinVar's reviewed records call it pathogenic.
const BY_OTHER_MECHANISM: [&str; 21] = [
    "ACTA2", "ACTC1", "APOB", "CACNA1S", "DES", "MYH11", "MYH7", "MYL2", "MYL3", "PCSK9", "PRKAG2", "RBM20", "RET",
    "RYR1", "RYR2", "TMEM43", "TNNC1", "TNNI3", "TNNT2", "TPM1", "TTR",
];

/// True when a disease of the list comes of another mechanism in its gene than a lost copy. Other diseases of the gene
/// may well come of that.
pub(crate) fn by_other_mechanism(genes: &Genes, gene: &GeneRecord, disease: Option<&Disease>) -> bool {
    let listed = || genes.secondary_finding(gene).into_iter().flatten().flat_map(disorders);
    let is = |mim: &str| disease.is_some_and(|disease| disease.id.strip_prefix("OMIM:") == Some(mim));
    BY_OTHER_MECHANISM.contains(&&*gene.symbol) && listed().any(is)
}

/// OMIM's numbers of a row's disease: several where it has several, none where the list says `n/a`.
fn disorders(row: &SecondaryFindingGene) -> impl Iterator<Item = &str> {
    row.disorder_mim.split(", ").filter(|mim| mim.bytes().all(|b| b.is_ascii_digit()))
}

fn of_gene(
    context: &Context<'_>,
    gene: &GeneRecord,
    row: &SecondaryFindingGene,
    person: usize,
    carried: &[Carried<'_>],
) -> Option<SecondaryFinding> {
    // Without an annotation the place alone does not tell a stop; ClinVar's record of this very allele may.
    let by_clinvar = |c: &Carried<'_>| {
        context.clinvar.get(&c.candidate.site.variant).is_some_and(|record| record.effect.is_truncating())
    };
    let truncating = |c: &&Carried<'_>| acmg::is_loss_of_function(c.effect.consequence) || by_clinvar(c);
    let chosen: Vec<&Carried<'_>> = match row.report {
        ReportRule::AllPathogenic | ReportRule::AnyZygosity => carried.iter().collect(),
        ReportRule::TruncatingOnly => carried.iter().filter(truncating).collect(),
        ReportRule::Cys282TyrHomozygous => carried
            .iter()
            .filter(|c| c.copies == 2 && (c.effect.amino_acid == Some((282, b'Y')) || is_c282y(c.candidate)))
            .collect(),
        ReportRule::TwoVariants => {
            let copies: u8 = carried.iter().map(|c| if c.only_copy { 1 } else { c.copies }).sum();
            if copies >= 2 && !on_one_copy(context, person, carried) { carried.iter().collect() } else { Vec::new() }
        }
    };
    let first = chosen.first()?;
    Some(SecondaryFinding {
        gene: Gene { symbol: gene.symbol.to_string(), hgnc_id: gene.hgnc_id.map(|id| id.to_string()) },
        disease: Disease {
            id: disorders(row).next().map(|mim| format!("OMIM:{mim}")).unwrap_or_default(),
            label: row.disease.to_string(),
        },
        category: row.category.to_lowercase(),
        variants: chosen
            .iter()
            .map(|c| variant_for_report(&context.case.family, c.candidate, c.effect, None))
            .collect(),
        acmg: first.acmg.clone(),
        list_version: row.list_version.to_string(),
        needs_confirmation: true,
    })
}

/// True when one parent has all of these alleles and the other, by a call, none: they came on one copy.
fn on_one_copy(context: &Context<'_>, person: usize, carried: &[Carried<'_>]) -> bool {
    let member = &context.case.family.members[person];
    let (Some(father), Some(mother)) = (member.father, member.mother) else { return false };
    let all = |parent: usize, holds: fn(Genotype) -> bool| {
        carried.iter().all(|c| c.candidate.site.calls.get(parent).is_some_and(|call| holds(call.genotype)))
    };
    let none = |g: Genotype| g.alternate_copies() == Some(0);
    let single = carried.iter().all(|c| c.copies == 1);
    single
        && ((all(father, Genotype::carries) && all(mother, none))
            || (all(mother, Genotype::carries) && all(father, none)))
}

/// HFE p.Cys282Tyr by its place: rs1800562, GRCh37 6:26093141 G>A, GRCh38 6:26092913 G>A (dbSNP).
fn is_c282y(candidate: &Candidate) -> bool {
    let v = &candidate.site.variant;
    v.chrom.number() == 6 && matches!(v.pos, 26_093_141 | 26_092_913) && (&*v.reference, &*v.alternate) == ("G", "A")
}
