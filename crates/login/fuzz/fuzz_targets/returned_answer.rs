//! Links, forms and pasted text: nothing panics, and nothing answers an attempt whose `state` it does not carry.
#![no_main]

use libfuzzer_sys::fuzz_target;

const STATE: &str = "8c1fL0dWqk3mB2Zr5tYx7uVn9pQsEhGjKaMbNcOdPe4";

/// Whether the input has the state in it in any way of writing: as it is, or with some letters as `%xx`, which a fuzzer
/// may find. Only then may it be taken.
fn carries_state(input: &[u8]) -> bool {
    let holds = |bytes: &[u8]| bytes.windows(STATE.len()).any(|window| window == STATE.as_bytes());
    let mut once = Vec::with_capacity(input.len());
    let mut rest = input;
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| *first == b'%');
        let byte = escaped.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        once.push(byte.unwrap_or(*first));
        rest = &after[if byte.is_some() { 2 } else { 0 }..];
    }
    // A pasted address may be broken by white space anywhere.
    let text = String::from_utf8_lossy(&once);
    let joined: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let unbroken: String = String::from_utf8_lossy(input)
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    holds(&once) || holds(joined.as_bytes()) || (input != unbroken.as_bytes() && carries_state(unbroken.as_bytes()))
}

fuzz_target!(|input: &[u8]| {
    if login::fuzzing::answers_by_any_door(input, STATE) {
        assert!(carries_state(input), "a foreign answer was taken");
    }
});
