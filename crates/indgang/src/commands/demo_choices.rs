//! What a citizen of the demo house has chosen before anybody looks: given, withdrawn, blocked and refused.

use crate::commands::house::random;
use indgang_gate::ledger::TemplateVersion;
use indgang_gate::{BlockTarget, Recipient, Refusals, UserId};
use indgang_model::{Category, PersonId, PlaceId, SystemClock};
use indgang_service::{self as service, House};

/// Chooses as the citizen herself, through the services that her page uses, so that each choice has its line in the log.
pub async fn choose(
    house: &House,
    citizen: &UserId,
    person: &PersonId,
    doctor: &UserId,
    blocked: Option<PlaceId>,
) -> anyhow::Result<()> {
    let signed_in = service::sign_in(house, &SystemClock, citizen, random()?).await?;
    let token = signed_in.token.expose();
    let session = service::resume(house, &SystemClock, token).await?;
    let text = |id: &str, version| TemplateVersion { id: id.to_owned(), version };
    service::give_consent(house, &SystemClock, &session, person, text("genetic-examination", 2), None).await?;
    let doctor = Some(Recipient::Professional(doctor.clone()));
    service::give_consent(house, &SystemClock, &session, person, text("look-up", 1), doctor.clone()).await?;
    let given = service::give_consent(house, &SystemClock, &session, person, text("quality", 1), doctor).await?;
    for number in given {
        service::undo_choice(house, &SystemClock, &session, person, number).await?;
    }
    let medicine = BlockTarget::Category(Category::Medication);
    service::set_block(house, &SystemClock, &session, person, medicine, None).await?;
    if let Some(place) = blocked {
        service::set_block(house, &SystemClock, &session, person, BlockTarget::Place(place), None).await?;
    }
    let tissue = Refusals { tissue: true, ..Refusals::default() };
    service::set_refusals(house, &SystemClock, &session, person, tissue).await?;
    Ok(service::sign_out(house, token).await?)
}
