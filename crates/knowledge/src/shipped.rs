//! The snapshot's files, compiled in.

use crate::Part;

pub(crate) const MANIFEST: &str = include_str!("../../../knowledge/MANIFEST.toml");

pub(crate) const PARTS: [(Part, &[u8]); 11] = [
    (Part::Hpo, include_bytes!("../../../knowledge/hpo.bin")),
    (Part::Diseases, include_bytes!("../../../knowledge/diseases.bin")),
    (Part::Genes, include_bytes!("../../../knowledge/genes.bin")),
    (Part::ClinVarRecords, include_bytes!("../../../knowledge/clinvar-records.bin")),
    (Part::ClinVarGRCh37, include_bytes!("../../../knowledge/clinvar-GRCh37.bin")),
    (Part::ClinVarGRCh38, include_bytes!("../../../knowledge/clinvar-GRCh38.bin")),
    (Part::TranscriptsGRCh37, include_bytes!("../../../knowledge/transcripts-GRCh37.bin")),
    (Part::TranscriptsGRCh38, include_bytes!("../../../knowledge/transcripts-GRCh38.bin")),
    (Part::LiftoverTo38, include_bytes!("../../../knowledge/liftover-GRCh37-to-GRCh38.bin")),
    (Part::LiftoverTo37, include_bytes!("../../../knowledge/liftover-GRCh38-to-GRCh37.bin")),
    (Part::Pgx, include_bytes!("../../../knowledge/pgx.bin")),
];
