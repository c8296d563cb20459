//! A question in SQL about everybody in the registers, for somebody with a purpose and a permit.

use crate::registers::{lake_folder, manifest_of};
use crate::{Error, ask, session};
use indgang_gate::{Activity, Grounds, Request, UserId, decide_population};
use indgang_lake::house::{Answer, Blinding, View};
use indgang_lake::{Cells, LakeError, Limits, to_cells, to_parquet, write_csv};
use indgang_model::{CaseId, Category, Clock, LegalBasis, PermitId, Purpose};
use indgang_store::lake::{self, Answered};
use indgang_store::permits::{self, NewPermit};
use indgang_store::questions::Outcome;
use indgang_store::{House, StoreError, questions, users};

/// A question.
#[derive(Debug, Clone)]
pub struct Query {
    /// Who asks.
    pub user: UserId,
    /// Why.
    pub purpose: Purpose,
    /// The permit she works under.
    pub permit: Option<PermitId>,
    /// The case that the question serves.
    pub case: Option<CaseId>,
    /// Who puts the question in her name, when she does not herself.
    pub asked_by: Option<String>,
    /// The question; `None` to be told which tables and columns are open.
    pub sql: Option<String>,
    /// The snapshot; `None` for the present one.
    pub snapshot: Option<u64>,
    /// What it may use.
    pub limits: Limits,
}

/// What a question got.
#[derive(Debug, Clone)]
pub struct Queried {
    /// The answer; `None` when only the tables were asked for.
    pub answer: Option<Answer>,
    /// The open tables, each with its columns and what they mean.
    pub tables: Vec<(String, Vec<(String, String)>)>,
    /// The rule that opened.
    pub rule: LegalBasis,
    /// Index of the passage in the log.
    pub log_index: u64,
    /// The snapshot that answered.
    pub snapshot: u64,
}

/// Kinds of data that stand in registers.
const CATEGORIES: [Category; 5] =
    [Category::Encounter, Category::Laboratory, Category::Medication, Category::Phenotype, Category::Specimen];
/// How often an answer is judged anew because another of the same permit came before it.
const TRIES: u32 = 5;

impl Queried {
    /// The first rows of the answer as texts.
    ///
    /// # Errors
    /// When a value cannot be shown.
    pub fn cells(&self, most: usize) -> Result<Cells, Error> {
        Ok(to_cells(self.rows(), most)?)
    }

    /// The answer as CSV.
    ///
    /// # Errors
    /// When a value cannot be written.
    pub fn csv(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        write_csv(self.rows(), &mut bytes)?;
        Ok(bytes)
    }

    /// The answer as a Parquet file.
    ///
    /// # Errors
    /// When the answer has no columns or cannot be written.
    pub fn parquet(&self) -> Result<Vec<u8>, Error> {
        Ok(to_parquet(self.rows())?)
    }

    fn rows(&self) -> &[indgang_lake::RecordBatch] {
        self.answer.as_ref().map_or(&[], |answer| &answer.rows)
    }
}

/// Puts a question, and keeps its words for the one who asks. The passage stands in the log before anything is read, and
/// what is shown is remembered before it is told. `random` are two times 32 secret random bytes, for keys that the house does not have yet.
///
/// # Errors
/// [`Error::UnknownUser`], [`Error::Refused`] by the gate, [`Error::Lake`] by the lake, or when the store fails.
pub async fn query(house: &House, clock: &dyn Clock, query: &Query, random: [[u8; 32]; 2]) -> Result<Queried, Error> {
    let queried = put(house, clock, query, random).await;
    let outcome = match &queried {
        Ok(_) => Outcome::Answered,
        Err(Error::Refused(_) | Error::Lake(LakeError::Refused { .. } | LakeError::NotAllowed(_))) => Outcome::Refused,
        Err(_) => Outcome::Failed,
    };
    if let (Some(sql), false) = (&query.sql, matches!(queried, Err(Error::UnknownUser(_)))) {
        questions::keep(house, &query.user, query.permit.as_ref(), sql, outcome, clock.now()).await?;
    }
    queried
}

