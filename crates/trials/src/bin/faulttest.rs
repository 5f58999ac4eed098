//! `cargo xtask faulttest`: lets the service fail in every way and compares the books; see `trials::kill`.

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    trials::kill::run_faults(trials::kill::FaultArguments::parse()).await
}
