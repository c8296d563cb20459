//! The header first, then blocks of lines on worker threads, handed over in file order.

use super::block::{Order, Scratch, Tally, each_line};
use super::error::VcfError;
use super::header::Header;
use super::inflate::{Piece, Source, inflate};
use super::pipeline::{Input, Pipeline};
use super::record::Record;
use libdeflater::Decompressor;
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// How to read. The defaults suit any usual file.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Worker threads; by default as many as the machine runs at once.
    pub threads: NonZeroUsize,
    /// Plain bytes of a block, about; by default 512 KiB. At most 1 GiB is used.
    pub block_bytes: NonZeroUsize,
    /// Longest line, in bytes; by default 64 MiB.
    pub line_limit: usize,
    /// Longest header, in bytes; by default 64 MiB.
    pub header_limit: usize,
    /// Bytes read from the input so far (compressed bytes, when it is compressed): share it to show progress.
    pub progress: Arc<AtomicU64>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            block_bytes: NonZeroUsize::MIN.saturating_add(512 * 1024 - 1),
            line_limit: 64 << 20,
            header_limit: 64 << 20,
            progress: Arc::default(),
        }
    }
}

/// What passed through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Data lines.
    pub records: u64,
    /// Calls with more than two copies among those asked for: they are read as missing, and the report should say so.
    pub polyploid_calls: u64,
}

/// A VCF of which the header is read.
pub struct Reader<R: Read> {
    header: Header,
    source: Source<R>,
    rest: Vec<u8>,
    ended: bool,
    options: ReadOptions,
}

impl<R: Read + Send> Reader<R> {
    /// Reads the header. Whether the input is plain text, gzip or BGZF is seen from its first bytes.
    ///
    /// # Errors
    /// As [`Header::parse`]; also when the input is empty, of another format, cut or damaged, or the header too long.
    pub fn open(input: R, mut options: ReadOptions) -> Result<Self, VcfError> {
        let most = NonZeroUsize::MIN.saturating_add(1 << 30);
        options.block_bytes = options.block_bytes.min(most);
        options.line_limit = options.line_limit.min(1 << 31);
        let mut source = Source::open(input, Arc::clone(&options.progress))?;
        let (mut text, mut piece, mut inflater) = (Vec::new(), Piece::default(), Decompressor::new());
        let end = loop {
            let from = text.len();
            source.take(&mut piece, options.block_bytes.get())?;
            inflate(&piece, &mut inflater, &mut text)?;
            if let Some(end) = header_end(&text, from) {
                break end;
            }
            if piece.last {
                break text.len();
            }
            if text.len() > options.header_limit {
                return Err(VcfError::HeaderTooLong { limit: options.header_limit });
            }
        };
        if text.starts_with(b"BCF\x02") {
            return Err(VcfError::OtherFormat("BCF"));
        }
        if text.is_empty() {
            return Err(VcfError::Empty);
        }
        let rest = text.split_off(end);
        Ok(Self { header: Header::parse(&text)?, source, rest, ended: piece.last, options })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Calls `step` for every record, in file order, on this thread.
    ///
    /// # Errors
    /// The first fault of the file in file order, or what `step` gives.
    pub fn for_each(self, mut step: impl FnMut(&Record<'_>) -> Result<(), VcfError>) -> Result<Summary, VcfError> {
        let Self { header, mut source, rest: mut text, mut ended, options } = self;
        let (mut scratch, mut order, mut summary) = (Scratch::default(), Order::default(), Summary::default());
        let (mut piece, mut inflater, mut line) = (Piece::default(), Decompressor::new(), header.lines + 1);
        loop {
            let whole = if ended { text.len() } else { memchr::memrchr(b'\n', &text).map_or(0, |n| n + 1) };
            let mut tally = Tally::default();
            let read = each_line(&text[..whole], line, &header, &mut scratch, &mut tally, &mut step);
            line += memchr::memchr_iter(b'\n', &text[..whole]).count() as u64;
            // A place out of order comes before the fault at which the block ended.
            deliver(&mut order, &mut summary, tally)?;
            read?;
            if ended {
                return Ok(summary);
            }
            text.drain(..whole);
            check_line(text.len(), line, &options)?;
            source.take(&mut piece, options.block_bytes.get())?;
            inflate(&piece, &mut inflater, &mut text)?;
            ended = piece.last;
        }
    }

    /// Cuts the lines into blocks, makes an accumulator with `new` for each block, calls `step` for each record on a
    /// worker thread, and gives the accumulators to `done` on this thread, in file order.
    /// Blocks in flight are bounded, so memory is too, however slow `done` is.
    ///
    /// # Errors
    /// The first fault in file order, whatever the number of threads: of the file, or what `step` gives.
    /// Blocks before the fault have been given to `done`; that the file is cut is known only at its end.
    pub fn fold_blocks<A: Send>(
        self,
        new: impl Fn() -> A + Sync,
        step: impl Fn(&mut A, &Record<'_>) -> Result<(), VcfError> + Sync,
        mut done: impl FnMut(A),
    ) -> Result<Summary, VcfError> {
        let Self { header, source, rest, ended, options } = self;
        let threads = options.threads.get();
        let pipeline = Pipeline::new(Input::new(source, rest, ended), &header, &options);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| pipeline.work(&new, &step));
            }
            pipeline.deliver(&mut done)
        })
    }
}

/// The end of the `#CHROM` line, or of the header when it has none.
fn header_end(text: &[u8], from: usize) -> Option<usize> {
    let mut start = memchr::memrchr(b'\n', &text[..from]).map_or(0, |n| n + 1);
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text[start..]).map(|n| start + n + 1);
        if text[start..].starts_with(b"##") || (start == 0 && !text.starts_with(b"#")) {
            start = end?;
        } else {
            return end;
        }
    }
    None
}

pub(super) fn check_line(length: usize, line: u64, options: &ReadOptions) -> Result<(), VcfError> {
    let limit = options.line_limit;
    if length > limit { Err(VcfError::LineTooLong { line, limit }) } else { Ok(()) }
}

pub(super) fn deliver(order: &mut Order, summary: &mut Summary, tally: Tally) -> Result<(), VcfError> {
    order.add(tally.runs)?;
    summary.records += tally.records;
    summary.polyploid_calls += tally.polyploid;
    Ok(())
}
