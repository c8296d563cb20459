//! What a VCF says at the positions that alleles are told apart by.
//!
//! A position is seen only where the file has a call of it; where it has none the position is missing, never the reference.

use indgang_genomics::liftover::Liftover;
use indgang_genomics::vcf::{AlleleCall, Phase, Record, VcfError};
use indgang_knowledge::pgx::{Definition, Pgx, Position};
use indgang_model::{Assembly, Chromosome};
use std::collections::BTreeMap;

/// An allele that the definition does not know.
pub const UNDOCUMENTED: u8 = 0xFE;
/// One of two copies that was not called, beside one that carries something.
pub const NOT_CALLED: u8 = 0xFF;
/// A called allele that says nothing of its bases (`*`, `<DEL>`): the call is not used.
const UNUSABLE: u8 = 0xFD;

/// Why there is no call, or what to mind with the one there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// Nothing.
    None,
    /// The file has no line for the position.
    NoLine,
    /// The genotype is missing.
    NoCall,
    /// One of two copies is called.
    HalfCall,
    /// Two alleles are called, with reads for one only.
    OneSided,
    /// The reference without a single read.
    NoReads,
    /// The line's reference allele is another.
    OtherReference,
    /// The called allele is symbolic or spans the position.
    Structural,
    /// An allele that the definition does not know.
    Undocumented,
    /// The position has no counterpart on the file's genome build.
    NotLifted,
}

/// What is seen of one sample at one position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Allele numbers of the definition (0 is the reference), [`UNDOCUMENTED`] or [`NOT_CALLED`].
    pub alleles: [u8; 2],
    /// 0 when nothing is seen, else 1 or 2.
    pub copies: u8,
    /// What to mind.
    pub note: Note,
    /// How the two alleles lie to those of other positions.
    pub phase: Phase,
}

impl Seen {
    /// Nothing is seen.
    pub const fn nothing(note: Note) -> Self {
        Self { alleles: [NOT_CALLED; 2], copies: 0, note, phase: Phase::Unphased }
    }

    /// True when the two copies differ.
    pub fn is_heterozygous(&self) -> bool {
        self.copies == 2 && self.alleles[0] != self.alleles[1]
    }
}

/// The positions to look for in a file.
#[derive(Debug)]
pub struct Plan<'a> {
    pgx: &'a Pgx,
    /// By place in the file's genome build.
    targets: Vec<Target<'a>>,
    not_lifted: Vec<(usize, usize)>,
}

#[derive(Debug)]
struct Target<'a> {
    chromosome: Chromosome,
    at: u32,
    gene: usize,
    place: usize,
    position: &'a Position,
    /// Each alternate allele in its shortest form.
    shortest: Vec<Change<'a>>,
    /// The file is on another build, whose reference allele may be one of the others.
    other_build: bool,
}

/// What a change is when bases that both alleles share are cut off.
#[derive(Debug, PartialEq, Eq)]
struct Change<'a> {
    at: u32,
    reference: &'a [u8],
    alternate: &'a [u8],
}

/// Samples' calls at one position, from one line.
#[derive(Debug)]
pub struct Hit {
    target: usize,
    /// How directly the line speaks of the position; the lowest wins.
    rank: u8,
    seen: Vec<Seen>,
    undocumented: Option<Box<str>>,
}

/// What the file says of every sample.
#[derive(Debug)]
pub struct Observed<'a> {
    plan: &'a Plan<'a>,
    samples: usize,
    hits: BTreeMap<usize, Hit>,
}

/// What the file says of one sample about one gene: a [`Seen`] for each position, then for each extra position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneSeen {
    /// By place.
    pub seen: Vec<Seen>,
    /// Alleles that the definition does not know, by place, as the file writes them.
    pub undocumented: BTreeMap<usize, Box<str>>,
}

