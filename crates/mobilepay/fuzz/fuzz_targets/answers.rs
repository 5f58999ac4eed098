//! Answers of the service: two bytes of status, a line of `Retry-After`, and the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mobilepay::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    let Some((status, rest)) = bytes.split_at_checked(2) else {
        return;
    };
    let status = 100 + u16::from_le_bytes([status[0], status[1]]) % 500;
    let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (wait, body) = rest.split_at(line);
    let body = String::from_utf8_lossy(body);
    fuzzing::bad_answer(status, wait, &body);
    fuzzing::good_answer(&body);
    fuzzing::batch_answer(&body);
});
