//! Tables come in: once, whole, or not at all.

use crate::lake::{Asking, key, lake, take, told, write_registers};
use indgang_lake::house::{clean, forget, quarantine, quarantine_folder};

#[tokio::test]
async fn the_same_files_change_nothing_and_others_add() {
    let mut first = lake(50, 1).await;
    let again = take(first.folder.path(), first.source.path(), Some(&first.manifest)).await.unwrap();
    assert!(again.manifest.is_none() && again.files.iter().all(|file| file.known));
    drop(again);
    let before = told(&Asking::rows().view(&first), "select count(pnr) from (select pnr from lmdb)").await;
    let more = tempfile::tempdir().unwrap();
    std::fs::write(
        more.path().join("lmdb.csv"),
        format!("pnr,eksd,atc,volume,apk,indo\n{},2001-01-01,A,1,1,\nnew,2001-01-01,A,1,1,\n", key(1)),
    )
    .unwrap();
    let added = take(first.folder.path(), more.path(), Some(&first.manifest)).await.unwrap().manifest.unwrap();
    assert_eq!(added.persons, first.manifest.persons + 1);
    let old = first.manifest.clone();
    first.manifest = added;
    let after = told(&Asking::rows().view(&first), "select count(pnr) from (select pnr from lmdb)").await;
    assert_eq!(after[0].parse::<u64>().unwrap(), before[0].parse::<u64>().unwrap() + 2);
    // The old snapshot is still what it was, and what no snapshot names is cleaned away.
    first.manifest = old.clone();
    assert_eq!(told(&Asking::rows().view(&first), "select count(pnr) from (select pnr from lmdb)").await, before);
    assert_eq!(clean(first.folder.path(), std::slice::from_ref(&old)).unwrap(), 2);
    assert_eq!(told(&Asking::rows().view(&first), "select count(pnr) from (select pnr from lmdb)").await, before);
}

#[tokio::test]
async fn rejected_rows_wait_to_be_mended() {
    let (folder, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let write = |name: &str, text: &str| std::fs::write(source.path().join(name), text).unwrap();
    write("lpr_adm.csv", "PNR;RECNUM;C_SPEC;D_INDDTO\na;1;08;2001-02-03\nb;2;08;2001-13-03\n");
    write("lpr_diag.csv", "recnum,c_diag,c_diagtype\n1,DE11,A\n2,DE10,A\n");
    let taken = take(folder.path(), source.path(), None).await.unwrap();
    let (manifest, batch) = (taken.manifest.clone().unwrap(), taken.quarantine.clone().unwrap());
    drop(taken);
    assert_eq!(manifest.tables["lpr_adm"][0].rows, 1);
    let waiting = quarantine(folder.path()).unwrap();
    assert_eq!(
        waiting[0].reasons,
        [
            "lpr_adm.csv, line 3, column `d_inddto`: `2001-13-03` is no day; write 2020-12-31",
            "lpr_diag.csv, line 3, column `recnum`: register `lpr_adm` has no contact with this key; take it in together with that",
        ]
    );
    let mended = quarantine_folder(folder.path(), &batch).unwrap();
    assert_eq!(quarantine_folder(folder.path(), "../parts"), None);
    let rows = std::fs::read_to_string(mended.join("lpr_adm.csv")).unwrap();
    assert_eq!(rows, "PNR;RECNUM;C_SPEC;D_INDDTO\nb;2;08;2001-13-03\n");
    std::fs::write(mended.join("lpr_adm.csv"), rows.replace("-13-", "-12-")).unwrap();
    let retried = take(folder.path(), &mended, Some(&manifest)).await.unwrap();
    let manifest = retried.manifest.clone().unwrap();
    assert_eq!((retried.quarantine.clone(), manifest.tables["lpr_diag"].len()), (None, 2));
    drop(retried);
    forget(folder.path(), &batch).unwrap();
    assert_eq!(quarantine(folder.path()).unwrap(), []);
}

#[tokio::test]
async fn a_delivery_that_cannot_be_read_leaves_nothing_that_counts() {
    let first = lake(20, 2).await;
    let bad = tempfile::tempdir().unwrap();
    write_registers(bad.path(), 20, 3);
    std::fs::write(bad.path().join("sssy.csv"), "pnr,barnmak\n1,0\n").unwrap();
    let error = take(first.folder.path(), bad.path(), Some(&first.manifest)).await.unwrap_err().to_string();
    assert!(error.contains("`sssy.csv`: line 1: column `speciale`"), "{error}");
    assert_eq!(clean(first.folder.path(), std::slice::from_ref(&first.manifest)).unwrap(), 0);
    // One contact of two people: what hangs on it would be shown as either's.
    std::fs::remove_file(bad.path().join("sssy.csv")).unwrap();
    std::fs::write(
        bad.path().join("lpr_adm.csv"),
        "pnr,recnum,c_spec,d_inddto\na,1,08,2001-02-03\ncanary,1,08,2001-02-03\n",
    )
    .unwrap();
    let error = take(first.folder.path(), bad.path(), Some(&first.manifest)).await.unwrap_err().to_string();
    assert!(error.contains("stands with two persons") && !error.contains("canary"), "{error}");
}

#[tokio::test]
async fn no_file_of_the_lake_holds_a_key() {
    let lake = lake(200, 4).await;
    let mut looked_at = 0;
    for entry in std::fs::read_dir(lake.folder.path().join("parts")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"canary"));
        looked_at += 1;
    }
    assert_eq!(looked_at, 6);
}
