//! Breaking the glass: who may, what it opens, for how long, and that it is told and followed up.

mod house;

use house::{clock, family, open, operator, session};
use indgang_gate::{BreakingGlassGround, Reason};
use indgang_model::{CaseId, Clock, FixedClock};
use indgang_service::*;
use indgang_store::follow_ups;
use jiff::SignedDuration;

const ESSENTIAL: Declaration = Declaration::BreakingGlass(BreakingGlassGround::EssentialInterest);
const REASON: &str = "bevidstløs på akutmodtagelsen";

/// The session of a user who has just proved again who she is.
async fn stepped_up(house: &House, user: &str, secret: u8) -> Session {
    let id = indgang_gate::UserId(user.into());
    let signed_in = sign_in(house, &clock(), &id, [secret; 32]).await.unwrap();
    let limits = SessionLimits::default();
    let token = step_up(house, &clock(), signed_in.token.expose(), &limits, [secret + 1; 32]).await.unwrap();
    resume(house, &clock(), token.expose()).await.unwrap()
}

#[tokio::test]
async fn the_glass_is_broken_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    let fam = CaseId("fam".into());
    let refused = |outcome: Result<(), Error>, reason| match outcome {
        Err(Error::Refused(refusal)) => assert_eq!(refusal.reason, reason),
        other => panic!("{other:?}"),
    };

    let colleague = stepped_up(&house, "colleague", 100).await;
    refused(open_case(&house, &clock(), &colleague, &fam).await.map(drop), Reason::NoTreatmentRelation);

    // Nothing is asked of the gate before the declaration is whole.
    let plain = session(&house, "colleague").await;
    let lines = verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().leaves;
    assert!(matches!(declare(&house, &clock(), &plain, &fam, (ESSENTIAL, REASON)).await, Err(Error::NotSteppedUp)));
    for short in ["", "kort", "   kort      "] {
        let outcome = declare(&house, &clock(), &colleague, &fam, (ESSENTIAL, short)).await;
        assert!(matches!(outcome, Err(Error::ShortReason)), "{short}");
    }
    let late = FixedClock(clock().now().checked_add(SignedDuration::from_mins(5)).unwrap());
    assert!(matches!(declare(&house, &late, &colleague, &fam, (ESSENTIAL, REASON)).await, Err(Error::NotSteppedUp)));
    let insurer = stepped_up(&house, "insurer", 110).await;
    assert!(matches!(declare(&house, &clock(), &insurer, &fam, (ESSENTIAL, REASON)).await, Err(Error::NotSteppedUp)));
    assert_eq!(verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().leaves, lines);

    // Nothing binds them in the registers: that she declares a treatment is not enough, and opens no follow-up.
    let treatment = (Declaration::CurrentTreatment, REASON);
    refused(declare(&house, &clock(), &colleague, &fam, treatment).await, Reason::NoTreatmentRelation);
    assert_eq!(follow_ups::waiting(&house).await.unwrap(), 0);

    declare(&house, &clock(), &colleague, &fam, (ESSENTIAL, REASON)).await.unwrap();
    assert_eq!(follow_ups::waiting(&house).await.unwrap(), 3, "one for each person of the case");
    let view = open_case(&house, &clock(), &colleague, &fam).await.unwrap();
    assert_eq!(view.rule.rule, "DK-42a-2");
    assert_eq!(follow_ups::waiting(&house).await.unwrap(), 3, "one declaration, however often the case is opened");

    // This session only, and not for ever.
    let other = stepped_up(&house, "colleague", 120).await;
    refused(open_case(&house, &clock(), &other, &fam).await.map(drop), Reason::NoTreatmentRelation);
    let hour = FixedClock(clock().now().checked_add(SignedDuration::from_mins(GLASS_MINUTES)).unwrap());
    refused(open_case(&house, &hour, &colleague, &fam).await.map(drop), Reason::NoTreatmentRelation);

    // The citizen reads who, on which ground and why.
    let mother = session(&house, "mother").await;
    let log = citizen_log(&house, &clock(), &mother).await.unwrap();
    let told = log.iter().filter_map(|line| line.breaking_glass.as_ref()).collect::<Vec<_>>();
    assert!(told.iter().any(|broken| broken.reason == REASON), "{}", told.len());
    assert!(verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().holds());
}
