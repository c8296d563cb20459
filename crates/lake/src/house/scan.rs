//! The one way in which rows of a stored table are read: through what a grant opens.
//!
//! INVARIANT: a [`Table`] is made in `view.rs` only, of a grant. Persons whom it does not open are skipped by whole row
//! groups, dropped row by row before a question's own conditions see them, and looked for once more in what comes out.

use super::gate::{Gate, Granted, schema_of};
use super::ingest::{DAY, PERSON};
use super::parts::{Files, PartFile};
use super::view::stored_index;
use crate::LakeError;
use crate::RecordBatch;
use crate::registers::Register;
use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, UInt32Array, UInt64Array};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt32Type, UInt64Type};
use datafusion::catalog::memory::MemorySourceConfig;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{ArrowPredicateFn, ParquetRecordBatchReaderBuilder, RowFilter};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::statistics::StatisticsContext;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties, StatisticsArgs,
};
use futures_util::StreamExt;
use std::fmt::Formatter;
use std::fs::File;
use std::sync::Arc;
use tokio::sync::mpsc::Sender;

/// Rows of a batch.
const ROWS: usize = 8192;

/// A table as one grant opens it.
pub(super) struct Table {
    pub(super) register: &'static Register,
    schema: SchemaRef,
    files: Arc<Files>,
    gate: Arc<Gate>,
}

impl Table {
    /// Columns are open by name; `gate` says which rows are.
    pub(super) fn new(register: &'static Register, columns: &[&'static str], files: Files, gate: Gate) -> Self {
        let schema = Arc::new(schema_of(register, |name| columns.contains(&name)));
        Self { register, schema, files: Arc::new(files), gate: Arc::new(gate) }
    }

    /// True when a column is open.
    pub(super) fn has(&self, column: &str) -> bool {
        self.schema.index_of(column).is_ok()
    }

    /// Names of the open columns, and what they mean.
    pub(super) fn describe(&self) -> Vec<(String, String)> {
        let means = |name: &str| match self.register.column(name) {
            Some(column) => self.register.columns[column].means_en.to_owned(),
            None => "the person".to_owned(),
        };
        self.schema.fields().iter().map(|field| (field.name().clone(), means(field.name()))).collect()
    }
}

#[async_trait]
impl TableProvider for Table {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    // A question's conditions are not handed down: they are judged behind the gate, where they can tell nothing of a row
    // that is closed, neither by an error nor by the time they take.
    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let columns: Vec<usize> = projection.cloned().unwrap_or_else(|| (0..self.schema.fields().len()).collect());
        let mut groups = Vec::new();
        let mut all = 0;
        for (file, part) in (0..).zip(self.files.opened().map_err(told)?) {
            let count = part.metadata.metadata().num_row_groups();
            all += count;
            let open = (0..count).filter(|group| self.gate.may_open(part, *group));
            groups.extend(open.filter_map(|group| Some((file, u32::try_from(group).ok()?))));
        }
        let partitions = state.config().target_partitions().clamp(1, groups.len().max(1));
        let shares: Vec<&[(u32, u32)]> = groups.chunks(groups.len().div_ceil(partitions).max(1)).collect();
        let schema = Arc::new(self.schema.project(&columns)?);
        let granted = Granted::new(self.register, schema, Arc::clone(&self.files), Arc::clone(&self.gate), all);
        Ok(Arc::new(GrantedScan::new(Arc::new(granted), row_groups(&shares)?)))
    }
}

/// Which row groups each partition reads, as a plan of its own: a cluster divides the partitions of leaves that it knows
/// among its executors, and leaves those of others whole, so that each would read everything.
fn row_groups(shares: &[&[(u32, u32)]]) -> Result<Arc<dyn ExecutionPlan>> {
    let field = |name: &str| Field::new(name, DataType::UInt32, false);
    let schema = Arc::new(Schema::new(vec![field("file"), field("group")]));
    let batch = |share: &&[(u32, u32)]| {
        let files: ArrayRef = Arc::new(UInt32Array::from_iter_values(share.iter().map(|(file, _)| *file)));
        let groups: ArrayRef = Arc::new(UInt32Array::from_iter_values(share.iter().map(|(_, group)| *group)));
        Ok(vec![RecordBatch::try_new(Arc::clone(&schema), vec![files, groups])?])
    };
    let mut partitions = shares.iter().map(batch).collect::<Result<Vec<_>>>()?;
    if partitions.is_empty() {
        partitions.push(Vec::new());
    }
    Ok(MemorySourceConfig::try_new_exec(&partitions, schema, None)?)
}

