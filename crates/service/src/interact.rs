//! What a registered system writes over FHIR's interactions: one passage, all of it or nothing, under its own name as source.

use crate::ingest::{Operator, delivering, held};
use crate::people::People;
use crate::{Caller, Error, ask};
use indgang_fhir::interaction::{Asks, Interaction, is_id, with_id, with_references};
use indgang_fhir::json::{Json, Tape, canonical};
use indgang_gate::UserId;
use indgang_model::{Clock, PersonId, Role, Sensitive, Timestamp, hex};
use indgang_sources::resources::{Incoming, Single, Survey, read_singles, survey_singles};
use indgang_store::resources::{Batch, KnownVersion, NewResource, add_shared};
use indgang_store::{House, Passage, StoreError, Writer, users};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Type and id within the system's source.
    pub reference: String,
    /// Its version.
    pub version: u64,
    /// What was done.
    pub became: Became,
}

/// What was done with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It was not known before.
    Created,
    /// It is a new version.
    Updated,
    /// It was known as it is, or by the identifier that it was not to be created again for; nothing was changed.
    Known,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The gate refused, or the house failed.
    #[error(transparent)]
    Service(#[from] Error),
    /// One of the resources; no value of it is in the text.
    #[error("{what}")]
    Fault {
        /// Its place, from 0.
        entry: usize,
        /// What kind of fault.
        kind: FaultKind,
        /// What is wrong.
        what: String,
    },
}

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It cannot be taken in as it is.
    Unprocessable,
    /// It is known with other content.
    Conflict,
    /// A condition does not hold.
    Precondition,
    /// The system was let in to ask alone.
    Forbidden,
}

impl From<StoreError> for WriteError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Writes what a system asks for, on the responsibility of an authorised health professional of its institution: all of
/// it or nothing. `random` are 32 secret random bytes, for the names of persons who are new.
///
/// # Errors
/// [`WriteError::Fault`] for the first resource that cannot be written, [`Error::Refused`], or when the store fails;
/// nothing is then written.
pub async fn interact(
    house: &House,
    clock: &dyn Clock,
    (caller, user): (&Caller, &UserId),
    asked: &[Interaction],
    random: [u8; 32],
) -> Result<Vec<Written>, WriteError> {
    let source = caller.id();
    if let Err(what) = caller.may_write() {
        return Err(WriteError::Fault { entry: 0, kind: FaultKind::Forbidden, what: what.to_owned() });
    }
    let work = Work::prepare(source, asked)?;
    let now = clock.now();
    let mut passage = house.passage().await?;
    let people = People::find(&mut passage, &work.survey, source, &random).await?;
    let batch = work.batch(source, now);
    if people.all().is_empty() {
        let plan = work.plan(&mut Look::Nobody(&mut passage), &people).await?;
        passage.abandon().await?;
        add_shared(house, &batch, &plan.resources).await?;
        return Ok(plan.written);
    }
    let operator = Operator {
        user: UserId(source.to_owned()),
        organisation: caller.organisation().to_owned(),
        on_responsibility_of: user.clone(),
    };
    let mut request = delivering(&operator, people.all(), now);
    request.grounds.asked_by = Some(source.to_owned());
    // Only an authorised professional of its own institution answers for what a system sends.
    let facts = match answers_for(house, caller, user).await? {
        true => held(&mut passage, &request).await?,
        false => passage.facts(&request).await?,
    };
    let mut logged = ask::log(passage, &request, &facts).await?;
    let mut planned = None;
    if let Some(mut writer) = logged.writer().await? {
        let plan = work.plan(&mut Look::Writer(&mut writer), &people).await;
        // A store that fails takes the line in the log back with it; a fault is told, and so its line stays.
        if let Err(WriteError::Service(error)) = plan {
            return Err(error.into());
        }
        if let Ok(plan) = &plan {
            people.write(&mut writer, source).await?;
            writer.begin_batch(&batch).await?;
            let kept = writer.add_resources(&batch, &plan.resources).await?;
            writer.end_batch(&batch, kept.new + kept.changed, 0).await?;
        }
        planned = Some(plan);
    }
    ask::answer(logged.commit(now).await?)?;
    // The gate has refused where there is no plan.
    Ok(planned.ok_or(Error::SignedOut)??.written)
}

async fn answers_for(house: &House, caller: &Caller, user: &UserId) -> Result<bool, Error> {
    let known = users::enabled(house, user).await?;
    Ok(known.is_some_and(|known| {
        known.organisation == caller.organisation() && known.role == Role::AuthorisedHealthProfessional
    }))
}

/// What is asked for, each resource under its id.
struct Work<'a> {
    source: &'a str,
    asked: &'a [Interaction],
    references: Vec<String>,
    singles: Vec<Single>,
    survey: Survey,
}

