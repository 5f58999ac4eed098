//! A shop with one core that nobody kills: files go in, invoices come out, and time is moved.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulator::{Config, Simulator};

use crate::books;
use crate::judge::Intent;
use crate::kill::process::{Core, Victim};
use crate::kill::visit::{self, Entry, must};

/// Moves past the hold, and past the pauses after trouble.
const STEP: i64 = 61;

/// Moves past the pause of a doubt whose repetition was refused, and into another day.
const LEAP: i64 = 25 * 3_600;

/// How long the core may go on before it is looked at again. Only how soon the end is seen depends on it.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Looks without any progress after which time is moved.
const PATIENCE: u32 = 5;

/// Looks without any progress after which time is moved by a day.
const LONG_PATIENCE: u32 = 100;

/// Without any progress for so long, something is wrong.
const LONGEST: Duration = Duration::from_mins(2);

/// How often a sign-in is tried while the service is in trouble.
const TRIES: u32 = 40;

/// The clock of both sides: the computer's, ahead by so many seconds.
#[derive(Default)]
struct Ahead(AtomicI64);

impl simulator::Clock for Ahead {
    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// How a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Phone,
    Link,
}

/// A file that was sent.
pub(super) struct Sent {
    run: String,
    pub(super) intents: Vec<Intent>,
}

/// The simulator, the core and the books.
pub(super) struct Shop {
    pub(super) simulator: Simulator,
    pub(super) victim: Victim,
    pub(super) http: reqwest::Client,
    program: PathBuf,
    folder: tempfile::TempDir,
    clock: Arc<Ahead>,
    connection: String,
    core: Core,
    /// Rows of all files so far: no two invoices have the same amount.
    rows: usize,
}

impl Shop {
    /// Starts the simulator and the core, connects the two and signs in.
    pub(super) async fn open(program: &Path) -> Result<Self> {
        let clock = Arc::new(Ahead::default());
        let simulator = simulator::start(Config {
            clock: Arc::clone(&clock) as Arc<dyn simulator::Clock>,
            ..Config::practice(None)
        })
        .await?;
        simulator.register_redirect_uri(simulator::PRACTICE_CLIENT_ID, visit::RETURN);
        let (victim, folder) = (Victim::default(), tempfile::tempdir()?);
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
        let core = start(program, folder.path(), 0, &victim, &http).await?;
        let connection = visit::connect(&core, &simulator, simulator.port()).await?;
        let shop = Self {
            simulator,
            victim,
            http,
            program: program.to_owned(),
            folder,
            clock,
            connection,
            core,
            rows: 0,
        };
        shop.enter().await?;
        Ok(shop)
    }

    /// Where the books are.
    pub(super) fn file(&self) -> PathBuf {
        books::file(self.folder.path(), &self.connection)
    }

    /// What both sides take for the present.
    pub(super) fn now(&self) -> Timestamp {
        simulator::Clock::now(&*self.clock)
    }

    /// Starts the core again, which was ended, when `seconds` have passed.
    pub(super) async fn open_again(&mut self, seconds: i64) -> Result<()> {
        let ahead = self.clock.0.fetch_add(seconds, Ordering::SeqCst) + seconds;
        self.core = start(&self.program, self.folder.path(), ahead, &self.victim, &self.http).await?;
        self.enter().await
    }

    /// Moves time on both sides; the service first, because to it nothing may come from the future.
    pub(super) async fn pass(&self, seconds: i64) -> Result<()> {
        let ahead = self.clock.0.fetch_add(seconds, Ordering::SeqCst) + seconds;
        must(self.core.set_clock(ahead).await?, "the clock")?;
        Ok(())
    }

    /// Calls a command that nothing stands in the way of.
    pub(super) async fn call(&self, name: &str, input: Value) -> Result<Value> {
        must(self.core.call(name, input).await?, name)
    }

    /// Signs in unless that is done; as often as it takes.
    pub(super) async fn enter(&self) -> Result<()> {
        for _ in 0..TRIES {
            match visit::sign_in(&self.core).await? {
                Entry::In => return Ok(()),
                Entry::Dead => bail!("the core died, where nothing kills it"),
                Entry::Refused(_) => {}
            }
        }
        bail!("the sign-in was refused {TRIES} times")
    }

    /// Imports a file of so many rows and sends it, as the merchant does who read the preview.
    pub(super) async fn send(&mut self, rows: usize, way: Way) -> Result<Sent> {
        let first = self.rows;
        self.rows += rows;
        let due = self.now().to_zoned(jiff::tz::TimeZone::UTC).date() + jiff::Span::new().days(60);
        let file = visit::file(first, rows, due);
        let kept = visit::import(&self.core, file.as_bytes()).await?;
        let kept = kept.context("the core died, where nothing kills it")?;
        let (offer, channel) = match way {
            Way::Phone => (&kept["toPhone"], "phone"),
            Way::Link => (&kept["asLink"], "link"),
        };
        ensure!(
            offer["count"] == rows && offer["wanting"] == 0,
            "{rows} rows were written, and offered are {offer}"
        );
        let id = kept["run"]["id"].as_str().context("a run has an id")?.to_owned();
        let order = json!({
            "id": id, "channel": channel, "count": offer["count"], "totalMinor": offer["total"]["minor"],
        });
        self.call("run_send", order).await?;
        let intents = (first..first + rows).map(|nth| intent(nth, way, due));
        Ok(Sent {
            run: id,
            intents: intents.collect::<Result<_>>()?,
        })
    }

    /// Moves time until every row of `sent` has come to rest; answers what the run says then.
    pub(super) async fn until_rest(&self, sent: &Sent) -> Result<Value> {
        let (mut begun, mut looks, mut before) = (Instant::now(), 0, Value::Null);
        loop {
            ensure!(
                begun.elapsed() < LONGEST,
                "the run does not come to rest: {before}"
            );
            let status = self.call("connection_show", json!({})).await?;
            if status["session"]["state"] != "signed_in" {
                self.enter().await?;
            }
            let run = self.call("run_show", json!({ "id": sent.run })).await?["run"]["progress"].clone();
            if status["outboxWaiting"] == 0 && run["ready"] == 0 {
                return Ok(run);
            }
            if run != before {
                (begun, looks, before) = (Instant::now(), 0, run);
            }
            looks += 1;
            // Time moves when there was time to act on the last move.
            if looks % LONG_PATIENCE == 0 {
                self.pass(LEAP).await?;
            } else if looks % PATIENCE == 0 {
                self.pass(STEP).await?;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

async fn start(
    program: &Path,
    folder: &Path,
    ahead: i64,
    victim: &Victim,
    http: &reqwest::Client,
) -> Result<Core> {
    let core = Core::start(program, folder, ahead, "", victim, http).await?;
    core.context("the core does not start")
}

fn intent(nth: usize, way: Way, due: Date) -> Result<Intent> {
    Ok(Intent {
        amount: visit::gross(nth)?,
        way: visit::way_of_row(nth, way == Way::Link, due),
        promised: true,
        story: vec![format!("row {nth} by {way:?}")],
    })
}
