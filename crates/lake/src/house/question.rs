//! One question in SQL, within limits, over what a grant opens, with its answer controlled.

use super::answered;
use super::asked::{self, Asked};
use super::control::{self, Judging, Nature};
use super::measures;
use super::view::View;
use crate::cluster;
use crate::exact;
use crate::extract::text_predicate;
use crate::session::{self, Limits};
use crate::{LakeError, RecordBatch};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringArray};
use datafusion::arrow::compute::{concat_batches, filter_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, LogicalPlanBuilder, col};
use datafusion::physical_plan::{ExecutionPlan, displayable, execute_stream};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use futures_util::StreamExt;
use indgang_analysis::disclosure::{Cell, Contribution, Number, Rules, Verdict, judge, unknown};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The most cells of a counting.
const MOST_CELLS: usize = 20_000;

/// What a question got.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The rows; at least one batch, which may be empty.
    pub rows: Vec<RecordBatch>,
    /// The numbers that are shown and were not before, to be remembered before the rows are told; `None` when there are
    /// none.
    pub cells: Option<Vec<u8>>,
    /// True when cells were left out.
    pub left_out: bool,
    /// The least number of persons of a cell.
    pub minimum: u32,
    /// True when the rows are persons', under pseudonyms.
    pub persons: bool,
    /// True when counts are rounded or have noise.
    pub perturbed: bool,
}

/// Puts a question. `earlier` is what was remembered of earlier answers in the view's domain, the first first.
///
/// # Errors
/// [`LakeError::Syntax`], [`LakeError::NotAllowed`] when it asks for more than reading, [`LakeError::Refused`] when the
/// grant does not answer such questions, [`LakeError::Limit`], or [`LakeError::Engine`] when it failed.
pub async fn ask(view: &View, sql: &str, limits: &Limits, earlier: &[Vec<u8>]) -> Result<Answer, LakeError> {
    let (view, sql, limits, earlier) = (view.clone(), sql.to_owned(), limits.clone(), earlier.to_vec());
    session::with_deep_stack(async move {
        let until = Instant::now() + limits.time;
        let working = work(&view, &sql, &limits, until, &earlier);
        // A cluster is told when the time is over; what else takes long is ended here.
        let grace = if limits.cluster.is_some() { cluster::GOODBYE } else { Duration::ZERO };
        timeout_at(until + grace, working).await.map_err(|_| late(&limits))?
    })
    .await
}

async fn work(
    view: &View,
    sql: &str,
    limits: &Limits,
    until: Instant,
    earlier: &[Vec<u8>],
) -> Result<Answer, LakeError> {
    let spill =
        tempfile::Builder::new().prefix("spill").tempdir_in(&view.folder).map_err(LakeError::file(&view.folder))?;
    let context = open(view, limits, spill.path())?;
    let (statement, explain) = one_question(sql)?;
    let plan = context.state().statement_to_plan(statement).await?;
    let plan = control::without_failures(plan)?;
    let (nature, counts) = control::whole(&plan, view)?;
    let persons = matches!(nature, Nature::Persons { .. });
    if persons && !view.rows {
        return Err(LakeError::Refused {
            rule: "lake-rows",
            what: "the answer would have rows of persons, and the grant opens counts only; write \
                   `select …, count(*) … group by …`"
                .to_owned(),
        });
    }
    if explain {
        return explained(&context, &plan, view).await;
    }
    let engine = Engine { context, limits: limits.clone(), until };
    let mut control = Control { view, engine: &engine, known: answered::numbers(earlier)?, before: 0, left_out: false };
    control.before = control.known.len();
    let plan = if counts { control.replace(plan).await? } else { plan };
    let shown = &control.known[control.before..];
    let cells = (!shown.is_empty()).then(|| answered::bytes(shown));
    let left_out = control.left_out;
    let rows = engine.collect(plan, limits.rows, !persons).await?;
    let perturbed = counts && view.perturbing.is_some();
    Ok(Answer { rows, cells, left_out, minimum: view.minimum, persons, perturbed })
}

/// A session that knows the view's tables and nothing else.
pub(super) fn open(view: &View, limits: &Limits, spill: &Path) -> Result<SessionContext, LakeError> {
    let context = session::open(limits, spill)?;
    with_functions(&context);
    for table in &view.tables {
        context.register_table(table.register.name, Arc::clone(table) as _)?;
    }
    Ok(context)
}

