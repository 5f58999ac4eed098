//! What comes back from the browser: one parser behind three doors.
//!
//! Any web page can open our link and any program can post to our port, so everything here is hostile until the attempt in
//! progress recognises its `state`. The parser never panics, takes each parameter once, and knows no others.

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

#[derive(Default)]
struct Parameters {
    state: Option<String>,
    code: Option<String>,
    id_token: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
    scope: Option<String>,
    others: [bool; 3],
}

impl Parameters {
    fn take(&mut self, name: &str, value: String) -> Result<(), AnswerError> {
        let place = match name {
            "state" => &mut self.state,
            "code" => &mut self.code,
            "id_token" => &mut self.id_token,
            "iss" => &mut self.issuer,
            "error" => &mut self.error,
            "scope" => &mut self.scope,
            "access_token" => return Err(AnswerError::AccessTokenInFront),
            "session_state" => return self.once(0),
            "error_description" => return self.once(1),
            "error_uri" => return self.once(2),
            // Unknown parameters are ignored (RFC 6749, 4.1.2).
            _ => return Ok(()),
        };
        if place.replace(value).is_some() {
            return Err(AnswerError::Repeated);
        }
        Ok(())
    }

    fn once(&mut self, which: usize) -> Result<(), AnswerError> {
        if std::mem::replace(&mut self.others[which], true) {
            Err(AnswerError::Repeated)
        } else {
            Ok(())
        }
    }

