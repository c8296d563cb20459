//! FHIR resources come into the house: a file is one passage, all of it or nothing, once for the same content.

use crate::ingest::{Operator, held, question};
use crate::questionnaires::{self, deliver::Delivered, hex};
use crate::{Error, ask};
use indgang_fhir::record::{Document, Number, Pointer};
use indgang_gate::{Activity, Facts, Request};
use indgang_lake::house::RejectedResources;
use indgang_model::{Category, Clock, PersonId, PersonalNumber, Sensitive, Timestamp};
use indgang_sources::descriptor::Format;
use indgang_sources::resources::{self as files, Incoming, Patient, Survey, resolved};
use indgang_store::persons::Identity;
use indgang_store::resources::{Batch, Kept, NewResource, Removal, Removed, add_shared, batch};
use indgang_store::{House, Passage, Writer};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use tokio::sync::mpsc;

/// What is delivered.
#[derive(Debug, Clone)]
pub struct ResourceDelivery {
    /// The file, compressed or not.
    pub file: PathBuf,
    /// How it is written.
    pub format: Format,
    /// Who delivers it. Type and id of a resource mean something within a source only.
    pub source: String,
    /// Whose it is, for a source that names its one user by a name of its own; the name is remembered as hers.
    pub person: Option<PersonId>,
    /// True for resources that were mended: what could not be taken in is tried again.
    pub again: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TakenResources {
    /// True when this content was taken in before; nothing was changed.
    pub known: bool,
    /// What became of the resources that could be taken in.
    pub kept: Kept,
    /// What a source sent by mistake and took away now.
    pub removed: u64,
    /// Resources that could not.
    pub rejected: u64,
    /// Their batch in quarantine.
    pub quarantine: Option<String>,
    /// Persons it speaks of, and those of them who were not known before.
    pub persons: (u64, u64),
}

/// Takes a file of resources in. `random` are 32 secret random bytes, for the names of persons who are new.
///
/// # Errors
/// [`Error::Delivery`] when the file cannot be read to its end, [`Error::Refused`], or when the store fails; nothing of
/// the file is then kept.
pub async fn ingest_resources(
    house: &House,
    clock: &dyn Clock,
    operator: &Operator,
    delivery: &ResourceDelivery,
    random: [u8; 32],
) -> Result<TakenResources, Error> {
    if !is_plain(&delivery.source) {
        let what = format!("`{}` cannot name a source; use 1 to 64 letters, digits, `-` and `_`", delivery.source);
        return Err(Error::Input(what));
    }
    questionnaires::not_the_portal(&delivery.source)?;
    let (path, format) = (delivery.file.clone(), delivery.format);
    let mut survey = blocking(move || files::survey(&path, format)).await??;
    let pro = Delivered::survey(house, (delivery.file.clone(), delivery.format), &mut survey).await?;
    let now = clock.now();
    let new = Batch {
        id: batch_name(&delivery.source, &survey.sha256),
        source: delivery.source.clone(),
        file: delivery.file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        sha256: survey.sha256.clone(),
        taken_at: now,
        taken_by: operator.user.0.clone(),
        stored: 0,
        rejected: 0,
    };
    if let Some(before) = batch(house, &new.id).await?
        && (!delivery.again || before.rejected == 0)
    {
        let quarantine = (before.rejected > 0).then_some(before.id);
        return Ok(TakenResources { known: true, rejected: before.rejected, quarantine, ..TakenResources::default() });
    }
    let rejects = RejectedResources::begin(&crate::lake_folder(house), &new.id, &new.source)?;
    let mut passage = house.passage().await?;
    let mut people = People::find(&mut passage, &survey, &new.source, &random).await?;
    if let Some(person) = &delivery.person {
        if !passage.is_person(person).await? {
            let what = format!("`{}` is no person of this house; see the address of her page for her id", person.0);
            return Err(Error::Input(what));
        }
        people.all_is_of(person, &survey)?;
    }
    if people.all().is_empty() {
        drop(passage);
        return of_nobody(house, survey, people, new, delivery, rejects).await;
    }
    let request = asked(operator, people.all(), now);
    let facts = held(&mut passage, &request).await?;
    let request = people.without_blocked(request, &facts);
    let mut logged = ask::log(passage, &request, &facts).await?;
    let mut taken = TakenResources { persons: people.counted(), ..TakenResources::default() };
    if let Some(mut writer) = logged.writer().await? {
        people.write(&mut writer, &new.source).await?;
        writer.begin_batch(&new).await?;
        let mut sort = Sort::new(&survey, &people, &pro, rejects);
        let mut incoming = stream(delivery);
        while let Some(some) = incoming.received.recv().await {
            let sorted = sort.sort(some)?;
            taken.kept.add(writer.add_resources(&new, &sorted.resources).await?);
            for (removal, incoming) in &sorted.removals {
                match writer.remove(&new, removal).await? {
                    Removed::Now => taken.removed += 1,
                    Removed::Before => taken.kept.same += 1,
                    Removed::Unknown => sort.reject(incoming, UNKNOWN)?,
                    Removed::Anothers => sort.reject(incoming, ANOTHERS)?,
                }
            }
            sort.replaced.extend(sorted.replaced);
        }
        for ((person, set), version) in &sort.replaced {
            writer.replace_set(&new, person, (set, *version)).await?;
        }
        incoming.ended.await.map_err(|_| unfinished())??;
        taken.rejected = sort.rejected;
        writer.end_batch(&new, taken.kept.new + taken.kept.changed, taken.rejected).await?;
        taken.quarantine = sort.rejects.finish()?;
    }
    ask::answer(logged.commit(now).await?)?;
    Ok(taken)
}

/// A file that speaks of no person of the house: what is nobody's in particular is kept, and nothing is asked.
async fn of_nobody(
    house: &House,
    survey: Survey,
    people: People,
    mut batch: Batch,
    delivery: &ResourceDelivery,
    rejects: RejectedResources,
) -> Result<TakenResources, Error> {
    let pro = Delivered::default();
    let mut sort = Sort::new(&survey, &people, &pro, rejects);
    let mut incoming = stream(delivery);
    let mut resources = Vec::new();
    while let Some(some) = incoming.received.recv().await {
        // A notice of removal is somebody's: where nobody is known there is none.
        resources.extend(sort.sort(some)?.resources);
    }
    incoming.ended.await.map_err(|_| unfinished())??;
    let rejected = sort.rejected;
    batch.rejected = rejected;
    let quarantine = sort.rejects.finish()?;
    let kept = add_shared(house, &batch, &resources).await?;
    Ok(TakenResources { kept, rejected, quarantine, ..TakenResources::default() })
}

/// The operator puts a file that she holds before the house, on a named professional's responsibility.
fn asked(operator: &Operator, subjects: BTreeSet<PersonId>, at: Timestamp) -> Request {
    let categories: Vec<Category> =
        Category::ALL.iter().copied().filter(|category| *category != Category::AuditEvent).collect();
    question(operator, Activity::Ingest, &categories, subjects, None, at)
}

/// Who is who in a file.
#[derive(Default)]
struct People {
    by_number: BTreeMap<Number, PersonId>,
    by_reference: BTreeMap<String, PersonId>,
    /// Persons the house does not know yet, each with her number and name.
    new: BTreeMap<PersonId, (Number, Sensitive<String>)>,
    /// References of this file's Patients, which are to be remembered.
    told: Vec<(String, PersonId)>,
    /// Patients of this file whose numbers or references contradict what is known, by their place in it.
    faults: BTreeMap<u64, &'static str>,
    /// Who has blocked the one who takes this in.
    blocked: BTreeSet<PersonId>,
}

impl People {
    async fn find(passage: &mut Passage, survey: &Survey, source: &str, random: &[u8; 32]) -> Result<Self, Error> {
        let mut people = Self::default();
        let pointed = survey.pointers.iter().filter_map(|pointer| match pointer {
            Pointer::Number(number) => Some(number),
            Pointer::Reference(_) => None,
        });
        let numbers: BTreeSet<&Number> = survey.patients.iter().flat_map(|p| &p.numbers).chain(pointed).collect();
        let known = passage.persons_with(numbers.iter().map(|number| (number.system.as_str(), &number.value))).await?;
        let known = known.into_iter().map(|((system, value), person)| (Number { system, value }, person));
        people.by_number.extend(known);
        let mut references: Vec<&str> =
            survey.patients.iter().flat_map(|p| &p.references).map(|r| resolved(r)).collect();
        references.extend(survey.pointers.iter().filter_map(|pointer| match pointer {
            Pointer::Reference(reference) => Some(resolved(reference)),
            Pointer::Number(_) => None,
        }));
        people.by_reference = passage.patients_known_as(source, &references).await?;
        for patient in &survey.patients {
            people.patient(patient, random);
        }
        Ok(people)
    }

