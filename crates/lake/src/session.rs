//! Sessions of the engine: memory with spill to disk, and nothing of the file system to be reached from SQL.

use crate::LakeError;
use crate::cluster::{self, Cluster};
use ballista_core::optimizer::with_ballista_optimizer_rules;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::optimizer::Optimizer;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::{DFParserBuilder, Statement};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What one question may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Memory, in bytes; what needs more is spilled to disk.
    pub memory: usize,
    /// Room on disk for what is spilled, in bytes.
    pub spill: u64,
    /// Time.
    pub time: Duration,
    /// Rows of an answer.
    pub rows: usize,
    /// Threads; 0 for as many as the machine has.
    pub threads: usize,
    /// The cluster that works on rows of the house, by its own memory and disk; `None` for this process.
    pub cluster: Option<Cluster>,
}

impl Default for Limits {
    fn default() -> Self {
        let (time, rows) = (Duration::from_secs(600), 1_000_000);
        Self { memory: 2 << 30, spill: 50 << 30, time, rows, threads: 0, cluster: None }
    }
}

/// The longest SQL text, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// How deep SQL may nest.
const DEEPEST: usize = 40;

/// A session with limits, whose spilled files lie in a folder.
pub(crate) fn open(limits: &Limits, spill: &Path) -> Result<SessionContext, LakeError> {
    let mut config = SessionConfig::new().with_information_schema(false);
    if limits.threads > 0 {
        config = config.with_target_partitions(limits.threads);
    }
    let disk = DiskManagerBuilder::default()
        .with_mode(DiskManagerMode::Directories(vec![spill.to_owned()]))
        .with_max_temp_directory_size(limits.spill);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(limits.memory)))
        .with_disk_manager_builder(disk)
        .build_arc()?;
    let mut state = SessionStateBuilder::new()
        .with_runtime_env(runtime)
        .with_default_features()
        .with_physical_optimizer_rule(Arc::new(YieldingJoins));
    if limits.cluster.is_some() {
        config = cluster::upgrade(config, limits.threads);
        state = state.with_optimizer_rules(with_ballista_optimizer_rules(&Optimizer::default().rules));
    }
    let state = state.with_config(config).build();
    Ok(SessionContext::new_with_state(state))
}

/// A join of few rows can give very many without ever waiting for its inputs: without a pause after some batches,
/// neither a limit of time nor a caller who has gone could end it.
#[derive(Debug)]
struct YieldingJoins;

impl PhysicalOptimizerRule for YieldingJoins {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> datafusion::error::Result<Arc<dyn ExecutionPlan>> {
        let yielding = plan.transform_up(|node| {
            Ok(if node.name().ends_with("JoinExec") {
                Transformed::yes(Arc::new(CooperativeExec::new(node)) as _)
            } else {
                Transformed::no(node)
            })
        });
        yielding.map(|plan| plan.data)
    }

    fn name(&self) -> &'static str {
        "yielding_joins"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The most operators of a text: plans are walked by recursion, as deep as operators nest.
const OPERATORS: usize = 2000;
/// Room for such a walk; only what is used of it is taken.
const STACK: usize = 256 << 20;

/// Works on a thread with room for deep plans.
pub(crate) async fn with_deep_stack<T: Send + 'static>(
    work: impl Future<Output = Result<T, LakeError>> + Send + 'static,
) -> Result<T, LakeError> {
    let runtime = tokio::runtime::Handle::current();
    let (done, outcome) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        // Nobody waits any more when this fails.
        let _ = done.send(runtime.block_on(work));
    });
    thread.map_err(|error| LakeError::Limit(format!("no thread can be started ({error}); try again later")))?;
    outcome.await.map_err(|_| LakeError::Engine("it broke off; nothing is told".to_owned()))?
}

fn operators(text: &str) -> usize {
    let word = |word: &str| {
        ["and", "or", "not", "case", "when", "union", "join", "is"].contains(&word.to_ascii_lowercase().as_str())
    };
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|text| word(text)).count();
    words + text.bytes().filter(|byte| b"+-*/%|<>=~&^!:[".contains(byte)).count()
}

/// The statements of a text.
pub(crate) fn parse(text: &str) -> Result<VecDeque<Statement>, LakeError> {
    if operators(text) > OPERATORS {
        return Err(LakeError::Limit(format!(
            "the question has more than {OPERATORS} operators; write long lists with `in (…)`"
        )));
    }
    if text.len() > LONGEST {
        return Err(LakeError::Limit(format!("the question is {} bytes long; at most {LONGEST} are read", text.len())));
    }
    let parsed =
        DFParserBuilder::new(text).with_recursion_limit(DEEPEST).build().and_then(|mut p| p.parse_statements());
    parsed.map_err(LakeError::from)
}
