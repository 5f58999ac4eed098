//! Lists, counts, sums and search: what the merchant looks at.

mod shop;

use invoice::{Channel, Country, Phone, State};
use jiff::ToSpan as _;
use ledger::{Customer, Figure, Filter, LedgerError, Outcome, Query, Shown, Sort};
use shop::{Bill, Shop, TODAY, query};

fn due(days: i64, minor: i64) -> Bill {
    Bill {
        due: TODAY + days.days(),
        minor,
        ..Bill::default()
    }
}

/// One invoice in each situation.
fn busy() -> Shop {
    let mut shop = Shop::new();
    for (id, days, minor) in [
        ("late", -40, 100),
        ("yesterday", -1, 200),
        ("today", 0, 400),
        ("soon", 7, 800),
        ("later", 8, 1_600),
    ] {
        shop.deliver(id, &due(days, minor));
    }
    shop.deliver("paid", &due(1, 3_200));
    shop.say("paid", State::Paid, 10);
    shop.deliver("rejected", &due(1, 6_400));
    shop.say("rejected", State::Rejected, 10);
    shop.deliver("expired", &due(1, 12_800));
    shop.say("expired", State::Expired, 10);
    shop.send("doubt", &due(20, 25_600));
    shop.begin("doubt", 6);
    shop.settle(
        "doubt",
        &Outcome::Unclear {
            retry_at: shop::at(60),
        },
        7,
    );
    shop.draft("d", "Jens");
    shop
}

#[test]
fn every_filter_counts_what_it_lists() {
    let shop = busy();
    let counts = shop.books.counts(TODAY).unwrap();
    let table = [
        (Filter::All, counts.all, 9),
        (Filter::Waiting, counts.waiting, 6),
        (Filter::Overdue, counts.overdue, 2),
        (Filter::DueSoon, counts.due_soon, 2),
        (Filter::Paid, counts.paid, 1),
        (Filter::PaidThisMonth, counts.paid_this_month, 1),
        (Filter::NeedsYou, counts.needs_you, 2),
        (Filter::Closed, counts.closed, 2),
    ];
    for (filter, counted, expected) in table {
        let page = shop.list(filter, "");
        assert_eq!(
            (counted, page.total, page.rows.len()),
            (expected, expected, expected as usize),
            "{filter:?}"
        );
    }
    assert_eq!(counts.drafts, 1);
}

#[test]
fn the_overview_sums_to_the_minor_unit() {
    let overview = busy().books.overview(TODAY).unwrap();
    let figure = |minor, count| Figure { minor, count };
    assert_eq!(overview.outstanding, figure(28_700, 6));
    assert_eq!(overview.overdue, figure(300, 2));
    assert_eq!(overview.due_soon, figure(1_200, 2));
    assert_eq!(overview.paid_this_month, figure(3_200, 1));
    assert_eq!(overview.ages.map(|age| age.minor), [28_400, 200, 100, 0, 0]);
    assert_eq!(
        overview.ages.iter().map(|age| age.minor).sum::<i64>(),
        overview.outstanding.minor
    );
    assert_eq!(overview.weeks.len(), 17);
    let this_week = overview.weeks[12];
    assert_eq!(
        (this_week.monday, this_week.paid_minor, this_week.expected_minor),
        (TODAY, 3_200, 400)
    );
    assert_eq!(overview.weeks[13].expected_minor, 2_400);
    let needing: Vec<Shown> = overview.needs_you.iter().map(|row| row.shown).collect();
    assert_eq!(needing, [Shown::Rejected, Shown::InDoubt]);
    assert_eq!(overview.recent.len(), 10);
    assert!(!overview.empty);
    assert!(Shop::new().books.overview(TODAY).unwrap().empty);
}

#[test]
fn the_first_page_and_the_chips_agree_with_each_other() {
    let shop = busy();
    let (counts, overview) = (
        shop.books.counts(TODAY).unwrap(),
        shop.books.overview(TODAY).unwrap(),
    );
    assert_eq!(counts.waiting, overview.outstanding.count);
    assert_eq!(counts.overdue, overview.overdue.count);
    assert_eq!(counts.due_soon, overview.due_soon.count);
    assert_eq!(counts.paid_this_month, overview.paid_this_month.count);
}

