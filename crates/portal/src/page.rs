//! What every page has: the reader's language, who reads, and the frame around the page.

use crate::{Locale, assets};
use fluent_bundle::FluentValue;
use indgang_interpret::words::Words;
use indgang_model::Role;
use maud::{DOCTYPE, Markup, html};

/// Who is signed in, as the head of the page shows it.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Name.
    pub name: String,
    /// In which capacity.
    pub role: Role,
}

/// What a page is rendered in.
#[derive(Debug, Clone)]
pub struct Cx {
    /// Language.
    pub locale: Locale,
    /// Who reads, when signed in.
    pub reader: Option<Reader>,
    /// The token each form carries.
    pub csrf: String,
    /// The page's own path and query, for the change of language.
    pub path: String,
    /// True in the demo house: the head says that people are made up.
    pub demo: bool,
}

impl Cx {
    /// The text of a key.
    pub fn t(&self, key: &str) -> String {
        self.locale.t(key)
    }

    /// The text of a key with values.
    pub fn tf(&self, key: &str, args: &[(&'static str, FluentValue<'_>)]) -> String {
        self.locale.tf(key, args)
    }

    /// The hidden field that proves that a form is the portal's own.
    pub fn csrf_field(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.csrf); }
    }

    /// The word for a value that comes from a file or the knowledge; the value itself, marked as English, when the
    /// portal has none.
    pub fn word(&self, prefix: &str, value: &str) -> Markup {
        let key: String = value.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
        match self.locale.known(&format!("{prefix}-{key}")) {
            Some(text) => html! { (text) },
            None => self.english(&value.replace('_', " ")),
        }
    }

    /// Text that exists in English only, marked so that a screen reader pronounces it right.
    pub fn english(&self, text: &str) -> Markup {
        match self.locale {
            Locale::En => html! { (text) },
            Locale::Da => html! { span lang="en" { (text) } },
        }
    }

    /// Of a Danish and an English wording the reader's; English, marked as such, where the Danish is lacking.
    pub fn words(&self, da: &str, en: &str) -> Markup {
        if da.is_empty() {
            self.english(en)
        } else {
            html! { (self.either(da, en)) }
        }
    }

    /// A title in the reader's language; in the other one, marked as such, where hers is lacking.
    pub fn title(&self, title: &Words) -> Markup {
        match self.locale {
            Locale::En if title.en.is_empty() => html! { span lang="da" { (title.da) } },
            _ => self.words(&title.da, &title.en),
        }
    }

    /// Of a Danish and an English wording the reader's.
    pub fn either<'a>(&self, da: &'a str, en: &'a str) -> &'a str {
        match self.locale {
            Locale::Da if !da.is_empty() => da,
            _ => en,
        }
    }
}

/// One page: a typed context that renders itself.
pub trait Page {
    /// The title, which is also the heading.
    fn title(&self, cx: &Cx) -> String;
    /// What stands under the heading.
    fn body(&self, cx: &Cx) -> Markup;
}

/// Contexts that stand for what a page can meet; a test renders each in both languages.
pub trait Sample: Sized {
    /// Name and context.
    fn samples() -> Vec<(&'static str, Self)>;
}

/// The whole document.
pub fn document(cx: &Cx, page: &impl Page) -> Markup {
    let title = page.title(cx);
    html! {
        (DOCTYPE)
        html lang=(cx.locale.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – " (cx.t("house-name")) }
                link rel="stylesheet" href=(assets::stylesheet());
                link rel="icon" type="image/svg+xml" href=(assets::mark());
            }
            body {
                a.skip-link href="#content" { (cx.t("skip-to-content")) }
                (head(cx))
                main #content tabindex="-1" {
                    h1 { (title) }
                    (page.body(cx))
                }
                (foot(cx))
            }
        }
    }
}

fn demo_banner(cx: &Cx) -> Markup {
    html! {
        div.demo-banner { div.container { strong { (cx.t("demo-word")) } " " (cx.t("demo-banner")) } }
    }
}

