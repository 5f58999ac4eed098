//! The rarer turns of a world: a doubt that the merchant settles or gives up, a link whose time is over, a callback. Each is
//! brought about for the deaths that lie in it.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use rand::Rng as _;
use serde_json::{Value, json};

use super::super::plan::Plan;
use super::super::process::{Core, LONGEST, Said, bury};
use super::super::visit;
use super::{LOOK_AGAIN, World};

/// After so many seconds a link of today can no longer be paid: 14 days to its due date and 30 more (spec 14.3).
const OVER: i64 = 46 * 86_400;

/// What the service shows to the receiver; spec 11.1.
const KEY: &str = "a-key-of-the-trial-1";

impl World {
    /// Brings a world to where the core can die by `plan`.
    pub(super) async fn prepare(&mut self, plan: &Plan) -> Result<()> {
        let place = plan.named();
        if place.starts_with("recover") {
            self.leave_one_on_its_way().await?;
        } else if place.starts_with("settle_by_id") {
            let by_phone = self.dice.random_bool(0.5);
            self.leave_in_doubt(by_phone).await?;
        } else if place.starts_with("replace_doubted") {
            self.leave_in_doubt(false).await?;
        }
        Ok(())
    }

    /// Ends a core when the service has answered and nobody has heard it.
    async fn leave_in_doubt(&mut self, by_phone: bool) -> Result<()> {
        if let Some(core) = self.start("answer").await? {
            let goes_on = self.enter(&core).await?
                && self.ask_again(&core).await?
                && self.look_at_runs(&core).await?
                && self.send_by(&core, by_phone).await?;
            if goes_on && self.until_rest(&core).await? {
                bail!("the core lives, where its answer should have ended it");
            }
        }
        bury(&self.victim).await
    }

    /// The turn that `plan` needs, if it needs one. Answers whether the core lives.
    pub(super) async fn take_turn(&mut self, core: &Core, plan: &Plan) -> Result<bool> {
        let place = plan.named();
        if place.starts_with("settle_by_id") {
            self.settle_by_id(core).await
        } else if place.starts_with("replace_doubted") {
            self.give_up(core).await
        } else if place.starts_with("observe_gone") {
            self.let_links_go(core).await
        } else if place.starts_with("undo") {
            self.take_back(core).await
        } else if place.starts_with("correct_row") {
            self.correct_a_row(core).await
        } else if place.starts_with("retry_failed") {
            self.retry_a_run(core).await
        } else if place.starts_with("take_events") {
            self.call_back(core).await
        } else {
            Ok(true)
        }
    }

    /// Places of the wishes whose invoices show `state`, the latest first. `None`: the core died.
    async fn that_are(&self, core: &Core, state: &str) -> Result<Option<Vec<(usize, Value)>>> {
        let mut found = Vec::new();
        for (place, wish) in self.wishes.iter().enumerate().rev() {
            let Some(id) = &wish.invoice else { continue };
            let shown = match core.call("invoice_show", json!({ "id": id })).await? {
                Said::Dead => return Ok(None),
                said => visit::must(said, "invoice_show")?,
            };
            if shown["row"]["state"] == state {
                found.push((place, shown));
            }
        }
        Ok(Some(found))
    }

    /// The merchant finds the invoice in the portal and types its id in.
    async fn settle_by_id(&mut self, core: &Core) -> Result<bool> {
        let there = self.there().await?;
        for state in ["in_doubt", "sent_id_unknown"] {
            let Some(doubts) = self.that_are(core, state).await? else {
                return Ok(false);
            };
            for (place, _) in doubts {
                let wish = &mut self.wishes[place];
                let Some(row) = there.iter().find(|row| row.amount == wish.intent.amount) else {
                    continue;
                };
                wish.intent.story.push("its id is named".to_owned());
                let named = json!({ "id": wish.invoice, "serviceId": row.id });
                if matches!(core.call("outbox_name_id", named).await?, Said::Dead) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The merchant cancels the latest invoice that can be.
    pub(super) async fn cancel_the_latest(&mut self, core: &Core) -> Result<bool> {
        if !self.send_by(core, true).await? || !self.until_rest(core).await? {
            return Ok(false);
        }
        let Some(open) = self.that_are(core, "created").await? else {
            return Ok(false);
        };
        if let Some((place, _)) = open.first() {
            self.act(core, *place, true).await?;
        }
        Ok(core.lives())
    }

    /// Nobody has the link of a doubt, so the merchant writes another.
    async fn give_up(&mut self, core: &Core) -> Result<bool> {
        let Some(doubts) = self.that_are(core, "in_doubt").await? else {
            return Ok(false);
        };
        for (place, _) in doubts
            .into_iter()
            .filter(|(_, shown)| shown["row"]["channel"] == "link")
        {
            let wish = &mut self.wishes[place];
            wish.intent.story.push("is given up".to_owned());
            wish.given_up = true;
            let id = json!({ "id": wish.invoice });
            if matches!(core.call("outbox_give_up", id).await?, Said::Dead) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A link is sent, and time goes on until the service has deleted it.
    async fn let_links_go(&mut self, core: &Core) -> Result<bool> {
        if !self.send_by(core, false).await? || !self.until_rest(core).await? {
            return Ok(false);
        }
        for wish in &mut self.wishes {
            wish.touched = true;
            wish.intent.story.push("its time is over".to_owned());
        }
        if matches!(self.move_clock(core, OVER).await?, Said::Dead) || !self.enter(core).await? {
            return Ok(false);
        }
        let id = json!({ "id": self.wishes.last().and_then(|wish| wish.invoice.clone()) });
        core.call("invoice_refresh", id).await?;
        Ok(core.lives())
    }

    /// A customer pays, and the service says so before it is asked.
    async fn call_back(&mut self, core: &Core) -> Result<bool> {
        if !self.send_by(core, false).await? || !self.until_rest(core).await? {
            return Ok(false);
        }
        // Whoever takes the port meanwhile makes this turn an ordinary one.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let form = json!({ "address": "https://nordhavn.example/callbacks", "kind": "api_key", "username": "", "secret": KEY });
        for (name, order) in [
            ("callbacks_receiver", json!({ "on": true, "port": port })),
            ("callbacks_set", form),
        ] {
            if matches!(core.call(name, order).await?, Said::Dead) {
                return Ok(false);
            }
        }
        let place = self.wishes.len() - 1;
        let id = json!({ "id": self.wishes[place].invoice });
        let Said::Yes(shown) = core.call("invoice_show", id).await? else {
            return Ok(core.lives());
        };
        self.act(core, place, false).await?;
        let event = json!([{
            "InvoiceId": shown["technical"]["serviceId"], "Status": "paid", "Date": self.now().to_string(), "Sequence": 9,
        }]);
        let told = self
            .http
            .post(format!("http://127.0.0.1:{port}/"))
            .header("authorization", KEY)
            .body(event.to_string());
        if let Err(error) = told.send().await {
            // Only death may keep a callback from being answered; the end of a process is known a little later.
            let begun = Instant::now();
            while core.lives() {
                ensure!(begun.elapsed() < LONGEST, "a callback was not taken: {error}");
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            return Ok(false);
        }
        Ok(core.lives())
    }
}
