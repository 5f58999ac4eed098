//! Reads the error envelopes of the service and of its gateway (spec 13.1), whatever the HTTP status is.
//!
//! Known shapes: snake and camel names, code as string or number; the flat and nested errors of batch results;
//! the failure of a simulated payment; the gateway's `httpCode`; a framework's list of problems per member.

use std::time::Duration;

use http::{HeaderMap, header};
use jiff::fmt::rfc2822;

use crate::{
    ApiError, FieldError, Trace, UnclearReason, codes,
    json::{Members, objects},
};

/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// The most of a refusal's words that is kept (bytes).
const MOST_WORDS: usize = 2_000;

/// Codes of "Invoice already exists" (spec 21.1 item 25).
const EXISTS: [u32; 2] = [10104, 10301];

/// What an error body says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) code: Option<u32>,
    pub(crate) description: Option<String>,
    pub(crate) fields: Vec<FieldError>,
}

impl Envelope {
    /// Reads `body`; `None` if no known shape of error is in it.
    pub(crate) fn read(body: &str) -> Option<Self> {
        let Some(members) = Members::of(body) else {
            return objects(body).first().and_then(Self::of);
        };
        Self::of(&members)
    }

    fn of(members: &Members) -> Option<Self> {
        // One level and no more: a body of nothing but nested errors must not eat the stack.
        members
            .objects("Errors")
            .first()
            .map_or_else(|| Self::flat(members), Self::flat)
    }

    /// One error of a batch: known only if it has a code or words.
    pub(crate) fn of_item(members: &Members) -> Option<Self> {
        Self::flat(members).filter(|error| error.code.is_some() || error.description.is_some())
    }

    fn flat(members: &Members) -> Option<Self> {
        let description = [
            "error_description",
            "error_text",
            "error_message",
            "moreInformation",
            "httpMessage",
            "title",
            "error",
        ]
        .iter()
        .find_map(|name| members.some_text(name))
        .or_else(|| of_reporting(members));
        let code = members
            .code("error_code")
            .or_else(|| codes::code_of(description.as_deref()?));
        let known = code.is_some() || description.is_some() || members.has("errors");
        let listed = members.object("errors").map(|errors| listed_fields(&errors));
        let fields = match &listed {
            Some(listed) => listed.clone(),
            None => description.as_deref().map(field_errors).unwrap_or_default(),
        };
        // The lines of an `InputError` are its description; a framework's list stands beside a title that says nothing.
        let lines = listed.unwrap_or_default();
        let lines = lines
            .iter()
            .map(|error| format!("{} : {}", error.field, error.text));
        let description: Vec<String> = description
            .map(|text| text.trim().to_owned())
            .into_iter()
            .chain(lines)
            .collect();
        known.then(|| Self {
            code,
            description: (!description.is_empty()).then(|| shortened(&description.join("\n"))),
            fields,
        })
    }

    pub(crate) fn is_exists(&self) -> Option<u32> {
        self.code.filter(|code| EXISTS.contains(code))
    }

    /// Whether it says what is wrong: by a code, by the text of one, or by naming members (`InputError`, whose code is null).
    pub(crate) fn is_explained(&self) -> bool {
        self.code.is_some() || !self.fields.is_empty()
    }
}

/// The reporting service's own envelope (spec 18.3). `message` alone is anybody's.
fn of_reporting(members: &Members) -> Option<String> {
    members
        .some_text("message")
        .filter(|_| members.has("code") && members.has("origin"))
}

/// Of two thousand bad invoices the first lines will do: these words are kept with every one of them.
fn shortened(words: &str) -> String {
    let end = words.floor_char_boundary(MOST_WORDS);
    let more = if end < words.len() { "…" } else { "" };
    format!("{}{more}", &words[..end])
}

/// Lines of the form `input.TotalAmount : Invalid input`, ended by CR LF (spec 13.1).
fn field_errors(description: &str) -> Vec<FieldError> {
    description
        .lines()
        .filter_map(|line| line.split_once(" : "))
        // A path to a member, not the beginning of a sentence.
        .filter(|(path, _)| path.contains('.') && !path.trim().contains(char::is_whitespace))
        .map(|(field, text)| FieldError {
            field: member(field),
            text: text.trim().to_owned(),
        })
        .collect()
}

