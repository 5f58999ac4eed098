//! Takes credentials out of what the service says back, before anybody keeps, shows or logs it.
//!
//! Gateways and debugging proxies echo requests in their errors. What is kept as evidence must not hold the token by which
//! it was asked for, however it was written down.

use std::ops::Range;

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use http::HeaderMap;
use url::form_urlencoded;

use crate::escapes::{self, View};

/// Shorter values are left alone: they could be an amount or a word, and striking them would change what is said.
const SHORTEST: usize = 12;

/// So many first characters of a credential are struck where a text was cut in the middle of it.
const BEGINNING: usize = 6;

/// How a credential may be written, and what stands in its place; a text that was JSON stays JSON.
struct Form {
    text: String,
    instead: &'static str,
}

/// The credentials of one request.
pub(crate) struct Confidential(Vec<Form>);

impl Confidential {
    /// What stands in the headers that are marked as sensitive, and the `secret` of the body, if it has one.
    pub(crate) fn of(headers: &HeaderMap, secret: Option<&str>) -> Self {
        let values = headers.values().filter(|value| value.is_sensitive());
        let values = values.filter_map(|value| value.to_str().ok());
        let values = values.map(|value| value.strip_prefix("Bearer ").unwrap_or(value));
        Self(
            values
                .chain(secret)
                .filter(|value| value.len() >= SHORTEST)
                .flat_map(forms)
                .collect(),
        )
    }

    /// `text` without them, also where their characters are escaped: as in JSON, as in HTML, and as in JSON within that.
    pub(crate) fn strike(&self, text: String) -> String {
        let mut text = self.strike_plain(text);
        let ways: [&[escapes::Read]; 5] = [
            &[escapes::json],
            &[escapes::html],
            &[escapes::json, escapes::html],
            &[escapes::json, escapes::json],
            &[escapes::json, escapes::json, escapes::html],
        ];
        for reads in ways {
            if let Some(view) = unescaped(&text, reads) {
                self.strike_seen(&mut text, &view);
            }
        }
        text
    }

    fn strike_plain(&self, mut text: String) -> String {
        for form in &self.0 {
            if text.contains(&form.text) {
                text = text.replace(&form.text, form.instead);
            }
        }
        let cut = self.cut(&text);
        text.truncate(cut.unwrap_or(text.len()));
        text
    }

    /// Takes out of `text` what can be seen in `view` of it.
    fn strike_seen(&self, text: &mut String, view: &View) {
        let mut seen: Vec<(Range<usize>, &str)> = Vec::new();
        for form in &self.0 {
            let matches = view.text.match_indices(&form.text);
            seen.extend(matches.map(|(at, _)| (view.place(at..at + form.text.len()), form.instead)));
        }
        if let Some(cut) = self.cut(&view.text) {
            seen.push((view.place(cut..view.text.len()), ""));
        }
        // From the end, so that what is still to come stays where it is; of two that overlap the later one is out already.
        seen.sort_by_key(|(place, _)| (place.start, place.end));
        let mut from = text.len();
        for (place, instead) in seen.into_iter().rev() {
            if place.start < from {
                text.replace_range(place.start..place.end.min(from), instead);
                from = place.start;
            }
        }
    }

    /// Where a text that ends in the middle of one must end instead.
    fn cut(&self, text: &str) -> Option<usize> {
        let ends = self.0.iter().filter_map(|form| form.begins_at_the_end_of(text));
        ends.min()
    }
}

/// `text` read by each of `reads` in turn; `None` if one of them has nothing to read.
fn unescaped(text: &str, reads: &[escapes::Read]) -> Option<View> {
    if !text.contains(['\\', '&']) {
        return None;
    }
    let whole = View::of(text);
    reads.iter().try_fold(whole, |view, read| view.without(*read))
}

impl Form {
    fn begins_at_the_end_of(&self, text: &str) -> Option<usize> {
        let lengths = (BEGINNING..self.text.len()).rev();
        lengths
            .filter_map(|length| self.text.get(..length))
            .find(|beginning| text.ends_with(beginning))
            .map(|beginning| text.len() - beginning.len())
    }
}

fn forms(value: &str) -> Vec<Form> {
    let each = |write: fn(u8) -> String, between: &str| {
        value.bytes().map(write).collect::<Vec<String>>().join(between)
    };
    let mut texts = vec![
        value.to_owned(),
        form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        each(percent_upper, ""),
        each(percent_lower, ""),
        each(|byte| format!("{byte:02x}"), ""),
        each(|byte| format!("{byte:02X}"), ""),
    ];
    for before in 0..3 {
        texts.push(core(&BASE64_STANDARD_NO_PAD, before, value));
        texts.push(core(&BASE64_URL_SAFE_NO_PAD, before, value));
    }
    let words = texts.into_iter().map(|text| Form {
        text,
        instead: "removed",
    });
    let lists = [",", ", "].map(|between| Form {
        text: each(|byte| byte.to_string(), between),
        instead: "0",
    });
    words.chain(lists).collect()
}

