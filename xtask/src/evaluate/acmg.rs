//! `cargo xtask evaluate acmg`: the classes that follow from the automatic criteria, against ClinVar's expert panels.
//!
//! Each germline record of the shipped ClinVar that an expert panel or a practice guideline reviewed (three or four stars)
//! is judged by what is known of it without a patient: its effect from its HGVS text, its place on the transcripts, its
//! gene. ClinVar itself speaks in the second measuring only, and there never the record that is judged.

use anyhow::{Context, Result};
use indgang_genomics::consequence::Consequence;
use indgang_interpret::acmg::{Evidence, Rules, assess, mechanism};
use indgang_interpret::report::Acmg;
use indgang_knowledge::{ClinVar, ClinVarRecord, GeneCounts, Genes, Knowledge, MolecularEffect};
use indgang_model::{Assembly, Chromosome, Variant};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// What `--json` writes.
#[derive(Serialize)]
struct Answer {
    /// Release of ClinVar.
    clinvar: String,
    /// Stars a record has at least.
    stars: u8,
    without_clinvar: Measured,
    with_clinvar: Measured,
}

#[derive(Default, Serialize)]
struct Measured {
    pathogenic: Side,
    benign: Side,
    /// By the panel's class, ours: how many.
    classes: BTreeMap<&'static str, BTreeMap<String, usize>>,
    /// How often each criterion was met.
    criteria: BTreeMap<String, usize>,
    /// Records whose class is on the other side: gene, number, HGVS, our criteria.
    contradicted: Vec<String>,
}

/// Records of one side by the panel: (likely) pathogenic, or (likely) benign.
#[derive(Default, Serialize)]
struct Side {
    n: usize,
    /// Not called the opposite: 1 is never.
    never_opposite: f64,
    /// Called as the panel did, likely or not.
    same_side: f64,
    /// Of uncertain significance.
    uncertain: f64,
}

/// Fewest stars of a record that experts reviewed.
const EXPERTS: u8 = 3;

/// Measures, prints, and writes the figures to `json`.
pub fn measure(json: Option<&Path>) -> Result<()> {
    let knowledge = Knowledge::shipped();
    knowledge.prepare(Assembly::GRCh37);
    let bench = Bench::new(knowledge)?;
    let records = bench.reviewed();
    let first = records.first().context("ClinVar holds no record that experts reviewed")?;
    let answer = Answer {
        clinvar: first.1.version.to_owned(),
        stars: EXPERTS,
        without_clinvar: bench.all(&records, false),
        with_clinvar: bench.all(&records, true),
    };
    let text = serde_json::to_string_pretty(&answer)?;
    if let Some(json) = json {
        std::fs::write(json, format!("{text}\n")).with_context(|| format!("writing `{}`", json.display()))?;
    }
    println!("{text}");
    Ok(())
}

struct Bench<'k> {
    knowledge: &'k Knowledge,
    genes: &'k Genes,
    clinvar: ClinVar<'k>,
    counts: HashMap<&'k str, GeneCounts>,
}

type Reviewed<'k> = (Variant, ClinVarRecord<'k>);

impl<'k> Bench<'k> {
    fn new(knowledge: &'k Knowledge) -> Result<Self> {
        let clinvar = knowledge.clinvar(Assembly::GRCh37)?;
        knowledge.transcripts(Assembly::GRCh37)?;
        Ok(Self { knowledge, genes: knowledge.genes()?, clinvar, counts: clinvar.gene_counts() })
    }