    fn patient(&mut self, patient: &Patient, random: &[u8; 32]) {
        let by_number: BTreeSet<&PersonId> = patient.numbers.iter().filter_map(|n| self.by_number.get(n)).collect();
        let by_reference = patient.references.iter().filter_map(|reference| self.by_reference.get(resolved(reference)));
        let named: BTreeSet<&PersonId> = by_reference.collect();
        let fault = match (by_number.len(), named.len()) {
            (2.., _) => Some("its numbers are those of different persons: correct them"),
            (_, 2..) => Some("its id and its address were different persons before: correct them"),
            (0, 1) => {
                Some("this id was known with another number before: if the number has changed, send both numbers")
            }
            (1, 1) if by_number != named => Some("this id was another person before: correct the number or the id"),
            _ => None,
        };
        if let Some(fault) = fault {
            self.faults.insert(patient.ordinal, fault);
            return;
        }
        let Some(first) = patient.numbers.first() else { return };
        let person = match by_number.first() {
            Some(known) => (*known).clone(),
            None => {
                let person = fresh(random, self.new.len());
                self.new.insert(person.clone(), (first.clone(), patient.name.clone()));
                person
            }
        };
        for number in &patient.numbers {
            self.by_number.insert(number.clone(), person.clone());
        }
        for reference in &patient.references {
            self.by_reference.insert(resolved(reference).to_owned(), person.clone());
            self.told.push((resolved(reference).to_owned(), person.clone()));
        }
    }

