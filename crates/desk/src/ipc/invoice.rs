//! Sent invoices: the list, one with its timeline, and what may be done with it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{MoneyView, PaperLanguage, VatGroupView};

/// How an invoice reaches the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChannelName {
    /// InvoiceDirect.
    Phone,
    /// InvoiceLink.
    Link,
}

/// What the pill says. Outbox states first, then MobilePay's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    /// Sent by the merchant, held back for a few seconds.
    Held,
    /// Waits to go out.
    Queued,
    /// On its way now.
    Sending,
    /// Waits for a time that MobilePay or the back-off set.
    Waiting,
    /// The answer got lost: it may or may not exist at MobilePay.
    InDoubt,
    /// MobilePay has it, but its id is not known.
    SentIdUnknown,
    /// MobilePay refused it.
    Refused,
    /// Accepted by MobilePay; its first state is not known yet.
    Accepted,
    /// Delivered: on the phone, or the link is ready.
    Created,
    /// Failed the later validation.
    Invalid,
    /// The customer chose a day, or a payment is being tried.
    Scheduled,
    /// Money taken.
    Paid,
    /// The customer declined.
    Rejected,
    /// Nobody paid in time.
    Expired,
    /// Cancelled by the merchant.
    Canceled,
    /// A link that nobody has, given up for another one.
    Replaced,
    /// A state that Kvit does not know.
    Unknown,
}

/// The chips above the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceFilter {
    /// Everything.
    #[default]
    All,
    /// Not paid and not closed.
    Waiting,
    /// Waiting, and past due.
    Overdue,
    /// Waiting, due within seven days.
    DueSoon,
    /// Paid.
    Paid,
    /// Paid in the month of today.
    PaidThisMonth,
    /// Refused, invalid, rejected, in doubt, id unknown, expiring.
    NeedsYou,
    /// Rejected, expired, cancelled, refused, invalid.
    Closed,
}

/// By which column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceSort {
    /// Number.
    #[default]
    Number,
    /// Customer's name.
    Customer,
    /// Issue date.
    Issued,
    /// Due date.
    Due,
    /// Amount.
    Amount,
    /// State.
    State,
}

/// What to list.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct InvoiceQuery {
    /// Which.
    pub filter: InvoiceFilter,
    /// Part of a number, name, phone, reference, line text or amount.
    pub text: String,
    /// Column.
    pub sort: InvoiceSort,
    /// Smallest first.
    pub ascending: bool,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return, at most 500.
    pub limit: u32,
}

/// A page of the list.
#[derive(Clone, Debug, Serialize, TS)]
pub struct InvoiceList {
    /// The rows.
    pub rows: Vec<InvoiceRow>,
    /// How many match in all.
    pub total: u32,
    /// Counts for the chips.
    pub counts: InvoiceCounts,
}

/// How many there are under each chip.
#[derive(Clone, Copy, Debug, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceCounts {
    /// Everything.
    pub all: u32,
    /// Waiting.
    pub waiting: u32,
    /// Overdue.
    pub overdue: u32,
    /// Due within seven days.
    pub due_soon: u32,
    /// Paid.
    pub paid: u32,
    /// Paid this month.
    pub paid_this_month: u32,
    /// Needs the merchant.
    pub needs_you: u32,
    /// Closed without money.
    pub closed: u32,
    /// Drafts, which are no invoices yet.
    pub drafts: u32,
}

/// One row.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceRow {
    /// Uuid.
    pub id: String,
    /// Number.
    #[ts(type = "number")]
    pub number: u64,
    /// Customer's name, or phone, or empty.
    pub customer: String,
    /// ISO date.
    pub issued: String,
    /// ISO date.
    pub due: String,
    /// To pay.
    pub amount: MoneyView,
    /// Phone or link.
    pub channel: ChannelName,
    /// State.
    pub state: StateName,
    /// Days past due, when waiting and overdue.
    pub days_overdue: Option<u32>,
    /// Payment day, when scheduled or paid, ISO date.
    pub payment_date: Option<String>,
    /// Until when it is held, ISO timestamp.
    pub held_until: Option<String>,
}

/// Names one invoice.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct InvoiceRef {
    /// Uuid.
    pub id: String,
}

/// One invoice, whole.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceView {
    /// What the list shows.
    pub row: InvoiceRow,
    /// E.164 or empty.
    pub phone: String,
    /// As read aloud.
    pub phone_shown: String,
    /// Lines, short.
    pub lines: Vec<InvoiceLineView>,
    /// Without VAT.
    pub net: MoneyView,
    /// VAT.
    pub vat: MoneyView,
    /// Base and VAT by rate.
    pub vat_groups: Vec<VatGroupView>,
    /// Comment.
    pub comment: String,
    /// Payment reference.
    pub payment_reference: String,
    /// The link, for links.
    pub link: Option<LinkView>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// What may be done now.
    pub actions: Vec<InvoiceAction>,
    /// Why MobilePay refused, if it did: its code and words.
    pub refusal: Option<UpstreamView>,
    /// Technical details.
    pub technical: TechnicalView,
}

