//! The stage's list of consents: what was asked, and the payer's buttons.

use std::cmp::Reverse;

use super::acts::Act;
use super::view::{ROWS, button, counted};
use crate::consents::{Consent, Refused, Reply};
use crate::invoice::Invoice;
use crate::pages::escape;
use crate::state::State;
use crate::world::World;

pub(super) fn agreements(state: &State) -> String {
    let mut all: Vec<&Consent> = state.agreements.values().collect();
    all.sort_by_key(|consent| {
        let invoice = state.invoices.get(&consent.invoice);
        Reverse(invoice.map(|invoice| invoice.created_at))
    });
    let rows: String = all.iter().take(ROWS).map(|consent| row(state, consent)).collect();
    let body = if rows.is_empty() {
        "<p class=empty>Nobody was asked to receive invoices by phone.</p>".to_owned()
    } else {
        format!(
            "<div class=scroll tabindex=0 role=region aria-label=Consents><table><thead><tr><th>Asked with<th>Phone<th>State\
             <th>At the phone</thead><tbody>{rows}</tbody></table></div>"
        )
    };
    format!("<h2>Consents {}</h2>{body}", counted(state.agreements.len()))
}

fn row(state: &State, consent: &Consent) -> String {
    let invoice = state.invoices.get(&consent.invoice);
    let number = invoice.and_then(|invoice| invoice.number.as_deref().or(invoice.reference.as_deref()));
    let issuer = invoice.and_then(Invoice::issuer_name).unwrap_or_default();
    let class = match consent.reply {
        Reply::Pending => "pending",
        Reply::Granted => "paid",
        Reply::Denied => "rejected",
        Reply::Deleted => "off",
    };
    format!(
        "<tr><td class=nowrap>{}<small>{}</small><td class=nowrap>{}<td><span class=\"tag {class}\">{}</span><td>{}",
        escape(number.unwrap_or("–")),
        escape(issuer),
        escape(consent.phone.as_deref().unwrap_or("–")),
        consent.reply.word().to_lowercase(),
        buttons(state, consent),
    )
}

fn buttons(state: &State, consent: &Consent) -> String {
    let id = format!("<input type=hidden name=consent value=\"{}\">", consent.id);
    if consent.reply == Reply::Granted {
        return button("take-back", "Take back", &id);
    }
    let invoice = state.invoices.get(&consent.invoice);
    let asked = invoice.and_then(|invoice| state.question_after(invoice));
    if asked.is_some_and(|asked| asked.id == consent.id) {
        return format!(
            "<form method=post class=row>{id}<button name=act value=agree>Agree</button>\
             <button name=act value=not-now>Not now</button></form>"
        );
    }
    match consent.reply {
        Reply::Pending => "<span class=soft>asked after payment</span>".to_owned(),
        _ => "<span class=soft>–</span>".to_owned(),
    }
}

/// The payer's press of a button, on whichever phone it is.
pub(super) fn pressed(world: &World, act: &Act) -> String {
    let mut state = world.lock();
    let Some(consent) = state.agreements.get(&act.consent).cloned() else {
        return "This consent is unknown.".to_owned();
    };
    let payer = state
        .invoices
        .get(&consent.invoice)
        .and_then(|invoice| invoice.payer.clone());
    let phone = consent.phone.or(payer).unwrap_or_default();
    let (done, said) = match act.what.as_str() {
        "agree" => (state.reply_to_consent(&consent.id, &phone, true), "Agreed."),
        "not-now" => (state.reply_to_consent(&consent.id, &phone, false), "Declined."),
        _ => (state.take_consent_back(&consent.id, &phone), "Taken back."),
    };
    match done {
        Ok(()) => said.to_owned(),
        Err(Refused::Rule(text)) => format!("{text}."),
        Err(Refused::Books) => "The books could not be written.".to_owned(),
    }
}
