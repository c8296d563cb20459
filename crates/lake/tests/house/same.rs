//! What a grant opens is what would be there without a gate, less what is closed: no row more, no row less.

use crate::lake::{Asking, Chance, at, key, lake, lines, told};
use indgang_gate::{BlockTarget, Scope};
use indgang_lake::Registers;
use indgang_model::Category;

/// Questions that name no key, so that both sides can be compared as they are; `{p}` stands for a condition on the
/// person, `{d}` for one on the day in the register's own column.
const QUESTIONS: [(&str, &str, Option<Category>); 5] = [
    ("select koen, foed_dato from bef where true", "foed_dato", None),
    ("select eksd, atc, volume, apk from lmdb where true", "eksd", Some(Category::Medication)),
    ("select c_spec, d_inddto from lpr_adm where true", "d_inddto", Some(Category::Encounter)),
    ("select samplingdate, value from lab_forsker where value > 40", "samplingdate", Some(Category::Laboratory)),
    ("select atc, count(*) as n, sum(volume) as v from lmdb where true", "eksd", Some(Category::Medication)),
];

#[tokio::test]
async fn gated_equals_ungated_then_filtered() {
    for seed in 0..6u64 {
        let mut chance = Chance(seed + 100);
        let lake = lake(300, seed).await;
        let open = Registers::open(lake.source.path()).await.unwrap();
        let refused: Vec<u32> = (0..300).filter(|_| chance.below(if seed % 2 == 0 { 10 } else { 2 }) == 0).collect();
        let blocked: Vec<(u32, BlockTarget)> = (0..300)
            .filter(|n| n % 7 == 0 && !refused.contains(n))
            .map(|n| {
                (
                    n,
                    match n % 3 {
                        0 => BlockTarget::Category(Category::Medication),
                        1 => {
                            BlockTarget::Period { from: at("2005-01-02T00:00:00Z"), until: at("2009-12-30T00:00:00Z") }
                        }
                        _ => BlockTarget::Everybody,
                    },
                )
            })
            .collect();
        let scope = Scope {
            rows: true,
            from: Some("2003-01-01".parse().unwrap()),
            until: Some("2015-06-01".parse().unwrap()),
            ..Scope::default()
        };
        let asking = Asking { scope, refused: refused.clone(), blocked: blocked.clone(), ..Asking::rows() };
        let view = asking.view(&lake);
        for (question, day, category) in QUESTIONS {
            let mut conditions = Vec::new();
            let gone = |n: &(u32, BlockTarget)| match &n.1 {
                BlockTarget::Everybody => true,
                BlockTarget::Category(blocked) => Some(*blocked) == category,
                _ => false,
            };
            let gone = refused.iter().copied().chain(blocked.iter().filter(|n| gone(n)).map(|n| n.0));
            let gone: Vec<String> = gone.map(|n| format!("'{}'", key(n))).collect();
            conditions.push(format!("pnr not in ('', {})", gone.join(", ")));
            if category.is_some() {
                conditions.push(format!("{day} >= '2003-01-01' and {day} < '2015-06-01'"));
                let period = blocked.iter().filter(|(_, target)| matches!(target, BlockTarget::Period { .. }));
                // A day more at either end, whatever the time zone.
                conditions.extend(period.map(|(n, _)| {
                    format!("not (pnr = '{}' and {day} >= '2005-01-01' and {day} < '2010-01-01')", key(*n))
                }));
            }
            let group = if question.contains("count(*)") { " group by atc" } else { "" };
            let sql = format!("{question} and {}{group}", conditions.join(" and "));
            let expected = lines(&open.run_sql(&sql).await.unwrap());
            let got = told(&view, &format!("{question}{group}")).await;
            assert!(expected.len() > 2, "{sql}");
            assert_eq!(got, expected, "seed {seed}: {question}");
        }
        // Diagnoses are their contact's person's.
        let diagnoses = told(&view, "select c_diag from lpr_diag").await.len();
        let joined = told(&view, "select d.c_diag from lpr_diag d join lpr_adm a on a.recnum = d.recnum").await.len();
        assert_eq!(diagnoses, joined);
    }
}
