//! One world: a simulator that lives through everything, one ledger, and the core that is ended again and again.

mod books;
mod errands;
mod runs;
mod trouble;
mod turns;
mod undo;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use simulator::{Config, Simulator};

use super::plan::Plan;
use super::process::{Core, LONGEST, Said, Victim, bury};
use super::visit::{self, Entry, Written};
use super::wire::Wire;
use crate::judge::{Intent, Verdict};

/// Moves past the hold, past the back-off, and past the pause that a doubt waits for.
const STEP: i64 = 61;

/// Moves past the pause after a refusal in doubt, and into another day.
const LEAP: i64 = 25 * 3_600;

/// From the day on which an invoice is written to that on which it is due.
const DAYS_TO_PAY: i64 = 14;

/// How often a place that each world has is tried.
const TRIES_OF_A_PLAN: u32 = 3;

/// How often a sign-in is tried while the service is in trouble.
const TRIES: u32 = 40;

/// How long the core may go on before it is looked at again. Only how soon the end is seen depends on it.
const LOOK_AGAIN: Duration = Duration::from_millis(4);

/// The clock of both sides: the computer's, ahead by so many seconds.
#[derive(Default)]
struct Ahead(AtomicI64);

impl simulator::Clock for Ahead {
    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// What the merchant did about one invoice.
struct Wish {
    intent: Intent,
    order: Value,
    /// The invoice's id, once `draft_send` answered.
    invoice: Option<String>,
    /// The merchant gave it up for another: it may or may not be on the service, and is not followed.
    given_up: bool,
    /// The merchant asked to take it back, and the core died over it: the ids of the drafts that were there before.
    taking_back: Option<Vec<String>>,
    /// Somebody paid or cancelled it, or its time is over, so that its state must be asked for before the books are compared.
    touched: bool,
}

pub(super) use errands::Errand;

/// What a world came to.
pub(super) struct Ended {
    pub(super) on_the_service: usize,
    /// How many invoices stand in which state in the ledger.
    pub(super) states: BTreeMap<String, u32>,
    /// Where a core was to die and never came to.
    pub(super) unmet: Vec<String>,
    pub(super) verdict: Verdict,
}

/// One world.
pub(super) struct World {
    program: PathBuf,
    folder: tempfile::TempDir,
    simulator: Simulator,
    clock: Arc<Ahead>,
    wire: Wire,
    victim: Victim,
    http: reqwest::Client,
    seed: u64,
    /// Those of the present round.
    dice: StdRng,
    connection: String,
    wishes: Vec<Wish>,
    runs: Vec<runs::Run>,
    /// How often something was asked for that has a name of its own each time.
    errands: u32,
    /// The service was in trouble at least once, so something may have been refused.
    troubled: bool,
    unmet: Vec<String>,
    verdict: Verdict,
}

impl World {
    /// Starts the simulator, connects the core to it and signs in.
    pub(super) async fn begin(program: PathBuf, seed: u64) -> Result<Self> {
        let clock = Arc::new(Ahead::default());
        let simulator = simulator::start(Config {
            clock: Arc::clone(&clock) as Arc<dyn simulator::Clock>,
            ..Config::practice(None)
        })
        .await?;
        simulator.register_redirect_uri(simulator::PRACTICE_CLIENT_ID, visit::RETURN);
        let victim = Victim::default();
        let (wire, port) = Wire::open(simulator.port(), victim.clone()).await?;
        let mut world = Self {
            program,
            folder: tempfile::tempdir()?,
            simulator,
            clock,
            wire,
            victim,
            http: reqwest::Client::builder()
                .no_proxy()
                .tls_certs_only([])
                .pool_max_idle_per_host(0)
                .build()?,
            seed,
            dice: dice_of(seed, 0, 0),
            connection: String::new(),
            wishes: Vec::new(),
            runs: Vec::new(),
            errands: 0,
            troubled: false,
            unmet: Vec::new(),
            verdict: Verdict::default(),
        };
        let core = world.start("").await?.context("the core does not start")?;
        world.connection = visit::connect(&core, &world.simulator, port).await?;
        if !world.enter(&core).await? {
            bail!("the first sign-in failed");
        }
        bury(&world.victim).await?;
        Ok(world)
    }

    /// Starts the core, lets the merchant work, and ends it by the `nth` plan. Answers where it died.
    ///
    /// A plan that each world has must be met: time alone can stand in its way, so it has a few tries.
    pub(super) async fn until_killed(&mut self, nth: u32) -> Result<&'static str> {
        for attempt in 0..TRIES_OF_A_PLAN {
            self.dice = dice_of(self.seed, nth, attempt);
            let plan = Plan::of(nth, &mut self.dice);
            let ended = self.killed_by(nth, plan.clone()).await?;
            if ended == plan.place() || !Plan::is_listed(nth) {
                return Ok(ended);
            }
        }
        let plan = Plan::of(nth, &mut self.dice);
        self.unmet.push(format!("{plan:?}"));
        Ok(Plan::Rest.place())
    }

