//! Paid invoices against MobilePay's report, on the screen and as a file.

use ::invoice::{Currency, Money};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{By, PaidInvoice, Statement, Unmatched};

use super::rows;
use crate::Desk;
use crate::connection::Connection;
use crate::export::{self, Cell, Column, Export};
use crate::ipc::{
    Days, MatchedBy, PaidView, ReconciledPart, ReconciledRow, ReconciliationExport, ReconciliationFetched,
    ReconciliationQuery, ReconciliationView, Refusal, RefusalCode, SavedFile, SumView, UnmatchedReason,
};
use crate::refuse::Outcome;
use crate::reports::{self, PAYOUT};

/// The most days of one reconciliation.
const MOST_DAYS: i32 = 400;

pub(crate) async fn reconciliation_show(
    desk: &Desk,
    query: ReconciliationQuery,
) -> Outcome<ReconciliationView> {
    let connection = desk.current();
    let days = days(&query.first, &query.last)?;
    let book = Book::read(&connection, days).await?;
    let all = book.rows(query.part);
    let page = all
        .iter()
        .skip(query.offset as usize)
        .take(rows(query.limit) as usize);
    Ok(ReconciliationView {
        first: days.0.to_string(),
        last: days.1.to_string(),
        fetched_at: book.fetched_at.clone(),
        covered: book.covers_all(),
        paid: book.sum(book.statement.paid.iter().map(|invoice| invoice.minor)),
        matched: book.sum_of(ReconciledPart::Matched, |_| true),
        unmatched_invoices: book.sum_of(ReconciledPart::Unmatched, |row| row.kind.is_none()),
        unmatched_payments: book.sum_of(ReconciledPart::Unmatched, |row| row.kind.is_some()),
        payouts: book.sum_of(ReconciledPart::Payouts, |_| true),
        others: book.sum_of(ReconciledPart::Others, |_| true),
        rows: page.cloned().collect(),
        total: u32::try_from(all.len()).unwrap_or(u32::MAX),
    })
}

pub(crate) async fn reconciliation_fetch(desk: &Desk, asked: Days) -> Outcome<ReconciliationFetched> {
    let connection = desk.current();
    let (first, last) = days(&asked.first, &asked.last)?;
    // What has not happened yet is not reported.
    let last = last.min(connection.today());
    if first > last {
        return Err(bad_days());
    }
    reports::fetch(&connection, (first, last)).await
}

pub(crate) async fn reconciliation_export(desk: &Desk, asked: ReconciliationExport) -> Outcome<SavedFile> {
    let connection = desk.current();
    let days = days(&asked.first, &asked.last)?;
    let book = Book::read(&connection, days).await?;
    let folder = desk.setup.documents.clone();
    let path = export::on_disk(move || {
        let language = asked.language;
        let headings = COLUMNS.map(|column| export::heading(column, language).to_owned());
        let name = format!("{} {} - {}", export::title(true, language), days.0, days.1);
        let mut file = Export::begin(&folder, &name, asked.format, &headings)?;
        for part in PARTS {
            for row in book.rows(part) {
                file.row(&book.cells(part, &row, asked.language))?;
            }
        }
        file.finish()
    });
    Ok(export::saved(&path.await?))
}

const PARTS: [ReconciledPart; 4] = [
    ReconciledPart::Matched,
    ReconciledPart::Unmatched,
    ReconciledPart::Payouts,
    ReconciledPart::Others,
];

const COLUMNS: [Column; 11] = [
    Column::Part,
    Column::Day,
    Column::Number,
    Column::Customer,
    Column::Amount,
    Column::Currency,
    Column::Kind,
    Column::Reference,
    Column::Payout,
    Column::MatchedBy,
    Column::Reason,
];

/// The statement of some days, and what MobilePay was asked about.
struct Book {
    statement: Statement,
    currency: Currency,
    days: (Date, Date),
    spans: Vec<(Date, Date, Timestamp)>,
    fetched_at: Option<String>,
}

