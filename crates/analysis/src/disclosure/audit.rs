//! Whether numbers, added and subtracted in whatever way, tell of too few persons.
//!
//! Each number is a vector: how often each person is counted in it. What can be worked out from numbers by linear
//! combination are the vectors that theirs span over the rational numbers. It is told of too few when one of these is zero
//! for all but one to *minimum* − 1 persons. A number less another (n − 1, n + 1), a total less its parts, and the tracker
//! are such combinations; so is every longer one. The question is that of the least weight of a linear code; the criterion
//! that of Chin and Özsoyoglu's audit (IEEE Trans Softw Eng 1982;8:574), widened from one person to few.
//!
//! Persons who are counted alike are one unknown. Those who are enough bind the combinations to zero there, which most
//! often leaves none. What is left is proved safe by as many disjoint sets of unknowns, each of full rank, as the minimum
//! (Brouwer and Zimmermann's bound), or searched through. Arithmetic is modulo a prime, in which nothing that tells is
//! lost; what is taken for dependent is verified in whole numbers. Beyond the bounds below nothing more is told.

use super::atoms::{Atom, atoms, counts_nobody, everybody};
use super::contribution::Contribution;
use super::linear::{Beyond, Echelon, Residue, Row, Work, whole};
use super::search::{Combination, lightest, parts};

/// Steps that an audit may take: entries of rows, and persons of numbers, that are looked at.
pub const MOST_STEPS: u64 = 2_000_000_000;
/// Independent combinations that are searched through.
const MOST_FREE: usize = 160;
/// Groups of persons among which they are searched.
const MOST_SMALL: usize = 20_000;

/// What an audit found: groups of numbers, by their places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// Combinations that tell of too few.
    pub tells: Vec<Vec<usize>>,
    /// Combinations that tell of nobody: each of their numbers follows from the others.
    pub follows: Vec<Vec<usize>>,
}

/// It could not be worked out within [`MOST_STEPS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more numbers were told than can be looked through")]
pub struct TooMuch;

/// Looks for combinations of numbers that tell of one to `minimum` − 1 persons.
///
/// # Errors
/// [`TooMuch`] when it could not be worked out.
pub fn audit(numbers: &[&Contribution], minimum: u64) -> Result<Audit, TooMuch> {
    within(numbers, minimum, MOST_STEPS)
}

fn within(numbers: &[&Contribution], minimum: u64, steps: u64) -> Result<Audit, TooMuch> {
    if minimum <= 1 {
        return Ok(Audit::default());
    }
    // Rare ones lead the equations: so a cell goes by its totals, and few equations grow.
    let mut order: Vec<usize> = (0..numbers.len()).filter(|at| !numbers[*at].is_empty()).collect();
    order.sort_by_key(|at| numbers[*at].len());
    let sorted: Vec<&Contribution> = order.iter().map(|at| numbers[*at]).collect();
    let mut found = Audit::default();
    let tells = combinations(&sorted, minimum, &mut found.follows, &mut Work(steps)).map_err(|Beyond| TooMuch)?;
    found.tells = tells.iter().map(|factors| named(factors)).collect();
    found.tells.iter_mut().chain(&mut found.follows).flatten().for_each(|at| *at = order[*at]);
    Ok(found)
}

/// The numbers in a combination.
fn named(factors: &[Residue]) -> Vec<usize> {
    factors.iter().enumerate().filter(|(_, factor)| !factor.is_zero()).map(|(at, _)| at).collect()
}

