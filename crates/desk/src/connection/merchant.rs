//! What the books know of the merchant: facts by name, and the issuers as last told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use uuid::Uuid;

use super::refusals::api_refusal;
use super::{Connection, Ready};
use crate::ipc::{IssuerView, Refusal};
use crate::refuse::Outcome;

impl Connection {
    /// Asks for the issuers and keeps them.
    pub(crate) async fn learn_issuers(&self, ready: &Ready) -> Outcome<Vec<IssuerView>> {
        let answer = self
            .api
            .issuers(&ready.token, Uuid::new_v4(), &ready.merchant_id)
            .await;
        self.note_answer(answer.as_ref().err(), &ready.token_value).await;
        let issuers: Vec<IssuerView> = answer
            .map_err(|error| api_refusal(&error))?
            .value
            .issuers
            .iter()
            .map(issuer)
            .collect();
        let text = serde_json::to_string(&issuers).map_err(|error| Refusal::unexpected(&error))?;
        self.save_of_sign_in(ready.sign_in, "issuers", text).await?;
        Ok(issuers)
    }

    /// The issuers as last told.
    pub(crate) async fn issuers(&self) -> Outcome<Vec<IssuerView>> {
        let text = self.fact("issuers").await?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// Which sign-in this is, counted in this run.
    pub(super) fn sign_in(&self) -> u64 {
        self.sign_ins.load(Ordering::SeqCst)
    }

    /// From here on nothing is kept that was asked with a token of before.
    pub(crate) fn another_sign_in(&self) {
        self.sign_ins.fetch_add(1, Ordering::SeqCst);
    }

    /// Keeps what was asked with a token of `sign_in`, unless there was another since. The books do one thing after the
    /// other, so a merchant that is forgotten after the next sign-in stays forgotten.
    pub(super) async fn save_of_sign_in(
        &self,
        sign_in: u64,
        name: &'static str,
        value: String,
    ) -> Outcome<()> {
        let sign_ins = Arc::clone(&self.sign_ins);
        let saved = self.books.with(move |books| {
            if sign_ins.load(Ordering::SeqCst) == sign_in {
                books.save_fact(name, &value)
            } else {
                Ok(())
            }
        });
        Ok(saved.await??)
    }

    /// Forgets whose token it was, so that another merchant's sign-in is not taken for this one's.
    pub(crate) async fn forget_merchant(&self) -> Outcome<()> {
        self.save_fact("merchant_id", String::new()).await
    }

    /// A fact of the books by name; an empty one is none.
    pub(crate) async fn fact(&self, name: &'static str) -> Outcome<Option<String>> {
        let found = self.books.with(move |books| books.fact(name)).await??;
        Ok(found.filter(|value| !value.is_empty()))
    }

    pub(crate) async fn save_fact(&self, name: &'static str, value: String) -> Outcome<()> {
        Ok(self
            .books
            .with(move |books| books.save_fact(name, &value))
            .await??)
    }
}

fn issuer(issuer: &mobilepay::Issuer) -> IssuerView {
    use mobilepay::IssuerStatus as Status;
    let status = match &issuer.status {
        Status::Pending => Some("pending".to_owned()),
        Status::Enabled => Some("enabled".to_owned()),
        Status::Disabled => Some("disabled".to_owned()),
        Status::Unknown(word) => word.clone(),
    };
    let town = [&issuer.zip_code, &issuer.city]
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    let parts: Vec<String> = issuer
        .address
        .clone()
        .into_iter()
        .chain(Some(town))
        .filter(|part| !part.is_empty())
        .collect();
    IssuerView {
        id: issuer.id.clone(),
        name: issuer.name.clone().unwrap_or_default(),
        status,
        address: (!parts.is_empty()).then(|| parts.join(", ")),
        usable: issuer.status.may_be_used(),
    }
}
