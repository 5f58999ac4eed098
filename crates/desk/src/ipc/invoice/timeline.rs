//! What happened to an invoice, and who says so.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One thing that happened.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// ISO timestamp.
    pub at: String,
    /// What happened.
    pub what: TimelineWhat,
    /// Who says so.
    pub source: EvidenceSource,
    /// HTTP status of the answer, when there was one.
    pub status: Option<u16>,
    /// MobilePay's error code, when there was one.
    pub error_code: Option<u32>,
    /// MobilePay's own words, where it refused.
    pub words: Option<String>,
    /// A day that belongs to it: the payment day, or until when it waits (ISO).
    pub until: Option<String>,
    /// The state machine forbids it: shown, not applied.
    pub flagged: bool,
}

/// What can happen to an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TimelineWhat {
    /// Written, numbered and put in the outbox.
    Sent,
    /// Went out to MobilePay.
    Attempted,
    /// MobilePay took it and gave an id.
    TakenByService,
    /// MobilePay has it from an earlier attempt.
    ExistsAlready,
    /// MobilePay refused it.
    Refused,
    /// It did not get out (no network, MobilePay busy); it waits.
    NotSent,
    /// MobilePay refused the batch in which it went as a whole; it goes alone.
    BatchRefused,
    /// Kvit did not let it out: its due date had passed while it waited.
    DueDatePassed,
    /// Kvit keeps it until the next day: its customer has got as many as a day allows.
    DailyLimit,
    /// The clock that had held it back was set right: it waits for its turn again.
    BackInQueue,
    /// The answer got lost.
    AnswerLost,
    /// The program was closed while it was on its way.
    Interrupted,
    /// The merchant named its id, and MobilePay's details confirmed it.
    IdGiven,
    /// Given up for another draft: a link that nobody has.
    Replaced,
    /// Delivered to the customer.
    Created,
    /// Failed later validation.
    Invalid,
    /// The customer accepted.
    Accepted,
    /// Paid.
    Paid,
    /// Declined.
    Rejected,
    /// Expired.
    Expired,
    /// The merchant asked to cancel.
    CancelAsked,
    /// Cancelled.
    Canceled,
    /// MobilePay refused to cancel.
    CancelRefused,
    /// The answer to a cancellation got lost: it may be cancelled.
    CancelLost,
    /// The cancellation did not get through.
    CancelNotSent,
    /// A state that Kvit does not know.
    Unknown,
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceSource {
    /// This computer.
    ThisComputer,
    /// MobilePay's answer to a call.
    Answer,
    /// A status check.
    StatusCheck,
    /// A callback.
    Callback,
}
