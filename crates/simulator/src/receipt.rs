//! The receipt of a simulated acceptance (spec 16, S2): every member that is documented, in the casing of the live service.
//!
//! Only `InvoicePaymentStatus` is told beside it; a card that fails has no receipt.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::api::read::{ArticleDetails, VatTotal, articles, vat_totals};
use crate::invoice::Invoice;
use crate::json::raw;
use crate::seed::{self, Consumer};
use crate::world::World;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Receipt {
    logo: String,
    invoice_issuer_name: String,
    payment_date: String,
    total_amount: Box<RawValue>,
    status: &'static str,
    /// 0 is a card, 1 an account; practice phones have cards.
    payment_source_type: u8,
    /// `None` until the money is taken.
    transaction_details: Option<TransactionDetails>,
    card_details: CardDetails,
    /// Nobody pays from an account here; told as null.
    account_details: (),
    invoice_url: Option<String>,
    url_type: u8,
    invoice_number: Option<String>,
    issue_date: Option<String>,
    due_date: String,
    comment: Option<String>,
    invoice_articles: Vec<ArticleDetails>,
    invoice_vat_totals: Vec<VatTotal>,
    currency_code: &'static str,
    total_amount_excluding_vat: Option<Box<RawValue>>,
    total_vat_amount: Option<Box<RawValue>>,
    merchant_id: String,
    invoice_issuer_id: String,
    invoice_issuer_address: &'static str,
    invoice_issuer_zipcode: &'static str,
    invoice_issuer_city: &'static str,
    merchant_iso_country_code: &'static str,
    merchant_vat_number: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TransactionDetails {
    transaction_id: String,
    transaction_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CardDetails {
    masked_card_number: String,
    card_type: &'static str,
}

impl Receipt {
    /// `invoice` as it is after the acceptance.
    pub(crate) fn of(world: &World, invoice: &Invoice, payer: &Consumer) -> Option<Self> {
        let merchant = seed::merchant(&invoice.merchant)?;
        let issuer = merchant
            .issuers
            .iter()
            .find(|issuer| issuer.id == invoice.issuer)?;
        let day = invoice.payment_date?;
        let last = payer.phone.get(payer.phone.len().checked_sub(4)?..)?;
        Some(Self {
            logo: world.logo(&invoice.issuer),
            invoice_issuer_name: issuer.name.to_owned(),
            payment_date: format!("{day}T00:00:00Z"),
            total_amount: raw(invoice.total),
            status: invoice.status.word(),
            payment_source_type: 0,
            transaction_details: invoice.transaction.clone().map(|id| TransactionDetails {
                transaction_id: id,
                transaction_type: "Payment",
            }),
            card_details: CardDetails {
                masked_card_number: format!("XXXXXXXXXXXX{last}"),
                card_type: "Practice",
            },
            account_details: (),
            invoice_url: invoice.own_pdf.clone(),
            url_type: u8::from(invoice.own_pdf.is_some()),
            invoice_number: invoice.number.clone(),
            issue_date: invoice.issue_date.map(|date| date.to_string()),
            due_date: invoice.due_date.to_string(),
            comment: invoice.comment.clone(),
            invoice_articles: articles(invoice),
            invoice_vat_totals: vat_totals(invoice),
            currency_code: merchant.country.currency(),
            total_amount_excluding_vat: invoice.vat.map(|vat| raw(invoice.total.saturating_sub(vat))),
            total_vat_amount: invoice.vat.map(raw),
            merchant_id: invoice.merchant.clone(),
            invoice_issuer_id: invoice.issuer.clone(),
            invoice_issuer_address: issuer.address,
            invoice_issuer_zipcode: issuer.zip,
            invoice_issuer_city: issuer.city,
            merchant_iso_country_code: merchant.country.code(),
            merchant_vat_number: merchant.vat,
        })
    }
}

/// The answer to S2.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Accepted {
    pub(crate) invoice_id: String,
    pub(crate) invoice_payment_status: &'static str,
    pub(crate) receipt: Option<Receipt>,
    pub(crate) redirect_url: Option<String>,
}
