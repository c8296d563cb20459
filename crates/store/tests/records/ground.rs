//! A house's place for one test: a temporary folder, and a database of either kind.

use crate::server::Server;
use indgang_store::{Database, House, LogVerification, StoreError, log};
use std::path::Path;

pub struct Ground {
    folder: tempfile::TempDir,
    url: String,
    server: Option<&'static Server>,
}

impl Ground {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("house.db").display());
        Self { folder, url, server: None }
    }

    pub fn postgres(server: &'static Server) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: server.new_database(), server: Some(server) }
    }

    /// On a server that the test will kill.
    pub fn doomed(server: &Server) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: server.new_database(), server: None }
    }

    /// A fresh one of the same kind.
    pub fn another(&self) -> Self {
        self.server.map_or_else(Self::sqlite, Self::postgres)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn database(&self) -> Database {
        self.url.parse().unwrap()
    }

    pub async fn open(&self) -> House {
        self.try_open([3; 32]).await.unwrap()
    }

    pub async fn try_open(&self, fresh: [u8; 32]) -> Result<House, StoreError> {
        House::open_at(self.folder.path(), self.database(), fresh).await
    }

    pub async fn verify(&self) -> LogVerification {
        log::verify(self.folder.path(), &self.database(), |_, _| {}).await.unwrap()
    }

    /// What somebody with a hand in the database does.
    pub async fn by_hand(&self, sql: &'static str) {
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(&self.url).await.unwrap();
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        pool.close().await;
    }
}

/// Makes each function a test on either database.
macro_rules! on_both {
    ($($(#[$attribute:meta])* $name:ident),* $(,)?) => {
        mod sqlite {
            $($(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::ground::Ground::sqlite()).await;
            })*
        }
        mod postgres {
            $($(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(server) = $crate::server::Server::shared(concat!(module_path!(), "::", stringify!($name))) {
                    super::$name($crate::ground::Ground::postgres(server)).await;
                }
            })*
        }
    };
}
pub(crate) use on_both;
