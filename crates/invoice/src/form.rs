//! A draft as the merchant types it: text in every box, nothing judged, nothing lost.

use serde::{Deserialize, Serialize};

use crate::PriceBasis;

/// Everything that can be typed in the composer. Reading it is [`crate::read`]'s work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftForm {
    /// The customer.
    pub recipient: RecipientForm,
    /// Issuer id (guid) chosen among the connection's issuers; empty means the only enabled one.
    pub issuer_id: String,
    /// Issue date as typed or picked: `2026-11-23`, `23.11.2026`, `23-11-2026`, `23/11/2026`. Empty means today.
    pub issue_date: String,
    /// Due date, in the same forms.
    pub due_date: String,
    /// Whether the unit prices are typed with or without VAT.
    pub price_basis: PriceBasis,
    /// The lines.
    pub lines: Vec<LineForm>,
    /// What a bank statement shows (spec 9.1, 60 characters, 30 on instant transfers). Empty: the invoice number is used.
    pub payment_reference: String,
    /// Free text to the customer.
    pub comment: String,
    /// Contact person at the merchant.
    pub contact_name: String,
    /// The merchant's own order number.
    pub merchant_order_number: String,
    /// The buyer's order number.
    pub buyer_order_number: String,
    /// Order date.
    pub order_date: String,
    /// Delivery date.
    pub delivery_date: String,
    /// Delivery address, when it differs.
    pub delivery_address: AddressForm,
    /// https address of the merchant's own PDF.
    pub invoice_url: String,
    /// Where the payer goes after paying; links only.
    pub redirect_url: String,
}

/// The customer as typed or picked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecipientForm {
    /// Id of a saved customer (uuid), empty for none.
    pub customer_id: String,
    /// Name.
    pub name: String,
    /// Phone number in any form the country knows.
    pub phone: String,
    /// Address.
    pub address: AddressForm,
}

/// An address as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AddressForm {
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// Country or a further line; usually empty.
    pub extra: String,
}

/// One line as typed. A line with every box empty is not a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LineForm {
    /// Item number.
    pub item_number: String,
    /// What is sold.
    pub description: String,
    /// Quantity; empty means 1.
    pub quantity: String,
    /// Unit, e.g. `stk`.
    pub unit: String,
    /// Price of one unit, in the currency.
    pub unit_price: String,
    /// VAT in percent; empty means the business's default.
    pub vat_rate: String,
    /// Discount of the line: `50` (amount) or `10 %`. Empty means none.
    pub discount: String,
}
