//! Releases of files as their publishers write them, with made-up rows: built on an earlier release, told and refused.

use indgang_genomics::liftover::Liftover;
use indgang_genomics::transcripts::TranscriptTable;
use indgang_knowledge::build::checks::Doubt;
use indgang_knowledge::build::release::{Given, Release, ReleaseError, release, sha256};
use indgang_knowledge::build::{clinvar, genes};
use indgang_knowledge::difference::{Association, Told};
use indgang_knowledge::manifest::Source;
use indgang_knowledge::phenotype::DiseaseAnnotations;
use indgang_knowledge::{DiseaseSource, FORMAT, Knowledge, Manifest, MolecularEffect, Part, Significance, pack};
use indgang_model::{Assembly, Variant};
use indgang_terminology::Hpo;
use std::io::Cursor;

const OBO: &str = "format-version: 1.2\ndata-version: hp/releases/2026-09-01\n\n\
    [Term]\nid: HP:0000001\nname: All\n\n\
    [Term]\nid: HP:0000005\nname: Mode of inheritance\nis_a: HP:0000001 ! All\n\n\
    [Term]\nid: HP:0000006\nname: Autosomal dominant inheritance\nis_a: HP:0000005 ! Mode of inheritance\n\n\
    [Term]\nid: HP:0000118\nname: Phenotypic abnormality\nis_a: HP:0000001 ! All\n\n\
    [Term]\nid: HP:0000520\nname: Proptosis\nsynonym: \"Bulging eyes\" EXACT layperson []\nis_a: HP:0000118 ! x\n\n\
    [Term]\nid: HP:0000057\nname: obsolete Old sign\nis_obsolete: true\nreplaced_by: HP:0000520\n";

const HPOA: &str = "#description: \"HPO annotations for rare diseases\"\n#version: 2026-09-01\n\
    #hpo-version: http://purl.obolibrary.org/obo/hp/releases/2026-09-01/hp.json\n\
    database_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency\tsex\tmodifier\taspect\tbiocuration\n\
    OMIM:101600\tPfeiffer syndrome\t\tHP:0000520\tPMID:1\tPCS\t\t3/4\t\t\tP\tHPO:x[2020-01-01]\n\
    OMIM:101600\tPfeiffer syndrome\t\tHP:0000006\tPMID:1\tPCS\t\t\t\t\tI\tHPO:x[2020-01-01]\n\
    OMIM:101600\tPfeiffer syndrome\t\tHP:0000057\tPMID:1\tPCS\t\t\t\t\tP\tHPO:x[2020-01-01]\n\
    OMIM:101600\tPfeiffer syndrome\t\tHP:0009999\tPMID:1\tPCS\t\t\t\t\tP\tHPO:x[2020-01-01]\n\
    OMIM:604370\tBreast cancer\t\tHP:0000005\tPMID:1\tPCS\t\t\t\t\tI\tHPO:x[2020-01-01]\n";

const GENE_DISEASES: &str = "ncbi_gene_id\tgene_symbol\tassociation_type\tdisease_id\tsource\n\
    NCBIGene:2263\tFGFR2\tMENDELIAN\tOMIM:101600\tftp://example.org/mim2gene_medgen\n\
    NCBIGene:672\tBRCA1\tPOLYGENIC\tORPHA:145\thttp://example.org/en_product6.xml\n\
    NCBIGene:999999\tNOGENE\tMENDELIAN\tOMIM:101600\tftp://example.org/mim2gene_medgen\n";

const HGNC: &str = "hgnc_id\tsymbol\tname\tlocus_group\tlocus_type\tstatus\tlocation\talias_symbol\tprev_symbol\t\
    entrez_id\tensembl_gene_id\n\
    HGNC:3689\tFGFR2\tx\tprotein-coding gene\tgene with protein product\tApproved\t10q26.13\t\"CEK3|TK14\"\t\"KGFR|BEK\"\t\
    2263\tENSG00000066468\n\
    HGNC:1100\tBRCA1\tx\tprotein-coding gene\tgene with protein product\tApproved\t17q21.31\t\t\t672\tENSG00000012048\n\
    HGNC:7481\tMT-TL1\tx\tnon-coding RNA\tRNA, transfer\tApproved\tmitochondria\t\tMTTL1\t4567\tENSG00000209082\n\
    HGNC:2\tGONE\tx\twithdrawn\twithdrawn\tEntry Withdrawn\t\t\t\t\t\n";

