//! A text without the escapes of JSON and HTML, in which each place is still known in the text that was escaped.
//!
//! Deliberately absent: whether the text is JSON or HTML. What looks like an escape is taken for one.

use std::ops::Range;

/// How one escape is read at the beginning of a text: the character, and how many bytes it takes.
pub(crate) type Read = fn(&str) -> Option<(char, usize)>;

/// A text and where each byte of it stood in the first one.
pub(crate) struct View {
    pub(crate) text: String,
    /// One more than there are bytes: the last is the end.
    places: Vec<usize>,
}

impl View {
    /// `text` as it is.
    pub(crate) fn of(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            places: (0..=text.len()).collect(),
        }
    }

    /// Without the escapes that `read` knows; `None` if there is none.
    pub(crate) fn without(&self, read: Read) -> Option<Self> {
        let mut view = Self {
            text: String::with_capacity(self.text.len()),
            places: Vec::with_capacity(self.places.len()),
        };
        let (mut at, mut found) = (0, false);
        while let Some(next) = self.text[at..].chars().next() {
            let escape = read(&self.text[at..]);
            found |= escape.is_some();
            let (character, taken) = escape.unwrap_or((next, next.len_utf8()));
            view.text.push(character);
            view.places.resize(view.text.len(), self.places[at]);
            at += taken;
        }
        view.places.push(self.places[at]);
        found.then_some(view)
    }

    /// Where `here` stood in the first text, whole escapes.
    pub(crate) fn place(&self, here: Range<usize>) -> Range<usize> {
        self.places[here.start]..self.places[here.end]
    }
}

/// `\u002B`, `\"`, `\\`, `\/` (RFC 8259, 7). Those of control characters stand in no credential.
pub(crate) fn json(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('\\')?;
    let first = rest.chars().next()?;
    if matches!(first, '"' | '\\' | '/') {
        return Some((first, 2));
    }
    let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let high = unit(text)?;
    let low = text.get(6..).and_then(unit);
    let mut units = char::decode_utf16([high].into_iter().chain(low));
    let character = units.next()?.ok()?;
    Some((character, 6 * character.len_utf16()))
}

/// `&amp;`, `&#43;`, `&#x2B;`.
pub(crate) fn html(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 10;
    let rest = text.strip_prefix('&')?;
    let end = rest.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &rest[..end];
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(number.ok()?)?
        }
    };
    Some((character, end + 2))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str, read: Read) -> String {
        View::of(text)
            .without(read)
            .map_or_else(|| text.to_owned(), |view| view.text)
    }

    #[test]
    fn escapes_are_read_and_what_is_none_is_left() {
        assert_eq!(plain(r#"a\u002Bb\u002b\"\\\/"#, json), r#"a+b+"\/"#);
        assert_eq!(
            plain(r"\ud83d\ude00 \ud83d \u00 \\u002B", json),
            "😀 \\ud83d \\u00 \\u002B"
        );
        assert_eq!(plain("&amp;&#43;&#x2B;&#39;&quot;&lt;", html), "&++'\"<");
        assert_eq!(
            plain("& &; &#; &none; &#1114112;", html),
            "& &; &#; &none; &#1114112;"
        );
    }

    #[test]
    fn a_place_is_found_again_as_whole_escapes() {
        let view = View::of(r"say \u0026amp; here").without(json).unwrap();
        let view = view.without(html).unwrap();
        assert_eq!(view.text, "say & here");
        assert_eq!(view.place(4..5), 4..14);
    }

    proptest! {
        #[test]
        fn what_serde_writes_is_read_back(text in ".*") {
            let written = serde_json::Value::from(text.clone()).to_string();
            let inner = &written[1..written.len() - 1];
            if !text.chars().any(char::is_control) {
                prop_assert_eq!(plain(inner, json), text);
            }
        }

        #[test]
        fn every_place_is_a_place(text in ".*", from in 0_usize..99, to in 0_usize..99) {
            let view = View::of(&text);
            let view = view.without(json).unwrap_or(view);
            let view = view.without(html).unwrap_or(view);
            let (from, to) = (view.text.floor_char_boundary(from), view.text.floor_char_boundary(to));
            let place = view.place(from.min(to)..from.max(to));
            prop_assert!(text.is_char_boundary(place.start) && text.is_char_boundary(place.end));
        }
    }
}
