use super::*;
use crate::consequence::Consequence;

/// A small file: its annotation fields, and (alleles of the first alternate, INFO) of each record.
struct Extract {
    fields: AnnotationFields,
    records: Vec<(Alleles<'static>, &'static str)>,
}

fn read(vcf: &'static str) -> Extract {
    let description = |key: &str| {
        let line = vcf.lines().find(|line| line.starts_with(&format!("##INFO=<ID={key},")))?;
        Some(line.split_once("Description=\"")?.1.trim_end_matches("\">"))
    };
    let records = vcf.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let position = cells[1].parse().expect("a position");
        let alleles = Alleles { position, reference: cells[3].as_bytes(), alternates: cells[4].as_bytes(), index: 0 };
        (alleles, cells[7])
    });
    Extract { fields: AnnotationFields::from_descriptions(description), records: records.collect() }
}

fn info<'a>(text: &'a str) -> impl Fn(&str) -> Option<&'a [u8]> {
    move |key| Some(text.split(';').find_map(|entry| entry.strip_prefix(key)?.strip_prefix('='))?.as_bytes())
}

impl Extract {
    fn genes(&self, record: usize) -> Vec<TranscriptConsequence<'_>> {
        let (alleles, text) = self.records[record];
        self.fields.most_severe_by_gene_in(info(text), alleles)
    }
}

const VEP_104: &str = include_str!("../../tests/data/annotation/vep104.vcf");
const VEP_97: &str = include_str!("../../tests/data/annotation/vep97.vcf");
const VEP_SNPEFF: &str = include_str!("../../tests/data/annotation/vep_snpeff.vcf");
const VEP_SV: &str = include_str!("../../tests/data/annotation/vep_sv.vcf");
const BCSQ_POINTERS: &str = include_str!("../../tests/data/annotation/bcsq_pointers.vcf");
const BCSQ: &str = include_str!("../../tests/data/annotation/bcsq_giab.vcf");

#[test]
fn vep_104_with_plugins() {
    let file = read(VEP_104);
    let genes = file.genes(0);
    let tc = genes.iter().find(|tc| tc.gene_symbol == Some("NPHP4")).expect("the gene");
    assert_eq!((tc.consequence, tc.hgnc_id), (Consequence::Missense, Some(19_104)));
    assert_eq!((tc.transcript, tc.gene_id), (Some("ENST00000378156"), Some("ENSG00000131697")));
    assert_eq!(tc.hgvs_c, Some("ENST00000378156.4:c.3882G>T"));
    assert_eq!((tc.exon, tc.intron, tc.canonical, tc.mane), (Some("28/30"), None, true, false));
    assert_eq!(tc.clin_sig, Some("Uncertain_significance"));
    let scores = tc.predictors();
    assert_eq!((scores.sift, scores.polyphen), (Some("deleterious"), Some("probably_damaging")));
    assert_eq!((scores.revel, scores.splice_ai, scores.cadd), (Some(0.664), Some(0.04), None));
}

#[test]
fn vep_97_reads_other_columns_by_its_own_header() {
    let file = read(VEP_97);
    let genes = file.genes(0);
    assert_eq!((genes[0].gene_symbol, genes[0].hgnc_id), (Some("AGRN"), Some(329)));
    assert_eq!(genes[0].clin_sig, Some("Conflicting_interpretations_of_pathogenicity"));
    assert_eq!(genes[0].column("Amino_acids"), Some("D/N"));
}

#[test]
fn vep_before_snpeff_where_both_are_present() {
    let file = read(VEP_SNPEFF);
    let keys: Vec<&str> = file.fields.layouts().iter().map(Layout::key).collect();
    assert_eq!(keys, ["CSQ", "ANN"]);
    let expected = [Consequence::Intron, Consequence::InframeDeletion, Consequence::Missense, Consequence::Missense];
    for (record, consequence) in expected.into_iter().enumerate() {
        let by_vep = file.genes(record);
        assert_eq!((by_vep[0].annotator, by_vep[0].gene_symbol), (Annotator::Vep, Some("PER3")));
        // The two tools agree on these lines.
        let (alleles, text) = file.records[record];
        let mut by_snpeff = Vec::new();
        let value = info(text)("ANN").expect("the field");
        file.fields.layouts()[1].for_alternate(value, alleles, |tc| by_snpeff.push(tc));
        let best = by_snpeff.iter().filter(|tc| tc.gene_symbol == Some("PER3")).map(|tc| tc.consequence).min();
        assert_eq!((Some(by_vep[0].consequence), best), (Some(consequence), Some(consequence)), "record {record}");
    }
}

