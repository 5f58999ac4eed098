//! Takes single invoices from the outbox, one after another in the order of the numbers, and stores what each attempt proves.
//! Rows of runs go beside them (`runs`).
//!
//! `sending` is committed before a socket opens. What an answer proves decides what follows (`mobilepay::proves`), never a
//! guess: an unclear outcome leaves the invoice in doubt, and only its identical bytes go out again.

use std::sync::Arc;

use ::invoice::Channel;
use jiff::{SignedDuration, Timestamp};
use ledger::{Among, Answered, Ledger, LedgerError, Outcome, Outgoing};
use mobilepay::{ApiError, Proof, Trace, proves};
use uuid::Uuid;

use crate::connection::{Connection, Ready};
use crate::ipc::{Event, RefusalCode};
use crate::refuse::Outcome as Done;

/// The longest pause between two attempts that were turned away.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// The longest pause between two attempts that reached nobody: the network may be back any moment, and asking costs
/// nothing. Attempts do not pile up meanwhile, because without a network the sign-in soon cannot be renewed either.
const LONGEST_UNREACHED: SignedDuration = SignedDuration::from_secs(30);

/// What the sender does next.
enum Step {
    /// Something went out; look again at once.
    Again,
    /// Nothing may go out before this; `None`: until woken.
    Wait(Option<Timestamp>),
}

/// Runs until the connection closes.
pub(crate) async fn run(connection: Arc<Connection>) {
    let closing = connection.closing.clone();
    let mut unwritten = None;
    while !closing.is_cancelled() {
        let step = match turn(&connection).await {
            Ok(step) => {
                unwritten = None;
                step
            }
            Err(refusal) => {
                tracing::warn!(%refusal, "the sender pauses");
                if matches!(
                    refusal.code,
                    RefusalCode::BooksInUse | RefusalCode::BooksNotWritable
                ) {
                    unwritten.get_or_insert_with(|| connection.waits_to_be_written());
                }
                Step::Wait(Some(connection.now() + SignedDuration::from_secs(5)))
            }
        };
        let Step::Wait(until) = step else { continue };
        tokio::select! {
            () = closing.cancelled() => return,
            () = connection.wake_sender.notified() => {}
            () = connection.sleep_until(until) => {}
        }
    }
}

/// One step; if that has to wait, not longer than until a hold ends, so that the list says *queued* in time.
async fn turn(connection: &Arc<Connection>) -> Done<Step> {
    let Step::Wait(until) = step(connection).await? else {
        return Ok(Step::Again);
    };
    let release = connection.books.with(|books| books.next_release()).await??;
    Ok(Step::Wait([until, release].into_iter().flatten().min()))
}

async fn step(connection: &Arc<Connection>) -> Done<Step> {
    let now = connection.now();
    release_held(connection, now).await?;
    let among = connection.circuit.among();
    let next = connection.books.with(move |books| next(books, now, among));
    let Some(item) = next.await?? else {
        let wake = connection.books.with(|books| books.next_wake()).await??;
        return Ok(Step::Wait(wake));
    };
    if let Some(until) = connection.pace.shut(now) {
        return Ok(Step::Wait(Some(until)));
    }
    // The token and the merchant first: nothing is marked as sending while a sign-in or the network is missing.
    let ready = match connection.ready_to_call().await {
        Ok(ready) => ready,
        Err(refusal) => {
            tracing::info!(%refusal, "the outbox waits");
            return Ok(Step::Wait(Some(now + SignedDuration::from_secs(15))));
        }
    };
    if let Some(until) = connection.way_is_shut(&ready).await {
        return Ok(Step::Wait(Some(until)));
    }
    let correlation = Uuid::new_v4();
    if !begin(connection, &item, correlation).await? {
        return Ok(Step::Again);
    }
    kill_point::pass("socket.before");
    let attempt = attempt(connection, &ready, &item, correlation).await;
    kill_point::pass("answer");
    settle(connection, &item, attempt).await?;
    Ok(Step::Again)
}

/// The first of `among` them, or else of all.
fn next(books: &Ledger, now: Timestamp, among: Among) -> Result<Option<Outgoing>, LedgerError> {
    match books.next_to_send(now, among)? {
        None if among != Among::All => books.next_to_send(now, Among::All),
        found => Ok(found),
    }
}

