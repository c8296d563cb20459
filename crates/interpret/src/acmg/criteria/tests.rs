use super::*;

fn codes(e: &Evidence) -> Vec<(String, i32)> {
    assess(e, Rules::shipped()).criteria.into_iter().map(|c| (c.code, c.points)).collect()
}

#[test]
fn one_line_a_case() {
    let why = Words::new("LOEUF er 0,10", "LOEUF is 0.10");
    let lof = || Some(Mechanism { why: why.clone(), source: CONSTRAINT });
    let base = |consequence: &str| Evidence { consequence: consequence.to_owned(), ..Evidence::default() };
    for (e, expected) in [
        // unknown frequency in a file without frequencies says nothing
        (base("missense_variant"), vec![]),
        (Evidence { frequencies_known: true, ..base("missense_variant") }, vec![("PM2", 1)]),
        (Evidence { max_frequency: Some(0.2), ..base("missense_variant") }, vec![("BA1", -8)]),
        (Evidence { max_frequency: Some(5e-5), ..base("missense_variant") }, vec![]),
        (Evidence { max_frequency: Some(5e-5), recessive: true, ..base("missense_variant") }, vec![("PM2", 1)]),
        (Evidence { loss_of_function_gene: lof(), ..base("stop_gained") }, vec![("PVS1", 8)]),
        (Evidence { loss_of_function_gene: lof(), escapes_decay: true, ..base("stop_gained") }, vec![("PVS1", 4)]),
        (base("stop_gained"), vec![]), // gene not known to act by loss of function
        (base("inframe_deletion"), vec![("PM4", 2)]),
        (Evidence { de_novo: Some(true), ..base("missense_variant") }, vec![("PS2", 4)]),
        (Evidence { de_novo: Some(false), ..base("missense_variant") }, vec![("PM6", 2)]),
        (Evidence { pathogenic_partner: Some(false), ..base("missense_variant") }, vec![("PM3", 1)]),
        (Evidence { same_amino_acid: Some(("1".into(), 2)), ..base("missense_variant") }, vec![("PS1", 4)]),
        (Evidence { other_amino_acid: Some(("1".into(), 1)), ..base("missense_variant") }, vec![("PM5", 1)]),
        (Evidence { neighbours: Some((4, 0)), ..base("missense_variant") }, vec![("PM1", 2)]),
        (Evidence { neighbours: Some((9, 1)), ..base("missense_variant") }, vec![]),
        (Evidence { revel: Some(0.95), ..base("missense_variant") }, vec![("PP3", 4)]),
        (base("synonymous_variant"), vec![("BP7", -1)]),
        (Evidence { splice_ai: Some(0.1), ..base("synonymous_variant") }, vec![("BP4", -1), ("BP7", -1)]),
        (Evidence { splice_ai: Some(0.15), ..base("synonymous_variant") }, vec![]),
        (Evidence { splice_ai: Some(0.2), ..base("synonymous_variant") }, vec![("PP3", 1)]),
        (Evidence { splice_ai: Some(0.05), ..base("intron_variant") }, vec![("BP4", -1)]),
        (Evidence { splice_ai: Some(0.05), ..base("missense_variant") }, vec![]),
        (Evidence { splice_ai: Some(0.05), ..base("splice_donor_variant") }, vec![]),
        (Evidence { splice_ai: Some(0.5), revel: Some(0.95), ..base("missense_variant") }, vec![("PP3", 4)]),
        (Evidence { splice_ai: Some(0.5), revel: Some(0.1), ..base("missense_variant") }, vec![("PP3", 1)]),
        (Evidence { splice_ai: Some(0.1), revel: Some(0.1), ..base("missense_variant") }, vec![("BP4", -2)]),
    ] {
        let expected: Vec<(String, i32)> = expected.into_iter().map(|(c, p)| (c.to_owned(), p)).collect();
        assert_eq!(codes(&e), expected, "{e:?}");
    }
}

