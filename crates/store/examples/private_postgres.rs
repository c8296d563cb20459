//! A private server of PostgreSQL for a measurement: `cargo run -p indgang-store --example private_postgres`.
//!
//! Prints the address of a new database for each line it is sent, and ends, removing everything, when its input ends.
//! It is the server of the contract tests, with its settings for durability as in production.

#![allow(clippy::unwrap_used, clippy::panic, reason = "the tests share it, where both are allowed")]
#![expect(dead_code, reason = "the tests also kill servers")]

#[path = "../tests/records/server.rs"]
mod server;

fn main() {
    let Some(server) = server::Server::own("private_postgres") else { return };
    for line in std::io::stdin().lines() {
        line.unwrap();
        println!("{}", server.new_database());
    }
}
