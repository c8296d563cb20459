//! What differs between two releases, for people: what came, what went, and what ClinVar says otherwise.

use super::Knowledge;
use crate::build::release::ReleaseError;
use crate::{ClinVarRecord, Significance};
use indgang_model::Assembly;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The differences between two releases.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Told {
    /// Publishers' files of another version, or new ones.
    pub sources: Vec<SourceChange>,
    /// Terms of the ontology, by identifier with their names.
    pub terms: Came<String>,
    /// Genes by approved symbol.
    pub genes: Came<String>,
    /// Diseases of the annotation file, by identifier with their names.
    pub diseases: Came<String>,
    /// Genes of diseases.
    pub associations: Came<Association>,
    /// ClinVar's records by number.
    pub clinvar: Came<u32>,
    /// Records that were not (likely) pathogenic, and are.
    pub upgrades: Vec<Reclassified>,
    /// Records that were (likely) pathogenic, and are no more.
    pub downgrades: Vec<Reclassified>,
    /// Records that are otherwise said otherwise, or with other stars.
    pub other_changes: u64,
}

/// What is in one release only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Came<T> {
    /// In the new one.
    pub added: Vec<T>,
    /// In the earlier one.
    pub withdrawn: Vec<T>,
}

impl<T> Default for Came<T> {
    fn default() -> Self {
        Self { added: Vec::new(), withdrawn: Vec::new() }
    }
}

/// A source of another version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceChange {
    /// Its short name.
    pub name: String,
    /// Earlier version; `None` of a new source.
    pub before: Option<String>,
    /// Version now.
    pub now: String,
}

/// A gene of a disease.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Association {
    /// Approved symbol.
    pub gene: String,
    /// Identifier of the disease.
    pub disease: String,
    /// Its name.
    pub label: String,
}

/// A record of ClinVar whose class has crossed the border of (likely) pathogenic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reclassified {
    /// Gene.
    pub gene: String,
    /// ClinVar's variation number.
    pub variation_id: u32,
    /// The change in the transcript; empty when not told.
    pub hgvs: String,
    /// ClinVar's words, with stars.
    pub before: String,
    /// ClinVar's words, with stars.
    pub now: String,
}

impl Told {
    /// Compares two releases.
    ///
    /// # Errors
    /// When a part of either cannot be opened.
    pub fn between(old: &Knowledge, new: &Knowledge) -> Result<Self, ReleaseError> {
        let mut told = Self {
            sources: sources(old, new)?,
            terms: came(&terms(old)?, &terms(new)?, |id, name| format!("{id} {name}")),
            genes: came(&genes(old)?, &genes(new)?, |symbol, ()| (*symbol).to_owned()),
            diseases: came(&diseases(old)?, &diseases(new)?, |id, name| format!("{id} {name}")),
            associations: came(&associations(old)?, &associations(new)?, |(gene, disease), label| Association {
                gene: (*gene).to_owned(),
                disease: (*disease).to_owned(),
                label: (*label).to_owned(),
            }),
            ..Self::default()
        };
        told.clinvar(old, new)?;
        Ok(told)
    }

    /// True when the releases tell the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn clinvar(&mut self, old: &Knowledge, new: &Knowledge) -> Result<(), ReleaseError> {
        let (before, now) = (records(old)?, records(new)?);
        self.clinvar = came(&before, &now, |number, _| *number);
        for (number, record) in &now {
            let Some(earlier) = before.get(number) else { continue };
            let side = |record: &ClinVarRecord<'_>| record.significance.is_pathogenic();
            let line = || Reclassified {
                gene: record.gene.to_owned(),
                variation_id: *number,
                hgvs: record.hgvs_c.unwrap_or_default().to_owned(),
                before: words(earlier),
                now: words(record),
            };
            match (side(earlier), side(record)) {
                (false, true) => self.upgrades.push(line()),
                (true, false) => self.downgrades.push(line()),
                _ if said(earlier) != said(record) => self.other_changes += 1,
                _ => {}
            }
        }
        self.upgrades.sort();
        self.downgrades.sort();
        Ok(())
    }
}

fn said(record: &ClinVarRecord<'_>) -> (Significance, u8) {
    (record.significance, record.stars)
}

fn words(record: &ClinVarRecord<'_>) -> String {
    format!("{} ({}/4)", record.significance_words.replace('_', " "), record.stars)
}

