//! Transaction Reporting, version 3 (spec 18.3), as far as paid invoices are compared with it: which payment points
//! there are, which payments were made, and in which transfers the money came.
//!
//! Deliberately absent: versions 1 and 2 (deprecated), the payer's name and number, and following the pages to their
//! end. Nothing here changes anything.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use reqwest::{RequestBuilder, Url};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    AccessToken, Answer, ApiError, ApiHttp, GatewayCredentials, SetupError, exchange, gateway::Gateway,
    json::Members,
};

/// The most that one page may hold (spec 18.3).
const PAGE: &str = "1000";

/// Null on the last page.
const NEXT: &str = "nextPageNumber";

/// A thousand entries with a message each.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// The reporting service at one base address: a host of its own, without the path of the Invoice API.
#[derive(Clone, Debug)]
pub struct Reporting {
    gateway: Gateway,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order of the answer, which is the oldest first.
    pub entries: Vec<T>,
    /// How many entries could not be read at all. A comparison with such a page is not complete.
    pub unreadable: usize,
    /// Number of the next page; `None` on the last.
    pub next: Option<u32>,
}

/// Where money is collected. For invoices it is the issuer (spec 18.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPoint {
    /// Guid of the issuer.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// `Invoice` for ours, in the service's spelling.
    pub product_type: Option<String>,
}

impl PaymentPoint {
    /// Whether invoices are paid to it.
    pub fn is_for_invoices(&self) -> bool {
        let product = self.product_type.as_deref();
        product.is_some_and(|product| product.eq_ignore_ascii_case("invoice"))
    }
}

/// One movement of money.
#[derive(Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Joins to the `PaymentTransactionId` of an invoice's details, as far as anybody knows (spec 18.1).
    pub payment_id: Option<String>,
    /// `Payment`, `Refund`, `ServiceFee` …, in the service's spelling.
    pub kind: Option<String>,
    /// Major units, exact.
    pub amount: Option<Decimal>,
    /// ISO code.
    pub currency_code: Option<String>,
    /// When.
    pub timestamp: Option<Timestamp>,
    /// The payment reference or invoice number; often missing for invoices (spec 21.1 item 33).
    pub merchant_reference: Option<String>,
    /// Reference of the transfer to the bank.
    pub transfer_reference: Option<String>,
    /// Day of the transfer.
    pub transfer_date: Option<Date>,
    /// The payer's words.
    pub message: Option<String>,
}

/// Words of payers are not printed.
impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("payment_id", &self.payment_id)
            .field("kind", &self.kind)
            .field("amount", &self.amount)
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

/// One transfer to the merchant's bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Guid.
    pub id: String,
    /// Guid of the issuer.
    pub payment_point_id: Option<String>,
    /// As on the bank statement.
    pub reference: Option<String>,
    /// Day.
    pub date: Option<Date>,
    /// Major units, exact.
    pub total: Option<Decimal>,
    /// ISO code.
    pub currency_code: Option<String>,
}

/// Which transactions are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// Guid of the issuer.
    pub payment_point_id: &'a str,
    /// From this moment on.
    pub from: Timestamp,
    /// Up to this moment.
    pub to: Timestamp,
}

impl Reporting {
    /// `base` is `https://api.mobilepay.dk`, or the base of another world.
    pub fn new(base: Url, gateway: &GatewayCredentials, http: ApiHttp) -> Result<Self, SetupError> {
        Gateway::new(base, gateway, http).map(|gateway| Self { gateway })
    }

    /// `GET /v3/reporting/paymentpoints`.
    pub async fn payment_points(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        page: u32,
    ) -> Result<Answer<Page<PaymentPoint>>, ApiError> {
        // The one list that is not sorted (spec 18.3).
        let call = self.list(token, correlation_id, "paymentpoints", page)?;
        answered(call, correlation_id, |body| payment_points(body, page)).await
    }

    /// `GET /v3/reporting/transactions` of one payment point, the oldest first.
    pub async fn transactions(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        span: Span<'_>,
        page: u32,
    ) -> Result<Answer<Page<Transaction>>, ApiError> {
        let call = self.list(token, correlation_id, "transactions", page)?.query(&[
            ("sortdirection", "asc"),
            ("paymentpointid", span.payment_point_id),
            ("startdate", &span.from.to_string()),
            ("enddate", &span.to.to_string()),
        ]);
        answered(call, correlation_id, |body| transactions(body, page)).await
    }

    /// `GET /v3/reporting/transfers` of one payment point between two days, the oldest first.
    pub async fn transfers(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        payment_point_id: &str,
        (from, to): (Date, Date),
        page: u32,
    ) -> Result<Answer<Page<Transfer>>, ApiError> {
        let call = self.list(token, correlation_id, "transfers", page)?.query(&[
            ("sortdirection", "asc"),
            ("paymentpointid", payment_point_id),
            ("startdate", &from.to_string()),
            ("enddate", &to.to_string()),
        ]);
        answered(call, correlation_id, |body| transfers(body, page)).await
    }

    fn list(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        what: &str,
        page: u32,
    ) -> Result<RequestBuilder, ApiError> {
        let path = ["v3", "reporting", what];
        let call = self.gateway.look(token, correlation_id, &path)?;
        Ok(call.query(&[("pagesize", PAGE), ("pagenumber", &page.to_string())]))
    }
}

async fn answered<T>(
    call: RequestBuilder,
    correlation_id: Uuid,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Answer<T>, ApiError> {
    let good = exchange::exchange_up_to(LONGEST_ANSWER, call, correlation_id).await?;
    good.read(read)
}

/// A page whose next cannot be told is not read: taken for the last, it would make a report whole that is not. One that names
/// itself or an earlier one would never end.
fn page<T>(body: &str, name: &str, asked: u32, entry: fn(&Members) -> Option<T>) -> Option<Page<T>> {
    let members = Members::of(body)?;
    let elements = members.elements(name)?;
    let next = if members.has(NEXT) {
        Some(members.code(NEXT).filter(|next| *next > asked)?)
    } else {
        None
    };
    let entries: Vec<T> = elements
        .iter()
        .filter_map(|element| entry(&Members::of(element.get())?))
        .collect();
    Some(Page {
        unreadable: elements.len() - entries.len(),
        entries,
        next,
    })
}

pub(crate) fn payment_points(body: &str, asked: u32) -> Option<Page<PaymentPoint>> {
    page(body, "paymentPoints", asked, |members| {
        Some(PaymentPoint {
            id: members.some_text("id")?,
            name: members.some_text("name"),
            product_type: members.some_text("productType"),
        })
    })
}

pub(crate) fn transactions(body: &str, asked: u32) -> Option<Page<Transaction>> {
    page(body, "transactions", asked, |members| {
        Some(Transaction {
            payment_id: members.some_text("paymentId"),
            kind: members.some_text("type"),
            amount: members.decimal("amount"),
            currency_code: members.some_text("currencyCode"),
            timestamp: members.moment("timestamp"),
            merchant_reference: members.some_text("merchantReference"),
            transfer_reference: members.some_text("transferReference"),
            transfer_date: members.date("transferDate"),
            message: members.some_text("message"),
        })
    })
}

pub(crate) fn transfers(body: &str, asked: u32) -> Option<Page<Transfer>> {
    page(body, "transfers", asked, |members| {
        Some(Transfer {
            id: members.some_text("id")?,
            payment_point_id: members.some_text("paymentPointId"),
            reference: members.some_text("reference"),
            date: members.date("date"),
            total: members.decimal("totalTransferredAmount"),
            currency_code: members.some_text("currencyCode"),
        })
    })
}