/// One call for one invoice, with its frozen bytes.
pub(crate) async fn attempt(
    connection: &Connection,
    ready: &Ready,
    item: &Outgoing,
    correlation: Uuid,
) -> Attempt {
    let (api, token, merchant) = (&connection.api, &ready.token, &ready.merchant_id);
    let attempt = match item.channel {
        Channel::Phone => api
            .create_direct(token, correlation, merchant, &item.request)
            .await
            .map(|answer| (answer.value.invoice_id, None, answer.trace)),
        Channel::Link => api
            .create_link(token, correlation, merchant, &item.request)
            .await
            .map(|answer| (answer.value.invoice_id, answer.value.href, answer.trace)),
    };
    if let Err(error) = &attempt {
        connection.heed(error, ready).await;
    }
    attempt
}

/// Ends the hold of what may no longer be taken back, also while nothing can go out: the list then says *queued*.
pub(crate) async fn release_held(connection: &Connection, now: Timestamp) -> Done<()> {
    let ids = connection
        .books
        .with(move |books| books.release_due(now))
        .await??;
    if !ids.is_empty() {
        connection.tell(Event::of_invoices(ids));
    }
    Ok(())
}

/// Answers whether it goes out: it may have waited past its day.
async fn begin(connection: &Connection, item: &Outgoing, correlation: Uuid) -> Done<bool> {
    let (id, day, now) = (item.invoice_id.clone(), connection.trade_day(), connection.now());
    let goes = connection
        .books
        .with(move |books| books.begin_sending(&id, &correlation.to_string(), &day, now))
        .await??;
    connection.tell(Event::InvoicesChanged {
        ids: vec![item.invoice_id.clone()],
    });
    Ok(goes)
}

/// How a call for one invoice ended: the service's id and the link.
pub(crate) type Attempt = Result<(String, Option<String>, Trace), ApiError>;

async fn settle(connection: &Arc<Connection>, item: &Outgoing, attempt: Attempt) -> Done<()> {
    let now = connection.now();
    connection.note_sent(&item.invoice_id, attempt.as_ref().err());
    let (outcome, answered) = proven(attempt, item.attempts, now);
    let id = item.invoice_id.clone();
    keep(connection, move |books| {
        books.settle(&id, &outcome, answered.clone(), now)
    })
    .await?;
    connection.wake_poller.notify_one();
    connection.tell(Event::InvoicesChanged {
        ids: vec![item.invoice_id.clone()],
    });
    connection.tell(Event::ConnectionChanged);
    Ok(())
}

/// What an attempt proves, and its evidence.
pub(crate) fn proven(attempt: Attempt, attempts: u32, now: Timestamp) -> (Outcome, Answered) {
    match attempt {
        Ok((service_id, link, trace)) => (
            Outcome::Accepted { service_id, link },
            answered(&trace, None, None),
        ),
        Err(error) => (outcome_of(&error, attempts, now), answered_of(&error)),
    }
}

/// Stores how an attempt ended, and does not let go of an answer because the books do not take it: the disk is full or gone,
/// another program has them locked. It is tried again until it is stored or the program closes; unstored, it would come back
/// as a doubt. Only what the books themselves contradict can never be stored.
pub(crate) async fn keep(
    connection: &Connection,
    store: impl Fn(&mut Ledger) -> Result<(), LedgerError> + Clone + Send + 'static,
) -> Done<()> {
    let mut unwritten = None;
    loop {
        let Err(error) = connection.books.with(store.clone()).await? else {
            return Ok(());
        };
        if matches!(error, LedgerError::WrongState { .. } | LedgerError::NotFound(_)) {
            return Err(error.into());
        }
        unwritten.get_or_insert_with(|| connection.waits_to_be_written());
        tracing::error!(%error, "an answer could not be stored; again in a moment");
        tokio::select! {
            () = connection.closing.cancelled() => return Err(error.into()),
            () = tokio::time::sleep(std::time::Duration::from_secs(5)) => {}
        }
    }
}

