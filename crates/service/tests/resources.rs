//! FHIR resources of a house: taken in once, whole, by persons' numbers; what cannot be is told; read through the gate only.

mod house;

#[path = "resources/documents.rs"]
mod documents;
#[path = "resources/pro.rs"]
mod pro;
#[path = "resources/quality.rs"]
mod quality;
#[path = "resources/tissue.rs"]
mod tissue;

use house::{clock, family, open, operator, session};
use indgang_fhir::json::{Json, Tape, canonical};
use indgang_gate::{BlockTarget, Reason};
use indgang_lake::house::{quarantine, quarantine_folder, rejected_resources};
use indgang_model::{Category, PersonId};
use indgang_service::*;
use std::path::Path;

const MOTHER: &str = r#"{"resourceType":"Patient","id":"m","identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"0202829996"}],"name":[{"family":"Kanarie"}]}"#;

fn observation(id: &str, patient: &str, value: f64) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"npu","code":"NPU27300","display":"HbA1c"}}]}},
        "subject":{{"reference":"{patient}"}},"effectiveDateTime":"2024-05-0{}","valueQuantity":{{"value":{value},"unit":"mmol/mol"}}}}"#,
        1 + id.len() % 9
    )
    .replace('\n', "")
}

fn medicine(id: &str, patient: &str) -> String {
    format!(
        r#"{{"resourceType":"MedicationRequest","id":"{id}","status":"active","intent":"order","medicationCodeableConcept":{{"text":"Metformin"}},"subject":{{"reference":"{patient}"}},"authoredOn":"2023-02-01"}}"#
    )
}

fn bundle(entries: &[(&str, &str)]) -> String {
    let entry = |(url, resource): &(&str, &str)| format!("{{\"fullUrl\":\"{url}\",\n\"resource\":{resource}}}");
    let entries: Vec<String> = entries.iter().map(entry).collect();
    format!("{{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{}]}}", entries.join(",\n"))
}

async fn house_with_family(folder: &Path) -> House {
    let house = open(folder).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    house
}

async fn take(house: &House, from: &Path, source: &str, text: &str) -> Result<TakenResources, Error> {
    let file = from.join("delivery");
    std::fs::write(&file, text).unwrap();
    let delivery = ResourceDelivery { file, format: Format::Fhir, source: source.into(), person: None, again: false };
    ingest_resources(house, &clock(), &operator(), &delivery, [7; 32]).await
}

async fn read(house: &House, who: &str, person: &str) -> Result<Everything, Error> {
    let session = session(house, who).await;
    everything(house, &clock(), Reader::Session(&session), Some(&PersonId(person.into())), &Wanted::default()).await
}

fn same(text: &str) -> String {
    canonical(Tape::new().read(text).unwrap(), Json::ROOT)
}

