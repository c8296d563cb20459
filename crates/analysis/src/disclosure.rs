//! Statistical disclosure control: which cells of a table of counts and sums may be shown.
//!
//! Four things keep a cell back, looked for in this order, and each again until nothing changes:
//!
//! 1. *Minimum cell*: fewer persons than the least number; no persons at all, too.
//! 2. *Dominance*: one person makes up too much of a sum (p % rule: the rest beside the two largest is under p % of the
//!    largest; (n, k) rule: the two largest are over k % of all).
//! 3. *Complement*: within a line of the table (all categories of one variable, the others fixed) what is kept back of
//!    persons must be another cell too, and together at least the least number: the line's total may be known.
//! 4. *Difference*: a cell, together with what the same asker was shown earlier, tells of a set of persons under the
//!    least number, by what it has more, less, or by what disjoint cells leave of it.
//!
//! Method card: `docs/methods/disclosure.md`. The rules and their names are those of Hundepool et al., *Statistical
//! Disclosure Control* (Wiley, 2012), chapter 4; the thresholds of dominance those of SACRO (p = 10 %, (2, 90 %)).

use roaring::RoaringBitmap;
use std::collections::BTreeMap;

/// What is demanded of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// The least number of persons.
    pub minimum: u64,
    /// The rest beside the two largest must be at least this part of the largest (0 to 1).
    pub p_percent: f64,
    /// The two largest must be at most this part of all (0 to 1).
    pub dominance: f64,
}

impl Rules {
    /// With a least number of persons, and the usual thresholds of dominance.
    pub const fn with_minimum(minimum: u64) -> Self {
        Self { minimum, p_percent: 0.1, dominance: 0.9 }
    }
}

/// What persons contribute to a sum, without sign.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shares {
    /// The largest.
    pub largest: f64,
    /// The second largest.
    pub second: f64,
    /// All together.
    pub total: f64,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// Its place: for each variable the number of its category.
    pub place: Vec<u32>,
    /// Whom it is about.
    pub persons: RoaringBitmap,
    /// What they contribute to each of its sums.
    pub shares: Vec<Shares>,
}

/// Whether a cell may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It may.
    Shown,
    /// It is about too few persons.
    Small,
    /// One or two persons dominate a sum.
    Dominated,
    /// With it, a cell that is kept back could be had from a total.
    Complementary,
    /// With what was shown earlier, it tells of too few persons.
    Differencing,
}

/// Judges the cells of a table, given the tables of persons shown earlier to the same asker.
pub fn judge(cells: &[Cell], rules: &Rules, earlier: &[Vec<RoaringBitmap>]) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = cells.iter().map(|cell| alone(cell, rules)).collect();
    let sets: Vec<&RoaringBitmap> = earlier.iter().flatten().collect();
    let wholes: Vec<RoaringBitmap> = earlier.iter().map(|table| union(table.iter())).collect();
    for (cell, verdict) in cells.iter().zip(&mut verdicts) {
        let differs = |other: &RoaringBitmap| under(cell.persons.symmetric_difference_len(other), rules);
        let told = sets.iter().any(|set| differs(set))
            || wholes.iter().any(differs)
            || earlier.iter().any(|table| under(remainder(&cell.persons, table.iter()), rules));
        if *verdict == Verdict::Shown && told {
            *verdict = Verdict::Differencing;
        }
    }
    loop {
        let changed = complement(cells, &mut verdicts, rules) | difference(cells, &mut verdicts, rules, &sets, &wholes);
        if !changed {
            return verdicts;
        }
    }
}

fn alone(cell: &Cell, rules: &Rules) -> Verdict {
    if cell.persons.len() < rules.minimum {
        Verdict::Small
    } else if cell.shares.iter().any(|shares| dominated(shares, rules)) {
        Verdict::Dominated
    } else {
        Verdict::Shown
    }
}

