//! A plan handed to a cluster, and its rows fetched.

use super::Cluster;
use super::codec::Codec;
use crate::{LakeError, RecordBatch};
use ballista_core::client::BallistaClient;
use ballista_core::config::BallistaConfig;
use ballista_core::extension::{BallistaConfigGrpcEndpoint, SessionConfigExt};
use ballista_core::serde::protobuf::execute_query_params::Query;
use ballista_core::serde::protobuf::job_status::Status;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{
    CancelJobParams, CleanJobDataParams, ExecuteQueryParams, KeyValuePair, PartitionLocation,
};
use ballista_core::version::insert_version_header;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use datafusion_proto::physical_plan::AsExecutionPlan;
use datafusion_proto::protobuf::PhysicalPlanNode;
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tonic::transport::{Channel, Endpoint};

/// The longest message, in bytes: a plan with the persons of each of its scans.
pub(super) const LONGEST_MESSAGE: usize = 256 << 20;
/// Partitions of a plan, when no number of threads is given.
const PARTITIONS: usize = 8;
/// How often a question is put anew when the cluster loses a process in it.
const ANEW: u32 = 3;
/// What is waited before that: a scheduler that is started again needs a moment.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a scheduler is given to hear that a question has ended.
pub(crate) const GOODBYE: Duration = Duration::from_secs(5);

/// Settings under which plans can be divided.
pub(crate) fn upgrade(config: SessionConfig, threads: usize) -> SessionConfig {
    let partitions = if threads > 0 { threads } else { PARTITIONS };
    config
        .upgrade_for_ballista()
        // Ballista prefers joins that sort and merge. DataFusion 55 panics in one with a condition besides equality of keys
        // whose columns the plan leaves out above it.
        .set_bool("datafusion.optimizer.prefer_hash_join", true)
        .with_ballista_use_tls(true)
        .with_target_partitions(partitions)
}

/// Runs a plan on the cluster and gives its rows, each batch to `take`, which returns an error to end it. `None` when
/// that was not done in time.
///
/// A question in which the cluster loses a process is put anew, unless rows of it were already given: whoever took them
/// cannot give them back.
///
/// # Errors
/// [`LakeError::Cluster`] when the cluster cannot be reached or breaks off again and again, [`LakeError::Engine`] when the
/// plan fails; in no case is an answer half.
pub(crate) async fn run(
    cluster: &Cluster,
    plan: Arc<dyn ExecutionPlan>,
    config: &SessionConfig,
    until: Instant,
    take: &mut (dyn FnMut(RecordBatch) -> Result<(), LakeError> + Send),
) -> Result<Option<()>, LakeError> {
    let mut scheduler = connect(cluster).await?;
    let mut lost = 0;
    loop {
        let mut taken = false;
        let mut take = |batch| {
            taken = true;
            take(batch)
        };
        let mut job = Job { scheduler, cluster: cluster.clone(), id: String::new() };
        let outcome = timeout_at(until, job.run(Arc::clone(&plan), config, &mut take)).await;
        job.end(!matches!(outcome, Ok(Ok(())))).await;
        match outcome {
            Ok(Err(LakeError::Cluster(_))) if !taken && lost < ANEW && Instant::now() + PAUSE < until => {
                lost += 1;
                sleep(PAUSE).await;
                scheduler = connect(cluster).await?;
            }
            outcome => return outcome.ok().transpose(),
        }
    }
}

pub(super) async fn connect(cluster: &Cluster) -> Result<SchedulerGrpcClient<Channel>, LakeError> {
    let place = &cluster.scheduler;
    let unreachable = |error: tonic::transport::Error| {
        let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        LakeError::Cluster(format!(
            "the scheduler at `{place}` cannot be reached, or has another key ({cause}); start it with `indgang cluster \
             scheduler`, or ask without a cluster"
        ))
    };
    let endpoint = Endpoint::from_shared(format!("https://{place}")).map_err(unreachable)?;
    let endpoint = cluster.key.client()?(endpoint).map_err(unreachable)?;
    let channel = endpoint.connect().await.map_err(unreachable)?;
    let client = SchedulerGrpcClient::new(channel);
    Ok(client.max_decoding_message_size(LONGEST_MESSAGE).max_encoding_message_size(LONGEST_MESSAGE))
}

struct Job {
    scheduler: SchedulerGrpcClient<Channel>,
    cluster: Cluster,
    id: String,
}

impl Job {
    async fn run(
        &mut self,
        plan: Arc<dyn ExecutionPlan>,
        config: &SessionConfig,
        take: &mut (dyn FnMut(RecordBatch) -> Result<(), LakeError> + Send),
    ) -> Result<(), LakeError> {
        let locations = self.finished(query(&self.cluster, plan, config)?).await?;
        let customise = endpoint_of(&self.cluster)?;
        for location in locations {
            fetch(location, &customise, take).await?;
        }
        Ok(())
    }

