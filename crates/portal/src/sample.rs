//! A made-up family and report for the pages' samples. Nobody real: names and numbers are invented here.

use indgang_genomics::site::Event;
use indgang_interpret::acmg::{Change, Code, Setting, Strength};
use indgang_interpret::report::{
    Acmg, AcmgCriterion, CallEvidence, ClinVar, Disease, Explanation, FilterStep, Finding, FindingVariant, Gene,
    Member, MendelianErrors, OwnCohortFrequency, Quality, RecurrenceRisk, RelationQuality, Report, ResultKind,
    SampleQuality, Scores, SecondaryFinding, SignContribution,
};
use indgang_model::{
    Affected, Assembly, Chromosome, HpoId, ModeOfInheritance, PhenotypicFeature, SecondaryFindingWish, Sensitive, Sex,
    Timestamp, Variant,
};
use indgang_service::{JudgedSecondaryFinding, SecondaryJudgement};
use std::collections::BTreeMap;

/// The moment at which every sample stands still.
pub(crate) fn now() -> Timestamp {
    // 23 November 2026, 14:05 in Denmark.
    Timestamp::from_second(1_795_439_100).expect("a moment within the range of time stamps")
}

/// Names by member.
pub(crate) fn names() -> BTreeMap<String, String> {
    [("child", "Asta Prøve"), ("father", "Bo Prøve"), ("mother", "Cilje Prøve")]
        .map(|(id, name)| (id.to_owned(), name.to_owned()))
        .into()
}

fn chromosome(name: &str) -> Chromosome {
    Chromosome::from_name(name.as_bytes()).expect("a chromosome's name in a sample")
}

/// A sign.
pub(crate) fn feature(id: u32, label: &str, excluded: bool) -> PhenotypicFeature {
    PhenotypicFeature { id: HpoId(id), label: label.to_owned(), excluded }
}

fn signs() -> Vec<PhenotypicFeature> {
    vec![
        feature(1_156, "Brachydactyly", false),
        feature(11_304, "Broad thumb", false),
        feature(10_055, "Broad hallux", false),
        feature(1_363, "Craniosynostosis", false),
        feature(1_250, "Seizure", true),
        // Not among the Danish names: stays English.
        feature(9_999_999, "A sign without a Danish name", false),
    ]
}

fn member(id: &str, sex: Sex, affected: Affected, parents: bool, sequenced: bool) -> Member {
    let parent = |name: &str| parents.then(|| name.to_owned());
    Member { id: id.to_owned(), father: parent("father"), mother: parent("mother"), sex, affected, sequenced }
}

/// A trio with a brother who was not sequenced.
pub(crate) fn family() -> Vec<Member> {
    vec![
        member("child", Sex::Female, Affected::Affected, true, true),
        member("brother", Sex::Male, Affected::Unknown, true, false),
        member("father", Sex::Male, Affected::Unaffected, false, true),
        member("mother", Sex::Female, Affected::Unaffected, false, true),
    ]
}

fn call(reference: u32, alternate: u32, quality: f32) -> CallEvidence {
    let depth = reference + alternate;
    #[expect(clippy::cast_precision_loss, reason = "a sample's few reads")]
    let balance = alternate as f32 / depth.max(1) as f32;
    CallEvidence {
        depth: Some(depth),
        reference_depth: Some(reference),
        alternate_depth: Some(alternate),
        allele_balance: Some(balance),
        genotype_quality: Some(quality),
        heteroplasmy: None,
    }
}

type Calls<'a> = [(&'a str, &'a str, CallEvidence); 3];

fn variant(chrom: &str, pos: u32, alleles: (&str, &str), consequence: &str, calls: Calls<'_>) -> FindingVariant {
    FindingVariant {
        variant: Variant { chrom: chromosome(chrom), pos, reference: alleles.0.into(), alternate: alleles.1.into() },
        event: Event::Small,
        genotypes: calls.iter().map(|(id, gt, _)| ((*id).to_owned(), (*gt).to_owned())).collect(),
        calls: calls.iter().map(|(id, _, call)| ((*id).to_owned(), call.clone())).collect(),
        consequence: consequence.to_owned(),
        hgvs: None,
        protein_change: None,
        transcript: None,
        max_frequency: None,
        max_frequency_source: None,
        own_cohort: None,
        clinvar: None,
        origin: None,
        de_novo_score: None,
        filters: Vec::new(),
        assessed: None,
        structural: None,
        repeat: None,
    }
}

