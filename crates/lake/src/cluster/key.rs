//! The cluster's key: who holds it belongs to the cluster, and nobody else does.
//!
//! Of the one secret come the identity that both ends of every connection show (TLS 1.3, each end demands it of the
//! other) and the key under which the description of a scan is sealed. Neither can be had of the other.

use crate::LakeError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ED25519};
use sha2::Sha256;
use std::time::Duration;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity, ServerTlsConfig, Uri};

/// The name in the certificate of every process of a cluster.
const NAME: &str = "cluster.indgang.invalid";
/// The fewest hexadecimal digits of a key: 32 bytes.
const DIGITS: usize = 64;
/// Bytes of the authentication code of a sealed description.
const CODE: usize = 32;

/// The shared secret of a cluster.
#[derive(Clone, PartialEq, Eq)]
pub struct ClusterKey([u8; 32]);

impl ClusterKey {
    /// The key of a text of 64 hexadecimal digits, as `openssl rand -hex 32` writes it.
    ///
    /// # Errors
    /// [`LakeError::NotAllowed`] when the text is something else. The message does not repeat it.
    pub fn parse(text: &str) -> Result<Self, LakeError> {
        let text = text.trim();
        let bad = || {
            let what = "the cluster's key is not 64 hexadecimal digits; make one with `openssl rand -hex 32`";
            LakeError::NotAllowed(what.to_owned())
        };
        if text.len() != DIGITS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(bad());
        }
        let mut key = [0; 32];
        for (place, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).map_err(|_| bad())?;
        }
        Ok(Self(key))
    }

    fn derived(&self, what: &[u8]) -> [u8; 32] {
        code(&self.0, what).finalize().into_bytes().into()
    }

    /// The bytes with their authentication code before them.
    pub(crate) fn seal(&self, bytes: &[u8]) -> Vec<u8> {
        let code: [u8; CODE] = code(&self.derived(b"indgang scan 1"), bytes).finalize().into_bytes().into();
        [&code[..], bytes].concat()
    }

    /// The bytes of a sealed text; `None` when they were not sealed under this key. Compares in constant time.
    pub(crate) fn open<'a>(&self, sealed: &'a [u8]) -> Option<&'a [u8]> {
        let (seal, bytes) = sealed.split_at_checked(CODE)?;
        code(&self.derived(b"indgang scan 1"), bytes).verify_slice(seal).ok()?;
        Some(bytes)
    }

    /// What every process shows of itself, and wants to see of the other.
    fn identity(&self) -> Result<(Identity, Certificate), LakeError> {
        let failed = |error: rcgen::Error| LakeError::Engine(format!("no certificate can be made ({error})"));
        // An Ed25519 key in PKCS #8 (RFC 8410): this and the seed.
        let head = [0x30, 0x2e, 0x02, 0x01, 0, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        let der = [&head[..], &self.derived(b"indgang tls 1")].concat();
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der));
        let pair = KeyPair::from_pkcs8_pem_and_sign_algo(&pem, &PKCS_ED25519).map_err(failed)?;
        let mut parameters = CertificateParams::new(vec![NAME.to_owned()]).map_err(failed)?;
        parameters.distinguished_name.push(DnType::CommonName, NAME);
        let certificate = parameters.self_signed(&pair).map_err(failed)?.pem();
        Ok((Identity::from_pem(&certificate, pem), Certificate::from_pem(certificate)))
    }

    /// A server that nobody without the key speaks to.
    pub(super) fn server(&self) -> Result<ServerTlsConfig, LakeError> {
        let (identity, other) = self.identity()?;
        Ok(ServerTlsConfig::new().identity(identity).client_ca_root(other).timeout(Duration::from_secs(10)))
    }

    /// Makes a connection one that shows the key and wants to see it, whatever the address says.
    pub(super) fn client(
        &self,
    ) -> Result<impl Fn(Endpoint) -> Result<Endpoint, tonic::transport::Error> + use<>, LakeError> {
        let (identity, other) = self.identity()?;
        let config = ClientTlsConfig::new().identity(identity).ca_certificate(other).domain_name(NAME);
        Ok(move |endpoint: Endpoint| {
            let place = endpoint.uri().authority().map_or_else(String::new, ToString::to_string);
            let secure = Uri::builder().scheme("https").authority(place).path_and_query("/").build();
            let endpoint = match secure {
                Ok(uri) => Endpoint::from(uri),
                // An address without a host has no connection, and says so when it is made.
                Err(_) => endpoint,
            };
            endpoint
                .connect_timeout(Duration::from_secs(10))
                .tcp_nodelay(true)
                .http2_keep_alive_interval(Duration::from_secs(10))
                .keep_alive_timeout(Duration::from_secs(20))
                .keep_alive_while_idle(true)
                .initial_connection_window_size(Some(64 << 20))
                .initial_stream_window_size(Some(16 << 20))
                .tls_config(config.clone())
        })
    }
}

fn code(key: &[u8; 32], bytes: &[u8]) -> Hmac<Sha256> {
    let mut code = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes a key of any length");
    code.update(bytes);
    code
}

impl std::fmt::Debug for ClusterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClusterKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: char) -> ClusterKey {
        ClusterKey::parse(&digit.to_string().repeat(64)).expect("64 digits")
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        for bad in ["", "ab", &"g".repeat(64), &"é".repeat(32), &"a".repeat(65)] {
            let error = ClusterKey::parse(bad).expect_err(bad).to_string();
            assert!(error.contains("openssl rand -hex 32") && (bad.is_empty() || !error.contains(bad)), "{error}");
        }
        assert_eq!(ClusterKey::parse(&format!(" {}\n", "0f".repeat(32))).expect("a key").0, [0x0f; 32]);
        assert_eq!(format!("{:?}", key('a')), "ClusterKey(redacted)");
    }

    #[test]
    fn a_seal_opens_under_its_key_and_whole_only() {
        let sealed = key('a').seal(b"description");
        assert_eq!(key('a').open(&sealed), Some(&b"description"[..]));
        assert_eq!(key('b').open(&sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(key('a').open(&changed), None, "byte {place}");
        }
        assert_eq!(key('a').open(&sealed[..sealed.len() - 1]), None);
        assert_eq!(key('a').open(b""), None);
    }

    #[test]
    fn every_process_with_the_key_has_the_same_identity() {
        let of = |key: ClusterKey| key.identity().expect("a certificate").1.into_inner();
        assert_eq!(of(key('a')), of(key('a')));
        assert_ne!(of(key('a')), of(key('b')));
        key('a').server().expect("a server");
        drop(key('a').client().expect("a client"));
    }
}
