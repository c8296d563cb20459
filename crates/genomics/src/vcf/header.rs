//! The header: `##` lines and the column line.

use super::error::{VcfError, shown};
use indgang_model::{Assembly, Chromosome};
use std::collections::HashSet;

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// So many.
    Count(u32),
    /// One for each alternate allele (`A`).
    PerAlternate,
    /// One for each allele, the reference first (`R`).
    PerAllele,
    /// One for each genotype (`G`).
    PerGenotype,
    /// Not said (`.`), or a letter of a later version.
    Unknown,
}

/// Type of a field's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the specification")]
pub enum Kind {
    Integer,
    Float,
    Flag,
    Character,
    String,
}

/// An `##INFO` or `##FORMAT` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// ID.
    pub id: String,
    /// Number.
    pub number: Number,
    /// Type.
    pub kind: Kind,
    /// Description, without its quotes; empty when absent.
    pub description: String,
}

/// A `##contig` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contig {
    /// ID, as the lines write it.
    pub name: String,
    /// The chromosome it names; `None` outside the primary assembly.
    pub chromosome: Option<Chromosome>,
    /// Length in bases.
    pub length: Option<u32>,
    /// The assembly tag, as written.
    pub assembly: Option<String>,
}

/// Everything before the first record.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// Minor version: 1 to 4 of VCF 4.x.
    pub minor_version: u8,
    /// `##contig` lines in file order.
    pub contigs: Vec<Contig>,
    /// `##INFO` lines in file order; of two with one ID the first counts.
    pub infos: Vec<Definition>,
    /// `##FORMAT` lines in file order.
    pub formats: Vec<Definition>,
    /// `##FILTER` lines: ID and description.
    pub filters: Vec<(String, String)>,
    /// Sample names in column order.
    pub samples: Vec<String>,
    /// All `##` lines without the hashes, in file order.
    pub meta: Vec<String>,
    /// Columns of the `#CHROM` line: 8 without samples, else 9 and the samples.
    pub columns: usize,
    /// Lines of the header, the `#CHROM` line included.
    pub lines: u64,
}

const FIXED: [&str; 9] = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"];

impl Header {
    /// Reads the text from `##fileformat` through the `#CHROM` line.
    ///
    /// # Errors
    /// When the first line is not `##fileformat` of 4.1 to 4.4, a structured line is broken, the `#CHROM` line is missing
    /// or wrong, or a sample has two columns.
    pub fn parse(text: &[u8]) -> Result<Self, VcfError> {
        let mut header = Self::default();
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        for (index, line) in text.split(|b| *b == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let number = index as u64 + 1;
            if index == 0 {
                header.minor_version = version(line)?;
            }
            if let Some(meta) = line.strip_prefix(b"##") {
                header.add_meta(number, &String::from_utf8_lossy(meta))?;
            } else if line.starts_with(b"#CHROM") {
                header.columns(number, line)?;
                header.lines = number;
                return Ok(header);
            } else {
                return Err(VcfError::NoColumnLine { line: number });
            }
        }
        Err(VcfError::NoColumnLine { line: header.meta.len() as u64 + 1 })
    }

    /// The definition of an INFO field.
    pub fn info(&self, id: &str) -> Option<&Definition> {
        self.infos.iter().find(|d| d.id == id)
    }

    /// The definition of a FORMAT field.
    pub fn format(&self, id: &str) -> Option<&Definition> {
        self.formats.iter().find(|d| d.id == id)
    }

    /// Index of a sample among the samples (0 is the first sample, not the first column).
    pub fn sample_index(&self, name: &str) -> Option<usize> {
        self.samples.iter().position(|s| s == name)
    }

    /// The genome build, from what is hardest to get wrong to what is easiest: lengths of contigs, the versions of their
    /// RefSeq accessions, their assembly tags,
    /// `##reference`, and the command lines of VEP and SnpEff. `None` when nothing says, or the lengths contradict
    /// each other.
    pub fn assembly(&self) -> Option<Assembly> {
        let lengths = self.by_length();
        match lengths.len() {
            1 => return lengths.into_iter().next(),
            0 => {}
            _ => return None,
        }
        self.by_accession().or_else(|| self.tagged()).or_else(|| self.in_meta(&["reference", "assembly"])).or_else(
            || self.in_meta(&["VEP", "SnpEffCmd", "SnpEffVersion", "GATKCommandLine", "contig", "VEP-command-line"]),
        )
    }

