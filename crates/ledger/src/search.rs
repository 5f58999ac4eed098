//! Words as they are compared: without case and without the marks of æ, ø, å, ä, ö.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Folds `text`, so that `ostergade` finds `Østergade`. White space becomes single blanks.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
    {
        match letter {
            'ø' => folded.push('o'),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            letter if letter.is_whitespace() || letter.is_control() => folded.push(' '),
            letter => folded.push(letter),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is looked for in the words of an invoice: parts that must all be found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// FTS5 query for the parts of three letters or more, each found anywhere.
    pub(crate) anywhere: Option<String>,
    /// `LIKE` patterns for shorter parts, each found at the beginning of a word.
    pub(crate) beginnings: Vec<String>,
}

/// Reads a search as it is typed. Nothing in it is an operator.
pub(crate) fn wanted(text: &str) -> Wanted {
    let mut quoted = Vec::new();
    let mut beginnings = Vec::new();
    for part in parts(text) {
        if part.chars().count() < 3 {
            beginnings.push(format!("% {}%", escaped(&part)));
        } else {
            quoted.push(format!("\"{}\"", part.replace('"', "\"\"")));
        }
    }
    Wanted {
        anywhere: (!quoted.is_empty()).then(|| quoted.join(" AND ")),
        beginnings,
    }
}

/// The folded parts of a search; a phone number or an amount is one part, however it is spaced.
pub(crate) fn parts(text: &str) -> Vec<String> {
    let folded = fold(text);
    if let Some(number) = as_number(&folded) {
        return vec![number];
    }
    folded
        .split(' ')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `31 12 23 34` and `1.234,50` as they are stored: without blanks, and without signs between thousands.
fn as_number(text: &str) -> Option<String> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits < 3 || !text.chars().all(|c| c.is_ascii_digit() || " +.,".contains(c)) {
        return None;
    }
    let tight: String = text.split(' ').collect();
    let last_sign = tight.rfind(['.', ',']);
    Some(match last_sign {
        Some(at) if tight.len() - at <= 3 => format!("{}{}", unsigned(&tight[..at]), &tight[at..]),
        _ => unsigned(&tight),
    })
}

fn unsigned(text: &str) -> String {
    text.chars().filter(|c| !".,".contains(*c)).collect()
}

/// `LIKE` pattern for any part, with `\` as the escape.
pub(crate) fn like_pattern(part: &str) -> String {
    format!("%{}%", escaped(part))
}

fn escaped(part: &str) -> String {
    part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_case_do_not_matter() {
        for text in ["Østergade", "ØSTERGADE", "ostergade", "östergade"] {
            assert_eq!(fold(text), "ostergade");
        }
        assert_eq!(fold("Ærø  Hyvä\tÅse"), "aero hyva ase");
    }

    #[test]
    fn what_is_typed_is_never_an_operator() {
        let found = wanted("abc OR \"x* not-here \"quoted");
        assert_eq!(
            found.anywhere.as_deref(),
            Some("\"abc\" AND \"\"\"x*\" AND \"not-here\" AND \"\"\"quoted\"")
        );
        assert_eq!(found.beginnings, ["% or%"]);
        assert_eq!(wanted("10 %_").beginnings, ["% 10%", "% \\%\\_%"]);
        assert_eq!(wanted("  \t"), Wanted::default());
    }

    #[test]
    fn numbers_are_found_however_they_are_spaced() {
        for (typed, stored) in [
            ("31 12 23 34", "31122334"),
            ("+45 31 12", "+453112"),
            ("1.234,50", "1234,50"),
            ("1 234.50", "1234.50"),
            ("1.234", "1234"),
            ("234,5", "234,5"),
        ] {
            assert_eq!(parts(typed), [stored], "{typed}");
        }
        assert_eq!(parts("jens 7"), ["jens", "7"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_search(text in ".{0,60}") {
            let _ = wanted(&text);
        }
    }
}
