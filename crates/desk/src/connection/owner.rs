//! Whose books they are. What waits in the outbox and what is followed belongs to the merchant in whose name it was sent, so
//! nobody else signs in to these books. Books from which nothing was ever sent are anybody's.

use login::SignedIn;
use mobilepay::AccessToken;
use uuid::Uuid;

use super::Connection;
use crate::credentials::store_refusal;
use crate::ipc::{Refusal, RefusalCode, SigninReason, SigninRefused};
use crate::refuse::Outcome;

/// The fact that names the merchant by MobilePay's id.
const OWNER: &str = "books_of";

impl Connection {
    /// Refuses a sign-in of another merchant than the books', before anything of it is kept. If MobilePay cannot be asked now,
    /// it is asked before the first call. It leaves the books whose they are: the sign-in may still be given up.
    pub(crate) async fn admit(&self, signed_in: &SignedIn) -> Outcome<()> {
        if self.fact(OWNER).await?.is_none() {
            // Books from before it was written down: whoever was signed in until now.
            if let Some(merchant_id) = self.fact("merchant_id").await? {
                self.save_fact(OWNER, merchant_id).await?;
            }
        }
        let token = AccessToken::new(signed_in.tokens.access_token.clone());
        match self.api.me(&token, Uuid::new_v4()).await {
            Ok(me) => self.may_be_of(&me.value.merchant_id).await,
            Err(_) => Ok(()),
        }
    }

    /// The books are this merchant's, whose token is of `sign_in`; or not, and then nobody is signed in any more. What a
    /// former sign-in says comes too late for either.
    pub(super) async fn belongs_to(&self, sign_in: u64, merchant_id: &str) -> Outcome<()> {
        if let Err(refusal) = self.may_be_of(merchant_id).await {
            if self.sign_in() == sign_in {
                self.session.sign_out().await.map_err(store_refusal)?;
            }
            return Err(refusal);
        }
        self.save_of_sign_in(sign_in, OWNER, merchant_id.to_owned()).await
    }

    /// Refuses another merchant than the books'.
    async fn may_be_of(&self, merchant_id: &str) -> Outcome<()> {
        match self.fact(OWNER).await? {
            Some(owner) if owner.eq_ignore_ascii_case(merchant_id) => Ok(()),
            Some(_) if self.something_was_sent().await? => Err(other_merchant()),
            _ => Ok(()),
        }
    }

    async fn something_was_sent(&self) -> Outcome<bool> {
        let series = self.books.with(|books| books.series()).await??;
        Ok(series.count > 0)
    }
}

fn other_merchant() -> Refusal {
    Refusal::new(
        RefusalCode::OtherMerchant,
        "These books belong to another business than the one that was signed in to.",
    )
    .with_signin(SigninRefused {
        reason: SigninReason::OtherMerchant,
        code: "other_merchant".to_owned(),
    })
}
