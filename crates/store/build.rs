//! A new migration is compiled in without anybody touching the source.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
