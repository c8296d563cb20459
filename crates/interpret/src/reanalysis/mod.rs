//! Stored cases under a new release of the knowledge: which of them change, how and why.
//!
//! A finding is judged from its report and a release alone ([`Release::judge`]), so what a new release changes is the
//! difference of two judgements. Most findings ask nothing that differs: [`Index`] gives those that do, and judging only
//! them tells the same as judging all (a property test holds the two against each other).
//!
//! What is not judged again is the order of the findings, and what the filters left out of the report.

mod assessed;
mod comparison;
mod index;
mod judge;

pub use assessed::Assessed;
pub use comparison::{Comparison, Outcome};
pub use index::{Index, Place};
pub use judge::{Judged, Release};

use crate::report::Finding;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What has changed for a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was not (likely) pathogenic, and is.
    Upgrade,
    /// It was (likely) pathogenic, and is no more.
    Downgrade,
    /// The gene is now known to cause a disease that is inherited as the finding is.
    NewDisease,
    /// A disease of the gene that is inherited so is no longer asserted.
    DiseaseWithdrawn,
}

/// Whether somebody should be told, or it is for the list only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Bears on the answer.
    Primary,
    /// For the laboratory's list.
    Other,
}

/// One change of one finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Alert {
    /// The finding, by [`Finding::name`].
    pub finding: String,
    /// Its rank in the report.
    pub rank: u32,
    /// Of what: `class`, or a disease by its identifier.
    pub subject: String,
    /// What has changed.
    pub change: Change,
    /// Whether it bears on the answer.
    pub priority: Priority,
    /// Class and ClinVar before; empty for a disease.
    pub before: String,
    /// Class and ClinVar now; empty for a disease.
    pub now: String,
    /// Criteria that came (`+PS1 strong`) and went; empty for a disease.
    pub criteria: Vec<String>,
}

/// The subject of an alert that is about the class.
const CLASS: &str = "class";
/// Points from which an uncertain variant is close to a class that is told (*hot*).
const HOT: i32 = 4;

/// What changes for one finding between two releases; `None` where its report cannot be judged.
pub fn changed(finding: &Finding, before: &Release<'_>, now: &Release<'_>) -> Option<Vec<Alert>> {
    Some(alerts(finding, &before.judge(finding)?, &now.judge(finding)?))
}

/// What differs between two judgements of a finding.
fn alerts(finding: &Finding, before: &Judged, now: &Judged) -> Vec<Alert> {
    let alert = |subject: &str, change, priority| Alert {
        finding: finding.name(),
        rank: finding.rank,
        subject: subject.to_owned(),
        change,
        priority,
        before: String::new(),
        now: String::new(),
        criteria: Vec::new(),
    };
    let mut all = Vec::new();
    let class = match (before.is_pathogenic(), now.is_pathogenic()) {
        (false, true) => Some(Change::Upgrade),
        (true, false) => Some(Change::Downgrade),
        _ => None,
    };
    all.extend(class.map(|change| Alert {
        before: before.words(),
        now: now.words(),
        criteria: now.criteria_since(before),
        ..alert(CLASS, change, Priority::Primary)
    }));
    let close = now.is_pathogenic() || now.acmg.points >= HOT;
    let priority = if close { Priority::Primary } else { Priority::Other };
    let new = now.diseases.difference(&before.diseases).map(|disease| alert(disease, Change::NewDisease, priority));
    let gone = before.diseases.difference(&now.diseases);
    all.extend(new);
    all.extend(gone.map(|disease| alert(disease, Change::DiseaseWithdrawn, priority)));
    all
}

/// Of the alerts of a case those that were not told yet: of each subject only what is another change than the last one
/// told of it. `told` is in the order of telling.
pub fn untold(alerts: Vec<Alert>, told: &[Alert]) -> Vec<Alert> {
    let mut last: BTreeMap<(&str, &str), Change> = BTreeMap::new();
    for alert in told {
        last.insert((&alert.finding, &alert.subject), alert.change);
    }
    let new = |alert: &Alert| last.get(&(alert.finding.as_str(), alert.subject.as_str())) != Some(&alert.change);
    alerts.into_iter().filter(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(subject: &str, change: Change) -> Alert {
        Alert {
            finding: "G de_novo 1:1A>G".into(),
            rank: 1,
            subject: subject.into(),
            change,
            priority: Priority::Primary,
            before: String::new(),
            now: String::new(),
            criteria: Vec::new(),
        }
    }

    #[test]
    fn none_is_told_twice_and_what_turns_back_is_told_again() {
        use Change::{Downgrade, NewDisease, Upgrade};
        let told = [alert("class", Upgrade), alert("OMIM:1", NewDisease)];
        for (seen, expected) in [
            (alert("class", Upgrade), 0),
            (Alert { now: "pathogenic (12)".into(), rank: 7, ..alert("class", Upgrade) }, 0),
            (alert("class", Downgrade), 1),
            (alert("OMIM:1", NewDisease), 0),
            (alert("OMIM:2", NewDisease), 1),
            (Alert { finding: "H de_novo 1:1A>G".into(), ..alert("class", Upgrade) }, 1),
        ] {
            assert_eq!(untold(vec![seen.clone()], &told).len(), expected, "{seen:?}");
        }
        let back = [alert("class", Upgrade), alert("class", Downgrade)];
        assert_eq!(untold(vec![alert("class", Upgrade)], &back).len(), 1);
    }
}
