//! Repeats of made-up families.

use super::*;

/// Calls of child, father and mother at one locus; alternates as in ALT.
fn repeat(locus: &str, alternates: &str, calls: &str) -> String {
    let place = match locus {
        "HTT" => "4 3076603 C",
        "FXN" => "9 71652202 A",
        "FMR1" => "X 146993568 G",
        other => panic!("{other}"),
    };
    format!("{place} {alternates} RU=CAG;REPID={locus} {calls}")
}

#[test]
fn repeats_by_length_and_family() {
    for (ped, record, expected) in [
        (ILL_FATHER, repeat("HTT", "<STR45>", "0/1 0/1 0/0"), Some("HTT autosomal_dominant full")),
        // From another length of the father's: it has grown, and is not new.
        (ILL_FATHER, repeat("HTT", "<STR60>,<STR42>", "0/1 0/2 0/0"), Some("HTT autosomal_dominant full")),
        (
            GIRL,
            repeat("HTT", "<STR45>,<STR30>", "0/1 0/2 0/0"),
            Some("HTT autosomal_dominant_incomplete_penetrance full"),
        ),
        (GIRL, repeat("HTT", "<STR45>,<STR20>", "0/1 0/2 0/0"), Some("HTT de_novo full")), // normal in both parents
        (GIRL, repeat("HTT", "<STR45>", "0/1 ./. ./."), Some("HTT autosomal_dominant full")),
        (GIRL, repeat("HTT", "<STR38>", "0/1 ./. ./."), Some("HTT autosomal_dominant reduced_penetrance")),
        (GIRL, repeat("HTT", "<STR25>", "0/1 0/1 0/0"), None),
        (GIRL, repeat("FXN", "<STR700>", "1/1 0/1 0/1"), Some("FXN autosomal_recessive_homozygous full")),
        (
            GIRL,
            repeat("FXN", "<STR700>,<STR900>", "1/2 0/1 0/2"),
            Some("FXN autosomal_recessive_compound_heterozygous full+full"),
        ),
        (GIRL, repeat("FXN", "<STR700>", "0/1 0/1 0/0"), None), // one copy does nothing
        (BOY, repeat("FMR1", "<STR300>,<STR90>", "1 0 0/2"), Some("FMR1 x_linked_recessive full")),
        (BOY, repeat("FMR1", "<STR90>", "1 0 0/1"), Some("FMR1 x_linked_recessive intermediate")),
    ] {
        let files = &[std::slice::from_ref(&record)];
        let found = interpreted(&Asked { ped, files, panel: &["HTT", "FXN", "FMR1"], ..Asked::default() }).findings;
        let tell = |f: &Finding| {
            let ranges: Vec<&str> = f.variants.iter().map(|v| v.repeat.as_ref().unwrap().range.key()).collect();
            format!("{} {} {}", f.gene.symbol, mode(f), ranges.join("+"))
        };
        assert_eq!(found.first().map(tell).as_deref(), expected, "{record}");
    }
}

#[test]
fn siblings_with_other_lengths_keep_a_recessive_repeat() {
    let samples = ["child", "father", "mother", "sister", "brother"];
    let ped = format!("{GIRL}f\tsister\tfather\tmother\t2\t2\nf\tbrother\tfather\tmother\t1\t1\n");
    let alternates = "<STR700>,<STR900>,<STR950>,<STR40>";
    for (calls, expected) in [
        ("1/2 0/1 0/2 1/2 0/0", Some("autosomal_recessive_compound_heterozygous")),
        ("1/2 0/1 0/2 1/3 0/1", Some("autosomal_recessive_compound_heterozygous")), // one shared, one grown
        ("1/2 0/1 0/2 3/3 0/3", Some("autosomal_recessive_compound_heterozygous")), // none shared
        ("1/2 0/1 0/3 1/3 0/1", Some("autosomal_recessive_compound_heterozygous")), // the mother's has shrunk in the child
        ("1/2 0/1 0/4 1/2 1/4", Some("autosomal_recessive_compound_heterozygous")), // an intermediate one in the well
        ("1/1 0/1 0/3 1/3 0/3", Some("autosomal_recessive_homozygous")),
        ("1/2 0/1 0/2 0/1 0/0", None), // the sister is ill of something else
        ("1/2 0/1 0/2 1/3 1/3", None), // the brother has two as well, and is well
        ("1/1 0/1 0/1 1/1 3/3", None),
    ] {
        let record = format!("9 71652202 A {alternates} RU=GAA;REPID=FXN {calls}");
        let report = interpreted_texts(
            &Asked { ped: &ped, panel: &["FXN"], ..Asked::default() },
            vec![file(&samples, &[record])],
        );
        let fxn = report.findings.iter().find(|f| f.gene.symbol == "FXN").map(mode);
        assert_eq!(fxn.as_deref(), expected, "{calls}");
    }
}

