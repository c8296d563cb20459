//! The parts of ClinVar: records, and places on each assembly.

use super::diseases::approved;
use super::{BuildError, Columns, Rows, count, fields, index, rows_of};
use crate::clinvar::{ClinVar, Places, Records, stars, trim};
use crate::{Genes, MolecularEffect, ProteinChange, Significance, StringPool};
use indgang_model::{Assembly, Chromosome, Variant};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::BufRead;

const FILE: &str = "ClinVar VCF";

/// The publisher's files.
pub struct ClinVarSources<'a> {
    /// The VCF: which alleles, significance, review, traits. As ClinVar publishes it (`CLNSIG`), or with the fields of
    /// its measure sets (`MEASURESET_ID`), of which the shipped snapshot is made.
    pub vcf: &'a mut dyn BufRead,
    /// Release of the VCF, for example `2016-09`; else the header's `##fileDate`.
    pub version: Option<&'a str>,
    /// Assembly of the VCF; else the header's `##reference`.
    pub assembly: Option<Assembly>,
    /// HGVS texts, which the VCF does not have.
    pub hgvs: Hgvs<'a>,
}

/// The parts of ClinVar, with their counts.
#[derive(Debug)]
pub struct ClinVarParts {
    /// What is said of alleles.
    pub records: Records,
    /// Where they are on the file's assembly.
    pub places: Places,
    /// Where they are on the other assembly.
    pub lifted: Places,
    /// Counts.
    pub rows: Rows,
}

