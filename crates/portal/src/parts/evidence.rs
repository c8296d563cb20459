//! Everything a finding rests on, as tables.

use crate::format::{decimal, frequency, integer, percent, signed};
use crate::page::Cx;
use crate::parts::criteria::{self, ByHandForm};
use crate::parts::{bars, large, pedigree, words};
use indgang_genomics::site::Event;
use indgang_interpret::report::{
    CallEvidence, Explanation, Finding, FindingVariant, Member, OwnCohortFrequency, RecurrenceRisk, Remark,
    SignContribution,
};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What the evidence is read with: the family, its names, the proband.
pub(crate) struct Family<'a> {
    /// Everybody of the pedigree.
    pub members: &'a [Member],
    /// Names the reader may see.
    pub names: &'a BTreeMap<String, String>,
    /// The proband's identifier.
    pub proband: &'a str,
}

/// The whole evidence of a finding.
pub(crate) fn finding(cx: &Cx, finding: &Finding, family: &Family<'_>, by_hand: &ByHandForm) -> Markup {
    html! {
        (reservations(cx, finding))
        section aria-labelledby="variants" {
            h2 #variants { (cx.tf("variants-heading", &[("count", finding.variants.len().into())])) }
            div.side-by-side {
                @for v in &finding.variants { (variant(cx, v, family)) }
            }
        }
        section aria-labelledby="inheritance" {
            h2 #inheritance { (cx.t("inheritance-heading")) }
            p { strong { (words::mode(cx, finding.mode_of_inheritance)) } }
            @for part in finding.explanation.iter().filter(|e| e.key == "mode_of_inheritance") {
                p { (cx.either(&part.text_da, &part.text)) }
            }
            (remarks(cx, finding))
        }
        (explanation(cx, &finding.explanation))
        (signs(cx, &finding.signs))
        (criteria::section(cx, &finding.acmg, by_hand))
        (recurrence(cx, &finding.recurrence_risk))
    }
}

fn reservations(cx: &Cx, finding: &Finding) -> Markup {
    let mut against = finding.reservations().peekable();
    html! {
        @if against.peek().is_some() {
            div.alert.alert-warning {
                h2 { (cx.t("flags-heading")) }
                ul { @for flag in against { li { (cx.word("flag", flag)) } } }
            }
        }
    }
}

fn remarks(cx: &Cx, finding: &Finding) -> Markup {
    html! {
        @for remark in finding.remarks() {
            p { @match remark {
                Remark::AlsoFits(mode) => { (cx.tf("also-fits", &[("mode", cx.word("mode", mode).into_string().into())])) }
                Remark::Flag(flag) => { (cx.word("flag", flag)) }
            } }
        }
    }
}

/// One variant: what it is, what is known of it, and what the reads of every relative say.
pub(crate) fn variant(cx: &Cx, v: &FindingVariant, family: &Family<'_>) -> Markup {
    html! {
        article.card {
            h3.break-word { (v.variant) }
            dl.facts {
                @if v.event != Event::Small {
                    dt { (cx.t("event")) } dd { (event(cx, &v.event)) }
                }
                dt { (cx.t("consequence")) } dd { (cx.word("consequence", &v.consequence)) }
                dt { (cx.t("hgvs")) } dd.break-word { (or_unknown(cx, v.hgvs.as_deref())) }
                @if let Some(change) = &v.protein_change {
                    dt { (cx.t("protein-change")) } dd.break-word { (change) }
                }
                dt { (cx.t("transcript")) } dd.break-word { (or_unknown(cx, v.transcript.as_deref())) }
                dt { (cx.t("frequency")) } dd { (population(cx, v)) }
                @if let Some(own) = &v.own_cohort { dt { (cx.t("own-cohort")) } dd { (own_cohort(cx, own)) } }
                dt { (cx.t("clinvar")) } dd { (clinvar(cx, v)) }
                dt { (cx.t("origin")) }
                dd { @match &v.origin { Some(o) => { (cx.word("origin", o)) } None => { (cx.t("not-known")) } } }
                @if let Some(score) = v.de_novo_score {
                    dt { (cx.t("de-novo-score")) } dd { (decimal(cx.locale, score, 1)) }
                }
                @if !v.filters.is_empty() {
                    dt { (cx.t("file-filters")) } dd { (v.filters.join(", ")) }
                }
            }
            (large::facts(cx, v, family))
            (genotypes(cx, v, family))
        }
    }
}

