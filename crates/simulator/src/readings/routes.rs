//! Readings over HTTP: listed, taken, left; and the spelling of members, which concerns every answer of the Invoice API.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Reading;
use crate::world::World;

/// Larger than any answer of ours.
const LARGEST: usize = 64 * 1024 * 1024;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new().route("/__practice/switches", get(list).post(set).delete(clear))
}

async fn list(State(world): State<Arc<World>>) -> Json<Value> {
    let all: Vec<Value> = Reading::all()
        .iter()
        .map(|reading| {
            json!({ "name": reading.name(), "says": reading.words(), "on": world.readings.has(*reading) })
        })
        .collect();
    Json(json!({ "switches": all }))
}

/// `{"created-202": true}`; a name that is not known changes nothing.
async fn set(State(world): State<Arc<World>>, body: String) -> Response {
    let wanted: BTreeMap<String, bool> = match serde_json::from_str(&body) {
        Ok(wanted) => wanted,
        Err(error) => return (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    };
    let mut readings = Vec::new();
    for (name, on) in wanted {
        match Reading::named(&name) {
            Some(reading) => readings.push((reading, on)),
            None => {
                return (StatusCode::BAD_REQUEST, format!("No switch is called {name}.\n")).into_response();
            }
        }
    }
    for (reading, on) in readings {
        world.readings.set(reading, on);
    }
    StatusCode::NO_CONTENT.into_response()
}

async fn clear(State(world): State<Arc<World>>) -> StatusCode {
    world.readings.clear();
    StatusCode::NO_CONTENT
}

/// Spells members as the schemas do (spec 21 items 4 and 27), if that is the reading in force.
pub(crate) async fn respell(State(world): State<Arc<World>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let reading = if response.status().is_success() {
        Reading::CamelCase
    } else {
        Reading::CamelCaseErrors
    };
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !is_json || !world.readings.has(reading) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let text = match to_bytes(body, LARGEST).await {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(camel_case(&text)))
}

/// The same JSON with camelCase members. On the text, because numbers must keep every digit.
fn camel_case(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let inside = &rest[start + 1..];
        let Some(end) = end_of_string(inside) else { break };
        let (string, after) = (&inside[..end], &inside[end + 1..]);
        spelled.push_str(&rest[..=start]);
        if after.starts_with(':') {
            spelled.push_str(&camel(string));
        } else {
            spelled.push_str(string);
        }
        spelled.push('"');
        rest = after;
    }
    spelled.push_str(rest);
    spelled
}

/// Where the closing quote is; what follows a backslash is passed over.
fn end_of_string(inside: &str) -> Option<usize> {
    let mut escaped = false;
    inside.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default();
    let mut spelled: String = first.chars().take(1).flat_map(char::to_lowercase).collect();
    spelled.extend(first.chars().skip(1));
    for word in words {
        spelled.extend(word.chars().take(1).flat_map(char::to_uppercase));
        spelled.extend(word.chars().skip(1));
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_respelled_and_nothing_else() {
        let told = r#"{"InvoiceId":"A: \"B\":\\","error_code":"Total_Amount","List":[{"TotalAmount":0.10}]}"#;
        let spelled =
            r#"{"invoiceId":"A: \"B\":\\","errorCode":"Total_Amount","list":[{"totalAmount":0.10}]}"#;
        assert_eq!(camel_case(told), spelled);
    }
}
