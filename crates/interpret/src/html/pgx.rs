//! `pgx.html`: pharmacogenomics of one sample on one page, in Danish and English.

use super::{both, english, page};
use crate::pgx::report::{
    CallSource, DrugReport, GeneReport, MedicineReport, MedicineStatus, RecommendationReport, Report, Warning,
};
use maud::{Markup, html};

/// The whole page.
pub fn render(report: &Report) -> String {
    let body = html! {
        h1 { (both("Farmakogenomik for prøve ", "Pharmacogenomics of sample ")) (report.sample) }
        p.result.uncertain { (both(&report.disclaimer.da, &report.disclaimer.en)) }
        dl.facts {
            dt { (both("Genomversion", "Genome build")) } dd { (report.assembly) }
        }
        (warnings(&report.warnings))
        @if let Some(medicines) = &report.medicines { (list(medicines)) }
        (drugs(report))
        (genes(&report.genes))
        (missing(&report.genes))
        (versions(report))
    };
    let footer = both(
        "Beslutningsstøtte for fagfolk. Ikke et medicinsk udstyr. Ingen ændring af medicin eller dosis uden en læge.",
        "Decision support for professionals. Not a medical device. No change of a medicine or a dose without a clinician.",
    );
    page(&format!("{} · Indgang", report.sample), &body, &footer)
}

fn warnings(warnings: &[Warning]) -> Markup {
    html! { @for warning in warnings { p.flag { (both(&warning.da, &warning.en)) } } }
}

fn list(medicines: &[MedicineReport]) -> Markup {
    let status = |status| match status {
        MedicineStatus::Recommendation => {
            both("anbefaling findes, se nedenfor", "there is a recommendation, see below")
        }
        MedicineStatus::NoRecommendation => both(
            "vejledningen giver ingen anbefaling for dette svar",
            "the guideline makes no recommendation for this result",
        ),
        MedicineStatus::NoResult => {
            both("vejledning findes, men genet er ikke kaldt", "there is a guideline, but the gene is not called")
        }
        MedicineStatus::NoGuideline => {
            both("ingen CPIC-vejledning i denne udgave", "no CPIC guideline in this release")
        }
    };
    html! {
        section {
            h2 { (both("Medicinlisten", "The medicine list")) }
            table {
                thead { tr { th { (both("Opført", "Listed")) } th { (both("Stof", "Substance")) } th { (both("Svar", "Answer")) } } }
                tbody {
                    @for medicine in medicines {
                        tr {
                            td { (medicine.given) }
                            td { @for drug in &medicine.drugs { a href={ "#" (anchor(drug)) } { (english(drug)) } " " } }
                            td { (status(medicine.status)) }
                        }
                    }
                }
            }
        }
    }
}

fn anchor(drug: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("drug-{}", drug.chars().map(plain).collect::<String>())
}

fn drugs(report: &Report) -> Markup {
    html! {
        section {
            h2 { (both("Lægemidler med vejledning", "Drugs with a guideline")) }
            @if report.drugs.is_empty() {
                p { (both("Intet gen er kaldt, som en vejledning taler om.", "No gene is called that a guideline speaks of.")) }
            }
            @for drug in &report.drugs { (drug_details(drug, listed(report, drug))) }
            @if !report.drugs_without_result.is_empty() {
                p { (both("Uden svar, fordi generne ikke er kaldt: ", "Without an answer, since their genes are not called: "))
                    (english(&report.drugs_without_result.join(", "))) "." }
            }
        }
    }
}

fn listed(report: &Report, drug: &DrugReport) -> bool {
    report.medicines.iter().flatten().any(|m| m.drugs.contains(&drug.drug))
}

fn drug_details(drug: &DrugReport, open: bool) -> Markup {
    let strongest = drug.recommendations.first().map_or("", |r| &r.classification);
    html! {
        details #(anchor(&drug.drug)) open[open] {
            summary {
                strong { (english(&drug.drug)) } " · " (drug.genes.join(", "))
                @if !strongest.is_empty() { " · " (english(strongest)) }
            }
            @if drug.provisional {
                p.flag { (both("Foreløbigt: positioner mangler, så alleler med anden funktion er ikke udelukket.",
                               "Provisional: positions are missing, so alleles of another function are not ruled out.")) }
            }
            @if !drug.genes_without_result.is_empty() {
                p.flag { (both("Ikke kaldt: ", "Not called: ")) (drug.genes_without_result.join(", ")) }
            }
            @for recommendation in &drug.recommendations { (row(recommendation)) }
            @if drug.recommendations.is_empty() && drug.note.is_none() {
                p { (both("Vejledningen har ingen række for dette svar.", "The guideline has no row for this result.")) }
            }
            @if let Some(note) = &drug.note { p { (english(note)) } }
            p.id {
                "CPIC " (drug.version) ": " (english(&drug.guideline)) ". " (drug.url)
                @for pmid in &drug.pmids { " PMID " (pmid) }
                @if !drug.atc.is_empty() { ". ATC " (drug.atc.join(", ")) }
            }
        }
    }
}

