//! What is sent, counted again in whole numbers: 100,000 random invoices, and the rounding traps that users of other
//! programs have told of (known-pains 4).
//!
//! The reckoning here knows nothing of the program's: it works on integers, from the typed boxes to the frozen bytes.

use invoice::{
    AddressForm, Channel, Content, Country, DraftForm, Limits, LineForm, Money, PriceBasis, RecipientForm,
    Rulebook, read,
};
use jiff::civil::date;
use mobilepay::create_request;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Four runs of these make the hundred thousand.
const INVOICES: u32 = 25_000;

/// Ten thousandths, as price and quantity are typed.
const FINE: i128 = 10_000;

#[derive(Clone, Debug)]
struct Typed {
    /// Ten thousandths.
    quantity: i128,
    /// Ten thousandths of the major unit.
    price: i128,
    /// Tenths of a percent.
    rate: i128,
    discount: Off,
    /// Of the currency.
    sign: &'static str,
}

#[derive(Clone, Debug)]
enum Off {
    Nothing,
    /// Hundredths of a percent.
    Percent(i128),
    /// Minor units.
    Amount(i128),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reckoned {
    discount: i128,
    net: i128,
    vat: i128,
    gross: i128,
}

/// `over / under` to the nearest whole number, a half away from zero.
fn rounded(over: i128, under: i128) -> i128 {
    over.signum() * ((2 * over.abs() + under) / (2 * under))
}

impl Typed {
    fn reckoned(&self, basis: PriceBasis) -> Reckoned {
        // A minor unit has as many of these as a hundredth has of ten thousandths squared.
        let unit = FINE * FINE / 100;
        let before = self.quantity * self.price;
        let discount = match self.discount {
            Off::Nothing => 0,
            Off::Percent(rate) => rounded(before * rate, 10_000 * unit),
            Off::Amount(amount) => before.signum() * amount,
        };
        let base = before - discount * unit;
        let base = if before.signum() * base.signum() < 0 {
            0
        } else {
            rounded(base, unit)
        };
        let (net, vat) = match basis {
            PriceBasis::Net => (base, rounded(base * self.rate, 1_000)),
            PriceBasis::Gross => {
                let vat = rounded(base * self.rate, 1_000 + self.rate);
                (base - vat, vat)
            }
        };
        Reckoned {
            discount,
            net,
            vat,
            gross: net + vat,
        }
    }

    fn form(&self) -> LineForm {
        LineForm {
            description: "Vare".to_owned(),
            quantity: written(self.quantity, 4),
            unit_price: written(self.price, 4),
            vat_rate: written(self.rate, 1),
            discount: match self.discount {
                Off::Nothing => String::new(),
                Off::Percent(rate) => format!("{} %", written(rate, 2)),
                // Without its sign, an amount below one may be meant as a share: it is asked about and not read.
                Off::Amount(amount) => format!("{} {}", written(amount, 2), self.sign),
            },
            ..LineForm::default()
        }
    }
}

/// `value` with so many of its digits behind the point.
fn written(value: i128, decimals: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", value.abs(), width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    format!("{sign}{whole}.{rest}")
}

/// The numbers of the frozen bytes, as the digits that stand there.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Payload<'a> {
    #[serde(borrow)]
    total_amount: &'a RawValue,
    #[serde(rename = "TotalVATAmount")]
    total_vat_amount: &'a RawValue,
    invoice_articles: Vec<Article<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Article<'a> {
    #[serde(rename = "VATRate", borrow)]
    vat_rate: &'a RawValue,
    #[serde(rename = "TotalVATAmount")]
    total_vat_amount: &'a RawValue,
    total_price_including_vat: &'a RawValue,
    quantity: &'a RawValue,
    price_per_unit: &'a RawValue,
    price_discount: Option<&'a RawValue>,
}

/// The value of a JSON number without exponent, in so many decimals.
fn digits(raw: &RawValue, decimals: usize) -> i128 {
    let text = raw.get();
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    assert!(rest.len() <= decimals, "{text} has more than {decimals} decimals");
    format!("{whole}{rest:0<decimals$}").parse().expect("digits only")
}

/// An amount: exactly two decimals.
fn minor(raw: &RawValue) -> i128 {
    let text = raw.get();
    assert_eq!(text.find('.'), Some(text.len().saturating_sub(3)), "{text}");
    digits(raw, 2)
}

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

