//! What a variant does to a transcript, in the words of the Sequence Ontology.
//!
//! The order of the variants of [`Consequence`] is Ensembl's published order of severity.

use serde::{Deserialize, Serialize};

/// How strongly a consequence is expected to disturb the gene's product; the four steps that Ensembl and SnpEff share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// No product, or a broken one.
    High,
    /// A changed product.
    Moderate,
    /// Unlikely to change what the product does.
    Low,
    /// Outside the product, or effect unknown.
    Modifier,
}

macro_rules! consequences {
    ($($(#[$doc:meta])+ $name:ident = $term:literal $accession:literal $impact:ident;)+) => {
        /// A consequence. Ordered: the first is the most severe, so `min` finds the most severe of several.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum Consequence {
            $($(#[$doc])+ #[doc = concat!("\n\n`", $term, "`, ", $accession, ".")] #[serde(rename = $term)] $name,)+
        }

        impl Consequence {
            /// Every consequence, the most severe first.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The term of the Sequence Ontology, for example `missense_variant`.
            pub const fn term(self) -> &'static str {
                match self { $(Self::$name => $term,)+ }
            }

            /// The accession in the Sequence Ontology, for example `SO:0001583`.
            pub const fn accession(self) -> &'static str {
                match self { $(Self::$name => $accession,)+ }
            }

            /// The impact Ensembl gives the term.
            pub const fn impact(self) -> Impact {
                match self { $(Self::$name => Impact::$impact,)+ }
            }

            /// The consequence of exactly this Sequence Ontology term.
            fn from_exact(term: &[u8]) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.term().as_bytes() == term)
            }
        }
    };
}

consequences! {
    /// The whole transcript is deleted.
    TranscriptAblation = "transcript_ablation" "SO:0001893" High;
    /// The last two bases of an intron change.
    SpliceAcceptor = "splice_acceptor_variant" "SO:0001574" High;
    /// The first two bases of an intron change.
    SpliceDonor = "splice_donor_variant" "SO:0001575" High;
    /// A codon becomes a stop before the natural end.
    StopGained = "stop_gained" "SO:0001587" High;
    /// Bases are inserted or deleted in a number that three does not divide, so that the reading frame moves.
    Frameshift = "frameshift_variant" "SO:0001589" High;
    /// The stop codon is gone, and the protein gets longer.
    StopLost = "stop_lost" "SO:0001578" High;
    /// The first codon no longer starts translation.
    StartLost = "start_lost" "SO:0002012" High;
    /// The whole transcript is present in more copies.
    TranscriptAmplification = "transcript_amplification" "SO:0001889" High;
    /// The feature becomes longer than in the reference.
    FeatureElongation = "feature_elongation" "SO:0001907" High;
    /// The feature becomes shorter than in the reference.
    FeatureTruncation = "feature_truncation" "SO:0001906" High;
    /// Whole codons are added and the frame is kept.
    InframeInsertion = "inframe_insertion" "SO:0001821" Moderate;
    /// Whole codons are removed and the frame is kept.
    InframeDeletion = "inframe_deletion" "SO:0001822" Moderate;
    /// One amino acid becomes another and the length is kept.
    Missense = "missense_variant" "SO:0001583" Moderate;
    /// The protein changes in a way no narrower term covers.
    ProteinAltering = "protein_altering_variant" "SO:0001818" Moderate;
    /// The fifth base of an intron changes.
    SpliceDonorFifthBase = "splice_donor_5th_base_variant" "SO:0001787" Low;
    /// A change close to a splice site: the exon's outer 3 bases, or bases 3 to 8 of the intron.
    SpliceRegion = "splice_region_variant" "SO:0001630" Low;
    /// Bases 3 to 6 at the start of an intron.
    SpliceDonorRegion = "splice_donor_region_variant" "SO:0002170" Low;
    /// Bases 3 to 17 before an exon, where the acceptor wants pyrimidines.
    SplicePolypyrimidineTract = "splice_polypyrimidine_tract_variant" "SO:0002169" Low;
    /// The last, incomplete codon of a transcript whose end is not known.
    IncompleteTerminalCodon = "incomplete_terminal_codon_variant" "SO:0001626" Low;
    /// The start codon changes and still is one.
    StartRetained = "start_retained_variant" "SO:0002019" Low;
    /// The stop codon changes and still is one.
    StopRetained = "stop_retained_variant" "SO:0001567" Low;
    /// The codon changes, the amino acid does not.
    Synonymous = "synonymous_variant" "SO:0001819" Low;
    /// Somewhere in the coding sequence; what it does to the protein is not known.
    CodingSequence = "coding_sequence_variant" "SO:0001580" Modifier;
    /// Within the ripe part of a microRNA.
    MatureMirna = "mature_miRNA_variant" "SO:0001620" Modifier;
    /// Translated part not reached yet: the untranslated beginning.
    FivePrimeUtr = "5_prime_UTR_variant" "SO:0001623" Modifier;
    /// After the stop codon: the untranslated end.
    ThreePrimeUtr = "3_prime_UTR_variant" "SO:0001624" Modifier;
    /// In an exon of a transcript that makes no protein.
    NonCodingTranscriptExon = "non_coding_transcript_exon_variant" "SO:0001792" Modifier;
    /// Between two exons.
    Intron = "intron_variant" "SO:0001627" Modifier;
    /// In a transcript that the cell is expected to break down.
    NmdTranscript = "NMD_transcript_variant" "SO:0001621" Modifier;
    /// In a transcript that makes no protein.
    NonCodingTranscript = "non_coding_transcript_variant" "SO:0001619" Modifier;
    /// In a transcript that makes a protein.
    CodingTranscript = "coding_transcript_variant" "SO:0001968" Modifier;
    /// Before the gene's first base, within 5,000 bases.
    UpstreamGene = "upstream_gene_variant" "SO:0001631" Modifier;
    /// After the gene's last base, within 5,000 bases.
    DownstreamGene = "downstream_gene_variant" "SO:0001632" Modifier;
    /// A binding site of a transcription factor is deleted.
    TfbsAblation = "TFBS_ablation" "SO:0001895" Modifier;
    /// A binding site of a transcription factor is present in more copies.
    TfbsAmplification = "TFBS_amplification" "SO:0001892" Modifier;
    /// In a binding site of a transcription factor.
    TfBindingSite = "TF_binding_site_variant" "SO:0001782" Modifier;
    /// A regulatory region is deleted.
    RegulatoryRegionAblation = "regulatory_region_ablation" "SO:0001894" Modifier;
    /// A regulatory region is present in more copies.
    RegulatoryRegionAmplification = "regulatory_region_amplification" "SO:0001891" Modifier;
    /// In a regulatory region.
    RegulatoryRegion = "regulatory_region_variant" "SO:0001566" Modifier;
    /// Far from every known gene.
    Intergenic = "intergenic_variant" "SO:0001628" Modifier;
    /// A change of which nothing more is said.
    Sequence = "sequence_variant" "SO:0001060" Modifier;
}

