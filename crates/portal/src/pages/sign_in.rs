//! Sign-in with the demo's own provider.

use crate::page::{Cx, Page, Sample, role};
use indgang_model::Role;
use maud::{Markup, html};

/// One who can sign in.
#[derive(Debug, Clone)]
pub struct Person {
    /// What the form sends.
    pub id: String,
    /// Name.
    pub name: String,
    /// In which capacity.
    pub role: Role,
    /// Organisation.
    pub organisation: String,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct SignInPage {
    /// Those who can sign in. Only the demo's provider lists people; without it the list is empty.
    pub people: Vec<Person>,
    /// True when an OpenID provider is configured.
    pub provider: bool,
}

impl Page for SignInPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("sign-in-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.t("house-lead")) }
            @if self.provider {
                p { (cx.t("sign-in-provider")) }
                form.form method="post" action="/sign-in" {
                    (cx.csrf_field())
                    button.button.button-primary type="submit" { (cx.t("sign-in-title")) }
                }
            } @else if self.people.is_empty() {
                div.alert.alert-info { p { (cx.t("sign-in-nobody")) } }
            } @else {
                div.alert.alert-info { p { (cx.t("sign-in-demo")) } }
                (group(cx, "sign-in-professionals", self.people.iter().filter(|p| p.role != Role::Citizen)))
                (group(cx, "sign-in-citizens", self.people.iter().filter(|p| p.role == Role::Citizen)))
            }
        }
    }
}

fn group<'a>(cx: &Cx, heading: &str, people: impl Iterator<Item = &'a Person>) -> Markup {
    html! {
        h2 { (cx.t(heading)) }
        ul.people {
            @for person in people {
                li.card {
                    h3 { (person.name) }
                    p { (role(cx, person.role)) @if !person.organisation.is_empty() { ", " (person.organisation) } }
                    p { (sees(cx, person.role)) }
                    form method="post" action="/sign-in" {
                        (cx.csrf_field())
                        input type="hidden" name="person" value=(person.id);
                        button.button.button-primary type="submit" {
                            (cx.tf("sign-in-as", &[("name", person.name.clone().into())]))
                        }
                    }
                }
            }
        }
    }
}

fn sees(cx: &Cx, role: Role) -> String {
    cx.t(match role {
        Role::LaboratoryGeneticist => "sees-laboratory",
        Role::AuthorisedHealthProfessional => "sees-clinician",
        Role::Bioinformatician => "sees-bioinformatician",
        Role::Auditor => "sees-auditor",
        Role::Citizen => "sees-citizen",
        Role::Outsider => "sees-nothing",
        _ => "sees-asker",
    })
}

impl Sample for SignInPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let person = |id: &str, name: &str, role| Person {
            id: id.to_owned(),
            name: name.to_owned(),
            role,
            organisation: "Testkøbing Hospital".to_owned(),
        };
        vec![
            (
                "demo",
                Self {
                    people: vec![
                        person("lab", "Gry Genetiker", Role::LaboratoryGeneticist),
                        person("clinic", "Lis Læge", Role::AuthorisedHealthProfessional),
                        person("research", "Frida Forsker", Role::Researcher),
                        person("stranger", "Uve Uvedkommende", Role::Outsider),
                        person("citizen", "Asta Prøve", Role::Citizen),
                    ],
                    provider: false,
                },
            ),
            ("provider", Self { people: Vec::new(), provider: true }),
            ("nobody", Self { people: Vec::new(), provider: false }),
        ]
    }
}