fn draft(lines: &[Typed], basis: PriceBasis) -> DraftForm {
    DraftForm {
        recipient: RecipientForm {
            name: "Consumer Name".to_owned(),
            address: AddressForm {
                street: "Paradisæblevej 13".to_owned(),
                postal_code: "1234".to_owned(),
                city: "Andeby".to_owned(),
                ..AddressForm::default()
            },
            ..RecipientForm::default()
        },
        issue_date: "2026-11-23".to_owned(),
        due_date: "2026-12-23".to_owned(),
        price_basis: basis,
        lines: lines.iter().map(Typed::form).collect(),
        ..DraftForm::default()
    }
}

/// Holds the content and the frozen bytes of `lines` to the reckoning.
fn check(lines: &[Typed], basis: PriceBasis, country: Country) -> Result<(), TestCaseError> {
    let reckoned: Vec<Reckoned> = lines.iter().map(|line| line.reckoned(basis)).collect();
    let total = |of: fn(&Reckoned) -> i128| reckoned.iter().map(of).sum::<i128>();
    prop_assume!(total(|line| line.gross) > 0);
    let reading = read(&draft(lines, basis), &rulebook(country));
    let Some(content) = reading.content else {
        return Err(TestCaseError::fail(format!("{:?}", reading.problems)));
    };
    prop_assert_eq!(&reading.totals, &content.totals);
    for (line, reckoned) in content.lines.iter().zip(&reckoned) {
        let said = [line.discount, line.net, line.vat, line.gross].map(|money| i128::from(money.minor));
        prop_assert_eq!(
            said,
            [reckoned.discount, reckoned.net, reckoned.vat, reckoned.gross]
        );
    }
    let totals = &content.totals;
    let said = [totals.discount, totals.net, totals.vat, totals.gross].map(|money| i128::from(money.minor));
    let sums = [
        total(|line| line.discount),
        total(|line| line.net),
        total(|line| line.vat),
        total(|line| line.gross),
    ];
    prop_assert_eq!(said, sums);
    check_payload(lines, &reckoned, &content)
}

fn check_payload(lines: &[Typed], reckoned: &[Reckoned], content: &Content) -> Result<(), TestCaseError> {
    let request = create_request(content, "301", Channel::Link).expect("a link needs nothing more");
    let payload: Payload<'_> = serde_json::from_slice(&request.bytes).expect("the bytes are JSON");
    prop_assert_eq!(
        minor(payload.total_amount),
        i128::from(content.totals.gross.minor)
    );
    prop_assert_eq!(
        minor(payload.total_vat_amount),
        i128::from(content.totals.vat.minor)
    );
    prop_assert_eq!(payload.invoice_articles.len(), lines.len());
    for ((article, typed), reckoned) in payload.invoice_articles.iter().zip(lines).zip(reckoned) {
        prop_assert_eq!(minor(article.total_vat_amount), reckoned.vat);
        prop_assert_eq!(minor(article.total_price_including_vat), reckoned.gross);
        prop_assert_eq!(digits(article.vat_rate, 1), typed.rate);
        prop_assert_eq!(digits(article.quantity, 4), typed.quantity);
        prop_assert_eq!(article.price_discount.is_some(), reckoned.discount != 0);
        check_unit(article, typed, reckoned, content.price_basis)?;
    }
    // The sums as the service and its PDF see them (spec 12.2).
    let articles = payload.invoice_articles.iter();
    let gross: i128 = articles
        .clone()
        .map(|article| minor(article.total_price_including_vat))
        .sum();
    let vat: i128 = articles.map(|article| minor(article.total_vat_amount)).sum();
    prop_assert_eq!(
        (gross, vat),
        (minor(payload.total_amount), minor(payload.total_vat_amount))
    );
    Ok(())
}

/// Price and discount of one unit are net of VAT: exact where they were typed so, else the nearest that is written.
fn check_unit(
    article: &Article<'_>,
    typed: &Typed,
    reckoned: &Reckoned,
    basis: PriceBasis,
) -> Result<(), TestCaseError> {
    let price = digits(article.price_per_unit, 6);
    let discount = article.price_discount.map(minor).unwrap_or_default();
    match basis {
        PriceBasis::Net => prop_assert_eq!((price, discount), (typed.price * 100, reckoned.discount)),
        PriceBasis::Gross => {
            let under = 1_000 + typed.rate;
            let net = rounded(typed.price * 100 * 1_000, under);
            prop_assert_eq!(
                (price, discount),
                (net, rounded(reckoned.discount * 1_000, under))
            );
        }
    }
    Ok(())
}

