//! The citizen's own pages: result and log.

use crate::format::midnight;
use crate::pages::log::{Asked, Judged, LogLine, LogPage, Only};
use crate::pages::proof::ProofPage;
use crate::pages::result::{Answer, Found, MyCase, MyPerson, ResultPage};
use crate::web::PortalState;
use crate::web::audit::word;
use crate::web::choices::day_after;
use crate::web::visit::{Answered, Instead, Visit};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use indgang_gate::{AuditEvent, UserId};
use indgang_model::{LegalBasis, Role};
use indgang_service::{Capacity, CitizenFinding, CitizenResult, Error, LogFilter, LogProof, Session};
use serde::Deserialize;

/// `GET /my/result`.
pub(super) async fn result(State(state): State<PortalState>, visit: Visit) -> Answered {
    let session = visit.signed_in()?;
    let view = match indgang_service::citizen_result(&state.house, &*state.clock, session).await {
        Ok(view) => view,
        Err(error) => return Ok(visit.fail(&error)),
    };
    let people = view.people.into_iter().map(|person| MyPerson {
        name: person.name.expose().clone(),
        cases: person.cases.into_iter().map(|c| MyCase { about: c.about_her, answer: c.signed.map(answer) }).collect(),
    });
    Ok(visit.page(&ResultPage { people: people.collect() }))
}

fn answer(signed: CitizenResult) -> Answer {
    let found = |list: Vec<CitizenFinding>| -> Vec<Found> {
        list.into_iter()
            .map(|f| Found {
                gene: f.gene,
                disease: f.disease,
                recurrence_da: f.recurrence_da,
                recurrence: f.recurrence,
            })
            .collect()
    };
    Answer {
        result: signed.result,
        text: signed.conclusion.map(|text| text.expose().clone()),
        findings: found(signed.findings),
        examined: signed.examined,
        secondary: found(signed.secondary_findings),
        by: signed.signature.by_name,
        at: signed.signature.at,
    }
}

/// The log's filter, as its form sends it.
#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    only: String,
    #[serde(default)]
    before: String,
}

impl Filter {
    /// What it asks for; `None` when a day cannot be read.
    fn read(&self) -> Option<LogFilter> {
        let from = match self.from.as_str() {
            "" => None,
            day => Some(midnight(day.parse().ok()?)?),
        };
        Some(LogFilter {
            from,
            until: day_after(&self.until)?,
            who: Some(self.who.trim()).filter(|who| !who.is_empty()).map(str::to_owned),
            purpose: word(&self.purpose),
            permitted: Only::from_value(&self.only).permitted(),
        })
    }

    fn asked(&self) -> Asked {
        Asked {
            from: self.from.clone(),
            until: self.until.clone(),
            who: self.who.clone(),
            purpose: word(&self.purpose),
            only: Only::from_value(&self.only),
        }
    }
}

/// `GET /my/log`.
pub(super) async fn log(State(state): State<PortalState>, visit: Visit, Query(filter): Query<Filter>) -> Answered {
    let session = visit.signed_in()?;
    let before: Option<u64> = filter.before.parse().ok();
    let unanswered = |error| {
        let (lines, asked) = (Vec::new(), filter.asked());
        let page = LogPage { lines, asked, older: None, newer: false, error: Some(error) };
        (StatusCode::BAD_REQUEST, visit.page(&page)).into_response()
    };
    let Some(wanted) = filter.read() else { return Ok(unanswered("log-bad-date")) };
    Ok(match indgang_service::citizen_log_page(&state.house, &*state.clock, session, &wanted, before).await {
        Ok(page) => {
            let lines = lines_of(&visit, session, page.lines);
            let (older, newer) = (page.older, before.is_some());
            visit.page(&LogPage { lines, asked: filter.asked(), older, newer, error: None })
        }
        Err(Error::TooManyNames) => unanswered("log-too-many-names"),
        Err(error) => visit.fail(&error),
    })
}

