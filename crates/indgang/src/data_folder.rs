//! Where the house lives on the disk.

use anyhow::Context as _;
use std::path::PathBuf;

/// `--data DIR`, shared by every command that opens the house.
#[derive(Debug, Clone, clap::Args)]
pub struct DataFolder {
    /// Data folder of the house [default: $INDGANG_DATA, else a folder `indgang` among the user's application data]
    #[arg(long = "data", value_name = "DIR")]
    data: Option<PathBuf>,
}

impl DataFolder {
    /// The folder of the house, or of the demo house when `demo`.
    pub fn path(&self, demo: bool) -> anyhow::Result<PathBuf> {
        if let Some(path) = &self.data {
            return Ok(path.clone());
        }
        let base = std::env::var_os("INDGANG_DATA")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("XDG_DATA_HOME").map(|d| PathBuf::from(d).join("indgang")))
            .or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".local/share/indgang")))
            .context("no data folder is known on this machine; say where with --data DIR")?;
        Ok(if demo { base.join("demo") } else { base.join("house") })
    }
}
