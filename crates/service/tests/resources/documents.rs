//! Documents of a source that corrects and removes: in order, and in the other order, the house says the same.

use super::{house_with_family, kept, read};
use crate::house::{clock, operator, session};
use indgang_lake::house::{quarantine, quarantine_folder, rejected_resources};
use indgang_model::PersonId;
use indgang_service::*;
use std::path::Path;

macro_rules! example {
    ($name:literal) => {
        include_str!(concat!("../../../sources/tests/data/lpr3/", $name, ".xml"))
    };
}

const MAIN: &str = example!("main-condition");
const MAIN_UPDATE: &str = example!("main-condition-update");
const TWO: &str = example!("two-conditions");
const TWO_UPDATE: &str = example!("two-conditions-update");

/// The example with a number of the test house.
fn of(document: &str, number: &str) -> String {
    assert!(document.contains("1304621201"));
    document.replace("1304621201", number)
}

const MOTHER: &str = "0202829996";

async fn take(house: &House, from: &Path, document: &str) -> Result<TakenResources, Error> {
    let file = from.join("document.xml");
    std::fs::write(&file, document).unwrap();
    let delivery = ResourceDelivery { file, format: Format::Lpr3, source: "lpr3".into(), person: None, again: false };
    ingest_resources(house, &clock(), &operator(), &delivery, [7; 32]).await
}

async fn retry(house: &House) -> TakenResources {
    let lake = lake_folder(house);
    let batch = &quarantine(&lake).unwrap()[0].batch;
    let (file, source, _) = rejected_resources(&quarantine_folder(&lake, batch).unwrap()).unwrap();
    let delivery = ResourceDelivery { file, format: Format::Fhir, source, person: None, again: true };
    ingest_resources(house, &clock(), &operator(), &delivery, [8; 32]).await.unwrap()
}

