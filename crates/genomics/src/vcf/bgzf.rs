//! Writing BGZF: blocks of at most 64 KiB, each a gzip member that says its own length (SAM specification, section 4.1).

use libdeflater::{CompressionLvl, Compressor};

/// Plain bytes of a block, as htslib takes them: they fit a block even when they do not compress.
const BLOCK: usize = 0xff00;

/// Gathers text and packs it block by block; blocks of several packers may follow each other in one file.
pub struct Packer {
    compressor: Compressor,
    plain: Vec<u8>,
    packed: Vec<u8>,
}

impl Default for Packer {
    fn default() -> Self {
        Self { compressor: Compressor::new(CompressionLvl::default()), plain: Vec::new(), packed: Vec::new() }
    }
}

impl Packer {
    /// The empty block that ends a file.
    pub const END: [u8; 28] =
        [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// Adds text.
    pub fn push(&mut self, text: &[u8]) {
        self.plain.extend_from_slice(text);
        while self.plain.len() >= BLOCK {
            self.block(BLOCK);
        }
    }

    /// Everything pushed, packed; without the end block.
    pub fn finish(mut self) -> Vec<u8> {
        while !self.plain.is_empty() {
            self.block(self.plain.len().min(BLOCK));
        }
        self.packed
    }

    fn block(&mut self, length: usize) {
        let start = self.packed.len();
        self.packed.extend_from_slice(&Self::END[..18]);
        let most = self.compressor.deflate_compress_bound(length);
        self.packed.resize(start + 18 + most, 0);
        let written = self.compressor.deflate_compress(&self.plain[..length], &mut self.packed[start + 18..]);
        // INVARIANT: the buffer has the length the library asked for.
        self.packed.truncate(start + 18 + written.unwrap_or(0));
        let size = (self.packed.len() - start + 8 - 1) as u16;
        self.packed[start + 16..start + 18].copy_from_slice(&size.to_le_bytes());
        self.packed.extend_from_slice(&libdeflater::crc32(&self.plain[..length]).to_le_bytes());
        self.packed.extend_from_slice(&(length as u32).to_le_bytes());
        self.plain.drain(..length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn what_is_packed_reads_back() {
        // Text, and bytes that do not compress.
        let mut state = 1u64;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u8
        });
        for text in [Vec::new(), b"a line\n".repeat(30_000), noise.take(200_000).collect()] {
            let mut packer = Packer::default();
            text.chunks(1_000).for_each(|part| packer.push(part));
            let packed = [packer.finish(), Packer::END.to_vec()].concat();
            let mut back = Vec::new();
            flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut back).unwrap();
            assert_eq!(back, text);
        }
    }
}