/// A citizen is named to nobody but herself, and told by what she acts for another; of others who are no users of the
/// house, as who takes deliveries in, the name that the log holds is all there is.
fn unnamed(visit: &Visit, session: &Session, who: &UserId, role: Role, opened_by: Option<&str>) -> String {
    match role {
        _ if who == session.user() => visit.locale.t("log-yourself"),
        Role::Citizen => visit.locale.t(match opened_by {
            Some("DK-17") => "log-by-custody",
            Some("DK-37-proxy") => "log-by-proxy",
            Some("DK-18-guardian") => "log-by-guardian",
            Some("DK-18-kin") => "log-by-kin",
            _ => "log-a-citizen",
        }),
        _ => who.0.clone(),
    }
}

/// Whose line it is, when it is not the reader's own.
fn about(visit: &Visit, session: &Session, line: &indgang_service::LogLine) -> Option<String> {
    if session.person() == Some(&line.person) {
        return None;
    }
    Some(visit.locale.t(match line.capacity {
        None | Some(Capacity::Custody) => "log-your-child",
        Some(Capacity::PowerOfAttorney) => "log-about-proxy",
        Some(Capacity::Guardian) => "log-about-ward",
        Some(Capacity::NextOfKin) => "log-about-kin",
    }))
}

/// Who, by name where one is shown, and as what she acts for another by law.
fn who(visit: &Visit, session: &Session, line: &indgang_service::LogLine) -> String {
    let opened_by = line.permitted.then_some(line.rule.rule.as_str());
    let unnamed = || unnamed(visit, session, &line.who, line.role, opened_by);
    match &line.who_name {
        Some(name) if line.role == Role::Citizen && line.who != *session.user() => format!("{name} ({})", unnamed()),
        Some(name) if line.role != Role::Citizen => name.clone(),
        _ => unnamed(),
    }
}

fn lines_of(visit: &Visit, session: &Session, lines: Vec<indgang_service::LogLine>) -> Vec<LogLine> {
    lines
        .into_iter()
        .map(|line| LogLine {
            leaf: line.index,
            at: line.at,
            who: who(visit, session, &line),
            about: about(visit, session, &line),
            role: line.role,
            on_behalf_of: line.on_responsibility_of_name.or(line.on_responsibility_of.map(|id| id.0)),
            organisation: line.organisation,
            everybody: line.everybody,
            activity: line.activity,
            purpose: line.purpose,
            categories: line.categories.into_iter().collect(),
            permitted: line.permitted,
            basis: line.rule,
            withheld: line.withheld.into_iter().collect(),
            breaking_glass: line.breaking_glass,
            follow_up: line.follow_up,
            asked_by: line.asked_by,
            judged: line.judgement.map(|judgement| Judged {
                outcome: judgement.outcome,
                by: line.judged_by_name.unwrap_or(judgement.by.0),
                at: judgement.at,
                reason: judgement.reason,
            }),
        })
        .collect()
}

/// `GET /my/log.json`: the lines that the filter shows.
pub(super) async fn log_json(State(state): State<PortalState>, visit: Visit, Query(filter): Query<Filter>) -> Answered {
    let session = visit.signed_in()?;
    let Some(wanted) = filter.read() else { return Ok(visit.bad_request()) };
    Ok(match indgang_service::citizen_log(&state.house, &*state.clock, session, &wanted).await {
        Ok(lines) => {
            let lines: Vec<serde_json::Value> = lines.iter().map(line_json).collect();
            ([(header::CONTENT_DISPOSITION, "attachment; filename=\"log.json\"")], Json(lines)).into_response()
        }
        Err(error) => visit.fail(&error),
    })
}

/// `GET /my/log.fhir.json`: those lines as FHIR AuditEvent resources.
pub(super) async fn log_fhir(State(state): State<PortalState>, visit: Visit, Query(filter): Query<Filter>) -> Answered {
    let session = visit.signed_in()?;
    let Some(wanted) = filter.read() else { return Ok(visit.bad_request()) };
    Ok(match indgang_service::citizen_log_fhir(&state.house, &*state.clock, session, &wanted).await {
        Ok(bundle) => {
            let headers = [
                (header::CONTENT_DISPOSITION, "attachment; filename=\"log.fhir.json\""),
                (header::CONTENT_TYPE, "application/fhir+json"),
            ];
            (headers, bundle.to_string()).into_response()
        }
        Err(error) => visit.fail(&error),
    })
}

