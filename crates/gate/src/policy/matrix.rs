//! The permission matrix: role × purpose × kind of data, told by the policy itself.

use super::{Condition, Conditions, Policy, Rule, Situation, Verdict};
use crate::{Activity, BreakingGlassGround, Obligation, RelationGrade};
use indgang_model::{Category, Purpose, Role};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// One cell of the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Role.
    pub role: Role,
    /// Purpose.
    pub purpose: Purpose,
    /// Kind of data.
    pub category: Category,
    /// What can open it. Empty: nothing can.
    pub openings: Vec<Opening>,
    /// The rule that closes it whatever holds, or that it is closed because none opens. Empty when something can open it.
    pub closed_by: Option<String>,
}

/// One way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The rule.
    pub rule: String,
    /// What may then be done.
    pub activities: BTreeSet<Activity>,
    /// What must hold.
    pub conditions: Vec<Condition>,
    /// The least treatment relation.
    pub relation: RelationGrade,
    /// How the glass must be broken, when it must.
    pub breaking_glass: Option<BreakingGlassGround>,
    /// What goes with it.
    pub obligations: BTreeSet<Obligation>,
}

/// The kinds of data of one role and purpose that are opened, or closed, alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Role.
    pub role: Role,
    /// Purpose.
    pub purpose: Purpose,
    /// Kinds of data, in the order of the model's list.
    pub categories: Vec<Category>,
    /// What can open them. Empty: nothing can.
    pub openings: Vec<Opening>,
    /// The rule that closes them. Empty when something can open them.
    pub closed_by: Option<String>,
}

/// The matrix as it is read: kinds of data of the same role and purpose that are alike stand together.
pub fn rows(policy: &Policy) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for Cell { role, purpose, category, openings, closed_by } in matrix(policy) {
        let alike = |row: &&mut Row| {
            row.role == role && row.purpose == purpose && row.openings == openings && row.closed_by == closed_by
        };
        match rows.iter_mut().find(alike) {
            Some(row) => row.categories.push(category),
            None => rows.push(Row { role, purpose, categories: vec![category], openings, closed_by }),
        }
    }
    rows
}

/// The matrix of the policy that ships with the house, worked out once.
pub fn shipped_rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| rows(Policy::shipped()))
}

/// The whole matrix, in the order of the model's lists.
pub fn matrix(policy: &Policy) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(Role::ALL.len() * Purpose::ALL.len() * Category::ALL.len());
    for role in Role::ALL {
        for purpose in Purpose::ALL {
            cells.extend(Category::ALL.map(|category| cell(policy, role, purpose, category)));
        }
    }
    cells
}

/// What closes whatever else holds; supposed not to hold when ways in are looked for.
const CLOSING: [Condition; 5] = [
    Condition::Blocked,
    Condition::BlockedCategory,
    Condition::TissueRefused,
    Condition::GeneticRefused,
    Condition::SecondaryUseRefused,
];

/// Herself, a child's holder of custody, a proxy, a guardian, next of kin: conditions that exclude each other.
const CAPACITIES: [&[Condition]; 5] = [
    &[Condition::Own, Condition::Turned15],
    &[Condition::Custody, Condition::Under15],
    &[Condition::Proxy, Condition::Turned15],
    &[Condition::Guardian, Condition::Turned15],
    &[Condition::NextOfKin, Condition::Turned15],
];

fn cell(policy: &Policy, role: Role, purpose: Purpose, category: Category) -> Cell {
    let mut openings: Vec<Opening> = Vec::new();
    let mut closed_by = None;
    for activity in Activity::ALL {
        for situation in worlds(role, activity, purpose, category) {
            match policy.verdict(&situation) {
                Verdict::Open(rule) => add(&mut openings, opening(policy, rule, &situation)),
                Verdict::Forbidden(rule) if rule.reason == Some(crate::Reason::Outsider) => {
                    closed_by = Some(rule.id.clone());
                }
                _ => {}
            }
        }
    }
    if openings.is_empty() {
        closed_by = closed_by.or_else(|| Some(Rule::closed().id.clone()));
    }
    Cell { role, purpose, category, openings, closed_by }
}

