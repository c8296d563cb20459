//! Resources say the same on both databases: versions follow each other, readings see what the grant opens.

use crate::ground::{Ground, on_both};
use crate::log::{at, ingest};
use indgang_gate::{Decision, Grant, decide};
use indgang_model::{Category, PersonId, PersonalNumber, Sensitive, Timestamp};
use indgang_store::persons::Identity;
use indgang_store::resources::{Batch, Kept, NewResource, Wanted, add_shared, batch, of_person, shared, versions};
use indgang_store::{House, StoreError};

on_both!(
    versions_follow_each_other,
    what_is_given_up_leaves_nothing,
    what_is_nobodys_needs_no_person,
    patients_are_known_again
);

fn person(id: &str) -> PersonId {
    PersonId(id.into())
}

fn of(id: &str, taken_at: Timestamp) -> Batch {
    Batch {
        id: id.into(),
        source: "ehr".into(),
        file: "æ.ndjson".into(),
        sha256: "ab".repeat(32),
        taken_at,
        taken_by: "operator".into(),
        stored: 0,
        rejected: 0,
    }
}

fn resource(reference: &str, who: &str, category: Category, content: &str) -> NewResource {
    let span = |text: &str| text.parse::<Timestamp>().unwrap();
    NewResource {
        reference: reference.into(),
        of: (!who.is_empty()).then(|| (person(who), category)),
        span: (category != Category::Identity).then(|| (span("2020-01-01T00:00:00Z"), span("2020-01-31T23:59:59Z"))),
        hash: content.into(),
        place: "line 1, entry 2".into(),
        document: None,
        body: format!("{{\"æ\":\"{content}\"}}"),
    }
}

/// Takes a batch in; the grant of the passage opens what the laboratory holds (identity, genome, wishes).
async fn take(house: &House, batch: &Batch, resources: &[NewResource]) -> (Kept, Grant) {
    let (request, facts) = ingest("case", &["a", "b"]);
    let mut logged = house.passage().await.unwrap().log(decide(&request, &facts)).await.unwrap();
    let mut writer = logged.writer().await.unwrap().unwrap();
    for (id, number) in [("a", "0101204995"), ("b", "0303031CD4")] {
        let identity = Identity { name: Sensitive::new(id.into()), cpr: number.parse().unwrap() };
        writer.add_person(&person(id), &identity).await.unwrap();
    }
    writer.begin_batch(batch).await.unwrap();
    let kept = writer.add_resources(batch, resources).await.unwrap();
    writer.end_batch(batch, kept.new + kept.changed, 3).await.unwrap();
    let Decision::Permit { grant, .. } = logged.commit(at()).await.unwrap() else { panic!("refused") };
    (kept, grant)
}

async fn bodies(house: &House, grant: &Grant, who: &str, wanted: &Wanted) -> Vec<(String, u64)> {
    let found = of_person(house, grant, &person(who), wanted).await.unwrap();
    found.into_iter().map(|guarded| guarded.into_open(grant).unwrap()).map(|r| (r.reference, r.version)).collect()
}

async fn versions_follow_each_other(ground: Ground) {
    let house = ground.open().await;
    let genome = |reference: &str, content: &str| resource(reference, "a", Category::Genome, content);
    // More than one statement holds, and one that comes twice with other content.
    let mut many: Vec<NewResource> = (0..250).map(|n| genome(&format!("Observation/{n:03}"), "1")).collect();
    many.push(genome("Observation/007", "2"));
    many.push(genome("Observation/007", "2"));
    many.push(resource("Patient/b", "b", Category::Identity, "1"));
    many.push(resource("Observation/lab", "a", Category::Laboratory, "1"));
    let first = of("first", at());
    let (kept, _) = take(&house, &first, &many).await;
    assert_eq!(kept, Kept { new: 252, changed: 1, same: 1 });
    let stored = batch(&house, "first").await.unwrap().unwrap();
    assert_eq!((stored.stored, stored.rejected, stored.file.as_str()), (253, 3, "æ.ndjson"));
    let later = of("second", "2030-01-01T00:00:00.5Z".parse().unwrap());
    let (kept, grant) = take(&house, &later, &[genome("Observation/007", "3"), genome("Observation/008", "1")]).await;
    assert_eq!(kept, Kept { new: 0, changed: 1, same: 1 });
    // A laboratory's resource is not opened by this grant, nor is anybody else's.
    let all = bodies(&house, &grant, "a", &Wanted::default()).await;
    assert_eq!((all.len(), &all[7]), (250, &("Observation/007".to_owned(), 3)));
    assert_eq!(bodies(&house, &grant, "b", &Wanted::default()).await, [("Patient/b".to_owned(), 1)]);
    assert!(bodies(&house, &grant, "a", &Wanted { types: vec!["Patient"], ..Wanted::default() }).await.is_empty());
    assert_eq!(bodies(&house, &grant, "a", &Wanted { limit: 3, ..Wanted::default() }).await.len(), 3);
    for (from, until, count) in [
        (Some("2020-01-31T12:00:00Z"), None, 250),
        (Some("2020-02-01T00:00:00Z"), None, 0),
        (None, Some("2020-01-01T00:00:00Z"), 0),
        (None, Some("2020-01-01T00:00:01Z"), 250),
    ] {
        let moment = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let wanted = Wanted { from: moment(from), until: moment(until), ..Wanted::default() };
        assert_eq!(bodies(&house, &grant, "a", &wanted).await.len(), count, "{from:?} {until:?}");
    }
    let old = versions(&house, &grant, &person("a"), ("ehr", "Observation/007")).await.unwrap();
    let old: Vec<String> = old.iter().map(|r| r.open(&grant).unwrap().body.expose().clone()).collect();
    assert_eq!(old, ["{\"æ\":\"1\"}", "{\"æ\":\"2\"}", "{\"æ\":\"3\"}"]);
    assert!(versions(&house, &grant, &person("a"), ("ehr", "Observation/lab")).await.unwrap().is_empty());
    let stranger = of_person(&house, &grant, &person("c"), &Wanted::default()).await;
    assert!(matches!(stranger, Err(StoreError::NotCovered(_))));
    assert!(ground.verify().await.holds());
}