/// The combinations that tell of too few; those that tell of nobody go to `follows`.
fn combinations(
    numbers: &[&Contribution],
    minimum: u64,
    follows: &mut Vec<Vec<usize>>,
    work: &mut Work,
) -> Result<Vec<Vec<Residue>>, Beyond> {
    let everybody = everybody(numbers);
    let mut atoms = atoms(numbers, &everybody, work)?;
    let large = bound(numbers.len(), numbers.len(), &atoms, minimum, work)?;
    if large.rank() == numbers.len() {
        return Ok(Vec::new());
    }
    // What is a combination of others tells nothing more than they, and is set aside.
    let spare = dependent(numbers.len(), (&atoms, follows), &large, work)?;
    atoms.iter_mut().for_each(|atom| atom.counted.retain(|(number, _)| !spare[*number as usize]));
    atoms.retain(|atom| !atom.counted.is_empty());
    let independent = spare.iter().filter(|spare| !**spare).count();
    let large = bound(numbers.len(), independent, &atoms, minimum, work)?;
    let small: Vec<&Atom> = atoms.iter().filter(|atom| atom.size < minimum).collect();
    let rows = || small.iter().map(|atom| (atom.equation(), atom.size));
    if large.rank() == independent || is_far(&large, independent, rows(), minimum, work)? {
        return Ok(Vec::new());
    }
    let free: Vec<usize> = large.free().filter(|number| !spare[*number]).collect();
    if free.len() > MOST_FREE || small.len() > MOST_SMALL {
        return Err(Beyond);
    }
    let mut basis = Vec::new();
    for number in free {
        let factors = large.solution(number, work)?;
        work.spend(small.iter().map(|atom| atom.counted.len()).sum())?;
        let told = small.iter().map(|atom| {
            let terms = atom.counted.iter().map(|(at, times)| factors[*at as usize].times(Residue::of(*times)));
            terms.fold(Residue::default(), Residue::plus)
        });
        basis.push(Combination { told: told.collect(), factors });
    }
    let sizes: Vec<u64> = small.iter().map(|atom| atom.size).collect();
    let mut found = Vec::new();
    for part in parts(basis, work)? {
        let columns: Vec<usize> =
            (0..sizes.len()).filter(|at| part.iter().any(|one| !one.told[*at].is_zero())).collect();
        found.extend(lightest(part, columns, &sizes, minimum - 1, work)?);
    }
    Ok(found)
}

/// The equations of the atoms that are enough persons, until there are `full` independent ones.
fn bound(numbers: usize, full: usize, atoms: &[Atom], minimum: u64, work: &mut Work) -> Result<Echelon, Beyond> {
    let mut echelon = Echelon::new(numbers);
    let large = || atoms.iter().filter(|atom| atom.size >= minimum).map(Atom::equation);
    // Those that are quick to add first: most often they are enough, or nearly so.
    for quick in [true, false] {
        for equation in large() {
            if echelon.rank() == full {
                return Ok(echelon);
            }
            if !quick || !echelon.leads(&equation) {
                echelon.add(equation, work)?;
            }
        }
    }
    Ok(echelon)
}

/// How many equations may say nothing new before it is looked whether all are said.
const PATIENCE: usize = 64;

/// The numbers that are combinations of others, verified in whole numbers.
fn dependent(
    numbers: usize,
    (atoms, follows): (&[Atom], &mut Vec<Vec<usize>>),
    large: &Echelon,
    work: &mut Work,
) -> Result<Vec<bool>, Beyond> {
    let mut all = large.clone();
    for equation in atoms.iter().map(Atom::equation) {
        if !all.leads(&equation) {
            all.add(equation, work)?;
        }
    }
    let (mut idle, mut patience) = (0, PATIENCE);
    for atom in atoms {
        if all.rank() == numbers {
            return Ok(vec![false; numbers]);
        }
        idle = if all.add(atom.equation(), work)? { 0 } else { idle + 1 };
        if idle > patience {
            // What is verified stands, whichever equations were left out.
            if let Some(spare) = verified(&all, numbers, (atoms, &mut *follows), work)? {
                return Ok(spare);
            }
            (idle, patience) = (0, patience * 4);
        }
    }
    verified(&all, numbers, (atoms, follows), work)?.ok_or(Beyond)
}

/// The numbers that the equations leave free, when each is the combination of others that they say.
fn verified(
    equations: &Echelon,
    numbers: usize,
    (atoms, follows): (&[Atom], &mut Vec<Vec<usize>>),
    work: &mut Work,
) -> Result<Option<Vec<bool>>, Beyond> {
    let mut spare = vec![false; numbers];
    let mut found = Vec::new();
    for number in equations.free() {
        let factors = equations.solution(number, work)?;
        work.spend(atoms.iter().map(|atom| atom.counted.len()).sum())?;
        if !whole(&factors).is_some_and(|factors| counts_nobody(atoms, &factors)) {
            return Ok(None);
        }
        spare[number] = true;
        found.push(named(&factors));
    }
    follows.extend(found);
    Ok(Some(spare))
}

