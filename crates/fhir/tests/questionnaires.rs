//! The questionnaires that ship, held against what is published of their scoring, and scores that only data describe.

use indgang_fhir::json::{Json, Tape};
use indgang_fhir::questionnaire::{Answer, Answers, Author, FaultKind, Questionnaire};
use indgang_fhir::validate;
use proptest::prelude::*;

const PHQ_9: &str = include_str!("../../../questionnaires/phq-9.json");
const GAD_7: &str = include_str!("../../../questionnaires/gad-7.json");
const PAIN: &str = include_str!("../../../questionnaires/pain.json");

fn author() -> Author<'static> {
    Author { id: "r", patient: "p", at: "2026-11-23T10:00:00Z", language: "da", instead: None }
}

/// The option of an item by its place.
fn option(made: &Questionnaire, link_id: &str, place: usize) -> Vec<Answer> {
    vec![made.item(link_id).unwrap().options[place].answer.clone()]
}

/// Answers by place to the questions `NAME-1` and on.
fn answered(made: &Questionnaire, name: &str, given: &[usize]) -> Answers {
    let of = |(at, place): (usize, &usize)| {
        let link_id = format!("{name}-{}", at + 1);
        (link_id.clone(), option(made, &link_id, *place))
    };
    given.iter().enumerate().map(of).collect()
}

/// Total and what it stands for.
fn total(made: &Questionnaire, answers: &Answers) -> (Option<i64>, Option<String>) {
    let (all, failed) = made.calculated(answers);
    assert_eq!(failed, []);
    let scores = made.scores(&all);
    let number = scores.iter().find_map(|score| match (&score.answer, score.link_id.as_str()) {
        (Answer::Integer(number), "total") => Some(*number),
        _ => None,
    });
    let stands = scores.iter().find_map(|score| match &score.answer {
        Answer::Coding(coding) => Some(coding.code.clone()),
        _ => None,
    });
    (number, stands)
}

/// As many points as `total`, in places of 0 to 3.
fn places(mut total: usize, items: usize) -> Vec<usize> {
    let each = |_| {
        let place = total.min(3);
        total -= place;
        place
    };
    (0..items).map(each).collect()
}

#[test]
fn what_ships_is_valid_and_can_be_filled_in() {
    for text in [PHQ_9, GAD_7, PAIN] {
        let mut tape = Tape::new();
        let json = tape.read(text).unwrap();
        assert_eq!(validate::resource(json, Json::ROOT), []);
        let made = Questionnaire::read(text).unwrap();
        made.fillable().unwrap();
        let without_danish =
            |words: &indgang_fhir::questionnaire::Words| !words.text.is_empty() && words.in_language("da").1 != "da";
        for item in made.each() {
            assert!(!without_danish(&item.text), "{}", item.link_id);
            assert!(!item.options.iter().any(|option| without_danish(&option.words)), "{}", item.link_id);
        }
    }
}

/// Kroenke, Spitzer and Williams, J Gen Intern Med 2001;16:606: 5, 10, 15 and 20.
#[test]
fn bands_of_phq_9() {
    let made = Questionnaire::read(PHQ_9).unwrap();
    for (points, stands) in [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "moderately-severe"),
        (19, "moderately-severe"),
        (20, "severe"),
        (27, "severe"),
    ] {
        let answers = answered(&made, "phq-9", &places(points, 9));
        assert_eq!(total(&made, &answers), (Some(points as i64), Some(stands.to_owned())), "{points}");
    }
}

/// Spitzer, Kroenke, Williams and Löwe, Arch Intern Med 2006;166:1092: 5, 10 and 15.
#[test]
fn bands_of_gad_7() {
    let made = Questionnaire::read(GAD_7).unwrap();
    for (points, stands) in [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "severe"),
        (21, "severe"),
    ] {
        let answers = answered(&made, "gad-7", &places(points, 7));
        assert_eq!(total(&made, &answers), (Some(points as i64), Some(stands.to_owned())), "{points}");
    }
}

#[test]
fn a_missing_item_leaves_no_total_and_is_told() {
    let made = Questionnaire::read(PHQ_9).unwrap();
    for absent in 1..=9 {
        let mut answers = answered(&made, "phq-9", &[1; 9]);
        answers.remove(&format!("phq-9-{absent}"));
        assert_eq!(total(&made, &answers), (None, None), "{absent}");
        let faults = made.judge(&answers, true);
        let found: Vec<_> = faults.iter().map(|fault| (fault.link_id.clone(), fault.kind)).collect();
        assert_eq!(found, [(format!("phq-9-{absent}"), FaultKind::Missing)]);
    }
}

#[test]
fn any_thought_of_harm_shows_where_help_is() {
    let made = Questionnaire::read(PHQ_9).unwrap();
    for place in 0..4 {
        let mut answers = answered(&made, "phq-9", &[0; 9]);
        answers.insert("phq-9-9".to_owned(), option(&made, "phq-9-9", place));
        let enabled = made.enabled(&answers);
        assert_eq!((enabled.contains("help"), enabled.contains("difficulty")), (place > 0, place > 0), "{place}");
    }
    let help = made.item("help").unwrap();
    for language in ["da", "en"] {
        let text = help.text.in_language(language).0;
        assert!(text.contains("70 201 201") && text.contains("112"), "{text}");
    }
}

