//! One event and its calls: who carries it, what it pairs with, and where it is written twice.

use super::*;

#[test]
fn a_lost_copy_and_a_small_variant_are_one_pair() {
    let lost = "7 117140000 G <DEL> SVTYPE=DEL;END=117160000";
    for (small, deletion, expected) in [
        ("0/1 0/0 0/1", "0/1 0/1 0/0", Some("")),
        ("0/1 0/1 0/0", "0/1 0/0 0/1", Some("")),
        ("0/1 0/0 0/1", "0/1 0/0 0/1", None), // both from the mother
        ("0/1 0/1 0/0", "0/1 0/0 0/0", Some("phase_unknown")), // the deletion is new
        ("0/1 ./. ./.", "0/1 ./. ./.", Some("phase_unknown")),
    ] {
        let (snv, sv) = ([format!("{PHE508DEL} {small}")], [format!("{lost} {deletion}")]);
        // In either order of the files.
        for files in [&[&snv[..], &sv[..]][..], &[&sv[..], &snv[..]][..]] {
            let found = findings(GIRL, files);
            let pair = found.iter().find(|f| f.variants.len() == 2);
            assert_eq!(pair.is_some(), expected.is_some(), "{small} {deletion}");
            let Some((pair, flag)) = pair.zip(expected) else { continue };
            assert_eq!(told(pair).split_once(' ').unwrap().0, "CFTR");
            assert_eq!(mode(pair), "autosomal_recessive_compound_heterozygous");
            let flags = pair.flags.iter().any(|f| f == "phase_unknown");
            assert_eq!(flags, flag == "phase_unknown", "{small} {deletion}: {:?}", pair.flags);
            let alone = found.iter().filter(|f| f.variants.len() == 1 && f.gene.symbol == "CFTR");
            let before = alone.map(|f| (f.rank, f.mode_of_inheritance, f.scores.combined)).find(|f| f.0 < pair.rank);
            assert!(
                !flag.is_empty() || before.is_none(),
                "{small} {deletion}: {before:?} before {}",
                pair.scores.combined
            );
        }
    }
}

#[test]
fn a_small_variant_on_one_of_two_copies_within_a_deletion_is_doubted() {
    let lost = "7 117190000 G <DEL> SVTYPE=DEL;END=117210000 0/1 0/1 0/0".to_owned();
    let found = findings(GIRL, &[&[lost, format!("{PHE508DEL} 0/1 0/0 0/1")]]);
    let pair = found.iter().find(|f| f.variants.len() == 2).unwrap();
    assert!(pair.flags.iter().any(|f| f == "heterozygous_in_deletion"), "{:?}", pair.flags);
    // As a sequence the deletion is the same: a hemizygous small variant lies over it.
    let written = format!("7 117199600 {} A . 0/1 0/1 0/0", "A".repeat(100));
    let found = findings(GIRL, &[&[written, format!("{PHE508DEL} 1/1 0/0 0/1")]]);
    assert!(found.iter().any(|f| mode(f) == "autosomal_recessive_over_deletion"), "{:?}", found.first().map(told));
}

#[test]
fn ends_of_one_junction_are_no_pair_and_deletions_of_one_beginning_are_two() {
    let junction =
        ["7 117150000 G G]7:117250000] SVTYPE=BND 0/1 ./. ./.", "7 117250000 G G]7:117150000] SVTYPE=BND 0/1 ./. ./."];
    let found = findings(GIRL, &[&junction.map(str::to_owned)]);
    assert!(found.iter().all(|f| f.variants.len() == 1) && !found.is_empty());
    let both = [
        "7 117140000 G <DEL> SVTYPE=DEL;END=117160000 0/1 0/1 0/0",
        "7 117140000 G <DEL> SVTYPE=DEL;END=117200000 0/1 0/0 0/1",
    ];
    let found = findings(GIRL, &[&both.map(str::to_owned)]);
    assert!(found.iter().any(|f| f.variants.len() == 2 && f.gene.symbol == "CFTR"));
}

