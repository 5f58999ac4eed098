//! The four calls (spec 18.3), their authorisation and their own error object.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query as Asked, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::query::Query;
use super::{Report, Transaction, Transfer, same_id};
use crate::gateway::{self, Denied};
use crate::json::raw;
use crate::readings::Reading;
use crate::seed::{self, Merchant};
use crate::world::World;

type Pairs = Asked<Vec<(String, String)>>;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/v3/reporting/paymentpoints", get(payment_points))
        .route("/v3/reporting/transactions", get(transactions))
        .route("/v3/reporting/transfers", get(transfers))
        .route("/v3/reporting/transfers/{transfer}", get(transfer))
}

/// Who asks, and how errors are told.
struct Reader {
    merchant: &'static Merchant,
    correlation: String,
}

impl Reader {
    /// A bearer with the scope `transactionreporting` and a merchant. The headers of the developer portal's app are not
    /// demanded: a key of the merchant's portal is as good (spec 18.3), and that has none.
    fn check(world: &World, headers: &HeaderMap) -> Result<Self, Response> {
        let correlation = gateway::correlation(headers);
        let refused = |denied: &Denied| {
            // Version 3 documents 400, 401 and 404 only; its forerunners 403.
            let text = match denied {
                Denied::Bearer => "The access token is not valid.",
                Denied::Scope => "The access token lacks the scope transactionreporting or a merchant.",
            };
            if matches!(denied, Denied::Scope) && world.readings.has(Reading::Reporting403) {
                return error(StatusCode::FORBIDDEN, "Forbidden", text, &correlation);
            }
            error(StatusCode::UNAUTHORIZED, "Unauthorized", text, &correlation)
        };
        // Spec 21 item 42.
        if world.readings.has(Reading::NoReporting) {
            let text = "Reporting is for production only.";
            return Err(error(StatusCode::NOT_FOUND, "NotFound", text, &correlation));
        }
        let id =
            gateway::bearer(world, headers, "transactionreporting").map_err(|denied| refused(&denied))?;
        let merchant = seed::merchant(&id).ok_or_else(|| refused(&Denied::Scope))?;
        Ok(Self {
            merchant,
            correlation,
        })
    }

    fn bad(&self, text: &str) -> Response {
        error(StatusCode::BAD_REQUEST, "BadRequest", text, &self.correlation)
    }

    fn missing(&self, text: &str) -> Response {
        error(StatusCode::NOT_FOUND, "NotFound", text, &self.correlation)
    }

    /// The issuer that `paymentpointid` names (spec 18.1), if it names one.
    fn point(&self, query: &Query) -> Result<Option<&'static str>, Response> {
        let Some(asked) = query.guid("paymentpointid").map_err(|text| self.bad(&text))? else {
            return Ok(None);
        };
        let issuers = self.merchant.issuers;
        let own = issuers.iter().find(|issuer| same_id(issuer.id, asked));
        own.map(|issuer| Some(issuer.id))
            .ok_or_else(|| self.missing("The payment point does not exist."))
    }
}

/// Its members are documented, its words are ours.
pub(crate) fn error(status: StatusCode, code: &str, text: &str, correlation: &str) -> Response {
    let body = json!({
        "code": code, "message": text, "correlationId": correlation, "origin": "TransactionReporting",
    });
    (status, axum::Json(body)).into_response()
}