impl<'a> Plan<'a> {
    /// The positions on GRCh38, or moved to GRCh37 by `to_37`. A position whose bases do not lie side by side there is
    /// missing.
    pub fn new(pgx: &'a Pgx, assembly: Assembly, to_37: Option<&Liftover>) -> Self {
        let mut plan = Self { pgx, targets: Vec::new(), not_lifted: Vec::new() };
        for (gene, definition) in pgx.genes.iter().enumerate().filter_map(|(i, g)| Some((i, g.definition.as_ref()?))) {
            for (place, position) in places(definition).enumerate() {
                let at = match (assembly, to_37) {
                    (Assembly::GRCh38, _) => Some(position.position),
                    (Assembly::GRCh37, Some(chain)) => moved(chain, definition.chromosome, position),
                    (Assembly::GRCh37, None) => None,
                };
                let Some(at) = at else {
                    plan.not_lifted.push((gene, place));
                    continue;
                };
                let reference = position.alleles.first().map_or(&[][..], |a| a.as_bytes());
                plan.targets.push(Target {
                    chromosome: definition.chromosome,
                    at,
                    gene,
                    place,
                    position,
                    shortest: position.alleles.iter().skip(1).map(|a| shortest(at, reference, a.as_bytes())).collect(),
                    other_build: assembly == Assembly::GRCh37,
                });
            }
        }
        plan.targets.sort_by_key(|t| (t.chromosome, t.at));
        plan
    }

    /// Positions without counterpart on the file's genome build.
    pub fn not_lifted(&self) -> usize {
        self.not_lifted.len()
    }

    /// Adds what a line says, if it speaks of a position.
    ///
    /// # Errors
    /// When a genotype of such a line is malformed.
    pub fn look(&self, record: &Record<'_>, samples: usize, hits: &mut Vec<Hit>) -> Result<(), VcfError> {
        let Some(chromosome) = record.chromosome() else { return Ok(()) };
        let start = record.position();
        let length = u32::try_from(record.reference().len().max(1)).unwrap_or(u32::MAX);
        let mut last = start.saturating_add(length - 1);
        let from = self.targets.partition_point(|t| (t.chromosome, t.at) < (chromosome, start));
        if self.targets.get(from).is_none_or(|t| t.chromosome != chromosome) {
            return Ok(());
        }
        let block = block_end(record);
        last = last.max(block.unwrap_or(0));
        for (number, target) in self.targets.iter().enumerate().skip(from) {
            if (target.chromosome, target.at) > (chromosome, last) {
                break;
            }
            if let Some(hit) = target.hit(number, record, block, samples)? {
                hits.push(hit);
            }
        }
        Ok(())
    }

    /// An empty observation of this many samples, to which hits are added in file order.
    pub fn observe(&'a self, samples: usize) -> Observed<'a> {
        Observed { plan: self, samples, hits: BTreeMap::new() }
    }
}

/// The positions of a definition, then those asked for beside.
fn places(definition: &Definition) -> impl Iterator<Item = &Position> {
    definition.positions.iter().chain(&definition.extra)
}

fn moved(chain: &Liftover, chromosome: Chromosome, position: &Position) -> Option<u32> {
    let length = u32::try_from(position.alleles.first()?.len()).ok()?;
    let first = chain.lift(chromosome, position.position)?;
    for offset in 0..length {
        let lifted = chain.lift(chromosome, position.position + offset)?;
        if lifted.chrom != chromosome || lifted.reversed || lifted.position != first.position + offset {
            return None;
        }
    }
    Some(first.position)
}

fn shortest<'t>(at: u32, mut reference: &'t [u8], mut alternate: &'t [u8]) -> Change<'t> {
    while reference.len() > 1 && alternate.len() > 1 && reference.last() == alternate.last() {
        (reference, alternate) = (&reference[..reference.len() - 1], &alternate[..alternate.len() - 1]);
    }
    let mut at = at;
    while reference.len() > 1 && alternate.len() > 1 && reference.first() == alternate.first() {
        (reference, alternate, at) = (&reference[1..], &alternate[1..], at + 1);
    }
    Change { at, reference, alternate }
}

/// The last base of a block that is all reference (gVCF: END, and no alternate but `<NON_REF>` or `<*>`).
fn block_end(record: &Record<'_>) -> Option<u32> {
    let raw = record.alternates_raw();
    let plain = matches!(raw, b"." | b"<NON_REF>" | b"<*>");
    let end = if plain { record.info("END")? } else { return None };
    std::str::from_utf8(end).ok()?.parse().ok()
}

impl Target<'_> {
    fn reference(&self) -> &[u8] {
        self.position.alleles.first().map_or(&[], |a| a.as_bytes())
    }

