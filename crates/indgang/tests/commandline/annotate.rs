//! `indgang annotate` from outside: a small gene, its reference, and what stands in the file afterwards.

use crate::workshop::Workshop;
use serde_json::Value;

/// Exons 11–30 and 61–81; coding ATG GCT AAA GCT CAT | GCT GAA TGG TAA.
const FASTA: &str = ">chrX\nTTTTTTTTTTCACACATGGCTAAAGCTCATGTAAGTATATATATTCTTTCTTTTTCTCAG\n\
    GCTGAATGGTAACCCCCCCCCAAAAAAAAAAAAAAAAAAA\n";
const GFF: &str = "##gff-version 3\n\
    X\tt\tgene\t11\t81\t.\t+\t.\tID=gene:ENSG1;Name=G;gene_id=ENSG1\n\
    X\tt\tmRNA\t11\t81\t.\t+\t.\tID=transcript:ENST1;Parent=gene:ENSG1;biotype=protein_coding;transcript_id=ENST1;version=2;tag=MANE_Select\n\
    X\tt\texon\t11\t30\t.\t+\t.\tParent=transcript:ENST1\n\
    X\tt\texon\t61\t81\t.\t+\t.\tParent=transcript:ENST1\n\
    X\tt\tCDS\t16\t30\t.\t+\t0\tParent=transcript:ENST1;protein_id=ENSP1\n\
    X\tt\tCDS\t61\t72\t.\t+\t0\tParent=transcript:ENST1;protein_id=ENSP1\n";
const HEAD: &str = "##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

fn workshop(lines: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.write("g.fa", FASTA).write("g.gff3", GFF).write("v.vcf", format!("{HEAD}{lines}"));
    workshop
}

const RUN: &str = "annotate --vcf v.vcf --reference g.fa --transcripts g.gff3 --assembly GRCh38";

#[test]
fn an_annotated_file_keeps_its_lines_and_gains_a_field() {
    let workshop = workshop(
        "\tFORMAT\ta\tb\n\
         X\t22\trs1\tA\tT\t9\tPASS\tDP=3\tGT\t0|1\t0/1\n\
         X\t23\t.\tA\tC,G\t9\tPASS\t.\tGT\t0|1\t0/1\n\
         X\t31\t.\tG\tA,<INS>\t9\tPASS\tCSQ=old;DP=4\tGT\t0/1\t0/0\n",
    );
    workshop.run(&format!("{RUN} --out o.vcf")).succeeded();
    let text = workshop.read("o.vcf");
    let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with('#')).collect();
    assert!(text.contains(
        "##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Consequence annotations from indgang. Format: Allele|"
    ));
    assert!(lines[0].starts_with("X\t22\trs1\tA\tT\t9\tPASS\tDP=3;CSQ=T|stop_gained|HIGH|G|ENSG1|Transcript|ENST1.2|"));
    assert!(lines[0].ends_with("\tGT\t0|1\t0/1"));
    // One copy of `a` carries both; of `b` nobody knows.
    assert!(lines[0].contains("|ENST1.2:c.7A>T|ENSP1:p.(Lys3Ter)|"), "{}", lines[0]);
    assert!(
        lines[0].contains("|NC_000023.11:g.22A>T||escapes_near_last_junction|9|23|missense_variant|"),
        "{}",
        lines[0]
    );
    assert!(lines[0].contains("|c.[7A>T%3B8A>C]|p.(Lys3Ser)"), "{}", lines[0]);
    assert_eq!(lines[1].matches("missense_variant|MODERATE").count(), 2);
    assert!(lines[2].contains("\tDP=4;CSQ=A|splice_donor_variant|HIGH|"), "{}", lines[2]);
    assert!(!lines[2].contains("old"));
    // The file can be annotated again, and its own reader takes the field in.
    workshop.write("f.ped", "f\ta\t0\t0\t2\t2\n");
    workshop.run(&format!("{RUN} --out p.vcf").replace("v.vcf", "o.vcf")).succeeded();
    assert_eq!(workshop.read("p.vcf"), text);
    let found = workshop.run("inheritance --vcf o.vcf --ped f.ped --profile none --assembly GRCh38 --out c.jsonl");
    found.succeeded();
    assert!(workshop.read("c.jsonl").contains("\"gene\":\"G\"")); // no gene of the shipped table
}

#[test]
fn json_lines_hold_the_same() {
    let workshop = workshop("\nX\t24\t.\tA\tAT\t.\t.\t.\n");
    workshop.run(&format!("{RUN} --format jsonl --vrs --out o.jsonl")).succeeded();
    let text = workshop.read("o.jsonl");
    let row: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((row["most_severe"].as_str(), row["position"].as_u64()), (Some("frameshift_variant"), Some(24)));
    let one = &row["transcripts"][0];
    assert_eq!(one["hgvs_p"], "p.(Ala4CysfsTer4)");
    assert_eq!(one["nonsense_mediated_decay"], "escapes_last_exon");
    assert!(row["vrs"].as_str().unwrap().starts_with("ga4gh:VA."), "{row}");
}

#[test]
fn bad_input_leaves_no_file() {
    for (lines, arguments, expected) in [
        (
            "\nX\t22\t.\tC\tT\t.\t.\t.\n",
            "",
            &["`v.vcf`, line 5: X:22: REF is `C`, the reference genome has `A` there", "same build"][..],
        ),
        ("\nX\t22000\t.\tC\tT\t.\t.\t.\n", "", &["line 5", "does not hold this place"]),
        (
            "\nX\t22\t.\tA\tT\t.\t.\t.\n",
            "--transcripts none.gff",
            &["`none.gff` is neither MANE nor RefSeq nor a gene annotation"],
        ),
        ("\nX\t22\t.\tA\tT\t.\t.\t.\n", "--transcripts RefSeq", &["the shipped table RefSeq is of GRCh37"]),
        ("\nX\t22\t.\tA\tT\t.\t.\t.\n", "--reference none.fa", &["`none.fa`", "check the path"]),
    ] {
        let workshop = workshop(lines);
        let mut run = format!("{RUN} --out o.vcf");
        if let Some((option, _)) = arguments.split_once(' ') {
            let old = if option == "--reference" { "--reference g.fa" } else { "--transcripts g.gff3" };
            run = run.replace(old, arguments);
        }
        workshop.run(&run).refused_with(expected);
        assert!(!workshop.path().join("o.vcf").exists());
    }
}
