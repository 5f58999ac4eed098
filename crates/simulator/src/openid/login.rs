//! Logins to the portal: by e-mail and password, remembered by a cookie.

use axum::http::{HeaderMap, HeaderValue, header};

use super::random;
use super::request::{Answer, Request};
use crate::keys::s256;
use crate::seed::{self, PortalUser};
use crate::world::World;

/// The user whom e-mail and password name, with the cookie that remembers the login.
pub(super) fn login(world: &World, answer: &Answer) -> Option<(&'static PortalUser, HeaderValue)> {
    let email = answer.email.trim();
    let user = seed::PORTAL_USERS
        .iter()
        .find(|user| user.email.eq_ignore_ascii_case(email))
        .filter(|_| answer.password == seed::PASSWORD)?;
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
    let cookie = format!("practice_login={cookie}; Path=/; HttpOnly; SameSite=Lax");
    Some((user, HeaderValue::from_str(&cookie).ok()?))
}

pub(super) fn world_now(world: &World) -> i64 {
    world.unmoved().as_second()
}

/// Whose cookie it is.
pub(super) fn logged_in(world: &World, headers: &HeaderMap) -> Option<(&'static PortalUser, i64)> {
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
pub(super) fn suggested(request: &Request) -> &'static str {
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