/// Leaves the functions that a question may use, with the house's own: here and on every executor.
pub(crate) fn with_functions(context: &SessionContext) {
    for function in ["generate_series", "range"] {
        context.deregister_udtf(function);
    }
    // What is by chance, or tells of the machine, has no place in an answer.
    for function in ["random", "uuid", "version", "now", "current_date", "current_time", "current_timestamp", "today"] {
        context.deregister_udf(function);
    }
    exact::functions().into_iter().for_each(|function| context.register_udaf(function));
    context.register_udf(text_predicate("is_a", Arc::new(indgang_terminology::is_a)));
}

/// Adds what the control of an answer works out, for processes that read plans: no question can name it.
pub(crate) fn with_measures(context: &SessionContext) {
    context.register_udaf(measures::persons());
    context.register_udaf(measures::shares());
}

/// The one question of a text, and whether its plan is asked for.
fn one_question(sql: &str) -> Result<(Statement, bool), LakeError> {
    let mut statements = session::parse(sql)?;
    let (Some(statement), None) = (statements.pop_front(), statements.pop_front()) else {
        return Err(LakeError::NotAllowed("ask one question at a time".to_owned()));
    };
    match statement {
        Statement::Statement(inner) => match *inner {
            ast::Statement::Query(query) => Ok((Statement::Statement(Box::new(ast::Statement::Query(query))), false)),
            _ => only_reading(),
        },
        Statement::Explain(explain) if !explain.options.analyze => match *explain.statement {
            Statement::Statement(inner) if matches!(*inner, ast::Statement::Query(_)) => {
                Ok((Statement::Statement(inner), true))
            }
            _ => only_reading(),
        },
        Statement::Explain(_) => Err(LakeError::NotAllowed(
            "`explain analyze` counts rows before they are controlled; use `explain`".to_owned(),
        )),
        _ => only_reading(),
    }
}

fn only_reading<T>() -> Result<T, LakeError> {
    Err(LakeError::NotAllowed("only questions are open: `select …`, `with … select …`, `explain select …`".to_owned()))
}

async fn explained(context: &SessionContext, plan: &LogicalPlan, view: &View) -> Result<Answer, LakeError> {
    let physical = context.state().create_physical_plan(plan).await.map_err(|_| failed())?;
    let text = displayable(physical.as_ref()).indent(false).to_string();
    let schema = Arc::new(Schema::new(vec![Field::new("plan", DataType::Utf8, false)]));
    let lines: ArrayRef = Arc::new(StringArray::from(text.lines().collect::<Vec<_>>()));
    let rows = RecordBatch::try_new(schema, vec![lines]).map_err(|error| LakeError::Engine(error.to_string()))?;
    let (cells, minimum) = (None, view.minimum);
    Ok(Answer { rows: vec![rows], cells, left_out: false, minimum, persons: false, perturbed: false })
}

/// Where plans are run, and how long.
pub(super) struct Engine {
    pub(super) context: SessionContext,
    pub(super) limits: Limits,
    pub(super) until: Instant,
}

impl Engine {
    /// Runs a plan. What fails behind a control says no more than that it failed: the engine's words may hold a value.
    async fn collect(&self, plan: LogicalPlan, most: usize, quietly: bool) -> Result<Vec<RecordBatch>, LakeError> {
        let told = |error: LakeError| {
            match error {
            LakeError::Engine(_) if quietly && self.limits.cluster.is_some() => LakeError::Cluster(
                "it cannot be worked out on the cluster, and nothing is told: an executor was lost, or the types of what \
                 is compared and computed do not fit; ask again, or without a cluster"
                    .to_owned(),
            ),
            LakeError::Engine(_) if quietly => failed(),
            other => other,
        }
        };
        let schema: SchemaRef = Arc::new(plan.schema().as_arrow().clone());
        let plan = self.context.state().create_physical_plan(&plan).await.map_err(|error| told(error.into()))?;
        let (mut batches, mut rows) = (Vec::new(), 0);
        let mut take = |batch: RecordBatch| {
            rows += batch.num_rows();
            batches.push(batch);
            let limit = || format!("the answer has more than {most} rows; ask for fewer, or count them");
            if rows > most { Err(LakeError::Limit(limit())) } else { Ok(()) }
        };
        self.run(plan, &mut take).await.map_err(told)?;
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema));
        }
        Ok(batches)
    }

    /// Runs a plan, here or on the cluster, and hands its rows on as they come.
    pub(super) async fn run(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        take: &mut (dyn FnMut(RecordBatch) -> Result<(), LakeError> + Send),
    ) -> Result<(), LakeError> {
        match &self.limits.cluster {
            // What was controlled already is put together here.
            Some(cluster) if cluster::reads_rows(&plan) => {
                let config = self.context.copied_config();
                cluster::run(cluster, plan, &config, self.until, take).await?.ok_or_else(|| late(&self.limits))
            }
            _ => {
                let mut stream = execute_stream(plan, self.context.task_ctx())?;
                while let Some(batch) = stream.next().await {
                    take(batch?)?;
                }
                Ok(())
            }
        }
    }
}

