//! Files of many invoices: what is understood, what is said beside a row, and what is refused in one sentence.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ipc::{FileTrouble, Refusal};
use serde_json::{Value, json};

use crate::shop::Shop;

/// Hands a file over as the window does, in pieces, and reads it.
pub(crate) async fn read(shop: &Shop, name: &str, bytes: &[u8]) -> Result<Value, Refusal> {
    let begin = json!({ "name": name, "size": bytes.len() });
    let id = shop.try_call("import_begin", begin).await?["id"].clone();
    for piece in bytes.chunks(200_000) {
        let piece = json!({ "id": id, "base64": STANDARD.encode(piece) });
        shop.try_call("import_piece", piece).await?;
    }
    shop.try_call("import_read", json!({ "id": id })).await
}

/// Makes a run of a file as it is understood.
pub(crate) async fn keep(shop: &Shop, bytes: &[u8]) -> Value {
    let view = read(shop, "kunder.csv", bytes).await.unwrap();
    shop.call("import_keep", view["plan"].clone()).await
}

pub(crate) async fn rows(shop: &Shop, run: &Value, part: &str, channel: &str) -> Vec<Value> {
    let asked = json!({ "id": run["run"]["id"], "part": part, "channel": channel, "after": 0, "limit": 500 });
    shop.call("run_rows", asked).await["rows"]
        .as_array()
        .unwrap()
        .clone()
}

/// `position total problems`, a line each.
async fn lines(shop: &Shop, run: &Value) -> Vec<String> {
    let line = |row: &Value| {
        let problems: Vec<String> = row["problems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|problem| {
                format!(
                    "{} {}",
                    problem["field"].as_str().unwrap(),
                    problem["code"].as_str().unwrap()
                )
            })
            .collect();
        format!(
            "{} {} {} {}",
            row["position"],
            row["customer"].as_str().unwrap(),
            row["total"]["minor"],
            problems.join(", ")
        )
    };
    rows(shop, run, "all", "phone")
        .await
        .iter()
        .map(|row| line(row).trim_end().to_owned())
        .collect()
}

const DANISH: &str = "Kunde;Mobil;Tekst;Antal;Pris;Forfaldsdato\r\n\
    \"Ærø \"\"Havn\"\"; Café\";57 37 32 59;Kontingent;2;1.200,50;31.12.2026\r\n\
    Søren;22 50 98 95;Kontingent;1;1.200;\r\n";

fn utf_16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn windows_1252(text: &str) -> Vec<u8> {
    text.chars()
        .map(|sign| u8::try_from(u32::from(sign)).unwrap())
        .collect()
}

#[tokio::test]
async fn every_encoding_and_delimiter_gives_the_same_invoices() {
    let shop = Shop::signed_in().await;
    let marked = [b"\xef\xbb\xbf", DANISH.as_bytes()].concat();
    let tabs = DANISH
        .replace("; Café", "€ Café")
        .replace(';', "\t")
        .replace("€ Café", "; Café");
    let files: [(&[u8], &str); 6] = [
        (DANISH.as_bytes(), "CSV · ; · UTF-8"),
        (&marked, "CSV · ; · UTF-8"),
        (&utf_16(DANISH), "CSV · ; · UTF-16LE"),
        (&utf_16(DANISH)[2..], "CSV · ; · UTF-16LE"),
        (&windows_1252(DANISH), "CSV · ; · windows-1252"),
        (tabs.as_bytes(), "CSV · tab · UTF-8"),
    ];
    for (bytes, how) in files {
        let view = read(&shop, "kunder.csv", bytes).await.unwrap();
        assert_eq!((&view["how"], &view["rows"]), (&json!(how), &json!(2)));
        assert_eq!(view["plan"]["decimal"], "comma", "{view}");
        let run = shop.call("import_keep", view["plan"].clone()).await;
        // 1.200 is read as the other prices of the file are: thousands.
        assert_eq!(
            lines(&shop, &run).await,
            ["1 Ærø \"Havn\"; Café 300125", "2 Søren 150000"],
            "{how}"
        );
    }
}

