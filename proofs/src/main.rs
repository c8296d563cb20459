//! Proves, for every request that the schema allows, what the exhaustive test tries: no outsider is ever permitted, a
//! block never opens a door and is not read past without lawfully breaking the glass, withdrawing a consent never opens
//! a door, and no rule fails to evaluate.
//!
//! `CVC5_PYTHON` names a Python with the package `cvc5`. Prints each property and how it came out; ends with 1 when one
//! does not hold.

use cedar_policy::{Policy, PolicySet, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet};
use std::error::Error;
use tokio::process::Command;

const POLICIES: &str = include_str!("../../policies/indgang.cedar");
const SCHEMA: &str = include_str!("../../policies/indgang.cedarschema");

/// Facts whose appearance may only close.
const CLOSING: [&str; 5] =
    ["blocked", "blocked_category", "tissue_refused", "genetic_refused", "secondary_use_refused"];

/// Facts whose disappearance may only close.
const OPENING: [&str; 13] = [
    "guardian",
    "next_of_kin",
    "consent",
    "assigned",
    "responsible",
    "held",
    "permit",
    "site_permission",
    "mandate",
    "took_part",
    "wishes_recontact",
    "wishes_secondary_findings",
    "declares_treatment",
];

/// A property: what is permitted by the first set is permitted by the second; without a second, nothing is permitted.
struct Property {
    name: String,
    narrow: PolicySet,
    wide: Option<PolicySet>,
}

fn properties() -> Result<Vec<Property>, Box<dyn Error>> {
    let only = |name: &str, condition: &str| -> Result<Property, Box<dyn Error>> {
        let text = format!("{POLICIES}\nforbid (principal, action, resource) unless {{ {condition} }};");
        Ok(Property { name: name.to_owned(), narrow: text.parse()?, wide: None })
    };
    let mut all = vec![
        only("no outsider is ever permitted", "context.role == Role::\"outsider\"")?,
        only(
            "a blocked professional never reads the blocked without breaking the glass",
            "(context.blocked || context.blocked_category) && context.breaking_glass == BreakingGlass::\"no\" && \
             context.role != Role::\"citizen\" && context.role != Role::\"auditor\" && context.role != Role::\"authority_officer\" && \
             action != Action::\"enter_representation\"",
        )?,
        only(
            "the glass is broken for treatment only",
            "action != Action::\"enter_representation\" && context.blocked && context.purpose != Purpose::\"treatment\" && context.role != Role::\"citizen\" && \
             context.role != Role::\"auditor\" && context.role != Role::\"authority_officer\"",
        )?,
        only(
            "the glass is broken by authorised professionals only",
            "action != Action::\"enter_representation\" && (context.blocked || context.blocked_category) && context.role != Role::\"citizen\" && context.role != Role::\"auditor\" && \
             context.role != Role::\"authority_officer\" && context.role != Role::\"authorised_health_professional\"",
        )?,
        only(
            "who enters who acts for a person opens none of her data",
            "action == Action::\"enter_representation\" && context.category != Category::\"none\"",
        )?,
        only(
            "nobody but herself, and for a child under 15 the holder of custody, changes wishes or refusals",
            "(action == Action::\"set_wishes\" || action == Action::\"set_choices\") && !context.own && \
             !(context.custody && context.under_15)",
        )?,
        only(
            "who acts for an adult acts for nobody under 15",
            "context.role == Role::\"citizen\" && context.under_15 && !context.turned_15 && !context.own && !context.custody",
        )?,
        only(
            "nobody but a citizen reads a log or changes choices as a citizen does",
            "context.role != Role::\"citizen\" && (action == Action::\"read_log\" || action == Action::\"set_choices\" || \
             action == Action::\"set_treatment_choices\" || action == Action::\"set_wishes\")",
        )?,
        only("no row of a person is exported", "action == Action::\"export_rows\"")?,
        only(
            "nobody is recontacted who did not wish it",
            "action == Action::\"recontact\" && !context.wishes_recontact",
        )?,
    ];
    for (facts, closing) in [(&CLOSING[..], true), (&OPENING[..], false)] {
        for fact in facts {
            let word = if closing { "adding" } else { "withdrawing" };
            all.push(Property {
                name: format!("{word} `{fact}` never opens a door"),
                narrow: supposing(fact, closing)?,
                wide: Some(supposing(fact, !closing)?),
            });
        }
    }
    for fact in ["turned_15", "under_15", "custody", "own", "proxy", "guardian", "next_of_kin"] {
        for holds in [true, false] {
            let others = "\nforbid (principal, action, resource) when { context.role == Role::\"citizen\" };";
            all.push(Property {
                name: format!("that `{fact}` is {holds} opens nothing to others than citizens"),
                narrow: format!("{}{others}", supposing_text(fact, holds)).parse()?,
                wide: Some(supposing(fact, !holds)?),
            });
        }
    }
    Ok(all)
}

