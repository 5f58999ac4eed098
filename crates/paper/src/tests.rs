//! What stands on paper, read back from the set pages.

use invoice::{Business, Content, Country, DraftForm};
use jiff::Timestamp;

use crate::{
    Language, Payment, Press, Sheet,
    figures::{money, money_named, percent},
    press::each_text,
};

#[path = "../examples/sheet/samples.rs"]
mod samples;

use samples::{TODAY, bicycle, carpentry, hostile, line, nordhavn, reading, saarni, sixty_lines, unfinished};

const DK: Country = Country::Dk;
const FI: Country = Country::Fi;

fn content(form: &DraftForm, country: Country) -> Content {
    reading(form, country).content.expect("the sample is whole")
}

fn draft(form: &DraftForm, language: Language) -> Sheet {
    Sheet::of_draft(form, &reading(form, DK), &nordhavn(), DK, language, TODAY)
}

/// The letters of each page, without the break marks inside long words.
fn pages(press: &Press, sheet: &Sheet) -> Vec<String> {
    let document = press.set(sheet).unwrap();
    let read = |page: usize| {
        let mut text = String::new();
        each_text(&document.pages()[page..=page], &mut |item| {
            text.push_str(&item.text);
            text.push('\n');
        });
        text.replace('\u{200b}', "")
    };
    (0..document.pages().len()).map(read).collect()
}

fn text(sheet: &Sheet) -> String {
    pages(&Press::new(), sheet).concat()
}

/// The text without line ends, for what may be broken over lines or set in several fonts.
fn run(sheet: &Sheet) -> String {
    text(sheet).replace(['\n', ' '], "")
}

#[track_caller]
fn shows(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not on the paper:\n{text}");
    }
}

#[test]
fn every_amount_on_paper_is_the_one_in_the_content() {
    for (form, country, language) in [
        (bicycle(), DK, Language::Da),
        (carpentry(), FI, Language::Fi),
        (carpentry(), FI, Language::En),
    ] {
        let content = content(&form, country);
        let text = text(&Sheet::of_content(&content, &saarni(), Some(7), language));
        let totals = &content.totals;
        let of_groups = totals.vat_groups.iter().flat_map(|group| [group.net, group.vat]);
        let of_lines = content.lines.iter().map(|line| line.gross);
        for amount in of_groups.chain(of_lines).chain([totals.net]) {
            shows(&text, &[&money(amount, country)]);
        }
        shows(&text, &[&money_named(totals.gross, country, language)]);
        for line in &content.lines {
            let price = crate::figures::decimal(line.unit_price_net, 2, country);
            shows(&text, &[&price, &percent(line.vat_rate, country)]);
        }
    }
}

#[test]
fn a_danish_paper_names_what_the_law_asks_for() {
    let sheet = Sheet::of_content(&content(&bicycle(), DK), &nordhavn(), Some(1064), Language::Da);
    shows(
        &text(&sheet),
        &[
            "FAKTURA",
            "1064",
            "23.11.2026",
            "07.12.2026",
            "Nordhavn Cykler",
            "Havnegade 3",
            "CVR 25313763",
            "Mads Krogh",
            "2100 København Ø",
            "31 12 23 34",
            "Stort serviceeftersyn",
            "Enhedspris",
            "uden moms",
            "Total uden moms",
            "Moms 25\u{a0}%",
            "2.015,00\u{a0}kr.",
            "Betalingsdato",
        ],
    );
}

#[test]
fn a_finnish_paper_carries_every_field() {
    let sheet = Sheet::of_content(&content(&carpentry(), FI), &saarni(), Some(1), Language::Fi);
    shows(
        &text(&sheet),
        &[
            "LASKU",
            "Eräpäivä",
            "7.12.2026",
            "Y-tunnus 0112038-9",
            "Toimitusosoite",
            "Varastokatu 3",
            "Toimituspäivä",
            "20.11.2026",
            "Tilauspäivä",
            "2.11.2026",
            "Ostajan tilausnumero",
            "PO 5512",
            "Myyjän tilausnumero",
            "2026-118",
            "Yhteyshenkilö",
            "Sini Saarni",
            "Maksun viite",
            "1234561",
            "HV-180",
            "Alennus 48,00 sis. ALV",
            "ALV 13,5\u{a0}% summasta 26,34",
            "ilman ALV 382,47012",
            "\u{2212}12,40",
            "675,25\u{a0}€",
            "Kiitos tilauksesta!",
        ],
    );
}

