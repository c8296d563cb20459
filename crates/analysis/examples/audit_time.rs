//! How long the auditor of differences takes: a population by region, year of birth and sex, each alone, each two together
//! and all three, as one permit would be told; then a crosstab of 20 000 cells beside it, and one question more.
//!
//! `cargo run --release -p indgang-analysis --example audit_time [PERSONS]`

use indgang_analysis::disclosure::{Contribution, audit};
use roaring::RoaringBitmap;
use std::collections::BTreeMap;
use std::time::Instant;

fn main() {
    let persons: u32 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let mut state = 1u64;
    let mut below = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    // Region, year of birth, sex, municipality and month, profession.
    let all: Vec<[u64; 5]> = (0..persons).map(|_| [5, 90, 2, 200, 100].map(&mut below)).collect();
    let table = |by: &[usize]| -> Vec<Contribution> {
        let mut cells: BTreeMap<Vec<u64>, RoaringBitmap> = BTreeMap::new();
        for (person, of) in (0..).zip(&all) {
            cells.entry(by.iter().map(|at| of[*at]).collect()).or_default().insert(person);
        }
        cells.into_values().filter(|cell| cell.len() >= 5).map(Contribution::once).collect()
    };
    let mut told: Vec<Contribution> = Vec::new();
    let bys: [&[usize]; 9] = [&[], &[0], &[1], &[2], &[0, 1], &[0, 2], &[1, 2], &[0, 1, 2], &[3, 4]];
    for by in bys {
        told.extend(table(by));
        timed(&format!("by {by:?}"), &told);
    }
    told.push(Contribution::once((0..persons - 3).collect()));
    timed("all but three", &told);
}

fn timed(name: &str, told: &[Contribution]) {
    let start = Instant::now();
    let found = match audit(&told.iter().collect::<Vec<_>>(), 5) {
        Ok(found) => format!("{} tell, {} follow", found.tells.len(), found.follows.len()),
        Err(error) => error.to_string(),
    };
    println!("{name}: {} numbers, {:.2} s, {found}", told.len(), start.elapsed().as_secs_f64());
}