#[tokio::test]
async fn english_with_commas_and_points_and_finnish_are_read_too() {
    let shop = Shop::signed_in().await;
    let english = "Name,Phone,Description,Price,Due date\nAnn,+45 57373259,Ticket,\"1,234.50\",2026-12-31\nBo,+4522509895,Ticket,\"1,234\",2026-12-31\n";
    let run = keep(&shop, english.as_bytes()).await;
    assert_eq!(lines(&shop, &run).await, ["1 Ann 154313", "2 Bo 154250"]);
    let finnish = "Nimi\tPuhelin\tSelite\tHinta\tEräpäivä\nAino\t57373259\tMaksu\t99,50\t31.12.2026\n";
    let run = keep(&shop, finnish.as_bytes()).await;
    assert_eq!(lines(&shop, &run).await, ["1 Aino 12438"]);
}

#[tokio::test]
async fn each_wrong_box_is_named_in_its_row_and_is_corrected_there() {
    let shop = Shop::signed_in().await;
    let file = "Navn;Telefon;Tekst;Pris;Forfaldsdato\n\
        Rigtig;57373259;Hat;100;\n\
        Ingen tlf;;Hat;100;\n\
        Kort tlf;12345;Hat;100;\n\
        Ord;57373259;Hat;tolv;\n\
        Formel;57373259;Hat;=A1+B1;\n\
        Tvivl;57373259;Hat;1.234;\n\
        Sent;57373259;Hat;100;1.1.2020\n\
        Intet;57373259;;100;\n\
        \"Nul\";=\"57373259\";Hat;0;\n";
    let run = keep(&shop, file.as_bytes()).await;
    assert_eq!(
        lines(&shop, &run).await,
        [
            "1 Rigtig 12500",
            "2 Ingen tlf 12500 recipient.phone phone_missing",
            "3 Kort tlf 12500 recipient.phone phone_too_short",
            "4 Ord 0 lines.0.unitPrice number_unreadable",
            "5 Formel 0 lines.0.unitPrice number_unreadable",
            "6 Tvivl 0 lines.0.unitPrice number_ambiguous",
            "7 Sent 12500 dueDate due_date_in_past",
            "8 Intet 12500 lines.0.description description_missing",
            "9 Nul 0 total total_not_positive",
        ]
    );
    assert_eq!(run["toPhone"]["count"], 1);
    assert_eq!(
        (&run["asLink"]["count"], &run["asLink"]["wanting"]),
        (&json!(2), &json!(7))
    );
    let at = json!({ "id": run["run"]["id"], "position": 4 });
    let mut form = shop.call("run_row_show", at).await["form"].clone();
    form["lines"][0]["unitPrice"] = json!("12");
    let save = json!({ "id": run["run"]["id"], "position": 4, "form": form });
    let saved = shop.call("run_row_save", save).await;
    assert_eq!(saved["reading"]["gross"]["minor"], 1_500);
    let run = shop.call("run_show", json!({ "id": run["run"]["id"] })).await;
    assert_eq!(
        run["toPhone"],
        json!({ "count": 2, "total": { "minor": 14_000, "currency": "DKK" }, "wanting": 7, "again": 0 })
    );
}

#[tokio::test]
async fn the_eleventh_of_a_day_to_one_phone_stays_and_nothing_else() {
    let shop = Shop::signed_in().await;
    let mut file = String::from("Navn;Telefon;Tekst;Pris\n");
    for row in 1..=12 {
        file.push_str(&format!("Nr {row};57373259;Hat;10\n"));
    }
    let run = keep(&shop, file.as_bytes()).await;
    assert_eq!(
        (&run["toPhone"]["count"], &run["toPhone"]["wanting"]),
        (&json!(10), &json!(2))
    );
    let wanting = rows(&shop, &run, "wanting", "phone").await;
    assert_eq!(wanting[0]["position"], 11);
    assert_eq!(wanting[0]["problems"][0]["code"], "daily_limit_reached");
}

