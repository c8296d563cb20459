//! The scheduler: takes plans, divides them, and gives their parts to executors that ask for work. It reads no table.

use super::client::LONGEST_MESSAGE;
use super::codec::{Codec, NoLogicalPlan};
use super::key::ClusterKey;
use crate::LakeError;
use crate::house::{with_functions, with_measures};
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::create_scheduler;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::SessionContext;
use datafusion_proto::protobuf::PhysicalPlanNode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// An executor that has not asked for work for so long, in seconds, is gone; one that is busy asks every five.
const EXECUTOR_TIMEOUT: u64 = 20;
/// How often that is looked at, in seconds.
const LOOK: u64 = 2;
/// Rows of answered questions are forgotten after so long, in seconds, when nobody says so before.
const FORGET: u64 = 120;

/// Serves executors and questions until `ended`.
///
/// # Errors
/// [`LakeError::Cluster`] when the server cannot be started or breaks off.
pub async fn schedule(
    listener: TcpListener,
    key: ClusterKey,
    ended: impl Future<Output = ()> + Send,
) -> Result<(), LakeError> {
    let failed = |error: &dyn std::fmt::Display| LakeError::Cluster(format!("the scheduler failed: {error}"));
    let place = listener.local_addr().map_err(|error| failed(&error))?;
    let tls = key.server()?;
    let most = u32::try_from(LONGEST_MESSAGE).unwrap_or(u32::MAX);
    let config = SchedulerConfig {
        external_host: place.ip().to_string(),
        bind_host: place.ip().to_string(),
        bind_port: place.port(),
        // Executors come to the scheduler: it opens no connection, and they no port that takes plans.
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: EXECUTOR_TIMEOUT,
        no_executors_grace_period_seconds: EXECUTOR_TIMEOUT,
        expire_dead_executor_interval_seconds: LOOK,
        finished_job_data_clean_up_interval_seconds: FORGET,
        finished_job_state_clean_up_interval_seconds: FORGET,
        grpc_server_max_decoding_message_size: most,
        grpc_server_max_encoding_message_size: most,
        override_physical_codec: Some(Arc::new(Codec::new(key, None))),
        override_session_builder: Some(Arc::new(|config| {
            let state = SessionStateBuilder::new().with_config(config).with_default_features();
            let context = SessionContext::new_with_state(state.build());
            with_functions(&context);
            with_measures(&context);
            Ok(context.state())
        })),
        ..SchedulerConfig::default()
    };
    config.validate().map_err(|error| failed(&error))?;
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(|error| failed(&error))?;
    let scheduler = create_scheduler::<NoLogicalPlan, PhysicalPlanNode>(cluster, Arc::new(config));
    let scheduler = scheduler.await.map_err(|error| failed(&error))?;
    let service = SchedulerGrpcServer::new(scheduler)
        .max_decoding_message_size(LONGEST_MESSAGE)
        .max_encoding_message_size(LONGEST_MESSAGE);
    let served = Server::builder()
        .tls_config(tls)
        .map_err(|error| failed(&error))?
        .tcp_nodelay(true)
        .add_service(service)
        .serve_with_incoming_shutdown(TcpIncoming::from(listener), ended);
    served.await.map_err(|error| failed(&error))
}
