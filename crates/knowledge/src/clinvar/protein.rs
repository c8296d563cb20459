//! The effect of a change, read from its HGVS text.

use serde::{Deserialize, Serialize};

/// What a change does to the product, as far as its HGVS text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MolecularEffect {
    /// One amino acid for another.
    Missense,
    /// A stop for an amino acid.
    Nonsense,
    /// The reading frame shifts.
    Frameshift,
    /// In one of the two intronic bases beside an exon.
    SpliceSite,
    /// The first methionine is changed.
    StartLost,
    /// The stop is changed to an amino acid.
    StopLost,
    /// Amino acids are lost, gained or exchanged, the frame holds.
    InFrame,
    /// The protein stays as it is.
    Synonymous,
    /// Deeper in an intron or in an untranslated region.
    NonCoding,
    /// The file does not say.
    Unknown,
}

impl MolecularEffect {
    /// Nonsense, frameshift and canonical splice site.
    pub const fn is_truncating(self) -> bool {
        matches!(self, Self::Nonsense | Self::Frameshift | Self::SpliceSite)
    }

    /// Reads the transcript's and the protein's HGVS text; either may be empty.
    pub fn from_hgvs(c: &str, p: &str) -> Self {
        let protein = p.split_once(":p.").map(|(_, change)| change).or_else(|| p.strip_prefix("p.")).unwrap_or("");
        if let Some(change) = ProteinChange::from_hgvs(p) {
            return match change {
                ProteinChange { from, to, .. } if from == to => Self::Synonymous,
                ProteinChange { from: b'M', position: 1, .. } => Self::StartLost,
                ProteinChange { from: b'*', .. } => Self::StopLost,
                ProteinChange { to: b'*', .. } => Self::Nonsense,
                _ => Self::Missense,
            };
        }
        if protein.contains("fs") {
            return Self::Frameshift;
        }
        if protein.ends_with('=') {
            return Self::Synonymous;
        }
        if ["del", "ins", "dup"].iter().any(|word| protein.contains(word)) {
            return Self::InFrame;
        }
        match c.split_once(":c.") {
            Some((_, change)) if protein.is_empty() => noncoding(change),
            _ => Self::Unknown,
        }
    }
}

impl MolecularEffect {
    /// Reads ClinVar's field `MC`: `SO:0001583|missense_variant,SO:0001627|intron_variant`, of transcripts that differ. The
    /// gravest counts.
    pub fn from_sequence_ontology(terms: &str) -> Self {
        let of = |term: &str| {
            Some(match term.rsplit('|').next()? {
                "nonsense" | "stop_gained" => (0, Self::Nonsense),
                "frameshift_variant" => (1, Self::Frameshift),
                "splice_donor_variant" | "splice_acceptor_variant" => (2, Self::SpliceSite),
                "initiator_codon_variant" | "initiatior_codon_variant" | "start_lost" => (3, Self::StartLost),
                "stop_lost" => (4, Self::StopLost),
                "missense_variant" => (5, Self::Missense),
                "inframe_deletion" | "inframe_insertion" | "inframe_indel" => (6, Self::InFrame),
                "synonymous_variant" => (7, Self::Synonymous),
                "intron_variant"
                | "5_prime_UTR_variant"
                | "3_prime_UTR_variant"
                | "non-coding_transcript_variant"
                | "genic_upstream_transcript_variant"
                | "genic_downstream_transcript_variant" => (8, Self::NonCoding),
                _ => return None,
            })
        };
        terms.split(',').filter_map(of).min_by_key(|(place, _)| *place).map_or(Self::Unknown, |(_, effect)| effect)
    }
}

/// `301+1G>A`, `301-2A>G`: canonical splice site; `301+12C>T`, `-12G>A`, `*34A>C`: not coding.
fn noncoding(change: &str) -> MolecularEffect {
    let place: &str = change.split(|c: char| c.is_ascii_alphabetic()).next().unwrap_or("");
    if place.starts_with('*') && !place[1..].contains(['+', '-']) {
        return MolecularEffect::NonCoding;
    }
    let mut intronic = place.trim_start_matches(['-', '*']).split('_').filter_map(|end| {
        let at = end.find(['+', '-'])?;
        end[at + 1..].parse::<u32>().ok()
    });
    match intronic.next() {
        Some(1 | 2) => MolecularEffect::SpliceSite,
        Some(_) if intronic.any(|n| n <= 2) => MolecularEffect::SpliceSite,
        Some(_) => MolecularEffect::NonCoding,
        None if place.starts_with('-') => MolecularEffect::NonCoding,
        None => MolecularEffect::Unknown,
    }
}

