//! Sessions, sign-ins on their way, and whom a provider vouches for.

use crate::ground::{Ground, on_both};
use indgang_gate::UserId;
use indgang_model::{PersonId, Role, Timestamp};
use indgang_store::sessions::{Beginning, ProviderLogout};
use indgang_store::users::{Admission, User};
use indgang_store::{House, attempts, sessions, users};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn user(id: &str, role: Role) -> User {
    User {
        id: UserId(id.into()),
        display_name: id.into(),
        role,
        person: None,
        profession: Some("7170".parse().unwrap()),
        organisation: "Testkøbing".into(),
        place: None,
        on_responsibility_of: None,
    }
}

async fn begin(house: &House, token: &str, user: &User, provider: Option<(&str, Option<&str>)>) {
    let beginning =
        Beginning { user: &user.id, role: user.role, provider, at: at(0), idle_seconds: 600, expires: at(3600) };
    sessions::begin(house, token, &beginning).await.unwrap();
}

async fn runs(house: &House, token: &str, second: i64) -> bool {
    sessions::resume(house, token, at(second)).await.unwrap().is_some()
}

on_both!(
    a_session_ends_by_itself,
    a_session_ends_with_its_user,
    a_step_up_is_a_new_token,
    an_attempt_comes_back_once,
    a_subject_is_one_user,
    a_provider_logs_out,
);

async fn a_session_ends_by_itself(ground: Ground) {
    let house = ground.open().await;
    let doctor = user("doctor", Role::AuthorisedHealthProfessional);
    users::register(&house, std::slice::from_ref(&doctor)).await.unwrap();
    begin(&house, "idle", &doctor, None).await;
    begin(&house, "busy", &doctor, None).await;
    let mut second = 0;
    while second + 500 < 3600 {
        second += 500;
        assert!(runs(&house, "busy", second).await, "{second}");
    }
    assert!(!runs(&house, "idle", 600).await, "idle for too long");
    assert!(!runs(&house, "idle", 1).await, "what has ended does not begin again");
    assert!(!runs(&house, "busy", 3600).await, "it lasts no longer, however busy");
    assert!(!runs(&house, "none", 0).await);
    begin(&house, "back", &doctor, None).await;
    assert!(runs(&house, "back", -100).await, "a clock that steps back ends nothing");
    assert_eq!(sessions::resume(&house, "back", at(1)).await.unwrap().unwrap().user, doctor);
}

async fn a_session_ends_with_its_user(ground: Ground) {
    let house = ground.open().await;
    let mut doctor = user("doctor", Role::AuthorisedHealthProfessional);
    users::register(&house, std::slice::from_ref(&doctor)).await.unwrap();
    begin(&house, "one", &doctor, None).await;
    doctor.role = Role::Outsider;
    users::register(&house, std::slice::from_ref(&doctor)).await.unwrap();
    assert!(!runs(&house, "one", 1).await, "her role was taken away");
    begin(&house, "two", &doctor, None).await;
    begin(&house, "three", &doctor, None).await;
    assert!(users::set_disabled(&house, &doctor.id, Some(at(2))).await.unwrap());
    assert!(!runs(&house, "two", 2).await && users::enabled(&house, &doctor.id).await.unwrap().is_none());
    assert!(users::set_disabled(&house, &doctor.id, None).await.unwrap());
    assert!(!runs(&house, "three", 3).await, "who may come again signs in again");
    assert!(!users::set_disabled(&house, &UserId("nobody".into()), None).await.unwrap());
    begin(&house, "here", &doctor, None).await;
    begin(&house, "there", &doctor, None).await;
    assert_eq!(sessions::end_all(&house, &doctor.id).await.unwrap(), 2);
    assert_eq!(sessions::count(&house).await.unwrap(), 0);
}

async fn a_step_up_is_a_new_token(ground: Ground) {
    let house = ground.open().await;
    let doctor = user("doctor", Role::AuthorisedHealthProfessional);
    users::register(&house, std::slice::from_ref(&doctor)).await.unwrap();
    begin(&house, "old", &doctor, None).await;
    assert!(sessions::step_up(&house, "old", "new", at(300)).await.unwrap());
    assert!(!runs(&house, "old", 1).await, "the old token is worth nothing");
    assert_eq!(sessions::resume(&house, "new", at(1)).await.unwrap().unwrap().stepped_up_until, Some(at(300)));
    assert!(!sessions::step_up(&house, "old", "newer", at(300)).await.unwrap());
}

