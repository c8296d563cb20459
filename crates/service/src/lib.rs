//! One function for each thing a user wants done: ask the gate, act, log, in one transaction.
//!
//! A service takes the house, the clock and who asks; it answers with a view that holds no more than she may see.
//! The line in the log is committed before anything is answered, and together with what is written.
//! Services do not call each other; their shared step is the private module `ask`.
//!
//! This crate knows neither SQL nor pages nor files of genomes.

mod app;
mod ask;
mod audit;
mod block;
mod break_glass;
mod catalogue;
mod choices;
mod choose;
mod citizen;
mod conclude;
mod consent;
mod desk;
mod doctor;
mod error;
mod evaluate;
mod everything;
mod exchange;
mod export;
mod follow_up;
mod ingest;
mod interact;
mod list;
mod log;
mod open;
mod people;
mod places;
mod power;
mod query;
mod questionnaires;
mod reanalyse;
mod refuse;
mod registers;
mod replay;
mod representation;
mod resources;
mod retention;
mod search;
mod session;
mod timeline;
mod undo;
mod views;
mod wishes;
mod withdraw;

pub use app::{App, Token, app};
pub use audit::{ConsistencyProof, SignedRoot, TreeView, log_consistency, log_tree};
pub use block::set_block;
pub use break_glass::{Declaration, GLASS_MINUTES, declare, may_declare};
pub use catalogue::{Catalogue, CatalogueColumn, CatalogueTable, Contact, Publisher, RowCount, catalogue, to_json_ld};
pub use choices::my_choices;
pub use citizen::citizen_result;
pub use conclude::{
    CriterionSetting, Judgement, SecondaryChoice, conclude, leave_out_secondary, set_criterion, sign_report,
};
pub use consent::give_consent;
pub use desk::{Asked, AskedOutcome, Desk, HeldPermit, OpenTable, desk};
pub use doctor::doctor;
pub use error::{Error, Refusal};
pub use evaluate::{
    Caller, Evaluated, Evaluation, authenticate, evaluate, let_system_write, register_system, withdraw_system,
};
pub use everything::{Everything, PatientView, Reader, Whom, everything, patient, versions};
pub use exchange::{export_choices, import_choices};
pub use export::{ExportedOmop, export_omop};
pub use follow_up::{
    FollowUpCase, FollowUpLine, FollowUps, Rechecked, WANTED_GRADE, follow_ups, judge_follow_up, open_follow_up,
    recheck_follow_ups, recheck_follow_ups_as_operator,
};
pub use ingest::{Ingested, NewCase, NewPerson, Operator, begin_reading, ingest_case, known_inputs, own_cohort};
pub use interact::{Became, FaultKind, WriteError, Written, interact};
pub use list::list_cases;
pub use log::{
    LOG_PAGE, LogFilter, LogPage, citizen_log, citizen_log_fhir, citizen_log_page, log_proof, professional_names,
    verify_log,
};
pub use open::{open_case, open_finding, open_report};
pub use places::register_places;
pub use power::{CODE_DAYS, give_power_of_attorney, offer_to_hold_power};
pub use query::{Queried, Query, query, register_permit};
pub use questionnaires::{
    AnsweredItem, AnsweredLine, AnsweredView, DraftLine, DraftView, Given, Instrument, LONGEST_DAYS, NewAnswers,
    NewQuestion, PORTAL, Put, QuestionLine, QuestionList, QuestionState, QuestionnaireForm, QuestionnaireList, Sent,
    TypedFields, answered, discard_draft, draft, instruments, put_question, questionnaire_form, questionnaires,
    questions, save_draft, send_answers, withdraw_question,
};
pub use reanalyse::{AlertLine, Reanalysed, list_alerts, reanalyse};
pub use refuse::set_refusals;
pub use registers::{
    Delivery, Taken, clean_lake, compact_lake, forget_quarantine, ingest_registers, lake_folder, snapshots,
};
pub use replay::{Question, Replay, replay, replay_as_operator};
pub use representation::{end_representation, enter_representation};
pub use resources::{ResourceDelivery, TakenResources, ingest_resources};
pub use retention::{RETENTION, Retention, SHORTEST_YEARS, erase_lines, lines_kept_long_enough};
pub use search::{Beside, Found, search};
pub use session::{
    ATTEMPT_SECONDS, Attempt, ProviderLogout, Session, SessionLimits, Vouched, begin_attempt, demo_users, disable_user,
    person_with, provider_logout, register_users, resume, sign_in, sign_in_vouched, sign_out, sign_out_everywhere,
    step_up, take_attempt, vouched_as,
};
pub use timeline::{
    ItemSource, Other, Series, TIMELINE_LINES, TimelineFilter, TimelineItem, TimelineKind, TimelineView, timeline,
};
pub use undo::undo_choice;
pub use views::*;
pub use wishes::set_wishes;
pub use withdraw::{readmit_to_cohort, withdraw_from_cohort};

pub use indgang_lake::cluster::Cluster;
pub use indgang_lake::{Both, Cells, Description, LakeError, Limits};
pub use indgang_sources::descriptor::Format;
pub use indgang_store::cases::{CaseStatus, InputFile};
pub use indgang_store::follow_ups::{Judgement as FollowUpJudgement, Kind as FollowUpKind, Outcome as FollowUpOutcome};
pub use indgang_store::lake::Snapshot;
pub use indgang_store::permits::NewPermit;
pub use indgang_store::places::Place;
pub use indgang_store::resources::{Kept, Resource, Wanted};
pub use indgang_store::users::User as NewUser;
pub use indgang_store::{Archived, Database, Engine, House, LogVerification, StoreError, backup, migrate, restore};
