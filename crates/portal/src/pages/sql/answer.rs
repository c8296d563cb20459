//! An answer as a table with bars, and the plan of a question.

use crate::page::Cx;
use crate::parts::bars;
use indgang_model::LegalBasis;
use indgang_service::{Cells, HeldPermit};
use maud::{Markup, html};

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its first rows.
    pub cells: Cells,
    /// True when cells were left out.
    pub left_out: bool,
    /// The least number of persons of a cell.
    pub minimum: u32,
    /// True when the rows are persons', under pseudonyms.
    pub persons: bool,
    /// True when counts are rounded or have noise.
    pub perturbed: bool,
    /// The rule that opened.
    pub basis: LegalBasis,
    /// Index of the question in the log.
    pub leaf: u64,
    /// The snapshot that answered.
    pub snapshot: u64,
}

/// The most bars of a chart.
const BARS: usize = 60;

impl Answer {
    pub(super) fn markup(&self, cx: &Cx, permit: Option<&HeldPermit>, sql: &str) -> Markup {
        html! {
            section aria-labelledby="answer" {
                h2 #answer { (cx.t("sql-result")) }
                p role="status" { (self.count(cx)) }
                @if !self.cells.rows.is_empty() || self.left_out { (self.table(cx)) }
                @if self.left_out { (self.left_out(cx)) }
                @if self.perturbed { p.hint { (cx.t("sql-perturbed")) } }
                @if self.persons { p.hint { (cx.t("sql-pseudonyms")) } }
                p { (cx.tf("sql-logged", &[
                    ("rule", self.basis.rule.clone().into()), ("paragraph", self.basis.paragraph.clone().into()),
                    ("leaf", self.leaf.into()),
                ])) }
                @if let Some(permit) = permit {
                    form.form method="post" action="/sql" {
                        (cx.csrf_field())
                        input type="hidden" name="permit" value=(permit.id.0);
                        input type="hidden" name="snapshot" value=(self.snapshot);
                        input type="hidden" name="sql" value=(sql);
                        button.button.button-secondary type="submit" name="do" value="csv" { (cx.t("sql-csv")) }
                        button.button.button-secondary type="submit" name="do" value="parquet" { (cx.t("sql-parquet")) }
                        p.hint { (cx.t("sql-again-hint")) }
                    }
                }
            }
        }
    }

    fn count(&self, cx: &Cx) -> String {
        let (shown, of) = (self.cells.rows.len(), self.cells.of);
        match shown == of {
            true => cx.tf("sql-rows", &[("count", of.into())]),
            false => cx.tf("sql-rows-first", &[("count", of.into()), ("shown", shown.into())]),
        }
    }

    fn table(&self, cx: &Cx) -> Markup {
        let Cells { columns, numeric, rows, .. } = &self.cells;
        let bars = self.bars();
        html! {
            div.table-scroll tabindex="0" role="group" aria-label=(cx.t("sql-result")) {
                table.table.compact {
                    thead { tr {
                        @for column in columns { th.mono.as-written scope="col" { (column) } }
                        @if bars.is_some() { th scope="col" { (cx.t("sql-bar")) } }
                    } }
                    tbody {
                        @for (place, row) in rows.iter().enumerate() { tr {
                            @for (cell, numeric) in row.iter().zip(numeric) {
                                td class=(if *numeric { "number" } else { "" }) {
                                    @match cell { Some(text) => (text), None => (cx.t("sql-missing")) }
                                }
                            }
                            @if let Some(bars) = &bars {
                                td.bar-cell { (bars::from_left(bars.get(place).copied().unwrap_or_default())) }
                            }
                        } }
                        @if self.left_out { tr.left-out {
                            td colspan=(columns.len() + usize::from(bars.is_some())) { "… " (cx.t("sql-left-out")) }
                        } }
                    }
                }
            }
        }
    }

    /// The share of each row's number, when the answer is one category with one number.
    fn bars(&self) -> Option<Vec<f64>> {
        let Cells { columns, numeric, rows, .. } = &self.cells;
        if columns.len() != 2 || !numeric[1] || !(2..=BARS).contains(&rows.len()) {
            return None;
        }
        let number = |row: &Vec<Option<String>>| row[1].as_ref()?.parse::<f64>().ok().filter(|n| *n >= 0.0);
        let numbers = rows.iter().map(number).collect::<Option<Vec<f64>>>()?;
        let most = numbers.iter().copied().fold(0.0, f64::max);
        (most > 0.0).then(|| numbers.iter().map(|number| number / most).collect())
    }

    fn left_out(&self, cx: &Cx) -> Markup {
        let basis = format!("{}, {}", self.basis.rule, self.basis.paragraph);
        html! {
            section.alert.alert-info {
                h3 { (cx.t("sql-left-out-title")) }
                p { (cx.tf("sql-left-out-why", &[("minimum", self.minimum.into())])) }
                p { (cx.tf("sql-left-out-rule", &[("basis", basis.into())])) }
                p { (cx.t("sql-left-out-remedy")) }
            }
        }
    }
}

