//! One invoice, whole, and what may be done with it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{InvoiceRow, TimelineEntry, UpstreamView};
use crate::ipc::{ConsentAnswerName, MoneyView, PaperLanguage, VatGroupView};

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
    /// Language of the customer: that of the paper it was sent with.
    pub language: PaperLanguage,
    /// Name of the business on its paper.
    pub business: String,
    /// The link, for links.
    pub link: Option<LinkView>,
    /// What the customer answered who was asked with this link to be sent invoices by phone; `null`: nobody was asked.
    pub consent: Option<ConsentAnswerName>,
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
    /// Ask the customer with this link whether the next ones may come to the phone.
    AskConsent,
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
