//! `load`: many invoices at once through a service that fails now and then, and a large shop followed for a day.
//!
//! Prints a table: requests, wall time, memory and disk. Nothing waits: the clock of both sides is moved, so the wall time is
//! what the work takes, not what a merchant would wait for. Deliberately absent: limits. A figure is compared by a person.

mod day;
mod measure;
mod sending;
mod shop;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;

use crate::judge::{Intent, Verdict, judge};
use crate::kill::{accuse, program, tell};
use crate::{books, kill::process::bury};
use measure::Figures;
use shop::Shop;

/// Sends thousands at once and follows a large shop for a day; prints what it costs.
#[derive(Clone, Debug, Parser)]
pub struct LoadArguments {
    /// Rows of each file that is sent.
    #[arg(long, default_value_t = 2_000)]
    rows: usize,
    /// Invoices in the books of the day.
    #[arg(long, default_value_t = 100_000)]
    invoices: usize,
    /// How many of them are open; sent as links before the day begins.
    #[arg(long, default_value_t = 10_000)]
    open: usize,
    /// Seconds by which the clock is moved at a time during the day. In so many, no more may be due than the pace allows at
    /// once (40).
    #[arg(long, default_value_t = 4)]
    step: i64,
    /// Per cent of the calls that a fault strikes.
    #[arg(long, default_value_t = 5.0)]
    faults: f64,
    /// Decides which calls are struck and who pays when.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The core; by default the one beside this program.
    #[arg(long)]
    core: Option<PathBuf>,
}

/// Runs it; the last line says what came of what was promised.
///
/// # Errors
/// When the trial itself cannot go on.
pub async fn run_load(arguments: LoadArguments) -> Result<ExitCode> {
    ensure!(
        (1..=10_000).contains(&arguments.rows) && (1..=10_000).contains(&arguments.open),
        "a file has from 1 to 10,000 rows"
    );
    ensure!(
        arguments.open < arguments.invoices,
        "some invoices must be closed"
    );
    let core = program(arguments.core.clone())?;
    tell(&Figures::heading());
    let mut verdict = sending::all(&core, &arguments).await?;
    verdict.add(day::all(&core, &arguments).await?);
    accuse("load", &verdict);
    let sent = 3 * arguments.rows + arguments.open;
    tell(&format!("load {sent} {}", verdict.counts()));
    Ok(verdict.exit())
}

/// Ends the core and compares the books.
async fn judged(shop: &Shop, intents: &[Intent]) -> Result<Verdict> {
    bury(&shop.victim).await?;
    let kept = books::ours(&shop.file())?.kept;
    let there = books::there(&shop.http, &shop.simulator).await?;
    Ok(judge(intents, &kept, &there))
}