/// HGVS texts of alleles: change in the transcript, a tab, change in the protein.
#[derive(Debug)]
pub enum Hgvs<'a> {
    /// By chromosome, position and alleles.
    ByAllele(HashMap<(&'a str, u32, &'a str, &'a str), String>),
    /// By ClinVar's variation number.
    ByNumber(HashMap<u32, Box<str>>),
}

impl<'a> Hgvs<'a> {
    /// Of the table that the shipped snapshot is made of: chrom, pos, ref, alt, …, hgvs_c, hgvs_p in columns 10 and 11.
    ///
    /// # Errors
    /// When a row is too short or its position is no number.
    pub fn of_table(table: &'a str) -> Result<Self, BuildError> {
        const FILE: &str = "ClinVar table";
        let mut all = HashMap::new();
        for (line, text) in rows_of(table).skip(1) {
            let [chrom, pos, reference, alternate, _, _, _, _, _, c, p] = fields(FILE, line, text)?;
            let what = || format!("`{pos}` is not a position");
            let pos = pos.parse().map_err(|_| BuildError::Line { file: FILE, line, what: what() })?;
            all.insert((chrom, pos, reference, alternate), format!("{c}\t{p}"));
        }
        Ok(Self::ByAllele(all))
    }

    /// Of ClinVar's `variant_summary.txt`: the names such as `NM_000141.5(FGFR2):c.1694A>C (p.Glu565Ala)`.
    ///
    /// # Errors
    /// When the file cannot be read, or has no column `Name` or `VariationID`.
    pub fn of_summary(summary: &mut dyn BufRead) -> Result<Self, BuildError> {
        const FILE: &str = "ClinVar variant_summary";
        let error = |line: usize, what: String| BuildError::Line { file: FILE, line, what };
        let mut heading = String::new();
        summary.read_line(&mut heading).map_err(|e| error(1, e.to_string()))?;
        let columns = Columns::of(FILE, 1, heading.trim_end());
        let (name, number) = (columns.need(&["Name"])?, columns.need(&["VariationID"])?);
        let mut all = HashMap::new();
        each_line(FILE, summary, 1, |line, row| {
            let text = columns.cell(line, row, number)?;
            let number = text.parse().map_err(|_| error(line, format!("`{text}` is not a variation number")))?;
            if let Some(hgvs) = named(columns.cell(line, row, name)?) {
                all.entry(number).or_insert(hgvs);
            }
            Ok(())
        })?;
        if all.is_empty() { Err(BuildError::Empty(FILE)) } else { Ok(Self::ByNumber(all)) }
    }

    /// Of an earlier release: a name says what a change is and not what it does, so it holds for the same record still.
    pub fn of_release(clinvar: ClinVar<'_>) -> Self {
        let text = |c: Option<&str>, p: Option<&str>| format!("{}\t{}", c.unwrap_or_default(), p.unwrap_or_default());
        let named = clinvar.records().filter(|r| r.hgvs_c.is_some());
        Self::ByNumber(named.map(|r| (r.variation_id, text(r.hgvs_c, r.hgvs_p).into())).collect())
    }

    fn get<'s>(&'s self, chrom: &'s str, pos: u32, alleles: (&'s str, &'s str), number: u32) -> &'s str {
        match self {
            Self::ByAllele(all) => all.get(&(chrom, pos, alleles.0, alleles.1)).map_or("\t", String::as_str),
            Self::ByNumber(all) => all.get(&number).map_or("\t", |text| text),
        }
    }
}

/// `NM_000141.5(FGFR2):c.1694A>C (p.Glu565Ala)` → `NM_000141.5:c.1694A>C` and `p.Glu565Ala`.
fn named(name: &str) -> Option<Box<str>> {
    let (transcript, change) = name.split_once(":c.")?;
    let transcript = transcript.split('(').next()?;
    let (c, p) = match change.split_once(" (p.") {
        Some((c, p)) => (c, format!("p.{}", p.trim_end_matches(')'))),
        None => (change, String::new()),
    };
    Some(format!("{transcript}:c.{c}\t{p}").into())
}

/// Calls with every line after line `before`, without keeping the file in memory.
fn each_line(
    file: &'static str,
    reader: &mut dyn BufRead,
    before: usize,
    mut line: impl FnMut(usize, &str) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    let mut text = String::new();
    for number in before + 1.. {
        text.clear();
        let read = reader.read_line(&mut text);
        let read = read.map_err(|e| BuildError::Line { file, line: number, what: e.to_string() })?;
        if read == 0 {
            break;
        }
        let row = text.trim_end_matches(['\n', '\r']);
        if !row.is_empty() {
            line(number, row)?;
        }
    }
    Ok(())
}

struct Row {
    variant: Variant,
    variation_id: u32,
    significance: Significance,
    words: u32,
    stars: u8,
    gene: u32,
    traits: u32,
    /// Change in the transcript, a tab, change in the protein.
    hgvs: Box<str>,
    effect: MolecularEffect,
}

/// Distinct texts by number, in the order they were met.
#[derive(Default)]
struct Interner {
    texts: Vec<Box<str>>,
    number: HashMap<Box<str>, u32>,
}

impl Interner {
    fn of(&mut self, text: &str) -> u32 {
        if let Some(number) = self.number.get(text) {
            return *number;
        }
        let number = index(self.texts.len());
        self.texts.push(text.into());
        self.number.insert(text.into(), number);
        number
    }
}

/// What is gathered while reading.
struct Reading<'a> {
    genes: &'a Genes,
    hgvs: &'a Hgvs<'a>,
    words: Interner,
    traits: Interner,
    symbols: Interner,
    rows: Rows,
    read: Vec<Row>,
    version: Option<String>,
    assembly: Option<Assembly>,
}

