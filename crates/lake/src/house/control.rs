//! What a question's plan may do with rows of persons, and where its answer is controlled.
//!
//! Below the last counting every row is one person's: rows of two persons are not joined, compared or windowed. So each
//! cell of a counting over persons has a set of persons behind it. Such a counting is worked out by itself, its cells are
//! judged, and what may be shown of them stands in its place; what a question does above it, it does with that alone.

use super::view::View;
use crate::LakeError;
use crate::registers::{Kind, Register};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, JoinType, ScalarValue};
use datafusion::logical_expr::expr::{AggregateFunction, Cast, TryCast, WindowFunction};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{Aggregate, BinaryExpr, Distinct, Expr, Join, LogicalPlan, Operator};

/// What a plan's rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Nature {
    /// They tell of no person, or of what was controlled.
    Clean,
    /// Each is one person's; these columns hold her pseudonym, and those a contact's of hers.
    Persons {
        /// Places of columns.
        keys: Vec<usize>,
        /// Places of columns.
        contacts: Vec<usize>,
        /// Places of columns that hold a register's own values, or one person's count, sum, mean or extreme of them:
        /// what may be summed. A number made up by the question could be a mark on one person.
        raw: Vec<usize>,
    },
}

use Nature::{Clean, Persons};

fn refused<T>(what: impl Into<String>) -> Result<T, LakeError> {
    Err(LakeError::Refused { rule: "lake-one-person-a-row", what: what.into() })
}

/// True for a counting over persons, whose cells are controlled.
pub(super) fn is_counting(aggregate: &Aggregate, input: &Nature) -> bool {
    match input {
        Clean => false,
        Persons { keys, .. } => !aggregate.group_expr.iter().any(|expr| place_of(expr, &aggregate.input, keys)),
    }
}

/// What a node's rows are, given those of its inputs.
pub(super) fn nature(plan: &LogicalPlan, inputs: &[Nature], view: &View) -> Result<Nature, LakeError> {
    no_subqueries(plan, view)?;
    let first = || inputs.first().cloned().unwrap_or(Clean);
    match plan {
        LogicalPlan::TableScan(scan) => {
            let table = view.tables.iter().find(|table| table.register.name == scan.table_name.table());
            Ok(table.map_or(Clean, |table| {
                let register = table.register;
                let is_person = |name: &str| name == register.person_column();
                let is_own = |name: &str| !is_person(name) && !is_key(register, name);
                Persons {
                    keys: places(&scan.projected_schema, is_person),
                    contacts: places(&scan.projected_schema, is_contact),
                    raw: places(&scan.projected_schema, is_own),
                }
            }))
        }
        LogicalPlan::EmptyRelation(_) | LogicalPlan::Values(_) => Ok(Clean),
        LogicalPlan::Filter(_) | LogicalPlan::SubqueryAlias(_) | LogicalPlan::Sort(_) => Ok(first()),
        LogicalPlan::Projection(projection) => Ok(match first() {
            Clean => Clean,
            Persons { keys, contacts, raw } => {
                let kept = |of: &[usize]| {
                    let kept = projection.expr.iter().enumerate();
                    kept.filter(|(_, expr)| place_of(expr, &projection.input, of)).map(|(at, _)| at).collect()
                };
                Persons { keys: kept(&keys), contacts: kept(&contacts), raw: kept(&raw) }
            }
        }),
        LogicalPlan::Join(join) => joined(join, inputs),
        LogicalPlan::Union(_) => united(inputs),
        LogicalPlan::Aggregate(aggregate) => {
            let input = first();
            if input == Clean || is_counting(aggregate, &input) {
                return Ok(Clean);
            }
            let Persons { keys, raw, .. } = input else { return Ok(Clean) };
            let groups = |of: &[usize]| {
                let groups = aggregate.group_expr.iter().enumerate();
                groups.filter(|(_, expr)| place_of(expr, &aggregate.input, of)).map(|(at, _)| at).collect::<Vec<_>>()
            };
            let mut own = groups(&raw);
            let plain = |expr: &Expr| match expr.clone().unalias() {
                Expr::AggregateFunction(AggregateFunction { func, params }) => {
                    let of_raw = params.args.iter().all(|argument| place_of(argument, &aggregate.input, &raw));
                    func.name() == "count" || (["sum", "min", "max", "avg"].contains(&func.name()) && of_raw)
                }
                _ => false,
            };
            let measures = aggregate.aggr_expr.iter().enumerate().filter(|(_, expr)| plain(expr));
            own.extend(measures.map(|(at, _)| aggregate.group_expr.len() + at));
            Ok(Persons { keys: groups(&keys), contacts: Vec::new(), raw: own })
        }
        LogicalPlan::Window(window) => match first() {
            Clean => Ok(Clean),
            Persons { keys, contacts, raw } => {
                let one_person = |expr: &Expr| match expr.clone().unalias() {
                    Expr::WindowFunction(function) => {
                        let WindowFunction { params, .. } = *function;
                        params.partition_by.iter().any(|by| place_of(by, &window.input, &keys))
                    }
                    _ => false,
                };
                match window.window_expr.iter().all(one_person) {
                    true => Ok(Persons { keys, contacts, raw }),
                    false => refused("a window reaches over several persons; write `over (partition by pnr …)`"),
                }
            }
        },
        LogicalPlan::Distinct(Distinct::All(_)) => match first() {
            Persons { keys, .. } if keys.is_empty() => refused(
                "`distinct` without the person puts several persons in one row; write `group by` with `count(*)`",
            ),
            other => Ok(other),
        },
        LogicalPlan::Limit(_) => match first() {
            Clean => Ok(Clean),
            persons if view.rows => Ok(persons),
            Persons { .. } => refused("`limit` chooses among persons; put it behind the counting"),
        },
        // A list of numbers, such as years, becomes rows of nobody.
        LogicalPlan::Unnest(_) if first() == Clean => Ok(Clean),
        other => refused(format!("`{}` is not open over registers", other.display())),
    }
}

