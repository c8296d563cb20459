//! What a file's genotypes say against a pedigree: families made by chance that is always the same.
#![allow(clippy::unwrap_used, reason = "a test")]

use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::pedigree::Pedigree;
use indgang_genomics::quality::{Quality, Relation, verdict};
use indgang_model::{Chromosome, Region};

const QUARTET: &str = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\nF sis dad mum 2 1\n";

fn call(copies: u8) -> Call {
    let allele = |is| if is { AlleleCode::Alternate } else { AlleleCode::Reference };
    Call::of(Genotype { alleles: [allele(copies == 2), allele(copies > 0)], copies: 2, phased: false })
}

/// Who a column's genotypes are: a child of the two, one of the two, a stranger, or the child again.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    Child,
    OtherChild,
    Dad,
    Mum,
    Stranger,
}

/// Splitmix64, one bit a call.
struct Chance(u64);

impl Chance {
    fn bit(&mut self) -> u8 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) & 1) as u8
    }
}

/// Disagreements as (relation, member, other, refuses the trio of the kid).
fn gathered(columns: [Who; 4], sites: u32) -> Vec<(Relation, usize, Option<usize>, bool)> {
    let family = Pedigree::parse(QUARTET).unwrap().families.remove(0);
    let mut quality = Quality::new(&family);
    let mut chance = Chance(7);
    let one = Chromosome::autosome(1).unwrap();
    for site in 0..sites {
        // Two copies of each founder, half of them alternate.
        let mut founder = || [chance.bit(), chance.bit()];
        let (dad, mum, stranger) = (founder(), founder(), founder());
        let mut child = || dad[usize::from(chance.bit())] + mum[usize::from(chance.bit())];
        let (first, second) = (child(), child());
        let calls = columns.map(|who| {
            call(match who {
                Who::Child => first,
                Who::OtherChild => second,
                Who::Dad => dad[0] + dad[1],
                Who::Mum => mum[0] + mum[1],
                Who::Stranger => stranger[0] + stranger[1],
            })
        });
        quality.add(one, 1000 * (site + 1), Region::Autosome, true, &calls);
    }
    let verdict = verdict(&family, &quality);
    assert_eq!(verdict.agrees(), verdict.disagreements.is_empty());
    // Everything of this kind is for the laboratory.
    assert!(verdict.disagreements.iter().all(|d| d.laboratory_only && !d.reason.is_empty()));
    verdict.disagreements.iter().map(|d| (d.relation, d.member, d.other, d.refuses_trio)).collect()
}

#[test]
fn relatives() {
    use Relation::{Identical, Maternity, MendelianErrors, Paternity, UnexpectedRelation};
    use Who::{Child, Dad, Mum, OtherChild, Stranger};
    // Columns are kid, dad, mum, sister.
    for (columns, sites, expected) in [
        ([Child, Dad, Mum, OtherChild], 3000, vec![]), // sisters
        ([Child, Dad, Mum, Child], 3000, vec![(Identical, 0, Some(3), false)]), // twins: their parents are their parents
        // The child's sample twice: so close to the mother, and no father of the sister's.
        (
            [Child, Child, Mum, OtherChild],
            3000,
            vec![
                (Identical, 0, Some(1), true),
                (UnexpectedRelation, 1, Some(2), false),
                (MendelianErrors, 3, None, true),
            ],
        ),
        (
            [Child, Stranger, Mum, OtherChild],
            3000,
            vec![
                (Paternity, 0, Some(1), true),
                (Paternity, 3, Some(1), true),
                (MendelianErrors, 0, None, true),
                (MendelianErrors, 3, None, true),
            ],
        ),
        (
            [Stranger, Dad, Mum, OtherChild],
            3000,
            vec![(Paternity, 0, Some(1), true), (Maternity, 0, Some(2), true), (MendelianErrors, 0, None, true)],
        ),
        ([Child, Stranger, Mum, OtherChild], 999, vec![]), // too few sites to say anything
        ([Child, Dad, Mum, Child], 999, vec![]),
    ] {
        assert_eq!(gathered(columns, sites), expected, "{columns:?} {sites}");
    }
}

#[test]
fn sexes() {
    // Sex in the pedigree, heterozygous and homozygous carried calls on X, disagreement.
    for (sex, heterozygous, homozygous, disagrees) in [
        (2, 60, 40, false),
        (1, 60, 40, true), // as in a woman
        (1, 2, 98, false),
        (2, 2, 98, true),   // as in a man
        (0, 60, 40, false), // nothing to disagree with
        (1, 20, 80, false), // in between: says nothing
        (2, 20, 80, false),
        (1, 15, 4, false), // nineteen calls are too few
        (1, 16, 4, true),  // twenty are not
        (2, 0, 0, false),
    ] {
        let ped = format!("F kid 0 0 {sex} 2\n");
        let family = Pedigree::parse(&ped).unwrap().families.remove(0);
        let mut quality = Quality::new(&family);
        for n in 0..heterozygous + homozygous {
            let copies = if n < heterozygous { 1 } else { 2 };
            quality.add(Chromosome::X, 5_000_000 + n, Region::X, true, &[call(copies)]);
            // In a pseudo-autosomal region both sexes are heterozygous: not counted.
            quality.add(Chromosome::X, 100_000 + n, Region::PseudoAutosomal, true, &[call(1)]);
        }
        let verdict = verdict(&family, &quality);
        let found: Vec<_> = verdict.disagreements.iter().map(|d| (d.relation, d.member, d.refuses_trio)).collect();
        let expected = if disagrees { vec![(Relation::Sex, 0, true)] } else { vec![] };
        assert_eq!(found, expected, "{sex} {heterozygous} {homozygous}");
        assert_eq!(verdict.refuses_trio_of(0).is_some(), disagrees);
    }
}