impl Book {
    async fn read(connection: &Connection, days: (Date, Date)) -> Outcome<Self> {
        let (first, last) = days;
        let (statement, reports) = connection
            .books
            .with(move |books| {
                Ok::<_, ledger::LedgerError>((
                    books.reconciled(first, last)?,
                    books.reports_over(first, last)?,
                ))
            })
            .await??;
        Ok(Self {
            statement,
            currency: connection.country.currency(),
            days,
            fetched_at: reports.last().map(|(_, _, at)| at.to_string()),
            spans: reports,
        })
    }

    fn covers(&self, day: Date) -> bool {
        self.spans
            .iter()
            .any(|(first, last, _)| (*first..=*last).contains(&day))
    }

    /// Whether a report was asked for that has to tell of `invoice`: over its day, and after it was known to be paid.
    fn has_to_show(&self, invoice: &PaidInvoice) -> bool {
        self.spans.iter().any(|(first, last, asked_at)| {
            (*first..=*last).contains(&invoice.paid_on) && *asked_at >= invoice.learnt_at
        })
    }

    fn tells_ids(&self) -> bool {
        let rows = &self.statement.reported;
        rows.iter()
            .any(|row| row.payment_id.is_some() && !row.kind.eq_ignore_ascii_case(PAYOUT))
    }

    fn covers_all(&self) -> bool {
        let (first, last) = self.days;
        first
            .series(jiff::Span::new().days(1))
            .take_while(|day| *day <= last)
            .all(|day| self.covers(day))
    }

    fn money(&self, minor: i64) -> crate::ipc::MoneyView {
        Money::of_minor(minor, self.currency).into()
    }

    fn sum(&self, amounts: impl Iterator<Item = i64>) -> SumView {
        let (count, minor) = amounts.fold((0, 0_i64), |(count, sum), minor| {
            (count + 1, sum.saturating_add(minor))
        });
        SumView {
            count,
            amount: self.money(minor),
        }
    }

    fn sum_of(&self, part: ReconciledPart, wanted: impl Fn(&ReconciledRow) -> bool) -> SumView {
        let rows = self.rows(part);
        self.sum(rows.iter().filter(|row| wanted(row)).map(|row| row.amount.minor))
    }

    /// The rows of a group, by day.
    fn rows(&self, part: ReconciledPart) -> Vec<ReconciledRow> {
        let found = &self.statement.found;
        let reported = |wanted: fn(&str, Unmatched) -> bool| {
            found
                .reported
                .iter()
                .filter(move |(at, why)| wanted(&self.statement.reported[*at].kind, *why))
                .map(|(at, why)| self.movement(*at, *why))
        };
        let is_payout = |kind: &str, _| kind.eq_ignore_ascii_case(PAYOUT);
        let is_other = |kind: &str, why| why == Unmatched::NoPayment && !kind.eq_ignore_ascii_case(PAYOUT);
        let is_payment = |_: &str, why| why != Unmatched::NoPayment;
        let mut rows: Vec<ReconciledRow> = match part {
            ReconciledPart::Matched => found
                .matched
                .iter()
                .map(|(invoice, row, by)| self.pair(*invoice, *row, *by))
                .collect(),
            ReconciledPart::Unmatched => found
                .invoices
                .iter()
                .map(|(at, why)| self.alone(*at, *why))
                .chain(reported(is_payment))
                .collect(),
            ReconciledPart::Payouts => reported(is_payout).collect(),
            ReconciledPart::Others => reported(is_other).collect(),
        };
        rows.sort_by(|one, other| one.day.cmp(&other.day));
        rows
    }

    fn invoice(&self, at: usize) -> PaidView {
        let invoice = &self.statement.paid[at];
        PaidView {
            id: invoice.invoice_id.clone(),
            number: invoice.number,
            customer: invoice.customer.clone(),
        }
    }

