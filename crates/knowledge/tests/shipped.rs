//! The shipped snapshot holds what its sources hold. Counts were taken from the sources with the shell commands beside them.

use indgang_knowledge::{
    Knowledge, Mode, ModeSource, MolecularEffect, Part, ReportRule, Resolution, Significance, Validity,
};
use indgang_model::{Assembly, Variant};
use std::collections::BTreeSet;

fn variant(text: &str) -> Variant {
    let parts: Vec<&str> = text.split('-').collect();
    let [chrom, pos, reference, alternate]: [&str; 4] = parts.try_into().expect("CHROM-POS-REF-ALT");
    Variant {
        chrom: chrom.parse().expect("a chromosome"),
        pos: pos.parse().expect("a position"),
        reference: reference.into(),
        alternate: alternate.into(),
    }
}

#[test]
fn every_row_of_the_sources_is_there_or_counted() {
    let manifest = Knowledge::shipped().manifest().expect("reads");
    let count = |part: &str, what: &str| {
        let part = manifest.parts.iter().find(|p| p.name == part).expect("a part");
        part.rows.get(what).copied().unwrap_or(0)
    };
    // zcat phenotype.hpoa.gz | grep -v '^#' | cut -f1 | sort -u | wc -l        (OMIM 8,297, ORPHA 4,262, DECIPHER 47)
    assert_eq!(count("diseases", "diseases"), 12_606);
    // … | awk -F'\t' '$11=="P"' | wc -l
    assert_eq!(count("diseases", "annotations"), 238_471);
    // zcat hgnc.tsv.gz | awk 'NR>1' | wc -l
    assert_eq!(count("genes", "genes"), 42_191);
    // zcat genes_to_phenotype.txt.gz | tail -n +2 | cut -f1,2,8,9 | sort -u | wc -l
    let links = ["links", "links_disease_not_annotated", "links_gene_not_resolved"].map(|what| count("genes", what));
    assert_eq!(links.iter().sum::<u64>(), 11_827);
    assert!(links[1] + links[2] < 30, "{links:?}");
    // grep -c '"HGNC:' clingen_gene_validity.csv
    assert_eq!(count("genes", "clingen") + count("genes", "clingen_gene_not_resolved"), 3_631);
    // tail -n +2 acmg_sf.tsv | wc -l; … | cut -f1 | sort -u | wc -l
    assert_eq!((count("genes", "secondary_findings"), count("genes", "secondary_finding_genes")), (90, 78));
    // zcat clinvar.vcf.gz | grep -v '^#' | grep -c 'MUT=ALT;'; the same with MUT=REF
    assert_eq!(count("clinvar-records", "records"), 135_168);
    assert_eq!(count("clinvar-records", "about_the_reference_allele_left_out"), 927);
    // zcat refseq.bed12.gz | awk '$1 ~ /^chr([0-9]+|X|Y|M)$/' | wc -l; the same of mane.tsv.gz without '#' lines
    assert_eq!(count("transcripts-GRCh37", "transcripts"), 41_741);
    assert_eq!(count("transcripts-GRCh38", "transcripts"), 19_268);
    // ls reporter/guidelines/cpic | wc -l; jq '.recommendations|length' over them; jq '.diplotypes|length' phenotype/cpic
    let pgx = ["guidelines", "recommendations", "diplotypes"].map(|what| count("pgx", what));
    assert_eq!(pgx, [110, 2_098, 44_473]);
    // ls definition/alleles/*_translation.json | wc -l
    let definitions =
        ["genes_with_alleles", "definitions_of_others_left_out", "definitions_of_structural_genes_left_out"];
    assert_eq!(definitions.iter().map(|what| count("pgx", what)).sum::<u64>(), 20);
}

