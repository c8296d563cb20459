//! `report.html`: one self-contained page in Danish and English; no script, nothing fetched.
//!
//! The language is switched by two radio buttons and a style rule, so the page works from a disk, offline and printed.

mod finding;
mod large;
pub mod pgx;
mod style;

pub use finding::mode_words;

use crate::picture::{self, Described};
use crate::report::{Finding, Quality, Report, ResultKind, SecondaryFinding};
use crate::words::{decimal_comma, named, sign_in_danish};
use indgang_model::{Affected, PhenotypicFeature, Sex};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeMap;

/// The whole page.
pub fn render(report: &Report) -> String {
    let title = format!("{} · Indgang", report.case);
    let body = html! {
        (heading(report))
        (signs(report))
        (findings(report))
        (secondary(report))
        (waterfall(report))
        (family(report))
        (quality(&report.quality))
        (warnings(report))
        (versions(report))
    };
    let footer = both(
        "Beslutningsstøtte for fagfolk. Ikke et medicinsk udstyr. Et fund bekræftes, før det meddeles.",
        "Decision support for professionals. Not a medical device. A finding is confirmed before it is told.",
    );
    page(&title, &body, &footer)
}

/// A page of the house: brand, switch of language, body and footer.
fn page(title: &str, body: &Markup, footer: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="da" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                title { (title) }
                style { (PreEscaped(style::CSS)) }
            }
            body {
                header {
                    p.brand { "Indgang" }
                    p.switch {
                        input #da .language type="radio" name="language" checked;
                        label for="da" lang="da-DK" { "Dansk" }
                        " · "
                        input #en .language type="radio" name="language";
                        label for="en" lang="en-GB" { "English" }
                    }
                }
                main {
                    (body)
                }
                footer { (footer) }
            }
        }
    }
    .into_string()
}

/// The same words in both languages; the style rule shows one.
fn both(danish: &str, english: &str) -> Markup {
    html! { span lang="da" { (danish) } span lang="en" { (english) } }
}

/// As [`both`], where the Danish may be lacking.
fn either(danish: &str, english_words: &str) -> Markup {
    if danish.is_empty() { english(english_words) } else { both(danish, english_words) }
}

/// Words that exist in English only, in both languages of the page, marked for a screen reader.
fn english(words: &str) -> Markup {
    html! { span lang="en-GB" { (words) } }
}

/// A number with a decimal point, as each language writes it.
fn number(written: &str) -> Markup {
    if written.contains('.') {
        both(&decimal_comma(written), written)
    } else {
        html! { (written) }
    }
}

/// A sign by its name: the English one stands where the house has no Danish one.
fn sign_name(sign: &PhenotypicFeature) -> Markup {
    sign_in_danish(sign.id).map_or_else(|| english(&sign.label), |danish| both(danish, &sign.label))
}

/// A disease by its name: the English one stands where the house has no Danish one.
fn disease_name(label: &str) -> Markup {
    named("disease", label).map_or_else(|| english(label), |(danish, english)| both(danish, english))
}

/// The name of a key's value; a value without a name stands as it is.
fn term(kind: &str, value: &str) -> Markup {
    named(kind, value).map_or_else(|| english(&value.replace('_', " ")), |(danish, english)| both(danish, english))
}

fn heading(report: &Report) -> Markup {
    let (class, danish, english) = match report.result {
        ResultKind::Diagnostic => ("diagnostic", "Sikkert fund", "Diagnostic finding"),
        ResultKind::Uncertain => ("uncertain", "Usikkert fund", "Uncertain finding"),
        ResultKind::Negative => ("negative", "Intet evident fund", "Nothing evident"),
    };
    html! {
        h1 { (both("Fortolkning af sag ", "Interpretation of case ")) (report.case) }
        p.result.(class) { (both(danish, english)) }
        @if let Some(why) = report.findings.first().and_then(Finding::certainty) { p { (both(&why.text_da, &why.text)) } }
        dl.facts {
            dt { (both("Indeks", "Proband")) } dd { (report.proband) }
            dt { (both("Genomversion", "Genome build")) } dd { (report.assembly) }
        }
    }
}