/// The reading of a table through the gate: the row groups that its input names.
pub(crate) struct GrantedScan {
    granted: Arc<Granted>,
    groups: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl GrantedScan {
    /// Reads what is granted of the row groups that another plan names by file and number.
    pub(crate) fn new(granted: Arc<Granted>, groups: Arc<dyn ExecutionPlan>) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&granted.schema)),
            Partitioning::UnknownPartitioning(groups.properties().output_partitioning().partition_count()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self { granted, groups, properties: Arc::new(properties) }
    }

    /// What it reads.
    pub(crate) fn granted(&self) -> &Granted {
        &self.granted
    }
}

impl ExecutionPlan for GrantedScan {
    fn name(&self) -> &'static str {
        "GrantedScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.groups]
    }

    // Each row group is in one partition of the input, and stays there.
    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let groups = children.into_iter().next().ok_or_else(damaged)?;
        Ok(Arc::new(Self::new(Arc::clone(&self.granted), groups)))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut stream = RecordBatchReceiverStream::builder(Arc::clone(&self.granted.schema), 2);
        let out = stream.tx();
        let mut groups = self.groups.execute(partition, context)?;
        let reader = Reader { granted: Arc::clone(&self.granted) };
        stream.spawn(async move {
            let mut wanted = Vec::new();
            while let Some(batch) = groups.next().await {
                let batch = batch?;
                let column =
                    |at: usize| batch.columns().get(at).and_then(|column| column.as_primitive_opt::<UInt32Type>());
                let (Some(files), Some(groups)) = (column(0), column(1)) else { return Err(damaged()) };
                wanted.extend(files.values().iter().copied().zip(groups.values().iter().copied()));
            }
            let reading = tokio::task::spawn_blocking(move || reader.read_all(&wanted, &out));
            reading.await.map_err(|error| DataFusionError::Execution(error.to_string()))?
        });
        Ok(stream.build())
    }
}

fn damaged() -> DataFusionError {
    DataFusionError::Execution("a table file is damaged or missing".to_owned())
}

fn told(error: LakeError) -> DataFusionError {
    DataFusionError::Execution(error.to_string())
}

struct Reader {
    granted: Arc<Granted>,
}

