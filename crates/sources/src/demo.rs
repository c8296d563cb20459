//! `demo/demo.toml` and each family's `citizens.toml`: the demo house.

use indgang_interpret::words::Words;
use indgang_model::{Assembly, Category, Cpr, Purpose, Role, Sensitive, Timestamp};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The demo house.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoHouse {
    /// Organisation names by key; institutions are configuration.
    pub organisations: BTreeMap<String, String>,
    /// Units of the health service.
    #[serde(default)]
    pub place: Vec<DemoPlace>,
    /// The families.
    pub family: Vec<DemoFamily>,
    /// What others tell of the citizens.
    #[serde(default)]
    pub records: Vec<DemoRecords>,
    /// Who can sign in, beside the families' citizens.
    pub user: Vec<DemoUser>,
    /// Permits to ask about everybody in the registers.
    #[serde(default)]
    pub permit: Vec<DemoPermit>,
}

/// A permit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPermit {
    /// Identifier.
    pub id: String,
    /// What for.
    pub purpose: Purpose,
    /// The kinds of data it covers.
    pub categories: BTreeSet<Category>,
    /// True when rows of persons may be seen, under pseudonyms.
    #[serde(default)]
    pub rows: bool,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
    /// Who works under it.
    pub members: BTreeSet<String>,
}

/// One family and its files, all in `folder`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoFamily {
    /// The case's identifier.
    pub id: String,
    /// Folder beside `demo.toml`.
    pub folder: String,
    /// Title by language.
    pub title: Words,
    /// Genome build.
    pub assembly: Assembly,
    /// The proband's sample.
    pub proband: String,
    /// VCF files; the first has the small variants.
    pub variants: Vec<String>,
    /// A table of annotations beside the VCF.
    pub annotations: Option<String>,
    /// PED file.
    pub pedigree: String,
    /// Phenopacket.
    pub phenopacket: String,
    /// Wishes.
    pub wishes: String,
    /// Who stands behind each sample.
    pub citizens: String,
    /// The authorised professional's user.
    pub responsible: String,
    /// The helpers' users.
    pub team: Vec<String>,
    /// The sample of a citizen who has given, withdrawn and blocked something, so that her page has something to show.
    pub chooser: Option<String>,
    /// The unit that she has blocked.
    pub blocks: Option<String>,
}

/// A file of FHIR resources.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoRecords {
    /// Folder beside `demo.toml`.
    pub folder: String,
    /// Its name there.
    pub file: String,
    /// Who delivers it.
    pub source: String,
    /// The authorised professional's user on whose responsibility it is taken in.
    pub responsible: String,
}

/// A unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPlace {
    /// Its number.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The unit it lies under.
    pub parent: Option<String>,
}

/// Who can sign in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoUser {
    /// Identifier.
    pub id: String,
    /// Name on the page.
    pub name: String,
    /// In which capacity.
    pub role: Role,
    /// Title by language.
    pub title: Words,
    /// Key of an organisation.
    pub organisation: String,
    /// The authorised professional on whose responsibility a helper acts.
    pub responsible: Option<String>,
    /// The unit she acts within.
    pub place: Option<String>,
}

/// A test citizen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoCitizen {
    /// Name.
    pub name: Sensitive<String>,
    /// CPR number.
    pub cpr: Cpr,
}

/// What is wrong with a file of the demo house.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct DemoError {
    line: usize,
    message: String,
}

/// Reads `demo.toml`.
pub fn parse_house(text: &str) -> Result<DemoHouse, DemoError> {
    parse(text)
}

/// Reads `citizens.toml`: sample → citizen.
pub fn parse_citizens(text: &str) -> Result<BTreeMap<String, DemoCitizen>, DemoError> {
    parse(text)
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, DemoError> {
    toml::from_str(text).map_err(|error| DemoError {
        line: error.span().map_or(1, |span| text.bytes().take(span.start).filter(|b| *b == b'\n').count() + 1),
        message: error.message().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_demo_house_reads() {
        let house = parse_house(include_str!("../../../demo/demo.toml")).unwrap();
        assert_eq!(house.family.len(), 3);
        let known = |id: &String| house.place.iter().any(|place| place.id == *id);
        assert!(house.place.iter().filter_map(|place| place.parent.as_ref()).all(known));
        assert!(house.family.iter().filter_map(|family| family.blocks.as_ref()).all(known));
        for user in &house.user {
            assert!(user.place.as_ref().is_none_or(known), "{}", user.id);
            assert!(house.organisations.contains_key(&user.organisation), "{}", user.id);
        }
        for member in house.permit.iter().flat_map(|permit| &permit.members) {
            assert!(house.user.iter().any(|user| user.id == *member), "{member}");
        }
        let citizens = parse_citizens(include_str!("../../../demo/scout-trio/citizens.toml")).unwrap();
        assert_eq!(citizens.len(), 3);
    }

    #[test]
    fn a_mistake_names_its_line() {
        let message = parse_citizens("[a]\nname = \"x\"\ncpr = \"3002609995\"\n").unwrap_err().to_string();
        assert!(message.starts_with("line 3: ") && !message.contains("3002609995"), "{message}");
    }
}