    /// What experts called (likely) pathogenic or (likely) benign, each record once.
    fn reviewed(&self) -> Vec<Reviewed<'k>> {
        let all = Chromosome::all().flat_map(|chrom| self.clinvar.within(chrom, 1, u32::MAX));
        let mut reviewed: Vec<Reviewed<'k>> = all
            .filter(|(_, r)| r.stars >= EXPERTS && (r.significance.is_pathogenic() || r.significance.is_benign()))
            .collect();
        reviewed.sort_by_key(|(_, record)| record.variation_id);
        reviewed.dedup_by_key(|(_, record)| record.variation_id);
        reviewed
    }

    fn all(&self, records: &[Reviewed<'k>], with_clinvar: bool) -> Measured {
        let mut measured = Measured::default();
        for (variant, record) in records {
            let evidence = self.evidence(variant, record);
            let evidence = if with_clinvar { evidence } else { evidence.without_clinvar() };
            measured.add(record, &assess(&evidence, Rules::shipped()));
        }
        measured.pathogenic.finish();
        measured.benign.finish();
        measured
    }

    fn evidence(&self, variant: &Variant, record: &ClinVarRecord<'k>) -> Evidence {
        let (splice_region, escapes_decay) = self.place(variant, record.gene);
        let gene = self.genes.by_symbol(record.gene);
        // The record that is judged is not counted among the gene's.
        let own = u32::from(record.effect.is_truncating() && record.significance.is_pathogenic());
        let truncating = self.counts.get(record.gene).map_or(0, |counts| counts.pathogenic_truncating) - own;
        let density = self.clinvar.density(variant.chrom, variant.pos, 25, Some(record.variation_id));
        let missense = record.effect == MolecularEffect::Missense;
        let codon = |same: bool| self.codon(record, same).filter(|_| missense);
        Evidence {
            gene: record.gene.to_owned(),
            clinvar_id: Some(record.variation_id.to_string()),
            consequence: consequence(record, splice_region).to_owned(),
            loss_of_function_gene: gene.and_then(|gene| mechanism(gene, truncating, false)),
            escapes_decay,
            same_amino_acid: codon(true),
            other_amino_acid: codon(false),
            neighbours: Some((density.pathogenic_missense, density.benign_missense)),
            ..Evidence::default()
        }
    }

    /// Whether it lies where splicing may suffer, and whether in the last of several exons.
    fn place(&self, variant: &Variant, gene: &str) -> (bool, bool) {
        let Ok(transcripts) = self.knowledge.transcripts(Assembly::GRCh37) else { return (false, false) };
        let (mut splice, mut last) = (false, false);
        let (reference, alternate) = (variant.reference.as_bytes(), variant.alternate.as_bytes());
        transcripts.consequences(variant.chrom, variant.pos, reference, alternate, |at| {
            if at.transcript.is_some_and(|transcript| &*transcript.gene_symbol == gene) {
                splice |= at.consequences.contains(Consequence::SpliceRegion);
                last |= at.exon.is_some_and(|(number, all)| number == all && all > 1);
            }
        });
        (splice, last)
    }

    /// The best other pathogenic record of the codon, with the same new amino acid or with another.
    fn codon(&self, record: &ClinVarRecord<'k>, same: bool) -> Option<(String, u8)> {
        let change = record.protein.as_ref()?;
        let others = self.clinvar.by_protein(record.gene, change.position, None).into_iter();
        others
            .filter(|other| other.significance.is_pathogenic() && other.variation_id != record.variation_id)
            .filter(|other| other.protein.as_ref().is_some_and(|p| p.to != b'*' && (p.to == change.to) == same))
            .map(|other| (other.variation_id.to_string(), other.stars))
            .max_by_key(|(_, stars)| *stars)
    }
}

/// The Sequence Ontology's term for what the HGVS text says.
fn consequence(record: &ClinVarRecord<'_>, splice_region: bool) -> &'static str {
    use MolecularEffect as E;
    match record.effect {
        E::Missense => "missense_variant",
        E::Nonsense => "stop_gained",
        E::Frameshift => "frameshift_variant",
        E::SpliceSite => "splice_donor_variant",
        E::StartLost => "start_lost",
        E::StopLost => "stop_lost",
        E::InFrame => "protein_altering_variant",
        E::Synonymous if splice_region => "splice_region_variant",
        E::Synonymous => "synonymous_variant",
        E::NonCoding => "intron_variant",
        E::Unknown => "sequence_variant",
    }
}

impl Measured {
    fn add(&mut self, record: &ClinVarRecord<'_>, acmg: &Acmg) {
        let pathogenic = record.significance.is_pathogenic();
        let class = acmg.classification.as_str();
        let (same, opposite) = match class {
            "pathogenic" | "likely_pathogenic" => (pathogenic, !pathogenic),
            "benign" | "likely_benign" => (!pathogenic, pathogenic),
            _ => (false, false),
        };
        let side = if pathogenic { &mut self.pathogenic } else { &mut self.benign };
        side.n += 1;
        side.never_opposite += f64::from(u8::from(!opposite));
        side.same_side += f64::from(u8::from(same));
        side.uncertain += f64::from(u8::from(!same && !opposite));
        let panel = if pathogenic { "pathogenic" } else { "benign" };
        *self.classes.entry(panel).or_default().entry(class.to_owned()).or_default() += 1;
        for criterion in &acmg.criteria {
            *self.criteria.entry(format!("{} {}", criterion.code, criterion.strength)).or_default() += 1;
        }
        if opposite {
            let codes: Vec<&str> = acmg.criteria.iter().map(|c| c.code.as_str()).collect();
            let (id, gene, hgvs) = (record.variation_id, record.gene, record.hgvs_c.unwrap_or("-"));
            self.contradicted.push(format!("{gene} {id} {hgvs}: panel {panel}, {class} by {}", codes.join(" ")));
        }
    }
}

impl Side {
    fn finish(&mut self) {
        let n = self.n.max(1) as f64;
        for count in [&mut self.never_opposite, &mut self.same_side, &mut self.uncertain] {
            *count /= n;
        }
    }
}
