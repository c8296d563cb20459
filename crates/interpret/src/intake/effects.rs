//! What an allele does to genes: by the annotations in the file, else by the table beside it, else by position.

use super::candidate::GeneEffect;
use crate::annotation_table::{AnnotationTable, TableRow};
use crate::large::{RepeatReading, mitochondria};
use crate::words::Words;
use indgang_genomics::annotation::{AnnotationFields, Compounds, Predictors, TranscriptConsequence};
use indgang_genomics::consequence::Consequence;
use indgang_genomics::site::Event;
use indgang_genomics::structural::{Kind, Overlap, mate, overlaps, stretch};
use indgang_genomics::transcripts::{PositionConsequence, TranscriptTable};
use indgang_genomics::vcf::{Header, Record};
use indgang_knowledge::clinvar::ProteinChange;
use indgang_knowledge::{GeneRecord, Genes, Knowledge, LocusType, PartError};
use indgang_model::{Assembly, Chromosome, Variant};

/// Where consequences come from.
pub struct EffectSources<'a> {
    fields: AnnotationFields,
    /// What lines of the file say of each other's changes.
    compounds: Compounds,
    table: bool,
    transcripts: &'a TranscriptTable,
    /// For HGNC numbers, and for the symbols of annotations: the transcripts carry approved ones.
    genes: Option<&'a Genes>,
    /// The file's mitochondrial genome is the one whose genes are known by place.
    mitochondria: bool,
}

impl<'a> EffectSources<'a> {
    /// Finds the sources of one file.
    ///
    /// # Errors
    /// When the transcripts or genes of the knowledge cannot be opened.
    pub fn new(
        header: &Header,
        assembly: Assembly,
        knowledge: &'a Knowledge,
        table: Option<&AnnotationTable>,
    ) -> Result<Self, PartError> {
        Ok(Self {
            fields: AnnotationFields::from_header(header),
            compounds: Compounds::default(),
            table: table.is_some(),
            transcripts: knowledge.transcripts(assembly)?,
            genes: Some(knowledge.genes()?),
            mitochondria: mitochondria::is_known_sequence(header),
        })
    }

    /// As [`EffectSources::new`] for who asks for symbols alone: the genes are opened only for a file with annotations.
    ///
    /// # Errors
    /// When the transcripts or genes of the knowledge cannot be opened.
    pub fn of_symbols(header: &Header, assembly: Assembly, knowledge: &'a Knowledge) -> Result<Self, PartError> {
        let fields = AnnotationFields::from_header(header);
        let genes = if fields.layouts().is_empty() { None } else { Some(knowledge.genes()?) };
        Ok(Self {
            fields,
            compounds: Compounds::default(),
            table: false,
            transcripts: knowledge.transcripts(assembly)?,
            genes,
            mitochondria: mitochondria::is_known_sequence(header),
        })
    }

    /// Gives what [`Compounds`] gathered from the whole file, for the lines that point at others.
    pub fn with_compounds(self, compounds: Compounds) -> Self {
        Self { compounds, ..self }
    }

    /// In words for the report.
    pub fn describe(&self) -> Words {
        let keys = self.fields.layouts().iter().map(|layout| layout.key());
        let mut sources: Vec<Words> =
            keys.map(|key| Words::new(format!("{key} i filen"), format!("{key} of the file"))).collect();
        if self.table {
            sources.push(Words::new("annoteringstabellen ved siden af filen", "the annotation table beside the file"));
        }
        sources.push(Words::new("placeringen på de medfølgende transskripter", "position on the shipped transcripts"));
        let join =
            |words: fn(&Words) -> &str, between: &str| sources.iter().map(words).collect::<Vec<_>>().join(between);
        Words::new(join(|w| &w.da, ", ellers "), join(|w| &w.en, ", else "))
    }

    /// The annotation fields found.
    pub fn fields(&self) -> &AnnotationFields {
        &self.fields
    }