fn explanation(key: &str, text: &str, text_da: &str, contribution: f64) -> Explanation {
    Explanation { key: key.to_owned(), text: text.to_owned(), text_da: text_da.to_owned(), contribution }
}

fn gene(symbol: &str, hgnc: &str) -> Gene {
    Gene { symbol: symbol.to_owned(), hgnc_id: Some(hgnc.to_owned()) }
}

fn criterion(code: &str, strength: &str, points: i32, (reason_da, reason): (&str, &str)) -> AcmgCriterion {
    AcmgCriterion {
        code: code.to_owned(),
        strength: strength.to_owned(),
        points,
        reason: reason.to_owned(),
        reason_da: reason_da.to_owned(),
        ..AcmgCriterion::default()
    }
}

/// A criterion set aside, one weighed otherwise and one added, by hand.
pub(crate) fn criteria_by_hand() -> Vec<Change> {
    let change = |criterion, setting, reason: &str| Change {
        criterion: Code::from_name(criterion).expect("a criterion's name in a sample"),
        setting,
        reason: reason.to_owned(),
        by: "Gry Genetiker".to_owned(),
        at: now(),
    };
    vec![
        change("PM2", Setting::NotMet, "Set hos to raske i husets egen kohorte."),
        change("PS2", Setting::Met(Strength::Moderate), "Tegnene er ikke særegne for genet."),
        change("PS3", Setting::Met(Strength::Supporting), "Funktionel prøve med reduceret binding."),
    ]
}

/// A new variant in the child.
pub(crate) fn de_novo() -> Finding {
    let mut v = variant(
        "10",
        123_256_215,
        ("T", "G"),
        "missense_variant",
        [
            ("child", "0/1", call(31, 29, 99.0)),
            ("father", "0/0", call(44, 0, 99.0)),
            ("mother", "0/0", call(38, 0, 99.0)),
        ],
    );
    v.hgvs = Some("NM_000141.5:c.1694A>C (p.Glu565Ala)".to_owned());
    v.transcript = Some("NM_000141.5 (MANE Select)".to_owned());
    v.clinvar = Some(ClinVar {
        significance: "Pathogenic".to_owned(),
        stars: 2,
        id: "13271".to_owned(),
        version: "2016-09".to_owned(),
    });
    v.origin = Some("new".to_owned());
    v.de_novo_score = Some(87.3);
    Finding {
        rank: 1,
        gene: gene("FGFR2", "HGNC:3689"),
        disease: Some(Disease { id: "OMIM:101600".to_owned(), label: "Pfeiffer syndrome".to_owned() }),
        mode_of_inheritance: ModeOfInheritance::DeNovo,
        variants: vec![v],
        scores: Scores { combined: 0.987, phenotype: 0.91, variant: 0.95 },
        explanation: vec![
            explanation("phenotype", "Four of four observed signs fit.", "Fire af fire sete tegn passer.", 6.42),
            explanation("consequence", "Changes an amino acid.", "Ændrer en aminosyre.", 2.1),
            explanation(
                "mode_of_inheritance",
                "The child carries it; father and mother do not, with 44 and 38 reads.",
                "Barnet bærer den; far og mor gør ikke, med 44 og 38 læsninger.",
                1.9,
            ),
            explanation("quality", "Depth a little uneven.", "Dybden er lidt ujævn.", -0.25),
            explanation(
                Explanation::CERTAINTY,
                "Counts as sure by the ACMG criteria: pathogenic (11 points)",
                "Regnes for sikkert efter ACMG-kriterierne: sygdomsgivende (11 point)",
                0.0,
            ),
        ],
        signs: signs()
            .into_iter()
            .zip([2.41, 1.9, 1.7, 0.9, 0.05, -0.41])
            .map(|(feature, log_likelihood_ratio)| SignContribution {
                matched: (log_likelihood_ratio > 0.5).then(|| feature.clone()),
                feature,
                log_likelihood_ratio,
            })
            .collect(),
        acmg: Acmg {
            classification: "pathogenic".to_owned(),
            points: 11,
            criteria: vec![
                criterion(
                    "PS2",
                    "strong",
                    4,
                    ("ny; begge forældre er sekventeret", "de novo with both parents sequenced"),
                ),
                AcmgCriterion {
                    source: "gnomADg_AF".to_owned(),
                    ..criterion(
                        "PM2",
                        "supporting",
                        1,
                        ("findes ikke i hyppighederne", "absent from the frequencies at hand"),
                    )
                },
                AcmgCriterion {
                    value: "13271 (2/4)".to_owned(),
                    source: "clinvar".to_owned(),
                    version: "2016-09".to_owned(),
                    ..criterion("PM5", "moderate", 2, ("", "another change of the same amino acid is pathogenic"))
                },
                criterion("PP3", "strong", 4, ("REVEL 0,950", "REVEL 0.950")),
            ],
            set_aside: Vec::new(),
        },
        recurrence_risk: RecurrenceRisk {
            next_child: Some(0.01),
            text: "The variant is new in the child. Germ-line mosaicism in a parent cannot be excluded.".to_owned(),
            text_da: "Varianten er ny hos barnet. Mosaik i en forælders kønsceller kan ikke udelukkes.".to_owned(),
        },
        flags: Vec::new(),
        bearing: Default::default(),
    }
}

