//! Any bytes as a phenopacket: an answer with terms of the ontology, or a message that names what is wrong.

#![no_main]

use indgang_sources::phenopacket::{UnknownTerms, identifier, parse_with};
use indgang_terminology::Hpo;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static HPO: LazyLock<Hpo> = LazyLock::new(|| {
    let json = include_bytes!("../../crates/sources/tests/data/toy-hp.json");
    Hpo::from_obographs_json(json).expect("the toy ontology is whole")
});

fuzz_target!(|data: &[u8]| {
    let named = identifier(data);
    for unknown in [UnknownTerms::Refuse, UnknownTerms::PassOver] {
        match parse_with(data, &HPO, unknown) {
            Ok(packet) => {
                assert!(named.is_ok());
                for feature in &packet.features {
                    assert!(HPO.get(feature.id).is_some());
                    assert_eq!(packet.features.iter().filter(|f| f.id == feature.id).count(), 1);
                }
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
});
