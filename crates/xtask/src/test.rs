//! `cargo xtask test`: every test there is, in the order in which a fault is cheapest to find.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::process::watched;
use crate::say::{say, span};
use crate::{demo, killtest, place, setup};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u32,
    failed: u32,
}

/// One part of the whole, and how it went.
struct Part {
    name: &'static str,
    took: Duration,
    tally: Tally,
    outcome: Ended,
}

/// How a part ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Well,
    Badly,
    Skipped,
}

impl Part {
    /// One that this system cannot do.
    const fn skipped(name: &'static str) -> Self {
        Self {
            name,
            took: Duration::ZERO,
            tally: Tally { passed: 0, failed: 0 },
            outcome: Ended::Skipped,
        }
    }
}

/// Sets up and runs everything; stops at the first part that fails. Answers whether all passed; everything is said by
/// then, and the tally is the last line.
pub(crate) fn test() -> bool {
    let mut parts = Vec::new();
    let outcome = all(&mut parts);
    say("");
    for part in &parts {
        let tests = match part.tally {
            Tally { passed: 0, failed: 0 } => String::new(),
            tally => format!("{} passed, {} failed", tally.passed, tally.failed),
        };
        let sign = match part.outcome {
            Ended::Well => "ok",
            Ended::Badly => "FAILED",
            Ended::Skipped => "skipped",
        };
        say(&format!(
            "{:<28} {:>12}   {sign:<7} {tests}",
            part.name,
            span(part.took)
        ));
    }
    let whole: Duration = parts.iter().map(|part| part.took).sum();
    say(&format!("{:<28} {:>12}", "together", span(whole)));
    if let Err(problem) = &outcome {
        say(&format!("\nstopped: {problem:#}"));
    }
    let passed: u32 = parts.iter().map(|part| part.tally.passed).sum();
    let failed: u32 = parts.iter().map(|part| part.tally.failed).sum();
    say(&format!("\ntests: {passed} passed, {failed} failed"));
    outcome.is_ok()
}

fn all(parts: &mut Vec<Part>) -> Result<()> {
    run(parts, "set-up", |_| setup::everything().map(|()| true))?;
    rust(parts)?;
    ui(parts)?;
    if demo::possible().is_err() {
        parts.push(Part::skipped("demo (needs Linux)"));
        return Ok(());
    }
    run(parts, "demo in the real window", |tally| {
        let steps = demo::play();
        tally.passed = steps.passed;
        tally.failed = u32::from(steps.failure.is_some());
        steps.failure.map_or(Ok(true), Err)
    })
}

fn rust(parts: &mut Vec<Part>) -> Result<()> {
    line(
        parts,
        "cargo fmt",
        &["cargo", "fmt", "--all", "--check"],
        |_, _| {},
    )?;
    let clippy = [
        "cargo",
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    line(parts, "cargo clippy", &clippy, |_, _| {})?;
    // Programs and tests in one go, so that nothing is compiled with two sets of features.
    let build = ["cargo", "build", "--locked", "--workspace", "--all-targets"];
    line(parts, "cargo build", &build, |_, _| {})?;
    line(
        parts,
        "cargo test",
        &["cargo", "test", "--locked", "--workspace", "--no-fail-fast"],
        count_cargo,
    )?;
    run(parts, "kill test, building it", |_| killtest::build())?;
    run(parts, "kill test (100 kills)", |tally| {
        let survived = killtest::run("killtest", killtest::SHORT)?;
        tally.passed = u32::from(survived);
        Ok(survived)
    })?;
    run(parts, "fault test (every call)", |tally| {
        let agreed = killtest::run("faulttest", killtest::TABLE)?;
        tally.passed = u32::from(agreed);
        Ok(agreed)
    })?;
    run(parts, "load (a small shop)", |tally| {
        let agreed = killtest::run("load", killtest::SMALL)?;
        tally.passed = u32::from(agreed);
        Ok(agreed)
    })
}

fn ui(parts: &mut Vec<Part>) -> Result<()> {
    line(
        parts,
        "return page's policy",
        &["node", "ui/return-page/build.mjs"],
        |_, _| {},
    )?;
    for (name, script) in [
        ("UI types and messages", "check"),
        ("UI units", "test"),
        ("UI journeys", "e2e"),
    ] {
        line(parts, name, &["npm", "--prefix", "ui", "run", script], count_ui)?;
    }
    Ok(())
}

fn line(parts: &mut Vec<Part>, name: &'static str, line: &[&str], count: fn(&str, &mut Tally)) -> Result<()> {
    run(parts, name, |tally| {
        watched(line, &place::root(), |text| count(text, tally))
    })
}

fn run(
    parts: &mut Vec<Part>,
    name: &'static str,
    part: impl FnOnce(&mut Tally) -> Result<bool>,
) -> Result<()> {
    say(&format!("\n=== {name}"));
    let begun = Instant::now();
    let mut tally = Tally::default();
    let outcome = part(&mut tally);
    let failed = !matches!(outcome, Ok(true)) || tally.failed > 0;
    if failed {
        // A part that counts nothing (a lint, a build) has failed once.
        tally.failed = tally.failed.max(1);
    }
    parts.push(Part {
        name,
        took: begun.elapsed(),
        tally,
        outcome: if failed { Ended::Badly } else { Ended::Well },
    });
    match outcome {
        Err(problem) => Err(problem.context(format!("{name} failed"))),
        Ok(_) if failed => bail!("{name} failed; its own words are above"),
        Ok(_) => Ok(()),
    }
}

/// `test result: ok. 12 passed; 0 failed; 0 ignored; …`
fn count_cargo(text: &str, tally: &mut Tally) {
    if let Some((_, counts)) = text
        .split_once("test result: ")
        .and_then(|(_, rest)| rest.split_once(". "))
    {
        for count in counts.split(';') {
            add(count, tally);
        }
    }
}

/// Vitest's `Tests  3 failed | 40 passed (43)` and Playwright's `  12 passed (10.1s)`, `  1 failed`.
fn count_ui(text: &str, tally: &mut Tally) {
    let text = text.trim();
    if let Some(counts) = text.strip_prefix("Tests ") {
        counts.split('|').for_each(|count| add(count, tally));
    } else if text.starts_with(|first: char| first.is_ascii_digit()) {
        add(text, tally);
    }
}

/// Adds `12 passed …` or `1 failed …`.
fn add(count: &str, tally: &mut Tally) {
    let mut words = count.split_whitespace();
    let (Some(number), Some(what)) = (
        words.next().and_then(|number| number.parse::<u32>().ok()),
        words.next(),
    ) else {
        return;
    };
    match what {
        "passed" => tally.passed += number,
        "failed" => tally.failed += number,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Tally, count_cargo, count_ui};

    fn tally(count: fn(&str, &mut Tally), lines: &[&str]) -> (u32, u32) {
        let mut tally = Tally::default();
        for line in lines {
            count(line, &mut tally);
        }
        (tally.passed, tally.failed)
    }

    #[test]
    fn cargo_s_results_are_added_up() {
        let lines = [
            "running 14 tests",
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
        ];
        assert_eq!(tally(count_cargo, &lines), (15, 2));
    }

    #[test]
    fn vitest_and_playwright_are_added_up() {
        let lines = [
            " Test Files  4 passed (4)",
            "      Tests  1 failed | 22 passed (23)",
            "  12 passed (10.1s)",
            "  1 failed",
        ];
        assert_eq!(tally(count_ui, &lines), (34, 2));
    }
}
