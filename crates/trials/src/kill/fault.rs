//! `faulttest`: the same worlds with faults of the service instead of deaths, and then with both at once.
//!
//! First every fault meets every call that the core makes, twice each; then the seed mixes faults and deaths.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Parser;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use simulator::{Fault, Trouble};
use tokio::task::JoinSet;

use super::world::{Ended, Errand, World};
use super::{accuse, program, tell};
use crate::judge::Verdict;

/// Rounds of chance in one world.
const ROUNDS_IN_A_WORLD: u32 = 20;

/// Lets the service fail in every way at every call, and compares the books.
#[derive(Clone, Debug, Parser)]
pub struct FaultArguments {
    /// Rounds of random faults and deaths after the table.
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// Decides the random rounds.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The core, built with its kill points; by default the one beside this program.
    #[arg(long)]
    core: Option<PathBuf>,
    /// Worlds at a time.
    #[arg(long, default_value_t = 3)]
    lanes: usize,
}

/// A call of the core: method, route as the simulator's faults name it, and what the merchant does that makes it.
type Call = (&'static str, &'static str, Errand);

const CALLS: &[Call] = &[
    ("POST", "/merchants/{merchant}/invoices", Errand::Singles),
    ("POST", "/merchants/{merchant}/invoices/batch", Errand::Many),
    ("POST", "/merchants/{merchant}/invoices/link", Errand::Singles),
    (
        "PUT",
        "/merchants/{merchant}/invoices/{invoice}/cancel",
        Errand::Singles,
    ),
    (
        "GET",
        "/merchants/{merchant}/invoices/{invoice}/status",
        Errand::Singles,
    ),
    ("GET", "/merchants/{merchant}/invoices/{invoice}", Errand::Singles),
    ("GET", "/merchants/me", Errand::Singles),
    ("GET", "/merchants/{merchant}/invoiceissuers", Errand::Singles),
    (
        "PUT",
        "/merchants/{merchant}/auth/basic",
        Errand::Callbacks("basic"),
    ),
    (
        "PUT",
        "/merchants/{merchant}/auth/apikey",
        Errand::Callbacks("api_key"),
    ),
    ("POST", "/api/v1/directinvoiceconsents", Errand::Consents),
    ("GET", "/api/v1/directinvoiceconsents", Errand::Consents),
    ("GET", "/api/v1/directinvoiceconsents/{consent}", Errand::Consents),
    ("GET", "reporting", Errand::Reports),
    ("POST", "token", Errand::Singles),
    ("GET", "discovery", Errand::Singles),
    ("GET", "keys", Errand::Singles),
    ("GET", "authorize", Errand::Singles),
];

fn status(status: u16, retry_after: Option<u32>, handled: bool) -> Trouble {
    Trouble::Status {
        status,
        retry_after,
        as_date: false,
        handled,
    }
}

/// Every way to fail. A 4xx after the call was carried out is not among them: it would be a lie that no client can see.
fn troubles() -> Vec<(&'static str, Trouble)> {
    vec![
        ("delay", Trouble::Delay { ms: 20 }),
        ("late", Trouble::Late { ms: 20 }),
        ("401", status(401, None, false)),
        ("403", status(403, None, false)),
        ("404", status(404, None, false)),
        ("429", status(429, Some(2), false)),
        ("500", status(500, None, false)),
        ("500, carried out", status(500, None, true)),
        ("503", status(503, Some(2), false)),
        ("503, carried out", status(503, None, true)),
        ("dropped before", Trouble::DropBefore),
        ("dropped in the answer", Trouble::DropMiddle),
        ("dropped after", Trouble::DropAfter),
        ("truncated", Trouble::Truncated),
        ("slow", Trouble::Slow { bytes: 64, ms: 1 }),
        ("garbage", Trouble::Garbage),
    ]
}

/// What one world is for.
#[derive(Clone, Copy)]
enum Job {
    /// Every fault at one call.
    Table(Call),
    /// So many rounds of chance, by a seed.
    Chance(u32, u64),
}

