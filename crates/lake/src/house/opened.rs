//! Which tables and columns a permit's scope opens. It reads nothing, and asks nobody.

use crate::registers::{self, Column, Kind, Register};
use indgang_gate::Scope;
use indgang_model::Category;
use std::collections::BTreeSet;

/// The tables that kinds of data and a scope open, each with its columns, in the order of the registers.
pub fn opened<'a>(
    categories: &'a BTreeSet<Category>,
    scope: &'a Scope,
) -> impl Iterator<Item = (&'static Register, Vec<&'static Column>)> + 'a {
    registers::all().filter_map(|register| Some((register, open_columns(categories, scope, register)?)))
}

/// The columns of a register that are open; `None` when none of it is.
pub(super) fn open_columns(
    categories: &BTreeSet<Category>,
    scope: &Scope,
    register: &'static Register,
) -> Option<Vec<&'static Column>> {
    let open = match register.category {
        Some(category) => categories.contains(&category),
        None => categories.iter().any(|category| is_of_registers(*category)),
    };
    let masked = match &scope.tables {
        None => None,
        Some(tables) => Some(tables.get(register.name)?),
    };
    // Keys go with every table: persons and contacts are counted and joined by them.
    let is_key = |column: &Column| match column.kind {
        Kind::PersonKey | Kind::ContactKey => true,
        Kind::Key(of) => of == register.name || of == "visit_occurrence",
        _ => false,
    };
    let is_open = |column: &&Column| {
        is_key(column) || masked.is_none_or(|columns| columns.is_empty() || columns.contains(column.name))
    };
    // What is not kept cannot be read.
    let is_kept = |column: &&Column| column.kind != Kind::Apart;
    open.then(|| register.columns.iter().filter(is_kept).filter(is_open).collect())
}

/// True for kinds of data that stand in registers.
pub(super) fn is_of_registers(category: Category) -> bool {
    registers::all().any(|register| register.category == Some(category))
}
