//! What stands on paper, read back digit by digit: 100,000 random invoices. What is sent is held to the same content in
//! `mobilepay`'s `money` test, so the three agree.

use invoice::{
    Business, Content, Country, DraftForm, Limits, LineForm, Money, PriceBasis, Reading, Rulebook, read,
};
use jiff::civil::date;
use paper::{Language, Sheet};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use rust_decimal::Decimal;
use serde_json::Value;

/// Four runs of these make the hundred thousand.
const INVOICES: u32 = 25_000;

fn rulebook(country: Country) -> Rulebook {
    let today = date(2026, 11, 23);
    let limits = Limits::of(country);
    Rulebook {
        country,
        today,
        limits: Limits {
            max_total: Money::of_minor(i64::MAX, limits.max_total.currency),
            ..limits
        },
        default_vat_rate: country.standard_vat_rate(today),
        issuers: vec!["efd08c19-24cf-4833-a4a4-bfa7bd58fbb2".to_owned()],
        sent_to_phone_today: 0,
    }
}

/// `value` with so many of its digits behind the point.
fn written(value: i64, decimals: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", value.abs(), width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    format!("{sign}{whole}.{rest}")
}

/// Quantity and price in ten thousandths, VAT in tenths of a percent, a discount in hundredths of a percent, in minor units,
/// or none.
fn any_line() -> impl Strategy<Value = LineForm> {
    let quantity = prop_oneof![4 => 1..1_000_000_i64, 1 => -100_000..0_i64];
    (
        quantity,
        0..100_000_000_i64,
        0..=1_000_i64,
        0..=9_999_i64,
        0..3_u8,
    )
        .prop_map(|(quantity, price, rate, part, kind)| {
            // Never more than the line itself.
            let most = i128::from(quantity.abs()) * i128::from(price) / 1_000_000;
            let amount = i64::try_from(most * i128::from(part) / 10_000).expect("a part of a line");
            LineForm {
                description: "Vare".to_owned(),
                quantity: written(quantity, 4),
                unit_price: written(price, 4),
                vat_rate: written(rate, 1),
                discount: match kind {
                    0 => format!("{} %", written(part, 2)),
                    1 => written(amount, 2),
                    _ => String::new(),
                },
                ..LineForm::default()
            }
        })
}

/// Minor units of an amount as it stands on paper: two decimals behind the comma, groups of three before it.
fn minor(text: &str) -> i64 {
    let (whole, cents) = text.split_once(',').expect("a comma");
    let cents: String = cents.chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(cents.len(), 2, "{text}");
    let groups: Vec<&str> = whole.split(['.', '\u{a0}']).collect();
    assert!(groups.iter().skip(1).all(|group| group.len() == 3), "{text}");
    let read: i64 = format!("{}{cents}", groups.concat())
        .replace('\u{2212}', "-")
        .parse()
        .expect("digits");
    read
}

/// A number of any length behind the comma.
fn number(text: &str) -> Decimal {
    let plain = text
        .replace(['.', '\u{a0}'], "")
        .replace('\u{2212}', "-")
        .replace(',', ".");
    plain.parse().expect("digits")
}

/// A rate, and what stands behind its sign.
fn rate(text: &str) -> (Decimal, &str) {
    let (rate, rest) = text.split_once("\u{a0}%").expect("a sign");
    (number(rate), rest)
}

const fn basis_name(basis: PriceBasis) -> &'static str {
    match basis {
        PriceBasis::Net => " ex VAT",
        PriceBasis::Gross => " incl. VAT",
    }
}

/// The discount of the small print, if it says one.
fn note(text: &str, basis: PriceBasis) -> i64 {
    if text.is_empty() {
        return 0;
    }
    let amount = text.strip_prefix("Discount ").expect("it is about a discount");
    minor(
        amount
            .strip_suffix(basis_name(basis))
            .expect("it names the basis"),
    )
}

