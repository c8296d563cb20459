//! Answers: pseudonyms, cells that are kept back, and what is remembered of them.

use crate::lake::{Asking, Lake, ask, lake, lines, told};
use indgang_gate::Scope;
use indgang_lake::house::{self, View};
use indgang_lake::{LakeError, Limits};
use indgang_model::Category;
use std::collections::BTreeSet;

#[tokio::test]
async fn pseudonyms_are_the_same_within_a_permit_and_others_in_another() {
    let lake = lake(100, 5).await;
    let (one, two) = (Asking::rows(), Asking { permit: "p2", ..Asking::rows() });
    let of = |lines: Vec<String>| lines.into_iter().collect::<BTreeSet<_>>();
    let in_bef = of(told(&one.view(&lake), "select pnr from bef").await);
    let in_lmdb = of(told(&one.view(&lake), "select distinct pnr from lmdb").await);
    let in_other = of(told(&two.view(&lake), "select pnr from bef").await);
    assert_eq!((in_bef.len(), in_other.len()), (100, 100));
    assert!(in_lmdb.is_subset(&in_bef) && in_bef.is_disjoint(&in_other));
    let contacts = "select recnum from lpr_adm";
    assert!(of(told(&one.view(&lake), contacts).await).is_disjoint(&of(told(&two.view(&lake), contacts).await)));
}

#[tokio::test]
async fn small_cells_are_kept_back_also_with_rows() {
    let lake = lake(400, 6).await;
    let view = Asking::counts().view(&lake);
    let answer = ask(&view, "select foed_dato, count(*) from bef group by foed_dato").await.unwrap();
    let shown = lines(&answer.rows);
    let large = |line: &String| line.split(',').nth(1).unwrap().parse::<u32>().unwrap() >= 5;
    assert!(answer.left_out && shown.len() < 5 && shown.iter().all(large), "{shown:?}");
    let answer = ask(&view, "select koen, count(*) as n from bef group by koen").await.unwrap();
    assert!(!answer.left_out);
    let n: u32 = lines(&answer.rows).iter().map(|line| line.split(',').nth(1).unwrap().parse::<u32>().unwrap()).sum();
    assert_eq!(n, 400);
    let rows = Asking::rows().view(&lake);
    assert!(ask(&rows, "select foed_dato, count(*) from bef group by foed_dato").await.unwrap().left_out);
    // A permit may ask for more.
    let scope = Scope { minimum_cell: 390, ..Scope::default() };
    let strict = Asking { scope, ..Asking::counts() }.view(&lake);
    assert!(lines(&ask(&strict, "select koen, count(*) from bef group by koen").await.unwrap().rows).is_empty());
}

#[tokio::test]
async fn one_person_a_row_allows_what_registers_are_asked() {
    let lake = lake(400, 7).await;
    let view = Asking::counts().view(&lake);
    for sql in [
        "select koen, count(distinct pnr) from bef where pnr in (select pnr from lmdb where atc like 'A10%') group by koen",
        "with f as (select pnr, min(eksd) as first from lmdb group by pnr) select extract(year from first) / 5 as y, count(*) from f group by y",
        "select b.koen, count(*), avg(l.value) from lab_forsker l join bef b on b.pnr = l.pnr group by b.koen",
        "select c.name, count(*) from lpr_diag d join (values ('DE100', 'type 1'), ('DE110', 'type 2')) as c(code, name) on c.code = d.c_diag group by c.name",
        "select n, count(*) from (select pnr, count(*) as n from lpr_adm group by pnr) group by n",
        "select d.c_diag, count(distinct d.pnr) from lpr_diag d join lpr_adm a on a.recnum = d.recnum group by d.c_diag",
        "select koen, sum(case when foed_dato < '1960-01-01' then 1 else 0 end) as old from bef group by koen",
        "select sum(volume * apk) from lmdb",
        "select 100.0 * max(n) / sum(n) from (select koen, count(*) as n from bef group by koen)",
        "select count(*) from (select pnr, row_number() over (partition by pnr order by eksd) as r from lmdb) where r = 2",
    ] {
        let rows = told(&view, sql).await;
        assert!(!rows.is_empty() && rows.iter().any(|row| row.chars().any(|c| c.is_ascii_digit())), "{sql}: {rows:?}");
    }
}

