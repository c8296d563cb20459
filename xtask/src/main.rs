//! Development tasks of the house: `cargo xtask ci|tidy|gen|bench`.
fn main() {}
