//! The catalogue of tables: the list with its search, and one table. It holds no person's data.

use crate::format::{integer, moment};
use crate::page::{Cx, Page, Sample};
use crate::parts::words;
use crate::sample;
use indgang_model::{Category, Timestamp};
use indgang_service::{Both, CatalogueColumn, CatalogueTable, Description, RowCount};
use maud::{Markup, html};
use std::sync::LazyLock;

/// The list's context.
#[derive(Debug, Clone)]
pub struct CataloguePage {
    /// The tables that were found.
    pub tables: Vec<CatalogueTable>,
    /// What was sought; empty for all.
    pub sought: String,
    /// The present snapshot and when it was made.
    pub snapshot: Option<(u64, Timestamp)>,
    /// True when the catalogue can be had as JSON-LD.
    pub as_json_ld: bool,
}

const COLUMNS: [&str; 5] =
    ["catalogue-table", "catalogue-what", "catalogue-holder", "catalogue-period", "catalogue-rows"];

impl Page for CataloguePage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("catalogue-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.t("catalogue-lead")) }
            form.form.form-row method="get" action="/catalogue" role="search" {
                label for="q" { (cx.t("catalogue-search")) }
                input #q name="q" value=(self.sought) maxlength="100" autocomplete="off";
                button.button.button-secondary type="submit" { (cx.t("catalogue-find")) }
                @if !self.sought.is_empty() { a href="/catalogue" { (cx.t("log-filter-clear")) } }
            }
            p role="status" { (cx.tf("catalogue-count", &[("count", self.tables.len().into())])) }
            @if !self.tables.is_empty() {
                div.table-scroll tabindex="0" role="group" aria-label=(cx.t("catalogue-title")) {
                    table.table.stacked {
                        thead { tr { @for key in COLUMNS { th scope="col" { (cx.t(key)) } } } }
                        tbody { @for table in &self.tables { tr {
                            th scope="row" data-label=(cx.t(COLUMNS[0])) { a.mono href={ "/catalogue/" (table.name) } { (table.name) } }
                            td data-label=(cx.t(COLUMNS[1])) { (cx.either(table.means_da, table.means_en)) }
                            td data-label=(cx.t(COLUMNS[2])) { (holder(table)) }
                            td data-label=(cx.t(COLUMNS[3])) { @if let Some(said) = table.said { (period(cx, said)) } @else { "–" } }
                            td data-label=(cx.t(COLUMNS[4])) { (rows(cx, table.rows)) }
                        } } }
                    }
                }
            }
            @if let Some((number, at)) = self.snapshot {
                p { (cx.t("sql-snapshot")) " " (cx.tf("sql-snapshot-of", &[
                    ("at", moment(cx.locale, at).into()), ("number", number.into()),
                ])) "." }
            }
            @if self.as_json_ld { p { a href="/catalogue.jsonld" { (cx.t("catalogue-json-ld")) } } }
        }
    }
}

/// The context of one table's page.
#[derive(Debug, Clone)]
pub struct CatalogueTablePage {
    /// The table.
    pub table: CatalogueTable,
    /// The law that it is kept and used by.
    pub legal_basis: &'static Both,
    /// What it is used for.
    pub purpose: &'static Both,
}

impl Page for CatalogueTablePage {
    fn title(&self, cx: &Cx) -> String {
        cx.tf(
            "catalogue-table-title",
            &[
                ("name", self.table.name.into()),
                ("what", cx.either(self.table.means_da, self.table.means_en).to_owned().into()),
            ],
        )
    }

