//! Alleles called by other programs or laboratories (CYP2D6, HLA, MT-RNR1 and others), in PharmCAT's table.

use indgang_knowledge::pgx::Pgx;
use std::collections::BTreeMap;

/// A gene's call from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideCall {
    /// One or two alleles.
    pub alleles: Vec<String>,
    /// Phenotype, when the table gives it.
    pub phenotype: Option<String>,
    /// Activity score, when the table gives it.
    pub activity_score: Option<String>,
}

/// Calls by sample (empty name: the one sample of the file), then by gene.
pub type OutsideCalls = BTreeMap<String, BTreeMap<String, Vec<OutsideCall>>>;

/// Why a table of outside calls cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct OutsideError {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
}

/// Genes of which a person has one copy, whatever the sex.
const ONE_COPY: [&str; 1] = ["MT-RNR1"];

/// Reads the table: gene, diplotype, phenotype, activity score and, for a VCF of several samples, the sample;
/// separated by tabs, `#` begins a comment.
///
/// # Errors
/// For a line without gene or call, a gene that no guideline speaks of, or a diplotype of more than two alleles.
pub fn parse(text: &str, pgx: &Pgx) -> Result<OutsideCalls, OutsideError> {
    let mut calls = OutsideCalls::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty() && !row.starts_with('#')) {
        let mut fields = row.split('\t').map(str::trim);
        let mut next = || fields.next().unwrap_or("");
        let (gene, diplotype, phenotype, score, sample) = (next(), next(), next(), next(), next());
        let wrong = |what: String| OutsideError { line, what };
        if pgx.gene(gene).is_none() {
            return Err(wrong(format!(
                "`{gene}` is no gene of a CPIC guideline; expected gene, diplotype, phenotype, activity score, separated by tabs"
            )));
        }
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if diplotype.is_empty() && phenotype.is_empty() && score.is_empty() {
            return Err(wrong(format!("`{gene}` has no diplotype, phenotype or activity score; give one of them")));
        }
        let alleles = alleles(gene, diplotype).map_err(wrong)?;
        let call = OutsideCall { alleles, phenotype: given(phenotype), activity_score: given(score) };
        calls.entry(sample.to_owned()).or_default().entry(gene.to_owned()).or_default().push(call);
    }
    Ok(calls)
}

fn alleles(gene: &str, diplotype: &str) -> Result<Vec<String>, String> {
    if diplotype.is_empty() {
        return Ok(Vec::new());
    }
    let plain = |allele: &str| allele.trim().strip_prefix(gene).unwrap_or_else(|| allele.trim()).to_owned();
    let alleles: Vec<String> = diplotype.split('/').map(plain).collect();
    let may = match alleles.len() {
        1 => gene.starts_with("HLA") || gene == "G6PD" || ONE_COPY.contains(&gene),
        2 => !ONE_COPY.contains(&gene),
        _ => false,
    };
    if !may || alleles.iter().any(String::is_empty) {
        return Err(format!(
            "`{diplotype}` is no diplotype of {gene}; write {}",
            if ONE_COPY.contains(&gene) { "one allele" } else { "two alleles with `/` between" }
        ));
    }
    Ok(alleles)
}

/// CYP2D6 alleles of three and more copies go under the name that CPIC has for all of them.
pub fn known_name(gene: &str, allele: &str, known: impl Fn(&str) -> bool) -> String {
    let copies = |text: &str| text.trim_start_matches(['≥', '>', '=']).parse::<u32>().ok();
    if gene == "CYP2D6"
        && !known(allele)
        && let Some((base, count)) = allele.split_once(['x', 'X'])
        && let Some(count) = copies(count)
    {
        let named = if count >= 3 { format!("{base}x≥3") } else { format!("{base}x{count}") };
        if known(&named) {
            return named;
        }
    }
    allele.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_knowledge::Knowledge;

    #[test]
    fn tables_of_pharmcat_are_read() {
        let pgx = Knowledge::shipped().pgx().expect("whole");
        let text = "##note\nCYP2D6\tCYP2D6*1/CYP2D6*4\t\t\t\nHLA-B\t*15:02/*57:01\nMT-RNR1\t1555A>G\nCYP2C9\t\t\t1.0\n";
        let calls = &parse(text, pgx).expect("reads")[""];
        assert_eq!(calls["CYP2D6"][0].alleles, ["*1", "*4"]);
        assert_eq!(calls["MT-RNR1"][0].alleles, ["1555A>G"]);
        assert_eq!(calls["CYP2C9"][0].activity_score.as_deref(), Some("1.0"));
        for (wrong, hint) in [
            ("BRCA1\t*1/*1", "no gene"),
            ("CYP2D6", "give one"),
            ("CYP2D6\t*1", "two alleles"),
            ("MT-RNR1\ta/b", "one allele"),
            ("CYP2D6\t*1/*2/*3", "two alleles"),
        ] {
            let error = parse(wrong, pgx).expect_err(wrong).to_string();
            assert!(error.starts_with("line 1: ") && error.contains(hint), "{error}");
        }
    }

    #[test]
    fn many_copies_have_one_name() {
        let known = |name: &str| matches!(name, "*1" | "*1x2" | "*1x≥3" | "*41x3");
        let cases = [
            ("*1x4", "*1x≥3"),
            ("*1X2", "*1x2"),
            ("*1x≥3", "*1x≥3"),
            ("*41x3", "*41x3"),
            ("*9x5", "*9x5"),
            ("*1", "*1"),
        ];
        for (given, expected) in cases {
            assert_eq!(known_name("CYP2D6", given, known), expected);
        }
    }
}
