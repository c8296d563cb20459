//! Mendelian errors and kinship of the GIAB Ashkenazi trio.
//!
//! `ashkenazi-genotypes.tsv` holds the biallelic sites of chromosomes 1 and 2 where bcftools 1.16 saw an error, and
//! every sixth other. `bcftools +mendelian -t HG004,HG003,HG002 -c` of the same sites said: 1642 good, 91 bad,
//! 2 skipped (a missing genotype).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::pedigree::Pedigree;
use indgang_genomics::quality::{Quality, Relation, verdict};
use indgang_model::{Chromosome, Region};

const TABLE: &str = include_str!("data/ashkenazi-genotypes.tsv");

fn call(text: &str) -> Call {
    let allele = |c| match c {
        b'0' => AlleleCode::Reference,
        b'1' => AlleleCode::Alternate,
        _ => AlleleCode::Missing,
    };
    let bytes = text.as_bytes();
    Call::of(Genotype { alleles: [allele(bytes[0]), allele(bytes[2])], copies: 2, phased: bytes[1] == b'|' })
}

/// What the table shows of this pedigree, gathered in two blocks.
fn gather(ped: &str) -> (indgang_genomics::pedigree::Family, Quality) {
    let family = Pedigree::parse(ped).unwrap().families.remove(0);
    let rows: Vec<Vec<&str>> = TABLE.lines().skip(1).map(|l| l.split('\t').collect()).collect();
    let mut quality = Quality::new(&family);
    for block in [&rows[..700], &rows[700..]] {
        let mut next = Quality::new(&family);
        for row in block {
            let calls: Vec<Call> = row[4..].iter().map(|c| call(c)).collect();
            let chrom = Chromosome::from_name(row[0].as_bytes()).unwrap();
            let snv = row[2].len() == 1 && row[3].len() == 1;
            next.add(chrom, row[1].parse().unwrap(), Region::Autosome, snv, &calls);
        }
        quality.merge(next);
    }
    (family, quality)
}

#[test]
fn errors_are_those_of_bcftools() {
    let (_, quality) = gather("ash HG002 HG003 HG004 1 2\nash HG003 0 0 1 0\nash HG004 0 0 2 0\n");
    let tally = &quality.mendelian.children[0];
    assert_eq!((tally.sites - tally.errors, tally.errors), (1642, 91));
}

#[test]
fn parents_are_parents_and_strangers_are_not() {
    // The columns are child, father, mother. Nothing speaks against the parents (errors are enriched here on purpose).
    let relations = |ped: &str| -> Vec<_> {
        let (family, quality) = gather(ped);
        verdict(&family, &quality).disagreements.iter().map(|d| (d.relation, d.member, d.other)).collect()
    };
    let parents = relations("ash HG002 HG003 HG004 1 2\nash HG003 0 0 1 0\nash HG004 0 0 2 0\n");
    assert!(parents.iter().all(|r| r.0 == Relation::MendelianErrors), "{parents:?}");
    // The father said to be the child of mother and son: a stranger to the mother.
    let wrong = relations("ash HG002 0 0 1 0\nash HG003 HG002 HG004 1 2\nash HG004 0 0 2 0\n");
    assert!(wrong.contains(&(Relation::Maternity, 1, Some(2))), "{wrong:?}");
    // And mother and son are closer than the pedigree knows.
    assert!(wrong.contains(&(Relation::UnexpectedRelation, 0, Some(2))), "{wrong:?}");
}
