//! How files write the same thing, and what a file does not say.

use super::builder::{File, answer, answer_on, gene, of_gene};
use indgang_interpret::pgx::report::{CallSource, GeneReport};
use indgang_model::Assembly;

const HEAD: &str = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n";

fn vkorc1(line: &str) -> GeneReport {
    of_gene(answer(&format!("{HEAD}{line}\n"), ""), "VKORC1")
}

fn called(gene: &GeneReport) -> String {
    let names: Vec<&str> = gene.diplotypes.iter().map(|d| d.name.as_str()).collect();
    match names.as_slice() {
        [] => gene
            .matched_positions
            .iter()
            .chain(&gene.missing_positions)
            .filter_map(|p| p.note)
            .collect::<Vec<_>>()
            .join(" "),
        names => names.join(" or "),
    }
}

#[test]
fn one_position_in_all_its_notations() {
    let (reference, other) = ("rs9923231 reference (C)", "rs9923231 variant (T)");
    let both = |a: &str, b: &str| format!("{a}/{b}");
    let cases = [
        ("chr16\t31096368\t.\tC\tT\t.\t.\t.\tGT\t0/1", both(reference, other)),
        ("16\t31096368\t.\tC\tA,T\t.\t.\t.\tGT\t2/2", both(other, other)),
        ("16\t31096368\t.\tC\tT,<NON_REF>\t.\t.\t.\tGT\t0/0", both(reference, reference)),
        ("16\t31096368\t.\tC\t.\t.\t.\t.\tGT\t0/0", both(reference, reference)),
        ("16\t31096368\t.\tCA\tTA\t.\t.\t.\tGT\t0/1", both(reference, other)),
        ("16\t31096367\t.\tGC\tGT\t.\t.\t.\tGT\t1/1", both(other, other)),
        ("16\t31096300\t.\tG\t<NON_REF>\t.\t.\tEND=31096400\tGT:DP\t0/0:30", both(reference, reference)),
        ("16\t31096300\t.\tG\t<NON_REF>\t.\t.\tEND=31096400\tGT:DP\t0/0:0", "no_reads".to_owned()),
        ("16\t31096300\t.\tG\t<NON_REF>\t.\t.\tEND=31096367\tGT\t0/0", "no_line".to_owned()),
        ("16\t31096368\t.\tC\tT\t.\t.\t.\tGT\t./.", "no_call".to_owned()),
        ("16\t31096368\t.\tC\tT\t.\t.\t.\tGT\t0/.", "half_call".to_owned()),
        ("16\t31096368\t.\tC\tT\t.\t.\t.\tGT\t1/.", "half_call".to_owned()),
        ("16\t31096368\t.\tC\tT\t.\t.\t.\tGT:AD\t0/1:0,12", "reads_of_one_allele_only".to_owned()),
        ("16\t31096368\t.\tG\tT\t.\t.\t.\tGT\t0/0", "other_reference_allele".to_owned()),
        ("16\t31096368\t.\tC\t*\t.\t.\t.\tGT\t0/1", "symbolic_or_spanning_allele".to_owned()),
        ("16\t31096368\t.\tC\tA\t.\t.\t.\tGT\t0/1", "undocumented_allele".to_owned()),
        ("16\t31096360\t.\tGGGGGGGGC\tG\t.\t.\t.\tGT\t0/0", "no_line".to_owned()),
        ("17\t31096368\t.\tC\tT\t.\t.\t.\tGT\t0/0", "no_line".to_owned()),
    ];
    for (line, expected) in cases {
        let gene = vkorc1(line);
        assert_eq!(called(&gene), expected, "{line}");
        if gene.diplotypes.is_empty() {
            assert!(matches!(gene.call_source, CallSource::NoData | CallSource::NoMatch), "{line}");
        }
    }
}

#[test]
fn alternates_on_two_lines_are_put_together() {
    let two = |first: &str, second: &str| {
        let line = |alternate: &str, call: &str| format!("16\t31096368\t.\tC\t{alternate}\t.\t.\t.\tGT\t{call}\n");
        of_gene(answer(&format!("{HEAD}{}{}", line("A", first), line("T", second)), ""), "VKORC1")
    };
    let genotype = |gene: &GeneReport| gene.matched_positions[0].genotype.clone().unwrap_or_default();
    assert_eq!(genotype(&two("0/1", "1/0")), "A/T");
    assert_eq!(genotype(&two("0|1", "1|0")), "T|A");
    assert_eq!(genotype(&two("0/0", "0/1")), "C/T");
}