    fn finish(self) -> Result<ReturnedAnswer, AnswerError> {
        let some = |value: Option<String>| value.filter(|value| !value.is_empty());
        if self.state.is_none() && self.code.is_none() && self.error.is_none() && self.id_token.is_none() {
            return Err(AnswerError::NoAnswer);
        }
        let state = some(self.state).ok_or(AnswerError::StateMissing)?;
        let content = match some(self.error) {
            Some(error) => Content::Refused { error },
            None => Content::Granted {
                code: some(self.code).ok_or(AnswerError::CodeMissing)?.into(),
                id_token: some(self.id_token).ok_or(AnswerError::IdTokenMissing)?.into(),
                scope: some(self.scope),
            },
        };
        Ok(ReturnedAnswer {
            state,
            issuer: some(self.issuer),
            content,
        })
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RETURN: &str = "https://shop.example/return";

    fn pasted(text: &str) -> Result<ReturnedAnswer, AnswerError> {
        ReturnedAnswer::from_pasted(text, RETURN, "practice")
    }

    #[test]
    fn the_same_answer_is_read_through_every_door() {
        let parameters = "code=c&id_token=t&scope=openid&state=s";
        let answers = [
            ReturnedAnswer::from_link(
                &format!("dk.kvit.desktop://return/practice?{parameters}"),
                "practice",
            ),
            ReturnedAnswer::from_link(
                &format!("DK.KVIT.DESKTOP://return/practice#{parameters}"),
                "practice",
            ),
            ReturnedAnswer::from_form(parameters.as_bytes()),
            pasted(&format!("{RETURN}#{parameters}")),
            pasted(&format!("  <{RETURN}#code=c&id_token=t\n  &state=s> ")),
            pasted(&format!("dk.kvit.desktop://return/practice?{parameters}")),
        ];
        for answer in answers {
            let answer = answer.unwrap();
            assert!(answer.answers("s") && !answer.answers("x") && !answer.answers(""));
            assert!(matches!(answer.content, Content::Granted { .. }));
        }
    }

    fn check(text: &str, expected: AnswerError) {
        assert_eq!(pasted(text).unwrap_err(), expected, "{text}");
    }

    #[test]
    fn each_fault_has_its_own_error() {
        check("", AnswerError::NoAnswer);
        check("hello", AnswerError::NoAnswer);
        check(RETURN, AnswerError::NoAnswer);
        check(
            "https://evil.example/return#code=c&id_token=t&state=s",
            AnswerError::OtherPlace,
        );
        check(
            "https://shop.example/return/x#code=c&id_token=t&state=s",
            AnswerError::OtherPlace,
        );
        check(
            "dk.kvit.desktop://return/production?code=c&id_token=t&state=s",
            AnswerError::OtherPlace,
        );
        check(
            "dk.kvit.desktop://open/practice?code=c&id_token=t&state=s",
            AnswerError::OtherPlace,
        );
        check(
            &format!("{RETURN}#code=c&code=d&id_token=t&state=s"),
            AnswerError::Repeated,
        );
        check(
            &format!("{RETURN}?state=s#code=c&id_token=t&state=s"),
            AnswerError::Repeated,
        );
        check(&format!("{RETURN}#code=c&id_token=t"), AnswerError::StateMissing);
        check(&format!("{RETURN}#id_token=t&state=s"), AnswerError::CodeMissing);
        check(&format!("{RETURN}#code=c&state=s"), AnswerError::IdTokenMissing);
        check(
            &format!("{RETURN}#code=c&id_token=t&state=s&access_token=a"),
            AnswerError::AccessTokenInFront,
        );
        check(
            &format!("{RETURN}#code=%ff&id_token=t&state=s"),
            AnswerError::NotText,
        );
        check(
            &format!("{RETURN}#code=%zz&id_token=t&state=s"),
            AnswerError::NotText,
        );
        check(
            &format!("{RETURN}#code=c&id_token=t&state=s%2"),
            AnswerError::NotText,
        );
        check(
            &format!("{RETURN}#code={}&id_token=t&state=s", "x".repeat(LONGEST)),
            AnswerError::TooLong,
        );
    }

    fn link(text: &str) -> Result<ReturnedAnswer, AnswerError> {
        ReturnedAnswer::from_link(text, "practice")
    }

    /// Windows cuts links after 2,046 characters: such an answer is read, or told to be incomplete, never half taken.
    #[test]
    fn links_at_the_limit_of_windows_are_read_whole() {
        for length in [2_046, 2_047] {
            let start = "dk.kvit.desktop://return/practice?code=c&id_token=";
            let end = "&state=s";
            let whole = format!("{start}{}{end}", "t".repeat(length - start.len() - end.len()));
            assert_eq!(whole.len(), length);
            assert!(link(&whole).unwrap().answers("s"));
            let cut = &whole[..length - end.len()];
            assert_eq!(link(cut).unwrap_err(), AnswerError::StateMissing);
        }
    }

    #[test]
    fn a_mebibyte_is_refused_at_every_door() {
        let long = format!("code=c&id_token={}&state=s", "t".repeat(1 << 20));
        assert_eq!(
            ReturnedAnswer::from_form(long.as_bytes()).unwrap_err(),
            AnswerError::TooLong
        );
        let address = format!("dk.kvit.desktop://return/practice?{long}");
        assert_eq!(link(&address).unwrap_err(), AnswerError::TooLong);
        assert_eq!(pasted(&address).unwrap_err(), AnswerError::TooLong);
        assert_eq!(pasted(&" ".repeat(1 << 20)).unwrap_err(), AnswerError::TooLong);
    }

    #[test]
    fn a_link_is_ours_in_one_way_of_writing_only() {
        let parameters = "code=c&id_token=t&state=s";
        for start in [
            "dk.kvit.desktop://return/practice",
            "Dk.Kvit.DESKTOP://return/practice/",
        ] {
            assert!(link(&format!("{start}?{parameters}")).is_ok(), "{start}");
        }
        for start in [
            "dk.kvit.desktop:return/practice",
            "dk.kvit.desktop:/return/practice",
            "dk.kvit.desktop:///return/practice",
            "dk.kvit.desktop://return/sandbox",
            "dk.kvit.desktop://return/practice/../production",
            "dk.kvit.desktop://return%2Fpractice",
            "dk.kvit.desktop://return/practice%2F",
            "dk.kvit.desktop://elsewhere/practice",
            "https://return/practice",
        ] {
            assert_eq!(
                link(&format!("{start}?{parameters}")).unwrap_err(),
                AnswerError::OtherPlace,
                "{start}"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_as_they_are_and_escaped() {
        let refused = |body: &[u8]| ReturnedAnswer::from_form(body).unwrap_err();
        assert_eq!(refused(b"code=\xff&id_token=t&state=s"), AnswerError::NotText);
        for escape in ["%FF", "%C3", "%ED%A0%80", "%F8%88%80%80%80", "%", "%4", "%g0"] {
            let body = format!("code=c&id_token=t&state={escape}");
            assert_eq!(refused(body.as_bytes()), AnswerError::NotText, "{escape}");
        }
    }

    #[test]
    fn every_known_parameter_comes_once() {
        let names = [
            "state",
            "code",
            "id_token",
            "iss",
            "error",
            "scope",
            "session_state",
            "error_description",
        ];
        for name in names {
            let body = format!("{name}=x&{name}=x");
            let refused = ReturnedAnswer::from_form(body.as_bytes()).unwrap_err();
            assert_eq!(refused, AnswerError::Repeated, "{name}");
        }
    }

    #[test]
    fn an_error_answer_is_an_answer() {
        let answer = pasted(&format!("{RETURN}#error=access_denied&state=s")).unwrap();
        assert!(matches!(answer.content, Content::Refused { error } if error == "access_denied"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            let _ = pasted(&text);
            let _ = ReturnedAnswer::from_link(&text, "practice");
            let _ = ReturnedAnswer::from_form(text.as_bytes());
        }

        #[test]
        fn no_bytes_make_the_parser_panic(bytes in any::<Vec<u8>>()) {
            let _ = ReturnedAnswer::from_form(&bytes);
        }

        #[test]
        fn a_foreign_state_never_answers(state in "[!-~]{1,64}", ours in "[A-Za-z0-9_-]{43}") {
            prop_assume!(state != ours);
            let body: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("code", "c").append_pair("id_token", "t").append_pair("state", &state).finish();
            prop_assert!(!ReturnedAnswer::from_form(body.as_bytes()).unwrap().answers(&ours));
        }
    }
}