/// True when every combination that the equations leave reaches `minimum` persons at least, since so many disjoint groups
/// of rows are each of full rank: it is not zero in any of them.
pub(super) fn is_far(
    bound: &Echelon,
    full: usize,
    rows: impl Iterator<Item = (Row, u64)>,
    minimum: u64,
    work: &mut Work,
) -> Result<bool, Beyond> {
    let mut rows: Vec<(Row, u64)> = rows.collect();
    let missing = (full - bound.rank()) as u64;
    if rows.iter().map(|(_, persons)| *persons).sum::<u64>() < missing.saturating_mul(minimum) {
        return Ok(false);
    }
    for _ in 0..minimum {
        let mut group = bound.clone();
        for quick in [true, false] {
            for (row, persons) in rows.iter_mut().filter(|(_, persons)| *persons > 0) {
                if group.rank() == full {
                    break;
                }
                if !(quick && group.leads(row)) && group.add(row.clone(), work)? {
                    *persons -= 1;
                }
            }
        }
        if group.rank() < full {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "a number may be of one range of persons")]
mod tests {
    use super::*;
    use roaring::RoaringBitmap;
    use std::collections::BTreeMap;

    /// Numbers that look like chance and are always the same.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, most: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % most
        }
    }

    /// The rank of a matrix of small whole numbers, without division.
    fn rank(mut rows: Vec<Vec<i128>>) -> usize {
        let mut rank = 0;
        for at in 0..rows.first().map_or(0, Vec::len) {
            let Some(lead) = (rank..rows.len()).find(|row| rows[*row][at] != 0) else { continue };
            rows.swap(rank, lead);
            for row in rank + 1..rows.len() {
                let (a, b) = (rows[rank][at], rows[row][at]);
                for column in 0..rows[row].len() {
                    rows[row][column] = rows[row][column] * a - rows[rank][column] * b;
                }
            }
            rank += 1;
        }
        rank
    }

    /// Whether few persons are told of, by trying each group of them: with their columns taken away, the rank is less.
    fn brute(matrix: &[Vec<i128>], minimum: u32) -> bool {
        let persons = matrix[0].len();
        let all = rank(matrix.to_vec());
        (1u32..1 << persons).filter(|group| group.count_ones() < minimum).any(|group| {
            let without = |row: &Vec<i128>| {
                let kept = row.iter().enumerate().filter(|(at, _)| group >> at & 1 == 0);
                kept.map(|(_, times)| *times).collect::<Vec<i128>>()
            };
            rank(matrix.iter().map(without).collect()) < all
        })
    }

    fn numbers(matrix: &[Vec<i128>]) -> Vec<Contribution> {
        let of = |row: &Vec<i128>| {
            let each = row.iter().zip(0..).map(|(times, person)| (u32::try_from(*times).unwrap(), [person].into()));
            Contribution::of(each)
        };
        matrix.iter().map(of).collect()
    }

    /// The combination that is named must be a group of numbers that tells without the others.
    fn check(matrix: &[Vec<i128>], minimum: u32) -> bool {
        let contributions = numbers(matrix);
        let told: Vec<&Contribution> = contributions.iter().collect();
        let expected = brute(matrix, minimum);
        let found = audit(&told, u64::from(minimum)).unwrap();
        assert_eq!(!found.tells.is_empty(), expected, "{minimum}: {matrix:?}: {found:?}");
        let rows = |group: &Vec<usize>| group.iter().map(|at| matrix[*at].clone()).collect::<Vec<_>>();
        for group in &found.tells {
            assert!(brute(&rows(group), minimum), "{minimum}: {matrix:?}: {group:?} does not tell by itself");
        }
        let told_of = matrix.iter().filter(|row| row.iter().any(|times| *times > 0)).count();
        assert_eq!(rank(matrix.to_vec()) + found.follows.len(), told_of, "{matrix:?}: {found:?}");
        for group in &found.follows {
            assert!(rank(rows(group)) < group.len(), "{matrix:?}: {group:?} are independent");
        }
        expected
    }

    #[test]
    fn it_finds_what_trying_every_group_finds() {
        let (mut chance, mut telling, mut tried) = (Chance(1), 0, 0);
        for _ in 0..4000 {
            let (persons, rows) = (2 + chance.below(9), 1 + chance.below(6));
            let (minimum, most) = (2 + chance.below(5) as u32, 1 + chance.below(3));
            // Persons alike, as there are in registers: each is one of a few kinds.
            let kinds = 1 + chance.below(persons);
            let kind: Vec<usize> = (0..persons).map(|_| chance.below(kinds) as usize).collect();
            let matrix: Vec<Vec<i128>> = (0..rows)
                .map(|_| {
                    let of: Vec<i128> = (0..kinds).map(|_| i128::from(chance.below(1 + most))).collect();
                    kind.iter().map(|kind| of[*kind]).collect()
                })
                .collect();
            telling += usize::from(check(&matrix, minimum));
            tried += 1;
        }
        assert!(telling > tried / 5 && telling < tried * 4 / 5, "{telling} of {tried} tell");
    }

    fn people(range: std::ops::Range<u32>) -> Contribution {
        Contribution::once(range.collect())
    }

    fn tells(numbers: &[Contribution]) -> bool {
        !audit(&numbers.iter().collect::<Vec<_>>(), 5).unwrap().tells.is_empty()
    }

    #[test]
    fn known_attacks_are_found() {
        let of = |ranges: &[std::ops::Range<u32>]| {
            Contribution::once(ranges.iter().cloned().flatten().collect::<RoaringBitmap>())
        };
        for (name, numbers, expected) in [
            ("n and n - 1", vec![people(0..100), people(0..99)], true),
            ("n and n - 5", vec![people(0..100), people(0..95)], false),
            ("a total and its parts", vec![people(0..100), people(0..50), people(50..97)], true),
            ("a total and all its parts", vec![people(0..100), people(0..50), people(50..100)], false),
            ("a tracker", vec![people(0..60), of(&[0..10, 60..100]), of(&[10..60, 60..101])], false),
            // a + b - c - d, where no two differ by few and none is within another.
            (
                "four sets crosswise",
                vec![of(&[0..10, 10..20]), of(&[20..30, 30..41]), of(&[0..10, 20..30]), of(&[10..20, 30..40])],
                true,
            ),
            // a + b + c - 2 d.
            ("a factor of two", vec![of(&[0..20]), of(&[10..30]), of(&[0..10, 20..31]), of(&[0..30])], true),
            ("repetition", vec![people(0..10), people(0..10), people(0..10)], false),
            (
                "one row more of the same persons",
                vec![people(0..100), Contribution::of([(1, (0..99).collect()), (2, [99].into())])],
                true,
            ),
        ] {
            assert_eq!(tells(&numbers), expected, "{name}");
        }
    }

    #[test]
    fn tables_of_a_usual_size_are_worked_out() {
        // A population by 20 regions, 30 years and two sexes, each alone and each two together: thousands of numbers.
        let mut chance = Chance(2);
        let persons: Vec<[usize; 3]> =
            (0..40_000).map(|_| [20, 30, 2].map(|most| chance.below(most) as usize)).collect();
        let mut told: Vec<Contribution> = Vec::new();
        for by in [&[0][..], &[1], &[2], &[0, 1], &[0, 2], &[1, 2], &[]] {
            let mut table: BTreeMap<Vec<usize>, RoaringBitmap> = BTreeMap::new();
            for (person, of) in (0..).zip(&persons) {
                table.entry(by.iter().map(|at| of[*at]).collect()).or_default().insert(person);
            }
            told.extend(table.into_values().map(Contribution::once));
        }
        assert!(told.len() > 700);
        assert!(!tells(&told));
        told.push(people(0..39_999));
        assert!(tells(&told));
        // Everybody by herself: nothing is proved, and nothing is told.
        let many: Vec<Contribution> =
            (0..300).map(|_| Contribution::once((0..400).filter(|_| chance.below(2) == 0).collect())).collect();
        assert_eq!(within(&many.iter().collect::<Vec<_>>(), 5, 50_000_000), Err(TooMuch));
        // A third as many are proved safe.
        assert!(!tells(&many[..60]));
    }
}
