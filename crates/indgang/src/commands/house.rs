//! Opening the house and asking it, from a command that is not asynchronous itself.

use crate::data_folder::Place;
use anyhow::Context as _;
use indgang_gate::{Grant, UserId};
use indgang_interpret::own_cohort::OwnCohort;
use indgang_model::{Assembly, PersonId, SystemClock, Wishes};
use indgang_service::{House, Operator};
use std::collections::BTreeMap;

/// The runtime of a command.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

/// Opens the house in its place, or makes one there.
pub async fn open(place: &Place) -> anyhow::Result<House> {
    House::open_at(&place.folder, place.database.clone(), random()?)
        .await
        .with_context(|| format!("cannot open the house in `{place}`; choose another with --data or --database"))
}

/// 32 bytes from the operating system.
pub fn random() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the operating system gives no randomness ({error})"))?;
    Ok(bytes)
}

/// Who sits at the command line, and who answers for her.
#[derive(Debug, Clone, clap::Args)]
pub struct OperatorArguments {
    /// Who reads, as the log names her [default: the name of the operating system's user]
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// The authorised health professional on whose responsibility the reading happens (Sundhedsloven § 6)
    /// [default: $INDGANG_RESPONSIBLE, else the operator, who holds the files]
    #[arg(long, value_name = "NAME")]
    responsible: Option<String>,
}

impl OperatorArguments {
    /// Who sits here.
    pub fn operator(&self) -> Operator {
        let user = self
            .operator
            .clone()
            .or_else(|| std::env::var("USER").ok())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "command-line".to_owned());
        // A name given as empty stays empty: the gate refuses it, and its log says so.
        let named = self
            .responsible
            .clone()
            .or_else(|| std::env::var("INDGANG_RESPONSIBLE").ok().filter(|name| !name.is_empty()));
        let responsible = named.unwrap_or_else(|| user.clone());
        Operator {
            user: UserId(user),
            organisation: "command line".to_owned(),
            on_responsibility_of: UserId(responsible),
        }
    }
}

/// Asks the gate of the house for the right to read files about these people. The passage is in its log.
pub fn grant(
    place: &Place,
    operator: &OperatorArguments,
    people: &BTreeMap<PersonId, Wishes>,
) -> anyhow::Result<Grant> {
    let operator = operator.operator();
    runtime()?.block_on(async {
        let house = open(place).await?;
        let grant = indgang_service::begin_reading(&house, &SystemClock, &operator, people).await;
        house.close().await;
        grant.context("the gate refused the reading; name who answers for it with --responsible")
    })
}

/// The own cohort of the house, without the persons of the grant.
pub fn own_cohort(place: &Place, grant: &Grant, assembly: Assembly) -> anyhow::Result<OwnCohort> {
    runtime()?.block_on(async {
        let house = open(place).await?;
        let cohort = indgang_service::own_cohort(&house, grant, assembly).await;
        house.close().await;
        Ok(cohort?)
    })
}
