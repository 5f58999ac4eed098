//! Plays a sequence against the real core: each step is a command or an event outside, each answer may be a promise.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use proptest_state_machine::ReferenceStateMachine as _;
use serde_json::{Value, json};

use super::act::{Act, Plot, Sequences};
use super::claims::Claims;
use super::promises::{Promises, Wish};
use super::shop::Shop;
use crate::judge::Verdict;

/// A sequence under way.
pub(super) struct Play {
    pub(super) shop: Shop,
    pub(super) promises: Promises,
    claims: Claims,
    pub(super) verdict: Verdict,
    /// Calls that faults struck before they were taken away.
    struck: u64,
}

/// What a sequence came to.
#[derive(Debug, Default)]
pub(super) struct Ended {
    pub(super) steps: usize,
    pub(super) struck: u64,
    pub(super) invoices: usize,
    /// How many invoices stand in which state in the ledger.
    pub(super) states: BTreeMap<String, usize>,
    pub(super) verdict: Verdict,
}

/// Plays it to its end, or to the first step after which something is not as promised.
pub(super) async fn play(mut plot: Plot, acts: &[Act], seen: impl Fn()) -> Result<Ended> {
    let mut play = Play {
        shop: Shop::begin().await?,
        promises: Promises::default(),
        claims: Claims::default(),
        verdict: Verdict::default(),
        struck: 0,
    };
    let mut ended = Ended::default();
    for act in acts {
        seen();
        ended.steps += 1;
        play.step(&plot, act)
            .await
            .with_context(|| format!("{act:?}, step {}", ended.steps))?;
        plot = Sequences::apply(plot, act);
        if play.verdict != Verdict::default() {
            break;
        }
    }
    if play.verdict == Verdict::default() {
        play.on_under_trouble().await?;
    }
    play.mend();
    ended.struck = play.struck;
    if play.verdict == Verdict::default() {
        play.come_to_rest().await.context("coming to rest")?;
    }
    let open_doubts = play.open_doubts().await?;
    let (kept, there) = play.shop.end().await?;
    ended.invoices = there.len();
    for row in &kept {
        *ended.states.entry(format!("{:?}", row.shown)).or_default() += 1;
    }
    ended.verdict = play.verdict;
    if ended.verdict == Verdict::default() {
        ended.verdict = play.promises.judge(kept, &there, &open_doubts);
    }
    Ok(ended)
}

impl Play {
    async fn step(&mut self, plot: &Plot, act: &Act) -> Result<()> {
        let told = format!("{act:?}");
        for place in concerned(plot, act) {
            self.promises.wishes[place].intent.story.push(told.clone());
        }
        self.act(act).await?;
        self.shop.calm().await?;
        self.check_pauses().await?;
        self.claims
            .check(&self.shop, &self.promises, &mut self.verdict)
            .await
    }

    async fn act(&mut self, act: &Act) -> Result<()> {
        match act {
            Act::Send { link } => self.write_and_send(*link).await?,
            Act::SendAgain(wish) => self.send(*wish).await?,
            Act::Undo(wish) => self.undo(*wish).await?,
            Act::Run { rows, link } => self.run(*rows, *link).await?,
            Act::RunAgain { run, link } => self.send_run(*run, *link).await?,
            Act::Pause(run) => self.on_run("run_pause", *run).await?,
            Act::Resume(run) => self.on_run("run_resume", *run).await?,
            Act::Retry(run) => self.on_run("run_retry", *run).await?,
            Act::Stop(run) => self.stop(*run).await?,
            Act::Cancel(wish) => self.on_invoice("invoice_cancel", *wish).await,
            Act::Refresh(wish) => self.on_invoice("invoice_refresh", *wish).await,
            Act::Customer { wish, does } => {
                if let Some(id) = self.at_the_service(*wish).await? {
                    self.shop.customer(&id, *does).await?;
                }
            }
            Act::Time(seconds) => self.shop.pass(*seconds),
            Act::Fault(strike) => {
                self.shop.service.faults().add(strike.fault());
            }
            Act::Mend => self.mend(),
            Act::Reopen => self.shop.reopen().await?,
            Act::Cut => {
                self.struck += self.shop.cut().await?;
            }
            Act::SignOut => {
                // The service may be in trouble; whoever asked is then told so.
                let _ = self.shop.call("session_end", json!({})).await;
            }
            Act::SignIn => {
                self.shop.sign_in().await?;
            }
            Act::Withdraw => self.shop.withdraw().await?,
            Act::TryAll => {
                self.shop.must("outbox_try_all", json!({})).await?;
            }
            Act::NameId { wish, of } => self.name_id(*wish, *of).await?,
            Act::GiveUp(wish) => self.give_up(*wish).await?,
        }
        Ok(())
    }

    fn mend(&mut self) {
        let faults = self.shop.service.faults();
        self.struck += faults
            .list()
            .iter()
            .map(|rule| u64::from(rule.struck))
            .sum::<u64>();
        faults.clear();
    }

    /// A command about one invoice that may well be refused: what it changed is checked as a claim.
    async fn on_invoice(&mut self, name: &str, wish: usize) {
        if let Some(id) = &self.promises.wishes[wish].invoice {
            let said = self.shop.call(name, json!({ "id": id })).await;
            let word = said.map_or_else(
                |no| format!("{:?}", no.code),
                |yes| yes["row"]["state"].to_string(),
            );
            self.promises.wishes[wish].intent.story.push(word);
        }
    }

    /// The id under which the service has this wish, as its portal shows it.
    async fn at_the_service(&self, wish: usize) -> Result<Option<String>> {
        let amount = self.promises.wishes[wish].intent.amount;
        let there = self.shop.there().await?;
        Ok(there
            .into_iter()
            .find(|row| row.amount == amount)
            .map(|row| row.id))
    }

