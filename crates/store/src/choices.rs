//! The ledgers of what people choose. Entries are added; none is changed or taken out.

use crate::{Connection, House, Passage, StoreError, Writer, error};
use indgang_gate::ledger::{Entry, Ledger, Statement};
use indgang_gate::{Grant, NotCovered, UserId};
use indgang_model::{Category, PersonId};

/// A person's ledger; empty when nothing was ever said.
///
/// # Errors
/// When the grant does not open her wishes, or the database fails.
pub async fn ledger(house: &House, grant: &Grant, person: &PersonId) -> Result<Ledger, StoreError> {
    if !grant.covers(person, Category::Wish) {
        return Err(NotCovered { category: Category::Wish }.into());
    }
    read(&mut *house.pool.acquire().await?, person).await
}

impl Passage {
    /// The persons who at any time gave somebody power of attorney, withdrawn or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn principals_of(&mut self, holder: &PersonId) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("select distinct person_id from choices where holder = $1 order by person_id")
                .bind(&holder.0)
                .fetch_all(self.connection())
                .await?;
        Ok(rows.into_iter().map(|(id,)| PersonId(id)).collect())
    }
}

impl Passage {
    /// True when taking an entry back is a choice on treatment that is not the person's own: a consent to be examined or
    /// looked up for treatment, or a block, that another entered for her. For the question that is put to the gate before
    /// the ledger is read; false for an entry that is not there.
    ///
    /// # Errors
    /// When the database fails or the entry cannot be read.
    pub async fn is_anothers_treatment_choice(&mut self, person: &PersonId, sequence: u64) -> Result<bool, StoreError> {
        let Some((statement, own)) = self.said(person, sequence).await? else { return Ok(false) };
        let Statement::Withdrawal(withdrawn) = statement else { return Ok(statement.on_treatment() && !own) };
        let before = self.said(person, withdrawn).await?;
        Ok(!own && before.is_some_and(|(statement, own)| statement.on_treatment() && !own))
    }

    /// What an entry says, and whether the person herself recorded it.
    async fn said(&mut self, person: &PersonId, sequence: u64) -> Result<Option<(Statement, bool)>, StoreError> {
        let row: Option<(String, i64)> = sqlx::query_as(
            "select statement, (select count(*) from users where users.id = recorded_by and users.person_id = $1) \
             from choices where choices.person_id = $1 and sequence = $2",
        )
        .bind(&person.0)
        .bind(error::signed("choices", sequence)?)
        .fetch_optional(self.connection())
        .await?;
        row.map(|(statement, own)| Ok((error::stored_json("choices", &statement)?, own > 0))).transpose()
    }
}

impl Writer<'_> {
    /// A person's ledger as it stands in this transaction.
    ///
    /// # Errors
    /// When the grant does not open her wishes, or the database fails.
    pub async fn ledger(&mut self, person: &PersonId) -> Result<Ledger, StoreError> {
        self.demand(person, Category::Wish)?;
        read(self.tx, person).await
    }

    /// Adds an entry that [`Ledger::next`] made of the ledger of this transaction.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is an entry of its number, [`StoreError::NotCovered`] when the grant does not
    /// open the person's wishes, or when the database fails.
    pub async fn add_choice(&mut self, entry: &Entry) -> Result<(), StoreError> {
        self.demand(&entry.person, Category::Wish)?;
        let holder = match &entry.statement {
            Statement::PowerOfAttorney(holder) => Some(holder.0.as_str()),
            _ => None,
        };
        let added = sqlx::query(
            "insert into choices (person_id, sequence, recorded_at, recorded_by, valid_from, valid_until, holder, \
             statement) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (person_id, sequence) do nothing",
        )
        .bind(&entry.person.0)
        .bind(error::signed("choices", entry.sequence)?)
        .bind(entry.recorded_at.to_string())
        .bind(&entry.recorded_by.0)
        .bind(entry.from.to_string())
        .bind(entry.until.map(|until| until.to_string()))
        .bind(holder)
        .bind(error::to_json("choices", &entry.statement)?)
        .execute(&mut *self.tx)
        .await?;
        if added.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Exists("choices")) }
    }
}

type Row = (i64, String, String, String, Option<String>, String);

pub(crate) async fn read(tx: &mut Connection, person: &PersonId) -> Result<Ledger, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select sequence, recorded_at, recorded_by, valid_from, valid_until, statement from choices \
         where person_id = $1 order by sequence",
    )
    .bind(&person.0)
    .fetch_all(tx)
    .await?;
    let entries = rows.into_iter().map(|row| entry(person, row)).collect::<Result<_, _>>()?;
    Ledger::new(person.clone(), entries).map_err(|_| StoreError::Corrupt("choices"))
}

pub(crate) fn entry(person: &PersonId, row: Row) -> Result<Entry, StoreError> {
    let (sequence, recorded_at, recorded_by, from, until, statement) = row;
    Ok(Entry {
        sequence: error::unsigned("choices", sequence)?,
        person: person.clone(),
        statement: error::stored_json("choices", &statement)?,
        from: error::stored("choices", &from)?,
        until: until.map(|text| error::stored("choices", &text)).transpose()?,
        recorded_at: error::stored("choices", &recorded_at)?,
        recorded_by: UserId(recorded_by),
    })
}