/// Joined rows of persons are one person's when she, or a contact of hers, is what joins them.
fn joined(join: &Join, inputs: &[Nature]) -> Result<Nature, LakeError> {
    let width = join.left.schema().fields().len();
    let shifted = |places: &[usize]| places.iter().map(|at| at + width).collect::<Vec<_>>();
    match (&inputs[0], &inputs[1]) {
        (Clean, Clean) => Ok(Clean),
        (persons @ Persons { .. }, Clean) => match join.join_type {
            JoinType::Inner | JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti => Ok(persons.clone()),
            _ => refused("this join gives rows of no person; put the register on the left"),
        },
        (Clean, Persons { keys, contacts, raw }) => match join.join_type {
            JoinType::Inner | JoinType::Right => {
                Ok(Persons { keys: shifted(keys), contacts: shifted(contacts), raw: shifted(raw) })
            }
            JoinType::RightSemi | JoinType::RightAnti => Ok(inputs[1].clone()),
            _ => refused("this join gives rows of no person; put the register on the left"),
        },
        (Persons { keys, contacts, raw }, Persons { keys: right_keys, contacts: right_contacts, raw: right_raw }) => {
            let same = |a: &Expr, b: &Expr| {
                let both = |left: &[usize], right: &[usize]| {
                    (place_of(a, &join.left, left) && place_of(b, &join.right, right))
                        || (place_of(b, &join.left, left) && place_of(a, &join.right, right))
                };
                both(keys, right_keys) || both(contacts, right_contacts)
            };
            let filters = join.filter.iter().flat_map(split_conjunction);
            let by_filter = |filter: &Expr| match filter {
                Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => same(left, right),
                _ => false,
            };
            if !join.on.iter().any(|(a, b)| same(a, b)) && !filters.into_iter().any(by_filter) {
                return refused(
                    "two registers are joined by something else than the person; write `join … on a.pnr = b.pnr`",
                );
            }
            match join.join_type {
                JoinType::Inner => Ok(Persons {
                    keys: [keys.clone(), shifted(right_keys)].concat(),
                    contacts: [contacts.clone(), shifted(right_contacts)].concat(),
                    raw: [raw.clone(), shifted(right_raw)].concat(),
                }),
                // What the other side may lack is no key, and its values are its own.
                JoinType::Left => Ok(Persons {
                    keys: keys.clone(),
                    contacts: contacts.clone(),
                    raw: [raw.clone(), shifted(right_raw)].concat(),
                }),
                JoinType::LeftSemi | JoinType::LeftAnti => Ok(inputs[0].clone()),
                JoinType::Right => Ok(Persons {
                    keys: shifted(right_keys),
                    contacts: shifted(right_contacts),
                    raw: [raw.clone(), shifted(right_raw)].concat(),
                }),
                JoinType::RightSemi | JoinType::RightAnti => Ok(inputs[1].clone()),
                _ => refused(
                    "this kind of join is not open over registers; use `join`, `left join` or `pnr in (select pnr …)`",
                ),
            }
        }
    }
}

