//! A world whose service is in trouble.

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use simulator::Fault;

use super::super::process::{Core, bury};
use super::super::visit;
use super::{Errand, World};

impl World {
    /// From now on the service has this trouble.
    pub(in super::super) fn trouble(&mut self, fault: Fault) {
        self.note(&format!("{fault:?}"));
        self.add_trouble(fault);
    }

    fn add_trouble(&mut self, fault: Fault) {
        self.troubled = true;
        self.simulator.faults().add(fault);
    }

    /// Takes all trouble away; answers how many calls it struck.
    pub(in super::super) fn no_more_trouble(&self) -> u64 {
        let rules = self.simulator.faults().list();
        self.simulator.faults().clear();
        rules.iter().map(|rule| u64::from(rule.struck)).sum()
    }

    /// One run of the core with `fault`, in which the merchant does `errand`. Answers how many calls were struck.
    pub(in super::super) async fn under(&mut self, name: &str, fault: Fault, errand: Errand) -> Result<u64> {
        let core = self.start("").await?.context("the core does not start")?;
        // Signing in is a call too, so it is done anew under the fault.
        self.must_enter(&core).await?;
        visit::must(core.call("session_end", json!({})).await?, "session_end")?;
        self.add_trouble(fault);
        self.must_enter(&core).await?;
        self.run_errand(&core, errand, name).await?;
        self.must_rest(&core, name).await?;
        let struck = self.no_more_trouble();
        self.check_claims(&core).await?;
        bury(&self.victim).await?;
        Ok(struck)
    }

    /// An invoice by each way, a payment, a cancel.
    pub(super) async fn singles(&mut self, core: &Core, name: &str) -> Result<()> {
        for by_phone in [true, false] {
            if !self.send_by(core, by_phone).await? {
                bail!("the core died of {name}");
            }
            let wish = self.wishes.last_mut().context("just sent")?;
            wish.intent.story.push(name.to_owned());
        }
        self.must_rest(core, name).await?;
        let places = self.wishes.len() - 2..self.wishes.len();
        for (place, cancels) in places.zip([true, false]) {
            self.act(core, place, cancels).await?;
            let id = json!({ "id": self.wishes[place].invoice });
            // Whatever stands in the way of asking, nothing may be claimed for it.
            core.call("invoice_refresh", id).await?;
        }
        Ok(())
    }

    async fn must_enter(&self, core: &Core) -> Result<()> {
        if self.enter(core).await? {
            return Ok(());
        }
        bail!("the core died, where nothing kills it")
    }

    pub(super) async fn must_rest(&self, core: &Core, name: &str) -> Result<()> {
        if self.until_rest(core).await? {
            return Ok(());
        }
        bail!("the core died of {name}")
    }
}
