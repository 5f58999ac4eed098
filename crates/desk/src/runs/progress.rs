//! What the window hears of a run: counts, a few times a second, and once more at the end.

use std::collections::BTreeSet;
use std::time::Duration;

use ledger::Outgoing;
use tokio::time::Instant;

use crate::commands::progress;
use crate::connection::Connection;
use crate::ipc::Event;

/// Between two words about the runs.
const BETWEEN: Duration = Duration::from_millis(250);

/// What changed since the window was told.
#[derive(Default)]
pub(super) struct Progress {
    runs: BTreeSet<String>,
    invoices: BTreeSet<String>,
    told: Option<Instant>,
}

impl Progress {
    pub(super) fn changed(&mut self, items: &[Outgoing]) {
        self.runs.extend(items.iter().filter_map(|item| item.run.clone()));
        self.invoices
            .extend(items.iter().map(|item| item.invoice_id.clone()));
    }

    /// Ends when the window is to be told; never while there is nothing to tell.
    pub(super) async fn due(&self) {
        match self.told {
            _ if self.runs.is_empty() => std::future::pending().await,
            None => {}
            Some(told) => tokio::time::sleep_until(told + BETWEEN).await,
        }
    }

    pub(super) async fn tell(&mut self, connection: &Connection) {
        self.told = Some(Instant::now());
        for id in std::mem::take(&mut self.runs) {
            let progress = progress(connection, id.clone()).await;
            connection.tell(Event::RunChanged { id, progress });
        }
        let ids = std::mem::take(&mut self.invoices).into_iter().collect();
        connection.tell(Event::of_invoices(ids));
        connection.tell(Event::ConnectionChanged);
    }
}
