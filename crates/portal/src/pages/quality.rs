//! Part of a case's page: the quality of samples and pedigree. Kinship and Mendelian errors are shown when the view
//! carries them; the service leaves them out for everybody but the laboratory.

use crate::format::{decimal, integer, percent};
use crate::page::Cx;
use crate::parts::{pedigree::name_of, words};
use indgang_interpret::report::{Quality, RelationQuality};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The section.
pub(crate) fn section(cx: &Cx, quality: &Quality, names: &BTreeMap<String, String>) -> Markup {
    html! {
        section aria-labelledby="quality" {
            h2 #quality { (cx.t("quality-heading")) }
            @if quality.pedigree_agrees {
                p { span.state.state-yes { span aria-hidden="true" { "✓" } " " (cx.t("pedigree-agrees")) } }
            } @else {
                div.alert.alert-error { p { strong { (cx.t("pedigree-disagrees")) } } }
            }
            details {
                summary { (cx.t("quality-details")) }
                (samples(cx, quality, names))
                @if !quality.relations.is_empty() { (relations(cx, &quality.relations, names)) }
                @if !quality.mendelian.is_empty() { (mendelian(cx, quality, names)) }
                (homozygosity(cx, quality, names))
            }
        }
    }
}

fn samples(cx: &Cx, quality: &Quality, names: &BTreeMap<String, String>) -> Markup {
    html! {
        div.table-scroll tabindex="0" role="group" aria-label=(cx.t("quality-samples")) {
            table.table {
                caption { (cx.t("quality-samples")) }
                thead { tr {
                    @for key in ["person", "variants-called", "median-depth", "x-heterozygosity", "observed-sex", "missing-rate"] {
                        th scope="col" { (cx.t(key)) }
                    }
                } }
                tbody { @for s in &quality.samples { tr {
                    th scope="row" { (name_of(&s.sample, names)) }
                    td.number { (integer(cx.locale, s.variants)) }
                    td.number { (s.median_depth.map_or_else(|| "–".to_owned(), |d| integer(cx.locale, u64::from(d)))) }
                    td.number { (s.x_heterozygosity.map_or_else(|| "–".to_owned(), |x| percent(cx.locale, x, 0))) }
                    td { (words::sex(cx, s.observed_sex)) }
                    td.number { (percent(cx.locale, s.missing_rate, 1)) }
                } } }
            }
        }
    }
}

fn relations(cx: &Cx, relations: &[RelationQuality], names: &BTreeMap<String, String>) -> Markup {
    html! {
        div.table-scroll tabindex="0" role="group" aria-label=(cx.t("quality-relations")) {
            table.table {
                caption { (cx.t("quality-relations")) }
                thead { tr {
                    @for key in ["pair", "kinship", "kinship-expected", "sites", "agrees"] { th scope="col" { (cx.t(key)) } }
                } }
                tbody { @for r in relations { tr {
                    th scope="row" { (name_of(&r.a, names)) " – " (name_of(&r.b, names)) }
                    td.number { (r.kinship.map_or_else(|| "–".to_owned(), |k| decimal(cx.locale, k, 3))) }
                    td.number { (decimal(cx.locale, r.expected, 3)) }
                    td.number { (integer(cx.locale, r.sites)) }
                    td { (words::yes_no(cx, r.agrees)) }
                } } }
            }
        }
    }
}

fn mendelian(cx: &Cx, quality: &Quality, names: &BTreeMap<String, String>) -> Markup {
    html! {
        div.table-scroll tabindex="0" role="group" aria-label=(cx.t("quality-mendelian")) {
            table.table {
                caption { (cx.t("quality-mendelian")) }
                thead { tr { @for key in ["child", "sites", "errors", "error-rate"] { th scope="col" { (cx.t(key)) } } } }
                tbody { @for m in &quality.mendelian { tr {
                    th scope="row" { (name_of(&m.child, names)) }
                    td.number { (integer(cx.locale, m.sites)) }
                    td.number { (integer(cx.locale, m.errors)) }
                    td.number { (percent(cx.locale, ratio(m.errors, m.sites), 2)) }
                } } }
            }
        }
    }
}

fn homozygosity(cx: &Cx, quality: &Quality, names: &BTreeMap<String, String>) -> Markup {
    html! {
        @if !quality.runs_of_homozygosity.is_empty() {
            h3 { (cx.t("homozygosity")) }
            ul { @for run in &quality.runs_of_homozygosity { li {
                (name_of(&run.sample, names)) ": " (run.chrom) ":" (integer(cx.locale, u64::from(run.start))) "–"
                (integer(cx.locale, u64::from(run.end)))
            } } }
        }
        @if !quality.uniparental_disomy.is_empty() {
            h3 { (cx.t("disomy")) }
            ul { @for upd in &quality.uniparental_disomy { li {
                (name_of(&upd.child, names)) ": " (upd.chrom) ", " (cx.word("origin", &upd.from)) ", " (cx.word("disomy", &upd.kind))
            } } }
        }
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of sites, far under 2^52")]
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
