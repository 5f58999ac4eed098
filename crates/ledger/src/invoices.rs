//! Reading invoices: the list, its counts, one whole, and which to look at again.

use invoice::{Business, Channel, Content};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use serde::{Deserialize, Serialize};

use crate::{Ledger, LedgerError, fold, search, sql};

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
    Unknown,
}

impl Shown {
    /// `open`, `paid` or `closed`: what the figures count.
    const fn standing(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Refused | Self::Invalid | Self::Rejected | Self::Expired | Self::Canceled => "closed",
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

/// Which invoices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the chips above the list")]
pub enum Filter {
    All,
    Waiting,
    Overdue,
    DueSoon,
    Paid,
    PaidThisMonth,
    NeedsYou,
    Closed,
}

/// By which column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the list")]
pub enum Sort {
    Number,
    Customer,
    Issued,
    Due,
    Amount,
    State,
}

/// What to list.
#[derive(Clone, Debug)]
pub struct Query {
    /// Which.
    pub filter: Filter,
    /// Part of a number, name, phone, reference, line text or amount.
    pub text: String,
    /// By which column.
    pub sort: Sort,
    /// Smallest first.
    pub ascending: bool,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to give.
    pub limit: u32,
    /// The merchant's day.
    pub today: Date,
}

/// Found rows and how many there are in all.
#[derive(Clone, Debug)]
pub struct Page {
    /// The rows.
    pub rows: Vec<InvoiceSummary>,
    /// Matching in all.
    pub total: u32,
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
}

/// How many invoices there are under each filter, and how many drafts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the filters")]
pub struct Counts {
    pub all: u32,
    pub waiting: u32,
    pub overdue: u32,
    pub due_soon: u32,
    pub paid: u32,
    pub paid_this_month: u32,
    pub needs_you: u32,
    pub closed: u32,
    pub drafts: u32,
}

/// The columns of [`summary`].
pub(crate) const SUMMARY: &str = "invoice.id, number, customer, issue_date, due_date, gross_minor, channel, shown, \
     standing, coalesce(paid_on, payment_date) AS payment_day, not_before";

impl Ledger {
    /// A page of the list.
    pub fn invoices(&self, query: &Query) -> Result<Page, LedgerError> {
        let (count, values) = count_statement(query);
        let total = self
            .db
            .prepare_cached(&count)?
            .query_row(params_from_iter(&values), |row| row.get(0))?;
        let (list, values) = list_statement(query);
        let mut statement = self.db.prepare(&list)?;
        let rows = statement.query_map(params_from_iter(&values), |row| Ok(summary(row)))?;
        Ok(Page {
            rows: rows.map(|row| row?).collect::<Result<_, _>>()?,
            total: sql::count(total),
        })
    }

    /// The counts for the chips.
    pub fn counts(&self, today: Date) -> Result<Counts, LedgerError> {
        let count = |filter| -> Result<u32, LedgerError> {
            let (wanted, values) = condition(filter, today);
            let mut statement = self
                .db
                .prepare_cached(&format!("SELECT count(*) FROM invoice WHERE {wanted}"))?;
            Ok(sql::count(
                statement.query_row(params_from_iter(&values), |row| row.get(0))?,
            ))
        };
        Ok(Counts {
            all: count(Filter::All)?,
            waiting: count(Filter::Waiting)?,
            overdue: count(Filter::Overdue)?,
            due_soon: count(Filter::DueSoon)?,
            paid: count(Filter::Paid)?,
            paid_this_month: count(Filter::PaidThisMonth)?,
            needs_you: count(Filter::NeedsYou)?,
            closed: count(Filter::Closed)?,
            drafts: sql::count(
                self.db
                    .query_row("SELECT count(*) FROM draft", [], |row| row.get(0))?,
            ),
        })
    }

    /// One invoice, whole.
    pub fn invoice(&self, id: &str) -> Result<InvoiceRecord, LedgerError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {SUMMARY}, content, business, request, service_id, link, last_checked_at, changed_at
             FROM invoice JOIN frozen USING (row) WHERE id = ?1"
        ))?;
        let found = statement.query_row([id], |row| Ok(record(row))).optional()?;
        found.unwrap_or(Err(LedgerError::NotFound("invoice")))
    }

    /// Invoices on the phone with the number `phone` (E.164), and all links, newest first: what a customer could see.
    pub fn bills_for(&self, phone: &str, limit: u32) -> Result<Vec<InvoiceRecord>, LedgerError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {SUMMARY}, content, business, request, service_id, link, last_checked_at, changed_at
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
        let mut statement = self.db.prepare_cached(
            "SELECT id, service_id, changed_at FROM invoice
             WHERE next_poll_at <= ?1 AND service_id IS NOT NULL ORDER BY next_poll_at LIMIT ?2",
        )?;
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
        let soonest: Option<i64> = self.db.query_row(
            "SELECT min(next_poll_at) FROM invoice WHERE next_poll_at IS NOT NULL",
            [],
            |row| row.get(0),
        )?;
        soonest.map(sql::moment).transpose()
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

