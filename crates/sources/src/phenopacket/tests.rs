use super::*;

fn hpo() -> Hpo {
    Hpo::from_obographs_json(include_bytes!("../../tests/data/toy-hp.json")).unwrap()
}

/// A packet of a made-up patient; `features` and `more` are JSON.
fn packet(features: &str, more: &str) -> String {
    format!(
        r#"{{"id": "p", "subject": {{"id": "canary", "sex": "FEMALE"}}, "phenotypicFeatures": [{features}]{more},
            "metaData": {{"phenopacketSchemaVersion": "2.0", "externalReferences": [{{"id": "PMID:7"}}, {{"id": "DOI:x"}}]}}}}"#
    )
}

fn sign(id: &str) -> String {
    format!(r#"{{"type": {{"id": "{id}", "label": "Short finger"}}}}"#)
}

#[test]
fn a_packet_is_read() {
    let interpretation = r#", "diseases": [{"term": {"id": "OMIM:1"}, "excluded": true}, {"term": {"id": "OMIM:2"}}],
        "interpretations": [{"progressStatus": "SOLVED", "diagnosis": {"disease": {"id": "OMIM:101600", "label": "Pfeiffer"},
        "genomicInterpretations": [{"interpretationStatus": "CAUSATIVE", "variantInterpretation": {"variationDescriptor":
        {"geneContext": {"symbol": "FGFR2"}, "allelicState": {"label": "heterozygous"},
         "vcfRecord": {"genomeAssembly": "hg38", "chrom": "chr10", "pos": "121517378", "ref": "A", "alt": "C"}}}}]}}]"#;
    let excluded = r#"{"type": {"id": "HP:0001156"}, "excluded": true}"#;
    let read =
        parse(packet(&format!("{}, {excluded}", sign("HP:0001155")), interpretation).as_bytes(), &hpo()).unwrap();
    assert_eq!((read.sex, read.publications.as_slice()), (Sex::Female, &[Pmid(7)][..]));
    let features: Vec<_> = read.features.iter().map(|f| (f.id.0, f.label.as_str(), f.excluded)).collect();
    assert_eq!(features, [(1155, "Abnormality of the hand", false), (1156, "Brachydactyly", true)]);
    assert_eq!(read.diagnosis.unwrap().disease().unwrap().to_string(), "OMIM:101600");
    assert_eq!(read.causative[0].variant.to_string(), "10-121517378-A-C");
    assert_eq!((read.causative[0].gene.as_str(), read.causative[0].zygosity.as_str()), ("FGFR2", "heterozygous"));
    assert!(read.warnings.is_empty());
}

#[test]
fn without_an_interpretation_the_first_disease_that_is_not_excluded_counts() {
    let diseases = r#", "diseases": [{"term": {"id": "OMIM:1"}, "excluded": true}, {"term": {"id": "OMIM:2"}}]"#;
    assert_eq!(parse(packet("", diseases).as_bytes(), &hpo()).unwrap().diagnosis.unwrap().id, "OMIM:2");
    assert_eq!(parse(packet("", "").as_bytes(), &hpo()).unwrap().diagnosis, None);
}

#[test]
fn a_familys_proband_is_read() {
    let family = format!(
        r#"{{"id": "fam", "proband": {{"subject": {{"sex": "MALE"}}, "phenotypicFeatures": [{}]}},
            "relatives": [], "metaData": {{"externalReferences": [{{"id": "PMID:9"}}]}}}}"#,
        sign("HP:0001156")
    );
    let read = parse(family.as_bytes(), &hpo()).unwrap();
    assert_eq!((read.id.as_str(), read.sex, read.publications.as_slice()), ("fam", Sex::Male, &[Pmid(9)][..]));
    assert_eq!(read.features.len(), 1);
}