fn kept(new: u64, changed: u64, same: u64) -> Kept {
    Kept { new, changed, same }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_is_what_is_read_and_a_second_time_changes_nothing() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    let (one, two) = (observation("o1", "urn:uuid:m-1", 48.50), medicine("d", "Patient/m"));
    let organisation = r#"{"resourceType":"Organization","id":"x","name":"Testkøbing"}"#;
    let text = bundle(&[
        ("urn:uuid:o-1", &one),
        ("urn:uuid:m-1", MOTHER),
        ("urn:uuid:d-1", &two),
        ("urn:uuid:x-1", organisation),
    ]);
    let taken = take(&house, from.path(), "ehr", &text).await.unwrap();
    assert_eq!((taken.kept, taken.rejected, taken.persons), (kept(4, 0, 0), 0, (1, 0)));
    let found = read(&house, "doctor", "mother").await.unwrap();
    let mut bodies: Vec<&str> = found.resources.iter().map(|resource| resource.body.expose().as_str()).collect();
    let mut expected = vec![same(&one), same(&two), same(MOTHER)];
    bodies.sort_unstable();
    expected.sort_unstable();
    assert_eq!(bodies, expected);
    let again = take(&house, from.path(), "ehr", &text).await.unwrap();
    assert!(again.known && again.kept == Kept::default());
    // The same in another layout is another file and the same resources.
    let spread = text.replace(',', " , ");
    assert_eq!(take(&house, from.path(), "ehr", &spread).await.unwrap().kept, kept(0, 0, 4));
    // New content is a new version; the older one stays.
    let corrected =
        take(&house, from.path(), "ehr", &bundle(&[("urn:uuid:o-1", &one.replace("48.5", "49"))])).await.unwrap();
    assert_eq!(corrected.kept, kept(0, 1, 0));
    let doctor = session(&house, "doctor").await;
    let old = versions(&house, &clock(), Reader::Session(&doctor), ("ehr", "Observation/o1")).await.unwrap();
    let seen: Vec<(u64, bool)> = old.resources.iter().map(|r| (r.version, r.body.expose().contains("48.5"))).collect();
    assert_eq!(seen, [(1, true), (2, false)]);
    assert_eq!(read(&house, "mother", "mother").await.unwrap().resources.len(), 3);
    let outcome = verify_log(folder.path(), &Database::in_folder(folder.path()), |_, _| {}).await.unwrap();
    assert!(outcome.holds(), "{:?}", outcome.problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_in_waits_with_its_reason_and_comes_in_when_mended() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    let lines = [
        MOTHER.to_owned(),
        observation("good", "Patient/m", 1.0),
        observation("Kanarie", "Patient/nobody", 1.0),
        r#"{"resourceType":"Observation","id":"Kanarie","#.to_owned(),
        r#"{"resourceType":"Patient","id":"q","name":[{"family":"Kanarie"}]}"#.to_owned(),
        observation("bad", "Patient/m", 1.0).replace("\"final\"", "17"),
        observation("last", "Patient/m", 2.0),
    ];
    let taken = take(&house, from.path(), "ehr", &lines.join("\n")).await.unwrap();
    assert_eq!((taken.kept, taken.rejected), (kept(3, 0, 0), 4));
    let lake = lake_folder(&house);
    let batches = quarantine(&lake).unwrap();
    let reasons = &batches[0].reasons;
    for (reason, (line, part)) in reasons.iter().zip([
        ("line 3: ", "its patient is not known"),
        ("line 4: ", "mend the line"),
        ("line 5: ", "without a CPR number"),
        ("line 6: ", "Observation.status"),
    ]) {
        assert!(reason.starts_with(line) && reason.contains(part) && !reason.contains("Kanarie"), "{reason}");
    }
    assert_eq!(reasons.len(), 4);
    // The same file again tells where they lie, and mending one takes it in.
    let again = take(&house, from.path(), "ehr", &lines.join("\n")).await.unwrap();
    assert!(again.known && again.quarantine.as_deref() == Some(&batches[0].batch));
    let (file, source, _) = rejected_resources(&quarantine_folder(&lake, &batches[0].batch).unwrap()).unwrap();
    assert_eq!(source, "ehr");
    let mended = std::fs::read_to_string(&file).unwrap().replace("\"status\":17", "\"status\":\"final\"");
    std::fs::write(&file, mended).unwrap();
    let delivery = ResourceDelivery { file, format: Format::Fhir, source, person: None, again: true };
    let taken = ingest_resources(&house, &clock(), &operator(), &delivery, [8; 32]).await.unwrap();
    assert_eq!((taken.kept, taken.rejected), (kept(1, 0, 0), 3));
    assert_eq!(read(&house, "doctor", "mother").await.unwrap().resources.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_bundle_leaves_nothing() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    let text = bundle(&[("urn:uuid:m-1", MOTHER), ("urn:uuid:o-1", &observation("o", "Patient/m", 1.0))]);
    let cut = take(&house, from.path(), "ehr", &text[..text.len() - 20]).await.unwrap_err().to_string();
    assert!(cut.contains("was cut") && !cut.contains("Kanarie"), "{cut}");
    assert!(read(&house, "doctor", "mother").await.unwrap().resources.is_empty());
    assert_eq!(take(&house, from.path(), "ehr", &text).await.unwrap().kept, kept(2, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_in_place_of_cpr_numbers_and_contradictions() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    let replacement = r#"{"system":"urn:oid:1.2.208.176.1.6.1.1","value":"0202821AB2"}"#;
    let both = MOTHER.replace("\"identifier\":[", &format!("\"identifier\":[{replacement},"));
    assert_eq!(take(&house, from.path(), "ehr", &both).await.unwrap().persons, (1, 0));
    // Another source knows her by the replacement only.
    let only = format!(r#"{{"resourceType":"Patient","id":"z","identifier":[{replacement}]}}"#);
    let text = format!("{only}\n{}", observation("o", "Patient/z", 1.0));
    let taken = take(&house, from.path(), "gp", &text).await.unwrap();
    assert_eq!((taken.kept, taken.persons), (kept(2, 0, 0), (1, 0)));
    assert_eq!(read(&house, "doctor", "mother").await.unwrap().resources.len(), 3);
    // Who is known by a replacement alone is somebody new, and the same the next time.
    let stranger = only.replace("\"z\"", "\"y\"").replace("0202821AB2", "0303031CD4");
    assert_eq!(take(&house, from.path(), "gp", &stranger).await.unwrap().persons, (1, 1));
    let again = format!("{stranger}\n{}", observation("p", "Patient/y", 1.0));
    assert_eq!(take(&house, from.path(), "gp", &again).await.unwrap().persons, (1, 0));
    // An id that was another person before, and numbers of two persons.
    let moved = MOTHER.replace("0202829996", "0101809995");
    let two = MOTHER
        .replace("\"m\"", "\"n\"")
        .replace("\"identifier\":[", r#""identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"0101809995"},"#);
    let taken = take(&house, from.path(), "ehr", &format!("{moved}\n{two}")).await.unwrap();
    assert_eq!((taken.kept, taken.rejected), (Kept::default(), 2));
    // By number alone, without a Patient.
    let by_number = observation("n", "x", 3.0)
        .replace(r#"{"reference":"x"}"#, r#"{"identifier":{"system":"urn:oid:1.2.208.176.1.2","value":"0202829996"}}"#);
    assert_eq!(take(&house, from.path(), "lab", &by_number).await.unwrap().kept, kept(1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_is_opened_by_the_gate_and_joins_sources() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    let lines = |values: [f64; 2]| {
        let o = [observation("a", "Patient/m", values[0]), observation("bb", "Patient/m", values[1])];
        format!("{MOTHER}\n{}\n{}\n{}", o[0], o[1], medicine("d", "Patient/m"))
    };
    take(&house, from.path(), "ehr", &lines([40.0, 41.0])).await.unwrap();
    take(&house, from.path(), "gp", &lines([40.0, 99.0])).await.unwrap();
    let mother = PersonId("mother".into());
    let filter = TimelineFilter::default();
    let doctor = session(&house, "doctor").await;
    let view = timeline(&house, &clock(), &doctor, Some(&mother), &filter).await.unwrap();
    let shape: Vec<(usize, usize)> = view.items.iter().map(|item| (item.sources.len(), item.others.len())).collect();
    assert_eq!(shape, [(2, 1), (2, 0), (2, 0)]);
    assert_eq!((view.rule.rule.as_str(), view.series.len(), view.series[0].points.len()), ("DK-42a", 1, 2));
    let own = session(&house, "mother").await;
    let mine = timeline(&house, &clock(), &own, None, &filter).await.unwrap();
    assert_eq!((mine.items, mine.others), (view.items, vec![PersonId("boy".into())]));
    // The child's, in her custody, with the genome report when it is signed and not before.
    let boy = PersonId("boy".into());
    assert!(timeline(&house, &clock(), &own, Some(&boy), &filter).await.unwrap().items.is_empty());
    assert_eq!(timeline(&house, &clock(), &doctor, Some(&boy), &filter).await.unwrap().items.len(), 1);
    let only = TimelineFilter { kind: Some(TimelineKind::Line(indgang_fhir::record::LineKind::Medication)), ..filter };
    assert_eq!(timeline(&house, &clock(), &own, None, &only).await.unwrap().items.len(), 1);
    let late = TimelineFilter { from: Some("2024-01-01T00:00:00Z".parse().unwrap()), ..filter };
    assert_eq!(timeline(&house, &clock(), &own, None, &late).await.unwrap().items.len(), 2);
    // Nobody else's.
    for who in ["colleague", "father", "stranger", "insurer", "geneticist", "auditor"] {
        let other = session(&house, who).await;
        let refused = timeline(&house, &clock(), &other, Some(&mother), &filter).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(_)), "{who}: {refused}");
    }
    // What she blocks is withheld from the doctor, who may know that, and not from herself.
    let block = BlockTarget::Category(Category::Medication);
    set_block(&house, &clock(), &own, &mother, block, None).await.unwrap();
    let view = timeline(&house, &clock(), &doctor, Some(&mother), &filter).await.unwrap();
    assert_eq!((view.items.len(), view.withheld), (2, vec![Category::Medication]));
    assert_eq!(timeline(&house, &clock(), &own, None, &filter).await.unwrap().items.len(), 3);
    // A blocked kind of data still comes in; who is blocked altogether is told nothing new.
    let more = medicine("d2", "Patient/m");
    assert_eq!(take(&house, from.path(), "ehr", &more).await.unwrap().kept, kept(1, 0, 0));
    let (from_day, until) = ("2024-05-02T00:00:00Z".parse().unwrap(), "2024-05-03T00:00:00Z".parse().unwrap());
    set_block(&house, &clock(), &own, &mother, BlockTarget::Period { from: from_day, until }, None).await.unwrap();
    assert_eq!(timeline(&house, &clock(), &doctor, Some(&mother), &filter).await.unwrap().items.len(), 1);
    set_block(&house, &clock(), &own, &mother, BlockTarget::Everybody, None).await.unwrap();
    let refused = timeline(&house, &clock(), &doctor, Some(&mother), &filter).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal { reason: Reason::Blocked, .. })), "{refused}");
}

/// A patient of Synthea with a Danish number: every resource is stored, and what is read is what came in.
#[tokio::test(flavor = "multi_thread")]
async fn a_synthea_patient_comes_back_as_she_came() {
    use std::io::Read as _;
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/synthea/bundle.json.xz");
    let mut text = String::new();
    indgang_sources::compressed::open(Path::new(path)).unwrap().read_to_string(&mut text).unwrap();
    // As it is she has no CPR number: she and what is hers wait, and nothing of it is lost.
    let without = take(&house, from.path(), "synthea", &text).await.unwrap();
    let mut tape = Tape::new();
    let json = tape.read(&text).unwrap();
    let entries = indgang_fhir::bundle::entries(json).unwrap();
    assert_eq!(without.kept.new + without.rejected, entries.len() as u64);
    assert_eq!(
        without.kept.new,
        text.matches(r#""resourceType": "Organization""#).count() as u64
            + text.matches(r#""resourceType": "Location""#).count() as u64
            + text.matches(r#""resourceType": "Medication","#).count() as u64
    );
    let number = r#"{"system":"urn:oid:1.2.208.176.1.2","value":"0202829996"},"#;
    let at = text.find(r#""identifier""#).unwrap();
    let open = at + text[at..].find('[').unwrap() + 1;
    let text = format!("{}{number}{}", &text[..open], &text[open..]);
    let taken = take(&house, from.path(), "synthea", &text).await.unwrap();
    assert_eq!((taken.rejected, taken.persons), (0, (1, 0)), "{:?}", quarantine(&lake_folder(&house)).unwrap());
    let found = read(&house, "mother", "mother").await.unwrap();
    let mut tape = Tape::new();
    let json = tape.read(&text).unwrap();
    let given: Vec<String> =
        indgang_fhir::bundle::entries(json).unwrap().iter().map(|entry| same(entry.text)).collect();
    assert_eq!(taken.kept.new + taken.kept.same, given.len() as u64);
    assert!(found.resources.len() > 50 && found.resources.iter().all(|r| given.contains(r.body.expose())));
    assert_eq!(found.resources.len() as u64, taken.kept.new);
}
