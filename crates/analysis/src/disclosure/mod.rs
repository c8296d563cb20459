//! Statistical disclosure control: which cells of a table of counts and sums may be shown, and how.
//!
//! Four things keep a cell back, looked for in this order, and each again until nothing changes:
//!
//! 1. *Minimum cell*: fewer persons than the least number; no persons at all, too. So for each function of the cell that
//!    counts some of them only, and for the others of the cell.
//! 2. *Dominance*: one person makes up too much of a sum (p % rule: the rest beside the two largest is under p % of the
//!    largest; (n, k) rule: the two largest are over k % of all).
//! 3. *Complement*: within a line of the table (all categories of one variable, the others fixed) what is kept back of
//!    persons must be another cell too, and together at least the least number: the line's total may be known.
//! 4. *Difference*: its numbers, added to and subtracted from what the same asker was shown earlier and what is shown
//!    beside it, tell of a group of persons under the least number ([`audit`]); or one of them follows from others by
//!    whom they count and not by how they were asked: that it follows tells that nobody makes a difference.
//!
//! Method card: `docs/methods/disclosure.md`. The rules and their names are those of Hundepool et al., *Statistical
//! Disclosure Control* (Wiley, 2012), chapter 4; the thresholds of dominance those of SACRO (p = 10 %, (2, 90 %)).

mod atoms;
mod audit;
mod contribution;
mod linear;
mod noise;
mod search;

pub use audit::{Audit, MOST_STEPS, audit};
pub use contribution::Contribution;
pub use noise::{NoiseTable, Perturbation, Rounding, rounded};

use roaring::RoaringBitmap;
use std::collections::{BTreeMap, HashMap};

/// How often an audit may be made again because something was kept back, before all of a table is.
const MOST_AUDITS: usize = 40;

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
    /// For each function that counts some of them only: whom.
    pub counted: Vec<RoaringBitmap>,
    /// What they contribute to each of its sums.
    pub shares: Vec<Shares>,
    /// The numbers that it tells.
    pub told: Vec<Number>,
}

/// A number that is told: who is counted in it, and how it was asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Number {
    /// Who is counted, and how often.
    pub of: Contribution,
    /// Which cell of which question it is; 0 where that is not known any more.
    pub question: u128,
    /// The same for numbers that add up whoever is counted in them, such as the cells of a table and its totals; `None`
    /// for one that stands by itself.
    pub family: Option<u128>,
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

/// Judges the cells of a table, given the numbers shown earlier to the same asker.
pub fn judge(cells: &[Cell], rules: &Rules, earlier: &[Number]) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = cells.iter().map(|cell| alone(cell, rules)).collect();
    let known = Known::of(earlier);
    for audits in 0.. {
        while complement(cells, &mut verdicts, rules) {}
        if !difference(cells, &mut verdicts, rules, earlier, &known, audits < MOST_AUDITS) {
            break;
        }
    }
    verdicts
}

fn alone(cell: &Cell, rules: &Rules) -> Verdict {
    // Those of a cell who do not count in one of its functions are told by the difference of two.
    let few = |some: &RoaringBitmap| some.len() < rules.minimum || under(cell.persons.len() - some.len(), rules);
    if cell.persons.len() < rules.minimum || cell.counted.iter().any(few) {
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
        let functions = hidden.first().map_or(0, |at| cells[*at].counted.len());
        let enough = |persons: u64| persons >= rules.minimum;
        let each_enough = || {
            enough(union(hidden.iter().map(|at| &cells[*at].persons)).len())
                && (0..functions)
                    .all(|function| enough(union(hidden.iter().map(|at| &cells[*at].counted[function])).len()))
        };
        if hidden.is_empty() || (hidden.len() >= 2 && each_enough()) {
            return changed;
        }
        let shown = line.iter().copied().filter(|at| verdicts[*at] == Verdict::Shown);
        let Some(least) = shown.min_by_key(|at| (cells[*at].persons.len(), *at)) else { return changed };
        verdicts[least] = Verdict::Complementary;
        changed = true;
    }
}