#[test]
fn an_english_paper_keeps_the_figures_of_its_country() {
    let sheet = Sheet::of_content(&content(&bicycle(), DK), &nordhavn(), Some(1), Language::En);
    let labels = [
        "INVOICE",
        "Company ID 25313763",
        "Due date",
        "07.12.2026",
        "ex VAT",
        "2.015,00\u{a0}DKK",
    ];
    shows(&text(&sheet), &labels);
}

#[test]
fn known_pains_18_no_letter_is_dropped() {
    let mut form = bicycle();
    form.recipient.name = "æøåäöÆØÅÄÖ Þórður Łukasz Nguyễn Ștefan Đặng".to_owned();
    form.recipient.address.street = "Дарья Ёлкина Ґанок".to_owned();
    form.recipient.address.extra = "Ελένη Παπαδοπούλου Ύδρα".to_owned();
    form.comment = "שלום مرحبا ₴ ½ № ☃ 😀 ﬁ".to_owned();
    let sheet = Sheet::of_content(&content(&form, DK), &nordhavn(), Some(1), Language::Da);
    let run = run(&sheet);
    for word in [
        &form.recipient.name,
        &form.recipient.address.street,
        &form.recipient.address.extra,
    ] {
        shows(&run, &[&word.replace(' ', "")]);
    }
    assert_eq!(Press::new().unprintable(&sheet).unwrap(), Vec::<char>::new());
}

#[test]
fn letters_without_a_glyph_are_told() {
    let mut form = bicycle();
    form.comment = "日本 æ 日".to_owned();
    let missing = Press::new().unprintable(&draft(&form, Language::Da)).unwrap();
    assert_eq!(missing, ['日', '本']);
}

#[test]
fn hostile_text_is_shown_and_never_run() {
    let sheet = Sheet::of_content(&content(&hostile(), DK), &nordhavn(), Some(1066), Language::Da);
    let run = run(&sheet);
    let form = hostile();
    let comment = form.comment.lines().map(str::to_owned);
    let lines = form.lines.iter().map(|line| line.description.clone());
    // Texts from right to left stand in another order among the runs; known_pains_18 sees to their letters.
    let lines = lines.filter(|line| !line.contains('ש'));
    for typed in comment
        .chain(lines)
        .chain([form.recipient.name, form.recipient.address.street])
    {
        shows(&run, &[&typed.replace(' ', "")]);
    }
}

#[test]
fn no_character_at_all_breaks_the_press() {
    let press = Press::new();
    let mut form = bicycle();
    // Each behind a letter: marks on a space trip a debug assertion of Typst 0.15, and nobody writes them.
    form.comment = ('\0'..'\u{1000}').flat_map(|c| ['a', c, ' ']).collect();
    form.lines[2].description = "שָׁלוֹם עוֹלָם مَرْحَبًا بِالْعَالَمِ 24 kr. ".repeat(12);
    form.lines[0].description = "\"\\\u{202e}\u{0}\u{fffe}".repeat(40);
    form.lines[1].item_number = "\u{1f468}\u{200d}\u{1f469}".repeat(60);
    form.payment_reference = "M".repeat(400);
    form.recipient.name = "é\u{301}".repeat(300);
    form.buyer_order_number = "\u{2028}\t\r\n".to_owned();
    let sheet = draft(&form, Language::Fi);
    assert!(!press.svg(&sheet).unwrap().is_empty());
    assert!(
        press
            .pdf(&sheet, Timestamp::UNIX_EPOCH)
            .unwrap()
            .starts_with(b"%PDF-")
    );
    // What cannot be seen is shown as U+FFFD.
    shows(&pages(&press, &sheet).concat(), &["\u{fffd}"]);
}

#[test]
fn a_draft_looks_like_the_invoice_it_becomes() {
    let form = bicycle();
    let whole = reading(&form, DK);
    let as_draft = draft(&form, Language::Da);
    let content = whole.content.expect("the sample is whole");
    assert_eq!(
        as_draft,
        Sheet::of_content(&content, &nordhavn(), None, Language::Da)
    );
    let sent = text(&Sheet::of_content(
        &content,
        &nordhavn(),
        Some(1064),
        Language::Da,
    ));
    assert_eq!(text(&as_draft).replace("ved afsendelse", "1064"), sent);
}

