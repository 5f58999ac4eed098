//! Calling the service: a token and whose it is, what an answer says of the calls that follow, and whether there is a network.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use login::SessionError;
use mobilepay::{AccessToken, ApiError, Proof, proves};
use secrecy::SecretString;
use uuid::Uuid;

use super::refusals::{api_refusal, session_refusal};
use super::{Connection, NETWORK_DOWN, NETWORK_UP};
use crate::circuit::Flow;
use crate::ipc::{Event, Refusal, RefusalCode};
use crate::refuse::Outcome;

/// After a look that said nothing of the service.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(15);

/// What a call to the API needs.
pub(crate) struct Ready {
    pub(crate) token: AccessToken,
    pub(crate) token_value: SecretString,
    pub(crate) merchant_id: String,
    /// Which sign-in the token is of, counted in this run.
    pub(super) sign_in: u64,
}

impl Connection {
    /// Whether the last call got through; `None` before the first.
    pub(crate) fn online(&self) -> Option<bool> {
        match self.network.load(Ordering::Relaxed) {
            NETWORK_UP => Some(true),
            NETWORK_DOWN => Some(false),
            _ => None,
        }
    }

    /// Takes down from an answer or error whether the network is there, and tells the window when that changed.
    pub(crate) fn note_network(&self, error: Option<&ApiError>) {
        let news = self.troubles.note_call(error);
        self.note_reached(match error {
            Some(ApiError::NotSent { .. }) => false,
            Some(ApiError::Unclear { trace, .. }) => trace.status.is_some(),
            _ => true,
        });
        if news {
            self.tell(Event::ConnectionChanged);
        }
    }

    /// The same of a call that sends `invoice`, the first of a batch. After the lost answers of many in a row nothing more
    /// goes out ([`Self::way_is_shut`]).
    pub(crate) fn note_sent(&self, invoice: &str, error: Option<&ApiError>) {
        self.note_network(error);
        let now = self.now();
        let (before, after) = {
            let mut breaker = self.circuit.breaker();
            let before = breaker.flow(now);
            match error.map(proves) {
                Some(Proof::Nothing) => breaker.lost(invoice, now),
                // It went nowhere, which says nothing of answers.
                Some(Proof::NotSent) => {}
                _ => breaker.answered(),
            }
            (before, breaker.flow(now))
        };
        if before != after {
            self.tell(Event::ConnectionChanged);
        }
    }

    /// Until when nothing may be sent, because the service does not answer. When it is time to look, a read is tried
    /// first, and its failure costs nothing.
    pub(crate) async fn way_is_shut(&self, ready: &Ready) -> Option<Timestamp> {
        match self.circuit.flow(self.now()) {
            Flow::Closed => None,
            Flow::Open(until) => Some(until),
            Flow::HalfOpen => self.look(ready).await,
        }
    }

    async fn look(&self, ready: &Ready) -> Option<Timestamp> {
        let me = self.api.me(&ready.token, Uuid::new_v4()).await;
        self.learn_from(me.as_ref().err(), ready).await;
        let now = self.now();
        match me.err()? {
            ApiError::Throttled { .. } => Some(self.pace.shut(now).unwrap_or(now + LOOK_AGAIN)),
            // The next token may do.
            ApiError::Unauthorized { .. } => Some(now + LOOK_AGAIN),
            error if matches!(proves(&error), Proof::Nothing | Proof::NotSent) => {
                self.circuit.breaker().looked_in_vain(now);
                self.tell(Event::ConnectionChanged);
                match self.circuit.flow(now) {
                    Flow::Open(until) => Some(until),
                    Flow::Closed | Flow::HalfOpen => Some(now + LOOK_AGAIN),
                }
            }
            _ => None,
        }
    }

    fn note_reached(&self, reached: bool) {
        let now = if reached { NETWORK_UP } else { NETWORK_DOWN };
        if self.network.swap(now, Ordering::Relaxed) != now {
            self.tell(Event::ConnectionChanged);
        }
    }

    /// Takes to heart what an answer says of all calls that follow: a token that is not accepted any more, and a service
    /// that wants to be left alone (429, or 503 with a time).
    pub(crate) async fn heed(&self, error: &ApiError, ready: &Ready) {
        match error {
            ApiError::Unauthorized { .. } => self.session.rejected(&ready.token_value).await,
            ApiError::Throttled { retry_after, .. } => {
                self.pace.wait(self.now(), *retry_after);
                self.tell(Event::ConnectionChanged);
            }
            ApiError::Unclear {
                retry_after: Some(asked),
                ..
            } => {
                self.pace.wait(self.now(), Some(*asked));
                self.tell(Event::ConnectionChanged);
            }
            _ => {}
        }
    }