fn came<K: Ord, V, T>(old: &BTreeMap<K, V>, new: &BTreeMap<K, V>, tell: impl Fn(&K, &V) -> T) -> Came<T> {
    let only = |here: &BTreeMap<K, V>, there: &BTreeMap<K, V>| {
        here.iter().filter(|(key, _)| !there.contains_key(key)).map(|(key, value)| tell(key, value)).collect()
    };
    Came { added: only(new, old), withdrawn: only(old, new) }
}

fn sources(old: &Knowledge, new: &Knowledge) -> Result<Vec<SourceChange>, ReleaseError> {
    let before = old.manifest()?.versions();
    let changed = new.manifest()?.sources.iter().filter(|s| before.get(&s.name) != Some(&s.version));
    let change = |s: &crate::manifest::Source| SourceChange {
        name: s.name.clone(),
        before: before.get(&s.name).cloned(),
        now: s.version.clone(),
    };
    Ok(changed.map(change).collect())
}

fn terms(knowledge: &Knowledge) -> Result<BTreeMap<String, &str>, ReleaseError> {
    Ok(knowledge.hpo()?.terms().iter().map(|term| (term.id.to_string(), &*term.name)).collect())
}

fn genes(knowledge: &Knowledge) -> Result<BTreeMap<&str, ()>, ReleaseError> {
    Ok(knowledge.genes()?.all().iter().map(|gene| (&*gene.symbol, ())).collect())
}

fn diseases(knowledge: &Knowledge) -> Result<BTreeMap<String, &str>, ReleaseError> {
    Ok(knowledge.diseases()?.diseases().iter().map(|disease| (disease.id.to_string(), &*disease.name)).collect())
}

type Pair<'k> = (&'k str, &'k str);

fn associations(knowledge: &Knowledge) -> Result<BTreeMap<Pair<'_>, &str>, ReleaseError> {
    let genes = knowledge.genes()?;
    let mut all = BTreeMap::new();
    for gene in genes.all() {
        for link in genes.diseases_of(gene) {
            all.insert((&*gene.symbol, &*link.disease), &*link.label);
        }
    }
    Ok(all)
}

fn records(knowledge: &Knowledge) -> Result<BTreeMap<u32, ClinVarRecord<'_>>, ReleaseError> {
    let mut all = BTreeMap::new();
    for record in knowledge.clinvar(Assembly::GRCh37)?.records() {
        all.entry(record.variation_id).or_insert(record);
    }
    Ok(all)
}

/// Lines shown of each list; the JSON has all.
const SHOWN: usize = 10;

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "The releases say the same.");
        }
        for source in &self.sources {
            let before = source.before.as_deref().unwrap_or("none");
            writeln!(f, "{:<20} {before} -> {}", source.name, source.now)?;
        }
        came_lines(f, "terms", &self.terms, |term| term.clone())?;
        came_lines(f, "genes", &self.genes, |gene| gene.clone())?;
        came_lines(f, "diseases", &self.diseases, |disease| disease.clone())?;
        came_lines(f, "genes of diseases", &self.associations, |a| format!("{} {} {}", a.gene, a.disease, a.label))?;
        writeln!(
            f,
            "{:<20} {} added, {} withdrawn, {} upgraded, {} downgraded, {} otherwise changed",
            "ClinVar records",
            self.clinvar.added.len(),
            self.clinvar.withdrawn.len(),
            self.upgrades.len(),
            self.downgrades.len(),
            self.other_changes
        )?;
        for (sign, list) in [("up", &self.upgrades), ("down", &self.downgrades)] {
            let line =
                |r: &Reclassified| format!("{} {} {}: {} -> {}", r.gene, r.variation_id, r.hgvs, r.before, r.now);
            shown(f, sign, list, line)?;
        }
        Ok(())
    }
}

fn came_lines<T>(f: &mut fmt::Formatter<'_>, what: &str, came: &Came<T>, line: impl Fn(&T) -> String) -> fmt::Result {
    writeln!(f, "{what:<20} {} added, {} withdrawn", came.added.len(), came.withdrawn.len())?;
    shown(f, "+", &came.added, &line)?;
    shown(f, "-", &came.withdrawn, &line)
}

fn shown<T>(f: &mut fmt::Formatter<'_>, sign: &str, list: &[T], line: impl Fn(&T) -> String) -> fmt::Result {
    for one in list.iter().take(SHOWN) {
        writeln!(f, "  {sign} {}", line(one))?;
    }
    let more = list.len().saturating_sub(SHOWN);
    if more > 0 { writeln!(f, "  {sign} and {more} more") } else { Ok(()) }
}
