//! Files of a tar archive (POSIX ustar, IEEE Std 1003.1): names and contents.

use anyhow::{Context, Result};
use std::collections::BTreeMap;

/// Every regular file by its name.
pub fn files(archive: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    let (mut files, mut rest) = (BTreeMap::new(), archive);
    while let Some((header, after)) = rest.split_at_checked(512) {
        if header.iter().all(|b| *b == 0) {
            break;
        }
        let text = |range: std::ops::Range<usize>| {
            let field = &header[range];
            String::from_utf8_lossy(field.split(|b| *b == 0).next().unwrap_or(field)).into_owned()
        };
        let size = usize::from_str_radix(text(124..136).trim(), 8).context("a size in the archive")?;
        let prefix = if &header[257..262] == b"ustar" { text(345..500) } else { String::new() };
        let name = if prefix.is_empty() { text(0..100) } else { format!("{prefix}/{}", text(0..100)) };
        let content = after.get(..size).context("the archive is cut")?;
        if matches!(header[156], b'0' | 0) {
            files.insert(name, content.to_vec());
        }
        rest = after.get(size.div_ceil(512) * 512..).unwrap_or_default();
    }
    Ok(files)
}
