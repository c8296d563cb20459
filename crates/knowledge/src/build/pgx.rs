//! CPIC's tables as PharmCAT packs them (JSON), into [`Pgx`].

use super::{BuildError, Rows, count, fields, rows_of};
use crate::pgx::{
    Definition, Function, Gene, GeneResult, Guideline, NONE, NamedAllele, Pgx, Phenotypes, Position, Recommendation,
};
use indgang_model::Chromosome;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap};

const FILE: &str = "CPIC tables";

/// Drug names in Denmark and ATC codes, by CPIC's name.
const MEDICINES: &str = include_str!("pgx_medicines.tsv");

/// Genes whose alleles are deletions, copies and hybrids as often as small variants: they are called by other programs.
const CALLED_ELSEWHERE: [&str; 1] = ["CYP2D6"];

/// Texts of the files, by kind.
pub struct PgxSources<'a> {
    /// `definition/alleles/*_translation.json`.
    pub definitions: Vec<&'a str>,
    /// `definition/alleles/exemptions.json`.
    pub exemptions: &'a str,
    /// `phenotype/cpic/*.json`.
    pub phenotypes: Vec<&'a str>,
    /// `reporter/guidelines/cpic/*.json`.
    pub guidelines: Vec<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawDefinition {
    source: String,
    version: Box<str>,
    gene: Box<str>,
    chromosome: String,
    variants: Vec<RawVariant>,
    named_alleles: Vec<RawAllele>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawVariant {
    position: u32,
    rsid: Option<Box<str>>,
    chromosome_hgvs_name: Box<str>,
    #[serde(rename = "ref")]
    reference: Box<str>,
    alts: Vec<Box<str>>,
}

#[derive(Deserialize)]
struct RawAllele {
    name: Box<str>,
    alleles: Vec<Option<Box<str>>>,
    reference: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawExemption {
    gene: String,
    ignored_positions: Vec<RawVariant>,
    extra_positions: Vec<RawVariant>,
    ignored_alleles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPhenotypes {
    gene: Box<str>,
    haplotypes: BTreeMap<Box<str>, Box<str>>,
    activity_values: BTreeMap<Box<str>, Box<str>>,
    diplotypes: Vec<RawDiplotype>,
    version: Box<str>,
}

#[derive(Deserialize)]
struct RawDiplotype {
    generesult: Box<str>,
    lookupkey: Box<str>,
    diplotypekey: BTreeMap<Box<str>, u8>,
}

#[derive(Deserialize)]
struct RawGuideline {
    drugid: Box<str>,
    drugname: Box<str>,
    guidelinename: Box<str>,
    url: Box<str>,
    citations: Option<Vec<Option<RawCitation>>>,
    recommendations: Option<Vec<RawRecommendation>>,
    genes: Vec<Box<str>>,
    notesonusage: Option<Box<str>>,
    #[serde(rename = "cpicVersion")]
    version: Box<str>,
}

#[derive(Deserialize)]
struct RawCitation {
    pmid: Option<Box<str>>,
}

#[derive(Deserialize)]
struct RawRecommendation {
    implications: BTreeMap<Box<str>, String>,
    drugrecommendation: String,
    classification: String,
    lookupkey: BTreeMap<Box<str>, String>,
    comments: Option<String>,
    population: String,
}

/// The part and its counts.
///
/// # Errors
/// When a text is not of the expected shape, or an allele names a base its position does not have.
pub fn pgx(sources: &PgxSources<'_>) -> Result<(Pgx, Rows), BuildError> {
    let mut rows = Rows::new();
    let exemptions: Vec<RawExemption> = json(sources.exemptions)?;
    let mut genes: BTreeMap<Box<str>, Gene> = BTreeMap::new();
    let mut version: Box<str> = "".into();
    for text in &sources.definitions {
        let raw: RawDefinition = json(text)?;
        if raw.source != "CPIC" {
            // PharmGKB's own tables are CC BY-SA and may not go into a part that is CC0.
            count(&mut rows, "definitions_of_others_left_out", 1);
            continue;
        }
        if CALLED_ELSEWHERE.contains(&&*raw.gene) {
            count(&mut rows, "definitions_of_structural_genes_left_out", 1);
            continue;
        }
        let exemption = exemptions.iter().find(|e| e.gene == *raw.gene);
        let gene = raw.gene.clone();
        let definition = definition(raw, exemption)?;
        count(&mut rows, "genes_with_alleles", 1);
        count(&mut rows, "positions", definition.positions.len());
        count(&mut rows, "alleles", definition.alleles.len());
        entry(&mut genes, gene).definition = Some(definition);
    }
    for text in &sources.phenotypes {
        let raw: RawPhenotypes = json(text)?;
        count(&mut rows, "genes_with_phenotypes", 1);
        count(&mut rows, "diplotypes", raw.diplotypes.len());
        let gene = raw.gene.clone();
        entry(&mut genes, gene).phenotypes = Some(phenotypes(raw)?);
    }
    let mut texts = Texts::default();
    let medicines = medicines()?;
    let mut guidelines = Vec::new();
    for text in &sources.guidelines {
        let raw: RawGuideline = json(text)?;
        version.clone_from(&raw.version);
        for gene in &raw.genes {
            entry(&mut genes, gene.clone());
        }
        count(&mut rows, "guidelines", 1);
        count(&mut rows, "recommendations", raw.recommendations.as_ref().map_or(0, Vec::len));
        guidelines.push(guideline(raw, &medicines, &mut texts)?);
    }
    guidelines.sort_by(|a, b| a.drug.cmp(&b.drug));
    if guidelines.is_empty() || genes.is_empty() {
        return Err(BuildError::Empty(FILE));
    }
    Ok((Pgx { version, genes: genes.into_values().collect(), guidelines, texts: texts.all }, rows))
}

fn entry(genes: &mut BTreeMap<Box<str>, Gene>, symbol: Box<str>) -> &mut Gene {
    genes.entry(symbol.clone()).or_insert(Gene { symbol, definition: None, phenotypes: None })
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, BuildError> {
    serde_json::from_str(text).map_err(|error| wrong(error.line(), &error.to_string()))
}

fn wrong(line: usize, what: &str) -> BuildError {
    BuildError::Line { file: FILE, line, what: what.to_owned() }
}

fn position(raw: &RawVariant) -> Position {
    Position {
        position: raw.position,
        rsid: raw.rsid.clone(),
        hgvs: raw.chromosome_hgvs_name.clone(),
        alleles: std::iter::once(&raw.reference).chain(&raw.alts).cloned().collect(),
    }
}

fn definition(raw: RawDefinition, exemption: Option<&RawExemption>) -> Result<Definition, BuildError> {
    let ignored = |name: &str| exemption.is_some_and(|e| e.ignored_alleles.iter().any(|i| i == name));
    // Two variants may stand at one position: the alleles tell which of them is meant.
    let same =
        |a: &RawVariant, b: &RawVariant| (a.position, &a.reference, &a.alts) == (b.position, &b.reference, &b.alts);
    let dropped = |v: &RawVariant| exemption.is_some_and(|e| e.ignored_positions.iter().any(|i| same(i, v)));
    let kept: Vec<usize> = (0..raw.variants.len()).filter(|i| !dropped(&raw.variants[*i])).collect();
    let positions: Vec<Position> = kept.iter().map(|i| position(&raw.variants[*i])).collect();
    let mut alleles = Vec::new();
    for allele in raw.named_alleles.into_iter().filter(|a| !ignored(&a.name)) {
        let mut needs = Vec::with_capacity(kept.len());
        for (place, i) in kept.iter().enumerate() {
            let text = allele.alleles.get(*i).and_then(Option::as_deref);
            needs.push(text.map_or(Ok(0), |text| mask(&positions[place], text, &raw.gene, &allele.name))?);
        }
        alleles.push(NamedAllele { name: allele.name, reference: allele.reference, needs });
    }
    let chromosome = Chromosome::from_name(raw.chromosome.as_bytes())
        .ok_or_else(|| wrong(0, &format!("`{}` is no chromosome", raw.chromosome)))?;
    let extra = exemption.map_or_else(Vec::new, |e| e.extra_positions.iter().map(position).collect());
    Ok(Definition { chromosome, version: raw.version, positions, alleles, extra })
}

/// Which of the position's alleles a text allows: one of them, or an IUPAC letter for several.
fn mask(position: &Position, text: &str, gene: &str, allele: &str) -> Result<u16, BuildError> {
    let bases = match text {
        "R" => "AG",
        "Y" => "CT",
        "S" => "CG",
        "W" => "AT",
        "K" => "GT",
        "M" => "AC",
        "B" => "CGT",
        "D" => "AGT",
        "H" => "ACT",
        "V" => "ACG",
        _ => "",
    };
    let fits = |known: &str| known == text || (known.len() == 1 && bases.contains(known));
    let found = position.alleles.iter().take(16).enumerate().filter(|(_, known)| fits(known));
    match found.fold(0u16, |mask, (i, _)| mask | 1 << i) {
        0 => Err(wrong(0, &format!("{gene} {allele} has `{text}` at {}, which is no allele there", position.position))),
        mask => Ok(mask),
    }
}

fn phenotypes(raw: RawPhenotypes) -> Result<Phenotypes, BuildError> {
    let scored = !raw.activity_values.is_empty();
    let mut alleles = Vec::new();
    for (allele, function) in raw.haplotypes {
        let activity = scored.then(|| raw.activity_values.get(&allele).cloned().unwrap_or_else(|| "n/a".into()));
        alleles.push(Function { allele, function, activity });
    }
    let place = |name: &str| alleles.binary_search_by(|a| (*a.allele).cmp(name)).ok();
    let mut results: Vec<GeneResult> = Vec::new();
    let mut pairs = vec![NONE; alleles.len() * (alleles.len() + 1) / 2];
    let mut singles = vec![NONE; alleles.len()];
    for row in &raw.diplotypes {
        let result = GeneResult { phenotype: row.generesult.clone(), key: row.lookupkey.clone() };
        let number = results.iter().position(|r| *r == result).unwrap_or_else(|| {
            results.push(result);
            results.len() - 1
        });
        let number = u8::try_from(number).ok().filter(|n| *n != NONE).ok_or_else(|| wrong(0, "over 254 results"))?;
        let names: Vec<usize> = row
            .diplotypekey
            .iter()
            .flat_map(|(n, times)| std::iter::repeat_n(place(n), (*times).into()))
            .collect::<Option<_>>()
            .ok_or_else(|| wrong(0, &format!("{}: a diplotype of an allele without function", raw.gene)))?;
        match names[..] {
            [one] => singles[one] = number,
            [a, b] => pairs[Phenotypes::pair(a, b)] = number,
            _ => return Err(wrong(0, &format!("{}: a diplotype is of one or two alleles", raw.gene))),
        }
    }
    Ok(Phenotypes { version: raw.version, alleles, results, pairs, singles })
}

#[derive(Default)]
struct Texts {
    all: Vec<Box<str>>,
    known: HashMap<Box<str>, u32>,
}

impl Texts {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.known.get(text) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).expect("a few thousand texts");
        self.all.push(text.into());
        self.known.insert(text.into(), number);
        number
    }
}

type Medicines = BTreeMap<&'static str, (Vec<Box<str>>, Vec<Box<str>>)>;

fn medicines() -> Result<Medicines, BuildError> {
    let split = |text: &str, by: char| text.split(by).filter(|t| !t.is_empty()).map(Into::into).collect();
    rows_of(MEDICINES)
        .map(|(line, text)| {
            let [drug, names, atc] = fields("pgx_medicines.tsv", line, text)?;
            Ok((drug, (split(names, '|'), split(atc, ' '))))
        })
        .collect()
}

fn guideline(raw: RawGuideline, medicines: &Medicines, texts: &mut Texts) -> Result<Guideline, BuildError> {
    let (synonyms, atc) = medicines
        .get(&*raw.drugname)
        .cloned()
        .ok_or_else(|| wrong(0, &format!("`{}` has no row in pgx_medicines.tsv; add one", raw.drugname)))?;
    let mut recommendations = Vec::new();
    for row in raw.recommendations.unwrap_or_default() {
        let by_gene = |map: &BTreeMap<Box<str>, String>, texts: &mut Texts| {
            let numbered = map.iter().map(|(gene, text)| {
                let place = raw.genes.iter().position(|g| g == gene).and_then(|p| u8::try_from(p).ok());
                place.map(|p| (p, texts.number(text)))
            });
            numbered
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| wrong(0, &format!("`{}`: a gene it does not name", raw.drugname)))
        };
        recommendations.push(Recommendation {
            lookup: by_gene(&row.lookupkey, texts)?,
            implications: by_gene(&row.implications, texts)?,
            text: texts.number(&row.drugrecommendation),
            classification: texts.number(&row.classification),
            population: texts.number(row.population.trim()),
            comments: texts.number(row.comments.as_deref().unwrap_or("n/a")),
        });
    }
    let citations = raw.citations.unwrap_or_default();
    Ok(Guideline {
        drug: raw.drugname,
        drug_id: raw.drugid,
        synonyms,
        atc,
        name: raw.guidelinename,
        url: raw.url,
        version: raw.version,
        genes: raw.genes,
        notes: raw.notesonusage,
        pmids: citations.into_iter().flatten().filter_map(|c| c.pmid).collect(),
        recommendations,
    })
}
