//! One case: pedigree, signs, quality, waterfall, findings, secondary findings as wished, conclusion.

mod samples;

use crate::format::{integer, moment, percent};
use crate::page::{Cx, Page, segment};
use crate::pages::quality;
use crate::parts::evidence::{self, Family};
use crate::parts::{bars, pedigree, secondary as judgements, words};
use indgang_gate::RelationGrade;
use indgang_interpret::report::{FilterStep, FindingLine, Report, ResultKind};
use indgang_interpret::words::Words;
use indgang_model::{Category, LegalBasis, PhenotypicFeature, SecondaryFindingWish, Timestamp};
use indgang_service::JudgedSecondaryFinding;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Findings shown at once; the others open on request.
const FIRST_FINDINGS: usize = 10;

/// What the geneticist wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct Conclusion {
    /// The words.
    pub text: String,
    /// The kind of result she confirmed.
    pub result: ResultKind,
    /// Ranks of the findings she judged to be the cause.
    pub causes: Vec<u32>,
    /// True when the cause is none of the findings.
    pub cause_elsewhere: bool,
    /// Who wrote it, or signed it when signed.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// True: read-only.
    pub signed: bool,
}

/// One person's wish on secondary findings, and what it lets the reader see.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonWish {
    /// Member of the pedigree.
    pub member: String,
    /// The wish; `None` when the reader may not see it.
    pub wish: Option<SecondaryFindingWish>,
    /// True when they were looked for.
    pub examined: bool,
    /// The secondary findings she wished to be told of, those that were left out with them.
    pub findings: Vec<JudgedSecondaryFinding>,
}

/// Why the reader may see the case, and what she is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The rule that opened it.
    pub basis: LegalBasis,
    /// Place of the reading in the log.
    pub leaf: u64,
    /// Members of the pedigree with the reader's treatment relation to them, and what they have blocked, for a reader
    /// whom the law lets know it.
    pub people: Vec<Treated>,
}

/// One of the family, for an authorised health professional in treatment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Treated {
    /// Her name in the report.
    pub member: String,
    /// The person, as addresses name her.
    pub person: String,
    /// How surely she is treated.
    pub grade: RelationGrade,
    /// Kinds of data that she withholds.
    pub withheld: Vec<Category>,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct CasePage {
    /// The case's identifier in addresses.
    pub id: String,
    /// What the case is called.
    pub label: Words,
    /// The answer, cut to what the reader may see.
    pub report: Report<FindingLine>,
    /// Names by member, of those whose names the reader may see.
    pub names: BTreeMap<String, String>,
    /// Why the reader may see it.
    pub access: Access,
    /// Everybody's wishes.
    pub wishes: Vec<PersonWish>,
    /// The conclusion so far.
    pub conclusion: Option<Conclusion>,
    /// True when the reader may write and sign.
    pub may_conclude: bool,
    /// A form came back incomplete: the key of the message.
    pub error: Option<&'static str>,
}

impl Page for CasePage {
    fn title(&self, cx: &Cx) -> String {
        let who = pedigree::name_of(&self.report.proband, &self.names);
        cx.tf("case-title", &[("case", self.id.clone().into()), ("proband", who.into())])
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p { a href="/cases" { (cx.t("back-to-cases")) } }
            p.lead { (cx.title(&self.label)) }
            @if let Some(key) = self.error { div.alert.alert-error role="alert" { p { (cx.t(key)) } } }
            (summary(cx, self))
            (warnings(cx, &self.report))
            (findings(cx, self))
            section aria-labelledby="pedigree" {
                h2 #pedigree { (cx.t("pedigree-heading")) }
                (pedigree::pedigree(cx, &self.report.family, &self.report.proband, &self.names))
            }
            (signs(cx, &self.report.phenotypic_features))
            (waterfall(cx, &self.report.filters))
            (quality::section(cx, &self.report.quality, &self.names))
            (secondary(cx, self))
            (conclusion(cx, self))
            (access(cx, self))
            (versions(cx, &self.report))
        }
    }
}

fn summary(cx: &Cx, page: &CasePage) -> Markup {
    let signed = page.conclusion.as_ref().filter(|c| c.signed);
    html! {
        div.card {
            @match signed {
                Some(c) => {
                    p { (cx.t("result-kind")) ": " (words::result_kind(cx, c.result)) }
                    p { (cx.tf("signed-by-at", &[("by", c.by.clone().into()), ("at", moment(cx.locale, c.at).into())])) }
                }
                None => { p { (cx.t("result-suggested")) ": " (words::result_kind(cx, page.report.result)) } }
            }
            @if let Some(first) = page.report.findings.first() {
                p { (cx.t("first-finding")) ": " (heading(cx, first)) }
                @if let Some(why) = &first.certainty { p { (cx.words(&why.text_da, &why.text)) } }
            }
            @if page.may_conclude && signed.is_none() { p { a href="#conclusion" { (cx.t("go-to-conclusion")) } } }
        }
    }
}

