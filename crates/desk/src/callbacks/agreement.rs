//! What was agreed with `MobilePay`: where callbacks go, by which credentials, and what may be in force beside it.

use jiff::Timestamp;
use login::SecretKind;
use mobilepay::{CallbackCredentials, CallbackError};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::ipc::{CallbackKind, World};

/// What a receiver listens on until the merchant chooses another port.
const USUAL_PORT: u16 = 7_891;

/// What was agreed, without the secrets.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Agreement {
    /// Whether this computer listens.
    pub(crate) listening: bool,
    /// On which port; 0 is [`USUAL_PORT`].
    pub(crate) port: u16,
    /// What the service surely does.
    pub(crate) current: Option<Terms>,
    /// What it was asked to do and may be doing, oldest first.
    pub(crate) asked: Vec<Terms>,
}

/// Where callbacks go and by which credentials.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Terms {
    pub(crate) address: String,
    pub(crate) kind: CallbackKind,
    pub(crate) username: String,
    pub(crate) at: Timestamp,
    pub(crate) slot: Slot,
}

/// The three places of a secret: for the terms in force, and for two that may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Slot {
    First,
    Second,
    Third,
}

impl Slot {
    const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];

    /// Its entry in the keychain.
    pub(crate) const fn kind(self) -> SecretKind {
        match self {
            Self::First => SecretKind::CallbackSecret,
            Self::Second => SecretKind::SecondCallbackSecret,
            Self::Third => SecretKind::ThirdCallbackSecret,
        }
    }
}

impl Agreement {
    pub(crate) fn port(&self) -> u16 {
        if self.port == 0 { USUAL_PORT } else { self.port }
    }

    /// A place that no terms need. Where all answers were lost, the oldest of what was asked gives way.
    pub(crate) fn free_slot(&self) -> Slot {
        let taken = |slot: &Slot| self.terms().any(|terms| terms.slot == *slot);
        let free = Slot::ALL.into_iter().find(|slot| !taken(slot));
        free.or_else(|| self.asked.first().map(|oldest| oldest.slot))
            .unwrap_or(Slot::First)
    }

    /// The service will be asked for `terms`.
    pub(crate) fn ask(&mut self, terms: Terms) {
        self.asked.retain(|other| other.slot != terms.slot);
        self.asked.push(terms);
    }

    /// The service does what was asked under `slot`: an answer says so, or a callback shows it. What it was asked before is
    /// over; what it was asked since may still come.
    pub(crate) fn settle(&mut self, slot: Slot) {
        if let Some(place) = self.asked.iter().position(|asked| asked.slot == slot) {
            self.current = self.asked.drain(..=place).next_back();
        }
    }

    /// The service surely does not do what was asked under `slot`.
    pub(crate) fn give_up(&mut self, slot: Slot) {
        self.asked.retain(|asked| asked.slot != slot);
    }

    pub(super) fn terms(&self) -> impl Iterator<Item = &Terms> {
        self.current.iter().chain(&self.asked)
    }
}

/// The credentials of `kind`.
pub(crate) fn credentials(
    kind: CallbackKind,
    username: &str,
    secret: SecretString,
) -> Result<CallbackCredentials, CallbackError> {
    match kind {
        CallbackKind::Basic => CallbackCredentials::basic(username.to_owned(), secret),
        CallbackKind::ApiKey => CallbackCredentials::api_key(secret),
    }
}

/// The address at which this computer itself listens, for the practice world and for the merchant's own server.
pub(crate) fn local_address(agreement: &Agreement) -> String {
    format!("http://127.0.0.1:{}/", agreement.port())
}

/// Whether the service can reach an address on this computer: only the practice world can.
pub(crate) fn is_near(world: World) -> bool {
    world == World::Practice
}