    /// What a file says is of its one user is this person's, who must not be another's by what was told before.
    fn all_is_of(&mut self, person: &PersonId, survey: &Survey) -> Result<(), Error> {
        let users: BTreeSet<&str> = survey.pointers.iter().filter_map(reference).collect();
        let refused = |what: &str| Err(Error::Input(what.to_owned()));
        let user = match (users.len(), users.first()) {
            (0, _) | (_, None) => return Ok(()),
            (1, Some(user)) => *user,
            _ => {
                return refused(
                    "the file has more than one user: give each a file of her own, or leave `--person` out",
                );
            }
        };
        if !survey.patients.is_empty() || survey.pointers.len() > 1 {
            return refused("the file says itself whose it is: leave `--person` out");
        }
        match self.by_reference.get(user) {
            Some(known) if known != person => {
                return refused(
                    "the file's user was another person in this source before: correct the person or the source",
                );
            }
            _ => {}
        }
        self.by_reference.insert(user.to_owned(), person.clone());
        self.told.push((user.to_owned(), person.clone()));
        Ok(())
    }

    fn all(&self) -> BTreeSet<PersonId> {
        self.by_number.values().chain(self.by_reference.values()).cloned().collect()
    }

    fn counted(&self) -> (u64, u64) {
        (self.all().len() as u64, self.new.len() as u64)
    }

    /// Leaves out who has blocked the one who asks: hers goes into quarantine, and everybody else's is taken in.
    fn without_blocked(&mut self, mut request: Request, facts: &Facts) -> Request {
        let is_blocked = |person: &PersonId| facts.is_blocked(&request.actor, person, request.at);
        self.blocked = request.subjects.iter().filter(|person| is_blocked(person)).cloned().collect();
        if self.blocked.len() < request.subjects.len() {
            request.subjects.retain(|person| !self.blocked.contains(person));
        }
        request
    }

