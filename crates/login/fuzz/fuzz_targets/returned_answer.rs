//! Links, forms and pasted text: nothing panics, and nothing answers an attempt whose `state` it does not carry.
#![no_main]

use libfuzzer_sys::fuzz_target;
use login::fuzzing::{answers_by_any_door, carries_state};

const STATE: &str = "8c1fL0dWqk3mB2Zr5tYx7uVn9pQsEhGjKaMbNcOdPe4";

fuzz_target!(|input: &[u8]| {
    if answers_by_any_door(input, STATE) {
        assert!(carries_state(input, STATE), "a foreign answer was taken");
    }
});
