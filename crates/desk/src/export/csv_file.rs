//! CSV (RFC 4180) as spreadsheets in Denmark and Finland read it: UTF-8 with its mark, semicolons, decimal comma.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use csv::{Terminator, Writer, WriterBuilder};

use super::Cell;

/// What tells a spreadsheet that this is UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Both countries write a decimal comma, so the cells are parted by semicolons.
const SEPARATOR: u8 = b';';

/// A CSV file that is being written.
pub(super) struct CsvFile {
    rows: Writer<BufWriter<File>>,
}

impl CsvFile {
    pub(super) fn begin(file: File) -> io::Result<Self> {
        let mut file = BufWriter::new(file);
        file.write_all(MARK)?;
        let rows = WriterBuilder::new()
            .delimiter(SEPARATOR)
            .terminator(Terminator::CRLF)
            .from_writer(file);
        Ok(Self { rows })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let cells = cells.iter().map(written);
        self.rows.write_record(cells).map_err(io::Error::other)
    }

    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.rows.flush()?;
        self.rows.get_ref().get_ref().sync_all()
    }
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.to_string(),
        Cell::Money(minor) => decimal(*minor),
        Cell::Day(day) => day.to_string(),
    }
}

/// `-1234,50`: digits from whole units and cents; nothing goes through a binary fraction.
pub(super) fn decimal(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let minor = minor.unsigned_abs();
    format!("{sign}{},{:02}", minor / 100, minor % 100)
}

/// Words that begin like a formula get an apostrophe, so that no spreadsheet computes what a customer typed
/// (OWASP, CSV injection). White space before such a sign does not hide it.
fn harmless(text: &str) -> String {
    let hot = |letter: char| {
        matches!(
            letter,
            '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'
        )
    };
    let begins_hot = text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(hot);
    if begins_hot {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
