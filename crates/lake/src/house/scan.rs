//! The one way in which rows of a stored table are read: through what a grant opens.
//!
//! INVARIANT: a [`Table`] is made in `view.rs` only, of a grant. Persons whom it does not open are skipped by whole row
//! groups, dropped row by row before a question's own conditions see them, and looked for once more in what comes out.

use super::ingest::{DAY, PERSON};
use super::keys::Pseudonyms;
use super::view::{days_of, stored_index};
use crate::LakeError;
use crate::RecordBatch;
use crate::registers::{Kind, Register};
use async_trait::async_trait;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt32Array, UInt64Array};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef, UInt32Type, UInt64Type};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter,
};
use datafusion::parquet::file::statistics::Statistics;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use indgang_gate::Scope;
use roaring::RoaringBitmap;
use std::collections::HashMap;
use std::fmt::Formatter;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a batch.
const ROWS: usize = 8192;

/// The pseudonyms of a domain.
pub(super) struct Persons {
    of: Vec<u32>,
    pseudonyms: Arc<Pseudonyms>,
}

impl Persons {
    pub(super) const fn new(of: Vec<u32>, pseudonyms: Arc<Pseudonyms>) -> Self {
        Self { of, pseudonyms }
    }
}

/// A file of a table, with what its footer tells.
#[derive(Clone)]
pub(super) struct PartFile {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl PartFile {
    pub(super) fn open(path: &Path) -> Result<Self, LakeError> {
        let name = || LakeError::Damaged(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
        let file = File::open(path).map_err(|_| name())?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|_| name())?;
        Ok(Self { path: path.to_owned(), metadata })
    }
}

/// A table as one grant opens it.
pub(super) struct Table {
    pub(super) register: &'static Register,
    schema: SchemaRef,
    files: Vec<PartFile>,
    gate: Arc<Gate>,
}

/// Which rows are open.
struct Gate {
    persons: Arc<Persons>,
    open: RoaringBitmap,
    /// The same, one bit a person.
    bits: Vec<u64>,
    blocked: HashMap<u32, Vec<(i32, i32)>>,
    from: Option<i32>,
    until: Option<i32>,
    /// True when the register's rows have days.
    dated: bool,
}

impl Table {
    pub(super) fn new(
        register: &'static Register,
        columns: Vec<&'static str>,
        files: Vec<PartFile>,
        persons: Arc<Persons>,
        open: RoaringBitmap,
        blocked: &HashMap<u32, Vec<(i32, i32)>>,
        scope: &Scope,
    ) -> Self {
        let mut fields = vec![Field::new("pnr", DataType::UInt32, false)];
        for column in register.columns.iter().filter(|column| columns.contains(&column.name)) {
            match column.kind {
                Kind::PersonKey => {}
                Kind::ContactKey => fields.push(Field::new(column.name, DataType::UInt64, false)),
                _ => fields.extend(register.schema().field_with_name(column.name).ok().cloned()),
            }
        }
        let mut bits = vec![0u64; persons.of.len().div_ceil(64)];
        for person in &open {
            bits[person as usize / 64] |= 1 << (person % 64);
        }
        let (from, until) = days_of(scope);
        let dated = register.day != crate::registers::Day::None;
        let gate = Gate { persons, open, bits, blocked: blocked.clone(), from, until, dated };
        Self { register, schema: Arc::new(Schema::new(fields)), files, gate: Arc::new(gate) }
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

impl Gate {
    fn opens(&self, person: u32, day: Option<i32>) -> bool {
        let bit = self.bits.get(person as usize / 64).is_some_and(|word| word >> (person % 64) & 1 == 1);
        bit && self.opens_day(person, day)
    }

    fn opens_day(&self, person: u32, day: Option<i32>) -> bool {
        if !self.dated {
            return true;
        }
        let blocked = if self.blocked.is_empty() { None } else { self.blocked.get(&person) };
        match day {
            Some(day) => {
                self.from.is_none_or(|from| from <= day)
                    && self.until.is_none_or(|until| day < until)
                    && blocked.is_none_or(|periods| !periods.iter().any(|(from, until)| *from <= day && day < *until))
            }
            // A row without a day is in no period that could be shown to be open.
            None => self.from.is_none() && self.until.is_none() && blocked.is_none(),
        }
    }

    fn mask(&self, persons: &UInt32Array, days: Option<&ArrayRef>) -> BooleanArray {
        let days = days.map(|days| days.as_primitive::<Date32Type>());
        let day = |row: usize| days.filter(|days| !days.is_null(row)).map(|days| days.value(row));
        persons.values().iter().enumerate().map(|(row, person)| Some(self.opens(*person, day(row)))).collect()
    }

    /// True when the days of rows decide.
    fn needs_days(&self) -> bool {
        self.dated && (self.from.is_some() || self.until.is_some() || !self.blocked.is_empty())
    }

    /// Whether a row group may hold an open row, by its statistics.
    fn may_open(&self, file: &PartFile, group: usize) -> bool {
        let columns = file.metadata.metadata().row_group(group).columns();
        let persons = match columns.first().and_then(|column| column.statistics()) {
            // Numbers without sign are kept as numbers with one.
            #[expect(clippy::cast_sign_loss, reason = "the file's type is an unsigned number")]
            Some(Statistics::Int32(bounds)) => {
                bounds.min_opt().zip(bounds.max_opt()).map(|(a, b)| (*a as u32, *b as u32))
            }
            _ => None,
        };
        persons.is_none_or(|(least, most)| least > most || self.open.range_cardinality(least..=most) > 0)
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
        for (file, part) in self.files.iter().enumerate() {
            let count = part.metadata.metadata().num_row_groups();
            all += count;
            groups.extend((0..count).filter(|group| self.gate.may_open(part, *group)).map(|group| (file, group)));
        }
        let partitions = state.config().target_partitions().clamp(1, groups.len().max(1));
        let shares = groups.chunks(groups.len().div_ceil(partitions).max(1)).map(<[_]>::to_vec).collect::<Vec<_>>();
        let schema = Arc::new(self.schema.project(&columns)?);
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(shares.len().max(1)),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Arc::new(GrantedScan {
            register: self.register,
            schema,
            files: self.files.clone(),
            gate: Arc::clone(&self.gate),
            shares,
            all,
            properties: Arc::new(properties),
        }))
    }
}

/// The reading of a table through the gate.
struct GrantedScan {
    register: &'static Register,
    schema: SchemaRef,
    files: Vec<PartFile>,
    gate: Arc<Gate>,
    /// File and row group, by partition.
    shares: Vec<Vec<(usize, usize)>>,
    all: usize,
    properties: Arc<PlanProperties>,
}

impl ExecutionPlan for GrantedScan {
    fn name(&self) -> &'static str {
        "GrantedScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut stream = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), 2);
        let out = stream.tx();
        let share = self.shares.get(partition).cloned().unwrap_or_default();
        let reader = Reader { register: self.register, schema: Arc::clone(&self.schema), gate: Arc::clone(&self.gate) };
        let files = self.files.clone();
        stream.spawn_blocking(move || {
            for (file, group) in share {
                // Nobody listens any more: the question has ended.
                if !reader.read(&files[file], group, &|batch| out.blocking_send(Ok(batch)).is_ok())? {
                    return Ok(());
                }
            }
            Ok(())
        });
        Ok(stream.build())
    }
}

struct Reader {
    register: &'static Register,
    schema: SchemaRef,
    gate: Arc<Gate>,
}

impl Reader {
    fn read(&self, file: &PartFile, group: usize, send: &dyn Fn(RecordBatch) -> bool) -> Result<bool> {
        let damaged = || DataFusionError::Execution("a table file is damaged or missing".to_owned());
        let opened = File::open(&file.path).map_err(|_| damaged())?;
        let stored = |name: &str| stored_index(self.register, name);
        let wanted = self.schema.fields().iter().filter_map(|field| stored(field.name()));
        let wanted = wanted.chain(stored(PERSON)).chain(self.gate.needs_days().then(|| stored(DAY)).flatten());
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(opened, file.metadata.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
        let filter = RowFilter::new(vec![Box::new(self.predicate(builder.parquet_schema()))]);
        let mut builder = builder.with_row_groups(vec![group]).with_batch_size(ROWS).with_projection(mask);
        // Where most persons are open, dropping rows afterwards is cheaper than choosing them before.
        if self.gate.open.len() * 2 < self.gate.persons.of.len() as u64 {
            builder = builder.with_row_filter(filter);
        }
        for batch in builder.build().map_err(|_| damaged())? {
            let batch = batch.map_err(|_| damaged())?;
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
        let gate = Arc::clone(&self.gate);
        let columns = std::iter::once(0).chain(self.gate.needs_days().then_some(1));
        ArrowPredicateFn::new(ProjectionMask::roots(schema, columns), move |batch: RecordBatch| {
            Ok(gate.mask(batch.column(0).as_primitive::<UInt32Type>(), batch.columns().get(1)))
        })
    }

    /// The rows that are open, looked at once more after they were chosen.
    fn open_rows(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let days = if self.gate.needs_days() { batch.column_by_name(DAY) } else { None };
        let mask = self.gate.mask(person_of(batch)?, days);
        let open =
            if mask.true_count() == batch.num_rows() { batch.clone() } else { filter_record_batch(batch, &mask)? };
        let closed = person_of(&open)?.values().iter().any(|person| !self.gate.open.contains(*person));
        if closed {
            return Err(DataFusionError::Execution(
                "a row came out that the grant does not open; nothing is told".to_owned(),
            ));
        }
        Ok(open)
    }

    /// The columns of the answer, keys as pseudonyms.
    fn seen(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let persons = &self.gate.persons;
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        for field in self.schema.fields() {
            let column: ArrayRef = if field.name() == "pnr" {
                let numbers = person_of(batch)?.values().iter();
                let pseudonyms: Option<Vec<u32>> = numbers.map(|n| persons.of.get(*n as usize).copied()).collect();
                let unknown = || DataFusionError::Execution("a table file is of another snapshot".to_owned());
                Arc::new(UInt32Array::from(pseudonyms.ok_or_else(unknown)?))
            } else {
                let missing = || DataFusionError::Execution("a table file lacks a column".to_owned());
                let stored = batch.column_by_name(field.name()).ok_or_else(missing)?;
                match field.data_type() {
                    DataType::UInt64 => {
                        let keys = stored.as_primitive::<UInt64Type>().values().iter();
                        Arc::new(UInt64Array::from_iter_values(keys.map(|key| persons.pseudonyms.contact(*key))))
                    }
                    _ => Arc::clone(stored),
                }
            };
            columns.push(column);
        }
        let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?)
    }
}

fn person_of(batch: &RecordBatch) -> Result<&UInt32Array> {
    let missing = || DataFusionError::Execution("a table file lacks its persons".to_owned());
    Ok(batch.column_by_name(PERSON).ok_or_else(missing)?.as_primitive::<UInt32Type>())
}

impl DisplayAs for GrantedScan {
    fn fmt_as(&self, _t: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Gate { open, persons, from, until, blocked, .. } = &*self.gate;
        let columns: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, "GrantedScan: table={}, columns=[{}], ", self.register.name, columns.join(", "))?;
        let every = if open.len() == persons.of.len() as u64 { "all" } else { "those not left out" };
        write!(f, "granted persons={every}, ")?;
        if self.gate.dated {
            let day = |day: &Option<i32>| day.map_or_else(|| "any".to_owned(), shown);
            write!(f, "granted days=[{}, {}), ", day(from), day(until))?;
            write!(f, "blocked periods={}, ", if blocked.is_empty() { "none" } else { "left out" })?;
        }
        write!(f, "row groups={} of {}", self.shares.iter().map(Vec::len).sum::<usize>(), self.all)
    }
}

fn shown(days: i32) -> String {
    let day = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(i64::from(days)));
    day.map_or_else(|_| days.to_string(), |day| day.to_string())
}

impl std::fmt::Debug for GrantedScan {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GrantedScan").field("table", &self.register.name).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("register", &self.register.name).finish_non_exhaustive()
    }
}
