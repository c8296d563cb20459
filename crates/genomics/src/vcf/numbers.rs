//! Numbers out of bytes, without a detour over text.

/// A whole number of at most ten digits; `None` for anything else, overflow included.
#[inline]
pub(crate) fn unsigned(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 10 {
        return None;
    }
    let mut value = 0u64;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    u32::try_from(value).ok()
}

/// A finite number as `12`, `-0.5`, `1e-5`; `None` for anything else, `nan` and `inf` included.
#[inline]
pub(crate) fn float(bytes: &[u8]) -> Option<f32> {
    if bytes.len() <= 7
        && let Some(whole) = unsigned(bytes)
    {
        return Some(whole as f32);
    }
    std::str::from_utf8(bytes).ok()?.parse::<f32>().ok().filter(|f| f.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("0", Some(0)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("", None),
            ("-1", None),
            ("1.0", None),
            ("00000000001", None),
        ] {
            assert_eq!(unsigned(text.as_bytes()), expected, "{text}");
        }
        for (text, expected) in
            [("99", Some(99.0)), ("-0.5", Some(-0.5)), ("1e-5", Some(1e-5)), ("nan", None), ("inf", None), ("", None)]
        {
            assert_eq!(float(text.as_bytes()), expected, "{text}");
        }
    }
}
