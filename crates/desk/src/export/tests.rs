//! What is written is read back: Excel by another library, CSV by a reader of RFC 4180 that is written down here.

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use jiff::civil::date;
use proptest::prelude::*;

use super::csv_file::decimal;
use super::*;

/// Cells of a CSV file by RFC 4180 (section 2), parted by semicolons.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ';' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted && letters.peek() == Some(&'\n') => {
                letters.next();
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    assert!(
        !quoted && row.is_empty() && cell.is_empty(),
        "the last row has its end"
    );
    rows
}

fn write(folder: &Path, format: ExportFormat, rows: &[Vec<Cell>]) -> PathBuf {
    let headings = [
        "Customer".to_owned(),
        "Amount".to_owned(),
        "Day".to_owned(),
        "No".to_owned(),
    ];
    let mut file = Export::begin(folder, "Table", format, &headings).unwrap();
    for row in rows {
        file.row(row).unwrap();
    }
    file.finish().unwrap()
}

fn row(name: &str, minor: i64, number: u64) -> Vec<Cell> {
    vec![
        Cell::text(name),
        Cell::Money(minor),
        Cell::Day(date(2026, 11, 23)),
        Cell::Number(number),
    ]
}

#[test]
fn csv_has_its_mark_the_decimal_comma_and_quotes_where_they_are_needed() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(
        folder.path(),
        ExportFormat::Csv,
        &[row("Bager \"Åse\"; Ærø\r\n2. sal", -5, 7)],
    );
    let bytes = std::fs::read(path).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap();
    assert_eq!(
        text,
        "Customer;Amount;Day;No\r\n\"Bager \"\"Åse\"\"; Ærø\r\n2. sal\";-0,05;2026-11-23;7\r\n"
    );
    assert_eq!(read_csv(text)[1][0], "Bager \"Åse\"; Ærø\r\n2. sal");
}

#[test]
fn what_begins_like_a_formula_is_words_in_both_files() {
    let folder = tempfile::tempdir().unwrap();
    let hot = [
        "=1+1",
        "+45 12",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\u{ff1d}1",
        "\n=cmd|' /C calc'!A0",
    ];
    let rows: Vec<Vec<Cell>> = hot.iter().map(|text| row(text, 100, 1)).collect();
    let text = std::fs::read_to_string(write(folder.path(), ExportFormat::Csv, &rows)).unwrap();
    for (row, hot) in read_csv(text.strip_prefix('\u{feff}').unwrap())[1..]
        .iter()
        .zip(hot)
    {
        assert_eq!(row[0], format!("'{hot}"));
        assert_eq!(row[1], "1,00");
    }
    let mut book: Xlsx<_> = open_workbook(write(folder.path(), ExportFormat::Xlsx, &rows)).unwrap();
    assert!(
        book.worksheet_formula("Table")
            .unwrap()
            .used_cells()
            .next()
            .is_none()
    );
    let sheet = book.worksheet_range("Table").unwrap();
    for (row, hot) in sheet.rows().skip(1).zip(hot) {
        assert_eq!(row[0], Data::String(hot.to_owned()));
    }
}

#[test]
fn a_file_is_never_written_over_another_and_half_a_file_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let first = write(folder.path(), ExportFormat::Csv, &[]);
    let second = write(folder.path(), ExportFormat::Csv, &[]);
    assert_eq!(second.file_name().unwrap(), "Table (2).csv");
    drop(Export::begin(folder.path(), "Half", ExportFormat::Xlsx, &[]).unwrap());
    let mut left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    left.sort();
    assert_eq!(left, [second, first]);
}

#[test]
fn a_hundred_thousand_rows_are_read_back_from_excel_as_they_were() {
    const ROWS: u64 = 100_000;
    let folder = tempfile::tempdir().unwrap();
    let mut file = Export::begin(
        folder.path(),
        "Table",
        ExportFormat::Xlsx,
        &["Customer".to_owned()],
    )
    .unwrap();
    for number in 0..ROWS {
        // Amounts in every cent that a binary fraction cannot hold.
        file.row(&row(
            "Åse Nørgaard",
            i64::try_from(number).unwrap() * 7 - 350_000,
            number,
        ))
        .unwrap();
    }
    let path = file.finish().unwrap();
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    let sheet = book.worksheet_range("Table").unwrap();
    assert_eq!(sheet.height(), 100_001);
    for (number, row) in (0_i64..).zip(sheet.rows().skip(1)) {
        let Data::Float(amount) = row[1] else {
            panic!("{:?}", row[1])
        };
        let told = rust_decimal::Decimal::from_str_exact(&amount.to_string()).unwrap();
        assert_eq!(
            told,
            rust_decimal::Decimal::new(number * 7 - 350_000, 2),
            "row {number}"
        );
    }
    let Data::DateTime(day) = &sheet.rows().nth(1).unwrap()[2] else {
        panic!("no day")
    };
    assert_eq!(&day.to_ymd_hms_milli().0.to_string(), "2026");
}

proptest! {
    #[test]
    fn an_amount_in_csv_is_its_cents_again(minor in any::<i64>()) {
        let text = decimal(minor);
        let (whole, cents) = text.split_once(',').unwrap();
        prop_assert_eq!(cents.len(), 2);
        prop_assert_eq!(format!("{whole}{cents}").parse::<i128>().unwrap(), i128::from(minor));
    }

    #[test]
    fn any_words_survive_csv(text in "\\PC{0,40}") {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), ExportFormat::Csv, &[row(&text, 1, 1)]);
        let read = std::fs::read_to_string(path).unwrap();
        let cell = &read_csv(read.strip_prefix('\u{feff}').unwrap())[1][0];
        let unmarked = cell.strip_prefix('\'').filter(|_| !text.starts_with('\'')).unwrap_or(cell);
        prop_assert_eq!(unmarked, text);
    }
}