async fn what_is_given_up_leaves_nothing(ground: Ground) {
    let house = ground.open().await;
    let (request, facts) = ingest("case", &["a"]);
    let mut logged = house.passage().await.unwrap().log(decide(&request, &facts)).await.unwrap();
    let mut writer = logged.writer().await.unwrap().unwrap();
    writer.begin_batch(&of("given-up", at())).await.unwrap();
    // Somebody of whom the passage is not.
    let foreign = resource("Observation/1", "b", Category::Genome, "1");
    let refused = writer.add_resources(&of("given-up", at()), &[foreign]).await;
    assert!(matches!(refused, Err(StoreError::NotCovered(_))), "{refused:?}");
    drop(logged);
    assert_eq!(batch(&house, "given-up").await.unwrap(), None);
    assert_eq!(ground.verify().await.leaves, 0);
}

async fn what_is_nobodys_needs_no_person(ground: Ground) {
    let house = ground.open().await;
    let organisation = resource("Organization/x", "", Category::Identity, "1");
    let kept = add_shared(&house, &of("shared", at()), std::slice::from_ref(&organisation)).await.unwrap();
    assert_eq!(kept.new, 1);
    let (_, grant) = take(&house, &of("first", at()), &[]).await;
    let body = shared(&house, &grant, ("ehr", "Organization/x")).await.unwrap();
    assert_eq!(body.as_deref(), Some("{\"æ\":\"1\"}"));
    assert_eq!(shared(&house, &grant, ("gp", "Organization/x")).await.unwrap(), None);
    let somebodys = resource("Observation/1", "a", Category::Genome, "1");
    assert!(add_shared(&house, &of("shared-2", at()), &[somebodys]).await.is_err());
}

async fn patients_are_known_again(ground: Ground) {
    let house = ground.open().await;
    take(&house, &of("first", at()), &[]).await;
    let (request, facts) = ingest("case", &["a", "b"]);
    let mut logged = house.passage().await.unwrap().log(decide(&request, &facts)).await.unwrap();
    let mut writer = logged.writer().await.unwrap().unwrap();
    let number: PersonalNumber = "0101201AB2".parse().unwrap();
    writer.know_patient("ehr", "Patient/1", &person("a")).await.unwrap();
    writer.know_patient("ehr", "Patient/1", &person("a")).await.unwrap();
    writer.add_number("x-ecpr", &number, &person("a")).await.unwrap();
    let other = writer.know_patient("ehr", "Patient/1", &person("b")).await;
    assert!(matches!(other, Err(StoreError::Exists(_))), "{other:?}");
    logged.commit(at()).await.unwrap();
    let mut passage = house.passage().await.unwrap();
    let known = passage.patients_known_as("ehr", &["Patient/1", "Patient/2"]).await.unwrap();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), [("Patient/1".to_owned(), person("a"))]);
    assert!(passage.patients_known_as("gp", &["Patient/1"]).await.unwrap().is_empty());
    let cpr: PersonalNumber = "0101204995".parse().unwrap();
    let alone: PersonalNumber = "0303031CD4".parse().unwrap();
    let nobody: PersonalNumber = "0202829996".parse().unwrap();
    let asked = [("cpr", &cpr), ("x-ecpr", &number), ("other", &number), ("x-ecpr", &alone), ("cpr", &nobody)];
    let found: Vec<PersonId> = passage.persons_with(asked).await.unwrap().into_values().collect();
    assert_eq!(found, [person("a"), person("a"), person("b")]);
}
