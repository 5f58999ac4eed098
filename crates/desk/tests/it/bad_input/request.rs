//! A request by hand, right but for one member; and a relay that keeps what really went over the wire.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::value::RawValue;

use super::members::Ground;
use super::table::json_text;

type Members = Vec<(&'static str, String)>;

/// The request whose `member` is `literal`, or is not there. It goes to a phone where the row is about one.
pub(super) fn body(ground: &Ground, number: u64, member: &str, literal: Option<&str>) -> Vec<u8> {
    let due = ground.today.saturating_add(jiff::ToSpan::days(30));
    let mut head: Members = vec![
        ("InvoiceIssuer", json_text(&ground.issuer)),
        ("InvoiceNumber", json_text(&number.to_string())),
        ("TotalAmount", "125.00".to_owned()),
        ("DueDate", json_text(&due.to_string())),
    ];
    let mut alias: Members = vec![
        ("Alias", json_text("+4557373259")),
        ("AliasType", json_text("Phone")),
    ];
    let mut article: Members = vec![("ArticleDescription", json_text("Vare"))];
    let (members, name) = match member.split_once('.') {
        Some(("ConsumerAlias", inner)) => (&mut alias, inner),
        Some(("InvoiceArticles[]", inner)) => (&mut article, inner),
        _ => (&mut head, member),
    };
    members.retain(|(known, _)| *known != name);
    let changed = literal.map(|literal| format!("{}:{literal}", json_text(name)));
    let inside = |part: &str| changed.clone().filter(|_| member.starts_with(part));
    let whole = !member.contains('.');
    let mut parts = written(&head);
    if to_phone(member) && member != "ConsumerAlias" {
        parts.push(format!(
            "\"ConsumerAlias\":{}",
            object(&alias, inside("ConsumerAlias."))
        ));
    }
    if member != "InvoiceArticles" {
        parts.push(format!(
            "\"InvoiceArticles\":[{}]",
            object(&article, inside("InvoiceArticles[]."))
        ));
    }
    parts.extend(changed.clone().filter(|_| whole));
    format!("{{{}}}", parts.join(",")).into_bytes()
}

/// Only to a phone is the alias needed and looked up.
pub(super) fn to_phone(member: &str) -> bool {
    member.starts_with("ConsumerAlias")
}

fn written(members: &Members) -> Vec<String> {
    members
        .iter()
        .map(|(name, literal)| format!("{}:{literal}", json_text(name)))
        .collect()
}

fn object(members: &Members, more: Option<String>) -> String {
    let mut parts = written(members);
    parts.extend(more);
    format!("{{{}}}", parts.join(","))
}

/// What `member` is in a body, as it is written there.
pub(super) fn literal(body: &[u8], member: &str) -> Option<String> {
    let text = std::str::from_utf8(body).unwrap();
    let mut raw: Box<RawValue> = serde_json::from_str(text).unwrap();
    for step in member.split('.') {
        let name = step.trim_end_matches("[]");
        let mut members: std::collections::BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(raw.get()).unwrap();
        raw = members.remove(name)?;
        if step.ends_with("[]") {
            let mut items: Vec<Box<RawValue>> = serde_json::from_str(raw.get()).unwrap();
            raw = items.remove(0);
        }
    }
    Some(raw.get().to_owned())
}

/// Between the program and the service: passes everything on, and keeps the bodies of the creates.
pub(super) struct Relay {
    pub url: String,
    kept: Arc<Kept>,
    serving: tokio::task::JoinHandle<()>,
}

struct Kept {
    onward: String,
    client: reqwest::Client,
    bodies: Mutex<Vec<Vec<u8>>>,
    /// Answers creates itself, with this.
    instead: Option<(u16, String)>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Relay {
    pub(super) async fn before(api_base_url: &str, instead: Option<(u16, String)>) -> Self {
        let onward = url::Url::parse(api_base_url).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut url = onward.clone();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let kept = Arc::new(Kept {
            onward: onward.origin().ascii_serialization(),
            client: reqwest::Client::new(),
            bodies: Mutex::default(),
            instead,
        });
        let app = axum::Router::new().fallback(pass).with_state(Arc::clone(&kept));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let url = url.to_string();
        Self { url, kept, serving }
    }

    /// The bodies of the creates, in the order in which they went.
    pub(super) fn bodies(&self) -> Vec<Vec<u8>> {
        self.kept.bodies.lock().unwrap().clone()
    }
}

async fn pass(
    State(kept): State<Arc<Kept>>,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path();
    if method == Method::POST && (path.ends_with("/invoices") || path.ends_with("/invoices/link")) {
        kept.bodies.lock().unwrap().push(body.to_vec());
        if let Some((status, text)) = kept.instead.clone() {
            let json = [("content-type", "application/json")];
            return (StatusCode::from_u16(status).unwrap(), json, text).into_response();
        }
    }
    headers.remove("host");
    let asked = kept
        .client
        .request(method, format!("{}{uri}", kept.onward))
        .headers(headers)
        .body(body);
    let answer = asked.send().await.unwrap();
    let status = answer.status();
    let kind = answer.headers().get("content-type").cloned();
    let mut passed = (status, answer.bytes().await.unwrap()).into_response();
    if let Some(kind) = kind {
        passed.headers_mut().insert("content-type", kind);
    }
    passed
}
