//! Paid invoices against MobilePay's report of payments and payouts, and files for the bookkeeper.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{InvoiceFilter, MoneyView, PaperLanguage};

/// Some days, both included.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct Days {
    /// ISO.
    pub first: String,
    /// ISO.
    pub last: String,
}

/// The groups of a reconciliation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReconciledPart {
    /// An invoice and its payment.
    #[default]
    Matched,
    /// An invoice without a payment, or a payment without an invoice.
    Unmatched,
    /// Money to the bank.
    Payouts,
    /// Fees, refunds and corrections: no invoice belongs to them.
    Others,
}

/// A page of one group of some days.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ReconciliationQuery {
    /// ISO.
    pub first: String,
    /// ISO.
    pub last: String,
    /// Which group.
    #[serde(default)]
    pub part: ReconciledPart,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to give, at most 500; 0: a page.
    pub limit: u32,
}

/// How the days stand, and a page of one group.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReconciliationView {
    /// ISO.
    pub first: String,
    /// ISO.
    pub last: String,
    /// When MobilePay was last asked about any of these days, ISO timestamp.
    pub fetched_at: Option<String>,
    /// Whether MobilePay was asked about every one of these days.
    pub covered: bool,
    /// Invoices paid on these days, as Kvit knows them.
    pub paid: SumView,
    /// Those of them with their payment.
    pub matched: SumView,
    /// Invoices without a payment.
    pub unmatched_invoices: SumView,
    /// Payments without an invoice.
    pub unmatched_payments: SumView,
    /// Money to the bank.
    pub payouts: SumView,
    /// Fees, refunds and corrections.
    pub others: SumView,
    /// The rows of the part that was asked for.
    pub rows: Vec<ReconciledRow>,
    /// How many rows that part has.
    pub total: u32,
}

/// How many and how much.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct SumView {
    /// How many.
    pub count: u32,
    /// Their sum.
    pub amount: MoneyView,
}

/// A row of a reconciliation.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReconciledRow {
    /// Day of the payment or payout, ISO.
    pub day: String,
    /// Our invoice, if there is one.
    pub invoice: Option<PaidView>,
    /// The amount, as the invoice or the report has it.
    pub amount: MoneyView,
    /// The report's word for a movement, e.g. `Payment`; `null` for an invoice that it does not have.
    pub kind: Option<String>,
    /// Its reference.
    pub reference: Option<String>,
    /// Reference of the payout to the bank.
    pub payout: Option<String>,
    /// By what the two were found to belong together.
    pub by: Option<MatchedBy>,
    /// Why there is no partner.
    pub reason: Option<UnmatchedReason>,
}

/// Our invoice in a reconciliation.
#[derive(Clone, Debug, Serialize, TS)]
pub struct PaidView {
    /// Uuid.
    pub id: String,
    /// Number.
    #[ts(type = "number")]
    pub number: u64,
    /// Customer's name or phone.
    pub customer: String,
}

/// By what a pair was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// The payment's id: certain.
    PaymentId,
    /// The reference or number, and the amount.
    Reference,
    /// Amount and day; nothing else has them.
    AmountAndDay,
}

/// Why something has no partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UnmatchedReason {
    /// MobilePay was not asked about that day since it was paid.
    NotFetched,
    /// The report has no payment that fits the invoice.
    NotReported,
    /// No invoice of ours fits the payment.
    NoInvoice,
    /// Id or reference fit, the amount does not.
    OtherAmount,
    /// Several fit equally well; Kvit does not guess.
    Several,
    /// The payment's id of the invoice is not known here, and nothing else fits for certain.
    IdNotAsked,
    /// It names, with the exact amount, the invoice beside it, whose id at MobilePay is not known: settled, it becomes paid.
    Unsettled,
}

/// What came of asking MobilePay for its report.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct ReconciliationFetched {
    /// Movements that were not known yet.
    pub fresh: u32,
    /// Entries that could not be read; with any of them the comparison is not whole.
    pub unreadable: u32,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Text with the separator and decimal sign of the country.
    Csv,
    /// Excel.
    Xlsx,
}

/// The whole reconciliation of some days as a file.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ReconciliationExport {
    /// ISO.
    pub first: String,
    /// ISO.
    pub last: String,
    /// Kind of file.
    pub format: ExportFormat,
    /// Language of its headings.
    pub language: PaperLanguage,
}

/// The invoices that a list shows, as a file.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct InvoiceExport {
    /// Which.
    pub filter: InvoiceFilter,
    /// As typed in the search box.
    pub text: String,
    /// Kind of file.
    pub format: ExportFormat,
    /// Language of its headings.
    pub language: PaperLanguage,
}
