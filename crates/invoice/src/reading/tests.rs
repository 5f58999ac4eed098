//! What a form says: each problem at, below and above its limit, and the properties of every sum.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::{Country, Limits, LineForm, PriceBasis, RecipientForm};

const TODAY: Date = date(2026, 11, 23);

fn rulebook(country: Country) -> Rulebook {
    Rulebook {
        country,
        today: TODAY,
        limits: Limits::of(country),
        default_vat_rate: country.standard_vat_rate(TODAY),
        issuers: vec!["6a33d969-fa86-44af-a23b-731da0e4d50d".to_owned()],
        sent_to_phone_today: 0,
    }
}

fn priced(price: &str) -> LineForm {
    LineForm {
        description: "Snowboard".to_owned(),
        unit_price: price.to_owned(),
        ..LineForm::default()
    }
}

/// A form that may be sent; prices with VAT, so that a price is the total.
fn form(price: &str) -> DraftForm {
    DraftForm {
        recipient: RecipientForm {
            name: "Anne Hansen".to_owned(),
            phone: "31 12 23 34".to_owned(),
            ..RecipientForm::default()
        },
        due_date: "2026-12-07".to_owned(),
        price_basis: PriceBasis::Gross,
        lines: vec![priced(price)],
        ..DraftForm::default()
    }
}

fn problems(form: &DraftForm) -> Vec<(String, ProblemCode)> {
    listed(&read(form, &rulebook(Country::Dk)).problems)
}

fn warnings(form: &DraftForm) -> Vec<(String, ProblemCode)> {
    listed(&read(form, &rulebook(Country::Dk)).warnings)
}

fn listed(found: &[Problem]) -> Vec<(String, ProblemCode)> {
    found
        .iter()
        .map(|problem| (problem.field.clone(), problem.code))
        .collect()
}

fn one(field: &str, code: ProblemCode) -> Vec<(String, ProblemCode)> {
    vec![(field.to_owned(), code)]
}

fn with(change: impl FnOnce(&mut DraftForm)) -> DraftForm {
    let mut form = form("360");
    change(&mut form);
    form
}

#[test]
fn a_good_form_is_read_whole() {
    let reading = read(&form("1.234,50"), &rulebook(Country::Dk));
    assert_eq!(
        (reading.problems.as_slice(), reading.warnings.as_slice()),
        (&[][..], &[][..])
    );
    let content = reading.content.unwrap();
    assert_eq!(content.totals.gross.minor, 123_450);
    assert_eq!(content.totals.vat.minor, 24_690);
    assert_eq!(content.issue_date, TODAY);
    assert_eq!(content.recipient.phone.unwrap().e164(), "+4531122334");
    assert_eq!(content.issuer_id, "6a33d969-fa86-44af-a23b-731da0e4d50d");
}

#[test]
fn a_link_needs_no_phone_number() {
    let form = with(|form| form.recipient.phone.clear());
    let reading = read(&form, &rulebook(Country::Dk));
    assert_eq!(
        listed(&reading.problems),
        one("recipient.phone", ProblemCode::PhoneMissing)
    );
    assert_eq!(reading.problems[0].channel, Some(Channel::Phone));
    assert!(reading.content.is_some());
}

#[test]
fn an_empty_invoice_is_told_at_each_box() {
    let found = problems(&DraftForm::default());
    assert_eq!(
        found,
        [
            ("dueDate".to_owned(), ProblemCode::DueDateMissing),
            ("lines".to_owned(), ProblemCode::NoLines),
            ("recipient.phone".to_owned(), ProblemCode::PhoneMissing),
        ]
    );
    let blank = with(|form| {
        form.lines = vec![LineForm {
            unit: "  ".to_owned(),
            ..LineForm::default()
        }];
    });
    assert_eq!(problems(&blank), one("lines", ProblemCode::NoLines));
    assert!(read(&blank, &rulebook(Country::Dk)).lines[0].empty);
}

