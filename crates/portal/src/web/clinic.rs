//! Cases, findings, conclusion and signature.

use crate::page::segment;
use crate::pages::alerts::{AlertRow, AlertsPage};
use crate::pages::case::{Access, CasePage, Conclusion, ELSEWHERE, PersonWish, RESULTS, Treated, value_of};
use crate::pages::cases::{CaseRow, CasesPage, Status};
use crate::pages::finding::FindingPage;
use crate::pages::message::MessagePage;
use crate::pages::sign::{Secondary, SignPage};
use crate::parts::criteria::ByHandForm;
use crate::web::entrance::TokenForm;
use crate::web::visit::{Answered, Instead, Visit};
use crate::web::{PortalState, criteria, secondary};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use indgang_interpret::words::Words;
use indgang_model::CaseId;
use indgang_service::{AlertLine, CaseLine, CaseStatus, CaseView, Error, Judgement};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `GET /cases`.
pub(super) async fn cases(State(state): State<PortalState>, visit: Visit) -> Answered {
    let session = visit.signed_in()?;
    Ok(match indgang_service::list_cases(&state.house, &*state.clock, session).await {
        Ok(lines) => visit.page(&CasesPage { cases: lines.into_iter().map(row).collect() }),
        Err(error) => visit.fail(&error),
    })
}

fn row(line: CaseLine) -> CaseRow {
    let first_finding = line.first_finding.map(|f| match f.disease {
        Some(disease) => format!("{}, {disease}", f.gene),
        None => f.gene,
    });
    CaseRow {
        id: line.id.0,
        label: Words::new(line.label, line.label_en),
        proband: line.proband.map(|name| name.expose().clone()),
        result: line.result,
        first_finding,
        signs: line.signs,
        status: match line.status {
            CaseStatus::New | CaseStatus::Interpreting => Status::Received,
            CaseStatus::Interpreted if line.concluded => Status::Concluded,
            CaseStatus::Interpreted => Status::Interpreted,
            CaseStatus::Signed => Status::Signed,
        },
    }
}

/// `GET /alerts`: what new knowledge changes.
pub(super) async fn alerts(State(state): State<PortalState>, visit: Visit) -> Answered {
    let session = visit.signed_in()?;
    let row = |line: AlertLine| AlertRow {
        case: line.case.0,
        label: Words::new(line.label, line.label_en),
        proband: line.proband.map(|name| name.expose().clone()),
        alert: line.alert,
        release: line.release,
        at: line.at,
        wishes_recontact: line.wishes_recontact,
    };
    Ok(match indgang_service::list_alerts(&state.house, &*state.clock, session).await {
        Ok(lines) => visit.page(&AlertsPage { alerts: lines.into_iter().map(row).collect() }),
        Err(error) => visit.fail(&error),
    })
}

/// A case by its name.
#[derive(Deserialize)]
pub(super) struct Find {
    #[serde(default)]
    case: String,
}

/// `GET /find?case=…`: to the case of that name.
pub(super) async fn find(Query(find): Query<Find>) -> Response {
    Redirect::to(&format!("/cases/{}", segment(find.case.trim()))).into_response()
}

/// Why the reader was sent back to the case.
#[derive(Deserialize)]
pub(super) struct Note {
    #[serde(default)]
    pub note: String,
}

/// `GET /cases/{case}`.
pub(super) async fn case(
    State(state): State<PortalState>,
    visit: Visit,
    Path(case): Path<String>,
    Query(note): Query<Note>,
) -> Answered {
    let error = match note.note.as_str() {
        "empty" => Some("error-conclusion-empty"),
        "signed" => Some("error-already-signed"),
        "nothing-to-sign" => Some("error-no-conclusion"),
        "no-cause" => Some("error-no-cause"),
        "cause-of-nothing" => Some("error-cause-of-nothing"),
        _ => None,
    };
    Ok(visit.page(&case_page(open(&state, &visit, case).await?, error)))
}