fn united(inputs: &[Nature]) -> Result<Nature, LakeError> {
    if inputs.iter().all(|input| *input == Clean) {
        return Ok(Clean);
    }
    let mut all: Option<[Vec<usize>; 3]> = None;
    for input in inputs {
        let Persons { keys, contacts, raw } = input else {
            return refused("rows of persons and other rows are put together; count the persons first");
        };
        let both = |of: &[usize], known: &[usize]| known.iter().copied().filter(|at| of.contains(at)).collect();
        all = Some(match all {
            None => [keys.clone(), contacts.clone(), raw.clone()],
            Some([a, b, c]) => [both(keys, &a), both(contacts, &b), both(raw, &c)],
        });
    }
    let [keys, contacts, raw] = all.unwrap_or_default();
    Ok(Persons { keys, contacts, raw })
}

fn is_contact(name: &str) -> bool {
    name == "recnum" || name == "dw_ek_kontakt"
}

/// True of keys of rows, which are no values: as numbers they could mark one person.
fn is_key(register: &Register, name: &str) -> bool {
    is_contact(name) || register.columns.iter().any(|column| column.name == name && matches!(column.kind, Kind::Key(_)))
}

/// Questions within conditions: only whether a person is among other persons, or on what tells of nobody.
fn no_subqueries(plan: &LogicalPlan, view: &View) -> Result<(), LakeError> {
    for expr in plan.expressions() {
        let mut outcome = Ok(());
        let walked = expr.apply(|expr| {
            let subquery = match expr {
                Expr::InSubquery(within) => Some((&within.subquery, Some(&within.expr))),
                Expr::ScalarSubquery(subquery) => Some((subquery, None)),
                Expr::Exists(exists) => Some((&exists.subquery, None)),
                Expr::SetComparison(_)
                | Expr::OuterReferenceColumn(..)
                | Expr::Placeholder(_)
                | Expr::ScalarVariable(..) => {
                    outcome =
                        refused("this form of question is not open over registers; write `pnr in (select pnr …)`");
                    return Ok(TreeNodeRecursion::Stop);
                }
                _ => None,
            };
            if let Some((subquery, of)) = subquery {
                outcome = subquery_of_one_person(&subquery.subquery, of.map(AsRef::as_ref), plan, view);
            }
            Ok(if outcome.is_ok() { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
        });
        walked?;
        outcome?;
    }
    Ok(())
}

fn subquery_of_one_person(
    inner: &LogicalPlan,
    of: Option<&Expr>,
    outer: &LogicalPlan,
    view: &View,
) -> Result<(), LakeError> {
    let remedy = "a question within a condition must be `pnr in (select pnr …)`, or ask of no register; \
                  join on pnr instead";
    let (nature, counts) = whole(inner, view)?;
    match (nature, of) {
        // A counting in here would be told before it is controlled.
        _ if counts => refused(remedy),
        (Clean, _) => Ok(()),
        (Persons { keys, .. }, Some(Expr::Column(column))) if keys.first() == Some(&0) => {
            let mut is_person = false;
            for input in outer.inputs() {
                if let (Persons { keys, .. }, _) = whole(input, view)? {
                    is_person |= place(column, input.schema()).is_some_and(|at| keys.contains(&at));
                }
            }
            if is_person { Ok(()) } else { refused(remedy) }
        }
        _ => refused(remedy),
    }
}

/// What the rows of a whole plan are, and whether it counts over persons.
pub(super) fn whole(plan: &LogicalPlan, view: &View) -> Result<(Nature, bool), LakeError> {
    let (mut natures, mut counts) = (Vec::new(), false);
    for input in plan.inputs() {
        let (nature, counted) = whole(input, view)?;
        natures.push(nature);
        counts |= counted;
    }
    if let (LogicalPlan::Aggregate(aggregate), Some(input)) = (plan, natures.first()) {
        counts |= is_counting(aggregate, input);
    }
    Ok((nature(plan, &natures, view)?, counts))
}

/// True when the expression is a column among these places of the plan's rows, under whatever name.
fn place_of(expr: &Expr, plan: &LogicalPlan, among: &[usize]) -> bool {
    match expr.clone().unalias_nested().data {
        Expr::Column(column) => place(&column, plan.schema()).is_some_and(|at| among.contains(&at)),
        _ => false,
    }
}

fn place(column: &Column, schema: &DFSchema) -> Option<usize> {
    schema.maybe_index_of_column(column)
}

fn places(schema: &DFSchema, wanted: impl Fn(&str) -> bool) -> Vec<usize> {
    schema.fields().iter().enumerate().filter(|(_, field)| wanted(field.name())).map(|(at, _)| at).collect()
}

/// How a counting's cells are judged: whom each is about, and for each function whom it is about and what is summed.
pub(super) struct Judging {
    /// The person.
    pub(super) person: Expr,
    /// For each function, the person where she counts in it; `None` when that is everybody of the cell.
    pub(super) counted: Vec<Option<Expr>>,
    /// For each function, true when it counts each person once, however many rows are hers.
    pub(super) once: Vec<bool>,
    /// For each function that goes over all rows of the cell, or those where a register's own value is there: whether it
    /// counts `rows`, or `persons` and whatever else is counted once.
    pub(super) plain: Vec<Option<&'static str>>,
    /// True when the cells are by a register's own columns, or the years and months of such.
    pub(super) plain_groups: bool,
    /// What is summed or averaged, where one person could make up most of it.
    pub(super) summed: Vec<Expr>,
}

/// The functions that tell of all persons of a cell and of none in particular.
const COUNTABLE: [&str; 9] =
    ["count", "sum", "avg", "stddev", "stddev_pop", "var", "var_pop", "stddev_samp", "var_samp"];

/// How a counting is judged. `counts_only`: counts are told otherwise than they are, and what would tell them is refused.
///
/// # Errors
/// When it is not one whose cells can be judged.
pub(super) fn judging(aggregate: &Aggregate, input: &Nature, counts_only: bool) -> Result<Judging, LakeError> {
    let Persons { keys, raw, .. } = input else { return refused("there is no person to count") };
    let Some(at) = keys.first() else {
        return refused("the person is gone before the counting; keep `pnr` among the columns that are counted over");
    };
    if aggregate.group_expr.iter().any(|expr| matches!(expr, Expr::GroupingSet(_))) {
        return refused("`rollup`, `cube` and `grouping sets` are not open; ask for each table by itself");
    }
    let person = Expr::Column(Column::from(aggregate.input.schema().qualified_field(*at)));
    let plain_groups = aggregate.group_expr.iter().all(|expr| is_plain(expr, &aggregate.input, raw));
    let (counted, once, plain, summed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut judging = Judging { person: person.clone(), counted, once, plain, plain_groups, summed };
    for expr in &aggregate.aggr_expr {
        let Expr::AggregateFunction(AggregateFunction { func, params }) = expr.clone().unalias() else {
            return refused("only counting and summing are open over persons");
        };
        if !COUNTABLE.contains(&func.name()) || !params.order_by.is_empty() {
            let what = "tells one person's value; use count, sum, avg, stddev or var, or ask under a permit for rows";
            return refused(format!("`{}` {what}", func.name()));
        }
        let sums = func.name() != "count";
        if counts_only && sums && !(func.name() == "sum" && params.args.iter().all(is_yes_or_no)) {
            let what = "the permit tells counts rounded or with noise, and a sum or mean beside them would tell the count; \
                        use `count` and `sum(case when … then 1 else 0 end)`";
            return Err(LakeError::Refused { rule: "lake-counts-only", what: what.to_owned() });
        }
        let mut conditions: Vec<Expr> = params.filter.iter().map(|filter| filter.as_ref().clone()).collect();
        for argument in params.args.iter().filter(|argument| !matches!(argument, Expr::Literal(..))) {
            conditions.push(argument.clone().is_not_null());
            if sums {
                if !is_own_value(argument, &aggregate.input, raw) && !is_yes_or_no(argument) {
                    return refused(
                        "what is summed must be columns of a register, or `case when … then 1 else 0 end`: \
                         a number made up by the question could mark one person",
                    );
                }
                let shown = datafusion::logical_expr::cast(argument.clone(), DataType::Float64);
                if func.name() == "sum" {
                    conditions.push(shown.clone().not_eq(datafusion::logical_expr::lit(0.0)));
                }
                let all = params.filter.iter().map(|filter| filter.as_ref().clone()).reduce(Expr::and);
                judging.summed.push(only_where(all, shown)?);
            }
        }
        if sums && params.args.iter().any(|argument| matches!(argument, Expr::Literal(..))) {
            return refused("a sum of a number that is always the same is a count; write `count(*)`");
        }
        let own = |argument: &Expr| {
            let own = is_own_value(argument, &aggregate.input, raw) || place_of(argument, &aggregate.input, keys);
            own || matches!(argument, Expr::Literal(..))
        };
        let plain = params.filter.is_none() && params.args.iter().all(own);
        judging.plain.push(plain.then_some(if params.distinct { "persons" } else { "rows" }));
        judging.once.push(params.distinct);
        judging.counted.push(match conditions.into_iter().reduce(Expr::and) {
            None => None,
            condition => Some(only_where(condition, person.clone())?),
        });
    }
    Ok(judging)
}

fn only_where(condition: Option<Expr>, then: Expr) -> Result<Expr, LakeError> {
    match condition {
        None => Ok(then),
        Some(condition) => Ok(datafusion::logical_expr::when(condition, then).end()?),
    }
}

/// A register's own value, or a sum, difference or product of such.
fn is_own_value(expr: &Expr, plan: &LogicalPlan, raw: &[usize]) -> bool {
    match expr {
        Expr::Cast(Cast { expr, .. }) | Expr::TryCast(TryCast { expr, .. }) => is_own_value(expr, plan, raw),
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Plus | Operator::Minus | Operator::Multiply, right }) => {
            is_own_value(left, plan, raw) && is_own_value(right, plan, raw)
        }
        other => place_of(other, plan, raw),
    }
}

/// A register's own column, or a part of its days, or its numbers in steps: nothing that could single out somebody.
fn is_plain(expr: &Expr, plan: &LogicalPlan, raw: &[usize]) -> bool {
    let literal = |expr: &Expr| match expr {
        Expr::Literal(..) => true,
        // A divisor, as `without_failures` leaves it.
        Expr::ScalarFunction(function) => function.args.iter().all(|argument| matches!(argument, Expr::Literal(..))),
        _ => false,
    };
    match expr {
        Expr::Alias(alias) => is_plain(&alias.expr, plan, raw),
        Expr::Cast(Cast { expr, .. }) | Expr::TryCast(TryCast { expr, .. }) => is_plain(expr, plan, raw),
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Divide, right }) => {
            is_plain(left, plan, raw) && literal(right)
        }
        Expr::ScalarFunction(function) if ["date_part", "date_trunc"].contains(&function.name()) => {
            function.args.iter().all(|argument| literal(argument) || is_plain(argument, plan, raw))
        }
        other => place_of(other, plan, raw),
    }
}

