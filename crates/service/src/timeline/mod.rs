//! A person's story across every source: what each resource says in a line, the genome reports of the house, the values
//! that are measured again and again.

mod join;
mod matter;
mod series;

pub use join::{ItemSource, Other, TimelineItem};
pub use series::Series;

use crate::questionnaires::definitions;
use crate::{Error, Session, ask};
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::record::{self, Coding, Line, LineKind, Span};
use indgang_gate::{Activity, Grant};
use indgang_model::{CaseId, Category, Clock, LegalBasis, PersonId, Role, Sensitive, Timestamp};
use indgang_store::resources::{self, Resource, Wanted};
use indgang_store::{House, cases, choices, persons};
use std::collections::BTreeSet;

/// Lines of one answer; a longer story is told period by period.
pub const TIMELINE_LINES: u32 = 5000;

/// What of a story is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimelineFilter {
    /// Lines of one kind.
    pub kind: Option<TimelineKind>,
    /// Whose matter may have been at this moment or later.
    pub from: Option<Timestamp>,
    /// Whose matter may have been before this moment.
    pub until: Option<Timestamp>,
}

/// The kinds of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimelineKind {
    /// What a resource says.
    Line(LineKind),
    /// A genome report of the house.
    GenomeReport,
}

/// A story, the latest first.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineView {
    /// Whose.
    pub person: PersonId,
    /// Her name, when it is open.
    pub name: Option<Sensitive<String>>,
    /// The lines.
    pub items: Vec<TimelineItem>,
    /// Values that were measured at least twice.
    pub series: Vec<Series>,
    /// Kinds of data that she withholds from an authorised health professional, who may know that.
    pub withheld: Vec<Category>,
    /// True when her samples may serve her own treatment only (Vævsanvendelsesregisteret); told to a citizen, and to nobody
    /// who treats her.
    pub tissue_refused: bool,
    /// True when there is more than one answer holds: choose a shorter period.
    pub more: bool,
    /// Others whose story a citizen may read: children in her custody, and who has given her power of attorney.
    pub others: Vec<PersonId>,
    /// The rule that opened it.
    pub rule: LegalBasis,
    /// Its line in the log.
    pub log_index: u64,
}

/// A person's story, as the one who asks may see it. A citizen who names nobody reads her own.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn timeline(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: Option<&PersonId>,
    filter: &TimelineFilter,
) -> Result<TimelineView, Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let own = ask::own_people(&mut passage, session, Activity::ReadRecord, &[], now).await?.0.subjects;
    let person = person.or(session.person()).cloned();
    let request =
        ask::request(session, Activity::ReadRecord, ask::record_categories(session.role()), person.clone(), None, now);
    let (grant, rule) = ask::read(passage, &request).await?;
    // Nobody's story is opened to nobody: the gate has refused a request without a person.
    let Some(person) = person else { return Err(Error::SignedOut) };
    let (mut told, more) = lines(house, &grant, &person, filter).await?;
    told.extend(genome_reports(house, &grant, session, &person, filter).await?);
    let items = join::join(told);
    let name = match grant.covers(&person, Category::Identity) {
        true => persons::identity(house, &grant, &person).await?.map(|identity| identity.name),
        false => None,
    };
    Ok(TimelineView {
        name,
        series: series::series(&items),
        items,
        withheld: withheld(&grant, session.role(), &person),
        tissue_refused: tissue_refused(house, &grant, session, &person, now).await?,
        more,
        others: own.into_iter().filter(|other| *other != person).collect(),
        log_index: grant.log_index(),
        rule,
        person,
    })
}

/// Values over time among the observations that a grant opens; with `codes`, of these only.
pub(crate) async fn course(
    house: &House,
    grant: &Grant,
    person: &PersonId,
    codes: Option<&[Coding]>,
) -> Result<Vec<Series>, Error> {
    let filter = TimelineFilter { kind: Some(TimelineKind::Line(LineKind::Observation)), ..TimelineFilter::default() };
    let (mut told, _) = lines(house, grant, person, &filter).await?;
    let same = |own: &Coding, other: &Coding| own.system == other.system && own.code == other.code;
    if let Some(codes) = codes {
        told.retain(|item| item.codes.iter().any(|own| codes.iter().any(|other| same(own, other))));
    }
    Ok(series::series(&join::join(told)))
}

async fn tissue_refused(
    house: &House,
    grant: &Grant,
    session: &Session,
    person: &PersonId,
    now: Timestamp,
) -> Result<bool, Error> {
    if session.role() != Role::Citizen || !grant.covers(person, Category::Wish) {
        return Ok(false);
    }
    Ok(choices::ledger(house, grant, person).await?.present(now).refusals().tissue)
}

/// What the law lets an authorised health professional know beside the story.
fn withheld(grant: &Grant, role: Role, person: &PersonId) -> Vec<Category> {
    match role {
        Role::AuthorisedHealthProfessional => grant.withheld(person).collect(),
        _ => Vec::new(),
    }
}

async fn lines(
    house: &House,
    grant: &Grant,
    person: &PersonId,
    filter: &TimelineFilter,
) -> Result<(Vec<TimelineItem>, bool), Error> {
    let types = match filter.kind {
        None => every_type(),
        Some(TimelineKind::Line(kind)) => types(kind).to_vec(),
        Some(TimelineKind::GenomeReport) => return Ok((Vec::new(), false)),
    };
    let wanted = Wanted { types, from: filter.from, until: filter.until, named: None, limit: TIMELINE_LINES };
    let found = resources::of_person(house, grant, person, &wanted).await?;
    let more = found.len() >= TIMELINE_LINES as usize;
    let mut told = Vec::with_capacity(found.len());
    let mut tape = Tape::new();
    for resource in found {
        let resource = resource.into_open(grant)?;
        let Some(line) = tape.read(resource.body.expose()).ok().and_then(|json| record::line(json, Json::ROOT)) else {
            continue;
        };
        if matches!(filter.kind, Some(TimelineKind::Line(kind)) if kind != line.kind) {
            continue;
        }
        told.push(item(&resource, named(house, grant, &resource, line).await?));
    }
    titled(house, &mut told).await?;
    Ok((told, more))
}

