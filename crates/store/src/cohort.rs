//! The house's own cohort: what each person carries, and the counts over everybody.
//!
//! Who was withdrawn is not counted, however often she is taken in, until she is readmitted.
//!
//! INVARIANT: `cohort_counts` is the sum of `call_sets`. Both change in one transaction, by what comes and what goes.

use crate::error::{signed, to_word, unsigned};
use crate::{Connection, House, StoreError, Writer};
use indgang_gate::{Grant, NotCovered};
use indgang_genomics::cohort::{Bin, CallSet, CohortError, Counts};
use indgang_interpret::own_cohort::OwnCohort;
use indgang_model::{Assembly, CaseId, Category, PersonId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one insert: three parameters each, far under the least that the databases allow (999).
const ROWS: usize = 100;

/// A person's call set on a genome build; `None` when the house has none.
///
/// # Errors
/// When the grant does not open her genome, or the database fails.
pub async fn call_set(
    house: &House,
    grant: &Grant,
    person: &PersonId,
    assembly: Assembly,
) -> Result<Option<CallSet>, StoreError> {
    if !grant.covers(person, Category::Genome) {
        return Err(NotCovered { category: Category::Genome }.into());
    }
    stored_set(&mut *house.pool.acquire().await?, person, assembly).await
}

/// The cohort without the persons of the grant: nobody is compared with her own family.
///
/// # Errors
/// When the grant does not open the genome of one of its persons whom the cohort counts, or the database fails.
pub async fn without_subjects(house: &House, grant: &Grant, assembly: Assembly) -> Result<OwnCohort, StoreError> {
    // One transaction: counts and call sets of the same moment.
    let mut tx = house.database.begin_to_read(&house.pool).await?;
    let counts = all_counts(&mut tx, assembly).await?;
    let mut families: BTreeMap<String, u32> = BTreeMap::new();
    let members: Vec<(String, String)> = sqlx::query_as("select person_id, case_id from call_sets where assembly = $1")
        .bind(to_word("call_sets", &assembly)?)
        .fetch_all(&mut *tx)
        .await?;
    let subjects: BTreeSet<&PersonId> = grant.subjects().collect();
    let mut own_family = Vec::new();
    for (person, case) in members {
        let person = PersonId(person);
        if !subjects.contains(&person) {
            *families.entry(case).or_default() += 1;
            continue;
        }
        if !grant.covers(&person, Category::Genome) {
            return Err(NotCovered { category: Category::Genome }.into());
        }
        own_family.extend(stored_set(&mut tx, &person, assembly).await?);
    }
    tx.rollback().await?;
    let others: Vec<u32> = families.into_values().collect();
    OwnCohort::new(counts, &others, &own_family).map_err(corrupt)
}

/// True when the stored counts are what counting again from the call sets gives.
///
/// # Errors
/// When something stored cannot be read, or the database fails.
// tidy: no grant, because it says yes or no about the house and nothing about a person.
pub async fn counts_hold(house: &House) -> Result<bool, StoreError> {
    let mut tx = house.database.begin_to_read(&house.pool).await?;
    for assembly in [Assembly::GRCh37, Assembly::GRCh38] {
        let people: Vec<(String,)> = sqlx::query_as("select person_id from call_sets where assembly = $1")
            .bind(to_word("call_sets", &assembly)?)
            .fetch_all(&mut *tx)
            .await?;
        let mut again: BTreeMap<Bin, Counts> = BTreeMap::new();
        for (person,) in people {
            let set = stored_set(&mut tx, &PersonId(person), assembly).await?;
            for (bin, carried) in set.iter().flat_map(CallSet::bins) {
                again.entry(bin).or_default().add(carried);
            }
        }
        if again != all_counts(&mut tx, assembly).await? {
            return Ok(false);
        }
    }
    tx.rollback().await?;
    Ok(true)
}

impl Writer<'_> {
    /// Counts persons by what they carry, through a case. Each counts once: who was counted before, in this case or
    /// another, is subtracted first; who comes with the same call set changes nothing, and who was withdrawn is passed
    /// over.
    ///
    /// # Errors
    /// When the grant is not for the case or does not cover a person's genome, or the database fails.
    pub async fn add_call_sets(
        &mut self,
        case: &CaseId,
        assembly: Assembly,
        sets: &[(&PersonId, &CallSet)],
    ) -> Result<(), StoreError> {
        self.demand_case(case)?;
        let mut change = Change::default();
        for (person, set) in sets {
            self.demand(person, Category::Genome)?;
            let before = stored_set(self.tx, person, assembly).await?;
            if before.as_ref() == Some(*set) || is_withdrawn(self.tx, person).await? {
                continue;
            }
            change.gone.extend(before);
            change.come.push((*set).clone());
            sqlx::query(
                "insert into call_sets (person_id, assembly, case_id, alleles) values ($1, $2, $3, $4) \
                 on conflict (person_id, assembly) do update set case_id = excluded.case_id, alleles = excluded.alleles",
            )
            .bind(&person.0)
            .bind(to_word("call_sets", &assembly)?)
            .bind(&case.0)
            .bind(set.encode())
            .execute(&mut *self.tx)
            .await?;
        }
        recount(self.tx, assembly, &change).await
    }

    /// Takes a person out of the cohort, on every genome build and from now on: subtracts what she added and forgets her
    /// call sets. True when she was counted.
    ///
    /// # Errors
    /// When the grant does not cover her genome, the house does not know her, or the database fails.
    pub async fn withdraw_call_sets(&mut self, person: &PersonId, at: Timestamp) -> Result<bool, StoreError> {
        self.demand(person, Category::Genome)?;
        let withdrawal =
            "insert into cohort_withdrawals (person_id, withdrawn_at) values ($1, $2) on conflict do nothing";
        sqlx::query(withdrawal).bind(&person.0).bind(at.to_string()).execute(&mut *self.tx).await?;
        let mut counted = false;
        for assembly in [Assembly::GRCh37, Assembly::GRCh38] {
            let Some(set) = stored_set(self.tx, person, assembly).await? else { continue };
            sqlx::query("delete from call_sets where person_id = $1 and assembly = $2")
                .bind(&person.0)
                .bind(to_word("call_sets", &assembly)?)
                .execute(&mut *self.tx)
                .await?;
            recount(self.tx, assembly, &Change { gone: vec![set], come: Vec::new() }).await?;
            counted = true;
        }
        Ok(counted)
    }

    /// Lets a person who was withdrawn be counted again when she is next taken in. True when she was withdrawn.
    ///
    /// # Errors
    /// When the grant does not cover her genome, or the database fails.
    pub async fn readmit_call_sets(&mut self, person: &PersonId) -> Result<bool, StoreError> {
        self.demand(person, Category::Genome)?;
        let gone = sqlx::query("delete from cohort_withdrawals where person_id = $1").bind(&person.0);
        Ok(gone.execute(&mut *self.tx).await?.rows_affected() > 0)
    }
}