    /// By gene, most severe first. Structural alleles are placed by overlap with the transcripts, whatever annotations say:
    /// these call a deletion within an intron a truncation, too. One whose kind is not known has no genes.
    pub(crate) fn of_kind(
        &self,
        record: &Record<'_>,
        allele: usize,
        (variant, event, kind): (&Variant, &Event, Option<Kind>),
        row: Option<&TableRow>,
    ) -> Vec<GeneEffect> {
        if let Event::Repeat { .. } = event {
            return self.of_repeat(record, allele, (variant, event));
        }
        let mut effects: Vec<GeneEffect> =
            self.fields.most_severe_by_gene(record, allele - 1).iter().filter_map(|tc| self.annotated(tc)).collect();
        let found = self.compounds.follow(&self.fields, record, allele - 1, |tc| {
            if let Some(effect) = self.annotated(&tc) {
                keep_most_severe(&mut effects, effect);
            }
        });
        if effects.is_empty() {
            effects.extend(row.and_then(|row| self.tabled(row)));
        }
        // A line pointed at that is not in the file may have said more than this one does.
        match event {
            Event::Small if effects.is_empty() || !found => self.by_position(variant, &mut effects),
            Event::Small => {}
            event => self.by_overlap(variant, event, kind, &mut effects),
        }
        if effects.is_empty() && variant.chrom == Chromosome::MT {
            effects.extend(self.of_mitochondria(variant, event, kind));
        }
        effects.sort_by(|a, b| {
            severity(a.consequence).cmp(&severity(b.consequence)).then_with(|| a.symbol.cmp(&b.symbol))
        });
        effects
    }

    /// Genes of a small allele by its place alone, most severe first, as [`EffectSources::of_kind`] names and orders them.
    pub(crate) fn genes_by_position(
        &self,
        (chrom, position): (Chromosome, u32),
        (reference, alternate): (&[u8], &[u8]),
        genes: &mut Vec<(Consequence, &'a str)>,
    ) {
        genes.clear();
        self.transcripts.consequences(chrom, position, reference, alternate, |at| {
            let Some(symbol) = at.transcript.map(|t| &*t.gene_symbol).filter(|s| !s.is_empty()) else { return };
            match genes.iter_mut().find(|(_, known)| *known == symbol) {
                Some((known, _)) => *known = at.consequence.min(*known),
                None => genes.push((at.consequence, symbol)),
            }
        });
        if chrom == Chromosome::MT && self.mitochondria && genes.is_empty() {
            let text = |bases: &[u8]| String::from_utf8_lossy(bases).into();
            let variant = Variant { chrom, pos: position, reference: text(reference), alternate: text(alternate) };
            genes.extend(
                mitochondria::effects(&variant, &mitochondria::places(&variant, &Event::Small, None), None)
                    .map(|(symbol, consequence)| (consequence, symbol)),
            );
        }
        genes.sort_unstable();
    }

    fn named(&self, symbol: &str, hgnc_id: Option<u32>, consequence: &'static str) -> GeneEffect {
        let known = self.genes.and_then(|genes| genes.by_symbol(symbol));
        GeneEffect {
            symbol: known.map_or_else(|| symbol.to_owned(), |g| g.symbol.to_string()),
            hgnc_id: hgnc_id.or_else(|| known.and_then(|g| g.hgnc_id).map(|id| id.0)),
            consequence,
            rna_product: self.genes.zip(known).is_some_and(|(genes, gene)| is_rna_product(genes, gene)),
            hgvs: None,
            protein_change: None,
            amino_acid: None,
            transcript: None,
            escapes_decay: false,
            predictor: None,
            revel: None,
            splice_ai: None,
            by_length: None,
        }
    }

    fn annotated(&self, tc: &TranscriptConsequence<'_>) -> Option<GeneEffect> {
        let symbol = tc
            .gene_symbol
            .map(str::to_owned)
            .or_else(|| self.genes?.by_ensembl(tc.gene_id?).map(|g| g.symbol.to_string()))?;
        let predictors = tc.predictors();
        let hgvs: Vec<&str> = [tc.hgvs_c, tc.hgvs_p].into_iter().flatten().collect();
        let suffix = if tc.mane { " (MANE)" } else { "" };
        Some(GeneEffect {
            hgvs: (!hgvs.is_empty()).then(|| hgvs.join(" ")),
            protein_change: tc.protein_change.map(str::to_owned),
            amino_acid: tc.hgvs_p.and_then(substitution),
            transcript: tc.transcript.map(|t| format!("{t}{suffix}")),
            escapes_decay: tc.exon.is_some_and(is_last),
            predictor: damage(&predictors),
            revel: predictors.revel.map(f64::from),
            splice_ai: predictors.splice_ai.map(f64::from),
            ..self.named(&symbol, tc.hgnc_id, telling(tc).term())
        })
    }

    fn tabled(&self, row: &TableRow) -> Option<GeneEffect> {
        let consequence = Consequence::from_term(row.consequence.as_bytes())?;
        Some(GeneEffect {
            hgvs: row.hgvs.clone(),
            amino_acid: row.hgvs.as_deref().and_then(substitution),
            predictor: row.predictor,
            ..self.named(row.gene.as_deref()?, None, consequence.term())
        })
    }

    fn by_position(&self, v: &Variant, effects: &mut Vec<GeneEffect>) {
        self.transcripts.consequences(
            v.chrom,
            v.pos,
            v.reference.as_bytes(),
            v.alternate.as_bytes(),
            |at: PositionConsequence<'_>| {
                let Some(transcript) = at.transcript.filter(|t| !t.gene_symbol.is_empty()) else { return };
                let Some(consequence) = at.consequences.most_severe() else { return };
                let suffix = if transcript.mane { " (MANE)" } else { "" };
                let effect = GeneEffect {
                    transcript: Some(format!("{}{suffix}", transcript.id)),
                    escapes_decay: at.exon.is_some_and(|(number, all)| number == all && all > 1),
                    ..self.named(&transcript.gene_symbol, None, consequence.term())
                };
                keep_most_severe(effects, effect);
            },
        );
    }

