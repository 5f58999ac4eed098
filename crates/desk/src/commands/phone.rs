//! The customer's phone on screen, played through the user simulation API (spec 16). Practice and sandbox only.

use std::sync::Arc;

use ::invoice::{Channel, Money};
use jiff::civil::Date;
use ledger::{ConsentAnswer, Customer, InvoiceRecord, Shown};
use mobilepay::user_simulation::{FailedPayment, Payer};
use uuid::Uuid;

use super::invoice;
use crate::Desk;
use crate::connection::{Connection, Ready, api_refusal};
use crate::consents;
use crate::ipc::{
    BillConsent, BillState, BillView, PhoneAnswer, PhoneConsent, PhonePay, PhoneQuery, PhoneReject,
    PhoneUser, PhoneView, Refusal, RefusalCode, World,
};
use crate::refuse::Outcome;
use crate::telephones::{self, TestUser};

/// The newest bills that the phone shows.
const NEWEST: u32 = 20;

pub(crate) async fn phone_show(desk: &Desk, query: PhoneQuery) -> Outcome<PhoneView> {
    let connection = practised(desk)?;
    let asked = query.phone.unwrap_or_default();
    let country = connection.saved.view.country;
    let user = telephones::by_phone(country, &asked).unwrap_or(&telephones::of(country)[0]);
    view(&connection, user).await
}

pub(crate) async fn phone_pay(desk: &Desk, pay: PhonePay) -> Outcome<PhoneAnswer> {
    let connection = practised(desk)?;
    let (user, record, ready) = act(&connection, &pay.phone, &pay.invoice_id).await?;
    let today = connection.today();
    let on = match pay.on {
        None => today,
        Some(text) => text
            .parse::<Date>()
            .map_err(|_| Refusal::new(RefusalCode::BadRequest, "Not a date."))?,
    };
    let service_id = record.service_id.unwrap_or_default();
    let paid = payer(&connection, &ready, user)?
        .accept(Uuid::new_v4(), &service_id, on, guid(user.card)?)
        .await;
    let failed = match paid {
        Ok(_) => None,
        Err(error) => match FailedPayment::of(&error) {
            Some(failed) => Some(failed.words),
            None => return Err(api_refusal(&error)),
        },
    };
    answer(&connection, user, &pay.invoice_id, failed).await
}

pub(crate) async fn phone_reject(desk: &Desk, reject: PhoneReject) -> Outcome<PhoneAnswer> {
    let connection = practised(desk)?;
    let (user, record, ready) = act(&connection, &reject.phone, &reject.invoice_id).await?;
    let service_id = record.service_id.unwrap_or_default();
    let rejected = payer(&connection, &ready, user)?
        .reject(Uuid::new_v4(), &service_id)
        .await;
    rejected.map_err(|error| api_refusal(&error))?;
    answer(&connection, user, &reject.invoice_id, None).await
}

pub(crate) async fn phone_consent(desk: &Desk, said: PhoneConsent) -> Outcome<PhoneAnswer> {
    let connection = practised(desk)?;
    let (user, record, ready) = act(&connection, &said.phone, &said.invoice_id).await?;
    let id = record.summary.id;
    let asked = connection
        .books
        .with(move |books| books.consent_of_invoice(&id))
        .await??;
    let Some(asked) = asked else {
        return Err(Refusal::not_found("question"));
    };
    let payer = payer(&connection, &ready, user)?;
    let answered = match (asked.answer, said.granted) {
        (ConsentAnswer::Granted, false) => payer.delete_consent(Uuid::new_v4(), &asked.id).await,
        _ => {
            payer
                .answer_consent(Uuid::new_v4(), &asked.id, said.granted)
                .await
        }
    };
    answered.map_err(|error| api_refusal(&error))?;
    if let Err(refusal) = consents::look(&connection, &ready, &asked.id).await {
        // What was said on the phone is said; the follower looks again.
        tracing::debug!(%refusal, "the consent after an act on the phone was not told");
        connection.wake_consents.notify_one();
    }
    answer(&connection, user, &said.invoice_id, None).await
}

fn practised(desk: &Desk) -> Outcome<Arc<Connection>> {
    let connection = desk.current();
    if connection.saved.view.world == World::Production {
        return Err(Refusal::new(
            RefusalCode::NotInThisWorld,
            "Real customers have their own phones.",
        ));
    }
    Ok(connection)
}

async fn act(
    connection: &Connection,
    phone: &str,
    invoice_id: &str,
) -> Outcome<(&'static TestUser, InvoiceRecord, Ready)> {
    let user = telephones::by_phone(connection.saved.view.country, phone)
        .ok_or_else(|| Refusal::not_found("practice phone"))?;
    let record = invoice::record(connection, invoice_id.to_owned()).await?;
    if record.service_id.is_none() {
        return Err(Refusal::new(
            RefusalCode::NotNow,
            "It has not arrived on the phone yet.",
        ));
    }
    Ok((user, record, connection.ready_to_call().await?))
}

fn payer<'a>(connection: &'a Connection, ready: &'a Ready, user: &TestUser) -> Outcome<Payer<'a>> {
    Ok(Payer {
        api: &connection.api,
        token: &ready.token,
        user: guid(user.user)?,
    })
}

fn guid(text: &str) -> Outcome<Uuid> {
    Uuid::parse_str(text).map_err(|error| Refusal::unexpected(&error))
}

