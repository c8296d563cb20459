//! A made-up file of many samples over every position that named alleles are told apart by.

use super::random::Random;
use anyhow::{Context, Result};
use indgang_knowledge::Knowledge;
use indgang_knowledge::pgx::Definition;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Samples in the file.
pub const SAMPLES: usize = 2_000;

/// Makes the file where it is not yet. Each sample has two alleles of each gene, the reference in half of the draws;
/// a call in fifty is missing, and nothing is phased.
pub fn make(cache: &Path) -> Result<PathBuf> {
    let path = cache.join("pgx.vcf");
    if path.exists() {
        return Ok(path);
    }
    std::fs::create_dir_all(cache)?;
    let mut random = Random::new(11);
    let pgx = Knowledge::shipped().pgx()?;
    let mut lines: BTreeMap<(u8, u32), String> = BTreeMap::new();
    for definition in pgx.genes.iter().filter_map(|gene| gene.definition.as_ref()) {
        let carried: Vec<[usize; 2]> =
            (0..SAMPLES).map(|_| [(); 2].map(|()| allele(definition, &mut random))).collect();
        for (place, position) in definition.positions.iter().enumerate() {
            let mut line = format!(
                "chr{}\t{}\t.\t{}\t{}\t.\tPASS\t.\tGT",
                definition.chromosome,
                position.position,
                position.alleles[0],
                position.alleles[1..].join(",")
            );
            for pair in &carried {
                if random.chance(0.02) {
                    line.push_str("\t./.");
                } else {
                    let [a, b] = pair.map(|n| definition.alleles[n].needs[place].trailing_zeros() % 16);
                    write!(line, "\t{a}/{b}")?;
                }
            }
            lines.insert((definition.chromosome.number(), position.position), line);
        }
    }
    let names: String = (0..SAMPLES).map(|n| format!("\ts{n}")).collect();
    let mut text = format!(
        "##fileformat=VCFv4.2\n##reference=GRCh38\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT{names}\n"
    );
    for line in lines.values() {
        text.push_str(line);
        text.push('\n');
    }
    std::fs::write(&path, text).with_context(|| format!("writing `{}`", path.display()))?;
    Ok(path)
}

fn allele(definition: &Definition, random: &mut Random) -> usize {
    let reference = definition.alleles.iter().position(|a| a.reference).unwrap_or(0);
    if random.chance(0.5) { reference } else { random.below(definition.alleles.len() as u64) as usize }
}
