//! FHIR resources come into the house: a file is one passage, all of it or nothing, once for the same content.

use crate::ingest::{Operator, delivering, held};
use crate::people::People;
use crate::questionnaires::{self, deliver::Delivered};
use crate::{Error, ask};
use indgang_fhir::record::Document;
use indgang_lake::house::RejectedResources;
use indgang_model::{Clock, PersonId, hex};
use indgang_sources::descriptor::Format;
use indgang_sources::resources::{self as files, Incoming, Survey};
use indgang_store::House;
use indgang_store::resources::{Batch, Kept, NewResource, Removal, Removed, add_shared, batch};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
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
    let (path, format) = (delivery.file.clone(), delivery.format.clone());
    let mut survey = blocking(move || files::survey(&path, &format)).await??;
    let pro = Delivered::survey(house, (delivery.file.clone(), &delivery.format), &mut survey).await?;
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
    let rejects = RejectedResources::begin(
        &crate::lake_folder(house),
        &new.id,
        &new.source,
        matches!(delivery.format, Format::Quality(_)),
    )?;
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
    let request = delivering(operator, people.all(), now);
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
            let resource = match self.people.resource(self.survey, &incoming) {
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
    let (path, format) = (delivery.file.clone(), delivery.format.clone());
    let (send, received) = mpsc::channel(4);
    let ended = tokio::task::spawn_blocking(move || {
        let mut some = Vec::with_capacity(AT_ONCE);
        files::read(&path, &format, |incoming| {
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