/// What an attempt's error means for the outbox (security: sending once, table of outcomes).
pub(crate) fn outcome_of(error: &ApiError, attempts: u32, now: Timestamp) -> Outcome {
    let after = |pause: SignedDuration| now.checked_add(pause).unwrap_or(Timestamp::MAX);
    match (proves(error), error) {
        (_, ApiError::Throttled { retry_after, .. }) => {
            let asked = retry_after.and_then(|pause| SignedDuration::try_from(pause).ok());
            Outcome::NotSent {
                // A service that asks to wait no time at all, or until a moment that has passed, is still busy.
                retry_at: after(asked.unwrap_or_default().max(pause_after(attempts))),
            }
        }
        (Proof::NotSent, _) => Outcome::NotSent {
            retry_at: after(pause_after(attempts).min(LONGEST_UNREACHED)),
        },
        (Proof::NotCarriedOut, _) => Outcome::NotSent {
            retry_at: after(pause_after(attempts)),
        },
        (Proof::Refused, _) => Outcome::Refused,
        (Proof::ExistsAlready, _) => Outcome::Exists,
        (Proof::Nothing, error) => {
            let asked = match error {
                ApiError::Unclear { retry_after, .. } => *retry_after,
                _ => None,
            };
            let asked = asked.and_then(|pause| SignedDuration::try_from(pause).ok());
            Outcome::Unclear {
                // The books see to it that the attempt has surely ended by then (`ledger::pause_after_doubt`).
                retry_at: after(asked.unwrap_or_default().max(pause_after(attempts))),
            }
        }
    }
}

/// 1, 2, 4 … seconds, at most five minutes.
pub(crate) fn pause_after(attempts: u32) -> SignedDuration {
    SignedDuration::from_secs(1_i64 << attempts.min(16)).min(LONGEST_PAUSE)
}

pub(crate) fn answered(trace: &Trace, error_code: Option<u32>, words: Option<String>) -> Answered {
    Answered {
        status: trace.status,
        error_code,
        words,
        correlation_id: Some(trace.correlation_id.to_string()),
        raw: Some(trace.body.clone()).filter(|body| !body.is_empty()),
    }
}

/// What is kept of an error as evidence.
pub(crate) fn answered_of(error: &ApiError) -> Answered {
    let (code, words) = match error {
        ApiError::Refused {
            code, description, ..
        } => (*code, description.clone()),
        ApiError::AlreadyExists {
            code, description, ..
        } => (Some(*code), description.clone()),
        // 403 in the service's words: they may say what the agreement lacks.
        ApiError::Forbidden {
            description: Some(words),
            ..
        } => (None, Some(words.clone())),
        other => (None, Some(other.to_string())),
    };
    answered(error.trace(), code, words)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// After the end of a call the service may still be at work on it for so long.
    const MARGIN: Duration = Duration::from_secs(15);

    fn busy(retry_after: Option<Duration>, attempts: u32) -> Outcome {
        let trace = Box::default();
        let error = ApiError::Throttled { retry_after, trace };
        outcome_of(&error, attempts, Timestamp::UNIX_EPOCH)
    }

    fn not_sent_for(seconds: i64) -> Outcome {
        Outcome::NotSent {
            retry_at: Timestamp::from_second(seconds).unwrap(),
        }
    }

    #[test]
    fn a_busy_service_is_left_alone_as_long_as_it_asks_and_not_less_than_the_back_off() {
        assert_eq!(busy(Some(Duration::from_secs(30)), 0), not_sent_for(30));
        assert_eq!(busy(None, 3), not_sent_for(8));
        // `Retry-After: 0`, and a moment that has passed.
        assert_eq!(busy(Some(Duration::ZERO), 0), not_sent_for(1));
        assert_eq!(busy(Some(Duration::ZERO), 6), not_sent_for(64));
    }

    #[test]
    fn what_this_sign_in_may_not_send_is_kept_and_tried_less_and_less_often() {
        let error = ApiError::Forbidden {
            description: None,
            trace: Box::default(),
        };
        let pauses = [0, 3, 40].map(|attempts| outcome_of(&error, attempts, Timestamp::UNIX_EPOCH));
        assert_eq!(pauses, [1, 8, 300].map(not_sent_for));
    }

    #[test]
    fn the_same_bytes_wait_longer_than_the_call_that_carried_them_may_take() {
        let http = mobilepay::ApiHttp::default();
        let batch = ledger::pause_after_doubt(true, Channel::Phone);
        assert!(batch >= SignedDuration::try_from(http.batch_timeout + MARGIN).unwrap());
        for (of_a_run, channel) in [
            (false, Channel::Phone),
            (false, Channel::Link),
            (true, Channel::Link),
        ] {
            let one = ledger::pause_after_doubt(of_a_run, channel);
            assert!(one >= SignedDuration::try_from(http.total_timeout + MARGIN).unwrap());
        }
    }

    #[test]
    fn the_pause_doubles_and_ends_at_five_minutes() {
        let seconds: Vec<i64> = [0, 1, 2, 8, 9, 40]
            .map(|attempts| pause_after(attempts).as_secs())
            .to_vec();
        assert_eq!(seconds, [1, 2, 4, 256, 300, 300]);
    }
}
