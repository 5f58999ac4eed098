//! A server on this machine that gives one answer, and an [`Api`] that knows it.
#![allow(dead_code, reason = "each test file uses some of it")]

use mobilepay::{AccessToken, Api, ApiHttp, GatewayCredentials};
use uuid::{Uuid, uuid};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

pub(crate) const MERCHANT: &str = "e3465d75-8fd4-4ea4-8881-304c464f1d24";
pub(crate) const CALL: Uuid = uuid!("54ccc98b-7d9f-40ea-8c1a-249d57126c39");

pub(crate) fn gateway() -> GatewayCredentials {
    GatewayCredentials {
        id: "client-id".to_owned(),
        secret: "client-secret".into(),
    }
}

pub(crate) fn token() -> AccessToken {
    AccessToken::new("the-token".into())
}

pub(crate) fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json")
}

/// A server that gives `template` for everything, and the way to it.
pub(crate) async fn answering(template: ResponseTemplate) -> (MockServer, Api) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    let base = format!("{}/invoice-restapi", server.uri());
    let base = base.parse().expect("the server has an address");
    let api = Api::new(base, &gateway(), ApiHttp::practice()).expect("a loopback base is allowed");
    (server, api)
}

/// The one request that the server got, with its method, path and query, and body.
pub(crate) async fn only_request(server: &MockServer) -> (String, String, String) {
    let requests = server.received_requests().await.expect("requests are kept");
    let [request] = requests.as_slice() else {
        panic!("{} requests", requests.len());
    };
    has_every_header(request);
    let query = request
        .url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    (
        request.method.to_string(),
        format!("{}{query}", request.url.path()),
        String::from_utf8(request.body.clone()).expect("bodies are UTF-8"),
    )
}

/// Spec 3: three headers on every call, and the correlation id.
pub(crate) fn has_every_header(request: &Request) {
    for (name, value) in [
        ("x-ibm-client-id", "client-id"),
        ("x-ibm-client-secret", "client-secret"),
        ("authorization", "Bearer the-token"),
        ("accept", "application/json"),
        ("correlationid", CALL.to_string().as_str()),
    ] {
        let got = request.headers.get(name).and_then(|got| got.to_str().ok());
        assert_eq!(got, Some(value), "{name}");
    }
}
