//! How long each part takes to load: `cargo run --release -p indgang-knowledge --example load`.

use indgang_knowledge::{Knowledge, PartError};
use indgang_model::Assembly::{GRCh37, GRCh38};
use std::time::Instant;

fn main() -> Result<(), PartError> {
    let (knowledge, start) = (Knowledge::shipped(), Instant::now());
    let timed = |name: &str, load: &dyn Fn() -> Result<usize, PartError>| -> Result<(), PartError> {
        let start = Instant::now();
        let n = load()?;
        println!("{name:<22} {n:>8} rows {:>7.1} ms", start.elapsed().as_secs_f64() * 1e3);
        Ok(())
    };
    timed("hpo", &|| Ok(knowledge.hpo()?.terms().len()))?;
    timed("diseases", &|| Ok(knowledge.diseases()?.diseases().len()))?;
    timed("genes", &|| Ok(knowledge.genes()?.all().len()))?;
    timed("clinvar GRCh37", &|| Ok(knowledge.clinvar(GRCh37)?.len()))?;
    timed("clinvar GRCh38 (more)", &|| Ok(knowledge.clinvar(GRCh38)?.len()))?;
    timed("transcripts GRCh37", &|| Ok(knowledge.transcripts(GRCh37)?.transcripts().len()))?;
    timed("transcripts GRCh38", &|| Ok(knowledge.transcripts(GRCh38)?.transcripts().len()))?;
    timed("liftover from GRCh37", &|| knowledge.liftover_from(GRCh37).map(|_| 0))?;
    timed("liftover from GRCh38", &|| knowledge.liftover_from(GRCh38).map(|_| 0))?;
    println!("{:<36} {:>7.1} ms", "all", start.elapsed().as_secs_f64() * 1e3);
    Ok(())
}