/// True when one or two persons make up too much of a sum.
pub fn dominated(shares: &Shares, rules: &Rules) -> bool {
    let Shares { largest, second, total } = *shares;
    let rest = total - largest - second;
    // A sum of nothing tells that every share is nothing; what is no number is kept back.
    total.is_nan() || total <= 0.0 || rest < rules.p_percent * largest || largest + second > rules.dominance * total
}

/// Keeps back more cells until in each line none, or at least two with enough persons, are kept back. True when one was.
fn complement(cells: &[Cell], verdicts: &mut [Verdict], rules: &Rules) -> bool {
    let variables = cells.first().map_or(0, |cell| cell.place.len());
    let mut changed = false;
    for variable in 0..variables {
        let mut lines: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
        for (at, cell) in cells.iter().enumerate() {
            let mut line = cell.place.clone();
            line.remove(variable);
            lines.entry(line).or_default().push(at);
        }
        for line in lines.values() {
            changed |= complement_line(cells, verdicts, rules, line);
        }
    }
    changed
}

fn complement_line(cells: &[Cell], verdicts: &mut [Verdict], rules: &Rules, line: &[usize]) -> bool {
    let mut changed = false;
    loop {
        let hidden: Vec<usize> = line.iter().copied().filter(|at| verdicts[*at] != Verdict::Shown).collect();
        let persons = union(hidden.iter().map(|at| &cells[*at].persons)).len();
        if hidden.is_empty() || (hidden.len() >= 2 && persons >= rules.minimum) {
            return changed;
        }
        let shown = line.iter().copied().filter(|at| verdicts[*at] == Verdict::Shown);
        let Some(least) = shown.min_by_key(|at| (cells[*at].persons.len(), *at)) else { return changed };
        verdicts[least] = Verdict::Complementary;
        changed = true;
    }
}

/// Keeps back cells of this table that together leave too few persons of something shown earlier, and too small a
/// difference of the whole. True when one was.
fn difference(
    cells: &[Cell],
    verdicts: &mut [Verdict],
    rules: &Rules,
    sets: &[&RoaringBitmap],
    wholes: &[RoaringBitmap],
) -> bool {
    for set in sets.iter().copied().chain(wholes) {
        let shown = || (0..cells.len()).filter(|at| verdicts[*at] == Verdict::Shown);
        let whole = union(shown().map(|at| &cells[at].persons));
        let told = under(remainder(set, shown().map(|at| &cells[at].persons)), rules)
            || under(whole.symmetric_difference_len(set), rules);
        let least = shown().min_by_key(|at| (cells[*at].persons.len(), *at));
        if let (true, Some(least)) = (told, least) {
            verdicts[least] = Verdict::Differencing;
            return true;
        }
    }
    false
}

/// How many persons of a set are in none of the parts that lie within it; 0 when none lies within it.
fn remainder<'a>(set: &RoaringBitmap, parts: impl Iterator<Item = &'a RoaringBitmap>) -> u64 {
    let within = union(parts.filter(|part| part.len() < set.len() && part.is_subset(set)));
    if within.is_empty() { 0 } else { set.difference_len(&within) }
}

const fn under(persons: u64, rules: &Rules) -> bool {
    0 < persons && persons < rules.minimum
}

fn union<'a>(sets: impl Iterator<Item = &'a RoaringBitmap>) -> RoaringBitmap {
    sets.fold(RoaringBitmap::new(), |all, set| all | set)
}

