//! The citizen's log: who read what, when, for which purpose, and who was refused; and the proof of each line.

use crate::{Capacity, Error, LogLine, LogProof, Session, ask};
use indgang_gate::fhir::{AuditLine, audit_bundle};
use indgang_gate::{Activity, Grant, UserId};
use indgang_model::{Category, Clock, LegalBasis, PersonId, Purpose, Role, Timestamp};
use indgang_store::follow_ups::{self, Judgement};
use indgang_store::log::{self, Page};
use indgang_store::{Database, House, LogVerification, StoreError, population, representations, users};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Which lines of her log a citizen asks for. The default is all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogFilter {
    /// Only those at this time or later.
    pub from: Option<Timestamp>,
    /// Only those before this time.
    pub until: Option<Timestamp>,
    /// Only what those did in whose name this stands, upper or lower case, or whose identifier it is.
    pub who: Option<String>,
    /// Only what was done for this purpose.
    pub purpose: Option<Purpose>,
    /// Only what was permitted, or only what was refused.
    pub permitted: Option<bool>,
}

/// A page of a citizen's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// Newest first, at most [`LOG_PAGE`].
    pub lines: Vec<LogLine>,
    /// The place before which the next page begins; `None` when this is the last.
    pub older: Option<u64>,
}

/// Lines on a page.
pub const LOG_PAGE: u32 = 100;
/// So many may bear a name that is asked for.
const NAMESAKES: usize = 200;

/// A page of her lines and those of the children under 15 in her custody, those before a place, refused attempts
/// included, with the questions about everybody that opened data of theirs.
///
/// # Errors
/// [`Error::Refused`], [`Error::TooManyNames`], or when the store fails.
pub async fn citizen_log_page(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    filter: &LogFilter,
    before: Option<u64>,
) -> Result<LogPage, Error> {
    let page = Page { limit: LOG_PAGE + 1, before, ..Page::default() };
    let mut own = own_lines(house, session, clock.now(), filter, page).await?;
    let more = own.lines.len() > LOG_PAGE as usize;
    own.lines.truncate(LOG_PAGE as usize);
    let older = own.lines.last().filter(|_| more).map(|own| own.line.index);
    Ok(LogPage { lines: own.views(), older })
}

/// Every line of those, newest first.
///
/// # Errors
/// As [`citizen_log_page`].
pub async fn citizen_log(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    filter: &LogFilter,
) -> Result<Vec<LogLine>, Error> {
    Ok(own_lines(house, session, clock.now(), filter, whole()).await?.views())
}

/// The same lines as a FHIR R4 Bundle of AuditEvent resources, for the citizen to take with her.
///
/// # Errors
/// As [`citizen_log_page`].
pub async fn citizen_log_fhir(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    filter: &LogFilter,
) -> Result<serde_json::Value, Error> {
    let now = clock.now();
    let Own { lines, names, .. } = own_lines(house, session, now, filter, whole()).await?;
    let lines = lines.iter().map(|OwnLine { line: log::Line { index, event }, .. }| AuditLine {
        index: *index,
        event,
        who_name: names.get(&event.who).map(String::as_str),
    });
    Ok(audit_bundle(lines, now))
}

fn whole() -> Page {
    Page { limit: u32::MAX, ..Page::default() }
}

/// Names, as the house shows them, of those of these users who are not citizens.
///
/// # Errors
/// When the store fails.
pub async fn professional_names(house: &House, users: &BTreeSet<UserId>) -> Result<BTreeMap<UserId, String>, Error> {
    Ok(users::names_of_professionals(house, users).await?)
}

