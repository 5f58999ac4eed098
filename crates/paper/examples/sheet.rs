//! Writes sample papers into the folder named on the command line (or the current one), as PDF and SVG.

fn main() {}
