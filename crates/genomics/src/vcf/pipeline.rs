//! Workers that inflate and read blocks at once, and hand them over in file order.
//!
//! A worker takes the next piece of input, inflates it, waits for the block before it to say where the first line begins
//! and which number it has, and reads its lines. At most four blocks a thread are between the input and the receiver.

use super::block::{Order, Scratch, Tally, each_line};
use super::error::VcfError;
use super::header::Header;
use super::inflate::{Piece, Source, inflate};
use super::reader::{ReadOptions, Summary, check_line, deliver};
use super::record::Record;
use libdeflater::Decompressor;
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) struct Input<R: Read> {
    source: Source<R>,
    next: u64,
    ended: bool,
    /// What the header left over: the beginning of the first block.
    first: Option<Vec<u8>>,
}

impl<R: Read> Input<R> {
    /// `rest` is what the header left over; with `ended` it is all there is.
    pub fn new(source: Source<R>, rest: Vec<u8>, ended: bool) -> Self {
        Self { source, next: 0, ended, first: Some(rest) }
    }
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

pub(super) struct Pipeline<'a, R: Read, A> {
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

impl<'a, R: Read, A> Pipeline<'a, R, A> {
    pub fn new(input: Input<R>, header: &'a Header, options: &'a ReadOptions) -> Self {
        Self {
            input: Mutex::new(input),
            chain: Mutex::new(Chain { next: 0, carry: Vec::new(), line: header.lines + 1 }),
            chained: Condvar::new(),
            out: Mutex::new(Out { ready: BTreeMap::new(), delivered: 0, total: None, broken: false }),
            changed: Condvar::new(),
            stop: AtomicU64::new(u64::MAX),
            window: options.threads.get() as u64 * 4,
            header,
            options,
        }
    }

    /// Gives the blocks to `done` in file order; then the workers end.
    pub fn deliver(&self, done: &mut impl FnMut(A)) -> Result<Summary, VcfError> {
        let _alarm = Alarm(self);
        let result = self.in_order(done);
        self.halt(0);
        result
    }
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

    pub fn work(
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

    fn in_order(&self, done: &mut impl FnMut(A)) -> Result<Summary, VcfError> {
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
