//! A whole release: publishers' files, and an earlier release for what is not given.

use super::checks::{self, Fall, Remark};
use super::clinvar::{ClinVarSources, Hgvs, clinvar, with_symbols};
use super::genes::{GeneSources, genes};
use super::pgx::{PgxSources, pgx};
use super::transcripts::{self, TranscriptsError, mane, refseq};
use super::{BuildError, Rows, Tally, lift};
use crate::manifest::{PartEntry, Source};
use crate::phenotype::{DiseaseAnnotations, HpoaError};
use crate::{FORMAT, Genes, Knowledge, Manifest, ManifestError, Mode, Part, pack};
use indgang_genomics::liftover::Liftover;
use indgang_model::{Assembly, Variant};
use indgang_terminology::{Hpo, HpoError};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, BufReader, Read};

mod archive;
mod error;
mod version;
pub use error::ReleaseError;

/// Compression: the highest that keeps unpacking as fast as the lower ones.
const LEVEL: i32 = 19;

/// Opens a file's text, unpacked.
pub type Open<'a> = Box<dyn Fn() -> io::Result<Box<dyn Read + Send>> + 'a>;

/// A publisher's file. Its `source.name` says what it is; where `source.version` is empty, the file says it.
pub struct Given<'a> {
    /// Its line of the manifest.
    pub source: Source,
    /// Opens it, unpacked.
    pub open: Open<'a>,
}

/// A release that was built, before it is used.
#[derive(Debug)]
pub struct Release {
    /// What it is made of.
    pub manifest: Manifest,
    /// Its parts, packed.
    pub parts: Vec<(Part, Vec<u8>)>,
    /// Doubtful rows of the given files.
    pub remarks: Vec<Remark>,
    /// Counts that fall too far from the earlier release's.
    pub falls: Vec<Fall>,
}

impl Release {
    /// The files of the release's folder: the parts, and the manifest last.
    ///
    /// # Errors
    /// When the manifest cannot be written as TOML.
    pub fn files(&self) -> Result<Vec<(String, Vec<u8>)>, ManifestError> {
        let mut files: Vec<_> =
            self.parts.iter().map(|(part, bytes)| (format!("{}.bin", part.name()), bytes.clone())).collect();
        files.push(("MANIFEST.toml".to_owned(), self.manifest.write()?.into_bytes()));
        Ok(files)
    }

    /// The release, ready to be asked.
    ///
    /// # Errors
    /// When the manifest cannot be written as TOML.
    pub fn knowledge(&self) -> Result<Knowledge, ManifestError> {
        Ok(Knowledge::from_parts(self.manifest.write()?, self.parts.iter().cloned()))
    }
}

/// Builds a release of `given` files and, for all else, of the parts of `base`. `doing` is told what is worked on.
///
/// # Errors
/// When a file cannot be read or does not have its shape; the error names the file, and the line where one is at fault.
pub fn release(given: Vec<Given<'_>>, base: Option<&Knowledge>, doing: &dyn Fn(&str)) -> Result<Release, ReleaseError> {
    let manifest = match base {
        Some(base) => base.manifest()?.clone(),
        None => Manifest::default(),
    };
    let mut work = Work { given, base, before: manifest.parts, ..Work::empty(manifest.sources, doing) };
    work.hpo_and_diseases()?;
    let genes = work.genes()?;
    work.clinvar(genes.as_ref())?;
    work.transcripts(genes.as_ref())?;
    work.chains_and_pgx()?;
    work.finish()
}

struct Work<'a> {
    given: Vec<Given<'a>>,
    base: Option<&'a Knowledge>,
    sources: Vec<Source>,
    before: Vec<PartEntry>,
    doing: &'a dyn Fn(&str),
    entries: Vec<PartEntry>,
    parts: Vec<(Part, Vec<u8>)>,
    remarks: Vec<Remark>,
    diseases: Option<DiseaseAnnotations>,
}

