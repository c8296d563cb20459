//! `indgang demo`: the demo house, from nothing to an open portal.

use super::{house, interpret, serve};
use crate::commands::{demo_choices, demo_registers};
use crate::data_folder::DataFolder;
use crate::{demo_files, output};
use anyhow::Context as _;
use indgang_gate::UserId;
use indgang_genomics::profile::Profile;
use indgang_genomics::vcf::ReadOptions;
use indgang_interpret::phenotype::PhenotypeRanker;
use indgang_interpret::report::{Report, ResultKind};
use indgang_knowledge::Knowledge;
use indgang_model::{CaseId, Clock as _, PersonId, PlaceId, Role, SystemClock};
use indgang_service::{
    Format, House, Ingested, InputFile, NewCase, NewPerson, NewUser, Operator, Place, ResourceDelivery,
};
use indgang_sources::demo::{DemoCitizen, DemoFamily, DemoHouse, DemoPlace, parse_citizens, parse_house};
use indgang_sources::family::{self, FamilyFiles};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataFolder,
    /// End after the table; do not open the portal
    #[arg(long)]
    no_serve: bool,
    #[command(flatten)]
    address: serve::Address,
}

/// Age at which a citizen decides for herself (Sundhedsloven § 17).
const OWN_DECISION: i32 = 15;

/// Makes the house if need be, and opens it.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.data.place(true)?;
    println!("Demo house in {place}");
    let demo = parse_house(demo_files::HOUSE).context("demo/demo.toml")?;
    let runtime = house::runtime()?;
    let opened = runtime.block_on(house::open(&place))?;
    let rows = complete(&runtime, &opened, &demo, &place.folder)
        .with_context(|| format!("the demo house in {place} is not complete; mend this and run the command again"))?;
    table(&rows);
    if arguments.no_serve {
        runtime.block_on(opened.close());
        return Ok(());
    }
    serve::serve(&runtime, opened, &arguments.address, serve::Door::Demo, None, None)
}

/// Takes in what the house has not yet: families, registers and what others tell of its citizens.
fn complete(
    runtime: &tokio::runtime::Runtime,
    opened: &House,
    demo: &DemoHouse,
    folder: &Path,
) -> anyhow::Result<Vec<Row>> {
    let rows = take_in(runtime, opened, demo, folder)?;
    if runtime.block_on(indgang_service::snapshots(opened))?.is_empty() {
        // A house of an earlier program knows neither the researcher nor the registers.
        runtime.block_on(indgang_service::register_users(opened, &staff(demo)?))?;
        let mut citizens = Vec::new();
        for family in &demo.family {
            citizens.extend(citizens_of(family)?.into_values());
        }
        runtime.block_on(demo_registers::take_in(opened, &demo.permit, &citizens, folder))?;
    }
    runtime.block_on(take_records_in(opened, demo, folder))?;
    Ok(rows)
}

/// One line of the table.
struct Row {
    case: String,
    result: &'static str,
    finding: String,
    why: String,
    seconds: f64,
}

fn take_in(
    runtime: &tokio::runtime::Runtime,
    opened: &House,
    demo: &DemoHouse,
    folder: &Path,
) -> anyhow::Result<Vec<Row>> {
    let mut ranker: Option<PhenotypeRanker<'_>> = None;
    let mut rows = Vec::new();
    runtime.block_on(indgang_service::register_places(opened, &places(demo)))?;
    let mut users = staff(demo)?;
    let mut pending = Vec::new();
    for family in &demo.family {
        let inputs = inputs(family)?;
        let citizens = citizens_of(family)?;
        users.extend(citizens.iter().map(|(sample, citizen)| citizen_user(sample, citizen)));
        if runtime.block_on(indgang_service::known_inputs(opened, &inputs))?.is_none() {
            pending.push((family, inputs, citizens));
        }
    }
    if pending.is_empty() {
        println!("The {} families are in the house already; nothing is repeated.", demo.family.len());
        return Ok(rows);
    }
    runtime.block_on(indgang_service::register_users(opened, &users))?;
    for (number, (family, inputs, citizens)) in pending.iter().enumerate() {
        println!("Family {} of {}: {}", number + 1, pending.len(), family.title.en);
        let ranker = match &mut ranker {
            Some(ranker) => ranker,
            none => none.insert(interpret::ranker(Knowledge::shipped())?),
        };
        let started = Instant::now();
        let case = one(runtime, opened, demo, family, inputs.clone(), citizens, ranker, folder, started)?;
        let row = row(&case.report, started.elapsed().as_secs_f64());
        let ingested =
            runtime.block_on(indgang_service::ingest_case(opened, &SystemClock, &operator(demo, family)?, &case))?;
        if matches!(ingested, Ingested::New(_)) {
            rows.push(row);
            if let Some(chooser) = &family.chooser {
                let (person, doctor) = (PersonId(chooser.clone()), UserId(family.responsible.clone()));
                let blocked = family.blocks.clone().map(PlaceId);
                runtime.block_on(demo_choices::choose(opened, &citizen_id(chooser), &person, &doctor, blocked))?;
            }
        }
    }
    Ok(rows)
}