const GNOMAD: &str = "gene\tgene_id\ttranscript\tcanonical\tmane_select\tlof.obs\tlof.pLI\tlof.oe_ci.lower\tlof.oe_ci.upper\n\
    FGFR2\t2263\tNM_000141.5\tfalse\ttrue\t1\t9.0e-01\t0.1\t4.0e-01\n\
    FGFR2\tENSG00000066468\tENST00000358487\tfalse\ttrue\t1\t9.8e-01\t0.1\t2.5e-01\n\
    FGFR2\tENSG00000066468\tENST00000000001\ttrue\tfalse\t1\t1.0e-01\t0.1\t9.9e-01\n";

const CLINGEN: &str = "\"CLINGEN GENE DISEASE VALIDITY CURATIONS\",\"\"\n\"FILE CREATED: 2026-09-02\",\"\"\n\
    \"FGFR2\",\"HGNC:3689\",\"Apert syndrome\",\"MONDO:0007041\",\"AD\",\"SOP8\",\"Definitive\",\
    \"x/CGGV:assertion_1\",\"2020-01-02T16:00:00.000Z\",\"Panel\"\n";

const CLINVAR: &str = "##fileformat=VCFv4.1\n##fileDate=2026-09-05\n##source=ClinVar\n##reference=GRCh38\n\
    ##INFO=<ID=CLNSIG,Number=.,Type=String,Description=\"x\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

/// ClinVar's VCF with the significance of its first record.
fn clinvar_vcf(significance: &str) -> String {
    format!(
        "{CLINVAR}\
         10\t110\t13275\tA\tG\t.\t.\tALLELEID=1;CLNDN=Pfeiffer_syndrome|not_provided;CLNHGVS=NC_000010.11:g.110A>G;\
         CLNREVSTAT=criteria_provided,_multiple_submitters,_no_conflicts;CLNSIG={significance};\
         GENEINFO=KGFR:2263|OTHER:1;MC=SO:0001583|missense_variant\n\
         10\t112\t2\tA\tAT\t.\t.\tALLELEID=2;CLNREVSTAT=no_classification_provided;CLNSIG=not_provided;\
         GENEINFO=FGFR2:2263;MC=SO:0001589|frameshift_variant\n\
         10\t113\t3\tC\t.\t.\t.\tALLELEID=3;CLNREVSTAT=practice_guideline;CLNSIG=Benign\n\
         NW_009646201.1\t5\t4\tC\tT\t.\t.\tALLELEID=4;CLNREVSTAT=practice_guideline;CLNSIG=Benign\n\
         10\t114\t5\tC\tT\t.\t.\tALLELEID=5;CLNREVSTAT=no_classification_for_the_single_variant;CLNSIGINCL=6:Pathogenic\n"
    )
}

const SUMMARY: &str = "#AlleleID\tType\tName\tGeneID\tAssembly\tVariationID\n\
    1\tSNV\tNM_000141.5(FGFR2):c.1694A>C (p.Glu565Ala)\t2263\tGRCh37\t13275\n\
    1\tSNV\tNM_000141.5(FGFR2):c.1694A>C (p.Glu565Ala)\t2263\tGRCh38\t13275\n";

/// Chromosome 10: base n of GRCh37 is base n + 100 of GRCh38.
const TO_38: &str = "chain 1 10 1000 + 0 500 chr10 1000 + 100 600 1\n500\n";
const TO_37: &str = "chain 1 chr10 1000 + 100 600 10 1000 + 0 500 1\n500\n";

