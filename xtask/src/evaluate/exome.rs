//! Causal variants of published cases, planted into the exome of somebody else: where does the causal gene come?

use super::cases::{self, Case};
use super::measures::{mrr, top};
use super::plant::{Background, Planted, consequence};
use anyhow::{Context, Result, bail};
use indgang_genomics::pedigree::Family;
use indgang_genomics::profile::Profile;
use indgang_genomics::vcf::ReadOptions;
use indgang_interpret::analysis::{Input, analyse};
use indgang_interpret::annotation_table::AnnotationTable;
use indgang_interpret::case::Case as Question;
use indgang_interpret::combined::Bearing;
use indgang_interpret::intake::{Beside, LeftOut};
use indgang_interpret::phenotype::{Basis, Options, PhenotypeRanker};
use indgang_knowledge::Knowledge;
use indgang_model::{Assembly, Sex, Variant};
use indgang_sources::compressed;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What `--json` writes.
#[derive(Serialize)]
struct Answer {
    background: String,
    /// Whether anything tells how common the background's variants are in the population.
    frequencies: bool,
    /// Variants of the background that the file's publisher, or this project, had planted as an answer.
    answers_left_out: usize,
    n: usize,
    /// Cases without coordinates on the background's assembly, or with alleles that are no sequence.
    not_planted: usize,
    /// Neither ClinVar's record of the planted variants nor annotations from the case's publication are known.
    masked: Places,
    /// As masked, by the index's column `stratum`, where there is one.
    masked_by_stratum: BTreeMap<String, Places>,
    /// As masked, but the ranking by signs also learns from the solved cases of other publications in the file.
    masked_with_solved_cases: Places,
    unmasked: Places,
    ms_per_case: f64,
}

#[derive(Debug, Serialize)]
pub struct Places {
    n: usize,
    top1: f64,
    top3: f64,
    top5: f64,
    top10: f64,
    mrr: f64,
}

/// What is planted into, with what stands beside it.
pub struct Place<'p> {
    pub vcf: PathBuf,
    /// Frequencies and consequences of the background, in a table.
    pub table: Option<PathBuf>,
    /// The sample that carries the planted variants; the first when not given.
    pub sample: Option<&'p str>,
}

/// Plants every case of the index and says where its gene came.
pub fn measure(cases: &Path, index: &Path, place: &Place<'_>, json: Option<&Path>) -> Result<()> {
    let knowledge = Knowledge::shipped();
    let basis = Basis::of(knowledge)?;
    let all = cases::read(cases, basis.hpo)?;
    let rows = read_index(&text(index)?)?;
    let solved = cases::solved(&all, knowledge.genes()?);
    let alone = PhenotypeRanker::new(&basis, Options::default());
    let taught = PhenotypeRanker::new(&Basis { solved: &solved, ..basis }, Options::default());
    let bench = Bench::new(knowledge, place)?;
    let planted = planted(&all, &rows)?;
    let started = Instant::now();
    let masked = bench.all(&planted, &alone, true)?;
    let milliseconds = started.elapsed().as_secs_f64() * 1e3 * rayon::current_num_threads() as f64;
    let places = |looked: &[Looked]| looked.iter().map(|l| l.place).collect::<Vec<f64>>();
    let answer = Answer {
        background: place.vcf.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        frequencies: bench.table.is_some(),
        answers_left_out: bench.background.answers_left_out,
        n: planted.len(),
        not_planted: all.len() - planted.len(),
        masked: Places::of(&places(&masked)),
        masked_by_stratum: by_stratum(&planted, &places(&masked)),
        masked_with_solved_cases: Places::of(&places(&bench.all(&planted, &taught, true)?)),
        unmasked: Places::of(&places(&bench.all(&planted, &alone, false)?)),
        ms_per_case: milliseconds / planted.len() as f64,
    };
    let text = serde_json::to_string_pretty(&answer)?;
    if let Some(json) = json {
        std::fs::write(json, format!("{text}\n")).with_context(|| format!("writing `{}`", json.display()))?;
    }
    println!("{text}");
    Ok(())
}

/// The cases that can be planted.
pub fn planted<'c>(all: &'c [Case], rows: &'c BTreeMap<String, Row>) -> Result<Vec<(&'c Case, &'c Row)>> {
    let row = |case: &'c Case| Some((case, rows.get(&case.packet.id).filter(|row| !row.planted.is_empty())?));
    let planted: Vec<_> = all.iter().filter_map(row).collect();
    if planted.is_empty() {
        bail!("no case of the file has variants in the index");
    }
    Ok(planted)
}

