//! The number series: one a connection, given in the transaction that sends, without doubles.
//!
//! A number goes back to the series when its invoice is taken back before it left and no later number is in use: it was
//! never seen outside this computer, so the next invoice bears it and no gap arises. Otherwise it is burnt, because a
//! number that comes back after a later one would run against time; the gap has a row that says when. A number that was
//! on its way once is never given again (security 6.2).

use rusqlite::{Connection, params};

use crate::business::{fact, put_fact};
use crate::{Ledger, LedgerError, sql};

const NEXT: &str = "next_number";

/// Twelve digits: more than a merchant's own scheme (year and counter) needs, and far from any overflow.
const LARGEST: u64 = 999_999_999_999;

impl Ledger {
    /// The number that the next sent invoice gets.
    pub fn next_number(&self) -> Result<u64, LedgerError> {
        next(&self.db)
    }

    /// Numbers that were given and taken back while a later one was in use.
    pub fn burnt_numbers(&self) -> Result<Vec<u64>, LedgerError> {
        let mut statement = self
            .db
            .prepare("SELECT number FROM burnt_number ORDER BY number")?;
        let numbers = statement.query_map([], |row| row.get::<_, i64>(0))?;
        numbers.map(|number| Ok(number?.unsigned_abs())).collect()
    }

    /// The lowest and the highest number in use, and how many are.
    pub fn series(&self) -> Result<Series, LedgerError> {
        let (first, last, count): (Option<i64>, Option<i64>, i64) = self.db.query_row(
            "SELECT min(number), max(number), count(*) FROM invoice",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        Ok(Series {
            first: first.map(i64::unsigned_abs),
            last: last.map(i64::unsigned_abs),
            count: sql::count(count),
        })
    }

    /// Every gap between the lowest and the highest number in use, each with the reason known for it. Empty is the rule.
    pub fn number_gaps(&self) -> Result<Vec<Gap>, LedgerError> {
        let mut statement = self.db.prepare(
            "SELECT below + 1, number - 1,
                 (SELECT count(*) FROM burnt_number WHERE burnt_number.number BETWEEN below + 1 AND pair.number - 1)
             FROM (SELECT number, lag(number) OVER (ORDER BY number) AS below FROM invoice) AS pair
             WHERE number > below + 1 ORDER BY number",
        )?;
        let gaps = statement.query_map([], |row| {
            let (first, last): (i64, i64) = (row.get(0)?, row.get(1)?);
            let taken_back: i64 = row.get(2)?;
            Ok(Gap {
                first: first.unsigned_abs(),
                last: last.unsigned_abs(),
                why: if taken_back > last - first {
                    GapReason::TakenBack
                } else {
                    GapReason::SeriesMoved
                },
            })
        })?;
        Ok(gaps.collect::<Result<_, _>>()?)
    }
}

/// The merchant's wish to let the series go on at another number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextNumber {
    /// The next number as the merchant saw it.
    pub shown: u64,
    /// The next number from now on.
    pub wanted: u64,
}

/// The numbers in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// The lowest; `None`: nothing was sent yet.
    pub first: Option<u64>,
    /// The highest.
    pub last: Option<u64>,
    /// How many invoices bear one.
    pub count: u32,
}

/// Numbers that no invoice bears although later ones do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The lowest of them.
    pub first: u64,
    /// The highest of them.
    pub last: u64,
    /// Why.
    pub why: GapReason,
}

/// Why numbers are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// Each was taken back while it was held and a later one was in use.
    TakenBack,
    /// The merchant let the series go on at a higher number.
    SeriesMoved,
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
    put_next(db, number + 1)?;
    Ok(number)
}

/// Gives `number` back, or burns it when a later one is in use.
pub(crate) fn give_back(db: &Connection, number: u64, at_milliseconds: i64) -> Result<(), LedgerError> {
    if next(db)? != number + 1 {
        db.execute(
            "INSERT INTO burnt_number (number, at) VALUES (?1, ?2)",
            params![column(number)?, at_milliseconds],
        )?;
        return Ok(());
    }
    // Burnt numbers directly before it come back too: nothing later is in use any more.
    let mut free = number;
    while free > 1 && db.execute("DELETE FROM burnt_number WHERE number = ?1", [column(free - 1)?])? == 1 {
        free -= 1;
    }
    put_next(db, free)
}

/// Lets the series go on at `set.wanted`, which must not have been passed yet.
pub(crate) fn set_next(db: &Connection, set: NextNumber) -> Result<(), LedgerError> {
    let (found, number) = (next(db)?, set.wanted);
    if found != set.shown {
        return Err(LedgerError::NumberMoved(found));
    }
    let given: i64 = db.query_row(
        "SELECT max(coalesce((SELECT max(number) FROM invoice), 0), coalesce((SELECT max(number) FROM burnt_number), 0))",
        [],
        |row| row.get(0),
    )?;
    let given = given.unsigned_abs();
    if number <= given {
        return Err(LedgerError::NumberTaken(given));
    }
    put_next(db, number)
}

fn put_next(db: &Connection, number: u64) -> Result<(), LedgerError> {
    if number > LARGEST {
        return Err(LedgerError::NumberTooLarge(number));
    }
    put_fact(db, NEXT, &number.to_string())
}

/// A number as SQLite keeps it.
pub(crate) fn column(number: u64) -> Result<i64, LedgerError> {
    i64::try_from(number).map_err(|_| LedgerError::NumberTooLarge(number))
}
