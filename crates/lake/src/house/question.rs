//! One question in SQL, within limits, over what a grant opens, with its answer controlled.

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
use indgang_analysis::disclosure::{Cell, Rules, Verdict, judge};
use roaring::RoaringBitmap;
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
    /// The cells that were shown, to be remembered before the rows are told; `None` when nothing was counted.
    pub cells: Option<Vec<u8>>,
    /// True when cells were left out.
    pub left_out: bool,
    /// The least number of persons of a cell.
    pub minimum: u32,
    /// True when the rows are persons', under pseudonyms.
    pub persons: bool,
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
    let mut control =
        Control { view, engine: &engine, earlier: tables_of(earlier)?, shown: Vec::new(), left_out: false };
    let plan = if counts { control.replace(plan).await? } else { plan };
    let (shown, left_out) = (control.shown, control.left_out);
    let rows = engine.collect(plan, limits.rows, !persons).await?;
    let cells = counts.then(|| to_bytes(&shown));
    Ok(Answer { rows, cells, left_out, minimum: view.minimum, persons })
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
    Ok(Answer { rows: vec![rows], cells: None, left_out: false, minimum: view.minimum, persons: false })
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

/// A table of the persons of its cells.
type Shown = Vec<RoaringBitmap>;

struct Control<'a> {
    view: &'a View,
    engine: &'a Engine,
    earlier: Vec<Shown>,
    shown: Vec<Shown>,
    left_out: bool,
}

impl Control<'_> {
    /// Puts what may be shown of each counting over persons in its place, the innermost first.
    async fn replace(&mut self, plan: LogicalPlan) -> Result<LogicalPlan, LakeError> {
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
        let judging = control::judging(aggregate, &input)?;
        let rows = self.count(aggregate, &judging).await?;
        let rows = self.controlled(aggregate, &judging, &rows)?;
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
        rows: &RecordBatch,
    ) -> Result<RecordBatch, LakeError> {
        let groups = aggregate.group_expr.len();
        let width = groups + aggregate.aggr_expr.len();
        let places = places(rows, groups)?;
        let mut columns = rows.columns()[width..].iter();
        let all = persons_of(columns.next())?;
        let mut tables: Vec<Vec<RoaringBitmap>> = Vec::new();
        for _ in judging.counted.iter().flatten() {
            tables.push(persons_of(columns.next())?);
        }
        let shares: Vec<&ArrayRef> = columns.collect();
        let cell = |at: usize, persons: &RoaringBitmap, with_shares: bool| {
            let of =
                |column: &&ArrayRef| measures::shares_from(column.as_binary::<i32>().value(at)).unwrap_or_default();
            let shares = if with_shares { shares.iter().map(of).collect() } else { Vec::new() };
            Cell { place: places[at].clone(), persons: persons.clone(), shares }
        };
        let rules = Rules::with_minimum(u64::from(self.view.minimum));
        let mut open = vec![true; rows.num_rows()];
        for (number, table) in std::iter::once(&all).chain(&tables).enumerate() {
            let cells: Vec<Cell> =
                table.iter().enumerate().map(|(at, persons)| cell(at, persons, number == 0)).collect();
            for ((open, verdict), (persons, of)) in
                open.iter_mut().zip(judge(&cells, &rules, &self.earlier)).zip(table.iter().zip(&all))
            {
                // Those of a cell who do not count in one of its functions are told by the difference of two.
                let others = of.len() - persons.len();
                *open &= verdict == Verdict::Shown && (others == 0 || others >= rules.minimum);
            }
        }
        self.left_out |= open.iter().any(|open| !open);
        for table in std::iter::once(all).chain(tables) {
            let shown: Shown = table.into_iter().zip(&open).filter(|(_, open)| **open).map(|(set, _)| set).collect();
            self.earlier.push(shown.clone());
            self.shown.push(shown);
        }
        let kept = rows.project(&(0..width).collect::<Vec<_>>()).map_err(|_| failed())?;
        filter_record_batch(&kept, &BooleanArray::from(open)).map_err(|_| failed())
    }
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

fn persons_of(column: Option<&ArrayRef>) -> Result<Vec<RoaringBitmap>, LakeError> {
    let column = column.ok_or_else(failed)?.as_binary::<i32>();
    column.iter().map(|bytes| measures::from_bytes(bytes.unwrap_or_default()).ok_or_else(failed)).collect()
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

/// Tables of persons as bytes: for each table its cells, each with its length before it.
fn to_bytes(tables: &[Shown]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let number = |bytes: &mut Vec<u8>, number: usize| bytes.extend((number as u64).to_le_bytes());
    number(&mut bytes, tables.len());
    for table in tables {
        number(&mut bytes, table.len());
        for cell in table {
            let cell = measures::to_bytes(cell);
            number(&mut bytes, cell.len());
            bytes.extend(cell);
        }
    }
    bytes
}

/// The tables of earlier answers.
fn tables_of(earlier: &[Vec<u8>]) -> Result<Vec<Shown>, LakeError> {
    let damaged = || LakeError::Damaged("earlier answers".to_owned());
    let mut tables = Vec::new();
    for bytes in earlier {
        let mut rest = bytes.as_slice();
        let count = number(&mut rest).ok_or_else(damaged)?;
        for _ in 0..count {
            let cells = number(&mut rest).ok_or_else(damaged)?;
            let mut table = Shown::new();
            for _ in 0..cells {
                let length = number(&mut rest).ok_or_else(damaged)?;
                let (cell, behind) = rest.split_at_checked(length).ok_or_else(damaged)?;
                table.push(measures::from_bytes(cell).ok_or_else(damaged)?);
                rest = behind;
            }
            tables.push(table);
        }
    }
    Ok(tables)
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    let (number, behind) = rest.split_at_checked(8)?;
    *rest = behind;
    usize::try_from(u64::from_le_bytes(number.try_into().ok()?)).ok()
}
