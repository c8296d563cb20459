//! Changes that one chromosome carries together, and what they do together to a protein.
//!
//! Two changes on one haplotype are read together when a codon holds both, or when the first moved the reading frame and no
//! later one restored it: then each alone says something else than both do (as bcftools csq reads them; Danecek and
//! McCarthy, Bioinformatics 2017). Unphased changes that share a codon are only pointed out.

use super::coding;
use super::messenger::Edit;
use super::{Effect, Engine, protein};
use crate::call::{AlleleCode, Call};
use crate::consequence::ConsequenceSet;
use crate::transcripts::Change;
use indgang_model::Chromosome;
use std::collections::{BTreeMap, HashMap};

/// One alternate of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Allele {
    /// Line of the file.
    pub line: u64,
    /// The alternate, from 1.
    pub alternate: u16,
}

/// What changes do together on one transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compound {
    /// The changes in order of the genome.
    pub alleles: Vec<Allele>,
    /// What they do together.
    pub consequences: ConsequenceSet,
    /// `c.[…;…]`, without the accession.
    pub hgvs_c: String,
    /// `p.(…)`, without the accession.
    pub hgvs_p: String,
}

/// Compounds by allele and transcript (its place in the table).
#[derive(Debug, Default)]
pub struct Compounds {
    compounds: Vec<Compound>,
    by_allele: HashMap<(Allele, usize), Vec<usize>>,
    /// Unphased alleles that share a codon with the key.
    same_codon: HashMap<(Allele, usize), Vec<(u32, Allele)>>,
}

impl Compounds {
    /// The compounds an allele takes part in on a transcript.
    pub fn of(&self, allele: Allele, transcript: usize) -> impl Iterator<Item = &Compound> {
        self.by_allele.get(&(allele, transcript)).into_iter().flatten().map(|at| &self.compounds[*at])
    }

    /// Positions of unphased changes that somebody carries in the same codon.
    pub fn same_codon(&self, allele: Allele, transcript: usize) -> impl Iterator<Item = u32> {
        self.same_codon.get(&(allele, transcript)).into_iter().flatten().map(|(position, _)| *position)
    }

    /// How many were found.
    pub fn len(&self) -> usize {
        self.compounds.len()
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.compounds.is_empty()
    }

    fn add(&mut self, transcript: usize, compound: Compound) {
        let known = compound
            .alleles
            .first()
            .and_then(|first| self.by_allele.get(&(*first, transcript)))
            .is_some_and(|all| all.iter().any(|at| self.compounds[*at].alleles == compound.alleles));
        if known {
            return;
        }
        for allele in &compound.alleles {
            self.by_allele.entry((*allele, transcript)).or_default().push(self.compounds.len());
        }
        self.compounds.push(compound);
    }
}

/// A change within the coding sequence of a transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Which allele.
    pub allele: Allele,
    /// Place of the transcript in the table.
    pub transcript: usize,
    /// Position of its line.
    pub position: u32,
    /// The edit of the spliced transcript.
    pub edit: Edit,
    /// Its own `c.` description.
    pub hgvs_c: Option<String>,
    /// On which haplotypes of which samples.
    pub on: Vec<Strand>,
}

/// A haplotype of a sample that carries an allele.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strand {
    /// One copy, in a phase set (`None`: the whole chromosome): sample, set, copy.
    Phased(usize, Option<u32>, u8),
    /// Both copies, or the only one, of a sample.
    Both(usize),
    /// One copy of a sample, not known which.
    Unphased(usize),
}