#[test]
fn the_age_is_that_of_the_last_encounter() {
    for (element, expected) in [
        (r#"{"age": {"iso8601duration": "P8Y6M"}}"#, Some(8)),
        (r#"{"age": {"iso8601duration": "P7M2D"}}"#, Some(0)),
        (r#"{"ageRange": {"start": {"iso8601duration": "P40Y"}, "end": {"iso8601duration": "P44Y"}}}"#, Some(40)),
        (r#"{"age": {"iso8601duration": "8 years"}}"#, None),
        (r#"{"gestationalAge": {"weeks": 20}}"#, None),
        ("null", None),
    ] {
        let text = packet(&sign("HP:0001156"), "")
            .replace(r#""sex": "FEMALE""#, &format!(r#""sex": "FEMALE", "timeAtLastEncounter": {element}"#));
        assert_eq!(parse(text.as_bytes(), &hpo()).unwrap().age, expected, "{element}");
    }
}

#[test]
fn old_terms_are_mapped_and_said() {
    for (id, now, said) in [
        ("HP:0000009", Some(1156), "read as HP:0001156 (Brachydactyly)"), // alternative identifier
        ("HP:0000057", Some(1167), "read as HP:0001167"),                 // replaced
        ("HP:0000060", None, "no longer in use and was passed over; nearest: HP:0001156"),
        ("NCIT:C1", None, "is not an HPO term"),
    ] {
        let read = parse(packet(&sign(id), "").as_bytes(), &hpo()).unwrap();
        assert_eq!(read.features.first().map(|f| f.id.0), now, "{id}");
        assert!(read.warnings[0].en.contains(said), "{:?}", read.warnings);
    }
    let both = format!(r#"{}, {{"type": {{"id": "HP:0000009"}}, "excluded": true}}"#, sign("HP:0001156"));
    let read = parse(packet(&both, "").as_bytes(), &hpo()).unwrap();
    assert_eq!((read.features.len(), read.features[0].excluded, read.warnings.len()), (1, false, 2));
}

/// A packet that says this schema version.
fn versioned(version: &str) -> String {
    packet("", "").replace(r#""2.0""#, &format!(r#""{version}""#))
}

#[test]
fn a_packet_without_a_schema_version_is_read_as_version_2_and_said() {
    for (text, warnings) in [
        (versioned("2"), 0),
        (versioned("2.0.2"), 0),
        (versioned(""), 1),
        (r#"{"subject": {"id": "p"}}"#.to_owned(), 1),
        // A family's own version holds for its proband.
        (r#"{"proband": {"subject": {"id": "p"}}, "metaData": {"phenopacketSchemaVersion": "2.0"}}"#.to_owned(), 0),
        (r#"{"proband": {"subject": {"id": "p"}}}"#.to_owned(), 1),
    ] {
        let read = parse(text.as_bytes(), &hpo()).unwrap();
        assert_eq!(read.warnings.len(), warnings, "{text}: {:?}", read.warnings);
        assert!(read.warnings.iter().all(|w| w.en.contains("read as version 2") && w.da.contains("version 2")));
    }
}

#[test]
fn what_cannot_be_used_is_refused_with_a_remedy() {
    for (json, message) in [
        (
            packet(&sign("HP:9999999"), ""),
            "sign 1: `HP:9999999` (Short finger) is not a term of HPO 2024-01-01; nearest: HP:0001156",
        ),
        (packet(&sign("HP:12"), ""), "sign 1: `HP:12` is not an HPO identifier"),
        (packet("", r#", "genes": []"#), "`genes` at top level: this is version 1"),
        (packet("", r#", "variants": []"#), "`variants` at top level: this is version 1"),
        (
            packet(r#"{"type": {"id": "HP:0001156"}, "negated": true}"#, ""),
            "`negated` in `phenotypicFeatures`: this is version 1",
        ),
        (r#"{"id": "c", "members": []}"#.to_owned(), "this is a cohort"),
        (r#"{"resourceType": "Bundle"}"#.to_owned(), "not a phenopacket; give"),
        ("{".to_owned(), "not a phenopacket in JSON"),
        ("[]".to_owned(), "the file is a list, where a phenopacket is one JSON object `{ … }`; give a Phenopackets"),
        (" \n".to_owned(), "the file is empty"),
        ("null".to_owned(), "the file is a single word"),
        (versioned("1.0"), "`phenopacketSchemaVersion` in `metaData` is `1.0`, and only version 2 is read"),
        (versioned("1"), "is `1`, and only"),
        (versioned("3.0"), "is `3.0`, and only"),
        (versioned("20"), "is `20`, and only"),
        (versioned("v2"), "is `v2`, and only"),
        (
            format!(
                r#"{{"id": "f", "proband": {}, "metaData": {{"phenopacketSchemaVersion": "2.0"}}}}"#,
                versioned("1.0")
            ),
            "is `1.0`, and only",
        ),
    ] {
        let error = parse(json.as_bytes(), &hpo()).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
    let read = parse_with(packet(&sign("HP:9999999"), "").as_bytes(), &hpo(), UnknownTerms::PassOver).unwrap();
    assert!(read.features.is_empty() && read.warnings[0].en.contains("was passed over"));
}

#[test]
fn a_persons_identifier_does_not_print() {
    assert!(!format!("{:?}", parse(packet("", "").as_bytes(), &hpo()).unwrap()).contains("canary"));
}

/// Bytes changed, cut, doubled and swapped by a fixed sequence: there is an answer or a message, never a panic.
#[test]
fn two_thousand_damaged_packets_are_read_or_refused() {
    let hpo = hpo();
    let good = packet(
        &format!("{}, {}, {}", sign("HP:0001156"), sign("HP:9999999"), sign("ORPHA:1")),
        r#", "diseases": [{"term": {"id": "OMIM:2"}}], "interpretations": [{"diagnosis": {"genomicInterpretations":
        [{"interpretationStatus": "CAUSATIVE", "variantInterpretation": {"variationDescriptor":
        {"vcfRecord": {"genomeAssembly": "hg38", "chrom": "chr10", "pos": 5, "ref": "A", "alt": "C"}}}}]}}]"#,
    );
    let good = good.as_bytes();
    let tokens: [&[u8]; 8] = [b"{", b"]", b"\"", b"null", b"-1", b"99999999999999999999", b"HP:", b"\\ud800"];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let (mut read, mut refused) = (0, 0);
    for _ in 0..2000 {
        let mut bytes = good.to_vec();
        for _ in 0..=draw(3) {
            let at = draw(bytes.len());
            match draw(4) {
                0 => bytes[at] = draw(256) as u8,
                1 => bytes.truncate(at.max(1)),
                2 => drop(bytes.splice(at..at, tokens[draw(tokens.len())].iter().copied())),
                _ => {
                    let other = draw(bytes.len());
                    bytes.swap(at, other);
                }
            }
        }
        let _ = identifier(&bytes);
        for unknown in [UnknownTerms::Refuse, UnknownTerms::PassOver] {
            match parse_with(&bytes, &hpo, unknown) {
                Ok(packet) => {
                    assert!(packet.features.iter().all(|f| hpo.get(f.id).is_some()));
                    read += 1;
                }
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    refused += 1;
                }
            }
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused: the damage is too small or too great");
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!(r#"{{"id": "p", "subject": {}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(parse(deep.as_bytes(), &hpo()), Err(PhenopacketError::Json(_))));
    // What is only passed over needs no depth.
    assert_eq!(identifier(deep.as_bytes()).unwrap().as_deref(), Some("p"));
}

#[test]
fn what_cannot_be_meant_is_said() {
    let observed = |id: &str, label: &str| format!(r#"{{"type": {{"id": "{id}", "label": "{label}"}}}}"#);
    let excluded = |id: &str| format!(r#"{{"type": {{"id": "{id}"}}, "excluded": true}}"#);
    let brachydactyly = observed("HP:0001156", "");
    for (signs, kept, warned) in [
        (observed("HP:0000006", ""), vec![], Some("is no sign")),
        (observed("HP:0000118", ""), vec![], Some("is no sign")),
        (excluded("HP:0000001"), vec![], Some("is no sign")),
        (
            format!("{brachydactyly}, {}", excluded("HP:0040064")),
            vec![(1156, false)],
            Some("a case of it, is observed"),
        ),
        (
            format!("{}, {brachydactyly}", excluded("HP:0001167")),
            vec![(1156, false)],
            Some("the exclusion was passed over"),
        ),
        (
            format!("{}, {}", observed("HP:0001155", ""), excluded("HP:0001156")),
            vec![(1155, false), (1156, true)],
            None,
        ),
        (observed("HP:0001156", "Abnormality of finger"), vec![(1156, false)], Some("the name of `HP:0001167`")),
        (observed("HP:0001156", "short FINGERS"), vec![(1156, false)], None),
        (observed("HP:0001156", "what we say here"), vec![(1156, false)], None),
    ] {
        let read = parse(packet(&signs, "").as_bytes(), &hpo()).unwrap();
        let features: Vec<_> = read.features.iter().map(|f| (f.id.0, f.excluded)).collect();
        assert_eq!(features, kept, "{signs}");
        let said: Vec<&str> = read.warnings.iter().map(|w| w.en.as_str()).collect();
        assert_eq!(said.len(), usize::from(warned.is_some()), "{signs}: {said:?}");
        assert!(warned.is_none_or(|part| said[0].contains(part)), "{said:?}");
    }
}

#[test]
fn what_is_no_json_is_told_once_with_its_place() {
    for (text, message) in [
        ("{\n \"id\": oops}", "not a phenopacket in JSON: line 2, column 8: expected value; mend it there"),
        ("{\"id\": ", "not a phenopacket in JSON: column 7: EOF while parsing a value; mend it there"),
    ] {
        let error = parse(text.as_bytes(), &hpo()).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
        assert!(std::error::Error::source(&error).is_none());
    }
}
