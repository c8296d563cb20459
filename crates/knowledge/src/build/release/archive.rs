//! Plain files of a tar archive.

use crate::build::BuildError;

/// Path and text of each (POSIX ustar: 512-byte headers, name at 0, octal size at 124, type at 156).
pub(super) fn files(bytes: &[u8]) -> Result<Vec<(String, String)>, BuildError> {
    let error = |what: String| BuildError::Line { file: "archive", line: 1, what };
    let mut files = Vec::new();
    let mut rest = bytes;
    while let Some((header, body)) = rest.split_at_checked(512) {
        let field = |range: std::ops::Range<usize>| {
            String::from_utf8_lossy(&header[range]).trim_matches(['\0', ' ']).to_owned()
        };
        let name = field(0..100);
        if name.is_empty() {
            break;
        }
        let size = field(124..136);
        let size = usize::from_str_radix(&size, 8).map_err(|_| error(format!("the size `{size}` of `{name}`")))?;
        let content = body.get(..size).ok_or_else(|| error(format!("`{name}` is cut short")))?;
        if matches!(header[156], b'0' | 0) {
            files.push((name, String::from_utf8_lossy(content).into_owned()));
        }
        rest = body.get(size.next_multiple_of(512)..).unwrap_or(&[]);
    }
    if files.is_empty() { Err(BuildError::Empty("archive")) } else { Ok(files) }
}

/// Texts of the files in a folder with an ending, by path.
pub(super) fn of<'a>(files: &'a [(String, String)], folder: &str, ending: &str) -> Vec<&'a str> {
    let mut found: Vec<&(String, String)> =
        files.iter().filter(|(path, _)| path.contains(folder) && path.ends_with(ending)).collect();
    found.sort();
    found.into_iter().map(|(_, text)| text.as_str()).collect()
}
