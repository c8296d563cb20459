//! A single secondary finding is left out of a report, with a reason.

mod house;

use house::{clock, family, first, open, operator, session};
use indgang_model::{CaseId, PersonId};
use indgang_service::*;

fn fam() -> CaseId {
    CaseId("fam".into())
}

const WHY: &str = "planted: familien følges allerede";

fn of(person: &str, report: &indgang_interpret::report::Report, sample: &str, leave_out: bool) -> SecondaryChoice {
    let finding = report.secondary_findings[sample][0].name();
    SecondaryChoice { person: PersonId(person.into()), finding, leave_out }
}

/// The mother's findings as somebody sees them: genes with `-` before those that were left out, and how much was said.
async fn seen(house: &House, by: &Session) -> Vec<(String, usize)> {
    let view = open_case(house, &clock(), by, &fam()).await.unwrap();
    let mother = view.people.into_iter().find(|person| person.id.0 == "mother").unwrap();
    let line = |one: JudgedSecondaryFinding| {
        let mark = if one.is_left_out() { "-" } else { "" };
        (format!("{mark}{}", one.finding.gene.symbol), one.said.len())
    };
    mother.secondary_findings.into_iter().map(line).collect()
}

#[tokio::test]
async fn it_is_kept_with_its_history_and_told_to_professionals_only() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    let lab = session(&house, "geneticist").await;
    let doctor = session(&house, "doctor").await;
    let report = house::report();
    let hers = |leave_out| of("mother", &report, "M", leave_out);
    let leaves = async || indgang_service::doctor(&house).await.unwrap().counts.leaves;
    assert_eq!(seen(&house, &lab).await, [("BRCA1planted".to_owned(), 0)]);

    // Without a reason the gate is not asked.
    let before = leaves().await;
    let short = leave_out_secondary(&house, &clock(), &lab, &fam(), &hers(true), " nej ").await;
    assert!(matches!(short, Err(Error::ShortReason)));
    assert_eq!(leaves().await, before);
    // What is not hers to know, what is not there, and who may not: nothing is written, and each attempt is in the log.
    let fathers = of("father", &report, "F", true);
    let unwished = leave_out_secondary(&house, &clock(), &lab, &fam(), &fathers, WHY).await;
    assert!(matches!(unwished, Err(Error::NoSuchFinding)), "{unwished:?}");
    let nowhere = SecondaryChoice { finding: "NOGENE".into(), ..hers(true) };
    let nowhere = leave_out_secondary(&house, &clock(), &lab, &fam(), &nowhere, WHY).await;
    assert!(matches!(nowhere, Err(Error::NoSuchFinding)));
    for outsider in ["mother", "bioinformatician", "colleague", "auditor"] {
        let other = session(&house, outsider).await;
        let refused = leave_out_secondary(&house, &clock(), &other, &fam(), &hers(true), WHY).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{outsider}: {refused:?}");
    }
    assert!(leaves().await >= before + 6);
    assert_eq!(seen(&house, &lab).await, [("BRCA1planted".to_owned(), 0)]);

    // Left out by the geneticist, put back by the doctor, left out again.
    for (by, leave_out, expected) in
        [(&lab, true, ("-BRCA1planted", 1)), (&doctor, false, ("BRCA1planted", 2)), (&lab, true, ("-BRCA1planted", 3))]
    {
        leave_out_secondary(&house, &clock(), by, &fam(), &hers(leave_out), WHY).await.unwrap();
        for reader in [&lab, &doctor] {
            assert_eq!(seen(&house, reader).await, [(expected.0.to_owned(), expected.1)]);
        }
        let given_out = open_report(&house, &clock(), &lab, &fam()).await.unwrap();
        assert_eq!(given_out.secondary_findings["M"].is_empty(), leave_out);
        assert_eq!(given_out.secondary_findings.len(), 1, "the others wished none");
    }
    let view = open_case(&house, &clock(), &doctor, &fam()).await.unwrap();
    let said = &view.people.iter().find(|p| p.id.0 == "mother").unwrap().secondary_findings[0].said;
    assert_eq!((said[0].by.as_str(), said[0].reason.expose().as_str()), ("Medarbejder geneticist", WHY));
    assert!(!format!("{said:?}").contains("planted"), "a reason is not for logs");

    // The report of the same findings again: what was said stands.
    conclude(&house, &clock(), &lab, &fam(), "Sikkert fund.", &first()).await.unwrap();
    sign_report(&house, &clock(), &lab, &fam()).await.unwrap();
    let late = leave_out_secondary(&house, &clock(), &lab, &fam(), &hers(false), WHY).await;
    assert!(matches!(late, Err(Error::AlreadySigned)));
    let mother = session(&house, "mother").await;
    let told = citizen_result(&house, &clock(), &mother).await.unwrap();
    let own = told.people[0].cases[0].signed.clone().unwrap();
    assert_eq!((own.examined, own.secondary_findings), (Examined::Yes, vec![]));
    assert!(verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().holds());
}

#[tokio::test]
async fn what_is_not_left_out_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    let mut case = family();
    let other = case.report.secondary_findings["F"][0].clone();
    case.report.secondary_findings.get_mut("M").unwrap().push(other);
    ingest_case(&house, &clock(), &operator(), &case).await.unwrap();
    let lab = session(&house, "geneticist").await;
    let choice = of("mother", &case.report, "M", true);
    leave_out_secondary(&house, &clock(), &lab, &fam(), &choice, WHY).await.unwrap();
    conclude(&house, &clock(), &lab, &fam(), "Sikkert fund.", &first()).await.unwrap();
    sign_report(&house, &clock(), &lab, &fam()).await.unwrap();
    let mother = session(&house, "mother").await;
    let told = citizen_result(&house, &clock(), &mother).await.unwrap();
    let own = told.people[0].cases[0].signed.clone().unwrap();
    assert_eq!(own.secondary_findings.iter().map(|f| f.gene.as_str()).collect::<Vec<_>>(), ["TP53planted"]);
}
