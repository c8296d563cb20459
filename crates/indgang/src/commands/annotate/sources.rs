//! Where transcripts come from.

use anyhow::Context as _;
use indgang_genomics::transcripts::{TranscriptTable, read_gff};
use indgang_knowledge::Knowledge;
use indgang_model::Assembly;
use indgang_sources::compressed;
use std::borrow::Cow;
use std::io::BufReader;
use std::path::Path;

/// `MANE`, `RefSeq`, or the path of a gene annotation.
pub fn transcripts(name: &str, assembly: Option<Assembly>) -> anyhow::Result<Cow<'static, TranscriptTable>> {
    let shipped = match name.to_ascii_lowercase().as_str() {
        "mane" => Some((Assembly::GRCh38, Assembly::GRCh37, "RefSeq")),
        "refseq" => Some((Assembly::GRCh37, Assembly::GRCh38, "MANE")),
        _ => None,
    };
    let Some((of, other, instead)) = shipped else {
        let path = Path::new(name);
        let input = compressed::open(path)
            .with_context(|| format!("`{name}` is neither MANE nor RefSeq nor a gene annotation that can be opened"))?;
        let transcripts = read_gff(BufReader::with_capacity(1 << 18, input));
        let transcripts = transcripts.map_err(|error| anyhow::anyhow!("`{name}`: {error}"))?;
        return Ok(Cow::Owned(TranscriptTable::new(transcripts)));
    };
    match assembly {
        Some(found) if found == of => Ok(Cow::Borrowed(Knowledge::shipped().transcripts(of)?)),
        Some(_) => anyhow::bail!(
            "the shipped table {name} is of {of}, the VCF of {other}; give --transcripts {instead} or a gene annotation"
        ),
        None => anyhow::bail!("the header does not say the genome build; give --assembly GRCh37 or GRCh38"),
    }
}