async fn open(state: &PortalState, visit: &Visit, case: String) -> Result<CaseView, Instead> {
    let session = visit.signed_in()?;
    let case = CaseId(case);
    indgang_service::open_case(&state.house, &*state.clock, session, &case)
        .await
        .map_err(|error| visit.fail_at(&error, &case.0).into())
}

fn names(view: &CaseView) -> BTreeMap<String, String> {
    let name = |p: &indgang_service::CasePerson| Some((p.sample.clone(), p.name.as_ref()?.expose().clone()));
    view.people.iter().filter_map(name).collect()
}

fn case_page(view: CaseView, error: Option<&'static str>) -> CasePage {
    let names = names(&view);
    let signature = view.signature.as_ref();
    let conclusion = view.conclusions.last().map(|last| Conclusion {
        text: last.text.expose().clone(),
        result: last.result.unwrap_or(view.report.result),
        causes: last.causes.clone(),
        cause_elsewhere: last.cause_elsewhere,
        by: signature.map_or_else(|| last.author_name.clone(), |s| s.by_name.clone()),
        at: signature.map_or(last.at, |s| s.at),
        signed: signature.is_some(),
    });
    let told = |p: &indgang_service::CasePerson| {
        let (member, person, withheld) = (p.sample.clone(), p.id.0.clone(), p.withheld.clone());
        Some(Treated { member, person, grade: p.relation?, withheld })
    };
    let people = view.people.iter().filter_map(told).collect();
    let access = Access { basis: view.rule, leaf: view.log_index, people };
    let wishes = view
        .people
        .into_iter()
        .map(|p| PersonWish {
            member: p.sample,
            wish: p.secondary_finding_wish,
            examined: p.secondary_examined,
            findings: p.secondary_findings,
        })
        .collect();
    CasePage {
        id: view.id.0,
        label: Words::new(view.label, view.label_en),
        report: view.report,
        names,
        access,
        wishes,
        conclusion,
        may_conclude: view.may_conclude,
        error,
    }
}

/// `GET /cases/{case}/findings/{rank}`.
pub(super) async fn finding(
    State(state): State<PortalState>,
    visit: Visit,
    Path((case, rank)): Path<(String, u32)>,
    Query(note): Query<Note>,
) -> Answered {
    let session = visit.signed_in()?;
    let case = CaseId(case);
    let opened = indgang_service::open_finding(&state.house, &*state.clock, session, &case, rank).await;
    let (view, finding) = opened.map_err(|error| visit.fail_at(&error, &case.0))?;
    let names = names(&view);
    let of = u32::try_from(view.report.findings.len()).unwrap_or(u32::MAX);
    let Some(finding) = finding else {
        return Ok(visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound));
    };
    let name = finding.name();
    let history = view.criteria.into_iter().filter(|one| one.finding == name).map(|one| one.change).collect();
    let by_hand = ByHandForm {
        action: view.may_conclude.then(|| criteria::address(&view.id, rank)),
        finding: name,
        history,
        error: criteria::error(&note.note),
    };
    Ok(visit.page(&FindingPage {
        case: view.id.0,
        finding,
        family: view.report.family,
        proband: view.report.proband,
        names,
        of,
        by_hand,
    }))
}

/// `GET /cases/{case}/report.html`: the report as the reader may see it, with the classes that follow from what was set
/// by hand, as a file of its own.
pub(super) async fn report(State(state): State<PortalState>, visit: Visit, Path(case): Path<String>) -> Answered {
    let session = visit.signed_in()?;
    let case = CaseId(case);
    let report = indgang_service::open_report(&state.house, &*state.clock, session, &case).await;
    let report = report.map_err(|error| visit.fail_at(&error, &case.0))?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        // A page of its own, with its own style, which the portal's policy would not show.
        (header::CONTENT_DISPOSITION, "attachment; filename=\"report.html\""),
    ];
    Ok((headers, indgang_interpret::html::render(&report)).into_response())
}

/// The conclusion's form, as pairs: a box that may be ticked several times comes once for each.
type Pairs = Vec<(String, String)>;