/// What is to be written, and what is told of it.
#[derive(Default)]
struct Plan {
    resources: Vec<NewResource>,
    written: Vec<Written>,
}

/// Who looks what is known before: the one who may write, or anybody where nothing is a person's.
enum Look<'l, 'w> {
    Writer(&'l mut Writer<'w>),
    Nobody(&'l mut Passage),
}

impl Look<'_, '_> {
    async fn version(&mut self, source: &str, reference: &str) -> Result<KnownVersion, StoreError> {
        match self {
            Self::Writer(writer) => writer.known_version(source, reference).await,
            Self::Nobody(passage) => passage.known_version(source, reference).await,
        }
    }

    async fn holding(
        &mut self,
        of: (&str, &str),
        person: Option<&PersonId>,
        part: &str,
    ) -> Result<Vec<(String, Sensitive<String>)>, StoreError> {
        match self {
            Self::Writer(writer) => writer.holding(of, person, part).await,
            Self::Nobody(passage) => passage.shared_holding(of, part).await,
        }
    }
}

impl<'a> Work<'a> {
    fn prepare(source: &'a str, asked: &'a [Interaction]) -> Result<Self, WriteError> {
        let mut tape = Tape::new();
        let (mut references, mut singles) = (Vec::new(), Vec::new());
        for (entry, one) in asked.iter().enumerate() {
            let json = tape.read(&one.resource).map_err(|error| unprocessable(entry, &error.to_string()))?;
            let reference = match &one.asks {
                Asks::Create { resource_type, unless } => {
                    format!("{resource_type}/{}", assigned(source, one.full_url.as_deref(), unless.as_ref(), json))
                }
                Asks::Update { reference, .. } => reference.clone(),
                Asks::Get(_) => return Err(unprocessable(entry, "a reading is not written")),
            };
            let id = reference.split_once('/').map_or("", |(_, id)| id);
            singles.push(Single { full_url: one.full_url.clone(), text: with_id(json, id) });
            references.push(reference);
        }
        let survey = survey_singles(&singles);
        if let Some((ordinal, reason)) = survey.faults.first_key_value() {
            return Err(unprocessable(usize::try_from(*ordinal).unwrap_or(usize::MAX), reason));
        }
        let mut seen = BTreeSet::new();
        if let Some(entry) = references.iter().position(|reference| !seen.insert(reference)) {
            return Err(unprocessable(entry, "the same resource stands in the Bundle twice"));
        }
        Ok(Self { source, asked, references, singles, survey })
    }

    fn batch(&self, source: &str, now: Timestamp) -> Batch {
        let Survey { sha256, .. } = &self.survey;
        let id = hex(&Sha256::digest(format!("{source} {sha256} {now}"))[..8]);
        let (source, file, sha256) = (source.to_owned(), "FHIR API".to_owned(), sha256.clone());
        Batch { id, taken_by: source.clone(), source, file, sha256, taken_at: now, stored: 0, rejected: 0 }
    }

    /// What is written when every condition holds.
    async fn plan(&self, look: &mut Look<'_, '_>, people: &People) -> Result<Plan, WriteError> {
        let originals = read_singles(&self.singles);
        let before = self.known_by_identifier(look, people, &originals).await?;
        let mut addresses = BTreeMap::new();
        for (entry, (one, reference)) in self.asked.iter().zip(&self.references).enumerate() {
            let target = before.get(&entry).unwrap_or(reference);
            addresses.extend(one.full_url.clone().map(|url| (url, target.clone())));
        }
        let mut tape = Tape::new();
        let mut rewritten = Vec::with_capacity(self.singles.len());
        for (entry, single) in self.singles.iter().enumerate() {
            let json = tape.read(&single.text).map_err(|error| unprocessable(entry, &error.to_string()))?;
            rewritten.push(Single { full_url: None, text: with_references(json, &addresses) });
        }
        let mut plan = Plan::default();
        for (entry, (original, incoming)) in originals.iter().zip(read_singles(&rewritten)).enumerate() {
            if let Some(reference) = before.get(&entry) {
                let version = look.version(self.source, reference).await?.version;
                plan.written.push(Written { reference: reference.clone(), version, became: Became::Known });
                continue;
            }
            let resource = self.resource(entry, people, original, incoming)?;
            let known = look.version(self.source, &resource.reference).await?;
            let became = self.becomes(entry, &known, &resource.hash)?;
            let version = known.version + u64::from(became != Became::Known);
            plan.written.push(Written { reference: resource.reference.clone(), version, became });
            if became != Became::Known {
                plan.resources.push(resource);
            }
        }
        Ok(plan)
    }

