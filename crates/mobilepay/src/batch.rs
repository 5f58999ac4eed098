//! Many invoices in one call (spec 9.3, 9.5): the frozen bodies side by side, and what the answer says of each.
//!
//! The answer names invoices by number and by nothing else, so each body carries a number that no other body of the
//! batch has. Of each body the outcome is the same class as of a single call, by what it proves (security 6.2):
//! what is not told, told twice, or told both ways proves nothing.
//!
//! Deliberately absent: addresses of links. The service tells them in callbacks only (spec 9.5).

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use invoice::Channel;
use thiserror::Error;

use crate::{
    Answer, ApiError, Created, FrozenRequest, Trace, UnclearReason,
    json::{Members, is_id},
    refusal::{self, Envelope},
};

/// The most invoices that one call takes (spec 9.3).
pub const MOST_IN_BATCH: usize = 2_000;

/// Two thousand results of two kilobytes each do not come near this.
pub(crate) const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// Up to two thousand frozen bodies as one, each with its bytes as they are.
#[derive(Clone, PartialEq, Eq)]
pub struct FrozenBatch {
    channel: Channel,
    bytes: Bytes,
    numbers: Vec<String>,
}

/// Bodies name customers, so they are not printed.
impl std::fmt::Debug for FrozenBatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrozenBatch")
            .field("channel", &self.channel)
            .field("bodies", &self.numbers.len())
            .finish_non_exhaustive()
    }
}

/// Why bodies cannot be sent together. Positions count from zero.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BatchError {
    /// An empty batch is documented nowhere (spec 21.2).
    #[error("there is nothing to send")]
    Empty,
    /// More than [`MOST_IN_BATCH`].
    #[error("{0} invoices are more than one batch takes")]
    TooMany(usize),
    /// A body for the other channel.
    #[error("the invoice at {0} goes another way than the first")]
    OtherChannel(usize),
    /// Not one JSON object.
    #[error("the body at {0} is not one invoice")]
    NotABody(usize),
    /// The result could not be found again.
    #[error("the invoice at {0} has no number")]
    NumberMissing(usize),
    /// The two results could not be told apart.
    #[error("two invoices have the number {0}")]
    NumberTwice(String),
}

impl FrozenBatch {
    /// Puts `bodies` side by side, in their order.
    pub fn of(bodies: &[FrozenRequest]) -> Result<Self, BatchError> {
        let channel = bodies.first().ok_or(BatchError::Empty)?.channel;
        if bodies.len() > MOST_IN_BATCH {
            return Err(BatchError::TooMany(bodies.len()));
        }
        let mut bytes = Vec::with_capacity(bodies.iter().map(|body| body.bytes.len() + 1).sum::<usize>() + 1);
        let mut numbers = Vec::with_capacity(bodies.len());
        let mut seen = HashSet::new();
        for (at, body) in bodies.iter().enumerate() {
            if body.channel != channel {
                return Err(BatchError::OtherChannel(at));
            }
            let number = number_of(&body.bytes, at)?;
            if !seen.insert(number.clone()) {
                return Err(BatchError::NumberTwice(number));
            }
            numbers.push(number);
            bytes.push(if at == 0 { b'[' } else { b',' });
            bytes.extend_from_slice(&body.bytes);
        }
        bytes.push(b']');
        Ok(Self {
            channel,
            bytes: bytes.into(),
            numbers,
        })
    }

    /// Which of the two calls it is for.
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// The JSON array as it is sent.
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The invoice numbers, in the order of the bodies.
    pub fn numbers(&self) -> &[String] {
        &self.numbers
    }
}

fn number_of(body: &[u8], at: usize) -> Result<String, BatchError> {
    let text = str::from_utf8(body).map_err(|_| BatchError::NotABody(at))?;
    let members = Members::of(text).ok_or(BatchError::NotABody(at))?;
    let number = members.some_text("InvoiceNumber");
    number
        .map(|number| number.trim().to_owned())
        .ok_or(BatchError::NumberMissing(at))
}

/// What the service said of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchOutcome {
    /// One for each body, in the order of the batch; its technical details hold what was said of this one.
    pub items: Vec<Result<Answer<Created>, ApiError>>,
    /// What was said of invoices that were not in the batch, as it came: evidence, and nothing else.
    pub strangers: Vec<String>,
    /// Technical details of the call.
    pub trace: Trace,
}

/// What the answer says of one invoice.
struct Told {
    number: Option<String>,
    text: String,
    verdict: Verdict,
}

enum Verdict {
    Accepted { invoice_id: Option<String> },
    Rejected { errors: Vec<Envelope> },
}

pub(crate) fn read(body: &str, trace: &Trace, batch: &FrozenBatch) -> Option<BatchOutcome> {
    let members = Members::of(body)?;
    if !members.has("Accepted") && !members.has("Rejected") {
        return None;
    }
    let mut told: Vec<Told> = members
        .texts_of_objects("Accepted")
        .into_iter()
        .map(|(text, item)| Told::of(text, &item, accepted(&item)))
        .collect();
    let rejected = members.texts_of_objects("Rejected").into_iter();
    told.extend(rejected.map(|(text, item)| Told::of(text, &item, rejection(&item))));
    let (slots, strangers) = matched(told, batch.numbers());
    let shared = shared_ids(&slots);
    let items = slots.into_iter().map(|slot| outcome(slot, &shared, trace));
    Some(BatchOutcome {
        items: items.collect(),
        strangers: strangers.into_iter().map(|told| told.text).collect(),
        trace: trace.clone(),
    })
}

