//! Plants variants into a VCF, as a caller and an annotator would have written them.

use anyhow::{Context, Result, bail};
use std::fmt::Write;

/// A variant to plant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    pub chromosome: String,
    pub position: u32,
    pub reference: String,
    pub alternate: String,
    pub genotype: &'static str,
    pub gene: String,
    /// Sequence Ontology term; `None` when the HGVS texts do not tell: then the place must.
    pub consequence: Option<&'static str>,
    pub hgvs_c: String,
    pub hgvs_p: String,
}

/// The annotation that a planted line carries where the file has none of its own.
const LAYOUT: &str = "Allele|Consequence|SYMBOL|HGVSc|HGVSp";

/// A VCF, ready to be planted into again and again.
pub struct Background {
    header: String,
    body: String,
    /// Chromosome without `chr`, position, and where the line begins in the body.
    lines: Vec<(String, u32, usize)>,
    prefix: &'static str,
    layout: Vec<String>,
    pub samples: Vec<String>,
    /// Lines left out, since they say by [`ANSWERS`] that they are themselves an answer planted into the exome.
    pub answers_left_out: usize,
}

/// INFO flags of a variant that the file's publisher planted, or this project.
const ANSWERS: [&str; 2] = ["SPIKED", "PLANTED"];

/// An exome in which somebody's answer stands would be asked for two answers at once.
fn is_answer(line: &str) -> bool {
    line.split('\t').nth(7).is_some_and(|info| info.split(';').any(|field| ANSWERS.contains(&field)))
}

impl Background {
    pub fn new(text: &str) -> Result<Self> {
        let start = text.find("\n#CHROM").context("no line of columns (#CHROM …): this is not a VCF")? + 1;
        let (mut header, rest) = (text[..start].to_owned(), &text[start..]);
        let (columns, whole) = rest.split_once('\n').context("the VCF ends with its header")?;
        let body: String = whole.split_inclusive('\n').filter(|line| !is_answer(line)).collect();
        let answers_left_out = whole.lines().count() - body.lines().count();
        let samples: Vec<String> = columns.split('\t').skip(9).map(str::to_owned).collect();
        if samples.is_empty() {
            bail!("the VCF has no sample to plant a variant into");
        }
        let own = header.lines().find(|l| l.starts_with("##INFO=<ID=CSQ,")).and_then(|l| l.split("Format: ").nth(1));
        let layout = own.unwrap_or(LAYOUT).trim_end_matches(['>', '"', ' ']).to_owned();
        if own.is_none() {
            writeln!(
                header,
                "##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Consequence annotations. Format: {LAYOUT}\">"
            )?;
        }
        header.push_str(columns);
        header.push('\n');
        let mut lines = Vec::new();
        let mut at = 0;
        for line in body.split_inclusive('\n') {
            let mut cells = line.split('\t');
            if let (Some(chromosome), Some(position)) = (cells.next(), cells.next().and_then(|p| p.parse().ok())) {
                lines.push((chromosome.trim_start_matches("chr").to_owned(), position, at));
            }
            at += line.len();
        }
        let prefix = if body.starts_with("chr") { "chr" } else { "" };
        let layout = layout.split('|').map(|column| column.trim().to_owned()).collect();
        Ok(Self { header, body, lines, prefix, layout, samples, answers_left_out })
    }

