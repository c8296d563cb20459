//! Lines of JSON, written by hand: there are hundreds of thousands, and all but a few bytes are known beforehand.

use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::inheritance::Flags;
use indgang_genomics::pedigree::Family;
use indgang_model::{Chromosome, ModeOfInheritance, Variant};
use serde::Serialize;

/// One candidate. Its line has the members `family`, `mode`, `gene` (`null` between genes), `variants`, `samples`
/// (genotypes by sample, one for each variant), `flags` and, where there is one, `de_novo_score`.
pub(super) struct Line<'a> {
    pub mode: ModeOfInheritance,
    pub gene: Option<&'a str>,
    /// One variant, or the two of a pair.
    pub variants: &'a [Alleles<'a>],
    /// For each of them the family's calls in member order.
    pub calls: &'a [&'a [Call]],
    pub flags: Flags,
    pub de_novo_score: Option<f64>,
}

/// A variant that somebody else holds.
#[derive(Clone, Copy)]
pub(super) struct Alleles<'a> {
    pub chromosome: Chromosome,
    pub position: u32,
    pub reference: &'a str,
    pub alternate: &'a str,
}

impl<'a> Alleles<'a> {
    pub fn of(chromosome: Chromosome, position: u32, (reference, alternate): (&'a str, &'a str)) -> Self {
        Self { chromosome, position, reference, alternate }
    }

    pub fn owned(&self) -> Variant {
        let Self { chromosome: chrom, position: pos, reference, alternate } = *self;
        Variant { chrom, pos, reference: reference.into(), alternate: alternate.into() }
    }
}

impl<'a> From<&'a Variant> for Alleles<'a> {
    fn from(v: &'a Variant) -> Self {
        Self { chromosome: v.chrom, position: v.pos, reference: &v.reference, alternate: &v.alternate }
    }
}

/// Writes the lines of one family.
pub(super) struct LineWriter {
    /// Up to the mode.
    start: Vec<u8>,
    /// Members with a column in order of their names, each with what stands before the genotypes.
    members: Vec<(usize, Vec<u8>)>,
}

impl LineWriter {
    pub fn new(family: &Family) -> Self {
        let mut start = b"{\"family\":".to_vec();
        json(&mut start, &family.id);
        start.extend_from_slice(b",\"mode\":");
        let mut sequenced: Vec<_> = family.members.iter().enumerate().filter(|(_, m)| m.sequenced).collect();
        sequenced.sort_by(|a, b| a.1.id.cmp(&b.1.id));
        let members = sequenced.into_iter().enumerate().map(|(place, (index, member))| {
            let mut before = if place == 0 { Vec::new() } else { b",".to_vec() };
            json(&mut before, &member.id);
            before.extend_from_slice(b":[");
            (index, before)
        });
        Self { start, members: members.collect() }
    }

    pub fn write(&self, out: &mut Vec<u8>, line: &Line<'_>) {
        out.extend_from_slice(&self.start);
        json(out, &line.mode);
        out.extend_from_slice(b",\"gene\":");
        json(out, &line.gene);
        out.extend_from_slice(b",\"variants\":[");
        for (place, alleles) in line.variants.iter().enumerate() {
            comma(out, place);
            variant(out, alleles);
        }
        out.extend_from_slice(b"],\"samples\":{");
        for (member, before) in &self.members {
            out.extend_from_slice(before);
            for (place, calls) in line.calls.iter().enumerate() {
                comma(out, place);
                genotype(out, calls[*member].genotype);
            }
            out.push(b']');
        }
        out.extend_from_slice(b"},\"flags\":[");
        for (place, name) in line.flags.names().enumerate() {
            comma(out, place);
            plain(out, name);
        }
        out.push(b']');
        if let Some(score) = line.de_novo_score {
            out.extend_from_slice(b",\"de_novo_score\":");
            json(out, &score);
        }
        out.extend_from_slice(b"}\n");
    }
}

fn variant(out: &mut Vec<u8>, alleles: &Alleles<'_>) {
    out.extend_from_slice(b"{\"chrom\":");
    plain(out, alleles.chromosome.name());
    out.extend_from_slice(b",\"pos\":");
    json(out, &alleles.position);
    out.extend_from_slice(b",\"ref\":");
    allele(out, alleles.reference);
    out.extend_from_slice(b",\"alt\":");
    allele(out, alleles.alternate);
    out.push(b'}');
}

