//! The calls that configure callbacks, against the practice world: what the receiver is then shown, the check admits.

use anyhow::Result;
use invoice::Channel;
use mobilepay::{ApiError, CallbackCredentials, Proof, proves};
use simulator::Fault;
use uuid::Uuid;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use crate::practice::Shop;

impl Shop {
    async fn configured(
        &self,
        receiver: &MockServer,
        credentials: &CallbackCredentials,
    ) -> Result<(), ApiError> {
        let address = receiver.uri().parse().expect("an address");
        let call = Uuid::from_u128(11);
        let set = self
            .api
            .set_callbacks(&self.token, call, &self.merchant, &address, credentials)
            .await;
        set.map(|answer| answer.value)
    }

    async fn practice(&self, path: &str, body: &str) -> Result<()> {
        let url = format!("{}/__practice/{path}", self.world.base_url());
        let asked = reqwest::Client::new().post(url).body(body.to_owned());
        asked
            .header("content-type", "application/json")
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    /// The daily limit counts anew.
    pub(crate) async fn tomorrow(&self) -> Result<()> {
        self.practice("clock", r#"{"advanceSeconds": 86400}"#).await
    }
}

/// What the receiver was sent since it was asked last.
pub(crate) async fn told(shop: &Shop, receiver: &MockServer) -> Result<Vec<Request>> {
    shop.practice("callbacks/flush", "").await?;
    let requests = receiver.received_requests().await.unwrap_or_default();
    receiver.reset().await;
    let taken = Mock::given(any()).respond_with(ResponseTemplate::new(200));
    taken.mount(receiver).await;
    Ok(requests)
}

fn both() -> Result<[CallbackCredentials; 2]> {
    Ok([
        CallbackCredentials::basic("Username".to_owned(), "with:colon in it æ".into())?,
        CallbackCredentials::api_key("-._~+/09azAZ==".into())?,
    ])
}

#[tokio::test]
async fn what_was_configured_is_what_is_shown_and_the_later_replaces_the_former() -> Result<()> {
    let shop = Shop::open().await?;
    let receiver = MockServer::start().await;
    let [basic, key] = both()?;
    for (number, (set, other)) in [(&basic, &key), (&key, &basic)].into_iter().enumerate() {
        shop.configured(&receiver, set).await?;
        shop.direct(&shop.bytes(&number.to_string(), "288", Channel::Phone)?)
            .await?;
        let requests = told(&shop, &receiver).await?;
        assert_eq!(requests.len(), 1);
        let shown = requests[0]
            .headers
            .get("authorization")
            .map(reqwest::header::HeaderValue::as_bytes);
        assert!(set.admit(shown) && !other.admit(shown));
    }
    Ok(())
}

#[tokio::test]
async fn a_call_that_failed_has_changed_nothing() -> Result<()> {
    let shop = Shop::open().await?;
    let receiver = MockServer::start().await;
    let [basic, key] = both()?;
    shop.configured(&receiver, &basic).await?;
    let struck = Fault::status(401).on("/merchants/{merchant}/auth/apikey").once();
    shop.world.faults().add(struck);
    let refused = shop.configured(&receiver, &key).await;
    assert_eq!(refused.map_err(|error| proves(&error)), Err(Proof::NotCarriedOut));
    shop.direct(&shop.bytes("1", "288", Channel::Phone)?).await?;
    let requests = told(&shop, &receiver).await?;
    let shown = requests[0]
        .headers
        .get("authorization")
        .map(reqwest::header::HeaderValue::as_bytes);
    assert!(basic.admit(shown));
    Ok(())
}
