//! Register files of a research extract, in every spelling, and SQL over them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use indgang_lake::{LakeError, Notice, Registers, write_csv, write_file};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const BEF: &str = "pnr,koen,foed_dato\n000000000001,2,1960-01-02\n000000000002,1,2.1.1970\n";

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

async fn answer(registers: &Registers, sql: &str) -> String {
    let mut out = Vec::new();
    write_csv(&registers.run_sql(sql).await.unwrap(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

async fn error_of(files: &[(&str, &[u8])]) -> String {
    Registers::open(folder(files).path()).await.unwrap_err().to_string()
}

#[tokio::test]
async fn one_table_a_register_whatever_its_file() {
    let folder = folder(&[
        ("BEF.csv", BEF.as_bytes()),
        ("lmdb.txt", b"PNR;EKSD;ATC;VOLUME;APK;INDO;KOM\n000000000001;01JAN2015;A10BA02;16,7;2;781;101\n"),
        ("lpr_adm.tsv", b"d_inddto\tc_spec\trecnum\tpnr\r\n20000101\t8\t0000017\t000000000001\r\n"),
        ("kontakter.csv", b"pnr,dw_ek_kontakt,dato_start,hovedspeciale_ans\n1,7,2019-05-06 12:00:00,h\xf8j\n"),
        (
            "lab_forsker.csv",
            b"pnr,samplingdate,analysiscode,value\n1,2015-01-01,NPU27300,<5\n1,2015-02-01,NPU27300,48\n",
        ),
        ("notes.md", b"not a register"),
    ]);
    let registers = Registers::open(folder.path()).await.unwrap();
    for (sql, expected) in [
        (
            "select pnr, koen, foed_dato from bef order by pnr",
            "pnr,koen,foed_dato\n000000000001,2,1960-01-02\n000000000002,1,1970-01-02\n",
        ),
        ("select * from lmdb", "pnr,eksd,atc,volume,apk,indo\n000000000001,2015-01-01,A10BA02,16.7,2.0,0000781\n"),
        ("select * from lpr_adm", "pnr,recnum,c_spec,d_inddto\n000000000001,0000017,08,2000-01-01\n"),
        ("select dato_start, hovedspeciale_ans from lpr3f_kontakter", "dato_start,hovedspeciale_ans\n2019-05-06,høj\n"),
        ("select value from lab_forsker", "value\n48.0\n"),
        ("select * from sysi", "pnr,barnmak,speciale,honuge\n"),
        ("create view v as select 1 as a; select a + 1 as b from v", "b\n2\n"),
        ("select b.koen from bef b join lpr_adm a on a.pnr = b.pnr", "koen\n2\n"),
    ] {
        assert_eq!(answer(&registers, sql).await, expected, "{sql}");
    }
    let told: Vec<String> = registers.notices().iter().map(ToString::to_string).collect();
    for part in [
        "`notes.md` is no register",
        "register `sysi`",
        "`lmdb.txt`: columns left out that the register does not have: kom",
        "`lab_forsker.csv`: 1 of 2 rows could not be read and were left out; line 2, column `value`: `<5` is no number",
    ] {
        assert!(told.iter().any(|told| told.contains(part)), "{part}: {told:?}");
    }
    assert!(registers.notices().contains(&Notice::Absent("lpr3a_kontakt")));
}

#[tokio::test]
async fn a_function_of_two_texts_is_part_of_the_language() {
    let folder = folder(&[("bef.csv", BEF.as_bytes())]);
    let registers = Registers::open(folder.path()).await.unwrap();
    registers.add_text_predicate("is_a", Arc::new(|code, of| code.starts_with(of)));
    let sql = "select 1 as n, is_a(c, 'DE11') as a from (values ('DE110'), ('DE10'), (null)) as t(c)";
    assert_eq!(answer(&registers, sql).await, "n,a\n1,true\n1,false\n1,\n");
    assert_eq!(answer(&registers, "select count(*) as n from bef where is_a(pnr, '000')").await, "n\n2\n");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_where_and_what_to_do() {
    for (files, parts) in [
        (
            &[("bef.csv", &b"pnr,koen\n1,2\n"[..])][..],
            &["`bef.csv`: line 1: column `foed_dato` (date of birth) is missing; the file has `pnr`, `koen`. Name it"]
                [..],
        ),
        (&[("bef.csv", b"pnr,pnr,koen,foed_dato\n")], &["column `pnr` stands twice"]),
        (&[("bef.csv", BEF.as_bytes()), ("BEF.tsv", b"x")], &["are both register `bef`"]),
        (&[("nothing.csv", b"x")], &["holds no register; put files such as bef.csv"]),
        (
            &[("bef.csv", b"pnr,koen,foed_dato\ncanary,K,1960-01-01\n")],
            &["`bef.csv`: 1 of 1 rows cannot be read; line 2, column `koen`: `K` is no whole number; write 1"],
        ),
        (&[("bef.csv", b"pnr,koen,foed_dato\n,2,1960-01-01\n")], &["line 2, column `pnr`: there is no person's key"]),
        (&[("bef.csv", b"pnr,koen,foed_dato\ncanary,2\n")], &["line 2: it has 2 fields and the header has 3"]),
        (&[("bef.csv", b"\xff\xfep\0n\0r\0")], &["UTF-16; save it as UTF-8"]),
        (&[("bef.parquet", b"PAR1 it is not")], &["is not a Parquet file that can be read"]),
    ] {
        let error = error_of(files).await;
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
    let long = [b"pnr,koen,foed_dato\n1,2,".to_vec(), vec![b'9'; 2 << 20]].concat();
    let error = error_of(&[("bef.csv", &long)]).await;
    assert!(error.contains("line 2 is longer than 1 MiB"), "{error}");
}

#[tokio::test]
async fn a_script_reads_and_does_nothing_else() {
    let folder = folder(&[("bef.csv", BEF.as_bytes())]);
    let registers = Registers::open(folder.path()).await.unwrap();
    let file = folder.path().join("bef.csv");
    for sql in [
        format!("create external table x stored as csv location '{}'", file.display()),
        format!("copy bef to '{}'", folder.path().join("out.csv").display()),
        "set datafusion.execution.batch_size = 1".to_owned(),
        "insert into bef values ('x', 1, null)".to_owned(),
        "create schema s".to_owned(),
        format!("select * from '{}'", file.display()),
        "select * from information_schema.tables".to_owned(),
        format!("select {}1{}", "(".repeat(5000), ")".repeat(5000)),
        format!("select '{}'", "x".repeat(70_000)),
        "select".to_owned(),
    ] {
        let outcome = registers.run_sql(&sql).await;
        assert!(outcome.is_err(), "{}", &sql[..sql.len().min(80)]);
    }
    assert!(!folder.path().join("out.csv").exists());
    assert_eq!(answer(&registers, "select count(*) as n from bef").await, "n\n2\n");
}

#[tokio::test]
async fn an_answer_is_written_whole_and_read_again() {
    let folder = folder(&[("bef.csv", BEF.as_bytes())]);
    let registers = Registers::open(folder.path()).await.unwrap();
    let rows = registers.run_sql("select * from bef order by pnr").await.unwrap();
    let out = tempfile::tempdir().unwrap();
    let path = |name: &str| out.path().join(name);
    write_file(&rows, &path("bef.parquet")).unwrap();
    write_file(&rows, &path("rows.csv")).unwrap();
    assert!(matches!(write_file(&rows, &path("rows.csv")), Err(LakeError::File { .. })));
    let csv = std::fs::read_to_string(path("rows.csv")).unwrap();
    let again = Registers::open(out.path()).await.unwrap();
    assert_eq!(answer(&again, "select * from bef order by pnr").await, csv);
    assert!(!Path::new(&path("rows.csv.part")).exists());
}