#[test]
fn what_is_typed_is_found_wherever_it_stands() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    shop.send(
        "b",
        &Bill {
            name: "Hyvä Kahvila Åbo",
            phone: Some("20304050"),
            text: "Blå mærke 10% \"rabat\"",
            reference: "2026-0077",
            minor: 123_450,
            ..Bill::default()
        },
    );
    for text in [
        "Østergade",
        "ostergade",
        "ØSTER",
        "cykler oster",
        "3112 2334",
        "31 12",
        "+45 31 12 23 34",
        "REF-1",
        "eftersyn",
        "125,00",
        "125.00",
        "øs",
        "1",
    ] {
        assert!(shop.numbers(text).contains(&1), "{text:?} finds the first");
    }
    for text in [
        "hyva",
        "abo kahv",
        "BLA MAERKE",
        "203040",
        "0077",
        "1.234,50",
        "1 234,5",
        "1234.50",
        "10%",
        "\"rabat\"",
        "hy",
        "2",
    ] {
        assert_eq!(shop.numbers(text), [2], "{text:?} finds the second only");
    }
    for text in [
        "ostergade hyva",
        "% _",
        "NOT",
        "words:hyva",
        "' OR 1 --",
        "gade",
        "zz",
    ] {
        let found = shop.numbers(text);
        assert!(
            text == "gade" && found == [1] || found.is_empty(),
            "{text:?} finds {found:?}"
        );
    }
    assert_eq!(shop.numbers("  "), [1, 2]);
}

#[test]
fn a_search_keeps_the_filter_the_order_and_the_total() {
    let mut shop = busy();
    shop.deliver(
        "other",
        &Bill {
            name: "Kiosken",
            ..due(-3, 50)
        },
    );
    let mut asked = Query {
        sort: Sort::Amount,
        ascending: false,
        limit: 1,
        ..query(Filter::Overdue, "cykler")
    };
    let page = shop.books.invoices(&asked).unwrap();
    assert_eq!((page.total, page.rows[0].gross_minor), (2, 200));
    asked.offset = 1;
    assert_eq!(shop.books.invoices(&asked).unwrap().rows[0].gross_minor, 100);
}

#[test]
fn every_column_sorts_both_ways() {
    let shop = busy();
    for sort in [
        Sort::Number,
        Sort::Customer,
        Sort::Issued,
        Sort::Due,
        Sort::Amount,
        Sort::State,
    ] {
        for filter in [Filter::All, Filter::Waiting, Filter::Paid] {
            let ids = |ascending| -> Vec<String> {
                let asked = Query {
                    sort,
                    ascending,
                    ..query(filter, "")
                };
                shop.books
                    .invoices(&asked)
                    .unwrap()
                    .rows
                    .into_iter()
                    .map(|row| row.id)
                    .collect()
            };
            let mut backwards = ids(false);
            backwards.reverse();
            assert_eq!(ids(true), backwards, "{sort:?} {filter:?}");
        }
    }
}

fn customer(id: &str, name: &str, phone: &str) -> Customer {
    Customer {
        id: id.into(),
        name: name.into(),
        phone: Phone::parse(phone, Country::Dk).ok(),
        address: invoice::Address::default(),
        email: String::new(),
        language: None,
        default_channel: Channel::Phone,
        invoices: 0,
    }
}

#[test]
fn customers_are_found_by_any_part_of_name_and_phone() {
    let mut shop = Shop::new();
    shop.books
        .save_customer(&customer("1", "Jens Ødegård", "31122334"))
        .unwrap();
    shop.books
        .save_customer(&customer("2", "Åse Jensen", "20304050"))
        .unwrap();
    shop.books
        .save_customer(&customer("3", "100 % Café_", ""))
        .unwrap();
    for (text, expected) in [
        ("jens", vec!["2", "1"]),
        ("odegard jens", vec!["1"]),
        ("31 12 23", vec!["1"]),
        ("+45 2030", vec!["2"]),
        ("å", vec!["3", "2", "1"]),
        ("%", vec!["3"]),
        ("cafe_", vec!["3"]),
        ("nobody", vec![]),
    ] {
        let page = shop.books.customers(text, 0, 10).unwrap();
        let mut ids: Vec<&str> = page.customers.iter().map(|found| found.id.as_str()).collect();
        let mut expected = expected;
        ids.sort_unstable();
        expected.sort_unstable();
        assert_eq!(ids, expected, "{text:?}");
        assert_eq!(page.total as usize, expected.len());
    }
}

#[test]
fn an_archived_customer_leaves_the_list_but_not_the_invoices() {
    let mut shop = Shop::new();
    shop.books
        .save_customer(&customer("1", "Jens", "31122334"))
        .unwrap();
    shop.send(
        "a",
        &Bill {
            customer_id: Some("1"),
            ..Bill::default()
        },
    );
    assert_eq!(shop.books.customers("", 0, 10).unwrap().customers[0].invoices, 1);
    shop.books.archive_customer("1").unwrap();
    assert_eq!(shop.books.customers("", 0, 10).unwrap().total, 0);
    assert_eq!(shop.books.customer("1").unwrap().name, "Jens");
    assert_eq!(shop.numbers("cykler"), [1]);
    assert!(matches!(
        shop.books.archive_customer("2"),
        Err(LedgerError::NotFound("customer"))
    ));
}