impl Consequence {
    /// The reservation that goes with [`Consequence::CodingSequence`] when it comes from positions alone.
    pub const PROTEIN_EFFECT_UNKNOWN: &str = "protein effect unknown without reference sequence";

    /// Place in the order of severity; 0 is the most severe.
    pub const fn severity(self) -> u8 {
        self as u8
    }

    /// The consequence a tool means by `term`: a Sequence Ontology term in the spelling of VEP, a narrower term or
    /// older name that SnpEff writes, or a short name of bcftools csq (`missense`, `5_prime_utr`).
    /// `None` for words that say nothing about a transcript (`sequence_feature`, `protein_protein_contact`) and unknown ones.
    pub fn from_term(term: &[u8]) -> Option<Self> {
        Self::from_common(term).or_else(|| Self::from_exact(term)).or_else(|| Self::from_other_tools(term))
    }

    /// The terms that make up nearly all of a genome's annotations, before the table is searched.
    fn from_common(term: &[u8]) -> Option<Self> {
        Some(match term {
            b"intron_variant" => Self::Intron,
            b"upstream_gene_variant" => Self::UpstreamGene,
            b"downstream_gene_variant" => Self::DownstreamGene,
            b"non_coding_transcript_variant" => Self::NonCodingTranscript,
            b"missense_variant" => Self::Missense,
            b"synonymous_variant" => Self::Synonymous,
            _ => return None,
        })
    }