    /// Whose it is told by the references as they were sent; what is kept has those within the source.
    fn resource(
        &self,
        entry: usize,
        people: &People,
        original: &Incoming,
        rewritten: Incoming,
    ) -> Result<NewResource, WriteError> {
        let told = people.resource(&self.survey, original).map_err(|reason| unprocessable(entry, reason))?;
        let Some(known) = rewritten.resource else { return Err(unprocessable(entry, "it is no resource")) };
        if known.removes || known.document.is_some_and(|document| document.replaces) {
            return Err(unprocessable(entry, "a notice that takes something away comes in a file"));
        }
        Ok(NewResource { hash: known.hash, body: rewritten.text, document: None, ..told })
    }

    fn becomes(&self, entry: usize, known: &KnownVersion, hash: &str) -> Result<Became, WriteError> {
        let fault = |kind, what: &str| Err(WriteError::Fault { entry, kind, what: what.to_owned() });
        if let Asks::Update { if_match: Some(wanted), .. } = &self.asked[entry].asks
            && (known.hash.is_none() || known.version != *wanted)
        {
            let what = format!("the version is {} and not {wanted}: read it, and update that", known.version);
            return fault(FaultKind::Precondition, &what);
        }
        match (&known.hash, &self.asked[entry].asks) {
            (None, _) => Ok(Became::Created),
            (Some(present), _) if present == hash => Ok(Became::Known),
            (Some(_), Asks::Update { .. }) => Ok(Became::Updated),
            (Some(_), _) => fault(
                FaultKind::Conflict,
                "what has this `fullUrl` was created before with other content: update it by PUT",
            ),
        }
    }

    /// What is not created because there is one with its identifier, each by its place, with its reference.
    async fn known_by_identifier(
        &self,
        look: &mut Look<'_, '_>,
        people: &People,
        incoming: &[Incoming],
    ) -> Result<BTreeMap<usize, String>, WriteError> {
        let mut found = BTreeMap::new();
        for (entry, one) in self.asked.iter().enumerate() {
            let Asks::Create { resource_type, unless: Some(identifier) } = &one.asks else { continue };
            let told =
                people.resource(&self.survey, &incoming[entry]).map_err(|reason| unprocessable(entry, reason))?;
            let person = told.of.as_ref().map(|(person, _)| person);
            // Its text as canonical JSON has it.
            let part = serde_json::Value::from(identifier.1.as_str()).to_string();
            let holding = look.holding((self.source, resource_type), person, &part).await?;
            let mut known = holding.into_iter().filter(|(_, body)| has_identifier(body.expose(), identifier));
            match (known.next(), known.next()) {
                (Some(_), Some(_)) => {
                    let what = "several resources have the identifier: update one of them by PUT".to_owned();
                    return Err(WriteError::Fault { entry, kind: FaultKind::Precondition, what });
                }
                (Some((reference, _)), None) => drop(found.insert(entry, reference)),
                _ => {}
            }
        }
        Ok(found)
    }
}

fn unprocessable(entry: usize, what: &str) -> WriteError {
    WriteError::Fault { entry, kind: FaultKind::Unprocessable, what: what.to_owned() }
}

fn has_identifier(body: &str, (system, value): &(String, String)) -> bool {
    let mut tape = Tape::new();
    let Ok(json) = tape.read(body) else { return false };
    let Some(list) = json.member(Json::ROOT, "identifier") else { return false };
    let is = |node, name: &str, wanted: &str| json.member_string(node, name).unwrap_or_default() == wanted;
    let has = |node| is(node, "system", system) && is(node, "value", value);
    // Some types have one identifier, and not a list of them.
    has(list) || json.children(list).any(has)
}

/// The id of what is created: the UUID by which its Bundle names it, or one made of its source and content (RFC 9562,
/// version 8), so that the same request again, after an answer that was lost, creates nothing twice.
fn assigned(source: &str, full_url: Option<&str>, unless: Option<&(String, String)>, json: Json<'_>) -> String {
    let named = full_url.and_then(|url| url.strip_prefix("urn:uuid:")).filter(|id| is_id(id));
    if let Some(id) = named {
        return id.to_owned();
    }
    // The id that is sent along does not count.
    let (anonymous, mut tape) = (with_id(json, "-"), Tape::new());
    let content = tape.read(&anonymous).map(|json| canonical(json, Json::ROOT)).unwrap_or_default();
    let mut hasher = Sha256::new();
    for part in [source, &content] {
        hasher.update(part);
        hasher.update([0]);
    }
    if let Some((system, value)) = unless {
        hasher.update(format!("{system}|{value}"));
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    bytes[6] = 0x80 | (bytes[6] & 0x0F);
    bytes[8] = 0x80 | (bytes[8] & 0x3F);
    let digits = hex(&bytes);
    let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    groups.join("-")
}