/// An earlier release, as small as it can be: one gene, one disease, one record of ClinVar.
fn earlier() -> Knowledge {
    let hgnc = "entrez_id\tsymbol\tchromosome\tcytoband\ttype\tsynonyms\thgnc_id\tensembl_id\t\n\
        2263\tFGFR2\t10\t10q26.13\tprotein-coding\t\tHGNC:3689\tENSG00000066468\t\n\
        2\tLOST\t10\t10q26.13\tprotein-coding\t\tHGNC:2\t\t\n";
    let hpoa = "#date: 2023-01-27\nOMIM:101600\tPfeiffer syndrome\t\tHP:0000520\tPMID:1\tPCS\t\t\t\t\tP\tx\n\
        OMIM:1\tOld disease\t\tHP:0000520\tPMID:1\tPCS\t\t\t\t\tP\tx\n";
    let diseases = DiseaseAnnotations::from_hpoa(hpoa).expect("reads");
    let sources = genes::GeneSources {
        hgnc: Some(hgnc),
        constraint: None,
        mane: None,
        clingen: None,
        acmg: None,
        gene_links: Some("#Format\n2263\tFGFR2\tHP:0000006\tx\t-\t\t-\tmim2gene\tOMIM:1\n"),
        diseases: &diseases,
        new_diseases: true,
        mode_lists: None,
        haploinsufficient: Some("FGFR2\n"),
    };
    let (genes, tally) = genes::genes(&sources, None).expect("builds");
    let vcf = "10\t10\t.\tA\tG\t.\t.\tMUT=ALT;MEASURESET_ID=13275;SYMBOL=FGFR2;CLINICAL_SIGNIFICANCE=Pathogenic;\
        REVIEW_STATUS=criteria_provided..single_submitter;ALL_TRAITS=x\n";
    let table = "header\n10\t10\tA\tG\t\t\t\t\t\tNM_000141.4:c.1694A>C\tNP_000132.3:p.Glu565Ala\n";
    let to_38 = Liftover::parse(TO_38.as_bytes()).expect("reads");
    let to_37 = Liftover::parse(TO_37.as_bytes()).expect("reads");
    let sources = clinvar::ClinVarSources {
        vcf: &mut vcf.as_bytes(),
        version: Some("2016-09"),
        assembly: Some(Assembly::GRCh37),
        hgvs: clinvar::Hgvs::of_table(table).expect("reads"),
    };
    let parts = clinvar::clinvar(sources, &genes, |_, v| indgang_knowledge::build::lift::variant(&to_38, &to_37, v))
        .expect("builds");
    let packed = vec![
        (Part::Hpo, pack(Part::Hpo, &Hpo::from_obo(OBO).expect("reads"), 1).expect("packs")),
        (Part::Diseases, pack(Part::Diseases, &diseases, 1).expect("packs")),
        (Part::Genes, pack(Part::Genes, &genes, 1).expect("packs")),
        (Part::ClinVarRecords, pack(Part::ClinVarRecords, &parts.records, 1).expect("packs")),
        (Part::ClinVarGRCh37, pack(Part::ClinVarGRCh37, &parts.places, 1).expect("packs")),
        (Part::ClinVarGRCh38, pack(Part::ClinVarGRCh38, &parts.lifted, 1).expect("packs")),
        (Part::TranscriptsGRCh37, pack(Part::TranscriptsGRCh37, &TranscriptTable::new(Vec::new()), 1).expect("packs")),
        (Part::TranscriptsGRCh38, pack(Part::TranscriptsGRCh38, &TranscriptTable::new(Vec::new()), 1).expect("packs")),
        (Part::LiftoverTo38, pack(Part::LiftoverTo38, &to_38, 1).expect("packs")),
        (Part::LiftoverTo37, pack(Part::LiftoverTo37, &to_37, 1).expect("packs")),
        // No release of these tests looks into it.
        (Part::Pgx, b"pharmacogenomics".to_vec()),
    ];
    let source = |name: &str, version: &str| source(name, &format!("{name}.old"), version, "");
    let entry = |(part, bytes): &(Part, Vec<u8>)| indgang_knowledge::manifest::PartEntry {
        name: part.name().to_owned(),
        sources: Vec::new(),
        bytes: bytes.len() as u64,
        sha256: sha256(bytes),
        rows: if *part == Part::Genes { tally.rows.clone() } else { Default::default() },
    };
    let manifest = Manifest {
        format: FORMAT,
        release: "old".into(),
        sources: vec![source("clinvar", "2016-09"), source("hgnc", "2023-10")],
        parts: packed.iter().map(entry).collect(),
    };
    Knowledge::from_parts(manifest.write().expect("writes"), packed)
}

