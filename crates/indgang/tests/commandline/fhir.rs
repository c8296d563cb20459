//! `indgang ingest fhir`: resources of a house.

use crate::workshop::Workshop;
use std::io::Write as _;
use std::time::Duration;

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"0201609995"}],"name":[{"family":"Kanarie"}]}"#;

fn observation(n: usize) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"o{n}","status":"final","code":{{"text":"Kanarie"}},"subject":{{"reference":"Patient/p"}},"effectiveDateTime":"2024-01-01","valueInteger":{n}}}"#
    )
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn files_are_taken_in_by_themselves() {
    let workshop = Workshop::new();
    let lines = format!("{PATIENT}\n{}\nKanarie\n{}\n", observation(1), observation(2));
    workshop.write("lines.ndjson.gz", gzip(&lines));
    workshop.write("cut.json", format!("{{\"resourceType\":\"Bundle\",\n\"entry\":[{{\"resource\":{PATIENT}}}"));
    workshop.write("one.json", observation(3));
    let run = "ingest fhir --data house --source ehr";
    let files = workshop.run(&format!("{run} lines.ndjson.gz cut.json one.json"));
    assert!(!files.ok && files.err.contains("nothing of `cut.json` was taken in"), "{}", files.err);
    assert!(files.out.contains("lines.ndjson.gz: 3 new") && files.out.contains("one.json: 1 new"), "{}", files.out);
    assert!(!files.out.contains("Kanarie") && !files.err.contains("Kanarie"), "{}\n{}", files.out, files.err);
    let again = workshop.run(&format!("{run} lines.ndjson.gz")).succeeded();
    assert!(again.out.contains("was taken in before"), "{}", again.out);
    let listed = workshop.run("ingest quarantine --data house").succeeded();
    assert!(listed.out.contains("line 3: ") && !listed.out.contains("Kanarie"), "{}", listed.out);
    let batch = listed.out.split_whitespace().next().unwrap();
    workshop.run(&format!("ingest retry {batch} --data house")).succeeded();
    workshop.run(&format!("{run} no.json")).refused_with(&["no.json", "check the path"]);
    workshop.run("ingest fhir --data house --source æ one.json").refused_with(&["`æ` cannot name a source"]);
    workshop.run("verify-log --data house").succeeded();
}

#[test]
fn killed_with_minus_nine_a_file_is_there_whole_or_not_at_all() {
    const RESOURCES: usize = 6000;
    let workshop = Workshop::new();
    let lines: Vec<String> = std::iter::once(PATIENT.to_owned()).chain((1..RESOURCES).map(observation)).collect();
    workshop.write("lines.ndjson", lines.join("\n"));
    for (round, milliseconds) in [30, 120, 300, 600].into_iter().enumerate() {
        let run = format!("ingest fhir --data house{round} --source ehr lines.ndjson");
        let mut child = workshop.command(&run).stdout(std::process::Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        let after = workshop.run(&run).succeeded();
        let whole = after.out.contains(&format!("{RESOURCES} new, 0 new versions, 0 known"));
        assert!(whole || after.out.contains("was taken in before"), "{milliseconds} ms: {}", after.out);
        assert!(workshop.run(&run).succeeded().out.contains("was taken in before"));
        workshop.run(&format!("verify-log --data house{round}")).succeeded();
    }
}
