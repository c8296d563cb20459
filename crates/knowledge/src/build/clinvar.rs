//! The parts of ClinVar: records, and places on each assembly.

use super::diseases::approved;
use super::{BuildError, Rows, count, fields, index, rows_of};
use crate::clinvar::{Places, Records, stars, trim};
use crate::{Genes, MolecularEffect, ProteinChange, Significance, StringPool};
use indgang_model::{Assembly, Chromosome, Variant};
use std::collections::{BTreeMap, BTreeSet};

/// Texts of the publishers' files, unpacked.
#[derive(Debug, Clone, Copy)]
pub struct ClinVarSources<'a> {
    /// The VCF: which alleles, significance, review, traits.
    pub vcf: &'a str,
    /// Release of the VCF, for example `2016-09`.
    pub version: &'a str,
    /// The table with HGVS texts, which are taken for the alleles both have.
    pub table: &'a str,
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

struct Row<'a> {
    variant: Variant,
    variation_id: u32,
    words: &'a str,
    stars: u8,
    gene: String,
    traits: String,
    hgvs: String,
}

/// Builds the parts. `lift` moves a place of GRCh37 to GRCh38, or says that it cannot be moved with certainty.
pub fn clinvar(
    sources: &ClinVarSources<'_>,
    genes: &Genes,
    lift: impl Fn(&Variant) -> Option<Variant>,
) -> Result<ClinVarParts, BuildError> {
    let mut rows = Rows::new();
    let hgvs = hgvs_by_allele(sources.table)?;
    let mut read = Vec::new();
    for (line, text) in rows_of(sources.vcf) {
        match row(line, text, genes, &hgvs, &mut rows)? {
            Some(row) => read.push(row),
            None => count(&mut rows, "about_the_reference_allele_left_out", 1),
        }
    }
    if read.is_empty() {
        return Err(BuildError::Empty("ClinVar VCF"));
    }
    read.sort_by(|a, b| (&a.variant, a.variation_id).cmp(&(&b.variant, b.variation_id)));
    count(&mut rows, "records", read.len());
    let places = read.iter().zip(0u32..).map(|(row, i)| (row.variant.clone(), i)).collect();
    let places = Places::of(Assembly::GRCh37, false, places);
    let lifted: Vec<(Variant, u32)> =
        read.iter().zip(0u32..).filter_map(|(row, i)| Some((lift(&row.variant)?, i))).collect();
    let lifted = Places::of(Assembly::GRCh38, true, once(lifted));
    count(&mut rows, "places_GRCh37", places.len());
    count(&mut rows, "places_GRCh38", lifted.len());
    Ok(ClinVarParts { records: records(&read, sources.version), places, lifted, rows })
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

type Hgvs<'a> = BTreeMap<(&'a str, &'a str, &'a str, &'a str), (&'a str, &'a str)>;

fn hgvs_by_allele(table: &str) -> Result<Hgvs<'_>, BuildError> {
    let mut all = Hgvs::new();
    for (line, text) in rows_of(table).skip(1) {
        let [chrom, pos, reference, alternate, _, _, _, _, _, c, p] = fields("ClinVar table", line, text)?;
        all.insert((chrom, pos, reference, alternate), (c, p));
    }
    Ok(all)
}

fn row<'a>(
    line: usize,
    text: &'a str,
    genes: &Genes,
    hgvs: &Hgvs<'_>,
    rows: &mut Rows,
) -> Result<Option<Row<'a>>, BuildError> {
    const FILE: &str = "ClinVar VCF";
    let error = |what: String| BuildError::Line { file: FILE, line, what };
    let [chrom, pos, _, reference, alternate, _, _, info] = fields(FILE, line, text)?;
    let info: BTreeMap<&str, &str> = info.split(';').filter_map(|entry| entry.split_once('=')).collect();
    let get = |key: &str| info.get(key).copied().ok_or_else(|| error(format!("INFO has no `{key}`")));
    // The file's MUT says which allele the submission is about; a carrier of the alternate does not carry the reference.
    if get("MUT")? == "REF" {
        return Ok(None);
    }
    let number = |text: &str| text.parse::<u32>().map_err(|_| error(format!("`{text}` is not a number")));
    let review = get("REVIEW_STATUS")?;
    let (c, p) = hgvs.get(&(chrom, pos, reference, alternate)).copied().unwrap_or_default();
    if !c.is_empty() {
        count(rows, "with_hgvs", 1);
    }
    let (at, trimmed_reference, trimmed_alternate) = trim(number(pos)?, reference, alternate);
    Ok(Some(Row {
        variant: Variant {
            chrom: Chromosome::from_name(chrom.as_bytes())
                .ok_or_else(|| error(format!("`{chrom}` is not a chromosome")))?,
            pos: at,
            reference: trimmed_reference.into(),
            alternate: trimmed_alternate.into(),
        },
        variation_id: number(get("MEASURESET_ID")?)?,
        words: get("CLINICAL_SIGNIFICANCE")?,
        stars: stars(review).ok_or_else(|| error(format!("`{review}` is not a known review status")))?,
        gene: approved(genes, get("SYMBOL")?).to_owned(),
        traits: traits(get("ALL_TRAITS")?),
        hgvs: format!("{c}\t{p}"),
    }))
}

/// The file writes blanks as `_` and commas as `..`; names that differ by letter case only are one.
fn traits(text: &str) -> String {
    let mut seen = BTreeSet::new();
    let names = text.split('|').map(|name| name.replace("..", ", ").replace('_', " "));
    let kept: Vec<String> = names.filter(|name| seen.insert(name.to_lowercase())).collect();
    kept.join("|")
}

fn records(read: &[Row<'_>], version: &str) -> Records {
    let (genes, gene) = pooled(read.iter().map(|r| r.gene.as_str()));
    let (words_pool, words) = pooled(read.iter().map(|r| r.words));
    let (traits_pool, traits) = pooled(read.iter().map(|r| r.traits.as_str()));
    let (hgvs_pool, hgvs) = pooled(read.iter().map(|r| r.hgvs.as_str()));
    let split = |r: &Row<'_>| r.hgvs.split_once('\t').map(|(c, p)| (c.to_owned(), p.to_owned())).unwrap_or_default();
    let mut changes: Vec<(u32, u32, u8, u32)> = Vec::new();
    for (i, row) in read.iter().enumerate() {
        if let Some(change) = ProteinChange::from_hgvs(&split(row).1) {
            changes.push((gene[i], change.position, change.to, index(i)));
        }
    }
    changes.sort_unstable();
    Records {
        version: version.into(),
        variation_id: read.iter().map(|r| r.variation_id).collect(),
        significance: read.iter().map(|r| Significance::from_words(r.words)).collect(),
        stars: read.iter().map(|r| r.stars).collect(),
        effect: read.iter().map(split).map(|(c, p)| MolecularEffect::from_hgvs(&c, &p)).collect(),
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

/// A sorted pool of the distinct texts, and for each text its number.
fn pooled<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> (StringPool, Vec<u32>) {
    let numbers: BTreeMap<&str, u32> = {
        let distinct: BTreeSet<&str> = texts.clone().collect();
        distinct.into_iter().zip(0u32..).collect()
    };
    let indices = texts.map(|text| numbers[text]).collect();
    (numbers.keys().copied().collect(), indices)
}
