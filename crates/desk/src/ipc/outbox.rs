//! The outbox: what waits, why, until when, and the ways on for what is in doubt.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DraftView, InvoiceRow, InvoiceView, UpstreamView};

/// Which part of the outbox.
#[derive(Clone, Copy, Debug, Default, Deserialize, TS)]
#[serde(default)]
pub struct OutboxQuery {
    /// After this number; 0: from the beginning.
    #[ts(type = "number")]
    pub after: u64,
    /// Rows to return, at most 500.
    pub limit: u32,
}

/// A page of the outbox, in the order of the numbers.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OutboxPage {
    /// What waits.
    pub rows: Vec<OutboxRow>,
    /// Give it as `after` for the rows after these; `null` on the last page.
    #[ts(type = "number | null")]
    pub next: Option<u64>,
    /// How many wait in all.
    pub total: u32,
    /// How many invoices bear a number. The report of the numbers is as it was while this and the next one are.
    pub numbered: u32,
    /// The number that comes next.
    #[ts(type = "number")]
    pub next_number: u64,
    /// What keeps everything from going out, if something does.
    pub standstill: Option<Standstill>,
}

/// What keeps the whole outbox from going out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Standstill {
    /// Why.
    pub why: StandstillReason,
    /// Until when, ISO timestamp, if that is known.
    pub until: Option<String>,
}

/// Why nothing goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StandstillReason {
    /// The books cannot be written: a full disk, or another program has them locked.
    BooksNotWritable,
    /// The keychain did not give the secrets.
    SecretsWanting,
    /// Nobody is signed in.
    SignInNeeded,
    /// MobilePay cannot be reached.
    Offline,
    /// MobilePay asked to wait.
    Busy,
    /// Five answers in a row got lost; a look comes before anything goes out again.
    NotAnswering,
}

/// One invoice that waits.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OutboxRow {
    /// The invoice.
    pub row: InvoiceRow,
    /// Why it waits.
    pub why: WaitingReason,
    /// When the doubt began, else when it was sent, ISO timestamp.
    pub since: String,
    /// When it is tried next, ISO timestamp. `null`: it is on its way, its run is paused, or only the merchant can go on.
    pub next_try: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// MobilePay's own words, if it was MobilePay.
    pub upstream: Option<UpstreamView>,
    /// What the merchant can do.
    pub ways: Vec<WayOn>,
}

/// Why an invoice waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WaitingReason {
    /// It can still be taken back.
    Held,
    /// It is its turn soon.
    ItsTurn,
    /// It is on its way now.
    OnItsWay,
    /// It went out, and what MobilePay says of it cannot be written down now.
    NotWritten,
    /// Its run is paused.
    RunPaused,
    /// It did not reach MobilePay.
    NotReached,
    /// MobilePay did not let us in (401): the sign-in is renewed.
    NotLetIn,
    /// MobilePay does not let this sign-in act for this merchant (403).
    NotAllowed,
    /// MobilePay asked to wait (429).
    Busy,
    /// Its customer has got as many as a day allows; it goes on the next.
    DailyLimit,
    /// The answer got lost: MobilePay may have it.
    AnswerLost,
    /// The program ended while it was on its way: MobilePay may have it.
    Interrupted,
    /// The repetition was refused, which says nothing of the first attempt.
    RepeatRefused,
    /// The repetition did not get through; an earlier attempt may have.
    RepeatNotReached,
    /// MobilePay has it, but its id is not known.
    IdUnknown,
}

/// What the merchant can do about one that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WayOn {
    /// Take it back into a draft.
    Undo,
    /// Try now: for what is in doubt, the very same bytes.
    TryNow,
    /// Name its id, as MobilePay's portal shows it.
    NameId,
    /// Give up a link that nobody has, and write another in its place.
    GiveUp,
}

/// What came of trying now.
#[derive(Clone, Debug, Serialize, TS)]
pub struct TriedNow {
    /// How many go out.
    pub count: u32,
    /// When, if not at once, ISO timestamp: an earlier attempt may still be on its way, or MobilePay asked to wait.
    pub at: Option<String>,
}

/// The id of an invoice whose fate is not known.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NamedId {
    /// Which invoice.
    pub id: String,
    /// MobilePay's id as it was typed in.
    pub service_id: String,
}

/// What came of naming an id. Nothing was changed when it was wrong.
#[derive(Clone, Debug, Serialize, TS)]
pub struct IdNamed {
    /// What does not fit; `null`: it is this invoice.
    pub wrong: Option<IdWrong>,
    /// The invoice as it stands now.
    pub invoice: InvoiceView,
}

/// What does not fit about a named id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct IdWrong {
    /// What.
    pub what: WrongId,
    /// What MobilePay keeps under it instead: a number, an amount, a date. Empty if there is nothing to show.
    pub found: String,
}

/// What can be wrong with an id that was typed in. Who the customer is cannot be compared: the service never tells it (spec
/// 10.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WrongId {
    /// It is no id of MobilePay's.
    Unreadable,
    /// MobilePay knows no such invoice of this merchant.
    NotKnown,
    /// Another invoice of these books has it.
    Used,
    /// It belongs to another merchant.
    OtherMerchant,
    /// It belongs to another invoice issuer of the merchant.
    OtherIssuer,
    /// It has another number.
    OtherNumber,
    /// It has another amount.
    OtherAmount,
    /// It falls due on another day.
    OtherDueDate,
}

/// What takes the place of a link that was given up.
#[derive(Clone, Debug, Serialize, TS)]
pub struct GivenUp {
    /// The draft.
    pub draft: DraftView,
    /// The invoice that was given up.
    pub invoice: InvoiceView,
}

/// The number series and its gaps.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NumberReport {
    /// The lowest number in use; `null`: nothing was sent yet.
    #[ts(type = "number | null")]
    pub first: Option<u64>,
    /// The highest number in use.
    #[ts(type = "number | null")]
    pub last: Option<u64>,
    /// How many invoices bear one.
    pub count: u32,
    /// The one that comes next.
    #[ts(type = "number")]
    pub next: u64,
    /// Numbers that no invoice bears although later ones do. Empty is the rule.
    pub gaps: Vec<GapView>,
}

/// Numbers that are missing.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct GapView {
    /// The lowest of them.
    #[ts(type = "number")]
    pub first: u64,
    /// The highest of them.
    #[ts(type = "number")]
    pub last: u64,
    /// Why.
    pub why: GapWhy,
}

/// Why numbers are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GapWhy {
    /// Each was taken back before it left, when a later one was in use already.
    TakenBack,
    /// The merchant let the series go on at a higher number.
    SeriesMoved,
}
