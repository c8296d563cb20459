//! What a session relies on beside role and purpose in one case, for the short time it may.

use crate::error::stored;
use crate::sessions::SessionKey;
use crate::{Passage, StoreError, Writer};
use indgang_gate::{BreakingGlass, BreakingGlassGround, Grounds};
use indgang_model::{CaseId, Timestamp};

const DECLARES: &str = "declares_treatment";
const PERMITS: &str = "patient_permits";
const ESSENTIAL: &str = "essential_interest";

impl Passage {
    /// What a session relies on in a case; on nothing when it has declared nothing, or too long ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grounds(&mut self, session: &SessionKey, case: &CaseId, at: Timestamp) -> Result<Grounds, StoreError> {
        const WHAT: &str = "session_grounds";
        let row: Option<(String, String, String)> = sqlx::query_as(
            "select ground, reason, expires_at from session_grounds where token_hash = $1 and case_id = $2",
        )
        .bind(&session.0)
        .bind(&case.0)
        .fetch_optional(self.connection())
        .await?;
        let Some((ground, reason, expires)) = row else { return Ok(Grounds::default()) };
        if at >= stored::<Timestamp>(WHAT, &expires)? {
            return Ok(Grounds::default());
        }
        let ground = match ground.as_str() {
            DECLARES => return Ok(Grounds { declares_treatment: true, ..Grounds::default() }),
            PERMITS => BreakingGlassGround::PatientPermits,
            ESSENTIAL => BreakingGlassGround::EssentialInterest,
            _ => return Err(StoreError::Corrupt(WHAT)),
        };
        let breaking_glass = Some(BreakingGlass { ground, reason, stepped_up: true });
        Ok(Grounds { breaking_glass, ..Grounds::default() })
    }
}

impl Writer<'_> {
    /// Keeps what a session relies on in the case of the grant, until a moment.
    ///
    /// # Errors
    /// When the grant is not for the case, or the database fails.
    pub async fn keep_grounds(
        &mut self,
        session: &SessionKey,
        case: &CaseId,
        (grounds, reason): (&Grounds, &str),
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.demand_case(case)?;
        let ground = match grounds.breaking_glass.as_ref().map(|breaking| breaking.ground) {
            Some(BreakingGlassGround::PatientPermits) => PERMITS,
            Some(BreakingGlassGround::EssentialInterest) => ESSENTIAL,
            None if grounds.declares_treatment => DECLARES,
            None => return Ok(()),
        };
        sqlx::query(
            "insert into session_grounds (token_hash, case_id, ground, reason, expires_at) values ($1, $2, $3, $4, $5) \
             on conflict (token_hash, case_id) do update set ground = excluded.ground, reason = excluded.reason, \
             expires_at = excluded.expires_at",
        )
        .bind(&session.0)
        .bind(&case.0)
        .bind(ground)
        .bind(reason)
        .bind(until.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