/// What others tell of the families' citizens; what was taken in before changes nothing.
async fn take_records_in(opened: &House, demo: &DemoHouse, folder: &Path) -> anyhow::Result<()> {
    for records in &demo.records {
        let path = format!("{}/{}", records.folder, records.file);
        let found = demo_files::FILES.iter().find(|(file, _)| *file == path);
        let (_, bytes) = found.with_context(|| format!("demo/{path} is not among the demo's files"))?;
        let place = folder.join(&records.folder);
        output::write_all(&place, &[(records.file.as_str(), *bytes)])?;
        let operator = Operator {
            user: UserId("demo".to_owned()),
            organisation: records.source.clone(),
            on_responsibility_of: UserId(records.responsible.clone()),
        };
        let file = place.join(&records.file);
        let delivery =
            ResourceDelivery { file, format: Format::Fhir, source: records.source.clone(), person: None, again: false };
        let taken = indgang_service::ingest_resources(opened, &SystemClock, &operator, &delivery, house::random()?);
        taken.await.with_context(|| format!("demo/{path}"))?;
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "the parts of one case, each from another place")]
fn one(
    runtime: &tokio::runtime::Runtime,
    opened: &House,
    demo: &DemoHouse,
    family: &DemoFamily,
    inputs: Vec<InputFile>,
    citizens: &BTreeMap<String, DemoCitizen>,
    ranker: &PhenotypeRanker<'_>,
    folder: &Path,
    started: Instant,
) -> anyhow::Result<NewCase> {
    let place = unpack(folder, family)?;
    let files = FamilyFiles {
        variants: family.variants.iter().map(|f| place.join(f)).collect(),
        pedigree: Some(place.join(&family.pedigree)),
        phenopacket: Some(place.join(&family.phenopacket)),
        wishes: Some(place.join(&family.wishes)),
        annotations: family.annotations.as_ref().map(|f| place.join(f)),
        assembly: Some(family.assembly),
        ..FamilyFiles::default()
    };
    let wishes = family::people(&files)?;
    let operator = operator(demo, family)?;
    let grant = runtime.block_on(indgang_service::begin_reading(opened, &SystemClock, &operator, &wishes))?;
    let knowledge = Knowledge::shipped();
    let asked = family::case(&grant, &files, Profile::standard(), knowledge.hpo()?, knowledge.genes()?)?;
    let cohort = runtime.block_on(indgang_service::own_cohort(opened, &grant, asked.assembly))?;
    let setting = interpret::Setting {
        knowledge,
        ranker,
        reference: None,
        options: ReadOptions::default(),
        cohort: Some(cohort),
        rules: None,
        dosage: None,
        predictors: None,
    };
    let (report, mut call_sets) = interpret::interpret_for_house(&grant, &files, asked, &setting)?;
    let mut people = Vec::new();
    for (person, wishes) in &wishes {
        let citizen = citizens
            .get(&person.0)
            .with_context(|| format!("demo/{}: no test citizen for `{person}`", family.folder))?;
        people.push(NewPerson {
            id: person.clone(),
            sample: person.0.clone(),
            name: citizen.name.clone(),
            cpr: citizen.cpr.clone(),
            wishes: *wishes,
            call_set: call_sets.remove(&person.0),
        });
    }
    let custody = custody(&report, citizens);
    Ok(NewCase {
        id: CaseId(family.id.clone()),
        label: family.title.da.clone(),
        label_en: family.title.en.clone(),
        proband: PersonId(report.proband.clone()),
        people,
        custody,
        assigned_to: family.team.iter().cloned().map(UserId).collect(),
        treated_by: vec![UserId(family.responsible.clone())],
        inputs,
        report,
        milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

fn citizens_of(family: &DemoFamily) -> anyhow::Result<BTreeMap<String, DemoCitizen>> {
    parse_citizens(text(family, &family.citizens)?)
        .with_context(|| format!("demo/{}/{}", family.folder, family.citizens))
}

/// Parents act for a child who does not decide for herself yet.
fn custody(report: &Report, citizens: &BTreeMap<String, DemoCitizen>) -> Vec<(PersonId, PersonId)> {
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let is_child = |sample: &str| {
        citizens.get(sample).is_some_and(|citizen| {
            let (year, month, day) = citizen.cpr.birth_date();
            let had_birthday = (today.month() as u8, today.day() as u8) >= (month, day);
            i32::from(today.year()) - i32::from(year) - i32::from(!had_birthday) < OWN_DECISION
        })
    };
    let children = report.family.iter().filter(|m| is_child(&m.id));
    children
        .flat_map(|child| {
            [&child.father, &child.mother]
                .into_iter()
                .flatten()
                .map(|p| (PersonId(p.clone()), PersonId(child.id.clone())))
        })
        .collect()
}

fn bytes<'f>(family: &DemoFamily, name: &str) -> anyhow::Result<&'f [u8]> {
    let path = format!("{}/{name}", family.folder);
    let found = demo_files::FILES.iter().find(|(file, _)| *file == path).map(|(_, bytes)| *bytes);
    found.with_context(|| format!("demo/{path} is not among the demo's files"))
}

fn text<'f>(family: &DemoFamily, name: &str) -> anyhow::Result<&'f str> {
    std::str::from_utf8(bytes(family, name)?).with_context(|| format!("demo/{}/{name} is not text", family.folder))
}

fn inputs(family: &DemoFamily) -> anyhow::Result<Vec<InputFile>> {
    let names = family.variants.iter().chain(&family.annotations).chain([
        &family.pedigree,
        &family.phenopacket,
        &family.wishes,
    ]);
    names
        .map(|name| {
            let hash = Sha256::digest(bytes(family, name)?);
            Ok(InputFile { name: name.clone(), sha256: hash.iter().map(|b| format!("{b:02x}")).collect() })
        })
        .collect()
}

/// Puts the family's files into the data folder, so that every command can be tried on them.
fn unpack(folder: &Path, family: &DemoFamily) -> anyhow::Result<PathBuf> {
    let place = folder.join("families").join(&family.folder);
    let prefix = format!("{}/", family.folder);
    let files: Vec<(&str, &[u8])> =
        demo_files::FILES.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&prefix)?, *bytes))).collect();
    remove_leftovers(&place);
    output::write_all(&place, &files)?;
    Ok(place)
}