    /// True when some contigs have the length of one genome build and some of another: two assemblies in one file.
    pub fn mixes_assemblies(&self) -> bool {
        self.by_length().len() > 1
    }

    /// What the words of the header (`##reference`, contig tags) say, where that contradicts the contigs' lengths.
    pub fn assembly_contradicted(&self) -> Option<Assembly> {
        let by_length = self.by_length();
        let mut said = self.tagged().into_iter().chain(self.in_meta(&["reference", "assembly"]));
        said.find(|said| by_length.len() == 1 && !by_length.contains(said))
    }

    fn by_length(&self) -> HashSet<Assembly> {
        self.contigs.iter().filter_map(|c| assembly_of_length(c.chromosome?, c.length?)).collect()
    }

    /// `None` when no contig is called by an accession, or they are of different builds.
    fn by_accession(&self) -> Option<Assembly> {
        let mut found = self.contigs.iter().filter_map(|c| assembly_of_accession(&c.name));
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    fn tagged(&self) -> Option<Assembly> {
        self.contigs.iter().filter_map(|c| c.assembly.as_deref()).find_map(assembly_in)
    }

    fn in_meta(&self, keys: &[&str]) -> Option<Assembly> {
        let wanted = |line: &&String| keys.iter().any(|k| line.split('=').next().is_some_and(|key| key == *k));
        self.meta.iter().filter(wanted).find_map(|line| assembly_in(line))
    }

    fn add_meta(&mut self, line: u64, text: &str) -> Result<(), VcfError> {
        self.meta.push(text.to_owned());
        let Some((key, value)) = text.split_once('=') else { return Ok(()) };
        let broken = |reason| VcfError::Meta { line, text: shown(text.as_bytes()), reason };
        if !matches!(key, "contig" | "INFO" | "FORMAT" | "FILTER") {
            return Ok(());
        }
        let entries = entries(value).map_err(broken)?;
        let get = |name: &str| entries.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str());
        let id = get("ID").filter(|id| !id.is_empty()).ok_or_else(|| broken("it has no ID"))?.to_owned();
        let description = || get("Description").unwrap_or("").to_owned();
        match key {
            "contig" => self.contigs.push(Contig {
                chromosome: Chromosome::from_name(id.as_bytes()),
                name: id,
                length: get("length").and_then(|l| l.parse().ok()),
                assembly: get("assembly").map(str::to_owned),
            }),
            "FILTER" => self.filters.push((id, description())),
            _ => {
                let number = number(get("Number").ok_or_else(|| broken("it has no Number"))?);
                let kind = kind(get("Type").ok_or_else(|| broken("it has no Type"))?)
                    .ok_or_else(|| broken("its Type is not Integer, Float, Flag, Character or String"))?;
                let definition = Definition { id, number, kind, description: description() };
                if key == "INFO" { self.infos.push(definition) } else { self.formats.push(definition) }
            }
        }
        Ok(())
    }

    fn columns(&mut self, line: u64, text: &[u8]) -> Result<(), VcfError> {
        let names: Vec<&[u8]> = text.split(|b| *b == b'\t').collect();
        for (index, expected) in FIXED.iter().enumerate() {
            match names.get(index) {
                None if index == 8 => {}
                Some(name) if *name == expected.as_bytes() => {}
                name => {
                    let found = shown(name.copied().unwrap_or(b""));
                    return Err(VcfError::ColumnLine { line, column: index + 1, found, expected });
                }
            }
        }
        let mut seen = HashSet::new();
        for name in names.iter().skip(9) {
            if !seen.insert(*name) {
                return Err(VcfError::DuplicateSample { line, name: shown(name) });
            }
            self.samples.push(String::from_utf8_lossy(name).into_owned());
        }
        self.columns = names.len();
        Ok(())
    }
}

fn version(line: &[u8]) -> Result<u8, VcfError> {
    let Some(version) = line.strip_prefix(b"##fileformat=") else { return Err(VcfError::NoFileFormat(shown(line))) };
    match version.strip_prefix(b"VCFv4.") {
        Some([minor @ b'1'..=b'4']) => Ok(minor - b'0'),
        _ => Err(VcfError::Version(shown(version))),
    }
}

fn number(text: &str) -> Number {
    match text {
        "A" => Number::PerAlternate,
        "R" => Number::PerAllele,
        "G" => Number::PerGenotype,
        _ => text.parse().map_or(Number::Unknown, Number::Count),
    }
}

