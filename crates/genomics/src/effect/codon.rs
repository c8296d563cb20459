//! The genetic codes and the names of amino acids.
//!
//! Source: NCBI's translation tables 1 (standard) and 2 (vertebrate mitochondrial).

use indgang_model::Chromosome;

/// A translation table, in the order T, C, A, G of NCBI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(&'static [u8; 64]);

/// Table 1.
pub const STANDARD: Code = Code(b"FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG");
/// Table 2.
pub const MITOCHONDRIAL: Code = Code(b"FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG");

/// Selenocysteine, read from TGA within the coding sequence of a selenoprotein.
pub const SELENOCYSTEINE: u8 = b'U';
/// The end of translation.
pub const STOP: u8 = b'*';
/// An amino acid that cannot be told.
pub const UNKNOWN: u8 = b'X';

impl Code {
    /// The code of a chromosome.
    pub fn of(chromosome: Chromosome) -> Self {
        if chromosome == Chromosome::MT { MITOCHONDRIAL } else { STANDARD }
    }

    /// The amino acid of a codon in one letter; [`UNKNOWN`] when a base is not A, C, G or T, unless every base in the
    /// third place gives the same.
    #[inline]
    pub fn amino_acid(self, codon: [u8; 3]) -> u8 {
        let place = |base| match base {
            b'T' => Some(0usize),
            b'C' => Some(1),
            b'A' => Some(2),
            b'G' => Some(3),
            _ => None,
        };
        let (Some(first), Some(second)) = (place(codon[0]), place(codon[1])) else { return UNKNOWN };
        let box_start = first * 16 + second * 4;
        match place(codon[2]) {
            Some(third) => self.0[box_start + third],
            None => {
                let four = &self.0[box_start..box_start + 4];
                if four.iter().all(|a| *a == four[0]) { four[0] } else { UNKNOWN }
            }
        }
    }

    /// Appends the amino acids of whole codons, and [`UNKNOWN`] for a codon that is cut.
    pub fn translate(self, bases: &[u8], out: &mut Vec<u8>) {
        let (codons, rest) = bases.as_chunks::<3>();
        out.extend(codons.iter().map(|codon| self.amino_acid(*codon)));
        if !rest.is_empty() {
            out.push(UNKNOWN);
        }
    }
}

/// Three letters of an amino acid (IUPAC-IUB), `Ter` for the stop, `Xaa` for an unknown one.
pub const fn three_letters(amino_acid: u8) -> &'static str {
    match amino_acid {
        b'A' => "Ala",
        b'C' => "Cys",
        b'D' => "Asp",
        b'E' => "Glu",
        b'F' => "Phe",
        b'G' => "Gly",
        b'H' => "His",
        b'I' => "Ile",
        b'K' => "Lys",
        b'L' => "Leu",
        b'M' => "Met",
        b'N' => "Asn",
        b'P' => "Pro",
        b'Q' => "Gln",
        b'R' => "Arg",
        b'S' => "Ser",
        b'T' => "Thr",
        SELENOCYSTEINE => "Sec",
        b'V' => "Val",
        b'W' => "Trp",
        b'Y' => "Tyr",
        STOP => "Ter",
        _ => "Xaa",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codons() {
        for (codon, standard, mitochondrial) in [
            (b"ATG", b'M', b'M'),
            (b"TGA", b'*', b'W'),
            (b"AGA", b'R', b'*'),
            (b"ATA", b'I', b'M'),
            (b"CTN", b'L', b'L'),
            (b"TTN", b'X', b'X'),
            (b"NTT", b'X', b'X'),
        ] {
            assert_eq!((STANDARD.amino_acid(*codon), MITOCHONDRIAL.amino_acid(*codon)), (standard, mitochondrial));
        }
        let mut peptide = Vec::new();
        STANDARD.translate(b"ATGTGGTA", &mut peptide);
        assert_eq!(peptide, b"MWX");
        assert_eq!(three_letters(b'W'), "Trp");
    }
}