fn or_unknown(cx: &Cx, value: Option<&str>) -> String {
    value.map_or_else(|| cx.t("not-known"), str::to_owned)
}

fn event(cx: &Cx, event: &Event) -> Markup {
    html! {
        @match event {
            Event::Small => { (cx.t("event-small")) }
            Event::Structural { sv_type, end } => {
                (cx.t("event-structural")) " " (sv_type) ", " (cx.t("event-end")) " " (integer(cx.locale, u64::from(*end)))
            }
            Event::Breakend { mate } => { (cx.t("event-breakend")) " " (mate) }
            Event::Repeat { unit, copies, locus, .. } => {
                (cx.t("event-repeat")) " " (locus) ": " (integer(cx.locale, u64::from(*copies))) " × " (unit)
            }
        }
    }
}

fn population(cx: &Cx, v: &FindingVariant) -> Markup {
    html! {
        @match v.max_frequency {
            Some(f) => {
                (frequency(cx.locale, f))
                @if let Some(source) = &v.max_frequency_source { " (" (source) ")" }
            }
            None => { (cx.t("frequency-none")) }
        }
    }
}

fn own_cohort(cx: &Cx, own: &OwnCohortFrequency) -> Markup {
    let counts = [
        ("carriers", u64::from(own.carriers).into()),
        ("homozygotes", u64::from(own.homozygotes).into()),
        ("people", u64::from(own.people).into()),
    ];
    html! {
        (cx.tf("own-cohort-counts", &counts))
        @if let Some(least) = own.least_frequency {
            "; " (cx.t("own-cohort-least")) " " (frequency(cx.locale, least))
        }
    }
}

fn clinvar(cx: &Cx, v: &FindingVariant) -> Markup {
    html! {
        @match &v.clinvar {
            Some(record) => {
                (cx.word("clinvar", &record.key()))
                ", " (cx.tf("clinvar-stars", &[("stars", record.stars.into())]))
                " " span.stars aria-hidden="true" {
                    @for i in 0..4 { @if i < record.stars { "★" } @else { "☆" } }
                }
                br;
                small { "ClinVar " (record.id) ", " (cx.t("version")) " " (record.version) }
            }
            None => { (cx.t("clinvar-none")) }
        }
    }
}

fn genotypes(cx: &Cx, v: &FindingVariant, family: &Family<'_>) -> Markup {
    let caption = cx.tf("genotypes-caption", &[("variant", v.variant.to_string().into())]);
    html! {
        div.table-scroll tabindex="0" role="group" aria-label=(caption) {
            table.table.compact {
                caption { (cx.t("genotypes-heading")) }
                thead { tr {
                    @for key in ["person", "genotype", "depth", "alternate-depth", "allele-balance", "genotype-quality"] {
                        th scope="col" { (cx.t(key)) }
                    }
                } }
                tbody { @for member in family.members { tr {
                    th scope="row" {
                        (pedigree::name_of(&member.id, family.names))
                        @if member.id == family.proband { " (" (cx.t("proband")) ")" }
                    }
                    @match v.genotypes.get(&member.id) {
                        Some(gt) => {
                            td { span.mono { (gt) } " " small { (genotype_word(cx, gt)) } }
                            (call(cx, v.calls.get(&member.id)))
                        }
                        None => { td colspan="5" { (cx.t(if member.sequenced { "not-wished-shown" } else { "not-sequenced" })) } }
                    }
                } } }
            }
        }
    }
}

fn genotype_word(cx: &Cx, gt: &str) -> String {
    let alleles: Vec<&str> = gt.split(['/', '|']).collect();
    let carried = alleles.iter().filter(|a| **a == "1").count();
    cx.t(if alleles.contains(&".") {
        if carried > 0 { "genotype-partly" } else { "genotype-missing" }
    } else if carried == 0 {
        "genotype-absent"
    } else if alleles.len() == 1 {
        "genotype-hemizygous"
    } else if carried == alleles.len() {
        "genotype-homozygous"
    } else {
        "genotype-heterozygous"
    })
}