/// What the doctor reads of the mother: reference and body.
async fn present(house: &House) -> Vec<(String, String)> {
    let found = read(house, "doctor", "mother").await.unwrap();
    let mut all: Vec<(String, String)> =
        found.resources.into_iter().map(|r| (r.reference, r.body.expose().clone())).collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_wins_in_either_order() {
    let (one, two, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (base, update) = (of(MAIN, MOTHER), of(MAIN_UPDATE, MOTHER));
    let house = house_with_family(one.path()).await;
    assert_eq!(take(&house, from.path(), &base).await.unwrap().kept, kept(4, 0, 0));
    assert!(take(&house, from.path(), &base).await.unwrap().known);
    assert_eq!(take(&house, from.path(), &update).await.unwrap().kept, kept(0, 1, 0));
    let forward = present(&house).await;
    let condition = forward.iter().find(|(reference, _)| reference.starts_with("Condition/")).unwrap();
    assert!(condition.1.contains("refuted"), "{condition:?}");
    assert_eq!(forward.len(), 4);

    let other = house_with_family(two.path()).await;
    assert_eq!(take(&other, from.path(), &update).await.unwrap().kept, kept(1, 0, 0));
    assert_eq!(take(&other, from.path(), &base).await.unwrap().kept, kept(3, 1, 0));
    assert_eq!(present(&other).await, forward);
    // The same in another layout is another file, and what came late is known.
    let spread = base.replace("/>", " />");
    assert_eq!(take(&other, from.path(), &spread).await.unwrap().kept, kept(0, 0, 4));
    assert_eq!(present(&other).await, forward);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_is_gone_and_its_history_stays() {
    let (one, two, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (base, update) = (of(TWO, MOTHER), of(TWO_UPDATE, MOTHER));
    let removed = "Condition/be844372-de32-527c-a23d-3e3e7377c865";
    let house = house_with_family(one.path()).await;
    assert_eq!(take(&house, from.path(), &base).await.unwrap().kept, kept(5, 0, 0));
    let taken = take(&house, from.path(), &update).await.unwrap();
    assert_eq!((taken.kept, taken.removed, taken.rejected), (kept(0, 1, 0), 1, 0));
    let forward = present(&house).await;
    assert!(forward.len() == 4 && !forward.iter().any(|(reference, _)| reference == removed), "{forward:?}");
    let doctor = session(&house, "doctor").await;
    let mother = PersonId("mother".into());
    let view = timeline(&house, &clock(), &doctor, Some(&mother), &TimelineFilter::default()).await.unwrap();
    assert!(!view.items.iter().any(|item| item.sources[0].reference == removed), "{:?}", view.items);

    // The removal before what it removes: it waits, and removes when that has come.
    let other = house_with_family(two.path()).await;
    let early = take(&other, from.path(), &update).await.unwrap();
    assert_eq!((early.kept, early.removed, early.rejected), (kept(1, 0, 0), 0, 1));
    let reasons = quarantine(&lake_folder(&other)).unwrap().remove(0).reasons;
    assert!(reasons[0].starts_with("line ") && reasons[0].contains("removes what is not known"), "{reasons:?}");
    assert_eq!(take(&other, from.path(), &base).await.unwrap().kept, kept(4, 1, 0));
    let late = retry(&other).await;
    assert_eq!((late.kept, late.removed, late.rejected), (kept(0, 0, 0), 1, 0));
    assert_eq!(present(&other).await, forward);
    // Told again by the older document, it stays removed.
    let spread = base.replace("/>", " />");
    take(&other, from.path(), &spread).await.unwrap();
    assert_eq!(present(&other).await, forward);
    let outcome = verify_log(two.path(), &Database::in_folder(two.path()), |_, _| {}).await.unwrap();
    assert!(outcome.holds(), "{:?}", outcome.problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_anothers_or_nobodys_waits() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    take(&house, from.path(), &of(TWO, MOTHER)).await.unwrap();
    let before = present(&house).await;
    let reasons = || quarantine(&lake_folder(&house)).unwrap().into_iter().flat_map(|batch| batch.reasons);
    let father = of(TWO_UPDATE, "0101809995").replace("7.1.10.36", "7.1.10.999");
    let father = take(&house, from.path(), &father).await.unwrap();
    assert_eq!((father.kept, father.removed, father.rejected), (kept(0, 0, 0), 0, 2));
    assert_eq!(reasons().filter(|reason| reason.contains("another person")).count(), 1);
    assert_eq!(reasons().filter(|reason| reason.contains("entry of a template")).count(), 1);
    let stranger = take(&house, from.path(), &of(TWO, "0303809995")).await.unwrap();
    assert_eq!((stranger.kept, stranger.rejected), (kept(0, 0, 0), 5));
    assert_eq!(reasons().filter(|reason| reason.contains("its patient is not known")).count(), 5);
    let wrong = take(&house, from.path(), &of(TWO, "99Kanarie")).await.unwrap();
    assert_eq!((wrong.kept, wrong.rejected), (kept(0, 0, 0), 5));
    assert!(!reasons().any(|reason| reason.contains("Kanarie")));
    assert_eq!(present(&house).await, before);
    let cut = take(&house, from.path(), &of(TWO, MOTHER)[..4000]).await.unwrap_err().to_string();
    assert!(cut.contains("was cut") && cut.contains("nothing of it was taken in"), "{cut}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_replaces_its_set_takes_away_the_rest() {
    let (one, two, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (base, whole) = (of(TWO, MOTHER), of(TWO_UPDATE, MOTHER));
    // The update without its removal, as a replacement of all.
    let whole = whole.replace("typeCode=\"APND\"", "typeCode=\"RPLC\"").replace("7.1.10.118", "7.1.10.999");
    for (folder, order) in [(&one, [&base, &whole]), (&two, [&whole, &base])] {
        let house = house_with_family(folder.path()).await;
        for document in order {
            take(&house, from.path(), document).await.unwrap();
        }
        let left: Vec<String> = present(&house).await.into_iter().map(|(reference, _)| reference).collect();
        assert_eq!(left, ["Condition/6463c77d-fa42-5730-b443-f9343875302e"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_watch_has_measured_is_hers_who_donates_it() {
    const POINTS: &str = include_str!("../../../sources/tests/data/wearable/points.ndjson");
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    let count = POINTS.lines().count() as u64;
    let take = async |text: &str, person: Option<&str>| {
        let file = from.path().join("points.ndjson");
        std::fs::write(&file, text).unwrap();
        let person = person.map(|id| PersonId(id.into()));
        let delivery =
            ResourceDelivery { file, format: Format::Wearable, source: "watch".into(), person, again: false };
        ingest_resources(&house, &clock(), &operator(), &delivery, [7; 32]).await
    };
    let nobody = take(POINTS, None).await.unwrap();
    assert_eq!((nobody.kept, nobody.rejected), (kept(0, 0, 0), count));
    let refused = take(&POINTS.replacen("wearer-1", "wearer-2", 1), Some("mother")).await.unwrap_err().to_string();
    assert!(refused.contains("more than one user"), "{refused}");
    let spread = POINTS.replace("\"header\"", " \"header\"");
    let taken = take(&spread, Some("mother")).await.unwrap();
    assert_eq!((taken.kept.new + taken.kept.changed + taken.kept.same, taken.rejected), (count, 0));
    // Her user's name is known now, and is nobody else's.
    let again = take(&POINTS.replace("\"body\"", " \"body\""), None).await.unwrap();
    assert_eq!(again.kept.new + again.rejected, 0);
    let other = take(&POINTS.replace("\"body\"", "  \"body\""), Some("father")).await.unwrap_err().to_string();
    assert!(other.contains("another person"), "{other}");
    let own = session(&house, "mother").await;
    let story = timeline(&house, &clock(), &own, None, &TimelineFilter::default()).await.unwrap();
    assert!(
        story.series.iter().any(|series| series.unit == "beats/min" && series.points.len() > 1),
        "{:?}",
        story.series
    );
}
