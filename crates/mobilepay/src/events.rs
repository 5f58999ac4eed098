//! Reads the bodies that the service posts to a receiver (spec 11.3, 11.4). Pure: no network, no clock.
//!
//! Unknown members and states are kept, and so is an event that cannot be read: whoever answered 2xx will not be told
//! again (spec 11.5 rule 6). Deliberately absent: order and duplicates. They are the ledger's matter.

use std::fmt;

use invoice::State;
use jiff::{Timestamp, civil::Date};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::json::{Members, is_id};

/// The longest body that is read, in bytes. A batch of events of two thousand invoices does not come near it.
pub const LONGEST_CALLBACK: usize = 1024 * 1024;

/// What happened to one invoice.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    /// Guid.
    pub invoice_id: String,
    /// The state; an unknown word is kept.
    pub state: State,
    /// When it happened, if it is told in a form that can be read.
    pub date: Option<Timestamp>,
    /// The order of the events of one invoice. It may begin anywhere and have gaps (spec 21.1 item 30).
    pub sequence: Option<u64>,
    /// Scheduled day of payment, with `Accepted`.
    pub payment_date: Option<Date>,
    /// Code of spec 13.3, with `Invalid`; see [`crate::meaning`].
    pub error_code: Option<u32>,
    /// The service's English words, with `Invalid`.
    pub error_message: Option<String>,
    /// The address for the customer, opaque, with `Created` of a link that came in a batch. Told nowhere else.
    pub href: Option<String>,
    /// The event as it came, with every member that is unknown here.
    pub text: String,
}

/// With the address anybody can open the invoice, so neither it nor the text is printed.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("invoice_id", &self.invoice_id)
            .field("state", &self.state)
            .field("date", &self.date)
            .field("sequence", &self.sequence)
            .field("error_code", &self.error_code)
            .finish_non_exhaustive()
    }
}

/// The content of one callback.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// In the order of the body.
    pub events: Vec<Event>,
    /// Elements that name no invoice or no state, as they came.
    pub unreadable: Vec<String>,
}

/// What could not be read may hold anything, so it is not printed.
impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("events", &self.events)
            .field("unreadable", &self.unreadable.len())
            .finish()
    }
}

/// Why a body is no callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EventsError {
    /// More than [`LONGEST_CALLBACK`].
    #[error("the body is too long")]
    TooLong,
    /// Neither an array nor an object of JSON in UTF-8.
    #[error("the body is not a list of events")]
    Unreadable,
}

/// Reads the body of a callback: an array of events, or one event without its array.
pub fn read_events(body: &[u8]) -> Result<Events, EventsError> {
    if body.len() > LONGEST_CALLBACK {
        return Err(EventsError::TooLong);
    }
    let text = str::from_utf8(body).map_err(|_| EventsError::Unreadable)?;
    let text = text.trim_start_matches('\u{feff}').trim();
    let mut found = Events::default();
    if text.starts_with('{') {
        let element: &RawValue = serde_json::from_str(text).map_err(|_| EventsError::Unreadable)?;
        found.add(element);
        return Ok(found);
    }
    let elements: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| EventsError::Unreadable)?;
    for element in elements {
        found.add(element);
    }
    Ok(found)
}

impl Events {
    fn add(&mut self, element: &RawValue) {
        match event(element.get()) {
            Some(event) => self.events.push(event),
            None => self.unreadable.push(element.get().to_owned()),
        }
    }
}