#[test]
fn an_unfinished_draft_shows_what_can_be_read() {
    let text = text(&draft(&unfinished(), Language::Da));
    shows(
        &text,
        &[
            "ved afsendelse",
            "Mads Krogh",
            "31 12",
            "23.11.2026",
            "Betalingsdato",
            "Slange 700C",
            "1.250,00\u{a0}kr.",
        ],
    );
    assert!(!text.contains("7.13.") && !text.contains("1.234"), "{text}");
}

#[test]
fn prices_with_vat_look_alike_before_and_after_the_last_box() {
    let mut form = carpentry();
    let whole = Sheet::of_content(&content(&form, FI), &saarni(), None, Language::Fi);
    form.due_date = String::new();
    let read = reading(&form, FI);
    assert!(read.content.is_none());
    let lacking = Sheet::of_draft(&form, &read, &saarni(), FI, Language::Fi, TODAY);
    assert_eq!(text(&lacking), text(&whole).replace("7.12.2026\n", ""));
}

#[test]
fn an_empty_form_is_one_blank_paper() {
    let form = DraftForm::default();
    let sheet = Sheet::of_draft(
        &form,
        &reading(&form, DK),
        &Business::default(),
        DK,
        Language::Da,
        TODAY,
    );
    let pages = pages(&Press::new(), &sheet);
    assert_eq!(pages.len(), 1);
    shows(&pages[0], &["FAKTURA", "Fakturadato", "0,00\u{a0}kr."]);
}

#[test]
fn sixty_lines_repeat_the_head_of_the_table_and_number_the_pages() {
    let sheet = Sheet::of_content(
        &content(&sixty_lines(), DK),
        &nordhavn(),
        Some(1065),
        Language::Da,
    );
    let pages = pages(&Press::new(), &sheet);
    for (index, page) in pages.iter().enumerate() {
        shows(
            page,
            &["Beskrivelse", &format!("{} / {}", index + 1, pages.len())],
        );
        assert_eq!(page.contains("FAKTURA 1065"), index > 0);
    }
    for number in 1..=60 {
        shows(&pages.concat(), &[&format!("nr. {number}\n")]);
    }
}

#[test]
fn the_sums_never_stand_on_a_page_without_lines() {
    let press = Press::new();
    let mut form = bicycle();
    for count in 22..=34 {
        form.lines = (1..=count)
            .map(|index| line(&format!("Vare {index}."), "1", "stk", "10"))
            .collect();
        let sheet = Sheet::of_content(&content(&form, DK), &nordhavn(), Some(1), Language::Da);
        let pages = pages(&press, &sheet);
        let with_sums = pages.iter().find(|page| page.contains("kr.\n")).unwrap();
        for kept in [count - 1, count] {
            assert!(
                with_sums.contains(&format!("Vare {kept}.")),
                "{count} lines: {with_sums}"
            );
        }
    }
}

#[test]
fn a_link_stands_with_its_code_and_a_payment_in_the_app_without() {
    let sheet = Sheet::of_content(&content(&bicycle(), DK), &nordhavn(), Some(1), Language::Da);
    let link = "https://www.mobilepay.dk/invoice/0f3c2d6e-3a52-4a0e-9d1b-6d4c2f8e7a10";
    let press = Press::new();
    let by_link = sheet.clone().paid_by(Payment::Link(link));
    shows(&run(&by_link), &[link, "Scankoden"]);
    assert!(press.svg(&by_link).unwrap()[0].contains("<image"));
    let in_app = sheet.clone().paid_by(Payment::App);
    shows(&text(&in_app), &["MobilePay"]);
    assert!(!text(&sheet).contains("MobilePay"));
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let sheet = Sheet::of_content(&content(&carpentry(), FI), &saarni(), Some(1), Language::Fi);
    let created = Timestamp::UNIX_EPOCH;
    let first = Press::new();
    let again = Press::new();
    assert_eq!(
        first.pdf(&sheet, created).unwrap(),
        again.pdf(&sheet, created).unwrap()
    );
    assert_eq!(first.svg(&sheet).unwrap(), again.svg(&sheet).unwrap());
}

#[test]
fn a_page_on_the_screen_needs_no_font_and_runs_nothing() {
    let sheet = Sheet::of_content(&content(&hostile(), DK), &nordhavn(), Some(1), Language::Da);
    for page in Press::new().svg(&sheet).unwrap() {
        assert!(page.starts_with("<svg"));
        for absent in ["<text", "<script", "<foreignObject", "javascript:", "font-family"] {
            assert!(!page.contains(absent), "{absent}");
        }
    }
}
