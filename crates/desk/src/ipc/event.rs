//! What the core tells the window unasked. Events carry ids, never content: the window reads again.

use serde::Serialize;
use ts_rs::TS;

use super::{SigninEnd, SigninRefused};

/// Something changed.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Event {
    /// These invoices changed.
    InvoicesChanged {
        /// Uuids.
        ids: Vec<String>,
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
