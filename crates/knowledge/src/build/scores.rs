//! Scores of predictors from the files their makers publish, into [`crate::scores`].

use super::{BuildError, Columns};
use crate::scores::{About, Predictor, Row, WriteError, Writer};
use indgang_model::{Assembly, Chromosome};
use std::io::{BufRead, Write};

/// Why scores cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The publisher's file does not have its shape.
    #[error(transparent)]
    File(#[from] BuildError),
    /// A row cannot be taken.
    #[error("line {line}: {fault}")]
    Row {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        fault: WriteError,
    },
    /// The end cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Lines of a file with their numbers, one at a time.
struct Lines<'a> {
    file: &'static str,
    reader: &'a mut dyn BufRead,
    number: usize,
    text: String,
}

impl<'a> Lines<'a> {
    fn new(file: &'static str, reader: &'a mut dyn BufRead) -> Self {
        Self { file, reader, number: 0, text: String::new() }
    }

    /// The next line that is not empty.
    fn next(&mut self) -> Result<Option<(usize, &str)>, BuildError> {
        loop {
            self.text.clear();
            self.number += 1;
            let read = self.reader.read_line(&mut self.text);
            let (file, line) = (self.file, self.number);
            if read.map_err(|e| BuildError::Line { file, line, what: e.to_string() })? == 0 {
                return Ok(None);
            }
            if !self.text.trim_end().is_empty() {
                break;
            }
        }
        Ok(Some((self.number, self.text.trim_end_matches(['\n', '\r']))))
    }
}

/// One row of REVEL on one assembly: position, reference, alternate, new amino acid, thousandths.
type Change = (u32, u8, u8, u8, u32);

/// REVEL's table as published (`chr,hg19_pos,grch38_pos,ref,alt,aaref,aaalt,REVEL,…`), on both assemblies at once; a row
/// without a place on one is left out there. Gives the rows of each.
///
/// # Errors
/// When a line is not of that table, or the scores cannot be written.
pub fn revel<W: Write>(
    table: &mut dyn BufRead,
    (on_37, on_38): (&mut Writer<W>, &mut Writer<W>),
) -> Result<(), ImportError> {
    const FILE: &str = "REVEL";
    let mut lines = Lines::new(FILE, table);
    let heading = lines.next()?.ok_or(BuildError::Empty(FILE))?.1.replace(',', "\t");
    let columns = Columns::of(FILE, 1, &heading);
    let names = ["chr", "hg19_pos", "grch38_pos", "ref", "alt", "aaalt", "REVEL"];
    let mut places = [0; 7];
    for (place, name) in places.iter_mut().zip(names) {
        *place = columns.need(&[name])?;
    }
    let mut chrom: Option<Chromosome> = None;
    let (mut of_37, mut of_38): (Vec<Change>, Vec<Change>) = (Vec::new(), Vec::new());
    let mut line_of_chromosome = 1;
    let mut write = |line: usize, chrom: Option<Chromosome>, of_37: &mut Vec<Change>, of_38: &mut Vec<Change>| {
        let Some(chrom) = chrom else { return Ok(()) };
        flush(on_37, chrom, of_37)
            .and_then(|()| flush(on_38, chrom, of_38))
            .map_err(|fault| ImportError::Row { line, fault })
    };
    while let Some((line, text)) = lines.next()? {
        let error = |what: String| BuildError::Line { file: FILE, line, what };
        let cells: Vec<&str> = text.split(',').collect();
        let cell = |i: usize| -> Result<&str, BuildError> {
            cells
                .get(places[i])
                .copied()
                .ok_or_else(|| error(format!("{} cells, and `{}` is missing", cells.len(), names[i])))
        };
        let name = cell(0)?;
        let here =
            Chromosome::from_name(name.as_bytes()).ok_or_else(|| error(format!("`{name}` is not a chromosome")))?;
        if chrom != Some(here) {
            write(line_of_chromosome, chrom, &mut of_37, &mut of_38)?;
            (chrom, line_of_chromosome) = (Some(here), line);
        }
        let base = |i: usize| match cell(i)?.as_bytes() {
            [base] => Ok(*base),
            other => Err(error(format!("`{}` is not one letter", String::from_utf8_lossy(other)))),
        };
        let text = cell(6)?;
        let score: f64 = text.parse().map_err(|_| error(format!("`{text}` is not a score")))?;
        if !(0.0..=1.0).contains(&score) {
            return Err(error(format!("`{text}` is not between 0 and 1")).into());
        }
        let (reference, alternate, acid) = (base(3)?, base(4)?, base(5)?);
        for (i, rows) in [(1, &mut of_37), (2, &mut of_38)] {
            match cell(i)? {
                "." | "" => {}
                pos => {
                    let pos = pos.parse().map_err(|_| error(format!("`{pos}` is not a position")))?;
                    rows.push((pos, reference, alternate, acid, (score * 1000.0).round() as u32));
                }
            }
        }
    }
    if chrom.is_none() {
        return Err(BuildError::Empty(FILE).into());
    }
    write(line_of_chromosome, chrom, &mut of_37, &mut of_38)
}

