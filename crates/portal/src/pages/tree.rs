//! The log's tree: its size, its signed roots, and the proof that one grew from another.

use crate::format::{integer, moment};
use crate::page::{Cx, Page, Sample};
use crate::sample;
use indgang_service::{ConsistencyProof, SignedRoot};
use maud::{Markup, html};

/// The page's context.
#[derive(Debug, Clone)]
pub struct TreePage {
    /// The latest signed root; `None` while the log is empty.
    pub latest: Option<SignedRoot>,
    /// Signed roots, newest first; a page of them.
    pub checkpoints: Vec<SignedRoot>,
    /// True when there are older ones.
    pub more: bool,
    /// The log's public key, hexadecimal.
    pub public_key: String,
    /// What became of a question for consistency.
    pub consistency: Consistency,
}

/// What became of a question for consistency.
#[derive(Debug, Clone)]
pub enum Consistency {
    /// Nobody asked.
    NotAsked,
    /// No root was signed at one of the sizes, or the older is the larger.
    NoSuch,
    /// The proof, and whether it holds.
    Proof(Box<ConsistencyProof>, bool),
}

impl Page for TreePage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("tree-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.t("tree-lead")) }
            dl.facts {
                @if let Some(latest) = &self.latest {
                    dt { (cx.t("proof-tree-size")) } dd { (integer(cx.locale, latest.size)) }
                    dt { (cx.t("proof-root")) } dd.mono.break-word { (latest.root) }
                    dt { (cx.t("proof-signed-at")) } dd { (moment(cx.locale, latest.signed_at)) }
                }
                dt { (cx.t("proof-public-key")) } dd.mono.break-word { (self.public_key) }
            }
            h2 { (cx.t("tree-consistency")) }
            p { (cx.t("tree-consistency-text")) }
            (self.form(cx))
            (self.outcome(cx))
            h2 { (cx.t("tree-checkpoints")) }
            @if self.checkpoints.is_empty() { p { (cx.t("tree-no-checkpoints")) } } @else { (self.table(cx)) }
        }
    }
}

impl TreePage {
    fn form(&self, cx: &Cx) -> Markup {
        let (old, new) = match &self.consistency {
            Consistency::Proof(proof, _) => (Some(proof.old.size), Some(proof.new.size)),
            _ => (self.checkpoints.last().map(|root| root.size), self.latest.as_ref().map(|root| root.size)),
        };
        html! {
            form.form.form-row method="get" action="/audit/log" {
                label for="old" { (cx.t("tree-old")) }
                input #old name="old" type="number" min="1" required value=[old];
                label for="new" { (cx.t("tree-new")) }
                input #new name="new" type="number" min="1" required value=[new];
                button.button.button-secondary type="submit" { (cx.t("tree-verify")) }
            }
        }
    }

    fn outcome(&self, cx: &Cx) -> Markup {
        match &self.consistency {
            Consistency::NotAsked => html! {},
            Consistency::NoSuch => html! { div.alert.alert-warning role="status" { p { (cx.t("tree-no-such")) } } },
            Consistency::Proof(proof, holds) => html! {
                @let (class, mark, key) = if *holds {
                    ("alert alert-success", "✓ ", "tree-holds")
                } else {
                    ("alert alert-error", "✕ ", "tree-fails")
                };
                div class=(class) role="status" {
                    p { span aria-hidden="true" { (mark) }
                        (cx.tf(key, &[("old", proof.old.size.into()), ("new", proof.new.size.into())])) }
                }
                h3 { (cx.t("tree-path")) }
                @if proof.path.is_empty() { p { (cx.t("tree-path-empty")) } }
                @else { ol { @for hash in &proof.path { li.mono.break-word { (hash) } } } }
                p { a.button.button-secondary download="consistency.json"
                    href={ "/audit/log/consistency/" (proof.old.size) "/" (proof.new.size) } { (cx.t("proof-download")) } }
            },
        }
    }

    fn table(&self, cx: &Cx) -> Markup {
        html! {
            div.table-scroll tabindex="0" role="group" aria-label=(cx.t("tree-checkpoints")) {
                table.table.stacked {
                    thead { tr {
                        @for key in ["proof-tree-size", "proof-signed-at", "proof-root", "proof-signature"] {
                            th scope="col" { (cx.t(key)) }
                        }
                    } }
                    tbody { @for root in &self.checkpoints { tr {
                        th.number scope="row" data-label=(cx.t("proof-tree-size")) { (integer(cx.locale, root.size)) }
                        td data-label=(cx.t("proof-signed-at")) { (moment(cx.locale, root.signed_at)) }
                        td.mono.break-word data-label=(cx.t("proof-root")) { (root.root) }
                        td.mono.break-word data-label=(cx.t("proof-signature")) { (root.signature) }
                    } } }
                }
            }
            @if let (true, Some(last)) = (self.more, self.checkpoints.last()) {
                nav aria-label=(cx.t("tree-checkpoints")) {
                    ul.steps { li { a href={ "/audit/log?before=" (last.size) } { (cx.t("tree-older")) } } }
                }
            }
        }
    }
}

impl Sample for TreePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let root = |size: u64| SignedRoot {
            size,
            root: "a0".repeat(32),
            signed_at: sample::now(),
            signature: "5e".repeat(64),
        };
        let page = |consistency| Self {
            latest: Some(root(1200)),
            checkpoints: vec![root(1200), root(7)],
            more: true,
            public_key: "c3".repeat(32),
            consistency,
        };
        let proof =
            |path| Box::new(ConsistencyProof { old: root(7), new: root(1200), path, public_key: "c3".repeat(32) });
        vec![
            ("plain", page(Consistency::NotAsked)),
            ("no-such", page(Consistency::NoSuch)),
            ("holds", page(Consistency::Proof(proof(vec!["01".repeat(32), "02".repeat(32)]), true))),
            ("fails", page(Consistency::Proof(proof(Vec::new()), false))),
            ("empty", Self { latest: None, checkpoints: Vec::new(), more: false, ..page(Consistency::NotAsked) }),
        ]
    }
}
