//! A scheduler and two executors give what this process gives, to the last bit, and nobody without their key.

use crate::lake::{Asking, Chance, Lake, at, lake, lines};
use indgang_gate::{BlockTarget, Scope};
use indgang_lake::cluster::{Cluster, ClusterKey, Executor, execute, schedule};
use indgang_lake::house::{self, View};
use indgang_lake::{LakeError, Limits};
use indgang_model::Category;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;

fn key(digit: char) -> ClusterKey {
    ClusterKey::parse(&digit.to_string().repeat(64)).unwrap()
}

/// A cluster in this process, over the files of one lake; its ports are free ones.
struct Running {
    cluster: Cluster,
    _work: Vec<TempDir>,
}

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

async fn start(lake: &Path, executors: usize) -> Running {
    let listener = listen().await;
    let cluster = Cluster::new(&listener.local_addr().unwrap().to_string(), key('a')).unwrap();
    tokio::spawn(schedule(listener, key('a'), std::future::pending()));
    let mut works = Vec::new();
    for _ in 0..executors {
        let work = tempfile::tempdir().unwrap();
        let executor = Executor {
            cluster: cluster.clone(),
            lake: lake.to_owned(),
            work: work.path().to_owned(),
            host: "127.0.0.1".to_owned(),
            threads: 2,
            memory: 512 << 20,
            spill: 1 << 30,
        };
        let listener = listen().await;
        tokio::spawn(async move { execute(listener, executor).await.unwrap() });
        works.push(work);
    }
    Running { cluster, _work: works }
}

fn on(cluster: &Cluster) -> Limits {
    Limits { cluster: Some(cluster.clone()), threads: 3, time: Duration::from_secs(120), ..Limits::default() }
}

/// The answer of this process and of the cluster, each as text.
async fn both(view: &View, running: &Running, sql: &str, ordered: bool) -> [Result<(Vec<String>, bool), String>; 2] {
    let mut answers = Vec::new();
    for limits in [Limits { threads: 2, ..Limits::default() }, on(&running.cluster)] {
        let answer = house::ask(view, sql, &limits, &[]).await;
        answers.push(answer.map_err(|error| error.to_string()).map(|answer| {
            let mut out = Vec::new();
            indgang_lake::write_csv(&answer.rows, &mut out).unwrap();
            let mut rows: Vec<String> = String::from_utf8(out).unwrap().lines().map(str::to_owned).collect();
            if !ordered {
                rows[1..].sort();
            }
            (rows, answer.left_out)
        }));
    }
    answers.try_into().unwrap()
}

/// Questions for rows; those that say so have an order that leaves nothing open.
const ROWS: [(&str, bool); 24] = [
    ("select * from bef", false),
    ("select pnr, eksd, atc, volume, apk from lmdb where atc like 'A10%' and volume > 1", false),
    ("select b.koen, l.value from lab_forsker l join bef b on b.pnr = l.pnr where l.value > 40", false),
    ("select b.pnr, l.value from bef b left join lab_forsker l on b.pnr = l.pnr and l.value > 80", false),
    ("select atc, count(*) as n, sum(volume) as v, avg(apk) as a, stddev(volume) as s from lmdb group by atc", false),
    ("select count(distinct pnr) as n, count(distinct atc) as m from lmdb", false),
    ("select koen, count(distinct l.atc) as n from lmdb l join bef b on b.pnr = l.pnr group by koen", false),
    ("select pnr, eksd, row_number() over (partition by pnr order by eksd, atc, volume, apk) as r from lmdb", false),
    (
        "select pnr, sum(volume) over (partition by pnr order by eksd, atc, volume, apk rows between 2 preceding and current row) as v from lmdb",
        false,
    ),
    ("select pnr, eksd, atc, volume, apk from lmdb order by pnr, eksd, atc, volume, apk limit 40", true),
    ("select pnr, value from lab_forsker order by value desc, pnr, samplingdate limit 7 offset 3", true),
    ("select distinct pnr, atc from lmdb order by pnr, atc", true),
    (
        "select koen, count(*) as n from bef where pnr in (select pnr from lmdb where atc like 'A10%') group by koen",
        false,
    ),
    (
        "select koen, count(*) as n from bef where pnr not in (select pnr from lmdb where atc like 'A10%') group by koen",
        false,
    ),
    ("select pnr from lmdb union select pnr from lab_forsker", false),
    ("select pnr, 'medicine' as what from lmdb union all select pnr, 'laboratory' from lab_forsker", false),
    (
        "select d.c_diag, count(*) as n from lpr_diag d join lpr_adm a on a.recnum = d.recnum where is_a(d.c_diag, 'DE11') group by d.c_diag",
        false,
    ),
    (
        "select count(distinct a.pnr) as n from lmdb a join lmdb b on a.pnr = b.pnr and b.eksd > a.eksd and b.eksd <= a.eksd + interval '365 days' \
         where a.atc like 'A10%' and b.atc like 'C10%'",
        false,
    ),
    (
        "with f as (select pnr, min(eksd) as first from lmdb group by pnr) select extract(year from first) as y, count(*) as n from f group by y order by y",
        true,
    ),
    ("select koen, count(*) as n from bef group by koen having count(*) > 1 order by koen", true),
    ("select 100.0 * max(n) / sum(n) as share from (select koen, count(*) as n from bef group by koen)", false),
    (
        "select b.pnr, c.n from bef b join (select koen, count(*) as n from bef group by koen) c on c.koen = b.koen",
        false,
    ),
    ("select pnr from bef where foed_dato < '1800-01-01'", false),
    ("select 1 as one, 'two' as two", false),
];

