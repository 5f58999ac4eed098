//! The list of sent invoices: what is asked for, and a row.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ipc::MoneyView;

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
    /// Until when it is held, ISO timestamp by the computer's clock, since the window counts the seconds.
    pub held_until: Option<String>,
}

/// Names one invoice.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct InvoiceRef {
    /// Uuid.
    pub id: String,
}
