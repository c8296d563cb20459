//! The same questions worked out by other processes: a scheduler that divides a plan, and executors that run its parts
//! over the same files (Apache DataFusion Ballista).
//!
//! A question is read, planned and controlled where it is put; what travels is a physical plan. Its scans are sealed
//! descriptions of what the grant opens ([`crate::house`]), so that an executor reads rows through the same gate as the
//! house itself. Who does not hold the cluster's key gets no connection; a scan that was not sealed under it, and a plan
//! that reads rows in any other way, is not run.

mod client;
mod codec;
mod executor;
mod guard;
mod key;
mod scheduler;

pub use executor::{Executor, execute};
pub use key::ClusterKey;
pub use scheduler::schedule;

pub(crate) use client::{GOODBYE, run, upgrade};
pub(crate) use guard::reads_rows;

use crate::LakeError;

/// A cluster: where its scheduler listens, and the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The scheduler, as `HOST:PORT`.
    pub(crate) scheduler: String,
    pub(crate) key: ClusterKey,
}

impl Cluster {
    /// The cluster of a scheduler at `HOST:PORT`.
    ///
    /// # Errors
    /// [`LakeError::NotAllowed`] when the address is none.
    pub fn new(scheduler: &str, key: ClusterKey) -> Result<Self, LakeError> {
        address(scheduler)?;
        Ok(Self { scheduler: scheduler.to_owned(), key })
    }
}

/// Host and port of an address.
fn address(text: &str) -> Result<(&str, u16), LakeError> {
    let bad = || LakeError::NotAllowed(format!("`{text}` is no address of a scheduler; write HOST:PORT"));
    let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.[]:".contains(&byte);
    let port = port.parse().map_err(|_| bad())?;
    if host.is_empty() || !host.bytes().all(plain) { Err(bad()) } else { Ok((host, port)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_host_and_port() {
        for (text, host, port) in [("127.0.0.1:1", "127.0.0.1", 1), ("node-1.lan:50050", "node-1.lan", 50050)] {
            assert_eq!(address(text).expect(text), (host, port));
        }
        for bad in ["", "host", ":1", "host:", "host:x", "host:70000", "http://host:1", "a b:1", "host:1/x"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