    fn unsettled(&self, at: usize) -> PaidView {
        let invoice = &self.statement.unsettled[at];
        PaidView {
            id: invoice.invoice_id.clone(),
            number: invoice.number,
            customer: invoice.customer.clone(),
        }
    }

    fn pair(&self, invoice: usize, row: usize, by: By) -> ReconciledRow {
        ReconciledRow {
            invoice: Some(self.invoice(invoice)),
            by: Some(match by {
                By::PaymentId => MatchedBy::PaymentId,
                By::Reference => MatchedBy::Reference,
                By::AmountAndDay => MatchedBy::AmountAndDay,
            }),
            reason: None,
            ..self.movement(row, Unmatched::Nothing)
        }
    }

    fn alone(&self, at: usize, why: Unmatched) -> ReconciledRow {
        let invoice = &self.statement.paid[at];
        ReconciledRow {
            day: invoice.paid_on.to_string(),
            invoice: Some(self.invoice(at)),
            amount: self.money(invoice.minor),
            kind: None,
            reference: invoice.reference.clone(),
            payout: None,
            by: None,
            reason: Some(match why {
                Unmatched::OtherAmount => UnmatchedReason::OtherAmount,
                Unmatched::Several => UnmatchedReason::Several,
                _ if !self.has_to_show(invoice) => UnmatchedReason::NotFetched,
                // Its payment may stand there under an id that is not known here.
                _ if invoice.payment_id.is_none() && self.tells_ids() => UnmatchedReason::IdNotAsked,
                _ => UnmatchedReason::NotReported,
            }),
        }
    }

    fn movement(&self, at: usize, why: Unmatched) -> ReconciledRow {
        let row = &self.statement.reported[at];
        ReconciledRow {
            day: row.day.to_string(),
            invoice: match why {
                Unmatched::Unsettled(at) => Some(self.unsettled(at)),
                _ => None,
            },
            amount: self.money(row.minor),
            kind: Some(row.kind.clone()),
            reference: row.reference.clone(),
            payout: row.transfer.clone(),
            by: None,
            reason: match why {
                Unmatched::Nothing => Some(UnmatchedReason::NoInvoice),
                Unmatched::OtherAmount => Some(UnmatchedReason::OtherAmount),
                Unmatched::Several => Some(UnmatchedReason::Several),
                Unmatched::Unsettled(_) => Some(UnmatchedReason::Unsettled),
                Unmatched::NoPayment => None,
            },
        }
    }

    fn cells(
        &self,
        part: ReconciledPart,
        row: &ReconciledRow,
        language: crate::ipc::PaperLanguage,
    ) -> [Cell; COLUMNS.len()] {
        let invoice = row.invoice.as_ref();
        [
            Cell::text(export::part(part, language)),
            row.day.parse().map_or(Cell::Empty, Cell::Day),
            invoice.map_or(Cell::Empty, |invoice| Cell::Number(invoice.number)),
            Cell::maybe(invoice.map(|invoice| invoice.customer.as_str())),
            Cell::Money(row.amount.minor),
            Cell::text(self.currency.code()),
            Cell::maybe(row.kind.as_deref()),
            Cell::maybe(row.reference.as_deref()),
            Cell::maybe(row.payout.as_deref()),
            Cell::maybe(row.by.map(|by| export::kind(by, language))),
            Cell::maybe(row.reason.map(|reason| export::reason(reason, language))),
        ]
    }
}

fn days(first: &str, last: &str) -> Outcome<(Date, Date)> {
    let (Ok(first), Ok(last)) = (first.parse::<Date>(), last.parse::<Date>()) else {
        return Err(bad_days());
    };
    let span = last.since(first).map_or(-1, |span| span.get_days());
    if (0..=MOST_DAYS).contains(&span) {
        Ok((first, last))
    } else {
        Err(bad_days())
    }
}

fn bad_days() -> Refusal {
    Refusal::new(
        RefusalCode::DaysNotInOrder,
        format!("The days go from an earlier one to a later one, at most {MOST_DAYS}, and have begun."),
    )
}
