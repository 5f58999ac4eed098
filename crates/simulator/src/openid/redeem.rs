//! Codes and refresh tokens: what they are exchanged for, and how a grant ends.

use jiff::Timestamp;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::authorize::is_consent_of;
use super::claims::{LIFETIME, access_token, id_token};
use super::tokens::TokenRequest;
use super::{random, thirteen_months_after};
use crate::keys::{half_hash, s256};
use crate::readings::Reading;
use crate::state::{Grant, State};
use crate::world::World;

/// Every check of spec 6.1; the code is gone with its first presentation, a second one revokes (6.8; 21 item 15).
pub(super) fn redeem(world: &World, client: &str, request: &TokenRequest) -> Result<Value, &'static str> {
    let presented = request.code.as_deref().ok_or("invalid_grant")?;
    let redirect_uri = request.redirect_uri.as_deref().ok_or("unauthorized_client")?;
    let now = world.unmoved();
    let code = {
        let mut state = world.lock();
        let Some(code) = state.codes.get_mut(presented) else {
            return Err("invalid_grant");
        };
        if std::mem::replace(&mut code.used, true) {
            let grant = code.grant.id.clone();
            revoke(&mut state, &grant);
            return Err("invalid_grant");
        }
        code.clone()
    };
    let verifier = request.code_verifier.as_deref().unwrap_or_default();
    let right_verifier = (43..=128).contains(&verifier.len())
        && bool::from(s256(verifier).as_bytes().ct_eq(code.challenge.as_bytes()));
    if code.grant.client != client
        || code.redirect_uri != redirect_uri
        || !right_verifier
        || now > code.expires_at
    {
        return Err("invalid_grant");
    }
    issue(world, code.grant, now, Some(&code.nonce), None)
}

/// One refresh, by the client's mode (spec 6.5, 6.6).
pub(super) fn refresh(world: &World, client: &str, request: &TokenRequest) -> Result<Value, &'static str> {
    let presented = request.refresh_token.as_deref().ok_or("invalid_request")?;
    let kept = s256(presented);
    let now = world.unmoved();
    // Spec 6.6; 21 item 16.
    let reused = world.readings.has(Reading::ReusedRefreshTokens);
    let mut grant = {
        let mut state = world.lock();
        let known = state
            .refresh
            .get(&kept)
            .filter(|grant| grant.client == client && now < grant.expires_at)
            .cloned();
        let grant = known.ok_or("invalid_grant")?;
        if !reused {
            state.refresh.remove(&kept);
            let _ = state.books.delete("refresh", &kept);
        }
        grant
    };
    grant.expires_at = thirteen_months_after(now);
    let same = reused.then(|| presented.to_owned());
    issue(world, grant, now, None, same)
}

/// Tokens for a grant. The refreshed ID token has no nonce (spec 6.5).
fn issue(
    world: &World,
    grant: Grant,
    now: Timestamp,
    nonce: Option<&str>,
    same_refresh: Option<String>,
) -> Result<Value, &'static str> {
    let access_token = access_token(world, &grant, now).map_err(|_| "server_error")?;
    let mut binding = vec![("at_hash", half_hash(&access_token))];
    binding.extend(nonce.map(|nonce| ("nonce", nonce.to_owned())));
    let id_token = id_token(world, &grant, now, &binding).map_err(|_| "server_error")?;
    // The sample of a refresh spells it otherwise (spec 21 item 45).
    let id_name = if nonce.is_none() && world.readings.has(Reading::SampleRefresh) {
        "id-token"
    } else {
        "id_token"
    };
    let mut body = json!({
        id_name: id_token, "access_token": access_token, "expires_in": LIFETIME, "token_type": "Bearer",
    });
    if grant.scopes.iter().any(|scope| scope == "offline_access") {
        let refresh_token = same_refresh.unwrap_or_else(|| hex::encode(random::<32>()));
        let mut state = world.lock();
        state
            .books
            .put("refresh", &s256(&refresh_token), &grant)
            .map_err(|_| "server_error")?;
        state.refresh.insert(s256(&refresh_token), grant);
        body["refresh_token"] = Value::String(refresh_token);
    }
    Ok(body)
}

/// The merchant withdraws in the portal what was allowed to programs: no refresh token and no code is good any more, and who
/// signs in is asked again (spec 5.3, 6.9). Access tokens live to their end (6.4). Answers how many consents there were.
pub(crate) fn withdraw(world: &World, merchant: &str) -> Result<usize, rusqlite::Error> {
    let mut state = world.lock();
    let state = &mut *state;
    let of_merchant = |grant: &Grant| grant.merchant.as_deref() == Some(merchant);
    let tokens: Vec<String> = state
        .refresh
        .iter()
        .filter(|(_, grant)| of_merchant(grant))
        .map(|(token, _)| token.clone())
        .collect();
    let consents: Vec<String> = state
        .consents
        .iter()
        .filter(|key| is_consent_of(key, merchant))
        .cloned()
        .collect();
    let books = &state.books;
    books.together(|| {
        tokens
            .iter()
            .try_for_each(|token| books.delete("refresh", token))?;
        consents.iter().try_for_each(|key| books.delete("consent", key))
    })?;
    for token in &tokens {
        state.refresh.remove(token);
    }
    for key in &consents {
        state.consents.remove(key);
    }
    state.codes.retain(|_, code| !of_merchant(&code.grant));
    Ok(consents.len())
}

fn revoke(state: &mut State, grant: &str) {
    let gone: Vec<String> = state
        .refresh
        .iter()
        .filter(|(_, other)| other.id == grant)
        .map(|(token, _)| token.clone())
        .collect();
    for token in gone {
        state.refresh.remove(&token);
        let _ = state.books.delete("refresh", &token);
    }
    state.revoked.insert(grant.to_owned());
    let _ = state.books.put("revoked", grant, &());
}