#[test]
fn an_empty_line_among_others_is_no_problem() {
    let form = with(|form| form.lines.push(LineForm::default()));
    let reading = read(&form, &rulebook(Country::Dk));
    assert!(reading.problems.is_empty());
    assert_eq!(
        (reading.lines.len(), reading.content.unwrap().lines.len()),
        (2, 1)
    );
}

#[test]
fn a_danish_total_ends_at_15000() {
    assert!(problems(&form("14999.99")).is_empty());
    assert!(problems(&form("15000.00")).is_empty());
    let above = read(&form("15000.01"), &rulebook(Country::Dk));
    assert_eq!(
        listed(&above.problems),
        one("total", ProblemCode::TotalAboveLimit)
    );
    assert_eq!(above.problems[0].params["limit"], "15000.00");
    assert!(above.content.is_none());
}

#[test]
fn a_finnish_total_ends_at_2000() {
    let total = |price| read(&form(price), &rulebook(Country::Fi)).problems;
    let phone = |form: &mut DraftForm| form.recipient.phone = "040 123 4567".to_owned();
    let mut at = form("2000,00");
    phone(&mut at);
    assert!(read(&at, &rulebook(Country::Fi)).problems.is_empty());
    assert!(
        total("2000,01")
            .iter()
            .any(|p| p.code == ProblemCode::TotalAboveLimit && p.params["limit"] == "2000.00")
    );
}

#[test]
fn a_total_must_be_more_than_nothing() {
    assert!(problems(&form("0.01")).is_empty());
    assert_eq!(problems(&form("0")), one("total", ProblemCode::TotalNotPositive));
    assert_eq!(problems(&form("-5")), one("total", ProblemCode::TotalNotPositive));
    let returned = with(|form| {
        form.lines.push(LineForm {
            quantity: "-1".to_owned(),
            ..priced("60")
        });
    });
    assert_eq!(read(&returned, &rulebook(Country::Dk)).totals.gross.minor, 30_000);
}

#[test]
fn a_due_date_lies_between_today_and_399_days() {
    let due = |days: i64| with(|form| form.due_date = TODAY.saturating_add(days.days()).to_string());
    assert_eq!(problems(&due(-1)), one("dueDate", ProblemCode::DueDateInPast));
    assert!(problems(&due(0)).is_empty());
    assert_eq!(warnings(&due(0)), one("dueDate", ProblemCode::DueDateToday));
    assert!(warnings(&due(1)).is_empty());
    assert!(problems(&due(399)).is_empty());
    assert_eq!(problems(&due(400)), one("dueDate", ProblemCode::DueDateTooFar));
    let told = read(&due(400), &rulebook(Country::Dk));
    assert_eq!(told.problems[0].params["latest"], "2027-12-27");
}

#[test]
fn an_issue_date_is_not_after_today() {
    let issued = |text: &str| with(|form| form.issue_date = text.to_owned());
    assert!(problems(&issued("22.11.2026")).is_empty());
    assert!(problems(&issued("23.11.2026")).is_empty());
    assert_eq!(
        problems(&issued("24.11.2026")),
        one("issueDate", ProblemCode::IssueDateInFuture)
    );
}

#[test]
fn known_pains_7_dates_are_days_and_do_not_move() {
    let form = with(|form| {
        form.issue_date = "1-11-2026".to_owned();
        form.due_date = "31/12/2026".to_owned();
        form.order_date = "28.2.2026".to_owned();
        form.delivery_date = "2026-03-29".to_owned(); // the day on which the clocks change
    });
    let content = read(&form, &rulebook(Country::Dk)).content.unwrap();
    let json = serde_json::to_value(&content).unwrap();
    assert_eq!(json["issueDate"], "2026-11-01");
    assert_eq!(json["dueDate"], "2026-12-31");
    assert_eq!(json["orderDate"], "2026-02-28");
    assert_eq!(json["deliveryDate"], "2026-03-29");
}

