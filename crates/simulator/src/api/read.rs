//! Reading and cancelling (spec 8, 10).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::callbacks::capitalised;
use crate::gateway;
use crate::invoice::{Invoice, Status};
use crate::json::raw;
use crate::readings::Reading;
use crate::seed;
use crate::world::World;

/// `GET merchants/me` (spec 8.1).
pub(crate) async fn me(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    match gateway::check(&world, &headers) {
        Ok(caller) => axum::Json(json!({ "MerchantId": caller.merchant })).into_response(),
        Err(refused) => refused,
    }
}

/// `GET …/invoiceissuers` (spec 8.2).
pub(crate) async fn issuers(
    State(world): State<Arc<World>>,
    Path(merchant): Path<String>,
    headers: HeaderMap,
) -> Response {
    let caller = match gateway::check(&world, &headers) {
        Ok(caller) => caller,
        Err(refused) => return refused,
    };
    if let Err(refused) = gateway::check_merchant(&caller, &merchant) {
        return refused;
    }
    let issuers: Vec<_> = seed::merchant(&merchant)
        .map(|merchant| merchant.issuers)
        .unwrap_or_default()
        .iter()
        .map(|issuer| IssuerDetails {
            id: issuer.id,
            name: issuer.name,
            account_type: "Account",
            status: issuer.status,
            address: issuer.address,
            city: issuer.city,
            zip_code: issuer.zip,
        })
        .collect();
    axum::Json(IssuerList {
        invoice_issuers: issuers,
    })
    .into_response()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct IssuerList {
    invoice_issuers: Vec<IssuerDetails>,
}

/// Members in the order of the documents (spec 8.2).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct IssuerDetails {
    id: &'static str,
    name: &'static str,
    account_type: &'static str,
    status: &'static str,
    address: &'static str,
    city: &'static str,
    zip_code: &'static str,
}

/// An invoice of the caller, or the answer that there is none. Data of expired links is deleted (spec 21 item 40).
fn invoice_of(
    world: &World,
    merchant: &str,
    id: &str,
    headers: &HeaderMap,
) -> Result<(Invoice, String), Response> {
    let caller = gateway::check(world, headers)?;
    gateway::check_merchant(&caller, merchant)?;
    let found = world.lock().invoices.get(&id.to_lowercase()).cloned();
    match found.filter(|invoice| invoice.merchant == merchant && !world.is_gone(invoice)) {
        Some(invoice) => Ok((invoice, caller.correlation)),
        None => Err(gateway::not_found(&caller.correlation)),
    }
}

