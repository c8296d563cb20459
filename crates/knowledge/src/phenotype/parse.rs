//! Reads `phenotype.hpoa`, the twelve-column format of 2019 and later.

use std::collections::HashMap;

use indgang_model::{HpoId, Sex};

use super::{Annotation, Disease, DiseaseAnnotations, DiseaseId, Frequency, FrequencyClass, Pmid};

/// Why an annotation file cannot be used. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HpoaError {
    /// A row without its twelve columns.
    #[error("line {line}: {columns} columns instead of 12; use `phenotype.hpoa` of an HPO release, tab-separated")]
    Columns {
        /// The line.
        line: usize,
        /// Columns found.
        columns: usize,
    },
    /// A value that cannot be read.
    #[error("line {line}, column {column}: `{value}` is not {wanted}; the file is damaged, download the release again")]
    Value {
        /// The line.
        line: usize,
        /// The column's name.
        column: &'static str,
        /// What stands there.
        value: String,
        /// What should stand there.
        wanted: &'static str,
    },
    /// No rows at all.
    #[error("no annotation rows; use `phenotype.hpoa` of an HPO release")]
    Empty,
}

pub(super) fn parse(text: &str) -> Result<DiseaseAnnotations, HpoaError> {
    let mut version = "";
    let mut hpo_version = "";
    let mut diseases: Vec<Disease> = Vec::new();
    let mut places: HashMap<DiseaseId, usize> = HashMap::new();
    for (line, row) in (1..).zip(text.lines()) {
        if let Some(comment) = row.strip_prefix('#') {
            match comment.split_once(':') {
                Some(("date" | "version", value)) => version = value.trim(),
                Some(("HPO-version" | "hpo-version", value)) => hpo_version = value.trim(),
                _ => {}
            }
            continue;
        }
        // Newer releases have the header without `#`.
        if row.is_empty() || row.starts_with("database_id\t") {
            continue;
        }
        let row = Row::split(line, row)?;
        let id = row.disease()?;
        let place = *places.entry(id).or_insert_with(|| {
            diseases.push(Disease {
                id,
                name: row.columns[1].into(),
                annotations: Vec::new(),
                inheritance: Vec::new(),
                course: Vec::new(),
            });
            diseases.len() - 1
        });
        row.add_to(&mut diseases[place])?;
    }
    if diseases.is_empty() {
        return Err(HpoaError::Empty);
    }
    for disease in &mut diseases {
        for list in [&mut disease.inheritance, &mut disease.course] {
            list.sort_unstable();
            list.dedup();
        }
    }
    let hpo_version = hpo_version.split('/').find(|p| p.starts_with("20")).unwrap_or(hpo_version);
    Ok(DiseaseAnnotations::new(version.into(), hpo_version.into(), diseases))
}

struct Row<'a> {
    line: usize,
    columns: [&'a str; 12],
}

impl<'a> Row<'a> {
    fn split(line: usize, row: &'a str) -> Result<Self, HpoaError> {
        let mut columns = [""; 12];
        let mut n = 0;
        for value in row.split('\t') {
            if n < 12 {
                columns[n] = value;
            }
            n += 1;
        }
        if n == 12 { Ok(Self { line, columns }) } else { Err(HpoaError::Columns { line, columns: n }) }
    }

    fn error(&self, column: &'static str, value: &str, wanted: &'static str) -> HpoaError {
        HpoaError::Value { line: self.line, column, value: value.to_owned(), wanted }
    }

    fn disease(&self) -> Result<DiseaseId, HpoaError> {
        let text = self.columns[0];
        text.parse().map_err(|_| self.error("database_id", text, "an OMIM, ORPHA or DECIPHER identifier"))
    }

    fn term(&self, column: &'static str, text: &str) -> Result<HpoId, HpoaError> {
        text.parse().map_err(|_| self.error(column, text, "an HPO identifier"))
    }

    fn add_to(&self, disease: &mut Disease) -> Result<(), HpoaError> {
        let term = self.term("hpo_id", self.columns[3])?;
        match self.columns[10] {
            "P" => disease.annotations.push(self.annotation(term)?),
            "I" => disease.inheritance.push(term),
            "C" => disease.course.push(term),
            // Modifiers (M) and past medical history (H) say nothing of which signs belong to the disease.
            "M" | "H" => {}
            other => return Err(self.error("aspect", other, "P, I, C, M or H")),
        }
        Ok(())
    }

    fn annotation(&self, term: HpoId) -> Result<Annotation, HpoaError> {
        let excluded = match self.columns[2].trim() {
            "" => false,
            "NOT" => true,
            other => return Err(self.error("qualifier", other, "empty or NOT")),
        };
        let onset = match self.columns[6].trim() {
            "" => None,
            // Two onsets in one row do occur; the first is taken.
            text => Some(self.term("onset", text.split(';').next().unwrap_or(text).trim())?),
        };
        let sex = match self.columns[8].trim().to_ascii_lowercase().as_str() {
            "male" => Some(Sex::Male),
            "female" => Some(Sex::Female),
            _ => None,
        };
        let publications = self.columns[4]
            .split(';')
            .filter_map(|r| r.trim().strip_prefix("PMID:"))
            .filter_map(|n| n.trim().parse().ok().map(Pmid))
            .collect();
        Ok(Annotation { term, excluded, frequency: self.frequency()?, onset, sex, publications })
    }

