//! Many at once through a service that fails now and then: a batch whose first call fails, a batch whose answer gets lost, and
//! links one by one.

use std::path::Path;

use anyhow::Result;
use simulator::{Fault, Trouble};

use super::measure::{Figures, trouble};
use super::shop::{Shop, Way};
use super::{LoadArguments, judged};
use crate::judge::Verdict;
use crate::kill::tell;

const BATCH: &str = "/merchants/{merchant}/invoices/batch";

/// Sends three files and compares the books.
pub(super) async fn all(core: &Path, arguments: &LoadArguments) -> Result<Verdict> {
    let mut shop = Shop::open(core).await?;
    let unavailable = Fault::status(503).on(BATCH).once();
    let lost = Fault::new(Trouble::DropAfter).on(BATCH).once();
    let mut intents = Vec::new();
    for (what, way, first) in [
        ("a batch that fails once", Way::Phone, Some(unavailable)),
        ("a batch whose answer gets lost", Way::Phone, Some(lost)),
        ("links one by one", Way::Link, None),
    ] {
        let what = format!("{what}, {} % faults", arguments.faults);
        let figures = Figures::begin(&shop.simulator, &what, arguments.rows);
        if let Some(first) = first {
            shop.simulator.faults().add(first);
        }
        trouble(&shop.simulator, arguments.faults, arguments.seed);
        let sent = shop.send(arguments.rows, way).await?;
        let progress = shop.until_rest(&sent).await?;
        let row = figures.end(&shop)?;
        let places = ["sent", "unclear", "refused"].map(|place| format!("{place} {}", progress[place]));
        tell(&format!("{row}: {}", places.join(" ")));
        intents.extend(sent.intents);
    }
    let verdict = judged(&shop, &intents).await?;
    shop.simulator.shutdown().await;
    Ok(verdict)
}