/// `case when … then 1 else 0 end`: it tells of a set of persons, which is judged by itself.
fn is_yes_or_no(expr: &Expr) -> bool {
    let unit = |expr: &Expr| match expr {
        Expr::Literal(value, _) => matches!(value, ScalarValue::Int64(Some(0 | 1) | None) | ScalarValue::Null),
        _ => false,
    };
    match expr {
        Expr::Case(case) => {
            case.when_then_expr.iter().all(|(_, then)| unit(then)) && case.else_expr.as_deref().is_none_or(unit)
        }
        _ => false,
    }
}

/// A plan in which nothing fails on a value: a failure would tell that there is such a value.
pub(super) fn without_failures(plan: LogicalPlan) -> Result<LogicalPlan, LakeError> {
    let mended = plan.transform_down_with_subqueries(|plan| {
        // What is above refers to a column by the name that its expression had.
        let names = NamePreserver::new(&plan);
        plan.map_expressions(|expr| {
            let name = names.save(&expr);
            Ok(expr.transform_up(|expr| Ok(unfailing(expr)))?.update_data(|expr| name.restore(expr)))
        })
    })?;
    Ok(mended.data)
}

fn unfailing(expr: Expr) -> Transformed<Expr> {
    match expr {
        Expr::Cast(Cast { expr, field }) => Transformed::yes(Expr::TryCast(TryCast::new_from_field(expr, field))),
        Expr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::Divide | Operator::Modulo), right }) => {
            let zero = Expr::Literal(ScalarValue::Int64(Some(0)), None);
            let divisor = datafusion::functions::expr_fn::nullif(*right, zero);
            Transformed::yes(Expr::BinaryExpr(BinaryExpr { left, op, right: Box::new(divisor) }))
        }
        other => Transformed::no(other),
    }
}
