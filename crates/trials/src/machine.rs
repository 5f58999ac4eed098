//! Random sequences of commands, faults, restarts and time against the real core in this process (proptest state machine).
//!
//! The model is what the merchant was promised. After every step what the core says is held against the service's books
//! and its own evidence; at the end, with all trouble removed, both books are compared. Deliberately absent: killing the
//! core, which needs a process of its own (`kill`).

mod act;
mod claims;
mod play;
mod promises;
mod sending;
mod shop;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use clap::Parser;
use proptest::strategy::Strategy as _;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine as _;

use crate::judge::Verdict;
use act::Sequences;
use play::Ended;

/// Steps of a sequence.
const STEPS: std::ops::Range<usize> = 8..40;

/// Plays random sequences and compares the books.
#[derive(Clone, Debug, Parser)]
pub struct MachineArguments {
    /// Sequences.
    #[arg(long, default_value_t = 200)]
    cases: u64,
    /// Decides them; each is also decided by its place alone.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The first one's place, to play one again.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Sequences at a time.
    #[arg(long, default_value_t = 2)]
    lanes: usize,
    /// How often at most an offending sequence is played again to make it shorter.
    #[arg(long, default_value_t = 60)]
    shrink: u32,
    /// Stops at the first offending sequence.
    #[arg(long)]
    stop: bool,
}

/// What all sequences came to.
#[derive(Debug, Default)]
struct Tally {
    sequences: u64,
    steps: usize,
    struck: u64,
    invoices: usize,
    states: BTreeMap<String, usize>,
    verdict: Verdict,
}

/// Runs the trial; the last line says how it went.
///
/// # Errors
/// When the trial itself cannot go on.
pub fn run_machine(arguments: &MachineArguments) -> Result<ExitCode> {
    let begun = Instant::now();
    let tally = all(arguments)?;
    say(&format!(
        "seed {}, {} faults struck, {} invoices on the service, {:.0} s",
        arguments.seed,
        tally.struck,
        tally.invoices,
        begun.elapsed().as_secs_f64()
    ));
    say(&format!("the ledgers' states: {:?}", tally.states));
    say(&format!(
        "sequences {} steps {} {}",
        tally.sequences,
        tally.steps,
        tally.verdict.counts()
    ));
    Ok(tally.verdict.exit())
}

/// Plays so many sequences of a seed; `Err` tells of whatever was not as promised.
///
/// # Errors
/// The offenders in words, or why the trial could not go on.
pub fn keeps_its_promises(cases: u64, seed: u64) -> Result<()> {
    let arguments = MachineArguments {
        cases,
        seed,
        first: 0,
        lanes: 2,
        shrink: 20,
        stop: true,
    };
    let tally = all(&arguments)?;
    if tally.verdict == Verdict::default() && tally.sequences == cases {
        return Ok(());
    }
    Err(anyhow!("{:?}", tally.verdict))
}

fn all(arguments: &MachineArguments) -> Result<Tally> {
    let next = AtomicU64::new(arguments.first);
    let end = arguments.first + arguments.cases;
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        let lane = || -> Result<()> {
            loop {
                let case = next.fetch_add(1, Ordering::SeqCst);
                if case >= end {
                    return Ok(());
                }
                let ended = one(arguments, case)
                    // The other lanes need not go on either.
                    .inspect_err(|_| next.store(end, Ordering::SeqCst))
                    .with_context(|| format!("seed {}, case {case}", arguments.seed))?;
                let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
                if arguments.stop && ended.verdict != Verdict::default() {
                    next.store(end, Ordering::SeqCst);
                }
                tally.sequences += 1;
                tally.steps += ended.steps;
                tally.struck += ended.struck;
                tally.invoices += ended.invoices;
                for (state, count) in ended.states {
                    *tally.states.entry(state).or_default() += count;
                }
                tally.verdict.add(ended.verdict);
            }
        };
        let lanes: Vec<_> = (0..arguments.lanes.max(1)).map(|_| scope.spawn(lane)).collect();
        for lane in lanes {
            lane.join().map_err(|_| anyhow!("a sequence panicked"))??;
        }
        anyhow::Ok(())
    })?;
    Ok(tally.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// The sequence of a seed at this place: the same each time.
fn rng(seed: u64, case: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&case.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

/// Plays one sequence; if it offends, tells of the shortest that still does. Answers what the whole one came to.
fn one(arguments: &MachineArguments, case: u64) -> Result<Ended> {
    let config = Config {
        failure_persistence: None,
        // The first step of shrinking is to forget what was not played; without it a sequence cannot be told of.
        max_shrink_iters: arguments.shrink.max(1),
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, rng(arguments.seed, case));
    let tree = Sequences::sequential_strategy(STEPS)
        .new_tree(&mut runner)
        .map_err(|reason| anyhow!("no sequence: {reason}"))?;
    let whole = Arc::new(Mutex::new(None::<Ended>));
    let first = Arc::clone(&whole);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let played = runner.run_one(tree, move |(plot, acts, seen)| {
        let ended = runtime.block_on(play::play(plot, &acts, || {
            if let Some(seen) = &seen {
                seen.fetch_add(1, Ordering::SeqCst);
            }
        }));
        let ended = ended.map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
        let words = ended.verdict.clone();
        let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(ended);
        if words == Verdict::default() {
            Ok(())
        } else {
            Err(TestCaseError::fail(format!("{words:#?}")))
        }
    });
    if let Err(TestError::Fail(reason, (_, acts, _))) = &played {
        say(&format!(
            "seed {}, case {case}: {reason}\nby {acts:#?}",
            arguments.seed
        ));
    }
    let whole = whole.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (whole, played) {
        (Some(ended), _) => Ok(ended),
        (None, Err(error)) => Err(anyhow!("{error}")),
        (None, Ok(_)) => Err(anyhow!("nothing was played")),
    }
}

fn say(line: &str) {
    use std::io::Write as _;
    // Nobody may be listening any more; the exit code still tells.
    let _ = writeln!(std::io::stdout(), "{line}");
}
