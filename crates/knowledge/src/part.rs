//! The snapshot's parts and the one door to them.

use crate::clinvar::{ClinVar, Places, Records};
use crate::pgx::Pgx;
use crate::phenotype::DiseaseAnnotations;
use crate::{Genes, Manifest, ManifestError};
use indgang_genomics::liftover::Liftover;
use indgang_genomics::transcripts::TranscriptTable;
use indgang_model::Assembly;
use indgang_terminology::Hpo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::OnceLock;

/// Layout of the parts. Raised whenever a decoded type changes, so that an older snapshot is refused and not misread.
pub const FORMAT: u16 = 1;

/// No part is larger than this when unpacked; a damaged or hostile file cannot take more memory.
const LARGEST: u64 = 1 << 30;

/// One file of the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is named by its file")]
pub enum Part {
    Hpo,
    Diseases,
    Genes,
    ClinVarRecords,
    ClinVarGRCh37,
    ClinVarGRCh38,
    TranscriptsGRCh37,
    TranscriptsGRCh38,
    LiftoverTo38,
    LiftoverTo37,
    Pgx,
}

impl Part {
    /// All parts, in the manifest's order.
    pub const ALL: [Self; 11] = [
        Self::Hpo,
        Self::Diseases,
        Self::Genes,
        Self::ClinVarRecords,
        Self::ClinVarGRCh37,
        Self::ClinVarGRCh38,
        Self::TranscriptsGRCh37,
        Self::TranscriptsGRCh38,
        Self::LiftoverTo38,
        Self::LiftoverTo37,
        Self::Pgx,
    ];

    /// Name of the part; its file is this with `.bin` after it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hpo => "hpo",
            Self::Diseases => "diseases",
            Self::Genes => "genes",
            Self::ClinVarRecords => "clinvar-records",
            Self::ClinVarGRCh37 => "clinvar-GRCh37",
            Self::ClinVarGRCh38 => "clinvar-GRCh38",
            Self::TranscriptsGRCh37 => "transcripts-GRCh37",
            Self::TranscriptsGRCh38 => "transcripts-GRCh38",
            Self::LiftoverTo38 => "liftover-GRCh37-to-GRCh38",
            Self::LiftoverTo37 => "liftover-GRCh38-to-GRCh37",
            Self::Pgx => "pgx",
        }
    }

    /// The part of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }
}

/// Why a part of the snapshot cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// The snapshot lacks it.
    #[error(
        "the knowledge snapshot has no part `{0}`; fetch the snapshot again, or build it with `indgang knowledge build`"
    )]
    Missing(&'static str),
    /// Its bytes are not what was written.
    #[error(
        "the knowledge part `{part}` is damaged ({detail}); fetch the snapshot again, or build it with `indgang knowledge build`"
    )]
    Damaged {
        /// Name of the part.
        part: &'static str,
        /// What was seen.
        detail: String,
    },
    /// It was built for another version of this program.
    #[error(
        "the knowledge part `{part}` has format {found}, this program reads format {FORMAT}; use a snapshot built for it"
    )]
    Format {
        /// Name of the part.
        part: &'static str,
        /// Format number found.
        found: u16,
    },
}

type Cell<T> = OnceLock<Result<T, PartError>>;

/// The one door to the knowledge. Parts are decoded when first asked for, once, by whichever thread comes first.
#[derive(Debug, Default)]
pub struct Knowledge {
    manifest_text: Cow<'static, str>,
    bytes: BTreeMap<Part, Cow<'static, [u8]>>,
    manifest: OnceLock<Result<Manifest, ManifestError>>,
    hpo: Cell<Hpo>,
    diseases: Cell<DiseaseAnnotations>,
    genes: Cell<Genes>,
    clinvar_records: Cell<Records>,
    clinvar_37: Cell<Places>,
    clinvar_38: Cell<Places>,
    transcripts_37: Cell<TranscriptTable>,
    transcripts_38: Cell<TranscriptTable>,
    to_38: Cell<Liftover>,
    to_37: Cell<Liftover>,
    pgx: Cell<Pgx>,
}

