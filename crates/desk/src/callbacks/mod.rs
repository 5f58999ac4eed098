//! Callbacks of one connection: what was agreed with `MobilePay`, the door that hears them, and what is heard.
//!
//! The service has one configuration a merchant and no call that reads it (spec 11.1). So what was agreed stands in the
//! books, the secret in the keychain, and while an answer is unclear the former and the new credentials are valid: the
//! first callback that shows the new ones settles it. Deliberately absent: taking a configuration back, which no document
//! has.

mod receiver;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::Heard;
use login::SecretKind;
use mobilepay::{CallbackCredentials, CallbackError, Event as Told, Events};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::connection::Connection;
use crate::credentials::Credentials;
use crate::ipc::{CallbackKind, Event, ReceiverState, World};
use crate::refuse::Outcome;
use receiver::{Ear, Limits, Receiver};

/// What a receiver listens on until the merchant chooses another port.
pub(crate) const USUAL_PORT: u16 = 7_891;

/// The fact of the books in which the agreement stands.
const AGREEMENT: &str = "callbacks";
/// The fact of the books that says when something was heard last.
const HEARD: &str = "callbacks_heard";
/// As much of an event that cannot be read is kept, in bytes.
const LONGEST_SCRAP: usize = 2_000;

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

    /// The service does what was asked under `slot`: an answer says so, or a callback shows it.
    pub(crate) fn settle(&mut self, slot: Slot) {
        if let Some(place) = self.asked.iter().position(|asked| asked.slot == slot) {
            self.current = Some(self.asked.swap_remove(place));
            self.asked.clear();
        }
    }

    /// The service surely does not do what was asked under `slot`.
    pub(crate) fn give_up(&mut self, slot: Slot) {
        self.asked.retain(|asked| asked.slot != slot);
    }

    fn terms(&self) -> impl Iterator<Item = &Terms> {
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
            self.change_agreement(|agreement| agreement.settle(slot)).await?;
            let mut known = self
                .callbacks
                .known
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            known.retain(|(other, _)| *other == slot);
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

/// The address at which this computer itself listens, for the practice world and for the merchant's own server.
pub(crate) fn local_address(agreement: &Agreement) -> String {
    format!("http://127.0.0.1:{}/", agreement.port())
}

/// Whether the service can reach an address on this computer: only the practice world can.
pub(crate) fn is_near(world: World) -> bool {
    world == World::Practice
}

#[async_trait]
impl Ear for Connection {
    fn knows(&self, authorization: Option<&[u8]>) -> Option<Slot> {
        let known = self
            .callbacks
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        // All are compared, whatever the first says.
        known.iter().fold(None, |shown, (slot, credentials)| {
            let admitted = credentials.admit(authorization);
            shown.or(admitted.then_some(*slot))
        })
    }

    fn stranger(&self) {
        let now = self.now().as_second();
        // The window is told once a second at most, however many come.
        if self.callbacks.stranger.swap(now, Ordering::Relaxed) != now {
            tracing::warn!("a callback came with wrong credentials and was refused");
            self.tell(Event::CallbacksChanged);
        }
    }

    async fn take(&self, shown: Slot, events: Events) -> bool {
        let (now, today) = (self.now(), self.today());
        let heard: Vec<Heard> = events
            .events
            .into_iter()
            .map(|told| {
                // What comes late says when it happened: a payment is of its own day, and of no day that is still to come.
                let day = told.date.map_or(today, |date| self.day_of(date).min(today));
                of_event(told, now, day)
            })
            .chain(events.unreadable.into_iter().map(|raw| scrap(raw, now, today)))
            .collect();
        let stored = self
            .books
            .with(move |books| {
                let taken = books.take_events(&heard)?;
                books.save_fact(HEARD, &now.to_string())?;
                Ok::<_, ledger::LedgerError>(taken)
            })
            .await;
        let taken = match stored {
            Ok(Ok(taken)) => taken,
            Ok(Err(error)) => {
                tracing::error!(%error, "a callback was not stored; the service will come again");
                return false;
            }
            Err(_) => return false,
        };
        if taken.turned_away > 0 {
            tracing::warn!(
                taken.turned_away,
                "there is no more room for events of unknown invoices"
            );
        }
        if !taken.changed.is_empty() {
            self.tell(Event::InvoicesChanged { ids: taken.changed });
            self.wake_poller.notify_one();
        }
        self.tell(Event::CallbacksChanged);
        if let Err(refusal) = self.settle_by_callback(shown).await {
            tracing::warn!(%refusal, "what a callback proved was not written");
        }
        true
    }
}

fn of_event(told: Told, at: Timestamp, today: jiff::civil::Date) -> Heard {
    Heard {
        service_id: told.invoice_id,
        state: told.state,
        date: told.date,
        sequence: told.sequence,
        payment_date: told.payment_date,
        error_code: told.error_code,
        words: told.error_message,
        link: told.href,
        raw: told.text,
        at,
        today,
    }
}

/// An event that cannot be read is kept as it came: whoever was answered 2xx does not tell it again (spec 11.5 rule 6).
fn scrap(mut raw: String, at: Timestamp, today: jiff::civil::Date) -> Heard {
    raw.truncate(raw.floor_char_boundary(LONGEST_SCRAP));
    Heard {
        service_id: String::new(),
        state: ::invoice::State::Unknown(String::new()),
        date: None,
        sequence: None,
        payment_date: None,
        error_code: None,
        words: None,
        link: None,
        raw,
        at,
        today,
    }
}
