//! `indgang reanalyse`: what a new release of the knowledge changes for the stored cases.

use super::house::{self, OperatorArguments};
use crate::data_folder::HouseFolder;
use crate::{knowledge_folder, progress};
use anyhow::Context as _;
use indgang_interpret::reanalysis::Comparison;
use indgang_knowledge::{Knowledge, Part};
use indgang_model::SystemClock;
use std::path::{Path, PathBuf};

/// What the cases are judged by.
const PARTS: [Part; 4] = [Part::Genes, Part::ClinVarRecords, Part::ClinVarGRCh37, Part::ClinVarGRCh38];

/// Arguments of `reanalyse`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the new release: MANIFEST.toml and its parts, as `indgang knowledge build` writes them
    #[arg(long, value_name = "DIR")]
    knowledge: PathBuf,
    /// Folder of the release by which the cases were interpreted [default: the one in this program]
    #[arg(long, value_name = "DIR")]
    since: Option<PathBuf>,
    #[command(flatten)]
    house: HouseFolder,
    #[command(flatten)]
    operator: OperatorArguments,
}

/// Looks at the cases assigned to the operator, as a job that can be started again.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.house.existing()?;
    let operator = arguments.operator.operator();
    let now = release(&arguments.knowledge)?;
    let since = arguments.since.as_deref().map(release).transpose()?;
    let before = since.as_ref().unwrap_or_else(|| Knowledge::shipped());
    let releases = Comparison::between(before, &now)?;
    println!("release      {}", releases.release());
    println!("rows         {}", releases.rows());
    let bar = progress::lines("cases");
    let told = house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let told = indgang_service::reanalyse(&opened, &SystemClock, &operator, &releases, |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        });
        let told = told.await;
        opened.close().await;
        told.context("the cases could not be held against the release; start the command again to go on")
    });
    bar.finish_and_clear();
    let told = told?;
    println!("cases        {}", told.cases);
    println!("done before  {}", told.before);
    println!("closed       {}", told.closed);
    println!("judged       {}", told.touched);
    println!("not judged   {}", told.not_judged);
    println!("alerts       {}", told.alerts);
    if told.not_judged > 0 {
        println!("Reports of an older program do not hold what their criteria rest on: interpret those cases again.");
    }
    Ok(())
}

fn release(path: &Path) -> anyhow::Result<Knowledge> {
    knowledge_folder::open(path, &PARTS)
}