#[test]
fn a_date_that_is_none_is_told_at_its_box() {
    for (field, change) in [
        (
            "issueDate",
            (|f, t| f.issue_date = t) as fn(&mut DraftForm, String),
        ),
        ("dueDate", |f, t| f.due_date = t),
        ("orderDate", |f, t| f.order_date = t),
        ("deliveryDate", |f, t| f.delivery_date = t),
    ] {
        let form = with(|form| change(form, "31.2.2026".to_owned()));
        assert_eq!(problems(&form), one(field, ProblemCode::DateUnreadable));
    }
}

#[test]
fn known_pains_6_a_price_is_read_or_asked_about_and_never_scaled() {
    let price = |text: &str| read(&form(text), &rulebook(Country::Dk));
    for text in ["1.234,50", "1234.50", "1 234,50", "1\u{a0}234,50 kr."] {
        assert_eq!(
            price(text).lines[0].unit_price,
            Some(Decimal::new(123_450, 2)),
            "{text}"
        );
    }
    let asked = price("1.234");
    assert_eq!(
        listed(&asked.problems),
        one("lines.0.unitPrice", ProblemCode::NumberAmbiguous)
    );
    assert_eq!(asked.problems[0].params["as_thousands"], "1234");
    assert_eq!(asked.problems[0].params["as_decimal"], "1.2340");
    assert_eq!(
        listed(&price("12x").problems),
        one("lines.0.unitPrice", ProblemCode::NumberUnreadable)
    );
    assert_eq!(price("12x").problems[0].params["text"], "12x");
    assert_eq!(
        listed(&price("1e3").problems),
        one("lines.0.unitPrice", ProblemCode::NumberUnreadable)
    );
    assert_eq!(
        listed(&price("").problems),
        one("lines.0.unitPrice", ProblemCode::PriceMissing)
    );
    assert_eq!(
        listed(&price(&"9".repeat(15)).problems),
        one("lines.0.unitPrice", ProblemCode::AmountTooLarge)
    );
}

#[test]
fn amounts_that_no_invoice_holds_are_told() {
    let huge = with(|form| {
        form.lines[0].quantity = "9".repeat(14);
        form.lines[0].unit_price = "9".repeat(14);
    });
    assert_eq!(
        problems(&huge),
        one("lines.0.unitPrice", ProblemCode::AmountTooLarge)
    );
    let many = with(|form| {
        let line = LineForm {
            quantity: "9".repeat(14),
            ..priced("500")
        };
        form.lines = vec![line.clone(), line];
    });
    assert_eq!(problems(&many), one("total", ProblemCode::AmountTooLarge));
}

#[test]
fn a_line_needs_a_description() {
    let form = with(|form| form.lines[0].description = "  ".to_owned());
    assert_eq!(
        problems(&form),
        one("lines.0.description", ProblemCode::DescriptionMissing)
    );
    assert_eq!(read(&form, &rulebook(Country::Dk)).totals.gross.minor, 36_000);
}

#[test]
fn vat_lies_between_0_and_100_percent() {
    let rate = |text: &str| with(|form| form.lines[0].vat_rate = text.to_owned());
    for good in ["0", "25", "25 %", "25,0", "25.000"] {
        assert!(
            problems(&rate(good)).is_empty() && warnings(&rate(good)).is_empty(),
            "{good}"
        );
    }
    assert!(problems(&rate("100")).is_empty());
    assert_eq!(
        warnings(&rate("100")),
        one("lines.0.vatRate", ProblemCode::VatRateUnusual)
    );
    assert_eq!(
        problems(&rate("100,01")),
        one("lines.0.vatRate", ProblemCode::VatRateOutOfRange)
    );
    assert_eq!(
        problems(&rate("-1")),
        one("lines.0.vatRate", ProblemCode::VatRateOutOfRange)
    );
    assert_eq!(
        problems(&rate("moms")),
        one("lines.0.vatRate", ProblemCode::NumberUnreadable)
    );
}

