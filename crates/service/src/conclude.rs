//! The laboratory concludes, and signs. What is signed is not changed.

use crate::{Error, Session, Signature, ask};
use indgang_gate::{Activity, BreakingGlass, Request};
use indgang_interpret::acmg::{Code, Setting};
use indgang_interpret::report::ResultKind;
use indgang_model::{CaseId, Category, Clock, PersonId, Sensitive, Timestamp};
use indgang_store::cases::{CaseStatus, Signature as Signed};
use indgang_store::conclusions::Causes;
use indgang_store::criteria::CriterionChange;
use indgang_store::secondary::SecondaryChange;
use indgang_store::{House, Passage, Writer};

/// What a geneticist judges of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The kind of result she confirms.
    pub result: ResultKind,
    /// Ranks of the findings of the latest report that she judges to be the cause.
    pub causes: Vec<u32>,
    /// True when the cause is known and is none of the ranked findings.
    pub cause_elsewhere: bool,
}

/// Writes a conclusion with the kind of result it confirms and the findings it rests on; an earlier one is kept as an
/// earlier version.
///
/// Kind and causes are what the citizen is told; the report's own kind and order stay as the program's suggestion.
/// Whether kind and causes go together is asked when it is signed, so that unfinished words are not lost.
///
/// # Errors
/// [`Error::EmptyConclusion`], [`Error::NoSuchFinding`], [`Error::Refused`], [`Error::AlreadySigned`], or when the
/// store fails.
pub async fn conclude(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    case: &CaseId,
    text: &str,
    judgement: &Judgement,
) -> Result<(), Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::EmptyConclusion);
    }
    let now = clock.now();
    passage(house, session, CONCLUDE, case, now, async |writer| {
        write(writer, session, case, (text, judgement), now).await
    })
    .await
}

/// How a criterion of a finding is set by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionSetting {
    /// The finding, by [`indgang_interpret::report::Finding::name`].
    pub finding: String,
    /// Which criterion.
    pub criterion: Code,
    /// To what.
    pub setting: Setting,
}

/// Sets an ACMG criterion of a finding by hand, with a reason; the class follows wherever the case is opened. What was
/// set before stays in the history, and the program's own evidence in the report.
///
/// # Errors
/// [`Error::ShortReason`] and [`Error::NoSuchStrength`] before the gate is asked, [`Error::Refused`],
/// [`Error::NoSuchFinding`], [`Error::AlreadySigned`], [`Error::NotInterpreted`], or when the store fails.
pub async fn set_criterion(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    case: &CaseId,
    set: &CriterionSetting,
    reason: &str,
) -> Result<(), Error> {
    let reason = long_enough(reason)?;
    if !set.setting.fits(set.criterion) {
        return Err(Error::NoSuchStrength);
    }
    let now = clock.now();
    passage(house, session, CONCLUDE, case, now, async |writer| enter(writer, session, case, (set, reason), now).await)
        .await
}

async fn enter(
    writer: &mut Writer<'_>,
    session: &Session,
    case: &CaseId,
    (set, reason): (&CriterionSetting, &str),
    at: Timestamp,
) -> Result<(), Error> {
    open_for_signing(writer, case).await?;
    if !writer.has_finding(case, &set.finding).await? {
        return Err(Error::NoSuchFinding);
    }
    let change = CriterionChange {
        report: writer.report_version(case).await?,
        finding: set.finding.clone(),
        criterion: set.criterion,
        setting: set.setting,
        reason: Sensitive::new(reason.to_owned()),
        author: session.user().clone(),
        at,
    };
    Ok(writer.add_criterion_change(case, &change).await?)
}

/// Which secondary finding is left out of the report, or put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondaryChoice {
    /// Whose.
    pub person: PersonId,
    /// The finding, by [`indgang_interpret::report::SecondaryFinding::name`].
    pub finding: String,
    /// True to leave it out, false to put it back.
    pub leave_out: bool,
}

/// Leaves one secondary finding out of the report, or puts it back, with a reason. The next professional sees it with the
/// reason; the person is not told of it. What was said before stays in the history.
///
/// # Errors
/// [`Error::ShortReason`] before the gate is asked, [`Error::Refused`], [`Error::NoSuchFinding`] also of one that the
/// person does not wish to be told of, [`Error::AlreadySigned`], [`Error::NotInterpreted`], or when the store fails.
pub async fn leave_out_secondary(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    case: &CaseId,
    choice: &SecondaryChoice,
    reason: &str,
) -> Result<(), Error> {
    let reason = long_enough(reason)?;
    let now = clock.now();
    passage(house, session, LEAVE_OUT, case, now, async |writer| {
        choose(writer, session, case, (choice, reason), now).await
    })
    .await
}

