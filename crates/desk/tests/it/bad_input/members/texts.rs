//! Texts: where the service has no limits and Kvit has its own (spec 21.2).

use super::super::hostile::{STRANGE, UNSEEN, huge, marked};
use super::super::table::Answer::{Input, Taken};
use super::super::table::{Row, json_text};
use super::TEXTS_ONLY;

/// Kvit's own limits; the service publishes none.
const LINE: usize = 255;
const COMMENT: usize = 1000;

pub(super) fn texts() -> Vec<Row> {
    let references = "60 characters; a bank shows 30";
    let reference = needless_reference(Row::new("PaymentReference", &["paymentReference"], references));
    vec![
        text("ConsumerName", &["recipient.name"]),
        address(
            "ConsumerAddressLines",
            &[
                "recipient.address.street",
                "recipient.address.postalCode",
                "recipient.address.city",
                "recipient.address.extra",
            ],
        ),
        address(
            "DeliveryAddressLines",
            &[
                "deliveryAddress.street",
                "deliveryAddress.postalCode",
                "deliveryAddress.city",
                "deliveryAddress.extra",
            ],
        ),
        reference,
        taken_text(long_text(
            Row::new(
                "Comment",
                &["comment"],
                "no limit published; 1,000 characters and line breaks here",
            ),
            COMMENT,
        ))
        .sent_text("line breaks", "a\nb\r\nc")
        .left_out(&[("empty", ""), ("only line breaks", "\n\n")])
        .absent(Taken),
        text("MerchantContactName", &["contactName"]),
        text("MerchantOrderNumber", &["merchantOrderNumber"]),
        text("BuyerOrderNumber", &["buyerOrderNumber"]),
    ]
}

/// A text of one line that nobody has to write.
fn text(member: &'static str, boxes: &'static [&'static str]) -> Row {
    let row = needed_text(member, boxes, "no limit published; 255 characters here")
        .left_out(&[("empty", ""), ("blanks", " \u{a0} ")]);
    taken_text(row).absent(Taken).forced(Taken, &["null", r#""""#])
}

fn needed_text(member: &'static str, boxes: &'static [&'static str], limit: &'static str) -> Row {
    long_text(
        Row::new(member, boxes, limit).refused(
            "text_has_control_characters",
            &[("CR LF", "a\r\nb"), ("line feed", "a\nb")],
        ),
        LINE,
    )
}

fn long_text(row: Row, most: usize) -> Row {
    let mut row = row
        .refused("text_has_control_characters", &UNSEEN)
        .refused_long("text_too_long", "one above", "x".repeat(most + 1))
        .refused_long("text_too_long", "one above, of emoji", "😀".repeat(most + 1))
        .refused_long("text_too_long", "one above, of marks", marked(most + 1))
        .refused_long("text_too_long", "1 MB", huge("å"))
        .sent_text("below", &"x".repeat(most - 1))
        .sent_text("at the limit", &"x".repeat(most))
        .sent_text("at the limit, of emoji", &"😀".repeat(most))
        .sent_text("at the limit, of marks", &marked(most))
        .sent_text("blanks around", "  x  ");
    for (name, text) in STRANGE {
        row = row.sent_text(name, text);
    }
    row
}

/// The service has no limits for texts, and nothing against what cannot be seen: here Kvit refuses more.
fn taken_text(row: Row) -> Row {
    let mut row = row.forced(Input, &TEXTS_ONLY).forced_text(Taken, &huge("å"));
    for (_, text) in UNSEEN.iter().chain(&STRANGE) {
        row = row.forced_text(Taken, text);
    }
    row
}

fn needless_reference(row: Row) -> Row {
    row.refused("text_has_control_characters", &UNSEEN)
        .refused_long("reference_too_long", "61", "x".repeat(61))
        .refused_long("reference_too_long", "61 of marks", marked(61))
        .refused_long("reference_too_long", "1 MB", huge("å"))
        .sent_text("30", &"x".repeat(30))
        .sent_text("31, with a warning", &"x".repeat(31))
        .sent_text("59", &"x".repeat(59))
        .sent_text("60", &"x".repeat(60))
        .sent_text("60 of emoji", &"😀".repeat(60))
        .sent_text("60 of marks", &marked(60))
        .sent_text("markup", "<script>")
        .left_out(&[("empty: the number stands for it", ""), ("blanks", "  ")])
        .absent(Taken)
        .forced(Input, &TEXTS_ONLY)
        .forced_text(Input, &"x".repeat(61))
        .forced_text(Input, &marked(61))
        .forced_text(Input, &huge("x"))
        .forced_text(Taken, &"😀".repeat(60))
        .forced(Taken, &["null", r#""""#, r#""a\u0000b""#, r#""\u202e103""#])
}

/// Each box of an address is a line, or half of one.
fn address(member: &'static str, boxes: &'static [&'static str]) -> Row {
    let mut row = Row::new(
        member,
        boxes,
        "no limit published; four boxes of 255 characters here",
    )
    .refused("text_has_control_characters", &UNSEEN)
    .refused("text_has_control_characters", &[("CR LF", "a\r\nb")])
    .refused_long("text_too_long", "one above", "x".repeat(LINE + 1))
    .refused_long("text_too_long", "1 MB", huge("å"))
    .left_out(&[("empty", ""), ("blanks", "  ")]);
    let lines = |text: &str| format!("[{}]", json_text(text));
    for text in ["x".repeat(LINE), marked(LINE)] {
        row = row.sent(&[("at the limit", &text, &lines(&text))]);
    }
    for (name, text) in STRANGE {
        row = row.sent(&[(name, text, &lines(text))]);
    }
    row = row
        .absent(Taken)
        .forced(Input, &["7", "{}", r#""Vej 1""#, "[7]", r#"["\ud800"]"#])
        .forced(Taken, &["null", "[]", "[null]", r#"["a\u0000b","\u202eb"]"#]);
    row.forced(Taken, &[&lines(&huge("å"))])
}

pub(super) fn article_texts() -> Vec<Row> {
    let description = needed_text(
        "InvoiceArticles[].ArticleDescription",
        &["lines.0.description"],
        "needed; no limit published, 255 characters here",
    );
    vec![
        text("InvoiceArticles[].ArticleNumber", &["lines.0.itemNumber"]),
        taken_text(description)
            .refused("description_missing", &[("empty", ""), ("blanks", " \u{3000} ")])
            .absent(Input)
            .forced(Input, &["null", r#""""#, r#"" ""#]),
        text("InvoiceArticles[].Unit", &["lines.0.unit"]),
    ]
}
