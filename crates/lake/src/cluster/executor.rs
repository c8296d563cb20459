//! An executor: asks the scheduler for work, reads tables through the gate, and gives rows to who holds the key.

use super::client::LONGEST_MESSAGE;
use super::codec::Codec;
use super::{Cluster, address};
use crate::LakeError;
use crate::house::{create_private, with_functions, with_measures};
use arrow_flight::flight_service_server::FlightServiceServer;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_core::extension::SessionConfigExt;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_executor::flight_service::BallistaFlightService;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// Rows that nobody fetched or forgot are removed after so long, in seconds.
const FORGET: u64 = 3600;

/// What an executor needs.
#[derive(Debug, Clone)]
pub struct Executor {
    /// The scheduler and the key.
    pub cluster: Cluster,
    /// The lake's folder, as the house that asks has it.
    pub lake: PathBuf,
    /// A folder of its own, for what does not fit in memory and what other executors fetch.
    pub work: PathBuf,
    /// The name or address under which other executors and those who ask reach it.
    pub host: String,
    /// Parts of questions it works on at a time.
    pub threads: usize,
    /// Memory, in bytes.
    pub memory: usize,
    /// Room on disk for what does not fit, in bytes.
    pub spill: u64,
}

/// Works until the process is told to end (SIGTERM or SIGINT), or the work fails.
///
/// # Errors
/// [`LakeError::File`] when the folders cannot be used, [`LakeError::Limit`] when another executor uses the work folder,
/// [`LakeError::Cluster`] when the scheduler cannot be reached or the executor breaks off.
pub async fn execute(listener: TcpListener, executor: Executor) -> Result<(), LakeError> {
    let failed = |error: &dyn std::fmt::Display| LakeError::Cluster(format!("the executor failed: {error}"));
    let place = listener.local_addr().map_err(|error| failed(&error))?;
    let parts = executor.lake.join("parts");
    std::fs::read_dir(&parts).map_err(LakeError::file(&parts))?;
    let (_held, work) = own_folder(&executor.work)?;
    super::client::connect(&executor.cluster).await?;
    let (host, port) = address(&executor.cluster.scheduler)?;
    let tls = executor.cluster.key.server()?;
    let secure: Arc<_> = Arc::new(executor.cluster.key.client()?);
    let endpoint: ballista_core::extension::EndpointOverrideFn = Arc::new(move |endpoint| Ok(secure(endpoint)?));
    let functions = SessionContext::new();
    with_functions(&functions);
    with_measures(&functions);
    let settings = {
        let endpoint = Arc::clone(&endpoint);
        move || {
            SessionConfig::new_with_ballista()
                .with_ballista_use_tls(true)
                .with_ballista_override_create_grpc_client_endpoint(Arc::clone(&endpoint))
        }
    };
    let spill = (work.join("spill"), executor.spill);
    let waiting = Mutex::new(Some((listener, tls)));
    let config = ExecutorProcessConfig {
        bind_host: place.ip().to_string(),
        external_host: Some(executor.host.clone()),
        port: place.port(),
        // Nobody brings work here: it is fetched from the scheduler.
        grpc_port: 0,
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        scheduler_host: host.to_owned(),
        scheduler_port: port,
        vcores: executor.threads.max(1),
        work_dir: Some(work.join("rows").to_string_lossy().into_owned()),
        memory_pool_size: Some(executor.memory as u64),
        job_data_ttl_seconds: FORGET,
        job_data_clean_up_interval_seconds: FORGET,
        grpc_max_decoding_message_size: u32::try_from(LONGEST_MESSAGE).unwrap_or(u32::MAX),
        grpc_max_encoding_message_size: u32::try_from(LONGEST_MESSAGE).unwrap_or(u32::MAX),
        override_function_registry: Some(Arc::new(BallistaFunctionRegistry::from(&functions.state()))),
        override_physical_codec: Some(Arc::new(Codec::new(executor.cluster.key.clone(), Some(parts)))),
        override_create_grpc_client_endpoint: Some(endpoint),
        override_config_producer: Some(Arc::new(settings)),
        override_runtime_producer: Some(Arc::new(move |_| {
            let disk = DiskManagerBuilder::default()
                .with_mode(DiskManagerMode::Directories(vec![spill.0.clone()]))
                .with_max_temp_directory_size(spill.1);
            RuntimeEnvBuilder::new().with_disk_manager_builder(disk).build_arc()
        })),
        override_arrow_flight_service: Some(Arc::new(move |work, _, mut ended, _| {
            let listening = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
            tokio::spawn(async move {
                let Some((listener, tls)) = listening else {
                    return Err(BallistaError::General("it is started once".to_owned()));
                };
                let rows = FlightServiceServer::new(BallistaFlightService::new(work))
                    .max_decoding_message_size(LONGEST_MESSAGE)
                    .max_encoding_message_size(LONGEST_MESSAGE);
                let server = Server::builder().tls_config(tls)?.tcp_nodelay(true).add_service(rows);
                Ok(server.serve_with_incoming_shutdown(TcpIncoming::from(listener), ended.recv()).await?)
            })
        })),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await.map_err(|error| failed(&error))
}

/// The work folder, which only its owner opens, without what an executor that was killed left in it.
fn own_folder(work: &Path) -> Result<(File, PathBuf), LakeError> {
    create_private(work)?;
    let lock = work.join("executor.lock");
    let held = crate::write::private(&lock).map_err(LakeError::file(&lock))?;
    if held.try_lock().is_err() {
        let what = format!("another executor works in `{}`; give each a folder of its own with --work", work.display());
        return Err(LakeError::Limit(what));
    }
    let own = work.join("own");
    match std::fs::remove_dir_all(&own) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(LakeError::file(&own)(error)),
        _ => {}
    }
    for folder in ["rows", "spill"] {
        create_private(&own.join(folder))?;
    }
    Ok((held, own))
}
