//! Files of many invoices: CSV and Excel, read into a table of texts, then into forms.
//!
//! A file is foreign: its size, its rows, its cells and what it unpacks to have limits, and whatever goes beyond is one
//! sentence. Deliberately absent: judging a row, which is the trade's work; more than one line of goods an invoice.

mod columns;
mod dates;
mod forms;
mod sheet;
mod template;
mod text;

pub(crate) use columns::{Headings, compared, guess, is_total};
pub(crate) use dates::{FoundDates, date_order};
pub(crate) use forms::{Plan, decimal_sign, forms};
pub(crate) use template::template;

use crate::ipc::FileTrouble;

/// The largest file that is taken (bytes).
pub(crate) const LARGEST_FILE: usize = 5 * 1024 * 1024;

/// The most rows of one import.
pub(crate) const MOST_ROWS: usize = 10_000;

/// The most columns that are looked at.
const MOST_COLUMNS: usize = 200;

/// The longest cell (characters). The longest text of an invoice is shorter.
const LONGEST_CELL: usize = 10_000;

/// What a file says, before anybody says what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// Rows with anything in them, headings included, all of the same width.
    pub(crate) rows: Vec<Vec<Cell>>,
    /// How it was read, in words that need no translation: `CSV · ; · Windows-1252`, `Excel · Ark1`.
    pub(crate) how: String,
}

/// What stands in one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// A number of Excel. How its text is written says nothing of how the merchant writes numbers, and a quarter may be
    /// 25 %.
    pub(crate) number: bool,
}

impl Cell {
    fn of_text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            number: false,
        }
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) why: FileTrouble,
    /// Row of the file, from 1, where it is about one.
    pub(crate) row: Option<usize>,
}

impl From<FileTrouble> for Trouble {
    fn from(why: FileTrouble) -> Self {
        Self { why, row: None }
    }
}

/// Reads a whole file.
pub(crate) fn read(bytes: &[u8]) -> Result<Table, Trouble> {
    if bytes.len() > LARGEST_FILE {
        return Err(FileTrouble::TooLarge.into());
    }
    let table = match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => sheet::read(bytes)?,
        // The compound files of Excel before 2007, and of one that is locked with a password.
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(FileTrouble::OldExcel.into()),
        [b'%', b'P', b'D', b'F', ..] => return Err(FileTrouble::NotATable.into()),
        _ => text::read(bytes)?,
    };
    if table.rows.is_empty() {
        return Err(FileTrouble::Empty.into());
    }
    Ok(table)
}

/// Rows as they are gathered, within their limits.
#[derive(Default)]
struct Gathered {
    rows: Vec<Vec<Cell>>,
    width: usize,
}

impl Gathered {
    /// Takes a row; one without anything in it is none. `number`: row of the file, from 1.
    fn take(&mut self, mut row: Vec<Cell>, number: usize) -> Result<(), Trouble> {
        if row
            .iter()
            .any(|cell| cell.text.chars().nth(LONGEST_CELL).is_some())
        {
            return Err(Trouble {
                why: FileTrouble::CellTooLong,
                row: Some(number),
            });
        }
        while row.last().is_some_and(|cell| cell.text.trim().is_empty()) {
            row.pop();
        }
        if row.is_empty() {
            return Ok(());
        }
        if row.len() > MOST_COLUMNS {
            return Err(FileTrouble::TooManyColumns.into());
        }
        // One more for the headings.
        if self.rows.len() > MOST_ROWS {
            return Err(FileTrouble::TooManyRows.into());
        }
        self.width = self.width.max(row.len());
        self.rows.push(row);
        Ok(())
    }

    fn table(mut self, how: String) -> Table {
        for row in &mut self.rows {
            row.resize(self.width, Cell::default());
        }
        Table { rows: self.rows, how }
    }
}
