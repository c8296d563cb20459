//! The laboratory concludes, and signs. What is signed is not changed.

use crate::{Error, Session, Signature, ask};
use indgang_gate::{Activity, Request};
use indgang_interpret::report::ResultKind;
use indgang_model::{CaseId, Category, Clock, Timestamp};
use indgang_store::cases::{CaseStatus, Signature as Signed};
use indgang_store::{House, Passage, Writer};

/// Writes a conclusion with the kind of result it confirms; an earlier one is kept as an earlier version.
///
/// The kind is what the citizen is told; the report's own kind stays in the report as the program's suggestion.
///
/// # Errors
/// [`Error::EmptyConclusion`], [`Error::Refused`], [`Error::AlreadySigned`], or when the store fails.
pub async fn conclude(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    case: &CaseId,
    text: &str,
    result: ResultKind,
) -> Result<(), Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::EmptyConclusion);
    }
    let now = clock.now();
    let mut passage = house.passage().await?;
    let request = question(&mut passage, session, Activity::Conclude, case, now).await?;
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    let mut done = Ok(());
    if let Some(mut writer) = logged.writer().await? {
        done = write(&mut writer, session, case, (text, result), now).await;
        if let Err(Error::Store(fault)) = done {
            return Err(fault.into());
        }
    }
    // The attempt stands in the log also when there was nothing to do.
    ask::answer(logged.commit(now).await?)?;
    done
}

/// Signs the latest report with the latest conclusion.
///
/// # Errors
/// [`Error::Refused`], [`Error::AlreadySigned`], [`Error::NoConclusion`], [`Error::NotInterpreted`], or when the store
/// fails.
pub async fn sign_report(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    case: &CaseId,
) -> Result<Signature, Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let request = question(&mut passage, session, Activity::SignReport, case, now).await?;
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    let mut done = Ok(());
    if let Some(mut writer) = logged.writer().await? {
        done = sign(&mut writer, session, case, now).await;
        // A fault of the store ends the transaction; a report that cannot be signed leaves its line in the log.
        if let Err(Error::Store(fault)) = done {
            return Err(fault.into());
        }
    }
    ask::answer(logged.commit(now).await?)?;
    done?;
    Ok(Signature { by: session.user().clone(), by_name: session.display_name().to_owned(), at: now })
}

async fn question(
    passage: &mut Passage,
    session: &Session,
    activity: Activity,
    case: &CaseId,
    at: Timestamp,
) -> Result<Request, Error> {
    let members = passage.members_of(case).await?;
    Ok(ask::request(session, activity, [Category::DiagnosticReport], members, Some(case), at))
}

async fn open_for_signing(writer: &mut Writer<'_>, case: &CaseId) -> Result<(), Error> {
    match writer.status(case).await? {
        Some(CaseStatus::Interpreted) => Ok(()),
        Some(CaseStatus::Signed) => Err(Error::AlreadySigned),
        Some(CaseStatus::New | CaseStatus::Interpreting) | None => Err(Error::NotInterpreted),
    }
}

async fn write(
    writer: &mut Writer<'_>,
    session: &Session,
    case: &CaseId,
    concluded: (&str, ResultKind),
    at: Timestamp,
) -> Result<(), Error> {
    open_for_signing(writer, case).await?;
    Ok(writer.conclude(case, session.user(), concluded, at).await?)
}

async fn sign(writer: &mut Writer<'_>, session: &Session, case: &CaseId, at: Timestamp) -> Result<(), Error> {
    open_for_signing(writer, case).await?;
    let conclusion_version = writer.conclusion_version(case).await?;
    if conclusion_version == 0 {
        return Err(Error::NoConclusion);
    }
    let report_version = writer.report_version(case).await?;
    let signature = Signed { by: session.user().clone(), at, report_version, conclusion_version };
    Ok(writer.sign(case, &signature).await?)
}
