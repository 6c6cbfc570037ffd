//! The `plotline` binary.

fn main() {}
