//! A small load generator over HTTP/1.1: so many requests a second whether or not the answers keep up, on loopback only.
//!
//! A request's time runs from when it was due, not from when a connection was free to send it: what waits behind a slow
//! answer counts as slow too.

use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The longest a single answer may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(30);
/// An upper bound on a run.
const MOST_REQUESTS: usize = 100_000;

/// What is asked for, again and again.
#[derive(Debug, Clone)]
pub struct Question {
    /// Where; a loopback address.
    pub address: SocketAddr,
    /// The whole request.
    pub request: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// `set-cookie` headers, in order.
    pub cookies: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Times of a run in seconds, ascending, and how many answers a second there were.
#[derive(Debug, Clone)]
pub struct Times {
    seconds: Vec<f64>,
    /// Answers a second.
    pub rate: f64,
}

impl Times {
    /// The time that this share of the requests is within, in milliseconds.
    pub fn quantile(&self, share: f64) -> f64 {
        let last = self.seconds.len().saturating_sub(1);
        self.seconds.get((last as f64 * share) as usize).copied().unwrap_or_default() * 1e3
    }
}

/// A connection that is kept.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Connects, to this machine only.
    pub fn open(address: SocketAddr) -> Result<Self> {
        ensure!(address.ip().is_loopback(), "load is laid on this machine only, not on {address}");
        let stream = TcpStream::connect_timeout(&address, PATIENCE).with_context(|| format!("reaching {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self(BufReader::with_capacity(1 << 16, stream)))
    }

    /// Sends a request and reads its answer.
    pub fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.0.get_mut().write_all(request)?;
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.with_context(|| format!("`{line}` is no answer over HTTP"))?;
        let (mut length, mut cookies) = (None, Vec::new());
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = Some(value.parse::<usize>().context("a length that is no number")?),
                "set-cookie" => cookies.push(value.to_owned()),
                _ => {}
            }
        }
        let mut body = vec![0; length.context("an answer without its length")?];
        self.0.read_exact(&mut body)?;
        Ok(Answer { status, cookies, body })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.0.read_line(&mut line)? > 0, "the connection was closed");
        Ok(line.trim_end().to_owned())
    }
}

/// Asks `rate` times a second for `seconds`, on at most `connections` connections.
pub fn at_rate(question: &Question, rate: usize, seconds: usize, connections: usize) -> Result<Times> {
    let due = |n: usize| Duration::from_secs_f64(n as f64 / rate as f64);
    run(question, rate * seconds, connections, due)
}

/// Asks `count` times, each connection again as soon as it is answered.
pub fn as_fast_as_it_goes(question: &Question, count: usize, connections: usize) -> Result<Times> {
    run(question, count, connections, |_| Duration::ZERO)
}

fn run(question: &Question, count: usize, connections: usize, due: impl Fn(usize) -> Duration + Sync) -> Result<Times> {
    ensure!(count <= MOST_REQUESTS, "{count} requests are more than a run may have");
    let next = AtomicUsize::new(0);
    let opened = (0..connections).map(|_| Connection::open(question.address)).collect::<Result<Vec<_>>>()?;
    let begun = Instant::now();
    let work = |mut connection: Connection| {
        let mut times = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(times);
            }
            let due = due(number);
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
            let sent = if due.is_zero() { begun.elapsed() } else { due };
            let answer = connection.ask(&question.request)?;
            if answer.status != 200 {
                bail!("answered with {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
            }
            times.push((begun.elapsed() - sent).as_secs_f64());
        }
    };
    let mut seconds = std::thread::scope(|scope| {
        let threads: Vec<_> = opened.into_iter().map(|connection| scope.spawn(|| work(connection))).collect();
        let joined = threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a thread failed"))?);
        joined.collect::<Result<Vec<Vec<f64>>>>()
    })?
    .concat();
    let rate = seconds.len() as f64 / begun.elapsed().as_secs_f64();
    seconds.sort_by(f64::total_cmp);
    Ok(Times { seconds, rate })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// A door that answers after a pause, one connection a thread.
    fn door(pause: Duration, status: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(stream);
                    let mut line = String::new();
                    while reader.read_line(&mut line).is_ok_and(|n| n > 0) {
                        if line == "\r\n" {
                            std::thread::sleep(pause);
                            let head =
                                format!("HTTP/1.1 {status}\r\nSet-Cookie: a=b; Path=/\r\ncontent-length: 2\r\n\r\nok");
                            reader.get_mut().write_all(head.as_bytes()).unwrap();
                        }
                        line.clear();
                    }
                });
            }
        });
        address
    }

    fn question(address: SocketAddr) -> Question {
        Question { address, request: b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec() }
    }

    #[test]
    fn an_answer_is_read_whole() {
        let address = door(Duration::ZERO, "200 OK");
        let mut connection = Connection::open(address).unwrap();
        for _ in 0..2 {
            let answer = connection.ask(&question(address).request).unwrap();
            assert_eq!(
                (answer.status, answer.cookies, answer.body),
                (200, vec!["a=b; Path=/".to_owned()], b"ok".to_vec())
            );
        }
    }

    #[test]
    fn every_request_is_counted_and_what_waits_counts_as_slow() {
        let address = door(Duration::from_millis(20), "200 OK");
        assert_eq!(as_fast_as_it_goes(&question(address), 7, 3).unwrap().seconds.len(), 7);
        // Four are due at once and one connection answers one after the other: the last waits for all others.
        let times = run(&question(address), 4, 1, |_| Duration::from_nanos(1)).unwrap();
        assert!(times.quantile(1.0) >= 80.0 && times.quantile(0.0) >= 20.0, "{times:?}");
    }

    #[test]
    fn a_refusal_ends_the_run() {
        let error = as_fast_as_it_goes(&question(door(Duration::ZERO, "403 Forbidden")), 3, 1).unwrap_err();
        assert!(error.to_string().contains("403"), "{error}");
        assert!(Connection::open("192.0.2.1:80".parse().unwrap()).is_err());
    }
}
