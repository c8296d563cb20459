//! Rules of single genes and variants, as data: each row with its source.
//!
//! Tab-separated: `criterion gene rule value source version`, with these rules:
//!
//! | rule | value | |
//! |---|---|---|
//! | `above` | a frequency, 0 to 1 | the gene's own limit of BA1 or BS1 |
//! | `below` | a frequency, 0 to 1 | the gene's own limit of PM2 |
//! | `strength` | a strength's name | how strongly the criterion counts in the gene |
//! | `off` | `-` | the criterion is not used in the gene |
//! | `not_for` | `clinvar:` and a variation's number | the criterion is not used for that variant |

use super::{Code, Strength};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a gene's rule says.
#[derive(Debug, Clone, PartialEq)]
enum Says {
    Limit(f64),
    Strength(Strength),
    Off,
    NotFor(String),
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    says: Says,
    source: String,
}

/// The rules, by criterion and gene.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    rows: BTreeMap<(Code, String), Vec<Rule>>,
}

/// Why a table of rules cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct RulesError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong, and the remedy.
    pub what: String,
}

/// The columns of the file.
const HEADER: &str = "criterion\tgene\trule\tvalue\tsource\tversion";

static SHIPPED: LazyLock<Rules> =
    LazyLock::new(|| Rules::parse(include_str!("../../data/acmg-rules.tsv")).expect("a test reads the shipped rules"));

impl Rules {
    /// The rules that come with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads a table.
    ///
    /// # Errors
    /// With the line of the first row that is no rule.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let mut lines = (1..).zip(text.lines());
        if lines.next().map(|(_, header)| header) != Some(HEADER) {
            let what =
                format!("the first line is not `{}`; give these columns, with tabs between", HEADER.replace('\t', " "));
            return Err(RulesError { line: 1, what });
        }
        let mut rules = Self::default();
        for (line, row) in lines.filter(|(_, row)| !row.trim().is_empty() && !row.starts_with('#')) {
            let (key, rule) = read(row).map_err(|what| RulesError { line, what })?;
            rules.rows.entry(key).or_default().push(rule);
        }
        Ok(rules)
    }

    /// These rules, and `own` before them: of two limits or strengths for a gene that of `own` holds.
    pub fn after(&self, own: Self) -> Self {
        let mut rows = own.rows;
        for (key, rules) in &self.rows {
            rows.entry(key.clone()).or_default().extend(rules.iter().cloned());
        }
        Self { rows }
    }

    fn of<'r>(&'r self, code: &str, gene: &str) -> impl Iterator<Item = &'r Rule> + use<'r> {
        let key = Code::from_name(code).map(|code| (code, gene.to_owned()));
        key.and_then(|key| self.rows.get(&key)).into_iter().flatten()
    }

    /// The gene's own limit of a frequency, with its source.
    pub(super) fn limit(&self, code: &str, gene: &str) -> Option<(f64, &str)> {
        self.of(code, gene).find_map(|rule| match rule.says {
            Says::Limit(limit) => Some((limit, rule.source.as_str())),
            _ => None,
        })
    }

    /// The gene's own strength, with its source.
    pub(super) fn strength(&self, code: &str, gene: &str) -> Option<(Strength, &str)> {
        self.of(code, gene).find_map(|rule| match rule.says {
            Says::Strength(strength) => Some((strength, rule.source.as_str())),
            _ => None,
        })
    }

    /// Whether a criterion is used for a variant, by ClinVar's number when it has one.
    pub(super) fn used(&self, code: &str, gene: &str, clinvar: Option<&str>) -> bool {
        !self.of(code, gene).any(|rule| match &rule.says {
            Says::Off => true,
            Says::NotFor(number) => Some(number.as_str()) == clinvar,
            _ => false,
        })
    }
}

fn read(row: &str) -> Result<((Code, String), Rule), String> {
    let fields: Vec<&str> = row.split('\t').map(str::trim).collect();
    let [criterion, gene, rule, value, source, version] = fields[..] else {
        return Err(format!("{} columns where there are 6; separate them with tabs", fields.len()));
    };
    let code = Code::from_name(criterion)
        .ok_or_else(|| format!("there is no criterion `{criterion}`; write it as `PVS1` or `BS1`"))?;
    if gene.is_empty() || source.is_empty() || version.is_empty() {
        return Err("gene, source or version is empty; a rule names all three".to_owned());
    }
    let limit = || {
        let number = value.parse::<f64>().ok().filter(|f| *f > 0.0 && *f < 1.0);
        number.map(Says::Limit).ok_or_else(|| format!("`{value}` is no frequency between 0 and 1"))
    };
    let says = match (rule, criterion) {
        ("above", "BA1" | "BS1") | ("below", "PM2") => limit()?,
        ("strength", _) => {
            let strength = Strength::from_name(value).filter(|strength| code.allows(*strength));
            Says::Strength(strength.ok_or_else(|| format!("`{criterion}` cannot be `{value}`"))?)
        }
        ("off", _) => Says::Off,
        ("not_for", _) => {
            let number = value.strip_prefix("clinvar:").filter(|n| n.parse::<u32>().is_ok());
            Says::NotFor(
                number.ok_or_else(|| format!("`{value}` is no variant; write `clinvar:` and its number"))?.to_owned(),
            )
        }
        _ => {
            return Err(format!(
                "`{criterion}` has no rule `{rule}`; there are `above` (BA1, BS1), `below` (PM2), `strength`, `off` and `not_for`"
            ));
        }
    };
    Ok(((code, gene.to_owned()), Rule { says, source: format!("{source}, {version}") }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_are_the_nine_exceptions_to_ba1() {
        let rules = Rules::shipped();
        assert_eq!(rules.rows.values().map(Vec::len).sum::<usize>(), 9);
        assert!(!rules.used("BA1", "HFE", Some("9")) && !rules.used("BA1", "HFE", Some("10")));
        assert!(rules.used("BA1", "HFE", Some("11")) && rules.used("BA1", "HFE", None));
        assert!(rules.used("BS1", "HFE", Some("9")));
    }

    #[test]
    fn a_laboratorys_own_rule_goes_before() {
        let table = |limit: &str| Rules::parse(&format!("{HEADER}\nBA1\tG\tabove\t{limit}\tone\t1\n")).unwrap();
        let both = table("0.01").after(table("0.002"));
        assert_eq!(both.limit("BA1", "G"), Some((0.002, "one, 1")));
        assert_eq!(both.limit("BA1", "H"), None);
    }

    #[test]
    fn what_is_no_rule_is_named_with_its_line() {
        for (row, part) in [
            ("BA9\tG\tabove\t0.1\ts\t1", "no criterion `BA9`"),
            ("PM2\tG\tabove\t0.1\ts\t1", "has no rule `above`"),
            ("BA1\tG\tabove\t5\ts\t1", "no frequency"),
            ("PVS1\tG\tstrength\tstand_alone\ts\t1", "cannot be `stand_alone`"),
            ("BA1\tG\tnot_for\t9\ts\t1", "no variant"),
            ("BA1\tG\toff\t-\t\t1", "source or version is empty"),
            ("BA1\tG\toff", "3 columns"),
        ] {
            let error = Rules::parse(&format!("{HEADER}\n# a remark\n{row}\n")).unwrap_err();
            assert_eq!(error.line, 3, "{row}");
            assert!(error.what.contains(part), "{row}: {error}");
        }
        assert_eq!(Rules::parse("x").unwrap_err().line, 1);
    }
}
