//! Texts as typed: trimmed, measured, and searched for what must not stand in them.
//!
//! Deliberately absent: any change to what was typed but the blanks around it. A text that may not be sent is
//! named, never silently mended.

/// Longest one-line text; the service publishes no limit (spec 21.2: own limits).
pub(crate) const LINE: usize = 255;
/// Longest comment.
pub(crate) const COMMENT: usize = 1000;
/// Longest address of a page.
pub(crate) const ADDRESS: usize = 2000;
/// Longest payment reference (spec 9.1).
pub(crate) const REFERENCE: usize = 60;
/// What an instant transfer shows of it (spec 9.1).
pub(crate) const REFERENCE_SHOWN: usize = 30;

/// Whether `text` holds a control character, or a sign that turns the direction of what follows.
///
/// Such signs let a paper show another amount or name than the one sent. `line_breaks` allows new lines.
pub(crate) fn has_control(text: &str, line_breaks: bool) -> bool {
    text.chars().any(|c| match c {
        '\n' | '\r' => !line_breaks,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
        c => c.is_control(),
    })
}

/// The trimmed text, `None` if nothing is left.
pub(crate) fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// At most forty characters, for quoting what was typed in a sentence. What cannot be seen, or would turn the sentence
/// around, is shown as U+FFFD.
pub(crate) fn quoted(text: &str) -> String {
    let visible = |c: char| {
        if has_control(c.encode_utf8(&mut [0; 4]), false) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.trim().chars().take(40).map(visible).collect()
}

/// Whether `text` is an absolute https address without a user name in it.
pub(crate) fn is_https(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_direction_overrides_are_found() {
        for text in [
            "a\u{0}b",
            "a\tb",
            "a\u{7f}",
            "\u{202e}001",
            "\u{2066}x\u{2069}",
            "a\nb",
            "a\u{85}",
        ] {
            assert!(has_control(text, false), "{text:?}");
        }
        assert!(!has_control("linje 1\r\nlinje 2", true));
    }

    #[test]
    fn emoji_accents_and_foreign_scripts_are_fine() {
        for text in [
            "👩‍👩‍👧 Blåbærgrød æøåÆØÅ",
            "Ääkköset",
            "العربية",
            "日本語",
            "e\u{301}",
        ] {
            assert!(!has_control(text, false), "{text}");
        }
    }

    #[test]
    fn a_quoted_text_cannot_turn_its_sentence_around() {
        assert_eq!(quoted(" 1\u{202e}2\u{0}3\n4 "), "1\u{fffd}2\u{fffd}3\u{fffd}4");
        assert_eq!(quoted(&"å".repeat(1_000_000)), "å".repeat(40));
    }

    #[test]
    fn only_https_addresses_are_https() {
        assert!(is_https("https://example.dk/faktura.pdf?x=1"));
        for text in [
            "http://example.dk",
            "javascript:alert(1)",
            "https://",
            "example.dk",
            "https://user:pw@example.dk",
            "ftp://x",
        ] {
            assert!(!is_https(text), "{text}");
        }
    }
}
