//! Faults over HTTP: put in force, listed, taken away.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Fault, Rule, Trouble};
use crate::world::World;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/__practice/faults", get(list).post(add).delete(clear))
        .route("/__practice/faults/{id}", delete(remove))
}

/// The body of a POST; a misspelt member is refused.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    kind: String,
    ms: Option<u64>,
    status: Option<u16>,
    retry_after: Option<u32>,
    #[serde(default)]
    retry_after_date: bool,
    #[serde(default)]
    handled: bool,
    bytes: Option<usize>,
    method: Option<String>,
    route: Option<String>,
    holding: Option<String>,
    count: Option<u32>,
    #[serde(default)]
    skip: u32,
    probability: Option<f64>,
    seed: Option<u64>,
}

impl Asked {
    fn into_fault(self, seed: u64) -> Result<Fault, &'static str> {
        let ms = |name| self.ms.ok_or(name);
        let trouble = match self.kind.as_str() {
            "delay" => Trouble::Delay {
                ms: ms("delay needs ms.")?,
            },
            "late" => Trouble::Late {
                ms: ms("late needs ms.")?,
            },
            "status" => Trouble::Status {
                status: self
                    .status
                    .filter(|status| (400..600).contains(status))
                    .ok_or("status needs a status from 400 to 599.")?,
                retry_after: self.retry_after,
                as_date: self.retry_after_date,
                handled: self.handled,
            },
            "dropBefore" => Trouble::DropBefore,
            "dropMiddle" => Trouble::DropMiddle,
            "dropAfter" => Trouble::DropAfter,
            "truncated" => Trouble::Truncated,
            "slow" => Trouble::Slow {
                bytes: self.bytes.unwrap_or(1).max(1),
                ms: self.ms.unwrap_or(20),
            },
            "garbage" => Trouble::Garbage,
            _ => {
                return Err(
                    "kind is delay, late, status, dropBefore, dropMiddle, dropAfter, truncated, slow or garbage.",
                );
            }
        };
        let probability = self.probability.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&probability) {
            return Err("probability is from 0 to 1.");
        }
        Ok(Fault {
            trouble,
            method: self.method.map(|method| method.to_ascii_uppercase()),
            route: self.route,
            holding: self.holding,
            count: self.count,
            skip: self.skip,
            probability,
            seed: self.seed.unwrap_or(seed),
        })
    }
}

/// The word of a trouble, as a POST names it.
pub(crate) fn word(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Delay { .. } => "delay",
        Trouble::Late { .. } => "late",
        Trouble::Status { .. } => "status",
        Trouble::DropBefore => "dropBefore",
        Trouble::DropMiddle => "dropMiddle",
        Trouble::DropAfter => "dropAfter",
        Trouble::Truncated => "truncated",
        Trouble::Slow { .. } => "slow",
        Trouble::Garbage => "garbage",
    }
}

fn rule_as_json(rule: &Rule) -> Value {
    let fault = &rule.fault;
    let mut shown = json!({
        "id": rule.id, "kind": word(fault.trouble), "method": fault.method, "route": fault.route,
        "holding": fault.holding, "count": fault.count, "skip": fault.skip, "probability": fault.probability, "seed": fault.seed, "seen": rule.seen,
        "struck": rule.struck, "live": rule.is_live(),
    });
    match fault.trouble {
        Trouble::Delay { ms } | Trouble::Late { ms } => shown["ms"] = json!(ms),
        Trouble::Slow { bytes, ms } => {
            shown["bytes"] = json!(bytes);
            shown["ms"] = json!(ms);
        }
        Trouble::Status {
            status,
            retry_after,
            as_date,
            handled,
        } => {
            shown["status"] = json!(status);
            shown["retryAfter"] = json!(retry_after);
            shown["retryAfterDate"] = json!(as_date);
            shown["handled"] = json!(handled);
        }
        _ => {}
    }
    shown
}

async fn list(State(world): State<Arc<World>>) -> Json<Value> {
    let rules: Vec<Value> = world.faults.list().iter().map(rule_as_json).collect();
    Json(json!({ "faults": rules }))
}

async fn add(State(world): State<Arc<World>>, body: String) -> Response {
    match Fault::from_json(&body, world.config.seed) {
        Ok(fault) => {
            let id = world.faults.add(fault);
            (StatusCode::CREATED, Json(json!({ "id": id }))).into_response()
        }
        Err(reason) => (StatusCode::BAD_REQUEST, format!("{reason}\n")).into_response(),
    }
}

impl Fault {
    /// A fault as it is written for `POST /__practice/faults`; `seed` is taken where it names none. The error is a sentence.
    pub fn from_json(text: &str, seed: u64) -> Result<Self, String> {
        let asked: Asked = serde_json::from_str(text).map_err(|error| error.to_string())?;
        asked.into_fault(seed).map_err(str::to_owned)
    }
}

async fn remove(State(world): State<Arc<World>>, Path(id): Path<u64>) -> StatusCode {
    if world.faults.remove(id) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

async fn clear(State(world): State<Arc<World>>) -> StatusCode {
    world.faults.clear();
    StatusCode::NO_CONTENT
}
