//! The header first, then blocks of lines on worker threads, handed over in file order.

use super::block::{Order, Scratch, Tally, each_line};
use super::error::VcfError;
use super::header::Header;
use super::inflate::{Piece, Source, inflate};
use super::record::Record;
use libdeflater::Decompressor;
use std::collections::BTreeMap;
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

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
        let pipeline = Pipeline {
            input: Mutex::new(Input { source, next: 0, ended, first: Some(rest) }),
            chain: Mutex::new(Chain { next: 0, carry: Vec::new(), line: header.lines + 1 }),
            chained: Condvar::new(),
            out: Mutex::new(Out { ready: BTreeMap::new(), delivered: 0, total: None, broken: false }),
            changed: Condvar::new(),
            stop: AtomicU64::new(u64::MAX),
            window: threads as u64 * 4,
            header: &header,
            options: &options,
        };
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| pipeline.work(&new, &step));
            }
            let _alarm = Alarm(&pipeline);
            let result = pipeline.deliver(&mut done);
            pipeline.halt(0);
            result
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

fn check_line(length: usize, line: u64, options: &ReadOptions) -> Result<(), VcfError> {
    let limit = options.line_limit;
    if length > limit { Err(VcfError::LineTooLong { line, limit }) } else { Ok(()) }
}

fn deliver(order: &mut Order, summary: &mut Summary, tally: Tally) -> Result<(), VcfError> {
    order.add(tally.runs)?;
    summary.records += tally.records;
    summary.polyploid_calls += tally.polyploid;
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Input<R: Read> {
    source: Source<R>,
    next: u64,
    ended: bool,
    /// What the header left over: the beginning of the first block.
    first: Option<Vec<u8>>,
}

/// What goes from each block to the next: the line that is cut between them, and the line number.
struct Chain {
    next: u64,
    carry: Vec<u8>,
    line: u64,
}

struct Out<A> {
    ready: BTreeMap<u64, (Result<A, VcfError>, Tally)>,
    delivered: u64,
    total: Option<u64>,
    /// A worker has panicked: nothing more may come.
    broken: bool,
}

struct Pipeline<'a, R: Read, A> {
    input: Mutex<Input<R>>,
    chain: Mutex<Chain>,
    chained: Condvar,
    out: Mutex<Out<A>>,
    changed: Condvar,
    /// Blocks after this one need not be read.
    stop: AtomicU64,
    window: u64,
    header: &'a Header,
    options: &'a ReadOptions,
}

/// Wakes everyone when a worker panics, so that the panic is seen and nobody waits for ever.
struct Alarm<'a, 'b, R: Read, A>(&'a Pipeline<'b, R, A>);

impl<R: Read, A> Drop for Alarm<'_, '_, R, A> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.0.out).broken = true;
            self.0.halt(0);
        }
    }
}