/// Writes the rows of a chromosome in order, each once.
fn flush<W: Write>(writer: &mut Writer<W>, chrom: Chromosome, rows: &mut Vec<Change>) -> Result<(), WriteError> {
    rows.sort_unstable();
    rows.dedup();
    for (pos, reference, alternate, acid, score) in rows.drain(..) {
        let letter = |byte: u8| char::from(byte).to_string();
        let (reference, alternate, of) = (letter(reference), letter(alternate), letter(acid));
        let score = f64::from(score) / 1000.0;
        writer.push(&Row { chrom, pos, reference: &reference, alternate: &alternate, of: &of, score })?;
    }
    Ok(())
}

/// SpliceAI's VCF as published: of each allele and gene the largest of the four differences. `assembly` is asked of the
/// header first; gives it.
///
/// # Errors
/// When a line is not of that VCF, the assembly is told nowhere, or the scores cannot be written.
pub fn splice_ai<W: Write>(
    vcf: &mut dyn BufRead,
    assembly: Option<Assembly>,
    writer: &mut Writer<W>,
) -> Result<Assembly, ImportError> {
    const FILE: &str = "SpliceAI VCF";
    let mut lines = Lines::new(FILE, vcf);
    let (mut told, mut any) = (None, false);
    while let Some((line, text)) = lines.next()? {
        let error = |what: String| BuildError::Line { file: FILE, line, what };
        if text.starts_with('#') {
            told = told.or_else(|| assembly_of(text));
            continue;
        }
        let mut cells = text.split('\t');
        let mut cell = || cells.next().ok_or_else(|| error("fewer than 8 columns".to_owned()));
        let (name, pos) = (cell()?, cell()?);
        let chrom =
            Chromosome::from_name(name.as_bytes()).ok_or_else(|| error(format!("`{name}` is not a chromosome")))?;
        let pos = pos.parse().map_err(|_| error(format!("`{pos}` is not a position")))?;
        let (_, reference, alternates, _, _, info) = (cell()?, cell()?, cell()?, cell()?, cell()?, cell()?);
        let Some(scores) = info.split(';').find_map(|entry| entry.strip_prefix("SpliceAI=")) else {
            return Err(error("INFO has no `SpliceAI`".to_owned()).into());
        };
        for one in scores.split(',') {
            let parts: Vec<&str> = one.split('|').collect();
            let [allele, gene, deltas @ ..] = parts.as_slice() else { continue };
            let deltas = deltas.get(..4).ok_or_else(|| error(format!("`{one}` has not four differences")))?;
            if !alternates.split(',').any(|known| known == *allele) {
                return Err(error(format!("`{allele}` is not an alternate allele of the line")).into());
            }
            // A dot where the program gave no score: near a gene's end, or of a long allele.
            let known: Vec<f64> = deltas
                .iter()
                .filter(|d| **d != ".")
                .map(|d| d.parse().map_err(|_| error(format!("`{d}` is not a difference"))))
                .collect::<Result<_, _>>()?;
            if known.iter().any(|delta| !(0.0..=1.0).contains(delta)) {
                return Err(error(format!("`{one}` has a difference that is not between 0 and 1")).into());
            }
            let Some(score) = known.into_iter().reduce(f64::max) else { continue };
            let row = Row { chrom, pos, reference, alternate: allele, of: gene, score };
            writer.push(&row).map_err(|fault| ImportError::Row { line, fault })?;
            any = true;
        }
    }
    if !any {
        return Err(BuildError::Empty(FILE).into());
    }
    if let (Some(told), Some(assembly)) = (told, assembly)
        && told != assembly
    {
        let what = format!("the header says {told}, and {assembly} was given");
        return Err(BuildError::Line { file: FILE, line: 1, what }.into());
    }
    let unknown = || BuildError::Line {
        file: FILE,
        line: 1,
        what: "the header does not say the assembly; give --assembly GRCh37 or GRCh38".to_owned(),
    };
    Ok(told.or(assembly).ok_or_else(unknown)?)
}

/// The assembly of a header line such as `##assembly=GRCh37/hg19`, `##reference=GRCh38` or a contig of chromosome 1's length.
fn assembly_of(line: &str) -> Option<Assembly> {
    if let Some(value) = line.strip_prefix("##assembly=").or_else(|| line.strip_prefix("##reference=")) {
        return value.split(['/', '.', ' ']).find_map(|word| word.parse().ok());
    }
    let contig = line.strip_prefix("##contig=<")?;
    match (contig.contains("ID=1,") || contig.contains("ID=chr1,"), contig) {
        (true, c) if c.contains("length=249250621") => Some(Assembly::GRCh37),
        (true, c) if c.contains("length=248956422") => Some(Assembly::GRCh38),
        _ => None,
    }
}