async fn put(house: &House, clock: &dyn Clock, query: &Query, random: [[u8; 32]; 2]) -> Result<Queried, Error> {
    let Opened { view, rule, log_index, snapshot } = open(house, clock, query, random).await?;
    let answer = match &query.sql {
        Some(sql) => Some(answer(house, clock, &view, sql, &query.limits).await?),
        None => None,
    };
    let tables =
        view.tables().map(|(register, columns)| (format!("{} ({})", register.name, register.means_en), columns));
    Ok(Queried { answer, tables: tables.collect(), rule, log_index, snapshot })
}

/// What the gate has opened of the lake.
pub(crate) struct Opened {
    /// The tables.
    pub(crate) view: View,
    /// The rule that opened.
    pub(crate) rule: LegalBasis,
    /// Index of the passage in the log.
    pub(crate) log_index: u64,
    /// The snapshot.
    pub(crate) snapshot: u64,
}

/// Asks the gate, and opens what it grants. The passage stands in the log when this returns.
pub(crate) async fn open(
    house: &House,
    clock: &dyn Clock,
    query: &Query,
    random: [[u8; 32]; 2],
) -> Result<Opened, Error> {
    let unknown = || Error::UnknownUser(query.user.0.clone());
    let user = users::enabled(house, &query.user).await?.ok_or_else(unknown)?;
    let now = clock.now();
    let mut passage = house.passage().await?;
    let mut request = Request {
        actor: session::actor_of(&user),
        activity: Activity::Query,
        purpose: query.purpose,
        categories: CATEGORIES.into(),
        subjects: passage.apart().await?.into_iter().collect(),
        case: query.case.clone(),
        grounds: Grounds { permit: query.permit.clone(), asked_by: query.asked_by.clone(), ..Grounds::default() },
        at: now,
    };
    let facts = passage.facts(&request).await?;
    // Under a permit, no more is asked for than it covers.
    if let Some(permit) = facts.permits.iter().find(|permit| Some(&permit.id) == query.permit.as_ref()) {
        let covered: Vec<Category> = CATEGORIES.into_iter().filter(|c| permit.categories.contains(c)).collect();
        if !covered.is_empty() {
            request.categories = covered.into_iter().collect();
        }
    }
    let logged = passage.log(decide_population(&request, &facts)).await?;
    let (grant, rule) = ask::answer(logged.commit(now).await?)?;
    let (snapshot, manifest) = manifest_of(house, query.snapshot).await?;
    let blinding = Blinding::new(&lake::secret(house, "persons", random[0]).await?);
    let apart = lake::blinded(house, &grant, |cpr| blinding.person(cpr)).await?;
    let domain = grant.population().map_or_else(String::new, |population| population.pseudonym_domain().to_owned());
    let secret = lake::secret(house, &domain, random[1]).await?;
    let view = View::new(&grant, &apart, &secret, &lake_folder(house), &manifest)?;
    Ok(Opened { view, rule, log_index: grant.log_index(), snapshot })
}

async fn answer(house: &House, clock: &dyn Clock, view: &View, sql: &str, limits: &Limits) -> Result<Answer, Error> {
    for _ in 0..TRIES {
        let earlier = lake::answered(house, view.domain()).await?;
        let sequence = earlier.last().map_or(1, |last| last.sequence + 1);
        let cells: Vec<Vec<u8>> = earlier.into_iter().map(|answered| answered.cells).collect();
        let answer = indgang_lake::house::ask(view, sql, limits, &cells).await?;
        // What was shown before is not shown more by being shown again.
        let Some(shown) = answer.cells.clone().filter(|shown| !cells.contains(shown)) else { return Ok(answer) };
        match lake::remember(house, view.domain(), &Answered { sequence, cells: shown }, clock.now()).await {
            Ok(()) => return Ok(answer),
            // Another was answered meanwhile: with that, this one may tell more.
            Err(StoreError::Exists(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Store(StoreError::Busy))
}

/// Adds a permit with its members, or brings it up to date.
///
/// # Errors
/// When the store fails.
pub async fn register_permit(house: &House, permit: &NewPermit) -> Result<(), Error> {
    Ok(permits::register(house, permit).await?)
}