const COUNTS: [&str; 6] = [
    "select koen, count(*) as n from bef group by koen",
    "select foed_dato, count(*) as n from bef group by foed_dato",
    "select b.koen, count(*) as n, avg(l.value) as v, sum(l.value) as s from lab_forsker l join bef b on b.pnr = l.pnr group by b.koen",
    "select n, count(*) as persons from (select pnr, count(*) as n from lpr_adm group by pnr) group by n",
    "select d.c_diag, count(distinct d.pnr) as n from lpr_diag d join lpr_adm a on a.recnum = d.recnum group by d.c_diag",
    "select sum(volume * apk) as ddd from lmdb",
];

fn refusing(chance: &mut Chance, people: u32) -> Asking {
    let refused: Vec<u32> = (0..people).filter(|_| chance.below(4) == 0).collect();
    let blocked = (0..people).filter(|n| n % 7 == 0 && !refused.contains(n)).map(|n| {
        let period = BlockTarget::Period { from: at("2005-01-02T00:00:00Z"), until: at("2009-12-30T00:00:00Z") };
        (n, if n % 2 == 0 { BlockTarget::Category(Category::Medication) } else { period })
    });
    let blocked = blocked.collect();
    let days = (Some("2003-01-01".parse().unwrap()), Some("2015-06-01".parse().unwrap()));
    let scope = Scope { rows: true, from: days.0, until: days.1, ..Scope::default() };
    Asking { scope, refused, blocked, ..Asking::rows() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_answers_as_this_process_does() {
    let lake = lake(400, 31).await;
    let running = start(lake.folder.path(), 2).await;
    let mut chance = Chance(31);
    let apart = refusing(&mut chance, 400);
    let [mut fewer, mut rows] = [0, 0];
    let mut wrong = Vec::new();
    for (asking, people) in [(Asking::rows(), 400), (apart.clone(), 0)] {
        let view = asking.view(&lake);
        for (sql, ordered) in ROWS {
            let [here, there] = both(&view, &running, sql, ordered).await;
            *(if people > 0 { &mut rows } else { &mut fewer }) += here.as_ref().map_or(0, |(rows, _)| rows.len());
            if here.is_err() || here != there {
                wrong.push(format!("{sql}\n  {here:.400?}\n  {there:.400?}"));
            }
        }
    }
    assert!(fewer < rows && fewer > 500, "{fewer} of {rows}; {}", wrong.join("\n"));
    let counts = Asking { scope: Scope { rows: false, ..apart.scope.clone() }, ..apart };
    for asking in [Asking::counts(), counts] {
        let view = asking.view(&lake);
        for sql in COUNTS {
            let [here, there] = both(&view, &running, sql, false).await;
            if here.is_err() || here != there {
                wrong.push(format!("{sql}\n  {here:?}\n  {there:?}"));
            }
        }
        for sql in ["select pnr from bef", "select max(foed_dato) from bef", "select random()", "copy bef to 'x.csv'"] {
            let [here, there] = both(&view, &running, sql, false).await;
            assert!(here.is_err() && here == there, "{sql}: {here:?} {there:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_another_key_gets_no_connection() {
    let lake = lake(50, 32).await;
    let running = start(lake.folder.path(), 1).await;
    let view = Asking::rows().view(&lake);
    let place = running.cluster.clone();
    let mine = house::ask(&view, "select count(*) as n from bef", &on(&place), &[]).await.unwrap();
    assert_eq!(lines(&mine.rows), ["50"]);
    let address = format!("{place:?}").split('"').nth(1).unwrap().to_owned();
    let other = Cluster::new(&address, key('b')).unwrap();
    let error = house::ask(&view, "select count(*) from bef", &on(&other), &[]).await.unwrap_err();
    assert!(matches!(&error, LakeError::Cluster(what) if what.contains("another key")), "{error}");
    assert!(!format!("{place:?}").contains(&"a".repeat(64)));
    // An executor with another key does not join, and no time is lost in waiting for it.
    let listener = listen().await;
    let work = tempfile::tempdir().unwrap();
    let executor = Executor {
        cluster: other,
        lake: lake.folder.path().to_owned(),
        work: work.path().to_owned(),
        host: "127.0.0.1".to_owned(),
        threads: 1,
        memory: 64 << 20,
        spill: 1 << 20,
    };
    let error = execute(listener, executor).await.unwrap_err().to_string();
    assert!(error.contains("another key"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_lake_than_that_of_the_question_is_not_read() {
    let (mine, others) = (lake(60, 33).await, other_lake(33).await);
    let running = start(others.folder.path(), 1).await;
    let view = Asking::rows().view(&mine);
    let error = house::ask(&view, "select pnr from bef", &on(&running.cluster), &[]).await.unwrap_err().to_string();
    assert!(error.contains("damaged or missing"), "{error}");
}

/// A lake with files of the same names, since they come of the same files, where other persons have the first numbers.
async fn other_lake(seed: u64) -> Lake {
    let (folder, first, source) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let others: String = (0..9).map(|n| format!("other{n},1,1950-01-01\n")).collect();
    std::fs::write(first.path().join("bef.csv"), format!("pnr,koen,foed_dato\n{others}")).unwrap();
    let before = crate::lake::take(folder.path(), first.path(), None).await.unwrap().manifest.unwrap();
    crate::lake::write_registers(source.path(), 60, seed);
    let taken = crate::lake::take(folder.path(), source.path(), Some(&before)).await.unwrap();
    Lake { folder, source, manifest: taken.manifest.unwrap() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_takes_too_much_is_ended() {
    let lake = lake(400, 34).await;
    let running = start(lake.folder.path(), 1).await;
    let view = Asking::rows().view(&lake);
    let limits = Limits { time: Duration::from_secs(3), ..on(&running.cluster) };
    let ten = "select v from (values (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) as t(v)";
    let cross = |n: usize| (0..n).map(|n| format!("({ten}) t{n}")).collect::<Vec<_>>().join(", ");
    // The rows of four tables fit, but each of them asks for much work.
    let long = "length(regexp_replace(repeat(concat(t0.v, t1.v, t2.v, t3.v), 200), '1+[2-9]', 'x', 'g')) > 1";
    let sql = format!("select count(*) as n from bef b, {} where {long}", cross(4));
    let error = house::ask(&view, &sql, &limits, &[]).await.unwrap_err();
    assert!(matches!(&error, LakeError::Limit(what) if what.contains("more than 3 seconds")), "{error}");
    let sql = format!("select count(*) as n from bef b, {}", cross(10));
    let error = house::ask(&view, &sql, &on(&running.cluster), &[]).await.unwrap_err();
    assert!(matches!(&error, LakeError::Limit(what) if what.contains("more memory")), "{error}");
    // The executors are free again.
    let next = house::ask(&view, "select count(*) as n from bef", &on(&running.cluster), &[]).await.unwrap();
    assert_eq!(lines(&next.rows), ["400"]);
}