/// Gives what was filled in the title of its questionnaire, where only the address of that is told.
async fn titled(house: &House, told: &mut [TimelineItem]) -> Result<(), Error> {
    let filled = [LineKind::Questionnaire, LineKind::Quality].map(TimelineKind::Line);
    let by_address = |item: &&mut TimelineItem| filled.contains(&item.kind) && item.title.contains(':');
    let mut untitled = told.iter_mut().filter(by_address).peekable();
    if untitled.peek().is_none() {
        return Ok(());
    }
    let all = definitions::all(house).await?;
    for item in untitled {
        let (url, version) = item.title.split_once('|').map_or((item.title.as_str(), None), |(u, v)| (u, Some(v)));
        let known = definitions::named(&all, url, version).filter(|known| !known.title.text.is_empty());
        if let Some(known) = known {
            item.title = known.title.in_language("da").0.to_owned();
        }
    }
    Ok(())
}

fn item(resource: &Resource, line: Line) -> TimelineItem {
    let Line { kind, codes, title, span, status, readings, note, .. } = line;
    let source = ItemSource {
        source: resource.source.clone(),
        reference: resource.reference.clone(),
        version: resource.version,
        known_at: resource.known_at,
    };
    TimelineItem {
        kind: TimelineKind::Line(kind),
        codes,
        title,
        title_en: String::new(),
        span,
        status,
        readings,
        note,
        sources: vec![source],
        others: Vec::new(),
        case: None,
    }
}

/// A medicine that the line only refers to gets its name from the source's Medication.
async fn named(house: &House, grant: &Grant, resource: &Resource, mut line: Line) -> Result<Line, Error> {
    let Some(target) = line.medication.as_deref().filter(|target| line.title.is_empty() && !target.starts_with('#'))
    else {
        return Ok(line);
    };
    let reference = target.strip_prefix("urn:uuid:").map_or_else(|| target.to_owned(), |id| format!("Medication/{id}"));
    if let Some(body) = resources::shared(house, grant, (&resource.source, &reference)).await? {
        let mut tape = Tape::new();
        if let Ok(json) = tape.read(&body) {
            (line.codes, line.title) = record::concept_of(json, Json::ROOT, "code");
        }
    }
    Ok(line)
}

/// The genome reports that are about her: to herself those that are signed.
async fn genome_reports(
    house: &House,
    grant: &Grant,
    session: &Session,
    person: &PersonId,
    filter: &TimelineFilter,
) -> Result<Vec<TimelineItem>, Error> {
    let wanted = filter.kind.is_none_or(|kind| kind == TimelineKind::GenomeReport);
    if !wanted || !grant.covers(person, Category::DiagnosticReport) {
        return Ok(Vec::new());
    }
    let mut told = Vec::new();
    for id in cases::of_person(house, grant, person).await? {
        let Some(case) = cases::by_id(house, grant, &id).await? else { continue };
        let signature = cases::signature(house, &id).await?;
        let at = signature.as_ref().map_or(case.created, |signature| signature.at);
        let outside = filter.from.is_some_and(|from| at < from) || filter.until.is_some_and(|until| at >= until);
        let unsigned = session.role() == Role::Citizen && signature.is_none();
        if case.proband != *person || outside || unsigned || grant.withholds_time(person, case.created) {
            continue;
        }
        told.push(genome_report(id, case, signature.is_some(), at));
    }
    Ok(told)
}

fn genome_report(id: CaseId, case: cases::Case, signed: bool, at: Timestamp) -> TimelineItem {
    let source = ItemSource { source: String::new(), reference: id.0.clone(), version: 1, known_at: case.created };
    TimelineItem {
        kind: TimelineKind::GenomeReport,
        codes: Vec::new(),
        title: case.label,
        title_en: case.label_en,
        span: Some(Span { start: at.to_string(), end: String::new() }),
        status: if signed { "final" } else { "preliminary" }.to_owned(),
        readings: Vec::new(),
        note: String::new(),
        sources: vec![source],
        others: Vec::new(),
        case: Some(id),
    }
}

/// The resources that give lines of a kind.
const fn types(kind: LineKind) -> &'static [&'static str] {
    match kind {
        LineKind::Condition => &["Condition"],
        LineKind::Encounter => &["Encounter", "EpisodeOfCare"],
        LineKind::Procedure => &["Procedure"],
        LineKind::Observation => &["Observation"],
        LineKind::Medication => {
            &["MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense"]
        }
        LineKind::Immunization => &["Immunization"],
        LineKind::Allergy => &["AllergyIntolerance"],
        LineKind::Report => &["DiagnosticReport"],
        LineKind::Document => &["DocumentReference", "Composition"],
        LineKind::Imaging => &["ImagingStudy"],
        LineKind::Specimen => &["Specimen"],
        LineKind::Questionnaire | LineKind::Quality => &["QuestionnaireResponse"],
        LineKind::CarePlan => &["CarePlan"],
    }
}

fn every_type() -> Vec<&'static str> {
    let all: BTreeSet<&str> = LineKind::ALL.iter().flat_map(|kind| types(*kind)).copied().collect();
    all.into_iter().collect()
}
