//! A made-up chromosome with genes and variants, for timing consequences against bcftools csq on the same files.

use super::random::Random;
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Bases of the chromosome.
const LENGTH: usize = 20_000_000;
/// Variants in the file.
pub const VARIANTS: usize = 1_000_000;

/// The files of the bench.
pub struct Files {
    /// One chromosome.
    pub fasta: PathBuf,
    /// Its genes, two transcripts each.
    pub gff: PathBuf,
    /// Its variants, without samples.
    pub vcf: PathBuf,
}

/// Makes the files where they are not yet.
pub fn make(cache: &Path) -> Result<Files> {
    let file = |name: &str| cache.join(name);
    let files = Files { fasta: file("chr1.fa"), gff: file("chr1.gff3"), vcf: file("chr1.vcf") };
    if files.vcf.exists() {
        return Ok(files);
    }
    std::fs::create_dir_all(cache)?;
    let mut random = Random::new(7);
    let mut bases: Vec<u8> = (0..LENGTH).map(|_| b"ACGT"[random.below(4) as usize]).collect();
    let gff = genes(&mut random, &mut bases);
    let mut fasta = String::from(">1\n");
    for line in bases.chunks(60) {
        fasta.push_str(&String::from_utf8_lossy(line));
        fasta.push('\n');
    }
    let write =
        |path: &Path, text: String| std::fs::write(path, text).with_context(|| format!("writing `{}`", path.display()));
    write(&files.fasta, fasta)?;
    write(&files.gff, gff)?;
    write(&files.vcf, variants(&mut random, &bases))?;
    Ok(files)
}

/// Genes of 4 to 12 exons on both strands; writes their start, codons without stop, and stop into the chromosome.
fn genes(random: &mut Random, bases: &mut [u8]) -> String {
    let mut gff = String::from("##gff-version 3\n");
    let (mut at, mut number) = (20_000u64, 0);
    while at < LENGTH as u64 - 200_000 {
        number += 1;
        let forward = random.chance(0.5);
        let mut exons = Vec::new();
        for _ in 0..4 + random.below(9) {
            let length = 80 + random.below(171);
            exons.push((at, at + length - 1));
            at += length + 300 + random.below(3_700);
        }
        gene(&mut gff, bases, number, forward, &exons);
        at += 2_000 + random.below(28_000);
    }
    gff
}

fn gene(gff: &mut String, bases: &mut [u8], number: u32, forward: bool, exons: &[(u64, u64)]) {
    let mut places: Vec<u64> = exons.iter().flat_map(|(start, end)| *start..=*end).collect();
    if !forward {
        places.reverse();
    }
    let coding = &places[60..60 + (places.len() - 160) / 3 * 3];
    let codons = coding.len() / 3;
    for (index, codon) in coding.chunks(3).enumerate() {
        let read: Vec<u8> = codon.iter().map(|p| along(bases[*p as usize - 1], forward)).collect();
        let written: &[u8] = match index {
            0 => b"ATG",
            _ if index + 1 == codons => b"TAA",
            _ if matches!(&read[..], b"TAA" | b"TAG" | b"TGA") => b"CAG",
            _ => continue,
        };
        for (place, base) in codon.iter().zip(written) {
            bases[*place as usize - 1] = along(*base, forward);
        }
    }
    let (first, last) = (coding[0].min(coding[coding.len() - 1]), coding[0].max(coding[coding.len() - 1]));
    let (start, end) = (exons[0].0, exons[exons.len() - 1].1);
    let strand = if forward { '+' } else { '-' };
    let _ = writeln!(
        gff,
        "1\tx\tgene\t{start}\t{end}\t.\t{strand}\t.\tID=gene:G{number};Name=G{number};biotype=protein_coding;gene_id=G{number}"
    );
    for copy in 0..2 {
        let id = format!("T{number}_{copy}");
        let _ = writeln!(
            gff,
            "1\tx\tmRNA\t{start}\t{end}\t.\t{strand}\t.\tID=transcript:{id};Parent=gene:G{number};biotype=protein_coding;transcript_id={id};version=1"
        );
        for (a, b) in exons {
            let _ = writeln!(gff, "1\tx\texon\t{a}\t{b}\t.\t{strand}\t.\tParent=transcript:{id}");
        }
        let parts =
            exons.iter().filter(|(a, b)| *b >= first && *a <= last).map(|(a, b)| (*a.max(&first), *b.min(&last)));
        let mut parts: Vec<(u64, u64)> = parts.collect();
        if !forward {
            parts.reverse();
        }
        let mut done = 0;
        for (a, b) in parts {
            let phase = (3 - done % 3) % 3;
            done += b - a + 1;
            let _ = writeln!(gff, "1\tx\tCDS\t{a}\t{b}\t.\t{strand}\t{phase}\tID=CDS:P{number};Parent=transcript:{id}");
        }
    }
}

/// A base read or written along a strand.
const fn along(base: u8, forward: bool) -> u8 {
    if forward { base } else { indgang_genomics::reference::complement(base) }
}

/// 88 % single bases, 6 % deletions, 6 % insertions, of up to four bases.
fn variants(random: &mut Random, bases: &[u8]) -> String {
    let mut places: Vec<usize> = Vec::with_capacity(VARIANTS + VARIANTS / 10);
    while places.len() < VARIANTS {
        places.extend((0..VARIANTS - places.len()).map(|_| 1_000 + random.below(LENGTH as u64 - 2_000) as usize));
        places.sort_unstable();
        places.dedup();
    }
    let mut text = format!(
        "##fileformat=VCFv4.2\n##contig=<ID=1,length={LENGTH}>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    );
    for place in places {
        let reference = bases[place - 1];
        let length = 1 + random.below(4) as usize;
        let (old, new): (Vec<u8>, Vec<u8>) = match random.below(100) {
            0..88 => {
                let others: Vec<u8> = b"ACGT".iter().copied().filter(|b| *b != reference).collect();
                (vec![reference], vec![others[random.below(3) as usize]])
            }
            88..94 => (bases[place - 1..place + length].to_vec(), vec![reference]),
            _ => {
                let more = (0..length).map(|_| b"ACGT"[random.below(4) as usize]);
                (vec![reference], std::iter::once(reference).chain(more).collect())
            }
        };
        let _ = writeln!(
            text,
            "1\t{place}\t.\t{}\t{}\t50\tPASS\t.",
            String::from_utf8_lossy(&old),
            String::from_utf8_lossy(&new)
        );
    }
    text
}
