//! The list of sent invoices, and a row of it.

use ::invoice::Money;
use ledger::{Filter, InvoiceSummary, Query, Shown, Sort};

use crate::Desk;
use crate::commands::rows;
use crate::connection::Connection;
use crate::ipc::{
    InvoiceCounts, InvoiceFilter, InvoiceList, InvoiceQuery, InvoiceRow, InvoiceSort, StateName,
};
use crate::refuse::Outcome;

pub(crate) async fn invoice_list(desk: &Desk, asked: InvoiceQuery) -> Outcome<InvoiceList> {
    let connection = desk.current();
    let today = connection.today();
    let query = Query {
        filter: filter(asked.filter),
        text: asked.text,
        sort: sort(asked.sort),
        ascending: asked.ascending,
        offset: asked.offset,
        limit: rows(asked.limit),
        today,
    };
    let (page, counts) = connection
        .books
        .with(move |books| Ok::<_, ledger::LedgerError>((books.invoices(&query)?, books.counts(today)?)))
        .await??;
    Ok(InvoiceList {
        rows: page
            .rows
            .iter()
            .map(|summary| row(&connection, summary))
            .collect(),
        total: page.total,
        counts: InvoiceCounts {
            all: counts.all,
            waiting: counts.waiting,
            overdue: counts.overdue,
            due_soon: counts.due_soon,
            paid: counts.paid,
            paid_this_month: counts.paid_this_month,
            needs_you: counts.needs_you,
            closed: counts.closed,
            drafts: counts.drafts,
        },
    })
}

/// A row of the list.
pub(crate) fn row(connection: &Connection, summary: &InvoiceSummary) -> InvoiceRow {
    let today = connection.today();
    let late = summary.due_date.until(today).map_or(0, |span| span.get_days());
    InvoiceRow {
        id: summary.id.clone(),
        number: summary.number,
        customer: summary.customer.clone(),
        issued: summary.issue_date.to_string(),
        due: summary.due_date.to_string(),
        amount: Money::of_minor(summary.gross_minor, connection.country.currency()).into(),
        channel: summary.channel.into(),
        state: state(summary.shown),
        days_overdue: u32::try_from(late).ok().filter(|days| *days > 0 && summary.open),
        payment_date: summary.payment_date.map(|date| date.to_string()),
        held_until: (summary.shown == Shown::Held)
            .then(|| connection.on_this_computer(summary.not_before).to_string()),
    }
}

pub(super) const fn state(shown: Shown) -> StateName {
    match shown {
        Shown::Held => StateName::Held,
        Shown::Queued => StateName::Queued,
        Shown::Sending => StateName::Sending,
        Shown::Waiting => StateName::Waiting,
        Shown::InDoubt => StateName::InDoubt,
        Shown::SentIdUnknown => StateName::SentIdUnknown,
        Shown::Refused => StateName::Refused,
        Shown::Accepted => StateName::Accepted,
        Shown::Created => StateName::Created,
        Shown::Invalid => StateName::Invalid,
        Shown::Scheduled => StateName::Scheduled,
        Shown::Paid => StateName::Paid,
        Shown::Rejected => StateName::Rejected,
        Shown::Expired => StateName::Expired,
        Shown::Canceled => StateName::Canceled,
        Shown::Replaced => StateName::Replaced,
        Shown::Unknown => StateName::Unknown,
    }
}

pub(super) const fn filter(asked: InvoiceFilter) -> Filter {
    match asked {
        InvoiceFilter::All => Filter::All,
        InvoiceFilter::Waiting => Filter::Waiting,
        InvoiceFilter::Overdue => Filter::Overdue,
        InvoiceFilter::DueSoon => Filter::DueSoon,
        InvoiceFilter::Paid => Filter::Paid,
        InvoiceFilter::PaidThisMonth => Filter::PaidThisMonth,
        InvoiceFilter::NeedsYou => Filter::NeedsYou,
        InvoiceFilter::Closed => Filter::Closed,
    }
}

const fn sort(asked: InvoiceSort) -> Sort {
    match asked {
        InvoiceSort::Number => Sort::Number,
        InvoiceSort::Customer => Sort::Customer,
        InvoiceSort::Issued => Sort::Issued,
        InvoiceSort::Due => Sort::Due,
        InvoiceSort::Amount => Sort::Amount,
        InvoiceSort::State => Sort::State,
    }
}
