//! Keys of persons and contacts: blinded where they are stored, pseudonyms where they are seen.
//!
//! A person's key is blinded with HMAC-SHA-256 under the house's secret, and stands for a dense number in the tables.
//! What a question sees is another number: the dense one, permuted under the secret of its domain (a permit) by a
//! Feistel network of twelve rounds over 32 bits, so that no two persons have the same and two domains cannot be linked.

use sha2::{Digest, Sha256};
use siphasher::sip::SipHasher24;
use std::hash::Hasher;

/// A person's key as the lake stores it.
pub type Blinded = u128;

/// Blinds keys under the house's secret.
#[derive(Clone)]
pub struct Blinding {
    inner: Sha256,
    outer: Sha256,
    contacts: [u8; 16],
}

impl Blinding {
    /// Under a secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        let pad = |byte: u8| {
            let mut block = [byte; 64];
            block.iter_mut().zip(secret).for_each(|(block, secret)| *block ^= secret);
            Sha256::new_with_prefix(block)
        };
        Self { inner: pad(0x36), outer: pad(0x5c), contacts: derived(secret, b"contacts") }
    }

    /// A person's key (HMAC-SHA-256, the first 128 bits).
    pub fn person(&self, key: &str) -> Blinded {
        let inner = self.inner.clone().chain_update(key).finalize();
        let outer: [u8; 32] = self.outer.clone().chain_update(inner).finalize().into();
        first(&outer)
    }

    /// A contact's key within a register (SipHash-2-4). LPR3_F and LPR3_A are two deliveries of one register: a contact that
    /// is in both has one key.
    pub(super) fn contact(&self, register: &str, key: &str) -> u64 {
        let register = if register == "lpr3a_kontakt" { "lpr3f_kontakter" } else { register };
        let mut hasher = SipHasher24::new_with_key(&self.contacts);
        hasher.write(register.as_bytes());
        hasher.write_u8(0xff);
        hasher.write(key.as_bytes());
        hasher.finish()
    }
}

/// A person's record key, for the noise of cells: the same in every permit and snapshot, and known to nobody who does not
/// know the house's secret.
pub(super) fn record_key(person: Blinded) -> u32 {
    let mut hasher = SipHasher24::new_with_key(&person.to_be_bytes());
    hasher.write(b"record key");
    let [a, b, c, d, ..] = hasher.finish().to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

fn first(hash: &[u8; 32]) -> u128 {
    hash[..16].iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
}

fn derived(secret: &[u8; 32], what: &[u8]) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::new().chain_update(secret).chain_update(what).finalize().into();
    first(&hash).to_be_bytes()
}

/// Pseudonyms within a domain.
pub(super) struct Pseudonyms {
    rounds: Vec<Vec<u16>>,
    contacts: [u8; 16],
}

const ROUNDS: u8 = 12;

impl Pseudonyms {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        let rounds = (0..ROUNDS).map(|round| {
            let key = derived(secret, &[b'r', round]);
            let value = |half: u16| {
                let mut hasher = SipHasher24::new_with_key(&key);
                hasher.write_u16(half);
                let hash = hasher.finish().to_be_bytes();
                u16::from_be_bytes([hash[0], hash[1]])
            };
            (0..=u16::MAX).map(value).collect()
        });
        Self { rounds: rounds.collect(), contacts: derived(secret, b"contacts") }
    }

    /// The pseudonym of a person. A permutation of all numbers of 32 bits.
    pub(super) fn person(&self, number: u32) -> u32 {
        let [a, b, c, d] = number.to_be_bytes();
        let (mut left, mut right) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        for round in &self.rounds {
            (left, right) = (right, left ^ round[usize::from(right)]);
        }
        u32::from(left) << 16 | u32::from(right)
    }

    /// The person of a pseudonym.
    pub(super) fn number(&self, pseudonym: u32) -> u32 {
        let [a, b, c, d] = pseudonym.to_be_bytes();
        let (mut left, mut right) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        for round in self.rounds.iter().rev() {
            (left, right) = (right ^ round[usize::from(left)], left);
        }
        u32::from(left) << 16 | u32::from(right)
    }

    /// The pseudonym of a contact.
    pub(super) fn contact(&self, number: u64) -> u64 {
        let mut hasher = SipHasher24::new_with_key(&self.contacts);
        hasher.write_u64(number);
        hasher.finish()
    }
}

impl std::fmt::Debug for Blinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Blinding(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn blinding_is_hmac_sha_256() {
        // RFC 4231 has no case of a 32-byte key; this is Python's hmac.new(b'\x0b'*32, b'Hi There', 'sha256').
        let blinded = Blinding::new(&[0x0b; 32]).person("Hi There");
        assert_eq!(format!("{blinded:032x}"), "198a607eb44bfbc69903a0f1cf2bbdc5");
    }

    #[test]
    fn pseudonyms_are_one_to_one_and_another_under_another_secret() {
        let (one, two) = (Pseudonyms::new(&[1; 32]), Pseudonyms::new(&[2; 32]));
        let seen: BTreeSet<u32> = (0..50_000).map(|n| one.person(n)).collect();
        assert_eq!(seen.len(), 50_000);
        assert!((0..50_000).all(|n| one.number(one.person(n)) == n));
        assert!((0..50_000).filter(|n| one.person(*n) == two.person(*n)).count() < 5);
        // Neighbours are not neighbours: every bit of the pseudonym changes about half the time.
        for bit in 0..32 {
            let flips = (0..20_000).filter(|n| (one.person(2 * n) ^ one.person(2 * n + 1)) >> bit & 1 == 1).count();
            assert!((9_600..10_400).contains(&flips), "bit {bit}: {flips}");
        }
        assert_ne!(one.contact(7), two.contact(7));
    }

    #[test]
    fn a_contact_of_two_deliveries_is_one() {
        let blinding = Blinding::new(&[3; 32]);
        let key = |register| blinding.contact(register, "1");
        assert_eq!(key("lpr3a_kontakt"), key("lpr3f_kontakter"));
        assert_ne!(key("lpr_adm"), key("lpr3f_kontakter"));
    }
}
