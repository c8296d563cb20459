//! Opens a file whatever it is compressed with: plain, gzip, BGZF, xz or zstd, told by its first bytes and not its name.

use std::fs::File;
use std::io::{BufReader, Chain, Cursor, Read};
use std::path::{Path, PathBuf};

/// A file cannot be opened or begun.
#[derive(Debug, thiserror::Error)]
#[error("`{}`: {source}{}", path.display(), remedy(source))]
pub struct OpenError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: std::io::Error,
}

fn remedy(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::NotFound => "; check the path",
        std::io::ErrorKind::PermissionDenied => "; ask for the right to read it",
        std::io::ErrorKind::IsADirectory => "; give a file, not a folder",
        _ => "",
    }
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    Plain,
    /// gzip, and BGZF, which is gzip in many members.
    Gzip,
    /// xz.
    Xz,
    /// zstd.
    Zstd,
}

impl Compression {
    /// By the first bytes (magic numbers of RFC 1952, the xz format and RFC 8878).
    pub fn detect(first: &[u8]) -> Self {
        match first {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0xfd, b'7', b'z', b'X', b'Z', 0x00, ..] => Self::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// Opens a file and undoes its compression while reading.
///
/// A file that ends in the middle of its compressed stream gives `UnexpectedEof` while reading, never a short success.
///
/// # Errors
/// [`OpenError`] naming the file.
pub fn open(path: &Path) -> Result<Box<dyn Read + Send>, OpenError> {
    let error = |source| OpenError { path: path.to_owned(), source };
    let file = File::open(path).map_err(error)?;
    if file.metadata().map_err(error)?.is_dir() {
        return Err(error(std::io::Error::new(std::io::ErrorKind::IsADirectory, "is a folder")));
    }
    decompress(file).map_err(error)
}

/// Undoes the compression of any reader.
///
/// # Errors
/// When the first bytes cannot be read or the decoder cannot begin.
pub fn decompress(mut input: impl Read + Send + 'static) -> std::io::Result<Box<dyn Read + Send>> {
    let mut first = Vec::with_capacity(6);
    input.by_ref().take(6).read_to_end(&mut first)?;
    let compression = Compression::detect(&first);
    let whole: BufReader<Chain<Cursor<Vec<u8>>, _>> =
        BufReader::with_capacity(1 << 16, Cursor::new(first).chain(input));
    Ok(match compression {
        Compression::Plain => Box::new(whole),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(whole)),
        Compression::Xz => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(whole)),
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(whole)?),
    })
}

/// Undoes deflate without a frame, as the members of a zip archive are packed.
pub fn inflate(input: impl Read + Send + 'static) -> impl Read + Send {
    flate2::read::DeflateDecoder::new(input)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const TEXT: &[u8] = b"one line\nanother line\n";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn xz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
        let mut out = Vec::new();
        decompress(Cursor::new(bytes))?.read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn every_compression_reads_the_same() {
        let two_members = [gzip(&TEXT[..9]), gzip(&TEXT[9..])].concat(); // as BGZF does
        for bytes in [TEXT.to_vec(), gzip(TEXT), two_members, xz(TEXT), zstd::encode_all(TEXT, 3).unwrap()] {
            assert_eq!(read(bytes).unwrap(), TEXT);
        }
        for short in [&b""[..], b"a", b"\x1f"] {
            assert_eq!(read(short.to_vec()).unwrap(), short); // too short for any magic number
        }
    }

    #[test]
    fn a_truncated_stream_is_an_error() {
        for mut bytes in [gzip(TEXT), xz(TEXT), zstd::encode_all(TEXT, 3).unwrap()] {
            bytes.truncate(bytes.len() - 5);
            assert!(read(bytes).is_err());
        }
    }

    #[test]
    fn an_absent_file_is_named() {
        let error = open(Path::new("no/such/file.vcf.gz")).err().unwrap().to_string();
        assert!(error.starts_with("`no/such/file.vcf.gz`: ") && error.ends_with("; check the path"), "{error}");
        assert!(open(Path::new(".")).err().unwrap().to_string().contains("not a folder"));
    }
}
