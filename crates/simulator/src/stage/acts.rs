//! What the buttons of the stage do; each ends on the stage with a word of what came of it.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Span;
use serde::Deserialize;

use super::{agreements, switches};
use crate::callbacks::{Mangle, carry};
use crate::faults::{Fault, Trouble};
use crate::openid;
use crate::practice;
use crate::seed;
use crate::state::Payment;
use crate::world::World;

/// The fields of all the forms.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Act {
    #[serde(rename = "act")]
    pub(super) what: String,
    seconds: i64,
    invoice: String,
    merchant: String,
    pub(super) consent: String,
    pub(super) reading: String,
    phone: String,
    kind: String,
    route: String,
    method: String,
    holding: String,
    times: String,
    chance: String,
    id: u64,
    reorder: Option<String>,
    duplicates: String,
    gaps: String,
    lost: String,
}

pub(super) async fn act(State(world): State<Arc<World>>, Form(act): Form<Act>) -> Response {
    let said = match act.what.as_str() {
        "clock" if act.seconds > 0 => match practice::advance(&world, act.seconds) {
            Ok(now) => format!("It is now {}.", now.strftime("%-d %B %Y, %H:%M UTC")),
            Err(error) => format!("Not moved: {error}."),
        },
        "now" | "later" | "reject" => pay(&world, &act),
        "agree" | "not-now" | "take-back" => agreements::pressed(&world, &act),
        "take" | "leave" => switches::pressed(&world, &act),
        "withdraw" => match openid::withdraw(&world, &act.merchant) {
            Ok(0) => "No program was allowed anything.".to_owned(),
            Ok(count) => format!("Withdrawn: {count}. Access tokens are good for five minutes at most."),
            Err(_) => "The books could not be written.".to_owned(),
        },
        "rotate" => match practice::rotate_key(&world) {
            Ok(()) => "From now on a new key signs.".to_owned(),
            Err(_) => "The books could not be written.".to_owned(),
        },
        "fault" => add_fault(&world, &act),
        "mend" => {
            world.faults.remove(act.id);
            "The fault is gone.".to_owned()
        }
        "mend-all" => {
            world.faults.clear();
            "No faults are in force.".to_owned()
        }
        "flush" => format!("{} requests were made to receivers.", carry(&world).await.len()),
        "worse" => {
            let share = |text: &str| text.parse::<f64>().unwrap_or(0.0).clamp(0.0, 100.0) / 100.0;
            world.lock().outgoing.mangle = Mangle {
                reorder: act.reorder.is_some(),
                duplicates: share(&act.duplicates),
                gaps: share(&act.gaps),
                lost: share(&act.lost),
                seed: 1,
            };
            "From now on callbacks are delivered so.".to_owned()
        }
        _ => "Nothing was done.".to_owned(),
    };
    let said: String = url::form_urlencoded::byte_serialize(said.as_bytes()).collect();
    Redirect::to(&format!("/__practice/?said={said}")).into_response()
}

/// The payer at the phone: now, three days from now, or not at all.
fn pay(world: &World, act: &Act) -> String {
    let invoice = world.lock().invoices.get(&act.invoice).cloned();
    let (Some(invoice), Some(consumer)) = (invoice, seed::consumer_by_phone(&act.phone)) else {
        return "The invoice or the phone is unknown.".to_owned();
    };
    if act.what == "reject" {
        return match world.lock().reject(&invoice.id) {
            Ok(true) if invoice.link.is_some() => "Declined; a link that nobody accepted stays as it is.",
            Ok(true) => "Declined.",
            Ok(false) => "It was no longer open.",
            Err(_) => "The books could not be written.",
        }
        .to_owned();
    }
    let today = world.today(invoice.country());
    let on = match act.what.as_str() {
        "later" => today.checked_add(Span::new().days(3)).unwrap_or(today),
        _ => today,
    };
    if on > invoice.last_day() {
        return "That is later than it can be paid.".to_owned();
    }
    let outcome = world.lock().accept(&invoice.id, on, today, consumer);
    match outcome {
        Ok(Payment::Paid) => "Paid.".to_owned(),
        Ok(Payment::Scheduled) => format!("Will be paid on {on}."),
        Ok(Payment::CardRefused) => "The card has expired: accepted, not paid.".to_owned(),
        Ok(Payment::TooLate) => "It was no longer open.".to_owned(),
        Err(_) => "The books could not be written.".to_owned(),
    }
}

/// Kinds that the form offers: value, words, what happens.
pub(super) const KINDS: &[(&str, &str, Trouble)] = &[
    ("delay", "Delay 3 s", Trouble::Delay { ms: 3000 }),
    (
        "late",
        "Handled, answered 30 s late",
        Trouble::Late { ms: 30_000 },
    ),
    ("401", "401 Unauthorized", status(401, None)),
    ("403", "403 Forbidden", status(403, None)),
    ("429", "429, back in 30 s", status(429, Some(30))),
    ("500", "500 Server error", status(500, None)),
    ("503", "503, back in 30 s", status(503, Some(30))),
    ("dropBefore", "Connection dropped before", Trouble::DropBefore),
    (
        "dropMiddle",
        "Connection dropped in the answer",
        Trouble::DropMiddle,
    ),
    (
        "dropAfter",
        "Handled, then dropped unanswered",
        Trouble::DropAfter,
    ),
    ("truncated", "Truncated body", Trouble::Truncated),
    ("slow", "Slow body", Trouble::Slow { bytes: 1, ms: 50 }),
    ("garbage", "Body that is no JSON", Trouble::Garbage),
];

const fn status(status: u16, retry_after: Option<u32>) -> Trouble {
    Trouble::Status {
        status,
        retry_after,
        as_date: false,
        handled: false,
    }
}

fn add_fault(world: &World, act: &Act) -> String {
    let Some((_, words, trouble)) = KINDS.iter().find(|(kind, ..)| *kind == act.kind) else {
        return "Which fault?".to_owned();
    };
    let mut fault = Fault::new(*trouble);
    if !act.route.is_empty() {
        fault = fault.on(&act.route);
    }
    if !act.method.is_empty() {
        fault = fault.method(&act.method);
    }
    if !act.holding.is_empty() {
        fault = fault.holding(&act.holding);
    }
    if let Ok(times) = act.times.parse() {
        fault = fault.times(times);
    }
    let chance: f64 = act.chance.parse().unwrap_or(100.0);
    world
        .faults
        .add(fault.sometimes(chance.clamp(0.0, 100.0) / 100.0, 1));
    format!("In force: {words}.")
}
