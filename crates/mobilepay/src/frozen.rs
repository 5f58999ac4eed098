//! The bytes of a create call, made once and sent verbatim ever after.
//!
//! The service has no idempotency key: a body that equals an earlier one in all fields is its only guard
//! (spec 12.4). So the body is built here once, from the frozen content, and never again.

use invoice::{Address, Channel, Content, Line, Money, Phone, PriceBasis};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use serde_json::value::RawValue;
use thiserror::Error;

/// The exact JSON of one create call.
#[derive(Clone, PartialEq, Eq)]
pub struct FrozenRequest {
    /// UTF-8 JSON, to be kept and sent as it is.
    pub bytes: Vec<u8>,
    /// Which call the bytes are for.
    pub channel: Channel,
}

/// Bytes name the customer, so they are not printed.
impl std::fmt::Debug for FrozenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrozenRequest")
            .field("bytes", &self.bytes.len())
            .field("channel", &self.channel)
            .finish()
    }
}

/// Why a content cannot be frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FreezeError {
    /// Sending to a phone needs its number (spec 9.1).
    #[error("the customer has no phone number")]
    PhoneMissing,
    /// An invoice number is always sent (spec 21.1 item 34).
    #[error("the invoice has no number")]
    NumberMissing,
    /// At least one line (spec 12.1).
    #[error("the invoice has no lines")]
    NoLines,
    /// A number that JSON cannot hold; no content that [`invoice::read`] made has one.
    #[error("an amount cannot be written")]
    Unwritable,
}

/// Builds the body of `POST …/invoices` or `POST …/invoices/link` (spec 9.1) for `content` under `number`.
///
/// Prices and discounts are net of VAT, amounts have two decimals, empty optional members are left out.
pub fn create_request(
    content: &Content,
    number: &str,
    channel: Channel,
) -> Result<FrozenRequest, FreezeError> {
    let phone = content.recipient.phone.as_ref();
    if channel == Channel::Phone && phone.is_none() {
        return Err(FreezeError::PhoneMissing);
    }
    if number.trim().is_empty() {
        return Err(FreezeError::NumberMissing);
    }
    if content.lines.is_empty() {
        return Err(FreezeError::NoLines);
    }
    let articles = content
        .lines
        .iter()
        .map(|line| Article::of(line, content.price_basis));
    let body = Body {
        invoice_issuer: &content.issuer_id,
        consumer_alias: phone.map(Alias::of),
        consumer_name: some(content.recipient.name.as_deref()),
        total_amount: amount(content.totals.gross)?,
        total_vat_amount: amount(content.totals.vat)?,
        consumer_address_lines: address_lines(content.recipient.address.as_ref()),
        delivery_address_lines: address_lines(content.delivery_address.as_ref()),
        invoice_number: number,
        issue_date: content.issue_date.to_string(),
        due_date: content.due_date.to_string(),
        order_date: content.order_date.map(|date| date.to_string()),
        delivery_date: content.delivery_date.map(|date| date.to_string()),
        comment: some(content.comment.as_deref()),
        merchant_contact_name: some(content.contact_name.as_deref()),
        merchant_order_number: some(content.merchant_order_number.as_deref()),
        buyer_order_number: some(content.buyer_order_number.as_deref()),
        payment_reference: some(content.payment_reference.as_deref()),
        invoice_url: some(content.invoice_url.as_deref()),
        redirect_url: some(content.redirect_url.as_deref()).filter(|_| channel == Channel::Link),
        invoice_articles: articles.collect::<Result<_, _>>()?,
    };
    let bytes = serde_json::to_vec(&body).map_err(|_| FreezeError::Unwritable)?;
    Ok(FrozenRequest { bytes, channel })
}

type Number = Box<RawValue>;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    invoice_issuer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    consumer_alias: Option<Alias<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consumer_name: Option<&'a str>,
    total_amount: Number,
    #[serde(rename = "TotalVATAmount")]
    total_vat_amount: Number,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consumer_address_lines: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    delivery_address_lines: Vec<String>,
    invoice_number: &'a str,
    issue_date: String,
    due_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_contact_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_order_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_order_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<&'a str>,
    invoice_articles: Vec<Article<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Alias<'a> {
    alias: &'a str,
    alias_type: &'static str,
}

impl<'a> Alias<'a> {
    fn of(phone: &'a Phone) -> Self {
        Self {
            alias: phone.e164(),
            alias_type: "Phone",
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Article<'a> {
    #[serde(rename = "ArticleNumber", skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    #[serde(rename = "ArticleDescription")]
    description: &'a str,
    #[serde(rename = "VATRate")]
    vat_rate: Number,
    #[serde(rename = "TotalVATAmount")]
    total_vat_amount: Number,
    total_price_including_vat: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    quantity: Number,
    price_per_unit: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_discount: Option<Number>,
}

impl<'a> Article<'a> {
    fn of(line: &'a Line, basis: PriceBasis) -> Result<Self, FreezeError> {
        Ok(Self {
            number: some(line.item_number.as_deref()),
            description: &line.description,
            vat_rate: number(line.vat_rate.normalize())?,
            total_vat_amount: amount(line.vat)?,
            total_price_including_vat: amount(line.gross)?,
            unit: some(line.unit.as_deref()),
            quantity: number(line.quantity)?,
            price_per_unit: number(line.unit_price_net)?,
            price_discount: discount(line, basis)?,
        })
    }
}

/// The discount without VAT, as the price beside it; none if there is none.
fn discount(line: &Line, basis: PriceBasis) -> Result<Option<Number>, FreezeError> {
    if line.discount.minor == 0 {
        return Ok(None);
    }
    let taken = line.discount.decimal();
    let net = match basis {
        PriceBasis::Net => taken,
        PriceBasis::Gross => taken * Decimal::ONE_HUNDRED / (Decimal::ONE_HUNDRED + line.vat_rate),
    };
    let mut net = net.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    net.rescale(2);
    number(net).map(Some)
}

fn amount(money: Money) -> Result<Number, FreezeError> {
    number(money.decimal())
}

/// A JSON number with exactly the digits of `value`.
fn number(value: Decimal) -> Result<Number, FreezeError> {
    RawValue::from_string(value.to_string()).map_err(|_| FreezeError::Unwritable)
}

fn some(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

fn address_lines(address: Option<&Address>) -> Vec<String> {
    address.map(Address::lines).unwrap_or_default()
}
