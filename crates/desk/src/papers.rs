//! Papers: set on a thread that may take its time, from the one template for drafts and sent invoices alike.

use std::io::Write as _;
use std::sync::Arc;

use ::invoice::{Business, Country, DraftForm, Reading, Rulebook};
use ledger::InvoiceRecord;
use paper::{Language, PaperError, Payment, Press, Sheet};

use crate::Desk;
use crate::connection::Connection;
use crate::export::{on_disk, saved};
use crate::ipc::{PaperLanguage, PaperView, Refusal, SavedFile};
use crate::refuse::Outcome;
use crate::unfinished_file::write_whole;

/// The paper of a draft as it is read now.
pub(crate) async fn of_draft(
    desk: &Desk,
    form: DraftForm,
    reading: Reading,
    rulebook: Rulebook,
    business: Business,
    language: PaperLanguage,
) -> Outcome<PaperView> {
    let pages = set(&desk.press, move |press| {
        press.svg(&Sheet::of_draft(
            &form,
            &reading,
            &business,
            rulebook.country,
            words(language),
            rulebook.today,
        ))
    });
    Ok(PaperView { pages: pages.await? })
}

/// The paper of a sent invoice.
pub(crate) async fn of_invoice(
    desk: &Desk,
    record: InvoiceRecord,
    language: PaperLanguage,
) -> Outcome<PaperView> {
    let pages = set(&desk.press, move |press| press.svg(&sheet(&record, language)));
    Ok(PaperView { pages: pages.await? })
}

/// Saves the paper of a sent invoice as PDF among the user's documents, under a name that is free.
pub(crate) async fn save_pdf(
    desk: &Desk,
    connection: &Connection,
    record: InvoiceRecord,
    language: PaperLanguage,
) -> Outcome<SavedFile> {
    let title = match connection.country {
        Country::Dk => "Faktura",
        Country::Fi => "Lasku",
    };
    let name = format!("{title} {}", record.summary.number);
    let now = connection.now();
    let bytes = set(&desk.press, move |press| {
        press.pdf(&sheet(&record, language), now)
    })
    .await?;
    save(desk, &name, "pdf", bytes).await
}

/// Saves `bytes` among the user's documents as `name.extension`, under a name that is free.
pub(crate) async fn save(
    desk: &Desk,
    name: &str,
    extension: &'static str,
    bytes: Vec<u8>,
) -> Outcome<SavedFile> {
    let (folder, name) = (desk.setup.documents.clone(), name.to_owned());
    let path = on_disk(move || write_whole(&folder, &name, extension, |file| file.write_all(&bytes))).await?;
    Ok(saved(&path))
}

fn sheet(record: &InvoiceRecord, language: PaperLanguage) -> Sheet {
    let sheet = Sheet::of_content(
        &record.content,
        &record.business,
        Some(record.summary.number),
        words(language),
    );
    match (&record.link, record.summary.channel) {
        (Some(link), _) => sheet.paid_by(Payment::Link(link)),
        (None, ::invoice::Channel::Phone) => sheet.paid_by(Payment::App),
        (None, ::invoice::Channel::Link) => sheet,
    }
}

async fn set<T: Send + 'static>(
    press: &Arc<Press>,
    job: impl FnOnce(&Press) -> Result<T, PaperError> + Send + 'static,
) -> Outcome<T> {
    let press = Arc::clone(press);
    let done = tokio::task::spawn_blocking(move || job(&press)).await;
    done.map_err(|error| Refusal::unexpected(&error))?
        .map_err(|error| Refusal::unexpected(&error))
}

const fn words(language: PaperLanguage) -> Language {
    match language {
        PaperLanguage::Da => Language::Da,
        PaperLanguage::Fi => Language::Fi,
        PaperLanguage::En => Language::En,
    }
}