fn member(path: &str) -> String {
    let path = path.trim();
    path.strip_prefix("input.").unwrap_or(path).to_owned()
}

fn listed_fields(errors: &Members) -> Vec<FieldError> {
    errors
        .entries()
        .map(|(field, text)| {
            let texts: Vec<String> = serde_json::from_str(text)
                .or_else(|_| serde_json::from_str(text).map(|text| vec![text]))
                .unwrap_or_default();
            FieldError {
                field: member(field),
                text: texts.join(" "),
            }
        })
        .collect()
}

/// The error that a complete answer with `status` outside 2xx is. Its whole `text` is read, of which the trace keeps a part.
pub(crate) fn error_of(status: u16, headers: &HeaderMap, text: &str, trace: Trace) -> ApiError {
    let envelope = Envelope::read(text);
    let trace = Box::new(trace);
    if let Some(exists) = envelope.as_ref().and_then(Envelope::is_exists) {
        let description = envelope.and_then(|envelope| envelope.description);
        return ApiError::AlreadyExists {
            status,
            code: exists,
            description,
            trace,
        };
    }
    let readable = envelope.is_some();
    let Envelope {
        code,
        description,
        fields,
    } = envelope.unwrap_or_default();
    match status {
        401 => ApiError::Unauthorized { description, trace },
        403 if code.is_none() => ApiError::Forbidden { description, trace },
        404 => ApiError::NotFound { description, trace },
        429 => ApiError::Throttled {
            retry_after: retry_after(headers),
            trace,
        },
        // 409 may be "exists already"; of one that cannot be read nobody can tell which 409 it is.
        409 if !readable => unclear(UnclearReason::Unreadable, None, trace),
        // A 408 says that the request did not arrive in time, not that it did not arrive.
        408 => unclear(
            UnclearReason::UnexpectedStatus(status),
            retry_after(headers),
            trace,
        ),
        400..=499 => ApiError::Refused {
            status,
            code,
            description,
            fields,
            trace,
        },
        500..=599 => unclear(UnclearReason::ServerFailed(status), retry_after(headers), trace),
        _ => unclear(UnclearReason::UnexpectedStatus(status), None, trace),
    }
}

/// What `error` is as the end of an attempt to create an invoice.
///
/// A 409 that explains nothing may be "exists already" as well as a refusal, so it proves neither: taken for a refusal, the
/// merchant would bill anew what the customer may have. No document shows one on a create (a broken rule has its code there,
/// a bad member comes with 400 and a null code; spec 13.2, 21.2), so what stays in doubt by this is what a gateway in between
/// said, or a service that is out of order: the identical bytes bring the answer when it is in order again, and meanwhile the
/// merchant can name the id or give up a link.
pub(crate) fn of_create(error: ApiError) -> ApiError {
    match error {
        ApiError::Refused {
            status: 409,
            code: None,
            fields,
            trace,
            ..
        } if fields.is_empty() => unclear(UnclearReason::Unexplained, None, trace),
        error => error,
    }
}

pub(crate) const fn unclear(
    reason: UnclearReason,
    retry_after: Option<Duration>,
    trace: Box<Trace>,
) -> ApiError {
    ApiError::Unclear {
        reason,
        retry_after,
        trace,
    }
}

