//! The calls of a run: one batch, or one invoice; each stores what it proves of every row.

use std::sync::Arc;

use jiff::Timestamp;
use ledger::{Answered, Outcome, Outgoing, Settled};
use mobilepay::{ApiError, BatchOutcome, FrozenBatch, FrozenRequest, NotSentReason, Proof, proves};
use uuid::Uuid;

use crate::connection::{Connection, Ready};
use crate::refuse::Outcome as Done;
use crate::sender::{answered_of, attempt, keep, outcome_of, proven};

/// The most of an answer that is kept with each row of a batch (bytes): the whole would be kept two thousand times.
const MOST_KEPT: usize = 2_000;

/// How a call ended, for the lane.
pub(super) struct Carried {
    pub(super) items: Vec<Outgoing>,
    pub(super) batch: bool,
    /// So many of them go alone from now on.
    pub(super) alone: usize,
    pub(super) trouble: Trouble,
}

/// What the end of a call says about the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The service answers.
    None,
    /// It was not reached, or did not let us in.
    NotReached,
    /// Its answer got lost.
    AnswerLost,
}

/// One call for one row.
pub(super) async fn one(
    connection: Arc<Connection>,
    ready: Ready,
    item: Outgoing,
    correlation: Uuid,
) -> Done<Carried> {
    kill_point::pass("socket.before");
    let attempt = attempt(&connection, &ready, &item, correlation).await;
    kill_point::pass("answer");
    let now = connection.now();
    let trouble = note(&connection, &item.invoice_id, attempt.as_ref().err());
    let (outcome, answered) = proven(attempt, item.attempts, now);
    let id = item.invoice_id.clone();
    keep(&connection, move |books| {
        books.settle(&id, &outcome, answered.clone(), now)
    })
    .await?;
    connection.wake_poller.notify_one();
    Ok(Carried {
        items: vec![item],
        batch: false,
        alone: 0,
        trouble,
    })
}

/// One call for many rows to phones.
pub(super) async fn batch(
    connection: Arc<Connection>,
    ready: Ready,
    items: Vec<Outgoing>,
    correlation: Uuid,
) -> Done<Carried> {
    kill_point::pass("socket.before");
    let answer = call(&connection, &ready, &items, correlation).await;
    kill_point::pass("answer");
    if let Err(error) = &answer {
        connection.heed(error, &ready).await;
    }
    let now = connection.now();
    let first = items.first().map_or("", |item| item.invoice_id.as_str());
    let trouble = note(&connection, first, answer.as_ref().err());
    let alone = match &answer {
        // Refused as a whole: alone each gets a word of its own.
        Err(error) if proves(error) == Proof::Refused && items.len() > 1 => items.len(),
        _ => 0,
    };
    let settled = match answer {
        Ok(told) => told_of_each(&items, told, now),
        Err(error) => told_of_all(&items, &error, alone > 0, now),
    };
    keep(&connection, move |books| books.settle_batch(&settled, now)).await?;
    connection.wake_poller.notify_one();
    Ok(Carried {
        items,
        batch: true,
        alone,
        trouble,
    })
}

async fn call(
    connection: &Connection,
    ready: &Ready,
    items: &[Outgoing],
    correlation: Uuid,
) -> Result<BatchOutcome, ApiError> {
    let bodies: Vec<FrozenRequest> = items
        .iter()
        .map(|item| FrozenRequest {
            bytes: item.request.clone(),
            channel: item.channel,
        })
        .collect();
    let batch = FrozenBatch::of(&bodies).map_err(|error| {
        tracing::error!(%error, "a batch could not be made");
        ApiError::NotSent {
            reason: NotSentReason::Unwritable,
            trace: Box::default(),
        }
    })?;
    connection
        .api
        .create_batch(&ready.token, correlation, &ready.merchant_id, &batch)
        .await
}

/// Takes down whether the service was reached with `invoice`, the first of a batch.
fn note(connection: &Connection, invoice: &str, error: Option<&ApiError>) -> Trouble {
    connection.note_sent(invoice, error);
    match error.map(proves) {
        None | Some(Proof::Refused | Proof::ExistsAlready) => Trouble::None,
        Some(Proof::NotSent | Proof::NotCarriedOut) => Trouble::NotReached,
        Some(Proof::Nothing) => Trouble::AnswerLost,
    }
}

fn told_of_each(items: &[Outgoing], told: BatchOutcome, now: Timestamp) -> Vec<Settled> {
    if !told.strangers.is_empty() {
        tracing::warn!(
            strangers = told.strangers.len(),
            correlation = %told.trace.correlation_id,
            "the answer to a batch named invoices that were not in it"
        );
    }
    let answers = told
        .items
        .into_iter()
        .map(|answer| answer.map(|answer| (answer.value.invoice_id, None, answer.trace)));
    items
        .iter()
        .zip(answers)
        .map(|(item, answer)| {
            let (outcome, answered) = proven(answer, item.attempts, now);
            settled(item, outcome, answered)
        })
        .collect()
}

fn told_of_all(items: &[Outgoing], error: &ApiError, alone: bool, now: Timestamp) -> Vec<Settled> {
    let answered = answered_of(error);
    items
        .iter()
        .map(|item| {
            let outcome = match outcome_of(error, item.attempts, now) {
                // Not one of them was looked at by itself.
                Outcome::Refused if alone => Outcome::Apart,
                outcome => outcome,
            };
            settled(item, outcome, answered.clone())
        })
        .collect()
}

fn settled(item: &Outgoing, outcome: Outcome, mut answered: Answered) -> Settled {
    if let Some(raw) = &mut answered.raw {
        raw.truncate(raw.floor_char_boundary(MOST_KEPT));
    }
    Settled {
        invoice_id: item.invoice_id.clone(),
        outcome,
        answered,
    }
}
