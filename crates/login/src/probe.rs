//! Trying out a connection before anybody signs in: is the provider there, does it know our credentials, does it know our
//! return address. Each probe is a request that cannot grant anything, so that a merchant may repeat it as often as they like.
//!
//! Deliberately absent: a verdict where the documents give none. What an answer does not prove is `Unclear`.

use std::error::Error;
use std::io;

use jiff::Timestamp;
use oauth2::{CsrfToken, PkceCodeChallenge};
use url::Url;

use crate::attempt::Attempt;
use crate::clock::Clock;
use crate::discovery::Discovery;
use crate::error::SigninError;
use crate::http::HttpClient;
use crate::provider::Registration;
use crate::tokens;

/// How far a request to an address came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Something answered, whatever it said.
    Answered,
    /// The host's name is unknown: usually no network.
    NameNotResolved,
    /// The host, or something before it, turned the connection away.
    TurnedAway,
    /// Nothing answered in time.
    NoAnswer,
    /// The host could not prove who it is, or does not speak TLS.
    NotSecure,
    /// An address that this client may not speak to (spec 1.3: https only).
    NotAllowed,
}

/// What the token endpoint says of the client id and secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientVerdict {
    /// It refused an invented code and nothing else, so it knows the client (spec 6.8).
    Known,
    /// `invalid_client`.
    Refused,
    /// `unauthorized_client`: it knows the client, which may not do this.
    NotAllowed,
    /// Anything else.
    Unclear,
}

/// What the authorize endpoint says of the return address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectVerdict {
    /// It went on to its login page, or back to the address itself.
    Accepted,
    /// It showed its page for bad requests (spec 5.7), which names no reason.
    Refused,
    /// Neither.
    Unclear,
}

/// Asks for `url` and looks only at whether anything answers.
pub async fn reach(http: &HttpClient, url: &Url) -> Reach {
    if !http.may_call(url) {
        return Reach::NotAllowed;
    }
    match http.request(url).send().await {
        Ok(_) => Reach::Answered,
        Err(error) => unreached(&error),
    }
}

/// Presents a code that nobody issued. A provider checks the client before the code, so that `invalid_grant` proves that
/// id and secret are right (spec 6.8; RFC 6749, 5.2).
pub async fn client(
    http: &HttpClient,
    discovery: &Discovery,
    registration: &Registration,
    clock: &dyn Clock,
) -> ClientVerdict {
    let (_, verifier) = PkceCodeChallenge::new_random_sha256();
    let invented = CsrfToken::new_random_len(32).into_secret();
    let answer = tokens::redeem(http, discovery, registration, invented.into(), verifier, clock).await;
    match answer {
        Err(SigninError::TokenRefused(word)) => match word.as_str() {
            "invalid_grant" => ClientVerdict::Known,
            "invalid_client" => ClientVerdict::Refused,
            "unauthorized_client" => ClientVerdict::NotAllowed,
            _ => ClientVerdict::Unclear,
        },
        _ => ClientVerdict::Unclear,
    }
}

/// Asks for the authorize page as the browser would, and goes no further than its first answer. The documents do not say
/// which status MobilePay's page for bad requests has, so the same is asked with an address that nobody can have registered:
/// an answer that cannot be told from that one accepts nothing.
pub async fn redirect(
    http: &HttpClient,
    discovery: &Discovery,
    registration: &Registration,
    now: Timestamp,
) -> RedirectVerdict {
    let unknown = Registration {
        redirect_uri: format!("https://{}.invalid/", CsrfToken::new_random_len(16).into_secret()),
        ..registration.clone()
    };
    let ours = page(http, discovery, registration, now).await;
    let control = page(http, discovery, &unknown, now).await;
    match (ours, control) {
        (Some(ours), Some(control)) => judge(&ours, &control, &registration.redirect_uri),
        _ => RedirectVerdict::Unclear,
    }
}

/// The first answer to an authorize request.
struct Page {
    status: u16,
    location: Option<Url>,
}

