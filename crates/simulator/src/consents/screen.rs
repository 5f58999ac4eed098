//! The screen after a payment (spec 15, step 4): whether the shop may send the next bill by phone.

use axum::response::Response;

use super::Refused;
use crate::invoice::Invoice;
use crate::pages::{self, Words, escape};
use crate::world::World;

/// The screen, if the payer of this invoice is asked.
pub(crate) fn screen(world: &World, words: &Words, invoice: &str) -> Option<Response> {
    let state = world.lock();
    let invoice = state.invoices.get(invoice)?;
    state.question_after(invoice)?;
    let (title, text, yes, no) = words.pick(DANISH, FINNISH, ENGLISH);
    let issuer = escape(invoice.issuer_name().unwrap_or_default());
    let phone = invoice.payer.as_deref().unwrap_or_default();
    let body = format!(
        "<h1>{title}</h1><p>{issuer} {text}</p><p class=who>{phone}</p><form method=post>\
         <button class=primary name=decision value=agree>{yes}</button><button name=decision value=notnow>{no}</button></form>"
    );
    Some(pages::page(words, title, &body, None))
}

/// Title and buttons are published in English (spec 15); the rest is ours.
type Texts = (&'static str, &'static str, &'static str, &'static str);

const ENGLISH: Texts = (
    "Yes - let me easily receive bills",
    "asks to send the next bill straight to this phone.",
    "I agree",
    "Not now",
);
const DANISH: Texts = (
    "Ja – lad mig nemt modtage regninger",
    "beder om at sende den næste regning direkte til denne telefon.",
    "Jeg accepterer",
    "Ikke nu",
);
const FINNISH: Texts = (
    "Kyllä – haluan vastaanottaa laskut helposti",
    "pyytää lupaa lähettää seuraavan laskun suoraan tähän puhelimeen.",
    "Hyväksyn",
    "Ei nyt",
);

/// What the payer pressed. A question that is no longer open is no trouble: the payment stands.
pub(crate) fn said(world: &World, invoice: &Invoice, agrees: bool) -> Result<(), Refused> {
    let mut state = world.lock();
    let asked = state.question_after(invoice).map(|consent| consent.id.clone());
    match (asked, invoice.payer.as_deref()) {
        (Some(id), Some(phone)) => state.reply_to_consent(&id, phone, agrees),
        _ => Ok(()),
    }
}