#[test]
fn a_healthy_parent_does_not_speak_against_a_repeat_of_late_onset() {
    let tell = |record: String, age: Option<u32>| {
        let records = [record];
        let report = interpreted(&Asked { ped: GIRL, files: &[&records], signs: &[2072], age, ..Asked::default() });
        let first = report.findings.into_iter().next().unwrap();
        let mode_odds = first.explanation.iter().find(|e| e.key == "mode_of_inheritance").unwrap().contribution;
        let reason = first.explanation.iter().find(|e| e.key == "late_onset").map(|e| e.text.clone());
        let flags = ["late_onset", "shorter_in_carriers"];
        let flag = flags.into_iter().find(|flag| first.flags.iter().any(|f| f == flag));
        (mode(&first), flag, mode_odds, reason)
    };
    let at_27 = tell(repeat("HTT", "<STR45>", "0/1 0/1 0/0"), Some(27));
    assert_eq!((at_27.0.as_str(), at_27.1), ("autosomal_dominant_incomplete_penetrance", Some("late_onset")));
    assert!(at_27.3.unwrap().contains("35–44 years"));
    // A father of who is 40 is older than 44: that he is healthy does tell.
    let at_40 = tell(repeat("HTT", "<STR45>", "0/1 0/1 0/0"), Some(40));
    assert_eq!((at_40.1, at_40.3), (None, None));
    assert!(at_27.2 > at_40.2 + 1.0, "{} {}", at_27.2, at_40.2);
    assert_eq!(tell(repeat("HTT", "<STR45>", "0/1 0/1 0/0"), None).1, Some("late_onset"));
    // What has grown from an intermediate length is no surprise at any age.
    assert_eq!(tell(repeat("HTT", "<STR45>,<STR30>", "0/1 0/2 0/0"), Some(40)).1, Some("shorter_in_carriers"));
}

#[test]
fn an_expansion_and_a_small_variant_are_one_pair() {
    // A change in the fourth exon of FXN, from the mother.
    let records = [repeat("FXN", "<STR700>", "0/1 0/1 0/0"), "9 71679946 G T . 0/1 0/0 0/1".to_owned()];
    let files = &[&records[..1], &records[1..]];
    let found = interpreted(&Asked { ped: GIRL, files, panel: &["FXN"], ..Asked::default() }).findings;
    let pair = found.iter().find(|f| f.variants.len() == 2).unwrap();
    assert_eq!((pair.gene.symbol.as_str(), mode(pair).as_str()), ("FXN", "autosomal_recessive_compound_heterozygous"));
}

#[test]
fn an_expansion_that_nobody_asked_about_is_told_only_to_who_wished_all() {
    let records = [repeat("HTT", "<STR45>", "0/1 ./. ./.")];
    // Cleft palate says nothing of Huntington's disease; chorea does.
    for (signs, wish, main, secondary) in [
        (&[175][..], SecondaryFindingWish::None, false, false),
        (&[175], SecondaryFindingWish::TreatableOrPreventable, false, false),
        (&[175], SecondaryFindingWish::All, false, true),
        (&[2072], SecondaryFindingWish::None, true, false),
        (&[2072], SecondaryFindingWish::All, true, false),
        (&[], SecondaryFindingWish::None, false, false),
        (&[], SecondaryFindingWish::All, false, true),
    ] {
        let report = interpreted(&Asked { ped: GIRL, files: &[&records], signs, wish, ..Asked::default() });
        let told = [
            report.findings.iter().any(|f| f.gene.symbol == "HTT"),
            report.secondary_findings.values().flatten().any(|f| f.gene.symbol == "HTT"),
        ];
        assert_eq!(told, [main, secondary], "{signs:?} {wish:?}");
    }
}
