//! Pairs of a query or a form.

use crate::page::encode;

/// The pairs, their escapes resolved.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(n, v)| (unescaped(n), unescaped(v))).collect()
}

/// The same question from another place on, with its question mark.
pub(super) fn query(pairs: &[(String, String)], offset: usize) -> String {
    let given = pairs.iter().filter(|(name, _)| name != "_offset");
    let mut pairs: Vec<String> = given.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    if offset > 0 {
        pairs.push(format!("_offset={offset}"));
    }
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// A text with its escapes resolved.
pub(super) fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, hex.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again() {
        let read = pairs("patient=Patient/p%2D1&code=npu%7Cx&_offset=7&flag&text=a+b%26");
        assert_eq!(read[0].1, "Patient/p-1");
        assert_eq!((read[1].1.as_str(), read[3].1.as_str(), read[4].1.as_str()), ("npu|x", "", "a b&"));
        assert_eq!(pairs(query(&read, 9).trim_start_matches('?')).last().unwrap().1, "9");
        assert_eq!(pairs(query(&read, 0).trim_start_matches('?')).len(), 4);
        assert_eq!(query(&[], 0), "");
    }
}
