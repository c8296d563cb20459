//! The pedigree: the drawing, and a table that says the same.

use crate::page::Cx;
use crate::parts::words;
use indgang_interpret::picture::{self, Described};
use indgang_interpret::report::Member;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The drawing and the table. `names` has the names the reader may see, by member.
pub(crate) fn pedigree(cx: &Cx, family: &[Member], proband: &str, names: &BTreeMap<String, String>) -> Markup {
    let description = cx.tf("pedigree-alt", &[("count", family.len().into())]);
    html! {
        div.pedigree-and-table {
            figure.pedigree {
                (picture::pedigree(family, proband, names, Described::As(&description)))
                figcaption { (cx.t("pedigree-legend")) }
            }
            (table(cx, family, proband, names))
        }
    }
}

fn table(cx: &Cx, family: &[Member], proband: &str, names: &BTreeMap<String, String>) -> Markup {
    let dash = || "–".to_owned();
    html! {
        div.table-scroll tabindex="0" role="group" aria-label=(cx.t("pedigree-table")) {
            table.table {
                caption { (cx.t("pedigree-table")) }
                thead { tr {
                    @for key in ["person", "sex", "affected", "father", "mother", "sequenced"] {
                        th scope="col" { (cx.t(key)) }
                    }
                } }
                tbody { @for member in family { tr {
                    th scope="row" {
                        (label(member, names))
                        @if member.id == proband { " (" (cx.t("proband")) ")" }
                    }
                    td { (words::sex(cx, member.sex)) }
                    td { (words::affected(cx, member.affected)) }
                    td { (member.father.as_ref().map_or_else(dash, |id| name_of(id, names))) }
                    td { (member.mother.as_ref().map_or_else(dash, |id| name_of(id, names))) }
                    td { (words::yes_no(cx, member.sequenced)) }
                } } }
            }
        }
    }
}

fn label(member: &Member, names: &BTreeMap<String, String>) -> String {
    name_of(&member.id, names)
}

/// The name the reader may see, else the identifier.
pub(crate) fn name_of(id: &str, names: &BTreeMap<String, String>) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}