fn access(cx: &Cx, page: &CasePage) -> Markup {
    let Access { basis, leaf, people } = &page.access;
    html! {
        section aria-labelledby="access" {
            h2 #access { (cx.t("access-heading")) }
            p { (basis.paragraph) " (" span.mono { (basis.rule) } "). "
                (cx.tf("access-logged", &[("leaf", (*leaf).into())])) }
            @if !people.is_empty() {
                h3 { (cx.t("access-relations")) }
                dl.facts { @for Treated { member, person, grade, withheld } in people {
                    dt { (pedigree::name_of(member, &page.names)) }
                    dd {
                        a href={ "/patients/" (segment(person)) "/timeline" } { (cx.t("story-title")) } br;
                        (grade.name()) ": " (cx.t(&format!("relation-{}", grade.rank())))
                        @if !withheld.is_empty() {
                            br; strong { (cx.t("access-withheld")) ": "
                                (withheld.iter().map(|c| words::category(cx, *c)).collect::<Vec<_>>().join(", ")) }
                        }
                    }
                } }
            }
        }
    }
}

fn warnings(cx: &Cx, report: &Report<FindingLine>) -> Markup {
    html! {
        @if !report.warnings.is_empty() {
            div.alert.alert-warning {
                h2 { (cx.t("warnings-heading")) }
                ul {
                    @for (place, warning) in report.warnings.iter().enumerate() {
                        li { (cx.words(report.warnings_da.get(place).map_or("", String::as_str), warning)) }
                    }
                }
            }
        }
    }
}

/// Gene, disease, mode and class in one line.
pub(crate) fn heading(cx: &Cx, finding: &FindingLine) -> Markup {
    html! {
        strong { (finding.gene.symbol) }
        @if let Some(disease) = &finding.disease { ", " (cx.word("disease", &disease.label)) }
        " – " (words::mode(cx, finding.mode_of_inheritance))
        @if !finding.acmg.classification.is_empty() {
            " – " (cx.word("class", &finding.acmg.classification))
            @if finding.acmg.by_hand { " (" (cx.t("acmg-by-hand")) ")" }
        }
    }
}

fn findings(cx: &Cx, page: &CasePage) -> Markup {
    html! {
        section aria-labelledby="findings" {
            h2 #findings { (cx.t("findings-heading")) }
            @if page.report.findings.is_empty() {
                p { (cx.t("findings-none")) }
            } @else {
                @let (first, rest) = page.report.findings.split_at(page.report.findings.len().min(FIRST_FINDINGS));
                p { (cx.t("findings-intro")) }
                (findings_table(cx, &page.id, first, cx.t("findings-heading")))
                p { a href={ "/cases/" (page.id) "/report.html" } { (cx.t("report-download")) } }
                @if !rest.is_empty() {
                    @let more = cx.tf("findings-more", &[("count", rest.len().into())]);
                    details {
                        summary { (more) }
                        (findings_table(cx, &page.id, rest, more))
                    }
                }
            }
        }
    }
}

fn findings_table(cx: &Cx, case: &str, findings: &[FindingLine], label: String) -> Markup {
    html! {
        div.table-scroll tabindex="0" role="group" aria-label=(label) {
            table.table.stacked {
                thead { tr {
                    @for key in ["rank", "gene-and-disease", "mode", "variants-word", "fit-of-signs", "variant-score", "combined-score"] {
                        th scope="col" { (cx.t(key)) }
                    }
                } }
                tbody { @for finding in findings { (row(cx, case, finding)) } }
            }
        }
    }
}

fn row(cx: &Cx, case: &str, finding: &FindingLine) -> Markup {
    let score = |value: f64| percent(cx.locale, value, 0);
    html! {
        tr {
            td data-label=(cx.t("rank")) { (finding.rank) }
            th scope="row" data-label=(cx.t("gene-and-disease")) {
                span {
                    a href={ "/cases/" (case) "/findings/" (finding.rank) } {
                        (finding.gene.symbol)
                        @if let Some(disease) = &finding.disease { ", " (cx.word("disease", &disease.label)) }
                    }
                }
            }
            td data-label=(cx.t("mode")) { (words::mode(cx, finding.mode_of_inheritance)) }
            td data-label=(cx.t("variants-word")) {
                span { @for v in &finding.variants {
                    div.break-word { (words::short(&v.variant.to_string())) ", " (cx.word("consequence", &v.consequence)) }
                } }
            }
            td.number data-label=(cx.t("fit-of-signs")) { (score(finding.scores.phenotype)) }
            td.number data-label=(cx.t("variant-score")) { (score(finding.scores.variant)) }
            td.number data-label=(cx.t("combined-score")) { strong { (score(finding.scores.combined)) } }
        }
    }
}

