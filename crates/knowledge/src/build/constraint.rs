//! gnomAD's constraint by gene: the table of version 2.1.1 or of version 4, or the six columns of the shipped snapshot.

use super::checks::Doubt;
use super::genes::of;
use super::{BuildError, Columns, Tally, rows_of};
use crate::Resolution;
use crate::genes::Genes;
use std::collections::{BTreeMap, BTreeSet};

const FILE: &str = "gnomAD constraint";

/// By its approved symbol; its transcript is MANE's; pLI; LOEUF.
type Row = (bool, bool, Option<f32>, Option<f32>);

/// Rows that fall on one gene through a former symbol or twice: the row of the MANE transcript counts, else none.
/// `mane` is the table of MANE transcripts, for a file that does not say itself which are.
pub(super) fn constraint(
    genes: &mut Genes,
    text: &str,
    mane: Option<&str>,
    tally: &mut Tally,
) -> Result<(), BuildError> {
    let mane: BTreeSet<&str> = rows_of(mane.unwrap_or_default())
        .filter_map(|(_, row)| row.split('\t').nth(10))
        .filter_map(|enst| enst.split('.').next())
        .collect();
    let mut lines = (1..).zip(text.lines());
    let heading = lines.find(|(_, row)| row.trim_start_matches('#').split('\t').next() == Some("gene"));
    let (line, heading) = heading.ok_or(BuildError::Empty(FILE))?;
    let columns = Columns::of(FILE, line, heading);
    let (symbol, transcript) = (columns.need(&["gene"])?, columns.need(&["transcript"])?);
    let (pli, upper) = (columns.need(&["pLI", "lof.pLI"])?, columns.need(&["oe_lof_upper", "lof.oe_ci.upper"])?);
    let select = columns.find(&["mane_select"]);
    let mut found: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
    let mut unknown: BTreeSet<&str> = BTreeSet::new();
    for (line, row) in lines.filter(|(_, row)| !row.is_empty() && !row.starts_with('#')) {
        let cell = |column| columns.cell(line, row, column);
        let name = cell(symbol)?;
        let (approved, gene) = match genes.resolve(name) {
            Resolution::Approved(gene) => (true, gene),
            Resolution::Alias(gene) => (false, gene),
            Resolution::Ambiguous(_) | Resolution::Unknown => {
                if unknown.insert(name) {
                    tally.doubt("constraint_not_resolved", (FILE, line, Doubt::UnknownGene, name));
                } else {
                    tally.count("constraint_not_resolved", 1);
                }
                continue;
            }
        };
        let Some(at) = of(genes, gene) else { continue };
        let enst = cell(transcript)?;
        // Version 4 has a row for the Ensembl transcript of MANE and one for the RefSeq transcript that equals it.
        let of_mane = match select {
            Some(column) => cell(column)? == "true" && enst.starts_with("ENST"),
            None => mane.contains(enst),
        };
        found.entry(at).or_default().push((approved, of_mane, cell(pli)?.parse().ok(), cell(upper)?.parse().ok()));
    }
    for (gene, mut candidates) in found {
        if candidates.iter().any(|(approved, ..)| *approved) {
            candidates.retain(|(approved, ..)| *approved);
        }
        if candidates.len() > 1 {
            candidates.retain(|(_, in_mane, ..)| *in_mane);
        }
        match candidates.as_slice() {
            [(_, _, pli, loeuf)] => {
                (genes.records[gene].pli, genes.records[gene].loeuf) = (*pli, *loeuf);
                tally.count("genes_with_constraint", 1);
            }
            _ => tally.count("constraint_not_unique", 1),
        }
    }
    Ok(())
}