/// As in an address whose every reserved character is escaped (RFC 3986, 2.1).
fn percent_upper(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

fn percent_lower(byte: u8) -> String {
    let upper = percent_upper(byte);
    if upper.len() == 1 {
        upper
    } else {
        upper.to_ascii_lowercase()
    }
}

/// The characters of base64 that `value` alone decides when `before` bytes stand before it.
fn core(base64: &impl base64::Engine, before: usize, value: &str) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(value.as_bytes());
    let text = base64.encode(&bytes);
    text[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_owned()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use http::{HeaderValue, header};

    use super::*;

    const TOKEN: &str = "eyJh/bGci+OiJ.S_Uz~I1-NiIs=";

    fn confidential() -> Confidential {
        let mut headers = HeaderMap::new();
        let mut sensitive = |name, value: &str| {
            let mut value = HeaderValue::from_str(value).unwrap();
            value.set_sensitive(true);
            headers.insert(name, value);
        };
        sensitive(header::AUTHORIZATION, &format!("Bearer {TOKEN}"));
        sensitive(header::COOKIE, "short");
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        Confidential::of(&headers, None)
    }

    #[test]
    fn a_token_is_struck_however_it_is_written() {
        let confidential = confidential();
        for before in ["", "x", "xy", "Bearer "] {
            let said = format!("{before}{TOKEN}!");
            for written in [
                said.clone(),
                said.replace('/', "\\/"),
                form_urlencoded::byte_serialize(said.as_bytes()).collect(),
                BASE64_STANDARD.encode(&said),
                BASE64_STANDARD.encode(&said).replace('/', "\\/"),
                BASE64_URL_SAFE_NO_PAD.encode(&said),
                said.bytes().map(|byte| format!("{byte:02x}")).collect(),
            ] {
                let left = confidential.strike(format!("You sent {written}, and that is all."));
                assert!(
                    left.starts_with("You sent ") && left.ends_with(", and that is all."),
                    "{left}"
                );
                assert!(left.contains("removed"), "{written} stays {left}");
            }
            let left = confidential.strike(format!("{:?}", said.as_bytes()));
            assert!(left.len() < 50, "{left}");
        }
    }

    #[test]
    fn a_text_that_was_json_stays_json() {
        let body =
            serde_json::json!({ "InvoiceId": "1", "echo": TOKEN, "bytes": TOKEN.as_bytes() }).to_string();
        let left = confidential().strike(body);
        assert_eq!(left, r#"{"InvoiceId":"1","bytes":[0],"echo":"removed"}"#);
    }

    /// `+ & ' " < > \` are what encoders escape.
    const HARD: &str = r#"q3+Zk9&aa'BB"cc<DD>ee\Ff==æ😀"#;

    fn in_html(text: &str) -> String {
        let escaped = |character: char| match character {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            '\'' => "&#39;".to_owned(),
            '+' => "&#x2B;".to_owned(),
            other => other.to_string(),
        };
        text.chars().map(escaped).collect()
    }

    /// As ASP.NET does it.
    fn in_cautious_json(text: &str) -> String {
        let escaped = |character: char| {
            let mut units = [0; 2];
            match character {
                'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '=' => character.to_string(),
                other => other
                    .encode_utf16(&mut units)
                    .iter()
                    .map(|unit| format!("\\u{unit:04X}"))
                    .collect(),
            }
        };
        text.chars().map(escaped).collect()
    }

    fn in_json(text: &str) -> String {
        let quoted = serde_json::Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    }

    #[test]
    fn a_secret_is_struck_however_its_characters_are_escaped() {
        let confidential = Confidential::of(&HeaderMap::new(), Some(HARD));
        for written in [
            HARD.to_owned(),
            in_json(HARD),
            in_cautious_json(HARD),
            in_html(HARD),
            in_json(&in_html(HARD)),
            in_cautious_json(&in_html(HARD)),
            in_json(&in_json(HARD)),
            in_json(&in_cautious_json(HARD)),
            in_json(&in_json(&in_html(HARD))),
            in_cautious_json(&BASE64_STANDARD.encode(HARD)),
        ] {
            let left = confidential.strike(format!("{{\"a\":\"{written}\",\"b\":\"{written}!\"}}"));
            assert!(
                !left.contains("Zk9") && left.contains("removed"),
                "{written} stays {left}"
            );
            assert!(left.starts_with("{\"a\":\"") && left.ends_with("!\"}"), "{left}");
        }
        let cut = in_cautious_json(&HARD[..9]);
        assert_eq!(confidential.strike(format!("Password: {cut}")), "Password: ");
    }

    #[test]
    fn a_text_that_is_cut_in_a_token_ends_before_it() {
        assert_eq!(
            confidential().strike(format!("Bearer {}", &TOKEN[..9])),
            "Bearer "
        );
        assert_eq!(
            confidential().strike(format!("Bearer {}", &TOKEN[..5])),
            "Bearer eyJh/"
        );
    }

    #[test]
    fn everything_else_is_left_as_it_was_said() {
        let said = r#"{"error_description":"short of application/json"}"#;
        assert_eq!(confidential().strike(said.to_owned()), said);
    }
}