/// A deletion that a caller of read pairs, another and one of read depth write at their own places.
#[test]
fn one_deletion_of_two_callers_is_one_allele_and_no_pair() {
    let pairs = "7 117140000 G <DEL> SVTYPE=DEL;END=117160000";
    let other = "7 117140009 T <DEL> SVTYPE=DEL;END=117160012";
    let imprecise = "7 117139000 T <DEL> IMPRECISE;SVTYPE=DEL;END=117161000;CIPOS=-1500,1500;CIEND=-1500,1500";
    let depth = "7 117138500 N <CNV> SVTYPE=CNV;END=117161500 GT:CN";
    for (ped, first, second, disagree) in [
        (GIRL, format!("{pairs} 0/1 0/1 0/0"), format!("{other} 0/1 0/1 0/0"), false),
        (GIRL, format!("{pairs} 0/1 ./. ./."), format!("{other} 0/1 ./. ./."), false),
        (GIRL, format!("{pairs} 0/1 0/1 0/0"), format!("{imprecise} 0/1 ./. ./."), false),
        (GIRL, format!("{pairs} 0/1 0/1 0/0"), format!("{depth} ./.:1 ./.:1 ./.:2"), false),
        // The second caller misses the father's: what a parent may have is not new.
        (GIRL, format!("{pairs} 0/1 0/1 0/0"), format!("{other} 0/1 0/0 0/0"), true),
    ] {
        let (first, second) = ([first], [second]);
        for files in [&[&first[..], &second[..]][..], &[&second[..], &first[..]][..]] {
            let found = findings(ped, files);
            let cftr: Vec<&Finding> = found.iter().filter(|f| f.gene.symbol == "CFTR").collect();
            let [one] = &cftr[..] else { panic!("{second:?}: {:?}", cftr.iter().map(|f| told(f)).collect::<Vec<_>>()) };
            let large = one.variants[0].structural.as_ref().unwrap();
            assert_eq!((one.variants.len(), large.other_calls.len()), (1, 1), "{second:?}");
            assert_eq!(large.callers_disagree, disagree, "{second:?}");
            assert_ne!(mode(one), "de_novo");
            assert_eq!(one.explanation.iter().filter(|e| e.key == "structural_calls").count(), 1);
            // The exact call stands.
            assert!(one.variants[0].variant.alternate.as_ref() == "<DEL>" && large.length.unwrap() < 20_010);
        }
    }
    // Each parent has one of the two: they may be two deletions, but are doubted.
    let (first, second) = ([format!("{pairs} 0/1 0/1 0/0")], [format!("{other} 0/1 0/0 0/1")]);
    let found = findings(GIRL, &[&first, &second]);
    let pair = found.iter().find(|f| f.variants.len() == 2).unwrap();
    assert!(pair.flags.iter().any(|f| f == "perhaps_one_event"), "{:?}", pair.flags);
    assert!(pair.variants.iter().all(|v| v.structural.as_ref().unwrap().other_calls.is_empty()));
}

#[test]
fn two_alleles_of_one_line_are_two_though_they_are_near() {
    let (bases, fewer) = ("ACGTA".repeat(30), "ACGTA".repeat(2));
    // 150 and 140 bases of CFTR's exon 11 are lost, one on each copy.
    let record = format!("7 117199600 A{bases} A,A{fewer} . 1/2 ./. ./.");
    let found = findings(GIRL, &[&[record]]);
    let pair = found.iter().find(|f| f.variants.len() == 2).unwrap_or_else(|| panic!("{:?}", found.first().map(told)));
    assert!(!pair.flags.iter().any(|f| f == "perhaps_one_event" || f == "phase_unknown"), "{:?}", pair.flags);
}

#[test]
fn a_deletion_in_each_persons_own_file_is_inherited_though_its_ends_differ() {
    let one = |sample: &str, record: &str| file(&[sample], &[record.to_owned()]);
    for mother in [
        "17 29400012 G <DEL> SVTYPE=DEL;END=29719990 0/1",
        "17 29397000 G <CNV> SVTYPE=CNV;END=29723000 GT:CN ./.:1",
        "17 29400000 G <DEL> SVTYPE=DEL;END=29720000 GT:CN ./.:1",
    ] {
        let texts = vec![
            one("child", "17 29400000 G <DEL> SVTYPE=DEL;END=29720000 0/1"),
            one("father", "1 1000 A G . 0/1"),
            one("mother", mother),
        ];
        let report = interpreted_texts(&Asked { ped: GIRL, ..Asked::default() }, texts);
        let nf1 = report.findings.iter().find(|f| f.gene.symbol == "NF1").unwrap();
        assert_eq!(mode(nf1), "autosomal_dominant_incomplete_penetrance", "{mother}");
        // One call a person is no second call.
        assert!(nf1.variants[0].structural.as_ref().unwrap().other_calls.is_empty());
    }
}

