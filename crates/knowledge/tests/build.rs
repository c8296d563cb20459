//! Building twice gives the same bytes, and bad sources are named with file and line.

use indgang_knowledge::build::{BuildError, clinvar, genes};
use indgang_knowledge::phenotype::DiseaseAnnotations;
use indgang_knowledge::{Genes, Mode, Part, pack};
use indgang_model::{Assembly, Variant};

const HGNC: &str = "entrez_id\tsymbol\tchromosome\tcytoband\ttype\tsynonyms\thgnc_id\tensembl_id\t\n\
    2263\tFGFR2\t10\t10q26.13\tprotein-coding\tKGFR|BEK\tHGNC:3689\tENSG00000066468\t\n\
    672\tBRCA1\t17\t17q21.31\tprotein-coding\tBEK\tHGNC:1100\tENSG00000012048\t\n";
const HPOA: &str = "#date: 2023-01-27\n\
    OMIM:101600\tPfeiffer syndrome\t\tHP:0000006\tOMIM:101600\tIEA\t\t\t\t\tI\tHPO:x\n";
const LINKS: &str = "#Format\n2263\tFGFR2\tHP:0000006\tx\t-\t\t-\tmim2gene\tOMIM:101600\n";
const CLINGEN: &str = "\"A1\",\"B\"\n\"FGFR2\",\"HGNC:3689\",\"Apert, with comma\",\"MONDO:0007041\",\"AD\",\"SOP8\",\
    \"Definitive\",\"x/CGGV:assertion_1\",\"2020-01-02T16:00:00.000Z\",\"Panel\"\n";
const ACMG: &str = "header\nHGNC:1100\tE\t672\tBRCA1\t1\tBreast cancer\t604370\tCancer\tAD \t1.0\tAll P and LP\n";
const VCF: &str = "##x\n#CHROM\n\
    10\t123256214\t.\tAT\tAG\t.\t.\tMUT=ALT;MEASURESET_ID=1;SYMBOL=KGFR;CLINICAL_SIGNIFICANCE=Pathogenic;\
    REVIEW_STATUS=reviewed_by_expert_panel;ALL_TRAITS=A_b..c|a_b..C\n\
    10\t123256219\t.\tA\tG\t.\t.\tMUT=REF;MEASURESET_ID=2;SYMBOL=FGFR2;CLINICAL_SIGNIFICANCE=Pathogenic;\
    REVIEW_STATUS=no_assertion_provided;ALL_TRAITS=x\n";
const TABLE: &str = "header\n";

const CONSTRAINT: &str =
    "#gene\ttranscript\tpLI\toe_lof\toe_lof_lower\toe_lof_upper\nFGFR2\tENST1\t9.9e-01\t0\t0\t3.0e-01\n";

fn annotations() -> DiseaseAnnotations {
    DiseaseAnnotations::from_hpoa(HPOA).expect("reads")
}

fn sources(diseases: &DiseaseAnnotations) -> genes::GeneSources<'_> {
    genes::GeneSources {
        hgnc: Some(HGNC),
        constraint: Some(CONSTRAINT),
        mane: None,
        clingen: Some(CLINGEN),
        acmg: Some((ACMG, "3.1")),
        gene_links: Some(LINKS),
        diseases,
        new_diseases: true,
        mode_lists: Some(&[(Mode::AutosomalRecessive, "BRCA1\nGONE\n")]),
        haploinsufficient: Some("BRCA1\n"),
    }
}

fn built() -> Genes {
    genes::genes(&sources(&annotations()), None).expect("builds").0
}

fn parts(
    vcf: &str,
    genes: &Genes,
    lift: impl Fn(&Variant) -> Option<Variant>,
) -> Result<clinvar::ClinVarParts, BuildError> {
    let sources = clinvar::ClinVarSources {
        vcf: &mut vcf.as_bytes(),
        version: Some("2016-09"),
        assembly: Some(Assembly::GRCh37),
        hgvs: clinvar::Hgvs::of_table(TABLE)?,
    };
    clinvar::clinvar(sources, genes, |_, variant: &Variant| lift(variant))
}

#[test]
fn building_twice_gives_the_same_bytes() {
    let packed = || {
        let genes = built();
        let clinvar = parts(VCF, &genes, |v| Some(v.clone())).expect("builds");
        [
            pack(Part::Genes, &genes, 19).expect("packs"),
            pack(Part::ClinVarRecords, &clinvar.records, 19).expect("packs"),
            pack(Part::ClinVarGRCh38, &clinvar.lifted, 19).expect("packs"),
        ]
    };
    assert_eq!(packed(), packed());
}

