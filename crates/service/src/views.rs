//! What a page or a command gets: data already filtered to what the one who asks may see.

use indgang_gate::ledger::Statement;
use indgang_gate::{Activity, BrokenGlass, Refusals, RelationGrade, Representation, UserId};
use indgang_interpret::acmg::Change;
use indgang_interpret::report::{ResultKind, SecondaryFinding};
use indgang_model::{
    CaseId, Category, LegalBasis, PermitId, PersonId, PhenotypicFeature, Purpose, Role, SecondaryFindingWish,
    Sensitive, Timestamp, Wishes,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use indgang_store::cases::CaseStatus;
use indgang_store::follow_ups::Judgement as FollowUpJudgement;
use indgang_store::places::Place;
use indgang_store::reports::Summary;

/// Somebody who can be chosen at the demo's sign-in page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoUser {
    /// Identifier to sign in with.
    pub id: UserId,
    /// Name on the page.
    pub display_name: Sensitive<String>,
    /// Capacity.
    pub role: Role,
    /// Organisation.
    pub organisation: String,
    /// On whose responsibility she acts.
    pub on_responsibility_of: Option<UserId>,
}

/// A fresh session.
#[derive(Debug)]
pub struct SignedIn {
    /// The secret for the cookie; only its hash is stored.
    pub token: Sensitive<String>,
    /// When it ends.
    pub expires: Timestamp,
}

/// One line of the list of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseLine {
    /// The case.
    pub id: CaseId,
    /// What it is called, in Danish.
    pub label: String,
    /// The same in English; empty when it is not known.
    pub label_en: String,
    /// The proband's name; `None` for those who work pseudonymised.
    pub proband: Option<Sensitive<String>>,
    /// How far it is.
    pub status: CaseStatus,
    /// True when a conclusion is written, signed or not.
    pub concluded: bool,
    /// The signs seen in the proband; empty for those who may not see them.
    pub signs: Vec<PhenotypicFeature>,
    /// Kind of answer, when interpreted.
    pub result: Option<ResultKind>,
    /// Gene, mode and reason of the first finding, when there is one.
    pub first_finding: Option<FirstFinding>,
    /// How long the interpretation took, in milliseconds.
    pub milliseconds: u64,
    /// When it came into the house.
    pub created: Timestamp,
}

/// The first finding, in short.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstFinding {
    /// Gene symbol.
    pub gene: String,
    /// Disease, when known.
    pub disease: Option<String>,
    /// The weightiest reason, English.
    pub why: String,
    /// The weightiest reason, Danish.
    pub why_da: String,
}

/// A case as the viewer may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// The case.
    pub id: CaseId,
    /// What it is called, in Danish.
    pub label: String,
    /// The same in English; empty when it is not known.
    pub label_en: String,
    /// How far it is.
    pub status: CaseStatus,
    /// Everybody of the family whom the house knows.
    pub people: Vec<CasePerson>,
    /// The report with a line for each finding. Its `secondary_findings` is always empty here (see `people`), and
    /// `quality.relations` and `quality.mendelian` are empty unless `relations_visible`.
    pub report: Summary,
    /// True for the laboratory role, which alone sees relatedness, Mendelian errors and counts of the own cohort.
    pub relations_visible: bool,
    /// ACMG criteria set by hand, oldest first; they are in the report's findings already. Empty, and not in the findings,
    /// for who may not read the laboratory's words.
    pub criteria: Vec<SetCriterion>,
    /// Conclusions, latest last.
    pub conclusions: Vec<Conclusion>,
    /// Signature, when signed.
    pub signature: Option<Signature>,
    /// True when the viewer's role may conclude and sign.
    pub may_conclude: bool,
    /// The rule that opened the case.
    pub rule: LegalBasis,
    /// Index of this reading in the log.
    pub log_index: u64,
}

/// One person of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct CasePerson {
    /// The person.
    pub id: PersonId,
    /// Her sample's name in the report.
    pub sample: String,
    /// Her name; `None` for those who work pseudonymised.
    pub name: Option<Sensitive<String>>,
    /// Her CPR number, `ddmmyyxxxx`; `None` for those who work pseudonymised.
    pub cpr: Option<Sensitive<String>>,
    /// What she wished as to secondary findings; `None` when the viewer may not see it.
    pub secondary_finding_wish: Option<SecondaryFindingWish>,
    /// True when hers were looked for: she had wished them when the case was interpreted, and wishes them still.
    pub secondary_examined: bool,
    /// Her secondary findings as wished, those that were left out of the report with them; empty when she wished none or
    /// the viewer may not see them.
    pub secondary_findings: Vec<JudgedSecondaryFinding>,
    /// How surely the viewer has her in treatment; `None` for who is no authorised health professional.
    pub relation: Option<RelationGrade>,
    /// Kinds of data that she has blocked and that are left out. Only an authorised health professional in treatment is
    /// told: she may ask the patient, or break the glass. Empty for everybody else.
    pub withheld: Vec<Category>,
}