    async fn write(&self, writer: &mut Writer<'_>, source: &str) -> Result<(), Error> {
        for (person, (number, name)) in &self.new {
            let name = if name.expose().is_empty() { Sensitive::new("–".to_owned()) } else { name.clone() };
            writer.add_person(person, &Identity { name, cpr: number.value.clone() }).await?;
        }
        let open = |person: &PersonId| !self.blocked.contains(person);
        for (number, person) in self.by_number.iter().filter(|(_, person)| open(person)) {
            if !matches!(number.value, PersonalNumber::Cpr(_)) {
                writer.add_number(&number.system, &number.value, person).await?;
            }
        }
        for (reference, person) in self.told.iter().filter(|(_, person)| open(person)) {
            writer.know_patient(source, reference, person).await?;
        }
        Ok(())
    }

    /// Whose a resource is; what is wrong when it is nobody's whom the house knows.
    fn whose(&self, pointers: &[Pointer]) -> Result<PersonId, &'static str> {
        let found: BTreeSet<&PersonId> = pointers.iter().filter_map(|pointer| self.person(pointer)).collect();
        match (found.len(), found.first()) {
            (1, Some(person)) if self.blocked.contains(*person) => {
                Err("the person has blocked the one who takes this in: only she can lift that")
            }
            (1, Some(person)) => Ok((*person).clone()),
            (0, _) => Err("its patient is not known: take the Patient in first, with a CPR number, then this again"),
            _ => Err("it names different persons as its patient: correct it"),
        }
    }

    fn person(&self, pointer: &Pointer) -> Option<&PersonId> {
        match pointer {
            Pointer::Number(number) => self.by_number.get(number),
            Pointer::Reference(reference) => {
                let reference = resolved(reference);
                let by_id = || self.by_reference.get(&format!("Patient/{}", reference.strip_prefix("urn:uuid:")?));
                self.by_reference.get(reference).or_else(by_id)
            }
        }
    }
}

fn reference(pointer: &Pointer) -> Option<&str> {
    match pointer {
        Pointer::Reference(reference) => Some(resolved(reference)),
        Pointer::Number(_) => None,
    }
}

/// A name for a person who is new: neither number nor name can be told from it.
fn fresh(random: &[u8; 32], count: usize) -> PersonId {
    let hash = Sha256::digest([random.as_slice(), &count.to_be_bytes()].concat());
    PersonId(format!("p{}", hex(&hash[..8])))
}

const UNKNOWN: &str = "it removes what is not known: when that has been taken in, take this in again";
const ANOTHERS: &str = "it removes something of another person: correct the id or the person";

/// What goes into the house, and what into quarantine.
struct Sort<'s> {
    survey: &'s Survey,
    people: &'s People,
    pro: &'s Delivered,
    rejects: RejectedResources,
    rejected: u64,
    /// Sets of documents of which a later version replaces all.
    replaced: BTreeMap<(PersonId, String), i64>,
}

/// What may go into the house, of some resources.
#[derive(Default)]
struct Sorted {
    resources: Vec<NewResource>,
    removals: Vec<(Removal, Incoming)>,
    replaced: Vec<((PersonId, String), i64)>,
}

impl<'s> Sort<'s> {
    const fn new(survey: &'s Survey, people: &'s People, pro: &'s Delivered, rejects: RejectedResources) -> Self {
        Self { survey, people, pro, rejects, rejected: 0, replaced: BTreeMap::new() }
    }

    fn sort(&mut self, some: Vec<Incoming>) -> Result<Sorted, Error> {
        let mut sorted = Sorted::default();
        for mut incoming in some {
            let resource = match one(self.survey, self.people, &incoming) {
                Ok(resource) => resource,
                Err(reason) => {
                    self.reject(&incoming, reason)?;
                    continue;
                }
            };
            if let (Some(document), Some((person, _))) = (replacing(&incoming), &resource.of) {
                sorted.replaced.push(((person.clone(), document.set.clone()), document.version));
            }
            if let Some((person, _)) = &resource.of {
                sorted.resources.extend(self.pro.scores(&incoming.text, &resource, person));
            }
            match (&resource.of, incoming.resource.as_ref().is_some_and(|resource| resource.removes)) {
                (Some((person, _)), true) => {
                    let person = person.clone();
                    let notice = NewResource { body: incoming.text.clone(), ..resource };
                    sorted.removals.push((Removal { notice, person }, incoming));
                }
                _ => sorted.resources.push(NewResource { body: std::mem::take(&mut incoming.text), ..resource }),
            }
        }
        Ok(sorted)
    }

