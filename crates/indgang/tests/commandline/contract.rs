//! The contract of `report.json`: `docs/reference/report.md`, field by field.

use serde_json::Value;

const MODES: &[&str] = &[
    "de_novo",
    "possible_de_novo",
    "mosaic_de_novo",
    "parental_mosaic",
    "autosomal_dominant",
    "autosomal_dominant_incomplete_penetrance",
    "autosomal_recessive_homozygous",
    "autosomal_recessive_compound_heterozygous",
    "autosomal_recessive_over_deletion",
    "x_linked_dominant",
    "x_linked_recessive",
    "x_linked_compound_heterozygous",
    "x_linked_de_novo",
    "y_linked",
    "mitochondrial",
    "uniparental_disomy",
    "carrier_couple",
];

#[track_caller]
fn fields(value: &Value, expected: &[&str]) {
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    let mut found: Vec<&str> =
        value.as_object().unwrap_or_else(|| panic!("not an object: {value}")).keys().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, expected, "{value}");
}

#[track_caller]
fn one_of(value: &Value, allowed: &[&str]) {
    assert!(allowed.contains(&value.as_str().unwrap()), "{value} is none of {allowed:?}");
}

/// As [`fields`], of which those of `beside` may be absent.
#[track_caller]
fn fields_beside(value: &Value, expected: &[&str], beside: &[&str]) {
    let present = beside.iter().copied().filter(|name| value.get(name).is_some());
    fields(value, &expected.iter().copied().chain(present).collect::<Vec<_>>());
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

/// Null, or a number of the range.
fn share(value: &Value) {
    assert!(value.is_null() || (0.0..=1.0).contains(&value.as_f64().unwrap()), "{value}");
}

fn text_or_null(value: &Value) {
    assert!(value.is_null() || value.is_string(), "{value}");
}

/// Fails unless the value is a report by the contract.
pub fn check(report: &Value) {
    fields(
        report,
        &[
            "result",
            "case",
            "proband",
            "assembly",
            "family",
            "phenotypic_features",
            "findings",
            "secondary_findings",
            "filters",
            "quality",
            "warnings",
            "warnings_da",
            "versions",
        ],
    );
    let (warnings, danish) = (list(&report["warnings"]), list(&report["warnings_da"]));
    assert_eq!(warnings.len(), danish.len());
    assert!(warnings.iter().zip(danish).all(|(en, da)| en.is_string() && da.is_string() && en != da), "{danish:?}");
    one_of(&report["result"], &["diagnostic", "uncertain", "negative"]);
    one_of(&report["assembly"], &["GRCh37", "GRCh38"]);
    let sequenced: Vec<&str> =
        list(&report["family"]).iter().filter(|m| m["sequenced"] == true).map(|m| m["id"].as_str().unwrap()).collect();
    assert!(list(&report["family"]).iter().any(|m| m["id"] == report["proband"]));
    for member in list(&report["family"]) {
        fields(member, &["id", "father", "mother", "sex", "affected", "sequenced"]);
        one_of(&member["sex"], &["male", "female", "unknown"]);
        one_of(&member["affected"], &["affected", "unaffected", "unknown"]);
    }
    for feature in list(&report["phenotypic_features"]) {
        sign(feature);
    }
    assert!(list(&report["findings"]).len() <= 200);
    let mut least = f64::INFINITY;
    for (rank, found) in (1..).zip(list(&report["findings"])) {
        assert_eq!(found["rank"], rank);
        let combined = found["scores"]["combined"].as_f64().unwrap();
        assert!(combined <= least, "rank {rank} scores higher than the rank before");
        least = combined;
        finding(found, &sequenced);
    }
    let wishing = report["secondary_findings"].as_object().unwrap();
    for (person, found) in wishing {
        assert!(sequenced.contains(&person.as_str()));
        for one in list(found) {
            fields(one, &["gene", "disease", "category", "variants", "acmg", "list_version", "needs_confirmation"]);
            one_of(&one["category"], &["cardiovascular", "cancer", "metabolism", "miscellaneous", "repeat_expansion"]);
            gene(&one["gene"]);
            fields(&one["disease"], &["id", "label"]);
            // A repeat has a length instead of a class, and is on no list.
            if one["category"] != "repeat_expansion" {
                acmg(&one["acmg"]);
                assert_ne!(one["list_version"], "");
            }
            for v in list(&one["variants"]) {
                // Hers and that of others who wish to be told, and of nobody else.
                let shown: Vec<&str> = v["genotypes"].as_object().unwrap().keys().map(String::as_str).collect();
                assert!(shown.contains(&person.as_str()) && shown.iter().all(|p| wishing.contains_key(*p)), "{v}");
                variant(v, &shown);
            }
        }
    }
    let steps = list(&report["filters"]);
    assert_eq!(steps[0]["name"], "read");
    for pair in steps.windows(2) {
        fields(&pair[1], &["name", "kept"]);
        assert!(pair[1]["kept"].as_u64() <= pair[0]["kept"].as_u64(), "{pair:?}");
    }
    fields(
        &report["quality"],
        &["samples", "relations", "mendelian", "pedigree_agrees", "runs_of_homozygosity", "uniparental_disomy"],
    );
    assert_eq!(list(&report["quality"]["samples"]).len(), sequenced.len());
    assert!(list(&report["warnings"]).iter().all(Value::is_string));
    let versions = report["versions"].as_object().unwrap();
    assert!(versions.values().all(Value::is_string));
    for name in ["indgang", "hpo", "hpo_annotations", "clinvar", "acmg_sf", "hgnc"] {
        assert!(versions.contains_key(name), "{name}");
    }
}

fn sign(feature: &Value) {
    fields(feature, &["id", "label", "excluded"]);
    assert!(feature["id"].as_str().unwrap().starts_with("HP:"));
    assert!(feature["excluded"].is_boolean());
}

fn gene(gene: &Value) {
    fields(gene, &["symbol", "hgnc_id"]);
    assert!(gene["hgnc_id"].is_null() || gene["hgnc_id"].as_str().unwrap().starts_with("HGNC:"), "{gene}");
}

fn finding(found: &Value, sequenced: &[&str]) {
    fields(
        found,
        &[
            "rank",
            "gene",
            "disease",
            "mode_of_inheritance",
            "variants",
            "scores",
            "explanation",
            "signs",
            "acmg",
            "recurrence_risk",
            "flags",
        ],
    );
    gene(&found["gene"]);
    if !found["disease"].is_null() {
        fields(&found["disease"], &["id", "label"]);
    }
    one_of(&found["mode_of_inheritance"], MODES);
    fields(&found["scores"], &["combined", "phenotype", "variant"]);
    for score in found["scores"].as_object().unwrap().values() {
        assert!((0.0..=1.0).contains(&score.as_f64().unwrap()), "{found}");
    }
    let compound = found["mode_of_inheritance"].as_str().unwrap().ends_with("compound_heterozygous");
    assert!(compound == (list(&found["variants"]).len() == 2) || found["mode_of_inheritance"] == "carrier_couple");
    list(&found["variants"]).iter().for_each(|v| variant(v, sequenced));
    assert!(!list(&found["explanation"]).is_empty());
    for reason in list(&found["explanation"]) {
        fields(reason, &["key", "text", "text_da", "contribution"]);
        assert!(!reason["text"].as_str().unwrap().is_empty() && !reason["text_da"].as_str().unwrap().is_empty());
        assert!(reason["contribution"].is_f64());
    }
    for contribution in list(&found["signs"]) {
        fields(contribution, &["feature", "matched", "log_likelihood_ratio"]);
        sign(&contribution["feature"]);
    }
    acmg(&found["acmg"]);
    fields(&found["recurrence_risk"], &["next_child", "text", "text_da"]);
    share(&found["recurrence_risk"]["next_child"]);
    assert!(list(&found["flags"]).iter().all(Value::is_string));
}

fn acmg(acmg: &Value) {
    fields(acmg, &["classification", "points", "criteria"]);
    one_of(
        &acmg["classification"],
        &["pathogenic", "likely_pathogenic", "uncertain_significance", "likely_benign", "benign"],
    );
    let mut sum = 0;
    for criterion in list(&acmg["criteria"]) {
        fields(criterion, &["code", "strength", "points", "reason", "reason_da", "value", "source", "version"]);
        assert!(!criterion["source"].as_str().unwrap().is_empty(), "{criterion}");
        assert!(!criterion["reason_da"].as_str().unwrap().is_empty());
        one_of(&criterion["strength"], &["supporting", "moderate", "strong", "very_strong", "stand_alone"]);
        sum += criterion["points"].as_i64().unwrap();
    }
    assert_eq!(acmg["points"].as_i64().unwrap(), sum, "{acmg}");
}

fn variant(variant: &Value, sequenced: &[&str]) {
    fields_beside(
        variant,
        &[
            "chrom",
            "pos",
            "ref",
            "alt",
            "event",
            "genotypes",
            "calls",
            "consequence",
            "hgvs",
            "protein_change",
            "transcript",
            "max_frequency",
            "max_frequency_source",
            "own_cohort",
            "clinvar",
            "origin",
            "de_novo_score",
            "filters",
            "assessed",
        ],
        &["structural", "repeat"],
    );
    if let Some(large) = variant.get("structural") {
        structural(large);
    }
    if let Some(found) = variant.get("repeat") {
        repeat(found);
    }
    assert!(!variant["chrom"].as_str().unwrap().starts_with("chr") && variant["pos"].is_u64());
    fields(&variant["genotypes"], sequenced);
    for text in variant["genotypes"].as_object().unwrap().values() {
        let text = text.as_str().unwrap();
        assert!(text.split(['/', '|']).all(|a| a == "." || a.parse::<u32>().is_ok()), "{text}");
    }
    fields(&variant["calls"], sequenced);
    for call in variant["calls"].as_object().unwrap().values() {
        let reads = ["depth", "reference_depth", "alternate_depth", "allele_balance", "genotype_quality"];
        fields_beside(call, &reads, if variant["chrom"] == "MT" { &["heteroplasmy"] } else { &[] });
        share(&call["allele_balance"]);
    }
    assert!(variant["consequence"].is_string());
    text_or_null(&variant["hgvs"]);
    text_or_null(&variant["protein_change"]);
    text_or_null(&variant["transcript"]);
    text_or_null(&variant["max_frequency_source"]);
    share(&variant["max_frequency"]);
    assert!(variant["own_cohort"].is_null(), "outside the house");
    if !variant["clinvar"].is_null() {
        fields(&variant["clinvar"], &["significance", "stars", "id", "version"]);
        assert!(variant["clinvar"]["stars"].as_u64().unwrap() <= 4);
    }
    if !variant["assessed"].is_null() {
        let kept = ["frequencies_known", "homozygotes", "de_novo", "escapes_decay", "amino_acid", "revel", "splice_ai"];
        fields(&variant["assessed"], &kept);
    }
    if !variant["origin"].is_null() {
        one_of(&variant["origin"], &["father", "mother", "both", "new"]);
    }
}

fn structural(large: &Value) {
    fields_beside(
        large,
        &["kind", "length", "genes", "class"],
        &["copies", "regions", "other_calls", "callers_disagree"],
    );
    for call in large.get("other_calls").into_iter().flat_map(list) {
        fields(call, &["first", "last", "alternate"]);
        assert!(call["first"].as_u64() <= call["last"].as_u64(), "{call}");
    }
    one_of(&large["kind"], &["loss", "gain", "inversion", "insertion", "breakend"]);
    for gene in list(&large["genes"]) {
        let known = ["symbol", "transcript", "consequence", "extent", "exons", "protein"];
        let dosage = ["haploinsufficient", "triplosensitive", "dosage_source"];
        fields(gene, &[&known[..], &dosage].concat());
        one_of(&gene["extent"], &["whole", "coding", "exonic", "intronic"]);
    }
    if !large["class"].is_null() {
        fields(&large["class"], &["classification", "points", "criteria", "not_assessed"]);
        let criteria = list(&large["class"]["criteria"]);
        criteria.iter().for_each(|c| fields(c, &["code", "points", "reason", "reason_da", "source"]));
        let sum: f64 = criteria.iter().map(|c| c["points"].as_f64().unwrap()).sum();
        assert!((sum - large["class"]["points"].as_f64().unwrap()).abs() < 0.005, "{large}");
    }
}

fn repeat(repeat: &Value) {
    let limits = ["normal_max", "pathologic_min", "inheritance", "source"];
    fields(repeat, &[&["locus", "unit", "copies", "range"][..], &limits].concat());
    one_of(&repeat["range"], &["intermediate", "reduced_penetrance", "full"]);
    assert!(!repeat["source"].as_str().unwrap().is_empty());
}
