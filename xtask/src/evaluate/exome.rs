//! Causal variants of published cases, planted into the exome of somebody else: where does the causal gene come?

use super::cases::{self, Case};
use super::measures::{mrr, quantile, top};
use super::plant::{Background, Planted, consequence};
use anyhow::{Context, Result, bail};
use indgang_genomics::pedigree::Family;
use indgang_genomics::profile::Profile;
use indgang_genomics::vcf::ReadOptions;
use indgang_interpret::analysis::{Input, analyse};
use indgang_interpret::annotation_table::AnnotationTable;
use indgang_interpret::case::Case as Question;
use indgang_interpret::intake::{Beside, LeftOut};
use indgang_interpret::phenotype::{Basis, Options, PhenotypeRanker};
use indgang_knowledge::Knowledge;
use indgang_model::{Assembly, Sex, Variant};
use indgang_sources::compressed;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;
use std::time::Instant;

/// What `--json` writes.
#[derive(Serialize)]
struct Answer {
    background: String,
    /// Whether anything tells how common the background's variants are in the population.
    frequencies: bool,
    n: usize,
    /// Cases without coordinates on the background's assembly, or with alleles that are no sequence.
    not_planted: usize,
    /// Neither ClinVar's record of the planted variants nor annotations from the case's publication are known.
    masked: Places,
    unmasked: Places,
    ms_per_case: f64,
}

#[derive(Serialize)]
struct Places {
    top1: f64,
    top3: f64,
    top5: f64,
    top10: f64,
    mrr: f64,
}

/// What is planted into, with what stands beside it.
pub struct Place<'p> {
    pub vcf: &'p Path,
    /// Frequencies and consequences of the background, in a table.
    pub table: Option<&'p Path>,
    /// The sample that carries the planted variants; the first when not given.
    pub sample: Option<&'p str>,
}

/// Plants every case of the index and says where its gene came.
pub fn measure(cases: &Path, index: &Path, place: &Place<'_>, json: Option<&Path>) -> Result<()> {
    let knowledge = Knowledge::shipped();
    let basis = Basis::of(knowledge)?;
    let all = cases::read(cases, basis.hpo)?;
    let index = read_index(&text(index)?)?;
    let background = Background::new(&text(place.vcf)?)?;
    let table = place.table.map(|path| Ok::<_, anyhow::Error>(AnnotationTable::parse(&text(path)?)?)).transpose()?;
    let sample = match place.sample {
        Some(name) => {
            background.samples.iter().position(|s| s == name).with_context(|| format!("no sample `{name}`"))?
        }
        None => 0,
    };
    let ranker = PhenotypeRanker::new(&basis, Options::default());
    knowledge.prepare(Assembly::GRCh37);
    let bench = Bench { knowledge, ranker, background, table, sample };
    let (mut masked, mut unmasked, mut milliseconds, mut frequencies) = (Vec::new(), Vec::new(), Vec::new(), false);
    for case in &all {
        let Some(planted) = index.get(&case.packet.id).filter(|planted| !planted.is_empty()) else { continue };
        let start = Instant::now();
        masked.push(bench.place_of(case, planted, true)?.0);
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
        let (place, known) = bench.place_of(case, planted, false)?;
        unmasked.push(place);
        frequencies |= known;
    }
    if masked.is_empty() {
        bail!("no case of the file has variants in the index");
    }
    let answer = Answer {
        background: place.vcf.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        frequencies,
        n: masked.len(),
        not_planted: all.len() - masked.len(),
        masked: Places::of(&masked),
        unmasked: Places::of(&unmasked),
        ms_per_case: quantile(&milliseconds, 0.5),
    };
    let text = serde_json::to_string_pretty(&answer)?;
    if let Some(json) = json {
        std::fs::write(json, format!("{text}\n")).with_context(|| format!("writing `{}`", json.display()))?;
    }
    println!("{text}");
    Ok(())
}

impl Places {
    fn of(places: &[f64]) -> Self {
        let [top1, top3, top5, top10] = [1.0, 3.0, 5.0, 10.0].map(|k| top(places, k));
        Self { top1, top3, top5, top10, mrr: mrr(places) }
    }
}

struct Bench<'k> {
    knowledge: &'k Knowledge,
    ranker: PhenotypeRanker<'k>,
    background: Background,
    table: Option<AnnotationTable>,
    sample: usize,
}