/// Two variants of one gene, one from each parent as far as known.
pub(crate) fn compound() -> Finding {
    let mut a = variant(
        "2",
        179_400_000,
        ("C", "T"),
        "stop_gained",
        [
            ("child", "0/1", call(20, 18, 99.0)),
            ("father", "0/1", call(22, 25, 99.0)),
            ("mother", "0/0", call(30, 0, 90.0)),
        ],
    );
    a.origin = Some("father".to_owned());
    a.own_cohort =
        Some(OwnCohortFrequency { carriers: 2, homozygotes: 0, people: 412, least_frequency: Some(0.000_8) });
    a.max_frequency = Some(0.000_012);
    a.max_frequency_source = Some("gnomAD_exomes_AF".to_owned());
    let mut b = variant(
        "2",
        179_512_345,
        ("GAT", "G"),
        "frameshift_variant",
        [("child", "0/1", call(17, 9, 61.0)), ("father", "0/0", call(28, 0, 81.0)), ("mother", "./.", call(3, 0, 9.0))],
    );
    b.filters = vec!["LowQual".to_owned()];
    Finding {
        rank: 2,
        gene: gene("TTN", "HGNC:12403"),
        disease: None,
        mode_of_inheritance: ModeOfInheritance::AutosomalRecessiveCompoundHeterozygous,
        variants: vec![a, b],
        scores: Scores { combined: 0.31, phenotype: 0.12, variant: 0.8 },
        explanation: vec![
            explanation("consequence", "Both shorten the protein.", "Begge forkorter proteinet.", 2.7),
            explanation("phenotype", "No observed sign fits.", "Ingen sete tegn passer.", -1.8),
        ],
        signs: Vec::new(),
        acmg: Acmg::default(),
        recurrence_risk: RecurrenceRisk {
            next_child: Some(0.25),
            text: "One in four, if each parent carries one of the two.".to_owned(),
            text_da: "En ud af fire, hvis hver forælder bærer en af de to.".to_owned(),
        },
        flags: vec!["phase_unknown".to_owned(), "parent_missing".to_owned(), "something_new".to_owned()],
        bearing: Default::default(),
    }
}

/// A secondary finding.
pub(crate) fn secondary() -> SecondaryFinding {
    SecondaryFinding {
        gene: gene("LDLR", "HGNC:6547"),
        disease: Disease { id: "OMIM:143890".to_owned(), label: "Familial hypercholesterolemia".to_owned() },
        category: "cardiovascular".to_owned(),
        variants: vec![variant(
            "19",
            11_200_000,
            ("G", "A"),
            "splice_donor_variant",
            [
                ("child", "0/0", call(30, 0, 99.0)),
                ("father", "0/0", call(30, 0, 99.0)),
                ("mother", "0/1", call(14, 16, 99.0)),
            ],
        )],
        acmg: Acmg { classification: "likely_pathogenic".to_owned(), points: 8, ..Acmg::default() },
        list_version: "ACMG SF v3.1".to_owned(),
        needs_confirmation: true,
    }
}

