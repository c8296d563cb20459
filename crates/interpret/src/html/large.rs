//! What a structural variant touches, a repeat's length, and the share of mitochondria.

use super::{both, either, term};
use crate::large::{CopyNumberClass, LargeVariant, RepeatReading};
use crate::report::FindingVariant;
use maud::{Markup, html};

/// Genes that are named; of a large deletion the others are counted.
const NAMED: usize = 30;

/// What is said of a variant that is no small one of a chromosome; nothing of others.
pub(super) fn facts(variant: &FindingVariant) -> Markup {
    let shares = || variant.calls.iter().filter_map(|(sample, call)| Some((sample, call.heteroplasmy?)));
    html! {
        @if let Some(large) = &variant.structural { (structural(large)) }
        @if let Some(repeat) = &variant.repeat { (of_repeat(repeat)) }
        @if shares().next().is_some() {
            p { (both("Heteroplasmi: ", "Heteroplasmy: "))
                @for (i, (sample, share)) in shares().enumerate() {
                    @if i > 0 { ", " } (sample) " " (format!("{:.0} %", share * 100.0))
                }
            }
        }
    }
}

fn structural(large: &LargeVariant) -> Markup {
    let kind = serde_json::to_value(large.kind).ok();
    html! {
        p {
            (term("sv", kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default()))
            @if let Some(length) = large.length { ", " (length) " " (both("baser", "bases")) }
            @for (sample, copies) in &large.copies { "; " (sample) ": " (copies) " " (both("kopier", "copies")) }
            br;
            (both("Berørte gener: ", "Genes touched: "))
            @if large.genes.is_empty() { (both("ingen", "none")) }
            @for (i, gene) in large.genes.iter().take(NAMED).enumerate() {
                @if i > 0 { ", " }
                (gene.symbol) " (" (term("consequence", &gene.consequence))
                @if let Some([first, last]) = gene.exons {
                    "; " (both("exon ", "exon ")) (first) @if last != first { "–" (last) }
                }
                @if gene.haploinsufficient { "; " (both("haploinsufficient", "haploinsufficient")) }
                @if gene.triplosensitive { "; " (both("tripelfølsomt", "triplosensitive")) }
                ")"
            }
            @if large.genes.len() > NAMED {
                " " (both("og flere: ", "and more: ")) (large.genes.len() - NAMED)
            }
            @for region in &large.regions { br; (both("Område: ", "Region: ")) (region.name) }
        }
        @if let Some(class) = &large.class { (of_class(class)) }
    }
}

fn of_class(class: &CopyNumberClass) -> Markup {
    html! {
        p { strong { "ACMG/ClinGen CNV: " (term("class", &class.classification)) " (" (format!("{:.2}", class.points)) ")" } }
        ul {
            @for criterion in &class.criteria {
                li { strong { (criterion.code) } " " (format!("{:+.2}", criterion.points)) ": " (either(&criterion.reason_da, &criterion.reason)) }
            }
            li { (both("Ikke vurderet: ", "Not assessed: ")) (class.not_assessed.join(", ")) }
        }
    }
}

fn of_repeat(repeat: &RepeatReading) -> Markup {
    html! {
        p {
            (repeat.locus) ": " strong { (repeat.copies) " × " (repeat.unit) } ", " (term("range", repeat.range.key()))
            @if let Some(normal) = repeat.normal_max { "; " (both("normalt højst ", "normal at most ")) (normal) }
            @if let Some(pathologic) = repeat.pathologic_min { "; " (both("sygdomsgivende fra ", "pathogenic from ")) (pathologic) }
            " (" (repeat.source) ")"
        }
    }
}
