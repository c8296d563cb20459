//! The Human Phenotype Ontology: terms, their order, and what became of old identifiers.

mod graph;
mod obo;
mod obographs;
mod suggest;

use std::collections::HashMap;

use indgang_model::HpoId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use graph::Closure;
pub use suggest::{Suggestion, edit_distance};

/// HP:0000118, the root of everything that counts as a sign.
const PHENOTYPIC_ABNORMALITY: HpoId = HpoId(118);

/// A current term's place in [`Hpo::terms`]. Parents always stand before their children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TermIndex(pub u32);

impl TermIndex {
    /// As an index of a slice.
    pub const fn usize(self) -> usize {
        self.0 as usize
    }
}

/// A current term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The identifier.
    #[serde(with = "number")]
    pub id: HpoId,
    /// The primary English name.
    pub name: Box<str>,
    /// Other names, exact and related, in the file's order.
    pub synonyms: Vec<Box<str>>,
    /// Direct parents (`is_a`), ascending.
    pub parents: Vec<TermIndex>,
    /// Identifiers that were merged into this term.
    #[serde(with = "numbers")]
    pub alternatives: Vec<HpoId>,
}

/// A term that was taken out of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObsoleteTerm {
    /// The identifier.
    #[serde(with = "number")]
    pub id: HpoId,
    /// The name it had, without the word `obsolete`.
    pub name: Box<str>,
    /// The term the editors say to use instead, when they name one.
    #[serde(with = "maybe_number")]
    pub replaced_by: Option<HpoId>,
}

/// What became of an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// In use.
    Current(TermIndex),
    /// Merged into, or replaced by, a term in use.
    Replaced {
        /// The term to use.
        by: TermIndex,
    },
    /// Out of use, and no single term replaces it.
    Obsolete {
        /// The name it had.
        name: Box<str>,
        /// Terms with names like it, nearest first.
        suggestions: Vec<Suggestion>,
    },
    /// Never seen.
    Unknown {
        /// Terms whose identifiers differ least, nearest first.
        suggestions: Vec<Suggestion>,
    },
}

/// Why an ontology cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HpoError {
    /// Not JSON, or not of the obographs shape.
    #[error("not an obographs JSON file: {0}; use `hp.json` of an HPO release")]
    Json(#[from] serde_json::Error),
    /// A line of an OBO file that cannot be read.
    #[error("line {line}: `{value}` is not {wanted}; use `hp.obo` of an HPO release")]
    Obo {
        /// The line, from 1.
        line: usize,
        /// What stands there.
        value: String,
        /// What should stand there.
        wanted: &'static str,
    },
    /// No HPO term within.
    #[error("the file holds no HPO terms; use `hp.json` or `hp.obo` of an HPO release")]
    Empty,
    /// The same identifier twice.
    #[error("`{0}` stands twice as a term; the file is damaged, download the release again")]
    Duplicate(HpoId),
    /// An edge to a term that is not there.
    #[error("`{child}` has the parent `{parent}`, which is not a current term; download the release again")]
    Parent {
        /// The lower end.
        child: HpoId,
        /// The absent upper end.
        parent: HpoId,
    },
    /// A term is its own ancestor.
    #[error("`{0}` is its own ancestor; the file is damaged, download the release again")]
    Cycle(HpoId),
}

/// The ontology, ready to walk.
#[derive(Debug, Clone)]
pub struct Hpo {
    version: Box<str>,
    terms: Vec<Term>,
    obsolete: Vec<ObsoleteTerm>,
    by_id: HashMap<HpoId, TermIndex>,
    replaced: HashMap<HpoId, TermIndex>,
    obsolete_by_id: HashMap<HpoId, usize>,
    closure: Closure,
    phenotypic_abnormality: Option<TermIndex>,
}

impl Hpo {
    /// Reads an HPO release in obographs JSON (`hp.json`).
    ///
    /// # Errors
    /// [`HpoError`] when the bytes are not such a file or the terms form no directed acyclic graph.
    pub fn from_obographs_json(json: &[u8]) -> Result<Self, HpoError> {
        let (version, terms, obsolete) = obographs::parse(json)?;
        Self::from_parts(version, terms, obsolete)
    }

    /// Reads an HPO release in OBO format (`hp.obo`).
    ///
    /// # Errors
    /// As [`Self::from_obographs_json`], with the line where a line is at fault.
    pub fn from_obo(text: &str) -> Result<Self, HpoError> {
        let (version, terms, obsolete) = obographs::assembled(obo::parse(text)?)?;
        Self::from_parts(version, terms, obsolete)
    }

    /// Terms must be in topological order with parents as indices of the same list.
    fn from_parts(version: Box<str>, terms: Vec<Term>, obsolete: Vec<ObsoleteTerm>) -> Result<Self, HpoError> {
        let index = |i: usize| TermIndex(u32::try_from(i).unwrap_or(u32::MAX));
        let mut by_id = HashMap::with_capacity(terms.len());
        for (i, term) in terms.iter().enumerate() {
            if by_id.insert(term.id, index(i)).is_some() {
                return Err(HpoError::Duplicate(term.id));
            }
            if term.parents.iter().any(|p| p.usize() >= i) {
                return Err(HpoError::Cycle(term.id));
            }
        }
        let obsolete_by_id: HashMap<HpoId, usize> = obsolete.iter().enumerate().map(|(i, t)| (t.id, i)).collect();
        let mut replaced: HashMap<HpoId, TermIndex> = HashMap::new();
        for (i, term) in terms.iter().enumerate() {
            for id in term.alternatives.iter().filter(|id| !by_id.contains_key(id)) {
                replaced.entry(*id).or_insert(index(i));
            }
        }
        for term in &obsolete {
            if let Some(by) = follow(term, &obsolete, &obsolete_by_id, &by_id, &replaced) {
                replaced.insert(term.id, by);
            }
        }
        let closure = Closure::new(&terms);
        let phenotypic_abnormality = by_id.get(&PHENOTYPIC_ABNORMALITY).copied();
        Ok(Self { version, terms, obsolete, by_id, replaced, obsolete_by_id, closure, phenotypic_abnormality })
    }