#[test]
fn a_truncated_intron_is_an_intron_change() {
    let file = read(VEP_SV);
    assert_eq!((file.genes(0)[0].gene_symbol, file.genes(0)[0].consequence), (Some("TG"), Consequence::Intron));
    assert!(file.genes(0)[0].consequences.contains(Consequence::FeatureElongation));
    let deletion = file.genes(1);
    assert_eq!(deletion.iter().map(TranscriptConsequence::gene).collect::<Vec<_>>()[0], Some("SKA3"));
}

#[test]
fn bcftools_words_and_pointers() {
    let file = read(BCSQ);
    assert_eq!((file.genes(0)[0].gene(), file.genes(0)[0].consequence), (Some("OR4F5"), Consequence::Missense));
    assert_eq!((file.genes(0)[0].hgvs_p, file.genes(0)[0].protein_change), (None, Some("141T>141A")));
    let file = read(BCSQ_POINTERS);
    let (alleles, text) = file.records[0];
    assert_eq!(file.fields.references_in(info(text)).collect::<Vec<_>>(), [63_280_473]);
    assert_eq!(file.genes(0)[0].consequence, Consequence::ThreePrimeUtr); // what the line itself says
    // The record pointed at names both changes; a third change in it is another's.
    let target = b"missense|LGSN|ENST00000370657|protein_coding|-|229P>229F|63280472G>A+63280473G>A,\
                   stop_gained|LGSN|ENST00000370657|protein_coding|-|229P>229*|63280474G>A";
    let mut found = Vec::new();
    file.fields.layouts()[0].for_pointer(target, alleles, |tc| found.push(tc.consequence));
    assert_eq!(found, [Consequence::Missense]);
}

#[test]
fn entries_belong_to_their_alternate() {
    let description = "Format: Allele|Consequence|SYMBOL|ALLELE_NUM";
    let fields = AnnotationFields::from_descriptions(|key| (key == "CSQ").then_some(description));
    for (reference, alternates, index, value, symbols) in [
        ("A", "C,G", 1, "C|intron_variant|X|,G|intron_variant|Y|", &["Y"][..]),
        ("AT", "A,ATT", 0, "-|intron_variant|X|,TT|intron_variant|Y|", &["X"]), // the shared first base is left out
        ("AT", "A,ATT", 1, "-|intron_variant|X|,TT|intron_variant|Y|", &["Y"]),
        ("A", "AT,T", 1, "AT|intron_variant|X|,T|intron_variant|Y|", &["Y"]), // nothing shared, nothing left out
        ("A", "AT,T", 0, "AT|intron_variant|X|,T|intron_variant|Y|", &["X"]),
        ("A", "C,G", 1, "C|intron_variant|X|2,C|intron_variant|Y|1", &["X"]), // ALLELE_NUM counts more than letters
        ("A", "G", 0, "C|intron_variant|X|1,G|intron_variant|Y|2", &["Y"]),   // split after annotation: number is stale
        ("CAT", "CA", 0, "C|intron_variant|X|,A|intron_variant|Y|", &["Y"]),  // VEP leaves out only the first base
        ("A", "G", 0, "T|intron_variant|X|", &["X"]),                         // one alternate: whatever is there
        ("A", "G,C", 0, "T|intron_variant|X|", &[]),                          // two: nobody knows
        ("A", "<DEL>", 0, "deletion|intron_variant|X|", &["X"]),
        ("A", "G", 0, "", &[]),
    ] {
        let alleles =
            Alleles { position: 7, reference: reference.as_bytes(), alternates: alternates.as_bytes(), index };
        let mut found = Vec::new();
        let info = |key: &str| (key == "CSQ").then_some(value.as_bytes());
        fields.for_alternate_in(info, alleles, |tc| found.push(tc.gene_symbol.unwrap_or_default()));
        assert_eq!(found, symbols, "{reference} {alternates} {index} {value}");
    }
}

#[test]
fn of_equally_severe_transcripts_mane_is_shown() {
    let description = "Format: Allele|Consequence|SYMBOL|Feature|CANONICAL|MANE_SELECT";
    let fields = AnnotationFields::from_descriptions(|key| (key == "CSQ").then_some(description));
    let value =
        b"G|intron_variant|X|T1||,G|missense_variant|X|T2|YES|,G|missense_variant|X|T3||NM_1.1,G|stop_gained|Y|T4||";
    let alleles = Alleles { position: 7, reference: b"A", alternates: b"G", index: 0 };
    let genes = fields.most_severe_by_gene_in(|_| Some(value), alleles);
    assert_eq!(genes.iter().map(|tc| tc.transcript).collect::<Vec<_>>(), [Some("T3"), Some("T4")]);
}

#[test]
fn descriptions_without_columns_are_no_annotation() {
    for description in ["", "Consequence", "Format: Allele|SYMBOL", "Format: |||"] {
        assert_eq!(Layout::from_description("CSQ", description), None, "{description}");
    }
    assert_eq!(decode("p.Leu10%3D"), "p.Leu10=");
}