#[test]
fn the_vat_rate_follows_the_day_of_delivery() {
    let delivered = |day: &str| {
        let form = with(|form| {
            form.recipient.phone = "0401234567".to_owned();
            form.lines[0].vat_rate = "14".to_owned();
            form.delivery_date = day.to_owned();
        });
        listed(&read(&form, &rulebook(Country::Fi)).warnings)
    };
    assert!(delivered("31.12.2025").is_empty());
    assert_eq!(
        delivered("1.1.2026"),
        one("lines.0.vatRate", ProblemCode::VatRateUnusual)
    );
}

#[test]
fn a_discount_is_percent_or_amount_and_ends_at_nothing() {
    let taken = |text: &str| {
        let form = with(|form| form.lines[0].discount = text.to_owned());
        let reading = read(&form, &rulebook(Country::Dk));
        (
            reading.lines[0].discount.map(|money| money.minor),
            listed(&reading.problems),
        )
    };
    assert_eq!(taken("10 %"), (Some(3600), vec![]));
    assert_eq!(taken("50"), (Some(5000), vec![]));
    assert_eq!(taken("359,99"), (Some(35_999), vec![]));
    assert_eq!(
        taken("360"),
        (Some(36_000), one("total", ProblemCode::TotalNotPositive))
    );
    assert_eq!(
        taken("360,01"),
        (None, one("lines.0.discount", ProblemCode::DiscountTooLarge))
    );
    assert_eq!(
        taken("101%"),
        (None, one("lines.0.discount", ProblemCode::DiscountTooLarge))
    );
    assert_eq!(
        taken("-5"),
        (None, one("lines.0.discount", ProblemCode::NumberUnreadable))
    );
}

#[test]
fn a_discount_below_one_may_be_a_percent_of_a_spreadsheet_and_is_asked_about() {
    let reading = |text: &str| {
        let form = with(|form| form.lines[0].discount = text.to_owned());
        read(&form, &rulebook(Country::Dk))
    };
    for (text, percent, amount) in [("0.1", "10 %", "0,10 kr."), ("0,125", "12,5 %", "0,125 kr.")] {
        let asked = reading(text);
        assert_eq!(
            listed(&asked.problems),
            one("lines.0.discount", ProblemCode::DiscountAmbiguous)
        );
        let params = &asked.problems[0].params;
        assert_eq!(
            (params["as_percent"].as_str(), params["as_amount"].as_str()),
            (percent, amount)
        );
        for meant in [percent, amount] {
            assert_eq!(listed(&reading(meant).problems), vec![]);
        }
    }
    for clear in ["0", "1", "0,5 %", "0,50 kr."] {
        assert_eq!(listed(&reading(clear).problems), vec![], "{clear}");
    }
}

#[test]
fn an_amount_in_the_other_currency_is_not_taken_for_one_in_this() {
    let price = |text: &str, country| {
        let mut problems = read(&form(text), &rulebook(country)).problems;
        problems.retain(|problem| problem.field.starts_with("lines"));
        problems
    };
    for (text, country) in [
        ("99 €", Country::Dk),
        ("EUR 99", Country::Dk),
        ("1.234 €", Country::Dk),
        ("99 kr.", Country::Fi),
    ] {
        assert_eq!(
            listed(&price(text, country)),
            one("lines.0.unitPrice", ProblemCode::CurrencyOther),
            "{text}"
        );
    }
    assert_eq!(listed(&price("99 kr.", Country::Dk)), vec![]);
    assert_eq!(listed(&price("99 €", Country::Fi)), vec![]);
}

#[test]
fn a_vat_rate_below_one_is_a_part_and_not_sent() {
    let reading = |text: &str| {
        let form = with(|form| form.lines[0].vat_rate = text.to_owned());
        read(&form, &rulebook(Country::Dk)).problems
    };
    for text in ["0,25", "0.25 %"] {
        let asked = reading(text);
        assert_eq!(
            listed(&asked),
            one("lines.0.vatRate", ProblemCode::VatRateFraction)
        );
        assert_eq!(asked[0].params["meant"], "25");
    }
    assert_eq!(listed(&reading("0")), vec![]);
}

