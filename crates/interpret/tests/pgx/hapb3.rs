//! PharmCAT's table of DPYD's HapB3: two variants that mostly go together, of which the intronic one does the harm.

use super::builder::File;

const TABLE: &str = include_str!("../data/pharmcat/hapb3.tsv");
const PLACES: [&str; 7] =
    ["rs56038477", "rs75017182", "rs72549310", "rs67376798", "rs1801265", "rs186169810", "rs115232898"];
const HAPB3: &str = "c.1129-5923C>G, c.1236G>A (HapB3)";

/// Rows (from 1) that differ, with what is found, and why.
const DEVIATIONS: &[(usize, &str, &str)] = &[(
    97,
    "HapB3/c.557A>G",
    "c.557A>G and c.2846A>T have the same activity value; PharmCAT prefers the one that DPWG names, here the first by name",
)];

#[test]
fn hapb3_is_called_as_in_the_table() {
    let definition = super::builder::gene("DPYD").definition.as_ref().expect("positions");
    let (mut faults, mut rows) = (Vec::new(), 0);
    for row in TABLE.lines().filter(|l| !l.starts_with('#')) {
        rows += 1;
        let fields: Vec<&str> = row.split('\t').collect();
        let mut file = File::default();
        file.reference("DPYD", "0/0");
        for (rsid, call) in PLACES.iter().zip(&fields) {
            let position = definition.positions.iter().find(|p| p.rsid.as_deref() == Some(rsid)).expect("a position");
            let number = definition.chromosome.number();
            if *call == "missing" {
                file.lines.remove(&(number, position.position));
                continue;
            }
            // The one without an allele of its own: a base that the definition does not know.
            let alternate = if *rsid == "rs186169810" { "G" } else { &position.alleles[1] };
            file.set(number, position.position, &position.alleles[0], alternate, call);
        }
        let gene = file.gene("DPYD");
        let mut found: Vec<String> =
            gene.diplotypes[0].alleles.iter().map(|a| a.name.replace(HAPB3, "HapB3")).collect();
        let mut wanted: Vec<&str> = fields[7].split('/').collect();
        found.sort();
        wanted.sort_unstable();
        let warned = |code: &str| gene.warnings.iter().any(|w| w.code == code);
        let as_warned = match fields[8] {
            "exon_only" => warned("hapb3_exon_only"),
            "disagree" => warned("hapb3_disagree"),
            _ => !warned("hapb3_exon_only") && !warned("hapb3_disagree"),
        };
        let found = found.join("/");
        let deviates = DEVIATIONS.iter().find(|(number, _, _)| *number == rows).map(|(_, found, _)| *found);
        if found != deviates.unwrap_or(&wanted.join("/")) || !as_warned {
            faults.push(format!("{rows}: {row}: found {found}, warnings as expected: {as_warned}"));
        }
    }
    assert!(faults.is_empty(), "{} of {rows}:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(rows, 98);
}
