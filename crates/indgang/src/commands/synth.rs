//! `indgang synth`: a made-up Danish population in the tables of its registers.

use super::threads::ThreadArguments;
use crate::output::{self, Output};
use anyhow::{Context as _, bail};
use indgang_synth::{Citizen, Households, REGISTERS, Rows};
use rayon::prelude::*;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Citizens of one piece of work.
const PIECE: usize = 500;
/// Pieces that are made before they are written: memory stays bounded whatever the population's size.
const PIECES: usize = 32;

/// Arguments of `synth`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How many citizens
    #[arg(long, value_name = "N")]
    citizens: u64,
    /// The same seed gives the same population, bit for bit
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Folder for the register files: bef.csv, lpr_adm.csv and the others
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    threads: ThreadArguments,
}

/// Writes the files, or none of them.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    arguments.threads.read_options()?;
    let counts = write(arguments.seed, arguments.citizens, &arguments.out)?;
    for ((name, _), count) in REGISTERS.iter().zip(counts) {
        println!("{name:<16} {count:>12} rows");
    }
    Ok(())
}

/// Writes the register files of a population into a folder. Rows of each, in the order of the registers.
pub fn write(seed: u64, citizens: u64, folder: &Path) -> anyhow::Result<[u64; REGISTERS.len()]> {
    std::fs::create_dir_all(folder).with_context(|| {
        format!(
            "cannot make the folder `{}`: name another with --out, or ask for the right to write there",
            folder.display()
        )
    })?;
    let full = || format!("cannot write to `{}`: is the disk full?", folder.display());
    let mut files = Vec::with_capacity(REGISTERS.len());
    for (name, columns) in REGISTERS {
        let mut file = Output::create(&folder.join(name).with_extension("csv"))?;
        writeln!(file, "{columns}").with_context(full)?;
        files.push(file);
    }
    let style = indicatif::ProgressStyle::with_template("making {wide_bar} {pos}/{len} citizens, {eta} left")?;
    let progress = indicatif::ProgressBar::new(citizens).with_style(style);
    let mut people = Households::new(seed).flatten();
    let (mut counts, mut made) = ([0; REGISTERS.len()], 0);
    while made < citizens {
        let wanted = usize::try_from(citizens - made).unwrap_or(usize::MAX).min(PIECE * PIECES);
        let batch: Vec<Citizen> = people.by_ref().take(wanted).collect();
        if batch.is_empty() {
            bail!("{made} citizens are as many as there are numbers for; ask for fewer with --citizens");
        }
        let pieces: Vec<Rows> = batch.par_chunks(PIECE).map(|piece| rows(seed, piece)).collect();
        for piece in &pieces {
            for (place, file) in files.iter_mut().enumerate() {
                file.write_all(&piece.texts[place]).with_context(full)?;
                counts[place] += piece.counts[place];
            }
        }
        made += batch.len() as u64;
        progress.inc(batch.len() as u64);
    }
    output::finish_all(files)?;
    progress.finish_and_clear();
    Ok(counts)
}

fn rows(seed: u64, piece: &[Citizen]) -> Rows {
    let mut rows = Rows::default();
    for citizen in piece {
        indgang_synth::add(seed, citizen, &mut rows);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn made(seed: u64, citizens: u64, threads: usize) -> Vec<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| write(seed, citizens, folder.path())).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), REGISTERS.len());
        REGISTERS.map(|(name, _)| fs::read(folder.path().join(format!("{name}.csv"))).unwrap()).to_vec()
    }

    #[test]
    fn the_same_bits_on_any_number_of_threads() {
        let one = made(11, 3_000, 1);
        assert_eq!(one, made(11, 3_000, 3));
        assert_ne!(one, made(12, 3_000, 1));
        // A smaller population is the beginning of a larger one.
        for (small, large) in made(11, 700, 2).iter().zip(&one) {
            assert!(large.starts_with(small) && small.len() > 60);
        }
    }

    #[test]
    fn nobody_is_asked_for_and_every_table_has_its_columns() {
        for (text, (_, columns)) in made(1, 0, 1).iter().zip(REGISTERS) {
            assert_eq!(text, format!("{columns}\n").as_bytes());
        }
    }
}