#[test]
fn a_date_that_a_file_left_in_doubt_is_asked_about() {
    let form = with(|form| form.due_date = "02/12/2026 ?".to_owned());
    let asked = read(&form, &rulebook(Country::Dk)).problems;
    assert_eq!(listed(&asked), one("dueDate", ProblemCode::DateAmbiguous));
    assert_eq!(asked[0].params["text"], "02/12/2026");
}

#[test]
fn a_phone_number_of_seven_digits_gets_a_sentence() {
    let phone = |text: &str| {
        let form = with(|form| form.recipient.phone = text.to_owned());
        read(&form, &rulebook(Country::Dk))
    };
    let short = phone("3112 233");
    assert_eq!(
        listed(&short.problems),
        one("recipient.phone", ProblemCode::PhoneTooShort)
    );
    assert_eq!(
        (
            short.problems[0].params["digits"].as_str(),
            short.problems[0].params["needed"].as_str()
        ),
        ("7", "8")
    );
    assert!(short.content.is_none());
    let long = phone("+45 311 223 344");
    assert_eq!(
        listed(&long.problems),
        one("recipient.phone", ProblemCode::PhoneTooLong)
    );
    assert_eq!(long.problems[0].params["digits"], "9");
    assert_eq!(
        listed(&phone("anne").problems),
        one("recipient.phone", ProblemCode::PhoneUnreadable)
    );
    assert_eq!(
        listed(&phone("+46701234567").problems),
        one("recipient.phone", ProblemCode::PhoneForeign)
    );
    let finnish = phone("+358401234567");
    assert!(finnish.problems.is_empty());
    assert_eq!(
        listed(&finnish.warnings),
        one("recipient.phone", ProblemCode::PhoneOtherCountry)
    );
}

#[test]
fn ten_invoices_a_day_are_the_most_for_one_phone() {
    let sent = |count: u32| {
        let rules = Rulebook {
            sent_to_phone_today: count,
            ..rulebook(Country::Dk)
        };
        listed(&read(&form("360"), &rules).problems)
    };
    assert!(sent(9).is_empty());
    assert_eq!(sent(10), one("recipient.phone", ProblemCode::DailyLimitReached));
    assert_eq!(sent(11), one("recipient.phone", ProblemCode::DailyLimitReached));
}

#[test]
fn a_reference_shows_30_and_holds_60_characters() {
    let reference = |length: usize| with(|form| form.payment_reference = "æ".repeat(length));
    assert!(warnings(&reference(30)).is_empty());
    assert_eq!(
        warnings(&reference(31)),
        one("paymentReference", ProblemCode::ReferenceCutByBank)
    );
    assert!(problems(&reference(60)).is_empty());
    assert_eq!(
        problems(&reference(61)),
        one("paymentReference", ProblemCode::ReferenceTooLong)
    );
    assert!(warnings(&reference(61)).is_empty());
}

#[test]
fn texts_have_a_length() {
    let comment = |length: usize| with(|form| form.comment = "x".repeat(length));
    assert!(problems(&comment(1000)).is_empty());
    let long = read(&comment(1001), &rulebook(Country::Dk));
    assert_eq!(listed(&long.problems), one("comment", ProblemCode::TextTooLong));
    assert_eq!(
        (
            long.problems[0].params["length"].as_str(),
            long.problems[0].params["max"].as_str()
        ),
        ("1001", "1000")
    );
    let name = |length: usize| with(|form| form.recipient.name = "😀".repeat(length));
    assert!(problems(&name(255)).is_empty());
    assert_eq!(
        problems(&name(256)),
        one("recipient.name", ProblemCode::TextTooLong)
    );
}

#[test]
fn no_text_may_turn_or_hide_what_follows() {
    let form = with(|form| {
        form.recipient.name = "Anne\u{202e}nesnaH".to_owned();
        form.comment = "første\nanden".to_owned();
        form.lines[0].description = "Bræt\u{0}".to_owned();
        form.recipient.address.city = "Aarhus\tC".to_owned();
    });
    let mut fields: Vec<String> = problems(&form)
        .into_iter()
        .inspect(|(_, code)| assert_eq!(*code, ProblemCode::TextHasControlCharacters))
        .map(|(field, _)| field)
        .collect();
    fields.sort();
    assert_eq!(
        fields,
        ["lines.0.description", "recipient.address.city", "recipient.name"]
    );
}