async fn choose(
    writer: &mut Writer<'_>,
    session: &Session,
    case: &CaseId,
    (choice, reason): (&SecondaryChoice, &str),
    at: Timestamp,
) -> Result<(), Error> {
    open_for_signing(writer, case).await?;
    if !writer.has_secondary_finding(case, &choice.person, &choice.finding).await? {
        return Err(Error::NoSuchFinding);
    }
    let change = SecondaryChange {
        report: writer.report_version(case).await?,
        person: choice.person.clone(),
        finding: choice.finding.clone(),
        left_out: choice.leave_out,
        reason: Sensitive::new(reason.to_owned()),
        author: session.user().clone(),
        at,
    };
    Ok(writer.add_secondary_change(case, &change).await?)
}

/// A reason that says something, without the space around it.
fn long_enough(reason: &str) -> Result<&str, Error> {
    let reason = reason.trim();
    if reason.chars().count() < BreakingGlass::SHORTEST_REASON { Err(Error::ShortReason) } else { Ok(reason) }
}

/// Signs the latest report with the latest conclusion.
///
/// # Errors
/// [`Error::Refused`], [`Error::AlreadySigned`], [`Error::NoConclusion`], [`Error::NoCause`],
/// [`Error::CauseOfNothing`], [`Error::NotInterpreted`], or when the store fails.
pub async fn sign_report(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    case: &CaseId,
) -> Result<Signature, Error> {
    let now = clock.now();
    passage(house, session, SIGN, case, now, async |writer| sign(writer, session, case, now).await).await?;
    Ok(Signature { by: session.user().clone(), by_name: session.display_name().to_owned(), at: now })
}

/// What is done, with which kinds of data.
type What = (Activity, &'static [Category]);

const CONCLUDE: What = (Activity::Conclude, &[Category::DiagnosticReport]);
const LEAVE_OUT: What = (Activity::Conclude, &[Category::DiagnosticReport, Category::SecondaryFinding]);
const SIGN: What = (Activity::SignReport, &[Category::DiagnosticReport]);

/// Asks the gate and, when it permits, writes. The attempt stands in the log also when there was nothing to do, as with a
/// report that cannot be signed; a fault of the store ends the transaction.
async fn passage(
    house: &House,
    session: &Session,
    what: What,
    case: &CaseId,
    at: Timestamp,
    write: impl AsyncFnOnce(&mut Writer<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut passage = house.passage().await?;
    let request = question(&mut passage, session, what, case, at).await?;
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    let mut done = Ok(());
    if let Some(mut writer) = logged.writer().await? {
        done = write(&mut writer).await;
        if let Err(Error::Store(fault)) = done {
            return Err(fault.into());
        }
    }
    ask::answer(logged.commit(at).await?)?;
    done
}

async fn question(
    passage: &mut Passage,
    session: &Session,
    (activity, categories): What,
    case: &CaseId,
    at: Timestamp,
) -> Result<Request, Error> {
    let members = passage.members_of(case).await?;
    Ok(ask::request(session, activity, categories.iter().copied(), members, Some(case), at))
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
    (text, judgement): (&str, &Judgement),
    at: Timestamp,
) -> Result<(), Error> {
    open_for_signing(writer, case).await?;
    let findings = writer.ranked_findings(case).await?;
    let mut ranks = judgement.causes.clone();
    ranks.sort_unstable();
    ranks.dedup();
    if !ranks.iter().all(|rank| usize::try_from(*rank).is_ok_and(|rank| (1..=findings).contains(&rank))) {
        return Err(Error::NoSuchFinding);
    }
    let causes = Causes { report: writer.report_version(case).await?, ranks, elsewhere: judgement.cause_elsewhere };
    Ok(writer.conclude(case, session.user(), (text, judgement.result, &causes), at).await?)
}

/// A diagnosis names its cause or says that it is elsewhere; a negative result has none.
const fn go_together(result: ResultKind, causes: &Causes) -> Result<(), Error> {
    match (result, causes.ranks.is_empty(), causes.elsewhere) {
        (ResultKind::Diagnostic, true, false) => Err(Error::NoCause),
        (ResultKind::Negative, false, _) | (ResultKind::Negative, _, true) | (_, false, true) => {
            Err(Error::CauseOfNothing)
        }
        _ => Ok(()),
    }
}

async fn sign(writer: &mut Writer<'_>, session: &Session, case: &CaseId, at: Timestamp) -> Result<(), Error> {
    open_for_signing(writer, case).await?;
    let conclusion_version = writer.conclusion_version(case).await?;
    if conclusion_version == 0 {
        return Err(Error::NoConclusion);
    }
    if let Some((result, causes)) = writer.judged(case).await? {
        go_together(result, &causes)?;
    }
    let report_version = writer.report_version(case).await?;
    let signature = Signed { by: session.user().clone(), at, report_version, conclusion_version };
    Ok(writer.sign(case, &signature).await?)
}
