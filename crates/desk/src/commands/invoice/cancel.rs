//! Cancelling at the service. What was asked stands in the books before the call goes out.

use ::invoice::State;
use ledger::{Evidence, Said, Shown, Source, What};
use mobilepay::{ApiError, Proof, proves};
use uuid::Uuid;

use super::view::{record, show};
use crate::connection::{Connection, api_refusal};
use crate::ipc::{Event, InvoiceRef, InvoiceView, Refusal, RefusalCode};
use crate::refuse::Outcome;
use crate::{Desk, sender};

pub(crate) async fn invoice_cancel(desk: &Desk, invoice: InvoiceRef) -> Outcome<InvoiceView> {
    let connection = desk.current();
    let record = record(&connection, invoice.id.clone()).await?;
    let (Some(service_id), true) = (record.service_id.clone(), can_cancel(record.summary.shown)) else {
        return Err(Refusal::new(
            RefusalCode::NotNow,
            "An invoice in this state cannot be cancelled.",
        ));
    };
    // Nothing is asked for while a sign-in or the network is missing.
    connection.ready_to_call().await?;
    // Intent before effect: what was asked stands in the books whatever becomes of the call.
    let (id, now) = (invoice.id.clone(), connection.now());
    connection
        .books
        .with(move |books| books.note_cancel_asked(&id, now))
        .await??;
    let answer = connection
        .call(|ready| {
            let (connection, service_id) = (&connection, &service_id);
            async move {
                let (token, merchant) = (&ready.token, &ready.merchant_id);
                let api = &connection.api;
                api.cancel(token, Uuid::new_v4(), merchant, service_id).await
            }
        })
        .await?;
    kill_point::pass("cancel.answer");
    let id = invoice.id.clone();
    match answer {
        Ok(answer) => {
            let said = canceled(&connection, answer.trace.status, answer.trace.correlation_id);
            connection
                .books
                .with(move |books| books.observe(&id, &said))
                .await??;
        }
        Err(error) => {
            let evidence = failed(&connection, &error);
            connection
                .books
                .with(move |books| books.note_cancel_failed(&id, &evidence))
                .await??;
            connection.tell(Event::InvoicesChanged {
                ids: vec![invoice.id.clone()],
            });
            // Whatever stood in the way, the state is asked for again: it may have been paid meanwhile.
            connection.wake_poller.notify_one();
            return Err(api_refusal(&error));
        }
    }
    connection.tell(Event::InvoicesChanged {
        ids: vec![invoice.id.clone()],
    });
    show(&connection, invoice.id).await
}

/// `created`, or `accepted` with a future payment date (spec 10.1); before the first state is told it may be tried.
pub(crate) const fn can_cancel(shown: Shown) -> bool {
    matches!(shown, Shown::Created | Shown::Scheduled | Shown::Accepted)
}

fn canceled(connection: &Connection, status: Option<u16>, correlation: Uuid) -> Said {
    Said {
        state: State::Canceled,
        source: Source::Answer,
        at: connection.now(),
        sequence: None,
        date: None,
        payment_date: None,
        payment_id: None,
        day_owed: false,
        today: connection.today(),
        status,
        raw: None,
        correlation_id: Some(correlation.to_string()),
    }
}

/// Only an answer that proves it is called a refusal: where it got lost, the invoice may be cancelled.
fn failed(connection: &Connection, error: &ApiError) -> Evidence {
    let answered = sender::answered_of(error);
    Evidence {
        at: connection.now(),
        what: match proves(error) {
            Proof::Refused | Proof::ExistsAlready => What::CancelRefused,
            Proof::NotSent | Proof::NotCarriedOut => What::CancelNotSent,
            Proof::Nothing => What::CancelLost,
        },
        source: if answered.status.is_some() {
            Source::Answer
        } else {
            Source::ThisComputer
        },
        state: None,
        sequence: None,
        date: None,
        until: None,
        status: answered.status,
        error_code: answered.error_code,
        words: answered.words,
        correlation_id: answered.correlation_id,
        raw: answered.raw,
        flagged: false,
    }
}
