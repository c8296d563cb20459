//! Files that go with the binary, each at an address that holds the hash of its content.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// One file of `static/`.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
    path: LazyLock<String>,
}

static ASSETS: [Asset; 2] = [
    Asset {
        name: "portal.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!("../../../static/portal.css"),
        path: LazyLock::new(|| address("portal.css", include_bytes!("../../../static/portal.css"))),
    },
    Asset {
        name: "indgang.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!("../../../static/indgang.svg"),
        path: LazyLock::new(|| address("indgang.svg", include_bytes!("../../../static/indgang.svg"))),
    },
];

/// The address of the stylesheet.
pub(crate) fn stylesheet() -> &'static str {
    &ASSETS[0].path
}

/// The address of the mark.
pub(crate) fn mark() -> &'static str {
    &ASSETS[1].path
}

/// `GET /static/{hash}/{name}`: kept by the browser for a year, since another content has another address.
pub(crate) async fn handler(Path((hash, name)): Path<(String, String)>) -> Response {
    let asked = format!("/static/{hash}/{name}");
    match ASSETS.iter().find(|asset| asset.name == name && *asset.path == asked) {
        Some(asset) => (
            [(header::CONTENT_TYPE, asset.media_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn address(name: &str, bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hash: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("/static/{hash}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_follow_the_content() {
        assert_ne!(address("a.css", b"a"), address("a.css", b"b"));
        assert!(stylesheet().starts_with("/static/"));
        assert!(stylesheet().ends_with("/portal.css"));
        assert!(mark().ends_with("/indgang.svg"));
    }

    #[tokio::test]
    async fn an_old_address_is_not_found() {
        let response = handler(Path(("0000".into(), "portal.css".into()))).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}