#[test]
fn decoded_parts_have_the_manifests_counts() {
    let knowledge = Knowledge::shipped();
    knowledge.check().expect("all parts are whole");
    let manifest = knowledge.manifest().expect("reads");
    assert_eq!(manifest.parts.iter().filter_map(|p| Part::from_name(&p.name)).collect::<Vec<_>>(), Part::ALL);
    assert!(manifest.parts.iter().map(|p| p.bytes).sum::<u64>() < 20_000_000);
    let rows = |part: &str, what: &str| {
        let part = manifest.parts.iter().find(|p| p.name == part).expect("a part");
        usize::try_from(part.rows[what]).expect("fits")
    };
    assert_eq!(knowledge.hpo().expect("whole").terms().len(), rows("hpo", "terms"));
    assert_eq!(knowledge.diseases().expect("whole").diseases().len(), rows("diseases", "diseases"));
    assert_eq!(knowledge.genes().expect("whole").all().len(), rows("genes", "genes"));
    for (assembly, part) in [(Assembly::GRCh37, "clinvar-GRCh37"), (Assembly::GRCh38, "clinvar-GRCh38")] {
        assert_eq!(knowledge.clinvar(assembly).expect("whole").len(), rows(part, "places"));
    }
    for (assembly, part) in [(Assembly::GRCh37, "transcripts-GRCh37"), (Assembly::GRCh38, "transcripts-GRCh38")] {
        assert_eq!(knowledge.transcripts(assembly).expect("whole").transcripts().len(), rows(part, "transcripts"));
    }
    let versions = knowledge.versions();
    for (name, version) in [("hpo", "2024-08-13"), ("clinvar", "2016-09"), ("acmg_sf", "3.1")] {
        assert_eq!(versions.get(name).map(String::as_str), Some(version), "{name}");
    }
}

#[test]
fn genes_by_every_name() {
    let genes = Knowledge::shipped().genes().expect("whole");
    let symbol = |gene: Option<&indgang_knowledge::GeneRecord>| gene.map(|g| g.symbol.to_string());
    for (name, expected) in [
        ("FGFR2", Some("FGFR2")),
        ("fgfr2", Some("FGFR2")),
        ("KGFR", Some("FGFR2")),     // alias
        ("C1orf112", Some("FIRRM")), // former symbol
        ("MLL2", None),              // KMT2D's and KMT2B's: the file does not say whose former symbol it is
        ("NO-SUCH-GENE", None),
    ] {
        assert_eq!(symbol(genes.by_symbol(name)).as_deref(), expected, "{name}");
    }
    let Resolution::Ambiguous(two) = genes.resolve("MLL2") else { panic!("MLL2 is ambiguous") };
    assert_eq!(two.iter().map(|g| &*g.symbol).collect::<Vec<_>>(), ["KMT2B", "KMT2D"]);
    assert_eq!(symbol(genes.by_hgnc("HGNC:3689".parse().expect("an id"))).as_deref(), Some("FGFR2"));
    assert_eq!(symbol(genes.by_entrez(2263)).as_deref(), Some("FGFR2"));
    assert_eq!(symbol(genes.by_ensembl("ENSG00000066468.23")).as_deref(), Some("FGFR2"));
    for gene in genes.all() {
        assert_eq!(genes.by_symbol(&gene.symbol), Some(gene), "an approved symbol means its gene");
    }
    let kmt2d = genes.by_symbol("KMT2D").expect("approved");
    // zcat gnomad.tsv.gz | grep -P '^KMT2D\t'
    assert_eq!((kmt2d.pli, kmt2d.loeuf, kmt2d.haploinsufficient), (Some(1.0), Some(0.103), Some(true)));
}

#[test]
fn diseases_and_modes_of_genes() {
    let genes = Knowledge::shipped().genes().expect("whole");
    let fgfr2 = genes.by_symbol("FGFR2").expect("approved");
    let pfeiffer = genes.diseases_of(fgfr2).iter().find(|d| &*d.disease == "OMIM:101600").expect("Pfeiffer syndrome");
    assert_eq!((&*pfeiffer.label, pfeiffer.modes.contains(&Mode::AutosomalDominant)), ("Pfeiffer syndrome", true));
    assert!(genes.genes_of("OMIM:101600").any(|g| g.symbol == fgfr2.symbol));
    let clingen = genes.diseases_of(genes.by_symbol("ABCA4").expect("approved"));
    assert!(clingen.iter().any(|d| d.validity == Some(Validity::Definitive) && &*d.disease == "MONDO:0800406"));
    for (gene, mode, source) in [
        ("FGFR2", Mode::AutosomalDominant, None),
        ("CFTR", Mode::AutosomalRecessive, Some(ModeSource::ClinGen)),
        ("DMD", Mode::XLinked, Some(ModeSource::ClinGen)),
        ("BRCA1", Mode::AutosomalDominant, None),
    ] {
        let modes = genes.modes_of(genes.by_symbol(gene).expect("approved"));
        assert!(modes.iter().any(|(m, s)| *m == mode && source.is_none_or(|source| source == *s)), "{gene}: {modes:?}");
    }
}

