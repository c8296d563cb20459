//! Proving anew who one is.

use crate::page::{Cx, Page, Sample};
use maud::{Markup, html};

/// The page's context.
#[derive(Debug, Clone)]
pub struct StepUpPage {
    /// The path to go to afterwards.
    pub to: String,
    /// True when an OpenID provider asks; in the demo house nobody does.
    pub provider: bool,
}

impl Page for StepUpPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("step-up-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.t("step-up-text")) }
            p { (cx.t(if self.provider { "step-up-provider" } else { "step-up-demo" })) }
            form.form method="post" action="/step-up" {
                (cx.csrf_field())
                input type="hidden" name="to" value=(self.to);
                button.button.button-primary type="submit" { (cx.t("step-up-now")) }
                a.button.button-secondary href="/" { (cx.t("step-up-not")) }
            }
        }
    }
}

impl Sample for StepUpPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |provider| Self { to: "/cases/family-1/glass".to_owned(), provider };
        vec![("provider", page(true)), ("demo", page(false))]
    }
}
