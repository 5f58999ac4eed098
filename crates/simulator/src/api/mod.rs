//! The Invoice API (spec 7–11): the endpoints of a merchant.

mod batch;
mod codes;
mod create;
mod draft;
pub(crate) mod read;
mod reader;
mod receiver;
mod rules;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post, put};

pub(crate) use create::Link;

use crate::gateway::{self, Caller};
use crate::seed::{self, Merchant};
use crate::world::World;

/// Two thousand invoices of sixteen kilobytes; no document has a limit.
const LARGEST_BATCH: usize = 32 * 1024 * 1024;

/// The routes under the API base.
pub(crate) fn routes() -> Router<Arc<World>> {
    let batches = Router::new()
        .route("/merchants/{merchant}/invoices/batch", post(batch::direct))
        .route("/merchants/{merchant}/invoices/link/batch", post(batch::link))
        .layer(DefaultBodyLimit::max(LARGEST_BATCH));
    Router::new()
        .route("/merchants/me", get(read::me))
        .route("/merchants/{merchant}/invoiceissuers", get(read::issuers))
        .route("/merchants/{merchant}/invoices", post(create::direct))
        .route("/merchants/{merchant}/invoices/link", post(create::link))
        .merge(batches)
        .route("/merchants/{merchant}/invoices/{invoice}", get(read::details))
        .route(
            "/merchants/{merchant}/invoices/{invoice}/status",
            get(read::status),
        )
        .route(
            "/merchants/{merchant}/invoices/{invoice}/cancel",
            put(read::cancel),
        )
        .route("/merchants/{merchant}/auth/basic", put(receiver::basic))
        .route("/merchants/{merchant}/auth/apikey", put(receiver::api_key))
        .route("/invoiceissuers/{issuer}/logo", get(read::logo))
}

/// Who calls, and the merchant of the path, which must be the caller's own.
fn found(
    world: &World,
    merchant: &str,
    headers: &HeaderMap,
) -> Result<(Caller, &'static Merchant), Response> {
    let caller = gateway::check(world, headers)?;
    gateway::check_merchant(&caller, merchant)?;
    match seed::merchant(merchant) {
        Some(merchant) => Ok((caller, merchant)),
        None => {
            let wrong = codes::wrong(10302);
            Err(gateway::domain_error(
                Some(wrong.code),
                &wrong.text,
                &caller.correlation,
            ))
        }
    }
}