impl Knowledge {
    /// The snapshot compiled into the program. Costs nothing until a part is asked for; decoded parts are shared.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Knowledge> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let parts = crate::shipped::PARTS.iter().map(|(part, bytes)| (*part, Cow::Borrowed(*bytes)));
            Self { manifest_text: Cow::Borrowed(crate::shipped::MANIFEST), bytes: parts.collect(), ..Self::default() }
        })
    }

    /// A snapshot the caller has read: the text of `MANIFEST.toml` and the bytes of the parts.
    /// Nothing is decoded yet; a missing or damaged part shows when it is asked for.
    pub fn from_parts(manifest: String, parts: impl IntoIterator<Item = (Part, Vec<u8>)>) -> Self {
        Self {
            manifest_text: Cow::Owned(manifest),
            bytes: parts.into_iter().map(|(part, bytes)| (part, Cow::Owned(bytes))).collect(),
            ..Self::default()
        }
    }

    /// A part as it was given, packed.
    pub(crate) fn packed(&self, part: Part) -> Result<&[u8], PartError> {
        self.bytes.get(&part).map(|bytes| &**bytes).ok_or(PartError::Missing(part.name()))
    }

    /// What the snapshot is made of.
    pub fn manifest(&self) -> Result<&Manifest, ManifestError> {
        self.manifest.get_or_init(|| Manifest::parse(&self.manifest_text)).as_ref().map_err(Clone::clone)
    }

    /// Version of each source by its name, for the `versions` of a case's report: of all parts but pharmacogenomics, which
    /// no case is interpreted by; `knowledge` is the release's own name, when it has one. Empty when the manifest cannot be read.
    pub fn versions(&self) -> BTreeMap<String, String> {
        let mut versions = self.manifest().map(Manifest::versions).unwrap_or_default();
        for source in self.versions_of(Part::Pgx).keys() {
            versions.remove(source);
        }
        let release = self.manifest().map(|manifest| manifest.release.clone()).unwrap_or_default();
        versions.extend((!release.is_empty()).then(|| ("knowledge".to_owned(), release)));
        versions
    }

    /// Version of each source of one part. Empty when the manifest cannot be read.
    pub fn versions_of(&self, part: Part) -> BTreeMap<String, String> {
        let Ok(manifest) = self.manifest() else { return BTreeMap::new() };
        let sources = manifest.parts.iter().filter(|p| p.name == part.name()).flat_map(|p| &p.sources);
        let mut versions = manifest.versions();
        sources.filter_map(|source| versions.remove_entry(source)).collect()
    }

    /// The Human Phenotype Ontology.
    pub fn hpo(&self) -> Result<&Hpo, PartError> {
        self.part(Part::Hpo, &self.hpo)
    }

    /// Diseases with their signs (HPO annotations).
    pub fn diseases(&self) -> Result<&DiseaseAnnotations, PartError> {
        self.part(Part::Diseases, &self.diseases)
    }

    /// Genes, diseases of genes, constraint and secondary findings.
    pub fn genes(&self) -> Result<&Genes, PartError> {
        self.part(Part::Genes, &self.genes)
    }

    /// ClinVar on one assembly.
    pub fn clinvar(&self, assembly: Assembly) -> Result<ClinVar<'_>, PartError> {
        Ok(ClinVar { places: self.clinvar_places(assembly)?, records: self.clinvar_records()? })
    }

    pub(crate) fn clinvar_records(&self) -> Result<&Records, PartError> {
        self.part(Part::ClinVarRecords, &self.clinvar_records)
    }

    pub(crate) fn clinvar_places(&self, assembly: Assembly) -> Result<&Places, PartError> {
        match assembly {
            Assembly::GRCh37 => self.part(Part::ClinVarGRCh37, &self.clinvar_37),
            Assembly::GRCh38 => self.part(Part::ClinVarGRCh38, &self.clinvar_38),
        }
    }

    /// Transcripts: RefSeq on GRCh37, MANE on GRCh38.
    pub fn transcripts(&self, assembly: Assembly) -> Result<&TranscriptTable, PartError> {
        match assembly {
            Assembly::GRCh37 => self.part(Part::TranscriptsGRCh37, &self.transcripts_37),
            Assembly::GRCh38 => self.part(Part::TranscriptsGRCh38, &self.transcripts_38),
        }
    }

    /// The way from one assembly to the other.
    pub fn liftover_from(&self, assembly: Assembly) -> Result<&Liftover, PartError> {
        match assembly {
            Assembly::GRCh37 => self.part(Part::LiftoverTo38, &self.to_38),
            Assembly::GRCh38 => self.part(Part::LiftoverTo37, &self.to_37),
        }
    }

    /// Named alleles, phenotypes and recommendations of pharmacogenomics.
    pub fn pgx(&self) -> Result<&Pgx, PartError> {
        self.part(Part::Pgx, &self.pgx)
    }

    /// Decodes what every case asks for (ontology, diseases, genes) on threads of their own, and does not wait.
    /// Who asks for a part meanwhile waits for that one; a fault shows there.
    pub fn begin(&'static self) {
        std::thread::spawn(|| self.hpo().is_ok());
        std::thread::spawn(|| self.diseases().is_ok());
        std::thread::spawn(|| self.genes().is_ok());
    }

    /// Decodes ClinVar and the transcripts of an assembly at once, each on a thread of its own, and waits for them.
    /// A fault shows where the part is asked for.
    pub fn prepare(&self, assembly: Assembly) {
        std::thread::scope(|scope| {
            scope.spawn(|| self.clinvar_places(assembly).is_ok());
            scope.spawn(|| self.transcripts(assembly).is_ok());
            scope.spawn(|| self.clinvar_records().is_ok());
        });
    }

    /// Decodes every part, to find damage early (`indgang doctor`). The first fault ends it.
    pub fn check(&self) -> Result<(), PartError> {
        self.hpo()?;
        self.diseases()?;
        self.genes()?;
        self.pgx()?;
        for assembly in [Assembly::GRCh37, Assembly::GRCh38] {
            self.clinvar(assembly)?;
            self.transcripts(assembly)?;
            self.liftover_from(assembly)?;
        }
        Ok(())
    }

    fn part<'a, T: DeserializeOwned>(&'a self, part: Part, cell: &'a Cell<T>) -> Result<&'a T, PartError> {
        let decoded = cell.get_or_init(|| self.packed(part).and_then(|bytes| unpack(part, bytes)));
        decoded.as_ref().map_err(Clone::clone)
    }
}

