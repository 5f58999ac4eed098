//! An invoice whose every figure is read and agreed: what is frozen, set on paper and sent.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Country, Money, Phone};

/// Whether unit prices are without or with VAT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceBasis {
    /// Without VAT.
    #[default]
    Net,
    /// With VAT.
    Gross,
}

/// The content of one invoice, exact and complete, before it has a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// The merchant's country; it names the currency.
    pub country: Country,
    /// Issuer id (guid) at `MobilePay` (spec 8.2).
    pub issuer_id: String,
    /// The customer.
    pub recipient: Recipient,
    /// Issue date, a civil date in the merchant's zone.
    pub issue_date: Date,
    /// Due date.
    pub due_date: Date,
    /// How `unit_price` of the lines was typed.
    pub price_basis: PriceBasis,
    /// At least one line.
    pub lines: Vec<Line>,
    /// Sums of the rounded lines.
    pub totals: Totals,
    /// Payment reference, at most 60 characters.
    pub payment_reference: Option<String>,
    /// Comment to the customer.
    pub comment: Option<String>,
    /// Contact person at the merchant.
    pub contact_name: Option<String>,
    /// The merchant's order number.
    pub merchant_order_number: Option<String>,
    /// The buyer's order number.
    pub buyer_order_number: Option<String>,
    /// Order date.
    pub order_date: Option<Date>,
    /// Delivery date.
    pub delivery_date: Option<Date>,
    /// Delivery address.
    pub delivery_address: Option<Address>,
    /// https address of the merchant's own PDF.
    pub invoice_url: Option<String>,
    /// Where the payer goes afterwards (links only).
    pub redirect_url: Option<String>,
}

/// The customer of one invoice, as it stood when the invoice was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// Saved customer (uuid), if any.
    pub customer_id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Phone number; needed for [`crate::Channel::Phone`].
    pub phone: Option<Phone>,
    /// Address.
    pub address: Option<Address>,
}

/// A postal address of up to four lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// Country or a further line.
    pub extra: String,
}

impl Address {
    /// The non-empty lines, top to bottom: street, "code town", extra.
    pub fn lines(&self) -> Vec<String> {
        let town = format!("{} {}", self.postal_code, self.city);
        [self.street.as_str(), town.trim(), self.extra.as_str()]
            .into_iter()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// One line, with its three amounts: `net + vat == gross`, each rounded once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Item number.
    pub item_number: Option<String>,
    /// What is sold; never empty.
    pub description: String,
    /// Quantity, exact; may be negative for a return.
    pub quantity: Decimal,
    /// Unit.
    pub unit: Option<String>,
    /// Price of one unit as typed, in major units, net or gross by [`Content::price_basis`].
    pub unit_price: Decimal,
    /// Price of one unit without VAT, up to six decimals: what the law asks the paper to show.
    pub unit_price_net: Decimal,
    /// VAT in percent.
    pub vat_rate: Decimal,
    /// What was taken off, in the basis of the price; zero for none.
    pub discount: Money,
    /// Without VAT.
    pub net: Money,
    /// VAT.
    pub vat: Money,
    /// With VAT.
    pub gross: Money,
}

/// Sums over the rounded lines. `net + vat == gross` always.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Without VAT.
    pub net: Money,
    /// VAT.
    pub vat: Money,
    /// To pay.
    pub gross: Money,
    /// Sum of the discounts, in the basis of the prices.
    pub discount: Money,
    /// One group a VAT rate, in ascending order of the rate.
    pub vat_groups: Vec<VatGroup>,
}

/// Base and VAT of one rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VatGroup {
    /// Percent.
    pub rate: Decimal,
    /// Base without VAT.
    pub net: Money,
    /// VAT.
    pub vat: Money,
}

/// The merchant as the paper names it; kept with each sent invoice so that old papers do not change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Business {
    /// Name.
    pub name: String,
    /// Address.
    pub address: Address,
    /// CVR (Denmark) or Y-tunnus (Finland).
    pub company_id: String,
    /// Line at the foot of the paper, e.g. opening hours or bank account.
    pub footer: String,
    /// E-mail.
    pub email: String,
    /// Phone, as shown.
    pub phone: String,
    /// Language of the paper as it was sent: `da`, `fi` or `en`; empty means the country's.
    pub language: String,
}
