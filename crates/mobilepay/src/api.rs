//! The endpoints of invoices and issuers, one function each (spec 7.1, rows 1 to 9).
//!
//! Deliberately absent: any retry; callback settings and consents, which are beside this file.

use http::{Method, header};
use invoice::Channel;
use reqwest::Url;
use uuid::Uuid;

use crate::{
    AccessToken, Answer, ApiError, ApiHttp, BatchOutcome, Created, CreatedLink, Details, FrozenBatch,
    GatewayCredentials, Issuers, Me, SetupError, Status, answers, batch,
    exchange::{self, Good},
    gateway::Gateway,
    refusal,
};

/// The Invoice API at one base address with one set of gateway credentials.
#[derive(Clone, Debug)]
pub struct Api {
    pub(crate) gateway: Gateway,
}

impl Api {
    /// `base` is the `<API base>` of spec 1.2; all calls go to its host and nowhere else.
    pub fn new(base: Url, gateway: &GatewayCredentials, http: ApiHttp) -> Result<Self, SetupError> {
        Gateway::new(base, gateway, http).map(|gateway| Self { gateway })
    }

    /// `GET merchants/me` (spec 8.1): whose token this is.
    pub async fn me(&self, token: &AccessToken, correlation_id: Uuid) -> Result<Answer<Me>, ApiError> {
        self.read(token, correlation_id, &["api", "v1", "merchants", "me"])
            .await?
            .read(answers::me)
    }

    /// `GET merchants/{id}/invoiceissuers` (spec 8.2).
    pub async fn issuers(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        merchant_id: &str,
    ) -> Result<Answer<Issuers>, ApiError> {
        let path = ["api", "v1", "merchants", merchant_id, "invoiceissuers"];
        self.read(token, correlation_id, &path)
            .await?
            .read(answers::issuers)
    }

    /// `POST merchants/{id}/invoices` (spec 9.2) with the frozen `bytes`, verbatim.
    pub async fn create_direct(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        merchant_id: &str,
        bytes: &[u8],
    ) -> Result<Answer<Created>, ApiError> {
        let path = ["api", "v1", "merchants", merchant_id, "invoices"];
        self.create(token, correlation_id, &path, bytes)
            .await?
            .read(answers::created)
    }

    /// `POST merchants/{id}/invoices/link` (spec 9.4) with the frozen `bytes`, verbatim.
    pub async fn create_link(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        merchant_id: &str,
        bytes: &[u8],
    ) -> Result<Answer<CreatedLink>, ApiError> {
        let path = ["api", "v1", "merchants", merchant_id, "invoices", "link"];
        self.create(token, correlation_id, &path, bytes)
            .await?
            .read(answers::created_link)
    }

    /// `PUT merchants/{id}/invoices/{id}/cancel` (spec 10.1). The customer gets no message.
    pub async fn cancel(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        merchant_id: &str,
        invoice_id: &str,
    ) -> Result<Answer<()>, ApiError> {
        let path = [
            "api",
            "v1",
            "merchants",
            merchant_id,
            "invoices",
            invoice_id,
            "cancel",
        ];
        let call = self
            .gateway
            .bare_effect(Method::PUT, token, correlation_id, &path)?;
        exchange::exchange(call, correlation_id).await?.read(|_| Some(()))
    }

    /// `GET merchants/{id}/invoices/{id}` (spec 10.2).
    pub async fn details(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        merchant_id: &str,
        invoice_id: &str,
    ) -> Result<Answer<Details>, ApiError> {
        let path = ["api", "v1", "merchants", merchant_id, "invoices", invoice_id];
        self.read(token, correlation_id, &path)
            .await?
            .read(|body| answers::details(body, invoice_id))
    }

    /// `GET merchants/{id}/invoices/{id}/status` (spec 10.3).
    pub async fn status(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        merchant_id: &str,
        invoice_id: &str,
    ) -> Result<Answer<Status>, ApiError> {
        let path = [
            "api",
            "v1",
            "merchants",
            merchant_id,
            "invoices",
            invoice_id,
            "status",
        ];
        self.read(token, correlation_id, &path)
            .await?
            .read(|body| answers::status(body, invoice_id))
    }

    /// `POST merchants/{id}/invoices/batch` or `…/invoices/link/batch` (spec 9.3, 9.5): up to 2,000 at once.
    ///
    /// A good answer says of each body what a single call would have said, in the order of the batch. An accepted
    /// invoice to a phone can still turn `invalid`; an accepted link has no address, which only a callback tells.
    pub async fn create_batch(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        merchant_id: &str,
        batch: &FrozenBatch,
    ) -> Result<BatchOutcome, ApiError> {
        let path: &[&str] = match batch.channel() {
            Channel::Phone => &["api", "v1", "merchants", merchant_id, "invoices", "batch"],
            Channel::Link => &["api", "v1", "merchants", merchant_id, "invoices", "link", "batch"],
        };
        let call = self
            .gateway
            .effect(Method::POST, token, correlation_id, path)?
            .timeout(self.gateway.batch_timeout)
            .header(header::CONTENT_TYPE, "application/json")
            .body(batch.bytes());
        let good = exchange::exchange_up_to(batch::LONGEST_ANSWER, call, correlation_id)
            .await
            .and_then(|good| good.read_traced(|body, trace| batch::read(body, trace, batch)));
        good.map(|answer| answer.value).map_err(batch::error_of_all)
    }

    /// A call that only looks, with its JSON answer.
    pub(crate) async fn read(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        path: &[&str],
    ) -> Result<Good, ApiError> {
        let call = self.gateway.look(token, correlation_id, path)?;
        exchange::exchange(call, correlation_id).await
    }

    async fn create(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        path: &[&str],
        bytes: &[u8],
    ) -> Result<Good, ApiError> {
        let call = self
            .gateway
            .effect(Method::POST, token, correlation_id, path)?
            .header(header::CONTENT_TYPE, "application/json")
            .body(bytes.to_vec());
        let answer = exchange::exchange(call, correlation_id).await;
        answer.map_err(refusal::of_create)
    }
}
