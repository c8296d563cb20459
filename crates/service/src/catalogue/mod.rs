//! The catalogue: what each table of the lake is, for those who have no permit yet. It holds no person's data, and counts
//! of rows only as roughly as tells of nobody.

mod dcat;

use crate::Error;
use indgang_lake::house::{MINIMUM_CELL, Manifest};
use indgang_lake::registers::{Kind, REGISTERS, Register};
use indgang_lake::{Description, Descriptions, descriptions, omop};
use indgang_model::{Category, Timestamp};
use indgang_store::House;
use indgang_store::lake::snapshot;
use serde::Deserialize;
use std::collections::BTreeSet;

pub use dcat::to_json_ld;

/// The catalogue of a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// The registers in their order, then the tables of OMOP that a source has delivered.
    pub tables: Vec<CatalogueTable>,
    /// The present snapshot and when it was made; `None` while the lake is empty.
    pub snapshot: Option<(u64, Timestamp)>,
    /// What is said of all of them.
    pub said: &'static Descriptions,
}

/// A table of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueTable {
    /// Its name.
    pub name: &'static str,
    /// What it is, in Danish.
    pub means_da: &'static str,
    /// The same in English.
    pub means_en: &'static str,
    /// The kind of data; `None` for what goes with any kind.
    pub category: Option<Category>,
    /// Its columns.
    pub columns: Vec<CatalogueColumn>,
    /// What is said of it; `None` of a table of OMOP, of which only who delivered it is known.
    pub said: Option<&'static Description>,
    /// Who has delivered it, of a table of OMOP.
    pub sources: Vec<String>,
    /// Its rows in this house.
    pub rows: RowCount,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueColumn {
    /// Its name.
    pub name: &'static str,
    /// Its datatype, as CSV on the Web names it.
    pub datatype: &'static str,
    /// What it means, in Danish.
    pub means_da: &'static str,
    /// The same in English.
    pub means_en: &'static str,
}

/// How many rows a table has, as far as it may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowCount {
    /// Nothing has been taken in.
    None,
    /// Too few to tell how many.
    Few,
    /// So many, rounded to three digits and to tens at least.
    About(u64),
}

impl RowCount {
    fn of(rows: u64) -> Self {
        let step = 10u64.max(10u64.pow(rows.checked_ilog10().unwrap_or(0).saturating_sub(2)));
        match rows {
            0 => Self::None,
            _ if rows < u64::from(MINIMUM_CELL) => Self::Few,
            _ => Self::About((rows + step / 2) / step * step),
        }
    }
}

/// Who publishes the catalogue, keeps the tables and gives access to them: a house is told it once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// Where the portal lies; identifiers begin so: `https://data.example.dk`.
    pub address: String,
    /// Who holds the tables.
    pub holder: Contact,
    /// The health data access body that gives access to them.
    pub access_body: Contact,
    /// The last day that the tables are kept until.
    pub kept_until: Option<jiff::civil::Date>,
}

/// An organisation that can be written to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Its name.
    pub name: String,
    /// An e-mail address.
    pub email: String,
    /// Its page.
    pub page: String,
}

impl Publisher {
    /// Made up, for the demo house.
    pub fn demo() -> Self {
        let contact = |name: &str, email: &str, page: &str| Contact {
            name: name.to_owned(),
            email: email.to_owned(),
            page: page.to_owned(),
        };
        Self {
            address: "https://indgang.example.org".to_owned(),
            holder: contact("Testkøbing Universitet (demo)", "data@example.org", "https://university.example.org"),
            access_body: contact("Dataadgang Test (demo)", "access@example.org", "https://access.example.org"),
            kept_until: None,
        }
    }
}

/// The catalogue of a house.
///
/// # Errors
/// When the store fails.
pub async fn catalogue(house: &House) -> Result<Catalogue, Error> {
    let present = snapshot(house, None).await?;
    let manifest = present.as_ref().and_then(|present| Manifest::from_text(&present.manifest)).unwrap_or_default();
    let said = descriptions();
    let registers = REGISTERS.iter().filter(|register| said.register.contains_key(register.name));
    let delivered = omop::tables().iter().filter(|register| manifest.offers(register));
    let tables = registers.chain(delivered).map(|register| of(register, &manifest));
    let snapshot = present.map(|present| (present.id, present.made_at));
    Ok(Catalogue { tables: tables.collect(), snapshot, said })
}

