//! The publishers' files, in the manifest's order.

/// One file.
pub struct File {
    /// Short name, the key in a report's versions.
    pub name: &'static str,
    /// Title as one would cite it.
    pub title: &'static str,
    /// Release or date.
    pub version: &'static str,
    /// Licence.
    pub licence: &'static str,
    /// Path under the folder of sources.
    pub file: &'static str,
}

const HPO: &str = "HPO licence: free use, content unaltered, cited with version";

/// All files.
pub const SOURCES: &[File] = &[
    File {
        name: "hpo",
        title: "Human Phenotype Ontology",
        version: "2024-08-13",
        licence: HPO,
        file: "hpo/hp.v2024-08-13.json.gz",
    },
    File {
        name: "hpo_annotations",
        title: "HPO annotations of rare diseases (phenotype.hpoa)",
        version: "2023-01-27",
        licence: HPO,
        file: "hpo/phenotype.2023-01-27.hpoa.gz",
    },
    File {
        name: "hpo_genes",
        title: "HPO genes to phenotype (with mim2gene and Orphadata links)",
        version: "2023-01-27",
        licence: HPO,
        file: "hpo/genes_to_phenotype.2023-01-27.txt.gz",
    },
    File {
        name: "hgnc",
        title: "HGNC complete set",
        version: "2023-10",
        licence: "CC0-1.0",
        file: "genes/hgnc_complete_set_2023-10.tsv.gz",
    },
    File {
        name: "gnomad_constraint",
        title: "gnomAD gene constraint",
        version: "2.1.1",
        licence: "CC0-1.0",
        file: "genes/gnomad.v2.1.1.gene-constraints.tsv.gz",
    },
    File {
        name: "clingen_validity",
        title: "ClinGen gene-disease validity",
        version: "2026-06-21",
        licence: "CC0-1.0",
        file: "genes/clingen_gene_validity_2026-06-21.csv",
    },
    File {
        name: "acmg_sf",
        title: "ACMG list of secondary findings",
        version: "3.1",
        licence: "facts of a publication (Miller et al. 2022); table MIT",
        file: "genes/acmg_sf_v3.1.tsv",
    },
    File {
        name: "gene_lists",
        title: "Lists of dominant, recessive, X-linked (Blekhman 2008, Berg 2013, ClinVar) and haploinsufficient genes (ClinGen)",
        version: "2019",
        licence: "compiled public lists",
        file: "genes/gene_lists_macarthur_2019.tar.xz",
    },
    File {
        name: "clinvar",
        title: "ClinVar",
        version: "2016-09",
        licence: "public domain",
        file: "clinvar/clinvar_2016-09.grch37.vcf.gz",
    },
    File {
        name: "clinvar_hgvs",
        title: "ClinVar, HGVS texts",
        version: "2016-05",
        licence: "public domain",
        file: "clinvar/clinvar_2016-05.grch37.tsv.gz",
    },
    File {
        name: "mane",
        title: "MANE transcripts",
        version: "2024-05 (track)",
        licence: "free use, cited",
        file: "transcripts/mane_grch38.tsv.gz",
    },
    File {
        name: "refseq",
        title: "RefSeq transcripts on hg19",
        version: "undated track",
        licence: "public domain",
        file: "transcripts/refseq_hg19.bed12.gz",
    },
    File {
        name: "chain_37_to_38",
        title: "Chain GRCh37 to GRCh38",
        version: "Ensembl",
        licence: "free use",
        file: "liftover/grch37_to_grch38.over.chain.gz",
    },
    File {
        name: "chain_38_to_37",
        title: "Chain GRCh38 to GRCh37",
        version: "Ensembl",
        licence: "free use",
        file: "liftover/grch38_to_grch37.over.chain.gz",
    },
    File {
        name: "pgx_definitions",
        title: "CPIC allele definitions, as PharmCAT 2.6.0 packs them",
        version: "v1.30.0 (2023-08-07)",
        licence: "CC0-1.0",
        file: "pgx/pharmcat_2023-08_definitions.tar.xz",
    },
    File {
        name: "pgx_phenotypes",
        title: "CPIC functions and phenotypes of diplotypes, as PharmCAT 2.6.0 packs them",
        version: "v1.30.0 (2023-08-07)",
        licence: "CC0-1.0",
        file: "pgx/pharmcat_2023-08_phenotypes.tar.xz",
    },
    File {
        name: "pgx_guidelines",
        title: "CPIC guidelines by drug, as PharmCAT 2.6.0 packs them",
        version: "v1.30.0 (2023-08-07)",
        licence: "CC0-1.0",
        file: "pgx/pharmcat_2023-08_guidelines.tar.xz",
    },
];
