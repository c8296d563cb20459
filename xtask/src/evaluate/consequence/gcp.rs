//! dbSNP's descriptions of one variant on genome, transcript and protein, as the tests of biocommons hgvs hold them.
//!
//! Without a genome only what needs no neighbouring bases is compared: one base for another, on the RefSeq transcripts of
//! hg19, from `g.` to `c.` (and `p.` not at all).

use super::tally::Tally;
use anyhow::{Context, Result};
use indgang_genomics::effect::Engine;
use indgang_genomics::transcripts::{Change, TranscriptTable, parse_refseq_bed12};
use indgang_model::{Assembly, Chromosome};
use std::collections::BTreeMap;
use std::path::Path;

/// `c.` of every line whose `g.` changes one base.
pub fn measure(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<Tally> {
    let bed = super::text(&folder.join("../transcripts/refseq_hg19.bed12.gz"))?;
    let table = TranscriptTable::new(parse_refseq_bed12(bed.as_bytes()).context("the transcripts of hg19")?);
    let reference = super::patchwork::Patchwork::default();
    let engine = Engine::new(&table, &reference, Some(Assembly::GRCh37));
    let (mut window, mut effects, mut tally) = (engine.window(), Vec::new(), Tally::default());
    for (_, text) in files.iter().filter(|(name, _)| name.contains("gcp/") && name.ends_with(".tsv")) {
        let text = String::from_utf8_lossy(text);
        for line in text.lines().filter(|l| l.starts_with("rs")) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [_, genome, described, ..] = cells[..] else { continue };
            let Some((chromosome, position, old, new)) = substitution(genome) else {
                tally.leave_out("an insertion or deletion, which the bases beside it place");
                continue;
            };
            let Some((accession, theirs)) = described.split_once(':') else { continue };
            let name = accession.split('.').next().unwrap_or(accession);
            let Some(change) = Change::new(position, old.as_bytes(), new.as_bytes()) else { continue };
            engine.effects(&mut window, chromosome, change, &mut effects);
            let ours = effects.iter().find(|e| e.transcript.is_some_and(|t| &*t.id == name));
            let Some(ours) = ours else {
                tally.leave_out("the transcript is not in the table");
                continue;
            };
            let mine = ours.hgvs_c.as_deref().unwrap_or("");
            tally.add(mine == theirs, || accession.to_owned(), || format!("{genome} {mine} / {theirs}"));
        }
    }
    Ok(tally)
}

/// `NC_000002.11:g.96778680C>A`.
fn substitution(text: &str) -> Option<(Chromosome, u32, &str, &str)> {
    let (contig, rest) = text.split_once(":g.")?;
    let (left, new) = rest.split_once('>')?;
    let (position, old) = left.split_at_checked(left.len() - 1)?;
    Some((Chromosome::from_name(contig.as_bytes())?, position.parse().ok()?, old, new))
}
