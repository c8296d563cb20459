//! Serves the portal with one made-up family: `cargo run -p indgang-portal --example sample_house -- FOLDER [PORT]`.

use indgang_model::{Clock, SystemClock};
use indgang_portal::{PortalState, sample_house, serve};
use indgang_service::House;
use std::error::Error;
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder for the house")?;
    let port: u16 = arguments.next().map_or(Ok(0), |port| port.parse())?;
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).map_err(|error| error.to_string())?;
    let house = House::open(folder.as_ref(), fresh).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    sample_house::furnish(&house, &*clock).await?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://{}", listener.local_addr()?);
    serve(listener, PortalState::demo(house, clock), async {
        // Without a signal handler the example runs until it is stopped; what is committed is kept.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
    .await?;
    Ok(())
}
