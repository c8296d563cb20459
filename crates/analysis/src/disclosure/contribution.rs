//! What stands behind a number that is told: how often each person is counted in it.

use roaring::RoaringBitmap;
use std::collections::BTreeMap;

/// How often each person is counted in a number. Two numbers with the same contributions are the same number, and a
/// linear combination of numbers is the number of the combined contributions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Contribution {
    /// How often, ascending, and who; each person once, nobody zero times, no layer empty.
    layers: Vec<(u32, RoaringBitmap)>,
}

impl Contribution {
    /// Each of these persons, once.
    pub fn once(persons: RoaringBitmap) -> Self {
        if persons.is_empty() { Self::default() } else { Self { layers: vec![(1, persons)] } }
    }

    /// Persons by how often they are counted. Who is named twice counts for the sum of both.
    pub fn of(layers: impl IntoIterator<Item = (u32, RoaringBitmap)>) -> Self {
        let mut all: BTreeMap<u32, RoaringBitmap> = BTreeMap::new();
        let mut before = RoaringBitmap::new();
        for (times, mut persons) in layers {
            // Most often nobody is named twice.
            if !before.is_disjoint(&persons) {
                let mut moved = Vec::new();
                for (known, among) in &mut all {
                    let both = &*among & &persons;
                    *among -= &both;
                    persons -= &both;
                    moved.push((known + times, both));
                }
                moved.into_iter().for_each(|(times, both)| *all.entry(times).or_default() |= both);
            }
            before |= &persons;
            *all.entry(times).or_default() |= persons;
        }
        Self { layers: all.into_iter().filter(|(times, persons)| *times > 0 && !persons.is_empty()).collect() }
    }

    /// How often, and who; ascending, each person once.
    pub fn layers(&self) -> &[(u32, RoaringBitmap)] {
        &self.layers
    }

    /// Everybody who is counted.
    pub fn persons(&self) -> RoaringBitmap {
        self.layers.iter().fold(RoaringBitmap::new(), |all, (_, persons)| all | persons)
    }

    /// How many persons are counted.
    pub fn len(&self) -> u64 {
        self.layers.iter().map(|(_, persons)| persons.len()).sum()
    }

    /// True when nobody is.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// The same persons, each once.
    pub fn each_once(&self) -> Self {
        Self::once(self.persons())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_is_in_one_layer() {
        let people = |range: std::ops::Range<u32>| range.collect::<RoaringBitmap>();
        let twice = Contribution::of([(1, people(0..6)), (1, people(4..8)), (0, people(8..9))]);
        assert_eq!(twice.layers(), [(1, people(0..4) | people(6..8)), (2, people(4..6))]);
        assert_eq!((twice.len(), twice.each_once().layers().len()), (8, 1));
        assert!(Contribution::once(people(0..0)).is_empty());
    }
}