impl Reader {
    fn read_all(&self, wanted: &[(u32, u32)], out: &Sender<Result<RecordBatch>>) -> Result<()> {
        let files = self.granted.files.opened().map_err(told)?;
        for (file, group) in wanted {
            let file = files.get(*file as usize).ok_or_else(damaged)?;
            // Nobody listens any more: the question has ended.
            if !self.read(file, *group as usize, &|batch| out.blocking_send(Ok(batch)).is_ok())? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn read(&self, file: &PartFile, group: usize, send: &dyn Fn(RecordBatch) -> bool) -> Result<bool> {
        let Granted { register, schema, gate, .. } = &*self.granted;
        let damaged = |_| damaged();
        let opened = File::open(&file.path).map_err(|_| self::damaged())?;
        let stored = |name: &str| stored_index(register, name);
        let wanted = schema.fields().iter().filter_map(|field| stored(field.name()));
        let wanted = wanted.chain(stored(PERSON)).chain(gate.needs_days().then(|| stored(DAY)).flatten());
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(opened, file.metadata.clone());
        if group >= file.metadata.metadata().num_row_groups() {
            return Err(self::damaged());
        }
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
        let filter = RowFilter::new(vec![Box::new(self.predicate(builder.parquet_schema()))]);
        let mut builder = builder.with_row_groups(vec![group]).with_batch_size(ROWS).with_projection(mask);
        // Where most persons are open, dropping rows afterwards is cheaper than choosing them before.
        if gate.open.len() * 2 < u64::from(gate.persons.count) {
            builder = builder.with_row_filter(filter);
        }
        for batch in builder.build().map_err(damaged)? {
            let batch = batch.map_err(|_| self::damaged())?;
            let open = self.open_rows(&batch)?;
            if open.num_rows() > 0 && !send(self.seen(&open)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The grant's condition, put where the rows are read.
    fn predicate(
        &self,
        schema: &datafusion::parquet::schema::types::SchemaDescriptor,
    ) -> ArrowPredicateFn<impl FnMut(RecordBatch) -> Result<BooleanArray, datafusion::arrow::error::ArrowError> + use<>>
    {
        let gate = Arc::clone(&self.granted.gate);
        let columns = std::iter::once(0).chain(gate.needs_days().then_some(1));
        ArrowPredicateFn::new(ProjectionMask::roots(schema, columns), move |batch: RecordBatch| {
            Ok(gate.mask(batch.column(0).as_primitive::<UInt32Type>(), batch.columns().get(1)))
        })
    }

    /// The rows that are open, looked at once more after they were chosen.
    fn open_rows(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let gate = &self.granted.gate;
        let days = if gate.needs_days() { batch.column_by_name(DAY) } else { None };
        let mask = gate.mask(person_of(batch)?, days);
        let open =
            if mask.true_count() == batch.num_rows() { batch.clone() } else { filter_record_batch(batch, &mask)? };
        let closed = person_of(&open)?.values().iter().any(|person| !gate.open.contains(*person));
        if closed {
            return Err(DataFusionError::Execution(
                "a row came out that the grant does not open; nothing is told".to_owned(),
            ));
        }
        Ok(open)
    }

    /// The columns of the answer, keys as pseudonyms.
    fn seen(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let schema = &self.granted.schema;
        let (of, pseudonyms) = self.granted.gate.persons.made();
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
        for field in schema.fields() {
            let column: ArrayRef = if field.name() == self.granted.register.person_column() {
                let numbers = person_of(batch)?.values().iter();
                let seen: Option<Vec<u32>> = numbers.map(|n| of.get(*n as usize).copied()).collect();
                let unknown = || DataFusionError::Execution("a table file is of another snapshot".to_owned());
                Arc::new(UInt32Array::from(seen.ok_or_else(unknown)?))
            } else {
                let missing = || DataFusionError::Execution("a table file lacks a column".to_owned());
                let stored = batch.column_by_name(field.name()).ok_or_else(missing)?;
                match field.data_type() {
                    DataType::UInt64 => {
                        let keys = stored.as_primitive::<UInt64Type>().iter();
                        let keys: UInt64Array = keys.map(|key| key.map(|key| pseudonyms.contact(key))).collect();
                        Arc::new(keys)
                    }
                    _ => Arc::clone(stored),
                }
            };
            columns.push(column);
        }
        let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
    }
}

fn person_of(batch: &RecordBatch) -> Result<&UInt32Array> {
    let missing = || DataFusionError::Execution("a table file lacks its persons".to_owned());
    Ok(batch.column_by_name(PERSON).ok_or_else(missing)?.as_primitive::<UInt32Type>())
}

impl DisplayAs for GrantedScan {
    fn fmt_as(&self, _t: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Granted { register, schema, gate, groups, .. } = &*self.granted;
        let Gate { open, persons, from, until, blocked, .. } = &**gate;
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, "GrantedScan: table={}, columns=[{}], ", register.name, columns.join(", "))?;
        let every = if open.len() == u64::from(persons.count) { "all" } else { "those not left out" };
        write!(f, "granted persons={every}, ")?;
        if gate.dated {
            let day = |day: &Option<i32>| day.map_or_else(|| "any".to_owned(), shown);
            write!(f, "granted days=[{}, {}), ", day(from), day(until))?;
            write!(f, "blocked periods={}, ", if blocked.is_empty() { "none" } else { "left out" })?;
        }
        let named = StatisticsContext::new().compute(self.groups.as_ref(), &StatisticsArgs::new()).ok();
        let named = named.and_then(|known| known.num_rows.get_value().copied());
        write!(f, "row groups={} of {groups}", named.unwrap_or_default())
    }
}

fn shown(days: i32) -> String {
    let day = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(i64::from(days)));
    day.map_or_else(|_| days.to_string(), |day| day.to_string())
}

impl std::fmt::Debug for GrantedScan {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GrantedScan").field("table", &self.granted.register.name).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("register", &self.register.name).finish_non_exhaustive()
    }
}