fn late(limits: &Limits) -> LakeError {
    let seconds = limits.time.as_secs();
    LakeError::Limit(format!("the question took more than {seconds} seconds and was ended; ask for less at a time"))
}

fn failed() -> LakeError {
    LakeError::Engine("it cannot be worked out; look at the types of what it compares and computes".to_owned())
}

struct Control<'a> {
    view: &'a View,
    engine: &'a Engine,
    /// The numbers that were shown: the first `before` with earlier answers, the others with this one.
    known: Vec<Number>,
    before: usize,
    left_out: bool,
}

impl Control<'_> {
    /// Puts what may be shown of each counting over persons in its place, the innermost first.
    async fn replace(&mut self, plan: LogicalPlan) -> Result<LogicalPlan, LakeError> {
        let asked = match &plan {
            LogicalPlan::Aggregate(aggregate) => asked::rows(&aggregate.input)?,
            _ => String::new(),
        };
        let mut inputs = Vec::new();
        for input in plan.inputs() {
            inputs.push(Box::pin(self.replace(input.clone())).await?);
        }
        let plan = plan.with_new_exprs(plan.expressions(), inputs)?;
        let LogicalPlan::Aggregate(aggregate) = &plan else { return Ok(plan) };
        let (input, _) = control::whole(&aggregate.input, self.view)?;
        if !control::is_counting(aggregate, &input) {
            return Ok(plan);
        }
        let judging = control::judging(aggregate, &input, self.view.perturbing.is_some())?;
        let rows = self.count(aggregate, &judging).await?;
        let asked = asked::numbers(&asked, aggregate, &judging);
        let rows = self.controlled(aggregate, &judging, &asked, &rows)?;
        in_place_of(aggregate, rows)
    }

    /// The counting with what judges its cells behind it.
    async fn count(&self, aggregate: &Aggregate, judging: &Judging) -> Result<RecordBatch, LakeError> {
        let (persons, shares) = (Arc::new(measures::persons()), Arc::new(measures::shares()));
        let mut functions = aggregate.aggr_expr.clone();
        let mut add = |function: Expr| functions.push(function.alias(format!("__{}", functions.len())));
        add(persons.call(vec![judging.person.clone()]));
        judging.counted.iter().flatten().for_each(|person| add(persons.call(vec![person.clone()])));
        judging.summed.iter().for_each(|sum| add(shares.call(vec![judging.person.clone(), sum.clone()])));
        let counted = Aggregate::try_new(Arc::clone(&aggregate.input), aggregate.group_expr.clone(), functions)?;
        let plan = control::without_failures(LogicalPlan::Aggregate(counted))?;
        let batches = self.engine.collect(plan, MOST_CELLS, true).await?;
        let schema = batches[0].schema();
        concat_batches(&schema, &batches).map_err(|_| failed())
    }

    /// The cells that may be shown.
    fn controlled(
        &mut self,
        aggregate: &Aggregate,
        judging: &Judging,
        asked: &Asked,
        rows: &RecordBatch,
    ) -> Result<RecordBatch, LakeError> {
        let groups = aggregate.group_expr.len();
        let width = groups + aggregate.aggr_expr.len();
        let cells = cells(judging, asked, rows, groups)?;
        let rules = Rules::with_minimum(u64::from(self.view.minimum));
        let open: Vec<bool> =
            judge(&cells, &rules, &self.known).into_iter().map(|verdict| verdict == Verdict::Shown).collect();
        self.left_out |= open.iter().any(|open| !open);
        let kept = rows.project(&(0..width).collect::<Vec<_>>()).map_err(|_| failed())?;
        let kept = match &self.view.perturbing {
            Some(perturbing) => perturbing.perturbed(&kept, groups, &cells).ok_or_else(failed)?,
            None => kept,
        };
        let shown = cells.into_iter().zip(&open).filter(|(_, open)| **open).flat_map(|(cell, _)| cell.told);
        let fresh = unknown(&self.known, shown);
        self.known.extend(fresh);
        filter_record_batch(&kept, &BooleanArray::from(open)).map_err(|_| failed())
    }
}