    /// The genes that a structural allele touches, with what it does to each.
    pub(crate) fn overlaps(&self, variant: &Variant, event: &Event, kind: Kind) -> Vec<Overlap<'a>> {
        let mate = match event {
            Event::Breakend { mate: text } => mate(text),
            _ => None,
        };
        overlaps(self.transcripts, variant.chrom, stretch(variant, event, kind), kind, mate)
    }

    /// Genes that the transcripts know by what overlap tells; the others by what the annotation says.
    fn by_overlap(&self, variant: &Variant, event: &Event, kind: Option<Kind>, effects: &mut Vec<GeneEffect>) {
        let Some(kind) = kind else { return };
        for overlap in self.overlaps(variant, event, kind) {
            let transcript = overlap.transcript;
            let suffix = if transcript.mane { " (MANE)" } else { "" };
            let effect = GeneEffect {
                transcript: Some(format!("{}{suffix}", transcript.id)),
                escapes_decay: kind == Kind::Loss && overlap.escapes_decay,
                ..self.named(&transcript.gene_symbol, None, overlap.consequence.term())
            };
            match effects.iter_mut().find(|known| known.symbol == effect.symbol) {
                Some(known) => *known = GeneEffect { hgvs: known.hgvs.take(), ..effect },
                None => effects.push(effect),
            }
        }
    }

    /// The gene of a repeat's locus: by the locus's name, else by overlap.
    fn of_repeat(&self, record: &Record<'_>, allele: usize, (variant, event): (&Variant, &Event)) -> Vec<GeneEffect> {
        let elongation = Consequence::FeatureElongation.term();
        if let Some(genes) = self.genes {
            let reading = RepeatReading::of(record, allele, event, genes);
            let effect = reading.map(|reading| GeneEffect {
                by_length: Some(reading.range.severity()),
                ..self.named(&reading.gene, None, elongation)
            });
            return effect.into_iter().collect();
        }
        let expanded = matches!(event, Event::Repeat { status: Some(status), .. } if status != "normal");
        let end = event.end().unwrap_or(variant.pos).max(variant.pos);
        let mut effects = Vec::new();
        for transcript in self.transcripts.overlapping(variant.chrom, variant.pos, end).filter(|_| expanded) {
            if !transcript.gene_symbol.is_empty() {
                keep_most_severe(&mut effects, self.named(&transcript.gene_symbol, None, elongation));
            }
        }
        effects
    }

    /// The genes of the mitochondrial genome that an allele touches; none where the file's is another sequence.
    pub(crate) fn of_mitochondria(&self, variant: &Variant, event: &Event, kind: Option<Kind>) -> Vec<GeneEffect> {
        if !self.mitochondria {
            return Vec::new();
        }
        let places = mitochondria::places(variant, event, kind);
        let found = mitochondria::effects(variant, &places, kind);
        found.map(|(symbol, consequence)| self.named(symbol, None, consequence.term())).collect()
    }
}

/// VEP calls whatever shortens or lengthens a transcript by many bases a truncation or elongation, within an intron, too.
fn telling(tc: &TranscriptConsequence<'_>) -> Consequence {
    use Consequence as C;
    let long = matches!(tc.consequence, C::FeatureTruncation | C::FeatureElongation);
    let parts = [C::CodingSequence, C::FivePrimeUtr, C::ThreePrimeUtr, C::NonCodingTranscriptExon];
    let in_exon = parts.into_iter().any(|part| tc.consequences.contains(part));
    if long && !in_exon && tc.consequences.contains(C::Intron) { C::Intron } else { tc.consequence }
}

