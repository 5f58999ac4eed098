//! Asks MobilePay for the state of every invoice that is not final, each at its own time, and takes down what it says.

use std::sync::Arc;

use ::invoice::State;
use jiff::{SignedDuration, Timestamp};
use ledger::{Said, Source};
use mobilepay::ApiError;
use uuid::Uuid;

use crate::connection::{Connection, Ready};
use crate::ipc::{Event, World};
use crate::refuse::Outcome as Done;
use crate::schedule::{Watched, next_poll_at};
use crate::sender::answered_of;

/// How many are asked for in one turn.
const TURN: u32 = 20;

/// Runs until the connection closes.
pub(crate) async fn run(connection: Arc<Connection>) {
    let closing = connection.closing.clone();
    loop {
        let until = match turn(&connection).await {
            Ok(until) => until,
            Err(refusal) => {
                tracing::debug!(%refusal, "the poller pauses");
                Some(connection.now() + SignedDuration::from_secs(15))
            }
        };
        tokio::select! {
            () = closing.cancelled() => return,
            () = connection.wake_poller.notified() => {}
            () = connection.sleep_until(until) => {}
        }
    }
}

/// One turn: everything that is due. Answers when the next one is.
async fn turn(connection: &Arc<Connection>) -> Done<Option<Timestamp>> {
    let now = connection.now();
    let due = connection
        .books
        .with(move |books| books.due_for_poll(now, TURN))
        .await??;
    if !due.is_empty() {
        let ready = connection.ready_to_call().await?;
        let mut changed = Vec::new();
        for (id, service_id, unchanged_since) in due {
            if ask(connection, &ready, &id, &service_id, unchanged_since).await? {
                changed.push(id);
            }
        }
        if !changed.is_empty() {
            connection.tell(Event::InvoicesChanged { ids: changed });
        }
    }
    connection
        .books
        .with(|books| books.next_poll())
        .await?
        .map_err(Into::into)
}

/// Asks for one invoice and sets when to ask again. Answers whether something new was said.
pub(crate) async fn ask(
    connection: &Arc<Connection>,
    ready: &Ready,
    id: &str,
    service_id: &str,
    unchanged_since: Timestamp,
) -> Done<bool> {
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
        Err(error @ ApiError::NotFound { .. }) => {
            let (id, answered, today) = (id.to_owned(), answered_of(&error), connection.today());
            connection
                .books
                .with(move |books| books.observe_gone(&id, &answered, now, today))
                .await??
        }
        Err(error) => {
            if matches!(error, ApiError::Unauthorized { .. }) {
                connection.session.rejected(&ready.token_value).await;
            }
            tracing::debug!(%error, "a status check failed");
            false
        }
    };
    let watched = Watched {
        unchanged_since: if news { now } else { unchanged_since },
        in_front: connection.is_in_front(),
        practice: connection.saved.view.world == World::Practice,
        jitter: Uuid::new_v4().as_bytes()[0],
    };
    let (id, at) = (id.to_owned(), next_poll_at(now, watched));
    connection
        .books
        .with(move |books| books.set_next_poll(&id, at))
        .await??;
    Ok(news)
}

/// The status, and for an accepted or paid one the payment day, which only the details tell (spec 10.2).
async fn status_of(connection: &Connection, ready: &Ready, service_id: &str) -> Result<Said, ApiError> {
    let correlation = Uuid::new_v4();
    let answer = connection
        .api
        .status(&ready.token, correlation, &ready.merchant_id, service_id)
        .await?;
    let state = answer.value.state;
    let payment_date = match state {
        State::Accepted | State::Paid => {
            let details = connection
                .api
                .details(&ready.token, correlation, &ready.merchant_id, service_id);
            // The day is worth having and not worth failing for.
            details.await.ok().and_then(|details| details.value.payment_date)
        }
        _ => None,
    };
    Ok(Said {
        state,
        source: Source::StatusCheck,
        at: connection.now(),
        sequence: None,
        date: None,
        payment_date,
        today: connection.today(),
        status: answer.trace.status,
        raw: Some(answer.trace.body),
        correlation_id: Some(correlation.to_string()),
    })
}