/// The policies in a world where the fact holds, or does not.
fn supposing(fact: &str, holds: bool) -> Result<PolicySet, Box<dyn Error>> {
    Ok(supposing_text(fact, holds).parse()?)
}

fn supposing_text(fact: &str, holds: bool) -> String {
    let name = format!("context.{fact}");
    let mut text = String::new();
    let mut rest = POLICIES;
    while let Some(at) = rest.find(&name) {
        let end = at + name.len();
        let whole = !rest[end..].starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric());
        text.push_str(&rest[..at]);
        text.push_str(if whole && holds {
            "true"
        } else if whole {
            "false"
        } else {
            &name
        });
        rest = &rest[end..];
    }
    text.push_str(rest);
    text
}

fn solver() -> Result<LocalSolver, Box<dyn Error>> {
    let python = std::env::var("CVC5_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/solver.py");
    Ok(LocalSolver::from_command(Command::new(python).arg(script))?)
}

async fn prove() -> Result<usize, Box<dyn Error>> {
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA)?;
    let mut compiler = CedarSymCompiler::new(solver()?)?;
    let environments: Vec<_> = schema.request_envs().collect();
    let mut failed = 0;
    for Property { name, narrow, wide } in properties()? {
        let mut holds = true;
        for environment in &environments {
            let narrow = CompiledPolicySet::compile(&narrow, environment, &schema)?;
            holds &= match &wide {
                None => compiler.check_always_denies_opt(&narrow).await?,
                Some(wide) => {
                    let wide = CompiledPolicySet::compile(wide, environment, &schema)?;
                    compiler.check_implies_opt(&narrow, &wide).await?
                }
            };
        }
        failed += usize::from(!holds);
        println!("{} {name}", if holds { "proved " } else { "REFUTED" });
    }
    // A prover that proves everything proves nothing: this must be refuted in some environment.
    let nothing_opens: PolicySet = POLICIES.parse()?;
    let mut refuted = false;
    for environment in &environments {
        let compiled = CompiledPolicySet::compile(&nothing_opens, environment, &schema)?;
        refuted |= !compiler.check_always_denies_opt(&compiled).await?;
    }
    println!("{} the control: that nobody is ever permitted", if refuted { "refuted" } else { "NOT REFUTED" });
    failed += usize::from(!refuted);
    let policies: PolicySet = POLICIES.parse()?;
    let mut never_fail = true;
    for policy in policies.policies() {
        never_fail &= never_errors(&mut compiler, policy, &environments, &schema).await?;
    }
    println!("{} no rule fails to evaluate", if never_fail { "proved " } else { "REFUTED" });
    println!("over {} kinds of request", environments.len());
    Ok(failed + usize::from(!never_fail))
}

async fn never_errors(
    compiler: &mut CedarSymCompiler<LocalSolver>,
    policy: &Policy,
    environments: &[cedar_policy::RequestEnv],
    schema: &Schema,
) -> Result<bool, Box<dyn Error>> {
    for environment in environments {
        let compiled = CompiledPolicy::compile(policy, environment, schema)?;
        if !compiler.check_never_errors_opt(&compiled).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn main() -> Result<(), Box<dyn Error>> {
    let failed = tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(prove())?;
    if failed > 0 {
        eprintln!("{failed} properties do not hold: mend policies/indgang.cedar");
        std::process::exit(1);
    }
    Ok(())
}
