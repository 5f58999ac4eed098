//! Both books of a world, and what they say to each other.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use ledger::Shown;
use serde_json::json;

use super::super::process::{Core, Said, bury};
use super::{Ended, Wish, World};
use crate::books::{self, Ours};
use crate::judge::{Intent, Kept, Known, There, Verdict, judge_with};

impl World {
    /// What the core says of the latest invoices is compared at once, before anything else can happen.
    pub(super) async fn check_claims(&mut self, core: &Core) -> Result<()> {
        let there = self.there().await?;
        let latest = self.wishes.iter().rev().take(4);
        let mut false_ones = Vec::new();
        for wish in latest {
            let Some(id) = &wish.invoice else { continue };
            let Said::Yes(shown) = core.call("invoice_show", json!({ "id": id })).await? else {
                return Ok(());
            };
            let state = shown["row"]["state"].as_str().unwrap_or_default();
            let is_there = there.iter().any(|row| row.amount == wish.intent.amount);
            let claims = !matches!(
                state,
                "replaced" | "held" | "queued" | "sending" | "waiting" | "in_doubt" | "refused"
            );
            if (claims && !is_there) || (state == "refused" && is_there) {
                let story = wish.intent.story.join(", ");
                false_ones.push(format!("{} is said to be {state}; {story}", wish.intent.amount));
            }
        }
        self.verdict.misclaimed.extend(false_ones);
        Ok(())
    }

    /// Lets everything come to rest and compares the books.
    pub(in super::super) async fn end(mut self) -> Result<Ended> {
        self.wire.all_arrived().await;
        let core = self.start("").await?.context("the core does not start")?;
        if !self.enter(&core).await? || !self.ask_again(&core).await? || !self.look_at_runs(&core).await? {
            bail!("the core died, where nothing kills it");
        }
        if !self.until_rest(&core).await? {
            bail!("the core died, where nothing kills it");
        }
        for wish in self.wishes.iter().filter(|wish| wish.touched) {
            // Refused where nothing can change any more.
            core.call("invoice_refresh", json!({ "id": wish.invoice }))
                .await?;
        }
        if !core.lives() {
            bail!("the core died, where nothing kills it");
        }
        bury(&self.victim).await?;
        let Ours { kept, burnt } = books::ours(&books::file(self.folder.path(), &self.connection))?;
        let there = self.there().await?;
        let known = Known {
            burnt: &burnt,
            nothing_refuses: !self.troubled,
        };
        let verdict = self.judged(&kept, there.clone(), known);
        self.simulator.shutdown().await;
        let mut states = BTreeMap::new();
        for row in &kept {
            *states.entry(format!("{:?}", row.shown)).or_default() += 1;
        }
        Ok(Ended {
            on_the_service: there.len(),
            states,
            unmet: self.unmet,
            verdict,
        })
    }

    /// What was given up is no promise any more, but even that may not be there twice. Its number stays used.
    fn judged(&self, kept: &[Kept], mut there: Vec<There>, known: Known<'_>) -> Verdict {
        let mut verdict = self.verdict.clone();
        let replaced = |amount: i64| {
            kept.iter()
                .any(|row| row.amount == amount && row.shown == Shown::Replaced)
        };
        let (given_up, wanted): (Vec<&Wish>, Vec<&Wish>) = self
            .wishes
            .iter()
            .partition(|wish| wish.given_up && replaced(wish.intent.amount));
        for wish in given_up {
            let amount = wish.intent.amount;
            if there.iter().filter(|row| row.amount == amount).count() > 1 {
                verdict
                    .doubled
                    .push(format!("{amount} was given up and is there twice"));
            }
            there.retain(|row| row.amount != amount);
        }
        let intents: Vec<Intent> = wanted.into_iter().map(|wish| wish.intent.clone()).collect();
        verdict.add(judge_with(&intents, kept, &there, known));
        verdict
    }

    pub(super) async fn there(&self) -> Result<Vec<There>> {
        books::there(&self.http, &self.simulator).await
    }
}
