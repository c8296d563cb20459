//! The wiring: what is asked for, which function of the service answers it, and the page that says it.

mod audit;
mod catalogue;
mod choices;
mod citizen;
mod clinic;
mod criteria;
mod entrance;
mod federated;
#[cfg(test)]
mod federated_tests;
#[cfg(test)]
mod fhir_tests;
#[cfg(test)]
mod fhir_write_tests;
mod follow_ups;
mod glass;
#[cfg(test)]
mod lake_tests;
mod machine;
mod questionnaires;
mod questions;
mod secondary;
mod security;
mod sql;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_audit;
#[cfg(test)]
mod tests_choices;
#[cfg(test)]
mod tests_questionnaires;
#[cfg(test)]
mod tests_secondary;
mod timeline;
mod visit;

pub(crate) use visit::equal;

use crate::assets;
use crate::identity::Provider;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use indgang_model::Clock;
use indgang_service::{Cluster, House, Publisher};
use std::sync::Arc;

/// The longest body of a form: a conclusion of some thirty pages.
const LONGEST_FORM: usize = 128 * 1024;

pub(crate) use machine::FHIR_BASE;

/// Where the provider says that somebody has logged out.
const BACK_CHANNEL: &str = "/back-channel-logout";

/// What every handler has.
#[derive(Clone)]
pub struct PortalState {
    pub(crate) house: House,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) demo: bool,
    /// True when browsers see the portal over https.
    pub(crate) secure: bool,
    /// Host and port that requests must name, when they are known.
    pub(crate) host: Option<Arc<str>>,
    pub(crate) provider: Option<Arc<Provider>>,
    /// Who publishes the catalogue, when the house was told.
    pub(crate) publisher: Option<Arc<Publisher>>,
    /// The cluster that works questions to the registers out; `None` for this process.
    pub(crate) cluster: Option<Cluster>,
}

impl PortalState {
    /// The demo house: its users sign in by choice from a list, so it answers on loopback addresses only.
    pub fn demo(house: House, clock: Arc<dyn Clock>) -> Self {
        let publisher = Some(Arc::new(Publisher::demo()));
        Self { house, clock, demo: true, secure: false, host: None, provider: None, publisher, cluster: None }
    }

    /// A house without the demo's provider: until another provider is configured, nobody can sign in.
    pub fn new(house: House, clock: Arc<dyn Clock>) -> Self {
        Self { house, clock, demo: false, secure: true, host: None, provider: None, publisher: None, cluster: None }
    }

    /// A house whose people sign in with an OpenID provider.
    pub fn with_provider(house: House, clock: Arc<dyn Clock>, provider: Provider) -> Self {
        let (secure, host) = (provider.settings().is_secure(), provider.settings().host().into());
        let provider = Some(Arc::new(provider));
        Self { house, clock, demo: false, secure, host: Some(host), provider, publisher: None, cluster: None }
    }

    /// The same with a catalogue that says who publishes it.
    pub fn with_publisher(mut self, publisher: Option<Publisher>) -> Self {
        self.publisher = publisher.map(Arc::new).or(self.publisher);
        self
    }

    /// The same with a cluster that works questions to the registers out.
    pub fn with_cluster(mut self, cluster: Option<Cluster>) -> Self {
        self.cluster = cluster;
        self
    }

    /// The name of a cookie: over https with the prefix that ties it to this host (RFC 6265bis).
    pub(crate) fn cookie_name(&self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }
}