fn allele(out: &mut Vec<u8>, text: &str) {
    match text.as_bytes() {
        [base] if base.is_ascii_alphabetic() => plain(out, text),
        _ => json(out, text),
    }
}

/// As the genotype displays itself, between quotation marks.
fn genotype(out: &mut Vec<u8>, genotype: Genotype) {
    let text = |a| match a {
        AlleleCode::Reference => b'0',
        AlleleCode::Alternate => b'1',
        AlleleCode::Other => b'2',
        AlleleCode::Missing => b'.',
    };
    let [a, b] = genotype.alleles.map(text);
    match genotype.copies {
        0 => out.extend_from_slice(b"\"./.\""),
        1 => out.extend_from_slice(&[b'"', a, b'"']),
        _ => out.extend_from_slice(&[b'"', a, if genotype.phased { b'|' } else { b'/' }, b, b'"']),
    }
}

fn comma(out: &mut Vec<u8>, place: usize) {
    if place > 0 {
        out.push(b',');
    }
}

/// A text without anything to escape.
fn plain(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

fn json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // A vector takes everything, and texts and numbers are always JSON: a failure would need one that is neither.
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_genomics::pedigree::Pedigree;
    use std::collections::BTreeMap;

    #[derive(Serialize)]
    struct Expected<'a> {
        family: &'a str,
        mode: ModeOfInheritance,
        gene: Option<&'a str>,
        variants: Vec<Variant>,
        samples: BTreeMap<&'a str, Vec<String>>,
        flags: Vec<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        de_novo_score: Option<f64>,
    }

    #[test]
    fn a_line_is_what_serde_writes() {
        use AlleleCode::{Alternate, Missing, Other, Reference};
        let pedigree = Pedigree::parse("F\"a\\ z 0 m 1 2\nF\"a\\ m 0 0 2 1\nF\"a\\ \u{e6} 0 0 0 0").unwrap();
        let family = &pedigree.families[0];
        let diploid = |a, b, phased| Call::of(Genotype { alleles: [a, b], copies: 2, phased });
        let haploid = Call::of(Genotype { alleles: [Alternate; 2], copies: 1, phased: false });
        let one = [diploid(Reference, Alternate, false), Call::MISSING, haploid];
        let two = [diploid(Alternate, Other, true), diploid(Missing, Reference, false), Call::MISSING];
        let variant = |chrom: &str, pos, reference: &str, alternate: &str| Variant {
            chrom: chrom.parse().unwrap(),
            pos,
            reference: reference.into(),
            alternate: alternate.into(),
        };
        let snv = variant("1", 1, "C", "A");
        let other = variant("X", u32::MAX, "CAG", "<DEL\"\u{1}>");
        for (gene, variants, calls, flags, score) in [
            (None, vec![&snv], vec![&one[..]], Flags::NONE, None),
            (Some("HLA-\"A"), vec![&snv, &other], vec![&one, &two], Flags::MOSAIC | Flags::DE_NOVO, Some(70.0)),
            (Some("A"), vec![&other], vec![&two[..]], Flags::PHASE_UNKNOWN, Some(12.345_678_901_234)),
        ] {
            let mode = ModeOfInheritance::AutosomalDominantIncompletePenetrance;
            let genotypes = |i: usize| calls.iter().map(|c| c[i].genotype.to_string()).collect();
            let expected = Expected {
                family: &family.id,
                mode,
                gene,
                variants: variants.iter().map(|v| (*v).clone()).collect(),
                samples: family.members.iter().enumerate().map(|(i, m)| (m.id.as_str(), genotypes(i))).collect(),
                flags: flags.names().collect(),
                de_novo_score: score,
            };
            let alleles: Vec<Alleles<'_>> = variants.iter().map(|v| Alleles::from(*v)).collect();
            let line = Line { mode, gene, variants: &alleles, calls: &calls, flags, de_novo_score: score };
            let mut written = Vec::new();
            LineWriter::new(family).write(&mut written, &line);
            assert_eq!(String::from_utf8(written).unwrap(), serde_json::to_string(&expected).unwrap() + "\n");
        }
    }
}
