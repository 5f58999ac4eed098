//! The paper of a sent invoice, on the screen and as a file.

use ::invoice::Country;
use ledger::InvoiceRecord;

use super::view::record;
use crate::commands::business;
use crate::connection::Connection;
use crate::ipc::{InvoicePaper, PaperLanguage, PaperView, SavedFile};
use crate::refuse::Outcome;
use crate::{Desk, papers};

pub(crate) async fn invoice_paper(desk: &Desk, wanted: InvoicePaper) -> Outcome<PaperView> {
    let connection = desk.current();
    let record = record(&connection, wanted.id).await?;
    let language = language(&connection, &record, wanted.language);
    papers::of_invoice(desk, record, language).await
}

pub(crate) async fn invoice_save_pdf(desk: &Desk, wanted: InvoicePaper) -> Outcome<SavedFile> {
    let connection = desk.current();
    let record = record(&connection, wanted.id).await?;
    let language = language(&connection, &record, wanted.language);
    papers::save_pdf(desk, &connection, record, language).await
}

/// The language asked for, or the one it was sent with.
pub(super) fn language(
    connection: &Connection,
    record: &InvoiceRecord,
    asked: Option<PaperLanguage>,
) -> PaperLanguage {
    let sent_with = match (record.business.language.as_str(), connection.country) {
        ("", Country::Fi) => PaperLanguage::Fi,
        (word, _) => business::language(word),
    };
    asked.unwrap_or(sent_with)
}
