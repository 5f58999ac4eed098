//! Many at once in a world: the merchant sends a file, holds it back, stops it, and looks at it again after each death.

use std::ops::Range;

use anyhow::{Context as _, Result, bail};
use jiff::Span;
use rand::Rng as _;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use super::super::plan::Plan;
use super::super::process::{Core, Said};
use super::super::visit;
use super::{LOOK_AGAIN, STEP, Wish, World};
use crate::judge::Intent;

/// Moves past the hold, and not much further.
const HOLD: i64 = 6;

/// The call of many to phones.
const BATCH: &str = "/merchants/{merchant}/invoices/batch";

/// How often it is looked whether a call has failed.
const LOOKS: u32 = 2_000;

/// A file that the merchant sends.
pub(super) struct Run {
    id: String,
    by_phone: bool,
    /// Its rows among the wishes.
    rows: Range<usize>,
    /// The merchant asked to stop it since it was sent: what had not left may have been taken back.
    stopped: bool,
    /// It is not sure yet that everything the merchant asked of it was done.
    open: bool,
}

/// How the merchant handles a file once it is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    Leaves,
    Pauses,
    Stops,
}

impl World {
    /// Sends a file of a few rows, and pauses or stops it now and then. Answers whether the core lives.
    pub(super) async fn send_many(&mut self, core: &Core, plan: &Plan) -> Result<bool> {
        let place = plan.named();
        let by_phone = place.contains("batch") || self.dice.random_bool(0.5);
        let hand = match self.dice.random_range(0..6) {
            _ if place.starts_with("pause") => Hand::Pauses,
            _ if place.starts_with("stop") => Hand::Stops,
            0 => Hand::Pauses,
            1 => Hand::Stops,
            _ => Hand::Leaves,
        };
        let rows = self.dice.random_range(3..=8);
        if !self.write_many(core, rows, by_phone).await? {
            return Ok(false);
        }
        let last = self.runs.len() - 1;
        Ok(self.send_rest(core, last).await? && self.handle(core, last, hand).await?)
    }

    /// The merchant corrects a row of a file before it is sent.
    pub(super) async fn correct_a_row(&mut self, core: &Core) -> Result<bool> {
        let by_phone = self.dice.random_bool(0.5);
        if !self.write_many(core, 3, by_phone).await? {
            return Ok(false);
        }
        let last = self.runs.len() - 1;
        let row = json!({ "id": self.runs[last].id, "position": 2 });
        let mut form = match core.call("run_row_show", row.clone()).await? {
            Said::Dead => return Ok(false),
            said => visit::must(said, "run_row_show")?["form"].clone(),
        };
        form["comment"] = json!("Rettet");
        let save = json!({ "id": row["id"], "position": row["position"], "form": form });
        match core.call("run_row_save", save).await? {
            Said::Dead => return Ok(false),
            said => visit::must(said, "run_row_save")?,
        };
        self.tell_rows(last, "row 2 is corrected");
        self.send_rest(core, last).await
    }

    /// A file that the service has no time for, and which the merchant tries again at once.
    pub(super) async fn retry_a_run(&mut self, core: &Core) -> Result<bool> {
        let busy = Trouble::Status {
            status: 429,
            retry_after: Some(600),
            as_date: false,
            handled: false,
        };
        // It refuses nothing, so nothing may be refused because of it.
        let busy = Fault::new(busy).on(BATCH).once();
        let busy = self.simulator.faults().add(busy);
        let lives = self.send_and_retry(core).await;
        self.simulator.faults().remove(busy);
        lives
    }

