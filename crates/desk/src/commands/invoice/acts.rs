//! Taking a held invoice back, and asking for its state now.

use std::sync::Arc;

use uuid::Uuid;

use super::view::{record, show};
use crate::commands::draft;
use crate::connection::{Connection, api_refusal};
use crate::ipc::{DraftView, Event, InvoiceRef, InvoiceView, Refusal, RefusalCode};
use crate::refuse::Outcome;
use crate::{Desk, poller};

pub(crate) async fn invoice_undo(desk: &Desk, invoice: InvoiceRef) -> Outcome<DraftView> {
    let connection = desk.current();
    let (draft_id, now) = (Uuid::now_v7().to_string(), connection.now());
    let (kept, id) = (draft_id.clone(), invoice.id.clone());
    let undone = connection
        .books
        .with(move |books| books.undo(&id, &kept, now))
        .await?;
    match undone {
        Ok(_) => {}
        Err(ledger::LedgerError::WrongState { .. }) => {
            return Err(Refusal::new(
                RefusalCode::TooLateToUndo,
                "It is on its way already.",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    connection.tell(Event::DraftsChanged);
    connection.tell(Event::InvoicesChanged {
        ids: vec![invoice.id],
    });
    connection.tell(Event::ConnectionChanged);
    draft::show(&connection, draft_id).await
}

pub(crate) async fn invoice_refresh(desk: &Desk, invoice: InvoiceRef) -> Outcome<InvoiceView> {
    let connection = desk.current();
    ask_again(&connection, &invoice.id).await?;
    show(&connection, invoice.id).await
}

/// Asks MobilePay for the state of one invoice now. A refusal says that the state is as old as before.
pub(crate) async fn ask_again(connection: &Arc<Connection>, id: &str) -> Outcome<()> {
    let record = record(connection, id.to_owned()).await?;
    let Some(service_id) = record.service_id else {
        return Ok(());
    };
    if connection.pace.shut(connection.now()).is_some() {
        return Err(Refusal::new(
            RefusalCode::Throttled,
            "MobilePay asks to wait a little.",
        ));
    }
    let ready = connection.ready_to_call().await?;
    let asked = poller::ask(connection, &ready, id, &service_id, record.changed_at).await?;
    if asked.map_err(|error| api_refusal(&error))? {
        connection.tell(Event::InvoicesChanged {
            ids: vec![id.to_owned()],
        });
    }
    Ok(())
}
