//! What a structural variant touches, a repeat's length, and the share of mitochondria.

use crate::format::{decimal, integer, percent};
use crate::page::Cx;
use crate::parts::evidence::Family;
use crate::parts::pedigree;
use indgang_interpret::report::{FindingVariant, LargeVariant, RepeatReading};
use maud::{Markup, html};

/// Nothing of a small variant of a chromosome.
pub(crate) fn facts(cx: &Cx, v: &FindingVariant, family: &Family<'_>) -> Markup {
    let shares = || v.calls.iter().filter_map(|(id, call)| Some((id, call.heteroplasmy?)));
    html! {
        @if let Some(large) = &v.structural { (structural(cx, large, family)) }
        @if let Some(repeat) = &v.repeat { (of_repeat(cx, repeat)) }
        @if shares().next().is_some() {
            h4 { (cx.t("heteroplasmy")) }
            ul { @for (id, share) in shares() {
                li { (pedigree::name_of(id, family.names)) ": " (percent(cx.locale, f64::from(share), 0)) }
            } }
        }
    }
}

fn structural(cx: &Cx, large: &LargeVariant, family: &Family<'_>) -> Markup {
    let kind = serde_json::to_value(large.kind).ok();
    html! {
        h4 { (cx.word("sv", kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default())) }
        dl.facts {
            @if let Some(length) = large.length {
                dt { (cx.t("sv-length")) } dd { (integer(cx.locale, u64::from(length))) }
            }
            @for (id, copies) in &large.copies {
                dt { (cx.t("sv-copies")) " " (pedigree::name_of(id, family.names)) } dd { (copies) }
            }
            @for region in &large.regions { dt { (cx.t("sv-region")) } dd { (region.name) } }
        }
        @if !large.genes.is_empty() {
            details open[large.genes.len() <= 5] {
                summary { (cx.tf("sv-genes", &[("count", large.genes.len().into())])) }
                ul { @for gene in &large.genes { li {
                    strong { (gene.symbol) } ": " (cx.word("consequence", &gene.consequence))
                    @if let Some([first, last]) = gene.exons {
                        ", " (cx.t("sv-exon")) " " (first) @if last != first { "–" (last) }
                    }
                    @if gene.haploinsufficient { "; " (cx.t("sv-haploinsufficient")) }
                    @if gene.triplosensitive { "; " (cx.t("sv-triplosensitive")) }
                } } }
            }
        }
        @if let Some(class) = &large.class {
            p { strong {
                (cx.t("sv-class")) ": " (cx.word("class", &class.classification)) " (" (decimal(cx.locale, class.points, 2)) ")"
            } }
            ul {
                @for criterion in &class.criteria { li {
                    strong { (criterion.code) } " " (decimal(cx.locale, criterion.points, 2)) ": "
                    (cx.either(&criterion.reason_da, &criterion.reason))
                } }
                li { (cx.t("sv-not-assessed")) ": " (class.not_assessed.join(", ")) }
            }
        }
    }
}

fn of_repeat(cx: &Cx, repeat: &RepeatReading) -> Markup {
    html! {
        h4 { (repeat.locus) }
        dl.facts {
            dt { (cx.t("repeat-copies")) }
            dd { (integer(cx.locale, u64::from(repeat.copies))) " × " (repeat.unit) ", " (cx.word("range", repeat.range.key())) }
            @if let Some(normal) = repeat.normal_max {
                dt { (cx.t("repeat-normal")) } dd { (integer(cx.locale, u64::from(normal))) }
            }
            @if let Some(pathologic) = repeat.pathologic_min {
                dt { (cx.t("repeat-pathologic")) } dd { (integer(cx.locale, u64::from(pathologic))) }
            }
            dt { (cx.t("repeat-source")) } dd { (repeat.source) }
        }
    }
}
