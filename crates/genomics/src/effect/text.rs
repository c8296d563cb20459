//! Effects as text: one entry of an INFO field in VEP's columns, and a row for JSON.

use super::haplotype::{Allele, Compound, Compounds};
use super::{Effect, most_severe};
use crate::consequence::{Consequence, Impact};
use crate::transcripts::{Strand, Transcript};
use serde::Serialize;
use std::io::Write as _;

/// The columns, in VEP's names where VEP has one.
pub const COLUMNS: &str = "Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|BIOTYPE|EXON|INTRON|HGVSc|HGVSp|\
    cDNA_position|CDS_position|Protein_position|Amino_acids|Codons|DISTANCE|STRAND|ALLELE_NUM|MANE_SELECT|\
    MANE_PLUS_CLINICAL|HGVSg|VRS_ID|NMD|SPLICE_DISTANCE|SAME_CODON|HAPLOTYPE_Consequence|HAPLOTYPE_HGVSc|HAPLOTYPE_HGVSp";

/// What is said of one alternate beside its transcripts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named<'a> {
    /// The allele of the file.
    pub allele: Option<Allele>,
    /// As VEP writes it: without a first base that both alleles share, `-` when nothing is left.
    pub written: &'a [u8],
    /// `NC_000001.11:g.…`.
    pub hgvs_g: Option<&'a str>,
    /// `ga4gh:VA.…`.
    pub vrs: Option<&'a str>,
}

/// The alternate as VEP writes it in CSQ.
pub fn written<'a>(reference: &[u8], alternate: &'a [u8]) -> &'a [u8] {
    let shared = reference.len() != alternate.len() && reference.first() == alternate.first();
    match &alternate[usize::from(shared && !alternate.is_empty())..] {
        [] => b"-",
        rest => rest,
    }
}

/// Appends one entry for each effect, with commas between.
pub fn write_entries(out: &mut Vec<u8>, named: Named<'_>, effects: &[Effect<'_>], compounds: Option<&Compounds>) {
    for (at, effect) in effects.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_entry(out, named, effect, compounds);
    }
}

fn write_entry(out: &mut Vec<u8>, named: Named<'_>, effect: &Effect<'_>, compounds: Option<&Compounds>) {
    let transcript = effect.transcript;
    out.extend_from_slice(named.written);
    out.push(b'|');
    for (at, term) in effect.consequences.iter().enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(term.term().as_bytes());
    }
    out.push(b'|');
    out.extend_from_slice(impact(effect.most_severe().impact()).as_bytes());
    let text = |out: &mut Vec<u8>, text: &str| {
        out.push(b'|');
        escaped(out, text);
    };
    let pair = |out: &mut Vec<u8>, pair: Option<(usize, usize)>| {
        out.push(b'|');
        if let Some((number, all)) = pair {
            let _ = write!(out, "{number}/{all}");
        }
    };
    let span = |out: &mut Vec<u8>, span: Option<(u32, u32)>| {
        out.push(b'|');
        if let Some((a, b)) = span {
            let _ = if a == b { write!(out, "{a}") } else { write!(out, "{}-{}", a.min(b), a.max(b)) };
        }
    };
    let id = transcript.map_or("", |t| &t.id);
    text(out, transcript.map_or("", |t| &t.gene_symbol));
    text(out, transcript.map_or("", |t| &t.gene_id));
    text(out, if transcript.is_some() { "Transcript" } else { "" });
    text(out, id);
    text(out, transcript.map_or("", biotype));
    pair(out, effect.exon);
    pair(out, effect.intron);
    description(out, id, effect.hgvs_c.as_deref());
    description(out, transcript.map_or("", protein_accession), effect.hgvs_p.as_deref());
    span(out, effect.cdna);
    let coding = effect.coding.as_ref();
    span(out, coding.map(|c| c.cds));
    span(out, coding.map(|c| c.protein));
    out.push(b'|');
    if let Some(coding) = coding {
        change(out, &coding.peptides);
    }
    out.push(b'|');
    if let Some(coding) = coding {
        change(out, &coding.codons);
    }
    span(out, effect.distance.map(|d| (d, d)));
    text(out, transcript.map_or("", |t| if t.strand == Strand::Forward { "1" } else { "-1" }));
    span(out, named.allele.map(|a| (u32::from(a.alternate), u32::from(a.alternate))));
    text(out, transcript.filter(|t| t.mane && !t.details.plus_clinical).map_or("", |t| &t.id));
    text(out, transcript.filter(|t| t.mane && t.details.plus_clinical).map_or("", |t| &t.id));
    text(out, named.hgvs_g.unwrap_or(""));
    text(out, named.vrs.unwrap_or(""));
    text(out, effect.decay.map_or("", |d| d.word()));
    span(out, effect.splice_distance.map(|d| (d, d)));
    together(out, named.allele, effect.place, compounds);
}

fn together(out: &mut Vec<u8>, allele: Option<Allele>, place: Option<usize>, compounds: Option<&Compounds>) {
    let (Some(compounds), Some(allele), Some(place)) = (compounds, allele, place) else {
        out.extend_from_slice(b"||||");
        return;
    };
    out.push(b'|');
    for (at, position) in compounds.same_codon(allele, place).enumerate() {
        let _ = write!(out, "{}{position}", if at > 0 { "&" } else { "" });
    }
    let each: [fn(&Compound) -> String; 3] =
        [|c| c.consequences.to_string(), |c| c.hgvs_c.clone(), |c| c.hgvs_p.clone()];
    for (column, of) in each.iter().enumerate() {
        out.push(b'|');
        for (at, compound) in compounds.of(allele, place).enumerate() {
            if at > 0 {
                out.push(b'&');
            }
            // Terms of one compound are joined by `+`, since `&` stands between compounds.
            let text = of(compound);
            escaped(out, &if column == 0 { text.replace('&', "+") } else { text });
        }
    }
}