/// The cells of a counting: behind the groups and functions of a row stand who is counted in it, who in each function that
/// does not count all, and the shares of each sum. Each cell tells one number for each function, or whom it is about.
fn cells(judging: &Judging, asked: &Asked, rows: &RecordBatch, groups: usize) -> Result<Vec<Cell>, LakeError> {
    let places = places(rows, groups)?;
    let mut columns = rows.columns()[groups + judging.counted.len()..].iter();
    let all = contributions_of(columns.next())?;
    let mut of_functions = Vec::new();
    for counted in &judging.counted {
        of_functions.push(if counted.is_some() { Some(contributions_of(columns.next())?) } else { None });
    }
    let shares: Vec<&ArrayRef> = columns.collect();
    let mut cells = Vec::with_capacity(rows.num_rows());
    for (at, (place, all)) in places.into_iter().zip(all).enumerate() {
        let share = |column: &&ArrayRef| measures::shares_from(column.as_binary::<i32>().value(at)).unwrap_or_default();
        let counted = of_functions.iter().flatten().map(|of| of[at].persons()).collect();
        let category = asked::category(rows, groups, at).ok_or_else(failed)?;
        let numbers = of_functions.iter().zip(&judging.once).enumerate().map(|(function, (of, once))| {
            let of = of.as_ref().map_or(&all, |of| &of[at]);
            asked.number(if *once { of.each_once() } else { of.clone() }, function, &category)
        });
        let mut told: Vec<Number> = numbers.collect();
        if told.is_empty() {
            told.push(asked.number(all.each_once(), 0, &category));
        }
        cells.push(Cell { place, persons: all.persons(), counted, shares: shares.iter().map(share).collect(), told });
    }
    Ok(cells)
}

/// For each row the number of its category of each variable.
fn places(rows: &RecordBatch, groups: usize) -> Result<Vec<Vec<u32>>, LakeError> {
    let mut places = vec![Vec::with_capacity(groups); rows.num_rows()];
    for column in &rows.columns()[..groups] {
        let mut categories: HashMap<Option<String>, u32> = HashMap::new();
        for (row, place) in places.iter_mut().enumerate() {
            let text = match column.is_null(row) {
                true => None,
                false => Some(array_value_to_string(column, row).map_err(|_| failed())?),
            };
            let next = u32::try_from(categories.len()).unwrap_or(u32::MAX);
            place.push(*categories.entry(text).or_insert(next));
        }
    }
    Ok(places)
}

fn contributions_of(column: Option<&ArrayRef>) -> Result<Vec<Contribution>, LakeError> {
    let column = column.ok_or_else(failed)?.as_binary::<i32>();
    column.iter().map(|bytes| measures::contribution_from(bytes.unwrap_or_default()).ok_or_else(failed)).collect()
}

/// Rows under the names that a counting gives its columns.
fn in_place_of(aggregate: &Aggregate, rows: RecordBatch) -> Result<LogicalPlan, LakeError> {
    let fields: Vec<Field> = aggregate
        .schema
        .fields()
        .iter()
        .enumerate()
        .map(|(at, field)| Field::new(format!("c{at}"), field.data_type().clone(), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let columns: Vec<ArrayRef> = rows
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| datafusion::arrow::compute::cast(column, field.data_type()).map_err(|_| failed()))
        .collect::<Result<_, _>>()?;
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|_| failed())?;
    let table = MemTable::try_new(schema, vec![vec![batch]])?;
    let names = aggregate
        .schema
        .iter()
        .enumerate()
        .map(|(at, (qualifier, field))| col(format!("c{at}")).alias_qualified(qualifier.cloned(), field.name()));
    let names: Vec<Expr> = names.collect();
    let scan = LogicalPlanBuilder::scan("controlled", provider_as_source(Arc::new(table)), None)?;
    Ok(scan.project(names)?.build()?)
}
