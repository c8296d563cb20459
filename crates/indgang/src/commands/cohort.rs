//! `indgang cohort`: who belongs to a cohort, by a definition that is kept as files with a version; and the house's own
//! cohort ([`own_cohort`]).
//!
//! `--registers` reads files that the one who asks holds herself, a research extract on her own disk; nothing of the
//! house is read. Without it the house's own tables are asked, through the gate, as `indgang sql` asks them.

use super::cluster::KeyArguments;
use super::{house, own_cohort, sql};
use crate::configuration::Configuration;
use crate::data_folder::HouseFolder;
use crate::output::Output;
use anyhow::{Context as _, bail};
use indgang_gate::UserId;
use indgang_lake::cohort::{self, Definition};
use indgang_lake::{Limits, Notice, Registers, to_table, write_csv};
use indgang_model::{PermitId, Purpose, SystemClock};
use indgang_service::Query;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Arguments of `cohort`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// The definitions that ship with the program
    List,
    /// What a definition says: whom it means, what it reads, its references and its SQL
    Show {
        /// The name of a shipped definition, or the folder of one
        definition: String,
    },
    /// Write a cohort to a file, from a folder of register files or from the house's own tables
    Run(Box<Run>),
    #[command(flatten)]
    Own(own_cohort::Action),
}

#[derive(Debug, clap::Args)]
struct Run {
    /// The name of a shipped definition, or the folder of one
    definition: String,
    /// Folder with register files: bef.csv, lpr_adm.csv, lmdb.parquet ...; one that is not there counts as empty
    /// [default: the house's own tables, for who asks under a permit]
    #[arg(long, value_name = "DIR", required_unless_present = "user", conflicts_with_all = ["user", "permit", "by"])]
    registers: Option<PathBuf>,
    /// CSV, one row a person [default, without --registers: a table on standard output]
    #[arg(long, value_name = "FILE.csv", required_unless_present = "user")]
    out: Option<PathBuf>,
    #[command(flatten)]
    house: HouseFolder,
    /// The user who asks the house
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
    /// The permit she works under
    #[arg(long, value_name = "PERMIT")]
    permit: Option<String>,
    /// Why, as the log writes it
    #[arg(long, value_name = "WORD", default_value = "research_and_statistics", value_parser = super::decide::word::<Purpose>)]
    purpose: Purpose,
    /// Count the persons of the house's cohort by these of its columns, as a permit for counts needs it
    #[arg(long, value_name = "COLUMN,COLUMN", value_delimiter = ',')]
    by: Vec<String>,
    /// Value of a parameter of the definition; may be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    values: Vec<(String, String)>,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.action {
        Action::List => list(),
        Action::Show { definition } => {
            print!("{}", text(&find(&definition)?));
            Ok(())
        }
        Action::Run(run) => write(&run),
        Action::Own(action) => own_cohort::run(&action),
    }
}

fn write(arguments: &Run) -> anyhow::Result<()> {
    let definition = find(&arguments.definition)?;
    let values: BTreeMap<String, String> = arguments.values.iter().cloned().collect();
    if values.len() < arguments.values.len() {
        bail!("a parameter is set twice; give each --set once");
    }
    match (&arguments.registers, &arguments.out, &arguments.user) {
        (Some(registers), Some(out), _) => from_files(&definition, &values, registers, out),
        (None, out, Some(user)) => from_house(arguments, &definition, &values, user, out.as_deref()),
        _ => bail!("name the files with --registers and --out, or ask the house with --as and --permit"),
    }
}

