//! Drafts: what is typed, how it is read, and the paper beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ChannelName, MoneyView, PaperLanguage, trade};

/// Names one draft.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct DraftRef {
    /// Uuid.
    pub id: String,
}

/// A new draft.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftCreate {
    /// For this customer.
    #[ts(optional)]
    pub customer_id: Option<String>,
    /// Copy of this invoice, with fresh dates.
    #[ts(optional)]
    pub like_invoice: Option<String>,
}

/// The whole form, each time it changes.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct DraftSave {
    /// Uuid.
    pub id: String,
    /// The revision that was edited.
    pub revision: u32,
    /// Every box.
    #[ts(as = "DraftFormView")]
    pub form: trade::DraftForm,
}

/// A draft, what is typed in it, and how that is read.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// Uuid.
    pub id: String,
    /// Counts the saves; sending names the one that was seen.
    pub revision: u32,
    /// ISO timestamp of the last save.
    pub saved_at: String,
    /// Every box as typed.
    #[ts(as = "DraftFormView")]
    pub form: trade::DraftForm,
    /// How it is read.
    pub reading: ReadingView,
    /// Number that it would get now.
    #[ts(type = "number")]
    pub next_number: u64,
    /// Invoices that this customer's phone got today.
    pub sent_today: u32,
}

/// A draft in a list.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftRow {
    /// Uuid.
    pub id: String,
    /// Customer, may be empty.
    pub customer: String,
    /// Total as read.
    pub total: MoneyView,
    /// ISO timestamp.
    pub saved_at: String,
}

/// Drafts, newest first.
#[derive(Clone, Debug, Serialize, TS)]
pub struct DraftList {
    /// All of them.
    pub drafts: Vec<DraftRow>,
}

/// Every box of the composer, as typed (see `invoice::DraftForm`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftFormView {
    /// The customer.
    pub recipient: RecipientFormView,
    /// Issuer id; empty: the only usable one.
    pub issuer_id: String,
    /// Issue date; empty: today.
    pub issue_date: String,
    /// Due date.
    pub due_date: String,
    /// Prices without or with VAT.
    pub price_basis: PriceBasisName,
    /// Lines.
    pub lines: Vec<LineFormView>,
    /// What a bank statement shows.
    pub payment_reference: String,
    /// Text to the customer.
    pub comment: String,
    /// Contact person.
    pub contact_name: String,
    /// Own order number.
    pub merchant_order_number: String,
    /// Buyer's order number.
    pub buyer_order_number: String,
    /// Order date.
    pub order_date: String,
    /// Delivery date.
    pub delivery_date: String,
    /// Delivery address.
    pub delivery_address: AddressFormView,
    /// https address of an own PDF.
    pub invoice_url: String,
    /// Where the payer goes afterwards (link).
    pub redirect_url: String,
}

/// The customer as typed or picked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RecipientFormView {
    /// Saved customer, or empty.
    pub customer_id: String,
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// Address.
    pub address: AddressFormView,
}

/// An address as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct AddressFormView {
    /// Street.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// A further line.
    pub extra: String,
}

/// One line as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct LineFormView {
    /// Item number.
    pub item_number: String,
    /// What is sold.
    pub description: String,
    /// Quantity; empty: 1.
    pub quantity: String,
    /// Unit.
    pub unit: String,
    /// Price of one.
    pub unit_price: String,
    /// VAT in percent; empty: the business's default.
    pub vat_rate: String,
    /// `50` or `10 %`.
    pub discount: String,
}

/// Prices without or with VAT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PriceBasisName {
    /// Without.
    #[default]
    Net,
    /// With.
    Gross,
}