/// A line of a sent invoice.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceLineView {
    /// What was sold.
    pub description: String,
    /// Decimal with a dot.
    pub quantity: String,
    /// Unit.
    pub unit: String,
    /// With VAT.
    pub gross: MoneyView,
}

/// The link to pay by.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LinkView {
    /// Address.
    pub href: String,
    /// QR code as an SVG document.
    pub qr_svg: String,
}

/// What may be done with an invoice in its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceAction {
    /// Take it back before it leaves.
    Undo,
    /// Cancel it at MobilePay (the customer is not told, spec 10.1).
    Cancel,
    /// Copy the link.
    CopyLink,
    /// Ask MobilePay now.
    Refresh,
    /// Save as PDF.
    SavePdf,
    /// Write one like it.
    Duplicate,
}

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

/// What MobilePay said, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UpstreamView {
    /// HTTP status.
    pub status: Option<u16>,
    /// Error code, e.g. 10104.
    pub code: Option<u32>,
    /// What the code means to the merchant, as a key of the window's words; `null` without a code or for an unlisted one.
    pub meaning: Option<MeaningKey>,
    /// MobilePay's English text.
    pub text: Option<String>,
    /// For support.
    pub correlation_id: Option<String>,
}

/// What MobilePay's error codes mean to a merchant (spec 13.3, 13.4). A variant exists only because the window has a sentence
/// for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MeaningKey {
    /// The total is zero or less.
    TotalNotPositive,
    /// No MobilePay user has this phone number.
    UserNotFound,
    /// The user exists but cannot receive.
    UserNotAvailable,
    /// An identical invoice exists.
    AlreadyExists,
    /// MobilePay's own failure.
    Technical,
    /// Above the country's limit.
    TotalAboveLimit,
    /// The issuer does not exist for this merchant.
    IssuerNotFound,
    /// The issuer's account cannot be used.
    AccountUnusable,
    /// The merchant does not exist.
    MerchantNotFound,
    /// The due date is too far away.
    DueDateTooFar,
    /// The due date has passed.
    DueDateInPast,
    /// The issue date is after today.
    IssueDateInFuture,
    /// Ten invoices to this customer today.
    DailyLimitReached,
    /// Already paid.
    AlreadyPaid,
    /// A field is wrong.
    InputWrong,
    /// The customer lives in another country.
    CountryMismatch,
    /// The currency is not that of the country.
    CurrencyMismatch,
    /// The payment reference is not allowed.
    ReferenceUnfit,
    /// So many invoices from this issuer today.
    IssuerLimitReached,
}

impl MeaningKey {
    /// The meaning of a code; `None` for one that no version lists.
    pub(crate) const fn of(code: u32) -> Option<Self> {
        use mobilepay::Meaning as M;
        Some(match mobilepay::meaning(code) {
            M::TotalNotPositive => Self::TotalNotPositive,
            M::UserNotFound => Self::UserNotFound,
            M::UserNotAvailable => Self::UserNotAvailable,
            M::AlreadyExists => Self::AlreadyExists,
            M::Technical => Self::Technical,
            M::TotalAboveLimit => Self::TotalAboveLimit,
            M::IssuerNotFound => Self::IssuerNotFound,
            M::AccountUnusable => Self::AccountUnusable,
            M::MerchantNotFound => Self::MerchantNotFound,
            M::DueDateTooFar => Self::DueDateTooFar,
            M::DueDateInPast => Self::DueDateInPast,
            M::IssueDateInFuture => Self::IssueDateInFuture,
            M::DailyLimitReached => Self::DailyLimitReached,
            M::AlreadyPaid => Self::AlreadyPaid,
            M::InputWrong => Self::InputWrong,
            M::CountryMismatch => Self::CountryMismatch,
            M::CurrencyMismatch => Self::CurrencyMismatch,
            M::ReferenceUnfit => Self::ReferenceUnfit,
            M::IssuerLimitReached => Self::IssuerLimitReached,
            M::Unknown => return None,
        })
    }
}

/// For those who want to look underneath.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TechnicalView {
    /// MobilePay's id.
    pub service_id: Option<String>,
    /// Correlation id of the last attempt.
    pub correlation_id: Option<String>,
    /// The frozen request, as text.
    pub request: String,
    /// The last answer, as text.
    pub answer: Option<String>,
    /// When the status was last checked, ISO timestamp.
    pub last_checked_at: Option<String>,
}

/// A paper of a sent invoice.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct InvoicePaper {
    /// Uuid.
    pub id: String,
    /// Language; absent: the one it was sent with.
    #[serde(default)]
    #[ts(optional)]
    pub language: Option<PaperLanguage>,
}

/// Where a PDF was saved.
#[derive(Clone, Debug, Serialize, TS)]
pub struct SavedFile {
    /// Full path.
    pub path: String,
}