impl<'a> Work<'a> {
    fn empty(sources: Vec<Source>, doing: &'a dyn Fn(&str)) -> Self {
        Self {
            given: Vec::new(),
            base: None,
            sources,
            before: Vec::new(),
            doing,
            entries: Vec::new(),
            parts: Vec::new(),
            remarks: Vec::new(),
            diseases: None,
        }
    }

    fn find(&self, name: &str) -> Option<&Given<'a>> {
        self.given.iter().find(|given| given.source.name == name)
    }

    /// True when one of these is given.
    fn any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.find(name).is_some())
    }

    fn file(&self, name: &str) -> String {
        self.find(name).map_or_else(|| name.to_owned(), |given| given.source.file.clone())
    }

    fn fault(&self, name: &str, fault: impl std::error::Error + Send + Sync + 'static) -> ReleaseError {
        ReleaseError::File { file: self.file(name), fault: Box::new(fault) }
    }

    /// The same, of an error that says itself of which kind of file it is.
    fn named(&self, fault: BuildError) -> ReleaseError {
        let (BuildError::Line { file, .. } | BuildError::Empty(file)) = &fault;
        self.fault(source_of(file), fault.clone())
    }

    fn open(&self, name: &str) -> Result<Option<BufReader<Box<dyn Read + Send>>>, ReleaseError> {
        let Some(given) = self.find(name) else { return Ok(None) };
        (self.doing)(&given.source.file);
        let opened = (given.open)().map_err(|fault| ReleaseError::Read { file: given.source.file.clone(), fault })?;
        Ok(Some(BufReader::with_capacity(1 << 16, opened)))
    }

    fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, ReleaseError> {
        let Some(mut opened) = self.open(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        let read = opened.read_to_end(&mut bytes);
        read.map_err(|fault| ReleaseError::Read { file: self.file(name), fault })?;
        Ok(Some(bytes))
    }

    fn text(&self, name: &str) -> Result<Option<String>, ReleaseError> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        String::from_utf8(bytes).map(Some).map_err(|e| {
            let line = e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
            let what = "the text is not UTF-8".to_owned();
            self.fault(name, BuildError::Line { file: "text", line, what })
        })
    }

    /// Takes up the version that a file says of itself, unless one was given.
    fn version(&mut self, name: &str, found: &str) {
        let given = self.given.iter_mut().find(|given| given.source.name == name);
        if let Some(given) = given.filter(|given| given.source.version.is_empty()) {
            found.clone_into(&mut given.source.version);
        }
    }

    fn add<T: Serialize>(&mut self, part: Part, value: &T, sources: &[&str], rows: Rows) -> Result<(), ReleaseError> {
        (self.doing)(part.name());
        let bytes = pack(part, value, LEVEL)?;
        self.entries.push(PartEntry {
            name: part.name().to_owned(),
            sources: sources.iter().map(|s| (*s).to_owned()).collect(),
            bytes: bytes.len() as u64,
            sha256: sha256(&bytes),
            rows,
        });
        self.parts.push((part, bytes));
        Ok(())
    }

    /// Takes a part over as it is.
    fn keep(&mut self, part: Part) -> Result<(), ReleaseError> {
        let base = self.base.ok_or(ReleaseError::Missing(part.name()))?;
        let entry = self.before.iter().find(|entry| entry.name == part.name());
        self.entries.extend(entry.cloned());
        self.parts.push((part, base.packed(part)?.to_owned()));
        Ok(())
    }

    /// Adds a part whose symbols alone are others than in the earlier release.
    fn rename<T: Serialize>(&mut self, part: Part, value: &T) -> Result<(), ReleaseError> {
        let entry = self.before.iter().find(|entry| entry.name == part.name()).cloned();
        let (sources, rows) = entry.map(|entry| (entry.sources, entry.rows)).unwrap_or_default();
        self.add(part, value, &sources.iter().map(String::as_str).collect::<Vec<_>>(), rows)
    }

    fn hpo_and_diseases(&mut self) -> Result<(), ReleaseError> {
        let mut ontology = None;
        match self.bytes("hpo")? {
            Some(bytes) => {
                let hpo = ontology_of(&bytes).map_err(|e| self.fault("hpo", e))?;
                self.version("hpo", hpo.version());
                let rows = [("terms", hpo.terms().len()), ("obsolete", hpo.obsolete().len())];
                self.add(Part::Hpo, &hpo, &["hpo"], counts(&rows))?;
                ontology = Some(hpo);
            }
            None => self.keep(Part::Hpo)?,
        }
        let Some(text) = self.text("hpo_annotations")? else { return self.keep(Part::Diseases) };
        let diseases = DiseaseAnnotations::from_hpoa(&text);
        let diseases = diseases.map_err(|e: HpoaError| self.fault("hpo_annotations", e))?;
        self.version("hpo_annotations", diseases.version());
        let hpo = match (&ontology, self.base) {
            (Some(hpo), _) => hpo,
            (None, Some(base)) => base.hpo()?,
            (None, None) => return Err(ReleaseError::Missing("hpo")),
        };
        self.remarks.extend(checks::annotations(&self.file("hpo_annotations"), &text, hpo));
        let annotations = diseases.diseases().iter().map(|d| d.annotations.len()).sum();
        let rows = [("diseases", diseases.diseases().len()), ("annotations", annotations)];
        self.add(Part::Diseases, &diseases, &["hpo_annotations"], counts(&rows))?;
        self.diseases = Some(diseases);
        Ok(())
    }

    /// The genes, when they are others than those of the earlier release.
    fn genes(&mut self) -> Result<Option<Genes>, ReleaseError> {
        if !self.any(&GENE_SOURCES) {
            self.keep(Part::Genes)?;
            return Ok(None);
        }
        let texts = [
            self.text("hgnc")?,
            self.text("gnomad_constraint")?,
            self.text("mane")?,
            self.text("clingen_validity")?,
            self.text("acmg_sf")?,
            self.text("hpo_genes")?,
        ];
        let [hgnc, constraint, mane, clingen, acmg, links] = texts.each_ref().map(Option::as_deref);
        if let Some(created) = clingen.and_then(version::of_clingen) {
            self.version("clingen_validity", created);
        }
        let lists = self.bytes("gene_lists")?.map(|bytes| archive::files(&bytes));
        let lists = lists.transpose().map_err(|e| self.fault("gene_lists", e))?;
        let list = |name: &str| -> Result<&str, ReleaseError> {
            let found = lists.iter().flatten().find(|(path, _)| *path == format!("lists/{name}.tsv"));
            found.map(|(_, text)| text.as_str()).ok_or(ReleaseError::Missing("gene_lists"))
        };
        let listed = match &lists {
            Some(_) => vec![
                (Mode::AutosomalDominant, list("all_ad")?),
                (Mode::AutosomalRecessive, list("all_ar")?),
                (Mode::XLinkedDominant, list("berg_xd")?),
                (Mode::XLinkedRecessive, list("berg_xr")?),
                (Mode::XLinked, list("blekhman_x")?),
                (Mode::XLinked, list("x-linked_clinvar")?),
            ],
            None => Vec::new(),
        };
        let haploinsufficient = lists.is_some().then(|| list("clingen_level3_genes_2018_09_13")).transpose()?;
        let acmg_version = if acmg.is_some() { self.version_of("acmg_sf")? } else { String::new() };
        let diseases = match (&self.diseases, self.base) {
            (Some(diseases), _) => diseases,
            (None, Some(base)) => base.diseases()?,
            (None, None) => return Err(ReleaseError::Missing("hpo_annotations")),
        };
        let sources = GeneSources {
            hgnc,
            constraint,
            mane,
            clingen,
            acmg: acmg.map(|text| (text, acmg_version.as_str())),
            gene_links: links,
            diseases,
            new_diseases: self.diseases.is_some(),
            mode_lists: lists.is_some().then_some(listed.as_slice()),
            haploinsufficient,
        };
        let none = Rows::new();
        let rows = self.before.iter().find(|entry| entry.name == Part::Genes.name()).map_or(&none, |entry| &entry.rows);
        let earlier = self.base.map(Knowledge::genes).transpose()?.map(|genes| (genes, rows));
        let (genes, Tally { rows, remarks }) = genes(&sources, earlier).map_err(|e| self.named(e))?;
        let named = remarks.into_iter().map(|r| Remark { file: self.file(source_of(&r.file)), ..r });
        self.remarks.extend(named.collect::<Vec<_>>());
        self.add(Part::Genes, &genes, &GENE_SOURCES, rows)?;
        Ok(Some(genes))
    }

    fn clinvar(&mut self, genes: Option<&Genes>) -> Result<(), ReleaseError> {
        let Some(mut vcf) = self.open("clinvar")? else {
            if self.find("clinvar_hgvs").is_some() && self.find("refseq").is_none() {
                return Err(ReleaseError::Alone { file: self.file("clinvar_hgvs"), with: "--clinvar" });
            }
            match (genes.filter(|_| self.find("hgnc").is_some()), self.base) {
                (Some(genes), Some(base)) => {
                    let records = with_symbols(base.clinvar_records()?, genes);
                    self.rename(Part::ClinVarRecords, &records)?;
                }
                _ => self.keep(Part::ClinVarRecords)?,
            }
            self.keep(Part::ClinVarGRCh37)?;
            return self.keep(Part::ClinVarGRCh38);
        };
        let base = self.base;
        let known = match (genes, base) {
            (Some(genes), _) => genes,
            (None, Some(base)) => base.genes()?,
            (None, None) => return Err(ReleaseError::Missing("hgnc")),
        };
        let to_38 = self.chain("chain_37_to_38")?;
        let to_37 = self.chain("chain_38_to_37")?;
        let (to_38, to_37) = (to_38.get(base, Assembly::GRCh37)?, to_37.get(base, Assembly::GRCh38)?);
        let table = if self.is_summary()? { None } else { self.text("clinvar_hgvs")? };
        let hgvs = match (&table, self.open("clinvar_hgvs")?, base) {
            (Some(table), ..) => Hgvs::of_table(table),
            (None, Some(mut summary), _) => Hgvs::of_summary(&mut summary),
            (None, None, Some(base)) => Ok(Hgvs::of_release(base.clinvar(Assembly::GRCh37)?)),
            (None, None, None) => return Err(ReleaseError::Missing("clinvar_hgvs")),
        };
        let version = self.find("clinvar").map(|given| given.source.version.clone()).filter(|v| !v.is_empty());
        let assembly = table.is_some().then_some(Assembly::GRCh37);
        let sources = ClinVarSources {
            vcf: &mut vcf,
            version: version.as_deref(),
            assembly,
            hgvs: hgvs.map_err(|e| self.named(e))?,
        };
        let lifted = |from: Assembly, variant: &Variant| match from {
            Assembly::GRCh37 => lift::variant(to_38, to_37, variant),
            Assembly::GRCh38 => lift::variant(to_37, to_38, variant),
        };
        let parts = clinvar(sources, known, lifted).map_err(|e| self.named(e))?;
        self.version("clinvar", &parts.records.version.clone());
        let of_37 = parts.places.assembly == Assembly::GRCh37;
        self.add(Part::ClinVarRecords, &parts.records, &["clinvar", "clinvar_hgvs", "hgnc"], parts.rows)?;
        let (on_37, on_38) = if of_37 { (parts.places, parts.lifted) } else { (parts.lifted, parts.places) };
        for (part, places) in [(Part::ClinVarGRCh37, on_37), (Part::ClinVarGRCh38, on_38)] {
            let lifted: &[&str] = &["clinvar", "chain_37_to_38", "chain_38_to_37"];
            let sources = if places.lifted { lifted } else { &lifted[..1] };
            self.add(part, &places, sources, counts(&[("places", places.len())]))?;
        }
        Ok(())
    }

    /// Whether the HGVS texts come in ClinVar's own `variant_summary.txt`.
    fn is_summary(&self) -> Result<bool, ReleaseError> {
        let Some(mut opened) = self.open("clinvar_hgvs")? else { return Ok(false) };
        let mut heading = String::new();
        let read = opened.read_line(&mut heading);
        read.map_err(|fault| ReleaseError::Read { file: self.file("clinvar_hgvs"), fault })?;
        Ok(heading.starts_with("#AlleleID\t"))
    }

    fn transcripts(&mut self, genes: Option<&Genes>) -> Result<(), ReleaseError> {
        let base = self.base;
        let parts = [(Part::TranscriptsGRCh37, Assembly::GRCh37), (Part::TranscriptsGRCh38, Assembly::GRCh38)];
        if !self.any(&["mane", "refseq"]) {
            for (part, assembly) in parts {
                match (genes.filter(|_| self.find("hgnc").is_some()), base) {
                    (Some(genes), Some(base)) => {
                        let table = transcripts::with_symbols(base.transcripts(assembly)?, genes);
                        self.rename(part, &table)?;
                    }
                    _ => self.keep(part)?,
                }
            }
            return Ok(());
        }
        let fault = |e: TranscriptsError| match e {
            TranscriptsError::Other(e) => self.named(e),
            TranscriptsError::Transcripts { file, .. } => self.fault(source_of(file), e),
        };
        let need = |name: &'static str| self.text(name)?.ok_or(ReleaseError::Missing(name));
        let genes = genes.ok_or(ReleaseError::Missing("hgnc"))?;
        let (table, mane_rows) = mane(&need("mane")?, genes).map_err(fault)?;
        let chain = self.chain("chain_38_to_37")?;
        let chain = chain.get(base, Assembly::GRCh38)?;
        let (of_refseq, rows) =
            refseq(&need("refseq")?, &table, &need("clinvar_hgvs")?, genes, chain).map_err(fault)?;
        let sources = ["refseq", "mane", "clinvar_hgvs", "hgnc", "chain_38_to_37"];
        self.add(Part::TranscriptsGRCh37, &of_refseq, &sources, rows)?;
        self.add(Part::TranscriptsGRCh38, &table, &["mane", "hgnc"], mane_rows)
    }

    fn chains_and_pgx(&mut self) -> Result<(), ReleaseError> {
        for (part, name) in [(Part::LiftoverTo38, "chain_37_to_38"), (Part::LiftoverTo37, "chain_38_to_37")] {
            match self.chain(name)? {
                Chain::Given(chain) => self.add(part, &chain, &[name], Rows::new())?,
                Chain::OfBase => self.keep(part)?,
            }
        }
        let Some(definitions) = self.bytes("pgx_definitions")? else { return self.keep(Part::Pgx) };
        let need = |name: &'static str| self.bytes(name)?.ok_or(ReleaseError::Missing(name));
        let (phenotypes, guidelines) = (need("pgx_phenotypes")?, need("pgx_guidelines")?);
        let unpacked = |name: &str, bytes: &[u8]| archive::files(bytes).map_err(|e| self.fault(name, e));
        let definitions = unpacked("pgx_definitions", &definitions)?;
        let phenotypes = unpacked("pgx_phenotypes", &phenotypes)?;
        let guidelines = unpacked("pgx_guidelines", &guidelines)?;
        let exemptions = archive::of(&definitions, "", "exemptions.json");
        let sources = PgxSources {
            definitions: archive::of(&definitions, "alleles/", "_translation.json"),
            exemptions: exemptions.first().ok_or(ReleaseError::Missing("exemptions.json"))?,
            phenotypes: archive::of(&phenotypes, "/cpic/", ".json"),
            guidelines: archive::of(&guidelines, "/cpic/", ".json"),
        };
        let (part, rows) = pgx(&sources).map_err(|e| self.fault("pgx_definitions", e))?;
        self.add(Part::Pgx, &part, &["pgx_definitions", "pgx_phenotypes", "pgx_guidelines"], rows)
    }

    fn chain(&self, name: &str) -> Result<Chain, ReleaseError> {
        let Some(bytes) = self.bytes(name)? else { return Ok(Chain::OfBase) };
        let chain = Liftover::parse(bytes.as_slice()).map_err(|e| self.fault(name, e))?;
        Ok(Chain::Given(Box::new(chain)))
    }

    /// A source's version: as given, as the file says, or as its name says.
    fn version_of(&self, name: &str) -> Result<String, ReleaseError> {
        let Some(given) = self.find(name) else { return Ok(String::new()) };
        let Source { version, file, .. } = &given.source;
        let found = if version.is_empty() { version::of_name(file) } else { Some(version.clone()) };
        found.ok_or_else(|| ReleaseError::Version { file: file.clone(), name: name.to_owned() })
    }

    fn finish(mut self) -> Result<Release, ReleaseError> {
        let names: Vec<String> = self.given.iter().map(|given| given.source.name.clone()).collect();
        for name in names {
            let version = self.version_of(&name)?;
            let Some(given) = self.find(&name) else { continue };
            let source = Source { version, ..given.source.clone() };
            match self.sources.iter_mut().find(|known| known.name == name) {
                Some(known) => *known = source,
                None => self.sources.push(source),
            }
        }
        let falls = self.entries.iter().flat_map(|now| {
            let before = self.before.iter().find(|before| before.name == now.name);
            before.into_iter().flat_map(|before| checks::falls(&now.name, &before.rows, &now.rows))
        });
        let falls = falls.collect();
        let manifest = Manifest { format: FORMAT, release: String::new(), sources: self.sources, parts: self.entries };
        Ok(Release { manifest, parts: self.parts, remarks: self.remarks, falls })
    }
}