/// Puts questions one after another, as one who is remembered.
async fn in_turn(view: &View, questions: &[&str]) -> Vec<Vec<String>> {
    let (mut earlier, mut answers) = (Vec::new(), Vec::new());
    for sql in questions {
        let answer = house::ask(view, sql, &Limits::default(), &earlier).await.unwrap();
        earlier.extend(answer.cells.clone());
        answers.push(lines(&answer.rows));
    }
    answers
}

async fn youngest(lake: &Lake) -> String {
    let dates = told(&Asking::rows().view(lake), "select foed_dato from bef order by foed_dato").await;
    dates.last().unwrap().clone()
}

#[tokio::test]
async fn what_differs_by_few_is_not_told() {
    let lake = lake(300, 8).await;
    let view = Asking::counts().view(&lake);
    let youngest = youngest(&lake).await;
    let without = format!("select count(*) from bef where foed_dato < '{youngest}'");
    let all = "select count(*) from bef";
    for questions in [[all, &without], [&without, all]] {
        let answers = in_turn(&view, &questions).await;
        assert_eq!(answers[0].len(), 1);
        assert!(answers[1].is_empty(), "{questions:?}: {answers:?}");
    }
    // The same question again gets the same answer: repeating it averages nothing away.
    let answers = in_turn(&view, &[all, all, "select count(*) as n from bef"]).await;
    assert!(answers.iter().all(|rows| *rows == ["300"]), "{answers:?}");
    // A total of a table that was told is told; a question of its own that comes to the same tells that nobody differs.
    let table = "select koen, count(*) from bef group by koen";
    let answers = in_turn(&view, &[table, all, "select count(*) as n from bef where koen > 0"]).await;
    assert_eq!(answers.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 0], "{answers:?}");
    // The tracker: a set made large by others, and those others.
    let padded = format!("select count(*) from bef where koen = 1 or foed_dato >= '{youngest}'");
    let answers = in_turn(&view, &["select count(*) from bef where koen = 1", &padded]).await;
    assert!(answers[1].is_empty(), "{answers:?}");
    // Within one answer: a count of some, and the count of all of the cell.
    let both = format!("select count(*), sum(case when foed_dato < '{youngest}' then 1 else 0 end) from bef");
    assert!(ask(&view, &both).await.unwrap().left_out);
}

#[tokio::test]
async fn a_grant_of_some_kinds_opens_some_tables() {
    let lake = lake(50, 9).await;
    let asking = Asking { categories: vec![Category::Laboratory], ..Asking::rows() };
    assert_eq!(
        asking.view(&lake).tables().map(|(register, _)| register.name).collect::<Vec<_>>(),
        ["bef", "lab_forsker"]
    );
    let columns = [("bef".to_owned(), ["koen".to_owned()].into()), ("lmdb".to_owned(), [].into())].into();
    let masked = Asking { scope: Scope { rows: true, tables: Some(columns), ..Scope::default() }, ..Asking::rows() };
    let view = masked.view(&lake);
    assert_eq!(told(&view, "select * from bef").await.len(), 50);
    for (sql, part) in [("select foed_dato from bef", "foed_dato"), ("select * from lpr_adm", "lpr_adm")] {
        let error = ask(&view, sql).await.unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("No field named") | error.contains("not found"), "{error}");
    }
    // Planning gets counts whatever the permit says.
    let planning = Asking { planning: true, ..Asking::rows() };
    assert!(matches!(
        ask(&planning.view(&lake), "select pnr from bef").await,
        Err(LakeError::Refused { rule: "lake-rows", .. })
    ));
}