async fn is_withdrawn(tx: &mut Connection, person: &PersonId) -> Result<bool, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("select person_id from cohort_withdrawals where person_id = $1")
        .bind(&person.0)
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}

/// Who leaves the counts, and who joins them.
#[derive(Default)]
struct Change {
    gone: Vec<CallSet>,
    come: Vec<CallSet>,
}

async fn recount(tx: &mut Connection, assembly: Assembly, change: &Change) -> Result<(), StoreError> {
    let bins = |sets: &[CallSet]| sets.iter().flat_map(CallSet::bins).map(|(bin, _)| bin).collect::<BTreeSet<Bin>>();
    let touched = &bins(&change.gone) | &bins(&change.come);
    if touched.is_empty() {
        return Ok(());
    }
    let mut counts = all_counts(tx, assembly).await?;
    for (bin, carried) in change.gone.iter().flat_map(CallSet::bins) {
        counts.get_mut(&bin).ok_or(CohortError::NotCounted).and_then(|c| c.subtract(carried)).map_err(corrupt)?;
    }
    for (bin, carried) in change.come.iter().flat_map(CallSet::bins) {
        counts.entry(bin).or_default().add(carried);
    }
    let word = to_word("cohort_counts", &assembly)?;
    let (empty, full): (Vec<Bin>, Vec<Bin>) =
        touched.into_iter().partition(|bin| counts.get(bin).is_none_or(Counts::is_empty));
    for bin in empty {
        sqlx::query("delete from cohort_counts where assembly = $1 and bin = $2")
            .bind(&word)
            .bind(signed("cohort_counts", bin.number().into())?)
            .execute(&mut *tx)
            .await?;
    }
    for bins in full.chunks(ROWS) {
        let places: Vec<String> = (0..bins.len()).map(|n| format!("($1, ${}, ${})", 2 * n + 2, 2 * n + 3)).collect();
        let statement = format!(
            "insert into cohort_counts (assembly, bin, counts) values {} \
             on conflict (assembly, bin) do update set counts = excluded.counts",
            places.join(", ")
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(&word);
        for bin in bins {
            let bytes = counts.get(bin).map(Counts::encode).unwrap_or_default();
            query = query.bind(signed("cohort_counts", bin.number().into())?).bind(bytes);
        }
        query.execute(&mut *tx).await?;
    }
    Ok(())
}

async fn all_counts(tx: &mut Connection, assembly: Assembly) -> Result<BTreeMap<Bin, Counts>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as("select bin, counts from cohort_counts where assembly = $1")
        .bind(to_word("cohort_counts", &assembly)?)
        .fetch_all(tx)
        .await?;
    let mut all = BTreeMap::new();
    for (bin, bytes) in rows {
        let number =
            u32::try_from(unsigned("cohort_counts", bin)?).map_err(|_| StoreError::Corrupt("cohort_counts"))?;
        all.insert(Bin::from_number(number), Counts::decode(&bytes).map_err(corrupt)?);
    }
    Ok(all)
}

async fn stored_set(tx: &mut Connection, person: &PersonId, assembly: Assembly) -> Result<Option<CallSet>, StoreError> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("select alleles from call_sets where person_id = $1 and assembly = $2")
            .bind(&person.0)
            .bind(to_word("call_sets", &assembly)?)
            .fetch_optional(tx)
            .await?;
    row.map(|(bytes,)| CallSet::decode(&bytes).map_err(corrupt)).transpose()
}

fn corrupt(error: CohortError) -> StoreError {
    StoreError::Corrupt(match error {
        CohortError::Unreadable => "call_sets",
        CohortError::NotCounted => "cohort_counts",
    })
}
