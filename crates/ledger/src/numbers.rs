//! The number series: one a connection, given in the transaction that sends, without doubles.
//!
//! A number goes back to the series when its invoice is taken back before it left and no later number was given.
//! Otherwise it is burnt, and the gap has a row that says when.

use rusqlite::{Connection, params};

use crate::business::{fact, put_fact};
use crate::{Ledger, LedgerError};

const NEXT: &str = "next_number";

impl Ledger {
    /// The number that the next sent invoice gets.
    pub fn next_number(&self) -> Result<u64, LedgerError> {
        next(&self.db)
    }

    /// Numbers that were given and that no invoice bears, with the reason known for each: all of them were taken back.
    pub fn burnt_numbers(&self) -> Result<Vec<u64>, LedgerError> {
        let mut statement = self
            .db
            .prepare("SELECT number FROM burnt_number ORDER BY number")?;
        let numbers = statement.query_map([], |row| row.get::<_, i64>(0))?;
        numbers.map(|number| Ok(number?.unsigned_abs())).collect()
    }
}

pub(crate) fn next(db: &Connection) -> Result<u64, LedgerError> {
    match fact(db, NEXT)? {
        None => Ok(1),
        Some(text) => text
            .parse()
            .map_err(|_| LedgerError::Unreadable(format!("next number {text:?}"))),
    }
}

/// Takes the next number.
pub(crate) fn take(db: &Connection) -> Result<u64, LedgerError> {
    let number = next(db)?;
    put_fact(db, NEXT, &(number + 1).to_string())?;
    Ok(number)
}

/// Gives `number` back, or burns it when a later one was given.
pub(crate) fn give_back(db: &Connection, number: u64, at_milliseconds: i64) -> Result<(), LedgerError> {
    if next(db)? == number + 1 {
        return put_fact(db, NEXT, &number.to_string());
    }
    let number = i64::try_from(number).map_err(|_| LedgerError::Unreadable("a number too large".into()))?;
    db.execute(
        "INSERT INTO burnt_number (number, at) VALUES (?1, ?2)",
        params![number, at_milliseconds],
    )?;
    Ok(())
}

/// Lets the series go on at `number`, which must not have been passed yet.
pub(crate) fn set_next(db: &Connection, number: u64) -> Result<(), LedgerError> {
    let given: Option<i64> = db.query_row("SELECT max(number) FROM invoice", [], |row| row.get(0))?;
    let given = given.unwrap_or(0).unsigned_abs();
    if number <= given {
        return Err(LedgerError::NumberTaken(given));
    }
    put_fact(db, NEXT, &number.to_string())
}