impl<R: Read, A> Pipeline<'_, R, A> {
    /// No block after `index` is needed.
    fn halt(&self, index: u64) {
        self.stop.fetch_min(index, Ordering::SeqCst);
        // The locks make sure that nobody is between looking at `stop` and going to sleep.
        drop(lock(&self.chain));
        self.chained.notify_all();
        drop(lock(&self.out));
        self.changed.notify_all();
    }

    fn stopped(&self, index: u64) -> bool {
        index > self.stop.load(Ordering::SeqCst)
    }

    fn work(
        &self,
        new: &(impl Fn() -> A + Sync),
        step: &(impl Fn(&mut A, &Record<'_>) -> Result<(), VcfError> + Sync),
    ) {
        let _alarm = Alarm(self);
        let (mut piece, mut inflater) = (Piece::default(), Decompressor::new());
        let (mut scratch, mut plain) = (Scratch::default(), Vec::new());
        loop {
            plain.clear();
            let Some((index, taken)) = self.take(&mut piece, &mut plain) else { return };
            let read = taken.and_then(|()| inflate(&piece, &mut inflater, &mut plain));
            let mut tally = Tally::default();
            let result = match read.and_then(|()| self.join(index, &mut plain, piece.last)) {
                Err(error) => Err(error),
                Ok(None) => return,
                Ok(Some((first, line, whole))) => {
                    let mut accumulator = new();
                    let mut step = |record: &Record<'_>| step(&mut accumulator, record);
                    let mut lines =
                        |text: &[u8], line| each_line(text, line, self.header, &mut scratch, &mut tally, &mut step);
                    let after = line + u64::from(!first.is_empty());
                    lines(&first, line).and_then(|()| lines(&plain[whole.0..whole.1], after)).map(|()| accumulator)
                }
            };
            if result.is_err() {
                self.halt(index);
            }
            lock(&self.out).ready.insert(index, (result, tally));
            self.changed.notify_all();
        }
    }

    /// Takes the next piece; `None` when there is no more to do.
    fn take(&self, piece: &mut Piece, plain: &mut Vec<u8>) -> Option<(u64, Result<(), VcfError>)> {
        let mut input = lock(&self.input);
        let index = input.next;
        if input.first.is_none() && input.ended {
            return None;
        }
        let mut out = lock(&self.out);
        while index >= out.delivered + self.window && !self.stopped(index) {
            out = self.changed.wait(out).unwrap_or_else(PoisonError::into_inner);
        }
        drop(out);
        if self.stopped(index) {
            return None;
        }
        input.next += 1;
        if let Some(first) = input.first.take() {
            *plain = first;
            piece.empty(input.ended);
            if input.ended {
                lock(&self.out).total = Some(index + 1);
            }
            return Some((index, Ok(())));
        }
        let taken = input.source.take(piece, self.options.block_bytes.get());
        if piece.last || taken.is_err() {
            input.ended = true;
            lock(&self.out).total = Some(index + 1);
        }
        Some((index, taken))
    }

    /// Waits for the block before; gives the line that is cut between the two, the number of the first line, and the
    /// range of `plain` that holds the other whole lines. `None` when the block is no longer needed.
    #[allow(clippy::type_complexity, reason = "the three belong together for one line of the caller")]
    fn join(
        &self,
        index: u64,
        plain: &mut Vec<u8>,
        last: bool,
    ) -> Result<Option<(Vec<u8>, u64, (usize, usize))>, VcfError> {
        let lines = memchr::memchr_iter(b'\n', plain).count() as u64;
        let mut chain = lock(&self.chain);
        while chain.next != index && !self.stopped(index) {
            chain = self.chained.wait(chain).unwrap_or_else(PoisonError::into_inner);
        }
        if self.stopped(index) {
            return Ok(None);
        }
        let line = chain.line;
        let mut first = std::mem::take(&mut chain.carry);
        let mut start = 0;
        let end = if last { plain.len() } else { memchr::memrchr(b'\n', plain).map_or(0, |n| n + 1) };
        if !first.is_empty() {
            // The end of the line that the block before began.
            start = memchr::memchr(b'\n', plain).map_or(plain.len(), |n| n + 1);
            first.extend_from_slice(&plain[..start]);
            check_line(first.len(), line, self.options)?;
        }
        if lines == 0 && !last {
            chain.carry = if first.is_empty() { std::mem::take(plain) } else { std::mem::take(&mut first) };
            (start, first) = (0, Vec::new());
        } else {
            chain.carry = plain[end..].to_vec();
        }
        check_line(chain.carry.len(), line, self.options)?;
        chain.line += lines;
        chain.next += 1;
        drop(chain);
        self.chained.notify_all();
        Ok(Some((first, line, (start, end.max(start)))))
    }

    /// Gives the blocks to `done` in file order.
    fn deliver(&self, done: &mut impl FnMut(A)) -> Result<Summary, VcfError> {
        let (mut order, mut summary) = (Order::default(), Summary::default());
        for index in 0.. {
            let mut out = lock(&self.out);
            let (result, tally) = loop {
                if let Some(ready) = out.ready.remove(&index) {
                    break ready;
                }
                if out.broken || out.total == Some(index) {
                    return Ok(summary);
                }
                out = self.changed.wait(out).unwrap_or_else(PoisonError::into_inner);
            };
            drop(out);
            // A place out of order comes before the fault at which the block ended.
            deliver(&mut order, &mut summary, tally)?;
            done(result?);
            lock(&self.out).delivered = index + 1;
            self.changed.notify_all();
        }
        Ok(summary)
    }
}
