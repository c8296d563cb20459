//! What an executor runs: plans whose rows come from granted scans, from other executors, or from the plan itself.

use crate::house::GrantedScan;
use ballista_core::execution_plans::{RangeShuffleReaderExec, ShuffleReaderExec};
use datafusion::catalog::memory::{DataSourceExec, MemorySourceConfig};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::datasource::sink::DataSinkExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::placeholder_row::PlaceholderRowExec;
use std::sync::Arc;

/// Refuses a plan that reads rows in another way than through a grant, or writes.
pub(super) fn granted_only(plan: &Arc<dyn ExecutionPlan>) -> Result<()> {
    plan.apply(|node| match is_open(node) {
        true => Ok(TreeNodeRecursion::Continue),
        false => Err(DataFusionError::Plan(format!(
            "refused: a plan with `{}`, which reads or writes past the gate",
            node.name()
        ))),
    })?;
    Ok(())
}

fn is_open(node: &Arc<dyn ExecutionPlan>) -> bool {
    if !node.children().is_empty() {
        return !node.is::<DataSinkExec>();
    }
    let in_memory = |source: &DataSourceExec| {
        let source: &dyn std::any::Any = source.data_source().as_ref();
        source.is::<MemorySourceConfig>()
    };
    node.is::<ShuffleReaderExec>()
        || node.is::<RangeShuffleReaderExec>()
        || node.is::<EmptyExec>()
        || node.is::<PlaceholderRowExec>()
        || node.downcast_ref::<DataSourceExec>().is_some_and(in_memory)
}

/// True when a plan reads rows of the house.
pub(crate) fn reads_rows(plan: &Arc<dyn ExecutionPlan>) -> bool {
    plan.exists(|node| Ok(node.is::<GrantedScan>())).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::prelude::{CsvReadOptions, SessionContext};

    #[tokio::test]
    async fn a_plan_that_reads_files_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.csv");
        std::fs::write(&path, "pnr\n1\n").expect("written");
        let context = SessionContext::new();
        let path = path.to_string_lossy();
        context.register_csv("x", path.as_ref(), CsvReadOptions::default()).await.expect("a table");
        for (sql, open) in [
            ("select 1", true),
            ("select * from (values (1), (2)) as t(a) order by a", true),
            ("select count(*) from x", false),
            ("select a from (values (1)) as t(a) where a in (select pnr from x)", false),
            ("select * from generate_series(1, 3)", false),
        ] {
            let plan = context.sql(sql).await.expect(sql).create_physical_plan().await.expect(sql);
            assert_eq!(granted_only(&plan).is_ok(), open, "{sql}");
        }
        let out = format!("copy (select 1) to '{}'", folder.path().join("out.csv").display());
        let plan = context.sql(&out).await.expect("a plan").create_physical_plan().await.expect("a plan");
        assert!(granted_only(&plan).expect_err("writes").to_string().contains("past the gate"));
    }
}
