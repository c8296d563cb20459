//! What holds for every answer: headers that tell the browser to trust little, and a host that is the portal's own.

use crate::web::federated::FormLeadsTo;
use crate::web::{BACK_CHANNEL, PortalState};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Refuses hosts that are not the portal's own, and lays the headers on every answer.
pub(super) async fn guard(State(state): State<PortalState>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    // A foreign name that resolves to this machine would let its pages talk to the house in the visitor's browser.
    let foreign = match &state.host {
        // The provider may come by a name of its own; what it says is signed.
        Some(own) => !host.eq_ignore_ascii_case(own) && request.uri().path() != BACK_CHANNEL,
        None => state.demo && !is_loopback(host),
    };
    let mut response = match (foreign, state.demo) {
        (false, _) => next.run(request).await,
        (true, true) => refused("the demo house answers to localhost and 127.0.0.1 only\n"),
        (true, false) => refused("the portal answers to the host of its redirect_url only\n"),
    };
    let leads_to = response.extensions_mut().remove::<FormLeadsTo>();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(FormLeadsTo(origin)) = leads_to {
        // A form whose answer redirects is held against the policy of the page it stands on.
        let policy = POLICY.replace("form-action 'self'", &format!("form-action 'self' {origin}"));
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    if state.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn refused(why: &'static str) -> Response {
    (StatusCode::MISDIRECTED_REQUEST, why).into_response()
}

pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (host, loopback) in [
            ("localhost", true),
            ("localhost:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("evil.example", false),
            ("127.0.0.1.evil.example:80", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(host), loopback, "{host}");
        }
    }
}
