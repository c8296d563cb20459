//! Planted persons never show in a log line, an error, a debug print or an ungranted answer.

mod house;

use house::{clock, family, first, open, operator, session};
use indgang_model::{CaseId, PersonId, Wishes};
use indgang_service::*;
use std::io::Write;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const CPR: [&str; 3] = ["0101204995", "0101809995", "0202829996"];

fn no_person(what: &str, text: &str) {
    assert!(!text.contains("Kanarie"), "{what} names a person: {text}");
    assert!(!CPR.iter().any(|cpr| text.contains(cpr)), "{what} has a CPR number: {text}");
}

fn nothing(what: &str, text: &str) {
    no_person(what, text);
    assert!(!text.contains("planted"), "{what} tells a finding: {text}");
}

#[tokio::test]
async fn canaries_do_not_sing() {
    let traced = Buffer::default();
    let writer = traced.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    no_person("a new case", &format!("{:?}", family()));
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    let fam = CaseId("fam".into());
    let lab = session(&house, "geneticist").await;
    conclude(&house, &clock(), &lab, &fam, "Kanarie boy has a planted variant", &first()).await.unwrap();

    // What is granted may be shown by its reader, but does not print persons by accident.
    let view = open_case(&house, &clock(), &lab, &fam).await.unwrap();
    assert_eq!(view.people[0].cpr.as_ref().unwrap().expose(), CPR[0]);
    no_person("a case", &format!("{view:?}"));
    no_person("a list", &format!("{:?}", list_cases(&house, &clock(), &lab).await.unwrap()));
    sign_report(&house, &clock(), &lab, &fam).await.unwrap();
    for user in ["mother", "father"] {
        let citizen = session(&house, user).await;
        no_person("a session", &format!("{citizen:?}"));
        no_person("a result", &format!("{:?}", citizen_result(&house, &clock(), &citizen).await.unwrap()));
        no_person("choices", &format!("{:?}", my_choices(&house, &clock(), &citizen).await.unwrap()));
        let lines = citizen_log(&house, &clock(), &citizen, &LogFilter::default()).await.unwrap();
        nothing("a log", &format!("{lines:?}"));
        nothing("a proof", &format!("{:?}", log_proof(&house, &clock(), &citizen, lines[0].index).await.unwrap()));
    }

    // What is refused tells nothing at all.
    for user in ["stranger", "colleague", "insurer", "auditor"] {
        let other = session(&house, user).await;
        let errors = [
            open_case(&house, &clock(), &other, &fam).await.unwrap_err(),
            conclude(&house, &clock(), &other, &fam, "planted", &first()).await.unwrap_err(),
            sign_report(&house, &clock(), &other, &fam).await.unwrap_err(),
            set_wishes(&house, &clock(), &other, &PersonId("boy".into()), Wishes::default()).await.unwrap_err(),
            log_proof(&house, &clock(), &other, 0).await.unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, Error::Refused(_)), "{user}: {error}");
            nothing("a refusal", &format!("{error} {error:?}"));
        }
    }
    let mut clash = family();
    clash.inputs[0].sha256 = "ef".repeat(32);
    clash.id = CaseId("other".into());
    clash.people[1].name = indgang_model::Sensitive::new("Kanarie another".into());
    let error = ingest_case(&house, &clock(), &operator(), &clash).await.unwrap_err();
    nothing("a clash", &format!("{error} {error:?}"));
    nothing(
        "the house",
        &format!(
            "{house:?} {:?} {:?}",
            doctor(&house).await.unwrap(),
            verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap()
        ),
    );
    nothing("the users", &format!("{:?}", demo_users(&house).await.unwrap()));

    let traced = String::from_utf8(traced.0.lock().unwrap().clone()).unwrap();
    assert!(traced.contains("passage refused") && traced.contains("passage permitted"), "nothing was traced");
    nothing("the trace", &traced);
}
