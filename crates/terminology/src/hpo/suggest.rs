//! The nearest terms to what somebody wrote.

use std::collections::HashSet;

use indgang_model::HpoId;

use super::{Hpo, Term};

/// A term that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Its identifier.
    pub id: HpoId,
    /// Its name.
    pub name: Box<str>,
}

impl std::fmt::Display for Suggestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.id, self.name)
    }
}

impl Hpo {
    /// The `n` terms nearest to an identifier or to words of a name, nearest first.
    ///
    /// Identifiers are compared by their digits (edit distance), names and synonyms by shared triples of letters.
    pub fn suggest(&self, text: &str, n: usize) -> Vec<Suggestion> {
        let text = text.trim();
        let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        let by_id = !digits.is_empty() && text.len() - digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit());
        let mut scored: Vec<(u32, &Term)> = if by_id {
            self.terms.iter().map(|t| (edit_distance(digits.as_bytes(), &seven_digits(t.id)), t)).collect()
        } else {
            let wanted = Wanted::new(text);
            self.terms.iter().filter_map(|t| wanted.distance(t).map(|d| (d, t))).collect()
        };
        scored.sort_by_key(|(distance, term)| (*distance, term.id));
        scored.into_iter().take(n).map(|(_, t)| Suggestion { id: t.id, name: t.name.clone() }).collect()
    }
}

fn seven_digits(id: HpoId) -> [u8; 7] {
    let mut digits = [b'0'; 7];
    let mut rest = id.0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    digits
}

/// Edits (insert, delete, replace, swap of neighbours) between two short texts.
pub fn edit_distance(a: &[u8], b: &[u8]) -> u32 {
    let width = b.len() + 1;
    let mut table = vec![0u32; (a.len() + 1) * width];
    for (j, cell) in table.iter_mut().take(width).enumerate() {
        *cell = j as u32;
    }
    for i in 1..=a.len() {
        table[i * width] = i as u32;
        for j in 1..=b.len() {
            let same = u32::from(a[i - 1] != b[j - 1]);
            let mut best = (table[(i - 1) * width + j] + 1)
                .min(table[i * width + j - 1] + 1)
                .min(table[(i - 1) * width + j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(table[(i - 2) * width + j - 2] + 1);
            }
            table[i * width + j] = best;
        }
    }
    table[a.len() * width + b.len()]
}

struct Wanted {
    lower: String,
    triples: HashSet<[char; 3]>,
}

impl Wanted {
    fn new(text: &str) -> Self {
        let lower = text.to_lowercase();
        let triples = triples(&lower);
        Self { lower, triples }
    }

    /// 0 for the same name up to 1000 for nothing shared (which is `None`).
    fn distance(&self, term: &Term) -> Option<u32> {
        std::iter::once(&term.name).chain(&term.synonyms).filter_map(|name| self.name_distance(name)).min()
    }

    fn name_distance(&self, name: &str) -> Option<u32> {
        let name = name.to_lowercase();
        if name == self.lower {
            return Some(0);
        }
        let other = triples(&name);
        let shared = other.intersection(&self.triples).count();
        let all = other.len() + self.triples.len();
        (shared > 0).then(|| 1 + (999 - (999 * 2 * shared / all).min(999)) as u32)
    }
}

/// Triples of letters with a space before and after the text, so that beginnings and ends count.
fn triples(text: &str) -> HashSet<[char; 3]> {
    let padded: Vec<char> = std::iter::once(' ').chain(text.chars()).chain(std::iter::once(' ')).collect();
    padded.windows(3).map(|w| [w[0], w[1], w[2]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (a, b, edits) in [
            ("0001156", "0001156", 0),
            ("0001165", "0001156", 1), // neighbours swapped
            ("001156", "0001156", 1),  // a digit forgotten
            ("0001256", "0001156", 1),
            ("", "0000001", 7),
        ] {
            assert_eq!(edit_distance(a.as_bytes(), b.as_bytes()), edits, "{a} {b}");
        }
    }
}
