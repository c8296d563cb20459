//! BGZF, the blocked gzip of SAM/VCF: members of at most 64 KiB, each saying its own length, and an empty one at the end.

use anyhow::{Context, Result};
use flate2::{Compression, Crc, read::MultiGzDecoder, write::DeflateEncoder};
use std::io::{Read, Write};
use std::path::Path;

/// Text of one block before compression; what htslib uses, so that a block fits 64 KiB even when it does not compress.
pub const BLOCK: usize = 0xff00;
const END_OF_FILE: [u8; 28] =
    [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// The text of a gzip or BGZF file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let file = std::fs::File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let mut text = Vec::new();
    MultiGzDecoder::new(file).read_to_end(&mut text).with_context(|| format!("reading {}", path.display()))?;
    Ok(text)
}

/// Compresses `text` as BGZF.
pub fn compress(text: &[u8], level: u32) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4);
    for block in text.chunks(BLOCK) {
        write_block(&mut out, block, level)?;
    }
    out.extend_from_slice(&END_OF_FILE);
    Ok(out)
}

/// Appends one member.
pub fn write_block(out: &mut Vec<u8>, block: &[u8], level: u32) -> Result<()> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(block)?;
    let body = encoder.finish()?;
    let size = u16::try_from(body.len() + 25).context("a BGZF block must fit 64 KiB")?;
    out.extend_from_slice(&[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0]);
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&body);
    let mut crc = Crc::new();
    crc.update(block);
    out.extend_from_slice(&crc.sum().to_le_bytes());
    out.extend_from_slice(&(block.len() as u32).to_le_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_ends_with_the_end_block() {
        let text: Vec<u8> = (0..200_000u32).flat_map(|i| format!("{i}\t").into_bytes()).collect();
        let packed = compress(&text, 6).unwrap();
        assert!(packed.ends_with(&END_OF_FILE));
        let mut back = Vec::new();
        MultiGzDecoder::new(&packed[..]).read_to_end(&mut back).unwrap();
        assert_eq!(back, text);
    }

    #[test]
    fn each_block_tells_its_length() {
        let packed = compress(&vec![7; 3 * BLOCK], 6).unwrap();
        let (mut at, mut blocks) = (0, 0);
        while at < packed.len() {
            assert_eq!(&packed[at + 12..at + 14], b"BC");
            at += usize::from(u16::from_le_bytes([packed[at + 16], packed[at + 17]])) + 1;
            blocks += 1;
        }
        assert_eq!((at, blocks), (packed.len(), 4));
    }
}