impl Bench<'_> {
    /// The causal gene's place among the findings (infinite when it is none), and whether frequencies were known.
    fn place_of(&self, case: &Case, planted: &[Planted], masked: bool) -> Result<(f64, bool)> {
        let vcf = self.background.with(planted, self.sample);
        let sex = if planted.iter().any(|p| p.genotype == "1/1" && p.chromosome == "X") {
            Sex::Male
        } else {
            case.packet.sex
        };
        let question = Question {
            id: case.packet.id.clone(),
            family: Family::single(&self.background.samples[self.sample], sex),
            features: case.packet.features.clone(),
            wishes: BTreeMap::new(),
            assembly: Assembly::GRCh37,
            profile: Profile::standard(),
            panel: None,
            warnings: Vec::new(),
        };
        let variants = planted.iter().map(Planted::variant).collect::<Result<_>>()?;
        let left_out = LeftOut { variants, publications: case.packet.publications.clone() };
        let beside = Beside { table: self.table.as_ref(), left_out: masked.then_some(&left_out), ..Beside::default() };
        let open = || Ok(Box::new(vcf.as_bytes()) as Box<dyn Read + Send + '_>);
        let input = Input { name: "planted".to_owned(), open: Box::new(open), options: ReadOptions::default() };
        let report = analyse(question, vec![input], self.knowledge, &self.ranker, beside, "")
            .with_context(|| case.packet.id.clone())?;
        let genes = self.knowledge.genes()?;
        let causal: BTreeSet<String> = planted
            .iter()
            .map(|p| genes.by_symbol(&p.gene).map_or_else(|| p.gene.clone(), |gene| gene.symbol.to_string()))
            .collect();
        let found = report.findings.iter().position(|f| causal.contains(&f.gene.symbol));
        Ok((found.map_or(f64::INFINITY, |place| place as f64 + 1.0), self.table.is_some()))
    }
}

impl Planted {
    fn variant(&self) -> Result<Variant> {
        Ok(Variant {
            chrom: self.chromosome.parse()?,
            pos: self.position,
            reference: self.reference.as_str().into(),
            alternate: self.alternate.as_str().into(),
        })
    }
}

pub fn text(path: &Path) -> Result<String> {
    let mut text = String::new();
    compressed::open(path)?.read_to_string(&mut text).with_context(|| format!("reading `{}`", path.display()))?;
    Ok(text)
}

/// Variants by case; the columns by their names in the first line.
fn read_index(text: &str) -> Result<BTreeMap<String, Vec<Planted>>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        header.iter().position(|h| *h == name).with_context(|| format!("the index has no column `{name}`"))
    };
    let [case, gene, zygosity, variants, hgvs_c, hgvs_p] =
        ["case", "cohort_gene", "zygosity", "variants_grch37", "hgvs_c", "hgvs_p"].map(column);
    let (case, gene, zygosity, variants, hgvs_c, hgvs_p) = (case?, gene?, zygosity?, variants?, hgvs_c?, hgvs_p?);
    let rows = lines.filter(|line| !line.is_empty()).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |i: usize| cells.get(i).copied().unwrap_or_default();
        let genotype = if matches!(cell(zygosity), "homozygous" | "hemizygous") { "1/1" } else { "0/1" };
        let (c, p): (Vec<&str>, Vec<&str>) = (cell(hgvs_c).split(';').collect(), cell(hgvs_p).split(';').collect());
        let planted = cell(variants)
            .split(';')
            .enumerate()
            .map(|(i, variant)| {
                let parts: Vec<&str> = variant.split('-').collect();
                let [chromosome, position, reference, alternate] = parts.as_slice() else { return None };
                let sequence = |text: &str| !text.is_empty() && text.bytes().all(|b| b"ACGTN".contains(&b));
                let (c, p) = (c.get(i).copied().unwrap_or_default(), p.get(i).copied().unwrap_or_default());
                (sequence(reference) && sequence(alternate)).then_some(())?;
                Some(Planted {
                    chromosome: (*chromosome).to_owned(),
                    position: position.parse().ok()?,
                    reference: (*reference).to_owned(),
                    alternate: (*alternate).to_owned(),
                    genotype,
                    gene: cell(gene).to_owned(),
                    consequence: consequence(c, p, reference, alternate),
                    hgvs_c: c.to_owned(),
                    hgvs_p: p.to_owned(),
                })
            })
            .collect::<Option<Vec<Planted>>>();
        (cell(case).to_owned(), planted.unwrap_or_default())
    });
    Ok(rows.collect())
}
