//! Pharmacogenomics: named alleles by their positions, what diplotypes mean, and CPIC's guidelines by drug.
//!
//! Source: CPIC (CC0), as PharmCAT 2.6.0 packs it. What a sample carries is worked out by `indgang-interpret`.

use indgang_model::Chromosome;
use serde::{Deserialize, Serialize};

/// Everything of one release of CPIC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pgx {
    /// CPIC's release, for example `v1.30.0`.
    pub version: Box<str>,
    /// Genes by symbol.
    pub genes: Vec<Gene>,
    /// Guidelines by drug name.
    pub guidelines: Vec<Guideline>,
    /// Texts of the guidelines, by the numbers that stand in them.
    pub texts: Vec<Box<str>>,
}

/// What is known of a gene: its alleles, what they do, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gene {
    /// HGNC symbol.
    pub symbol: Box<str>,
    /// Named alleles by positions; absent where alleles are called by other means (CYP2D6, HLA, MT-RNR1).
    pub definition: Option<Definition>,
    /// What alleles and diplotypes mean; absent where the guideline speaks of the genotype itself.
    pub phenotypes: Option<Phenotypes>,
}

/// The named alleles of a gene on GRCh38.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Chromosome.
    pub chromosome: Chromosome,
    /// Version of the allele table.
    pub version: Box<str>,
    /// Positions in ascending order.
    pub positions: Vec<Position>,
    /// Named alleles in the source's order; exactly one is the reference.
    pub alleles: Vec<NamedAllele>,
    /// Positions that guidelines ask for beside the alleles.
    pub extra: Vec<Position>,
}

/// A place that alleles are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// 1-based, as in a normalised VCF.
    pub position: u32,
    /// Number in dbSNP, with `rs`.
    pub rsid: Option<Box<str>>,
    /// HGVS on the chromosome, without accession.
    pub hgvs: Box<str>,
    /// Alleles as in a VCF: the reference first. At most 16.
    pub alleles: Vec<Box<str>>,
}

/// A named allele.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedAllele {
    /// Name, for example `*2`.
    pub name: Box<str>,
    /// True for the allele that the definition takes as the reference.
    pub reference: bool,
    /// For each position the alleles it may have (bit n: the n-th of [`Position::alleles`]); 0 where it says nothing.
    pub needs: Vec<u16>,
}

/// What the alleles of a gene do and what two of them mean together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phenotypes {
    /// Version of the table.
    pub version: Box<str>,
    /// Alleles by name, bytewise.
    pub alleles: Vec<Function>,
    /// Results that occur.
    pub results: Vec<GeneResult>,
    /// Result of each unordered pair, by [`Phenotypes::pair`]; [`NONE`] where the source has none.
    pub pairs: Vec<u8>,
    /// Result of one allele alone (X in men, mitochondria); [`NONE`] where the source has none.
    pub singles: Vec<u8>,
}

/// No result.
pub const NONE: u8 = u8::MAX;

/// What an allele does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Name of the allele.
    pub allele: Box<str>,
    /// Clinical function, for example `No function`.
    pub function: Box<str>,
    /// Activity value, for genes that are scored; `n/a` where the source gives none.
    pub activity: Option<Box<str>>,
}

/// A gene's result for a diplotype.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GeneResult {
    /// Phenotype, for example `Poor Metabolizer`.
    pub phenotype: Box<str>,
    /// What recommendations are looked up by: the phenotype, or the activity score as text.
    pub key: Box<str>,
}

/// CPIC's guideline for a drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guideline {
    /// CPIC's name of the drug.
    pub drug: Box<str>,
    /// Identifier with its system, for example `RxNorm:2556`.
    pub drug_id: Box<str>,
    /// Other names it goes by in Denmark.
    pub synonyms: Vec<Box<str>>,
    /// ATC codes, level 5.
    pub atc: Vec<Box<str>>,
    /// Title.
    pub name: Box<str>,
    /// Where it stands.
    pub url: Box<str>,
    /// Release of CPIC.
    pub version: Box<str>,
    /// Genes it speaks of.
    pub genes: Vec<Box<str>>,
    /// What to mind when using it.
    pub notes: Option<Box<str>>,
    /// PubMed numbers of its publications.
    pub pmids: Vec<Box<str>>,
    /// Recommendations; none where the guideline gives an algorithm instead.
    pub recommendations: Vec<Recommendation>,
}

/// One row of a guideline. Numbers are places in [`Pgx::texts`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommendation {
    /// What each gene must have: its place in [`Guideline::genes`], and the key.
    pub lookup: Vec<(u8, u32)>,
    /// What it means, by gene.
    pub implications: Vec<(u8, u32)>,
    /// What to do.
    pub text: u32,
    /// Strength, for example `Strong`.
    pub classification: u32,
    /// For whom.
    pub population: u32,
    /// Comments; `n/a` where there are none.
    pub comments: u32,
}

impl Pgx {
    /// The gene of a symbol.
    pub fn gene(&self, symbol: &str) -> Option<&Gene> {
        self.genes.binary_search_by(|g| (*g.symbol).cmp(symbol)).ok().and_then(|i| self.genes.get(i))
    }

    /// A text of the guidelines; empty for a number outside.
    pub fn text(&self, number: u32) -> &str {
        usize::try_from(number).ok().and_then(|n| self.texts.get(n)).map_or("", |t| t)
    }
}

impl Phenotypes {
    /// Place of an allele.
    pub fn allele(&self, name: &str) -> Option<usize> {
        self.alleles.binary_search_by(|a| (*a.allele).cmp(name)).ok()
    }

    /// Place of an unordered pair in [`Phenotypes::pairs`]: the lower triangle, row by row.
    pub const fn pair(a: usize, b: usize) -> usize {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        high * (high + 1) / 2 + low
    }

    /// What two alleles mean together, or one alone. `None` where the source says nothing.
    pub fn result(&self, first: &str, second: Option<&str>) -> Option<&GeneResult> {
        let a = self.allele(first)?;
        let place = match second {
            Some(second) => self.pairs.get(Self::pair(a, self.allele(second)?))?,
            None => self.singles.get(a)?,
        };
        self.results.get(usize::from(*place))
    }

    /// True when recommendations are looked up by an activity score.
    pub fn is_scored(&self) -> bool {
        self.alleles.iter().any(|a| a.activity.is_some())
    }

    /// What an allele does.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.alleles.get(self.allele(name)?)
    }
}

impl Definition {
    /// The allele of a name.
    pub fn allele(&self, name: &str) -> Option<&NamedAllele> {
        self.alleles.iter().find(|a| &*a.name == name)
    }
}
