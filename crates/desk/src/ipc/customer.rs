//! Customers: found as one types, created inline.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ChannelName, PaperLanguage, ProblemView};

/// What to look for.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomerQuery {
    /// Part of a name or phone; empty for all.
    pub text: String,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return, at most 500.
    pub limit: u32,
}

/// Found customers.
#[derive(Clone, Debug, Serialize, TS)]
pub struct CustomerList {
    /// By name.
    pub customers: Vec<CustomerView>,
    /// How many there are in all.
    pub total: u32,
}

/// One customer.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CustomerView {
    /// Uuid.
    pub id: String,
    /// Name.
    pub name: String,
    /// E.164, or empty.
    pub phone: String,
    /// As it is read aloud: `31 12 23 34`.
    pub phone_shown: String,
    /// Street.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// E-mail.
    pub email: String,
    /// Language of their paper; `null`: the business's.
    pub language: Option<PaperLanguage>,
    /// How they usually get invoices.
    pub default_channel: ChannelName,
    /// Invoices so far.
    pub invoices: u32,
    /// One of the practice world's telephones.
    pub practice_phone: bool,
}

/// A customer as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomerForm {
    /// Empty: a new one.
    pub id: String,
    /// Name.
    pub name: String,
    /// Phone in any form.
    pub phone: String,
    /// Street.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// E-mail.
    pub email: String,
    /// Language of their paper.
    pub language: Option<PaperLanguage>,
}

/// What came of saving: the customer, or what is wrong beside each box (then nothing was saved).
#[derive(Clone, Debug, Serialize, TS)]
pub struct CustomerSaved {
    /// The customer as saved.
    pub customer: Option<CustomerView>,
    /// Problems by box.
    pub problems: Vec<ProblemView>,
}

/// Names one customer.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct CustomerRef {
    /// Uuid.
    pub id: String,
}