fn from_house(
    arguments: &Run,
    definition: &Definition,
    values: &BTreeMap<String, String>,
    user: &str,
    out: Option<&Path>,
) -> anyhow::Result<()> {
    let place = arguments.house.existing()?;
    let configuration = Configuration::read(None, &place.folder)?;
    let cluster = KeyArguments::default().cluster(None, &configuration)?;
    let query = Query {
        user: UserId(user.to_owned()),
        purpose: arguments.purpose,
        permit: arguments.permit.clone().map(PermitId),
        case: None,
        asked_by: Some(sql::asked_by()),
        sql: Some(cohort::question(definition, values, &arguments.by)?),
        snapshot: None,
        limits: Limits { cluster, ..Limits::default() },
    };
    let mut output = out.map(Output::create).transpose()?;
    let queried = house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let queried = indgang_service::query(&opened, &SystemClock, &query, [house::random()?, house::random()?]).await;
        opened.close().await;
        let reads = definition.registers().join(", ");
        queried.with_context(|| format!("no answer; cohort `{}` reads {reads}", definition.id()))
    })?;
    let rows = queried.answer.as_ref().map_or(&[][..], |answer| &answer.rows);
    match (&mut output, out) {
        (Some(output), Some(out)) => {
            write_csv(rows, &mut *output)
                .with_context(|| format!("cannot write `{}`: is the disk full?", out.display()))?;
        }
        _ => println!("{}", to_table(rows)?),
    }
    output.map(Output::finish).transpose()?;
    if let Some(out) = out {
        let count: usize = rows.iter().map(|batch| batch.num_rows()).sum();
        println!("{} {}: {count} rows in {}", definition.id(), definition.version(), out.display());
    }
    sql::remarks(&queried);
    Ok(())
}

fn from_files(
    definition: &Definition,
    values: &BTreeMap<String, String>,
    folder: &Path,
    out: &Path,
) -> anyhow::Result<()> {
    let mut output = Output::create(out)?;
    let rows = house::runtime()?.block_on(async {
        let registers = Registers::open(folder).await?;
        // A register that the definition does not read is missed by nobody.
        let wanted = |notice: &&Notice| match notice {
            Notice::Absent(register) => definition.registers().iter().any(|name| name == register),
            _ => true,
        };
        registers.notices().iter().filter(wanted).for_each(|notice| eprintln!("indgang: {notice}"));
        anyhow::Ok(cohort::run(definition, &registers, values).await?)
    })?;
    write_csv(&rows, &mut output).with_context(|| format!("cannot write `{}`: is the disk full?", out.display()))?;
    output.finish()?;
    let count: usize = rows.iter().map(|batch| batch.num_rows()).sum();
    println!("{} {}: {count} rows in {}", definition.id(), definition.version(), out.display());
    Ok(())
}

fn list() -> anyhow::Result<()> {
    for id in cohort::shipped() {
        let definition = find(id)?;
        println!("{id:<20} {:<8} {}", definition.version(), definition.title().0);
    }
    Ok(())
}

fn find(name: &str) -> anyhow::Result<Definition> {
    if let Some(definition) = cohort::named(name) {
        return Ok(definition?);
    }
    let folder = Path::new(name);
    if folder.is_dir() {
        return Definition::read(folder).with_context(|| format!("`{name}`"));
    }
    let names: Vec<&str> = cohort::shipped().collect();
    bail!("there is no cohort `{name}`: name one of {}, or the folder of a definition", names.join(", "))
}

