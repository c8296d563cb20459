//! Attacks on the counts of a permit: forty persons of whom the attacker knows a rare thing, and wants to know another.
//!
//! Each attack is a few questions that anybody may ask. Without control, by what the numbers are, it finds the other thing
//! out; with control the attacker has what she was told *and* what she was not: whether an answer was refused may tell
//! too. She knows how often an outcome goes with the one or the other from persons of whom she knows both, and guesses
//! so. Half of the targets have it, so that guessing without any question is right for half.

use crate::lake::{Asking, Chance, Lake, key, lines, take};
use indgang_gate::{CellNoise, Scope};
use indgang_lake::house::{self, View};
use indgang_lake::{Limits, Registers};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const TARGETS: u32 = 40;
const PEOPLE: u32 = 640;

/// Forty persons, each born on a day of her own, half of them women and half of them with the drug `B`, bought on a day of
/// their own; and six hundred others.
async fn population() -> Lake {
    let (folder, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut chance = Chance(77);
    let (mut bef, mut lmdb) = ("pnr,koen,foed_dato\n".to_owned(), "pnr,eksd,atc,volume,apk,indo\n".to_owned());
    for person in 0..PEOPLE {
        let target = person < TARGETS;
        let secret = target && person % 2 == 0;
        let koen = if target { 1 + u64::from(secret) } else { 1 + chance.below(2) };
        let born = match target {
            true => day_of(person),
            false => format!("{}-{:02}-01", 1940 + chance.below(40), 1 + chance.below(12)),
        };
        writeln!(bef, "{},{koen},{born}", key(person)).unwrap();
        // Everybody buys both drugs on common days; targets buy one of them on a day of their own as well.
        for atc in ["A10BA02", "C10AA01"] {
            writeln!(lmdb, "{},2015-{:02}-01,{atc},{},1,", key(person), 1 + chance.below(12), 1 + chance.below(9))
                .unwrap();
        }
        if target {
            let atc = if secret { "A10BA02" } else { "C10AA01" };
            writeln!(lmdb, "{},{},{atc},3,1,", key(person), bought(person)).unwrap();
            // One of nine buyers of a drug of her own: what she bought is nearly all of it.
            let much = if secret { 2000 } else { 1000 };
            writeln!(lmdb, "{},2016-01-01,V{person:02},{much},1,", key(person)).unwrap();
            for other in 0..8 {
                let other = key(TARGETS + (person * 8 + other) % (PEOPLE - TARGETS));
                writeln!(lmdb, "{other},2016-01-01,V{person:02},1,1,").unwrap();
            }
        }
    }
    std::fs::write(source.path().join("bef.csv"), bef).unwrap();
    std::fs::write(source.path().join("lmdb.csv"), lmdb).unwrap();
    let manifest = take(folder.path(), source.path(), None).await.unwrap().manifest.unwrap();
    Lake { folder, source, manifest }
}

fn day_of(person: u32) -> String {
    format!("19{}-{:02}-{:02}", 50 + person % 20, 1 + person % 12, 2 + person % 25)
}

fn bought(person: u32) -> String {
    format!("2017-{:02}-{:02}", 1 + person % 12, 1 + person % 28)
}

/// What a question told: its only number, or that there is none.
type Told = Option<f64>;

/// Questions about a target, and what the numbers tell of her secret when none is kept back.
struct Attack {
    name: &'static str,
    questions: fn(u32) -> Vec<String>,
    solve: fn(&[f64]) -> bool,
}

/// The same question, put so many times and each time in other words.
const REPEATED: usize = 5;

fn attacks() -> Vec<Attack> {
    vec![
        Attack {
            name: "n - 1",
            questions: |n| {
                let less = format!("select count(*) from bef where koen = 2 and foed_dato <> '{}'", day_of(n));
                vec!["select count(*) from bef where koen = 2".to_owned(), less]
            },
            solve: |told| told[0] - told[1] > 0.5,
        },
        Attack {
            name: "n + 1",
            questions: |n| {
                let others = "foed_dato in (select d from (values ('1945-03-01')) as v(d)) or foed_dato < '1950-01-01'";
                let more =
                    format!("select count(*) from bef where koen = 2 and ({others} or foed_dato = '{}')", day_of(n));
                vec![format!("select count(*) from bef where koen = 2 and ({others})"), more]
            },
            solve: |told| told[1] - told[0] > 0.5,
        },
        Attack {
            name: "averaging by repetition",
            questions: |n| {
                let put = |again: usize| {
                    let born = format!("foed_dato = '{}' and {again} = {again}", day_of(n));
                    [format!("koen = 2 and {again} = {again}"), format!("koen = 2 and not ({born})")]
                };
                let all = (0..REPEATED).flat_map(put);
                all.map(|condition| format!("select count(*) from bef where {condition}")).collect()
            },
            solve: |told| {
                let differences = told.chunks(2).map(|pair| pair[0] - pair[1]);
                differences.sum::<f64>() / REPEATED as f64 > 0.5
            },
        },
        Attack {
            name: "tracker",
            questions: |n| {
                let her = format!("(foed_dato = '{}' and koen = 2)", day_of(n));
                let half = "foed_dato < '1960-06-15'";
                [format!("{her} or {half}"), format!("{her} or not ({half})"), "true".to_owned()]
                    .map(|condition| format!("select count(*) from bef where {condition}"))
                    .into()
            },
            solve: |told| told[0] + told[1] - told[2] > 0.5,
        },
        Attack {
            name: "zero cell",
            questions: |n| vec![format!("select count(*) from bef where koen = 2 and foed_dato = '{}'", day_of(n))],
            solve: |told| told[0] > 0.5,
        },
        Attack {
            name: "dominance",
            questions: |n| vec![format!("select sum(volume) from lmdb where atc = 'V{n:02}'")],
            solve: |told| told[0] > 1500.0,
        },
        Attack {
            name: "linear combination",
            questions: |n| {
                // Four groups of the others, crosswise: no two sets are near each other, and none is within another.
                let born = format!("foed_dato = '{}'", day_of(n));
                let [p, q, r, s] = [1, 2, 3, 4].map(|quarter| {
                    format!(
                        "(date_part('month', foed_dato) in ({}, {}, {}) and not {born})",
                        3 * quarter - 2,
                        3 * quarter - 1,
                        3 * quarter
                    )
                });
                [format!("{p} or {q}"), format!("{r} or {s} or {born}"), format!("{p} or {r}"), format!("{q} or {s}")]
                    .map(|condition| format!("select count(*) from bef where koen = 2 and ({condition})"))
                    .into()
            },
            solve: |told| told[0] + told[1] - told[2] - told[3] > 0.5,
        },
        Attack {
            name: "rows of the same persons",
            questions: |n| {
                let less = format!("select count(*) from lmdb where atc = 'A10BA02' and eksd <> '{}'", bought(n));
                vec!["select count(*) from lmdb where atc = 'A10BA02'".to_owned(), less]
            },
            solve: |told| told[0] - told[1] > 0.5,
        },
    ]
}

fn number(lines: &[String]) -> Told {
    lines.first().and_then(|line| line.parse().ok())
}

/// What each question told, one after another, as one who is remembered.
async fn under_control(view: &View, questions: &[String]) -> Vec<Told> {
    let (mut earlier, mut told) = (Vec::new(), Vec::new());
    for sql in questions {
        let answer = house::ask(view, sql, &Limits { threads: 1, ..Limits::default() }, &earlier).await;
        let answer = answer.map_err(|error| format!("{sql}: {error}")).unwrap();
        earlier.extend(answer.cells.clone());
        told.push(number(&lines(&answer.rows)));
    }
    told
}

/// How many of the targets are guessed right by one who knows what each outcome goes with: where all is told, by the
/// numbers, else by which were told. Of each outcome the half that was seen more often is taken, with what was seen of her
/// left out, so that an outcome that tells nothing is right for about half, and never by its own count.
fn right(outcomes: &[(Vec<Told>, bool)], solve: fn(&[f64]) -> bool) -> (usize, usize) {
    let pattern = |told: &[Told]| -> Vec<bool> { told.iter().map(Option::is_some).collect() };
    let mut of: BTreeMap<Vec<bool>, [i32; 2]> = BTreeMap::new();
    outcomes.iter().for_each(|(told, secret)| of.entry(pattern(told)).or_default()[usize::from(*secret)] += 1);
    let (mut right, mut solved) = (0, 0);
    for (number, (told, secret)) in outcomes.iter().enumerate() {
        let numbers: Option<Vec<f64>> = told.iter().copied().collect();
        let guess = match numbers {
            Some(numbers) => {
                solved += 1;
                solve(&numbers)
            }
            None => {
                let [mut no, mut yes] = of[&pattern(told)];
                if *secret {
                    yes -= 1
                } else {
                    no -= 1
                }
                // What leans by one only leans away from her, who was left out: then a coin.
                if (yes - no).abs() <= 1 { number % 4 < 2 } else { yes > no }
            }
        };
        right += usize::from(guess == *secret);
    }
    (right, solved)
}

async fn rates(lake: &Lake, asking: &Asking) -> Vec<(&'static str, usize, usize)> {
    let view = asking.view(lake);
    let mut rates = Vec::new();
    for attack in attacks() {
        if attack.name == "dominance" && asking.scope.noise.is_some() {
            continue; // sums are refused beside noise
        }
        let mut outcomes = Vec::new();
        for target in 0..TARGETS {
            outcomes.push((under_control(&view, &(attack.questions)(target)).await, target % 2 == 0));
        }
        let (right, solved) = right(&outcomes, attack.solve);
        rates.push((attack.name, right, solved));
    }
    rates
}

#[tokio::test]
async fn without_control_every_attack_succeeds() {
    let lake = population().await;
    let open = Registers::open(lake.source.path()).await.unwrap();
    for attack in attacks() {
        for target in 0..TARGETS {
            let mut told = Vec::new();
            for sql in (attack.questions)(target) {
                told.push(number(&lines(&open.run_sql(&sql).await.unwrap())).unwrap_or_default());
            }
            assert_eq!((attack.solve)(&told), target % 2 == 0, "{}: {target}: {told:?}", attack.name);
        }
    }
}

#[tokio::test]
async fn under_control_an_attack_is_no_better_than_guessing() {
    let lake = population().await;
    let noise = Scope { noise: Some(CellNoise { most: 5, variance: 4 }), rounding: 5, ..Scope::default() };
    for (how, scope) in [("as they are", Scope::default()), ("rounded, with noise", noise)] {
        for (name, right, solved) in rates(&lake, &Asking { scope, ..Asking::counts() }).await {
            println!("counts {how}: {name}: {right} of {TARGETS} right, {solved} told in full");
            // Of forty coins, more than 26 fall on one side once in fifty times.
            assert!(right <= 26, "counts {how}: {name}: {right} of {TARGETS} right, {solved} told in full");
        }
    }
}