#[tokio::test]
async fn headings_of_the_merchants_own_are_remembered() {
    let shop = Shop::signed_in().await;
    let file = b"Navn;Hvad;Pris\nMads;Hat;10\n";
    let mut view = read(&shop, "kunder.csv", file).await.unwrap();
    assert_eq!(view["plan"]["columns"], json!(["name", null, "unit_price"]));
    view["plan"]["columns"][1] = json!("description");
    shop.call("import_keep", view["plan"].clone()).await;
    let again = read(&shop, "kunder.csv", file).await.unwrap();
    assert_eq!(
        again["plan"]["columns"],
        json!(["name", "description", "unit_price"])
    );
}

async fn trouble(shop: &Shop, bytes: &[u8]) -> (Option<FileTrouble>, Option<String>) {
    let refusal = read(shop, "fil", bytes).await.unwrap_err();
    (refusal.file, refusal.detail)
}

#[tokio::test]
async fn hostile_files_get_one_sentence_each_and_leave_nothing() {
    let shop = Shop::signed_in().await;
    let heading = "Navn;Pris\n";
    let many = heading.to_owned() + &"a;1\n".repeat(100_000);
    let long = format!("{heading}b;2\n{};1\n", "x".repeat(1_000_000));
    let wide = ";".repeat(300) + "x\n";
    let mut noise: Vec<u8> = (0..4_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0])
        .collect();
    noise[0] = b'a';
    let none = |why| (Some(why), None);
    assert_eq!(
        trouble(&shop, &many.into_bytes()).await,
        none(FileTrouble::TooManyRows)
    );
    assert_eq!(
        trouble(&shop, &long.into_bytes()).await,
        (Some(FileTrouble::CellTooLong), Some("3".into()))
    );
    assert_eq!(
        trouble(&shop, wide.as_bytes()).await,
        none(FileTrouble::TooManyColumns)
    );
    assert_eq!(trouble(&shop, &noise).await, none(FileTrouble::NotATable));
    assert_eq!(trouble(&shop, b"%PDF-1.7").await, none(FileTrouble::NotATable));
    assert_eq!(
        trouble(&shop, &[0xd0, 0xcf, 0x11, 0xe0, 0xa1]).await,
        none(FileTrouble::OldExcel)
    );
    assert_eq!(
        trouble(&shop, b"PK\x03\x04 and then nothing").await,
        none(FileTrouble::Damaged)
    );
    for empty in ["", "\n\n", ";;;\n;;\n", heading, "\u{feff}"] {
        assert_eq!(
            trouble(&shop, empty.as_bytes()).await,
            none(FileTrouble::Empty),
            "{empty:?}"
        );
    }
    assert_eq!(
        trouble(&shop, &vec![b'a'; 6_000_000]).await,
        none(FileTrouble::TooLarge)
    );
    let bomb = excel(&[("xl/worksheets/sheet1.xml", &" ".repeat(80_000_000))]);
    assert!(bomb.len() < 1_000_000);
    assert_eq!(trouble(&shop, &bomb).await, none(FileTrouble::UnpacksTooLarge));
    assert_eq!(shop.call("run_list", json!({})).await["runs"], json!([]));
}

const BOOK: &[(&str, &str)] = &[
    (
        "[Content_Types].xml",
        r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Ark1" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
    ),
];

fn excel(parts: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn sheet(cells: &str) -> Vec<u8> {
    let text = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>{cells}</sheetData></worksheet>"#
    );
    excel(&[BOOK, &[("xl/worksheets/sheet1.xml", &text)]].concat())
}

