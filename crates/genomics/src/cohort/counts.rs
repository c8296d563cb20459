//! How many persons carry each allele of a bin.

use super::bytes::{Reader, Writer};
use super::{Carried, CohortError, Key};
use indgang_model::Variant;
use std::cmp::Ordering;

/// Carriers of the alleles of one bin. An allele that nobody carries is not in it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Counts {
    alleles: Vec<(Key, Tally)>,
}

/// How many persons carry an allele.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Persons who carry it, on one copy or more.
    pub carriers: u32,
    /// Those of them who have it on every copy: homozygous, or hemizygous where there is one copy.
    pub homozygotes: u32,
}

impl Counts {
    /// Adds one person's alleles of this bin.
    pub fn add(&mut self, carried: &[Carried]) {
        let mut sum = Vec::with_capacity(self.alleles.len() + carried.len());
        let mut old = std::mem::take(&mut self.alleles).into_iter().peekable();
        for one in carried {
            while let Some(before) = old.next_if(|(key, _)| *key < one.key) {
                sum.push(before);
            }
            let same = old.next_if(|(key, _)| *key == one.key);
            let (key, mut tally) = same.unwrap_or_else(|| (one.key.clone(), Tally::default()));
            tally.carriers += 1;
            tally.homozygotes += u32::from(one.every_copy);
            sum.push((key, tally));
        }
        sum.extend(old);
        self.alleles = sum;
    }

    /// Takes out what [`Counts::add`] of the same alleles put in.
    ///
    /// # Errors
    /// [`CohortError::NotCounted`] when they were not added; the counts are then as they were.
    pub fn subtract(&mut self, carried: &[Carried]) -> Result<(), CohortError> {
        let mut left = self.alleles.clone();
        let mut places = left.iter_mut();
        for one in carried {
            let (_, tally) = places
                .find(|(key, _)| *key >= one.key)
                .filter(|(key, _)| *key == one.key)
                .ok_or(CohortError::NotCounted)?;
            let homozygote = u32::from(one.every_copy);
            tally.carriers = tally.carriers.checked_sub(1).ok_or(CohortError::NotCounted)?;
            tally.homozygotes = tally.homozygotes.checked_sub(homozygote).ok_or(CohortError::NotCounted)?;
            if tally.homozygotes > tally.carriers {
                return Err(CohortError::NotCounted);
            }
        }
        left.retain(|(_, tally)| tally.carriers > 0);
        self.alleles = left;
        Ok(())
    }

    /// How many carry an allele; nobody when it is not there.
    pub fn get(&self, variant: &Variant) -> Tally {
        let key = Key::of(variant);
        let found = self.alleles.binary_search_by(|(other, _)| other.cmp(&key));
        found.ok().and_then(|index| self.alleles.get(index)).map_or_else(Tally::default, |(_, tally)| *tally)
    }

    /// True when nobody carries anything.
    pub fn is_empty(&self) -> bool {
        self.alleles.is_empty()
    }

    /// As bytes for storage.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        for (key, tally) in &self.alleles {
            // Most alleles have one carrier, on one copy: the mark says that more follows.
            let more = *tally != Tally { carriers: 1, homozygotes: 0 };
            writer.key(key, more);
            if more {
                writer.number(u64::from(tally.carriers));
                writer.number(u64::from(tally.homozygotes));
            }
        }
        writer.finish()
    }

    /// Back from bytes.
    ///
    /// # Errors
    /// [`CohortError::Unreadable`] when they are not what [`Counts::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, CohortError> {
        let mut reader = Reader::new(bytes)?;
        let mut alleles: Vec<(Key, Tally)> = Vec::new();
        while let Some((key, more)) = reader.key()? {
            let mut tally = Tally { carriers: 1, homozygotes: 0 };
            if more {
                let mut number = || u32::try_from(reader.number()?).map_err(|_| CohortError::Unreadable);
                tally = Tally { carriers: number()?, homozygotes: number()? };
            }
            let after = alleles.last().is_none_or(|(last, _)| last.cmp(&key) == Ordering::Less);
            if !after || tally.carriers == 0 || tally.homozygotes > tally.carriers {
                return Err(CohortError::Unreadable);
            }
            alleles.push((key, tally));
        }
        Ok(Self { alleles })
    }
}

/// Counts are about few persons: how many alleles, not which.
impl std::fmt::Debug for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Counts({} alleles)", self.alleles.len())
    }
}
