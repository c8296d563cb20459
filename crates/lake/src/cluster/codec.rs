//! How plans travel: a scan as its sealed description, and nothing that reads rows in another way.

use super::guard::granted_only;
use super::key::ClusterKey;
use crate::house::{GrantedScan, Recent};
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use bytes::BufMut;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::logical_plan::{AsLogicalPlan, LogicalExtensionCodec};
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The first byte of a scan of ours, and of a node that the cluster made itself.
const SCAN: u8 = b's';
const OTHER: u8 = b'b';

/// Writes and reads the nodes of plans that the engine does not know.
pub(super) struct Codec {
    key: ClusterKey,
    /// The folder of parts; `None` where plans are only passed on.
    parts: Option<PathBuf>,
    recent: Mutex<Recent>,
    others: BallistaPhysicalExtensionCodec,
}

impl Codec {
    /// Under a key. Without a folder of parts, plans are passed on and cannot be run.
    pub(super) fn new(key: ClusterKey, parts: Option<PathBuf>) -> Self {
        Self { key, parts, recent: Mutex::default(), others: BallistaPhysicalExtensionCodec::default() }
    }
}

fn refused() -> DataFusionError {
    DataFusionError::Plan("refused: a scan without the seal of this cluster's key".to_owned())
}

impl PhysicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        ctx: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match (buf.split_first(), inputs) {
            (Some((&SCAN, sealed)), [groups]) => {
                let opened = self.key.open(sealed).ok_or_else(refused)?;
                let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
                let granted = recent.granted(sealed, opened, self.parts.as_deref()).ok_or_else(refused)?;
                Ok(Arc::new(GrantedScan::new(granted, Arc::clone(groups))))
            }
            // INVARIANT: an executor runs plans under a node of the cluster's that writes rows for others, and each
            // such node comes through here.
            (Some((&OTHER, rest)), _) => {
                inputs.iter().try_for_each(granted_only)?;
                self.others.try_decode(rest, inputs, ctx, converter)
            }
            _ => Err(refused()),
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        if let Some(scan) = node.downcast_ref::<GrantedScan>() {
            let sealed = scan.granted().sealed(|bytes| self.key.seal(bytes));
            let sealed = sealed.map_err(|error| DataFusionError::Execution(error.to_string()))?;
            buf.push(SCAN);
            buf.extend(sealed);
            return Ok(());
        }
        buf.push(OTHER);
        self.others.try_encode(node, buf, converter)
    }
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Codec").finish_non_exhaustive()
    }
}

/// Logical plans are not taken: a question is planned where it was controlled.
#[derive(Debug, Clone)]
pub(super) struct NoLogicalPlan;

fn planned_elsewhere<T>() -> Result<T> {
    Err(DataFusionError::Plan("refused: the cluster takes plans of granted scans only".to_owned()))
}

impl AsLogicalPlan for NoLogicalPlan {
    fn try_decode(_: &[u8]) -> Result<Self> {
        planned_elsewhere()
    }

    fn try_encode<B: BufMut>(&self, _: &mut B) -> Result<()> {
        planned_elsewhere()
    }

    fn try_into_logical_plan(&self, _: &TaskContext, _: &dyn LogicalExtensionCodec) -> Result<LogicalPlan> {
        planned_elsewhere()
    }

    fn try_from_logical_plan(_: &LogicalPlan, _: &dyn LogicalExtensionCodec) -> Result<Self> {
        planned_elsewhere()
    }
}
