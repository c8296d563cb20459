//! Progress bars with an estimate, on standard error.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::Read;

/// A bar over bytes read, silent when standard error is not a terminal.
pub fn bytes(total: u64, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:28} {bar:30} {percent:>3} %  {bytes}/{total_bytes}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style).with_message(what.to_owned())
}

/// A bar over lines or rows, whose number is told later; silent when standard error is not a terminal.
pub fn lines(what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:28} {bar:30} {percent:>3} %  {pos}/{len}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style).with_message(what.to_owned())
}

/// A count of rows whose number is not known beforehand; silent when standard error is not a terminal.
pub fn rows(what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:28} {spinner} {pos}  {per_sec}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::new_spinner().with_style(style).with_message(what.to_owned())
}

/// Names what is worked on; silent when standard error is not a terminal.
pub fn doing(what: &str) {
    if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
        eprintln!("{what}");
    }
}

/// A reader that moves a bar.
pub struct Counted<R> {
    inner: R,
    bar: ProgressBar,
}

impl<R> Counted<R> {
    /// Counts what is read from `inner`.
    pub const fn new(inner: R, bar: ProgressBar) -> Self {
        Self { inner, bar }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.bar.inc(n as u64);
        Ok(n)
    }
}

impl<R> Drop for Counted<R> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
