//! On how many threads a command works.

use anyhow::Context as _;
use indgang_genomics::vcf::ReadOptions;
use std::num::NonZeroUsize;

/// On how many threads a command works.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct ThreadArguments {
    /// Threads that read and compute; the answer does not depend on it [default: as many as the machine has]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl ThreadArguments {
    /// How files are read. Called once, before anything is computed: the shared threads are made here.
    pub fn read_options(self) -> anyhow::Result<ReadOptions> {
        let Some(threads) = self.threads else { return Ok(ReadOptions::default()) };
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .build_global()
            .with_context(|| format!("cannot start {threads} threads; ask for fewer with --threads"))?;
        Ok(ReadOptions { threads, ..ReadOptions::default() })
    }
}
