//! Words and marks for the model's values. A state is always said by a word; mark and colour only help.

use crate::page::Cx;
use indgang_gate::policy::Condition;
use indgang_gate::{Activity, BreakingGlassGround, Obligation};
use indgang_interpret::report::ResultKind;
use indgang_model::{Affected, Category, ModeOfInheritance, PhenotypicFeature, Purpose, SecondaryFindingWish, Sex};
use indgang_service::Capacity;
use maud::{Markup, html};

/// The kind of answer with its mark.
pub(crate) fn result_kind(cx: &Cx, kind: ResultKind) -> Markup {
    let (class, mark, key) = match kind {
        ResultKind::Diagnostic => ("state state-found", "●", "result-diagnostic"),
        ResultKind::Uncertain => ("state state-uncertain", "◐", "result-uncertain"),
        ResultKind::Negative => ("state state-none", "○", "result-negative"),
    };
    html! { span class=(class) { span aria-hidden="true" { (mark) } " " (cx.t(key)) } }
}

/// Permitted or refused, with its mark.
pub(crate) fn permitted(cx: &Cx, permitted: bool) -> Markup {
    let (class, mark, key) =
        if permitted { ("state state-yes", "✓", "log-permitted") } else { ("state state-no", "✕", "log-refused") };
    html! { span class=(class) { span aria-hidden="true" { (mark) } " " (cx.t(key)) } }
}

/// The name of a sign in the reader's language where there is one, else the knowledge's English.
pub(crate) fn sign(cx: &Cx, feature: &PhenotypicFeature) -> Markup {
    match cx.locale.known(&format!("HP_{:07}", feature.id.0)) {
        Some(name) => html! { (name) },
        None if feature.label.is_empty() => html! { (feature.id) },
        None => cx.english(&feature.label),
    }
}

/// A variant's name as it fits a table: long alleles are cut, and said to be.
pub(crate) fn short(name: &str) -> String {
    short_text(name, 40)
}

/// The first characters of a text; when it is cut, that is said.
pub(crate) fn short_text(name: &str, longest: usize) -> String {
    match name.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// The mode of inheritance.
pub(crate) fn mode(cx: &Cx, mode: ModeOfInheritance) -> String {
    use ModeOfInheritance as M;
    cx.t(match mode {
        M::DeNovo => "mode-de_novo",
        M::PossibleDeNovo => "mode-possible_de_novo",
        M::MosaicDeNovo => "mode-mosaic_de_novo",
        M::ParentalMosaic => "mode-parental_mosaic",
        M::AutosomalDominant => "mode-autosomal_dominant",
        M::AutosomalDominantIncompletePenetrance => "mode-autosomal_dominant_incomplete_penetrance",
        M::AutosomalRecessiveHomozygous => "mode-autosomal_recessive_homozygous",
        M::AutosomalRecessiveCompoundHeterozygous => "mode-autosomal_recessive_compound_heterozygous",
        M::AutosomalRecessiveOverDeletion => "mode-autosomal_recessive_over_deletion",
        M::XLinkedDominant => "mode-x_linked_dominant",
        M::XLinkedRecessive => "mode-x_linked_recessive",
        M::XLinkedCompoundHeterozygous => "mode-x_linked_compound_heterozygous",
        M::XLinkedDeNovo => "mode-x_linked_de_novo",
        M::YLinked => "mode-y_linked",
        M::Mitochondrial => "mode-mitochondrial",
        M::UniparentalDisomy => "mode-uniparental_disomy",
        M::CarrierCouple => "mode-carrier_couple",
    })
}

/// A purpose.
pub(crate) fn purpose(cx: &Cx, purpose: Purpose) -> String {
    cx.t(match purpose {
        Purpose::Treatment => "purpose-treatment",
        Purpose::QualityAndPlanning => "purpose-quality_and_planning",
        Purpose::OversightAndAdministration => "purpose-oversight_and_administration",
        Purpose::ResearchAndStatistics => "purpose-research_and_statistics",
        Purpose::OwnAccess => "purpose-own_access",
    })
}

/// A kind of data.
pub(crate) fn category(cx: &Cx, category: Category) -> String {
    cx.t(match category {
        Category::Identity => "category-identity",
        Category::Phenotype => "category-phenotype",
        Category::Genome => "category-genome",
        Category::SecondaryFinding => "category-secondary_finding",
        Category::DiagnosticReport => "category-diagnostic_report",
        Category::Wish => "category-wish",
        Category::AuditEvent => "category-audit_event",
        Category::Encounter => "category-encounter",
        Category::Laboratory => "category-laboratory",
        Category::Medication => "category-medication",
        Category::PatientReportedOutcome => "category-patient_reported_outcome",
        Category::Wearable => "category-wearable",
        Category::Imaging => "category-imaging",
        Category::Specimen => "category-specimen",
    })
}

/// What somebody did, or tried.
pub(crate) fn activity(cx: &Cx, activity: Activity) -> String {
    cx.t(match activity {
        Activity::ListCases => "activity-list_cases",
        Activity::OpenCase => "activity-open_case",
        Activity::Interpret => "activity-interpret",
        Activity::Ingest => "activity-ingest",
        Activity::Conclude => "activity-conclude",
        Activity::SignReport => "activity-sign_report",
        Activity::Recontact => "activity-recontact",
        Activity::ReadResult => "activity-read_result",
        Activity::ReadLog => "activity-read_log",
        Activity::ReadWishes => "activity-read_wishes",
        Activity::SetWishes => "activity-set_wishes",
        Activity::VerifyLog => "activity-verify_log",
        Activity::LookUp => "activity-look_up",
        Activity::ReadRecord => "activity-read_record",
        Activity::ReadChoices => "activity-read_choices",
        Activity::SetChoices => "activity-set_choices",
        Activity::SetTreatmentChoices => "activity-set_treatment_choices",
        Activity::EnterRepresentation => "activity-enter_representation",
        Activity::Donate => "activity-donate",
        Activity::AskPatient => "activity-ask_patient",
        Activity::Query => "activity-query",
        Activity::ExportRows => "activity-export_rows",
        Activity::FollowUp => "activity-follow_up",
        Activity::Replay => "activity-replay",
    })
}

/// As what the reader acts for another, beside the other's name.
pub(crate) const fn capacity(capacity: Option<Capacity>) -> &'static str {
    match capacity {
        None => "choices-herself",
        Some(Capacity::Custody) => "choices-child",
        Some(Capacity::PowerOfAttorney) => "choices-proxy",
        Some(Capacity::Guardian) => "choices-ward",
        Some(Capacity::NextOfKin) => "choices-kin",
    }
}