fn head(cx: &Cx) -> Markup {
    html! {
        header.header {
            @if cx.demo { (demo_banner(cx)) }
            div.container.header-row {
                a.brand href="/" {
                    img src=(assets::mark()) alt="" width="32" height="32";
                    span { (cx.t("house-name")) }
                }
                (languages(cx))
            }
            @if let Some(reader) = &cx.reader {
                div.solution-info {
                    div.container.header-row {
                        nav aria-label=(cx.t("menu")) {
                            ul.menu {
                                @for (path, key) in menu(reader.role) {
                                    li {
                                        a href=(path) aria-current=[is_current(&cx.path, path).then_some("page")] {
                                            (cx.t(key))
                                        }
                                    }
                                }
                            }
                        }
                        form.who method="post" action="/sign-out" {
                            (cx.csrf_field())
                            a href="/access" { (reader.name) ", " (role(cx, reader.role)) }
                            button.button.button-secondary type="submit" { (cx.t("sign-out")) }
                        }
                    }
                }
            }
        }
    }
}

fn languages(cx: &Cx) -> Markup {
    html! {
        nav.languages aria-label=(cx.t("language")) {
            @for locale in Locale::ALL {
                @let name = match locale { Locale::Da => "Dansk", Locale::En => "English" };
                @if locale == cx.locale {
                    span lang=(locale.code()) aria-current="true" { (name) }
                } @else {
                    a lang=(locale.code()) hreflang=(locale.code())
                        href={ "/language/" (locale.code()) "?to=" (encode(&cx.path)) } { (name) }
                }
            }
        }
    }
}

fn foot(cx: &Cx) -> Markup {
    html! {
        footer.footer { div.container {
            p { (cx.t("footer-not-a-device")) }
            p { a href="/catalogue" { (cx.t("catalogue-title")) } }
        } }
    }
}

/// The entries of the menu for a role.
fn menu(role: Role) -> &'static [(&'static str, &'static str)] {
    match role {
        Role::Citizen => &[
            ("/my/result", "menu-result"),
            ("/my/story", "menu-story"),
            ("/my/questionnaires", "menu-questionnaires"),
            ("/my/choices", "menu-choices"),
            ("/my/log", "menu-log"),
        ],
        Role::LaboratoryGeneticist => &[("/cases", "menu-cases"), ("/alerts", "menu-alerts"), ("/sql", "menu-sql")],
        Role::AuthorisedHealthProfessional | Role::Bioinformatician => {
            &[("/cases", "menu-cases"), ("/sql", "menu-sql")]
        }
        Role::Auditor => &[
            ("/audit/follow-ups", "menu-audit-follow-ups"),
            ("/audit/log", "menu-audit-log"),
            ("/audit/replay", "menu-audit-replay"),
            ("/audit/rules", "menu-audit-rules"),
            ("/access", "menu-account"),
        ],
        Role::Outsider => &[("/access", "menu-account"), ("/audit/rules", "menu-audit-rules")],
        _ => &[("/sql", "menu-sql"), ("/access", "menu-account"), ("/audit/rules", "menu-audit-rules")],
    }
}

fn is_current(path: &str, entry: &str) -> bool {
    let path = path.split('?').next().unwrap_or(path);
    path == entry || path.strip_prefix(entry).is_some_and(|rest| rest.starts_with('/'))
}

/// The word for a role.
pub(crate) fn role(cx: &Cx, role: Role) -> String {
    cx.t(match role {
        Role::AuthorisedHealthProfessional => "role-authorised_health_professional",
        Role::LaboratoryGeneticist => "role-laboratory_geneticist",
        Role::ClinicalBiochemist => "role-clinical_biochemist",
        Role::Bioinformatician => "role-bioinformatician",
        Role::Statistician => "role-statistician",
        Role::Engineer => "role-engineer",
        Role::AuthorityOfficer => "role-authority_officer",
        Role::Researcher => "role-researcher",
        Role::IndustryResearcher => "role-industry_researcher",
        Role::Citizen => "role-citizen",
        Role::Auditor => "role-auditor",
        Role::Outsider => "role-outsider",
    })
}

/// Percent-encodes what may not stand in a query value.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// As [`encode`], for one part of a path: a slash within it is no end of it.
pub(crate) fn segment(text: &str) -> String {
    encode(text).replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn current_entries() {
        for (path, entry, current) in [
            ("/cases", "/cases", true),
            ("/cases/1/findings/2", "/cases", true),
            ("/casesque", "/cases", false),
            ("/my/log?only=refused", "/my/log", true),
        ] {
            assert_eq!(is_current(path, entry), current, "{path} {entry}");
        }
    }

    #[test]
    fn query_values_are_encoded() {
        assert_eq!(encode("/my/log?a=b&c=å"), "/my/log%3Fa%3Db%26c%3D%C3%A5");
        assert_eq!(segment("a/b?c"), "a%2Fb%3Fc");
    }
}