/// The plan of a question.
#[derive(Debug, Clone)]
pub struct Plan {
    /// As the engine writes it, a line an operator.
    pub lines: Vec<String>,
    /// The rule that opened.
    pub basis: LegalBasis,
    /// Index of the question in the log.
    pub leaf: u64,
}

/// What a permit puts into one reading of a table, as the plan tells it.
struct Scan<'a> {
    table: &'a str,
    columns: &'a str,
    everybody: bool,
    days: Option<&'a str>,
    blocked: Option<bool>,
}

impl<'a> Scan<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let told = line.trim_start().strip_prefix("GrantedScan: ")?;
        let between = |from: &str, to: &str| Some(told.split_once(from)?.1.split_once(to)?.0);
        Some(Self {
            table: between("table=", ",")?,
            columns: between("columns=[", "]")?,
            everybody: between("granted persons=", ",")? == "all",
            days: between("granted days=[", ")"),
            blocked: between("blocked periods=", ",").map(|blocked| blocked != "none"),
        })
    }

    fn markup(&self, cx: &Cx) -> Markup {
        html! {
            section.card {
                h3 { (cx.tf("sql-plan-scan", &[("table", self.table.to_owned().into())])) }
                dl.facts {
                    dt { (cx.t("sql-plan-persons")) }
                    dd { (cx.t(if self.everybody { "sql-plan-all" } else { "sql-plan-some" })) }
                    @if let Some((from, until)) = self.days.and_then(|days| days.split_once(", ")) {
                        dt { (cx.t("sql-plan-days")) } dd { (days(cx, from, until)) }
                    }
                    @if let Some(blocked) = self.blocked {
                        dt { (cx.t("sql-plan-blocked")) }
                        dd { (cx.t(if blocked { "sql-plan-out" } else { "sql-plan-none" })) }
                    }
                    dt { (cx.t("sql-plan-columns")) }
                    dd.mono { (if self.columns.is_empty() { "–" } else { self.columns }) }
                }
            }
        }
    }
}

fn days(cx: &Cx, from: &str, until: &str) -> String {
    let key = match (from, until) {
        ("any", "any") => return cx.t("sql-permit-any-day"),
        ("any", _) => "sql-permit-before",
        (_, "any") => "sql-permit-from",
        _ => "sql-permit-between",
    };
    cx.tf(key, &[("from", from.to_owned().into()), ("until", until.to_owned().into())])
}

impl Plan {
    pub(super) fn markup(&self, cx: &Cx) -> Markup {
        html! {
            section aria-labelledby="plan" {
                h2 #plan { (cx.t("sql-plan")) }
                p role="status" { (cx.t("sql-plan-text")) }
                @for scan in self.lines.iter().filter_map(|line| Scan::of(line)) { (scan.markup(cx)) }
                details {
                    summary { (cx.t("sql-plan-whole")) }
                    pre.mono tabindex="0" role="group" aria-label=(cx.t("sql-plan-whole")) lang="en" { (self.lines.join("\n")) }
                }
                p { (cx.tf("sql-logged", &[
                    ("rule", self.basis.rule.clone().into()), ("paragraph", self.basis.paragraph.clone().into()),
                    ("leaf", self.leaf.into()),
                ])) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_told_as_the_plan_has_it() {
        let line = "    GrantedScan: table=lmdb, columns=[pnr, atc], granted persons=those not left out, \
                    granted days=[any, 2024-01-01), blocked periods=left out, row groups=1 of 2";
        let scan = Scan::of(line).unwrap();
        assert_eq!((scan.table, scan.columns, scan.everybody), ("lmdb", "pnr, atc", false));
        assert_eq!((scan.days, scan.blocked), (Some("any, 2024-01-01"), Some(true)));
        let scan = Scan::of("GrantedScan: table=bef, columns=[], granted persons=all, row groups=1 of 1").unwrap();
        assert_eq!((scan.columns, scan.everybody, scan.days), ("", true, None));
        assert!(Scan::of("AggregateExec: mode=Final").is_none());
    }

    #[test]
    fn one_category_and_one_count_have_bars() {
        let row = |name: &str, n: &str| vec![Some(name.to_owned()), Some(n.to_owned())];
        for (name, rows, numeric, bars) in [
            ("two", vec![row("a", "4"), row("b", "1")], true, Some(vec![1.0, 0.25])),
            ("one row", vec![row("a", "4")], true, None),
            ("no number", vec![row("a", "x"), row("b", "1")], true, None),
            ("below nought", vec![row("a", "-4"), row("b", "1")], true, None),
            ("all nought", vec![row("a", "0"), row("b", "0")], true, None),
            ("text", vec![row("a", "4"), row("b", "1")], false, None),
        ] {
            let columns = vec!["x".to_owned(), "n".to_owned()];
            let cells = Cells { columns, numeric: vec![false, numeric], of: rows.len(), rows };
            assert_eq!(super::super::samples::answer(cells, false).bars(), bars, "{name}");
        }
    }
}
