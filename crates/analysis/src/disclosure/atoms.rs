//! Persons who are counted alike in every number: no combination of the numbers tells them from each other.

use super::contribution::Contribution;
use super::linear::{Beyond, Residue, Row, Work};
use roaring::RoaringBitmap;
use std::collections::HashMap;

/// Persons who are counted alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Atom {
    /// How many.
    pub(super) size: u64,
    /// The numbers in which they are counted, ascending, each with how often.
    pub(super) counted: Vec<(u32, u32)>,
}

impl Atom {
    /// What a combination must fulfil in order not to tell of them.
    pub(super) fn equation(&self) -> Row {
        self.counted.iter().map(|(number, times)| (*number, Residue::of(*times))).collect()
    }
}

/// Everybody who is counted in any of the numbers, ascending.
pub(super) fn everybody(numbers: &[&Contribution]) -> Vec<u32> {
    let layers = numbers.iter().flat_map(|number| number.layers());
    layers.fold(RoaringBitmap::new(), |all, (_, persons)| all | persons).into_iter().collect()
}

/// The atoms of some numbers, the largest first.
pub(super) fn atoms(numbers: &[&Contribution], everybody: &[u32], work: &mut Work) -> Result<Vec<Atom>, Beyond> {
    // Everybody begins alike; each layer of each number parts those within it from those outside.
    let mut label = vec![0u32; everybody.len()];
    let mut labels = 1u32;
    for (_, persons) in numbers.iter().flat_map(|number| number.layers()) {
        work.spend(usize::try_from(persons.len()).unwrap_or(usize::MAX))?;
        let mut parted: HashMap<u32, u32> = HashMap::new();
        for place in places(everybody, persons) {
            let old = label[place];
            label[place] = *parted.entry(old).or_insert_with(|| {
                labels += 1;
                labels - 1
            });
        }
    }
    let mut known: HashMap<u32, usize> = HashMap::new();
    let mut atoms: Vec<Atom> = Vec::new();
    let mut first = vec![None; everybody.len()];
    for (place, label) in label.iter().enumerate() {
        let at = *known.entry(*label).or_insert_with(|| {
            atoms.push(Atom { size: 0, counted: Vec::new() });
            first[place] = Some(atoms.len() - 1);
            atoms.len() - 1
        });
        atoms[at].size += 1;
    }
    for (number, contribution) in (0..).zip(numbers) {
        for (times, persons) in contribution.layers() {
            for at in places(everybody, persons).filter_map(|place| first[place]) {
                work.spend(1)?;
                atoms[at].counted.push((number, *times));
            }
        }
    }
    atoms.sort_by_key(|atom| std::cmp::Reverse(atom.size));
    Ok(atoms)
}

/// True when a combination of the numbers, with whole factors, counts nobody.
pub(super) fn counts_nobody(atoms: &[Atom], factors: &[i64]) -> bool {
    atoms.iter().all(|atom| {
        let terms =
            atom.counted.iter().map(|(number, times)| i128::from(factors[*number as usize]) * i128::from(*times));
        terms.sum::<i128>() == 0
    })
}

/// Where persons stand among all; both ascend.
fn places<'a>(everybody: &'a [u32], persons: &'a RoaringBitmap) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    persons.iter().filter_map(move |person| {
        // Steps that double, then halves: near when many are asked for, quick when few.
        let (mut step, mut to) = (1, from);
        while to < everybody.len() && everybody[to] < person {
            from = to + 1;
            to += step;
            step *= 2;
        }
        let within = &everybody[from..everybody.len().min(to.saturating_add(1))];
        let at = from + within.partition_point(|known| *known < person);
        from = at;
        (everybody.get(at) == Some(&person)).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn once(persons: &[u32]) -> Contribution {
        Contribution::once(persons.iter().copied().collect())
    }

    #[test]
    fn atoms_are_who_is_counted_alike() {
        let numbers = [once(&[1, 2, 3, 4]), Contribution::of([(1, [3].into()), (2, [4, 9].into())])];
        let numbers: Vec<&Contribution> = numbers.iter().collect();
        let all = everybody(&numbers);
        assert_eq!(all, [1, 2, 3, 4, 9]);
        let mut found = atoms(&numbers, &all, &mut Work(1000)).unwrap();
        found.sort_by(|a, b| a.counted.cmp(&b.counted));
        let expected = [(2, vec![(0, 1)]), (1, vec![(0, 1), (1, 1)]), (1, vec![(0, 1), (1, 2)]), (1, vec![(1, 2)])];
        assert_eq!(found, expected.map(|(size, counted)| Atom { size, counted }));
        assert_eq!(atoms(&numbers, &all, &mut Work(3)), Err(Beyond));
    }

    #[test]
    fn places_are_found_however_far() {
        let all: Vec<u32> = (0..1000).map(|n| n * 3).collect();
        for wanted in [vec![0], vec![2997], vec![0, 3, 6, 2994, 2997], vec![1, 3, 5000], (0..3000).collect()] {
            let expected: Vec<usize> =
                wanted.iter().filter(|n| **n % 3 == 0 && **n < 3000).map(|n| *n as usize / 3).collect();
            assert_eq!(places(&all, &wanted.iter().copied().collect()).collect::<Vec<_>>(), expected, "{wanted:?}");
        }
    }

    #[test]
    fn a_sum_less_its_parts_counts_nobody() {
        let numbers = [once(&[1, 2, 3]), once(&[1]), once(&[2, 3])];
        let numbers: Vec<&Contribution> = numbers.iter().collect();
        let all = everybody(&numbers);
        let atoms = atoms(&numbers, &all, &mut Work(1000)).unwrap();
        assert!(counts_nobody(&atoms, &[1, -1, -1]));
        assert!(!counts_nobody(&atoms, &[1, -1, 0]));
    }
}
