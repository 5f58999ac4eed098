//! What the core tells the window unasked. Events carry ids, never content: the window reads again.

use serde::Serialize;
use ts_rs::TS;

use super::{RunProgress, SigninEnd, SigninRefused};

/// More ids than this are not worth naming: whoever listens reads its page again.
const MOST_IDS: usize = 50;

/// Something changed.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Event {
    /// These invoices changed.
    InvoicesChanged {
        /// Uuids; none: many, or nobody knows which.
        ids: Vec<String>,
    },
    /// A run went on. Several times a second at most.
    RunChanged {
        /// Uuid.
        id: String,
        /// How many rows stand where; absent: the run is gone or must be read again.
        progress: Option<RunProgress>,
    },
    /// Drafts were written, sent or discarded.
    DraftsChanged,
    /// Customers changed.
    CustomersChanged,
    /// The connection, its session, issuers, network or business changed.
    ConnectionChanged,
    /// A callback was heard or refused, or what was agreed about callbacks changed.
    CallbacksChanged,
    /// A consent was asked for, answered or taken back.
    ConsentsChanged,
    /// A sign-in ended.
    SigninEnded {
        /// How.
        end: SigninEnd,
    },
    /// An address that did not belong to a sign-in in progress was dropped.
    LinkRefused {
        /// Why.
        refused: SigninRefused,
    },
    /// So much happened that everything should be read again.
    EverythingChanged,
}

impl Event {
    /// These invoices changed; many are not named one by one.
    pub(crate) fn of_invoices(mut ids: Vec<String>) -> Self {
        if ids.len() > MOST_IDS {
            ids.clear();
        }
        Self::InvoicesChanged { ids }
    }
}