    /// Hands the query in, and waits until it is worked out: where its rows are.
    async fn finished(&mut self, query: ExecuteQueryParams) -> Result<Vec<PartitionLocation>, LakeError> {
        let mut request = tonic::Request::new(query);
        insert_version_header(request.metadata_mut());
        let handed = self.scheduler.execute_query_push(request).await.map_err(|status| of_status(&status))?;
        let mut told = handed.into_inner();
        while let Some(status) = told.message().await.map_err(|status| of_status(&status))? {
            let Some(status) = status.status else { continue };
            self.id = status.job_id;
            match status.status {
                Some(Status::Successful(job)) => return Ok(job.partition_location),
                Some(Status::Failed(job)) => return Err(of_failure(&job.error)),
                _ => {}
            }
        }
        Err(broke_off("the scheduler ended the connection"))
    }

    /// Ends what may still run, and has the executors forget the rows.
    async fn end(mut self, failed: bool) {
        if self.id.is_empty() {
            return;
        }
        let ending = async {
            let job_id = self.id.clone();
            // Who cannot be reached any more has forgotten already, or will in time.
            if failed {
                let _ = self.scheduler.cancel_job(CancelJobParams { job_id: job_id.clone() }).await;
            }
            let all = CleanJobDataParams { job_id, remove_stage_ids: Vec::new() };
            let _ = self.scheduler.clean_job_data(all).await;
        };
        let _ = timeout(GOODBYE, ending).await;
    }
}

fn query(
    cluster: &Cluster,
    plan: Arc<dyn ExecutionPlan>,
    config: &SessionConfig,
) -> Result<ExecuteQueryParams, LakeError> {
    let codec = Codec::new(cluster.key.clone(), None);
    let mut bytes = Vec::new();
    PhysicalPlanNode::try_from_physical_plan(plan, &codec)?.try_encode(&mut bytes)?;
    if bytes.len() > LONGEST_MESSAGE {
        return Err(LakeError::Limit("the question's plan is too long for the cluster; ask for less at a time".into()));
    }
    let settings = config.options().entries().into_iter();
    let settings = settings.map(|entry| KeyValuePair { key: entry.key, value: entry.value }).collect();
    let id = ballista_core::ids::new_instance_id();
    Ok(ExecuteQueryParams {
        session_id: id.clone(),
        settings,
        operation_id: id,
        query: Some(Query::PhysicalPlan(bytes)),
    })
}

pub(super) fn endpoint_of(cluster: &Cluster) -> Result<Arc<BallistaConfigGrpcEndpoint>, LakeError> {
    let secure = cluster.key.client()?;
    Ok(Arc::new(BallistaConfigGrpcEndpoint::new(Arc::new(move |endpoint| Ok(secure(endpoint)?)))))
}

/// Fetches the rows of one partition of the answer: all of them, or an error.
async fn fetch(
    location: PartitionLocation,
    customise: &Arc<BallistaConfigGrpcEndpoint>,
    take: &mut (dyn FnMut(RecordBatch) -> Result<(), LakeError> + Send),
) -> Result<(), LakeError> {
    let layout = location.layout();
    let incomplete = || broke_off("it did not say where the answer is");
    let expected = location.partition_stats.map(|known| known.num_rows).ok_or_else(incomplete)?;
    let executor = location.executor_meta.ok_or_else(incomplete)?;
    let partition = location.partition_id.ok_or_else(incomplete)?.into();
    let port = u16::try_from(executor.port).map_err(|_| incomplete())?;
    let config = BallistaConfig::default();
    let (retries, wait) = (config.io_retries_times(), 500);
    let retries = u8::try_from(retries).unwrap_or(u8::MAX);
    let lost =
        |error: &dyn std::fmt::Display| broke_off(&format!("an executor with a part of the answer is lost ({error})"));
    let mut client = BallistaClient::try_new(
        &executor.host,
        port,
        LONGEST_MESSAGE,
        true,
        Some(Arc::clone(customise)),
        retries,
        wait,
        0,
        0,
    )
    .await
    .map_err(|error| lost(&error))?;
    let fetched = client
        .fetch_partition_proxied(&executor.id, &partition, location.file_id, layout, &executor.host, port, true)
        .await;
    let mut rows = fetched.map_err(|error| lost(&error))?;
    let mut seen: u64 = 0;
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|error| lost(&error))?;
        seen += batch.num_rows() as u64;
        take(batch)?;
    }
    // INVARIANT: an answer is whole or an error; a connection that ends early looks like the end of the rows.
    if i64::try_from(seen) != Ok(expected) {
        return Err(broke_off("an executor gave another number of rows than it had worked out"));
    }
    Ok(())
}

fn broke_off(what: &str) -> LakeError {
    LakeError::Cluster(format!("the cluster broke off, and nothing is told: {what}; ask again"))
}

fn of_status(status: &tonic::Status) -> LakeError {
    match status.code() {
        tonic::Code::InvalidArgument => of_failure(status.message()),
        _ => broke_off(status.message()),
    }
}

/// What a failed job says. The engine's own words are told on the same conditions as those of this process.
fn of_failure(error: &str) -> LakeError {
    // The scheduler passes an executor's error on in words, as shown to people or to programmers.
    if ["Resources exhausted", "ResourcesExhausted"].iter().any(|name| error.contains(name)) {
        return LakeError::Limit(
            "the question needs more memory or room on disk than the executors have; ask for less at a time".to_owned(),
        );
    }
    LakeError::Engine(format!("on the cluster: {error}"))
}