/// `Retry-After` as seconds or as date (RFC 9110 10.2.3), at most an hour. A date is measured against the
/// answer's own `Date`, so that neither clock needs to be right.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if let Ok(seconds) = text.parse::<u64>() {
        seconds
    } else {
        let parser = rfc2822::DateTimeParser::new();
        let until = parser.parse_timestamp(text).ok()?;
        let now = parser
            .parse_timestamp(headers.get(header::DATE)?.to_str().ok()?)
            .ok()?;
        u64::try_from(until.as_second() - now.as_second()).unwrap_or(0)
    };
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn envelope(body: &str) -> (Option<u32>, Option<String>) {
        let read = Envelope::read(body).unwrap();
        (read.code, read.description)
    }

    #[test]
    fn every_published_envelope_is_read() {
        let exists = (Some(10104), Some("Invoice already exists".to_owned()));
        for body in [
            r#"{"correlation_id":"x","error":"DomainError","error_code":"10104","error_description":"Invoice already exists","error_context":"Invoices"}"#,
            r#"{"correlationId":"x","error":"DomainError","errorCode":10104,"errorDescription":"Invoice already exists"}"#,
            r#"{"InvoiceNumber":"1","ErrorText":"Invoice already exists","ErrorCode":10104}"#,
            r#"{"InvoiceNumber":"1","Errors":[{"ErrorText":"Invoice already exists","ErrorCode":10104}]}"#,
        ] {
            assert_eq!(envelope(body), exists, "{body}");
        }
    }

    #[test]
    fn the_gateway_shape_is_read() {
        let body = r#"{"httpCode":"401","httpMessage":"Unauthorized","moreInformation":"Client id not registered."}"#;
        assert_eq!(
            envelope(body),
            (None, Some("Client id not registered.".to_owned()))
        );
    }

    #[test]
    fn input_errors_name_their_members() {
        // spec 13.1, the published example, and two lines of it.
        let body = r#"{"error":"InputError","error_code":null,"error_description":"input.TotalAmount : Invalid input\r\ninput.DueDate : Required\r\n"}"#;
        let fields = Envelope::read(body).unwrap().fields;
        let pairs: Vec<(&str, &str)> = fields
            .iter()
            .map(|f| (f.field.as_str(), f.text.as_str()))
            .collect();
        assert_eq!(pairs, [("TotalAmount", "Invalid input"), ("DueDate", "Required")]);
    }

    #[test]
    fn a_list_of_problems_per_member_is_read() {
        let body = r#"{"title":"One or more validation errors occurred.","errors":{"input.DueDate":["Required.","Not a date."],"$":"Bad"}}"#;
        let read = Envelope::read(body).unwrap();
        assert_eq!(
            read.description.as_deref(),
            Some("One or more validation errors occurred.\n$ : Bad\nDueDate : Required. Not a date.")
        );
        let fields: Vec<&str> = read.fields.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["$", "DueDate"]);
    }

    #[test]
    fn a_sentence_with_a_colon_names_no_member() {
        for text in ["Conflict : try again", "Something. Else : x", " : x"] {
            let body = serde_json::json!({ "error": "DomainError", "error_description": text }).to_string();
            assert!(!Envelope::read(&body).unwrap().is_explained(), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_envelope() {
        for body in [
            "",
            "<html>",
            "{}",
            "[]",
            "[1]",
            "null",
            r#"{"InvoiceId":"x"}"#,
            r#"{"error_code":"#,
        ] {
            assert_eq!(Envelope::read(body), None, "{body}");
        }
    }

    #[test]
    fn a_wait_is_read_as_seconds_and_as_date_and_ends_at_an_hour() {
        let wait = |value: &'static str, date: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(value));
            if let Some(date) = date {
                headers.insert(header::DATE, HeaderValue::from_static(date));
            }
            retry_after(&headers).map(|wait| wait.as_secs())
        };
        assert_eq!(wait("120", None), Some(120));
        assert_eq!(wait("86400", None), Some(3600));
        let now = Some("Mon, 23 Nov 2026 06:00:00 GMT");
        assert_eq!(wait("Mon, 23 Nov 2026 06:01:30 GMT", now), Some(90));
        assert_eq!(wait("Mon, 23 Nov 2026 05:00:00 GMT", now), Some(0));
        assert_eq!(wait("Mon, 23 Nov 2026 06:01:30 GMT", None), None);
        assert_eq!(wait("soon", now), None);
    }

    proptest! {
        #[test]
        fn no_answer_breaks_the_reader(status in 100_u16..1000, body in ".*") {
            let trace = Trace { status: Some(status), body: body.clone(), ..Trace::default() };
            let error = error_of(status, &HeaderMap::new(), &body, trace);
            prop_assert_eq!(&error.trace().body, &body);
        }
    }
}
