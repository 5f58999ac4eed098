//! Callbacks of one connection: what was agreed with `MobilePay`, the door that hears them, and what is heard.
//!
//! The service has one configuration a merchant and no call that reads it (spec 11.1). So what was agreed stands in the
//! books, the secret in the keychain, and while an answer is unclear the former and the new credentials are valid: the
//! first callback that shows the new ones settles it. Deliberately absent: taking a configuration back, which no document
//! has.

mod agreement;
mod hearing;
mod receiver;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use mobilepay::CallbackCredentials;
use tokio::sync::Mutex;

use crate::connection::Connection;
use crate::credentials::Credentials;
use crate::ipc::{Event, ReceiverState};
use crate::refuse::Outcome;
pub(crate) use agreement::{Agreement, Slot, Terms, credentials, is_near, local_address};
use receiver::{Ear, Limits, Receiver};

/// The fact of the books in which the agreement stands.
const AGREEMENT: &str = "callbacks";
/// The fact of the books that says when something was heard last.
const HEARD: &str = "callbacks_heard";

/// Callbacks while a connection is open.
#[derive(Default)]
pub(crate) struct Callbacks {
    known: RwLock<Vec<(Slot, CallbackCredentials)>>,
    door: Mutex<Door>,
    /// When somebody came with wrong credentials, in seconds since 1970; 0: nobody did.
    stranger: AtomicI64,
    /// Held while the agreement is read, changed and written.
    changing: Mutex<()>,
    /// Held while the service is asked.
    pub(crate) asking: Mutex<()>,
}

#[derive(Default)]
enum Door {
    #[default]
    Closed,
    Open(Receiver),
    PortTaken,
    Failed,
}

impl Connection {
    /// What was agreed.
    pub(crate) async fn agreement(&self) -> Outcome<Agreement> {
        let text = self.fact(AGREEMENT).await?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// Changes what was agreed; one change at a time.
    pub(crate) async fn change_agreement<T>(&self, change: impl FnOnce(&mut Agreement) -> T) -> Outcome<T> {
        let _alone = self.callbacks.changing.lock().await;
        let mut agreement = self.agreement().await?;
        let made = change(&mut agreement);
        let text =
            serde_json::to_string(&agreement).map_err(|error| crate::ipc::Refusal::unexpected(&error))?;
        self.save_fact(AGREEMENT, text).await?;
        self.tell(Event::CallbacksChanged);
        Ok(made)
    }

    /// When something was heard last.
    pub(crate) async fn last_heard(&self) -> Outcome<Option<Timestamp>> {
        Ok(self.fact(HEARD).await?.and_then(|text| text.parse().ok()))
    }

    /// When somebody last came with wrong credentials, in this run.
    pub(crate) fn last_stranger(&self) -> Option<Timestamp> {
        let seconds = self.callbacks.stranger.load(Ordering::Relaxed);
        Timestamp::from_second(seconds).ok().filter(|_| seconds != 0)
    }

    /// How the door stands.
    pub(crate) async fn receiver_state(&self) -> ReceiverState {
        match &*self.callbacks.door.lock().await {
            Door::Closed => ReceiverState::Off,
            Door::PortTaken => ReceiverState::PortTaken,
            Door::Failed => ReceiverState::Failed,
            Door::Open(_) if self.callbacks.lacks_secret() => ReceiverState::SecretMissing,
            Door::Open(_) => ReceiverState::Listening,
        }
    }

    /// Opens, moves or closes the door, as agreed.
    pub(crate) async fn set_door(self: &Arc<Self>, agreement: &Agreement) {
        let mut door = self.callbacks.door.lock().await;
        match std::mem::take(&mut *door) {
            Door::Open(receiver) if agreement.listening && receiver.port() == agreement.port() => {
                *door = Door::Open(receiver);
                return;
            }
            Door::Open(receiver) => receiver.close().await,
            _ => {}
        }
        if agreement.listening && !self.closing.is_cancelled() {
            let ear = Arc::clone(self) as Arc<dyn Ear>;
            *door = match Receiver::listen(agreement.port(), ear, Limits::USUAL).await {
                Ok(receiver) => Door::Open(receiver),
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Door::PortTaken,
                Err(error) => {
                    tracing::warn!(%error, "the callbacks receiver did not start");
                    Door::Failed
                }
            };
        }
        drop(door);
        self.tell(Event::CallbacksChanged);
    }

    /// Closes the door for good.
    pub(crate) async fn close_door(&self) {
        if let Door::Open(receiver) = std::mem::take(&mut *self.callbacks.door.lock().await) {
            receiver.close().await;
        }
    }

    /// A callback showed the credentials of `slot`, so the service does what was asked with them.
    async fn settle_by_callback(&self, slot: Slot) -> Outcome<()> {
        if self
            .agreement()
            .await?
            .asked
            .iter()
            .any(|asked| asked.slot == slot)
        {
            let valid: Vec<Slot> = self
                .change_agreement(|agreement| {
                    agreement.settle(slot);
                    agreement.terms().map(|terms| terms.slot).collect()
                })
                .await?;
            let mut known = self
                .callbacks
                .known
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            known.retain(|(other, _)| valid.contains(other));
        }
        Ok(())
    }
}

impl Callbacks {
    fn lacks_secret(&self) -> bool {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }
}

/// Reads what was agreed and opens the door. The keychain is asked only by those who use callbacks.
pub(crate) async fn resume(connection: &Arc<Connection>, kept: &Credentials) -> Outcome<()> {
    let agreement = connection.agreement().await?;
    if agreement.listening {
        admit_as_agreed(connection, kept).await?;
        connection.set_door(&agreement).await;
    }
    Ok(())
}

/// Lets in who shows what was agreed, or what may be agreed.
pub(crate) async fn admit_as_agreed(connection: &Connection, kept: &Credentials) -> Outcome<()> {
    let agreement = connection.agreement().await?;
    let mut known = Vec::new();
    for terms in agreement.terms() {
        known.extend(read(connection, kept, terms).await);
    }
    *connection
        .callbacks
        .known
        .write()
        .unwrap_or_else(PoisonError::into_inner) = known;
    Ok(())
}

async fn read(
    connection: &Connection,
    kept: &Credentials,
    terms: &Terms,
) -> Option<(Slot, CallbackCredentials)> {
    let secret = kept
        .callback_secret(&connection.saved.view.id, terms.slot.kind())
        .await;
    let secret = secret
        .inspect_err(|refusal| tracing::warn!(%refusal, "the secret of the callbacks cannot be read"))
        .ok()??;
    let credentials = credentials(terms.kind, &terms.username, secret).ok()?;
    Some((terms.slot, credentials))
}