/// The phone afterwards, with the state asked for at once so that the list follows.
async fn answer(
    connection: &Arc<Connection>,
    user: &'static TestUser,
    invoice_id: &str,
    failed: Option<String>,
) -> Outcome<PhoneAnswer> {
    if let Err(refusal) = invoice::ask_again(connection, invoice_id).await {
        // What was done on the phone is done; the poller asks again.
        tracing::debug!(%refusal, "the state after an act on the phone was not told");
    }
    Ok(PhoneAnswer {
        phone: view(connection, user).await?,
        failed,
    })
}

async fn view(connection: &Connection, user: &'static TestUser) -> Outcome<PhoneView> {
    let phone = user.phone;
    let bills = connection
        .books
        .with(move |books| books.bills_for(phone, NEWEST))
        .await??;
    let known = connection
        .books
        .with(|books| books.customers("", 0, 500))
        .await??
        .customers;
    let issuers = connection.issuers().await?;
    let issuer_name = |id: &str| {
        issuers
            .iter()
            .find(|issuer| issuer.id == id)
            .map(|issuer| issuer.name.clone())
            .unwrap_or_default()
    };
    let users = telephones::of(connection.saved.view.country);
    let mut shown = Vec::new();
    for record in &bills {
        let consent = question(connection, record, phone).await?;
        shown.push(BillView {
            consent,
            ..bill(connection, record, issuer_name(&record.content.issuer_id))
        });
    }
    Ok(PhoneView {
        users: users
            .iter()
            .map(|user| phone_user(connection, user, &known))
            .collect(),
        phone: phone.to_owned(),
        bills: shown,
    })
}

/// Asked on the screen after the payment of a link (spec 15 step 4), of whoever paid: here, of whoever holds the phone.
async fn question(
    connection: &Connection,
    record: &InvoiceRecord,
    phone: &str,
) -> Outcome<Option<BillConsent>> {
    if record.summary.channel != Channel::Link || record.summary.shown != Shown::Paid {
        return Ok(None);
    }
    let id = record.summary.id.clone();
    let (asked, granted) = connection
        .books
        .with(move |books| {
            let asked = books.consent_of_invoice(&id)?;
            let granted = books.consents_with(ConsentAnswer::Granted, None, 500)?;
            Ok::<_, ledger::LedgerError>((asked, granted))
        })
        .await??;
    let is_own = |one: &ledger::ConsentRecord| one.phone.as_ref().is_some_and(|own| own.e164() == phone);
    let agreed = granted.iter().any(is_own);
    Ok(asked.and_then(|asked| match asked.answer {
        // Who agreed before is not asked again (spec 15 step 4).
        ConsentAnswer::Asked if !agreed => Some(BillConsent::Asked),
        ConsentAnswer::Granted if is_own(&asked) => Some(BillConsent::Granted),
        _ => None,
    }))
}

fn phone_user(connection: &Connection, user: &TestUser, known: &[Customer]) -> PhoneUser {
    let parsed = ::invoice::Phone::parse(user.phone, connection.country).ok();
    let customer = known
        .iter()
        .find(|customer| customer.phone.is_some() && customer.phone == parsed);
    PhoneUser {
        phone: user.phone.to_owned(),
        phone_shown: parsed.map_or_else(
            || user.phone.to_owned(),
            |phone| phone.display_in(connection.country),
        ),
        name: customer.map_or_else(|| "Test name".to_owned(), |customer| customer.name.clone()),
        card_expired: user.card_expired,
    }
}

fn bill(connection: &Connection, record: &InvoiceRecord, issuer: String) -> BillView {
    let summary = &record.summary;
    // The date can be moved, but not more than 30 days past the due date (spec 9.6).
    let latest = summary
        .due_date
        .checked_add(jiff::Span::new().days(30))
        .unwrap_or(summary.due_date);
    BillView {
        invoice_id: summary.id.clone(),
        issuer: if issuer.is_empty() {
            record.business.name.clone()
        } else {
            issuer
        },
        number: summary.number,
        amount: Money::of_minor(summary.gross_minor, connection.country.currency()).into(),
        due: summary.due_date.to_string(),
        lines: record
            .content
            .lines
            .iter()
            .map(|line| line.description.clone())
            .collect(),
        comment: record.content.comment.clone().unwrap_or_default(),
        by_link: summary.channel == Channel::Link,
        state: match summary.shown {
            Shown::Scheduled if has_failed(connection, summary.payment_date) => BillState::Failed,
            Shown::Scheduled => BillState::Scheduled,
            Shown::Paid => BillState::Paid,
            Shown::Rejected => BillState::Rejected,
            Shown::Expired | Shown::Canceled | Shown::Invalid | Shown::Refused | Shown::Replaced => {
                BillState::Gone
            }
            _ => BillState::Open,
        },
        consent: None,
        payment_date: summary.payment_date.map(|date| date.to_string()),
        latest_payment_date: latest.to_string(),
    }
}

/// Whether a payment was due and did not go through: it would be paid otherwise. The practice world pays in the morning
/// of the day; at which hour the sandbox does is in no document, so the day itself is given to it.
fn has_failed(connection: &Connection, payment_date: Option<Date>) -> bool {
    let today = connection.today();
    let practice = connection.saved.view.world == World::Practice;
    payment_date.is_some_and(|day| day < today || (practice && day == today))
}
