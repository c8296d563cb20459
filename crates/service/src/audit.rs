//! The auditor's view of the log as a whole: its size, its signed roots, and the proof that one grew from another.

use crate::{Error, Session, ask};
use indgang_gate::Activity;
use indgang_gate::log::{Checkpoint, Hash, PublicKey, SignedCheckpoint, verify_consistency};
use indgang_model::{Clock, Timestamp};
use indgang_store::{House, log};
use serde::{Deserialize, Serialize};

/// A signed statement of the log's size and root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRoot {
    /// Number of lines.
    pub size: u64,
    /// The root, hexadecimal.
    pub root: String,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The signature, hexadecimal.
    pub signature: String,
}

/// The log as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeView {
    /// The latest signed root; `None` while the log is empty.
    pub latest: Option<SignedRoot>,
    /// Signed roots, newest first; a page of them.
    pub checkpoints: Vec<SignedRoot>,
    /// True when there are older ones than those.
    pub more: bool,
    /// The log's public key, hexadecimal.
    pub public_key: String,
}

/// Two signed roots with the proof that the newer log begins with the older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyProof {
    /// The older.
    pub old: SignedRoot,
    /// The newer.
    pub new: SignedRoot,
    /// Hashes (RFC 9162 § 2.1.4), hexadecimal.
    pub path: Vec<String>,
    /// The log's public key, hexadecimal.
    pub public_key: String,
}

/// Signed roots on one page.
const A_PAGE: u32 = 50;

/// The log's size and its signed roots, those before a size when one is named.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn log_tree(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    before: Option<u64>,
) -> Result<TreeView, Error> {
    verifying(house, clock, session).await?;
    let mut checkpoints: Vec<SignedRoot> =
        log::checkpoints(house, before, A_PAGE + 1).await?.into_iter().map(SignedRoot::from).collect();
    let more = checkpoints.len() > A_PAGE as usize;
    checkpoints.truncate(A_PAGE as usize);
    Ok(TreeView {
        latest: log::checkpoint(house, None).await?.map(SignedRoot::from),
        checkpoints,
        more,
        public_key: house.public_key().to_string(),
    })
}

/// The proof that the log signed at one size begins with the log signed at another; `None` when no root was signed at
/// one of them, or the older is the larger.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn log_consistency(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    (old, new): (u64, u64),
) -> Result<Option<ConsistencyProof>, Error> {
    verifying(house, clock, session).await?;
    let signed = (log::checkpoint(house, Some(old)).await?, log::checkpoint(house, Some(new)).await?);
    let (Some(from), Some(to)) = signed else { return Ok(None) };
    let path = log::consistency(house, old, new).await?;
    Ok(path.map(|path| ConsistencyProof {
        old: from.into(),
        new: to.into(),
        path: path.iter().map(ToString::to_string).collect(),
        public_key: house.public_key().to_string(),
    }))
}

/// The auditor verifies: a passage about nobody.
async fn verifying(house: &House, clock: &dyn Clock, session: &Session) -> Result<(), Error> {
    let request = ask::request(session, Activity::VerifyLog, [], [], None, clock.now());
    ask::read(house.passage().await?, &request).await.map(drop)
}

impl ConsistencyProof {
    /// Verifies the proof with nothing but itself and the log's public key as it is known from elsewhere.
    pub fn verify(&self, public_key: &str) -> bool {
        self.check(public_key).unwrap_or(false)
    }

    fn check(&self, public_key: &str) -> Option<bool> {
        let key: PublicKey = public_key.parse().ok()?;
        let (old, new) = (self.old.parsed()?, self.new.parsed()?);
        let path: Vec<Hash> = self.path.iter().map(|hash| hash.parse().ok()).collect::<Option<_>>()?;
        let (from, to) = (&old.checkpoint, &new.checkpoint);
        let grown = verify_consistency(from.size, &from.root, to.size, &to.root, &path);
        Some(grown && old.verify(&key) && new.verify(&key))
    }
}

impl SignedRoot {
    fn parsed(&self) -> Option<SignedCheckpoint> {
        let checkpoint = Checkpoint { size: self.size, root: self.root.parse().ok()?, at: self.signed_at };
        Some(SignedCheckpoint { checkpoint, signature: self.signature.clone() })
    }
}

impl From<SignedCheckpoint> for SignedRoot {
    fn from(signed: SignedCheckpoint) -> Self {
        let Checkpoint { size, root, at } = signed.checkpoint;
        Self { size, root: root.to_string(), signed_at: at, signature: signed.signature }
    }
}