    fn frequency(&self) -> Result<Frequency, HpoaError> {
        let text = self.columns[7].trim();
        if text.is_empty() {
            return Ok(Frequency::Unknown);
        }
        frequency(text).ok_or_else(|| self.error("frequency", text, "n/m, a percentage or an HPO frequency term"))
    }
}

fn frequency(text: &str) -> Option<Frequency> {
    if let Some((with, of)) = text.split_once('/') {
        let (with, of): (u32, u32) = (with.trim().parse().ok()?, of.trim().parse().ok()?);
        // `0/0` occurs: nobody was examined.
        return Some(if of == 0 { Frequency::Unknown } else { Frequency::Counts { with: with.min(of), of } });
    }
    if let Some(percent) = text.strip_suffix('%') {
        let percent: f32 = percent.trim().parse().ok()?;
        return (0.0..=100.0).contains(&percent).then_some(Frequency::Share(percent / 100.0));
    }
    Some(Frequency::Class(match text {
        "HP:0040280" => FrequencyClass::Obligate,
        "HP:0040281" => FrequencyClass::VeryFrequent,
        "HP:0040282" => FrequencyClass::Frequent,
        "HP:0040283" => FrequencyClass::Occasional,
        "HP:0040284" => FrequencyClass::VeryRare,
        "HP:0040285" => FrequencyClass::Excluded,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "#description: x\n#date: 2023-01-27\n#HPO-version: http://x/hp/releases/2023-01-26/hp.json\n#DatabaseID\tDiseaseName\n";

    fn row(term: &str, qualifier: &str, reference: &str, frequency: &str, aspect: &str) -> String {
        format!(
            "OMIM:101600\tPfeiffer syndrome\t{qualifier}\t{term}\t{reference}\tPCS\t\t{frequency}\t\t\t{aspect}\tx\n"
        )
    }

    #[test]
    fn rows_become_a_disease() {
        let text = [
            HEAD.to_owned(),
            row("HP:0001156", "", "PMID:1;PMID:2", "3/4", "P"),
            row("HP:0001249", "NOT", "OMIM:101600", "", "P"),
            row("HP:0000006", "", "OMIM:101600", "", "I"),
            row("HP:0000006", "", "PMID:1", "", "I"),
            row("HP:0003577", "", "PMID:1", "", "C"),
            row("HP:0012828", "", "PMID:1", "", "M"),
        ]
        .concat();
        let all = DiseaseAnnotations::from_hpoa(&text).unwrap();
        assert_eq!((all.version(), all.hpo_version()), ("2023-01-27", "2023-01-26"));
        let disease = all.get("OMIM:101600".parse().unwrap()).unwrap();
        assert_eq!(disease.name.as_ref(), "Pfeiffer syndrome");
        assert_eq!(disease.annotations.len(), 2);
        assert_eq!(disease.annotations[0].publications, [Pmid(1), Pmid(2)]);
        assert_eq!(disease.annotations[0].frequency.share(), Some(0.75));
        assert!(disease.annotations[1].excluded && disease.annotations[1].publications.is_empty());
        assert_eq!(disease.inheritance, [HpoId(6)]);
        assert_eq!(disease.course, [HpoId(3577)]);
    }

    #[test]
    fn frequencies() {
        for (text, share) in [
            ("1/4", Some(0.25)),
            ("0/0", None),      // nobody was examined
            ("5/4", Some(1.0)), // more than examined: a slip of the file, kept within 1
            ("25%", Some(0.25)),
            ("HP:0040281", Some(0.895)),
            ("HP:0040285", Some(0.0)),
        ] {
            assert_eq!(frequency(text).unwrap().share(), share, "{text}");
        }
        for text in ["often", "1/x", "120%", "HP:0000001"] {
            assert_eq!(frequency(text), None, "{text}");
        }
    }

    #[test]
    fn bad_rows_name_their_line() {
        for (row, message) in [
            ("OMIM:1\tx\n".to_owned(), "line 5: 2 columns"),
            (row("HP:1", "", "", "", "P"), "line 5, column hpo_id: `HP:1`"),
            (row("HP:0000001", "", "", "often", "P"), "column frequency: `often`"),
            (row("HP:0000001", "MAYBE", "", "", "P"), "column qualifier: `MAYBE`"),
            (row("HP:0000001", "", "", "", "Q"), "column aspect: `Q`"),
            (String::new(), "no annotation rows"),
        ] {
            let error = DiseaseAnnotations::from_hpoa(&format!("{HEAD}{row}")).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn what_is_stored_comes_back_the_same() {
        let text = format!("{HEAD}{}", row("HP:0001156", "", "PMID:1", "3/4", "P"));
        let all = DiseaseAnnotations::from_hpoa(&text).unwrap();
        let again: DiseaseAnnotations = postcard::from_bytes(&postcard::to_stdvec(&all).unwrap()).unwrap();
        assert_eq!(again.diseases(), all.diseases());
        let json: DiseaseAnnotations = serde_json::from_str(&serde_json::to_string(&all).unwrap()).unwrap();
        assert_eq!(json.get("OMIM:101600".parse().unwrap()), all.get("OMIM:101600".parse().unwrap()));
    }
}
