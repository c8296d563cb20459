//! Two releases, ready to be held against the reports of cases.

use super::{Alert, Index, Release, changed};
use crate::report::Finding;
use indgang_knowledge::{Difference, Knowledge, PartError};
use indgang_model::Assembly;

/// Two releases and what differs between them, on both assemblies.
pub struct Comparison<'k> {
    release: String,
    assemblies: Vec<(Assembly, Difference, Release<'k>, Release<'k>)>,
}

/// What two releases tell of one report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// What changes.
    pub alerts: Vec<Alert>,
    /// Findings that were judged because they ask what differs.
    pub touched: u64,
    /// Findings of an older program, whose reports do not hold what their criteria rest on.
    pub not_judged: u64,
}

impl<'k> Comparison<'k> {
    /// Compares the release that cases were interpreted by with a new one.
    ///
    /// # Errors
    /// When a part of either cannot be opened.
    pub fn between(before: &'k Knowledge, now: &'k Knowledge) -> Result<Self, PartError> {
        let mut assemblies = Vec::new();
        for assembly in [Assembly::GRCh37, Assembly::GRCh38] {
            let difference = Difference::between(before, now, assembly)?;
            assemblies.push((assembly, difference, Release::of(before, assembly)?, Release::of(now, assembly)?));
        }
        Ok(Self { release: name(now), assemblies })
    }

    /// The new release by the versions of its sources: two releases of one name are the same.
    pub fn release(&self) -> &str {
        &self.release
    }

    /// Rows that differ, on both assemblies.
    pub fn rows(&self) -> usize {
        self.assemblies.iter().map(|(_, difference, ..)| difference.len()).sum()
    }

    /// What changes for a case's findings.
    pub fn of_case(&self, assembly: Assembly, findings: &[Finding]) -> Outcome {
        let mut outcome = Outcome {
            not_judged: findings.iter().filter(|f| f.variants.iter().any(|v| v.assessed.is_none())).count() as u64,
            ..Outcome::default()
        };
        let Some((_, difference, before, now)) = self.assemblies.iter().find(|(known, ..)| *known == assembly) else {
            return outcome;
        };
        let mut index = Index::default();
        index.add(0, findings);
        for (_, place) in index.touched(difference, before, now) {
            let judged = findings.get(place as usize).and_then(|finding| changed(finding, before, now));
            outcome.touched += u64::from(judged.is_some());
            outcome.alerts.extend(judged.into_iter().flatten());
        }
        outcome
    }
}

/// Source and version of what cases are interpreted by, and the bytes of the parts that alerts rest on.
fn name(knowledge: &Knowledge) -> String {
    let versions = knowledge.versions();
    let of = |source: &str| versions.get(source).map(|version| format!("{source} {version}"));
    let mut words: Vec<String> =
        ["clinvar", "clingen_validity", "gnomad_constraint"].into_iter().filter_map(of).collect();
    let parts = knowledge.manifest().map(|manifest| manifest.parts.as_slice()).unwrap_or_default();
    let bytes = parts.iter().filter(|part| ["genes", "clinvar-records"].contains(&part.name.as_str()));
    words.extend(bytes.map(|part| part.sha256.chars().take(8).collect()));
    words.join(", ")
}
