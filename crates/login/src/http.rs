//! The one HTTP client of sign-in: no redirects, no retries, bounded in time and size.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::redirect::Policy;
use url::{Host, Url};

/// Larger answers than this (bytes) are refused; the largest real one is a key set of a few kilobytes.
const LARGEST_ANSWER: usize = 512 * 1024;

/// A client for the provider's endpoints.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: reqwest::Client,
    loopback_http: bool,
}

/// Why nothing usable came back. Holds no body and no address with parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The address is neither https nor an allowed loopback one (spec 1.3).
    #[error("the address is not https")]
    NotHttps,
    /// No connection.
    #[error("no connection")]
    NotConnected,
    /// No whole answer in time, or the connection was lost.
    #[error("no answer")]
    NoAnswer,
    /// The answer is larger than any right one.
    #[error("the answer is too large")]
    TooLarge,
    /// A redirect, which no endpoint of the flow may answer: the secret would follow it.
    #[error("the answer is a redirect")]
    Redirect,
    /// The provider is in trouble of its own (5xx) or has had enough of us (429): later is another matter.
    #[error("the provider is in trouble")]
    Trouble,
}

/// What came back: status and body.
pub(crate) struct Fetched {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    /// What the other side took the time to be (RFC 9110, 6.6.1).
    pub(crate) date: Option<Timestamp>,
    pub(crate) body: Vec<u8>,
}

impl HttpClient {
    /// A client; plain http to this computer is allowed only with `loopback_http` (practice and sandbox).
    ///
    /// # Errors
    /// When TLS cannot be set up on this computer.
    pub fn new(loopback_http: bool) -> Result<Self, HttpError> {
        let client = match builder(loopback_http).build() {
            Ok(client) => client,
            // A bare machine may have no root certificates; the practice world on this computer needs none.
            Err(_) if loopback_http => builder(true)
                .tls_certs_only([])
                .build()
                .map_err(|_| HttpError::NotConnected)?,
            Err(_) => return Err(HttpError::NotConnected),
        };
        Ok(Self {
            client,
            loopback_http,
        })
    }

    /// Whether this client may speak to `url` at all.
    pub(crate) fn may_call(&self, url: &Url) -> bool {
        url.scheme() == "https" || (self.loopback_http && url.scheme() == "http" && is_loopback(url))
    }

    /// GET `url`.
    pub(crate) async fn get(&self, url: &Url) -> Result<Fetched, HttpError> {
        if !self.may_call(url) {
            return Err(HttpError::NotHttps);
        }
        let request = self.client.get(url.clone()).header("accept", "application/json");
        finish(request.send().await).await
    }

    /// A bare GET of `url`, which [`HttpClient::may_call`] has allowed.
    pub(crate) fn request(&self, url: &Url) -> reqwest::RequestBuilder {
        self.client.get(url.clone())
    }

    async fn carry(
        &self,
        request: oauth2::HttpRequest,
        date: &Mutex<Option<Timestamp>>,
    ) -> Result<oauth2::HttpResponse, HttpError> {
        let request = reqwest::Request::try_from(request).map_err(|_| HttpError::NotHttps)?;
        if !self.may_call(request.url()) {
            return Err(HttpError::NotHttps);
        }
        let fetched = finish(self.client.execute(request).await).await?;
        *date.lock().unwrap_or_else(PoisonError::into_inner) = fetched.date;
        // Whatever such an answer says of the grant, it is not the word of a provider in its senses.
        if fetched.status >= 500 || fetched.status == 429 {
            return Err(HttpError::Trouble);
        }
        let mut response = oauth2::http::Response::builder().status(fetched.status);
        if let Some(content_type) = fetched.content_type {
            response = response.header("content-type", content_type);
        }
        response.body(fetched.body).map_err(|_| HttpError::NoAnswer)
    }
}

/// One call of `oauth2`: a request in, an answer out, and the date that the answer bore.
pub(crate) struct Call<'h> {
    http: &'h HttpClient,
    date: Mutex<Option<Timestamp>>,
}

impl<'h> Call<'h> {
    pub(crate) const fn by(http: &'h HttpClient) -> Self {
        Self {
            http,
            date: Mutex::new(None),
        }
    }

    /// What the other side took the time to be.
    pub(crate) fn date(&self) -> Option<Timestamp> {
        *self.date.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'c> oauth2::AsyncHttpClient<'c> for Call<'_> {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<oauth2::HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: oauth2::HttpRequest) -> Self::Future {
        Box::pin(self.http.carry(request, &self.date))
    }
}

fn builder(loopback_http: bool) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .https_only(!loopback_http)
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        .user_agent(concat!("Kvit/", env!("CARGO_PKG_VERSION")));
    // Plain http through a proxy would leave this computer, with the secret in it.
    if loopback_http {
        builder.no_proxy()
    } else {
        builder
    }
}

async fn finish(sent: Result<reqwest::Response, reqwest::Error>) -> Result<Fetched, HttpError> {
    let mut response = sent.map_err(|error| match error {
        error if error.is_connect() => HttpError::NotConnected,
        _ => HttpError::NoAnswer,
    })?;
    if response.status().is_redirection() {
        return Err(HttpError::Redirect);
    }
    let content_type = response
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let date = response
        .headers()
        .get("date")
        .and_then(|value| DateTimeParser::new().parse_timestamp(value.as_bytes()).ok());
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| HttpError::NoAnswer)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Fetched {
        status,
        content_type,
        date,
        body,
    })
}

/// Whether `url` is on this computer by its address, not by a name that could be made to point here.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