/// A secondary finding with what professionals said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedSecondaryFinding {
    /// The finding, with the genotypes of those alone to whom it would be told of themselves.
    pub finding: SecondaryFinding,
    /// What was said, oldest first.
    pub said: Vec<SecondaryJudgement>,
}

impl JudgedSecondaryFinding {
    /// True when it does not go with the report.
    pub fn is_left_out(&self) -> bool {
        self.said.last().is_some_and(|last| last.left_out)
    }
}

/// A secondary finding was left out of the report, or put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondaryJudgement {
    /// True when it was left out.
    pub left_out: bool,
    /// Who said it, as the house shows her.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Sensitive<String>,
}

/// A criterion that somebody set by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCriterion {
    /// The finding, by [`indgang_interpret::report::Finding::name`].
    pub finding: String,
    /// What was set, by whom as the house shows her, when and why.
    pub change: Change,
}

/// A conclusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// Who wrote it.
    pub author: UserId,
    /// Display name of the author.
    pub author_name: String,
    /// The text.
    pub text: Sensitive<String>,
    /// The kind of result it confirms; `None` when it was written before the house asked.
    pub result: Option<ResultKind>,
    /// Ranks of the findings judged to be the cause, in the report that was the latest then.
    pub causes: Vec<u32>,
    /// True when the cause was judged to be known and none of the ranked findings.
    pub cause_elsewhere: bool,
    /// When.
    pub at: Timestamp,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who signed.
    pub by: UserId,
    /// Display name of the signer.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
}

/// What a citizen sees of results: her own and those of children under 15 in her custody.
#[derive(Debug, Clone, PartialEq)]
pub struct CitizenView {
    /// Herself first, then the children.
    pub people: Vec<CitizenPerson>,
    /// Index of this reading in the log.
    pub log_index: u64,
}

/// One person a citizen may see results of.
#[derive(Debug, Clone, PartialEq)]
pub struct CitizenPerson {
    /// The person.
    pub id: PersonId,
    /// Name.
    pub name: Sensitive<String>,
    /// True for the citizen herself.
    pub herself: bool,
    /// Cases in which she is examined or takes part. A case that is not signed shows its status only.
    pub cases: Vec<CitizenCase>,
}

/// One case seen by a citizen.
#[derive(Debug, Clone, PartialEq)]
pub struct CitizenCase {
    /// The case.
    pub id: CaseId,
    /// True when the case is about this person; false when she takes part as a relative.
    pub about_her: bool,
    /// The answer; `None` until it is signed.
    pub signed: Option<CitizenResult>,
}

/// A signed answer in plain words.
#[derive(Debug, Clone, PartialEq)]
pub struct CitizenResult {
    /// Kind of answer to the question, as the geneticist confirmed it; `None` for a relative, whose question it was not.
    pub result: Option<ResultKind>,
    /// Gene and disease of the findings that the geneticist judged to be the cause, when she says diagnostic.
    pub findings: Vec<CitizenFinding>,
    /// The laboratory's conclusion; `None` for a relative.
    pub conclusion: Option<Sensitive<String>>,
    /// Whether secondary findings were looked for.
    pub examined: Examined,
    /// Secondary findings, as wished.
    pub secondary_findings: Vec<CitizenFinding>,
    /// Who signed, and when.
    pub signature: Signature,
}

/// Whether a person's secondary findings were looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Examined {
    /// She wishes to be told of none.
    NotWished,
    /// She wishes them now, and did not when the case was interpreted.
    No,
    /// They were.
    Yes,
}

/// A finding in plain words.
#[derive(Debug, Clone, PartialEq)]
pub struct CitizenFinding {
    /// Gene symbol.
    pub gene: String,
    /// Disease, when known.
    pub disease: Option<String>,
    /// Mode of inheritance as its stable name in the report (`de_novo`, …); empty for secondary findings.
    pub mode_of_inheritance: String,
    /// Recurrence risk, English; empty for secondary findings.
    pub recurrence: String,
    /// Recurrence risk, Danish; empty for secondary findings.
    pub recurrence_da: String,
}

