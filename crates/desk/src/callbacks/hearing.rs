//! What is heard: who may speak, and what is made of it. It is answered only once it is on disk.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::Heard;
use mobilepay::{Event as Told, Events};

use super::receiver::Ear;
use super::{HEARD, Slot};
use crate::connection::Connection;
use crate::ipc::Event;

/// As much of an event that cannot be read is kept, in bytes.
const LONGEST_SCRAP: usize = 2_000;

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
        if taken.pushed_out > 0 {
            tracing::warn!(
                taken.pushed_out,
                "the oldest events of unknown invoices made room for new ones"
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
