//! The two books that are compared: the ledger's file, and what the simulator has.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use ledger::{Filter, Ledger, Query, Sort};
use serde_json::Value;
use simulator::Simulator;

use crate::judge::{Kept, There};

/// Where the core whose folder is `data` keeps the books of `connection`.
pub(crate) fn file(data: &Path, connection: &str) -> PathBuf {
    data.join("books").join(format!("{connection}.kvit"))
}

/// Every invoice of the ledger in `file`.
pub(crate) fn kept(file: &Path) -> Result<Vec<Kept>> {
    let books = Ledger::open(file)?;
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

/// The numbers that the ledger in `file` says no invoice bears.
pub(crate) fn burnt(file: &Path) -> Result<Vec<u64>> {
    let books = Ledger::open(file)?;
    // One at the end of the series goes back to it and is given again.
    let next = books.next_number()?;
    let burnt = books.burnt_numbers()?;
    Ok(burnt.into_iter().filter(|number| *number < next).collect())
}

/// Every invoice of the service.
pub(crate) async fn there(http: &reqwest::Client, simulator: &Simulator) -> Result<Vec<There>> {
    let url = format!("{}/__practice/state", simulator.base_url());
    let state: Value = serde_json::from_str(&http.get(url).send().await?.text().await?)?;
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
