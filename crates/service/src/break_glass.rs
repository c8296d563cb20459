//! Opening a case past a block or without a treatment relation that the registers know of.

use crate::{Error, Session, ask};
use indgang_gate::{Activity, BreakingGlass, BreakingGlassGround, Decision, Grounds};
use indgang_model::{CaseId, Clock, Role};
use indgang_store::House;
use jiff::SignedDuration;

/// What a professional declares to be let into a case that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declaration {
    /// The patient is in her current treatment, which the registers do not show yet.
    CurrentTreatment,
    /// She breaks the glass.
    BreakingGlass(BreakingGlassGround),
}

/// How long one declaration opens one case to one session, in minutes.
pub const GLASS_MINUTES: i64 = 60;
/// Days within which the reading is to be judged.
const FOLLOW_UP_DAYS: i64 = 30;

/// Puts the request for a case again with a declaration and its reason. When the gate permits it, the case stays open
/// to this session for [`GLASS_MINUTES`], the citizen's log tells her, and a follow-up is opened for each person: in
/// the transaction that holds the lines of the log.
///
/// # Errors
/// [`Error::NotSteppedUp`] or [`Error::ShortReason`] before the gate is asked, [`Error::Refused`], or when the store
/// fails.
pub async fn declare(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    case: &CaseId,
    (declaration, reason): (Declaration, &str),
) -> Result<(), Error> {
    let now = clock.now();
    let reason = reason.trim();
    if !may_declare(session) || !session.stepped_up(now) {
        return Err(Error::NotSteppedUp);
    }
    if reason.chars().count() < BreakingGlass::SHORTEST_REASON {
        return Err(Error::ShortReason);
    }
    let mut passage = house.passage().await?;
    let members = passage.members_of(case).await?;
    let categories = ask::case_categories(session.role());
    let mut request = ask::request(session, Activity::OpenCase, categories, members, Some(case), now);
    request.grounds = match declaration {
        Declaration::CurrentTreatment => Grounds { declares_treatment: true, ..Grounds::default() },
        Declaration::BreakingGlass(ground) => {
            let breaking = BreakingGlass { ground, reason: reason.to_owned(), stepped_up: true };
            Grounds { breaking_glass: Some(breaking), ..Grounds::default() }
        }
    };
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    if let Some(mut writer) = logged.writer().await? {
        let until = now.saturating_add(SignedDuration::from_mins(GLASS_MINUTES)).unwrap_or(now);
        writer.keep_grounds(session.key(), case, (&request.grounds, reason), until).await?;
    }
    let deadline = now.saturating_add(SignedDuration::from_hours(24 * FOLLOW_UP_DAYS)).unwrap_or(now);
    logged.open_follow_ups(reason, deadline).await?;
    let decision: Decision = logged.commit(now).await?;
    ask::answer(decision).map(drop)
}

/// True for those whom the two lawful ways are open to: authorised health professionals.
pub fn may_declare(session: &Session) -> bool {
    session.role() == Role::AuthorisedHealthProfessional
}
