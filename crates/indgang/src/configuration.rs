//! `indgang.toml`: what a house is told once, beside its records.

use anyhow::Context as _;
use indgang_model::Sensitive;
use indgang_portal::identity::{Provider, Settings};
use indgang_service::Publisher;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The file's name in the data folder.
const NAME: &str = "indgang.toml";
/// The longest secret, in bytes: a longer file is another file.
const LONGEST_SECRET: usize = 4096;

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The provider whose people may sign in.
    identity: Option<Settings>,
    /// Who publishes the catalogue of the house's tables.
    pub catalogue: Option<Publisher>,
    /// Where questions to the registers are worked out.
    #[serde(default)]
    lake: Lake,
    /// Where the file lies, so that it can name files beside it.
    #[serde(skip)]
    path: PathBuf,
}

/// Where questions to the registers are worked out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lake {
    /// The scheduler of a cluster, as `HOST:PORT`; none is this process.
    cluster: Option<String>,
    /// The file with the cluster's key, from where the configuration lies; none is the environment.
    cluster_key_file: Option<PathBuf>,
}

impl Configuration {
    /// Reads the named file, else the one in the data folder; without one, nothing is configured.
    pub fn read(named: Option<&Path>, data: &Path) -> anyhow::Result<Self> {
        let path = named.map_or_else(|| data.join(NAME), Path::to_path_buf);
        if named.is_none() && !path.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let read: Self =
            toml::from_str(&text).with_context(|| format!("`{}` is not a configuration", path.display()))?;
        Ok(Self { path, ..read })
    }

    /// The cluster for questions to the registers: its scheduler, and the file with its key when one is named.
    pub fn cluster(&self) -> Option<(&str, Option<PathBuf>)> {
        let beside = |file: &PathBuf| self.path.parent().unwrap_or(Path::new("")).join(file);
        Some((self.lake.cluster.as_deref()?, self.lake.cluster_key_file.as_ref().map(beside)))
    }

    /// The provider, when one is configured.
    pub fn provider(self) -> anyhow::Result<Option<Provider>> {
        let Some(settings) = self.identity else { return Ok(None) };
        settings.check().with_context(|| format!("`{}`", self.path.display()))?;
        let secret = secret(&settings, &self.path)?;
        Ok(Some(Provider::new(settings, secret)?))
    }
}

/// The client's secret, from the environment or a file. Never from the command line, where others can read it.
fn secret(settings: &Settings, configuration: &Path) -> anyhow::Result<Sensitive<String>> {
    let (text, whence) = if let Some(name) = &settings.client_secret_env {
        let text = std::env::var(name).with_context(|| format!("${name} must hold the client's secret"))?;
        (text, format!("${name}"))
    } else {
        let file = settings.client_secret_file.as_deref().context("no place of the client's secret is named")?;
        let file = configuration.parent().unwrap_or(Path::new("")).join(file);
        let text = std::fs::read_to_string(&file);
        (
            text.with_context(|| format!("cannot read the client's secret in `{}`", file.display()))?,
            file.display().to_string(),
        )
    };
    let secret = text.trim();
    anyhow::ensure!(
        !secret.is_empty() && secret.len() <= LONGEST_SECRET,
        "{whence} holds no secret of at most {LONGEST_SECRET} characters"
    );
    Ok(Sensitive::new(secret.to_owned()))
}
