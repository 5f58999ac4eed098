//! What was typed, made fit for paper: nothing invisible stays invisible.
//!
//! Deliberately absent: any escape of markup. Texts reach the template as values, so `#`, `$` and `*` are letters.

/// One line: line breaks and tabs become blanks, and what cannot be seen becomes U+FFFD.
pub(crate) fn line(text: &str) -> String {
    visible(text.trim(), ' ')
}

/// Several lines: every kind of line break becomes `\n`.
pub(crate) fn block(text: &str) -> String {
    let text = text.trim().replace("\r\n", "\n").replace('\r', "\n");
    visible(&text, '\n')
}

/// Control characters, and signs that turn the direction of what follows, could let a paper show another name or
/// amount than the one sent. They are shown, not dropped, so that the merchant sees that something is wrong.
fn visible(text: &str, line_break: char) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => line_break,
            '\t' => ' ',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => char::REPLACEMENT_CHARACTER,
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(line(" a\u{0}b\u{202e}c\tæ\nå "), "a\u{fffd}b\u{fffd}c æ å");
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(block("et\r\nto\rtre\n\nfire\n"), "et\nto\ntre\n\nfire");
    }

    #[test]
    fn letters_of_every_script_stay() {
        let text = "Åse Þór Ελένη Жанна נועה 👩‍👧 e\u{301}";
        assert_eq!(line(text), text);
    }
}