fn source(name: &str, file: &str, version: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        title: name.to_owned(),
        version: version.to_owned(),
        licence: "made up".to_owned(),
        file: file.to_owned(),
        sha256: sha256(text.as_bytes()),
    }
}

/// A file of this source with this text.
fn given(name: &str, file: &str, text: &str) -> Given<'static> {
    let text = text.to_owned();
    let source = source(name, file, "", &text);
    Given { source, open: Box::new(move || Ok(Box::new(Cursor::new(text.clone().into_bytes())))) }
}

fn all(significance: &str) -> Vec<Given<'static>> {
    vec![
        given("hpo", "hp.obo", OBO),
        given("hpo_annotations", "phenotype.hpoa", HPOA),
        given("hpo_genes", "genes_to_disease_2026-09-01.txt", GENE_DISEASES),
        given("hgnc", "hgnc_complete_set_2026-09-03.txt", HGNC),
        given("gnomad_constraint", "gnomad.v4.1.constraint_metrics.tsv", GNOMAD),
        given("clingen_validity", "clingen.csv", CLINGEN),
        given("clinvar", "clinvar.vcf", &clinvar_vcf(significance)),
        given("clinvar_hgvs", "variant_summary_2026-09.txt", SUMMARY),
    ]
}

fn built(given: Vec<Given<'_>>) -> Release {
    release(given, Some(&earlier()), &|_| ()).expect("builds")
}

#[test]
fn files_as_published_are_a_release() {
    let release = built(all("Likely_pathogenic"));
    let knowledge = release.knowledge().expect("opens");
    let versions = knowledge.versions();
    for (source, version) in [
        ("hpo", "2026-09-01"),
        ("hpo_annotations", "2026-09-01"),
        ("hpo_genes", "2026-09-01"),
        ("hgnc", "2026-09-03"),
        ("gnomad_constraint", "4.1"),
        ("clingen_validity", "2026-09-02"),
        ("clinvar", "2026-09-05"),
        ("clinvar_hgvs", "2026-09"),
    ] {
        assert_eq!(versions.get(source).map(String::as_str), Some(version), "{source}");
    }
    let genes = knowledge.genes().expect("opens");
    let fgfr2 = genes.by_symbol("BEK").expect("a former symbol");
    assert_eq!((&*fgfr2.symbol, fgfr2.entrez, fgfr2.loeuf, fgfr2.pli), ("FGFR2", Some(2263), Some(0.25), Some(0.98)));
    assert_eq!(fgfr2.haploinsufficient, Some(true), "of the earlier release");
    assert!(genes.by_symbol("GONE").is_none() && genes.by_symbol("MTTL1").is_some());
    let links: Vec<_> = genes.diseases_of(fgfr2).iter().map(|d| (&*d.disease, &*d.label, d.source)).collect();
    let expected = [
        ("OMIM:101600", "Pfeiffer syndrome", DiseaseSource::Mim2Gene),
        ("MONDO:0007041", "Apert syndrome", DiseaseSource::ClinGen),
    ];
    assert_eq!(links, expected);
    assert_eq!(genes.diseases_of(genes.by_symbol("BRCA1").expect("known"))[0].source, DiseaseSource::Orphadata);
    let allele =
        |pos| Variant { chrom: "10".parse().expect("a chromosome"), pos, reference: "A".into(), alternate: "G".into() };
    for (assembly, pos, lifted) in [(Assembly::GRCh38, 110, false), (Assembly::GRCh37, 10, true)] {
        let clinvar = knowledge.clinvar(assembly).expect("opens");
        let record = clinvar.get(&allele(pos)).expect("a record");
        assert_eq!((record.significance, record.stars, record.gene), (Significance::LikelyPathogenic, 2, "FGFR2"));
        assert_eq!((record.hgvs_c, record.hgvs_p), (Some("NM_000141.5:c.1694A>C"), Some("p.Glu565Ala")));
        assert_eq!(
            (record.traits, record.lifted, record.version),
            (vec!["Pfeiffer syndrome", "not provided"], lifted, "2026-09-05")
        );
    }
    let clinvar = knowledge.clinvar(Assembly::GRCh38).expect("opens");
    assert_eq!(clinvar.by_protein("FGFR2", 565, Some(b'A')).len(), 1);
    let effects: Vec<_> = clinvar.records().map(|r| r.effect).collect();
    assert_eq!(effects, [MolecularEffect::Missense, MolecularEffect::Frameshift], "the second by the field MC");
    let rows = &release.manifest.parts.iter().find(|p| p.name == "clinvar-records").expect("a part").rows;
    for why in ["without_alternate_left_out", "outside_the_chromosomes_left_out", "without_significance_left_out"] {
        assert_eq!(rows.get(why), Some(&1), "{why}");
    }
    let pgx = release.parts.iter().find(|(part, _)| *part == Part::Pgx).expect("a part");
    assert_eq!(pgx.1, b"pharmacogenomics", "taken over as it is");
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let files = || built(all("Benign")).files().expect("writes");
    assert_eq!(files(), files());
}

