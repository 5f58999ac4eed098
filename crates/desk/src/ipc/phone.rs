//! The customer's phone on screen (practice and sandbox), played through the user simulation API (spec 16).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MoneyView;

/// Which phone to show.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(default)]
pub struct PhoneQuery {
    /// E.164 of a test user; absent: the first.
    #[ts(optional)]
    pub phone: Option<String>,
}

/// A phone and what lies on it.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhoneView {
    /// The test users one can be (spec 16.1).
    pub users: Vec<PhoneUser>,
    /// The one shown, E.164.
    pub phone: String,
    /// Bills on it, newest first.
    pub bills: Vec<BillView>,
}

/// A test user.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhoneUser {
    /// E.164.
    pub phone: String,
    /// As read aloud.
    pub phone_shown: String,
    /// The customer of that number, or the published name.
    pub name: String,
    /// Their card has expired: payments fail.
    pub card_expired: bool,
}

/// A bill as the customer sees it.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BillView {
    /// Uuid of our invoice.
    pub invoice_id: String,
    /// Issuer.
    pub issuer: String,
    /// Invoice number.
    #[ts(type = "number")]
    pub number: u64,
    /// To pay.
    pub amount: MoneyView,
    /// ISO date.
    pub due: String,
    /// Descriptions of the lines.
    pub lines: Vec<String>,
    /// Comment.
    pub comment: String,
    /// It came as a link and has no addressee of its own.
    pub by_link: bool,
    /// What can be done, and how it stands.
    pub state: BillState,
    /// The question on the screen after the payment: may the next ones come straight to the phone (spec 15)?
    pub consent: Option<BillConsent>,
    /// Payment day, when one was chosen, ISO.
    pub payment_date: Option<String>,
    /// The last day that can be chosen: due date plus 30 days (spec 9.6), ISO.
    pub latest_payment_date: String,
}

/// How a bill stands for the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BillState {
    /// Not answered.
    Open,
    /// A day was chosen.
    Scheduled,
    /// The chosen day has come and the payment did not go through; it can be paid by hand (spec 14.2).
    Failed,
    /// Paid.
    Paid,
    /// Declined.
    Rejected,
    /// Cancelled or expired.
    Gone,
}

/// Whether the next invoices may come straight to the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BillConsent {
    /// It is asked now.
    Asked,
    /// The customer agreed, and may take it back.
    Granted,
}

/// The answer to that question, or the withdrawal of a yes.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhoneConsent {
    /// Whose phone, E.164.
    pub phone: String,
    /// The bill after whose payment it was asked.
    pub invoice_id: String,
    /// Yes or no; no after a yes takes it back.
    pub granted: bool,
}

/// Pay now or on a day.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhonePay {
    /// Whose phone, E.164.
    pub phone: String,
    /// Which bill.
    pub invoice_id: String,
    /// ISO date; absent: now.
    #[serde(default)]
    #[ts(optional)]
    pub on: Option<String>,
}

/// Decline.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhoneReject {
    /// Whose phone, E.164.
    pub phone: String,
    /// Which bill.
    pub invoice_id: String,
}

/// What the phone shows afterwards.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PhoneAnswer {
    /// The phone as it is now.
    pub phone: PhoneView,
    /// MobilePay's text when the payment failed, e.g. an expired card.
    pub failed: Option<String>,
}
