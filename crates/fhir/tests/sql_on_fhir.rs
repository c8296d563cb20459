//! The official tests of SQL on FHIR v2, all of them.

use indgang_fhir::conformance::run_sql_on_fhir;

#[test]
fn all_134_pass() -> Result<(), Box<dyn std::error::Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/sql-on-fhir");
    let mut failed = Vec::new();
    let mut passed = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|e| e != "json") {
            continue;
        }
        for result in run_sql_on_fhir(&std::fs::read_to_string(&path)?)? {
            match result.failure {
                None => passed += 1,
                Some(failure) => failed.push(format!("{}: {}: {failure}", path.display(), result.name)),
            }
        }
    }
    assert_eq!((passed, failed), (134, Vec::<String>::new()));
    Ok(())
}
