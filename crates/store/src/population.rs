//! Questions about everybody, as one person's log shows them: the lines name nobody, and stand once for all.

use crate::error::{signed, unsigned};
use crate::log::{self, Line, Page};
use crate::{House, Passage, StoreError, choices, facts};
use indgang_gate::ledger::Ledger;
use indgang_gate::{AuditEvent, Facts, Grant, UserId, opened_by_population};
use indgang_model::{Category, PersonId, PlaceId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A question about everybody that opened something of a person's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The person.
    pub person: PersonId,
    /// The line, with the kinds of data that it opened of hers.
    pub line: Line,
}

/// What stands in the leaf of a question, and at no other place of a leaf: a text that somebody wrote holds no unescaped
/// quotation mark.
const QUESTION: &str = ",\"activity\":\"query\",\"purpose\":";
const LEAF: &str = "select leaf from log_leaves where leaf_index = $1 and subject is null and permitted = 1";
/// Lines that are looked at together.
const TOGETHER: i64 = 500;

/// The questions about everybody that opened something of one of these persons, the first of them, as far as the grant
/// opens her log; of those on a page after the place `least`, newest first.
///
/// Whether a question opened hers is worked out from what is known of her choices as of then: nothing is written for
/// each person when a question is put.
///
/// # Errors
/// When the database fails or a leaf cannot be read.
pub async fn page(
    house: &House,
    grant: &Grant,
    persons: &[PersonId],
    page: &Page,
    least: Option<u64>,
) -> Result<Vec<Opened>, StoreError> {
    if page.permitted == Some(false) {
        return Ok(Vec::new());
    }
    let mut ledgers = Vec::new();
    for person in persons.iter().filter(|person| grant.covers(person, Category::AuditEvent)) {
        ledgers.push(choices::read(&mut *house.pool.acquire().await?, person).await?);
    }
    let mut parts = log::parts(page)?;
    parts.push(vec![QUESTION.to_owned()]);
    let sql: Arc<str> = log::selection(log::OF_NOBODY, &parts).into();
    let mut askers = BTreeMap::new();
    let (mut opened, mut before) = (Vec::new(), page.before);
    loop {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(Arc::clone(&sql)))
            .bind("")
            .bind(before.map_or(Ok(i64::MAX), |place| signed("log_leaves", place))?)
            .bind(page.from.map_or(i64::MIN, |at| at.as_microsecond()))
            .bind(page.until.map_or(i64::MAX, |at| at.as_microsecond()))
            .bind(0)
            .bind(TOGETHER);
        for part in parts.iter().flatten() {
            query = query.bind(part);
        }
        let rows: Vec<(i64, String)> = query.fetch_all(&house.pool).await?;
        let last = rows.len() < TOGETHER as usize;
        for (index, leaf) in rows {
            let index = unsigned("log_leaves", index)?;
            if least.is_some_and(|least| index <= least) || opened.len() == page.limit as usize {
                return Ok(opened);
            }
            before = Some(index);
            let event = AuditEvent::parse(&leaf).map_err(|_| StoreError::Corrupt("log_leaves"))?;
            opened.extend(of(house, &ledgers, event, index, &mut askers).await?);
        }
        if last {
            return Ok(opened);
        }
    }
}

/// A leaf's text, when it is a permitted question about everybody and the grant opens somebody's log.
///
/// # Errors
/// When the database fails.
pub async fn leaf(house: &House, grant: &Grant, index: u64) -> Result<Option<String>, StoreError> {
    if !grant.subjects().any(|person| grant.covers(person, Category::AuditEvent)) {
        return Ok(None);
    }
    let row: Option<(String,)> =
        sqlx::query_as(LEAF).bind(signed("log_leaves", index)?).fetch_optional(&house.pool).await?;
    Ok(row.map(|(leaf,)| leaf).filter(|leaf| leaf.contains(QUESTION)))
}

impl Passage {
    /// True when a leaf is a permitted question about everybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_population_question(&mut self, index: u64) -> Result<bool, StoreError> {
        let Ok(index) = i64::try_from(index) else { return Ok(false) };
        let row: Option<(String,)> = sqlx::query_as(LEAF).bind(index).fetch_optional(self.connection()).await?;
        Ok(row.is_some_and(|(leaf,)| leaf.contains(QUESTION)))
    }
}

type Askers = BTreeMap<UserId, (Option<PlaceId>, Facts)>;

async fn of(
    house: &House,
    ledgers: &[Ledger],
    mut event: AuditEvent,
    index: u64,
    askers: &mut Askers,
) -> Result<Option<Opened>, StoreError> {
    if !askers.contains_key(&event.who) {
        let asker = facts::asker(&mut *house.pool.acquire().await?, &event.who).await?;
        askers.insert(event.who.clone(), asker);
    }
    let Some((place, known)) = askers.get(&event.who) else { return Ok(None) };
    for ledger in ledgers {
        let mut facts = known.clone();
        ledger.standing(event.at, event.at).tell(event.at, &mut facts);
        let categories = opened_by_population(&event, place.as_ref(), ledger.person(), &facts);
        if !categories.is_empty() {
            event.categories = categories;
            return Ok(Some(Opened { person: ledger.person().clone(), line: Line { index, event } }));
        }
    }
    Ok(None)
}
