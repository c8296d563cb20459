//! The gate on many rows: what it lets through is what a plain filter over the same rows in memory lets through, row by
//! row, for grants by chance. `INDGANG_ROWS` and `INDGANG_GRANTS` say how many of each.

use crate::lake::{Asking, Chance, Lake, at, key, take};
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{Date32Type, Float64Type, UInt32Type};
use indgang_gate::{BlockTarget, Scope};
use indgang_lake::Limits;
use indgang_lake::house;
use indgang_model::Category;
use std::collections::{HashMap, HashSet};
use std::io::Write as _;

/// A row of the register of medicine; its place among all is its volume, so that each is known again.
#[derive(Clone, Copy)]
struct Row {
    person: u32,
    /// Days from 1970-01-01; none of one row in a hundred.
    day: Option<i32>,
    atc: u8,
}

const ATC: [&str; 5] = ["A10BA02", "A10AB01", "C10AA01", "N02BE01", "L04AB02"];
/// Days of the rows: from 2000-01-01, for twenty years.
const FIRST: i32 = 10_957;
const DAYS: u64 = 7_305;
/// Rows of a person, on average.
const EACH: u32 = 20;

fn setting(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

fn date(day: i32) -> jiff::civil::Date {
    jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(day)
}

async fn taken_in(count: u32, chance: &mut Chance) -> (Lake, Vec<Row>, u32) {
    let (folder, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let persons = count / EACH;
    let file = std::fs::File::create(source.path().join("lmdb.csv")).unwrap();
    let mut file = std::io::BufWriter::new(file);
    writeln!(file, "pnr,eksd,atc,volume,apk,indo").unwrap();
    let mut rows = Vec::with_capacity(count as usize);
    for place in 0..count {
        let person = chance.below(u64::from(persons)) as u32;
        let day = (chance.below(100) > 0).then(|| FIRST + chance.below(DAYS) as i32);
        let atc = chance.below(ATC.len() as u64) as u8;
        let written = day.map_or_else(String::new, |day| date(day).to_string());
        writeln!(file, "{},{written},{},{place},1,", key(person), ATC[usize::from(atc)]).unwrap();
        rows.push(Row { person, day, atc });
    }
    file.into_inner().unwrap().sync_all().unwrap();
    let manifest = take(folder.path(), source.path(), None).await.unwrap().manifest.unwrap();
    (Lake { folder, source, manifest }, rows, persons)
}

/// What somebody closed of her rows in the register.
enum Closed {
    All,
    Days(i32, i32),
}

/// A grant by chance, and what it closes of whom.
fn grant(persons: u32, chance: &mut Chance) -> (Asking, HashMap<u32, Closed>) {
    let day = |chance: &mut Chance| FIRST + chance.below(DAYS) as i32;
    let (mut from, mut until) = (day(chance), day(chance));
    if from > until {
        (from, until) = (until, from);
    }
    let scope = Scope {
        rows: true,
        from: (chance.below(3) > 0).then(|| date(from)),
        until: (chance.below(3) > 0).then(|| date(until)),
        ..Scope::default()
    };
    let mut asking = Asking { scope, ..Asking::rows() };
    let mut closed = HashMap::new();
    // Nobody, a few, or up to two thousand.
    let most = [0, 5, persons.min(2_000)][chance.below(3) as usize];
    for _ in 0..most {
        let person = chance.below(u64::from(persons)) as u32;
        if closed.contains_key(&person) {
            continue;
        }
        let what = match chance.below(4) {
            0 => {
                asking.refused.push(person);
                Closed::All
            }
            1 => {
                asking.blocked.push((person, BlockTarget::Everybody));
                Closed::All
            }
            2 => {
                asking.blocked.push((person, BlockTarget::Category(Category::Medication)));
                Closed::All
            }
            _ => {
                let first = day(chance);
                let last = first + chance.below(400) as i32;
                let (from, until) = (format!("{}T00:00:00Z", date(first)), format!("{}T00:00:00Z", date(last)));
                asking.blocked.push((person, BlockTarget::Period { from: at(&from), until: at(&until) }));
                // A day more at either end, whatever the time zone; the last day is touched.
                Closed::Days(first - 1, last + 2)
            }
        };
        closed.insert(person, what);
    }
    (asking, closed)
}

fn opens(row: Row, scope: &Scope, closed: &HashMap<u32, Closed>) -> bool {
    let Some(day) = row.day else {
        return scope.from.is_none() && scope.until.is_none() && !closed.contains_key(&row.person);
    };
    let within = scope.from.is_none_or(|from| from <= date(day)) && scope.until.is_none_or(|until| date(day) < until);
    within
        && match closed.get(&row.person) {
            None => true,
            Some(Closed::All) => false,
            Some(Closed::Days(from, until)) => !(*from <= day && day < *until),
        }
}

#[tokio::test]
async fn gated_equals_ungated_then_filtered_on_many_rows() {
    let (count, grants) = (setting("INDGANG_ROWS", 200_000), setting("INDGANG_GRANTS", 24));
    let mut chance = Chance(4);
    let (lake, rows, persons) = taken_in(count, &mut chance).await;
    let limits = Limits { rows: usize::MAX, memory: 8 << 30, ..Limits::default() };
    let mut shown_of_all = 0;
    for number in 0..grants {
        let (asking, closed) = grant(persons, &mut chance);
        let view = asking.view(&lake);
        let answer = house::ask(&view, "select pnr, eksd, atc, volume from lmdb", &limits, &[]).await.unwrap();
        let mut shown = vec![false; rows.len()];
        let mut pseudonyms: HashMap<u32, u32> = HashMap::new();
        for batch in &answer.rows {
            let (pnr, day) =
                (batch.column(0).as_primitive::<UInt32Type>(), batch.column(1).as_primitive::<Date32Type>());
            let places = batch.column(3).as_primitive::<Float64Type>();
            let atc = datafusion::arrow::compute::cast(batch.column(2), &datafusion::arrow::datatypes::DataType::Utf8);
            let atc = atc.unwrap();
            let atc = atc.as_string::<i32>();
            for at in 0..batch.num_rows() {
                let place = places.value(at) as usize;
                let row = rows[place];
                assert!(!std::mem::replace(&mut shown[place], true), "row {place} is shown twice");
                assert_eq!(day.is_valid(at).then(|| day.value(at)), row.day);
                assert_eq!(atc.value(at), ATC[usize::from(row.atc)]);
                assert_eq!(*pseudonyms.entry(row.person).or_insert(pnr.value(at)), pnr.value(at));
            }
        }
        let distinct: HashSet<&u32> = pseudonyms.values().collect();
        assert_eq!(distinct.len(), pseudonyms.len(), "two persons have one pseudonym");
        for (place, (row, shown)) in rows.iter().zip(&shown).enumerate() {
            assert_eq!(*shown, opens(*row, &asking.scope, &closed), "grant {number}, row {place}");
        }
        shown_of_all += shown.iter().filter(|shown| **shown).count();
    }
    // The grants by chance do open and close.
    let all = rows.len() * grants as usize;
    assert!(shown_of_all > all / 10 && shown_of_all < all, "{shown_of_all} of {all}");
}