#[test]
fn addresses_of_pages_are_https() {
    let urls = |text: &str| {
        problems(&with(|form| {
            form.invoice_url = text.to_owned();
            form.redirect_url = text.to_owned();
        }))
    };
    assert!(urls("https://butik.dk/tak?a=1").is_empty());
    let both = urls("http://butik.dk/tak");
    assert_eq!(both[0], ("invoiceUrl".to_owned(), ProblemCode::UrlNotHttps));
    assert_eq!(both[1], ("redirectUrl".to_owned(), ProblemCode::UrlNotHttps));
}

#[test]
fn an_issuer_must_be_usable() {
    let rules = Rulebook {
        issuers: Vec::new(),
        ..rulebook(Country::Dk)
    };
    assert_eq!(
        listed(&read(&form("360"), &rules).problems),
        one("issuerId", ProblemCode::IssuerMissing)
    );
    let other = with(|form| form.issuer_id = "another".to_owned());
    assert_eq!(problems(&other), one("issuerId", ProblemCode::IssuerUnusable));
    let same = with(|form| form.issuer_id = "6A33D969-FA86-44AF-A23B-731DA0E4D50D".to_owned());
    assert!(problems(&same).is_empty());
}

#[test]
fn a_larger_sale_names_the_buyer() {
    let nameless = |price: &str, country| {
        let mut form = form(price);
        form.recipient.name.clear();
        form.recipient.phone.clear();
        listed(&read(&form, &rulebook(country)).warnings)
    };
    assert!(nameless("3000,00", Country::Dk).is_empty());
    assert_eq!(
        nameless("3000,01", Country::Dk),
        one("recipient.name", ProblemCode::RecipientNameMissing)
    );
    assert!(nameless("400,00", Country::Fi).is_empty());
    assert_eq!(
        nameless("400,01", Country::Fi),
        one("recipient.name", ProblemCode::RecipientNameMissing)
    );
}

#[test]
fn known_pains_5_the_reading_and_the_content_show_the_same_sums() {
    let form = with(|form| {
        form.lines = vec![
            priced("99,99"),
            LineForm {
                vat_rate: "0".to_owned(),
                ..priced("10,05")
            },
            priced("0,03"),
        ];
    });
    let reading = read(&form, &rulebook(Country::Dk));
    let content = reading.content.unwrap();
    assert_eq!(reading.totals, content.totals);
    assert_eq!(
        content.totals,
        Totals::of_lines(&content.lines, Country::Dk.currency()).unwrap()
    );
    let rates: Vec<String> = content
        .totals
        .vat_groups
        .iter()
        .map(|group| group.rate.to_string())
        .collect();
    assert_eq!(rates, ["0", "25"]);
}

#[test]
fn a_megabyte_in_every_box_is_judged_and_refused() {
    let long = "9".repeat(1_000_000);
    let form = with(|form| {
        form.recipient.name = long.clone();
        form.recipient.phone = long.clone();
        form.due_date = long.clone();
        form.payment_reference = long.clone();
        form.comment = long.clone();
        form.invoice_url = long.clone();
        form.lines = vec![LineForm {
            item_number: long.clone(),
            description: long.clone(),
            quantity: long.clone(),
            unit: long.clone(),
            unit_price: long.clone(),
            vat_rate: long.clone(),
            discount: long.clone(),
        }];
    });
    let reading = read(&form, &rulebook(Country::Dk));
    assert!(reading.problems.len() >= 10);
    let params = reading
        .problems
        .iter()
        .flat_map(|problem| problem.params.values());
    assert!(params.map(String::len).max().unwrap() <= 40);
}