/// A count rounded to a multiple of a base; half goes up.
pub const fn rounded(count: u64, base: u64) -> u64 {
    if base < 2 { count } else { (count + base / 2) / base * base }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules::with_minimum(5);

    fn people(range: std::ops::Range<u32>) -> RoaringBitmap {
        range.collect()
    }

    fn line(sizes: &[u32]) -> Vec<Cell> {
        let mut first = 0;
        let cells = sizes.iter().enumerate().map(|(at, size)| {
            first += size;
            Cell { place: vec![at as u32], persons: people(first - size..first), shares: vec![] }
        });
        cells.collect()
    }

    fn letters(verdicts: &[Verdict]) -> String {
        let letter = |verdict: &Verdict| match verdict {
            Verdict::Shown => '.',
            Verdict::Small => 's',
            Verdict::Dominated => 'd',
            Verdict::Complementary => 'c',
            Verdict::Differencing => 'x',
        };
        verdicts.iter().map(letter).collect()
    }

    #[test]
    fn a_line_hides_none_or_enough() {
        for (sizes, expected) in [
            (&[10, 20, 30][..], "..."),
            (&[4, 20, 30], "sc."),
            (&[4, 4, 30], "ss."),      // together eight persons
            (&[1, 2, 30, 40], "ssc."), // together three
            (&[0, 20, 30], "sc."),     // a zero cell tells that nobody is there
            (&[3], "s"),
            (&[5], "."),
        ] {
            assert_eq!(letters(&judge(&line(sizes), &RULES, &[])), expected, "{sizes:?}");
        }
    }

    #[test]
    fn in_two_ways_each_line_hides_none_or_two() {
        // One small cell of nine: its row and its column each hide another, and so does theirs.
        let sizes = [3, 10, 20, 30, 40, 50, 60, 70, 80];
        let mut cells = line(&sizes);
        for (at, cell) in cells.iter_mut().enumerate() {
            cell.place = vec![at as u32 / 3, at as u32 % 3];
        }
        let verdicts = judge(&cells, &RULES, &[]);
        for variable in 0..2 {
            for category in 0..3 {
                let hidden =
                    cells.iter().zip(&verdicts).filter(|(c, v)| c.place[variable] == category && **v != Verdict::Shown);
                assert_ne!(hidden.count(), 1, "{}", letters(&verdicts));
            }
        }
        assert!(verdicts.iter().filter(|v| **v == Verdict::Shown).count() >= 4, "{}", letters(&verdicts));
    }

    #[test]
    fn what_was_shown_earlier_is_remembered() {
        let all = people(0..100);
        for (name, earlier, cell, shown) in [
            ("the same again", vec![vec![all.clone()]], people(0..100), true),
            ("n - 1", vec![vec![all.clone()]], people(1..100), false),
            ("n + 1", vec![vec![people(1..100)]], all.clone(), false),
            ("far away", vec![vec![all.clone()]], people(0..50), true),
            (
                "tracker: all but one way and the other",
                vec![vec![people(0..60)], vec![people(60..99)]],
                people(0..61),
                false,
            ),
            ("parts of one table leave three", vec![vec![people(0..50), people(50..97)]], all.clone(), false),
            ("parts leave enough", vec![vec![people(0..50), people(50..90)]], all.clone(), true),
        ] {
            let cells = [Cell { place: vec![0], persons: cell, shares: vec![] }];
            assert_eq!(judge(&cells, &RULES, &earlier)[0] == Verdict::Shown, shown, "{name}");
        }
        // The total first, then the parts: one part is kept back, since together they leave three of the total.
        let parts = line(&[50, 47]);
        assert_eq!(letters(&judge(&parts, &RULES, &[vec![people(0..100)]])), "cx");
    }

    #[test]
    fn a_sum_that_one_makes_up_is_kept_back() {
        for (largest, second, total, expected) in [
            (10.0, 10.0, 100.0, false),
            (90.0, 5.0, 100.0, true), // 95 of 100
            (50.0, 45.0, 99.0, true), // the rest is 4, under a tenth of 50
            (50.0, 39.0, 100.0, false),
            (0.0, 0.0, 0.0, true),
            (f64::NAN, 0.0, f64::NAN, true),
        ] {
            assert_eq!(dominated(&Shares { largest, second, total }, &RULES), expected, "{largest} {second} {total}");
        }
    }

    #[test]
    fn rounding_goes_to_the_nearest() {
        for (count, base, expected) in [(0, 5, 0), (2, 5, 0), (3, 5, 5), (7, 5, 5), (8, 5, 10), (7, 1, 7), (7, 0, 7)] {
            assert_eq!(rounded(count, base), expected);
        }
    }
}
