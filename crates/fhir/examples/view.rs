//! Times a view over NDJSON in memory: `view VIEWDEFINITION.json RESOURCES.ndjson [RUNS]`.
//! Prints resources, rows and the processor's seconds from text to columns; `cargo xtask bench fhir` reads it.

use indgang_fhir::view::{Columns, Runner, View};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [definition, resources, runs @ ..] = arguments.as_slice() else {
        return Err("usage: view VIEWDEFINITION.json RESOURCES.ndjson [RUNS]".into());
    };
    let runs: usize = runs.first().map_or(Ok(3), |r| r.parse())?;
    let view = View::parse(&std::fs::read_to_string(definition)?)?;
    let text = std::fs::read_to_string(resources)?;
    for _ in 0..runs {
        let start = processor_time()?;
        let mut runner = Runner::new(&view);
        let mut columns = Columns::new(&view);
        let (mut count, mut rows) = (0u64, 0);
        for line in text.lines() {
            runner.resource(line, &mut |row| columns.push(row))?;
            count += 1;
            // As a writer of row groups would.
            if columns.rows >= 100_000 {
                rows += columns.rows;
                columns.clear();
            }
        }
        rows += columns.rows;
        let seconds = processor_time()? - start;
        println!(
            "{count} resources, {rows} rows, {seconds:.3} CPU seconds, {:.0} resources per CPU second",
            count as f64 / seconds
        );
    }
    Ok(())
}

/// Seconds that this thread was on a processor, which a busy machine does not change (Linux: `schedstat`).
fn processor_time() -> Result<f64, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = text.split_whitespace().next().ok_or("no time in schedstat")?.parse()?;
    Ok(nanos / 1e9)
}