fn any_line(country: Country) -> impl Strategy<Value = Typed> {
    let quantity = prop_oneof![
        4 => Just(FINE),
        4 => (1_i128..50).prop_map(|whole| whole * FINE),
        4 => 1_i128..100_000,
        1 => (-50_i128..0).prop_map(|whole| whole * FINE),
    ];
    let price = prop_oneof![
        4 => (1_i128..200_000).prop_map(|minor| minor * 100),
        2 => 1_i128..2_000_000,
        // Where halves lie.
        2 => (0_i128..2_000).prop_map(|step| step * 100 + 50),
    ];
    let (rates, sign): (&[i128], _) = match country {
        Country::Dk => (&[250, 0], "kr."),
        Country::Fi => (&[255, 135, 100, 0], "€"),
    };
    // Between 0 and 1 % lies no rate: it is refused as a share written for its per cent.
    let rate = prop_oneof![6 => proptest::sample::select(rates), 1 => 10_i128..=1_000];
    (quantity, price, rate, 0_i128..=10_000, 0_u8..4).prop_map(|(quantity, price, rate, part, kind)| {
        // Never more than the line itself, in whole minor units.
        let most = (quantity * price).abs() / (FINE * FINE / 100);
        let discount = match kind {
            0 => Off::Percent(part),
            1 => Off::Amount(most * part / 10_000),
            _ => Off::Nothing,
        };
        Typed {
            quantity,
            price,
            rate,
            discount,
            sign,
        }
    })
}

fn agree(country: Country, basis: PriceBasis, seed: u8) {
    let config = Config {
        cases: INVOICES,
        max_global_rejects: INVOICES,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let lines = proptest::collection::vec(any_line(country), 1..7);
    if let Err(disagreement) = runner.run(&lines, |lines| check(&lines, basis, country)) {
        panic!("{disagreement}");
    }
}

#[test]
fn danish_invoices_with_net_prices_agree_to_the_cent() {
    agree(Country::Dk, PriceBasis::Net, 1);
}

#[test]
fn danish_invoices_with_gross_prices_agree_to_the_cent() {
    agree(Country::Dk, PriceBasis::Gross, 2);
}

#[test]
fn finnish_invoices_with_net_prices_agree_to_the_cent() {
    agree(Country::Fi, PriceBasis::Net, 3);
}

#[test]
fn finnish_invoices_with_gross_prices_agree_to_the_cent() {
    agree(Country::Fi, PriceBasis::Gross, 4);
}

/// Gross, VAT and the parts of each line as they are sent.
fn sent(
    lines: &[(&str, &str, &str)],
    basis: PriceBasis,
    country: Country,
) -> (String, String, Vec<[String; 3]>) {
    let mut form = draft(&[], basis);
    form.lines = lines
        .iter()
        .map(|(quantity, price, rate)| LineForm {
            description: "Vare".to_owned(),
            quantity: (*quantity).to_owned(),
            unit_price: (*price).to_owned(),
            vat_rate: (*rate).to_owned(),
            ..LineForm::default()
        })
        .collect();
    let reading = read(&form, &rulebook(country));
    let content = reading.content.expect("the boxes can be read");
    let request = create_request(&content, "301", Channel::Link).expect("a link needs nothing more");
    let payload: Payload<'_> = serde_json::from_slice(&request.bytes).expect("the bytes are JSON");
    let text = |raw: &RawValue| raw.get().to_owned();
    let article = |it: &Article<'_>| {
        [
            it.price_per_unit,
            it.total_vat_amount,
            it.total_price_including_vat,
        ]
        .map(text)
    };
    (
        text(payload.total_amount),
        text(payload.total_vat_amount),
        payload.invoice_articles.iter().map(article).collect(),
    )
}

fn totals(lines: &[(&str, &str, &str)], basis: PriceBasis, country: Country) -> (String, String) {
    let (gross, vat, _) = sent(lines, basis, country);
    (gross, vat)
}

fn pair(gross: &str, vat: &str) -> (String, String) {
    (gross.to_owned(), vat.to_owned())
}

#[test]
fn known_pains_4_prices_with_vat_keep_the_total_that_was_typed() {
    // invoiceninja 2101: inclusive tax changes the total.
    for price in ["9,99", "19,95", "99,99", "0,01", "0,03", "1499,99"] {
        for rate in ["25", "25,5", "13,5", "10", "0"] {
            let (gross, _) = totals(&[("1", price, rate)], PriceBasis::Gross, Country::Fi);
            assert_eq!(gross, price.replace(',', "."), "{price} at {rate}");
        }
    }
}

#[test]
fn known_pains_4_the_sum_is_that_of_the_lines_that_are_shown() {
    // invoiceninja 4370, 10856: three lines of 0.33 have 0.08 VAT each, and 0.24 is what stands below them, not 0.25.
    let (gross, vat, lines) = sent(&[("1", "0,33", "25"); 3], PriceBasis::Net, Country::Dk);
    assert_eq!((gross.as_str(), vat.as_str()), ("1.23", "0.24"));
    assert_eq!(lines, vec![["0.33", "0.08", "0.41"].map(str::to_owned); 3]);
}

