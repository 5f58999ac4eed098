//! The invoices of a list as a file, page by page, so that their number does not matter to the memory.

use jiff::civil::Date;
use ledger::{Filter, Listed, Query, Sort};

use super::list::{filter, state};
use crate::Desk;
use crate::export::{self, Cell, Column, Export};
use crate::ipc::{InvoiceExport, PaperLanguage, SavedFile};
use crate::refuse::Outcome;

/// Invoices that are held in memory at once.
const PAGE: u32 = 1_000;

const COLUMNS: [Column; 13] = [
    Column::Number,
    Column::Customer,
    Column::Phone,
    Column::Issued,
    Column::Due,
    Column::PaymentDay,
    Column::State,
    Column::Net,
    Column::Vat,
    Column::Gross,
    Column::Currency,
    Column::Reference,
    Column::MobilePayId,
];

pub(crate) async fn invoice_export(desk: &Desk, asked: InvoiceExport) -> Outcome<SavedFile> {
    let connection = desk.current();
    let today = connection.today();
    let query = query(filter(asked.filter), asked.text, today);
    let language = asked.language;
    let folder = desk.setup.documents.clone();
    let mut file = export::on_disk(move || {
        let headings = COLUMNS.map(|column| export::heading(column, language).to_owned());
        let name = format!("{} {today}", export::title(false, language));
        Export::begin(&folder, &name, asked.format, &headings)
    })
    .await?;
    let mut after = 0;
    loop {
        let query = query.clone();
        let page = connection
            .books
            .with(move |books| books.invoices_after(&query, after, PAGE))
            .await??;
        let Some(last) = page.last() else { break };
        after = last.summary.number;
        let whole = page.len() == PAGE as usize;
        file = export::on_disk(move || {
            for invoice in &page {
                file.row(&cells(invoice, language))?;
            }
            Ok(file)
        })
        .await?;
        if !whole {
            break;
        }
    }
    let path = export::on_disk(move || file.finish()).await?;
    Ok(export::saved(&path))
}

const fn query(filter: Filter, text: String, today: Date) -> Query {
    Query {
        filter,
        text,
        sort: Sort::Number,
        ascending: true,
        offset: 0,
        limit: PAGE,
        today,
    }
}

fn cells(invoice: &Listed, language: PaperLanguage) -> [Cell; COLUMNS.len()] {
    let Listed {
        summary,
        content,
        service_id,
    } = invoice;
    let phone = content.recipient.phone.as_ref();
    let phone = phone.map(|phone| phone.display_in(content.country));
    [
        Cell::Number(summary.number),
        Cell::text(&*summary.customer),
        phone.map_or(Cell::Empty, Cell::text),
        Cell::Day(summary.issue_date),
        Cell::Day(summary.due_date),
        summary.payment_date.map_or(Cell::Empty, Cell::Day),
        Cell::text(export::state(state(summary.shown), language)),
        Cell::Money(content.totals.net.minor),
        Cell::Money(content.totals.vat.minor),
        Cell::Money(summary.gross_minor),
        Cell::text(content.country.currency().code()),
        Cell::maybe(content.payment_reference.as_deref()),
        Cell::maybe(service_id.as_deref()),
    ]
}