/// Places of each stratum.
pub fn by_stratum(planted: &[(&Case, &Row)], places: &[f64]) -> BTreeMap<String, Places> {
    let mut strata: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for ((_, row), place) in planted.iter().zip(places).filter(|((_, row), _)| !row.stratum.is_empty()) {
        strata.entry(&row.stratum).or_default().push(*place);
    }
    strata.into_iter().map(|(stratum, places)| (stratum.to_owned(), Places::of(&places))).collect()
}

impl Places {
    pub fn of(places: &[f64]) -> Self {
        let [top1, top3, top5, top10] = [1.0, 3.0, 5.0, 10.0].map(|k| top(places, k));
        Self { n: places.len(), top1, top3, top5, top10, mrr: mrr(places) }
    }
}

/// One case, looked at.
pub struct Looked {
    /// The causal gene's place among the genes found; infinite when it is none.
    pub place: f64,
    /// What bears on each finding, and whether it is of the causal gene.
    pub findings: Vec<(String, Bearing, bool)>,
}

impl Looked {
    /// Genes count once, where they stand first.
    fn new(findings: Vec<(String, Bearing, bool)>) -> Self {
        let mut genes: BTreeSet<&str> = BTreeSet::new();
        let mut place = f64::INFINITY;
        for (gene, _, causal) in &findings {
            genes.insert(gene);
            if *causal {
                place = genes.len() as f64;
                break;
            }
        }
        Self { place, findings }
    }
}

/// A background, ready to be planted into.
pub struct Bench<'k> {
    knowledge: &'k Knowledge,
    background: Background,
    table: Option<AnnotationTable>,
    sample: usize,
}

impl<'k> Bench<'k> {
    pub fn new(knowledge: &'k Knowledge, place: &Place<'_>) -> Result<Self> {
        let background = Background::new(&text(&place.vcf)?)?;
        let table = place.table.as_deref().map(|path| Ok::<_, anyhow::Error>(AnnotationTable::parse(&text(path)?)?));
        let sample = match place.sample {
            Some(name) => {
                background.samples.iter().position(|s| s == name).with_context(|| format!("no sample `{name}`"))?
            }
            None => 0,
        };
        knowledge.prepare(Assembly::GRCh37);
        Ok(Self { knowledge, background, table: table.transpose()?, sample })
    }

    /// All cases, on all threads, in order.
    pub fn all(&self, planted: &[(&Case, &Row)], ranker: &PhenotypeRanker<'_>, masked: bool) -> Result<Vec<Looked>> {
        planted.par_iter().map(|(case, row)| self.look(case, &row.planted, ranker, masked)).collect()
    }

    fn look(&self, case: &Case, planted: &[Planted], ranker: &PhenotypeRanker<'_>, masked: bool) -> Result<Looked> {
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
            age: None,
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
        let report = analyse(question, vec![input], self.knowledge, ranker, beside, "")
            .with_context(|| case.packet.id.clone())?;
        let genes = self.knowledge.genes()?;
        let causal: BTreeSet<String> = planted
            .iter()
            .map(|p| genes.by_symbol(&p.gene).map_or_else(|| p.gene.clone(), |gene| gene.symbol.to_string()))
            .collect();
        let findings = report.findings.into_iter().map(|f| {
            let is_causal = causal.contains(&f.gene.symbol);
            (f.gene.symbol, f.bearing, is_causal)
        });
        Ok(Looked::new(findings.collect()))
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

/// A line of the index.
pub struct Row {
    /// The column `stratum`; empty when there is none.
    pub stratum: String,
    /// Empty when it cannot be planted.
    pub planted: Vec<Planted>,
}

/// Variants by case; the columns by their names in the first line.
pub fn read_index(text: &str) -> Result<BTreeMap<String, Row>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        header.iter().position(|h| *h == name).with_context(|| format!("the index has no column `{name}`"))
    };
    let [case, gene, zygosity, variants, hgvs_c, hgvs_p] =
        ["case", "cohort_gene", "zygosity", "variants_grch37", "hgvs_c", "hgvs_p"].map(column);
    let (case, gene, zygosity, variants, hgvs_c, hgvs_p) = (case?, gene?, zygosity?, variants?, hgvs_c?, hgvs_p?);
    let stratum = header.iter().position(|h| *h == "stratum");
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
        let stratum = stratum.map(cell).unwrap_or_default().to_owned();
        (cell(case).to_owned(), Row { stratum, planted: planted.unwrap_or_default() })
    });
    Ok(rows.collect())
}
