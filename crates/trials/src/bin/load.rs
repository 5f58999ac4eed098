//! `cargo xtask load`: many invoices at once, and a large shop followed for a day; see `trials::load`.

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    trials::load::run_load(trials::load::LoadArguments::parse()).await
}
