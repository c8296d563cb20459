use super::*;
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::validate;

const PATIENT: &str = "020160-9995";

fn set(study: &str, series: &str, instance: u32, patient: &str) -> Value {
    let told = |vr: &str, value: Value| json!({ "vr": vr, "Value": [value] });
    json!({
        "00080020": told("DA", json!("20240501")), "00080030": told("TM", json!("101500.5")),
        "00080016": told("UI", json!("1.2.840.10008.5.1.4.1.1.2")), "00080018": told("UI", json!(format!("{series}.{instance}"))),
        "00080050": told("SH", json!("A1")), "00080060": told("CS", json!("CT")), "00081030": told("LO", json!("CT af thorax")),
        "0008103E": told("LO", json!("aksial")), "00100010": { "vr": "PN", "Value": [{ "Alphabetic": "Kanarie" }] },
        "00100020": told("LO", json!(patient)), "00180015": told("CS", json!("CHEST")), "0020000D": told("UI", json!(study)),
        "0020000E": told("UI", json!(series)), "00200011": told("IS", json!("2")), "00200013": told("IS", json!(instance)),
    })
}

fn made(sets: &[Value]) -> Vec<Mapped> {
    map(json!(sets).to_string().as_bytes()).unwrap()
}

#[test]
fn instances_become_studies() {
    let sets = [
        set("1.2", "1.2.1", 1, PATIENT),
        set("1.2", "1.2.1", 2, PATIENT),
        set("1.2", "1.2.2", 1, PATIENT),
        set("1.3", "1.3.1", 1, PATIENT),
    ];
    let studies: Vec<Value> = made(&sets).into_iter().map(|mapped| mapped.resource.unwrap()).collect();
    let text = studies[0].to_string();
    let mut tape = Tape::new();
    let issues = validate::resource(tape.read(&text).unwrap(), Json::ROOT);
    assert!(!validate::has_errors(&issues) && !text.contains("Kanarie"), "{issues:?}\n{text}");
    assert_eq!(
        (studies.len(), &studies[0]["numberOfSeries"], &studies[0]["numberOfInstances"]),
        (2, &json!(2), &json!(3))
    );
    assert_eq!(
        studies[0]["subject"]["identifier"],
        json!({"system": "urn:oid:1.2.208.176.1.2", "value": "0201609995"})
    );
    assert_eq!(studies[0]["started"], "2024-05-01T10:15:00.5+02:00");
    assert_eq!(studies[0]["modality"], json!([{"system": DCM, "code": "CT"}]));
    assert_eq!(studies[0]["series"][0]["instance"][1]["uid"], "1.2.1.2");
    assert_eq!(studies[0]["series"][0]["number"], 2);
}

#[test]
fn what_cannot_be_indexed_is_told() {
    let two = made(&[set("1.2", "1.2.1", 1, PATIENT), set("1.2", "1.2.1", 2, "0101809995")]);
    assert!(two[0].resource.as_ref().unwrap_err().contains("different patients"));
    assert!(made(&[json!({})])[0].resource.as_ref().unwrap_err().contains("Study Instance UID"));
    assert!(map(b"[{").unwrap_err().to_string().contains("get the whole file again"));
}
