//! Consequence and HGVS on a small gene, read along the reference and against it.

use indgang_genomics::effect::{Engine, most_severe};
use indgang_genomics::reference::{Fasta, complement};
use indgang_genomics::transcripts::{Change, Details, Strand, Transcript, TranscriptTable};
use indgang_model::{Assembly, Chromosome};

/// Exons 11–30 and 61–81; coding ATG GCT AAA GCT CAT | GCT GAA TGG TAA.
const CONTIG: &str =
    "TTTTTTTTTTCACACATGGCTAAAGCTCATGTAAGTATATATATTCTTTCTTTTTCTCAGGCTGAATGGTAACCCCCCCCCAAAAAAAAAAAAAAAAAAA";

fn gene(strand: Strand, length: u32) -> Transcript {
    let forward = Transcript {
        id: "NM_1.1".into(),
        gene_symbol: "G".into(),
        gene_id: "1".into(),
        chrom: Chromosome::X,
        strand,
        start: 11,
        end: 81,
        cds: Some((16, 72)),
        exons: vec![(11, 30), (61, 81)],
        mane: true,
        details: Details::default(),
    };
    if strand == Strand::Forward {
        return forward;
    }
    let turned = |(first, last): (u32, u32)| (length + 1 - last, length + 1 - first);
    Transcript {
        start: length + 1 - 81,
        end: length + 1 - 11,
        cds: Some(turned((16, 72))),
        exons: forward.exons.iter().rev().map(|exon| turned(*exon)).collect(),
        ..forward
    }
}

fn turned(bases: &str) -> String {
    bases.bytes().rev().map(|b| char::from(complement(b))).collect()
}

#[test]
fn both_strands_say_the_same() {
    let length = CONTIG.len() as u32;
    for (position, reference, alternate, term, hgvs_c, hgvs_p, decay) in [
        (20, "C", "T", "missense_variant", "c.5C>T", "p.(Ala2Val)", ""),
        (21, "T", "C", "synonymous_variant", "c.6T>C", "p.(Ala2=)", ""),
        (22, "A", "T", "stop_gained", "c.7A>T", "p.(Lys3Ter)", "escapes_near_last_junction"),
        (65, "A", "T", "missense_variant", "c.20A>T", "p.(Glu7Val)", ""),
        (64, "G", "T", "stop_gained", "c.19G>T", "p.(Glu7Ter)", "escapes_last_exon"),
        (16, "A", "G", "start_lost", "c.1A>G", "p.(Met1?)", ""),
        (21, "TAAA", "T", "inframe_deletion", "c.7_9del", "p.(Lys3del)", ""),
        (24, "A", "AGCT", "inframe_insertion", "c.10_12dup", "p.(Ala4dup)", ""),
        (21, "T", "TGGG", "inframe_insertion", "c.6_7insGGG", "p.(Ala2_Lys3insGly)", ""),
        (19, "GC", "G", "frameshift_variant", "c.5del", "p.(Ala2ValfsTer?)", ""),
        (24, "A", "AT", "frameshift_variant", "c.9_10insT", "p.(Ala4CysfsTer4)", "escapes_last_exon"),
        (19, "GC", "TT", "missense_variant", "c.4_5delinsTT", "p.(Ala2Phe)", ""),
        (22, "AAA", "TTT", "missense_variant", "c.7_9inv", "p.(Lys3Phe)", ""),
        (24, "AG", "TT", "missense_variant", "c.9_10delinsTT", "p.(Lys3_Ala4delinsAsnSer)", ""),
        (70, "T", "C", "stop_lost", "c.25T>C", "p.(Ter9GlnextTer?)", ""),
        (72, "A", "G", "stop_retained_variant", "c.27A>G", "p.(Ter9=)", ""),
        (31, "G", "A", "splice_donor_variant", "c.15+1G>A", "", ""),
        (60, "G", "A", "splice_acceptor_variant", "c.16-1G>A", "", ""),
        (45, "T", "A", "splice_polypyrimidine_tract_variant", "c.15+15T>A", "", ""),
        (46, "C", "A", "splice_polypyrimidine_tract_variant", "c.16-15C>A", "", ""),
        (15, "C", "T", "5_prime_UTR_variant", "c.-1C>T", "", ""),
        (73, "C", "T", "3_prime_UTR_variant", "c.*1C>T", "", ""),
        (90, "A", "T", "downstream_gene_variant", "", "", ""),
        (29, "ATGT", "A", "splice_donor_variant", "c.15_15+2del", "", ""),
    ] {
        for strand in [Strand::Forward, Strand::Reverse] {
            let forward = strand == Strand::Forward;
            let contig = if forward { CONTIG.to_owned() } else { turned(CONTIG) };
            let fasta = Fasta::read(format!(">X\n{contig}\n").as_bytes()).expect("a FASTA");
            let table = TranscriptTable::new(vec![gene(strand, length)]);
            let engine = Engine::new(&table, &fasta, Some(Assembly::GRCh38));
            let (at, reference, alternate) = if forward {
                (position, reference.to_owned(), alternate.to_owned())
            } else {
                (length + 2 - position - reference.len() as u32, turned(reference), turned(alternate))
            };
            let change = Change::new(at, reference.as_bytes(), alternate.as_bytes()).expect("a change");
            let mut effects = Vec::new();
            engine.effects(&mut engine.window(), Chromosome::X, change, &mut effects);
            let effect = &effects[0];
            let name = format!("{position} {reference}>{alternate} {strand:?}");
            assert_eq!(most_severe(&effects).expect("an effect").term(), term, "{name}");
            assert_eq!(effect.hgvs_c.as_deref().unwrap_or(""), hgvs_c, "{name}");
            assert_eq!(effect.hgvs_p.as_deref().unwrap_or(""), hgvs_p, "{name}");
            assert_eq!(effect.decay.map_or("", |d| d.word()), decay, "{name}");
        }
    }
}
