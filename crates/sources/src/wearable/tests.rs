use super::*;
use indgang_fhir::record;
use indgang_fhir::validate;
use indgang_model::Category;

const POINTS: &[u8] = include_bytes!("../../tests/data/wearable/points.ndjson");

fn made(bytes: &[u8]) -> Vec<Mapped> {
    map(bytes).unwrap()
}

fn point(name: &str, body: &str) -> String {
    format!(
        r#"{{"header":{{"id":"7","user_id":"u","creation_date_time":"2024-05-01T10:00:00Z","schema_id":{{"namespace":"omh","name":"{name}","version":"1.0"}}}},"body":{body}}}"#
    )
}

fn one(name: &str, body: &str) -> Value {
    made(point(name, body).as_bytes()).remove(0).resource.unwrap()
}

/// The publisher's own instances that should pass, each in a header.
#[test]
fn every_instance_of_the_schemas_is_a_valid_observation() {
    let all = made(POINTS);
    let refused: Vec<&Mapped> = all.iter().filter(|mapped| mapped.resource.is_err()).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(all.len(), POINTS.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count());
    for mapped in all {
        let text = mapped.resource.unwrap().to_string();
        let mut tape = Tape::new();
        let json = tape.read(&text).unwrap();
        let issues = validate::resource(json, Json::ROOT);
        assert!(!validate::has_errors(&issues), "line {}: {issues:?}\n{text}", mapped.line);
        assert_eq!(record::category(json, Json::ROOT), Category::Wearable);
        let line = record::line(json, Json::ROOT).unwrap();
        assert!(!line.readings.is_empty(), "line {}: {text}", mapped.line);
    }
}

#[test]
fn values_parts_and_times() {
    let rate = one(
        "heart-rate",
        r#"{"heart_rate":{"value":67.5,"unit":"beats/min"},"descriptive_statistic":"minimum","effective_time_frame":{"date_time":"2024-05-01T07:25:00+02:00"}}"#,
    );
    assert_eq!(
        rate["valueQuantity"],
        json!({"value": 67.5, "unit": "beats/min", "system": "http://unitsofmeasure.org", "code": "/min"})
    );
    assert_eq!(
        (&rate["code"]["text"], &rate["subject"]["reference"]),
        (&json!("heart rate (minimum)"), &json!("Patient/u"))
    );
    assert_eq!(
        rate["code"]["coding"],
        json!([{"system": "https://w3id.org/openmhealth/schemas/omh#minimum", "code": "heart-rate"}])
    );
    assert_eq!(rate["effectiveDateTime"], "2024-05-01T07:25:00+02:00");
    let pressure = one(
        "blood-pressure",
        r#"{"systolic_blood_pressure":{"value":125,"unit":"mmHg"},"diastolic_blood_pressure":{"value":60,"unit":"mmHg"},"body_posture":"sitting"}"#,
    );
    let parts = pressure["component"].as_array().unwrap();
    let codes: std::collections::BTreeSet<&str> =
        parts.iter().filter_map(|part| part["code"]["coding"][0]["code"].as_str()).collect();
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["8462-4", "8480-6", "body_posture"]);
    for (frame, expected) in [
        (
            r#"{"time_interval":{"start_date_time":"2024-05-01T22:00:00Z","duration":{"value":9,"unit":"h"}}}"#,
            json!({"start": "2024-05-01T22:00:00Z", "end": "2024-05-02T07:00:00Z"}),
        ),
        (
            r#"{"time_interval":{"end_date_time":"2024-05-01T22:00:00Z","duration":{"value":1,"unit":"d"}}}"#,
            json!({"start": "2024-04-30T22:00:00Z", "end": "2024-05-01T22:00:00Z"}),
        ),
        (
            r#"{"time_interval":{"start_date_time":"2024-05-01T22:00:00Z","duration":{"value":1e300,"unit":"d"}}}"#,
            json!({"start": "2024-05-01T22:00:00Z"}),
        ),
    ] {
        let steps = one("step-count", &format!(r#"{{"step_count":6000,"effective_time_frame":{frame}}}"#));
        assert_eq!(steps["effectivePeriod"], expected, "{frame}");
    }
    let part = one(
        "step-count",
        r#"{"step_count":1,"effective_time_frame":{"time_interval":{"date":"2013-02-05","part_of_day":"morning"}}}"#,
    );
    assert_eq!(part["effectiveDateTime"], "2013-02-05");
}

#[test]
fn what_is_no_data_point_is_told_with_its_line() {
    let good = point("heart-rate", r#"{"heart_rate":{"value":1,"unit":"beats/min"}}"#);
    let lines = [
        &good,
        r#"{"heart_rate":{"value":1}}"#,
        "{",
        &point("geoposition", r#"{"latitude":1}"#),
        &point("heart-rate", "{}"),
        &point("heart-rate", r#"{"heart_rate":[1]}"#),
    ]
    .join("\n");
    let told: Vec<(u64, String)> =
        made(lines.as_bytes()).into_iter().filter_map(|mapped| Some((mapped.line, mapped.resource.err()?))).collect();
    let expected = [
        (2, "schema_id.name"),
        (3, "mend the line"),
        (4, "schema is not read here"),
        (5, "empty `body`"),
        (6, "`heart_rate` is neither"),
    ];
    assert_eq!(told.len(), expected.len());
    for ((line, reason), (at, part)) in told.iter().zip(expected) {
        assert!(*line == at && reason.contains(part), "{line}: {reason}");
    }
    let list = format!("[\n{good},\n{good}]");
    assert_eq!(made(list.as_bytes()).iter().map(|mapped| mapped.line).collect::<Vec<_>>(), [2, 3]);
    assert!(map(b"<xml/>").is_err());
}
