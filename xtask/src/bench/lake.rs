//! The lake: registers into tables, and questions about everybody through the gate, beside DuckDB and DataFusion reading
//! the same Parquet files with nothing in between.

use super::{Bench, Line, skipped, virtual_environment};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// A run takes seconds: three tell the order of size and the spread.
const RUNS: usize = 3;
pub const TAKE_IN: &str = "register CSV into tables";
const PEERS: [&str; 2] = ["duckdb", "datafusion"];

/// A question: what it is called, the permit it needs, and its text, which all three engines understand.
struct Question {
    task: &'static str,
    permit: &'static str,
    sql: &'static str,
}

const QUESTIONS: [Question; 4] = [
    Question {
        task: "diagnosis A then B within 365 days, by sex and age band",
        permit: "bench-counts",
        sql: "with d as (select a.pnr as pnr, a.d_inddto as day, g.c_diag as code from lpr_adm a join lpr_diag g \
              on a.recnum = g.recnum) \
              select b.koen as sex, cast(floor((2019 - date_part('year', b.foed_dato)) / 10) as bigint) as age_band, \
              count(*) as n from (select p.pnr as pnr from d p join d q on p.pnr = q.pnr where p.code like 'DI10%' \
              and q.code like 'DI50%' and q.day > p.day and q.day <= p.day + interval '365 days' group by p.pnr) x \
              join bef b on x.pnr = b.pnr group by 1, 2",
    },
    Question {
        task: "first-ever use of a drug, by year",
        permit: "bench-counts",
        sql: "select cast(date_part('year', first) as bigint) as year, count(*) as n from \
              (select pnr, min(eksd) as first from lmdb where atc like 'A10B%' group by pnr) x group by 1",
    },
    Question {
        task: "prevalence of use by year",
        permit: "bench-counts",
        sql: "select cast(date_part('year', eksd) as bigint) as year, count(distinct pnr) as n from lmdb \
              where atc like 'A10%' group by 1",
    },
    Question {
        task: "rows of persons for a permit",
        permit: "bench-rows",
        sql: "select pnr, eksd, atc, volume, apk from lmdb where atc like 'A10B%' \
              and eksd >= date '2022-01-01' and eksd < date '2023-01-01'",
    },
];

/// What is measured, and how large it is.
pub struct Measured {
    pub lines: Vec<Line>,
    pub citizens: u64,
    pub rows: u64,
}

pub fn run(bench: &Bench<'_>) -> Result<Measured> {
    let citizens = match std::env::var("INDGANG_CITIZENS") {
        Ok(text) => text.parse().with_context(|| format!("INDGANG_CITIZENS is `{text}`; write a number"))?,
        Err(_) => 1_000_000,
    };
    let registers = format!("registers-{citizens}");
    make(bench, citizens, &registers)?;
    let installed = virtual_environment(bench.cache, "lake", "duckdb datafusion");
    let program = bench.program.display();
    let take = format!(
        "rm -rf lake-house && {program} ingest registers {registers} --data lake-house && \
         {program} permit bench-counts.toml --data lake-house && {program} permit bench-rows.toml --data lake-house"
    );
    let mut lines = vec![bench.line(TAKE_IN, "indgang", 1, &take)];
    if lines[0].outcome.is_err() {
        return Ok(Measured { lines, citizens, rows: 0 });
    }
    lines.push(peer(bench, &installed, (TAKE_IN, "duckdb"), 1, &format!("duckdb take-in {registers}")));
    for (number, Question { task, permit, sql }) in QUESTIONS.iter().enumerate() {
        let ask = format!(
            "rm -f answer-indgang.csv && {program} sql --data lake-house --as bench-researcher --purpose research_and_statistics --permit {permit} \
             --seconds 3000 --out answer-indgang.csv \"{sql}\""
        );
        lines.push(bench.line(task, "indgang", RUNS, &ask));
        std::fs::write(bench.cache.join(format!("question-{number}.sql")), sql)?;
        for who in PEERS {
            lines.push(peer(bench, &installed, (task, who), RUNS, &format!("{who} ask question-{number}.sql")));
        }
    }
    Ok(Measured { lines, citizens, rows: rows(bench.cache)? })
}

