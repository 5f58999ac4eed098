//! The merchant's commands that promise something, and what exactly each answer promises.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::play::Play;
use super::promises::{Wish, passed};
use crate::judge::Way;

/// A phone of the simulator's crowd: each takes ten a day, which no sequence reaches.
fn phone(nth: usize) -> String {
    format!("+4557370{:03}", nth % 1_000)
}

/// 4 kroner and 4 øre more each time, and a quarter of VAT: the amount is the wish's name.
fn price(nth: usize) -> String {
    let price = 400 + 4 * nth;
    format!("{},{:02}", price / 100, price % 100)
}

impl Play {
    pub(super) async fn write_and_send(&mut self, link: bool) -> Result<()> {
        let nth = self.promises.wishes.len();
        let way = self.way(nth, link);
        let draft = self.shop.must("draft_create", json!({})).await?;
        let mut form = draft["form"].clone();
        form["recipient"] = json!({ "name": "Mads Krogh", "phone": way.phone });
        form["dueDate"] = json!(way.due);
        form["lines"] = json!([{ "description": "Eftersyn", "unitPrice": price(nth) }]);
        let save = json!({ "id": draft["id"], "revision": draft["revision"], "form": form });
        let saved = self.shop.must("draft_save", save).await?;
        let amount = saved["reading"]["gross"]["minor"]
            .as_i64()
            .context("a saved draft has a total")?;
        let channel = if link { "link" } else { "phone" };
        let order = json!({ "id": saved["id"], "revision": saved["revision"], "channel": channel });
        self.promises
            .wishes
            .push(Wish::new(amount, way, Some(order), None));
        self.send(nth).await
    }

    /// Sends a draft, or what was one: a double click must not send twice.
    pub(super) async fn send(&mut self, place: usize) -> Result<()> {
        let Some(order) = self.promises.wishes[place].order.clone() else {
            return Ok(());
        };
        let draft = json!({ "id": order["id"] });
        match self.shop.call("draft_send", order).await {
            Ok(sent) if self.promises.wishes[place].intent.promised => {
                let other = sent["row"]["id"].as_str() != self.promises.wishes[place].invoice.as_deref();
                if other {
                    self.accuse(place, "was sent again as another invoice");
                }
            }
            Ok(sent) => {
                let wish = &mut self.promises.wishes[place];
                wish.intent.story.push("sent".into());
                wish.promise(&sent["row"], self.shop.seconds());
            }
            Err(refusal) => {
                let promised = self.promises.wishes[place].intent.promised;
                let story = &mut self.promises.wishes[place].intent.story;
                story.push(format!("not sent: {:?}", refusal.code));
                if !promised && self.shop.call("draft_show", draft).await.is_err() {
                    let what = "was not sent, and its draft is gone";
                    let amount = self.promises.wishes[place].intent.amount;
                    self.verdict.lost.push(format!("{amount} {what}"));
                }
            }
        }
        Ok(())
    }

    /// Within the hold it is a promise that it can be taken back; afterwards it may be too late.
    pub(super) async fn undo(&mut self, place: usize) -> Result<()> {
        let Some(id) = self.promises.wishes[place].invoice.clone() else {
            return Ok(());
        };
        let held = self.promises.wishes[place].is_held(self.shop.seconds());
        let alone = self.promises.wishes[place].row.is_none();
        match self.shop.call("invoice_undo", json!({ "id": id })).await {
            Ok(draft) => {
                let wish = &mut self.promises.wishes[place];
                let channel = wish.order.as_ref().map(|order| order["channel"].clone());
                wish.order = Some(json!({
                    "id": draft["id"], "revision": draft["revision"], "channel": channel,
                }));
                wish.intent.story.push("taken back".into());
                self.promises.take_back(place);
            }
            Err(refusal) if held && alone => {
                let what = format!("could not be taken back in time: {:?}", refusal.code);
                self.accuse(place, &what);
            }
            Err(_) => {}
        }
        Ok(())
    }

    /// Takes in a file and sends its rows.
    pub(super) async fn run(&mut self, rows: usize, link: bool) -> Result<()> {
        let begin = self.promises.wishes.len();
        let mut file = String::from("Navn;Telefon;Tekst;Pris;Forfaldsdato\n");
        for nth in begin..begin + rows {
            let Way { phone, due, .. } = self.way(nth, link);
            let phone = phone.unwrap_or_default();
            file.push_str(&format!(
                "Nr {nth};{phone};Kontingent {nth};{};{due}\n",
                price(nth)
            ));
        }
        let run = self.shop.import(&file).await?;
        let id = run["run"]["id"].as_str().context("a run has an id")?.to_owned();
        let place = self.promises.runs.len();
        self.promises.runs.push(id);
        let kept = self.rows(place).await?;
        ensure!(kept.len() == rows, "{rows} rows are {kept:?}");
        for row in kept {
            let amount = row["total"]["minor"].as_i64().context("a row has a total")?;
            let position = row["position"].as_u64().context("a row has a place")?;
            let way = self.way(self.promises.wishes.len(), link);
            let wish = Wish::new(amount, way, None, Some((place, position)));
            self.promises.wishes.push(wish);
        }
        self.send_run(place, link).await
    }

