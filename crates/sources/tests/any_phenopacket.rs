//! Anything as a phenopacket: an answer with terms of the ontology, or a message that names what is wrong. The property
//! is that of `fuzz/fuzz_targets/phenopacket.rs`, on texts that are close to a phenopacket.

use indgang_sources::phenopacket::{UnknownTerms, identifier, parse_with};
use indgang_terminology::Hpo;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

static HPO: LazyLock<Hpo> =
    LazyLock::new(|| Hpo::from_obographs_json(include_bytes!("data/toy-hp.json")).expect("the toy ontology is whole"));

const KEYS: [&str; 16] = [
    "id",
    "subject",
    "sex",
    "phenotypicFeatures",
    "type",
    "label",
    "excluded",
    "metaData",
    "phenopacketSchemaVersion",
    "interpretations",
    "diagnosis",
    "disease",
    "genomicInterpretations",
    "variantInterpretation",
    "proband",
    "members",
];

fn whole() -> Value {
    let sign = |id: &str, excluded: bool| json!({"type": {"id": id, "label": "a sign"}, "excluded": excluded});
    let record = json!({"genomeAssembly": "hg19", "chrom": "1", "pos": "115256562", "ref": "G", "alt": "A"});
    let variant = json!({"variationDescriptor": {
        "id": "v", "vcfRecord": record, "geneContext": {"symbol": "NRAS"}, "allelicState": {"label": "heterozygous"},
    }});
    json!({
        "id": "case",
        "subject": {"id": "kid", "sex": "FEMALE"},
        "phenotypicFeatures": [sign("HP:0001155", false), sign("HP:0001156", true), sign("HP:0000118", false), sign("HP:9999999", false)],
        "interpretations": [{"id": "i", "progressStatus": "SOLVED", "diagnosis": {
            "disease": {"id": "OMIM:613224", "label": "Noonan syndrome 6"},
            "genomicInterpretations": [{
                "subjectOrBiosampleId": "kid", "interpretationStatus": "CAUSATIVE", "variantInterpretation": variant,
            }],
        }}],
        "metaData": {
            "phenopacketSchemaVersion": "2.0",
            "externalReferences": [{"id": "PMID:12345", "reference": "https://pubmed.example/12345"}],
        },
    })
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec!["HP:0000118", "HP:0000001", "HP:", "HP:99999999999", "OMIM:1", "PMID:x", "1.0", "2"])
            .prop_map(Value::from),
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        let key = prop_oneof![prop::sample::select(&KEYS[..]).prop_map(str::to_owned), any::<String>()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Puts another value where the path leads: it chooses a member at each depth.
fn replace(at: &mut Value, path: &[prop::sample::Index], with: Value) {
    let Some((step, rest)) = path.split_first() else {
        *at = with;
        return;
    };
    match at {
        Value::Array(items) if !items.is_empty() => {
            let n = step.index(items.len());
            replace(&mut items[n], rest, with);
        }
        Value::Object(members) if !members.is_empty() => {
            let n = step.index(members.len());
            members.values_mut().skip(n).take(1).for_each(|member| replace(member, rest, with.clone()));
        }
        _ => *at = with,
    }
}

fn holds(text: &[u8]) -> Result<(), TestCaseError> {
    let named = identifier(text);
    for unknown in [UnknownTerms::Refuse, UnknownTerms::PassOver] {
        match parse_with(text, &HPO, unknown) {
            Ok(packet) => {
                prop_assert!(named.is_ok());
                for feature in &packet.features {
                    prop_assert!(HPO.get(feature.id).is_some());
                    prop_assert_eq!(packet.features.iter().filter(|f| f.id == feature.id).count(), 1);
                }
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
    Ok(())
}

#[test]
fn the_whole_one_is_read() {
    let text = whole().to_string();
    assert!(parse_with(text.as_bytes(), &HPO, UnknownTerms::Refuse).is_err(), "HP:9999999 is no term");
    let packet = parse_with(text.as_bytes(), &HPO, UnknownTerms::PassOver).expect("the others are");
    assert!(!packet.features.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_value_anywhere(path in prop::collection::vec(any::<prop::sample::Index>(), 0..8), value in tree()) {
        let mut packet = whole();
        replace(&mut packet, &path, value);
        holds(packet.to_string().as_bytes())?;
    }

    #[test]
    fn any_tree(value in tree()) {
        holds(value.to_string().as_bytes())?;
    }

    #[test]
    fn any_bytes_in_between(cut in any::<prop::sample::Index>(), length in 0usize..20, bytes in prop::collection::vec(any::<u8>(), 0..8)) {
        let mut text = whole().to_string().into_bytes();
        let from = cut.index(text.len());
        let until = (from + length).min(text.len());
        text.splice(from..until, bytes);
        holds(&text)?;
    }
}
