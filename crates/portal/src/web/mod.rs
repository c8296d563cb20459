//! The wiring: what is asked for, which function of the service answers it, and the page that says it.

mod citizen;
mod clinic;
mod entrance;
mod security;
#[cfg(test)]
mod tests;
mod visit;

use crate::assets;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use indgang_model::Clock;
use indgang_service::House;
use std::sync::Arc;

/// The longest body of a form: a conclusion of some thirty pages.
const LONGEST_FORM: usize = 128 * 1024;

/// What every handler has.
#[derive(Clone)]
pub struct PortalState {
    pub(crate) house: House,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) demo: bool,
}

impl PortalState {
    /// The demo house: its users sign in by choice from a list, so it answers on loopback addresses only.
    pub fn demo(house: House, clock: Arc<dyn Clock>) -> Self {
        Self { house, clock, demo: true }
    }

    /// A house without the demo's provider: until another provider is configured, nobody can sign in.
    pub fn new(house: House, clock: Arc<dyn Clock>) -> Self {
        Self { house, clock, demo: false }
    }
}

/// The portal's routes.
pub fn router(state: PortalState) -> Router {
    Router::new()
        .route("/", get(entrance::front))
        .route("/sign-in", get(entrance::sign_in_page).post(entrance::sign_in))
        .route("/sign-out", post(entrance::sign_out))
        .route("/language/{code}", get(entrance::language))
        .route("/access", get(entrance::access))
        .route("/find", get(clinic::find))
        .route("/cases", get(clinic::cases))
        .route("/cases/{case}", get(clinic::case))
        .route("/cases/{case}/findings/{rank}", get(clinic::finding))
        .route("/cases/{case}/conclusion", post(clinic::conclude))
        .route("/cases/{case}/sign", get(clinic::sign_page).post(clinic::sign))
        .route("/my/result", get(citizen::result))
        .route("/my/wishes", get(citizen::wishes).post(citizen::set_wishes))
        .route("/my/log", get(citizen::log))
        .route("/my/log.json", get(citizen::log_json))
        .route("/my/log/{leaf}", get(citizen::proof))
        .route("/my/proof/{leaf}", get(citizen::proof_json))
        .route("/static/{hash}/{name}", get(assets::handler))
        .fallback(entrance::not_found)
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(middleware::from_fn_with_state(state.clone(), security::guard))
        .with_state(state)
}

/// Why the portal does not answer.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The demo's provider knows no secrets.
    #[error("the demo house answers on loopback addresses only, not on `{0}`; use 127.0.0.1 or ::1")]
    NotLoopback(std::net::SocketAddr),
    /// The network failed.
    #[error("the portal cannot answer")]
    Io(#[from] std::io::Error),
}

/// Answers until `shutdown` is done; what is under way is finished first.
///
/// # Errors
/// When the listener of a demo house is not on loopback, or the network fails.
pub async fn serve(
    listener: tokio::net::TcpListener,
    state: PortalState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    if state.demo && !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    axum::serve(listener, router(state)).with_graceful_shutdown(shutdown).await?;
    Ok(())
}
