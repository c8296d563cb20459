//! `indgang knowledge import`: scores of predictors that may not ship, from the files their makers publish.

use crate::output::{Output, finish_all};
use crate::progress;
use anyhow::{Context as _, ensure};
use indgang_knowledge::build::scores::{about, revel, splice_ai};
use indgang_knowledge::scores::{About, Predictor, Scores, Writer};
use indgang_model::Assembly;
use indgang_sources::compressed;
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek as _};
use std::path::{Path, PathBuf};

/// Arguments of `knowledge import`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What the file is
    #[arg(value_enum)]
    what: What,
    /// REVEL's table (zip as published, or CSV), or a VCF of SpliceAI
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Folder for the scores, to be named with `interpret --scores`
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Release of the file, for example 1.3
    #[arg(long, value_name = "VERSION")]
    source_version: String,
    /// Genome build of SpliceAI's file, when its header does not say it: GRCh37 or GRCh38
    #[arg(long, value_name = "BUILD")]
    assembly: Option<Assembly>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// REVEL, on both assemblies
    Revel,
    /// SpliceAI
    Spliceai,
}

/// Writes the scores, or nothing.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let path = &arguments.file;
    let named = || format!("`{}`", path.display());
    let file = File::open(path).with_context(|| format!("cannot read {}: check the path", named()))?;
    let sha256 = super::build::checksum(&file).with_context(named)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    fs::create_dir_all(&arguments.out)
        .with_context(|| format!("cannot make the folder `{}`", arguments.out.display()))?;
    let of = |predictor, assembly| about(predictor, assembly, &arguments.source_version, &name, &sha256);
    let mut input = BufReader::with_capacity(1 << 18, unpacked(file, &name).with_context(named)?);
    match arguments.what {
        What::Revel => {
            let places = [Assembly::GRCh37, Assembly::GRCh38].map(|a| arguments.out.join(Predictor::Revel.file(a)));
            let (mut on_37, mut on_38) = (Output::create(&places[0])?, Output::create(&places[1])?);
            let (mut of_37, mut of_38) = (Writer::new(&mut on_37)?, Writer::new(&mut on_38)?);
            revel(&mut input, (&mut of_37, &mut of_38)).with_context(named)?;
            let rows = [
                of_37.finish(of(Predictor::Revel, Assembly::GRCh37))?,
                of_38.finish(of(Predictor::Revel, Assembly::GRCh38))?,
            ];
            finish_all(vec![on_37, on_38])?;
            places.iter().zip(rows).for_each(|(place, rows)| println!("{rows} scores in `{}`", place.display()));
        }
        What::Spliceai => {
            // The assembly may stand in the header, and it names the file.
            let mut unnamed = Output::create(&arguments.out.join("spliceai.scores"))?;
            let mut writer = Writer::new(&mut unnamed)?;
            let assembly = splice_ai(&mut input, arguments.assembly, &mut writer).with_context(named)?;
            let rows = writer.finish(of(Predictor::SpliceAi, assembly))?;
            let place = arguments.out.join(Predictor::SpliceAi.file(assembly));
            unnamed.finish_as(&place)?;
            println!("{rows} scores in `{}`", place.display());
        }
    }
    Ok(())
}

/// The file's text, whatever it is compressed with. Of a zip archive the first file is taken.
fn unpacked(file: File, name: &str) -> anyhow::Result<Box<dyn Read + Send>> {
    let length = file.metadata().map_or(0, |m| m.len());
    let mut again = file.try_clone()?;
    again.rewind()?;
    let mut counted = progress::Counted::new(again, progress::bytes(length, name));
    let mut first = [0; 4];
    let n = counted.read(&mut first)?;
    let whole = std::io::Cursor::new(first[..n].to_vec());
    if first != *b"PK\x03\x04" {
        return Ok(compressed::decompress(whole.chain(counted))?);
    }
    // APPNOTE 4.3.7: after the signature 22 bytes with the method at 4, then the lengths of name and extra field.
    let mut header = [0; 26];
    counted.read_exact(&mut header)?;
    let two = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    ensure!(two(4) == 8, "the archive is packed by method {}, and only deflate is read: unpack it first", two(4));
    let beside = u64::from(two(22)) + u64::from(two(24));
    std::io::copy(&mut Read::by_ref(&mut counted).take(beside), &mut std::io::sink())?;
    Ok(Box::new(compressed::inflate(counted)))
}

/// The scores in a folder.
pub fn scores(folder: &Path) -> anyhow::Result<Vec<Scores>> {
    let mut found = Vec::new();
    for predictor in Predictor::ALL {
        for assembly in [Assembly::GRCh37, Assembly::GRCh38] {
            let path = folder.join(predictor.file(assembly));
            if !path.is_file() {
                continue;
            }
            let named = || format!("`{}`", path.display());
            let table = Scores::open(File::open(&path).with_context(named)?).with_context(named)?;
            let About { predictor: of, assembly: on, .. } = table.about();
            ensure!((*of, *on) == (predictor, assembly), "{} holds {} on {on}: import it again", named(), of.name());
            found.push(table);
        }
    }
    ensure!(
        !found.is_empty(),
        "`{}` holds no scores; make them with `indgang knowledge import revel|spliceai FILE --out DIR`",
        folder.display()
    );
    Ok(found)
}
