//! An Excel file of one sheet. Rows go to the disk as they come, so their number does not matter to the memory.
//!
//! Excel keeps every number as a binary fraction; there is no other kind of cell. An amount is handed over as the one
//! nearest to its decimal, which is written to the file as exactly that decimal again, up to 90 thousand billion.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use jiff::civil::Date;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

use super::Cell;

/// A file that is being written.
pub(super) struct XlsxFile {
    book: Workbook,
    out: BufWriter<File>,
    next: u32,
    heading: Format,
    money: Format,
    day: Format,
}

impl XlsxFile {
    pub(super) fn begin(file: File, name: &str) -> io::Result<Self> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
        // Excel's limit for the name of a sheet.
        let name: String = name.chars().take(31).collect();
        sheet.set_name(name).map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        for column in 0..16 {
            sheet.set_column_width(column, 16).map_err(failed)?;
        }
        Ok(Self {
            book,
            out: BufWriter::new(file),
            next: 0,
            heading: Format::new().set_bold(),
            money: Format::new().set_num_format("#,##0.00"),
            day: Format::new().set_num_format("dd.mm.yyyy"),
        })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let row = self.next;
        let sheet = self.book.worksheet_from_index(0).map_err(failed)?;
        for (column, cell) in (0_u16..).zip(cells) {
            let written = match cell {
                Cell::Empty => continue,
                Cell::Text(text) if row == 0 => {
                    sheet.write_string_with_format(row, column, text, &self.heading)
                }
                // A string stays a string here, whatever it begins with.
                Cell::Text(text) => sheet.write_string(row, column, cut(text)),
                Cell::Number(number) => {
                    sheet.write_number(row, column, nearest(i64::try_from(*number).unwrap_or(i64::MAX)))
                }
                Cell::Money(minor) => {
                    sheet.write_number_with_format(row, column, nearest(*minor) / 100.0, &self.money)
                }
                Cell::Day(day) => sheet.write_datetime_with_format(row, column, &excel_day(*day)?, &self.day),
            };
            written.map_err(failed)?;
        }
        self.next += 1;
        Ok(())
    }

    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.book.save_to_writer(&mut self.out).map_err(failed)?;
        self.out.flush()?;
        self.out.get_ref().sync_all()
    }
}

/// Excel takes no more letters in a cell.
fn cut(text: &str) -> String {
    text.chars().take(32_767).collect()
}

fn excel_day(day: Date) -> io::Result<ExcelDateTime> {
    let (year, month, date) = (day.year(), day.month(), day.day());
    ExcelDateTime::from_ymd(year.unsigned_abs(), month.unsigned_abs(), date.unsigned_abs()).map_err(failed)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "whole numbers are exact up to 2^53, which is 90 thousand billion in whole units"
)]
const fn nearest(number: i64) -> f64 {
    number as f64
}

fn failed(error: XlsxError) -> io::Error {
    io::Error::other(error)
}