    /// The file with the variants at their places, carried by one sample; of the others nothing is known.
    pub fn with(&self, planted: &[Planted], sample: usize) -> String {
        let mut at: Vec<(usize, &Planted)> = planted.iter().map(|p| (self.place(p), p)).collect();
        at.sort_by_key(|(place, p)| (*place, p.position));
        let mut text = String::with_capacity(self.header.len() + self.body.len() + 1000);
        text.push_str(&self.header);
        let mut copied = 0;
        for (place, p) in at {
            text.push_str(&self.body[copied..place]);
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&self.line(p, sample));
            copied = place;
        }
        text.push_str(&self.body[copied..]);
        text
    }

    /// Before the first line of the chromosome that lies behind, else after its last, else at the end.
    fn place(&self, p: &Planted) -> usize {
        let own = |(chromosome, ..): &&(String, u32, usize)| *chromosome == p.chromosome;
        let behind = self.lines.iter().filter(own).find(|(_, position, _)| *position > p.position);
        let after_last = || {
            let last = self.lines.iter().rposition(|(chromosome, ..)| *chromosome == p.chromosome)?;
            self.lines.get(last + 1).map(|(.., at)| *at)
        };
        behind.map(|(.., at)| *at).or_else(after_last).unwrap_or(self.body.len())
    }

    fn line(&self, p: &Planted, sample: usize) -> String {
        let info = p
            .consequence
            .map_or_else(|| ".".to_owned(), |consequence| format!("CSQ={}", self.annotation(p, consequence)));
        let (prefix, reads) = (self.prefix, if p.genotype == "0/1" { "20,20" } else { "0,40" });
        let Planted { chromosome, position, reference, alternate, genotype, .. } = p;
        let mut line =
            format!("{prefix}{chromosome}\t{position}\t.\t{reference}\t{alternate}\t999\tPASS\t{info}\tGT:AD:DP:GQ");
        for other in 0..self.samples.len() {
            line.push('\t');
            line.push_str(&if other == sample { format!("{genotype}:{reads}:40:99") } else { "./.:.:.:.".to_owned() });
        }
        line.push('\n');
        line
    }

    fn annotation(&self, p: &Planted, consequence: &str) -> String {
        let cell = |column: &String| match column.as_str() {
            "Allele" => p.allele(),
            "Consequence" => consequence.to_owned(),
            "SYMBOL" | "Gene_Name" => p.gene.clone(),
            "HGVSc" => p.hgvs_c.clone(),
            "HGVSp" => p.hgvs_p.replace("p.(", "p.").replace(')', "").replace('=', "%3D"),
            "Feature" => p.hgvs_c.split(':').next().unwrap_or_default().to_owned(),
            "Feature_type" => "Transcript".to_owned(),
            _ => String::new(),
        };
        self.layout.iter().map(cell).collect::<Vec<_>>().join("|")
    }
}

impl Planted {
    /// The allele as VEP writes it.
    fn allele(&self) -> String {
        if self.reference.len() == self.alternate.len() {
            return self.alternate.clone();
        }
        if self.alternate.len() > 1 { self.alternate[1..].to_owned() } else { "-".to_owned() }
    }
}

/// The Sequence Ontology term that HGVS texts tell; `None` when they do not.
pub fn consequence(hgvs_c: &str, hgvs_p: &str, reference: &str, alternate: &str) -> Option<&'static str> {
    let change = hgvs_c.split(':').next_back().unwrap_or_default();
    if change.starts_with("n.") || change.starts_with("m.") {
        return None;
    }
    let protein = hgvs_p.split(':').next_back().unwrap_or_default();
    if let Some(term) = near_splice(change) {
        return Some(term);
    }
    let change = change.trim_start_matches("c.");
    if change.starts_with('-') || change.starts_with('*') {
        return Some(if change.starts_with('-') { "5_prime_UTR_variant" } else { "3_prime_UTR_variant" });
    }
    let says = |part: &str| protein.contains(part);
    let shift = !reference.len().abs_diff(alternate.len()).is_multiple_of(3);
    if says("fs") || (shift && (protein.is_empty() || says("?")) && !change.is_empty()) {
        return Some("frameshift_variant");
    }
    if protein.is_empty() || protein == "p.?" {
        return None;
    }
    Some(match () {
        () if says("Met1") && !says("Met1_") => "start_lost",
        () if says("ext") => "stop_lost",
        () if says("Ter") || says("*") => "stop_gained",
        () if says("=") => "synonymous_variant",
        () if says("dup") || (says("ins") && !says("del")) => "inframe_insertion",
        () if says("delins") => "protein_altering_variant",
        () if says("del") => "inframe_deletion",
        () => "missense_variant",
    })
}