fn signs(cx: &Cx, signs: &[PhenotypicFeature]) -> Markup {
    let list =
        |excluded: bool| -> Vec<&PhenotypicFeature> { signs.iter().filter(|s| s.excluded == excluded).collect() };
    html! {
        section aria-labelledby="signs" {
            h2 #signs { (cx.t("signs")) }
            @if signs.is_empty() { p { (cx.t("signs-none")) } }
            div.side-by-side {
                @for (excluded, key, mark) in [(false, "signs-observed", "✓"), (true, "signs-excluded", "✕")] {
                    @let list = list(excluded);
                    @if !list.is_empty() {
                        div {
                            h3 { (cx.t(key)) }
                            ul.signs { @for s in list { li {
                                span aria-hidden="true" { (mark) " " }
                                (words::sign(cx, s)) " " small.mono { (s.id) }
                            } } }
                        }
                    }
                }
            }
        }
    }
}

fn waterfall(cx: &Cx, filters: &[FilterStep]) -> Markup {
    let most = filters.iter().map(|f| f.kept).max().unwrap_or(0);
    html! {
        section aria-labelledby="waterfall" {
            h2 #waterfall { (cx.t("waterfall-heading")) }
            p { (cx.t("waterfall-intro")) }
            div.table-scroll tabindex="0" role="group" aria-label=(cx.t("waterfall-heading")) {
                table.table {
                    thead { tr {
                        th scope="col" { (cx.t("filter-step")) }
                        th scope="col" { (cx.t("kept")) }
                        th.bar-cell scope="col" { (cx.t("bar-log")) }
                    } }
                    tbody { @for step in filters { tr {
                        th scope="row" { (cx.word("filter", &step.name)) }
                        td.number { (integer(cx.locale, step.kept)) }
                        td.bar-cell { (bars::from_left(bars::log_share(step.kept, most))) }
                    } } }
                }
            }
        }
    }
}

fn secondary(cx: &Cx, page: &CasePage) -> Markup {
    let family = Family { members: &page.report.family, names: &page.names, proband: &page.report.proband };
    html! {
        section aria-labelledby="secondary" {
            h2 #secondary { (cx.t("secondary-heading")) }
            p { (cx.t("secondary-intro")) }
            @for wish in &page.wishes {
                h3 { (pedigree::name_of(&wish.member, &page.names)) }
                p { (cx.t("wish-word")) ": "
                    @match wish.wish {
                        Some(w) => { (words::secondary_wish(cx, w)) }
                        None => { (cx.t("wish-not-shown")) }
                    }
                }
                @if wish.findings.is_empty() && !matches!(wish.wish, None | Some(SecondaryFindingWish::None)) {
                    p { (cx.t(if wish.examined { "secondary-none-found" } else { "secondary-not-examined" })) }
                }
                @for finding in &wish.findings { (secondary_finding(cx, finding, &family)) }
            }
        }
    }
}

fn secondary_finding(cx: &Cx, judged: &JudgedSecondaryFinding, family: &Family<'_>) -> Markup {
    let finding = &judged.finding;
    html! {
        details {
            summary {
                (finding.gene.symbol) ", " (cx.word("disease", &finding.disease.label))
                @if judged.is_left_out() { " (" (cx.t("left-out-short")) ")" }
            }
            (judgements::said(cx, judged))
            @if finding.needs_confirmation { p { strong { (cx.t("needs-confirmation")) } } }
            p {
                @if !finding.list_version.is_empty() { (finding.list_version) ", " }
                (cx.word("category", &finding.category)) "."
                @if !finding.acmg.classification.is_empty() { " " (cx.word("class", &finding.acmg.classification)) }
            }
            @for v in &finding.variants { (evidence::variant(cx, v, family)) }
        }
    }
}

fn conclusion(cx: &Cx, page: &CasePage) -> Markup {
    html! {
        section aria-labelledby="conclusion" {
            h2 #conclusion { (cx.t("conclusion-heading")) }
            @match &page.conclusion {
                Some(c) if c.signed => {
                    div.card {
                        p { (cx.t("result-kind")) ": " (words::result_kind(cx, c.result)) }
                        (causes(cx, &page.report, &c.causes, c.cause_elsewhere))
                        p.prose { (c.text) }
                        p { (cx.tf("signed-by-at", &[("by", c.by.clone().into()), ("at", moment(cx.locale, c.at).into())])) }
                    }
                }
                written => {
                    @if page.may_conclude { (conclusion_form(cx, page, written.as_ref())) }
                    @else { p { (cx.t("conclusion-none-yet")) } }
                }
            }
        }
    }
}

