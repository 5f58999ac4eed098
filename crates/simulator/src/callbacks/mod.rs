//! Callbacks (spec 11): what happened to invoices, kept until a merchant's receiver has taken it or every retry has failed.
//!
//! Sending is in `courier`; the API never waits for it. What makes deliveries worse than they are (`Mangle`) is on demand.

mod courier;
mod routes;

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use courier::{Courier, carry};
pub(crate) use routes::routes;

use crate::api::Link;
use crate::books::Books;
use crate::faults::share;
use crate::invoice::{Invoice, Status};
use crate::readings::{Reading, Readings};
use crate::world::World;

/// Seconds of a batch (spec 11.2).
const BATCH: i64 = 5;
/// Waits in seconds after each failed attempt (spec 11.2); after the last the event is lost.
const RETRIES: [i64; 8] = [5, 1140, 2340, 4740, 9540, 19_140, 38_340, 76_740];

/// A sequence is not to be relied on, so one event in so many leaves a number out before it (spec 21 item 30).
const GAP_EVERY: u64 = 20;

/// Where a merchant's callbacks go. The value of the header is a secret and is never shown.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) url: String,
    /// The whole value of `Authorization`.
    pub(crate) authorization: String,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fate {
    Waiting,
    Delivered,
    /// Every retry failed, or it was withheld on demand.
    Lost,
}

impl Fate {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Lost => "lost",
        }
    }
}

/// One event of an invoice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) merchant: String,
    pub(crate) invoice: String,
    pub(crate) status: String,
    pub(crate) at: Timestamp,
    pub(crate) sequence: u32,
    pub(crate) payment_date: Option<Date>,
    pub(crate) due: Timestamp,
    pub(crate) attempts: u8,
    pub(crate) fate: Fate,
    /// What the receiver said last.
    pub(crate) answer: Option<String>,
}

impl Event {
    /// Spec 11.3: seven digits of a second, the payment date with `Accepted` only, what is wrong with `Invalid` only, and
    /// with `Created` the address of a link that came in a batch (spec 11.4).
    fn payload(&self, world: &World, invoice: Option<&Invoice>) -> Payload<'_> {
        let of_status = |word: &str| invoice.filter(|_| self.status == word);
        let wrong = of_status("Invalid").and_then(|invoice| invoice.wrong.clone());
        let batch = of_status("Created").filter(|invoice| invoice.from_batch);
        Payload {
            invoice_id: &self.invoice,
            status: &self.status,
            error_code: wrong.as_ref().map(|wrong| wrong.code),
            error_message: wrong.map(|wrong| wrong.text),
            links: batch.and_then(|invoice| world.href(invoice)).map(Link::to),
            payment_date: self.payment_date.map(|date| date.to_string()),
            date: self.at.strftime("%Y-%m-%dT%H:%M:%S.%7f+00:00").to_string(),
            sequence: self.sequence,
        }
    }

    pub(crate) fn write(&self, books: &Books) -> Result<(), rusqlite::Error> {
        books.put("event", &format!("{:012}", self.number), self)
    }

    /// Takes the answer of an attempt at `now`.
    fn answered(&mut self, taken: bool, answer: &str, now: Timestamp) {
        self.answer = Some(answer.to_owned());
        if taken {
            self.fate = Fate::Delivered;
            return;
        }
        match RETRIES.get(usize::from(self.attempts)) {
            Some(wait) => self.due = now + SignedDuration::from_secs(*wait),
            None => self.fate = Fate::Lost,
        }
        self.attempts += 1;
    }
}

/// An event as it is sent: members in the order of the documents, and none that is empty.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Payload<'a> {
    invoice_id: &'a str,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<[Link; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_date: Option<String>,
    date: String,
    sequence: u32,
}

/// Worse deliveries, on demand. Shares are from 0 to 1.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Mangle {
    /// Newest first, and each event in a request of its own.
    pub(crate) reorder: bool,
    /// Share of events that are sent twice.
    pub(crate) duplicates: f64,
    /// Share of events before which a sequence number is left out.
    pub(crate) gaps: f64,
    /// Share of events that are never sent.
    pub(crate) lost: f64,
    /// Decides which ones.
    pub(crate) seed: u64,
}

impl Mangle {
    fn is_sound(&self) -> bool {
        [self.duplicates, self.gaps, self.lost]
            .iter()
            .all(|share| (0.0..=1.0).contains(share))
    }

    /// `kind` keeps the three decisions of one event apart.
    fn chooses(&self, wanted: f64, kind: u64, number: u64) -> bool {
        share(self.seed.wrapping_add(kind << 32), number) < wanted
    }
}

/// Everything that is to be told.
#[derive(Default)]
pub(crate) struct Outgoing {
    pub(crate) targets: BTreeMap<String, Target>,
    pub(crate) events: BTreeMap<u64, Event>,
    pub(crate) mangle: Mangle,
    sequences: HashMap<String, u32>,
    last_number: u64,
    readings: Readings,
}

