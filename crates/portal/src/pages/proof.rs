//! One line of the log with the proof that it stands in the tree.

use crate::format::moment;
use crate::page::{Cx, Page, Sample, role};
use crate::pages::log::{LogLine, circumstances, sample_lines};
use crate::parts::words;
use crate::sample;
use indgang_model::Timestamp;
use maud::{Markup, html};

/// The page's context.
#[derive(Debug, Clone)]
pub struct ProofPage {
    /// The line.
    pub line: LogLine,
    /// Leaves in the tree the proof is for.
    pub tree_size: u64,
    /// The leaf's bytes: what the log holds, word for word.
    pub leaf: String,
    /// The inclusion path (RFC 6962 section 2.1.1), hexadecimal, from the leaf up.
    pub path: Vec<String>,
    /// The root, hexadecimal.
    pub root: String,
    /// When the root was signed.
    pub signed_at: Timestamp,
    /// The signature, hexadecimal.
    pub signature: String,
    /// The log's public key, hexadecimal.
    pub public_key: String,
    /// True when the portal's own check of the proof holds.
    pub holds: bool,
}

impl Page for ProofPage {
    fn title(&self, cx: &Cx) -> String {
        cx.tf("proof-title", &[("leaf", self.line.leaf.into())])
    }

    fn body(&self, cx: &Cx) -> Markup {
        let line = &self.line;
        html! {
            p { a href="/my/log" { (cx.t("back-to-log")) } }
            @if self.holds {
                div.alert.alert-success { p { span aria-hidden="true" { "✓ " } (cx.t("proof-holds")) } }
            } @else {
                div.alert.alert-error { p { span aria-hidden="true" { "✕ " } (cx.t("proof-fails")) } }
            }
            dl.facts {
                dt { (cx.t("log-when")) } dd { (moment(cx.locale, line.at)) }
                dt { (cx.t("log-who")) } dd { (line.who) ", " (role(cx, line.role)) @if let Some(other) = &line.on_behalf_of { ", " (cx.tf("log-on-behalf", &[("name", other.clone().into())])) } }
                dt { (cx.t("log-what")) } dd { (words::activity(cx, line.activity)) (circumstances(cx, line)) }
                dt { (cx.t("log-purpose")) } dd { (words::purpose(cx, line.purpose)) }
                dt { (cx.t("log-basis")) } dd { (line.basis.paragraph) }
                dt { (cx.t("log-outcome")) } dd { (words::permitted(cx, line.permitted)) }
            }
            h2 { (cx.t("proof-heading")) }
            p { (cx.t("proof-explain")) }
            dl.facts {
                dt { (cx.t("proof-tree-size")) } dd { (self.tree_size) }
                dt { (cx.t("proof-leaf")) } dd.mono.break-word { (self.leaf) }
                dt { (cx.t("proof-root")) } dd.mono.break-word { (self.root) }
                dt { (cx.t("proof-signed-at")) } dd { (moment(cx.locale, self.signed_at)) }
                dt { (cx.t("proof-signature")) } dd.mono.break-word { (self.signature) }
                dt { (cx.t("proof-public-key")) } dd.mono.break-word { (self.public_key) }
            }
            p { a.button.button-secondary href={ "/my/proof/" (line.leaf) } download="proof.json" { (cx.t("proof-download")) } }
            h3 { (cx.t("proof-path")) }
            @if self.path.is_empty() { p { (cx.t("proof-path-empty")) } }
            @if !self.path.is_empty() { ol { @for hash in &self.path { li.mono.break-word { (hash) } } } }
        }
    }
}

impl Sample for ProofPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |i: usize, holds, path: Vec<String>| {
            sample_lines().into_iter().nth(i).map(|line| Self {
                line,
                tree_size: 13,
                leaf: r#"{"version":1}"#.to_owned(),
                path,
                root: "a0".repeat(32),
                signed_at: sample::now(),
                signature: "5e".repeat(64),
                public_key: "c3".repeat(32),
                holds,
            })
        };
        let path = vec!["01".repeat(32), "02".repeat(32)];
        [("holds", page(0, true, path)), ("fails", page(1, false, Vec::new()))]
            .into_iter()
            .filter_map(|(name, page)| page.map(|p| (name, p)))
            .collect()
    }
}
