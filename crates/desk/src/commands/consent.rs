//! Consents: asking with a link, the book of answers, and whose number an answer is.
//!
//! Deliberately absent: a record of the wish before the call. Asking twice asks the payer once, and the list of granted ones
//! finds a consent whose answer was lost by its link.

use jiff::Timestamp;
use ledger::{ConsentAnswer, ConsentRecord, LedgerError};
use uuid::Uuid;

use super::invoice::{may_be_paid, record, row};
use super::rows;
use crate::Desk;
use crate::connection::{Connection, api_refusal};
use crate::consents;
use crate::ipc::{
    ConsentAnswerName, ConsentCountsView, ConsentCustomer, ConsentLinks, ConsentList, ConsentQuery,
    ConsentUse, ConsentView, Event, InvoiceRef, Nothing, Refusal, RefusalCode,
};
use crate::refuse::Outcome;

/// Links that are offered for asking.
const OFFERED: u32 = 100;

pub(crate) async fn consent_list(desk: &Desk, query: ConsentQuery) -> Outcome<ConsentList> {
    let connection = desk.current();
    let limit = rows(query.limit);
    let after = read_place(&query.after)?;
    let answer = answer_of(query.answer);
    let (found, counts) = connection
        .books
        .with(move |books| {
            let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
            let found = books.consents_with(answer, after, limit)?;
            Ok::<_, LedgerError>((found, books.consent_counts()?))
        })
        .await??;
    let next = found
        .last()
        .filter(|_| found.len() == limit as usize)
        .map(|last| format!("{} {}", last.changed_at, last.id));
    let mut rows = Vec::new();
    for record in found {
        rows.push(view(&connection, record).await?);
    }
    Ok(ConsentList {
        rows,
        next,
        counts: ConsentCountsView {
            waiting: counts.asked,
            granted: counts.granted,
            declined: counts.refused,
            withdrawn: counts.withdrawn,
        },
    })
}

/// A place in the list, as `next` wrote it.
fn read_place(text: &str) -> Outcome<Option<(Timestamp, String)>> {
    if text.is_empty() {
        return Ok(None);
    }
    let place = text
        .split_once(' ')
        .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    place
        .map(Some)
        .ok_or_else(|| Refusal::new(RefusalCode::BadRequest, "There is no such place in the list."))
}

pub(crate) async fn consent_links(desk: &Desk, _: Nothing) -> Outcome<ConsentLinks> {
    let connection = desk.current();
    let found = connection
        .books
        .with(|books| books.links_to_ask(OFFERED))
        .await??;
    Ok(ConsentLinks {
        rows: found.iter().map(|summary| row(&connection, summary)).collect(),
    })
}

pub(crate) async fn consent_ask(desk: &Desk, invoice: InvoiceRef) -> Outcome<ConsentView> {
    let connection = desk.current();
    let record = record(&connection, invoice.id).await?;
    let is_link = record.summary.channel == ::invoice::Channel::Link;
    let (Some(service_id), true) = (record.service_id, is_link && may_be_paid(record.summary.shown)) else {
        return Err(Refusal::new(
            RefusalCode::NotNow,
            "A customer is asked with a link that is still open.",
        )
        .with_detail("consent_needs_link"));
    };
    let ready = connection.ready_to_call().await?;
    let answer = connection
        .api
        .ask_consent(&ready.token, Uuid::new_v4(), &service_id)
        .await;
    connection.note_network(answer.as_ref().err());
    let told = match answer {
        Ok(answer) => answer.value,
        Err(error) => {
            connection.heed(&error, &ready).await;
            return Err(api_refusal(&error));
        }
    };
    let mut said = consents::said(&connection, told);
    // An answer without the link is about the link that was asked for.
    said.service_invoice_id.get_or_insert(service_id);
    let (id, now) = (said.id.clone(), connection.now());
    connection
        .books
        .with(move |books| books.note_consent_asked(&said, now))
        .await??;
    connection.tell(Event::ConsentsChanged);
    connection.wake_consents.notify_one();
    show(&connection, id).await
}

pub(crate) async fn consent_refresh(desk: &Desk, _: Nothing) -> Outcome<Nothing> {
    let connection = desk.current();
    let ready = connection.ready_to_call().await?;
    let asked = connection
        .books
        .with(|books| books.consents_followed(OFFERED))
        .await??;
    for one in asked {
        connection.my_turn().await?;
        consents::look_in_passing(&connection, &ready, &one.id).await?;
    }
    consents::list(&connection).await?;
    Ok(Nothing {})
}

pub(crate) async fn consent_use(desk: &Desk, used: ConsentUse) -> Outcome<ConsentView> {
    let connection = desk.current();
    let (id, customer, now) = (used.id.clone(), used.customer_id, connection.now());
    connection
        .books
        .with(move |books| books.use_consent(&id, &customer, now))
        .await??;
    connection.tell(Event::ConsentsChanged);
    connection.tell(Event::CustomersChanged);
    show(&connection, used.id).await
}

async fn show(connection: &Connection, id: String) -> Outcome<ConsentView> {
    let record = connection.books.with(move |books| books.consent(&id)).await??;
    view(connection, record).await
}

async fn view(connection: &Connection, record: ConsentRecord) -> Outcome<ConsentView> {
    let (invoice_id, customer_id) = (record.invoice_id.clone(), record.customer_id.clone());
    let (invoice, customer) = connection
        .books
        .with(move |books| {
            let invoice = invoice_id.map(|id| books.invoice(&id)).transpose()?;
            let customer = customer_id.map(|id| books.customer(&id)).transpose()?;
            Ok::<_, LedgerError>((invoice, customer))
        })
        .await??;
    let phone = record.phone.as_ref();
    let customer = customer.map(|customer| {
        let same = customer.phone.as_ref() == phone;
        let other = customer.phone.as_ref().filter(|_| !same && phone.is_some());
        ConsentCustomer {
            used: phone.is_some() && same && customer.default_channel == ::invoice::Channel::Phone,
            other_phone: other
                .map(|phone| phone.display_in(connection.country))
                .unwrap_or_default(),
            id: customer.id,
            name: customer.name,
        }
    });
    Ok(ConsentView {
        id: record.id,
        answer: record.answer.into(),
        invoice: invoice.map(|invoice| row(connection, &invoice.summary)),
        customer,
        phone: phone.map(|phone| phone.e164().to_owned()).unwrap_or_default(),
        phone_shown: phone
            .map(|phone| phone.display_in(connection.country))
            .unwrap_or_default(),
        asked_at: record.asked_at.map(|at| at.to_string()),
        answered_at: record.answered_at.map(|at| at.to_string()),
    })
}

impl From<ConsentAnswer> for ConsentAnswerName {
    fn from(answer: ConsentAnswer) -> Self {
        match answer {
            ConsentAnswer::Asked => Self::Waiting,
            ConsentAnswer::Granted => Self::Granted,
            ConsentAnswer::Refused => Self::Declined,
            ConsentAnswer::Withdrawn => Self::Withdrawn,
            ConsentAnswer::Unknown => Self::Unknown,
        }
    }
}

const fn answer_of(name: ConsentAnswerName) -> ConsentAnswer {
    match name {
        ConsentAnswerName::Waiting => ConsentAnswer::Asked,
        ConsentAnswerName::Granted => ConsentAnswer::Granted,
        ConsentAnswerName::Declined => ConsentAnswer::Refused,
        ConsentAnswerName::Withdrawn => ConsentAnswer::Withdrawn,
        ConsentAnswerName::Unknown => ConsentAnswer::Unknown,
    }
}
