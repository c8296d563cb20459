//! A folder of its own for each test, the demo families, small made-up files, and the binary.

use flate2::{Compression, Crc};
use serde_json::Value;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A demo file as it lies in the repository.
pub fn demo_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(name)
}

/// The text of a demo VCF.
pub fn demo_text(name: &str) -> String {
    let mut text = String::new();
    let file = fs::File::open(demo_file(name)).unwrap();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

/// Where one test works; gone when the test ends.
pub struct Workshop {
    folder: tempfile::TempDir,
}

/// What a run of the binary left.
pub struct Run {
    /// Exit code 0.
    pub ok: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { ok: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Run {
    /// The run, when it succeeded.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert!(self.ok, "{}\n{}", self.out, self.err);
        self
    }

    /// Failed, with a message that holds each part: file, line, value, remedy.
    #[track_caller]
    pub fn refused_with(&self, parts: &[&str]) {
        assert!(!self.ok, "it succeeded: {}\n{}", self.out, self.err);
        assert!(self.err.starts_with("indgang: "), "{}", self.err);
        for part in parts {
            assert!(self.err.contains(part), "`{part}` is not in the message: {}", self.err);
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }
}

impl Workshop {
    /// A new empty folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path().join(name), content).unwrap();
        self
    }

    /// Copies one of the demo's files into it.
    pub fn take(&self, from: &str, name: &str) -> &Self {
        fs::copy(demo_file(from), self.path().join(name)).unwrap();
        self
    }

    /// A demo family's files under plain names.
    pub fn family(name: &str) -> Self {
        let workshop = Self::new();
        for file in ["family.vcf.gz", "family.ped", "case.json", "wishes.toml"] {
            workshop.take(&format!("{name}/{file}"), file);
        }
        workshop
    }

    /// Reads a file from it.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Reads a JSON file from it.
    pub fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// The binary with these words, in this folder, with a home of its own and nothing else of the user's surroundings.
    pub fn command(&self, words: &str) -> Command {
        self.command_by(env!("CARGO_BIN_EXE_indgang"), words)
    }

    /// A program with these words, in the same surroundings.
    pub fn command_by(&self, program: &str, words: &str) -> Command {
        let mut command = Command::new(program);
        command.args(words.split_whitespace()).current_dir(self.path());
        command.env_clear().env("HOME", self.path().join("home")).env("USER", "tester");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// Runs the binary.
    pub fn run(&self, words: &str) -> Run {
        self.command(words).output().unwrap().into()
    }

    /// `interpret`, with data folder `house` and output folder `out`.
    pub fn interpret(&self, words: &str) -> Run {
        self.run(&format!("interpret --data house --out out {words}"))
    }

    /// The report that `interpret` wrote.
    #[track_caller]
    pub fn report(&self, words: &str) -> Value {
        self.interpret(words).succeeded();
        self.json("out/report.json")
    }

    /// What lies in the folder, hidden files too, without the house: relative paths, sorted.
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![self.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                let name = path.strip_prefix(self.path()).unwrap().to_string_lossy().into_owned();
                if name == "house" || name == "home" {
                    continue;
                }
                if path.is_dir() {
                    open.push(path);
                } else {
                    found.push(name);
                }
            }
        }
        found.sort();
        found
    }
}

/// gzip, one member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// BGZF (SAM specification, section 4.1): gzip members of at most 64 KiB that carry their own size, and an empty one last.
pub fn bgzf(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(60_000).chain([&[][..]]).flat_map(bgzf_block).collect()
}

fn bgzf_block(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    let deflated = encoder.finish().unwrap();
    let mut crc = Crc::new();
    crc.update(bytes);
    let size = u16::try_from(deflated.len() + 25).unwrap();
    let mut block = vec![0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0];
    block.extend(size.to_le_bytes());
    block.extend(deflated);
    block.extend(crc.sum().to_le_bytes());
    block.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    block
}

/// A small VCF on GRCh37: `samples` and one line a record (`CHROM POS REF ALT GT…`, separated by spaces).
pub fn vcf(samples: &[&str], records: &[&str]) -> String {
    let mut text = String::from(
        "##fileformat=VCFv4.2\n##reference=GRCh37\n##contig=<ID=1,length=249250621,assembly=GRCh37>\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
         ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Depths\">\n\
         ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n\
         ##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Quality\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT",
    );
    for sample in samples {
        text.push('\t');
        text.push_str(sample);
    }
    text.push('\n');
    for record in records {
        let mut words = record.split(' ');
        let mut next = || words.next().unwrap();
        let (chrom, pos, reference, alternate) = (next(), next(), next(), next());
        text.push_str(&format!("{chrom}\t{pos}\t.\t{reference}\t{alternate}\t500\tPASS\t.\tGT:AD:DP:GQ"));
        for gt in words {
            let reads = match gt {
                "0/0" => "40,0:40",
                "1/1" | "1" => "0,40:40",
                "./." => ".:.",
                _ => "20,20:40",
            };
            let quality = if gt == "./." { "." } else { "99" };
            text.push_str(&format!("\t{gt}:{reads}:{quality}"));
        }
        text.push('\n');
    }
    text
}