#[test]
fn a_release_of_one_file_keeps_the_rest() {
    let before = earlier();
    let one = built(vec![given("clinvar", "clinvar.vcf", &clinvar_vcf("Benign"))]);
    let after = one.knowledge().expect("opens");
    assert_eq!(after.genes().expect("opens"), before.genes().expect("opens"));
    let record = after.clinvar(Assembly::GRCh38).expect("opens").records().next().expect("a record");
    assert_eq!(record.hgvs_c, Some("NM_000141.4:c.1694A>C"), "its name is that of the earlier release");
    // Another gene table alone: what other parts say of the gene follows its new symbol.
    let table = HGNC.replace("\tFGFR2\t", "\tFGFR2NEW\t").replace("KGFR|BEK", "KGFR|FGFR2");
    let renamed = built(vec![given("hgnc", "hgnc_2026-09-03.txt", &table)]).knowledge().expect("opens");
    let clinvar = renamed.clinvar(Assembly::GRCh37).expect("opens");
    assert_eq!(clinvar.records().map(|r| r.gene).collect::<Vec<_>>(), ["FGFR2NEW"]);
    assert_eq!(clinvar.by_protein("FGFR2NEW", 565, None).len(), 1);
    let genes = renamed.genes().expect("opens");
    let gene = genes.by_symbol("FGFR2NEW").expect("known");
    assert_eq!((&*genes.diseases_of(gene)[0].disease, gene.haploinsufficient), ("OMIM:1", Some(true)));
}

#[test]
fn doubtful_rows_are_told_with_file_and_line() {
    let release = built(all("Benign"));
    let told: Vec<(&str, usize, &str, Doubt)> =
        release.remarks.iter().map(|r| (r.file.as_str(), r.line, r.value.as_str(), r.doubt)).collect();
    for expected in [
        ("phenotype.hpoa", 7, "HP:0000057", Doubt::ObsoleteTerm),
        ("phenotype.hpoa", 8, "HP:0009999", Doubt::UnknownTerm),
        ("phenotype.hpoa", 9, "HP:0000005", Doubt::UnknownMode),
        ("genes_to_disease_2026-09-01.txt", 3, "ORPHA:145", Doubt::DiseaseWithoutLabel),
        ("genes_to_disease_2026-09-01.txt", 4, "NOGENE", Doubt::UnknownGene),
    ] {
        assert!(told.contains(&expected), "{expected:?} is not among {told:?}");
    }
    assert_eq!(told.len(), 5, "{told:?}");
    let words = release.remarks[0].to_string();
    assert_eq!(words, "`phenotype.hpoa`, line 7: `HP:0000057` is out of use in the ontology");
}

#[test]
fn counts_that_fall_are_told() {
    let release = built(vec![given("hpo_genes", "genes_to_disease_2026-09-01.txt", GENE_DISEASES)]);
    assert_eq!(release.falls, [], "two links for one");
    let hgnc = HGNC.lines().take(2).collect::<Vec<_>>().join("\n");
    let release = built(vec![given("hgnc", "hgnc_2026-09-03.txt", &hgnc)]);
    let falls: Vec<String> = release.falls.iter().map(ToString::to_string).collect();
    assert_eq!(falls, ["genes of the part `genes` fall from 2 to 1"]);
}

