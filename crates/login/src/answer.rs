//! What comes back from the browser: one parser behind three doors.
//!
//! Any web page can open our link and any program can post to our port, so everything here is hostile until the attempt in
//! progress recognises its `state`. The parser never panics, takes each parameter once, and knows no others.

mod parameters;

use parameters::Parameters;
use secrecy::SecretString;
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use url::{Url, form_urlencoded};

/// Longer inputs (bytes) are refused unread. The documented answer is about 1,100 (spec 5.4).
pub(crate) const LONGEST: usize = 64 * 1024;

/// A parsed answer; nothing in it is trusted yet.
pub struct ReturnedAnswer {
    pub(crate) state: String,
    pub(crate) issuer: Option<String>,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    Granted {
        code: SecretString,
        id_token: SecretString,
        /// What was allowed, if it says so.
        scope: Option<String>,
    },
    Refused {
        error: String,
    },
}

/// Why something is no answer at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// Larger than any answer.
    #[error("too long")]
    TooLong,
    /// Not an address, or an address without an answer.
    #[error("no answer in it")]
    NoAnswer,
    /// A link of ours for another purpose or world.
    #[error("not a returned sign-in of this world")]
    OtherPlace,
    /// A parameter came twice (RFC 6749, 3.1).
    #[error("a parameter came twice")]
    Repeated,
    /// Bytes that are no UTF-8 text, or a `%` without its two digits.
    #[error("not text")]
    NotText,
    /// `state` is missing.
    #[error("state is missing")]
    StateMissing,
    /// `code` is missing in an answer that is no error.
    #[error("code is missing")]
    CodeMissing,
    /// `id_token` is missing in an answer that is no error.
    #[error("id_token is missing")]
    IdTokenMissing,
    /// An access token in the front channel, which we did not ask for (RFC 9700, 2.1.2).
    #[error("an access token came through the browser")]
    AccessTokenInFront,
}

impl AnswerError {
    /// A stable code for words and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "answer_too_long",
            Self::NoAnswer => "answer_missing",
            Self::OtherPlace => "answer_for_another_place",
            Self::Repeated => "answer_parameter_repeated",
            Self::NotText => "answer_not_text",
            Self::StateMissing => "state_missing",
            Self::CodeMissing => "code_missing",
            Self::IdTokenMissing => "id_token_missing",
            Self::AccessTokenInFront => "access_token_in_front",
        }
    }
}

/// The scheme of our links, without `://`.
pub(crate) const SCHEME: &str = "dk.kvit.desktop";

impl ReturnedAnswer {
    /// A deep link `dk.kvit.desktop://return/{world}?…`.
    pub fn from_link(link: &str, world: &str) -> Result<Self, AnswerError> {
        let url = parse_url(link)?;
        if url.scheme() != SCHEME || url.host_str() != Some("return") || url.path().trim_matches('/') != world
        {
            return Err(AnswerError::OtherPlace);
        }
        Self::from_parameters(&parameters_of(&url)?)
    }

    /// A form that the browser posted to the loopback listener.
    pub fn from_form(body: &[u8]) -> Result<Self, AnswerError> {
        if body.len() > LONGEST {
            return Err(AnswerError::TooLong);
        }
        let text = std::str::from_utf8(body).map_err(|_| AnswerError::NotText)?;
        Self::from_parameters(text)
    }

    /// An address copied from the browser: the return address with its fragment or query, or our own link.
    pub fn from_pasted(text: &str, redirect_uri: &str, world: &str) -> Result<Self, AnswerError> {
        if text.len() > LONGEST {
            return Err(AnswerError::TooLong);
        }
        // Mail programs and terminals break long lines; an address holds no white space of its own.
        let joined: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let joined = joined.trim_matches(|letter| matches!(letter, '<' | '>' | '"'));
        let url = parse_url(joined)?;
        if url.scheme() == SCHEME {
            return Self::from_link(joined, world);
        }
        let mut bare = url.clone();
        bare.set_fragment(None);
        bare.set_query(None);
        let mut expected = Url::parse(redirect_uri).map_err(|_| AnswerError::OtherPlace)?;
        expected.set_query(None);
        if bare != expected {
            return Err(AnswerError::OtherPlace);
        }
        Self::from_parameters(&parameters_of(&url)?)
    }

    /// Whether this answers the attempt with `state`. Compared in constant time.
    pub(crate) fn answers(&self, state: &str) -> bool {
        bool::from(self.state.as_bytes().ct_eq(state.as_bytes()))
    }

    fn from_parameters(text: &str) -> Result<Self, AnswerError> {
        if text.len() > LONGEST {
            return Err(AnswerError::TooLong);
        }
        let mut found = Parameters::default();
        let bytes = text.as_bytes();
        if !is_well_encoded(bytes) {
            return Err(AnswerError::NotText);
        }
        for (name, value) in form_urlencoded::parse(bytes) {
            // Lossy decoding marks what was no UTF-8; no right answer holds that mark.
            if value.contains('\u{fffd}') || name.contains('\u{fffd}') {
                return Err(AnswerError::NotText);
            }
            found.take(&name, value.into_owned())?;
        }
        found.finish()
    }
}

/// Every `%` is followed by two hexadecimal digits (RFC 3986, 2.1); the decoder would let others through as they are.
fn is_well_encoded(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(at, _)| {
            let digits = bytes.get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        })
}

fn parse_url(text: &str) -> Result<Url, AnswerError> {
    if text.len() > LONGEST {
        return Err(AnswerError::TooLong);
    }
    Url::parse(text.trim()).map_err(|_| AnswerError::NoAnswer)
}

/// The fragment, or else the query; both at once is no answer of any provider.
fn parameters_of(url: &Url) -> Result<String, AnswerError> {
    match (url.fragment(), url.query()) {
        (Some(fragment), None | Some("")) => Ok(fragment.to_owned()),
        (None | Some(""), Some(query)) => Ok(query.to_owned()),
        (None, None) => Err(AnswerError::NoAnswer),
        (Some(_), Some(_)) => Err(AnswerError::Repeated),
    }
}

impl std::fmt::Debug for ReturnedAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let granted = matches!(self.content, Content::Granted { .. });
        f.debug_struct("ReturnedAnswer")
            .field("granted", &granted)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
