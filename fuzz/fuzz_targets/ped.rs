//! Any text as a pedigree: an answer or a message, and no person who is her own ancestor.

#![no_main]

use indgang_genomics::pedigree::Pedigree;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Pedigree::parse(text) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(pedigree) => {
            for family in pedigree.families.iter().filter(|f| f.members.len() <= 12) {
                assert!(family.proband() < family.members.len());
                for i in 0..family.members.len() {
                    assert!(!family.is_ancestor(i, i));
                }
            }
        }
    }
});