fn signs(report: &Report) -> Markup {
    html! {
        section {
            h2 { (both("Tegn", "Signs")) }
            @if report.phenotypic_features.is_empty() {
                p { (both("Ingen tegn er oplyst: rækkefølgen hviler på varianterne alene.",
                          "No signs were given: the order rests on the variants alone.")) }
            }
            ul.signs {
                @for sign in &report.phenotypic_features {
                    li {
                        @if sign.excluded { span.excluded { (both("udelukket: ", "excluded: ")) } }
                        (sign_name(sign)) " " span.id { (sign.id) }
                    }
                }
            }
        }
    }
}

fn findings(report: &Report) -> Markup {
    const SHOWN: usize = 20;
    html! {
        section {
            h2 { (both("Fund i rækkefølge", "Ranked findings")) }
            @if report.findings.is_empty() {
                p { (both("Ingen variant stod tilbage efter filtrene.", "No variant was left after the filters.")) }
            }
            @for finding in report.findings.iter().take(SHOWN) { (finding::render(finding)) }
            @if report.findings.len() > SHOWN {
                p {
                    (both(&format!("De øvrige {} står i report.json.", report.findings.len() - SHOWN),
                          &format!("The other {} are in report.json.", report.findings.len() - SHOWN)))
                }
            }
        }
    }
}

fn secondary(report: &Report) -> Markup {
    html! {
        section {
            h2 { (both("Sekundære fund, efter hver persons ønske", "Secondary findings, as each person wished")) }
            @if report.secondary_findings.is_empty() {
                p { (both("Ingen at vise: kun den, der har ønsket at få sekundære fund at vide, har et afsnit her.",
                          "None to show: only who wished to be told of secondary findings has a section here.")) }
            }
            @for (person, found) in &report.secondary_findings {
                h3 { (person) }
                @if found.is_empty() {
                    p { (both("Ønsket; intet fundet.", "Wished; nothing found.")) }
                }
                @for finding in found { (secondary_finding(finding)) }
            }
        }
    }
}

fn secondary_finding(finding: &SecondaryFinding) -> Markup {
    html! {
        p {
            strong { (finding.gene.symbol) } " – " (disease_name(&finding.disease.label))
            // What is on no list has a length instead of a class.
            @if !finding.list_version.is_empty() {
                " (" (term("class", &finding.acmg.classification)) ", ACMG SF " (finding.list_version) ")"
            }
        }
        @if finding.needs_confirmation {
            p.flag { (both("Skal bekræftes med en anden metode, før det meddeles.",
                           "Must be confirmed by another method before it is told.")) }
        }
        @for variant in &finding.variants { (finding::variant(variant)) }
    }
}