/// Writes a part: its name, the format number and the value (postcard), compressed (zstd with checksum).
/// The same value gives the same bytes.
pub fn pack<T: Serialize>(part: Part, value: &T, level: i32) -> Result<Vec<u8>, PartError> {
    let damaged = |detail: String| PartError::Damaged { part: part.name(), detail };
    let plain = postcard::to_stdvec(&(part.name(), FORMAT, value)).map_err(|e| damaged(e.to_string()))?;
    if plain.len() as u64 > LARGEST {
        return Err(damaged(format!("{} bytes, and a part may have {LARGEST}", plain.len())));
    }
    let write = || -> std::io::Result<Vec<u8>> {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), level)?;
        encoder.include_checksum(true)?;
        encoder.set_pledged_src_size(Some(plain.len() as u64))?;
        encoder.write_all(&plain)?;
        encoder.finish()
    };
    write().map_err(|e| damaged(e.to_string()))
}

/// Reads a part written by [`pack`].
pub fn unpack<T: DeserializeOwned>(part: Part, bytes: &[u8]) -> Result<T, PartError> {
    let damaged = |detail: String| PartError::Damaged { part: part.name(), detail };
    let mut plain = Vec::new();
    zstd::stream::Decoder::new(bytes)
        .and_then(|decoder| decoder.take(LARGEST).read_to_end(&mut plain))
        .map_err(|e| damaged(e.to_string()))?;
    let (name, rest): (&str, &[u8]) = postcard::take_from_bytes(&plain).map_err(|e| damaged(e.to_string()))?;
    if name != part.name() {
        return Err(damaged(format!("it is the part `{name}`")));
    }
    let (found, rest): (u16, &[u8]) = postcard::take_from_bytes(rest).map_err(|e| damaged(e.to_string()))?;
    if found != FORMAT {
        return Err(PartError::Format { part: part.name(), found });
    }
    postcard::from_bytes(rest).map_err(|e| damaged(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_byte_is_found_wherever_it_is() {
        let value: Vec<u32> = (0..500).map(|i| i * i).collect();
        let packed = pack(Part::Genes, &value, 19).expect("packs");
        assert_eq!(unpack::<Vec<u32>>(Part::Genes, &packed).expect("unpacks"), value);
        for i in 0..packed.len() {
            let mut damaged = packed.clone();
            damaged[i] ^= 0x10;
            match unpack::<Vec<u32>>(Part::Genes, &damaged) {
                // A bit of the frame's header that says nothing may differ without harm; a wrong value may never come out.
                Ok(read) => assert_eq!(read, value, "byte {i}"),
                Err(error) => assert!(error.to_string().contains("`genes`"), "{error}"),
            }
        }
        for length in 0..packed.len() {
            assert!(unpack::<Vec<u32>>(Part::Genes, &packed[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn a_part_is_not_taken_for_another() {
        let packed = pack(Part::Genes, &1u32, 3).expect("packs");
        let error = unpack::<u32>(Part::ClinVarGRCh37, &packed).expect_err("another part");
        assert!(error.to_string().contains("`clinvar-GRCh37`") && error.to_string().contains("`genes`"), "{error}");
        assert_eq!(Knowledge::default().genes().expect_err("no parts"), PartError::Missing("genes"));
    }
}
