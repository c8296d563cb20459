//! The portal's own requests to the provider: no redirects, short patience, small answers, and TLS by rustls.

use super::settings::address;
use axum::body::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::pin::Pin;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);
const LONGEST_ANSWER: usize = 1 << 20;

pub(super) struct Http {
    plain: Client<HttpConnector, Full<Bytes>>,
    /// Absent when the machine knows no certificate authority.
    secure: Option<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
}

/// Why a request failed. Says nothing of what was sent.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Neither https nor loopback.
    #[error("the provider names an address that is neither https nor on this machine")]
    Address,
    /// No roots.
    #[error("this machine knows no certificate authority; install ca-certificates, or name a file in $SSL_CERT_FILE")]
    NoAuthority,
    /// The connection.
    #[error("the provider cannot be reached: {0}")]
    Connection(String),
    /// Too slow.
    #[error("the provider did not answer within {} seconds", PATIENCE.as_secs())]
    TooSlow,
    /// Too long or broken off.
    #[error("the provider's answer broke off or is too long")]
    Body,
}

impl Http {
    pub fn new() -> Self {
        let connector = HttpsConnectorBuilder::new().with_native_roots().ok();
        let secure = connector.map(|builder| builder.https_only().enable_http1().build());
        Self {
            plain: Client::builder(TokioExecutor::new()).build_http(),
            secure: secure.map(|connector| Client::builder(TokioExecutor::new()).build(connector)),
        }
    }

    /// Sends one request.
    pub async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        tokio::time::timeout(PATIENCE, self.send(request)).await.unwrap_or(Err(HttpError::TooSlow))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let url = address("address", &request.uri().to_string()).map_err(|_| HttpError::Address)?;
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let response = match url.scheme() {
            "https" => self.secure.as_ref().ok_or(HttpError::NoAuthority)?.request(request).await,
            _ => self.plain.request(request).await,
        };
        let response = response.map_err(|error| HttpError::Connection(reason(&error)))?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, LONGEST_ANSWER).collect().await.map_err(|_| HttpError::Body)?;
        Ok(HttpResponse::from_parts(parts, body.to_bytes().to_vec()))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

/// The innermost reason: the outer ones say no more than that something failed.
fn reason(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