#[test]
fn secondary_findings() {
    let genes = Knowledge::shipped().genes().expect("whole");
    for (gene, expected) in [
        ("BRCA1", Some(ReportRule::AllPathogenic)),
        ("MUTYH", Some(ReportRule::TwoVariants)),
        ("HFE", Some(ReportRule::Cys282TyrHomozygous)),
        ("TTN", Some(ReportRule::TruncatingOnly)),
        ("FGFR2", None),
    ] {
        let rows = genes.secondary_finding(genes.by_symbol(gene).expect("approved"));
        assert_eq!(rows.and_then(|r| r.first()).map(|r| r.report), expected, "{gene}");
        assert!(rows.unwrap_or(&[]).iter().all(|r| &*r.list_version == "3.1"));
    }
    assert_eq!(genes.secondary_findings().count(), 78);
}

#[test]
fn clinvar_by_place_and_by_protein() {
    let knowledge = Knowledge::shipped();
    let clinvar = knowledge.clinvar(Assembly::GRCh37).expect("whole");
    // zcat clinvar.vcf.gz | awk '$1==10 && $2==123256215'
    let record = clinvar.get(&variant("10-123256215-T-G")).expect("the Pfeiffer exome's variant");
    assert_eq!((record.variation_id, record.significance, record.stars), (13_294, Significance::Pathogenic, 0));
    assert_eq!(
        (record.gene, record.hgvs_c, record.hgvs_p),
        ("FGFR2", Some("NM_000141.4:c.1694A>C"), Some("NP_000132.3:p.Glu565Ala"))
    );
    assert_eq!((record.effect, record.lifted, record.version), (MolecularEffect::Missense, false, "2016-09"));
    assert_eq!(record.traits, ["Pfeiffer syndrome"]);
    assert!(
        clinvar.get(&variant("10-123256214-ATC-AGC")).is_some_and(|r| r.variation_id == 13_294),
        "untrimmed alleles"
    );
    assert_eq!(clinvar.get(&variant("10-123256215-T-A")), None);
    // The same place is 1,759,514 bases earlier on GRCh38.
    let there = knowledge.clinvar(Assembly::GRCh38).expect("whole");
    assert!(there.get(&variant("10-121496701-T-G")).is_some_and(|r| r.variation_id == 13_294 && r.lifted));
    // zcat clinvar.tsv.gz | awk -F'\t' '$7=="FGFR2"' | grep Cys342
    let codon: Vec<u8> =
        clinvar.by_protein("FGFR2", 342, None).iter().filter_map(|r| r.protein).map(|p| p.to).collect();
    assert_eq!(String::from_utf8(codon).expect("letters"), "RSWY");
    assert_eq!(clinvar.by_protein("FGFR2", 342, Some(b'R')).len(), 1);
    assert!(clinvar.by_protein("FGFR2", 100_000, None).is_empty() && clinvar.by_protein("NO-SUCH", 1, None).is_empty());
}

#[test]
fn clinvar_counts_agree_with_a_walk_over_all() {
    let knowledge = Knowledge::shipped();
    for assembly in [Assembly::GRCh37, Assembly::GRCh38] {
        let clinvar = knowledge.clinvar(assembly).expect("whole");
        let pfeiffer = if assembly == Assembly::GRCh37 { 123_276_892 } else { 121_517_378 };
        let chrom = "10".parse().expect("a chromosome");
        let near: Vec<_> = clinvar.within(chrom, pfeiffer - 25, pfeiffer + 25).collect();
        let pathogenic = near.iter().filter(|(_, r)| r.significance.is_pathogenic()).count();
        let density = clinvar.density(chrom, pfeiffer, 25, None);
        assert_eq!((density.pathogenic as usize, density.benign), (pathogenic, 0), "{near:?}");
        assert!(density.pathogenic >= 4, "a hot spot");
        let own = near.iter().find(|(_, r)| r.significance.is_pathogenic()).map(|(_, r)| r.variation_id);
        assert_eq!(clinvar.density(chrom, pfeiffer, 25, own).pathogenic + 1, density.pathogenic);
        assert!(near.iter().all(|(v, r)| clinvar.get(v).as_ref() == Some(r)));
    }
    let clinvar = knowledge.clinvar(Assembly::GRCh37).expect("whole");
    let counts = clinvar.gene_counts()["FGFR2"];
    assert!(counts.pathogenic_missense > 20 && counts.pathogenic_missense > counts.pathogenic_truncating, "{counts:?}");
}

