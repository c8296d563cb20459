//! One file a page: context, sample, template.

pub(crate) mod access;
pub(crate) mod alerts;
pub(crate) mod answered;
pub(crate) mod case;
pub(crate) mod cases;
pub(crate) mod catalogue;
pub(crate) mod choices;
pub(crate) mod finding;
pub(crate) mod follow_up;
pub(crate) mod follow_ups;
pub(crate) mod glass;
pub(crate) mod log;
pub(crate) mod message;
pub(crate) mod proof;
pub(crate) mod quality;
pub(crate) mod questionnaire;
pub(crate) mod questionnaires;
pub(crate) mod replay;
pub(crate) mod result;
pub(crate) mod rules;
pub(crate) mod sign;
pub(crate) mod sign_in;
pub(crate) mod sql;
pub(crate) mod step_up;
pub(crate) mod timeline;
pub(crate) mod tree;
