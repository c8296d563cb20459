//! Who comes to the door, as an institution's OpenID provider tells it: OpenID Connect Core 1.0 with discovery,
//! authorisation code and PKCE (RFC 7636), and OpenID Connect Back-Channel Logout 1.0.

mod claims;
mod http;
mod provider;
mod settings;
mod token;

pub use claims::NotMapped;
pub use provider::{Provider, ProviderError};
pub use settings::{ClaimNames, RoleRule, SessionSettings, Settings, SettingsError};

pub(crate) use provider::{Identified, Returned, Sent};
