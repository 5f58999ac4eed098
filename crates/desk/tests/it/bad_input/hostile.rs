//! What people, clipboards and enemies put into boxes. Lengths count characters (Unicode scalar values): the spec says
//! "characters" (12.1) without a unit, and both sides here count so; bytes and UTF-16 units are never counted.

/// Names and texts that must be refused in any text: the first sign that cannot be seen, or that turns what follows.
pub(super) const UNSEEN: [(&str, &str); 7] = [
    ("NUL", "a\u{0}b"),
    ("bell", "a\u{7}b"),
    ("tab", "a\tb"),
    ("right-to-left override", "faktura \u{202e}gpj.exe"),
    ("isolate", "a\u{2066}b\u{2069}c"),
    ("line separator", "a\u{2028}b"),
    ("C1 control", "a\u{85}b"),
];

/// Strange, and nothing wrong with it.
pub(super) const STRANGE: [(&str, &str); 8] = [
    ("emoji with joiners", "👩‍👩‍👧‍👦 🇩🇰"),
    ("right-to-left script", "שלום عربي"),
    ("combining mark", "Cafe\u{301} e\u{301}\u{323}"),
    ("markup", "<script>alert(1)</script>"),
    ("quotes", "\"x\" \\ 'y' {{z}} %s ${1}"),
    ("formula", "=HYPERLINK(\"https://x.example\")"),
    ("SQL", "'); DROP TABLE invoice;--"),
    ("typst", "#panic(\"x\") $x$ *b* @ref"),
];

/// What looks like a number and is none that anybody should have to pay.
pub(super) const NO_NUMBER: [(&str, &str); 12] = [
    ("NaN", "NaN"),
    ("infinity", "Infinity"),
    ("minus infinity", "-inf"),
    ("exponent", "1e400"),
    ("small exponent", "1e-30"),
    ("hexadecimal", "0x10"),
    ("full-width digits", "１２３"),
    ("Arabic digits", "١٢٣"),
    ("words", "tolv"),
    ("two signs", "--5"),
    ("override", "\u{202e}001"),
    ("NUL", "1\u{0}0"),
];

/// What looks like a day and is none.
pub(super) const NO_DAY: [(&str, &str); 11] = [
    ("zeroes", "0000-00-00"),
    ("30 February", "2027-02-30"),
    ("29 February of a common year", "29.02.2027"),
    ("month 13", "2027-13-01"),
    ("month first", "11/23/2026"),
    ("year of five digits", "12026-11-23"),
    ("with time", "2026-11-23T00:00:00Z"),
    ("words", "snart"),
    ("full-width digits", "２０２６-11-23"),
    ("override", "2026-11-23\u{202e}"),
    ("NUL", "2026-11-23\u{0}"),
];

/// A megabyte.
pub(super) fn huge(sign: &str) -> String {
    sign.repeat(1_000_000 / sign.len())
}

/// So many characters, each of them two: a letter and a mark on it.
pub(super) fn marked(length: usize) -> String {
    let mut text = "e\u{301}".repeat(length / 2);
    if length % 2 == 1 {
        text.push('e');
    }
    text
}
