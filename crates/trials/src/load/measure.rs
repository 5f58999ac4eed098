//! What is measured, and how it is printed.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use simulator::{Fault, Simulator, Trouble};

use super::shop::Shop;

/// What is counted apart: its name in the table, the method, and the route as the simulator's faults name it.
const COUNTED: &[(&str, &str, &str)] = &[
    ("batch", "POST", "/merchants/{merchant}/invoices/batch"),
    ("phone", "POST", "/merchants/{merchant}/invoices"),
    ("link", "POST", "/merchants/{merchant}/invoices/link"),
    ("status", "GET", "/merchants/{merchant}/invoices/{invoice}/status"),
    ("details", "GET", "/merchants/{merchant}/invoices/{invoice}"),
    ("token", "POST", "token"),
];

/// Puts a counter on each kind of call: a rule that never strikes, before any that does.
pub(super) fn count(simulator: &Simulator) {
    simulator.faults().clear();
    for (_, method, route) in COUNTED {
        let never = Fault::new(Trouble::Delay { ms: 0 }).sometimes(0.0, 0);
        simulator.faults().add(never.on(route).method(method));
    }
}

/// How often a state was asked for since the last [`count`].
pub(super) fn looks(simulator: &Simulator) -> u64 {
    let rules = simulator.faults().list();
    let looks = COUNTED
        .iter()
        .zip(&rules)
        .filter(|((name, ..), _)| *name == "status");
    looks.map(|(_, rule)| rule.seen).sum()
}

/// Lets a share of the calls of the API fail, evenly in every way.
pub(super) fn trouble(simulator: &Simulator, per_cent: f64, seed: u64) {
    let status = |status, retry_after| Trouble::Status {
        status,
        retry_after,
        as_date: false,
        handled: false,
    };
    let kinds = [
        Trouble::Delay { ms: 20 },
        Trouble::Slow { bytes: 64, ms: 1 },
        status(401, None),
        status(403, None),
        status(429, Some(2)),
        status(500, None),
        Trouble::DropBefore,
        Trouble::DropMiddle,
        Trouble::DropAfter,
        Trouble::Truncated,
    ];
    let each = per_cent / 100.0 / 10.0;
    for (kind, seed) in kinds.into_iter().zip(seed..) {
        simulator
            .faults()
            .add(Fault::new(kind).on("api").sometimes(each, seed));
    }
}

/// One row of the table, as it begins.
pub(super) struct Figures {
    what: String,
    invoices: usize,
    begun: Instant,
}

impl Figures {
    /// The names of the columns.
    pub(super) fn heading() -> String {
        format!(
            "{:<44} {:>8} {:>9} {:>8} {:>7} {:>8} {:>9} {:>8}  which",
            "what", "invoices", "requests", "each", "struck", "seconds", "peak MB", "disk MB"
        )
    }

    /// Begins to measure `what` is done to so many `invoices`.
    pub(super) fn begin(simulator: &Simulator, what: &str, invoices: usize) -> Self {
        count(simulator);
        Self {
            what: what.to_owned(),
            invoices,
            begun: Instant::now(),
        }
    }

    /// The row of the table.
    pub(super) fn end(self, shop: &Shop) -> Result<String> {
        let seconds = self.begun.elapsed().as_secs_f64();
        let rules = shop.simulator.faults().list();
        let counted = || COUNTED.iter().zip(&rules).filter(|(_, rule)| rule.seen > 0);
        let calls: u64 = counted().map(|(_, rule)| rule.seen).sum();
        let struck: u64 = rules.iter().map(|rule| u64::from(rule.struck)).sum();
        let mut row = format!(
            "{:<44} {:>8} {calls:>9} {:>8.3} {struck:>7} {seconds:>8.1} {:>9} {:>8.1} ",
            self.what,
            self.invoices,
            ratio(calls, self.invoices),
            peak(shop.victim.pid()),
            disk(&shop.file())?,
        );
        for ((name, ..), rule) in counted() {
            write!(row, " {name} {}", rule.seen)?;
        }
        Ok(row)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for a person")]
fn ratio(calls: u64, invoices: usize) -> f64 {
    calls as f64 / invoices.max(1) as f64
}

/// The most memory that the process ever had (megabytes), where the system tells it without being asked by the process.
fn peak(pid: Option<u32>) -> String {
    let status = pid.and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/status")).ok());
    let peak = status.and_then(|status| {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    peak.map_or_else(|| "-".to_owned(), |kilobytes| (kilobytes / 1_024).to_string())
}

/// The books on disk with what was not yet folded into them (megabytes).
#[expect(clippy::cast_precision_loss, reason = "a figure for a person")]
fn disk(file: &Path) -> Result<f64> {
    let beside = file.with_extension("kvit-wal");
    let bytes = std::fs::metadata(file)?.len() + std::fs::metadata(beside).map_or(0, |wal| wal.len());
    Ok(bytes as f64 / 1e6)
}