/// `c.455-7T>G`: how far into the intron.
fn near_splice(change: &str) -> Option<&'static str> {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u32>().ok();
    let body = change.strip_prefix("c.")?.trim_start_matches(['-', '*']);
    let after = body.trim_start_matches(|c: char| c.is_ascii_digit());
    let (side, distance) = match after.as_bytes().first()? {
        b'+' => ('+', digits(&after[1..])?),
        b'-' => ('-', digits(&after[1..])?),
        _ => return None,
    };
    Some(match (side, distance) {
        ('+', 1 | 2) => "splice_donor_variant",
        ('-', 1 | 2) => "splice_acceptor_variant",
        ('+', 5) => "splice_donor_5th_base_variant",
        (_, 3..=8) => "splice_region_variant",
        ('-', 9..=17) => "splice_polypyrimidine_tract_variant",
        _ => "intron_variant",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consequences_from_hgvs() {
        for (c, p, reference, alternate, expected) in [
            ("NM_1:c.808G>T", "NP_1:p.(Gly270Cys)", "C", "A", Some("missense_variant")),
            ("NM_1:c.2237G>A", "NP_1:p.(Trp746Ter)", "G", "A", Some("stop_gained")),
            ("NM_1:c.1635del", "NP_1:p.(Lys545AsnfsTer47)", "CA", "C", Some("frameshift_variant")),
            ("NM_1:c.607_615del", "NP_1:p.(Glu203_Glu205del)", "GCTCTTCTTC", "G", Some("inframe_deletion")),
            ("NM_1:c.1218G>A", "NP_1:p.(Thr406=)", "G", "A", Some("synonymous_variant")),
            ("NM_1:c.455-7T>G", "NP_1:p.?", "T", "G", Some("splice_region_variant")),
            ("NM_1:c.100+1G>A", "", "G", "A", Some("splice_donor_variant")),
            ("NM_1:c.-32-13T>G", "NP_1:p.?", "T", "G", Some("splice_polypyrimidine_tract_variant")),
            ("NM_1:c.1A>G", "NP_1:p.(Met1?)", "A", "G", Some("start_lost")),
            ("NM_1:c.544C>T", "", "C", "T", None),
            ("NM_1:c.544del", "", "AC", "A", Some("frameshift_variant")),
            ("NR_1:n.71C>T", "", "C", "T", None),
            ("", "", "C", "T", None),
        ] {
            assert_eq!(consequence(c, p, reference, alternate), expected, "{c} {p}");
        }
    }

    #[test]
    fn answers_are_no_background() {
        let text = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA\n\
                    1\t10\t.\tA\tC\t9\tPASS\tSPIKED;DP=3\tGT\t0/1\n2\t5\t.\tA\tC\t9\tPASS\tDP=3;NOTE=SPIKED\tGT\t0/1\n";
        let background = Background::new(text).unwrap();
        assert_eq!(background.answers_left_out, 1);
        let body = background.with(&[], 0);
        assert!(!body.contains("\t10\t") && body.contains("2\t5\t"), "{body}");
    }

    #[test]
    fn planted_at_its_place() {
        let text = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA\tB\n\
                    1\t10\t.\tA\tC\t9\tPASS\t.\tGT\t0/1\t0/0\n2\t5\t.\tA\tC\t9\tPASS\t.\tGT\t0/1\t0/0\n";
        let background = Background::new(text).unwrap();
        let planted = |chromosome: &str, position| Planted {
            chromosome: chromosome.into(),
            position,
            reference: "G".into(),
            alternate: "T".into(),
            genotype: "0/1",
            gene: "X".into(),
            consequence: Some("missense_variant"),
            hgvs_c: "NM_1:c.1G>T".into(),
            hgvs_p: "NP_1:p.(Gly1Cys)".into(),
        };
        let text = background.with(&[planted("3", 1), planted("1", 7), planted("1", 12)], 1);
        let places: Vec<String> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split('\t').take(2).collect::<Vec<_>>().join(":"))
            .collect();
        assert_eq!(places, ["1:7", "1:10", "1:12", "2:5", "3:1"]);
        let line = text.lines().find(|line| line.starts_with("1\t7")).unwrap();
        assert!(
            line.ends_with(
                "CSQ=T|missense_variant|X|NM_1:c.1G>T|NP_1:p.Gly1Cys\tGT:AD:DP:GQ\t./.:.:.:.\t0/1:20,20:40:99"
            ),
            "{line}"
        );
    }
}
