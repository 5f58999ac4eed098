//! `cargo xtask killtest`: ends the core again and again and compares the books; see `trials::kill`.

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    trials::kill::run(trials::kill::Arguments::parse()).await
}
