//! Identifiers of alleles by GA4GH's Variation Representation Specification (VRS) 2.0, and of sequences by refget.
//!
//! An allele is fully justified: trimmed, then widened over all places an insertion or deletion could have. What the
//! reference itself spells there is a ReferenceLengthExpression, anything else a LiteralSequenceExpression. Digests are
//! sha512t24u over the canonical serialisation (RFC 8785).

use crate::reference::{ReferenceSequence, Window};
use crate::transcripts::Change;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use indgang_model::Chromosome;
use sha2::{Digest as _, Sha512};

/// The first 24 bytes of SHA-512 in the URL-safe alphabet of RFC 4648: 32 letters.
pub fn sha512t24u(bytes: &[u8]) -> String {
    URL_SAFE.encode(&Sha512::digest(bytes)[..24])
}

/// The refget accession of a chromosome, `SQ.…`, computed from its bases; `None` when it is not at hand.
pub fn refget(reference: &dyn ReferenceSequence, chromosome: Chromosome) -> Option<String> {
    let (mut digest, mut position) = (Sha512::new(), 1u32);
    while let Some(bases) = reference.at_most(chromosome, position, 1 << 20) {
        digest.update(&bases);
        position += bases.len() as u32;
    }
    (position > 1).then(|| format!("SQ.{}", URL_SAFE.encode(&digest.finalize()[..24])))
}

/// The identifier of an allele, `ga4gh:VA.…`. `None` where the bases beside an insertion or deletion are not at hand.
pub fn allele(window: &mut Window<'_>, refget: &str, chromosome: Chromosome, change: Change<'_>) -> Option<String> {
    let inserted = change.inserted.to_ascii_uppercase();
    if !change.is_insertion() && !inserted.is_empty() {
        return Some(literal(refget, change.start - 1, change.end, &inserted));
    }
    let taken = change.deleted_length();
    // How often the change can be moved left and right without becoming another.
    let seed = if taken > 0 { window.bases(chromosome, change.start, taken)?.to_vec() } else { inserted };
    let length = seed.len();
    let (mut low, mut high) = (change.start - 1, change.end);
    let mut left = 0usize;
    while low > 0 && window.base(chromosome, low)? == seed[length - 1 - left % length] {
        (low, left) = (low - 1, left + 1);
    }
    let mut right = 0usize;
    while window.base(chromosome, high + 1).is_some_and(|base| base == seed[right % length]) {
        (high, right) = (high + 1, right + 1);
    }
    // What stands there after the change: as many bases as before, more or fewer by the seed, in the seed's period.
    let span = (high - low) as usize;
    let altered = if taken > 0 { span - length } else { span + length };
    let state: Vec<u8> = (0..altered).map(|at| seed[(at + length - left % length) % length]).collect();
    if span == 0 {
        return Some(literal(refget, low, high, &state));
    }
    let repeats = taken > 0
        || window
            .bases(chromosome, low + 1, length as u32)
            .is_some_and(|unit| state.iter().zip(unit.iter().cycle()).all(|(a, b)| a == b));
    Some(if repeats {
        let state =
            format!(r#"{{"length":{altered},"repeatSubunitLength":{length},"type":"ReferenceLengthExpression"}}"#);
        identifier(refget, low, high, &state)
    } else {
        literal(refget, low, high, &state)
    })
}

fn literal(refget: &str, start: u32, end: u32, sequence: &[u8]) -> String {
    let sequence = String::from_utf8_lossy(sequence);
    let state = format!(r#"{{"sequence":"{sequence}","type":"LiteralSequenceExpression"}}"#);
    identifier(refget, start, end, &state)
}

/// `start` and `end` count between bases.
fn identifier(refget: &str, start: u32, end: u32, state: &str) -> String {
    let location = format!(
        r#"{{"end":{end},"sequenceReference":{{"refgetAccession":"{refget}","type":"SequenceReference"}},"start":{start},"type":"SequenceLocation"}}"#
    );
    let location = sha512t24u(location.as_bytes());
    let allele = format!(r#"{{"location":"{location}","state":{state},"type":"Allele"}}"#);
    format!("ga4gh:VA.{}", sha512t24u(allele.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Fasta;

    #[test]
    fn published_digests() {
        // VRS 2.0, validation/functions.yaml and the worked example rs7412 of the computed identifiers.
        assert_eq!(sha512t24u(b"ACGT"), "aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2");
        assert_eq!(sha512t24u(b""), "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXc");
        let apoe = literal("SQ.IIB53T8CNeJJdUqzn9V_JnRtQadwWCbl", 44_908_821, 44_908_822, b"T");
        assert_eq!(apoe, "ga4gh:VA.0AePZIWZUNsUlQTamyLrjm2HWUw2opLt");
        let brca1 = literal("SQ.dLZ15tNO1Ur0IcGjwc3Sdi_0A6Yf4zm7", 43_106_486, 43_106_487, b"G");
        assert_eq!(brca1, "ga4gh:VA.gbvJw0s4OeAvloCeAM6BNNvrjFC_Dhc8");
    }

    #[test]
    fn every_writing_of_one_allele_has_one_identifier() {
        let fasta = Fasta::read(&b">1\nACGTCAGCAGCAGTTTAC\n"[..]).unwrap();
        let one: Chromosome = "1".parse().unwrap();
        let refget = refget(&fasta, one).unwrap();
        assert_eq!(refget, format!("SQ.{}", sha512t24u(b"ACGTCAGCAGCAGTTTAC")));
        let id = |position, reference: &str, alternate: &str| {
            let change = Change::new(position, reference.as_bytes(), alternate.as_bytes()).unwrap();
            allele(&mut Window::new(&fasta), &refget, one, change).unwrap()
        };
        let whole = |start, end, state: &str| identifier(&refget, start, end, state);
        let repeat =
            |length| format!(r#"{{"length":{length},"repeatSubunitLength":3,"type":"ReferenceLengthExpression"}}"#);
        // One CAG fewer, at the first, the second and the last place: CAGCAGCAG becomes CAGCAG.
        for (position, reference, alternate) in [(4, "TCAG", "T"), (7, "GCAG", "G"), (11, "CAGT", "T")] {
            assert_eq!(id(position, reference, alternate), whole(4, 13, &repeat(6)), "{position}");
        }
        assert_eq!(id(4, "T", "TCAG"), whole(4, 13, &repeat(12)));
        assert_eq!(id(8, "C", "CAGC"), whole(4, 13, &repeat(12)));
        // Nothing beside it is like it: a literal; so is a change of both, and what the reference does not spell.
        assert_eq!(id(1, "A", "AGG"), whole(1, 1, r#"{"sequence":"GG","type":"LiteralSequenceExpression"}"#));
        assert_eq!(id(2, "CG", "TTT"), whole(1, 3, r#"{"sequence":"TTT","type":"LiteralSequenceExpression"}"#));
        assert_eq!(id(2, "C", "CGA"), whole(2, 3, r#"{"sequence":"GAG","type":"LiteralSequenceExpression"}"#));
    }
}