fn kind(text: &str) -> Option<Kind> {
    Some(match text {
        "Integer" => Kind::Integer,
        "Float" => Kind::Float,
        "Flag" => Kind::Flag,
        "Character" => Kind::Character,
        "String" => Kind::String,
        _ => return None,
    })
}

/// The entries of `<ID=DP,Number=1,Description="a, \"b\"">`.
fn entries(text: &str) -> Result<Vec<(String, String)>, &'static str> {
    let inner = text.trim_end().strip_prefix('<').and_then(|t| t.strip_suffix('>'));
    let mut rest = inner.ok_or("it is not enclosed in `<` and `>`")?;
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').ok_or("an entry has no `=`")?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted_value(quoted).ok_or("a quote is not closed")?,
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].to_owned(), &after[end..])
            }
        };
        entries.push((key.trim().to_owned(), value));
        // Text between a closing quote and the comma belongs to a quote someone forgot to escape: it is passed over.
        rest = after.split_once(',').map_or("", |(_, next)| next);
    }
    Ok(entries)
}

/// The value up to the closing quote with `\"` and `\\` resolved, and what follows.
fn quoted_value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[index + 1..])),
            '\\' => match characters.next()?.1 {
                escaped @ ('"' | '\\') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    None
}

fn assembly_in(text: &str) -> Option<Assembly> {
    let text = text.to_ascii_lowercase();
    let has = |names: &[&str]| names.iter().any(|n| text.contains(n));
    let old = has(&["grch37", "hg19", "b37", "hs37", "g1k_v37", "ncbi37"]);
    let new = has(&["grch38", "hg38", "b38", "hs38", "gca_000001405.15"]);
    match (old, new) {
        (true, false) => Some(Assembly::GRCh37),
        (false, true) => Some(Assembly::GRCh38),
        _ => None,
    }
}

/// The assembly of a chromosome's RefSeq accession (`NC_000001.10`): each chromosome's version went up by one from GRCh37
/// to GRCh38 (NCBI, GCF_000001405.25 and .26; 1–22, X, Y).
fn assembly_of_accession(name: &str) -> Option<Assembly> {
    #[rustfmt::skip]
    const OLD: [u32; 24] = [10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9];
    let (number, version) = name.strip_prefix("NC_")?.split_once('.')?;
    let old = *OLD.get(number.parse::<usize>().ok().filter(|_| number.len() == 6)?.checked_sub(1)?)?;
    match version.parse::<u32>().ok()?.checked_sub(old)? {
        0 => Some(Assembly::GRCh37),
        1 => Some(Assembly::GRCh38),
        _ => None,
    }
}

