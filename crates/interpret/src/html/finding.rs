//! One finding with its evidence.

use super::{both, disease_name, either, large, number, sign_name, term};
use crate::report::{Acmg, ByHand, Explanation, Finding, FindingVariant, Remark, SignContribution};
use crate::words::named;
use indgang_model::ModeOfInheritance;
use maud::{Markup, html};

pub(super) fn render(finding: &Finding) -> Markup {
    let (da, en) = mode_words(finding.mode_of_inheritance);
    html! {
        details open[finding.rank == 1] {
            summary {
                strong { (finding.rank) ". " (finding.gene.symbol) } " – " (both(da, en))
                " – " (number(&format!("{:.3}", finding.scores.combined)))
                @if let Some(disease) = &finding.disease { br; (disease_name(&disease.label)) " " span.id { (disease.id) } }
            }
            @for one in &finding.variants { (variant(one)) }
            (explanation(&finding.explanation))
            (signs(&finding.signs))
            (acmg(&finding.acmg))
            p { strong { (both("Gentagelsesrisiko: ", "Recurrence risk: ")) } (both(&finding.recurrence_risk.text_da, &finding.recurrence_risk.text)) }
            @for remark in finding.remarks() {
                p { @match remark {
                    Remark::Flag(flag) => { (term("flag", flag)) }
                    Remark::AlsoFits(mode) => { (both("Passer også: ", "Also fits: ")) (term("mode", mode)) }
                } }
            }
            @let mut doubts = finding.reservations().peekable();
            @if doubts.peek().is_some() {
                h3 { (both("Forbehold", "Reservations")) }
                ul.flag { @for flag in doubts { li { (term("flag", flag)) } } }
            }
        }
    }
}

pub(super) fn variant(variant: &FindingVariant) -> Markup {
    html! {
        p.variant {
            strong { (variant.variant) } " " (term("consequence", &variant.consequence))
            @if let Some(hgvs) = &variant.hgvs { " " (hgvs) }
            @if let Some(change) = &variant.protein_change {
                " " (both("protein (bcftools' skrivemåde): ", "protein (notation of bcftools): ")) (change)
            }
            @if let Some(transcript) = &variant.transcript { " " span.id { (transcript) } }
            br;
            (both("Højeste hyppighed: ", "Highest frequency: "))
            @match (variant.max_frequency, &variant.max_frequency_source) {
                (Some(f), Some(source)) => { (number(&frequency(f))) " (" (source) ")" }
                (Some(f), None) => { (number(&frequency(f))) }
                (None, _) => { (both("ikke kendt", "not known")) }
            }
            @if let Some(own) = &variant.own_cohort {
                br;
                (both("Husets egen kohorte uden familien: ", "The house's own cohort without the family: "))
                (own.carriers) "/" (own.people) " " (both("bærere", "carriers")) ", "
                (own.homozygotes) " " (both("på alle kopier", "on every copy"))
            }
            @if let Some(clinvar) = &variant.clinvar {
                br; "ClinVar " (clinvar.id) ": " (term("clinvar", &clinvar.key())) " (" (clinvar.stars) "/4, " (clinvar.version) ")"
            }
        }
        (large::facts(variant))
        table tabindex="0" {
            thead { tr {
                th scope="col" { (both("Prøve", "Sample")) } th scope="col" { "GT" } th scope="col" { (both("Dybde", "Depth")) }
                th scope="col" { (both("Allelandel", "Allele balance")) } th scope="col" { "GQ" }
            } }
            tbody {
                @for (sample, genotype) in &variant.genotypes {
                    @let call = variant.calls.get(sample);
                    tr {
                        th scope="row" { (sample) }
                        td { (genotype) }
                        td.number { (or_dash(call.and_then(|c| c.depth))) }
                        td.number { (number(&or_dash(call.and_then(|c| c.allele_balance).map(|b| format!("{b:.2}"))))) }
                        td.number { (or_dash(call.and_then(|c| c.genotype_quality))) }
                    }
                }
            }
        }
    }
}

fn or_dash(value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(|| "–".to_owned(), |v| v.to_string())
}

fn frequency(f: f64) -> String {
    if f > 0.0 && f < 0.001 { format!("{f:.1e}") } else { format!("{f:.4}") }
}