fn of(register: &'static Register, manifest: &Manifest) -> CatalogueTable {
    let parts = || manifest.tables.get(register.name).into_iter().flatten();
    let rows = parts().map(|part| part.rows).sum();
    // A file of OMOP's is named by the source that it came from.
    let sources: BTreeSet<&str> = parts().filter_map(|part| Some(part.source.split_once('/')?.0)).collect();
    let sources = if register.is_omop() { sources.into_iter().map(str::to_owned).collect() } else { Vec::new() };
    let column = |column: &'static indgang_lake::registers::Column| CatalogueColumn {
        name: column.name,
        datatype: match column.kind {
            Kind::PersonKey | Kind::ContactKey | Kind::Integer | Kind::Key(_) | Kind::Concept | Kind::Matter => {
                "integer"
            }
            Kind::Text(_) | Kind::Apart => "string",
            Kind::Moment => "dateTime",
            Kind::Number => "double",
            Kind::Date => "date",
        },
        means_da: column.means_da,
        means_en: column.means_en,
    };
    CatalogueTable {
        name: register.name,
        means_da: register.means_da,
        means_en: register.means_en,
        category: register.category,
        columns: register.columns.iter().map(column).collect(),
        said: descriptions().register.get(register.name),
        sources,
        rows: RowCount::of(rows),
    }
}

impl CatalogueTable {
    /// True when each word of a text stands in its name, meaning, columns or keywords, in either language.
    pub fn matches(&self, text: &str) -> bool {
        let of_said = |said: &'static Description| {
            let Description { holder, keywords, codes, population, .. } = said;
            let words = keywords.da.iter().chain(&keywords.en).chain(codes);
            words.chain([holder, &population.da, &population.en]).map(String::as_str)
        };
        let texts = [self.name, self.means_da, self.means_en].into_iter();
        let columns = self.columns.iter().flat_map(|column| [column.name, column.means_da, column.means_en]);
        let words = self.said.into_iter().flat_map(of_said);
        let sources = self.sources.iter().map(String::as_str);
        let standard = self.said.is_none().then_some("OMOP CDM 5.4");
        let all = texts
            .chain(columns)
            .chain(words)
            .chain(sources)
            .chain(standard)
            .collect::<Vec<_>>()
            .join("\n")
            .to_lowercase();
        text.to_lowercase().split_whitespace().all(|word| all.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_lake::house::Part;

    #[test]
    fn tables_of_omop_are_told_with_who_delivered_them() {
        let part = |source: &str| Part {
            file: String::new(),
            source: source.to_owned(),
            sha256: String::new(),
            rows: 40,
            rejected: 0,
            sources: Vec::new(),
        };
        let parts = vec![part("odense/specimen.csv"), part("aarhus/specimen.csv"), part("odense/specimen-2.csv")];
        let manifest = Manifest { tables: [("specimen".to_owned(), parts)].into(), ..Manifest::default() };
        let found: Vec<CatalogueTable> =
            omop::tables().iter().filter(|table| manifest.offers(table)).map(|table| of(table, &manifest)).collect();
        assert_eq!(found.len(), 1);
        let table = &found[0];
        assert_eq!(
            (table.name, table.said, &table.sources[..]),
            ("specimen", None, &["aarhus".to_owned(), "odense".to_owned()][..])
        );
        assert_eq!((table.rows, table.category), (RowCount::About(120), Some(Category::Specimen)));
        assert!(table.columns.iter().any(|column| column.name == "specimen_concept_id"));
        for (sought, found) in [("omop", true), ("Odense specimen", true), ("bispebjerg", false)] {
            assert_eq!(table.matches(sought), found, "{sought}");
        }
        assert!(of(&REGISTERS[0], &manifest).sources.is_empty());
    }

    #[test]
    fn rows_are_told_roughly() {
        for (rows, told) in [
            (0, RowCount::None),
            (4, RowCount::Few),
            (5, RowCount::About(10)),
            (14, RowCount::About(10)),
            (995, RowCount::About(1000)),
            (1_234, RowCount::About(1_230)),
            (123_456, RowCount::About(123_000)),
            (20_000_123, RowCount::About(20_000_000)),
        ] {
            assert_eq!(RowCount::of(rows), told, "{rows}");
        }
    }
}
