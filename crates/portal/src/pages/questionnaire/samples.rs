//! What a form can look like.

use super::{Notice, QuestionnairePage, Typed};
use crate::page::Sample;
use indgang_fhir::questionnaire::{Answer, Answers, FaultKind, Questionnaire};
use indgang_service::QuestionnaireForm;

const ALL_KINDS: &str = r#"{"resourceType":"Questionnaire","url":"urn:all","version":"2","status":"active","language":"fo","title":"Alt",
    "copyright":"CC0","item":[
    {"linkId":"d","type":"display","text":"Les hetta"},
    {"linkId":"yes","type":"boolean","text":"Ja?","required":true},
    {"linkId":"g","type":"group","text":"Bólkur","enableWhen":[{"question":"yes","operator":"=","answerBoolean":true}],"item":[
        {"linkId":"g.g","type":"group","text":"Inni í","item":[{"linkId":"n","type":"integer","text":"Tal",
            "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueInteger":1}]}]},
        {"linkId":"x","type":"decimal","text":"Brot","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueDecimal":2.5}]},
        {"linkId":"help","type":"display","text":"Ring","enableWhen":[{"question":"yes","operator":"=","answerBoolean":true}]}]},
    {"linkId":"s","type":"string","text":"Orð","maxLength":5},{"linkId":"t","type":"text","text":"Tekstur"},
    {"linkId":"date","type":"date","text":"Dagur"},{"linkId":"moment","type":"dateTime","text":"Tíð"},{"linkId":"time","type":"time","text":"Klokkan"},
    {"linkId":"open","type":"open-choice","text":"Vel","answerOption":[{"valueString":"A"},{"valueInteger":2}]},
    {"linkId":"long","type":"choice","text":"Vel eitt","answerOption":[{"valueInteger":1},{"valueInteger":2},{"valueInteger":3},{"valueInteger":4},
        {"valueInteger":5},{"valueInteger":6},{"valueInteger":7},{"valueInteger":8},{"valueInteger":9},{"valueInteger":10},{"valueInteger":11},
        {"valueInteger":12},{"valueInteger":13}]}]}"#;

fn page(text: &str) -> QuestionnairePage {
    let questionnaire = Questionnaire::read(text).expect("a sample that can be read");
    QuestionnairePage {
        form: QuestionnaireForm { key: "0011223344556677".to_owned(), questionnaire, open: true },
        name: "ab".repeat(16),
        person: None,
        typed: Typed::new(),
        answers: Answers::new(),
        faults: [].into(),
        notice: None,
    }
}

impl Sample for QuestionnairePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let mood = page(include_str!("../../../../../questionnaires/phq-9.json"));
        let given = |place: usize| {
            vec![mood.form.questionnaire.item("phq-9-9").expect("nine items").options[place].answer.clone()]
        };
        let harm = QuestionnairePage {
            typed: [("phq-9-9".to_owned(), vec!["1".to_owned()])].into(),
            answers: [("phq-9-9".to_owned(), given(1))].into(),
            faults: (1..9).map(|n| (format!("phq-9-{n}"), FaultKind::Missing)).collect(),
            notice: Some(Notice::More),
            ..mood.clone()
        };
        let typed = |pairs: &[(&str, &str)]| -> Typed {
            pairs.iter().map(|(of, value)| ((*of).to_owned(), vec![(*value).to_owned()])).collect()
        };
        let all = page(ALL_KINDS);
        let filled = QuestionnairePage {
            typed: typed(&[
                ("yes", "yes"),
                ("n", "0"),
                ("x", "many"),
                ("s", "<long>"),
                ("open", "t:C & D"),
                ("long", "12"),
            ]),
            answers: [("yes".to_owned(), vec![Answer::Boolean(true)])].into(),
            faults: [
                ("n".to_owned(), FaultKind::OutOfRange),
                ("x".to_owned(), FaultKind::WrongType),
                ("s".to_owned(), FaultKind::TooLong),
            ]
            .into(),
            person: Some("p-child".to_owned()),
            ..all.clone()
        };
        let unseen = QuestionnairePage { typed: typed(&[("n", "7")]), notice: Some(Notice::Updated), ..all.clone() };
        let changed = QuestionnairePage { notice: Some(Notice::Changed), ..all.clone() };
        let mut retired = QuestionnairePage { notice: Some(Notice::Retired), ..filled.clone() };
        retired.form.open = false;
        let draft = QuestionnairePage { notice: Some(Notice::Draft), ..mood.clone() };
        vec![
            ("fresh", mood.clone()),
            ("harm", harm),
            ("every-kind", all),
            ("faults", filled),
            ("unseen", unseen),
            ("changed", changed),
            ("retired", retired),
            ("draft", draft),
        ]
    }
}
