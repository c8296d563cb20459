//! Alleles as bytes: the distance to the place before, then one byte for a substitution, else length and text. Whatever
//! is longer than a few lines is compressed (zstd), with a first byte that says so.

use super::{Alleles, CohortError, Key};

/// Under this, compression costs more than it gains.
const WORTH_COMPRESSING: usize = 512;
const PLAIN: u8 = 1;
const COMPRESSED: u8 = 2;
/// In the byte of the alleles: their text follows.
const TEXT: u8 = 16;
/// In the byte of the alleles: the mark that goes with them is set.
const MARK: u8 = 32;

pub(super) struct Writer {
    bytes: Vec<u8>,
    place: u64,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), place: 0 }
    }

    /// Keys come in order.
    pub(super) fn key(&mut self, key: &Key, mark: bool) {
        self.number(key.place - self.place);
        self.place = key.place;
        let mark = if mark { MARK } else { 0 };
        match &key.alleles {
            Alleles::Substitution(code) => self.bytes.push(mark | code),
            Alleles::Other(text) => {
                self.bytes.push(mark | TEXT);
                self.number(text.len() as u64);
                self.bytes.extend_from_slice(text);
            }
        }
    }

    /// Seven bits a byte, the lowest first.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        if self.bytes.len() >= WORTH_COMPRESSING {
            // Compression of bytes in memory fails only without memory; they are then kept as they are.
            if let Ok(packed) = zstd::bulk::compress(&self.bytes, 3) {
                let mut all = vec![COMPRESSED];
                all.extend((self.bytes.len() as u64).to_le_bytes());
                all.extend(packed);
                return all;
            }
        }
        [&[PLAIN], &self.bytes[..]].concat()
    }
}

pub(super) struct Reader {
    bytes: Vec<u8>,
    at: usize,
    place: u64,
}

impl Reader {
    /// Longest content, 1 GiB: far more than a person or a bin can have.
    const LONGEST: u64 = 1 << 30;

    pub(super) fn new(bytes: &[u8]) -> Result<Self, CohortError> {
        let bytes = match bytes.split_first() {
            Some((&PLAIN, rest)) => rest.to_vec(),
            Some((&COMPRESSED, rest)) => {
                let (length, packed) = rest.split_first_chunk::<8>().ok_or(CohortError::Unreadable)?;
                let length = u64::from_le_bytes(*length);
                // A stated length that no packing reaches is not asked of the memory.
                if length > Self::LONGEST || length > (packed.len() as u64).saturating_mul(50_000) {
                    return Err(CohortError::Unreadable);
                }
                let plain = zstd::bulk::decompress(packed, length as usize).map_err(|_| CohortError::Unreadable)?;
                if plain.len() as u64 != length {
                    return Err(CohortError::Unreadable);
                }
                plain
            }
            _ => return Err(CohortError::Unreadable),
        };
        Ok(Self { bytes, at: 0, place: 0 })
    }

    /// The next key with its mark; `None` at the end.
    pub(super) fn key(&mut self) -> Result<Option<(Key, bool)>, CohortError> {
        if self.at == self.bytes.len() {
            return Ok(None);
        }
        self.place = self.place.checked_add(self.number()?).ok_or(CohortError::Unreadable)?;
        let code = self.take(1)?[0];
        let alleles = match code & !MARK {
            code if code < TEXT => Alleles::Substitution(code),
            TEXT => {
                let length = usize::try_from(self.number()?).map_err(|_| CohortError::Unreadable)?;
                Alleles::Other(self.take(length)?.into())
            }
            _ => return Err(CohortError::Unreadable),
        };
        Ok(Some((Key { place: self.place, alleles }, code & MARK != 0)))
    }

    pub(super) fn number(&mut self) -> Result<u64, CohortError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(CohortError::Unreadable)
    }

    fn take(&mut self, length: usize) -> Result<&[u8], CohortError> {
        let end = self.at.checked_add(length).ok_or(CohortError::Unreadable)?;
        let taken = self.bytes.get(self.at..end).ok_or(CohortError::Unreadable)?;
        self.at = end;
        Ok(taken)
    }
}
