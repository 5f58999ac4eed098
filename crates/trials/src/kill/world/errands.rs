//! What a merchant does besides sending, while the service is in trouble: many at once, callbacks, consents, reports. Whatever
//! comes of it, the program may claim nothing that is not so.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::super::process::{Core, Said};
use super::super::visit;
use super::World;

/// What is done under a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Errand {
    /// An invoice by each way, a payment, a cancel.
    Singles,
    /// A file to phones.
    Many,
    /// Tells the service where to call, by this kind of proof.
    Callbacks(&'static str),
    /// Asks a payer for the consent to be sent invoices, and looks for answers.
    Consents,
    /// Fetches payments and payouts.
    Reports,
}

/// Where the merchant's own server would take callbacks.
const ADDRESS: &str = "https://nordhavn.example/callbacks/";

impl World {
    /// Does `errand` once. What is refused or lost is done again by the merchant another day, so only the claims count.
    pub(super) async fn run_errand(&mut self, core: &Core, errand: Errand, name: &str) -> Result<()> {
        match errand {
            Errand::Singles => self.singles(core, name).await,
            Errand::Many => self.many_to_phones(core, name).await,
            Errand::Callbacks(kind) => self.set_callbacks(core, kind, name).await,
            Errand::Consents => self.ask_for_consent(core, name).await,
            Errand::Reports => self.fetch_reports(core, name).await,
        }
    }

    async fn set_callbacks(&mut self, core: &Core, kind: &str, name: &str) -> Result<()> {
        // Another address each time, so that what is in force can be told from what was before.
        let address = format!("{ADDRESS}{}", self.errands);
        self.errands += 1;
        let form = json!({ "address": address, "kind": kind, "username": "kvit", "secret": "a-secret-of-the-trial-1" });
        answered(core.call("callbacks_set", form).await?, name)?;
        let shown = visit::must(core.call("callbacks_show", json!({})).await?, "callbacks_show")?;
        let there = self.practice("callbacks").await?;
        let force = there["receivers"][0]["url"].as_str();
        let current = shown["current"]["address"].as_str();
        let unclear = shown["unclear"].as_array().context("a list")?;
        let perhaps: Vec<Option<&str>> = unclear.iter().map(|terms| terms["address"].as_str()).collect();
        // One answer that got lost is one possibility more, and what is not among them is surely not so.
        if current != force && !perhaps.contains(&force) {
            self.verdict.misclaimed.push(format!(
                "{name}: callbacks go to {force:?}, and the program says {current:?}, or perhaps {perhaps:?}"
            ));
        }
        Ok(())
    }

    async fn ask_for_consent(&mut self, core: &Core, name: &str) -> Result<()> {
        if !self.send_by(core, false).await? {
            bail!("the core died of {name}");
        }
        self.must_rest(core, name).await?;
        let invoice = self.wishes.last().and_then(|wish| wish.invoice.clone());
        answered(core.call("consent_ask", json!({ "id": invoice })).await?, name)?;
        answered(core.call("consent_refresh", json!({})).await?, name)?;
        // Nobody has answered, so nobody may be said to have.
        let all = json!({ "answer": "granted", "after": "", "limit": 500 });
        let shown = visit::must(core.call("consent_list", all).await?, "consent_list")?;
        if shown["rows"].as_array().is_none_or(|rows| !rows.is_empty()) {
            let story = format!("{name}: consents nobody gave: {}", shown["rows"]);
            self.verdict.misclaimed.push(story);
        }
        Ok(())
    }

    async fn fetch_reports(&mut self, core: &Core, name: &str) -> Result<()> {
        let app = visit::must(core.call("app_show", json!({})).await?, "app_show")?;
        let day = app["today"].clone();
        let days = json!({ "first": day, "last": day });
        let fetched = answered(core.call("reconciliation_fetch", days).await?, name)?;
        let query = json!({ "first": day, "last": day, "part": "matched", "offset": 0, "limit": 0 });
        let shown = visit::must(
            core.call("reconciliation_show", query).await?,
            "reconciliation_show",
        )?;
        let was_asked = shown["covered"] == true;
        // Half a report is no report; and none of it may stand against what the merchant knows to be paid.
        if fetched.is_some() && !was_asked {
            let story = format!("{name}: fetched, and not said to be");
            self.verdict.misclaimed.push(story);
        }
        if was_asked && shown["unmatchedInvoices"]["count"] != 0 {
            let story = format!(
                "{name}: {} paid invoices without a payment",
                shown["unmatchedInvoices"]
            );
            self.verdict.misclaimed.push(story);
        }
        Ok(())
    }

    /// What the simulator says of itself under `path`.
    async fn practice(&self, path: &str) -> Result<Value> {
        let url = format!("{}/__practice/{path}", self.simulator.base_url());
        let text = self.http.get(url).send().await?.text().await?;
        serde_json::from_str(&text).context("the simulator answers with JSON")
    }
}

/// The answer of a command that may be refused while the service is in trouble.
fn answered(said: Said, name: &str) -> Result<Option<Value>> {
    match said {
        Said::Yes(value) => Ok(Some(value)),
        Said::No(_) => Ok(None),
        Said::Dead => bail!("the core died of {name}"),
    }
}
