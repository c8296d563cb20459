//! `cargo xtask gen sources`: the page of the sources, as their descriptors tell it. A test of `indgang-sources` compares.

use anyhow::{Context as _, Result};
use std::path::Path;

/// Writes the page.
pub fn run(root: &Path) -> Result<()> {
    let path = root.join("docs/reference/sources.md");
    std::fs::write(&path, indgang_sources::descriptor::page()).with_context(|| format!("writing {}", path.display()))
}
