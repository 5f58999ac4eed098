//! webhost
fn main() {}