/// Keeps back cells whose numbers, together with what was shown earlier, tell of too few persons. True when one was.
fn difference(
    cells: &[Cell],
    verdicts: &mut [Verdict],
    rules: &Rules,
    earlier: &[Number],
    known: &Known<'_>,
    may_search: bool,
) -> bool {
    let mut numbers: Vec<&Number> = earlier.iter().collect();
    let mut of: Vec<usize> = Vec::new();
    for (at, cell) in cells.iter().enumerate().filter(|(at, _)| verdicts[*at] == Verdict::Shown) {
        // What was shown before is not shown more by being shown again.
        for number in cell.told.iter().filter(|number| !known.has(number)) {
            numbers.push(number);
            of.push(at);
        }
    }
    if of.is_empty() {
        return false;
    }
    let counted: Vec<&Contribution> = numbers.iter().map(|number| &number.of).collect();
    // What cannot be mended by one of the new cells, and what was not worked out, closes all of them.
    let kept: Option<Vec<usize>> = match may_search.then(|| audit(&counted, rules.minimum)) {
        Some(Ok(audit)) => {
            let least = |group: &Vec<usize>| least_of(cells, group, &of, earlier.len());
            let tells: Option<Vec<usize>> = audit.tells.iter().map(least).collect();
            let follows = audit.follows.iter().filter(|group| !add_up(&numbers, group));
            tells.map(|tells| tells.into_iter().chain(follows.filter_map(least)).collect())
        }
        _ => None,
    };
    let kept = kept.unwrap_or(of);
    kept.iter().for_each(|at| verdicts[*at] = Verdict::Differencing);
    !kept.is_empty()
}

/// True for numbers that add up whoever is counted in them.
fn add_up(numbers: &[&Number], group: &[usize]) -> bool {
    let mut families = group.iter().map(|at| numbers[*at].family);
    let first = families.next().flatten();
    first.is_some() && families.all(|family| family == first)
}

/// The cell of fewest persons among those of a combination that are new; `None` when none is.
fn least_of(cells: &[Cell], group: &[usize], of: &[usize], earlier: usize) -> Option<usize> {
    let new = group.iter().filter_map(|number| of.get(number.checked_sub(earlier)?).copied());
    new.min_by_key(|at| (cells[*at].persons.len(), *at))
}

/// The numbers that are not among those known, in their order.
pub fn unknown(known: &[Number], numbers: impl IntoIterator<Item = Number>) -> Vec<Number> {
    let known = Known::of(known);
    numbers.into_iter().filter(|number| !known.has(number)).collect()
}

/// Numbers that were shown, found by what they are.
struct Known<'a> {
    of: HashMap<(u64, usize, Option<u32>), Vec<&'a Number>>,
}

impl<'a> Known<'a> {
    fn of(numbers: &'a [Number]) -> Self {
        let mut of: HashMap<_, Vec<&Number>> = HashMap::new();
        numbers.iter().for_each(|number| of.entry(Self::place(&number.of)).or_default().push(number));
        Self { of }
    }

    /// The same cell of the same question, with the same persons.
    fn has(&self, number: &Number) -> bool {
        let same =
            |other: &&Number| (other.question == number.question || other.question == 0) && other.of == number.of;
        self.of.get(&Self::place(&number.of)).is_some_and(|alike| alike.iter().any(same))
    }

    fn place(counted: &Contribution) -> (u64, usize, Option<u32>) {
        let layers = counted.layers();
        (counted.len(), layers.len(), layers.first().and_then(|(_, persons)| persons.min()))
    }
}

const fn under(persons: u64, rules: &Rules) -> bool {
    0 < persons && persons < rules.minimum
}