/// The haplotypes that carry the allele which `calls` were read for. Without samples everything is on one, when `together`.
pub fn strands(calls: &[Call], together: bool) -> Vec<Strand> {
    if calls.is_empty() {
        return if together { vec![Strand::Both(0)] } else { Vec::new() };
    }
    let mut strands = Vec::new();
    for (sample, call) in calls.iter().enumerate() {
        let genotype = &call.genotype;
        let carried =
            |copy: usize| copy < usize::from(genotype.copies) && genotype.alleles[copy] == AlleleCode::Alternate;
        match (carried(0), carried(1), genotype.copies) {
            (false, false, _) => {}
            (true, true, _) | (true, _, 1) => strands.push(Strand::Both(sample)),
            (first, ..) if genotype.phased => {
                strands.push(Strand::Phased(sample, call.phase_set, u8::from(!first)));
            }
            _ => strands.push(Strand::Unphased(sample)),
        }
    }
    strands
}

/// True when a change lies in or at the coding part of some transcript: only then can it belong together with another.
pub fn may_be_coding(engine: &Engine<'_>, chromosome: Chromosome, change: Change<'_>) -> bool {
    let (low, high) = (change.start.min(change.end), change.start.max(change.end));
    engine.table().places_touching(chromosome, low, high).any(|place| {
        let transcript = &engine.table().transcripts()[place];
        transcript.cds.is_some_and(|(first, last)| high >= first && low <= last)
            && (transcript.exon_at(low).is_some() || transcript.exon_at(high).is_some())
    })
}