/// The situations in which everything that could help holds, or is left out so that a lesser rule must open.
fn worlds(role: Role, activity: Activity, purpose: Purpose, category: Category) -> Vec<Situation> {
    let all = Condition::ALL.iter().copied().filter(|condition| !CLOSING.contains(condition));
    let all = Conditions::of(all);
    let base = Situation {
        role,
        activity,
        purpose,
        category: Some(category),
        relation: RelationGrade::E,
        breaking_glass: None,
        conditions: all,
    };
    let capacity = |chosen: &[Condition]| {
        let every = CAPACITIES.iter().copied().flatten();
        let none = every.fold(all, |set, condition| set.with(*condition, false));
        chosen.iter().fold(none, |set, condition| set.with(*condition, true))
    };
    if role == Role::Citizen {
        return CAPACITIES.iter().map(|chosen| Situation { conditions: capacity(chosen), ..base }).collect();
    }
    let conditions = capacity(&[]);
    let bare = conditions.with(Condition::Consent, false).with(Condition::DeclaresTreatment, false);
    let alone = bare.with(Condition::TookPart, false);
    let glass = |ground| Situation { breaking_glass: Some(ground), conditions: bare, ..base };
    vec![
        Situation { relation: RelationGrade::APlusPlus, conditions: bare, ..base },
        Situation { conditions: bare.with(Condition::Consent, true), ..base },
        Situation { conditions: alone.with(Condition::Consent, true), ..base },
        Situation { relation: RelationGrade::C, conditions: bare.with(Condition::DeclaresTreatment, true), ..base },
        glass(BreakingGlassGround::PatientPermits),
        glass(BreakingGlassGround::EssentialInterest),
    ]
}

/// What of a situation a rule cannot do without.
fn opening(policy: &Policy, rule: &Rule, situation: &Situation) -> Opening {
    let still = |changed: &Situation| matches!(policy.verdict(changed), Verdict::Open(other) if other.id == rule.id);
    let needed = |condition: &&Condition| {
        let without = Situation { conditions: situation.conditions.with(**condition, false), ..*situation };
        situation.conditions.has(**condition) && !still(&without)
    };
    let relation = |grade: &RelationGrade| still(&Situation { relation: *grade, ..*situation });
    let breaking_glass = situation.breaking_glass.filter(|_| !still(&Situation { breaking_glass: None, ..*situation }));
    Opening {
        rule: rule.id.clone(),
        activities: [situation.activity].into(),
        conditions: Condition::ALL.iter().filter(needed).copied().collect(),
        relation: RelationGrade::ALL.into_iter().find(relation).unwrap_or(situation.relation),
        breaking_glass,
        obligations: rule.obligations.clone(),
    }
}

/// Activities with the same rule and the same conditions are one way in.
fn add(openings: &mut Vec<Opening>, new: Opening) {
    let same = |known: &&mut Opening| {
        known.rule == new.rule
            && known.conditions == new.conditions
            && known.relation == new.relation
            && known.breaking_glass == new.breaking_glass
    };
    match openings.iter_mut().find(same) {
        Some(known) => known.activities.extend(new.activities),
        None => openings.push(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_stands_in_one_row_and_outsiders_have_one_row_a_purpose() {
        let policy = Policy::shipped();
        let rows = rows(policy);
        let cells: usize = rows.iter().map(|row| row.categories.len()).sum();
        assert_eq!(cells, Role::ALL.len() * Purpose::ALL.len() * Category::ALL.len());
        let outsiders: Vec<&Row> = rows.iter().filter(|row| row.role == Role::Outsider).collect();
        assert_eq!(outsiders.len(), Purpose::ALL.len());
        assert!(outsiders.iter().all(|row| row.openings.is_empty() && row.closed_by.as_deref() == Some("DK-EMP")));
        assert!(rows.iter().all(|row| row.openings.is_empty() == row.closed_by.is_some()));
    }
}
