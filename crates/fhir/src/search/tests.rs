use super::*;
use crate::json::Tape;

fn read(resource_type: &str, query: &str) -> Result<Search, SearchError> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs: Vec<(String, String)> =
        pairs.map(|pair| pair.split_once('=').unwrap()).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    Search::of_type(r4().resources().find(|name| *name == resource_type).unwrap(), &pairs)
}

fn matches(resource: &str, query: &str) -> bool {
    let mut tape = Tape::new();
    let json = tape.read(resource).unwrap();
    let resource_type = text(json, Json::ROOT, "resourceType").into_owned();
    let search = read(&resource_type, query).unwrap();
    // 2024-03-01T00:00:00Z.
    search.matches(&Candidate { json, id: "o1", known_at: 1_709_251_200 })
}

const HBA1C: &str = r#"{"resourceType":"Observation","id":"o1","status":"final","identifier":[{"system":"urn:lab","value":"a|1"}],
    "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
    "code":{"coding":[{"system":"urn:npu","code":"NPU27300"},{"code":"local"}]},"effectiveDateTime":"2024-01-31T23:30:00Z",
    "valueQuantity":{"value":48.5,"unit":"mmol/mol","system":"http://unitsofmeasure.org","code":"mmol/mol"},
    "performer":[{"reference":"Organization/x"}],"encounter":{"reference":"https://ehr/fhir/Encounter/7/_history/2"}}"#;

#[test]
fn an_observation_is_found_by_each_kind_of_parameter() {
    for (query, found) in [
        ("", true),
        ("code=NPU27300", true),
        ("code=urn:npu|NPU27300", true),
        ("code=urn:npu|", true),
        ("code=other|NPU27300", false),
        ("code=|NPU27300", false),
        ("code=|local", true),
        ("code=x,NPU27300", true),
        ("code=NPU27300&code=local", true),
        ("code=NPU27300&code=x", false),
        ("code:not=NPU27300", false),
        ("code:not=x", true),
        ("category=laboratory&status=final", true),
        ("status=http://hl7.org/fhir/observation-status|final", true),
        ("status=urn:npu|final", false),
        (r"identifier=urn:lab|a\|1", true),
        ("identifier=urn:lab|a", false),
        ("_id=o1", true),
        ("_id=o2,o3", false),
        ("date=2024-01", true),
        ("date=2024-01-31", true),
        ("date=2024-02-01", false),
        ("date=ne2024", false),
        ("date=gt2024-01-31", false),
        ("date=ge2024-01-31", true),
        ("date=sa2024-01-30", true),
        ("date=eb2024-02", true),
        ("date=lt2024-01-31", false),
        ("date=le2024-01-31", true),
        ("date=2023,2024", true),
        ("date=ge2024-01-31T23:31:00Z", false),
        ("_lastUpdated=2024-03-01", true),
        ("_lastUpdated=lt2024-03-01", false),
        ("value-quantity=48.5", true),
        ("value-quantity=48", false),
        ("value-quantity=48.45", false),
        ("value-quantity=gt48|http://unitsofmeasure.org|mmol/mol", true),
        ("value-quantity=gt48||mmol/mol", true),
        ("value-quantity=gt48||%", false),
        ("performer=Organization/x", true),
        ("performer=x", true),
        ("performer=Organization/y", false),
        ("encounter=Encounter/7", true),
        ("encounter:missing=false", true),
        ("specimen:missing=true", true),
        ("method=x", false),
    ] {
        assert_eq!(matches(HBA1C, query), found, "{query}");
    }
}

