//! What can be wrong with a VCF, told to the one who has to repair it.

/// Why a VCF cannot be read. Lines are counted from 1, the header included; the caller adds the file's name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VcfError {
    /// The input could not be read.
    #[error("cannot read the file: {0}")]
    Io(#[from] std::io::Error),
    /// No byte at all.
    #[error("the file is empty; a VCF begins with `##fileformat=VCFv4.2`")]
    Empty,
    /// Another format.
    #[error("the file is {0}; give it as VCF text, plain or compressed with bgzip (`bcftools view -Oz`)")]
    OtherFormat(&'static str),
    /// The first line is not `##fileformat`.
    #[error("line 1 is `{0}`, but a VCF begins with `##fileformat=VCFv4.2`; is this a VCF?")]
    NoFileFormat(String),
    /// A version outside 4.1 to 4.4.
    #[error("the file is of version `{0}`, but versions VCFv4.1 to VCFv4.4 are read; have it written as VCFv4.2")]
    Version(String),
    /// The header ends without `#CHROM`.
    #[error(
        "line {line} comes where the line `#CHROM POS ID REF ALT QUAL FILTER INFO` was expected; the header is incomplete, fetch the file again"
    )]
    NoColumnLine {
        /// Where the header ended.
        line: u64,
    },
    /// The `#CHROM` line has other columns.
    #[error(
        "line {line}: column {column} of the `#CHROM` line is `{found}`, expected `{expected}`; columns are separated by tabs"
    )]
    ColumnLine {
        /// Line.
        line: u64,
        /// Column, 1-based.
        column: usize,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// A `##` line that cannot be read.
    #[error("line {line}: `{text}` is not a well-formed header line ({reason}); repair it with `bcftools reheader`")]
    Meta {
        /// Line.
        line: u64,
        /// Its beginning.
        text: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A sample name twice.
    #[error("line {line}: sample `{name}` has two columns; rename one with `bcftools reheader --samples`")]
    DuplicateSample {
        /// Line.
        line: u64,
        /// The name.
        name: String,
    },
    /// The header is too large.
    #[error(
        "the header is longer than {limit} bytes; this is not a usual VCF (the limit can be raised in the read options)"
    )]
    HeaderTooLong {
        /// The limit.
        limit: usize,
    },
    /// A line is too large.
    #[error(
        "line {line} is longer than {limit} bytes; this is not a usual VCF (the limit can be raised in the read options)"
    )]
    LineTooLong {
        /// Line.
        line: u64,
        /// The limit.
        limit: usize,
    },
    /// Another number of columns than the header.
    #[error(
        "line {line} has {found} columns, the header promises {expected}; the line is cut, or its columns are not separated by tabs"
    )]
    Columns {
        /// Line.
        line: u64,
        /// Columns found.
        found: usize,
        /// Columns of the `#CHROM` line.
        expected: usize,
    },
    /// POS is not a number.
    #[error("line {line}: POS is `{value}`, expected a whole number from 0 to 2147483647")]
    Position {
        /// Line.
        line: u64,
        /// The text.
        value: String,
    },
    /// POS is on no base of its contig.
    #[error(
        "line {line}: POS is {position}, but `{contig}` {}; the position is wrong, or the file belongs to another assembly",
        match length {
            Some(length) => format!("has {length} bases by the header"),
            None => "begins at 1".to_owned(),
        }
    )]
    OffContig {
        /// Line.
        line: u64,
        /// Contig.
        contig: String,
        /// Position.
        position: u32,
        /// Bases of the contig; `None` where only its beginning matters.
        length: Option<u32>,
    },
    /// REF has characters other than ACGTN.
    #[error(
        "line {line}: REF is `{value}`, expected the letters A, C, G, T and N; write an ambiguous base as the first of its bases in the alphabet"
    )]
    Reference {
        /// Line.
        line: u64,
        /// The text.
        value: String,
    },
    /// An ALT that is neither sequence, symbol nor breakend.
    #[error(
        "line {line}: ALT is `{value}`, expected bases A, C, G, T, N that differ from REF, `<SYMBOL>`, a breakend, `*` or `.`"
    )]
    Alternate {
        /// Line.
        line: u64,
        /// The text.
        value: String,
    },
    /// More alternates than any caller writes.
    #[error(
        "line {line} has more than {limit} alternate alleles; remove the line, or split it where the file was made"
    )]
    TooManyAlternates {
        /// Line.
        line: u64,
        /// Most that are read.
        limit: usize,
    },
    /// REF is not what the reference sequence has there.
    #[error(
        "line {line}: REF is `{found}`, but the reference sequence has `{expected}` there; the file belongs to another assembly, or the position is wrong"
    )]
    ReferenceMismatch {
        /// Line.
        line: u64,
        /// REF of the file.
        found: String,
        /// The reference's bases.
        expected: String,
    },
    /// A value that is not of its field's type.
    #[error("line {line}: {field} is `{value}`, expected {expected}")]
    Value {
        /// Line.
        line: u64,
        /// Field, as `DP` or `QUAL`.
        field: &'static str,
        /// The text.
        value: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A genotype that names an allele the line does not have.
    #[error(
        "line {line}: GT `{value}` names allele {allele}, but the line has {alternates} alternate alleles; remove or re-call the line"
    )]
    AlleleIndex {
        /// Line.
        line: u64,
        /// The genotype.
        value: String,
        /// The allele's number.
        allele: u32,
        /// Alternate alleles of the line.
        alternates: usize,
    },
    /// A sample column was asked for that the file does not have.
    #[error("line {line}: sample column {column} was asked for, but the file has {samples} samples")]
    NoSuchSample {
        /// Line.
        line: u64,
        /// 0-based column.
        column: usize,
        /// Samples of the file.
        samples: usize,
    },
    /// An alternate allele was asked for that the line does not have.
    #[error("line {line}: alternate allele {allele} was asked for, but the line has {alternates}")]
    NoSuchAlternate {
        /// Line.
        line: u64,
        /// 1-based allele.
        allele: usize,
        /// Alternate alleles of the line.
        alternates: usize,
    },
    /// Position goes backwards.
    #[error(
        "line {line}: position {position} on `{contig}` comes after {previous}; sort the file with `bcftools sort`"
    )]
    Unsorted {
        /// Line.
        line: u64,
        /// Contig as written.
        contig: String,
        /// Position of the line.
        position: u32,
        /// Position of the line before.
        previous: u32,
    },
    /// A contig comes back after another.
    #[error("line {line}: `{contig}` comes back after another contig; sort the file with `bcftools sort`")]
    ContigReturns {
        /// Line.
        line: u64,
        /// Contig as written.
        contig: String,
    },
    /// The compressed data end too early.
    #[error("the file is cut at byte {at}: {reason}; copy it again and compare sizes or checksums")]
    Truncated {
        /// Compressed bytes read.
        at: u64,
        /// What was found.
        reason: &'static str,
    },
    /// The compressed data are damaged.
    #[error("the compressed data are damaged near byte {at}: {reason}; copy the file again and compare checksums")]
    Damaged {
        /// Compressed bytes read.
        at: u64,
        /// What was found.
        reason: &'static str,
    },
    /// A reason from whoever uses the record (an annotation that cannot be read, say).
    #[error("line {line}: {message}")]
    Refused {
        /// Line.
        line: u64,
        /// Message with value and remedy.
        message: String,
    },
}

/// Bytes as text for a message: at most 60 characters, control characters escaped.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let cut = &bytes[..bytes.len().min(60)];
    let text: String = String::from_utf8_lossy(cut).chars().flat_map(char::escape_debug).collect();
    if bytes.len() > 60 { text + "…" } else { text }
}