#[test]
fn transcripts_carry_todays_symbols() {
    let knowledge = Knowledge::shipped();
    let genes = knowledge.genes().expect("whole");
    let place = [(Assembly::GRCh37, 123_256_215), (Assembly::GRCh38, 121_496_701)];
    for (assembly, position) in place {
        let table = knowledge.transcripts(assembly).expect("whole");
        let chrom = "10".parse().expect("a chromosome");
        assert!(table.at(chrom, position).any(|t| t.coding() && t.mane && &*t.gene_symbol == "FGFR2"), "{assembly}");
        let named = table.transcripts().iter().filter(|t| !t.gene_symbol.is_empty());
        let (all, known) = named.fold((0, 0), |(all, known), t| {
            let approved = matches!(genes.resolve(&t.gene_symbol), Resolution::Approved(_));
            (all + 1, known + usize::from(approved))
        });
        assert!(known * 1000 >= all * 995, "{assembly}: {known} of {all} symbols are approved");
    }
}

#[test]
fn a_damaged_snapshot_says_which_part_and_what_to_do() {
    let knowledge = Knowledge::from_parts("format = 1".to_owned(), [(Part::Genes, vec![0x28, 0xB5, 0x2F, 0xFD, 0x04])]);
    for (error, part) in [
        (knowledge.genes().expect_err("damaged"), "`genes`"),
        (knowledge.clinvar(Assembly::GRCh37).expect_err("missing"), "`clinvar-GRCh37`"),
        (knowledge.check().expect_err("missing"), "`hpo`"),
    ] {
        let text = error.to_string();
        assert!(text.contains(part) && text.contains("indgang knowledge build"), "{text}");
    }
    assert!(Knowledge::from_parts("form at".to_owned(), []).manifest().is_err());
}

/// Whoever takes a gene's name from a transcript need not ask the genes for the approved one.
#[test]
fn transcripts_carry_approved_symbols() {
    let knowledge = Knowledge::shipped();
    let genes = knowledge.genes().expect("whole");
    for assembly in [Assembly::GRCh37, Assembly::GRCh38] {
        let transcripts = knowledge.transcripts(assembly).expect("whole").transcripts();
        let symbols: BTreeSet<&str> = transcripts.iter().map(|t| &*t.gene_symbol).collect();
        let other = |s: &&str| genes.by_symbol(s).is_some_and(|g| *g.symbol != **s);
        assert_eq!(symbols.iter().copied().filter(other).collect::<Vec<_>>(), [""; 0], "{assembly}");
    }
}

#[test]
fn alleles_and_diplotypes_mean_what_cpic_says() {
    let pgx = Knowledge::shipped().pgx().expect("whole");
    // jq '.diplotypes[]|select(.diplotype=="…")' phenotype/cpic/GENE.json
    let cases = [
        ("CYP2C19", "*2", Some("*17"), "Intermediate Metabolizer", "Intermediate Metabolizer"),
        ("CYP2C19", "*17", Some("*2"), "Intermediate Metabolizer", "Intermediate Metabolizer"),
        ("DPYD", "Reference", Some("c.1905+1G>A (*2A)"), "Intermediate Metabolizer", "1.0"),
        ("CYP2C9", "*3", Some("*3"), "Poor Metabolizer", "0.0"),
        ("G6PD", "B (reference)", None, "Normal", "Normal"),
    ];
    for (gene, first, second, phenotype, key) in cases {
        let phenotypes = pgx.gene(gene).and_then(|g| g.phenotypes.as_ref()).expect("a gene");
        let result = phenotypes.result(first, second).expect("a result");
        assert_eq!((&*result.phenotype, &*result.key), (phenotype, key), "{gene} {first} {second:?}");
    }
    for definition in pgx.genes.iter().filter_map(|g| g.definition.as_ref()) {
        assert_eq!(definition.alleles.iter().filter(|a| a.reference).count(), 1);
        assert!(definition.alleles.iter().all(|a| a.needs.len() == definition.positions.len()));
        assert!(definition.positions.is_sorted_by_key(|p| p.position));
    }
}
