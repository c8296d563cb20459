//! `indgang cluster`: a scheduler and executors for questions to the registers, as processes of their own.

use super::house;
use crate::configuration::Configuration;
use anyhow::Context as _;
use indgang_lake::cluster::{Cluster, ClusterKey, Executor, execute, schedule};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;

/// The variable of the environment with the key.
const KEY: &str = "INDGANG_CLUSTER_KEY";

/// Arguments of `cluster`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Divide questions among executors
    Scheduler {
        /// Address and port to listen on; port 0 is a free one, which is printed
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:50050")]
        bind: SocketAddr,
        #[command(flatten)]
        key: KeyArguments,
    },
    /// Work on parts of questions, over the tables of a house
    Executor(Box<ExecutorArguments>),
}

#[derive(Debug, clap::Args)]
struct ExecutorArguments {
    /// The scheduler
    #[arg(long, value_name = "HOST:PORT")]
    scheduler: String,
    /// Data folder of the house, or a copy of it that holds `lake/parts`
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A folder of its own, for what does not fit in memory and for rows on their way
    #[arg(long, value_name = "DIR")]
    work: PathBuf,
    /// Address and port to listen on; port 0 is a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// The name or address under which others reach it [default: the address it listens on]
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// Parts of questions it works on at a time [default: one for each core]
    #[arg(long, value_name = "NUMBER")]
    threads: Option<usize>,
    /// The most memory it may use, in MiB; more is spilled to disk
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    memory: usize,
    /// The most room on disk for what does not fit, in GiB
    #[arg(long, value_name = "GIB", default_value_t = 50)]
    spill: u64,
    #[command(flatten)]
    key: KeyArguments,
}

/// The cluster's key. Never on the command line, where others can read it.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct KeyArguments {
    /// File with the cluster's key, 64 hexadecimal digits (`openssl rand -hex 32`) [default: $INDGANG_CLUSTER_KEY]
    #[arg(long = "cluster-key", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl KeyArguments {
    /// The cluster that is named, else the configured one; `None` when questions are worked out in this process.
    pub fn cluster(&self, named: Option<&str>, configuration: &Configuration) -> anyhow::Result<Option<Cluster>> {
        Ok(match (named, configuration.cluster()) {
            (Some(scheduler), _) => Some(Cluster::new(scheduler, self.key(None)?)?),
            (None, Some((scheduler, file))) => Some(Cluster::new(scheduler, self.key(file.as_deref())?)?),
            (None, None) => None,
        })
    }

    /// The key of the named file, else of `configured`, else of the environment.
    fn key(&self, configured: Option<&Path>) -> anyhow::Result<ClusterKey> {
        let Some(file) = self.file.as_deref().or(configured) else {
            let text = std::env::var(KEY).with_context(|| {
                format!(
                    "a cluster has a key, and there is none: put it in ${KEY} or name its file with --cluster-key; make one \
                     with `openssl rand -hex 32`"
                )
            })?;
            return ClusterKey::parse(&text).with_context(|| format!("${KEY}"));
        };
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        ClusterKey::parse(&text).with_context(|| format!("`{}`", file.display()))
    }
}

/// Serves until the process is told to end.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let runtime = house::runtime()?;
    match arguments.action {
        Action::Scheduler { bind, key } => {
            let key = key.key(None)?;
            runtime.block_on(async {
                let listener = listen(bind).await?;
                println!("The scheduler listens on {} (Ctrl-C ends it)", listener.local_addr()?);
                Ok(schedule(listener, key, ended()).await?)
            })
        }
        Action::Executor(arguments) => runtime.block_on(work(*arguments)),
    }
}

async fn work(arguments: ExecutorArguments) -> anyhow::Result<()> {
    let cluster = Cluster::new(&arguments.scheduler, arguments.key.key(None)?)?;
    let listener = listen(arguments.bind).await?;
    let place = listener.local_addr()?;
    anyhow::ensure!(
        arguments.host.is_some() || !place.ip().is_unspecified(),
        "`{place}` is every address of this machine; say with --host under which others reach it"
    );
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let executor = Executor {
        cluster,
        lake: arguments.data.join("lake"),
        work: arguments.work,
        host: arguments.host.unwrap_or_else(|| place.ip().to_string()),
        threads: arguments.threads.unwrap_or(cores),
        memory: arguments.memory.saturating_mul(1 << 20),
        spill: arguments.spill.saturating_mul(1 << 30),
    };
    println!("The executor listens on {place} (Ctrl-C ends it)");
    Ok(execute(listener, executor).await?)
}

async fn listen(place: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(place).await.with_context(|| format!("cannot listen on {place}; choose another with --bind"))
}

/// When the process is told to end.
async fn ended() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut told) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            let _ = interrupted.await;
            return;
        };
        tokio::select! { _ = interrupted => {}, _ = told.recv() => {} }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}