/// What must hold for a rule to open. The words stand under the policies' own names.
pub(crate) fn condition(cx: &Cx, condition: Condition) -> String {
    cx.t(&format!("condition-{}", condition.attribute()))
}

/// What goes with a permit.
pub(crate) fn obligation(cx: &Cx, obligation: Obligation) -> String {
    cx.t(match obligation {
        Obligation::WithholdRelations => "obligation-withhold_relations",
        Obligation::SignedOnly => "obligation-signed_only",
        Obligation::Pseudonymise => "obligation-pseudonymise",
        Obligation::OnResponsibility => "obligation-on_responsibility",
        Obligation::FollowUp => "obligation-follow_up",
        Obligation::TellCitizen => "obligation-tell_citizen",
        Obligation::MinimumCell => "obligation-minimum_cell",
        Obligation::AggregateOnly => "obligation-aggregate_only",
        Obligation::OwnSiteFiveYears => "obligation-own_site_five_years",
        Obligation::Watermark => "obligation-watermark",
        Obligation::Expires => "obligation-expires",
    })
}

/// The ground on which the glass is broken.
pub(crate) fn glass(cx: &Cx, ground: BreakingGlassGround) -> String {
    cx.t(match ground {
        BreakingGlassGround::PatientPermits => "ground-patient_permits",
        BreakingGlassGround::EssentialInterest => "ground-essential_interest",
    })
}

/// The wish on secondary findings.
pub(crate) fn secondary_wish(cx: &Cx, wish: SecondaryFindingWish) -> String {
    cx.t(match wish {
        SecondaryFindingWish::All => "wish-all",
        SecondaryFindingWish::TreatableOrPreventable => "wish-treatable",
        SecondaryFindingWish::None => "wish-none",
    })
}

/// Recorded sex.
pub(crate) fn sex(cx: &Cx, sex: Sex) -> String {
    cx.t(match sex {
        Sex::Male => "sex-male",
        Sex::Female => "sex-female",
        Sex::Unknown => "sex-unknown",
    })
}

/// Affected status.
pub(crate) fn affected(cx: &Cx, affected: Affected) -> String {
    cx.t(match affected {
        Affected::Affected => "affected-yes",
        Affected::Unaffected => "affected-no",
        Affected::Unknown => "affected-unknown",
    })
}

/// Yes or no.
pub(crate) fn yes_no(cx: &Cx, yes: bool) -> String {
    cx.t(if yes { "yes" } else { "no" })
}
