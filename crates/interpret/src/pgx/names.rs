//! Names of alleles and diplotypes.

use std::cmp::Ordering;

/// Orders names as people do: `*2` before `*10`, `Reference` before what differs from it.
pub fn compare(a: &str, b: &str) -> Ordering {
    let first = |name: &str| u8::from(!name.starts_with("Reference"));
    first(a).cmp(&first(b)).then_with(|| pieces(a).cmp(pieces(b))).then_with(|| a.cmp(b))
}

/// Runs of digits as numbers, other characters one by one.
fn pieces(name: &str) -> impl Iterator<Item = (u64, char)> {
    let mut rest = name.chars().peekable();
    std::iter::from_fn(move || {
        let first = rest.next()?;
        let Some(digit) = first.to_digit(10) else { return Some((0, first)) };
        let mut number = u64::from(digit);
        while let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
            number = number.saturating_mul(10).saturating_add(u64::from(digit));
            rest.next();
        }
        Some((number, '0'))
    })
}

/// Two names in order, with `/` between; one alone as it is.
pub fn diplotype(first: &str, second: Option<&str>) -> String {
    match second {
        None => first.to_owned(),
        Some(second) if compare(first, second) == Ordering::Greater => format!("{second}/{first}"),
        Some(second) => format!("{first}/{second}"),
    }
}

/// Several alleles on one strand.
pub fn strand(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_by(|a, b| compare(a, b));
    match names[..] {
        [] => "Reference".to_owned(),
        [one] => one.to_owned(),
        _ => format!("[{}]", names.join(" + ")),
    }
}

/// Alleles whose strand is not known, in order; one that stands twice is on both.
pub fn listed(sorted: &[&str]) -> String {
    let mut names: Vec<String> = Vec::new();
    for chunk in sorted.chunk_by(|a, b| a == b) {
        names.push(if chunk.len() > 1 { format!("{} (homozygous)", chunk[0]) } else { chunk[0].to_owned() });
    }
    names.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_peoples_order() {
        let cases = [
            ("*2", "*10", "*2/*10"),
            ("*17", "*1", "*1/*17"),
            ("c.2846A>T", "Reference", "Reference/c.2846A>T"),
            ("c.498G>A", "c.85T>C (*9A)", "c.85T>C (*9A)/c.498G>A"),
        ];
        for (a, b, expected) in cases {
            assert_eq!(diplotype(a, Some(b)), expected);
        }
        assert_eq!(strand(&["c.2933A>G", "c.2846A>T"]), "[c.2846A>T + c.2933A>G]");
        assert_eq!((strand(&[]), diplotype("*1", None)), ("Reference".to_owned(), "*1".to_owned()));
    }
}