/// The assembly in which a chromosome has this length (lengths: Genome Reference Consortium; 1–22, X, Y).
fn assembly_of_length(chromosome: Chromosome, length: u32) -> Option<Assembly> {
    #[rustfmt::skip]
    const OLD: [u32; 24] = [
        249_250_621, 243_199_373, 198_022_430, 191_154_276, 180_915_260, 171_115_067, 159_138_663, 146_364_022,
        141_213_431, 135_534_747, 135_006_516, 133_851_895, 115_169_878, 107_349_540, 102_531_392, 90_354_753,
        81_195_210, 78_077_248, 59_128_983, 63_025_520, 48_129_895, 51_304_566, 155_270_560, 59_373_566,
    ];
    #[rustfmt::skip]
    const NEW: [u32; 24] = [
        248_956_422, 242_193_529, 198_295_559, 190_214_555, 181_538_259, 170_805_979, 159_345_973, 145_138_636,
        138_394_717, 133_797_422, 135_086_622, 133_275_309, 114_364_328, 107_043_718, 101_991_189, 90_338_345,
        83_257_441, 80_373_285, 58_617_616, 64_444_167, 46_709_983, 50_818_468, 156_040_895, 57_227_415,
    ];
    let index = usize::from(chromosome.number()) - 1;
    match Some(&length) {
        l if l == OLD.get(index) => Some(Assembly::GRCh37),
        l if l == NEW.get(index) => Some(Assembly::GRCh38),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

    fn header(meta: &str) -> Header {
        Header::parse(format!("##fileformat=VCFv4.2\n{meta}\n{COLUMNS}\tFORMAT\ta\tb\n").as_bytes()).unwrap()
    }

    #[test]
    fn definitions_with_quotes_and_commas() {
        let header = header(
            "##INFO=<ID=CSQ,Number=.,Type=String,Description=\"a, \\\"b\\\" = c. Format: X|Y\",Source=\"s\">\r\n\
             ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"depth\">",
        );
        assert_eq!(header.info("CSQ").unwrap().description, "a, \"b\" = c. Format: X|Y");
        assert_eq!(header.info("CSQ").unwrap().number, Number::Unknown);
        assert_eq!(header.format("AD").unwrap().number, Number::PerAllele);
        assert_eq!((header.sample_index("b"), header.sample_index("c")), (Some(1), None));
        assert_eq!((header.columns, header.lines, header.minor_version), (11, 4, 2));
    }

    #[test]
    fn assemblies() {
        for (meta, expected) in [
            ("##contig=<ID=chr1,length=249250621>", Some(Assembly::GRCh37)),
            ("##contig=<ID=1,length=248956422,assembly=hg19>", Some(Assembly::GRCh38)), // the length counts more
            ("##contig=<ID=Y,length=57227415>", Some(Assembly::GRCh38)),
            ("##contig=<ID=1,length=249250621>\n##contig=<ID=2,length=242193529>", None), // a contradiction
            ("##contig=<ID=1,assembly=b37>", Some(Assembly::GRCh37)),
            ("##contig=<ID=NC_000001.10>\n##contig=<ID=NC_000002.11>", Some(Assembly::GRCh37)),
            ("##contig=<ID=NC_000024.10>\n##contig=<ID=NC_000021.9>", Some(Assembly::GRCh38)),
            ("##contig=<ID=NC_000001.10>\n##contig=<ID=NC_000002.12>", None), // one of each
            ("##contig=<ID=NC_000001.9>", None),                              // an older build
            ("##contig=<ID=NC_012920.1>", None),                              // the same in both
            ("##reference=file:///x/human_g1k_v37.fasta", Some(Assembly::GRCh37)),
            ("##reference=GRCh38_full_analysis_set.fa", Some(Assembly::GRCh38)),
            ("##VEP=\"v109\" assembly=\"GRCh37.p13\"", Some(Assembly::GRCh37)),
            ("##SnpEffCmd=\"SnpEff  hg38 in.vcf\"", Some(Assembly::GRCh38)),
            ("##source=none", None),
        ] {
            assert_eq!(header(meta).assembly(), expected, "{meta}");
        }
    }

    #[test]
    fn words_against_lengths() {
        use Assembly::{GRCh37, GRCh38};
        for (meta, contradicted, mixed) in [
            ("##reference=GRCh38.fa\n##contig=<ID=1,length=249250621>", Some(GRCh38), false),
            ("##contig=<ID=1,length=248956422,assembly=hg19>", Some(GRCh37), false),
            ("##reference=hg19.fa\n##contig=<ID=1,length=249250621>", None, false),
            ("##reference=hg19.fa\n##contig=<ID=1,length=1000>", None, false), // a length of neither build
            ("##contig=<ID=1,length=249250621>\n##contig=<ID=2,length=242193529>", None, true),
        ] {
            let header = header(meta);
            assert_eq!((header.assembly_contradicted(), header.mixes_assemblies()), (contradicted, mixed), "{meta}");
        }
    }

    #[test]
    fn broken_headers_say_where_and_what() {
        let column = |meta: &str, columns: &str| format!("##fileformat=VCFv4.2\n{meta}{columns}\n");
        for (text, expected) in [
            (String::new(), "line 1 is ``"),
            ("#CHROM\tPOS".to_owned(), "line 1 is `#CHROM\\tPOS`"),
            (format!("##fileformat=VCFv4.0\n{COLUMNS}\n"), "version `VCFv4.0`"),
            (format!("##fileformat=VCFv5.1\n{COLUMNS}\n"), "version `VCFv5.1`"),
            (column("##x=1\n", "1\t5\t.\tA\tC\t.\t.\t."), "line 3 comes where the line `#CHROM"),
            (column("", &COLUMNS.replace("ALT", "Alt")), "line 2: column 5 of the `#CHROM` line is `Alt`"),
            (column("", &COLUMNS.replace('\t', " ")), "column 1"),
            (column("", &format!("{COLUMNS}\tFORMAT\ta\ta")), "line 2: sample `a` has two columns"),
            (column("##INFO=<ID=DP,Number=1>\n", COLUMNS), "line 2: `INFO=<ID=DP,Number=1>`"),
            (column("##INFO=<ID=DP,Description=\"x>\n", COLUMNS), "a quote is not closed"),
            (column("##contig=1\n", COLUMNS), "not enclosed"),
        ] {
            let error = Header::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?} gave {error}");
        }
    }
}
