//! `gen fhir`: the elements of FHIR R4 (4.0.1) from HL7's own definitions, as one small text in `crates/fhir/model/r4.txt`.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

const FILES: [&str; 2] = ["profiles-types.json", "profiles-resources.json"];
const OUTPUT: &str = "crates/fhir/model/r4.txt";
const PREFIX: &str = "http://hl7.org/fhir/StructureDefinition/";

/// Writes the model from the definitions in `from`, or with `check` compares it with what is committed.
pub fn run(from: &Path, root: &Path, check: bool) -> Result<()> {
    let mut text = String::from(
        "# FHIR R4 4.0.1, from HL7's profiles-types.json and profiles-resources.json (CC0-1.0) by `cargo xtask gen fhir`.\n\
         # kind name base; then its own elements: name, cardinality, types.\n",
    );
    for file in FILES {
        let path = from.join(file);
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let bundle: Value = serde_json::from_slice(&bytes).with_context(|| format!("`{file}` is not JSON"))?;
        for entry in bundle["entry"].as_array().context("no entries")? {
            let resource = &entry["resource"];
            if resource["resourceType"] == "StructureDefinition" && resource["fhirVersion"] == "4.0.1" {
                structure(resource, &mut text)?;
            }
        }
    }
    let output = root.join(OUTPUT);
    if check {
        if std::fs::read_to_string(&output)? != text {
            bail!("`{OUTPUT}` is not what the definitions give: run `cargo xtask gen fhir --from DIR`");
        }
        return Ok(());
    }
    std::fs::write(&output, text)?;
    println!("wrote {OUTPUT}");
    Ok(())
}

fn structure(definition: &Value, text: &mut String) -> Result<()> {
    let name = word(&definition["type"])?;
    // A profile of a type (`SimpleQuantity`) is no type of its own.
    if definition["derivation"] == "constraint" {
        return Ok(());
    }
    let kind = match word(&definition["kind"])? {
        "primitive-type" => "primitive",
        "complex-type" => "type",
        _ => "resource",
    };
    let base = definition["baseDefinition"].as_str().and_then(|b| b.rsplit('/').next()).unwrap_or("-");
    let elements = definition["snapshot"]["element"].as_array().context("no snapshot")?;
    block(kind, name, base, elements, text)?;
    for element in elements {
        let path = word(&element["path"])?;
        let code = element["type"][0]["code"].as_str().unwrap_or_default();
        if path.contains('.') && (code == "BackboneElement" || code == "Element") && !is_leaf(path, elements) {
            block("element", path, code, elements, text)?;
        }
    }
    Ok(())
}

fn is_leaf(path: &str, elements: &[Value]) -> bool {
    !elements
        .iter()
        .filter_map(|e| e["path"].as_str())
        .any(|p| p.strip_prefix(path).is_some_and(|r| r.starts_with('.')))
}

fn block(kind: &str, name: &str, base: &str, elements: &[Value], text: &mut String) -> Result<()> {
    writeln!(text, "{kind} {name} {base}")?;
    for element in elements {
        let path = word(&element["path"])?;
        let Some(field) = path.strip_prefix(name).and_then(|r| r.strip_prefix('.')) else { continue };
        let own = element["base"]["path"].as_str().is_none_or(|b| b == path);
        if field.contains('.') || !own || (kind == "primitive" && field == "value") {
            continue;
        }
        let (min, max) = (&element["min"], word(&element["max"])?);
        writeln!(text, " {field} {min}..{max} {}", types(path, element, elements).join(" "))?;
    }
    Ok(())
}

fn types(path: &str, element: &Value, elements: &[Value]) -> Vec<String> {
    if let Some(reference) = element["contentReference"].as_str() {
        return vec![reference.trim_start_matches('#').to_owned()];
    }
    let listed = element["type"].as_array().into_iter().flatten();
    let mut types: Vec<String> = listed
        .filter_map(|t| t["code"].as_str())
        .map(|code| match code {
            "BackboneElement" | "Element" if !is_leaf(path, elements) => path.to_owned(),
            // FHIR's own attributes are typed as FHIRPath's string.
            "http://hl7.org/fhirpath/System.String" if path == "Resource.id" => "id".to_owned(),
            "http://hl7.org/fhirpath/System.String" if path == "Extension.url" => "uri".to_owned(),
            "http://hl7.org/fhirpath/System.String" => "string".to_owned(),
            code => code.trim_start_matches(PREFIX).to_owned(),
        })
        .collect();
    types.dedup();
    types
}

fn word(value: &Value) -> Result<&str> {
    value.as_str().context("a definition lacks a word that every definition has")
}
