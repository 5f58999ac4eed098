//! Takes the rows of runs from the outbox beside the single invoices: to phones as batches, links a few at once, because the
//! batch of links answers no link (spec 9.5).
//!
//! What is taken is committed as *sending* in the same step, so that a pause or a stop never meets a row half-way.
//! Deliberately absent: which rows go; a row is here only after the merchant sent it.

mod calls;
mod progress;

use std::sync::Arc;

use ::invoice::Channel;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use ledger::{Among, Outgoing, Part};
use uuid::Uuid;

use crate::circuit::Flow;
use crate::connection::{Connection, Ready};
use crate::ipc::{Event, Refusal};
use crate::refuse::Outcome as Done;
use crate::sender::{pause_after, release_held};
use calls::{Carried, Trouble};
use progress::Progress;

/// Calls that are on their way at the same time, at most; among them at most one batch.
const AT_ONCE: usize = 4;

/// The longest pause of the runs while the service keeps failing.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// What is on its way and what holds the rest back.
struct Lane {
    under_way: FuturesUnordered<BoxFuture<'static, Done<Carried>>>,
    /// A batch is on its way.
    batch: bool,
    /// So many go to phones alone, because the batch with them was refused as a whole.
    alone: usize,
    /// Failures one after another.
    troubles: u32,
    paused_until: Option<Timestamp>,
    progress: Progress,
}

/// What goes out in one call.
enum Load {
    Batch(Vec<Outgoing>),
    One(Outgoing),
}

/// Whether there was something to take.
enum Taken {
    Something,
    /// Nothing before this; `None`: until woken.
    Nothing(Option<Timestamp>),
}

/// Runs until the connection closes; what is on its way is waited for.
pub(crate) async fn run(connection: Arc<Connection>) {
    let mut lane = Lane {
        under_way: FuturesUnordered::new(),
        batch: false,
        alone: 0,
        troubles: 0,
        paused_until: None,
        progress: Progress::default(),
    };
    let closing = connection.closing.clone();
    loop {
        let until = match lane.take(&connection).await {
            Ok(Taken::Something) => continue,
            Ok(Taken::Nothing(until)) => until,
            Err(refusal) => {
                tracing::warn!(%refusal, "the runs pause");
                Some(connection.now() + SignedDuration::from_secs(5))
            }
        };
        tokio::select! {
            Some(carried) = lane.under_way.next() => lane.note(&connection, carried),
            () = lane.progress.due() => lane.progress.tell(&connection).await,
            () = closing.cancelled() => break,
            () = connection.wake_runs.notified() => {}
            () = connection.sleep_until(until) => {}
        }
    }
    while let Some(carried) = lane.under_way.next().await {
        lane.note(&connection, carried);
    }
}

impl Lane {
    /// Takes what may go out next and sends it on its way.
    async fn take(&mut self, connection: &Arc<Connection>) -> Done<Taken> {
        let now = connection.now();
        if connection.closing.is_cancelled() || self.under_way.len() >= AT_ONCE {
            return Ok(Taken::Nothing(None));
        }
        let wake = connection.books.with(|books| books.next_run_wake()).await??;
        // A pause is not longer for a clock that was set back.
        let paused = self.paused_until.filter(|until| *until <= now + LONGEST_PAUSE);
        let held = paused.max(connection.pace.shut(now));
        let Some(next) = wake.map(|wake| held.map_or(wake, |held| wake.max(held))) else {
            return Ok(Taken::Nothing(None));
        };
        if next > now {
            return Ok(Taken::Nothing(Some(next)));
        }
        release_held(connection, now).await?;
        // The token and the merchant first: nothing is marked as sending while a sign-in or the network is missing.
        let ready = match connection.ready_to_call().await {
            Ok(ready) => ready,
            Err(refusal) => {
                tracing::info!(%refusal, "the runs wait");
                return Ok(Taken::Nothing(Some(now + SignedDuration::from_secs(15))));
            }
        };
        if self.under_way.is_empty() {
            if let Some(until) = connection.way_is_shut(&ready).await {
                return Ok(Taken::Nothing(Some(until)));
            }
        } else if connection.circuit.flow(now) != Flow::Closed {
            // One at a time until the service has answered.
            return Ok(Taken::Nothing(None));
        }
        let correlation = Uuid::new_v4();
        let Some(load) = self.load(connection, correlation, now).await? else {
            // The end of a hold moves a row to the moment at which it ended, which may be a little after `now`. Rows to
            // phones wait for the batch that is on its way.
            let soon = now + SignedDuration::from_secs(1);
            let wake = connection.books.with(|books| books.next_run_wake()).await??;
            return Ok(Taken::Nothing(if self.batch { Some(soon) } else { wake }));
        };
        self.send(connection, ready, load, correlation);
        Ok(Taken::Something)
    }

