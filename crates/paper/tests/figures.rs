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

/// Quantity and price in ten thousandths, VAT in tenths of a percent, discount in hundredths of a percent.
fn any_line() -> impl Strategy<Value = LineForm> {
    let written = |value: i64, decimals: usize| {
        let digits = format!("{value:0width$}", width = decimals + 1);
        let (whole, rest) = digits.split_at(digits.len() - decimals);
        format!("{whole}.{rest}")
    };
    (1..1_000_000_i64, 0..100_000_000_i64, 0..=1_000_i64, 0..=9_999_i64).prop_map(
        move |(quantity, price, rate, discount)| LineForm {
            description: "Vare".to_owned(),
            quantity: written(quantity, 4),
            unit_price: written(price, 4),
            vat_rate: written(rate, 1),
            discount: format!("{} %", written(discount, 2)),
            ..LineForm::default()
        },
    )
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

fn on_paper(
    content: &Content,
    form: &DraftForm,
    reading: &Reading,
    country: Country,
) -> Result<(), TestCaseError> {
    let language = Language::En;
    let sheet = Sheet::of_content(content, &Business::default(), Some(7), language);
    let shown = serde_json::to_value(&sheet).expect("a sheet is texts");
    let amount = |value: &Value| minor(value.as_str().expect("a text"));
    let rows = shown["rows"].as_array().expect("rows");
    prop_assert_eq!(rows.len(), content.lines.len());
    for (row, line) in rows.iter().zip(&content.lines) {
        prop_assert_eq!(amount(&row["total"]), line.gross.minor);
    }
    let totals = &content.totals;
    let lines = rows.iter().map(|row| amount(&row["total"])).sum::<i64>();
    prop_assert_eq!(lines, totals.gross.minor);
    prop_assert_eq!(amount(&shown["to_pay"]["amount"]), totals.gross.minor);
    let sums: Vec<i64> = shown["sums"]
        .as_array()
        .expect("sums")
        .iter()
        .map(|sum| amount(&sum["amount"]))
        .collect();
    prop_assert!(
        sums.contains(&totals.net.minor),
        "{:?} without {:?}",
        sums,
        totals.net
    );
    for group in &totals.vat_groups {
        prop_assert!(
            sums.contains(&group.vat.minor),
            "{:?} without {:?}",
            sums,
            group.vat
        );
    }
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