async fn page(
    http: &HttpClient,
    discovery: &Discovery,
    registration: &Registration,
    now: Timestamp,
) -> Option<Page> {
    let attempt = Attempt::begin(discovery, registration, now).ok()?;
    let answer = http.request(attempt.authorize_url()).send().await.ok()?;
    let location = answer
        .headers()
        .get("location")
        .and_then(|value| value.to_str().ok());
    Some(Page {
        status: answer.status().as_u16(),
        location: location.and_then(|value| attempt.authorize_url().join(value).ok()),
    })
}

fn judge(ours: &Page, control: &Page, redirect_uri: &str) -> RedirectVerdict {
    // A provider redirects to an address only if it knows it.
    if ours
        .location
        .as_ref()
        .is_some_and(|to| to.as_str().starts_with(redirect_uri))
    {
        return RedirectVerdict::Accepted;
    }
    let place = |page: &Page| page.location.as_ref().map(|to| to.path().to_owned());
    let same = ours.status == control.status && place(ours) == place(control);
    match (ours.status, same) {
        (400..=428 | 430..=499, _) => RedirectVerdict::Refused,
        (300..=399, true) if place(ours).is_some_and(|path| path.to_ascii_lowercase().contains("error")) => {
            RedirectVerdict::Refused
        }
        (200 | 300..=399, false) => RedirectVerdict::Accepted,
        _ => RedirectVerdict::Unclear,
    }
}

fn unreached(error: &reqwest::Error) -> Reach {
    if error.is_timeout() {
        return Reach::NoAnswer;
    }
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(here) = cause {
        if here.to_string().contains("dns error") {
            return Reach::NameNotResolved;
        }
        match here.downcast_ref::<io::Error>().map(innermost) {
            Some(io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset) => {
                return Reach::TurnedAway;
            }
            Some(io::ErrorKind::TimedOut) => return Reach::NoAnswer,
            // rustls reports certificates and other protocols alike as invalid data.
            Some(io::ErrorKind::InvalidData) => return Reach::NotSecure,
            _ => {}
        }
        cause = here.source();
    }
    Reach::NoAnswer
}

/// An error of a handshake comes wrapped in another, and `source` steps over what it wraps.
fn innermost(error: &io::Error) -> io::ErrorKind {
    let mut error = error;
    while let Some(inner) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<io::Error>())
    {
        error = inner;
    }
    error.kind()
}

#[cfg(test)]
mod tests {
    use super::{Page, RedirectVerdict as V, judge};

    const BACK: &str = "https://shop.example/return";

    fn verdict(ours: (u16, &str), control: (u16, &str)) -> V {
        let page = |(status, to): (u16, &str)| Page {
            status,
            location: to.parse().ok(),
        };
        judge(&page(ours), &page(control), BACK)
    }

    #[test]
    fn an_answer_unlike_that_to_an_unknown_address_accepts() {
        let login = "https://p.example/account/login?returnUrl=x";
        let error = "https://p.example/home/error?errorId=x";
        assert_eq!(verdict((200, ""), (401, "")), V::Accepted);
        assert_eq!(verdict((302, login), (302, error)), V::Accepted);
        let back = "https://shop.example/return#error=login_required";
        assert_eq!(verdict((302, back), (302, error)), V::Accepted);
    }

    #[test]
    fn an_error_page_refuses() {
        let error = |id: u8| format!("https://p.example/home/error?errorId={id}");
        assert_eq!(verdict((302, &error(1)), (302, &error(2))), V::Refused);
        assert_eq!(verdict((401, ""), (401, "")), V::Refused);
    }

    #[test]
    fn trouble_and_an_answer_that_everybody_gets_say_nothing() {
        assert_eq!(verdict((200, ""), (200, "")), V::Unclear);
        assert_eq!(
            verdict((302, "https://p.example/a"), (302, "https://p.example/a")),
            V::Unclear
        );
        assert_eq!(verdict((429, ""), (200, "")), V::Unclear);
        assert_eq!(verdict((503, ""), (503, "")), V::Unclear);
    }
}