fn conclusion_form(cx: &Cx, page: &CasePage, written: Option<&Conclusion>) -> Markup {
    html! {
        @if let Some(c) = written {
            p { (cx.tf("written-by-at", &[("by", c.by.clone().into()), ("at", moment(cx.locale, c.at).into())])) }
        }
        form.form method="post" action={ "/cases/" (page.id) "/conclusion" } {
            (cx.csrf_field())
            label for="text" { (cx.t("conclusion-text")) }
            p.hint id="text-hint" { (cx.t("conclusion-hint")) }
            textarea #text name="text" rows="8" required aria-describedby="text-hint" { (written.map_or("", |c| c.text.as_str())) }
            (kinds(cx, written.map_or(page.report.result, |c| c.result)))
            (cause_choice(cx, &page.report, written))
            button.button.button-primary type="submit" { (cx.t("conclusion-save")) }
        }
        @if written.is_some() {
            p { a.button.button-secondary href={ "/cases/" (page.id) "/sign" } { (cx.t("go-to-signing")) } }
        }
    }
}

/// The kinds of result to choose between.
pub(crate) const RESULTS: [ResultKind; 3] = [ResultKind::Diagnostic, ResultKind::Uncertain, ResultKind::Negative];

/// The value a form sends for a kind of result.
pub(crate) const fn value_of(kind: ResultKind) -> &'static str {
    match kind {
        ResultKind::Diagnostic => "diagnostic",
        ResultKind::Uncertain => "uncertain",
        ResultKind::Negative => "negative",
    }
}

fn kinds(cx: &Cx, chosen: ResultKind) -> Markup {
    html! {
        fieldset aria-describedby="result-hint" {
            legend { (cx.t("result-confirmed")) }
            p.hint id="result-hint" { (cx.t("result-confirmed-hint")) }
            @for kind in RESULTS {
                div.choice {
                    input type="radio" name="result" required id={ "result-" (value_of(kind)) } value=(value_of(kind)) checked[kind == chosen];
                    label for={ "result-" (value_of(kind)) } { (words::result_kind(cx, kind)) }
                }
            }
        }
    }
}

/// The findings to choose the cause among, and that it is none of them. Nothing is chosen before she does.
fn cause_choice(cx: &Cx, report: &Report<FindingLine>, written: Option<&Conclusion>) -> Markup {
    let (first, rest) = report.findings.split_at(report.findings.len().min(FIRST_FINDINGS));
    let choice = |finding: &FindingLine| {
        let id = format!("cause-{}", finding.rank);
        html! {
            div.choice {
                input type="checkbox" name="cause" id=(id) value=(finding.rank)
                    checked[written.is_some_and(|c| c.causes.contains(&finding.rank))];
                label for=(id) { (finding.rank) ". " (heading(cx, finding)) }
            }
        }
    };
    html! {
        @if !report.findings.is_empty() {
            fieldset aria-describedby="cause-hint" {
                legend { (cx.t("cause-judged")) }
                p.hint id="cause-hint" { (cx.t("cause-hint")) }
                @for finding in first { (choice(finding)) }
                @if !rest.is_empty() {
                    details open[rest.iter().any(|f| written.is_some_and(|c| c.causes.contains(&f.rank)))] {
                        summary { (cx.tf("findings-more", &[("count", rest.len().into())])) }
                        @for finding in rest { (choice(finding)) }
                    }
                }
                div.choice {
                    input #cause-elsewhere type="checkbox" name="cause" value=(ELSEWHERE)
                        checked[written.is_some_and(|c| c.cause_elsewhere)];
                    label for="cause-elsewhere" { (cx.t("cause-elsewhere")) }
                }
            }
        }
    }
}

/// What the form sends for a cause that is none of the findings.
pub(crate) const ELSEWHERE: &str = "elsewhere";

/// What was judged to be the cause.
pub(crate) fn causes(cx: &Cx, report: &Report<FindingLine>, ranks: &[u32], elsewhere: bool) -> Markup {
    html! {
        @for finding in report.findings.iter().filter(|f| ranks.contains(&f.rank)) {
            p { (cx.t("cause-word")) ": " (heading(cx, finding)) }
        }
        @if elsewhere { p { (cx.t("cause-word")) ": " (cx.t("cause-elsewhere-short")) } }
    }
}

fn versions(cx: &Cx, report: &Report<FindingLine>) -> Markup {
    html! {
        section aria-labelledby="versions" {
            h2 #versions { (cx.t("versions-heading")) }
            dl.facts {
                dt { (cx.t("assembly")) } dd { (report.assembly) }
                @for (name, version) in &report.versions { dt { (name) } dd.break-word { (version) } }
            }
        }
    }
}
