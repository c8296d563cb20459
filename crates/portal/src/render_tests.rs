//! Every page × every sample × both languages.

use crate::Locale;
use crate::locale::MISSING;
use crate::page::{Cx, Page, Reader, Sample, document};
use crate::pages::{
    access, alerts, answered, case, cases, catalogue, choices, finding, follow_up, follow_ups, glass, log, message,
    proof, questionnaire, questionnaires, questions, replay, result, rules, sign, sign_in, sql, step_up, timeline,
    tree,
};
use indgang_model::Role;

fn cx(locale: Locale, role: Option<Role>) -> Cx {
    Cx {
        locale,
        reader: role.map(|role| Reader { name: "Gry Genetiker".to_owned(), role }),
        csrf: "0123abcd".to_owned(),
        path: "/cases?a=b&c=d".to_owned(),
        demo: true,
    }
}

/// Calls `check` with the name and the document of every sample of a page in both languages.
fn each<P: Page + Sample>(page: &str, role: Option<Role>, check: &mut dyn FnMut(&str, &str)) {
    for locale in Locale::ALL {
        for (name, sample) in P::samples() {
            let html = document(&cx(locale, role), &sample).into_string();
            check(&format!("{page}-{name}-{}", locale.code()), &html);
        }
    }
}

fn every(check: &mut dyn FnMut(&str, &str)) {
    let (lab, citizen) = (Some(Role::LaboratoryGeneticist), Some(Role::Citizen));
    each::<access::AccessPage>("access", Some(Role::Auditor), check);
    each::<sign_in::SignInPage>("sign-in", None, check);
    each::<cases::CasesPage>("cases", lab, check);
    each::<alerts::AlertsPage>("alerts", lab, check);
    each::<case::CasePage>("case", lab, check);
    each::<finding::FindingPage>("finding", lab, check);
    each::<sign::SignPage>("sign", lab, check);
    each::<glass::GlassPage>("glass", Some(Role::AuthorisedHealthProfessional), check);
    each::<step_up::StepUpPage>("step-up", Some(Role::AuthorisedHealthProfessional), check);
    each::<result::ResultPage>("result", citizen, check);
    each::<choices::ChoicesPage>("choices", citizen, check);
    each::<log::LogPage>("log", citizen, check);
    each::<proof::ProofPage>("proof", citizen, check);
    each::<rules::RulesPage>("rules", Some(Role::Auditor), check);
    each::<replay::ReplayPage>("replay", Some(Role::Auditor), check);
    each::<follow_ups::FollowUpsPage>("follow-ups", Some(Role::Auditor), check);
    each::<follow_up::FollowUpPage>("follow-up", Some(Role::Auditor), check);
    each::<sql::SqlPage>("sql", Some(Role::Researcher), check);
    each::<catalogue::CataloguePage>("catalogue", None, check);
    each::<catalogue::CatalogueTablePage>("catalogue-table", Some(Role::Researcher), check);
    each::<tree::TreePage>("tree", Some(Role::Auditor), check);
    each::<timeline::TimelinePage>("timeline", citizen, check);
    each::<questionnaires::QuestionnairesPage>("questionnaires", citizen, check);
    each::<questionnaire::QuestionnairePage>("questionnaire", citizen, check);
    each::<questions::QuestionsPage>("questions", Some(Role::AuthorisedHealthProfessional), check);
    each::<answered::AnsweredPage>("answered", citizen, check);
    each::<message::MessagePage>("message", lab, check);
}

/// Elements open and close in order. Enough for a template engine's output, where text is escaped.
fn well_formed(html: &str) -> Result<(), String> {
    const VOID: [&str; 6] = ["meta", "link", "input", "br", "img", "hr"];
    let mut open: Vec<&str> = Vec::new();
    for part in html.split('<').skip(1) {
        let Some((tag, _)) = part.split_once('>') else { return Err(format!("`<{part}` has no end")) };
        if tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes nothing; open: {open:?}"));
            }
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or(tag);
        if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
}

#[test]
fn every_page_renders_whole_in_both_languages() {
    let mut pages = 0;
    every(&mut |name, html| {
        pages += 1;
        assert!(!html.contains(MISSING), "{name} lacks a text: …{}…", around(html, MISSING));
        well_formed(html).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        assert!(html.contains(if name.ends_with("-da") { r#"<html lang="da">"# } else { r#"<html lang="en">"# }));
    });
    assert!(pages >= 60, "{pages}");
}

#[test]
fn no_page_holds_script_style_or_a_foreign_address() {
    every(&mut |name, html| {
        for bad in ["<script", "<style", " style=", "http://", "https://", "javascript:", " onclick", " onload"] {
            assert!(!html.contains(bad), "{name} holds `{bad}`: …{}…", around(html, bad));
        }
    });
}

#[test]
fn every_post_form_carries_the_token() {
    every(&mut |name, html| {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or(form);
            if form.contains(r#"method="post""#) {
                assert!(form.contains(r#"name="csrf" value="0123abcd""#), "{name}: {form}");
            }
        }
    });
}

#[test]
fn identifiers_are_unique_and_labels_point_at_one() {
    every(&mut |name, html| {
        let of = |attribute: &str| -> Vec<String> {
            html.split(&format!(" {attribute}=\""))
                .skip(1)
                .filter_map(|p| p.split('"').next().map(str::to_owned))
                .collect()
        };
        let ids = of("id");
        let mut unique = ids.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "{name} repeats an id: {ids:?}");
        for target in of("for").into_iter().chain(of("aria-labelledby")).chain(of("aria-describedby")) {
            assert!(ids.contains(&target), "{name}: `{target}` labels nothing");
        }
    });
}

#[test]
fn what_people_write_is_escaped() {
    let mut page = cases::CasesPage::samples().remove(0).1;
    page.cases[0].proband = Some("<b>\"Bobby\" & co</b>".to_owned());
    let html = document(&cx(Locale::Da, Some(Role::LaboratoryGeneticist)), &page).into_string();
    assert!(html.contains("&lt;b&gt;&quot;Bobby&quot; &amp; co&lt;/b&gt;"));
}

#[test]
fn an_address_keeps_a_slash_within_its_parts() {
    use indgang_fhir::record::LineKind;
    let mut page = timeline::TimelinePage::samples().remove(0).1;
    let questionnaire = indgang_service::TimelineKind::Line(LineKind::Questionnaire);
    page.items.retain(|item| item.kind == questionnaire);
    page.items[0].sources[0].source = "a/b".to_owned();
    let html = document(&cx(Locale::Da, Some(Role::Citizen)), &page).into_string();
    assert!(html.contains(r#"href="/answers/a%2Fb/1""#), "{}", around(&html, "/answers/"));
}

#[test]
fn main_pages_look_as_agreed() {
    every(&mut |name, html| {
        let main = html.split("<main").nth(1).and_then(|m| m.split("</main>").next()).unwrap_or(html);
        if [
            "case-open-da",
            "finding-compound-heterozygote-da",
            "result-found-da",
            "log-all-en",
            "message-refused-da",
            "sign-with-name-da",
        ]
        .contains(&name)
        {
            // A line an element, so that a change is seen where it happens.
            insta::assert_snapshot!(name, main.replace("><", ">\n<"));
        }
    });
}

fn around<'a>(html: &'a str, what: &str) -> &'a str {
    let at = html.find(what).unwrap_or(0);
    let start = (0..=at.saturating_sub(120)).rev().find(|i| html.is_char_boundary(*i)).unwrap_or(0);
    let end = (at + 120..=html.len()).find(|i| html.is_char_boundary(*i)).unwrap_or(html.len());
    &html[start..end]
}