/// Builds the parts. `lift` moves a place of the file's assembly to the other, or says that it cannot be moved with certainty.
///
/// # Errors
/// When the file does not have its shape, or says neither its release nor its assembly and they are not given.
pub fn clinvar(
    sources: ClinVarSources<'_>,
    genes: &Genes,
    lift: impl Fn(Assembly, &Variant) -> Option<Variant>,
) -> Result<ClinVarParts, BuildError> {
    let mut reading = Reading {
        genes,
        hgvs: &sources.hgvs,
        words: Interner::default(),
        traits: Interner::default(),
        symbols: Interner::default(),
        rows: Rows::new(),
        read: Vec::new(),
        version: sources.version.map(str::to_owned),
        assembly: sources.assembly,
    };
    each_line(FILE, sources.vcf, 0, |line, row| match row.strip_prefix("##") {
        Some(header) => reading.header(line, header),
        None if row.starts_with('#') => Ok(()),
        None => reading.row(line, row),
    })?;
    if reading.read.is_empty() {
        return Err(BuildError::Empty(FILE));
    }
    let missing = |what: &str| BuildError::Line { file: FILE, line: 1, what: format!("the header has no `{what}`") };
    let version = reading.version.take();
    let version =
        version.ok_or_else(|| missing("##fileDate`; say the release with `--source-version clinvar=VERSION"))?;
    let assembly = reading.assembly.ok_or_else(|| missing("##reference"))?;
    let other = match assembly {
        Assembly::GRCh37 => Assembly::GRCh38,
        Assembly::GRCh38 => Assembly::GRCh37,
    };
    reading.read.sort_by(|a, b| (&a.variant, a.variation_id).cmp(&(&b.variant, b.variation_id)));
    let read = std::mem::take(&mut reading.read);
    let mut rows = std::mem::take(&mut reading.rows);
    count(&mut rows, "records", read.len());
    let places = read.iter().zip(0u32..).map(|(row, i)| (row.variant.clone(), i)).collect();
    let places = Places::of(assembly, false, places);
    let lifted: Vec<(Variant, u32)> =
        read.iter().zip(0u32..).filter_map(|(row, i)| Some((lift(assembly, &row.variant)?, i))).collect();
    let lifted = Places::of(other, true, once(lifted));
    count(&mut rows, &format!("places_{assembly}"), places.len());
    count(&mut rows, &format!("places_{other}"), lifted.len());
    Ok(ClinVarParts { records: reading.records(&read, &version), places, lifted, rows })
}

/// Two places that lift to one are both dropped: which record would hold there cannot be told.
fn once(mut rows: Vec<(Variant, u32)>) -> Vec<(Variant, u32)> {
    rows.sort();
    let alone = |i: usize| {
        let same = |other: Option<&(Variant, u32)>| other.is_some_and(|other| other.0 == rows[i].0);
        !same(rows.get(i + 1)) && !same(i.checked_sub(1).and_then(|before| rows.get(before)))
    };
    let keep: Vec<bool> = (0..rows.len()).map(alone).collect();
    rows.into_iter().zip(keep).filter_map(|(row, keep)| keep.then_some(row)).collect()
}