/// `K/E`, or one side when both are the same.
fn change(out: &mut Vec<u8>, (before, after): &(Vec<u8>, Vec<u8>)) {
    let side = |out: &mut Vec<u8>, side: &[u8]| out.extend_from_slice(if side.is_empty() { b"-" } else { side });
    side(out, before);
    if before != after {
        out.push(b'/');
        side(out, after);
    }
}

fn description(out: &mut Vec<u8>, accession: &str, text: Option<&str>) {
    out.push(b'|');
    if let Some(text) = text {
        escaped(out, accession);
        out.push(b':');
        escaped(out, text);
    }
}

/// Characters that would end a value are percent-encoded (VCF 4.3, section 1.2).
fn escaped(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b';' | b'=' | b',' | b'|' | b'%' | b' ' | b'\t' => {
                let _ = write!(out, "%{byte:02X}");
            }
            byte => out.push(byte),
        }
    }
}

const fn impact(impact: Impact) -> &'static str {
    match impact {
        Impact::High => "HIGH",
        Impact::Moderate => "MODERATE",
        Impact::Low => "LOW",
        Impact::Modifier => "MODIFIER",
    }
}

/// The source's biotype, else what the transcript shows.
fn biotype(transcript: &Transcript) -> &str {
    match &*transcript.details.biotype {
        "mRNA" | "" if transcript.coding() => "protein_coding",
        "" => "non_coding",
        biotype => biotype,
    }
}

/// The protein's accession, else the transcript's: HGVS allows a protein to be described on its transcript.
fn protein_accession(transcript: &Transcript) -> &str {
    if transcript.details.protein_id.is_empty() { &transcript.id } else { &transcript.details.protein_id }
}

/// One alternate with all its effects, for JSON.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    /// Chromosome as the file writes it.
    pub chromosome: &'a str,
    /// 1-based position as the file writes it.
    pub position: u32,
    /// Reference allele.
    pub reference: &'a str,
    /// Alternate allele.
    pub alternate: &'a str,
    /// `NC_000001.11:g.…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hgvs_g: Option<&'a str>,
    /// `ga4gh:VA.…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vrs: Option<&'a str>,
    /// The most severe consequence on any transcript.
    pub most_severe: Consequence,
    /// By transcript, MANE Select first.
    pub transcripts: Vec<OnTranscript<'a>>,
}

/// An effect on a transcript, for JSON.
#[derive(Debug, Serialize)]
pub struct OnTranscript<'a> {
    transcript: &'a str,
    gene: &'a str,
    gene_id: &'a str,
    biotype: &'a str,
    mane: bool,
    consequences: Vec<Consequence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hgvs_c: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hgvs_p: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exon: Option<(usize, usize)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intron: Option<(usize, usize)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cdna: Option<(u32, u32)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cds: Option<(u32, u32)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protein: Option<(u32, u32)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amino_acids: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codons: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    splice_distance: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonsense_mediated_decay: Option<super::Decay>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    same_codon: Vec<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    haplotypes: Vec<Together<'a>>,
}

/// What changes of one haplotype do together, for JSON.
#[derive(Debug, Serialize)]
struct Together<'a> {
    consequences: Vec<Consequence>,
    hgvs_c: &'a str,
    hgvs_p: &'a str,
}

impl<'a> Row<'a> {
    /// Puts one alternate's effects into a row.
    pub fn new(
        (chromosome, position, reference, alternate): (&'a str, u32, &'a str, &'a str),
        named: Named<'a>,
        effects: &'a [Effect<'_>],
        compounds: Option<&'a Compounds>,
    ) -> Self {
        let shown = |effect: &'a Effect<'_>| {
            let transcript = effect.transcript?;
            let coding = effect.coding.as_ref();
            let text = |pair: &(Vec<u8>, Vec<u8>)| {
                let mut out = Vec::new();
                change(&mut out, pair);
                String::from_utf8_lossy(&out).into_owned()
            };
            let key = compounds.zip(named.allele).zip(effect.place);
            Some(OnTranscript {
                transcript: &transcript.id,
                gene: &transcript.gene_symbol,
                gene_id: &transcript.gene_id,
                biotype: biotype(transcript),
                mane: transcript.mane,
                consequences: effect.consequences.iter().collect(),
                hgvs_c: effect.hgvs_c.as_deref(),
                hgvs_p: effect.hgvs_p.as_deref(),
                exon: effect.exon,
                intron: effect.intron,
                cdna: effect.cdna,
                cds: coding.map(|c| c.cds),
                protein: coding.map(|c| c.protein),
                amino_acids: coding.map(|c| text(&c.peptides)),
                codons: coding.map(|c| text(&c.codons)),
                distance: effect.distance,
                splice_distance: effect.splice_distance,
                nonsense_mediated_decay: effect.decay,
                same_codon: key.map(|((c, allele), at)| c.same_codon(allele, at).collect()).unwrap_or_default(),
                haplotypes: key
                    .map(|((c, allele), at)| {
                        let together = |c: &'a Compound| Together {
                            consequences: c.consequences.iter().collect(),
                            hgvs_c: &c.hgvs_c,
                            hgvs_p: &c.hgvs_p,
                        };
                        c.of(allele, at).map(together).collect()
                    })
                    .unwrap_or_default(),
            })
        };
        Self {
            chromosome,
            position,
            reference,
            alternate,
            hgvs_g: named.hgvs_g,
            vrs: named.vrs,
            most_severe: most_severe(effects).unwrap_or(Consequence::Sequence),
            transcripts: effects.iter().filter_map(shown).collect(),
        }
    }
}