impl Outgoing {
    pub(crate) fn load(books: &Books, readings: Readings) -> Result<Self, rusqlite::Error> {
        let mut read = Self {
            targets: books.all("callback")?.into_iter().collect(),
            readings,
            ..Self::default()
        };
        let events = books.all("event")?;
        read.keep(events.into_iter().map(|(_, event)| event).collect());
        Ok(read)
    }

    /// One configuration a merchant; a later one replaces it (spec 11.1).
    pub(crate) fn configure(
        &mut self,
        books: &Books,
        merchant: &str,
        target: Target,
    ) -> Result<(), rusqlite::Error> {
        books.put("callback", merchant, &target)?;
        self.targets.insert(merchant.to_owned(), target);
        Ok(())
    }

    /// The events that tell what happened between two looks at an invoice, after those that are in `events` already. Without
    /// a receiver nothing can be sent (spec 11.1).
    pub(crate) fn tell(
        &self,
        before: Option<&Invoice>,
        after: &Invoice,
        at: Timestamp,
        events: &mut Vec<Event>,
    ) {
        if !self.targets.contains_key(&after.merchant) {
            return;
        }
        let was = before.map(|before| before.status);
        let moved = before.is_some_and(|before| before.payment_date != after.payment_date);
        // The list of the machine-readable description lacks it (spec 21 item 39).
        if after.status == Status::Canceled && self.readings.has(Reading::SilentCancel) {
            return;
        }
        let mut last = self.sequences.get(&after.id).copied();
        let mut told = Vec::new();
        // Paying at once makes it accepted on the way (spec 21 item 17).
        let on_the_way = !self.readings.has(Reading::PaidAtOnce);
        if on_the_way && was == Some(Status::Created) && after.status == Status::Paid {
            told.push(Status::Accepted);
        }
        if was != Some(after.status) || (moved && after.status == Status::Accepted) {
            told.push(after.status);
        }
        for status in told {
            let number = events.last().map_or(self.last_number, |event| event.number) + 1;
            let sequence = self.sequence(last, number);
            last = Some(sequence);
            events.push(self.event(after, status, at, number, sequence));
        }
    }

    fn sequence(&self, last: Option<u32>, number: u64) -> u32 {
        // 0 is an internal event that is not sent (spec 21 item 30).
        let first = u32::from(!self.readings.has(Reading::SequenceFromZero));
        let wanted = self.mangle.chooses(self.mangle.gaps, 1, number);
        let gap = wanted || (last.is_some() && number.is_multiple_of(GAP_EVERY));
        last.map_or(first, |last| last + 1) + u32::from(gap)
    }

    fn event(&self, invoice: &Invoice, status: Status, at: Timestamp, number: u64, sequence: u32) -> Event {
        let withheld = self.mangle.chooses(self.mangle.lost, 2, number);
        let to_batch = BATCH - at.as_second().rem_euclid(BATCH);
        Event {
            number,
            merchant: invoice.merchant.clone(),
            invoice: invoice.id.clone(),
            status: capitalised(status.word()),
            at,
            sequence,
            payment_date: invoice.payment_date.filter(|_| status == Status::Accepted),
            due: at + SignedDuration::from_secs(to_batch),
            attempts: 0,
            fate: if withheld { Fate::Lost } else { Fate::Waiting },
            answer: withheld.then(|| "withheld on demand".to_owned()),
        }
    }

    /// Takes in events that are on disk: new ones, or what became of old ones.
    pub(crate) fn keep(&mut self, events: Vec<Event>) {
        for event in events {
            let sequence = self.sequences.entry(event.invoice.clone()).or_default();
            *sequence = event.sequence.max(*sequence);
            self.last_number = event.number.max(self.last_number);
            self.events.insert(event.number, event);
        }
    }

    fn waiting(&self, merchant: &str, due: Option<Timestamp>) -> impl Iterator<Item = &Event> {
        self.events.values().filter(move |event| {
            let ready = event.fate == Fate::Waiting && due.is_none_or(|now| event.due <= now);
            ready && event.merchant == merchant
        })
    }

    fn is_due(&self, merchant: &str, now: Timestamp) -> bool {
        self.waiting(merchant, Some(now)).next().is_some()
    }

    /// The requests that are to be made to a merchant's receiver: where to, and numbers of events.
    fn requests(&self, merchant: &str, due: Option<Timestamp>) -> Vec<(Target, Vec<u64>)> {
        let Some(target) = self.targets.get(merchant) else {
            return Vec::new();
        };
        let mut numbers = Vec::new();
        for event in self.waiting(merchant, due) {
            numbers.push(event.number);
            if self.mangle.chooses(self.mangle.duplicates, 3, event.number) {
                numbers.push(event.number);
            }
        }
        // Up to a hundred a request (spec 21.2).
        let size = if self.mangle.reorder { 1 } else { 100 };
        if self.mangle.reorder {
            numbers.reverse();
        }
        numbers
            .chunks(size)
            .map(|part| (target.clone(), part.to_vec()))
            .collect()
    }
}

pub(crate) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
