//! What one person carries on one genome build.

use super::bytes::{Reader, Writer};
use super::{Bin, CohortError, Key};
use crate::call::Genotype;
use indgang_model::Variant;

/// The small alleles one person carries, in order, each once. Person data: its `Debug` says how many and not which.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CallSet {
    carried: Vec<Carried>,
}

/// An allele and whether every copy is it. Person data; it says nothing by itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Carried {
    pub(super) key: Key,
    pub(super) every_copy: bool,
}

impl Carried {
    /// A person's call of an allele; `None` unless she carries it. `1/.` carries, and is not known to do so on every copy.
    pub fn of(variant: &Variant, genotype: Genotype) -> Option<Self> {
        genotype.carries().then(|| Self { key: Key::of(variant), every_copy: genotype.is_homozygous_alternate() })
    }
}

impl CallSet {
    /// From a person's calls in any order. An allele that stands twice (two files, two lines) counts once, on every copy
    /// when one of them says so.
    pub fn new(mut carried: Vec<Carried>) -> Self {
        carried.sort_unstable();
        carried.dedup_by(|later, first| {
            let same = later.key == first.key;
            first.every_copy |= same && later.every_copy;
            same
        });
        Self { carried }
    }

    /// How many alleles.
    pub fn len(&self) -> usize {
        self.carried.len()
    }

    /// True when nothing is carried.
    pub fn is_empty(&self) -> bool {
        self.carried.is_empty()
    }

    /// The alleles by bin.
    pub fn bins(&self) -> impl Iterator<Item = (Bin, &[Carried])> {
        let runs = self.carried.chunk_by(|a, b| a.key.bin() == b.key.bin());
        runs.filter_map(|run| Some((run.first()?.key.bin(), run)))
    }

    /// As bytes for storage: some two bytes an allele.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        for carried in &self.carried {
            writer.key(&carried.key, carried.every_copy);
        }
        writer.finish()
    }

    /// Back from bytes.
    ///
    /// # Errors
    /// [`CohortError::Unreadable`] when they are not what [`CallSet::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, CohortError> {
        let mut reader = Reader::new(bytes)?;
        let mut carried: Vec<Carried> = Vec::new();
        while let Some((key, every_copy)) = reader.key()? {
            if carried.last().is_some_and(|last| last.key >= key) {
                return Err(CohortError::Unreadable);
            }
            carried.push(Carried { key, every_copy });
        }
        Ok(Self { carried })
    }
}

impl std::fmt::Debug for CallSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CallSet({} alleles, redacted)", self.carried.len())
    }
}

impl std::fmt::Debug for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Carried(redacted)")
    }
}
