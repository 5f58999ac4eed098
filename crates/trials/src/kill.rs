//! `killtest`: ends the core N times, each time at another step, and compares the books whenever a world is done.
//!
//! A world is one simulator, one folder, one ledger. Several go on at once, each with a seed of its own, and each kill has
//! dice of its own, so that its plan is the same whatever the machine does. How far a core came before it died is the
//! machine's, and so is what the merchant finds and does afterwards.

mod fault;
mod plan;
pub(crate) mod process;
pub(crate) mod visit;
mod wire;
mod world;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Parser;
use tokio::task::JoinSet;

use crate::judge::Verdict;
pub use fault::{FaultArguments, run_faults};
use world::{Ended, World};

/// Kills in one world.
const KILLS_IN_A_WORLD: u32 = 80;

/// Ends the core again and again and compares the simulator's books with the ledger.
#[derive(Clone, Debug, Parser)]
pub struct Arguments {
    /// How many times the core is killed.
    #[arg(long, default_value_t = 1_000)]
    kills: u32,
    /// Decides what is sent and where the core dies.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The core, built with its kill points; by default the one beside this program.
    #[arg(long)]
    core: Option<PathBuf>,
    /// Worlds at a time.
    #[arg(long, default_value_t = 3)]
    lanes: usize,
}

/// What one world came to.
#[derive(Default)]
struct Tally {
    kills: u32,
    invoices: usize,
    verdict: Verdict,
    /// Where a core was to die and never came to: a trial that did not try everything has failed.
    unmet: Vec<String>,
    places: BTreeMap<&'static str, u32>,
    states: BTreeMap<String, u32>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.invoices += other.invoices;
        self.verdict.add(other.verdict);
        self.unmet.extend(other.unmet);
        for (place, times) in other.places {
            *self.places.entry(place).or_default() += times;
        }
        for (state, times) in other.states {
            *self.states.entry(state).or_default() += times;
        }
    }
}

/// Runs the trial; the last line says how it went.
///
/// # Errors
/// When the trial itself cannot go on.
pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    let begun = Instant::now();
    let core = program(arguments.core)?;
    let mut ahead = worlds(arguments.kills, arguments.seed);
    let mut going = JoinSet::new();
    let mut whole = Tally::default();
    loop {
        while going.len() < arguments.lanes.max(1)
            && let Some((kills, seed)) = ahead.next()
        {
            let core = core.clone();
            going.spawn(async move { (seed, one_world(core, kills, seed).await) });
        }
        let Some(ended) = going.join_next().await else {
            break;
        };
        let (seed, tally) = ended?;
        let tally = tally.map_err(|error| error.context(format!("in the world of seed {seed}")))?;
        accuse(&format!("seed {seed}"), &tally.verdict);
        whole.add(tally);
    }
    summarise(&whole, arguments.seed, begun.elapsed());
    Ok(if whole.unmet.is_empty() {
        whole.verdict.exit()
    } else {
        ExitCode::FAILURE
    })
}

/// The core that was named, or the one beside this program.
pub(crate) fn program(named: Option<PathBuf>) -> Result<PathBuf> {
    Ok(match named {
        Some(core) => core,
        None => {
            std::env::current_exe()?.with_file_name(format!("core-on-trial{}", std::env::consts::EXE_SUFFIX))
        }
    })
}

/// Tells the story of each offender.
pub(crate) fn accuse(whose: &str, verdict: &Verdict) {
    let kinds = [
        ("lost", &verdict.lost),
        ("doubled", &verdict.doubled),
        ("misclaimed", &verdict.misclaimed),
    ];
    for (kind, offenders) in kinds {
        for offender in offenders {
            tell(&format!("{whose}, {kind}: {offender}"));
        }
    }
}

/// Where it died, what came of the invoices, and the one line that counts, last.
fn summarise(whole: &Tally, seed: u64, took: Duration) {
    let took = took.as_secs_f64();
    for (place, times) in &whole.places {
        tell(&format!("{times:>6}  {place}"));
    }
    for plan in &whole.unmet {
        tell(&format!("nobody died at {plan}"));
    }
    tell(&format!("in the ledger at the end: {:?}", whole.states));
    tell(&format!(
        "seed {}, {} invoices, {took:.0} s, {:.1} kills a second",
        seed,
        whole.invoices,
        f64::from(whole.kills) / took
    ));
    tell(&format!("kills {} {}", whole.kills, whole.verdict.counts()));
}

/// How many kills each world gets, and its seed.
fn worlds(kills: u32, seed: u64) -> impl Iterator<Item = (u32, u64)> {
    let whole = kills / KILLS_IN_A_WORLD;
    let rest = kills % KILLS_IN_A_WORLD;
    std::iter::repeat_n(KILLS_IN_A_WORLD, whole as usize)
        .chain((rest > 0).then_some(rest))
        .zip(0..)
        .map(move |(kills, nth)| (kills, seed.wrapping_mul(1_000_003).wrapping_add(nth)))
}

async fn one_world(core: PathBuf, kills: u32, seed: u64) -> Result<Tally> {
    let mut world = World::begin(core, seed).await?;
    let mut places = BTreeMap::new();
    for nth in 0..kills {
        let place = world.until_killed(nth).await?;
        *places.entry(place).or_default() += 1;
    }
    let Ended {
        on_the_service,
        states,
        unmet,
        verdict,
    } = world.end().await?;
    Ok(Tally {
        kills,
        invoices: on_the_service,
        verdict,
        unmet,
        places,
        states,
    })
}

/// Prints a line. A closed output is not worth failing for.
pub(crate) fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}