    /// Sends what is not sent of a run: exactly what was shown is promised.
    pub(super) async fn send_run(&mut self, run: usize, link: bool) -> Result<()> {
        let id = self.promises.runs[run].clone();
        let shown = self.shop.must("run_show", json!({ "id": id })).await?;
        let (channel, offer) = if link {
            ("link", &shown["asLink"])
        } else {
            ("phone", &shown["toPhone"])
        };
        let order = json!({
            "id": id, "channel": channel, "count": offer["count"], "totalMinor": offer["total"]["minor"],
        });
        // Refused while it is paused, and when there is nothing to send.
        let Ok(_) = self.shop.call("run_send", order).await else {
            return Ok(());
        };
        let mut count = 0;
        for row in self.rows(run).await? {
            let wish = self.row_of(run, &row)?;
            if !self.promises.wishes[wish].intent.promised && row["invoice"].is_object() {
                count += 1;
                self.promises.wishes[wish].promise(&row["invoice"], self.shop.seconds());
                self.promises.wishes[wish].intent.way.link = link;
                self.promises.wishes[wish].intent.story.push("sent".into());
            }
        }
        if offer["count"] != count {
            let what = format!("run {run}: {} were to be sent, and {count} were", offer["count"]);
            self.verdict.lost.push(what);
        }
        Ok(())
    }

    /// What was not sent and has no number after a stop was taken back; within the hold that is all of it.
    pub(super) async fn stop(&mut self, run: usize) -> Result<()> {
        let id = json!({ "id": self.promises.runs[run] });
        let stopped = self.shop.call("run_stop", id).await;
        if stopped.is_ok() {
            self.promises.paused.remove(&run);
        }
        for row in self.rows(run).await? {
            let wish = self.row_of(run, &row)?;
            if row["state"] == "ready" && self.promises.wishes[wish].intent.promised && stopped.is_ok() {
                self.promises.wishes[wish].intent.story.push("stopped".into());
                self.promises.take_back(wish);
            }
            let held = self.promises.wishes[wish].is_held(self.shop.seconds());
            if held && stopped.is_ok() {
                self.accuse(wish, "was not taken back by a stop in time");
            }
        }
        Ok(())
    }

    pub(super) async fn on_run(&mut self, name: &str, run: usize) -> Result<()> {
        let id = json!({ "id": self.promises.runs[run] });
        // Refused where it makes no sense, e.g. going on with what was not paused.
        match (name, self.shop.call(name, id).await) {
            ("run_pause", Ok(_)) => {
                self.promises.paused.insert(run, BTreeSet::new());
            }
            ("run_resume", Ok(_)) => {
                self.promises.paused.remove(&run);
            }
            _ => {}
        }
        Ok(())
    }

    /// Nothing of a paused run reaches the service but what may have left before: what was seen to wait since the pause is
    /// not there.
    pub(super) async fn check_pauses(&mut self) -> Result<()> {
        for run in self.promises.paused.keys().copied().collect::<Vec<_>>() {
            let rows = self.rows(run).await?;
            let there = self.shop.there().await?;
            let held = self.promises.paused.get(&run).into_iter().flatten();
            for wish in passed(held.copied(), &self.promises, &there) {
                self.accuse(wish, "reached the service while its run was paused");
            }
            for row in rows {
                if matches!(row["state"].as_str(), Some("waiting" | "failed")) {
                    let wish = self.row_of(run, &row)?;
                    self.promises.paused.entry(run).or_default().insert(wish);
                }
            }
        }
        Ok(())
    }

    /// Whom the `nth` wish is for; due in two weeks.
    fn way(&self, nth: usize, link: bool) -> Way {
        let due = self.shop.today() + jiff::Span::new().days(14);
        Way {
            phone: Some(phone(nth)),
            link,
            due: due.to_string(),
        }
    }

    async fn rows(&self, run: usize) -> Result<Vec<Value>> {
        let asked = json!({
            "id": self.promises.runs[run], "part": "all", "channel": "link", "after": 0, "limit": 500,
        });
        let page = self.shop.must("run_rows", asked).await?;
        Ok(page["rows"].as_array().cloned().unwrap_or_default())
    }

    fn row_of(&self, run: usize, row: &Value) -> Result<usize> {
        let name = Some((run, row["position"].as_u64().context("a row has a place")?));
        let wishes = &self.promises.wishes;
        wishes
            .iter()
            .position(|wish| wish.row == name)
            .context("a row that nobody wrote")
    }
}
