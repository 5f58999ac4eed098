//! Ways in for fuzzers, to parsers that otherwise stand behind a browser or a network. In no program of ours.

use crate::answer::ReturnedAnswer;
use crate::checks::{self, Expectation, NonceRule};
use crate::clock::SystemClock;
use crate::{discovery, http, tokens};
use jiff::Timestamp;
use openidconnect::core::CoreJsonWebKeySet;

/// The return address and world that fuzzers know.
pub const RETURN: &str = "https://shop.example/return";

/// What comes in by every door, as link, form and pasted text: whether any of them takes it for the answer to the attempt
/// with `state`.
pub fn answers_by_any_door(input: &[u8], state: &str) -> bool {
    let text = String::from_utf8_lossy(input);
    let doors = [
        ReturnedAnswer::from_form(input),
        ReturnedAnswer::from_link(&text, "practice"),
        ReturnedAnswer::from_pasted(&text, RETURN, "practice"),
    ];
    doors.into_iter().flatten().any(|answer| answer.answers(state))
}

/// What a provider may answer: reads `input` as document, key set, token answer and ID token, the last with `keys`.
/// Answers whether the ID token was accepted.
pub fn accepts_from_provider(input: &[u8], keys: &CoreJsonWebKeySet) -> bool {
    let _ = discovery::read_document(input);
    let fetched = http::Fetched {
        status: 200,
        content_type: None,
        date: None,
        body: input.to_vec(),
    };
    let own = discovery::read_keys(&fetched).ok();
    tokens::read_text(input, &SystemClock::default());
    let text = String::from_utf8_lossy(input);
    let expected = Expectation {
        issuer: "https://issuer.example/merchant",
        client_id: "kvit.test",
        nonce: NonceRule::Exactly("nonce"),
        now: Timestamp::UNIX_EPOCH,
        offset: None,
    };
    let _ = checks::key_named_by(&text);
    let keys = own.as_ref().unwrap_or(keys);
    checks::verify(&text, keys, expected).is_ok()
}
