//! The OpenID provider (spec 4–6): discovery, keys, authorize with its pages, token endpoint.

use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::config::Country;
use crate::keys::{half_hash, s256};
use crate::pages::{self, Words};
use crate::readings::Reading;
use crate::seed::{self, PortalUser};
use crate::server::World;
use crate::state::{Code, Grant};

/// Seconds that access and ID tokens live (spec 6.4).
const LIFETIME: i64 = 300;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route(
            "/dk/account/.well-known/openid-configuration",
            get(|world| discovery(world, Country::Dk)),
        )
        .route(
            "/fi/account/.well-known/openid-configuration",
            get(|world| discovery(world, Country::Fi)),
        )
        // The older host served the same document (spec 21 item 11).
        .route(
            "/merchant-authentication-openidconnect/.well-known/openid-configuration",
            get(|world| discovery(world, Country::Dk)),
        )
        .route(
            "/merchant-authentication-openidconnect/.well-known/openid-configuration/jwks",
            get(jwks),
        )
        .route(
            "/merchant-authentication-openidconnect/connect/token",
            post(token),
        )
        .route("/dk/account/connect/authorize", get(authorize).post(answer))
        .route("/fi/account/connect/authorize", get(authorize).post(answer))
}

#[expect(clippy::unused_async, reason = "axum's handlers are asynchronous")]
async fn discovery(State(world): State<Arc<World>>, country: Country) -> Json<Value> {
    let portal = format!("{}/{}/account", world.base, country.code().to_lowercase());
    let service = format!("{}/merchant-authentication-openidconnect", world.base);
    Json(json!({
        "issuer": world.issuer(),
        "jwks_uri": format!("{service}/.well-known/openid-configuration/jwks"),
        "authorization_endpoint": format!("{portal}/connect/authorize"),
        "token_endpoint": format!("{service}/connect/token"),
        "scopes_supported": ["openid", "offline_access", "invoice", "transactionreporting"],
        "response_types_supported": ["code id_token"],
        "response_modes_supported": ["form_post", "fragment"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }))
}

async fn jwks(State(world): State<Arc<World>>) -> Json<Value> {
    Json(world.key.jwks())
}

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
}

/// What a page of ours sends back: the request, and what was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    #[serde(flatten)]
    request: Request,
    step: String,
    email: String,
    password: String,
    merchant: String,
    decision: String,
}

