//! Plays the person in the browser over HTTP: logs in, chooses, consents, and tells where the browser would go.
//!
//! For tests of clients, so that they need no browser. It reads the same pages that a person sees.

use axum::http::{StatusCode, header};
use url::Url;

/// Who sits at the browser, and what they do.
#[derive(Clone, Debug)]
pub struct Person {
    email: &'static str,
    merchant: Option<&'static str>,
    allows: bool,
}

impl Person {
    /// Mette of Nordhavn Cykler (DK), one merchant.
    pub const fn danish() -> Self {
        Self {
            email: "mette@nordhavn.example",
            merchant: None,
            allows: true,
        }
    }

    /// Aino of Kallion Kukka (FI), one merchant.
    pub const fn finnish() -> Self {
        Self {
            email: "aino@kallionkukka.example",
            merchant: None,
            allows: true,
        }
    }

    /// Anders, who administers two merchants and, where the page of choice is shown, takes the one named `merchant`.
    pub const fn with_two_merchants(merchant: &'static str) -> Self {
        Self {
            email: "anders@to-butikker.example",
            merchant: Some(merchant),
            allows: true,
        }
    }

    /// The same person, pressing "Nej, tillad ikke".
    #[must_use]
    pub const fn who_refuses(self) -> Self {
        Self {
            allows: false,
            ..self
        }
    }
}

/// Where the browser ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Return {
    /// At this address, with the answer in its fragment.
    Fragment(String),
    /// Posting this form.
    Form {
        /// To this address.
        action: String,
        /// `application/x-www-form-urlencoded`.
        body: String,
    },
}

/// Why the browser never came back.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// The provider showed its general error page, or something else that is no way on.
    #[error("the browser ended on a page with status {0}")]
    Stuck(u16),
    /// No answer.
    #[error("no answer: {0}")]
    NoAnswer(String),
}

/// Goes through the pages behind `authorize_url` as `person`.
pub async fn consent(authorize_url: &str, person: Person) -> Result<Return, VisitError> {
    let url = Url::parse(authorize_url).map_err(|error| VisitError::NoAnswer(error.to_string()))?;
    let mut cookie = String::new();
    let mut page = wire::get(&url, &cookie).await?;
    // Login, choice, consent: at most three forms lie on the way.
    for _ in 0..4 {
        if let Some(set) = page.header(header::SET_COOKIE.as_str()) {
            cookie = set.split(';').next().unwrap_or_default().to_owned();
        }
        if let Some(location) = page.header(header::LOCATION.as_str()) {
            return Ok(Return::Fragment(location.to_owned()));
        }
        if page.status != StatusCode::OK.as_u16() {
            return Err(VisitError::Stuck(page.status));
        }
        let fields = fields_of(&page.body, &person);
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&fields)
            .finish();
        if let Some(action) = attribute(&page.body, "<form method=post", "action") {
            return Ok(Return::Form { action, body });
        }
        let mut target = url.clone();
        target.set_query(None);
        page = wire::post(&target, &cookie, &body).await?;
    }
    Err(VisitError::Stuck(page.status))
}

/// The form as the person would leave it.
fn fields_of(page: &str, person: &Person) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = page
        .split("<input type=hidden name=")
        .skip(1)
        .filter_map(|rest| {
            let tag = rest.split('>').next()?;
            let (name, value) = tag.split_once(" value=")?;
            Some((
                name.trim_matches('"').to_owned(),
                unescape(value.trim_matches('"')),
            ))
        })
        .collect();
    if page.contains("name=password") {
        fields.push(("email".into(), person.email.into()));
        fields.push(("password".into(), crate::seed::PASSWORD.into()));
    }
    if page.contains("<input type=radio") {
        let merchants = crate::seed::MERCHANTS.iter();
        let chosen = merchants
            .clone()
            .find(|merchant| Some(merchant.name) == person.merchant);
        fields.push((
            "merchant".into(),
            chosen.map(|merchant| merchant.id).unwrap_or_default().into(),
        ));
    }
    if page.contains("name=decision") {
        fields.push((
            "decision".into(),
            if person.allows { "allow" } else { "deny" }.into(),
        ));
    }
    fields
}

fn attribute(page: &str, tag: &str, name: &str) -> Option<String> {
    let rest = &page[page.find(tag)? + tag.len()..];
    let tag = rest.split('>').next()?;
    let value = tag.split(&format!("{name}=\"")).nth(1)?.split('"').next()?;
    Some(unescape(value))
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Just enough HTTP for one's own pages; a client library would be a heavy dependency of a server.
mod wire {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use url::Url;

    use super::VisitError;

    pub(super) struct Page {
        pub(super) status: u16,
        headers: Vec<(String, String)>,
        pub(super) body: String,
    }

    impl Page {
        pub(super) fn header(&self, name: &str) -> Option<&str> {
            self.headers
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        }
    }

    pub(super) async fn get(url: &Url, cookie: &str) -> Result<Page, VisitError> {
        let target = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        exchange(url, &format!("GET {target}"), cookie, "").await
    }

    pub(super) async fn post(url: &Url, cookie: &str, body: &str) -> Result<Page, VisitError> {
        exchange(url, &format!("POST {}", url.path()), cookie, body).await
    }

    async fn exchange(url: &Url, line: &str, cookie: &str, body: &str) -> Result<Page, VisitError> {
        let lost = |error: std::io::Error| VisitError::NoAnswer(error.to_string());
        let address = (
            url.host_str().unwrap_or_default(),
            url.port_or_known_default().unwrap_or(80),
        );
        let mut stream = TcpStream::connect(address).await.map_err(lost)?;
        let request = format!(
            "{line} HTTP/1.1\r\nhost: {}:{}\r\nconnection: close\r\ncookie: {cookie}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            address.0,
            address.1,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.map_err(lost)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.map_err(lost)?;
        parse(&String::from_utf8_lossy(&answer)).ok_or_else(|| VisitError::NoAnswer("not HTTP".into()))
    }

    fn parse(answer: &str) -> Option<Page> {
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Some(Page {
            status,
            headers: headers.collect(),
            body: body.to_owned(),
        })
    }
}
