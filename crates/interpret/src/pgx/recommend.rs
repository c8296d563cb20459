//! From genes' results to CPIC's rows: every row whose keys are all among a sample's results.

use super::report::{DrugReport, GeneReport, RecommendationReport};
use indgang_knowledge::pgx::{Guideline, Pgx, Recommendation};
use std::collections::BTreeMap;

/// The key of a gene without a result, in rows for several genes.
const NO_RESULT: &str = "No Result";

/// A drug's report, and whether any of its genes has a result.
pub fn drug(pgx: &Pgx, guideline: &Guideline, genes: &BTreeMap<&str, &GeneReport>) -> Option<DrugReport> {
    let mine: Vec<Option<&GeneReport>> = guideline.genes.iter().map(|g| genes.get(&**g).copied()).collect();
    let known = |gene: &Option<&GeneReport>| gene.is_some_and(|g| !g.diplotypes.is_empty());
    if !mine.iter().any(known) {
        return None;
    }
    let rows = guideline.recommendations.iter().filter_map(|row| row_report(pgx, guideline, row, &mine));
    let mut recommendations: Vec<RecommendationReport> = rows.collect();
    recommendations.sort_by(|a, b| {
        (strength(&a.classification), &a.population, &a.found_by).cmp(&(
            strength(&b.classification),
            &b.population,
            &b.found_by,
        ))
    });
    let without = guideline.genes.iter().zip(&mine).filter(|(_, gene)| !known(gene));
    Some(DrugReport {
        drug: guideline.drug.to_string(),
        drug_id: guideline.drug_id.to_string(),
        atc: guideline.atc.iter().map(ToString::to_string).collect(),
        guideline: guideline.name.to_string(),
        source: "CPIC",
        version: guideline.version.to_string(),
        url: guideline.url.to_string(),
        pmids: guideline.pmids.iter().map(ToString::to_string).collect(),
        genes: guideline.genes.iter().map(ToString::to_string).collect(),
        genes_without_result: without.map(|(gene, _)| gene.to_string()).collect(),
        provisional: mine.iter().flatten().any(|g| g.is_provisional()),
        recommendations,
        note: guideline.notes.as_ref().map(ToString::to_string),
    })
}

fn strength(classification: &str) -> u8 {
    match classification {
        "Strong" => 0,
        "Moderate" => 1,
        "Optional" => 2,
        _ => 3,
    }
}

fn row_report(
    pgx: &Pgx,
    guideline: &Guideline,
    row: &Recommendation,
    genes: &[Option<&GeneReport>],
) -> Option<RecommendationReport> {
    let (mut found_by, mut diplotypes) = (BTreeMap::new(), BTreeMap::new());
    if row.lookup.is_empty() {
        return None;
    }
    for (gene, key) in &row.lookup {
        let (place, key) = (usize::from(*gene), pgx.text(*key));
        let names = names_with(genes.get(place).copied().flatten(), key)?;
        let symbol = guideline.genes.get(place)?.to_string();
        found_by.insert(symbol.clone(), key.to_owned());
        diplotypes.insert(symbol, names);
    }
    // A row that only says that nothing is known would be no answer.
    if found_by.values().all(|key| key == NO_RESULT) {
        return None;
    }
    let implication = |(gene, text): &(u8, u32)| {
        Some((guideline.genes.get(usize::from(*gene))?.to_string(), pgx.text(*text).to_owned()))
    };
    let comments = pgx.text(row.comments);
    Some(RecommendationReport {
        classification: pgx.text(row.classification).to_owned(),
        recommendation: pgx.text(row.text).to_owned(),
        population: pgx.text(row.population).to_owned(),
        implications: row.implications.iter().filter_map(implication).collect(),
        found_by,
        diplotypes,
        comments: (!matches!(comments, "" | "n/a")).then(|| comments.to_owned()),
    })
}

/// The diplotypes of a gene that have a key; a gene without any has the key for that.
fn names_with(gene: Option<&GeneReport>, key: &str) -> Option<Vec<String>> {
    let diplotypes = gene.map_or(&[][..], |g| &g.diplotypes);
    if diplotypes.is_empty() {
        return (key == NO_RESULT).then(Vec::new);
    }
    let having = diplotypes.iter().filter(|d| d.lookup_keys.iter().any(|k| k == key));
    let names: Vec<String> = having.map(|d| d.name.clone()).collect();
    (!names.is_empty()).then_some(names)
}
