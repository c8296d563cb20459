//! Writes each alternate of a file as a line of its own, trimmed (and left-aligned when a FASTA is given), with GT, AD and
//! PL of every sample: what `bcftools norm -m-` makes, for comparing by hand.
//! `cargo run --release -p indgang-genomics --example split -- FILE [FASTA]`
#![allow(clippy::print_stdout, reason = "an example prints its answer")]

use indgang_genomics::call::AlleleCode;
use indgang_genomics::reference::{Fasta, ReferenceSequence};
use indgang_genomics::vcf::{ReadOptions, Reader, VcfError};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_default();
    let fasta =
        arguments.next().map(|path| Ok::<_, Box<dyn std::error::Error>>(Fasta::read(std::fs::File::open(path)?)?));
    let fasta = fasta.transpose()?;
    let fasta = fasta.as_ref().map(|f| f as &dyn ReferenceSequence);
    let reader = Reader::open(std::fs::File::open(path)?, ReadOptions::default())?;
    let columns: Vec<Option<usize>> = (0..reader.header().samples.len()).map(Some).collect();
    eprintln!("{:?}, {} samples", reader.header().assembly(), columns.len());
    let summary = reader.fold_blocks(
        String::new,
        |text, record| -> Result<(), VcfError> {
            for alternate in 1..=record.alternate_count() {
                let Some(site) = record.site(alternate, &columns, fasta)? else { continue };
                let v = &site.variant;
                *text += &format!("{}\t{}\t{}\t{}", v.chrom, v.pos, v.reference, v.alternate);
                for call in &site.calls {
                    let code = |code| match code {
                        AlleleCode::Reference | AlleleCode::Other => "0", // as bcftools 1.16 does
                        AlleleCode::Alternate => "1",
                        AlleleCode::Missing => ".",
                    };
                    let [a, b] = call.genotype.alleles.map(code);
                    *text += &match call.genotype.copies {
                        0 => "\t./.".to_owned(),
                        1 => format!("\t{a}"),
                        _ => format!("\t{a}{}{b}", if call.genotype.phased { '|' } else { '/' }),
                    };
                    *text += &match (call.reference_depth, call.alternate_depth) {
                        (Some(r), Some(a)) => format!("\t{r},{a}"),
                        _ => "\t.".to_owned(),
                    };
                    *text += &call.likelihoods.map_or("\t.".to_owned(), |[a, b, c]| format!("\t{a},{b},{c}"));
                }
                text.push('\n');
            }
            Ok(())
        },
        |text| print!("{text}"),
    )?;
    eprintln!("{summary:?}");
    Ok(())
}
