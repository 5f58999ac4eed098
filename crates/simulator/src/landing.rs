//! The landing page of a link (spec 9.6): a person opens it, says whose phone it is, and pays, schedules or rejects.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;

use crate::config::Country;
use crate::consents;
use crate::invoice::{Invoice, Status};
use crate::pages::{self, Words, escape};
use crate::seed::{self, Consumer};
use crate::simulation::with_status;
use crate::state::Payment;
use crate::world::World;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new().route("/usersettings-landing-website/", get(show).post(act))
}

/// The API form of a link answers with a redirect to the landing page (spec 9.4; 21 item 29).
pub(crate) fn api_form() -> Router<Arc<World>> {
    Router::new().route("/consumers/me/invoices/invoices/{invoice}/link", get(redirect))
}

async fn redirect(State(world): State<Arc<World>>, Path(id): Path<String>) -> Response {
    let found = world.lock().invoices.get(&id).cloned();
    match found.and_then(|invoice| invoice.link.clone().map(|token| (token, invoice.country()))) {
        Some((token, country)) => {
            // 302, as documented (spec 21 item 29); axum's own redirect is 303.
            (StatusCode::FOUND, [("location", world.landing(&token, country))]).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Opened {
    token: String,
    country_code: String,
    /// `da`, `fi` or `en`; wins over country and browser.
    lang: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filled {
    phone: String,
    decision: String,
    day: String,
}

fn by_token(world: &World, token: &str) -> Option<Invoice> {
    world.lock().invoices.by_link(token).cloned()
}

async fn show(State(world): State<Arc<World>>, headers: HeaderMap, Query(opened): Query<Opened>) -> Response {
    let words = pages::words_for(&headers, &opened.country_code, &opened.lang);
    match by_token(&world, &opened.token) {
        Some(invoice) if invoice.status.is_open() => bill(&world, words, &invoice, None),
        Some(invoice) if invoice.status == Status::Paid => note(words, Said::Paid),
        // After expiry the data is deleted; scanning shows an error (spec 9.4).
        _ => note(words, Said::Gone),
    }
}

async fn act(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Query(opened): Query<Opened>,
    Form(decision): Form<Filled>,
) -> Response {
    let words = pages::words_for(&headers, &opened.country_code, &opened.lang);
    let Some(invoice) = by_token(&world, &opened.token) else {
        return note(words, Said::Gone);
    };
    if invoice.status == Status::Paid && ["agree", "notnow"].contains(&decision.decision.as_str()) {
        return match consents::said(&world, &invoice, decision.decision == "agree") {
            Ok(()) => ended(words, &invoice, Said::Paid, "paid"),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
    }
    if !invoice.status.is_open() {
        return note(words, Said::Gone);
    }
    let Some(consumer) = seed::consumer_by_phone(decision.phone.trim()) else {
        return bill(&world, words, &invoice, Some(Said::UnknownPhone));
    };
    if decision.decision == "reject" {
        return match world.lock().reject(&invoice.id) {
            Ok(true) => note(words, Said::Rejected),
            Ok(false) => note(words, Said::Gone),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
    }
    pay(&world, words, &invoice, consumer, &decision)
}

fn pay(world: &World, words: &Words, invoice: &Invoice, consumer: &Consumer, decision: &Filled) -> Response {
    let today = world.today(invoice.country());
    let on = if decision.decision == "later" {
        match decision.day.parse::<Date>() {
            Ok(day) if day > today && day <= invoice.last_day() => day,
            _ => return bill(world, words, invoice, Some(Said::BadDay)),
        }
    } else {
        today
    };
    let paid = world.lock().accept(&invoice.id, on, today, consumer);
    let (said, status) = match paid {
        Ok(Payment::Paid) => (Said::Paid, "paid"),
        Ok(Payment::Scheduled) => (Said::Scheduled, "accepted"),
        Ok(Payment::CardRefused) => return note(words, Said::CardRefused),
        Ok(Payment::TooLate) => return note(words, Said::Gone),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    match consents::screen(world, words, &invoice.id) {
        Some(question) => question,
        None => ended(words, invoice, said, status),
    }
}

/// Back to the merchant's address, or a word of what came of it.
fn ended(words: &Words, invoice: &Invoice, said: Said, status: &str) -> Response {
    match &invoice.redirect_url {
        Some(url) => Redirect::to(&with_status(url, status)).into_response(),
        None => note(words, said),
    }
}

#[derive(Clone, Copy)]
enum Said {
    Paid,
    Scheduled,
    Rejected,
    CardRefused,
    Gone,
    UnknownPhone,
    BadDay,
}

impl Said {
    fn text(self, words: &Words) -> &'static str {
        let (da, fi, en) = match self {
            Self::Paid => ("Regningen er betalt", "Lasku on maksettu", "The bill is paid"),
            Self::Scheduled => (
                "Betalingen er planlagt",
                "Maksu on ajastettu",
                "The payment is scheduled",
            ),
            Self::Rejected => (
                "Regningen er afvist",
                "Lasku on hylätty",
                "Your bill was rejected!",
            ),
            Self::CardRefused => (
                "Kortet er udløbet",
                "Kortti on vanhentunut",
                "The card has expired",
            ),
            Self::Gone => (
                "Linket er udløbet",
                "Linkki on vanhentunut",
                "The link has expired",
            ),
            Self::UnknownPhone => (
                "Vælg en af øvetelefonerne.",
                "Valitse jokin harjoituspuhelimista.",
                "Choose one of the practice phones.",
            ),
            Self::BadDay => (
                "Vælg en dag inden fristen.",
                "Valitse päivä määräajassa.",
                "Choose a day within the limit.",
            ),
        };
        words.pick(da, fi, en)
    }
}

fn note(words: &Words, said: Said) -> Response {
    let text = said.text(words);
    let mut response = pages::page(words, text, &format!("<h1 role=status>{text}</h1>"), None);
    if matches!(said, Said::Gone) {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// The practice phones of the invoice's country, its own one chosen.
fn phones(invoice: &Invoice) -> String {
    let own = invoice.phone.as_deref().unwrap_or_default();
    let prefix = match invoice.country() {
        Country::Dk => "+45",
        Country::Fi => "+358",
    };
    let published = seed::CONSUMERS
        .iter()
        .map(|consumer| consumer.phone)
        .filter(|phone| phone.starts_with(prefix));
    // One of the crowd stands in no list, but may be whom the link was made for.
    let addressed = seed::consumer_by_phone(own).map(|consumer| consumer.phone);
    let addressed = addressed.filter(|own| !published.clone().any(|phone| phone == *own));
    let all = addressed.into_iter().chain(published);
    all.map(|phone| {
        let selected = if phone == own { " selected" } else { "" };
        format!("<option{selected}>{phone}</option>")
    })
    .collect()
}

fn bill(world: &World, words: &Words, invoice: &Invoice, said: Option<Said>) -> Response {
    let issuer = seed::merchant(&invoice.merchant)
        .and_then(|merchant| merchant.issuers.iter().find(|issuer| issuer.id == invoice.issuer))
        .map_or("", |issuer| issuer.name);
    let rows: String = invoice
        .articles
        .iter()
        .map(|article| {
            let total = article.total.map(|total| total.to_string()).unwrap_or_default();
            format!("<tr><td>{}<td>{total}", escape(&article.description))
        })
        .collect();
    let phones = phones(invoice);
    let trouble = said
        .map(|said| format!("<p class=bad role=alert>{}</p>", said.text(words)))
        .unwrap_or_default();
    let called = invoice.number.as_deref().or(invoice.reference.as_deref());
    let called = called.unwrap_or_default();
    let today = world.today(invoice.country());
    let body = format!(
        "<h1>{issuer}</h1><p class=sum>{} {}</p><p class=soft>{} {} · {} {}</p>{trouble}<table>{rows}</table>\
         <form method=post><label for=phone>{}</label><select id=phone name=phone>{phones}</select>\
         <button class=primary name=decision value=now>{}</button>\
         <label for=day>{}</label><input id=day name=day type=date min={} max={}>\
         <button name=decision value=later>{}</button><button name=decision value=reject>{}</button></form>",
        invoice.total,
        invoice.country().currency(),
        words.pick("Faktura", "Lasku", "Invoice"),
        escape(called),
        words.pick("forfalder", "eräpäivä", "due"),
        invoice.due_date,
        words.pick("Din telefon", "Puhelimesi", "Your phone"),
        words.pick("Betal nu", "Maksa nyt", "Pay now"),
        words.pick(
            "Betal en anden dag",
            "Maksa toisena päivänä",
            "Pay on another day"
        ),
        today,
        invoice.last_day(),
        words.pick("Betal senere", "Maksa myöhemmin", "Pay later"),
        words.pick("Afvis", "Hylkää", "Reject"),
    );
    pages::page(words, issuer, &body, None)
}
