//! `indgang decide`: what would the rules answer?

use super::house;
use crate::data_folder::HouseFolder;
use anyhow::Context as _;
use indgang_gate::{Activity, UserId};
use indgang_model::{CaseId, Category, Clock as _, PersonId, Purpose, SystemClock, Timestamp};
use indgang_service::{Question, Replay};

/// Arguments of `decide`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    house: HouseFolder,
    /// The user who would ask
    #[arg(long = "as", value_name = "USER")]
    user: String,
    /// What she would do, as the log writes it
    #[arg(long, value_name = "WORD", default_value = "read_record", value_parser = word::<Activity>)]
    activity: Activity,
    /// Why, as the log writes it
    #[arg(long, value_name = "WORD", value_parser = word::<Purpose>)]
    purpose: Purpose,
    /// The kind of data, as the log writes it
    #[arg(long, value_name = "WORD", value_parser = word::<Category>)]
    category: Category,
    /// The person it would be about
    #[arg(long, value_name = "PERSON")]
    about: String,
    /// The case it would be in
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// The time, for example `2026-03-01T12:00:00Z` [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
}

/// The value of a word as the log writes it.
pub fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    let value = serde_json::Value::String(text.to_owned());
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// Asks the rules. The question stands in the log of the person it is about; no data are read for the one who asks.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.house.existing()?;
    let question = Question {
        user: UserId(arguments.user),
        activity: arguments.activity,
        purpose: arguments.purpose,
        category: arguments.category,
        person: PersonId(arguments.about),
        case: arguments.case.map(CaseId),
        at: arguments.at.unwrap_or_else(|| SystemClock.now()),
    };
    let operator = UserId(std::env::var("USER").unwrap_or_else(|_| "operator".to_owned()));
    let replay = house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let replay = indgang_service::replay_as_operator(&opened, &SystemClock, &operator, &question).await;
        opened.close().await;
        replay.context("the rules could not be asked")
    })?;
    print(&replay);
    Ok(())
}

fn print(Replay { answer, role, log_index, .. }: &Replay) {
    println!("{}", if answer.permitted { "permitted" } else { "refused" });
    println!("rule        {}", answer.rule.rule);
    println!("paragraph   {}", answer.rule.paragraph);
    println!("role        {}", name(role));
    if let Some(reason) = answer.reason {
        println!("reason      {reason}");
    }
    let list = |label: &str, words: Vec<String>| {
        if !words.is_empty() {
            println!("{label} {}", words.join(", "));
        }
    };
    list("obligations", answer.obligations.iter().map(name).collect());
    list("withheld   ", answer.withheld.iter().map(name).collect());
    println!("log         {log_index}");
}

fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
