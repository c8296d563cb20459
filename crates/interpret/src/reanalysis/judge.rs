//! One finding under one release.

use crate::acmg::{Evidence, Rules, assess, is_pathogenic, mechanism};
use crate::findings::{deciding, fits, is_recessive, known_codon};
use crate::intake::{neighbours, verdict};
use crate::report::{Acmg, Finding, FindingVariant};
use crate::score::ClinVarVerdict;
use crate::secondary::by_other_mechanism;
use indgang_knowledge::{ClinVar, ClinVarRecord, DiseaseSource, GeneCounts, Genes, Knowledge, PartError, Validity};
use indgang_model::Assembly;
use std::collections::{BTreeSet, HashMap};

/// What a release tells that findings are judged by, on one assembly.
pub struct Release<'k> {
    pub(super) genes: &'k Genes,
    clinvar: ClinVar<'k>,
    counts: HashMap<&'k str, GeneCounts>,
    rules: &'k Rules,
}

/// A finding under a release.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Its criteria and class, as the program finds them.
    pub acmg: Acmg,
    /// True where ClinVar has one of its variants as (likely) pathogenic with a star at least, and none as (likely) benign.
    pub clinvar: bool,
    /// ClinVar's words on its variants, with stars.
    pub said: Vec<String>,
    /// Diseases of the gene that are inherited as the finding is, by identifier; ClinGen's from moderate on.
    pub diseases: BTreeSet<String>,
}

impl Judged {
    /// (Likely) pathogenic by the criteria or by ClinVar.
    pub fn is_pathogenic(&self) -> bool {
        self.clinvar || is_pathogenic(&self.acmg)
    }

    /// Class, points and what ClinVar says.
    pub(super) fn words(&self) -> String {
        let clinvar = if self.said.is_empty() { String::new() } else { format!(", ClinVar {}", self.said.join(" + ")) };
        format!("{} ({}){clinvar}", self.acmg.classification, self.acmg.points)
    }

    /// `+PS1 strong`, `-PM5 moderate`: what the criteria are that they were not, and were that they are not.
    pub(super) fn criteria_since(&self, before: &Self) -> Vec<String> {
        let of = |judged: &Self| -> BTreeSet<String> {
            judged.acmg.criteria.iter().map(|c| format!("{} {}", c.code, c.strength)).collect()
        };
        let (old, new) = (of(before), of(self));
        let gone = old.difference(&new).map(|c| format!("-{c}"));
        new.difference(&old).map(|c| format!("+{c}")).chain(gone).collect()
    }
}

/// What of a gene's facts a judgement asks: loss of function for dominant and recessive disease, and the diseases.
pub(super) type GeneFacts = (bool, bool, BTreeSet<(String, Vec<indgang_knowledge::Mode>)>);

impl<'k> Release<'k> {
    /// A release on one assembly, with the rules of single genes that the program ships.
    ///
    /// # Errors
    /// When a part of it cannot be opened.
    pub fn of(knowledge: &'k Knowledge, assembly: Assembly) -> Result<Self, PartError> {
        let clinvar = knowledge.clinvar(assembly)?;
        Ok(Self { genes: knowledge.genes()?, clinvar, counts: clinvar.gene_counts(), rules: Rules::shipped() })
    }

    /// Judges a finding; `None` where its report does not hold what its criteria rest on (an older program's).
    pub fn judge(&self, finding: &Finding) -> Option<Judged> {
        let records: Vec<_> = finding.variants.iter().map(|one| self.clinvar.get(&one.variant)).collect();
        let assessed: Option<Vec<Acmg>> = finding
            .variants
            .iter()
            .enumerate()
            .map(|(i, one)| {
                let partner = if records.len() == 2 { records[1 - i].as_ref() } else { None };
                Some(assess(&self.evidence(finding, one, records[i].as_ref(), partner)?, self.rules))
            })
            .collect();
        let known: Vec<&ClinVarRecord<'_>> = records.iter().flatten().collect();
        let says = |side| known.iter().any(|r| verdict(r) == Some(side) && r.stars >= 1);
        Some(Judged {
            acmg: deciding(assessed?),
            clinvar: says(ClinVarVerdict::Pathogenic) && !says(ClinVarVerdict::Benign),
            said: known.iter().map(|r| format!("{} ({}/4)", r.significance_words, r.stars)).collect(),
            diseases: self.diseases(finding),
        })
    }

    fn evidence(
        &self,
        finding: &Finding,
        one: &FindingVariant,
        own: Option<&ClinVarRecord<'_>>,
        partner: Option<&ClinVarRecord<'_>>,
    ) -> Option<Evidence> {
        let kept = one.assessed?;
        let symbol = &finding.gene.symbol;
        let recessive = is_recessive(finding.mode_of_inheritance);
        let number = own.map(|record| record.variation_id.to_string());
        let (same_amino_acid, other_amino_acid) =
            known_codon(self.clinvar, symbol, kept.amino_acid, &one.consequence, number.as_deref());
        Some(Evidence {
            gene: symbol.clone(),
            clinvar_id: number,
            consequence: one.consequence.clone(),
            loss_of_function_gene: self
                .genes
                .by_symbol(symbol)
                .filter(|gene| !by_other_mechanism(self.genes, gene, finding.disease.as_ref()))
                .and_then(|gene| mechanism(gene, self.truncating(&gene.symbol), recessive)),
            escapes_decay: kept.escapes_decay,
            max_frequency: one.max_frequency,
            frequency_source: one.max_frequency_source.clone(),
            frequencies_known: kept.frequencies_known,
            homozygotes: kept.homozygotes,
            recessive,
            de_novo: kept.de_novo,
            pathogenic_partner: partner
                .filter(|record| verdict(record) == Some(ClinVarVerdict::Pathogenic))
                .map(|_| !finding.flags.iter().any(|flag| flag == "phase_unknown")),
            same_amino_acid,
            other_amino_acid,
            neighbours: neighbours(&self.clinvar, &one.variant, own),
            revel: kept.revel,
            splice_ai: kept.splice_ai,
        })
    }

    fn truncating(&self, symbol: &str) -> u32 {
        self.counts.get(symbol).map_or(0, |counts| counts.pathogenic_truncating)
    }

    fn diseases(&self, finding: &Finding) -> BTreeSet<String> {
        let Some(gene) = self.genes.by_symbol(&finding.gene.symbol) else { return BTreeSet::new() };
        let mode = finding.mode_of_inheritance;
        let links = self.genes.diseases_of(gene).iter();
        links
            .filter(|link| link.source != DiseaseSource::ClinGen || link.validity.is_some_and(Validity::supports))
            .filter(|link| link.modes.is_empty() || link.modes.iter().any(|known| fits(*known, mode)))
            .map(|link| link.disease.to_string())
            .collect()
    }

    /// What judgements ask of a gene, by the symbol that stands in a report.
    pub(super) fn facts(&self, symbol: &str) -> Option<GeneFacts> {
        let gene = self.genes.by_symbol(symbol)?;
        let truncating = self.truncating(&gene.symbol);
        let acts = |recessive| mechanism(gene, truncating, recessive).is_some();
        let links = self.genes.diseases_of(gene).iter();
        let supported =
            links.filter(|l| l.source != DiseaseSource::ClinGen || l.validity.is_some_and(Validity::supports));
        Some((acts(false), acts(true), supported.map(|l| (l.disease.to_string(), l.modes.clone())).collect()))
    }
}
