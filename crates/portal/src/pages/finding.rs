//! One finding with everything it rests on.

use crate::format::percent;
use crate::page::{Cx, Page, Sample};
use crate::pages::case;
use crate::parts::criteria::ByHandForm;
use crate::parts::evidence::{self, Family};
use crate::sample;
use indgang_interpret::acmg::with_changes;
use indgang_interpret::report::{Finding, FindingLine, Member};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The page's context.
#[derive(Debug, Clone)]
pub struct FindingPage {
    /// The case's identifier in addresses.
    pub case: String,
    /// The finding.
    pub finding: Finding,
    /// The pedigree.
    pub family: Vec<Member>,
    /// The proband's identifier.
    pub proband: String,
    /// Names by member, of those whose names the reader may see.
    pub names: BTreeMap<String, String>,
    /// How many findings the case has.
    pub of: u32,
    /// What was set by hand, and the form that sets a criterion.
    pub by_hand: ByHandForm,
}

impl Page for FindingPage {
    fn title(&self, cx: &Cx) -> String {
        let gene = self.finding.gene.symbol.clone();
        cx.tf("finding-title", &[("rank", self.finding.rank.into()), ("gene", gene.into())])
    }

    fn body(&self, cx: &Cx) -> Markup {
        let family = Family { members: &self.family, names: &self.names, proband: &self.proband };
        html! {
            (steps(cx, self))
            (head(cx, &self.finding))
            (evidence::finding(cx, &self.finding, &family, &self.by_hand))
            (steps(cx, self))
        }
    }
}

fn steps(cx: &Cx, page: &FindingPage) -> Markup {
    let rank = page.finding.rank;
    html! {
        ul.steps {
            li { a href={ "/cases/" (page.case) } { (cx.t("back-to-case")) } }
            @if rank > 1 {
                li { a href={ "/cases/" (page.case) "/findings/" (rank - 1) } { (cx.t("previous-finding")) } }
            }
            @if rank < page.of {
                li { a href={ "/cases/" (page.case) "/findings/" (rank + 1) } { (cx.t("next-finding")) } }
            }
        }
    }
}

fn head(cx: &Cx, finding: &Finding) -> Markup {
    html! {
        div.card {
            p.lead { (case::heading(cx, &FindingLine::from(finding))) }
            @if let Some(why) = finding.certainty() { p { (cx.words(&why.text_da, &why.text)) } }
            dl.facts {
                dt { (cx.t("gene")) }
                dd { (finding.gene.symbol) @if let Some(id) = &finding.gene.hgnc_id { " (" (id) ")" } }
                dt { (cx.t("disease")) }
                dd { @match &finding.disease {
                    Some(d) => { (cx.word("disease", &d.label)) " (" (d.id) ")" }
                    None => { (cx.t("disease-unknown")) }
                } }
                @for (key, score) in [
                    ("combined-score", finding.scores.combined),
                    ("fit-of-signs", finding.scores.phenotype),
                    ("variant-score", finding.scores.variant),
                ] { dt { (cx.t(key)) } dd { (percent(cx.locale, score, 1)) } }
            }
        }
    }
}

impl Sample for FindingPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |finding: Finding, by_hand: ByHandForm| Self {
            case: "family-1".to_owned(),
            finding,
            family: sample::family(),
            proband: "child".to_owned(),
            names: sample::names(),
            of: 2,
            by_hand,
        };
        let mut changed = sample::de_novo();
        let history = sample::criteria_by_hand();
        changed.acmg = with_changes(&changed.acmg, &history);
        let form = |error| ByHandForm {
            action: Some("/cases/family-1/findings/1/criteria".to_owned()),
            finding: sample::de_novo().name(),
            error,
            ..ByHandForm::default()
        };
        vec![
            ("de-novo", page(sample::de_novo(), form(None))),
            ("set-by-hand", page(changed.clone(), ByHandForm { history: history.clone(), ..form(None) })),
            ("reason-too-short", page(sample::de_novo(), form(Some("glass-short")))),
            ("signed", page(changed, ByHandForm { history, ..ByHandForm::default() })),
            ("compound-heterozygote", page(sample::compound(), ByHandForm::default())),
        ]
    }
}
