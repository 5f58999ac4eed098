//! The sums of the first page. Each is one indexed query; nothing reads a whole table.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use rusqlite::{Row, ToSql, params};

use crate::evidence::{self, Evidence};
use crate::invoices::{self, InvoiceSummary, SUMMARY};
use crate::{Ledger, LedgerError, sql};

/// The whole page.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Sent and not paid.
    pub outstanding: Figure,
    /// Past due.
    pub overdue: Figure,
    /// Due within seven days.
    pub due_soon: Figure,
    /// Paid in the month of today.
    pub paid_this_month: Figure,
    /// Twelve past weeks, this one, four to come.
    pub weeks: Vec<Week>,
    /// Not due, 1–30, 31–60, 61–90, over 90 days.
    pub ages: [Age; 5],
    /// What needs the merchant, nearest due date first.
    pub needs_you: Vec<InvoiceSummary>,
    /// What happened last, newest first.
    pub recent: Vec<Recent>,
    /// Nothing was ever sent.
    pub empty: bool,
}

/// A sum and its count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// Minor units.
    pub minor: i64,
    /// Invoices.
    pub count: u32,
}

/// One bar of the ageing.
pub type Age = Figure;

/// Money in one week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub monday: Date,
    /// Paid in it, minor units.
    pub paid_minor: i64,
    /// Due in it and still open, minor units.
    pub expected_minor: i64,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Recent {
    /// When this computer learnt it.
    pub at: Timestamp,
    /// What.
    pub evidence: Evidence,
    /// To which invoice.
    pub invoice: InvoiceSummary,
}

/// The far past, before any invoice.
const LONG_AGO: &str = "0000-01-01";

impl Ledger {
    /// Everything that the first page shows on `today`.
    pub fn overview(&self, today: Date) -> Result<Overview, LedgerError> {
        let day = |days: i64| {
            today
                .checked_add(Span::new().days(days))
                .unwrap_or(today)
                .to_string()
        };
        let open = |from: &str, to: &str| {
            self.figure(
                "standing = 'open' AND due_date BETWEEN ?1 AND ?2",
                params![from, to],
            )
        };
        let month = params![
            today.first_of_month().to_string(),
            today.last_of_month().to_string()
        ];
        Ok(Overview {
            outstanding: self.figure("standing = 'open'", [].as_slice())?,
            overdue: open(LONG_AGO, &day(-1))?,
            due_soon: open(&day(0), &day(7))?,
            paid_this_month: self.figure("paid_on BETWEEN ?1 AND ?2", month)?,
            weeks: self.weeks(today)?,
            ages: [
                open(&day(0), "9999-12-31")?,
                open(&day(-30), &day(-1))?,
                open(&day(-60), &day(-31))?,
                open(&day(-90), &day(-61))?,
                open(LONG_AGO, &day(-91))?,
            ],
            needs_you: self.needing()?,
            recent: self.recent()?,
            empty: self
                .db
                .query_row("SELECT NOT EXISTS (SELECT 1 FROM invoice)", [], |row| row.get(0))?,
        })
    }

    fn figure(&self, wanted: &str, values: &[&dyn ToSql]) -> Result<Figure, LedgerError> {
        let mut statement = self.db.prepare_cached(&figure_statement(wanted))?;
        Ok(statement.query_row(values, |row| {
            Ok(Figure {
                minor: row.get(0)?,
                count: sql::count(row.get(1)?),
            })
        })?)
    }

    fn weeks(&self, today: Date) -> Result<Vec<Week>, LedgerError> {
        let this_monday = monday_of(today);
        (-12..=4)
            .map(|week| {
                let monday = this_monday
                    .checked_add(Span::new().weeks(week))
                    .unwrap_or(this_monday);
                let sunday = monday.checked_add(Span::new().days(6)).unwrap_or(monday);
                let (from, to) = (monday.to_string(), sunday.to_string());
                let paid = self.figure("paid_on BETWEEN ?1 AND ?2", params![from, to])?;
                let due = "standing = 'open' AND due_date BETWEEN ?1 AND ?2";
                let expected = if week < 0 {
                    Figure::default()
                } else {
                    self.figure(due, params![from, to])?
                };
                Ok(Week {
                    monday,
                    paid_minor: paid.minor,
                    expected_minor: expected.minor,
                })
            })
            .collect()
    }

    fn needing(&self) -> Result<Vec<InvoiceSummary>, LedgerError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {SUMMARY} FROM invoice WHERE needs_you = 1 ORDER BY due_date, number LIMIT 10"
        ))?;
        let rows = statement.query_map([], |row| Ok(invoices::summary(row)))?;
        rows.map(|row| row?).collect()
    }

    fn recent(&self) -> Result<Vec<Recent>, LedgerError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT at, what, source, state, sequence, date, until, status, error_code, words, correlation_id, raw,
                 flagged, {SUMMARY}
             FROM evidence JOIN invoice ON invoice.id = evidence.invoice_id
             WHERE what NOT IN ('attempted', 'not_sent', 'batch_refused') ORDER BY evidence.at DESC, evidence.id DESC LIMIT 10",
        ))?;
        let rows = statement.query_map([], |row| Ok(recent(row)))?;
        rows.map(|row| row?).collect()
    }
}

pub(crate) fn figure_statement(wanted: &str) -> String {
    format!("SELECT coalesce(sum(gross_minor), 0), count(*) FROM invoice WHERE {wanted}")
}

fn recent(row: &Row<'_>) -> Result<Recent, LedgerError> {
    let evidence = evidence::read(row)?;
    Ok(Recent {
        at: evidence.at,
        evidence,
        invoice: invoices::summary(row)?,
    })
}

fn monday_of(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(Span::new().days(back)).unwrap_or(day)
}