fn words(row: u32, words: &[&str]) -> String {
    let cell = |(at, word): (usize, &&str)| {
        let column = char::from(b'A' + u8::try_from(at).unwrap());
        format!(r#"<c r="{column}{row}" t="inlineStr"><is><t>{word}</t></is></c>"#)
    };
    format!(
        r#"<row r="{row}">{}</row>"#,
        words.iter().enumerate().map(cell).collect::<String>()
    )
}

#[tokio::test]
async fn excel_is_read_with_its_numbers_days_percents_and_formulas() {
    let shop = Shop::signed_in().await;
    // 46387 is 31 December 2026; the price is a formula whose last result is 1,000.10.
    let row = r#"<row r="3"><c r="A3" t="inlineStr"><is><t>Mads</t></is></c><c r="B3"><v>57373259</v></c>
        <c r="C3" t="inlineStr"><is><t>Hat</t></is></c><c r="D3"><f>B1*2</f><v>1000.0999999999999</v></c>
        <c r="E3"><v>0.25</v></c><c r="F3" s="1"><v>46387</v></c></row>"#;
    let bytes = sheet(&(words(1, &["Navn", "Mobil", "Tekst", "Pris", "Moms", "Forfald"]) + row));
    let view = read(&shop, "kunder.xlsx", &bytes).await.unwrap();
    assert_eq!((&view["how"], &view["rows"]), (&json!("Excel · Ark1"), &json!(1)));
    let run = shop.call("import_keep", view["plan"].clone()).await;
    assert_eq!(lines(&shop, &run).await, ["1 Mads 125013"]);
    let row = &rows(&shop, &run, "all", "phone").await[0];
    assert_eq!(
        (&row["due"], &row["phone"]),
        (&json!("2026-12-31"), &json!("57 37 32 59"))
    );
}

/// `+45 57 37 32 59` typed into a cell is the number 4557373259 to Excel.
#[tokio::test]
async fn a_phone_that_excel_made_a_number_of_still_rings() {
    let shop = Shop::signed_in().await;
    let row = r#"<row r="2"><c r="A2" t="inlineStr"><is><t>Mads</t></is></c><c r="B2"><v>4557373259</v></c>
        <c r="C2" t="inlineStr"><is><t>Hat</t></is></c><c r="D2"><v>10</v></c></row>"#;
    let bytes = sheet(&(words(1, &["Navn", "Mobil", "Tekst", "Pris"]) + row));
    let view = read(&shop, "kunder.xlsx", &bytes).await.unwrap();
    let run = shop.call("import_keep", view["plan"].clone()).await;
    let row = &rows(&shop, &run, "all", "phone").await[0];
    assert_eq!(
        (&row["phone"], &row["problems"]),
        (&json!("57 37 32 59"), &json!([]))
    );
}

/// A text price in Excel: the numbers beside it are written with a point by nobody but the reader.
#[tokio::test]
async fn numbers_of_excel_say_nothing_of_how_its_texts_are_written() {
    let shop = Shop::signed_in().await;
    let row = |row: u32, price: &str| {
        words(row, &["Mads", "57373259", "Hat"]).replace("</row>", "")
            + price
            + &format!(r#"<c r="E{row}"><v>0.25</v></c></row>"#)
    };
    let rows = row(2, r#"<c r="D2"><v>100.5</v></c>"#)
        + &row(3, r#"<c r="D3" t="inlineStr"><is><t>1.234 kr.</t></is></c>"#);
    let bytes = sheet(&(words(1, &["Navn", "Mobil", "Tekst", "Pris", "Moms"]) + &rows));
    let view = read(&shop, "kunder.xlsx", &bytes).await.unwrap();
    assert_eq!(view["plan"]["decimal"], "unknown");
    let run = shop.call("import_keep", view["plan"].clone()).await;
    assert_eq!(
        lines(&shop, &run).await,
        ["1 Mads 12563", "2 Mads 0 lines.0.unitPrice number_ambiguous"]
    );
}

/// Excel keeps 10 % as 0.1, and a tenth of a crown is written so as well.
#[tokio::test]
async fn a_discount_or_a_vat_rate_that_may_be_a_part_is_asked_about() {
    let shop = Shop::signed_in().await;
    let row = words(2, &["Mads", "57373259", "Hat", "1000"]).replace("</row>", "")
        + r#"<c r="E2"><v>0.1</v></c></row>"#;
    let bytes = sheet(&(words(1, &["Navn", "Mobil", "Tekst", "Pris", "Rabat"]) + &row));
    let view = read(&shop, "kunder.xlsx", &bytes).await.unwrap();
    let run = shop.call("import_keep", view["plan"].clone()).await;
    assert_eq!(
        lines(&shop, &run).await,
        ["1 Mads 0 lines.0.discount discount_ambiguous"]
    );
    let run = keep(
        &shop,
        b"Navn;Mobil;Tekst;Pris;Moms\nMads;57373259;Hat;1000;0,25\n",
    )
    .await;
    assert_eq!(
        lines(&shop, &run).await,
        ["1 Mads 0 lines.0.vatRate vat_rate_fraction"]
    );
}

async fn dues(shop: &Shop, run: &Value) -> Vec<Value> {
    let rows = rows(shop, run, "all", "link").await;
    rows.iter().map(|row| row["due"].clone()).collect()
}

#[tokio::test]
async fn the_order_of_dates_is_found_shown_and_chosen_and_a_date_is_never_two_days() {
    let shop = Shop::signed_in().await;
    let heading = "Name,Phone,Description,Price,Due date\n";
    let row = |due: &str| format!("Ann,+4557373259,Ticket,10,{due}\n");
    let american = heading.to_owned() + &row("12/31/2026") + &row("02/12/2027") + &row("2026-12-31 00:00:00");
    let view = read(&shop, "kunder.csv", american.as_bytes()).await.unwrap();
    assert_eq!(view["plan"]["dates"], "month_first");
    assert_eq!(
        view["date"],
        json!({ "text": "02/12/2027", "dayFirst": "2027-12-02", "monthFirst": "2027-02-12", "yearFirst": null })
    );
    let run = shop.call("import_keep", view["plan"].clone()).await;
    assert_eq!(
        dues(&shop, &run).await,
        ["2026-12-31", "2027-02-12", "2026-12-31"]
    );

    let open = heading.to_owned() + &row("02/12/2027");
    let mut view = read(&shop, "kunder.csv", open.as_bytes()).await.unwrap();
    assert_eq!(view["plan"]["dates"], "unknown");
    let run = shop.call("import_keep", view["plan"].clone()).await;
    assert_eq!(lines(&shop, &run).await, ["1 Ann 1250 dueDate date_ambiguous"]);
    view = read(&shop, "kunder.csv", open.as_bytes()).await.unwrap();
    view["plan"]["dates"] = json!("day_first");
    let run = shop.call("import_keep", view["plan"].clone()).await;
    assert_eq!(dues(&shop, &run).await, ["2027-12-02"]);
}

/// A column that only the merchant understands shows its dates and its decimal sign as soon as it is said what it is.
#[tokio::test]
async fn the_file_is_looked_at_again_when_a_column_means_something_else() {
    let shop = Shop::signed_in().await;
    let file = b"Navn;Hvad;Koster;Til\nMads;Hat;1.200,50;12/31/2026\nBo;Hat;1.200;02/12/2027\n";
    let view = read(&shop, "kunder.csv", file).await.unwrap();
    assert_eq!(
        (&view["plan"]["decimal"], &view["plan"]["dates"], &view["date"]),
        (&json!("unknown"), &json!("unknown"), &Value::Null)
    );
    let columns = json!({
        "id": view["id"], "hasHeadings": true, "columns": ["name", "description", "unit_price", "due_date"],
    });
    let found = shop.call("import_look", columns).await;
    assert_eq!(
        (
            &found["decimal"],
            &found["dates"],
            &found["date"]["text"],
            &found["priceBasis"]
        ),
        (
            &json!("comma"),
            &json!("month_first"),
            &json!("02/12/2027"),
            &json!("net")
        )
    );
}

#[tokio::test]
async fn what_is_to_be_paid_has_its_vat_in_it_and_what_the_merchant_says_is_remembered() {
    let shop = Shop::signed_in().await;
    let total = "Navn;Telefon;Tekst;Beløb\nMads;57373259;Hat;1000\n".as_bytes();
    let mut view = read(&shop, "k.csv", total).await.unwrap();
    assert_eq!(view["plan"]["priceBasis"], "gross");
    let run = shop.call("import_keep", view["plan"].clone()).await;
    assert_eq!(lines(&shop, &run).await, ["1 Mads 100000"]);
    // Once read as the price it is not the price beside a quantity.
    let counted = "Navn;Tekst;Antal;Beløb\nMads;Hat;2;1000\n".as_bytes();
    let beside = read(&shop, "k.csv", counted).await.unwrap();
    assert_eq!(
        beside["plan"]["columns"],
        json!(["name", "description", "quantity", null])
    );

    let price = b"Navn;Telefon;Tekst;Pris\nMads;57373259;Hat;1000\n";
    view = read(&shop, "k.csv", price).await.unwrap();
    assert_eq!(view["plan"]["priceBasis"], "net");
    view["plan"]["priceBasis"] = json!("gross");
    shop.call("import_keep", view["plan"].clone()).await;
    view = read(&shop, "k.csv", price).await.unwrap();
    assert_eq!(view["plan"]["priceBasis"], "gross");
}

async fn warned(shop: &Shop, run: &Value) -> Vec<String> {
    let said = |row: &Value| {
        let warnings = row["warnings"].as_array().unwrap().iter();
        let codes =
            warnings.map(|warning| format!("{} {}", warning["code"].as_str().unwrap(), warning["params"]));
        codes.collect::<Vec<_>>().join(", ")
    };
    rows(shop, run, "all", "link").await.iter().map(said).collect()
}

#[tokio::test]
async fn a_file_sent_twice_and_a_row_that_repeats_a_bill_are_told_and_forbidden_nothing() {
    let shop = Shop::signed_in().await;
    let file = b"Navn;Telefon;Tekst;Pris\nMads;57373259;Hat;10\nM. Krogh;+45 57 37 32 59;hat;10\nMads;;Hat;10\nMADS;;Hat;10\n\
        Mads;57373259;Hat;11\nMads;57373259;Sko;10\n;;Hat;10\n;;Hat;10\n";
    let run = keep(&shop, file).await;
    let first = [
        "",
        r#"row_repeated {"row":"1"}"#,
        "",
        r#"row_repeated {"row":"3"}"#,
        "",
        "",
        "",
        "",
    ];
    assert_eq!(warned(&shop, &run).await, first);
    assert_eq!(
        (&run["sentBefore"], &run["asLink"]["again"]),
        (&Value::Null, &json!(2))
    );
    let order = |run: &Value| {
        let offer = &run["asLink"];
        json!({ "id": run["run"]["id"], "channel": "link", "count": offer["count"], "totalMinor": offer["total"]["minor"] })
    };
    assert_eq!(run["asLink"]["count"], 8);
    let sent = shop.call("run_send", order(&run)).await;
    assert_eq!(sent["run"]["progress"]["waiting"], 8);

    let view = read(&shop, "under et andet navn.csv", file).await.unwrap();
    assert!(view["sentBefore"].is_string());
    let again = shop.call("import_keep", view["plan"].clone()).await;
    assert!(again["sentBefore"].is_string());
    assert_eq!(
        (&again["asLink"]["count"], &again["asLink"]["again"]),
        (&json!(8), &json!(6))
    );
    let said = warned(&shop, &again).await;
    assert!(
        said[..6].iter().all(|said| said.starts_with("invoice_repeated")),
        "{said:?}"
    );
    assert_eq!(said[6..], ["", ""]);
    shop.call("run_send", order(&again)).await;

    let other = keep(&shop, b"Navn;Telefon;Tekst;Pris\nSofie;22509895;Hat;10\n").await;
    assert_eq!(
        (&other["sentBefore"], &other["asLink"]["again"]),
        (&Value::Null, &json!(0))
    );
}

/// `12,50` without quotes in a file that parts its cells by commas: read as 12, half a crown would be lost in silence.
#[tokio::test]
async fn a_row_with_more_cells_than_headings_is_named_and_nothing_is_guessed() {
    let shop = Shop::signed_in().await;
    let bare = "Navn,Mobil,Tekst,Pris\nMads,57373259,Hat,10\nBo,57373259,Hat,12,50\n";
    let uneven = (Some(FileTrouble::RowUneven), Some("3".into()));
    assert_eq!(trouble(&shop, bare.as_bytes()).await, uneven);
    // The empty cell at the end makes place for the half crown.
    let hidden = "Navn,Mobil,Tekst,Pris,Besked\nMads,57373259,Hat,10,\nBo,57373259,Hat,12,50,\n";
    assert_eq!(trouble(&shop, hidden.as_bytes()).await, uneven);
    let short = "Navn,Mobil,Tekst,Pris,Besked\nMads,57373259,Hat,\"12,50\",\nBo,57373259,Hat,12\n";
    assert_eq!(trouble(&shop, short.as_bytes()).await, uneven);
    let quoted = "Navn,Mobil,Tekst,Pris,Besked\nBo,57373259,Hat,\"12,50\",\n,,,,\n";
    let run = keep(&shop, quoted.as_bytes()).await;
    assert_eq!(lines(&shop, &run).await, ["1 Bo 1563"]);
    let wide = (Some(FileTrouble::RowTooWide), Some("3".into()));
    let slipped = "Navn;Mobil;Tekst;Pris\r\nMads;57373259;Hat;10\r\nBo; og Ib;57373259;Hat;12,50\r\n";
    assert_eq!(trouble(&shop, slipped.as_bytes()).await, wide);
    // Signs at the end of a row are no cells.
    let trailing = "Navn;Tekst;Pris\r\nMads;Hat;12,50;;\r\n";
    let run = keep(&shop, trailing.as_bytes()).await;
    assert_eq!(lines(&shop, &run).await[0].split(' ').nth(2), Some("1563"));
}

#[tokio::test]
async fn a_sheet_that_claims_everything_costs_nothing_and_one_far_away_cell_is_refused() {
    let shop = Shop::signed_in().await;
    assert_eq!(trouble(&shop, &sheet("")).await, (Some(FileTrouble::Empty), None));
    let far = sheet(r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#);
    assert_eq!(
        trouble(&shop, &far).await,
        (Some(FileTrouble::TooManyColumns), None)
    );
    let deep = sheet(&(words(1, &["Navn", "Pris"]) + &words(1_048_576, &["Mads", "10"])));
    assert_eq!(read(&shop, "x", &deep).await.unwrap()["rows"], 1);
}

#[tokio::test]
async fn the_template_that_is_saved_can_be_read_and_sent_as_it_is() {
    let shop = Shop::signed_in().await;
    let saved = shop
        .call("import_template_save", json!({ "language": "da" }))
        .await;
    let bytes = std::fs::read(saved["path"].as_str().unwrap()).unwrap();
    let run = keep(&shop, &bytes).await;
    assert_eq!(
        (&run["asLink"]["count"], &run["asLink"]["wanting"]),
        (&json!(3), &json!(0))
    );
    shop.call("run_discard", json!({ "id": run["run"]["id"] })).await;
    assert_eq!(shop.call("run_list", json!({})).await["runs"], json!([]));
}
