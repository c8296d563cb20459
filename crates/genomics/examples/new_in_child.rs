//! Counts the alternates that the first sample has in one copy and the next two in none, each with DP ≥ 10 and GQ ≥ 20:
//! the measure of how fast a trio is read. `cargo run --release -p indgang-genomics --example new_in_child -- FILE THREADS`
#![allow(clippy::print_stdout, reason = "an example prints its answer")]

use indgang_genomics::call::Call;
use indgang_genomics::vcf::{ReadOptions, Reader, VcfError};

fn main() -> Result<(), VcfError> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_default();
    let mut options = ReadOptions::default();
    if let Some(threads) = arguments.next().and_then(|t| t.parse().ok()) {
        options.threads = threads;
    }
    let reader = Reader::open(std::fs::File::open(path)?, options)?;
    let mut found = 0;
    let good = |call: &Call| call.depth.is_some_and(|d| d >= 10) && call.genotype_quality.is_some_and(|q| q >= 20.0);
    let summary = reader.fold_blocks(
        || (0, Vec::new(), Vec::new()),
        |(count, genotypes, calls), record| {
            let columns = [Some(0), Some(1), Some(2)];
            for alternate in 1..=record.alternate_count() {
                record.genotypes(alternate, &columns, genotypes)?;
                let [child, father, mother] = genotypes.as_slice() else { continue };
                if !child.is_heterozygous() || !father.is_reference() || !mother.is_reference() {
                    continue;
                }
                record.calls(alternate, &columns, calls)?;
                *count += usize::from(calls.iter().all(good));
            }
            Ok(())
        },
        |(count, ..)| found += count,
    )?;
    println!("{found} of {} lines", summary.records);
    Ok(())
}
