//! Clinical quality databases (SundK, earlier RKKP): registrations of treatment, as FHIR or as a table with a mapping.
//!
//! A registration becomes a QuestionnaireResponse with a tag ([`indgang_fhir::record::QUALITY_TAG`]) that tells it from what a
//! patient has answered herself.

mod cell;
mod codes;
mod mapping;
mod row;

pub use codes::CodeSets;
pub use mapping::{Answered, Column, ColumnCode, ColumnKind, Mapping, MappingError};

use crate::delimited;
use crate::descriptor::{Descriptor, Mapped, NotThis};
use row::Reader;

/// The source.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "quality",
    title: "Clinical quality databases (SundK)",
    about: &[
        "Registrations of a clinical quality database: FHIR R4 (Questionnaire and QuestionnaireResponse, JSON or NDJSON), as `indgang ingest fhir` takes it, or with `--mapping MAPPING.toml` a table, a registration a line.",
        "A response whose questionnaire is known is held against it, as `indgang ingest pro` does; no Observation is made of it.",
        "Each registration and its questionnaire gets the tag `clinical-quality` of `urn:indgang:kind`: at the gate it is of the kind contact, the timeline calls it a quality registration under the database's name, and it is neither among the citizen's answers nor offered as a form.",
        "**Tables.** Delimited text (`;`, tab, `|` or `,`, told by the header), compressed or not, in UTF-8, or in Latin-1 where the mapping says so.",
        "Every column is named in the mapping or in its `left_out`; a column that is not there, is there twice, or is named nowhere is an error, and nothing of the file is taken in.",
        "A row that cannot be read waits in quarantine with its line, column and remedy, and never with a value. The table is mended and taken in again: what is known of it changes nothing.",
        "Days are written `31-12-2026`, `31.12.2026`, `31/12/2026`, `2026-12-31`, `20261231` or `31DEC2026`, and may have a time after them; numbers have a decimal comma unless the mapping says `decimal = \".\"`; yes and no are `ja`/`nej`, `1`/`0`, `true`/`false`.",
        "**The mapping** names `database`, `url` (of the questionnaire that it is to be), `version`, the columns `person` (CPR number or X-eCPR, with or without a hyphen), `date` and `id` (the registration's own, by which a later file corrects it; without one a corrected row is a registration of its own), `missing` (codes for no value), `encoding`, `decimal`, `delimiter`, `left_out`; and a `[[column]]` for each other column: `name`, `link_id` (else the name), `text`, `type` (`string`, `integer`, `decimal`, `date`, `datetime`, `boolean`, `choice`), `unit` (UCUM), `code`, `required`, `min`, `max`, `missing`; of a choice `values` (what stands in the file: what it means), `system`, and `code_set`.",
        "`code_set` names a set of the file that `--codes FILE` gives: tab-separated, with the columns `set`, `code` and `display` at least, such as the code lists of KIP; codes in it are allowed beside those of `values`. No such list ships.",
        "Example: `crates/sources/tests/data/quality/`.",
    ],
    kept: &[
        ("the mapping", "Questionnaire: url, version, title, items with text, type, code, unit, limits and options"),
        ("a row", "QuestionnaireResponse: completed, of that questionnaire"),
        ("`id`", "id and identifier"),
        ("`person`", "subject"),
        ("`date`", "authored"),
        ("a cell", "an answer: a number with a unit is a valueQuantity, a choice a valueCoding"),
    ],
    left_out: &[
        ("cells that are empty or a code for no value", "nothing was registered"),
        ("columns of `left_out`", "the mapping says so"),
        ("digits after the last that counts (`1,50`)", "a table does not say whether they were measured"),
    ],
};

/// The resources of a table: its questionnaire, and a response for each row.
///
/// # Errors
/// What is no text, or has other columns than the mapping.
pub fn map(bytes: &[u8], mapping: &Mapping) -> Result<Vec<Mapped>, NotThis> {
    let text = mapping.text(bytes)?;
    let first = text.trim_start().chars().next();
    if matches!(first, Some('{' | '[')) {
        return Err(NotThis("is JSON and no table: leave `--mapping` out".to_owned()));
    }
    let delimiter = mapping.delimiter.unwrap_or_else(|| delimited::delimiter(&text, |name| mapping.knows(name)));
    let mut records = delimited::records(&text, delimiter)?.into_iter();
    let header = records.next().ok_or_else(|| NotThis("the file is empty".to_owned()))?;
    let mut reader = Reader::new(mapping, &header)?;
    let questionnaire = Mapped { line: header.line, resource: Ok(mapping.questionnaire()) };
    Ok(std::iter::once(questionnaire).chain(records.map(|record| reader.row(&record))).collect())
}

#[cfg(test)]
mod tests;
