//! Days and addresses of pages.

use jiff::{ToSpan, civil::Date};

use super::super::hostile::{NO_DAY, huge};
use super::super::table::Answer::{Code, Input, Taken};
use super::super::table::{Row, json_text};
use super::{SURROGATE, TEXTS_ONLY};

/// Longest address of a page: Kvit's own limit.
const ADDRESS: usize = 2000;

pub(super) fn dates(today: Date) -> Vec<Row> {
    let day = |days: i64| today.saturating_add(days.days()).to_string();
    let json = |days: i64| json_text(&day(days));
    let early = ("the year 1900", "1.1.1900", r#""1900-01-01""#);
    let leap = ("29 February", "29.02.2024", r#""2024-02-29""#);
    let any_day = |member, boxes| {
        no_days(Row::new(member, boxes, "any day; 1900 to 2999 here"))
            .left_out(&[("empty", ""), ("blanks", " ")])
            .sent(&[early, leap, ("the last", "2999-12-31", r#""2999-12-31""#)])
            .absent(Taken)
            .forced(
                Taken,
                &[
                    "null",
                    r#""""#,
                    r#""9999-12-31""#,
                    r#""0001-01-01""#,
                    r#""2024-02-29""#,
                ],
            )
    };
    vec![
        no_days(Row::new("IssueDate", &["issueDate"], "not after today (10312)"))
            .refused(
                "issue_date_in_future",
                &[("tomorrow", &day(1)), ("the last", "31.12.2999")],
            )
            .sent(&[
                ("empty: today", "", &json(0)),
                ("today", &day(0), &json(0)),
                ("yesterday", &day(-1), &json(-1)),
                early,
                leap,
            ])
            .absent(Taken)
            .forced(Code(10312), &[&json(1), r#""9999-12-31""#])
            .forced(
                Taken,
                &["null", &json(0), r#""0001-01-01""#, r#""2026-11-01T23:59:59Z""#],
            ),
        no_days(Row::new(
            "DueDate",
            &["dueDate"],
            "today to 399 days ahead: the strict reading of 400 (21 item 22)",
        ))
        .refused("due_date_missing", &[("empty", ""), ("blanks", "  ")])
        .refused(
            "due_date_in_past",
            &[
                ("yesterday", &day(-1)),
                ("the year 1900", "1900-01-01"),
                ("29 February", "29.2.2024"),
            ],
        )
        .refused(
            "due_date_too_far",
            &[("400 days", &day(400)), ("the last", "2999-12-31")],
        )
        .sent(&[
            ("today, with a warning", &day(0), &json(0)),
            ("398 days", &day(398), &json(398)),
            ("399 days", &day(399), &json(399)),
        ])
        .absent(Input)
        .forced(Input, &["null", r#""""#])
        .forced(Code(10311), &[&json(-1), r#""0001-01-01""#, r#""2024-02-29""#])
        .forced(Code(10310), &[&json(400), r#""9999-12-31""#])
        .forced(Taken, &[&json(0), &json(399)]),
        any_day("OrderDate", &["orderDate"]),
        any_day("DeliveryDate", &["deliveryDate"]),
    ]
}

fn no_days(row: Row) -> Row {
    row.refused("date_unreadable", &NO_DAY)
        .refused(
            "date_unreadable",
            &[
                ("before 1900", "1899-12-31"),
                ("9999", "9999-12-31"),
                ("emoji", "📅"),
            ],
        )
        .refused_long("date_unreadable", "1 MB", huge("1"))
        .forced(
            Input,
            &[
                "20261123",
                "{}",
                SURROGATE,
                r#""0000-00-00""#,
                r#""2027-02-29""#,
                r#""12.03.2026""#,
            ],
        )
        .forced(
            Input,
            &[
                r#""10000-01-01""#,
                r#""２０２６-11-23""#,
                r#""2026-11-23\u0000""#,
                r#""\u202e2026-11-23""#,
            ],
        )
        .forced_text(Input, &huge("1"))
}

pub(super) fn pages() -> Vec<Row> {
    let page = |member, boxes, limit| {
        let long = |length: usize| format!("https://shop.example/{}", "x".repeat(length - 21));
        Row::new(member, boxes, limit)
            .refused(
                "url_not_https",
                &[
                    ("http", "http://shop.example/1.pdf"),
                    ("script", "javascript:alert(1)"),
                    ("data", "data:text/html,x"),
                    ("file", "file:///etc/passwd"),
                    ("no scheme", "shop.example/1.pdf"),
                    ("no host", "https://"),
                    ("user", "https://a:b@shop.example"),
                    ("words", "ja"),
                    ("deep link", "shop://paid"),
                ],
            )
            .refused(
                "text_has_control_characters",
                &[
                    ("override", "https://shop.example/\u{202e}fdp"),
                    ("NUL", "https://shop.example/\u{0}"),
                    ("CR LF", "https://shop.example/\r\nX: y"),
                ],
            )
            .refused_long("text_too_long", "2,001", long(ADDRESS + 1))
            .refused_long("text_too_long", "1 MB", long(1_000_000))
            .sent_text("2,000", &long(ADDRESS))
            .sent_text("query", "https://shop.example/1.pdf?a=1&b=%20#c")
            .sent_text("emoji and markup", "https://shop.example/👩‍👧/é?q=<script>")
            .sent_text("other script", "https://blåbær.example/1")
            .left_out(&[("empty", ""), ("blanks", " ")])
            .absent(Taken)
            .forced(Input, &TEXTS_ONLY)
            .forced_text(Taken, &long(1_000_000))
            .forced(Taken, &["null", r#""""#, r#""https://a:b@shop.example""#])
    };
    vec![
        page(
            "InvoiceUrl",
            &["invoiceUrl"],
            "https; 2,000 characters and no user name here",
        )
        .forced(
            Input,
            &[
                r#""http://shop.example""#,
                r#""javascript:alert(1)""#,
                r#""1.pdf""#,
                r#""https://""#,
            ],
        ),
        page(
            "RedirectUrl",
            &["redirectUrl"],
            "links only; the service takes deep links too, Kvit https alone",
        )
        .forced(
            Taken,
            &[
                r#""http://shop.example""#,
                r#""shop://paid""#,
                r#""javascript:alert(1)""#,
            ],
        ),
    ]
}
