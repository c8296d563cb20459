//! The rules as data: identifier, paragraph, source and date.
//!
//! Software design material, not legal advice: the wording of each must be checked by a lawyer before use in care.

use indgang_model::LegalBasis;
use std::collections::BTreeSet;

/// One rule of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Identifier, as it stands in the log.
    pub id: &'static str,
    /// The paragraph.
    pub paragraph: &'static str,
    /// What it opens or closes, in plain words.
    pub says: &'static str,
    /// Where it was read.
    pub source: &'static str,
    /// Date of the text that the paragraph is counted in: `yyyy-mm-dd`, or the year.
    pub as_of: &'static str,
    /// True when the wording was read in the source; false when it is background knowledge not re-verified.
    pub verified: bool,
}

/// Every rule, in the order of its paragraph. An answer of the gate names one of these.
pub const RULES: &[Rule] = &[
    Rule {
        id: "DK-6",
        paragraph: "Sundhedsloven § 6, jf. § 42 a, stk. 1",
        says: "who acts on a named authorised professional's responsibility may look up what that professional may, in the cases assigned to her",
        source: "LBK 275 of 12 March 2025; MinLog2, helper's log",
        as_of: "2025-03-12",
        verified: false,
    },
    Rule {
        id: "DK-15",
        paragraph: "Sundhedsloven §§ 15-16",
        says: "the person decides what she wishes to know and to be contacted about, and may change it at any time",
        source: "LBK 275 of 12 March 2025",
        as_of: "2025-03-12",
        verified: true,
    },
    Rule {
        id: "DK-17",
        paragraph: "Sundhedsloven § 17",
        says: "who has turned 15 decides for herself; before that the holder of custody does",
        source: "LBK 275 of 12 March 2025; L 146 (2017-18), L 127 (2018-19), L 44 (2023-24)",
        as_of: "2025-03-12",
        verified: true,
    },
    Rule {
        id: "DK-37",
        paragraph: "Sundhedsloven § 37, jf. § 193 b",
        says: "the citizen has access to her own results, wishes and log, and to those of a child in her custody",
        source: "LBK 275 of 12 March 2025; L 44 (2023-24)",
        as_of: "2025-03-12",
        verified: true,
    },
    Rule {
        id: "DK-40",
        paragraph: "Sundhedsloven § 40, stk. 1",
        says: "health data are confidential: what no rule opens is closed",
        source: "LBK 275 of 12 March 2025",
        as_of: "2025-03-12",
        verified: false,
    },
    Rule {
        id: "DK-42a",
        paragraph: "Sundhedsloven § 42 a, stk. 1",
        says: "an authorised health professional may look up what is necessary in the current treatment of the patient",
        source: "LBK 275 of 12 March 2025; L 127 (2018-19)",
        as_of: "2025-03-12",
        verified: true,
    },
    Rule {
        id: "DK-43",
        paragraph: "Sundhedsloven § 43, stk. 2",
        says: "supervision and control: the auditor verifies that the log is whole and reads no person's data",
        source: "LBK 275 of 12 March 2025",
        as_of: "2025-03-12",
        verified: true,
    },
    Rule {
        id: "DK-EMP",
        paragraph: "Lov 286/1996 § 2, stk. 4; forsikringsaftaleloven § 3 a",
        says: "employers, insurers, pension funds and banks may neither ask for, obtain, receive nor use these data",
        source: "act 286 of 1996; act 413 of 1997",
        as_of: "1997",
        verified: true,
    },
];

/// A rule by its identifier.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

impl Rule {
    /// The rule as it stands in an answer.
    pub fn basis(&self) -> LegalBasis {
        LegalBasis { rule: self.id.to_owned(), paragraph: self.paragraph.to_owned() }
    }
}

/// Which rules are in force. A rule that opens doors can be switched off; what closes them cannot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// Identifiers of the rules that are switched off.
    pub off: BTreeSet<String>,
}

impl Policy {
    /// True when the rule is in force.
    pub(crate) fn is_on(&self, id: &str) -> bool {
        !self.off.contains(id)
    }
}
