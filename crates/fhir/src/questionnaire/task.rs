//! A Task that asks a person to answer a questionnaire, as Structured Data Capture has it.

use crate::json::{Json, Node};
use crate::record::{each, text};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The address of the questionnaire, without a version.
    pub questionnaire: String,
    /// Who asks, as it is written; may be empty.
    pub requester: String,
    /// When it was asked, as written; may be empty.
    pub at: String,
    /// Until when an answer is wanted, as written; may be empty.
    pub until: String,
    /// FHIR's word for how it stands.
    pub status: String,
}

impl Task {
    /// Reads a Task that still waits; `None` for what asks for nothing, or no more.
    #[must_use]
    pub fn read(json: Json<'_>, node: Node) -> Option<Self> {
        Self::of(json, node).filter(Self::waits)
    }

    /// Whether it waits for an answer.
    #[must_use]
    pub fn waits(&self) -> bool {
        ["requested", "received", "accepted", "ready", "in-progress", "on-hold"].contains(&self.status.as_str())
    }

    /// Reads a Task that asks for a questionnaire, however it stands; `None` for what asks for nothing.
    #[must_use]
    pub fn of(json: Json<'_>, node: Node) -> Option<Self> {
        (text(json, node, "resourceType") == "Task").then_some(())?;
        let canonical = each(json, node, "input").find_map(|input| json.member_string(input, "valueCanonical"))?;
        let of = |member: &str, name: &str| {
            json.member(node, member).map(|found| text(json, found, name).into_owned()).unwrap_or_default()
        };
        let period = json.member(node, "restriction").and_then(|restriction| json.member(restriction, "period"));
        Some(Self {
            questionnaire: canonical.split('|').next().unwrap_or_default().to_owned(),
            requester: of("requester", "display"),
            at: text(json, node, "authoredOn").into_owned(),
            until: period.map(|period| text(json, period, "end").into_owned()).unwrap_or_default(),
            status: text(json, node, "status").into_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;

    #[test]
    fn what_waits_is_read() {
        let task = |status: &str, input: &str| {
            format!(
                r#"{{"resourceType":"Task","status":"{status}","authoredOn":"2026-01-01","requester":{{"display":"Ward"}},
                "restriction":{{"period":{{"end":"2026-02-01"}}}},"input":[{{"type":{{"text":"questionnaire"}},{input}}}]}}"#
            )
        };
        let canonical = r#""valueCanonical":"urn:q|1""#;
        for (text, waits) in [
            (task("requested", canonical), true),
            (task("completed", canonical), false),
            (task("cancelled", canonical), false),
            (task("requested", r#""valueString":"urn:q""#), false),
            (task("requested", canonical).replace("Task", "Basic"), false),
        ] {
            let mut tape = Tape::new();
            let found = Task::read(tape.read(&text).unwrap(), Json::ROOT);
            let expected = Task {
                questionnaire: "urn:q".to_owned(),
                requester: "Ward".to_owned(),
                at: "2026-01-01".to_owned(),
                until: "2026-02-01".to_owned(),
                status: "requested".to_owned(),
            };
            assert_eq!(found, waits.then_some(expected), "{text}");
        }
    }
}
