//! Reported movements of money, kept once, and set against the paid invoices of the same days.

use invoice::Content;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::{Row, params};

use crate::reconcile::{
    PaidInvoice, Reconciliation, Reported, UnsettledInvoice, point_at_unsettled, reconcile,
};
use crate::{Ledger, LedgerError, sql};

/// The paid invoices and movements of some days, and what belongs together.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Invoices paid on these days.
    pub paid: Vec<PaidInvoice>,
    /// Movements on these days.
    pub reported: Vec<Reported>,
    /// Invoices in doubt, or whose id is not known, whenever they were sent.
    pub unsettled: Vec<UnsettledInvoice>,
    /// By index into the three.
    pub found: Reconciliation,
}

impl Ledger {
    /// Keeps a report over the days `first` to `last` that was asked for at `asked_at`; answers how many of its movements were new. The same movement in
    /// two reports is one, and learns its payout from the later. Movements within one report that cannot be told apart are kept as many times as they stand there.
    pub fn keep_report(
        &mut self,
        id: &str,
        (first, last): (Date, Date),
        movements: &[Reported],
        asked_at: Timestamp,
    ) -> Result<u32, LedgerError> {
        self.transaction(|db| {
            db.execute(
                "INSERT INTO report (id, first_day, last_day, at) VALUES (?1, ?2, ?3, ?4)",
                params![id, first.to_string(), last.to_string(), asked_at.as_millisecond()],
            )?;
            let mut add = db.prepare_cached(
                "INSERT INTO reported (report, payment_id, kind, minor, day, reference, transfer, sameness)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (sameness) DO NOTHING",
            )?;
            let mut paid_out = db.prepare_cached("UPDATE reported SET transfer = ?2 WHERE sameness = ?1")?;
            let mut seen = std::collections::HashMap::new();
            let mut fresh = 0;
            for one in movements {
                let day = one.day.to_string();
                // A movement is told again with its payout once that was made, so the payout is no part of what it is.
                let parts = (&one.payment_id, &one.kind, one.minor, &day, &one.reference);
                let parts = sql::text(&parts)?;
                let nth = seen.entry(parts.clone()).or_insert(0_u32);
                *nth += 1;
                let sameness = format!("{parts} {nth}");
                let added = add.execute(params![
                    id,
                    one.payment_id,
                    one.kind,
                    one.minor,
                    day,
                    one.reference,
                    one.transfer,
                    sameness,
                ])?;
                fresh += added;
                if added == 0 && one.transfer.is_some() {
                    paid_out.execute(params![sameness, one.transfer])?;
                }
            }
            Ok(u32::try_from(fresh).unwrap_or(u32::MAX))
        })
    }

    /// Remembers the payment's id of an invoice, from its details: it joins to the reports.
    pub fn note_payment_id(&mut self, invoice_id: &str, payment_id: &str) -> Result<(), LedgerError> {
        match self.db.execute(
            "UPDATE invoice SET payment_id = ?2 WHERE id = ?1",
            [invoice_id, payment_id],
        )? {
            0 => Err(LedgerError::NotFound("invoice")),
            _ => Ok(()),
        }
    }

