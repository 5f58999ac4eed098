//! A service that says a secret back: three lines, of which the first is the secret and the others stand around it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mobilepay::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(3, '\n').map(str::to_owned);
    let mut line = || lines.next().unwrap_or_default();
    fuzzing::echo(&line(), &line(), &line());
});
