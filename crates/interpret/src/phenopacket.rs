//! `interpretation.phenopacket.json`: the answer as a GA4GH Phenopacket v2.0 with its interpretations.

use crate::report::{Finding, FindingVariant, Report, ResultKind};
use indgang_model::{Assembly, ModeOfInheritance, Sex, Timestamp};
use serde_json::{Value, json};

/// How many findings are passed on as interpretations.
const INTERPRETATIONS: usize = 10;

/// The phenopacket. `now` is the time of creation.
pub fn interpretation(report: &Report, now: Timestamp) -> Value {
    let proband = report.family.iter().find(|m| m.id == report.proband);
    let sex = match proband.map(|m| m.sex) {
        Some(Sex::Male) => "MALE",
        Some(Sex::Female) => "FEMALE",
        _ => "UNKNOWN_SEX",
    };
    json!({
        "id": report.case,
        "subject": { "id": report.proband, "sex": sex },
        "phenotypicFeatures": report.phenotypic_features.iter().map(|f| {
            let mut feature = json!({ "type": { "id": f.id.to_string(), "label": f.label } });
            if f.excluded {
                feature["excluded"] = json!(true);
            }
            feature
        }).collect::<Vec<_>>(),
        "interpretations": report.findings.iter().take(INTERPRETATIONS).map(|f| one(report, f)).collect::<Vec<_>>(),
        "metaData": {
            "created": now.to_string(),
            "createdBy": format!("Indgang {}", report.versions.get("indgang").map_or("", String::as_str)),
            "resources": [{
                "id": "hp", "name": "human phenotype ontology", "url": "http://purl.obolibrary.org/obo/hp.owl",
                "version": report.versions.get("hpo").cloned().unwrap_or_default(),
                "namespacePrefix": "HP", "iriPrefix": "http://purl.obolibrary.org/obo/HP_",
            }],
            "phenopacketSchemaVersion": "2.0",
        },
    })
}

fn one(report: &Report, finding: &Finding) -> Value {
    let status = match report.result {
        ResultKind::Diagnostic if finding.rank == 1 => "SOLVED",
        ResultKind::Negative => "UNSOLVED",
        _ => "IN_PROGRESS",
    };
    let mut diagnosis = json!({
        "genomicInterpretations": finding.variants.iter().map(|v| genomic(report, finding, v)).collect::<Vec<_>>(),
    });
    if let Some(disease) = &finding.disease {
        diagnosis["disease"] = json!({ "id": disease.id, "label": disease.label });
    }
    json!({
        "id": format!("{}-{}", report.case, finding.rank),
        "progressStatus": status,
        "diagnosis": diagnosis,
        "summary": finding.explanation.iter().map(|e| e.text.as_str()).collect::<Vec<_>>().join(" "),
    })
}

fn genomic(report: &Report, finding: &Finding, variant: &FindingVariant) -> Value {
    let status = match report.result {
        ResultKind::Diagnostic if finding.rank == 1 => "CAUSATIVE",
        _ => "CANDIDATE",
    };
    let assembly = match report.assembly {
        Assembly::GRCh37 => "hg19",
        Assembly::GRCh38 => "hg38",
    };
    let genotype = variant.genotypes.get(&report.proband).map_or("", String::as_str);
    let state = match (genotype, finding.mode_of_inheritance) {
        ("1", _) => Some(("GENO:0000134", "hemizygous")),
        ("1/1" | "1|1", ModeOfInheritance::XLinkedRecessive) if is_male(report) => Some(("GENO:0000134", "hemizygous")),
        ("1/1" | "1|1", _) => Some(("GENO:0000136", "homozygous")),
        (text, _) if text.contains('1') => Some(("GENO:0000135", "heterozygous")),
        _ => None,
    };
    let mut descriptor = json!({
        "id": variant.variant.to_string(),
        "geneContext": { "valueId": finding.gene.hgnc_id.clone().unwrap_or_default(), "symbol": finding.gene.symbol },
        "vcfRecord": {
            "genomeAssembly": assembly,
            "chrom": variant.variant.chrom.name(),
            "pos": variant.variant.pos,
            "ref": variant.variant.reference,
            "alt": variant.variant.alternate,
        },
        "moleculeContext": "genomic",
    });
    if let Some((id, label)) = state {
        descriptor["allelicState"] = json!({ "id": id, "label": label });
    }
    json!({
        "subjectOrBiosampleId": report.proband,
        "interpretationStatus": status,
        "variantInterpretation": {
            "acmgPathogenicityClassification": finding.acmg.classification.to_uppercase(),
            "therapeuticActionability": "UNKNOWN_ACTIONABILITY",
            "variationDescriptor": descriptor,
        },
    })
}

fn is_male(report: &Report) -> bool {
    report.family.iter().any(|m| m.id == report.proband && m.sex == Sex::Male)
}