#[test]
fn known_pains_4_a_half_goes_away_from_zero_and_never_to_the_even() {
    // Off by a cent: 2.5 and 3.5 cents of VAT are three and four, and of returns the same below zero.
    let net = |quantity, price| {
        totals(
            &[(quantity, price, "25"), ("1", "100", "0")],
            PriceBasis::Net,
            Country::Dk,
        )
    };
    assert_eq!(net("1", "0,10"), pair("100.13", "0.03"));
    assert_eq!(net("1", "0,14"), pair("100.18", "0.04"));
    assert_eq!(net("-1", "0,10"), pair("99.87", "-0.03"));
}

#[test]
fn known_pains_4_a_number_that_no_binary_float_holds_is_sent_as_typed() {
    // Decimal arithmetic: 1.005 is a little less than itself in binary, and would become 1.00.
    let (gross, vat, lines) = sent(&[("1", "1,0050", "0")], PriceBasis::Net, Country::Dk);
    assert_eq!(
        (gross.as_str(), vat.as_str(), lines[0][0].as_str()),
        ("1.01", "0.00", "1.005")
    );
    // 0.1 + 0.2.
    let both = [("1", "0,10", "0"), ("1", "0,20", "0")];
    assert_eq!(totals(&both, PriceBasis::Net, Country::Dk), pair("0.30", "0.00"));
    // 4.35 × 100 is 434.999… in binary.
    assert_eq!(
        totals(&[("100", "4,35", "25")], PriceBasis::Net, Country::Dk),
        pair("543.75", "108.75")
    );
}

#[test]
fn known_pains_4_a_rate_with_decimals_is_not_rounded_before_it_is_used() {
    // crater 763: rates with three decimals.
    assert_eq!(
        totals(&[("1", "1000", "25,5")], PriceBasis::Net, Country::Fi),
        pair("1255.00", "255.00")
    );
    assert_eq!(
        totals(&[("1", "0,99", "13,5")], PriceBasis::Net, Country::Fi),
        pair("1.12", "0.13")
    );
    assert_eq!(
        totals(&[("1", "1000", "5,125")], PriceBasis::Net, Country::Fi).1,
        "51.25"
    );
}

#[test]
fn known_pains_4_no_total_is_rounded_to_whole_kroner() {
    // invoiceninja 1396: rounding to coins is for cash.
    assert_eq!(
        totals(&[("1", "99,99", "25")], PriceBasis::Net, Country::Dk),
        pair("124.99", "25.00")
    );
    assert_eq!(
        totals(&[("3", "0,01", "0")], PriceBasis::Net, Country::Dk),
        pair("0.03", "0.00")
    );
}

#[test]
fn known_pains_4_prices_with_vat_of_two_rates_add_up_to_what_was_typed() {
    // josemmo/einvoicing 63: two at 1.96 with 13 % and two at 0.04 with 24 % are 4.00. Whoever rounds them to net first and adds
    // VAT to that comes to 3.99.
    let (gross, vat, lines) = sent(
        &[("2", "1,96", "13"), ("2", "0,04", "24")],
        PriceBasis::Gross,
        Country::Fi,
    );
    assert_eq!((gross.as_str(), vat.as_str()), ("4.00", "0.47"));
    let sums: Vec<[&str; 2]> = lines
        .iter()
        .map(|[_, vat, gross]| [vat.as_str(), gross.as_str()])
        .collect();
    assert_eq!(sums, [["0.45", "3.92"], ["0.02", "0.08"]]);
}

#[test]
fn known_pains_4_the_vat_below_is_the_sum_of_the_vat_beside_the_lines() {
    // SuiteCRM 1234: VAT of the sum stood below lines whose VAT had been rounded one by one. 25 % of 0.50, 0.50 and 0.50 is
    // 0.375 together, and 0.13 each: 0.39 is what stands beside the lines, so it is what stands below, and the total with it.
    let (gross, vat, lines) = sent(&[("1", "0,50", "25"); 3], PriceBasis::Net, Country::Dk);
    assert_eq!((gross.as_str(), vat.as_str()), ("1.89", "0.39"));
    assert_eq!(lines, vec![["0.5", "0.13", "0.63"].map(str::to_owned); 3]);
    // The other way round: what is rounded away beside each line is not found again below.
    let (gross, vat, lines) = sent(&[("1", "0,49", "25"); 3], PriceBasis::Net, Country::Dk);
    assert_eq!((gross.as_str(), vat.as_str()), ("1.83", "0.36"));
    assert_eq!(lines, vec![["0.49", "0.12", "0.61"].map(str::to_owned); 3]);
}