fn call(cx: &Cx, evidence: Option<&CallEvidence>) -> Markup {
    let number = |value: Option<u32>| value.map_or_else(|| "–".to_owned(), |n| integer(cx.locale, u64::from(n)));
    html! {
        @match evidence {
            Some(e) => {
                td.number { (number(e.depth)) }
                td.number { (number(e.alternate_depth)) }
                td.number { (e.allele_balance.map_or_else(|| "–".to_owned(), |b| percent(cx.locale, f64::from(b), 0))) }
                td.number { (e.genotype_quality.map_or_else(|| "–".to_owned(), |q| decimal(cx.locale, f64::from(q), 0))) }
            }
            None => { td.number { "–" } td.number { "–" } td.number { "–" } td.number { "–" } }
        }
    }
}

fn explanation(cx: &Cx, parts: &[Explanation]) -> Markup {
    let most = parts.iter().map(|e| e.contribution.abs()).fold(0.0, f64::max);
    html! {
        section aria-labelledby="why" {
            h2 #why { (cx.t("why-heading")) }
            p { (cx.t("why-intro")) }
            div.table-scroll tabindex="0" role="group" aria-label=(cx.t("why-heading")) {
                table.table {
                    thead { tr {
                        th scope="col" { (cx.t("why-part")) }
                        th scope="col" { (cx.t("why-text")) }
                        th scope="col" { (cx.t("contribution")) }
                        th.bar-cell scope="col" { (cx.t("for-or-against")) }
                    } }
                    tbody { @for part in parts { tr {
                        th scope="row" { (cx.word("part", &part.key)) }
                        td { (cx.either(&part.text_da, &part.text)) }
                        td.number { (signed(cx.locale, part.contribution, 2)) }
                        td.bar-cell { (bars::from_middle(share(part.contribution, most))) }
                    } } }
                }
            }
        }
    }
}

fn signs(cx: &Cx, signs: &[SignContribution]) -> Markup {
    let most = signs.iter().map(|s| s.log_likelihood_ratio.abs()).fold(0.0, f64::max);
    html! {
        section aria-labelledby="sign-contributions" {
            h2 #sign-contributions { (cx.t("sign-contributions-heading")) }
            @if signs.is_empty() {
                p { (cx.t("sign-contributions-none")) }
            } @else {
                p { (cx.t("sign-contributions-intro")) }
                div.table-scroll tabindex="0" role="group" aria-label=(cx.t("sign-contributions-heading")) {
                    table.table {
                        thead { tr {
                            th scope="col" { (cx.t("sign")) }
                            th scope="col" { (cx.t("matched-sign")) }
                            th scope="col" { (cx.t("contribution")) }
                            th.bar-cell scope="col" { (cx.t("for-or-against")) }
                        } }
                        tbody { @for s in signs { tr {
                            th scope="row" {
                                (words::sign(cx, &s.feature))
                                @if s.feature.excluded { " (" (cx.t("sign-excluded-short")) ")" }
                            }
                            td { @match &s.matched { Some(m) => { (words::sign(cx, m)) } None => { "–" } } }
                            td.number { (signed(cx.locale, s.log_likelihood_ratio, 2)) }
                            td.bar-cell { (bars::from_middle(share(s.log_likelihood_ratio, most))) }
                        } } }
                    }
                }
            }
        }
    }
}

fn share(value: f64, most: f64) -> f64 {
    if most > 0.0 { value / most } else { 0.0 }
}

fn recurrence(cx: &Cx, risk: &RecurrenceRisk) -> Markup {
    let text = cx.either(&risk.text_da, &risk.text);
    html! {
        @if risk.next_child.is_some() || !text.is_empty() {
            section aria-labelledby="recurrence" {
                h2 #recurrence { (cx.t("recurrence-heading")) }
                @if let Some(p) = risk.next_child {
                    p { strong { (cx.t("recurrence-next-child")) " " (frequency(cx.locale, p)) } }
                }
                @if !text.is_empty() { p { (text) } }
            }
        }
    }
}
