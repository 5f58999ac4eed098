//! Connections that work beside the one in the window: what was sent from them goes out, whichever the merchant looks at.
//!
//! One that is left stays open while something of it waits in the outbox, and what an earlier run left waiting is opened with
//! the program. Deliberately absent: closing one whose outbox has come to rest; it follows its invoices until the program ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::connection::Connection;
use crate::refuse::Outcome;

/// Open, and not in the window.
#[derive(Default)]
pub(crate) struct Beside(Mutex<Vec<Arc<Connection>>>);

impl Beside {
    /// Puts away one that is left. Its door for callbacks is closed: the one in the window may need the port.
    pub(crate) async fn put(&self, connection: Arc<Connection>) {
        connection.leave_window().await;
        self.all().push(connection);
    }

    /// Takes one out, to be shown or closed.
    pub(crate) fn take(&self, id: &str) -> Option<Arc<Connection>> {
        let mut all = self.all();
        let at = all.iter().position(|other| other.saved.view.id == id)?;
        Some(all.swap_remove(at))
    }

    /// How many invoices wait in each that has some, by the connection's id.
    pub(crate) async fn waiting(&self) -> Outcome<BTreeMap<String, u32>> {
        let mut found = BTreeMap::new();
        for connection in self.each() {
            let waiting = connection.waiting().await?;
            if waiting > 0 {
                found.insert(connection.saved.view.id.clone(), waiting);
            }
        }
        Ok(found)
    }

    /// Each of them.
    pub(crate) fn each(&self) -> Vec<Arc<Connection>> {
        self.all().clone()
    }

    /// Ends the work of all.
    pub(crate) async fn close(&self) {
        let all = std::mem::take(&mut *self.all());
        futures::future::join_all(all.iter().map(|connection| connection.close())).await;
    }

    fn all(&self) -> MutexGuard<'_, Vec<Arc<Connection>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
