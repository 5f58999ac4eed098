//! Consent to be sent invoices by phone (spec 15): ask with a link, look, and list who agreed.
//!
//! Deliberately absent: following the pages to their end, and a callback, which no document has. The merchant is the
//! token's, so no merchant stands in these addresses.

use std::fmt;

use http::Method;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    AccessToken, Answer, Api, ApiError, exchange, gateway,
    json::{Members, is_id},
};

/// The customer's answer (spec 15.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentState {
    /// No answer yet.
    Pending,
    /// The customer agreed.
    Granted,
    /// The customer declined.
    Denied,
    /// Taken back; only the number in the machine-readable description hints at it.
    Deleted,
    /// A word or number that the documents do not know, kept as it came.
    Unknown(String),
}

impl ConsentState {
    /// Words in any casing, or the numbers of the machine-readable description (spec 21.1 item 6).
    pub fn parse(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "pending" | "1" => Self::Pending,
            "granted" | "2" => Self::Granted,
            "denied" | "3" => Self::Denied,
            "deleted" | "4" => Self::Deleted,
            _ => Self::Unknown(word.to_owned()),
        }
    }
}

/// One request for consent.
#[derive(Clone, PartialEq, Eq)]
pub struct Consent {
    /// Guid.
    pub consent_id: String,
    /// The link with which it was asked.
    pub invoice_id: Option<String>,
    /// The customer's number, as told. `None` until it was granted, whatever the answer holds (spec 21.1 item 41).
    pub phone: Option<String>,
    /// The answer.
    pub state: ConsentState,
    /// When it was granted.
    pub granted_on: Option<Timestamp>,
}

/// A number is the customer's own and is not printed.
impl fmt::Debug for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consent")
            .field("consent_id", &self.consent_id)
            .field("state", &self.state)
            .field("granted_on", &self.granted_on)
            .finish_non_exhaustive()
    }
}

/// One page of granted consents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentPage {
    /// In the order of the answer. Entries without an id are left out.
    pub consents: Vec<Consent>,
    /// To be given back for the next page, as it came; `None` on the last.
    pub next: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    invoice_id: &'a str,
}

impl Api {
    /// `POST directinvoiceconsents` (spec 15.1): the payer of this link will be asked.
    pub async fn ask_consent(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        invoice_id: &str,
    ) -> Result<Answer<Consent>, ApiError> {
        if !is_id(invoice_id) {
            return Err(gateway::unwritable(correlation_id));
        }
        let path = ["api", "v1", "directinvoiceconsents"];
        let call = self
            .gateway
            .effect(Method::POST, token, correlation_id, &path)?
            .json(&Question { invoice_id });
        exchange::exchange(call, correlation_id).await?.read(consent)
    }

    /// `GET directinvoiceconsents?invoiceIssuerId=…&state=granted` (spec 15.2), the page after `after`.
    pub async fn granted_consents(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        issuer_id: &str,
        after: Option<&str>,
    ) -> Result<Answer<ConsentPage>, ApiError> {
        if !is_id(issuer_id) {
            return Err(gateway::unwritable(correlation_id));
        }
        let path = ["api", "v1", "directinvoiceconsents"];
        let mut query = vec![("invoiceIssuerId", issuer_id), ("state", "granted")];
        query.extend(after.map(|after| ("pagingState", after)));
        let call = self.gateway.look(token, correlation_id, &path)?.query(&query);
        exchange::exchange(call, correlation_id)
            .await?
            .read(|body| consent_page(body, after))
    }

    /// `GET directinvoiceconsents/{id}` (spec 15.3).
    pub async fn consent(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        consent_id: &str,
    ) -> Result<Answer<Consent>, ApiError> {
        let path = ["api", "v1", "directinvoiceconsents", consent_id];
        self.read(token, correlation_id, &path)
            .await?
            .read(|body| consent(body).filter(|told| told.consent_id.eq_ignore_ascii_case(consent_id)))
    }
}

pub(crate) fn consent(body: &str) -> Option<Consent> {
    consent_of(&Members::of(body)?)
}

fn consent_of(members: &Members) -> Option<Consent> {
    let state = ConsentState::parse(&members.some_text("State")?);
    let granted = state == ConsentState::Granted;
    let consent_id = members.text("ConsentId")?.trim().to_owned();
    is_id(&consent_id).then(|| Consent {
        consent_id,
        invoice_id: members.some_text("InvoiceId"),
        phone: members.some_text("PhoneNumber").filter(|_| granted),
        granted_on: members.moment("GrantedOn").filter(|_| granted),
        state,
    })
}

/// A page that names itself as the next would never end, so it is taken for the last.
pub(crate) fn consent_page(body: &str, after: Option<&str>) -> Option<ConsentPage> {
    let members = Members::of(body)?;
    members.has("GrantedConsents").then(|| ConsentPage {
        consents: members
            .objects("GrantedConsents")
            .iter()
            .filter_map(consent_of)
            .collect(),
        next: members
            .some_text("PagingState")
            .filter(|next| Some(next.as_str()) != after),
    })
}
