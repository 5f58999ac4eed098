//! Facts about the connection: the business on the paper, its defaults, and what the service told about itself.

use invoice::{Business, Channel};
use rusqlite::{OptionalExtension as _, params};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Ledger, LedgerError, NextNumber, numbers, sql};

/// The business and its defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BusinessRecord {
    /// As the paper names it.
    pub business: Business,
    /// VAT in percent for new lines.
    pub default_vat_rate: Decimal,
    /// Days until due for new invoices.
    pub default_due_days: u16,
    /// Language of the paper: `da`, `fi`, `en`.
    pub paper_language: String,
    /// How a new customer usually gets invoices.
    pub default_channel: Channel,
}

impl Ledger {
    /// The business, `None` until it was saved once.
    pub fn business(&self) -> Result<Option<BusinessRecord>, LedgerError> {
        self.fact("business")?
            .map(|text| Ok(serde_json::from_str(&text)?))
            .transpose()
    }

    /// Saves the business and, if the merchant changed it, the number that the next invoice gets.
    ///
    /// # Errors
    /// [`LedgerError::NumberTaken`] when the number was already given, [`LedgerError::NumberMoved`] when the next number is
    /// not the one that the merchant saw, [`LedgerError::NumberTooLarge`]; then nothing is saved.
    pub fn save_business(
        &mut self,
        record: &BusinessRecord,
        next_number: Option<NextNumber>,
    ) -> Result<(), LedgerError> {
        let value = sql::text(record)?;
        self.transaction(|db| {
            if let Some(next) = next_number {
                numbers::set_next(db, next)?;
            }
            put_fact(db, "business", &value)
        })
    }

    /// Lets the series begin, or go on, at `number`.
    ///
    /// # Errors
    /// [`LedgerError::NumberTaken`], [`LedgerError::NumberTooLarge`].
    pub fn begin_series_at(&mut self, number: u64) -> Result<(), LedgerError> {
        self.transaction(|db| {
            let shown = numbers::next(db)?;
            if shown == number {
                return Ok(());
            }
            let wanted = number;
            numbers::set_next(db, NextNumber { shown, wanted })
        })
    }

    /// A fact by name, e.g. `merchant_id`.
    pub fn fact(&self, name: &str) -> Result<Option<String>, LedgerError> {
        fact(&self.db, name)
    }

    /// Remembers a fact.
    pub fn save_fact(&mut self, name: &str, value: &str) -> Result<(), LedgerError> {
        self.transaction(|db| put_fact(db, name, value))
    }
}

pub(crate) fn fact(db: &rusqlite::Connection, name: &str) -> Result<Option<String>, LedgerError> {
    let mut statement = db.prepare_cached("SELECT value FROM fact WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

pub(crate) fn put_fact(db: &rusqlite::Connection, name: &str, value: &str) -> Result<(), LedgerError> {
    db.prepare_cached(
        "INSERT INTO fact (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![name, value])?;
    Ok(())
}
