//! What can go wrong with tables and questions. No message repeats a person's key.

use datafusion::error::DataFusionError;
use std::path::PathBuf;

/// Why the lake did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// A file or folder.
    #[error("cannot use `{path}`: {source}; check that it exists, is yours and has room")]
    File {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// No register in the folder.
    #[error("`{0}` holds no register; put files such as bef.csv or lpr_adm.parquet there")]
    NoRegister(PathBuf),
    /// No table of OMOP in the folder.
    #[error("`{0}` holds no table of OMOP; put files such as person.csv or condition_occurrence.parquet there")]
    NoOmop(PathBuf),
    /// Two files of one register.
    #[error("`{first}` and `{second}` are both register `{register}`; leave one of them in the folder")]
    Twice {
        /// The register.
        register: &'static str,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// A file that is not what it should be.
    #[error("`{file}`: {what}")]
    Content {
        /// Its name.
        file: String,
        /// What is wrong, where, and what to do.
        what: String,
    },
    /// The SQL text.
    #[error("the question cannot be read: {0}")]
    Syntax(String),
    /// The SQL text asks for more than reading.
    #[error("{0}")]
    NotAllowed(String),
    /// The question is not one that this grant answers.
    #[error("refused by {rule}: {what}")]
    Refused {
        /// The rule of the lake.
        rule: &'static str,
        /// What is refused, and what would be allowed.
        what: String,
    },
    /// A limit was met.
    #[error("{0}")]
    Limit(String),
    /// The cluster.
    #[error("{0}")]
    Cluster(String),
    /// The engine.
    #[error("the question failed: {0}")]
    Engine(String),
    /// A stored table that this program cannot have written.
    #[error("table file `{0}` is damaged or missing; take in the registers again")]
    Damaged(String),
}

impl LakeError {
    /// An error of a file at a path.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}

impl From<DataFusionError> for LakeError {
    fn from(error: DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::Limit(
                "the question needs more memory or room on disk than it may use; ask for less at a time, or raise the limit"
                    .to_owned(),
            ),
            DataFusionError::SQL(cause, _) => Self::Syntax(cause.to_string()),
            root => Self::Engine(root.strip_backtrace()),
        }
    }
}