fn peer(
    bench: &Bench<'_>,
    installed: &Result<()>,
    (task, who): (&'static str, &'static str),
    runs: usize,
    arguments: &str,
) -> Line {
    match installed {
        Ok(()) => bench.line(task, who, runs, &format!("lake/bin/python lake.py {arguments}")),
        Err(error) => skipped(task, who, &format!("skipped: {who} cannot be installed: {error:#}")),
    }
}

/// The registers, the permits, and the program that runs the peers.
fn make(bench: &Bench<'_>, citizens: u64, registers: &str) -> Result<()> {
    let cache = bench.cache;
    std::fs::create_dir_all(cache)?;
    for (name, rows) in [("bench-counts", false), ("bench-rows", true)] {
        std::fs::write(cache.join(format!("{name}.toml")), permit(name, rows))?;
    }
    std::fs::write(cache.join("lake.py"), PROGRAM)?;
    if cache.join(registers).join("bef.csv").exists() {
        return Ok(());
    }
    println!("making {citizens} citizens");
    let status = Command::new(&bench.program)
        .args(["synth", "--citizens", &citizens.to_string(), "--seed", "1", "--out", registers])
        .current_dir(cache)
        .status()?;
    if !status.success() {
        bail!("`indgang synth` ended with {status}");
    }
    Ok(())
}

fn permit(id: &str, rows: bool) -> String {
    format!(
        "id = \"{id}\"\npurpose = \"research_and_statistics\"\ncategories = [\"encounter\", \"laboratory\", \"medication\"]\n\
         from = \"2026-01-01T00:00:00Z\"\nuntil = \"2126-01-01T00:00:00Z\"\nmembers = [\"bench-researcher\"]\n\n\
         [scope]\nrows = {rows}\nminimum_cell = 5\n\n[[users]]\nid = \"bench-researcher\"\nname = \"Bench\"\n\
         role = \"researcher\"\norganisation = \"university\"\n"
    )
}

/// Reads the house's own files: a table is all files of its name, and `pnr` the number that stands for the person.
const PROGRAM: &str = r#"import glob, os, sys
engine, task, name = sys.argv[1:4]
parts = sorted(glob.glob("lake-house/lake/parts/*.parquet"))
tables = {}
for part in parts:
    tables.setdefault(os.path.basename(part).rsplit("-", 1)[0], []).append(part)
if task == "take-in":
    import duckdb
    os.makedirs("duckdb-parts", exist_ok=True)
    for file in sorted(glob.glob(name + "/*.csv")):
        out = "duckdb-parts/" + os.path.basename(file)[:-4] + ".parquet"
        duckdb.sql(f"copy (from read_csv('{file}', header = true)) to '{out}' (format parquet, compression zstd)")
elif engine == "duckdb":
    import duckdb
    for table, files in tables.items():
        duckdb.sql(f"create view {table} as select *, __person as pnr from read_parquet({files})")
    duckdb.sql(open(name).read()).write_csv("answer-duckdb.csv")
else:
    from datafusion import SessionContext
    context = SessionContext()
    for table, files in tables.items():
        context.register_parquet("raw_" + table, files[0])
        context.sql(f"create view {table} as select *, __person as pnr from raw_{table}").collect()
    context.sql(open(name).read()).write_csv("answer-datafusion.csv")
"#;

/// Rows of the tables, as the house tells them.
fn rows(cache: &Path) -> Result<u64> {
    let script = "import duckdb, glob; print(sum(duckdb.sql(f\"select count(*) from '{f}'\").fetchall()[0][0] \
                  for f in glob.glob('lake-house/lake/parts/*.parquet')))";
    let output = Command::new(cache.join("lake/bin/python")).args(["-c", script]).current_dir(cache).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    Ok(serde_json::from_str::<Value>(&text).ok().and_then(|rows| rows.as_u64()).unwrap_or(0))
}

/// How large it was, and rows a second.
pub fn rates(measured: &Measured) -> String {
    let Measured { lines, citizens, rows } = measured;
    let mut out = format!("{citizens} citizens, {rows} rows in all tables.\n");
    for line in lines.iter().filter(|line| line.task == TAKE_IN) {
        if let Ok(measure) = &line.outcome {
            let _ = writeln!(out, "\n`{}` takes in {:.0} rows a second.", line.who, *rows as f64 / measure.wall);
        }
    }
    out
}
