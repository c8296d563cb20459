//! `indgang questionnaire`: instruments that an institution holds itself come into the house as FHIR Questionnaires, checked
//! before anybody is asked.

use super::house::{self, OperatorArguments};
use crate::data_folder::HouseFolder;
use anyhow::{Context as _, bail};
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::questionnaire::{Answers, Item, Questionnaire};
use indgang_fhir::validate;
use indgang_model::SystemClock;
use indgang_service::{Format, House, ResourceDelivery};
use std::path::{Path, PathBuf};

/// Arguments of `questionnaire`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Check a FHIR Questionnaire, and tell what it asks and how it is scored; nothing is changed
    Check {
        /// The files, one Questionnaire each (JSON)
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Check Questionnaires and let citizens be asked them: all of the files or none
    Add {
        #[command(flatten)]
        house: HouseFolder,
        #[command(flatten)]
        operator: OperatorArguments,
        /// The files, one Questionnaire each (JSON); you answer for the licence of each
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// Under which source they stand
        #[arg(long, value_name = "NAME", default_value = "instruments")]
        source: String,
    },
    /// List the Questionnaires of the house
    List {
        #[command(flatten)]
        house: HouseFolder,
    },
}

/// Does it.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.action {
        Action::Check { files } => files.iter().try_for_each(|file| check(file).map(|found| tell(&found))),
        Action::Add { house, operator, files, source } => {
            // Nothing is taken in while one of them is wrong.
            let found = files.iter().map(|file| check(file)).collect::<anyhow::Result<Vec<_>>>()?;
            let place = house.place()?;
            house::runtime()?.block_on(async {
                let opened = house::open(&place).await?;
                let done = add(&opened, &operator, &files, &source).await;
                opened.close().await;
                done
            })?;
            found.iter().for_each(tell);
            Ok(())
        }
        Action::List { house } => {
            let place = house.place()?;
            house::runtime()?.block_on(async {
                let opened = house::open(&place).await?;
                let listed = indgang_service::instruments(&opened).await;
                opened.close().await;
                for instrument in listed? {
                    let standing = instrument.not_offered.as_deref().unwrap_or("offered");
                    println!("{}  {}  {standing}", instrument.canonical, instrument.title);
                }
                Ok(())
            })
        }
    }
}

async fn add(opened: &House, operator: &OperatorArguments, files: &[PathBuf], source: &str) -> anyhow::Result<()> {
    for file in files {
        let delivery = ResourceDelivery {
            file: file.clone(),
            format: Format::Pro,
            source: source.to_owned(),
            person: None,
            again: false,
        };
        let operator = operator.operator();
        let taken =
            indgang_service::ingest_resources(opened, &SystemClock, &operator, &delivery, house::random()?).await;
        let taken = taken.with_context(|| format!("`{}` was not taken in", file.display()))?;
        if taken.rejected > 0 {
            bail!("`{}` waits in quarantine; see `indgang ingest quarantine`", file.display());
        }
    }
    Ok(())
}

/// An instrument that a citizen can be asked.
fn check(file: &Path) -> anyhow::Result<Questionnaire> {
    let named = || format!("`{}`", file.display());
    let text = std::fs::read_to_string(file).with_context(named)?;
    let mut tape = Tape::new();
    let json = tape.read(&text).with_context(named)?;
    let issues = validate::resource(json, Json::ROOT);
    if let Some(issue) = issues.iter().find(|issue| issue.severity == validate::Severity::Error) {
        bail!("{}: {}: {}", named(), issue.expression, issue.diagnostics);
    }
    let found = Questionnaire::read(&text).with_context(named)?;
    found.fillable().with_context(|| format!("{}: cannot be a form here", named()))?;
    if found.status != "active" {
        bail!("{}: its status is `{}`; set `status` to `active` when it is to be used", named(), found.status);
    }
    if !found.each().any(Item::is_asked) {
        bail!("{}: asks nothing; add an item that is answered", named());
    }
    for answers in [Answers::new(), chosen(&found, false), chosen(&found, true)] {
        if let Some((item, reason)) = found.calculated(&answers).1.first() {
            bail!("{}: `{item}` could not be calculated: {reason}; correct its expression", named());
        }
    }
    Ok(found)
}

/// Every choice answered by its first option, or by its last.
fn chosen(found: &Questionnaire, last: bool) -> Answers {
    let answer = |item: &Item| {
        let option = if last { item.options.last() } else { item.options.first() };
        Some((item.link_id.clone(), vec![option?.answer.clone()]))
    };
    found.each().filter(|item| item.is_asked()).filter_map(answer).collect()
}

fn tell(found: &Questionnaire) {
    let asked = found.each().filter(|item| item.is_asked()).count();
    println!("{}  {}", found.canonical(), found.title.text);
    println!("  asks {asked}");
    let scores = |last| found.scores(&found.calculated(&chosen(found, last)).0);
    let (first, last) = (scores(false), scores(true));
    for item in found.each().filter(|item| item.calculated.is_some()) {
        let of = |scores: &[indgang_fhir::questionnaire::Score]| {
            let score = scores.iter().find(|score| score.link_id == item.link_id);
            score.map_or_else(|| "nothing".to_owned(), |score| score.answer.shown())
        };
        println!("  calculates `{}`: {} by the first options, {} by the last", item.link_id, of(&first), of(&last));
    }
    match found.copyright.is_empty() {
        true => println!("  names no `copyright`: write there on which terms it may be used"),
        false => println!("  {}", found.copyright),
    }
}