/// The same as a reader sees it: of the mother alone, who wished to be told.
pub(crate) fn judged() -> JudgedSecondaryFinding {
    let mut finding = secondary();
    finding.show_as_wished(|sample| match sample {
        "mother" => SecondaryFindingWish::All,
        _ => SecondaryFindingWish::None,
    });
    JudgedSecondaryFinding { finding, said: Vec::new() }
}

/// A secondary finding that was left out, put back and left out again.
pub(crate) fn left_out() -> JudgedSecondaryFinding {
    let said = |left_out, reason: &str| SecondaryJudgement {
        left_out,
        by: "Gry Genetiker".to_owned(),
        at: now(),
        reason: Sensitive::new(reason.to_owned()),
    };
    JudgedSecondaryFinding {
        finding: SecondaryFinding { gene: gene("MSH6", "HGNC:7329"), ..judged().finding },
        said: vec![
            said(true, "Kun set i tre læsninger"),
            said(false, "Bekræftet med en anden metode"),
            said(true, "Familien er allerede i et kontrolprogram"),
        ],
    }
}

fn sample_quality(sample: &str, sex: Sex, x: f64) -> SampleQuality {
    SampleQuality {
        sample: sample.to_owned(),
        variants: 37_709,
        median_depth: Some(42),
        x_heterozygosity: Some(x),
        observed_sex: sex,
        missing_rate: 0.004,
    }
}

fn relation(a: &str, b: &str, kinship: f64, expected: f64, agrees: bool) -> RelationQuality {
    RelationQuality { a: a.to_owned(), b: b.to_owned(), kinship: Some(kinship), expected, sites: 21_004, agrees }
}

/// The laboratory's view of quality.
pub(crate) fn quality() -> Quality {
    Quality {
        samples: vec![
            sample_quality("child", Sex::Female, 0.58),
            sample_quality("father", Sex::Male, 0.01),
            sample_quality("mother", Sex::Female, 0.61),
        ],
        relations: vec![
            relation("child", "father", 0.249, 0.25, true),
            relation("child", "mother", 0.251, 0.25, true),
            relation("father", "mother", 0.002, 0.0, true),
        ],
        mendelian: vec![MendelianErrors { child: "child".to_owned(), sites: 60_120, errors: 31 }],
        pedigree_agrees: true,
        runs_of_homozygosity: Vec::new(),
        uniparental_disomy: Vec::new(),
    }
}

/// A report with two findings.
pub(crate) fn report() -> Report {
    Report {
        result: ResultKind::Diagnostic,
        case: "sample-case".to_owned(),
        proband: "child".to_owned(),
        assembly: Assembly::GRCh37,
        family: family(),
        phenotypic_features: signs(),
        findings: vec![de_novo(), compound()],
        secondary_findings: BTreeMap::new(),
        filters: [
            ("read", 104_233),
            ("carried_by_proband", 61_020),
            ("frequency", 2_310),
            ("consequence", 411),
            ("inheritance", 7),
        ]
        .map(|(name, kept)| FilterStep { name: name.to_owned(), kept })
        .into(),
        quality: quality(),
        warnings: vec!["no FASTA was given: indels are not left-aligned".to_owned()],
        warnings_da: vec!["ingen FASTA er givet: indels er ikke venstrestillet".to_owned()],
        versions: [("indgang", "0.1.0"), ("hpo", "2024-08-13"), ("clinvar", "2016-09")]
            .map(|(name, version)| (name.to_owned(), version.to_owned()))
            .into(),
    }
}

/// A report in which nothing was found, and the pedigree does not agree.
pub(crate) fn empty_report() -> Report {
    let mut quality = quality();
    quality.pedigree_agrees = false;
    if let Some(first) = quality.relations.first_mut() {
        *first = relation("child", "father", 0.004, 0.25, false);
    }
    Report {
        result: ResultKind::Negative,
        phenotypic_features: Vec::new(),
        findings: Vec::new(),
        warnings: Vec::new(),
        warnings_da: Vec::new(),
        quality,
        ..report()
    }
}
