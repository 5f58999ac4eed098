//! The list: which invoices, in which order, how many, and the statements that find them.

use invoice::Content;
use jiff::civil::Date;
use rusqlite::params_from_iter;

use crate::invoices::{InvoiceSummary, SUMMARY, summary};
use crate::{Ledger, LedgerError, search, sql};

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

/// A found invoice with its content.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What the list shows.
    pub summary: InvoiceSummary,
    /// The frozen content.
    pub content: Content,
    /// The service's id.
    pub service_id: Option<String>,
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

    /// The next found invoices after `after` (0: from the first), whole enough for a book, in the order of their numbers.
    /// Asked for until fewer than `limit` come, each is given once, even while others change.
    pub fn invoices_after(&self, query: &Query, after: u64, limit: u32) -> Result<Vec<Listed>, LedgerError> {
        let (wanted, values) = wanted(query);
        let mut statement = self.db.prepare(&format!(
            "SELECT {SUMMARY}, service_id, content FROM invoice JOIN frozen USING (row)
             WHERE {wanted} AND number > {after} ORDER BY number LIMIT {limit}"
        ))?;
        let rows = statement.query_map(params_from_iter(&values), |row| Ok(listed(row)))?;
        rows.map(|row| row?).collect()
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
}

fn listed(row: &rusqlite::Row<'_>) -> Result<Listed, LedgerError> {
    Ok(Listed {
        summary: summary(row)?,
        content: sql::json(row, "content")?,
        service_id: row.get("service_id")?,
    })
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
