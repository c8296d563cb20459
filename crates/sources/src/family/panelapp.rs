//! Panels of PanelApp as it gives them: JSON of its interface, or the table of its page. Green genes only.

use serde::Deserialize;

/// A panel's green genes, each with the line or number where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Panel {
    /// Name and version, as far as the file tells them.
    pub title: String,
    /// Number of the row or gene, from 1, and HGNC number, else symbol.
    pub genes: Vec<(usize, String)>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    genes: Vec<Entity>,
}

#[derive(Deserialize)]
struct Entity {
    gene_data: Gene,
    confidence_level: String,
}

#[derive(Deserialize)]
struct Gene {
    gene_symbol: String,
    #[serde(default)]
    hgnc_id: Option<String>,
}

/// Green: level 3, and 4 in older panels.
fn is_green(level: &str) -> bool {
    matches!(level.trim(), "3" | "4")
}

/// Reads a panel; `None` when the text is not PanelApp's.
///
/// # Errors
/// What is wrong, when it begins as one.
pub(super) fn read(text: &str) -> Result<Option<Panel>, String> {
    if text.trim_start().starts_with('{') {
        return json(text).map(Some);
    }
    let heading: Vec<&str> = text.lines().next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| heading.iter().position(|h| *h == name);
    match (column("Entity Name"), column("Entity type"), column("GEL_Status")) {
        (Some(name), Some(kind), Some(level)) => {
            table(text, (name, kind, level), (column("Level4"), column("version"))).map(Some)
        }
        _ => Ok(None),
    }
}

fn json(text: &str) -> Result<Panel, String> {
    let document: Document = serde_json::from_str(text)
        .map_err(|e| format!("line {}: not a panel of PanelApp: {e}; save the panel's JSON again", e.line()))?;
    let green = (1..).zip(document.genes).filter(|(_, gene)| is_green(&gene.confidence_level));
    let genes = green.map(|(i, gene)| {
        let Gene { gene_symbol, hgnc_id } = gene.gene_data;
        (i, hgnc_id.filter(|id| !id.is_empty()).unwrap_or(gene_symbol))
    });
    Ok(Panel { title: titled(&document.name, &document.version), genes: genes.collect() })
}

type Optional = Option<usize>;

fn table(text: &str, (name, kind, level): (usize, usize, usize), told: (Optional, Optional)) -> Result<Panel, String> {
    let mut panel = Panel { title: String::new(), genes: Vec::new() };
    for (line, row) in (1..).zip(text.lines()).skip(1).filter(|(_, row)| !row.trim().is_empty()) {
        let cells: Vec<&str> = row.split('\t').collect();
        let cell =
            |at: usize| cells.get(at).copied().ok_or_else(|| format!("line {line}: only {} columns", cells.len()));
        if panel.title.is_empty() {
            let of = |at: Optional| at.and_then(|at| cells.get(at)).copied().unwrap_or_default();
            panel.title = titled(of(told.0), of(told.1));
        }
        if cell(kind)?.eq_ignore_ascii_case("gene") && is_green(cell(level)?) {
            panel.genes.push((line, cell(name)?.trim().to_owned()));
        }
    }
    Ok(panel)
}

fn titled(name: &str, version: &str) -> String {
    [name.trim(), version.trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn green_genes_of_both_forms() {
        let json = r#"{"id": 1, "name": "Aortopathy", "version": "3.2", "genes": [
            {"gene_data": {"gene_symbol": "ACTA2", "hgnc_id": "HGNC:130"}, "confidence_level": "3"},
            {"gene_data": {"gene_symbol": "ABL1", "hgnc_id": "HGNC:76"}, "confidence_level": "2"},
            {"gene_data": {"gene_symbol": "FBN1", "hgnc_id": null}, "confidence_level": "4"}]}"#;
        let panel = read(json).unwrap().unwrap();
        assert_eq!(panel.title, "Aortopathy 3.2");
        assert_eq!(panel.genes, [(1, "HGNC:130".to_owned()), (3, "FBN1".to_owned())]);
        let table = "Entity Name\tEntity type\tGene Symbol\tLevel4\tGEL_Status\tversion\n\
            ACTA2\tgene\tACTA2\tAortopathy\t3\t3.2\nABL1\tgene\tABL1\tAortopathy\t1\t3.2\n\
            ISCA-1\tregion\t\tAortopathy\t3\t3.2\n";
        let panel = read(table).unwrap().unwrap();
        assert_eq!((panel.title.as_str(), panel.genes), ("Aortopathy 3.2", vec![(2, "ACTA2".to_owned())]));
        assert_eq!(read("ACTA2\nFBN1\n"), Ok(None));
        assert!(read("{\n\"genes\": 1}").unwrap_err().starts_with("line 2: not a panel of PanelApp"));
        assert_eq!(read(&format!("{table}X\tgene\n")).unwrap_err(), "line 5: only 2 columns");
    }
}