/// One line of a citizen's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Place in the log.
    pub index: u64,
    /// Whose data.
    pub person: PersonId,
    /// As what the reader reads the line; `None` for her own.
    pub capacity: Option<Capacity>,
    /// True for a question about everybody: her data may have been counted, and nobody can tell whether they were.
    pub everybody: bool,
    /// When.
    pub at: Timestamp,
    /// Who, as the log holds it.
    pub who: UserId,
    /// Her name as the house shows it, when she is a user of the house who is not a citizen, or acts for the person by law.
    pub who_name: Option<String>,
    /// Capacity.
    pub role: Role,
    /// Organisation.
    pub organisation: String,
    /// On whose responsibility.
    pub on_responsibility_of: Option<UserId>,
    /// That person's name as the house shows it, under the same condition as `who_name`.
    pub on_responsibility_of_name: Option<String>,
    /// What she wanted to do.
    pub activity: Activity,
    /// Why.
    pub purpose: Purpose,
    /// Kinds of data.
    pub categories: BTreeSet<Category>,
    /// Case.
    pub case: Option<CaseId>,
    /// True when permitted, false when refused.
    pub permitted: bool,
    /// Rule and paragraph.
    pub rule: LegalBasis,
    /// Kinds of data that were asked for and left out.
    pub withheld: BTreeSet<Category>,
    /// How the glass was broken, and why.
    pub breaking_glass: Option<BrokenGlass>,
    /// The permit it was done under.
    pub permit: Option<PermitId>,
    /// True when somebody must judge the reading afterwards.
    pub follow_up: bool,
    /// The system of an institution that put the question in her name.
    pub asked_by: Option<String>,
    /// How it was judged, once somebody has or the registers showed the treatment.
    pub judgement: Option<FollowUpJudgement>,
    /// Name of who judged, under the same condition as `who_name`.
    pub judged_by_name: Option<String>,
}

/// What is needed to verify one line without the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogProof {
    /// The leaf's bytes.
    pub leaf: String,
    /// Its place.
    pub index: u64,
    /// The tree's size.
    pub size: u64,
    /// Hashes from the leaf's sibling to the root's child, hexadecimal.
    pub path: Vec<String>,
    /// The root, hexadecimal.
    pub root: String,
    /// When the checkpoint was signed.
    pub signed_at: Timestamp,
    /// The checkpoint's signature, hexadecimal.
    pub signature: String,
    /// The log's public key, hexadecimal.
    pub public_key: String,
}

/// The choices of everybody a citizen reads or decides for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyChoices {
    /// Herself first.
    pub people: Vec<PersonChoices>,
    /// Professionals by identifier, as the house shows them: whom one can block or consent to.
    pub professionals: BTreeMap<UserId, String>,
    /// The units of the house.
    pub places: Vec<Place>,
}

/// The choices of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonChoices {
    /// The person.
    pub id: PersonId,
    /// Name.
    pub name: Sensitive<String>,
    /// True for the citizen herself.
    pub herself: bool,
    /// As what the citizen sees them; `None` for her own.
    pub capacity: Option<Capacity>,
    /// True for who may change everything: herself, and a holder of custody for a child under 15.
    pub may_choose: bool,
    /// True for who may consent to examination and look-up and block: they, a guardian and next of kin.
    pub may_choose_treatment: bool,
    /// Who acts for her by law, as it is entered, with what has ended.
    pub represented_by: Vec<ActsFor>,
    /// The wishes that hold.
    pub wishes: Wishes,
    /// Since when; `None` when nothing was ever said.
    pub wishes_since: Option<Timestamp>,
    /// The refusals that hold.
    pub refusals: Refusals,
    /// Names of those who let themselves be given her power of attorney, now or before.
    pub holders: BTreeMap<PersonId, Sensitive<String>>,
    /// Everything that was said, in order.
    pub choices: Vec<Choice>,
}

/// As what a citizen acts for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capacity {
    /// Holder of custody of a child under 15.
    Custody,
    /// By the person's power of attorney.
    PowerOfAttorney,
    /// Guardian, or attorney of a future power of attorney, in matters of health.
    Guardian,
    /// Who consents in a treatment situation: next of kin, or holder of custody of a child of 15 to 17.
    NextOfKin,
}

/// Somebody acts for a person by law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActsFor {
    /// Who, for whom, as what, in which matters, when.
    pub representation: Representation,
    /// Name of who acts.
    pub name: Sensitive<String>,
    /// What it was entered on.
    pub evidence: String,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// Whether it holds.
    pub state: ChoiceState,
}

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its number in the person's ledger.
    pub sequence: u64,
    /// What.
    pub statement: Statement,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it, as far as is known.
    pub until: Option<Timestamp>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// True when the one who reads this recorded it herself.
    pub by_the_reader: bool,
    /// Whether it holds.
    pub state: ChoiceState,
    /// True when it can be taken back.
    pub may_undo: bool,
}

/// Whether something that was said holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceState {
    /// Now.
    Holds,
    /// Later.
    ToCome,
    /// No longer: withdrawn, lapsed, or followed by another.
    Ended,
}

/// State of the house, for `indgang doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HouseState {
    /// Number of the last migration.
    pub schema_version: i64,
    /// The database's name and version.
    pub database: String,
    /// How a commit is made durable: SQLite's journal mode (`wal`), PostgreSQL's `fsync on`.
    pub journal_mode: String,
    /// Persons, cases, signed cases, users, leaves.
    pub counts: Counts,
    /// The log's public key.
    pub log_public_key: String,
}

/// How many of each the house holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Persons.
    pub persons: u64,
    /// Users.
    pub users: u64,
    /// Cases.
    pub cases: u64,
    /// Signed cases.
    pub signed: u64,
    /// Leaves of the log.
    pub leaves: u64,
}