    async fn killed_by(&mut self, nth: u32, plan: Plan) -> Result<&'static str> {
        self.prepare(&plan).await?;
        self.note(&format!("core {nth}: {plan:?}"));
        let dies_at = plan.named();
        let mut ended = plan.place();
        // A doubt is given up, and now and then a run is stopped, before what is in doubt settles itself.
        let at_once = plan.named().starts_with("replace_doubted") || self.dice.random_bool(0.25);
        let passed = if at_once { 0 } else { STEP };
        if let Some(core) = self.start_after(passed, dies_at).await? {
            if let Plan::Wire { nth, at } = plan {
                self.wire.arm(nth, at);
            }
            self.wire.release();
            if self.work(&core, &plan).await? {
                // Its plan was not met, or was this one.
                ended = Plan::Rest.place();
            }
        }
        bury(&self.victim).await?;
        self.wire.disarm();
        Ok(ended)
    }

    /// Ends a core with an invoice on its way, so that the next one has something to recover.
    async fn leave_one_on_its_way(&mut self) -> Result<()> {
        if let Some(core) = self.start("socket.before").await? {
            self.work(&core, &Plan::Place("socket.before")).await?;
        }
        bury(&self.victim).await
    }

    /// Everything the merchant does in one run of the core. Answers whether it lived to see everything at rest.
    async fn work(&mut self, core: &Core, plan: &Plan) -> Result<bool> {
        if !self.enter(core).await? || !self.ask_again(core).await? || !self.look_at_runs(core).await? {
            return Ok(false);
        }
        if let Plan::Moment(after) = plan {
            let (victim, after) = (self.victim.clone(), Duration::from_millis(*after));
            tokio::spawn(async move {
                // The moment is chance itself; nothing waits for it.
                tokio::time::sleep(after).await;
                victim.kill();
            });
        }
        if !self.take_turn(core, plan).await? || !self.send_some(core, plan).await? {
            return Ok(false);
        }
        if !self.somebody_acts(core, plan).await? {
            return Ok(false);
        }
        if !self.until_rest(core).await? {
            return Ok(false);
        }
        self.check_claims(core).await?;
        Ok(core.lives())
    }

    /// A send whose answer never came is sent again, as the merchant would: it is still a draft, or it is gone.
    async fn ask_again(&mut self, core: &Core) -> Result<bool> {
        if !self.look_at_what_was_taken_back(core).await? {
            return Ok(false);
        }
        for wish in &mut self.wishes {
            if wish.intent.promised || wish.invoice.is_some() || wish.order.is_null() {
                continue;
            }
            match core.call("draft_send", wish.order.clone()).await? {
                Said::Yes(sent) => wish.sent(&sent, "sent again"),
                // Gone: the first one had been sent. From here on it counts as a promise.
                Said::No(_) => {
                    wish.intent.promised = true;
                    wish.intent.story.push("was sent after all".to_owned());
                }
                Said::Dead => return Ok(false),
            }
        }
        Ok(true)
    }

    /// A few by themselves, or a file of some, or both.
    async fn send_some(&mut self, core: &Core, plan: &Plan) -> Result<bool> {
        let many = plan.is_of_runs() || self.dice.random_bool(0.25);
        if many && !self.send_many(core, plan).await? {
            return Ok(false);
        }
        let (least, most) = if many { (0, 1) } else { (1, 3) };
        let least = plan.singles().max(least);
        for _ in 0..self.dice.random_range(least..=most.max(least)) {
            if !self.send_one(core).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn send_one(&mut self, core: &Core) -> Result<bool> {
        let by_phone = self.dice.random_bool(0.5);
        self.send_by(core, by_phone).await
    }

    async fn send_by(&mut self, core: &Core, by_phone: bool) -> Result<bool> {
        let nth = i64::try_from(self.wishes.len())?;
        let due = self.now().to_zoned(TimeZone::UTC).date() + Span::new().days(DAYS_TO_PAY);
        let Some(Written { draft, amount, way }) = visit::write(core, nth, by_phone, due).await? else {
            return Ok(false);
        };
        let mut wish = Wish {
            intent: Intent {
                amount,
                story: vec![format!("by {}", if way.link { "link" } else { "phone" })],
                way,
                promised: false,
            },
            order: draft.clone(),
            invoice: None,
            given_up: false,
            taking_back: None,
            touched: false,
        };
        let said = core.call("draft_send", draft).await?;
        let lives = !matches!(said, Said::Dead);
        match said {
            Said::Yes(sent) => wish.sent(&sent, "sent"),
            Said::No(word) => bail!("draft_send was refused: {word}"),
            Said::Dead => wish.intent.story.push("no answer to the send".to_owned()),
        }
        self.wishes.push(wish);
        Ok(lives)
    }

    /// Now and then a customer pays a link, or the merchant cancels.
    async fn somebody_acts(&mut self, core: &Core, plan: &Plan) -> Result<bool> {
        if *plan == Plan::Place("cancel.answer") {
            return self.cancel_the_latest(core).await;
        }
        let cancels = self.dice.random_bool(0.2);
        let pays = self.dice.random_bool(0.2);
        if !(cancels || pays) {
            return Ok(true);
        }
        let known: Vec<usize> = (0..self.wishes.len())
            .filter(|place| self.wishes[*place].invoice.is_some() && !self.wishes[*place].touched)
            .collect();
        if known.is_empty() {
            return Ok(true);
        }
        let place = known[self.dice.random_range(0..known.len())];
        self.act(core, place, cancels).await?;
        Ok(core.lives())
    }

    /// The merchant cancels the invoice at `place`, or the customer pays it by its link.
    async fn act(&mut self, core: &Core, place: usize, cancels: bool) -> Result<()> {
        let id = self.wishes[place].invoice.clone();
        let Said::Yes(shown) = core.call("invoice_show", json!({ "id": id })).await? else {
            return Ok(());
        };
        self.wishes[place].touched = true;
        if cancels {
            self.wishes[place].intent.story.push("cancel".to_owned());
            // It may be too late for that, which the service then says.
            core.call("invoice_cancel", json!({ "id": id })).await?;
        } else if let Some(href) = shown["link"]["href"].as_str() {
            self.wishes[place].intent.story.push("paid".to_owned());
            visit::pay_link(&self.http, href).await?;
        }
        Ok(())
    }

    /// Moves time until nothing waits in the outbox; answers false if the core died.
    async fn until_rest(&self, core: &Core) -> Result<bool> {
        let begun = Instant::now();
        for turn in 0_u32.. {
            if begun.elapsed() > LONGEST {
                bail!("the outbox does not come to rest");
            }
            if !self.enter(core).await? {
                return Ok(false);
            }
            let Said::Yes(status) = core.call("connection_show", json!({})).await? else {
                return Ok(false);
            };
            if status["outboxWaiting"] == 0 {
                return Ok(true);
            }
            // Time moves when there was time to act on the last move.
            if turn % 5 == 0 {
                let step = if turn % 100 == 95 { LEAP } else { STEP };
                if matches!(self.move_clock(core, step).await?, Said::Dead) {
                    return Ok(false);
                }
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(false)
    }

    /// Signs in unless that is done; as often as it takes while the service is in trouble. Answers false if the core died.
    async fn enter(&self, core: &Core) -> Result<bool> {
        for _ in 0..TRIES {
            match visit::sign_in(core).await? {
                Entry::In => return Ok(true),
                Entry::Dead => return Ok(false),
                Entry::Refused(word) if self.simulator.faults().list().is_empty() => {
                    bail!("the sign-in was refused: {word}")
                }
                Entry::Refused(_) => {}
            }
        }
        bail!("the sign-in was refused {TRIES} times")
    }

    /// What both sides take for the present.
    fn now(&self) -> Timestamp {
        simulator::Clock::now(&*self.clock)
    }

    async fn move_clock(&self, core: &Core, seconds: i64) -> Result<Said> {
        // The service first: to it, nothing may come from the future.
        let ahead = self.clock.0.fetch_add(seconds, Ordering::SeqCst) + seconds;
        core.set_clock(ahead).await
    }

    async fn start(&mut self, dies_at: &str) -> Result<Option<Core>> {
        // While it was dead, time went on.
        self.start_after(STEP, dies_at).await
    }

    async fn start_after(&mut self, seconds: i64, dies_at: &str) -> Result<Option<Core>> {
        let ahead = self.clock.0.fetch_add(seconds, Ordering::SeqCst) + seconds;
        let folder = self.folder.path();
        Core::start(&self.program, folder, ahead, dies_at, &self.victim, &self.http).await
    }

    fn note(&mut self, what: &str) {
        let open = self.wishes.iter_mut().rev().take(6);
        open.for_each(|wish| wish.intent.story.push(what.to_owned()));
    }
}

/// The dice of one try of a kill: what they show does not depend on how far the cores before came.
fn dice_of(seed: u64, nth: u32, attempt: u32) -> StdRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..12].copy_from_slice(&nth.to_le_bytes());
    bytes[12..16].copy_from_slice(&attempt.to_le_bytes());
    StdRng::from_seed(bytes)
}

impl Wish {
    fn sent(&mut self, answer: &Value, how: &str) {
        self.intent.promised = true;
        self.intent.story.push(how.to_owned());
        self.invoice = answer["row"]["id"].as_str().map(str::to_owned);
    }
}
