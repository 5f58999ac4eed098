//! Reading invoices: a row, one whole, and which to look at again.

use invoice::{Business, Channel, Content};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use crate::{Ledger, LedgerError, fold, sql};

/// The state that the list shows: the outbox's until the service has said one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the outbox's states, then the service's (spec 10.4)")]
pub enum Shown {
    Held,
    Queued,
    Sending,
    Waiting,
    InDoubt,
    SentIdUnknown,
    Refused,
    Accepted,
    Created,
    Invalid,
    Scheduled,
    Paid,
    Rejected,
    Expired,
    Canceled,
    Replaced,
    Unknown,
}

impl Shown {
    /// `open`, `paid` or `closed`: what the figures count.
    const fn standing(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Refused
            | Self::Invalid
            | Self::Rejected
            | Self::Expired
            | Self::Canceled
            | Self::Replaced => "closed",
            _ => "open",
        }
    }

    /// Whether it waits for the merchant and not for the customer.
    const fn needs_you(self) -> bool {
        matches!(
            self,
            Self::Refused
                | Self::Invalid
                | Self::Rejected
                | Self::InDoubt
                | Self::SentIdUnknown
                | Self::Unknown
        )
    }
}

/// What a list shows of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceSummary {
    /// Uuid.
    pub id: String,
    /// Number.
    pub number: u64,
    /// Customer's name, else the phone, else empty.
    pub customer: String,
    /// Issue date.
    pub issue_date: Date,
    /// Due date.
    pub due_date: Date,
    /// To pay, minor units.
    pub gross_minor: i64,
    /// Phone or link.
    pub channel: Channel,
    /// State.
    pub shown: Shown,
    /// Whether it is open, so that it can be overdue.
    pub open: bool,
    /// Scheduled or actual payment day.
    pub payment_date: Option<Date>,
    /// Nothing goes out before this: end of the hold, of a wait, of a doubt's pause.
    pub not_before: Timestamp,
}

/// One invoice, whole.
#[derive(Clone, Debug)]
pub struct InvoiceRecord {
    /// What the list shows.
    pub summary: InvoiceSummary,
    /// The frozen content.
    pub content: Content,
    /// The business on its paper.
    pub business: Business,
    /// The frozen bytes.
    pub request: Vec<u8>,
    /// The service's id.
    pub service_id: Option<String>,
    /// The link.
    pub link: Option<String>,
    /// When the service was last asked.
    pub last_checked_at: Option<Timestamp>,
    /// Since when nothing has changed.
    pub changed_at: Timestamp,
    /// The run that it belongs to: only stopping that takes it back.
    pub run: Option<String>,
}

/// The columns of [`summary`].
pub(crate) const SUMMARY: &str = "invoice.id, number, customer, issue_date, due_date, gross_minor, channel, shown, \
     standing, coalesce(paid_on, payment_date) AS payment_day, not_before";

