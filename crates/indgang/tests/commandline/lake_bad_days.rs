//! Bad days of the lake: killed in each phase of a delivery, a disk that fills; and what keeps it small and safe.

use crate::bad_input::with_little_room;
use crate::lake::{PERMIT, ask};
use crate::workshop::Workshop;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

const QUESTIONS: [&str; 3] = [
    "select koen, count(*) as n from bef group by koen order by koen",
    "select count(*) as n from lpr_diag",
    "select sum(volume * apk) as ddd from lmdb",
];

/// A house with a permit, and nothing in its lake yet.
fn house() -> Workshop {
    let workshop = Workshop::new();
    workshop.write("permit.toml", PERMIT).run("ingest snapshots --data house").succeeded();
    workshop.run("permit --data house permit.toml").succeeded();
    workshop
}

fn answers(workshop: &Workshop, options: &str) -> Vec<String> {
    let options = format!("--permit p1 --format csv {options}");
    QUESTIONS.map(|question| ask(workshop, &options, question).succeeded().out).to_vec()
}

/// Names of the files in a folder of the lake; none when there is no such folder.
fn files(lake: &Path, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(lake.join(folder)).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn parquet(lake: &Path) -> usize {
    files(lake, "parts").iter().filter(|name| name.ends_with(".parquet")).count()
}

fn is_staging(lake: &Path) -> bool {
    files(lake, "").iter().any(|name| name.starts_with("staging"))
}

/// Begins a delivery and kills it (SIGKILL) when the lake looks so. False when it ended before.
fn killed_when(workshop: &Workshop, take: &str, look: &dyn Fn(&Path) -> bool, later: Duration) -> bool {
    let lake = workshop.path().join("house/lake");
    let mut child = workshop.command(take).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !look(&lake) {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        sleep(Duration::from_micros(200));
    }
    sleep(later);
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

#[test]
fn killed_in_any_phase_a_delivery_is_whole_or_nothing() {
    let source = Workshop::new();
    source.run("synth --citizens 700 --seed 3 --out extract").succeeded();
    let take = format!("ingest registers --data house {}", source.path().join("extract").display());
    let whole = house();
    whole.run(&take).succeeded();
    let (right, lake) = (answers(&whole, ""), whole.path().join("house/lake"));
    let (names, tables) = (files(&lake, "parts"), parquet(&lake));
    type Look = Box<dyn Fn(&Path) -> bool>;
    let staged = |lake: &Path| {
        let inner = files(lake, "").into_iter().filter(|name| name.starts_with("staging"));
        inner.flat_map(|name| files(lake, &name)).count()
    };
    let mut phases: Vec<(&str, Look, u64)> = vec![
        ("reading the first file", Box::new(is_staging), 0),
        ("reading a later file", Box::new(move |lake| staged(lake) > 4), 0),
        ("writing a table", Box::new(|lake| files(lake, "parts").iter().any(|name| name.ends_with(".part"))), 0),
        ("between tables", Box::new(|lake| parquet(lake) > 3), 0),
    ];
    for milliseconds in [0, 1, 3, 6, 10, 20, 40] {
        phases.push(("around the commit", Box::new(move |lake| parquet(lake) == tables), milliseconds));
    }
    let (mut killed, mut kept) = (0, 0);
    for (phase, look, later) in &phases {
        let workshop = house();
        let lake = workshop.path().join("house/lake");
        killed += usize::from(killed_when(&workshop, &take, look, Duration::from_millis(*later)));
        // All of it or nothing.
        let snapshots = workshop.run("ingest snapshots --data house").succeeded().out;
        match snapshots.lines().count() {
            0 => ask(&workshop, "--permit p1", QUESTIONS[0]).refused_with(&["the lake is empty"]),
            1 => assert_eq!(answers(&workshop, ""), right, "{phase}, {later} ms"),
            more => panic!("{phase}: {more} snapshots"),
        }
        kept += snapshots.lines().count();
        // A second run completes it and leaves nothing of the first.
        workshop.run(&take).succeeded();
        assert_eq!(answers(&workshop, ""), right, "{phase}, {later} ms");
        assert_eq!(files(&lake, "parts"), names, "{phase}, {later} ms");
        assert!(!is_staging(&lake), "{phase}, {later} ms: {:?}", files(&lake, ""));
        assert!(workshop.run("verify-log --data house").succeeded().out.contains("whole"));
    }
    assert!(killed >= 4 && kept < phases.len(), "killed {killed}, kept {kept} of {}", phases.len());
}

#[test]
fn what_a_killed_delivery_left_is_cleaned_away() {
    let source = Workshop::new();
    source.run("synth --citizens 300 --seed 3 --out extract").succeeded();
    let take = format!("ingest registers --data house {}", source.path().join("extract").display());
    let workshop = house();
    let lake = workshop.path().join("house/lake");
    assert!(killed_when(&workshop, &take, &|lake| parquet(lake) > 1, Duration::ZERO));
    assert!(is_staging(&lake) && parquet(&lake) > 0);
    let cleaned = workshop.run("lake cleanup --data house").succeeded().out;
    assert!(cleaned.starts_with("0 snapshots forgotten, ") && !cleaned.contains(" 0 files"), "{cleaned}");
    assert_eq!((files(&lake, "parts"), is_staging(&lake)), (Vec::new(), false));
}

#[test]
fn a_disk_that_fills_during_a_delivery_leaves_nothing() {
    let source = Workshop::new();
    source.run("synth --citizens 4000 --seed 3 --out extract").succeeded();
    let take = format!("ingest registers --data house {}", source.path().join("extract").display());
    let workshop = house();
    let lake = workshop.path().join("house/lake");
    let records = fs::metadata(workshop.path().join("house/house.db")).unwrap().len();
    for kibibytes in [8, 64, 256] {
        // What the records hold already stays within the limit.
        let blocks = u32::try_from(records / 512).unwrap() + 2 * kibibytes;
        let run = with_little_room(&workshop, blocks, &take);
        run.refused_with(&["nothing was taken in", "room"]);
        assert_eq!((files(&lake, "parts"), is_staging(&lake)), (Vec::new(), false), "{kibibytes} KiB");
        assert_eq!(workshop.run("ingest snapshots --data house").succeeded().out, "");
    }
    workshop.run(&take).succeeded();
    assert_eq!(workshop.run("ingest snapshots --data house").succeeded().out.lines().count(), 1);
}

/// Three deliveries of 30 persons each.
fn three_deliveries() -> Workshop {
    let workshop = house();
    for delivery in 0..3 {
        let [mut bef, mut lmdb, mut adm, mut diag] = [
            "pnr,koen,foed_dato\n".to_owned(),
            "pnr,eksd,atc,volume,apk,indo\n".to_owned(),
            "pnr,recnum,c_spec,d_inddto\n".to_owned(),
            "recnum,c_diag,c_diagtype\n".to_owned(),
        ];
        for person in (0..30).map(|person| 30 * (2 - delivery) + person) {
            writeln!(bef, "canary{person},{},1970-01-02", 1 + person % 2).unwrap();
            writeln!(lmdb, "canary{person},2023-05-01,A10BA02,{},1,", 1 + person).unwrap();
            writeln!(adm, "canary{person},k{person},01,2015-03-04").unwrap();
            writeln!(diag, "k{person},DE11{},A", person % 4).unwrap();
        }
        let folder = format!("extract{delivery}");
        fs::create_dir(workshop.path().join(&folder)).unwrap();
        for (name, text) in [("bef", bef), ("lmdb", lmdb), ("lpr_adm", adm), ("lpr_diag", diag)] {
            workshop.write(&format!("{folder}/{name}.csv"), text);
        }
        workshop.run(&format!("ingest registers --data house {folder}")).succeeded();
    }
    workshop
}

#[test]
fn compaction_changes_no_answer_and_keeps_earlier_snapshots_until_they_are_forgotten() {
    let workshop = three_deliveries();
    let lake = workshop.path().join("house/lake");
    let (now, first) = (answers(&workshop, ""), answers(&workshop, "--snapshot 1"));
    assert_ne!(now, first);
    assert_eq!(parquet(&lake), 12);
    let compacted = workshop.run("lake compact --data house").succeeded().out;
    assert_eq!(compacted.lines().filter(|line| line.ends_with("3 files into 1")).count(), 4, "{compacted}");
    assert_eq!((answers(&workshop, ""), answers(&workshop, "--snapshot 1")), (now.clone(), first));
    assert!(workshop.run("lake compact --data house").succeeded().out.contains("nothing has changed"));
    // What was taken in before is known, though its file is another now.
    let again = workshop.run("ingest registers --data house extract1").succeeded().out;
    assert!(again.contains("nothing has changed"), "{again}");
    assert_eq!(workshop.run("lake cleanup --data house").succeeded().out, "0 snapshots forgotten, 0 files removed\n");
    // 12 tables' files and 3 of keys.
    let cleaned = workshop.run("lake cleanup --data house --keep 1").succeeded().out;
    assert_eq!(cleaned, "3 snapshots forgotten, 15 files removed\n");
    assert_eq!((answers(&workshop, ""), parquet(&lake)), (now, 4));
    ask(&workshop, "--permit p1 --snapshot 1", QUESTIONS[0]).refused_with(&["no snapshot 1"]);
}

#[test]
fn a_backup_brings_the_lake_back() {
    let workshop = three_deliveries();
    let right = answers(&workshop, "");
    let made = workshop.run("backup --data house --out copy").succeeded().out;
    assert!(made.contains("15 files of the lake"), "{made}");
    let restored = workshop.run("restore --data other --from copy").succeeded().out;
    assert!(restored.contains("15 files of the lake"), "{restored}");
    let lake = |house: &str| workshop.path().join(house).join("lake");
    assert_eq!(files(&lake("other"), "parts"), files(&lake("house"), "parts"));
    fs::rename(workshop.path().join("house"), workshop.path().join("gone")).unwrap();
    fs::rename(workshop.path().join("other"), workshop.path().join("house")).unwrap();
    assert_eq!(answers(&workshop, ""), right);
    // Cut short, it restores nothing.
    let whole = fs::read(workshop.path().join("copy")).unwrap();
    workshop.write("half", &whole[..whole.len() - 40]);
    workshop.run("restore --data third --from half").refused_with(&["`half`", "damaged"]);
    assert!(!lake("third").exists() && !workshop.path().join("third/lake-restoring").exists());
    workshop.run("restore --data house --from copy").refused_with(&["there is a house here already"]);
}
