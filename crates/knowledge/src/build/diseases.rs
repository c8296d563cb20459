//! ClinGen's links between genes and diseases, and the ACMG list, for the part `genes`.

use super::checks::Doubt;
use super::genes::{of, position};
use super::links::Links;
use super::{BuildError, Tally, fields, index, rows_of};
use crate::genes::{DiseaseSource, GeneDisease, Genes, HgncId, ReportRule, SecondaryFindingGene, Validity};
use crate::{Mode, Resolution};
use std::collections::BTreeMap;

/// ClinGen's rows.
pub(super) fn clingen(genes: &Genes, csv: &str, out: &mut Links, tally: &mut Tally) -> Result<(), BuildError> {
    const FILE: &str = "ClinGen gene validity";
    let mut any = false;
    for (line, row) in rows_of(csv) {
        let cells = quoted(row);
        let [symbol, hgnc, label, disease, moi, _sop, class, report, date, ..] = cells.as_slice() else { continue };
        let Ok(id) = hgnc.parse::<HgncId>() else { continue }; // the file's title lines and its rule of `+`
        let error = |what: String| BuildError::Line { file: FILE, line, what };
        let mode = Mode::from_code(moi).ok_or_else(|| error(format!("`{moi}` is not a known mode of inheritance")))?;
        let validity =
            Validity::from_words(class).ok_or_else(|| error(format!("`{class}` is not a known classification")))?;
        let Some(gene) = genes.by_hgnc(id).and_then(|g| of(genes, g)).or_else(|| position(genes, symbol)) else {
            tally.doubt("clingen_gene_not_resolved", (FILE, line, Doubt::UnknownGene, symbol));
            continue;
        };
        any = true;
        tally.count("clingen", 1);
        let assertion = report.rsplit('/').next().unwrap_or_default();
        let day = date.split('T').next().unwrap_or_default();
        out.entry(gene).or_default().push(GeneDisease {
            disease: disease.as_str().into(),
            label: label.as_str().into(),
            modes: vec![mode],
            validity: Some(validity),
            source: DiseaseSource::ClinGen,
            evidence: format!("{assertion} ({day})").into(),
        });
    }
    if any { Ok(()) } else { Err(BuildError::Empty(FILE)) }
}

/// Rows of the ACMG list.
pub(super) fn secondary(
    genes: &Genes,
    (acmg, version): (&str, &str),
    tally: &mut Tally,
) -> Result<Vec<(u32, Vec<SecondaryFindingGene>)>, BuildError> {
    const FILE: &str = "ACMG SF";
    let mut by_gene: BTreeMap<u32, Vec<SecondaryFindingGene>> = BTreeMap::new();
    for (line, row) in rows_of(acmg).skip(1) {
        let [hgnc, _, _, symbol, _, disease, mim, category, inheritance, first_listed, report] =
            fields(FILE, line, row)?;
        let error = |what: String| BuildError::Line { file: FILE, line, what };
        let gene = hgnc.parse().ok().and_then(|id: HgncId| genes.by_hgnc(id));
        let gene = gene.ok_or_else(|| error(format!("`{hgnc}` ({symbol}) is not in the gene table")))?;
        let at = of(genes, gene).ok_or_else(|| error(format!("`{symbol}` is not in the gene table")))?;
        by_gene.entry(index(at)).or_default().push(SecondaryFindingGene {
            disease: disease.into(),
            disorder_mim: mim.into(),
            category: category.into(),
            inheritance: Mode::from_code(inheritance)
                .ok_or_else(|| error(format!("`{inheritance}` is not a known mode of inheritance")))?,
            report: report_rule(report).ok_or_else(|| error(format!("`{report}` is not a known rule")))?,
            variants_to_report: report.into(),
            first_listed: first_listed.into(),
            list_version: version.into(),
        });
        tally.count("secondary_findings", 1);
    }
    if by_gene.is_empty() {
        return Err(BuildError::Empty(FILE));
    }
    tally.count("secondary_finding_genes", by_gene.len());
    Ok(by_gene.into_iter().collect())
}

fn report_rule(words: &str) -> Option<ReportRule> {
    Some(match words.trim() {
        "All P and LP" => ReportRule::AllPathogenic,
        "P and LP (2 variants)" => ReportRule::TwoVariants,
        "All hemi, het, homozygous P and LP" => ReportRule::AnyZygosity,
        "p.C282Y homozygotes only" => ReportRule::Cys282TyrHomozygous,
        "P and LP (truncating variants only)" => ReportRule::TruncatingOnly,
        _ => return None,
    })
}

/// Cells of a CSV line; a quoted cell may hold commas and doubled quotes, not line breaks.
fn quoted(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut inside) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if inside && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => inside = !inside,
            ',' if !inside => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

/// The approved symbol that a name of a source means today; the name itself when the table cannot say.
pub(super) fn approved<'a>(genes: &'a Genes, name: &'a str) -> &'a str {
    match genes.resolve(name) {
        Resolution::Approved(gene) | Resolution::Alias(gene) => &gene.symbol,
        Resolution::Ambiguous(_) | Resolution::Unknown => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_cells() {
        for (line, cells) in
            [(r#""A","b, c","say ""x""""#, vec!["A", "b, c", r#"say "x""#]), ("a,,b", vec!["a", "", "b"])]
        {
            assert_eq!(quoted(line), cells, "{line}");
        }
    }
}
