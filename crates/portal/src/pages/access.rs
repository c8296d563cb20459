//! The first page of a role that has no pages of person data in this part of the house.

use crate::page::{Cx, Page, Sample};
use maud::{Markup, html};

/// The page's context: there is nothing to know.
#[derive(Debug, Clone, Copy)]
pub struct AccessPage;

impl Page for AccessPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("other-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.t("other-lead")) }
            h2 { (cx.t("other-try")) }
            p { (cx.t("other-try-text")) }
            form.form.form-row method="get" action="/find" {
                label for="case" { (cx.t("case")) }
                input #case name="case" required maxlength="64" autocomplete="off";
                button.button.button-secondary type="submit" { (cx.t("other-open")) }
            }
            h2 { (cx.t("everywhere-title")) }
            p { (cx.t("everywhere-text")) }
            form.form method="post" action="/sign-out" {
                (cx.csrf_field())
                input type="hidden" name="everywhere" value="yes";
                button.button.button-secondary type="submit" { (cx.t("everywhere-now")) }
            }
        }
    }
}

impl Sample for AccessPage {
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("only", Self)]
    }
}