impl Told {
    fn of(text: String, item: &Members, verdict: Verdict) -> Self {
        let number = item.some_text("InvoiceNumber");
        Self {
            number: number.map(|number| number.trim().to_owned()),
            text,
            verdict,
        }
    }
}

fn accepted(item: &Members) -> Verdict {
    let invoice_id = item.text("InvoiceId").map(|id| id.trim().to_owned());
    Verdict::Accepted {
        invoice_id: invoice_id.filter(|id| is_id(id)),
    }
}

/// Both shapes: `Errors` with one or more, or code and text on the item itself (spec 21.1 item 7).
fn rejection(item: &Members) -> Verdict {
    let nested: Vec<Envelope> = item
        .objects("Errors")
        .iter()
        .filter_map(Envelope::of_item)
        .collect();
    Verdict::Rejected {
        errors: if nested.is_empty() {
            Envelope::of_item(item).into_iter().collect()
        } else {
            nested
        },
    }
}

/// Puts what was told to the number it was told of. One result without a number belongs to the one body of which
/// nothing else was said; of two or more nobody can tell.
fn matched(told: Vec<Told>, numbers: &[String]) -> (Vec<Vec<Told>>, Vec<Told>) {
    let places: HashMap<&str, usize> = numbers
        .iter()
        .enumerate()
        .map(|(at, number)| (number.as_str(), at))
        .collect();
    let mut slots: Vec<Vec<Told>> = numbers.iter().map(|_| Vec::new()).collect();
    let mut strangers = Vec::new();
    for told in told {
        let place = told.number.as_deref().and_then(|number| places.get(number));
        match place {
            Some(&at) => slots[at].push(told),
            None => strangers.push(told),
        }
    }
    let mut empty = slots.iter_mut().filter(|slot| slot.is_empty());
    if let (Some(last), None) = (empty.next(), empty.next())
        && strangers.len() == 1
        && strangers[0].number.is_none()
    {
        last.append(&mut strangers);
    }
    (slots, strangers)
}

/// Ids that were given to more than one body: they name none of them.
fn shared_ids(slots: &[Vec<Told>]) -> HashSet<String> {
    let mut owner: HashMap<String, usize> = HashMap::new();
    let mut shared = HashSet::new();
    for (at, told) in slots
        .iter()
        .enumerate()
        .flat_map(|(at, slot)| slot.iter().map(move |told| (at, told)))
    {
        if let Verdict::Accepted { invoice_id: Some(id) } = &told.verdict {
            let id = id.to_ascii_lowercase();
            if *owner.entry(id.clone()).or_insert(at) != at {
                shared.insert(id);
            }
        }
    }
    shared
}

fn outcome(slot: Vec<Told>, shared: &HashSet<String>, call: &Trace) -> Result<Answer<Created>, ApiError> {
    let texts: Vec<&str> = slot.iter().map(|told| told.text.as_str()).collect();
    let trace = Trace {
        correlation_id: call.correlation_id,
        status: call.status,
        body: texts.join("\n"),
    };
    let mut ids = HashSet::new();
    let mut errors = Vec::new();
    let mut unnamed = slot.is_empty();
    for told in slot {
        match told.verdict {
            Verdict::Accepted { invoice_id: Some(id) } => _ = ids.insert(id),
            Verdict::Accepted { invoice_id: None } => unnamed = true,
            Verdict::Rejected { errors: said } if said.is_empty() => unnamed = true,
            Verdict::Rejected { errors: said } => errors.extend(said),
        }
    }
    let mut ids = ids.into_iter();
    match (ids.next(), ids.next(), errors.is_empty(), unnamed) {
        (Some(invoice_id), None, true, false) if !shared.contains(&invoice_id.to_ascii_lowercase()) => {
            Ok(Answer {
                value: Created { invoice_id },
                trace,
            })
        }
        (None, _, false, false) => Err(refused(errors, trace)),
        _ => Err(refusal::unclear(UnclearReason::Unreadable, None, Box::new(trace))),
    }
}

fn refused(errors: Vec<Envelope>, trace: Trace) -> ApiError {
    let trace = Box::new(trace);
    let status = trace.status.unwrap_or_default();
    let words: Vec<&str> = errors
        .iter()
        .filter_map(|error| error.description.as_deref())
        .collect();
    let description = (!words.is_empty()).then(|| words.join(" · "));
    if let Some(code) = errors.iter().find_map(Envelope::is_exists) {
        return ApiError::AlreadyExists {
            status,
            code,
            description,
            trace,
        };
    }
    // As of a single create ([`refusal::of_create`]).
    if !errors.iter().any(Envelope::is_explained) {
        return refusal::unclear(UnclearReason::Unexplained, None, trace);
    }
    ApiError::Refused {
        status,
        code: errors.iter().find_map(|error| error.code),
        description,
        fields: errors.into_iter().flat_map(|error| error.fields).collect(),
        trace,
    }
}

/// An error of the whole call. "Exists already" about a batch does not say which, so it proves nothing about any.
pub(crate) fn error_of_all(error: ApiError) -> ApiError {
    match refusal::of_create(error) {
        ApiError::AlreadyExists { trace, .. } => refusal::unclear(UnclearReason::Unreadable, None, trace),
        error => error,
    }
}
