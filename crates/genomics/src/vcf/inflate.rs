//! Plain, gzip and BGZF input behind one door, in pieces that a worker can inflate by itself.
//!
//! BGZF: SAM/BAM specification section 4.1. A block is a gzip member of at most 64 KiB with its compressed length in an
//! extra field `BC`; an empty block ends the file, so that a cut copy can be told from a whole one.

use super::error::VcfError;
use flate2::bufread::MultiGzDecoder;
use libdeflater::Decompressor;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest inflated BGZF block.
const BLOCK_LIMIT: usize = 65_536;
const BUFFER: usize = 256 * 1024;

/// Counts the bytes that pass: of this input, for messages, and for progress, which several inputs may share.
pub(super) struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
    progress: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        self.progress.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

type Buffered<R> = BufReader<Counted<R>>;

enum Form<R: Read> {
    Plain(Buffered<R>),
    Gzip(Box<MultiGzDecoder<Buffered<R>>>),
    /// The flag tells whether the last block was empty.
    Bgzf(Buffered<R>, bool),
}

/// The input, from which pieces are taken in order.
pub(super) struct Source<R: Read> {
    form: Form<R>,
    count: Arc<AtomicU64>,
}

/// A piece as taken from the input: BGZF blocks still compressed, or plain bytes.
#[derive(Default)]
pub(super) struct Piece {
    bytes: Vec<u8>,
    compressed: bool,
    /// Nothing comes after it.
    pub last: bool,
    at: u64,
}

impl Piece {
    /// Nothing in it.
    pub fn empty(&mut self, last: bool) {
        self.bytes.clear();
        self.compressed = false;
        self.last = last;
    }
}

impl<R: Read> Source<R> {
    /// Looks at the first bytes to see what the input is.
    pub fn open(input: R, progress: Arc<AtomicU64>) -> Result<Self, VcfError> {
        let count = Arc::default();
        let counted = Counted { inner: input, count: Arc::clone(&count), progress };
        let mut input = BufReader::with_capacity(BUFFER, counted);
        let start = input.fill_buf()?;
        let form = match start {
            [] => return Err(VcfError::Empty),
            [0x1f, 0x8b, 8, flags, ..] if flags & 4 != 0 && start.get(12..14) == Some(b"BC") => {
                Form::Bgzf(input, false)
            }
            [0x1f, 0x8b, ..] => Form::Gzip(Box::new(MultiGzDecoder::new(input))),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => return Err(VcfError::OtherFormat("compressed with zstd")),
            [0xfd, b'7', b'z', b'X', b'Z', ..] => return Err(VcfError::OtherFormat("compressed with xz")),
            [b'B', b'Z', b'h', ..] => return Err(VcfError::OtherFormat("compressed with bzip2")),
            [b'P', b'K', 3, 4, ..] => return Err(VcfError::OtherFormat("a zip archive")),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(VcfError::OtherFormat("UTF-16 text")),
            _ => Form::Plain(input),
        };
        Ok(Self { form, count })
    }

