//! Moves places between assemblies while the snapshot is built, and only where there is no doubt.

use indgang_genomics::liftover::Liftover;
use indgang_model::{Chromosome, Variant};

/// Moves `first..=last` (1-based) when its ends stay as far apart as they were. Gives chromosome, first and last base, and
/// whether it is on the other strand there.
pub(super) fn interval(
    chain: &Liftover,
    chrom: Chromosome,
    first: u32,
    last: u32,
) -> Option<(Chromosome, u32, u32, bool)> {
    let (a, b) = (chain.lift(chrom, first)?, chain.lift(chrom, last)?);
    let (low, high) = if a.reversed { (b, a) } else { (a, b) };
    let same =
        a.chrom == b.chrom && a.reversed == b.reversed && high.position.checked_sub(low.position)? == last - first;
    same.then_some((a.chrom, low.position, high.position, a.reversed))
}

/// Moves a variant when every base of its reference allele has a counterpart, one beside the other, and `back` leads each
/// from there to where it came from.
/// On the other strand only alleles of equal length are moved: others would need the sequence for their anchor base.
pub fn variant(there: &Liftover, back: &Liftover, variant: &Variant) -> Option<Variant> {
    let length = u32::try_from(variant.reference.len()).ok()?;
    let last = variant.pos.checked_add(length.checked_sub(1)?)?;
    let (chrom, first, end, reversed) = interval(there, variant.chrom, variant.pos, last)?;
    for offset in 0..length {
        let moved = there.lift(variant.chrom, variant.pos + offset)?;
        let expected = if reversed { end - offset } else { first + offset };
        let home = back.lift(moved.chrom, moved.position)?;
        let returns = (home.chrom, home.position) == (variant.chrom, variant.pos + offset);
        if (moved.chrom, moved.position) != (chrom, expected) || !returns {
            return None;
        }
    }
    if reversed && variant.reference.len() != variant.alternate.len() {
        return None;
    }
    let allele = |text: &str| if reversed { complement(text) } else { Some(text.into()) };
    Some(Variant { chrom, pos: first, reference: allele(&variant.reference)?, alternate: allele(&variant.alternate)? })
}

fn complement(bases: &str) -> Option<Box<str>> {
    let other = |base| match base {
        'A' => Some('T'),
        'C' => Some('G'),
        'G' => Some('C'),
        'T' => Some('A'),
        'N' => Some('N'),
        _ => None,
    };
    bases.chars().rev().map(other).collect::<Option<String>>().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    // 1:1–10 lies at 1:101–110; two bases are lost; 1:13–20 lies reversed on 2:181–188 by a chain of its own.
    const THERE: &str =
        "chain 1 1 100 + 0 10 chr1 500 + 100 110 1\n10\n\nchain 1 1 100 + 12 20 chr2 200 - 12 20 2\n8\n";
    const BACK: &str =
        "chain 1 chr1 500 + 100 110 1 100 + 0 10 1\n10\n\nchain 1 chr2 200 + 180 188 1 100 - 80 88 2\n8\n";

    fn read(chain: &str) -> Liftover {
        Liftover::parse(chain.as_bytes()).expect("reads")
    }

    #[test]
    fn only_what_is_certain_is_moved() {
        let (there, back) = (read(THERE), read(BACK));
        let v = |chrom: &str, pos, r: &str, a: &str| Variant {
            chrom: chrom.parse().expect("a chromosome"),
            pos,
            reference: r.into(),
            alternate: a.into(),
        };
        for (from, to) in [
            (v("1", 1, "A", "C"), Some(v("1", 101, "A", "C"))),
            (v("1", 9, "AG", "A"), Some(v("1", 109, "AG", "A"))),
            (v("1", 10, "AG", "A"), None), // runs into the gap
            (v("1", 11, "A", "C"), None),
            (v("1", 13, "A", "C"), Some(v("2", 188, "T", "G"))),
            (v("1", 13, "AC", "GT"), Some(v("2", 187, "GT", "AC"))),
            (v("1", 13, "AC", "A"), None), // an anchor on the other strand
            (v("2", 13, "A", "C"), None),
        ] {
            assert_eq!(variant(&there, &back, &from), to, "{from}");
        }
        assert_eq!(variant(&there, &there, &v("1", 1, "A", "C")), None, "no way back");
    }
}
