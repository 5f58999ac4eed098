//! Callbacks: whether this computer listens, what was agreed with the service, and what was heard.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the service proves itself at the receiver (spec 11.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallbackKind {
    /// A user name and a password.
    #[default]
    Basic,
    /// A key by itself.
    ApiKey,
}

/// How things stand with callbacks.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallbacksView {
    /// The receiver on this computer.
    pub receiver: ReceiverState,
    /// Whether the merchant wants it on.
    pub wanted: bool,
    /// Its port.
    pub port: u16,
    /// Its address on this computer, to which the merchant's own server hands callbacks on.
    pub local_address: String,
    /// Whether the service can reach that address itself, as only the practice world can.
    pub near: bool,
    /// What the service surely does; `null`: nothing was set from here.
    pub current: Option<CallbackTerms>,
    /// What it was asked to do and may be doing instead, because its answer was lost; oldest first.
    pub unclear: Vec<CallbackTerms>,
    /// When something was heard last, ISO timestamp.
    pub last_heard: Option<String>,
    /// When somebody last came with wrong credentials in this run, ISO timestamp.
    pub last_stranger: Option<String>,
    /// Events that are kept for invoices which are not in these books.
    pub strays: u32,
}

/// The receiver on this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReceiverState {
    /// It does not listen.
    Off,
    /// It listens.
    Listening,
    /// Another program has the port.
    PortTaken,
    /// It listens, and lets nobody in: nothing was agreed yet, or the secret is not in the keychain.
    SecretMissing,
    /// The system refused.
    Failed,
}

/// Where callbacks go.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallbackTerms {
    /// The public address.
    pub address: String,
    /// How the service proves itself.
    pub kind: CallbackKind,
    /// The user name, with Basic.
    pub username: String,
    /// When it was set, ISO timestamp.
    pub at: String,
}

/// Turns the receiver on this computer on or off.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
pub struct ReceiverForm {
    /// On or off.
    pub on: bool,
    /// Its port, 1024 to 65535.
    pub port: u16,
}

/// What `MobilePay` is to be asked. The secret goes straight to the keychain and never comes back.
#[derive(Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct CallbacksForm {
    /// The public https address.
    pub address: String,
    /// How the service proves itself.
    pub kind: CallbackKind,
    /// The user name, with Basic; empty: `kvit`.
    pub username: String,
    /// Password or key; empty: Kvit makes one, which only its own receiver needs to know.
    pub secret: String,
}

/// What came of a change: how things stand, and what is wrong with the input (then nothing was changed).
#[derive(Clone, Debug, Serialize, TS)]
pub struct CallbacksChanged {
    /// How things stand now.
    pub callbacks: CallbacksView,
    /// What is wrong.
    pub wrong: Option<CallbackWrong>,
}

/// What can be wrong with what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallbackWrong {
    /// Below 1024.
    PortTooLow,
    /// It is no address.
    AddressUnreadable,
    /// It does not begin with https.
    AddressNotHttps,
    /// The user name has a colon or a control character, or is too long.
    UsernameBad,
    /// The password is too short, too long, or has control characters.
    PasswordBad,
    /// The key is too short, too long, or has characters that cannot stand in a header.
    KeyBad,
    /// Without a receiver here Kvit cannot make up the secret: the receiver elsewhere must know it.
    SecretMissing,
}

/// Events of invoices that are not in these books.
#[derive(Clone, Debug, Serialize, TS)]
pub struct StrayList {
    /// Oldest first, at most 500.
    pub strays: Vec<StrayView>,
    /// How many there are in all.
    pub total: u32,
}

/// One such event.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StrayView {
    /// When it was heard, ISO timestamp.
    pub at: String,
    /// `MobilePay`'s id of the invoice; empty when the event could not be read.
    pub service_id: String,
    /// `MobilePay`'s word for the state.
    pub state: String,
    /// The event as it came.
    pub raw: String,
}
