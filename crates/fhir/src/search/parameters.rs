//! Which parameters a type is searched by: those of FHIR R4 that DK Core and the International Patient Summary need.

use crate::model::r4;
use crate::path::Path;
use crate::record::SUBJECTS;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How the values of a parameter are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// Codes and identifiers: `code`, `system|code`, `|code`, `system|`.
    Token,
    /// Dates of any precision and periods.
    Date,
    /// References to another resource.
    Reference,
    /// Numbers with a unit.
    Quantity,
    /// Addresses, the same to the letter.
    Uri,
}

impl ParameterKind {
    /// FHIR's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Date => "date",
            Self::Reference => "reference",
            Self::Quantity => "quantity",
            Self::Uri => "uri",
        }
    }
}

/// A parameter of a type.
#[derive(Debug)]
pub struct Parameter {
    /// Its name in a search.
    pub name: &'static str,
    /// How it compares.
    pub kind: ParameterKind,
    /// What it looks at.
    pub(super) path: Path,
    /// Of a reference: the types it may lead to.
    pub targets: Vec<&'static str>,
}

/// The parameters of a type, without those that every type has; none for a type that has no others.
#[must_use]
pub fn parameters(resource_type: &str) -> &'static [Parameter] {
    static ALL: LazyLock<BTreeMap<&'static str, Vec<Parameter>>> = LazyLock::new(|| {
        let mut all = BTreeMap::<_, Vec<Parameter>>::new();
        for line in include_str!("parameters.txt").lines().filter(|line| !line.starts_with('#')) {
            if let Some((resource_type, parameter)) = parameter(line) {
                all.entry(resource_type).or_default().push(parameter);
            }
        }
        for name in r4().resources() {
            let has_identifier = r4().find(name).is_some_and(|id| r4().element(id, "identifier").is_some());
            if has_identifier && let Some((_, identifier)) = parameter("* identifier token identifier") {
                all.entry(name).or_default().push(identifier);
            }
        }
        all
    });
    ALL.get(resource_type).map_or(&[], Vec::as_slice)
}

fn parameter(line: &'static str) -> Option<(&'static str, Parameter)> {
    let mut words = line.split(' ');
    let (resource_type, name) = (words.next()?, words.next()?);
    let kind = match words.next()? {
        "token" => ParameterKind::Token,
        "date" => ParameterKind::Date,
        "reference" => ParameterKind::Reference,
        "quantity" => ParameterKind::Quantity,
        "uri" => ParameterKind::Uri,
        _ => return None,
    };
    let path = Path::parse(words.next()?).ok()?;
    Some((resource_type, Parameter { name, kind, path, targets: words.collect() }))
}

/// The types that may be a person's and can be searched, sorted.
#[must_use]
pub fn searched() -> Vec<&'static str> {
    let mut types: Vec<&'static str> = r4().resources().filter(|name| is_searched(name)).collect();
    types.sort_unstable();
    types
}

/// Whether resources of this type can be searched: a Patient, and what names one.
#[must_use]
pub fn is_searched(resource_type: &str) -> bool {
    let names_patient = |id| SUBJECTS.iter().any(|name| r4().element(id, name).is_some());
    resource_type == "Patient" || r4().find(resource_type).is_some_and(names_patient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_parameter_of_a_type_whose_elements_it_names() {
        let lines: Vec<&str> = include_str!("parameters.txt").lines().filter(|line| !line.starts_with('#')).collect();
        for line in &lines {
            let (resource_type, parameter) = parameter(line).unwrap_or_else(|| panic!("{line}"));
            let id = r4().find(resource_type).unwrap();
            // With the type before it, since `code` alone is a type's name too.
            let branches = parameter.path.text().split('|').map(|branch| format!("{resource_type}.{branch}"));
            let path = Path::parse(&branches.collect::<Vec<_>>().join("|")).unwrap();
            path.check(id, true).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(parameter.kind == ParameterKind::Reference, !parameter.targets.is_empty(), "{line}");
            assert!(parameter.targets.iter().all(|target| r4().find(target).is_some()), "{line}");
        }
        let mut sorted = lines.clone();
        sorted.sort_unstable();
        assert_eq!(lines, sorted);
        assert!(is_searched("Observation") && is_searched("Provenance") && !is_searched("ValueSet"));
        for line in &lines {
            assert!(is_searched(line.split(' ').next().unwrap()), "{line}");
        }
        let identifier = |name| parameters(name).iter().any(|parameter| parameter.name == "identifier");
        assert!(identifier("Observation") && identifier("Patient") && !identifier("Provenance"));
    }
}