    async fn send_and_retry(&mut self, core: &Core) -> Result<bool> {
        if !self.write_many(core, 3, true).await? {
            return Ok(false);
        }
        let last = self.runs.len() - 1;
        if !self.send_rest(core, last).await? || matches!(self.move_clock(core, HOLD).await?, Said::Dead) {
            return Ok(false);
        }
        let id = json!({ "id": self.runs[last].id });
        for _ in 0..LOOKS {
            let shown = match core.call("run_show", id.clone()).await? {
                Said::Dead => return Ok(false),
                said => visit::must(said, "run_show")?,
            };
            if shown["run"]["progress"]["failed"] != 0 {
                self.tell_rows(last, "tried again");
                return Ok(!matches!(core.call("run_retry", id).await?, Said::Dead));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        // Other trouble was quicker.
        Ok(true)
    }

    /// Sends a file of four rows to phones, while the service is in trouble.
    pub(super) async fn many_to_phones(&mut self, core: &Core, name: &str) -> Result<()> {
        if !self.write_many(core, 4, true).await? {
            bail!("the core died of {name}");
        }
        let last = self.runs.len() - 1;
        self.tell_rows(last, name);
        if !self.send_rest(core, last).await? {
            bail!("the core died of {name}");
        }
        Ok(())
    }

    async fn write_many(&mut self, core: &Core, rows: usize, by_phone: bool) -> Result<bool> {
        let first = self.wishes.len();
        let due = self.now().to_zoned(jiff::tz::TimeZone::UTC).date() + Span::new().days(60);
        let file = visit::file(first, rows, due);
        let Some(kept) = visit::import(core, file.as_bytes()).await? else {
            // Nothing was sent of it, whatever was kept.
            return Ok(false);
        };
        let id = kept["run"]["id"].as_str().context("a run has an id")?.to_owned();
        for nth in first..first + rows {
            self.wishes.push(Wish {
                intent: Intent {
                    amount: visit::gross(nth)?,
                    way: visit::way_of_row(nth, !by_phone, due),
                    promised: false,
                    story: vec![format!("row {} of {id}", nth - first + 1)],
                },
                order: Value::Null,
                invoice: None,
                given_up: false,
                taking_back: None,
                touched: false,
            });
        }
        self.runs.push(Run {
            id,
            by_phone,
            rows: first..first + rows,
            stopped: false,
            open: true,
        });
        Ok(true)
    }

    /// Sends what of a run has no number, as the merchant does who has just looked at it.
    async fn send_rest(&mut self, core: &Core, at: usize) -> Result<bool> {
        let run = &self.runs[at];
        let (id, by_phone) = (json!({ "id": run.id }), run.by_phone);
        let (offer, channel) = match core.call("run_show", id).await? {
            Said::Yes(shown) if by_phone => (shown["toPhone"].clone(), "phone"),
            Said::Yes(shown) => (shown["asLink"].clone(), "link"),
            Said::No(word) => bail!("run_show was refused: {word}"),
            Said::Dead => return Ok(false),
        };
        if offer["count"] != 0 {
            let order = json!({
                "id": run.id, "channel": channel, "count": offer["count"], "totalMinor": offer["total"]["minor"],
            });
            match core.call("run_send", order).await? {
                Said::Yes(_) => self.tell_rows(at, "the run is sent"),
                Said::No(word) => bail!("run_send was refused: {word}"),
                Said::Dead => return Ok(false),
            }
        }
        self.read_rows(core, at).await
    }

    /// Takes down what the program says of each row: one with an invoice is a promise, and a promise is taken back by a stop only.
    async fn read_rows(&mut self, core: &Core, at: usize) -> Result<bool> {
        let Run {
            id,
            by_phone,
            rows,
            stopped,
            ..
        } = &self.runs[at];
        let channel = if *by_phone { "phone" } else { "link" };
        let asked = json!({ "id": id, "part": "all", "channel": channel, "after": 0, "limit": 500 });
        let told = match core.call("run_rows", asked).await? {
            Said::Yes(told) => told,
            Said::No(word) => bail!("run_rows was refused: {word}"),
            Said::Dead => return Ok(false),
        };
        let told = told["rows"].as_array().context("a run has rows")?;
        if told.len() != rows.len() {
            let story = format!("{} rows of {} are left", told.len(), rows.len());
            self.verdict.lost.push(story);
        }
        for row in told {
            let position = usize::try_from(row["position"].as_u64().context("a row has a position")?)?;
            let wish = &mut self.wishes[rows.start + position - 1];
            let invoice = row["invoice"]["id"].as_str().map(str::to_owned);
            if wish.intent.promised && invoice.is_none() && !stopped {
                let story = wish.intent.story.join(", ");
                let amount = wish.intent.amount;
                let offender = format!("{amount} had a number and has none; {story}");
                self.verdict.lost.push(offender);
            }
            wish.intent.promised = invoice.is_some();
            wish.invoice = invoice;
        }
        Ok(true)
    }

    async fn handle(&mut self, core: &Core, at: usize, hand: Hand) -> Result<bool> {
        let id = json!({ "id": self.runs[at].id });
        match hand {
            Hand::Leaves => {}
            Hand::Pauses => {
                // It may be refused: everything may be gone by now.
                if matches!(core.call("run_pause", id).await?, Said::Dead) {
                    return Ok(false);
                }
                self.tell_rows(at, "paused");
                if matches!(self.move_clock(core, STEP).await?, Said::Dead) {
                    return Ok(false);
                }
                return self.look_at_run(core, at).await;
            }
            Hand::Stops => {
                // Half of the time some of it has left before.
                if self.dice.random_bool(0.5) && matches!(self.move_clock(core, HOLD).await?, Said::Dead) {
                    return Ok(false);
                }
                if !self.stop(core, at).await? {
                    return Ok(false);
                }
                if self.dice.random_bool(0.5) {
                    return self.send_rest(core, at).await;
                }
            }
        }
        Ok(true)
    }

    /// After each death the merchant looks at the runs of before: a paused one goes on, and one that was not sent is sent.
    pub(super) async fn look_at_runs(&mut self, core: &Core) -> Result<bool> {
        for at in 0..self.runs.len() {
            if self.runs[at].open && !self.look_at_run(core, at).await? {
                return Ok(false);
            }
            self.runs[at].open = false;
        }
        Ok(true)
    }

    async fn look_at_run(&mut self, core: &Core, at: usize) -> Result<bool> {
        let id = json!({ "id": self.runs[at].id });
        let shown = match core.call("run_show", id.clone()).await? {
            Said::Yes(shown) => shown,
            Said::No(word) => bail!("run_show was refused: {word}"),
            Said::Dead => return Ok(false),
        };
        if shown["run"]["progress"]["state"] == "paused"
            && matches!(core.call("run_resume", id).await?, Said::Dead)
        {
            return Ok(false);
        }
        // Some merchants have enough of it after a death.
        if !self.runs[at].stopped && self.dice.random_bool(0.25) {
            return self.stop(core, at).await;
        }
        if self.runs[at].stopped {
            return self.read_rows(core, at).await;
        }
        self.send_rest(core, at).await
    }

    /// Stops a run and takes down what was taken back.
    async fn stop(&mut self, core: &Core, at: usize) -> Result<bool> {
        self.runs[at].stopped = true;
        let id = json!({ "id": self.runs[at].id });
        // Refused, if it was stopped before.
        if matches!(core.call("run_stop", id).await?, Said::Dead) {
            return Ok(false);
        }
        self.tell_rows(at, "stopped");
        self.read_rows(core, at).await
    }

    fn tell_rows(&mut self, at: usize, what: &str) {
        for wish in &mut self.wishes[self.runs[at].rows.clone()] {
            wish.intent.story.push(what.to_owned());
        }
    }
}
