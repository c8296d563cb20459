//! Which release a file is of.

/// `"FILE CREATED: 2026-06-21"` of ClinGen's file.
pub(super) fn of_clingen(text: &str) -> Option<&str> {
    let line = text.lines().take(6).find_map(|line| line.split_once("FILE CREATED:"))?;
    line.1.trim().split(['"', ',']).next().filter(|date| !date.is_empty())
}

/// The date or version number in a file's name: `hgnc_complete_set_2023-10-01.txt`, `gnomad.v4.1.constraint_metrics.tsv`.
pub(super) fn of_name(file: &str) -> Option<String> {
    let numbers =
        file.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).map(|n| n.trim_matches(['.', '-']));
    let telling = |n: &&str| n.split(['.', '-']).filter(|part| !part.is_empty()).count() >= 2 || n.len() == 8;
    numbers.filter(|n| !n.is_empty()).find(telling).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_files() {
        for (file, expected) in [
            ("hgnc_complete_set_2023-10-01.txt", Some("2023-10-01")),
            ("gnomad.v4.1.constraint_metrics.tsv", Some("4.1")),
            ("gnomad.v2.1.1.lof_metrics.by_gene.txt.bgz", Some("2.1.1")),
            ("clinvar_20240930.vcf.gz", Some("20240930")),
            ("acmg_sf_v3.2.tsv", Some("3.2")),
            ("genes_to_disease.txt", None),
            ("hp2.obo", None),
        ] {
            assert_eq!(of_name(file).as_deref(), expected, "{file}");
        }
        assert_eq!(of_clingen("\"x\"\n\"FILE CREATED: 2026-06-21\",\"\"\n"), Some("2026-06-21"));
    }
}