    /// What goes next: of what is not in doubt, where that goes first, or else of all.
    async fn load(
        &mut self,
        connection: &Connection,
        correlation: Uuid,
        now: Timestamp,
    ) -> Done<Option<Load>> {
        let among = connection.circuit.among();
        match self.load_among(connection, correlation, now, among).await? {
            None if among != Among::All => self.load_among(connection, correlation, now, Among::All).await,
            load => Ok(load),
        }
    }

    /// Rows to phones first: two thousand of them are one call.
    async fn load_among(
        &mut self,
        connection: &Connection,
        correlation: Uuid,
        now: Timestamp,
        among: Among,
    ) -> Done<Option<Load>> {
        let day = connection.trade_day();
        let take = async |channel, most| {
            let limit = u32::try_from(most).unwrap_or(u32::MAX);
            let part = Part { among, limit };
            let taken = connection
                .books
                .with(move |books| books.take_for_run(channel, &correlation.to_string(), &day, now, part))
                .await??;
            if !taken.held_back.is_empty() {
                connection.tell(Event::of_invoices(taken.held_back));
            }
            Ok::<_, Refusal>((taken.items, taken.alone))
        };
        if self.alone > 0 {
            if let Some(one) = take(Channel::Phone, 1).await?.0.pop() {
                return Ok(Some(Load::One(one)));
            }
        } else if !self.batch {
            let (mut taken, alone) = take(Channel::Phone, connection.circuit.at_once()).await?;
            if alone {
                return Ok(taken.pop().map(Load::One));
            }
            if !taken.is_empty() {
                return Ok(Some(Load::Batch(taken)));
            }
        }
        Ok(take(Channel::Link, 1).await?.0.pop().map(Load::One))
    }

    fn send(&mut self, connection: &Arc<Connection>, ready: Ready, load: Load, correlation: Uuid) {
        let connection = Arc::clone(connection);
        match load {
            Load::Batch(items) => {
                self.batch = true;
                self.progress.changed(&items);
                self.follow(calls::batch(connection, ready, items, correlation));
            }
            Load::One(item) => {
                if item.channel == Channel::Phone {
                    self.alone = self.alone.saturating_sub(1);
                }
                self.progress.changed(std::slice::from_ref(&item));
                self.follow(calls::one(connection, ready, item, correlation));
            }
        }
    }

    /// Lets a call go on by itself: its answer is read and stored, however long the lane waits for a token or the books.
    fn follow(&mut self, call: impl Future<Output = Done<Carried>> + Send + 'static) {
        let call = tokio::spawn(call);
        self.under_way.push(Box::pin(async move {
            call.await.map_err(|error| Refusal::unexpected(&error))?
        }));
    }

    /// Takes down how a call ended.
    fn note(&mut self, connection: &Connection, carried: Done<Carried>) {
        let carried = match carried {
            Ok(carried) => carried,
            Err(refusal) => {
                // What was not stored comes back as a doubt at the next start.
                tracing::error!(%refusal, "the end of a call could not be stored");
                self.batch = false;
                return;
            }
        };
        if carried.batch {
            self.batch = false;
        }
        self.alone += carried.alone;
        self.progress.changed(&carried.items);
        self.troubles = match carried.trouble {
            Trouble::None => 0,
            _ => self.troubles + 1,
        };
        // One lost answer among many says nothing about the next; two in a row do.
        let hold = carried.trouble == Trouble::NotReached || self.troubles > 1;
        let pause = pause_after(self.troubles.saturating_sub(1)).min(LONGEST_PAUSE);
        self.paused_until = hold.then(|| connection.now() + pause);
    }
}