impl Job {
    fn name(self) -> String {
        match self {
            Self::Table((method, route, _)) => format!("{method} {route}"),
            Self::Chance(_, seed) => format!("seed {seed}"),
        }
    }
}

/// What one world came to.
#[derive(Default)]
struct Tally {
    struck: u64,
    kills: u32,
    invoices: usize,
    verdict: Verdict,
}

/// Runs the trial; the last line says how it went.
///
/// # Errors
/// When the trial itself cannot go on.
pub async fn run_faults(arguments: FaultArguments) -> Result<ExitCode> {
    let begun = Instant::now();
    let core = program(arguments.core)?;
    let mut ahead = jobs(arguments.rounds, arguments.seed).into_iter();
    let mut going = JoinSet::new();
    let mut whole = Tally::default();
    loop {
        while going.len() < arguments.lanes.max(1)
            && let Some(job) = ahead.next()
        {
            let core = core.clone();
            going.spawn(async move { (job, one_world(core, job).await) });
        }
        let Some(ended) = going.join_next().await else {
            break;
        };
        let (job, tally) = ended?;
        let tally = tally.map_err(|error| error.context(job.name()))?;
        accuse(&job.name(), &tally.verdict);
        tell(&format!("{:>6} struck  {}", tally.struck, job.name()));
        whole.struck += tally.struck;
        whole.kills += tally.kills;
        whole.invoices += tally.invoices;
        whole.verdict.add(tally.verdict);
    }
    tell(&format!(
        "seed {}, {} invoices, {} kills besides, {:.0} s",
        arguments.seed,
        whole.invoices,
        whole.kills,
        begun.elapsed().as_secs_f64()
    ));
    tell(&format!("faults {} {}", whole.struck, whole.verdict.counts()));
    Ok(whole.verdict.exit())
}

fn jobs(rounds: u32, seed: u64) -> Vec<Job> {
    let worlds = rounds.div_ceil(ROUNDS_IN_A_WORLD);
    let chance = (0..worlds).map(|nth| {
        let left = rounds - nth * ROUNDS_IN_A_WORLD;
        Job::Chance(
            left.min(ROUNDS_IN_A_WORLD),
            seed.wrapping_mul(1_000_003).wrapping_add(nth.into()),
        )
    });
    CALLS.iter().map(|call| Job::Table(*call)).chain(chance).collect()
}

async fn one_world(core: PathBuf, job: Job) -> Result<Tally> {
    let mut tally = Tally::default();
    let seed = match job {
        Job::Table(_) => 0,
        Job::Chance(_, seed) => seed,
    };
    let mut world = World::begin(core, seed).await?;
    match job {
        Job::Table((method, route, errand)) => {
            for (name, trouble) in troubles() {
                let name = format!("{name} at {method} {route}");
                let fault = Fault::new(trouble).on(route).method(method).times(2);
                let struck = world.under(&name, fault, errand).await?;
                ensure!(
                    struck > 0,
                    "{name}: the core makes no such call, so nothing was tried"
                );
                tally.struck += struck;
            }
        }
        Job::Chance(rounds, seed) => {
            let mut dice = StdRng::seed_from_u64(seed);
            for nth in 0..rounds {
                for fault in random_faults(&mut dice) {
                    world.trouble(fault);
                }
                // Beyond the list: where the core dies is chance too.
                world.until_killed(1_000 + nth).await?;
                tally.kills += 1;
                tally.struck += world.no_more_trouble();
            }
        }
    }
    let Ended {
        on_the_service,
        verdict,
        ..
    } = world.end().await?;
    tally.invoices = on_the_service;
    tally.verdict = verdict;
    Ok(tally)
}

fn random_faults(dice: &mut StdRng) -> Vec<Fault> {
    let known = troubles();
    (0..dice.random_range(1..=4))
        .map(|_| {
            let (_, trouble) = known[dice.random_range(0..known.len())];
            let (method, route, _) = CALLS[dice.random_range(0..CALLS.len())];
            Fault::new(trouble)
                .on(route)
                .method(method)
                .times(dice.random_range(1..=4))
                .sometimes(0.5, dice.random())
        })
        .collect()
}
