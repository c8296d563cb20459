//! Answers that are begun and not sent: saved, taken up again, thrown away. Only who writes them sees them.

use super::NewAnswers;
use crate::{Error, Session, ask};
use indgang_gate::{Activity, Grant};
use indgang_model::{Category, Clock, PersonId, Sensitive, Timestamp};
use indgang_store::{House, drafts};
use std::collections::BTreeMap;

/// Most bytes of what is typed.
const LARGEST: usize = 256 << 10;

/// What stands in the fields, by `linkId`.
pub type TypedFields = BTreeMap<String, Vec<String>>;

/// A draft in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine {
    /// Key of the questionnaire.
    pub key: String,
    /// When it was saved.
    pub saved_at: Timestamp,
}

/// A draft that is taken up again.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftView {
    /// The version that was filled in.
    pub version: String,
    /// The name of the form.
    pub form: String,
    /// What stands in the fields.
    pub typed: TypedFields,
}

/// Saves what she has written so far, in place of an earlier draft of the same questionnaire; it is judged when it is sent.
///
/// # Errors
/// [`Error::Refused`], [`Error::Input`] for more than a form can hold, or when the store fails.
pub async fn save_draft(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    new: &NewAnswers,
    typed: &TypedFields,
) -> Result<(), Error> {
    super::named_form(&new.form)?;
    let unfit = |_| Error::Input("the form cannot be read: open the questionnaire again".to_owned());
    let text = serde_json::to_string(typed).map_err(unfit)?;
    if text.len() > LARGEST {
        return Err(Error::Input("the draft is larger than 256 KB: shorten the answers".to_owned()));
    }
    let now = clock.now();
    let draft = drafts::Draft {
        questionnaire: new.key.clone(),
        version: new.version.clone(),
        form: new.form.clone(),
        typed: Sensitive::new(text),
        saved_at: now,
    };
    change(house, session, new.person.as_ref(), now, async |writer, own, person| {
        writer.save_draft(own, person, &draft).await
    })
    .await
}

/// Throws her draft of a questionnaire away.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn discard_draft(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: Option<&PersonId>,
    key: &str,
) -> Result<(), Error> {
    change(house, session, person, clock.now(), async |writer, own, person| writer.forget_draft(own, person, key).await)
        .await
}

async fn change(
    house: &House,
    session: &Session,
    person: Option<&PersonId>,
    now: Timestamp,
    act: impl AsyncFnOnce(&mut indgang_store::Writer<'_>, &PersonId, &PersonId) -> Result<(), indgang_store::StoreError>,
) -> Result<(), Error> {
    let person = person.or(session.person()).cloned();
    let request =
        ask::request(session, Activity::Donate, [Category::PatientReportedOutcome], person.clone(), None, now);
    let mut passage = house.passage().await?;
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    if let (Some(mut writer), Some(own), Some(person)) = (logged.writer().await?, session.person(), &person) {
        act(&mut writer, own, person).await?;
    }
    ask::answer(logged.commit(now).await?)?;
    Ok(())
}

/// Her draft of a questionnaire; `None` when she has none.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn draft(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: Option<&PersonId>,
    key: &str,
) -> Result<Option<DraftView>, Error> {
    let person = person.or(session.person()).cloned();
    let categories = [Category::PatientReportedOutcome];
    let request = ask::request(session, Activity::ReadRecord, categories, person.clone(), None, clock.now());
    let (grant, _) = ask::read(house.passage().await?, &request).await?;
    let (Some(own), Some(person)) = (session.person(), person) else { return Ok(None) };
    for guarded in drafts::of_writer(house, &grant, own, &person).await? {
        let draft = guarded.into_open(&grant)?;
        if draft.questionnaire == key {
            let typed = serde_json::from_str(draft.typed.expose()).unwrap_or_default();
            return Ok(Some(DraftView { version: draft.version, form: draft.form, typed }));
        }
    }
    Ok(None)
}

/// Her drafts for a person, the latest first.
pub(super) async fn lines(
    house: &House,
    grant: &Grant,
    session: &Session,
    person: &PersonId,
) -> Result<Vec<DraftLine>, Error> {
    let Some(own) = session.person() else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    for guarded in drafts::of_writer(house, grant, own, person).await? {
        let draft = guarded.into_open(grant)?;
        lines.push(DraftLine { key: draft.questionnaire, saved_at: draft.saved_at });
    }
    Ok(lines)
}
