//! A private server of PostgreSQL for the tests: a new cluster in a temporary folder, reached by a socket in it.
//!
//! Settings that bear on durability are as in production. As root, which PostgreSQL refuses, it runs as `postgres` or
//! `nobody`. It ends with the test process, however that ends.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A running server with a folder of its own.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    /// Its standard input is this process: at the end of it, the server is stopped and the folder removed.
    watch: Child,
}

impl Server {
    /// The server that the tests of this process share; `None`, said by the test's name, when PostgreSQL is not here.
    ///
    /// # Panics
    /// When it is not here but `INDGANG_DEMAND_POSTGRES` says that it must be.
    pub fn shared(test: &str) -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Server>> = OnceLock::new();
        SHARED.get_or_init(|| programs().map(|programs| Self::start(&programs))).as_ref().or_else(|| skipped(test))
    }

    /// A server of one's own, to be killed.
    pub fn own(test: &str) -> Option<Self> {
        programs().map(|programs| Self::start(&programs)).or_else(|| skipped(test))
    }

    fn start(programs: &Path) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // Not below the build folder: the path of a socket has at most 107 bytes.
        let folder = std::env::temp_dir().join(format!("indgang-pg-{}-{number}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let user = unprivileged();
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        // Sorted by a language where it can be, so that a query that leans on the sorting of SQLite is found out.
        let language = ["--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8"];
        let make = |locale: &[&str]| {
            let mut command = as_user(&programs.join("initdb"), user);
            command.arg("-D").arg(folder.join("data")).args(["-U", "house", "-A", "trust", "-E", "UTF8", "--no-sync"]);
            command.args(locale).current_dir(&folder).output().unwrap()
        };
        if !make(&language).status.success() {
            let _ = std::fs::remove_dir_all(folder.join("data"));
            succeeded(make(&["--no-locale"]));
        }
        let script = "cat >/dev/null; kill -QUIT $(head -1 data/postmaster.pid); sleep 1; rm -rf \"$PWD\"";
        let mut watch = as_user(Path::new("sh"), user);
        watch.args(["-c", script]).current_dir(&folder).stdin(Stdio::piped());
        let watch = watch.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn().unwrap();
        let server = Self { folder, programs: programs.to_owned(), user, watch };
        server.control("start");
        server
    }

    /// A new database of its own on this server.
    pub fn new_database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut create = as_user(&self.programs.join("createdb"), self.user);
        succeeded(create.args(["-U", "house", "-h"]).arg(&self.folder).arg(&name).output().unwrap());
        format!("postgres://house@localhost/{name}?host={}", self.folder.display())
    }

    /// Kills the postmaster and everything it has started, at once, as a loss of power would.
    pub fn kill(&self) {
        let postmaster = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let postmaster = postmaster.lines().next().unwrap().to_owned();
        let children = Command::new("ps").args(["-o", "pid=", "--ppid", &postmaster]).output().unwrap();
        let children = String::from_utf8(children.stdout).unwrap();
        succeeded(Command::new("kill").args(["-9", &postmaster]).output().unwrap());
        for child in children.split_whitespace() {
            // One that has seen its postmaster die is gone already.
            let _ = Command::new("kill").args(["-9", child]).output().unwrap();
        }
        std::thread::sleep(Duration::from_millis(300));
    }

    /// `start` or `stop`.
    pub fn control(&self, what: &str) {
        let mut control = as_user(&self.programs.join("pg_ctl"), self.user);
        control.args([what, "-w", "-t", "60", "-D"]).arg(self.folder.join("data"));
        if what == "start" {
            let options = format!("-c listen_addresses='' -c unix_socket_directories='{}'", self.folder.display());
            control.arg("-l").arg(self.folder.join("server.log")).args(["-o", &options]);
        }
        // `pg_ctl` leaves its outputs to the server: a pipe would wait for the server's end.
        let status = control.current_dir(&self.folder).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "{}", std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        let _ = self.watch.wait();
    }
}

fn skipped<T>(test: &str) -> Option<T> {
    assert!(std::env::var_os("INDGANG_DEMAND_POSTGRES").is_none(), "PostgreSQL is demanded and was not found");
    // Not `eprintln!`, which is shown for failed tests only.
    let mut errors = std::io::stderr();
    writeln!(errors, "skipped: {test} (no PostgreSQL on this machine)").unwrap();
    None
}

/// The folder of `initdb` and its like: on the path, or where Debian puts them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&path));
    folders.into_iter().find(|folder| ["initdb", "pg_ctl", "createdb"].iter().all(|name| folder.join(name).is_file()))
}

/// Somebody else, when this process is root.
fn unprivileged() -> Option<(u32, u32)> {
    let me = Command::new("id").arg("-u").output().unwrap();
    if String::from_utf8_lossy(&me.stdout).trim() != "0" {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let entry = |name: &str| {
        let line = users.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut numbers = line.split(':').skip(2).map(|field| field.parse().unwrap());
        Some((numbers.next()?, numbers.next()?))
    };
    entry("postgres").or_else(|| entry("nobody"))
}

fn as_user(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

fn succeeded(output: Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
