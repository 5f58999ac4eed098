//! The rows: every member of spec 9.1.

mod days;
mod head;
mod numbers;
mod texts;

use jiff::civil::Date;

use super::table::Row;

/// What the values go by: the merchant's day and an issuer that exists.
pub(super) struct Ground {
    pub today: Date,
    pub issuer: String,
}

const SURROGATE: &str = r#""\ud800""#;
const TEXTS_ONLY: [&str; 4] = ["7", "true", r#"{"a":1}"#, SURROGATE];
const NO_JSON: [&str; 6] = ["NaN", "Infinity", "0x10", "1,5", "１２", "+1"];
const NO_DECIMAL: [&str; 5] = ["1e400", "-1e400", r#""360""#, "[360]", "1e-30"];

pub(super) fn rows(ground: &Ground) -> Vec<Row> {
    let mut rows = head::head(ground);
    rows.extend(texts::texts());
    rows.extend(days::dates(ground.today));
    rows.extend(days::pages());
    rows.extend(texts::article_texts());
    rows.extend(numbers::article_numbers());
    rows
}
