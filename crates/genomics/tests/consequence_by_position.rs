//! Consequence by position against Ensembl VEP, and places against ClinVar's own pairs, on thinned published data.

use indgang_genomics::consequence::{Consequence, ConsequenceSet};
use indgang_genomics::liftover::Liftover;
use indgang_genomics::transcripts::{Change, Transcript, parse_refseq_bed12};
use indgang_model::Chromosome;

/// Where the most severe consequence is another than VEP's, and why. VEP annotated the transcript version it names;
/// the table's places are those of an older release of the same accession.
const DIFFERENCES: &[(&str, &str)] = &[
    ("1-11072703-C-T", "VEP: upstream; the table's transcript begins earlier"),
    ("12-133226250-CTGTGT-TATCACCA", "VEP names the donor region for intron bases 8 to 13, beyond its own bounds"),
    ("2-128459707-G-A", "VEP: 3' UTR; the table's transcript ends earlier"),
    ("5-140951014-A-G", "VEP: polypyrimidine tract; the table's exon has another border"),
    ("7-107204367-TCAG-T", "VEP: upstream; the table's transcript begins earlier"),
    ("7-70255977-C-CGATA", "VEP keeps the frame with 4 bases more, by moving the insertion to the stop codon"),
];

/// True for what cannot be told apart without the bases of the codon.
fn needs_sequence(consequence: Consequence) -> bool {
    use Consequence::{Missense, ProteinAltering, StartLost, StopGained, StopLost, StopRetained, Synonymous};
    matches!(consequence, Missense | Synonymous | StopGained | StartLost | StopLost | StopRetained | ProteinAltering)
}

#[test]
fn most_severe_consequence_equals_vep_where_position_decides() {
    let transcripts = parse_refseq_bed12(&include_bytes!("data/consequence/refseq.bed12")[..]).expect("a table");
    let (mut compared, mut differ) = (0, Vec::new());
    for line in include_str!("data/consequence/vep_rest.tsv").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [chrom, position, reference, alternate, accession, terms] = cells[..] else { unreachable!("{line}") };
        let vep: ConsequenceSet = terms.split('|').filter_map(|t| Consequence::from_term(t.as_bytes())).collect();
        let vep_most = vep.most_severe().expect("a known term");
        let is_it = |t: &&Transcript| Some(&*t.id) == accession.split('.').next();
        let transcript = transcripts.iter().find(is_it).expect("a transcript");
        let position = position.parse().expect("a position");
        let change = Change::new(position, reference.as_bytes(), alternate.as_bytes()).expect("a change");
        let ours = transcript.effect(change).expect("near the transcript");
        compared += 1;
        let agrees = if needs_sequence(vep_most) {
            // Not decided, but the place is right: in the coding sequence, and the length's effect where there is one.
            ours.consequences.contains(Consequence::CodingSequence)
                || ours.consequence == vep_most
                || (vep.contains(Consequence::Frameshift) && ours.consequence == Consequence::Frameshift)
                || ours.consequence == Consequence::ProteinAltering
        } else {
            ours.consequence == vep_most
        };
        if !agrees {
            differ.push(format!("{chrom}-{position}-{reference}-{alternate}"));
        }
    }
    assert!(compared > 100, "{compared} lines");
    differ.sort();
    let known: Vec<&str> = DIFFERENCES.iter().map(|(variant, _)| *variant).collect();
    assert_eq!(differ, known);
}

#[test]
fn lifted_places_equal_the_pairs_of_clinvar() {
    let chain = &include_bytes!("data/liftover/grch37_to_grch38.21_22_MT.chain")[..];
    let liftover = Liftover::parse(chain).expect("a chain file");
    let mut compared = 0;
    for line in include_str!("data/liftover/clinvar_pairs.tsv").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let place = |at: usize| {
            let chrom = Chromosome::from_name(cells[at].as_bytes()).expect("a chromosome");
            (chrom, cells[at + 1].parse::<u32>().expect("a position"))
        };
        let ((chrom, position), expected) = (place(0), place(2));
        let lifted = liftover.lift(chrom, position).map(|lifted| (lifted.chrom, lifted.position));
        assert_eq!(lifted, Some(expected), "{line}");
        compared += 1;
    }
    assert!(compared > 150, "{compared} pairs");
}