fn line_json(line: &indgang_service::LogLine) -> serde_json::Value {
    serde_json::json!({
        "index": line.index,
        "person": line.person,
        "everybody": line.everybody,
        "at": line.at.to_string(),
        "who": line.who,
        "who_name": line.who_name,
        "role": line.role,
        "organisation": line.organisation,
        "on_responsibility_of": line.on_responsibility_of,
        "activity": line.activity,
        "purpose": line.purpose,
        "categories": line.categories,
        "case": line.case,
        "permitted": line.permitted,
        "rule": line.rule.rule,
        "paragraph": line.rule.paragraph,
        "withheld": line.withheld,
        "breaking_glass": line.breaking_glass,
        "permit": line.permit,
        "follow_up": line.follow_up,
        "asked_by": line.asked_by,
        "judgement": line.judgement.as_ref().map(|judgement| serde_json::json!({
            "outcome": judgement.outcome,
            "by": judgement.by,
            "at": judgement.at.to_string(),
            "reason": judgement.reason,
        })),
    })
}

async fn proof_of(state: &PortalState, visit: &Visit, leaf: u64) -> Result<LogProof, Instead> {
    let session = visit.signed_in()?;
    indgang_service::log_proof(&state.house, &*state.clock, session, leaf)
        .await
        .map_err(|error| visit.fail(&error).into())
}

/// `GET /my/log/{leaf}`.
pub(super) async fn proof(State(state): State<PortalState>, visit: Visit, Path(leaf): Path<u64>) -> Answered {
    let proof = proof_of(&state, &visit, leaf).await?;
    let event = match AuditEvent::parse(&proof.leaf) {
        Ok(event) => event,
        Err(error) => return Ok(visit.fault(&error)),
    };
    let named = std::iter::once(&event.who).chain(&event.on_responsibility_of).cloned().collect();
    let names = match indgang_service::professional_names(&state.house, &named).await {
        Ok(names) => names,
        Err(error) => return Ok(visit.fail(&error)),
    };
    let session = visit.signed_in()?;
    let line = LogLine {
        leaf: proof.index,
        at: event.at,
        who: names.get(&event.who).cloned().unwrap_or_else(|| {
            let opened_by = event.permitted.then_some(event.rule.as_str());
            unnamed(&visit, session, &event.who, event.role, opened_by)
        }),
        role: event.role,
        organisation: event.organisation,
        about: None,
        everybody: event.subject.is_none(),
        on_behalf_of: event.on_responsibility_of.map(|user| names.get(&user).cloned().unwrap_or(user.0)),
        activity: event.activity,
        purpose: event.purpose,
        categories: event.categories.into_iter().collect(),
        permitted: event.permitted,
        basis: LegalBasis { rule: event.rule, paragraph: event.paragraph },
        withheld: event.withheld.into_iter().collect(),
        breaking_glass: event.breaking_glass,
        follow_up: event.follow_up,
        asked_by: event.asked_by,
        judged: None,
    };
    let holds = proof.verify(&proof.public_key);
    Ok(visit.page(&ProofPage {
        line,
        tree_size: proof.size,
        leaf: proof.leaf,
        path: proof.path,
        root: proof.root,
        signed_at: proof.signed_at,
        signature: proof.signature,
        public_key: proof.public_key,
        holds,
    }))
}

/// `GET /my/proof/{leaf}`: the proof as a file.
pub(super) async fn proof_json(State(state): State<PortalState>, visit: Visit, Path(leaf): Path<u64>) -> Answered {
    let proof = proof_of(&state, &visit, leaf).await?;
    Ok(([(header::CONTENT_DISPOSITION, "attachment; filename=\"proof.json\"")], Json(proof)).into_response())
}
