//! The criteria by their names, and how strong each can be.

use super::Strength;

/// A criterion of Richards 2015 that can be met. PP5 and BP6 are none: ClinGen's SVI group has retired them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// Each once: for pathogenic by weight, then against.
    pub const ALL: [Self; 26] = [
        Self("PVS1"),
        Self("PS1"),
        Self("PS2"),
        Self("PS3"),
        Self("PS4"),
        Self("PM1"),
        Self("PM2"),
        Self("PM3"),
        Self("PM4"),
        Self("PM5"),
        Self("PM6"),
        Self("PP1"),
        Self("PP2"),
        Self("PP3"),
        Self("PP4"),
        Self("BA1"),
        Self("BS1"),
        Self("BS2"),
        Self("BS3"),
        Self("BS4"),
        Self("BP1"),
        Self("BP2"),
        Self("BP3"),
        Self("BP4"),
        Self("BP5"),
        Self("BP7"),
    ];

    /// The criterion of a name; `None` when there is none of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.0 == name)
    }

    /// `PVS1`.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// Whether it speaks against the variant causing disease.
    pub fn is_benign(self) -> bool {
        self.0.starts_with('B')
    }

    /// Whether it can be met with that strength: BA1 stands alone, and nothing else does.
    pub fn allows(self, strength: Strength) -> bool {
        (self.0 == "BA1") == (strength == Strength::StandAlone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(code));
        }
        for name in ["PP5", "BP6", "pvs1", "PVS2", ""] {
            assert_eq!(Code::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn only_ba1_stands_alone() {
        for code in Code::ALL {
            for strength in Strength::ALL {
                let expected = (code.name() == "BA1") == (strength == Strength::StandAlone);
                assert_eq!(code.allows(strength), expected, "{code:?} {strength:?}");
            }
        }
    }
}