/// What is needed to verify one of her lines without the house.
///
/// # Errors
/// [`Error::Refused`] when the line is not hers or is not there, or when the store fails.
pub async fn log_proof(house: &House, clock: &dyn Clock, session: &Session, index: u64) -> Result<LogProof, Error> {
    let mut passage = house.passage().await?;
    let subject = passage.subject_of_leaf(index).await?;
    let categories = [Category::AuditEvent];
    // What names nobody may be a question about everybody, which is in her log when she reads it.
    let everybody = subject.is_none() && passage.is_population_question(index).await?;
    let subject = if everybody { session.person().cloned() } else { subject };
    let request = ask::request(session, Activity::ReadLog, categories, subject, None, clock.now());
    let (grant, _) = ask::read(passage, &request).await?;
    let missing = || Error::Store(StoreError::LogChanged);
    let leaf = match everybody {
        true => population::leaf(house, &grant, index).await?,
        false => log::leaf(house, &grant, index).await?,
    };
    let leaf = leaf.ok_or_else(missing)?;
    let (signed, path) = log::inclusion(house, index).await?.ok_or_else(missing)?;
    Ok(LogProof {
        leaf,
        index,
        size: signed.checkpoint.size,
        path: path.iter().map(ToString::to_string).collect(),
        root: signed.checkpoint.root.to_string(),
        signed_at: signed.checkpoint.at,
        signature: signed.signature,
        public_key: house.public_key().to_string(),
    })
}

/// Verifies the whole log of a house, from the leaves' bytes. Anybody who can read its folder and its database may.
///
/// # Errors
/// When the folder holds no house or cannot be read; what does not hold is in the outcome.
pub async fn verify_log(
    data_dir: &Path,
    database: &Database,
    progress: impl FnMut(u64, u64) + Send,
) -> Result<LogVerification, Error> {
    Ok(log::verify(data_dir, database, progress).await?)
}

impl LogProof {
    /// Verifies the proof with nothing but itself and the log's public key as it is known from elsewhere.
    pub fn verify(&self, public_key: &str) -> bool {
        self.check(public_key).unwrap_or(false)
    }

    fn check(&self, public_key: &str) -> Option<bool> {
        use indgang_gate::log::{Checkpoint, Hash, SignedCheckpoint, leaf_hash, verify_inclusion};
        let root: Hash = self.root.parse().ok()?;
        let path: Vec<Hash> = self.path.iter().map(|hash| hash.parse().ok()).collect::<Option<_>>()?;
        let checkpoint = Checkpoint { size: self.size, root, at: self.signed_at };
        let signed = SignedCheckpoint { checkpoint, signature: self.signature.clone() };
        let leaf = leaf_hash(self.leaf.as_bytes());
        Some(signed.verify(&public_key.parse().ok()?) && verify_inclusion(&leaf, self.index, self.size, &path, &root))
    }
}

type Names = BTreeMap<UserId, String>;
type Judgements = BTreeMap<u64, Judgement>;

/// A line of hers.
struct OwnLine {
    /// Whose data; `None` for a line that no longer says.
    person: Option<PersonId>,
    /// True for a question about everybody.
    everybody: bool,
    line: log::Line,
}

/// What a citizen reads of her log.
struct Own {
    lines: Vec<OwnLine>,
    /// The professionals in it, and who acts for somebody by law.
    names: Names,
    /// As what the reader reads the lines of others.
    capacities: BTreeMap<PersonId, Capacity>,
    /// How readings were judged that were followed up.
    judgements: Judgements,
}

impl Own {
    fn views(self) -> Vec<LogLine> {
        let Self { lines, names, judgements, capacities } = self;
        lines.into_iter().filter_map(|line| to_view(line, &names, &judgements, &capacities)).collect()
    }
}

