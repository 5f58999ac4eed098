//! Discovery document, key set, token answer, ID token: nothing panics, and no ID token is accepted.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use openidconnect::core::CoreJsonWebKeySet;

/// A key whose other half nobody kept.
static KEYS: LazyLock<CoreJsonWebKeySet> =
    LazyLock::new(|| serde_json::from_slice(include_bytes!("../corpus/provider_text/keys")).unwrap());

fuzz_target!(|input: &[u8]| {
    assert!(
        !login::fuzzing::accepts_from_provider(input, &KEYS),
        "an ID token was accepted that nobody signed"
    );
});
