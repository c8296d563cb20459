//! Four variants that slivar marked as possible sides of compound heterozygotes in a trio, from file to pairs.
//!
//! Expected by hand. The daughter (UDN810123) is heterozygous at all four places, the mother (UDN971716) too, the father
//! (UDN231974) at none. Two places share a gene, CHTF18; LGSN and GIPC3 have one variant each and can have no pair.
//! So the trio has no pair: the mother gave both. Whoever leaves the mother out cannot know that.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use indgang_genomics::annotation::AnnotationFields;
use indgang_genomics::call::Call;
use indgang_genomics::inheritance::compound_heterozygotes;
use indgang_genomics::pedigree::{Family, Pedigree};
use indgang_genomics::profile::Profile;
use indgang_genomics::vcf::{ReadOptions, Reader};
use indgang_model::{Assembly, Region};
use std::collections::BTreeMap;

const VCF: &str = include_str!("data/slivar/comphet.csq.vcf");
const PED: &str = include_str!("data/slivar/comphet.csq.ped");

/// A place, and the family's calls there.
type Variant = (u32, Box<[Call]>);

/// The variants of each gene.
fn genes(vcf: &str, family: &Family) -> BTreeMap<String, Vec<Variant>> {
    let reader = Reader::open(vcf.as_bytes(), ReadOptions::default()).unwrap();
    assert_eq!(reader.header().assembly(), Some(Assembly::GRCh38));
    let columns = family.columns(&reader.header().samples).unwrap();
    let fields = AnnotationFields::from_header(reader.header());
    let mut genes: BTreeMap<String, Vec<Variant>> = BTreeMap::new();
    let summary = reader.for_each(|record| {
        let site = record.site(1, &columns, None)?.unwrap();
        assert_eq!(Region::of(Assembly::GRCh38, site.variant.chrom, site.variant.pos), Region::Autosome);
        for gene in fields.most_severe_by_gene(record, 0) {
            genes.entry(gene.gene().unwrap().to_owned()).or_default().push((site.variant.pos, site.calls.clone()));
        }
        Ok(())
    });
    summary.unwrap();
    genes
}

/// (first place, second place, flags) of every gene's pairs.
fn pairs(vcf: &str, ped: &str, profile: &Profile) -> Vec<(u32, u32, String)> {
    let family = Pedigree::parse(ped).unwrap().families.remove(0);
    let mut found = Vec::new();
    for variants in genes(vcf, &family).values() {
        let sites: Vec<&[Call]> = variants.iter().map(|v| &*v.1).collect();
        for (i, j, flags) in compound_heterozygotes(&family, &sites, Region::Autosome, profile).pairs() {
            found.push((variants[i].0, variants[j].0, flags.names().collect::<Vec<_>>().join(" ")));
        }
    }
    found
}

/// The file with the parents' columns exchanged at one place: now each parent gave one.
fn exchanged(position: &str) -> String {
    let line = |line: &str| {
        let mut cells: Vec<&str> = line.split('\t').collect();
        if cells.get(1) == Some(&position) {
            cells.swap(9, 11);
        }
        cells.join("\t") + "\n"
    };
    VCF.lines().map(line).collect()
}

#[test]
fn pairs_of_the_file() {
    let family = Pedigree::parse(PED).unwrap().families.remove(0);
    let places: Vec<(String, Vec<u32>)> =
        genes(VCF, &family).into_iter().map(|(g, v)| (g, v.iter().map(|v| v.0).collect())).collect();
    let gene = |name: &str, places: &[u32]| (name.to_owned(), places.to_vec());
    assert_eq!(places, [gene("CHTF18", &[788_413, 793_183]), gene("GIPC3", &[3_593_228]), gene("LGSN", &[63_280_472])]);
    let trans = exchanged("793183");
    let (kid, dad, mum) = ("UDN810123", "UDN231974", "UDN971716");
    let duo = format!("K {kid} {dad} 0 2 2\nK {dad} 0 0 1 1\n");
    let alone = format!("K {kid} 0 0 2 2\n");
    let sick_mother = format!("K {kid} 0 {mum} 2 1\nK {mum} 0 0 2 2\n");
    let both_sick = format!("K {kid} {dad} {mum} 2 2\nK {dad} 0 0 1 1\nK {mum} 0 0 2 2\n");
    let (none, standard) = (Profile::none(), Profile::standard());
    let pair = |flags: &str| vec![(788_413, 793_183, flags.to_owned())];
    for (vcf, ped, profile, expected) in [
        (VCF, PED, &none, vec![]), // both from the mother
        // The mother's insertion has nine reads, which the standard profile takes for no call.
        (VCF, PED, &standard, pair("phase_unknown low_quality unaffected_carrier")),
        (VCF, &duo, &none, pair("parent_missing phase_unknown")),
        (VCF, &alone, &none, pair("parents_missing phase_unknown")),
        (VCF, &sick_mother, &none, vec![]),               // her well daughter has both
        (VCF, &both_sick, &none, vec![]),                 // the daughter has one copy of hers, with both
        (&trans, PED, &none, pair("unaffected_carrier")), // one from each: known by the parents
        (&trans, PED, &standard, pair("phase_unknown low_quality unaffected_carrier")),
    ] {
        assert_eq!(pairs(vcf, ped, profile), expected, "{} {ped}", profile.name);
    }
}