    fn hit(
        &self,
        number: usize,
        record: &Record<'_>,
        block: Option<u32>,
        samples: usize,
    ) -> Result<Option<Hit>, VcfError> {
        let alternates: Vec<&[u8]> = match record.alternates_raw() {
            b"." => Vec::new(),
            raw => raw.split(|b| *b == b',').collect(),
        };
        let Some((rank, codes)) = self.codes(record, &alternates, block) else {
            if record.position() != self.at {
                return Ok(None);
            }
            let seen = vec![Seen::nothing(Note::OtherReference); samples];
            return Ok(Some(Hit { target: number, rank: u8::MAX, seen, undocumented: None }));
        };
        let mut seen = Vec::with_capacity(samples);
        for sample in 0..samples {
            seen.push(read(&record.allele_call(sample)?, &codes));
        }
        let called = seen.iter().any(|s: &Seen| s.note == Note::Undocumented);
        let unknown = codes.iter().skip(1).zip(&alternates).filter(|(code, _)| **code == UNDOCUMENTED);
        let names: Vec<String> = unknown.map(|(_, text)| String::from_utf8_lossy(text).into_owned()).collect();
        let undocumented = (called && !names.is_empty()).then(|| names.join(",").into());
        Ok(Some(Hit { target: number, rank, seen, undocumented }))
    }

    /// What the line's alleles are here, by their numbers; `None` when the line does not speak of this position.
    fn codes(&self, record: &Record<'_>, alternates: &[&[u8]], block: Option<u32>) -> Option<(u8, Vec<u8>)> {
        let (start, reference) = (record.position(), record.reference());
        let here = start == self.at;
        let bases = |text: &[u8]| !text.is_empty() && text.iter().all(|b| b"ACGTacgt".contains(b));
        let named = |text: &[u8]| {
            let known = self.position.alleles.iter().position(|a| a.as_bytes().eq_ignore_ascii_case(text));
            known.and_then(|k| u8::try_from(k).ok())
        };
        let code = |text: &[u8]| match named(text) {
            Some(code) => code,
            None if bases(text) => UNDOCUMENTED,
            None => UNUSABLE,
        };
        let substitution = || reference.len() == 1 && self.position.alleles.iter().all(|a| a.len() == 1);
        if here && (reference.eq_ignore_ascii_case(self.reference()) || self.other_build && substitution()) {
            return Some((0, std::iter::once(code(reference)).chain(alternates.iter().map(|a| code(a))).collect()));
        }
        let length = u32::try_from(self.reference().len()).ok()?;
        if let Some(end) = block {
            let covers = start <= self.at && end >= self.at + length - 1 && !self.other_build;
            return covers.then(|| (3, std::iter::once(0).chain(alternates.iter().map(|_| UNUSABLE)).collect()));
        }
        let offset = usize::try_from(self.at.checked_sub(start)?).ok()?;
        let covered = reference.get(offset..offset + self.reference().len())?;
        if !covered.eq_ignore_ascii_case(self.reference()) {
            return None;
        }
        let (mut codes, mut known) = (vec![0], false);
        for alternate in alternates {
            if !bases(alternate) {
                codes.push(UNUSABLE);
                continue;
            }
            let (reference, alternate) = (reference.to_ascii_uppercase(), alternate.to_ascii_uppercase());
            let change = shortest(start, &reference, &alternate);
            let found = self.shortest.iter().position(|s| *s == change).and_then(|p| u8::try_from(p + 1).ok());
            known |= found.is_some();
            let end = change.at + u32::try_from(change.reference.len()).ok()? - 1;
            // An insertion or deletion keeps its first base: what it changes lies after.
            let first = if change.reference.first() == change.alternate.first() { change.at + 1 } else { change.at };
            let beside = end < self.at || first > self.at + length - 1;
            codes.push(match found {
                Some(code) => code,
                None if beside => 0,
                None if here => UNDOCUMENTED,
                None => UNUSABLE,
            });
        }
        (here || known).then_some((if here { 1 } else { 2 }, codes))
    }
}