impl Request {
    /// Whether it is a request that may be answered at all. If not, nothing is told and nothing redirected (spec 5.7).
    fn is_right(&self, world: &World) -> bool {
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

    fn scopes(&self) -> Vec<String> {
        self.scope.split(' ').map(str::to_owned).collect()
    }
}

async fn authorize(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Query(request): Query<Request>,
) -> Response {
    if !request.is_right(&world) {
        return pages::unauthorized(Words::of(&headers, &request));
    }
    // The server remembers a nonce and refuses it a second time (spec 5.1).
    if world.lock().nonces.contains(&s256(&request.nonce)) {
        return pages::unauthorized(Words::of(&headers, &request));
    }
    match logged_in(&world, &headers) {
        Some((user, _)) => choose_or_consent(&world, &headers, &request, user, None),
        None => pages::login(
            Words::of(&headers, &request),
            &request,
            suggested(&request),
            false,
        ),
    }
}

async fn answer(State(world): State<Arc<World>>, headers: HeaderMap, Form(answer): Form<Answer>) -> Response {
    let words = Words::of(&headers, &answer.request);
    if !answer.request.is_right(&world) || world.lock().nonces.contains(&s256(&answer.request.nonce)) {
        return pages::unauthorized(words);
    }
    if answer.step == "login" {
        return login(&world, &headers, &answer, words);
    }
    let Some((user, auth_time)) = logged_in(&world, &headers) else {
        return pages::login(words, &answer.request, suggested(&answer.request), false);
    };
    match (answer.step.as_str(), answer.decision.as_str()) {
        ("merchant", _) => choose_or_consent(&world, &headers, &answer.request, user, Some(&answer.merchant)),
        ("consent", "allow") => {
            let merchant = Some(answer.merchant.as_str()).filter(|id| user.merchants.contains(id));
            remember_consent(&world, &answer.request, user, merchant);
            finish(&world, &answer.request, user, merchant, auth_time)
        }
        ("consent", _) => {
            let parameters = vec![
                ("error", "access_denied".to_owned()),
                ("state", answer.request.state.clone()),
            ];
            back(&answer.request, &parameters)
        }
        _ => pages::unauthorized(words),
    }
}

fn login(world: &World, headers: &HeaderMap, answer: &Answer, words: &Words) -> Response {
    let email = answer.email.trim();
    let user = seed::PORTAL_USERS
        .iter()
        .find(|user| user.email.eq_ignore_ascii_case(email));
    let Some(user) = user.filter(|_| answer.password == seed::PASSWORD) else {
        return pages::login(words, &answer.request, email, true);
    };
    let cookie = hex::encode(random::<32>());
    {
        // Kept by its hash, so that a login survives a restart and the books hold no cookie.
        let login = (user.subject.to_owned(), world_now(world));
        let mut state = world.lock();
        if let Err(error) = state.books.put("login", &s256(&cookie), &login) {
            tracing::error!(%error, "a login was not written");
        }
        state.logins.insert(s256(&cookie), login);
    }
    let mut response = choose_or_consent(world, headers, &answer.request, user, None);
    let cookie = format!("practice_login={cookie}; Path=/; HttpOnly; SameSite=Lax");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

fn world_now(world: &World) -> i64 {
    world.unmoved().as_second()
}

/// Whose cookie it is.
fn logged_in(world: &World, headers: &HeaderMap) -> Option<(&'static PortalUser, i64)> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let cookie = cookies
        .split(';')
        .find_map(|cookie| cookie.trim().strip_prefix("practice_login="))?;
    let (subject, at) = world.lock().logins.get(&s256(cookie)).cloned()?;
    seed::PORTAL_USERS
        .iter()
        .find(|user| user.subject == subject)
        .map(|user| (user, at))
}

/// The portal user who fits the merchant that is asked for: the login page is filled in with them.
fn suggested(request: &Request) -> &'static str {
    let vat = request.merchant_vat.as_deref().unwrap_or_default();
    let owns = |user: &&PortalUser| {
        user.merchants
            .iter()
            .filter_map(|id| seed::merchant(id))
            .any(|merchant| merchant.vat == vat)
    };
    seed::PORTAL_USERS
        .iter()
        .find(owns)
        .unwrap_or(&seed::PORTAL_USERS[0])
        .email
}

/// The merchant by its VAT number, by choice, or the only one; then consent, unless it was given (spec 5.3).
fn choose_or_consent(
    world: &World,
    headers: &HeaderMap,
    request: &Request,
    user: &'static PortalUser,
    chosen: Option<&str>,
) -> Response {
    let words = Words::of(headers, request);
    let own = || user.merchants.iter().filter_map(|id| seed::merchant(id));
    let merchant = match (
        request.merchant_vat.as_deref().filter(|vat| !vat.is_empty()),
        chosen,
    ) {
        // A VAT number that does not belong to the user makes the flow fail (spec 5.7).
        (Some(vat), _) => match own().find(|merchant| merchant.vat == vat) {
            Some(merchant) => Some(merchant),
            None => return pages::unauthorized(words),
        },
        (None, Some("")) => None,
        (None, Some(id)) => own().find(|merchant| merchant.id == id),
        (None, None) if user.merchants.len() == 1 => own().next(),
        (None, None) => return pages::choose(words, request, &own().collect::<Vec<_>>()),
    };
    let id = merchant.map(|merchant| merchant.id);
    let given = world.lock().consents.contains(&consent_key(request, user, id));
    if given {
        let auth_time = logged_in(world, headers).map_or_else(|| world_now(world), |(_, at)| at);
        return finish(world, request, user, id, auth_time);
    }
    pages::consent(words, request, merchant)
}

fn consent_key(request: &Request, user: &PortalUser, merchant: Option<&str>) -> String {
    // Other scopes later need a new consent (spec 5.2).
    format!(
        "{}|{}|{}",
        request.client_id,
        merchant.unwrap_or(user.subject),
        request.scope
    )
}

fn remember_consent(world: &World, request: &Request, user: &PortalUser, merchant: Option<&str>) {
    let key = consent_key(request, user, merchant);
    let mut state = world.lock();
    if let Err(error) = state.books.put("consent", &key, &()) {
        tracing::error!(%error, "a consent was not written");
    }
    state.consents.insert(key);
}

/// Issues the code and the front-channel ID token (spec 5.4, 5.5).
fn finish(
    world: &World,
    request: &Request,
    user: &PortalUser,
    merchant: Option<&str>,
    auth_time: i64,
) -> Response {
    let now = world.unmoved();
    let code = hex::encode(random::<32>());
    let grant = Grant {
        id: Uuid::new_v4().to_string(),
        client: request.client_id.clone(),
        subject: user.subject.to_owned(),
        merchant: merchant.map(str::to_owned),
        scopes: request.scopes(),
        auth_time,
        expires_at: thirteen_months_after(now),
    };
    let binding = [("nonce", request.nonce.clone()), ("c_hash", half_hash(&code))];
    let Ok(id_token) = id_token(world, &grant, now, &binding) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    {
        let mut state = world.lock();
        if state.books.put("nonce", &s256(&request.nonce), &()).is_err() {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        state.nonces.insert(s256(&request.nonce));
        let issued = Code {
            grant,
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.code_challenge.clone(),
            nonce: request.nonce.clone(),
            expires_at: now + SignedDuration::from_mins(5),
            used: false,
        };
        state.codes.insert(code.clone(), issued);
    }
    let parameters = vec![
        ("code", code),
        ("id_token", id_token),
        ("scope", request.scope.clone()),
        ("state", request.state.clone()),
    ];
    back(request, &parameters)
}

/// Back to the merchant: by form or by fragment (spec 5.4; absent means fragment, 21 item 13).
fn back(request: &Request, parameters: &[(&str, String)]) -> Response {
    if request.response_mode.as_deref() == Some("form_post") {
        return pages::form_post(&request.redirect_uri, parameters);
    }
    let fragment: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    // Serializer writes `+` for a blank; in a fragment both are read the same by form decoding.
    Redirect::to(&format!("{}#{fragment}", request.redirect_uri)).into_response()
}

fn id_token(
    world: &World,
    grant: &Grant,
    now: Timestamp,
    binding: &[(&str, String)],
) -> Result<String, crate::keys::KeyFault> {
    let now = now.as_second();
    let mut claims = json!({
        "nbf": now, "exp": now + LIFETIME, "iss": world.issuer(), "aud": grant.client, "iat": now,
        "sub": grant.subject, "auth_time": grant.auth_time, "idp": "local", "amr": ["UserEnteredCode", "ServerProvidedKey"],
    });
    for (name, value) in binding {
        claims[*name] = Value::String(value.clone());
    }
    world.key.sign(&claims)
}

/// Claims of spec 6.3, and the grant by which it can be revoked.
fn access_token(world: &World, grant: &Grant, now: Timestamp) -> Result<String, crate::keys::KeyFault> {
    let now = now.as_second();
    let mut claims = json!({
        "nbf": now, "exp": now + LIFETIME, "iss": world.issuer(), "aud": world.audience(), "client_id": grant.client,
        "sub": grant.subject, "auth_time": grant.auth_time, "idp": "local", "scope": grant.scopes,
        "amr": ["UserEnteredCode", "ServerProvidedKey"], "grant": grant.id, "jti": Uuid::new_v4().to_string(),
    });
    if let Some(merchant) = &grant.merchant {
        claims["merchant_id"] = Value::String(merchant.clone());
    }
    world.key.sign(&claims)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TokenRequest {
    grant_type: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    refresh_token: Option<String>,
}

async fn token(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Form(request): Form<TokenRequest>,
) -> Response {
    let mut response = match granted(&world, &headers, &request) {
        Ok(body) => Json(body).into_response(),
        // Always 400, also for invalid_client (spec 6.8).
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, no-cache, max-age=0"),
    );
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

fn granted(world: &World, headers: &HeaderMap, request: &TokenRequest) -> Result<Value, &'static str> {
    let client = client_of(world, headers, request).ok_or("invalid_client")?;
    match request.grant_type.as_deref() {
        Some("authorization_code") => redeem(world, &client, request),
        Some("refresh_token") => refresh(world, &client, request),
        _ => Err("unsupported_grant_type"),
    }
}

/// The client by body or by Basic (spec 6.1).
fn client_of(world: &World, headers: &HeaderMap, request: &TokenRequest) -> Option<String> {
    let (id, secret) = match (&request.client_id, &request.client_secret) {
        (Some(id), Some(secret)) => (id.clone(), secret.clone()),
        _ => basic(headers)?,
    };
    let same = |known: &str| bool::from(known.as_bytes().ct_eq(secret.as_bytes()));
    world
        .config
        .clients
        .iter()
        .find(|client| client.id == id && same(&client.secret))
        .map(|client| client.id.clone())
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    use base64::Engine as _;
    let value = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Basic ")?;
    let pair = String::from_utf8(base64::prelude::BASE64_STANDARD.decode(value).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    // Both are form-encoded first (RFC 6749, 2.3.1).
    let decoded = |text: &str| {
        url::form_urlencoded::parse(format!("v={text}").as_bytes())
            .next()
            .map(|(_, v)| v.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}

/// Every check of spec 6.1; the code is gone with its first presentation, a second one revokes (6.8; 21 item 15).
fn redeem(world: &World, client: &str, request: &TokenRequest) -> Result<Value, &'static str> {
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

/// The merchant withdraws in the portal what was allowed to programs (spec 6.9). Answers how many sign-ins that ended.
pub(crate) fn withdraw(world: &World, merchant: &str) -> usize {
    let mut state = world.lock();
    let grants: std::collections::BTreeSet<String> = state
        .refresh
        .values()
        .filter(|grant| grant.merchant.as_deref() == Some(merchant))
        .map(|grant| grant.id.clone())
        .collect();
    for grant in &grants {
        revoke(&mut state, grant);
    }
    grants.len()
}

fn revoke(state: &mut crate::state::State, grant: &str) {
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

/// One refresh, by the client's mode (spec 6.5, 6.6).
fn refresh(world: &World, client: &str, request: &TokenRequest) -> Result<Value, &'static str> {
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

fn thirteen_months_after(now: Timestamp) -> Timestamp {
    let zoned = now.to_zoned(jiff::tz::TimeZone::UTC);
    zoned
        .checked_add(Span::new().months(13))
        .map_or(now, |later| later.timestamp())
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}
