//! Where the house lives: its data folder, and the database of its records.

use anyhow::Context as _;
use indgang_service::{Database, Engine};
use std::path::PathBuf;

/// `--data DIR` and `--database URL`, shared by every command that opens the house.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DataFolder {
    /// Data folder of the house [default: $INDGANG_DATA, else a folder `indgang` among the user's application data]
    #[arg(long = "data", value_name = "DIR")]
    data: Option<PathBuf>,
    // Read by hand: a value that clap refuses is repeated in its message, and it may hold a password.
    /// Database of the records: `sqlite:FILE` or `postgres://USER@HOST/NAME`; a password belongs in $INDGANG_DATABASE,
    /// $PGPASSWORD or the file of $PGPASSFILE [default: $INDGANG_DATABASE, else `house.db` in the data folder]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// Which house: that of the data folder, or with `--demo` the demo's.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct HouseFolder {
    #[command(flatten)]
    data: DataFolder,
    /// The demo house
    #[arg(long)]
    demo: bool,
}

impl HouseFolder {
    /// The place of the house.
    pub fn place(&self) -> anyhow::Result<Place> {
        self.data.place(self.demo)
    }

    /// The place of a house that is there already.
    pub fn existing(&self) -> anyhow::Result<Place> {
        let place = self.place()?;
        anyhow::ensure!(
            place.may_hold_a_house(),
            "there is no house in `{place}`; name its folder with --data, or add --demo for the demo house"
        );
        Ok(place)
    }
}

/// A house's folder and database.
#[derive(Debug, Clone)]
pub struct Place {
    /// The data folder, with the log's key.
    pub folder: PathBuf,
    /// The records.
    pub database: Database,
}

impl DataFolder {
    /// The place of the house, or of the demo house when `demo`.
    pub fn place(&self, demo: bool) -> anyhow::Result<Place> {
        let folder = self.folder(demo)?;
        let named = |text: &str, by: &str| text.parse().with_context(|| format!("{by} does not name a database"));
        let database = match (&self.database, std::env::var("INDGANG_DATABASE")) {
            (Some(text), _) => named(text, "--database")?,
            (None, Ok(text)) if !text.is_empty() => named(&text, "$INDGANG_DATABASE")?,
            _ => Database::in_folder(&folder),
        };
        Ok(Place { folder, database })
    }

    fn folder(&self, demo: bool) -> anyhow::Result<PathBuf> {
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

impl Place {
    /// Whether there can be a house: a file must be there, a server is asked when it is opened.
    pub fn may_hold_a_house(&self) -> bool {
        match self.database.engine() {
            Engine::Sqlite => self.database.path().is_some_and(|file| file.exists()),
            Engine::Postgres => self.folder.join("log.key").exists(),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.database.engine() {
            Engine::Sqlite => write!(f, "{}", self.folder.display()),
            Engine::Postgres => write!(f, "{} and {}", self.folder.display(), self.database),
        }
    }
}