#[test]
fn g6pd_of_men_has_one_copy() {
    let answer_of = |at: &str, elsewhere: &str| {
        let mut file = File::default();
        file.reference("G6PD", elsewhere);
        file.set(23, 154_536_002, "C", "T", at);
        file.gene("G6PD")
    };
    let definition = gene("G6PD").definition.as_ref().expect("positions");
    assert!(definition.positions.iter().any(|p| p.position == 154_536_002), "A-202 (rs1050828)");
    let man = answer_of("1", "0");
    assert_eq!((man.copies, man.diplotypes[0].alleles.len()), (1, 1));
    assert_eq!(man.diplotypes[0].phenotype.as_deref(), Some("Deficient"), "{:?}", man.diplotypes);
    let woman = answer_of("0/1", "0/0");
    assert_eq!(
        (woman.copies, woman.diplotypes[0].phenotype.as_deref()),
        (2, Some("Variable")),
        "{:?}",
        woman.diplotypes
    );
    // Two different copies beside single ones: nothing is called.
    let neither = answer_of("0/1", "0");
    assert!(neither.diplotypes.is_empty() && neither.warnings.iter().any(|w| w.code == "copies_contradict"));
}

#[test]
fn grch37_is_read_by_its_own_places() {
    // rs9923231 lies at 16:31107689 on GRCh37, rs3758581 at 10:96602623 (reference A on both).
    let vcf = format!("{HEAD}16\t31107689\t.\tC\tT\t.\t.\t.\tGT\t0/1\n");
    let gene = of_gene(answer_on(&vcf, "", Assembly::GRCh37), "VKORC1");
    assert_eq!(called(&gene), "rs9923231 reference (C)/rs9923231 variant (T)");
    assert_eq!(gene.matched_positions[0].position, 31_096_368);
    let there = of_gene(answer(&vcf, ""), "VKORC1");
    assert!(there.diplotypes.is_empty(), "the same line on GRCh38 is another place");
}

#[test]
fn an_answer_with_missing_positions_is_provisional() {
    let mut file = File::default();
    file.reference("DPYD", "0/0");
    assert!(!file.gene("DPYD").is_provisional());
    file.lines.remove(&(1, 97_450_058));
    let gene = file.gene("DPYD");
    assert!(gene.is_provisional(), "c.1905+1G>A (*2A) is open");
    assert_eq!(gene.missing_positions[0].alleles, ["c.1905+1G>A (*2A)"]);
    assert_eq!(gene.alleles_not_callable[0].function.as_deref(), Some("No function"));
    assert_eq!(gene.phenotypes_not_ruled_out, ["Intermediate Metabolizer", "Poor Metabolizer"]);
    let report = file.answer("");
    let capecitabine = report.drugs.iter().find(|d| d.drug == "capecitabine").expect("a guideline");
    assert!(capecitabine.provisional && !capecitabine.recommendations.is_empty());
}

#[test]
fn an_allele_that_is_outscored_for_want_of_positions_is_not_ruled_out() {
    // *2 differs from *1 at rs12769205 and rs4244285; without both, *1/*1 explains as much.
    let mut file = File::default();
    file.reference("CYP2C19", "0/0");
    file.set(10, 94_842_866, "A", "G", "1/1");
    assert!(!file.gene("CYP2C19").is_provisional());
    file.lines.remove(&(10, 94_775_367));
    file.lines.remove(&(10, 94_781_859));
    let gene = file.gene("CYP2C19");
    let named = gene.diplotypes.iter().flat_map(|d| &d.alleles).chain(&gene.alleles_not_ruled_out);
    assert!(named.into_iter().any(|a| a.name == "*2"), "{:?}", gene.diplotypes);
    // HapB3 by its proxy alone is not ruled out either.
    let mut file = File::default();
    file.reference("DPYD", "0/0");
    file.lines.remove(&(1, 97_579_893));
    let gene = file.gene("DPYD");
    assert_eq!(gene.alleles_not_ruled_out[0].name, "c.1129-5923C>G, c.1236G>A (HapB3)");
    assert!(gene.is_provisional());
}

#[test]
fn the_page_says_in_both_languages_that_it_is_no_prescription() {
    let mut file = File::default();
    file.reference("CYP2C19", "0/0");
    let mut report = file.answer("");
    report.sample = "<b>S</b>".to_owned();
    let page = indgang_interpret::html::pgx::render(&report);
    for text in ["uden en læge", "without a clinician", "citalopram", "&lt;b&gt;S&lt;/b&gt;", "*38/*38"] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("<b>S") && !page.contains("<script"));
}