/// Whether a gene causes disease by an RNA that is not translated: of the many such loci few are known to.
fn is_rna_product(genes: &Genes, gene: &GeneRecord) -> bool {
    use LocusType as L;
    let kinds = [L::NonCodingRna, L::TransferRna, L::RibosomalRna, L::SmallNuclearRna, L::SmallNucleolarRna];
    kinds.contains(&gene.locus_type) && !genes.diseases_of(gene).is_empty()
}

fn keep_most_severe(effects: &mut Vec<GeneEffect>, effect: GeneEffect) {
    match effects.iter_mut().find(|e| e.symbol == effect.symbol) {
        Some(known) if severity(known.consequence) <= severity(effect.consequence) => {}
        Some(known) => *known = effect,
        None => effects.push(effect),
    }
}

fn severity(term: &str) -> u8 {
    Consequence::from_term(term.as_bytes()).map_or(u8::MAX, Consequence::severity)
}

/// Position and new amino acid of a p. substitution, with or without the parentheses of a predicted one.
fn substitution(hgvs: &str) -> Option<(u32, u8)> {
    let change = hgvs.rsplit_once("p.")?.1.trim_start_matches('(');
    let change = change.split([')', ':', ' ']).next()?;
    let change = ProteinChange::from_hgvs(&format!("p.{change}"))?;
    Some((change.position, change.to))
}

/// VEP writes exons as `7/18`; the last one escapes nonsense-mediated decay.
fn is_last(exon: &str) -> bool {
    exon.split_once('/').is_some_and(|(number, all)| number == all && all != "1")
}

/// Damage by SIFT and PolyPhen as a probability: VEP's `deleterious(0.01)`, `probably_damaging(0.998)`.
fn damage(predictors: &Predictors<'_>) -> Option<f64> {
    let number = |text: &str| {
        let inside = text.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(text);
        inside.parse::<f64>().ok().filter(|n| (0.0..=1.0).contains(n))
    };
    let said: Vec<f64> = [predictors.sift.and_then(number).map(|s| 1.0 - s), predictors.polyphen.and_then(number)]
        .into_iter()
        .flatten()
        .collect();
    (!said.is_empty()).then(|| said.iter().sum::<f64>() / said.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genes_whose_rna_is_the_product() {
        let genes = Knowledge::shipped().genes().unwrap();
        for (symbol, expected) in
            [("RMRP", true), ("RNU4ATAC", true), ("TERC", true), ("MALAT1", false), ("FGFR2", false)]
        {
            let found = genes.by_symbol(symbol).is_some_and(|gene| is_rna_product(genes, gene));
            assert_eq!(found, expected, "{symbol}");
        }
    }

    #[test]
    fn a_long_deletion_within_an_intron_is_no_truncation() {
        let annotated = |terms: &str| {
            let text = format!(
                "##fileformat=VCFv4.2\n##contig=<ID=1,length=249250621>\n##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Consequence \
                 annotations from Ensembl VEP. Format: Allele|Consequence|SYMBOL|Feature\">\n\
                 #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n\
                 1\t100\t.\tC\t<DEL>\t.\tPASS\tCSQ=deletion|{terms}|GENE|ENST1\tGT\t0/1\n"
            );
            let reader = indgang_genomics::vcf::Reader::open(text.as_bytes(), Default::default()).unwrap();
            let fields = AnnotationFields::from_header(reader.header());
            let mut found = None;
            let each = |record: &Record<'_>| {
                found = fields.most_severe_by_gene(record, 0).first().map(telling);
                Ok(())
            };
            reader.for_each(each).unwrap();
            found.unwrap()
        };
        for (terms, expected) in [
            ("intron_variant&feature_truncation", Consequence::Intron),
            ("coding_sequence_variant&intron_variant&feature_truncation", Consequence::CodingSequence),
            ("feature_truncation", Consequence::FeatureTruncation),
            ("stop_gained&intron_variant", Consequence::StopGained),
        ] {
            assert_eq!(annotated(terms), expected, "{terms}");
        }
    }

    #[test]
    fn words_of_the_annotators() {
        assert_eq!(substitution("FGFR2:uc001lfg.4:exon6:c.518A>C:p.(Glu173Ala)"), Some((173, b'A')));
        assert_eq!(substitution("ENSP00000355031.3:p.Glu173Ala"), Some((173, b'A')));
        assert_eq!(substitution("c.390+471_390+472insC"), None);
        assert!(is_last("18/18") && !is_last("7/18") && !is_last("1/1"));
        let predictors = Predictors {
            sift: Some("deleterious(0.01)"),
            polyphen: Some("probably_damaging(0.998)"),
            ..Predictors::default()
        };
        assert!((damage(&predictors).unwrap() - 0.994).abs() < 1e-9);
    }
}