    fn body(&self, cx: &Cx) -> Markup {
        let CatalogueTable { category, columns, said, rows: count, .. } = &self.table;
        let said = *said;
        let both = |text: &Both| cx.either(&text.da, &text.en).to_owned();
        html! {
            dl.facts {
                @if let Some(said) = said {
                    dt { (cx.t("catalogue-holder")) } dd { (said.holder) }
                    dt { (cx.t("catalogue-population")) } dd { (both(&said.population)) }
                    dt { (cx.t("catalogue-period")) } dd { (period(cx, said)) }
                    dt { (cx.t("catalogue-update")) } dd { (cx.t(&format!("frequency-{}", said.frequency))) }
                } @else {
                    dt { (cx.t("catalogue-delivered")) } dd { (holder(&self.table)) }
                    dt { (cx.t("catalogue-standard")) } dd { "OMOP CDM 5.4" }
                }
                dt { (cx.t("catalogue-rows")) } dd { (rows(cx, *count)) }
                dt { (cx.t("catalogue-category")) }
                dd { (match category {
                    Some(category) => words::category(cx, *category),
                    None => cx.t("catalogue-any-category"),
                }) }
                @if let Some(said) = said {
                    @if !said.codes.is_empty() { dt { (cx.t("catalogue-codes")) } dd { (said.codes.join(", ")) } }
                    dt { (cx.t("catalogue-quality")) } dd { (both(&said.quality)) }
                } @else { dt { (cx.t("catalogue-quality")) } dd { (cx.t("catalogue-omop-quality")) } }
                dt { (cx.t("catalogue-legal")) } dd { (both(self.legal_basis)) }
                dt { (cx.t("catalogue-purpose")) } dd { (both(self.purpose)) }
                dt { (cx.t("catalogue-access")) } dd { (cx.t("catalogue-access-text")) " " a href="/sql" { (cx.t("sql-title")) } }
            }
            h2 { (cx.t("catalogue-variables")) }
            div.table-scroll tabindex="0" role="group" aria-label=(cx.t("catalogue-variables")) {
                table.table.stacked {
                    thead { tr {
                        @for key in ["sql-column", "catalogue-kind", "sql-means"] { th scope="col" { (cx.t(key)) } }
                    } }
                    tbody { @for column in columns { tr {
                        th.mono scope="row" data-label=(cx.t("sql-column")) { (column.name) }
                        td data-label=(cx.t("catalogue-kind")) { (cx.t(&format!("datatype-{}", column.datatype))) }
                        td data-label=(cx.t("sql-means")) { (cx.either(column.means_da, column.means_en)) }
                    } } }
                }
            }
            p { a href="/catalogue" { (cx.t("catalogue-back")) } }
        }
    }
}

/// Who holds it, or who has delivered it.
fn holder(table: &CatalogueTable) -> String {
    table.said.map_or_else(|| table.sources.join(", "), |said| said.holder.clone())
}

fn period(cx: &Cx, said: &Description) -> String {
    match said.until {
        Some(until) => format!("{}–{until}", said.from),
        None => cx.tf("catalogue-from", &[("year", said.from.to_string().into())]),
    }
}

fn rows(cx: &Cx, count: RowCount) -> String {
    match count {
        RowCount::None => cx.t("sql-table-empty"),
        RowCount::Few => cx.t("catalogue-few"),
        RowCount::About(rows) => cx.tf("catalogue-about", &[("rows", integer(cx.locale, rows).into())]),
    }
}

static SAID: LazyLock<Description> = LazyLock::new(|| {
    let both = |da: &str, en: &str| Both { da: da.to_owned(), en: en.to_owned() };
    Description {
        holder: "Prøvestyrelsen".to_owned(),
        from: 1977,
        until: Some(2019),
        frequency: "NEVER".to_owned(),
        categories: vec!["PHDR".to_owned()],
        personal: Vec::new(),
        codes: vec!["SKS".to_owned()],
        keywords: Both { da: vec!["sygehus".to_owned()], en: vec!["hospital".to_owned()] },
        population: both("Alle med en kontakt", "Everybody with a contact"),
        quality: both("Indberetning er pligtig.", "Reporting is mandatory."),
    }
});
static GOES_ON: LazyLock<Description> =
    LazyLock::new(|| Description { until: None, frequency: "MONTHLY".to_owned(), codes: Vec::new(), ..SAID.clone() });

fn sample_table(said: &'static Description, category: Option<Category>, rows: RowCount) -> CatalogueTable {
    let column = |datatype| CatalogueColumn { name: "c_diag", datatype, means_da: "diagnose", means_en: "diagnosis" };
    CatalogueTable {
        name: "lpr_adm",
        means_da: "sygehuskontakter",
        means_en: "hospital contacts",
        category,
        columns: ["integer", "string", "double", "date"].map(column).into(),
        said: Some(said),
        sources: Vec::new(),
        rows,
    }
}

/// A table of OMOP.
fn delivered() -> CatalogueTable {
    let table = sample_table(&SAID, Some(Category::Specimen), RowCount::About(120));
    CatalogueTable { name: "specimen", said: None, sources: vec!["aarhus".to_owned(), "odense".to_owned()], ..table }
}

impl Sample for CataloguePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let tables = vec![
            sample_table(&SAID, Some(Category::Encounter), RowCount::About(12_300)),
            sample_table(&GOES_ON, None, RowCount::Few),
            sample_table(&GOES_ON, None, RowCount::None),
            delivered(),
        ];
        let all = Self { tables, sought: String::new(), snapshot: Some((3, sample::now())), as_json_ld: true };
        let nothing = Self { tables: Vec::new(), sought: "æble <".to_owned(), snapshot: None, as_json_ld: false };
        vec![("all", all), ("nothing", nothing)]
    }
}

impl Sample for CatalogueTablePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let of = |said: &'static Description, category| Self {
            table: sample_table(said, category, RowCount::About(50)),
            legal_basis: &said.quality,
            purpose: &said.population,
        };
        let omop = Self { table: delivered(), ..of(&SAID, None) };
        vec![("ended", of(&SAID, Some(Category::Encounter))), ("goes-on", of(&GOES_ON, None)), ("omop", omop)]
    }
}