/// A way from one assembly to the other: as given, or of the earlier release.
enum Chain {
    Given(Box<Liftover>),
    OfBase,
}

impl Chain {
    fn get<'c>(&'c self, base: Option<&'c Knowledge>, from: Assembly) -> Result<&'c Liftover, ReleaseError> {
        match (self, base) {
            (Self::Given(chain), _) => Ok(chain),
            (Self::OfBase, Some(base)) => Ok(base.liftover_from(from)?),
            (Self::OfBase, None) => Err(ReleaseError::Missing("chain")),
        }
    }
}

const GENE_SOURCES: [&str; 8] =
    ["hgnc", "gnomad_constraint", "mane", "clingen_validity", "acmg_sf", "hpo_genes", "hpo_annotations", "gene_lists"];

/// The short name of the source that a builder's error or remark speaks of.
fn source_of(label: &str) -> &str {
    match label {
        "HGNC" => "hgnc",
        "gnomAD constraint" => "gnomad_constraint",
        "ClinGen gene validity" => "clingen_validity",
        "ACMG SF" => "acmg_sf",
        "HPO gene links" => "hpo_genes",
        "ClinVar VCF" => "clinvar",
        "ClinVar table" | "ClinVar variant_summary" => "clinvar_hgvs",
        "MANE transcripts" => "mane",
        "RefSeq transcripts" => "refseq",
        other => other,
    }
}

fn ontology_of(bytes: &[u8]) -> Result<Hpo, HpoError> {
    if bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{') {
        return Hpo::from_obographs_json(bytes);
    }
    Hpo::from_obo(&String::from_utf8_lossy(bytes))
}

fn counts(rows: &[(&str, usize)]) -> Rows {
    rows.iter().map(|(what, n)| ((*what).to_owned(), *n as u64)).collect()
}

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