/// `GET …/status` (spec 10.3): lower case (spec 21 item 5).
pub(crate) async fn status(
    State(world): State<Arc<World>>,
    Path((merchant, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match invoice_of(&world, &merchant, &id, &headers) {
        Ok((invoice, _)) => {
            axum::Json(json!({ "InvoiceId": invoice.id, "Status": status_of(&world, &invoice) }))
                .into_response()
        }
        Err(refused) => refused,
    }
}

fn status_of(world: &World, invoice: &Invoice) -> String {
    let status = invoice.status.word();
    if world.readings.has(Reading::CapitalStatus) {
        capitalised(status)
    } else {
        status.to_owned()
    }
}

/// `PUT …/cancel` (spec 10.1).
pub(crate) async fn cancel(
    State(world): State<Arc<World>>,
    Path((merchant, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let (invoice, correlation) = match invoice_of(&world, &merchant, &id, &headers) {
        Ok(found) => found,
        // An unknown id on cancel: 409 without a code (spec 21.2).
        Err(refused) if refused.status() == StatusCode::NOT_FOUND => {
            return gateway::domain_error(None, "Invoice not found", &gateway::correlation(&headers));
        }
        Err(refused) => return refused,
    };
    let refuse = |code, text| gateway::domain_error(code, text, &correlation);
    let found = world.lock().cancel(&invoice.id);
    match found {
        Ok(Some(Status::Created | Status::Accepted)) => StatusCode::NO_CONTENT.into_response(),
        Ok(Some(Status::Paid)) => refuse(Some(10504), "Invoice has already been paid"),
        Ok(Some(Status::Rejected)) => refuse(None, "Invoice has been rejected"),
        Ok(Some(Status::Invalid)) => refuse(None, "Invoice is invalid"),
        Ok(Some(Status::Canceled)) => refuse(None, "Invoice has already been canceled"),
        Ok(Some(Status::Expired) | None) => refuse(None, "Invoice has expired"),
        Err(_) => gateway::server_error(&correlation),
    }
}

/// `GET …/invoices/{id}` (spec 10.2).
pub(crate) async fn details(
    State(world): State<Arc<World>>,
    Path((merchant, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match invoice_of(&world, &merchant, &id, &headers) {
        Ok((invoice, _)) => axum::Json(Details::of(&world, &invoice)).into_response(),
        Err(refused) => refused,
    }
}

/// The members of spec 10.2; what is not returned there is not returned here.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Details {
    invoice_id: String,
    invoice_number: Option<String>,
    issue_date: Option<String>,
    due_date: String,
    payment_date: Option<String>,
    comment: Option<String>,
    invoice_articles: Vec<ArticleDetails>,
    currency_code: &'static str,
    total_amount: Box<RawValue>,
    invoice_vat_totals: Vec<VatTotal>,
    total_vat_amount: Option<Box<RawValue>>,
    total_amount_excluding_vat: Option<Box<RawValue>>,
    merchant_id: String,
    invoice_issuer_id: String,
    invoice_issuer_name: Option<&'static str>,
    invoice_issuer_address: Option<&'static str>,
    invoice_issuer_zipcode: Option<&'static str>,
    invoice_issuer_city: Option<&'static str>,
    merchant_iso_country_code: &'static str,
    logo_url: String,
    status: String,
    invoice_url: Option<String>,
    url_type: u8,
    payment_transaction_id: Option<String>,
    payment_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ArticleDetails {
    article_number: Option<String>,
    article_description: String,
    total_price_including_vat: Option<Box<RawValue>>,
    quantity: Option<Box<RawValue>>,
    price_per_unit: Option<Box<RawValue>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VatTotal {
    vat_rate: Box<RawValue>,
    total_vat_amount: Box<RawValue>,
}

impl Details {
    pub(crate) fn of(world: &World, invoice: &Invoice) -> Self {
        let merchant = seed::merchant(&invoice.merchant);
        let issuer =
            merchant.and_then(|merchant| merchant.issuers.iter().find(|issuer| issuer.id == invoice.issuer));
        let country = invoice.country();
        // Spec 21 item 36.
        let time = if world.readings.has(Reading::DateTimes) {
            "T00:00:00"
        } else {
            ""
        };
        // No document has them here; callbacks tell (spec 11.3).
        let wrong = invoice.wrong.as_ref();
        let wrong = wrong.filter(|_| world.readings.has(Reading::InvalidTold));
        let day = |date: Date| format!("{date}{time}");
        Self {
            invoice_id: invoice.id.clone(),
            invoice_number: invoice.number.clone(),
            issue_date: invoice.issue_date.map(day),
            due_date: day(invoice.due_date),
            payment_date: invoice.payment_date.map(day),
            comment: invoice.comment.clone(),
            invoice_articles: articles(invoice),
            currency_code: country.currency(),
            total_amount: raw(invoice.total),
            invoice_vat_totals: vat_totals(invoice),
            total_vat_amount: invoice.vat.map(raw),
            total_amount_excluding_vat: invoice.vat.map(|vat| raw(invoice.total.saturating_sub(vat))),
            merchant_id: invoice.merchant.clone(),
            invoice_issuer_id: invoice.issuer.clone(),
            invoice_issuer_name: issuer.map(|issuer| issuer.name),
            invoice_issuer_address: issuer.map(|issuer| issuer.address),
            invoice_issuer_zipcode: issuer.map(|issuer| issuer.zip),
            invoice_issuer_city: issuer.map(|issuer| issuer.city),
            merchant_iso_country_code: country.code(),
            logo_url: world.logo(&invoice.issuer),
            status: status_of(world, invoice),
            // 1 where the merchant gave a URL of their own (spec 21.2).
            url_type: u8::from(invoice.own_pdf.is_some()),
            invoice_url: invoice.own_pdf.clone(),
            payment_transaction_id: invoice.transaction.clone(),
            payment_reference: invoice.reference.clone(),
            error_code: wrong.map(|wrong| wrong.code),
            error_message: wrong.map(|wrong| wrong.text.clone()),
        }
    }
}

pub(crate) fn articles(invoice: &Invoice) -> Vec<ArticleDetails> {
    invoice.articles.iter().map(article).collect()
}

fn article(article: &crate::invoice::Article) -> ArticleDetails {
    ArticleDetails {
        article_number: article.number.clone(),
        article_description: article.description.clone(),
        total_price_including_vat: article.total.map(raw),
        quantity: article.quantity.map(raw),
        price_per_unit: article.price.map(raw),
    }
}

pub(crate) fn vat_totals(invoice: &Invoice) -> Vec<VatTotal> {
    let mut sums: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for article in &invoice.articles {
        if let (Some(rate), Some(vat)) = (article.vat_rate, article.vat) {
            let sum = sums.entry(rate.normalize()).or_default();
            *sum = sum.saturating_add(vat);
        }
    }
    sums.into_iter()
        .map(|(rate, vat)| VatTotal {
            vat_rate: raw(rate),
            total_vat_amount: raw(vat),
        })
        .collect()
}

/// The logo that `LogoUrl` names (spec 10.2): the issuer's initial.
pub(crate) async fn logo(Path(issuer): Path<String>) -> Response {
    let found = seed::MERCHANTS
        .iter()
        .flat_map(|merchant| merchant.issuers)
        .find(|known| known.id == issuer);
    let Some(issuer) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let initial = issuer.name.chars().next().unwrap_or('?');
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\"><rect width=\"64\" height=\"64\" rx=\"12\" \
         fill=\"#334\"/><text x=\"32\" y=\"43\" font-family=\"sans-serif\" font-size=\"32\" fill=\"#fff\" \
         text-anchor=\"middle\">{initial}</text></svg>"
    );
    ([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response()
}