/// One passage for what a citizen reads of her log, in whichever shape.
async fn own_lines(
    house: &House,
    session: &Session,
    at: Timestamp,
    filter: &LogFilter,
    page: Page,
) -> Result<Own, Error> {
    let mut passage = house.passage().await?;
    let (request, facts) =
        ask::own_people(&mut passage, session, Activity::ReadLog, &[Category::AuditEvent], at).await?;
    let (grant, _) = ask::read(passage, &request).await?;
    let LogFilter { from, until, purpose, permitted, .. } = *filter;
    let who = match &filter.who {
        Some(name) => Some(named(house, name).await?),
        None => None,
    };
    let page = Page { who, from, until, purpose, permitted, ..page };
    let lines = with_population(house, &grant, session, &page).await?;
    let mut judgements = Judgements::new();
    for person in grant.subjects() {
        judgements.extend(follow_ups::judgements(house, &grant, person).await?);
    }
    let mut people: BTreeSet<UserId> = judgements.values().map(|judgement| judgement.by.clone()).collect();
    for OwnLine { line, .. } in &lines {
        people.insert(line.event.who.clone());
        people.extend(line.event.on_responsibility_of.clone());
    }
    let mut names = professional_names(house, &people).await?;
    let mut capacities = BTreeMap::new();
    for person in grant.subjects() {
        names.extend(representations::users_acting_for(house, &grant, person).await?);
        capacities.extend(ask::capacity(&facts, session, person, at).map(|capacity| (person.clone(), capacity)));
    }
    Ok(Own { lines, names, judgements, capacities })
}

/// The lines of a page with the questions about everybody among them, newest first.
async fn with_population(house: &House, grant: &Grant, session: &Session, page: &Page) -> Result<Vec<OwnLine>, Error> {
    let lines = log::page(house, grant, page).await?;
    // What is older than a full page stands on the next.
    let least = lines.last().filter(|_| lines.len() == page.limit as usize).map(|line| line.index);
    let mut persons: Vec<PersonId> = grant.subjects().cloned().collect();
    persons.sort_by_key(|person| session.person() != Some(person));
    let opened = population::page(house, grant, &persons, page, least).await?;
    let own = |line: log::Line| OwnLine { person: line.event.subject.clone(), everybody: false, line };
    let of_everybody =
        |opened: population::Opened| OwnLine { person: Some(opened.person), everybody: true, line: opened.line };
    let mut all: Vec<OwnLine> = lines.into_iter().map(own).chain(opened.into_iter().map(of_everybody)).collect();
    all.sort_by_key(|own| std::cmp::Reverse(own.line.index));
    all.truncate(page.limit as usize);
    Ok(all)
}

/// The users, none of them a citizen, in whose name the text stands, and the one whose identifier it is.
async fn named(house: &House, text: &str) -> Result<BTreeSet<UserId>, Error> {
    let wanted = text.trim().to_lowercase();
    let users = users::all(house).await?.into_iter();
    let bears = |user: &users::User| user.role != Role::Citizen && user.display_name.to_lowercase().contains(&wanted);
    let mut named: BTreeSet<UserId> = users.filter(bears).map(|user| user.id).collect();
    named.insert(UserId(text.trim().to_owned()));
    if named.len() > NAMESAKES { Err(Error::TooManyNames) } else { Ok(named) }
}

fn to_view(
    own: OwnLine,
    names: &Names,
    judgements: &Judgements,
    capacities: &BTreeMap<PersonId, Capacity>,
) -> Option<LogLine> {
    let OwnLine { person, everybody, line: log::Line { index, event } } = own;
    let judgement = judgements.get(&index);
    Some(LogLine {
        index,
        capacity: person.as_ref().and_then(|person| capacities.get(person).copied()),
        person: person?,
        everybody,
        at: event.at,
        who_name: names.get(&event.who).cloned(),
        who: event.who,
        role: event.role,
        organisation: event.organisation,
        on_responsibility_of_name: event.on_responsibility_of.as_ref().and_then(|user| names.get(user).cloned()),
        on_responsibility_of: event.on_responsibility_of,
        activity: event.activity,
        purpose: event.purpose,
        categories: event.categories,
        case: event.case,
        permitted: event.permitted,
        rule: LegalBasis { rule: event.rule, paragraph: event.paragraph },
        withheld: event.withheld,
        breaking_glass: event.breaking_glass,
        permit: event.permit,
        follow_up: event.follow_up,
        asked_by: event.asked_by,
        judged_by_name: judgement.and_then(|judgement| names.get(&judgement.by).cloned()),
        judgement: judgement.cloned(),
    })
}
