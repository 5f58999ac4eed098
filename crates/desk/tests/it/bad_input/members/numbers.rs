//! The numbers of a line.

use super::super::hostile::{NO_NUMBER, huge};
use super::super::table::Answer::{Body, Input, Taken};
use super::super::table::Row;
use super::{NO_DECIMAL, NO_JSON};

#[expect(clippy::too_many_lines, reason = "a table, a row for each member")]
pub(super) fn article_numbers() -> Vec<Row> {
    let ambiguous = [
        ("thousands or decimals", "1.234"),
        ("the same with a comma", "1,234"),
    ];
    vec![
        amounts(typed_numbers(Row::new(
            "InvoiceArticles[].VATRate",
            &["lines.0.vatRate"],
            "percent; 0 to 100 here",
        )))
        .refused(
            "vat_rate_out_of_range",
            &[("below", "-0,01"), ("above", "100,01"), ("far above", "1000")],
        )
        .sent(&[
            ("least", "0", "0"),
            ("minus zero", "-0", "0"),
            ("most", "100", "100"),
            ("empty: the country's", "", "25"),
            ("with its sign", "25,5 %", "25.5"),
        ])
        .forced(Taken, &["100.01"]),
        amounts(Row::new(
            "InvoiceArticles[].TotalVATAmount",
            &[],
            "at most two decimals; counted",
        ))
        .forced(Input, &["0.125"]),
        amounts(Row::new(
            "InvoiceArticles[].TotalPriceIncludingVat",
            &[],
            "counted",
        )),
        amounts(typed_numbers(Row::new(
            "InvoiceArticles[].Quantity",
            &["lines.0.quantity"],
            "more than two decimals allowed; 14 digits here",
        )))
        .refused("number_ambiguous", &ambiguous)
        .refused_at(
            "total",
            "total_not_positive",
            &[("zero", "0"), ("minus zero", "-0"), ("minus", "-1")],
        )
        .sent(&[
            ("empty: one", "", "1"),
            ("comma", "1,5", "1.5"),
            ("ten decimals", "0.0123456789", "0.0123456789"),
            ("the Finnish minus on both", "1", "1"),
        ]),
        amounts(typed_numbers(Row::new(
            "InvoiceArticles[].PricePerUnit",
            &["lines.0.unitPrice"],
            "more than two decimals allowed; 14 digits here, without VAT",
        )))
        .refused("price_missing", &[("empty", ""), ("blanks", " ")])
        .refused("number_ambiguous", &ambiguous)
        .sent(&[
            ("comma", "1,5", "1.5"),
            ("point", "1.50", "1.5"),
            ("currency", "kr. 1.200,50", "1200.5"),
            ("four decimals", "0,1255", "0.1255"),
        ]),
        amounts(typed_numbers(Row::new(
            "InvoiceArticles[].PriceDiscount",
            &["lines.0.discount"],
            "an amount or percents, not more than the line; without VAT",
        )))
        .refused(
            "number_unreadable",
            &[("minus", "-5"), ("two signs of percent and words", "ti %")],
        )
        .refused(
            "discount_too_large",
            &[("above", "100,01"), ("above in percent", "100,01 %")],
        )
        .refused_at(
            "total",
            "total_not_positive",
            &[("all of it", "100"), ("all in percent", "100 %")],
        )
        .left_out(&[("empty", ""), ("zero", "0"), ("zero percent", "0 %")])
        .sent(&[("below", "99,99", "99.99"), ("percent", "10 %", "10.00")]),
        amounts(Row::new(
            "InvoiceArticles[].PriceReduction",
            &[],
            "never sent: the discount has its own member",
        )),
        amounts(Row::new("InvoiceArticles[].Bonus", &[], "never sent")),
    ]
}
/// The service looks at no scale but that of the VAT, at no sign, and at no sum (12.2): all that is Kvit's.
fn amounts(row: Row) -> Row {
    row.absent(Taken)
        .forced(Input, &["true", "{}"])
        .forced(Input, &NO_DECIMAL)
        .forced(Body, &NO_JSON)
        .forced(Taken, &["null", "0", "-0", "-1", "1e3", "99999999999"])
}

fn typed_numbers(row: Row) -> Row {
    row.refused("number_unreadable", &NO_NUMBER)
        .refused("amount_too_large", &[("15 digits", "123456789012345")])
        .refused_long("amount_too_large", "1 MB of digits", huge("9"))
        .refused_long("number_unreadable", "1 MB of letters", huge("e"))
}
