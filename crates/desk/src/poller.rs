//! Asks MobilePay for the state of every invoice that is not final, each at its own time, and takes down what it says.
//!
//! All checks together keep to one pace, and nobody is asked while the service wants to be left alone or cannot be reached.

use std::sync::Arc;

use ::invoice::State;
use jiff::{SignedDuration, Timestamp};
use ledger::{Said, Source};
use mobilepay::{ApiError, Proof, proves};
use uuid::Uuid;

use crate::circuit::{Breaker, Flow};
use crate::connection::{Connection, Ready};
use crate::ipc::{Event, World};
use crate::refuse::Outcome as Done;
use crate::schedule::{self, Watched, next_poll_at};
use crate::sender::answered_of;

/// How many are asked for in one turn.
const TURN: u32 = 20;

/// After nobody answered, or nobody may ask.
const REST: SignedDuration = SignedDuration::from_secs(15);

/// Runs until the connection closes.
pub(crate) async fn run(connection: Arc<Connection>) {
    let closing = connection.closing.clone();
    let mut answers = Breaker::default();
    loop {
        let until = match turn(&connection, &mut answers).await {
            Ok(until) => until,
            Err(refusal) => {
                tracing::debug!(%refusal, "the poller pauses");
                Some(connection.now() + REST)
            }
        };
        tokio::select! {
            () = closing.cancelled() => return,
            () = connection.wake_poller.notified() => {}
            () = connection.sleep_until(until) => {}
        }
    }
}

/// One turn: what is due, as far as the pace allows. Answers when the next one is.
async fn turn(connection: &Arc<Connection>, answers: &mut Breaker) -> Done<Option<Timestamp>> {
    let (now, came_to_front) = (connection.now(), connection.came_to_front());
    let due = connection
        .books
        .with(move |books| {
            if came_to_front {
                books.poll_sooner(now, &schedule::in_front())?;
            }
            books.due_for_poll(now, TURN)
        })
        .await??;
    if !due.is_empty() {
        let ready = connection.ready_to_call().await?;
        let mut changed = Vec::new();
        let stopped = ask_all(connection, &ready, due, answers, &mut changed).await;
        if !changed.is_empty() {
            connection.tell(Event::InvoicesChanged { ids: changed });
        }
        if let Some(until) = stopped? {
            return Ok(Some(until));
        }
    }
    connection
        .books
        .with(|books| books.next_poll())
        .await?
        .map_err(Into::into)
}

/// Asks for each of `due`. Answers until when to rest, if it had to stop; what was not asked for stays due.
async fn ask_all(
    connection: &Arc<Connection>,
    ready: &Ready,
    due: Vec<(String, String, Timestamp)>,
    answers: &mut Breaker,
    changed: &mut Vec<String>,
) -> Done<Option<Timestamp>> {
    for (id, service_id, unchanged_since) in due {
        if connection.closing.is_cancelled() {
            return Ok(None);
        }
        let now = connection.now();
        // Answer after answer got lost: one may try again then.
        if let Flow::Open(until) = answers.flow(now) {
            return Ok(Some(until));
        }
        if let Err(until) = connection.pace.take(now) {
            return Ok(Some(until));
        }
        match ask(connection, ready, &id, &service_id, unchanged_since).await? {
            Ok(news) => {
                answers.answered();
                if news {
                    changed.push(id);
                }
            }
            Err(error) => {
                match proves(&error) {
                    Proof::Nothing => answers.lost(&id, now),
                    _ => answers.answered(),
                }
                if let Some(until) = rest_after(connection, &error) {
                    return Ok(Some(until));
                }
            }
        }
    }
    Ok(None)
}

/// How long all checks rest after this error; `None`: it says something of one invoice only.
fn rest_after(connection: &Connection, error: &ApiError) -> Option<Timestamp> {
    let now = connection.now();
    match error {
        ApiError::Throttled { .. }
        | ApiError::Unclear {
            retry_after: Some(_), ..
        } => connection.pace.shut(now),
        ApiError::NotSent { .. } | ApiError::Unauthorized { .. } | ApiError::Forbidden { .. } => {
            Some(now + REST)
        }
        _ => None,
    }
}