/// The sums one after the other: what they are called, and how much they are.
fn sums_on_paper(mut sums: &[(&str, i64)], content: &Content) -> Result<(), TestCaseError> {
    let totals = &content.totals;
    if totals.discount.minor != 0 {
        let label = format!("Total discount{}", basis_name(content.price_basis));
        prop_assert_eq!(sums.first(), Some(&(label.as_str(), totals.discount.minor)));
        sums = &sums[1..];
    }
    prop_assert_eq!(sums.first(), Some(&("Total ex VAT", totals.net.minor)));
    prop_assert_eq!(sums.len() - 1, totals.vat_groups.len());
    for ((label, amount), group) in sums[1..].iter().zip(&totals.vat_groups) {
        let (rate, base) = rate(label.strip_prefix("VAT ").expect("it is about VAT"));
        prop_assert_eq!((rate, *amount), (group.rate, group.vat.minor), "{}", label);
        // The base of one rate alone is the sum above it.
        let base = base.strip_prefix(" of ").map(minor);
        let several = totals.vat_groups.len() > 1;
        prop_assert_eq!(base, several.then_some(group.net.minor), "{}", label);
    }
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn on_paper(
    content: &Content,
    form: &DraftForm,
    reading: &Reading,
    country: Country,
) -> Result<(), TestCaseError> {
    let language = Language::En;
    let sheet = Sheet::of_content(content, &Business::default(), Some(7), language);
    let shown = serde_json::to_value(&sheet).expect("a sheet is texts");
    let rows = shown["rows"].as_array().expect("rows");
    prop_assert_eq!(rows.len(), content.lines.len());
    for (row, line) in rows.iter().zip(&content.lines) {
        prop_assert_eq!(minor(text(&row["total"])), line.gross.minor);
        prop_assert_eq!(number(text(&row["quantity"])), line.quantity);
        prop_assert_eq!(number(text(&row["unit_price"])), line.unit_price);
        prop_assert_eq!(rate(text(&row["vat"])), (line.vat_rate, ""));
        prop_assert_eq!(note(text(&row["note"]), content.price_basis), line.discount.minor);
    }
    let totals = &content.totals;
    let lines = rows.iter().map(|row| minor(text(&row["total"]))).sum::<i64>();
    prop_assert_eq!(lines, totals.gross.minor);
    prop_assert_eq!(text(&shown["to_pay"]["label"]), "Total");
    prop_assert_eq!(minor(text(&shown["to_pay"]["amount"])), totals.gross.minor);
    let sums = shown["sums"].as_array().expect("sums");
    let sums: Vec<(&str, i64)> = sums
        .iter()
        .map(|sum| (text(&sum["label"]), minor(text(&sum["amount"]))))
        .collect();
    sums_on_paper(&sums, content)?;
    // The draft beside the composer is the same paper, but for the number.
    let draft = Sheet::of_draft(
        form,
        reading,
        &Business::default(),
        country,
        language,
        date(2026, 11, 23),
    );
    let draft = serde_json::to_value(&draft).expect("a sheet is texts");
    prop_assert_eq!(
        [&draft["rows"], &draft["sums"], &draft["to_pay"]],
        [&shown["rows"], &shown["sums"], &shown["to_pay"]]
    );
    Ok(())
}

fn agree(country: Country, basis: PriceBasis, seed: u8) {
    let config = Config {
        cases: INVOICES,
        max_global_rejects: INVOICES,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
    let lines = proptest::collection::vec(any_line(), 1..5);
    let ran = runner.run(&lines, |lines| {
        let form = DraftForm {
            due_date: "2026-12-23".to_owned(),
            price_basis: basis,
            lines,
            ..DraftForm::default()
        };
        let reading = read(&form, &rulebook(country));
        let Some(content) = &reading.content else {
            return Err(TestCaseError::reject("a total of zero"));
        };
        on_paper(content, &form, &reading, country)
    });
    if let Err(disagreement) = ran {
        panic!("{disagreement}");
    }
}

#[test]
fn danish_papers_with_net_prices_say_what_is_sent() {
    agree(Country::Dk, PriceBasis::Net, 1);
}

#[test]
fn danish_papers_with_gross_prices_say_what_is_sent() {
    agree(Country::Dk, PriceBasis::Gross, 2);
}

#[test]
fn finnish_papers_with_net_prices_say_what_is_sent() {
    agree(Country::Fi, PriceBasis::Net, 3);
}

#[test]
fn finnish_papers_with_gross_prices_say_what_is_sent() {
    agree(Country::Fi, PriceBasis::Gross, 4);
}