impl Reading<'_> {
    fn header(&mut self, line: usize, header: &str) -> Result<(), BuildError> {
        match header.split_once('=') {
            Some(("fileDate", date)) if self.version.is_none() => self.version = Some(date.trim().to_owned()),
            Some(("reference", name)) if self.assembly.is_none() => {
                let what = || format!("`{name}` is not an assembly that is known here (GRCh37, GRCh38)");
                let error = |_| BuildError::Line { file: FILE, line, what: what() };
                self.assembly = Some(name.trim().parse().map_err(error)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn row(&mut self, line: usize, text: &str) -> Result<(), BuildError> {
        let error = |what: String| BuildError::Line { file: FILE, line, what };
        let [chrom, pos, id, reference, alternate, _, _, info] = fields(FILE, line, text)?;
        let info: BTreeMap<&str, &str> = info.split(';').filter_map(|entry| entry.split_once('=')).collect();
        let get = |key: &str| info.get(key).copied().ok_or_else(|| error(format!("INFO has no `{key}`")));
        let number = |text: &str| text.parse::<u32>().map_err(|_| error(format!("`{text}` is not a number")));
        let published = !info.contains_key("MEASURESET_ID");
        let left_out = if published {
            published_left_out(chrom, alternate, &info)
        } else {
            // The file's MUT says which allele the submission is about; a carrier of the alternate does not carry the reference.
            (get("MUT")? == "REF").then_some("about_the_reference_allele_left_out")
        };
        if let Some(why) = left_out {
            count(&mut self.rows, why, 1);
            return Ok(());
        }
        let keys = if published {
            ("CLNSIG", "CLNREVSTAT", "CLNDN")
        } else {
            ("CLINICAL_SIGNIFICANCE", "REVIEW_STATUS", "ALL_TRAITS")
        };
        let (words, review) = (get(keys.0)?, get(keys.1)?);
        let of_traits = if published { info.get(keys.2).copied().unwrap_or_default() } else { get(keys.2)? };
        let (variation_id, pos) = (number(if published { id } else { get("MEASURESET_ID")? })?, number(pos)?);
        let gene = if published {
            gene_of(self.genes, info.get("GENEINFO").copied().unwrap_or_default())
        } else {
            approved(self.genes, get("SYMBOL")?)
        };
        let hgvs = self.hgvs.get(chrom, pos, (reference, alternate), variation_id);
        let (c, p) = hgvs.split_once('\t').unwrap_or((hgvs, ""));
        if !c.is_empty() {
            count(&mut self.rows, "with_hgvs", 1);
        }
        let mut effect = MolecularEffect::from_hgvs(c, p);
        if let (MolecularEffect::Unknown, Some(terms)) = (effect, info.get("MC")) {
            effect = MolecularEffect::from_sequence_ontology(terms);
        }
        let (at, trimmed_reference, trimmed_alternate) = trim(pos, reference, alternate);
        let significance = Significance::from_words(words);
        count(&mut self.rows, "pathogenic", usize::from(significance.is_pathogenic()));
        let row = Row {
            variant: Variant {
                chrom: Chromosome::from_name(chrom.as_bytes())
                    .ok_or_else(|| error(format!("`{chrom}` is not a chromosome")))?,
                pos: at,
                reference: trimmed_reference.into(),
                alternate: trimmed_alternate.into(),
            },
            variation_id,
            significance,
            words: self.words.of(words),
            stars: stars(review).ok_or_else(|| error(format!("`{review}` is not a known review status")))?,
            gene: self.symbols.of(gene),
            traits: self.traits.of(&traits(of_traits)),
            hgvs: hgvs.into(),
            effect,
        };
        self.read.push(row);
        Ok(())
    }

    fn records(&self, read: &[Row], version: &str) -> Records {
        let of = |interner: &Interner, number: fn(&Row) -> u32| {
            let texts: Vec<&str> = read.iter().map(|row| &*interner.texts[number(row) as usize]).collect();
            pooled(texts.into_iter())
        };
        let (genes, gene) = of(&self.symbols, |row| row.gene);
        let (words_pool, words) = of(&self.words, |row| row.words);
        let (traits_pool, traits) = of(&self.traits, |row| row.traits);
        let (hgvs_pool, hgvs) = pooled(read.iter().map(|row| &*row.hgvs));
        let mut changes: Vec<(u32, u32, u8, u32)> = Vec::new();
        for (i, row) in read.iter().enumerate() {
            let protein = row.hgvs.split_once('\t').map_or("", |(_, p)| p);
            if let Some(change) = ProteinChange::from_hgvs(protein) {
                changes.push((gene[i], change.position, change.to, index(i)));
            }
        }
        changes.sort_unstable();
        Records {
            version: version.into(),
            variation_id: read.iter().map(|row| row.variation_id).collect(),
            significance: read.iter().map(|row| row.significance).collect(),
            stars: read.iter().map(|row| row.stars).collect(),
            effect: read.iter().map(|row| row.effect).collect(),
            gene,
            words,
            traits,
            hgvs,
            genes,
            words_pool,
            traits_pool,
            hgvs_pool,
            protein_gene: changes.iter().map(|c| c.0).collect(),
            protein_position: changes.iter().map(|c| c.1).collect(),
            protein_to: changes.iter().map(|c| c.2).collect(),
            protein_record: changes.iter().map(|c| c.3).collect(),
        }
    }
}

/// Why a row as ClinVar publishes it tells nothing of an allele here.
fn published_left_out(chrom: &str, alternate: &str, info: &BTreeMap<&str, &str>) -> Option<&'static str> {
    if alternate == "." {
        Some("without_alternate_left_out")
    } else if Chromosome::from_name(chrom.as_bytes()).is_none() {
        Some("outside_the_chromosomes_left_out")
    } else if !info.contains_key("CLNSIG") {
        // Such an allele was only classified together with others (CLNSIGINCL), or for a cancer (ONC).
        Some("without_significance_left_out")
    } else {
        None
    }
}

/// The first gene of `FGFR2:2263|OTHER:1` by its number, else by its symbol; empty between genes.
fn gene_of<'a>(genes: &'a Genes, info: &'a str) -> &'a str {
    let first = info.split('|').next().unwrap_or_default();
    let (symbol, number) = first.rsplit_once(':').unwrap_or((first, ""));
    let by_number = number.parse().ok().and_then(|n| genes.by_entrez(n));
    by_number.map_or_else(|| approved(genes, symbol), |gene| &*gene.symbol)
}

/// The file writes blanks as `_` and commas as `..`; names that differ by letter case only are one.
fn traits(text: &str) -> String {
    let mut seen = BTreeSet::new();
    let names = text.split('|').map(|name| name.replace("..", ", ").replace('_', " "));
    let kept: Vec<String> = names.filter(|name| seen.insert(name.to_lowercase())).collect();
    kept.join("|")
}

/// The records of an earlier release under the symbols of another gene table.
pub(super) fn with_symbols(records: &Records, genes: &Genes) -> Records {
    let symbols: Vec<&str> = records.genes.iter().map(|name| approved(genes, name)).collect();
    let (pool, number) = pooled(symbols.iter().copied());
    let renamed = |old: &u32| number.get(*old as usize).copied().unwrap_or_default();
    let mut order: Vec<usize> = (0..records.protein_gene.len()).collect();
    let key = |i: &usize| {
        let i = *i;
        (
            renamed(&records.protein_gene[i]),
            records.protein_position[i],
            records.protein_to[i],
            records.protein_record[i],
        )
    };
    order.sort_by_key(key);
    Records {
        gene: records.gene.iter().map(renamed).collect(),
        genes: pool,
        protein_gene: order.iter().map(|i| key(i).0).collect(),
        protein_position: order.iter().map(|i| key(i).1).collect(),
        protein_to: order.iter().map(|i| key(i).2).collect(),
        protein_record: order.iter().map(|i| key(i).3).collect(),
        ..records.clone()
    }
}

/// A sorted pool of the distinct texts, and for each text its number.
fn pooled<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> (StringPool, Vec<u32>) {
    let numbers: BTreeMap<&str, u32> = {
        let distinct: BTreeSet<&str> = texts.clone().collect();
        distinct.into_iter().zip(0u32..).collect()
    };
    let indices = texts.map(|text| numbers[text]).collect();
    (numbers.keys().copied().collect(), indices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_summary() {
        for (name, expected) in [
            ("NM_000141.5(FGFR2):c.1694A>C (p.Glu565Ala)", Some("NM_000141.5:c.1694A>C\tp.Glu565Ala")),
            ("NM_000141.5(FGFR2):c.940-2A>G", Some("NM_000141.5:c.940-2A>G\t")),
            ("NM_000141.5:c.30C>T (p.Leu10=)", Some("NM_000141.5:c.30C>T\tp.Leu10=")),
            ("GRCh38/hg38 1p36.33(chr1:1-2)x1", None),
        ] {
            assert_eq!(named(name).as_deref(), expected, "{name}");
        }
    }
}
