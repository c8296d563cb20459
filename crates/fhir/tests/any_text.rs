//! Whatever is written, nothing panics, and what is read is read alike by others.

use indgang_fhir::json::{Projection, Tape};
use indgang_fhir::path::{Context, Path};
use indgang_fhir::view::View;
use proptest::prelude::*;

/// Texts made of the words of the language, which reach further than any text.
fn expression() -> impl Strategy<Value = String> {
    let words = [
        "name",
        "given",
        ".",
        "(",
        ")",
        "[",
        "]",
        "where(",
        "exists()",
        "first()",
        "=",
        "~",
        "<",
        "+",
        "-",
        "*",
        "/",
        "div",
        "mod",
        "|",
        "and",
        "or",
        "implies",
        "in",
        "contains",
        "is",
        "as",
        "ofType(",
        "Quantity",
        "1",
        "2.5",
        "'a'",
        "@2014-01",
        "@T10",
        "3 'mg'",
        "4 days",
        "%x",
        "$this",
        "$index",
        "{}",
        "true",
        " ",
        "`a`",
        "iif(",
        ",",
        "substring(",
        "repeat(",
        "children()",
        "descendants()",
        "toString()",
        "lowBoundary()",
        "aggregate(",
        "$total",
        "now()",
        "type()",
        "matches(",
        "sort(",
        "desc",
        "é",
        "\\",
        "\u{1F600}",
        "99999999999",
        "/*",
        "//",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..24).prop_map(|words| words.concat())
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f32>().prop_map(|n| serde_json::json!(n)),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::btree_map("[a-z]{1,8}", inner, 0..6)
                .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
        ]
    })
}

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p","active":true,"birthDate":"1974-12","name":[{"given":["A","B"],"_given":[null,{"id":"x"}],"family":"C"}],"multipleBirthInteger":2}"#;

proptest! {
    #[test]
    fn no_expression_panics(text in prop_oneof![expression(), ".*"]) {
        if let Ok(path) = Path::parse(&text) {
            let mut tape = Tape::new();
            let json = tape.read(PATIENT)?;
            let context = Context::of(json);
            let _ = path.check(context.resource.type_id(), true);
            let _ = path.evaluate(&context);
        }
    }

    #[test]
    fn a_projection_changes_no_answer(text in expression()) {
        if let Ok(path) = Path::parse(&text) {
            let patient = indgang_fhir::model::r4().find("Patient").ok_or("a type of R4").map_err(TestCaseError::fail)?;
            let shape = indgang_fhir::path::Shape::resource(patient);
            let mut projection = Projection::none();
            if let Ok(found) = path.shape(&shape, patient, false, &mut projection) {
                found.keep_whole(&mut projection);
                let (mut whole, mut part) = (Tape::new(), Tape::new());
                let (whole, part) = (Context::of(whole.read(PATIENT)?), Context::of(part.read_only(PATIENT, &projection)?));
                let texts = |context: &Context<'_>| {
                    path.evaluate(context).map(|values| values.len())
                };
                prop_assert_eq!(texts(&whole), texts(&part));
            }
        }
    }

    #[test]
    fn json_is_read_as_others_read_it(value in json_value()) {
        let text = value.to_string();
        let mut tape = Tape::new();
        let json = tape.read(&text)?;
        prop_assert_eq!(json.raw(0).trim_matches('"'), text.trim_matches('"'));
    }

    #[test]
    fn no_text_panics_as_json(text in ".*", cut in 0usize..150) {
        let mut tape = Tape::new();
        let ours = tape.read(&text).is_ok();
        let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        prop_assert_eq!(ours, theirs);
        let cut = (0..=cut.min(PATIENT.len())).rev().find(|c| PATIENT.is_char_boundary(*c)).unwrap_or(0);
        prop_assert_eq!(tape.read(&PATIENT[..cut]).is_ok(), cut == PATIENT.len());
        let mut projection = Projection::none();
        projection.member("id");
        prop_assert_eq!(tape.read_only(&PATIENT[..cut], &projection).is_ok(), cut == PATIENT.len());
    }

    #[test]
    fn no_definition_panics(value in json_value()) {
        let _ = View::compile(&value);
        let _ = View::compile(&serde_json::json!({"resource": "Patient", "select": [value]}));
    }
}

#[test]
fn nesting_is_bounded() {
    for text in [
        "(".repeat(10_000),
        "-".repeat(10_000),
        "a.".repeat(10_000) + "a",
        "1+".repeat(10_000) + "1",
        "not(".repeat(5_000),
    ] {
        assert!(Path::parse(&text).is_err());
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(Tape::new().read(&deep).is_err());
    assert!(Tape::new().read_only(&format!("{{\"x\":{deep}}}"), &Projection::none()).is_err());
}