/// The last value of a field; empty when it was not sent.
fn field<'p>(pairs: &'p Pairs, name: &str) -> &'p str {
    pairs.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

/// What is judged; `None` when the form cannot have sent it.
fn judgement(pairs: &Pairs) -> Option<Judgement> {
    let result = RESULTS.into_iter().find(|kind| value_of(*kind) == field(pairs, "result"))?;
    let ticked = || pairs.iter().filter(|(key, _)| key == "cause").map(|(_, value)| value.as_str());
    let ranks = ticked().filter(|value| *value != ELSEWHERE).map(str::parse).collect::<Result<Vec<u32>, _>>();
    Some(Judgement { result, causes: ranks.ok()?, cause_elsewhere: ticked().any(|value| value == ELSEWHERE) })
}

/// `POST /cases/{case}/conclusion`.
pub(super) async fn conclude(
    State(state): State<PortalState>,
    visit: Visit,
    Path(case): Path<String>,
    form: Result<Form<Pairs>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(field(&form, "csrf"))?;
    let Some(judgement) = judgement(&form) else { return Ok(visit.bad_request()) };
    let case = CaseId(case);
    // Browsers send line ends as CR LF.
    let text = field(&form, "text").replace("\r\n", "\n");
    let done = indgang_service::conclude(&state.house, &*state.clock, session, &case, &text, &judgement).await;
    Ok(after(&visit, &case, done, "#conclusion"))
}

/// `GET /cases/{case}/sign`: read it once more.
pub(super) async fn sign_page(
    State(state): State<PortalState>,
    visit: Visit,
    Path(case): Path<String>,
    Query(note): Query<Note>,
) -> Answered {
    let view = open(&state, &visit, case).await?;
    if view.signature.is_some() {
        return Ok(after(&visit, &view.id, Err(Error::AlreadySigned), ""));
    }
    let Some(last) = view.conclusions.last() else {
        return Ok(after(&visit, &view.id, Err(Error::NoConclusion), ""));
    };
    let proband = names(&view).remove(&view.report.proband);
    let text = last.text.expose().clone();
    let result = last.result.unwrap_or(view.report.result);
    let (causes, cause_elsewhere) = (last.causes.clone(), last.cause_elsewhere);
    let told = |person: indgang_service::CasePerson| {
        let whose = person.name.map_or(person.sample, |name| name.expose().clone());
        let one = move |judged| Secondary { whose: whose.clone(), person: person.id.0.clone(), judged };
        person.secondary_findings.into_iter().map(one)
    };
    let secondary = view.people.into_iter().flat_map(told).collect();
    Ok(visit.page(&SignPage {
        case: view.id.0,
        label: Words::new(view.label, view.label_en),
        proband,
        text,
        result,
        report: view.report,
        causes,
        cause_elsewhere,
        secondary,
        error: secondary::error(&note.note),
    }))
}

/// `POST /cases/{case}/sign`.
pub(super) async fn sign(
    State(state): State<PortalState>,
    visit: Visit,
    Path(case): Path<String>,
    form: Result<Form<TokenForm>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.csrf)?;
    let case = CaseId(case);
    let done = indgang_service::sign_report(&state.house, &*state.clock, session, &case).await.map(drop);
    Ok(after(&visit, &case, done, ""))
}

/// Back to the case, with a word about what stood in the way.
fn after(visit: &Visit, case: &CaseId, done: Result<(), Error>, place: &str) -> Response {
    let id = segment(&case.0);
    let note = match done {
        Ok(()) => return Redirect::to(&format!("/cases/{id}{place}")).into_response(),
        Err(Error::EmptyConclusion) => "empty",
        Err(Error::AlreadySigned) => "signed",
        Err(Error::NoConclusion) => "nothing-to-sign",
        Err(Error::NoCause) => "no-cause",
        Err(Error::CauseOfNothing) => "cause-of-nothing",
        Err(error) => return visit.fail(&error),
    };
    Redirect::to(&format!("/cases/{id}?note={note}")).into_response()
}
