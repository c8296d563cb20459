//! The definitions that ship with the program.

use super::{Definition, DefinitionError};

struct Shipped {
    id: &'static str,
    about: &'static str,
    steps: &'static [(&'static str, &'static str)],
}

/// A folder under `cohorts/` with the files of its steps.
macro_rules! folder {
    ($id:literal: $($step:literal)*) => {
        Shipped {
            id: $id,
            about: include_str!(concat!("../../../../cohorts/", $id, "/cohort.toml")),
            steps: &[
                $(($step, include_str!(concat!("../../../../cohorts/", $id, "/", $step, ".sql"))),)*
                ("result", include_str!(concat!("../../../../cohorts/", $id, "/result.sql"))),
            ],
        }
    };
}

const SHIPPED: [Shipped; 5] = [
    folder!("osdc":
        "1-diagnoses" "2-diabetes_diagnoses" "3-pregnancies" "4-elevated_hba1c" "5-gld_purchases" "6-podiatry"
        "7-inclusion" "8-drugs" "9-primary_diagnoses"),
    folder!("dlbcl": "1-diagnoses" "2-first_lymphoma" "3-confirmation"),
    folder!("arthroplasty": "1-operations" "2-primaries"),
    folder!("new-users": "1-purchases" "2-after_a_pause"),
    folder!("occurrence": "1-diagnoses" "2-first_diagnosis" "3-calendar"),
];

/// The names of the shipped definitions.
pub fn shipped() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|shipped| shipped.id)
}

/// The shipped definition of this name.
///
/// # Errors
/// When it does not hang together; a test holds that none is so.
pub fn named(id: &str) -> Option<Result<Definition, DefinitionError>> {
    let shipped = SHIPPED.iter().find(|shipped| shipped.id == id)?;
    Some(Definition::from_parts(shipped.about, |step| {
        let text = shipped.steps.iter().find(|(name, _)| *name == step);
        text.map(|(_, sql)| (*sql).to_owned()).ok_or_else(|| DefinitionError::StepName(step.to_owned()))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_definition_in_the_folder_ships_as_it_is() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cohorts");
        let mut found: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        found.sort();
        let mut ships: Vec<&str> = shipped().collect();
        ships.sort_unstable();
        assert_eq!(found, ships);
        for id in ships {
            let definition = named(id).unwrap().unwrap();
            assert_eq!(definition, Definition::read(&folder.join(id)).unwrap());
            assert_eq!(definition.id(), id);
            let card = folder.join("..").join(definition.method());
            assert!(card.is_file(), "{id}: no method card {}", card.display());
        }
    }
}