/// One amino acid for another. One-letter codes; `*` is the stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProteinChange {
    /// Number of the amino acid, from 1.
    pub position: u32,
    /// Amino acid of the reference.
    pub from: u8,
    /// New amino acid; equal to `from` when synonymous.
    pub to: u8,
}

impl ProteinChange {
    /// Reads `NP_000132.3:p.Glu565Ala`, `p.Gln55Ter`, `p.Leu12=`; `None` for anything longer.
    pub fn from_hgvs(text: &str) -> Option<Self> {
        let change = text.split_once("p.")?.1;
        let from = one_letter(change.get(..3)?)?;
        let rest = &change[3..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let position = rest[..digits].parse().ok()?;
        let to = match &rest[digits..] {
            "=" => from,
            "*" => b'*',
            new => one_letter(new)?,
        };
        Some(Self { position, from, to })
    }
}

/// One-letter code of a three-letter code; `None` when it is none (`Ter` is `*`).
fn one_letter(code: &str) -> Option<u8> {
    const CODES: [(&str, u8); 22] = [
        ("Ala", b'A'),
        ("Arg", b'R'),
        ("Asn", b'N'),
        ("Asp", b'D'),
        ("Cys", b'C'),
        ("Gln", b'Q'),
        ("Glu", b'E'),
        ("Gly", b'G'),
        ("His", b'H'),
        ("Ile", b'I'),
        ("Leu", b'L'),
        ("Lys", b'K'),
        ("Met", b'M'),
        ("Phe", b'F'),
        ("Pro", b'P'),
        ("Sec", b'U'),
        ("Ser", b'S'),
        ("Ter", b'*'),
        ("Thr", b'T'),
        ("Trp", b'W'),
        ("Tyr", b'Y'),
        ("Val", b'V'),
    ];
    CODES.iter().find(|(three, _)| *three == code).map(|(_, one)| *one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects() {
        for (c, p, expected) in [
            ("NM_000141.4:c.1694A>C", "NP_000132.3:p.Glu565Ala", MolecularEffect::Missense),
            ("NM_005101.3:c.163C>T", "NP_005092.1:p.Gln55Ter", MolecularEffect::Nonsense),
            ("NM_005101.3:c.339dupG", "NP_005092.1:p.Leu114Alafs", MolecularEffect::Frameshift),
            ("NM_1:c.3G>A", "NP_1:p.Met1Ile", MolecularEffect::StartLost),
            ("NM_1:c.1200T>C", "NP_1:p.Ter400Gln", MolecularEffect::StopLost),
            ("NM_1:c.30C>T", "NP_1:p.Leu10=", MolecularEffect::Synonymous),
            ("NM_1:c.30C>T", "p.Leu10=", MolecularEffect::Synonymous),
            ("NM_1:c.31del", "p.Leu11fs", MolecularEffect::Frameshift),
            ("NM_1:c.30_32del", "NP_1:p.Leu10del", MolecularEffect::InFrame),
            ("NM_1:c.301+1G>A", "", MolecularEffect::SpliceSite),
            ("NM_1:c.301-12_301-2del", "", MolecularEffect::SpliceSite),
            ("NM_1:c.301-12C>T", "", MolecularEffect::NonCoding),
            ("NM_1:c.-12C>T", "", MolecularEffect::NonCoding),
            ("NM_1:c.-12+2C>T", "", MolecularEffect::SpliceSite),
            ("NM_1:c.*12C>T", "", MolecularEffect::NonCoding),
            ("", "", MolecularEffect::Unknown),
        ] {
            assert_eq!(MolecularEffect::from_hgvs(c, p), expected, "{c} {p}");
        }
        for (terms, expected) in [
            ("SO:0001627|intron_variant,SO:0001583|missense_variant", MolecularEffect::Missense),
            ("SO:0001587|nonsense", MolecularEffect::Nonsense),
            ("SO:0009999|made_up", MolecularEffect::Unknown),
        ] {
            assert_eq!(MolecularEffect::from_sequence_ontology(terms), expected, "{terms}");
        }
    }
}