#[test]
fn the_score_becomes_an_observation_that_is_valid() {
    let made = Questionnaire::read(PHQ_9).unwrap();
    let (answers, _) = made.calculated(&answered(&made, "phq-9", &[2; 9]));
    let observations = made.observations(&answers, &author());
    assert_eq!(observations.len(), 1);
    let text = observations[0].to_string();
    let mut tape = Tape::new();
    assert_eq!(validate::resource(tape.read(&text).unwrap(), Json::ROOT), [], "{text}");
    for (pointer, value) in [
        ("/valueQuantity/value", "18"),
        ("/code/coding/0/code", "\"44261-6\""),
        ("/code/text", "\"PHQ-9, samlet score\""),
        ("/category/0/coding/0/code", "\"survey\""),
        ("/derivedFrom/0/reference", "\"QuestionnaireResponse/r\""),
        ("/id", "\"r-total\""),
    ] {
        assert_eq!(observations[0].pointer(pointer).unwrap().to_string(), value, "{pointer}");
    }
    let response = made.response(&answers, &Author { language: "en", ..author() }).to_string();
    let json = tape.read(&response).unwrap();
    assert_eq!(validate::resource(json, Json::ROOT), [], "{response}");
    assert_eq!(made.check(json, Json::ROOT), (answers, Vec::new()), "with what is calculated in it");
}

#[test]
fn pain_is_its_worst_or_none() {
    let made = Questionnaire::read(PAIN).unwrap();
    let of = |pain, worst: Option<i64>| -> Answers {
        let worst = worst.map(|worst| ("worst".to_owned(), vec![Answer::Integer(worst)]));
        [("has-pain".to_owned(), vec![Answer::Boolean(pain)])].into_iter().chain(worst).collect()
    };
    for (answers, score) in [
        (of(false, None), Some(0)),
        (of(true, Some(7)), Some(7)),
        (of(true, None), None),
        (of(false, Some(7)), Some(0)),
    ] {
        let (all, failed) = made.calculated(&answers);
        assert_eq!(
            (all.get("score"), failed),
            (score.map(|n| vec![Answer::Integer(n)]).as_ref(), vec![]),
            "{answers:?}"
        );
    }
}

/// An index as licensed instruments have it: 1 less a decrement for each level, from weights that the institution
/// brings along. Instrument and weights are made up.
#[test]
fn an_index_of_decrements_is_data() {
    const EXTENSION: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
    let weight = |level: usize, worth: &str| {
        format!(
            r#"{{"valueCoding":{{"system":"s","code":"{level}","extension":[{{"url":"{EXTENSION}","valueDecimal":{worth}}}]}}}}"#
        )
    };
    let dimension = |name: &str, worth: [&str; 3]| {
        let options: Vec<String> = worth.iter().enumerate().map(|(level, worth)| weight(level + 1, worth)).collect();
        format!(r#"{{"linkId":"{name}","type":"choice","required":true,"answerOption":[{}]}}"#, options.join(","))
    };
    let text = format!(
        r#"{{"resourceType":"Questionnaire","status":"active","url":"urn:made-up","item":[{},{},
        {{"linkId":"index","type":"decimal","code":[{{"system":"s","code":"i"}}],"extension":[
          {{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-observationExtract","valueBoolean":true}},
          {{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression","valueExpression":{{
            "language":"text/fhirpath",
            "expression":"iif(%resource.item.answer.value.ordinal().count() = 2, 1 - %resource.item.answer.value.ordinal().sum(), {{}})"}}}}]}}]}}"#,
        dimension("walking", ["0", "0.041", "0.253"]),
        dimension("washing", ["0.000", "0.1", "0.97"])
    );
    let made = Questionnaire::read(&text).unwrap();
    for (levels, index) in [([0, 0], "1"), ([1, 0], "0.959"), ([1, 1], "0.859"), ([2, 2], "-0.223")] {
        let answers: Answers = [("walking", levels[0]), ("washing", levels[1])]
            .map(|(name, level)| (name.to_owned(), option(&made, name, level)))
            .into();
        let (all, failed) = made.calculated(&answers);
        let found = all["index"][0].number().unwrap();
        assert!((found - index.parse::<f64>().unwrap()).abs() < 1e-12 && failed.is_empty(), "{levels:?} {found}");
        let observation = made.observations(&all, &author()).remove(0);
        assert_eq!(observation["valueQuantity"]["value"].as_f64(), index.parse().ok());
    }
}

#[test]
fn what_cannot_be_worked_out_is_named_and_the_rest_stands() {
    let calculated = |name: &str, expression: &str| {
        format!(
            r#"{{"linkId":"{name}","type":"integer","extension":[{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
            "valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}]}}"#
        )
    };
    let text = format!(
        r#"{{"resourceType":"Questionnaire","status":"active","url":"urn:x","item":[{},{},{}]}}"#,
        calculated("several", "1 | 2"),
        calculated("text", "'canary'"),
        calculated("one", "1")
    );
    let made = Questionnaire::read(&text).unwrap();
    let (all, failed) = made.calculated(&Answers::new());
    assert_eq!(all.keys().collect::<Vec<_>>(), ["one"]);
    assert_eq!(failed.iter().map(|(link_id, _)| link_id.as_str()).collect::<Vec<_>>(), ["several", "text"]);
    assert!(!format!("{failed:?}").contains("canary"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The total is the sum of the places, whatever they are; more points never give a milder band.
    #[test]
    fn totals_are_sums(given in prop::collection::vec(0usize..4, 9), raised in 0usize..9) {
        let made = Questionnaire::read(PHQ_9).unwrap();
        let (number, stands) = total(&made, &answered(&made, "phq-9", &given));
        prop_assert_eq!(number, Some(given.iter().sum::<usize>() as i64));
        let mut more = given;
        more[raised] = 3;
        let (_, worse) = total(&made, &answered(&made, "phq-9", &more));
        let order = ["minimal", "mild", "moderate", "moderately-severe", "severe"];
        let place = |of: &Option<String>| order.iter().position(|code| Some(*code) == of.as_deref());
        prop_assert!(place(&stands).is_some() && place(&stands) <= place(&worse));
    }
}