    /// The release, as the file names it (`2024-08-13`).
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All current terms, parents before children.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// All terms out of use, by identifier.
    pub fn obsolete(&self) -> &[ObsoleteTerm] {
        &self.obsolete
    }

    /// The term at a place of [`Self::terms`]. Indices come from this same ontology.
    pub fn term(&self, index: TermIndex) -> &Term {
        &self.terms[index.usize()]
    }

    /// The current term with this identifier; alternative and obsolete identifiers are not followed.
    pub fn get(&self, id: HpoId) -> Option<&Term> {
        self.by_id.get(&id).map(|i| self.term(*i))
    }

    /// What became of an identifier, with suggestions when it cannot be used.
    pub fn resolve(&self, id: HpoId) -> Resolution {
        if let Some(index) = self.by_id.get(&id) {
            return Resolution::Current(*index);
        }
        if let Some(by) = self.replaced.get(&id) {
            return Resolution::Replaced { by: *by };
        }
        if let Some(i) = self.obsolete_by_id.get(&id) {
            let name = &self.obsolete[*i].name;
            return Resolution::Obsolete { name: name.clone(), suggestions: self.suggest(name, 3) };
        }
        Resolution::Unknown { suggestions: self.suggest(&id.to_string(), 3) }
    }

    /// The term to use for an identifier: itself, or what replaced it.
    pub fn current(&self, id: HpoId) -> Option<TermIndex> {
        self.by_id.get(&id).or_else(|| self.replaced.get(&id)).copied()
    }

    /// A term and all above it, ascending by index.
    pub fn ancestors(&self, index: TermIndex) -> &[TermIndex] {
        self.closure.ancestors(index)
    }

    /// A term and all below it, ascending by index.
    pub fn descendants(&self, index: TermIndex) -> &[TermIndex] {
        self.closure.descendants(index)
    }

    /// Whether `ancestor` is `index` or above it.
    pub fn is_a(&self, index: TermIndex, ancestor: TermIndex) -> bool {
        self.ancestors(index).binary_search(&ancestor).is_ok()
    }

    /// Whether the term is a sign: HP:0000118 or below, not a mode of inheritance, a modifier or a frequency.
    pub fn is_phenotypic_abnormality(&self, index: TermIndex) -> bool {
        self.phenotypic_abnormality.is_some_and(|root| self.is_a(index, root))
    }

    /// HP:0000118 itself.
    pub fn phenotypic_abnormality(&self) -> Option<TermIndex> {
        self.phenotypic_abnormality
    }
}

/// Follows `replaced_by` through chains of obsolete terms, at most as many steps as there are terms.
fn follow(
    term: &ObsoleteTerm,
    obsolete: &[ObsoleteTerm],
    obsolete_by_id: &HashMap<HpoId, usize>,
    by_id: &HashMap<HpoId, TermIndex>,
    merged: &HashMap<HpoId, TermIndex>,
) -> Option<TermIndex> {
    let mut next = term.replaced_by?;
    for _ in 0..=obsolete.len() {
        if let Some(index) = by_id.get(&next).or_else(|| merged.get(&next)) {
            return Some(*index);
        }
        next = obsolete[*obsolete_by_id.get(&next)?].replaced_by?;
    }
    None
}

/// What is stored: the rest is made again on loading.
#[derive(Deserialize)]
struct Stored {
    version: Box<str>,
    terms: Vec<Term>,
    obsolete: Vec<ObsoleteTerm>,
}

impl Serialize for Hpo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct View<'a> {
            version: &'a str,
            terms: &'a [Term],
            obsolete: &'a [ObsoleteTerm],
        }
        View { version: &self.version, terms: &self.terms, obsolete: &self.obsolete }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Hpo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        Self::from_parts(stored.version, stored.terms, stored.obsolete).map_err(serde::de::Error::custom)
    }
}

/// Identifiers stored as their numbers: a third of the bytes of their text.
mod number {
    use super::{Deserialize, Deserializer, HpoId, Serializer};

    pub fn serialize<S: Serializer>(id: &HpoId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(id.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HpoId, D::Error> {
        u32::deserialize(deserializer).map(HpoId)
    }
}

mod maybe_number {
    use super::{Deserialize, Deserializer, HpoId, Serialize, Serializer};

    pub fn serialize<S: Serializer>(id: &Option<HpoId>, serializer: S) -> Result<S::Ok, S::Error> {
        id.map(|id| id.0).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<HpoId>, D::Error> {
        Ok(Option::<u32>::deserialize(deserializer)?.map(HpoId))
    }
}

mod numbers {
    use super::{Deserialize, Deserializer, HpoId, Serializer};

    pub fn serialize<S: Serializer>(ids: &[HpoId], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(ids.iter().map(|id| id.0))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<HpoId>, D::Error> {
        Ok(Vec::<u32>::deserialize(deserializer)?.into_iter().map(HpoId).collect())
    }
}

#[cfg(test)]
mod tests;