/// Writes the shown state anew, after the outbox or the told state changed.
pub(crate) fn show_again(db: &Connection, id: &str) -> Result<(), LedgerError> {
    let (outbox, told): (String, Option<String>) = db
        .prepare_cached("SELECT outbox, told FROM invoice WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let shown = fold::shown(&outbox, told.as_deref())?;
    db.prepare_cached("UPDATE invoice SET shown = ?2, standing = ?3, needs_you = ?4 WHERE id = ?1")?
        .execute(params![
            id,
            sql::word(&shown)?,
            shown.standing(),
            shown.needs_you()
        ])?;
    Ok(())
}

fn condition(filter: Filter, today: Date) -> (String, Vec<String>) {
    let soon = today.checked_add(jiff::Span::new().days(7)).unwrap_or(today);
    match filter {
        Filter::All => ("1".into(), vec![]),
        Filter::Waiting => ("standing = 'open'".into(), vec![]),
        Filter::Overdue => (
            "standing = 'open' AND due_date < ?".into(),
            vec![today.to_string()],
        ),
        Filter::DueSoon => (
            "standing = 'open' AND due_date BETWEEN ? AND ?".into(),
            vec![today.to_string(), soon.to_string()],
        ),
        Filter::Paid => ("standing = 'paid'".into(), vec![]),
        Filter::PaidThisMonth => (
            "paid_on BETWEEN ? AND ?".into(),
            vec![
                today.first_of_month().to_string(),
                today.last_of_month().to_string(),
            ],
        ),
        Filter::NeedsYou => ("needs_you = 1".into(), vec![]),
        Filter::Closed => ("standing = 'closed'".into(), vec![]),
    }
}

/// The condition of a whole query: filter and words.
fn wanted(query: &Query) -> (String, Vec<String>) {
    let (mut condition, mut values) = condition(query.filter, query.today);
    let words = search::wanted(&query.text);
    if let Some(anywhere) = words.anywhere {
        condition.push_str(" AND row IN (SELECT rowid FROM invoice_words WHERE words MATCH ?)");
        values.push(anywhere);
    }
    for beginning in words.beginnings {
        condition.push_str(" AND row IN (SELECT rowid FROM invoice_words WHERE words LIKE ? ESCAPE '\\')");
        values.push(beginning);
    }
    (condition, values)
}

pub(crate) fn count_statement(query: &Query) -> (String, Vec<String>) {
    let (wanted, values) = wanted(query);
    (format!("SELECT count(*) FROM invoice WHERE {wanted}"), values)
}

pub(crate) fn list_statement(query: &Query) -> (String, Vec<String>) {
    let (mut wanted, values) = wanted(query);
    if query.filter == Filter::Paid {
        // Nearly every row of an old shop is paid: walking in the order of the list and skipping a few is quicker than
        // sorting all of them. The plus hides the column from the planner's choice of index.
        wanted.insert(0, '+');
    }
    let order = order(query.sort, query.ascending);
    let (limit, offset) = (query.limit, query.offset);
    (
        format!(
            "SELECT {SUMMARY} FROM invoice WHERE {wanted} ORDER BY {order} LIMIT {limit} OFFSET {offset}"
        ),
        values,
    )
}

fn order(sort: Sort, ascending: bool) -> String {
    let way = if ascending { "ASC" } else { "DESC" };
    match sort {
        Sort::Number => format!("number {way}"),
        Sort::Customer => format!("customer_folded {way}, number {way}"),
        Sort::Issued => format!("issue_date {way}, number {way}"),
        Sort::Due => format!("due_date {way}, number {way}"),
        Sort::Amount => format!("gross_minor {way}, number {way}"),
        Sort::State => format!("shown {way}, number {way}"),
    }
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
    })
}