/// How a form is read.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadingView {
    /// One for each line of the form.
    pub lines: Vec<LineReadingView>,
    /// Without VAT.
    pub net: MoneyView,
    /// VAT.
    pub vat: MoneyView,
    /// To pay.
    pub gross: MoneyView,
    /// Taken off.
    pub discount: MoneyView,
    /// Base and VAT by rate.
    pub vat_groups: Vec<VatGroupView>,
    /// What forbids sending.
    pub problems: Vec<ProblemView>,
    /// What should be looked at.
    pub warnings: Vec<ProblemView>,
    /// Issue date as read, ISO.
    pub issue_date: Option<String>,
    /// Due date as read, ISO.
    pub due_date: Option<String>,
    /// Phone as read, in the form it is read aloud.
    pub phone_shown: Option<String>,
    /// Whether it can be sent to a phone now.
    pub can_send_to_phone: bool,
    /// Whether it can be sent as a link now.
    pub can_send_as_link: bool,
    /// The limit on the total.
    pub max_total: MoneyView,
}

/// How a line is read; `null` where it cannot be.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LineReadingView {
    /// All boxes empty: no line.
    pub empty: bool,
    /// Decimal with a dot.
    pub quantity: Option<String>,
    /// Decimal with a dot.
    pub unit_price: Option<String>,
    /// Percent.
    pub vat_rate: Option<String>,
    /// Taken off.
    pub discount: Option<MoneyView>,
    /// Without VAT.
    pub net: Option<MoneyView>,
    /// VAT.
    pub vat: Option<MoneyView>,
    /// With VAT.
    pub gross: Option<MoneyView>,
}

/// Base and VAT of one rate.
#[derive(Clone, Debug, Serialize, TS)]
pub struct VatGroupView {
    /// Percent, decimal with a dot.
    pub rate: String,
    /// Base.
    pub net: MoneyView,
    /// VAT.
    pub vat: MoneyView,
}

/// One problem beside its box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ProblemView {
    /// Path in the form: `lines.0.unitPrice`, `recipient.phone`, `dueDate`, `lines`, `total` ...
    pub field: String,
    /// What is wrong; the words are the window's.
    pub code: ProblemName,
    /// What the sentence needs; dates ISO, amounts with a dot.
    pub params: BTreeMap<String, String>,
    /// Set when it matters for one channel only.
    pub channel: Option<ChannelName>,
}

/// Every problem there can be (see `invoice::ProblemCode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "documented one by one in invoice::ProblemCode, whose twin this is"
)]
pub enum ProblemName {
    NoLines,
    DescriptionMissing,
    NumberUnreadable,
    NumberAmbiguous,
    CurrencyOther,
    PriceMissing,
    VatRateOutOfRange,
    VatRateFraction,
    VatRateUnusual,
    DiscountAmbiguous,
    DiscountTooLarge,
    TotalNotPositive,
    TotalAboveLimit,
    AmountTooLarge,
    DateUnreadable,
    DateAmbiguous,
    DueDateMissing,
    DueDateInPast,
    DueDateToday,
    DueDateTooFar,
    IssueDateInFuture,
    PhoneMissing,
    PhoneUnreadable,
    PhoneTooShort,
    PhoneTooLong,
    PhoneForeign,
    PhoneOtherCountry,
    RecipientNameMissing,
    ReferenceTooLong,
    ReferenceCutByBank,
    TextTooLong,
    TextHasControlCharacters,
    UrlNotHttps,
    DailyLimitReached,
    IssuerMissing,
    IssuerUnusable,
    NameMissing,
    EmailUnreadable,
    NumberTaken,
    RowRepeated,
    InvoiceRepeated,
    /// The next number is another one than the merchant saw.
    NumberMoved,
    /// A number has twelve digits at most.
    NumberTooLarge,
}

/// A paper, page by page.
#[derive(Clone, Debug, Serialize, TS)]
pub struct PaperView {
    /// One SVG document a page.
    pub pages: Vec<String>,
}

/// The paper of a draft.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct DraftPaper {
    /// Uuid of the draft.
    pub id: String,
    /// Language; absent: the customer's or the business's.
    #[serde(default)]
    #[ts(optional)]
    pub language: Option<PaperLanguage>,
}

/// Send what was seen.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct DraftSend {
    /// Uuid.
    pub id: String,
    /// The revision on the screen; another one is refused.
    pub revision: u32,
    /// To a phone or as a link.
    pub channel: ChannelName,
}
