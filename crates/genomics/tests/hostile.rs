//! Mutated files never bring a parser down: 2,000 inputs each, the same every time. The fuzz targets go further.
//!
//! A read may fail; it may not panic, hang or say something else when the blocks are small.
#![allow(clippy::unwrap_used, reason = "a test")]

use indgang_genomics::annotation::AnnotationFields;
use indgang_genomics::pedigree::Pedigree;
use indgang_genomics::vcf::{ReadOptions, Reader, Record, VcfError};
use std::num::NonZeroUsize;

const INPUTS: usize = 2000;

/// Splitmix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// What formats are made of, and what breaks them.
const PIECES: &[&str] = &[
    "\t",
    "\n",
    "\r\n",
    "\0",
    "|",
    "/",
    ".",
    ",",
    ";",
    ":",
    "=",
    "*",
    "<",
    "<DEL>",
    "[1:5[",
    "-1",
    "0",
    "1",
    "99999999999999999999",
    "4294967295",
    "nan",
    "inf",
    "1e400",
    "./.",
    "0|1",
    "1/2/3",
    "\u{fffd}",
    "å",
    "#",
    "##",
    "\"",
    "GT",
    "AD:DP",
    "PL",
    "PS",
    "PGT:PID",
    "##fileformat=VCFv4.2\n",
    "#CHROM\tPOS",
    "-9",
    "kid",
    "F kid kid kid 1 2\n",
];

/// One change to `most`: a byte, a piece put in, a stretch left out, doubled, or the end cut off.
fn mutated(seed: &[u8], most: usize, chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(most) {
        let at = chance.below(bytes.len() + 1);
        let end = (at + chance.below(40)).min(bytes.len());
        match chance.below(6) {
            0 if at < bytes.len() => bytes[at] = chance.next() as u8,
            1 | 2 => {
                let piece = PIECES[chance.below(PIECES.len())];
                bytes.splice(at..at, piece.bytes());
            }
            3 => drop(bytes.drain(at..end)),
            4 => {
                let stretch = bytes[at..end].to_vec();
                bytes.splice(at..at, stretch);
            }
            _ if chance.below(8) == 0 => bytes.truncate(at),
            _ => {}
        }
    }
    bytes
}

fn everything(record: &Record<'_>, fields: &AnnotationFields) -> Result<usize, VcfError> {
    let columns = [Some(0), Some(2), None, Some(1)];
    let columns = &columns[..record.header().samples.len().min(4)];
    let samples = record.header().samples.len();
    let (mut calls, mut genotypes, mut seen) = (Vec::new(), Vec::new(), 0);
    for (index, _) in record.alternates().enumerate() {
        if columns.iter().flatten().all(|c| *c < samples) {
            record.calls(index + 1, columns, &mut calls)?;
            record.genotypes(index + 1, columns, &mut genotypes)?;
            seen += usize::from(record.site(index + 1, columns, None)?.is_some());
        }
        seen += fields.most_severe_by_gene(record, index).len();
        for key in ["AF", "gnomad_popmax_af", "BCSQ", ""] {
            seen += usize::from(record.info_at(key, index).is_some());
        }
    }
    Ok(seen + record.filters().count())
}

fn read(bytes: &[u8], block: usize) -> Result<(u64, usize), VcfError> {
    let options = ReadOptions {
        threads: NonZeroUsize::MIN,
        block_bytes: NonZeroUsize::new(block).unwrap(),
        ..ReadOptions::default()
    };
    let reader = Reader::open(bytes, options)?;
    let fields = AnnotationFields::from_header(reader.header());
    let mut seen = 0;
    let mut records = 0;
    reader.for_each(|record| {
        records += 1;
        seen += everything(record, &fields)?;
        Ok(())
    })?;
    Ok((records, seen))
}

#[test]
fn vcf() {
    let whole = include_bytes!("data/slivar/comphet.csq.vcf");
    // Most of the header is contigs and the long lines are annotation: a short file is hit where it hurts.
    let short = b"##fileformat=VCFv4.2\n##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"d\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tkid\tdad\tmum\n1\t100\trs1\tAC\tA,ACC,*\t50\tPASS\tAF=0.1,0.2,0.3;DB\tGT:AD:DP:GQ:PL:PS\t0/1:9,9,0,0:18:99:200,0,300,1,2,3,4,5,6,7:5\t1|2:0,5,6,0:11:40:.:5\t./.:.:.:.:.:.\nX\t5000000\t.\tN\t<DEL>\t.\tq10;s50\tEND=5000100;SVTYPE=DEL\tGT\t1\t0/1\t0/0\nMT\t5\t.\tA\tG\t.\t.\t.\tGT:AD:DP:AF\t0/1:90,10:100:0.1\t0:1,0:1:0\t1:0,9:9:1\n";
    let mut chance = Chance(1);
    let (mut good, mut bad) = (0, 0);
    for n in 0..INPUTS {
        let seed: &[u8] = if n % 4 == 0 { whole } else { short };
        let bytes = mutated(seed, 8, &mut chance);
        let at_once = read(&bytes, 1 << 20);
        let in_blocks = read(&bytes, 61);
        match (&at_once, &in_blocks) {
            (Ok(a), Ok(b)) => assert_eq!(a, b, "input {n}"),
            (Err(error), Err(_)) => assert!(!error.to_string().is_empty()),
            _ => assert!(at_once.is_ok() == in_blocks.is_ok(), "input {n}: {at_once:?}, in blocks {in_blocks:?}"),
        }
        if at_once.is_ok() { good += 1 } else { bad += 1 }
    }
    // Were nearly all refused, or none, the inputs would not say much.
    assert!(good > INPUTS / 10 && bad > INPUTS / 10, "{good} read, {bad} refused");
}

#[test]
fn ped() {
    let seed = b"#family\tperson\tfather\tmother\tsex\tstatus\nF\tkid\tdad\tmum\t2\t2\nF\tdad\tgf\tgm\t1\t1\nF\tmum\t0\t0\t2\t1\nF\tgf\t0\t0\t1\t0\nF\tgm\t0\t0\t2\t-9\nG one 0 0 0 2\n";
    let mut chance = Chance(2);
    let (mut good, mut bad) = (0, 0);
    for n in 0..INPUTS {
        let text = String::from_utf8_lossy(&mutated(seed, 3, &mut chance)).into_owned();
        match Pedigree::parse(&text) {
            Err(error) => {
                assert!(!error.to_string().is_empty());
                bad += 1;
            }
            Ok(pedigree) => {
                for family in &pedigree.families {
                    assert!(family.proband() < family.members.len(), "input {n}");
                    for a in 0..family.members.len() {
                        assert!(!family.is_ancestor(a, a), "input {n}");
                        assert!((0..=a).all(|b| (0.0..=1.0).contains(&family.expected_kinship(a, b))), "input {n}");
                    }
                    let _ = family.columns(&["kid".to_owned(), "dad".to_owned()]);
                }
                good += 1;
            }
        }
    }
    assert!(good > INPUTS / 10 && bad > INPUTS / 10, "{good} read, {bad} refused");
}