#[test]
fn periods_run_on_and_choices_are_looked_into() {
    let encounter = r#"{"resourceType":"Encounter","status":"in-progress","class":{"system":"urn:class","code":"IMP"},
        "period":{"start":"2024-02-10"},"serviceProvider":{"reference":"Organization/x"}}"#;
    let medicine = r#"{"resourceType":"MedicationRequest","status":"active","intent":"order","authoredOn":"2023-02-01",
        "medicationReference":{"reference":"Medication/m"}}"#;
    let allergy = r#"{"resourceType":"AllergyIntolerance","category":["food"],"reaction":[{"substance":{"coding":[{"code":"nut"}]}}],
        "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]}}"#;
    for (resource, query, found) in [
        (encounter, "date=gt2030", true),
        (encounter, "date=2024-02", false),
        (encounter, "date=lt2024-02-10", false),
        (encounter, "class=urn:class|IMP", true),
        (encounter, "service-provider=Organization/x", true),
        (medicine, "medication=Medication/m&authoredon=2023&intent=order", true),
        (medicine, "code=x", false),
        (medicine, "date=2023-02-01", true),
        (allergy, "category=food&clinical-status=active&code=nut", true),
        (allergy, "clinical-status:not=active", false),
    ] {
        assert_eq!(matches(resource, query), found, "{query}");
    }
}

#[test]
fn what_goes_with_a_match_and_in_which_order() {
    let search = read(
        "Observation",
        "_include=Observation:performer&_include=*:subject&_revinclude=Provenance:target&_sort=-date,_id",
    );
    let search = search.unwrap();
    assert!(search.with_patient && search.with_provenance && search.includes_more() && !search.count_only);
    let mut tape = Tape::new();
    let json = tape.read(HBA1C).unwrap();
    let included = search.included(json);
    assert_eq!(included.len(), 1);
    assert_eq!((included[0].0.as_str(), included[0].1[0]), ("Organization/x", "Practitioner"));
    let undated = r#"{"resourceType":"Observation"}"#;
    let key = |text: &str, id: &str| {
        let mut tape = Tape::new();
        search.sort_key(&Candidate { json: tape.read(text).unwrap(), id, known_at: 0 }).unwrap()
    };
    let later = HBA1C.replace("2024-01-31", "2024-02-01");
    let mut keys = [key(undated, "a"), key(HBA1C, "b"), key(HBA1C, "a"), key(&later, "c")];
    let expected = [keys[3].clone(), keys[2].clone(), keys[1].clone(), keys[0].clone()];
    keys.sort();
    assert_eq!(keys, expected);
    assert!(inverted("b") < inverted("a") && inverted("ab") < inverted("a"));
    let provenance = r#"{"target":[{"reference":"Observation/o1/_history/2"},{"reference":"Patient/m"}]}"#;
    assert_eq!(targets(tape.read(provenance).unwrap()), ["Observation/o1", "Patient/m"]);
}

#[test]
fn what_is_not_understood_is_refused_without_its_value() {
    for (resource_type, query) in [
        ("Observation", "canary=1"),
        ("Observation", "name=canary"),
        ("Observation", "date=canary"),
        ("Observation", "date=ap2024"),
        ("Observation", "code:in=canary"),
        ("Observation", "_count=canary"),
        ("Observation", "_sort=code"),
        ("Observation", "_include=Patient:canary"),
        ("Observation", "_include=Observation:status"),
        ("Observation", "_include=Observation:performer:Patient"),
        ("Observation", "_revinclude=Canary:target"),
        ("Observation", "_summary=text"),
        ("Observation", "_format=xml"),
        ("Observation", "value-quantity=canary"),
        ("Provenance", "identifier=canary"),
        ("Patient", "identifier=canary"),
    ] {
        let refused = read(resource_type, query).map(|_| ()).unwrap_err().to_string();
        assert!(!refused.contains("canary") || query.starts_with("canary"), "{query}: {refused}");
    }
    let number = read("Patient", "identifier=urn:oid:1.2.208.176.1.2|0201609995").unwrap().number;
    assert_eq!(number, Number::of("urn:oid:1.2.208.176.1.2", "0201609995"));
    let pairs = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    assert_eq!(
        Search::everything(&pairs("_type", "Observation,Condition")).unwrap().types,
        ["Observation", "Condition"]
    );
    assert!(Search::everything(&pairs("_type", "Canary")).is_err() && Search::everything(&pairs("code", "x")).is_err());
}
