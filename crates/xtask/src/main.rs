//! `cargo xtask run | test | demo | killtest | faulttest | load | machine | setup`: everything a person or a machine needs to do with this project.
//!
//! Deliberately absent: the project's own crates. This is the first thing a fresh machine compiles, before the system
//! libraries that the others need are there.

mod demo;
mod killtest;
mod place;
mod process;
mod run;
mod say;
mod setup;
mod test;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::say::say;

const USAGE: &str = "\
cargo xtask run     sets up, builds, and opens Kvit in the practice world (without a display: the demo)
cargo xtask test    sets up and runs every test, the one with the real window too
cargo xtask demo    plays the main job in the real window, without a display; pictures and log in target/demo
cargo xtask killtest --kills N --seed S
                    kills the core N times, at every step of sending, and compares the books with the service's
cargo xtask faulttest --rounds N --seed S
                    lets the service fail in every way at every call, then faults and kills by chance
cargo xtask load    sends 2,000 by batch and 2,000 as links through a service that fails now and then, follows 100,000 for a
                    day, and prints what it costs
cargo xtask machine --cases N --seed S
                    plays N random sequences of commands, faults, restarts and time, and compares the books after each
cargo xtask setup   only sets up: system libraries, npm packages, the UI";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match chore(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            say(&format!("\nxtask: {problem:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Answers whether it went well, where the chore has said itself what did not.
fn chore(arguments: &[String]) -> Result<bool> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["setup"] => setup::everything()?,
        ["run"] => run::run()?,
        ["test"] => return Ok(test::test()),
        [
            name @ ("killtest" | "faulttest" | "load" | "machine"),
            arguments @ ..,
        ] => {
            return Ok(killtest::build()? && killtest::run(name, arguments)?);
        }
        ["demo"] => demo::demo()?,
        // For work on the demo itself: with what is built, without set-up.
        ["demo", "--built"] => demo::demo_with_what_is_built()?,
        [] | ["help" | "--help" | "-h"] => say(USAGE),
        _ => bail!("{:?} is not a chore.\n\n{USAGE}", arguments.join(" ")),
    }
    Ok(true)
}
