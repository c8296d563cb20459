//! The citizen's choices, and those of whom she decides or reads for: consents, blocks, refusals, wishes.

mod acting;
mod forms;
mod said;

pub(crate) use forms::WISHES;

use crate::format::moment;
use crate::page::{Cx, Page, Sample, encode};
use crate::parts::words;
use crate::sample;
use indgang_gate::ledger::{ConsentKind, Refusal, Statement, TemplateVersion};
use indgang_gate::{BlockTarget, Recipient, Refusals, UserId};
use indgang_model::{Category, PersonId, PlaceId, SecondaryFindingWish, Sensitive, Timestamp, Wishes};
use indgang_service::{Capacity, Choice, ChoiceState, MyChoices, PersonChoices, Place};
use maud::{Markup, html};

/// The page's context.
#[derive(Debug, Clone)]
pub struct ChoicesPage {
    /// Everybody whose choices the reader may see, herself first; whom and where one can block.
    pub all: MyChoices,
    /// Whose choices are shown; the first person's when there is none of that name.
    pub whose: Option<PersonId>,
    /// Numbers of what was just entered; none for nothing, and empty when what was said held already.
    pub done: Option<Vec<u64>>,
    /// The code by which the reader can be given power of attorney, when she just asked for one.
    pub code: Option<String>,
    /// What keeps a form from being entered, by its key.
    pub error: Option<&'static str>,
}

impl ChoicesPage {
    fn shown(&self) -> Option<&PersonChoices> {
        let named = self.all.people.iter().find(|person| Some(&person.id) == self.whose.as_ref());
        named.or_else(|| self.all.people.first())
    }
}

impl Page for ChoicesPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("choices-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        let Some(person) = self.shown() else { return html! { p.lead { (cx.t("choices-nobody")) } } };
        html! {
            p.lead { (cx.t("choices-lead")) }
            @if self.all.people.len() > 1 { (self.whom(cx, person)) }
            @if let Some(error) = self.error { div.alert.alert-error role="alert" { p { (cx.t(error)) } } }
            @if let Some(code) = &self.code { (forms::code(cx, code)) }
            @if let Some(done) = &self.done { (self.told(cx, person, done)) }
            @if let Some(key) = limits(person) { div.alert.alert-info { p { (cx.t(key)) } } }
            (self.wishes(cx, person))
            (self.consents(cx, person))
            (self.blocks(cx, person))
            (self.refusals(cx, person))
            (self.powers(cx, person))
            (acting::acting(cx, person))
            (self.earlier(cx, person))
            (forms::exchange(cx, person))
        }
    }
}

impl ChoicesPage {
    fn whom(&self, cx: &Cx, shown: &PersonChoices) -> Markup {
        html! {
            nav aria-label=(cx.t("choices-whom")) {
                p { (cx.t("choices-whom")) ":" }
                ul {
                    @for person in &self.all.people {
                        li {
                            @let name = person.name.expose();
                            @if person.id == shown.id {
                                strong aria-current="true" { (name) }
                            } @else {
                                a href={ "/my/choices?for=" (encode(&person.id.0)) } { (name) }
                            }
                            " (" (cx.t(words::capacity(person.capacity))) ")"
                        }
                    }
                }
            }
        }
    }

    /// What the change just made means, and how to take it back.
    fn told(&self, cx: &Cx, person: &PersonChoices, done: &[u64]) -> Markup {
        let choices: Vec<&Choice> = person.choices.iter().filter(|choice| done.contains(&choice.sequence)).collect();
        html! {
            div.alert.alert-success role="status" {
                @if choices.is_empty() { p { (cx.t("choices-unchanged")) } }
                @for choice in choices {
                    h2 { (self.said(cx, person, &choice.statement)) }
                    p { (self.meaning(cx, person, &choice.statement)) }
                    @if choice.may_undo { (forms::undo(cx, person, choice, "choices-undo")) }
                }
            }
        }
    }

    fn consents(&self, cx: &Cx, person: &PersonChoices) -> Markup {
        html! {
            section.card aria-labelledby="consents" {
                h2 #consents { (cx.t("consents-heading")) }
                p.hint { (cx.t("consents-hint")) }
                (self.list(cx, person, "consents-none", &|statement| matches!(statement, Statement::Consent { .. })))
                @if person.may_choose_treatment { (self.consent_form(cx, person)) }
            }
        }
    }

    fn blocks(&self, cx: &Cx, person: &PersonChoices) -> Markup {
        html! {
            section.card aria-labelledby="blocks" {
                h2 #blocks { (cx.t("blocks-heading")) }
                p.hint { (cx.t("blocks-hint")) }
                (self.list(cx, person, "blocks-none", &|statement| matches!(statement, Statement::Block(_))))
                @if person.may_choose_treatment { (self.block_form(cx, person)) (forms::period(cx, person)) }
            }
        }
    }