    fn from_other_tools(term: &[u8]) -> Option<Self> {
        Some(match term {
            // SnpEff: narrower terms, and names the ontology has retired.
            b"conservative_inframe_insertion" | b"disruptive_inframe_insertion" => Self::InframeInsertion,
            b"conservative_inframe_deletion" | b"disruptive_inframe_deletion" => Self::InframeDeletion,
            b"exon_loss_variant" | b"feature_ablation" => Self::FeatureTruncation,
            b"initiator_codon_variant" | b"start_retained" => Self::StartRetained,
            b"5_prime_UTR_premature_start_codon_gain_variant" | b"5_prime_UTR_truncation" => Self::FivePrimeUtr,
            b"3_prime_UTR_truncation" => Self::ThreePrimeUtr,
            b"non_coding_exon_variant" | b"exon_variant" => Self::NonCodingTranscriptExon,
            b"nc_transcript_variant" => Self::NonCodingTranscript,
            b"conserved_intron_variant" | b"intron" => Self::Intron,
            b"splice_branch_variant" => Self::SpliceRegion,
            b"rare_amino_acid_variant" => Self::ProteinAltering,
            b"intergenic_region" | b"intergenic" => Self::Intergenic,
            // bcftools csq: the same words without the ending.
            b"missense" => Self::Missense,
            b"synonymous" => Self::Synonymous,
            b"frameshift" => Self::Frameshift,
            b"stop_retained" => Self::StopRetained,
            b"inframe_altering" => Self::ProteinAltering,
            b"splice_acceptor" => Self::SpliceAcceptor,
            b"splice_donor" => Self::SpliceDonor,
            b"splice_region" => Self::SpliceRegion,
            b"coding_sequence" => Self::CodingSequence,
            b"non_coding" => Self::NonCodingTranscriptExon,
            b"5_prime_utr" => Self::FivePrimeUtr,
            b"3_prime_utr" => Self::ThreePrimeUtr,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Consequence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.term())
    }
}

/// A set of consequences, as one variant has on one transcript. Small and `Copy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct ConsequenceSet(u64);

impl ConsequenceSet {
    /// No consequence.
    pub const EMPTY: Self = Self(0);

    /// Adds one.
    pub fn insert(&mut self, consequence: Consequence) {
        self.0 |= 1 << consequence.severity();
    }

    /// Takes one away.
    pub fn remove(&mut self, consequence: Consequence) {
        self.0 &= !(1 << consequence.severity());
    }

    /// True when it is a member.
    pub const fn contains(self, consequence: Consequence) -> bool {
        self.0 & (1 << consequence.severity()) != 0
    }

    /// True without members.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Number of members.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The members of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The member first in Ensembl's order; `None` when empty.
    pub fn most_severe(self) -> Option<Consequence> {
        Consequence::ALL.get(self.0.trailing_zeros() as usize).copied()
    }

    /// The members, the most severe first.
    pub fn iter(self) -> impl Iterator<Item = Consequence> {
        Consequence::ALL.iter().copied().filter(move |c| self.contains(*c))
    }
}

impl FromIterator<Consequence> for ConsequenceSet {
    fn from_iter<I: IntoIterator<Item = Consequence>>(consequences: I) -> Self {
        let mut set = Self::EMPTY;
        consequences.into_iter().for_each(|c| set.insert(c));
        set
    }
}

/// Terms joined by `&`, the most severe first, as VEP writes them.
impl std::fmt::Display for ConsequenceSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, consequence) in self.iter().enumerate() {
            write!(f, "{}{consequence}", if place == 0 { "" } else { "&" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_read_back_and_has_its_own_accession() {
        let mut accessions: Vec<_> = Consequence::ALL.iter().map(|c| c.accession()).collect();
        for (place, consequence) in Consequence::ALL.iter().enumerate() {
            assert_eq!(Consequence::from_term(consequence.term().as_bytes()), Some(*consequence));
            assert_eq!(usize::from(consequence.severity()), place);
            assert!(consequence.accession().len() == 10 && consequence.accession().starts_with("SO:000"));
        }
        accessions.sort_unstable();
        accessions.dedup();
        assert_eq!(accessions.len(), Consequence::ALL.len());
    }

    #[test]
    fn impact_never_grows_as_severity_falls() {
        for pair in Consequence::ALL.windows(2) {
            assert!(pair[0].impact() <= pair[1].impact(), "{} {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn words_of_other_tools() {
        for (word, term) in [
            ("disruptive_inframe_deletion", Some("inframe_deletion")), // SnpEff
            ("intergenic_region", Some("intergenic_variant")),         // SnpEff
            ("5_prime_utr", Some("5_prime_UTR_variant")),              // bcftools csq
            ("inframe_insertion", Some("inframe_insertion")),          // the same in all
            ("sequence_feature", None),                                // SnpEff: a protein domain
            ("", None),
            ("Missense_variant", None), // terms are case-sensitive
        ] {
            assert_eq!(Consequence::from_term(word.as_bytes()).map(Consequence::term), term, "{word}");
        }
    }

    #[test]
    fn a_set_keeps_the_order_of_severity() {
        let set: ConsequenceSet = [Consequence::Intron, Consequence::SpliceDonor].into_iter().collect();
        assert_eq!(set.most_severe(), Some(Consequence::SpliceDonor));
        assert_eq!(set.to_string(), "splice_donor_variant&intron_variant");
        assert_eq!((set.len(), ConsequenceSet::EMPTY.most_severe()), (2, None));
    }
}