fn explanation(parts: &[Explanation]) -> Markup {
    html! {
        @if !parts.is_empty() {
            h3 { (both("Hvorfor", "Why")) }
            ul { @for part in parts { li {
                (both(&part.text_da, &part.text))
                @if part.contribution != 0.0 { " (" (number(&format!("{:+.2}", part.contribution))) ")" }
            } } }
        }
    }
}

fn signs(signs: &[SignContribution]) -> Markup {
    html! {
        @if !signs.is_empty() {
            h3 { (both("Hvad hvert tegn bidrager med", "What each sign contributes")) }
            ul {
                @for sign in signs {
                    li {
                        @if sign.feature.excluded { (both("udelukket: ", "excluded: ")) }
                        (sign_name(&sign.feature)) ": " (number(&format!("{:+.2}", sign.log_likelihood_ratio)))
                        @if let Some(matched) = &sign.matched { " (" (both("bedste match ", "best match ")) (sign_name(matched)) ")" }
                    }
                }
            }
        }
    }
}

fn acmg(acmg: &Acmg) -> Markup {
    html! {
        h3 { "ACMG/AMP: " (term("class", &acmg.classification)) " (" (acmg.points) " " (both("point", "points")) ")" }
        ul {
            @for c in acmg.criteria.iter().chain(&acmg.set_aside) {
                li {
                    strong { (c.code) } ", " (term("strength", &c.strength))
                    @if !c.reason.is_empty() { ": " (either(&c.reason_da, &c.reason)) }
                    @if !c.source.is_empty() {
                        " [" (source(&c.source)) @if !c.version.is_empty() { " " (c.version) } @if !c.value.is_empty() { ": " (c.value) } "]"
                    }
                    @if let Some(hand) = &c.by_hand { (by_hand(hand, c.points == 0)) }
                }
            }
        }
    }
}

/// A source by its name in words, or a field of the file as it is.
fn source(key: &str) -> Markup {
    named("source", key).map_or_else(|| html! { (key) }, |(danish, english)| both(danish, english))
}

fn by_hand(hand: &ByHand, set_aside: bool) -> Markup {
    html! {
        br;
        @if set_aside {
            (both("Sat ud af betragtning i hånden", "Set aside by hand"))
        } @else {
            (both("Sat i hånden", "Set by hand"))
            @if let Some(strength) = &hand.instead_of { " (" (both("programmet: ", "the program: ")) (term("strength", strength)) ")" }
        }
        ", " (hand.by) ", " (hand.at) ": " (hand.reason)
    }
}

/// A mode of inheritance in both languages.
pub fn mode_words(mode: ModeOfInheritance) -> (&'static str, &'static str) {
    use ModeOfInheritance as M;
    match mode {
        M::DeNovo => ("nyopstået", "de novo"),
        M::PossibleDeNovo => ("muligvis nyopstået", "possibly de novo"),
        M::MosaicDeNovo => ("nyopstået, mosaik", "de novo, mosaic"),
        M::ParentalMosaic => ("fra en forælder med mosaik", "from a mosaic parent"),
        M::AutosomalDominant => ("autosomal dominant", "autosomal dominant"),
        M::AutosomalDominantIncompletePenetrance => {
            ("autosomal dominant, nedsat penetrans", "autosomal dominant, incomplete penetrance")
        }
        M::AutosomalRecessiveHomozygous => ("autosomal recessiv, homozygot", "autosomal recessive, homozygous"),
        M::AutosomalRecessiveCompoundHeterozygous => {
            ("autosomal recessiv, sammensat heterozygot", "autosomal recessive, compound heterozygous")
        }
        M::AutosomalRecessiveOverDeletion => {
            ("autosomal recessiv over en deletion", "autosomal recessive over a deletion")
        }
        M::XLinkedDominant => ("X-bundet dominant", "X-linked dominant"),
        M::XLinkedRecessive => ("X-bundet recessiv", "X-linked recessive"),
        M::XLinkedCompoundHeterozygous => ("X-bundet, sammensat heterozygot", "X-linked, compound heterozygous"),
        M::XLinkedDeNovo => ("X-bundet, nyopstået", "X-linked, de novo"),
        M::YLinked => ("Y-bundet", "Y-linked"),
        M::Mitochondrial => ("mitokondriel", "mitochondrial"),
        M::UniparentalDisomy => ("begge kopier fra én forælder", "uniparental disomy"),
        M::CarrierCouple => ("begge er bærere", "carrier couple"),
    }
}
