//! Consents to be sent invoices by phone: whom one can ask, who was asked, and what they said.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::InvoiceRow;

/// Which consents, and after which one.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ConsentQuery {
    /// Only those with this answer.
    pub answer: ConsentAnswerName,
    /// `next` of the page before; empty for the first page.
    pub after: String,
    /// Rows to return, at most 500.
    pub limit: u32,
}

/// What the customer answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConsentAnswerName {
    /// Nothing yet.
    #[default]
    Waiting,
    /// Yes.
    Granted,
    /// No.
    Declined,
    /// Yes, and later no longer.
    Withdrawn,
    /// A word of `MobilePay`'s that Kvit does not know.
    Unknown,
}

/// A page of consents.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ConsentList {
    /// Newest change first.
    pub rows: Vec<ConsentView>,
    /// For the next page; `null` on the last.
    pub next: Option<String>,
    /// How many there are of each.
    pub counts: ConsentCountsView,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct ConsentCountsView {
    /// Nothing answered yet.
    pub waiting: u32,
    /// Yes.
    pub granted: u32,
    /// No.
    pub declined: u32,
    /// Taken back.
    pub withdrawn: u32,
}

/// One consent.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsentView {
    /// `MobilePay`'s id.
    pub id: String,
    /// The answer.
    pub answer: ConsentAnswerName,
    /// The link with which it was asked, if it is one of these books.
    pub invoice: Option<InvoiceRow>,
    /// The customer, if known.
    pub customer: Option<ConsentCustomer>,
    /// The number that was given with a yes, E.164, or empty.
    pub phone: String,
    /// As read aloud.
    pub phone_shown: String,
    /// When it was asked from here, ISO timestamp.
    pub asked_at: Option<String>,
    /// When it was answered, ISO timestamp.
    pub answered_at: Option<String>,
}

/// The customer of a consent.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsentCustomer {
    /// Uuid.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether their next invoice goes to this number by itself.
    pub used: bool,
    /// Another number that they have in the book, as read aloud; empty: none.
    pub other_phone: String,
}

/// Links that are open and with which nobody was asked yet.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ConsentLinks {
    /// Newest first, at most 100.
    pub rows: Vec<InvoiceRow>,
}

/// Whose number a granted consent is.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsentUse {
    /// The consent.
    pub id: String,
    /// The customer whose usual way it becomes.
    pub customer_id: String,
}
