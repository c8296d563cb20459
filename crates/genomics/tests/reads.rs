//! What reads change under the standard profile: one line a case (AD of child, father, mother; GT as written).
#![allow(clippy::unwrap_used, reason = "a test")]

use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::inheritance::{Flags, single_variant};
use indgang_genomics::pedigree::Pedigree;
use indgang_genomics::profile::Profile;
use indgang_model::{ModeOfInheritance as Mode, Region};

fn call((copies, reference, alternate): (u8, u32, u32)) -> Call {
    let allele = |is| if is { AlleleCode::Alternate } else { AlleleCode::Reference };
    let genotype = Genotype { alleles: [allele(copies == 2), allele(copies > 0)], copies: 2, phased: false };
    Call {
        reference_depth: Some(reference),
        alternate_depth: Some(alternate),
        other_depth: Some(0),
        ..Call::of(genotype)
    }
}

#[test]
fn standard_profile() {
    let family = Pedigree::parse("F kid dad mum 1 2\nF dad 0 0 1 1\nF mum 0 0 2 1\n").unwrap().families.remove(0);
    let ref40 = (0, 40, 0);
    for (child, father, mother, modes, flag) in [
        ((1, 20, 20), ref40, ref40, vec![Mode::DeNovo], Flags::DE_NOVO),
        ((1, 20, 20), (0, 60, 1), ref40, vec![Mode::DeNovo], Flags::DE_NOVO), // one stray read
        ((1, 36, 6), ref40, ref40, vec![Mode::MosaicDeNovo], Flags::MOSAIC | Flags::DE_NOVO),
        ((1, 36, 5), ref40, ref40, vec![], Flags::NONE), // five of 41 may be errors (p 2e-6)
        ((0, 50, 8), ref40, ref40, vec![Mode::MosaicDeNovo], Flags::MOSAIC | Flags::DE_NOVO), // called reference, yet eight reads
        ((1, 20, 20), (0, 40, 4), ref40, vec![Mode::ParentalMosaic], Flags::MOSAIC),
        ((1, 20, 20), ref40, (1, 45, 5), vec![Mode::ParentalMosaic], Flags::MOSAIC),
        ((1, 37, 3), ref40, ref40, vec![], Flags::NONE), // too few reads for anything
        ((1, 4, 4), ref40, ref40, vec![], Flags::NONE),  // thin
        (
            (1, 20, 20),
            (0, 5, 0), // thin reference: no call
            ref40,
            vec![Mode::PossibleDeNovo, Mode::AutosomalDominant],
            Flags::LOW_QUALITY,
        ),
    ] {
        let mut out = Vec::new();
        single_variant(&family, &[child, father, mother].map(call), Region::Autosome, &Profile::standard(), &mut out);
        assert_eq!(out.iter().map(|h| h.mode).collect::<Vec<_>>(), modes, "{child:?} {father:?} {mother:?}");
        assert!(out.iter().all(|h| h.flags.has(flag)), "{child:?} {father:?} {mother:?} {out:?}");
        // A score that weighs a heterozygote of every cell says nothing of a mosaic.
        assert!(out.iter().all(|h| !h.flags.has(Flags::MOSAIC) || h.de_novo_score.is_none()), "{out:?}");
    }
}