/// What a killed run left half-written. That a file cannot be removed is met again, with its reason, when it is written.
pub fn remove_leftovers(place: &Path) {
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(".part") {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn staff(demo: &DemoHouse) -> anyhow::Result<Vec<NewUser>> {
    demo.user
        .iter()
        .map(|user| {
            Ok(NewUser {
                id: UserId(user.id.clone()),
                display_name: user.name.clone(),
                role: user.role,
                person: None,
                organisation: organisation(demo, &user.organisation)?,
                on_responsibility_of: user.responsible.clone().map(UserId),
                profession: None,
                place: user.place.clone().map(PlaceId),
            })
        })
        .collect()
}

fn places(demo: &DemoHouse) -> Vec<Place> {
    let place = |place: &DemoPlace| Place {
        id: PlaceId(place.id.clone()),
        name: place.name.clone(),
        parent: place.parent.clone().map(PlaceId),
    };
    demo.place.iter().map(place).collect()
}

fn organisation(demo: &DemoHouse, key: &str) -> anyhow::Result<String> {
    demo.organisations.get(key).cloned().with_context(|| format!("demo/demo.toml: no organisation `{key}`"))
}

fn citizen_id(sample: &str) -> UserId {
    UserId(format!("citizen-{}", sample.to_lowercase()))
}

fn citizen_user(sample: &str, citizen: &DemoCitizen) -> NewUser {
    NewUser {
        id: citizen_id(sample),
        display_name: citizen.name.expose().clone(),
        role: Role::Citizen,
        person: Some(PersonId(sample.to_owned())),
        profession: None,
        place: None,
        organisation: String::new(),
        on_responsibility_of: None,
    }
}

/// The laboratory geneticist of the family's team takes the case in.
fn operator(demo: &DemoHouse, family: &DemoFamily) -> anyhow::Result<Operator> {
    let user = family
        .team
        .iter()
        .find_map(|id| demo.user.iter().find(|u| u.id == *id && u.role == Role::LaboratoryGeneticist))
        .with_context(|| format!("demo/demo.toml: family `{}` has no laboratory geneticist", family.id))?;
    Ok(Operator {
        user: UserId(user.id.clone()),
        organisation: organisation(demo, &user.organisation)?,
        on_responsibility_of: UserId(family.responsible.clone()),
    })
}

fn row(report: &Report, seconds: f64) -> Row {
    Row {
        case: report.case.clone(),
        result: match report.result {
            ResultKind::Diagnostic => "diagnostic",
            ResultKind::Uncertain => "uncertain",
            ResultKind::Negative => "negative",
        },
        finding: interpret::finding(report),
        why: report.findings.first().and_then(|f| f.explanation.first()).map_or_else(String::new, |e| e.text.clone()),
        seconds,
    }
}

fn table(rows: &[Row]) {
    if rows.is_empty() {
        return;
    }
    let width =
        |get: fn(&Row) -> &str, least: usize| rows.iter().map(|r| get(r).chars().count()).max().unwrap_or(0).max(least);
    let (a, b, c) = (width(|r| &r.case, 4), width(|r| r.result, 6), width(|r| &r.finding, 13));
    println!("\n{:a$}  {:b$}  {:c$}  {:>7}  why", "case", "result", "first finding", "seconds");
    for r in rows {
        println!("{:a$}  {:b$}  {:c$}  {:>7.2}  {}", r.case, r.result, r.finding, r.seconds, r.why);
    }
    println!();
}
