//! The search for a combination of numbers that tells of few persons, among those that tell of no atom of enough.

use super::audit::is_far;
use super::linear::{Beyond, Echelon, Residue, Row, Work};
use std::collections::BTreeMap;

/// A combination of numbers, and what it tells of each small atom.
#[derive(Debug, Clone)]
pub(super) struct Combination {
    pub(super) factors: Vec<Residue>,
    pub(super) told: Vec<Residue>,
}

impl Combination {
    fn subtract(&mut self, other: &Self, factor: Residue) {
        let less = |own: &mut Vec<Residue>, others: &[Residue]| {
            own.iter_mut().zip(others).for_each(|(own, other)| *own = own.minus(factor.times(*other)));
        };
        less(&mut self.factors, &other.factors);
        less(&mut self.told, &other.told);
    }

    const fn len(&self) -> usize {
        self.factors.len() + self.told.len()
    }
}

/// Makes each combination the only one that tells of its leading column. Those that tell of no column come out.
fn reduced(
    basis: Vec<Combination>,
    columns: &[usize],
    work: &mut Work,
) -> Result<(Vec<Combination>, Vec<Combination>), Beyond> {
    let (mut done, mut silent): (Vec<Combination>, _) = (Vec::new(), Vec::new());
    let mut leads: Vec<usize> = Vec::new();
    for mut combination in basis {
        work.spend(combination.len() * (2 * done.len() + 1))?;
        for (lead, earlier) in leads.iter().zip(&done) {
            combination.subtract(earlier, combination.told[*lead]);
        }
        let Some(lead) = columns.iter().copied().find(|at| !combination.told[*at].is_zero()) else {
            silent.push(combination);
            continue;
        };
        let inverse = combination.told[lead].inverse();
        let all = combination.factors.iter_mut().chain(&mut combination.told);
        all.for_each(|factor| *factor = factor.times(inverse));
        done.iter_mut().for_each(|earlier| earlier.subtract(&combination, earlier.told[lead]));
        leads.push(lead);
        done.push(combination);
    }
    Ok((done, silent))
}

/// The combinations in parts that have no column in common: the lightest is within one of them.
pub(super) fn parts(basis: Vec<Combination>, work: &mut Work) -> Result<Vec<Vec<Combination>>, Beyond> {
    let columns: Vec<usize> = (0..basis.first().map_or(0, |one| one.told.len())).collect();
    let (basis, _) = reduced(basis, &columns, work)?;
    let mut parts: Vec<(Vec<usize>, Vec<Combination>)> = Vec::new();
    for combination in basis {
        let mut own: Vec<usize> = columns.iter().copied().filter(|at| !combination.told[*at].is_zero()).collect();
        let mut members = vec![combination];
        let mut rest = Vec::new();
        for (theirs, combinations) in parts {
            work.spend(theirs.len().min(own.len()) + 1)?;
            if theirs.iter().any(|at| own.binary_search(at).is_ok()) {
                own.extend(theirs);
                own.sort_unstable();
                own.dedup();
                members.extend(combinations);
            } else {
                rest.push((theirs, combinations));
            }
        }
        rest.push((own, members));
        parts = rest;
    }
    Ok(parts.into_iter().map(|(_, members)| members).collect())
}

/// The factors of a combination that tells of at most `budget` persons in these columns; `None` when there is none.
pub(super) fn lightest(
    mut basis: Vec<Combination>,
    columns: Vec<usize>,
    sizes: &[u64],
    budget: u64,
    work: &mut Work,
) -> Result<Option<Vec<Residue>>, Beyond> {
    loop {
        let (left, silent) = reduced(basis, &columns, work)?;
        if let Some(telling) = silent.into_iter().next() {
            return Ok(Some(telling.factors));
        }
        basis = left;
        if basis.is_empty() {
            return Ok(None);
        }
        let rows = columns.iter().map(|at| (column(&basis, *at), sizes[*at].min(budget + 1)));
        if basis.len() > 2 && is_far(&Echelon::new(basis.len()), basis.len(), rows, budget + 1, work)? {
            return Ok(None);
        }
        let groups = groups(&basis, &columns, sizes, work)?;
        let (heavy, light): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(|group| group.persons > budget);
        if !heavy.is_empty() {
            for group in heavy {
                zero_at(&mut basis, group.columns[0], work)?;
            }
            continue;
        }
        // Either it tells of the largest group, and of fewer others, or it does not.
        let Some(group) = light.into_iter().max_by_key(|group| group.persons) else { return Ok(None) };
        let others = columns.iter().copied().filter(|at| !group.columns.contains(at)).collect();
        if let Some(found) = lightest(basis.clone(), others, sizes, budget - group.persons, work)? {
            return Ok(Some(found));
        }
        zero_at(&mut basis, group.columns[0], work)?;
    }
}

/// What the combinations tell of one column, as an equation.
fn column(basis: &[Combination], at: usize) -> Row {
    let told = (0..).zip(basis).map(|(number, one)| (number, one.told[at]));
    told.filter(|(_, told)| !told.is_zero()).collect()
}

/// Columns of which a combination tells together or not at all.
struct Group {
    columns: Vec<usize>,
    persons: u64,
}

fn groups(basis: &[Combination], columns: &[usize], sizes: &[u64], work: &mut Work) -> Result<Vec<Group>, Beyond> {
    let mut groups: BTreeMap<Row, Group> = BTreeMap::new();
    for at in columns {
        work.spend(basis.len() + 1)?;
        let mut row = column(basis, *at);
        let Some((_, lead)) = row.first().copied() else { continue };
        let inverse = lead.inverse();
        row.iter_mut().for_each(|(_, factor)| *factor = factor.times(inverse));
        let group = groups.entry(row).or_insert_with(|| Group { columns: Vec::new(), persons: 0 });
        group.columns.push(*at);
        group.persons += sizes[*at];
    }
    Ok(groups.into_values().collect())
}

/// Leaves the combinations that do not tell of a column.
fn zero_at(basis: &mut Vec<Combination>, at: usize, work: &mut Work) -> Result<(), Beyond> {
    let Some(lead) = basis.iter().position(|one| !one.told[at].is_zero()) else { return Ok(()) };
    let lead = basis.swap_remove(lead);
    let inverse = lead.told[at].inverse();
    work.spend(lead.len() * (basis.len() + 1))?;
    basis.iter_mut().for_each(|one| one.subtract(&lead, one.told[at].times(inverse)));
    Ok(())
}
