//! What stands in the tokens.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::keys::KeyFault;
use crate::state::Grant;
use crate::world::World;

/// Seconds that access and ID tokens live (spec 6.4).
pub(super) const LIFETIME: i64 = 300;

pub(super) fn id_token(
    world: &World,
    grant: &Grant,
    now: Timestamp,
    binding: &[(&str, String)],
) -> Result<String, KeyFault> {
    let now = now.as_second();
    let mut claims = json!({
        "nbf": now, "exp": now + LIFETIME, "iss": world.issuer(grant.door), "aud": grant.client, "iat": now,
        "sub": grant.subject, "auth_time": grant.auth_time, "idp": "local", "amr": ["UserEnteredCode", "ServerProvidedKey"],
    });
    for (name, value) in binding {
        claims[*name] = Value::String(value.clone());
    }
    world.keys.sign(&claims)
}

/// Claims of spec 6.3, and the grant by which it can be revoked.
pub(super) fn access_token(world: &World, grant: &Grant, now: Timestamp) -> Result<String, KeyFault> {
    let now = now.as_second();
    let mut claims = json!({
        "nbf": now, "exp": now + LIFETIME, "iss": world.issuer(grant.door), "aud": world.audience(grant.door), "client_id": grant.client,
        "sub": grant.subject, "auth_time": grant.auth_time, "idp": "local", "scope": grant.scopes,
        "amr": ["UserEnteredCode", "ServerProvidedKey"], "grant": grant.id, "jti": Uuid::new_v4().to_string(),
    });
    if let Some(merchant) = &grant.merchant {
        claims["merchant_id"] = Value::String(merchant.clone());
    }
    world.keys.sign(&claims)
}
