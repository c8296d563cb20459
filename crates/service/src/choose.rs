//! The step that every change of a choice shares: ask the gate, enter, log, in one transaction.

use crate::{Error, Session, ask};
use indgang_gate::Activity;
use indgang_gate::ledger::{Draft, Ledger, LedgerError};
use indgang_model::{Category, Clock, PersonId, Timestamp};
use indgang_store::{House, StoreError, Writer};

/// Enters what `draft` makes of the person's ledger, and gives the numbers of the entries. What holds already is not
/// entered again. A draft that does not hang together is told only when the passage stands in the log.
pub(crate) async fn enter(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    activity: Activity,
    person: &PersonId,
    draft: impl FnOnce(&Ledger, Timestamp) -> Result<Vec<Draft>, LedgerError>,
) -> Result<Vec<u64>, Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let request = ask::request(session, activity, [Category::Wish], [person.clone()], None, now);
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    let mut said = Ok(Vec::new());
    if let Some(mut writer) = logged.writer().await? {
        let ledger = writer.ledger(person).await?;
        said = match draft(&ledger, now) {
            Ok(drafts) => write(&mut writer, ledger, drafts, session, now).await?,
            Err(error) => Err(error),
        };
    }
    ask::answer(logged.commit(now).await?)?;
    Ok(said?)
}

/// All of the drafts or none.
pub(crate) async fn write(
    writer: &mut Writer<'_>,
    mut ledger: Ledger,
    drafts: Vec<Draft>,
    session: &Session,
    now: Timestamp,
) -> Result<Result<Vec<u64>, LedgerError>, StoreError> {
    let before = ledger.entries().len();
    for draft in drafts {
        if !ledger.says_already(&draft) {
            ledger = match ledger.with(draft, session.user(), now) {
                Ok(longer) => longer,
                Err(error) => return Ok(Err(error)),
            };
        }
    }
    let new = &ledger.entries()[before..];
    for entry in new {
        writer.add_choice(entry).await?;
    }
    Ok(Ok(new.iter().map(|entry| entry.sequence).collect()))
}
