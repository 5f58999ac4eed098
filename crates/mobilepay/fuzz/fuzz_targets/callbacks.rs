//! Bodies that anybody may post to the receiver.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| mobilepay::fuzzing::callback(body));