fn any_line() -> impl Strategy<Value = LineForm> {
    let quantity = prop_oneof![
        Just(String::new()),
        (-100_i64..100).prop_map(|n| n.to_string()),
        "[0-9]{1,2},[0-9]{1,4}"
    ];
    let price = (-500_000_i64..500_000).prop_map(|n| format!("{}", Decimal::new(n, 2)));
    let rate = prop_oneof![
        Just(""),
        Just("0"),
        Just("25"),
        Just("25,5"),
        Just("13.5"),
        Just("10"),
        Just("7,125")
    ];
    let discount = prop_oneof![
        Just(String::new()),
        (0..=100).prop_map(|n| format!("{n} %")),
        Just("0,01 kr.".to_owned())
    ];
    (quantity, price, rate, discount).prop_map(|(quantity, unit_price, rate, discount)| LineForm {
        description: "x".to_owned(),
        quantity,
        unit_price,
        vat_rate: rate.to_owned(),
        discount,
        ..LineForm::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn known_pains_4_sums_agree_to_the_cent(lines in prop::collection::vec(any_line(), 1..8), gross in any::<bool>()) {
        let form = DraftForm {
            lines,
            price_basis: if gross { PriceBasis::Gross } else { PriceBasis::Net },
            ..form("1")
        };
        let reading = read(&form, &rulebook(Country::Dk));
        let totals = &reading.totals;
        prop_assert_eq!(totals.net.plus(totals.vat).unwrap(), totals.gross);
        let sum = |of: fn(&LineReading) -> Option<Money>| -> i64 { reading.lines.iter().filter_map(of).map(|m| m.minor).sum() };
        prop_assert_eq!(sum(|line| line.net), totals.net.minor);
        prop_assert_eq!(sum(|line| line.vat), totals.vat.minor);
        prop_assert_eq!(sum(|line| line.gross), totals.gross.minor);
        prop_assert_eq!(totals.vat_groups.iter().map(|g| g.net.minor).sum::<i64>(), totals.net.minor);
        prop_assert_eq!(totals.vat_groups.iter().map(|g| g.vat.minor).sum::<i64>(), totals.vat.minor);
        for line in &reading.lines {
            if let (Some(net), Some(vat)) = (line.net, line.vat) {
                prop_assert_eq!(Some(net.plus(vat).unwrap()), line.gross);
            }
        }
    }

    #[test]
    fn a_typed_gross_price_stays_the_total(minor in 1_i64..1_500_000, rate in prop_oneof![Just("0"), Just("25"), Just("25,5"), Just("13,5"), Just("10")]) {
        let mut form = form(&Decimal::new(minor, 2).to_string());
        form.lines[0].vat_rate = rate.to_owned();
        let reading = read(&form, &rulebook(Country::Dk));
        prop_assert_eq!(reading.totals.gross.minor, minor);
        // The net price on the paper leads back to the typed one.
        let line = &reading.content.unwrap().lines[0];
        let back = line.unit_price_net * (Decimal::ONE_HUNDRED + line.vat_rate) / Decimal::ONE_HUNDRED;
        prop_assert_eq!(Money::rounded(back, Country::Dk.currency()).unwrap().minor, minor);
    }

    #[test]
    fn no_text_in_any_box_breaks_the_reading(texts in prop::collection::vec(".*", 16)) {
        let t = |n: usize| texts[n].clone();
        let form = DraftForm {
            recipient: RecipientForm { name: t(0), phone: t(1), ..RecipientForm::default() },
            issuer_id: t(2),
            issue_date: t(3),
            due_date: t(4),
            payment_reference: t(5),
            comment: t(6),
            invoice_url: t(7),
            redirect_url: t(8),
            lines: vec![LineForm {
                item_number: t(9), description: t(10), quantity: t(11), unit: t(12),
                unit_price: t(13), vat_rate: t(14), discount: t(15),
            }],
            ..DraftForm::default()
        };
        for country in [Country::Dk, Country::Fi] {
            let reading = read(&form, &rulebook(country));
            prop_assert_eq!(&read(&form, &rulebook(country)), &reading);
        }
    }
}