fn row(recommendation: &RecommendationReport) -> Markup {
    html! {
        h3 { (english(&recommendation.classification)) " · " (english(&recommendation.population)) }
        p { (english(&recommendation.recommendation)) }
        dl.facts {
            @for (gene, by) in &recommendation.found_by {
                dt { (gene) }
                dd {
                    (english(by))
                    @if let Some(names) = recommendation.diplotypes.get(gene).filter(|n| !n.is_empty()) { " (" (names.join(", ")) ")" }
                    @if let Some(text) = recommendation.implications.get(gene) { ": " (english(text)) }
                }
            }
        }
        @if let Some(comments) = &recommendation.comments { p.id { (english(comments)) } }
    }
}

fn genes(genes: &[GeneReport]) -> Markup {
    html! {
        section {
            h2 { (both("Gener", "Genes")) }
            table {
                thead {
                    tr {
                        th { (both("Gen", "Gene")) } th { (both("Diplotype", "Diplotype")) } th { (both("Fænotype", "Phenotype")) }
                        th { (both("Aktivitet", "Activity")) } th { (both("Positioner", "Positions")) } th { (both("Kilde", "Source")) }
                    }
                }
                tbody { @for gene in genes { (gene_rows(gene)) } }
            }
        }
    }
}

fn gene_rows(gene: &GeneReport) -> Markup {
    let source = match gene.call_source {
        CallSource::Vcf => both("filen", "the file"),
        CallSource::OutsideCall => both("kald udefra", "outside call"),
        CallSource::Inferred => both("udledt", "inferred"),
        CallSource::NoMatch => both("intet passer", "nothing fits"),
        CallSource::NoData => both("ikke undersøgt", "not examined"),
    };
    let all = gene.matched_positions.len() + gene.missing_positions.len();
    html! {
        @for diplotype in &gene.diplotypes {
            tr {
                td { (gene.gene) }
                td.variant { (diplotype.name) }
                td { (english(diplotype.phenotype.as_deref().unwrap_or("–"))) }
                td { (diplotype.activity_score.as_deref().unwrap_or("")) }
                td.number { @if all > 0 { (gene.matched_positions.len()) "/" (all) } }
                td { (source) }
            }
        }
        @if gene.diplotypes.is_empty() {
            tr {
                td { (gene.gene) } td { "–" } td {} td {}
                td.number { @if all > 0 { (gene.matched_positions.len()) "/" (all) } }
                td { (source) }
            }
        }
        @if !gene.phenotypes_not_ruled_out.is_empty() {
            tr {
                td {}
                td.flag colspan="5" {
                    (both("Ikke udelukket, fordi positioner mangler: ", "Not ruled out, since positions are missing: "))
                    (english(&gene.phenotypes_not_ruled_out.join(", ")))
                }
            }
        }
        @for extra in &gene.extra_positions {
            tr {
                td {}
                td colspan="5" {
                    (extra.name) ": "
                    @match &extra.genotype { Some(genotype) => (genotype), None => (both("ikke undersøgt", "not examined")) }
                }
            }
        }
        @if !gene.warnings.is_empty() { tr { td {} td colspan="5" { (warnings(&gene.warnings)) } } }
    }
}

fn missing(genes: &[GeneReport]) -> Markup {
    html! {
        section {
            h2 { (both("Det, der ikke er udelukket", "What is not ruled out")) }
            @for gene in genes.iter().filter(|g| !g.missing_positions.is_empty() && !g.matched_positions.is_empty()) {
                details {
                    summary { (gene.gene) " · " (gene.missing_positions.len()) (both(" manglende positioner", " missing positions")) }
                    ul {
                        @for position in &gene.missing_positions {
                            li { (position.name) " (" (position.chromosome) ":" (position.position) ")"
                                @if !position.alleles.is_empty() { ": " (position.alleles.join(", ")) } }
                        }
                    }
                }
            }
        }
    }
}

fn versions(report: &Report) -> Markup {
    html! {
        section {
            h2 { (both("Kilder", "Sources")) }
            dl.facts {
                dt { "Indgang" } dd { (report.program_version) }
                @for (name, version) in &report.versions { dt { (name) } dd { (version) } }
            }
        }
    }
}