fn waterfall(report: &Report) -> Markup {
    let most = report.filters.iter().map(|f| f.kept).max().unwrap_or(1).max(1);
    html! {
        section {
            h2 { (both("Filtre", "Filters")) }
            table tabindex="0" {
                thead { tr { th scope="col" { (both("Trin", "Step")) } th scope="col" { (both("Tilbage", "Left")) } th scope="col" { (both("Andel, logaritmisk", "Share, logarithmic")) } } }
                tbody {
                    @for step in &report.filters {
                        tr {
                            th scope="row" { (filter_name(&step.name)) }
                            td.number { (step.kept) }
                            td.bar {
                                // A logarithmic bar: the first steps hold a thousand times the last.
                                @let width = ((step.kept as f64 + 1.0).ln() / (most as f64 + 1.0).ln() * 100.0).clamp(0.0, 100.0);
                                svg width="200" height="12" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
                                    rect width=(format!("{width:.1}")) height="6" {}
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A filter step's name in both languages; unknown names are shown as they are.
pub fn filter_words(name: &str) -> (&str, &str) {
    match name {
        "read" => ("Læste alleler", "Alleles read"),
        "primary_assembly" => ("På et kromosom", "On a chromosome"),
        "carried_by_affected" => ("Båret af en syg", "Carried by an affected"),
        "quality" => ("God kvalitet", "Good quality"),
        "frequency" => ("Sjældne", "Rare"),
        "consequence" => ("Ændrer et genprodukt", "Change a gene product"),
        "panel" => ("I panelet", "In the panel"),
        "inheritance" => ("Passer til en nedarvning", "Fit a mode of inheritance"),
        other => (other, other),
    }
}

fn filter_name(name: &str) -> Markup {
    let (danish, english) = filter_words(name);
    both(danish, english)
}

fn family(report: &Report) -> Markup {
    html! {
        section {
            h2 { (both("Familie", "Family")) }
            figure.pedigree {
                div.drawing tabindex="0" role="group" aria-labelledby="pedigree-text" {
                    (picture::pedigree(&report.family, &report.proband, &BTreeMap::new(), Described::By("pedigree-text")))
                }
                figcaption #pedigree-text {
                    (both("Stamtræet; tabellen herunder siger det samme. Firkant: mand. Cirkel: kvinde. Rude: køn ukendt. \
                           Udfyldt: syg. Spørgsmålstegn: ikke kendt, om syg. Stiplet: ikke sekventeret. Pil: indeks.",
                          "The pedigree; the table below says the same. Square: male. Circle: female. Diamond: sex unknown. \
                           Filled: affected. Question mark: not known whether affected. Dashed: not sequenced. Arrow: proband."))
                }
            }
            table tabindex="0" {
                thead { tr {
                    th scope="col" { (both("Person", "Person")) } th scope="col" { (both("Køn", "Sex")) }
                    th scope="col" { (both("Far", "Father")) } th scope="col" { (both("Mor", "Mother")) }
                    th scope="col" { (both("Syg", "Affected")) } th scope="col" { (both("Sekventeret", "Sequenced")) }
                } }
                tbody {
                    @for member in &report.family {
                        tr {
                            th scope="row" { (member.id) }
                            td { (match member.sex { Sex::Male => both("mand", "male"), Sex::Female => both("kvinde", "female"), Sex::Unknown => both("ukendt", "unknown") }) }
                            td { (member.father.as_deref().unwrap_or("–")) }
                            td { (member.mother.as_deref().unwrap_or("–")) }
                            td { (match member.affected { Affected::Affected => both("ja", "yes"), Affected::Unaffected => both("nej", "no"), Affected::Unknown => both("ukendt", "unknown") }) }
                            td { @if member.sequenced { (both("ja", "yes")) } @else { (both("nej", "no")) } }
                        }
                    }
                }
            }
        }
    }
}

fn quality(quality: &Quality) -> Markup {
    html! {
        section {
            h2 { (both("Kvalitet", "Quality")) }
            p {
                @if quality.pedigree_agrees {
                    (both("Intet i filen taler imod stamtræet.", "Nothing in the file speaks against the pedigree."))
                } @else {
                    (both("Filen og stamtræet stemmer ikke overens; se advarslerne.", "The file and the pedigree disagree; see the warnings."))
                }
            }
            table tabindex="0" {
                thead { tr {
                    th scope="col" { (both("Prøve", "Sample")) } th scope="col" { (both("Varianter", "Variants")) }
                    th scope="col" { (both("Median dybde", "Median depth")) } th scope="col" { (both("Køn ifølge filen", "Sex by the file")) }
                    th scope="col" { (both("Manglende", "Missing")) }
                } }
                tbody {
                    @for sample in &quality.samples {
                        tr {
                            th scope="row" { (sample.sample) }
                            td.number { (sample.variants) }
                            td.number { @if let Some(d) = sample.median_depth { (number(&d.to_string())) } @else { "–" } }
                            td { (match sample.observed_sex { Sex::Male => both("mand", "male"), Sex::Female => both("kvinde", "female"), Sex::Unknown => both("kan ikke afgøres", "cannot be told") }) }
                            td.number { (number(&format!("{:.1} %", sample.missing_rate * 100.0))) }
                        }
                    }
                }
            }
        }
    }
}

fn warnings(report: &Report) -> Markup {
    html! {
        @if !report.warnings.is_empty() {
            section {
                h2 { (both("Forbehold", "Reservations")) }
                ul {
                    @for (place, warning) in report.warnings.iter().enumerate() {
                        li { (either(report.warnings_da.get(place).map_or("", String::as_str), warning)) }
                    }
                }
            }
        }
    }
}

fn versions(report: &Report) -> Markup {
    html! {
        section {
            h2 { (both("Versioner", "Versions")) }
            dl.facts { @for (name, version) in &report.versions { dt { (name) } dd { (version) } } }
        }
    }
}
