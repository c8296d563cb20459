//! New knowledge against the stored cases, and the list of what it changes.

use crate::{Error, Operator, Session, ask, ingest, list, open};
use indgang_gate::Activity;
use indgang_interpret::reanalysis::{Alert, Comparison};
use indgang_model::{CaseId, Category, Clock, PersonId, Sensitive, Timestamp};
use indgang_store::{House, alerts, cases, choices, persons, reports};

/// What came of holding the stored cases against a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reanalysed {
    /// Cases that were held against it now.
    pub cases: u64,
    /// Cases that had been before.
    pub before: u64,
    /// Cases that could not be opened: no treatment relation any more, or somebody blocks or withholds.
    pub closed: u64,
    /// Findings that were judged because they ask what differs.
    pub touched: u64,
    /// Findings of an older program, which cannot be judged; the case must be interpreted again.
    pub not_judged: u64,
    /// Alerts told.
    pub alerts: u64,
}

/// An alert as the laboratory's list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertLine {
    /// The case.
    pub case: CaseId,
    /// What it is called, in Danish.
    pub label: String,
    /// The same in English; empty when it is not known.
    pub label_en: String,
    /// The proband's name.
    pub proband: Option<Sensitive<String>>,
    /// What changed.
    pub alert: Alert,
    /// The release that changed it.
    pub release: String,
    /// When it was found.
    pub at: Timestamp,
    /// True when the proband wishes to be contacted, which the treating department does.
    pub wishes_recontact: bool,
}

/// Holds the cases assigned to the operator against a new release, each report once. Every case that is opened for it has
/// its lines in the log; what changes is written with lines of its own. A job that ended early goes on where it was.
///
/// # Errors
/// When the store fails; what was told before stays told.
pub async fn reanalyse(
    house: &House,
    clock: &dyn Clock,
    operator: &Operator,
    releases: &Comparison<'_>,
    mut progress: impl FnMut(u64, u64),
) -> Result<Reanalysed, Error> {
    let mut passage = house.passage().await?;
    let near = passage.cases_near(&operator.user).await?;
    passage.abandon().await?;
    let (all, mut told) = (near.len() as u64, Reanalysed::default());
    for ((case, _), n) in near.iter().zip(1..) {
        if alerts::is_done(house, case, releases.release()).await? {
            told.before += 1;
        } else {
            match one(house, clock, operator, releases, case, &mut told).await {
                Ok(()) => alerts::mark_done(house, case, releases.release(), clock.now()).await?,
                Err(Error::Refused(_) | Error::Withheld | Error::NotInterpreted) => told.closed += 1,
                Err(error) => return Err(error),
            }
        }
        progress(n, all);
    }
    Ok(told)
}

async fn one(
    house: &House,
    clock: &dyn Clock,
    operator: &Operator,
    releases: &Comparison<'_>,
    case: &CaseId,
    told: &mut Reanalysed,
) -> Result<(), Error> {
    let mut passage = house.passage().await?;
    let members: std::collections::BTreeSet<PersonId> = passage.members_of(case).await?.into_iter().collect();
    let categories = [Category::Phenotype, Category::Genome, Category::DiagnosticReport];
    let asks = |activity, categories: &[Category]| {
        ingest::question(operator, activity, categories, members.clone(), Some(case), clock.now())
    };
    let (grant, _) = ask::read(passage, &asks(Activity::OpenCase, &categories)).await?;
    let known = cases::by_id(house, &grant, case).await?.ok_or(Error::NotInterpreted)?;
    open::withheld(&grant, &known)?;
    let report = reports::latest(house, case).await?.ok_or(Error::NotInterpreted)?.into_open(&grant)?;
    let findings = reports::findings(house, case).await?.into_open(&grant)?;
    let outcome = releases.of_case(report.assembly, &findings);
    told.cases += 1;
    told.touched += outcome.touched;
    told.not_judged += outcome.not_judged;
    if outcome.alerts.is_empty() {
        return Ok(());
    }
    let request = asks(Activity::Conclude, &[Category::DiagnosticReport]);
    let mut passage = house.passage().await?;
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    let mut added = 0;
    if let Some(mut writer) = logged.writer().await? {
        added = writer.add_alerts(case, releases.release(), outcome.alerts, request.at).await?;
    }
    ask::answer(logged.commit(request.at).await?)?;
    told.alerts += added;
    Ok(())
}

/// What new knowledge changes for the cases that are hers to work on, newest first.
///
/// # Errors
/// [`Error::Refused`] when no rule opens the list to her capacity, or when the store fails.
pub async fn list_alerts(house: &House, clock: &dyn Clock, session: &Session) -> Result<Vec<AlertLine>, Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let near = list::current(&mut passage, session, now).await?;
    let categories = [Category::Identity, Category::Genome, Category::DiagnosticReport, Category::Wish];
    let probands = near.iter().map(|(_, proband)| proband.clone());
    let request = ask::request(session, Activity::ListCases, categories, probands, None, now);
    let (grant, _) = ask::read(passage, &request).await?;
    let mut lines = Vec::new();
    for (id, proband) in near {
        let covers = |category| grant.covers(&proband, category);
        if !categories.into_iter().all(covers) {
            continue;
        }
        let Some(case) = cases::by_id(house, &grant, &id).await? else { continue };
        if grant.withholds_time(&proband, case.created) {
            continue;
        }
        let told = alerts::of_case(house, &grant, &id, &proband).await?;
        if told.is_empty() {
            continue;
        }
        let name = persons::identity(house, &grant, &proband).await?.map(|identity| identity.name);
        let wishes = choices::ledger(house, &grant, &proband).await?.present(now).wishes().unwrap_or_default();
        lines.extend(told.into_iter().map(|one| AlertLine {
            case: id.clone(),
            label: case.label.clone(),
            label_en: case.label_en.clone(),
            proband: name.clone(),
            alert: one.alert,
            release: one.release,
            at: one.at,
            wishes_recontact: wishes.recontact,
        }));
    }
    lines.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.case.cmp(&b.case)).then_with(|| a.alert.cmp(&b.alert)));
    Ok(lines)
}