/// The portal's routes.
pub fn router(state: PortalState) -> Router {
    Router::new()
        .route("/", get(entrance::front))
        .route("/sign-in", get(entrance::sign_in_page).post(entrance::sign_in))
        .route("/sign-in/callback", get(federated::callback))
        .route("/sign-out", post(entrance::sign_out))
        .route(BACK_CHANNEL, post(federated::back_channel_logout))
        .route("/step-up", get(glass::step_up_page).post(glass::step_up))
        .route("/language/{code}", get(entrance::language))
        .route("/access", get(entrance::access))
        .route("/find", get(clinic::find))
        .route("/cases", get(clinic::cases))
        .route("/alerts", get(clinic::alerts))
        .route("/cases/{case}", get(clinic::case))
        .route("/cases/{case}/findings/{rank}", get(clinic::finding))
        .route("/cases/{case}/findings/{rank}/criteria", post(criteria::set))
        .route("/cases/{case}/secondary", post(secondary::choose))
        .route("/cases/{case}/report.html", get(clinic::report))
        .route("/cases/{case}/conclusion", post(clinic::conclude))
        .route("/cases/{case}/sign", get(clinic::sign_page).post(clinic::sign))
        .route("/cases/{case}/glass", get(glass::page).post(glass::declare))
        .route("/patients/{person}/timeline", get(timeline::patient))
        .route("/patients/{person}/questions", get(questions::page).post(questions::send))
        .route("/my/story", get(timeline::mine))
        .route("/my/questionnaires", get(questionnaires::list))
        .route("/my/questionnaires/{key}", get(questionnaires::form).post(questionnaires::send))
        .route("/answers/{source}/{id}", get(questionnaires::answered))
        .route("/my/result", get(citizen::result))
        .route("/my/wishes", get(choices::moved))
        .route("/my/choices", get(choices::page))
        .route("/my/choices.json", get(choices::export))
        .route("/my/choices/{what}", get(choices::here).post(choices::choose))
        .route("/my/power-code", get(choices::here).post(choices::power_code))
        .route("/my/log", get(citizen::log))
        .route("/my/log.json", get(citizen::log_json))
        .route("/my/log.fhir.json", get(citizen::log_fhir))
        .route("/my/log/{leaf}", get(citizen::proof))
        .route("/my/proof/{leaf}", get(citizen::proof_json))
        .route("/catalogue", get(catalogue::list))
        .route("/catalogue.jsonld", get(catalogue::json_ld))
        .route("/catalogue/{table}", get(catalogue::one))
        .route("/sql", get(sql::page).post(sql::ask))
        .route("/audit/rules", get(audit::rules))
        .route("/audit/log", get(audit::tree))
        .route("/audit/log/consistency/{old}/{new}", get(audit::consistency))
        .route("/audit/follow-ups", get(follow_ups::list).post(follow_ups::recheck))
        .route("/audit/follow-ups/{leaf}", get(follow_ups::one).post(follow_ups::judge))
        .route("/audit/replay", get(audit::replay_form).post(audit::replay))
        .route("/static/{hash}/{name}", get(assets::handler))
        .merge(machine_door())
        .fallback(entrance::not_found)
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(middleware::from_fn_with_state(state.clone(), security::guard))
        .with_state(state)
}

/// The routes for other systems, with a shorter body than a form's.
fn machine_door() -> Router<PortalState> {
    Router::new()
        .route(machine::EVALUATION, post(machine::evaluation))
        .route(machine::EVALUATIONS, post(machine::evaluations))
        .layer(DefaultBodyLimit::max(machine::LONGEST_BODY))
        .route(machine::CONFIGURATION, get(machine::configuration))
        .route(machine::OPENAPI, get(machine::description))
        .merge(fhir_door())
}

/// FHIR, with a body as long as a Bundle.
fn fhir_door() -> Router<PortalState> {
    use machine::fhir;
    Router::new()
        .route(fhir::BASE, post(fhir::bundle))
        .route(fhir::METADATA, get(fhir::metadata))
        .route(fhir::SMART, get(fhir::smart_configuration))
        .route(fhir::PATIENT, get(fhir::patient).put(fhir::update_patient))
        .route(fhir::EVERYTHING, get(fhir::all))
        .route(fhir::PATIENT_FORM, post(fhir::search_patients_by_form))
        .route(fhir::TYPE_FORM, post(fhir::search_by_form))
        .route(fhir::TYPE, get(fhir::search).post(fhir::create))
        .route(fhir::OWN, get(fhir::read_own).put(fhir::update))
        .route(fhir::READ, get(fhir::read).put(fhir::update_in_source))
        .route(fhir::VREAD, get(fhir::vread))
        .layer(DefaultBodyLimit::max(fhir::LONGEST))
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