impl Ledger {
    /// One invoice, whole.
    pub fn invoice(&self, id: &str) -> Result<InvoiceRecord, LedgerError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {SUMMARY}, content, business, request, service_id, link, last_checked_at, changed_at, run
             FROM invoice JOIN frozen USING (row) WHERE id = ?1"
        ))?;
        let found = statement.query_row([id], |row| Ok(record(row))).optional()?;
        found.unwrap_or(Err(LedgerError::NotFound("invoice")))
    }

    /// Invoices on the phone with the number `phone` (E.164), and all links, newest first: what a customer could see.
    pub fn bills_for(&self, phone: &str, limit: u32) -> Result<Vec<InvoiceRecord>, LedgerError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {SUMMARY}, content, business, request, service_id, link, last_checked_at, changed_at, run
             FROM invoice JOIN frozen USING (row)
             WHERE service_id IS NOT NULL AND (phone = ?1 OR channel = 'link') ORDER BY number DESC LIMIT ?2"
        ))?;
        let rows = statement.query_map(params![phone, limit], |row| Ok(record(row)))?;
        rows.map(|row| row?).collect()
    }

    /// Invoices that are due to be looked at again: id, the service's id, and since when nothing changed.
    pub fn due_for_poll(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, String, Timestamp)>, LedgerError> {
        let mut statement = self.db.prepare_cached(DUE_FOR_POLL)?;
        let rows = statement.query_map(params![now.as_millisecond(), limit], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?))
        })?;
        rows.map(|row| {
            let (id, service_id, changed) = row?;
            Ok((id, service_id, sql::moment(changed)?))
        })
        .collect()
    }

    /// When the next one is due to be looked at, if any is followed.
    pub fn next_poll(&self) -> Result<Option<Timestamp>, LedgerError> {
        let soonest: Option<i64> = self.db.query_row(NEXT_POLL, [], |row| row.get(0))?;
        soonest.map(sql::moment).transpose()
    }

    /// Brings forward what `tiers` would look at sooner than is set, counted from the last look. Nothing is put off.
    pub fn poll_sooner(&mut self, now: Timestamp, tiers: &[Tier]) -> Result<(), LedgerError> {
        self.transaction(|db| {
            let mut statement = db.prepare_cached(
                "UPDATE invoice SET next_poll_at = max(?1, coalesce(last_checked_at, changed_at) + ?2)
                 WHERE next_poll_at > ?1 AND next_poll_at > max(?1, coalesce(last_checked_at, changed_at) + ?2)
                     AND changed_at <= ?1 - ?3 AND changed_at > ?1 - ?4",
            )?;
            for tier in tiers {
                let milliseconds = |span: SignedDuration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
                statement.execute(params![
                    now.as_millisecond(),
                    milliseconds(tier.pause),
                    milliseconds(tier.quiet_from),
                    tier.quiet_to.map_or(now.as_millisecond() + 1, milliseconds),
                ])?;
            }
            Ok(())
        })
    }

    /// Sets when to look again; a final invoice stays unfollowed.
    pub fn set_next_poll(&mut self, id: &str, at: Timestamp) -> Result<(), LedgerError> {
        self.db
            .prepare_cached(
                "UPDATE invoice SET next_poll_at = ?2 WHERE id = ?1 AND next_poll_at IS NOT NULL",
            )?
            .execute(params![id, at.as_millisecond()])?;
        Ok(())
    }
}

/// How soon to look again at what has been quiet for so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Nothing has changed for at least this long.
    pub quiet_from: SignedDuration,
    /// And for less than this; `None`: however long.
    pub quiet_to: Option<SignedDuration>,
    /// Time from the last look to the next.
    pub pause: SignedDuration,
}

/// Writes the shown state anew, after the outbox or the told state changed.
pub(crate) fn show_again(db: &Connection, id: &str) -> Result<(), LedgerError> {
    let (outbox, told, replaced): (String, Option<String>, bool) = db
        .prepare_cached("SELECT outbox, told, replaced_by IS NOT NULL FROM invoice WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let shown = fold::shown(&outbox, told.as_deref(), replaced)?;
    db.prepare_cached("UPDATE invoice SET shown = ?2, standing = ?3, needs_you = ?4 WHERE id = ?1")?
        .execute(params![
            id,
            sql::word(&shown)?,
            shown.standing(),
            shown.needs_you()
        ])?;
    Ok(())
}

pub(crate) fn summary(row: &Row<'_>) -> Result<InvoiceSummary, LedgerError> {
    Ok(InvoiceSummary {
        id: row.get("id")?,
        number: row.get::<_, i64>("number")?.unsigned_abs(),
        customer: row.get("customer")?,
        issue_date: sql::day(&row.get::<_, String>("issue_date")?)?,
        due_date: sql::day(&row.get::<_, String>("due_date")?)?,
        gross_minor: row.get("gross_minor")?,
        channel: sql::from_word(&row.get::<_, String>("channel")?)?,
        shown: sql::from_word(&row.get::<_, String>("shown")?)?,
        open: row.get::<_, String>("standing")? == "open",
        payment_date: row
            .get::<_, Option<String>>("payment_day")?
            .map(|text| sql::day(&text))
            .transpose()?,
        not_before: sql::moment(row.get("not_before")?)?,
    })
}

fn record(row: &Row<'_>) -> Result<InvoiceRecord, LedgerError> {
    Ok(InvoiceRecord {
        summary: summary(row)?,
        content: sql::json(row, "content")?,
        business: sql::json(row, "business")?,
        request: row.get("request")?,
        service_id: row.get("service_id")?,
        link: row.get("link")?,
        last_checked_at: row
            .get::<_, Option<i64>>("last_checked_at")?
            .map(sql::moment)
            .transpose()?,
        changed_at: sql::moment(row.get("changed_at")?)?,
        run: row.get("run")?,
    })
}

pub(crate) const DUE_FOR_POLL: &str = "SELECT id, service_id, changed_at FROM invoice
     WHERE next_poll_at <= ?1 AND service_id IS NOT NULL ORDER BY next_poll_at LIMIT ?2";

pub(crate) const NEXT_POLL: &str = "SELECT min(next_poll_at) FROM invoice WHERE next_poll_at IS NOT NULL";
