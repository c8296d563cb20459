//! Delimited text (RFC 4180, with any delimiter): records with the line on which each begins.

use crate::descriptor::NotThis;

/// A record.
pub struct Record {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its fields, without the quotes and the blanks around them.
    pub fields: Vec<String>,
}

/// What divides the first line into the most names that are known; a comma where nothing tells.
pub fn delimiter(text: &str, is_known: impl Fn(&str) -> bool) -> char {
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: char| {
        let records = records(first, delimiter).unwrap_or_default();
        records.first().map_or(0, |record| record.fields.iter().filter(|name| is_known(name)).count())
    };
    let each = [';', '\t', '|', ','].into_iter();
    each.max_by_key(|delimiter| (count(*delimiter), *delimiter == ',')).unwrap_or(',')
}

/// The records of a text; lines without a sign are left out. A quote within quotes is doubled, and a field in quotes may have
/// several lines.
///
/// # Errors
/// When a quote is not closed.
pub fn records(text: &str, delimiter: char) -> Result<Vec<Record>, NotThis> {
    let (mut records, mut fields, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut begun, mut quoted) = (1, 1, None);
    let mut signs = text.chars().peekable();
    loop {
        let sign = signs.next();
        match sign {
            Some('"') if quoted.is_some() && signs.peek() == Some(&'"') => {
                signs.next();
                field.push('"');
            }
            // Elsewhere than around a field a quote is a sign like any other.
            Some('"') if quoted.is_some() => quoted = None,
            Some('"') if field.trim().is_empty() => quoted = Some(line),
            Some(sign) if sign == delimiter && quoted.is_none() => fields.push(std::mem::take(&mut field)),
            Some('\n') | None if quoted.is_none() => {
                fields.push(std::mem::take(&mut field));
                let whole: Vec<String> = fields.drain(..).map(|field| field.trim().to_owned()).collect();
                if whole.len() > 1 || whole.iter().any(|field| !field.is_empty()) {
                    records.push(Record { line: begun, fields: whole });
                }
                begun = line + 1;
            }
            Some(sign) => field.push(sign),
            None => {}
        }
        line += u64::from(sign == Some('\n'));
        if sign.is_none() {
            let open = |line| NotThis(format!("line {line}: a quote is opened and never closed; close it"));
            return quoted.map_or(Ok(records), |line| Err(open(line)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_lines_and_quotes() {
        for (text, expected) in [
            ("a;b\n1;2\n", vec![(1, vec!["a", "b"]), (2, vec!["1", "2"])]),
            ("a;b\r\n\r\n 1 ;\r\n", vec![(1, vec!["a", "b"]), (3, vec!["1", ""])]),
            (
                "a;\"b;c\"\n\"x\ny\";\"\"\"q\"\"\"\nz;1\"",
                vec![(1, vec!["a", "b;c"]), (2, vec!["x\ny", "\"q\""]), (4, vec!["z", "1\""])],
            ),
            ("a", vec![(1, vec!["a"])]),
            ("\n\n", vec![]),
        ] {
            let found: Vec<(u64, Vec<String>)> =
                records(text, ';').unwrap().into_iter().map(|record| (record.line, record.fields)).collect();
            let found: Vec<(u64, Vec<&str>)> =
                found.iter().map(|(line, fields)| (*line, fields.iter().map(String::as_str).collect())).collect();
            assert_eq!(found, expected, "{text:?}");
        }
        let error = records("a;b\n1;\"x\n2;3\n", ';').err().unwrap().to_string();
        assert!(error.contains("line 2") && error.contains("close it"), "{error}");
    }

    #[test]
    fn the_delimiter_is_told_by_the_names() {
        let known = |name: &str| ["cpr", "dato, tid"].contains(&name);
        for (text, expected) in [("cpr;dato, tid\n", ';'), ("cpr\tdato, tid", '\t'), ("cpr,x", ','), ("x", ',')] {
            assert_eq!(delimiter(text, known), expected, "{text}");
        }
    }
}
