//! Scores of predictors that the user has imported: REVEL and SpliceAI, asked for the few alleles that came through.
//!
//! What the family's own file says goes before. Neither ships, and without them every answer is as it was.

use crate::intake::{Candidate, GeneEffect};
use crate::words::Words;
use indgang_genomics::site::Event;
use indgang_knowledge::Genes;
use indgang_knowledge::scores::{Predictor, Scores, ScoresError};
use indgang_model::{Assembly, Variant};
use std::collections::BTreeMap;

/// The imported scores, on the case's assembly.
#[derive(Debug, Default)]
pub struct Predictors {
    tables: Vec<Scores>,
}

impl Predictors {
    /// Of these files of scores.
    pub fn new(tables: Vec<Scores>) -> Self {
        Self { tables }
    }

    fn of(&self, predictor: Predictor, assembly: Assembly) -> Option<&Scores> {
        self.tables.iter().find(|table| table.about().predictor == predictor && table.about().assembly == assembly)
    }

    /// Version of each on an assembly, by the name that criteria have for their source.
    pub(crate) fn versions(&self, assembly: Assembly) -> BTreeMap<String, String> {
        let known = Predictor::ALL.into_iter().filter_map(|predictor| Some((predictor, self.of(predictor, assembly)?)));
        known.map(|(predictor, table)| (predictor.name().to_owned(), table.about().version.clone())).collect()
    }

    /// Gives a candidate the scores that its file does not have.
    ///
    /// # Errors
    /// When a file of scores cannot be read.
    pub(crate) fn fill(&self, candidate: &mut Candidate, assembly: Assembly, genes: &Genes) -> Result<(), ScoresError> {
        if candidate.site.event != Event::Small {
            return Ok(());
        }
        let Candidate { site, effects, .. } = candidate;
        if let Some(revel) = self.of(Predictor::Revel, assembly) {
            missense(revel, &site.variant, effects)?;
        }
        if let Some(splice_ai) = self.of(Predictor::SpliceAi, assembly) {
            splicing(splice_ai, &site.variant, effects, genes)?;
        }
        Ok(())
    }
}

/// REVEL has a row for each amino acid that the transcripts of a place give. The one of the new amino acid is taken; where
/// that is not known, the score when all rows have the same one.
fn missense(table: &Scores, variant: &Variant, effects: &mut [GeneEffect]) -> Result<(), ScoresError> {
    let wanted = |effect: &&mut GeneEffect| effect.consequence == "missense_variant" && effect.revel.is_none();
    if !effects.iter_mut().any(|effect| wanted(&effect)) {
        return Ok(());
    }
    let rows = table.get(variant)?;
    for effect in effects.iter_mut().filter(wanted) {
        let acid = effect.amino_acid.map(|(_, to)| char::from(to).to_string());
        effect.revel = one_score(rows.iter().filter(|(of, _)| acid.as_ref().is_none_or(|acid| of == acid)));
    }
    Ok(())
}

/// The score on which all rows agree.
fn one_score<'a>(mut rows: impl Iterator<Item = &'a (String, f64)>) -> Option<f64> {
    let (_, first) = rows.next()?;
    rows.all(|(_, score)| score == first).then_some(*first)
}

/// SpliceAI tells by gene, under the symbol of its time.
fn splicing(table: &Scores, variant: &Variant, effects: &mut [GeneEffect], genes: &Genes) -> Result<(), ScoresError> {
    if effects.iter().all(|effect| effect.splice_ai.is_some()) {
        return Ok(());
    }
    let rows = table.get(variant)?;
    let today =
        |symbol: &str| genes.by_symbol(symbol).map_or_else(|| symbol.to_owned(), |gene| gene.symbol.to_string());
    for effect in effects.iter_mut().filter(|effect| effect.splice_ai.is_none()) {
        let of_gene = rows.iter().filter(|(symbol, _)| today(symbol) == effect.symbol);
        effect.splice_ai = of_gene.map(|(_, score)| *score).reduce(f64::max);
    }
    Ok(())
}

/// Names the predictors that neither the family's file nor an import tells.
pub(crate) fn absent(known: &BTreeMap<String, String>, candidates: &[Candidate]) -> Option<Words> {
    // Of what the affected carry: what a relative wishes to know changes no word.
    let primary = || candidates.iter().filter(|candidate| candidate.primary);
    let in_file = |score: fn(&GeneEffect) -> bool| primary().flat_map(|c| &c.effects).any(score);
    let told = [in_file(|effect| effect.revel.is_some()), in_file(|effect| effect.splice_ai.is_some())];
    let missing = Predictor::ALL.into_iter().zip(told).filter(|(p, told)| !told && !known.contains_key(p.name()));
    let names: Vec<&str> = missing.map(|(predictor, _)| predictor.name()).collect();
    (!names.is_empty() && primary().next().is_some()).then(|| {
        Words::new(
            format!("Ingen score fra {}: PP3 og BP4 er ikke søgt derved.", names.join(" og ")),
            format!("No scores of {}: PP3 and BP4 were not sought by them.", names.join(" and ")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_disagree_give_no_score() {
        let row = |of: &str, score| (of.to_owned(), score);
        for (rows, expected) in [
            (vec![], None),
            (vec![row("A", 0.9)], Some(0.9)),
            (vec![row("A", 0.9), row("T", 0.9)], Some(0.9)),
            (vec![row("A", 0.9), row("T", 0.2)], None),
        ] {
            assert_eq!(one_score(rows.iter()), expected, "{rows:?}");
        }
    }
}