/// Asks for one invoice, and sets when to ask again if anybody answered. Answers whether something new was said.
pub(crate) async fn ask(
    connection: &Arc<Connection>,
    ready: &Ready,
    id: &str,
    service_id: &str,
    unchanged_since: Timestamp,
) -> Done<Result<bool, ApiError>> {
    let said = status_of(connection, ready, service_id).await;
    connection.note_network(said.as_ref().err());
    let now = connection.now();
    let news = match said {
        Ok(said) => {
            let id = id.to_owned();
            connection
                .books
                .with(move |books| books.observe(&id, &said))
                .await??
        }
        Err(error) => {
            let gone = match &error {
                ApiError::NotFound { .. } => gone(connection, id, &error).await?,
                _ => false,
            };
            if !gone {
                tracing::debug!(%error, "a status check failed");
                connection.heed(&error, ready).await;
                if rest_after(connection, &error).is_none() {
                    ask_later(connection, id, now, unchanged_since).await?;
                }
                return Ok(Err(error));
            }
            true
        }
    };
    ask_later(connection, id, now, if news { now } else { unchanged_since }).await?;
    Ok(Ok(news))
}

/// A link that the service deleted after its time. Answers whether that is what the 404 means. It would say the same to another
/// merchant, whom these books do not admit.
async fn gone(connection: &Connection, id: &str, error: &ApiError) -> Done<bool> {
    let (id, answered) = (id.to_owned(), answered_of(error));
    let (now, today) = (connection.now(), connection.today());
    let gone = connection
        .books
        .with(move |books| books.observe_gone(&id, &answered, now, today))
        .await??;
    Ok(gone)
}

async fn ask_later(
    connection: &Connection,
    id: &str,
    now: Timestamp,
    unchanged_since: Timestamp,
) -> Done<()> {
    let watched = Watched {
        unchanged_since,
        in_front: connection.is_in_front(),
        practice: connection.saved.view.world == World::Practice,
        jitter: Uuid::new_v4().as_bytes()[0],
    };
    let (id, at) = (id.to_owned(), next_poll_at(now, watched));
    connection
        .books
        .with(move |books| books.set_next_poll(&id, at))
        .await??;
    Ok(())
}

/// The status, and for an accepted or paid one the payment day, which only the details tell (spec 10.2).
async fn status_of(connection: &Connection, ready: &Ready, service_id: &str) -> Result<Said, ApiError> {
    let correlation = Uuid::new_v4();
    // True at the latest then: what is heard while it is asked came after it.
    let (at, today) = (connection.now(), connection.today());
    let answer = connection
        .api
        .status(&ready.token, correlation, &ready.merchant_id, service_id)
        .await?;
    let state = answer.value.state;
    let told = match state {
        State::Accepted | State::Paid => payment_of(connection, ready, correlation, service_id).await,
        _ => Payment::default(),
    };
    Ok(Said {
        source: Source::StatusCheck,
        at,
        sequence: None,
        date: None,
        payment_date: told.day,
        payment_id: told.id,
        day_owed: told.owed && state == State::Paid,
        state,
        today,
        status: answer.trace.status,
        raw: Some(answer.trace.body),
        correlation_id: Some(correlation.to_string()),
    })
}

/// What only the details tell of a payment.
#[derive(Default)]
struct Payment {
    day: Option<jiff::civil::Date>,
    id: Option<String>,
    /// They could not be had this time, but can be asked for again.
    owed: bool,
}

/// The state is true without them, so they are left out while the service wants to be left alone. The call counts, even ahead
/// of the pace.
async fn payment_of(connection: &Connection, ready: &Ready, correlation: Uuid, service_id: &str) -> Payment {
    let owed = Payment {
        owed: true,
        ..Payment::default()
    };
    if !connection.pace.charge(connection.now()) {
        return owed;
    }
    let details = connection
        .api
        .details(&ready.token, correlation, &ready.merchant_id, service_id);
    match details.await {
        Ok(details) => Payment {
            day: details.value.payment_date,
            id: details.value.payment_transaction_id,
            owed: false,
        },
        Err(error) => {
            // It is heeded all the same: a busy service wants to be left alone by everything.
            connection.heed(&error, ready).await;
            // What is refused for good is not owed.
            match proves(&error) {
                Proof::Refused => Payment::default(),
                _ => owed,
            }
        }
    }
}
