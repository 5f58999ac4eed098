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

/// Whether `input` has `state` in it in any way of writing: as it is, or with some letters as `%xx`, or broken by white
/// space, as pasted addresses are. Only then may it be taken.
pub fn carries_state(input: &[u8], state: &str) -> bool {
    let holds = |bytes: &[u8]| {
        bytes
            .windows(state.len())
            .any(|window| window == state.as_bytes())
    };
    let unbroken = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let joined: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        joined.into_bytes()
    };
    // White space may break a `%xx`, and a `%xx` may be white space.
    [input.to_vec(), unbroken(input)]
        .iter()
        .map(|bytes| decoded(bytes))
        .any(|once| holds(&once) || holds(&unbroken(&once)))
}

/// `bytes` with every `%xx` as what it stands for.
fn decoded(bytes: &[u8]) -> Vec<u8> {
    let mut once = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| *first == b'%');
        let byte = escaped.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        once.push(byte.unwrap_or(*first));
        rest = after
            .get(if byte.is_some() { 2 } else { 0 }..)
            .unwrap_or_default();
    }
    once
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

    const PROVIDER: [&[u8]; 6] = [
        include_bytes!("../fuzz/corpus/provider_text/document"),
        include_bytes!("../fuzz/corpus/provider_text/keys"),
        include_bytes!("../fuzz/corpus/provider_text/tokens"),
        include_bytes!("../fuzz/corpus/provider_text/unsigned"),
        include_bytes!("../fuzz/corpus/provider_text/error"),
        include_bytes!("../fuzz/corpus/provider_text/id_token"),
    ];
    /// Answers to the attempt with [`STATE`] that some door takes.
    const OURS: [&[u8]; 5] = [
        include_bytes!("../fuzz/corpus/returned_answer/form"),
        include_bytes!("../fuzz/corpus/returned_answer/fragment"),
        include_bytes!("../fuzz/corpus/returned_answer/link"),
        include_bytes!("../fuzz/corpus/returned_answer/pasted"),
        include_bytes!("../fuzz/corpus/returned_answer/refused"),
    ];
    /// What no door takes.
    const OTHERS: [&[u8]; 4] = [
        include_bytes!("../fuzz/corpus/returned_answer/foreign"),
        include_bytes!("../fuzz/corpus/returned_answer/front_token"),
        include_bytes!("../fuzz/corpus/returned_answer/not_text"),
        include_bytes!("../fuzz/corpus/returned_answer/repeated"),
    ];
    const STATE: &str = "8c1fL0dWqk3mB2Zr5tYx7uVn9pQsEhGjKaMbNcOdPe4";

    static KEYS: LazyLock<CoreJsonWebKeySet> =
        LazyLock::new(|| serde_json::from_slice(PROVIDER[1]).expect("it is a key set"));

    /// One of `corpus` with a part of it replaced.
    fn spoilt(corpus: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
        let part = (any::<prop::sample::Index>(), 0..40_usize, any::<Vec<u8>>());
        (prop::sample::select(corpus), part).prop_map(|(text, (at, long, other))| {
            let mut text = text.to_vec();
            let from = at.index(text.len().max(1));
            let to = (from + long).min(text.len());
            text.splice(from..to, other);
            text
        })
    }

    /// An answer that is ours but for its state, in which other letters stand in the place of some.
    fn to_another_attempt() -> impl Strategy<Value = Vec<u8>> {
        let part = (0..=STATE.len(), 0..STATE.len(), "[A-Za-z0-9_-]{0,8}");
        let state = part
            .prop_map(|(from, long, other)| {
                let to = (from + long).min(STATE.len());
                [&STATE[..from], &other, &STATE[to..]].concat()
            })
            .prop_filter("it is ours", |state| state != STATE);
        (prop::sample::select(&OURS[..]), state).prop_map(|(text, state)| {
            let text = std::str::from_utf8(text).expect("it is text");
            text.replace(STATE, &state).into_bytes()
        })
    }

    #[test]
    fn the_answers_of_the_corpus_are_taken_and_the_others_are_not() {
        for (at, answer) in OURS.iter().enumerate() {
            assert!(carries_state(answer, STATE), "{at}");
            assert!(answers_by_any_door(answer, STATE), "{at}");
        }
        for (at, other) in OTHERS.iter().enumerate() {
            assert!(!answers_by_any_door(other, STATE), "{at}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn nothing_that_a_provider_may_answer_panics_or_is_accepted_unsigned(text in spoilt(&PROVIDER)) {
            prop_assert!(!accepts_from_provider(&text, &KEYS));
        }

        #[test]
        fn no_door_takes_an_answer_without_our_state(text in prop_oneof![spoilt(&OURS), spoilt(&OTHERS)]) {
            prop_assert!(carries_state(&text, STATE) || !answers_by_any_door(&text, STATE));
        }

        #[test]
        fn no_door_takes_an_answer_to_another_attempt(text in to_another_attempt()) {
            prop_assert!(!answers_by_any_door(&text, STATE));
        }
    }
}