/// Appends the members an allele has: one for each transcript whose coding sequence holds it.
pub fn members(
    engine: &Engine<'_>,
    (allele, position): (Allele, u32),
    change: Change<'_>,
    effects: &[Effect<'_>],
    on: &[Strand],
    members: &mut Vec<Member>,
) {
    for effect in effects.iter().filter(|effect| effect.coding.is_some()) {
        let (Some(transcript), Some(place)) = (effect.transcript, effect.place) else { continue };
        if let Some(edit) = engine.messenger(place).edit(transcript, change) {
            let hgvs_c = effect.hgvs_c.clone();
            members.push(Member { allele, transcript: place, position, edit, hgvs_c, on: on.to_vec() });
        }
    }
}

/// Finds what belongs together. `members` come in order of the file.
pub fn combine(engine: &Engine<'_>, members: Vec<Member>) -> Compounds {
    let mut compounds = Compounds::default();
    let mut by_transcript: BTreeMap<usize, Vec<Member>> = BTreeMap::new();
    for member in members {
        by_transcript.entry(member.transcript).or_default().push(member);
    }
    for (transcript, members) in by_transcript {
        point_out(&mut compounds, engine, transcript, &members);
        let mut haplotypes: BTreeMap<(usize, Option<u32>, u8), Vec<usize>> = BTreeMap::new();
        for member in &members {
            for strand in &member.on {
                match strand {
                    Strand::Phased(sample, set, copy) => drop(haplotypes.entry((*sample, *set, *copy)).or_default()),
                    Strand::Both(sample) => drop(haplotypes.entry((*sample, None, 0)).or_default()),
                    Strand::Unphased(_) => {}
                }
            }
        }
        for ((sample, set, copy), on) in &mut haplotypes {
            let here =
                |strand: &Strand| *strand == Strand::Phased(*sample, *set, *copy) || *strand == Strand::Both(*sample);
            on.extend((0..members.len()).filter(|at| members[*at].on.iter().any(here)));
        }
        for on in haplotypes.into_values() {
            let carried: Vec<&Member> = on.iter().map(|at| &members[*at]).collect();
            for group in groups(engine, transcript, carried) {
                compounds.add(transcript, compound(engine, transcript, &group));
            }
        }
    }
    compounds
}

/// Unphased changes of one sample in one codon.
fn point_out(compounds: &mut Compounds, engine: &Engine<'_>, transcript: usize, members: &[Member]) {
    let unphased = |member: &Member, sample: &usize| member.on.contains(&Strand::Unphased(*sample));
    let samples = |member: &Member| -> Vec<usize> {
        let one = |s: &Strand| match s {
            Strand::Phased(sample, ..) | Strand::Both(sample) | Strand::Unphased(sample) => *sample,
        };
        member.on.iter().map(one).collect()
    };
    for (at, first) in members.iter().enumerate() {
        for second in members[at + 1..].iter().take(64) {
            if first.allele.line == second.allele.line || !share_codon(engine, transcript, &first.edit, &second.edit) {
                continue;
            }
            let both: Vec<usize> = samples(first).into_iter().filter(|s| samples(second).contains(s)).collect();
            if both.iter().any(|s| unphased(first, s) || unphased(second, s)) {
                for (one, other) in [(first, second), (second, first)] {
                    let all = compounds.same_codon.entry((one.allele, transcript)).or_default();
                    all.push((other.position, other.allele));
                }
            }
        }
    }
}

/// Codons an edit touches, in padded coding bases.
fn codons(engine: &Engine<'_>, transcript: usize, edit: &Edit) -> (u32, u32) {
    let messenger = engine.messenger(transcript);
    let start = messenger.coding().map_or(0, |c| c.start);
    let place = |base: u32| (base - start + messenger.padding()) / 3;
    (place(edit.start), place(edit.end.max(edit.start + 1) - 1))
}

fn share_codon(engine: &Engine<'_>, transcript: usize, a: &Edit, b: &Edit) -> bool {
    let (a, b) = (codons(engine, transcript, a), codons(engine, transcript, b));
    a.0 <= b.1 && b.0 <= a.1
}

/// Members of one haplotype that are read together, in the direction of reading; only groups of two or more.
/// A change that overlaps the one before it cannot be on the same chromosome and is left out.
fn groups<'m>(engine: &Engine<'_>, transcript: usize, mut carried: Vec<&'m Member>) -> Vec<Vec<&'m Member>> {
    carried.sort_by_key(|m| (m.edit.start, m.edit.end));
    let mut groups: Vec<Vec<&Member>> = Vec::new();
    let mut moved = 0i64;
    for member in carried {
        let shift = member.edit.inserted.len() as i64 - i64::from(member.edit.end - member.edit.start);
        let joins = groups
            .last()
            .and_then(|group| group.last())
            .is_some_and(|before| moved % 3 != 0 || share_codon(engine, transcript, &before.edit, &member.edit));
        if let Some(group) = groups.last_mut().filter(|_| joins) {
            if group.last().is_some_and(|before| before.edit.end > member.edit.start || same_place(before, member)) {
                continue;
            }
            group.push(member);
            moved += shift;
        } else {
            groups.push(vec![member]);
            moved = shift;
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Two changes of the same place cannot both be on one chromosome.
fn same_place(a: &Member, b: &Member) -> bool {
    a.edit.start == b.edit.start && a.edit.end == b.edit.end
}

fn compound(engine: &Engine<'_>, transcript: usize, group: &[&Member]) -> Compound {
    let messenger = engine.messenger(transcript);
    // INVARIANT: a group has at least two members, in order.
    let (start, end) = (group[0].edit.start, group[group.len() - 1].edit.end);
    let mut inserted = Vec::new();
    let mut at = start;
    for member in group {
        let bases = messenger.bases().and_then(|b| b.get(at as usize..member.edit.start as usize));
        inserted.extend_from_slice(bases.unwrap_or_default());
        inserted.extend_from_slice(&member.edit.inserted);
        at = member.edit.end;
    }
    let edit = Edit { start, end, inserted };
    let unknown = engine.table().transcripts()[transcript].details.start_unknown;
    let coding = coding::coding(messenger, &edit, unknown);
    let own = |member: &&Member| member.hgvs_c.as_deref().map(|c| c.trim_start_matches("c.").to_owned());
    let parts: Vec<String> = group.iter().filter_map(own).collect();
    let mut alleles: Vec<Allele> = group.iter().map(|m| m.allele).collect();
    alleles.sort_unstable();
    Compound {
        alleles,
        consequences: coding.as_ref().map_or(ConsequenceSet::EMPTY, |c| c.consequences),
        hgvs_c: format!("c.[{}]", parts.join(";")),
        hgvs_p: coding.map_or_else(|| "p.?".into(), |c| protein::describe(messenger, &c).0),
    }
}