fn union<'a>(sets: impl Iterator<Item = &'a RoaringBitmap>) -> RoaringBitmap {
    sets.fold(RoaringBitmap::new(), |all, set| all | set)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules::with_minimum(5);

    fn people(range: std::ops::Range<u32>) -> RoaringBitmap {
        range.collect()
    }

    /// A number of the first family.
    fn number(question: u128, persons: RoaringBitmap) -> Number {
        Number { of: Contribution::once(persons), question, family: Some(1) }
    }

    fn cell(place: Vec<u32>, persons: RoaringBitmap) -> Cell {
        Cell { place, persons: persons.clone(), told: vec![number(0, persons)], ..Cell::default() }
    }

    fn line(sizes: &[u32]) -> Vec<Cell> {
        let mut first = 0;
        let cells = sizes.iter().enumerate().map(|(at, size)| {
            first += size;
            cell(vec![at as u32], people(first - size..first))
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
        for (name, earlier, persons, shown) in [
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
            let cells = [cell(vec![0], persons)];
            let earlier: Vec<Number> = earlier.into_iter().flatten().map(|of| number(0, of)).collect();
            assert_eq!(judge(&cells, &RULES, &earlier)[0] == Verdict::Shown, shown, "{name}");
        }
        // The total first, then the parts: one part is kept back, since together they leave three of the total.
        let parts = line(&[50, 47]);
        assert_eq!(letters(&judge(&parts, &RULES, &[number(0, people(0..100))])), "cx");
    }

    #[test]
    fn a_count_within_a_count_is_judged_with_its_cell() {
        let some = |range| Cell { counted: vec![people(range)], ..cell(vec![0], people(0..20)) };
        for (range, expected) in [(0..10, "."), (0..20, "."), (0..4, "s"), (0..17, "s"), (0..0, "s")] {
            assert_eq!(letters(&judge(&[some(range.clone())], &RULES, &[])), expected, "{range:?}");
        }
        // A row left out for one function leaves out its complement for all of them.
        let mut cells = line(&[20, 30, 40]);
        cells.iter_mut().for_each(|cell| cell.counted = vec![cell.persons.clone()]);
        cells[2].counted = vec![people(50..53)];
        assert_eq!(letters(&judge(&cells, &RULES, &[])), "c.s");
    }

    #[test]
    fn what_follows_from_others_is_told_only_where_it_must() {
        let of = |question, family, range| Number { question, family, ..number(0, people(range)) };
        let total =
            |question, family| Cell { told: vec![of(question, family, 0..100)], ..cell(vec![], people(0..100)) };
        let parts = [of(1, Some(7), 0..50), of(2, Some(7), 50..100)];
        for (name, earlier, asked, expected) in [
            ("the total of a table", &parts[..], total(3, Some(7)), "."),
            ("the same by another question", &parts, total(3, Some(8)), "x"),
            ("by a question of no family", &parts, total(3, None), "x"),
            ("the same question again", &[of(3, None, 0..100)], total(3, None), "."),
            ("the same persons by another question", &[of(4, None, 0..100)], total(3, None), "x"),
            ("what was shown before questions were known", &[of(0, None, 0..100)], total(3, None), "."),
        ] {
            assert_eq!(letters(&judge(&[asked], &RULES, earlier)), expected, "{name}");
        }
        let fresh = unknown(&parts, [of(1, Some(7), 0..50), of(1, Some(7), 0..49), of(9, None, 0..50)]);
        assert_eq!(fresh, [of(1, Some(7), 0..49), of(9, None, 0..50)]);
    }

    #[test]
    fn rows_of_the_same_persons_are_told_apart() {
        // Everybody has one row, but one has two: without one row of hers the persons are the same.
        let of = Contribution::of([(1, people(0..99)), (2, people(99..100))]);
        let all = Number { of, ..Number::default() };
        let less = cell(vec![0], people(0..100));
        assert_eq!(letters(&judge(&[less], &RULES, &[all])), "x");
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
}