#[test]
fn what_the_fixture_says() {
    let genes = built();
    let fgfr2 = genes.by_symbol("KGFR").expect("an alias of one gene");
    assert!(genes.by_symbol("BEK").is_none(), "an alias of two");
    assert_eq!((fgfr2.loeuf, fgfr2.pli), (Some(0.3), Some(0.99)));
    let links: Vec<_> = genes.diseases_of(fgfr2).iter().map(|d| (&*d.disease, &*d.label, &*d.evidence)).collect();
    let expected = [
        ("OMIM:101600", "Pfeiffer syndrome", ""),
        ("MONDO:0007041", "Apert, with comma", "CGGV:assertion_1 (2020-01-02)"),
    ];
    assert_eq!(links, expected);
    let tally = genes::genes(&sources(&annotations()), None).expect("builds").1;
    assert_eq!((tally.rows["listed_modes"], tally.rows["listed_modes_not_resolved"]), (1, 1));
    let parts = parts(VCF, &genes, |_| None).expect("builds");
    assert_eq!((parts.records.len(), parts.lifted.len()), (1, 0));
    assert_eq!(parts.rows["about_the_reference_allele_left_out"], 1);
}

#[test]
fn what_is_not_given_is_kept_from_an_earlier_release() {
    let before = built();
    let rows = genes::genes(&sources(&annotations()), None).expect("builds").1.rows;
    let diseases = annotations();
    let none = genes::GeneSources {
        hgnc: None,
        constraint: None,
        mane: None,
        clingen: None,
        acmg: None,
        gene_links: None,
        diseases: &diseases,
        new_diseases: false,
        mode_lists: None,
        haploinsufficient: None,
    };
    let (same, tally) = genes::genes(&none, Some((&before, &rows))).expect("builds");
    assert_eq!((&same, &tally.rows), (&before, &rows));
    // Another gene table: BRCA1 is called otherwise and there is one gene more before it; all that was said follows.
    let table = HGNC.replace("672\tBRCA1", "672\tZBRCA1") + "1\tA1BG\t19\t19q\tprotein-coding\t\tHGNC:5\t\t\n";
    let (renamed, tally) =
        genes::genes(&genes::GeneSources { hgnc: Some(&table), ..none }, Some((&before, &rows))).expect("builds");
    let (old, new) = (before.by_symbol("BRCA1").expect("known"), renamed.by_symbol("ZBRCA1").expect("known"));
    assert_eq!(new.haploinsufficient, Some(true));
    assert_eq!(renamed.secondary_finding(new), before.secondary_finding(old));
    assert_eq!(renamed.modes_of(new), before.modes_of(old));
    let fgfr2 = |genes: &Genes| genes.diseases_of(genes.by_symbol("FGFR2").expect("known")).to_vec();
    assert_eq!(fgfr2(&renamed), fgfr2(&before));
    assert_eq!((tally.rows["genes"], tally.rows["clingen"]), (3, 1));
    // Newer annotations give the links their names and modes.
    let renamed = HPOA.replace("Pfeiffer syndrome", "Pfeiffer syndrome, renamed").replace("HP:0000006", "HP:0000007");
    let diseases = DiseaseAnnotations::from_hpoa(&renamed).expect("reads");
    let newer = genes::GeneSources { diseases: &diseases, new_diseases: true, ..none };
    let (newer, _) = genes::genes(&newer, Some((&before, &rows))).expect("builds");
    let link = fgfr2(&newer).swap_remove(0);
    assert_eq!((&*link.label, link.modes), ("Pfeiffer syndrome, renamed", vec![Mode::AutosomalRecessive]));
}

#[test]
fn a_bad_line_is_named() {
    let diseases = annotations();
    let with = |hgnc: &'static str| genes::GeneSources { hgnc: Some(hgnc), ..sources(&diseases) };
    let broken = HGNC.replace("protein-coding\tBEK", "protein\tBEK").leak();
    let error = genes::genes(&with(broken), None).expect_err("an unknown type");
    assert_eq!(error.to_string(), "HGNC: line 3: `protein` is not a known type of locus");
    assert_eq!(genes::genes(&with(""), None).expect_err("an empty file"), BuildError::Empty("HGNC"));
    let error = genes::genes(&with("symbol\nA1BG\n"), None).expect_err("another table");
    assert_eq!(error.to_string(), "HGNC: line 1: there is no column `type`; is it the file as published?");
    let vcf = VCF.replace("reviewed_by_expert_panel", "dreamt");
    let error = parts(&vcf, &built(), |_| None).expect_err("an unknown status");
    assert_eq!(error.to_string(), "ClinVar VCF: line 3: `dreamt` is not a known review status");
}
