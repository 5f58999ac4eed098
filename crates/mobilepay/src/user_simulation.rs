//! The sandbox's imitation of the payer's app (spec 16, S1 to S5).
//!
//! Deliberately absent: a call to pay. Paying is accepting with today's date. Production has none of this.

use http::{HeaderMap, HeaderValue, Method, header};
use jiff::civil::Date;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    AccessToken, Answer, Api, ApiError, Trace, exchange,
    json::{Members, is_id},
    refusal,
};

/// No invoice on paper comes near this.
const LONGEST_PDF: usize = 16 * 1024 * 1024;

/// What a simulated acceptance led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Guid.
    pub invoice_id: String,
    /// As told; the documents list no values.
    pub payment_status: Option<String>,
    /// Where the payer is sent, for links.
    pub redirect_url: Option<String>,
}

/// A payment that did not succeed, e.g. by an expired card (spec 16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedPayment {
    /// The service's words, perhaps none.
    pub words: String,
}

/// Names the test user who acts.
const ACTING: &str = "AuthenticatedUser";

/// One test user of spec 16.1, acting on the invoices that were sent to their phone.
#[derive(Clone, Copy, Debug)]
pub struct Payer<'a> {
    /// The service.
    pub api: &'a Api,
    /// The token; not demanded by the documents for these calls, but sent (spec 21.1 item 44).
    pub token: &'a AccessToken,
    /// `AuthenticatedUser`.
    pub user: Uuid,
}

#[derive(Serialize)]
struct Acceptance {
    #[serde(rename = "paymentDate")]
    payment_date: String,
    #[serde(rename = "ConsumerCard")]
    consumer_card: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConsentAnswer {
    is_consent_granted: bool,
}

impl Payer<'_> {
    /// S1: the PDF that the payer sees.
    pub async fn pdf(&self, correlation_id: Uuid, invoice_id: &str) -> Result<Answer<Vec<u8>>, ApiError> {
        let mut call = self.call(Method::GET, correlation_id, invoice_id, "pdf")?;
        // Errors come as JSON.
        let accept = HeaderValue::from_static("application/pdf, application/json");
        call = call.headers(HeaderMap::from_iter([(header::ACCEPT, accept)]));
        let good = exchange::exchange_up_to(LONGEST_PDF, call, correlation_id).await?;
        let trace = Trace {
            body: String::new(),
            ..good.trace
        };
        if good.body.starts_with(exchange::PAPER) {
            return Ok(Answer {
                value: good.body.to_vec(),
                trace,
            });
        }
        Err(refusal::unclear(
            crate::UnclearReason::Unreadable,
            None,
            Box::new(trace),
        ))
    }

    /// S2: accepts. With today as `payment_date` it is paid at once, with a later day it is scheduled.
    pub async fn accept(
        &self,
        correlation_id: Uuid,
        invoice_id: &str,
        payment_date: Date,
        card: Uuid,
    ) -> Result<Answer<Accepted>, ApiError> {
        let body = Acceptance {
            payment_date: format!("{payment_date}T00:00:00Z"),
            consumer_card: card,
        };
        let call = self
            .call(Method::PUT, correlation_id, invoice_id, "accept")?
            .json(&body);
        exchange::exchange(call, correlation_id).await?.read(accepted)
    }

    /// S3: rejects. A link that was never accepted stays `created` (spec 21.1 item 19).
    pub async fn reject(&self, correlation_id: Uuid, invoice_id: &str) -> Result<Answer<()>, ApiError> {
        let path = path_to(invoice_id, "reject");
        let call = self
            .api
            .gateway
            .bare_effect(Method::PUT, self.token, correlation_id, &path)?;
        let call = call.header(ACTING, self.user.to_string());
        exchange::exchange(call, correlation_id).await?.read(|_| Some(()))
    }

    /// S4: answers the request for consent.
    pub async fn answer_consent(
        &self,
        correlation_id: Uuid,
        consent_id: &str,
        granted: bool,
    ) -> Result<Answer<()>, ApiError> {
        let path = [
            "api",
            "v1",
            "consumers",
            "me",
            "invoices",
            "directinvoiceconsent",
            consent_id,
        ];
        let call = self
            .acting(Method::PUT, correlation_id, &path)?
            .json(&ConsentAnswer {
                is_consent_granted: granted,
            });
        exchange::exchange(call, correlation_id).await?.read(|_| Some(()))
    }

    /// S5: takes the consent back.
    pub async fn delete_consent(
        &self,
        correlation_id: Uuid,
        consent_id: &str,
    ) -> Result<Answer<()>, ApiError> {
        let path = ["api", "v1", "directinvoiceconsents", consent_id];
        let call = self.acting(Method::DELETE, correlation_id, &path)?;
        exchange::exchange(call, correlation_id).await?.read(|_| Some(()))
    }

    fn call(
        &self,
        method: Method,
        correlation_id: Uuid,
        invoice_id: &str,
        what: &str,
    ) -> Result<reqwest::RequestBuilder, ApiError> {
        self.acting(method, correlation_id, &path_to(invoice_id, what))
    }

    fn acting(
        &self,
        method: Method,
        correlation_id: Uuid,
        path: &[&str],
    ) -> Result<reqwest::RequestBuilder, ApiError> {
        let call = self
            .api
            .gateway
            .effect(method, self.token, correlation_id, path)?;
        Ok(call.header(ACTING, self.user.to_string()))
    }
}

const fn path_to<'a>(invoice_id: &'a str, what: &'a str) -> [&'a str; 7] {
    ["api", "v1", "consumers", "me", "invoices", invoice_id, what]
}

/// The answer of S2.
pub(crate) fn accepted(body: &str) -> Option<Accepted> {
    let members = Members::of(body)?;
    Some(Accepted {
        invoice_id: members.text("InvoiceId").filter(|id| is_id(id))?,
        payment_status: members.some_text("InvoicePaymentStatus"),
        redirect_url: members.some_text("RedirectUrl"),
    })
}

impl FailedPayment {
    /// What S2 said with 400 of a payment that did not succeed; `None` if `error` is anything else, as of a request that could
    /// not be read (also 400).
    pub fn of(error: &ApiError) -> Option<Self> {
        let ApiError::Refused {
            status: 400, trace, ..
        } = error
        else {
            return None;
        };
        let members = Members::of(&trace.body)?;
        members.has("InvoicePaymentStatus").then(|| Self {
            words: members.some_text("ErrorText").unwrap_or_default(),
        })
    }
}