    /// The reports that tell of any of the days `first` to `last`: their first day, last day, and when they were asked for.
    pub fn reports_over(&self, first: Date, last: Date) -> Result<Vec<(Date, Date, Timestamp)>, LedgerError> {
        let mut statement = self.db.prepare_cached(
            "SELECT first_day, last_day, at FROM report WHERE first_day <= ?2 AND last_day >= ?1 ORDER BY at",
        )?;
        let rows = statement.query_map(params![first.to_string(), last.to_string()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?))
        })?;
        rows.map(|row| {
            let (from, to, at) = row?;
            Ok((sql::day(&from)?, sql::day(&to)?, sql::moment(at)?))
        })
        .collect()
    }

    /// Invoices paid on the days `first` to `last` whose payment's id is not known: id and the service's id.
    pub fn paid_without_payment_id(
        &self,
        (first, last): (Date, Date),
        limit: u32,
    ) -> Result<Vec<(String, String)>, LedgerError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, service_id FROM invoice WHERE paid_on BETWEEN ?1 AND ?2 AND payment_id IS NULL
             AND service_id IS NOT NULL ORDER BY number LIMIT ?3",
        )?;
        let rows = statement.query_map(params![first.to_string(), last.to_string(), limit], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Sets the paid invoices of the days `first` to `last` against the kept movements of the same days.
    pub fn reconciled(&self, first: Date, last: Date) -> Result<Statement, LedgerError> {
        let days = params![first.to_string(), last.to_string()];
        let mut statement = self.db.prepare_cached(PAID)?;
        let paid: Vec<PaidInvoice> = statement
            .query_map(days, |row| Ok(read_paid(row)))?
            .map(|row| row?)
            .collect::<Result<_, LedgerError>>()?;
        let mut statement = self.db.prepare_cached(REPORTED)?;
        let reported: Vec<Reported> = statement
            .query_map(params![first.to_string(), last.to_string()], |row| {
                Ok(read_reported(row))
            })?
            .map(|row| row?)
            .collect::<Result<_, LedgerError>>()?;
        let mut statement = self.db.prepare_cached(OF_UNKNOWN_ID)?;
        let unsettled: Vec<UnsettledInvoice> = statement
            .query_map([], |row| Ok(read_unsettled(row)))?
            .map(|row| row?)
            .collect::<Result<_, LedgerError>>()?;
        let mut found = reconcile(&paid, &reported);
        point_at_unsettled(&mut found, &unsettled, &reported);
        Ok(Statement {
            paid,
            reported,
            unsettled,
            found,
        })
    }
}

pub(crate) const PAID: &str =
    "SELECT id, number, customer, gross_minor, paid_on, changed_at, payment_id, content
     FROM invoice JOIN frozen USING (row) WHERE paid_on BETWEEN ?1 AND ?2 ORDER BY number";

pub(crate) const REPORTED: &str = "SELECT payment_id, kind, minor, day, reference, transfer
     FROM reported WHERE day BETWEEN ?1 AND ?2 ORDER BY day, row";

/// The first condition is the index's own.
pub(crate) const OF_UNKNOWN_ID: &str = "SELECT id, number, customer, gross_minor, sent_at, content
     FROM invoice INDEXED BY invoice_unsettled JOIN frozen USING (row)
     WHERE outbox IN ('held', 'queued', 'sending', 'waiting', 'in_doubt', 'id_unknown') AND replaced_by IS NULL
         AND outbox IN ('in_doubt', 'id_unknown') ORDER BY number";

fn read_unsettled(row: &Row<'_>) -> Result<UnsettledInvoice, LedgerError> {
    let content: Content = sql::json(row, "content")?;
    let sent_on = sql::moment(row.get("sent_at")?)?.to_zoned(TimeZone::UTC).date();
    Ok(UnsettledInvoice {
        invoice_id: row.get("id")?,
        number: row.get::<_, i64>("number")?.unsigned_abs(),
        customer: row.get("customer")?,
        minor: row.get("gross_minor")?,
        sent_on: sent_on.yesterday().unwrap_or(sent_on),
        reference: content.payment_reference,
    })
}

fn read_paid(row: &Row<'_>) -> Result<PaidInvoice, LedgerError> {
    let content: Content = sql::json(row, "content")?;
    Ok(PaidInvoice {
        invoice_id: row.get("id")?,
        number: row.get::<_, i64>("number")?.unsigned_abs(),
        customer: row.get("customer")?,
        minor: row.get("gross_minor")?,
        paid_on: sql::day(&row.get::<_, String>("paid_on")?)?,
        // Nothing follows *paid*, so its last change is when it was learnt.
        learnt_at: sql::moment(row.get("changed_at")?)?,
        reference: content.payment_reference,
        payment_id: row.get("payment_id")?,
    })
}

fn read_reported(row: &Row<'_>) -> Result<Reported, LedgerError> {
    Ok(Reported {
        payment_id: row.get("payment_id")?,
        kind: row.get("kind")?,
        minor: row.get("minor")?,
        day: sql::day(&row.get::<_, String>("day")?)?,
        reference: row.get("reference")?,
        transfer: row.get("transfer")?,
    })
}
