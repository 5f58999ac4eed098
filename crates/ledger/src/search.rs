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

/// The FTS5 query that finds every blank-separated part of `text`; `None` when a part is too short for trigrams.
pub(crate) fn trigram_query(text: &str) -> Option<String> {
    let folded = fold(text);
    let parts: Vec<&str> = folded.split(' ').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() || parts.iter().any(|part| part.chars().count() < 3) {
        return None;
    }
    // Quoted, so that nothing that is typed is an operator.
    let quoted: Vec<String> = parts
        .iter()
        .map(|part| format!("\"{}\"", part.replace('"', "\"\"")))
        .collect();
    Some(quoted.join(" AND "))
}

/// `LIKE` pattern for any part, with `\` as the escape.
pub(crate) fn like_pattern(text: &str) -> String {
    let escaped = fold(text)
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
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
        assert_eq!(trigram_query("abc OR \"x*").as_deref(), None);
        assert_eq!(
            trigram_query("not-here \"quoted").as_deref(),
            Some("\"not-here\" AND \"\"\"quoted\"")
        );
    }

    #[test]
    fn a_percent_sign_is_a_percent_sign() {
        assert_eq!(like_pattern("10 %_"), "%10 \\%\\_%");
    }
}