#[test]
fn the_difference_is_told() {
    let (before, release) = (earlier(), built(all("Uncertain_significance")));
    let told = Told::between(&before, &release.knowledge().expect("opens")).expect("compares");
    assert_eq!(
        (told.genes.added, told.genes.withdrawn),
        (vec!["BRCA1".into(), "MT-TL1".into()], vec!["LOST".to_owned()])
    );
    assert_eq!(told.diseases.added, ["OMIM:604370 Breast cancer"]);
    assert_eq!(told.diseases.withdrawn, ["OMIM:1 Old disease"]);
    let link =
        |disease: &str, label: &str| Association { gene: "FGFR2".into(), disease: disease.into(), label: label.into() };
    assert_eq!(told.associations.withdrawn, [link("OMIM:1", "Old disease")]);
    assert!(told.associations.added.contains(&link("OMIM:101600", "Pfeiffer syndrome")));
    assert_eq!((told.clinvar.added, told.clinvar.withdrawn, told.upgrades), (vec![2], vec![], vec![]));
    let [down] = told.downgrades.as_slice() else { unreachable!("{:?}", told.downgrades) };
    assert_eq!((down.before.as_str(), down.now.as_str()), ("Pathogenic (1/4)", "Uncertain significance (2/4)"));
    assert!(Told::between(&before, &before).expect("compares").is_empty());
}

#[test]
fn a_bad_file_is_refused_with_its_line() {
    let vcf = clinvar_vcf("Benign");
    for (name, file, text, expected) in [
        ("hpo", "hp.obo", OBO.replace("name: Proptosis", "name Proptosis"), "`hp.obo`: line 25: `name Proptosis`"),
        ("hpo", "hp.json", "{".to_owned(), "`hp.json`: not an obographs JSON file"),
        ("hpo_annotations", "p.hpoa", HPOA.replace("\t3/4\t", "\t3/\t"), "`p.hpoa`: line 5"),
        ("hpo_genes", "g.txt", GENE_DISEASES.replace("ORPHA:145", "145"), "`g.txt`: HPO gene links: line 3: `145`"),
        (
            "hpo_genes",
            "g.txt",
            GENE_DISEASES.lines().next().unwrap_or_default().to_owned(),
            "`g.txt`: HPO gene links: no rows",
        ),
        ("hgnc", "h.txt", HGNC.replace("HGNC:1100", "1100"), "`h.txt`: HGNC: line 3: `1100` is not an HGNC identifier"),
        ("hgnc", "h.txt", HGNC.replace("\tprev_symbol", "\tformer"), "line 1: there is no column `prev_symbol`"),
        ("gnomad_constraint", "c.tsv", GNOMAD.replace("lof.pLI", "x"), "line 1: there is no column `pLI` or `lof.pLI`"),
        (
            "clingen_validity",
            "v.csv",
            CLINGEN.replace("Definitive", "Perhaps"),
            "line 3: `Perhaps` is not a known classification",
        ),
        (
            "clinvar",
            "c.vcf",
            vcf.replace("no_classification_provided", "dreamt"),
            "`c.vcf`: ClinVar VCF: line 8: `dreamt`",
        ),
        (
            "clinvar",
            "c.vcf",
            vcf.replace("##reference=GRCh38", "##reference=T2T"),
            "`c.vcf`: ClinVar VCF: line 4: `T2T`",
        ),
        ("clinvar", "c.vcf", vcf.replace("##fileDate=2026-09-05\n", ""), "the header has no `##fileDate`"),
        ("clinvar_hgvs", "variant_summary.txt", SUMMARY.to_owned(), "is of no use alone: give `--clinvar` with it"),
        (
            "hpo_genes",
            "genes_to_disease.txt",
            GENE_DISEASES.to_owned(),
            "say it with `--source-version hpo_genes=VERSION`",
        ),
    ] {
        let error: ReleaseError =
            release(vec![given(name, file, &text)], Some(&earlier()), &|_| ()).expect_err("is refused");
        assert!(error.to_string().contains(expected), "{error} is not {expected}");
    }
    let alone = release(vec![given("hpo", "hp.obo", OBO)], None, &|_| ()).expect_err("nothing to take the rest from");
    assert!(alone.to_string().contains("no earlier release"), "{alone}");
}
