//! `indgang guardian`: who acts for an adult by law, or consents for a patient in a treatment situation.

use super::house::{self, OperatorArguments};
use crate::data_folder::HouseFolder;
use anyhow::Context as _;
use indgang_gate::{Matter, Representation, RepresentationKind};
use indgang_model::{PersonId, SystemClock, Timestamp};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Arguments of `guardian`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Enter on evidence who acts for a person; both see it in their logs
    Enter {
        #[command(flatten)]
        house: HouseFolder,
        #[command(flatten)]
        operator: OperatorArguments,
        /// The office as TOML: person, holder, kind, matters, from, evidence; until if need be
        file: PathBuf,
    },
    /// End everything by which one person acts for another by law
    End {
        #[command(flatten)]
        house: HouseFolder,
        #[command(flatten)]
        operator: OperatorArguments,
        /// Identifier of the person, as the log names her
        person: String,
        /// Identifier of who acts for her
        holder: String,
        /// First moment at which it no longer holds [default: now]
        #[arg(long, value_name = "TIME")]
        from: Option<Timestamp>,
    },
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    person: String,
    holder: String,
    kind: RepresentationKind,
    matters: BTreeSet<Matter>,
    from: Timestamp,
    #[serde(default)]
    until: Option<Timestamp>,
    evidence: String,
}

/// Enters or ends.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let (Action::Enter { house: folder, .. } | Action::End { house: folder, .. }) = &arguments.action;
    let place = folder.existing()?;
    let act = async {
        let opened = house::open(&place).await?;
        let done = act(&opened, &arguments.action).await;
        opened.close().await;
        done
    };
    house::runtime()?.block_on(act)
}

async fn act(opened: &indgang_service::House, action: &Action) -> anyhow::Result<()> {
    match action {
        Action::Enter { operator, file, .. } => {
            let (new, evidence) = read(file)?;
            let by = operator.operator().user;
            indgang_service::enter_representation(opened, &SystemClock, &by, &new, &evidence)
                .await
                .with_context(|| format!("`{}` was not entered", file.display()))?;
            let (holder, person, paragraph) = (&new.holder, &new.person, new.kind.paragraph());
            let opens = if new.in_health() { "" } else { "; it does not cover health, and opens nothing here" };
            println!("`{holder}` acts for `{person}` from {} ({paragraph}){opens}", new.from);
        }
        Action::End { operator, person, holder, from, .. } => {
            let by = operator.operator().user;
            let both = (&PersonId(person.clone()), &PersonId(holder.clone()));
            let ended = indgang_service::end_representation(opened, &SystemClock, &by, both, *from)
                .await
                .context("nothing was ended")?;
            let when = from.map_or_else(|| "now".to_owned(), |from| from.to_string());
            println!("`{holder}` acts no more for `{person}` from {when} ({ended} ended)");
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<(Representation, String)> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{name}`"))?;
    let file: File = toml::from_str(&text).with_context(|| format!("`{name}` does not say who acts for whom"))?;
    let File { person, holder, kind, matters, from, until, evidence } = file;
    let (person, holder) = (PersonId(person), PersonId(holder));
    Ok((Representation { holder, person, kind, matters, from, until }, evidence))
}
