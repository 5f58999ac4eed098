//! `cargo xtask killtest`, `faulttest`, `load` and `machine`: the core with its kill points armed, ended again and again; a
//! service that fails in every way; thousands of invoices at once; and random sequences of everything (`crates/trials`).

use anyhow::Result;

use crate::{place, process};

/// Kills of the short version that is part of every test run, and its seed.
pub(crate) const SHORT: &[&str] = &["--kills", "100", "--seed", "1"];

/// Every fault at every call, without the rounds of chance.
pub(crate) const TABLE: &[&str] = &["--rounds", "0"];

/// A small shop through everything that `load` does.
pub(crate) const SMALL: &[&str] = &[
    "--rows",
    "60",
    "--open",
    "100",
    "--invoices",
    "1000",
    "--step",
    "300",
];

/// Builds what the trial needs. The core on trial is a program of its own, so that nothing else is built differently.
pub(crate) fn build() -> Result<bool> {
    let line = [
        "cargo",
        "build",
        "--locked",
        "--workspace",
        "--features",
        "trials/kill-points",
        "--bin",
        "core-on-trial",
        "--bin",
        "killtest",
        "--bin",
        "faulttest",
        "--bin",
        "load",
        "--bin",
        "machine",
    ];
    process::watched(&line, &place::root(), |_| {})
}

/// Runs the trial called `name` with `arguments`; its last line says how it went.
pub(crate) fn run(name: &str, arguments: &[&str]) -> Result<bool> {
    let program = place::built()?.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let program = program.display().to_string();
    let line: Vec<&str> = std::iter::once(program.as_str())
        .chain(arguments.iter().copied())
        .collect();
    process::watched(&line, &place::root(), |_| {})
}