    async fn name_id(&mut self, wish: usize, of: usize) -> Result<()> {
        let (Some(id), Some(service_id)) = (
            self.promises.wishes[wish].invoice.clone(),
            self.at_the_service(of).await?,
        ) else {
            return Ok(());
        };
        let named = json!({ "id": id, "serviceId": service_id });
        let said = self.shop.call("outbox_name_id", named).await;
        if wish != of && said.as_ref().is_ok_and(|named| named["wrong"].is_null()) {
            self.accuse(wish, "took the id of another invoice");
        }
        Ok(())
    }

    async fn give_up(&mut self, wish: usize) -> Result<()> {
        let Some(id) = self.promises.wishes[wish].invoice.clone() else {
            return Ok(());
        };
        let Ok(given_up) = self.shop.call("outbox_give_up", json!({ "id": id })).await else {
            return Ok(());
        };
        self.promises.wishes[wish].given_up = true;
        self.promises.wishes[wish].order = None;
        let draft = json!({ "id": given_up["draft"]["id"] });
        self.shop.must("draft_discard", draft).await?;
        Ok(())
    }

    pub(super) fn accuse(&mut self, wish: usize, what: &str) {
        let Wish { intent, .. } = &self.promises.wishes[wish];
        let line = format!("{} {what}; {}", intent.amount, intent.story.join(", "));
        self.verdict.misclaimed.push(line);
    }

    /// What trouble is left meets what is left to do.
    async fn on_under_trouble(&mut self) -> Result<()> {
        self.shop.sign_in().await?;
        for seconds in [6, 61] {
            self.shop.pass(seconds);
            self.shop.calm().await?;
        }
        self.claims
            .check(&self.shop, &self.promises, &mut self.verdict)
            .await
    }

    /// All trouble is removed: signs in, lets runs go on and time pass until nothing waits, and asks for every state.
    async fn come_to_rest(&mut self) -> Result<()> {
        for turn in 0..REST_TURNS {
            self.shop.sign_in().await?;
            for run in 0..self.promises.runs.len() {
                // Refused unless it is paused.
                self.on_run("run_resume", run).await?;
            }
            self.shop.calm().await?;
            let status = self.shop.must("connection_show", json!({})).await?;
            if status["outboxWaiting"] == 0 {
                break;
            }
            // Past a pause that was asked for; now and then past the one after a refused repetition.
            self.shop.pass(if turn % 10 == 9 { 25 * 3_600 } else { 61 });
        }
        self.ask_for_all().await?;
        self.claims
            .check(&self.shop, &self.promises, &mut self.verdict)
            .await
    }

    async fn ask_for_all(&self) -> Result<()> {
        for row in self.shop.shown().await? {
            let id = json!({ "id": row["id"] });
            // The pace may be used up, and that a sign-in was withdrawn is learnt by asking.
            let mut tries = 0;
            while let Err(refusal) = self.shop.call("invoice_refresh", id.clone()).await {
                tries += 1;
                ensure!(tries < 6, "{id} cannot be asked for: {refusal:?}");
                self.shop.pass(61);
                self.shop.sign_in().await?;
            }
        }
        Ok(())
    }

    /// What is still in doubt because the repetition was refused, as the outbox says itself.
    async fn open_doubts(&self) -> Result<BTreeSet<u64>> {
        let page = self.shop.must("outbox_list", json!({ "limit": 500 })).await?;
        let rows = page["rows"].as_array().cloned().unwrap_or_default();
        let now = self.shop.now();
        Ok(rows
            .iter()
            .filter(|row| is_open_doubt(row, now))
            .filter_map(|row| row["row"]["number"].as_u64())
            .collect())
    }
}

/// A doubt whose repetition was refused, and which is tried again within a day. One that is never tried again has no excuse.
fn is_open_doubt(row: &Value, now: Timestamp) -> bool {
    let next = row["nextTry"]
        .as_str()
        .and_then(|at| at.parse::<Timestamp>().ok());
    row["why"] == "repeat_refused" && next.is_some_and(|at| at <= now + SignedDuration::from_hours(24))
}

/// Turns after which what still waits counts as lost.
const REST_TURNS: u32 = 60;

/// The wishes that a step is about, for their stories.
fn concerned(plot: &Plot, act: &Act) -> Vec<usize> {
    match act {
        Act::SendAgain(wish)
        | Act::Undo(wish)
        | Act::Cancel(wish)
        | Act::Refresh(wish)
        | Act::GiveUp(wish)
        | Act::NameId { wish, .. }
        | Act::Customer { wish, .. } => vec![*wish],
        Act::Pause(run) | Act::Resume(run) | Act::Stop(run) | Act::Retry(run) | Act::RunAgain { run, .. } => {
            (0..plot.wishes.len())
                .filter(|wish| plot.wishes[*wish] == Some(*run))
                .collect()
        }
        Act::Send { .. } | Act::Run { .. } => Vec::new(),
        _ => (0..plot.wishes.len()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_is_excused_only_while_it_is_tried_again_within_a_day() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let row = |why: &str, next: Value| json!({ "why": why, "nextTry": next });
        assert!(is_open_doubt(
            &row("repeat_refused", json!("2026-11-24T10:00:00Z")),
            now
        ));
        for never in [
            row("repeat_refused", Value::Null),
            row("repeat_refused", json!("2026-11-24T10:00:01Z")),
            row("answer_lost", json!("2026-11-23T11:00:00Z")),
        ] {
            assert!(!is_open_doubt(&never, now), "{never}");
        }
    }
}