    /// A token and the merchant's id, asked for once and kept in the books. Both are of one sign-in: what was asked with the
    /// token of a former one is not kept, and the token of one does not go with the merchant of another.
    pub(crate) async fn ready_to_call(&self) -> Outcome<Ready> {
        if let Some(refusal) = &self.wanting {
            return Err(refusal.clone());
        }
        loop {
            let sign_in = self.sign_in();
            let ready = self.ready_in(sign_in).await;
            if self.sign_in() == sign_in {
                return ready;
            }
        }
    }

    async fn ready_in(&self, sign_in: u64) -> Outcome<Ready> {
        let (token_value, token) = self.token().await?;
        if let Some(merchant_id) = self.fact("merchant_id").await? {
            return Ok(Ready {
                token,
                token_value,
                merchant_id,
                sign_in,
            });
        }
        let me = self.api.me(&token, Uuid::new_v4()).await;
        self.note_answer(me.as_ref().err(), &token_value).await;
        let (me, token_value, token) = if matches!(me, Err(ApiError::Unauthorized { .. })) {
            let (token_value, token) = self.token().await?;
            let again = self.api.me(&token, Uuid::new_v4()).await;
            self.note_answer(again.as_ref().err(), &token_value).await;
            (again, token_value, token)
        } else {
            (me, token_value, token)
        };
        let merchant_id = me.map_err(|error| api_refusal(&error))?.value.merchant_id;
        self.belongs_to(sign_in, &merchant_id).await?;
        self.save_of_sign_in(sign_in, "merchant_id", merchant_id.clone())
            .await?;
        let ready = Ready {
            token,
            token_value,
            merchant_id,
            sign_in,
        };
        self.learn_issuers(&ready).await?;
        self.tell(Event::ConnectionChanged);
        Ok(ready)
    }

    /// A token, renewed if need be.
    async fn token(&self) -> Outcome<(SecretString, AccessToken)> {
        let token = self.session.access_token().await;
        if self.troubles.note_session(token.as_ref().err()) {
            self.tell(Event::ConnectionChanged);
        }
        if matches!(token, Err(SessionError::Unreachable)) {
            self.note_reached(false);
        }
        let value = token.map_err(session_refusal)?;
        Ok((value.clone(), AccessToken::new(value)))
    }

    /// Waits until the common pace allows one more look. It does not wait for a service that wants to be left alone: that
    /// may be an hour, and is said instead.
    pub(crate) async fn my_turn(&self) -> Outcome<()> {
        loop {
            let now = self.now();
            if self.pace.shut(now).is_some() {
                return Err(Refusal::new(
                    RefusalCode::Throttled,
                    "MobilePay asks to wait a little.",
                ));
            }
            let Err(until) = self.pace.take(now) else {
                return Ok(());
            };
            if self.closing.is_cancelled() {
                return Err(Refusal::new(RefusalCode::NotNow, "The connection is closing."));
            }
            self.sleep_until(Some(until)).await;
        }
    }

    /// Takes down how a call with `token` ended. A token that was not accepted is not used again.
    pub(crate) async fn note_answer(&self, error: Option<&ApiError>, token: &SecretString) {
        if matches!(error, Some(ApiError::Unauthorized { .. })) {
            self.session.rejected(token).await;
        }
        self.note_network(error);
    }

    /// Makes a call that may be repeated; if its token is not accepted, once more with a new one (spec 3).
    pub(crate) async fn call<T, F>(&self, call: impl Fn(Arc<Ready>) -> F) -> Outcome<Result<T, ApiError>>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let ready = Arc::new(self.ready_to_call().await?);
        let first = call(Arc::clone(&ready)).await;
        self.learn_from(first.as_ref().err(), &ready).await;
        if !matches!(first, Err(ApiError::Unauthorized { .. })) {
            return Ok(first);
        }
        // Without another token the first answer is the answer.
        let Ok(ready) = self.ready_to_call().await else {
            return Ok(first);
        };
        let ready = Arc::new(ready);
        let second = call(Arc::clone(&ready)).await;
        self.learn_from(second.as_ref().err(), &ready).await;
        Ok(second)
    }

    async fn learn_from(&self, error: Option<&ApiError>, ready: &Ready) {
        self.note_network(error);
        if let Some(error) = error {
            self.heed(error, ready).await;
        }
    }
}
