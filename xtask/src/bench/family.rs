//! A made-up trio: who carries what, and what a sequencer would have written about it.

use super::random::Random;
use std::fmt::Write;

/// Names of the columns: child, father, mother. The child is a girl, so that X needs no rules of its own.
pub const SAMPLES: [&str; 3] = ["CHILD", "FATHER", "MOTHER"];

/// The pedigree as a PED file.
pub const PED: &str = "bench\tCHILD\tFATHER\tMOTHER\t2\t2\nbench\tFATHER\t0\t0\t1\t1\nbench\tMOTHER\t0\t0\t2\t1\n";

/// Lengths of the chromosomes of GRCh37.
pub const CHROMOSOMES: [(&str, u32); 23] = [
    ("1", 249_250_621),
    ("2", 243_199_373),
    ("3", 198_022_430),
    ("4", 191_154_276),
    ("5", 180_915_260),
    ("6", 171_115_067),
    ("7", 159_138_663),
    ("8", 146_364_022),
    ("9", 141_213_431),
    ("10", 135_534_747),
    ("11", 135_006_516),
    ("12", 133_851_895),
    ("13", 115_169_878),
    ("14", 107_349_540),
    ("15", 102_531_392),
    ("16", 90_354_753),
    ("17", 81_195_210),
    ("18", 78_077_248),
    ("19", 59_128_983),
    ("20", 63_025_520),
    ("21", 48_129_895),
    ("22", 51_304_566),
    ("X", 155_270_560),
];

/// Copies of the alternate allele in child, father, mother.
pub type Trio = [u8; 3];

/// The head of a VCF with the trio's columns; `info` are further lines.
pub fn header(info: &str) -> String {
    let mut head = String::from("##fileformat=VCFv4.2\n##reference=GRCh37\n");
    for (name, length) in CHROMOSOMES {
        let _ = writeln!(head, "##contig=<ID={name},length={length},assembly=GRCh37>");
    }
    head.push_str(
        "##FILTER=<ID=PASS,Description=\"All filters passed\">\n\
         ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Reads at the place\">\n\
         ##INFO=<ID=MQ,Number=1,Type=Float,Description=\"Mapping quality\">\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
         ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Reads by allele\">\n\
         ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Reads\">\n\
         ##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Genotype quality\">\n\
         ##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Phred-scaled likelihoods\">\n",
    );
    head.push_str(info);
    let _ = writeln!(head, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{}", SAMPLES.join("\t"));
    head
}

/// Draws a trio in which a parent carries the allele; `frequency` decides how often both or twice.
pub fn inherited(random: &mut Random, x: bool, frequency: f64) -> Trio {
    let mut father = if x { 2 * u8::from(random.chance(frequency)) } else { copies(random, frequency) };
    let mut mother = copies(random, frequency);
    if father + mother == 0 {
        // Conditioned on being in the file: rare alleles come from one parent.
        if random.chance(0.5) {
            father = if x { 2 } else { 1 };
        } else {
            mother = 1;
        }
    }
    let child = passed(random, father) + passed(random, mother);
    [child, father, mother]
}

fn copies(random: &mut Random, frequency: f64) -> u8 {
    u8::from(random.chance(frequency)) + u8::from(random.chance(frequency))
}

fn passed(random: &mut Random, copies: u8) -> u8 {
    match copies {
        0 => 0,
        1 => u8::from(random.chance(0.5)),
        _ => 1,
    }
}

/// Appends ` FORMAT ` and the three columns. `poor` gives the child a call with few alternate reads and low quality.
pub fn write_calls(out: &mut String, random: &mut Random, trio: Trio, poor: bool) {
    out.push_str("\tGT:AD:DP:GQ:PL");
    for (i, copies) in trio.into_iter().enumerate() {
        write_call(out, random, copies, poor && i == 0);
    }
    out.push('\n');
}

fn write_call(out: &mut String, random: &mut Random, copies: u8, poor: bool) {
    let depth = if poor { 5 + random.below(6) } else { 24 + random.below(60) };
    let (text, alternate, quality) = match copies {
        0 => ("0/0", 0, (depth * 3).min(99)),
        1 if poor => ("0/1", 2, 8 + random.below(10)),
        1 => ("0/1", depth / 2 - depth / 8 + random.below(depth / 4 + 1), 99),
        _ => ("1/1", depth, (depth * 3).min(99)),
    };
    let reference = depth - alternate;
    let _ = write!(out, "\t{text}:{reference},{alternate}:{depth}:{quality}:");
    let _ = match copies {
        0 => write!(out, "0,{quality},{}", depth * 30),
        1 => write!(out, "{},0,{}", if poor { quality } else { alternate * 28 }, reference * 28),
        _ => write!(out, "{},{quality},0", depth * 33),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inherited_allele_is_mendelian_and_carried_by_a_parent() {
        let mut random = Random::new(1);
        for i in 0..2000 {
            let [child, father, mother] = inherited(&mut random, i % 2 == 0, 0.2);
            assert!(father + mother > 0);
            let least = u8::from(father == 2) + u8::from(mother == 2);
            let most = u8::from(father > 0) + u8::from(mother > 0);
            assert!((least..=most).contains(&child), "{child} {father} {mother}");
        }
    }

    #[test]
    fn a_call_adds_up() {
        let mut random = Random::new(2);
        let mut line = String::new();
        write_calls(&mut line, &mut random, [1, 0, 2], false);
        for column in line.trim_end().split('\t').skip(2) {
            let fields: Vec<&str> = column.split(':').collect();
            let reads: u64 = fields[1].split(',').map(|n| n.parse::<u64>().unwrap()).sum();
            assert_eq!(reads.to_string(), fields[2]);
            assert_eq!(fields[4].split(',').filter(|p| *p == "0").count(), 1, "{column}");
        }
    }
}
