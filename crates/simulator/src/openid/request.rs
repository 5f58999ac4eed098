//! The authorize request: what it holds, and whether it may be answered at all.

use serde::{Deserialize, Serialize};

use super::Door;
use crate::world::World;

/// The request of spec 5.1; it goes through the pages as hidden fields.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Request {
    pub(crate) response_type: String,
    pub(crate) response_mode: Option<String>,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) code_challenge: String,
    pub(crate) code_challenge_method: String,
    pub(crate) merchant_vat: Option<String>,
    pub(crate) ui_locales: Option<String>,
    /// By its path, not by a field.
    #[serde(skip)]
    pub(crate) door: Door,
}

/// What a page of ours sends back: the request, and what was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    #[serde(flatten)]
    pub(super) request: Request,
    pub(super) step: String,
    pub(super) email: String,
    pub(super) password: String,
    pub(super) merchant: String,
    pub(super) decision: String,
}

impl Request {
    /// Whether it is a request that may be answered at all. If not, nothing is told and nothing redirected (spec 5.7).
    pub(super) fn is_right(&self, world: &World) -> bool {
        let scopes: Vec<&str> = self.scope.split(' ').collect();
        let response_type: Vec<&str> = self.response_type.split(' ').collect();
        let mode_known = matches!(
            self.response_mode.as_deref(),
            None | Some("fragment" | "form_post")
        );
        let loopback_or_https = url::Url::parse(&self.redirect_uri).is_ok_and(|url| {
            url.scheme() == "https"
                || (url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost")))
        });
        world.knows_redirect(&self.client_id, &self.redirect_uri)
            && loopback_or_https
            && response_type.len() == 2
            && response_type.contains(&"code")
            && response_type.contains(&"id_token")
            && mode_known
            && scopes.contains(&"openid")
            && scopes
                .iter()
                .all(|scope| ["openid", "offline_access", "invoice", "transactionreporting"].contains(scope))
            && !self.state.is_empty()
            && !self.nonce.is_empty()
            && self.nonce.len() <= 300
            && self.code_challenge_method == "S256"
            && (43..=128).contains(&self.code_challenge.len())
    }

    pub(super) fn scopes(&self) -> Vec<String> {
        self.scope.split(' ').map(str::to_owned).collect()
    }
}