async fn payment_points(
    State(world): State<Arc<World>>,
    Asked(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let listed = || {
        let reader = Reader::check(&world, &headers)?;
        let part = Query(pairs).part().map_err(|text| reader.bad(&text))?;
        let all: Vec<_> = reader
            .merchant
            .issuers
            .iter()
            .map(|issuer| json!({ "id": issuer.id, "name": issuer.name, "productType": "Invoice", "alias": null }))
            .collect();
        let (page, next) = part.as_they_are(all);
        let body = json!({ "pageSize": part.size, "nextPageNumber": next, "paymentPoints": page });
        Ok(axum::Json(body).into_response())
    };
    listed().unwrap_or_else(|refused: Response| refused)
}

async fn transactions(State(world): State<Arc<World>>, Asked(pairs): Pairs, headers: HeaderMap) -> Response {
    let listed = || {
        let reader = Reader::check(&world, &headers)?;
        let query = Query(pairs);
        let bad = |text: String| reader.bad(&text);
        let (part, point) = (query.part().map_err(bad)?, reader.point(&query)?);
        let (from, to) = query.moments().map_err(bad)?;
        let report = Report::of(&world.lock(), reader.merchant);
        let within = match query.guid("transferid").map_err(bad)? {
            Some(id) => Some(
                report
                    .place(id)
                    .ok_or_else(|| reader.missing("The transfer does not exist."))?,
            ),
            None => None,
        };
        let chosen: Vec<&Transaction> = report
            .transactions
            .iter()
            .filter(|entry| point.is_none_or(|point| entry.point == point))
            .filter(|entry| within.is_none() || entry.transfer == within)
            .filter(|entry| (from..=to).contains(&entry.at))
            .collect();
        let (page, next_page_number) = part.of(chosen);
        let told = TransactionPage {
            page_size: part.size,
            next_page_number,
            transactions: page
                .into_iter()
                .map(|entry| ToldTransaction::of(&world, &report, entry))
                .collect(),
        };
        Ok(axum::Json(told).into_response())
    };
    listed().unwrap_or_else(|refused: Response| refused)
}

async fn transfers(State(world): State<Arc<World>>, Asked(pairs): Pairs, headers: HeaderMap) -> Response {
    let listed = || {
        let reader = Reader::check(&world, &headers)?;
        let query = Query(pairs);
        let bad = |text: String| reader.bad(&text);
        let (part, point) = (query.part().map_err(bad)?, reader.point(&query)?);
        let (from, to) = query.days().map_err(bad)?;
        let report = Report::of(&world.lock(), reader.merchant);
        let chosen: Vec<&Transfer> = report
            .transfers
            .iter()
            .filter(|entry| point.is_none_or(|point| entry.point == point))
            .filter(|entry| {
                query
                    .text("reference")
                    .is_none_or(|asked| entry.reference == asked)
            })
            .filter(|entry| (from..=to).contains(&entry.date))
            .collect();
        let (page, next_page_number) = part.of(chosen);
        let told = TransferPage {
            page_size: part.size,
            next_page_number,
            transfers: page
                .into_iter()
                .map(|entry| ToldTransfer::of(&report, entry))
                .collect(),
        };
        Ok(axum::Json(told).into_response())
    };
    listed().unwrap_or_else(|refused: Response| refused)
}

async fn transfer(State(world): State<Arc<World>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let found = || {
        let reader = Reader::check(&world, &headers)?;
        let report = Report::of(&world.lock(), reader.merchant);
        let place = Uuid::parse_str(&id).ok().and_then(|id| report.place(id));
        let place = place.ok_or_else(|| reader.missing("The transfer does not exist."))?;
        Ok(axum::Json(ToldTransfer::of(&report, &report.transfers[place])).into_response())
    };
    found().unwrap_or_else(|refused: Response| refused)
}

impl Report {
    fn place(&self, id: Uuid) -> Option<usize> {
        self.transfers
            .iter()
            .position(|transfer| same_id(&transfer.id, id))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TransactionPage {
    page_size: usize,
    next_page_number: Option<usize>,
    transactions: Vec<ToldTransaction>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TransferPage {
    page_size: usize,
    next_page_number: Option<usize>,
    transfers: Vec<ToldTransfer>,
}

/// The members of spec 18.3 that an invoice can fill; the others are told as null.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToldTransaction {
    payment_id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    amount: Box<RawValue>,
    currency_code: &'static str,
    timestamp: String,
    message: Option<&'static str>,
    merchant_reference: Option<String>,
    merchant_payment_label: Option<&'static str>,
    transfer_reference: Option<String>,
    transfer_date: Option<String>,
    user_phone_number: Option<&'static str>,
    user_name: Option<&'static str>,
    refund_id: Option<&'static str>,
}

impl ToldTransaction {
    fn of(world: &World, report: &Report, entry: &Transaction) -> Self {
        let transfer = entry.transfer.map(|place| &report.transfers[place]);
        Self {
            payment_id: entry.payment.clone(),
            kind: entry.kind,
            amount: raw(entry.amount),
            currency_code: report.country.currency(),
            timestamp: entry.at.strftime("%Y-%m-%dT%H:%M:%S.%7f+00:00").to_string(),
            message: None,
            // Not for invoices, says version 3 (spec 21 item 33).
            merchant_reference: entry
                .reference
                .clone()
                .filter(|_| world.readings.has(Reading::MerchantReference)),
            merchant_payment_label: None,
            transfer_reference: transfer.map(|transfer| transfer.reference.clone()),
            transfer_date: transfer.map(|transfer| transfer.date.to_string()),
            user_phone_number: None,
            user_name: entry.payer,
            refund_id: None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToldTransfer {
    id: String,
    payment_point_id: &'static str,
    reference: String,
    date: String,
    total_transferred_amount: Box<RawValue>,
    currency_code: &'static str,
}

impl ToldTransfer {
    fn of(report: &Report, entry: &Transfer) -> Self {
        Self {
            id: entry.id.clone(),
            payment_point_id: entry.point,
            reference: entry.reference.clone(),
            date: entry.date.to_string(),
            total_transferred_amount: raw(entry.total),
            currency_code: report.country.currency(),
        }
    }
}
