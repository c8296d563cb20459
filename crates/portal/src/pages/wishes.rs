//! The citizen's wishes, and those of a child in her custody: see and change.

use crate::format::moment;
use crate::page::{Cx, Page, Sample};
use crate::parts::words;
use crate::sample;
use indgang_model::{SecondaryFindingWish, Timestamp, Wishes};
use maud::{Markup, html};

/// One person the citizen decides for.
#[derive(Debug, Clone)]
pub struct Decider {
    /// What the form sends.
    pub person: String,
    /// Name.
    pub name: String,
    /// What holds now.
    pub wishes: Wishes,
    /// Since when; `None` when nothing was ever said.
    pub since: Option<Timestamp>,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct WishesPage {
    /// Herself first, then children in her custody.
    pub people: Vec<Decider>,
    /// True after a change was kept.
    pub saved: bool,
}

/// The choices on secondary findings with their values in forms.
pub(crate) const CHOICES: [(SecondaryFindingWish, &str); 3] = [
    (SecondaryFindingWish::All, "all"),
    (SecondaryFindingWish::TreatableOrPreventable, "treatable_or_preventable"),
    (SecondaryFindingWish::None, "none"),
];

impl Page for WishesPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("wishes-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.t("wishes-lead")) }
            @if self.saved { div.alert.alert-success role="status" { p { (cx.t("wishes-saved")) } } }
            @for (n, person) in self.people.iter().enumerate() { (form(cx, n, person)) }
        }
    }
}

fn form(cx: &Cx, n: usize, person: &Decider) -> Markup {
    let w = &person.wishes;
    html! {
        section.card aria-labelledby=(format!("person-{n}")) {
            h2 id=(format!("person-{n}")) { (person.name) }
            p.hint { @match person.since {
                Some(at) => { (cx.tf("wishes-since", &[("at", moment(cx.locale, at).into())])) }
                None => { (cx.t("wishes-never")) }
            } }
            form.form method="post" action="/my/wishes" {
                (cx.csrf_field())
                input type="hidden" name="person" value=(person.person);
                fieldset {
                    legend { (cx.t("wish-secondary-legend")) }
                    p.hint { (cx.t("wish-secondary-hint")) }
                    @for (choice, value) in CHOICES {
                        div.choice {
                            input type="radio" name="secondary_findings" id=(format!("secondary-{value}-{n}")) value=(value)
                                checked[choice == w.secondary_findings];
                            label for=(format!("secondary-{value}-{n}")) { (words::secondary_wish(cx, choice)) }
                        }
                    }
                }
                fieldset {
                    legend { (cx.t("wish-more-legend")) }
                    @for (name, key, chosen) in [
                        ("recontact", "wish-recontact", w.recontact),
                        ("research", "wish-research", w.research),
                        ("shared_database", "wish-shared_database", w.shared_database),
                    ] {
                        div.choice {
                            input type="checkbox" name=(name) id=(format!("{name}-{n}")) value="yes" checked[chosen];
                            label for=(format!("{name}-{n}")) { (cx.t(key)) }
                        }
                    }
                }
                button.button.button-primary type="submit" { (cx.t("wishes-save")) }
            }
        }
    }
}

impl Sample for WishesPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let some = Wishes {
            secondary_findings: SecondaryFindingWish::TreatableOrPreventable,
            recontact: true,
            research: true,
            shared_database: false,
        };
        let person =
            |name: &str, wishes, since| Decider { person: name.to_owned(), name: name.to_owned(), wishes, since };
        vec![
            ("nothing-known", Self { people: vec![person("Asta Prøve", Wishes::default(), None)], saved: false }),
            (
                "saved",
                Self {
                    people: vec![
                        person("Bo Prøve", some, Some(sample::now())),
                        person("Ida Prøve", Wishes::default(), None),
                    ],
                    saved: true,
                },
            ),
        ]
    }
}