/// What is written at the end of a file of scores.
pub fn about(predictor: Predictor, assembly: Assembly, version: &str, file: &str, sha256: &str) -> About {
    About {
        predictor,
        assembly,
        version: version.to_owned(),
        file: file.to_owned(),
        sha256: sha256.to_owned(),
        rows: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::Scores;
    use indgang_model::Variant;
    use std::io::Cursor;

    const REVEL: &str = "chr,hg19_pos,grch38_pos,ref,alt,aaref,aaalt,REVEL,Ensembl_transcriptid\n\
        10,120,220,A,C,E,A,0.932,ENST1\n\
        10,110,.,A,G,E,G,0.1,ENST1\n\
        10,120,220,A,C,K,T,0.2,ENST2\n\
        X,5,6,G,T,R,L,0.7,ENST3\n";

    fn variant(chrom: &str, pos: u32, reference: &str, alternate: &str) -> Variant {
        let chrom = chrom.parse().expect("a chromosome");
        Variant { chrom, pos, reference: reference.into(), alternate: alternate.into() }
    }

    fn imported(table: &str) -> Result<[Scores; 2], ImportError> {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        let (mut on_37, mut on_38) = (Writer::new(&mut a)?, Writer::new(&mut b)?);
        revel(&mut table.as_bytes(), (&mut on_37, &mut on_38))?;
        on_37.finish(about(Predictor::Revel, Assembly::GRCh37, "1.3", "f", "x"))?;
        on_38.finish(about(Predictor::Revel, Assembly::GRCh38, "1.3", "f", "x"))?;
        Ok([a, b].map(|bytes| Scores::open(Cursor::new(bytes)).expect("opens")))
    }

    #[test]
    fn revel_on_both_assemblies() {
        let [on_37, on_38] = imported(REVEL).expect("imports");
        assert_eq!((on_37.about().rows, on_38.about().rows), (4, 3));
        let both = vec![("A".to_owned(), 0.932), ("T".to_owned(), 0.2)];
        assert_eq!(on_37.get(&variant("10", 120, "A", "C")).expect("reads"), both);
        assert_eq!(on_38.get(&variant("10", 220, "A", "C")).expect("reads"), both);
        assert_eq!(on_38.get(&variant("10", 110, "A", "G")).expect("reads"), []);
        for (broken, expected) in [
            (REVEL.replace("0.932", "high"), "REVEL: line 2: `high` is not a score"),
            (REVEL.replace("0.932", "1.5"), "REVEL: line 2: `1.5` is not between 0 and 1"),
            (REVEL.replace("X,5", "Q,5"), "REVEL: line 5: `Q` is not a chromosome"),
            (REVEL.replace("grch38_pos", "hg38"), "REVEL: line 1: there is no column `grch38_pos`"),
            (REVEL.replace("X,5", "10,5").replace("10,110", "X,110"), "line 4: 10:"),
            (REVEL.lines().next().unwrap_or_default().to_owned(), "REVEL: no rows were found"),
        ] {
            let error = imported(&broken).expect_err("is refused").to_string();
            assert!(error.starts_with(expected), "{error} is not {expected}");
        }
    }

    #[test]
    fn splice_ai_by_gene() {
        let vcf = "##fileformat=VCFv4.0\n##assembly=GRCh37/hg19\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n\
            1\t100\t.\tA\tC\t.\t.\tSpliceAI=C|G1|0.01|0.25|0.00|0.10|1|2|3|4,C|G2|0.00|0.00|0.00|0.00|1|2|3|4\n\
            1\t200\t.\tAT\tA\t.\t.\tSpliceAI=A|G1|.|.|.|.|.|.|.|.\n";
        let import = |text: &str, assembly| {
            let mut bytes = Vec::new();
            let mut writer = Writer::new(&mut bytes)?;
            let found = splice_ai(&mut text.as_bytes(), assembly, &mut writer)?;
            writer.finish(about(Predictor::SpliceAi, found, "1.3", "f", "x"))?;
            Ok::<_, ImportError>(Scores::open(Cursor::new(bytes)).expect("opens"))
        };
        let scores = import(vcf, None).expect("imports");
        assert_eq!((scores.about().assembly, scores.about().rows), (Assembly::GRCh37, 2));
        let found = scores.get(&variant("1", 100, "A", "C")).expect("reads");
        assert_eq!(found, [("G1".to_owned(), 0.25), ("G2".to_owned(), 0.0)]);
        for (broken, expected) in [
            (vcf.replace("0.25", "x"), "SpliceAI VCF: line 4: `x` is not a difference"),
            (vcf.replace("SpliceAI=C|G1", "SpliceAI=T|G1"), "SpliceAI VCF: line 4: `T` is not an alternate"),
            (vcf.replace("SpliceAI=A", "Other=A"), "SpliceAI VCF: line 5: INFO has no `SpliceAI`"),
            (vcf.replace("##assembly=GRCh37/hg19\n", ""), "SpliceAI VCF: line 1: the header does not say"),
        ] {
            let error = import(&broken, None).expect_err("is refused").to_string();
            assert!(error.starts_with(expected), "{error} is not {expected}");
        }
        assert!(import(vcf, Some(Assembly::GRCh38)).is_err(), "the header says otherwise");
    }
}