#[test]
fn a_small_variant_over_a_deletion_is_the_only_copy_however_the_deletion_came_and_is_written() {
    let (deletion, cnv) =
        ("7 117190000 G <DEL> SVTYPE=DEL;END=117210000", "7 117190000 N <CNV> SVTYPE=CNV;END=117210000 GT:CN");
    for (small, lost, new) in [
        ("1/1 0/0 0/1", format!("{deletion} 0/1 0/1 0/0"), false),
        ("1/1 0/0 0/1", format!("{deletion} 0/1 0/0 0/0"), true),
        ("1/1 0/0 0/1", format!("{cnv} ./.:1 ./.:1 ./.:2"), false),
        ("1/1 0/0 0/1", format!("{cnv} ./.:1 ./.:2 ./.:2"), true),
        ("1/1 0/1 0/1", format!("{deletion} 0/1 0/0 0/0"), true),
        // Parents without calls of structural variants, and without any.
        ("1/1 0/0 0/1", format!("{deletion} 0/1 ./. ./."), false),
        ("1/1 ./. ./.", format!("{deletion} 0/1 ./. ./."), false),
    ] {
        let (snv, sv) = ([format!("{PHE508DEL} {small}")], [lost.clone()]);
        for files in [&[&snv[..], &sv[..]][..], &[&sv[..], &snv[..]][..]] {
            let found = findings(GIRL, files);
            let cftr: Vec<String> = found.iter().filter(|f| f.gene.symbol == "CFTR").map(mode).collect();
            let place = cftr.iter().position(|m| m == "autosomal_recessive_over_deletion");
            // What may be new stands beside it by itself, too.
            let inherited = !new && !lost.contains("./. ./.");
            assert!(place.is_some_and(|place| place <= usize::from(!inherited)), "{small} {lost}: {cftr:?}");
            let flags = &found.iter().find(|f| f.variants.len() == 2).unwrap().flags;
            assert_eq!(flags.iter().any(|f| f == "de_novo"), new, "{flags:?}");
            // Nothing is told of two copies.
            assert!(!cftr.iter().any(|m| m == "uniparental_disomy" || m == "autosomal_recessive_homozygous"));
        }
    }
}

#[test]
fn junctions_of_one_chromosome_lose_what_lies_between() {
    let lone = "17 29400000 G G[17:29720000[ ID=a;SVTYPE=BND;MATEID=b 0/1 0/0 0/0";
    let mate = "17 29720000 G ]17:29400000]G ID=b;SVTYPE=BND;MATEID=a 0/1 0/0 0/0";
    for records in [&[lone][..], &[mate], &[lone, mate]] {
        let records: Vec<String> = records.iter().map(ToString::to_string).collect();
        let found = findings(GIRL, &[&records]);
        let nf1: Vec<&Finding> = found.iter().filter(|f| f.gene.symbol == "NF1").collect();
        assert_eq!(nf1.iter().map(|f| told(f)).collect::<Vec<_>>(), ["NF1 de_novo transcript_ablation"], "{records:?}");
        let large = nf1[0].variants[0].structural.as_ref().unwrap();
        assert_eq!((large.length, large.other_calls.len()), (Some(319_999), 0));
        // No reads are counted: that the copy is gone is presumed.
        assert!(nf1[0].flags.iter().any(|f| f == "copies_presumed"), "{:?}", nf1[0].flags);
    }
    // A tandem duplication that encloses the gene leaves it whole; one within it does not.
    let found = findings(GIRL, &[&["17 29500000 G ]17:29560000]G SVTYPE=BND 0/1 0/0 0/0".to_owned()]]);
    assert_eq!(found.first().map(told).as_deref(), Some("NF1 de_novo feature_elongation"));
    // Mates that name each other by MATEID alone are one junction: the caller moved one by the bases both pieces share.
    let pair = [
        "7 117150000 G G]9:5000] ID=a;SVTYPE=BND;MATEID=b 0/1 ./. ./.",
        "7 117250000 G G]9:9000] ID=b;SVTYPE=BND;MATEID=a 0/1 ./. ./.",
    ];
    let found = findings(GIRL, &[&pair.map(str::to_owned)]);
    assert!(found.iter().all(|f| f.variants.len() == 1) && !found.is_empty());
}