    /// Takes the next piece of about `target` plain bytes.
    pub fn take(&mut self, piece: &mut Piece, target: usize) -> Result<(), VcfError> {
        piece.bytes.clear();
        piece.last = false;
        piece.at = self.count.load(Ordering::Relaxed);
        match &mut self.form {
            Form::Plain(input) => {
                piece.compressed = false;
                let n = input.by_ref().take(target as u64).read_to_end(&mut piece.bytes)?;
                piece.last = n < target;
            }
            Form::Gzip(input) => {
                piece.compressed = false;
                let read = input.by_ref().take(target as u64).read_to_end(&mut piece.bytes);
                piece.last = read.map_err(|e| gzip_error(e, self.count.load(Ordering::Relaxed)))? < target;
            }
            Form::Bgzf(input, ended) => {
                piece.compressed = true;
                let mut plain = 0;
                // Blocks may be empty: the compressed bytes of a piece are bounded too.
                while plain < target && piece.bytes.len() <= target + BLOCK_LIMIT {
                    match take_block(input, &mut piece.bytes, &self.count)? {
                        Some(size) => {
                            *ended = size == 0;
                            plain += size;
                        }
                        None if *ended => {
                            piece.last = true;
                            break;
                        }
                        None => {
                            let at = self.count.load(Ordering::Relaxed);
                            return Err(VcfError::Truncated { at, reason: "the BGZF end marker is missing" });
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn gzip_error(error: std::io::Error, at: u64) -> VcfError {
    use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    match error.kind() {
        UnexpectedEof => VcfError::Truncated { at, reason: "the gzip stream has no end" },
        InvalidData | InvalidInput => VcfError::Damaged { at, reason: "the gzip stream cannot be inflated" },
        _ => VcfError::Io(error),
    }
}

/// Appends one compressed block to `out`; gives its inflated size, or `None` at the end of the input.
fn take_block<R: Read>(
    input: &mut Buffered<R>,
    out: &mut Vec<u8>,
    count: &AtomicU64,
) -> Result<Option<usize>, VcfError> {
    if input.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let at = || count.load(Ordering::Relaxed);
    let cut = || VcfError::Truncated { at: at(), reason: "the last BGZF block is incomplete" };
    let damaged = |reason| VcfError::Damaged { at: at(), reason };
    let start = out.len();
    if input.by_ref().take(18).read_to_end(out)? != 18 {
        return Err(cut());
    }
    // The extra field as bgzip and htslib write it: `BC` comes first.
    let header = &out[start..start + 18];
    if header[..4] != [0x1f, 0x8b, 8, 4] {
        return Err(damaged("a BGZF block does not begin where the one before ends"));
    }
    let extra = usize::from(u16::from_le_bytes([header[10], header[11]]));
    if extra < 6 || &header[12..16] != b"BC\x02\x00" {
        return Err(damaged("a BGZF block has no block size"));
    }
    let total = usize::from(u16::from_le_bytes([header[16], header[17]])) + 1;
    if total < 12 + extra + 8 {
        return Err(damaged("a BGZF block is shorter than its own header"));
    }
    let read = input.by_ref().take((total - 18) as u64).read_to_end(out)?;
    if read != total - 18 {
        return Err(cut());
    }
    let size = last_word(&out[start..]) as usize;
    if size > BLOCK_LIMIT { Err(damaged("a BGZF block is larger than 64 KiB")) } else { Ok(Some(size)) }
}

fn last_word(bytes: &[u8]) -> u32 {
    bytes.last_chunk::<4>().map_or(0, |word| u32::from_le_bytes(*word))
}

/// Appends the plain bytes of a piece to `plain`.
pub(super) fn inflate(piece: &Piece, inflater: &mut Decompressor, plain: &mut Vec<u8>) -> Result<(), VcfError> {
    if !piece.compressed {
        plain.extend_from_slice(&piece.bytes);
        return Ok(());
    }
    let damaged = |reason| VcfError::Damaged { at: piece.at, reason };
    let mut rest = piece.bytes.as_slice();
    while !rest.is_empty() {
        // INVARIANT: `take_block` has checked the lengths of every block in the piece.
        let total = usize::from(u16::from_le_bytes([rest[16], rest[17]])) + 1;
        let extra = usize::from(u16::from_le_bytes([rest[10], rest[11]]));
        let (block, after) = rest.split_at(total);
        rest = after;
        let size = last_word(block) as usize;
        let start = plain.len();
        plain.resize(start + size, 0);
        let written = inflater.deflate_decompress(&block[12 + extra..total - 8], &mut plain[start..]);
        if written != Ok(size) {
            return Err(damaged("a BGZF block cannot be inflated"));
        }
        if libdeflater::crc32(&plain[start..]) != last_word(&block[..total - 4]) {
            return Err(damaged("a BGZF block has another checksum than it says"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_names_its_own_byte_where_progress_is_shared() {
        let progress = Arc::new(AtomicU64::new(0));
        let mut packer = super::super::bgzf::Packer::default();
        packer.push(&b"a line\n".repeat(1000));
        let whole = packer.finish();
        for cut in [whole.len(), whole.len() - 3] {
            let mut source = Source::open(&whole[..cut], Arc::clone(&progress)).unwrap();
            let error = source.take(&mut Piece::default(), 1 << 20).unwrap_err();
            assert!(matches!(error, VcfError::Truncated { at, .. } if at == cut as u64), "{error}");
        }
        assert_eq!(progress.load(Ordering::Relaxed), 2 * whole.len() as u64 - 3);
    }
}
