//! Building twice gives the same bytes, and bad sources are named with file and line.

use indgang_knowledge::build::{BuildError, clinvar, genes};
use indgang_knowledge::{Genes, Mode, Part, pack};
use indgang_model::Variant;

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

fn sources() -> genes::GeneSources<'static> {
    genes::GeneSources {
        hgnc: HGNC,
        constraint: "#gene\nFGFR2\tENST1\t9.9e-01\t0\t0\t3.0e-01\n",
        mane: "",
        clingen: CLINGEN,
        acmg: ACMG,
        acmg_version: "3.1",
        genes_to_phenotype: LINKS,
        hpoa: HPOA,
        mode_lists: &[(Mode::AutosomalRecessive, "BRCA1\nGONE\n")],
        haploinsufficient: "BRCA1\n",
    }
}

fn built() -> Genes {
    genes::genes(&sources()).expect("builds").0
}

#[test]
fn building_twice_gives_the_same_bytes() {
    let parts = || {
        let genes = built();
        let clinvar = clinvar::ClinVarSources { vcf: VCF, version: "2016-09", table: TABLE };
        let clinvar = clinvar::clinvar(&clinvar, &genes, |v: &Variant| Some(v.clone())).expect("builds");
        [
            pack(Part::Genes, &genes, 19).expect("packs"),
            pack(Part::ClinVarRecords, &clinvar.records, 19).expect("packs"),
            pack(Part::ClinVarGRCh38, &clinvar.lifted, 19).expect("packs"),
        ]
    };
    assert_eq!(parts(), parts());
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
    let (_, rows) = genes::genes(&sources()).expect("builds");
    assert_eq!((rows["listed_modes"], rows["listed_modes_not_resolved"]), (1, 1));
    let clinvar = clinvar::ClinVarSources { vcf: VCF, version: "2016-09", table: TABLE };
    let parts = clinvar::clinvar(&clinvar, &genes, |_: &Variant| None).expect("builds");
    assert_eq!((parts.records.len(), parts.lifted.len()), (1, 0));
    assert_eq!(parts.rows["about_the_reference_allele_left_out"], 1);
}

#[test]
fn a_bad_line_is_named() {
    let broken = HGNC.replace("protein-coding\tBEK", "protein\tBEK");
    let error = genes::genes(&genes::GeneSources { hgnc: &broken, ..sources() }).expect_err("an unknown type");
    assert_eq!(error.to_string(), "HGNC: line 3: `protein` is not a known type of locus");
    let error = genes::genes(&genes::GeneSources { hgnc: "", ..sources() }).expect_err("an empty file");
    assert_eq!(error, BuildError::Empty("HGNC"));
    let vcf = VCF.replace("reviewed_by_expert_panel", "dreamt");
    let clinvar = clinvar::ClinVarSources { vcf: &vcf, version: "x", table: TABLE };
    let error = clinvar::clinvar(&clinvar, &built(), |_: &Variant| None).expect_err("an unknown status");
    assert_eq!(error.to_string(), "ClinVar VCF: line 3: `dreamt` is not a known review status");
}
