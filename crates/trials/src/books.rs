//! The two books that are compared: the ledger's file, and what the simulator has.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use ledger::{Evidence, Filter, Ledger, Query, Shown, Sort, What};
use serde_json::Value;
use simulator::Simulator;

use crate::judge::{Ground, Kept, There, Way};

/// Where the core whose folder is `data` keeps the books of `connection`.
pub(crate) fn file(data: &Path, connection: &str) -> PathBuf {
    data.join("books").join(format!("{connection}.kvit"))
}

/// The merchant's own books.
pub(crate) struct Ours {
    /// Every invoice.
    pub(crate) kept: Vec<Kept>,
    /// The numbers that the ledger says no invoice bears.
    pub(crate) burnt: Vec<u64>,
}

/// Reads the ledger in `file`, which nobody else has open.
///
/// Everything in one go: what another lane starts in this moment inherits the lock until it runs its own program, so a
/// ledger that was just closed here may still count as open.
pub(crate) fn ours(file: &Path) -> Result<Ours> {
    let books = Ledger::open(file)?;
    // One at the end of the series goes back to it and is given again.
    let next = books.next_number()?;
    let burnt = books.burnt_numbers()?;
    Ok(Ours {
        kept: kept(&books)?,
        burnt: burnt.into_iter().filter(|number| *number < next).collect(),
    })
}

fn kept(books: &Ledger) -> Result<Vec<Kept>> {
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
                ground: match row.shown {
                    Shown::Refused => ground(&books.evidence(&row.id)?),
                    _ => None,
                },
            })
        })
        .collect()
}

/// What the ledger has to show for a refusal: the last word about it. One that is held back until a later day is not given up.
fn ground(evidence: &[Evidence]) -> Option<Ground> {
    evidence.iter().rev().find_map(|row| match row.what {
        What::HeldBack if row.until.is_none() => Some(Ground::HeldBack),
        What::Refused => row.status.map(|status| Ground::Answer {
            status,
            code: row.error_code,
        }),
        _ => None,
    })
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
                way: Way {
                    phone: word("phone"),
                    link: row["link"] == true,
                    due: word("dueDate").context("a due date")?,
                },
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
