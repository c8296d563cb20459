//! A search for one person's resources, with what it wants beside them: one question to the gate.

use crate::everything::{Reader, Whom, reached};
use crate::{Error, ask};
use indgang_fhir::json::Tape;
use indgang_fhir::search::{Candidate, Included, Search, SortKey, targets};
use indgang_fhir::smart::Access;
use indgang_gate::Grant;
use indgang_model::{Clock, PersonId, Sensitive, Timestamp};
use indgang_store::House;
use indgang_store::resources::{self, Resource, Wanted};
use std::collections::{BTreeMap, BTreeSet};

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Whose.
    pub person: PersonId,
    /// How many match.
    pub total: usize,
    /// Those of the page, in the order that was asked for; the latest first where none was.
    pub page: Vec<Resource>,
    /// What goes with them.
    pub beside: Vec<Beside>,
    /// The line in the log.
    pub log_index: u64,
}

/// A resource that goes with a match.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Beside {
    /// Who delivered it.
    pub source: String,
    /// Type and id.
    pub reference: String,
    /// In canonical JSON.
    pub body: Sensitive<String>,
}

/// Those of a person's resources that a search asks for, as the one who asks may see them.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn search(
    house: &House,
    clock: &dyn Clock,
    reader: Reader<'_>,
    whom: &Whom,
    search: &Search,
) -> Result<Found, Error> {
    let actor = reader.actor(house).await?;
    let mut passage = house.passage().await?;
    let person = whom.person(&mut passage).await?;
    reader.reach(Access::Search, &search.types, Some(&person))?;
    let categories = ask::record_categories(actor.role).into_iter().collect();
    let request = reader.request(actor, Some(person.clone()), categories, clock.now());
    let (grant, _) = ask::read(passage, &request).await?;
    let wanted = Wanted { types: search.types.clone(), ..Wanted::default() };
    let passed = Passed { house, grant: &grant, reader, person: &person };
    let matching = sorted(matching(passed.open(&wanted).await?, search));
    let total = matching.len();
    let (page, beside) = (Vec::new(), Vec::new());
    let mut found = Found { person: person.clone(), total, page, beside, log_index: grant.log_index() };
    if !search.count_only {
        found.page = matching.into_iter().skip(search.offset).take(search.count).collect();
    }
    if search.includes_more() {
        found.beside = goes_with(&passed, &found.page, search, clock.now()).await?;
    }
    Ok(found)
}

/// The one person's resources that the one passage opens.
struct Passed<'p> {
    house: &'p House,
    grant: &'p Grant,
    reader: Reader<'p>,
    person: &'p PersonId,
}

impl Passed<'_> {
    async fn open(&self, wanted: &Wanted) -> Result<Vec<Resource>, Error> {
        let found = resources::of_person(self.house, self.grant, self.person, wanted).await?;
        reached(found, self.grant, self.reader, Access::Search, self.person)
    }

    /// What is nobody's in particular.
    async fn shared(&self, source: &str, reference: &str, now: Timestamp) -> Result<Option<Beside>, Error> {
        let body = resources::shared(self.house, self.grant, (source, reference)).await?.map(Sensitive::new);
        let reached = body.filter(|body| self.reader.covers(Access::Search, self.person, (reference, body), now));
        let (source, reference) = (source.to_owned(), reference.to_owned());
        Ok(reached.map(|body| Beside { source, reference, body }))
    }
}

fn matching(all: Vec<Resource>, search: &Search) -> Vec<(Option<SortKey>, Resource)> {
    let mut tape = Tape::new();
    let mut keyed = Vec::new();
    for resource in all {
        let Ok(json) = tape.read(resource.body.expose()) else { continue };
        let id = resource.reference.split_once('/').map_or("", |(_, id)| id);
        let candidate = Candidate { json, id, known_at: resource.known_at.as_second() };
        if search.matches(&candidate) {
            keyed.push((search.sort_key(&candidate), resource));
        }
    }
    keyed
}

/// As the store gives them where no order is asked for: the sort is stable.
fn sorted(mut keyed: Vec<(Option<SortKey>, Resource)>) -> Vec<Resource> {
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    keyed.into_iter().map(|(_, resource)| resource).collect()
}

/// What the page's matches refer to, their Patients, and what tells of their origin; each once, and no match again.
async fn goes_with(
    passed: &Passed<'_>,
    page: &[Resource],
    search: &Search,
    now: Timestamp,
) -> Result<Vec<Beside>, Error> {
    let mut all = BTreeSet::new();
    for (source, references) in referred(page, search) {
        let wanted = Wanted { named: Some((source.clone(), references.clone())), ..Wanted::default() };
        all.extend(passed.open(&wanted).await?.into_iter().map(Beside::of));
        for reference in references {
            all.extend(passed.shared(&source, &reference, now).await?);
        }
    }
    let of_page: BTreeSet<(&str, &str)> =
        page.iter().map(|resource| (resource.source.as_str(), resource.reference.as_str())).collect();
    if search.with_patient {
        let patients = passed.open(&Wanted { types: vec!["Patient"], ..Wanted::default() }).await?;
        let sources: BTreeSet<&str> = of_page.iter().map(|(source, _)| *source).collect();
        all.extend(patients.into_iter().filter(|patient| sources.contains(&*patient.source)).map(Beside::of));
    }
    if search.with_provenance && !page.is_empty() {
        let mut tape = Tape::new();
        for resource in passed.open(&Wanted { types: vec!["Provenance"], ..Wanted::default() }).await? {
            let targets = tape.read(resource.body.expose()).map(targets).unwrap_or_default();
            if targets.iter().any(|target| of_page.contains(&(&*resource.source, &**target))) {
                all.insert(Beside::of(resource));
            }
        }
    }
    all.retain(|one| !of_page.contains(&(&*one.source, &*one.reference)));
    Ok(all.into_iter().collect())
}

/// What the matches refer to, by source.
fn referred(page: &[Resource], search: &Search) -> BTreeMap<String, Vec<String>> {
    let mut tape = Tape::new();
    let mut all = BTreeMap::<String, BTreeSet<String>>::new();
    for resource in page {
        let Ok(json) = tape.read(resource.body.expose()) else { continue };
        for included in search.included(json) {
            all.entry(resource.source.clone()).or_default().extend(within(&included));
        }
    }
    all.into_iter().map(|(source, references)| (source, references.into_iter().collect())).collect()
}

/// Type and id within the source: of a relative reference, or of a UUID by which a Bundle named its entry.
fn within((reference, targets): &Included) -> Vec<String> {
    let reference = reference.split_once("/_history/").map_or(reference.as_str(), |(before, _)| before);
    match reference.strip_prefix("urn:uuid:") {
        Some(id) => targets.iter().map(|target| format!("{target}/{id}")).collect(),
        None => vec![reference.to_owned()],
    }
}

impl Beside {
    fn of(resource: Resource) -> Self {
        Self { source: resource.source, reference: resource.reference, body: resource.body }
    }
}
