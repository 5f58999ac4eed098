//! The head of a request: whose, to whom, how much, and what the service passes over.

use super::super::hostile::{UNSEEN, huge};
use super::super::table::Answer::{Body, Code, Input, Taken};
use super::super::table::{Row, json_text};
use super::{Ground, NO_DECIMAL, NO_JSON, SURROGATE, TEXTS_ONLY};

#[expect(clippy::too_many_lines, reason = "a table, a row for each member")]
pub(super) fn head(ground: &Ground) -> Vec<Row> {
    let issuer = json_text(&ground.issuer);
    let loud = ground.issuer.to_uppercase();
    vec![
        Row::new(
            "InvoiceIssuer",
            &["issuerId"],
            "one of the merchant's issuers (8.2)",
        )
        .refused(
            "issuer_unusable",
            &[
                ("no guid", "shop"),
                ("unknown", "00000000-0000-0000-0000-000000000000"),
            ],
        )
        .refused("issuer_unusable", &UNSEEN)
        .refused_long("issuer_unusable", "1 MB", huge("a"))
        .sent(&[
            ("empty: the first", "", &issuer),
            ("chosen", &ground.issuer, &issuer),
            ("in capitals", &loud, &issuer),
        ])
        .absent(Input)
        .forced(Input, &["null", r#""""#, r#"" ""#, r#""shop""#, r#""a\u0000b""#])
        .forced(Input, &TEXTS_ONLY)
        .forced_text(Input, &huge("a"))
        .forced(Code(10202), &[r#""00000000-0000-0000-0000-000000000000""#]),
        Row::new(
            "ConsumerAlias",
            &[],
            "needed to a phone, not for a link; Kvit makes it of the phone number",
        )
        .absent(Input)
        .forced(Input, &["null", "7", "[]", r#""+4557373259""#, "{}"]),
        alias(),
        Row::new("ConsumerAlias.AliasType", &[], "only `Phone`; Kvit writes it")
            .absent(Input)
            .forced(
                Input,
                &[
                    "null",
                    "7",
                    r#""""#,
                    r#""phone""#,
                    r#""Mail""#,
                    r#""Phone\u0000""#,
                    SURROGATE,
                ],
            ),
        Row::new(
            "TotalAmount",
            &["lines.0.unitPrice"],
            "more than 0, at most 15,000 DKK (12.1); the sum of the lines",
        )
        .refused_at(
            "total",
            "total_not_positive",
            &[
                ("zero", "0"),
                ("minus zero", "-0"),
                ("minus", "-0,01"),
                ("rounds to zero", "0,004"),
            ],
        )
        .refused_at(
            "total",
            "total_above_limit",
            &[("above", "12000,01"), ("far above", "99999999999")],
        )
        .sent(&[
            ("least", "0,01", "0.01"),
            ("below", "11999,99", "14999.99"),
            ("at the limit", "12000", "15000.00"),
        ])
        .absent(Input)
        .forced(Input, &["null", "{}", "true"])
        .forced(Input, &NO_DECIMAL)
        .forced(Body, &NO_JSON)
        .forced(Code(10008), &["0", "-0", "-0.01", "-15000"])
        .forced(Code(10201), &["15000.01", "1e20"])
        .forced(Taken, &["15000", "0.01", "1e-20", "1.005"]),
        Row::new(
            "TotalVATAmount",
            &[],
            "at most two decimals; the sum of the lines",
        )
        .absent(Taken)
        .forced(Input, &["0.125", "true"])
        .forced(Input, &NO_DECIMAL)
        .forced(Body, &NO_JSON)
        .forced(Taken, &["null", "-0", "-1", "0.12", "99999999"]),
        Row::new(
            "InvoiceNumber",
            &[],
            "it or PaymentReference; Kvit counts and always sends it",
        )
        .absent(Input)
        .forced(Input, &["null", r#""""#, r#"" ""#])
        .forced(Input, &TEXTS_ONLY)
        .forced(Taken, &[r#""a\u0000b""#, r#""\u202e103""#, r#""👩‍👩‍👧""#])
        .forced_text(Taken, &huge("1")),
        Row::new("CountryCode", &[], "ignored since 2022; never sent")
            .absent(Taken)
            .forced(Taken, &["null", r#""SE""#, "7", SURROGATE]),
        Row::new("CurrencyCode", &[], "ignored since 2022; never sent")
            .absent(Taken)
            .forced(Taken, &["null", r#""NOK""#, "7"]),
        Row::new(
            "InvoiceArticles",
            &["lines"],
            "at least one; neither side has a most",
        )
        .refused(
            "no_lines",
            &[
                ("none", "[]"),
                ("an empty one", "[{}]"),
                ("blanks", r#"[{"description":" ","quantity":" "}]"#),
            ],
        )
        .absent(Input)
        .forced(Input, &["null", "[]", "{}", "7", "[7]", "[null]", r#""x""#]),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table, a row for each member")]
fn alias() -> Row {
    const PHONE: &str = r#""+4557373259""#;
    Row::new(
        "ConsumerAlias.Alias",
        &["recipient.phone"],
        "+45 and 8 digits, +358 and 7 to 12; direction marks of an address book are dropped",
    )
    .refused(
        "phone_too_short",
        &[
            ("7 digits", "5737325"),
            ("with code", "+45 5737325"),
            ("Finnish, 6 digits", "+358 501234"),
        ],
    )
    .refused(
        "phone_too_long",
        &[
            ("9 digits", "573732590"),
            ("with code", "+45573732590"),
            ("Finnish, 13 digits", "+358 5012345678901"),
        ],
    )
    .refused_long("phone_too_long", "1 MB of digits", huge("5"))
    .refused(
        "phone_foreign",
        &[("Swedish", "+46701234567"), ("American", "+12025550123")],
    )
    .refused(
        "phone_unreadable",
        &[
            ("words", "mor"),
            ("NUL", "5737\u{0}3259"),
            ("full-width digits", "５７３７３２５９"),
            ("emoji", "📱"),
            ("plus", "+"),
            ("exponent", "5e7"),
            ("zeroes", "00000000"),
        ],
    )
    .refused_long("phone_unreadable", "1 MB of letters", huge("a"))
    .left_out(&[("empty", ""), ("blanks", "  ")])
    .sent(&[
        ("national", "57 37 32 59", PHONE),
        ("0045", "0045 57373259", PHONE),
        ("address book", "\u{202a}+45 57 37 32 59\u{202c}", PHONE),
    ])
    .sent(&[
        ("Finnish, shortest", "+358 50 12345", r#""+3585012345""#),
        ("Finnish, longest", "+358 501234567890", r#""+358501234567890""#),
        (
            "Finnish, zero in brackets",
            "+358 (0)40 1234567",
            r#""+358401234567""#,
        ),
    ])
    .absent(Input)
    .forced(
        Input,
        &[
            "null",
            "7",
            r#""""#,
            r#""12""#,
            r#""+455737325""#,
            r#""+45573732590""#,
            r#""+46701234567""#,
        ],
    )
    .forced(
        Input,
        &[
            r#""5737\u00003259""#,
            r#""５７３７３２５９""#,
            r#""\u202e57373259""#,
            r#""NaN""#,
            SURROGATE,
        ],
    )
    .forced_text(Input, &huge("5"))
    .forced(Code(10101), &[r#""+4520304050""#])
    .forced(Taken, &[PHONE, r#""0045 57373259""#, r#""57373259""#])
}