    fn powers(&self, cx: &Cx, person: &PersonChoices) -> Markup {
        let is_power = |statement: &Statement| matches!(statement, Statement::PowerOfAttorney(_));
        html! {
            section.card aria-labelledby="powers" {
                h2 #powers { (cx.t("powers-heading")) }
                p.hint { (cx.t("powers-hint")) }
                (self.list(cx, person, "powers-none", &is_power))
                @if person.herself && person.may_choose { (forms::power(cx, person)) }
            }
        }
    }

    /// What of a kind holds or will hold.
    fn list(&self, cx: &Cx, person: &PersonChoices, none: &str, kind: &dyn Fn(&Statement) -> bool) -> Markup {
        let held: Vec<&Choice> = person
            .choices
            .iter()
            .filter(|choice| kind(&choice.statement) && choice.state != ChoiceState::Ended)
            .collect();
        html! {
            @if held.is_empty() { p { (cx.t(none)) } }
            @for choice in held {
                h3 { (self.said(cx, person, &choice.statement)) }
                p.hint { (times(cx, choice)) }
                p { (self.meaning(cx, person, &choice.statement)) }
                @if let Statement::Consent { template, .. } = &choice.statement { (said::text(cx, template)) }
                @if person.may_choose_treatment && choice.may_undo { (forms::undo(cx, person, choice, "choices-withdraw")) }
            }
        }
    }

