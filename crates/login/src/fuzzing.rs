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

#[cfg(test)]
mod tests {
    //! A slice of what the fuzzers do, in every run.

    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    const CORPUS: [&[u8]; 4] = [
        include_bytes!("../fuzz/corpus/provider_text/document"),
        include_bytes!("../fuzz/corpus/provider_text/keys"),
        include_bytes!("../fuzz/corpus/provider_text/tokens"),
        include_bytes!("../fuzz/corpus/provider_text/unsigned"),
    ];
    const STATE: &str = "8c1fL0dWqk3mB2Zr5tYx7uVn9pQsEhGjKaMbNcOdPe4";

    static KEYS: LazyLock<CoreJsonWebKeySet> =
        LazyLock::new(|| serde_json::from_slice(CORPUS[1]).expect("it is a key set"));

    /// Something of the corpus with a part of it replaced.
    fn spoilt() -> impl Strategy<Value = Vec<u8>> {
        let part = (any::<prop::sample::Index>(), 0..40_usize, any::<Vec<u8>>());
        (prop::sample::select(CORPUS.to_vec()), part).prop_map(|(text, (at, long, other))| {
            let mut text = text.to_vec();
            let from = at.index(text.len().max(1));
            let to = (from + long).min(text.len());
            text.splice(from..to, other);
            text
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn nothing_that_a_provider_may_answer_panics_or_is_accepted_unsigned(text in spoilt()) {
            prop_assert!(!accepts_from_provider(&text, &KEYS));
        }

        #[test]
        fn no_door_takes_an_answer_without_our_state(text in "[ -~]{0,200}") {
            prop_assume!(!text.contains(STATE));
            prop_assert!(!answers_by_any_door(text.as_bytes(), STATE));
        }
    }
}