async fn an_attempt_comes_back_once(ground: Ground) {
    let house = ground.open().await;
    let begin = async |secret, session| attempts::begin(&house, secret, session, "/x", (at(0), at(600))).await.unwrap();
    begin("a", None).await;
    begin("b", Some("token")).await;
    begin("c", None).await;
    let taken = attempts::take(&house, "a", at(1)).await.unwrap().unwrap();
    assert!(!taken.is_step_up() && taken.return_to == "/x" && taken.started == at(0));
    assert_eq!(attempts::take(&house, "a", at(1)).await.unwrap(), None, "twice");
    let taken = attempts::take(&house, "b", at(1)).await.unwrap().unwrap();
    assert!(taken.is_step_up() && taken.is_of("token") && !taken.is_of("another"));
    assert_eq!(attempts::take(&house, "c", at(600)).await.unwrap(), None, "too late");
    assert_eq!(attempts::take(&house, "c", at(1)).await.unwrap(), None, "and gone");
}

async fn a_subject_is_one_user(ground: Ground) {
    let house = ground.open().await;
    let known = user("known", Role::Researcher);
    users::register(&house, std::slice::from_ref(&known)).await.unwrap();
    let admit = async |issuer, subject, user: &User| users::admit(&house, issuer, subject, user).await.unwrap();
    assert_eq!(admit("i", "s", &known).await, Admission::Admitted(known.clone()), "registered before she came");
    assert_eq!(admit("i", "other", &known).await, Admission::Taken);
    assert_eq!(admit("j", "s", &known).await, Admission::Taken);
    let renamed = User { display_name: "New".into(), ..user("renamed", Role::Auditor) };
    let same = User { id: known.id.clone(), ..renamed.clone() };
    assert_eq!(admit("i", "s", &renamed).await, Admission::Admitted(same.clone()), "her identifier stays hers");
    assert_eq!(users::by_id(&house, &known.id).await.unwrap(), Some(same));
    assert_eq!(users::vouched_as(&house, &known.id).await.unwrap(), Some(("i".into(), "s".into())));
    assert_eq!(users::by_id(&house, &renamed.id).await.unwrap(), None);
    let new = user("new", Role::Auditor);
    assert_eq!(admit("j", "s", &new).await, Admission::Admitted(new.clone()), "another provider's `s` is another");
    users::set_disabled(&house, &new.id, Some(at(0))).await.unwrap();
    assert_eq!(admit("j", "s", &new).await, Admission::Disabled);
    let citizen = User { person: Some(PersonId("p".into())), ..user("citizen", Role::Citizen) };
    admit("i", "c", &citizen).await;
    let promoted = user("citizen", Role::Auditor);
    assert_eq!(admit("i", "c", &promoted).await, Admission::Admitted(promoted), "an auditor is nobody's person");
}

async fn a_provider_logs_out(ground: Ground) {
    let house = ground.open().await;
    let (a, b) = (user("a", Role::Auditor), user("b", Role::Auditor));
    users::admit(&house, "i", "sa", &a).await.unwrap();
    users::admit(&house, "i", "sb", &b).await.unwrap();
    let logout = async |sid, subject, token_id| {
        let logout = ProviderLogout { issuer: "i", sid, subject, token_id, expires: at(300), at: at(1) };
        sessions::end_at_provider(&house, &logout).await.unwrap()
    };
    for (token, user, sid) in [("a1", &a, "1"), ("a2", &a, "2"), ("b3", &b, "3"), ("b4", &b, "4"), ("b5", &b, "5")] {
        begin(&house, token, user, Some(("i", Some(sid)))).await;
    }
    begin(&house, "elsewhere", &a, Some(("j", Some("3")))).await;
    begin(&house, "demo", &a, None).await;
    assert_eq!(logout(Some("3"), None, "t1").await, Some(1));
    assert!(!runs(&house, "b3", 1).await && runs(&house, "elsewhere", 1).await);
    assert_eq!(logout(Some("4"), None, "t1").await, None, "the same token again");
    assert!(runs(&house, "b4", 1).await);
    assert_eq!(logout(Some("4"), Some("sa"), "t2").await, Some(0), "session and user must fit");
    assert_eq!(logout(Some("4"), Some("sb"), "t3").await, Some(1));
    assert_eq!(logout(None, Some("sa"), "t4").await, Some(2));
    assert!(runs(&house, "b5", 1).await && runs(&house, "demo", 1).await && runs(&house, "elsewhere", 1).await);
}
