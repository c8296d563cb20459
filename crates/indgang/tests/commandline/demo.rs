//! The demo house: made once, never twice; whole after any death; its log tells when it was changed.

use crate::bad_input::with_little_room;
use crate::workshop::Workshop;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

const DEMO: &str = "demo --data house --no-serve";

/// Lines of the log.
fn lines(workshop: &Workshop) -> usize {
    let run = workshop.run("verify-log --data house").succeeded();
    assert!(run.out.ends_with("the log is whole\n"), "{}", run.out);
    run.out.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_second_run_repeats_nothing() {
    let workshop = Workshop::new();
    let first = workshop.run(DEMO).succeeded();
    for part in ["ashkenazi-trio", "NRAS 1-115256562-G-A", "pfeiffer", "FGFR2 10-123256215-T-G", "scout-trio"] {
        assert!(first.out.contains(part), "{part}: {}", first.out);
    }
    let holds = |workshop: &Workshop| {
        let doctor = workshop.run("doctor --data house").succeeded().out;
        doctor.lines().find(|l| l.contains("holds")).unwrap().to_owned()
    };
    let (log, counts) = (lines(&workshop), holds(&workshop));
    assert!(counts.contains("7 persons") && counts.contains("3 cases (0 signed)"), "{counts}");
    let second = workshop.run(DEMO).succeeded();
    assert!(second.out.contains("nothing is repeated") && !second.out.contains("NRAS"), "{}", second.out);
    assert_eq!((lines(&workshop), holds(&workshop)), (log, counts));
}

#[test]
fn a_flipped_byte_of_a_line_is_told() {
    let workshop = Workshop::new();
    workshop.write("one.vcf", crate::workshop::vcf(&["only"], &["10 123256215 T G 0/1"]));
    for operator in ["first-reader", "second-reader"] {
        workshop.interpret(&format!("--vcf one.vcf --operator {operator}")).succeeded();
    }
    lines(&workshop);
    let path = workshop.path().join("house/house.db");
    let whole = fs::read(&path).unwrap();
    let needle = b"first-reader";
    let places: Vec<usize> = (0..whole.len() - needle.len()).filter(|i| whole[*i..].starts_with(needle)).collect();
    assert!(!places.is_empty());
    for place in places {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        fs::write(&path, changed).unwrap();
        let run = workshop.run("verify-log --data house");
        assert!(!run.ok, "byte {place}: {}", run.out);
        assert!(run.err.contains("the log in `house` is not whole"), "{}", run.err);
        assert!(!workshop.run("doctor --data house").ok);
    }
    fs::write(&path, whole).unwrap();
    lines(&workshop);
}

#[test]
fn doctor_names_the_versions_and_changes_nothing() {
    let workshop = Workshop::new();
    let doctor = workshop.run("doctor --data house").succeeded().out;
    for part in
        [env!("CARGO_PKG_VERSION"), "hpo ", "clinvar ", "acmg_sf ", "every part opens", "none yet", "indgang demo"]
    {
        assert!(doctor.contains(part), "{part}: {doctor}");
    }
    assert!(!workshop.path().join("house").exists());
}

#[test]
fn killed_at_any_moment_the_house_opens_and_a_rerun_completes() {
    for milliseconds in [30, 200, 700, 1500, 2500, 4000] {
        let workshop = Workshop::new();
        let mut child = workshop.command(DEMO).stdout(std::process::Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        if workshop.path().join("house/house.db").exists() {
            workshop.run("doctor --data house").succeeded();
            lines(&workshop);
        }
        workshop.run(DEMO).succeeded();
        let doctor = workshop.run("doctor --data house").succeeded().out;
        assert!(doctor.contains("7 persons") && doctor.contains("3 cases (0 signed)"), "{milliseconds} ms: {doctor}");
        lines(&workshop);
        let mut left = Vec::new();
        for family in fs::read_dir(workshop.path().join("house/families")).unwrap() {
            left.extend(fs::read_dir(family.unwrap().path()).unwrap().map(|f| f.unwrap().file_name()));
        }
        assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");
    }
}

#[test]
fn a_disk_that_fills_while_the_demo_is_made_leaves_a_house_that_a_rerun_completes() {
    let mut failed = 0;
    // No room for the house; for it and not for the files; for these and not for all that is taken in.
    for blocks in [8, 1000, 2500] {
        let workshop = Workshop::new();
        let run = with_little_room(&workshop, blocks, DEMO);
        if !run.ok {
            failed += 1;
            run.refused_with(&["disk"]);
            assert!(run.err.contains("house"), "{blocks}: {}", run.err);
        }
        // Without its key nothing was signed yet.
        if workshop.path().join("house/log.key").exists() {
            lines(&workshop);
        }
        workshop.run(DEMO).succeeded();
        let doctor = workshop.run("doctor --data house").succeeded().out;
        assert!(doctor.contains("7 persons") && doctor.contains("3 cases (0 signed)"), "{blocks}: {doctor}");
        lines(&workshop);
    }
    assert!(failed >= 2, "{failed}");
}
