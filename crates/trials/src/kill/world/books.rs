//! Both books of a world, and what they say to each other.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use ledger::{Filter, Ledger, Query, Sort};
use serde_json::{Value, json};

use super::super::process::{Core, Said, bury};
use super::super::visit;
use super::{Ended, World};
use crate::judge::{Intent, Kept, There, judge};

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
                "held" | "queued" | "sending" | "waiting" | "in_doubt" | "refused"
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
        if !self.enter(&core).await? || !self.ask_again(&core).await? {
            bail!("the core died, where nothing kills it");
        }
        if !self.until_rest(&core).await? {
            bail!("the core died, where nothing kills it");
        }
        for wish in self.wishes.iter().filter(|wish| wish.touched) {
            let id = json!({ "id": wish.invoice });
            visit::must(core.call("invoice_refresh", id).await?, "invoice_refresh")?;
        }
        if !core.lives() {
            bail!("the core died, where nothing kills it");
        }
        bury(&self.victim).await?;
        let (kept, there) = (self.kept()?, self.there().await?);
        let intents: Vec<Intent> = self.wishes.into_iter().map(|wish| wish.intent).collect();
        let mut verdict = self.verdict;
        verdict.add(judge(&intents, &kept, &there));
        self.simulator.shutdown().await;
        let mut states = BTreeMap::new();
        for row in &kept {
            *states.entry(format!("{:?}", row.shown)).or_default() += 1;
        }
        Ok(Ended {
            on_the_service: there.len(),
            states,
            verdict,
        })
    }

    fn kept(&self) -> Result<Vec<Kept>> {
        let file = format!("{}.kvit", self.connection);
        let books = Ledger::open(&self.folder.path().join("books").join(file))?;
        let page = books.invoices(&Query {
            filter: Filter::All,
            text: String::new(),
            sort: Sort::Number,
            ascending: true,
            offset: 0,
            limit: 100_000,
            today: Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        })?;
        page.rows
            .into_iter()
            .map(|row| {
                Ok(Kept {
                    number: row.number,
                    amount: row.gross_minor,
                    shown: row.shown,
                    service_id: books.invoice(&row.id)?.service_id,
                })
            })
            .collect()
    }

    async fn there(&self) -> Result<Vec<There>> {
        let url = format!("{}/__practice/state", self.simulator.base_url());
        let state: Value = serde_json::from_str(&self.http.get(url).send().await?.text().await?)?;
        let rows = state["invoices"].as_array().context("the simulator has books")?;
        rows.iter()
            .map(|row| {
                let word = |name: &str| row[name].as_str().map(str::to_owned);
                let total = word("total").context("a total")?;
                Ok(There {
                    id: word("id").context("an id")?,
                    number: word("number"),
                    amount: minor(&total).with_context(|| format!("{total} is no amount"))?,
                    status: word("status").context("a status")?,
                })
            })
            .collect()
    }
}

/// `5.25` in minor units.
fn minor(total: &str) -> Option<i64> {
    let (whole, part) = total.split_once('.').unwrap_or((total, "0"));
    let part = format!("{part:0<2}");
    Some(whole.parse::<i64>().ok()? * 100 + part.get(..2)?.parse::<i64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn amounts_are_read_whatever_their_zeros() {
        let found = ["5", "5.2", "5.25", "5.250"].map(minor);
        assert_eq!(found, [Some(500), Some(520), Some(525), Some(525)]);
        assert_eq!(minor("x"), None);
    }
}