fn text(definition: &Definition) -> String {
    let (title, about) = (definition.title().0, definition.about().0);
    let mut text = format!("{} {}: {title}\n\n{about}\n", definition.id(), definition.version());
    text += &format!("\nRegisters: {}\nMethod: {}\n", definition.registers().join(", "), definition.method());
    for reference in definition.references() {
        text += &format!("Reference: {reference}\n");
    }
    for parameter in definition.parameters() {
        let default = parameter.default.as_ref().map_or("must be set".to_owned(), |value| format!("default {value}"));
        text += &format!("Parameter {}: {} ({default})\n", parameter.name, parameter.means_en);
    }
    for column in definition.columns() {
        text += &format!("Column {}: {}\n", column.name, column.means_en);
    }
    for (name, sql) in definition.steps() {
        text += &format!("\n-- {name}\n{sql}");
    }
    text
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, such as atc=A10BA02")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn arguments(definition: &str, folder: &Path, set: &[(&str, &str)]) -> Run {
        let values = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (registers, out) = (Some(folder.join("registers")), Some(folder.join("cohort.csv")));
        let (house, purpose) = (HouseFolder::default(), Purpose::ResearchAndStatistics);
        let (user, permit, by) = (None, None, Vec::new());
        Run { definition: definition.to_owned(), registers, out, values, house, user, permit, purpose, by }
    }

    fn registers(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("registers")).unwrap();
        for (name, content) in files {
            fs::write(folder.path().join("registers").join(name), content).unwrap();
        }
        folder
    }

    #[test]
    fn a_cohort_is_written_from_a_folder_of_registers() {
        let folder = registers(&[
            ("bef.csv", "koen,pnr,foed_dato\n1,person-1,1950-01-01\n"),
            (
                "lab_forsker.csv",
                "pnr;samplingdate;analysiscode;value\nperson-1;20150102;NPU27300;48,0\nperson-1;20160102;NPU27300;50\n",
            ),
        ]);
        write(&arguments("osdc", folder.path(), &[])).unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join("cohort.csv")).unwrap(),
            "pnr,stable_inclusion_date,raw_inclusion_date,has_t1d,has_t2d\nperson-1,2016-01-02,2016-01-02,false,true\n"
        );
    }

    #[test]
    fn a_mistake_is_told_and_nothing_is_written() {
        for (files, definition, set, part) in [
            (vec![("bef.csv", "koen,pnr,foed_dato\n")], "osbc", vec![], "no cohort `osbc`: name one of osdc"),
            (vec![("bef.csv", "koen,pnr,foed_dato\n")], "osdc", vec![("atc", "A10")], "`atc` is no parameter"),
            (vec![("bef.csv", "koen,pnr\n")], "osdc", vec![], "column `foed_dato`"),
            (vec![], "osdc", vec![], "holds no register"),
        ] {
            let folder = registers(&files);
            let error = format!("{:#}", write(&arguments(definition, folder.path(), &set)).unwrap_err());
            assert!(error.contains(part), "{error}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{definition}");
        }
    }

    #[test]
    fn a_definition_in_a_folder_runs_like_a_shipped_one() {
        let folder = registers(&[("bef.csv", "koen,pnr,foed_dato\n2,a,1950-01-01\n1,b,1950-01-01\n")]);
        let own = folder.path().join("registers/own");
        fs::create_dir(&own).unwrap();
        let about = "id = \"own\"\nversion = \"1\"\ntitle_en = \"\"\ntitle_da = \"\"\nabout_en = \"\"\nabout_da = \"\"\nmethod = \"\"\nreferences = []\nsteps = []\nregisters = [\"bef\"]\ncolumns = [{ name = \"pnr\", means_en = \"\", means_da = \"\" }]\n";
        fs::write(own.join("cohort.toml"), about).unwrap();
        for (sql, outcome) in [
            ("SELECT pnr FROM bef WHERE koen = 2 ORDER BY pnr", Ok("pnr\na\n")),
            ("SELECT pnr, koen FROM bef", Err("the answer has columns pnr, koen")),
            ("SELECT pnr FROM befolkning", Err("step `result`")),
            ("COPY bef TO 'x.csv'", Err("writing is not open")),
        ] {
            fs::write(own.join("result.sql"), sql).unwrap();
            let result = write(&arguments(&own.display().to_string(), folder.path(), &[]));
            match outcome {
                Ok(csv) => {
                    result.unwrap();
                    assert_eq!(fs::read_to_string(folder.path().join("cohort.csv")).unwrap(), csv);
                }
                Err(part) => {
                    let error = format!("{:#}", result.unwrap_err());
                    assert!(error.contains(part), "{error}");
                }
            }
        }
    }

    #[test]
    fn what_a_definition_says_is_shown() {
        let shown = text(&find("osdc").unwrap());
        for part in ["osdc 1.0.0", "Registers: bef", "Reference: Isaksen", "Column has_t1d", "-- pregnancies\n"] {
            assert!(shown.contains(part), "{shown}");
        }
    }
}
