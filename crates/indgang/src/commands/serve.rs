//! `indgang serve`: the portal of a house, on this machine only.

use super::cluster::KeyArguments;
use super::house;
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use anyhow::Context as _;
use indgang_model::SystemClock;
use indgang_portal::PortalState;
use indgang_portal::identity::Provider;
use indgang_service::{Cluster, House, Publisher};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Where the portal listens.
#[derive(Debug, Clone, clap::Args)]
pub struct Address {
    /// Port on 127.0.0.1; another free one is taken when it is in use
    #[arg(long, default_value_t = 8080, value_name = "PORT")]
    port: u16,
}

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataFolder,
    /// Configuration with the OpenID provider [default: `indgang.toml` in the data folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    address: Address,
}

/// Opens the portal of the house in the data folder.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.data.place(false)?;
    anyhow::ensure!(
        place.may_hold_a_house(),
        "there is no house in `{place}`; name its folder with --data, or make a demo house with `indgang demo`"
    );
    let configuration = Configuration::read(arguments.config.as_deref(), &place.folder)?;
    let publisher = configuration.catalogue.clone();
    let cluster = KeyArguments::default().cluster(None, &configuration)?;
    let provider = configuration.provider()?;
    let runtime = house::runtime()?;
    let opened = runtime.block_on(house::open(&place))?;
    serve(
        &runtime,
        opened,
        &arguments.address,
        provider.map_or(Door::Closed, |provider| Door::Provider(provider.into())),
        publisher,
        cluster,
    )
}

/// How people come in.
pub enum Door {
    /// As whoever they choose to be: the demo's people, on this machine only.
    Demo,
    /// By an OpenID provider.
    Provider(Box<Provider>),
    /// Not at all.
    Closed,
}

/// Serves until interrupted.
pub fn serve(
    runtime: &tokio::runtime::Runtime,
    opened: House,
    address: &Address,
    door: Door,
    publisher: Option<Publisher>,
    cluster: Option<Cluster>,
) -> anyhow::Result<()> {
    runtime.block_on(async {
        // A provider sends people back to one address: another port would be nobody's.
        let listener = listen(address.port, matches!(door, Door::Provider(_))).await?;
        println!("The portal is open on http://{}/ (Ctrl-C closes it)", listener.local_addr()?);
        let (clock, house) = (Arc::new(SystemClock), opened.clone());
        let state = match door {
            Door::Demo => {
                println!("Sign in as:");
                for user in indgang_service::demo_users(&opened).await? {
                    println!("  {:34} {}", user.display_name.expose(), role_words(user.role));
                }
                PortalState::demo(house, clock)
            }
            Door::Provider(provider) => {
                println!("People sign in with {}", provider.issuer());
                PortalState::with_provider(house, clock, *provider)
            }
            Door::Closed => {
                println!("Nobody can sign in: name an OpenID provider in indgang.toml (docs/reference/identity.md), or try `indgang demo`.");
                PortalState::new(house, clock)
            }
        };
        let stop = async {
            let _ = tokio::signal::ctrl_c().await;
        };
        indgang_portal::serve(listener, state.with_publisher(publisher).with_cluster(cluster), stop).await?;
        opened.close().await;
        Ok(())
    })
}

/// The wished port, else any free one unless it must be that one.
async fn listen(port: u16, that_one: bool) -> anyhow::Result<TcpListener> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match TcpListener::bind(at(port)).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && !that_one => {
            TcpListener::bind(at(0)).await.context("no port is free on 127.0.0.1")
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on port {port}; choose another with --port")),
    }
}

fn role_words(role: indgang_model::Role) -> String {
    let name = serde_json::to_value(role).ok().and_then(|v| v.as_str().map(|s| s.replace('_', " ")));
    name.unwrap_or_default()
}
