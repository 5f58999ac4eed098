//! The Invoice API (spec 7–10): the endpoints of a merchant's single invoices.

mod create;
pub(crate) mod read;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use crate::server::World;

/// The routes under the API base.
pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/merchants/me", get(read::me))
        .route("/merchants/{merchant}/invoiceissuers", get(read::issuers))
        .route("/merchants/{merchant}/invoices", post(create::direct))
        .route("/merchants/{merchant}/invoices/link", post(create::link))
        .route("/merchants/{merchant}/invoices/{invoice}", get(read::details))
        .route(
            "/merchants/{merchant}/invoices/{invoice}/status",
            get(read::status),
        )
        .route(
            "/merchants/{merchant}/invoices/{invoice}/cancel",
            put(read::cancel),
        )
        .route("/invoiceissuers/{issuer}/logo", get(read::logo))
}