fn event(text: &str) -> Option<Event> {
    let members = Members::of(text)?;
    let invoice_id = members.text("InvoiceId")?.trim().to_owned();
    let state = State::parse(members.some_text("Status")?.trim());
    is_id(&invoice_id).then(|| Event {
        invoice_id,
        state,
        date: members.moment("Date"),
        sequence: members.text("Sequence").and_then(|text| text.trim().parse().ok()),
        payment_date: members.date("PaymentDate"),
        error_code: members.code("ErrorCode"),
        error_message: members.some_text("ErrorMessage"),
        href: members.user_redirect(),
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(body: &str) -> Events {
        read_events(body.as_bytes()).unwrap()
    }

    #[test]
    fn the_published_callback_is_read() {
        // spec 11.3
        let found = read(
            r#"[
              { "InvoiceId": "3c440dfb-b271-4d21-ad1c-f973f2c4f448", "Status": "Rejected",
                "Date": "2018-04-24T07:29:47.7500268+00:00", "Sequence": 2 },
              { "InvoiceId": "3c440dfb-b271-4d21-ad1c-f973f2c4f449", "Status": "Invalid", "ErrorCode": 10106,
                "ErrorMessage": "<description of error>", "Date": "2018-04-24T07:29:47.7500268+00:00", "Sequence": 1 }
            ]"#,
        );
        let [rejected, invalid] = found.events.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!((&rejected.state, rejected.sequence), (&State::Rejected, Some(2)));
        let moment = rejected.date.unwrap();
        assert_eq!(moment.to_string(), "2018-04-24T07:29:47.7500268Z");
        assert_eq!(
            (&invalid.state, invalid.error_code),
            (&State::Invalid, Some(10106))
        );
        assert_eq!(invalid.error_message.as_deref(), Some("<description of error>"));
        assert_eq!(invalid.invoice_id, "3c440dfb-b271-4d21-ad1c-f973f2c4f449");
    }

    #[test]
    fn the_address_of_a_batch_link_is_found_and_not_printed() {
        // spec 11.4
        let found = read(
            r#"[{"InvoiceId":"3c440dfb","Status":"Created","Links":[{"Rel":"other","Href":"https://x.example/"},
                {"Rel":"user-redirect","Href":"https://y.example/?token=1"}],"Date":"2018-04-24T07:29:47.75+00:00","Sequence":1}]"#,
        );
        assert_eq!(
            found.events[0].href.as_deref(),
            Some("https://y.example/?token=1")
        );
        assert!(!format!("{found:?}").contains("y.example"));
    }

    #[test]
    fn any_casing_any_form_and_unknown_things_are_kept() {
        for (body, state) in [
            (
                r#"[{"invoiceId":"a-1","status":"PAID","sequence":"7"}]"#,
                State::Paid,
            ),
            (
                r#"{"INVOICE_ID":"a-1","STATUS":"cancelled","Sequence":7}"#,
                State::Canceled,
            ),
            (
                "\u{feff} [{\"InvoiceId\":\"a-1\",\"Status\":\"Frozen\",\"New\":{\"x\":[1]},\"Sequence\":7}]\r\n",
                State::Unknown("Frozen".to_owned()),
            ),
        ] {
            let found = read(body);
            assert_eq!(
                (&found.events[0].state, found.events[0].sequence),
                (&state, Some(7))
            );
        }
        let found = read(r#"[{"InvoiceId":"a-1","Status":"Frozen","New":{"x":[1]}}]"#);
        assert!(found.events[0].text.contains(r#""New":{"x":[1]}"#));
        assert_eq!((found.events[0].date, found.events[0].sequence), (None, None));
    }

    #[test]
    fn an_event_that_cannot_be_read_is_kept_beside_the_others() {
        let found = read(
            r#"[1,null,"x",{},{"Status":"Paid"},{"InvoiceId":"../x","Status":"Paid"},{"InvoiceId":"a"},
                {"InvoiceId":"a","Status":""},{"InvoiceId":"a","Status":"Paid","Sequence":-1,"Date":"soon"}]"#,
        );
        assert_eq!((found.events.len(), found.unreadable.len()), (1, 8));
        assert_eq!((found.events[0].sequence, found.events[0].date), (None, None));
        assert_eq!(read("[]"), Events::default());
    }

    #[test]
    fn what_is_no_list_of_events_is_refused() {
        for body in [
            "",
            "null",
            "1",
            "\"x\"",
            "<html>",
            "[{",
            "[{}",
            "[{}],",
            "{\"a\":1}{}",
        ] {
            assert_eq!(
                read_events(body.as_bytes()),
                Err(EventsError::Unreadable),
                "{body}"
            );
        }
        assert_eq!(read_events(b"[\"\xff\"]"), Err(EventsError::Unreadable));
        let long = vec![b' '; LONGEST_CALLBACK + 1];
        assert_eq!(read_events(&long), Err(EventsError::TooLong));
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!("{}1{}", open.repeat(150_000), close.repeat(150_000));
            if let Ok(found) = read_events(deep.as_bytes()) {
                assert_eq!(found.events.len(), 0);
            }
        }
    }

    proptest! {
        #[test]
        fn every_element_is_an_event_or_kept(elements in proptest::collection::vec(element(), 0..20)) {
            let body = format!("[{}]", elements.join(","));
            let found = read_events(body.as_bytes()).unwrap();
            prop_assert_eq!(found.events.len() + found.unreadable.len(), elements.len());
        }

        #[test]
        fn no_body_breaks_the_reader(body in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_events(&body);
        }
    }

    fn element() -> impl Strategy<Value = String> {
        let word = prop_oneof![Just("Paid".to_owned()), "[a-zA-Z]{0,8}"];
        let id = prop_oneof![Just("3c440dfb-b271".to_owned()), "[ -~&&[^\"\\\\]]{0,12}"];
        let free = "[ -~&&[^\"\\\\]]{0,12}";
        let event = (id, word, free, any::<i64>()).prop_map(|(id, word, free, sequence)| {
            format!(r#"{{"InvoiceId":"{id}","Status":"{word}","Date":"{free}","Sequence":{sequence},"ErrorCode":"{free}"}}"#)
        });
        prop_oneof![
            event,
            Just("null".to_owned()),
            Just("{}".to_owned()),
            Just("[[]]".to_owned())
        ]
    }
}