    fn earlier(&self, cx: &Cx, person: &PersonChoices) -> Markup {
        html! {
            section aria-labelledby="earlier" {
                h2 #earlier { (cx.t("earlier-heading")) }
                @if person.choices.is_empty() { p { (cx.t("earlier-none")) } } @else {
                    details {
                        summary { (cx.t("earlier-show")) }
                        ol reversed {
                            @for choice in person.choices.iter().rev() {
                                li {
                                    p { (self.said(cx, person, &choice.statement)) br;
                                        small {
                                            (cx.tf("earlier-recorded", &[("at", moment(cx.locale, choice.recorded_at).into())]))
                                            ", " (cx.t(if choice.by_the_reader { "earlier-by-you" } else { "earlier-by-another" }))
                                        }
                                    }
                                    @if person.may_choose_treatment && choice.may_undo && choice.state == ChoiceState::Ended {
                                        (forms::undo(cx, person, choice, "choices-undo"))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the reader may not do with another's choices; nothing for who may do everything.
const fn limits(person: &PersonChoices) -> Option<&'static str> {
    match (person.may_choose, person.may_choose_treatment) {
        (true, _) => None,
        (false, true) => Some("choices-treatment-only"),
        (false, false) => Some("choices-read-only"),
    }
}

/// When it holds.
fn times(cx: &Cx, choice: &Choice) -> String {
    let from = ("from", moment(cx.locale, choice.from).into());
    match (choice.state, choice.until) {
        (ChoiceState::ToCome, None) => cx.tf("choices-to-come", &[from]),
        (_, None) => cx.tf("choices-since", &[from]),
        (_, Some(until)) => cx.tf("choices-since-until", &[from, ("until", moment(cx.locale, until).into())]),
    }
}

impl Sample for ChoicesPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let nothing = person("asta", "Asta Prøve", None, Vec::new());
        let page = |people, whose: Option<&str>, done| Self {
            all: MyChoices { people, professionals: professionals(), places: places() },
            whose: whose.map(|id| PersonId(id.to_owned())),
            done,
            code: None,
            error: None,
        };
        let family = || {
            vec![
                person("cilje", "Cilje Prøve", None, everything()),
                person("ida", "Ida Prøve", Some(Capacity::Custody), Vec::new()),
                person("bo", "Bo Prøve", Some(Capacity::PowerOfAttorney), everything()),
                person("alma", "Alma Prøve", Some(Capacity::Guardian), everything()),
                person("elin", "Elin Prøve", Some(Capacity::NextOfKin), Vec::new()),
            ]
        };
        vec![
            ("nothing-said", page(vec![nothing.clone()], None, None)),
            ("nobody", page(Vec::new(), None, None)),
            ("unchanged", page(vec![nothing.clone()], None, Some(Vec::new()))),
            ("code", Self { code: Some("ABCDE-FGH23-45678".to_owned()), ..page(vec![nothing.clone()], None, None) }),
            ("wrong-code", Self { error: Some("power-no-code"), ..page(vec![nothing], None, None) }),
            ("everything", page(family(), None, None)),
            ("told", page(family(), Some("cilje"), Some((1..=20).collect()))),
            ("child", page(family(), Some("ida"), None)),
            ("proxy", page(family(), Some("bo"), None)),
            ("ward", page(family(), Some("alma"), None)),
            ("next-of-kin", page(family(), Some("elin"), None)),
        ]
    }
}

fn person(id: &str, name: &str, capacity: Option<Capacity>, choices: Vec<Choice>) -> PersonChoices {
    let said = !choices.is_empty();
    let surrogate = matches!(capacity, Some(Capacity::Guardian | Capacity::NextOfKin));
    let may_choose = matches!(capacity, None | Some(Capacity::Custody));
    // Who acts by law takes back what another entered on treatment; in the sample, that is every second.
    let may_undo =
        |choice: &Choice| may_choose || (surrogate && choice.statement.on_treatment() && choice.by_the_reader);
    let choices: Vec<Choice> =
        choices.into_iter().map(|choice| Choice { may_undo: choice.may_undo && may_undo(&choice), ..choice }).collect();
    PersonChoices {
        id: PersonId(id.to_owned()),
        name: Sensitive::new(name.to_owned()),
        herself: capacity.is_none(),
        capacity,
        may_choose,
        may_choose_treatment: may_choose || surrogate,
        represented_by: if said { acting::samples(id) } else { Vec::new() },
        wishes: Wishes {
            secondary_findings: if said {
                SecondaryFindingWish::TreatableOrPreventable
            } else {
                SecondaryFindingWish::None
            },
            recontact: said,
            ..Wishes::default()
        },
        wishes_since: said.then(sample::now),
        holders: [(PersonId("friend".to_owned()), Sensitive::new("Vera Ven".to_owned()))].into(),
        refusals: Refusals { tissue: false, genetic: said, secondary_use: said },
        choices,
    }
}

fn professionals() -> std::collections::BTreeMap<UserId, String> {
    [("clinician", "Lis Læge"), ("laboratory", "Gry Genetiker")]
        .map(|(id, name)| (UserId(id.to_owned()), name.to_owned()))
        .into()
}

fn places() -> Vec<Place> {
    let place = |id: &str, name: &str, parent: Option<&str>| Place {
        id: PlaceId(id.to_owned()),
        name: name.to_owned(),
        parent: parent.map(|id| PlaceId(id.to_owned())),
    };
    vec![place("1", "Testkøbing Hospital", None), place("2", "Klinisk Genetik", Some("1"))]
}

/// One of everything that can be said, the last of them withdrawn.
fn everything() -> Vec<Choice> {
    let consent = |kind, id: &str, version, recipient| Statement::Consent {
        kind,
        recipient,
        template: TemplateVersion { id: id.to_owned(), version },
    };
    let (earlier, now) = (Timestamp::from_second(1_780_000_000).expect("a moment"), sample::now());
    let lis = || UserId("clinician".to_owned());
    let hospital = || PlaceId("1".to_owned());
    let mut statements = vec![
        consent(ConsentKind::Examination, "genetic-examination", 1, None),
        consent(ConsentKind::LookUp, "look-up", 1, Some(Recipient::Professional(lis()))),
        consent(ConsentKind::Quality, "quality", 1, Some(Recipient::Place(hospital()))),
        consent(ConsentKind::Disclosure, "disclosure", 1, Some(Recipient::Professional(UserId("gone".to_owned())))),
        Statement::Block(BlockTarget::Professional(lis())),
        Statement::Block(BlockTarget::Place(hospital())),
        Statement::Block(BlockTarget::Category(Category::Medication)),
        Statement::Block(BlockTarget::Period { from: earlier, until: now }),
        Statement::Block(BlockTarget::Everybody),
        Statement::Wishes(Wishes::default()),
        Statement::PowerOfAttorney(PersonId("friend".to_owned())),
    ];
    statements.extend(Refusal::ALL.map(Statement::Refusal));
    statements.extend([1, 5, 10, 12].map(Statement::Withdrawal));
    (1u64..)
        .zip(statements)
        .map(|(sequence, statement)| {
            let ended = matches!(statement, Statement::Withdrawal(_)) || [1, 5, 10, 12].contains(&sequence);
            let state = match sequence {
                _ if ended => ChoiceState::Ended,
                6 => ChoiceState::ToCome,
                _ => ChoiceState::Holds,
            };
            Choice {
                until: (sequence % 3 == 0).then_some(now),
                sequence,
                statement,
                from: earlier,
                recorded_at: earlier,
                by_the_reader: sequence % 2 == 0,
                state,
                may_undo: !ended || sequence > 15,
            }
        })
        .collect()
}