    fn reject(&mut self, incoming: &Incoming, reason: &str) -> Result<(), Error> {
        self.rejected += 1;
        Ok(self.rejects.add(&told(incoming, reason), &mendable(incoming))?)
    }
}

/// The document of a resource, where it replaces all of its set.
fn replacing(incoming: &Incoming) -> Option<&Document> {
    incoming.resource.as_ref()?.document.as_ref().filter(|document| document.replaces)
}

/// The resource without its body, or why it cannot be taken in.
fn one<'s>(survey: &'s Survey, people: &People, incoming: &Incoming) -> Result<NewResource, &'s str> {
    if let Some(reason) = survey.faults.get(&incoming.ordinal) {
        return Err(reason);
    }
    if let Some(reason) = people.faults.get(&incoming.ordinal) {
        return Err(reason);
    }
    let Some(resource) = &incoming.resource else { return Err("the file changed while it was read") };
    let of = match resource.category {
        Some(category) => Some((people.whose(&resource.pointers)?, category)),
        None => None,
    };
    let moment = |second| Timestamp::from_second(second).ok();
    Ok(NewResource {
        reference: resource.reference.clone(),
        of,
        span: resource.seconds.and_then(|(first, last)| Some((moment(first)?, moment(last)?))),
        hash: resource.hash.clone(),
        place: incoming.place.to_string(),
        document: resource.document.as_ref().map(|document| (document.set.clone(), document.version)),
        body: String::new(),
    })
}

/// A reason with its place. An address is named when it is a UUID, which tells nothing of the person.
fn told(incoming: &Incoming, reason: &str) -> String {
    let address = incoming.full_url.as_deref().filter(|url| url.starts_with("urn:uuid:"));
    let address = address.map_or_else(String::new, |url| format!(", {url}"));
    format!("{}{address}: {}", incoming.place, reason.replace('\n', " "))
}

/// The resource on one line, within its entry where it had an address, so that its identity is the same when it comes again.
fn mendable(incoming: &Incoming) -> String {
    let text = incoming.text.replace(['\n', '\r'], " ");
    match (&incoming.full_url, &incoming.resource) {
        (Some(url), Some(_)) => {
            let url = serde_json::Value::from(url.as_str());
            format!(
                r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"fullUrl":{url},"resource":{text}}}]}}"#
            )
        }
        _ => text,
    }
}

/// A file that is read on a thread of its own, some resources at a time.
struct Streamed {
    received: mpsc::Receiver<Vec<Incoming>>,
    ended: tokio::task::JoinHandle<Result<(), files::DeliveryError>>,
}

fn stream(delivery: &ResourceDelivery) -> Streamed {
    const AT_ONCE: usize = 500;
    let (path, format) = (delivery.file.clone(), delivery.format);
    let (send, received) = mpsc::channel(4);
    let ended = tokio::task::spawn_blocking(move || {
        let mut some = Vec::with_capacity(AT_ONCE);
        files::read(&path, format, |incoming| {
            some.push(incoming);
            some.len() < AT_ONCE || send.blocking_send(std::mem::take(&mut some)).is_ok()
        })?;
        // Who receives has given up when this fails, and tells why.
        let _ = send.blocking_send(some);
        Ok(())
    });
    Streamed { received, ended }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| unfinished())
}

fn unfinished() -> Error {
    Error::Input("reading the file was given up; try again".to_owned())
}

fn is_plain(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn batch_name(source: &str, sha256: &str) -> String {
    hex(&Sha256::digest(format!("{source} {sha256}"))[..8])
}
