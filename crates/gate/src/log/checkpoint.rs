//! The log's signed statement of its size and root.

use super::{Hash, from_hex};
use ed25519_dalek::{Signature, Signer, VerifyingKey};
use indgang_model::Timestamp;
use serde::{Deserialize, Serialize};

/// The log's size and root at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree of these leaves.
    pub root: Hash,
    /// When it was signed.
    pub at: Timestamp,
}

/// A checkpoint with its Ed25519 signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// The signature, 128 hexadecimal digits.
    pub signature: String,
}

/// The log's private key. Prints nothing of itself.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// The log's public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(VerifyingKey);

/// Why a text is not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a public key of the log is 64 lower-case hexadecimal digits of an Ed25519 key")]
pub struct ParsePublicKeyError;

impl Checkpoint {
    /// The signed text: purpose, size, root and time, one a line.
    pub fn text(&self) -> String {
        format!("indgang log checkpoint v1\n{}\n{}\n{}\n", self.size, self.root, self.at)
    }
}

impl SigningKey {
    /// A key from 32 secret random bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(bytes))
    }

    /// The secret bytes; for an archive of the house.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a checkpoint.
    pub fn sign(&self, checkpoint: Checkpoint) -> SignedCheckpoint {
        let signature = self.sign_text(&checkpoint.text());
        SignedCheckpoint { checkpoint, signature }
    }

    /// An Ed25519 signature, 128 hexadecimal digits.
    pub(super) fn sign_text(&self, text: &str) -> String {
        self.0.sign(text.as_bytes()).to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl PublicKey {
    /// True when the key's owner signed the text.
    pub(super) fn signed_text(&self, text: &str, signature: &str) -> bool {
        from_hex::<64>(signature)
            .is_some_and(|bytes| self.0.verify_strict(text.as_bytes(), &Signature::from_bytes(&bytes)).is_ok())
    }
}

impl SignedCheckpoint {
    /// True when the key's owner signed it.
    pub fn verify(&self, key: &PublicKey) -> bool {
        key.signed_text(&self.checkpoint.text(), &self.signature)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::str::FromStr for PublicKey {
    type Err = ParsePublicKeyError;

    fn from_str(text: &str) -> Result<Self, ParsePublicKeyError> {
        let bytes = from_hex::<32>(text).ok_or(ParsePublicKeyError)?;
        VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| ParsePublicKeyError)
    }
}

impl TryFrom<String> for PublicKey {
    type Error = ParsePublicKeyError;

    fn try_from(text: String) -> Result<Self, ParsePublicKeyError> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}
