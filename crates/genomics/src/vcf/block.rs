//! Whole lines out of a block, and the order of their places.

use super::error::{VcfError, shown};
use super::header::Header;
use super::layout::Layout;
use super::numbers::unsigned;
use super::record::Record;
use indgang_model::Chromosome;
use std::cell::{Cell, RefCell};

/// Most alternates of a line: whoever looks at each in turn should not be kept for hours by one hostile line.
const ALTERNATES: usize = 4096;

/// What stays the same, or is kept, from line to line of one worker.
#[derive(Default)]
pub(super) struct Scratch {
    tabs: Vec<u32>,
    pub(super) layout: RefCell<Layout>,
    /// Calls with more than two copies, read as missing.
    pub(super) polyploid: Cell<u64>,
}

/// A stretch of lines on one contig.
pub(super) struct Run {
    contig: Box<[u8]>,
    chromosome: Option<Chromosome>,
    /// Bases of the contig by the header.
    length: Option<u32>,
    first: (u64, u32),
    last: u32,
}

/// What a block says about the order of the file, and its counts.
#[derive(Default)]
pub(super) struct Tally {
    pub runs: Vec<Run>,
    pub records: u64,
    pub polyploid: u64,
}

/// Calls `step` for each line of `text`; the first is line `line`. A last line without a line feed counts as a line.
pub(super) fn each_line(
    text: &[u8],
    mut line: u64,
    header: &Header,
    scratch: &mut Scratch,
    tally: &mut Tally,
    step: &mut impl FnMut(&Record<'_>) -> Result<(), VcfError>,
) -> Result<(), VcfError> {
    let mut start = 0;
    while start < text.len() {
        let end = split(text, start, &mut scratch.tabs);
        let bytes = &text[start..end];
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        start = end + 1;
        // A blank line, as editors leave one at the end, says nothing.
        if !bytes.is_empty() {
            one_line(bytes, line, header, scratch, tally, step)?;
        }
        line += 1;
    }
    tally.polyploid += scratch.polyploid.take();
    Ok(())
}

/// Finds the tabs of the line that begins at `start` (as offsets within the line), and its end.
fn split(text: &[u8], start: usize, tabs: &mut Vec<u32>) -> usize {
    tabs.clear();
    for offset in memchr::memchr2_iter(b'\t', b'\n', &text[start..]) {
        if text[start + offset] == b'\n' {
            return start + offset;
        }
        // INVARIANT: a block is shorter than 4 GiB: `ReadOptions` bounds blocks and lines.
        tabs.push(offset as u32);
    }
    text.len()
}

fn one_line(
    bytes: &[u8],
    line: u64,
    header: &Header,
    scratch: &Scratch,
    tally: &mut Tally,
    step: &mut impl FnMut(&Record<'_>) -> Result<(), VcfError>,
) -> Result<(), VcfError> {
    let tabs = scratch.tabs.as_slice();
    if tabs.len() + 1 != header.columns {
        return Err(VcfError::Columns { line, found: tabs.len() + 1, expected: header.columns });
    }
    let contig = &bytes[..tabs[0] as usize];
    let text = &bytes[tabs[0] as usize + 1..tabs[1] as usize];
    let position = unsigned(text).filter(|p| *p <= i32::MAX as u32);
    let position = position.ok_or_else(|| VcfError::Position { line, value: shown(text) })?;
    let alternates = &bytes[tabs[3] as usize + 1..tabs[4] as usize];
    if alternates.len() > ALTERNATES && memchr::memchr_iter(b',', alternates).count() >= ALTERNATES {
        return Err(VcfError::TooManyAlternates { line, limit: ALTERNATES });
    }
    let run = follow(&mut tally.runs, header, contig, line, position)?;
    on_contig(run, alternates, line, position)?;
    let chromosome = run.chromosome;
    tally.records += 1;
    step(&Record { line: bytes, tabs, header, scratch, number: line, chromosome, position })
}

/// Adds a place to the runs; it may not come before the last place of the same contig.
fn follow<'r>(
    runs: &'r mut Vec<Run>,
    header: &Header,
    contig: &[u8],
    line: u64,
    position: u32,
) -> Result<&'r Run, VcfError> {
    if runs.last().is_none_or(|run| *run.contig != *contig) {
        runs.push(Run {
            contig: contig.into(),
            chromosome: Chromosome::from_name(contig),
            length: header.contigs.iter().find(|c| c.name.as_bytes() == contig).and_then(|c| c.length),
            first: (line, position),
            last: position,
        });
    }
    // INVARIANT: the run of this contig was just found or pushed.
    let run = runs.last_mut().expect("the run of this contig is there");
    if position < run.last {
        return Err(unsorted(contig, line, position, run.last));
    }
    run.last = position;
    Ok(run)
}

/// The bases of a contig are 1 to its length. The places before and after them are telomeres, where only breakends and
/// symbolic alleles may stand (VCF 4.4, section 1.6.1).
fn on_contig(run: &Run, alternates: &[u8], line: u64, position: u32) -> Result<(), VcfError> {
    let last = run.length.unwrap_or(u32::MAX);
    if (1..=last).contains(&position) {
        return Ok(());
    }
    let telomere = position == 0 || position == last.saturating_add(1);
    if telomere && alternates.iter().any(|b| matches!(b, b'[' | b']' | b'<')) {
        return Ok(());
    }
    let length = run.length.filter(|_| position > 0);
    Err(VcfError::OffContig { line, contig: shown(&run.contig), position, length })
}

fn unsorted(contig: &[u8], line: u64, position: u32, previous: u32) -> VcfError {
    VcfError::Unsorted { line, contig: shown(contig), position, previous }
}

/// Joins the runs of blocks that come in file order.
#[derive(Default)]
pub(super) struct Order {
    seen: std::collections::HashSet<Box<[u8]>>,
    current: Option<(Box<[u8]>, u32)>,
}

impl Order {
    pub fn add(&mut self, runs: Vec<Run>) -> Result<(), VcfError> {
        for run in runs {
            let (line, position) = run.first;
            match &mut self.current {
                Some((contig, last)) if *contig == run.contig => {
                    if position < *last {
                        return Err(unsorted(&run.contig, line, position, *last));
                    }
                    *last = run.last;
                }
                current => {
                    if !self.seen.insert(run.contig.clone()) {
                        return Err(VcfError::ContigReturns { line, contig: shown(&run.contig) });
                    }
                    *current = Some((run.contig, run.last));
                }
            }
        }
        Ok(())
    }
}
