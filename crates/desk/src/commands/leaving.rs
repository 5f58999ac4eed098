//! The books of a connection that is made or removed: they are begun with it, and stay when it goes.

use ledger::{Ledger, LedgerError};

use crate::Desk;
use crate::connection_form::invalid;
use crate::ipc::{Refusal, RefusalCode};
use crate::refuse::Outcome;
use crate::settings::SavedConnection;

/// Begins the books of a new connection at the number `first`, or opens those that it had before.
pub(crate) async fn begin_books(
    desk: &Desk,
    mut saved: SavedConnection,
    first: Option<u64>,
) -> Outcome<SavedConnection> {
    let (path, begun) = (desk.folder.books(&saved.view.id), saved.begun);
    let done = tokio::task::spawn_blocking(move || {
        let mut books = if begun {
            Ledger::open_begun(&path)?
        } else {
            Ledger::open(&path)?
        };
        first.map_or(Ok(()), |number| books.begin_series_at(number))
    });
    match done.await.map_err(|error| Refusal::unexpected(&error))? {
        Ok(()) => {}
        Err(LedgerError::NumberTooLarge(_)) => {
            return Err(invalid("first_number", "A number has twelve digits at most."));
        }
        Err(LedgerError::NumberTaken(last)) => {
            return Err(invalid(
                "first_number.taken",
                &format!("The books of this connection are still here, with numbers up to {last}."),
            ));
        }
        Err(error) => return Err(error.into()),
    }
    saved.begun = true;
    Ok(saved)
}

/// Refuses to leave an outbox behind: nobody would send what waits there, or settle what is in doubt.
pub(crate) async fn must_be_settled(desk: &Desk, saved: &SavedConnection) -> Outcome<()> {
    let mut open = desk.beside.each().into_iter().chain([desk.current()]);
    let count = if let Some(connection) = open.find(|open| open.saved.view.id == saved.view.id) {
        connection.books.with(|books| books.outbox_waiting()).await?
    } else {
        let path = desk.folder.books(&saved.view.id);
        let counted = tokio::task::spawn_blocking(move || Ledger::open_begun(&path)?.outbox_waiting());
        counted.await.map_err(|error| Refusal::unexpected(&error))?
    };
    match count {
        // Books that nobody can open cannot be brought to an end either.
        Ok(0) | Err(LedgerError::Missing(_) | LedgerError::Damaged(_) | LedgerError::Foreign(_)) => Ok(()),
        Ok(count) => Err(Refusal::new(
            RefusalCode::OutboxNotEmpty,
            "Something in its outbox has not come to an end.",
        )
        .with_detail(count.to_string())),
        Err(error) => Err(error.into()),
    }
}