fn read(call: &AlleleCall, codes: &[u8]) -> Seen {
    if call.copies == 0 {
        return Seen::nothing(Note::NoCall);
    }
    let code =
        |allele: Option<u16>| allele.map_or(NOT_CALLED, |a| codes.get(usize::from(a)).copied().unwrap_or(UNUSABLE));
    let alleles = [code(call.alleles[0]), code(call.alleles[1])];
    if alleles.contains(&UNUSABLE) {
        return Seen::nothing(Note::Structural);
    }
    if call.one_sided {
        return Seen::nothing(Note::OneSided);
    }
    if call.depth == Some(0) && alleles.iter().all(|a| matches!(*a, 0 | NOT_CALLED)) {
        return Seen::nothing(Note::NoReads);
    }
    let mut note = if alleles.contains(&UNDOCUMENTED) { Note::Undocumented } else { Note::None };
    if call.copies == 2 && alleles.contains(&NOT_CALLED) {
        note = Note::HalfCall;
        if alleles.contains(&0) {
            return Seen::nothing(note);
        }
    }
    Seen { alleles, copies: call.copies, note, phase: call.phase }
}

impl Observed<'_> {
    /// Adds what lines said, in file order.
    pub fn add(&mut self, hits: Vec<Hit>) {
        for hit in hits {
            match self.hits.get_mut(&hit.target) {
                None => _ = self.hits.insert(hit.target, hit),
                Some(old) if hit.rank < old.rank => *old = hit,
                Some(old) if hit.rank == old.rank => {
                    for (old, new) in old.seen.iter_mut().zip(hit.seen) {
                        *old = together(*old, new);
                    }
                    old.undocumented = old.undocumented.take().or(hit.undocumented);
                }
                Some(_) => {}
            }
        }
    }

    /// What was seen of a sample about a gene (its place in [`Pgx::genes`]); `None` for a gene without positions.
    pub fn gene(&self, sample: usize, gene: usize) -> Option<GeneSeen> {
        let definition = self.plan.pgx.genes.get(gene)?.definition.as_ref()?;
        let mut seen = vec![Seen::nothing(Note::NoLine); definition.positions.len() + definition.extra.len()];
        for (_, place) in self.plan.not_lifted.iter().filter(|(g, _)| *g == gene) {
            seen[*place] = Seen::nothing(Note::NotLifted);
        }
        let mut undocumented = BTreeMap::new();
        for hit in self.hits.values() {
            let target = &self.plan.targets[hit.target];
            if target.gene != gene {
                continue;
            }
            seen[target.place] = hit.seen[sample];
            if let (Some(text), Note::Undocumented) = (&hit.undocumented, hit.seen[sample].note) {
                undocumented.insert(target.place, text.clone());
            }
        }
        Some(GeneSeen { seen, undocumented })
    }

    /// Number of samples.
    pub fn samples(&self) -> usize {
        self.samples
    }
}

/// Two lines of one position: alternates that were written apart are put together; else the first line counts.
fn together(old: Seen, new: Seen) -> Seen {
    if old.copies == 0 {
        return new;
    }
    if new.copies != old.copies || new.phase != old.phase {
        return old;
    }
    let phased = old.phase != Phase::Unphased;
    let mut alleles = old.alleles;
    if phased || old.copies == 1 {
        for (mine, theirs) in alleles.iter_mut().zip(new.alleles) {
            if *mine == 0 {
                *mine = theirs;
            }
        }
    } else {
        let carried: Vec<u8> = old.alleles.into_iter().chain(new.alleles).filter(|a| *a != 0).collect();
        match carried[..] {
            [a, b] => alleles = [a, b],
            [a] => alleles = [0, a],
            _ => return old,
        }
    }
    let note = if alleles.contains(&UNDOCUMENTED) { Note::Undocumented } else { old.note };
    Seen { alleles, note, ..old }
}