#[test]
fn each_criterion_names_value_and_source() {
    let e = Evidence {
        consequence: "missense_variant".into(),
        max_frequency: Some(0.2),
        frequency_source: Some("gnomADg_AF".into()),
        homozygotes: Some(9),
        recessive: true,
        de_novo: Some(true),
        pathogenic_partner: Some(true),
        same_amino_acid: Some(("17".into(), 2)),
        neighbours: Some((4, 0)),
        revel: Some(0.95),
        ..Evidence::default()
    };
    let found = assess(&e, Rules::shipped()).criteria;
    let rests: Vec<(&str, &str, &str)> =
        found.iter().map(|c| (c.code.as_str(), c.value.as_str(), c.source.as_str())).collect();
    assert_eq!(
        rests,
        [
            ("BA1", "0.2000", "gnomADg_AF"),
            ("BS2", "9", "population_data"),
            ("PS1", "17 (2/4)", "clinvar"),
            ("PM1", "4 : 0", "clinvar"),
            ("PS2", "", "genotypes"),
            ("PM3", "", "clinvar"),
            ("PP3", "0.950", "REVEL"),
        ]
    );
    assert!(found.iter().all(|c| c.by_hand.is_none()));
    let without = assess(&e.without_clinvar(), Rules::shipped()).criteria;
    assert!(without.len() == 4 && without.iter().all(|c| c.source != CLINVAR));
}

#[test]
fn a_gene_has_rules_of_its_own() {
    let text = "criterion\tgene\trule\tvalue\tsource\tversion\n\
                BA1\tG\tabove\t0.001\tpanel\t1\nBS1\tG\tabove\t0.0005\tpanel\t1\nPM2\tG\tbelow\t0.0002\tpanel\t1\n\
                PVS1\tG\toff\t-\tpanel\t1\nPS2\tG\tstrength\tvery_strong\tpanel\t1\nBA1\tG\tnot_for\tclinvar:7\tpanel\t1\n";
    let rules = Rules::parse(text).unwrap();
    let codes = |gene: &str, e: Evidence| -> Vec<(String, i32)> {
        let e = Evidence { gene: gene.into(), ..e };
        assess(&e, &rules).criteria.into_iter().map(|c| (c.code, c.points)).collect()
    };
    let at = |f: f64| Evidence { max_frequency: Some(f), ..Evidence::default() };
    let stop = Evidence {
        consequence: "stop_gained".into(),
        loss_of_function_gene: Some(Mechanism::default()),
        ..Evidence::default()
    };
    let new = Evidence { de_novo: Some(true), ..Evidence::default() };
    let seven = |f: f64| Evidence { clinvar_id: Some("7".into()), ..at(f) };
    for (gene, e, expected) in [
        ("G", at(0.002), &[("BA1", -8)][..]),
        ("G", at(0.0007), &[("BS1", -4)]),
        ("G", at(0.0003), &[]),
        ("G", at(0.0001), &[("PM2", 1)]),
        ("H", at(0.002), &[]),
        ("H", at(0.02), &[("BS1", -4)]),
        ("G", stop.clone(), &[]),
        ("H", stop, &[("PVS1", 8)]),
        ("G", new.clone(), &[("PS2", 8)]),
        ("H", new, &[("PS2", 4)]),
        // what is known to be common has no frequency criterion where it is common
        ("G", seven(0.2), &[]),
        ("G", seven(0.0007), &[("BS1", -4)]),
    ] {
        let expected: Vec<(String, i32)> = expected.iter().map(|(c, p)| ((*c).to_owned(), *p)).collect();
        assert_eq!(codes(gene, e.clone()), expected, "{gene} {e:?}");
    }
    let common = Evidence { gene: "G".into(), ..at(0.002) };
    let reason = &assess(&common, &rules).criteria[0].reason;
    assert_eq!(reason, "population frequency 0.0020 is above 0.1 % (limit of this gene by panel, 1)");
}
